"""[[place]]: the places that matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pipeline.case.toml_file import Lines, needed

PLACE_TYPES: Final = ("home", "work", "school", "family", "other")
PLACE_FORM: Final = {"name": str, "type": str, "lat": float, "lon": float, "radius_m": float, "known_to": str}


@dataclass(frozen=True)
class Place:
    """A named place: degrees north and east, radius in metres; `known_to` says who knows of it already."""

    key: str
    name: str
    type: str
    lat: float
    lon: float
    radius_m: float
    known_to: str = ""


def place(row: Mapping[str, Any], index: int, lines: Lines) -> Place:
    """A place from its row, the `index`th; raises CaseError."""
    where = ("place", index)
    kind = needed(row, "type", where, lines)
    if kind not in PLACE_TYPES:
        raise lines.error((*where, "type"), f'"{kind}" is not one of: {", ".join(PLACE_TYPES)}')
    for key, limit in (("lat", 90), ("lon", 180)):
        if key not in row:
            raise lines.error((*where, key), "is missing")
        if not -limit <= row[key] <= limit:
            raise lines.error((*where, key), f"{row[key]} is not between -{limit} and {limit} degrees")
    radius = float(row.get("radius_m", 100))
    if not 0 < radius <= 100_000:
        raise lines.error((*where, "radius_m"), f"{radius} is not a radius in metres between 0 and 100000")
    return Place(
        f"place-{index + 1}",
        needed(row, "name", where, lines),
        kind,
        float(row["lat"]),
        float(row["lon"]),
        radius,
        row.get("known_to", ""),
    )
