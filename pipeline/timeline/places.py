"""Positions to the named places of the case: great-circle distance, by hand, off line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.case import Place

_EARTH_M = 6_371_008.8  # mean radius, IUGG


def metres(lat: NDArray[np.float64], lon: NDArray[np.float64], place: Place) -> NDArray[np.float64]:
    """Distance to a place in metres, by the haversine formula."""
    lat1, lon1 = np.radians(lat), np.radians(lon)
    lat2, lon2 = np.radians(place.lat), np.radians(place.lon)
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    distance: NDArray[np.float64] = 2 * _EARTH_M * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return distance


def nearest(lat: NDArray[np.float64], lon: NDArray[np.float64], places: Sequence[Place]) -> NDArray[np.int32]:
    """For each position the index of the nearest place in whose radius it lies, or -1. NaN positions lie nowhere."""
    found = np.full(len(lat), -1, dtype=np.int32)
    best = np.full(len(lat), np.inf)
    for index, place in enumerate(places):
        distance = metres(lat, lon, place)
        better = (distance <= place.radius_m) & (distance < best)
        found[better], best[better] = index, distance[better]
    return found
