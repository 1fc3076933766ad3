"""RFC 822 and MIME: bytes to a tree of parts, and the codings inside them. Not a parser of its own; `mail_message` makes records of what is found here.

    header block   Name: value, folded lines start with a space or tab, ends at the first empty line (or the first line that is no header)
    RFC 2047       =?utf-8?Q?Caf=C3=A9?= in header values; RFC 2231  filename*0*=utf-8''Caf%C3%A9 in parameters
    multipart      parts between lines "--boundary", closed by "--boundary--"; nested to any depth (here: `DEEPEST`)

Why not the `email` package: it cannot give the bytes of an attached message as they stand (so no citable SHA-256), it recurses (a mail can be nested 10,000
deep), its header access can raise, and it reads every attachment line by line. Here a part is two offsets into the one `bytes`; nothing is decoded until asked
for. Where the two differ on real mail is held in tests/test_mime.py.

Nothing in this module raises on any input. What had to be assumed is said in the `doubts` a caller passes in.
"""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes

import pybase64

DEEPEST: Final = 50
MOST_PARTS: Final = 10_000

FIELD: Final = re.compile(rb"([!-9;-~]*+)[ \t]*+:[ \t]*+([^\n]*(?:\n[ \t][^\n]*)*)\n?")
_ENVELOPE: Final = re.compile(rb">?From [^\n]*\n")
_EMPTY_LINE: Final = re.compile(rb"\r*(?:\n|\Z)")
_AFTER_BOUNDARY: Final = re.compile(rb"(--)?[ \t]*+\r*(?:\n|\Z)")
_FOLD: Final = re.compile(r"\r?\n[ \t]+")
_WORD: Final = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]*){0,3})\?=")
_PARAMETER: Final = re.compile(r""";\s*+([^\s=;"]++)\s*+=\s*+(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^;]*+))""", re.DOTALL)
_BITS: Final = re.compile(r"[678][ -]?bits?")
_NOT_BASE64: Final = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))

_CHARSETS: Final = {  # names met in mail that Python lacks, or whose usual superset reads what is really sent under them (WHATWG Encoding)
    "ansi": "cp1252", "ansi_x3.110-1983": "cp1252", "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "iso_8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252",
    "cp-850": "cp850", "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030", "iso-8859-8-i": "iso8859-8", "iso-8859-8-e": "iso8859-8",
    "iso-8859-6-i": "iso8859-6", "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "euc-kr": "cp949", "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "sjis": "cp932",
    "unicode-1-1-utf-7": "utf-7", "utf-8mb4": "utf-8", "utf8mb4": "utf-8", "unicode": "utf-8", "windows-874": "cp874", "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman", "big5": "cp950", "iso-8859-9": "cp1254",
}  # fmt: skip
_NO_CHARSET: Final = frozenset(
    {"", "us-ascii", "ascii", "unknown-8bit", "x-unknown", "unknown", "default", "8bit", "7bit", "binary", "x-user-defined"}
)  # fmt: skip
_NOT_FOR_MAIL: Final = frozenset(
    {"unicode_escape", "raw_unicode_escape", "idna", "punycode", "undefined", "mbcs", "oem"}
)  # fmt: skip
_CHARSET_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_:.+-]{0,39}")


class Headers:
    """The header fields of a message or part, in order; values are decoded from bytes (not from RFC 2047) when asked for."""

    def __init__(self) -> None:
        self._fields: dict[str, list[bytes]] = {}
        self.not_utf8 = False
        """Whether a value asked for so far held bytes that are not UTF-8 and were read as Windows-1252."""

    def add(self, name: str, value: bytes) -> None:
        """Takes in one field: its name in lower case, its value as it stands."""
        self._fields.setdefault(name, []).append(value)

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def all(self, name: str) -> list[str]:
        """Every value of a field, unfolded, as written."""
        return [self._text(value) for value in self._fields.get(name, ())]

    def first(self, name: str) -> str:
        """The first value of a field, unfolded, as written; "" if there is none."""
        values = self._fields.get(name)
        return self._text(values[0]) if values else ""

    def _text(self, raw: bytes) -> str:
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            text = raw.decode("cp1252", "replace")
            self.not_utf8 = True
        return (_FOLD.sub(" ", text) if "\n" in text else text).strip()


@dataclass
class Part:
    """A message or a part of one: its headers and where its body stands in the bytes."""

    headers: Headers
    type: str
    parameters: dict[str, str]
    start: int
    end: int
    children: list[Part] = field(default_factory=list)
    fault: str = ""

    @property
    def disposition(self) -> str:
        """What the part says it is for: `attachment`, `inline` or nothing."""
        return self.headers.first("content-disposition").partition(";")[0].strip().lower()

    def name(self, doubts: list[str]) -> str:
        """The name of the file, decoded; "" if none is given."""
        _, given = value_and_parameters(self.headers.first("content-disposition"), doubts)
        return (
            given.get("filename")
            or self.parameters.get("filename")
            or given.get("name")
            or self.parameters.get("name")
            or ""
        )


def read(data: bytes) -> Part:
    """The tree of a message."""
    root = _part(data, 0, len(data), "text/plain")
    waiting, parts = [(root, 0)], 1
    while waiting:
        part, depth = waiting.pop()
        if not part.type.startswith("multipart/"):
            continue
        boundary = part.parameters.get("boundary", "")
        if depth >= DEEPEST or parts >= MOST_PARTS:
            part.fault = (
                f"nested deeper than {DEEPEST} levels: not opened"
                if depth >= DEEPEST
                else f"more than {MOST_PARTS} parts: not opened"
            )
            continue
        inner = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
        for start, end, closed in _between(data, part.start, part.end, boundary.encode()) if boundary else ():
            part.children.append(_part(data, start, end, inner))
            if not closed:
                part.fault = "not closed: the message may have been cut off"
            if (parts := parts + 1) >= MOST_PARTS:
                part.fault = f"more than {MOST_PARTS} parts: the rest is not opened"
                break
        waiting.extend((child, depth + 1) for child in part.children)
        if not part.children:
            part.type = "text/plain"
            part.fault = "multipart without parts: shown as it stands" if data[part.start : part.end].strip() else ""
    return root


def read_headers(data: bytes, start: int, end: int) -> tuple[Headers, int]:
    """The header block from `start`, and where the body begins."""
    headers = Headers()
    at = start
    while at < end:
        match = FIELD.match(data, at, end)
        if match is None:
            match = _ENVELOPE.match(data, at, end)
            if match is None:
                break
        else:
            headers.add(match[1].decode("ascii").lower(), match[2])
        at = match.end()
    empty = _EMPTY_LINE.match(data, at, end)
    return headers, empty.end() if empty else at


def _part(data: bytes, start: int, end: int, usual: str) -> Part:
    headers, body = read_headers(data, start, end)
    written = headers.first("content-type")
    kind, parameters = value_and_parameters(written, []) if written else (usual, {})
    kind = kind.lower() if "/" in kind else "text/plain" if kind else usual
    return Part(headers, kind, parameters, body, end)


def _between(data: bytes, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    """The parts of a multipart body: from, to, and whether a boundary follows."""
    mark = b"--" + boundary
    opened = -1
    at = data.find(mark, start, end)
    while at >= 0:
        after = _AFTER_BOUNDARY.match(data, at + len(mark), end) if at == start or data[at - 1] == 10 else None
        if after is None:
            at = data.find(mark, at + 1, end)
            continue
        if opened >= 0:
            stop = at - 1 if at > opened else at
            yield opened, stop - 1 if stop > opened and data[stop - 1] == 13 else stop, True
        # A part may follow even the closing boundary (a broken program wrote it): it is shown rather than lost.
        opened = -1 if after[1] else after.end()
        at = data.find(mark, after.end(), end)
    if 0 <= opened < end:
        yield opened, end, False


def value_and_parameters(text: str, doubts: list[str]) -> tuple[str, dict[str, str]]:
    """`text/plain; charset=utf-8; name*0*=...` as ("text/plain", {"charset": "utf-8", "name": ...}), RFC 2231 and 2047 decoded."""
    main, semicolon, _ = text.partition(";")
    if not semicolon:
        return main.strip(), {}
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in _PARAMETER.finditer(text, len(main)):
        name = match[1].lower()
        value = re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3].strip()
        if match[2] is None and "name" not in name:
            value = value.split()[0] if value else ""  # a comment, or words after a missing semicolon
        if "*" not in name:
            plain.setdefault(name, decode_words(value, doubts) if "name" in name else value)
            continue
        base, _, rest = name.partition("*")
        number = rest.rstrip("*")
        if not number or (number.isdecimal() and len(number) < 5):
            pieces.setdefault(base, {})[int(number or 0)] = (value, rest.endswith("*") or not rest)
    for base, numbered in pieces.items():
        plain[base] = _join(numbered, doubts)
    return main.strip(), plain


def _join(numbered: dict[int, tuple[str, bool]], doubts: list[str]) -> str:
    """The pieces of an RFC 2231 parameter, of which the first may name the charset: `utf-8'en'...`."""
    pieces = [numbered[number] for number in sorted(numbered)]
    charset = "utf-8"
    if pieces[0][1] and pieces[0][0].count("'") >= 2:
        charset, _, value = pieces[0][0].split("'", 2)
        pieces[0] = (value, True)
    raw = b"".join(unquote_to_bytes(value) if coded else value.encode("utf-8", "replace") for value, coded in pieces)
    return decode_bytes(raw, charset, doubts)


@lru_cache(maxsize=512)
def codec(charset: str) -> str:
    """The Python codec for a charset as written in a mail; "" if there is none, or none that a mail may ask for."""
    name = charset.strip().strip("\"'").lower()
    name = _CHARSETS.get(name, name)
    if not _CHARSET_NAME.fullmatch(name):
        return ""
    try:
        found = codecs.lookup(name).name
        if found.replace("-", "_") in _NOT_FOR_MAIL:
            return ""
        b"    ".decode(found)  # refuses the codecs that are not of text (zlib, rot13)
    except LookupError:
        return ""
    except UnicodeDecodeError:  # four spaces are no UTF-32
        pass
    return found


def decode_bytes(raw: bytes, charset: str, doubts: list[str]) -> str:
    """Text in a stated charset. A charset that is unknown, missing or wrong: UTF-8 if it is valid, else Windows-1252; said in `doubts`."""
    if (
        raw.isascii()
        and b"\x1b" not in raw
        and charset.lower() in {"utf-8", "us-ascii", "iso-8859-1", "windows-1252", ""}
    ):
        return raw.decode("ascii")
    stated = charset.strip().strip("\"'").lower()
    name = "" if stated in _NO_CHARSET else codec(charset)
    try:
        text = raw.decode(name or "utf-8")
    except UnicodeDecodeError:
        if name:
            doubts.append(f"some characters could not be read (they are not in {charset}, as stated)")
            text = raw.decode(name, "replace")
        else:
            doubts.append(
                f"charset {stated} is not known: read as Windows-1252"
                if stated not in _NO_CHARSET
                else "charset not stated: read as Windows-1252"
            )
            text = raw.decode("cp1252", "replace")
    else:
        if not name and stated not in _NO_CHARSET and not raw.isascii():
            doubts.append(f"charset {stated} is not known: read as UTF-8")
    return text if name != "utf-7" else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def decode_words(text: str, doubts: list[str]) -> str:
    """A header value with its RFC 2047 words decoded. Neighbouring words are joined as bytes first: programs cut characters in two."""
    if "=?" not in text:
        return text
    out: list[str] = []
    at = 0
    charset, raw = "", b""
    for match in _WORD.finditer(text):
        between = text[at : match.start()]
        apart = bool(between.strip()) or not at  # white space between two words is not part of the text
        if raw and (apart or match[1].lower() != charset):
            out.append(decode_bytes(raw, charset, doubts))
            raw = b""
        if apart:
            out.append(between)
        charset, at = match[1].lower(), match.end()
        # Characters that should have been coded and were not are put back as they will have stood there.
        coded = match[3].encode("ascii" if match[3].isascii() else codec(match[1]) or "utf-8", "replace")
        raw += base64_bytes(coded)[0] if match[2] in "bB" else binascii.a2b_qp(coded, header=True)
    out.append(decode_bytes(raw, charset, doubts) if raw else "")
    out.append(text[at:])
    return "".join(out)


def base64_bytes(coded: bytes) -> tuple[bytes, bool]:
    """Decoded bytes, and whether the coding was sound. Missing padding is sound; strange characters are passed over."""
    tight = coded.translate(None, b" \t\r\n")
    try:
        return pybase64.b64decode(tight + b"=" * (-len(tight) % 4), validate=True), True
    except (binascii.Error, ValueError):
        bare = coded.translate(None, _NOT_BASE64)
        bare = bare[: len(bare) - (len(bare) % 4 == 1)]
        return pybase64.b64decode(bare + b"=" * (-len(bare) % 4)), False


def content(data: bytes, part: Part) -> tuple[bytes, str]:
    """The bytes of a part without its transfer encoding, and what is wrong with them ("" if nothing)."""
    raw = data[part.start : part.end]
    coding = part.headers.first("content-transfer-encoding").split("(")[0].strip().strip("\"'").lower()
    if coding == "base64":
        decoded, sound = base64_bytes(raw)
        return decoded, "" if sound else "base64 is damaged"
    if coding == "quoted-printable":
        return binascii.a2b_qp(raw), ""
    plain = not coding or coding == "binary" or _BITS.fullmatch(coding)
    return raw, "" if plain else f"transfer encoding {coding} is not read"
