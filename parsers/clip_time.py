r"""When a film was taken: which of the times in and around it is believed, and why. Not a parser: `parsers.video` reads with it.

A film has up to seven times, and they mean different things:

    dated      Apple's creationdate, or `date`, `\xa9day`: the start, mostly with its distance from UTC. The best there is
    name       of the file: the start, by the clock of the phone or camera, in a few cases UTC. `parsers.file_names`
    gps        satellite time, in the telemetry of the film or a file beside it
    header     `mvhd`: UTC by the format's rule. Phones write UTC there, and the *end* of the recording; many cameras write their own clock there, or nothing;
               programs that convert write the time of converting
    camera     `IDIT` of an AVI: the camera's clock
    packet     XMP, written by editing programs
    noted      beside the film, by Google Photos

The first of these that stands is taken: dated with its zone; a name that is an instant; a clock without a zone (dated, camera, name) made an instant by the
satellite time, or, for phones, by the header; satellite time; the clock as it is; the header; what Google
Photos noted; the packet; the day in the name. Those not taken are given beside it (`Chosen.others`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC as UTC_ZONE
from datetime import datetime
from typing import TYPE_CHECKING, Final

from parsers.contract import (
    DAY,
    DEVICE,
    GPS,
    HEADER,
    INSTANTS,
    MINUTE,
    NOTES,
    OFFSET,
    SATELLITE,
    SECOND,
    SUBSECOND,
    UTC,
    WRITTEN,
    XMP,
    Moment,
)
from parsers.dates import micros
from parsers.file_names import FROM_NAME, SAVED, NamedTime, by_name

if TYPE_CHECKING:
    from parsers.clip_places import Fix

_SECOND: Final = 1_000_000
_MINUTE: Final = 60 * _SECOND
_QUARTER: Final = 15 * _MINUTE
_HOUR: Final = 60 * _MINUTE
_FROM_1904: Final = 2_082_844_800
_FIRST, _LAST = datetime(1990, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 -- bounds for both kinds of clock

_WRITTEN = re.compile(
    r"(\d{4})[-:/](\d{1,2})[-:/](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_IN_WORDS = re.compile(
    r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]* +([a-z]{3})[a-z]* +(\d{1,2}) +(\d{1,2}):(\d{2}):(\d{2}) +(\d{4})",
    re.IGNORECASE | re.ASCII,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass
class Times:
    """What there is. `written` are (name, text) of dates in words, the best first; `packet` those of the XMP."""

    written: list[tuple[str, str]] = field(default_factory=list)
    name: NamedTime | None = None
    gps: Fix | None = None
    header: Moment | None = None
    packet: list[tuple[str, str]] = field(default_factory=list)
    noted: Moment | None = None
    seconds: float | None = None
    phone: bool = False
    converted: str = ""
    """The program that converted the film, if one did."""


@dataclass
class Chosen:
    """The moment, the end if the source of the moment gives one, the zone in words if one was found, and what must be said."""

    when: Moment | None = None
    until: Moment | None = None
    zone: str = ""
    flags: list[str] = field(default_factory=list)
    others: tuple[tuple[str, Moment], ...] = ()


def plausible(count: int) -> bool:
    """Whether microseconds from 1970 are a time at which somebody may have filmed: 1990 to 2100."""
    return micros(_FIRST) <= count <= micros(_LAST)


def header_time(seconds: int | None, unset: int, name: str) -> tuple[Moment | None, str]:
    """A time of `mvhd`, counted from 1904, and a remark. 0, all ones, and what is 1970 when converted were never set."""
    if seconds is None or seconds in {0, unset, _FROM_1904}:
        return None, ""
    raw, remark = f"{name} {seconds}", ""
    if seconds < _FROM_1904:
        remark = "header time counts from 1970 instead of 1904"
    else:
        seconds -= _FROM_1904
    if not plausible(seconds * _SECOND):
        return None, f"header time is not plausible: {raw}"
    return Moment(seconds * _SECOND, UTC, SECOND, raw), remark


def written_time(name: str, text: str) -> Moment | None:
    """A date in words: ISO, EXIF's colons, or `Mon Mar 10 15:04:43 2003`. OFFSET with a zone, else DEVICE; None if it is not one or not plausible."""
    raw = f"{name} {text}"
    zone, digits = "", ""
    if found := _WRITTEN.fullmatch(text):
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
        digits, zone = found[7] or "", found[8] or ""
        precision = DAY if found[4] is None else MINUTE if found[6] is None else SUBSECOND if digits else SECOND
    elif (found := _IN_WORDS.fullmatch(text)) and found[1].lower() in _MONTHS:
        month = _MONTHS.index(found[1].lower()) + 1
        day, hour, minute, second, year = (int(part) for part in found.groups()[1:])
        precision = SECOND
    else:
        return None
    try:
        clock = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 -- as written
    except ValueError:
        return None
    if not _FIRST <= clock <= _LAST:
        return None
    away = 0
    if zone and zone != "Z":
        away = int(zone[1:3]) * _HOUR + int(zone[-2:]) * _MINUTE
        if away > 14 * _HOUR:
            return None
        away = -away if zone[0] == "-" else away
    count = micros(clock) + int((digits + "000000")[:6]) - away
    return Moment(count, OFFSET if zone else DEVICE, precision, raw)


def choose(times: Times) -> Chosen:
    """The moment of the film."""
    chosen = Chosen()
    dated = [moment for name, text in times.written if (moment := written_time(name, text))]
    name = times.name
    named = name.when if name and name.kind != SAVED else None
    satellite = times.gps.when if times.gps else None
    zoned = next((moment for moment in dated if moment.basis in INSTANTS), None)
    # A clock without a zone. One that gives only a day is of no use beside a time.
    clock = next(
        (moment for moment in (*dated, named) if moment and moment.basis not in INSTANTS and moment.precision != DAY),
        None,
    )
    if zoned:
        chosen.when = zoned
    elif named and named.basis in INSTANTS:
        chosen.when = named
    elif clock:
        _place_clock(clock, satellite, times, chosen)
    elif satellite and satellite.basis in INSTANTS:
        chosen.when = satellite
    elif times.header:
        chosen.when = times.header
        _doubt_header(times, chosen)
    else:
        _last_resort(times, dated, satellite, chosen)
    if name and name.when and _is_of(chosen.when, name.when):
        chosen.flags.append(FROM_NAME)
        if name.until and chosen.when:
            chosen.until = name.until._replace(
                micros=name.until.micros + chosen.when.micros - name.when.micros, basis=chosen.when.basis
            )
    if name:
        chosen.flags += name.flags
    _say_where_it_ends(times, chosen)
    chosen.others = _others(times, dated, chosen)
    return chosen


def _place_clock(clock: Moment, satellite: Moment | None, times: Times, chosen: Chosen) -> None:
    """The clock, made an instant where something in the file tells its zone."""
    chosen.when = clock
    if satellite:
        zone = _zone(clock.micros - satellite.micros, _length(times), expected=0)
        if zone is None:
            chosen.when = satellite if satellite.basis in INSTANTS else clock
            chosen.flags.append(f"the camera's clock differs from GPS time by {_span(clock.micros - satellite.micros)}")
        elif zone is not None and (zone or satellite.basis in INSTANTS):
            chosen.when = clock._replace(micros=clock.micros - zone, basis=GPS)
            chosen.zone = f"{_signed(zone)} found from GPS time"
            if (
                times.gps and satellite.basis not in INSTANTS
            ):  # a zone away from the camera's clock: UTC, though the format does not say so
                times.gps = times.gps._replace(when=satellite._replace(basis=GPS))
        elif zone == 0:
            chosen.flags.append("GPS time is the same as the camera's clock: it may be local time")
    elif times.header and times.phone and not times.converted:
        zone = _zone(clock.micros - times.header.micros, _length(times), expected=_length(times))
        if zone is not None:
            chosen.when = clock._replace(micros=clock.micros - zone, basis=UTC)
            chosen.zone = f"{_signed(zone)} found from the header's time"
    if chosen.zone and not chosen.zone.startswith(("+00:00", "+01:00")):
        chosen.flags.append(f"abroad or wrong clock: the clock is {chosen.zone.split(' ')[0]} from UTC")


def _doubt_header(times: Times, chosen: Chosen) -> None:
    if times.converted:
        chosen.flags.append("the header's time may be that of the conversion")
    elif times.phone:
        chosen.flags.append("time from the header: the end of the recording, as phones write it")
    else:
        chosen.flags.append("time from the header: start or end is not known, and many cameras write local time there")


def _last_resort(times: Times, dated: list[Moment], satellite: Moment | None, chosen: Chosen) -> None:
    packet = [moment for name, text in times.packet if (moment := written_time(f"XMP {name}", text))]
    named = times.name.when if times.name else None
    chosen.when = next((moment for moment in (satellite, *dated, times.noted, *packet, named) if moment), None)
    if chosen.when is times.noted is not None:
        chosen.flags.append("time from the notes of Google Photos")
    if chosen.when in packet:
        chosen.flags.append("time from the XMP block, which editing programs write")
    if chosen.when is None:
        chosen.flags.append("no date in the file")


def _is_of(when: Moment | None, source: Moment) -> bool:
    return when is not None and when.raw == source.raw


def _length(times: Times) -> int:
    return int(min(times.seconds or 0, 10**7) * _SECOND)


def _zone(ahead: int, length: int, *, expected: int) -> int | None:
    """The zone (in microseconds) of a clock that is so far ahead of an instant, which may be that of the end of a film of this length; None if no zone fits.

    A long film leaves room for more than one: the one that puts the instant nearest to where it is `expected` in the film is taken.
    """
    fits: list[tuple[int, int]] = []
    for quarters in range(-12 * 4, 14 * 4 + 1):
        zone = quarters * _QUARTER
        late = zone - ahead  # how long after the clock the instant is, if this is the zone
        if -_MINUTE <= late <= length + _MINUTE:
            fits.append((abs(late - expected) + (0 if quarters % 4 == 0 else _MINUTE), zone))
    return min(fits)[1] if fits else None


def _say_where_it_ends(times: Times, chosen: Chosen) -> None:
    """Phones write the end of the recording into the header."""
    when, header = chosen.when, times.header
    if when is None or header is None or when is header or when.precision == DAY or when.basis not in INSTANTS:
        return
    if 2 * _SECOND < header.micros - when.micros <= _length(times) + _MINUTE:
        chosen.flags.append(f"header time is the end of the recording: {_shown(header)}")


def _others(times: Times, dated: list[Moment], chosen: Chosen) -> tuple[tuple[str, Moment], ...]:
    """The times that were not taken."""
    packet = [moment for name, text in times.packet if (moment := written_time(f"XMP {name}", text))]
    satellite = times.gps.when if times.gps else None
    found = [(WRITTEN, moment) for moment in dated] + [(XMP, moment) for moment in packet]
    found += [(HEADER, times.header)] if times.header else []
    found += [(SATELLITE, satellite)] if satellite else []
    found += [(NOTES, times.noted)] if times.noted else []
    found += by_name(times.name) if times.name else ()
    return tuple((name, moment) for name, moment in found if not _is_of(chosen.when, moment))


def _shown(moment: Moment) -> str:
    clock = datetime.fromtimestamp(moment.micros // _SECOND, UTC_ZONE)
    if moment.precision == DAY:
        return f"{clock:%Y-%m-%d}"
    return f"{clock:%Y-%m-%d %H:%M:%S}{' UTC' if moment.basis in INSTANTS else ''}"


def shown(moment: Moment | None) -> str:
    """A moment in figures, for `Record.extra`; "" for none."""
    return _shown(moment) if moment else ""


def _span(micros_: int) -> str:
    seconds = abs(micros_) // _SECOND
    if seconds >= 48 * 3600:
        return f"{round(seconds / 86400):,} days"
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min" if seconds >= 120 else f"{seconds} s"


def _signed(zone: int) -> str:
    minutes = abs(zone) // _MINUTE
    return f"{'-' if zone < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
