"""The files with pictures against the court's checklist (court-and-domain.md, section 3) by number, from the command to the pages; and that no word of an original gets out."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import openpyxl
import pdfplumber
import pikepdf
import poppler
import pytest
import typst
from click.testing import CliRunner
from picture_files import (
    CASE,
    SECRET,
    backup,
    broken,
    case_in,
    exif,
    jpeg,
    kinds,
    mail,
    mms,
    part,
    photo,
    png,
    screen,
    with_blocks,
)
from PIL import Image

from pipeline import case as cases
from pipeline import custody, store
from pipeline.cli import main
from pipeline.report import picture_pages, pictures
from pipeline.report.confidentiality import Reducer
from pipeline.report.leak_search import search
from pipeline.report.redrawing import Redrawer
from pipeline.report.reencode import Piece, Redrawn
from pipeline.report.written_forms import Forms

ON: Final = "2026-06-30"
PHOTO, SHOT, LONG = (
    jpeg(photo(1200, 900, 1), exif=exif(6)),
    png(screen(540, 1170)),
    png(screen(1080, 5000, 50)),
)


def run(*words: str | Path, code: int = 0) -> str:
    result = CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def events(case: Path, to: Path) -> list[dict[str, Any]]:
    run("timeline", case, "--output", to / "events.json")
    found: list[dict[str, Any]] = json.loads((to / "events.json").read_text(encoding="utf-8"))
    return found


def mark(case: Path, *settings: tuple[str, str]) -> None:
    words = [word for event, setting in settings for word in ("--set", event, setting)]
    run("review", case, *words, "--by", "Dana Advocate", "--on", ON)


def with_pictures(folder: Path) -> Path:
    """A case with messages that hold pictures, all of them marked, and a photo that nobody has marked."""
    case, files = case_in(folder / "case"), folder / "files"
    files.mkdir()
    message = (
        mms(0, part(SHOT, "image/png", f"{SECRET}.png"), text="look"),
        mms(1, part(LONG, "image/png", "long.png")),
        mms(2, part(PHOTO, "image/jpeg", "p.jpg"), part(kinds()["heic"], "image/heic", "x.heic")),
        mms(3, part(SHOT, "image/png", "again.png")),
        mms(4, part(broken()["cut off"][0], "image/jpeg", "b.jpg")),
        mms(5, part(jpeg(photo(90, 60, 5)), "image/jpeg", "c.jpg")),
        mms(6, part(jpeg(photo(90, 60, 6)), "image/jpeg", "d.jpg"), sender="+447700900205"),
    )
    (files / "sms.xml").write_bytes(backup(*message))
    (files / "a.eml").write_bytes(mail(jpeg(photo(800, 600, 8))))
    (files / "IMG_20260304_101112.jpg").write_bytes(jpeg(photo(640, 480, 9), exif=exif()))
    run("add", case, files, "--no-input")
    with (case / "case.toml").open("a", encoding="utf-8") as toml:
        toml.write(
            f'\n[[picture]]\nfile = "{sha256(SHOT)[:12]}"\nhide = [{{ left = 0, top = 0, width = 100, height = 5, what = "address" }}]\n'
            f'transcript = """\nSam: where are you\nRobin Vale: at Hollins Cottage\nwith {SECRET}\n"""\nby = "Dana Advocate"\n'
        )
    wanted = [one for one in events(case, folder) if one["at"] in {f"mms {n}" for n in range(1, 6)} | {"message"}]
    assert len(wanted) == 6
    mark(case, *((one["id"], "pictures=yes") for one in wanted))
    return case


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That case with a draft for court, its pages ABC1-1 and so on."""
    case = with_pictures(tmp_path_factory.mktemp("pages"))
    options = ("--parties", "Vale v Marsh", "--mark", "RV1", "--maker", "R Vale", "--profile", "exhibit")
    run("report", case, "--for", "court", "--images", "marked", *options, "--date", ON)
    return case


@pytest.fixture
def case(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "case"))


def newest(case: Path, audience: str = "court") -> Path:
    return max((case / "reports").glob(f"*{audience} *"), key=lambda path: path.stat().st_mtime_ns)


def file_of(folder: Path, words: str = "Pictures") -> Path:
    (found,) = [path for path in folder.glob("*.pdf") if words in path.name and "volume" not in path.name]
    return found


@pytest.fixture(scope="module")
def pdf(made: Path) -> Path:
    return file_of(newest(made))


def pages_of(path: Path) -> list[str]:
    return poppler.asked("pdftotext", "-layout", path, "-").decode().split("\f")[:-1]


@pytest.fixture(scope="module")
def text(pdf: Path) -> list[str]:
    return pages_of(pdf)


def one_line(text: str) -> str:
    return " ".join(text.split())


def page_with(text: Sequence[str], words: str) -> int:
    return next(number for number, page in enumerate(text) if words in one_line(page))


def test_pictures_are_in_a_file_of_their_own_and_nowhere_else(made: Path, pdf: Path) -> None:
    assert pdf.name == "Vale v Marsh Pictures RV1 30-6-26.pdf"  # P14
    with pikepdf.open(file_of(newest(made), "Exhibit")) as other:
        assert not [one for one in other.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"]
    assert not list(newest(made).glob(".*"))


def test_p01_p02_p07_p24_a_plain_file_of_upright_a4_pages(pdf: Path) -> None:
    raw = pdf.read_bytes()
    assert raw.count(b"%%EOF") == 1
    with pikepdf.open(pdf) as opened:
        assert not opened.attachments
        for page in opened.pages:
            left, foot, right, head = (float(side) for side in page.MediaBox)
            assert sorted((right - left, head - foot)) == pytest.approx([595, 842], abs=1)
            assert int(page.obj.get("/Rotate", 0)) == 0
        for thing in opened.objects:
            if isinstance(thing, pikepdf.Dictionary):
                assert str(thing.get("/S", "")) not in {"/JavaScript", "/Launch", "/URI", "/GoToR", "/SubmitForm"}
                assert "/Thumb" not in thing
                assert "/PieceInfo" not in thing
        info = {key: str(value) for key, value in opened.trailer.Info.items()}
        assert info["/Title"] == "Exhibit RV1: pictures"
        assert set(info) == {"/Title", "/Creator", "/CreationDate", "/ModDate"}


def test_p03_p04_p05_every_page_has_its_number_and_a_clear_corner(pdf: Path, text: list[str], tmp_path: Path) -> None:
    with pikepdf.open(pdf) as opened:
        labels = [str(page.label) for page in opened.pages]
    assert labels == [f"RV1-P{number}" for number in range(1, len(text) + 1)]
    assert [page.rstrip().splitlines()[-1].split()[-1] for page in text] == labels
    poppler.asked("pdftoppm", "-r", "50.8", "-gray", pdf, tmp_path / "page")
    for path in tmp_path.glob("page*"):
        with Image.open(path) as picture:
            wide, high = picture.size
            for corner in ((wide - 70, 0, wide, 30), (wide - 70, high - 30, wide, high)):
                assert picture.crop(corner).getextrema() == (255, 255), path.name


def test_p06_p16_pictures_lie_within_the_margins_and_on_no_words(pdf: Path) -> None:
    edge = 20 / 25.4 * 72
    seen = 0
    with pdfplumber.open(pdf) as opened:
        for page in opened.pages:
            for image in page.images:
                seen += 1
                assert image["x0"] >= edge - 1
                assert image["x1"] <= page.width - edge + 1
                assert image["bottom"] <= page.height - 22 / 25.4 * 72 + 1
                words = [
                    word
                    for word in page.extract_words()
                    if word["x0"] < image["x1"] - 1
                    and image["x0"] + 1 < word["x1"]
                    and word["top"] < image["bottom"] - 1
                    and image["top"] + 1 < word["bottom"]
                ]
                assert not words
    assert seen >= 6


def test_p08_list_and_pictures_are_linked_both_ways(pdf: Path, text: list[str]) -> None:
    with pikepdf.open(pdf) as opened:
        numbers = {page.obj.objgen: place for place, page in enumerate(opened.pages)}
        links: dict[int, list[int]] = {}
        for place, page in enumerate(opened.pages):
            for note in page.get("/Annots", ()):
                target = note.A.D if "/A" in note else note.Dest
                links.setdefault(place, []).append(numbers[target[0].objgen])
    listed = page_with(text, "List of pictures")
    pictures_at = [number for number, page in enumerate(text) if re.match(r"\s*Picture \d+\n", page)]
    assert [links[number] for number in pictures_at] == [[listed]] * len(pictures_at)
    assert set(links[listed]) == set(pictures_at)
    assert len(links[listed]) == len(pictures_at) + 1  # one picture stands in two rows
    rows = re.findall(r"^(\d+) +(\d+) .*?RV1-P(\d+)$", text[listed], re.MULTILINE)
    for number, _, page in rows:
        assert text[int(page) - 1].split("\n")[0].strip() == f"Picture {number}"


def test_p09_every_picture_has_a_bookmark_with_date_and_page(pdf: Path, text: list[str]) -> None:
    with pikepdf.open(pdf) as opened:
        titles: list[str] = []

        def walk(item: Any) -> None:
            while item is not None:
                titles.append(str(item.Title))
                walk(item.get("/First"))
                item = item.get("/Next")

        walk(opened.Root.Outlines.First)
        assert opened.Root.OpenAction[1] == "/XYZ"  # P10
        assert opened.Root.OpenAction[4] == 1
    for number in range(1, 6):
        (title,) = [one for one in titles if one.startswith(f"Picture {number},")]
        found = re.fullmatch(r"Picture \d+, (\d\d/\d\d/\d{4}), page RV1-P(\d+)", title)
        assert found
        assert f"Picture {number}" in text[int(found[2]) - 1].split("\n")[0]


def test_rows_name_their_pages_and_pictures_their_rows(made: Path, text: list[str]) -> None:
    main_text = one_line(" ".join(pages_of(file_of(newest(made), "Exhibit"))))
    first = page_with(text, "Picture 1 Row")
    found = re.search(
        r"Picture 1 Row (\d+) \(ID ([0-9a-f]{12})\), (\d\d/\d\d/\d{4}) (\d\d:\d\d:\d\d)", one_line(text[first])
    )
    assert found
    assert re.search(rf"\b{found[1]} {found[3]}.{{0,120}}?{found[2]}", main_text)
    assert main_text.count(f"picture: page RV1-P{first + 1}]") >= 2  # chronology and full list
    assert "The same file is in row" in one_line(text[first])
    assert "issued apart from this document: “Vale v Marsh Pictures RV1 30-6-26.pdf”" in main_text
    assert "Practice Direction 27A" in main_text
    assert "Practice Direction 27A" in one_line(text[0])


def test_p11_what_cannot_be_searched_says_so(text: list[str]) -> None:
    for number, page in enumerate(text):
        if re.match(r"\s*Picture \d+\n", page):
            said = one_line(page)
            assert "No text recognition was made" in said or "Its words are typed on the following page" in said, number


def test_p12_pictures_in_the_file_have_at_most_300_dots_an_inch(pdf: Path) -> None:
    with pdfplumber.open(pdf) as opened:
        images = [image for page in opened.pages for image in page.images]
    for image in images:
        wide, high = image["srcsize"]
        assert wide / ((image["x1"] - image["x0"]) / 72) <= 301
        assert high / ((image["bottom"] - image["top"]) / 72) <= 301


def test_p21_no_picture_is_printed_twice(pdf: Path, text: list[str]) -> None:
    hashes = re.findall(r"SHA-256 of the original: ((?:[0-9a-f]{8} ){7}[0-9a-f]{8})", one_line(" ".join(text)))
    assert len(hashes) == len(set(hashes)) == 5
    assert sha256(SHOT) in {one.replace(" ", "") for one in hashes}


def test_p22_a_typed_copy_follows_and_says_that_it_is_one(text: list[str]) -> None:
    place = page_with(text, "Picture 1 Row")
    said = one_line(text[place + 1])
    assert said.startswith(
        "Typed copy of picture 1 (transcript) It was typed by a person from the picture; it is not the picture."
    )
    assert "Sam: where are you P1: at [address] with [Person A]" in said.replace("Robin Vale", "P1")
    assert SECRET not in said
    assert "Dana" not in said


def test_p23_every_picture_has_words_for_those_who_cannot_see_it(pdf: Path) -> None:
    with pikepdf.open(pdf) as opened:
        figures = [
            thing
            for thing in opened.objects
            if isinstance(thing, pikepdf.Dictionary)
            and thing.get("/Type") == "/StructElem"
            and thing.get("/S") == "/Figure"
        ]
        alts = [str(figure.Alt) for figure in figures]
    assert len(alts) >= 7
    for alt in alts:
        assert re.match(r"Picture \d+\..* Row \d+ \(ID [0-9a-f]{12}\), .*What it shows is not described here", alt)


def test_p25_what_is_blacked_out_is_gone_and_said(pdf: Path, text: list[str], tmp_path: Path) -> None:
    place = page_with(text, "Picture 1 Row")
    assert "Blacked out in it: [address]." in one_line(text[place])
    with pikepdf.open(pdf) as opened:
        (stream,) = opened.pages[place].get_images().values()
        image = pikepdf.PdfImage(stream).as_pil_image().convert("L")
    assert image.size == (540, 1170)
    counts = image.crop((0, 0, 540, 58)).getcolors(1 << 16)
    assert max(counts)[1] == 0
    assert max(counts)[0] > 0.9 * 540 * 58


def test_p26_the_same_bytes_again(case: Path) -> None:
    output = run("rebuild", case)
    assert "DIFFERS" not in output
    assert "Pictures RV1" in output
    assert "changes.txt" in output


def test_nothing_that_was_chosen_is_missing_in_silence(text: list[str]) -> None:
    said = one_line(" ".join(text))
    assert re.search(r"Pictures that are not shown .*it is cut off or damaged", said)
    assert "1 further picture of these rows was not chosen to be shown." in said


def test_c05_for_court_only_what_was_marked_and_whose_row_is_shown(made: Path, text: list[str]) -> None:
    said = one_line(" ".join(text))
    assert "Pictures 1 to 5." in said
    for number in (5, 6):
        assert sha256(jpeg(photo(90, 60, number)))[:8] not in said  # not marked; and of somebody else


def test_the_check_list_asks_for_every_page_with_a_picture(made: Path, pdf: Path) -> None:
    sheet = openpyxl.load_workbook(made / "checks" / f"{newest(made).name}.xlsx")["Pages"]
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] == pdf.name]
    with pdfplumber.open(pdf) as opened:
        there = [bool(page.images) for page in opened.pages]
    assert [row[4] != "no picture" for row in rows] == there
    assert any("which no search can read" in str(row[0]) for row in sheet.iter_rows(values_only=True))
    assert not any(row[5] for row in rows)


def test_a_release_counts_the_pages_of_the_pictures_too(case: Path) -> None:
    there = sum(len(pages_of(path)) for path in newest(case).glob("*.pdf"))
    only = len(pages_of(file_of(newest(case), "Exhibit")))
    assert "look at every page" in run("release", case, "--by", "Dana", "--pages", only, code=1)
    run("release", case, "--by", "Dana", "--pages", there)
    released = newest(case, "court released")
    assert not any("DRAFT" in page for page in pages_of(file_of(released)))
    run("verify", case)
    with pikepdf.open(file_of(released)) as one, pikepdf.open(file_of(case / "reports" / f"{ON} court 1")) as other:
        assert [len(page.get_images()) for page in one.pages] == [len(page.get_images()) for page in other.pages]


# --- who gets them ---------------------------------------------------------------------------------------------------------------------------------------------


def test_for_court_there_are_none_unless_they_are_asked_for(case: Path) -> None:
    run("report", case, "--for", "court", "--date", ON)
    assert not [path for path in newest(case).iterdir() if "Pictures" in path.name]
    assert "picture:" not in " ".join(pages_of(file_of(newest(case), "Exhibit")))
    assert "person has marked" in run("report", case, "--for", "court", "--images", "all", code=2)
    assert "say for whom" in run("report", case, "--images", "all", code=2)


def test_police_and_the_house_have_the_marked_ones_and_all_on_request(case: Path) -> None:
    run("report", case, "--for", "police", "--date", ON)
    assert "Pictures 1 to 5." in one_line(pages_of(file_of(newest(case, "police")))[0])
    run("report", case, "--for", "internal", "--images", "all", "--date", ON)
    said = one_line(" ".join(pages_of(file_of(newest(case, "internal")))))
    assert "Pictures 1 to 8." in said
    assert (
        "The original holds a position and data of the camera; this copy does not." in said
    )  # C4: said inside the house only
    assert "“Show pictures?”: 1" in said
    assert f"file = “{sha256(SHOT)[:12]}”" in said


def test_the_clients_own_copy_has_them_on_request_under_a_neutral_name(case: Path) -> None:
    run("report", case, "--for", "client", "--images", "marked", "--date", ON)
    folder = newest(case, "client")
    assert {path.name for path in folder.iterdir()} == {
        "Notes.pdf", "Notes pictures.pdf", "Notes changes.txt", "SHA256SUMS.txt",
    }  # fmt: skip
    said = one_line(" ".join(pages_of(folder / "Notes pictures.pdf")))
    assert "Here are the pictures that were chosen from the records." in said
    assert "The pictures are in a file of their own." in one_line(" ".join(pages_of(folder / "Notes.pdf")))
    assert "SHA-256" not in said
    assert "Row " not in said


def test_case_toml_can_say_it_for_every_issue(case: Path) -> None:
    toml = case / "case.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + '\n[report]\nimages = "marked"\n', encoding="utf-8")
    run("report", case, "--for", "court", "--date", ON)
    assert file_of(newest(case)).name == "Pictures ABC1 30-6-26.pdf"


def test_a_photo_that_is_marked_has_its_row_in_the_schedule(case: Path, tmp_path: Path) -> None:
    (lone,) = [one for one in events(case, tmp_path) if one["kind"] == "photo"]
    before = " ".join(pages_of(file_of(newest(case), "Exhibit")))
    assert lone["id"] not in before
    mark(case, (lone["id"], "pictures=yes"))
    run("report", case, "--for", "court", "--images", "marked", "--date", ON)
    assert lone["id"] in " ".join(pages_of(file_of(newest(case), "Exhibit")))
    assert lone["id"] in " ".join(pages_of(file_of(newest(case))))


def test_where_nothing_is_marked_nothing_is_issued_and_it_is_said(tmp_path: Path) -> None:
    case = case_in(tmp_path / "case")
    (tmp_path / "sms.xml").write_bytes(backup(mms(0, part(PHOTO, "image/jpeg", "p.jpg"))))
    run("add", case, tmp_path / "sms.xml", "--no-input")
    assert "No picture is issued" in run("report", case, "--for", "court", "--images", "marked", "--date", ON)
    assert not [path for path in newest(case).iterdir() if "Pictures" in path.name]


def test_where_none_can_be_shown_the_list_of_them_is_issued(tmp_path: Path) -> None:
    case = case_in(tmp_path / "case")
    (tmp_path / "sms.xml").write_bytes(backup(mms(0, part(broken()["cut off"][0], "image/jpeg", "p.jpg"))))
    run("add", case, tmp_path / "sms.xml", "--no-input")
    mark(case, (events(case, tmp_path)[0]["id"], "pictures=yes"))
    assert "it is cut off or damaged" in run("report", case, "--for", "court", "--images", "marked", "--date", ON)
    assert "it is cut off or damaged" in one_line(" ".join(pages_of(file_of(newest(case)))))


def test_the_client_s_own_times_are_shown_to_the_day_there_too(tmp_path: Path) -> None:
    case = case_in(tmp_path / "case")
    sent = (
        mms(0, part(PHOTO, "image/jpeg", "p.jpg"))
        .replace('msg_box="1"', 'msg_box="2"')
        .replace('type="137"', 'type="151"')
    )
    (tmp_path / "sms.xml").write_bytes(backup(sent))
    run("add", case, tmp_path / "sms.xml", "--no-input")
    mark(case, (events(case, tmp_path)[0]["id"], "pictures=yes"))
    run("report", case, "--for", "court", "--images", "marked", "--outgoing-by-day", "--date", ON)
    said = one_line(" ".join(pages_of(file_of(newest(case)))))
    assert "01/03/2026 day only, MMS message from P1" in said.replace("Robin Vale", "P1")
    assert "12:00" not in said


# --- many, and supplements ---------------------------------------------------------------------------------------------------------------------------------------


def test_three_hundred_pictures_in_volumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hard case of issue 6: each of them once, its pages counted on through the volumes, cited where it is."""
    case = case_in(tmp_path / "case")
    small = [jpeg(photo(64, 48, seed)) for seed in range(8)]
    all_of_them = [with_blocks(small[number % 8], (0xFE, b"%d" % number)) for number in range(300)]
    (tmp_path / "sms.xml").write_bytes(
        backup(*(mms(number, part(one, "image/jpeg", f"{number}.jpg")) for number, one in enumerate(all_of_them)))
    )
    run("add", case, tmp_path / "sms.xml", "--no-input")
    mark(case, *((one["id"], "pictures=1") for one in events(case, tmp_path)))
    monkeypatch.setattr(picture_pages, "VOLUME_BYTES", 120 * 1000)
    output = run("report", case, "--for", "court", "--images", "marked", "--date", ON)
    files = sorted(newest(case).glob("*Pictures*.pdf"), key=lambda path: (len(path.name), path.name))
    assert len(files) >= 3
    labels, hashes, numbers = [], [], []
    for number, path in enumerate(files, 1):
        said = pages_of(path)
        assert f"Volume {number} of {len(files)}" in one_line(said[0])
        with pikepdf.open(path) as opened:
            labels += [str(page.label) for page in opened.pages]
        hashes += re.findall(r"SHA-256 of the original: ((?:[0-9a-f]{8} ){7}[0-9a-f]{8})", one_line(" ".join(said)))
        numbers += re.findall(r"Picture (\d+) Row", one_line(" ".join(said)))
    assert labels == [f"P{number}" for number in range(1, len(labels) + 1)]
    assert [one.replace(" ", "") for one in hashes] == [sha256(one) for one in all_of_them]
    assert numbers == [str(number) for number in range(1, 301)]
    cited = re.findall(r"\[picture: page (P\d+)\]", one_line(" ".join(pages_of(file_of(newest(case), "Exhibit")))))
    assert len(set(cited)) == 300
    assert "more than the 350 that are allowed for" in output
    assert set(cited) <= set(labels)


def test_p20_a_supplement_goes_on_counting_pictures_and_their_pages(case: Path) -> None:
    options = (
        "--continue-from",
        "40",
        "--continue-rows",
        "9",
        "--continue-pictures",
        "7",
        "--continue-picture-pages",
        "15",
    )
    run("report", case, "--for", "court", "--images", "marked", *options, "--date", ON)
    path = file_of(newest(case))
    with pikepdf.open(path) as opened:
        assert [str(page.label) for page in opened.pages][:2] == ["P15", "P16"]
    said = one_line(" ".join(pages_of(path)))
    assert "Pictures 7 to 11." in said
    assert "Picture 7 Row 9 (ID" in said
    assert "Its pictures go on from picture 7 and its pages from page P15" in said


# --- nothing of the originals gets out -----------------------------------------------------------------------------------------------------------------------------


THUMBNAIL: Final = b"Exif\0\0" + exif().tobytes()[6:] + jpeg(photo(40, 30), comment=SECRET.encode())
PLANTS: Final = {
    "EXIF text": jpeg(photo(200, 150), exif=exif(words=SECRET)),
    "XMP": with_blocks(jpeg(photo(200, 150)), (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>" + SECRET.encode() + b"</x>")),
    "IPTC": with_blocks(jpeg(photo(200, 150)), (0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x10" + SECRET.encode())),
    "thumbnail": with_blocks(jpeg(photo(200, 150)), (0xE1, THUMBNAIL)),
    "comment": jpeg(photo(200, 150), comment=SECRET.encode()),
    "maker note": with_blocks(jpeg(photo(200, 150)), (0xEF, b"Maker" + SECRET.encode("utf-16-le"))),
    "behind the end": jpeg(photo(200, 150)) + SECRET.encode(),
    "a position alone": jpeg(photo(200, 150), exif=exif(camera=False)),
}  # fmt: skip


class Unchanged(Redrawer):
    """What the program must never do: the originals as they are."""

    def redrawn(self, data: bytes, hide: object = ()) -> Redrawn:  # noqa: ARG002 -- as it is called
        return Redrawn((Piece(data, 50.0, 37.5),), 200, 150, across=False, remarks=(), held=())


def test_c04_no_plant_gets_out_and_without_encoding_anew_the_search_stops_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_in(tmp_path / "case")
    planted = (mms(number, part(one, "image/jpeg", f"{SECRET}.jpg")) for number, one in enumerate(PLANTS.values()))
    (tmp_path / "sms.xml").write_bytes(backup(*planted))
    run("add", case, tmp_path / "sms.xml", "--no-input")
    mark(case, *((one["id"], "pictures=yes") for one in events(case, tmp_path)))
    run("report", case, "--for", "court", "--images", "marked", "--date", ON)
    timeline = store.load(case / "timeline")
    assert timeline is not None
    assert search(newest(case), Reducer(cases.load(case), timeline).forms).secrets == ()
    assert "Pictures 1 to 8." in one_line(pages_of(file_of(newest(case)))[0])
    for path in newest(case).iterdir():
        raw = path.read_bytes()
        assert SECRET.encode() not in raw
        assert SECRET.encode("utf-16-le") not in raw
    monkeypatch.setattr(pictures, "Redrawer", Unchanged)
    output = run("report", case, "--for", "court", "--images", "marked", "--date", ON, code=1)
    assert "Nothing was issued" in output
    for kind in ("EXIF", "XMP", "IPTC", "a comment", "data of a program", "something behind its end"):
        assert f"a picture that holds {kind}: it is not encoded anew" in output
    assert len(list((case / "reports").iterdir())) == 1


@pytest.mark.parametrize("plant", PLANTS)
def test_c04_the_search_finds_every_plant_in_a_page(tmp_path: Path, plant: str) -> None:
    (tmp_path / "a.jpg").write_bytes(PLANTS[plant])
    page = b'#set document(title: "x")\n#image("/a.jpg", width: 50mm, alt: "a picture")'
    document = typst.Compiler(page, root=tmp_path).compile(format="pdf", timestamp=0)
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "a.pdf").write_bytes(document)
    case = cases.parse(CASE, tmp_path)
    assert search(tmp_path / "made", Forms(case)).secrets


def test_the_review_lists_what_may_hold_a_picture(case: Path) -> None:
    run("review", case, "--only", "pictures")
    sheet = openpyxl.load_workbook(case / "review.xlsx")["Review"]
    heads, *rows = sheet.iter_rows(values_only=True)
    shown = [row[heads.index("Show pictures?")] for row in rows]
    assert shown.count("yes") == 6
    assert len(rows) == 9


def test_the_log_tells_of_the_pictures_and_the_changes(made: Path) -> None:
    entry = next(one for one in reversed(custody.entries(made)) if one["action"] == "reported")
    assert {"Vale v Marsh Pictures RV1 30-6-26.pdf", "changes.txt"} <= set(entry["outputs"])
    assert entry["settings"]["images"] == "marked"
    assert {"pillow", "pi-heif", "typst"} <= set(entry["versions"]["libraries"])
