"""The document against the court's checklist (court-and-domain.md, section 3): P1 to P27 by number, on PDF files as they are issued."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import openpyxl
import pdfplumber
import pikepdf
import poppler
import pyarrow.parquet as pq
import pytest
from everything import squeezed
from never_said import unsayable
from pdf_standards import faults
from PIL import Image
from report_case import HOSTILE, case_in, events, sources, timeline_in

from pipeline.analysis import contact
from pipeline.analysis.result import Table
from pipeline.analysis.wording import event
from pipeline.case import Case, CaseError, Order, Person, Term
from pipeline.report import blocks, document, issue, schedule, sections, support
from pipeline.report.document import Issue, Written
from pipeline.report.front import Front, file_name, front
from pipeline.store import Timeline

DAY: Final = date(2026, 7, 1)
LONDON: Final = ZoneInfo("Europe/London")
NAME: Final = 'Siân "Sid" O\'Neill <script>'
LONG: Final = " ".join(f"sentence number {number} of a long message." for number in range(450))
SCRIPTS: Final = {
    "latin": "zażółć gęślą jaźń", "greek": "καλημέρα", "cyrillic": "доброе утро", "hebrew": "שלום", "arabic": "مرحبا", "urdu": "ہیلو",
    "devanagari": "नमस्ते", "armenian": "բարեւ", "georgian": "გამარჯობა", "vietnamese": "Xin chào buổi sáng", "chinese": "你好", "japanese": "こんにちは",
    "korean": "안녕하세요", "thai": "สวัสดี", "tamil": "வணக்கம்", "bengali": "নমস্কার", "gujarati": "નમસ્તે", "punjabi": "ਸਤ ਸ੍ਰੀ ਅਕਾਲ", "amharic": "ሰላም",
    "khmer": "សួស្តី", "gothic": "\U00010330\U00010331", "emoji": "\U0001f52a\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f \U0001f1ec\U0001f1e7",
}  # fmt: skip
MARKUP: Final = (
    '#import "@preview/x:1": y',
    "$ sum_(i=0)^n $",
    "*bold* _slanted_ `raw` = heading",
    "<label> @ref // comment /* */",
    "#{panic()} \\u{41} [a](b)",
)


def message(number: int, text: str, **fields: Any) -> dict[str, Any]:
    at = datetime(2026, 3, 1, 9, tzinfo=LONDON) + timedelta(hours=number)
    return {
        "id": hashlib.sha256(f"message {number}".encode()).hexdigest()[:12], "utc": at.astimezone(UTC), "local": at.replace(tzinfo=None), "zone": at.tzname(),
        "basis": "given", "clock": "epoch", "precision": "second", "written": "", "kind": "message", "channel": "SMS", "direction": "in", "status": "",
        "sender": "P2", "person": "P2", "identifier": "+447700900123", "recipients": "P1", "source": sources()[0].key, "at": f"sms {number}", "position": number,
        "included": True, "text": text, "flags": "", "same_as": "", "categories": "", "note": "", "extra": "", "subject": "", "attachments": "", **fields,
    }  # fmt: skip


def hard_events() -> list[dict[str, Any]]:
    """A few rows of everything that could break a page."""
    texts = [*HOSTILE, *SCRIPTS.values(), *MARKUP, LONG, "x" * 5_000, "lone \ud83d half"]
    rows = [message(number, text.encode("utf-8", "replace").decode()) for number, text in enumerate(texts)]
    rows.append(message(len(rows), "what she wrote", kind="incident", channel="diary", direction="", sender="", person="", identifier="", recipients="", clock="memory",
                        precision="about", place="place-1", extra=json.dumps({"impact": "I changed my route to work", "witnesses": "Ruth"})))  # fmt: skip
    rows.append(
        message(
            len(rows), "", kind="call", channel="phone", status="missed", person="", sender="", identifier="withheld"
        )
    )
    rows.append(
        message(len(rows), "I saw her", person="A", sender="A", identifier="+441632960017", source=sources()[4].key)
    )
    return rows


def issued(
    folder: Path, case: Case, timeline: Timeline, sheet: Front, name: str = "document.pdf", **more: Any
) -> Written:
    prepared = contact.prepare(pq.read_table(timeline.events, columns=list(contact.COLUMNS)).to_pandas())
    answers = sections.analysed(case, timeline, prepared)
    body = sections.body(case, timeline, answers)
    return document.write(
        folder / name, case, timeline, answers, prepared, body, Issue(sheet, DAY, "fourline 0.1.0", **more)
    )


SHEET: Final = Front(court="Family Court at Derby", case_no="ZZ26P00147", parties="A v B", maker="A. Advocate", maker_role="advocate", organisation="A charity",
                     mark="ABC1", hearing="01/09/2026", statement_no="2", profile="exhibit")  # fmt: skip


def hard_case(folder: Path) -> Case:
    case = case_in(folder)
    terms = (
        Term("not to contact her", "contact"),
        Term("not to ask others to", "third parties"),
        Term("not to go to her home", "a place", "place-1"),
    )
    orders = (
        Order("Order 1", date(2026, 2, 27), date(2026, 3, 1), date(2026, 3, 31), terms),
        Order("Order 2", date(2026, 2, 27), None, None, terms[:1]),
    )
    return replace(
        case,
        subjects=(replace(case.subjects[0], name=NAME),),
        others=(*case.others, Person("C", "x", "Zoë #let")),
        orders=orders,
    )


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exhibit of the hard case, numbered ABC1-1 and so on."""
    folder = tmp_path_factory.mktemp("hard")
    issued(
        folder,
        hard_case(folder),
        timeline_in(folder, hard_events()),
        SHEET,
        draft="DRAFT - not checked",
        chosen=(date(2026, 3, 1),),
        outputs={"chronology.xlsx": "ab" * 32},
    )
    return folder / "document.pdf"


@pytest.fixture(scope="module")
def text(hard: Path) -> list[str]:
    return pages_of(hard)


@pytest.fixture(scope="module", params=["civil", "family"])
def small(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The document of one event, in the two other ways of numbering."""
    folder = tmp_path_factory.mktemp(request.param)
    case = replace(case_in(folder), key_dates=())
    issued(folder, case, timeline_in(folder, [message(1, "only one")]), replace(SHEET, profile=request.param))
    return request.param, folder / "document.pdf"


def pages_of(path: Path, order: str = "-layout") -> list[str]:
    """The text of each page, as pdftotext gives it."""
    return poppler.asked("pdftotext", order, path, "-").decode().split("\f")[:-1]


def plain(text: str) -> str:
    return re.sub(r"\s+", "", text)


def labels_of(pdf: pikepdf.Pdf) -> list[str]:
    return [str(page.label) for page in pdf.pages]


def bookmarks(item: Any) -> list[Any]:
    found = []
    while item is not None:
        found += [item, *bookmarks(item.get("/First"))]
        item = item.get("/Next")
    return found


def test_p01_one_plain_file(hard: Path) -> None:
    raw = hard.read_bytes()
    with pikepdf.open(hard) as pdf:
        assert not pdf.is_encrypted
        assert not pdf.attachments
        for name in ("/AcroForm", "/Collection", "/AA", "/Threads"):
            assert name not in pdf.Root
        assert "/JavaScript" not in pdf.Root.get("/Names", {})
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Dictionary):
                assert str(thing.get("/S", "")) not in {
                    "/JavaScript",
                    "/Launch",
                    "/URI",
                    "/GoToR",
                    "/SubmitForm",
                    "/ImportData",
                }
    assert raw.startswith(b"%PDF-1.7")


def test_p02_p07_every_page_is_a4_and_upright(hard: Path, small: tuple[str, Path]) -> None:
    for path in (hard, small[1]):
        with pikepdf.open(path) as pdf:
            shapes = set()
            for page in pdf.pages:
                left, foot, right, head = (float(side) for side in page.MediaBox)
                assert sorted((right - left, head - foot)) == pytest.approx([595, 842], abs=1)
                assert int(page.obj.get("/Rotate", 0)) == 0
                shapes.add(right - left > head - foot)
            assert shapes == {False, True}
    with pdfplumber.open(hard) as pdf:
        across = next(page for page in pdf.pages if page.width > page.height)
        assert all(char["upright"] for char in across.chars)


def test_p03_p04_every_page_is_numbered_and_its_label_says_the_same(hard: Path, small: tuple[str, Path]) -> None:
    for profile, path in (("exhibit", hard), small):
        with pikepdf.open(path) as pdf:
            labels = labels_of(pdf)
        printed = [page.rstrip().splitlines()[-1].split()[-1] for page in pages_of(path)]
        assert printed == labels
        if profile == "exhibit":
            assert labels == [f"ABC1-{number}" for number in range(1, len(labels) + 1)]
        elif profile == "civil":
            assert labels == [str(number) for number in range(1, len(labels) + 1)]
        else:
            assert labels[:3] == ["A1", "A2", "B1"]
            letters = "".join(dict.fromkeys(label[0] for label in labels))
            assert letters == "ABCDEFGHIJ"[: len(letters)]
            for letter in letters:
                of_one = [label for label in labels if label[0] == letter]
                assert of_one == [f"{letter}{number}" for number in range(1, len(of_one) + 1)]


def test_p03_police_pages_say_of_how_many(tmp_path: Path) -> None:
    issued(
        tmp_path,
        replace(case_in(tmp_path), key_dates=()),
        timeline_in(tmp_path, [message(1, "one")]),
        replace(SHEET, profile="civil"),
        of_all=True,
    )
    with pikepdf.open(tmp_path / "document.pdf") as pdf:
        labels = labels_of(pdf)
    assert labels == [f"{number} of {len(labels)}" for number in range(1, len(labels) + 1)]
    assert [page.rstrip().splitlines()[-1].strip() for page in pages_of(tmp_path / "document.pdf")] == labels


def test_p05_p06_number_in_the_middle_below_and_clear_corners(hard: Path) -> None:
    with pdfplumber.open(hard) as pdf:
        for page in pdf.pages:
            words = page.extract_words()
            marks = [
                word for word in words if re.fullmatch(r"ABC1-\d+", word["text"]) and word["top"] > page.height - 60
            ]
            assert len(marks) == 1
            assert (marks[0]["x0"] + marks[0]["x1"]) / 2 == pytest.approx(page.width / 2, abs=3)
            assert all(not overlap(word, marks[0]) for word in words if word is not marks[0])


def test_p05_the_corners_for_the_stamp_are_blank(hard: Path, tmp_path: Path) -> None:
    poppler.asked("pdftoppm", "-r", "50.8", "-gray", hard, tmp_path / "page")  # two pixels a millimetre
    pictures = sorted(tmp_path.glob("page*"))
    assert len(pictures) > 20
    for path in pictures:
        with Image.open(path) as picture:
            wide, high = picture.size
            for corner in ((wide - 70, 0, wide, 30), (wide - 70, high - 30, wide, high)):
                assert picture.crop(corner).getextrema() == (255, 255), path.name


def overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(
        one["x0"] < other["x1"]
        and other["x0"] < one["x1"]
        and one["top"] < other["bottom"]
        and other["top"] < one["bottom"]
    )


def test_p06_p16_nothing_leaves_the_margins(hard: Path) -> None:
    edge = 20 / 25.4 * 72
    with pdfplumber.open(hard) as pdf:
        for page in pdf.pages:
            for char in (char for char in page.chars if char["text"].strip()):
                assert char["x0"] >= edge - 1, (page.page_number, char["text"])
                assert char["x1"] <= page.width - edge + 1, (page.page_number, char["text"])


def test_p06_no_words_lie_on_other_words(hard: Path) -> None:
    with pdfplumber.open(hard) as pdf:
        for page in pdf.pages:
            if page.images or len(page.rects) > 30 or not page.chars:
                continue  # the words of a chart have a place of their own
            lines: dict[int, list[Any]] = {}
            for char in page.chars:
                if char["text"].isascii() and char["text"].isalnum():
                    lines.setdefault(round(char["bottom"]), []).append(char)
            for line in lines.values():
                line.sort(key=lambda char: char["x0"])
                for one, other in pairwise(line):
                    assert other["x0"] >= one["x1"] - 1.5, (page.page_number, one["text"], other["text"])


def test_p08_every_entry_of_the_index_leads_to_its_page(hard: Path, small: tuple[str, Path]) -> None:
    for path in (hard, small[1]):
        with pikepdf.open(path) as pdf:
            numbers = {page.obj.objgen: place for place, page in enumerate(pdf.pages)}
            labels = labels_of(pdf)
            links = [
                (numbers[note.A.D[0].objgen] if "/A" in note else numbers[note.Dest[0].objgen], float(note.Rect[1]))
                for note in pdf.pages[1].Annots
            ]
        targets: dict[float, set[int]] = {}
        for target, height in links:
            targets.setdefault(round(height / 6), set()).add(target)
        pages = pages_of(path)
        rows = [line.split() for line in pages[1].splitlines() if re.match(r"\s*[B-Z]\s", line)]
        assert rows
        assert {labels[target] for found in targets.values() for target in found} == {row[-1] for row in rows}
        for row in rows:
            words = re.sub(r"\d\d/\d\d/\d{4}.*$", "", " ".join(row[1:-1])).strip()
            assert words[:20] in " ".join(pages[labels.index(row[-1])].split()), words


def test_p09_p10_bookmarks_with_date_and_page_and_opening_at_full_size(hard: Path) -> None:
    with pikepdf.open(hard) as pdf:
        numbers = {page.obj.objgen: place for place, page in enumerate(pdf.pages)}
        labels = labels_of(pdf)
        marks = bookmarks(pdf.Root.Outlines.First)
        titles = [str(mark.Title) for mark in marks]
        for mark in marks:
            target = numbers[mark.Dest[0].objgen]
            assert str(mark.Title).endswith(f", page {labels[target]}")
            assert str(mark.Dest[1]) == "/XYZ"
            assert mark.Dest[4] in {None, 0}
        opening = list(pdf.Root.OpenAction)
        assert opening[0].objgen == pdf.pages[0].obj.objgen
        assert (str(opening[1]), int(opening[4])) == ("/XYZ", 1)
    assert any(re.match(r"Chronology, 01/03/2026 to \d\d/\d\d/2026, page ABC1-\d+$", title) for title in titles), titles
    for wanted in (
        "Exhibit ABC1",
        "Index",
        "Source register",
        "Integrity",
        "Full list",
        "Impact, in the client’s words",
    ):
        assert any(title.startswith(wanted) for title in titles), wanted


def test_poppler_finds_nothing_to_complain_of(hard: Path) -> None:
    assert b"Tagged:          yes" in poppler.asked("pdfinfo", hard)  # which holds its complaints to be none


def test_p11_everything_is_found_as_text(text: list[str]) -> None:
    whole = plain("".join(text))
    for said in (
        *MARKUP,
        "only five minutes" and "what she wrote",
        NAME,
        "I changed my route to work",
        "</script><script>alert(1)</script>",
        "{{ 7 * 7 }} {% raw %}",
    ):
        assert plain(said) in whole, said
    said = [number for number in range(450) if plain(f"sentence number {number} of a long message.") in whole]
    assert len(said) >= 450 - len(text), "more is missing than the sentences that a page's end may cut in two"
    assert re.search("x{20}", "".join(text))
    assert plain("".join(text)).count("x") >= 5_000
    assert "[U+202E]" in whole
    assert "[U+001B]" in whole


def test_p11_scripts_are_shown_or_numbered_never_boxes(hard: Path) -> None:
    whole = plain("".join(pages_of(hard, "-raw")))
    for name in ("latin", "greek", "cyrillic", "armenian", "georgian", "vietnamese"):
        assert plain(SCRIPTS[name]) in whole, name
    for name in ("chinese", "japanese", "korean", "thai", "tamil", "bengali", "gujarati", "amharic", "khmer", "gothic"):
        for sign in SCRIPTS[name].replace(" ", ""):
            assert f"U+{ord(sign):04X}" in whole, (name, sign)
    for said in (
        "[emoji: kitchen knife]",
        "[emoji: family man woman girl]",
        "[emoji: red heart]",
        "[emoji: United Kingdom]",
    ):
        assert plain(said) in whole
    with pikepdf.open(hard) as pdf:
        fonts = {
            str(thing.BaseFont)
            for thing in pdf.objects
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/Font"
        }
    assert any("NotoSansArabic" in font for font in fonts)
    assert "नम" in whole
    with pdfplumber.open(hard) as pdf:
        assert not [char for page in pdf.pages for char in page.chars if char["text"] in {"\ufffd", "\x00", "(cid:0)"}]


def test_p12_there_are_no_pixel_images(hard: Path) -> None:
    with pikepdf.open(hard) as pdf:
        assert not [
            thing for thing in pdf.objects if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image"
        ]


def test_p13_small(hard: Path) -> None:
    assert hard.stat().st_size < 25_000_000


def test_p13_what_an_email_does_not_hold_is_warned_of(tmp_path: Path) -> None:
    paths = []
    for name, size in (("a.pdf", 24_000_000), ("b.pdf", 26_000_000), ("c.pdf", 37_000_000)):
        paths.append(tmp_path / name)
        with paths[-1].open("wb") as file:
            file.truncate(size)
    assert list(issue._size_warnings(paths[:1])) == []
    said = list(issue._size_warnings(paths))
    assert [re.findall(r"[abc]\.pdf|\d+ MB", words) for words in said] == [
        ["b.pdf", "26 MB", "25 MB"],
        ["c.pdf", "37 MB", "36 MB"],
        ["87 MB", "36 MB"],
    ]


def test_p14_file_names() -> None:
    assert file_name(Front(parties="A v B", mark="ABC1"), "Exhibit", date(2026, 4, 1)) == "A v B Exhibit ABC1 1-4-26"
    long = file_name(Front(parties="Ünal & Søns / <Ltd> v " + "B" * 100, mark="ABC/1"), "Exhibit", date(2026, 12, 31))
    assert re.fullmatch(r"[A-Za-z0-9 ._-]{1,76}", long)
    assert long.endswith("Exhibit ABC-1 31-12-26")
    assert file_name(Front(), "Exhibit", DAY) == "Exhibit ABC1 1-7-26"


@pytest.mark.parametrize(
    ("said", "shown", "name"),
    [
        ("2026-04-01", "01/04/2026", "1-4-26"),
        ("1/4/26 at 10.30", "01/04/2026 at 10.30", "1-4-26"),
        ("Weds 1st April 2026, remote", "Weds 01/04/2026, remote", "1-4-26"),
        ("15 Sept 2026", "15/09/2026", "15-9-26"),
        ("31/02/2026", "31/02/2026", "1-7-26"),
        ("not listed yet", "not listed yet", "1-7-26"),
    ],
)
def test_p14_p17_the_day_of_the_hearing_ends_the_file_name(tmp_path: Path, said: str, shown: str, name: str) -> None:
    sheet = front(case_in(tmp_path), hearing=said)
    assert sheet.hearing == shown
    assert file_name(sheet, "Exhibit", DAY).endswith(f" ABC1 {name}")


def test_p14_a_mark_that_is_too_long_is_refused(tmp_path: Path) -> None:
    assert front(case_in(tmp_path), mark="A" * 20).mark == "A" * 20
    with pytest.raises(CaseError, match="more than 20 characters"):
        front(case_in(tmp_path), mark="A" * 21)


def test_p15_p27_type_sizes_and_embedded_fonts(hard: Path) -> None:
    with pdfplumber.open(hard) as pdf:
        sizes = {round(char["size"], 1) for page in pdf.pages for char in page.chars}
        portrait = [page for page in pdf.pages[2:] if page.width < page.height]
        body = [char["size"] for page in portrait for char in page.chars if char["size"] > 10.5]  # tables are set in 10
        assert {font for page in pdf.pages for font in (char["fontname"].split("+")[-1] for char in page.chars)} <= {
            "NotoSans-Regular", "NotoSansArabic-Regular", "DejaVuSans", "DejaVuSans-Bold", "NotoSans-Bold",
        }  # fmt: skip
    assert min(sizes) >= 9
    assert max(set(body), key=body.count) == 12
    with pikepdf.open(hard) as pdf:
        described = [
            thing
            for thing in pdf.objects
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor"
        ]
        assert described
        assert all("/FontFile2" in one or "/FontFile3" in one for one in described)


def test_p17_sentences_and_rows_are_numbered_and_dates_are_written_one_way(text: list[str]) -> None:
    whole = "\n".join(text)
    numbers = [int(number) for page in text[2:] for number in re.findall(r"^ {0,3}(\d+)\.  ", page, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert not re.search(r"\b\d{4}-\d\d-\d\d\b", whole)
    assert not re.search(r"\b\d{1,2} (January|March|July)\b|\b\d:\d\d ?[ap]m\b", whole)


def test_p18_budgets_are_warned_of(tmp_path: Path) -> None:
    case, timeline = replace(case_in(tmp_path), key_dates=()), timeline_in(tmp_path, [message(1, "one")])
    written = issued(tmp_path, case, timeline, replace(SHEET, page_budget=5))
    assert written.warnings == (f"The document has {written.pages[0]} pages, more than the 5 that are allowed for.",)
    assert issued(tmp_path, case, timeline, SHEET, name="other.pdf").warnings == ()


def test_p18_the_chronology_fits_ten_pages(tmp_path: Path) -> None:
    case, timeline = case_in(tmp_path), timeline_in(tmp_path)
    prepared = contact.prepare(pq.read_table(timeline.events, columns=list(contact.COLUMNS)).to_pandas())
    writer = schedule.Writer(case, schedule.Names.of(case, timeline))
    rows = schedule.Rows(timeline)
    short = schedule.court_chronology(writer, prepared, rows, ("P2",))
    assert sum(-(-len(entry["event"]) // 52) + 0.6 for entry in short.rows) < 560
    assert sum(entry["last"] >= 0 for entry in short.rows) > 20
    fine = schedule.court_chronology(writer, prepared, rows, ("P2",), room=1e9)
    counted = {entry["first"] for entry in fine.rows}
    assert len(fine.rows) > 500
    assert len(counted) > 500


def test_p19_parts_are_lettered_and_the_chronology_is_in_order(text: list[str]) -> None:
    letters = re.findall(r"^\s*([B-Z])\s", text[1], re.MULTILINE)
    assert letters == sorted(letters)
    start = next(place for place, page in enumerate(text) if page.lstrip().startswith("Chronology"))
    days = re.findall(r"^ *\d+ +(\d\d)/(\d\d)/(\d{4})", text[start], re.MULTILINE)
    assert len(days) > 3
    assert [(year, month, day) for day, month, year in days] == sorted((year, month, day) for day, month, year in days)


def test_p21_no_document_twice(text: list[str]) -> None:
    titles = [line.strip() for line in text[1].splitlines() if re.match(r"\s*[B-Z]\s", line)]
    assert len(titles) == len(set(titles))


def test_p23_tagged_titled_and_in_english(hard: Path) -> None:
    with pikepdf.open(hard) as pdf:
        root = pdf.Root
        assert str(root.Lang) == "en-GB"
        assert bool(root.MarkInfo.Marked)
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        kinds: dict[str, list[Any]] = {}
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/StructElem":
                kinds.setdefault(str(thing.S), []).append(thing)
        assert {"/H1", "/Table", "/TH", "/TD", "/Figure", "/L", "/P", "/Link"} <= set(kinds)
        figures = [figure for figure in kinds["/Figure"] if "/Alt" in figure]
        assert len(figures) == len(kinds["/Figure"])
        assert all(len(str(figure.Alt)) > 40 for figure in figures)
        xmp = root.Metadata.read_bytes().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in xmp


def test_p23_pdf_ua_and_pdf_a_as_far_as_a_program_can_check(hard: Path, small: tuple[str, Path], own: Path) -> None:
    """Matterhorn Protocol and ISO 19005-2 (`pdf_standards`): on hard evidence, on one event, and on the client's own copy."""
    assert [faults(path) for path in (hard, small[1], own)] == [[], [], []]


def test_p24_metadata_holds_what_is_allowed_and_nothing_else(hard: Path) -> None:
    raw = hard.read_bytes()
    assert raw.count(b"%%EOF") == 1
    with pikepdf.open(hard) as pdf:
        info = {key: str(value) for key, value in pdf.trailer.Info.items()}
        xmp = pdf.Root.Metadata.read_bytes().decode()
        assert (
            len(
                [
                    thing
                    for thing in pdf.objects
                    if isinstance(thing, pikepdf.Stream) and thing.get("/Type") == "/Metadata"
                ]
            )
            == 1
        )
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Dictionary):
                assert "/PieceInfo" not in thing
                assert "/Thumb" not in thing
                assert thing.get("/Subtype") not in {"/Text", "/Popup", "/FileAttachment"}
        assert "/OCProperties" not in pdf.Root
    assert info == {
        "/Title": "Exhibit ABC1",
        "/Creator": "fourline 0.1.0",
        "/CreationDate": "D:20260701000000Z",
        "/ModDate": "D:20260701000000Z",
    }
    assert "History" not in xmp
    assert re.findall(r"<rdf:li xml:lang=\"x-default\">(.*?)</rdf:li>", xmp) == ["Exhibit ABC1"]


def test_p24_no_path_of_this_computer_is_anywhere(hard: Path) -> None:
    """Every stream is decompressed and searched for the case folder and the home of whoever made it."""
    with pikepdf.open(hard) as pdf:
        found = b"".join(
            thing.read_bytes()
            for thing in pdf.objects
            if isinstance(thing, pikepdf.Stream) and "/FontFile2" not in thing
        )
        strings = b"\n".join(
            bytes(value)
            for thing in pdf.objects
            if isinstance(thing, pikepdf.Dictionary)
            for value in thing.values()
            if isinstance(value, pikepdf.String)
        )
    for secret in (str(hard.parent), str(Path.home()) + "/", "/work/"):
        for haystack in (found, strings, "".join(pages_of(hard)).encode()):
            assert secret.encode() not in haystack
            assert secret.encode("utf-16-be") not in haystack


def test_p26_same_input_same_bytes(hard: Path, tmp_path: Path) -> None:
    issued(
        tmp_path,
        hard_case(tmp_path),
        timeline_in(tmp_path, hard_events()),
        SHEET,
        draft="DRAFT - not checked",
        chosen=(date(2026, 3, 1),),
        outputs={"chronology.xlsx": "ab" * 32},
    )
    assert (tmp_path / "document.pdf").read_bytes() == hard.read_bytes()


def test_p27_pages_in_grey_have_ink_of_several_shades(hard: Path, tmp_path: Path, text: list[str]) -> None:
    """A chart page as a monochrome printer sees it: hatching and shades stay apart (see also test_paper.py)."""
    page = next(place for place, one in enumerate(text, 1) if "Items per week with" in one and place > 2)
    poppler.asked("pdftoppm", "-r", "80", "-gray", "-f", page, "-l", page, "-png", hard, tmp_path / "grey")
    shades = Image.open(next(tmp_path.glob("grey*.png"))).getcolors()
    assert len([count for count, _ in shades if count > 30]) > 6


def test_r01_to_r14_the_contents_are_there(text: list[str]) -> None:
    whole = " ".join(" ".join(text).split())
    found = plain(whole)
    for said in (
        "Family Court at Derby", "Case number: ZZ26P00147", "A v B", "This is the exhibit marked ABC1 referred to in the statement of A. Advocate.", "Statement 2",
        "Prepared from the records listed in it. No opinion is given.", "Source register", "Completeness", "Times are those of Europe/London", "Whose each identifier is",
        "Impact, in the client’s words", "I changed my route to work", "Nothing is withheld in this copy.", "Terms of orders", "within dates of order; term 1",
        "the day of service is not recorded", "SHA-256", "DRAFT - not checked", "Messages in full around 01/03/2026",
    ):  # fmt: skip
        assert plain(said) in found, said
    assert plain(sources()[0].sha256) in plain(whole)
    assert plain("ab" * 32) in plain(whole)


def test_n1_to_n11_nothing_is_said_that_must_never_be(
    hard: Path, small: tuple[str, Path], own: Path, tmp_path: Path
) -> None:
    """On hard evidence, on one event alone, and in the client's own words."""
    words = [str(value) for row in hard_events() for value in row.values() if isinstance(value, str) and len(value) > 3]
    for name, path in (("hard", hard), ("small", small[1]), ("own", own)):
        (tmp_path / name).mkdir()
        shutil.copy(path, tmp_path / name)
        assert unsayable(tmp_path / name, "|".join(map(squeezed, (*words, NAME))), served=name != "own") == []


def test_the_pages_of_the_chronology_are_those_of_the_full_list(text: list[str], hard: Path) -> None:
    with pikepdf.open(hard) as pdf:
        labels = labels_of(pdf)
    start = next(place for place, page in enumerate(text) if page.lstrip().startswith("Chronology"))
    cited = set(re.findall(r"p (ABC1-\d+)", text[start]))
    full = next(place for place, page in enumerate(text) if page.lstrip().startswith("Full list"))
    end = next(place for place, page in enumerate(text) if page.lstrip().startswith("Integrity"))
    assert cited
    assert cited <= set(labels[full:end])


def test_many_rows_go_into_volumes_and_are_cited_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "VOLUME", 25)
    case, timeline = (
        case_in(tmp_path),
        timeline_in(tmp_path, [message(number, f"text {number}") for number in range(60)]),
    )
    written = issued(tmp_path, case, timeline, replace(SHEET, profile="civil"))
    assert [path.name for path in written.paths] == [
        "document.pdf",
        "document volume 2.pdf",
        "document volume 3.pdf",
        "document volume 4.pdf",
    ]
    told = [pages_of(path) for path in written.paths]
    assert [len(pages) for pages in told] == list(written.pages)
    rows = [
        int(number)
        for pages in told[1:]
        for page in pages
        for number in re.findall(r"^ *(\d+) +\d\d/\d\d/2026", page, re.MULTILINE)
    ]
    assert rows == list(range(1, 61))
    for volume, page in re.findall(r"volume (\d), pp? (\d+)", " ".join(" ".join(told[0]).split())):
        assert int(page) <= written.pages[int(volume) - 1]
    assert "issued with this document in 3 volumes of its own" in " ".join(" ".join(told[0]).split())


def test_a_list_too_long_for_paper_is_the_sheet_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "PRINTED", 20)
    case = replace(case_in(tmp_path), key_dates=())
    timeline = timeline_in(tmp_path, [message(number, f"text {number}") for number in range(25)])
    written = issued(tmp_path, case, timeline, SHEET)
    whole = " ".join(" ".join(pages_of(written.paths[0])).split())
    assert len(written.paths) == 1
    assert written.warnings[-1].startswith("The full list has 25 rows, more than 20: it is not printed")
    assert "The full list is not printed: it is the sheet chronology.xlsx" in whole
    assert "No. and ID" not in whole  # the head of the full list
    assert re.search(r"rows? 1\b", whole)


def test_rows_are_decoded_block_by_block_and_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    timeline = timeline_in(tmp_path, [message(number, f"text {number}") for number in range(25)])
    whole = list(schedule.Rows(timeline))
    monkeypatch.setattr(schedule, "_BLOCK", 4)
    monkeypatch.setattr(schedule, "_BLOCKS", 2)
    rows = schedule.Rows(timeline)
    assert list(rows) == whole
    assert [rows[place] for place in (0, 24, 3, 4, -1)] == [whole[place] for place in (0, 24, 3, 4, -1)]
    assert rows[2:7] == whole[2:7]
    with pytest.raises(IndexError):
        rows[25]


@pytest.mark.parametrize(
    ("profile", "numbers"), [("exhibit", ("ABC1-V2-", "ABC1-V3-")), ("family", ("F", "G")), ("civil", ("", ""))]
)
def test_p03_no_number_stands_on_two_pages_of_one_exhibit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, profile: str, numbers: tuple[str, str]
) -> None:
    """A volume of an exhibit bears its own number in the mark; by part, each is a part of its own; of a bundle, each file begins at 1 as its pages do."""
    monkeypatch.setattr(document, "VOLUME", 5)
    case = replace(case_in(tmp_path), key_dates=())
    timeline = timeline_in(tmp_path, [message(number, f"text {number}") for number in range(9)])
    written = issued(tmp_path, case, timeline, replace(SHEET, profile=profile))
    labels = []
    for path in written.paths:
        with pikepdf.open(path) as pdf:
            labels.append(labels_of(pdf))
        assert [page.rstrip().splitlines()[-1].split()[-1] for page in pages_of(path)] == labels[-1]
    main, *volumes = labels
    assert [volume[0] for volume in volumes] == [f"{number}1" for number in numbers]
    if profile != "civil":
        assert len({label for volume in labels for label in volume}) == sum(map(len, labels))
    cited = re.findall(r"volume \d, pp? (\S+?)[,\s]", " ".join(" ".join(pages_of(written.paths[0], "-raw")).split()))
    assert cited
    assert set(cited) <= {label for volume in volumes for label in volume}
    assert main[0] == {"exhibit": "ABC1-1", "family": "A1", "civil": "1"}[profile]


def test_p20_a_supplement_goes_on_counting_pages_and_rows(tmp_path: Path) -> None:
    case = replace(case_in(tmp_path), key_dates=())
    timeline = timeline_in(tmp_path, [message(number, f"late {number}") for number in range(3)])
    for profile, first in (("civil", "144"), ("exhibit", "ABC1-144")):
        sheet = replace(SHEET, profile=profile, first_page=144, first_row=301)
        issued(tmp_path, case, timeline, sheet, f"{profile}.pdf", chosen=(date(2026, 3, 1),))
        text = pages_of(tmp_path / f"{profile}.pdf")
        with pikepdf.open(tmp_path / f"{profile}.pdf") as pdf:
            labels = labels_of(pdf)
            titles = [str(mark.Title) for mark in bookmarks(pdf.Root.Outlines.First)]
        assert labels[0] == first
        assert labels == [first.replace("144", str(144 + number)) for number in range(len(labels))]
        assert [page.rstrip().splitlines()[-1].split()[-1] for page in text] == labels
        index = [line.split()[-1] for line in text[1].splitlines() if re.match(r"\s*[B-Z]\s", line)]
        assert index
        assert set(index) <= set(labels)
        assert any(title.endswith(f"page {labels[-1]}") for title in titles)
        whole = " ".join(" ".join(text).split())
        assert "Its pages go on from page 144 and its rows from row 301" in whole
        full = next(page for page in text if page.lstrip().startswith("Full list"))
        assert re.findall(r"^ *(\d+) +\d\d/\d\d/2026", full, re.MULTILINE) == ["301", "302", "303"]
        assert "Rows 301 to 303 of the full list" in whole
        page = labels[text.index(full)]
        assert re.search(rf"p {page}\b", next(one for one in text if one.lstrip().startswith("Chronology")))


def test_p20_pages_numbered_by_part_have_no_supplement(tmp_path: Path) -> None:
    case = replace(case_in(tmp_path), report={"profile": "family"})
    assert front(case).first_page == 1
    with pytest.raises(CaseError, match="--profile exhibit"):
        front(case, first_page=9)
    assert front(case, first_page=9, profile="exhibit").first_page == 9


def test_p22_no_picture_is_printed_so_none_needs_a_typed_copy(hard: Path) -> None:
    """Nothing in the document is a picture made of dots, so that nothing can be illegible as one; for the files with pictures see test_picture_pages.py."""
    with pikepdf.open(hard) as pdf:
        kinds = {str(thing.get("/Subtype", "")) for thing in pdf.objects if isinstance(thing, pikepdf.Stream)}
    assert "/Form" in kinds or kinds
    assert "/Image" not in kinds


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client's own copy, with the page of people who can help."""
    folder = tmp_path_factory.mktemp("own")
    case, timeline = hard_case(folder), timeline_in(folder, hard_events())
    help_page = support.section(support.contacts(support.text_of(folder)), DAY)
    issued(
        folder,
        case,
        timeline,
        replace(SHEET, profile="civil"),
        "Notes.pdf",
        own=True,
        last=(help_page,),
        outputs={"a.xlsx": "ab" * 32},
    )
    return folder / "Notes.pdf"


def test_r16_the_clients_copy_is_plain_and_ends_with_people_who_can_help(own: Path) -> None:
    text = pages_of(own)
    whole = " ".join(" ".join(text).split())
    assert "Notes" in text[0]
    for never in (
        "Exhibit",
        "ABC1",
        "Case number",
        "SHA-256",
        "Source register",
        "Integrity",
        "ab" * 32,
        "A v B",
        "full list",
        "chronology.xlsx",
    ):
        assert plain(never) not in plain(whole), never
    for wanted in (
        "What is in these notes",
        "Chronology",
        "I changed my route to work",
        "The last page lists people who can help.",
    ):
        assert wanted in whole, wanted
    last = next(place for place, page in enumerate(text) if page.lstrip().startswith("People who can help"))
    assert "0808 802 0300" in whole
    assert not any(re.match(r"\s*(Chronology|Impact)", page) for page in text[last:])
    assert not re.search(r"95%|random order|multiplied", whole), "statistics are for those who are trained in them"
    with pikepdf.open(own) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Notes"
        assert labels_of(pdf) == [str(number) for number in range(1, len(pdf.pages) + 1)]


def test_r16_the_clients_copy_has_large_type_that_fits(own: Path) -> None:
    edge = 20 / 25.4 * 72
    with pdfplumber.open(own) as pdf:
        sizes = {round(char["size"]) for page in pdf.pages for char in page.chars}
        for page in pdf.pages:
            assert all(
                edge - 1 <= char["x0"] and char["x1"] <= page.width - edge + 1
                for char in page.chars
                if char["text"].strip()
            )
    assert document.LARGE in sizes
    assert min(sizes - {9}) >= 10, "9 points is for the words in charts alone"
    assert "0808 802 0300" in " ".join(pages_of(own)), "a number to ring stands on one line"


def test_the_clients_files_are_named_neutrally(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    done = issue.make_for(
        hard_case(tmp_path),
        timeline_in(tmp_path, hard_events()[:30]),
        tmp_path / "out",
        DAY,
        "0.1.0",
        {"for": "client"},
    )
    names = {path.name for path in done.paths}
    assert "Notes.pdf" in names
    assert not any(re.search(r"stalk|exhibit|court", name, re.IGNORECASE) for name in names)


def test_sections_for_the_advocate_alone_are_in_working_copies_only(tmp_path: Path) -> None:
    case, timeline = hard_case(tmp_path), timeline_in(tmp_path, hard_events()[:30])
    for name, working in (("served.pdf", False), ("working.pdf", True)):
        issued(tmp_path, case, timeline, SHEET, name, working=working)
        assert ("S-DASH" in " ".join(pages_of(tmp_path / name))) is working


def test_a_long_list_of_events_points_to_the_rows_of_the_full_list() -> None:
    ids = {f"{number:012x}": number + 101 for number in range(document.LISTED + 5)}
    long = Table("T", ("No.", "Event"), tuple((str(place), event(one)) for place, one in enumerate(ids)))
    printed, note = document._table(long, ids)
    assert len(printed["rows"]) == document.LISTED
    assert f"The first {document.LISTED} of {document.LISTED + 5} rows" in note["items"][0]
    assert f"from row 101 to row {100 + len(ids)}." in note["items"][0]
    assert len(document._table(replace(long, rows=long.rows[:-5]), ids)) == 1


def test_a_larger_table_still_fits_the_page() -> None:
    table = blocks.table(
        Table(
            "T",
            ("Channel", "Direction", "First day", "Last day", "What"),
            (("WhatsApp", "in", "01/12/2025", "31/05/2026", "x" * 90),) * 3,
        )
    )
    large = blocks.larger(table, 12)
    assert large["size"] == 12
    assert sum(large["widths"]) <= 257.5
    assert [cell.replace("\u200b", "") for cell in large["rows"][0]] == [
        cell.replace("\u200b", "") for cell in table["rows"][0]
    ]
    assert all(wide >= narrow for wide, narrow in zip(large["widths"][:4], table["widths"][:4], strict=True))
    assert blocks.larger({"kind": "words", "text": "a"}, 12) == {"kind": "words", "text": "a"}


def test_a_very_long_table_says_how_much_of_it_is_printed() -> None:
    long = Table("T", ("A",), tuple((str(number),) for number in range(document.TABLE_ROWS + 7)))
    printed, note = document._table(long, {})
    assert len(printed["rows"]) == document.TABLE_ROWS
    assert f"The first {document.TABLE_ROWS} of {document.TABLE_ROWS + 7} rows" in note["items"][0]
    assert len(document._table(replace(long, rows=long.rows[:-7]), {})) == 1


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "document.pdf").write_bytes(b"issued before")
    with pytest.raises(FileExistsError):
        issued(tmp_path, replace(case_in(tmp_path), key_dates=()), timeline_in(tmp_path, [message(1, "one")]), SHEET)
    assert (tmp_path / "document.pdf").read_bytes() == b"issued before"


def test_an_issue_has_sums_a_sheet_and_a_word_file(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    case, timeline = hard_case(tmp_path), timeline_in(tmp_path, hard_events()[:30])
    settings = {"for": "court", "front": {"parties": "A v B"}}
    done = issue.make_for(case, timeline, tmp_path / "out", DAY, "0.1.0", settings)
    assert sorted(path.name for path in done.paths) == [
        "A v B Exhibit ABC1 1-7-26.pdf",
        "SHA256SUMS.txt",
        "changes.txt",
        "chronology.docx",
        "chronology.xlsx",
    ]
    checked = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS.txt"], cwd=tmp_path / "out", capture_output=True, check=True
    )
    assert checked.stdout.count(b"OK") == 4
    with zipfile.ZipFile(tmp_path / "out" / "chronology.docx") as parts:
        words = parts.read("word/document.xml").decode()
    assert "<w:tblHeader/>" in words
    assert "&lt;script&gt;" in words
    assert "<script>" not in words
    about = [row[0] for row in openpyxl.load_workbook(tmp_path / "out" / "chronology.xlsx")["About"].values]
    assert about[0] == "Chronology, made on 01/07/2026 with fourline 0.1.0."
    assert re.search(r"Of \d+ rows that were read, \d+ are shown and \d+ are not", about[1])
    assert "nothing is left out" not in about[1]  # it is: what is not shown to these readers
    assert issue.DRAFT in pages_of(done.paths[0])[0]


def test_the_front_sheet_comes_from_the_case_and_from_what_is_said(tmp_path: Path) -> None:
    case = replace(case_in(tmp_path), report={"mark": "XY2", "maker": "B"})
    assert front(case, maker="C", hearing=None) == Front(mark="XY2", maker="C")
    with pytest.raises(TypeError, match="colour"):
        front(case, colour="red")


def test_events_of_the_report_case_are_all_in_the_full_list(tmp_path: Path) -> None:
    case, timeline = case_in(tmp_path), timeline_in(tmp_path, events(300))
    writer = schedule.Writer(case, schedule.Names.of(case, timeline))
    rows = schedule.Rows(timeline)
    listed = list(schedule.full_list(writer, rows))
    assert [cells[0].split("\n") for cells in listed] == [
        [str(number), row["id"]] for number, row in enumerate(rows, 1)
    ]
