"""Positions of dashcams: in the film, in a file beside it, in a log at the top of the card; and what is made of their clocks."""

from __future__ import annotations

import io
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import source_from, written
from hypothesis import given
from hypothesis import strategies as st

from parsers import video
from parsers.contract import Record
from parsers.dashcam_places import in_log
from parsers.receiver_lines import first_fix
from pipeline import evidence, intake
from pipeline.new_case import Beginning, make
from pipeline.store import ATTACHED, READ
from sample_data.movie import blackvue_box, box, dashcam_record, mp4, nextbase_list, nextbase_record, rmc

LAT, LON = 51.4075, -0.0805
BST = datetime(2026, 5, 3, 14, 13, 14)
"""The clock of a camera on summer time; the instant is an hour before."""
INSTANT = BST - timedelta(hours=1)
BLACKVUE, NEXTBASE, MAI = "20260503_141314_NF.mp4", "260503_141314_001_FH.MP4", "NO20260503-141314-000037F.MP4"


def read(data: bytes, name: str, beside: dict[str, bytes] | None = None) -> Record:
    source = source_from(data, name, siblings=beside)
    assert video.sniff(source)
    (record,) = video.parse(source)
    assert isinstance(record, Record)
    return record


def placed(record: Record) -> None:
    assert record.lat == pytest.approx(LAT, abs=1e-5)
    assert record.lon == pytest.approx(LON, abs=1e-5)


def test_lines_in_a_blackvue_are_utc_and_tell_the_zone() -> None:
    lines = [
        (1777817593000, rmc(INSTANT, 0, 0, fix=False)),
        (1777817594000, rmc(INSTANT + timedelta(seconds=1), LAT, LON)),
    ]
    record = read(mp4(seconds=60) + blackvue_box(lines), BLACKVUE)
    placed(record)
    assert written(record.when).startswith("2026-05-03 13:13:14Z [gps, second] 20260503_141314")
    assert dict(record.extra or {})["zone"] == "+01:00 found from GPS time"


@pytest.mark.parametrize("sidecar", ["20260503_141314_NF.gps", "20260503_141314_N.gps"])
def test_one_file_beside_front_and_rear(sidecar: str) -> None:
    log = f"[1777817594000]{rmc(INSTANT, LAT, LON)}\r\n".encode()
    for name in (BLACKVUE, BLACKVUE.replace("NF", "NR")):
        if sidecar.endswith("NF.gps") and "NR" in name:
            continue
        record = read(mp4(seconds=60), name, {sidecar: log, "20260503_141314_N.3gf": b"\0" * 30})
        placed(record)
        assert [one.name for one in record.attachments] == [name, sidecar, "20260503_141314_N.3gf"]


def test_a_map_beside_an_escort() -> None:
    """Its name has no seconds; the second of its log settles the zone all the same."""
    lines = f"V,030526,131313,0000.0000,N,00000.0000,E,0.00,0.1,0.0,1.5;\r\nA,{INSTANT:%d%m%y,%H%M%S},5124.4500,N,00004.8300,W,0.10,0.1,0.0,1.5;\r\n"
    record = read(mp4(seconds=60), "20260503_141314_CAM.MP4", {"20260503_141314_CAM.map": lines.encode()})
    placed(record)
    assert written(record.when).startswith("2026-05-03 13:13:14Z [gps")
    assert [one.name for one in record.attachments][1:] == ["20260503_141314_CAM.map"]
    without = read(
        mp4(), "20260503_141314_CAM.MP4", {"20260503_141314_CAM.map": lines.split("\n", maxsplit=1)[0].encode()}
    )
    assert "position not used: the GPS had no fix" in without.flags


@pytest.mark.parametrize(
    ("lat", "lon", "place"),
    [
        ("5124.4500,N", "00004.8300,W", (LAT, LON)),
        ("3351.408,S", "15112.918,E", (-33.8568, 151.2153)),
        ("5124,N", "00004,W", (51.4, -4 / 60)),
        ("030.0,N", "15.0,E", (0.5, 0.25)),  # without its zeros
        ("5160.1,N", "00004.8300,W", None),  # minutes past 59
        ("9524.45,N", "00004.8300,W", None),
    ],
)
def test_degrees_and_minutes_of_a_line(lat: str, lon: str, place: tuple[float, float] | None) -> None:
    (fix,) = first_fix("x", f"$GPRMC,131314.00,A,{lat},{lon},0.1,,030526,,,A*7D\r\n")
    assert (fix.lat, fix.lon) == (pytest.approx(place, abs=1e-6) if place else (None, None))


def test_list_in_a_nextbase_is_compared_and_not_taken_for_utc() -> None:
    places = [
        {"datetime": "2026-05-03T13:13:14", "lat": 0.0, "lon": 0.0, "gpsStatus": "V"},
        {"datetime": "2026-05-03T13:13:15", "lat": LAT, "lon": LON, "speed": 0, "bearing": 90, "gpsStatus": "A"},
    ]
    film = mp4(seconds=60)
    for data in (
        film + nextbase_list(places),
        film[: film.index(b"moov") - 4] + nextbase_list(places) + film[film.index(b"moov") - 4 :],
    ):
        record = read(data, NEXTBASE)
        placed(record)
        assert written(record.when).startswith("2026-05-03 13:13:14Z [gps")
    same = [{**places[1], "datetime": "2026-05-03T14:13:15"}]
    record = read(film + nextbase_list(same), NEXTBASE)
    assert "GPS time is the same as the camera's clock: it may be local time" in record.flags
    assert written(record.when).startswith("2026-05-03 14:13:14 [file name")


def test_a_place_of_a_nextbase_needs_a_fix_and_may_be_written_as_text() -> None:
    place = {"datetime": "2026-05-03T13:13:14Z", "lat": str(LAT), "lon": str(LON), "gpsStatus": "A"}
    record = read(mp4(seconds=60) + nextbase_list([place]), NEXTBASE)
    placed(record)
    for status in ("V", "", None, 0):
        assert read(mp4(seconds=60) + nextbase_list([{**place, "gpsStatus": status}]), NEXTBASE).lat is None
    assert read(mp4(seconds=60) + nextbase_list([{**place, "lat": "north"}]), NEXTBASE).lat is None


def test_lines_in_a_nextbases_own_box() -> None:
    placed(read(mp4(seconds=60) + box(b"nbmt", b"....$" + rmc(INSTANT, LAT, LON).encode()[1:]), NEXTBASE))


@pytest.mark.parametrize(
    "body",
    [b"", b"!!!", b"e30=", b"eyJncHNEYXRhIjogN30=", b"eyJncHNEYXRhIjogWzddfQ==", b"eyJncHNEYXRhIjogW3t9XX0=", b"\xff" * 99, b"W10=" * 9],
)  # fmt: skip
def test_damaged_list_of_a_nextbase(body: bytes) -> None:
    record = read(mp4() + box(b"gdat", body), NEXTBASE)
    assert record.lat is None


def test_settings_of_a_nextbase_are_kept() -> None:
    """But not the password of its network, nor which phone it is paired with."""
    settings = b"Model: NBDVR622GW\r\nWi-Fi SSID: NBDVR\r\nWi-Fi Password: 12345678\r\nTime Zone / DST: GMT\r\nMyNextbase - Paired Device Name: Robin's phone\r\n"
    extra = dict(read(mp4() + box(b"infi", settings), NEXTBASE).extra or {})
    assert extra["settings"] == "Model: NBDVR622GW\r\nTime Zone / DST: GMT"
    assert "12345678" not in str(extra)


def test_records_of_a_nextbase_512g() -> None:
    record = read(mp4(seconds=60, records=[nextbase_record(BST, LAT, LON)]), NEXTBASE)
    placed(record)
    assert dict(record.extra or {})["gps_time"] == "2026-05-03 14:13:14"
    wrong = nextbase_record(BST, LAT, LON).replace(struct.pack(">HBB", 2026, 5, 3), struct.pack(">HBB", 2026, 13, 3))
    assert read(mp4(records=[wrong]), NEXTBASE).lat is None


LOG = f"""$V02\r
1777788800,A,51.000001,-0.100001,20500,0,-85,1,44,NO20260503-131314-000036F.MP4,0,0,0\r
0,V,0.000000,0.000000,0,0,0,0,0,{MAI},0,0,0\r
1777785195,A,{LAT},{LON},20500,0,-85,1,44,{MAI},0,0,0\r
1777788899,A,52.000001,-0.100001,20500,0,-85,1,44,NO20260503-151314-000038F.MP4,0,0,0\r
""".encode()


def test_log_of_a_70mai_is_eight_hours_behind() -> None:
    """By a log whose card is public: count 1779158456 stands beside a clip of 13:40:50 in a country three hours ahead of UTC, on 19 May 2026."""
    assert datetime.fromtimestamp(1779158456 + 28_800 + 3 * 3600, UTC).strftime("%d %H:%M:%S") == "19 13:40:56"
    for name in (MAI, MAI.replace("F.MP4", "B.MP4")):
        record = read(mp4(seconds=60), name, {"GPSData000001.txt": LOG})
        placed(record)
        assert written(record.when).startswith("2026-05-03 13:13:14Z [gps")
    assert read(mp4(), "NO20260503-161314-000039F.MP4", {"GPSData000001.txt": LOG}).lat is None
    assert read(mp4(), "20260503_141314.mp4", {"GPSData000001.txt": LOG}).lat is None


@given(st.integers(1, 400), st.integers(0, 3))
def test_a_log_is_searched_across_its_blocks(block: int, before: int) -> None:
    from unittest import mock

    text = LOG.splitlines(keepends=True)
    data = text[0] + text[1] * before + b"".join(text[2:])
    with mock.patch("parsers.dashcam_places._LOG_BLOCK", block):
        (fix,) = in_log("log", io.BytesIO(data), MAI)
    assert fix.lat == LAT


@given(st.binary(max_size=300))
def test_no_log_raises(data: bytes) -> None:
    in_log("log", io.BytesIO(data + MAI.encode() + data), MAI)
    first_fix("log", data.decode("latin-1"))
    read(mp4() + box(b"free", box(b"gps ", data), data), BLACKVUE)
    read(mp4() + box(b"gdat", data), NEXTBASE)
    read(mp4(records=[dashcam_record(BST, LAT, LON)[:56] + b"$S" + data]), NEXTBASE)


def test_the_log_of_a_card_is_found_above_and_accounted_for(tmp_path: Path) -> None:
    card = tmp_path / "card"
    (card / "Normal" / "Front").mkdir(parents=True)
    (card / "GPSData000001.txt").write_bytes(LOG)
    (card / "Normal" / "Front" / MAI).write_bytes(mp4(seconds=60))
    case = make(tmp_path / "case", Beginning("card", "Me Example", subjects=("Sam Example: 07700 900123",)))
    evidence.receive(case.folder, [card], lambda *_: None)
    timeline = intake.bring_up_to_date(case, lambda *_: None)
    states = {Path(row.file).name: row.state for row in timeline.sources}
    assert states == {"GPSData000001.txt": ATTACHED, MAI: READ}
