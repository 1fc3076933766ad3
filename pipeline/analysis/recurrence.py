"""On which days of the week, and at what hours, do the records place somebody at each place?

Distinct days are counted, since several records of one day say no more than one. How many days on one weekday would be unusual is exact: if n days fell on the
seven weekdays by chance alone, at least that many on some weekday would come in fewer than 1 case in 20 (all seven are looked at; reference: analytics, section 4).
It says nothing of why: where the client is at a place on Tuesdays only, somebody can be seen there by her on Tuesdays only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy import special

from pipeline.analysis.presence import ACTIVITY, DEVICE, PICTURE, SEEN, WRITTEN, Presence, Words, groups, linked
from pipeline.analysis.result import Cell, Fact, Result, Table
from pipeline.analysis.rhythm import WEEKDAYS
from pipeline.analysis.wording import joined, many, sentence
from pipeline.timeline.schema import AT

MIN_DAYS: Final = 5
"""Fewer distinct days at a place say nothing about weekdays."""
ALPHA: Final = 0.05
EXPOSURE: Final = "This may reflect when the client is there, when a camera was switched on or when somebody wrote things down: on other days nobody may have looked."


@dataclass(frozen=True)
class Weekdays:
    """The distinct days of one group by weekday from Monday; `needed` is how many on one weekday would be unusual, None where there are too few days."""

    what: str
    who: str
    place: str
    days: tuple[int, ...]
    needed: int | None


@dataclass(frozen=True, eq=False)
class Recurrence:
    """`groups` in the order of the tables."""

    groups: tuple[Weekdays, ...]
    result: Result


def chance(number: int, most: int, cells: int = 7) -> float:
    """The chance that of `number` things, thrown into `cells` with equal chance, some cell gets `most` or more.

    Exact: a multinomial is Poisson counts given their sum, so the cells are convolved with each Poisson distribution cut off below `most`.
    """
    if most <= 1:
        return float(number > 0)
    rate = number / cells
    count = np.arange(min(most, number + 1))
    one = np.exp(count * np.log(max(rate, 1e-300)) - rate - special.gammaln(count + 1))
    all_of = np.array([1.0])
    for _ in range(cells):
        all_of = np.convolve(all_of, one)[: number + 1]
    if len(all_of) <= number:
        return 1.0
    total = np.exp(number * np.log(max(number, 1e-300)) - number - special.gammaln(number + 1))
    return float(np.clip(1 - all_of[number] / total, 0, 1))


def needed(number: int, cells: int = 7, searched: int = 1) -> int | None:
    """The least count in one of `cells` that is unusual among `number` days, with all cells and `searched` places looked at; None if no count is."""
    low, high = 1, number + 1
    while low < high:
        middle = (low + high) // 2
        if chance(number, middle, cells) * searched <= ALPHA:
            high = middle
        else:
            low = middle + 1
    return low if low <= number else None


def recurrence(found: Presence, words: Words) -> Recurrence:
    """Counts distinct days by weekday and place, and records by hour and place."""
    counted: list[Weekdays] = []
    rows: list[tuple[Cell, ...]] = []
    hours: list[tuple[str, pd.DataFrame]] = []
    facts: list[Fact] = []
    for what, who, place, part in groups(found.table, SEEN, ACTIVITY, DEVICE, PICTURE, WRITTEN):
        if not place:
            continue
        sure = part[part["fit"] == AT]
        if sure.empty:
            continue
        by = [sure[sure["weekday"] == weekday] for weekday in range(7)]
        number = tuple(int(one["day"].nunique()) for one in by)
        total = sum(number)
        least = needed(total) if what == SEEN and total >= MIN_DAYS else None
        counted.append(Weekdays(what, who, place, number, least))
        said = words.who(what, who)
        rows.append(
            (
                words.place(place),
                said,
                *(linked(one["day"].nunique(), one["id"].to_numpy(), of_days=True) for one in by),
                linked(total, sure["id"].to_numpy(), of_days=True),
                f"{least:,}" if least else "-",
            )
        )
        if what == SEEN and total >= MIN_DAYS:
            facts += _facts(counted[-1], by, sure, words)
        if what in {SEEN, ACTIVITY}:
            hours.append((f"{words.place(place)}: {said}", sure))
    facts += [
        sentence(
            f"The device of {words.persons.get(one.who, one.who)} has positions at “{words.place(one.place)}” on "
            + joined([f"{many(number, WEEKDAYS[day])}" for day, number in enumerate(one.days)])
            + ": when somebody can be seen there by its owner depends on this."
        )
        for one in counted
        if one.what == DEVICE
        and one.who == words.client
        and one.place in {said.place for said in counted if said.what == SEEN and sum(said.days) >= MIN_DAYS}
    ]
    few = [one for one in counted if one.what == SEEN and sum(one.days) < MIN_DAYS]
    if few:
        named = joined(
            [
                f"{words.persons.get(one.who, one.who) or 'approaches, nobody named,'} at “{words.place(one.place)}”"
                for one in few
            ]
        )
        facts.append(
            sentence(
                f"Not enough data to say anything about days of the week, on fewer than {MIN_DAYS} days each: {named}."
            )
        )
    tables = [
        Table(
            "Distinct days at each place, by day of the week",
            ("Place", "Rests on", *(day[:3] for day in WEEKDAYS), "All days", "Unusual on one weekday from"),
            tuple(rows),
        )
    ]
    if hours:
        tables.append(_hours(hours))
    caveats = (
        "Unusual means: in fewer than 1 case in 20 would as many of so many days fall on one weekday by chance, with all seven weekdays looked at.",
        f"It is given from {MIN_DAYS} days on, and only where persons say who was seen: cameras, devices and pictures have patterns of their own.",
        EXPOSURE,
    )
    return Recurrence(tuple(counted), Result(tuple(facts), tuple(tables) if rows else (), caveats))


def _facts(one: Weekdays, by: Sequence[pd.DataFrame], sure: pd.DataFrame, words: Words) -> list[Fact]:
    total = sum(one.days)
    place = words.place(one.place)
    whole = linked(total, sure["id"].to_numpy(), of_days=True)
    most = int(np.argmax(one.days))
    on = linked(one.days[most], by[most]["id"].to_numpy(), of_days=True)
    compared = (
        f"With {many(total, 'day')}, {one.needed} or more on one weekday would be unusual"
        if one.needed
        else f"With {many(total, 'day')} no number on one weekday would be unusual"
    )
    return [
        sentence(
            "Of the ",
            whole,
            f" days on which, as persons have recorded, {words.seen(one.who)} at “{place}”, ",
            on,
            f" {'is a' if one.days[most] == 1 else 'are'} {WEEKDAYS[most]}{'' if one.days[most] == 1 else 's'}. {compared}. {EXPOSURE}",
        )
    ]


def _hours(hours: Sequence[tuple[str, pd.DataFrame]]) -> Table:
    rows = []
    for hour in (*range(24), -1):
        parts = [part[part["hour"] == hour] for _, part in hours]
        if hour < 0 and not any(len(part) for part in parts):
            continue
        words = f"{hour:02d}:00-{hour:02d}:59" if hour >= 0 else "not known"
        rows.append((words, *(linked(len(part), part["id"].to_numpy()) for part in parts)))
    return Table("Records at each place, by hour of the day", ("Hour", *(title for title, _ in hours)), tuple(rows))
