"""Which identifiers that nobody is named for began soon after contact was blocked or a number changed, or are a known address with a tag? For a person to look at.

"Soon" is 14 days (reference: analytics, section 2, displacement). Software names nobody: that an identifier begins then is a fact, whose it is is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import pandas as pd

from parsers.contract import IN
from pipeline.analysis.result import Cell, Result, Selection, Table
from pipeline.analysis.wording import rows
from pipeline.case import KeyDate
from pipeline.timeline.people import Identity

DAYS: Final = 14
AFTER: Final = frozenset({"blocked", "number changed", "asked to stop", "order served"})


@dataclass(frozen=True)
class Candidate:
    """An identifier that nobody is named for, the first day of an item from it, and the key date it follows."""

    identifier: str
    first: date
    after: KeyDate


def candidates(prepared: pd.DataFrame, dates: Sequence[KeyDate]) -> tuple[Candidate, ...]:
    """The candidates in a table made by `contact.prepare`, by day; each stands with the last key date before it. Withheld numbers are never candidates."""
    inbound = prepared["item"].to_numpy() & (prepared["direction"] == "in").to_numpy(dtype=bool)
    unnamed = (prepared["person"] == "").to_numpy(dtype=bool) & ~prepared["identifier"].isin(["", "withheld"]).to_numpy(
        dtype=bool
    )
    firsts = prepared[inbound & unnamed].groupby("identifier", observed=True)["day"].min()
    blocks = sorted((one for one in dates if one.type in AFTER), key=lambda one: one.day)
    found = []
    for identifier, moment in firsts.items():
        day = moment.date()
        before = [one for one in blocks if one.day <= day <= one.day + timedelta(days=DAYS)]
        if before:
            found.append(Candidate(str(identifier), day, before[-1]))
    return tuple(sorted(found, key=lambda one: (one.first, one.identifier)))


def to_look_at(prepared: pd.DataFrame, untagged: Callable[[str], Identity | None], names: Mapping[str, str]) -> Result:
    """The addresses that are a person's but for a tag (`timeline.people.Directory.untagged`), as a table for the report."""
    table: list[tuple[Cell, ...]] = [
        (
            identifier,
            f"without its tag it is {base.form}, which is {names.get(base.person, base.person)}'s; many providers deliver both to one mailbox",
            _items(prepared, identifier),
        )
        for identifier, base in tagged(prepared, untagged)
    ]
    caveat = "An identifier stands in the table “To be looked at” for what the records show of it; whose it is, only a person can say, and nothing is counted for it."
    title = "To be looked at: nobody is named for these"
    found = Table(title, ("Identifier", "Why it is listed", "Items in"), tuple(table))
    return Result((), (found,) if table else (), (caveat,) if table else ())


def tagged(prepared: pd.DataFrame, untagged: Callable[[str], Identity | None]) -> tuple[tuple[str, Identity], ...]:
    """Addresses with a tag that nobody is named for, each with the address of a person that it would be without."""
    nobody = prepared.loc[(prepared["person"] == "").to_numpy(dtype=bool), "identifier"].unique()
    found = ((identifier, untagged(identifier)) for identifier in sorted(nobody) if "+" in identifier[1:])
    return tuple((identifier, base) for identifier, base in found if base is not None)


def _items(prepared: pd.DataFrame, identifier: str) -> Cell:
    selection = Selection(persons=("",), identifiers=(identifier,), directions=(IN,), items=True)
    return rows(int(selection.mask(prepared).sum()), selection)
