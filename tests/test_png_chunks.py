"""The metadata of PNGs: every place where it can stand, the sums of the chunks, dates in words."""

from __future__ import annotations

import struct
import zlib
from datetime import datetime

import pytest
from conftest import source_from, written
from hypothesis import given
from hypothesis import strategies as st

from parsers import photo
from parsers.contract import Record
from sample_data.jpeg import jpeg_with_exif, xmp_packet

PICTURE = jpeg_with_exif(datetime(2024, 7, 1, 14, 5, 12), lat=51.5, lon=-0.14)
TIFF = PICTURE[PICTURE.index(b"Exif\0\0") + 6 :]
TIFF = TIFF[: TIFF.index(b"\xff\xdb")]
PACKET = xmp_packet("exif:DateTimeOriginal='2024-07-01T14:05:12' exif:GPSLatitude='51,30N' exif:GPSLongitude='0,8.4W'")
TIME = struct.pack(">H5B", 2024, 8, 1, 9, 30, 0)
WHEN = "2024-07-01 14:05:12 [device clock, second]"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 6, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IEND", b"")


def read(data: bytes, name: str = "a.png") -> Record:
    (record,) = photo.parse(source_from(data, name))
    assert isinstance(record, Record)
    return record


def raw(kind: bytes, sort: bytes, data: bytes, after: bytes = b"", name: bytes = b"") -> bytes:
    """A profile in hexadecimal, 36 bytes to a line. Its own name is that of its sort, or another."""
    figures = data.hex().encode()
    lines = b"".join(figures[at : at + 72] + b"\n" for at in range(0, len(figures), 72))
    text = b"\n" + (name or sort) + f"\n{len(data):8}\n".encode() + lines + after
    key = b"Raw profile type " + sort + b"\0"
    return chunk(kind, key + (b"\0" + zlib.compress(text) if kind == b"zTXt" else text))


@pytest.mark.parametrize(
    "piece",
    [
        chunk(b"eXIf", TIFF),
        raw(b"tEXt", b"exif", b"Exif\0\0" + TIFF),
        raw(b"zTXt", b"exif", TIFF, b"}}}"),
        raw(b"zTXt", b"APP1", b"Exif\0\0" + TIFF),
        raw(b"zTXt", b"APP1", b"Exif\0\0" + TIFF, name=b"generic profile"),
        raw(b"zTXt", b"APP1", b"http://ns.adobe.com/xap/1.0/\0" + PACKET),
        raw(b"tEXt", b"xmp", PACKET),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + PACKET),
    ],
)
def test_every_place(piece: bytes) -> None:
    record = read(png(piece, chunk(b"tIME", TIME)))
    assert written(record.when).startswith(WHEN)
    assert (record.lat, record.lon) == pytest.approx((51.5, -0.14), abs=1e-6)
    assert not any("damaged" in flag for flag in record.flags)


@pytest.mark.parametrize("name", [b"exif", b"APP1", b"xmp"])
@pytest.mark.parametrize(
    "text", [b"\n%b\n  99999\n4142\n", b"\n%b\n", b"\n%b\n 2\nzzzz", b"", b"\n%b\n99999999999999999\n41"]
)
def test_broken_profile(name: bytes, text: bytes) -> None:
    text = text.replace(b"%b", name)
    record = read(png(chunk(b"zTXt", b"Raw profile type " + name + b"\0\0" + zlib.compress(text))))
    assert record.flags[0] in {"the XMP block is damaged", "the EXIF block is damaged"}
    record = read(png(chunk(b"zTXt", b"Raw profile type " + name + b"\0\0not deflated")))
    assert record.flags[0] in {"the XMP block is damaged", "the EXIF block is damaged"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-07-01T14:05:12+01:00", "2024-07-01 13:05:12Z [offset, second] Creation Time 2024-07-01T14:05:12+01:00"),
        ("2024:07:01 14:05:12", "2024-07-01 14:05:12 [device clock, second] Creation Time 2024:07:01 14:05:12"),
        ("Mon, 1 Jul 2024 14:05:12 +0100", "2024-07-01 13:05:12Z [offset, second] Creation Time Mon, 1 Jul 2024 14:05:12 +0100"),
        ("1 Jul 2024 14:05:12 GMT", "2024-07-01 14:05:12Z [offset, second] Creation Time 1 Jul 2024 14:05:12 GMT"),
        ("Mon 1 Jul 2024 14:05:12 -0000", "2024-07-01 14:05:12 [device clock, second] Creation Time Mon 1 Jul 2024 14:05:12 -0000"),
        ("01 Jul 2024 14:05", "2024-07-01 14:05:00 [device clock, minute] Creation Time 01 Jul 2024 14:05"),
    ],
)  # fmt: skip
def test_creation_time(text: str, expected: str) -> None:
    record = read(png(chunk(b"tEXt", b"Creation Time\0" + text.encode()), chunk(b"tIME", TIME)))
    assert written(record.when) == expected
    assert record.flags == ()
    assert ("tIME of the PNG (last changed)", "2024-08-01 09:30:00Z [offset, second] tIME 2024-08-01T09:30:00Z") in [
        (name, written(when)) for name, when in record.clocks
    ]


@pytest.mark.parametrize("text", ["06/05/08", "Tue Feb 20 15:48:58", "31 Feb 2024 10:00:00", "1 Foo 2024 10:00"])
def test_a_creation_time_that_is_no_date(text: str) -> None:
    record = read(png(chunk(b"tEXt", b"Creation Time\0" + text.encode())))
    assert record.when is None
    assert record.flags[0].startswith("Creation Time is not a date")


def test_when_it_was_last_changed() -> None:
    record = read(png(chunk(b"tIME", TIME)))
    assert written(record.when) == "2024-08-01 09:30:00Z [offset, second] tIME 2024-08-01T09:30:00Z"
    assert record.flags == ("time of last saving",)
    record = read(png(chunk(b"tIME", TIME)), "Screenshot_20240701-140512.png")  # the name tells when it was made
    assert written(record.when) == "2024-07-01 14:05:12 [file name, second] Screenshot_20240701-140512"
    assert dict(record.extra or {})["tIME"] == "2024-08-01T09:30:00Z"
    assert read(png(chunk(b"tIME", b"\xff" * 7))).flags[0].startswith("tIME is not")
    assert read(png(chunk(b"tIME", b"\0"))).flags == ("no date in the file",)


WHOLE = png(chunk(b"eXIf", TIFF), chunk(b"tIME", TIME), chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + PACKET))


@given(st.integers(8, len(WHOLE) - 1), st.integers(1, 255))
def test_one_byte_changed_is_told_or_changes_nothing(at: int, change: int) -> None:
    data = WHOLE[:at] + bytes([WHOLE[at] ^ change]) + WHOLE[at + 1 :]
    (output,) = photo.parse(source_from(data, "a.png"))
    if isinstance(output, Record) and (output.when, output.lat, output.lon) != (BEFORE.when, BEFORE.lat, BEFORE.lon):
        assert (
            output.when is None
            or any("does not agree" in flag for flag in output.flags)
            or "breaks off" in str(output.flags)
        )


BEFORE = read(WHOLE)


def test_the_time_of_the_last_change_is_no_zone_of_the_clock() -> None:
    """Some programs write local time into tIME, which is UTC by rule."""
    same = struct.pack(">H5B", 2024, 7, 1, 14, 5, 12)
    record = read(png(chunk(b"eXIf", TIFF), chunk(b"tIME", same)))
    assert written(record.when).startswith(WHEN)
    assert "offset" not in dict(record.extra or {})
    assert "other_offset" not in dict(record.extra or {})


def test_the_size_is_read_though_its_chunk_has_a_wrong_length() -> None:
    data = bytearray(png(chunk(b"tIME", TIME)))
    data[8] = 0x40
    record = read(bytes(data))
    assert dict(record.extra or {}) == {"width": "8", "height": "6"}
    assert "the sum of the IHDR block does not agree: it is damaged or was changed" in record.flags
