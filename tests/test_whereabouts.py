"""Where an event was: distance and accuracy, fixed cameras, the words of a diary, and whose device told it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import parsers
from parsers import dates
from parsers.contract import Moment, Record
from pipeline.case import CaseError, parse
from pipeline.records import RecordWriter
from pipeline.timeline.build import build
from pipeline.timeline.places import FITS, locate, metres
from pipeline.timeline.whereabouts import ELSEWHERE, Told, distance_words

HEAD = """\
reference = "x"
[client]
name = "Robin"
[[subject]]
name = "Sam"
"""
PLACES = """\
[[place]]
name = "Home"
type = "home"
lat = 53.46
lon = -1.86
radius_m = 60
confidential = false
written = ["home", "my house"]
[[place]]
name = "Work"
type = "work"
lat = 53.48
lon = -1.86
radius_m = 150
"""
NORTH_M = 6_371_008.8 * np.pi / 180
"""Metres in a degree of latitude."""


def at(text: str) -> Moment:
    return dates.moment(datetime.fromisoformat(text), text, "second", "device clock")


def record(number: int = 1, kind: str = "location", when: str | None = "2026-03-04T10:00", **fields: Any) -> Record:
    return Record(f"row {number}", kind, "camera", at(when) if when else None, **fields)


def events(
    tmp_path: Path, records: Sequence[Record], more: str = "", told: Told | None = None, places: str = PLACES
) -> list[dict[str, Any]]:
    writer = RecordWriter(tmp_path / "records.arrow")
    writer.write("aaaa", 0, records)
    writer.close()
    case = parse(HEAD + places + more, Path())
    args = (
        case,
        [(tmp_path / "records.arrow", frozenset[str]())],
        {},
        frozenset[str](),
        date(2026, 6, 30),
        tmp_path / "events.parquet",
    )
    build(*args, told=told or Told())
    return sorted(pq.read_table(tmp_path / "events.parquet").to_pylist(), key=lambda row: row["position"])


@pytest.mark.parametrize(
    ("north_m", "accuracy", "place", "fit"),
    [
        (0, 5.0, "place-1", "at"),
        (40, 12.0, "place-1", "at"),
        (48, 12.1, "place-1", "may be at"),  # 60.1 m at the most
        (71, 12.0, "place-1", "may be at"),  # 59 m at the least
        (73, 12.0, "", "away"),
        (29, None, "place-1", "at"),  # 30 m are assumed
        (31, None, "place-1", "may be at"),
        (91, None, "", "away"),
        (31, 0.0, "place-1", "may be at"),  # no receiver is exact to 0 m
        (31, -1.0, "place-1", "may be at"),
        (0, 2000.0, "place-1", "may be at"),  # a mast of the phone network is never at a place
        (2000, 5.0, "", "away"),
    ],
)
def test_a_position_is_no_sharper_than_its_accuracy(
    tmp_path: Path, north_m: float, accuracy: float | None, place: str, fit: str
) -> None:
    [event] = events(tmp_path, [record(lat=53.46 + north_m / NORTH_M, lon=-1.86, accuracy_m=accuracy)])
    assert (event["place"], event["place_fit"], event["place_basis"]) == (place, fit, "position")
    assert event["nearest"] == ("place-1" if north_m < 1112 else "place-2")
    assert event["place_m"] == pytest.approx(min(north_m, abs(north_m - 2223.9)), abs=0.1)


@pytest.mark.parametrize("remark", ELSEWHERE)
def test_a_position_that_may_be_of_another_time_is_at_no_place_for_certain(tmp_path: Path, remark: str) -> None:
    """A fix of yesterday, or of the car ten minutes later, does not place the picture at the home."""
    assert any(remark in path.read_text(encoding="utf-8") for path in Path(parsers.__file__).parent.glob("*.py"))
    doubtful = record(lat=53.46, lon=-1.86, accuracy_m=5.0, flags=("something", f"{remark}: more words"))
    far = record(2, lat=53.5, lon=-1.86, accuracy_m=5.0, flags=(remark,))
    assert [event["place_fit"] for event in events(tmp_path, [doubtful, far])] == ["may be at", "away"]


def test_a_place_it_is_at_comes_before_a_nearer_one_it_may_be_at(tmp_path: Path) -> None:
    places = PLACES.replace("lat = 53.48", "lat = 53.4610").replace("radius_m = 60", "radius_m = 20")
    [event] = events(tmp_path, [record(lat=53.46 + 30 / NORTH_M, lon=-1.86, accuracy_m=15.0)], places=places)
    assert (event["place"], event["place_fit"]) == ("place-2", "at")


def test_without_a_position_there_is_no_place(tmp_path: Path) -> None:
    half = record(2, lat=53.46)
    for event in events(tmp_path, [record(), half]):
        assert (event["place"], event["place_fit"], event["place_basis"], event["nearest"]) == ("", "", "", "")
        assert event["place_m"] is None
    assert events(tmp_path, [record(lat=53.46, lon=-1.86)], places="")[0]["place_fit"] == ""


CAMERA = '[[camera]]\nname = "Doorbell"\nplace = "Home"\n'


@pytest.mark.parametrize(
    ("signs", "fits"),
    [
        ('device = "front door"', True),
        ('device = "Front"', False),
        ('file = "Ring_*"', True),
        ('file = "ring_front*.MP4"', True),
        ('file = "Front Door/*"', True),
        ('file = "Door/*"', False),
        ('file = "*.avi"', False),
        ('make = "Example"\nmodel = "D1"', True),
        ('make = "Example"\nmodel = "D2"', False),
        ('serial = "77"', True),
        ('parser = "video"', True),
        ('parser = "camera_events"', False),
        ('device = "front door"\nstart = 2026-03-04\nend = 2026-03-04', True),
        ('device = "front door"\nstart = 2026-03-05', False),
        ('device = "front door"\nend = 2026-03-03', False),
    ],
)
def test_a_clip_is_where_its_camera_hangs(tmp_path: Path, signs: str, fits: bool) -> None:  # noqa: FBT001 -- what is expected
    clip = record(kind="video", extra={"camera": "Front Door", "make": "Example", "model": "D1", "serial": "77"})
    told = Told({"aaaa": ("clips.zip!Front Door/Ring_FrontDoor_202603041000.mp4", "video")})
    [event] = events(tmp_path, [clip], CAMERA + signs, told)
    assert (event["place"], event["place_fit"], event["place_basis"], event["camera"]) == (
        ("place-1", "at", "fixed camera", "camera-1") if fits else ("", "", "", "")
    )
    assert event["place_m"] is None, "a camera measures no distance"


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("*[M][0@0]*", True),
        ("*[R]*", False),
        ("10.27.32-10.28.00[M][0@0][0].dav", True),
        ("2021-03-06/*[R]*.dav", False),
    ],
)
def test_square_brackets_in_a_name_are_letters(tmp_path: Path, pattern: str, fits: bool) -> None:  # noqa: FBT001
    told = Told({"aaaa": ("SD/2021-03-06/001/dav/10/10.27.32-10.28.00[M][0@0][0].dav", "video")})
    [event] = events(tmp_path, [record(kind="video")], f'{CAMERA}file = "{pattern}"', told)
    assert bool(event["camera"]) == fits


def test_a_list_of_events_names_its_camera(tmp_path: Path) -> None:
    rows = [record(1, "video", place_text="Front Door"), record(2, "notice", place_text="Front Door")]
    found = events(tmp_path, rows, CAMERA + 'device = "Front Door"')
    assert [event["camera"] for event in found] == ["camera-1", ""], "a lost connection is no recording"


def test_a_clip_without_a_date_fits_only_a_camera_without_days(tmp_path: Path) -> None:
    clip = record(kind="video", when=None, extra={"serial": "77"})
    assert events(tmp_path, [clip], CAMERA + 'serial = "77"')[0]["camera"] == "camera-1"
    assert events(tmp_path, [clip], CAMERA + 'serial = "77"\nstart = 2026-01-01')[0]["camera"] == ""


def test_the_day_is_that_of_the_clock_of_the_case(tmp_path: Path) -> None:
    late = Record(
        "row 1",
        "video",
        "camera",
        dates.moment(datetime(2026, 7, 3, 23, 30), "", "second", "utc"),
        extra={"serial": "7"},
    )
    assert events(tmp_path, [late], CAMERA + 'serial = "7"\nstart = 2026-07-04') == events(
        tmp_path, [late], CAMERA + 'serial = "7"\nend = 2026-07-04'
    )


def test_two_cameras_that_fit_one_clip_give_no_place_and_are_named(tmp_path: Path) -> None:
    more = CAMERA + 'serial = "77"\n' + '[[camera]]\nname = "Yard"\nplace = "Work"\nmake = "Example"\n'
    [event] = events(tmp_path, [record(kind="video", extra={"make": "Example", "serial": "77"})], more)
    assert (event["place"], event["camera"]) == ("", "")
    assert event["flags"] == "more than one camera of case.toml fits this record (“Doorbell”, “Yard”): none is taken"


def test_a_position_that_contradicts_the_camera_is_taken_and_remarked(tmp_path: Path) -> None:
    clip = record(kind="video", lat=53.48, lon=-1.86, accuracy_m=10.0, extra={"serial": "77"})
    [event] = events(tmp_path, [clip], CAMERA + 'serial = "77"')
    assert (event["place"], event["place_basis"], event["camera"]) == ("place-2", "position", "camera-1")
    assert event["flags"] == (
        "its position is 2.2 km from the place that case.toml gives for the camera “Doorbell”: the position is taken"
    )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[[camera]]\nname = "D"\nplace = "Hone"\nserial = "7"', r'camera.1.place "Hone" is not the name of one place'),
        (
            '[[camera]]\nname = "D"\nplace = "Home"',
            r"camera.1 must say which clips are its own, by at least one of: serial",
        ),
        ('[[camera]]\nname = "D"\nserial = "7"', r"camera.1.place is missing"),
        ('[[camera]]\nname = "D"\nplace = "Home"\nseriel = "7"', r"camera.1.seriel is not a key that is known here"),
        (
            '[[camera]]\nname = "D"\nplace = "Home"\nserial = "7"\nstart = 2026-02-01\nend = 2026-01-01',
            r"is before its start",
        ),
        (
            '[[camera]]\nname = "D"\nplace = "Home"\nserial = "7"\n[[camera]]\nname = "E"\nplace = "Work"\nserial = "7"',
            r'camera.2 and "D" have the same signs at the same time',
        ),
        (
            '[[camera]]\nname = "D"\nplace = "Home"\nserial = "7"\n[[camera]]\nname = "d"\nplace = "Work"\nserial = "8"',
            r'camera.2.name "d" is the name of another camera',
        ),
        (
            '[[place]]\nname = "Old"\ntype = "home"\nlat = 53\nlon = 1\nwritten = ["HOME "]',
            r'place.3.written "home" stands for another',
        ),
        ('[[place]]\nname = "work"\ntype = "home"\nlat = 53\nlon = 1', r'place.3.name "work" stands for another place'),
        (
            '[[place]]\nname = "Old"\ntype = "home"\nlat = 53\nlon = 1\nconfidential = "no"',
            r"confidential must be true or false",
        ),
    ],
)
def test_what_cannot_be_is_refused(more: str, said: str) -> None:
    with pytest.raises(CaseError, match=said):
        parse(HEAD + PLACES + more, Path())


def test_a_camera_that_was_moved_has_two_blocks() -> None:
    moved = (
        CAMERA + 'serial = "7"\nend = 2026-03-28\n'
        '[[camera]]\nname = "Doorbell"\nplace = "Work"\nserial = "7"\nstart = 2026-03-29\n'
    )
    assert [camera.place for camera in parse(HEAD + PLACES + moved, Path()).cameras] == ["place-1", "place-2"]


def test_a_place_is_confidential_unless_said_otherwise() -> None:
    assert [place.confidential for place in parse(HEAD + PLACES, Path()).places] == [False, True]


def test_only_words_that_case_toml_gives_place_a_diary_entry(tmp_path: Path) -> None:
    said = ["home", " My  HOUSE", "Home", "outside my house", "work", ""]
    rows = [record(number, "incident", place_text=words) for number, words in enumerate(said)]
    rows.append(record(9, "location", place_text="Home", lat=None))
    found = events(tmp_path, rows)
    assert [event["place"] for event in found] == ["place-1", "place-1", "place-1", "", "place-2", "", ""]
    assert {event["place_basis"] for event in found} == {"", "written"}


def test_positions_are_of_the_person_who_is_said_to_have_carried_the_device(tmp_path: Path) -> None:
    rows = [record(1, sender=None, lat=1.0, lon=1.0), record(2, "photo", sender=None)]
    assert [event["sender"] for event in events(tmp_path, rows)] == ["", "P1"]
    assert [event["sender"] for event in events(tmp_path, rows, told=Told({}, {"aaaa": "P2"}))] == ["P2", "P1"]


POSITIONS = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(POSITIONS, POSITIONS)
def test_distance_is_symmetric_and_bounded(one: tuple[float, float], other: tuple[float, float]) -> None:
    there, back = metres(*one, *other), metres(*other, *one)
    assert there == pytest.approx(back)
    assert 0 <= there <= 6_371_008.8 * np.pi * 1.000001


@given(
    st.lists(st.tuples(st.floats(-0.01, 0.01), st.floats(-0.01, 0.01), st.floats(0.1, 500)), min_size=1, max_size=20)
)
def test_a_less_exact_position_is_never_nearer_to_a_sure_answer(points: list[tuple[float, float, float]]) -> None:
    case = parse(HEAD + PLACES, Path())
    north, east, accuracy = (np.array(values) for values in zip(*points, strict=True))
    sharp = locate(53.46 + north, -1.86 + east, accuracy, case.places[:1])
    vague = locate(53.46 + north, -1.86 + east, accuracy * 2, case.places[:1])
    may_be = FITS.index("may be at")
    assert not ((vague.fit != sharp.fit) & (vague.fit != may_be)).any()


@pytest.mark.parametrize(
    ("far", "words"),
    [(4, "under 10 m"), (44, "40 m"), (996, "1.0 km"), (1234, "1.2 km"), (34_567, "35 km"), (1_234_567, "1,235 km")],
)
def test_distance_in_words(far: float, words: str) -> None:
    assert distance_words(far) == words
