from __future__ import annotations

import pytest
from conftest import problems_of, records_of, source_from

from parsers import call_log, diary, location_table
from parsers.contract import LOCAL, UTC, Question
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
