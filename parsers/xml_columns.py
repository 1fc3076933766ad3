"""Many XML elements that look alike cut into columns, all at once and without a Python object for each value. Not a parser.

It does for hundreds of kilobytes what `parsers.xml_usual` does for some: between elements of one shape the same stands again and again, so the quotation marks
alone tell where each value is. One of the two modules here that know Arrow and numpy; both are imported only where a large file is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_QUOTE, _TAG, _SPACE, _LINE_FEED = b'"< \n'
_WHITE = np.frombuffer(b"\t\n\r", np.uint8)
_PART = 1 << 17
"""Bytes that stay in the cache of a processor while they are looked at."""


def cut(block: bytes, gaps: Sequence[bytes], end: bytes, last: re.Pattern[bytes]) -> tuple[int, list[Any]] | None:
    """How many elements a block holds, and their values as Arrow columns of text, references not resolved; None if one is not like the first.

    `gaps` is what stands before and between the values of an element, `end` what stands behind them; behind those of the last one, what matches `last`.
    The block is UTF-8.
    """
    width = 2 * len(gaps)
    data = np.frombuffer(block, np.uint8)
    quotes = np.flatnonzero(data == _QUOTE)
    count, rest = divmod(len(quotes), width)
    if rest or not count or len(block) >= 1 << 31:
        return None
    tail = block[quotes[-1] + 1 :]
    between = b"".join(b'"%b"' % gap for gap in gaps[1:])
    joint = b'"%b%b"' % (end, gaps[0])
    if not last.fullmatch(tail) or not block.startswith(gaps[0] + b'"'):
        return None
    # Gaps with their quotation marks, and values without: cell 0 is the first gap, cell 1 the first value ...
    starts = np.empty(len(quotes) + 2, np.int32)
    starts[0], starts[1:-1], starts[-1] = 0, quotes, len(block)
    starts[1:-1:2] += 1
    cells = pa.StringArray.from_buffers(len(quotes) + 1, pa.py_buffer(starts), pa.py_buffer(block))
    found = cells.take(pa.array(np.arange(2, len(quotes), 2, dtype=np.int32)))
    if found.buffers()[2].to_pybytes() != (between + joint) * (count - 1) + between:
        return None
    spaces = sum(
        len(re.findall(rb"[\0-\x1f]", one)) * times
        for one, times in ((gaps[0] + tail, 1), (between, count), (joint, count - 1))
    )
    if np.count_nonzero(data == _TAG) != count or np.count_nonzero(data < _SPACE) != spaces:
        return None  # one stands in a value
    return count, [
        cells.take(pa.array(np.arange(place, len(quotes), width, dtype=np.int32))) for place in range(1, width, 2)
    ]


def has_controls(data: bytes) -> bool:
    """Whether there is a control character in UTF-8 other than tab, line feed and carriage return."""
    codes = np.frombuffer(data, np.uint8)
    for start in range(0, len(codes), _PART):
        part = codes[start : start + _PART]
        low = part < _SPACE
        if np.count_nonzero(low) != np.count_nonzero(part == _LINE_FEED) and not np.isin(part[low], _WHITE).all():
            return True
    return False


def replaced(column: Any, mark: str, function: Callable[[str], str | None]) -> Any:
    """A column of text with each value that holds `mark` put through a function; None if that gives None for one of them."""
    if mark.encode() not in column.buffers()[2].to_pybytes():
        return column
    holding = pc.match_substring(column, mark)
    new = [function(value) for value in column.filter(holding).to_pylist()]
    return None if None in new else pc.replace_with_mask(column, holding, pa.array(new, pa.string()))
