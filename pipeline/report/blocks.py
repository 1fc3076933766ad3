"""The pieces that a printed report is made of, as the template `document.typ` takes them: plain data, with all words made printable."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

from pipeline.analysis.result import Cell, Number, Table
from pipeline.report import paper
from pipeline.report.printable import printable
from pipeline.report.sections import Figure

Block: TypeAlias = dict[str, Any]
SMALL: Final = 10
"""Points of the type in tables; the body has 12."""
_WIDE: Final = 9
"""A table of more columns than this lies across a landscape page."""
_PIECE: Final = re.compile(r".[^\W_]{0,5}", re.DOTALL)
"""What is never broken in a run without a space: up to six letters, from a sign such as @ or . on."""
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


def pairs(head: tuple[str, str], rows: Iterable[tuple[str, str]]) -> Block:
    """Names and what belongs to them."""
    return {
        "kind": "pairs",
        "head": list(head),
        "rows": [[printable(name), breakable(printable(value))] for name, value in rows],
    }


def table(shown: Table) -> Block:
    """A table: numbers stand right, long words get the room; many columns lie across."""
    columns = [[_cell(row[number]) for row in shown.rows] for number in range(len(shown.columns))]
    right = [
        number for number, cells in enumerate(columns) if number and all(_FIGURES.fullmatch(cell) for cell in cells)
    ]
    widths: list[Any] = []
    for number, cells in enumerate(columns):
        longest = max([len(shown.columns[number]) * 0.6, *(len(cell.replace("\u200b", "")) for cell in cells)])
        widths.append("auto" if number in right or longest <= 16 else round(min(max(longest, 16), 90) / 16, 2))
    return {
        "kind": "table",
        "title": printable(shown.title),
        "head": [printable(column) for column in shown.columns],
        "rows": [[_cell(cell) for cell in row] for row in shown.rows],
        "columns": widths,
        "right": right,
        "size": SMALL if len(shown.columns) <= 2 * _WIDE else 9,
        "wide": len(shown.columns) > _WIDE,
    }


def figure(shown: Figure) -> Block:
    """A drawing with its title, caption and the words for those who cannot see it."""
    return {
        "kind": "figure",
        "title": printable(shown.title),
        "caption": printable(shown.caption),
        "alt": printable(shown.in_words),
        "picture": paper.svg(shown.drawing).decode(),
    }


def _cell(cell: Cell) -> str:
    return cell.text if isinstance(cell, Number) else breakable(printable(cell), 14)
