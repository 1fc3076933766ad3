"""XMP packets: what is a property of this picture and what of another, in every encoding, whole or damaged."""

from __future__ import annotations

import pytest
from conftest import source_from
from hypothesis import given
from hypothesis import strategies as st

from parsers import photo, photo_sidecar
from parsers.contract import Record
from parsers.exif_gps import xmp_position
from parsers.xmp_packet import xmp_fields
from sample_data.jpeg import jpeg, segment, xmp_packet

MARK = b"http://ns.adobe.com/xap/1.0/\0"
SHOWN = """<Iptc4xmpExt:LocationShown xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"><rdf:Bag>
  <rdf:li rdf:parseType="Resource"><exif:GPSLatitude>48,8.82N</exif:GPSLatitude><exif:GPSLongitude>17,5.82E</exif:GPSLongitude></rdf:li>
  <rdf:li><rdf:Description exif:GPSLatitude="47,57.12N" exif:GPSLongitude="16,49.8E" exif:DateTimeOriginal="2001-01-01T00:00:00Z"/></rdf:li>
</rdf:Bag></Iptc4xmpExt:LocationShown>"""
OWN = "<exif:GPSLatitude>51,30.5N</exif:GPSLatitude><exif:GPSLongitude>0,19.0735W</exif:GPSLongitude>"
APPLE = (
    "<exif:GPSLatitudeRef>N</exif:GPSLatitudeRef><exif:GPSLatitude>51.508333333333336</exif:GPSLatitude>"
    "<exif:GPSLongitudeRef>W</exif:GPSLongitudeRef><exif:GPSLongitude>0.14166666666666667</exif:GPSLongitude>"
)


def picture(packet: bytes) -> Record:
    (record,) = photo.parse(source_from(jpeg(before=segment(0xE1, MARK + packet)), "a.jpg"))
    assert isinstance(record, Record)
    return record


def test_a_place_that_the_picture_shows_is_not_where_it_was_taken() -> None:
    record = picture(xmp_packet(elements=SHOWN))
    assert (record.lat, record.when) == (None, None)
    assert record.flags == ("no date in the file",)
    for both in (SHOWN + OWN, OWN + SHOWN):
        record = picture(xmp_packet(elements=both))
        assert (record.lat, record.lon) == (51.5083333, -0.3178917)


def test_a_latitude_is_not_paired_with_the_longitude_of_another_place() -> None:
    assert picture(xmp_packet("exif:GPSLatitude='51,30.5N'", SHOWN)).lat is None
    sidecar = xmp_packet("exif:GPSLongitude='1,51.6W'")
    inside = jpeg(before=segment(0xE1, MARK + xmp_packet("exif:GPSLatitude='53,27.6N'")))
    (record,) = photo.parse(source_from(inside, "a.jpg", siblings={"a.xmp": sidecar}))
    assert isinstance(record, Record)
    assert record.lat is None


def test_dates_of_ingredients_are_not_its_own() -> None:
    pantry = (
        '<xmpMM:Pantry xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"><rdf:Bag><rdf:li><rdf:Description'
        ' exif:DateTimeOriginal="2001-01-01T00:00:00Z"><xmp:CreateDate>2001-01-01T00:00:00Z</xmp:CreateDate></rdf:Description></rdf:li></rdf:Bag></xmpMM:Pantry>'
    )
    assert xmp_fields(xmp_packet(elements=pantry), []) == {}
    assert xmp_fields(xmp_packet("xmp:CreateDate='2026-05-01T14:05'", pantry), []) == {
        "xmp:CreateDate": "2026-05-01T14:05"
    }


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_encoding(codec: str) -> None:
    text = xmp_packet("photoshop:DateCreated='2026-05-01T14:05:12'", OWN).decode().replace("\ufeff", "")
    source = source_from(text.encode(codec), "IMG_1.xmp")
    assert photo_sidecar.sniff(source)
    (record,) = photo_sidecar.parse(source)
    assert isinstance(record, Record)
    assert (record.lat, record.lon) == (51.5083333, -0.3178917)
    assert record.when is not None
    assert record.when.raw == "XMP photoshop:DateCreated 2026-05-01T14:05:12"


def test_prefixes_are_only_names() -> None:
    packet = xmp_packet('xmlns:e="http://ns.adobe.com/exif/1.0/" e:DateTimeOriginal="2026-05-01T14:05:12"')
    assert xmp_fields(packet, []) == {"exif:DateTimeOriginal": "2026-05-01T14:05:12"}
    packet = xmp_packet('xmlns:photo="http://example.org/" photo:DateCreated="2026-05-01T14:05:12"')
    assert xmp_fields(packet, []) == {}


@pytest.mark.parametrize(
    ("lat", "lon", "expected"),
    [
        ("51.5 N", "0.14 W", (51.5, -0.14)),
        ("33.9 S", "18.4 E", (-33.9, 18.4)),
        ("-33.9 ", "-0.5 ", (-33.9, -0.5)),
        ("-33.9 S", "-0.5 W", (-33.9, -0.5)),
        ("51.5 ", "0.14 ", None),  # east or west: it does not say
        ("51.5 N", "0.14 ", None),
        ("-51.5 N", "0.14 W", None),
        ("91.5 N", "0.14 W", None),
        ("51.5 E", "0.14 W", None),
        ("0.0 N", "0.0 E", None),
        ("51,30.5N ", "0.14 W", (51.508333, -0.14)),
        ("51,30.5N S", "0,8.4W E", (51.508333, -0.14)),  # the letter in the value is the standard's
    ],
)
def test_degrees_with_the_letter_apart(lat: str, lon: str, expected: tuple[float, float] | None) -> None:
    (north, letter), (east, other) = lat.split(" "), lon.split(" ")
    properties = {
        "exif:GPSLatitude": north,
        "exif:GPSLatitudeRef": letter,
        "exif:GPSLongitude": east,
        "exif:GPSLongitudeRef": other,
    }
    found = xmp_position(properties)
    if expected is None:
        assert (found.lat, found.lon) == (None, None)
        assert found.flags[0].startswith(("position in the XMP not used", "position not used"))
    else:
        assert (found.lat, found.lon) == pytest.approx(expected, abs=1e-6)


def test_apple_photos() -> None:
    record = picture(xmp_packet(elements=APPLE))
    assert (record.lat, record.lon) == (51.5083333, -0.1416667)


def test_control_characters_are_no_damage() -> None:
    flags: list[str] = []
    packet = xmp_packet(elements="<exif:Sharpness>\1\0</exif:Sharpness>" + OWN)
    assert xmp_position(xmp_fields(packet, flags)).lat == 51.5083333
    assert flags == []


def test_a_document_type_is_damage() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "2026-05-01T14:05:12">]>' + xmp_packet("xmp:CreateDate='2026-05-01T14:05'")
    flags: list[str] = []
    assert xmp_fields(bomb, flags) == {}
    assert flags == ["the XMP block is damaged"]
    deep = xmp_packet(elements="<a>" * 5000)
    assert xmp_fields(deep, flags) == {}


def test_padding_and_what_follows_is_no_damage() -> None:
    flags: list[str] = []
    packet = xmp_packet("xmp:CreateDate='2026-05-01T14:05'")
    for data in (packet + bytes(50), b"\n " + packet + b" " * 4000, packet + b"rest", b"", bytes(20)):
        assert len(xmp_fields(data, flags)) == (1 if b"xmp" in data else 0)
    assert flags == []


WHOLE = xmp_packet("xmp:CreateDate='2026-05-01T14:05:12Z'", SHOWN + APPLE)
FIELDS = xmp_fields(WHOLE, [])


@given(st.integers(0, len(WHOLE)))
def test_cut_off_anywhere(end: int) -> None:
    flags: list[str] = []
    found = xmp_fields(WHOLE[:end], flags)
    assert found.items() <= FIELDS.items()
    assert bool(flags) == (0 < end < len(WHOLE) and b"</rdf:RDF>" not in WHOLE[:end])


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255))
def test_one_byte_changed(at: int, byte: int) -> None:
    changed = WHOLE[:at] + bytes([byte]) + WHOLE[at + 1 :]
    assert len(xmp_fields(changed, [])) <= len(FIELDS) + 1
