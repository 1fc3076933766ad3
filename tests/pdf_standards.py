"""What PDF/UA-1 (ISO 14289-1) and PDF/A-2 (ISO 19005-2) ask and a program can check, on a finished file, with pikepdf and fontTools.

The numbers are those of the Matterhorn Protocol 1.1, the PDF Association's list of the ways in which a file fails PDF/UA-1; "A" with a clause is ISO 19005-2. Not checked, for
only a person can: whether the order of reading, the words for figures and the choice of tags make sense. Nor is this veraPDF, which no registry we can reach has.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pikepdf
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Stream

_STANDARD: Final = frozenset(
    "Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6 L LI Lbl LBody Table TR TH TD THead TBody TFoot Span Quote Note "
    "Reference BibEntry Code Link Annot Ruby RB RT RP Warichu WT WP Figure Formula Form".split()
)
_PARENTS: Final = {
    "TR": {"Table", "THead", "TBody", "TFoot"}, "TH": {"TR"}, "TD": {"TR"}, "THead": {"Table"}, "TBody": {"Table"}, "TFoot": {"Table"}, "LI": {"L"}, "LBody": {"LI"}, "TOCI": {"TOC"},
}  # fmt: skip
_CHILDREN: Final = {
    "Table": {"TR", "THead", "TBody", "TFoot", "Caption"}, "TR": {"TH", "TD"}, "THead": {"TR"}, "TBody": {"TR"}, "TFoot": {"TR"}, "L": {"LI", "L", "Caption"}, "LI": {"Lbl", "LBody"},
}  # fmt: skip
_PAINT: Final = frozenset(
    ["Tj", "TJ", "'", '"', "f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Do", "BI", "EI", "INLINE IMAGE"]
)
_ACTIONS: Final = frozenset(
    [
        "/Launch",
        "/Sound",
        "/Movie",
        "/ResetForm",
        "/ImportData",
        "/JavaScript",
        "/Hide",
        "/SetOCGState",
        "/Rendition",
        "/Trans",
        "/GoTo3DView",
    ]
)


def faults(path: Path) -> list[str]:
    """Each way in which the file fails, by number; none for a file that passes."""
    with pikepdf.open(path) as pdf:
        found = [
            *_document(pdf),
            *_structure(pdf),
            *_content(pdf),
            *_annotations(pdf),
            *_fonts(pdf),
            *_archive(pdf, path.read_bytes()),
        ]
    return list(dict.fromkeys(found))


def _document(pdf: pikepdf.Pdf) -> Iterator[str]:
    root, xmp = pdf.Root, pdf.Root.Metadata.read_bytes().decode() if "/Metadata" in pdf.Root else ""
    yield from ["06-001 no metadata"] if not xmp else []
    yield from ["06-002 not said to be PDF/UA-1"] if "<pdfuaid:part>1</pdfuaid:part>" not in xmp else []
    yield from (
        ["06-003 no title in the metadata"] if not re.search(r"<dc:title>.*\S.*</dc:title>", xmp, re.DOTALL) else []
    )
    yield from (
        ["07-001 the title is not displayed"]
        if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)
        else []
    )
    yield from ["01-007 suspects"] if root.get("/MarkInfo", {}).get("/Suspects", False) else []
    yield from ["00-000 not marked"] if not root.get("/MarkInfo", {}).get("/Marked", False) else []
    yield from ["11-006 no language"] if not re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", str(root.get("/Lang", ""))) else []
    yield from ["20-001 optional content"] if "/OCProperties" in root else []
    yield from ["25-001 XFA"] if "/XFA" in root.get("/AcroForm", {}) else []
    yield from ["26-001 encrypted"] if pdf.is_encrypted else []
    yield from ["21-001 embedded files"] if "/EmbeddedFiles" in root.get("/Names", {}) or pdf.attachments else []


# --- the tree of tags --------------------------------------------------------------------------------------------------------------------------------------


def _kids(element: Any) -> list[Any]:
    kids = element.get("/K")
    return [] if kids is None else list(kids) if isinstance(kids, Array) else [kids]


def _elements(parent: Any) -> Iterator[tuple[Any, Any]]:
    """Every element of the tree with its parent, in order of reading."""
    for kid in _kids(parent):
        if isinstance(kid, Dictionary) and "/S" in kid:
            yield parent, kid
            yield from _elements(kid)


def _kind(pdf: pikepdf.Pdf, element: Any) -> str:
    """The standard kind of an element, by the role map."""
    roles, kind, seen = pdf.Root.StructTreeRoot.get("/RoleMap", {}), str(element.get("/S", "/")), set()
    while kind in roles and kind not in seen and kind[1:] not in _STANDARD:
        seen.add(kind)
        kind = str(roles[kind])
    return kind[1:]


def _structure(pdf: pikepdf.Pdf) -> Iterator[str]:
    if "/StructTreeRoot" not in pdf.Root:
        yield "01-005 no tree of tags"
        return
    headings: list[int] = []
    for parent, element in _elements(pdf.Root.StructTreeRoot):
        kind = _kind(pdf, element)
        yield from _nested(pdf, parent, element, kind)
        yield from _described(element, kind)
        if re.fullmatch(r"H[1-6]", kind):
            headings.append(int(kind[1]))
        if kind == "Table":
            yield from _table(pdf, element)
    if headings and headings[0] != 1:
        yield "14-002 the first heading is not H1"
    if any(after > before + 1 for before, after in pairwise(headings)):
        yield "14-003 a level of headings is left out"


def _nested(pdf: pikepdf.Pdf, parent: Any, element: Any, kind: str) -> Iterator[str]:
    above = _kind(pdf, parent) if "/S" in parent else "root"
    kids = {_kind(pdf, kid) for kid in _kids(element) if isinstance(kid, Dictionary) and "/S" in kid}
    if kind not in _STANDARD:
        yield f"02-001 {kind} is not mapped to a standard kind"
    if kind in _PARENTS and above not in _PARENTS[kind]:
        yield f"09-004 {kind} in {above}"
    if kind in _CHILDREN and not kids <= _CHILDREN[kind]:
        yield f"09-005 {kind} with {sorted(kids - _CHILDREN[kind])}"


def _described(element: Any, kind: str) -> Iterator[str]:
    words = str(element.get("/Alt", element.get("/ActualText", ""))).strip()
    if kind == "Figure" and not words:
        yield "13-004 a figure without words"
    if kind == "Formula" and not words:
        yield "17-002 a formula without words"
    if kind == "Note" and "/ID" not in element:
        yield "19-003 a note without an ID"
    if kind == "H":
        yield "14-006 H beside H1"


def _table(pdf: pikepdf.Pdf, table: Any) -> Iterator[str]:
    """15-003: every cell has a head, by scope; all rows are as wide as each other."""
    rows = [one for _, one in _elements(table) if _kind(pdf, one) == "TR"]
    heads = [one for _, one in _elements(table) if _kind(pdf, one) == "TH"]
    if not heads:
        yield "15-003 a table without heads"
    if any(_attribute(head, "/Scope") not in {"/Column", "/Row", "/Both"} for head in heads):
        yield "15-003 a head without scope"
    widths = {
        sum(int(_attribute(cell, "/ColSpan") or 1) for cell in _kids(row))
        for row in rows
        if not any(_attribute(cell, "/RowSpan") for cell in _kids(row))
    }
    if len(widths) > 1:
        yield f"A 6.7 rows of different widths: {sorted(widths)}"


def _attribute(element: Any, name: str) -> Any:
    given = element.get("/A", [])
    for one in given if isinstance(given, Array) else [given]:
        if isinstance(one, Dictionary) and name in one:
            return str(one[name]) if isinstance(one[name], Name) else one[name]
    return None


# --- what is on the pages --------------------------------------------------------------------------------------------------------------------------------------


def _content(pdf: pikepdf.Pdf) -> Iterator[str]:
    """01-003 to 01-005: everything painted is either tagged, once, or an artifact; the parent tree knows the element of each tag, and the element the tag."""
    tree = pdf.Root.get("/StructTreeRoot", {}).get("/ParentTree")
    parents = pikepdf.NumberTree(tree) if tree is not None else {}
    claimed = _claimed(pdf)
    for number, page in enumerate(pdf.pages, 1):
        held = parents[int(page.obj.StructParents)] if "/StructParents" in page.obj else None
        used: list[int] = []
        for fault, mcid in _marked(page):
            if fault:
                yield f"{fault}, page {number}"
            if mcid >= 0:
                used.append(mcid)
        if any(count > 1 for count in Counter(used).values()):
            yield f"30-002 a tag is used twice, page {number}"
        for mcid in used:
            if held is None or mcid >= len(held) or held[mcid] is None:
                yield f"01-005 a tag that the parent tree does not know, page {number}"
            elif (page.obj.objgen, mcid) not in claimed:
                yield f"01-005 a tag that no element holds, page {number}"


def _claimed(pdf: pikepdf.Pdf) -> set[tuple[tuple[int, int], int]]:
    """The pieces of content that elements hold: page and number."""
    found = set()
    if "/StructTreeRoot" in pdf.Root:
        for _, element in _elements(pdf.Root.StructTreeRoot):
            for kid in _kids(element):
                if isinstance(kid, int):
                    found.add((element.Pg.objgen, kid))
                elif isinstance(kid, Dictionary) and kid.get("/Type") == Name.MCR:
                    found.add((kid.get("/Pg", element.get("/Pg")).objgen, int(kid.MCID)))
    return found


def _marked(page: pikepdf.Page) -> Iterator[tuple[str, int]]:
    """Faults of marking, and the numbers of the tags, in order."""
    open_marks: list[str] = []
    for operands, operator in pikepdf.parse_content_stream(page):
        word = str(operator)
        if word in {"BDC", "BMC"}:
            artifact = str(operands[0]) == "/Artifact"
            mcid = int(operands[1].get("/MCID", -1)) if word == "BDC" and isinstance(operands[1], Dictionary) else -1
            yield (
                (
                    "01-003 an artifact in tagged content"
                    if artifact and "tag" in open_marks
                    else "01-004 tagged content in an artifact"
                    if mcid >= 0 and "artifact" in open_marks
                    else ""
                ),
                mcid,
            )
            open_marks.append("artifact" if artifact else "tag" if mcid >= 0 else "")
        elif word == "EMC":
            if not open_marks:
                yield "01-005 marks that do not end as they begin", -1
            else:
                open_marks.pop()
        elif word in _PAINT and not {"artifact", "tag"} & set(open_marks):
            yield f"01-005 content that is neither tagged nor an artifact ({word})", -1
    if open_marks:
        yield "01-005 marks that do not end", -1


def _annotations(pdf: pikepdf.Pdf) -> Iterator[str]:
    tree = pdf.Root.get("/StructTreeRoot", {}).get("/ParentTree")
    parents = pikepdf.NumberTree(tree) if tree is not None else {}
    for number, page in enumerate(pdf.pages, 1):
        notes = list(page.obj.get("/Annots", []))
        if notes and page.obj.get("/Tabs") != Name.S:
            yield f"28-008 the order of tabs is not that of the structure, page {number}"
        for note in notes:
            kind = str(note.Subtype)
            element = parents[int(note.StructParent)] if "/StructParent" in note else None
            if kind not in {"/Link", "/Widget", "/Popup"}:
                yield f"28-006 a note of the kind {kind}, page {number}"
            if element is None:
                yield f"28-002 a note outside the structure, page {number}"
            elif kind == "/Link" and _kind(pdf, element) != "Link":
                yield f"28-011 a link in {_kind(pdf, element)}, page {number}"
            if not str(note.get("/Contents", "")).strip():
                yield f"28-012 a link without words, page {number}"
            flags = int(note.get("/F", 0))
            if not flags & 4 or flags & (1 | 2 | 32 | 256):
                yield f"A 6.3.2 a note that is not printed, page {number}"


# --- fonts --------------------------------------------------------------------------------------------------------------------------------------------------------


def _fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    for font in pdf.objects:
        if (
            not isinstance(font, Dictionary)
            or font.get("/Type") != Name.Font
            or str(font.get("/Subtype")).startswith("/CIDFont")
        ):
            continue
        name = str(font.get("/BaseFont", "a font without a name"))
        if font.Subtype == Name.Type3:
            inner = font
        else:
            inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            descriptor = inner.get("/FontDescriptor", {})
            if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys()):
                yield f"31-009 {name} is not embedded"
                continue
            if inner.get("/Subtype") == Name.CIDFontType2 and "/CIDToGIDMap" not in inner:
                yield f"31-004 {name} has no map of glyphs"
            yield from _widths(name, inner, descriptor)
        if "/ToUnicode" not in font:
            yield f"31-027 {name} does not say which characters its glyphs are"
        elif any(_no_character(text) for text in _characters(font.ToUnicode.read_bytes())):
            yield f"10-001 {name} has a glyph that stands for no character"


def _characters(cmap: bytes) -> Iterator[str]:
    """What the glyphs of a font stand for, by its map to Unicode."""
    for kind, part in re.findall(rb"beginbf(char|range)(.*?)endbf", cmap, re.DOTALL):
        for line in part.splitlines():
            for code in re.findall(rb"<([0-9a-fA-F]+)>", line)[1 if kind == b"char" else 2 :]:
                yield bytes.fromhex(code.decode()).decode("utf-16-be", "replace")


def _no_character(text: str) -> bool:
    return not text or bool({"\x00", "\ufffe", "\uffff", "\ufffd"} & set(text))


def _widths(name: str, inner: Any, descriptor: Any) -> Iterator[str]:
    """31-012: the widths in the PDF are those of the font."""
    program = descriptor.get("/FontFile2", descriptor.get("/FontFile3"))
    data = program.read_bytes()
    if not data.startswith((b"\x00\x01\x00\x00", b"OTTO", b"true")):
        return  # a bare CFF: its widths are of another kind
    font = TTFont(io.BytesIO(data))
    order, per_em = font.getGlyphOrder(), font["head"].unitsPerEm
    for cid, width in _listed(inner.get("/W", [])):
        if cid < len(order) and abs(font["hmtx"][order[cid]][0] * 1000 / per_em - width) > 1:
            yield f"31-012 {name}: the width of a glyph is another"
            return


def _listed(widths: Any) -> Iterator[tuple[int, float]]:
    """The pairs of a /W array: "c [w1 w2 ...]" and "first last w"."""
    values = list(widths)
    while values:
        first = int(values.pop(0))
        if isinstance(values[0], Array):
            yield from ((first + place, float(width)) for place, width in enumerate(values.pop(0)))
        else:
            last, width = int(values.pop(0)), float(values.pop(0))
            yield from ((cid, width) for cid in range(first, last + 1))


# --- PDF/A-2 ---------------------------------------------------------------------------------------------------------------------------------------------------------


def _archive(pdf: pikepdf.Pdf, raw: bytes) -> Iterator[str]:
    root, xmp = pdf.Root, pdf.Root.Metadata.read_bytes().decode() if "/Metadata" in pdf.Root else ""
    yield from (
        ["A 6.1.2 no comment of four high bytes after the first line"]
        if not re.match(rb"%PDF-1\.[2-7]\r?\n%[\x80-\xff]{4}", raw)
        else []
    )
    yield from ["A 6.1.3 no ID of the file"] if "/ID" not in pdf.trailer else []
    yield from ["A 6.1.3 something after the end"] if not re.search(rb"%%EOF\r?\n?\Z", raw) else []
    yield from (
        ["A 6.6.4 not said to be PDF/A-2"]
        if not re.search(r"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>[AUB]</pdfaid:conformance>", xmp)
        else []
    )
    yield from ["A 6.6.2 the metadata is compressed"] if "/Filter" in root.get("/Metadata", {}) else []
    intents = [
        one for one in root.get("/OutputIntents", []) if one.get("/S") == Name.GTS_PDFA1 and "/DestOutputProfile" in one
    ]
    yield from ["A 6.2.3 no output intent with a profile"] if not intents else []
    yield from (
        ["A 6.6.1 a script or an additional action"] if "/AA" in root or "/JavaScript" in root.get("/Names", {}) else []
    )
    titles = str(pdf.trailer.get("/Info", {}).get("/Title", "")), "".join(re.findall(r'x-default">(.*?)</rdf:li>', xmp))
    yield from [f"A 6.6.3 two titles: {titles}"] if titles[0] != titles[1] else []
    for thing in pdf.objects:
        if isinstance(thing, Stream):
            yield from _stream(thing)
        if isinstance(thing, Dictionary | Stream) and (str(thing.get("/S", "")) in _ACTIONS or "/AA" in thing):
            yield f"A 6.5.1 an action {thing.get('/S', '/AA')}"
    if any(len(text) > 127 for text in map(str, _names(pdf))):
        yield "A 6.1.13 a name of more than 127 bytes"


def _stream(thing: Stream) -> Iterator[str]:
    if {"/F", "/FFilter", "/FDecodeParms"} & set(thing.keys()):
        yield "A 6.1.7 a stream outside the file"
    if "/LZWDecode" in repr(thing.get("/Filter", "")) or "/Crypt" in repr(thing.get("/Filter", "")):
        yield "A 6.1.7 LZW or encryption"
    if thing.get("/Subtype") == Name.PS or "/PS" in thing or "/Ref" in thing or "/OPI" in thing:
        yield "A 6.2.9 a form that refers elsewhere"
    if thing.get("/Subtype") == Name.Image and (thing.get("/Interpolate", False) or "/Alternates" in thing):
        yield "A 6.2.8 an image that is interpolated or has alternates"


def _names(pdf: pikepdf.Pdf) -> Iterator[Any]:
    for thing in pdf.objects:
        if isinstance(thing, Dictionary):
            yield from thing.keys()
