"""Bytes to text and rows: encodings as they occur in exports, and CSV with the place of every row."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from parsers.contract import Source

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_CONTROLS = bytes(range(32, 256)) + b"\t\n\r\0"


def encoding(head: bytes) -> str:
    """The codec for a text that starts with `head`: by its mark, by the NULs of UTF-16, as UTF-8 if it is valid, else cp1252 (Windows in Britain).

    A head that is cut in the middle of a UTF-8 character is still UTF-8.
    """
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    sample = head[:4096]
    if len(sample) >= 4:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        half = len(sample) // 2
        if odd > half * 0.4 and even < half * 0.1:
            return "utf-16-le"
        if even > half * 0.4 and odd < half * 0.1:
            return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def is_binary(head: bytes) -> bool:
    """Whether a file that starts with `head` is no text in any encoding: a picture, a film. By its control characters; NULs, which UTF-16 has, do not count."""
    start = head[:1024]
    return len(start.translate(None, _NOT_CONTROLS)) * 50 > len(start)


def whole_encoding(source: Source) -> str:
    """`encoding` judged on the whole file: one `£` of a Windows machine on the last line makes it cp1252, unless more characters are UTF-8 than are not.

    A file that was joined by hand, or whose last character is cut, must not have all its accents and emoji broken for it. 1 MiB at a time.
    """
    name = encoding(source.head)
    if name not in {"utf-8", "cp1252"} or (name == "utf-8" and source.size <= len(source.head)):
        return name
    if name == "utf-8" and _is_utf8(source):
        return name
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    with source.open() as file:
        score = sum(utf8_score(decoder.decode(block)) for block in iter(lambda: file.read(1 << 20), b""))
    return "utf-8" if score > 0 else "cp1252"


def _is_utf8(source: Source) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with source.open() as file:
        try:
            while block := file.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def utf8_score(text: str) -> int:
    """Characters beyond ASCII that were read, less those that could not be."""
    return 0 if text.isascii() else sum(-1 if character == "\ufffd" else 1 for character in text if character > "\x7f")


def open_text(source: Source) -> io.TextIOWrapper:
    """The file as text, line ends as written. Bytes the codec cannot read become U+FFFD, so that no line is lost."""
    file: BinaryIO = source.open()
    return io.TextIOWrapper(file, encoding=whole_encoding(source), errors="replace", newline="")


def csv_rows(source: Source) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file with the number of the line each starts on; the separator is the one of `,;<tab>|` that the head uses most evenly.

    NUL bytes are read as nothing. A field may be up to 16 MiB. Blank rows are given as []. A quotation mark that is opened and never closed is an ordinary
    character: it must not take the rest of the file for one field.
    """
    csv.field_size_limit(1 << 24)
    separator = csv_separator(source.head)
    # "Date", "Time": a space before the mark, and the mark would not be one.
    spaced = f'{separator} "' in source.head.decode(encoding(source.head), "replace") and separator != "\t"
    with open_text(source) as text:
        lines = _Lines(line.replace("\0", "") for line in text)
        start = 1
        while lines.more():
            for row in csv.reader(lines, delimiter=separator, skipinitialspace=spaced):
                if lines.ended:  # more was asked for than there is: within quotation marks
                    lines.give_back()
                    row = next(csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE))  # noqa: PLW2901
                yield start, row
                start += lines.taken()


class _Lines:
    """Lines for a reader of CSV that can be given back, but for the first, which is read again by itself."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._held: list[str] = []  # of the row that is being read
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines, None)
        if line is None:
            self.ended = True
            raise StopIteration
        self._held.append(line)
        return line

    def more(self) -> bool:
        """Whether there is another line."""
        line = next(self._lines, None)
        if line is not None:
            self._lines = chain([line], self._lines)
        self.ended = False
        return line is not None

    def give_back(self) -> None:
        """Puts the lines of the row back."""
        self._lines = chain(self._held, self._lines)
        self._held, self.ended = [], False

    def taken(self) -> int:
        """How many lines the row was."""
        count = len(self._held)
        self._held = []
        return count


def csv_separator(head: bytes) -> str:
    """The separator of a CSV file: the candidate that splits most lines of the head into the same number (over one) of fields.

    What splits one line alone, such as the semicolons of a long note, counts only where nothing splits two alike.
    """
    text = head.decode(encoding(head), "replace")
    lines = [line for line in re.split(r"\r\n|\r|\n", text)[:50] if line.strip()]
    best, score = ",", (False, 0)
    for candidate in ",;\t|":
        counts = [len(row) for row in csv.reader(lines, delimiter=candidate)] if lines else []
        widest = max(set(counts), key=lambda n: (counts.count(n) if n > 1 else 0, n), default=0)
        alike = counts.count(widest) if widest > 1 else 0
        value = (alike > 1, alike * widest)
        if value > score:
            best, score = candidate, value
    return best
