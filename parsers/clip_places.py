r"""Where a film was taken, from all places that tell it. Not a parser: `parsers.video` reads with it.

    +51.4169-000.0806/          ISO 6709, in \xa9xyz and com.apple.quicktime.location.ISO6709: degrees, or degrees and minutes, by the number of digits
    GPSU, GPSF, GPS5, SCAL      a GoPro's telemetry (GPMF: type 4, kind 1, size 1, repeat 2, then the values, padded to 4)
    what dashcams write         see `parsers.dashcam_places`

The first place with a fix is the place of the film. `0, 0` and figures off the globe are no place.
"""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from parsers.contract import SUBSECOND, UTC, Moment
from parsers.dates import micros

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from parsers.movie_boxes import Movie


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
_MOST_VALUES = 2_000
NO_FIX: Final = "position not used: the GPS had no fix"
UNREAD: Final = Fix(
    "dashcam GPS", None, None, "", flags=("position not used: it is in the file in a form that is not read",)
)
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


def of_movie(movie: Movie, file: BinaryIO) -> list[Fix]:
    """The places that a film holds as phones and action cameras write them, the best first."""
    fixes = [iso_6709(name, text) for name, text in movie.texts.items() if name.endswith(("ISO6709", "\xa9xyz"))]
    if movie.loci:
        fixes.append(checked("loci", *movie.loci))
    if movie.telemetry:
        file.seek(movie.telemetry.start)
        fixes += gopro(file.read(min(movie.telemetry.end - movie.telemetry.start, _SAMPLE_LIMIT)))
    return fixes


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
