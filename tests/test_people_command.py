"""Whose an identifier is: said by a person, with a basis, and never by the program."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from tables import events_table
from test_cli import run, sms

from pipeline import case as cases
from pipeline.analysis.candidates import candidates
from pipeline.analysis.contact import prepare
from pipeline.case import CaseError, KeyDate, parse
from pipeline.cli import main


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
    assert [row["basis"] for row in told["identifiers"]] == ["", "named in case.toml"]


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


def test_it_asks_on_a_terminal_and_records_each_answer(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.commands.shared.can_ask", lambda no_input: not no_input)
    answers = ["07700 900999", "2", "3", "A. Advocate", "signed so", "07700 900123", "1", "1", "A. Advocate", "", ""]
    output = CliRunner().invoke(main, ["people", str(case)], input="\n".join([*answers, ""])).output
    assert "Recorded in case.toml: 07700 900999 is Sam." in output
    assert "Not recorded:" in output
    assert "one identifier can be one person's only" in output
    (one,) = cases.load(case).attributions
    assert (one.identifier, one.person, one.basis, one.by, one.why) == ("07700 900999", "Sam", "content", "A. Advocate", "signed so")  # fmt: skip
    assert "Identifier to record" not in CliRunner().invoke(main, ["people", str(case), "--no-input"]).output


def test_the_report_shows_each_basis_and_the_candidates(case: Path, tmp_path: Path) -> None:
    words = ("--basis", "police", "--by", "PC 0000", "--why", "subscriber check")
    run("people", case, "--attribute", "07700 900124=Sam", *words)
    run("report", case, "--output", tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    for part in (
        "Parties key: who is who in the records, and on what basis",
        "+447700900124",
        "police, recorded by PC 0000 on ",
        ": subscriber check",
        "named in case.toml",
        "30/12/2025 (blocked)",
        "+447700900999",
    ):
        assert part in page


def test_one_name_on_two_numbers_and_two_names_on_one(tmp_path: Path) -> None:
    """Whatever names stand beside them: numbers stay apart, and one number stays one."""
    rows = [
        ("07700 900123", "Sam"), ("+447700900123", "Sammy"), ("00447700900123", "Sam"), ("447700900123", "Sam"), ("07700 900999", "Sam"),
        ("60777", "Bank"), ("VODAFONE", ""), ("sam+x@example.org", ""), ("Sam@Example.org", ""),
    ]  # fmt: skip
    texts = "\n".join(
        f'<sms address="{number}" date="{1767261600000 + place}" type="1" body="{place}" contact_name="{name or "(Unknown)"}" />'
        for place, (number, name) in enumerate(rows)
    )
    (tmp_path / "a.xml").write_text(f'<smses count="{len(rows)}">\n{texts}\n</smses>', "utf-8")
    run("new", tmp_path / "case", "--no-input", "--client", "Robin", "--subject", "Sam: 07700 900123, sam@example.org")
    run("add", tmp_path / "case", tmp_path / "a.xml", "--no-input")
    told = json.loads(run("people", tmp_path / "case", "--json").output)
    found = {row["identifier"]: (row["person"], row["names_written"], row["in_items"]) for row in told["identifiers"]}
    assert found == {
        "+447700900123": ("Sam", "Sam; Sammy", 4),
        "+447700900999": ("", "Sam", 1),
        "60777": ("", "Bank", 1),
        "VODAFONE": ("", "", 1),
        "sam+x@example.org": ("", "", 1),
        "sam@example.org": ("Sam", "", 1),
    }
    assert told["tagged"] == [{"identifier": "sam+x@example.org", "without_tag": "sam@example.org"}]
    output = run("people", tmp_path / "case").output
    assert "To look at: sam+x@example.org without its tag is sam@example.org, which is Sam's." in output
    run("report", tmp_path / "case", "--output", tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "Names that stand beside more than one identifier; nothing is merged for it" in page
    assert "many providers deliver both to one mailbox" in page


def test_group_chats_keep_every_participant(tmp_path: Path) -> None:
    mms = (
        '<mms date="1767261600000" msg_box="1" address="07700900123~07700900456~07700900999" m_type="132"><parts><part seq="0" ct="text/plain" text="to all" /></parts>'
        '<addrs><addr address="07700900123" type="137" /><addr address="07700900456" type="151" /><addr address="07700900999" type="151" />'
        '<addr address="07700900001" type="151" /></addrs></mms>'
    )
    chat = (
        "[13/11/2025, 09:00:00] Family: \u200eMessages and calls are end-to-end encrypted.\n"
        "[13/11/2025, 09:01:00] Sam: from Sam\n[13/11/2025, 09:02:00] Jo: from Jo\n[13/11/2025, 09:03:00] Robin: from Robin\n"
    )
    (tmp_path / "a.xml").write_text(f'<smses count="1">{mms}</smses>', "utf-8")
    (tmp_path / "WhatsApp Chat - Family.txt").write_text(chat, "utf-8")
    run("new", tmp_path / "case", "--no-input", "--client", "Robin: 07700 900001", "--subject", "Sam: 07700 900123", "--other", "Jo: 07700 900456")  # fmt: skip
    run("add", tmp_path / "case", tmp_path / "a.xml", tmp_path / "WhatsApp Chat - Family.txt", "--no-input")
    run("timeline", tmp_path / "case", "--output", tmp_path / "events.json")
    found = {event["text"]: event for event in json.loads((tmp_path / "events.json").read_text("utf-8"))}
    group = found["to all"]
    assert (group["sender"], group["recipients"]) == ("P2", "P1 A")
    assert group["recipients_written"] == "07700900456 | 07700900999"
    assert group["thread"] == "07700900123, 07700900456, 07700900999"
    assert [found[f"from {name}"]["person"] for name in ("Sam", "Jo")] == ["P2", "A"]
    # A WhatsApp export lists no members: those who wrote are known, each by name, and the group by its own.
    assert found["from Robin"]["sender"] == "P1"
    assert {found[f"from {name}"]["thread"] for name in ("Sam", "Jo", "Robin")} == {"Family"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--attribute", "07700 900999=Sam"), "--basis"),
        (("--attribute", "07700 900999", "--basis", "content"), "IDENTIFIER=NAME"),
        (("--attribute", "07700 900999=Nobody", "--basis", "content"), "is not the name of one person"),
        (("--attribute", "07700 900123=Robin", "--basis", "content"), "one identifier can be one person's only"),
        (("--attribute", "07700 900999=Sam", "--basis", "a feeling"), "a feeling"),
        (("--attribute", "withheld=Sam", "--basis", "content"), "withheld numbers need not be one caller"),
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
