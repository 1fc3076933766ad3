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
from pipeline.timeline.schema import AMBIGUOUS, ASSUMED, GIVEN, SETTLED, SKIPPED

LONDON = ZoneInfo("Europe/London")
ORIGIN = datetime(1970, 1, 1, tzinfo=UTC)


def wall(*texts: str) -> np.ndarray:
    return np.array([micros(datetime.fromisoformat(text)) for text in texts], dtype=np.int64)


def read(*texts: str, groups: list[int] | None = None) -> list[tuple[str, str, str]]:
    """(UTC, abbreviation, basis) of wall times in London, in file order."""
    clock = from_wall(wall(*texts), "Europe/London", np.array(groups or [0] * len(texts), dtype=np.int32))
    return [
        (
            (ORIGIN + timedelta(microseconds=int(utc))).strftime("%m-%d %H:%M"),
            clock.names[name],
            BASES[basis],
        )
        for utc, name, basis in zip(clock.utc, clock.name, clock.basis, strict=True)
    ]


def last_sunday(year: int, month: int) -> datetime:
    day = datetime(year, month, 31, tzinfo=UTC)
    return day - timedelta(days=(day.weekday() + 1) % 7)


def test_ordinary_hours() -> None:
    assert read("2026-01-15T12:00", "2026-07-15T12:00") == [
        ("01-15 12:00", "GMT", ASSUMED),
        ("07-15 11:00", "BST", ASSUMED),
    ]


def test_doubled_hour_is_settled_by_a_step_back_in_the_file() -> None:
    assert read("2025-10-26T00:59", "2025-10-26T01:30", "2025-10-26T01:05", "2025-10-26T01:40", "2025-10-26T02:00") == [
        ("10-25 23:59", "BST", ASSUMED),
        ("10-26 00:30", "BST", SETTLED),
        ("10-26 01:05", "GMT", SETTLED),
        ("10-26 01:40", "GMT", SETTLED),
        ("10-26 02:00", "GMT", ASSUMED),
    ]


def test_doubled_hour_without_a_step_back_stays_open() -> None:
    assert [row[2] for row in read("2025-10-26T01:05", "2025-10-26T01:30")] == [AMBIGUOUS] * 2


def test_doubled_hour_with_two_steps_back_stays_open() -> None:
    assert [
        row[2]
        for row in read(
            "2025-10-26T00:10",
            "2025-10-26T01:30",
            "2025-10-26T01:05",
            "2025-10-26T01:30",
            "2025-10-26T01:02",
            "2025-10-26T02:10",
        )
    ] == [ASSUMED, *[AMBIGUOUS] * 4, ASSUMED]


def test_files_do_not_settle_each_other() -> None:
    assert [row[2] for row in read("2025-10-26T01:30", "2025-10-26T01:05", groups=[0, 1])] == [AMBIGUOUS] * 2


def test_files_without_an_order_settle_nothing() -> None:
    assert [row[2] for row in read("2025-10-26T01:30", "2025-10-26T01:05", groups=[-1, -1])] == [AMBIGUOUS] * 2


@pytest.mark.parametrize(("later", "basis"), [("01:29:59", AMBIGUOUS), ("01:28:01", AMBIGUOUS), ("01:28:00", SETTLED)])
def test_rows_a_little_out_of_order_settle_nothing(later: str, basis: str) -> None:
    assert [row[2] for row in read("2025-10-26T01:30:00", f"2025-10-26T{later}", "2025-10-26T03:00")] == [
        *[basis] * 2,
        ASSUMED,
    ]


def test_a_file_that_runs_from_newest_to_oldest_is_settled_by_a_step_forward() -> None:
    rows = read("2025-10-26T02:10", "2025-10-26T01:05", "2025-10-26T01:30", "2025-10-26T00:10")
    assert [row[1:] for row in rows[1:3]] == [("GMT", SETTLED), ("BST", SETTLED)]


def test_hour_that_did_not_happen_is_flagged_and_keeps_its_distance() -> None:
    assert read("2026-03-29T00:59", "2026-03-29T01:30", "2026-03-29T02:00") == [
        ("03-29 00:59", "GMT", ASSUMED),
        ("03-29 01:30", "BST", SKIPPED),
        ("03-29 01:00", "BST", ASSUMED),
    ]


def test_every_minute_of_both_nights_from_2010_to_2030() -> None:
    hour = [timedelta(hours=1, minutes=minute) for minute in range(60)]
    around = [timedelta(minutes=59), timedelta(hours=2)]
    for year in range(2010, 2031):
        for night, basis in ((last_sunday(year, 3), SKIPPED), (last_sunday(year, 10), AMBIGUOUS)):
            times = np.array([micros((night + step).replace(tzinfo=None)) for step in (*hour, *around)], dtype=np.int64)
            clock = from_wall(times, "Europe/London", np.full(len(times), -1, dtype=np.int32))
            assert [BASES[code] for code in clock.basis] == [basis] * 60 + [ASSUMED] * 2
            apart = (clock.other - clock.utc)[:60]
            assert set(apart.tolist()) == {3_600_000_000 if basis == AMBIGUOUS else 0}
            assert not (clock.other - clock.utc)[60:].any()


NIGHTS = st.tuples(st.integers(2010, 2030), st.sampled_from([3, 10])).map(lambda night: last_sunday(*night))


@given(NIGHTS, st.lists(st.integers(-3 * 3600, 5 * 3600), min_size=1, max_size=30), st.booleans())
def test_a_log_kept_over_a_change_night(night: datetime, seconds: list[int], newest_first: bool) -> None:  # noqa: FBT001
    """Whatever happened that night, in file order: each time is read as it was, or the row says that it may be the other; no settled row is wrong."""
    true = sorted(micros((night + timedelta(seconds=second)).replace(tzinfo=None)) for second in seconds)
    true = true[::-1] if newest_first else true
    shown = from_instants(np.array(true), "Europe/London").local
    clock = from_wall(shown, "Europe/London", np.zeros(len(true), dtype=np.int32))
    for place, instant in enumerate(true):
        basis, found = BASES[clock.basis[place]], {int(clock.utc[place]), int(clock.other[place])}
        assert basis != SKIPPED
        assert instant in found
        assert (len(found) == 2) == (basis in {AMBIGUOUS, SETTLED})
        if basis in {ASSUMED, SETTLED}:
            assert int(clock.utc[place]) == instant
        assert int(clock.local[place]) == int(shown[place])


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
