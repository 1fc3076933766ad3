"""All that can be read in a file by whoever has it and tools: its words, and whatever hides behind them (C2, C4, P24).

The text of a page or sheet, attributes and comments of its markup, what is compressed or in base64 inside it, every block of a picture, every member of an archive, and
the raw bytes. A PDF has a file of its own beside this one (`pdf_texts`).
"""

from __future__ import annotations

import base64
import binascii
import codecs
import gzip
import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Final, NamedTuple

from pipeline.report.picture_metadata import beside_the_pixels

MOST: Final = 512 * 1024 * 1024
"""Bytes of one part; the files searched are our own."""
_BLOCK: Final = 4 << 20
_OVERLAP: Final = 4096
_DEEPEST: Final = 4
"""Files within files."""


class Part(NamedTuple):
    """A piece of a file as text. `words` says that people read it: only there is something looked for that merely looks confidential.

    In `binary` data two or three letters stand together by chance, so a short name is not looked for in it: where it would be read, it stands as words too.
    `never` names what must not be there at all, whatever stands in it.
    """

    where: str
    text: str
    words: bool = True
    binary: bool = False
    never: str = ""


def texts(name: str, data: bytes, depth: int = 0) -> Iterator[Part]:
    """All texts in a file, by what the file is.

    Raises:
        ValueError: it cannot be opened.
    """
    if depth > _DEEPEST:
        raise ValueError(f"{name} cannot be opened: files within files within files")
    if data.startswith(b"%PDF") or b"%PDF-" in data[:1024]:
        from pipeline.report.pdf_texts import pdf

        yield from pdf(data, depth)
    elif data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        yield from _archive(data, depth)
    elif data.startswith(b"\x1f\x8b"):
        yield from _unpacked(name, data, depth)
    elif data.startswith(_PICTURES) or data[4:8] == b"ftyp":
        yield from picture(data)
    else:
        yield from _text(name, data)


_PICTURES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"II*\x00", b"MM\x00*")


def _unpacked(name: str, data: bytes, depth: int) -> Iterator[Part]:
    try:
        with gzip.open(io.BytesIO(data)) as file:
            inner = file.read(MOST)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{name} cannot be opened: {error}") from None
    yield from texts(name.removesuffix(".gz"), inner, depth + 1)
    yield from raw("the file's bytes", data)


# --- text and markup -------------------------------------------------------------------------------------------------------------------------------------

_MARKUP: Final = (".html", ".htm", ".svg", ".xml", ".rels", ".typ", ".vml", ".xhtml")
_TAG: Final = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_INSIDE_TAG: Final = re.compile(r"<[a-zA-Z][^>]*>")
_GEOMETRY: Final = re.compile(
    r"""\s(?:d|points|transform|viewBox|x|y|x1|x2|y1|y2|cx|cy|width|height|style)\s*=\s*(?:"[^"]*"|'[^']*')"""
)
_BLOB: Final = re.compile(r"[A-Za-z0-9+/]{32,}={0,2}")
_ATTRIBUTE: Final = re.compile(r"""=\s*(?:"(?![A-Z]{0,3}\d*")([^"<]+)"|'([^'<]+)')""")
"""But numbers and the places of cells."""
_TYPEFACE: Final = re.compile(r'\stypeface="[^"]*"')
"""Times New Roman is nobody."""
_NODE: Final = re.compile(r">([^<]+)<")
_REMARK: Final = re.compile(r"<!--(.*?)-->|<\?(.*?)\?>", re.DOTALL)
_BETWEEN_RUNS: Final = re.compile(r"</(?:w:t|t|w:r|r|a:t)>.*?<(?:w:t|t|a:t)\b[^>]*>")
"""The words of one cell or paragraph may stand in several runs, each with its type."""
_RUN_END: Final = re.compile(r"</(?:w:r|r|a:r)>")


def _text(name: str, data: bytes) -> Iterator[Part]:
    text = _decoded(data)
    if text is None:
        yield from raw("the file's bytes", data)
    elif name.lower().endswith(_MARKUP):
        yield Part("the text of the page", without_tags(text))
        in_one_piece = html.unescape(_TAG.sub("", text))  # a word may be in two styles
        yield Part("the text of the page", in_one_piece, words=False)
        plain = _INSIDE_TAG.sub(lambda tag: _GEOMETRY.sub(" ", tag[0]), text)
        yield Part("the file as it is written", plain, words=False)
        yield from _embedded(text)
    else:
        yield Part("the text", text)


def _decoded(data: bytes) -> str | None:
    """Text in UTF-8 or UTF-16; None if it is no text."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    text = data.decode("utf-8", "replace")
    return None if "\x00" in text or text.count("\ufffd") * 20 > len(text) else text


def without_tags(text: str) -> str:
    """What stands between the tags."""
    return html.unescape(_TAG.sub(" ", text))


def attributes(text: str) -> str:
    """What stands in the tags as values, and in remarks between them: alternative texts, targets of links, names of authors."""
    values = [one or other for one, other in _ATTRIBUTE.findall(_TYPEFACE.sub("", text))]
    return html.unescape(APART.join(dict.fromkeys([*values, *(one or other for one, other in _REMARK.findall(text))])))


APART: Final = "\n-----\n"
"""Between strings that have nothing to do with each other: more than may stand between the digits of one number or the words of a name."""


def _embedded(text: str) -> Iterator[Part]:
    """What stands in base64, plain or compressed: pictures, and the rows of our own page."""
    for number, match in enumerate(_BLOB.finditer(text), 1):
        try:
            data = base64.b64decode(match[0] + "=" * (-len(match[0]) % 4), validate=True)
        except (binascii.Error, ValueError):
            continue
        where = f"embedded data {number}"
        if data.startswith(_PICTURES):
            yield from (part._replace(where=f"{where}, {part.where}") for part in picture(data))
        for unpacked in (data, inflated(data)):
            if unpacked:
                yield from raw(where, unpacked)


def inflated(data: bytes) -> bytes:
    """What zlib, gzip or deflate packed; nothing if it is none of them."""
    for bits in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        try:
            return zlib.decompressobj(bits).decompress(data, MOST)
        except zlib.error:
            continue
    return b""


# --- bytes -----------------------------------------------------------------------------------------------------------------------------------------------

_PRINTABLE: Final = bytes(byte if byte < 128 else 0 for byte in range(256))
_TWO_BYTES: Final = (
    (re.compile(rb"(?:[\x20-\xff]\x00){4,}"), "utf-16-le"),
    (re.compile(rb"(?:\x00[\x20-\xff]){4,}"), "utf-16-be"),
)


_RUN: Final = re.compile(rb"(?:[\x20-\x7e]|[\xc3-\xc5][\x80-\xbf]){6,}|[\x20-\x7e]{3,}(?=\x00)")
"""Letters that stand together as they hardly do by chance."""


def raw(where: str, data: bytes) -> Iterator[Part]:
    """Bytes as the texts that they may be: UTF-8, else one byte a character; and wherever two bytes are a character."""
    try:
        yield Part(where, data.decode("utf-8"), words=False)
    except UnicodeDecodeError:
        yield Part(where, data.translate(_PRINTABLE).decode("ascii"), words=False, binary=True)
    for pattern, encoding in _TWO_BYTES:
        runs = [run[0].decode(encoding, "ignore") for run in pattern.finditer(data)]
        if runs:
            yield Part(where, APART.join(runs), words=False)


def picture(data: bytes) -> Iterator[Part]:
    """All that a picture says, and that it holds anything besides its pixels, if it does."""
    yield from said_by_a_picture(data)
    yield from not_encoded_anew("the picture's data", data)


def said_by_a_picture(data: bytes) -> Iterator[Part]:
    """The bytes of a picture; what it says beside its pixels (EXIF, XMP, remarks, thumbnails), each block opened."""
    yield from raw("the picture's data", data)
    blocks = _jpeg(data) if data.startswith(b"\xff\xd8") else _png(data) if data.startswith(b"\x89PNG") else iter(())
    for kind, block in blocks:
        where = f"the picture's {kind} block"
        yield from raw(where, block)
        runs = [run[0].decode("utf-8", "replace") for run in _RUN.finditer(block)]
        yield Part(where, APART.join(runs), words=False)
        if b"<" in block and b">" in block:
            markup = block.decode("utf-8", "replace")
            yield Part(where, f"{without_tags(markup)}{APART}{attributes(markup)}", words=False)


def not_encoded_anew(where: str, data: bytes) -> Iterator[Part]:
    """That a picture holds something besides its pixels, whatever it says: a position is a row of binary fractions that no search for words finds (C4)."""
    for beside in beside_the_pixels(data):
        yield Part(where, "", words=False, never=f"a picture that holds {beside}: it is not encoded anew")


def _jpeg(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The segments before the pixels that hold what programs and people wrote."""
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF and data[place + 1] != 0xDA:
        size = int.from_bytes(data[place + 2 : place + 4], "big")
        marker = data[place + 1]
        if marker == 0xFE or 0xE0 <= marker <= 0xEF:
            yield "remark" if marker == 0xFE else f"APP{marker - 0xE0}", data[place + 4 : place + 2 + size]
        place += 2 + max(size, 2)


def _png(data: bytes) -> Iterator[tuple[str, bytes]]:
    place = 8
    while place + 8 <= len(data):
        size, kind = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        if kind in {b"tEXt", b"zTXt", b"iTXt", b"iCCP", b"eXIf"}:
            block = data[place + 8 : place + 8 + size]
            start = block.find(b"\x78")
            yield kind.decode("ascii"), block + b"\n" + (inflated(block[start:]) if start >= 0 else b"")
        place += size + 12


# --- archives --------------------------------------------------------------------------------------------------------------------------------------------


def _archive(data: bytes, depth: int) -> Iterator[Part]:
    """Every part of an Office file or archive, opened by what it is."""
    yield from raw("the file's bytes", data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield Part("a comment in the archive", archive.comment.decode("utf-8", "replace"))
            for info in archive.infolist():
                yield Part("a name in the archive", info.filename)
                yield Part("a comment in the archive", info.comment.decode("utf-8", "replace"))
                yield from raw("a name in the archive", info.extra)
                if info.filename.lower().endswith(_MARKUP):
                    with archive.open(info) as member:
                        yield from _markup(info.filename, member)
                elif info.file_size > MOST:
                    raise ValueError(f"{info.filename} is larger than can be searched")
                elif not info.is_dir():
                    inner = texts(info.filename, archive.read(info), depth + 1)
                    yield from (part._replace(where=f"{info.filename}, {part.where}") for part in inner)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error) as error:
        raise ValueError(f"an archive cannot be opened: {error}") from None


def _markup(where: str, member: IO[bytes]) -> Iterator[Part]:
    """The texts of an XML part, block by block: a sheet of a million rows is larger than the memory."""
    for text in _blocks(member):
        yield Part(where, html.unescape(APART.join(dict.fromkeys(_NODE.findall(text)))))
        if _RUN_END.search(text):
            yield Part(where, without_tags(_BETWEEN_RUNS.sub("", text)), words=False)
        yield Part(where, attributes(text), words=False)


def _blocks(member: IO[bytes]) -> Iterator[str]:
    """Pieces that begin and end between tags; each begins with the end of the one before it."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    kept = ""
    while block := member.read(_BLOCK):
        text = kept + decoder.decode(block)
        end = text.rfind(">") + 1 or len(text)
        yield text[:end]
        kept = text[max(text.find("<", max(end - _OVERLAP, 0)), 0) :] if end > _OVERLAP else text
    if kept:
        yield kept + decoder.decode(b"", final=True)
