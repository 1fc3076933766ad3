"""The time for which somebody says that the records are complete: from case.toml to the figures."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tables import events_table

from pipeline import case as cases
from pipeline.analysis.contact import Scope, prepare
from pipeline.analysis.coverage import coverage
from pipeline.analysis.observed import ObservedTime, Window, observed_time
from pipeline.case import CaseError, Observed
from pipeline.new_case import Beginning, render

SAM = Scope(("P2",), {"P1": "Kim Client", "P2": "Sam Example", "A": "Jo Example"}, "")
LABELS = {"a" * 12: "S1", "b" * 12: "S2", "c" * 12: "S2.1", "d" * 12: "S21"}
HEAD = 'reference = "T"\n[client]\nname = "Kim"\nidentifiers = []\n[[subject]]\nname = "Sam"\nidentifiers = []\n'
SAID = """
[[observed]]
from = 2026-01-01
until = 2026-06-30
sources = ["S1"]
channels = ["SMS"]
persons = ["Sam"]
by = "Robin"
basis = "kept everything"
"""


def test_case_toml_says_who_says_so_and_why(tmp_path: Path) -> None:
    (one,) = cases.parse(HEAD + SAID, tmp_path).observed
    assert one == Observed(date(2026, 1, 1), date(2026, 6, 30), "Robin", "kept everything", ("S1",), ("SMS",), ("Sam",))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("from = 2026-01-01\n", "", r"line 9: observed.1.from is missing"),
        ("until = 2026-06-30", "until = 2025-12-31", r"line 11: observed.1.until 2025-12-31 is before 2026-01-01"),
        ('by = "Robin"', 'by = " "', r"line 15: observed.1.by is missing or empty"),
        ('basis = "kept everything"\n', "", r"observed.1.basis is missing or empty"),
        ('["Sam"]', '["Sma"]', r'line 14: observed.1.persons "Sma" is not the name of a person'),
        ("until =", "to =", r"is not a key that is known here"),
        ("2026-01-01", '"1 January"', r"must be a date"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(CaseError, match=message):
        cases.parse(HEAD + SAID.replace(old, new), tmp_path)


def test_the_example_in_a_new_case_can_be_used_as_it_stands(tmp_path: Path) -> None:
    text = render(Beginning("T", "Kim: 07700 900001", ("Sam Example: 07700 900123",)))
    start = text.index("# [[observed]]")
    end = text.index("\n\n", start)
    used = text[:start] + text[start:end].replace("# ", "") + text[end:]
    assert cases.parse(used, tmp_path).observed[0].channels == ("SMS", "phone")


def said(*statements: Observed, rows: list[dict[str, Any]] | None = None, received: date | None = None) -> ObservedTime:
    prepared = prepare(events_table(rows or [{"local": "2026-02-01 10:00", "person": "P2"}]))
    return observed_time(statements, prepared, SAM, LABELS, received)


def statement(**more: Any) -> Observed:
    return Observed(date(2026, 1, 1), date(2026, 6, 30), "Robin", "kept all", **more)


@pytest.mark.parametrize(
    ("more", "sources", "channels"),
    [
        ({}, set(), set()),
        ({"persons": ("Sam Example", "Jo Example")}, set(), set()),
        ({"sources": ("s2",)}, {"b" * 12, "c" * 12}, set()),  # what an archive holds too, but not S21
        ({"sources": ("a" * 64,)}, {"a" * 12}, set()),
        ({"channels": ("sms",)}, set(), {"sms"}),
    ],
)
def test_what_a_statement_is_about(more: dict[str, Any], sources: set[str], channels: set[str]) -> None:
    (window,) = said(statement(**more)).windows
    assert (window.sources, window.channels) == (sources, channels)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"persons": ("Jo Example",)}, "not used: it is about contact with Jo Example only"),
        ({"sources": ("S9",)}, "not used: no record is from S9"),
        ({"channels": ("Whatsup",)}, "not used: no record is from Whatsup"),
    ],
)
def test_what_cannot_be_used_is_said_and_used_for_nothing(more: dict[str, Any], why: str) -> None:
    answer = said(statement(**more))
    assert answer.windows == ()
    assert [fact.sentence for fact in answer.result.facts] == [f"What Robin says of 01/01/2026 to 30/06/2026 is {why}."]
    assert answer.result.tables[0].rows[0][-1] == why


def test_nobody_can_speak_for_the_time_after_the_last_file_came() -> None:
    answer = said(statement(), received=date(2026, 5, 1))
    assert answer.windows[0].end == date(2026, 5, 1)
    assert "used up to 01/05/2026, the day on which the last file was received" in answer.result.facts[0].sentence
    assert said(statement(), received=date(2025, 5, 1)).windows == ()


def test_days_without_a_record_are_held_on_the_word_of_somebody_and_that_is_said() -> None:
    prepared = prepare(events_table([{"local": f"2026-02-{day} 10:00"} for day in ("03", "05")]))
    answer = coverage(prepared, LABELS, [Window(date(2026, 2, 4), date(2026, 2, 10))])
    assert (answer.held[0].item(), answer.held[-1].item(), answer.held.size) == (date(2026, 2, 3), date(2026, 2, 10), 8)
    assert [fact.sentence for fact in answer.result.facts][2] == (
        "Of these days, 5 are in no file's time and count as held only since somebody says that the records are complete on them."
    )
