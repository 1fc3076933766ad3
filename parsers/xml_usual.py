"""The short ways past expat for XML elements of the usual shape: most elements of a large file look alike to the letter. Not a parser.

`parsers.xml_stream.Walk` takes a `Usual` and asks it, *only* where expat stands between two records with nothing half read, how far it can read from there;
expat never sees what it took. So it may take whole elements only, with the white space behind them, and only such as mean to it what they mean to expat: no
tab or line end in a value, which XML makes a space, no `<`, and only good references. `parsers.xml_characters` has seen the text beforehand.

`Pattern` knows one shape, as a regular expression. `Attributes` learns the shape from the file: elements with nothing in them whose attributes are the same
in the same order are cut at their quotation marks, many at once, which is three times as fast.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

_FEW, _RUN = 1 << 11, 1 << 23
"""How many characters are looked at together: at first, and at most; few enough for what is made of them to stay in the cache of the processor."""
_COLUMNS = 1 << 16
"""From so many characters on they are cut by `parsers.xml_columns`."""
_FAR = 1 << 20
"""Where nothing is of the usual shape, expat is left that many characters before it is tried again."""
_REFERENCE = re.compile(r"&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_END = re.compile(r"[ \t\r\n]*/>[ \t\r\n]*")
_END_BYTES = re.compile(_END.pattern.encode())
_ATTRIBUTE = re.compile(r"[ \t\r\n]+([A-Za-z_][A-Za-z0-9_.-]*)=")


@dataclass(frozen=True)
class Rows:
    """Elements that follow one another, have nothing in them, and have the same attributes: for each attribute its values, as XML means them.

    A column is a list; of `large` runs, an Arrow column of text.
    """

    count: int
    columns: Mapping[str, Any]
    large: bool

    def listed(self, name: str) -> Sequence[str] | None:
        """A column as a list; None if the elements have no such attribute."""
        column = self.columns.get(name)
        return column.to_pylist() if self.large and column is not None else column


Matches: TypeAlias = list[tuple[str, ...]]
"""Elements that follow one another: for each the groups of the expression, "" where one took no part."""


class Usual(Protocol):
    """A short way to read elements of one shape."""

    def take(self, text: str, begin: int) -> tuple[Rows | Matches | None, int]:
        """The elements of this shape that begin here, some at a time, and where they end; None and `begin` if there is none."""

    def next(self, text: str, begin: int) -> int:
        """Where behind `begin`, at which nothing could be taken, is the next place to try."""


class Pattern:
    """Elements that a regular expression matches, with groups for what is wanted of them."""

    def __init__(self, expression: re.Pattern[str]) -> None:
        if not expression.groups:
            raise ValueError(
                "the expression for the usual shape has no groups, so nothing would come of what it matches"
            )
        self._one = expression
        self._one_or_rest = re.compile(f"{expression.pattern}|((?s:.+))", expression.flags)

    def take(self, text: str, begin: int) -> tuple[Matches | None, int]:
        """See `Usual`."""
        until = _until(text, begin, _RUN)
        matches = self._one_or_rest.findall(text, begin, until)
        if rest := len(matches[-1][-1]):
            matches.pop()
        if matches:
            return [groups[:-1] for groups in matches], until - rest
        longer = self._one.match(text, begin)  # than what was looked at
        return ([longer.groups("")], longer.end()) if longer else (None, begin)

    def next(self, text: str, begin: int) -> int:
        """See `Usual`."""
        found = self._one.search(text, begin)
        return found.start() if found else len(text)


class Attributes:
    """Elements of one name that have nothing in them, and none but these attributes."""

    def __init__(self, name: str, attributes: frozenset[str]) -> None:
        self._start = f"<{name}"
        self._attributes = attributes
        self._size = _FEW
        self._skip = 1

    def take(self, text: str, begin: int) -> tuple[Rows | None, int]:
        """See `Usual`."""
        one = text.find("<", begin + 1)
        one = len(text) if one < 0 else one
        *gaps, end = text[begin:one].split('"')[::2]
        if names := self._names(gaps, end):
            until = max(_until(text, begin, self._size), one)
            while True:
                read = _many_rows if until - begin >= _COLUMNS else _rows
                if rows := read(text[begin:until], names, gaps, end):
                    self._size, self._skip = min((until - begin) * 2, _RUN), 1
                    return rows, until
                if until == one:
                    break
                until = max(_until(text, begin, (until - begin) // 2), one)
        self._size = _FEW
        self._skip = min(self._skip * 2, _FAR)
        return None, begin

    def next(self, text: str, begin: int) -> int:
        """See `Usual`."""
        found = text.find(self._start, begin + self._skip)
        return found if found >= 0 else len(text)

    def _names(self, gaps: Sequence[str], end: str) -> tuple[str, ...]:
        """The attributes of an element, by what stands before and between its values and behind them; () if it is not one of the usual shape."""
        if not gaps or not gaps[0].startswith(self._start) or not _END.fullmatch(end):
            return ()
        found = [_ATTRIBUTE.fullmatch(gap) for gap in (gaps[0].removeprefix(self._start), *gaps[1:])]
        names = tuple(one[1] for one in found if one)
        alike = len(gaps) == len(names) == len(set(names)) and self._attributes.issuperset(names)
        return names if alike else ()


def _rows(block: str, names: Sequence[str], gaps: Sequence[str], end: str) -> Rows | None:
    """The elements of a block, if each of them is cut by its quotation marks as the first one is: into values and what stands before, between and behind them."""
    width = 2 * len(gaps)
    cells = block.split('"')
    count, rest = divmod(len(cells) - 1, width)
    if rest or not _END.fullmatch(cells[-1]):
        return None
    again = '"'.join((end + gaps[0], *gaps[1:], ""))
    if '"'.join(cells[:-1:2]) + '"' != '"'.join((*gaps, "")) + again * (count - 1):
        return None
    values = '"'.join(cells[1::2])
    if "<" in values or "\n" in values or "\t" in values or "\r" in values:
        return None
    columns = {name: cells[place::width] for name, place in zip(names, range(1, width, 2), strict=True)}
    if "&" in values:
        if len(_REFERENCE.findall(values)) != values.count("&"):
            return None
        for name, written in columns.items():
            if "&" in "".join(written):
                columns[name] = [resolved(value) if "&" in value else value for value in written]
    return Rows(count, columns, False)


def _many_rows(block: str, names: Sequence[str], gaps: Sequence[str], end: str) -> Rows | None:
    """The same, for large blocks."""
    from parsers import xml_columns

    found = xml_columns.cut(block.encode(), [gap.encode() for gap in gaps], end.encode(), _END_BYTES)
    if not found:
        return None
    count, values = found
    columns = {name: xml_columns.replaced(column, "&", _resolved) for name, column in zip(names, values, strict=True)}
    return None if any(column is None for column in columns.values()) else Rows(count, columns, True)


def _resolved(text: str) -> str | None:
    """The same as `resolved`; None if a reference is not a good one."""
    return resolved(text) if len(_REFERENCE.findall(text)) == text.count("&") else None


def resolved(text: str) -> str:
    """A value with its references resolved, as expat does it; they must all be good ones."""
    if "&#" not in text.replace("&#10;", ""):
        text = (
            text.replace("&#10;", "\n")
            .replace("&quot;", '"')
            .replace("&apos;", "'")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
        )
        return text.replace("&amp;", "&")
    return _REFERENCE.sub(
        lambda found: _NAMED[found[3]] if found[3] else chr(int(found[1], 16) if found[1] else int(found[2])), text
    )


def _until(text: str, begin: int, size: int) -> int:
    """The end of the text, if it is not further than so many characters from `begin`; else the last start of a tag before that, or the first one behind."""
    if begin + size >= len(text):
        return len(text)
    until = text.rfind("<", begin + 1, begin + size)
    if until < 0:
        until = text.find("<", begin + max(size, 1))
    return until if until >= 0 else len(text)
