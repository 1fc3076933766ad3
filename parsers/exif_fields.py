r"""The fields of a TIFF block (EXIF 2.32, section 4.6) as plain values. Not a parser: `parsers.photo` reads with it.

    II*\0 | MM\0*   offset of the first directory
    directory:      count16, then entries of 12 bytes: tag16 type16 count32 value-or-offset32

ExifRead reads the values. It is not given the block itself: a count of 30 million keeps it busy for a minute, directories that point at each other for
ever, and one value behind the end of the block makes it give up the good ones. So this module first copies the entries that are wanted, whole and of a
sane length, into a block of its own, at most some kB, and says what it left out.
"""

from __future__ import annotations

import io
import logging
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, BinaryIO

Value: TypeAlias = str | tuple[float | None, ...]
"""A text, or numbers; None stands for a ratio over zero."""

_POINTERS: Final = {0x8769: "EXIF", 0x8825: "GPS"}
_EXIF: Final = {
    0x882A: "TimeZoneOffset",
    0x9003: "DateTimeOriginal",
    0x9004: "DateTimeDigitized",
    0x9010: "OffsetTime",
    0x9011: "OffsetTimeOriginal",
    0x9012: "OffsetTimeDigitized",
    0x9290: "SubSecTime",
    0x9291: "SubSecTimeOriginal",
    0x9292: "SubSecTimeDigitized",
    0xA431: "BodySerialNumber",
}
_IMAGE: Final = {
    0x0100: "ImageWidth",
    0x0101: "ImageLength",
    0x010E: "ImageDescription",
    0x010F: "Make",
    0x0110: "Model",
    0x0131: "Software",
    0x0132: "DateTime",
    **_EXIF,  # raw formats built on TIFF have them here
}
_GPS: Final = {
    0x01: "GPSLatitudeRef",
    0x02: "GPSLatitude",
    0x03: "GPSLongitudeRef",
    0x04: "GPSLongitude",
    0x05: "GPSAltitudeRef",
    0x06: "GPSAltitude",
    0x07: "GPSTimeStamp",
    0x09: "GPSStatus",
    0x0C: "GPSSpeedRef",
    0x0D: "GPSSpeed",
    0x10: "GPSImgDirectionRef",
    0x11: "GPSImgDirection",
    0x12: "GPSMapDatum",
    0x1D: "GPSDate",
    0x1F: "Tag 0x001F",  # GPSHPositioningError; ExifRead has no name for it
}
_IMAGE_NUMBERS: Final = frozenset({0x0100, 0x0101, 0x882A})
_GPS_NUMBERS: Final = frozenset({0x02, 0x04, 0x05, 0x06, 0x07, 0x0D, 0x11, 0x1F})
"""The tags that hold numbers; all the others are texts."""
_WIDTHS: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_BYTE, _ASCII, _LONG, _UNDEFINED, _SLONG, _IFD = 1, 2, 4, 7, 9, 13
_LONGEST = 8192
"""Bytes of one value: a description can be a paragraph."""
_MOST_NUMBERS = 64

_Entry: TypeAlias = tuple[int, int, bytes]
"""Type, count, data."""


@dataclass(frozen=True)
class Fields:
    """The fields by ExifRead's name ("EXIF DateTimeOriginal", "GPS GPSDate"), and what could not be read, in the words of the report."""

    values: Mapping[str, Value] = field(default_factory=dict)
    faults: tuple[str, ...] = ()

    def text(self, name: str) -> str:
        """A field as text, without padding; "" if it is missing."""
        value = self.values.get(name, "")
        if isinstance(value, tuple):
            return " ".join("" if number is None else f"{number:g}" for number in value)
        return value.strip()

    def numbers(self, name: str) -> tuple[float | None, ...]:
        """A field as numbers; () if it is missing or a text."""
        value = self.values.get(name, ())
        return () if isinstance(value, str) else value

    def number(self, name: str) -> float | None:
        """A field of one number."""
        return next(iter(self.numbers(name)), None)


def read_fields(block: BinaryIO) -> Fields:
    """The wanted fields of a TIFF block; `block` starts at its first byte."""
    faults: dict[str, None] = {}
    small = _excerpt(block, faults)
    values = {name: _plain(name, tag.values, faults) for name, tag in _exifread(small, faults).items()} if small else {}
    return Fields(values, tuple(faults))


def _exifread(small: bytes, faults: dict[str, None]) -> dict[str, Any]:
    import exifread

    logging.getLogger("exifread").setLevel(logging.CRITICAL)  # what it would print about evidence is in our faults
    try:
        tags: dict[str, Any] = exifread.process_file(io.BytesIO(small), details=False, extract_thumbnail=False)
    except Exception as error:  # noqa: BLE001 -- ExifRead is known to raise nine kinds of error on malformed values, documented for none of them
        faults[f"the EXIF block could not be read ({type(error).__name__})"] = None
        return {}
    return {name: tag for name, tag in tags.items() if name not in {"Image ExifOffset", "Image GPSInfo"}}


def _plain(name: str, values: Any, faults: dict[str, None]) -> Value:
    if isinstance(values, bytes):  # not UTF-8: an older camera, or a Windows program
        values = values.decode("cp1252", "replace")
    if isinstance(values, str):
        if "\ufffd" in values:
            faults[f"{_short(name)} holds broken characters"] = None
        return values
    return tuple(_number(value) for value in values)


def _number(value: Any) -> float | None:
    if isinstance(value, tuple):  # ExifRead gives floats as one-tuples
        return float(value[0])
    if getattr(value, "denominator", 1) == 0:
        return None
    return float(value)


def _short(name: str) -> str:
    return "GPSHPositioningError" if name.endswith("0x001F") else name.rsplit(" ", 1)[-1]


def _excerpt(block: BinaryIO, faults: dict[str, None]) -> bytes:
    """A TIFF block of the wanted entries alone."""
    block.seek(0)
    head = block.read(8)
    if len(head) < 8:
        faults["the EXIF block breaks off"] = None
        return b""
    order = "<" if head[:1] == b"I" else ">"
    image = _directory(block, order, int.from_bytes(head[4:], "little" if order == "<" else "big"), _IMAGE, faults)
    folders: dict[str, dict[int, _Entry]] = {"EXIF": {}, "GPS": {}}
    for tag, name in _POINTERS.items():
        if tag in image:
            at = int(struct.unpack(f"{order}I", image.pop(tag)[2])[0])
            folders[name] = _directory(block, order, at, _EXIF if name == "EXIF" else _GPS, faults)
    return _written(order, image, folders["EXIF"], folders["GPS"])


def _directory(
    block: BinaryIO, order: str, at: int, wanted: Mapping[int, str], faults: dict[str, None]
) -> dict[int, _Entry]:
    """The wanted entries of a directory: tag -> type, count, data."""
    block.seek(at)
    lead = block.read(2)
    count = struct.unpack(f"{order}H", lead)[0] if len(lead) == 2 else 0
    table = block.read(12 * count)
    if not lead or len(table) < 12 * count:
        faults["a directory of the EXIF block breaks off"] = None
    numeric = _GPS_NUMBERS if wanted is _GPS else _IMAGE_NUMBERS
    found: dict[int, _Entry] = {}
    for tag, kind, number, slot in struct.iter_unpack(f"{order}HHI4s", table[: len(table) // 12 * 12]):
        if wanted is _IMAGE and tag in _POINTERS:
            if kind in {_LONG, _SLONG, _IFD} and number == 1:
                found.setdefault(tag, (_LONG, 1, slot))
            else:
                faults[f"the pointer to the {_POINTERS[tag]} fields is damaged"] = None
        elif tag in wanted and number:
            name = _short(wanted[tag])
            entry = _entry(block, order, (kind, number, slot), numeric=tag in numeric)
            if tag in found:
                faults[f"{name} occurs twice: the first was read"] = None
            elif entry is None:
                faults[f"{name} is damaged or too long and was not read"] = None
            else:
                found[tag] = entry
    return found


def _entry(block: BinaryIO, order: str, entry: tuple[int, int, bytes], *, numeric: bool) -> _Entry | None:
    kind, number, slot = entry
    length = number * _WIDTHS.get(kind, 0)
    if not length or length > _LONGEST or (kind != _ASCII and numeric and number > _MOST_NUMBERS):
        return None
    if length <= 4:
        data = slot[:length]
    else:
        block.seek(struct.unpack(f"{order}I", slot)[0])
        data = block.read(length)
        if len(data) < length:
            return None
    if not numeric and kind in {_BYTE, _UNDEFINED}:  # a text under the wrong type is still the text
        kind = _ASCII
    elif not numeric and kind != _ASCII and number > _MOST_NUMBERS:
        return None
    return kind, number, data


def _written(order: str, image: Mapping[int, _Entry], exif: Mapping[int, _Entry], gps: Mapping[int, _Entry]) -> bytes:
    """A TIFF block with up to three directories."""
    main = dict(image)
    pointers = {0x8769: exif, 0x8825: gps}
    main.update({tag: (_LONG, 1, bytes(4)) for tag, entries in pointers.items() if entries})
    if not main:
        return b""
    end = 8 + _length(main)
    for tag, entries in pointers.items():
        if entries:
            main[tag] = (_LONG, 1, struct.pack(f"{order}I", end))
            end += _length(entries)
    block = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    for entries in (main, exif, gps):
        values = len(block) + 2 + 12 * len(entries) + 4
        table, tail = struct.pack(f"{order}H", len(entries)), b""
        for tag, (kind, number, data) in entries.items():
            slot = data.ljust(4, b"\0") if len(data) <= 4 else struct.pack(f"{order}I", values + len(tail))
            tail += data if len(data) > 4 else b""
            table += struct.pack(f"{order}HHI4s", tag, kind, number, slot)
        if entries:
            block += table + bytes(4) + tail
    return block


def _length(entries: Mapping[int, _Entry]) -> int:
    return 2 + 12 * len(entries) + 4 + sum(len(data) for _, _, data in entries.values() if len(data) > 4)
