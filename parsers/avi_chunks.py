"""The header of an AVI film (RIFF). Not a parser: `parsers.video` reads with it.

RIFF size32 "AVI "           sizes are little-endian; chunks are padded to an even length
    LIST size32 "hdrl"
        avih                 microseconds for each frame (4), ..., number of frames (at 16), ..., width (32), height (36)
        IDIT                 the date of recording in words, by the camera's clock
    LIST size32 "movi"       the film: stepped over
    LIST size32 "INFO"
        ICRD                 a date of creation, mostly only the day
        ISFT                 the program or camera that wrote it

Sizes are believed as far as the file goes; what is damaged becomes a remark.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_MOST_CHUNKS = 1_000
_DEEPEST = 4
_TEXT_LIMIT = 1_000
_LISTS: Final = frozenset({b"hdrl", b"INFO", b"ncdt"})
_TEXTS: Final = frozenset({b"IDIT", b"ICRD", b"ISFT"})


@dataclass
class Avi:
    """What the header says; texts by the name of their chunk."""

    seconds: float | None = None
    width: int = 0
    height: int = 0
    texts: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def read_avi(file: BinaryIO, size: int) -> Avi:
    """The header of an AVI of `size` bytes; what is damaged becomes a remark."""
    found = Avi()
    left = _MOST_CHUNKS
    open_lists = [_chunks(file, 12, size, found)]
    while open_lists and left:
        left -= 1
        kind, at, length = next(open_lists[-1], (b"", 0, 0))
        if not kind:
            open_lists.pop()
            continue
        file.seek(at)
        if kind == b"LIST" and length >= 4:
            if file.read(4) in _LISTS and len(open_lists) < _DEEPEST:
                open_lists.append(_chunks(file, at + 4, min(at + length, size), found))
        elif kind == b"avih":
            _measure(file.read(min(length, 56)), found)
        elif kind in _TEXTS:
            text = file.read(min(length, _TEXT_LIMIT)).decode("latin-1").strip(" \t\r\n\0")
            if text:
                found.texts.setdefault(kind.decode("ascii"), text)
    if not left:
        found.faults.append(f"it has more than {_MOST_CHUNKS:,} parts; the rest was not looked at")
    return found


def _chunks(file: BinaryIO, at: int, end: int, found: Avi) -> Iterator[tuple[bytes, int, int]]:
    while at + 8 <= end:
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        length = int.from_bytes(head[4:], "little")
        if at + 8 + length > end and len(found.faults) < 3:
            found.faults.append(f"the part at byte {at:,} should have {length:,} bytes, and {end - at - 8:,} are there")
        yield head[:4], at + 8, length
        at += 8 + length + length % 2


def _measure(data: bytes, found: Avi) -> None:
    if len(data) < 40:
        found.faults.append("the header of the film (avih) is cut off")
        return
    frame, frames, found.width, found.height = (int.from_bytes(data[at : at + 4], "little") for at in (0, 16, 32, 36))
    found.seconds = frame * frames / 1_000_000 or None
