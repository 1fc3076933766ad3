"""chronology.xlsx: the rows of the chronology as the advocate works with them in Excel.

Every word of the evidence is written as a text cell, never as a formula, number or link. Excel's limits lose nothing: what is longer than a cell goes on in
the sheet "Long texts", and rows beyond one sheet go on in the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import xlsxwriter

from pipeline.analysis.wording import day_words
from pipeline.case import Case
from pipeline.report.chronology import COLUMNS as ROWS

SHEET_ROWS: Final = 1_048_575
"""Rows of a sheet below its header."""
CELL: Final = 32_000
"""Characters put into one cell; Excel takes 32,767 and counts in UTF-16."""
_FIRST: Final = 1900
_LAST: Final = 9999
"""Years that Excel can hold as a date."""

COLUMNS: Final = (
    ("Event ID", 14),
    ("Date and time", 19),
    ("Zone", 6),
    ("Precision", 14),
    ("From", 22),
    ("To", 22),
    ("Channel", 11),
    ("Kind", 10),
    ("Direction", 14),
    ("Status", 10),
    ("Length in seconds", 10),
    ("Subject", 24),
    ("Words", 70),
    ("Attachments", 30),
    ("Place", 20),
    ("Remarks", 26),
    ("Source", 8),
    ("Place in file", 16),
    ("Counted as contact", 10),
    ("Repeats event", 14),
    ("In the review", 10),
    ("Reviewer's note", 24),
    ("Categories", 16),
    ("Other party", 22),
    ("Other party's identifier", 20),
    ("From, as written", 20),
    ("To, as written", 20),
    ("How the time is known", 30),
    ("Until", 17),
    ("Time as written", 22),
    ("Position", 26),
    ("File", 34),
    ("Other data of the record", 40),
)
"""Headings in the order of the sheet, with their widths; "Date and time" is a date of Excel's own."""


def write(
    path: Path,
    batches: Iterator[pa.RecordBatch],
    count: int,
    case: Case,
    day: date,
    version: str,
    *,
    sheet_rows: int = SHEET_ROWS,
) -> None:
    """Writes the `count` rows that `chronology.batches` gives."""
    missing = set(ROWS) - {name for name, _ in COLUMNS} - {"Date", "Time"}
    assert not missing, missing
    options = {
        "constant_memory": True,
        "tmpdir": str(path.parent),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties(
            {
                "title": f"Chronology {case.reference}",
                "created": datetime.combine(day, time.min),
                "comments": version,
            }
        )
        sheets = _Sheets(book, max(1, -(-count // sheet_rows)), sheet_rows)
        for batch in batches:
            _write_batch(sheets, batch)
        sheets.finish()
        _about(book, case, day, version)


class _Sheets:
    """The sheets of a book with the row that is written next in each. Rows go down in order: xlsxwriter keeps only one in memory."""

    def __init__(self, book: Any, number: int, sheet_rows: int) -> None:
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.heading = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E8EDF2", "bottom": 1}
        )
        self.second = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss", "align": "left", "valign": "top"})
        self.minute = book.add_format({"num_format": "dd/mm/yyyy hh:mm", "align": "left", "valign": "top"})
        self.day = book.add_format({"num_format": "dd/mm/yyyy", "align": "left", "valign": "top"})
        self._limit = sheet_rows
        self._sheets = [
            book.add_worksheet("Chronology" if place == 0 else f"Chronology {place + 1}") for place in range(number)
        ]
        for sheet in self._sheets:
            _head(sheet, COLUMNS, self.heading)
        self._long = book.add_worksheet("Long texts")
        _head(self._long, (("Event ID", 14), ("Column", 20), ("Part", 6), ("Text", 120)), self.heading)
        self._sheet = 0
        self._row = 0
        self._long_row = 0

    def next_row(self) -> tuple[Any, int]:
        """The sheet and the row in it to write next."""
        if self._row == self._limit:
            self._finish_sheet()
            self._sheet, self._row = self._sheet + 1, 0
        self._row += 1
        return self._sheets[self._sheet], self._row

    def continued(self, event: str, column: str, text: str) -> str:
        """The beginning of a text that is too long for a cell, saying where it goes on; writes the rest to "Long texts"."""
        step = CELL if text.isascii() or max(text) <= "\uffff" else CELL // 2
        parts = [text[at : at + step] for at in range(0, len(text), step)]
        first = self._long_row + 1
        for number, part in enumerate(parts[1:], 2):
            self._long_row += 1
            self._long.write_string(self._long_row, 0, event)
            self._long.write_string(self._long_row, 1, column)
            self._long.write_number(self._long_row, 2, number)
            self._long.write_string(self._long_row, 3, part, self.text)
        return f"{parts[0]}\n[continues in the sheet “Long texts”, row {first + 1}]"

    def finish(self) -> None:
        """Sets the filters, now that the number of rows is known."""
        self._finish_sheet()

    def _finish_sheet(self) -> None:
        self._sheets[self._sheet].autofilter(0, 0, self._row, len(COLUMNS) - 1)


def _head(sheet: Any, columns: tuple[tuple[str, int], ...], heading: Any) -> None:
    for place, (name, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, name, heading)
    sheet.freeze_panes(1, 1)


def _write_batch(sheets: _Sheets, batch: pa.RecordBatch) -> None:
    columns = [
        (place, name, batch.column(name).to_pylist())
        for place, (name, _) in enumerate(COLUMNS)
        if name != "Date and time"
    ]
    when = batch.column("when").cast(pa.timestamp("s"), safe=False).to_pylist()
    times, ids = batch.column("Time").to_pylist(), batch.column("Event ID").to_pylist()
    dates = batch.column("Date").to_pylist()
    for row in range(batch.num_rows):
        sheet, line = sheets.next_row()
        moment = when[row]
        if moment is None or not _FIRST < moment.year <= _LAST:
            sheet.write_string(line, 1, f"{dates[row]} {times[row]}".strip() or "no date", sheets.text)
        else:
            sheet.write_datetime(
                line,
                1,
                moment,
                sheets.day if not times[row] else sheets.minute if times[row].count(":") == 1 else sheets.second,
            )
        for place, name, values in columns:
            value = values[row]
            if value:
                if len(value) > CELL // 2 and (len(value) > CELL or len(value.encode("utf-16-le")) > 2 * CELL):
                    value = sheets.continued(ids[row], name, value)
                sheet.write_string(line, place, value, sheets.text)


def _about(book: Any, case: Case, day: date, version: str) -> None:
    sheet = book.add_worksheet("About")
    sheet.set_column(0, 0, 110, book.add_format({"text_wrap": True, "valign": "top"}))
    for line, words in enumerate(
        (
            f"Chronology of {case.reference}, made on {day_words(day)} with {version}.",
            "Prepared from the records listed in report.html; no opinion is given. One row is one record; nothing is left out.",
            f"Times are on the clock of {case.zone}; the column Zone says GMT or BST, Precision how closely the time is known. “about” and “day only” are not exact.",
            "“Counted as contact” says which rows the figures of the report count; “Repeats event” names the row that holds the same record from another file.",
            "Characters that cannot be seen are shown by their number, such as [U+001B] or [U+202E]. A text that is longer than a cell goes on in the sheet “Long texts”.",
        )
    ):
        sheet.write_string(line, 0, words)
