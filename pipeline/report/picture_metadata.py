"""What a picture file holds besides its pixels, found by its structure: EXIF, XMP, IPTC, thumbnails, comments, profiles, and whatever follows its end.

A picture that is served is encoded anew from its pixels (C4), so that there is nothing of the kind in it; where there is, it is an original or has been made by
something else, and it must not go out. That is told by the blocks of the file alone, whatever stands in them: a position is a row of binary fractions that no search
for words can find.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

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
_COMMENT, _END, _SCAN, _ADOBE, _JFIF = 0xFE, 0xD9, 0xDA, 0xEE, 0xE0


def beside_the_pixels(data: bytes) -> tuple[str, ...]:
    """What a JPEG or PNG holds that is not its pixels, by kind ("EXIF", "a comment"); of every other format that it is none of ours."""
    if data.startswith(_JPEG):
        return tuple(dict.fromkeys(_of_jpeg(data)))
    if data.startswith(_PNG):
        return tuple(dict.fromkeys(_of_png(data)))
    return ("a format that is not written here",)


def _of_jpeg(data: bytes) -> Iterator[str]:
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:  # a filling byte
            place += 1
            continue
        size = int.from_bytes(data[place + 2 : place + 4], "big")
        body = data[place + 4 : place + 2 + size]
        if marker == _SCAN:
            end = data.find(b"\xff\xd9", place)
            while end >= 0 and data[end + 2 : end + 3] == b"\xff" and data[end + 3 : end + 4] not in {b"\xd8", b""}:
                end = data.find(b"\xff\xd9", end + 2)
            if end < 0 or end + 2 < len(data):
                yield "something behind its end"
            return
        if marker == _COMMENT:
            yield "a comment"
        elif marker == _JFIF and body.startswith(b"JFIF\0"):
            if size > 16:
                yield "a thumbnail"
        elif 0xE0 <= marker <= 0xEF and not (marker == _ADOBE and body.startswith(b"Adobe") and size == 14):
            yield next((name for mark, name in _NAMES.items() if body.startswith(mark)), "data of a program")
        place += 2 + size
    yield "something that is no part of a picture"


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
