"""Items, sessions and days with contact in each of the weeks that are compared, and the rows behind any of these numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from parsers.contract import IN
from pipeline.analysis.contact import GAP_MINUTES, Scope, openers
from pipeline.analysis.result import Cell, Selection
from pipeline.analysis.series import Series
from pipeline.analysis.verdict import OTHER_GAPS, Weekly
from pipeline.analysis.wording import days, rows

LISTED: Final = 2_000
"""Up to so many events are named one by one behind a number that no filter gives."""

_WEEK: Final = np.timedelta64(7, "D")


class Counted:
    """The weekly counts, and the rows behind any of them."""

    def __init__(self, prepared: pd.DataFrame, scope: Scope, compared: Series) -> None:
        self.weeks = compared.weeks
        self._ids = prepared["id"].to_numpy()
        opened = {gap: openers(prepared, compared.rows, gap) for gap in (GAP_MINUTES, *OTHER_GAPS)}
        self._rows = {"items": compared.rows, "sessions": opened[GAP_MINUTES]}
        self._week = prepared["week"].to_numpy(dtype="datetime64[D]")
        one = {"sources": tuple(sorted({source for source, _ in compared.files}))}
        one["channels"] = tuple(sorted({channel for _, channel in compared.files}))
        self._filters: dict[str, Selection] = {"items": scope.items(IN, **one), "sessions": scope.sessions(IN, **one)}
        self._fits = {
            kind: np.array_equal(np.flatnonzero(filter_.mask(prepared)), self._rows[kind])
            for kind, filter_ in self._filters.items()
        }
        day = prepared["day"].to_numpy(dtype="datetime64[D]")[compared.rows]
        self.weekly = Weekly(
            (self.weeks - self.weeks[:1]).astype(np.int64) // 7 if self.weeks.size else np.array([], dtype=np.int64),
            {gap: self._per_week(self._week[openers]) for gap, openers in opened.items()},
            self._per_week(self._week[compared.rows]),
            self._per_week(_mondays(np.unique(day))),
        )

    def _per_week(self, weeks: NDArray[np.datetime64]) -> NDArray[np.int64]:
        place = np.searchsorted(self.weeks, weeks[np.isin(weeks, self.weeks)])
        return np.bincount(place, minlength=self.weeks.size)

    def cell(self, kind: str, first: int, last: int, *, of_days: bool = False) -> Cell:
        """The number of items, sessions or days with an item in the weeks from one place to another, both included, with its rows where they can be said."""
        counts = (
            self.weekly.days
            if of_days
            else self.weekly.sessions[GAP_MINUTES]
            if kind == "sessions"
            else self.weekly.items
        )
        number = int(counts[first : last + 1].sum())
        number_of = days if of_days else rows
        start, end = self.weeks[first], self.weeks[last]
        unbroken = (end - start) / _WEEK == last - first
        if self._fits[kind] and unbroken:
            until = end.item() + timedelta(days=6)
            return number_of(number, replace(self._filters[kind], start=start.item(), end=until))
        of_kind = self._rows[kind]
        chosen = of_kind[np.isin(self._week[of_kind], self.weeks[first : last + 1])]
        if not 0 < chosen.size <= LISTED:
            return f"{number:,}"
        return number_of(number, Selection(ids=tuple(self._ids[chosen])))


def _mondays(day: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    monday: NDArray[np.datetime64] = day - ((day.astype(np.int64) + 3) % 7).astype("timedelta64[D]")
    return monday
