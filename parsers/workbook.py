"""An Excel workbook (.xlsx) as rows of cells, safely. Not a parser.

The workbook is opened by openpyxl, which trusts its input; so before that the parts are measured (a zip can unpack to anything), searched for a document
type definition (Excel writes none; an attacker may) and their cells and merged ranges counted, streaming.
"""

from __future__ import annotations

import math
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple
from xml.parsers import expat

from parsers.contract import Source, Unreadable

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

MAX_BYTES: Final = 256 << 20
MAX_CELLS: Final = 1_000_000

ZIP: Final = b"PK\x03\x04"
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_NOT_OF_DATES: Final = re.compile(r"\[[^\]]*\]|\"[^\"]*\"|\\.")
"""Colours, languages and literal characters in the format of a cell."""
DAMAGED: Final = "the workbook is damaged or not complete: open it in Excel, let Excel repair it, save it under a new name and add that file"
_BROKEN = (  # what zipfile, expat and openpyxl are known to raise on damaged workbooks; openpyxl documents none of it
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    SyntaxError,
    OSError,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    ArithmeticError,
    AttributeError,
    NotImplementedError,
    RuntimeError,
)


class Cell(NamedTuple):
    """One cell: its words, and how a workbook holds it.

    `text` of a date is ISO, of a time 24-hour. `stored` is "text", "number", "date" (real dates, with or without a time), "time" or "formula" (one whose
    result was not saved). `above` is true where the cell is part of a merged one that begins further up. `year_shown` is false for a date whose format leaves
    the year out: whoever types "28 Dec" gets the year of that day from Excel, and does not see it.
    """

    text: str
    stored: str = "text"
    above: bool = False
    year_shown: bool = True


class SheetRow(NamedTuple):
    """A row with its number as the spreadsheet shows it."""

    number: int
    cells: tuple[Cell, ...]
    flags: tuple[str, ...]
    comments: tuple[tuple[int, str], ...]


class Sheet(NamedTuple):
    """A worksheet: its name, whether it is hidden, the spans of its hidden columns (from 1, inclusive), its rows that are not blank."""

    name: str
    hidden: bool
    hidden_columns: tuple[tuple[int, int], ...]
    rows: list[SheetRow]


def peek(source: Source, rows: int) -> list[list[list[str]]] | None:
    """The words of the first rows of every sheet, cheaply; None if it is no workbook, [] if it is one that cannot be looked into."""
    try:
        with source.open() as file, zipfile.ZipFile(file) as members:
            if "xl/workbook.xml" not in members.namelist():
                return None
            _measure(members, count_cells=False)
            from openpyxl import load_workbook

            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                book = load_workbook(file, read_only=True, data_only=True)
                if not book.worksheets:  # "Strict Open XML": openpyxl finds no sheet in it
                    return [[_strings(members)]]
                return [
                    [
                        [_cell(value).text for value in row[:200]]
                        for row in islice(sheet.iter_rows(values_only=True), rows)
                    ]
                    for sheet in book.worksheets
                ]
    except (Unreadable, *_BROKEN):
        return []


def sheets(source: Source) -> tuple[list[Sheet], list[str]]:
    """The worksheets, and remarks on the workbook.

    Raises:
        Unreadable: it is damaged, too large, or not a plain workbook.
    """
    try:
        with source.open() as file, zipfile.ZipFile(file) as members:
            formulas = _measure(members, count_cells=True)
            pictures = sum(name.startswith("xl/media/") for name in members.namelist())
            from openpyxl import load_workbook

            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # on extensions openpyxl leaves out: validation lists, headers
                book = load_workbook(file, data_only=True)
                unsaved = _formulas(load_workbook(file)) if formulas else set()
                found = [_sheet(sheet, unsaved) for sheet in book.worksheets]
    except _BROKEN as error:
        raise Unreadable(f"{DAMAGED} ({type(error).__name__})") from error
    if not found:
        raise Unreadable(
            'the workbook has no sheet that can be read: open it in Excel, save it as "Excel Workbook (*.xlsx)" and add that file'
        )
    notes = [f"the workbook holds {pictures} picture(s), which are not read: add them as files"] if pictures else []
    return found, notes


def _strings(members: zipfile.ZipFile) -> list[str]:
    """The words of the cells of a workbook, whatever its dialect."""
    with members.open("xl/sharedStrings.xml") as file:
        return re.findall(r">([^<>]{2,60})</", file.read(4 << 20).decode("utf-8", "replace"))


def _measure(members: zipfile.ZipFile, *, count_cells: bool) -> bool:
    """Refuses what is too large or has a document type definition; whether any cell has a formula."""
    parts = [part for part in members.infolist() if part.filename.endswith((".xml", ".rels", ".vml"))]
    if sum(part.file_size for part in parts) > MAX_BYTES:
        raise Unreadable(
            f"the workbook unpacks to more than {MAX_BYTES >> 20} MB: copy the rows of the diary into a new workbook and add that"
        )
    formulas = False
    for part in parts:
        whole = count_cells and part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml")
        formulas = _walk(members, part, whole=whole) or formulas
    return formulas


def _walk(members: zipfile.ZipFile, part: zipfile.ZipInfo, *, whole: bool) -> bool:
    """One part: up to its first element, or, of a worksheet, to its end, counting."""
    cells = merged = rows = widest = 0
    formulas = started = False
    parser = expat.ParserCreate()

    def doctype(*_: object) -> None:
        raise Unreadable("the workbook contains a document type definition, which Excel never writes: it is not read")

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal cells, merged, rows, widest, formulas, started
        started = True
        local = name.rpartition(":")[2]
        if local == "c":
            cells += 1
            widest = max(widest, _corner(attributes.get("r", ""))[1])
        elif local == "row":
            rows = max(rows + 1, int(attributes.get("r", "0")))
        elif local == "f":
            formulas = True
        elif local == "mergeCell":
            one, _, two = attributes.get("ref", "").partition(":")
            (top, left), (bottom, right) = _corner(one), _corner(two or one)
            merged += (abs(bottom - top) + 1) * (abs(right - left) + 1)
        if max(cells, merged) > MAX_CELLS:
            raise Unreadable(
                f"a sheet has more than {MAX_CELLS:,} cells: delete the empty rows and columns around the table, save it and add it again"
            )

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start
    with members.open(part) as file:
        while (block := file.read(1 << 20)) and (whole or not started):
            parser.Parse(block)
    if whole and rows * max(widest, 1) > MAX_CELLS:
        raise Unreadable(
            "a sheet has a cell far away from its table: delete the empty rows and columns around the table, save it and add it again"
        )
    return formulas


def _corner(reference: str) -> tuple[int, int]:
    """Row and column of "AB12"."""
    found = re.fullmatch(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})", reference)
    if not found:
        return 0, 0
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def _formulas(book: Workbook) -> set[tuple[str, int, int]]:
    """Where the formulas stand."""
    return {
        (sheet.title, number, column)
        for sheet in book.worksheets
        for number, row in enumerate(sheet.iter_rows(min_row=1, min_col=1), 1)
        for column, cell in enumerate(row, 1)
        if cell.data_type == "f"
    }


def _sheet(sheet: Worksheet, unsaved: set[tuple[str, int, int]]) -> Sheet:
    above: dict[tuple[int, int], object] = {}
    for merged in sheet.merged_cells.ranges:
        value = sheet.cell(merged.min_row, merged.min_col).value
        above.update({(row, merged.min_col): value for row in range(merged.min_row + 1, merged.max_row + 1)})
    hidden = tuple((column.min or 0, column.max or 0) for column in sheet.column_dimensions.values() if column.hidden)
    return Sheet(sheet.title, sheet.sheet_state != "visible", hidden, list(_rows(sheet, above, unsaved)))


def _rows(
    sheet: Worksheet, above: dict[tuple[int, int], object], unsaved: set[tuple[str, int, int]]
) -> Iterator[SheetRow]:
    for number, row in enumerate(sheet.iter_rows(min_row=1, min_col=1), 1):
        cells: list[Cell] = []
        flags: list[str] = []
        comments: list[tuple[int, str]] = []
        for column, cell in enumerate(row, 1):
            if (number, column) in above:
                cells.append(_cell(above[number, column])._replace(above=True))
            elif cell.value is None and (sheet.title, number, column) in unsaved:
                cells.append(Cell("", "formula"))
            else:
                cells.append(_cell(cell.value, str(cell.number_format)))
            if cell.value is not None and cell.font is not None and cell.font.strike:
                flags.append("struck through")
            if cell.comment is not None:
                comments.append((column - 1, unescape(str(cell.comment.text))))
        if (
            not any((cell.text.strip() or cell.stored == "formula") and not cell.above for cell in cells)
            and not comments
        ):
            continue
        dimension = sheet.row_dimensions.get(number)
        if dimension is not None and dimension.hidden:
            flags.append("hidden row")
        yield SheetRow(number, tuple(cells), tuple(dict.fromkeys(flags)), tuple(comments))


def _cell(value: object, shown_as: str = "") -> Cell:
    """The value of a cell as words. Excel counts time in fractions of a day: 21:14:59.942 is 21:15."""
    if isinstance(value, datetime):
        when = (
            (value.replace(tzinfo=None) + timedelta(milliseconds=500)).replace(microsecond=0)
            if value.year < 9999
            else value
        )
        shown = not shown_as or "y" in _NOT_OF_DATES.sub("", shown_as).lower()
        return Cell(f"{when:%Y-%m-%d}{_clock(when.time())}".strip(), "date", year_shown=shown)
    if isinstance(value, date):
        return Cell(value.isoformat(), "date")
    if isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        sign, seconds = ("-" if seconds < 0 else ""), abs(seconds)
        text = f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
        return Cell(text + (f":{seconds % 60:02d}" if seconds % 60 else ""), "time")
    if isinstance(value, bool):
        return Cell(str(value).upper(), "number")
    if isinstance(value, int | float):
        return Cell(_number(value, shown_as), "number")
    return Cell("" if value is None else unescape(str(value)))


def _clock(at: time) -> str:
    return "" if at == time() else at.strftime(" %H:%M:%S" if at.second else " %H:%M")


def _number(value: float, shown_as: str) -> str:
    """A number as its cell shows it, as far as formats of zeros go ("0000000", "0.00"); else plain, never as 2.4E+10."""
    zeros = re.fullmatch(r"(0+)(?:\.(0{1,9}))?", shown_as)
    if zeros and abs(value) < 1e18:
        places = len(zeros[2] or "")
        return f"{value:0{len(zeros[1]) + (places + 1 if places else 0)}.{places}f}"
    if math.isfinite(value) and value == int(value) and abs(value) < 1e18:
        return str(int(value))
    return repr(value)


def unescape(text: str) -> str:
    """`_x000D_` is how a workbook writes a character that XML cannot; a lone half of a surrogate pair becomes U+FFFD."""
    if "_x" in text:
        text = re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
