"""[[camera]]: cameras that do not move, and which clips, pictures and notices are theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from pipeline.case.places import Place
from pipeline.case.toml_file import Lines, needed

SIGNS: Final = ("serial", "make", "model", "file", "device", "parser")
"""What a record can be known by as a camera's; those that are given must all agree."""
CAMERA_FORM: Final = {"name": str, "place": str, **dict.fromkeys(SIGNS, str), "start": date, "end": date}


@dataclass(frozen=True)
class Camera:
    """A camera that hangs at one place, by the key of the place, from `start` to `end` (days of the case's zone, both included; None is open).

    A record is its if all its signs agree, without regard to capitals:

    serial, make, model  as the file has them
    file                 a pattern with * and ? for the name of the file; one with a "/" is for the end of its path
    device               the name of the camera in a list of events or in the name of the file
    parser               the name of the reader of the file, such as "camera_events"
    """

    key: str
    name: str
    place: str
    signs: tuple[tuple[str, str], ...]
    start: date | None = None
    end: date | None = None


def camera(row: Mapping[str, Any], index: int, places: Sequence[Place], lines: Lines) -> Camera:
    """A camera from its row, the `index`th; raises CaseError."""
    where = ("camera", index)
    name, at = needed(row, "name", where, lines), needed(row, "place", where, lines)
    found = [place.key for place in places if place.name.casefold() == at.casefold()]
    if len(found) != 1:
        raise lines.error((*where, "place"), f'"{at}" is not the name of one place of the case')
    signs = tuple((sign, row[sign].strip().casefold()) for sign in SIGNS if row.get(sign, "").strip())
    if not signs:
        raise lines.error(where, f"must say which clips are its own, by at least one of: {', '.join(SIGNS)}")
    start, end = (_day(row.get(key)) for key in ("start", "end"))
    if start and end and end < start:
        raise lines.error((*where, "end"), f"{end} is before its start")
    return Camera(f"camera-{index + 1}", name, found[0], signs, start, end)


def _day(value: date | datetime | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def check_apart(cameras: Sequence[Camera], lines: Lines) -> None:
    """Refuses, with a CaseError, two cameras of the same name or with the same signs on the same day.

    That different signs fit one clip shows only at the clip, which is remarked on there.
    """
    for index, one in enumerate(cameras):
        for other in cameras[:index]:
            if one.start and other.end and other.end < one.start:
                continue
            if other.start and one.end and one.end < other.start:
                continue
            if one.name.casefold() == other.name.casefold():
                raise lines.error(("camera", index, "name"), f'"{one.name}" is the name of another camera of that time')
            if one.signs == other.signs:
                raise lines.error(("camera", index), f'and "{other.name}" have the same signs at the same time')
