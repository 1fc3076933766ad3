"""The sample case's spreadsheet, CSV, zip and screenshot, made by hand so that they are the same bytes everywhere."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time

Cell = str | date | time | None


def workbook(title: str, rows: Sequence[Sequence[Cell]], merged: Sequence[str], widths: Mapping[str, int]) -> bytes:
    """`.xlsx` of one sheet, made by hand: dates and times are numbers with a format, as Excel keeps them. `merged` are ranges such as "A4:A5"."""
    kind = "http://schemas.openxmlformats.org"
    sheet = "".join(
        f'<row r="{row}">{"".join(_cell(f"{chr(65 + column)}{row}", value) for column, value in enumerate(cells))}</row>'
        for row, cells in enumerate(rows, 1)
    )
    columns = "".join(
        f'<col min="{ord(k) - 64}" max="{ord(k) - 64}" width="{v}" customWidth="1"/>' for k, v in widths.items()
    )
    merges = "".join(f'<mergeCell ref="{ref}"/>' for ref in merged)
    office = f"{kind}/officeDocument/2006/relationships"
    package = f"{kind}/package/2006"
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{types}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{types}.styles+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{kind}/spreadsheetml/2006/main" xmlns:r="{office}">'
        f'<sheets><sheet name="{title}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{kind}/spreadsheetml/2006/main">'
        '<numFmts count="2"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="hh:mm"/></numFmts>'
        '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="1"><fill><patternFill/></fill></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="3"><xf/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{kind}/spreadsheetml/2006/main"><cols>{columns}</cols>'
        f'<sheetData>{sheet}</sheetData><mergeCells count="{len(merged)}">{merges}</mergeCells></worksheet>',
    }
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return stored_zip((name, (head + text).encode()) for name, text in parts.items())


def _cell(ref: str, value: Cell) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        text = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'
    if isinstance(value, time):  # a part of a day, to the digits Excel writes
        minutes = value.hour * 60 + value.minute
        return f'<c r="{ref}" s="2"><v>{minutes * 10**12 // 1440 / 10**12:.12f}</v></c>'
    return f'<c r="{ref}" s="1"><v>{(value - date(1899, 12, 30)).days}</v></c>'


def csv_file(rows: Iterable[Sequence[str]]) -> bytes:
    """CSV as Windows programs write it: CRLF, quotes where needed."""
    quoted = ((f'"{cell}"' if "," in cell else cell for cell in row) for row in rows)
    return "".join(",".join(row) + "\r\n" for row in quoted).encode()


def grey_png(width: int, height: int, level: int) -> bytes:
    """A plain grey picture in an uncompressed zlib stream, as a stand-in for a screenshot."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    raw = (b"\0" + bytes([level]) * width) * height
    stream = (
        b"\x78\x01\x01" + struct.pack("<HH", len(raw), 0xFFFF ^ len(raw)) + raw + struct.pack(">I", zlib.adler32(raw))
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", stream) + chunk(b"IEND", b"")


def stored_zip(members: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip without compression and with one fixed date: compressors differ between builds."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members:
            member = zipfile.ZipInfo(name, (2026, 5, 31, 21, 0, 0))
            member.create_system = 3
            member.external_attr = 0o100644 << 16
            archive.writestr(member, data)
    return out.getvalue()
