"""All that can be read in a PDF: the text of every page as a reader copies it, wherever on or beside the page it stands; every string, name and stream; the raw bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import filterfalse
from typing import Any, Final

import pikepdf
import pypdfium2

from pipeline.report import file_texts
from pipeline.report.file_texts import APART, Part, attributes, not_encoded_anew, raw, said_by_a_picture, without_tags
from pipeline.report.picture_metadata import around_the_pixels

_HEX_STRING: Final = re.compile(rb"(?<!<)<((?:[0-9a-fA-F]{2}\s?){2,})>")
_LITERAL: Final = re.compile(rb"\(((?:[^()\\]|\\.){2,})\)", re.DOTALL)
_ESCAPE: Final = re.compile(rb"\\([0-7]{1,3}|\r?\n|.)", re.DOTALL)
_ESCAPED: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b" ", b"f": b" "}
_GLYPH: Final = re.compile(rb"\\[0-7]{1,3}")
_ENCODED_NAME: Final = re.compile(rb"/[^\s/<>\[\](){}%]*#[0-9a-fA-F]{2}[^\s/<>\[\](){}%]*|/[^\s/<>\[\](){}%]{25,}")
"""Names that are no words of the format."""
_SCRIPT: Final = re.compile(rb"/(?:JavaScript|JS|Launch)\b")
_REMARK: Final = re.compile(rb"^%([^\r\n]{3,})", re.MULTILINE)
_BROKEN: Final = re.compile(r"(?<![ \n])-?\n(?=\w)")
"""A line that ends without a space: a word that is broken over two lines, in a narrow column."""


def pdf(data: bytes, depth: int = 0) -> Iterator[Part]:
    """All texts in a PDF.

    Raises:
        ValueError: it cannot be opened.
    """
    yield from _pages(data)
    pictures: list[bytes] = []
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            yield from _streams(document, depth, pictures)
            yield from _strings(document)
    except pikepdf.PdfError as error:
        raise ValueError(f"the PDF cannot be opened: {error}") from None
    for pixels in pictures:
        data = data.replace(pixels, b"", 1)
    yield from raw("the file's bytes", data)


def _pages(data: bytes) -> Iterator[Part]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise ValueError(f"the PDF cannot be opened: {error}") from None
    try:
        for number in range(len(document)):
            page = document[number]
            held = page.get_textpage()
            # all of it: what stands beside the visible page can be copied too
            text = held.get_text_range().replace("\r\n", "\n").replace("\ufffe", "-")
            held.close()
            page.close()
            where = f"page {number + 1}"
            yield Part(where, text)
            if (joined := _BROKEN.sub("", text)) != text:
                yield Part(where, joined, words=False, binary=True)
    finally:
        document.close()


def _streams(document: pikepdf.Pdf, depth: int, pictures: list[bytes]) -> Iterator[Part]:
    """What stands in streams, by what they are; adds those of pixels to `pictures`.

    The strings of page content are the numbers of glyphs: the text of the page shows what they say.
    """
    for thing in document.objects:
        if not isinstance(thing, pikepdf.Stream):
            continue
        kind, sort = str(thing.get("/Type", "")), str(thing.get("/Subtype", ""))
        if sort == "/Image":
            pictures.append(thing.read_raw_bytes())
            yield from (part._replace(where=f"a picture, {part.where}") for part in _picture(thing))
        elif kind == "/Metadata":
            text = thing.read_bytes().decode("utf-8", "replace")
            yield Part("the metadata of the PDF", f"{without_tags(text)}{APART}{attributes(text)}")
        elif kind == "/EmbeddedFile":
            yield Part("an attached file", "", never="a file inside the PDF")
            inner = file_texts.texts("attached", thing.read_bytes(), depth + 1)
            yield from (part._replace(where=f"an attached file, {part.where}") for part in inner)
        else:
            yield Part("a stream of the PDF", _in_content(_content(thing)), words=False, binary=True)
        thing.write(b"")  # the objects are looked through without them


def _in_content(content: bytes) -> str:
    """The strings and remarks of page content, roughly: numbers of glyphs are left out."""
    found = b"\n".join([*_LITERAL.findall(content), *_REMARK.findall(content)])
    return _GLYPH.sub(b"\x00", found).replace(b"\\", b"").decode("latin-1")


def _content(thing: pikepdf.Stream) -> bytes:
    try:
        return thing.read_bytes()
    except pikepdf.PdfError:
        return thing.read_raw_bytes()


_CHANNELS: Final = {"/DeviceGray": 1, "/DeviceRGB": 3, "/DeviceCMYK": 4}


def _picture(thing: pikepdf.Stream) -> Iterator[Part]:
    """What a picture holds besides its pixels. Those are searched no further: they are no words, and megabytes."""
    if "/DCTDecode" in str(thing.get("/Filter", "")):
        packed = thing.read_raw_bytes()
        yield from said_by_a_picture(around_the_pixels(packed))
        yield from not_encoded_anew("its data", packed)
    else:
        space: Any = thing.get("/ColorSpace", "")
        profile: Any = space[1] if "/ICCBased" in repr(space) and len(space) == 2 else {}
        channels = int(profile.get("/N", 0)) or _CHANNELS.get(str(space), 0)
        row = -(-int(thing.get("/Width", 0)) * channels * int(thing.get("/BitsPerComponent", 8)) // 8)
        yield from raw("behind its pixels", thing.read_bytes()[row * int(thing.get("/Height", 0)) :])


def _strings(document: pikepdf.Pdf) -> Iterator[Part]:
    """Every string and unusual name of the objects themselves: bookmarks, alternative texts, links, labels, metadata."""
    out = io.BytesIO()
    document.save(out, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    objects = out.getvalue()
    found = list(dict.fromkeys(_found(objects)))
    yield Part("a description, bookmark, link or label of the PDF", APART.join(filter(_is_words, found)))
    yield Part("a string of the PDF", APART.join(filterfalse(_is_words, found)), words=False, binary=True)
    names = {re.sub(rb"#([0-9a-fA-F]{2})", _byte, one) for one in _ENCODED_NAME.findall(objects)}
    if _SCRIPT.search(objects):
        yield Part("the PDF", "", never="a script inside the PDF")
    yield Part("a name in the PDF", APART.join(one.decode("utf-8", "replace") for one in sorted(names)), words=False)


def _byte(match: re.Match[bytes]) -> bytes:
    return bytes.fromhex(match[1].decode("ascii"))


def _is_words(text: str) -> bool:
    """Not the number of the file, which is bytes without order."""
    return sum(not character.isprintable() and character not in "\n\r\t" for character in text) * 10 <= len(text)


def _found(data: bytes) -> list[str]:
    """The strings in it, in hex and in brackets."""
    literal = [_ESCAPE.sub(_unescaped, match[1]) for match in _LITERAL.finditer(data)]
    written = [bytes.fromhex(match[1].decode("ascii")) for match in _HEX_STRING.finditer(data)]
    return [_decoded(one) for one in (*literal, *written)]


def _unescaped(match: re.Match[bytes]) -> bytes:
    inner = match[1]
    if inner.isdigit():
        return bytes([int(inner, 8) & 255])
    return b"" if inner.strip() == b"" else _ESCAPED.get(inner, inner)


def _decoded(data: bytes) -> str:
    if data.startswith(b"\xfe\xff"):
        return data[2:].decode("utf-16-be", "ignore")
    if data.startswith(b"\xff\xfe"):
        return data[2:].decode("utf-16-le", "ignore")
    return data.decode("utf-8") if data.startswith(b"\xef\xbb\xbf") else data.decode("latin-1")
