"""How much contact was there, when and by what channel? Items, sessions and days: three counts that must not be taken for one another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from parsers.contract import IN, OUT
from pipeline.analysis.contact import Scope
from pipeline.analysis.coverage import NONE, PART, Coverage
from pipeline.analysis.result import Cell, Fact, Result, Table, lines
from pipeline.analysis.uncounted import uncounted, uncounted_facts
from pipeline.analysis.wording import NOT_GIVEN, SUPPLIED, day_words, days, many, noun, rows, sentence

_DAY: Final = np.timedelta64(1, "D")
_WAYS: Final = ((IN, "came in", "from"), (OUT, "went out", "to"))


@dataclass(frozen=True, eq=False)
class Volume:
    """Counts of contact with the persons of a scope.

    days           a row for each day of the weeks: day, in_items, in_sessions, out_items, out_sessions, held (whether data is held)
    weeks          a row for each week of the coverage, weeks without contact too: week (Monday), in_items, in_sessions, in_days, out_items, out_sessions,
                   out_days, days_held (0-7), state (coverage.FULL, PART, NONE)
    week_channels  the items of a week by channel: week, channel, direction, items; only where there are any
    channels       a row for each channel and direction: channel, direction, items, sessions (begun in it), days, first, last
    left_out       rows of the table that are not items, whoever they concern: reason (contact.LEFT_OUT), records
    sources        keys of the sources that hold the items
    """

    days: pd.DataFrame
    weeks: pd.DataFrame
    week_channels: pd.DataFrame
    channels: pd.DataFrame
    left_out: pd.DataFrame
    sources: frozenset[str]
    result: Result


def volume(prepared: pd.DataFrame, scope: Scope, coverage: Coverage) -> Volume:
    """Counts the items with the persons of `scope` in a table made by `contact.prepare`."""
    items = prepared.loc[
        scope.items().mask(prepared), ["day", "week", "channel", "direction", "opens_session", "source"]
    ]
    by_day = _days(items, coverage)
    by_week = _weeks(by_day, coverage)
    week_channels = items.groupby(["week", "channel", "direction"], observed=True).size().reset_index(name="items")
    channels = (
        items.groupby(["channel", "direction"], observed=True)
        .agg(
            items=("day", "size"),
            sessions=("opens_session", "sum"),
            days=("day", "nunique"),
            first=("day", "min"),
            last=("day", "max"),
        )
        .reset_index()
        .astype({"channel": str, "direction": str})
        .sort_values(["channel", "direction"], ignore_index=True)
    )
    left_out = uncounted(prepared)
    headlines = (*_totals(by_day, scope), *_undecided(prepared, scope), *_largest(by_day, by_week, scope))
    facts = (
        *headlines,
        *_spread(by_day, scope, coverage),
        *uncounted_facts(left_out),
    )
    tables = (_channel_table(channels, scope), _week_table(by_week, scope))
    return Volume(
        by_day,
        by_week,
        week_channels,
        channels,
        left_out,
        frozenset(items["source"].unique()),
        Result(facts, tables, _caveats(prepared), headlines),
    )


def _days(items: pd.DataFrame, coverage: Coverage) -> pd.DataFrame:
    weeks = coverage.weeks["week"].to_numpy(dtype="datetime64[D]")
    every = (weeks[:, None] + np.arange(7) * _DAY).ravel()
    columns: dict[str, NDArray[np.generic]] = {"day": every.astype("datetime64[us]")}
    for direction, *_ in _WAYS:
        those = items[(items["direction"] == direction).to_numpy(dtype=bool)]
        day = those["day"].to_numpy(dtype="datetime64[D]")
        place = (day - every[0]).astype(np.int64) if every.size else day.astype(np.int64)
        columns[f"{direction}_items"] = np.bincount(place, minlength=every.size)
        columns[f"{direction}_sessions"] = np.bincount(place[those["opens_session"].to_numpy()], minlength=every.size)
    columns["held"] = np.isin(every, coverage.held)
    return pd.DataFrame(columns)


def _weeks(by_day: pd.DataFrame, coverage: Coverage) -> pd.DataFrame:
    def summed(values: pd.Series[int] | pd.Series[bool]) -> NDArray[np.int64]:
        total: NDArray[np.int64] = values.to_numpy(dtype=np.int64).reshape(-1, 7).sum(axis=1)
        return total

    columns: dict[str, NDArray[np.generic]] = {"week": coverage.weeks["week"].to_numpy()}
    for direction, *_ in _WAYS:
        columns[f"{direction}_items"] = summed(by_day[f"{direction}_items"])
        columns[f"{direction}_sessions"] = summed(by_day[f"{direction}_sessions"])
        columns[f"{direction}_days"] = summed(by_day[f"{direction}_items"] > 0)
    return pd.DataFrame(columns).assign(days_held=coverage.weeks["days_held"], state=coverage.weeks["state"])


def _undecided(prepared: pd.DataFrame, scope: Scope) -> list[Fact]:
    """What the totals may count twice: the same call of a log with seconds and a list to the minute waits for a person."""
    rules = tuple(sorted(set(prepared["maybe_rule"]) - {""}))
    waits = scope.items(suggested=rules)
    count = int(waits.mask(prepared).sum()) if rules else 0
    if not count:
        return []
    return [
        sentence(
            rows(count, waits),
            " of these items may repeat another one (listed under “In more than one source”); nobody has decided yet, and each is counted.",
        )
    ]


def _totals(by_day: pd.DataFrame, scope: Scope) -> list[Fact]:
    facts = []
    for direction, verb, preposition in _WAYS:
        count = by_day[f"{direction}_items"]
        total, sessions, dates = (
            int(count.sum()),
            int(by_day[f"{direction}_sessions"].sum()),
            by_day.loc[count > 0, "day"],
        )
        if not total:
            facts.append(sentence(f"{SUPPLIED}no item {verb}{scope.whom(preposition)}."))
            continue
        first, last = day_words(dates.iloc[0]), day_words(dates.iloc[-1])
        facts.append(
            sentence(
                SUPPLIED,
                rows(total, scope.items(direction)),
                noun(total, "item") + f" {verb}{scope.whom(preposition)}, in ",
                rows(sessions, scope.sessions(direction)),
                noun(sessions, "session") + " on ",
                days(len(dates), scope.items(direction)),
                noun(len(dates), "day") + (f", from {first} to {last}." if first != last else f", {first}."),
            )
        )
    return facts


def _largest(by_day: pd.DataFrame, by_week: pd.DataFrame, scope: Scope) -> list[Fact]:
    """The day and the week with the most items in; the first of several that are equal, and how many others there are."""
    facts = []
    for table, column, length, words in (
        (by_day, "day", 1, "The day with the most items in was "),
        (by_week, "week", 7, "The week with the most items in began on "),
    ):
        count = table["in_items"]
        if not count.sum():
            continue
        top = int(count.max())
        start = pd.Timestamp(table[column].iloc[int(count.argmax())]).date()
        others = int((count == top).sum()) - 1
        number = rows(top, scope.items(IN, start=start, end=start + timedelta(days=length - 1)))
        also = f"; {many(others, f'other {column}')} had as many" if others else ""
        facts.append(sentence(f"{words}{day_words(start)}: ", number, noun(top, "item") + f"{also}."))
    return facts


def _spread(by_day: pd.DataFrame, scope: Scope, coverage: Coverage) -> list[Fact]:
    """On how many of the days held there was contact, and the longest time without."""
    dates = by_day.loc[by_day["in_items"] > 0, "day"].to_numpy(dtype="datetime64[D]")
    if not dates.size:
        return []
    facts = [
        sentence(
            "Items came in on ",
            days(dates.size, scope.items(IN)),
            f" of the {many(coverage.held.size, 'day')} for which messages, calls or emails are held.",
        )
    ]
    steps = np.diff(dates)
    if steps.size and steps.max() > _DAY:
        place = int(steps.argmax())
        first, last = dates[place] + _DAY, dates[place + 1] - _DAY
        length = int((last - first) / _DAY) + 1
        held = coverage.days_held(first.item(), last.item())
        of_these = "data is held for all of them" if held == length else f"data is held for {held:,} of them"
        facts.append(
            sentence(
                f"The longest time without an item in was {many(length, 'day')}, from {day_words(first)} to {day_words(last)}; {of_these}."
            )
        )
    return facts


def _channel_table(channels: pd.DataFrame, scope: Scope) -> Table:
    return Table(
        f"Contact with {scope.words}, by channel and direction",
        ("Channel", "Direction", "Items", "Sessions begun", "Days", "First day", "Last day"),
        tuple(
            (
                row.channel or NOT_GIVEN,
                row.direction,
                rows(row.items, scope.items(row.direction, channels=(row.channel,))),
                rows(row.sessions, scope.sessions(row.direction, channels=(row.channel,))),
                days(row.days, scope.items(row.direction, channels=(row.channel,))),
                day_words(row.first),
                day_words(row.last),
            )
            for row in lines(channels)
        ),
    )


def _week_table(by_week: pd.DataFrame, scope: Scope) -> Table:
    table: list[tuple[Cell, ...]] = []
    for row in lines(by_week):
        if row.state == NONE:
            table.append((day_words(row.week), *["-"] * 6, "no data held"))
            continue
        start = row.week.date()
        span = {"start": start, "end": start + timedelta(days=6)}
        table.append(
            (
                day_words(start),
                rows(row.in_items, scope.items(IN, **span)),
                rows(row.in_sessions, scope.sessions(IN, **span)),
                days(row.in_days, scope.items(IN, **span)),
                rows(row.out_items, scope.items(OUT, **span)),
                rows(row.out_sessions, scope.sessions(OUT, **span)),
                days(row.out_days, scope.items(OUT, **span)),
                f"{row.days_held} of 7 days" if row.state == PART else "whole week",
            )
        )
    return Table(
        f"Contact with {scope.words}, by week",
        ("Week beginning", "Items in", "Sessions in", "Days in", "Items out", "Sessions out", "Days out", "Data held"),
        tuple(table),
    )


def _caveats(prepared: pd.DataFrame) -> tuple[str, ...]:
    gap = prepared.attrs["gap_minutes"]
    return (
        "An item is one message, call, email or voicemail; in is to the client, out is from the client. Items are not occasions.",
        f"A session is a run of items of one person in one direction with no more than {gap} minutes between one and the next. It is counted on the day and in the channel in which it begins.",
        "Items known to the day only make one session a day, apart from those with a time.",
        "The days of the channels do not add up to the days of all together: there may be contact by several channels on one day.",
    )
