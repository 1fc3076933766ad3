"""What does each record show by itself, over all the weeks that it covers?

The verdict on change over time compares only the weeks that every record covers: one that begins late leaves out what the others hold before. Here each stands
alone, so that those weeks are seen too. This is beside the verdict and no part of it: contact may have moved from one record to another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from pipeline.analysis.material import Material
from pipeline.analysis.result import Cell, Fact, Result, Table
from pipeline.analysis.series import Series, each_series
from pipeline.analysis.statistics import holm
from pipeline.analysis.trend import EDGE
from pipeline.analysis.verdict import NO_CLEAR_CHANGE, NOT_ENOUGH, SOME_EVIDENCE, SOME_P, Judgement, judge
from pipeline.analysis.weekly import Counted
from pipeline.analysis.wording import day_words, joined, many, sentence

NAMED: Final = 6
"""Of the files of a record so many are named."""

_WEEK: Final = np.timedelta64(7, "D")


class Alone(NamedTuple):
    """One record: its weeks and items, and for sessions and for items one of the words "not enough data", "no clear change" or "some evidence", with 1, -1 or 0."""

    series: Series
    sessions: tuple[str, int]
    items: tuple[str, int]


@dataclass(frozen=True, eq=False)
class EachRecord:
    """The records that cover enough weeks, the longest first; none if one record is all there is, since the verdict is of it."""

    records: tuple[Alone, ...]
    result: Result


def each_record(given: Material) -> EachRecord:
    """Looks at each record of the persons of the scope by itself."""
    every = each_series(given.prepared, given.scope, given.coverage, given.observed)
    if len(every) < 2:
        return EachRecord((), Result((), (), ()))
    counted = [Counted(given.prepared, given.scope, one) for one in every]
    judged = [judge(one.weekly, established=False) for one in counted]
    records = tuple(Alone(one, *words) for one, words in zip(every, _words(judged), strict=True))
    lines = tuple(_line(_name(given, one.series), one, of_it) for one, of_it in zip(records, counted, strict=True))
    table = Table(
        f"Contact in from {given.scope.words}, one record at a time",
        (
            "Record",
            "Complete weeks",
            f"Sessions, first {EDGE} weeks",
            f"Sessions, last {EDGE}",
            "Change in sessions",
            f"Items, first {EDGE} weeks",
            f"Items, last {EDGE}",
            "Change in items",
        ),
        lines,
    )
    counts: Fact = sentence(
        f"{many(len(every), 'record')} hold items in{given.scope.whom('from')} and cover enough complete weeks to be looked at one at a time."
    )
    caveats = (
        "This is beside the comparison of all records and no part of it. What looks like a change in one record may be contact that moved to or from another.",
        f"The words rest on the same test of the order of the weeks; all its p-values in this table are raised together (after Holm), and “{SOME_EVIDENCE}” needs {SOME_P} or less.",
        "Files of one channel that hold the same contact wherever they overlap are one record.",
    )
    return EachRecord(records, Result((counts,), (table,), caveats))


def _words(judged: list[Judgement]) -> list[tuple[tuple[str, int], tuple[str, int]]]:
    """The words for sessions and items of each record, with the p-values of all of them raised together."""
    every = [verdict for one in judged if one.enough for verdict in (one.sessions, one.items) if verdict]
    raised = iter(holm(*(verdict.shuffle.p for verdict in every)))

    def word(direction: int) -> tuple[str, int]:
        changed = next(raised) <= SOME_P and direction
        return (SOME_EVIDENCE, direction) if changed else (NO_CLEAR_CHANGE, 0)

    return [
        (word(one.sessions.direction), word(one.items.direction))
        if one.sessions and one.items
        else ((NOT_ENOUGH, 0), (NOT_ENOUGH, 0))
        for one in judged
    ]


def _name(given: Material, one: Series) -> str:
    """'SMS and MMS, S33 and S34': channels and files."""
    held = given.prepared.loc[given.prepared["source"].isin([source for source, _ in one.files]), ["source", "channel"]]
    there = set(held.drop_duplicates().itertuples(index=False, name=None)) & set(one.files)
    channels = sorted({channel for _, channel in there})
    files = [label for key, label in given.labels.items() if key in {source for source, _ in there}]
    if len(files) > NAMED:
        files = [*files[: NAMED - 1], f"{len(files) - NAMED + 1} more"]
    return ", ".join(filter(None, [joined(channels), joined(files)]))


def _line(name: str, record: Alone, counted: Counted) -> tuple[Cell, ...]:
    weeks = record.series.weeks
    last = weeks.size - 1
    edges = ((0, EDGE - 1), (weeks.size - EDGE, last))
    return (
        name,
        f"{weeks.size:,} from {day_words(weeks[0])} to {day_words(weeks[-1] + _WEEK - np.timedelta64(1, 'D'))}",
        *(counted.cell("sessions", *edge) for edge in edges),
        _said(*record.sessions),
        *(counted.cell("items", *edge) for edge in edges),
        _said(*record.items),
    )


def _said(word: str, direction: int) -> str:
    return f"{word} of a possible {'rise' if direction > 0 else 'fall'}" if direction else word
