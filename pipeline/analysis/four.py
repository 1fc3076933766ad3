"""What facts lie under each word of FOUR: fixated, obsessive, unwanted, repeated?

FOUR is a mnemonic for recognising a pattern, not a scale (reference: court and domain, section 6). Here are counts and dates under its words, each with what must
be said beside it; none is weighed, none is added to another. Whether a word fits is for the reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from parsers.contract import IN
from pipeline.analysis.afterwards import Afterwards
from pipeline.analysis.bursts import ITEMS, MINUTES, Bursts
from pipeline.analysis.contact import CLOCK_HOURS, GAP_MINUTES, REPLY_HOURS, Scope
from pipeline.analysis.coverage import Coverage
from pipeline.analysis.displacement import Displacement
from pipeline.analysis.persistence import BREAK_DAYS, Persistence
from pipeline.analysis.reciprocity import Reciprocity
from pipeline.analysis.recorded import BY_ID, INCIDENTS, LISTED, Recorded, code_words, listed, of_categories, when
from pipeline.analysis.repertoire import CHANNEL, IDENTIFIER, PERSON, Repertoire
from pipeline.analysis.result import Cell, Result, Selection, Table, lines
from pipeline.analysis.rhythm import NIGHT, Rhythm
from pipeline.analysis.visits import MORE_THAN, WINDOW_DAYS, occasions, windows
from pipeline.analysis.volume import Volume
from pipeline.analysis.wording import day_words, days, different, joined, many, rows, span_words
from pipeline.case import CATEGORIES

VISITS: Final = ("HOME", "WORK", "PLACE")
NEAR: Final = ("LOITER", "WATCH", "FOLLOW", "MONIT")
SINGLE: Final = ("THREAT-V", "THREAT-O", "SELF", "DAMAGE", "ASSAULT")
"""Categories of which every record is listed, without any weight."""

COLUMNS: Final = ("What", "Number", "Dates and what it is of", "To be said with it")
LATE_EXPORTS: Final = "An export that was added later makes what is in it look new."
BY_HAND: Final = "Recorded by a person in the diary, the review or case.toml; what was not noted is not here."
ONE_OCCASION: Final = f"Records no more than {GAP_MINUTES} minutes apart are one occasion. " + BY_HAND

_DAY: Final = np.timedelta64(1, "D")


class Findings(NamedTuple):
    """The answers that the facts are taken from."""

    coverage: Coverage
    volume: Volume
    rhythm: Rhythm
    reciprocity: Reciprocity
    bursts: Bursts
    persistence: Persistence
    recorded: Recorded
    repertoire: Repertoire
    displacement: Displacement
    afterwards: Afterwards


@dataclass(frozen=True, eq=False)
class Four:
    """`letters`: one table for each word, in the order of the word; `others`: what a person recorded that stands under none."""

    letters: tuple[Table, ...]
    others: tuple[Table, ...]
    result: Result


Row = tuple[Cell, Cell, Cell, Cell]


def four(prepared: pd.DataFrame, scope: Scope, found: Findings) -> Four:
    """Lays the facts about the persons of `scope` under the four words."""
    letters = (
        Table("Fixated", COLUMNS, tuple(_fixated(found, scope))),
        Table("Obsessive", COLUMNS, tuple(_obsessive(found, scope))),
        Table("Unwanted", COLUMNS, tuple(_unwanted(prepared, found, scope))),
        Table("Repeated", COLUMNS, tuple(_repeated(found, scope))),
    )
    others = tuple(_single(found.recorded))
    caveats = (
        "FOUR is a mnemonic of the police for recognising a pattern, not a scale. The facts are laid under its words; none is weighed, and whether a word fits is for the reader.",
        "Where it says “none recorded”, no person recorded it; that does not say that it did not happen.",
    )
    return Four(letters, others, Result((), (*letters, *others), caveats))


def _fixated(found: Findings, scope: Scope) -> list[Row]:
    table: list[Row] = []
    identifiers = found.repertoire.of(IDENTIFIER)
    if scope.persons:
        named = [f"{one.name} from {day_words(one.first)}" for one in identifiers[:10]]
        more = [f"{len(identifiers) - 10:,} more"] if len(identifiers) > 10 else []
        table.append(
            (
                f"Identifiers attributed to {scope.words}",
                different(len(identifiers), scope.items(IN), "identifiers") if identifiers else "0",
                joined([*named, *more]) or "-",
                "A person attributed each; the basis is in the table of identifiers. " + LATE_EXPORTS,
            )
        )
    began = [one for one in found.displacement.began if one.sort == "identifier"]
    new = tuple(dict.fromkeys(one.name for one in began))
    if scope.persons:
        table.append(
            (
                "Of these, first seen within 14 days after contact was said to be unwelcome or the number changed",
                different(len(new), scope.items(IN, identifiers=new), "identifiers") if new else "0",
                joined([f"{one.name}, {day_words(one.first)}" for one in began[:5]]) or "-",
                LATE_EXPORTS,
            )
        )
    table.append(_recorded(found.recorded, "At the home, the place of work or another place", VISITS, BY_HAND))
    table += _visits(found.recorded)
    table.append(_recorded(found.recorded, "Waiting, watching, following, knowing private facts", NEAR, BY_HAND))
    table.append(_recorded(found.recorded, "Contact with other people", ("THIRD",), BY_HAND))
    for one in found.repertoire.of(PERSON):
        number: Cell = f"{one.records:,}" if one.rows is None else rows(one.records, one.rows)
        table.append(
            (
                f"Items in that {one.name} was sent too",
                number,
                f"{day_words(one.first)} to {day_words(one.last)}",
                "As far as the items name their recipients.",
            )
        )
    return table


def _obsessive(found: Findings, scope: Scope) -> list[Row]:
    by_day = found.volume.days
    table: list[Row] = []
    if by_day["in_items"].sum():
        most = int(by_day["in_items"].max())
        day = by_day["day"].iloc[int(by_day["in_items"].argmax())].date()
        same = int((by_day["in_items"] == most).sum()) - 1
        also = f"; {many(same, 'other day')} had as many" if same else ""
        table.append(
            (
                "Most items in on one day",
                rows(most, scope.items(IN, start=day, end=day)),
                day_words(day) + also,
                "Items are not occasions.",
            )
        )
    bursts = found.bursts.bursts
    rule = f"A fixed rule: {ITEMS} or more items in less than {MINUTES} minutes. No test is made."
    if bursts.empty:
        table.append((f"Times with {ITEMS} or more items in less than {MINUTES} minutes", "0", "-", rule))
    else:
        largest = next(lines(bursts))
        rows_of = Selection(
            persons=(largest.person,),
            identifiers=() if largest.person else (largest.identifier,),
            directions=(IN,),
            items=True,
            hours=CLOCK_HOURS,
            first_id=largest.first_id,
            last_id=largest.last_id,
        )
        table.append(
            (
                f"Times with {ITEMS} or more items in less than {MINUTES} minutes",
                f"{len(bursts):,}",
                f"on {many(bursts['start'].dt.normalize().nunique(), 'day')}; listed under “Much contact in a short time”",
                rule,
            )
        )
        table.append(
            (
                "Most items in such a time",
                rows(largest.items, rows_of),
                span_words(largest.start, largest.start_zone, largest.end, largest.end_zone),
                rule,
            )
        )
    total = int(found.rhythm.sessions.sum())
    if total:
        night = scope.sessions(IN, hours=NIGHT)
        table.append(
            (
                "Sessions in that began between 23:00 and 06:59",
                rows(found.rhythm.night_sessions, night),
                f"of {total:,} with a time of day",
                "Description only: there is no threshold for nights. A wrong clock or zone moves hours.",
            )
        )
    channels = found.repertoire.of(CHANNEL)
    if channels:
        table.append(
            (
                "Channels by which items came in",
                different(len(channels), scope.items(IN), "channels"),
                joined([f"{one.name} from {day_words(one.first)}" for one in channels[:10]]),
                LATE_EXPORTS,
            )
        )
    table.append(_incidents(found.recorded))
    return table


def _incidents(recorded: Recorded) -> Row:
    there = recorded.rows(INCIDENTS)
    codes = [code for code in recorded.categories["code"] if code in INCIDENTS]
    return (
        "Records with a category of an incident",
        rows(len(there), of_categories(INCIDENTS)) if codes else "none recorded",
        f"{many(len(codes), 'different category', 'different categories')}: {joined([CATEGORIES[code] for code in codes])}"
        if codes
        else "-",
        BY_HAND,
    )


def _unwanted(prepared: pd.DataFrame, found: Findings, scope: Scope) -> list[Row]:
    table: list[Row] = []
    directions = prepared["direction"].to_numpy()
    for after in found.afterwards.lists:
        inward = after.rows[directions[after.rows] == IN]
        number: Cell = "0"
        dates = "no item in after it in the records"
        if inward.size:
            first, last = (next(lines(prepared.iloc[place : place + 1])) for place in (inward[0], inward[-1]))
            away = (first.local.date() - after.key_date.day).days
            number = rows(inward.size, scope.items(IN, **after.where))
            dates = f"the first {when(first)}, {many(away, 'day')} after it; the last {when(last)}"
        out = after.rows.size - inward.size
        table.append(
            (
                f"Items in after {day_words(after.key_date.day)} ({after.key_date.type})",
                number,
                dates,
                f"{many(out, 'item')} went out in the same time. What shows that contact was said to be unwelcome must be shown with it.",
            )
        )
    both = found.reciprocity
    table.append(
        (
            "Items in",
            rows(both.in_items, scope.items(IN)),
            f"to {many(both.out_items, 'item')} out",
            "Other channels may hold more of either.",
        )
    )
    if both.timed_in:
        table.append(
            (
                f"Items in without an item out to the same person within {REPLY_HOURS} hours",
                rows(both.unanswered, scope.items(IN, unanswered=True)),
                f"of {both.timed_in:,} with a time of day",
                "No reply in these records is not proof of no reply; another channel may hold one.",
            )
        )
    if len(both.runs):
        run = next(lines(both.runs))
        rows_of = Selection(
            persons=(run.person,),
            identifiers=() if run.person else (run.identifier,),
            directions=(IN,),
            items=True,
            first_id=run.first_id,
            last_id=run.last_id,
        )
        table.append(
            (
                "Longest run of items in with none out between them",
                rows(run.items, rows_of),
                f"{run.first} to {run.last}",
                "Other channels may hold replies.",
            )
        )
    return table


def _repeated(found: Findings, scope: Scope) -> list[Row]:
    span = found.persistence.span
    if span is None:
        return [("Items in", "0", "-", "No item came in, in the records supplied.")]
    amount = found.volume.weeks
    whole = f"{day_words(span.first)} to {day_words(span.last)}"
    with_item, weeks = found.persistence.weeks
    longest, first = _longest_run(found.volume)
    breaks = found.persistence.breaks
    longest_break = ""
    if len(breaks):
        row = next(lines(breaks))
        longest_break = f"the longest {many(row.days, 'day')}, {day_words(row.first)} to {day_words(row.last)}"
    return [
        ("Items in", rows(int(amount["in_items"].sum()), scope.items(IN)), whole, "Items are not occasions."),
        (
            "Sessions in",
            rows(int(amount["in_sessions"].sum()), scope.sessions(IN)),
            whole,
            f"A session ends with more than {GAP_MINUTES} minutes without an item.",
        ),
        (
            "Days with an item in",
            days(span.with_item, scope.items(IN)),
            f"of {many(span.held, 'day')} held between the first and the last item",
            "On days for which no data is held there may have been contact too.",
        ),
        (
            "Weeks with an item in",
            different(with_item, scope.items(IN), "weeks"),
            f"of {many(weeks, 'week')} held in full or with an item",
            "One item makes such a week, as many do.",
        ),
        ("From the first to the last item", many(span.days, "day"), whole, "As far as the records go."),
        (
            "Longest run of days with an item on each",
            days(longest, scope.items(IN, start=first, end=first + timedelta(days=longest - 1))),
            f"{day_words(first)} to {day_words(first + timedelta(days=longest - 1))}",
            "One item makes such a day, as many do. A day for which no data is held ends a run.",
        ),
        (
            f"Breaks of {BREAK_DAYS} days or more without an item",
            f"{len(breaks):,}",
            longest_break or "-",
            "“No data held” is not “no contact”.",
        ),
    ]


def _longest_run(volume: Volume) -> tuple[int, date]:
    """The most days in a row with an item in, and the first of them."""
    day = volume.days.loc[volume.days["in_items"] > 0, "day"].to_numpy(dtype="datetime64[D]")
    begins = np.flatnonzero(np.diff(day, prepend=day[:1] - 2 * _DAY) > _DAY)
    lengths = np.diff(np.append(begins, day.size))
    longest = int(lengths.argmax())
    return int(lengths[longest]), day[begins[longest]].item()


def _recorded(recorded: Recorded, words: str, codes: Sequence[str], caveat: str) -> Row:
    there = recorded.rows(codes)
    if there.empty:
        return (words, "none recorded", "-", caveat)
    dated = there["day"].dropna()
    span = f"{day_words(dated.min())} to {day_words(dated.max())}" if len(dated) else "undated"
    return (words, rows(len(there), of_categories(codes)), span, caveat)


def visits_in_a_week(recorded: Recorded) -> tuple[pd.DataFrame, int]:
    """The occasions of being at a place in the seven days that hold the most, and how many of the stretches that begin with one have more than three.

    Several records of one visit are one occasion (`visits.occasions`), each category for itself.
    """
    found = []
    for code in VISITS:
        part = recorded.rows({code}).dropna(subset=["day"])
        utc = part["utc"].dt.tz_convert(None).to_numpy(dtype="datetime64[us]").astype(np.int64)
        part = part[["id", "day"]].assign(utc=utc, end=utc, timed=part["hour"] >= 0)
        found.append(occasions(part))
    every = pd.concat(found).drop_duplicates("id").sort_values("day", kind="stable", ignore_index=True)
    day = every["day"].to_numpy(dtype="datetime64[D]")
    within = windows(day)
    begins = np.unique(day, return_index=True)[1]
    first = int(within.argmax()) if day.size else 0
    return every[first : first + int(within.max(initial=0))], int((within[begins] > MORE_THAN).sum())


def _visits(recorded: Recorded) -> list[Row]:
    most, often = visits_in_a_week(recorded)
    if most.empty:
        return []
    start = most["day"].iloc[0].date()
    end = start + timedelta(days=WINDOW_DAYS - 1)
    number = rows(len(most), Selection(ids=tuple(most["id"])))
    return [
        ("Occasions of these, the most within 7 days", number, f"{day_words(start)} to {day_words(end)}", ONE_OCCASION),
        (
            f"Stretches of 7 days with more than {MORE_THAN} such occasions",
            f"{often:,}",
            "stretches may overlap",
            ONE_OCCASION,
        ),
    ]


def _single(recorded: Recorded) -> list[Table]:
    tables = []
    for code in (*SINGLE, "BREACH", "IMPACT"):
        there = recorded.rows({code})
        if len(there):
            tables.append(
                Table(
                    f"Recorded as {code_words(code)}: {many(len(there), 'record')}, by date",
                    BY_ID,
                    tuple(listed(there.head(LISTED))),
                )
            )
    return tables
