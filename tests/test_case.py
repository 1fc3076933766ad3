"""case.toml: refused with file, line and key, or read as it stands."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import case as cases
from pipeline.case import Answer, CaseError, parse
from pipeline.new_case import Beginning, add_answer, make, quoted, render

GOOD = """\
reference = "CD-1"
[client]
name = "Robin"
identifiers = ["07700 900001"]

[[subject]]
name = "Sam"

[[subject]]
name = "Kit"

[[other]]
name = "Jo"
role = "sister"

[[place]]
name = "Home"
type = "home"
lat = 53
lon = -1.5

[[key_date]]
date = 2026-03-04
type = "asked to stop"
reference = "24*123"
"""


def test_what_is_written_is_read() -> None:
    case = parse(GOOD, Path())
    assert [person.key for person in case.people] == ["P1", "P2", "P3", "A"]
    assert (case.zone, case.country) == ("Europe/London", "GB")
    assert case.places[0].lat == 53.0
    assert case.key_dates[0].day == date(2026, 3, 4)
    assert case.key_dates[0].label == "asked to stop 24*123"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'name = "Kit"',
            'nmae = "Kit"',
            r"case.toml, line 10: subject.2.nmae is not a key that is known here; known are: name, identifiers",
        ),
        ('reference = "CD-1"', 'refrence = "CD-1"', r"line 1: refrence is not a key"),
        ('reference = "CD-1"', "reference = 7", r"line 1: reference must be text in quotes"),
        (
            'identifiers = ["07700 900001"]',
            "identifiers = [7700900001]",
            r"line 4: client.identifiers.1 must be text in quotes",
        ),
        (
            'identifiers = ["07700 900001"]',
            'identifiers = "07700 900001"',
            r"line 4: client.identifiers must be a list",
        ),
        ("lat = 53", 'lat = "53"', r"line 19: place.1.lat must be a number"),
        ("lat = 53", "lat = true", r"line 19: place.1.lat must be a number"),
        ("lat = 53", "lat = 153", r"line 19: place.1.lat 153 is not between -90 and 90"),
        ("lat = 53\n", "", r"place.1.lat is missing"),
        ('type = "home"', 'type = "castle"', r'line 18: place.1.type "castle" is not one of: home, work'),
        ("date = 2026-03-04", 'date = "04/03/2026"', r"line 23: key_date.1.date must be a date such as 2026-03-04"),
        ('type = "asked to stop"', 'type = "told"', r'line 24: key_date.1.type "told" is not one of'),
        ('name = "Robin"', 'name = ""', r"line 3: client.name is missing or empty"),
        ("[[subject]]", "[subject]", r"case.toml"),
        (
            'reference = "CD-1"',
            'reference = "CD-1"\nzone = "Mars/Base"',
            r'line 2: zone "Mars/Base" is not a time zone',
        ),
        (
            'reference = "CD-1"',
            'reference = "CD-1"\ncountry = "Britain"',
            r'line 2: country "Britain" is not a country code',
        ),
        ('reference = "CD-1"', 'reference = "CD-1', r"case.toml: .*line 1"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(CaseError, match=said):
        parse(GOOD.replace(old, new), Path())


def test_no_case_here(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="is not a case folder"):
        cases.load(tmp_path)


def test_new_case_holds_what_was_said(tmp_path: Path) -> None:
    beginning = Beginning(
        'A "quoted" ref',
        "Robin: 07700 900001, robin@example.org",
        subjects=("Sam: 07700 900123",),
        others=("Jo",),
        places=("Home, home, 53.1, -1.8, 80, known to Sam, since 2024",),
        key_dates=("2026-03-04 asked to stop: by text", "2026-03-09 reported #24*123456"),
    )
    case = make(tmp_path / "case", beginning)
    assert case.reference == 'A "quoted" ref'
    assert case.client.identifiers == ("07700 900001", "robin@example.org")
    assert case.subjects[0].identifiers == ("07700 900123",)
    assert case.places[0].known_to == "known to Sam, since 2024"
    assert [(key.type, key.what, key.reference) for key in case.key_dates] == [
        ("asked to stop", "by text", ""),
        ("reported", "", "24*123456"),
    ]
    with pytest.raises(CaseError, match="is a case already"):
        make(tmp_path / "case", beginning)


@pytest.mark.parametrize(("table", "count"), [("order", "orders"), ("decision", "decisions"), ("report", "report")])
def test_examples_in_a_new_case_can_be_used_as_they_stand(table: str, count: str) -> None:
    text = render(Beginning("x", "Client"))
    start = next(number for number, line in enumerate(text.splitlines()) if line.strip("# []") == table)
    example = list(itertools.takewhile(lambda line: line.startswith("#"), text.splitlines()[start:]))
    case = parse(text + "\n" + "\n".join(line.removeprefix("# ") for line in example), Path())
    assert len(getattr(case, count))


def test_new_case_with_nothing_said_is_valid() -> None:
    assert parse(render(Beginning("x", "Client")), Path()).subjects == ()


@pytest.mark.parametrize(
    "beginning",
    [
        Beginning("x", "C", places=("Home",)),
        Beginning("x", "C", places=("Home, home, north, 1",)),
        Beginning("x", "C", key_dates=("yesterday asked to stop",)),
        Beginning("x", "C", key_dates=("2026-02-30 reported",)),
    ],
)
def test_new_case_refuses_what_cannot_be(beginning: Beginning, tmp_path: Path) -> None:
    with pytest.raises(CaseError):
        make(tmp_path / "case", beginning)
    assert not (tmp_path / "case").exists()


def test_answers_are_added_and_the_last_one_counts(tmp_path: Path) -> None:
    case = make(tmp_path / "case", Beginning("x", "C"))
    case = add_answer(case, Answer("ab", "chat.txt", "owner", "Robin", "Who?"))
    case = add_answer(case, Answer("ab", "chat.txt", "owner", 'R "R" \\ \x7f', "Who?"))
    assert case.answers_for("ab") == {"owner": 'R "R" \\ \x7f'}
    assert len(case.answers) == 2
    assert case.text.startswith("# The case, for Fourline")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_survives_quoting(text: str) -> None:
    assert (
        parse(f"reference = {quoted('r' + text)}\n[client]\nname = 'C'\n", Path()).reference == "r" + text.rstrip()
        or not text.strip()
    )
