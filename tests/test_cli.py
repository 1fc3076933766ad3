"""The commands, as a script and as a person at a terminal give them."""

from __future__ import annotations

import csv
import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from conftest import ROOT

from pipeline import registry
from pipeline.cli import main

SMS = """<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>
<smses count="{count}">
{rows}
</smses>
"""
HOSTILE = "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt; =HYPERLINK(&quot;http://example.org&quot;) \u202eevil"


def sms(*texts: str, number: str = "07700 900123", start: int = 1767261600000) -> bytes:
    rows = "\n".join(
        f'  <sms protocol="0" address="{number}" date="{start + index * 60000}" type="1" body="{text}" read="1" status="-1" contact_name="(Unknown)" />'
        for index, text in enumerate(texts)
    )
    return SMS.format(count=len(texts), rows=rows).encode()


CHAT = "03/01/2026, 10:00 - Robin: hello\n25/01/2026, 11:00 - Sam: answer me\n"
OPEN_CHAT = "03/01/2026, 10:00 - Ann: hello\n25/01/2026, 11:00 - Sam: answer me\n"


def run(*words: str | Path, code: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    run(
        "new",
        folder,
        "--no-input",
        "--client",
        "Robin: 07700 900001",
        "--subject",
        "Sam: 07700 900123, Sam",
        "--key-date",
        "2026-01-02 asked to stop",
    )
    return folder


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "sms.xml"
    path.write_bytes(sms("one", HOSTILE, "&#55357;&#56832; three"))
    return path


def status(case: Path, code: int = 0) -> list[dict[str, object]]:
    sources: list[dict[str, object]] = json.loads(run("status", case, "--json", code=code).output)["sources"]
    return sources


def test_a_case_from_start_to_report(case: Path, texts: Path, tmp_path: Path) -> None:
    output = run("add", case, texts, "--no-input").output
    assert "sms.xml" in output
    assert "3" in output
    assert "cannot show" in output
    (row,) = status(case)
    assert (row["file"], row["parser"], row["records"], row["events"], row["problems"], row["waiting_question"]) == (
        "sms.xml",
        "sms_backup",
        3,
        3,
        0,
        None,
    )
    run("report", case, "--output", tmp_path / "out", "--date", "2026-06-30")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "chronology.csv",
        "chronology.xlsx",
        "report.html",
    ]


def test_help_needs_no_heavy_library() -> None:
    code = "import sys; from pipeline import cli; print(sorted(set(sys.modules) & {'pandas', 'pyarrow', 'plotly', 'phonenumbers', 'rich', 'jinja2', 'numpy', 'openpyxl'}))"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
        ).stdout.strip()
        == "[]"
    )


def test_exit_codes(case: Path, tmp_path: Path) -> None:
    (tmp_path / "good.xml").write_bytes(sms("a"))
    (tmp_path / "cut.xml").write_bytes(sms("a", "b")[:-60])
    (tmp_path / "chat.txt").write_text(OPEN_CHAT, encoding="utf-8")
    (tmp_path / "unknown.bin").write_bytes(b"\0\1\2\3")
    (tmp_path / "empty.txt").touch()
    run("add", case, tmp_path / "good.xml", "--no-input", code=0)
    assert "Already in the case" in run("add", case, tmp_path / "good.xml", "--no-input", code=0).output
    assert "problem" in run("add", case, tmp_path / "cut.xml", "--no-input", code=1).output
    assert "fourline answer" in run("add", case, tmp_path / "chat.txt", "--no-input", code=1).output
    assert "nothing that Fourline knows" in run("add", case, tmp_path / "unknown.bin", "--no-input", code=1).output
    assert "it is empty" in run("add", case, tmp_path / "empty.txt", "--no-input", code=1).output
    assert "Not taken: missing.txt" in run("add", case, tmp_path / "missing.txt", "--no-input", code=1).output
    run("add", case, code=2)
    run("add", tmp_path / "nowhere", tmp_path / "good.xml", code=2)
    run("timeline", case, "--output", tmp_path / "x.doc", code=2)
    run("timeline", case, "--from", "yesterday", code=2)
    run("report", case, "--output", tmp_path, code=2)
    run("new", case, "--no-input", code=2)
    (case / "case.toml").write_text('refrence = "x"\n', encoding="utf-8")
    assert "line 1: refrence" in run("status", case, code=2).output


def test_a_question_is_answered_by_command(case: Path, tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text(OPEN_CHAT, encoding="utf-8")
    run("add", case, tmp_path / "chat.txt", "--no-input", code=1)
    (row,) = status(case, code=1)
    assert (row["state"], row["waiting_key"], row["events"]) == ("waiting", "owner", 0)
    assert [choice[0] for choice in row["waiting_choices"]][:2] == ["Ann", "Sam"]  # type: ignore[attr-defined]
    assert "must be one of" in run("answer", case, "S1", "owner=Bob", code=2).output
    assert "no open question" in run("answer", case, "S1", "colour=red", code=2).output
    assert "no file of this case" in run("answer", case, "S9", "owner=Ann", code=2).output
    run("answer", case, "chat.txt", "owner=Ann", code=0)
    (row,) = status(case)
    assert (row["state"], row["events"]) == ("read", 2)
    assert row["answers"] == [["Whose phone was this chat exported from?", "Ann"]]
    assert 'value = "Ann"' in (case / "case.toml").read_text(encoding="utf-8")
    run("answer", case, "S1", "owner=Sam", code=0)
    assert status(case)[0]["answers"] == [["Whose phone was this chat exported from?", "Sam"]]


def test_a_wrong_answer_is_asked_again_and_never_taken_for_no(case: Path, tmp_path: Path) -> None:
    (tmp_path / "diary.csv").write_text("Date,What happened\n02/03/2026,Knocked\n", encoding="utf-8")
    run("add", case, tmp_path / "diary.csv", "--no-input", code=1)
    run("answer", case, "S1", "day_first=yes")
    assert "Waiting for an answer" in run("answer", case, "S1", "day_first=Yes, as here", code=1).output
    (row,) = status(case, code=1)
    assert (row["state"], row["events"]) == ("waiting", 0)
    run("answer", case, "S1", "day_first=yes")
    assert status(case)[0]["first"] == "2026-03-02T00:00:00"


def test_an_author_cannot_put_a_command_into_the_line_that_is_to_be_copied(case: Path, tmp_path: Path) -> None:
    names = ["$(touch pwned)", "`id`", 'a" & calc & "', "%PATH%", "Ann"]
    chat = "".join(f"{13 + number}/01/2026, 10:00 - {name}: hello\n" for number, name in enumerate(names))
    (tmp_path / "chat.txt").write_text(chat, encoding="utf-8")
    said = run("add", case, tmp_path / "chat.txt", "--no-input", code=1).output
    line = next(line for line in said.splitlines() if "To answer:" in line)
    commands = re.findall(r'"(owner=[^"]*)"', line)
    (row,) = status(case, code=1)
    choices = [choice[0] for choice in row["waiting_choices"]]  # type: ignore[attr-defined]
    assert len(commands) == len(choices)
    assert not any(set(command) & set("$`%&") for command in commands)
    wanted = commands[choices.index("$(touch pwned)")]
    assert wanted == f"owner=#{choices.index('$(touch pwned)') + 1}"
    run("answer", case, "S1", wanted)
    assert status(case)[0]["answers"] == [["Whose phone was this chat exported from?", "$(touch pwned)"]]
    run("answer", case, "S1", "owner=#99", code=1)


def test_a_file_that_waits_still_waits_when_it_is_added_again(case: Path, texts: Path, tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text(OPEN_CHAT, encoding="utf-8")
    (tmp_path / "odd.bin").write_bytes(b"odd")
    run("add", case, texts, tmp_path / "chat.txt", tmp_path / "odd.bin", "--no-input", code=1)
    said = run("add", case, texts, tmp_path / "chat.txt", "--no-input", code=1).output
    assert said.count("Already in the case") == 2
    assert "Waiting for an answer: S2 chat.txt" in said
    run("add", case, tmp_path / "odd.bin", "--no-input", code=1)
    said = run("add", case, texts, "--no-input").output
    assert said == "Already in the case, not taken again: sms.xml (as sms.xml)\n"
    assert [row["label"] for row in status(case, code=1)] == ["S1", "S2", "S3"]


def test_a_folder_without_a_file_is_said_to_be_one(case: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run("add", case, tmp_path / "empty", "--no-input", code=1).output == "There is no file in what was given.\n"


def test_the_client_by_name_in_a_chat_is_not_asked_for(case: Path, tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text(CHAT, encoding="utf-8")
    run("add", case, tmp_path / "chat.txt", "--no-input")
    run("timeline", case, "--output", tmp_path / "e.json")
    assert [
        (event["direction"], event["person"]) for event in json.loads((tmp_path / "e.json").read_text(encoding="utf-8"))
    ] == [("out", "P2"), ("in", "P2")]


def test_timeline_filters(case: Path, texts: Path, tmp_path: Path) -> None:
    (tmp_path / "other.xml").write_bytes(sms("from Jo", number="07700 900456", start=1769940000000))
    (tmp_path / "chat.txt").write_text(CHAT, encoding="utf-8")
    run("add", case, texts, tmp_path / "other.xml", tmp_path / "chat.txt", "--no-input")

    def count(*words: str) -> int:
        run("timeline", case, *words, "--output", tmp_path / "out.parquet")
        return int(pq.read_metadata(tmp_path / "out.parquet").num_rows)

    assert count() == 6
    assert count("--channel", "whatsapp") == 2
    assert count("--channel", "SMS", "--channel", "WhatsApp") == 6
    assert count("--channel", "fax") == 0
    assert count("--person", "Sam") == count("--person", "P2") == 5
    assert count("--person", "00447700900123") == 3
    assert count("--person", "07700900456") == 1
    assert count("--person", "Robin") == 1
    assert count("--text", "ANSWER") == 1
    assert count("--from", "2026-01-03", "--to", "2026-01-25") == 2
    assert count("--to", "2026-01-01") == count("--to", "01/01/2026") == 3
    printed = run("timeline", case, "--text", "answer").output
    assert re.fullmatch(r"[0-9a-f]{12}  25/01/2026 11:00 GMT .*WhatsApp message.* from Sam  answer me\n", printed)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--country", "UK"), '"UK" is not a country code of two capital letters; for the United Kingdom write "GB"'),
        (("--subject", "A: 07700 900123", "--other", "B: +447700900123"), "is given to A and to B"),
        (("--key-date", "04-03-2026 asked to stop"), "such as 2026-03-04 or 04/03/2026"),
        (("--key-date", "2026-03-04 = 1 # asked to stop"), "is not one of: asked to stop"),
    ],
)
def test_new_refuses_what_no_command_could_read_afterwards(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    assert said in run("new", tmp_path / "case", "--no-input", *words, code=2).output
    assert not (tmp_path / "case").exists()


def test_timeline_says_when_a_filter_fits_nothing(case: Path, texts: Path, tmp_path: Path) -> None:
    run("add", case, texts, "--no-input")
    said = run("timeline", case, "--person", "Samm", "--channel", "fax").stderr
    assert "No event is with Samm. The case names: Robin, Sam." in said
    assert "No event has the channel fax. There are: SMS." in said
    assert "No event fits." in said
    assert "Samm" in run("timeline", case, "--person", "Samm", "--output", tmp_path / "e.csv").stderr
    assert run("timeline", case, "--person", "Sam", "--channel", "SMS").stderr == ""
    run("timeline", case, "--from", "2026-02-01", "--to", "2026-01-01", code=2)


@pytest.mark.parametrize("suffix", ["csv", "json", "xlsx", "parquet"])
def test_an_export_that_fails_leaves_nothing_behind(suffix: str, case: Path, texts: Path, tmp_path: Path) -> None:
    run("add", case, texts, "--no-input")
    (tmp_path / "out" / f"e.{suffix}").mkdir(parents=True)
    run("timeline", case, "--output", tmp_path / "out" / f"e.{suffix}", code=1)
    assert [path.name for path in (tmp_path / "out").iterdir()] == [f"e.{suffix}"]


def test_timeline_finds_the_words_of_a_subject(case: Path, tmp_path: Path) -> None:
    mail = "From: Sam <sam@example.org>\nTo: robin@example.org\nDate: Fri, 02 Jan 2026 10:00:00 +0000\nSubject: Outside now\n\nhello\n"
    (tmp_path / "mail.eml").write_text(mail, encoding="utf-8")
    run("add", case, tmp_path / "mail.eml", "--no-input")
    assert "Outside now: hello" in run("timeline", case, "--text", "outside").output


def test_an_event_in_the_hour_that_happens_twice_is_exported(case: Path, tmp_path: Path) -> None:
    diary = "Date,Time,What happened\n25/10/2026,01:30,Knocked at the door\n25/10/2026,evening,Came back\n"
    (tmp_path / "diary.csv").write_text(diary, encoding="utf-8")
    run("add", case, tmp_path / "diary.csv", "--no-input")
    for suffix in ("json", "csv", "xlsx", "parquet"):
        run("timeline", case, "--output", tmp_path / f"e.{suffix}")
    first = json.loads((tmp_path / "e.json").read_text(encoding="utf-8"))[0]
    assert (first["utc"], first["utc_other"]) == ("2026-10-25T00:30:00+00:00", "2026-10-25T01:30:00+00:00")
    printed = run("timeline", case).output
    assert "25/10/2026 01:30 BST or GMT" in printed
    assert "25/10/2026 about 17:00 to 23:00 GMT" in printed


def test_help_shows_each_command_on_its_line() -> None:
    lines = [line.strip() for line in run("--help").output.splitlines()]
    assert "fourline add my-case FILES      put exports into it" in lines


def test_what_the_evidence_says_cannot_steer_terminal_or_spreadsheet(case: Path, tmp_path: Path) -> None:
    chat = "25/01/2026, 11:00 - Sam: \x1b[2J=HYPERLINK(1)\n26/01/2026, 11:00 - Robin: =1+1\n26/01/2026, 11:01 - Robin: \u202eabc\n26/01/2026, 11:02 - Robin: @x\n"
    (tmp_path / "ch\x1b[31mat.txt").write_text(chat, encoding="utf-8")
    output = (
        run("add", case, tmp_path / "ch\x1b[31mat.txt", "--no-input").output
        + run("timeline", case).output
        + run("status", case).output
    )
    assert "\x1b" not in output
    assert "\u202e" not in output
    assert "[U+001B][2J=HYPERLINK(1)" in output
    for suffix in ("csv", "xlsx", "json"):
        run("timeline", case, "--output", tmp_path / f"e.{suffix}")
    with (tmp_path / "e.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == ["\x1b[2J=HYPERLINK(1)", "'=1+1", "\u202eabc", "'@x"]
    sheet = openpyxl.load_workbook(tmp_path / "e.xlsx").active
    assert sheet is not None
    cells = [cell for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [event["text"] for event in json.loads((tmp_path / "e.json").read_text(encoding="utf-8"))][1] == "=1+1"


def test_a_text_too_long_for_a_cell_says_so(case: Path, tmp_path: Path) -> None:
    (tmp_path / "long.xml").write_bytes(sms("x" * 40_000))
    run("add", case, tmp_path / "long.xml", "--no-input")
    run("timeline", case, "--output", tmp_path / "e.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "e.xlsx").active
    assert sheet is not None
    assert any("8,000 more characters" in str(cell.value) for line in sheet.iter_rows() for cell in line)


def test_same_case_same_bytes(case: Path, texts: Path, tmp_path: Path) -> None:
    run("add", case, texts, "--no-input")
    for number in (1, 2):
        run("report", case, "--output", tmp_path / f"out{number}", "--date", "2026-06-30")
        run("timeline", case, "--output", tmp_path / f"out{number}" / "events.csv")
        run("timeline", case, "--output", tmp_path / f"out{number}" / "events.xlsx")
    for path in (tmp_path / "out1").iterdir():
        assert path.read_bytes() == (tmp_path / "out2" / path.name).read_bytes(), path.name


def test_reports_are_numbered_and_never_overwritten(case: Path, texts: Path) -> None:
    run("add", case, texts, "--no-input")
    for _ in range(2):
        run("report", case, "--date", "2026-06-30")
    assert sorted(path.name for path in (case / "reports").iterdir()) == ["2026-06-30 report 1", "2026-06-30 report 2"]


def test_formats_are_listed_with_how_to_get_them() -> None:
    output = " ".join(run("formats").output.split())
    for parser in registry.registered():
        assert parser.module.TITLE in output
        assert " ".join(parser.module.HOW_TO_EXPORT.split())[:60] in output


def test_the_demo_makes_its_case_and_report(tmp_path: Path) -> None:
    output = run("demo", "--output", tmp_path / "one").output
    assert "report.html" in output
    run("demo", "--output", tmp_path / "two")
    for name in ("report.html", "chronology.csv", "chronology.xlsx"):
        assert (tmp_path / "one/report" / name).read_bytes() == (tmp_path / "two/report" / name).read_bytes(), name
    run("demo", "--output", tmp_path / "one", code=2)
    sources = json.loads(run("status", tmp_path / "one/case", "--json", code=1).output)["sources"]
    assert {row["parser"] for row in sources} >= {
        "sms_backup",
        "whatsapp",
        "email_file",
        "mailbox",
        "photo",
        "diary",
        "call_log",
    }
    assert not [row["file"] for row in sources if row["waiting_question"]]


# --- at a terminal -------------------------------------------------------------------------------------------------------------------------------------


def typed(words: Sequence[str | Path], answers: Sequence[tuple[str, str]]) -> tuple[int, str]:
    """Runs a command on a pseudo-terminal and types each answer when its prompt has appeared."""
    terminal, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline.cli", *map(str, words)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200"},
        start_new_session=True,
    )
    os.close(theirs)
    shown = ""
    waiting = list(answers)
    mark = 0
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                data = os.read(terminal, 65536)
            except OSError:
                break
            if not data:
                break
            shown += data.decode("utf-8", "replace")
        if waiting and waiting[0][0] in shown[mark:]:
            mark = len(shown)
            os.write(terminal, (waiting.pop(0)[1] + "\n").encode())
    code = process.wait()
    os.close(terminal)
    assert not waiting, shown
    return code, shown


@pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are not to be had on Windows")
def test_new_asks_on_a_terminal(tmp_path: Path) -> None:
    code, shown = typed(
        ["new", tmp_path / "case"],
        [
            ("Your reference", "CD-7"),
            ("Name of the client", "Robin"),
            ("numbers", "07700 900001"),
            ("unwanted", "Sam"),
            ("numbers", "07700 900123, sam@example.com"),
            ("another", ""),
            ("Somebody else", ""),
            ("key date", "31/02/2026 asked to stop: by text"),
            ("key date", "04/03/2026 told to stop"),
            ("key date", "04/03/2026 asked to stop"),
            ("key date", ""),
            ("place", "Home, home, 95, 0, 100, nobody"),
            ("place", ""),
            ("channel", "Snapchat: the phone is lost"),
            ("channel", ""),
        ],
    )
    assert code == 0, shown
    assert 'key date "31/02/2026 asked to stop: by text": write it as a day' in shown
    assert '"told to stop" is not one of: asked to stop, blocked' in shown
    assert "lat 95.0 is not between -90 and 90 degrees" in shown
    text = (tmp_path / "case" / "case.toml").read_text(encoding="utf-8")
    assert 'reference = "CD-7"' in text
    assert 'identifiers = ["07700 900123", "sam@example.com"]' in text
    assert "date = 2026-03-04" in text
    assert 'channel = "Snapchat"\nwhy = "the phone is lost"\nby = "A. Tester"' in text


PASSED_OVER = [
    (words, "") for words in ("From whom", "Who exported", "tool", "what day", "which phone", "original", "channel")
]
"""The questions of `add` on where files come from, each passed over with Enter."""


@pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are not to be had on Windows")
def test_add_asks_on_a_terminal(case: Path, tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text(
        "03/01/2026, 10:00 - Ann: hello\n04/01/2026, 11:00 - Kim: answer me\n", encoding="utf-8"
    )
    code, shown = typed(["add", case, tmp_path / "chat.txt"], [*PASSED_OVER, ("Number", "1"), ("Number", "2")])
    assert code == 0, shown
    assert [pair[1] for pair in status(case)[0]["answers"]] == ["yes", "Kim"]  # type: ignore[index, attr-defined]
