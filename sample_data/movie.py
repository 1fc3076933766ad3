r"""Small films as phones, dashcams and recorders write them, for made-up cases and tests: every box by hand, the same bytes every time. They cannot be played.

    from sample_data.movie import mp4
    clip = mp4(created=datetime(2026, 7, 5, 20, 30, 24), seconds=10, atoms={"\xa9xyz": "+51.5014-000.1419/"}, keys={"com.android.version": "14"})

`box` and the small makers below it build the odd ones (a box that is too long, a film without an index).
"""

import base64
import json
import struct
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

_SINCE_1904: Final = datetime(1904, 1, 1)  # noqa: DTZ001 -- UTC by the format's rule
XMP: Final = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC")


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box with a 32-bit size."""
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def wide_box(kind: bytes, body: bytes, size: int | None = None) -> bytes:
    """A box with a 64-bit size; `size` where it is to say something else than the truth."""
    return struct.pack(">I4sQ", 1, kind, len(body) + 16 if size is None else size) + body


def since_1904(when: datetime | int | None) -> int:
    """The count of seconds that `mvhd` holds; a number is taken as it is, None is 0."""
    if when is None or isinstance(when, int):
        return when or 0
    return round((when - _SINCE_1904).total_seconds())


def header(
    created: datetime | int | None, modified: datetime | int | None, seconds: float, *, version: int = 0
) -> bytes:
    """The header of the film, in version 0 (32-bit times) or 1 (64-bit)."""
    times = struct.pack(
        ">QQIQ" if version else ">IIII", since_1904(created), since_1904(modified), 1000, round(seconds * 1000)
    )
    return box(b"mvhd", struct.pack(">I", version << 24), times, bytes(80))


def track(handler: bytes, width: int = 0, height: int = 0, table: bytes = b"") -> bytes:
    """A track: what it is, its size in pixels, its table of samples."""
    place = box(b"tkhd", bytes(76), struct.pack(">II", width << 16, height << 16))
    return box(
        b"trak", place, box(b"mdia", box(b"hdlr", bytes(8), handler, bytes(13)), box(b"minf", box(b"stbl", table)))
    )


def named_values(values: Mapping[str, str]) -> bytes:
    """`meta` with `keys` and `ilst`, as Apple and Android write it."""
    keys = b"".join(struct.pack(">I4s", len(name) + 8, b"mdta") + name.encode() for name in values)
    items = b"".join(
        box(struct.pack(">I", number), box(b"data", struct.pack(">II", 1, 0), value.encode()))
        for number, value in enumerate(values.values(), 1)
    )
    return box(
        b"meta",
        box(b"hdlr", bytes(8), b"mdta", bytes(13)),
        box(b"keys", struct.pack(">II", 0, len(values)), keys),
        box(b"ilst", items),
    )


def text_atom(name: str, text: str) -> bytes:
    """One of the QuickTime texts whose name begins with a copyright sign, as the sign's one byte."""
    data = text.encode()
    return box(name.encode("latin-1"), struct.pack(">HH", len(data), 0x15C7), data)


def encoder_atom(text: str) -> bytes:
    """The name of the program, as ffmpeg writes it: `meta` with a version, `ilst` with the name itself."""
    item = box(b"\xa9too", box(b"data", struct.pack(">II", 1, 0), text.encode()))
    return box(b"meta", bytes(4), box(b"hdlr", bytes(8), b"mdirappl", bytes(9)), box(b"ilst", item))


def place_atom(lat: float, lon: float, name: str = "", altitude: float = 0) -> bytes:
    """`loci`: longitude first, in 16.16."""
    numbers = struct.pack(">iii", *(round(value * 65536) for value in (lon, lat, altitude)))
    return box(b"loci", bytes(4), struct.pack(">H", 0x15C7), name.encode() + b"\0", b"\0", numbers, b"earth\0\0")


def mp4(
    *,
    created: datetime | int | None = None,
    modified: datetime | int | None = None,
    seconds: float = 10,
    version: int = 0,
    brand: bytes = b"mp42",
    keys: Mapping[str, str] | None = None,
    atoms: Mapping[str, str] | None = None,
    date: str = "",
    place: bytes = b"",
    encoder: str = "",
    xmp: bytes = b"",
    records: Sequence[bytes] = (),
    telemetry: bytes = b"",
    index: bool = True,
    film: bytes = b"film",
    size: tuple[int, int] = (1920, 1080),
) -> bytes:
    """A film as a camera writes it: the film first, then the index.

    Args:
        created: the time of `mvhd`, UTC; None or 0 for one that was not set, another number as it is.
        modified: the same for the time of change; `created` if not given.
        seconds: length.
        version: of `mvhd`: 1 has 64-bit times.
        brand: four letters; b"" leaves `ftyp` out.
        keys: Apple's and Android's named values.
        atoms: texts whose names begin with a copyright sign.
        date: the text of `udta/date`.
        place: a `loci` box (`place_atom`).
        encoder: the program that wrote it.
        xmp: a packet, put after the index.
        records: a dashcam's places (`dashcam_record`), put before the index.
        telemetry: a GoPro's measurements (`gopro_telemetry`), put into the film.
        index: False for a film whose recording was cut off.
        film: stands for the film itself.
        size: width and height in pixels.
    """
    start = box(b"ftyp", brand, bytes(4), brand) if brand else b""
    measured = len(start) + 8
    start += box(b"mdat", telemetry, film)
    places: list[tuple[int, int]] = []
    for record in records:
        places.append((len(start), len(record)))
        start += record
    if not index:
        return start
    user = b"".join(text_atom(name, text) for name, text in (atoms or {}).items())
    user += box(b"date", date.encode()) if date else b""
    user += place + (encoder_atom(encoder) if encoder else b"")
    parts = [
        header(created, created if modified is None else modified, seconds, version=version),
        track(b"vide", *size),
        track(b"soun"),
    ]
    if telemetry:
        table = box(b"stsd", bytes(4), struct.pack(">II4s", 1, 16, b"gpmd"), bytes(8))
        table += box(b"stsz", struct.pack(">III", 0, len(telemetry), 1))
        table += box(b"stco", struct.pack(">III", 0, 1, measured))
        parts.append(track(b"meta", table=table))
    parts += [box(b"udta", user)] if user else []
    parts += [named_values(keys)] if keys else []
    if places:
        parts.append(
            box(b"gps ", struct.pack(">II", 0x101, len(places)), b"".join(struct.pack(">II", *pair) for pair in places))
        )
    return start + box(b"moov", *parts) + (box(b"uuid", XMP, xmp) if xmp else b"")


def dashcam_record(when: datetime, lat: float, lon: float, *, fix: bool = True, at: int = 0x30) -> bytes:
    """What a Novatek dashcam writes each second: the clock, then degrees and minutes in one figure. `at` is 0x30 or 0x10."""
    clock = struct.pack("<6I", when.hour, when.minute, when.second, when.year - 2000, when.month, when.day)
    signs = (b"A" if fix else b"V") + (b"N" if lat >= 0 else b"S") + (b"E" if lon >= 0 else b"W") + b"\0"
    figures = struct.pack("<4f", *(int(abs(value)) * 100 + abs(value) % 1 * 60 for value in (lat, lon)), 12.5, 90.0)
    body = b"GPS " + struct.pack("<I", 76)
    body = body.ljust(at - 8, b"\0") + clock + signs + figures
    return box(b"free", body.ljust(120, b"\0"))


def nextbase_record(when: datetime, lat: float, lon: float) -> bytes:
    """What a Nextbase 512G writes: two records, big-endian."""
    body = b"GPS " + struct.pack("<I", 112)
    for second in range(2):
        clock = struct.pack(
            ">HBBBBH", when.year, when.month, when.day, when.hour, when.minute, (when.second + second) * 10
        )
        one = (
            b"$S"
            + struct.pack(">Hh", 1250, 9000)
            + clock
            + b"\2"
            + struct.pack(">ii", round(lat * 1e7), round(lon * 1e7))
        )
        body = body.ljust(0x28 + 32 * second, b"\0") + one
    return box(b"free", body.ljust(0x28 + 64, b"\0"))


def nextbase_list(places: Sequence[Mapping[str, object]]) -> bytes:
    """`gdat` of a newer Nextbase."""
    text = json.dumps({"cameraModel": "NBDVR622GW", "gpsData": list(places)})
    return box(b"gdat", base64.b64encode(text.encode()))


def rmc(when: datetime, lat: float, lon: float, *, fix: bool = True) -> str:
    """A line of NMEA, in UTC. Its sum is not computed: nobody looks."""
    north, east = ("N" if lat >= 0 else "S"), ("E" if lon >= 0 else "W")
    degrees = [f"{int(abs(value)):0{width}d}{abs(value) % 1 * 60:07.4f}" for value, width in ((lat, 2), (lon, 3))]
    return f"$GPRMC,{when:%H%M%S}.00,{'A' if fix else 'V'},{degrees[0]},{north},{degrees[1]},{east},0.10,90.0,{when:%d%m%y},,,A*00"


def blackvue_box(lines: Sequence[tuple[int, str]]) -> bytes:
    """`free` of a BlackVue with its `gps `: pairs of milliseconds and a line."""
    text = "".join(f"[{millis}]{line}\r\n" for millis, line in lines)
    return box(b"free", box(b"cprt", b"\0" * 12), box(b"gps ", text.encode()))


def gopro_telemetry(when: datetime, lat: float, lon: float, *, lock: int = 3, precision: int = 150) -> bytes:
    """The first second of a GoPro's track of measurements, as far as time and place go."""
    stream = b"".join(
        (
            _klv(b"GPSF", b"L", 4, struct.pack(">I", lock)),
            _klv(b"GPSU", b"U", 16, (when.strftime("%y%m%d%H%M%S") + f".{when.microsecond // 1000:03d}").encode()),
            _klv(b"GPSP", b"S", 2, struct.pack(">H", precision)),
            _klv(b"SCAL", b"l", 4, struct.pack(">5i", 10_000_000, 10_000_000, 1000, 1000, 100)),
            _klv(b"GPS5", b"l", 20, struct.pack(">5i", round(lat * 1e7), round(lon * 1e7), 35_200, 0, 0)),
        )
    )
    inner = _klv(b"DVNM", b"c", 1, b"Camera") + _klv(b"STRM", b"\0", 1, stream)
    return _klv(b"DEVC", b"\0", 1, inner)


def _klv(name: bytes, kind: bytes, size: int, values: bytes) -> bytes:
    return name + kind + bytes([size]) + struct.pack(">H", len(values) // size) + values + b"\0" * (-len(values) % 4)


def avi(*, frames: int = 41, date: str = "", day: str = "", software: str = "") -> bytes:
    """An AVI film: `date` becomes IDIT, `day` ICRD."""
    measures = struct.pack("<14I", 66_667, 0, 0, 0, frames, 0, 1, 0, 320, 240, 0, 0, 0, 0)
    first = _chunk(b"avih", measures) + (_chunk(b"IDIT", date.encode() + b"\n\0") if date else b"")
    said = (_chunk(b"ICRD", day.encode() + b"\0") if day else b"") + (
        _chunk(b"ISFT", software.encode() + b"\0") if software else b""
    )
    parts = _chunk(b"LIST", b"hdrl" + first) + _chunk(b"LIST", b"movi" + b"00dcfilm")
    parts += _chunk(b"LIST", b"INFO" + said) if said else b""
    return _chunk(b"RIFF", b"AVI " + parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
