r"""The metadata chunks of a PNG (ISO 15948; PNG 3rd edition for eXIf). Not a parser: `parsers.image_blocks` reads with it.

    len32 type data crc32        the sum is over type and data: one that does not agree is told

    IHDR                         width and height
    eXIf                         a TIFF block
    iTXt XML:com.adobe.xmp       the XMP packet, perhaps deflated
    zTXt, tEXt Raw profile type exif|APP1|xmp     the same in hexadecimal, as ImageMagick and others write it: "\nexif\n     168\n45786966..."
    tEXt Creation Time           when the picture was made, as programs for screenshots write it: ISO 8601, or as in mail
    tIME                         when the file was last changed, UTC

Picture data (IDAT, fdAT) is stepped over; of all other chunks the sum is taken; only so many chunks are looked at, each up to a limit.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from parsers.dates import MONTHS

if TYPE_CHECKING:
    from typing import BinaryIO

CREATED: Final = "Creation Time"
CHANGED: Final = "tIME"
_MOST = 100_000
"""Chunks that are walked: a 500 MB PNG in chunks of 8 KiB has fewer."""
_MOST_FAULTS = 8
_PICTURE: Final = frozenset({b"IDAT", b"fdAT"})
_TEXTS: Final = frozenset({b"iTXt", b"zTXt", b"tEXt"})
_WANTED: Final = (b"XML:com.adobe.xmp\0", b"Raw profile type ", b"Creation Time\0")
"""What the texts that are read begin with."""
_XMP_MARK: Final = b"http://ns.adobe.com/xap/1.0/\0"
_PROFILE: Final = re.compile(rb"\s*[^\n\d][^\n]{0,40}\n\s*(\d{1,8})\s")
_MAIL: Final = re.compile(
    r"(?:[A-Z][a-z]{2},? )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}:\d{2}(?::\d{2})?)(?: (GMT|UT|[+-]\d{4}))?", re.ASCII
)
_MONTHS: Final = [name[:3].capitalize() for name in MONTHS]


@dataclass
class Chunks:
    """TIFF blocks, the XMP packet, the size in pixels; dates as they are written, by the name of their chunk."""

    exif: list[bytes] = field(default_factory=list)
    xmp: bytes = b""
    width: int | None = None
    height: int | None = None
    dates: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def read_chunks(file: BinaryIO, limit: int) -> Chunks:
    """The metadata of a PNG; no chunk longer than `limit`."""
    found, at = Chunks(), 8
    for _ in range(_MOST):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            found.faults.append("the file breaks off")
            return found
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if kind == b"IEND":
            return found
        if kind not in _PICTURE:
            _read(file, kind, length, limit, found)
        at += 12 + length
    found.faults.append("the file has too many chunks: not all were read")
    return found


def _read(file: BinaryIO, kind: bytes, length: int, limit: int, found: Chunks) -> None:
    if length > limit and kind != b"IHDR":  # whose size stands first, however long it says it is
        found.faults.append(f"a block of {length:,} bytes was not read")
        return
    data = file.read(min(length, limit))
    if file.read(4) != zlib.crc32(kind + data).to_bytes(4, "big") and len(found.faults) < _MOST_FAULTS:
        name = kind.decode("ascii") if kind.isalpha() else kind.hex()
        found.faults.append(f"the sum of the {name} block does not agree: it is damaged or was changed")
    if kind == b"IHDR" and len(data) >= 8:
        found.width, found.height = struct.unpack(">II", data[:8])
    elif kind == b"eXIf":
        found.exif.append(data)
    elif kind == b"tIME":
        if len(data) == 7:
            found.dates.setdefault(CHANGED, "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*struct.unpack(">H5B", data)))
    elif kind in _TEXTS and data.startswith(_WANTED):
        _text(kind, data, limit, found)


def _text(kind: bytes, data: bytes, limit: int, found: Chunks) -> None:
    key, _, rest = data.partition(b"\0")
    text = _unpacked(kind, rest, limit)
    if key == b"Creation Time":
        if written := text.decode("latin-1").strip("\0 \r\n"):
            found.dates.setdefault(CREATED, written)
        return
    if key.startswith(b"Raw"):
        text = _from_hexadecimal(text)
    if not text:
        found.faults.append(f"the {'XMP' if key.endswith(b'xmp') else 'EXIF'} block is damaged")
    elif key.endswith(b"xmp") or text.startswith(_XMP_MARK):
        found.xmp = found.xmp or text.removeprefix(_XMP_MARK)
    elif key.endswith((b"exif", b"APP1")):
        found.exif.append(text)


def _unpacked(kind: bytes, rest: bytes, limit: int) -> bytes:
    """The text of a chunk behind its key. iTXt: flag, method, language NUL, translated key NUL, text. zTXt: method, text."""
    if kind == b"tEXt":
        return rest
    packed, text = kind == b"zTXt" or rest[:1] != b"\0", rest[1:]
    if kind == b"iTXt":
        parts = rest[2:].split(b"\0", 2)
        text = parts[2] if len(parts) == 3 else b""
    try:
        return zlib.decompressobj().decompress(text, limit) if packed else text
    except zlib.error:
        return b""


def _from_hexadecimal(text: bytes) -> bytes:
    """The bytes of a raw profile: its name, their number, and then they."""
    found = _PROFILE.match(text)
    if not found:
        return b""
    length = int(found[1])
    try:
        data = bytes.fromhex(b"".join(text[found.end() :].split())[: 2 * length].decode("ascii"))
    except ValueError:
        return b""
    return data if len(data) == length else b""


def in_iso(text: str) -> str:
    """A Creation Time as mail has it, in ISO 8601; any other one as it is. `-0000` says that the zone is not known."""
    found = _MAIL.fullmatch(text)
    if not found or found[2] not in _MONTHS:
        return text
    zone = {None: "", "-0000": "", "GMT": "Z", "UT": "Z"}.get(found[5], found[5])
    return f"{found[3]}-{_MONTHS.index(found[2]) + 1:02}-{int(found[1]):02}T{found[4]}{zone}"
