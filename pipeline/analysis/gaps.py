"""How many sessions came in if another time without an item ends one? 30 and 120 minutes beside the 60 that all other counts use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from parsers.contract import IN
from pipeline.analysis.contact import GAP_MINUTES, Scope, openers
from pipeline.analysis.result import Cell, Fact, Result, Selection, Table
from pipeline.analysis.verdict import OTHER_GAPS
from pipeline.analysis.wording import SUPPLIED, joined, many, rows, sentence

LINKED: Final = 2_000
"""Up to so many rows are named one by one behind a number that no filter gives."""


@dataclass(frozen=True)
class Gaps:
    """Sessions in from the persons of a scope, by the minutes without an item that end one; and the items in them."""

    sessions: dict[int, int]
    items: int
    result: Result


def gaps(prepared: pd.DataFrame, scope: Scope) -> Gaps:
    """Counts the sessions of a table made by `contact.prepare` afresh for each gap."""
    items = np.flatnonzero(scope.items(IN).mask(prepared))
    ids = prepared["id"].to_numpy()
    sessions: dict[int, int] = {}
    table: list[tuple[Cell, ...]] = []
    for gap in sorted((GAP_MINUTES, *OTHER_GAPS)):
        first = openers(prepared, items, gap)
        sessions[gap] = first.size
        number: Cell = f"{first.size:,}"
        if gap == prepared.attrs["gap_minutes"]:
            number = rows(first.size, scope.sessions(IN))
        elif 0 < first.size <= LINKED:
            number = rows(first.size, Selection(ids=tuple(ids[first])))
        each = f"{items.size / first.size:.1f}" if first.size else "-"
        table.append((f"more than {gap} minutes", number, each))
    facts: tuple[Fact, ...] = ()
    if items.size:
        others = joined([f"{many(sessions[gap], 'session')} with {gap} minutes" for gap in sorted(OTHER_GAPS)])
        facts = (
            sentence(
                f"{SUPPLIED}the items in make {many(sessions[GAP_MINUTES], 'session')} if more than {GAP_MINUTES} minutes without one end a session, {others}."
            ),
        )
    tables = (
        Table(
            f"Sessions in from {scope.words}, by the time without an item that ends one",
            ("Ends a session", "Sessions in", "Items in each, on average"),
            tuple(table),
        ),
    )
    return Gaps(sessions, items.size, Result(facts, tables if items.size else (), ()))
