"""The list for the person who looks at every page before a report is served (C12): a row a page, with what to look for and room for a tick.

It is for the maker, lies outside the folder of the report, and is never served: it repeats the words that look confidential.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

import pypdfium2
import xlsxwriter
from pypdfium2 import raw

from pipeline.report.each_file import each
from pipeline.report.evidence_text import visible
from pipeline.report.leak_search import Hit

DRAFT: Final = "DRAFT - not checked"
"""What stands on every page that nobody has looked at."""
FOLDER: Final = "checks"
"""Where the lists lie in a case."""
LOOK_FOR: Final = (
    "An address, street, place of work, school, surgery, car or routine of the client, of a child or of anybody who helps.",
    "A telephone number, e-mail address or user name that is not the respondent's own.",
    "The name of a friend, relative, new partner, officer or neighbour that has not become Person A, Child 1 ...",
    "Words from which a new home, number or job can be guessed: a town, a shop, a train, a view, a time of coming home.",
    "What the client or the police know of trackers, cameras or plans.",
    (
        "In a picture, which no search can read: the bar of the screen (carrier, Wi-Fi, other messages), contact photos and names, “last seen”, lists of chats, maps, faces of others, "
        "number plates, street signs, what is in the background or reflected; and that it is the picture that was meant to be shown."
    ),
    "That a chart or table can be read in black and white, and that nothing is cut off.",
)
_BY_EYE: Final = "These names, which are words or letters as well: the search takes them only where they are written with a capital, or not at all: {}."
_HEAD: Final = (
    "File",
    "Page of the file",
    "Number printed on it",
    "The page begins",
    "Picture on it: screen bar, names, faces, maps, background looked at (initials)",
    "Looks confidential (decide)",
    "Looked at (initials)",
    "Remark",
)
_NOTHING: Final = re.compile("[\\s\u200b\ufffe]+")
"""What a line's end leaves inside a word or number."""
_WIDTHS: Final = (34, 9, 12, 60, 26, 44, 12, 40)


class Page(NamedTuple):
    """A page of a PDF: the file, its number in the file from 1, the number printed on it, its first words, and whether a picture made of pixels is on it."""

    file: str
    number: int
    label: str
    begins: str
    picture: bool = False


def pages(paths: Sequence[Path]) -> list[Page]:
    """The pages of some PDF files, in order."""
    return list(chain.from_iterable(each(_pages, paths)))


def _pages(path: Path) -> list[Page]:
    found: list[Page] = []
    document = pypdfium2.PdfDocument(path)
    try:
        for index in range(len(document)):
            page = document[index]
            text = page.get_textpage()
            begins = " ".join(text.get_text_bounded().split())[:160]
            label = document.get_page_label(index) or str(index + 1)
            picture = any(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=5))
            found.append(Page(path.name, index + 1, label, begins, picture))
            text.close()
            page.close()
    finally:
        document.close()
    return found


def how_many(paths: Sequence[Path]) -> int:
    """The pages of some PDF files, counted."""
    count = 0
    for path in paths:
        document = pypdfium2.PdfDocument(path)
        count += len(document)
        document.close()
    return count


def write(path: Path, title: str, listed: Sequence[Page], looks: Sequence[Hit], names: Sequence[str] = ()) -> None:
    """Writes the list as a workbook; `looks` are what the search found that looks confidential, `names` those that it cannot find as a reader does."""
    by_page: dict[tuple[str, str], list[str]] = {}
    for hit in looks:
        by_page.setdefault((hit.file, hit.where), []).append(f"{hit.what}: {hit.words}")
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Pages")
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
        sheet.write_string(
            1,
            0,
            "This list is for you. Do not serve it. Look at every page of every file, on paper or at full size, for:",
        )
        look_for = [*LOOK_FOR, *([_BY_EYE.format(", ".join(map(visible, names)))] if names else [])]
        for row, words in enumerate(look_for, 2):
            sheet.write_string(row, 0, f"- {words}")
        top = len(look_for) + 3
        for column, (words, width) in enumerate(zip(_HEAD, _WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(top, column, words, bold)
        for row, page in enumerate(listed, top + 1):
            found = by_page.pop((page.file, f"page {page.number}"), [])
            there = "" if page.picture else "no picture"
            cells = (page.file, str(page.number), page.label, page.begins, there, "\n".join(found), "", "")
            for column, words in enumerate(cells):
                sheet.write_string(row, column, visible(words), wrap)
        row = top + 1 + len(listed)
        for (file, where), found in by_page.items():
            for column, words in enumerate((file, where, "", "", "", "\n".join(found), "", "")):
                sheet.write_string(row, column, visible(words), wrap)
            row += 1
        sheet.freeze_panes(top + 1, 0)


def shown(path: Path, files: Mapping[str, str]) -> list[tuple[str, tuple[str, ...]]]:
    """What each page of a PDF shows, but for the word that it is a draft: its text, and its pictures by their hash.

    `files` are the names of files issued together with it, by their hashes: where it prints a hash of these, the name counts.
    """
    found = []
    document = pypdfium2.PdfDocument(path)
    try:
        for index in range(len(document)):
            page = document[index]
            text = page.get_textpage()
            words = text.get_text_range().replace(DRAFT, "")
            pictures = tuple(
                sorted(_hash(one) for one in page.get_objects(max_depth=5) if isinstance(one, pypdfium2.PdfImage))
            )
            words = _NOTHING.sub("", words)
            for sha256, name in files.items():
                words = words.replace(sha256, name)
            found.append((words, pictures))
            text.close()
            page.close()
    finally:
        document.close()
    return found


def _hash(picture: Any) -> str:
    return hashlib.sha256(bytes(picture.get_data())).hexdigest()
