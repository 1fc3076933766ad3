"""Notes of Google Photos and XMP sidecars: every form of their names, what they settle and what not, and where they are in the balance."""

from __future__ import annotations

import json
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from conftest import source_from, written
from hypothesis import given
from hypothesis import strategies as st

from parsers import photo, photo_sidecar, video
from parsers.contract import Record
from pipeline import evidence, intake
from pipeline.new_case import Beginning, make
from pipeline.store import ATTACHED, READ, Timeline
from sample_data.jpeg import jpeg_with_exif
from sample_data.movie import mp4

SHOT = datetime(2026, 7, 1, 14, 5, 12)
NOTED = 1_782_911_112  # 2026-07-01 13:05:12 UTC
PLAIN = jpeg_with_exif(SHOT)


def notes(title: str = "IMG_1.jpg", taken: int = NOTED, **more: Any) -> bytes:
    return json.dumps({"title": title, "photoTakenTime": {"timestamp": str(taken)}, **more}).encode()


def place(lat: float, lon: float) -> dict[str, float]:
    return {"latitude": lat, "longitude": lon, "altitude": 0.0}


def read(data: bytes, name: str, beside: dict[str, bytes]) -> Record:
    source = source_from(data, name, siblings=beside)
    module = photo if photo.sniff(source) else video
    (record,) = module.parse(source)
    assert isinstance(record, Record)
    return record


LONG = "a-holiday-in-a-place-whose-name-is-very-long-indeed"


@pytest.mark.parametrize(
    ("name", "sidecar", "title"),
    [
        ("IMG_1.jpg", "IMG_1.jpg.json", "IMG_1.jpg"),
        ("IMG_1.jpg", "IMG_1.jpg.supplemental-metadata.json", "IMG_1.jpg"),
        ("IMG_1.jpg", "IMG_1.jpg.supplemental-me.json", "IMG_1.jpg"),
        ("IMG_1.jpg", "IMG_1.jpg.supple.json", "IMG_1.jpg"),
        ("IMG_1.jpg", "IMG_1.jpg.s.json", "IMG_1.jpg"),
        ("IMG_1.jpg", "IMG_1.jpg..json", "IMG_1.jpg"),
        ("DSC_0238(1).JPG", "DSC_0238.JPG(1).json", "DSC_0238.JPG"),
        ("DSC_0238(1).JPG", "DSC_0238.JPG.supplemental-metadata(1).json", "DSC_0238.JPG"),
        ("DSC_0238(12).JPG", "DSC_0238.JPG.supple(12).json", "DSC_0238.JPG"),
        ("DSC_0238(1).JPG", "DSC_0238(1).JPG.json", "DSC_0238(1).JPG"),
        ("IMG_1-edited.jpg", "IMG_1.jpg.json", "IMG_1.jpg"),
        ("IMG_1-edited(1).jpg", "IMG_1.jpg(1).json", "IMG_1.jpg"),
        ("IMG_1-modifié.jpg", "IMG_1.jpg.supplemental-metadata.json", "IMG_1.jpg"),
        ("IMG_1-bearbeitet.jpg", "IMG_1.jpg.supplemental-metadata.json", "IMG_1.jpg"),
        (f"{LONG[:47]}.jpg", f"{LONG[:46]}.json", f"{LONG}.jpg"),
        ("\U0001f600" * 24 + ".jpg", "\U0001f600" * 23 + ".json", "\U0001f600" * 24 + ".jpg"),  # an emoji counts as two
        ("\U0001f600" * 20 + ".jpg", "\U0001f600" * 20 + ".jpg.s.json", "\U0001f600" * 20 + ".jpg"),
        ("2234089303984509579.jpg", "2234089303984509579.supplemental-metadata.json", "2234089303984509579"),
        ("2234089303984509579-edited.jpg", "2234089303984509579.supplemental-metadata.json", "2234089303984509579"),
        ("PXL_20260701_130512000.PORTRAIT.jpg", "PXL_20260701_130512000.PORTRAIT.jpg.supplement.json", "PXL_20260701_130512000.PORTRAIT.jpg"),
        ("PXL_20260701_130512000.jpg", "PXL_20260701_130512000.jpg.supplemental-metada.json", "PXL_20260701_130512000.jpg"),
    ],
)  # fmt: skip
def test_every_form_of_the_name(name: str, sidecar: str, title: str) -> None:
    record = read(PLAIN, name, {sidecar: notes(title)})
    assert written(record.when).startswith("2026-07-01 13:05:12Z [utc, second] DateTimeOriginal")
    assert [one.name for one in record.attachments] == [name, sidecar]
    extra = dict(record.extra or {})
    assert extra["offset"] == "+01:00 found from the notes of Google Photos"
    assert extra["google_title"] == title
    edited = "its name says that it was edited; the notes of Google Photos are those of the original"
    assert (edited in record.flags) == ("-edited" in name or "-modif" in name or "-bearb" in name)


@pytest.mark.parametrize(
    ("name", "sidecar", "title"),
    [
        ("IMG_1.jpg", "IMG_2.jpg.json", "IMG_2.jpg"),
        ("IMG_1.jpg", "IMG_1.json", "IMG_1.jpg"),
        ("IMG_1(1).jpg", "IMG_1.jpg.json", "IMG_1.jpg"),
        ("IMG_1.jpg", "IMG_1.jpg(1).json", "IMG_1.jpg"),
        (f"{LONG[:46]}z.jpg", f"{LONG[:46]}.json", f"{LONG}.jpg"),  # two photos whose names are the same until there
    ],
)
def test_the_notes_of_another_photo_are_not_taken(name: str, sidecar: str, title: str) -> None:
    record = read(PLAIN, name, {sidecar: notes(title)})
    assert len(record.attachments) == 1
    assert written(record.when).startswith("2026-07-01 14:05:12 [device clock")


@pytest.mark.parametrize(
    ("taken", "moment", "flag"),
    [
        (NOTED, "2026-07-01 13:05:12Z [utc, second]", ""),
        (NOTED + 2, "2026-07-01 13:05:12Z [utc, second]", ""),
        (NOTED + 3, "2026-07-01 14:05:12 [device clock, second]", ""),
        (NOTED + 3600, "2026-07-01 14:05:12 [device clock, second]", "the notes of Google Photos have the camera's clock as UTC: they may not have known the zone"),
        (NOTED - 86_400 * 3, "2026-07-01 14:05:12 [device clock, second]", ""),
        (0, "2026-07-01 14:05:12 [device clock, second]", ""),
        (-1, "2026-07-01 14:05:12 [device clock, second]", "the time in the notes of Google Photos is not plausible: -1"),
    ],
)  # fmt: skip
def test_what_the_noted_time_settles(taken: int, moment: str, flag: str) -> None:
    record = read(PLAIN, "IMG_1.jpg", {"IMG_1.jpg.json": notes(taken=taken)})
    assert written(record.when).startswith(moment)
    assert record.flags == ((flag,) if flag else ())
    noted = [when.micros for name, when in record.clocks if name == "notes of Google Photos"]
    assert noted == ([taken * 1_000_000] if taken > 0 else [])


def test_a_written_zone_goes_before_the_notes_and_these_before_gps() -> None:
    with_offset = jpeg_with_exif(SHOT, offset="+02:00")
    record = read(with_offset, "IMG_1.jpg", {"IMG_1.jpg.json": notes()})
    assert written(record.when).startswith("2026-07-01 12:05:12Z [offset")
    with_gps = jpeg_with_exif(SHOT, lat=51.5, lon=-0.1, gps_time=datetime(2026, 7, 1, 12, 5, 10))
    record = read(with_gps, "IMG_1.jpg", {"IMG_1.jpg.json": notes()})
    assert written(record.when).startswith("2026-07-01 13:05:12Z [utc")
    assert "zone may be wrong: GPS time says +02:00" in record.flags


def test_the_noted_time_where_the_file_has_none() -> None:
    record = read(jpeg_with_exif(None), "0a1b2c3d.jpg", {"0a1b2c3d.jpg.json": notes("0a1b2c3d.jpg")})
    assert written(record.when) == f"2026-07-01 13:05:12Z [epoch, second] photoTakenTime {NOTED}"
    assert "time from the notes of Google Photos" in record.flags
    name = "IMG-20260701-WA0001.jpg"
    record = read(jpeg_with_exif(None), name, {f"{name}.json": notes(name)})
    assert "the file name tells when it was sent or saved, not when it was taken" in record.flags


@pytest.mark.parametrize(
    ("more", "lat", "flag"),
    [
        ({"geoData": place(0, 0), "geoDataExif": place(0, 0)}, None, ""),
        ({"geoData": place(53.46, -1.86)}, 53.46, "position from the notes of Google Photos: may have been added by hand or estimated"),
        ({"geoData": place(53.0, -1.0), "geoDataExif": place(53.46, -1.86)}, 53.46, "position from the notes of Google Photos: as the file had it"),
        ({"geoData": place(153.46, -1.86)}, None, "position not used: 153.46, -1.86 is not on the globe"),
        ({"geoData": {"latitude": "x", "longitude": None}}, None, "position not used: x, None is not one"),
        ({"geoData": "nowhere"}, None, ""),
    ],
)  # fmt: skip
def test_noted_position(more: dict[str, Any], lat: float | None, flag: str) -> None:
    record = read(PLAIN, "IMG_1.jpg", {"IMG_1.jpg.json": notes(**more)})
    assert record.lat == lat
    assert record.flags == ((flag,) if flag else ())
    here = read(jpeg_with_exif(SHOT, lat=51.5, lon=-0.1), "IMG_1.jpg", {"IMG_1.jpg.json": notes(**more)})
    assert here.lat == 51.5


def test_films_have_notes_too() -> None:
    record = read(
        mp4(), "IMG_7.MP4", {"IMG_7.HEIC.supplemental-metadata.json": notes("IMG_7.HEIC", geoData=place(53.46, -1.86))}
    )
    assert written(record.when).startswith("2026-07-01 13:05:12Z [epoch")
    assert (record.lat, record.lon) == (53.46, -1.86)
    assert "time from the notes of Google Photos" in record.flags
    assert [one.name for one in record.attachments] == ["IMG_7.MP4", "IMG_7.HEIC.supplemental-metadata.json"]
    record = read(
        mp4(created=datetime(2026, 7, 1, 13, 5, 20)),
        "VID_20260701_140512.mp4",
        {"VID_20260701_140512.mp4.json": notes("VID_20260701_140512.mp4")},
    )
    assert not [flag for flag in record.flags if "Google" in flag]
    record = read(
        mp4(created=datetime(2026, 7, 1, 13, 5, 20)),
        "VID_20260701_140512.mp4",
        {"VID_20260701_140512.mp4.json": notes("VID_20260701_140512.mp4", NOTED - 9000)},
    )
    assert ("notes of Google Photos", (NOTED - 9000) * 1_000_000) in [
        (name, when.micros) for name, when in record.clocks
    ]


XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
 exif:DateTimeOriginal="2026-07-01T14:05:12+01:00" exif:GPSLatitude="53,27.6N" exif:GPSLongitude="1,51.6W"/></rdf:RDF></x:xmpmeta>"""


@pytest.mark.parametrize("sidecar", ["IMG_1.xmp", "IMG_1.jpg.xmp", "IMG_1.XMP"])
def test_xmp_sidecar(sidecar: str) -> None:
    record = read(PLAIN, "IMG_1.jpg", {sidecar: XMP})
    assert written(record.when).startswith("2026-07-01 13:05:12Z [offset, second]")
    assert (record.lat, record.lon) == (53.46, -1.86)
    assert f"read together with {sidecar}" in record.flags


@given(st.text(max_size=60), st.binary(max_size=200))
def test_no_name_and_no_notes_raise(name: str, data: bytes) -> None:
    name = name.replace("/", "").replace("\\", "") or "x"
    for beside in (f"{name}.json", f"{name}.xmp"):
        read(PLAIN, name, {beside: data})
    source = source_from(data, f"{name}.json")
    if photo_sidecar.sniff(source):
        assert len(list(photo_sidecar.parse(source))) == 1


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda one: (
            st.lists(one, max_size=3)
            | st.dictionaries(st.sampled_from(["timestamp", "latitude", "longitude", "name"]), one, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_values_of_other_types_than_expected_are_no_crash(value: Any) -> None:
    for key in ("photoTakenTime", "geoData", "people", "title", "creationTime", "description"):
        data = json.dumps({"title": "IMG_1.jpg", "photoTakenTime": {"timestamp": "1"}} | {key: value}).encode()
        assert len(list(photo_sidecar.parse(source_from(data, "a.json")))) == 1
        read(PLAIN, "IMG_1.jpg", {"IMG_1.jpg.json": data})


# --- In the balance ------------------------------------------------------------------------------------------------------------------------------------


def added(tmp_path: Path, files: dict[str, bytes], *, zipped: bool) -> Timeline:
    exports = tmp_path / "Takeout"
    exports.mkdir()
    if zipped:
        with zipfile.ZipFile(exports / "takeout.zip", "w") as archive:
            for name, data in files.items():
                archive.writestr(f"Google Photos/{name}", data)
    else:
        for name, data in files.items():
            (exports / name).write_bytes(data)
    case = make(tmp_path / "case", Beginning("notes", "Me Example", subjects=("Sam Example: 07700 900123",)))
    evidence.receive(case.folder, [exports], lambda *_: None)
    return intake.bring_up_to_date(case, lambda *_: None)


@pytest.mark.parametrize("zipped", [False, True])
def test_notes_are_accounted_for_once(tmp_path: Path, zipped: bool) -> None:  # noqa: FBT001
    files = {
        "IMG_1.jpg": PLAIN,
        "IMG_1.jpg.supplemental-metadata.json": notes(geoData=place(53.46, -1.86)),
        "IMG_2.jpg.json": notes("IMG_2.jpg", NOTED + 60),
        "IMG_3.jpg": jpeg_with_exif(datetime(2026, 7, 2, 9)),
        "IMG_3.xmp": XMP,
        "CLIP.mp4": mp4(created=datetime(2026, 7, 3, 9)),
        "CLIP.srt": b"1\n00:00:00,000 --> 00:00:01,000\nGPS(-1.86,53.46,20)\n",
    }
    timeline = added(tmp_path, files, zipped=zipped)
    states = {Path(row.file).name: (row.state, row.records, row.events, row.problems) for row in timeline.sources}
    assert states["IMG_1.jpg.supplemental-metadata.json"] == (ATTACHED, 0, 0, 0)
    assert states["IMG_3.xmp"] == (ATTACHED, 0, 0, 0)
    assert states["CLIP.srt"] == (ATTACHED, 0, 0, 0)
    assert states["IMG_2.jpg.json"] == (READ, 1, 1, 0)
    assert states["IMG_1.jpg"] == states["IMG_3.jpg"] == states["CLIP.mp4"] == (READ, 1, 1, 0)
    events = pq.read_table(timeline.events).to_pylist()
    assert len(events) == 4 == sum(row.events for row in timeline.sources)
    why = {Path(row.file).name: row.why for row in timeline.sources}
    assert why["IMG_1.jpg.supplemental-metadata.json"].endswith(" photo")
