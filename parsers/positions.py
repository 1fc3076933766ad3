"""Positions and instants as machines write them: degrees, E7, `geo:`, ISO 8601 with or without a zone, counts from 1970. Not a parser.

A position that cannot be one is not used, which a flag says: outside the globe, not a number, or 0, 0 (what a receiver without a fix writes).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from parsers.contract import DAY, EPOCH, LOCAL, MINUTE, OFFSET, SECOND, SUBSECOND, UTC, Moment
from parsers.dates import micros

INFERRED: Final = "inferred by Google"
NO_ZONE: Final = "time without a zone"

_DEGREES = re.compile(r"[+-]?[0-9]{1,9}(?:\.[0-9]{0,40})?(?:[eE][+-]?[0-9]{1,2})?")
_PAIR = re.compile(r"\s*(?:geo:)?\s*([^\s,;°]{1,60})\s*°?\s*,\s*([^\s,;°]{1,60})\s*°?\s*(?:[,;].{0,80})?\s*")
_ISO = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2}(?:[.,]([0-9]{1,12}))?)?\s?(Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?)?",
    re.IGNORECASE,
)
_POLE = 900_000_000
"""90 degrees in E7."""
_WRAP = 1 << 32
_NOWHERE = 1e-4
"""Degrees, some 10 m: so near to 0, 0 lies the sea, and what a receiver writes without a fix."""
_LATEST = 1 << 62  # microseconds: what int64 can hold, with room

Place = tuple[float | None, float | None, tuple[str, ...]]
"""Latitude, longitude, flags; both or none."""


def number(value: object) -> float | None:
    """A finite number, also one that is written as text (iPhones do); else None."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if abs(value) < 1e300 else None  # also not for NaN
    if isinstance(value, str) and _DEGREES.fullmatch(text := value.strip()):
        return float(text)
    return None


def degrees(lat: object, lon: object) -> Place:
    """A position in degrees. Neither given: no position and no flag."""
    north, east = number(lat), number(lon)
    if north is None or east is None:
        missing = lat in (None, "") and lon in (None, "")
        return None, None, () if missing else (f"position not used: {_words(lat)}, {_words(lon)} is not one",)
    if not (-90 <= north <= 90 and -180 <= east <= 180):
        return None, None, (f"position not used: {_words(lat)}, {_words(lon)} is not on the globe",)
    if abs(north) < _NOWHERE and abs(east) < _NOWHERE:
        return None, None, ("position not used: it is 0, 0 (no fix)",)
    return north, east, ()


def e7(lat: object, lon: object) -> Place:
    """A position in ten millionths of a degree. Old exports wrote negative ones as unsigned numbers of 32 bits: put right, and flagged."""
    if (
        type(lat) is int
        and type(lon) is int
        and -_POLE <= lat <= _POLE
        and -2 * _POLE <= lon <= 2 * _POLE
        and lat
        and lon
    ):
        return lat / 1e7, lon / 1e7, ()  # as a rule
    north, east = number(lat), number(lon)
    if north is None or east is None:
        return degrees(lat, lon)
    if not (north.is_integer() and east.is_integer()):  # degrees under a wrong name, perhaps
        return None, None, (f"position not used: {_words(lat)}, {_words(lon)} (E7) is not in whole numbers",)
    flags: tuple[str, ...] = ()
    over_north, over_east = _WRAP - _POLE <= north < _WRAP, _WRAP - 2 * _POLE <= east < _WRAP
    if over_north or over_east:
        north -= _WRAP if over_north else 0
        east -= _WRAP if over_east else 0
        flags = (
            f"position put right: written as {_words(lat)}, {_words(lon)} (overflow, a known fault of old exports)",
        )
    if abs(north) > _POLE or abs(east) > 2 * _POLE:
        return None, None, (f"position not used: {_words(lat)}, {_words(lon)} (E7) is not on the globe",)
    found = degrees(north / 1e7, east / 1e7)
    return found[0], found[1], found[2] or flags


def pair(text: object) -> Place:
    """A position as one text: "51.5°, -0.1°", "51.5, -0.1", "geo:51.5,-0.1"."""
    if text in (None, ""):
        return None, None, ()
    found = _PAIR.fullmatch(text) if isinstance(text, str) else None
    return degrees(found[1], found[2]) if found else (None, None, (f"position not used: {_words(text)} is not one",))


def iso(text: str, naive: str = LOCAL) -> Moment | None:
    """An ISO 8601 time; `naive` is the basis of one without a zone. None if it is not one."""
    text = text.strip()
    if len(text) == 24 and text[23] == "Z" and text[10] == "T":  # as a rule; the rest is for what is not
        try:
            return Moment(micros(datetime.fromisoformat(text)), UTC, SUBSECOND, text)
        except ValueError:
            pass
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    day, minute, seconds, fraction, zone = found.groups()
    zone = (zone or "").upper()
    zone = "Z" if zone in {"UTC", "GMT"} else zone
    written = f"{day}T{minute or '00:00'}{(seconds or ':00')[:3]}{f'.{fraction[:6]:0<6}' if fraction else ''}{zone}"
    try:
        count = micros(datetime.fromisoformat(written))
    except ValueError:
        return None
    precision = SUBSECOND if fraction else SECOND if seconds else MINUTE if minute else DAY
    return Moment(count, UTC if zone == "Z" else OFFSET if zone else naive, precision, text)


def epoch(value: object) -> Moment | None:
    """A count from 1970, in seconds, milliseconds or microseconds by its size. None if it is not one."""
    raw = _words(value)
    try:
        count = int(raw)
    except ValueError:
        given = number(value)
        if given is None or not 1e8 <= abs(given) < 1e11:
            return None
        return Moment(round(given * 1_000_000), EPOCH, SUBSECOND, raw)
    size = abs(count)
    if not 10**8 <= size < _LATEST:  # a day or two after 1970 is no time of a phone
        return None
    if size < 10**11:
        return Moment(count * 1_000_000, EPOCH, SECOND, raw)
    return Moment(count * 1000 if size < 10**14 else count, EPOCH, SUBSECOND, raw)


def instant(value: object, naive: str = LOCAL) -> Moment | None:
    """A time as ISO text or a count from 1970."""
    return (iso(value, naive) if isinstance(value, str) else None) or epoch(value)


def time_flags(times: Iterable[tuple[object, Moment | None]]) -> tuple[str, ...]:
    """What must be said about times as written and as read: not understood, without a zone."""
    flags: dict[str, None] = {}
    for written, when in times:
        if when is None:
            if written not in (None, ""):
                flags[f"time not understood: {_words(written)}"] = None
        elif when.basis == LOCAL:
            flags[NO_ZONE] = None
    return tuple(flags)


def _words(value: object) -> str:
    return str(value)[:60].strip()
