"""The metadata items of a HEIC or AVIF image (ISO 14496-12, 23008-12). Not a parser: `parsers.image_blocks` reads with it.

A file is boxes `size32 type ...` (size 1: a 64-bit size follows; 0: to the end). `ftyp` names the brand. `meta` holds `iinf` (what each item is: `Exif`, or
`mime` with `application/rdf+xml` for XMP), `iloc` (where its bytes stand: in the file, or in `idat`) and `iprp/ipco/ispe` (sizes in pixels; a picture made
of tiles has one for the tiles and a larger one for the whole).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_HEIC: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"mif2", b"msf1"}
    | {b"avci", b"avcs", b"jpeg", b"jpgs", b"j2ki", b"j2is"}  # the same boxes around other coders
)
_AVIF: Final = frozenset({b"avif", b"avis"})
_MOST_BOXES = 20_000
_META_LIMIT = 1 << 24
"""A burst of pictures has some hundred kB of index."""


_Place: TypeAlias = tuple[int, list[tuple[int, int]]]
"""0 in the file or 1 in `idat`, extents (offset, length)."""


class Damaged(Exception):  # noqa: N818 -- a statement about the file
    """The index cannot be followed."""


@dataclass
class Items:
    """The bytes of the EXIF item (with its 32-bit offset) and of the XMP item, and the size of the largest picture."""

    exif: bytes = b""
    xmp: bytes = b""
    width: int | None = None
    height: int | None = None
    faults: list[str] = field(default_factory=list)


def kind_of(head: bytes) -> str:
    """HEIC, AVIF or nothing, by the brand of the `ftyp` box; where the main brand is the general one, the compatible ones tell AVIF."""
    if head[4:8] != b"ftyp":
        return ""
    brand = head[8:12]
    if brand in _AVIF:
        return "AVIF"
    if brand not in _HEIC:
        return ""
    end = min(int.from_bytes(head[:4], "big"), 256)
    others = {head[at : at + 4] for at in range(16, end - 3, 4)}
    return "AVIF" if brand in {b"mif1", b"msf1"} and others & _AVIF and not others & {b"heic", b"heix"} else "HEIC"


class _Numbers:
    """Big-endian numbers of given widths out of bytes, one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, width: int) -> int:
        end = self.at + width
        if end > len(self.data):
            raise Damaged("a table breaks off")
        value = int.from_bytes(self.data[self.at : end], "big")
        self.at = end
        return value


def read_items(file: BinaryIO, size: int, limit: int) -> Items:
    """The EXIF and XMP items; none longer than `limit`.

    Raises:
        Damaged: the boxes cannot be followed at all.
    """
    found = Items()
    for kind, start, end in _file_boxes(file, size):
        if kind == b"meta":
            if end - start > _META_LIMIT:
                raise Damaged(f"its index claims {end - start:,} bytes")
            file.seek(start)
            _read_meta(file.read(end - start), file, size, limit, found)
            return found
    raise Damaged("it has no index")


def _file_boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    at = 0
    for _ in range(_MOST_BOXES):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return
        kind, start, end = _box(head, at, size)
        yield kind, start, min(end, size)
        at = end


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(type, start of the body, end) of the boxes in data[start:end]."""
    for _ in range(_MOST_BOXES):
        if end - start < 8:
            return
        kind, body, after = _box(data[start : start + 16], start, end)
        if after > end:
            raise Damaged(f"a box at byte {start} is longer than what holds it")
        yield kind, body, after
        start = after


def _box(head: bytes, at: int, end: int) -> tuple[bytes, int, int]:
    length, kind, lead = int.from_bytes(head[:4], "big"), head[4:8], 8
    if length == 1 and len(head) == 16:
        length, lead = int.from_bytes(head[8:], "big"), 16
    elif length == 0:
        length = end - at
    if length < lead:
        raise Damaged(f"a box at byte {at} is {length} bytes long")
    return kind, at + lead, at + length


def _read_meta(meta: bytes, file: BinaryIO, size: int, limit: int, found: Items) -> None:
    parts: dict[bytes, tuple[int, int]] = {}
    wanted: dict[int, str] = {}
    places: dict[int, _Place] = {}
    try:
        for kind, start, end in _boxes(meta, 4, len(meta)):
            parts.setdefault(kind, (start, end))
    except Damaged as damage:
        found.faults.append(f"the index of the file is damaged: {damage}")
    try:
        if b"iprp" in parts:
            _measure(meta, *parts[b"iprp"], found)
        if b"iinf" in parts and b"iloc" in parts:
            wanted = _metadata_items(meta, *parts[b"iinf"])
            places = _places(meta[slice(*parts[b"iloc"])], set(wanted))
    except Damaged as damage:
        found.faults.append(f"the index of the file is damaged: {damage}")
    idat = meta[slice(*parts[b"idat"])] if b"idat" in parts else b""
    for item, name in wanted.items():
        data = _bytes_of(places.get(item, (0, [])), idat, file, size, limit)
        if not data:
            found.faults.append(f"the {name} block of the file is missing")
        elif name == "EXIF":
            found.exif = found.exif or data
        else:
            found.xmp = found.xmp or data


def _measure(meta: bytes, start: int, end: int, found: Items) -> None:
    for kind, body, after in _boxes(meta, start, end):
        if kind == b"ipco":
            for name, at, stop in _boxes(meta, body, after):
                width, height = (int.from_bytes(meta[at + skip : at + skip + 4], "big") for skip in (4, 8))
                if name == b"ispe" and stop - at >= 12 and width * height > (found.width or 0) * (found.height or 0):
                    found.width, found.height = width, height


def _metadata_items(meta: bytes, start: int, end: int) -> dict[int, str]:
    """Item number -> "EXIF" or "XMP". The entries (`infe`) of version 2 number items in 16 bits, those of version 3 in 32."""
    wanted: dict[int, str] = {}
    first = start + (6 if meta[start : start + 1] == b"\0" else 8)
    for kind, body, after in _boxes(meta, first, end):
        entry = meta[body:after]
        if kind != b"infe" or not entry or entry[0] not in {2, 3}:
            continue
        width = 2 if entry[0] == 2 else 4
        item, name = int.from_bytes(entry[4 : 4 + width], "big"), entry[6 + width : 10 + width]
        if name == b"Exif":
            wanted[item] = "EXIF"
        elif name == b"mime" and b"rdf+xml" in entry[10 + width : 200]:
            wanted[item] = "XMP"
    return wanted


def _places(iloc: bytes, wanted: set[int]) -> dict[int, _Place]:
    """Item number -> (0 in the file or 1 in `idat`, extents (offset, length)), for the wanted items only."""
    table = _Numbers(iloc)
    version = table.take(4) >> 24
    widths = table.take(2)
    offset, length, base, index = (widths >> shift & 15 for shift in (12, 8, 4, 0))
    places: dict[int, _Place] = {}
    for _ in range(table.take(2 if version < 2 else 4)):
        if len(places) == len(wanted):
            break
        item = table.take(2 if version < 2 else 4)
        method = table.take(2) & 15 if version else 0
        table.take(2)  # which file: 0 is this one
        start = table.take(base)
        extents: list[tuple[int, int]] = []
        for _ in range(table.take(2)):
            if version:
                table.take(index)
            extents.append((start + table.take(offset), table.take(length)))
        if item in wanted:
            places[item] = (method, extents)
    return places


def _bytes_of(place: _Place, idat: bytes, file: BinaryIO, size: int, limit: int) -> bytes:
    method, extents = place
    data = b""
    for offset, length in extents[:64]:
        if method == 1:
            data += idat[offset : offset + length if length else None]
        elif method == 0 and offset < size:
            file.seek(offset)
            data += file.read(min(length or size - offset, limit))
        if len(data) > limit:
            return b""
    return data
