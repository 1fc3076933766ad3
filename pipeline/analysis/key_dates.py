"""What contact was there before and after each key date, and what came in after contact was unwelcome in so many words?

Windows are symmetric and leave out the key date itself, which has no time of day. Rates are compared by days with contact, since items come in bursts;
where almost every day has contact, days can hardly rise, and sessions per week are compared too. Nothing here says that one thing led to another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import inf
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from parsers.contract import IN, OUT
from pipeline.analysis.contact import Scope
from pipeline.analysis.coverage import Coverage, between
from pipeline.analysis.result import Cell, Fact, Result, Table
from pipeline.analysis.statistics import LogLinear, RateRatio, log_linear, rate_ratio
from pipeline.analysis.wording import (
    RANGE,
    SUPPLIED,
    day_words,
    days,
    factor_words,
    many,
    noun,
    rows,
    sentence,
    time_words,
)
from pipeline.case import KeyDate

SHORT: Final = 28
"""Days of the window that ends where the neighbouring key date lies."""
LONG: Final = 56
"""Days of the window that passes over other key dates."""
MIN_HELD: Final = 14
MIN_CONTACT_DAYS: Final = 5
SATURATED: Final = 0.6
"""Above this share of days with contact, days can hardly show a rise."""
MIN_BLOCKS: Final = 2
"""Weeks held in full that are needed on each side to compare sessions per week."""
STOPS: Final = ("asked to stop", "blocked", "order served")
"""Types of key date after which every contact is counted."""


class Window(NamedTuple):
    """Contact on one side of a key date; `end` before `start` where the neighbouring key date leaves no day."""

    start: date
    end: date
    days: int
    days_held: int
    in_items: int
    in_sessions: int
    in_days: int
    out_items: int


class Pair(NamedTuple):
    """The windows before and after a key date. `counts_only`: too little for a comparison (see MIN_HELD, MIN_CONTACT_DAYS).

    `ratio` is of the days with contact for each day held, after to before. `sessions_ratio`, only where contact came on more than `SATURATED` of the days, is
    of sessions per week, counted in weeks from the key date: `factor(1)` of a log-linear fit.
    """

    key_date: KeyDate
    length: int
    before: Window
    after: Window
    counts_only: bool
    ratio: RateRatio | None = None
    sessions_ratio: LogLinear | None = None


class NextContact(NamedTuple):
    """The first item that came in after the day of a key date; `days` is None if there is none. `words` is its day and, where known, its time."""

    key_date: KeyDate
    days: int | None
    words: str


@dataclass(frozen=True, eq=False)
class KeyDates:
    """For each key date, in order, one pair of windows of SHORT days and one of LONG, and the next contact."""

    pairs: tuple[Pair, ...]
    next_contacts: tuple[NextContact, ...]
    result: Result


def key_dates(prepared: pd.DataFrame, scope: Scope, coverage: Coverage, dates: Sequence[KeyDate]) -> KeyDates:
    """Counts contact with the persons of `scope` around and after each of the key dates."""
    dates = sorted(dates, key=lambda entry: (entry.day, entry.label))
    contact = _Contact(prepared, scope, coverage)
    every = sorted({entry.day for entry in dates})
    pairs, following, facts, headlines, tables = [], [], [], [], []
    for entry in dates:
        earlier = max((day for day in every if day < entry.day), default=None)
        later = min((day for day in every if day > entry.day), default=None)
        short = _pair(contact, entry, SHORT, earlier, later)
        long = _pair(contact, entry, LONG, None, None)
        following_contact = contact.after(entry)
        pairs += [short, long]
        following.append(following_contact)
        afterwards = [*_afterwards(contact, entry, scope)]
        headlines += afterwards[:1]
        facts += [
            _compared(short, scope),
            *_ratios(short),
            *afterwards,
            _next(following_contact, scope, coverage),
        ]
        tables.append(_table(entry, (short, long), scope))
    tables += [_ratio_table(pairs)] if pairs else []
    caveats = (
        "A key date has no time of day: contact on the day itself is in neither window. Its words are those of the person who entered it.",
        f"Windows of {SHORT} days end where another key date lies; windows of {LONG} days do not. All windows are shown.",
        RANGE,
        "A 95% range that holds 1 is in keeping with no change at all. Days with contact are compared since items come in bursts.",
        "Counts before and after a date do not show why they differ: a report, for example, often follows a bad spell.",
    )
    return KeyDates(
        tuple(pairs), tuple(following), Result(tuple(facts), tuple(tables), caveats if dates else (), tuple(headlines))
    )


class _Contact:
    """The days of the items, sessions and contact days of a scope, in order, so that any window is counted by looking up its two ends."""

    def __init__(self, prepared: pd.DataFrame, scope: Scope, coverage: Coverage) -> None:
        def days_of(keep: NDArray[np.bool_]) -> NDArray[np.datetime64]:
            return prepared["day"].to_numpy(dtype="datetime64[D]")[keep]

        inbound = scope.items(IN).mask(prepared)
        self._prepared = prepared
        self._inbound = np.flatnonzero(inbound)
        self._in_items = days_of(inbound)
        self.in_items = np.sort(self._in_items)
        self.in_sessions = np.sort(days_of(scope.sessions(IN).mask(prepared)))
        self.in_days = np.unique(self.in_items)
        self.out_items = np.sort(days_of(scope.items(OUT).mask(prepared)))
        self._coverage = coverage

    def window(self, start: date, end: date) -> Window:
        return Window(
            start,
            end,
            max(0, (end - start).days + 1),
            self._coverage.days_held(start, end),
            *(between(those, start, end) for those in (self.in_items, self.in_sessions, self.in_days, self.out_items)),
        )

    def sessions_ratio(self, before: Window, after: Window) -> LogLinear | None:
        """Sessions per week after and before, by blocks of seven days counted from the key date, as far as they are held in full."""
        counts: tuple[list[int], list[int]] = [], []
        for number in range(max(before.days, after.days) // 7):
            away = timedelta(days=7 * number)
            for side, window, start in (
                (0, before, before.end - away - timedelta(days=6)),
                (1, after, after.start + away),
            ):
                end = start + timedelta(days=6)
                if number < window.days // 7 and self._coverage.days_held(start, end) == 7:
                    counts[side].append(between(self.in_sessions, start, end))
        if min(map(len, counts)) < MIN_BLOCKS:
            return None
        return log_linear([0] * len(counts[0]) + [1] * len(counts[1]), counts[0] + counts[1])

    def after(self, entry: KeyDate) -> NextContact:
        later = np.flatnonzero(self._in_items > np.datetime64(entry.day, "D"))
        if not later.size:
            return NextContact(entry, None, "")
        row = self._prepared.iloc[self._inbound[later[0]]]
        words = time_words(row["local"], row["zone"]) if row["hour"] >= 0 else day_words(row["local"])
        return NextContact(entry, (row["local"].date() - entry.day).days, words)


def _pair(contact: _Contact, entry: KeyDate, length: int, earlier: date | None, later: date | None) -> Pair:
    one = timedelta(days=1)
    start, end = entry.day - timedelta(days=length), entry.day + timedelta(days=length)
    before = contact.window(max(start, earlier + one) if earlier else start, entry.day - one)
    after = contact.window(entry.day + one, min(end, later - one) if later else end)
    too_little = min(before.days_held, after.days_held) < MIN_HELD or before.in_days + after.in_days < MIN_CONTACT_DAYS
    if too_little:
        return Pair(entry, length, before, after, counts_only=True)
    ratio = rate_ratio(after.in_days, after.days_held, before.in_days, before.days_held)
    sessions = None
    if before.in_days + after.in_days > SATURATED * (before.days_held + after.days_held):
        sessions = contact.sessions_ratio(before, after)
    return Pair(entry, length, before, after, counts_only=False, ratio=ratio, sessions_ratio=sessions)


def _compared(pair: Pair, scope: Scope) -> Fact:
    label = f"{day_words(pair.key_date.day)} ({pair.key_date.label})"
    return sentence(
        *_side(pair.before, pair.length, f"before {label}", "previous", scope),
        "; ",
        *_side(pair.after, pair.length, "after it", "next", scope),
        "." + (" Not enough data to say more than these counts." if pair.counts_only else ""),
    )


def _ratios(pair: Pair) -> list[Fact]:
    if pair.ratio is None:
        return []
    facts = []
    if pair.sessions_ratio:
        facts.append(
            sentence(
                f"Contact came on more than {SATURATED:.0%} of the days held, where days can hardly show a rise. Sessions per week: "
                f"{_times(*pair.sessions_ratio.factor(1))}."
            )
        )
    return [*facts, sentence(f"Days with contact, for each day held: {_times(*pair.ratio[:3])}.")]


def _times(ratio: float, low: float, high: float) -> str:
    if ratio == inf:
        return f"all are after it, none before it (95% range {factor_words(low)} times as many, or any number more)"
    return f"{factor_words(ratio)} times as many after it as before it (95% range {factor_words(low)} to {factor_words(high)})"


def _ratio_table(pairs: Sequence[Pair]) -> Table:
    def ends(low: float, high: float) -> str:
        return f"{factor_words(low)} to {factor_words(high)}"

    table: list[tuple[Cell, ...]] = []
    for pair in pairs:
        ratio: tuple[str, ...] = ("not enough data", "-", "-", "-")
        if pair.ratio:
            ratio = (factor_words(pair.ratio.ratio), ends(pair.ratio.low, pair.ratio.high), "-", "-")
        if pair.sessions_ratio:
            factor, *reach = pair.sessions_ratio.factor(1)
            ratio = (*ratio[:2], factor_words(factor), ends(*reach))
        table.append((f"{day_words(pair.key_date.day)}: {pair.key_date.label}", f"{pair.length} days", *ratio))
    return Table(
        "After each key date, how many times as much as before it",
        ("Key date", "Windows", "Days with contact", "95% range", "Sessions per week", "95% range of these"),
        tuple(table),
    )


def _side(window: Window, length: int, where: str, neighbour: str, scope: Scope) -> tuple[Cell, ...]:
    start = "In" if neighbour == "previous" else "in"
    if not window.days:
        return (f"{start} the time {where} there is no day between it and the {neighbour} key date",)
    cut = f", as far as the {neighbour} key date," if window.days < length else ""
    span = f"{start} the {many(window.days, 'day')} {where}{cut}"
    if not window.days_held:
        return (f"{span} no data is held",)
    held = (
        f" (data is held for {window.days_held} of these {many(window.days, 'day')})"
        if window.days_held < window.days
        else ""
    )
    selection = scope.items(IN, start=window.start, end=window.end)
    return (
        f"{span} there {'was' if window.in_items == 1 else 'were'} ",
        rows(window.in_items, selection),
        noun(window.in_items, "item") + " in on ",
        days(window.in_days, selection),
        noun(window.in_days, "day") + held,
    )


def _afterwards(contact: _Contact, entry: KeyDate, scope: Scope) -> list[Fact]:
    """Everything after the day on which contact was said to be unwelcome; what went out too, and what came in on the day itself."""
    if entry.type not in STOPS:
        return []
    since = entry.day + timedelta(days=1)
    all_after = contact.window(since, date.max)
    facts = []
    if all_after.in_items:
        items = scope.items(IN, start=since)
        facts.append(
            sentence(
                SUPPLIED,
                rows(all_after.in_items, items),
                noun(all_after.in_items, "item")
                + f" came in{scope.whom('from')} after {day_words(entry.day)} ({entry.label}), in ",
                rows(all_after.in_sessions, scope.sessions(IN, start=since)),
                noun(all_after.in_sessions, "session") + " on ",
                days(all_after.in_days, items),
                noun(all_after.in_days, "day") + ". In the same time ",
                rows(all_after.out_items, scope.items(OUT, start=since)),
                noun(all_after.out_items, "item") + " went out.",
            )
        )
    on_the_day = contact.window(entry.day, entry.day).in_items
    if on_the_day:
        number = rows(on_the_day, scope.items(IN, start=entry.day, end=entry.day))
        neither = "it is" if on_the_day == 1 else "they are"
        facts.append(
            sentence(
                number,
                noun(on_the_day, "item")
                + f" came in on {day_words(entry.day)} itself ({entry.label}); {neither} in none of the counts before and after.",
            )
        )
    return facts


def _next(contact: NextContact, scope: Scope, coverage: Coverage) -> Fact:
    label = f"{day_words(contact.key_date.day)} ({contact.key_date.label})"
    if contact.days is not None:
        between_them = contact.days - 1
        end = contact.key_date.day + timedelta(days=between_them)
        held = coverage.days_held(contact.key_date.day + timedelta(days=1), end)
        but = f"; data is held for {held:,} of the {many(between_them, 'day')} between" if held < between_them else ""
        return sentence(
            f"The first item in{scope.whom('from')} after {label} is dated {contact.words}, {many(contact.days, 'day')} later{but}."
        )
    if coverage.held.size and coverage.held[-1] > np.datetime64(contact.key_date.day, "D"):
        until = f"data is held up to {day_words(coverage.held[-1])}"
    else:
        until = "no data is held after that day"
    return sentence(f"{SUPPLIED}there is no item in{scope.whom('from')} after {label}; {until}.")


def _table(entry: KeyDate, pairs: tuple[Pair, ...], scope: Scope) -> Table:
    table: list[tuple[Cell, ...]] = []
    for pair in pairs:
        for side, window in (("before", pair.before), ("after", pair.after)):
            where = {"start": window.start, "end": window.end}
            name = f"{pair.length} days {side}"
            if not window.days:
                table.append((name, "no day before the neighbouring key date", "0", "0", *["-"] * 4))
                continue
            counts: tuple[Cell, ...] = (
                rows(window.in_items, scope.items(IN, **where)),
                rows(window.in_sessions, scope.sessions(IN, **where)),
                days(window.in_days, scope.items(IN, **where)),
                rows(window.out_items, scope.items(OUT, **where)),
            )
            held = f"{window.days_held:,}" if window.days_held else "no data held"
            table.append(
                (
                    name,
                    f"{day_words(window.start)} to {day_words(window.end)}",
                    f"{window.days:,}",
                    held,
                    *(counts if window.days_held else ["-"] * 4),
                )
            )
    return Table(
        f"{day_words(entry.day)}: {entry.label}",
        ("Window", "Dates", "Days", "Days held", "Items in", "Sessions in", "Days in", "Items out"),
        tuple(table),
    )
