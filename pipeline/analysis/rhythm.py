"""At what hours and on what days of the week did contact come in?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from parsers.contract import IN
from pipeline.analysis.contact import CLOCK_HOURS, Scope
from pipeline.analysis.result import Fact, Result, Selection, Table
from pipeline.analysis.statistics import Interval, share_interval
from pipeline.analysis.wording import RANGE, SUPPLIED, noun, rows, sentence, share
from pipeline.timeline.schema import AMBIGUOUS, ASSUMED, SETTLED, SKIPPED

NIGHT: Final = (23, 0, 1, 2, 3, 4, 5, 6)
"""The clock hours of the night: 23:00 to 06:59."""
MIN_SESSIONS: Final = 10
"""Fewer sessions than these have no range of a share."""
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, eq=False)
class Rhythm:
    """Contact that came in from the persons of a scope, on the local clock.

    items           7 x 24 counts of items: a row for each weekday from Monday, a column for each hour from 0
    sessions        the same of the starts of sessions
    untimed         items known to the day only, in neither grid
    night_sessions  starts of sessions in the hours of `NIGHT`
    night_range     95% range of their share, by starts of sessions since items come in bursts; None of fewer than `MIN_SESSIONS`
    """

    items: NDArray[np.int64]
    sessions: NDArray[np.int64]
    untimed: int
    night_sessions: int
    night_range: Interval | None
    result: Result


def rhythm(prepared: pd.DataFrame, scope: Scope) -> Rhythm:
    """Counts what came in from the persons of `scope` by weekday and hour."""
    items = _grid(prepared, scope.items(IN))
    sessions = _grid(prepared, scope.sessions(IN))
    untimed = int(scope.items(IN, hours=(-1,)).mask(prepared).sum())
    night = int(sessions[:, NIGHT].sum())
    headlines = tuple(_night(sessions, night, scope))
    total = int(sessions.sum())
    reach = share_interval(night, total) if total >= MIN_SESSIONS else None
    facts = (*headlines, *_range(reach), *_not_timed(untimed, scope), *_inferred(prepared, scope))
    tables = (
        _table(f"Items in from {scope.words}, by hour and weekday", items, scope.items(IN)),
        _table(f"Starts of sessions in from {scope.words}, by hour and weekday", sessions, scope.sessions(IN)),
    )
    caveats = (
        "Hours are on the clock of the case's time zone (in the United Kingdom GMT or BST, as in force on the day). A wrong zone or clock would move them.",
        *((RANGE,) if reach else ()),
        "The night hours are 8 of 24; that is a third of the day, but not of the hours in which people are usually awake.",
    )
    return Rhythm(items, sessions, untimed, night, reach, Result(facts, tables, caveats, headlines))


def _grid(prepared: pd.DataFrame, selection: Selection) -> NDArray[np.int64]:
    keep = selection.mask(prepared) & (prepared["hour"] >= 0).to_numpy(dtype=bool)
    cell = prepared["weekday"].to_numpy(np.int64)[keep] * 24 + prepared["hour"].to_numpy(np.int64)[keep]
    return np.bincount(cell, minlength=7 * 24).reshape(7, 24)


def _night(sessions: NDArray[np.int64], night: int, scope: Scope) -> list[Fact]:
    total = int(sessions.sum())
    if not total:
        return [
            sentence(
                f"{SUPPLIED}no session in{scope.whom('from')} has a time of day: not enough data to say at what hours contact came."
            )
        ]
    return [
        sentence(
            SUPPLIED,
            rows(night, scope.sessions(IN, hours=NIGHT)),
            " of ",
            rows(total, scope.sessions(IN, hours=CLOCK_HOURS)),
            noun(total, "session") + f" in{scope.whom('from')} began between 23:00 and 06:59{share(night, total)}.",
        )
    ]


def _range(reach: Interval | None) -> list[Fact]:
    if reach is None:
        return []
    return [sentence(f"The 95% range of that percentage is {100 * reach.low:.0f}% to {100 * reach.high:.0f}%.")]


def _not_timed(untimed: int, scope: Scope) -> list[Fact]:
    if not untimed:
        return []
    number = rows(untimed, scope.items(IN, hours=(-1,)))
    return [
        sentence(
            number,
            noun(untimed, "item")
            + " in, known to the day only, "
            + ("is" if untimed == 1 else "are")
            + " not in the tables of hours.",
        )
    ]


def _inferred(prepared: pd.DataFrame, scope: Scope) -> list[Fact]:
    """How many of the times in the tables of hours rest on an assumption."""
    facts = []
    for bases, one, more in (
        (
            (ASSUMED,),
            "item in was written without a zone; the zone of the case was assumed",
            "items in were written without a zone; the zone of the case was assumed",
        ),
        (
            (AMBIGUOUS, SETTLED, SKIPPED),
            "item in falls in an hour that a clock change repeats or leaves out",
            "items in fall in an hour that a clock change repeats or leaves out",
        ),
    ):
        selection = scope.items(IN, hours=CLOCK_HOURS, bases=bases)
        count = int(selection.mask(prepared).sum())
        if count:
            facts.append(sentence(rows(count, selection), noun(count, one, more) + "."))
    return facts


def _table(title: str, grid: NDArray[np.int64], selection: Selection) -> Table:
    return Table(
        title,
        ("Hour", *WEEKDAYS, "All days"),
        tuple(
            (
                f"{hour:02d}:00-{hour:02d}:59",
                *(rows(int(grid[day, hour]), replace(selection, hours=(hour,), weekdays=(day,))) for day in range(7)),
                rows(int(grid[:, hour].sum()), replace(selection, hours=(hour,))),
            )
            for hour in range(24)
        ),
    )
