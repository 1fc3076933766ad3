"""Whose an identifier is: said by a person, with a basis, and never by the program."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from tables import events_table
from test_cli import run, sms

from pipeline import case as cases
from pipeline.analysis.candidates import candidates
from pipeline.analysis.contact import prepare
from pipeline.case import CaseError, KeyDate, parse


@pytest.fixture
def case(tmp_path: Path) -> Path:
    run(
        "new",
        tmp_path / "case",
        "--no-input",
        "--client",
        "Robin",
        "--subject",
        "Sam: 07700 900123",
        "--key-date",
        "2025-12-30 blocked",
    )
    (tmp_path / "a.xml").write_bytes(sms("one", "two", number="07700 900999"))
    (tmp_path / "b.xml").write_bytes(sms("three"))
    run("add", tmp_path / "case", tmp_path / "a.xml", tmp_path / "b.xml", "--no-input")
    return tmp_path / "case"


def test_unattributed_come_first_and_candidates_are_shown_as_such(case: Path) -> None:
    output = run("people", case).output
    assert output.index("+447700900999") < output.index("+447700900123")
    assert "To look at: +447700900999 begins on 01/01/2026, within 14 days after 30/12/2025" in output
    told = json.loads(run("people", case, "--json").output)
    assert [(row["identifier"], row["person"], row["in_items"]) for row in told["identifiers"]] == [
        ("+447700900999", "", 2),
        ("+447700900123", "Sam", 1),
    ]
    assert told["candidates"] == [{"identifier": "+447700900999", "first": "2026-01-01"}]


def test_an_attribution_is_recorded_with_its_basis(case: Path) -> None:
    run(
        "people",
        case,
        "--attribute",
        "07700 900999=Sam",
        "--basis",
        "content",
        "--by",
        'A. "Advocate"',
        "--why",
        "signed with his name",
    )
    held = cases.load(case)
    assert held.subjects[0].identifiers == ("07700 900123", "07700 900999")
    one = held.attributions[0]
    assert (one.identifier, one.person, one.basis, one.by, one.why) == (
        "07700 900999",
        "Sam",
        "content",
        'A. "Advocate"',
        "signed with his name",
    )
    assert one.on is not None
    told = json.loads(run("people", case, "--json").output)
    assert {row["person"] for row in told["identifiers"]} == {"Sam"}
    assert told["candidates"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--attribute", "07700 900999=Sam"), "--basis"),
        (("--attribute", "07700 900999", "--basis", "content"), "IDENTIFIER=NAME"),
        (("--attribute", "07700 900999=Nobody", "--basis", "content"), "is not the name of one person"),
        (("--attribute", "07700 900123=Robin", "--basis", "content"), "one identifier can be one person's only"),
        (("--attribute", "07700 900999=Sam", "--basis", "a feeling"), "a feeling"),
    ],
)
def test_what_cannot_be_is_refused(case: Path, words: tuple[str, ...], said: str) -> None:
    before = (case / "case.toml").read_bytes()
    assert said in run("people", case, *words, code=2).output
    assert (case / "case.toml").read_bytes() == before


def test_a_basis_is_one_of_a_few() -> None:
    text = 'reference = "x"\n[client]\nname = "R"\n[[attribution]]\nidentifier = "07700 900999"\nperson = "R"\nbasis = "guess"\n'
    with pytest.raises(CaseError, match=r'line 7: attribution.1.basis "guess" is not one of: client says'):
        parse(text, Path())


def test_candidates_are_new_unnamed_senders_after_a_block_only() -> None:
    def row(day: str, identifier: str, person: str = "", direction: str = "in") -> dict[str, object]:
        return {
            "local": day,
            "identifier": identifier,
            "person": person,
            "direction": direction,
            "kind": "message",
            "channel": "SMS",
        }

    prepared = prepare(
        events_table(
            [
                row("2026-01-05T10:00", "+447700900001"),  # before as well
                row("2026-01-12T10:00", "+447700900002"),
                row("2026-01-12T11:00", "+447700900003", "P2"),
                row("2026-01-12T12:00", "withheld"),
                row("2026-01-12T13:00", "+447700900004", direction="out"),
                row("2026-01-13T10:00", "+447700900001"),
                row("2026-01-25T10:00", "+447700900005"),  # 15 days after
            ]
        )
    )
    found = candidates(prepared, [KeyDate(date(2026, 1, 10), "blocked"), KeyDate(date(2026, 1, 11), "moved")])
    assert [(one.identifier, one.first, one.after.type) for one in found] == [
        ("+447700900002", date(2026, 1, 12), "blocked")
    ]
