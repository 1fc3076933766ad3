r"""Where dashcams write places: in the film, and in logs on their cards. Not a parser: `parsers.video` reads with it.

    Novatek (Viofo, many others)  size 'free' 'GPS ' ...   hour, minute, second, year, month, day as 32-bit little-endian, then A|V, N|S, E|W, then latitude and longitude
                                  as degrees and minutes (5124.5 is 51 degrees 24.5 minutes) in 32-bit floats. At byte 0x30 of the box, or 0x10
    Nextbase 512G                 in such a box at 0x30, big-endian: '$S', speed, heading, year16 month day hour minute, tenths of seconds16, 1 byte, latitude and
                                  longitude in ten millionths of a degree (32 bits, signed)
    Nextbase, newer               gdat: Base64 of {"cameraModel": ..., "gpsData": [{"datetime": ..., "lat": 51.4, "lon": -0.08, "gpsStatus": ...}]}
    BlackVue                      free, in it 'gps ': [1634217197123]$GPRMC,141317.00,A,5124.50,N,... ; the same in a file beside it, one for front and rear
    70mai                         GPSData000001.txt at the top of the card, for all its clips: 1779158456,A,51.409531,-0.080674,...,NO20260519-134050-000000B.MP4,0,0,0

RMC lines are in UTC. The count of a 70mai is eight hours behind UTC (its clock is kept in the maker's zone). What the other makers write there is UTC in some and
the camera's own clock in others, so it is only compared with, never taken for UTC; so is that of a 70mai, which rests on two cameras.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
import struct
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from parsers.clip_places import Fix, checked
from parsers.clip_time import plausible, written_time
from parsers.contract import DEVICE, SECOND, UTC, Moment
from parsers.dates import micros

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from parsers.movie_boxes import Movie, Span

UNREAD: Final = Fix(
    "dashcam GPS", None, None, "", flags=("position not used: it is in the file in a form that is not read",)
)
_MOST_ENTRIES = 120
"""How many records of a dashcam are looked at for one with a fix: two minutes."""
_BLOCK = 512
_LIST_LIMIT = 4 << 20
_TEXT_LIMIT = 1 << 18
_MOST_PARTS = 32
_BEHIND: Final = 8 * 3600 * 1_000_000
_LOG_BLOCK = 1 << 20
_LOG_LIMIT = 256 << 20
_RMC = re.compile(
    r"\$G[A-Z]RMC,(\d{6})(?:\.\d*)?,A,(\d{2})(\d{2}(?:\.\d{1,9})?),([NS]),(\d{3})(\d{2}(?:\.\d{1,9})?),([EW]),[^,\r\n]{0,12},[^,\r\n]{0,12},(\d{6})",
    re.ASCII,
)
_LOGGED = re.compile(rb"^(\d{1,12}),A,([+-]?\d{1,3}(?:\.\d{1,12})?),([+-]?\d{1,3}(?:\.\d{1,12})?),[^\r\n]{0,200}$")


def of_dashcam(movie: Movie, file: BinaryIO, size: int) -> list[Fix]:
    """The first place that a dashcam wrote into a film; without one, why."""
    fixes = _boxes(movie, file, size)
    if not fixes or fixes[0].lat is None:
        fixes = _listed(movie, file) or _lines(movie, file) or fixes
    return fixes


def _boxes(movie: Movie, file: BinaryIO, size: int) -> list[Fix]:
    """The first record of a Novatek dashcam that has a fix, by its table; where that is missing, in the `free` boxes beside the film."""
    places: list[int] = []
    if table := movie.gps_table:
        places = _table(table, file, size)
    places += [box.start - 8 for box in movie.free if box.end - box.start >= 60]
    fixes: list[Fix] = []
    for place in places[:_MOST_ENTRIES]:
        file.seek(place)
        block = file.read(_BLOCK)
        if block[4:8] == b"free" and block[8:12] == b"GPS ":
            fixes = _nextbase(block) or _novatek(block) or fixes or [UNREAD]
            if fixes[0].lat is not None:
                return fixes
    return fixes


def _table(table: Span, file: BinaryIO, size: int) -> list[int]:
    """Where the records stand, from `moov/gps `: 8 bytes, then pairs of place and length."""
    file.seek(table.start)
    data = file.read(min(table.end - table.start, 8 + 8 * _MOST_ENTRIES))
    places = [int.from_bytes(data[at : at + 4], "big") for at in range(8, len(data) - 7, 8)]
    return sorted({place for place in places if 0 < place < size})


def _novatek(block: bytes) -> list[Fix]:
    for at in (0x30, 0x10):
        record = block[at : at + 36]
        if len(record) < 36:
            continue
        hour, minute, second, year, month, day = struct.unpack("<6I", record[:24])
        status, north, east = record[24:25], record[25:26], record[26:27]
        known = north in {b"N", b"S"} and east in {b"E", b"W"}
        if status != b"V" and not (status == b"A" and known):
            continue
        try:
            clock = datetime(year + (0 if year >= 2000 else 2000), month, day, hour, minute, second)  # noqa: DTZ001 -- as written
        except (ValueError, OverflowError):
            continue
        when = Moment(micros(clock), DEVICE, SECOND, f"{clock:%Y-%m-%d %H:%M:%S}")
        if status == b"V":
            return [Fix("dashcam GPS", None, None, "", None, flags=("position not used: the GPS had no fix",))]
        one, two = struct.unpack("<2f", record[28:36])
        lat, lon = _minutes(one), _minutes(two)
        raw = f"{one:.4f} {north.decode()}, {two:.4f} {east.decode()}"
        return [checked("dashcam GPS", -lat if north == b"S" else lat, -lon if east == b"W" else lon, raw, when)]
    return []


def _minutes(value: float) -> float:
    """Degrees and minutes in one figure: 5124.5 is 51 degrees 24.5 minutes."""
    if not math.isfinite(value) or not 0 <= value < 18_001:
        return math.nan
    return round(int(value / 100) + value % 100 / 60, 6)  # a 32-bit figure has no more


def _nextbase(block: bytes) -> list[Fix]:
    """The records of a Nextbase 512G: the first that is one."""
    for at in range(0x30, len(block) - 32, 32):
        if block[at : at + 2] != b"$S":
            return []
        year, month, day, hour, minute, tenths = struct.unpack(">HBBBBH", block[at + 6 : at + 14])
        lat, lon = struct.unpack(">ii", block[at + 15 : at + 23])
        try:
            clock = datetime(year, month, day, hour, minute, tenths // 10)  # noqa: DTZ001 -- as written
        except ValueError:
            continue
        when = Moment(micros(clock), DEVICE, SECOND, f"{clock:%Y-%m-%d %H:%M:%S}")
        return [checked("dashcam GPS", lat / 1e7, lon / 1e7, f"{lat} {lon}", when)]
    return []


def _listed(movie: Movie, file: BinaryIO) -> list[Fix]:
    """`gdat` of a Nextbase: the first of its places with a fix."""
    span = movie.gps_list
    if span is None:
        return []
    file.seek(span.start)
    try:
        said = json.loads(base64.b64decode(file.read(min(span.end - span.start, _LIST_LIMIT)).strip(b"\0 \r\n")))
        entries = said["gpsData"]
    except (ValueError, binascii.Error, RecursionError, TypeError, KeyError):
        return [UNREAD]
    places = (
        [_entry(one) for one in entries[:_MOST_ENTRIES] if isinstance(one, dict)] if isinstance(entries, list) else []
    )
    return [fix for fix in places if fix.lat is not None][:1] or places[:1]


def _entry(one: dict[str, Any]) -> Fix:
    lat, lon = (float(value) if isinstance(value := one.get(key), int | float) else math.nan for key in ("lat", "lon"))
    if str(one.get("gpsStatus")).upper() == "V":
        return Fix("gdat", None, None, "", flags=("position not used: the GPS had no fix",))
    given = str(one.get("datetime", ""))[:40].strip()
    when = written_time("gdat", given)
    return checked("gdat", lat, lon, f"{lat} {lon}", when._replace(basis=DEVICE) if when else None)


def _lines(movie: Movie, file: BinaryIO) -> list[Fix]:
    """`free` of a BlackVue, in it `gps `: lines of RMC."""
    for box in movie.free:
        for kind, start, end in _parts(file, box):
            if kind == b"gps ":
                file.seek(start)
                return nmea("gps", file.read(min(end - start, _TEXT_LIMIT)).decode("latin-1"))
    return []


def _parts(file: BinaryIO, box: Span) -> Iterator[tuple[bytes, int, int]]:
    at = box.start
    for _ in range(_MOST_PARTS):
        file.seek(at)
        head = file.read(8) if at + 8 <= box.end else b""
        length = int.from_bytes(head[:4], "big")
        if length < 8 or at + length > box.end:
            return
        yield head[4:], at + 8, at + length
        at += length


def nmea(name: str, text: str) -> list[Fix]:
    """The first RMC line with a fix."""
    for found in _RMC.finditer(text):
        clock, lat, lat_minutes, north, lon, lon_minutes, east, day = found.groups()
        try:
            when = datetime.strptime(f"{day}{clock}", "%d%m%y%H%M%S")  # noqa: DTZ007 -- UTC, said by the basis
        except ValueError:
            continue
        degrees = int(lat) + float(lat_minutes) / 60, int(lon) + float(lon_minutes) / 60
        fix = checked(
            name,
            -degrees[0] if north == "S" else degrees[0],
            -degrees[1] if east == "W" else degrees[1],
            f"{lat}{lat_minutes} {north}, {lon}{lon_minutes} {east}",
            Moment(micros(when), UTC, SECOND, f"{name} {day} {clock}"),
        )
        if fix.lat is not None:
            return [fix]
    return []


def in_log(name: str, file: BinaryIO, clip: str) -> list[Fix]:
    """The first line with a fix that the log of a 70mai's card has for a clip, front or rear."""
    wanted, rest, read = clip.rpartition(".")[0][:-1].encode(), b"", 0
    while wanted and read < _LOG_LIMIT and (block := file.read(_LOG_BLOCK)):
        read += len(block)
        whole = rest + block
        at = whole.find(wanted)
        while at >= 0:
            start, end = whole.rfind(b"\n", 0, at) + 1, whole.find(b"\n", at)
            if end < 0:
                break
            if fixes := _logged(name, whole[start:end].rstrip(b"\r")):
                return fixes
            at = whole.find(wanted, end)
        rest = whole[whole.rfind(b"\n") + 1 :][-_BLOCK:]
    return _logged(name, rest) if wanted and wanted in rest else []


def _logged(name: str, line: bytes) -> list[Fix]:
    found = _LOGGED.match(line)
    if not found:
        return []
    count, lat, lon = found[1].decode(), found[2].decode(), found[3].decode()
    instant = int(count) * 1_000_000 + _BEHIND
    when = Moment(instant, DEVICE, SECOND, f"{name} {count}") if plausible(instant) else None
    fix = checked(name, float(lat), float(lon), f"{lat} {lon}", when)
    return [fix] if fix.lat is not None else []
