from __future__ import annotations

import pytest
from conftest import written

from parsers.contract import DAY, EPOCH, LOCAL, MINUTE, OFFSET, SECOND, SUBSECOND, UTC
from parsers.positions import degrees, e7, epoch, instant, iso, number, pair, time_flags


@pytest.mark.parametrize(
    ("lat", "lon", "expected"),
    [
        (53.46, -1.86, (53.46, -1.86)),
        ("53.46", " -1.86 ", (53.46, -1.86)),
        (51.48, 0, (51.48, 0.0)),
        (0, 5.0, (0.0, 5.0)),
        (-90, 180, (-90.0, 180.0)),
        (90.001, 0, "not on the globe"),
        (0, -180.1, "not on the globe"),
        (float("nan"), 1, "is not one"),
        (float("inf"), 1, "is not one"),
        (10**400, 1, "is not one"),
        ("north", 1, "is not one"),
        ([1], {}, "is not one"),
        (True, 1, "is not one"),
        (None, 1, "is not one"),
        (0, 0, "no fix"),
        (0.0000001, -0.0000001, "no fix"),
        (0.00005, -0.00005, "no fix"),
        (0.001, 0, (0.001, 0.0)),
    ],
)
def test_degrees(lat: object, lon: object, expected: tuple[float, float] | str) -> None:
    north, east, flags = degrees(lat, lon)
    if isinstance(expected, str):
        assert (north, east) == (None, None)
        assert expected in flags[0]
    else:
        assert (north, east, flags) == (*expected, ())


def test_nothing_given_is_no_position_and_no_flag() -> None:
    assert degrees(None, None) == degrees("", None) == e7(None, None) == pair(None) == pair("") == (None, None, ())


@pytest.mark.parametrize(
    ("lat", "lon", "expected", "flag"),
    [
        (534600000, -18600000, (53.46, -1.86), ""),
        ("534600000", "-18600000", (53.46, -1.86), ""),
        (514800000, 0, (51.48, 0.0), ""),
        (534600000, 4294967296 - 18600000, (53.46, -1.86), "put right"),
        (4294967296 - 334600000, 1512000000, (-33.46, 151.2), "put right"),
        (900000000, -1800000000, (90.0, -180.0), ""),
        (5140000000, 4294162296, (None, None), "not on the globe"),  # more than 32 bits: no overflow
        (51.4, -0.08, (None, None), "not in whole numbers"),
        ("514000000.5", 1, (None, None), "not in whole numbers"),
        (934600000, 12, (None, None), "not on the globe"),
        (534600000, 1800000001, (None, None), "not on the globe"),
        (0, 0, (None, None), "no fix"),
    ],
)
def test_e7(lat: object, lon: object, expected: tuple[float | None, float | None], flag: str) -> None:
    north, east, flags = e7(lat, lon)
    assert (north, east) == (pytest.approx(expected[0]), pytest.approx(expected[1]))
    assert flag in " ".join(flags)
    assert bool(flags) == bool(flag)


@pytest.mark.parametrize(
    "text", ["53.46°, -1.86°", "53.46, -1.86", "geo:53.46,-1.86", " geo:53.46,-1.86;u=35 ", "53.46,-1.86,12"]
)
def test_pair(text: str) -> None:
    assert pair(text) == (53.46, -1.86, ())


def test_pair_that_is_none() -> None:
    for text in ("53.46", "a, b", 17, {"a": 1}, "geo:" + "9" * 50_000):
        assert pair(text)[:2] == (None, None)
        assert pair(text)[2]


@pytest.mark.parametrize(
    ("text", "clock", "basis", "precision"),
    [
        ("2024-03-03T12:22:24.190Z", "2024-03-03 12:22:24.190000Z", UTC, SUBSECOND),
        ("2024-03-03T12:22:24Z", "2024-03-03 12:22:24Z", UTC, SECOND),
        ("2024-07-03 13:22:24+01:00", "2024-07-03 12:22:24Z", OFFSET, SECOND),
        ("2024-07-03T13:22:24.1234567+0100", "2024-07-03 12:22:24.123456Z", OFFSET, SUBSECOND),
        ("2024-07-03T13:22+01", "2024-07-03 12:22:00Z", OFFSET, MINUTE),
        ("2024-03-03T12:22:24", "2024-03-03 12:22:24", LOCAL, SECOND),
        ("2024-03-03", "2024-03-03 00:00:00", LOCAL, DAY),
    ],
)
def test_iso(text: str, clock: str, basis: str, precision: str) -> None:
    assert written(iso(text)) == f"{clock} [{basis}, {precision}] {text}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024-02-30T12:00:00Z",
        "2024-03-03T25:00:00Z",
        "2024-03",
        "yesterday",
        "2024-03-03T12:22:24.190X",
        "0000-00-00",
    ],
)
def test_not_iso(text: str) -> None:
    assert iso(text) is None


@pytest.mark.parametrize(
    ("value", "clock", "precision"),
    [
        (1709468544, "2024-03-03 12:22:24Z", SECOND),
        ("1709468544", "2024-03-03 12:22:24Z", SECOND),
        ("1709468544123", "2024-03-03 12:22:24.123000Z", SUBSECOND),
        (1709468544123456, "2024-03-03 12:22:24.123456Z", SUBSECOND),
        (1709468544.5, "2024-03-03 12:22:24.500000Z", SUBSECOND),
    ],
)
def test_epoch(value: object, clock: str, precision: str) -> None:
    assert written(epoch(value)) == f"{clock} [{EPOCH}, {precision}] {value}"


@pytest.mark.parametrize("value", [0, 12, None, "", "x", True, 10**30, float("nan"), [], "9" * 5000])
def test_not_an_epoch(value: object) -> None:
    assert epoch(value) is None
    assert instant(value) is None


def test_numbers() -> None:
    assert [number(value) for value in ("1.5", 2, " -3 ", "1e2", True, None, "x", float("inf"), "1_0")] == [
        1.5,
        2.0,
        -3.0,
        100.0,
        None,
        None,
        None,
        None,
        None,
    ]


def test_time_flags() -> None:
    assert time_flags(
        [("x", None), ("x", None), (None, None), ("2024-03-03T12:22:24", iso("2024-03-03T12:22:24"))]
    ) == (
        "time not understood: x",
        "time without a zone",
    )
