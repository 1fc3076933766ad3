r"""Small films in the other containers: Matroska and WebM, ASF (.wmv), MPEG transport streams. By hand, the same bytes every time; they cannot be played.

from sample_data.containers import mkv
clip = mkv(created=datetime(2026, 7, 5, 20, 30, 24), seconds=10, tags={"LOCATION": "+51.5014-000.1419/"})
"""

import re
import struct
from collections.abc import Mapping
from datetime import datetime
from typing import Final

ASF: Final = bytes.fromhex("3026B2758E66CF11A6D900AA0062CE6C")
PACK: Final = bytes.fromhex("17ee8c60f84d11d98cd60800200c9a66") + b"MDPM"


def element(kind: int, data: bytes, *, length: bytes = b"") -> bytes:
    """An EBML element; `length` where it is to say something else than the truth."""
    name = kind.to_bytes((kind.bit_length() + 7) // 8, "big")
    return name + (length or struct.pack(">Q", 1 << 56 | len(data))) + data


def mkv(
    *,
    created: datetime | None = None,
    seconds: float = 10,
    program: str = "",
    tags: Mapping[str, str] | None = None,
    size: tuple[int, int] = (1920, 1080),
    live: bool = False,
    webm: bool = False,
    film: int = 3,
) -> bytes:
    """A Matroska film as a recorder writes it. `live`: neither the film nor its parts say how long they are, and nothing says how long it lasts."""
    info = element(0x2AD7B1, (1_000_000).to_bytes(3, "big"))
    if created:
        since = round((created - datetime(2001, 1, 1)).total_seconds()) * 10**9  # noqa: DTZ001 -- UTC by the format's rule
        info += element(0x4461, struct.pack(">q", since))
    info += b"" if live else element(0x4489, struct.pack(">d", seconds * 1000))
    info += element(0x5741, program.encode()) if program else b""
    picture = element(0xB0, struct.pack(">H", size[0])) + element(0xBA, struct.pack(">H", size[1]))
    track = element(0xAE, element(0xD7, b"\1") + element(0x83, b"\1") + element(0xE0, picture))
    body = element(0x1549A966, info) + element(0x1654AE6B, track)
    unknown = b"\x01\xff\xff\xff\xff\xff\xff\xff" if live else b""
    body += b"".join(element(0x1F43B675, element(0xE7, bytes([n])) + b"film" * 5, length=unknown) for n in range(film))
    pairs = "".join((tags or {}).keys())
    if pairs:
        simple = [
            element(0x67C8, element(0x45A3, k.encode()) + element(0x4487, v.encode())) for k, v in (tags or {}).items()
        ]
        body += element(0x1254C367, element(0x7373, b"".join(simple)))
    head = element(0x1A45DFA3, element(0x4282, b"webm" if webm else b"matroska"))
    return head + element(0x18538067, body, length=unknown)


def wmv(
    *, created: datetime | None = None, seconds: float = 10, title: str = "", size: tuple[int, int] = (640, 480)
) -> bytes:
    """An ASF film: the file's properties, a video stream, a title."""
    since = round((created - datetime(1601, 1, 1)).total_seconds()) * 10**7 if created else 0  # noqa: DTZ001 -- the same
    play = round((seconds + 3) * 10**7)
    properties = bytes(16) + struct.pack("<QQQQQQIIII", 5000, since, 1, play, play, 3000, 2, 3200, 3200, 100_000)
    video = bytes.fromhex("C0EF19BC4D5BCF11A8FD00805F5C442B") + bytes(38) + struct.pack("<IIB", *size, 2) + bytes(42)
    text = title.encode("utf-16-le") + b"\0\0"
    words = struct.pack("<5H", len(text), 0, 0, 0, 0) + text
    objects = (
        _object("A1DCAB8C47A9CF118EE400C00C205365", properties),
        _object("9107DCB7B7A9CF118EE600C00C205365", video),
        _object("3326B2758E66CF11A6D900AA0062CE6C", words),
    )
    body = b"".join(objects)
    return ASF + struct.pack("<QIBB", 30 + len(body), len(objects), 1, 2) + body + b"film" * 40


def _object(guid: str, data: bytes) -> bytes:
    return bytes.fromhex(guid) + struct.pack("<Q", 24 + len(data)) + data


def camera_pack(
    when: datetime,
    zone: int = 0xFF,
    *,
    place: tuple[float, float] | None = None,
    utc: datetime | None = None,
    fix: bool = True,
) -> bytes:
    """What a camcorder writes into the picture's data: the zone, then the clock, each figure in four bits; with a receiver, the place, and its time."""
    day = bytes([0x18, zone]) + bytes.fromhex(f"{when:%Y%m}")
    entries = [day, b"\x19" + bytes.fromhex(f"{when:%d%H%M%S}")]
    if place:
        lat, lon = place
        entries += _angle(0xB1, "N" if lat >= 0 else "S", abs(lat)) + _angle(0xB5, "E" if lon >= 0 else "W", abs(lon))
        if utc:
            figures = ((0xBB, utc.hour, 1), (0xBC, utc.minute, 1), (0xBD, utc.second * 100, 100))
            entries += [struct.pack(">BHH", *one) for one in figures]
        entries.append(b"\xbe" + (b"A\0\0\0" if fix else b"V\0\0\0"))
        if utc:
            text = f"{utc:%Y:%m:%d}".encode().ljust(12, b"\0")
            entries += [bytes([0xCA + n]) + text[4 * n : 4 * n + 4] for n in range(3)]
    body = PACK + bytes([len(entries)]) + b"".join(entries)
    guarded = re.sub(rb"\0\0(?=[\0-\3])", b"\0\0\3", body)  # so that nothing in it looks like the start of a picture
    return b"\0\0\0\1\x06\x05" + bytes([len(body)]) + guarded + b"\x80"


def _angle(tag: int, side: str, value: float) -> list[bytes]:
    """Degrees, minutes and seconds as ratios of 16 bits, with the side before them."""
    minutes = value % 1 * 60
    figures = ((int(value), 1), (int(minutes), 1), (round(minutes % 1 * 60 * 1000), 1000))
    return [bytes([tag]) + side.encode() + bytes(3)] + [
        struct.pack(">BHH", tag + 1 + number, *one) for number, one in enumerate(figures)
    ]


def transport(*, seconds: float = 10, pack: bytes = b"", lead: bool = False, start: int = 1_000_000) -> bytes:
    """A transport stream: two tables, packets of the film with the clock in every tenth, and `pack` across two of them. `lead`: .m2ts."""
    program = _table(0, bytes.fromhex("00b00d0001c100000001e1002ab104b2"))
    streams = _table(0x100, bytes.fromhex("02b0120001c10000e101f0001be101f00015bd4d56"))
    packets = [program, streams]
    film = b"\0\0\1\xe0\0\0\x80\0\0" + b"\xff" * 100 + pack
    film += b"\xff" * (184 * 60 - len(film))
    for count, number in enumerate(range(0, 51 * 184, 184)):
        ticks = (start + round(seconds * 90_000 * count / 50)) % (1 << 33) if count % 10 == 0 else None
        adaptation = b"" if ticks is None else b"\x07\x10" + (ticks << 15 | 0x7E00).to_bytes(6, "big")
        flags = 0x30 if adaptation else 0x10
        room = 184 - len(adaptation)
        at = number - 8 * ((count + 9) // 10)
        payload = film[at : at + room] if at >= 0 else film[:room]
        first = 0x40 if number == 0 else 0
        packets.append(bytes([0x47, first | 1, 0x01, flags | count & 15]) + adaptation + payload)
    return b"".join(
        (struct.pack(">I", 0x3FFFFFFF & n * 1000) if lead else b"") + packet for n, packet in enumerate(packets)
    )


def _table(stream: int, data: bytes) -> bytes:
    return (struct.pack(">BHB", 0x47, 0x4000 | stream, 0x10) + b"\0" + data).ljust(188, b"\xff")
