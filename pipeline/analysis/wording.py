"""How the sentences of the analyses are written: figures, dd/mm/yyyy, 24 hours, singular and plural."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import inf
from typing import Final, Literal

import numpy as np
import pandas as pd

from pipeline.analysis.result import Fact, Number, Selection

SUPPLIED: Final = "In the records supplied, "
"""How a sentence begins that holds only as far as the records do."""
RANGE: Final = "A 95% range is made in such a way that, over many records, about 95 of 100 such ranges hold the true value. The wider it is, the less can be said."
NOT_GIVEN: Final = "(not given)"


def day_words(day: date | np.datetime64) -> str:
    """'04/03/2026'."""
    when = pd.Timestamp(day)
    return f"{when.day:02d}/{when.month:02d}/{when.year:04d}"


def time_words(local: pd.Timestamp, zone: str) -> str:
    """'04/03/2026 at 22:04 GMT'."""
    return f"{day_words(local)} at {local.hour:02d}:{local.minute:02d} {zone}".rstrip()


def span_words(start: pd.Timestamp, start_zone: str, end: pd.Timestamp, end_zone: str) -> str:
    """'03/02/2026, 22:04 to 23:02 GMT'; the zone of the beginning too where the clocks change in between ('00:50 BST to 01:05 GMT')."""
    begin = f"{start:%H:%M} {start_zone if start_zone != end_zone else ''}".rstrip()
    until = f"{end:%H:%M} {end_zone}".rstrip()
    if start.date() != end.date():
        until = f"{day_words(end)} {until}"
    return f"{day_words(start)}, {begin} to {until}"


def many(number: int, one: str, more: str = "") -> str:
    """'1 day', '1,234 days', for a number that counts no rows."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def joined(words: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def rows(number: int, selection: Selection) -> Number:
    """A number of rows."""
    return Number(f"{number:,}", selection)


def days(number: int, selection: Selection) -> Number:
    """A number of different days among rows."""
    return Number(f"{number:,}", selection, "days")


def different(number: int, selection: Selection, of: Literal["weeks", "channels", "identifiers"]) -> Number:
    """A number of different weeks, channels or identifiers among rows."""
    return Number(f"{number:,}", selection, of)


def event(key: str) -> Number:
    """The id of an event, which leads to its row."""
    return Number(key, Selection(ids=(key,)), "event")


def sentence(*parts: str | Number | tuple[str | Number, ...]) -> Fact:
    """A fact from words, numbers and pieces made of both."""
    return Fact(tuple(cell for part in parts for cell in (part if isinstance(part, tuple) else (part,))))


def noun(number: int, one: str, more: str = "") -> str:
    """' item', ' items': the word after a number that stands apart."""
    return f" {one if number == 1 else more or one + 's'}"


def share(part: int, whole: int) -> str:
    """' (32%)'; empty below ten, where a percentage would say more than is known."""
    return f" ({100 * part / whole:.0f}%)" if whole >= 10 else ""


def factor_words(factor: float) -> str:
    """'0.85', '1.4', '23', 'any number': how many times, to two figures or so."""
    if factor == inf:
        return "any number"
    return f"{factor:.2f}" if factor < 1 else f"{factor:.1f}" if factor < 10 else f"{factor:,.0f}"


def party_words(person: str, identifier: str, names: Mapping[str, str]) -> str:
    """The name of a person by key, or, where nobody is named for it, the identifier with these words."""
    return names.get(person, person) if person else f"{identifier or 'a party not given'} (nobody is named for it)"
