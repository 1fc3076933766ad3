"""What a court's bundle asks of a PDF and typst does not set: page labels, bookmarks with date and page, opening at 100 %, metadata without a history.

The file is written anew and whole: one %%EOF, the same bytes from the same input.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, String

_XMP: Final = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>en-GB</rdf:li></rdf:Bag></dc:language>
<dc:format>application/pdf</dc:format>
<xmp:CreatorTool>{maker}</xmp:CreatorTool><xmp:CreateDate>{day}T00:00:00Z</xmp:CreateDate><xmp:ModifyDate>{day}T00:00:00Z</xmp:ModifyDate>
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance><pdfuaid:part>1</pdfuaid:part>
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 to which the file conforms</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag>
</pdfaExtension:schemas></rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""
_RUN: Final = re.compile(r"(.*?)([1-9]\d*)", re.DOTALL)


def finished(
    pdf: bytes, title: str, labels: Sequence[str], bookmarks: Mapping[str, str], day: date, maker: str
) -> bytes:
    """The PDF with these page labels, one a page, and `title`, `day` and `maker` as its only metadata.

    `bookmarks` gives for the words of a heading the date that goes into its bookmark.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        if len(labels) != len(document.pages):
            raise ValueError(f"{len(labels)} labels for {len(document.pages)} pages")
        root = document.Root
        root.PageLabels = Dictionary(Nums=Array(list(_labels(labels))))
        root.OpenAction = Array([document.pages[0].obj, Name.XYZ, None, None, 1])
        root.PageMode = Name.UseOutlines
        # False is what it is without the entry, and poppler calls the entry a syntax error.
        marked: Any = root.get("/MarkInfo", {})
        if marked.get("/Suspects") is False:
            del marked["/Suspects"]
        root.Metadata = document.make_stream(
            _XMP.format(
                title=html.escape(title, quote=False), maker=html.escape(maker, quote=False), day=day.isoformat()
            ).encode(),
            Type=Name.Metadata,
            Subtype=Name.XML,
        )
        stamp = String(f"D:{day:%Y%m%d}000000Z")
        document.trailer.Info = document.make_indirect(
            Dictionary(Title=String(title), Creator=String(maker), CreationDate=stamp, ModDate=stamp)
        )
        pages = {page.obj.objgen: number for number, page in enumerate(document.pages)}
        if "/Outlines" in root:
            for item in _items(root.Outlines):
                words = str(item.Title)
                dated = bookmarks.get(words, "")
                item.Title = String(
                    f"{words}{f', {dated}' if dated else ''}, page {labels[pages[item.Dest[0].objgen]]}"
                )
        out = io.BytesIO()
        document.save(
            out, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True, deterministic_id=True
        )
    return out.getvalue()


def _items(parent: Any) -> Iterator[Any]:
    """The bookmarks under one, with those under them."""
    item = parent.get("/First")
    while item is not None:
        yield item
        yield from _items(item)
        item = item.get("/Next")


def _labels(labels: Sequence[str]) -> Iterator[Any]:
    """The number tree: an entry where counting begins anew, or a label that ends in no number stands alone."""
    before: tuple[str, int] | None = None
    for page, label in enumerate(labels):
        match = _RUN.fullmatch(label)
        if not match or " of " in label:
            yield page
            yield Dictionary(P=String(label))
            before = None
            continue
        prefix, number = match[1], int(match[2])
        if before != (prefix, number - 1):
            yield page
            run = Dictionary(S=Name.D, St=number)
            if prefix:
                run.P = String(prefix)
            yield run
        before = prefix, number
