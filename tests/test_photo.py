"""Photos: every value exiftool reads in real files, GPS arithmetic, zones, hostile files."""

from __future__ import annotations

import csv
import itertools
import random
import subprocess
import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from conftest import REAL, ROOT, SAMPLES, as_csv, parser_named, records_of, source_from, source_of, written
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import photo
from parsers.contract import DAY, DEVICE, GPS, MINUTE, OFFSET, SECOND, SUBSECOND, Problem, Record
from sample_data.jpeg import (
    ASCII,
    BYTE,
    FLOAT,
    RATIONAL,
    SHORT,
    SRATIONAL,
    Entries,
    jpeg,
    jpeg_with_exif,
    segment,
    tiff,
    xmp_packet,
)

if TYPE_CHECKING:
    from pathlib import Path

TAKEN = "2024:07:01 14:05:12"
XMP = b"http://ns.adobe.com/xap/1.0/\0"


def read(data: bytes, name: str = "photo.jpg") -> Record:
    outputs = list(photo.parse(source_from(data, name)))
    assert len(outputs) == 1
    assert isinstance(outputs[0], Record), outputs
    return outputs[0]


def shot(
    exif: Entries | None = None, gps: Entries | None = None, image: Entries | None = None, **more: bytes
) -> Record:
    """A JPEG with these fields, read; it was taken at TAKEN unless `exif` says otherwise."""
    fields = {0x9003: (ASCII, TAKEN), **(exif or {})}
    return read(jpeg(tiff(image or {}, {tag: entry for tag, entry in fields.items() if entry[1]}, gps), **more))


def place(lat: list, lat_ref: str, lon: list, lon_ref: str, kind: int = RATIONAL) -> Entries:
    """GPS fields; a ref "" is left out."""
    entries = {1: (ASCII, lat_ref), 2: (kind, lat), 3: (ASCII, lon_ref), 4: (kind, lon)}
    return {tag: entry for tag, entry in entries.items() if entry[1]}


def fix(when: str, date: str | None = None) -> Entries:
    """GPS time fields, and a position in London."""
    moment = datetime.fromisoformat(when)
    clock = [(moment.hour, 1), (moment.minute, 1), (moment.second, 1)]
    day = {0x1D: (ASCII, moment.strftime("%Y:%m:%d") if date is None else date)} if date != "" else {}
    return {**place([(51, 1), (30, 1), (0, 1)], "N", [(0, 1), (7, 1), (0, 1)], "W"), 7: (RATIONAL, clock), **day}


# --- Real files against exiftool ------------------------------------------------------------------------------------------------------------------

MEDIA = REAL / "media"
AGREED_TO_DIFFER = {
    # file, field: what we read instead, and why
    ("Nikon_D5000.jpg", "GPSLatitude"): ("48.8887263", "seconds are 0/0 because the minutes are fractional (48 53.32358); the XMP block says the same"),
    ("Nikon_D5000.jpg", "GPSLongitude"): ("21.0432512", "the same; exiftool gives nothing at all"),
    ("Nikon_D5000.jpg", "CreateDate"): ("2011-03-12T15:36:11.00+01:00", "there is no DateTimeDigitized: exiftool's value is the xmp:CreateDate, as written"),
    ("Issue_154.jpg", "DateTimeOriginal"): ("2018-01-12T21:19:13", "from photoshop:DateCreated, as written; exiftool takes the IPTC block, which says the same"),
    ("Issue_154.jpg", "CreateDate"): ("2018-01-12T21:19:13", "from xmp:CreateDate, as written"),
    ("FujiFilm_DX-5.jpg", "DateTimeOriginal"): (":  :     :  :", "blank; our texts are stripped"),
}  # fmt: skip


def indexed() -> list[tuple[str, dict[str, str]]]:
    if not MEDIA.exists():
        return []
    with (MEDIA / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file, delimiter="\t")
            if row["kind"].startswith("exif_") and not row["local_file"].endswith(".txt")
        ]
    cases = []
    for row in rows:
        stated = row["expected"].split("exiftool12.57:")[1]
        cases.append(
            (row["local_file"], dict(pair.split("=", 1) for pair in stated.strip().split("; ") if "=" in pair))
        )
    return cases


def ours(record: Record, field: str) -> str:
    """What we read for a field of exiftool's."""
    extra = dict(record.extra or {})
    raw = record.when.raw if record.when else ""
    return {
        "DateTimeOriginal": raw.removeprefix("DateTimeOriginal ").removeprefix("XMP photoshop:DateCreated ")
        or extra.get("original", ""),
        "SubSecTimeOriginal": extra.get("subsecond", ""),
        "OffsetTimeOriginal": extra.get("offset", "").removeprefix("OffsetTimeOriginal "),
        "CreateDate": extra.get("digitized", "") or extra.get("xmp:CreateDate", ""),
        "GPSDateStamp": extra.get("gps_time", "").split(" ")[0],
        "GPSTimeStamp": extra.get("gps_time", "").split(" ")[-1],
        "GPSLatitude": "" if record.lat is None else f"{record.lat:.7f}",
        "GPSLongitude": "" if record.lon is None else f"{record.lon:.7f}",
        "GPSLatitudeRef": "" if record.lat is None else "SN"[record.lat > 0],
        "GPSLongitudeRef": "" if record.lon is None else "WE"[record.lon > 0],
        "Make": extra.get("make", ""),
        "Model": extra.get("model", ""),
    }[field]


@pytest.mark.skipif(not MEDIA.exists(), reason="the real exports are not here")
@pytest.mark.parametrize(
    ("file", "expected"), indexed(), ids=lambda value: value.rsplit("__", 1)[-1] if isinstance(value, str) else ""
)
def test_real_file_says_what_exiftool_reads(file: str, expected: dict[str, str]) -> None:
    record = read_path(MEDIA / file)
    for field, value in expected.items():
        told = AGREED_TO_DIFFER.get((file.rsplit("__", 1)[-1], field))
        wanted = told[0] if told else value
        found = ours(record, field)
        if wanted and field in {"GPSLatitude", "GPSLongitude"}:
            assert float(found) == pytest.approx(float(wanted), abs=1e-6), field
        else:
            assert found == wanted, field


def read_path(path: Path) -> Record:
    source = source_of(path)
    assert photo.sniff(source)
    (record,) = records_of(photo.parse(source))
    return record


@pytest.mark.skipif(not MEDIA.exists(), reason="the real exports are not here")
def test_the_index_was_read_and_its_differences_are_used() -> None:
    cases = {file.rsplit("__", 1)[-1]: expected for file, expected in indexed()}
    assert len(cases) > 25
    assert sum(len(expected) for expected in cases.values()) > 150
    assert all(field in cases[file] for file, field in AGREED_TO_DIFFER)


REAL_MOMENTS = {
    # What must become of the time, file by file: (moment, words that some flag holds)
    "Apple_iPhone_6.jpg": (
        "2014-09-16 13:05:12.133000Z [gps, subsecond]",
        "day 259 of the year",
    ),  # UK, GPS date 2014:09:259
    "Apple_iPhone_4.jpg": (
        "2011-01-13 14:33:39 [device clock, second]",
        "GPS time without a date",
    ),  # Rome, local time as GPS time
    "Issue_508.jpg": ("2020-09-02 18:52:42.892000 [device clock, subsecond]", ""),  # GPS date without a time
    "Issue_473_(Java).webp": ("2018-08-27 19:20:23.738000Z [gps, subsecond]", "abroad or wrong clock"),  # residual +3 s
    "IMG_1034.heic": ("2018-02-05 07:11:44.277000Z [gps, subsecond]", "abroad or wrong clock: the clock is +08:00"),
    "testHEIC_livePhoto.heic": ("2025-07-11 20:41:55.250000Z [offset, subsecond]", ""),
    "Issue_437_(dotnet).heic": ("2025-05-09 09:38:44.823000Z [offset, subsecond]", ""),
    "Samsung_SM-J327T1.jpg": ("2019-09-26 16:38:00.053200 [device clock, subsecond]", ""),  # '0532' is .0532
    "Nikon_D5000.jpg": ("2011-03-12 14:36:11Z [offset, second]", ""),  # zone from the XMP
    "test_exif.jpg": (
        "2018-06-26 17:46:33.847000 [device clock, subsecond]",
        "position may be stale: GPS time differs by 2,538 days",
    ),
    "Nikon_E885.jpg": ("", "DateTimeOriginal is empty: 0000:00:00 00:00:00"),
    "FujiFilm_DX-5.jpg": ("", "DateTimeOriginal is blank"),
    "Issue_173_(dotnet).jpg": ("", "no date in the file"),
}


@pytest.mark.skipif(not MEDIA.exists(), reason="the real exports are not here")
@pytest.mark.parametrize("name", REAL_MOMENTS)
def test_real_moment(name: str) -> None:
    (path,) = (path for path in MEDIA.glob("exif_*/*") if path.name.endswith(f"__{name}"))
    record = read_path(path)
    moment, words = REAL_MOMENTS[name]
    assert written(record.when).startswith(moment)
    assert bool(record.when) == bool(moment)
    assert any(words in flag for flag in record.flags) or not words


def every_file() -> list[bytes]:
    paths = [*sorted(SAMPLES.glob("photo/*")), *(sorted(MEDIA.glob("exif_*/*")) if MEDIA.exists() else [])]
    return [path.read_bytes()[: 1 << 18] for path in paths if path.is_file()]


def test_no_answer_depends_on_the_file_before_it() -> None:
    def answers(files: list[bytes]) -> dict[bytes, str]:
        return {data: as_csv(photo.parse(source_from(data, "x"))) for data in files}

    files = every_file()
    alone = answers(files)
    for seed in range(3):
        random.Random(seed).shuffle(files)
        assert answers(files) == alone


# --- Position ------------------------------------------------------------------------------------------------------------------------------------


@given(lat=st.floats(-90, 90), lon=st.floats(-180, 180))
@settings(max_examples=150)
def test_a_position_comes_back(lat: float, lon: float) -> None:
    record = read(jpeg_with_exif(datetime(2024, 1, 1, 12), lat=lat, lon=lon))
    hundredth_of_second = 1 / 360_000
    if record.lat is None:
        assert abs(lat) < hundredth_of_second
        assert abs(lon) < hundredth_of_second
    else:
        assert record.lat == pytest.approx(lat, abs=hundredth_of_second)
        assert record.lon == pytest.approx(lon, abs=hundredth_of_second)


@pytest.mark.parametrize(
    ("lon", "ref", "kind", "expected"),
    [
        ([(0, 1), (19, 1), (441, 100)], "W", RATIONAL, -0.3178917),
        ([(0, 1), (19, 1), (441, 100)], "w", RATIONAL, -0.3178917),
        ([(0, 1), (19, 1), (441, 100)], "E", RATIONAL, 0.3178917),
        ([(0, 1), (305, 10), (0, 1)], "W", RATIONAL, -0.5083333),
        ([(0, 1), (305, 10), (0, 0)], "W", RATIONAL, -0.5083333),
        ([(3178917, 10_000_000)], "W", RATIONAL, -0.3178917),
        ([(0, 1), (-19, 1), (-441, 100)], "W", SRATIONAL, -0.3178917),
        ([(0, 1), (-19, 1), (441, 100)], "", SRATIONAL, -0.3178917),
        ([(0, 1), (59, 1), (60, 1)], "W", RATIONAL, -1.0),
    ],
)
def test_longitude(lon: list, ref: str, kind: int, expected: float) -> None:
    record = shot(
        gps={**place([(51, 1), (30, 1), (0, 1)], "N", [], ""), 4: (kind, lon), **({3: (ASCII, ref)} if ref else {})}
    )
    assert record.lat == 51.5
    assert record.lon == pytest.approx(expected, abs=1e-7)
    assert record.flags == ()


@pytest.mark.parametrize(
    ("lon", "ref", "kind", "why"),
    [
        ([(0, 0)] * 3, "W", RATIONAL, "it is empty"),
        ([(0, 1), (0, 0), (4, 1)], "W", RATIONAL, "it is incomplete"),
        ([(0, 1), (19, 1), (0, 0)], "W", RATIONAL, "it is incomplete"),
        ([(0, 1), (19, 1), (4, 1)], "", RATIONAL, "it does not say E or W"),
        ([(0, 1), (19, 1), (4, 1)], "?", RATIONAL, "it does not say E or W"),
        ([(0, 1), (-19, 1), (4, 1)], "E", SRATIONAL, "it is negative and says E"),
        ([(181, 1), (0, 1), (0, 1)], "E", RATIONAL, "it is out of range"),
        ([(180, 1), (0, 1), (1, 1)], "E", RATIONAL, "it is out of range"),
        ([(4294967295, 1), (0, 1), (0, 1)], "W", RATIONAL, "it is out of range"),
        ([(0, 1), (61, 1), (0, 1)], "W", RATIONAL, "it is out of range"),
        ([float("nan"), 0.0, 0.0], "W", FLOAT, "it is not a number"),
        ([float("inf"), 0.0, 0.0], "W", FLOAT, "it is not a number"),
        ([(0, 1)] * 4, "W", RATIONAL, "it is incomplete"),
        ([], "W", RATIONAL, "it is empty"),
    ],
)
def test_doubtful_position_is_not_used_but_kept(lon: list, ref: str, kind: int, why: str) -> None:
    record = shot(
        gps={
            **place([(51, 1), (30, 1), (0, 1)], "N", [], ref),
            **({4: (kind, lon)} if lon else {}),
            0x1F: (RATIONAL, [(5, 1)]),
        }
    )
    assert (record.lat, record.lon, record.accuracy_m) == (None, None, None)
    assert f"position not used: {why}" in record.flags
    assert dict(record.extra or {})["position"].startswith("51 30 0 N, ")


def test_zero_zero_is_no_position() -> None:
    record = shot(gps=place([(0, 1)] * 3, "N", [(0, 1)] * 3, "E"))
    assert record.lat is None
    assert record.flags == ("position not used: it is 0, 0 (no fix)",)


def test_greenwich_is_a_position() -> None:
    assert shot(gps=place([(51, 1), (28, 1), (40, 1)], "N", [(0, 1)] * 3, "W")).lon == 0


def test_position_of_the_xmp_where_the_exif_has_none() -> None:
    for lat, lon in (("51,30.5N", "0,19.0735W"), ("51,30,30N", "0,19,4.41W")):
        packet = xmp_packet(f'exif:GPSLatitude="{lat}"', f"<exif:GPSLongitude>{lon}</exif:GPSLongitude>")
        record = shot(before=segment(0xE1, XMP + packet))
        assert record.lat == pytest.approx(51.508333, abs=1e-6)
        assert record.lon == pytest.approx(-0.317892, abs=1e-6)
        assert record.flags == ("position from the XMP block",)


@pytest.mark.parametrize("lat", ["51,30.5", "51.5N", "91,0N", "51,30.5W"])
def test_bad_position_in_the_xmp(lat: str) -> None:
    packet = xmp_packet(f'exif:GPSLatitude="{lat}" exif:GPSLongitude="0,19W"')
    record = shot(before=segment(0xE1, XMP + packet))
    assert record.lat is None
    assert record.flags[0].startswith("position in the XMP not used")
    assert dict(record.extra or {})["position"] == f"{lat}, 0,19W"


def test_accuracy_direction_speed_altitude() -> None:
    gps = {
        **place([(51, 1), (0, 1), (0, 1)], "N", [(1, 1), (0, 1), (0, 1)], "W"),
        5: (BYTE, [1]),
        6: (RATIONAL, [(25, 2)]),
        0x0C: (ASCII, "M"),
        0x0D: (RATIONAL, [(30, 1)]),
        0x10: (ASCII, "T"),
        0x11: (RATIONAL, [(4575, 10)]),
        0x1F: (RATIONAL, [(13, 2)]),
    }
    record = shot(gps=gps)
    assert record.accuracy_m == 6.5
    extra = dict(record.extra or {})
    assert (extra["altitude_m"], extra["speed"]) == ("-12.5", "30.0 mph")
    assert "direction" not in extra  # 457.5 degrees
    extra = dict(shot(gps={**gps, 0x11: (RATIONAL, [(575, 10)])}).extra or {})
    assert extra["direction"] == "57.5 from true north"


@pytest.mark.parametrize("error", [(0, 0), (0, 1)])
def test_no_accuracy(error: tuple[int, int]) -> None:
    record = shot(gps={**fix("2024-07-01T13:05:00"), 0x1F: (RATIONAL, [error])})
    assert record.lat == 51.5
    assert record.accuracy_m is None


def test_receiver_without_a_fix_and_another_datum() -> None:
    flags = shot(gps={**fix("2024-07-01T13:05:00"), 9: (ASCII, "V"), 0x12: (ASCII, "TOKYO")}).flags
    assert flags == ("position may be stale: the receiver had no fix", "position in another map datum: TOKYO")
    assert shot(gps={**fix("2024-07-01T13:05:00"), 9: (ASCII, "A"), 0x12: (ASCII, "WGS-84")}).flags == ()


# --- Time ----------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exif", "image", "expected"),
    [
        ({}, {}, "2024-07-01 14:05:12 [device clock, second] DateTimeOriginal 2024:07:01 14:05:12"),
        ({0x9291: "05"}, {}, "2024-07-01 14:05:12.050000 [device clock, subsecond] DateTimeOriginal 2024:07:01 14:05:12"),
        ({0x9291: "0887"}, {}, "2024-07-01 14:05:12.088700 [device clock, subsecond] DateTimeOriginal 2024:07:01 14:05:12"),
        ({0x9291: "12ab"}, {}, "2024-07-01 14:05:12.120000 [device clock, subsecond] DateTimeOriginal 2024:07:01 14:05:12"),
        ({0x9291: "000"}, {}, "2024-07-01 14:05:12 [device clock, second] DateTimeOriginal 2024:07:01 14:05:12"),
        ({0x9291: " "}, {}, "2024-07-01 14:05:12 [device clock, second] DateTimeOriginal 2024:07:01 14:05:12"),
        ({0x9003: "2018:06:26 17:46:33.847"}, {}, "2018-06-26 17:46:33.847000 [device clock, subsecond] DateTimeOriginal 2018:06:26 17:46:33.847"),
        ({0x9003: "2018-06-26T17:46:33Z"}, {}, "2018-06-26 17:46:33Z [offset, second] DateTimeOriginal 2018-06-26T17:46:33Z"),
        ({0x9003: "2018:06:26 17:46"}, {}, "2018-06-26 17:46:00 [device clock, minute] DateTimeOriginal 2018:06:26 17:46"),
        ({0x9003: "2018:06:26"}, {}, "2018-06-26 00:00:00 [device clock, day] DateTimeOriginal 2018:06:26"),
        ({0x9003: "", 0x9004: TAKEN}, {0x132: "2024:07:09 10:00:00"}, f"2024-07-01 14:05:12 [device clock, second] DateTimeDigitized {TAKEN}"),
        ({0x9003: ""}, {0x132: "2024:07:09 10:00:00"}, "2024-07-09 10:00:00 [device clock, second] DateTime 2024:07:09 10:00:00"),
        ({0x9011: "+01:00"}, {}, f"2024-07-01 13:05:12Z [offset, second] DateTimeOriginal {TAKEN}"),
        ({0x9011: "-05:30"}, {}, f"2024-07-01 19:35:12Z [offset, second] DateTimeOriginal {TAKEN}"),
        ({0x9011: "Z"}, {}, f"2024-07-01 14:05:12Z [offset, second] DateTimeOriginal {TAKEN}"),
        ({0x9011: "+0100"}, {}, f"2024-07-01 13:05:12Z [offset, second] DateTimeOriginal {TAKEN}"),
        ({0x9011: "   :  "}, {}, f"2024-07-01 14:05:12 [device clock, second] DateTimeOriginal {TAKEN}"),
        # The offset of another field counts if that field shows the same time, and not else.
        ({0x9012: "+01:00", 0x9004: TAKEN}, {}, f"2024-07-01 13:05:12Z [offset, second] DateTimeOriginal {TAKEN}"),
        ({0x9012: "+01:00", 0x9004: "2024:07:01 14:05:13"}, {}, f"2024-07-01 14:05:12 [device clock, second] DateTimeOriginal {TAKEN}"),
        ({0x9012: "+01:00"}, {}, f"2024-07-01 14:05:12 [device clock, second] DateTimeOriginal {TAKEN}"),
        ({0x9010: "+01:00"}, {0x132: TAKEN}, f"2024-07-01 13:05:12Z [offset, second] DateTimeOriginal {TAKEN}"),
        ({0x9010: "+01:00"}, {0x132: "2024:07:02 14:05:12"}, f"2024-07-01 14:05:12 [device clock, second] DateTimeOriginal {TAKEN}"),
    ],
)  # fmt: skip
def test_moment(exif: dict[int, str], image: dict[int, str], expected: str) -> None:
    record = shot(
        {tag: (ASCII, text) for tag, text in exif.items()}, image={tag: (ASCII, text) for tag, text in image.items()}
    )
    assert written(record.when) == expected


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("    :  :     :  :  ", "DateTimeOriginal is blank"),
        ("0000:00:00 00:00:00", "DateTimeOriginal is empty: 0000:00:00 00:00:00"),
        ("2024:02:30 10:00:00", "DateTimeOriginal is not a date: 2024:02:30 10:00:00"),
        ("2024:02:03 24:00:00", "DateTimeOriginal is not a date: 2024:02:03 24:00:00"),
        ("14:05 on Monday", "DateTimeOriginal is not a date: 14:05 on Monday"),
        ("1904:01:01 00:00:00", "DateTimeOriginal is not plausible: 1904:01:01 00:00:00"),
        ("1970:01:01 00:00:00", "DateTimeOriginal is not plausible: 1970:01:01 00:00:00"),
        ("2101:01:01 10:00:00", "DateTimeOriginal is not plausible: 2101:01:01 10:00:00"),
    ],
)
def test_date_that_is_none(text: str, flag: str) -> None:
    record = shot({0x9003: (ASCII, text)})
    assert record.when is None
    assert record.flags == (flag, "no date in the file")
    assert dict(record.extra or {})["original"] == text.strip()
    fallen_back = shot({0x9003: (ASCII, text), 0x9004: (ASCII, TAKEN)})
    assert fallen_back.when is not None
    assert fallen_back.when.raw == f"DateTimeDigitized {TAKEN}"
    assert fallen_back.flags == (flag,)


def test_flags_on_dates() -> None:
    assert shot({0x9003: (ASCII, "")}, image={0x132: (ASCII, TAKEN)}).flags == ("time of last saving",)
    assert shot({0x9003: (ASCII, "2000:01:01 00:00:00")}).flags == ("may be the camera's default date",)
    assert shot({0x9003: (ASCII, "2002:12:08 12:00:00")}).flags == ("may be the camera's default date",)
    assert shot({0x9003: (ASCII, "2024:01:01 00:00:01")}).flags == ()
    assert shot({0x9004: (ASCII, "2024:07:01 14:05:13")}).flags == ()
    assert shot({0x9004: (ASCII, "2024:06:01 14:05:12")}).flags == ()
    assert shot({0x9004: (ASCII, "2002:12:08 12:00:00")}).flags == ()  # MediaTek's constant
    assert shot(image={0x132: (ASCII, "2024:06:01 14:05:12")}).flags == ()
    assert shot({0x9011: (ASCII, "BST")}).flags == ("OffsetTimeOriginal is not a zone: BST",)
    assert shot({0x9011: (ASCII, "+15:00")}).flags == ("OffsetTimeOriginal is not a zone: +15:00",)
    disagree = shot({0x9011: (ASCII, "+01:00"), 0x9010: (ASCII, "+00:00")}, image={0x132: (ASCII, TAKEN)})
    assert disagree.flags == ("zones in the file disagree: OffsetTimeOriginal +01:00, OffsetTime +00:00",)
    assert dict(disagree.extra or {})["other_offset"] == "OffsetTime +00:00"


def test_old_zone_field() -> None:
    for hours, basis in ((1, OFFSET), (0, OFFSET), (99, DEVICE)):
        when = shot({0x882A: (SHORT, [hours])}).when
        assert when is not None
        assert when.basis == basis


@pytest.mark.parametrize(
    ("packet", "expected", "clocks"),
    [
        ('exif:DateTimeOriginal="2024-07-01T14:05:12+01:00"', "2024-07-01 13:05:12Z [offset, second]", 1),
        ("photoshop:DateCreated='2024-07-01T14:05:12.3+02:00'", "2024-07-01 12:05:12Z [offset, second]", 1),
        ('xap:CreateDate="2024-07-01T14:05+01:00"', "2024-07-01 13:05:12Z [offset, second]", 1),  # to the minute
        ('xmp:CreateDate="2024-07-01T14:05:12"', "2024-07-01 14:05:12 [device clock, second]", 1),
        ('xmp:CreateDate="2024-07-02T09:00:00+01:00"', "2024-07-01 14:05:12 [device clock, second]", 1),
        ('xmp:ModifyDate="2024-07-01T14:05:12+01:00"', "2024-07-01 14:05:12 [device clock, second]", 0),
    ],
)
def test_zone_from_the_xmp(packet: str, expected: str, clocks: int) -> None:
    record = shot(before=segment(0xE1, XMP + xmp_packet(packet)))
    assert written(record.when) == f"{expected} DateTimeOriginal {TAKEN}"
    assert record.flags == ()
    assert len(record.clocks) == clocks


def test_the_clocks_that_were_not_used_are_kept() -> None:
    record = read(
        jpeg(
            tiff(
                {0x132: (ASCII, "2024:09:01 10:00:00")},
                {0x9003: (ASCII, TAKEN), 0x9004: (ASCII, "2024:07:01 14:05:13"), 0x9011: (ASCII, "+01:00")},
            )
        ),
        "IMG_20240701_140512.jpg",
    )
    assert [(name, written(when)) for name, when in record.clocks] == [
        ("EXIF DateTimeDigitized", "2024-07-01 13:05:13Z [offset, second] DateTimeDigitized 2024:07:01 14:05:13"),
        ("EXIF DateTime (last saved)", "2024-09-01 09:00:00Z [offset, second] DateTime 2024:09:01 10:00:00"),
        ("file name", "2024-07-01 14:05:12 [file name, second] IMG_20240701_140512"),
    ]


def test_date_of_the_xmp_comes_before_the_time_of_last_saving() -> None:
    block = tiff({0x132: (ASCII, "2024:09:01 10:00:00")})
    packet = xmp_packet(elements="<xmp:CreateDate>2024-07-01T14:05:12+01:00</xmp:CreateDate>")
    record = read(jpeg(block, before=segment(0xE1, XMP + packet)))
    assert written(record.when) == "2024-07-01 13:05:12Z [offset, second] XMP xmp:CreateDate 2024-07-01T14:05:12+01:00"


@pytest.mark.parametrize(
    ("gps", "expected", "flag"),
    [
        ("2024-07-01T13:05:00", "2024-07-01 13:05:12Z [gps, second]", ""),
        ("2024-07-01T14:05:00", "2024-07-01 14:05:12Z [gps, second]", ""),
        ("2024-07-01T13:02:42", "2024-07-01 13:05:12Z [gps, second]", ""),  # 2 min 30 s old
        (
            "2024-07-01T13:02:41",
            "2024-07-01 14:05:12 [device clock, second]",
            "zone not found: GPS time differs by 1 h 3 min",
        ),
        (
            "2024-07-01T12:05:00",
            "2024-07-01 12:05:12Z [gps, second]",
            "abroad or wrong clock: the clock is +02:00 from GPS time",
        ),
        (
            "2024-07-01T08:35:00",
            "2024-07-01 08:35:12Z [gps, second]",
            "abroad or wrong clock: the clock is +05:30 from GPS time",
        ),
        (
            "2024-07-02T02:05:00",
            "2024-07-02 02:05:12Z [gps, second]",
            "abroad or wrong clock: the clock is -12:00 from GPS time",
        ),
        (
            "2024-07-01T00:05:00",
            "2024-07-01 00:05:12Z [gps, second]",
            "abroad or wrong clock: the clock is +14:00 from GPS time",
        ),
        # +02:15, +15 h and -13 h are no zones: an old fix or a wrong clock
        (
            "2024-07-01T11:50:12",
            "2024-07-01 14:05:12 [device clock, second]",
            "position may be stale: GPS time differs by 2 h 15 min",
        ),
        (
            "2024-06-30T23:05:12",
            "2024-07-01 14:05:12 [device clock, second]",
            "position may be stale: GPS time differs by 15 h",
        ),
        (
            "2024-07-02T03:05:12",
            "2024-07-01 14:05:12 [device clock, second]",
            "position may be stale: GPS time differs by 13 h",
        ),
        (
            "2024-06-30T11:05:12",
            "2024-07-01 14:05:12 [device clock, second]",
            "position may be stale: GPS time differs by 27 h",
        ),
        (
            "2004-11-15T13:05:12",
            "2024-07-01 14:05:12 [device clock, second]",
            "position may be stale: GPS time differs by 7,168 days",
        ),
    ],
)
def test_zone_from_gps(gps: str, expected: str, flag: str) -> None:
    record = shot(gps=fix(gps))
    assert written(record.when) == f"{expected} DateTimeOriginal {TAKEN}"
    assert record.flags == ((flag,) if flag else ())


@given(minutes=st.integers(-30 * 60, 30 * 60), seconds=st.integers(0, 59))
@settings(max_examples=150)
def test_gps_gives_an_instant_only_near_a_zone(minutes: int, seconds: int) -> None:
    ahead = timedelta(minutes=minutes, seconds=seconds)
    fixed = datetime.strptime(TAKEN, "%Y:%m:%d %H:%M:%S") - ahead  # noqa: DTZ007
    record = shot(gps=fix(fixed.isoformat()))
    assert record.when is not None
    assert record.when.basis in {GPS, DEVICE}
    if record.when.basis == GPS:
        utc = datetime(1970, 1, 1) + timedelta(microseconds=record.when.micros)
        assert abs(utc - fixed) <= timedelta(minutes=2.5)
    elif abs(ahead - timedelta(hours=1)) <= timedelta(minutes=2.5):
        pytest.fail("a UK summer photo lost its zone")


@pytest.mark.parametrize(
    ("date", "flag"),
    [
        ("", "GPS time without a date: not used"),
        ("0000:00:00", "GPS time without a date: not used"),
        ("    :  :  ", "GPS time without a date: not used"),
        (
            "2024:09:259",
            "GPS date is not usable: 2024:09:259",
        ),  # day 259 of that year is 15 September; see the next test
        ("2024:13:01", "GPS date is not usable: 2024:13:01"),
        ("1980:01:06", "GPS date is not usable: 1980:01:06"),
    ],
)
def test_no_zone_without_a_gps_date(date: str, flag: str) -> None:
    gps = fix("2024-07-01T13:05:00", date.replace("09", "08"))
    record = shot(gps=gps)
    assert record.when is not None
    assert record.when.basis == DEVICE
    assert record.flags == (flag.replace("09", "08"),)


def test_gps_date_of_ios_8() -> None:
    record = shot({0x9003: (ASCII, "2014:09:16 14:05:12")}, fix("2014-09-16T13:05:12", "2014:09:259"))
    assert written(record.when).startswith("2014-09-16 13:05:12Z [gps, second]")


def test_a_written_zone_beats_gps_and_is_checked_against_it() -> None:
    record = shot({0x9011: (ASCII, "+00:00")}, fix("2024-07-01T13:05:00"))
    assert written(record.when).startswith("2024-07-01 14:05:12Z [offset, second]")
    assert record.flags == ("position may be stale: GPS time differs by 1 h", "zone may be wrong: GPS time says +01:00")
    assert shot({0x9011: (ASCII, "+01:00")}, fix("2024-07-01T12:56:00")).flags == ()
    assert shot({0x9011: (ASCII, "+01:00")}, fix("2024-07-01T12:53:00")).flags == (
        "position may be stale: GPS time differs by 12 min",
    )


def test_the_time_of_last_saving_is_not_compared_with_gps() -> None:
    record = shot({0x9003: (ASCII, "")}, fix("2024-07-01T13:05:00"), {0x132: (ASCII, TAKEN)})
    assert record.when is not None
    assert record.when.basis == DEVICE


def test_precisions_are_those_of_the_contract() -> None:
    found = {
        shot({0x9003: (ASCII, text)}).when
        for text in ("2024:07:01", "2024:07:01 10:00", "2024:07:01 10:00:00", "2024:07:01 10:00:00.5")
    }
    assert {when.precision for when in found if when} == {DAY, MINUTE, SECOND, SUBSECOND}


# --- Damaged and hostile files


def test_no_exif_is_normal() -> None:
    record = read(jpeg(width=16, height=8), "garden.jpg")
    assert (record.at, record.kind, record.channel, record.when, record.lat) == ("photo", "photo", "camera", None, None)
    assert record.flags == ("no date in the file",)
    assert record.attachments[0].name == "garden.jpg"


@pytest.mark.parametrize(
    ("name", "moment", "flags"),
    [
        ("PXL_20231006_063000139.jpg", "2023-10-06 06:30:00.139000Z [utc, subsecond]", ()),
        ("Screenshot_20231027_123303_Facebook.png", "2023-10-27 12:33:03 [file name, second]", ()),
        ("IMG-20240701-WA0001.jpg", "2024-07-01 00:00:00 [file name, day]", ("the file name tells when it was sent or saved, not when it was taken",)),
    ],
)  # fmt: skip
def test_time_of_the_name_where_the_file_has_none(name: str, moment: str, flags: tuple[str, ...]) -> None:
    record = read(jpeg(width=16, height=8), name)
    assert written(record.when).startswith(moment)
    assert record.flags == ("no date in the file", "time from the file name", *flags)


def test_time_of_the_file_goes_before_that_of_its_name() -> None:
    record = read(jpeg_with_exif(datetime(2024, 7, 1, 14, 5, 12)), "IMG_20230101_101112.jpg")
    assert written(record.when).startswith("2024-07-01 14:05:12 [device clock")
    assert record.flags == ()


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe1",
        b"\xff\xd8\xff\xd9",
        jpeg()[:30],
        b"\xff\xd8\xff" + bytes(9000),
        b"II*\0",
        b"MM\0*" + bytes(20),
    ],
)
def test_not_readable_as_an_image(data: bytes) -> None:
    (problem,) = photo.parse(source_from(data))
    assert isinstance(problem, Problem)
    assert problem.reason.startswith("not readable as an image (")


FILES = every_file()


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_damage_raises_nothing(data: st.DataObject) -> None:
    damaged = bytearray(data.draw(st.sampled_from(FILES)))
    if damaged:
        for place_, value in data.draw(
            st.lists(st.tuples(st.integers(0, min(len(damaged), 3000) - 1), st.integers(0, 255)), max_size=12)
        ):
            damaged[place_] = value
    outputs = list(photo.parse(source_from(bytes(damaged))))
    assert len(outputs) == 1
    as_csv(outputs).encode()
    for record in records_of(outputs):
        assert (record.lat is None) == (record.lon is None)
        assert record.lat is None or (abs(record.lat) <= 90 and abs(record.lon or 0) <= 180)


# --- The module ----------------------------------------------------------------------------------------------------------------------------------


def test_it_is_a_parser_that_imports_lightly() -> None:
    assert parser_named("photo") is photo
    code = "import sys, parsers.photo; sys.exit('exifread' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    for data in itertools.chain(FILES[:5], [jpeg(b"MM\0*" + bytes(40))]):
        list(photo.parse(source_from(data)))
    assert capfd.readouterr() == ("", "")


def test_a_day_in_the_xmp_gives_way_to_the_hour_in_another_field_of_it() -> None:
    packet = xmp_packet('photoshop:DateCreated="2024-07-01" xmp:CreateDate="2024-07-01T14:05:12"')
    record = read(jpeg(before=segment(0xE1, XMP + packet)))
    assert written(record.when) == "2024-07-01 14:05:12 [device clock, second] XMP xmp:CreateDate 2024-07-01T14:05:12"
    packet = xmp_packet('photoshop:DateCreated="2024-06-30" xmp:CreateDate="2024-07-01T14:05:12"')
    record = read(jpeg(before=segment(0xE1, XMP + packet)))
    assert written(record.when) == "2024-06-30 00:00:00 [device clock, day] XMP photoshop:DateCreated 2024-06-30"


def test_a_day_is_not_moved_by_a_zone() -> None:
    packet = xmp_packet('photoshop:DateCreated="2024-07-01"')
    record = shot({0x9011: (ASCII, "+05:30")}, before=segment(0xE1, XMP + packet))
    assert [written(when) for name, when in record.clocks if name == "XMP date"] == [
        "2024-07-01 00:00:00 [device clock, day] XMP photoshop:DateCreated 2024-07-01"
    ]
