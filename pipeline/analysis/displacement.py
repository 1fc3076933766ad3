"""Did contact come by other numbers, addresses or channels after a key date?

Identifiers count only if a person has attributed them; those that nobody is named for and that began soon after are shown apart, as candidates. That one
identifier follows another is a fact of dates; it is not said that the one stands for the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from parsers.contract import IN
from pipeline.analysis.candidates import AFTER, DAYS, Candidate, candidates
from pipeline.analysis.contact import Scope
from pipeline.analysis.key_dates import LONG
from pipeline.analysis.result import Cell, Fact, Result, Selection, Table, lines
from pipeline.analysis.wording import NOT_GIVEN, day_words, joined, many, noun, rows, sentence, share
from pipeline.case import Case, KeyDate
from pipeline.timeline.people import Directory

LISTED: Final = 200


class Began(NamedTuple):
    """An attributed identifier or a channel with its first item in within `DAYS` days after a key date; `gap`: days since the last item before, None if none."""

    key_date: KeyDate
    sort: str
    name: str
    first: date
    gap: int | None


@dataclass(frozen=True, eq=False)
class Displacement:
    """What began after key dates, by day.

    identifiers  a row for each attributed identifier: identifier, first, last (local days), items, channels (words)
    began        identifiers and channels that began within `DAYS` days after a key date
    candidates   identifiers that nobody is named for and that began then
    listed       the tables of these three
    shares       for each key date a table of the items in by channel before and after it
    """

    identifiers: pd.DataFrame
    began: tuple[Began, ...]
    candidates: tuple[Candidate, ...]
    listed: tuple[Table, ...]
    shares: tuple[Table, ...]
    result: Result


def displacement(prepared: pd.DataFrame, scope: Scope, case: Case) -> Displacement:
    """Looks at the items in from the persons of `scope` around the key dates of the case."""
    items = prepared[scope.items(IN).mask(prepared)]
    dates = sorted((one for one in case.key_dates if one.type in AFTER), key=lambda one: (one.day, one.label))
    identifiers = _identifiers(items if scope.persons else items.iloc[:0])
    began = tuple(one for entry in dates for one in _began(items, entry, scope))
    unnamed = candidates(prepared, dates)
    listed = (
        *_identifier_table(identifiers, case, scope),
        *_began_table(began),
        *_candidate_table(prepared, unnamed),
    )
    shares = tuple(_channel_tables(items, dates, scope))
    caveats = (
        f"Listed is what had its first item in the records within {DAYS} days after the day. Records that begin then make old things look new.",
        "Whose an identifier is was said by a person; the basis stands beside it. Candidates are counted in no figure about a named person.",
        f"Items by channel are counted over the {LONG} days before and after, whether or not another key date lies between.",
    )
    return Displacement(
        identifiers,
        began,
        unnamed,
        listed,
        shares,
        Result(
            (*_facts(dates, began, unnamed, scope), *_with_candidates(prepared, items, unnamed, scope)),
            (*listed, *shares),
            caveats if dates else (),
        ),
    )


def _identifiers(items: pd.DataFrame) -> pd.DataFrame:
    return (
        items.groupby("identifier", observed=True)
        .agg(
            first=("day", "min"),
            last=("day", "max"),
            items=("day", "size"),
            channels=("channel", lambda those: joined(sorted({str(one) or NOT_GIVEN for one in those}))),
        )
        .reset_index()
        .astype({"identifier": str})
        .sort_values(["first", "identifier"], ignore_index=True)
    )


def _began(items: pd.DataFrame, entry: KeyDate, scope: Scope) -> list[Began]:
    """What had its first item after a key date, and how long after the last item before that."""
    day = items["day"].to_numpy(dtype="datetime64[D]")
    found = []
    for sort in ("identifier", "channel") if scope.persons else ("channel",):
        firsts = items.groupby(sort, observed=True)["day"].min()
        for name, moment in firsts.items():
            first = moment.date()
            if entry.day < first <= entry.day + timedelta(days=DAYS):
                earlier = day[day < np.datetime64(first, "D")]
                gap = (first - earlier.max().item()).days if earlier.size else None
                found.append(Began(entry, sort, str(name) or NOT_GIVEN, first, gap))
    return sorted(found, key=lambda one: (one.first, one.sort, one.name))


def _facts(
    dates: Sequence[KeyDate], began: tuple[Began, ...], unnamed: tuple[Candidate, ...], scope: Scope
) -> tuple[Fact, ...]:
    facts = []
    for entry in dates:
        own = [one for one in began if one.key_date == entry]
        label = f"{day_words(entry.day)} ({entry.type})"
        if not own:
            facts.append(
                sentence(
                    f"Within {DAYS} days after {label} nothing came in{scope.whom('from')} by an identifier or channel that is new in the records."
                )
            )
            continue
        said = [f"the {one.sort} {one.name}, first on {day_words(one.first)}{_gap(one.gap)}" for one in own[:5]]
        more = [f"{len(own) - 5:,} more"] if len(own) > 5 else []
        facts.append(
            sentence(
                f"Within {DAYS} days after {label} items{scope.whom('from')} came in for the first time in the records by {joined([*said, *more])}."
            )
        )
    if unnamed:
        verb = "is" if len(unnamed) == 1 else "are"
        facts.append(
            sentence(
                f"{many(len(unnamed), 'identifier')} that nobody is named for began within {DAYS} days after one of these days; {'it' if len(unnamed) == 1 else 'they'} "
                f"{verb} listed as {'a candidate' if len(unnamed) == 1 else 'candidates'} and counted for nobody."
            )
        )
    return tuple(facts)


def _with_candidates(
    prepared: pd.DataFrame, items: pd.DataFrame, unnamed: tuple[Candidate, ...], scope: Scope
) -> list[Fact]:
    """The count without the candidates, which is that of all figures, and with them."""
    if not unnamed or not scope.persons:
        return []
    chosen = Selection(
        persons=("",), identifiers=tuple(one.identifier for one in unnamed), directions=(IN,), items=True
    )
    more = int(chosen.mask(prepared).sum())
    return [
        sentence(
            "The candidates sent ",
            rows(more, chosen),
            noun(more, "item")
            + f" in. Without them, as in all other figures, {many(len(items), 'item')} came in{scope.whom('from')}; "
            f"with them it would be {len(items) + more:,}.",
        )
    ]


def _gap(days: int | None) -> str:
    return " (no item before it)" if days is None else f" ({many(days, 'day')} after the last item before it)"


def _bases(case: Case) -> dict[str, str]:
    """In words on what each attribution rests that case.toml records by itself, by the identifier in its one form."""
    directory = Directory(case)
    found: dict[str, list[str]] = {}
    for one in case.attributions:
        found.setdefault(directory.form(one.identifier)[0], []).append(" by ".join(filter(None, [one.basis, one.by])))
    return {identifier: joined(said) for identifier, said in found.items()}


def _identifier_table(identifiers: pd.DataFrame, case: Case, scope: Scope) -> list[Table]:
    if identifiers.empty:
        return []
    bases = _bases(case)
    return [
        Table(
            f"Identifiers attributed to {scope.words}, by their first item in",
            ("Identifier", "First day", "Last day", "Items in", "Channels", "Basis of the attribution"),
            tuple(
                (
                    row.identifier or NOT_GIVEN,
                    day_words(row.first),
                    day_words(row.last),
                    rows(row.items, scope.items(IN, identifiers=(row.identifier,))),
                    row.channels,
                    bases.get(row.identifier, "named in case.toml"),
                )
                for row in lines(identifiers.head(LISTED))
            ),
        )
    ]


def _began_table(began: tuple[Began, ...]) -> list[Table]:
    if not began:
        return []
    return [
        Table(
            f"First seen within {DAYS} days after a key date",
            ("Key date", "Sort", "What", "First day", "Days after it", "Days since the last item before"),
            tuple(
                (
                    f"{day_words(one.key_date.day)}: {one.key_date.type}",
                    one.sort,
                    one.name,
                    day_words(one.first),
                    f"{(one.first - one.key_date.day).days:,}",
                    "-" if one.gap is None else f"{one.gap:,}",
                )
                for one in began[:LISTED]
            ),
        )
    ]


def _candidate_table(prepared: pd.DataFrame, unnamed: tuple[Candidate, ...]) -> list[Table]:
    if not unnamed:
        return []
    chosen = Selection(persons=("",), directions=(IN,), items=True)
    there = prepared.loc[chosen.mask(prepared), "identifier"].value_counts()
    return [
        Table(
            f"Candidates: identifiers that nobody is named for, first seen within {DAYS} days after a key date",
            ("Identifier", "First day", "After", "Items in", "Person"),
            tuple(
                (
                    one.identifier,
                    day_words(one.first),
                    f"{day_words(one.after.day)}: {one.after.type}",
                    rows(
                        int(there[one.identifier]),
                        Selection(persons=("",), identifiers=(one.identifier,), directions=(IN,), items=True),
                    ),
                    "nobody named",
                )
                for one in unnamed[:LISTED]
            ),
        )
    ]


def _channel_tables(items: pd.DataFrame, dates: Sequence[KeyDate], scope: Scope) -> list[Table]:
    """Items in by channel before and after each date, with each channel's share."""
    tables = []
    one_day = timedelta(days=1)
    for entry in dates:
        spans = (
            (entry.day - timedelta(days=LONG), entry.day - one_day),
            (entry.day + one_day, entry.day + timedelta(days=LONG)),
        )
        counts = [_by_channel(items, *span) for span in spans]
        channels = sorted(set(counts[0]) | set(counts[1]))
        totals = [sum(one.values()) for one in counts]
        table: list[tuple[Cell, ...]] = []
        for channel in channels:
            cells: list[Cell] = [channel or NOT_GIVEN]
            for (start, end), count, total in zip(spans, counts, totals, strict=True):
                number = count.get(channel, 0)
                cells += [
                    rows(number, scope.items(IN, channels=(channel,), start=start, end=end)),
                    share(number, total).strip(" ()") or "-",
                ]
            table.append(tuple(cells))
        if table:
            tables.append(
                Table(
                    f"Items in by channel, {LONG} days before and after {day_words(entry.day)} ({entry.type})",
                    ("Channel", "Before", "Share", "After", "Share"),
                    tuple(table),
                )
            )
    return tables


def _by_channel(items: pd.DataFrame, start: date, end: date) -> dict[str, int]:
    day: NDArray[np.datetime64] = items["day"].to_numpy(dtype="datetime64[D]")
    there = (day >= np.datetime64(start, "D")) & (day <= np.datetime64(end, "D"))
    counts = items.loc[there, "channel"].value_counts()
    return {str(channel): int(count) for channel, count in counts.items() if count}
