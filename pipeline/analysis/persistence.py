"""Over how long did contact come in, on how many days, and how long were the breaks? Description only: there is no cut-off and no score."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from parsers.contract import IN
from pipeline.analysis.contact import Scope
from pipeline.analysis.coverage import FULL, Coverage
from pipeline.analysis.result import Cell, Fact, Result, Table, lines
from pipeline.analysis.wording import SUPPLIED, day_words, days, different, many, rows, sentence

BREAK_DAYS: Final = 14
"""Days without an item from which on a break is listed."""
MIN_STEPS: Final = 5
"""Of fewer times between sessions than these, no median is printed."""

_DAY: Final = np.timedelta64(1, "D")


class Span(NamedTuple):
    """From the first to the last day with an item: how many days, for how many of them data is held, on how many there was an item."""

    first: date
    last: date
    days: int
    held: int
    with_item: int


@dataclass(frozen=True, eq=False)
class Persistence:
    """Contact that came in from the persons of a scope.

    span    None if there is no item
    weeks   weeks with an item, and weeks held in full or with an item
    breaks  a row for each stretch of `BREAK_DAYS` or more days between two items: first, last (days without an item), days, held; the longest first
    months  a row for each month from the first to the last item: month (its first day), sessions, days, steps (times from the beginning of one session to
            that of the next, both with a time of day, all days between held; in the month in which they end), median (of these; NaT of too few)
    """

    span: Span | None
    weeks: tuple[int, int]
    breaks: pd.DataFrame
    months: pd.DataFrame
    result: Result


def persistence(prepared: pd.DataFrame, scope: Scope, coverage: Coverage) -> Persistence:
    """Describes what came in from the persons of `scope` over the time for which data is held."""
    day = np.unique(prepared.loc[scope.items(IN).mask(prepared), "day"].to_numpy(dtype="datetime64[D]"))
    span = _span(day, coverage)
    mondays = np.unique(day - ((day.astype(np.int64) + 3) % 7).astype("timedelta64[D]"))
    full = coverage.weeks.loc[coverage.weeks["state"] == FULL, "week"].to_numpy(dtype="datetime64[D]")
    weeks = mondays.size, np.union1d(mondays, full).size
    breaks, months = _breaks(day, coverage), _months(prepared, scope, coverage, day)
    if span is None:
        facts: tuple[Fact, ...] = (sentence(f"{SUPPLIED}no item came in{scope.whom('from')}."),)
        return Persistence(span, weeks, breaks, months, Result(facts, (), ()))
    caveats = (
        "A day for which no data is held may have had contact too: a break with such days in it is no proof of a pause.",
        "The time between sessions runs from the beginning of one to the beginning of the next, and belongs to the month in which it ends.",
        f"Medians are given for {MIN_STEPS} or more such times; times across days for which no data is held are left out of them.",
    )
    tables = (_month_table(months, scope), *_break_table(breaks))
    return Persistence(span, weeks, breaks, months, Result(_facts(span, weeks, breaks, scope), tables, caveats))


def _span(day: NDArray[np.datetime64], coverage: Coverage) -> Span | None:
    if not day.size:
        return None
    first, last = day[0].item(), day[-1].item()
    return Span(first, last, (last - first).days + 1, coverage.days_held(first, last), day.size)


def _breaks(day: NDArray[np.datetime64], coverage: Coverage) -> pd.DataFrame:
    before = np.flatnonzero(np.diff(day) > BREAK_DAYS * _DAY)
    first, last = day[before] + _DAY, day[before + 1] - _DAY
    frame = pd.DataFrame({"first": first.astype("datetime64[us]"), "last": last.astype("datetime64[us]")})
    frame["days"] = ((last - first) / _DAY).astype(np.int64) + 1
    frame["held"] = [coverage.days_held(start.item(), end.item()) for start, end in zip(first, last, strict=True)]
    return frame.sort_values(["days", "first"], ascending=[False, True], ignore_index=True)


def _months(prepared: pd.DataFrame, scope: Scope, coverage: Coverage, day: NDArray[np.datetime64]) -> pd.DataFrame:
    every = day.astype("datetime64[M]")
    if every.size:
        every = np.arange(every[0], every[-1] + np.timedelta64(1, "M"))
    opened = prepared[scope.sessions(IN).mask(prepared)]
    frame = pd.DataFrame({"month": every.astype("datetime64[us]")})
    for name, there in (
        ("sessions", opened["day"].to_numpy(dtype="datetime64[M]")),
        ("days", day.astype("datetime64[M]")),
    ):
        frame[name] = np.bincount(np.searchsorted(every, there), minlength=every.size)
    timed = opened[opened["hour"] >= 0]
    began = timed["day"].to_numpy(dtype="datetime64[D]")
    held = np.searchsorted(coverage.held, began)
    unbroken = np.diff(held) == (np.diff(began) / _DAY).astype(np.int64)
    step = pd.Series(timed["utc"].dt.tz_convert(None).to_numpy(dtype="datetime64[us]")).diff().iloc[1:][unbroken]
    ended = every.searchsorted(began[1:][unbroken].astype("datetime64[M]"))
    frame["steps"] = np.bincount(ended, minlength=every.size)
    frame["median"] = step.groupby(ended).median().reindex(range(every.size)).to_numpy()
    frame.loc[frame["steps"] < MIN_STEPS, "median"] = pd.NaT
    return frame


def _facts(span: Span, weeks: tuple[int, int], breaks: pd.DataFrame, scope: Scope) -> tuple[Fact, ...]:
    length = many(span.days, "day")
    if span.held < span.days:
        length += f", for {span.held:,} of which data is held"
    there = "is" if len(breaks) == 1 else "are"
    facts = [
        sentence(
            f"{SUPPLIED}items came in{scope.whom('from')} on ",
            days(span.with_item, scope.items(IN)),
            f" of the {length}, from {day_words(span.first)} to {day_words(span.last)}.",
        ),
        sentence(
            "There is an item in ",
            different(weeks[0], scope.items(IN), "weeks"),
            f" of {many(weeks[1], 'week')} that {'is' if weeks[1] == 1 else 'are'} held in full or {'has' if weeks[1] == 1 else 'have'} an item.",
        ),
    ]
    if len(breaks):
        longest = next(lines(breaks))
        held = (
            "data is held for all of them"
            if longest.held == longest.days
            else f"data is held for {longest.held:,} of them"
        )
        facts.append(
            sentence(
                f"Between the first and the last item there {there} {many(len(breaks), 'break')} of {BREAK_DAYS} days or more; "
                f"the longest is {many(longest.days, 'day')}, from {day_words(longest.first)} to {day_words(longest.last)}; {held}."
            )
        )
    else:
        facts.append(sentence(f"Between the first and the last item there is no break of {BREAK_DAYS} days or more."))
    return tuple(facts)


def _month_table(months: pd.DataFrame, scope: Scope) -> Table:
    table: list[tuple[Cell, ...]] = []
    for row in lines(months):
        start = row.month.date()
        end = (row.month + pd.offsets.MonthEnd(1)).date()
        table.append(
            (
                f"{start:%m/%Y}",
                rows(row.sessions, scope.sessions(IN, start=start, end=end)),
                days(row.days, scope.items(IN, start=start, end=end)),
                f"{row.steps:,}",
                "-" if pd.isna(row.median) else _length(row.median),
            )
        )
    return Table(
        f"Sessions in from {scope.words}, and the time from one to the next, by month",
        ("Month", "Sessions in", "Days in", "Times between sessions", "Median of them"),
        tuple(table),
    )


def _length(step: timedelta) -> str:
    """'35 minutes', '5 hours', '2.5 days': as exact as it means something."""
    hours = step / timedelta(hours=1)
    if hours < 1.5:
        return many(round(hours * 60), "minute")
    return many(round(hours), "hour") if hours < 48 else f"{hours / 24:.1f} days"


def _break_table(breaks: pd.DataFrame) -> tuple[Table, ...]:
    if breaks.empty:
        return ()
    return (
        Table(
            f"Breaks of {BREAK_DAYS} days or more without an item in, the longest first",
            ("First day", "Last day", "Days", "Days held"),
            tuple(
                (day_words(row.first), day_words(row.last), f"{row.days:,}", f"{row.held:,}") for row in lines(breaks)
            ),
        ),
    )
