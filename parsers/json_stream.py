r"""A walk over a large JSON file of records in bounded memory, with the standard library's own decoder. Not a parser.

Exports that are JSON are one of two things: a list of records, or an object some of whose values are lists of records. The walk gives each element of the
list, or each element of each such list, one at a time, with the key it stood under ("" for a bare list) and its number there from 1; a value that is no
list is given whole, as number 0. Nothing more than one element and one block of the file is in memory.

Where the file is broken (cut off, overwritten, not JSON) the walk ends with one `Break`; all whole elements before it have been given. Halves of emoji
(`\ud83d` alone) and bytes that are not UTF-8 become U+FFFD and are counted in `unreadable`.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

from parsers.contract import Source
from parsers.reading import encoding

Json: TypeAlias = Any
"""What `json` gives: dict, list, str, int, float, bool or None; its users ask which."""

_BLOCK = 1 << 20
_LONGEST = 1 << 26
"""The longest element, in characters. One that is not closed by then never will be."""
_CUT = 16
"""A fault so near to the end of a block may come from its being cut there."""
_COMMA = re.compile(r"[ \t\n\r]*,[ \t\n\r]*(?=[^ \t\n\r])")
_RUN = 256
"""How many elements are read at once: few enough to stay in the cache of the processor."""
_SPACE = re.compile(r"[ \t\n\r]*")
_HALF = re.compile("[\ud800-\udfff]")


class Item(NamedTuple):
    """An element of the list under `key`, its number there from 1; or, number 0, a value that is no list."""

    key: str
    number: int
    value: Json


class Break(NamedTuple):
    """Where the walk had to stop: after how many elements of the list under `key`, why, and what stands there."""

    key: str
    after: int
    reason: str
    raw: str


class _Fault(Exception):  # noqa: N818 -- caught in this file
    """What stands here is not JSON."""


class JsonWalk:
    """One pass over a JSON file. After it, `unreadable` counts the characters that were replaced."""

    def __init__(self, source: Source) -> None:
        self.unreadable = 0
        self._source = source
        self._codec = encoding(source.head).removesuffix("-sig")
        self._codec = "utf-8" if self._codec == "cp1252" else self._codec  # JSON is UTF-8; what is not is replaced
        self._file: io.TextIOWrapper
        self._text = ""
        self._at = 0
        self._all = False  # the file has been read to its end
        self._decode = json.JSONDecoder().raw_decode
        self._key, self._number = "", 0
        self._numbers: dict[str, int] = {}  # a key may come twice, though it should not: its elements are counted on

    def __iter__(self) -> Iterator[Item | Break]:
        with io.TextIOWrapper(self._source.open(), encoding=self._codec, errors="replace", newline="") as self._file:
            try:
                yield from self._document()
            except _Fault as fault:
                yield Break(self._key, self._number, str(fault), self._text[self._at : self._at + 200])

    def _document(self) -> Iterator[Item]:
        self._more()
        self._at = 1 if self._text.startswith("\ufeff") else 0
        opening = self._peek()
        self._at += 1
        if opening == "[":
            yield from self._list("")
        elif opening == "{":
            yield from self._object()
        else:
            self._at -= 1
            raise _Fault("it does not begin as JSON does")
        if self._peek():
            raise _Fault("something follows the end of the JSON")

    def _object(self) -> Iterator[Item]:
        if self._peek() == "}":
            self._at += 1
            return
        while True:
            self._key, self._number = self._name(), 0
            if self._peek() == "[":
                self._at += 1
                yield from self._list(self._key)
            else:
                yield Item(self._key, 0, self._value())
            if self._separator("}"):
                return

    def _list(self, key: str) -> Iterator[Item]:
        self._key, self._number = key, self._numbers.get(key, 0)
        if self._peek() == "]":
            self._at += 1
            return
        while True:
            for value in self._run():
                self._number += 1
                yield Item(key, self._number, value)
            value = self._value()
            self._number += 1
            yield Item(key, self._number, value)
            if self._separator("]"):
                self._numbers[key] = self._number
                return

    def _run(self) -> list[Json]:
        """The next elements that are whole, and followed by another one, in what has been read: nearly all of a large file, and fast."""
        text, at, decode, after = self._text, self._at, self._decode, _COMMA.match
        values: list[Json] = []
        try:
            while len(values) < _RUN:
                value, end = decode(text, at)
                comma = after(text, end)
                if comma is None:
                    break
                values.append(value)
                at = comma.end()
        except (ValueError, RecursionError):
            pass  # the block ends in it, or it is broken: the slow way finds out
        if text.find("\\u", self._at, at) >= 0:
            values = [self._replaced(value) for value in values]
        self._at = at
        return values

    def _name(self) -> str:
        if self._peek() != '"':
            raise self._fault("the name of a value is missing")
        name = str(self._value())
        if self._peek() != ":":
            raise self._fault(f'no ":" after "{name[:40]}"')
        self._at += 1
        self._peek()
        return name

    def _separator(self, closing: str) -> bool:
        """Whether the list or object ends here; a comma means that it goes on."""
        mark = self._peek()
        if mark not in {",", closing}:
            raise self._fault(f'not JSON: neither "," nor "{closing}"')
        self._at += 1
        self._peek()
        return mark == closing

    def _fault(self, words: str) -> _Fault:
        return _Fault(words if self._peek() else "the file ends here: it was cut off")

    def _peek(self) -> str:
        """The next character that is not white space, "" at the end of the file."""
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if self._all:
                return ""
            self._more()

    def _value(self) -> Json:
        """The value that starts here, in as much of the file as it needs."""
        wanted = _BLOCK
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._all or self._is_fault(error):
                    raise _Fault(self._words(error)) from None
            except RecursionError:
                raise _Fault("its values are nested too deeply") from None
            except ValueError:  # of Python: a whole number of thousands of digits
                raise _Fault("not JSON: a number is too long") from None
            else:
                if end < len(self._text) or self._all:
                    if self._text.find("\\u", self._at, end) >= 0:
                        value = self._replaced(value)
                    self._at = end
                    return value
            if len(self._text) - self._at > _LONGEST:
                raise _Fault(f"it goes on for more than {_LONGEST >> 20} million characters")
            self._more(wanted)
            wanted *= 2  # else a long element would be read again for every block of it

    def _is_fault(self, error: json.JSONDecodeError) -> bool:
        """Whether this is wrong whatever follows the block."""
        return error.pos < len(self._text) - _CUT and not error.msg.startswith("Unterminated")

    def _words(self, error: json.JSONDecodeError) -> str:
        return (
            f"not JSON: {error.msg}" if self._is_fault(error) else "the file ends in the middle of it: it was cut off"
        )

    def _more(self, size: int = _BLOCK) -> None:
        """Some more of the file, behind what has not been used."""
        block = self._file.read(size)
        if not block:
            self._all = True
        elif not block.isascii():
            self.unreadable += block.count("\ufffd")
        self._text = self._text[self._at :] + block
        self._at = 0

    def _replaced(self, value: Json) -> Json:
        value, count = without_halves(value)
        self.unreadable += count
        return value


def without_halves(value: Json) -> tuple[Json, int]:
    """A value with the lone halves of UTF-16 pairs in its texts replaced by U+FFFD, and how many there were."""
    if isinstance(value, str):
        return _HALF.subn("\ufffd", value)
    if isinstance(value, list):
        found = [without_halves(one) for one in value]
        return [one for one, _ in found], sum(count for _, count in found)
    if isinstance(value, dict):
        pairs = [(without_halves(name), without_halves(one)) for name, one in value.items()]
        return {name[0]: one[0] for name, one in pairs}, sum(name[1] + one[1] for name, one in pairs)
    return value, 0


def as_text(value: Json) -> str:
    """A value as the text of one field: words and numbers as they are, lists and objects as JSON, "" for null."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
