"""Wall clocks and instants, over both clock-change nights."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.dates import micros
from pipeline.timeline.clock import BASES, from_instants, from_wall
from pipeline.timeline.schema import AMBIGUOUS, ASSUMED, GIVEN, SKIPPED

LONDON = ZoneInfo("Europe/London")
ORIGIN = datetime(1970, 1, 1, tzinfo=UTC)


def wall(*texts: str) -> np.ndarray:
    return np.array([micros(datetime.fromisoformat(text)) for text in texts], dtype=np.int64)


def read(*texts: str, groups: list[int] | None = None) -> list[tuple[str, str, str, bool]]:
    """(UTC, abbreviation, basis, settled) of wall times in London, in file order."""
    clock = from_wall(wall(*texts), "Europe/London", np.array(groups or [0] * len(texts), dtype=np.int32))
    return [
        (
            (ORIGIN + timedelta(microseconds=int(utc))).strftime("%m-%d %H:%M"),
            clock.names[name],
            BASES[basis],
            bool(settled),
        )
        for utc, name, basis, settled in zip(clock.utc, clock.name, clock.basis, clock.settled, strict=True)
    ]


def last_sunday(year: int, month: int) -> datetime:
    day = datetime(year, month, 31, tzinfo=UTC)
    return day - timedelta(days=(day.weekday() + 1) % 7)


def test_ordinary_hours() -> None:
    assert read("2026-01-15T12:00", "2026-07-15T12:00") == [
        ("01-15 12:00", "GMT", ASSUMED, False),
        ("07-15 11:00", "BST", ASSUMED, False),
    ]


def test_doubled_hour_is_settled_by_a_step_back_in_the_file() -> None:
    assert read("2025-10-26T00:59", "2025-10-26T01:30", "2025-10-26T01:05", "2025-10-26T01:40", "2025-10-26T02:00") == [
        ("10-25 23:59", "BST", ASSUMED, False),
        ("10-26 00:30", "BST", AMBIGUOUS, True),
        ("10-26 01:05", "GMT", AMBIGUOUS, True),
        ("10-26 01:40", "GMT", AMBIGUOUS, True),
        ("10-26 02:00", "GMT", ASSUMED, False),
    ]


def test_doubled_hour_without_a_step_back_stays_open() -> None:
    assert [row[2:] for row in read("2025-10-26T01:05", "2025-10-26T01:30")] == [(AMBIGUOUS, False)] * 2


def test_doubled_hour_with_two_steps_back_stays_open() -> None:
    assert [
        row[3]
        for row in read(
            "2025-10-26T00:10",
            "2025-10-26T01:30",
            "2025-10-26T01:05",
            "2025-10-26T01:30",
            "2025-10-26T01:02",
            "2025-10-26T02:10",
        )
    ] == [False] * 6


def test_files_do_not_settle_each_other() -> None:
    assert [row[3] for row in read("2025-10-26T01:30", "2025-10-26T01:05", groups=[0, 1])] == [False, False]


def test_a_file_that_runs_from_newest_to_oldest_is_settled_by_a_step_forward() -> None:
    rows = read("2025-10-26T02:10", "2025-10-26T01:05", "2025-10-26T01:30", "2025-10-26T00:10")
    assert [(row[1], row[3]) for row in rows[1:3]] == [("GMT", True), ("BST", True)]


def test_hour_that_did_not_happen_is_flagged_and_keeps_its_distance() -> None:
    assert read("2026-03-29T00:59", "2026-03-29T01:30", "2026-03-29T02:00") == [
        ("03-29 00:59", "GMT", ASSUMED, False),
        ("03-29 01:30", "BST", SKIPPED, False),
        ("03-29 01:00", "BST", ASSUMED, False),
    ]


@pytest.mark.parametrize("year", range(2010, 2030))
def test_both_nights_of_twenty_years(year: int) -> None:
    spring, autumn = last_sunday(year, 3), last_sunday(year, 10)
    for minute in range(0, 60, 7):
        missing = read(spring.strftime(f"%Y-%m-%dT01:{minute:02d}"))[0]
        twice = read(autumn.strftime(f"%Y-%m-%dT01:{minute:02d}"))[0]
        assert (missing[2], twice[2]) == (SKIPPED, AMBIGUOUS)
        assert twice[0] == autumn.strftime("%m-%d ") + f"00:{minute:02d}"
    for day in (spring, autumn):
        assert {row[2] for row in read(day.strftime("%Y-%m-%dT00:59"), day.strftime("%Y-%m-%dT02:00"))} == {ASSUMED}


@given(st.datetimes(min_value=datetime(1995, 1, 1), max_value=datetime(2035, 1, 1)))
def test_wall_times_agree_with_zoneinfo(when: datetime) -> None:
    clock = from_wall(np.array([micros(when)]), "Europe/London", np.zeros(1, dtype=np.int32))
    both = {micros(when.replace(tzinfo=LONDON, fold=fold).astimezone(UTC)) for fold in (0, 1)}
    real = {
        one
        for one in both
        if micros((ORIGIN + timedelta(microseconds=one)).astimezone(LONDON).replace(tzinfo=None)) == micros(when)
    }
    assert BASES[clock.basis[0]] == {0: SKIPPED, 1: ASSUMED, 2: AMBIGUOUS}[len(real)]
    assert int(clock.utc[0]) in (real or {micros(when)})


@given(st.datetimes(min_value=datetime(1995, 1, 1), max_value=datetime(2035, 1, 1), timezones=st.just(UTC)))
def test_instants_agree_with_zoneinfo(when: datetime) -> None:
    clock = from_instants(np.array([micros(when)]), "Europe/London")
    local = when.astimezone(LONDON)
    assert int(clock.local[0]) == micros(local.replace(tzinfo=None))
    assert clock.names[clock.name[0]] == local.tzname()
    assert BASES[clock.basis[0]] == GIVEN
