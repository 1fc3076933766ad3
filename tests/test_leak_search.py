"""Whatever a file hides it in, the search finds a confidential string; and it says where."""

from __future__ import annotations

import base64
import gzip
import io
import struct
import zipfile
import zlib
from pathlib import Path
from random import Random

import pikepdf
import pytest

from pipeline import case as cases
from pipeline.report.leak_search import search
from pipeline.report.written_forms import Forms

FORMS = Forms(
    cases.parse(
        """
reference = "X"
[client]
name = "Robin Vale"
identifiers = ["07700 900118"]
[[subject]]
name = "Sam Marsh"
identifiers = ["07700 900461"]
[[other]]
name = "Priya Onslow"
role = "friend"
[[confidential]]
text = "12 Acacia Road, SK17 6XX"
kind = "address"
""",
        Path(),
    )
)
SECRETS = ("07700 900118", "Priya Onslow", "Acacia Road", "SK17 6XX")


def found(folder: Path) -> set[tuple[str, str]]:
    return {(hit.file, hit.where) for hit in search(folder, FORMS).secrets}


def png(*blocks: tuple[bytes, bytes]) -> bytes:
    def block(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = block(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(block(*one) for one in blocks) + block(b"IEND", b"")


def office(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def pdf() -> pikepdf.Pdf:
    made = pikepdf.new()
    made.add_blank_page()
    return made


def saved(made: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    made.save(out, compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "hide",
    [
        lambda s: ("a.txt", s.encode()),
        lambda s: ("a.csv", f'1,"{s}",2'.encode()),
        lambda s: (f"{s}.txt", b"x"),
        lambda s: ("a.html", f"<p>{s[:4]}<b></b>&#{ord(s[4])};{s[5:]}</p>".encode()),
        lambda s: ("a.html", f'<a href="x?y={s.replace(" ", "%20")}">x</a>'.encode()),
        lambda s: ("a.html", f'<script>const x = "{s}";</script>'.encode()),
        lambda s: ("a.html", f"<!-- {s} -->".encode()),
        lambda s: ("a.html", f'<img alt="{s}">'.encode()),
        lambda s: ("a.html", b"<script>x='" + base64.b64encode(gzip.compress((s + " " * 90).encode())) + b"'</script>"),
        lambda s: ("a.html", b"<img src='data:;base64," + base64.b64encode((s + " " * 90).encode()) + b"'>"),
        lambda s: ("a.svg", f"<svg><title>{s}</title></svg>".encode()),
        lambda s: ("a.xlsx", office({"xl/sharedStrings.xml": f"<sst><si><t>{s}</t></si></sst>"})),
        lambda s: ("a.xlsx", office({"xl/sharedStrings.xml": f"<si><r><t>{s[:5]}</t></r><r><t>{s[5:]}</t></r></si>"})),
        lambda s: ("a.docx", office({"docProps/core.xml": f"<dc:creator>{s}</dc:creator>"})),
        lambda s: ("a.docx", office({f"word/{s}.xml": "<x/>"})),
        lambda s: ("a.docx", office({"word/_rels/x.rels": f'<Relationship Target="{s}"/>'})),
        lambda s: ("a.docx", office({"word/media/a.png": ""}) if not s else office({"word/media/a.txt": s})),
        lambda s: ("a.png", png((b"tEXt", b"Comment\0" + s.encode()))),
        lambda s: ("a.png", png((b"zTXt", b"Comment\0\0" + zlib.compress(s.encode())))),
        lambda s: ("a.png", png((b"eXIf", s.encode("utf-16-le")))),
        lambda s: ("a.jpg", b"\xff\xd8\xff\xe1\x00\x40Exif\0\0" + s.encode() + b"\xff\xd9"),
        lambda s: ("a.pdf", _with(lambda made: made.docinfo.__setitem__("/Title", s))),
        lambda s: ("a.pdf", _with(lambda made: made.docinfo.__setitem__("/Title", s + " é"))),
        lambda s: ("a.pdf", _with(lambda made: _outline(made, s))),
        lambda s: ("a.pdf", _with(lambda made: _stream(made, s))),
        lambda s: ("a.pdf", _with(lambda made: _link(made, s))),
        lambda s: ("a.pdf", _with(lambda made: made.attachments.__setitem__("x.txt", s.encode()))),
        lambda s: ("a.pdf", _with(lambda made: _xmp(made, s))),
        lambda s: ("a.pdf", saved(pdf()) + f"\n% {s}".encode()),
        lambda s: ("a.pdf", _page(s)),
        lambda s: ("a.csv", "\ufeff".encode("utf-16-le") + s.encode("utf-16-le")),
        lambda s: ("a.txt.gz", gzip.compress(s.encode())),
        lambda s: ("a.zip", office({"inner.zip": ""}) if not s else _zip_in_zip(s)),
        lambda s: ("a.docx", office({"word/document.xml": f'<w:p><wp:docPr descr="{s}"/></w:p>'})),
        lambda s: ("a.docx", office({"word/document.xml": f"<!-- {s} -->"})),
        lambda s: ("a.docx", office({"word/document.xml": f"<w:t>{s[:3]}</w:t></w:r><w:r><w:b/><w:t>{s[3:]}</w:t>"})),
        lambda s: ("a.xlsx", office({"xl/vmlDrawing.vml": f'<v:shape alt="{s}"/>'})),
        lambda s: ("a.jpg", _jpeg(("Exif", b"Exif\0\0II" + s.encode("utf-16-le") + b"\0\0"))),
        lambda s: ("a.jpg", _jpeg(("Exif", b"Exif\0\0II\0" + s.encode() + b"\0"))),
        lambda s: ("a.jpg", _jpeg(("XMP", f'http://ns.adobe.com/xap/1.0/\0<x a="{s}"/>'.encode()))),
        lambda s: ("a.heic", b"\0\0\0\x18ftypheic" + bytes(range(128, 256)) + s.encode()),
        lambda s: ("a.pdf", _page(s, "place(dx: 900pt, dy: 30pt)")),
        lambda s: ("a.pdf", _page(s, "text(fill: white, size: 1pt)")),
        lambda s: ("a.pdf", _with(lambda made: _utf8_string(made, s))),
        lambda s: ("a.pdf", _with(lambda made: _note(made, s))),
        lambda s: ("a.pdf", _with(lambda made: made.attachments.__setitem__("x.zip", office({"x.txt": s})))),
        lambda s: ("a.pdf", _with(lambda made: made.Root.__setitem__(f"/{s}", pikepdf.Name.X))),
        lambda s: ("a.pdf", _with(lambda made: _picture_in(made, s))),
    ],
)
def test_every_hiding_place_is_found(tmp_path: Path, hide: object, secret: str) -> None:
    name, data = hide(secret)  # type: ignore[operator]
    (tmp_path / name).write_bytes(data)
    assert {file for file, _ in found(tmp_path)} == {name}


def _with(change: object) -> bytes:
    made = pdf()
    change(made)  # type: ignore[operator]
    return saved(made)


def _outline(made: pikepdf.Pdf, text: str) -> None:
    with made.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(text, 0))


def _stream(made: pikepdf.Pdf, text: str) -> None:
    made.Root.Hidden = made.make_stream(b"BT (" + text.encode() + b") Tj ET")


def _link(made: pikepdf.Pdf, text: str) -> None:
    action = pikepdf.Dictionary(
        S=pikepdf.Name.URI, URI=pikepdf.String("https://example.org/" + text.replace(" ", "%20"))
    )
    made.pages[0].Annots = made.make_indirect(
        pikepdf.Array([pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=action)])
    )


def _xmp(made: pikepdf.Pdf, text: str) -> None:
    with made.open_metadata() as metadata:
        metadata["dc:description"] = text


def _page(text: str, how: str = "text()") -> bytes:
    """A page whose words stand in it as the numbers of glyphs, as a typesetter writes them: only the text of the page shows them."""
    import typst

    return bytes(typst.compile(f"#set page(height: 100pt)\n#{how}[{text}]".encode(), format="pdf"))


def _zip_in_zip(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("inner.zip", office({"x.txt": text}))
    return out.getvalue()


def _jpeg(*segments: tuple[str, bytes]) -> bytes:
    """A JPEG with these APP1 segments before a good deal of pixels."""
    made = b"".join(b"\xff\xe1" + (len(data) + 2).to_bytes(2, "big") + data for _, data in segments)
    pixels = bytes((number * 73 + 11) % 255 for number in range(60_000))
    return b"\xff\xd8" + made + b"\xff\xda\x00\x02" + pixels + b"\xff\xd9"


def _utf8_string(made: pikepdf.Pdf, text: str) -> None:
    made.Root.Note = pikepdf.String(b"\xef\xbb\xbf" + text.encode())


def _note(made: pikepdf.Pdf, text: str) -> None:
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Contents=pikepdf.String(text))
    made.pages[0].Annots = made.make_indirect(pikepdf.Array([note]))


def _picture_in(made: pikepdf.Pdf, text: str) -> None:
    picture = made.make_stream(_jpeg(("Exif", b"Exif\0\0II" + text.encode("utf-16-le"))))
    picture.Type, picture.Subtype, picture.Filter = pikepdf.Name.XObject, pikepdf.Name.Image, pikepdf.Name.DCTDecode
    made.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))


def test_a_word_that_is_broken_over_two_lines_is_found(tmp_path: Path) -> None:
    """A narrow column breaks long words: "Acacia Road" may stand there as "Aca", "cia Ro", "ad"."""
    import typst

    words = '#table(columns: 40pt, "ring priya.onslow.friend@example.net".split("|").join())\n#"xxAca|ciaRo|adxx 12Aca|cia Road".split("|").join(linebreak())'
    (tmp_path / "a.pdf").write_bytes(typst.compile(words.encode(), format="pdf"))
    assert {hit.what for hit in search(tmp_path, FORMS).secrets} == {
        "confidential entry 1 (address)",
        "the name of A, its word 1",
        "the name of A, its word 2",
        "the name of A",
    }


@pytest.mark.parametrize("what", ["an attached file", "a script"])
def test_what_must_never_be_in_a_pdf_stops_it(tmp_path: Path, what: str) -> None:
    made = pdf()
    if what == "a script":
        made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    else:
        made.attachments["x.txt"] = b"harmless"
    (tmp_path / "a.pdf").write_bytes(saved(made))
    assert "inside the PDF" in "".join(hit.what for hit in search(tmp_path, FORMS).secrets)


WORDS = Forms(
    cases.parse(
        """
reference = "X"
[client]
name = "Robin Vale"
[[subject]]
name = "Sam Marsh"
[[other]]
name = "Elliott Page"
[[other]]
name = "Will Vale"
[[other]]
name = "May Li"
[[confidential]]
text = "High View, Hope, S33 6ZZ"
kind = "address"
""",
        Path(),
    )
)


def test_words_of_the_program_that_are_names_too_do_not_stop_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Page 3 of S33, rows of 4 May 2026. Will be sent. Hope")
    assert search(tmp_path, WORDS).secrets == ()
    # in what it was made from they are names and half a postcode, and must not be there
    words = WORDS.words_in(["with Page and Will"])
    assert {hit.what for hit in search(tmp_path, WORDS, words).secrets} == {
        "the name of A, its word 2",
        "the name of B, its word 1",
    }
    words = WORDS.words_in(["near s33"])
    assert {hit.what for hit in search(tmp_path, WORDS, words).secrets} == {"confidential entry 1 (address)"}
    (tmp_path / "a.txt").write_text("Elliott, Mr Elliott Page, Will Vale, S33 6ZZ, Li, High View")
    assert len(search(tmp_path, WORDS).secrets) == 5


@pytest.mark.parametrize(
    "written",
    ["".join(f"%{ord(one):02X}" for one in "07700900118"), "oh seven seven double oh nine double oh double one eight"],
)
def test_escapes_and_spelled_digits_are_read_in_binary_data_too(tmp_path: Path, written: str) -> None:
    noise = bytes(range(128, 256)) * 3
    (tmp_path / "a.bin").write_bytes(noise)
    assert not search(tmp_path, FORMS).secrets
    (tmp_path / "a.bin").write_bytes(noise + written.encode() + noise)
    assert search(tmp_path, FORMS).secrets


def test_large_files_are_searched_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(f"nothing {number}" if number else "Priya 07700 900118")
    alone = search(tmp_path, FORMS)
    monkeypatch.setattr("pipeline.report.each_file._WORTH_TWO", 1)
    assert search(tmp_path, FORMS) == alone
    assert len(alone.secrets) == 2


def test_the_page_is_named(tmp_path: Path) -> None:
    import typst

    (tmp_path / "a.pdf").write_bytes(typst.compile(b"one #pagebreak() 12 Acacia Road", format="pdf"))
    assert ("a.pdf", "page 2") in found(tmp_path)


def test_a_secret_is_not_repeated_by_the_search(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Priya Onslow, 07700 900118")
    for hit in search(tmp_path, FORMS).secrets:
        assert "Priya" not in repr(hit)
        assert "900118" not in repr(hit)


def test_what_looks_confidential_is_listed_with_its_words(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("come to M1 1AE or call 07700 900999; his own is 07700 900461")
    result = search(tmp_path, FORMS)
    assert not result.secrets
    assert {(hit.what, hit.words) for hit in result.looks} == {
        ("a postcode", "M1 1AE"),
        ("a telephone number", "07700 900999"),
    }


def test_a_short_name_that_bytes_form_by_chance_is_no_hit(tmp_path: Path) -> None:
    """In compressed data "jo", three bytes that are no letters and "s" stand together once in a megabyte."""
    case = "reference = 'X'\n[client]\nname = 'Robin Vale'\n[[place]]\nname = \"Jo's\"\ntype = 'family'\nlat = 53.1\nlon = -1.2\n"
    forms = Forms(cases.parse(case, Path()))
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff\xda\x00\x02\x80 jo\x90\x91\x92s \xff\xd9")
    assert search(tmp_path, forms).secrets == ()
    (tmp_path / "b.txt").write_text("at jo's")
    assert {hit.file for hit in search(tmp_path, forms).secrets} == {"b.txt"}


def test_a_clean_file_has_no_hit(tmp_path: Path) -> None:
    import typst

    (tmp_path / "a.pdf").write_bytes(
        typst.compile(
            b"#set document(title: [Exhibit])\n= Chronology\n47 missed calls on 03/02/2026, 22:04-23:02 GMT",
            format="pdf",
        )
    )
    (tmp_path / "b.xlsx").write_bytes(office({"xl/workbook.xml": "<workbook/>"}))
    assert search(tmp_path, FORMS) == ((), ())


@pytest.mark.parametrize(("name", "data"), [("a.pdf", b"%PDF-1.7 nothing"), ("a.xlsx", b"PK\x03\x04 nothing")])
def test_a_file_that_cannot_be_opened_is_not_passed(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ValueError, match="cannot be opened"):
        search(tmp_path, FORMS)


def test_hashes_and_ids_hold_no_name_by_chance(tmp_path: Path) -> None:
    """Ed, Ada and Abe are written with the digits of hashes; "...7a  Vale v Marsh" is no A. Vale."""
    names = "".join(f'[[other]]\nname = "{name} Vale"\n' for name in ("Ed", "Ada", "Abe", "Dee", "Fae", "Ann", "Dana"))
    case = cases.parse(
        f'reference = "X"\n[client]\nname = "Robin Vale"\n[[subject]]\nname = "Sam Marsh"\n{names}', Path()
    )
    random = Random(6)
    lines = [
        f"{random.getrandbits(256):064x}  Vale v Marsh Exhibit ABC1.pdf\n{random.getrandbits(48):012x}"
        for _ in range(5_000)
    ]
    groups = " ".join(f"{random.getrandbits(32):08x}" for _ in range(5_000))
    (tmp_path / "SHA256SUMS.txt").write_text("\n".join([*lines, groups]))
    assert search(tmp_path, Forms(case)).secrets == ()
    (tmp_path / "SHA256SUMS.txt").write_text("Ed, ADA and A. Vale")
    assert len(search(tmp_path, Forms(case)).secrets) == 5  # Ed, Ada; and A. Vale may be Ada, Abe or Ann
