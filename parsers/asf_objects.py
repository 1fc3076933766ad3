"""The header of an ASF film, .wmv or .asf (Microsoft's Advanced Systems Format, 01.20.05). Not a parser: `parsers.video` reads with it.

    GUID16 size64 data         little-endian; the header object holds the others
        File Properties        file id (16), size (8), creation date (8: 100 ns from 1601, UTC), packets (8), play duration (8: 100 ns), send duration (8),
                               preroll (8: ms, part of the play duration), flags (4: 1 is a broadcast, whose other fields are not valid)
        Stream Properties      of a video stream: its width and height
        Content Description    five lengths (2 each), then title, author, copyright, description, rating in UTF-16

The creation date is that of the file: of converting, if a program did that. Sizes are believed as far as the file goes; nothing raises.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from parsers.clip_time import plausible
from parsers.contract import SECOND, SUBSECOND, UTC, Moment
from parsers.dates import micros

if TYPE_CHECKING:
    from typing import BinaryIO

ASF: Final = bytes.fromhex("3026B2758E66CF11A6D900AA0062CE6C")
_FILE = bytes.fromhex("A1DCAB8C47A9CF118EE400C00C205365")
_STREAM = bytes.fromhex("9107DCB7B7A9CF118EE600C00C205365")
_VIDEO = bytes.fromhex("C0EF19BC4D5BCF11A8FD00805F5C442B")
_WORDS = bytes.fromhex("3326B2758E66CF11A6D900AA0062CE6C")
_MOST = 200
_LONGEST = 1 << 16
_FROM_1601: Final = micros(datetime(1601, 1, 1))  # noqa: DTZ001 -- UTC by the format's rule


@dataclass
class Asf:
    """What the header says; texts by the names they have in the specification."""

    created: Moment | None = None
    seconds: float | None = None
    width: int = 0
    height: int = 0
    texts: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def read_asf(file: BinaryIO, size: int) -> Asf:
    """The header of a film of `size` bytes."""
    found = Asf()
    file.seek(16)
    end = int.from_bytes(file.read(8), "little")
    if end > size:
        found.faults.append("the header is cut off")
    at = 30
    for _ in range(_MOST):
        if at + 24 > min(end, size):
            return found
        file.seek(at)
        head = file.read(24)
        length = int.from_bytes(head[16:], "little")
        if length < 24:
            found.faults.append(f"the part at byte {at:,} says it is {length} bytes long")
            return found
        data = file.read(min(length - 24, _LONGEST))
        if head[:16] == _FILE:
            _properties(data, found)
        elif head[:16] == _STREAM and data[:16] == _VIDEO and len(data) >= 62:
            found.width, found.height = (int.from_bytes(data[at : at + 4], "little") for at in (54, 58))
        elif head[:16] == _WORDS:
            _words(data, found)
        at += length
    found.faults.append(f"it has more than {_MOST} parts; the rest was not looked at")
    return found


def _properties(data: bytes, found: Asf) -> None:
    if len(data) < 68:
        found.faults.append("the properties of the file are cut off")
        return
    count, play, preroll = (int.from_bytes(data[at : at + 8], "little") for at in (24, 40, 56))
    if int.from_bytes(data[64:68], "little") & 1:
        return
    when = _FROM_1601 + count // 10
    if when == 0:  # 1970: the program had no date
        count = 0
    if count and plausible(when):
        found.created = Moment(when, UTC, SUBSECOND if count % 10_000_000 else SECOND, f"CreationDate {count}")
    elif count:
        found.faults.append(f"its date is not plausible: {count}")
    seconds = play / 1e7 - preroll / 1e3
    found.seconds = seconds if seconds > 0 else None


def _words(data: bytes, found: Asf) -> None:
    at = 10
    for number, name in enumerate(("title", "author", "copyright", "description", "rating")):
        length = int.from_bytes(data[2 * number : 2 * number + 2], "little")
        text = data[at : at + length].decode("utf-16-le", "replace").strip("\0 \t\r\n")
        at += length
        if text:
            found.texts[name] = text[:2000]
