"""Every contact after contact was said to be unwelcome, one by one: after "asked to stop", a block, and the service of an order.

What went out is listed with what came in, for a court will ask. Whether an item is against the terms of an order is for a person to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from parsers.contract import IN
from pipeline.analysis.contact import Scope
from pipeline.analysis.key_dates import STOPS
from pipeline.analysis.recorded import event_cell, when
from pipeline.analysis.result import Cell, Fact, Result, Table, lines
from pipeline.analysis.wording import NOT_GIVEN, SUPPLIED, day_words, days, many, noun, rows, sentence
from pipeline.case import KeyDate

LISTED: Final = 1_000
"""Rows of each table; `chronology.xlsx` and `chronology.csv` mark them all in a column."""
ENDS: Final = {"order served": "order expired"}
"""What ends the time after a key date, where something does."""


class After(NamedTuple):
    """The row numbers of the items with the persons of a scope after a key date, up to the day on which an order ended, if one did."""

    key_date: KeyDate
    end: date | None
    rows: NDArray[np.intp]

    @property
    def where(self) -> dict[str, date]:
        """The same time as fields of a `Selection`."""
        start = {"start": self.key_date.day + timedelta(days=1)}
        return {**start, "end": self.end} if self.end else start


@dataclass(frozen=True, eq=False)
class Afterwards:
    """One list for each key date of the types `STOPS`, in order."""

    lists: tuple[After, ...]
    size: int
    result: Result

    def column(self) -> pa.Array:
        """For each row of the table in words after which of the dates it is, such as "09/01/2026 asked to stop; 05/02/2026 blocked"; as an Arrow dictionary."""
        codes = np.zeros(self.size, dtype=np.int64)
        for number, after in enumerate(self.lists):
            codes[after.rows] |= 1 << number
        distinct, places = np.unique(codes, return_inverse=True)
        labels = [f"{day_words(after.key_date.day)} {after.key_date.type}" for after in self.lists]
        words = [
            "; ".join(label for number, label in enumerate(labels) if code >> number & 1) for code in distinct.tolist()
        ]
        return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), pa.array(words, pa.string()))


def afterwards(prepared: pd.DataFrame, scope: Scope, dates: Sequence[KeyDate]) -> Afterwards:
    """Lists the items with the persons of `scope` after each of the dates that call for it."""
    stops = sorted((one for one in dates if one.type in STOPS), key=lambda one: (one.day, one.label))
    mine = scope.items().mask(prepared)
    day = prepared["day"].to_numpy(dtype="datetime64[D]")
    lists, facts, tables, cut = [], [], [], False
    for entry in stops:
        end = _end(entry, dates)
        there = mine & (day > np.datetime64(entry.day, "D"))
        if end:
            there &= day <= np.datetime64(end, "D")
        found = np.flatnonzero(there)
        lists.append(After(entry, end, found))
        facts.append(_fact(prepared, scope, lists[-1]))
        if found.size:
            tables.append(_table(prepared, entry, found))
        cut |= found.size > LISTED
    caveats = (
        "The day of the key date itself is in no list; it has no time of day.",
        "Items that went out are in the lists too. Whether an item is against the terms of an order is for a person to say.",
        *(
            (
                f"A list holds the first {LISTED:,} items; chronology.xlsx and chronology.csv mark every one in the column “After key dates”.",
            )
            if cut
            else ()
        ),
    )
    return Afterwards(tuple(lists), len(prepared), Result(tuple(facts), tuple(tables), caveats if stops else ()))


def _end(entry: KeyDate, dates: Sequence[KeyDate]) -> date | None:
    """The day on which an order ended, if the case says so: the first such day after its service with the same reference, or the only one that has none."""
    later = [one for one in dates if one.type == ENDS.get(entry.type) and one.day >= entry.day]
    own = [one.day for one in later if one.reference == entry.reference]
    unnamed = [one.day for one in later if not one.reference]
    return min(own or (unnamed if len(unnamed) == 1 else []), default=None)


def _fact(prepared: pd.DataFrame, scope: Scope, after: After) -> Fact:
    entry, end, where = after.key_date, after.end, after.where
    label = f"{day_words(entry.day)} ({entry.label})"
    until = f" and up to {day_words(end)}, when it ended," if end else ""
    there = prepared.iloc[after.rows]
    inward = there[(there["direction"] == IN).to_numpy(dtype=bool)]
    if inward.empty:
        return sentence(f"{SUPPLIED}no item came in{scope.whom('from')} after {label}{until}.".replace(",.", "."))
    first = next(lines(inward.head(1)))
    away = (first.local.date() - entry.day).days
    dates = inward["day"].nunique()
    out = len(there) - len(inward)
    return sentence(
        f"{SUPPLIED}after {label}{until} ",
        rows(len(inward), scope.items(IN, **where)),
        noun(len(inward), "item") + f" came in{scope.whom('from')} on ",
        days(dates, scope.items(IN, **where)),
        noun(dates, "day") + f", the first {many(away, 'day')} after it ({when(first)}); ",
        rows(out, scope.items("out", **where)),
        noun(out, "item") + " went out.",
    )


def _form(row: Any) -> str:
    """'missed call', 'message', 'voicemail': a call list writes voicemail as the state of a call that was one."""
    return row.kind if row.status == row.kind else f"{row.status} {row.kind}".strip()


def _table(prepared: pd.DataFrame, entry: KeyDate, found: NDArray[np.intp]) -> Table:
    count = f"the first {LISTED:,} of {found.size:,}" if found.size > LISTED else f"{found.size:,}"
    table: list[tuple[Cell, ...]] = [
        (
            f"{number:,}",
            event_cell(row),
            when(row),
            "in" if row.direction == IN else "out",
            row.channel or NOT_GIVEN,
            _form(row),
            row.identifier or NOT_GIVEN,
        )
        for number, row in enumerate(lines(prepared.iloc[found[:LISTED]]), 1)
    ]
    return Table(
        f"Every contact after {day_words(entry.day)} ({entry.type}): {count}",
        ("No.", "Event", "When", "In or out", "Channel", "What", "Other party's identifier"),
        tuple(table),
    )
