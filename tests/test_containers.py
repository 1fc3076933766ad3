"""Matroska, ASF, transport streams: against MediaInfo on the same bytes, and hostile ones under a bound on what is read."""

from __future__ import annotations

import io
import json
import shutil
import struct
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import REAL, SAMPLES, source_from, source_of, written
from hypothesis import given
from hypothesis import strategies as st

from parsers import video
from parsers.asf_objects import read_asf
from parsers.contract import Record, Source
from parsers.matroska_elements import read_matroska
from parsers.transport_packets import read_transport
from sample_data.containers import camera_pack, element, mkv, transport, wmv
from sample_data.movie import mp4

EVENING = datetime(2026, 7, 5, 20, 30, 24)
UNKNOWN = b"\x01" + b"\xff" * 7
READERS = (read_matroska, read_asf, read_transport)
SEEN = [
    *sorted(path for path in (SAMPLES / "video").iterdir() if path.suffix.lower() in {".mkv", ".webm", ".wmv", ".ts", ".mts"}),
    *(sorted(REAL.glob("media/*/*.mkv")) if REAL.exists() else []),
]  # fmt: skip


def read(data: bytes, name: str) -> Record:
    source = source_from(data, name)
    assert video.sniff(source)
    (record,) = video.parse(source)
    assert isinstance(record, Record)
    return record


@pytest.mark.parametrize("path", SEEN, ids=lambda path: path.name)
def test_mediainfo_reads_the_same(path: Path) -> None:
    """The library that most programs ask. It is in the tests only: see `parsers.matroska_elements`."""
    library: Any = pytest.importorskip("pymediainfo").MediaInfo
    if not library.can_parse():
        pytest.skip("pymediainfo came without its library")
    general = library.parse(str(path)).general_tracks[0].to_data()
    (record,) = video.parse(source_of(path))
    assert isinstance(record, Record)
    extra = dict(record.extra or {})
    assert extra.get("header_time", "").split(" (")[0] == general.get("encoded_date", "")
    if "recorded_date" in general:
        assert record.when is not None
        assert record.when.raw.endswith(general["recorded_date"])
    if float(general.get("duration", 0)) and path.suffix != ".ts":
        assert record.seconds == pytest.approx(float(general["duration"]) / 1000)
    assert extra.get("title", "") == general.get("title", extra.get("title", ""))


@given(st.datetimes(datetime(1991, 1, 1), datetime(2099, 1, 1)).map(lambda when: when.replace(microsecond=0)))
def test_a_date_comes_back(when: datetime) -> None:
    if when != datetime(2001, 1, 1):  # the zero of a Matroska file, which is no date: see below
        assert written(read(mkv(created=when), "a.mkv").when).startswith(f"{when:%Y-%m-%d %H:%M:%S}Z [utc, second]")
    assert written(read(wmv(created=when), "a.wmv").when).startswith(f"{when:%Y-%m-%d %H:%M:%S}Z [utc, second]")
    pack = camera_pack(when)
    assert written(read(transport(pack=pack), "a.mts").when).startswith(
        f"{when:%Y-%m-%d %H:%M:%S} [device clock, second]"
    )


@pytest.mark.parametrize(
    ("zone", "words"),
    [(0xFF, ""), (0x40, "+00:00 DST"), (0x02, "+01:00"), (0x2A, "-05:00"), (0x0B, "+05:30"), (0x00, "+00:00")],
)
def test_the_zone_of_a_camcorder_is_told_and_not_used(zone: int, words: str) -> None:
    record = read(transport(pack=camera_pack(EVENING, zone), lead=True), "00001.MTS")
    assert dict(record.extra or {}).get("zone_written", "") == words
    assert written(record.when).startswith("2026-07-05 20:30:24 [device clock")


PLACES = ((51.4075, -0.0805), (-33.8568, 151.2153), (0.5, 0.25))


@pytest.mark.parametrize("place", PLACES)
def test_place_of_a_camcorder_with_its_time_in_utc(place: tuple[float, float]) -> None:
    summer = EVENING + timedelta(hours=1)
    record = read(transport(pack=camera_pack(summer, place=place, utc=EVENING + timedelta(seconds=2))), "00001.MTS")
    assert (record.lat, record.lon) == pytest.approx(place, abs=1e-6)
    assert written(record.when).startswith("2026-07-05 20:30:24Z [gps, second]")
    assert dict(record.extra or {})["zone"] == "+01:00 found from GPS time"


def test_a_camcorder_without_a_fix_or_with_half_a_place() -> None:
    record = read(transport(pack=camera_pack(EVENING, place=PLACES[0], fix=False)), "a.mts")
    assert record.lat is None
    assert "position not used: the GPS had no fix" in record.flags
    half = camera_pack(EVENING, place=PLACES[0]).replace(b"\xb5W", b"\xb5\0")
    assert "position not used: north or south, east or west is not said" in read(transport(pack=half), "a.mts").flags
    over = camera_pack(EVENING, place=PLACES[0]).replace(
        b"\xb2" + struct.pack(">HH", 51, 1), b"\xb2" + struct.pack(">HH", 51, 0)
    )
    assert "position not used: it is not a number" in read(transport(pack=over), "a.mts").flags


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
@pytest.mark.parametrize("lead", [False, True])
def test_exiftool_reads_the_same_of_a_camcorder(lead: bool, tmp_path: Path) -> None:  # noqa: FBT001
    for number, place in enumerate(PLACES):
        pack = camera_pack(EVENING, 0x42, place=place, utc=EVENING)
        (tmp_path / f"{number}.mts").write_bytes(transport(pack=pack, lead=lead))
    command = ["exiftool", "-json", "-n", "-q", "-Composite:all", "-H264:all", *map(str, sorted(tmp_path.iterdir()))]
    rows = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
    for place, row in zip(PLACES, rows, strict=True):
        sides = (1 if row["GPSLatitudeRef"] == "N" else -1), (1 if row["GPSLongitudeRef"] == "E" else -1)
        found = abs(row["GPSLatitude"]) * sides[0], abs(row["GPSLongitude"]) * sides[1]
        assert found == pytest.approx(place, abs=1e-6)
        assert row["DateTimeOriginal"] == "2026:07:05 20:30:24+01:00 DST"
        assert (row["GPSDateStamp"], row["GPSTimeStamp"]) == ("2026:07:05", "20:30:24")


@pytest.mark.parametrize("start", [0, 1_000_000, (1 << 33) - 90_000])
@pytest.mark.parametrize("lead", [False, True])
def test_length_of_a_stream_whose_clock_begins_anywhere(start: int, lead: bool) -> None:  # noqa: FBT001
    assert read(transport(seconds=47, start=start, lead=lead), "a.ts").seconds == 47.0


def test_figures_that_are_no_date_are_none() -> None:
    pack = camera_pack(EVENING).replace(bytes.fromhex("202607"), bytes.fromhex("20ff07"))
    assert read(transport(pack=pack), "a.ts").when is None
    pack = camera_pack(EVENING).replace(bytes.fromhex("202607"), bytes.fromhex("202613"))
    assert read(transport(pack=pack), "a.ts").when is None
    assert read(wmv(created=datetime(1601, 1, 2)), "a.wmv").flags[0].startswith("damaged: its date is not plausible")
    assert read(mkv(), "a.mkv").flags == ("no date in the file",)
    assert read(mkv(created=datetime(2001, 1, 1)), "a.mkv").flags == ("no date in the file",)


def test_a_broadcast_has_no_valid_date() -> None:
    data = wmv(created=EVENING).replace(
        struct.pack("<IIII", 2, 3200, 3200, 100_000), struct.pack("<IIII", 1, 3200, 3200, 100_000)
    )
    record = read(data, "a.wmv")
    assert (record.when, record.seconds) == (None, None)


class Counted(io.BytesIO):
    """A file that says how much of it was read, and in how many reads."""

    count = 0
    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.count += len(data)
        self.reads += 1
        return data


def body(*parts: bytes) -> bytes:
    return element(0x1A45DFA3, element(0x4282, b"matroska")) + element(0x18538067, b"".join(parts))


def nested(depth: int) -> bytes:
    return (b"\x67\xc8" + UNKNOWN) * depth


HOSTILE = {
    "a million elements": body(b"\xec\x81x" * 1_000_000),
    "a hundred thousand deep": element(0x1A45DFA3, element(0x4282, b"webm")) + b"\x18\x53\x80\x67" + UNKNOWN + nested(100_000),
    "a text of 30 million": body(element(0x1549A966, element(0x7BA9, b"x" * 30_000_000))),
    "sizes that are not there": body(element(0x1549A966, b"", length=b"\x01" + b"\xff" * 6 + b"\xfe")),
    "a length that is no number": body(element(0x1549A966, element(0x4489, struct.pack(">d", float("nan"))))),
    "an endless length": body(element(0x1549A966, element(0x4489, struct.pack(">d", float("inf"))))),
    "a date beyond all": body(element(0x1549A966, element(0x4461, struct.pack(">q", -(1 << 63))))),
    "zeros": body(bytes(1_000_000)),
    "asf of nothing": bytes.fromhex("3026B2758E66CF11A6D900AA0062CE6C") + struct.pack("<QIBB", 1 << 60, 5, 1, 2) + bytes(24 * 1000),
    "asf of small parts": bytes.fromhex("3026B2758E66CF11A6D900AA0062CE6C")
    + struct.pack("<QIBB", 1 << 30, 5, 1, 2) + (bytes(16) + struct.pack("<Q", 24)) * 100_000,
    "packets of nothing": (b"\x47" + bytes(187)) * 100_000,
    "packets out of step": (b"\x47" + bytes(187)) * 6 + b"\0" * 3_000_000,
}  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_work_is_bounded_whatever_the_file_says(words: str, reader: Callable[[Any, int], Any]) -> None:
    file = Counted(HOSTILE[words])
    found = reader(file, len(HOSTILE[words]))
    assert file.count <= 4 << 20
    assert file.reads <= 11_000
    assert len(found.faults) < 20
    assert found.seconds is None or 0 < found.seconds < 1e10


@pytest.mark.parametrize("words", HOSTILE)
def test_a_hostile_film_is_still_one_record(words: str) -> None:
    source = source_from(HOSTILE[words], "x.mkv")
    if video.sniff(source):
        (record,) = video.parse(source)
        assert isinstance(record, Record)
        assert record.when is None


# --- Thousands of clips: only metadata is read -----------------------------------------------------------------------------------------------------


class Sparse(io.RawIOBase):
    """A file of gigabytes of which only the beginning and the end exist, and a count of what was read of it."""

    def __init__(self, start: bytes, end: bytes, size: int) -> None:
        self.start, self.tail, self.size = start, end, size
        self.at = self.total = 0

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self.at = offset + (0, self.at, self.size)[whence]
        return self.at

    def read(self, size: int = -1, /) -> bytes:
        count = max(0, min(size if size >= 0 else self.size, self.size - self.at))
        assert count < 8 << 20, "it was to be read whole"
        data = bytearray(count)
        for place, part in ((0, self.start), (self.size - len(self.tail), self.tail)):
            for offset in range(max(0, place - self.at), min(count, place - self.at + len(part))):
                data[offset] = part[self.at + offset - place]
        self.at += count
        self.total += count
        return bytes(data)

    def close(self) -> None:
        pass


def giant(name: str) -> tuple[bytes, bytes, int]:
    """Beginning, end and size of films of 4 GB."""
    size = 4 << 30
    if name == "film.mp4":
        whole = mp4(created=EVENING, seconds=3)
        at = whole.index(b"mdat") - 4
        index = whole[whole.index(b"moov") - 4 :]
        return whole[:at] + struct.pack(">I4sQ", 1, b"mdat", size - at - len(index)), index, size
    if name == "film.mkv":
        head = mkv(created=EVENING, film=0)
        room = size - len(head) - 12
        return (
            head[: head.index(bytes.fromhex("18538067"))]
            + element(
                0x18538067,
                head[head.index(bytes.fromhex("18538067")) + 12 :]
                + element(0x1F43B675, b"", length=struct.pack(">Q", 1 << 56 | room)),
                length=struct.pack(">Q", 1 << 56 | (size - head.index(bytes.fromhex("18538067")) - 12)),
            ),
            b"",
            size,
        )
    return transport(pack=camera_pack(EVENING)), b"", size


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv", "film.ts"])
def test_of_gigabytes_kilobytes_are_read(name: str) -> None:
    start, end, size = giant(name)
    file = Sparse(start, end, size)
    source = Source(name, name, size, "", start[: 1 << 16], lambda: file)  # type: ignore[arg-type,return-value]
    assert video.sniff(source)
    (record,) = video.parse(source)
    assert isinstance(record, Record)
    assert written(record.when).startswith("2026-07-05 20:30:24")
    assert file.total < (4 << 20 if name == "film.ts" else 1 << 12)
