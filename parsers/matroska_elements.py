r"""The elements of a Matroska or WebM film (RFC 9559, on EBML, RFC 8794). Not a parser: `parsers.video` reads with it.

    id size data ...           both in one to eight bytes: as many as the first byte has leading zero bits, and one; a size of all ones is not known

    1A45DFA3 EBML header       says "matroska" or "webm"
    18538067 Segment
        1549A966 Info          TimestampScale (2AD7B1, ns), Duration (4489), DateUTC (4461: ns from 2001, UTC), title, the two programs that wrote it
        1654AE6B Tracks        width and height of the picture
        1254C367 Tags          names and texts: DATE_RECORDED, LOCATION ...
        1F43B675 Cluster       the film itself: stepped over

`DateUTC` is when the file was written, which for a camera or a screen recorder is the start of the recording and for a program that converts is later. MediaInfo reads
the same from these files; it is a library in C++ that reads what strangers made, and a fault of it ends the program, so it is asked by the tests and not here.
Only so many elements are looked at, each up to a limit; what cannot be followed becomes a remark; nothing raises.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from parsers.clip_time import plausible
from parsers.contract import SECOND, SUBSECOND, UTC, Moment
from parsers.dates import micros

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_SEGMENT, _INFO, _TRACKS, _TRACK, _VIDEO = 0x18538067, 0x1549A966, 0x1654AE6B, 0xAE, 0xE0
_TAGS, _TAG, _SIMPLE_TAG, _CLUSTER = 0x1254C367, 0x7373, 0x67C8, 0x1F43B675
_SCALE, _DURATION, _DATE = 0x2AD7B1, 0x4489, 0x4461
_WIDTH, _HEIGHT, _NAME, _STRING = 0xB0, 0xBA, 0x45A3, 0x4487
_PROGRAMS: Final = {0x7BA9: "title", 0x4D80: "MuxingApp", 0x5741: "WritingApp"}
_INSIDE: Final = frozenset({_SEGMENT, _INFO, _TRACKS, _TRACK, _VIDEO, _TAGS, _TAG, _SIMPLE_TAG})
_MOST = 5_000
"""Elements in the whole file: a film of two hours has some 1,500 clusters."""
_LONGEST = 4_096
_MOST_TEXTS = 200
_FROM_2001: Final = micros(datetime(2001, 1, 1))  # noqa: DTZ001 -- UTC by the format's rule


class _Element(NamedTuple):
    kind: int
    start: int
    end: int


@dataclass
class Matroska:
    """What the file says of itself. `texts` by the names they have there; tags in lower case."""

    created: Moment | None = None
    seconds: float | None = None
    width: int = 0
    height: int = 0
    filmed: bool = False
    texts: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def read_matroska(file: BinaryIO, size: int) -> Matroska:
    """The description of a film of `size` bytes."""
    found = Matroska()
    scale, length, name = 1_000_000, 0.0, ""
    for element in _walk(file, size, found):
        file.seek(element.start)
        data = file.read(min(element.end - element.start, _LONGEST))
        if element.kind == _SCALE:
            scale = int.from_bytes(data[:8], "big")
        elif element.kind == _DURATION:
            length = struct.unpack(">d" if len(data) == 8 else ">f", data)[0] if len(data) in {4, 8} else 0.0
        elif element.kind == _DATE:
            found.created = _created(data, found)
        elif element.kind in {_WIDTH, _HEIGHT} and len(data) <= 8:
            side = "width" if element.kind == _WIDTH else "height"
            setattr(found, side, getattr(found, side) or int.from_bytes(data, "big"))
        elif element.kind in _PROGRAMS:
            _keep(found, _PROGRAMS[element.kind], data)
        elif element.kind == _NAME:
            name = data.decode("utf-8", "replace").strip("\0 ").lower()
        elif element.kind == _STRING and name:
            _keep(found, name, data)
            name = ""
    seconds = length * scale / 1e9
    found.seconds = seconds if 0 < seconds < 1e9 else None  # also not for NaN
    return found


def _created(data: bytes, found: Matroska) -> Moment | None:
    """Nanoseconds from 2001; an empty element is 2001 itself by the format's rule, which no camera means."""
    count = int.from_bytes(data, "big", signed=True) if len(data) == 8 else 0
    when = _FROM_2001 + count // 1000
    if not count or not plausible(when):
        found.faults += [f"its date is not plausible: {count}"] if count else []
        return None
    return Moment(when, UTC, SUBSECOND if count % 1_000_000_000 else SECOND, f"DateUTC {count}")


def _keep(found: Matroska, name: str, data: bytes) -> None:
    text = data.decode("utf-8", "replace").strip("\0 \t\r\n")
    if text and len(found.texts) < _MOST_TEXTS:
        found.texts.setdefault(name[:100], text)


def _walk(file: BinaryIO, size: int, found: Matroska) -> Iterator[_Element]:
    """All elements but those of the film; what holds others is gone into."""
    at, ends = 0, [size]
    for _ in range(_MOST):
        while ends and at >= ends[-1]:
            ends.pop()
        if not ends:
            return
        element = _element(file, at, ends[-1], found)
        if element is None:
            return
        found.filmed = found.filmed or element.kind == _CLUSTER
        if element.kind in _INSIDE:
            ends.append(element.end)
        elif element.kind in _READ:
            yield element
        at = element.start if element.kind in _INSIDE else element.end
    found.faults.append(f"it has more than {_MOST:,} parts; the rest was not looked at")


def _element(file: BinaryIO, at: int, most: int, found: Matroska) -> _Element | None:
    """The element at a place, which may end at `most`; None, and a remark, if there is none. A cluster that does not say how long it is (written live) is the last."""
    file.seek(at)
    head = file.read(12)
    kind, lead = _number(head, keep_mark=True)
    length, more = _number(head[lead:], keep_mark=False) if lead else (0, 0)
    if not more:
        found.faults.append(f"it is not readable from byte {at:,} on")
        return None
    start = at + lead + more
    if length == (1 << 7 * more) - 1:
        return _Element(kind, start, most)
    if start + length > most:
        found.faults.append(
            "the file is cut off"
            if kind == _SEGMENT
            else f"the part at byte {at:,} should have {length:,} bytes, and {most - start:,} are there"
        )
    return _Element(kind, start, min(start + length, most))


_READ: Final = frozenset({_SCALE, _DURATION, _DATE, _WIDTH, _HEIGHT, _NAME, _STRING, *_PROGRAMS})


def _number(data: bytes, *, keep_mark: bool) -> tuple[int, int]:
    """A number of variable length and how many bytes it takes; (0, 0) if it is none."""
    if not data or not data[0]:
        return 0, 0
    length = 9 - data[0].bit_length()
    if len(data) < length or (keep_mark and length > 4):
        return 0, 0
    value = int.from_bytes(data[:length], "big")
    return (value if keep_mark else value & ((1 << 7 * length) - 1)), length
