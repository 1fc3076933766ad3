r"""Where an image keeps its metadata: the TIFF block of its EXIF, its XMP packet, its size in pixels. Not a parser: `parsers.photo` reads with it.

What the file is, its first bytes say, never its name. Only the head of the file is walked; picture data is stepped over.

- JPEG: segments `FF xx len16` up to the scan (`FF DA`). APP1 `Exif\0\0` + TIFF block; APP1 `http://ns.adobe.com/xap/1.0/\0` + XMP; SOFn holds the size.
  The EXIF may stand behind 100 kB of other segments.
- PNG: chunks `len32 type data crc32`; `eXIf` (before or after the picture), `iTXt` with keyword `XML:com.adobe.xmp` (may be deflated).
- WebP: RIFF chunks `type len32(little) data`, even-padded; `EXIF` with or without `Exif\0\0` in front, `XMP `.
- TIFF (and raw formats built on it): the file is itself the block; tag 700 of its first directory is the XMP.
- HEIC and AVIF: `parsers.heif_items`. JPEG XL: `parsers.jxl_boxes`.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from parsers import heif_items, jxl_boxes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

MEDIA_TYPES: Final = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WebP": "image/webp",
    "TIFF": "image/tiff",
    "HEIC": "image/heic",
    "AVIF": "image/avif",
    "JPEG XL": "image/jxl",
}
_LIMIT = 1 << 22
"""No EXIF block or XMP packet of a camera comes near 4 MiB."""
_MOST_PIECES = 100_000
"""Segments or chunks that are walked: a 500 MB PNG in chunks of 8 KiB has fewer."""
_STRAY = 1 << 12
"""How far the next JPEG marker is looked for behind stray bytes."""

_TIFF_MARKS = (b"II*\0", b"MM\0*")
_EXIF_MARK = b"Exif\0"
_XMP_MARK = b"http://ns.adobe.com/xap/1.0/\0"
_XMP_TAG = 700
_MARKER = re.compile(rb"\xff[\x01-\xfe]")
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset({0x01, 0xD8, *range(0xD0, 0xD8)})
_END, _SCAN, _APP1 = 0xD9, 0xDA, 0xE1


@dataclass
class Blocks:
    """What the walk found. `tiff` is positioned at, and addressed from, the first byte of the block; `faults` are remarks in the words of the report."""

    tiff: BinaryIO | None = None
    xmp: bytes = b""
    width: int | None = None
    height: int | None = None
    faults: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Nothing of an image was found: neither size nor metadata."""
        return self.tiff is None and not self.xmp and self.width is None

    def take_tiff(self, data: bytes) -> None:
        """Keep a TIFF block, the first one if there are several."""
        at = min((place for mark in _TIFF_MARKS if (place := data.find(mark, 0, 64)) >= 0), default=-1)
        if at < 0:
            self.faults.append("the EXIF block is damaged" if data.strip(b"\0") else "the EXIF block is empty")
        elif self.tiff is not None:
            self.faults.append("a second EXIF block was not read")
        else:
            self.tiff = io.BytesIO(data[at:])


def kind_of(head: bytes) -> str:
    """A key of MEDIA_TYPES by the first bytes of a file, "" if it is none of them. Films (MP4, MOV) share HEIC's boxes but not its brands."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WebP"
    if head.startswith(_TIFF_MARKS):
        return "TIFF"
    if head.startswith(jxl_boxes.SIGNATURE):
        return "JPEG XL"
    return heif_items.kind_of(head)


def find_blocks(kind: str, file: BinaryIO, size: int) -> Blocks:
    """The metadata of an image of this kind. A damaged file gives what stands before the damage, and a fault."""
    found = Blocks()
    if kind == "TIFF":
        found.tiff = file
        found.xmp = _packet_of_tiff(file)
    elif kind in {"HEIC", "AVIF"}:
        _heif(file, size, found)
    elif kind == "JPEG XL":
        _jxl(file, size, found)
    else:
        {"JPEG": _jpeg, "PNG": _png, "WebP": _webp}[kind](file, found)
    return found


def _packet_of_tiff(file: BinaryIO) -> bytes:
    """The XMP in the first directory; b"" if there is none."""
    head = file.read(8)
    order: Literal["little", "big"] = "little" if head[:1] == b"I" else "big"
    file.seek(int.from_bytes(head[4:], order))
    count = int.from_bytes(file.read(2), order)
    table = file.read(12 * count)
    for at in range(0, len(table) - 11, 12):
        tag, kind = (int.from_bytes(table[at + i : at + i + 2], order) for i in (0, 2))
        length, place = (int.from_bytes(table[at + i : at + i + 4], order) for i in (4, 8))
        if tag == _XMP_TAG and kind in {1, 7} and length > 4:
            file.seek(place)
            return file.read(min(length, _LIMIT))
    return b""


def _segments(file: BinaryIO, faults: list[str]) -> Iterator[tuple[int, int]]:
    """(marker, length of its data) of each JPEG segment, the file standing at that data; the caller may read it or leave it."""
    at = 2
    for _ in range(_MOST_PIECES):
        file.seek(at)
        lead = file.read(2)
        if not _MARKER.match(lead):
            stray = lead + file.read(_STRAY)
            next_one = _MARKER.search(stray)
            if next_one is None:
                faults.append("the file breaks off before its picture")
                return
            if stray[: next_one.start()].strip(b"\xff"):  # any number of FF may stand before a marker
                faults.append(f"stray bytes between the segments at byte {at}")
            at += next_one.start()
            lead = next_one[0]
            file.seek(at + 2)
        at += 2
        if lead[1] in _BARE:
            continue
        length = file.read(2)
        if lead[1] in {_END, _SCAN}:
            yield lead[1], 0
            return
        if len(length) < 2 or (count := int.from_bytes(length, "big")) < 2:
            faults.append("the file breaks off before its picture")
            return
        yield lead[1], count - 2
        at += count
    faults.append("the head of the file has too many segments: not all were read")


def _jpeg(file: BinaryIO, found: Blocks) -> None:
    for marker, length in _segments(file, found.faults):
        if marker == _END:
            found.faults.append("the file ends before its picture")
        elif marker in _FRAMES:
            frame = file.read(min(length, 5))
            if len(frame) == 5:
                height, width = struct.unpack(">HH", frame[1:])
                found.width, found.height = width or None, height or None
        elif marker == _APP1:
            data = file.read(length)
            if data.startswith(_EXIF_MARK):
                found.take_tiff(data[6:])
            elif data.startswith(_XMP_MARK):
                found.xmp = found.xmp or data[len(_XMP_MARK) :]
    if found.width is None and not found.faults:
        found.faults.append("the file names no picture size")


def _png(file: BinaryIO, found: Blocks) -> None:
    at = 8
    for _ in range(_MOST_PIECES):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            found.faults.append("the file breaks off")
            return
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if kind == b"IEND":
            return
        if kind == b"IHDR":
            size = file.read(8)
            if len(size) == 8:
                found.width, found.height = struct.unpack(">II", size)
        elif kind in {b"eXIf", b"iTXt"}:
            _metadata_chunk(kind, length, file, found)
        at += 12 + length
    found.faults.append("the file has too many chunks: not all were read")


def _webp(file: BinaryIO, found: Blocks) -> None:
    at = 12
    for _ in range(_MOST_PIECES):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            if head or found.empty:
                found.faults.append("the file breaks off")
            return
        kind, length = head[:4], int.from_bytes(head[4:], "little")
        if kind in {b"VP8X", b"VP8 ", b"VP8L"} and found.width is None:
            found.width, found.height = _webp_size(kind, file.read(10))
        elif kind in {b"EXIF", b"XMP "}:
            _metadata_chunk(kind, length, file, found)
        at += 8 + length + length % 2
    found.faults.append("the file has too many chunks: not all were read")


def _webp_size(kind: bytes, data: bytes) -> tuple[int | None, int | None]:
    if len(data) < 10:
        return None, None
    if kind == b"VP8X":
        return int.from_bytes(data[4:7], "little") + 1, int.from_bytes(data[7:10], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(data[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<HH", data[6:10])
    return width & 0x3FFF, height & 0x3FFF


def _metadata_chunk(kind: bytes, length: int, file: BinaryIO, found: Blocks) -> None:
    if length > _LIMIT:
        found.faults.append(f"a metadata block of {length:,} bytes was not read")
        return
    data = file.read(length)
    if kind in {b"eXIf", b"EXIF"}:
        found.take_tiff(data)
    elif kind == b"XMP ":
        found.xmp = found.xmp or data
    elif data.startswith(b"XML:com.adobe.xmp\0"):
        found.xmp = found.xmp or _itxt_text(data, found.faults)


def _itxt_text(data: bytes, faults: list[str]) -> bytes:
    """The text of an iTXt chunk: keyword NUL, flag, method, language NUL, translated keyword NUL, text."""
    rest = data.split(b"\0", 1)[1]
    parts = rest[2:].split(b"\0", 2)
    if len(parts) < 3:
        faults.append("the XMP block is damaged")
        return b""
    if rest[0] == 0:
        return parts[2]
    try:
        return zlib.decompressobj().decompress(parts[2], _LIMIT)
    except zlib.error:
        faults.append("the XMP block is damaged")
        return b""


def _heif(file: BinaryIO, size: int, found: Blocks) -> None:
    try:
        items = heif_items.read_items(file, size, _LIMIT)
    except heif_items.Damaged as damage:
        found.faults.append(f"the index of the file is damaged: {damage}")
        return
    _take(items, found)


def _jxl(file: BinaryIO, size: int, found: Blocks) -> None:
    _take(jxl_boxes.read_jxl(file, size, _LIMIT), found)


def _take(items: heif_items.Items | jxl_boxes.Jxl, found: Blocks) -> None:
    found.width, found.height, found.xmp = items.width, items.height, items.xmp
    if items.exif:
        # The item starts with a 32-bit offset to the TIFF block, which some writers get wrong: the mark itself decides.
        skip = 4 + int.from_bytes(items.exif[:4], "big")
        found.take_tiff(items.exif[skip:] if items.exif[skip:].startswith(_TIFF_MARKS) else items.exif)
    found.faults += items.faults
