"""Where files come from: asked once for an `add`, kept in case.toml, printed in the register; what nobody says is "not stated"."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import openpyxl
import pytest
from test_cli import CHAT, run, sms, typed

from pipeline import case as cases
from pipeline import custody
from pipeline.case import CaseError
from pipeline.verify import verify

FIELDS = (
    "description",
    "device",
    "exported_by",
    "exported_with",
    "exported_on",
    "received_from",
    "original_held_by",
)
SAID = (
    "--received-from",
    "Robin Vale",
    "--exported-by",
    "PC 0000",
    "--exported-with",
    'SMS "Backup" <b>',
    "--exported-on",
    "2026-03-04",
    "--device",
    "Samsung A12",
    "--original-held-by",
    "the client",
    "--description",
    "texts of the old phone",
)
WORDS = {
    "received_from": "Robin Vale",
    "exported_by": "PC 0000",
    "exported_with": 'SMS "Backup" <b>',
    "exported_on": "04/03/2026",
    "device": "Samsung A12",
    "original_held_by": "the client",
    "description": "texts of the old phone",
}


@pytest.fixture
def case(tmp_path: Path) -> Path:
    run("new", tmp_path / "case", "--no-input", "--client", "Robin: 07700 900001", "--subject", "Sam: 07700 900123")
    return tmp_path / "case"


def texts(folder: Path, count: int, start: int = 0) -> Path:
    folder.mkdir(exist_ok=True)
    for number in range(start, start + count):
        (folder / f"{number:03}.xml").write_bytes(sms(f"text {number}"))
    return folder


def sources(case: Path) -> dict[str, dict[str, str]]:
    return {row["label"]: row for row in json.loads(run("status", case, "--json").output)["sources"]}


def origin(row: dict[str, str]) -> dict[str, str]:
    return {name: row[name] for name in FIELDS}


NOTHING = dict.fromkeys(FIELDS, "not stated")


def test_nothing_is_asked_of_a_script_and_nothing_is_made_up(case: Path, tmp_path: Path) -> None:
    run("add", case, texts(tmp_path / "in", 2), "--no-input")
    assert [origin(row) for row in sources(case).values()] == [NOTHING, NOTHING]
    assert "[[source]]\nfiles" not in (case / "case.toml").read_text(encoding="utf-8")


def test_what_is_said_goes_by_hash_and_into_register_and_sheet(case: Path, tmp_path: Path) -> None:
    run("add", case, texts(tmp_path / "first", 1), "--no-input")
    run("add", case, texts(tmp_path / "second", 2, start=5), *SAID, "--no-input")
    rows = sources(case)
    assert origin(rows["S1"]) == NOTHING
    assert origin(rows["S2"]) == origin(rows["S3"]) == WORDS
    assert rows["S2"]["received_on"]
    (said,) = cases.load(case).origins
    assert said.files == (rows["S2"]["sha256"], rows["S3"]["sha256"])
    assert said.by == "A. Tester"
    run("report", case, "--date", "2026-06-30")
    (report,) = (case / "reports").iterdir()
    page = (report / "report.html").read_text(encoding="utf-8")
    register = page[page.index('<table class="register">') :]
    first, second, _ = register.split('<th scope="row">')[1:4]
    assert first.count("not stated") == 6
    for words in (
        "Samsung A12",
        "PC 0000",
        "SMS &#34;Backup&#34; &lt;b&gt;",
        "04/03/2026",
        "from: Robin Vale",
        "the client",
        "texts of the old phone",
        "1 record",
        "count of UTC (1)",
    ):
        assert words in second
    sheet = openpyxl.load_workbook(report / "chronology.xlsx")["Sources"]
    lines = list(sheet.iter_rows(values_only=True))
    second_line = dict(zip(lines[0], lines[2], strict=True))
    assert second_line["Source"] == "S2"
    assert second_line["Exported with"] == 'SMS "Backup" <b>'
    assert second_line["SHA-256"] == rows["S2"]["sha256"]
    assert dict(zip(lines[0], lines[1], strict=True))["Original held by"] == "not stated"


def test_what_is_in_an_archive_comes_from_where_the_archive_comes_from(case: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "chat.zip", "w") as file:
        file.writestr("WhatsApp Chat with Sam.txt", CHAT)
    run("add", case, tmp_path / "chat.zip", "--device", "new phone", "--no-input")
    assert {label: row["device"] for label, row in sources(case).items()} == {"S1": "new phone", "S1.1": "new phone"}


def test_of_many_files_it_is_said_once(case: Path, tmp_path: Path) -> None:
    run("add", case, texts(tmp_path / "in", 30), "--received-from", "Robin", "--no-input")
    run("add", case, texts(tmp_path / "more", 1, start=40), "--no-input")
    (said,) = cases.load(case).origins
    assert not said.files
    assert said.add == custody.received(case)[0]["run"]
    assert [row["received_from"] for row in sources(case).values()] == ["Robin"] * 30 + ["not stated"]


def test_it_can_be_said_later_and_corrected_by_hand(case: Path, tmp_path: Path) -> None:
    folder = texts(tmp_path / "in", 1)
    run("add", case, folder, "--received-from", "Robin", "--device", "old phone", "--no-input")
    run("add", case, folder, "--device", "new phone", "--no-input")  # the file is held already
    rows = sources(case)
    assert (rows["S1"]["device"], rows["S1"]["received_from"]) == ("new phone", "Robin")
    with (case / "case.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'\n[[source]]\nfiles = ["{rows["S1"]["sha256"]}"]\ndevice = "Samsung A12"\nexported_on = 2026-03-05\n'
        )
    corrected = sources(case)["S1"]
    assert (corrected["device"], corrected["exported_on"], corrected["received_from"]) == (
        "Samsung A12",
        "05/03/2026",
        "Robin",
    )
    assert [line["said"]["device"] for line in custody.entries(case) if line["action"] == "answered"] == [
        "old phone",
        "new phone",
    ]
    assert all(finding.right for finding in verify(case))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('[[source]]\ndevice = "x"', "must name files by their SHA-256"),
        ('[[source]]\nfiles = ["abc"]', '"abc" is not a SHA-256'),
        ('[[source]]\nfiles = "abc"', "must be a list"),
        ('[[source]]\nadd = "x"\nexported_on = "yesterday"', "must be a date"),
        ('[[source]]\nadd = "x"\nexportedby = "y"', "is not a key that is known here"),
        ('[[not_held]]\nwhy = "x"', "channel is missing or empty"),
        ("[[not_held]]\nchannel = 3", "must be text"),
        ("gap_days = 1", "is not a number of days from 2 upwards"),
        ("gap_days = 2.5", "must be a whole number"),
    ],
)
def test_a_mistake_in_the_file_is_refused_with_its_line(case: Path, table: str, said: str) -> None:
    path = case / "case.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{table}\n{text}" if table.startswith("gap") else f"{text}\n{table}\n", encoding="utf-8")
    with pytest.raises(CaseError, match=f"line .*{said}"):
        cases.load(case)


def test_a_wrong_day_is_refused_before_anything_is_received(case: Path, tmp_path: Path) -> None:
    run("add", case, texts(tmp_path / "in", 1), "--exported-on", "4th of March", "--no-input", code=2)
    assert custody.received(case) == []


@pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are not to be had on Windows")
def test_it_is_asked_once_for_all_files_of_an_add(case: Path, tmp_path: Path) -> None:
    code, shown = typed(
        ["add", case, texts(tmp_path / "in", 3), "--exported-by", "PC 0000"],
        [
            ("From whom", "Robin"),
            ("tool", ""),
            ("what day", "31/02/2026"),
            ("Error", "04/03/2026"),
            ("which phone", "old phone"),
            ("original", ""),
            ("channel", "Signal: never exported"),
            ("channel", ""),
        ],
    )
    assert code == 0, shown
    assert "3 new files. Where do they come from?" in shown
    assert "Who exported" not in shown
    expected = {
        **NOTHING,
        "received_from": "Robin",
        "exported_by": "PC 0000",
        "exported_on": "04/03/2026",
        "device": "old phone",
    }
    assert [origin(row) for row in sources(case).values()] == [expected] * 3
    assert [(one.channel, one.why, one.by) for one in cases.load(case).not_held] == [
        ("Signal", "never exported", "A. Tester")
    ]
    _, shown = typed(["add", case, tmp_path / "in"], [])
    assert "Where do they come from" not in shown
