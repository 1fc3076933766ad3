r"""Where a film was taken, from all places that tell it. Not a parser: `parsers.video` reads with it.

    +51.4169-000.0806/          ISO 6709, in \xa9xyz and com.apple.quicktime.location.ISO6709: degrees, or degrees and minutes, by the number of digits
    GPSU, GPSF, GPS5, SCAL      a GoPro's telemetry (GPMF: type 4, kind 1, size 1, repeat 2, then the values, padded to 4)
    size 'free' 'GPS ' ...      a Novatek dashcam (Viofo, many others): hour, minute, second, year, month, day as 32-bit little-endian, then A|V, N|S, E|W, then
                                latitude and longitude as degrees and minutes (5124.5 is 51 degrees 24.5 minutes) in 32-bit floats. At byte 0x30 of the box, or 0x10.
                                Some makers write UTC there and some the camera's own clock, so it is only compared with, never taken for UTC.

The first place with a fix is the place of the film. `0, 0` and figures off the globe are no place.
"""

from __future__ import annotations

import math
import re
import struct
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from parsers.contract import DEVICE, SECOND, SUBSECOND, UTC, Moment
from parsers.dates import micros

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from parsers.movie_boxes import Movie, Span


class Fix(NamedTuple):
    """A place as found, with where it stood and the time beside it: basis UTC, or DEVICE where it may be the camera's own clock."""

    source: str
    lat: float | None
    lon: float | None
    raw: str
    when: Moment | None = None
    altitude: str = ""
    flags: tuple[str, ...] = ()


_ISO_6709 = re.compile(
    r"([+-])(\d{1,6})(\.\d{1,12})?([+-])(\d{1,7})(\.\d{1,12})?(?:([+-]\d{1,6}(?:\.\d{1,12})?))?(?:CRS[^/]{0,40})?/?"
)
_MOST_ENTRIES = 120
"""How many records of a dashcam are looked at for one with a fix: two minutes."""
_MOST_VALUES = 2_000
_BLOCK = 512
UNREAD = Fix("dashcam GPS", None, None, "", flags=("position not used: it is in the file in a form that is not read",))
_SAMPLE_LIMIT = 1 << 16


def checked(source: str, lat: float, lon: float, raw: str, when: Moment | None = None, altitude: str = "") -> Fix:
    """A place with these figures; without a place, and a flag that says why, if they are not one."""
    why = ""
    if not (math.isfinite(lat) and math.isfinite(lon)):
        why = "it is not a number"
    elif abs(lat) > 90 or abs(lon) > 180:
        why = "it is out of range"
    elif lat == 0 and lon == 0:
        why = "it is 0, 0 (no fix)"
    if why:
        return Fix(source, None, None, raw, when, "", (f"position not used: {why}",))
    return Fix(source, lat, lon, raw, when, altitude)


def iso_6709(source: str, text: str) -> Fix:
    """`+51.4169-000.0806+012.3/`: two digits of latitude are degrees, four degrees and minutes, six with seconds; longitude has one digit more."""
    found = _ISO_6709.fullmatch(text.strip())
    lat = _degrees(found[2], found[3] or "", 2) if found else None
    lon = _degrees(found[5], found[6] or "", 3) if found else None
    if found is None or lat is None or lon is None:
        return Fix(source, None, None, text, flags=("position not used: it is not understood",))
    return checked(
        source,
        -lat if found[1] == "-" else lat,
        -lon if found[4] == "-" else lon,
        text,
        None,
        f"{float(found[7]):.1f}" if found[7] else "",
    )


def _degrees(whole: str, fraction: str, width: int) -> float | None:
    """By how many digits stand before the point; fewer than `width` are degrees that were not padded."""
    if len(whole) <= width:
        return float(whole + fraction)
    if len(whole) == width + 2:
        return int(whole[:width]) + float(whole[width:] + fraction) / 60
    if len(whole) == width + 4:
        return int(whole[:width]) + int(whole[width : width + 2]) / 60 + float(whole[width + 2 :] + fraction) / 3600
    return None


def of_movie(movie: Movie, file: BinaryIO, size: int) -> list[Fix]:
    """All places that a film holds, the best first."""
    fixes = [iso_6709(name, text) for name, text in movie.texts.items() if name.endswith(("ISO6709", "\xa9xyz"))]
    if movie.loci:
        fixes.append(checked("loci", *movie.loci))
    if movie.telemetry:
        file.seek(movie.telemetry.start)
        fixes += gopro(file.read(min(movie.telemetry.end - movie.telemetry.start, _SAMPLE_LIMIT)))
    return fixes + _dashcam(movie, file, size)


def gopro(data: bytes) -> list[Fix]:
    """The first place and time in a GoPro's telemetry; none where the receiver had no lock, or too weak a one."""
    stream: dict[bytes, tuple[int, bytes]] = {}
    for kind, size, values in _telemetry(data):
        if kind == b"STRM":
            stream = {}
        stream.setdefault(kind, (size, values))
        if kind in {b"GPS5", b"GPS9"}:
            return _fix_of(kind, values, stream)
    return []


def _telemetry(data: bytes) -> Iterator[tuple[bytes, int, bytes]]:
    """(name, size of one value, bytes); the nested ones are gone into."""
    at = 0
    for _ in range(_MOST_VALUES):
        if at + 8 > len(data):
            return
        kind, nested, size = data[at : at + 4], data[at + 4] == 0, data[at + 5]
        length = size * int.from_bytes(data[at + 6 : at + 8], "big")
        yield kind, size, b"" if nested else data[at + 8 : at + 8 + length]
        at += 8 if nested else 8 + -(-length // 4) * 4


def _fix_of(kind: bytes, values: bytes, stream: dict[bytes, tuple[int, bytes]]) -> list[Fix]:
    size, scales = stream.get(b"SCAL", (4, b""))
    scale = [int.from_bytes(scales[i : i + size], "big", signed=True) for i in range(0, len(scales), size or 1)]
    nine = kind == b"GPS9"
    numbers = [int.from_bytes(values[i : i + 4], "big", signed=True) for i in range(0, min(len(values), 28), 4)]
    if len(numbers) < (7 if nine else 5) or len(scale) < 3 or 0 in scale[:3]:
        return []
    lock = int.from_bytes(values[30:32] if nine else stream.get(b"GPSF", (4, b""))[1], "big")
    weak = int.from_bytes(values[28:30] if nine else stream.get(b"GPSP", (2, b""))[1], "big")
    if lock not in {2, 3}:
        return [Fix("GoPro GPS", None, None, "", flags=("position not used: the GPS had no lock",))]
    lat, lon = numbers[0] / scale[0], numbers[1] / scale[1]
    text = stream.get(b"GPSU", (16, b""))[1].decode("latin-1").strip()
    when = _gopro_day(numbers[5], numbers[6]) if nine else _gopro_time(text)
    if weak > 500:
        return [Fix("GoPro GPS", None, None, "", when, flags=("position not used: the GPS lock was weak",))]
    return [checked("GoPro GPS", lat, lon, f"{lat:.7f} {lon:.7f}", when, f"{numbers[2] / scale[2]:.1f}")]


def _gopro_time(text: str) -> Moment | None:
    """`170428181345.105`: year, month, day, hour, minute, second, of UTC."""
    if not re.fullmatch(r"\d{12}(\.\d{1,6})?", text, re.ASCII):
        return None
    try:
        when = datetime.strptime(text[:12], "%y%m%d%H%M%S")  # noqa: DTZ007 -- UTC, said by the basis
    except ValueError:
        return None
    return Moment(micros(when) + int((text[13:] + "000000")[:6]), UTC, SUBSECOND, f"GPSU {text}")


def _gopro_day(days: int, thousandths: int) -> Moment | None:
    """Days since 2000 and thousandths of seconds of that day."""
    if not 3650 < days < 36525 or not 0 <= thousandths < 86_400_000:
        return None
    when = datetime(2000, 1, 1) + timedelta(days=days, milliseconds=thousandths)  # noqa: DTZ001 -- the same
    return Moment(micros(when), UTC, SUBSECOND, f"GPS9 {days} {thousandths}")


def _dashcam(movie: Movie, file: BinaryIO, size: int) -> list[Fix]:
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
            fixes = _novatek(block) or fixes or [UNREAD]
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
