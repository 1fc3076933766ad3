"""The checks of PDF/UA-1 and PDF/A-2 find what they look for: a file that passes is spoilt in one way after another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pdf_standards import _elements, faults
from pikepdf import Array, Dictionary, Name, String
from report_case import case_in, timeline_in
from test_document import SHEET, issued, message


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("standards")
    case = replace(case_in(folder), key_dates=())
    issued(folder, case, timeline_in(folder, [message(1, "only one")]), SHEET)
    return folder / "document.pdf"


def elements(pdf: pikepdf.Pdf, kind: str) -> Iterator[Any]:
    return (one for _, one in _elements(pdf.Root.StructTreeRoot) if f"/{kind}" == one.S)


def fonts(pdf: pikepdf.Pdf) -> Iterator[Any]:
    return (
        one
        for one in pdf.objects
        if isinstance(one, Dictionary) and one.get("/Type") == Name.Font and "/DescendantFonts" in one
    )


def links(pdf: pikepdf.Pdf) -> Iterator[Any]:
    return (note for page in pdf.pages for note in page.obj.get("/Annots", []))


def _paint(pdf: pikepdf.Pdf, before: bytes, after: bytes) -> None:
    page = pdf.pages[0]
    page.contents_coalesce()
    page.obj.Contents = pdf.make_stream(before + page.obj.Contents.read_bytes() + after)


def _xmp(pdf: pikepdf.Pdf, old: bytes, new: bytes) -> None:
    pdf.Root.Metadata = pdf.make_stream(
        pdf.Root.Metadata.read_bytes().replace(old, new), Type=Name.Metadata, Subtype=Name.XML
    )


def _heads_away(pdf: pikepdf.Pdf) -> None:
    for head in elements(pdf, "TH"):
        head.S = Name.TD


def _wrong_widths(pdf: pikepdf.Pdf) -> None:
    for font in fonts(pdf):
        font.DescendantFonts[0].W = Array([0, Array([1234] * 400)])


SPOILT: dict[str, Callable[[pikepdf.Pdf], Any]] = {
    "06-001": lambda pdf: pdf.Root.__delitem__("/Metadata"),
    "06-002": lambda pdf: _xmp(pdf, b"pdfuaid:part", b"pdfuaid:other"),
    "06-003": lambda pdf: _xmp(pdf, b"dc:title", b"dc:other"),
    "07-001": lambda pdf: pdf.Root.ViewerPreferences.__setitem__("/DisplayDocTitle", False),
    "01-007": lambda pdf: pdf.Root.MarkInfo.__setitem__("/Suspects", True),
    "00-000": lambda pdf: pdf.Root.MarkInfo.__setitem__("/Marked", False),
    "11-006": lambda pdf: pdf.Root.__delitem__("/Lang"),
    "20-001": lambda pdf: pdf.Root.__setitem__("/OCProperties", Dictionary()),
    "21-001": lambda pdf: pdf.attachments.__setitem__("a.txt", b"x"),
    "25-001": lambda pdf: pdf.Root.__setitem__("/AcroForm", Dictionary(XFA=Array())),
    "01-003": lambda pdf: _paint(pdf, b"/P <</MCID 900>> BDC /Artifact BMC EMC EMC ", b""),
    "01-004": lambda pdf: _paint(pdf, b"/Artifact BMC /P <</MCID 900>> BDC EMC EMC ", b""),
    "01-005 content": lambda pdf: _paint(pdf, b"", b" 0 0 10 10 re f"),
    "01-005 marks": lambda pdf: _paint(pdf, b"", b" /P BMC"),
    "01-005 a tag that the parent": lambda pdf: _paint(pdf, b"", b" /P <</MCID 900>> BDC EMC"),
    "01-005 a tag that no element": lambda pdf: next(elements(pdf, "H1")).__delitem__("/K"),
    "30-002": lambda pdf: _paint(pdf, b"", b" /P <</MCID 0>> BDC EMC"),
    "02-001": lambda pdf: next(elements(pdf, "P")).__setitem__("/S", Name("/Paragraph")),
    "09-004": lambda pdf: next(elements(pdf, "P")).__setitem__("/S", Name.TR),
    "09-005": lambda pdf: next(elements(pdf, "TD")).__setitem__("/S", Name.P),
    "13-004": lambda pdf: next(elements(pdf, "Figure")).__setitem__("/Alt", String(" ")),
    "14-002": lambda pdf: next(elements(pdf, "H1")).__setitem__("/S", Name.H2),
    "14-003": lambda pdf: next(elements(pdf, "H2")).__setitem__("/S", Name.H4),
    "14-006": lambda pdf: next(elements(pdf, "H2")).__setitem__("/S", Name.H),
    "15-003 a table": _heads_away,
    "15-003 a head": lambda pdf: next(elements(pdf, "TH")).__delitem__("/A"),
    "17-002": lambda pdf: next(elements(pdf, "P")).__setitem__("/S", Name.Formula),
    "19-003": lambda pdf: next(elements(pdf, "P")).__setitem__("/S", Name.Note),
    "28-002": lambda pdf: next(links(pdf)).__delitem__("/StructParent"),
    "28-006": lambda pdf: next(links(pdf)).__setitem__("/Subtype", Name.Text),
    "28-008": lambda pdf: next(page.obj for page in pdf.pages if "/Annots" in page.obj).__setitem__("/Tabs", Name.R),
    "28-011": lambda pdf: next(elements(pdf, "Link")).__setitem__("/S", Name.Span),
    "28-012": lambda pdf: next(links(pdf)).__delitem__("/Contents"),
    "31-009": lambda pdf: next(fonts(pdf)).DescendantFonts[0].FontDescriptor.__delitem__("/FontFile2"),
    "31-004": lambda pdf: next(fonts(pdf)).DescendantFonts[0].__delitem__("/CIDToGIDMap"),
    "31-012": _wrong_widths,
    "31-027": lambda pdf: next(fonts(pdf)).__delitem__("/ToUnicode"),
    "10-001": lambda pdf: next(fonts(pdf)).__setitem__("/ToUnicode", pdf.make_stream(b"1 beginbfchar\n<0003> <FFFE>\nendbfchar")),
    "A 6.3.2": lambda pdf: next(links(pdf)).__setitem__("/F", 2),
    "A 6.6.4": lambda pdf: _xmp(pdf, b"<pdfaid:part>2", b"<pdfaid:part>1"),
    "A 6.2.3": lambda pdf: pdf.Root.__delitem__("/OutputIntents"),
    "A 6.6.1": lambda pdf: pdf.Root.__setitem__("/AA", Dictionary()),
    "A 6.6.3": lambda pdf: pdf.docinfo.__setitem__("/Title", "another"),
    "A 6.5.1": lambda pdf: pdf.Root.__setitem__("/OpenAction", pdf.make_indirect(Dictionary(S=Name.JavaScript))),
    "A 6.1.7": lambda pdf: pdf.Root.__setitem__("/Extra", pdf.make_stream(b"x", F=String("a.txt"))),
    "A 6.2.8": lambda pdf: pdf.Root.__setitem__("/Extra", pdf.make_stream(b"x", Subtype=Name.Image, Interpolate=True)),
    "A 6.2.9": lambda pdf: pdf.Root.__setitem__("/Extra", pdf.make_stream(b"x", Subtype=Name.PS)),
    "A 6.1.13": lambda pdf: pdf.Root.__setitem__("/" + "x" * 130, True),
}  # fmt: skip


def test_a_document_as_it_is_issued_passes(good: Path) -> None:
    assert faults(good) == []


@pytest.mark.parametrize("fault", SPOILT)
def test_what_is_spoilt_is_found(good: Path, fault: str, tmp_path: Path) -> None:
    with pikepdf.open(good) as pdf:
        SPOILT[fault](pdf)
        pdf.save(tmp_path / "spoilt.pdf", deterministic_id=True)
    assert any(one.startswith(fault) for one in faults(tmp_path / "spoilt.pdf"))


def test_the_end_and_the_encryption_of_a_file(good: Path, tmp_path: Path) -> None:
    (tmp_path / "more.pdf").write_bytes(good.read_bytes() + b"\nmore")
    assert "A 6.1.3 something after the end" in faults(tmp_path / "more.pdf")
    with pikepdf.open(good) as pdf:
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(owner="x", user="", R=6))
    assert any(one.startswith("26-001") for one in faults(tmp_path / "locked.pdf"))


def test_every_number_is_one_of_a_test(good: Path) -> None:
    """A check that no test has made fire says nothing."""
    import pdf_standards

    text = Path(pdf_standards.__file__).read_text(encoding="utf-8").partition("_STANDARD: Final")[2]
    numbers = set(re.findall(r"\"(\d\d-\d{3}|A 6\.\d\.\d+)\b", text.replace('f"', '"')))
    tried = {re.match(r"(\d\d-\d{3}|A [\d.]+)", one)[1] for one in SPOILT} | {"26-001", "A 6.1.3"}  # type: ignore[index]
    assert numbers - tried <= {"A 6.1.2", "A 6.6.2", "A 6.2.5"}
