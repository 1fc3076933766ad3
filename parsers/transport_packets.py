"""The packets of an MPEG transport stream, .ts, .m2ts, .mts (ISO 13818-1; the AVCHD pack of cameras). Not a parser: `parsers.video` reads with it.

    47 flags+pid16 flags8 ...  packets of 188 bytes; in .m2ts and .mts each has four bytes before it
    PCR                        in some packets, a clock of 90 kHz: the last less the first is the length of the film
    SEI                        camcorders write a pack into the picture's own data: 17ee8c60f84d11d98cd60800200c9a66 "MDPM", a count, then a tag (1) and 4 bytes each.
        18, 19                 zone, century, year, month; day, hour, minute, second, in figures of four bits: the camera's clock
        b1 b2 b3 b4, b5 ...    N or S; degrees, minutes, seconds, each as two numbers of 16 bits, the one over the other; b5 to b8 the same of the longitude
        bb bc bd, be, ca cb cc hour, minute, second of UTC, in the same way; A or V; the date, as `2011:03:25`

Whether the pack's zone has summer time in it differs between makers; it is told and not used. A stream of a recorder or dashcam has no date. Only the first and the last
megabyte are read.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from parsers.clip_places import NO_FIX, Fix, checked
from parsers.clip_time import written_time
from parsers.contract import UTC

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

PACKET: Final = 188
_STRETCH = 1 << 20
_PACK: Final = bytes.fromhex("17ee8c60f84d11d98cd60800200c9a66") + b"MDPM"
_HERTZ = 90_000
_WRAP = 1 << 33
_LONGEST = 24 * 3600


@dataclass
class Transport:
    """What the packets say. `clock` is the camera's, as `2011-03-25 18:32:06`; `zone` as written: "+00:00 DST"."""

    seconds: float | None = None
    clock: str = ""
    zone: str = ""
    places: list[Fix] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def read_transport(file: BinaryIO, size: int) -> Transport:
    """The description of a film of `size` bytes."""
    found = Transport()
    file.seek(0)
    first = file.read(_STRETCH)
    lead = 4 if first[:1] != b"\x47" or first[PACKET : PACKET + 1] != b"\x47" else 0
    step = PACKET + lead
    file.seek(max(0, (size - _STRETCH) // step * step))
    last = file.read(2 * _STRETCH)
    clocks = _clocks(first, lead)
    ends = _clocks(last, lead)
    for stream, ticks in clocks.items():
        if stream in ends:
            seconds = (ends[stream][-1] - ticks[0]) % _WRAP / _HERTZ
            found.seconds = seconds if 0 < seconds < _LONGEST else None
            break
    if size % step:
        found.faults.append("the last packet is cut off")
    _read_pack(first, lead, found)
    return found


def _packets(data: bytes, lead: int) -> Iterator[tuple[int, bytes, bytes]]:
    """(stream, adaptation field, payload) of each packet; the walk ends where the packets are out of step."""
    for at in range(lead, len(data) - PACKET + 1, PACKET + lead):
        packet = data[at : at + PACKET]
        if packet[0] != 0x47:
            return
        body = 4
        field_ = b""
        if packet[3] & 0x20:
            field_ = packet[5 : 5 + packet[4]]
            body = 5 + packet[4]
        yield int.from_bytes(packet[1:3], "big") & 0x1FFF, field_, packet[body:] if packet[3] & 0x10 else b""


def _clocks(data: bytes, lead: int) -> dict[int, list[int]]:
    """The clock as it stands in the packets of each stream that has one."""
    ticks: dict[int, list[int]] = {}
    for stream, adaptation, _ in _packets(data, lead):
        if len(adaptation) >= 7 and adaptation[0] & 0x10:
            ticks.setdefault(stream, []).append(int.from_bytes(adaptation[1:6], "big") >> 7)
    return ticks


def _read_pack(data: bytes, lead: int, found: Transport) -> None:
    """The first pack of a camcorder; it may begin in one packet and end in the next."""
    streams: dict[int, list[bytes]] = {}
    for stream, _, payload in _packets(data, lead):
        streams.setdefault(stream, []).append(payload)
    for parts in streams.values():
        whole = b"".join(parts)
        at = whole.find(_PACK)
        if at < 0:
            continue
        pack = whole[at + len(_PACK) : at + len(_PACK) + 400].replace(b"\0\0\3", b"\0\0")
        entries = {
            pack[i]: pack[i + 1 : i + 5]
            for i in range(1, 1 + 5 * min(pack[0] if pack else 0, 60), 5)
            if i + 5 <= len(pack)
        }
        day, hour = entries.get(0x18, b""), entries.get(0x19, b"")
        figures = (day[1:] + hour).hex()
        if len(day) == 4 and len(hour) == 4 and figures.isdecimal():
            found.clock = (
                f"{figures[:4]}-{figures[4:6]}-{figures[6:8]} {figures[8:10]}:{figures[10:12]}:{figures[12:14]}"
            )
            zone = day[0]
            if zone != 0xFF:
                sign, half, summer = (
                    "-" if zone & 0x20 else "+",
                    "30" if zone & 1 else "00",
                    " DST" if zone & 0x40 else "",
                )
                found.zone = f"{sign}{zone >> 1 & 15:02d}:{half}{summer}"
        if 0xB2 in entries:
            found.places.append(_place(entries))
        return


def _place(entries: Mapping[int, bytes]) -> Fix:
    """The position of a pack, in the fields of EXIF."""
    if entries.get(0xBE, b"")[:1] == b"V":
        return Fix("MDPM", None, None, "", flags=(NO_FIX,))
    figures = {tag: _ratio(entries.get(tag, b"")) for tag in (0xB2, 0xB3, 0xB4, 0xB6, 0xB7, 0xB8, 0xBB, 0xBC, 0xBD)}
    lat, lon = (figures[at] + figures[at + 1] / 60 + figures[at + 2] / 3600 for at in (0xB2, 0xB6))
    signs = entries.get(0xB1, b"")[:1] + entries.get(0xB5, b"")[:1]
    if not re.fullmatch(rb"[NS][EW]", signs, re.IGNORECASE):
        return Fix("MDPM", None, None, "", flags=("position not used: north or south, east or west is not said",))
    raw = f"{lat:.6f} {signs[:1].decode()}, {lon:.6f} {signs[1:].decode()}"
    day = b"".join(entries.get(tag, b"") for tag in (0xCA, 0xCB, 0xCC)).decode("latin-1").strip("\0 ")
    clock = [figures[tag] for tag in (0xBB, 0xBC, 0xBD)]
    when = None
    if all(map(math.isfinite, clock)):
        when = written_time("MDPM GPS", f"{day} {clock[0]:02.0f}:{clock[1]:02.0f}:{int(clock[2]):02d}Z")
    return checked(
        "MDPM",
        -lat if signs[:1] in b"Ss" else lat,
        -lon if signs[1:] in b"Ww" else lon,
        raw,
        when and when._replace(basis=UTC),
    )


def _ratio(data: bytes) -> float:
    over, under = (int.from_bytes(data[at : at + 2], "big") for at in (0, 2))
    return over / under if len(data) == 4 and under else math.nan
