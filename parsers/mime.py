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
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_to_bytes

from parsers.mime_text import base64_bytes, decode_bytes, decode_words, unlabelled

DEEPEST: Final = 50
MOST_PARTS: Final = 10_000

FIELD: Final = re.compile(rb"([!-9;-~]*+)[ \t]*+:[ \t]*+([^\n]*(?:\n[ \t][^\n]*)*)\n?")
_ENVELOPE: Final = re.compile(rb">?From [^\n]*\n")
_STRAY: Final = re.compile(
    rb"[^\r\n][^\n]*\n(?=(?:From|To|Cc|Date|Subject|Message-ID|Received|MIME-Version|Content-[A-Za-z-]+|X-[A-Za-z0-9-]+)[ \t]*:)",
    re.IGNORECASE,
)
_EMPTY_LINE: Final = re.compile(rb"\r*(?:\n|\Z)")
_AFTER_BOUNDARY: Final = re.compile(rb"(--)?[ \t]*+\r*(?:\n|\Z)")
_FOLD: Final = re.compile(r"\r?\n[ \t]+")
_PARAMETER: Final = re.compile(
    r"""(?:;|(?<![\s;])\s)\s*+([^\s=;"]++)\s*+=\s*+(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^\s;]*+))""", re.DOTALL
)
_COMMENT: Final = re.compile(r"\([^()]*\)")
_BARE_VALUE: Final = re.compile(r"[\w/.+-]*+")
_TYPE: Final = re.compile(r"[^/\s]+/[^/\s]+")
_UU_BEGIN: Final = re.compile(rb"^begin [0-7]{3,4} [^\n]*\n", re.MULTILINE)
_BITS: Final = re.compile(r"[678][ -]?bits?")


class Headers:
    """The header fields of a message or part, in order; values are decoded from bytes (not from RFC 2047) when asked for."""

    def __init__(self) -> None:
        self._fields: dict[str, list[bytes]] = {}
        self.read_as = ""
        """As what a value asked for so far was read, whose bytes are not UTF-8."""
        self.stray = 0
        """How many lines among the headers are none, and were passed over."""

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
            text, self.read_as = unlabelled(raw)
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
        return value_and_parameters(self.headers.first("content-disposition"), [])[0].lower()

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
                # Before the body can have begun: on its way a mail got a sender and a time.
                match = _STRAY.match(data, at, end) if "received" in headers and "from" not in headers else None
                headers.stray += match is not None
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
    kind = kind.lower() if _TYPE.fullmatch(kind) else "text/plain" if kind else usual  # RFC 2045 section 5.2
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
    """`text/plain; charset=utf-8; name*0*=...` as ("text/plain", {"charset": "utf-8", "name": ...}), RFC 2231 and 2047 decoded.

    Comments are left out of the value, semicolons may be missing.
    """
    if _BARE_VALUE.fullmatch(text):
        return text, {}
    main = text.partition(";")[0]
    if "=" in main and (words := main.partition("=")[0].split()[:-1]):
        main = main[: main.rindex(words[-1], 0, main.index("=")) + len(words[-1])]
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    at = len(main)
    main = _COMMENT.sub("", main).strip()
    main = "".join(main.split()) if "/" in main else main
    while match := _PARAMETER.search(text, at):
        name, at = match[1].lower(), match.end()
        if match[2] is not None:
            value = re.sub(r"\\(.)", r"\1", match[2])
        elif "name" in name:  # a file name without the quotation marks that its spaces need
            at = end if (end := text.find(";", at)) >= 0 else len(text)
            value = text[match.start(3) : at].strip()
        else:  # what follows is a comment, or one more after a missing semicolon
            value = match[3]
        if "*" not in name:
            plain.setdefault(name, decode_words(value, doubts) if "name" in name else value)
            continue
        base, _, rest = name.partition("*")
        number = rest.rstrip("*")
        if not number or (number.isdecimal() and len(number) < 5):
            pieces.setdefault(base, {})[int(number or 0)] = (value, rest.endswith("*") or not rest)
    for base, numbered in pieces.items():
        plain[base] = _join(numbered, doubts)
    return main, plain


def _join(numbered: dict[int, tuple[str, bool]], doubts: list[str]) -> str:
    """The pieces of an RFC 2231 parameter, of which the first may name the charset: `utf-8'en'...`."""
    pieces = [numbered[number] for number in sorted(numbered)]
    charset = "utf-8"
    if pieces[0][1] and pieces[0][0].count("'") >= 2:
        charset, _, value = pieces[0][0].split("'", 2)
        pieces[0] = (value, True)
    raw = b"".join(unquote_to_bytes(value) if coded else value.encode("utf-8", "replace") for value, coded in pieces)
    return decode_bytes(raw, charset, doubts)


def content(data: bytes, part: Part) -> tuple[bytes, str]:
    """The bytes of a part without its transfer encoding, and what is wrong with them ("" if nothing)."""
    raw = data[part.start : part.end]
    coding = part.headers.first("content-transfer-encoding").split("(")[0].strip().strip("\"'").lower()
    if coding == "base64":
        decoded, sound = base64_bytes(raw)
        return decoded, "" if sound else "base64 is damaged"
    if coding == "quoted-printable":
        return binascii.a2b_qp(raw), ""
    if coding in {"x-uuencode", "uuencode", "x-uue"}:
        return _uudecoded(raw)
    plain = not coding or coding == "binary" or _BITS.fullmatch(coding)
    return raw, "" if plain else f"transfer encoding {coding} is not read"


def _uudecoded(raw: bytes) -> tuple[bytes, str]:
    """What stands between `begin 644 name` and `end` (POSIX uuencode), and what is wrong with it."""
    begin = _UU_BEGIN.search(raw)
    if begin is None:
        return raw, "uuencode is damaged"
    out: list[bytes] = []
    for line in raw[begin.end() :].splitlines():
        if line.rstrip() == b"end":
            return b"".join(out), ""
        try:  # programs pad lines, or leave off the spaces at their ends
            out.append(binascii.a2b_uu(line[: 1 + (((line[0] - 32) & 63) + 2) // 3 * 4]) if line else b"")
        except binascii.Error:
            return b"".join(out), "uuencode is damaged"
    return b"".join(out), "uuencode is damaged"
