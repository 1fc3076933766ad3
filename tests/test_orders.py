"""Orders of case.toml, and the rows that a stated rule relates to their terms."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.analysis.orders import NOT_SERVED, related
from pipeline.case import CaseError, Order, Term, parse

HEAD = 'reference = "X"\n[client]\nname = "C"\n[[place]]\nname = "Home"\ntype = "home"\nlat = 53.0\nlon = -1.0\n'
GOOD = """
[[order]]
name = "NMO 1"
made = 2026-03-01
served = 2026-03-02
expires = 2026-03-31
terms = [
  { text = "not to contact C", rule = "contact" },
  { text = "not to go to Home", rule = "a place", place = "Home" },
]
"""


def test_an_order_is_read() -> None:
    (order,) = parse(HEAD + GOOD, Path("x")).orders
    assert order == Order(
        "NMO 1",
        date(2026, 3, 1),
        date(2026, 3, 2),
        date(2026, 3, 31),
        (Term("not to contact C", "contact"), Term("not to go to Home", "a place", "place-1")),
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('rule = "contact"', 'rule = "telepathy"', "telepathy"),
        ('rule = "contact"', 'rule = ""', "missing"),
        ('place = "Home"', 'place = "Elsewhere"', "not the name of a place"),
        ('rule = "contact"', 'rule = "contact", place = "Home"', "belongs to the rule"),
        ('name = "NMO 1"', "", "missing"),
        ("served = 2026-03-02", "served = 2026-02-02", "before the day"),
        ("expires = 2026-03-31", "expires = 2026-03-01", "before the day"),
        ("served = 2026-03-02", 'served = "tomorrow"', "must be a date"),
        ("served = 2026-03-02", "breached = true", "not a key"),
    ],
)
def test_a_mistake_is_named(old: str, new: str, said: str) -> None:
    with pytest.raises(CaseError, match=said):
        parse(HEAD + GOOD.replace(old, new), Path("x"))


@pytest.mark.parametrize(
    ("table", "said"),
    [('profile = "tribunal"', "civil, family, exhibit"), ("page_budget = 0", "1 or more"), ("page_budget = true", "1 or more"),
     ('page_budget = "many"', "whole number"), ('colour = "red"', "not a key")],
)  # fmt: skip
def test_a_mistake_in_the_report_table_is_named(table: str, said: str) -> None:
    with pytest.raises(CaseError, match=said):
        parse(f"{HEAD}[report]\n{table}\n", Path("x"))


def rows() -> pd.DataFrame:
    def row(day: date, hour: int, **fields: Any) -> dict[str, Any]:
        known = {"item": True, "direction": "in", "person": "P2", "kind": "message", "left_out": ""}
        return {"local": datetime(day.year, day.month, day.day, hour, tzinfo=None), **known, **fields}

    served = date(2026, 3, 2)
    return pd.DataFrame(
        [
            row(served - timedelta(days=1), 23),
            row(served, 0),
            row(served, 1, direction="out"),
            row(served, 2, person="A"),
            row(served, 3, person=""),
            row(served, 4, left_out="duplicate", item=False),
            row(served, 5, item=False, kind="incident", person="", left_out="other record"),
            row(served, 6, item=False, kind="location", person="", left_out="other record"),
            row(date(2026, 3, 31), 23),
            row(date(2026, 4, 1), 0),
        ]
    )


PLACES = ["", "", "", "", "", "", "place-1", "place-1", "", ""]


def found(
    term: Term, served: date | None = date(2026, 3, 2), expires: date | None = date(2026, 3, 31)
) -> tuple[int, ...]:
    (one,) = related(
        rows(), PLACES, (Order("O", None, served, expires, (term,)),), ("P2",), {"P2": "Sam", "place-1": "Home"}
    )
    assert bool(one.why_none) == (served is None)
    return one.rows


def test_contact_is_what_came_in_from_a_subject_from_service_to_expiry_both_days_included() -> None:
    assert found(Term("t", "contact")) == (1, 8)
    assert found(Term("t", "contact"), expires=None) == (1, 8, 9)


def test_third_parties_are_named_people_only_never_an_unknown_number() -> None:
    assert found(Term("t", "third parties")) == (3,)


def test_a_place_is_incidents_and_sightings_there_not_the_positions_of_a_phone() -> None:
    assert found(Term("t", "a place", "place-1")) == (6,)


def test_without_a_day_of_service_no_row_is_related() -> None:
    assert found(Term("t", "contact"), served=None) == ()
    (one,) = related(rows(), PLACES, (Order("O", None, None, None, (Term("t", "contact"),)),), ("P2",), {})
    assert one.why_none == NOT_SERVED
