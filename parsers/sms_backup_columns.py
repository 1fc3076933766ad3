"""Texts of an "SMS Backup & Restore" file by the thousand: their columns sorted, so that only one text of each sort is read as such. Not a parser.

One of the two modules here that know Arrow and numpy; see `parsers.xml_columns`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from parsers.contract import Alike, Record
from parsers.xml_usual import Rows

_OWN = ("date_sent", "readable_date")
"""What goes into `extra` and is another in nearly every text."""
_INT64 = 2**63 - 1
_MILLIS = 13
"""Digits of a time in milliseconds, from 2001 to 2286."""
_NOTHING = pa.array(["", "null"])
_NOT_SENT = pa.array(["", "null", "0"])
_OWN_OR_WORDS = frozenset({"date", "body", *_OWN})


def alike(
    rows: Rows, first: int, names: Sequence[str], read: Callable[[int, Sequence[str | None]], Record]
) -> Alike | None:
    """The records of the texts `rows`, the first of which is number `first`; None if not each has words and a date in milliseconds.

    `read` makes the record of one text from its values of `names`; it is asked once for all texts that are the same in everything but their number, words
    and times, and in what it decides by them: whether there are words, parts of a second, a `date_sent` other than the date, a `readable_date`.
    """
    date, body = rows.columns.get("date"), rows.columns.get("body")
    if date is None or body is None or not _all_millis(date):
        return None
    millis = date.cast(pa.int64())
    nothing = pa.repeat(pa.scalar(""), rows.count)
    sent, readable = (rows.columns.get(name, nothing) for name in _OWN)
    decisions = (
        np.asarray(millis) % 1000 == 0,
        _mask(pc.equal(body, "")),
        _mask(pc.equal(body, "null")),
        _mask(pc.and_(pc.invert(pc.is_in(sent, _NOT_SENT)), pc.not_equal(sent, date))),
        _mask(pc.invert(pc.is_in(readable, _NOTHING))),
    )
    sort, most = np.zeros(rows.count, np.int64), 1
    for decision in decisions:
        sort, most = sort * 2 + decision, most * 2
    for name in names:
        if name in rows.columns and name not in _OWN_OR_WORDS:
            column = rows.columns[name].dictionary_encode()
            if most * len(column.dictionary) > _INT64:
                _, sort = np.unique(sort, return_inverse=True)
                most = rows.count
            if len(column.dictionary) > 1:
                sort, most = sort * len(column.dictionary) + np.asarray(column.indices), most * len(column.dictionary)
    _, firsts, which = np.unique(sort, return_index=True, return_inverse=True)
    of_each = [
        rows.columns[name].take(pa.array(firsts)).to_pylist() if name in rows.columns else [None] * len(firsts)
        for name in names
    ]
    numbers = pa.array(np.arange(first, first + rows.count)).cast(pa.string())
    return Alike(
        [read(0, values) for values in zip(*of_each, strict=True)],
        which.astype(np.int32),
        pc.binary_join_element_wise("sms", numbers, " "),
        pc.multiply(millis, 1000),
        date,
        body,
        dict(zip(_OWN, (sent, readable), strict=True)),
    )


def _all_millis(column: Any) -> bool:
    """Whether each value is 13 digits, the first of them not 0."""
    _, ends, data = column.buffers()
    first, last = (int(end) for end in np.frombuffer(ends, np.int32)[[column.offset, column.offset + len(column)]])
    digits = np.frombuffer(data, np.uint8)[first:last]
    return bool(
        (np.diff(np.frombuffer(ends, np.int32)[column.offset : column.offset + len(column) + 1]) == _MILLIS).all()
        and (digits - ord("0") < 10).all()  # unsigned: what is less than "0" becomes large
        and (digits[::_MILLIS] > ord("0")).all()
    )


def _mask(column: Any) -> Any:
    return column.to_numpy(zero_copy_only=False)
