r"""`freeGPS` blocks: what most dashcams write into their films once a second. Not a parser: `parsers.dashcam_places` reads with it.

    size32 'freeGPS ' ...      then, by maker and year, one of a dozen records. All that ExifTool 13.58 (QuickTimeStream.pl, ProcessFreeGPS) describes as read

    Novatek (Viofo, Nextbase,  hour, minute, second, year, month, day as 32-bit little-endian; A|V, N|S, E|W; latitude and longitude as degrees and minutes in
      Akaso, Vantrue, others)  one figure (5124.5 is 51 degrees 24.5 minutes), floats or doubles. `_LAYOUTS` says at which bytes
    Nextbase 512GW, Vantrue    a line of NMEA
    Nextbase 512G              big-endian: '$S', speed, heading, year16 month day hour minute, tenths of seconds16, 1 byte, latitude and longitude in ten
                               millionths of a degree (32 bits, signed)
    70mai 4K (A810, M500)      A|V at byte 30, latitude and longitude in ten millionths of a degree; no time. ExifTool takes the same figures for degrees and minutes
    Azdome, EEEkit             text, each byte with AA changed
    XGODY                      text: 2024/05/22 02:54:29 N:42.382470 W:83.389570
    INNOVV                     A, N|S, E|W, two floats; no time

Some makers hide the figures (LIGOGPSINFO, Akaso V1 and Redtiger F7N, E-ACE, Rexing V1-4K, ATC): those blocks are known and left, for read by another's rule they give a place
where nobody was. Lines of NMEA are in UTC. What the others write is UTC in some and the camera's own clock in others: it has the basis of a device.
"""

from __future__ import annotations

import math
import re
import struct
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from parsers.clip_places import NO_FIX, UNREAD, Fix, checked
from parsers.contract import DEVICE, SECOND, Moment
from parsers.dates import micros
from parsers.receiver_lines import first_fix

if TYPE_CHECKING:
    from collections.abc import Callable

LENGTH: Final = 512
"""Bytes of a block that are looked at."""
_LEAST: Final = 0x7C
"""Bytes that a block must have for all layouts; the smallest known has 124."""
_NAME: Final = "dashcam GPS"


class _Layout(NamedTuple):
    """The bytes of a block where a record has hour, minute, second; year, month, day; A or V; N or S; E or W; its figures, and as what."""

    clock: int
    date: int
    status: int
    north: int
    east: int
    lat: int
    lon: int
    figures: str = "<f"


_LAYOUTS: Final = (
    _Layout(0x30, 0x3C, 0x48, 0x49, 0x4A, 0x4C, 0x50),  # Viofo A119, Nextbase and many others
    _Layout(0x10, 0x1C, 0x28, 0x29, 0x2A, 0x2C, 0x30),  # Viofo A119 V3, A119 Mini
    _Layout(0x40, 0x4C, 0x58, 0x59, 0x5A, 0x5C, 0x60),  # Kenwood DRV-A510W
    _Layout(0x30, 0x58, 0x3C, 0x44, 0x4C, 0x40, 0x48),  # Akaso
    _Layout(0x30, 0x70, 0x3C, 0x48, 0x58, 0x40, 0x50, "<d"),
    _Layout(0x10, 0x50, 0x1C, 0x28, 0x38, 0x20, 0x30, "<d"),  # Vantrue N4, Rove R2-4K
    _Layout(0x50, 0x44, 0x40, 0x41, 0x42, 0x60, 0x5C),  # Vantrue S1
)
_AZDOME_KEY: Final = bytes.fromhex("aaaaf2e1f0ee5454")
_AZDOME: Final = re.compile(rb".{8}(\d{14})..{15}([NS])(\d{2})(\d{6})([EW])(\d{3})(\d{6})", re.DOTALL)
_SHIFTED: Final = b"4W`b]S<"
"""`$GPRMC,` with 16 added to each byte."""
_XGODY: Final = re.compile(
    rb".{23}(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) ([NS]):(\d{1,2}\.\d{1,8}) ([EW]):(\d{1,3}\.\d{1,8})", re.DOTALL
)
_HIDDEN: Final = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        rb"(.{16}|.{48}|.{80})LIGOGPSINFO\0",
        rb".{64}[\x01-\x0c]\0{3}[\x01-\x1f]\0{3}A[NS][EW]\0{5}",  # Akaso V1, Redtiger F7N: where the latitude would be stands 0
        rb".{40}A[NS][EW]\0[A-Za-z0-9+/]{8,20}={0,2}\0{0,12}[A-Za-z0-9+/]{8,20}={0,2}\0",  # E-ACE
        rb".{69}ATC",
    )
)


def in_block(block: bytes) -> list[Fix]:
    """The first place of a block; without a place, and why, if it has none. `block` begins with its size, and may be cut off after `LENGTH` bytes."""
    if any(pattern.match(block) for pattern in _HIDDEN):
        return [UNREAD]
    for read in _READERS:
        if fixes := read(block):
            return fixes
    return [UNREAD]


def _azdome(block: bytes) -> list[Fix]:
    if block[18:26] != _AZDOME_KEY:
        return []
    found = _AZDOME.match(bytes(byte ^ 0xAA for byte in block[18:275]))
    if not found:
        return [UNREAD]
    stamp, north, lat, lat_minutes, east, lon, lon_minutes = (part.decode() for part in found.groups())
    when = _moment(*(int(stamp[at:end]) for at, end in ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14))))
    figures = int(lat) + int(lat_minutes) / 600_000, int(lon) + int(lon_minutes) / 600_000
    return [_placed(figures, north + east, f"{lat}{lat_minutes} {north}, {lon}{lon_minutes} {east}", when)]


def _line(block: bytes) -> list[Fix]:
    if block[60:67] == _SHIFTED:
        block = bytes(byte - 16 if byte >= 16 else byte for byte in block[60:140])
    return first_fix(_NAME, block.decode("latin-1"))


def _mai(block: bytes) -> list[Fix]:
    """70mai. Read as ExifTool does, the figures are degrees and minutes; where that gives minutes past 59, it cannot be."""
    if len(block) < 53 or block[12:16] != block[18:20] + b"\0\0" or block[51:53] != b"VV" or block[30:31] not in b"AV":
        return []
    if block[30:31] == b"V":
        return [Fix(_NAME, None, None, "", flags=(NO_FIX,))]
    one, two = struct.unpack("<ii", block[31:39])
    fix = checked(_NAME, one / 1e7, two / 1e7, f"{one} {two}")
    other = [math.copysign(_degrees(abs(value) / 1e5), value) for value in (one, two)]
    if (
        fix.lat is None
        or not all(map(math.isfinite, other))
        or max(abs(one / 1e7 - other[0]), abs(two / 1e7 - other[1])) < 0.001
    ):
        return [fix]
    doubt = f"position by one of two published readings of this format; the other gives {other[0]:.5f}, {other[1]:.5f}"
    return [fix._replace(flags=(doubt,))]


def _by_layout(block: bytes) -> list[Fix]:
    for layout in _LAYOUTS:
        if (fix := _record(block, layout, b"A")) and fix.lat is not None:
            return [fix]
    without = [fix for layout in _LAYOUTS for status in (b"A", b"V") if (fix := _record(block, layout, status))]
    return without[:1]


def _record(block: bytes, layout: _Layout, status: bytes) -> Fix | None:
    """What stands there if it is a record of that layout: a letter where a letter must be, and a date."""
    if len(block) < _LEAST or block[layout.status : layout.status + 1] != status:
        return None
    hour, minute, second = struct.unpack_from("<3I", block, layout.clock)
    year, month, day = struct.unpack_from("<3I", block, layout.date)
    when = _moment(year + (0 if year >= 2000 else 2000), month, day, hour, minute, second)
    if when is None:
        return None
    if status == b"V":
        return Fix(_NAME, None, None, "", flags=(NO_FIX,))
    signs = block[layout.north : layout.north + 1] + block[layout.east : layout.east + 1]
    if not re.fullmatch(rb"[NS][EW]", signs):
        return None
    if block[16:19] == b"IQS" and layout is _LAYOUTS[0]:
        one, two = (abs(value) for value in struct.unpack_from("<ii", block, layout.lat))
        return _placed((one / 1e7, two / 1e7), signs.decode(), f"{one} {two}", when)
    one, two = (struct.unpack_from(layout.figures, block, at)[0] for at in (layout.lat, layout.lon))
    # A body camera of Transcend writes plain degrees, in blocks of this size; as degrees and minutes such small figures lie in the sea off Africa.
    plain = block[:4] == b"\0\0\x40\0" and 0 <= one <= 90 and 0 <= two <= 180
    figures = (one, two) if plain else (_degrees(one), _degrees(two))
    return _placed(figures, signs.decode(), f"{one:.4f} {signs[:1].decode()}, {two:.4f} {signs[1:].decode()}", when)


def _moment(year: int, month: int, day: int, hour: int, minute: int, second: int) -> Moment | None:
    try:
        clock = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 -- as written
    except (ValueError, OverflowError):
        return None
    return Moment(micros(clock), DEVICE, SECOND, f"{clock:%Y-%m-%d %H:%M:%S}")


def _degrees(value: float) -> float:
    """Degrees and minutes in one figure: 5124.5 is 51 degrees 24.5 minutes. NaN for what is no such figure."""
    if not math.isfinite(value) or not 0 <= value <= 18_000 or value % 100 > 60:  # 60 itself by rounding
        return math.nan
    return round(int(value / 100) + value % 100 / 60, 6)  # a 32-bit figure has no more


def _placed(figures: tuple[float, float], signs: str, raw: str, when: Moment | None) -> Fix:
    lat, lon = figures
    return checked(_NAME, -lat if signs[0] == "S" else lat, -lon if signs[1] == "W" else lon, raw, when)


def _innovv(block: bytes) -> list[Fix]:
    if not re.match(rb".{16}A[NS][EW]\0", block, re.DOTALL) or len(block) < 28:
        return []
    signs = block[17:19].decode()
    one, two = (abs(value) for value in struct.unpack_from("<ff", block, 20))
    return [_placed((_degrees(one), _degrees(two)), signs, f"{one:.4f} {signs[0]}, {two:.4f} {signs[1]}", None)]


def _xgody(block: bytes) -> list[Fix]:
    found = _XGODY.match(block)
    if not found:
        return []
    stamp, north, lat, east, lon = (part.decode() for part in found.groups())
    when = _moment(*map(int, re.split(r"[/ :]", stamp)))
    return [_placed((float(lat), float(lon)), north + east, f"{lat} {north}, {lon} {east}", when)]


def _nextbase(block: bytes) -> list[Fix]:
    """The records of a Nextbase 512G: the first that is one."""
    for at in range(0x30, len(block) - 31, 32):
        if block[at : at + 2] != b"$S":
            return []
        year, month, day, hour, minute, tenths = struct.unpack_from(">HBBBBH", block, at + 6)
        when = _moment(year, month, day, hour, minute, tenths // 10)
        lat, lon = struct.unpack_from(">ii", block, at + 15)
        if when:
            return [checked(_NAME, lat / 1e7, lon / 1e7, f"{lat} {lon}", when)]
    return []


_READERS: Final[tuple[Callable[[bytes], list[Fix]], ...]] = (
    _azdome,
    _line,
    _mai,
    _nextbase,
    _innovv,
    _xgody,
    _by_layout,
)
