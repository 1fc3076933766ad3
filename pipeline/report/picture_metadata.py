"""What a picture file holds besides its pixels, found by its structure: EXIF, XMP, IPTC, thumbnails, comments, profiles, and whatever follows its end.

A picture that is served is encoded anew from its pixels (C4), so that there is nothing of the kind in it; where there is, it is an original or has been made by
something else, and it must not go out. That is told by the blocks of the file alone, whatever stands in them: a position is a row of binary fractions that no search
for words can find.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_PLAIN: Final = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"})
"""The chunks of a PNG that are the picture itself."""
_NAMES: Final = {
    b"Exif": "EXIF",
    b"http://ns.adobe.com/xap": "XMP",
    b"http://ns.adobe.com/xmp": "XMP",
    b"Photoshop": "IPTC",
    b"ICC_PROFILE": "a colour profile",
    b"MPF": "further pictures",
    b"FPXR": "FlashPix data",
}
_COMMENT, _SCAN, _ADOBE, _JFIF = 0xFE, 0xDA, 0xEE, 0xE0
_JFIF_PLAIN: Final = 14
"""Bytes of a JFIF segment without a thumbnail."""


def beside_the_pixels(data: bytes) -> tuple[str, ...]:
    """What a JPEG or PNG holds that is not its pixels, by kind ("EXIF", "a comment"); of every other format that it is none of ours."""
    if data.startswith(_JPEG):
        return tuple(dict.fromkeys(_of_jpeg(data)))
    if data.startswith(_PNG):
        return tuple(dict.fromkeys(_of_png(data)))
    return ("a format that is not written here",)


def around_the_pixels(data: bytes) -> bytes:
    """A JPEG without its compressed pixels: what stands before them, and what follows the first end that is none of a part of it."""
    *_, scan = _segments(data)
    end = _end(data, scan.place)
    return data[: scan.place] + (data[end:] if end >= 0 else b"")


class _Segment(NamedTuple):
    """A segment of a JPEG: where it begins, what kind it is of, what it holds."""

    place: int
    marker: int
    body: bytes


def _segments(data: bytes) -> Iterator[_Segment]:
    """The segments up to the first scan, that one or what stands in its place included."""
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker, size = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if marker == 0xFF:  # a filling byte
            place += 1
            continue
        yield _Segment(place, marker, data[place + 4 : place + 2 + size])
        if marker == _SCAN:
            return
        place += 2 + size
    yield _Segment(place, 0, b"")


def _end(data: bytes, place: int) -> int:
    """Where a JPEG ends whose scan begins at `place`: -1 if it does not."""
    end = data.find(b"\xff\xd9", place)
    return end + 2 if end >= 0 else -1


def _of_jpeg(data: bytes) -> Iterator[str]:
    for place, marker, body in _segments(data):
        if marker == 0:
            yield "something that is no part of a picture"
        elif marker == _SCAN and _end(data, place) != len(data):
            yield "something behind its end"
        elif marker == _COMMENT:
            yield "a comment"
        elif marker == _JFIF and body.startswith(b"JFIF\0"):
            yield from ("a thumbnail",) if len(body) > _JFIF_PLAIN else ()
        elif 0xE0 <= marker <= 0xEF and not (marker == _ADOBE and body.startswith(b"Adobe") and len(body) == 12):
            yield next((name for mark, name in _NAMES.items() if body.startswith(mark)), "data of a program")


def _of_png(data: bytes) -> Iterator[str]:
    place = len(_PNG)
    while place + 8 <= len(data):
        size, kind = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        if kind not in _PLAIN:
            yield {b"eXIf": "EXIF", b"iCCP": "a colour profile"}.get(kind, "text or data of a program")
        place += size + 12
        if kind == b"IEND":
            break
    if place != len(data):
        yield "something behind its end"
