"""Incident diaries."""

from __future__ import annotations

import io
import zipfile
from datetime import time, timedelta
from itertools import pairwise

import pytest
from conftest import problems_of, records_of, source_from
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from test_tables import BOOK, book_of, wall, with_part

from parsers.contract import ABOUT, DAY, MEMORY, MINUTE, Note, Output, Question, Record
from parsers.dates import micros
from parsers.diary import parse, sniff

HEADINGS = ["Date", "Time", "Place", "What happened", "Crime ref", "Date recorded"]


def diary(*rows: str, answers: dict[str, str] | None = None, headings: str = "Date,Time,What happened") -> list[Output]:
    return list(parse(source_from("\n".join([headings, *rows]).encode(), "diary.csv", answers)))


def first(outputs: list[Output]) -> Record:
    return records_of(outputs)[0]


def notes(outputs: list[Output]) -> list[str]:
    return [output.text for output in outputs if isinstance(output, Note)]


def test_a_row_is_an_incident() -> None:
    record = first(diary("13/03/2024,9.15pm,Parked outside"))
    assert (record.kind, record.channel, record.direction, record.sender) == ("incident", "diary", "", "")
    assert record.when == (micros(wall(2024, 3, 13, 21, 15)), MEMORY, MINUTE, "13/03/2024 9.15pm")
    assert (record.at, record.text, record.flags, record.extra) == ("line 2", "Parked outside", (), None)


def test_day_first_is_taken_only_when_a_date_proves_it() -> None:
    assert first(diary("03/04/2024,,a", "25/04/2024,,b")).when == (
        micros(wall(2024, 4, 3)),
        MEMORY,
        DAY,
        "03/04/2024",
    )
    with pytest.raises(Question, match="03/04"):
        diary("03/04/2024,,a")
    assert first(diary("03/04/2024,,a", answers={"day_first": "yes"})).when == (
        micros(wall(2024, 4, 3)),
        MEMORY,
        DAY,
        "03/04/2024",
    )
    assert len(records_of(diary("2024-04-03,,a", "3 April 2024,,b"))) == 2  # nothing to ask about


def test_a_date_that_must_be_american_stops_the_file() -> None:
    with pytest.raises(Question) as asked:
        diary("3/13/2024,,a", "25/04/2024,,b")
    assert asked.value.key == "day_first"
    both = records_of(diary("3/13/2024,,a", "25/04/2024,,b", answers={"day_first": "yes"}))
    assert [record.when is None for record in both] == [True, False]
    assert both[0].flags == ("no such date with the day first",)
    assert both[0].extra == {"date": "3/13/2024"}


def test_a_date_recorded_has_its_say_in_the_order() -> None:
    rows = diary("03/04/2024,a,13/04/2024", headings="Date,What happened,Date recorded")
    assert first(rows).flags == ("written down 10 days later",)


def test_a_nonsense_date_does_not_decide_the_order() -> None:
    records = records_of(diary("31/31/2024,,a", "25/04/2024,,b"))
    assert [record.flags for record in records] == [("no such date",), ()]


def test_a_blank_date_is_not_the_one_above() -> None:
    record = records_of(diary("13/03/2024,9pm,a", ",9.45pm,b"))[1]
    assert record.when is None
    assert record.flags == ("no date given",)
    assert record.extra == {"time": "9.45pm"}


def test_every_row_is_accounted_for() -> None:
    rows = [
        "13/03/2024,9pm,a",
        "Total,,",
        ",,",
        "14/03/2024,,",
        "1,2,3,4",
        "Signed A. Person,,",
        ",9pm,",
        "15/03/2024,9pm,",
    ]
    outputs = diary(*rows)
    assert [(type(output).__name__, getattr(output, "at", "")) for output in outputs] == [
        ("Record", "line 2"),
        ("Problem", "line 3"),
        ("Record", "line 6"),
        ("Problem", "line 7"),
        ("Problem", "line 8"),
        ("Record", "line 9"),
        ("Note", ""),
    ]
    assert problems_of(outputs)[0].raw == "Total"
    assert notes(outputs) == [
        "1 row(s) prepared for an incident and not used, with a date or a number and nothing else: line 5"
    ]
    assert records_of(outputs)[1].extra == {"column D": "4", "date": "1", "time": "2"}


def test_the_clock_of_the_whole_diary_settles_a_bare_time() -> None:
    doubt = 'am or pm not given: "9:15", read on the 24-hour clock'
    assert first(diary("13/03/2024,9:15,a")).flags == (doubt,)
    assert first(diary("13/03/2024,9:15,a", "14/03/2024,21:15,b")).flags == ()
    assert first(diary("13/03/2024,9:15,a", "14/03/2024,21:15,b", "14/03/2024,9pm,c")).flags == (doubt,)


def test_words_about_time_keep_their_precision() -> None:
    records = records_of(
        diary("13/03/2024,approx 9pm,a", "13/03/2024,evening,b", "13/03/2024,whenever,c", "13/03/2024,all day,d")
    )
    assert [record.when.precision for record in records if record.when] == [ABOUT, ABOUT, DAY, DAY]
    assert records[1].until is not None
    assert [record.flags for record in records] == [(), (), ('time not understood: "whenever"',), ()]


def test_a_heading_that_says_approx_makes_every_time_about() -> None:
    record = first(diary("13/03/2024,21:15,a", headings="Date,Time (approx),What happened"))
    assert record.when is not None
    assert record.when.precision == ABOUT


def test_start_and_end_columns_make_a_range() -> None:
    rows = diary("13/03/2024,11pm,1am,a", "13/03/2024,9pm,later,b", headings="Date,Start time,End time,What happened")
    one, two = records_of(rows)
    assert one.until is not None
    assert one.until.micros == micros(wall(2024, 3, 14, 1))
    assert two.until is None
    assert two.flags == ('the end of the time was not understood: "later"',)


def test_from_and_to_dates_make_a_range() -> None:
    rows = diary("13/03/2024,15/03/2024,a", "13/03/2024,12/03/2024,b", headings="Date,End date,What happened")
    one, two = records_of(rows)
    assert one.until is not None
    assert one.until.micros == micros(wall(2024, 3, 15))
    assert (two.until, two.flags) == (None, ("the end of the range was not understood",))


@pytest.mark.parametrize(
    ("written", "extra", "flags"),
    [
        ("24000123456", {"police_reference": "24000123456"}, ()),
        ("0012345/24", {"police_reference": "0012345/24"}, ()),
        ("CAD 1234 10JUL24", {"police_reference": "CAD 1234 10JUL24"}, ()),
        ("2.40001E+10", {"police_reference": "2.40001E+10"}, ("the police reference was damaged by a spreadsheet",)),
        ("3", {"Incident no": "3"}, ()),
    ],
)
def test_references_stay_as_written(written: str, extra: dict[str, str], flags: tuple[str, ...]) -> None:
    record = first(diary(f"13/03/2024,a,{written}", headings="Date,What happened,Incident no"))
    assert (record.extra, record.flags) == (extra, flags)


def test_columns_of_our_names_do_not_overwrite_each_other() -> None:
    record = first(diary("13/03/2024,a,one,two", headings="Date,What happened,Action taken,response"))
    assert record.extra == {"response": "one", "response (as written)": "two"}


def test_text_is_verbatim() -> None:
    words = '=cmd|"x"!A1 \u202ereversed\u202c  two  spaces \U0001f600 @SUM(1)'
    data = f'Date;What happened\r\n13/03/2024;"{words.replace(chr(34), chr(34) * 2)}"\r\n'
    for codec in ("utf-8", "utf-8-sig", "utf-16"):
        source = source_from(data.encode(codec), "d.csv")
        assert sniff(source)
        assert first(list(parse(source))).text == words


def test_cp1252_and_bytes_that_are_no_character() -> None:
    record = first(list(parse(source_from(b"Date,What happened\n13/03/2024,caf\xe9 \x81\n", "d.csv"))))
    assert record.text == "caf\xe9 \ufffd"
    assert record.flags == ("a character could not be read",)


def sheet_of(book: Workbook) -> Worksheet:
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    return sheet


def test_a_merged_date_counts_for_its_rows_and_no_further() -> None:
    def merge(book: Workbook) -> None:
        sheet_of(book).merge_cells("A2:A4")
        sheet_of(book).merge_cells("D5:D6")

    day = wall(2024, 3, 12)
    rows: list[list[object]] = [
        HEADINGS,
        [day, time(21, 15), "Home", "a"],
        [None, "9.45pm", None, "b"],
        [],
        [day, None, None, "two rows high"],
        [],
        [None, "10pm", None, "c"],
    ]
    records = records_of(list(parse(source_from(book_of(rows, change=merge), "d.xlsx"))))
    assert [(record.at, record.when is not None) for record in records] == [
        ("row 2", True),
        ("row 3", True),
        ("row 5", True),
        ("row 7", False),
    ]
    assert records[1].when == (micros(wall(2024, 3, 12, 21, 45)), MEMORY, MINUTE, "2024-03-12 9.45pm")


def test_a_year_that_the_cell_does_not_show_is_said() -> None:
    formats = [
        "d-mmm",
        "[$-809]dd mmmm;@",
        'ddd d mmm "May"',
        "dd/mm/yyyy",
        "[$-F800]dddd, mmmm dd, yyyy",
        "d mmm yy",
        "General",
    ]

    def formatted(book: Workbook) -> None:
        for number, shown_as in enumerate(formats, 2):
            sheet_of(book).cell(number, 1).number_format = shown_as

    rows: list[list[object]] = [HEADINGS, *([wall(2026, 12, 28), "9pm", None, "a"] for _ in formats)]
    found = records_of(list(parse(source_from(book_of(rows, change=formatted), "d.xlsx"))))
    said = [
        "the cell shows no year: 2026 is what Excel put in when the date was typed" in record.flags for record in found
    ]
    assert said[:6] == [True, True, True, False, False, False]


def test_the_trace_of_american_settings_is_remarked() -> None:
    real = [[wall(2024, month, 4), None, None, "a"] for month in (3, 5, 6)]
    rows: list[list[object]] = [
        HEADINGS,
        *real,
        [wall(2024, 4, 9), None, None, "b"],
        [wall(2024, 4, 11), None, None, "b"],
        ["13/04/2024", None, None, "c"],
    ]
    assert any("American settings" in note for note in notes(list(parse(source_from(book_of(rows), "d.xlsx")))))
    rows.append(["03/04/2024", None, None, "d"])
    assert notes(list(parse(source_from(book_of(rows), "d.xlsx")))) == []


def test_a_workbook_of_two_diaries_and_a_list() -> None:
    def more(book: Workbook) -> None:
        book.create_sheet("Old").append(["When", "What happened", "Notes"])
        book["Old"].append(["12 March 2023", "x", "n"])
        book.create_sheet("Calls").append(["Number", "Date", "Duration"])
        book["Calls"].append(["07700 900123", "1/1/24", "3"])
        book.create_sheet("Empty")

    source = source_from(book_of([HEADINGS, ["12 March 2024", "", "", "y"]], change=more), "d.xlsx")
    outputs = list(parse(source))
    assert [record.at for record in records_of(outputs)] == ["sheet 'Diary' row 2", "sheet 'Old' row 2"]
    assert notes(outputs) == ["sheet 'Calls' is not a diary: 2 row(s) not read"]


def test_pictures_in_a_workbook_are_remarked() -> None:
    data = io.BytesIO(with_part(BOOK, "", bytes))
    with zipfile.ZipFile(data, "a") as book:
        book.writestr("xl/media/image1.png", b"x")
    source = source_from(data.getvalue(), "d.xlsx", {"day_first": "yes"})
    assert notes(list(parse(source))) == ["the workbook holds 1 picture(s), which are not read: add them as files"]


def test_places_are_unique_over_sheets() -> None:
    def more(book: Workbook) -> None:
        book.create_sheet("Two").append(["When", "What happened"])
        book["Two"].append(["12 March 2023", "x"])

    places = [
        record.at
        for record in records_of(
            list(parse(source_from(book_of([HEADINGS, ["12 March 2024", "", "", "y"]], change=more), "d.xlsx")))
        )
    ]
    assert all(one != two for one, two in pairwise(places))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [(0.8854166666666666, time(21, 15)), (0.385416667, time(9, 15)), (0.75001, time(18, 0, 1)), (0.3, None)],
)
def test_a_time_that_lost_its_format_is_a_part_of_the_day(cell: float, expected: time | None) -> None:
    rows: list[list[object]] = [HEADINGS, [wall(2024, 3, 12), cell, "Home", "a"]]
    (record,) = records_of(list(parse(source_from(book_of(rows), "d.xlsx"))))
    assert record.when is not None
    assert record.when.raw == f"2024-03-12 {cell}"
    if expected is None:  # typed as "0.30"?
        assert (record.when.precision, record.flags) == (DAY, ('time not understood: "0.3"',))
    else:
        at = wall(2024, 3, 12, expected.hour, expected.minute) + timedelta(seconds=expected.second)
        assert (record.when.micros, record.flags) == (micros(at), ())


def test_a_row_of_formulas_without_values_says_so() -> None:
    rows: list[list[object]] = [HEADINGS, ["=A1+1", None, None, '=D1&"x"'], [wall(2024, 3, 12), None, None, "a"]]
    (problem,) = problems_of(list(parse(source_from(book_of(rows), "d.xlsx"))))
    assert problem.reason.endswith("a formula without a saved value: Date, What happened")


@pytest.mark.parametrize("heading", ["Crime ref. / CAD no.", "Police ref no / URN"])
def test_two_words_for_one_thing_make_one_heading(heading: str) -> None:
    outputs = diary("13/03/2024,x,0012345", headings=f"Date,Details of what happened/was said,{heading}")
    assert (first(outputs).text, first(outputs).extra) == ("x", {"police_reference": "0012345"})
    assert first(diary("13/03/2024,x,y", headings="Date,What happened,Witness / Evidence")).extra == {
        "Witness / Evidence": "y"
    }


def test_a_reference_that_became_a_date_is_flagged() -> None:
    rows: list[list[object]] = [HEADINGS, [wall(2024, 3, 12), None, None, "a", wall(2024, 1, 12)]]
    (record,) = records_of(list(parse(source_from(book_of(rows), "d.xlsx"))))
    assert (record.extra or {})["police_reference"] == "2024-01-12"
    assert "the police reference is stored as a date: a spreadsheet made one of what was typed" in record.flags
