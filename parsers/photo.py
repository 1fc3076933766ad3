r"""Photos: JPEG, HEIC, AVIF, PNG, WebP, TIFF, JPEG XL. One record for each file, with what the camera wrote beside the picture (EXIF 2.32, XMP).

How the parts are found, and what is done about damage, stands in the modules that do it:

    image_blocks, heif_items, jxl_boxes    where in the file the metadata stands
    exif_fields                 its fields as values, through ExifRead
    exif_time                   which clock, which zone
    exif_gps                    position, time of the satellite fix
    xmp_packet                  the dates and the position of an XMP block
    photo_beside                files beside it: the notes of Google Photos, an XMP sidecar

Of a photo by an iPhone on a summer's day in St Albans, the file holds

    Make Apple   Model iPhone 6   DateTimeOriginal 2014:09:16 14:05:12   SubSecTimeOriginal 133   (no OffsetTimeOriginal: it is from 2014)
    GPSLatitude 51 45 44.67 N   GPSLongitude 0 19 4.41 W   GPSTimeStamp 13:05:12.05   GPSDate 2014:09:259

and the record says

    at photo   kind photo   channel camera   when 13:05:12.133 UTC, basis gps   lat 51.762408   lon -0.317892
    extra: make, model, width, height, gps_time, digitized, modified, offset ("+01:00 found from GPS time"), altitude_m, direction, speed

`when` is DateTimeOriginal, else DateTimeDigitized, else a date in the XMP, else DateTime, the time of last saving (flagged). A screenshot or a picture that
went through a messaging app has none of it: then, with the flags "no date in the file" and "time from the file name", it is what the name of the file tells
(`parsers.file_names`), or None. Not read at all: dates that only the camera maker's own block or the IPTC block holds (some trail cameras), film in motion
photos.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from parsers.contract import NOTES, PHOTO, Attachment, Problem, Record
from parsers.exif_fields import Fields, read_fields
from parsers.exif_gps import Position, exif_position, satellite_time, xmp_position
from parsers.exif_time import clocks, others, taken
from parsers.file_names import FROM_NAME, SAVED, by_name, time_in_name
from parsers.image_blocks import MEDIA_TYPES, Blocks, find_blocks, kind_of
from parsers.photo_beside import Notes, attachment, find_notes, find_packet
from parsers.xmp_packet import DATES, xmp_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parsers.contract import Output, Source
    from parsers.exif_time import Clock

TITLE = "Photo"
HOW_TO_EXPORT = (
    "Copy the original file off the phone or camera: by cable, from the memory card, or with iCloud Photos or Google Photos and 'download original'. "
    "On an iPhone, when sharing, tap Options first and switch 'All Photos Data' and 'Location' on. Do not send it through WhatsApp, Messenger or Signal, "
    "do not take a screenshot of it and do not edit it: each of these removes or changes what the camera wrote. Keep the original where it is."
)
CANNOT_SHOW = (
    "When or where a picture was taken, if the file does not say so. Messaging apps and social media remove that, screenshots never had it: that is normal.",
    "That the time is right. It is the clock of the camera or phone, and nobody has checked that clock.",
    "Who or what is in the picture. The position is that of whoever held the camera, not of the person or thing it shows.",
    "Whether the position is exact. It can be the last one the phone knew, from minutes or hours before.",
    "Whether the file was edited. Programs can change every one of these fields, and leave no trace of it.",
)

_SPEEDS = {"K": "km/h", "M": "mph", "N": "knots"}
_NORTH = {"T": "from true north", "M": "from magnetic north"}
_TEXTS = (
    ("make", "Image Make"),
    ("model", "Image Model"),
    ("serial", "EXIF BodySerialNumber"),
    ("software", "Image Software"),
    ("description", "Image ImageDescription"),
)
_DATES = (
    ("original", "EXIF DateTimeOriginal"),
    ("digitized", "EXIF DateTimeDigitized"),
    ("modified", "Image DateTime"),
    ("subsecond", "EXIF SubSecTimeOriginal"),
)


def sniff(source: Source) -> bool:
    """By the first bytes alone: a HEIC that is named .jpg is a HEIC. A film is none of these, though its boxes look like HEIC's."""
    return bool(kind_of(source.head))


def parse(source: Source) -> Iterator[Output]:
    """One record, or one problem if nothing of an image is left in the file."""
    kind = kind_of(source.head)
    if not kind:
        yield Problem("photo", "this is not an image of a known kind")
        return
    with source.open() as file:
        blocks = find_blocks(kind, file, source.size)
        fields = read_fields(blocks.tiff) if blocks.tiff else Fields()
    if kind == "TIFF":
        blocks.width, blocks.height = (_whole(fields.number(f"Image Image{side}")) for side in ("Width", "Length"))
    if blocks.empty or not (blocks.width or blocks.xmp or fields.values):
        reasons = "; ".join([*blocks.faults, *fields.faults]) or "it holds neither a picture nor anything about one"
        yield Problem("photo", f"not readable as an image ({kind}): {reasons}")
        return
    yield _record(source, MEDIA_TYPES[kind], blocks, fields)


def _record(source: Source, media_type: str, blocks: Blocks, fields: Fields) -> Record:
    flags = [*blocks.faults, *fields.faults]
    xmp, noted = xmp_fields(blocks.xmp), find_notes(source)
    beside = [noted[0]] if noted else []
    if packet := find_packet(source):
        beside.append(packet[0])
        xmp = xmp_fields(packet[1]) | xmp
        flags.append(f"read together with {packet[0].name}")
    notes = noted[1] if noted else Notes()
    position = _position(fields, xmp, notes)
    satellite = satellite_time(fields)
    flags += [*position.flags, *satellite.flags]
    placed = position.lat is not None
    if placed and fields.text("GPS GPSStatus").upper() == "V":
        flags.append("position may be stale: the receiver had no fix")
    datum = fields.text("GPS GPSMapDatum")
    if placed and datum and not re.fullmatch(r"WGS[\s\-_]*(19)?84", datum, re.IGNORECASE):
        flags.append(f"position in another map datum: {datum[:40]}")
    dates = clocks(fields, xmp, flags)
    shot = taken(dates, satellite, placed=placed, flags=flags, noted=notes.taken)
    in_name = time_in_name(source)
    when = shot.when or notes.taken
    if when is notes.taken is not None:
        flags.append("time from the notes of Google Photos")
        flags += in_name.flags if in_name and in_name.kind == SAVED else ()
    flags += notes.flags
    named = in_name if when is None else None
    if named:
        flags += ([FROM_NAME] if named.when else []) + list(named.flags)

    extra = {name: fields.text(field) for name, field in _TEXTS}
    extra["width"], extra["height"] = str(blocks.width or ""), str(blocks.height or "")
    used = shot.clock.field if shot.clock else ""
    extra |= {name: text for name, field in _DATES if not field.endswith(f" {used}") and (text := fields.text(field))}
    extra |= {name: text for name, text in xmp.items() if name in DATES and used != f"XMP {name}"}
    extra |= {
        "offset": shot.zone,
        "other_offset": _other_offsets(dates, shot.zone),
        "gps_time": satellite.given,
        "position": position.given,
    }
    extra |= notes.extra | _measured(fields) | {"map_datum": datum, "camera": named.camera if named else ""}
    return Record(
        "photo",
        PHOTO,
        "camera",
        named.when if named else when,
        until=named.until if named else None,
        attachments=(Attachment(source.name, media_type, source.size, source.sha256), *map(attachment, beside)),
        lat=position.lat,
        lon=position.lon,
        accuracy_m=_accuracy(fields) if placed else None,
        flags=tuple(dict.fromkeys(flags)),
        clocks=(
            *others(dates, shot, satellite),
            *(((NOTES, notes.taken),) if notes.taken and when is not notes.taken else ()),
            *(by_name(in_name) if in_name and not named else ()),
        ),
        extra={name: text for name, text in extra.items() if text} or None,
    )


def _other_offsets(dates: list[Clock], zone: str) -> str:
    """The offsets in the file that do not say the same as the zone that was used."""
    return ", ".join(
        date.offset_given for date in dates if date.offset_given and date.offset_given.rsplit(" ", 1)[-1] not in zone
    )


def _position(fields: Fields, xmp: dict[str, str], notes: Notes) -> Position:
    """That of the EXIF; where it has none, that of the XMP, then that of the notes of Google Photos; with the remarks on all."""
    position = exif_position(fields)
    if position.lat is not None:
        return position
    other = xmp_position(xmp.get("exif:GPSLatitude", ""), xmp.get("exif:GPSLongitude", ""))
    found = other._replace(flags=position.flags + other.flags, given=other.given or position.given)
    if found.lat is None and notes.lat is not None:
        words = f"position from the notes of Google Photos: {notes.where}"
        return Position(notes.lat, notes.lon, (*found.flags, words), found.given)
    return found


def _measured(fields: Fields) -> dict[str, str]:
    """Altitude, direction and speed, with their units."""
    measured: dict[str, str] = {}
    altitude = fields.number("GPS GPSAltitude")
    if altitude is not None and math.isfinite(altitude):
        below = fields.number("GPS GPSAltitudeRef") == 1
        measured["altitude_m"] = f"{-altitude if below else altitude:.1f}"
    direction = fields.number("GPS GPSImgDirection")
    if direction is not None and 0 <= direction <= 360:
        measured["direction"] = (
            f"{direction:.1f} {_NORTH.get(fields.text('GPS GPSImgDirectionRef').upper(), '')}".strip()
        )
    speed = fields.number("GPS GPSSpeed")
    if speed is not None and math.isfinite(speed):
        measured["speed"] = f"{speed:.1f} {_SPEEDS.get(fields.text('GPS GPSSpeedRef').upper(), '(unit not given)')}"
    return measured


def _accuracy(fields: Fields) -> float | None:
    """GPSHPositioningError, by the name ExifRead gives it for want of a better."""
    radius = fields.number("GPS Tag 0x001F")
    return radius if radius is not None and math.isfinite(radius) and radius > 0 else None


def _whole(number: float | None) -> int | None:
    return int(number) if number is not None and math.isfinite(number) and number > 0 else None
