from __future__ import annotations

import pytest
from conftest import problems_of, records_of, source_from
from conftest import written as shown

from parsers import call_log, diary, location_table
from parsers.contract import LOCAL, OFFSET, UTC, Question
from parsers.headings import CALL_LOG_KIND, DIARY_KIND, LOCATION_KIND, kind
from parsers.location_table import parse, sniff


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        ("timestamp|latitude|longitude", LOCATION_KIND),
        ("Lat|Long|Date|Time|Accuracy (m)|Label", LOCATION_KIND),
        ("latitudeE7|longitudeE7|timestampMs|accuracy", LOCATION_KIND),
        ("Type|Name|Address|Latitude|Longitude|Start time|End time", LOCATION_KIND),
        ("time|lat|lon|elevation|accuracy|bearing|speed|satellites|provider", LOCATION_KIND),
        ("Name|Latitude|Longitude", ""),
        ("Date|Latitude|Longitude|What happened", DIARY_KIND),
        ("Date|Time|Latitude|Longitude|Description|Witnesses", ""),
        ("Date|Time|Number|Duration|Latitude|Longitude", ""),
        ("Date|Sender|Text|Latitude|Longitude", ""),
        ("Name|Number|Date|Time|Type|Duration", CALL_LOG_KIND),
    ],
)
def test_the_kind_of_a_row_of_headings(headings: str, expected: str) -> None:
    assert kind(headings.split("|")) == expected
    source = source_from(headings.replace("|", ",").encode() + b"\n1,2,3\n", "a.csv")
    claims = [module.sniff(source) for module in (diary, call_log, location_table)]
    assert claims == [expected == name for name in (DIARY_KIND, CALL_LOG_KIND, LOCATION_KIND)]


def row(text: str, headings: str = "timestamp;latitude;longitude", answers: dict[str, str] | None = None) -> object:
    source = source_from(f"{headings}\n{text}\n".encode(), "a.csv", answers)
    assert sniff(source)
    (output,) = parse(source)
    return output


@pytest.mark.parametrize(
    "headings",
    ["time,lat,N/S,lon,E/W", "time,latitude,Latitude ref,longitude,Longitude ref", "date,lat,lat_dir,lng,lng_dir"],
)
@pytest.mark.parametrize(
    ("sides", "expected"),
    [
        ("N,W", (51.4075, -0.0805)),
        ("N,E", (51.4075, 0.0805)),
        ("south,west", (-51.4075, -0.0805)),
        (",", (51.4075, 0.0805)),
        ("N,?", (None, None)),
    ],
)
def test_the_sides_of_a_position_in_columns_of_their_own(
    headings: str, sides: str, expected: tuple[float | None, float | None]
) -> None:
    """London lies west of Greenwich by less than a degree: a sign that is lost puts it in the next borough."""
    north, east = sides.split(",")
    (record,) = records_of([row(f"2026-05-03T21:14:05Z,51.4075,{north},0.0805,{east}", headings)])  # type: ignore[list-item]
    assert (record.lat, record.lon) == expected
    assert bool(record.flags) == (expected[0] is None)


def test_a_sign_and_a_side_that_say_different_things() -> None:
    for east, expected in (("W", -0.0805), ("E", None)):
        (record,) = records_of([row(f"2026-05-03T21:14:05Z,51.4,-0.0805,{east}", "time,lat,lon,E/W")])  # type: ignore[list-item]
        assert record.lon == expected


@pytest.mark.parametrize(
    ("written", "clock", "basis"),
    [
        ("2026-05-03 21:14:05 UTC", "2026-05-03 21:14:05Z", UTC),
        ("03/05/2026 21:14 GMT", "2026-05-03 21:14:00Z", UTC),
        ("3 May 2026 9.14pm BST", "2026-05-03 20:14:00Z", OFFSET),
        ("13/05/2026 21:14:05 (BST)", "2026-05-13 20:14:05Z", OFFSET),
        ("Sun May 03 2026 21:14:05 GMT+0100 (British Summer Time)", "2026-05-03 20:14:05Z", OFFSET),
        ("3 May 2026 21:14:05 GMT-05:00", "2026-05-04 02:14:05Z", OFFSET),
        ("3 May 2026 21:14:05 GMT+0000", "2026-05-03 21:14:05Z", UTC),
        ("03/05/2026 21:14", "2026-05-03 21:14:00", LOCAL),
        ("03-05-2026", "2026-05-03 00:00:00", LOCAL),
    ],
)
def test_a_zone_behind_the_clock(written: str, clock: str, basis: str) -> None:
    """In summer GMT is not the clock on the wall: dropped, it would put the event an hour off."""
    (record,) = records_of([row(f"{written};51.4;-0.08", answers={"day_first": "yes"})])  # type: ignore[list-item]
    assert shown(record.when).startswith(f"{clock} [{basis}")
    (record,) = records_of([row("2026-05-03;21:14 GMT;51.4;-0.08", "date;time;lat;lon")])  # type: ignore[list-item]
    assert shown(record.when).startswith(f"2026-05-03 21:14:00Z [{UTC}")


@pytest.mark.parametrize(
    ("lat", "lon", "expected"),
    [
        ("53.46", "-1.86", (53.46, -1.86)),
        ("53,46", "-1,86", (53.46, -1.86)),
        ("53.46N", "1.86 W", (53.46, -1.86)),
        ("53.46° N", "1.86°W", (53.46, -1.86)),
        ("33.46S", "151.2E", (-33.46, 151.2)),
        ("+53.46", "-1.86°", (53.46, -1.86)),
        ("534600000", "-18600000", (53.46, -1.86)),
        ("53", "-1", (53.0, -1.0)),
        ("53460000", "-1860000", (None, None)),  # millionths, or ten millionths of 5.3 degrees: nothing says
        ("514075", "-805", (None, None)),
        ("91", "1", (None, None)),
        ("53.46.1", "1", (None, None)),
        ("", "", (None, None)),
    ],
)
def test_positions(lat: str, lon: str, expected: tuple[float | None, float | None]) -> None:
    (record,) = records_of([row(f"2024-03-03T12:22:24Z;{lat};{lon}")])  # type: ignore[list-item]
    assert (record.lat, record.lon) == expected
    assert bool(record.flags) == (expected == (None, None))


def test_a_heading_that_says_utc_is_believed() -> None:
    for headings, basis in (
        ("Time (UTC);Latitude;Longitude", UTC),
        ("datetime_utc;lat;lon", UTC),
        ("Time;Latitude;Longitude", LOCAL),
    ):
        (record,) = records_of([row("2024-03-03 12:22:24;53.46;-1.86", headings)])  # type: ignore[list-item]
        assert record.when is not None
        assert record.when.basis == basis
        assert record.flags == (("time without a zone",) if basis == LOCAL else ())


def test_day_or_month_first_is_asked() -> None:
    with pytest.raises(Question):
        row("03/04/2024 12:22;53.46;-1.86")
    for answer, day in (("yes", "2024-04-03"), ("no", "2024-03-04")):
        (record,) = records_of([row("03/04/2024 12:22;53.46;-1.86", answers={"day_first": answer})])  # type: ignore[list-item]
        assert record.when is not None
        assert record.when.micros == {"2024-04-03": 1712146920, "2024-03-04": 1709554920}[day] * 1_000_000
    with pytest.raises(Question, match="joined"):
        list(parse(source_from(b"timestamp;latitude;longitude\n13/04/2024;1;1\n04/13/2024;1;1\n", "a.csv")))


def test_a_date_a_start_and_an_end() -> None:
    (record,) = records_of([row("25/03/2024;12:00;13:30;53.46;-1.86", "Date;Start time;End time;Latitude;Longitude")])  # type: ignore[list-item]
    assert record.when is not None
    assert record.until is not None
    assert record.until.micros - record.when.micros == 90 * 60_000_000


def test_every_row_is_a_record_or_a_problem() -> None:
    rows = [
        b"2024-03-03T12:22:24Z,53.46,-1.86",
        b"x,y,z",
        b",,",
        b",53.46,-1.86",
        b"2024-03-03T12:22:24Z,,",
        b",,,only a note",
    ]
    outputs = list(parse(source_from(b"timestamp,latitude,longitude,note\n" + b"\n".join(rows), "a.csv")))
    assert [record.at for record in records_of(outputs)] == ["line 2", "line 3", "line 5", "line 6"]
    assert [problem.at for problem in problems_of(outputs)] == ["line 7"]  # line 4 is blank


def test_a_clock_beside_a_whole_time_is_kept() -> None:
    (record,) = records_of([row("2024-03-03T12:22:24Z;12.23pm;53.46;-1.86", "timestamp;time;latitude;longitude")])  # type: ignore[list-item]
    assert record.extra == {"time": "12.23pm"}
