"""A file of notes on a photo, without the photo: what Google Photos (Takeout) writes beside each, or an XMP sidecar. One record for each file.

    IMG_1.jpg.supplemental-metadata.json    {"title": "IMG_1.jpg", "photoTakenTime": {"timestamp": "1777640712", ...}, "geoData": {...}, ...}
    IMG_1.xmp                               <x:xmpmeta ...><rdf:Description exif:DateTimeOriginal="2026-05-01T14:05:12+01:00" .../>

What they hold, and how they are named, stands in `parsers.photo_beside` and `parsers.xmp_packet`. Where the photo or film lies beside its notes, it is read together with
them, and the register says that they came with it: then the record made here is left out. Where it does not, this record is all there is of it:

    at notes   kind photo   channel camera   when 2026-05-01 13:05:12 UTC, basis epoch   lat 51.5   lon -0.14
    flags: notes on a photo that did not come with them: IMG_1.jpg | ...
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parsers.contract import PHOTO, VIDEO, Output, Problem, Record, Source
from parsers.exif_fields import Fields
from parsers.exif_gps import SatelliteTime, xmp_position
from parsers.exif_time import clocks, others, taken
from parsers.photo_beside import read_notes
from parsers.reading import encoding, is_binary
from parsers.xmp_packet import DATES, xmp_fields

TITLE = "Notes on a photo (Google Photos, XMP)"
HOW_TO_EXPORT = (
    "Google Photos: takeout.google.com, choose Google Photos alone, and add the .zip files as they come: the photos and their notes belong together. XMP sidecars lie beside"
    " the photos in the folders of Lightroom, darktable or digiKam: add the whole folder."
)
CANNOT_SHOW = (
    "The photo itself, where it is not beside its notes.",
    "Whether time and place come from the camera, from a person's hand or from an estimate: Google Photos and editing programs do not say.",
    "Who took it: photos that others shared are kept with one's own.",
)

_FILMS = re.compile(r"\.(?:mp4|mov|m4v|3gp|avi|mkv|webm|mts|mpg)$", re.IGNORECASE)
_LIMIT = 1 << 20
_PACKET: Final = re.compile(r"\ufeff?\s*(?:<\?xpacket|<\?xml|<x:xmpmeta|<rdf:RDF)")


def sniff(source: Source) -> bool:
    """Notes by the time they hold, whatever their name; an XMP packet by its first element and its name."""
    head = source.head
    if is_binary(head):
        return False
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return b'"photoTakenTime"' in head and b'"title"' in head
    if not source.name.lower().endswith(".xmp"):
        return False
    text = head.decode(encoding(head), "replace")
    return bool(_PACKET.match(text)) and "rdf:RDF" in text


def parse(source: Source) -> Iterator[Output]:
    """The one record, or a problem."""
    yield _of_packet(source) if source.name.lower().endswith(".xmp") else _of_google(source)


def _of_google(source: Source) -> Record | Problem:
    notes = read_notes(source)
    if notes is None:
        return Problem(
            "notes", "these notes of Google Photos are damaged: they cannot be read as JSON, or the time is missing"
        )
    placed = f"position from the notes of Google Photos: {notes.where}" if notes.where else ""
    return Record(
        "notes",
        VIDEO if _FILMS.search(notes.title) else PHOTO,
        "camera",
        notes.taken,
        lat=notes.lat,
        lon=notes.lon,
        flags=tuple(
            filter(None, (_alone(notes.title), placed, *notes.flags, "" if notes.taken else "no date in the notes"))
        ),
        extra={name: text for name, text in notes.extra.items() if text} or None,
    )


def _of_packet(source: Source) -> Record:
    with source.open() as file:
        packet = file.read(_LIMIT)
    flags = [_alone(source.name.rpartition(".")[0])]
    fields = xmp_fields(packet, flags)
    position = xmp_position(fields)
    flags += position.flags
    dates = clocks(Fields(), fields, flags)
    shot = taken(dates, SatelliteTime(), placed=position.lat is not None, flags=flags)
    used = shot.clock.field if shot.clock else ""
    extra = {name: text for name, text in fields.items() if name in DATES and used != f"XMP {name}"}
    extra |= {"offset": shot.zone, "position": position.given}
    return Record(
        "notes",
        PHOTO,
        "camera",
        shot.when,
        lat=position.lat,
        lon=position.lon,
        flags=tuple(dict.fromkeys(flags)),
        clocks=others(dates, shot, SatelliteTime()),
        extra={name: text for name, text in extra.items() if text} or None,
    )


def _alone(name: str) -> str:
    return f"notes on a photo or film that did not come with them: {name or '(not named)'}"
