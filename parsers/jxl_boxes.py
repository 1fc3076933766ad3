r"""Where a JPEG XL image keeps its metadata (ISO/IEC 18181-2): boxes as in MP4. Not a parser: `parsers.image_blocks` reads with it.

    size32 'JXL ' 0D0A870A     the first box
    Exif                       offset32 of the TIFF block behind it, then the bytes, as in HEIC
    xml                        an XMP packet
    jxlc, or the first jxlp    the picture: FF 0A, then its size in bits, the lowest first. jxlp has a number of 4 bytes before it
    brob                       a box packed with Brotli: told, not read

A picture without these boxes (it begins with FF 0A) has no metadata, and is not taken for one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from typing import BinaryIO

SIGNATURE: Final = b"\0\0\0\x0cJXL \r\n\x87\n"
_MOST = 1_000
_WIDTHS: Final = (9, 13, 18, 30)
_RATIOS: Final = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))


@dataclass
class Jxl:
    """What the boxes hold; `exif` begins with the offset of the TIFF block in it."""

    exif: bytes = b""
    xmp: bytes = b""
    width: int | None = None
    height: int | None = None
    faults: list[str] = field(default_factory=list)


def read_jxl(file: BinaryIO, size: int, limit: int) -> Jxl:
    """The metadata of an image of `size` bytes; a block of more than `limit` is cut."""
    found = Jxl()
    at = 0
    for _ in range(_MOST):
        if at + 8 > size:
            return found
        file.seek(at)
        head = file.read(16)
        length, kind, lead = int.from_bytes(head[:4], "big"), head[4:8], 8
        if length == 1:
            length, lead = int.from_bytes(head[8:], "big"), 16
        length = length or size - at
        if length < lead or at + length > size:
            found.faults.append("the file breaks off")
            length = size - at
        file.seek(at + lead)
        if kind in {b"Exif", b"xml ", b"jxlc", b"jxlp"}:
            _keep(kind, file.read(min(length - lead, limit)), found)
        elif kind == b"brob":
            found.faults.append("a packed block of metadata was not read")
        at += length
    found.faults.append("the file has too many boxes: not all were read")
    return found


def _keep(kind: bytes, data: bytes, found: Jxl) -> None:
    if kind == b"Exif":
        found.exif = found.exif or data
    elif kind == b"xml ":
        found.xmp = found.xmp or data
    elif found.width is None:
        picture = data[4:] if kind == b"jxlp" else data
        if picture[:2] == b"\xff\x0a" and len(picture) >= 14:
            found.width, found.height = _size(int.from_bytes(picture[2:14], "little"))


def _size(bits: int) -> tuple[int, int]:
    """Width and height from the first bits of a picture (18181-1, SizeHeader)."""

    def take(count: int) -> int:
        nonlocal bits
        value = bits & ((1 << count) - 1)
        bits >>= count
        return value

    small = take(1)

    def side() -> int:
        return 8 * (1 + take(5)) if small else 1 + take(_WIDTHS[take(2)])

    height, ratio = side(), take(3)
    if not ratio:
        return side(), height
    over, under = _RATIOS[ratio - 1]
    return height * over // under, height
