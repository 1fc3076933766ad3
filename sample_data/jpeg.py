"""Small real JPEGs with EXIF, for made-up cases and tests: no library, the same bytes every time.

`jpeg_with_exif` is what a sample case needs; `tiff`, `jpeg`, `segment` and `xmp_packet` build the odd ones (a block out of order, a tag with a wrong type).

    from sample_data.jpeg import jpeg_with_exif
    picture = jpeg_with_exif(datetime(2024, 7, 1, 14, 5, 12), offset="+01:00", lat=51.7624, lon=-0.3178, make="Apple", model="iPhone 12")
"""

import struct
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias

BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, SRATIONAL, FLOAT = 1, 2, 3, 4, 5, 7, 10, 11
"""Types of a TIFF entry."""

Ratio: TypeAlias = tuple[int, int]
Values: TypeAlias = str | bytes | Sequence[int] | Sequence[float] | Sequence[Ratio]
Entries: TypeAlias = Mapping[int, tuple[int, Values]]
"""Tag -> (type, values): `{0x0110: (ASCII, "Model"), 0x8827: (SHORT, [100])}`."""

_EXIF_POINTER, _GPS_POINTER = 0x8769, 0x8825
_DC_CODES: Final = ("00", "010", "011", "100", "101", "110", "1110", "11110", "111110")
"""The code of each size of a difference: the luminance table of the JPEG standard (K.3), as far as 8-bit greys need it."""


def jpeg_with_exif(
    taken: datetime | None,
    *,
    offset: str = "",
    lat: float | None = None,
    lon: float | None = None,
    gps_time: datetime | None = None,
    make: str = "",
    model: str = "",
    width: int = 64,
    height: int = 48,
    fill: bytes = b"\xb4\x96\x6e",
    accuracy_m: float | None = None,
    direction: float | None = None,
    serial: str = "",
    software: str = "",
) -> bytes:
    """A picture as a phone's camera writes it.

    Args:
        taken: the clock of the phone, without a zone; its microseconds become sub-seconds (three digits). None: no date.
        offset: its distance from UTC as written, "+01:00"; "" for a camera that writes none.
        lat: degrees north; needs `lon`.
        lon: degrees east.
        gps_time: the time of the satellite fix, in UTC, with or without tzinfo.
        make: maker of the camera.
        model: its model.
        width: pixels.
        height: pixels.
        fill: grey levels of horizontal bands, from the top down; one byte makes a plain picture.
        accuracy_m: GPSHPositioningError.
        direction: where the camera looked, degrees from true north.
        serial: BodySerialNumber.
        software: what wrote the file.
    """
    image: dict[int, tuple[int, Values]] = {}
    exif: dict[int, tuple[int, Values]] = {}
    for tag, text in ((0x010F, make), (0x0110, model), (0x0131, software)):
        if text:
            image[tag] = (ASCII, text)
    if taken is not None:
        written = taken.strftime("%Y:%m:%d %H:%M:%S")
        image[0x0132] = exif[0x9003] = exif[0x9004] = (ASCII, written)
        if offset:
            exif[0x9010] = exif[0x9011] = exif[0x9012] = (ASCII, offset)
        if taken.microsecond:
            exif[0x9291] = exif[0x9292] = (ASCII, f"{taken.microsecond // 1000:03d}")
    exif[0xA002], exif[0xA003] = (LONG, [width]), (LONG, [height])
    if serial:
        exif[0xA431] = (ASCII, serial)
    return jpeg(
        tiff(image, exif, _gps(lat, lon, gps_time, accuracy_m, direction)), width=width, height=height, fill=fill
    )


def _gps(
    lat: float | None, lon: float | None, at: datetime | None, accuracy_m: float | None, direction: float | None
) -> Entries:
    gps: dict[int, tuple[int, Values]] = {}
    if lat is not None and lon is not None:
        gps[1], gps[2] = (ASCII, "N" if lat >= 0 else "S"), (RATIONAL, degrees(lat))
        gps[3], gps[4] = (ASCII, "E" if lon >= 0 else "W"), (RATIONAL, degrees(lon))
    if at is not None:
        gps[7] = (RATIONAL, [(at.hour, 1), (at.minute, 1), (at.second * 1000 + at.microsecond // 1000, 1000)])
        gps[0x1D] = (ASCII, at.strftime("%Y:%m:%d"))
    if direction is not None:
        gps[0x10], gps[0x11] = (ASCII, "T"), (RATIONAL, [(round(direction * 100), 100)])
    if accuracy_m is not None:
        gps[0x1F] = (RATIONAL, [(round(accuracy_m * 100), 100)])
    return gps


def degrees(value: float) -> list[Ratio]:
    """Degrees, minutes and hundredths of seconds without the sign, as phones write them."""
    hundredths = round(abs(value) * 360_000)
    return [(hundredths // 360_000, 1), (hundredths // 6000 % 60, 1), (hundredths % 6000, 100)]


def tiff(image: Entries, exif: Entries | None = None, gps: Entries | None = None, *, order: str = ">") -> bytes:
    """A TIFF block of up to three directories; `order` is ">" (MM) or "<" (II)."""
    main = dict(image)
    if exif:
        main[_EXIF_POINTER] = (LONG, [0])
    if gps:
        main[_GPS_POINTER] = (LONG, [0])
    offset = 8 + len(_directory(main, 0, order))
    if exif:
        main[_EXIF_POINTER] = (LONG, [offset])
        offset += len(_directory(exif, 0, order))
    if gps:
        main[_GPS_POINTER] = (LONG, [offset])
    block = (b"MM\0*" if order == ">" else b"II*\0") + struct.pack(f"{order}I", 8)
    for entries in (main, exif, gps):
        if entries:
            block += _directory(entries, len(block), order)
    return block


def _directory(entries: Entries, start: int, order: str) -> bytes:
    table = struct.pack(f"{order}H", len(entries))
    values_at = start + 2 + 12 * len(entries) + 4
    values = b""
    for tag, (kind, given) in sorted(entries.items()):
        count, data = _encoded(kind, given, order)
        if len(data) <= 4:
            slot = data.ljust(4, b"\0")
        else:
            slot = struct.pack(f"{order}I", values_at + len(values))
            values += data + b"\0" * (len(data) % 2)
        table += struct.pack(f"{order}HHI", tag, kind, count) + slot
    return table + b"\0\0\0\0" + values


def _encoded(kind: int, given: Values, order: str) -> tuple[int, bytes]:
    if isinstance(given, str):
        data = given.encode() + b"\0"
        return len(data), data
    if isinstance(given, bytes):
        return len(given), given
    if kind in {RATIONAL, SRATIONAL}:
        code = f"{order}2{'I' if kind == RATIONAL else 'i'}"
        return len(given), b"".join(struct.pack(code, *pair) for pair in given)  # type: ignore[misc]
    code = {BYTE: "B", SHORT: "H", LONG: "I", FLOAT: "f"}[kind]
    return len(given), struct.pack(f"{order}{len(given)}{code}", *given)


def segment(marker: int, data: bytes) -> bytes:
    r"""A JPEG segment: `segment(0xE1, b"Exif\0\0" + block)`."""
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data


def jpeg(
    block: bytes | None = None, *, width: int = 1, height: int = 1, fill: bytes = b"\x80", before: bytes = b""
) -> bytes:
    """A baseline JPEG in greys. `block` is the TIFF block of its EXIF, `before` are whole segments that come in front of that."""
    exif = b"" if block is None else segment(0xE1, b"Exif\0\0" + block)
    tables = segment(0xDB, b"\0" + b"\x08" * 64)
    frame = segment(0xC0, struct.pack(">BHHB3B", 8, height, width, 1, 1, 0x11, 0))
    # One table for the mean of a square of 8 x 8 pixels, one that knows only "nothing more in this square".
    huffman = segment(0xC4, b"\x00" + bytes([0, 1, 5, 1, 1, 1, *[0] * 10]) + bytes(range(9)))
    huffman += segment(0xC4, b"\x10" + bytes([1] + [0] * 15) + b"\0")
    scan = segment(0xDA, bytes([1, 1, 0x00, 0, 63, 0]))
    return b"\xff\xd8" + before + exif + tables + frame + huffman + scan + _bands(width, height, fill) + b"\xff\xd9"


def _bands(width: int, height: int, fill: bytes) -> bytes:
    """The compressed picture: each square is the difference of its grey from the one before."""
    across, down = -(-width // 8), -(-height // 8)
    bits: list[str] = []
    last = 128
    for row in range(down):
        level = fill[row * len(fill) // down]
        for _ in range(across):
            difference, last = level - last, level
            size = abs(difference).bit_length()
            value = difference if difference > 0 else difference + (1 << size) - 1
            bits.append(_DC_CODES[size] + (f"{value:0{size}b}" if size else "") + "0")
    stream = "".join(bits)
    stream += "1" * (-len(stream) % 8)
    return int(stream, 2).to_bytes(len(stream) // 8, "big").replace(b"\xff", b"\xff\0")


def xmp_packet(attributes: str = "", elements: str = "") -> bytes:
    """An XMP packet with these properties: `attributes` as in `exif:DateTimeOriginal="2026-05-01T14:05:12+01:00"`, `elements` as in `<exif:GPSLatitude>...`."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
        f' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" {attributes}>{elements}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()
