"""How much contact was there in each month, and in each of equal spans of 28 days? Beside each number stands for how many of the days data is held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from parsers.contract import IN, OUT
from pipeline.analysis.contact import Scope
from pipeline.analysis.coverage import Coverage
from pipeline.analysis.result import Cell, Result, Table, lines
from pipeline.analysis.volume import Volume
from pipeline.analysis.wording import day_words, days, rows

SPAN_DAYS: Final = 28

_DAY: Final = np.timedelta64(1, "D")


@dataclass(frozen=True, eq=False)
class Periods:
    """A row for each calendar month, and for each span of `SPAN_DAYS` days from the first day held (the last may be shorter), without gaps.

    months, spans  first, last (days; those of a month as far as weeks with a day held reach), days, days_held, in_items, in_sessions, in_days, out_items
    """

    months: pd.DataFrame
    spans: pd.DataFrame
    result: Result


def periods(volume: Volume, scope: Scope, coverage: Coverage) -> Periods:
    """Adds up the days of `volume`."""
    held = coverage.held
    by_day = volume.days
    if held.size:
        inside = (by_day["day"] >= pd.Timestamp(held[0])) & (by_day["day"] <= pd.Timestamp(held[-1]))
        by_day = by_day[inside]
    day = by_day["day"].to_numpy(dtype="datetime64[D]")
    months = _summed(by_day, day.astype("datetime64[M]").astype(np.int64))
    spans = _summed(
        by_day, ((day - day[:1]) / _DAY).astype(np.int64) // SPAN_DAYS if day.size else day.astype(np.int64)
    )
    tables = (
        _table(f"Contact with {scope.words}, by month", months, scope),
        _table(f"Contact with {scope.words}, in spans of {SPAN_DAYS} days", spans, scope),
    )
    caveats = (
        "The first and the last month, and the last span, may be shorter than the others: the days they hold stand beside the counts.",
    )
    return Periods(months, spans, Result((), tables, caveats))


def _summed(by_day: pd.DataFrame, number: NDArray[np.int64]) -> pd.DataFrame:
    summed: pd.DataFrame = (
        by_day.assign(in_days=by_day["in_items"] > 0)
        .groupby(number)
        .agg(
            first=("day", "min"),
            last=("day", "max"),
            days=("day", "size"),
            days_held=("held", "sum"),
            in_items=("in_items", "sum"),
            in_sessions=("in_sessions", "sum"),
            in_days=("in_days", "sum"),
            out_items=("out_items", "sum"),
        )
        .reset_index(drop=True)
    )
    return summed


def _table(title: str, frame: pd.DataFrame, scope: Scope) -> Table:
    table: list[tuple[Cell, ...]] = []
    for row in lines(frame):
        where: dict[str, date] = {"start": row.first.date(), "end": row.last.date()}
        counts: tuple[Cell, ...] = (
            rows(row.in_items, scope.items(IN, **where)),
            rows(row.in_sessions, scope.sessions(IN, **where)),
            days(row.in_days, scope.items(IN, **where)),
            rows(row.out_items, scope.items(OUT, **where)),
        )
        table.append(
            (
                f"{day_words(row.first)} to {day_words(row.last)}",
                f"{row.days_held:,} of {row.days:,}" if row.days_held else f"no data held ({row.days:,})",
                *(counts if row.days_held else ["-"] * 4),
            )
        )
    return Table(title, ("Days", "Days held", "Items in", "Sessions in", "Days in", "Items out"), tuple(table))
