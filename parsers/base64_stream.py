"""Base64 decoded and hashed as it streams by, never held whole: what an attachment in a text file was, in little memory. Not a parser."""

from __future__ import annotations

import binascii
import hashlib
import re
from typing import NamedTuple

import pybase64

_SPACES = (b"&", b"\n", b" ", b"\r", b"\t")
_SPACE = re.compile(rb"&#(?:x0{0,4}(?:9|[AaDd])|0{0,4}(?:9|10|13));|[ \t\r\n]+")
_REFERENCE = 10
"""Length of the longest reference to a white space that is looked for."""


class Decoded(NamedTuple):
    """What a base64 text held: `size` None and `sha256` "" if it could not be decoded, then `fault` says why."""

    size: int | None
    sha256: str
    fault: str


class Base64:
    """One base64 text, given piece by piece. White space in it, also as XML references (`&#10;`), is left out; anything else foreign is a fault.

    Of what it held the first `keep` bytes are kept, in `kept`.
    """

    def __init__(self, keep: int = 0) -> None:
        self.kept = bytearray()
        self._keep = keep
        self._rest = b""
        self._size = 0
        self._digest = hashlib.sha256()
        self._ended = False
        self._fault = ""

    def feed(self, data: bytes) -> None:
        """The next bytes of the text."""
        if self._fault:
            return
        data = self._rest + data if self._rest else data
        if any(space in data for space in _SPACES):
            data = _SPACE.sub(b"", data)
        whole = len(data)
        reference = data.rfind(b"&", max(whole - _REFERENCE, 0))
        if reference >= 0:  # perhaps a line end whose reference goes on in the next piece
            whole = reference
        whole &= ~3
        self._decode(data[:whole])
        self._rest = data[whole:]

    def end(self) -> Decoded:
        """What it was, once all has been given."""
        if not self._fault:
            self._decode(self._rest)
        if self._fault:
            return Decoded(None, "", self._fault)
        return Decoded(self._size, self._digest.hexdigest(), "")

    def _decode(self, data: bytes) -> None:
        if not data:
            return
        try:
            raw = b"" if self._ended else pybase64.b64decode(data, validate=True)
        except binascii.Error:
            raw = b""
        if not raw:
            self._fault = "its base64 is broken"
            return
        self._ended = data.endswith(b"=")  # nothing may follow the padding
        if self._keep > len(self.kept):
            self.kept += raw[: self._keep - len(self.kept)]
        self._size += len(raw)
        self._digest.update(raw)
