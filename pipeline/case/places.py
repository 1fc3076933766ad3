"""[[place]]: the places that matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipeline.case.toml_file import Lines, needed

PLACE_TYPES: Final = ("home", "work", "school", "family", "other")
PLACE_FORM: Final = {
    "name": str,
    "type": str,
    "lat": float,
    "lon": float,
    "radius_m": float,
    "confidential": bool,
    "known_to": str,
    "written": [str],
}


@dataclass(frozen=True)
class Place:
    """A named place: degrees north and east, radius in metres.

    `known_to` says who knows of it already. It is `confidential` unless case.toml says `confidential = false`: what the subject knows, only a person can say.
    `written` are the words that a diary uses for it, beside its name.
    """

    key: str
    name: str
    type: str
    lat: float
    lon: float
    radius_m: float
    known_to: str = ""
    confidential: bool = True
    written: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Its name and the words that stand for it, as they are compared: without regard to capitals and spaces."""
        return tuple(dict.fromkeys(folded(word) for word in (self.name, *self.written)))


def folded(words: str) -> str:
    """The form in which the words for a place are compared."""
    return " ".join(words.casefold().split())


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
        row.get("confidential", True),
        tuple(row.get("written", ())),
    )


def check_words(places: Sequence[Place], lines: Lines) -> None:
    """Refuses, with a CaseError, words that stand for two places: a diary that says "home" must not be guessed about."""
    said: dict[str, str] = {}
    for index, one in enumerate(places):
        for word in one.words:
            if said.setdefault(word, one.key) != one.key:
                key = "name" if word == folded(one.name) else "written"
                raise lines.error(("place", index, key), f'"{word}" stands for another place already')
