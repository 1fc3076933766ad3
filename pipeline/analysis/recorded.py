"""What categories has a person recorded, for which records and when? Software puts none, and weighs none against another."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from pipeline.analysis.contact import DUPLICATE, EXCLUDED, LEFT_OUT
from pipeline.analysis.result import Cell, Fact, Number, Result, Selection, Table, lines
from pipeline.analysis.wording import NOT_GIVEN, day_words, days, event, many, noun, rows, sentence, time_words
from pipeline.case import CATEGORIES, Case
from pipeline.case.categories import CONTEXT

LISTED: Final = 500
"""Rows of the table of single records; the chronology holds them all."""
KEPT: Final = ("", *(reason for reason in LEFT_OUT if reason not in {EXCLUDED, DUPLICATE}))
"""Rows that count here: whatever kind they are, but no repeats and none that the review excluded."""
INCIDENTS: Final = tuple(code for code in CATEGORIES if code not in CONTEXT)
"""The categories of incidents: without those of what surrounds them, such as a report to the police."""
NONE_RECORDED: Final = "none recorded"
BY_ID: Final = ("Event", "When", "Categories", "Kind", "Channel")


@dataclass(frozen=True, eq=False)
class Recorded:
    """Records with a category, whoever they concern.

    records     their rows of the table made by `contact.prepare`, in its order
    categories  a row for each code that occurs, in the order of `CATEGORIES`: code, words, records, days, first, last (local days; NaT if all are undated)
    """

    records: pd.DataFrame
    categories: pd.DataFrame
    result: Result

    def rows(self, codes: Collection[str]) -> pd.DataFrame:
        """The records that have any of these codes."""
        having = [not set(codes).isdisjoint(held.split()) for held in self.records["categories"]]
        return self.records[np.array(having, dtype=bool)]


def of_categories(codes: Collection[str], **where: Any) -> Selection:
    """The rows with any of these codes."""
    return Selection(categories=tuple(code for code in CATEGORIES if code in codes), left_out=KEPT, **where)


def code_words(code: str) -> str:
    """'HOME: at the home'."""
    return f"{code}: {CATEGORIES[code]}" if code in CATEGORIES else code


def recorded(prepared: pd.DataFrame, case: Case) -> Recorded:
    """The records with a category in a table made by `contact.prepare`."""
    records = prepared[(prepared["categories"] != "").to_numpy(dtype=bool)]
    again = int((records["left_out"] == DUPLICATE).sum())
    records = records[records["left_out"].isin(KEPT).to_numpy(dtype=bool)]
    codes = _codes(records)
    facts = [*_facts(records, codes), *_not_counted(prepared, case, again)]
    tables = (_code_table(codes), _record_table(records)) if len(records) else ()
    caveats = (
        "A category is what a person recorded in the diary, in the review or in case.toml; a record may have several. Records without one are not in these counts.",
        "The order of the categories is that of the list of codes; it says nothing of their weight.",
        "A diary holds what its writer noted. More entries may mean that more was noted.",
        *(
            (f"The table of single records holds the first {LISTED:,} of {len(records):,}.",)
            if len(records) > LISTED
            else ()
        ),
    )
    return Recorded(records, codes, Result(tuple(facts), tables, caveats if len(records) else ()))


def _codes(records: pd.DataFrame) -> pd.DataFrame:
    each = records[["categories", "day"]].astype({"categories": str})
    each = each.assign(code=each["categories"].str.split()).explode("code")
    found = each.groupby("code").agg(
        records=("day", "size"), days=("day", "nunique"), first=("day", "min"), last=("day", "max")
    )
    found = found.reindex([code for code in CATEGORIES if code in found.index]).reset_index()
    found.insert(1, "words", [CATEGORIES[code] for code in found["code"]])
    return found


def _facts(records: pd.DataFrame, codes: pd.DataFrame) -> list[Fact]:
    if records.empty:
        return [sentence(f"Categories of incidents: {NONE_RECORDED}.")]
    incidents = [code for code in codes["code"] if code in INCIDENTS]
    return [
        sentence(
            "A person has recorded a category for ",
            rows(len(records), of_categories(CATEGORIES)),
            noun(len(records), "record") + f", {many(len(incidents), 'different category', 'different categories')} "
            "of incidents among them.",
        )
    ]


def _not_counted(prepared: pd.DataFrame, case: Case, again: int) -> list[Fact]:
    named = {one.event for one in case.categorised}
    known = set(prepared.loc[prepared["id"].isin(named), "id"]) if named else set()
    facts = []
    if named - known:
        facts.append(
            sentence(
                f"Case.toml records categories for {many(len(named - known), 'event')} that the timeline does not hold: {', '.join(sorted(named - known)[:10])}."
            )
        )
    if again:
        number = rows(again, Selection(categories=tuple(CATEGORIES), left_out=(DUPLICATE,)))
        facts.append(
            sentence(
                number,
                noun(again, "record")
                + " with a category "
                + ("repeats another one and is" if again == 1 else "repeat others and are")
                + " not counted here; record the category on the one that is repeated.",
            )
        )
    return facts


def _code_table(codes: pd.DataFrame) -> Table:
    def day(when: pd.Timestamp) -> str:
        return "undated" if pd.isna(when) else day_words(when)

    return Table(
        "Recorded categories",
        ("Category", "Records", "Days", "First day", "Last day"),
        tuple(
            (
                code_words(row.code),
                rows(row.records, of_categories({row.code})),
                days(row.days, of_categories({row.code})),
                day(row.first),
                day(row.last),
            )
            for row in lines(codes)
        ),
    )


def _record_table(records: pd.DataFrame) -> Table:
    return Table(
        "Records with a category, one by one",
        BY_ID,
        tuple(listed(records.head(LISTED))),
    )


def listed(records: pd.DataFrame) -> list[tuple[Cell, ...]]:
    """Event, when, codes, kind and channel of some records."""
    return [
        (event_cell(row), when(row), ", ".join(row.categories.split()), row.kind, row.channel or NOT_GIVEN)
        for row in lines(records)
    ]


def event_cell(row: Any) -> Number:
    """The id of a record, which leads to its row."""
    return event(str(row.id))


def when(row: Any) -> str:
    """'04/03/2026 at 22:04 GMT', as far as the time is known."""
    if pd.isna(row.local):
        return "undated"
    return time_words(row.local, row.zone) if row.hour >= 0 else day_words(row.local)
