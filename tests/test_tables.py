"""Rows of CSV files and workbooks, their headings, and workbooks that mean harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path

import pytest
import xlsxwriter
from conftest import REAL, SAMPLES, source_from, source_of
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from parsers import call_log, diary, workbook
from parsers.contract import Problem, Unreadable
from parsers.headings import CALL_LOG, CALL_LOG_KIND, DIARY, DIARY_KIND, columns, kind
from parsers.reading import csv_rows, csv_separator
from parsers.tables import Row, headed_tables, letters, tables
from parsers.tables import kind as kind_of
from parsers.workbook import peek, sheets, unescape

HEADINGS = ["Date", "Time", "What happened"]


def wall(*parts: int) -> datetime:
    """A time on the wall."""
    return datetime(*parts)  # type: ignore[arg-type]


def excel_book(rows: list[list[str]]) -> bytes:
    """A workbook as Excel writes it, its words in a part of their own (openpyxl writes them into the cells)."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Diary")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.getvalue()


BOOK = excel_book([list(HEADINGS), ["13/01/2024", "9.15am", "x"]])


def book_of(rows: list[list[object]], title: str = "Diary", change: Callable[[Workbook], None] | None = None) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if change:
        change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(data: bytes, name: str, edit: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part changed, or all if no name is given."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        assert not name or name in old.namelist()
        for info in old.infolist():
            part = old.read(info)
            new.writestr(info.filename, edit(part) if name in {"", info.filename} else part)
    return out.getvalue()


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        ("Date|What happened", DIARY_KIND),
        ("WHEN |  what-happened? (in your own words)", DIARY_KIND),
        ("Date & Time of Incident|Description of incident|Witness(es)", DIARY_KIND),
        ("Date (dd/mm/yyyy)|Time (24 hour)|Incident|Crime ref. no.", DIARY_KIND),
        ("Date|Time|Description", DIARY_KIND),
        ("Date|Description|Police informed", DIARY_KIND),
        ("Date|Time|Phone number|What happened", DIARY_KIND),
        ("Date|Time|Number|Duration|What happened", DIARY_KIND),
        ("Date|Description|Amount|Balance", ""),
        ("Date|Description", ""),
        ("Date|Description|Cost|Miles", ""),
        ("Subject|Start Date|Start Time|End Date|Description|Location", ""),
        ("Record Number|Description of the Row|date|datetime|time", ""),
        ("Date|Conversation|Direction|Sender|Text|Is From Me", ""),
        ("Chat Session|Message Date|Type|Sender ID|Sender Name|Status|Text", ""),
        ("Date|Time|Type|Number|Name|Message", ""),
        ("Date|Number|Type|Amount", ""),
        ("Date|Time|Latitude|Longitude|Description", "location table"),
        ("First Name|Last Name|Mobile Phone|Notes", ""),
        ("Date|Time|From|To|Subject", ""),
        ("Name|Number|Date|Time|Type|Duration", CALL_LOG_KIND),
        ("Call type|Date|Duration|Number|Contact|Location|Service", CALL_LOG_KIND),
        ("Date|Time|Called No|Called From|Duration|Cost|Status", CALL_LOG_KIND),
        ("Date|Time|Number|Description|Duration|Cost", CALL_LOG_KIND),
        ("From|To|Date|Duration|Direction", CALL_LOG_KIND),
        ("Start time|Phone number|Mins|Charge", CALL_LOG_KIND),
        ("Date|Notes", DIARY_KIND),
        ("Date|Place|Comments", DIARY_KIND),
        ("Date|Amount|Notes", ""),
        ("When|Where|What|Who", DIARY_KIND),
        ("Date of contact|Method|Details|My response", DIARY_KIND),
        ("Date/Time|Description of harassment|Where it happened|Evidence|Who you think did it", DIARY_KIND),
        ("Date|Time|Event|Impact", DIARY_KIND),
        ("Date|Time|Event", ""),
        ("Date|Event|Location|Notes", ""),
        ("Date|Time|Camera|Event|Photo", "list of camera events"),
        ("Incident number|Date|Day|Time|Place|Details of what happened/was said|Name of any witness", DIARY_KIND),
        ("Date|Duration|What", ""),
        ("Number|Type|Duration", ""),
        ("", ""),
    ],
)
def test_the_kind_of_a_row_of_headings(headings: str, expected: str) -> None:
    assert kind(headings.split("|")) == expected


def test_columns_take_the_surest_heading_and_none_twice() -> None:
    assert columns(["Incident", "Description", "Date", "Date recorded", "Date"], DIARY) == [
        "",
        "story",
        "date",
        "recorded_on",
        "",
    ]
    assert columns(["Phone number", "Dialled number", "Start time", "Time"], CALL_LOG) == ["", "number", "date", "time"]


def test_hints_in_a_heading_do_not_hide_it() -> None:
    assert columns(
        ["Day & Date", "Time am/pm", "Evidence Y/N", "Police informed (yes/no)", "Officer in Case"], DIARY
    ) == [
        "date",
        "time",
        "evidence",
        "reported",
        "officer",
    ]


def test_no_heading_stands_for_two_fields() -> None:
    for fields in (DIARY, CALL_LOG):
        words = [synonym for field, synonyms in fields.items() for synonym in synonyms.replace(" ", "").split("|")]
        twice = {word for word in words if words.count(word) > 1}
        assert twice <= {
            "starttime",
            "callernumber",
            "callingnumber",
            "caller",
        }  # of a call log, by which other columns there are


def test_letters() -> None:
    assert [letters(i) for i in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_csv_rows_have_their_lines_and_names() -> None:
    data = b'title\r\n\r\nDate,What happened,Odd,Odd,\r\n1/1/24,"two\r\nlines",a,b,c,d\r\n\r\nDate,What happened,Odd,Odd,\r\n2/1/24,x\r\n'
    (table,), notes = headed_tables(source_from(data, "d.csv"), DIARY_KIND)
    rows = list(table.rows())
    assert [row.at for row in rows] == ["line 4", "line 8"]
    assert not isinstance(rows[0], Problem)
    assert table.others(rows[0]) == {"Odd column C": "a", "Odd column D": "b", "column E": "c", "column F": "d"}
    assert notes == ["the file: 1 row(s) above the headings not read", "the file: the headings are repeated 1 time(s)"]


def csv_of(text: str) -> list[tuple[int, list[str]]]:
    return list(csv_rows(source_from(text.encode(), "x.csv")))


def test_a_quotation_mark_that_is_never_closed_takes_no_other_row() -> None:
    assert csv_of('a,b\n1,"two\n3,four\n5,six') == [
        (1, ["a", "b"]),
        (2, ["1", '"two']),
        (3, ["3", "four"]),
        (4, ["5", "six"]),
    ]
    assert csv_of('a,"b\nc"\n1,"two\n3,four\n') == [(1, ["a", "b\nc"]), (3, ["1", '"two']), (4, ["3", "four"])]
    assert csv_of('a,b\n1,"two') == [(1, ["a", "b"]), (2, ["1", '"two'])]
    assert csv_of('"a,b\r\n1,2\r\n') == [(1, ['"a', "b"]), (2, ["1", "2"])]


def test_one_broken_character_does_not_break_the_others() -> None:
    words = "naïve café – “🙂”"
    joined = f"a,b\n1,{words}\n2,".encode() + b"\xa35\n"  # joined with the file of a Windows machine
    assert list(csv_rows(source_from(joined)))[1:] == [(2, ["1", words]), (3, ["2", "\ufffd5"])]
    assert list(csv_rows(source_from(f"a,b\n1,{words}".encode()[:-2])))[1][1][1].startswith("naïve café – “")
    windows = b"a,b\n1,\xa35 caf\xe9\n"
    assert list(csv_rows(source_from(windows)))[1:] == [(2, ["1", "£5 café"])]
    late = b"a,b\n" + b"1,x\n" * 20_000 + b"2,\xa35\n"
    assert list(csv_rows(source_from(late)))[-1] == (20_002, ["2", "£5"])


def test_a_space_before_a_quotation_mark_does_not_undo_it() -> None:
    assert csv_of('"a", "b"\n1, "two, three"\n') == [(1, ["a", "b"]), (2, ["1", "two, three"])]
    assert csv_of("a,b\n1, two\n") == [(1, ["a", "b"]), (2, ["1", " two"])]


@given(st.text(alphabet='ab,"\n ', max_size=60))
def test_whatever_the_quotation_marks_each_line_is_counted_and_no_word_lost(text: str) -> None:
    rows = csv_of(text)
    starts = [start for start, _ in rows]
    assert starts == sorted(set(starts))
    assert "".join("".join(row) for _, row in rows).replace('"', "").replace("\n", "").replace(" ", "").replace(
        ",", ""
    ) == text.replace('"', "").replace("\n", "").replace(" ", "").replace(",", "")


def test_a_row_that_was_cut_in_the_wrong_places_is_doubted() -> None:
    def doubts(line: str) -> list[str]:
        (found,), _ = headed_tables(source_from(f"Date,Time,What happened\n{line}\n".encode(), "x.csv"), "diary")
        return [doubt.partition(":")[0] for row in found.rows() if isinstance(row, Row) for doubt in found.doubts(row)]

    assert doubts("1/2/2026,9pm,he came") == []
    assert doubts("1/2/2026,9pm,he came,,") == []
    assert doubts("1/2/2026,9pm,he came, and left") == ["more cells than headings"]
    assert doubts('1/2/2026,9pm,"he came\nand left"') == []
    assert doubts('1/2/2026,9pm,"he came\n2/2/2026,9pm,he left"') == ["may hold the next rows as well"]


def test_a_csv_that_breaks_off_keeps_its_rows() -> None:
    data = b"Date,What happened\n1/1/24,a\n2/1/24," + b"x" * ((1 << 24) + 1) + b"\n"
    outputs = list(diary.parse(source_from(data, "d.csv", {"day_first": "yes"})))
    assert [type(output).__name__ for output in outputs] == ["Record", "Problem"]
    assert outputs[1].at == "after line 2"


def test_headings_further_down_than_thirty_rows_are_not_looked_for() -> None:
    deep = "title\n" * 29 + "Date,What happened\n"
    assert kind_of(source_from(deep.encode(), "d.csv")) == DIARY_KIND
    assert kind_of(source_from(b"title\n" + deep.encode(), "d.csv")) == ""


def test_a_workbook_cell_is_what_it_shows() -> None:
    def shown(book: Workbook) -> None:
        sheet = book.active
        assert sheet is not None
        sheet["D2"].number_format = "0000000"
        sheet["E2"].number_format = "0.00"
        book.epoch = wall(1904, 1, 1)

    row: list[object] = [
        wall(2024, 3, 12, 21, 14, 59, 942000),
        time(23, 59, 59, 900000),
        24000123456.0,
        42,
        9.3,
        True,
        "a_x000D_b",
        1e21,
    ]
    data = book_of([[*HEADINGS, "d", "e", "f", "g", "h"], row], change=shown)
    (sheet,), _ = sheets(source_from(data, "d.xlsx"))
    assert [cell.text for cell in sheet.rows[1].cells] == [
        "2024-03-12 21:15",
        "24:00",
        "24000123456",
        "0000042",
        "9.30",
        "TRUE",
        "a\rb",
        "1e+21",
    ]
    assert [cell.stored for cell in sheet.rows[1].cells] == [
        "date",
        "time",
        "number",
        "number",
        "number",
        "number",
        "text",
        "number",
    ]


def test_unescape_keeps_unicode_whole() -> None:
    assert unescape("_xD83D__xDE00_ _x005F_x000D_ _xD83D_!") == "\U0001f600 _x000D_ \ufffd!"


@settings(max_examples=25)
@given(
    st.lists(
        st.lists(
            st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=8), min_size=3, max_size=3
        ),
        max_size=6,
    )
)
def test_words_come_back_from_a_workbook(rows: list[list[str]]) -> None:
    rows = [[f"'{cell}" for cell in row] for row in rows]  # no formulas, no blanks
    for data in (book_of([list(HEADINGS), *map(list, rows)]), excel_book([list(HEADINGS), *rows])):
        (sheet,), _ = sheets(source_from(data, "d.xlsx"))
        assert [[unescape(word) for word in row] for row in rows] == [
            [cell.text for cell in row.cells] for row in sheet.rows[1:]
        ]


def test_locked_and_old_workbooks_say_what_to_do() -> None:
    def wide(text: str) -> bytes:
        return text.encode("utf-16-le")

    locked = source_from(workbook.OLE + b"\0" * 500 + wide("EncryptedPackage"), "diary.xlsx")
    assert diary.sniff(locked)
    assert not call_log.sniff(locked)
    with pytest.raises(Unreadable, match="password"):
        list(diary.parse(locked))
    assert not diary.sniff(source_from(locked.open().read(), "letter.docx"))
    old = workbook.OLE + wide("Workbook\0")
    diary_xls = source_from(old + b"\x04\0\0Date\x0d\0\0What happened\x03\0\0abc", "diary.xls")
    assert diary.sniff(diary_xls)
    with pytest.raises(Unreadable, match=r"\.xls"):
        list(diary.parse(diary_xls))
    assert not diary.sniff(source_from(old + b"\x06\0\0Number\x04\0\0Date", "other.xls"))
    assert not diary.sniff(source_from(workbook.OLE + b"Date\0\0What happened", "mail.msg"))


DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>'


@pytest.mark.parametrize(
    "part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "[Content_Types].xml"]
)
def test_a_document_type_definition_is_refused(part: str) -> None:
    source = source_from(with_part(BOOK, part, lambda xml: DOCTYPE + xml.partition(b"?>")[2]), "d.xlsx")
    assert diary.sniff(source)
    with pytest.raises(Unreadable, match="document type"):
        list(diary.parse(source))


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_BYTES", 1 << 20)
    data = with_part(book_of([list(HEADINGS)]), "xl/worksheets/sheet1.xml", lambda xml: xml + b" " * (2 << 20))
    assert diary.sniff(source_from(data, "d.xlsx"))
    with pytest.raises(Unreadable, match="unpacks"):
        list(diary.parse(source_from(data, "d.xlsx")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"</worksheet>", b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>'),
        (b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
        (b"</sheetData>", b'<row r="9">' + b"<c/>" * 1_000_001 + b"</row></sheetData>"),
    ],
    ids=["a merged range over everything", "a cell at the end of the world", "too many cells"],
)
def test_monstrous_sheets_are_refused(old: bytes, new: bytes) -> None:
    data = with_part(
        book_of([list(HEADINGS), ["1/1/24", "", "x"]]), "xl/worksheets/sheet1.xml", lambda xml: xml.replace(old, new)
    )
    with pytest.raises(Unreadable, match="delete the empty rows"):
        list(diary.parse(source_from(data, "d.xlsx")))


@pytest.mark.parametrize("cut", [10, 100, 1000, -1, -30])
def test_a_damaged_workbook_is_said_to_be_damaged(cut: int) -> None:
    source = source_from(book_of([list(HEADINGS)])[:cut], "d.xlsx")
    assert diary.sniff(source)
    with pytest.raises(Unreadable, match="damaged"):
        list(diary.parse(source))
    assert not diary.sniff(source_from(source.open().read(), "photos.zip"))


@given(
    st.binary(min_size=1, max_size=6),
    st.floats(0, 1),
    st.sampled_from(["xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"]),
)
def test_no_damage_inside_a_workbook_is_more_than_unreadable(junk: bytes, where: float, part: str) -> None:
    def damage(xml: bytes) -> bytes:
        at = int(len(xml) * where)
        return xml[:at] + junk + xml[at + len(junk) :]

    source = source_from(with_part(BOOK, part, damage), "d.xlsx")
    assert peek(source, 30) is not None
    try:
        tables(source)
    except Unreadable:
        return


@given(
    st.binary(max_size=400),
    st.sampled_from(["a.csv", "a.xlsx", "a.xls", "a"]),
    st.sampled_from([b"", workbook.ZIP, workbook.OLE, b"\xff\xfe", b"Date,"]),
)
def test_sniff_never_raises(data: bytes, name: str, start: bytes) -> None:
    source = source_from(start + data, name)
    assert not (diary.sniff(source) and call_log.sniff(source))


def test_each_sample_is_claimed_by_its_parser_alone() -> None:
    for sample in (SAMPLES / "diary").iterdir():
        assert (diary.sniff(source_of(sample)), call_log.sniff(source_of(sample))) == (True, False)
    for sample in (SAMPLES / "call_log").iterdir():
        assert (diary.sniff(source_of(sample)), call_log.sniff(source_of(sample))) == (False, True)


@pytest.mark.skipif(not REAL.exists(), reason="the real exports are not here")
def test_of_all_real_files_only_the_phone_bill_is_claimed() -> None:
    suffixes = {
        ".csv",
        ".tsv",
        ".txt",
        ".xlsx",
        ".xls",
        ".xlsb",
        ".ods",
        ".json",
        ".xml",
        ".html",
        ".zip",
        ".msg",
        ".db",
        ".eml",
        "",
    }
    files = [
        path
        for path in REAL.rglob("*")
        if path.is_file() and path.suffix.lower() in suffixes and path.stat().st_size < 5 << 20
    ]
    assert len(files) > 50
    claimed = {path.name for path in files if diary.sniff(source_of(path)) or call_log.sniff(source_of(path))}
    assert claimed == {"synthetic_vodafone_uk_shape.csv"}


def test_an_encoding_nobody_knows_is_damage() -> None:
    data = with_part(BOOK, "xl/workbook.xml", lambda xml: xml.replace(b'encoding="UTF-8"', b'encoding="UTF-5"'))
    assert diary.sniff(source_from(data, "d.xlsx"))
    with pytest.raises(Unreadable, match="damaged"):
        list(diary.parse(source_from(data, "d.xlsx")))


def test_a_strict_workbook_with_a_diary_says_how_to_save_it() -> None:
    def strict(xml: bytes) -> bytes:
        xml = xml.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
        old = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        return xml.replace(old, b"http://purl.oclc.org/ooxml/officeDocument/relationships")

    source = source_from(with_part(BOOK, "", strict), "d.xlsx")
    assert diary.sniff(source)
    with pytest.raises(Unreadable, match="Excel Workbook"):
        list(diary.parse(source))


def test_the_path_is_no_matter(tmp_path: Path) -> None:
    path = tmp_path / "no name at all"
    path.write_bytes(BOOK)
    assert diary.sniff(source_of(path))


def test_the_semicolons_of_one_long_note_do_not_separate() -> None:
    note = b";".join([b"he rang"] * 20)
    assert csv_separator(b'Date,Time,What,Where,Who\n12/03/2026,21:04,"' + note + b'",Home,Sam\n') == ","
    assert csv_separator(b"Date;Time;What\n12/03/2026;21:04\n") == ";"
    assert csv_separator(b"Date;Price\n12/03/2026;1,50\n13/03/2026;2,50\n") == ";"
