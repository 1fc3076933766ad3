"""Whatever a file hides it in, the search finds a confidential string; and it says where."""

from __future__ import annotations

import base64
import gzip
import io
import struct
import zipfile
import zlib
from pathlib import Path

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
        lambda s: ("a.pdf", _with(lambda made: made.docinfo.__setitem__("/Title", s + "é"))),
        lambda s: ("a.pdf", _with(lambda made: _outline(made, s))),
        lambda s: ("a.pdf", _with(lambda made: _stream(made, s))),
        lambda s: ("a.pdf", _with(lambda made: _link(made, s))),
        lambda s: ("a.pdf", _with(lambda made: made.attachments.__setitem__("x.txt", s.encode()))),
        lambda s: ("a.pdf", _with(lambda made: _xmp(made, s))),
        lambda s: ("a.pdf", saved(pdf()) + f"\n% {s}".encode()),
        lambda s: ("a.pdf", _page(s)),
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


def _page(text: str) -> bytes:
    """A page whose words stand in it as the numbers of glyphs, as a typesetter writes them: only the text of the page shows them."""
    import typst

    return bytes(typst.compile(f"#set page(height: 100pt)\n#text[{text}]".encode(), format="pdf"))


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
