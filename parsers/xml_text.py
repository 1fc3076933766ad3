"""The text of an XML file in chunks that expat can take: its characters put right, its long base64 taken out, its records whole. Not a parser.

It reads no XML: it only knows enough of it (where a tag begins) to cut the file where a record starts. `parsers.xml_stream` walks what it gives.

A long `data="..."` of one element (`<part ... data="...">`) is decoded and hashed as it streams by, and a marker stands in its place, for expat is slow
at it and keeps it whole. The marker holds the SHA-256 of the file, so no file can contain it by itself; and it is set only behind `<part` and
well-formed attributes, where a parser too sees the attribute `data` of that element, or (in a comment) nothing at all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import BinaryIO, NamedTuple

from parsers.base64_stream import Base64, Decoded
from parsers.contract import Source
from parsers.xml_characters import Repairs, Transcoded, codec_of

_BLOCK = 1 << 23
_UNCUT = 1 << 24
"""Longest chunk without the start of a record in it (bytes)."""
_LONG = 1 << 12
"""Base64 shorter than this is left to expat."""
_NAME = 1 << 8
"""Longest start of a record, up to the end of its name."""
_TAG = 1 << 20
"""Longest tag that is kept over the edge of a block for its base64 to be found."""


class Chunk(NamedTuple):
    """A piece of the file that starts where a record starts (the first one: where the file does). `offset` counts bytes of the file read as UTF-8."""

    text: str
    offset: int


class XmlText:
    """The text of one XML file, or of a piece of it that begins and ends where a record starts. It is read from byte `begin` to byte `end` (None: its end).

    `starts` are the names of its records; `excised` is the element whose long `data` is taken out ("": none); `piece` is a number and out of how many.

    `decoded` gives, for each marker that has stood in a chunk, what the base64 held: take it out (`pop`) once it has been met.
    """

    def __init__(
        self, source: Source, starts: frozenset[str], excised: str = "", piece: tuple[int, int] = (0, 1)
    ) -> None:
        self.repairs = Repairs()
        self.decoded: dict[str, Decoded] = {}
        self.codec, self.remark = codec_of(source)
        self._source = source
        self._marker = f"base64 {source.sha256[:40]} "
        self._marked = 0
        self._starts = re.compile(rb"<(" + b"|".join(re.escape(name.encode()) for name in sorted(starts)) + rb")[\s/>]")
        number, of = piece
        self.begin = self._start_behind(_cut(source.size, number, of)) if number else 0
        self.end = self._start_behind(_cut(source.size, number + 1, of)) if number + 1 < of else None
        element = re.escape(f"<{excised}".encode())
        self._element = (
            re.compile(element) if excised else None
        )  # looks twice as fast as bytes.find, with a "<" so often
        self._value = re.compile(element + rb"""(?:[ \t\r\n]+(?!data=)[\w.:-]+="[^"<]*")*[ \t\r\n]+data=\"""")

    def open(self) -> BinaryIO:
        """The file, or the piece, as UTF-8."""
        file = self._source.open()
        if self.begin or self.end is not None:
            return _Stretch(file, self.begin, self.end)  # type: ignore[return-value]  # read and close are all we use
        return file if self.codec == "utf-8" else Transcoded(file, self.codec)  # type: ignore[return-value]  # the same

    def before(self) -> Counter[str]:
        """How many records of each name start before this piece; what only looks like one, in a comment, is counted with them."""
        counts: Counter[bytes] = Counter()
        for buffer in self._blocks(0, self.begin):
            counts.update(self._starts.findall(buffer))
        return Counter({name.decode(): count for name, count in counts.items()})

    def _start_behind(self, byte: int) -> int:
        """Where the first record starts at or behind a byte of the file, or its size."""
        base = byte
        for buffer in self._blocks(byte, self._source.size):
            if found := self._starts.search(buffer):
                return base + found.start()
            base += len(buffer)
        return self._source.size

    def _blocks(self, begin: int, end: int) -> Iterator[bytes]:
        """The bytes of a stretch of the file, in blocks that do not end within the start of a record."""
        with closing(_Stretch(self._source.open(), begin, end)) as file:
            rest = b""
            while block := file.read(_BLOCK):
                buffer = rest + block
                cut = buffer.rfind(b"<", max(len(buffer) - _NAME, 0))
                rest = buffer[cut:] if cut >= 0 else b""
                yield buffer[:cut] if cut >= 0 else buffer
            yield rest

    def chunks(self) -> Iterator[Chunk]:
        """The file in chunks of some 8 MiB, base64 left out. Between them they hold every character of it, in order."""
        parts: list[bytes] = []
        size = offset = 0
        for at, piece in self._pieces():
            size += len(piece)
            cut = self._last_start(piece) if size >= _BLOCK >> 1 else -1
            if cut < 0 and size > _UNCUT:
                cut = max(piece.rfind(b"<"), 0)
            if cut > 0 or (cut == 0 and parts):
                yield Chunk(self.repairs.text(b"".join((*parts, piece[:cut]))), offset)
                parts, size, offset = [], len(piece) - cut, at + cut
                piece = piece[cut:]  # noqa: PLW2901 -- what is left of it
            parts.append(piece)
        if parts:
            yield Chunk(self.repairs.text(b"".join(parts)), offset)

    def _last_start(self, piece: bytes) -> int:
        """Where the last record of a piece starts, or -1."""
        for begin in (max(len(piece) - (1 << 16), 0), 0):
            last = -1
            for found in self._starts.finditer(piece, begin):
                last = found.start()
            if last >= 0:
                return last
        return -1

    def _pieces(self) -> Iterator[tuple[int, bytes]]:
        """The bytes of the file with their place in it; markers for long base64."""
        with closing(self.open()) as file:
            base, buffer = 0, file.read(_BLOCK)
            while buffer:
                done = look = 0
                while self._element and (found := self._element.search(buffer, look)):
                    value = self._value.match(buffer, found.start())
                    if not value:
                        look = found.end()
                        continue
                    start = value.end()
                    stop = _end_of_value(buffer, start)
                    if (stop if stop >= 0 else len(buffer)) - start < _LONG:
                        if stop < 0:
                            break  # it goes on in the next block
                        look = stop
                        continue
                    yield base + done, buffer[done:start]
                    sink = Base64()
                    while stop < 0:
                        sink.feed(buffer[start:])
                        base, start, buffer = base + len(buffer), 0, file.read(_BLOCK)
                        stop = _end_of_value(buffer, 0) if buffer else 0
                    sink.feed(buffer[start:stop])
                    yield base + stop, self._mark(sink.end())
                    done = look = stop
                keep = buffer.rfind(b"<", done)
                if keep < 0 or len(buffer) - keep > _TAG:
                    keep = len(buffer)
                yield base + done, buffer[done:keep]
                base, rest, block = base + keep, buffer[keep:], file.read(_BLOCK)
                if not block:
                    yield base, rest
                    return
                buffer = rest + block

    def _mark(self, decoded: Decoded) -> bytes:
        self._marked += 1
        marker = f"{self._marker}{self._marked}"
        self.decoded[marker] = decoded
        return marker.encode()


class _Stretch:
    """A stretch of a file, from one byte to another (None: to its end)."""

    def __init__(self, file: BinaryIO, begin: int, end: int | None) -> None:
        self._file = file
        self._left = None if end is None else end - begin
        file.seek(begin)

    def read(self, size: int) -> bytes:
        block = self._file.read(size if self._left is None else min(size, self._left))
        if self._left is not None:
            self._left -= len(block)
        return block

    def close(self) -> None:
        self._file.close()


class Original:
    """The file as it is, read forward beside the walk, to say where a break stands and to show it. Opened only if there is one."""

    def __init__(self, opener: Callable[[], BinaryIO]) -> None:
        self._opener = opener
        self._file: BinaryIO | None = None
        self._buffer = b""
        self._here = 0
        self.byte = 0
        self.line = 1

    def go(self, offset: int) -> None:
        """Forward to a byte."""
        while self.byte < offset and (self._here < len(self._buffer) or self._more()):
            self._pass(min(offset - self.byte, len(self._buffer) - self._here))

    def skip_tags(self, count: int) -> None:
        """Forward over `count` `<` to the next one, or to the end of the file."""
        ahead = 0
        while True:
            found = self._buffer.find(b"<", self._here + ahead)
            if found < 0:
                self._pass(len(self._buffer) - self._here)
                ahead = 0
                if not self._more():
                    return
                continue
            if not count:
                self._pass(found - self._here)
                return
            count -= 1
            ahead = found - self._here + 1

    def show(self, tags: int, most: int = 1000) -> str:
        """What stands here, up to the `<` after the next `tags` of them, at most some characters."""
        while len(self._buffer) - self._here < most and self._more():
            pass
        parts = self._buffer[self._here : self._here + most].split(b"<")
        return b"<".join(parts[: tags + 1]).decode("utf-8", "replace")

    def close(self) -> None:
        """Closes the file."""
        if self._file:
            self._file.close()

    def _more(self) -> bool:
        self._file = self._file or self._opener()
        block = self._file.read(1 << 16)
        self._buffer, self._here = self._buffer[self._here :] + block, 0
        return bool(block)

    def _pass(self, length: int) -> None:
        self.line += self._buffer.count(b"\n", self._here, self._here + length)
        self._here += length
        self.byte += length


def _cut(size: int, number: int, of: int) -> int:
    """Where piece `number` of a file begins. The first one is a little larger: it is read while the others count the records before theirs."""
    return size * (5 * number + 1) // (5 * of + 1) if number else 0


def _end_of_value(buffer: bytes, start: int) -> int:
    """Where a value ends: at its quotation mark, or at a `<`, which no value may hold (the file breaks there). -1 if not in this buffer."""
    quote = buffer.find(b'"', start)
    tag = buffer.find(b"<", start, quote if quote >= 0 else len(buffer))
    return tag if tag >= 0 else quote
