"""Has contact per week changed over time, said in plain sentences?

Which weeks are compared: `series`. Which of the four words may be said: `verdict`. Nothing here says why anything changed, or what will come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from pipeline.analysis.contact import GAP_MINUTES, Scope
from pipeline.analysis.coverage import FULL, Coverage
from pipeline.analysis.observed import Window
from pipeline.analysis.result import Cell, Fact, Number, Result, Table
from pipeline.analysis.series import Series, series
from pipeline.analysis.statistics import LogLinear, MannKendall, Slope, mann_kendall, theil_sen
from pipeline.analysis.verdict import (
    CLEAR,
    MANY_SESSIONS,
    MIN_DAYS,
    MIN_SESSIONS,
    MIN_WEEKS,
    NO_CLEAR_CHANGE,
    Check,
    Judgement,
    Verdict,
    Weekly,
    judge,
)
from pipeline.analysis.weekly import Counted
from pipeline.analysis.wording import RANGE, SUPPLIED, day_words, factor_words, joined, many, noun, sentence

EDGE: Final = 4
"""Weeks at the beginning and at the end whose totals are told."""

_WEEK: Final = np.timedelta64(7, "D")


@dataclass(frozen=True, eq=False)
class Trend:
    """Contact per week from the persons of a scope, in the weeks that every file of the series covers.

    weeks          a row for each week from the first to the last compared: week (Monday), compared, sessions, items, days; 0 where not compared
    whom           ' from Sam Example', or ' from Sam Example by SMS alone' where one record alone is compared
    judgement      the four words for sessions and for items, and the checks
    days_per_week  the cross-check on days with contact (Mann-Kendall), and its slope a week; None of too little data
    """

    weeks: pd.DataFrame
    series: Series
    whom: str
    judgement: Judgement
    days_per_week: tuple[MannKendall, Slope] | None
    result: Result


def trend(prepared: pd.DataFrame, scope: Scope, coverage: Coverage, observed: Sequence[Window] = ()) -> Trend:
    """Compares the weeks; `observed` are the times for which a person has said that records are complete."""
    compared = series(prepared, scope, coverage, observed)
    counted = Counted(prepared, scope, compared)
    weekly = counted.weekly
    judgement = judge(weekly, established=compared.established)
    days_per_week = None
    if judgement.enough:
        days_per_week = mann_kendall(weekly.days), theil_sen(weekly.places, weekly.days)
    weeks = _weeks(compared, weekly)
    channels = _channels(compared, prepared)
    whom = scope.whom("from") + (f" by {channels} alone" if compared.alone else "")
    words = _words(judgement, compared, counted, whom)
    left_out = (*_other_weeks(compared, coverage), *_left_out(compared, scope, channels))
    facts = (
        *words,
        *(_checked(judgement.checks) if judgement.enough else ()),
        *(_day_pairs(*days_per_week) if days_per_week else ()),
        *left_out,
    )
    tables = (
        *((_week_table(weeks, counted, whom),) if len(weeks) else ()),
        *((_check_table(judgement),) if judgement.enough else ()),
    )
    return Trend(
        weeks,
        compared,
        whom,
        judgement,
        days_per_week,
        Result(facts, tables, _caveats(judgement, compared), (*words[:2], *left_out)),
    )


def _weeks(compared: Series, weekly: Weekly) -> pd.DataFrame:
    every = np.arange(compared.weeks[0], compared.weeks[-1] + _WEEK, _WEEK) if compared.weeks.size else compared.weeks
    there = np.isin(every, compared.weeks)
    frame = pd.DataFrame({"week": every.astype("datetime64[us]"), "compared": there})
    for name, counts in (
        ("sessions", weekly.sessions[GAP_MINUTES]),
        ("items", weekly.items),
        ("days", weekly.days),
    ):
        spread = np.zeros(every.size, dtype=np.int64)
        spread[there] = counts
        frame[name] = spread
    return frame


def _channels(compared: Series, prepared: pd.DataFrame) -> str:
    """'MMS and SMS': those of the files of the series, as far as they occur."""
    seen = set(prepared["channel"].cat.categories)
    return joined(sorted({channel for _, channel in compared.files} & seen)) or "one channel"


def _words(judgement: Judgement, compared: Series, counted: Counted, whom: str) -> tuple[Fact, ...]:
    """The sentences of section 1.5 of the reference; `whom` says from whom, and by what where one record alone is compared."""
    weekly = counted.weekly
    sessions, items = judgement.sessions, judgement.items
    if sessions is None or items is None:
        if not compared.rows.size + compared.left_out:
            return (
                sentence(
                    f"{SUPPLIED}there is not enough data to say whether contact{whom} changed over time: no item came in."
                ),
            )
        found = (
            f"{many(weekly.places.size, 'complete week')} that every file covers (needed: {MIN_WEEKS}), "
            f"in them {many(int(weekly.sessions[GAP_MINUTES].sum()), 'session')} ({MIN_SESSIONS}) on {many(int(weekly.days.sum()), 'day')} ({MIN_DAYS})"
        )
        return (
            sentence(f"{SUPPLIED}there is not enough data to say whether contact{whom} changed over time: {found}."),
        )
    start = "" if judgement.established else SUPPLIED
    facts = [
        _word(start, "sessions", sessions, counted, whom, established=judgement.established),
        _word(start, "items", items, counted, whom, established=judgement.established),
    ]
    if items.changed and sessions.word == NO_CLEAR_CHANGE:
        first, last = (_each_time(counted, *edge) for edge in _edges(weekly.places.size))
        more = "more" if items.direction > 0 else "fewer"
        facts.append(
            sentence(
                f"There was no clear change in how often contact was made, but there were {more} items each time: ",
                first,
                f" in the first {EDGE} weeks compared, ",
                last,
                f" in the last {EDGE}.",
            )
        )
    if weekly.sessions[GAP_MINUTES].sum() < MANY_SESSIONS:
        facts.append(
            sentence(
                f"With fewer than {MANY_SESSIONS} sessions only a rise of roughly four to eight times would usually be detectable."
            )
        )
    return tuple(facts)


def _each_time(counted: Counted, first: int, last: int) -> tuple[Cell, ...]:
    items, sessions = counted.cell("items", first, last), counted.cell("sessions", first, last)
    return items, _after(items, "item") + " in ", sessions, _after(sessions, "session")


def _after(cell: Cell, one: str) -> str:
    return noun(int((cell.text if isinstance(cell, Number) else cell).replace(",", "")), one)


def _edges(size: int) -> tuple[tuple[int, int], tuple[int, int]]:
    return (0, EDGE - 1), (size - EDGE, size - 1)


def _word(start: str, kind: str, verdict: Verdict, counted: Counted, whom: str, *, established: bool) -> Fact:
    way = "rise" if verdict.direction > 0 else "fall"
    if not verdict.changed:
        word, shown = "there is no clear change", "a change this strong, in either direction,"
        hits = verdict.shuffle.either
    else:
        word = f"there is a clear {way}" if verdict.word == CLEAR else f"there is some evidence of a {way}"
        word = word if established else f"there is some evidence of a possible {way}"
        shown, hits = f"a {way} this strong", min(verdict.shuffle.as_high, verdict.shuffle.as_low)
    word = word if start else word.capitalize()
    either = f", and a change this strong in either direction in {verdict.shuffle.either:,}" if verdict.changed else ""
    first, last = (counted.cell(kind, *edge) for edge in _edges(counted.weeks.size))
    return sentence(
        f"{start}{word} in {kind} in{whom} per week, in {many(counted.weeks.size, 'week')} from {day_words(counted.weeks[0])} "
        f"to {day_words(counted.weeks[-1] + np.timedelta64(6, 'D'))}: ",
        first,
        f" in the first {EDGE} weeks, ",
        last,
        f" in the last {EDGE}, {_growth(verdict.growth)}. When the same weekly totals are put in random order, {shown} appears in "
        f"{hits:,} of {verdict.shuffle.orders:,} orders{either}.",
    )


def _growth(growth: LogLinear | None) -> str:
    if growth is None:
        return "with no finite growth to be given"
    factor, low, high = (factor_words(end) for end in growth.factor(EDGE))
    return f"multiplied by {factor} every four weeks (95% range {low} to {high})"


def _checked(checks: tuple[Check, ...]) -> tuple[Fact, ...]:
    last = checks[1]
    return (
        sentence(
            "Without the last week, a change this strong in either direction appears, for sessions, in "
            f"{last.session_shuffle.either:,} of {last.session_shuffle.orders:,} orders, and for items in {last.item_shuffle.either:,}."
        ),
    )


def _day_pairs(found: MannKendall, slope: Slope) -> tuple[Fact, ...]:
    pairs = found.more + found.fewer + found.same
    change, low, high = (f"{end * EDGE:+.1f}".replace("-0.0", "0.0").replace("+0.0", "0.0") for end in slope)
    return (
        sentence(
            f"Of the {pairs:,} pairs of weeks, the later week had more days with contact in {found.more:,}, fewer in {found.fewer:,}, the same in {found.same:,}. "
            f"By the median of all pairs the days with contact in a week change by {change} every four weeks (95% range {low} to {high})."
        ),
    )


def _other_weeks(compared: Series, coverage: Coverage) -> tuple[Fact, ...]:
    full = coverage.weeks.loc[coverage.weeks["state"] == FULL, "week"].to_numpy(dtype="datetime64[D]")
    others = np.setdiff1d(full, compared.weeks).size
    if not others or not compared.rows.size + compared.left_out:
        return ()
    verb, them = ("is", "it") if others == 1 else ("are", "them")
    said = f", or nobody says that the records are complete in {them}" if compared.said else ""
    return (
        sentence(
            f"{many(others, 'other week')} that some file covers {verb} not compared, since not every file of the series covers {them}{said}."
        ),
    )


def _left_out(compared: Series, scope: Scope, channels: str) -> tuple[Fact, ...]:
    facts = []
    if compared.alone:
        facts.append(
            sentence(
                f"All files together have fewer than {MIN_WEEKS} complete weeks in common, so only the longest record is compared: {channels}. "
                "A change in it may be a move to or from another channel."
            )
        )
    if compared.left_out:
        verb = "is" if compared.left_out == 1 else "are"
        facts.append(
            sentence(
                f"{many(compared.left_out, 'item')} in{scope.whom('from')} {verb} not in this comparison, since no file of the series holds "
                f"{'it' if compared.left_out == 1 else 'them'}."
            )
        )
    return tuple(facts)


def _week_table(weeks: pd.DataFrame, counted: Counted, whom: str) -> Table:
    table: list[tuple[Cell, ...]] = []
    place = 0
    for week, there in zip(weeks["week"], weeks["compared"], strict=True):
        if not there:
            table.append((day_words(week), "-", "-", "-", "not covered by every file"))
            continue
        counts = (
            counted.cell("sessions", place, place),
            counted.cell("items", place, place),
            counted.cell("items", place, place, of_days=True),
        )
        table.append((day_words(week), *counts, "compared"))
        place += 1
    return Table(
        f"Sessions, items and days with contact in{whom}, by complete week",
        ("Week beginning", "Sessions in", "Items in", "Days in", "Week"),
        tuple(table),
    )


def _check_table(judgement: Judgement) -> Table:
    def p(value: float) -> str:
        return "under 0.001" if value < 0.001 else f"{value:.3f}"

    return Table(
        "The same test made in other ways: p for a change in either direction, raised after Holm for two tests",
        ("Made with", "Weeks", "Sessions in", "p, sessions per week", "p, items per week"),
        tuple(
            (
                f"{check.name[0].upper()}{check.name[1:]}",
                f"{check.weeks:,}",
                f"{check.sessions:,}",
                p(check.session_p),
                p(check.item_p),
            )
            for check in judgement.checks
        ),
    )


def _caveats(judgement: Judgement, compared: Series) -> tuple[str, ...]:
    return (
        "Compared are whole weeks from Monday that every file of the series covers; weeks without contact count as 0, part-weeks are left out.",
        "Files of one channel that hold the same contact wherever they overlap are taken as one. The time between two of them counts as covered if it is no longer than the longest time without a record inside one. A WhatsApp chat in which the person does not occur covers nothing.",
        f"A session here ends with more than {GAP_MINUTES} minutes without an item from the same person.",
        "If older records are less complete than newer ones (deleted threads, a new phone, a call list that keeps only the latest), steady contact looks like a rise.",
        *(one.sentence for one in compared.said),
        *(_caveats_of_the_words(judgement) if judgement.enough else ()),
    )


def _caveats_of_the_words(judgement: Judgement) -> tuple[str, ...]:
    unsaid = "A file is taken to cover the time from its first to its last record, but no half year without one. Nobody has said yet for which time the records are complete, so no change is called clear."
    return (
        "Four words are used: not enough data, no clear change, some evidence (p up to 0.05), clear (p up to 0.01, also without the last week and with the other gaps).",
        "“No clear change” does not say that nothing changed.",
        "p is in how many of all orders of the weeks a change is at least this strong, from 0 (in none) to 1 (in all). It says nothing of any person, nor of why anything changed.",
        RANGE,
        "In simulated contact in which nothing changed, this rule found a rise in 1 to 4 of 100 records; in 6 to 10 of 100 where contact came in waves that last for weeks; and, where older records were kept less well, in up to 60 of 100.",
        *(() if judgement.established else (unsaid,)),
    )
