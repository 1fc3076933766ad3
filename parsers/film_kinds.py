"""What is a film, and of which format, by its first bytes. Not a parser: `parsers.video` reads with it.

The name only says that what could be either is audio, or what a raw recording is. Audio (M4A) and HEIC, which are made of the same boxes as MP4, are not films.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from parsers.asf_objects import ASF
from parsers.heif_items import kind_of as image_kind

if TYPE_CHECKING:
    from parsers.contract import Source

_NOT_FILMS: Final = frozenset(
    {b"M4A ", b"M4B ", b"M4P ", b"F4A ", b"F4B ", b"aax ", b"aaxc", b"jp2 ", b"jpx ", b"jpm ", b"jxl ", b"crx "}
)
AUDIO_NAMES: Final = (".m4a", ".m4b", ".m4p", ".m4r", ".mka", ".weba", ".wma", ".aac")
_FIRST_BOXES: Final = frozenset(
    {b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp", b"moof", b"sidx", b"uuid"}
)
_FILLERS: Final = frozenset({b"free", b"skip", b"wide", b"pnot", b"uuid"})
_FILMS: Final = (".mov", ".qt", ".mp4", ".m4v", ".3gp")
_TYPES: Final = {
    "MP4": "video/mp4",
    "AVI": "video/x-msvideo",
    "MKV": "video/x-matroska",
    "MPEG-TS": "video/mp2t",
    "MPEG-PS": "video/mpeg",
    "ASF": "video/x-ms-asf",
    "FLV": "video/x-flv",
    "DAV": "",
    "H.264": "video/h264",
}


def kind_of(source: Source) -> str:
    """MP4 (and MOV), AVI, MKV (and WebM), MPEG-TS, MPEG-PS, ASF, FLV, DAV, H.264; "" if it is no film."""
    head, name = source.head, source.name.lower()
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        plain = brand.isascii() and brand.decode("ascii").isprintable()
        return "MP4" if plain and brand not in _NOT_FILMS and not image_kind(head) else ""
    if _starts_with_box(source):
        return "MP4"
    if head[:4] == b"RIFF" and head[8:12] in {b"AVI ", b"AVIX"}:
        return "AVI"
    if head[:4] == b"\x1a\x45\xdf\xa3" and (b"matroska" in head[:256] or b"webm" in head[:256]):
        return "MKV"
    if head[:4] in {b"DHAV", b"DHII"} or head[:5] == b"DAHUA":
        return "DAV"
    if head[:4] in {b"\0\0\1\xba", b"IMKH"}:
        return "MPEG-PS"
    if head[:16] == ASF:
        return "ASF"
    if head[:4] == b"FLV\1":
        return "FLV"
    if name.endswith((".dav", ".264", ".h264", ".265", ".h265")) and head[:4] == b"\0\0\0\1":
        return "H.264"
    return "MPEG-TS" if _is_transport_stream(head) else ""


def _starts_with_box(source: Source) -> bool:
    """A film without `ftyp`: old QuickTime, a camera that writes the film first, a piece of a stream."""
    head, kind, length = source.head, source.head[4:8], int.from_bytes(source.head[:4], "big")
    if kind not in _FIRST_BOXES:
        return False
    if length not in {0, 1} and not 8 <= length <= max(source.size, 1 << 29):
        return False
    if (
        kind in _FILLERS and len(head) - 8 < length <= source.size
    ):  # an index that was given up, with a new one behind the film
        return source.name.lower().endswith(_FILMS)
    return kind not in _FILLERS or head[length + 4 : length + 8] in _FIRST_BOXES


def _is_transport_stream(head: bytes) -> bool:
    """Packets of 188 bytes, each beginning with 47 hex; in some cameras with four bytes before each."""
    for start, step in ((0, 188), (4, 192)):
        marks = head[start : start + 5 * step : step]
        if len(marks) >= 3 and marks == b"\x47" * len(marks) and (b"\0" in head[:1024] or b"\xff" in head[:1024]):
            return True
    return False


def media_type(kind: str, brand: str, name: str) -> str:
    """As mail and the web call it; "" where there is no such name."""
    if kind == "MP4" and (brand == "qt  " or (not brand and name.lower().endswith((".mov", ".qt")))):
        return "video/quicktime"
    if kind == "MP4" and brand.startswith(("3gp", "3g2")):
        return "video/3gpp" if brand.startswith("3gp") else "video/3gpp2"
    if kind == "MKV" and name.lower().endswith(".webm"):
        return "video/webm"
    return _TYPES[kind]
