"""Films: every value of the real files, which time is believed and why, positions, files beside them, hostile boxes."""

from __future__ import annotations

import csv
import io
import struct
import subprocess
import sys
from datetime import datetime, timedelta
from typing import BinaryIO

import pytest
from conftest import REAL, ROOT, SAMPLES, as_csv, records_of, source_from, source_of, written
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import photo, video
from parsers.clip_places import gopro, iso_6709
from parsers.clip_time import written_time
from parsers.contract import DEVICE, EPOCH, FILE_NAME, GPS, OFFSET, UTC, Problem, Record, Unreadable
from parsers.movie_boxes import read_movie
from sample_data.jpeg import jpeg_with_exif
from sample_data.movie import (
    avi,
    box,
    dashcam_record,
    encoder_atom,
    gopro_telemetry,
    header,
    mp4,
    named_values,
    place_atom,
    since_1904,
    text_atom,
    track,
    wide_box,
)

MEDIA = REAL / "media"
ANDROID = {"com.android.version": "14"}
APPLE = "com.apple.quicktime."
EVENING = datetime(2026, 7, 5, 20, 30, 24)
ENDED = "header time is the end of the recording: 2026-07-05 20:30:24 UTC"
UNSURE = "time from the header: start or end is not known, and many cameras write local time there"


def read(data: bytes, name: str = "clip.mp4", beside: dict[str, bytes] | None = None) -> Record:
    source = source_from(data, name, siblings=beside)
    assert video.sniff(source)
    (record,) = video.parse(source)
    assert isinstance(record, Record), record
    return record


def extra(record: Record) -> dict[str, str]:
    return dict(record.extra or {})


def when(record: Record) -> str:
    return written(record.when).rpartition("]")[0] + "]" if record.when else ""


# --- Real files against exiftool ------------------------------------------------------------------------------------------------------------------

AGREED_TO_DIFFER = {
    # file, field: what we read instead, and why
    ("100_0306.AVI", "Duration"): ("2.733", "we round to thousandths"),
    ("uuid540.mp4", "CreateDate"): ("2020:01:05 15:04:00", "the list has the value of the XMP, which has no seconds; ours is that of mvhd"),
}  # fmt: skip


def indexed() -> list[tuple[str, dict[str, str]]]:
    if not MEDIA.exists():
        return []
    with (MEDIA / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
        table = [row for row in csv.DictReader(file, delimiter="\t") if "exiftool12.57:" in (row["expected"] or "")]
    cases = []
    for row in table:
        if not row["local_file"].startswith(("video_", "camera_events")) or row["local_file"].endswith(".txt"):
            continue
        stated = row["expected"].split("exiftool12.57:")[1]
        cases.append(
            (row["local_file"], dict(pair.split("=", 1) for pair in stated.strip().split("; ") if "=" in pair))
        )
    return cases


def ours(record: Record, field: str) -> str:
    values = extra(record)
    return {
        "CreateDate": values.get("header_time", "0000:00:00 00:00:00 ").split(" UTC")[0].strip().replace("-", ":"),
        "CreationDate": record.when.raw.removeprefix("creationdate ") if record.when else "",
        "DateTimeOriginal": record.when.raw.removeprefix("date ") if record.when else "",
        "Duration": str(record.seconds),
        "GPSLatitude": str(record.lat),
        "GPSLongitude": str(record.lon),
        "Make": values.get("make", ""),
        "Model": values.get("model", ""),
    }.get(field, "(not ours)")


@pytest.mark.skipif(not MEDIA.exists(), reason="the real exports are not here")
@pytest.mark.parametrize(
    ("file", "expected"), indexed(), ids=lambda value: value.rsplit("__", 1)[-1] if isinstance(value, str) else ""
)
def test_real_file_says_what_exiftool_reads(file: str, expected: dict[str, str]) -> None:
    source = source_of(MEDIA / file)
    assert video.sniff(source)
    (record,) = records_of(video.parse(source))
    for field, value in expected.items():
        told = AGREED_TO_DIFFER.get((file.rsplit("__", 1)[-1], field))
        wanted, found = told[0] if told else value, ours(record, field)
        if field in {"GPSLatitude", "GPSLongitude"}:
            assert float(found) == pytest.approx(float(wanted), abs=5e-6), field
        elif field == "Duration":
            assert float(found) == pytest.approx(float(wanted), abs=0.0006), field
        elif found != "(not ours)":
            plain = found.replace("-", ":").replace("T", " ").replace("+0300", "+03:00")
            assert plain == wanted, field


@pytest.mark.skipif(not MEDIA.exists(), reason="the real exports are not here")
def test_the_index_was_read_and_its_differences_are_used() -> None:
    cases = {file.rsplit("__", 1)[-1]: expected for file, expected in indexed()}
    assert len(cases) >= 11
    assert sum(len(expected) for expected in cases.values()) > 25
    assert all(field in cases[file] for file, field in AGREED_TO_DIFFER)


REAL_MOMENTS = {
    "with-gps.mov": ("2019-07-24 08:25:40Z [offset, second]", "header time is the end of the recording: 2019-07-24 08:25:57 UTC"),
    "with-gps.mp4": ("2017-02-22 08:20:28Z [utc, second]", "time from the header: the end of the recording, as phones write it"),
    "FLIR_Thermal.mp4": ("2021-05-16 19:27:55Z [offset, second]", ""),
    "testVideoMp4.mp4": ("", "exported or converted by a program: Lavf53.24.2"),  # mvhd 2082844800
    "testMP4_QuickTimeMetadata.mov": ("", "no date in the file"),
    "sample_camera_video.mp4": ("", "exported or converted by a program: Lavf58.45.100"),
    "100_0306.AVI": ("2020-08-28 00:00:00 [device clock, day]", ""),
    "sample_3GPP2.3g2": ("2005-10-28 17:49:35Z [utc, second]", UNSURE),
}  # fmt: skip


@pytest.mark.skipif(not MEDIA.exists(), reason="the real exports are not here")
@pytest.mark.parametrize("name", REAL_MOMENTS)
def test_real_moment(name: str) -> None:
    (path,) = (path for path in MEDIA.glob("*/*") if path.name.endswith(f"__{name}"))
    (record,) = records_of(video.parse(source_of(path)))
    moment, words = REAL_MOMENTS[name]
    assert when(record) == moment
    assert not words or words in record.flags


@pytest.mark.skipif(not MEDIA.exists(), reason="the real exports are not here")
def test_real_files_of_other_kinds_are_not_films() -> None:
    paths = [path for path in MEDIA.rglob("*") if path.is_file()]
    films = {path.suffix.lower() for path in paths if video.sniff(source_of(path))}
    assert films == {".mp4", ".mov", ".m4v", ".3g2", ".avi", ".mkv"}
    assert not any(photo.sniff(source_of(path)) and video.sniff(source_of(path)) for path in paths)


@pytest.mark.skipif(not MEDIA.exists(), reason="the real exports are not here")
def test_telemetry_of_real_gopros() -> None:
    (weak,) = gopro((MEDIA / "video_gopro" / "gopro+gpmf-parser__hero5.raw").read_bytes())
    assert (weak.lat, weak.flags) == (None, ("position not used: the GPS lock was weak",))  # GPSP 606
    assert written(weak.when) == "2017-04-17 17:31:03Z [utc, subsecond] GPSU 170417173103.000"
    cut = (MEDIA / "video_gopro" / "JuanIrache+gopro-telemetry__buffer0").read_bytes()
    (fix,) = gopro(cut[cut.rindex(b"STRM", 0, cut.index(b"GPSF")) :])
    assert written(fix.when) == "2018-03-23 17:25:37.375000Z [utc, subsecond] GPSU 180323172537.375"
    assert fix.flags == ("position not used: the GPS lock was weak",)


# --- Which time is believed -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize(
    ("count", "moment", "flag"),
    [
        (0, "", "no date in the file"),
        (2_082_844_800, "", "no date in the file"),
        (since_1904(datetime(1980, 1, 1)), "", "header time is not plausible: mvhd 2398377600"),
        (3_976_819_200, "2030-01-07 00:00:00Z [utc, second]", UNSURE),
        (1_767_225_600, "2026-01-01 00:00:00Z [utc, second]", "header time counts from 1970 instead of 1904"),
        (1, "", "header time is not plausible: mvhd 1"),
    ],
)
def test_time_of_the_header(version: int, count: int, moment: str, flag: str) -> None:
    record = read(mp4(created=count, version=version))
    assert when(record) == moment
    assert flag in record.flags


def test_all_ones_is_not_set_in_either_width() -> None:
    assert read(mp4(created=(1 << 32) - 1)).when is None
    assert read(mp4(created=(1 << 64) - 1, version=1)).when is None
    assert read(mp4(created=(1 << 64) - 1, version=1)).flags == ("no date in the file",)


def test_creationdate_is_the_start_and_goes_before_all() -> None:
    record = read(
        mp4(created=EVENING, seconds=4, keys={f"{APPLE}creationdate": "2026-07-05T21:30:10+0100"}),
        "IMG_20200101_101010.mov",
    )
    assert when(record) == "2026-07-05 20:30:10Z [offset, second]"
    assert record.flags[0] == ENDED
    assert record.flags[1:] == ()
    assert [(name, written(when)) for name, when in record.clocks] == [
        ("header of the film", "2026-07-05 20:30:24Z [utc, second] mvhd 3866128224"),
        ("file name", "2020-01-01 10:10:10 [file name, second] IMG_20200101_101010"),
    ]


@pytest.mark.parametrize(
    ("end", "flag"),
    [
        (0, ""),
        (2, ""),
        (3, "end of the recording"),
        (70, "end of the recording"),
        (71, ""),
        (-60, ""),
    ],
)
def test_header_is_the_end_within_the_length_and_a_minute(end: int, flag: str) -> None:
    start = "2026-07-05T20:30:24Z"
    flags = read(mp4(created=EVENING + timedelta(seconds=end), seconds=10, keys={f"{APPLE}creationdate": start})).flags
    assert len(flags) == bool(flag)
    assert not flags or flag in flags[0]


@pytest.mark.parametrize(
    ("name", "created", "moment", "zone"),
    [
        ("VID_20260705_213012.mp4", EVENING, "2026-07-05 20:30:12Z [utc, second]", "+01:00"),
        ("VID_20260105_203012.mp4", datetime(2026, 1, 5, 20, 30, 24), "2026-01-05 20:30:12Z [utc, second]", "+00:00"),
        ("VID_20260706_020012.mp4", EVENING, "2026-07-05 20:30:12Z [utc, second]", "+05:30"),
        ("VID_20260705_160012.mp4", EVENING, "2026-07-05 20:30:12Z [utc, second]", "-04:30"),
        ("VID_20260705_213212.mp4", EVENING, "2026-07-05 21:32:12 [file name, second]", ""),
    ],
)
def test_zone_of_a_phone_by_its_header(name: str, created: datetime, moment: str, zone: str) -> None:
    record = read(mp4(created=created, seconds=11.5, keys=ANDROID), name)
    assert when(record) == moment
    assert extra(record).get("zone", "")[:6] == zone
    abroad = [flag for flag in record.flags if flag.startswith("abroad")]
    assert bool(abroad) == (zone not in {"", "+00:00", "+01:00"})


def test_a_long_film_takes_the_zone_that_is_nearest() -> None:
    record = read(mp4(created=EVENING, seconds=3600, keys=ANDROID), "VID_20260705_203023.mp4")
    assert extra(record)["zone"].startswith("+01:00")  # the header is the end, so it began at 19:30:23


def test_header_of_a_dashcam_settles_no_zone() -> None:
    record = read(mp4(created=datetime(2026, 7, 5, 21, 31, 12), seconds=60), "20260705_213012_NF.mp4")
    assert when(record) == "2026-07-05 21:30:12 [file name, second]"
    assert record.flags == ("time from the file name",)
    assert "zone" not in extra(record)


def test_name_that_is_an_instant_goes_before_the_header() -> None:
    record = read(mp4(created=EVENING, seconds=9), "1783283413-1783283424.mp4")
    assert record.when is not None
    assert (when(record), record.when.basis) == ("2026-07-05 20:30:13Z [epoch, second]", EPOCH)
    assert written(record.until).startswith("2026-07-05 20:30:24Z")
    assert record.flags == ("time from the file name", ENDED)


def test_the_end_of_a_name_moves_with_its_zone() -> None:
    records = [dashcam_record(datetime(2026, 7, 5, 20, 30, 12), 51.5, -0.1)]
    record = read(mp4(seconds=60, records=records), "NVR_ch1_main_20260705213012_20260705213112.mp4")
    assert (when(record), written(record.until)[:20]) == ("2026-07-05 20:30:12Z [gps, second]", "2026-07-05 20:31:12Z")


def test_converted_film_is_named_and_its_header_doubted() -> None:
    record = read(mp4(created=EVENING, encoder="Lavf60.3.100", keys=ANDROID))
    assert record.flags == (
        "the header's time may be that of the conversion",
        "exported or converted by a program: Lavf60.3.100",
    )
    record = read(mp4(created=EVENING, encoder="Lavf60.3.100"), "VID_20260705_101010.mp4")
    assert when(record) == "2026-07-05 10:10:10 [file name, second]"
    assert [name for name, _ in record.clocks] == ["header of the film"]


def test_day_of_whatsapp_is_the_last_resort() -> None:
    assert when(read(mp4(), "VID-20260922-WA0001.mp4")) == "2026-09-22 00:00:00 [file name, day]"
    record = read(mp4(created=EVENING), "VID-20260922-WA0001.mp4")
    assert when(record) == "2026-07-05 20:30:24Z [utc, second]"
    assert [name for name, _ in record.clocks] == ["file name (sent or saved)"]


def test_date_atom_and_day_atom() -> None:
    assert when(read(mp4(date="2026-07-05T21:30:12+0100"))) == "2026-07-05 20:30:12Z [offset, second]"
    assert when(read(mp4(atoms={"\xa9day": "2026-07-05T21:30:12Z"}))) == "2026-07-05 21:30:12Z [offset, second]"
    assert when(read(mp4(atoms={"\xa9day": "2026"}))) == ""
    assert extra(read(mp4(atoms={"\xa9day": "2026"})))["\xa9day"] == "2026"
    record = read(mp4(atoms={"\xa9day": "2026-07-05"}, created=EVENING))
    assert when(record) == "2026-07-05 20:30:24Z [utc, second]"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-07-05T21:30:12.25+01:00", "2026-07-05 20:30:12.250000Z [offset, subsecond]"),
        ("2026:07:05 21:30:12", "2026-07-05 21:30:12 [device clock, second]"),
        ("SUN JUL 05 14:22:31 2026", "2026-07-05 14:22:31 [device clock, second]"),
        ("2026-07-05T21:30Z", "2026-07-05 21:30:00Z [offset, minute]"),
        ("2026-07-05", "2026-07-05 00:00:00 [device clock, day]"),
        ("2026-02-30T10:00:00Z", ""),
        ("1904-01-01T00:00:00Z", ""),
        ("2026-07-05T21:30:12+99:00", ""),
        ("yesterday", ""),
        ("0000:00:00 00:00:00", ""),
        ("\u0662\u0660\u0662\u0666-07-05", ""),
    ],
)
def test_written_times(text: str, moment: str) -> None:
    assert written(written_time("x", text)).rpartition("]")[0] == moment.removesuffix("]")


def test_bases_are_those_of_the_contract() -> None:
    phone = read(mp4(created=EVENING, seconds=12, keys=ANDROID), "VID_20260705_213012.mp4").when
    plain = read(mp4(), "VID_20260705_213012.mp4").when
    clock = read(avi(date="SUN JUL 05 14:22:31 2026"), "x.avi").when
    dated = read(mp4(date="2026-07-05T21:30:12+0100")).when
    placed = read(
        mp4(records=[dashcam_record(datetime(2026, 7, 5, 20, 30, 12), 51.5, -0.1)]), "20260705_213012_NF.mp4"
    ).when
    assert [moment.basis for moment in (phone, plain, clock, dated, placed) if moment] == [
        UTC,
        FILE_NAME,
        DEVICE,
        OFFSET,
        GPS,
    ]


# --- Where ----------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lat", "lon"),
    [
        ("+51.4169-000.0806/", 51.4169, -0.0806),
        ("+32.0929+034.8620+028.516/", 32.0929, 34.862),
        ("+5124.50-00004.83/", 51.408333, -0.0805),
        ("+512430.0-0000449.8/", 51.408333, -0.0805),
        ("-33.8568+151.2153", -33.8568, 151.2153),
        ("+2.4862+9.5/", 2.4862, 9.5),
        ("+51-000/", 51.0, 0.0),
        ("+51.4169-000.0806+100CRSWGS_84/", 51.4169, -0.0806),
    ],
)
def test_iso_6709(text: str, lat: float, lon: float) -> None:
    record = read(mp4(atoms={"\xa9xyz": text}))
    assert (record.lat, record.lon) == (pytest.approx(lat, abs=1e-6), pytest.approx(lon, abs=1e-6))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("+00.0000+000.0000/", "it is 0, 0 (no fix)"),
        ("+95.0000-000.0806/", "it is out of range"),
        ("+51.4169-190.0806/", "it is out of range"),
        ("51.4169, -0.0806", "it is not understood"),
        ("+511.4169-000.0806/", "it is not understood"),
        ("+51.4169", "it is not understood"),
        ("+" + "9" * 400, "it is not understood"),
    ],
)
def test_doubtful_position_is_not_used_but_kept(text: str, why: str) -> None:
    record = read(mp4(atoms={"\xa9xyz": text}))
    assert (record.lat, record.lon) == (None, None)
    assert f"position not used: {why}" in record.flags
    assert extra(record)["position"] == f"\xa9xyz {text}"


@given(lat=st.floats(-90, 90), lon=st.floats(-180, 180))
@settings(max_examples=60)
def test_a_place_comes_back(lat: float, lon: float) -> None:
    for data in (
        mp4(place=place_atom(lat, lon)),
        mp4(records=[dashcam_record(EVENING, lat, lon)]),
        mp4(telemetry=gopro_telemetry(EVENING, lat, lon)),
    ):
        record = read(data)
        if (
            record.lat is None
        ):  # 0, 0; or a dashcam's latitude of exactly 0, as those write that hide it (`free_gps._HIDDEN`)
            assert abs(lat) < 1e-4
        else:
            assert (record.lat, record.lon) == (pytest.approx(lat, abs=3e-5), pytest.approx(lon, abs=3e-5))
    fix = iso_6709("x", f"{lat:+010.6f}{lon:+011.6f}/")
    assert fix.lat is None or (fix.lat, fix.lon) == (pytest.approx(lat, abs=1e-6), pytest.approx(lon, abs=1e-6))


def test_loci_has_longitude_first() -> None:
    record = read(mp4(place=place_atom(51.5014, -0.1419, "park")))
    assert (record.lat, record.lon) == (pytest.approx(51.5014, abs=1e-5), pytest.approx(-0.1419, abs=1e-5))
    assert read(mp4(place=box(b"loci", bytes(9)))).lat is None


def test_accuracy_belongs_to_apples_position() -> None:
    keys = {f"{APPLE}location.accuracy.horizontal": "12.5", f"{APPLE}location.ISO6709": "+51.7624-000.3178+081.250/"}
    assert read(mp4(keys=keys)).accuracy_m == 12.5
    assert (
        read(mp4(keys={f"{APPLE}location.accuracy.horizontal": "12.5"}, place=place_atom(51, 0.1))).accuracy_m is None
    )


def test_positions_that_disagree() -> None:
    record = read(mp4(atoms={"\xa9xyz": "+51.5014-000.1419/"}, place=place_atom(52.5, -0.1419)))
    assert record.lat == 51.5014
    assert "positions disagree: loci says 52.50000, -0.14191" in record.flags
    assert read(mp4(atoms={"\xa9xyz": "+51.5014-000.1419/"}, place=place_atom(51.5014, -0.1419))).flags == (
        "no date in the file",
    )


@pytest.mark.parametrize("at", [0x30, 0x10])
def test_dashcam_with_utc_tells_the_zone(at: int) -> None:
    fix = dashcam_record(datetime(2026, 7, 5, 20, 30, 11), 51.4075, -0.0805, at=at)
    record = read(
        mp4(seconds=60, records=[dashcam_record(EVENING, 0, 0, fix=False, at=at), fix]), "2026_0705_213012_050.MP4"
    )
    assert when(record) == "2026-07-05 20:30:12Z [gps, second]"
    assert (record.lat, record.lon) == (pytest.approx(51.4075, abs=1e-5), pytest.approx(-0.0805, abs=1e-5))
    assert extra(record)["zone"] == "+01:00 found from GPS time"


def test_dashcam_with_local_time_tells_no_zone() -> None:
    record = read(
        mp4(seconds=60, records=[dashcam_record(datetime(2026, 7, 5, 21, 30, 12), 51.4, -0.1)]),
        "2026_0705_213012_0042PF.MP4",
    )
    assert when(record) == "2026-07-05 21:30:12 [file name, second]"
    assert "GPS time is the same as the camera's clock: it may be local time" in record.flags


def test_dashcam_whose_clock_is_wrong() -> None:
    record = read(mp4(seconds=60, records=[dashcam_record(EVENING, 51.4, -0.1)]), "20160101_000012_NF.mp4")
    assert when(record) == "2016-01-01 00:00:12 [file name, second]"
    assert "may be the camera's default date" in record.flags
    assert any(flag.startswith("the camera's clock differs from GPS time by 3,839 days") for flag in record.flags)


def test_dashcam_without_a_fix() -> None:
    record = read(mp4(records=[dashcam_record(EVENING, 51.4, -0.1, fix=False)]))
    assert (record.lat, record.when) == (None, None)
    assert "position not used: the GPS had no fix" in record.flags


def test_dashcam_of_an_unknown_kind() -> None:
    record = read(mp4(records=[box(b"free", b"GPS " + b"\xaa" * 100)]))
    assert record.lat is None
    assert "position not used: it is in the file in a form that is not read" in record.flags


def test_dashcam_box_without_a_table() -> None:
    data = mp4(created=EVENING) + dashcam_record(EVENING, 51.4075, -0.0805)
    assert read(data).lat == pytest.approx(51.4075, abs=1e-5)


def test_gopro_time_goes_before_its_header() -> None:
    data = mp4(
        created=EVENING + timedelta(hours=1),
        telemetry=gopro_telemetry(EVENING.replace(microsecond=250_000), 51.4, -0.1),
    )
    record = read(data, "GX010042.MP4")
    assert when(record) == "2026-07-05 20:30:24.250000Z [utc, subsecond]"
    assert (record.flags, [name for name, _ in record.clocks]) == ((), ["header of the film"])
    assert read(mp4(telemetry=gopro_telemetry(EVENING, 51.4, -0.1, lock=0))).lat is None


# --- Files beside it ------------------------------------------------------------------------------------------------------------------------------

SRT = b"\xef\xbb\xbf1\r\n00:00:00,000 --> 00:00:01,000\r\nHOME(-0.0805,51.4075) 2026.7.5 21:30:12\r\nGPS(-0.0805,51.4075,11) ISO:100\r\n"
NMEA = b"$GPGSV,1,1*00\n$GPRMC,203010.00,V,,,,,,,050726,,*00\n$GPRMC,203012.00,A,5124.4500,N,00004.8300,W,0.1,,050726,,,A*00\n"
GPX = b'<?xml version="1.0"?><gpx><trk><trkseg><trkpt lat="51.4075" lon="-0.0805"><ele>3</ele><time>2026-07-05T20:30:12Z</time></trkpt></trkseg></trk></gpx>'


@pytest.mark.parametrize(
    ("ending", "data", "moment"),
    [
        ("srt", SRT, "2026-07-05 21:30:12 [device clock, second]"),
        ("SRT", SRT.replace(b"GPS(-0.0805,51.4075,11)", b"GPS(51.4075,-0.0805,11.0M)"), "2026-07-05 21:30:12 [device clock, second]"),
        ("srt", b"1\n2026-07-05 21:30:12,774,808\n[latitude: 51.4075] [longtitude : -0.0805] [altitude: 1]", "2026-07-05 21:30:12 [device clock, second]"),
        ("nmea", NMEA, "2026-07-05 20:30:12Z [utc, second]"),
        ("gpx", GPX, "2026-07-05 20:30:12Z [offset, second]"),
    ],
)  # fmt: skip
def test_files_beside_it(ending: str, data: bytes, moment: str) -> None:
    record = read(mp4(), "clip.mp4", {f"clip.{ending}": data})
    assert (record.lat, record.lon) == (pytest.approx(51.4075, abs=1e-6), pytest.approx(-0.0805, abs=1e-6))
    assert when(record) == moment
    assert extra(record)["position"].startswith(f"clip.{ending} ")
    named = read(mp4(seconds=60), "20260705_213010_NF.mp4", {f"20260705_213010_NF.{ending}": data})
    assert when(named) == (
        "2026-07-05 20:30:10Z [gps, second]" if "Z" in moment else "2026-07-05 21:30:10 [file name, second]"
    )


@pytest.mark.parametrize(
    "data",
    [b"", b"1\n", b"1\n00:00:00,000 --> 00:00:01,000\nHello.\n", b"\0" * 9000, b"GPS(999,999,1)", b"<trkpt " * 5000],
)
def test_files_beside_it_that_say_nothing(data: bytes) -> None:
    for ending in ("srt", "nmea", "gpx"):
        record = read(mp4(), "clip.mp4", {f"clip.{ending}": data})
        assert (record.lat, record.when) == (None, None)


@pytest.mark.skipif(not MEDIA.exists(), reason="the real exports are not here")
def test_real_srt_files() -> None:
    found = {}
    for path in sorted((MEDIA / "srt_sidecar").glob("*")):
        record = read(mp4(), "clip.mp4", {"clip.srt": path.read_bytes()})
        found[path.stem.split("__")[1]] = (record.lat, record.lon, when(record)[:19])
    assert found == {
        "air2s": (41.424724, 2.234156, "2022-08-07 13:40:40"),
        "broken_empty2": (None, None, ""),
        "mavic_air": (None, None, "2018-02-19 08:04:51"),
        "mavic_air2": (41.420684, 2.162162, "2022-05-01 15:01:58"),
        "mavic_mini": (48.0771, -121.7458, ""),
        "mavic_pro_buggy": (42.4668, -1.2218, "2018-08-19 08:00:36"),
        "mix_p4rtk_mavic2pro": (-34.6502, -59.409424, ""),
        "old_format": (-20.2533, 149.0251, "2017-08-05 14:11:51"),
        "p4_rtk": (-34.237922, -58.851745, ""),
    }


EVENT = b'{"timestamp":"2026-07-05T21:40:12","city":"Anytown","street":"High Street","est_lat":"51.4075","est_lon":"-0.0805","reason":"sentry_aware_object_detection","camera":"5"}'


def test_event_of_a_tesla() -> None:
    record = read(
        mp4(created=datetime(2026, 7, 5, 20, 30, 12), seconds=60),
        "2026-07-05_21-30-12-left_repeater.mp4",
        {"event.json": EVENT},
    )
    assert when(record) == "2026-07-05 21:30:12 [file name, second]"
    assert (record.lat, record.lon, record.place_text) == (51.4075, -0.0805, "High Street, Anytown")
    assert extra(record)["event_reason"] == "sentry_aware_object_detection"
    assert (extra(record)["event_timestamp"], extra(record)["camera"]) == ("2026-07-05T21:40:12", "left_repeater")
    assert "position is the car's at the event, not during each of its clips" in record.flags


@pytest.mark.parametrize(
    "event", [b"", b"[]", b"{", b"[" * 100_000, b'{"est_lat":"x","timestamp":""}', b'{"est_lat":51.4}']
)
def test_bad_event_of_a_tesla(event: bytes) -> None:
    record = read(mp4(), "2026-07-05_21-30-12-front.mp4", {"event.json": event})
    assert record.lat is None
    assert "event_timestamp" not in extra(record)


# --- What is a film -------------------------------------------------------------------------------------------------------------------------------

FILMS = {
    "mp4": mp4(),
    "mov": mp4(brand=b"qt  "),
    "m4v": mp4(brand=b"M4V "),
    "no ftyp": mp4(brand=b""),
    "index first": box(b"moov", header(EVENING, EVENING, 3)) + box(b"mdat", b"film"),
    "wide first": box(b"wide") + box(b"mdat", b"film"),
    "pieces": box(b"styp", b"msdh", bytes(4)) + box(b"moof", bytes(20)) + box(b"mdat", b"film"),
    "film of 8 GB, cut off": wide_box(b"mdat", b"film", 1 << 33),
    "avi": avi(),
    "mkv": b"\x1a\x45\xdf\xa3\x42\x82\x88matroska",
    "webm": b"\x1a\x45\xdf\xa3\x42\x82\x84webm",
    "transport stream": (b"\x47\x40\x11\x10" + bytes(184)) * 6,
    "transport stream of a camera": (bytes(4) + b"\x47\x40\x11\x10" + bytes(184)) * 6,
    "program stream": b"\0\0\1\xba\x44" + bytes(60),
    "dahua": b"DHAV\xfd" + bytes(60),
}  # fmt: skip


@pytest.mark.parametrize("words", FILMS)
def test_films_are_known_by_content(words: str) -> None:
    for name in ("clip.mp4", "x", "photo.jpg"):
        source = source_from(FILMS[words], name)
        assert video.sniff(source)
        assert not photo.sniff(source)
        assert len(records_of(video.parse(source))) == 1


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42\0\0\0\x08free", "voice-note.m4a"),
        (b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42\0\0\0\x08free", "voice-note.mp4"),
        (mp4(), "voice.m4a"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(80), "x.mov"),
        (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif" + bytes(80), "x.mp4"),
        (b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom" + bytes(80), "x.cr3"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "x.avi"),
        (b"the moov of the film", "x.mp4"),
        (b"\0\0\0\x10free" + bytes(40), "x.mp4"),
        (b"GPS data\n" * 400, "x.ts"),
        (b"<?xml version='1.0'?><smses/>", "x.264"),
        (b"", "x.mp4"),
        (jpeg_with_exif(None), "clip.mp4"),
    ],
)
def test_what_is_no_film(data: bytes, name: str) -> None:
    assert not video.sniff(source_from(data, name))


def test_raw_recordings() -> None:
    assert video.sniff(source_from(b"\0\0\0\1\x67" + bytes(60), "Rec_20260705_213012.h264"))
    assert not video.sniff(source_from(b"\0\0\0\1\x67" + bytes(60), "x.bin"))
    with pytest.raises(Unreadable, match="export the clips"):
        list(video.parse(source_from(b"\0\0\1\xba" + bytes(60), "hiv00000.mp4")))


def test_media_types() -> None:
    types = {
        name: read(data, name).attachments[0].type
        for name, data in (
            ("a.mp4", mp4()),
            ("a.mov", mp4(brand=b"qt  ")),
            ("a.3gp", mp4(brand=b"3gp5")),
            ("a.avi", avi()),
        )
    }
    assert types == {
        "a.mp4": "video/mp4",
        "a.mov": "video/quicktime",
        "a.3gp": "video/3gpp",
        "a.avi": "video/x-msvideo",
    }


# --- Damaged and hostile files --------------------------------------------------------------------------------------------------------------------


def test_unfinalised() -> None:
    record = read(mp4(index=False), "20260705_213012_NF.mp4")
    assert record.flags[0].startswith("unfinalised: the index (moov) is missing")
    assert when(record) == "2026-07-05 21:30:12 [file name, second]"


@pytest.mark.parametrize(
    "data",
    [b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", box(b"ftyp", b"isom") + bytes(500), box(b"ftyp", b"isom") + b"\xff" * 500],
)
def test_not_readable_as_a_film(data: bytes) -> None:
    (problem,) = video.parse(source_from(data))
    assert isinstance(problem, Problem)
    assert problem.reason.startswith("not readable as a film (MP4)")


class Counted(io.RawIOBase):
    """A file of any size that is nothing but its parts, and counts what is read of it."""

    def __init__(self, size: int, parts: dict[int, bytes]) -> None:
        self.size, self.parts, self.at, self.read_bytes = size, parts, 0, 0

    def seek(self, at: int, whence: int = 0) -> int:
        assert whence == 0
        self.at = at
        return at

    def read(self, count: int = -1) -> bytes:
        assert count >= 0
        count = max(0, min(count, self.size - self.at))
        data = bytearray(count)
        for start, part in self.parts.items():
            for offset, byte in enumerate(part, start - self.at):
                if 0 <= offset < count:
                    data[offset] = byte
        self.at += count
        self.read_bytes += count
        return bytes(data)


def test_the_film_itself_is_never_read() -> None:
    size = 40 << 30
    index = mp4(created=EVENING, seconds=3, brand=b"")
    index = index[index.index(b"moov") - 4 :]
    start = box(b"ftyp", b"mp42", bytes(4)) + struct.pack(">I4sQ", 1, b"mdat", size - 16 - len(index))
    file = Counted(size, {0: start, size - len(index): index})
    movie = read_movie(file, size)  # type: ignore[arg-type]
    assert movie.created == since_1904(EVENING)
    assert file.read_bytes < 4_000


@pytest.mark.parametrize(
    "data",
    [
        box(b"ftyp", b"isom") + struct.pack(">I4s", 0, b"moov") + header(EVENING, EVENING, 3),
        box(b"ftyp", b"isom") + wide_box(b"moov", header(EVENING, EVENING, 3)),
        box(b"ftyp", b"isom") + wide_box(b"moov", header(EVENING, EVENING, 3), 1 << 63),
        box(b"ftyp", b"isom") + struct.pack(">I4s", 0xFFFFFFFF, b"moov") + header(EVENING, EVENING, 3),
    ],
    ids=["size 0", "64-bit size", "64-bit size of 8 EB", "32-bit size too long"],
)
def test_sizes_of_boxes(data: bytes) -> None:
    assert when(read(data)) == "2026-07-05 20:30:24Z [utc, second]"


def test_size_zero_inside_of_a_box_ends_it() -> None:
    data = (
        box(b"ftyp", b"isom")
        + box(b"moov", header(EVENING, EVENING, 3), box(b"udta", text_atom("\xa9xyz", "+51.5-000.1/"), bytes(4)))
        + box(b"mdat", b"x")
    )
    record = read(data)
    assert (record.lat, record.flags) == (51.5, (UNSURE,))


def test_thirty_million_of_anything_is_not_believed() -> None:
    many = struct.pack(">I", 30_000_000)
    keys = box(
        b"meta",
        box(b"hdlr", bytes(25)),
        box(b"keys", bytes(4), many, struct.pack(">I4s", 12, b"mdta") + b"date"),
        box(b"ilst"),
    )
    table = (
        box(b"stsd", bytes(4), many, struct.pack(">I4s", 16, b"gpmd"), bytes(8))
        + box(b"stsz", bytes(8), many)
        + box(b"stco", bytes(4), many)
    )
    data = (
        box(b"ftyp", b"isom")
        + box(
            b"moov", header(EVENING, EVENING, 3), keys, track(b"meta", table=table), box(b"gps ", bytes(8) + many * 2)
        )
        + box(b"mdat", b"")
    )
    assert when(read(data)) == "2026-07-05 20:30:24Z [utc, second]"


def test_a_million_boxes_and_a_thousand_deep() -> None:
    wide = box(b"ftyp", b"isom") + box(b"free") * 200_000
    (problem,) = video.parse(source_from(wide))
    assert isinstance(problem, Problem)
    assert "4,000 boxes" in problem.reason
    deep = b""
    for _ in range(1_000):
        deep = box(b"moov", box(b"trak", box(b"mdia", box(b"udta", box(b"meta", deep)))))
    (record,) = video.parse(source_from(box(b"ftyp", b"isom") + deep))
    assert isinstance(record, Record)


def test_texts_are_valid_and_bounded() -> None:
    atoms = box(b"\xa9nam", struct.pack(">HH", 4, 0), b"\xff\xfe\x00\xd8") + text_atom("\xa9cmt", "x" * 60_000)
    data = box(b"ftyp", b"isom") + box(
        b"moov",
        header(EVENING, EVENING, 3),
        box(b"udta", atoms, encoder_atom("caf\xe9")),
        named_values({f"{APPLE}make": ""}),
    )
    record = read(data)
    as_csv([record]).encode()
    assert extra(record)["encoder"] == "caf\xe9"
    assert len(extra(record)["comment"]) == 2_000


def test_avi_whose_recording_broke_off() -> None:
    good = avi(date="SUN JUL 05 14:22:31 2026")
    at = good.index(b"movi")
    record = read(good[: at - 4] + struct.pack("<I", 4) + b"movi" + b"00dc\4\0\0\0film" * 5_000, "x.avi")
    assert when(record) == "2026-07-05 14:22:31 [device clock, second]"
    assert record.flags == ("damaged: it has more than 1,000 parts; the rest was not looked at",)
    nested = b""
    for _ in range(3_000):
        nested = b"LIST" + struct.pack("<I", len(nested) + 4) + b"hdrl" + nested
    assert read(b"RIFF\0\0\0\0AVI " + nested, "x.avi").when is None


def test_length_that_is_not_plausible() -> None:
    record = read(mp4(seconds=4_000_000))
    assert record.seconds is None
    assert "length is not plausible: 4000000 s" in record.flags
    assert read(box(b"ftyp", b"isom") + box(b"moov", box(b"mvhd", bytes(100)))).seconds is None


def every_film() -> list[bytes]:
    paths = [
        *sorted((SAMPLES / "video").glob("*")),
        *(sorted(MEDIA.glob("video_*/*.[mM3]*")) if MEDIA.exists() else []),
    ]
    return [path.read_bytes()[: 1 << 14] for path in paths if path.is_file()] + list(FILMS.values())


CLIPS = every_film()


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_damage_raises_nothing(data: st.DataObject) -> None:
    damaged = bytearray(data.draw(st.sampled_from(CLIPS)))
    for place, value in data.draw(
        st.lists(
            st.tuples(st.integers(0, min(len(damaged), 3000) - 1), st.sampled_from([0, 1, 7, 8, 127, 255])), max_size=12
        )
    ):
        damaged[place] = value
    outputs = list(video.parse(source_from(bytes(damaged[: data.draw(st.integers(0, 1 << 14))]))))
    assert len(outputs) == 1
    as_csv(outputs).encode()
    for record in records_of(outputs):
        assert (record.lat is None) == (record.lon is None)
        assert record.lat is None or (abs(record.lat) <= 90 and abs(record.lon or 0) <= 180)


def test_no_answer_depends_on_the_file_before_it() -> None:
    alone = {data: as_csv(video.parse(source_from(data, "x"))) for data in CLIPS}
    assert {data: as_csv(video.parse(source_from(data, "x"))) for data in reversed(CLIPS)} == alone


def test_it_imports_lightly() -> None:
    code = "import sys, parsers.video; sys.exit('exifread' in sys.modules or 'openpyxl' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_files_are_closed() -> None:
    opened: list[BinaryIO] = []
    source = source_from(mp4(created=EVENING))

    def remembered() -> BinaryIO:
        opened.append(io.BytesIO(mp4(created=EVENING)))
        return opened[-1]

    list(video.parse(source.__class__(**{**vars(source), "open": remembered})))
    assert len(opened) == 1
    assert all(file.closed for file in opened)
