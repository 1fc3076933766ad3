"""The rows of a CSV file or a workbook with their places, and the row among the first that holds the headings. Not a parser."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, NamedTuple

from parsers import headings, workbook
from parsers.contract import Problem, Source, Unreadable
from parsers.reading import csv_rows, csv_separator, encoding, is_binary
from parsers.workbook import Cell

FIRST_ROWS: Final = 30
"""How far down the headings may stand: above them are titles, names, logos."""

DAMAGED_NUMBER: Final = re.compile(r"-?[0-9](?:[.,][0-9]+)?E\+?[0-9]{1,3}", re.IGNORECASE)
"""4.47701E+11: what a spreadsheet leaves of a long number."""

_MOST_PARTS: Final = 50
"""Each part of a CSV file reads it from its beginning. Headings beyond are rows that cannot be read."""
_DIGIT: Final = re.compile(r"[0-9]")
_LOCKED: Final = (
    "the workbook is protected with a password: open it in Excel with the password, choose File > Info > Protect Workbook > Encrypt with Password, "
    "delete the password, save it as a new file and add that"
)
_OLD: Final = 'this is an old Excel workbook (.xls): open it in Excel, choose File > Save As > "Excel Workbook (*.xlsx)" and add the new file'


class Row(NamedTuple):
    """A row that is not blank. `comments` are pairs of column (from 0) and words; `flags` say that it is hidden or struck through."""

    at: str
    cells: tuple[Cell, ...]
    flags: tuple[str, ...] = ()
    comments: tuple[tuple[int, str], ...] = ()

    def __bool__(self) -> bool:
        return any(cell.text.strip() for cell in self.cells)


class Table(NamedTuple):
    """A CSV file, or one sheet. `rows` can be read more than once; a CSV file that breaks off ends with a `Problem`."""

    name: str
    rows: Iterable[Row | Problem]
    hidden: bool = False
    hidden_columns: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Headed:
    """A table whose headings were found.

    `fields` are those of the columns, "" for a column that keeps its own name; `names` what each column is called, with its letter where the heading is
    empty or used twice; `above` the number of rows over the headings, `end` that of the rows up to where the next headings stand.
    """

    table: Table
    headings: tuple[str, ...]
    fields: tuple[str, ...]
    names: tuple[str, ...]
    above: int
    end: int | None = None

    def rows(self) -> Iterator[Row | Problem]:
        """The rows under the headings that hold something; headings repeated on a new page are left out."""
        return (row for row in islice(self.table.rows, self.above + 1, self.end) if not self._repeats(row))

    def repeated(self) -> int:
        """How often the headings are repeated further down."""
        return sum(map(self._repeats, islice(self.table.rows, self.above + 1, self.end)))

    def _repeats(self, row: Row | Problem) -> bool:
        return isinstance(row, Row) and tuple(cell.text for cell in row.cells[: len(self.headings)]) == self.headings

    def cells(self, row: Row) -> dict[str, Cell]:
        """The cells that have a field."""
        return {field: cell for field, cell in zip(self.fields, row.cells, strict=False) if field}

    def others(self, row: Row) -> dict[str, str]:
        """The words of the other columns, under their own names."""
        words: dict[str, str] = {}
        for column, cell in enumerate(row.cells):
            if cell.text.strip() and (column >= len(self.fields) or not self.fields[column]):
                words[self.name(column)] = cell.text
        return words

    def doubts(self, row: Row) -> list[str]:
        """What speaks for a row of a CSV file that was cut in the wrong places: a comma or a quotation mark that its writer did not mark as words."""
        if not isinstance(self.table.rows, _CsvRows):
            return []
        doubts = []
        if any(cell.text.strip() for cell in row.cells[len(self.headings) :]):
            doubts.append("more cells than headings: a comma in the words may have moved them")
        separators = max(1, len(self.headings) - 1)
        inner = (line for cell in row.cells if "\n" in cell.text for line in cell.text.split("\n")[1:])
        if separators > 1 and any(line.count(mark) >= separators for line in inner for mark in ",;\t|"):
            doubts.append("may hold the next rows as well: a quotation mark is missing, or one too many")
        return doubts

    def name(self, column: int) -> str:
        """What a column is called."""
        return self.names[column] if column < len(self.names) else f"column {letters(column)}"

    def hidden_headings(self) -> list[str]:
        """The headings that cannot be seen when the sheet is opened."""
        spans = self.table.hidden_columns
        return [
            self.name(i)
            for i, heading in enumerate(self.headings)
            if heading.strip() and any(a <= i + 1 <= b for a, b in spans)
        ]


def letters(column: int) -> str:
    """The name a spreadsheet gives to a column, from 0: A, Z, AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


@dataclass(frozen=True)
class _CsvRows:
    source: Source

    def __iter__(self) -> Iterator[Row | Problem]:
        line = 0
        try:
            for line, words in csv_rows(self.source):
                row = Row(f"line {line}", tuple(Cell(word) for word in words))
                if row:
                    yield row
        except csv.Error as error:
            yield Problem(f"after line {line}", f"the table breaks off here: {error}")


def kind(source: Source) -> str:
    """What table the file is, by its headings: one of `headings.FIELDS` or "". Of a workbook, the diary comes first, then the call log.

    A workbook that is locked, damaged or too large says yes as a diary by its name alone, so that somebody says what is wrong with it.
    """
    named = source.name.lower().endswith((".xlsx", ".xlsm"))
    if source.head.startswith(workbook.ZIP):
        sheets = workbook.peek(source, FIRST_ROWS)
        if not sheets:
            return headings.DIARY_KIND if sheets == [] and named else ""
        kinds = {headings.kind(row) for sheet in sheets for row in sheet}
        strict = headings.kind(headings.known(sheets[0][0])) if len(sheets) == len(sheets[0]) == 1 else ""
        return next((found for found in headings.FIELDS if found in kinds or found == strict), "")
    if source.head.startswith(workbook.OLE):
        return _old_kind(source)
    if is_binary(source.head):
        return ""
    return next(filter(None, map(headings.kind, _first_rows(source))), "")


def _first_rows(source: Source) -> list[list[str]]:
    name = encoding(source.head)
    text = source.head.decode(name, "replace").replace("\0", "")
    try:
        return list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=csv_separator(source.head)), FIRST_ROWS))
    except csv.Error:
        return []


def _old_kind(source: Source) -> str:
    """Of an OLE file: a locked .xlsx by its name, an .xls by the headings among its strings."""
    with source.open() as file:
        data = file.read(8 << 20)
    if "EncryptedPackage".encode("utf-16-le") in data:
        return headings.DIARY_KIND if source.name.lower().endswith((".xlsx", ".xlsm")) else ""
    if not any(name.encode("utf-16-le") in data for name in ("Workbook\0", "Book\0")):
        return ""
    runs = re.findall(rb"[ -~]{2,80}", data.replace(b"\0", b""))
    return headings.kind(headings.known([run.decode("ascii") for run in runs]))


def tables(source: Source) -> tuple[list[Table], list[str]]:
    """The tables of the file, and remarks on it.

    Raises:
        Unreadable: a workbook that is locked, of the old format, damaged or too large.
    """
    if source.head.startswith(workbook.OLE):
        with source.open() as file:
            locked = "EncryptedPackage".encode("utf-16-le") in file.read(8 << 20)
        raise Unreadable(_LOCKED if locked else _OLD)
    if not source.head.startswith(workbook.ZIP):
        return [Table("", _CsvRows(source))], []
    sheets, notes = workbook.sheets(source)
    found = []
    for sheet in sheets:
        place = f"sheet '{sheet.name}' row " if len(sheets) > 1 else "row "
        rows = [Row(f"{place}{row.number}", row.cells, row.flags, row.comments) for row in sheet.rows]
        found.append(Table(sheet.name, rows, sheet.hidden, sheet.hidden_columns))
    return found, notes


def headed(table: Table, wanted: str) -> list[Headed]:
    """The table with its headings, if they are of the kind that is wanted; cut where other headings of that kind follow: a bill may list calls, then texts."""
    fields = headings.FIELDS[wanted]
    found: list[Headed] = []
    for above, row in enumerate(table.rows):
        if above >= FIRST_ROWS and not found:
            break
        words = () if isinstance(row, Problem) else tuple(cell.text for cell in row.cells)
        if found and (_DIGIT.search("".join(words)) or words == found[-1].headings or len(found) == _MOST_PARTS):
            continue
        if headings.kind(words) == wanted or (found and headings.only_headings(words, fields)):
            if found:
                found[-1] = replace(found[-1], end=above)
            found.append(Headed(table, words, tuple(headings.columns(words, fields)), names_of(words), above))
    return found


def names_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """What each column is called: its heading, with its letter where that is empty or used twice."""
    plain = [" ".join(word.split()) for word in words]
    times = Counter(plain)
    return tuple(
        word if word and times[word] == 1 else f"{word} column {letters(i)}".strip() for i, word in enumerate(plain)
    )


def headed_tables(source: Source, wanted: str) -> tuple[list[Headed], list[str]]:
    """The tables of one kind in the file, and remarks: what was not read, what is hidden.

    Raises:
        Unreadable: none of its tables has such headings, or see `tables`.
    """
    found, notes = tables(source)
    read: list[Headed] = []
    for table in found:
        sheet = f"sheet '{table.name}'" if table.name else "the file"
        parts = headed(table, wanted)
        if not parts:
            count = sum(1 for _ in table.rows)
            notes += [f"{sheet} is not a {wanted}: {count} row(s) not read"] if count else []
            continue
        read += parts
        if table.hidden:
            notes.append(f"{sheet} is hidden; its rows were read")
        if parts[0].above:
            notes.append(f"{sheet}: {parts[0].above} row(s) above the headings not read")
        if hidden := [name for one in parts for name in one.hidden_headings()]:
            notes.append(f"{sheet}: hidden column(s), which were read: {', '.join(hidden)}")
        if len(parts) > 1:
            notes.append(
                f"{sheet}: other headings follow {len(parts) - 1} time(s), and are used for the rows under them"
            )
        if repeated := sum(one.repeated() for one in parts):
            notes.append(f"{sheet}: the headings are repeated {repeated} time(s)")
    if not read:
        raise Unreadable(f"no {wanted} was found: its headings should be in one row, among the first {FIRST_ROWS}")
    return read, notes
