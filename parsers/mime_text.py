"""Bytes to text as mail writes it: charsets under their many names, RFC 2047 words, base64. Not a parser; `mime` and what reads with it use this.

    =?utf-8?Q?Caf=C3=A9?=        charset?coding?text, in header values

Nothing in this module raises on any input. What had to be assumed is said in the `doubts` a caller passes in.
"""

from __future__ import annotations

import binascii
import codecs
import re
from functools import lru_cache
from typing import Final

import pybase64

_WORD: Final = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]*){0,3})\?=")
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
            text, read_as = unlabelled(raw)
            doubts.append(f"charset {'not stated' if stated in _NO_CHARSET else f'{stated} is not known'}: {read_as}")
    else:
        if not name and stated not in _NO_CHARSET and not raw.isascii():
            doubts.append(f"charset {stated} is not known: read as UTF-8")
    return text if name != "utf-7" else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def unlabelled(raw: bytes) -> tuple[str, str]:
    """Text of no stated charset that is not valid UTF-8, and what it was read as: UTF-8 with a few broken characters (cut in two), or Windows-1252."""
    text = raw.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if sum(character > "\x7f" for character in text) > 2 * broken:
        return text, "read as UTF-8, of which some characters are broken"
    return raw.decode("cp1252", "replace"), "read as Windows-1252"


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
