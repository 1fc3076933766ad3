"""Each record by itself, beside the verdict on all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from tables import events_table
from test_analysis_trend import MONDAY, SAM, A, B, daily, sessions

from pipeline.analysis.contact import prepare
from pipeline.analysis.coverage import coverage
from pipeline.analysis.each_record import EachRecord, each_record
from pipeline.analysis.material import Material
from pipeline.analysis.result import Number
from pipeline.case import Case, Person

CASE = Case(Path(), "T", Person("P1", "client", "Kim Client"))
LABELS = {A: "S1", B: "S2"}
RISING = (0, 1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 9)


def alone(rows: Sequence[dict[str, Any]]) -> tuple[EachRecord, Any]:
    prepared = prepare(events_table(list(rows)))
    return each_record(Material(prepared, CASE, SAM, coverage(prepared), (), LABELS)), prepared


def texts(row: tuple[Any, ...]) -> list[str]:
    return [getattr(cell, "text", cell) for cell in row]


def test_one_record_needs_no_table_of_its_own() -> None:
    answer, _ = alone([*sessions(RISING, source=A), *daily(84, source=A)])
    assert answer.records == ()
    assert answer.result.tables == ()


def test_a_record_that_begins_late_hides_nothing_of_the_others() -> None:
    late = MONDAY + timedelta(days=28)
    rows = [
        *sessions(RISING, source=A),
        *daily(84, source=A),
        *sessions((1,) * 8, start=late + timedelta(days=1), source=B, channel="phone", kind="call"),
        *daily(56, late, source=B, channel="phone"),
    ]
    answer, prepared = alone(rows)
    first, second = answer.result.tables[0].rows
    assert texts(first) == [
        *("SMS, S1", "12 from 05/01/2026 to 29/03/2026"),
        *("4", "31", "some evidence of a possible rise", "4", "31", "some evidence of a possible rise"),
    ]
    assert texts(second)[:2] == ["phone, S2", "8 from 02/02/2026 to 29/03/2026"]
    assert texts(second)[4] == "not enough data"
    numbers = [cell for row in (first, second) for cell in row if isinstance(cell, Number)]
    assert len(numbers) == 8
    assert [number.text for number in numbers] == [str(number.count(prepared)) for number in numbers]


def test_the_p_values_of_all_records_are_raised_together() -> None:
    """What is some evidence alone need not be any among ten tests."""
    middling = (1, 2, 1, 3, 2, 3, 2, 4, 3, 4)
    one = [*sessions(middling, source=A), *daily(70, source=A)]
    channels = ("phone", "email", "Signal", "Telegram")
    others = [
        row
        for channel in channels
        for row in (*sessions((3, 2) * 5, source=B, channel=channel), *daily(70, source=B, channel=channel))
    ]
    two, _ = alone([*one, *sessions((3, 2) * 5, source=B, channel="phone"), *daily(70, source=B, channel="phone")])
    many, _ = alone([*one, *others])
    word = {name: [texts(row)[4] for row in answer.result.tables[0].rows if texts(row)[0].startswith("SMS")] for name, answer in (("two", two), ("many", many))}  # fmt: skip
    assert word == {"two": ["some evidence of a possible rise"], "many": ["no clear change"]}
