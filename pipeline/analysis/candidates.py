"""Which identifiers that nobody is named for began soon after contact was blocked or a number changed? Candidates for a person to look at, no more.

"Soon" is 14 days (reference: analytics, section 2, displacement). Software names nobody: that an identifier begins then is a fact, whose it is is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import pandas as pd

from pipeline.case import KeyDate

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
