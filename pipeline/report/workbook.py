"""chronology.xlsx: the rows of the chronology as the advocate works with them in Excel.

Every word of the evidence is written as a text cell, never as a formula, number or link. Excel's limits lose nothing: what is longer than a cell goes on in
the sheet "Long texts", and rows beyond one sheet go on in the next.

XlsxWriter makes the book: sheets, headings, widths, styles, filters. The rows are put into its sheets here, column by column as Arrow makes strings: cell by
cell XlsxWriter takes 22 s for 100,000 rows, this takes two.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.analysis.wording import day_words
from pipeline.case import Case
from pipeline.report.chronology import COLUMNS as ROWS
from pipeline.report.evidence_text import visible
from pipeline.report.provenance import Received

SHEET_ROWS: Final = 1_048_575
"""Rows of a sheet below its header."""
CELL: Final = 32_000
"""Characters put into one cell; Excel takes 32,767 and counts in UTF-16."""
_FIRST: Final = datetime(1901, 1, 1)  # noqa: DTZ001 -- Excel's dates have no zone
_LAST: Final = datetime(9999, 1, 1)  # noqa: DTZ001 -- the same
"""What Excel can hold as a date."""
_UNIX_DAY: Final = 25_569
"""1 January 1970 in Excel's count of days."""
_PIECE: Final = 4_000
"""Rows made into XML at a time: the XML of a row is many times its words."""
_LEVEL: Final = 4
"""How hard the sheets are compressed: beyond it the time doubles for a few per cent."""

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
    ("After key dates", 30),
    ("Repeats event", 14),
    ("Repeats by the rule", 16),
    ("Also in", 20),
    ("May repeat event", 14),
    ("In the review", 10),
    ("Why left out", 24),
    ("Reviewer's note", 24),
    ("Categories", 16),
    ("Categories recorded by", 20),
    ("Who is seen", 24),
    ("Decided by", 20),
    ("Other party", 22),
    ("Other party's identifier", 20),
    ("From, as written", 20),
    ("To, as written", 20),
    ("How the time is known", 30),
    ("Until", 17),
    ("Time as written", 22),
    ("Other clocks", 30),
    ("Position", 26),
    ("Distance", 30),
    ("File", 34),
    ("Other data of the record", 40),
)
"""Headings in the order of the sheet, with their widths; "Date and time" is a date of Excel's own."""
WHOLE: Final = (
    "Prepared from the records listed in report.html; no opinion is given. One row is one record; nothing is left out."
)


def write(
    path: Path,
    batches: Iterator[pa.RecordBatch],
    count: int,
    case: Case,
    day: date,
    version: str,
    register: Sequence[Received] = (),
    whole: str = WHOLE,
    *,
    sheet_rows: int = SHEET_ROWS,
) -> None:
    """Writes the `count` rows that `chronology.batches` gives, and the source register; `whole` says from what it is made, and what of that is in it."""
    missing = set(ROWS) - {name for name, _ in COLUMNS} - {"Date", "Time"}
    assert not missing, missing
    sizes = [min(sheet_rows, count - first) for first in range(0, count, sheet_rows)] or [0]
    empty = _frame(sizes, [], register, case, day, version, whole)
    long = _LongTexts()
    rows = _in_pieces(batches, sizes)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as book:
        for number in range(1, len(sizes) + 1):
            sheet = _Sheet.of(empty[f"xl/worksheets/sheet{number}.xml"], sizes[number - 1])
            with book.open(_entry(f"xl/worksheets/sheet{number}.xml"), "w", force_zip64=True) as out:
                out.write(sheet.before)
                for piece in rows[number - 1]:
                    out.write(_cells(piece, sheet, long))
                out.write(sheet.after)
        for name, data in _frame(sizes, long.parts, register, case, day, version, whole).items():
            if name not in book.namelist():
                book.writestr(_entry(name), data)


def _entry(name: str) -> zipfile.ZipInfo:
    """A member of the file with a fixed date: the same rows give the same bytes."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _in_pieces(batches: Iterator[pa.RecordBatch], sizes: list[int]) -> list[Iterator[pa.RecordBatch]]:
    """The batches shared out to the sheets, in order; each sheet's must be used up before the next one's is begun."""
    left: list[pa.RecordBatch] = []

    def sheet(size: int) -> Iterator[pa.RecordBatch]:
        while size:
            batch = left.pop() if left else next(batches)
            taken = min(size, _PIECE)
            if batch.num_rows > taken:
                left.append(batch.slice(taken))
                batch = batch.slice(0, taken)
            size -= batch.num_rows
            yield batch

    return [sheet(size) for size in sizes]


def _frame(
    sizes: list[int],
    long: list[tuple[str, str, int, str]],
    register: Sequence[Received],
    case: Case,
    day: date,
    version: str,
    whole: str,
) -> dict[str, bytes]:
    """The members of a book that has everything but the rows; below the headings of each chronology stands one row with a cell of each style."""
    held = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    import xlsxwriter

    with xlsxwriter.Workbook(held, options) as book:
        properties = {
            "title": f"Chronology {case.reference}".strip(),
            "created": datetime.combine(day, time.min),
            "comments": version,
        }
        book.set_properties(properties)
        top = {"valign": "top"}
        heading = book.add_format({**top, "bold": True, "text_wrap": True, "bg_color": "#E8EDF2", "bottom": 1})
        text = book.add_format({**top, "text_wrap": True})
        styles = [text, *(book.add_format({**top, "num_format": shown, "align": "left"}) for shown in _DATES)]
        for number, size in enumerate(sizes):
            sheet = book.add_worksheet("Chronology" if number == 0 else f"Chronology {number + 1}")
            _head(sheet, COLUMNS, heading)
            for place, style in enumerate(styles):
                sheet.write_blank(1, place, None, style)
            sheet.autofilter(0, 0, size, len(COLUMNS) - 1)
        sheet = book.add_worksheet("Long texts")
        _head(sheet, (("Event ID", 14), ("Column", 20), ("Part", 6), ("Text", 120)), heading)
        for line, (event, column, part, words) in enumerate(long, 1):
            sheet.write_string(line, 0, event)
            sheet.write_string(line, 1, column)
            sheet.write_number(line, 2, part)
            sheet.write_string(line, 3, words, text)
        _sources(book, register, heading, text)
        _about(book, case, day, version, whole)
    with zipfile.ZipFile(held) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


_DATES: Final = ("dd/mm/yyyy hh:mm:ss", "dd/mm/yyyy hh:mm", "dd/mm/yyyy")


def _head(sheet: Any, columns: tuple[tuple[str, int], ...], heading: Any) -> None:
    for place, (name, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, name, heading)
    sheet.freeze_panes(1, 1)


@dataclass(frozen=True)
class _Sheet:
    """A sheet of the frame, cut where the rows belong; the numbers of the styles that its row of samples had."""

    before: bytes
    after: bytes
    text: str
    second: str
    minute: str
    day: str

    @classmethod
    def of(cls, xml: bytes, size: int) -> _Sheet:
        found = re.search(rb'<row r="2".*?</row>', xml, re.DOTALL)
        assert found is not None
        last = re.search(rb'<dimension ref="A1:([A-Z]+)', xml)
        assert last is not None
        before = re.sub(
            rb'<dimension ref="[^"]*"', b'<dimension ref="A1:%s%d"' % (last[1], size + 1), xml[: found.start()]
        )
        return cls(before, xml[found.end() :], *(style.decode() for style in re.findall(rb' s="([0-9]+)"', found[0])))


@dataclass
class _LongTexts:
    """What did not fit into a cell: event, column, number of the part, words."""

    parts: list[tuple[str, str, int, str]] = field(default_factory=list)

    def shortened(self, batch: pa.RecordBatch, name: str) -> Any:
        """A column whose long texts end with where they go on."""
        column = batch.column(name)
        suspect = pc.greater(pc.utf8_length(column), CELL // 2)
        if not pc.any(suspect, min_count=0).as_py():
            return column
        ids = batch.column("Event ID").filter(suspect).to_pylist()
        texts = [
            self._begun(event, name, text) for event, text in zip(ids, column.filter(suspect).to_pylist(), strict=True)
        ]
        return pc.replace_with_mask(column, suspect, pa.array(texts, column.type))

    def _begun(self, event: str, column: str, text: str) -> str:
        if len(text.encode("utf-16-le")) <= 2 * CELL:
            return text
        step = CELL if max(text) <= "\uffff" else CELL // 2
        parts = [text[at : at + step] for at in range(0, len(text), step)]
        first = len(self.parts) + 2
        self.parts += [(event, column, number, part) for number, part in enumerate(parts[1:], 2)]
        return f"{parts[0]}\n[continues in the sheet “Long texts”, row {first}]"


def _cells(batch: pa.RecordBatch, sheet: _Sheet, long: _LongTexts) -> bytes:
    """Rows as XML. Cells stand in the order of the columns, so they need no addresses; an empty one is `<c/>`."""
    columns = [
        _moments(batch, sheet) if name == "Date and time" else _texts(long.shortened(batch, name), sheet.text)
        for name, _ in COLUMNS
    ]
    rows = _joined("<row>", *columns, "</row>")
    return b"".join(row.encode() for row in rows.to_pylist())


def _texts(column: Any, style: str) -> Any:
    return pc.if_else(
        pc.equal(column, ""),
        pa.scalar("<c/>", pa.large_string()),
        _joined(f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">', _escaped(column), "</t></is></c>"),
    )


def _escaped(column: Any) -> Any:
    """XML's own characters, and what a workbook would take for one of its escapes (`_x000D_`)."""
    if not pc.any(pc.match_substring_regex(column, "[&<>_]"), min_count=0).as_py():
        return column
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        column = pc.replace_substring(column, sign, entity)
    return pc.replace_substring_regex(column, "_(x[0-9A-Fa-f]{4}_)", "_x005F_\\1")


def _moments(batch: pa.RecordBatch, sheet: _Sheet) -> Any:
    """Dates of Excel's own, shown as far as they are known; what it cannot hold as a date, as text."""
    when, clock = batch.column("when"), batch.column("Time")
    held = pc.and_(pc.greater_equal(when, pa.scalar(_FIRST, when.type)), pc.less(when, pa.scalar(_LAST, when.type)))
    colons = pc.count_substring(clock, ":")
    style = pc.if_else(
        pc.equal(clock, ""), sheet.day, pc.if_else(pc.equal(colons, 1), sheet.minute, sheet.second)
    ).cast(pa.large_string())
    seconds = pc.divide(pc.cast(pc.fill_null(when, pa.scalar(_FIRST, when.type)), pa.int64()), 1_000_000)
    days = pc.add(pc.divide(pc.cast(seconds, pa.float64()), 86_400.0), float(_UNIX_DAY)).cast(pa.large_string())
    written = pc.utf8_trim_whitespace(_joined(batch.column("Date"), " ", clock))
    text = _texts(pc.if_else(pc.equal(written, ""), pa.scalar("no date", pa.large_string()), written), sheet.text)
    return pc.if_else(pc.fill_null(held, False), _joined('<c s="', style, '"><v>', days, "</v></c>"), text)


def _joined(*parts: Any) -> Any:
    scalars = [pa.scalar(part, pa.large_string()) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*scalars, pa.scalar("", pa.large_string()))


_REGISTER: Final = (
    ("Source", 8, "label"),
    ("File", 34, "file"),
    ("Description", 24, "description"),
    ("What it is", 24, "kind"),
    ("Device or account", 24, "device"),
    ("Exported by", 16, "exported_by"),
    ("Exported with", 20, "exported_with"),
    ("Exported on", 12, "exported_on"),
    ("Received", 12, "received"),
    ("Received from", 16, "received_from"),
    ("Original held by", 20, "original_held_by"),
    ("Size", 16, "size"),
    ("SHA-256", 68, "sha256"),
    ("Records", 14, "records"),
    ("From and to", 26, "period"),
    ("Known by which clock", 34, "clock"),
)


def _sources(book: Any, register: Sequence[Received], heading: Any, text: Any) -> None:
    sheet = book.add_worksheet("Sources")
    _head(sheet, tuple((name, width) for name, width, _ in _REGISTER), heading)
    for line, one in enumerate(register, 1):
        for place, (_, _, field_name) in enumerate(_REGISTER):
            sheet.write_string(line, place, visible(getattr(one, field_name)), text)


def of_document(selection: str) -> str:
    """The words for a sheet that is issued with a document, in which the rows of a selection stand, or all of them."""
    return f"Prepared from the records listed in the sheet Sources; no opinion is given. One row is one record. {selection or 'Nothing is left out.'}"


def _about(book: Any, case: Case, day: date, version: str, whole: str) -> None:
    sheet = book.add_worksheet("About")
    sheet.set_column(0, 0, 110, book.add_format({"text_wrap": True, "valign": "top"}))
    for line, words in enumerate(
        (
            f"Chronology{case.reference and f' of {case.reference}'}, made on {day_words(day)} with {version}.",
            whole,
            f"Times are on the clock of {case.zone}; the column Zone says GMT or BST, Precision how closely the time is known. “about” and “day only” are not exact.",
            "“Counted as contact” says which rows the figures of the report count; “Repeats event” names the row that holds the same record from another file.",
            "“After key dates” says, of each item with the persons the figures are about, after which requests to stop, blocks and served orders it came: filter it for a full list.",
            "Characters that cannot be seen are shown by their number, such as [U+001B] or [U+202E]. A text that is longer than a cell goes on in the sheet “Long texts”.",
        )
    ):
        sheet.write_string(line, 0, words)
