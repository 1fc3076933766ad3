"""How often was somebody, or was activity, at each place: occasions, weeks, and the most in any seven days?

Rows of one kind at one place are one occasion until more than `GAP_MINUTES` pass between the end of one and the beginning of the next. A row known to the day only,
or about, is an occasion of its own only on a day that has none with a time: the same visit stands in a diary ("about nine") and on a doorbell (21:04), and
must not be counted twice. The S-DASH form asks about visits "more than three times a week"; the count is given, the form is not filled in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.analysis.presence import ACTIVITY, DEVICE, PICTURE, SEEN, WRITTEN, Presence, Words, groups, linked
from pipeline.analysis.result import Cell, Fact, Result, Table, lines
from pipeline.analysis.wording import SUPPLIED, day_words, joined, many, noun, sentence
from pipeline.timeline.schema import AT

GAP_MINUTES: Final = 60
WINDOW_DAYS: Final = 7
MORE_THAN: Final = 3

_GAP: Final = GAP_MINUTES * 60_000_000
_DAY: Final = np.timedelta64(1, "D")


@dataclass(frozen=True, eq=False)
class Visits:
    """`occasions`: a row for each: what, who, place, utc, day, hour, weekday, id (of its first record), records. `totals`: a row for each what, who and place."""

    occasions: pd.DataFrame
    totals: pd.DataFrame
    result: Result


def occasions(part: pd.DataFrame) -> pd.DataFrame:
    """The occasions among rows of one kind at one place, in order of time: the first row of each, with `records`, how many it has."""
    timed = part[part["timed"]].sort_values("utc", kind="stable")
    begins = np.ones(len(timed), dtype=bool)
    if len(timed) > 1:
        ends = np.maximum.accumulate(timed["end"].to_numpy())
        begins[1:] = timed["utc"].to_numpy()[1:] - ends[:-1] > _GAP
    first = timed[begins].assign(records=np.diff(np.append(np.flatnonzero(begins), len(timed))))
    others = part[~part["timed"].to_numpy(dtype=bool)]
    others = others[~others["day"].isin(timed["day"].unique())]
    alone = others.groupby("day", sort=True).head(1)
    alone = alone.assign(records=others.groupby("day")["id"].transform("size").loc[alone.index])
    return pd.concat([first, alone]).sort_values("utc", kind="stable")


def visits(found: Presence, words: Words) -> Visits:
    """Counts occasions at each place of the case, each kind of record for itself."""
    table = found.table
    made, totals = [], []
    for what, who, place, part in groups(table, SEEN, ACTIVITY, DEVICE, PICTURE, WRITTEN):
        certain = (part["fit"] == AT) | (part["place"] == "")
        sure = part[certain]
        one = occasions(sure)
        made.append(one.assign(what=what, who=who, place=place))
        dated = sure["day"] if len(sure) else part["day"]
        totals.append(
            {
                "what": what,
                "who": who,
                "place": place,
                "records": len(sure),
                "occasions": len(one),
                "days": sure["day"].nunique(),
                "may_be": len(part) - len(sure),
                "first": dated.min(),
                "last": dated.max(),
                "ids": sure["id"].to_numpy(),
                "may_be_ids": part.loc[~certain, "id"].to_numpy(),
                "first_ids": one["id"].to_numpy(),
            }
        )
    columns = ["what", "who", "place", "utc", "day", "hour", "weekday", "id", "records"]
    every = pd.concat(made, ignore_index=True)[columns] if made else pd.DataFrame(columns=columns)
    summed = pd.DataFrame(totals)
    facts, headlines = _facts(every, words, summed)
    tables = tuple(
        part for part in (_totals(summed, words), _weeks(every, words), *_many_in_a_week(every, words)) if part.rows
    )
    return Visits(every, summed, Result(facts, tables, _caveats(found), headlines))


def windows(day: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """For each of some ordered days (one an occasion) how many of them fall in the seven days that begin with it."""
    reach: NDArray[np.int64] = np.searchsorted(day, day + WINDOW_DAYS * _DAY, side="left") - np.searchsorted(day, day)
    return reach


def stretches(day: NDArray[np.datetime64]) -> list[tuple[int, int, int]]:
    """Where more than three occasions fall in seven days: (first, last, most in any seven days), as places in `day`; stretches that touch are one."""
    count = windows(day)
    found: list[tuple[int, int, int]] = []
    for start in np.flatnonzero(count > MORE_THAN).tolist():
        first = int(np.searchsorted(day, day[start]))
        last = first + int(count[start]) - 1
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last), max(found[-1][2], int(count[start])))
        else:
            found.append((first, last, int(count[start])))
    return found


def _of(every: pd.DataFrame, what: str) -> list[tuple[str, str, pd.DataFrame]]:
    """The occasions of one kind, by who, at each place and, as place "*", at all places together where there is more than one."""
    found = []
    for who, mine in every[every["what"] == what].groupby("who", sort=True):
        places = list(mine.groupby("place", sort=True))
        found += [(str(who), str(place), part) for place, part in places]
        if len(places) > 1 and what == SEEN:
            found.append((str(who), "*", mine.sort_values("utc", kind="stable")))
    return found


def _where(place: str, words: Words) -> str:
    return (
        "all these places together"
        if place == "*"
        else f"“{words.place(place)}”"
        if place
        else "a place that is none of the case's"
    )


def _facts(every: pd.DataFrame, words: Words, totals: pd.DataFrame) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    facts: list[Fact] = []
    headlines: list[Fact] = []
    for what in (SEEN, ACTIVITY):
        last = {who: place for who, place, _ in _of(every, what)}
        for who, place, part in _of(every, what):
            day = part["day"].to_numpy(dtype="datetime64[D]")
            number = linked(len(part), part["id"].to_numpy())
            on = linked(len(np.unique(day)), part["id"].to_numpy(), of_days=True)
            where = _where(place, words)
            if what == SEEN:
                beginning = (
                    f"As persons have recorded, {words.seen(who)} at {where} on ",
                    number,
                    noun(len(part), "occasion"),
                    ", on ",
                    on,
                )
            else:
                camera = words.cameras.get(who, who)
                beginning = (
                    f"The camera “{camera}” recorded activity at {where} on ",
                    number,
                    noun(len(part), "occasion"),
                    ", on ",
                    on,
                )
            when = f"first on {day_words(day[0])}" + (f", last on {day_words(day[-1])}" if day[-1] != day[0] else "")
            fact = sentence(*beginning, noun(len(np.unique(day)), "day") + f": {when}.")
            facts.append(fact)
            if what == SEEN and len(part) > MORE_THAN:
                most = int(windows(day).max())
                at = int(np.argmax(windows(day)))
                end = day[at] + (WINDOW_DAYS - 1) * _DAY
                inside = part["id"].to_numpy()[(day >= day[at]) & (day <= end)]
                facts.append(
                    sentence(
                        f"Of these occasions at {where}, the most in any {WINDOW_DAYS} days in a row is ",
                        linked(most, inside),
                        f", from {day_words(day[at])} to {day_words(end)}; " + _more_than(stretches(day), day),
                    )
                )
            if what == SEEN and who in words.subjects and last[who] == place:
                headlines.append(fact)
    if not facts and len(totals):
        facts.append(
            sentence(
                f"{SUPPLIED}no person has said who is seen in a picture or clip, and no fixed camera of the case recorded anything."
            )
        )
    return tuple(facts), tuple(headlines)


def _more_than(found: list[tuple[int, int, int]], day: NDArray[np.datetime64]) -> str:
    if not found:
        return f"more than {MORE_THAN} in {WINDOW_DAYS} days: not once."
    spans = [f"{day_words(day[first])} to {day_words(day[last])}" for first, last, _ in found]
    shown = joined(spans) if len(spans) <= 4 else f"{joined(spans[:3])} and {len(spans) - 3} more, in the table"
    return f"more than {MORE_THAN} in {WINDOW_DAYS} days: {shown}."


def _totals(totals: pd.DataFrame, words: Words) -> Table:
    return Table(
        "What the records say of each place, and what that rests on",
        ("Place", "Rests on", "Records", "Occasions", "Days", "First day", "Last day", "Records that may be there"),
        tuple(
            (
                words.place(row.place),
                words.who(row.what, row.who),
                linked(row.records, row.ids),
                linked(row.occasions, row.first_ids) if row.what != DEVICE else "-",
                linked(row.days, row.ids, of_days=True),
                day_words(row.first),
                day_words(row.last),
                linked(row.may_be, row.may_be_ids),
            )
            for row in (lines(totals.sort_values(["place", "what", "who"], key=_order)) if len(totals) else ())
        ),
    )


def _order(column: pd.Series[Any]) -> pd.Series[Any]:
    """Kinds of record in their own order, the rest as text."""
    ranks = {what: number for number, what in enumerate((SEEN, ACTIVITY, DEVICE, PICTURE, WRITTEN))}
    return column.map(ranks) if column.name == "what" else column.astype(str)


def _weeks(every: pd.DataFrame, words: Words) -> Table:
    rows_: list[tuple[Cell, ...]] = []
    mine = every[every["what"].isin((SEEN, ACTIVITY))]
    if len(mine):
        monday = mine["day"] - pd.to_timedelta(mine["weekday"].astype(np.int64), unit="D")
        by: list[Any] = [monday, "place", "what", "who"]
        for (week, place, what, who), part in mine.groupby(by, sort=True):
            rows_.append(
                (
                    day_words(pd.Timestamp(str(week))),
                    words.place(str(place)),
                    words.who(str(what), str(who)),
                    linked(len(part), part["id"].to_numpy()),
                    linked(part["day"].nunique(), part["id"].to_numpy(), of_days=True),
                )
            )
    return Table(
        "Occasions by week; weeks without any are left out",
        ("Week from", "Place", "Rests on", "Occasions", "Days"),
        tuple(rows_),
    )


def _many_in_a_week(every: pd.DataFrame, words: Words) -> list[Table]:
    rows_: list[tuple[Cell, ...]] = []
    for who, place, part in _of(every, SEEN):
        day = part["day"].to_numpy(dtype="datetime64[D]")
        for first, last, most in stretches(day):
            rows_.append(
                (
                    f"{day_words(day[first])} to {day_words(day[last])}",
                    words.persons.get(who, who) or "nobody named",
                    "all places together" if place == "*" else words.place(place),
                    linked(last - first + 1, part["id"].to_numpy()[first : last + 1]),
                    f"{most:,}",
                )
            )
    return [
        Table(
            f"More than {MORE_THAN} occasions within {WINDOW_DAYS} days, as persons say",
            ("From the first to the last", "Who", "Place", "Occasions", f"Most in any {WINDOW_DAYS} days"),
            tuple(rows_),
        )
    ]


def _caveats(found: Presence) -> tuple[str, ...]:
    caveats = [
        f"An occasion ends after more than {GAP_MINUTES} minutes without a record of the same kind at the place.",
        "The positions of a device are no occasions: how many there are depends on how often it noted one. Their days are counted.",
        "An entry known only to the day, or about, counts as an occasion of its own only on a day that has none with a time.",
        "A camera records activity: a visitor, a delivery, a neighbour or an animal. Who is seen is what a person says, and stands with the reason in the chronology.",
        "A picture or clip shows where its camera was. It does not show where the person in the picture, or the sender, was.",
        "What nobody saw, recorded or wrote down is not counted: a diary is seldom complete, cameras miss movement and overwrite what they hold. No record is not nobody there.",
        "“May be” means that the position is not exact enough to say whether it is inside the radius of the place, or may be of another time (an old fix, one for a whole line or event, one added later); such records are in no count of occasions.",
    ]
    if found.table["assumed"].to_numpy(dtype=bool)[found.table["lat"].notna().to_numpy()].any():
        caveats.append("Where a file gives no accuracy for a position, 30 metres are assumed.")
    for count, one, more in (
        (found.undated, "record with a place has no date and is", "records with a place have no date and are"),
        (
            found.planned,
            "marked place or point of a planned route is",
            "marked places and points of planned routes are",
        ),
        (
            found.left_out,
            "record with a place was excluded in the review or repeats another and is",
            "records with a place were excluded in the review or repeat others and are",
        ),
    ):
        if count:
            caveats.append(f"{many(count, one, more)} not counted here.")
    return tuple(caveats)
