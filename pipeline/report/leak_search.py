"""Opens every file that is about to be served and searches all of it for what the case keeps back.

The reduced copy should hold nothing confidential; this search does not rely on that. It reads what a curious reader with tools could read: the text of every page,
every stream of a PDF after decompression, its metadata, bookmarks, links and alternative texts; every part of an Office file; the text, attributes and scripts of a
page; image metadata; file names (C2, C3, P24). A confidential string stops the export. A string that only looks confidential needs a person's decision.
"""

from __future__ import annotations

import base64
import binascii
import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote

from pipeline.report.picture_metadata import around_the_pixels, beside_the_pixels
from pipeline.report.written_forms import Forms

if TYPE_CHECKING:
    import pikepdf

_BY_CHANCE: Final = 6  # letters or digits that are one certain string in less than one of a thousand files of megabytes
_MOST: Final = 512 * 1024 * 1024  # bytes of one part; the files searched are our own


class Hit(NamedTuple):
    """Something found: in which file, where in it ("page 3", "docProps/core.xml"), what it is, and the words (empty where they are a secret of the case)."""

    file: str
    where: str
    what: str
    words: str = ""


class Searched(NamedTuple):
    """What a search found: `secrets` stop the export, `looks` need a decision."""

    secrets: tuple[Hit, ...]
    looks: tuple[Hit, ...]


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


def search(folder: Path, forms: Forms) -> Searched:
    """Searches every file under `folder`, and its name.

    Raises:
        ValueError: a file cannot be opened as what it is; nothing can be said of it, so it must not be served.
    """
    secrets: dict[Hit, None] = {}
    looks: dict[Hit, None] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        for part in (Part("its name", name), *parts(path.name, path.read_bytes())):
            if part.never:
                secrets[Hit(name, part.where, part.never)] = None
            for text in _readings(part.text):
                least = _BY_CHANCE if part.binary else 0
                found = [span for span in forms.secrets_in(text) if _letters(text[span.start : span.end]) >= least]
                secrets.update(dict.fromkeys(Hit(name, part.where, span.what) for span in found))
            if part.words:
                looks.update(
                    dict.fromkeys(
                        Hit(name, part.where, span.what, part.text[span.start : span.end])
                        for span in forms.looks_in(part.text)
                    )
                )
    return Searched(tuple(secrets), tuple(looks))


def _letters(text: str) -> int:
    """How many letters and digits; what stands between them can be anything in binary data."""
    return sum(character.isalnum() for character in text)


def _readings(text: str) -> Iterator[str]:
    """The text, and as it reads after the escapes of a link or of markup are taken away."""
    yield text
    if "&" in text and (unescaped := html.unescape(text)) != text:
        yield unescaped
    if "%" in text and (unquoted := unquote(text)) != text:
        yield unquoted
    if "\\u" in text:
        yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)


def parts(name: str, data: bytes) -> Iterator[Part]:
    """All texts in a file, by what the file is.

    Raises:
        ValueError: it cannot be opened.
    """
    if data.startswith(b"%PDF"):
        yield from _pdf(data)
    elif data.startswith(b"PK\x03\x04"):
        yield from _zip(data)
    elif data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"II*\x00", b"MM\x00*")):
        yield from _image(data)
    else:
        yield from _text(name, data)


def _text(name: str, data: bytes) -> Iterator[Part]:
    text = data.decode("utf-8", "replace")
    if name.lower().endswith((".html", ".htm", ".svg", ".xml", ".rels", ".typ")):
        yield Part("the text of the page", _without_tags(text))
        yield Part(
            "the text of the page", html.unescape(_TAG.sub("", text)), words=False
        )  # a word may be in two styles
        plain = _INSIDE_TAG.sub(lambda tag: _GEOMETRY.sub(" ", tag[0]), text)
        yield Part("the file as it is written", plain, words=False)
        yield from _embedded(text)
    else:
        yield Part("the text", text)


_TAG: Final = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_INSIDE_TAG: Final = re.compile(r"<[a-zA-Z][^>]*>")
_GEOMETRY: Final = re.compile(
    r"""\s(?:d|points|transform|viewBox|x|y|x1|x2|y1|y2|cx|cy|width|height|style)\s*=\s*(?:"[^"]*"|'[^']*')"""
)
_BLOB: Final = re.compile(r"[A-Za-z0-9+/]{32,}={0,2}")


def _without_tags(text: str) -> str:
    return html.unescape(_TAG.sub(" ", text))


def _embedded(text: str) -> Iterator[Part]:
    """What stands in base64, plain or compressed: pictures, and the rows of our own page."""
    for number, match in enumerate(_BLOB.finditer(text), 1):
        try:
            data = base64.b64decode(match[0] + "=" * (-len(match[0]) % 4), validate=True)
        except (binascii.Error, ValueError):
            continue
        for unpacked in (data, _inflated(data)):
            if unpacked:
                yield from _raw(f"embedded data {number}", unpacked)


def _inflated(data: bytes) -> bytes:
    for bits in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        try:
            return zlib.decompressobj(bits).decompress(data, _MOST)
        except zlib.error:
            continue
    return b""


_PRINTABLE: Final = bytes(byte if byte < 128 else 0 for byte in range(256))


def _raw(where: str, data: bytes) -> Iterator[Part]:
    """Bytes as the texts that they may be: UTF-8, else one byte a character; and UTF-16 where every other byte is nothing."""
    try:
        yield Part(where, data.decode("utf-8"), words=False)
    except UnicodeDecodeError:
        yield Part(where, data.translate(_PRINTABLE).decode("ascii"), words=False, binary=True)
    if data.count(0) * 4 > len(data):
        for start in (0, 1):  # the order of the bytes does not matter so much as where a pair begins
            plain = data[start::2].translate(_PRINTABLE).decode("ascii")
            yield Part(where, plain, words=False, binary=True)


def _image(data: bytes) -> Iterator[Part]:
    """The bytes of a picture with its compressed text blocks opened (PNG zTXt, iTXt and iCCP); and that it holds anything besides its pixels, if it does."""
    yield from _raw("the picture's data", data)
    for beside in beside_the_pixels(data):
        yield Part(
            "the picture's data", "", words=False, never=f"a picture that holds {beside}: it is not encoded anew"
        )
    if data.startswith(b"\x89PNG"):
        place = 8
        while place + 8 <= len(data):
            size, kind = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
            if kind in (b"zTXt", b"iTXt", b"iCCP", b"eXIf"):
                block = data[place + 8 : place + 8 + size]
                start = block.find(b"\x78")
                yield from _raw(
                    f"the picture's {kind.decode('ascii')} block",
                    block + (_inflated(block[start:]) if start >= 0 else b""),
                )
            place += size + 12


def _never(where: str, data: bytes) -> Iterator[Part]:
    """That a picture holds anything besides its pixels, if it does."""
    for beside in beside_the_pixels(data):
        yield Part(where, "", words=False, never=f"a picture that holds {beside}: it is not encoded anew")


def _zip(data: bytes) -> Iterator[Part]:
    """Every part of an Office file or archive, opened by what it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                yield Part("a name in the archive", info.filename)
                yield Part("a comment in the archive", info.comment.decode("utf-8", "replace"))
                if info.file_size > _MOST:
                    raise ValueError(f"{info.filename} is larger than can be searched")
                inner = archive.read(info)
                if info.filename.endswith((".xml", ".rels")):
                    text = inner.decode("utf-8", "replace")
                    # the words of one cell or paragraph may stand in several runs, so they are also read without their tags in between
                    yield Part(
                        info.filename,
                        html.unescape(re.sub(r"</(?:w:t|t|w:r|r|a:t)>.*?<(?:w:t|t|a:t)\b[^>]*>", "", text)),
                        words=False,
                    )
                    yield Part(info.filename, _without_tags(text))
                elif not info.is_dir():
                    yield from (
                        part._replace(where=f"{info.filename}, {part.where}") for part in parts(info.filename, inner)
                    )
    except zipfile.BadZipFile as error:
        raise ValueError(f"an archive cannot be opened: {error}") from None


def _pdf(data: bytes) -> Iterator[Part]:
    """The text of every page as a reader copies it; every string and every decompressed stream of the file; its raw bytes."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise ValueError(f"the PDF cannot be opened: {error}") from None
    try:
        for number in range(len(document)):
            page = document[number]
            text = page.get_textpage()
            yield Part(f"page {number + 1}", text.get_text_bounded().replace("\r\n", "\n").replace("\ufffe", "-"))
            text.close()
            page.close()
    finally:
        document.close()
    pictures: list[bytes] = []
    yield from _opened(data, pictures)
    for one in pictures:
        data = data.replace(one, b"", 1)
    yield Part("the file's bytes", data.translate(_PRINTABLE).decode("ascii"), words=False, binary=True)


def _opened(data: bytes, pictures: list[bytes]) -> Iterator[Part]:
    """The PDF written out again by qpdf with every stream and object unpacked: its metadata, content, strings and names; adds the streams of pixels to `pictures`."""
    import pikepdf

    plain = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            for inner in pdf.objects:
                if isinstance(inner, pikepdf.Stream) and inner.get("/Subtype") == pikepdf.Name.Image:
                    pictures.append(inner.read_raw_bytes())
                    yield from _pixels(inner)
                if isinstance(inner, pikepdf.Stream) and inner.get("/Type") == pikepdf.Name.Metadata:
                    yield Part("the metadata of the PDF", _without_tags(inner.read_bytes().decode("utf-8", "replace")))
            pdf.save(
                plain,
                compress_streams=False,
                stream_decode_level=pikepdf.StreamDecodeLevel.all,
                object_stream_mode=pikepdf.ObjectStreamMode.disable,
            )
    except pikepdf.PdfError as error:
        raise ValueError(f"the PDF cannot be opened: {error}") from None
    yield from _raw("a stream or an object of the PDF", plain.getvalue())
    strings = [_hex_string(match[1]) for match in _HEX_STRING.finditer(plain.getvalue())]
    yield Part("a description, bookmark, link or label of the PDF", _APART.join(dict.fromkeys(strings)))
    literal = [_ESCAPE.sub(_unescaped, match[1]).decode("latin-1") for match in _LITERAL.finditer(plain.getvalue())]
    yield Part("a description, bookmark, link or label of the PDF", _APART.join(dict.fromkeys(literal)))


def _pixels(stream: pikepdf.Stream) -> Iterator[Part]:
    """What a picture in a PDF holds besides its pixels; those are searched no further, for they are no words, and megabytes."""
    if "/DCTDecode" in str(stream.get("/Filter", "")):
        data = stream.read_raw_bytes()
        yield from _raw("a picture of the PDF", around_the_pixels(data))
        yield from _never("a picture of the PDF", data)
    else:
        data = stream.read_bytes()
        space: Any = stream.get("/ColorSpace", "")
        profile: Any = space[1] if "/ICCBased" in repr(space) and len(space) == 2 else {}
        channels = int(profile.get("/N", 0)) or _CHANNELS.get(str(space), 0)
        row = -(-int(stream.get("/Width", 0)) * channels * int(stream.get("/BitsPerComponent", 8)) // 8)
        yield from _raw("a picture of the PDF, behind its pixels", data[row * int(stream.get("/Height", 0)) :])
    stream.write(b"")


_CHANNELS: Final = {"/DeviceGray": 1, "/DeviceRGB": 3, "/DeviceCMYK": 4}
_APART: Final = "\n\n\n\n"  # more than may stand between the digits of one number
_HEX_STRING: Final = re.compile(rb"<((?:[0-9a-fA-F]{2}\s?){2,})>")
_LITERAL: Final = re.compile(rb"\(((?:[^()\\]|\\.){2,})\)", re.DOTALL)
_ESCAPE: Final = re.compile(rb"\\([0-7]{1,3}|\r?\n|.)", re.DOTALL)
_ESCAPED: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b" ", b"f": b" "}


def _unescaped(match: re.Match[bytes]) -> bytes:
    inner = match[1]
    if inner.isdigit():
        return bytes([int(inner, 8) & 255])
    return b"" if inner.strip() == b"" else _ESCAPED.get(inner, inner)


def _hex_string(digits: bytes) -> str:
    data = bytes.fromhex(digits.decode("ascii"))
    return data[2:].decode("utf-16-be", "ignore") if data.startswith(b"\xfe\xff") else data.decode("latin-1")
