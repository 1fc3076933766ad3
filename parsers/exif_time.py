"""When a photo was taken, and by which clock. Not a parser: `parsers.photo` reads with it.

EXIF dates are `2014:09:16 14:05:12`, the clock of the camera without a zone. Empty ones are blanks or zeros. The zone is looked for in this order:

1. the offset field that belongs to the date (`OffsetTimeOriginal`), or that of another date field which shows the same time; `TimeZoneOffset` (hours);
2. an XMP date with a zone which shows the same time; the instant that Google Photos noted beside it, if that is a zone's distance away, to two
   seconds; not if it shows the same clock, which is also what Google writes where it knows no zone;
3. the time of the satellite fix, in UTC: if the camera's clock is a zone's distance ahead of it, to 2.5 minutes, that is the zone. On some 25 real photos
   the remainder was -0.03 to +1.68 minutes, because the fix is older than the shot. Distances no zone has (+02:15) are an old fix, not a zone;
4. else it is not known.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from parsers.contract import (
    DAY,
    DEVICE,
    DIGITIZED,
    GPS,
    INSTANTS,
    MINUTE,
    OFFSET,
    PNG_CHANGED,
    PNG_CREATED,
    SATELLITE,
    SAVED,
    SECOND,
    SUBSECOND,
    UTC,
    XMP,
    Moment,
)
from parsers.dates import micros
from parsers.png_chunks import CHANGED, CREATED, in_iso
from parsers.xmp_packet import DATES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parsers.exif_fields import Fields
    from parsers.exif_gps import SatelliteTime

_EXIF_DATES: Final = (
    ("EXIF DateTimeOriginal", "EXIF SubSecTimeOriginal", "EXIF OffsetTimeOriginal"),
    ("EXIF DateTimeDigitized", "EXIF SubSecTimeDigitized", "EXIF OffsetTimeDigitized"),
    ("Image DateTime", "EXIF SubSecTime", "EXIF OffsetTime"),
)
LAST_SAVED: Final = "DateTime"
_SAVED: Final = frozenset({LAST_SAVED, CHANGED})
_NAMES: Final = {"DateTimeDigitized": DIGITIZED, LAST_SAVED: SAVED, CHANGED: PNG_CHANGED, CREATED: PNG_CREATED}

_WRITTEN = re.compile(
    r"(\d{4})[:\-/.](\d{1,2})[:\-/.](\d{1,2})"
    r"(?:[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?\s*(Z|[+\-]\d{1,2}:?\d{2})?)?",
)
_OFFSET = re.compile(r"([+\-])(\d{1,2}):?(\d{2})")
_FIRST_YEAR, _LAST_YEAR = 1990, 2100

_MICROSECOND = timedelta(microseconds=1)
_MINUTE = timedelta(minutes=1)
_QUARTER = timedelta(minutes=15)
_TOLERANCE = timedelta(minutes=2.5)
_STALE = timedelta(minutes=10)
_NOTED = timedelta(seconds=2)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 -- subtracted from a wall clock
_WEST, _EAST = timedelta(hours=-12), timedelta(hours=14)
_ODD_ZONES = frozenset({-38, -14, -10, 14, 18, 22, 23, 26, 35, 38, 42, 51, 55})
"""Zones that are not whole hours, in quarters of an hour: -09:30, -03:30 and -02:30 (Newfoundland) to +13:45."""
_UK = (timedelta(0), timedelta(hours=1))


class Clock(NamedTuple):
    """One date field: its name, its text, the wall clock it shows, the zone written with it."""

    field: str
    text: str
    wall: datetime
    precision: str
    offset: timedelta | None = None
    offset_given: str = ""


class Taken(NamedTuple):
    """The moment, and the zone in words ("" if it is not known)."""

    when: Moment | None
    clock: Clock | None
    zone: str


def clocks(
    fields: Fields, xmp: Mapping[str, str], flags: list[str], chunks: Mapping[str, str] = MappingProxyType({})
) -> list[Clock]:
    """The usable dates of the file, the best first: taken, digitised, those of the XMP, of the chunks of a PNG, last saved."""
    found: list[Clock] = []
    for name, part, zone in _EXIF_DATES:
        field = name.split(" ")[1]
        text = fields.text(name) or fields.text(f"Image {field}")
        fraction = fields.text(part) or fields.text(part.replace("EXIF", "Image"))
        offset = fields.text(zone) or fields.text(zone.replace("EXIF", "Image"))
        found += _clock(field, text, fraction, (zone.split(" ")[1], offset), flags)
    saved = [clock for clock in found if clock.field == LAST_SAVED]
    from_xmp = [clock for name in DATES for clock in _clock(f"XMP {name}", xmp.get(name, ""), "", ("", ""), flags)]
    hours = next(iter(fields.numbers("EXIF TimeZoneOffset") or fields.numbers("Image TimeZoneOffset")), None)
    from_png = {
        name: [one._replace(text=text) for one in _clock(name, in_iso(text), "", ("", ""), flags)]
        for name in (CREATED, CHANGED)
        for text in (chunks.get(name, ""),)
    }
    exif = [_with_hours(clock, hours) for clock in found if clock.field != LAST_SAVED]
    return exif + from_xmp + from_png[CREATED] + saved + from_png[CHANGED]


def _clock(field: str, text: str, fraction: str, zone: tuple[str, str], flags: list[str]) -> list[Clock]:
    """The date in a field, as a list of one or none."""
    if not text:
        return []
    shown = text[:60]
    if not text.strip(" :-0T.Z"):
        flags.append(f"{field} is empty: {shown}" if text.strip(" :") else f"{field} is blank")
        return []
    match = _WRITTEN.fullmatch(text)
    wall = _wall(match) if match else None
    if match is None or wall is None:
        flags.append(f"{field} is not a date: {shown}")
        return []
    if not _FIRST_YEAR <= wall.year <= _LAST_YEAR:
        flags.append(f"{field} is not plausible: {shown}")
        return []
    digits = match[7] or (found[0] if (found := re.match(r"\d{1,12}", fraction)) else "")
    wall += timedelta(microseconds=int((digits + "000000")[:6]))
    precision = DAY if match[4] is None else MINUTE if match[6] is None else SUBSECOND if digits.strip("0") else SECOND
    own = (field, match[8]) if match[8] else zone
    offset = _offset(*own, flags)
    return [Clock(field, text, wall, precision, offset, " ".join(own) if offset is not None else "")]


def _wall(match: re.Match[str]) -> datetime | None:
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 -- a camera's clock has no zone
    except ValueError:
        return None


def _offset(field: str, text: str, flags: list[str]) -> timedelta | None:
    if not text.strip(" :"):
        return None
    if text in {"Z", "z"}:
        return timedelta(0)
    match = _OFFSET.fullmatch(text.replace("\u2212", "-"))
    if match and int(match[3]) < 60:
        size = timedelta(hours=int(match[2]), minutes=int(match[3]))
        offset = -size if match[1] == "-" else size
        if _WEST <= offset <= _EAST:
            return offset
    flags.append(f"{field} is not a zone: {text[:40]}")
    return None


def _with_hours(clock: Clock, hours: float | None) -> Clock:
    if clock.offset is not None or hours is None or not -12 <= hours <= 14:
        return clock
    return clock._replace(offset=timedelta(hours=hours), offset_given=f"TimeZoneOffset {hours:g}")


def taken(
    found: list[Clock], satellite: SatelliteTime, *, placed: bool, flags: list[str], noted: Moment | None = None
) -> Taken:
    """The moment of the best clock. `placed`: the photo has a position, whose age the satellite time tells; `noted`: the instant that was noted beside it."""
    if not found:
        flags.append("no date in the file")
        return Taken(None, None, "")
    clock = found[0]
    if clock.precision == DAY:  # another field may have the hour of that day
        hours = (one for one in found if one.precision != DAY and one.field not in _SAVED)
        clock = next((one for one in hours if one.wall.date() == clock.wall.date()), clock)
    flags += _remarks(clock)
    offset, zone = _written_zone(clock, found, flags)
    basis = OFFSET
    if offset is None and noted is not None and clock.field not in _SAVED and clock.precision != DAY:
        basis, offset = UTC, _noted_zone(clock.wall, noted.micros * _MICROSECOND, flags)
        zone = "" if offset is None else f"{_signed(offset)} found from the notes of Google Photos"
    if satellite.when is not None:
        if offset is not None:
            flags += _age(clock.wall - offset - satellite.when, placed=placed)
            seen = _zone(clock.wall - satellite.when)
            if seen is not None and seen != offset:
                flags.append(f"zone may be wrong: GPS time says {_signed(seen)}")
        elif clock.field not in _SAVED and clock.precision != DAY:
            basis, offset = GPS, _satellite_zone(clock.wall - satellite.when, placed=placed, flags=flags)
            zone = "" if offset is None else f"{_signed(offset)} found from GPS time"
    if offset is None:
        return Taken(_moment(clock, DEVICE, None), clock, "")
    return Taken(_moment(clock, basis, offset), clock, zone)


def _written_zone(clock: Clock, found: list[Clock], flags: list[str]) -> tuple[timedelta | None, str]:
    """The zone written with the clock, or with the next best field that shows the same time; and its words. `tIME` is UTC by rule: that says nothing of the clock."""
    zones = {
        other.offset_given: other.offset
        for other in found
        if other.offset is not None and _same(clock, other) and (other is clock or other.field != CHANGED)
    }
    if len(set(zones.values())) > 1:
        flags.append(f"zones in the file disagree: {', '.join(zones)}")
    return next(((offset, given) for given, offset in zones.items()), (None, ""))


def others(found: list[Clock], shot: Taken, satellite: SatelliteTime) -> tuple[tuple[str, Moment], ...]:
    """The times that were not used. One without a zone of its own is of the same device and has the zone of the one used, if that is known."""
    zone: timedelta | None = None
    if shot.when and shot.clock and shot.when.basis in INSTANTS:
        zone = (micros(shot.clock.wall) - shot.when.micros) * _MICROSECOND
    times: list[tuple[str, Moment]] = []
    for other in found:
        if other is shot.clock or _is_default(other.wall):
            continue
        offset = None if other.precision == DAY else zone if other.offset is None else other.offset
        basis = DEVICE if offset is None else OFFSET
        times.append((_NAMES.get(other.field, XMP), _moment(other, basis, offset)))
    if satellite.when is not None:
        times.append((SATELLITE, Moment(micros(satellite.when), UTC, SECOND, satellite.given)))
    return tuple(times)


def _moment(clock: Clock, basis: str, offset: timedelta | None) -> Moment:
    return Moment(micros(clock.wall - (offset or timedelta(0))), basis, clock.precision, f"{clock.field} {clock.text}")


def _noted_zone(wall: datetime, noted: timedelta, flags: list[str]) -> timedelta | None:
    """The zone by the clock's distance from an instant that was made from it, to the second."""
    ahead = wall - _EPOCH - noted
    zone = _zone(ahead)
    if zone is None or abs(ahead - zone) > _NOTED:
        return None
    if zone == timedelta(0):
        flags.append("the notes of Google Photos have the camera's clock as UTC: they may not have known the zone")
        return None
    return zone


def _satellite_zone(ahead: timedelta, *, placed: bool, flags: list[str]) -> timedelta | None:
    """The zone by the clock's distance from the satellite time."""
    zone = _zone(ahead)
    if zone is None:
        if min(abs(ahead - uk) for uk in _UK) > _STALE:
            flags += _age(ahead, placed=placed)
        else:
            flags.append(f"zone not found: GPS time differs by {_span(ahead)}")
    elif zone not in _UK:
        flags.append(f"abroad or wrong clock: the clock is {_signed(zone)} from GPS time")
    return zone


def _remarks(clock: Clock) -> list[str]:
    """What a reader should know about the clock that was used."""
    return ["time of last saving"] * (clock.field in _SAVED) + ["may be the camera's default date"] * _is_default(
        clock.wall
    )


def _is_default(wall: datetime) -> bool:
    """1 January 00:00:00 of any year, and 8 December 2002 12:00:00, the constant of MediaTek phones."""
    return (wall.month, wall.day, wall.hour, wall.minute, wall.second) == (1, 1, 0, 0, 0) or (
        wall.replace(microsecond=0) == datetime(2002, 12, 8, 12)  # noqa: DTZ001
    )


def _same(one: Clock, other: Clock) -> bool:
    """Whether two fields show the same time, to the second, or the minute where one has no seconds."""
    if DAY in {one.precision, other.precision}:
        return False
    unit = _MINUTE if MINUTE in {one.precision, other.precision} else timedelta(seconds=1)
    return micros(one.wall) // (unit // _MICROSECOND) == micros(other.wall) // (unit // _MICROSECOND)


def _zone(ahead: timedelta) -> timedelta | None:
    """The zone that is `ahead` of UTC, if there is one within the tolerance."""
    quarters = round(ahead / _QUARTER)
    zone = quarters * _QUARTER
    exists = quarters % 4 == 0 or quarters in _ODD_ZONES
    return zone if exists and _WEST <= zone <= _EAST and abs(ahead - zone) <= _TOLERANCE else None


def _age(difference: timedelta, *, placed: bool) -> list[str]:
    if abs(difference) <= _STALE or not placed:
        return []
    return [f"position may be stale: GPS time differs by {_span(difference)}"]


def _span(difference: timedelta) -> str:
    minutes = round(abs(difference) / _MINUTE)
    if minutes >= 48 * 60:
        return f"{round(minutes / 1440):,} days"
    if minutes >= 10 * 60:
        return f"{round(minutes / 60)} h"
    return " ".join(
        filter(None, (f"{minutes // 60} h" if minutes >= 60 else "", f"{minutes % 60} min" if minutes % 60 else ""))
    )


def _signed(offset: timedelta) -> str:
    """+01:00."""
    minutes = abs(offset) // _MINUTE
    return f"{'-' if offset < timedelta(0) else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
