"""The few properties of an XMP packet that tell when and where a picture was taken (ISO 16684-1; exif, photoshop and xmp namespaces). Not a parser.

    <rdf:Description exif:DateTimeOriginal="2026-05-01T14:05:12+01:00" ...      as attributes
    <exif:GPSLatitude>51,30.5N</exif:GPSLatitude>                               or as elements

It is searched, not parsed as XML: the wanted properties are plain texts, and a packet that is cut off or not well formed still has them.
"""

from __future__ import annotations

import re
from typing import Final

DATES: Final = ("exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate")
POSITION: Final = ("exif:GPSLatitude", "exif:GPSLongitude")
_WANTED: Final = frozenset({*DATES, *POSITION})
_PROPERTY = re.compile(r"""\b([a-z]{3,9}:[A-Za-z]{4,24})(?:\s{0,9}=\s{0,9}["']([^<>"']{1,64})["']|>([^<>]{1,64})<)""")


def xmp_fields(packet: bytes) -> dict[str, str]:
    """The wanted properties that are not empty; the first of each."""
    found: dict[str, str] = {}
    for match in _PROPERTY.finditer(packet.decode("utf-8", "replace")):
        name = match[1].replace("xap:", "xmp:")  # the prefix of older Adobe programs
        if name in _WANTED:
            found.setdefault(name, (match[2] or match[3]).strip())
    return {name: text for name, text in found.items() if text}
