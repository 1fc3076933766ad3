"""[[order]]: orders of a court, with the days between which they were in force and served, and their terms, each with the rule by which rows relate to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from pipeline.case.toml_file import Lines, needed

CONTACT: Final = "contact"
THIRD_PARTIES: Final = "third parties"
A_PLACE: Final = "a place"
RULES: Final = (CONTACT, THIRD_PARTIES, A_PLACE)
TERM_FORM: Final = {"text": str, "rule": str, "place": str}
ORDER_FORM: Final = {"name": str, "made": date, "served": date, "expires": date, "terms": [TERM_FORM]}


@dataclass(frozen=True)
class Term:
    """One term of an order in its own words; `rule` is one of RULES, `place` the key of the place it is about."""

    text: str
    rule: str
    place: str = ""


@dataclass(frozen=True)
class Order:
    """An order; no row relates to it before the day it was `served` (None: not known), nor after the day it `expires` (None: no end recorded)."""

    name: str
    made: date | None
    served: date | None
    expires: date | None
    terms: tuple[Term, ...]


def order(row: Mapping[str, Any], index: int, places: Mapping[str, str], lines: Lines) -> Order:
    """An order from its row, the `index`th; `places` are the keys of the places by name. Raises CaseError."""
    where = ("order", index)

    def day(key: str) -> date | None:
        value = row.get(key)
        return value.date() if isinstance(value, datetime) else value

    terms = []
    for number, term in enumerate(row.get("terms", ())):
        here = (*where, "terms", number)
        rule = needed(term, "rule", here, lines)
        if rule not in RULES:
            raise lines.error((*here, "rule"), f'"{rule}" is not one of: {", ".join(RULES)}')
        if rule == A_PLACE and term.get("place") not in places:
            raise lines.error((*here, "place"), f'"{term.get("place", "")}" is not the name of a place of the case')
        if rule != A_PLACE and "place" in term:
            raise lines.error((*here, "place"), f'belongs to the rule "{A_PLACE}" only')
        terms.append(Term(needed(term, "text", here, lines), rule, places[term["place"]] if rule == A_PLACE else ""))
    made, served, expires = day("made"), day("served"), day("expires")
    for earlier, later, key in ((made, served, "served"), (made, expires, "expires"), (served, expires, "expires")):
        if earlier and later and later < earlier:
            raise lines.error((*where, key), "is before the day it was made or served")
    return Order(needed(row, "name", where, lines), made, served, expires, tuple(terms))
