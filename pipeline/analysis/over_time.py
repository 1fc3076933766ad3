"""How often contact came in, what a person recorded of it, and through what it came: week by week, side by side.

Three counts that stand beside each other, and no word for what they are together: nothing is added up or weighed, and no line is drawn through them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from parsers.contract import IN
from pipeline.analysis.contact import Scope
from pipeline.analysis.coverage import NONE
from pipeline.analysis.recorded import INCIDENTS, Recorded, of_categories
from pipeline.analysis.repertoire import CATEGORY, Element, Repertoire
from pipeline.analysis.result import Cell, Result, Table, lines
from pipeline.analysis.volume import Volume
from pipeline.analysis.wording import day_words, rows

_WEEK = np.timedelta64(7, "D")


@dataclass(frozen=True, eq=False)
class OverTime:
    """A row for each week from the first with data or a recorded incident to the last.

    weeks  week (Monday), held (whether any data is held), sessions (in), recorded (records with a category of an incident), in_use (channels, identifiers and
           other people), new (of these)
    """

    weeks: pd.DataFrame
    result: Result


def over_time(volume: Volume, recorded: Recorded, repertoire: Repertoire, scope: Scope) -> OverTime:
    """Lays the three counts on one axis of weeks."""
    incidents = _mondays(recorded.rows(INCIDENTS)["day"].dropna().to_numpy(dtype="datetime64[D]"))
    known = volume.weeks["week"].to_numpy(dtype="datetime64[D]")
    both = np.concatenate([known, incidents])
    every = np.arange(both.min(), both.max() + _WEEK, _WEEK) if both.size else both
    through = [one for one in repertoire.elements if one.sort != CATEGORY]
    weeks = pd.DataFrame({"week": every.astype("datetime64[us]")})
    weeks["held"] = np.isin(every, known[(volume.weeks["state"] != NONE).to_numpy()])
    sessions = np.zeros(every.size, dtype=np.int64)
    sessions[np.searchsorted(every, known)] = volume.weeks["in_sessions"].to_numpy()
    weeks["sessions"] = sessions
    weeks["recorded"] = np.bincount(np.searchsorted(every, incidents), minlength=every.size)
    weeks["in_use"] = sum(
        (np.isin(every, weeks_of(one)).astype(np.int64) for one in through), np.zeros(every.size, dtype=np.int64)
    )
    weeks["new"] = np.bincount(
        np.searchsorted(every, _mondays(np.array([one.first for one in through], dtype="datetime64[D]"))),
        minlength=every.size,
    )
    caveats = (
        "The three counts stand beside each other. Nothing is added up, nothing is weighed, and no line is drawn through them.",
        "Recorded is what a person noted; weeks without an entry are weeks in which nothing was noted.",
        "An export that was added later, or that begins later, makes what is in it look new.",
    )
    return OverTime(weeks, Result((), (_table(weeks, scope),), caveats))


def weeks_of(element: Element) -> NDArray[np.datetime64]:
    """The Mondays of the weeks in which something occurs."""
    return np.unique(_mondays(element.days))


def _mondays(day: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    monday: NDArray[np.datetime64] = day - ((day.astype(np.int64) + 3) % 7).astype("timedelta64[D]")
    return monday


def _table(weeks: pd.DataFrame, scope: Scope) -> Table:
    table: list[tuple[Cell, ...]] = []
    for row in lines(weeks):
        where = {"start": row.week.date(), "end": row.week.date() + timedelta(days=6)}
        table.append(
            (
                day_words(row.week),
                rows(row.sessions, scope.sessions(IN, **where)) if row.held else "no data held",
                rows(row.recorded, of_categories(INCIDENTS, **where)),
                f"{row.in_use:,}" if row.held else "-",
                f"{row.new:,}" if row.held else "-",
            )
        )
    return Table(
        "Sessions, recorded incidents, and channels, identifiers and other people, by week",
        (
            "Week beginning",
            "Sessions in",
            "Records with a category of an incident",
            "Channels, identifiers, people in use",
            "New of these",
        ),
        tuple(table),
    )
