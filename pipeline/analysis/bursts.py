"""When did much contact come in a short time? A fixed rule, no test: five items in less than sixty minutes.

A burst is the whole of an unbroken chain of such stretches: it ends where the next item is in no stretch together with the one before. Beside it stands the most
that came in less than sixty minutes, since a chain may last for hours.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from parsers.contract import CALL, IN, OUT
from pipeline.analysis.contact import CLOCK_HOURS, Scope
from pipeline.analysis.result import Fact, Number, Result, Selection, Table, lines
from pipeline.analysis.wording import (
    NOT_GIVEN,
    SUPPLIED,
    day_words,
    joined,
    many,
    party_words,
    rows,
    sentence,
    span_words,
)

ITEMS: Final = 5
MINUTES: Final = 60
LISTED: Final = 50
"""Rows of the table; the frame holds them all."""

_MINUTE: Final = np.timedelta64(1, "m")


@dataclass(frozen=True, eq=False)
class Bursts:
    """Bursts of items in from the persons of a scope.

    bursts  a row for each, the one with the most items first: person (key or ''), identifier (where no person is named), start, start_zone, end,
            end_zone (local), items, minutes (from the first to the last item), first_id, last_id
    """

    bursts: pd.DataFrame
    result: Result


def bursts(prepared: pd.DataFrame, scope: Scope) -> Bursts:
    """Finds the bursts in a table made by `contact.prepare`. Items known to the day only are in none."""
    order, first, last = _chains(prepared, scope)
    length = last - first + 1
    largest = np.lexsort((order[first], -length))
    found = _frame(prepared, order[first[largest]], order[last[largest]], length[largest])
    listed = [
        _line(prepared, order[first[number] : last[number] + 1], burst, scope)
        for number, burst in zip(largest[:LISTED], lines(found.head(LISTED)), strict=True)
    ]
    facts = (*_facts(found, listed, scope), *_within_an_hour(prepared, order, first[largest], length[largest]))
    table = Table(
        f"Times with {ITEMS} or more items in from {scope.words} in less than {MINUTES} minutes, the most items first",
        ("First item", "Last item", "Minutes", "From", "Items", "What", "Channels", "Most without an item out"),
        tuple(listed),
    )
    caveats = (
        f"A burst is a chain of items from one person: {ITEMS} in less than {MINUTES} minutes, and on as long as this holds. A longer chain may last for hours.",
        "Times written to the minute are taken as written; items known to the day only are in no burst.",
        "The last column counts the longest run of items in the burst with no item out to the same person between them.",
        *((f"The table holds the {LISTED} largest of {len(found):,} bursts.",) if len(found) > LISTED else ()),
    )
    return Bursts(
        found, Result(facts, (table,) if listed else (), caveats if listed else (), facts[1:] if listed else ())
    )


def _chains(prepared: pd.DataFrame, scope: Scope) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """The rows of the items in, one party after another and in order of time, and at which of their places each burst begins and ends."""
    mine = np.flatnonzero(scope.items(IN, hours=CLOCK_HOURS).mask(prepared))
    party = prepared["party"].to_numpy()
    order = mine[np.argsort(party[mine], kind="stable")]
    utc = _utc(prepared)[order]
    reach = min(ITEMS - 1, order.size)
    # Where a stretch of five begins; then, for each step from one item to the next, how many stretches hold both.
    begins = utc[reach:] - utc[: order.size - reach] < MINUTES * _MINUTE
    begins &= party[order[reach:]] == party[order[: order.size - reach]]
    change = np.zeros(order.size + 1, dtype=np.int64)
    change[: begins.size] += begins
    change[reach : reach + begins.size] -= begins
    edges = np.diff((np.cumsum(change) > 0).astype(np.int8), prepend=0)
    return order, np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)


def _utc(prepared: pd.DataFrame) -> NDArray[np.datetime64]:
    moments: NDArray[np.datetime64] = prepared["utc"].dt.tz_convert(None).to_numpy(dtype="datetime64[us]")
    return moments


def _frame(
    prepared: pd.DataFrame, first: NDArray[np.intp], last: NDArray[np.intp], items: NDArray[np.intp]
) -> pd.DataFrame:
    begin, end = prepared.iloc[first], prepared.iloc[last]
    person = begin["person"].astype(str).to_numpy()
    utc = _utc(prepared)
    return pd.DataFrame(
        {
            "person": person,
            "identifier": np.where(person == "", begin["identifier"].astype(str), ""),
            "start": begin["local"].to_numpy(),
            "start_zone": begin["zone"].astype(str).to_numpy(),
            "end": end["local"].to_numpy(),
            "end_zone": end["zone"].astype(str).to_numpy(),
            "items": items,
            "minutes": ((utc[last] - utc[first]) / _MINUTE).astype(np.int64),
            "first_id": begin["id"].to_numpy(),
            "last_id": end["id"].to_numpy(),
        }
    )


def _within_an_hour(
    prepared: pd.DataFrame, order: NDArray[np.intp], first: NDArray[np.intp], items: NDArray[np.intp]
) -> tuple[Fact, ...]:
    """The most items of one person in less than `MINUTES`, where the largest burst lasts longer; `first` and `items` of the bursts, the largest first."""
    utc, most, rows_of = _utc(prepared), 0, order[:0]
    for start, length in zip(first, items, strict=True):
        if length <= most:
            break
        chain = order[start : start + length]
        counts = np.searchsorted(utc[chain], utc[chain] + MINUTES * _MINUTE) - np.arange(chain.size)
        if counts.max() > most:
            most, place = int(counts.max()), int(counts.argmax())
            rows_of = chain[place : place + most]
    if not most or most == items[0]:
        return ()
    (burst,) = lines(_frame(prepared, rows_of[:1], rows_of[-1:], np.array([most])))
    what = _forms(prepared, rows_of)
    number = rows(most, _selection(burst))
    return (
        sentence(
            f"The most items from one person in less than {MINUTES} minutes: ",
            number,
            _what(number, what),
            f", {_when(burst)}.",
        ),
    )


def _selection(burst: Any) -> Selection:
    one: dict[str, Any] = (
        {"persons": (burst.person,)} if burst.person else {"persons": ("",), "identifiers": (burst.identifier,)}
    )
    return Selection(
        **one, directions=(IN,), items=True, hours=CLOCK_HOURS, first_id=burst.first_id, last_id=burst.last_id
    )


def _line(prepared: pd.DataFrame, of_burst: NDArray[np.intp], burst: Any, scope: Scope) -> tuple[Any, ...]:
    channels = _counted(prepared["channel"].iloc[of_burst])
    return (
        f"{day_words(burst.start)} {burst.start:%H:%M} {burst.start_zone}".rstrip(),
        f"{day_words(burst.end)} {burst.end:%H:%M} {burst.end_zone}".rstrip(),
        f"{burst.minutes:,}",
        party_words(burst.person, burst.identifier, scope.names),
        rows(burst.items, _selection(burst)),
        _forms(prepared, of_burst),
        ", ".join(f"{channel or NOT_GIVEN} {count:,}" for (channel,), count in channels),
        f"{_without_reply(prepared, of_burst):,}",
    )


def _counted(*columns: pd.Series[Any]) -> list[tuple[tuple[str, ...], int]]:
    """How often each combination of the values of some categorical columns is there, the most frequent first, then in order of appearance."""
    codes = np.column_stack([column.cat.codes for column in columns])
    distinct, first, counts = np.unique(codes, axis=0, return_index=True, return_counts=True)
    values = [
        ["" if code < 0 else str(column.cat.categories[code]) for code in distinct[:, place].tolist()]
        for place, column in enumerate(columns)
    ]
    return [(tuple(value[at] for value in values), int(counts[at])) for at in np.lexsort((first, -counts)).tolist()]


def _forms(prepared: pd.DataFrame, of_burst: NDArray[np.intp]) -> str:
    """'49 missed calls and 3 messages'."""
    forms: Counter[str] = Counter()
    # Column by column: a frame of several columns would first be copied whole.
    for (kind, status), count in _counted(prepared["kind"].iloc[of_burst], prepared["status"].iloc[of_burst]):
        forms[_form(kind, status)] += count
    return joined([many(count, form) for form, count in forms.most_common()])


def _what(number: Number, forms: str) -> str:
    """What stands after the number: ' missed calls', or ' items (49 missed calls and 3 messages)'."""
    if forms.startswith(f"{number.text} "):
        return forms.removeprefix(number.text)
    return f" items ({forms})"


def _when(burst: Any) -> str:
    """'on 03/02/2026, 22:04 to 23:02 GMT'."""
    return f"on {span_words(burst.start, burst.start_zone, burst.end, burst.end_zone)}"


def _form(kind: str, status: str) -> str:
    """'missed call', 'message'."""
    return f"{status} {kind}".strip() if kind == CALL else kind


def _without_reply(prepared: pd.DataFrame, of_burst: NDArray[np.intp]) -> int:
    """The longest run of items of the burst with no item out to the same party between them."""
    first = of_burst.min()
    during = slice(first, of_burst.max() + 1)
    same = prepared["party"].iloc[during].to_numpy() == prepared["party"].iloc[of_burst[0]]
    item, direction = prepared["item"].iloc[during].to_numpy(), prepared["direction"].iloc[during]
    out = np.flatnonzero(same & item & (direction == OUT).to_numpy(dtype=bool))
    return int(np.bincount(np.searchsorted(out, of_burst - first)).max())


def _facts(found: pd.DataFrame, listed: list[tuple[Any, ...]], scope: Scope) -> tuple[Fact, ...]:
    short = f"{ITEMS} or more items{scope.whom('from')} came in in less than {MINUTES} minutes"
    if found.empty:
        return (sentence(f"{SUPPLIED}there is no time in which {short}."),)
    there = f"there {'is' if len(found) == 1 else 'are'} {many(len(found), 'time')}"
    on = many(found["start"].dt.normalize().nunique(), "day")
    largest, what = next(lines(found)), listed[0][5]
    number = rows(largest.items, _selection(largest))
    return (
        sentence(f"{SUPPLIED}{there}, begun on {on}, in which {short}."),
        sentence(
            "The most items in a short time: ",
            number,
            _what(number, what),
            f" in {many(largest.minutes, 'minute')} {_when(largest)}.",
        ),
    )
