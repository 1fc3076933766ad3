"""The characters of an XML file put right, and counted, before expat sees them: it stops at the first one that XML forbids. Not a parser.

Android programs write an emoji as two references, one for each half of its UTF-16 (`&#55357;&#56832;`), and control characters as references
(`&#0;`); XML has neither. Pairs are joined; single halves, control characters, also raw ones, and bytes that are not UTF-8 become U+FFFD.

What is not UTF-8 is made so on the way in: UTF-16 and UTF-32 by their mark or their NULs, the Windows and ISO 8859 sets where the XML declaration names
one. A file that names none and is not UTF-8 is read as Windows-1252, which is said in a remark.
"""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO

from parsers.contract import Source
from parsers.reading import encoding

_BLOCK = 1 << 20
_LARGE = 1 << 20
"""Bytes from which numpy is quicker than its import costs."""
_REPLACED = "\ufffd".encode()
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
_CONTROL = re.compile(b"[" + re.escape(_CONTROLS) + b"]")
_HALVES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_ONE = r"&#(?:x[0-9A-Fa-f]{1,10}|[0-9]{1,10});"
_REFERENCES = re.compile(rf"&(?!#(?:9|10|13);){_ONE[1:]}(?:{_ONE})*")
_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]+)|([0-9]+));")
_DECLARED = re.compile(rb"""\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_SINGLE_BYTE = re.compile(r"(?:windows-?|cp)125\d|iso-?8859-?\d{1,2}|latin-?1")


class Repairs:
    """Puts right the text of one file, and counts."""

    def __init__(self) -> None:
        self.joined = 0
        self.halves = 0
        self.controls = 0
        self.unreadable = 0

    def text(self, data: bytes) -> str:
        """Bytes as text that expat takes. The bytes must not end within a character or a reference.

        No repair adds or removes a `<`, so that a place can be found again in the file by counting them.
        """
        if _has_controls(data):
            data, count = _CONTROL.subn(_REPLACED, data)
            self.controls += count
        try:
            text = data.decode()
        except UnicodeDecodeError:
            data, count = _HALVES.subn(_joined, data)
            self.joined += count
            text = data.decode("utf-8", "replace")
            self.unreadable += text.count("\ufffd") - data.count(_REPLACED)
        for forbidden in ("\ufffe", "\uffff"):
            if forbidden in text:
                self.controls += text.count(forbidden)
                text = text.replace(forbidden, "\ufffd")
        return _REFERENCES.sub(self._references, text) if "&#" in text else text

    def __add__(self, other: Repairs) -> Repairs:
        both = Repairs()
        for name, count in vars(self).items():
            setattr(both, name, count + getattr(other, name))
        return both

    def words(self) -> str:
        """What was done, in plain words; "" if nothing was."""
        replaced = [
            _counted(self.halves, "broken half", "broken halves"),
            _counted(self.controls, "control character", "control characters"),
            _counted(self.unreadable, "unreadable character", "unreadable characters"),
        ]
        replaced = [words for words in replaced if words]
        done = [_counted(self.joined, "emoji written in two halves joined", "emoji written in two halves joined")]
        done.append(f"{' and '.join(replaced)} replaced by \ufffd" if replaced else "")
        return ", ".join(words for words in done if words)

    def _references(self, run: re.Match[str]) -> str:
        """A run of character references with what XML forbids put right; the good ones stay as they are written."""
        out: list[str] = []
        high = 0
        for one in _REFERENCE.finditer(run[0]):
            code = int(one[1], 16) if one[1] else int(one[2])
            if high and 0xDC00 <= code <= 0xDFFF:
                out[-1] = f"&#{0x10000 + ((high - 0xD800) << 10) + code - 0xDC00};"
                self.halves -= 1
                self.joined += 1
                high = 0
            elif 0xD800 <= code <= 0xDFFF:
                high = code if code < 0xDC00 else 0
                self.halves += 1
                out.append("\ufffd")
            elif (code < 32 and code not in {9, 10, 13}) or code in {0xFFFE, 0xFFFF} or code > 0x10FFFF:
                high = 0
                self.controls += 1
                out.append("\ufffd")
            else:
                high = 0
                out.append(one[0])
        return "".join(out)


class Transcoded:
    """A file in another encoding, read as UTF-8."""

    def __init__(self, file: BinaryIO, codec: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(codec)("replace")

    def read(self, size: int) -> bytes:
        """The UTF-8 of the next so many bytes of the file; b"" at its end."""
        while block := self._file.read(size):
            if text := self._decoder.decode(block):
                return text.encode()
        text = self._decoder.decode(b"", final=True)
        self._decoder.reset()
        return text.encode()

    def close(self) -> None:
        """Closes the file."""
        self._file.close()


def codec_of(source: Source) -> tuple[str, str]:
    """The codec of an XML file, and a remark if it had to be judged."""
    judged = encoding(source.head)
    if judged.startswith(("utf-16", "utf-32")):
        return judged, ""
    declared = _DECLARED.match(source.head)
    if judged == "utf-8-sig":
        return "utf-8", ""
    if not declared:
        return _undeclared(source)
    name = declared[1].decode().lower()
    if _SINGLE_BYTE.fullmatch(name):
        try:
            return codecs.lookup(name).name, ""
        except LookupError:
            pass
    if name in {"utf-8", "utf8", "us-ascii", "ascii"}:
        return "utf-8", ""
    return (
        "utf-8",
        f"The file says that its characters are stored as {name}, which is not how they are stored, or not known here: read as UTF-8.",
    )


def _undeclared(source: Source) -> tuple[str, str]:
    """UTF-8, as XML rules where nothing is declared, unless more of what is not plain ASCII fails as UTF-8 than succeeds."""
    good = bad = 0
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    with source.open() as file:
        while block := file.read(_BLOCK):
            text = decoder.decode(block)
            if not text.isascii():
                failed = text.count("\ufffd")
                bad += failed
                good += len(text) - len(text.encode("ascii", "ignore")) - failed
    if bad <= good:
        return "utf-8", ""
    return (
        "cp1252",
        "The file does not say how its characters are stored, and they are not UTF-8: read as Windows-1252, the usual set in Britain.",
    )


def _has_controls(data: bytes) -> bool:
    if len(data) < _LARGE:
        return len(data.translate(None, _CONTROLS)) != len(data)
    from parsers import xml_columns

    return xml_columns.has_controls(data)


def _joined(pair: re.Match[bytes]) -> bytes:
    halves = pair[0].decode("utf-8", "surrogatepass")
    return halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le").encode()


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}" if count else ""
