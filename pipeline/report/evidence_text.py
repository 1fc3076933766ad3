"""Text from the evidence made fit to be seen: control characters and direction overrides are shown by number, never obeyed and never dropped.

The timeline keeps the words verbatim; this is the last step before they are printed, in the page, in the CSV and in the workbook alike, so that all three
show the same.
"""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_SUSPECT: Final = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
_SUSPECT_BYTES: Final = np.array(
    [(byte < 0x20 and byte not in b"\t\n") or byte in b"\x7f\xc2\xe2\xef" for byte in range(256)]
)
"""The bytes with which the UTF-8 of a suspect character begins."""
_PART: Final = 1 << 17
"""Bytes that stay in the cache of a processor while they are looked at."""
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Half characters, with which a file's name stands that is not UTF-8, are in no column of the timeline."""
_DIRECTION: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CLOSED_BY: Final = {
    "\u202a": "\u202c",
    "\u202b": "\u202c",
    "\u202d": "\u202c",
    "\u202e": "\u202c",
    "\u2066": "\u2069",
    "\u2067": "\u2069",
    "\u2068": "\u2069",
}
_REORDERING: Final = frozenset("\u202b\u202d\u202e\u2067")
"""Marks that make a reader see words in another order than they were sent."""


def visible(text: str) -> str:
    """The text with what cannot be seen made visible, by number, in every font: ESC as "[U+001B]", a direction override as "[U+202E]". Line breaks and tabs stay.

    Direction marks that only hold a name or number together, in pairs, as WhatsApp writes them, stay: they reorder nothing.
    """
    text = text.replace("\r\n", "\n")
    if _DIRECTION.search(text):
        text = _show_direction(text)
    return _CONTROL.sub(_name, text)


def visible_column(column: Any) -> Any:
    """The same for an Arrow column of text, plain or dictionary-encoded (array or chunked array); nulls become empty. Gives a large-string column."""
    if isinstance(column, pa.ChunkedArray):
        return pa.chunked_array([visible_column(chunk) for chunk in column.chunks], pa.large_string())
    if pa.types.is_dictionary(column.type):
        shown = visible_column(column.dictionary)
        return pc.fill_null(shown.take(column.indices), "")
    column = column.cast(pa.large_string())
    column = pc.fill_null(column, "") if column.null_count else column
    rows = pa.array(_rows_to_look_at(column))
    looked_at = column.take(rows)
    suspect = pc.match_substring_regex(looked_at, _SUSPECT)
    if not pc.any(suspect, min_count=0).as_py():
        return column
    shown = pa.array([visible(text.as_py()) for text in looked_at.filter(suspect)], pa.large_string())
    mask = np.zeros(len(column), np.bool_)
    mask[rows.filter(suspect).to_numpy(zero_copy_only=False)] = True
    return pc.replace_with_mask(column, pa.array(mask), shown)


def _rows_to_look_at(column: Any) -> NDArray[np.int64]:
    """The rows with a byte that could belong to a character that `visible` changes: ten times faster than the pattern, and most rows are plain."""
    _validity, ends, data = column.buffers()
    if data is None:
        return np.zeros(0, np.int64)
    starts = np.frombuffer(ends, np.int64)[column.offset : column.offset + len(column) + 1]
    codes = np.frombuffer(data, np.uint8)[: starts[-1]]
    found = [
        begin + np.flatnonzero(_SUSPECT_BYTES[codes[begin : begin + _PART]])
        for begin in range(int(starts[0]), len(codes), _PART)
    ]
    places = np.concatenate(found) if found else np.zeros(0, np.int64)
    return np.unique(np.searchsorted(starts, places, side="right") - 1)


def _name(match: re.Match[str]) -> str:
    return f"[U+{ord(match[0]):04X}]"


def _show_direction(text: str) -> str:
    """Direction marks as "[U+202E]" where they reorder or have no partner; harmless pairs as they are."""
    shown = list(text)
    pairs: list[tuple[int, str]] = []
    kept: set[int] = set()
    for match in _DIRECTION.finditer(text):
        mark, place = match[0], match.start()
        if mark in _CLOSED_BY:
            pairs.append((place, mark))
        elif pairs and _CLOSED_BY[pairs[-1][1]] == mark:
            opened, opener = pairs.pop()
            if opener not in _REORDERING:
                kept |= {opened, place}
    for match in _DIRECTION.finditer(text):
        if match.start() not in kept:
            shown[match.start()] = f"[U+{ord(match[0]):04X}]"
    return "".join(shown)
