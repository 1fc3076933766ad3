"""Positions to the named places of the case: great-circle distance, by hand, off line.

A position is somewhere within its accuracy. With d its distance from the middle of a place, u its accuracy and r the place's radius (reference: analytics,
section 4) it is AT the place if d + u <= r, MAY_BE at it if only d - u <= r, and else AWAY.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.case import Place
from pipeline.timeline.schema import AT, AWAY, MAY_BE

ASSUMED_M: Final = 30.0
"""Metres assumed where a file gives no accuracy: judged from 7-13 m of mean error of a phone between houses (Merry & Bettinger 2019), and said wherever it is used."""
FITS: Final = (AT, MAY_BE, AWAY)

_EARTH_M = 6_371_008.8  # mean radius, IUGG


@dataclass(frozen=True, eq=False)
class Located:
    """For each position: the index of its place (-1 without a position), how it fits as an index of `FITS`, and the distance from the middle of the place in metres."""

    place: NDArray[np.int32]
    fit: NDArray[np.int8]
    metres: NDArray[np.float64]


def metres(lat: Any, lon: Any, lat_there: Any, lon_there: Any) -> NDArray[np.float64]:
    """Distance in metres between positions in degrees, by the haversine formula."""
    lat1, lon1, lat2, lon2 = (np.radians(values) for values in (lat, lon, lat_there, lon_there))
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    distance: NDArray[np.float64] = 2 * _EARTH_M * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return distance


def within(accuracy: NDArray[np.float64]) -> NDArray[np.float64]:
    """The accuracy to reckon with: as given, or `ASSUMED_M` where none is given, or one that no receiver has (0 or less)."""
    return np.where(np.isfinite(accuracy) & (accuracy > 0), accuracy, ASSUMED_M)


def locate(
    lat: NDArray[np.float64], lon: NDArray[np.float64], accuracy: NDArray[np.float64], places: Sequence[Place]
) -> Located:
    """The place of each position: the nearest of those it is at; if at none, of those it may be at; if neither, the nearest of all."""
    found = np.full(len(lat), -1, dtype=np.int32)
    fit = np.full(len(lat), len(FITS), dtype=np.int8)
    best = np.full(len(lat), np.inf)
    known = np.flatnonzero(np.isfinite(lat) & np.isfinite(lon))
    lat, lon, spread = lat[known], lon[known], within(accuracy[known])
    for index, place in enumerate(places):
        distance = metres(lat, lon, place.lat, place.lon)
        here = np.where(distance + spread <= place.radius_m, 0, np.where(distance - spread <= place.radius_m, 1, 2))
        better = (here < fit[known]) | ((here == fit[known]) & (distance < best[known]))
        rows = known[better]
        found[rows], fit[rows], best[rows] = index, here[better], distance[better]
    return Located(found, np.minimum(fit, len(FITS) - 1).astype(np.int8), np.where(found < 0, np.nan, best))
