"""The chronology as CSV and as a workbook: every event, every word, nothing that a spreadsheet could run."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from report_case import HOSTILE, case_in, events, timeline_in

from pipeline.case import Case
from pipeline.report import chronology, workbook
from pipeline.report.evidence_text import visible
from pipeline.store import Timeline

DAY = date(2026, 7, 1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, Timeline, list[dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("exports")
    rows = events(300)
    return case_in(folder), timeline_in(folder, rows), rows


def csv_rows(case: Case, timeline: Timeline, path: Path, count: int) -> list[dict[str, str]]:
    chronology.write_csv(
        path, chronology.batches(timeline, chronology.Names.of(case, timeline), np.ones(count, dtype=bool))
    )
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_csv_holds_every_event_in_order(made: tuple[Case, Timeline, list[dict[str, Any]]], tmp_path: Path) -> None:
    case, timeline, rows = made
    told = csv_rows(case, timeline, tmp_path / "a.csv", len(rows))
    assert [row["Event ID"] for row in told] == [row["id"] for row in rows]
    assert tuple(told[0]) == chronology.COLUMNS
    for row, event in zip(told, rows, strict=True):
        shown = visible(event["text"])
        assert row["Words"] in {shown, "'" + shown}
        assert row["Date"] == ("" if event["local"] is None else event["local"].strftime("%d/%m/%Y"))


def test_csv_cell_that_could_be_a_formula_is_disarmed(
    made: tuple[Case, Timeline, list[dict[str, Any]]], tmp_path: Path
) -> None:
    case, timeline, rows = made
    told = csv_rows(case, timeline, tmp_path / "a.csv", len(rows))
    armed = [cell for row in told for cell in row.values() if cell[:1] in set("=+-@\t\r\n")]
    assert not [cell for cell in armed if not re.fullmatch(r"[+-][0-9][0-9 ().-]*", cell)]
    words = {row["Words"] for row in told}
    assert {'\'=HYPERLINK("http://example.org","click")', "'+1+1|cmd", "'@SUM(A1)", "'-2+3", "'\tleading tab"} <= words
    assert "</script><script>alert(1)</script>" in words


def test_csv_times_say_how_well_they_are_known(
    made: tuple[Case, Timeline, list[dict[str, Any]]], tmp_path: Path
) -> None:
    case, timeline, rows = made
    told = {row["Event ID"]: row for row in csv_rows(case, timeline, tmp_path / "a.csv", len(rows))}

    def one(**wanted: Any) -> dict[str, str]:
        return told[next(row["id"] for row in rows if all(row.get(key) == value for key, value in wanted.items()))]

    assert one(precision="day")["Time"] == ""
    assert one(precision="about")["Time"] == "about 18:00"
    assert one(precision="about")["Until"].endswith("18:30")
    assert one(precision="about")["Place"] == "Home"
    assert one(precision="about")["Position"] == "53.123500, -1.567700 (within 20 m)"
    assert one(precision="about")["Distance"] == "10 m ± 20 m from Home"
    minute = one(precision="minute")
    assert len(minute["Time"]) == 5
    assert minute["How the time is known"] == "written without a zone; the zone of the case assumed (local)"
    undated = one(utc=None)
    assert (undated["Date"], undated["Time"]) == ("", "")


def test_csv_names_persons_and_keeps_what_was_written(
    made: tuple[Case, Timeline, list[dict[str, Any]]], tmp_path: Path
) -> None:
    case, timeline, rows = made
    told = csv_rows(case, timeline, tmp_path / "a.csv", len(rows))
    row = next(row for row in told if row["Channel"] == "email" and row["From, as written"])
    assert (row["From"], row["From, as written"], row["To"]) == (
        "Daniel Marsh",
        "Dan <dan.marsh@example.com>",
        "Amy Fletcher",
    )
    withheld = next(row for row in told if row["Remarks"] == "withheld")
    assert (withheld["From"], withheld["Other party"], withheld["Other party's identifier"]) == ("", "", "withheld")
    repeat = next(row for row in told if row["Repeats event"])
    assert repeat["Repeats event"] in {row["Event ID"] for row in told}
    photo = next(row for row in told if row["Attachments"])
    assert photo["Attachments"] == f"IMG-20260214-WA0001.jpg (image/jpeg, 345678 bytes, SHA-256 {'cd' * 32})"
    assert next(row for row in told if row["In the review"])["Reviewer's note"] == "Meant for somebody else"


def test_a_file_name_that_is_no_text_is_shown_by_number() -> None:
    name = visible("bad\udcff.txt")
    assert name == "bad[U+DCFF].txt"
    assert name.encode()


def book_of(
    made: tuple[Case, Timeline, list[dict[str, Any]]], path: Path, sheet_rows: int = workbook.SHEET_ROWS
) -> openpyxl.Workbook:
    case, timeline, rows = made
    batches = chronology.batches(timeline, chronology.Names.of(case, timeline), np.ones(len(rows), dtype=bool))
    workbook.write(path, batches, len(rows), case, DAY, "fourline 0.1.0", sheet_rows=sheet_rows)
    return openpyxl.load_workbook(path)


def test_workbook_holds_every_word_as_text(made: tuple[Case, Timeline, list[dict[str, Any]]], tmp_path: Path) -> None:
    book = book_of(made, tmp_path / "a.xlsx")
    sheet = book["Chronology"]
    heads = [cell.value for cell in sheet[1]]
    words = heads.index("Words")
    cells = [row[words] for row in sheet.iter_rows(min_row=2)]
    assert len(cells) == len(made[2])
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert all(cell.hyperlink is None for cell in cells)
    for cell, event in zip(cells, made[2], strict=True):
        shown = visible(event["text"])
        if len(shown) < workbook.CELL:
            assert (cell.value or "") == shown
    assert {visible(text) for text in HOSTILE} <= {cell.value for cell in cells}


def test_workbook_loses_nothing_of_a_long_text(
    made: tuple[Case, Timeline, list[dict[str, Any]]], tmp_path: Path
) -> None:
    book = book_of(made, tmp_path / "a.xlsx")
    long = next(row for row in made[2] if len(row["text"]) > workbook.CELL)
    sheet = book["Chronology"]
    words = [cell.value for cell in sheet[1]].index("Words")
    first = next(row[words].value for row in sheet.iter_rows(min_row=2) if row[0].value == long["id"])
    assert first.endswith("\n[continues in the sheet “Long texts”, row 2]")
    rest = [row for row in book["Long texts"].iter_rows(min_row=2, values_only=True) if row[0] == long["id"]]
    assert [row[2] for row in rest] == [2, 3]
    assert first.rsplit("\n", 1)[0] + "".join(str(row[3]) for row in rest) == long["text"]


def test_workbook_has_real_dates_and_filters(made: tuple[Case, Timeline, list[dict[str, Any]]], tmp_path: Path) -> None:
    book = book_of(made, tmp_path / "a.xlsx")
    sheet = book["Chronology"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == f"A1:{openpyxl.utils.get_column_letter(sheet.max_column)}{len(made[2]) + 1}"
    for precision, form in (("second", "dd/mm/yyyy hh:mm:ss"), ("minute", "dd/mm/yyyy hh:mm"), ("day", "dd/mm/yyyy")):
        place, event = next((place, row) for place, row in enumerate(made[2], 2) if row["precision"] == precision)
        assert (sheet.cell(place, 2).value, sheet.cell(place, 2).number_format) == (event["local"], form)
        assert sheet.cell(place, 3).value == event["zone"]
    assert sheet.cell(len(made[2]) + 1, 2).value == "no date"
    assert str(book.properties.created) == "2026-07-01 00:00:00"


def test_workbook_goes_on_in_further_sheets(made: tuple[Case, Timeline, list[dict[str, Any]]], tmp_path: Path) -> None:
    book = book_of(made, tmp_path / "a.xlsx", sheet_rows=100)
    names = [name for name in book.sheetnames if name.startswith("Chronology")]
    assert names == [
        f"Chronology{'' if number == 1 else f' {number}'}" for number in range(1, -(-len(made[2]) // 100) + 1)
    ]
    ids = [row[0] for name in names for row in book[name].iter_rows(min_row=2, values_only=True)]
    assert ids == [row["id"] for row in made[2]]


def test_workbook_leaves_no_file_beside_it(made: tuple[Case, Timeline, list[dict[str, Any]]], tmp_path: Path) -> None:
    book_of(made, tmp_path / "a.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_timeline_without_events_makes_empty_tables(tmp_path: Path) -> None:
    case, timeline = case_in(tmp_path), timeline_in(tmp_path, [])
    assert csv_rows(case, timeline, tmp_path / "a.csv", 0) == []
    assert book_of((case, timeline, []), tmp_path / "a.xlsx").sheetnames == [
        "Chronology",
        "Long texts",
        "Sources",
        "About",
    ]
