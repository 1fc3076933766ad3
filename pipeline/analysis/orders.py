"""Which rows a stated rule relates to a term of an order, within its served dates. Whether a row is anything to the order is for a person to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd

from parsers.contract import IN, INCIDENT, SIGHTING
from pipeline.analysis.wording import joined
from pipeline.case.orders import A_PLACE, CONTACT, THIRD_PARTIES, Order, Term


@dataclass(frozen=True)
class Related:
    """The rows (numbers in the table) that a rule relates to one term; `rule` says the rule in words, `why_none` why no row was looked for."""

    order: Order
    term: Term
    rule: str
    rows: tuple[int, ...]
    why_none: str = ""


NOT_SERVED: Final = "the day of service is not recorded, so no row is related to this term"


def related(
    prepared: pd.DataFrame,
    places: Sequence[str],
    orders: Sequence[Order],
    subjects: Sequence[str],
    names: dict[str, str],
) -> tuple[Related, ...]:
    """For every term of every order, the rows in [served, expires], both days included, that its rule relates to it.

    Args:
        prepared: made by `contact.prepare`.
        places: for each row of it, the key of its place, or "".
        orders: of the case.
        subjects: keys of the subjects.
        names: words for the keys of persons and places.
    """
    counted = ~prepared["left_out"].isin(["excluded", "duplicate"])
    found = []
    for order in orders:
        for term in order.terms:
            if order.served is None:
                found.append(Related(order, term, _words(term, subjects, names), (), NOT_SERVED))
                continue
            keep = (
                counted
                & _within(prepared["local"], order.served, order.expires)
                & _fits(prepared, places, term, subjects)
            )
            found.append(
                Related(order, term, _words(term, subjects, names), tuple(keep.to_numpy().nonzero()[0].tolist()))
            )
    return tuple(found)


def _within(local: pd.Series[Any], served: date, expires: date | None) -> pd.Series[bool]:
    keep = local >= pd.Timestamp(served)
    return keep if expires is None else keep & (local < pd.Timestamp(expires) + pd.Timedelta(days=1))


def _fits(prepared: pd.DataFrame, places: Sequence[str], term: Term, subjects: Sequence[str]) -> pd.Series[bool]:
    inbound = prepared["item"] & (prepared["direction"] == IN)
    by_subject = prepared["person"].isin(list(subjects))
    if term.rule == CONTACT:
        return inbound & by_subject
    if term.rule == THIRD_PARTIES:
        return inbound & (prepared["person"] != "") & ~by_subject
    at_place = pd.Series([place == term.place for place in places], index=prepared.index, dtype=bool)
    return at_place & prepared["kind"].isin([INCIDENT, SIGHTING])


def _words(term: Term, subjects: Sequence[str], names: dict[str, str]) -> str:
    who = joined([names.get(key, key) for key in subjects]) or "a subject"
    if term.rule == CONTACT:
        return f"messages, calls, emails and voicemails that came in from {who}"
    if term.rule == THIRD_PARTIES:
        return f"messages, calls, emails and voicemails that came in from people named in the case other than {who}"
    assert term.rule == A_PLACE
    return f"incidents and sightings recorded at {names.get(term.place, term.place)}"
