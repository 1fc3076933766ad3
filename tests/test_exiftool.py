"""Every real picture and film, and every sample, against exiftool: no disagreement on time or place that is not explained here.

exiftool (Debian: libimage-exiftool-perl) is wanted by this test alone; without it the test is skipped. It is asked for its reading of the same fields; which of several
dates is believed is our rule (`parsers.exif_time`, `parsers.clip_time`), so for each file the field that we believed is compared, and then that there is no better one.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from conftest import REAL, SAMPLES, source_of

from parsers import photo, video
from parsers.contract import DAY, INSTANTS, Record, Unreadable
from parsers.file_names import FROM_NAME

EXIFTOOL: Final = shutil.which("exiftool")
pytestmark = pytest.mark.skipif(EXIFTOOL is None, reason="exiftool is not installed")

EXPLAINED: Final[dict[tuple[str, str], str]] = {
    (
        "drewnoakes+metadata-extractor-images__Nikon_D5000.jpg",
        "place",
    ): "minutes have a fraction and the seconds are written 0/0, of which exiftool makes nothing; its XMP "
    "says the same as we do",
    ("cut_off.jpg", "place"): "see its time",
    ("fix_of_0_0.jpg", "place"): "0, 0 is what a receiver without a fix writes: flagged, not used",
    ("no_fix.3gp", "place"): "the same",
    ("20260406_142122.mkv", "place"): "a tag of Matroska that exiftool does not read as a place",
    ("260503_141314_001_FH.MP4", "place"): "gdat of a Nextbase, which this exiftool does not know",
    ("260503_151314_002_FH.MP4", "place"): "exiftool looks for these records in the film alone, and not by the table",
    ("NO20260503-171314-000038F.MP4", "place"): "a 70mai of 4K, which this exiftool does not know",
    (
        "00012.MTS",
        "time",
    ): "the zone of the pack has no summer time in it; ours is from the satellite time, which exiftool does not compare",
    ("cut_off.jpg", "time"): "exiftool gives up on the JPEG; the EXIF block in it is whole",
    (
        "box_too_long.mp4",
        "time",
    ): "exiftool does not look into a box that is longer than the file; what is in it of the header is whole",
    ("edited.mp4", "time"): "the date in the XMP has no seconds and exiftool leaves it out of its list of times",
    ("GX010042.MP4", "time"): "a GoPro's header is its local clock; ours is the satellite time in its telemetry",
    (
        "GX010042.MP4",
        "place",
    ): "the made-up track of measurements has not all the tables that exiftool wants; see test_telemetry_of_real_gopros in test_video.py",
    ("day_only.avi", "time"): "exiftool does not list a date that is only a day as a time",
}
"""(file, "time" or "place"): why ours differs."""

IMAGE_DATES: Final = (
    ("ExifIFD:DateTimeOriginal", "ExifIFD:OffsetTimeOriginal"),
    ("ExifIFD:CreateDate", "ExifIFD:OffsetTimeDigitized"),
    ("XMP-exif:DateTimeOriginal", ""),
    ("XMP-photoshop:DateCreated", ""),
    ("XMP-xmp:CreateDate", ""),
    ("IFD0:ModifyDate", "ExifIFD:OffsetTime"),
)
"""In the order in which we believe them, with the field of the zone."""
FILM_DATES: Final = (
    "Keys:CreationDate",
    "UserData:DateTimeOriginal",
    "ItemList:ContentCreateDate",
    "UserData:ContentCreateDate",
    "Matroska:DateTimeOriginal",
    "H264:DateTimeOriginal",
    "RIFF:DateTimeOriginal",
    "RIFF:DateCreated",
    "ASF:CreationDate",
    "QuickTime:CreateDate",
    "XMP-xmp:CreateDate",
)


def every_file() -> list[Path]:
    real = [path for path in (REAL / "media").glob("*/*") if path.is_file()] if REAL.exists() else []
    samples = [path for name in ("photo", "video") for path in (SAMPLES / name).iterdir()]
    found = []
    for path in [*real, *samples]:
        source = source_of(path)
        if photo.sniff(source) or video.sniff(source):
            found.append(path)
    return sorted(found)


FILES: Final = every_file()


@cache
def oracle() -> dict[Path, dict[str, Any]]:
    """What exiftool reads, in one run."""
    assert EXIFTOOL
    command = [
        EXIFTOOL,
        "-json",
        "-n",
        "-G1",
        "-q",
        "-ee",
        "-time:all",
        "-gps:all",
        "-GPSLatitude",
        "-GPSLongitude",
        "-Composite:all",
        *map(str, FILES),
    ]
    said = subprocess.run(command, capture_output=True, check=False).stdout
    return {Path(row["SourceFile"]): row for row in json.loads(said)}


def record_of(path: Path) -> Record | None:
    source = source_of(path)
    module = photo if photo.sniff(source) else video
    try:
        (output,) = module.parse(source)
    except Unreadable:
        return None
    return output if isinstance(output, Record) else None


def wall_and_zone(text: Any, zone: Any = "") -> tuple[datetime, timedelta | None] | None:
    """A date of exiftool: the clock as it shows, and its distance from UTC if it says so."""
    found = re.fullmatch(
        r"(\d{4}:\d\d:\d\d \d\d:\d\d(?::\d\d)?)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?(?: DST)?", str(text).strip()
    )
    if not found:
        return None
    try:
        wall = datetime.fromisoformat(found[1].replace(":", "-", 2))
    except ValueError:
        return None
    given = found[2] or str(zone)
    if given == "Z":
        return wall, timedelta(0)
    offset = re.fullmatch(r"([+-])(\d\d):(\d\d)", given)
    if not offset:
        return wall, None
    size = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
    return wall, -size if offset[1] == "-" else size


def ours(record: Record) -> tuple[datetime, bool] | None:
    """Our time to the second, and whether it is an instant."""
    if record.when is None:
        return None
    clock = datetime.fromtimestamp(record.when.micros // 1_000_000, UTC).replace(tzinfo=None)
    return clock, record.when.basis in INSTANTS


def agree_on_time(path: Path, record: Record, said: dict[str, Any]) -> str:
    """ "" if exiftool's first usable date of ours is the time we have; else what they say."""
    mine = ours(record)
    dates = [(tag, "") for tag in FILM_DATES] if record.kind == "video" else IMAGE_DATES
    found = [(tag, date) for tag, zone in dates if (date := wall_and_zone(said.get(tag), said.get(zone, "")))]
    found = [(tag, date) for tag, date in found if 1990 <= date[0].year <= 2100]
    if FROM_NAME in record.flags:
        return ""
    if mine is None:
        return f"we have none, exiftool has {found}" if found and record.when is None else ""
    clock, instant = mine
    if record.when and record.when.precision == DAY:
        days = [str(said[tag]) for tag in FILM_DATES if tag in said]
        return "" if f"{clock:%Y:%m:%d}" in days else f"we have the day {clock}, exiftool has {days}"
    for _, (wall, zone) in found:
        if zone is not None and instant and clock == wall - zone:
            return ""
        if not instant and clock == wall:
            return ""
        if instant and zone is None and abs(clock - wall) <= timedelta(hours=14) and (clock - wall).seconds % 900 == 0:
            return ""  # a zone that we found, and exiftool does not look for
    return f"we have {clock}{' UTC' if instant else ''}, exiftool has {found}"


def agree_on_place(record: Record, said: dict[str, Any]) -> str:
    lat, lon = (
        next((value for tag, value in said.items() if tag.endswith(f":GPS{name}") and value != ""), None)
        for name in ("Latitude", "Longitude")
    )
    lat, lon = said.get("Composite:GPSLatitude", lat), said.get("Composite:GPSLongitude", lon)
    if not isinstance(lat, int | float) or not isinstance(lon, int | float):
        lat = lon = None
    if record.lat is None or record.lon is None or lat is None or lon is None:
        return (
            ""
            if (record.lat, record.lon) == (lat, lon)
            else f"we have {record.lat}, {record.lon}, exiftool has {lat}, {lon}"
        )
    near = abs(record.lat - lat) < 1e-5 and abs(record.lon - lon) < 1e-5  # a metre: exiftool rounds
    return "" if near else f"we have {record.lat}, {record.lon}, exiftool has {lat}, {lon}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_exiftool_reads_the_same(path: Path) -> None:
    record, said = record_of(path), oracle().get(path, {})
    if record is None:
        record = Record("", "photo", "camera", None)
    for what, words in (("time", agree_on_time(path, record, said)), ("place", agree_on_place(record, said))):
        if (path.name, what) in EXPLAINED:
            assert words, f"{what} agrees now: strike it from the table"
        else:
            assert not words, f"{what}: {words}"


def test_files_were_found() -> None:
    assert len(FILES) > 50
    assert set(oracle()) == set(FILES)
    assert {name for name, _ in EXPLAINED} <= {path.name for path in FILES} or not REAL.exists()
