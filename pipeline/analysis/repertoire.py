"""Through what did contact come over time: channels, identifiers, recorded categories of incidents, other people who were written to? What was new in each month?

New is what no earlier record holds. A file that was handed in later, or that begins later, makes old things look new, so beside each stands the day from which
data of its channel is held.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from parsers.contract import IN
from pipeline.analysis.contact import Scope
from pipeline.analysis.coverage import Coverage
from pipeline.analysis.recorded import INCIDENTS, Recorded, code_words, of_categories
from pipeline.analysis.result import Cell, Fact, Result, Selection, Table, lines
from pipeline.analysis.wording import NOT_GIVEN, SUPPLIED, day_words, different, joined, many, rows, sentence
from pipeline.case import Case

CHANNEL: Final = "channel"
IDENTIFIER: Final = "identifier"
CATEGORY: Final = "category"
PERSON: Final = "other person"
_PLURAL: Final = {
    CHANNEL: "channels",
    IDENTIFIER: "identifiers",
    CATEGORY: "recorded categories of incidents",
    PERSON: "other people who were sent the same item",
}
NAMED: Final = 10
"""So many names stand in a cell; the table of all of them holds the rest."""
LISTED: Final = 500
LINKED: Final = 2_000
"""Up to so many rows are named one by one behind a number that no filter gives."""


class Element(NamedTuple):
    """Something through which contact came: its sort (CHANNEL ...), words, first and last day, rows, the days it occurs on, and from which day its channels are held."""

    sort: str
    name: str
    first: np.datetime64
    last: np.datetime64
    records: int
    rows: Selection | None
    days: NDArray[np.datetime64]
    held_from: np.datetime64 | None = None


@dataclass(frozen=True, eq=False)
class Repertoire:
    """The elements, each sort in order of its first day.

    months  a row for each month from the first to the last day of an element, and a sort: month (its first day), sort, in_use, new, so_far, names (of the new)
    """

    elements: tuple[Element, ...]
    months: pd.DataFrame
    result: Result

    def of(self, sort: str) -> tuple[Element, ...]:
        """The elements of one sort."""
        return tuple(one for one in self.elements if one.sort == sort)


def repertoire(prepared: pd.DataFrame, scope: Scope, coverage: Coverage, recorded: Recorded, case: Case) -> Repertoire:
    """What occurs in the items in from the persons of `scope`, and in the recorded incidents."""
    mine = scope.items(IN).mask(prepared)
    elements = (
        *_tagged(prepared, mine, CHANNEL, scope, coverage),
        *(_tagged(prepared, mine, IDENTIFIER, scope, coverage) if scope.persons else ()),
        *_categories(recorded),
        *_people(prepared, mine, scope, case),
    )
    months = _months(elements)
    caveats = (
        "New in a month is what no earlier record holds. An export that was added later, or that begins later, makes what is in it look new: the table gives the day from which data of the channel is held.",
        "Identifiers are those that a person has attributed to the persons these figures are about; numbers that nobody is named for are in none of these counts.",
        "Categories are those of incidents, as a person recorded them; what surrounds them (told to stop, blocked, reported to the police) is not among them. Other people are counted where an item names them as recipients beside the client.",
    )
    tables = (*_month_tables(elements, months), *_element_table(elements))
    return Repertoire(elements, months, Result(_facts(elements, scope), tables, caveats if elements else ()))


def _tagged(
    prepared: pd.DataFrame, mine: NDArray[np.bool_], column: str, scope: Scope, coverage: Coverage
) -> list[Element]:
    """An element for each value of a column among the items."""
    there = prepared.loc[mine, list(dict.fromkeys((column, "channel", "day")))]
    held = coverage.windows[coverage.windows["carries_contact"]].groupby("channel")["first"].min()
    found = []
    for value, of_value in there.groupby(column, observed=True):
        day = np.unique(of_value["day"].to_numpy(dtype="datetime64[D]"))
        firsts = held.reindex(of_value["channel"].astype(str).unique()).dropna()
        found.append(
            Element(
                column,
                str(value) or NOT_GIVEN,
                day[0],
                day[-1],
                len(of_value),
                scope.items(IN, **{f"{column}s": (str(value),)}),
                day,
                firsts.min().to_datetime64().astype("datetime64[D]") if len(firsts) else None,
            )
        )
    return _in_order(found)


def _categories(recorded: Recorded) -> list[Element]:
    found = []
    for code in (code for code in recorded.categories["code"] if code in INCIDENTS):
        there = recorded.rows({code})
        day = np.unique(there["day"].dropna().to_numpy(dtype="datetime64[D]"))
        if day.size:
            found.append(Element(CATEGORY, code_words(code), day[0], day[-1], len(there), of_categories({code}), day))
    return _in_order(found)


def _people(prepared: pd.DataFrame, mine: NDArray[np.bool_], scope: Scope, case: Case) -> list[Element]:
    """Others of the case among the recipients of an item."""
    found = []
    recipients = prepared.loc[mine, "recipients"]
    for person in case.others:
        naming = [value for value in recipients.cat.categories if person.key in value.split()]
        there = prepared[mine & prepared["recipients"].isin(naming).to_numpy(dtype=bool)]
        if len(there):
            day = np.unique(there["day"].to_numpy(dtype="datetime64[D]"))
            chosen = Selection(ids=tuple(there["id"])) if len(there) <= LINKED else None
            name = scope.names.get(person.key, person.key)
            found.append(Element(PERSON, name, day[0], day[-1], len(there), chosen, day))
    return _in_order(found)


def _in_order(found: list[Element]) -> list[Element]:
    return sorted(found, key=lambda one: (one.first, one.name))


def _months(elements: tuple[Element, ...]) -> pd.DataFrame:
    table: list[dict[str, Any]] = []
    if elements:
        first = min(one.first for one in elements).astype("datetime64[M]")
        last = max(one.last for one in elements).astype("datetime64[M]")
        used = [np.unique(one.days.astype("datetime64[M]")) for one in elements]
        for month in np.arange(first, last + np.timedelta64(1, "M")):
            for sort in _PLURAL:
                of_sort = [place for place, one in enumerate(elements) if one.sort == sort]
                new = [
                    elements[place].name for place in of_sort if elements[place].first.astype("datetime64[M]") == month
                ]
                table.append(
                    {
                        "month": pd.Timestamp(month),
                        "sort": sort,
                        "in_use": sum(bool((used[place] == month).any()) for place in of_sort),
                        "new": len(new),
                        "so_far": sum(elements[place].first.astype("datetime64[M]") <= month for place in of_sort),
                        "names": tuple(new),
                    }
                )
    return pd.DataFrame(table, columns=["month", "sort", "in_use", "new", "so_far", "names"])


def _facts(elements: tuple[Element, ...], scope: Scope) -> tuple[Fact, ...]:
    if not elements:
        return (
            sentence(f"{SUPPLIED}nothing came in{scope.whom('from')}, and no category of an incident is recorded."),
        )
    facts = []
    plurals: tuple[tuple[str, Literal["channels", "identifiers"]], ...] = (
        (CHANNEL, "channels"),
        (IDENTIFIER, "identifiers"),
    )
    for sort, words in plurals:
        of_sort = [one for one in elements if one.sort == sort]
        if of_sort:
            by = [f"{one.name} from {day_words(one.first)}" for one in of_sort[:NAMED]]
            more = [f"{len(of_sort) - NAMED:,} more"] if len(of_sort) > NAMED else []
            facts.append(
                sentence(
                    f"{words.capitalize()} by which items came in{scope.whom('from')}: ",
                    different(len(of_sort), scope.items(IN), words),
                    f" ({joined([*by, *more])}).",
                )
            )
    return tuple(facts)


def _month_tables(elements: tuple[Element, ...], months: pd.DataFrame) -> list[Table]:
    tables = []
    for sort, plural in _PLURAL.items():
        if not any(one.sort == sort for one in elements):
            continue
        of_sort = months[months["sort"] == sort]
        tables.append(
            Table(
                f"{plural[0].upper()}{plural[1:]} by month",
                ("Month", "In use", "New", "So far", "Names of the new"),
                tuple(
                    (
                        f"{row.month:%m/%Y}",
                        f"{row.in_use:,}",
                        f"{row.new:,}",
                        f"{row.so_far:,}",
                        _names(row.names),
                    )
                    for row in lines(of_sort)
                ),
            )
        )
    return tables


def _names(names: tuple[str, ...]) -> str:
    return ", ".join([*names[:NAMED], *([f"and {len(names) - NAMED:,} more"] if len(names) > NAMED else [])]) or "-"


def _element_table(elements: tuple[Element, ...]) -> list[Table]:
    if not elements:
        return []
    table: list[tuple[Cell, ...]] = [
        (
            one.name,
            one.sort,
            f"{one.records:,}" if one.rows is None else rows(one.records, one.rows),
            day_words(one.first),
            day_words(one.last),
            "-" if one.held_from is None else day_words(one.held_from),
        )
        for one in elements[:LISTED]
    ]
    more = f" (the first {LISTED:,} of {many(len(elements), 'one')})" if len(elements) > LISTED else ""
    return [
        Table(
            f"All that occurs, with its first and last day{more}",
            ("What", "Sort", "Records", "First day", "Last day", "Data of its channel from"),
            tuple(table),
        )
    ]
