"""The court chronology as a Word file (.docx): one table whose head is repeated on every page, for a solicitor who pastes it into her own document.

Written by hand, for it is four small XML parts (ECMA-376): no library, the same bytes every time. Words go in as text, escaped; nothing else is in the file.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

_WIDTHS: Final = (567, 1418, 1304, 4820, 1531)
"""Twentieths of a point; together the width of an A4 page between margins of 20 mm."""
_SPACE: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES: Final = (
    _HEAD + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    '<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>'
)
_RELATIONS: Final = (
    _HEAD + '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/></Relationships>'
)
_STYLES: Final = (
    _HEAD
    + f'<w:styles {_SPACE}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial"/><w:sz w:val="20"/>'
    '<w:lang w:val="en-GB"/></w:rPr></w:rPrDefault></w:docDefaults></w:styles>'
)
_BORDERS: Final = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:color="888888"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_FORBIDDEN: Final = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(path: Path, title: str, notes: Iterable[str], head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Writes the file: a title, notes, and the table with five columns."""
    body = [_paragraph(title, bold=True), *(_paragraph(note) for note in notes)]
    body.append(
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(_WIDTHS)}" w:type="dxa"/><w:tblBorders>{_BORDERS}</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr>'
    )
    body.append("<w:tblGrid>" + "".join(f'<w:gridCol w:w="{width}"/>' for width in _WIDTHS) + "</w:tblGrid>")
    body.append(_row(head, head=True))
    body += [_row(row) for row in rows]
    body.append("</w:tbl>" + _paragraph(""))
    page = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>'
    document = f"{_HEAD}<w:document {_SPACE}><w:body>{''.join(body)}{page}</w:body></w:document>"
    with path.open("xb") as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, text in (
            ("[Content_Types].xml", _TYPES),
            ("_rels/.rels", _RELATIONS.format("officeDocument", "word/document.xml")),
            ("word/_rels/document.xml.rels", _RELATIONS.format("styles", "styles.xml")),
            ("word/styles.xml", _STYLES),
            ("word/document.xml", document),
        ):
            parts.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)


def _row(cells: Sequence[str], *, head: bool = False) -> str:
    repeated = "<w:tblHeader/>" if head else ""
    shown = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{_paragraph(cell, bold=head)}</w:tc>'
        for cell, width in zip(cells, _WIDTHS, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{shown}</w:tr>"


def _paragraph(text: str, *, bold: bool = False) -> str:
    lines = _FORBIDDEN.sub("\ufffd", text).split("\n")
    runs = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in lines)
    return f"<w:p><w:r><w:rPr>{'<w:b/>' if bold else ''}</w:rPr>{runs}</w:r></w:p>"
