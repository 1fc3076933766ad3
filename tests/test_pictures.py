"""Pictures of the evidence as they are issued: encoded anew from their pixels, chosen by a person, each with its row; nothing else of their files goes out (C4, C5, P7, P12, P25)."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from picture_files import (
    HEIC,
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
from PIL import Image, ImageChops, ImageStat

from pipeline import attached, store
from pipeline import case as cases
from pipeline.attached import Wanted
from pipeline.case import CaseError, Hidden, Picture
from pipeline.cli import main
from pipeline.report import redrawing, reencode
from pipeline.report.confidentiality import AUDIENCES
from pipeline.report.picture_metadata import around_the_pixels, beside_the_pixels
from pipeline.report.pictures import ALL, MARKED, Gathered, Originals, gathered, which
from pipeline.report.redrawing import Redrawer
from pipeline.report.reencode import DPI, LEAST_DPI, Redrawn, Refused


@pytest.fixture(scope="module")
def redrawer() -> Iterator[Redrawer]:
    with Redrawer() as one:
        yield one


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def dots(made: Redrawn) -> list[float]:
    """Dots on an inch of each piece, as it is printed."""
    return [opened(one.data).width / (one.width_mm / 25.4) for one in made.pieces]


# --- every kind of file ----------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_is_shown_and_nothing_is_left_but_pixels(redrawer: Redrawer, kind: str) -> None:
    made = redrawer.redrawn(kinds()[kind])
    for piece in made.pieces:
        assert beside_the_pixels(piece.data) == ()
        image = opened(piece.data)
        assert image.mode in {"L", "RGB"}
        assert not set(image.info) & {"exif", "icc_profile", "comment", "xmp", "photoshop", "XML:com.adobe.xmp"}
        assert image.width <= made.width
        assert image.height <= made.height


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("turned jpeg", "Turned upright"),
        ("16-bit png", "16 bits"),
        ("transparent png", "transparent in it is shown white"),
        ("moving gif", "first of 5 pictures"),
        ("cmyk jpeg", "CMYK"),
    ],
)
def test_what_was_done_to_a_picture_is_said(redrawer: Redrawer, kind: str, words: str) -> None:
    assert words in " ".join(redrawer.redrawn(kinds()[kind]).remarks)


def test_what_was_not_done_is_not_said(redrawer: Redrawer) -> None:
    assert redrawer.redrawn(kinds()["jpeg"]).remarks == ()


def test_p07_pictures_stand_upright_as_the_device_recorded(redrawer: Redrawer) -> None:
    image = Image.new("RGB", (96, 64), (200, 30, 30))
    image.paste((30, 60, 200), (48, 0, 96, 64))
    for turn in range(1, 9):
        made = redrawer.redrawn(jpeg(image, exif=exif(turn)))
        shown = opened(made.pieces[0].data)
        assert shown.size == (made.width, made.height) == ((96, 64) if turn < 5 else (64, 96))
        places = {1: (5, 5), 2: (90, 5), 3: (90, 60), 4: (5, 60), 5: (5, 5), 6: (60, 5), 7: (60, 90), 8: (5, 90)}
        red, _, blue = shown.getpixel(places[turn])
        assert red > 150 > blue, turn


def test_heic_is_turned_once(redrawer: Redrawer) -> None:
    made = redrawer.redrawn(HEIC)
    shown = opened(made.pieces[0].data)
    assert shown.size == (64, 96)
    assert [value > 128 for value in shown.getpixel((58, 6))] == [True, True, True]
    assert shown.getpixel((10, 10))[0] > 150 > shown.getpixel((10, 90))[0]
    assert made.held == ("data of the camera",)


def test_grey_stays_grey_and_colours_stay_colours(redrawer: Redrawer) -> None:
    assert opened(redrawer.redrawn(kinds()["grey jpeg"]).pieces[0].data).mode == "L"
    before, after = photo(320, 240, 3), opened(redrawer.redrawn(kinds()["tiff"]).pieces[0].data)
    assert max(ImageStat.Stat(ImageChops.difference(before, after)).mean) < 4
    deep = opened(redrawer.redrawn(kinds()["16-bit png"]).pieces[0].data)
    assert deep.getpixel((63, 47)) == 3071 * 20 // 256


@pytest.mark.parametrize("kind", broken())
def test_what_cannot_be_shown_is_refused_with_the_reason(redrawer: Redrawer, kind: str) -> None:
    data, words = broken()[kind]
    with pytest.raises(Refused, match=words):
        redrawer.redrawn(data)
    assert redrawer.redrawn(kinds()["jpeg"]).width == 320  # and the next is shown


def test_a_picture_that_brings_the_decoder_down_costs_itself_only(redrawer: Redrawer) -> None:
    assert redrawer.redrawn(kinds()["jpeg"])
    os.kill(redrawer._process.pid, signal.SIGKILL)
    with pytest.raises(Refused, match="brought the program"):
        redrawer.redrawn(kinds()["jpeg"])
    assert redrawer.redrawn(kinds()["jpeg"]).width == 320


def test_a_decoder_that_answers_nothing_is_stopped(monkeypatch: pytest.MonkeyPatch, redrawer: Redrawer) -> None:
    assert redrawer.redrawn(kinds()["jpeg"])
    os.kill(redrawer._process.pid, signal.SIGSTOP)
    monkeypatch.setattr(redrawing, "PATIENCE", 0.05)
    with pytest.raises(Refused, match="within"):
        redrawer.redrawn(kinds()["jpeg"])
    monkeypatch.undo()
    assert redrawer.redrawn(kinds()["jpeg"]).width == 320


def test_what_comes_back_with_more_than_pixels_is_not_taken() -> None:
    with pytest.raises(ValueError, match="EXIF"):
        redrawing._plain(kinds()["jpeg"])


@given(st.binary(max_size=400), st.sampled_from(["jpeg", "png", "webp", "moving gif", "tiff", "bmp"]))
def test_damaged_files_are_refused_or_shown_and_never_raise_anything_else(noise: bytes, kind: str) -> None:
    whole = kinds()[kind]
    place = len(noise) * 7 % max(len(whole) - len(noise), 1)
    try:
        made = reencode.redrawn(whole[:place] + noise + whole[place + len(noise) :])
    except Refused:
        return
    assert all(beside_the_pixels(piece.data) == () for piece in made.pieces)


def test_the_decoder_can_write_no_file(tmp_path: Path) -> None:
    import multiprocessing

    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_try_to_write, args=(tmp_path / "x",))
    process.start()
    process.join()
    assert not (tmp_path / "x").exists() or (tmp_path / "x").stat().st_size == 0


def _try_to_write(path: Path) -> None:
    reencode._confine()
    path.write_bytes(b"evil")


# --- size on paper ---------------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        jpeg(photo(4032, 3024), exif=exif()),
        jpeg(photo(3000, 4000), exif=exif()),
        jpeg(photo(700, 500)),
        png(screen(1080, 2400)),
        png(screen(1440, 3200)),
        png(screen(1920, 1080, 9)),
        png(screen(2560, 1440, 9)),
        png(screen(90, 60, 1)),
    ],
    ids=lambda data: f"{opened(data).size}",
)
def test_p12_never_more_than_300_dots_and_never_drawn_larger(redrawer: Redrawer, data: bytes) -> None:
    made = redrawer.redrawn(data)
    width = reencode.ACROSS if made.across else reencode.UPRIGHT
    for piece, dpi in zip(made.pieces, dots(made), strict=True):
        assert dpi <= DPI + 0.5
        assert dpi >= min(LEAST_DPI, DPI) - 0.5
        image = opened(piece.data)
        assert image.width <= made.width
        assert image.height <= made.height
        assert piece.width_mm <= width[0] + 0.6
        assert piece.height_mm <= max(width[1], reencode.NARROW[1] if piece.width_mm <= 95.6 else 0) + 0.6


@pytest.mark.parametrize(("width", "height"), [(1080, 2400), (1080, 7400), (2560, 1440), (3840, 2160), (400, 9000)])
def test_p12_every_pixel_of_a_screen_is_on_paper(redrawer: Redrawer, width: int, height: int) -> None:
    """Put together again at the places where they were cut, the parts are the picture, to the pixel."""
    whole = screen(width, height, 12)
    made = redrawer.redrawn(png(whole))
    parts = [opened(piece.data) for piece in made.pieces]
    columns = len(parts) // made.rows
    again = Image.new("RGB", whole.size)
    for place, image in enumerate(parts):
        row, column = divmod(place, columns)
        left = 0 if columns == 1 else round((whole.width - image.width) * column / (columns - 1))
        top = 0 if made.rows == 1 else round((whole.height - image.height) * row / (made.rows - 1))
        moved = [
            (x, y)
            for y in range(max(0, top - 3), top + 4)
            for x in range(max(0, left - 3), left + 4)
            if ImageChops.difference(image, whole.crop((x, y, x + image.width, y + image.height))).getbbox() is None
        ]
        assert moved, (row, column)
        again.paste(image, moved[0])
    assert ImageChops.difference(again, whole).getbbox() is None
    assert (len(parts) > 1) == any("parts that overlap" in words for words in made.remarks)


def test_a_phones_screen_fits_one_page(redrawer: Redrawer) -> None:
    made = redrawer.redrawn(png(screen(1080, 2400)))
    assert len(made.pieces) == 1
    assert made.pieces[0].height_mm > 190


def test_a_wide_screen_lies_across_and_a_photograph_never(redrawer: Redrawer) -> None:
    assert redrawer.redrawn(png(screen(2560, 1440, 9))).across
    assert not redrawer.redrawn(jpeg(photo(4000, 2000), exif=exif())).across


# --- parts blacked out -------------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["jpeg", "png", "grey jpeg", "transparent png", "webp", "heic", "turned jpeg"])
def test_p25_the_pixels_of_a_hidden_part_are_gone(redrawer: Redrawer, kind: str) -> None:
    hide = (Hidden(10, 20, 33.3, 25, "address"), Hidden(99, 99, 1, 1, "name"))
    plain, made = redrawer.redrawn(kinds()[kind]), redrawer.redrawn(kinds()[kind], hide)
    shown, before = opened(made.pieces[0].data).convert("L"), opened(plain.pieces[0].data).convert("L")
    wide, high = shown.size
    box = (round(0.1 * wide) + 1, round(0.2 * high) + 1, round(0.433 * wide) - 1, round(0.45 * high) - 1)
    values = shown.crop(box).getcolors(1 << 16)
    dark = sum(count for count, value in values if value < 40)
    assert dark >= 0.6 * sum(count for count, _ in values)  # all but the letters of the word in it
    rows = [shown.crop((box[0], y, box[2], y + 1)).getextrema()[1] for y in (box[1], box[3] - 1)]
    assert max(rows) < 60  # its edges, where no letters are
    outside = (round(0.6 * wide), round(0.6 * high), round(0.9 * wide), round(0.9 * high))
    assert ImageChops.difference(shown.crop(outside), before.crop(outside)).getextrema()[1] < 12


def test_p25_a_hidden_part_is_hidden_in_every_part_of_a_long_picture(redrawer: Redrawer) -> None:
    made = redrawer.redrawn(png(screen(1080, 7400, 80)), (Hidden(0, 0, 100, 100, "other"),))
    for piece in made.pieces:
        counts = opened(piece.data).convert("L").getcolors(1 << 16)
        assert max(counts)[1] == 0
        assert max(counts)[0] > 0.97 * sum(count for count, _ in counts)


# --- what a file holds besides its pixels ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (jpeg(photo(64, 48), exif=exif()), "EXIF"),
        (jpeg(photo(64, 48), comment=b"x"), "a comment"),
        (jpeg(photo(64, 48), icc_profile=b"x" * 200), "a colour profile"),
        (with_blocks(jpeg(photo(64, 48)), (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>")), "XMP"),
        (with_blocks(jpeg(photo(64, 48)), (0xED, b"Photoshop 3.0\x008BIM")), "IPTC"),
        (with_blocks(jpeg(photo(64, 48)), (0xE2, b"MPF\0xxxx")), "further pictures"),
        (with_blocks(jpeg(photo(64, 48)), (0xE5, b"whatever")), "data of a program"),
        (jpeg(photo(64, 48)) + b"trailer", "something behind its end"),
        (jpeg(photo(64, 48))[:-2], "something behind its end"),
        (b"\xff\xd8\xffnothing", "something that is no part of a picture"),
        (png(photo(64, 48)) + b"trailer", "something behind its end"),
        (png(photo(64, 48), exif=exif()), "EXIF"),
        (kinds()["webp"], "a format that is not written here"),
    ],
)
def test_what_stands_beside_the_pixels_is_named(data: bytes, words: str) -> None:
    assert words in beside_the_pixels(data)


def test_a_plain_picture_holds_nothing_besides() -> None:
    for image in (photo(64, 48), photo(64, 48).convert("L")):
        assert beside_the_pixels(jpeg(image)) == ()
        assert beside_the_pixels(jpeg(image, progressive=True)) == ()
        assert beside_the_pixels(png(image)) == ()


def test_what_stands_around_the_pixels_is_kept_for_the_search() -> None:
    data = with_blocks(jpeg(photo(640, 480)), (0xFE, b"before")) + b"behind"
    around = around_the_pixels(data)
    assert b"before" in around
    assert around.endswith(b"behind")
    assert len(around) < 2_000 < len(data)


# --- found by the hash -------------------------------------------------------------------------------------------------------------------------------------------


def run(*words: str | Path, code: int = 0) -> str:
    result = CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_the_bytes_of_a_picture_are_found_wherever_they_lie(tmp_path: Path) -> None:
    seven = [jpeg(photo(80 + number, 60, number)) for number in range(8)]
    case, files = case_in(tmp_path / "case"), tmp_path / "files"
    files.mkdir()
    (files / "loose.jpg").write_bytes(seven[0])
    chat = (
        "25/03/2026, 21:04 - Sam Marsh: IMG-20260325-WA0001.jpg (file attached)\n25/03/2026, 21:05 - Robin Vale: stop\n"
    )
    (files / "WhatsApp Chat with Sam Marsh.zip").write_bytes(
        zipped({"WhatsApp Chat with Sam Marsh.txt": chat.encode(), "IMG-20260325-WA0001.jpg": seven[1]})
    )
    (files / "outer.zip").write_bytes(zipped({"inner.zip": zipped({"a.jpg": seven[2]})}))
    (files / "sms.xml").write_bytes(backup(mms(0, part(seven[3], "image/jpeg", "a.jpg"))))
    (files / "utf16.xml").write_bytes(
        backup(mms(1, part(seven[4], "image/jpeg", "a.jpg"))).decode().replace("UTF-8", "UTF-16").encode("utf-16")
    )
    (files / "mail.eml").write_bytes(mail(seven[5]))
    (files / "all.mbox").write_bytes(b"From x@example.com Thu Mar  5 10:00:00 2026\n" + mail(seven[6]) + b"\n")
    (files / "mails.zip").write_bytes(zipped({"one.eml": mail(seven[7])}))
    run("add", case, files, "--no-input")
    timeline = store.load(case / "timeline")
    assert timeline is not None
    keys = tuple(info.key for info in timeline.sources)
    wanted = [Wanted(hashlib.sha256(one).hexdigest(), keys) for one in seven]
    found = dict(attached.contents(case, timeline.sources, [*wanted, Wanted("0" * 64, keys)]))
    assert found == {hashlib.sha256(one).hexdigest(): one for one in seven}
    assert not (case / ".incoming").exists()


def test_what_is_too_large_or_gone_is_not_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = jpeg(photo(80, 60))
    case = case_in(tmp_path / "case")
    (tmp_path / "a.jpg").write_bytes(picture)
    (tmp_path / "sms.xml").write_bytes(backup(mms(0, part(jpeg(photo(90, 60)), "image/jpeg", "a.jpg"))))
    run("add", case, tmp_path / "a.jpg", tmp_path / "sms.xml", "--no-input")
    timeline = store.load(case / "timeline")
    assert timeline is not None
    keys = tuple(info.key for info in timeline.sources)
    wanted = [Wanted(hashlib.sha256(one).hexdigest(), keys) for one in (picture, jpeg(photo(90, 60)))]
    assert len(dict(attached.contents(case, timeline.sources, wanted))) == 2
    monkeypatch.setattr(attached, "LARGEST", 100)
    assert not dict(attached.contents(case, timeline.sources, wanted))
    monkeypatch.undo()
    for path in (case / "evidence").iterdir():
        path.unlink()
    assert not dict(attached.contents(case, timeline.sources, wanted))


# --- which are shown ---------------------------------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[store.SourceInfo, ...], dict[str, bytes]]:
    """A case with pictures a, b, c in one backup."""
    folder = tmp_path_factory.mktemp("held")
    files = {name: jpeg(photo(80, 60, place)) for place, name in enumerate("abc")}
    (folder / "sms.xml").write_bytes(backup(mms(0, *(part(one, "image/jpeg", "x") for one in files.values()))))
    case = case_in(folder / "case")
    run("add", case, folder / "sms.xml", "--no-input")
    timeline = store.load(case / "timeline")
    assert timeline is not None
    return case, timeline.sources, files


def chosen(
    held: Any, tmp_path: Path, rows: list[tuple[str, list[dict[str, Any]]]], how: str, said: tuple[Picture, ...] = ()
) -> Gathered:
    """What is gathered of rows (decision, attachments)."""
    import json

    case, sources, _ = held
    listed = [
        {"attachments": json.dumps(attachments), "pictures": decided, "source": sources[0].key}
        for decided, attachments in rows
    ]
    return gathered(Originals(case, sources), listed, said, how, tmp_path)


def named(held: Any, name: str, kind: str = "image/jpeg") -> dict[str, Any]:
    return {"name": "x", "type": kind, "size": 1, "sha256": hashlib.sha256(held[2][name]).hexdigest()}


def test_c05_only_what_a_person_has_marked_is_shown(held: Any, tmp_path: Path) -> None:
    rows = [("", [named(held, "a")]), ("yes", [named(held, "b")]), ("no", [named(held, "c")])]
    made = chosen(held, tmp_path, rows, MARKED)
    assert [one.sha256 for one in made.shown] == [named(held, "b")["sha256"]]
    assert (made.not_shown, made.not_chosen) == ((), 1)
    assert [path.name[:24] for path in tmp_path.iterdir()] == [named(held, "b")["sha256"][:24]]


def test_all_are_shown_but_what_a_person_denied(held: Any, tmp_path: Path) -> None:
    rows = [("", [named(held, "a")]), ("yes", [named(held, "b")]), ("no", [named(held, "c")])]
    made = chosen(held, tmp_path, rows, ALL)
    assert [one.number for one in made.shown] == [1, 2]
    assert made.not_chosen == 0


def test_c05_single_attachments_can_be_marked(held: Any, tmp_path: Path) -> None:
    made = chosen(held, tmp_path, [("1 3", [named(held, name) for name in "abc"])], MARKED)
    assert [one.mentions[0][1:] for one in made.shown] == [(1, 3), (3, 3)]
    assert made.not_chosen == 1


def test_p21_one_picture_in_several_rows_is_one_picture(held: Any, tmp_path: Path) -> None:
    rows = [("yes", [named(held, "a")]), ("yes", [named(held, "b"), named(held, "a")])]
    made = chosen(held, tmp_path, rows, MARKED)
    assert [[mention.row for mention in one.mentions] for one in made.shown] == [[0, 1], [1]]


def test_one_no_is_enough_for_a_picture_in_several_rows(held: Any, tmp_path: Path) -> None:
    made = chosen(held, tmp_path, [("yes", [named(held, "a")]), ("no", [named(held, "a")])], MARKED)
    assert made.shown == ()
    assert [one.why for one in made.not_shown] == ["withheld in the review"]


def test_a_picture_that_is_withheld_says_so_by_its_kind(held: Any, tmp_path: Path) -> None:
    said = (Picture(named(held, "a")["sha256"][:14], withhold="address", by="x"),)
    made = chosen(held, tmp_path, [("yes", [named(held, "a"), named(held, "b")])], MARKED, said)
    assert [one.sha256 for one in made.shown] == [named(held, "b")["sha256"]]
    assert [one.why for one in made.not_shown] == ["[address] withheld"]


def test_nothing_that_was_chosen_is_left_out_in_silence(held: Any, tmp_path: Path) -> None:
    gone = {"name": "x", "type": "image/png", "sha256": "", "fault": "not held in the backup"}
    unknown = {"name": "x", "type": "image/png", "sha256": "ab" * 32}
    film = {"name": "x", "type": "video/mp4", "sha256": "cd" * 32}
    made = chosen(held, tmp_path, [("1 2 3", [gone, unknown, film])], MARKED)
    assert [(one.mention.attachment, one.why) for one in made.not_shown] == [
        (1, "not held in the backup"),
        (2, "its bytes cannot be found in the evidence, or are more than can be opened"),
        (3, "it is not a picture of a kind that can be shown"),
    ]
    assert chosen(held, tmp_path, [("yes", [film])], MARKED).not_shown == ()  # "yes" is about its pictures


def test_an_attachment_of_which_the_export_says_nothing_is_looked_into(held: Any, tmp_path: Path) -> None:
    made = chosen(held, tmp_path, [("yes", [named(held, "a", "")])], MARKED)
    assert len(made.shown) == 1


def test_what_is_asked_for_whom(tmp_path: Path) -> None:
    court, police, client, internal = (AUDIENCES[key] for key in ("court", "police", "client", "internal"))
    assert [which(one, "", {}) for one in (court, police, client, internal)] == ["none", "marked", "none", "marked"]
    assert which(court, "", {"images": "marked"}) == "marked"
    assert which(court, "none", {"images": "marked"}) == "none"
    assert which(internal, "all", {}) == "all"
    for asked, table in (("all", {}), ("", {"images": "all"})):
        with pytest.raises(CaseError, match="person has marked"):
            which(court, asked, table)


# --- case.toml ---------------------------------------------------------------------------------------------------------------------------------------------------


HEAD = 'reference = "X"\n[client]\nname = "R"\n'


def test_a_picture_is_read_from_case_toml(tmp_path: Path) -> None:
    text = HEAD + (
        '[report]\nimages = "marked"\n[[picture]]\nfile = "0123456789AB"\n'
        'hide = [{ left = 0, top = 1.5, width = 100, height = 4, what = "name" }]\ntranscript = "hello"\nby = "D"\n'
    )
    (one,) = cases.parse(text, tmp_path).pictures
    assert one == Picture("0123456789ab", (Hidden(0, 1.5, 100, 4, "name"),), "", "hello", "D")


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ('file = "xyz"\nwithhold = "name"\nby = "D"', "not the beginning of a SHA-256"),
        ('file = "0123456789ab"\nby = "D"', "says nothing"),
        ('file = "0123456789ab"\nwithhold = "secret"\nby = "D"', "is not one of"),
        ('file = "0123456789ab"\nwithhold = "name"', "by is missing"),
        ('file = "0123456789ab"\nby = "D"\nhide = [{ left = 1, top = 1, width = 1, what = "name" }]', "height is missing"),
        ('file = "0123456789ab"\nby = "D"\nhide = [{ left = 60, top = 1, width = 41, height = 1, what = "name" }]', "between 0 and 100"),
        ('file = "0123456789ab"\nby = "D"\nhide = [{ left = -1, top = 1, width = 1, height = 1, what = "name" }]', "between 0 and 100"),
        ('file = "0123456789ab"\nby = "D"\nhide = [{ left = 1, top = 1, width = 1, height = nan, what = "name" }]', "between 0 and 100"),
        ('file = "0123456789ab"\nby = "D"\nhide = [{ left = 1, top = 1, width = 1, height = 1, what = "x" }]', "is not one of"),
        ('file = "0123456789ab"\nby = "D"\nwithold = "name"', "not a key that is known"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_picture_is_named(tmp_path: Path, block: str, words: str) -> None:
    with pytest.raises(CaseError, match=words):
        cases.parse(f"{HEAD}[[picture]]\n{block}\n", tmp_path)


def test_a_picture_may_be_described_once(tmp_path: Path) -> None:
    block = '[[picture]]\nfile = "0123456789ab{}"\nwithhold = "name"\nby = "D"\n'
    with pytest.raises(CaseError, match="already"):
        cases.parse(HEAD + block.format("") + block.format("cd"), tmp_path)
    assert len(cases.parse(HEAD + block.format("ab") + block.format("cd"), tmp_path).pictures) == 2


def test_images_of_report_are_one_of_three(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="none, marked, all"):
        cases.parse(f'{HEAD}[report]\nimages = "some"\n', tmp_path)
