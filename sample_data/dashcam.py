"""`freeGPS` blocks as dashcams of several makers write them, for tests: by the layouts that ExifTool's QuickTimeStream.pl describes. Each is a whole box, and takes a clock and a place."""

import struct
from collections.abc import Callable
from datetime import datetime
from typing import Final

from sample_data.movie import box, dashcam_record, nextbase_record, rmc

SIZE: Final = 0x4000
"""Of a block with its head, as most cameras write it."""


def _block(parts: dict[int, bytes], size: int = SIZE) -> bytes:
    """A box of `size` bytes with these parts at these places of it."""
    data = bytearray(size)
    for at, part in {4: b"freeGPS ", 12: b"\xf0\x03\0\0", **parts}.items():
        data[at : at + len(part)] = part
    data[:4] = struct.pack(">I", size)
    return bytes(data)


def _figure(value: float) -> float:
    """Degrees and minutes in one figure."""
    return int(abs(value)) * 100 + abs(value) % 1 * 60


def _clock(when: datetime) -> bytes:
    return struct.pack("<3I", when.hour, when.minute, when.second)


def _date(when: datetime, since: int = 2000) -> bytes:
    return struct.pack("<3I", when.year - since, when.month, when.day)


def _signs(lat: float, lon: float) -> bytes:
    return (b"N" if lat >= 0 else b"S") + (b"E" if lon >= 0 else b"W")


def kenwood(when: datetime, lat: float, lon: float) -> bytes:
    """A Kenwood DRV-A510W; its year is written in full."""
    figures = struct.pack("<2f", _figure(lat), _figure(lon))
    record = _clock(when) + _date(when, 0) + b"A" + _signs(lat, lon) + b"\0" + figures
    return _block({0x10: b"MN:DRV-A510W@V1.7_BDZICZ_C", 0x38: b"::start@", 0x40: record})


def akaso(when: datetime, lat: float, lon: float) -> bytes:
    """An Akaso: each letter takes four bytes, the date stands at the end."""
    signs = _signs(lat, lon)
    return _block(
        {
            0x30: _clock(when) + b"A",
            0x40: struct.pack("<f", _figure(lat)) + signs[:1],
            0x48: struct.pack("<f", _figure(lon)) + signs[1:],
            0x58: _date(when, 0),
        }
    )


def doubles(when: datetime, lat: float, lon: float) -> bytes:
    """A camera of unknown make, with 64-bit figures."""
    signs = _signs(lat, lon)
    return _block(
        {
            0x10: b"20130815.01",
            0x30: _clock(when) + b"A",
            0x40: struct.pack("<d", _figure(lat)) + signs[:1],
            0x50: struct.pack("<d", _figure(lon)) + signs[1:],
            0x70: _date(when),
        },
        0x8000,
    )


def vantrue_n4(when: datetime, lat: float, lon: float) -> bytes:
    """A Vantrue N4 or Rove R2-4K, without its line of NMEA."""
    signs = _signs(lat, lon)
    return _block(
        {
            0x10: _clock(when) + b"A",
            0x20: struct.pack("<d", _figure(lat)) + signs[:1],
            0x30: struct.pack("<d", _figure(lon)) + signs[1:],
            0x50: _date(when),
        },
        0x8000,
    )


def vantrue_s1(when: datetime, lat: float, lon: float) -> bytes:
    """A Vantrue S1: the longitude first."""
    record = b"A" + _signs(lat, lon) + b"\0" + _date(when) + _clock(when)
    return _block(
        {0x30: b"horsontech", 0x40: record, 0x5C: struct.pack("<2f", _figure(lon), _figure(lat))},
    )


def nextbase_512gw(when: datetime, lat: float, lon: float) -> bytes:
    """A Nextbase 512GW: the camera's clock, here an hour ahead, and a line of NMEA."""
    shown = when.replace(hour=(when.hour + 1) % 24)
    return _block({0x34: f"{shown:%Y%m%d%H%M%S}".encode(), 0x50: b" " + rmc(when, lat, lon).encode()})


def shifted(when: datetime, lat: float, lon: float) -> bytes:
    """A line of NMEA, each byte with 16 added."""
    return _block({0x10: b"ZXSBNXYS", 0x3C: bytes(byte + 16 for byte in rmc(when, lat, lon).encode())})


def azdome(when: datetime, lat: float, lon: float) -> bytes:
    """An Azdome GS63H: text, each byte with AA changed."""
    signs = _signs(lat, lon).decode()
    text = f"{when:%Y%m%d%H%M%S}.5567GP   \0\0\0\0\0\3{signs[0]}{round(_figure(lat) * 1e4):08d}{signs[1]}{round(_figure(lon) * 1e4):09d}00000007"
    data = bytes(byte ^ 0xAA for byte in b"\0\0XKZD\xfe\xfe" + text.encode())
    return _block({0x10: b"\1\3", 0x12: data.ljust(0x101, b"\xaa")})


def iqs(when: datetime, lat: float, lon: float) -> bytes:
    """A camera that writes ten millionths of a degree where the others write degrees and minutes."""
    figures = struct.pack("<2i", round(abs(lat) * 1e7), round(abs(lon) * 1e7))
    record = _clock(when) + _date(when) + b"A" + _signs(lat, lon) + b"\0" + figures
    return _block({0x10: b"IQS_A7_20150417", 0x30: record}, 0x8000)


def xgody(when: datetime, lat: float, lon: float) -> bytes:
    """An XGODY: plain text, in degrees."""
    signs = _signs(lat, lon).decode()
    text = f"normal:{when:%Y/%m/%d %H:%M:%S} {signs[0]}:{abs(lat):.6f} {signs[1]}:{abs(lon):.6f} 53.6 km/h x:-0.02"
    return _block({0x10: text.encode()}, 0xA8)


def innovv(_when: datetime, lat: float, lon: float) -> bytes:
    """An INNOVV: no clock at all."""
    record = b"A" + _signs(lat, lon) + b"\0" + struct.pack("<4f", _figure(lat), _figure(lon), 7.0, 216.0)
    return _block({0x10: record}, 0x8000)


def mai_4k(_when: datetime, lat: float, lon: float, *, fix: bool = True) -> bytes:
    """A 70mai A810: ten millionths of a degree, no clock that counts."""
    record = (b"A" if fix else b"V") + struct.pack("<4i", round(lat * 1e7), round(lon * 1e7), 45, 10)
    head = b"\xed\1\0\0\3\0\xed\1\0\0\0\x0f\0\0\x70\x08\0\0"
    return _block({12: head, 30: record, 51: b"VV"})


def mai_pro(places: list[tuple[bool, float, float]]) -> bytes:
    """The `GPS ` box of a 70mai Pro: a record a second."""
    records = b"".join(
        struct.pack(
            "<4IcIcI10x",
            1,
            fix,
            second,
            50_000,
            _signs(lat, lon)[:1],
            round(_figure(lat) * 1000),
            _signs(lat, lon)[1:],
            round(_figure(lon) * 1000),
        )
        for second, (fix, lat, lon) in enumerate(places)
    )
    return box(b"GPS ", records)


READ: Final[dict[str, Callable[[datetime, float, float], bytes]]] = {
    "Novatek": dashcam_record,
    "Viofo A119 V3": lambda when, lat, lon: dashcam_record(when, lat, lon, at=0x10),
    "Nextbase 512G": nextbase_record,
    "Nextbase 512GW": nextbase_512gw,
    "Kenwood": kenwood,
    "Akaso": akaso,
    "doubles": doubles,
    "Vantrue N4": vantrue_n4,
    "Vantrue S1": vantrue_s1,
    "shifted": shifted,
    "Azdome": azdome,
    "IQS": iqs,
    "XGODY": xgody,
    "INNOVV": innovv,
    "70mai 4K": mai_4k,
}
"""What is read, by make."""


def hidden(when: datetime, lat: float, lon: float) -> dict[str, bytes]:
    """Blocks whose figures the makers hide, which look like those of others: they must give no place."""
    clock, date, signs = _clock(when), _date(when), _signs(lat, lon)
    text = b"gNiiZ8JTtHca6tw=".ljust(20, b"\0") + b"htuiZMJSsXUX7No=".ljust(20, b"\0")
    return {
        "Akaso V1": _block({0x30: clock + _date(when, 0) + b"A" + signs, 0x50: struct.pack("<4f", 0.0464, 6.3, 1, 1)}),
        "E-ACE": _block({0x10: clock + date + b"A" + signs + b"\0" + text}),
        "LIGO": _block({0x10: b"LIGOGPSINFO\0\0\0\0\5\n\0\0\0####j\0\0\0\xc0   "}),
        "ATC": _block({0x10: b"IQS20130306B", 0x30: clock + date, 0x45: b"ATC"}),
    }
