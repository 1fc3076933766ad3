"""The few properties of an XMP packet that tell when and where a picture was taken (ISO 16684-1; exif, photoshop and xmp namespaces). Not a parser.

    <x:xmpmeta ...><rdf:RDF ...>
      <rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/"
          exif:DateTimeOriginal="2026-05-01T14:05:12+01:00">              as attributes
        <exif:GPSLatitude>51,30.5N</exif:GPSLatitude>                     or as elements
        <exif:GPSLongitude>0.14</exif:GPSLongitude><exif:GPSLongitudeRef>W</exif:GPSLongitudeRef>    Apple Photos: degrees, the letter apart
        <Iptc4xmpExt:LocationShown> ... <exif:GPSLatitude>                of what the picture shows, or of another picture: not read

Only what stands directly in a description directly under `rdf:RDF` is a property of this picture. UTF-8, UTF-16 or UTF-32. Of a packet that breaks off or is not
well formed, what stands before the damage is read; a document type is damage.
"""

from __future__ import annotations

from typing import Final, NoReturn
from xml.parsers import expat

from parsers.reading import encoding

DATES: Final = ("exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate")
POSITION: Final = ("exif:GPSLatitude", "exif:GPSLatitudeRef", "exif:GPSLongitude", "exif:GPSLongitudeRef")
_WANTED: Final = frozenset({*DATES, *POSITION})
_SPACES: Final = {
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/xap/1.0/": "xmp",
}
_CONTROLS: Final = dict.fromkeys(set(range(32)) - {9, 10, 13}, "\ufffd")
"""Cameras copy such characters from their own fields into the packet; XML does not know them."""
_LONGEST = 100
_DEEPEST = 100


def xmp_fields(packet: bytes, flags: list[str]) -> dict[str, str]:
    """The wanted properties that are not empty, by their usual prefixes; the first of each. Damage becomes a flag."""
    if not packet.strip(b"\0 \t\r\n"):
        return {}
    reader = _Reader()
    text = packet.decode(encoding(packet), "replace").strip("\0 \t\r\n\ufeff").translate(_CONTROLS)
    try:
        reader.parser.Parse(text.encode(), True)
    except (expat.ExpatError, _Damage):
        if not reader.whole:
            flags.append("the XMP block is damaged")
    return {name: value for name, value in reader.found.items() if value}


class _Damage(Exception):  # noqa: N818 -- caught in this file
    """A document type, or elements nested too deeply."""


class _Reader:
    """Expat over a packet: the open elements, by their local names, and what has been found."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self.whole = False
        self._prefixes: dict[str, str] = {}
        self._open: list[str] = []
        self._name = ""
        self._text: list[str] = []
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = _refuse

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        for key, value in attributes.items():
            if key.startswith("xmlns:"):
                self._prefixes[key[6:]] = value
        if self._open[-2:] == ["RDF", "Description"] and self._open.count("RDF") == 1:
            self._name = self._usual(name)
            self._text.clear()
            self.parser.CharacterDataHandler = self._text.append if self._name in _WANTED else None
        elif self._name:  # what holds other elements is no plain value
            self._name, self.parser.CharacterDataHandler = "", None
        self._open.append(name.rpartition(":")[2])
        if len(self._open) > _DEEPEST:
            raise _Damage
        if self._open[-2:] == ["RDF", "Description"] and self._open.count("RDF") == 1:
            for key, value in attributes.items():
                self._keep(self._usual(key), value)

    def _end(self, _name: str) -> None:
        if self._open.pop() == "RDF":
            self.whole = True
        if self._name:
            self._keep(self._name, "".join(self._text))
            self._name, self.parser.CharacterDataHandler = "", None

    def _usual(self, name: str) -> str:
        """A name with the usual prefix of its namespace; of one that is not declared, as it is."""
        prefix, _, plain = name.rpartition(":")
        usual = _SPACES.get(self._prefixes.get(prefix, ""), prefix)
        return f"{'xmp' if usual == 'xap' else usual}:{plain}"

    def _keep(self, name: str, value: str) -> None:
        if name in _WANTED and len(value := value.strip()) <= _LONGEST:
            self.found.setdefault(name, value)


def _refuse(*_: object) -> NoReturn:
    raise _Damage
