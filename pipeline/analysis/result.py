"""What an analysis gives back: sentences whose every number leads to its rows, tables, and what must be said beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Literal, TypeAlias
from urllib.parse import quote

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True)
class Selection:
    """Which rows a number counts, said as a filter that the chronology of the report can apply too.

    An empty field does not restrict; an empty text inside a tuple asks for rows where that column is empty. `start` and `end` are local days, both included.
    `first_id` and `last_id` are events: the rows from the one to the other in the order of the timeline, both included. `items` keeps what counts as
    contact, `sessions` the first item of each session, `unanswered` the items that came in and had no reply within a day (see `contact.py`). `ids` names
    events one by one. `categories` are codes that a person has recorded: a row that has any of them is kept. `rules` keeps the rows that repeat another by
    these rules, `suggested` those that may, `repeated` the counted rows of events that are in several sources, `corroborated` those of them that an independent
    source holds.
    """

    persons: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    directions: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    corrections: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None
    hours: tuple[int, ...] = ()
    weekdays: tuple[int, ...] = ()
    items: bool = False
    sessions: bool = False
    unanswered: bool = False
    repeated: bool = False
    corroborated: bool = False
    first_id: str = ""
    last_id: str = ""
    ids: tuple[str, ...] = ()

    def mask(self, events: pd.DataFrame) -> NDArray[np.bool_]:
        """True for the rows of a table made by `contact.prepare` that this selection keeps."""
        keep = np.ones(len(events), dtype=bool)
        for column, wanted in (
            ("person", self.persons),
            ("identifier", self.identifiers),
            ("channel", self.channels),
            ("kind", self.kinds),
            ("direction", self.directions),
            ("status", self.statuses),
            ("source", self.sources),
            ("basis", self.bases),
            ("clock", self.clocks),
            ("correction", self.corrections),
            ("differing", self.differing),
            ("left_out", self.left_out),
            ("same_rule", self.rules),
            ("maybe_rule", self.suggested),
            ("hour", self.hours),
            ("weekday", self.weekdays),
            ("id", self.ids),
        ):
            if wanted:
                keep &= _is_in(events[column], wanted)
        if self.categories:
            held = events["categories"].cat.categories
            asked = [value for value in held if not set(self.categories).isdisjoint(value.split())]
            keep &= _is_in(events["categories"], asked)
        if self.start is not None:
            keep &= (events["local"] >= pd.Timestamp(self.start)).to_numpy(dtype=bool)
        if self.end is not None:
            keep &= (events["local"] < pd.Timestamp(self.end) + pd.Timedelta(days=1)).to_numpy(dtype=bool)
        for column, wanted_only in (
            ("item", self.items),
            ("opens_session", self.sessions),
            ("unanswered", self.unanswered),
            ("repeated", self.repeated),
            ("corroborated", self.corroborated),
        ):
            if wanted_only:
                keep &= events[column].to_numpy(dtype=bool)
        if self.first_id:
            keep &= np.logical_or.accumulate((events["id"] == self.first_id).to_numpy(dtype=bool))
        if self.last_id:
            keep &= np.logical_or.accumulate((events["id"] == self.last_id).to_numpy(dtype=bool)[::-1])[::-1]
        return keep

    def query(self) -> str:
        """The filter as the fragment of a link: "persons=P2&directions=in&start=2026-01-01&items=1"."""
        parts: list[str] = []
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, tuple):
                parts += [f"{field.name}={quote(str(one), safe='')}" for one in value]
            elif isinstance(value, bool):
                parts += [f"{field.name}=1"] if value else []
            elif isinstance(value, date):
                parts.append(f"{field.name}={value.isoformat()}")
            elif value:
                parts.append(f"{field.name}={quote(value, safe='')}")
        return "&".join(parts)


def _is_in(column: pd.Series[Any], wanted: Sequence[Any]) -> NDArray[np.bool_]:
    """True where the value is one of these; asked once for each distinct value where a column has few."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column.isin(wanted).to_numpy(dtype=bool)
    asked = np.append(column.cat.categories.isin(wanted), False)  # the last is for the code of a null, -1
    return asked[column.cat.codes.to_numpy()]


@dataclass(frozen=True)
class Number:
    """A number in a sentence or a table, as it is printed, with the rows behind it.

    It counts those rows (records, items or sessions, as the selection says), or the different local days or weeks they fall on, or the different channels or
    identifiers they have; or it is no number but the id of the one event that its selection keeps.
    """

    text: str
    rows: Selection
    counts: Literal["rows", "event", "days", "weeks", "channels", "identifiers"] = "rows"

    def count(self, events: pd.DataFrame) -> int:
        """The number counted afresh in the table: what `text` must say; 1 where the text is the id of an event."""
        keep = self.rows.mask(events)
        if self.counts in {"rows", "event"}:
            return int(keep.sum())
        return int(events.loc[keep, self.counts.removesuffix("s")].nunique())


Cell: TypeAlias = str | Number


@dataclass(frozen=True)
class Fact:
    """One plain sentence, in parts: words, and numbers that lead to their rows."""

    parts: tuple[Cell, ...]

    @property
    def sentence(self) -> str:
        """The sentence as text."""
        return "".join(part.text if isinstance(part, Number) else part for part in self.parts)


@dataclass(frozen=True)
class Table:
    """A small table of a result: `columns` are its headings, the first column names the row."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def lines(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a small frame, as tuples with the names of its columns: what the rows of a `Table` are made from."""
    return iter(frame.itertuples(index=False))


@dataclass(frozen=True)
class Result:
    """What every analysis gives: facts, tables, and the caveats that are printed with them."""

    facts: tuple[Fact, ...]
    tables: tuple[Table, ...]
    caveats: tuple[str, ...]
    headlines: tuple[Fact, ...] = ()
    """Those of the facts that belong into a summary."""
