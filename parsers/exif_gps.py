"""Position and satellite time in the GPS fields of a photo. Not a parser: `parsers.photo` reads with it.

A coordinate is three ratios (degrees, minutes, seconds) and a letter. The letter's sign is that of the **total**: `0 19 4.41 W` is -0.3179, though the
degrees are 0. Minutes may be fractional with seconds 0; unused ratios are written 0/0; the letter may be missing or in lower case; some writers use signed
ratios. A position that leaves any doubt about its hemisphere is not used: a wrong letter moves a house in London by tens of kilometres.
"""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parsers.exif_fields import Fields

_NOWHERE = 1e-6
"""Degrees from 0, 0 within which a position is a receiver without a fix."""
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_DATE = re.compile(r"(\d{4})[:\-/](\d{1,2})[:\-/](\d{1,3})")
_XMP_COORDINATE = re.compile(
    r"(\d{1,3}),(\d{1,2}(?:\.\d{1,20})?)(?:,(\d{1,2}(?:\.\d{1,20})?))?([NSEW])", re.IGNORECASE | re.ASCII
)
_XMP_DECIMAL = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,20})?", re.ASCII)


class Position(NamedTuple):
    """Degrees north and east, or None for both; `flags` in the words of the report; `given` is what the file has where that was not used."""

    lat: float | None = None
    lon: float | None = None
    flags: tuple[str, ...] = ()
    given: str = ""


class SatelliteTime(NamedTuple):
    """When the receiver had its fix: UTC without tzinfo, None without a usable date and time; `given` is what the file has."""

    when: datetime | None = None
    given: str = ""
    flags: tuple[str, ...] = ()


def exif_position(fields: Fields) -> Position:
    """The position in the EXIF block."""
    parts = [fields.numbers(f"GPS GPS{name}") for name in ("Latitude", "Longitude")]
    letters = [fields.text(f"GPS GPS{name}Ref").upper() for name in ("Latitude", "Longitude")]
    if not any(parts):
        return Position()
    given = ", ".join(f"{_listed(part)} {letter or '?'}" for part, letter in zip(parts, letters, strict=True))
    try:
        lat = _degrees(parts[0], letters[0], "N", "S", 90)
        lon = _degrees(parts[1], letters[1], "E", "W", 180)
    except ValueError as fault:
        return Position(None, None, (f"position not used: {fault}",), given)
    return _checked(lat, lon, given)


def xmp_position(properties: Mapping[str, str]) -> Position:
    """The position in an XMP packet: `51,30.5N` or `51,30,15N`; or, of Apple Photos, degrees with the letter apart."""
    texts = [properties.get(f"exif:GPS{name}", "") for name in ("Latitude", "Longitude")]
    letters = [properties.get(f"exif:GPS{name}Ref", "").upper() for name in ("Latitude", "Longitude")]
    if not all(texts):
        return Position()
    given = ", ".join(f"{text} {letter}".strip() for text, letter in zip(texts, letters, strict=True))
    try:
        lat = _xmp_degrees(texts[0], letters[0], "N", "S", 90)
        lon = _xmp_degrees(texts[1], letters[1], "E", "W", 180)
    except ValueError as fault:
        return Position(None, None, (f"position in the XMP not used: {fault}",), given)
    found = _checked(lat, lon, given)
    return found if found.lat is None else found._replace(flags=("position from the XMP block",))


def _xmp_degrees(text: str, letter: str, plus: str, minus: str, limit: int) -> float:
    """Signed degrees.

    Raises:
        ValueError: it is no position; the message says why.
    """
    if match := _XMP_COORDINATE.fullmatch(text):
        return _degrees(tuple(float(part or 0) for part in match.groups()[:3]), match[4].upper(), plus, minus, limit)
    if _XMP_DECIMAL.fullmatch(text):
        return _degrees((float(text),), letter, plus, minus, limit)
    raise ValueError("not a coordinate")


def _checked(lat: float, lon: float, given: str) -> Position:
    if abs(lat) < _NOWHERE and abs(lon) < _NOWHERE:
        return Position(None, None, ("position not used: it is 0, 0 (no fix)",), given)
    return Position(round(lat, 7), round(lon, 7))  # 1 cm


def _degrees(parts: tuple[float | None, ...], letter: str, plus: str, minus: str, limit: int) -> float:
    """Signed degrees.

    Raises:
        ValueError: it is no position; the message says why.
    """
    if len(parts) == 3 and parts[2] is None and parts[1] is not None and parts[1] % 1:
        parts = parts[:2]  # fractional minutes: the seconds are 0/0 because there are none
    known = [part for part in parts if part is not None]
    if not known:
        raise ValueError("it is empty")
    if len(known) < len(parts) or len(parts) > 3:
        raise ValueError("it is incomplete")
    if not all(math.isfinite(part) for part in known):
        raise ValueError("it is not a number")
    degrees, minutes, seconds = (*(abs(part) for part in known), 0.0, 0.0)[:3]
    total = degrees + minutes / 60 + seconds / 3600
    if minutes > 60 or seconds > 60 or total > limit:
        raise ValueError("it is out of range")
    negative = any(part < 0 for part in known)
    if letter not in {plus, minus}:
        if not negative:
            raise ValueError(f"it does not say {plus} or {minus}")
    elif negative and letter == plus:
        raise ValueError(f"it is negative and says {plus}")
    return -total if negative or letter == minus else total


def _listed(parts: tuple[float | None, ...]) -> str:
    return " ".join("0/0" if part is None else f"{part:.10g}" for part in parts)


def satellite_time(fields: Fields) -> SatelliteTime:
    """The time of the fix. Never without a date: old iPhones wrote the *local* time, and no date, here."""
    date_text, parts = fields.text("GPS GPSDate"), fields.numbers("GPS GPSTimeStamp")
    seconds = _seconds(parts)
    clock = "" if seconds is None else _clock(seconds)
    given = " ".join(filter(None, (date_text if date_text.strip(" :") else "", clock)))
    flags: list[str] = []
    day = _day(date_text, flags)
    if day is None or seconds is None:
        if clock and not date_text.strip(": 0"):
            flags.append("GPS time without a date: not used")
        elif date_text.strip(": 0") and day is None:
            flags.append(f"GPS date is not usable: {date_text[:40]}")
        return SatelliteTime(None, given, tuple(flags))
    return SatelliteTime(day + timedelta(seconds=seconds), given, tuple(flags))


def _seconds(parts: tuple[float | None, ...]) -> float | None:
    known = [part for part in parts if part is not None and math.isfinite(part) and part >= 0]
    if len(known) != 3 or len(parts) != 3:
        return None
    total = known[0] * 3600 + known[1] * 60 + known[2]
    return total if total < 86_400 else None


def _clock(seconds: float) -> str:
    whole = int(seconds)
    fraction = f"{seconds - whole:.3f}"[1:].rstrip("0").rstrip(".") if seconds - whole < 0.9995 else ""
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}{fraction}"


def _day(text: str, flags: list[str]) -> datetime | None:
    match = _DATE.fullmatch(text)
    if not match:
        return None
    year, month, day = (int(part) for part in match.groups())
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        if day <= 31:
            return datetime(year, month, day)  # noqa: DTZ001 -- UTC by its field
    except ValueError:
        return None
    counted = datetime(year, 1, 1) + timedelta(days=day - 1)  # noqa: DTZ001
    if (counted.year, counted.month) != (year, month):
        return None
    flags.append(f"GPS date {text} read as day {day} of the year (a known fault of iOS 8)")
    return counted
