"""The pieces that a printed report is made of, as the template `document.typ` takes them: plain data, with all words made printable."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any, Final, TypeAlias

from pipeline.analysis.result import Number, Table
from pipeline.report import paper
from pipeline.report.paper_axis import NotDrawn
from pipeline.report.printable import printable
from pipeline.report.sections import Figure

Block: TypeAlias = dict[str, Any]
SMALL: Final = 10
"""Points of the type in tables; the body has 12."""
_PORTRAIT, _LANDSCAPE = 170.0, 257.0
"""Millimetres between the margins."""
_LETTER, _BOLD = 1.85, 2.1
"""Millimetres of a letter of 10 points, a little generously."""
_PADDING: Final = 3.2
_SLACK: Final = 1.5
"""For words whose letters are wider than most."""
_LONGEST_RUN: Final = 30.0
_WHOLE: Final = 14
"""Letters of a cell, a name or a telephone number, that stays on one line where there is room."""
_LONGEST: Final = 150.0
_LOOKED_AT: Final = 100
"""Rows of a table by which the widths of its columns are chosen."""
_PIECE: Final = re.compile(r".[^\W_]{0,5}", re.DOTALL)
"""What is never broken in a run without a space: up to six letters, from a sign such as @ or . on."""
_TO_RING: Final = re.compile(r"[\d +]{3,18}")
"""A telephone number, which always stands on one line."""
_FIGURES: Final = re.compile(r"[-+]?[\d,.]+%?|-|")


def breakable(text: str, most: int = 60) -> str:
    """The text with places marked (U+200B, which is never printed) where a run of more than `most` letters without a space may be broken."""
    return re.sub(rf"\S{{{most + 1},}}", lambda run: "\u200b".join(_PIECE.findall(run[0])), text)


def heading(level: int, text: str, number: int = 0) -> Block:
    """A heading; those of level 1 stand in the index under their number."""
    return {"kind": "heading", "level": level, "text": printable(text), "number": number}


def words(text: str) -> Block:
    """A paragraph."""
    return {"kind": "words", "text": breakable(printable(text))}


def notes(items: Iterable[str]) -> Block:
    """A list in small type."""
    return {"kind": "notes", "items": [breakable(printable(item)) for item in items]}


def facts(items: Sequence[str]) -> Block:
    """Numbered sentences; their numbers run on through the document and are given when it is put together."""
    return {"kind": "facts", "first": 1, "items": [breakable(printable(item)) for item in items]}


def pairs(rows: Iterable[tuple[str, str]]) -> Block:
    """Names and what belongs to them."""
    return {"kind": "pairs", "rows": [[printable(name), breakable(printable(value))] for name, value in rows]}


def table(shown: Table) -> Block:
    """A table: numbers stand right, long words get the room; one that is too wide for the page lies across."""
    heads = [printable(column) for column in shown.columns]
    rows = [[cell.text if isinstance(cell, Number) else printable(cell) for cell in row] for row in shown.rows]
    return _laid_out(printable(shown.title), heads, rows, SMALL)


def larger(block: Block, size: int) -> Block:
    """The block with its table in type of so many points; one without a table as it is."""
    if block["kind"] != "table":
        return block
    heads, *rows = ([cell.replace("\u200b", "") for cell in row] for row in (block["head"], *block["rows"]))
    return _laid_out(block["title"], heads, rows, size)


def _laid_out(title: str, heads: list[str], rows: list[list[str]], size: int) -> Block:
    columns = [[row[number] for row in rows] for number in range(len(heads))]
    scale = size / SMALL
    least = [_least(head, cells) * scale for head, cells in zip(heads, columns, strict=True)]
    most = [_most(head, cells) * scale for head, cells in zip(heads, columns, strict=True)]
    wide = sum(least) > _PORTRAIT
    whole = [
        max(need, _least(head, cells, _WHOLE) * scale) for need, head, cells in zip(least, heads, columns, strict=True)
    ]
    room_for = _LANDSCAPE if wide else _PORTRAIT
    tried = [_widths(start, most, room_for) for start in (least, whole)] + [
        _filled(start, most, room_for) for start in (least, whole)
    ]
    widths = min(
        (one for one in tried if sum(one) <= room_for + 0.5),
        key=lambda one: _lines(one, columns, scale),
        default=tried[0],
    )
    room = [int((width - _PADDING) / _LETTER / scale) for width in widths]
    return {
        "kind": "table",
        "title": title,
        "head": [breakable(head, letters) for head, letters in zip(heads, room, strict=True)],
        "rows": [[breakable(cell, letters) for cell, letters in zip(row, room, strict=True)] for row in rows],
        "widths": widths,
        "right": [
            number for number, cells in enumerate(columns) if number and all(_FIGURES.fullmatch(cell) for cell in cells)
        ],
        "size": size if sum(widths) <= _LANDSCAPE else size - 1,
        "wide": wide,
    }


def _least(head: str, cells: Sequence[str], whole: int = 0) -> float:
    """Millimetres that a column needs: its longest run without a space, up to some letters; cells of up to `whole` letters are not broken at their spaces."""
    runs = [
        len(run) * _LETTER
        for cell in cells
        for run in ([cell] if len(cell) <= whole or _TO_RING.fullmatch(cell) else cell.split())
    ]
    heads = [len(run) * _BOLD for run in head.split()]
    return min(max([*runs, *heads], default=0.0), _LONGEST_RUN) + _PADDING


def _most(head: str, cells: Sequence[str]) -> float:
    """Millimetres with which none of its cells would be broken, within reason."""
    return (
        min(
            max([len(head) * _BOLD / 2, *(len(line) * _LETTER for cell in cells for line in cell.split("\n"))]),
            _LONGEST,
        )
        + _PADDING
        + _SLACK
    )


def _widths(least: Sequence[float], most: Sequence[float], room: float) -> list[float]:
    """What each column gets: what it needs, and of the rest a share by what it could use."""
    wish = [max(need, want) for need, want in zip(least, most, strict=True)]
    rest = room - sum(least)
    more = [want - need for want, need in zip(wish, least, strict=True)]
    part = 0.0 if rest < 0 or not sum(more) else min(rest / sum(more), 1.0)
    return [round(need + part * extra, 1) for need, extra in zip(least, more, strict=True)]


def _filled(least: Sequence[float], most: Sequence[float], room: float) -> list[float]:
    """What each column gets if those that ask for little get all of it, before those that ask for much."""
    got, rest = list(least), room - sum(least)
    order = sorted(range(len(got)), key=lambda column: most[column] - least[column])
    for place, column in enumerate(order):
        extra = max(0.0, min(most[column] - got[column], rest / (len(order) - place)))
        got[column] = round(got[column] + extra, 1)
        rest -= extra
    return got


def _lines(widths: Sequence[float], columns: Sequence[Sequence[str]], scale: float) -> int:
    """Lines of type that the table takes, of its first rows."""
    room = [max(1.0, (width - _PADDING) / _LETTER / scale) for width in widths]
    rows = zip(*(column[:_LOOKED_AT] for column in columns), strict=True)
    return sum(
        max(
            sum(ceil(len(line) / letters) for line in cell.split("\n")) for cell, letters in zip(row, room, strict=True)
        )
        for row in rows
    )


def figure(shown: Figure) -> Block:
    """A drawing with its title, caption and the words for those who cannot see it; one that paper cannot show yet is named, never left out in silence."""
    try:
        picture = paper.svg(shown.drawing).decode()
    except NotDrawn as reason:
        return words(
            f"{shown.title}: this figure is not drawn on paper ({reason}); it is in report.html. {shown.caption}"
        )
    return {
        "kind": "figure",
        "title": printable(shown.title),
        "caption": printable(shown.caption),
        "alt": printable(shown.in_words),
        "picture": picture,
    }
