"""What dashcams write once a second, maker by maker: the place and the clock as written, by exiftool too; and what must give no place."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from conftest import source_from, written
from hypothesis import given
from hypothesis import strategies as st

from parsers import free_gps, video
from parsers.clip_places import UNREAD
from parsers.contract import DEVICE, UTC, Record
from sample_data import dashcam
from sample_data.movie import box, mp4, track

WHEN: Final = datetime(2026, 5, 3, 13, 14, 15)
PLACES: Final = ((51.4075, -0.0805), (-33.8568, 151.2153))
"""West of Greenwich, less than a degree: the sign is of the whole. And the other half of the world."""
IN_UTC: Final = {"Nextbase 512GW", "shifted"}
NO_CLOCK: Final = {"INNOVV", "70mai 4K"}


def read(data: bytes, name: str = "2026_0503_141415_001.MP4") -> Record:
    (record,) = video.parse(source_from(data, name))
    assert isinstance(record, Record)
    return record


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("maker", dashcam.READ)
def test_place_and_clock_of_every_maker(maker: str, place: tuple[float, float]) -> None:
    (fix,) = free_gps.in_block(dashcam.READ[maker](WHEN, *place)[: free_gps.LENGTH])
    assert (fix.lat, fix.lon) == pytest.approx(place, abs=2e-5)
    if maker in NO_CLOCK:
        assert fix.when is None
    else:
        assert fix.when
        assert fix.when.basis == (UTC if maker in IN_UTC else DEVICE)
        assert written(fix.when).startswith("2026-05-03 13:14:15")


@pytest.mark.parametrize("maker", dashcam.READ)
def test_no_other_layout_fits(maker: str) -> None:
    """Every reader alone, on every maker's block: none but its own may see a place in it."""
    block = dashcam.READ[maker](WHEN, *PLACES[0])[: free_gps.LENGTH]
    seen = [reader.__name__ for reader in free_gps._READERS if (fixes := reader(block)) and fixes[0].lat is not None]
    assert len(seen) == 1, seen
    layouts = [layout for layout in free_gps._LAYOUTS if (fix := free_gps._record(block, layout, b"A")) and fix.lat]
    assert len(layouts) <= 1, layouts


@pytest.mark.parametrize("maker", dashcam.hidden(WHEN, *PLACES[0]))
def test_hidden_figures_give_no_place(maker: str) -> None:
    assert free_gps.in_block(dashcam.hidden(WHEN, *PLACES[0])[maker][: free_gps.LENGTH]) == [UNREAD]


def test_figures_of_a_rexing_are_moved_and_left() -> None:
    film = mp4(records=[dashcam.READ["Novatek"](WHEN, *PLACES[0])])
    assert read(film).lat is not None
    record = read(film + box(b"frea", box(b"tima", bytes(4)), box(b"ver ", b"3.01.054\0")))
    assert record.lat is None
    assert UNREAD.flags[0] in record.flags


def test_two_readings_of_a_70mai_are_told() -> None:
    """51.4075 as degrees and minutes would be 51 degrees 40.75 minutes; 51.65 would have 65 minutes, and can only be one."""
    doubted = read(mp4(records=[dashcam.mai_4k(WHEN, 51.4075, -0.0805)]))
    assert doubted.lat == pytest.approx(51.4075)
    (flag,) = [flag for flag in doubted.flags if flag.startswith("position by one of two")]
    assert flag.endswith("the other gives 51.67917, -0.13417")
    plain = read(mp4(records=[dashcam.mai_4k(WHEN, 51.65, -0.0805)]))
    assert plain.lat == pytest.approx(51.65)
    assert not any("readings" in flag for flag in plain.flags)
    assert (
        "position not used: the GPS had no fix" in read(mp4(records=[dashcam.mai_4k(WHEN, 51.4, 0, fix=False)])).flags
    )


def test_records_of_a_70mai_pro() -> None:
    film = mp4(seconds=60) + dashcam.mai_pro([(False, 0, 0), (True, *PLACES[0])])
    record = read(film, "NO20260503-141415-000037F.MP4")
    assert (record.lat, record.lon) == pytest.approx(PLACES[0], abs=2e-5)
    none = read(mp4() + dashcam.mai_pro([(False, *PLACES[0])]))
    assert none.lat is None
    assert "position not used: the GPS had no fix" in none.flags
    wrong = bytearray(dashcam.mai_pro([(True, *PLACES[0])]))
    wrong[8 + 17 : 8 + 21] = struct.pack("<I", 5_175_000)  # 51 degrees 75 minutes
    assert read(mp4() + bytes(wrong)).lat is None


def test_minutes_past_59_are_no_place() -> None:
    block = bytearray(dashcam.akaso(WHEN, *PLACES[0]))
    block[0x40:0x44] = struct.pack("<f", 5175.0)
    (fix,) = free_gps.in_block(bytes(block[: free_gps.LENGTH]))
    assert fix.lat is None
    assert fix.flags == ("position not used: it is not a number",)


def test_plain_degrees_of_a_body_camera() -> None:
    block = bytearray(dashcam.READ["Novatek"](WHEN, *PLACES[0]))
    block[:4], block[0x4C:0x54] = b"\0\0\x40\0", struct.pack("<2f", 51.4075, 0.0805)
    (fix,) = free_gps.in_block(bytes(block))
    assert (fix.lat, fix.lon) == pytest.approx(PLACES[0], abs=1e-4)


def in_film(block: bytes) -> bytes:
    """A block where cameras put it that leave the table out: in the film, at a 32768th byte."""
    head = box(b"ftyp", b"mp42", bytes(4), b"mp42")
    lead = bytes(3 * 0x8000 - len(head) - 8)
    return head + box(b"mdat", lead, block, bytes(0x10000)) + box(b"moov", track(b"vide"))


@pytest.mark.parametrize("maker", dashcam.READ)
def test_blocks_are_found_without_a_table(maker: str) -> None:
    film = in_film(dashcam.READ[maker](WHEN, *PLACES[0]))
    record = read(film)
    assert (record.lat, record.lon) == pytest.approx(PLACES[0], abs=2e-5)
    assert read(film, "RingVideo_20260503_141415.mp4").lat is None  # not looked for in what is no dashcam's


def test_a_block_within_a_box_of_its_own() -> None:
    """Some writers put the whole block into a `free` box, with its name once more."""
    block = dashcam.READ["Novatek"](WHEN, *PLACES[0])
    assert read(mp4() + box(b"free", block[4:])).lat == pytest.approx(PLACES[0][0], abs=2e-5)


@given(st.sampled_from(sorted(dashcam.READ)), st.integers(0, 0x7F), st.binary(max_size=12), st.integers(0, 512))
def test_no_block_raises(maker: str, at: int, data: bytes, end: int) -> None:
    block = dashcam.READ[maker](WHEN, *PLACES[0])
    for fix in free_gps.in_block((block[:at] + data + block[at + len(data) :])[:end]):
        assert fix.lat is None or (abs(fix.lat) <= 90 and fix.lon is not None and abs(fix.lon) <= 180)


# --- a track of text -----------------------------------------------------------------------------------------------------------------------------------


def with_subtitles(*samples: bytes, together: int = 1, handler: bytes = b"text") -> bytes:
    """A film with a track of text: a piece for each sample, or for so many together."""
    head = box(b"ftyp", b"mp42", bytes(4), b"mp42")
    start = len(head) + 8
    pieces = [b"".join(samples[at : at + together]) for at in range(0, len(samples), together)]
    starts = [start + sum(map(len, pieces[:number])) for number in range(len(pieces))]
    table = (
        box(b"stsz", struct.pack(">3I", 0, 0, len(samples)), *(struct.pack(">I", len(one)) for one in samples)),
        box(b"stsc", struct.pack(">5I", 0, 1, 1, together, 1)),
        box(b"stco", struct.pack(">2I", 0, len(starts)), *(struct.pack(">I", one) for one in starts)),
    )
    index = box(b"moov", track(b"vide", 1920, 1080), track(handler, table=b"".join(table)))
    return head + box(b"mdat", b"".join(samples), b"film") + index


VOID: Final = b"\0\x20$GPRMC,131413.00,V,,,,,,,030526,,,N"
LINE: Final = b"GNRMC,131415.00,A,5124.45000,N,00004.83000,W,6.225,35.34,030526,,,A*52"


@pytest.mark.parametrize("together", [1, 2, 3])
@pytest.mark.parametrize("handler", [b"text", b"sbtl"])
@pytest.mark.parametrize(
    "sample",
    [
        b"\0\x74gsensori,4,512,-67,-12,100;" + LINE + b";\nCAR,0,0,0,0.0,0,0,0,0",  # Thinkware
        b"\x01\x20" + bytes(4) + b"20260503141415\0\0" + bytes(12) + b"$" + LINE.ljust(127, b"\0") + bytes(128),  # Nextbase 322GW
        b"\0\x50A,030526,131415.000,5124.4500,N,00004.8300,W,000.0,331.0M,+01.84,-09.80,-00.61;\n",  # Mini 0806
    ],
)  # fmt: skip
def test_lines_in_a_track_of_text(sample: bytes, handler: bytes, together: int) -> None:
    record = read(with_subtitles(VOID, VOID, sample, together=together, handler=handler), "260503_141415_001_FH.MP4")
    assert (record.lat, record.lon) == pytest.approx(PLACES[0], abs=2e-5)
    assert written(record.when).startswith("2026-05-03 13:14:15Z [gps")


def test_a_drones_subtitles_in_the_film() -> None:
    record = read(
        with_subtitles(b"\0\x30F/3.5, SS 1000, ISO 100, EV 0, GPS (-0.0805, 51.4075, 18), D 24.26m"), "DJI_0001.MP4"
    )
    assert (record.lat, record.lon) == pytest.approx(PLACES[0], abs=1e-6)


def test_a_track_of_text_without_a_fix() -> None:
    assert "position not used: the GPS had no fix" in read(with_subtitles(VOID, VOID)).flags
    assert read(with_subtitles(b"\0\x0bgood morning")).lat is None


@given(st.binary(max_size=80), st.binary(max_size=80), st.binary(max_size=40), st.binary(max_size=300))
def test_no_track_of_text_raises(sizes: bytes, offsets: bytes, groups: bytes, film: bytes) -> None:
    table = box(b"stsz", sizes) + box(b"stco", offsets) + box(b"stsc", groups) + box(b"co64", offsets[:20])
    read(box(b"ftyp", b"mp42") + box(b"mdat", film) + box(b"moov", track(b"text", table=table)))


# --- exiftool ------------------------------------------------------------------------------------------------------------------------------------------

NOT_KNOWN_TO_IT: Final = {
    "Kenwood": "came with exiftool 13",
    "XGODY": "came with exiftool 13",
    "70mai 4K": "came with exiftool 13, which takes the figures for degrees and minutes",
}
"""What Debian 12's exiftool (12.57) does not read."""


@cache
def said(tmp: Path) -> dict[str, dict[str, Any]]:
    """What exiftool reads: by maker, the better of a film with the table and one without."""
    names = {}
    for maker, make in dashcam.READ.items():
        block = make(WHEN, *PLACES[0])
        block = block if len(block) >= 0x8000 else struct.pack(">I", 0x8000) + block[4:].ljust(0x7FFC, b"\0")
        for kind, film in (("table", mp4(records=[block])), ("film", in_film(block))):
            path = tmp / f"{maker} {kind}.mp4"
            path.write_bytes(film)
            names[str(path)] = maker
    asked = ["exiftool", "-json", "-n", "-q", "-ee", "-G4", "-GPSLatitude", "-GPSLongitude", "-GPSDateTime", *names]
    found: dict[str, dict[str, Any]] = {}
    for row in json.loads(subprocess.run(asked, capture_output=True, check=False).stdout):
        if any(value for key, value in row.items() if key.endswith("GPSLatitude")):
            found.setdefault(names[row["SourceFile"]], row)
    return found


@pytest.fixture(scope="module")
def tmp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dashcams")


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
@pytest.mark.parametrize("maker", dashcam.READ)
def test_exiftool_reads_the_same(maker: str, tmp: Path) -> None:
    row = said(tmp).get(maker, {})
    if maker in NOT_KNOWN_TO_IT:
        assert not row
        return
    lat, lon, when = (
        next((value for key, value in row.items() if key.endswith(name)), None)
        for name in ("GPSLatitude", "GPSLongitude", "GPSDateTime")
    )
    assert (lat, lon) == pytest.approx(PLACES[0], abs=2e-5)
    if maker not in NO_CLOCK:
        assert str(when).startswith("2026:05:03 13:14:15")
