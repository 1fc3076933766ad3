"""Times of day and lengths in a person's writing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.contract import ABOUT, DAY, HOUR, MEMORY, MINUTE, SECOND
from parsers.dates import WrittenDate
from parsers.times import on_the_day, written_length, written_time


def clock(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


POINTS = [
    ("9.15pm", "21:15", MINUTE),
    ("9:15 p.m.", "21:15", MINUTE),
    ("21.15", "21:15", MINUTE),
    ("2115hrs", "21:15", MINUTE),
    ("2115", "21:15", MINUTE),
    ("0915 hours", "9:15", MINUTE),
    ("21:15pm", "21:15", MINUTE),
    ("12.30am", "0:30", MINUTE),
    ("12:30 PM", "12:30", MINUTE),
    ("9pm", "21:00", HOUR),
    ("nine pm", "21:00", HOUR),
    ("12 noon", "12:00", HOUR),
    ("midday", "12:00", HOUR),
    ("9 in the evening", "21:00", HOUR),
    ("3 in the morning", "3:00", HOUR),
    ("9 o'clock at night", "21:00", HOUR),
    ("half past nine pm", "21:30", MINUTE),
    ("half nine at night", "21:30", MINUTE),
    ("quarter to 10pm", "21:45", MINUTE),
    ("ten past nine am", "9:10", MINUTE),
    ("approx 9pm", "21:00", ABOUT),
    ("approximately 9.15pm", "21:15", ABOUT),
    ("c. 9pm", "21:00", ABOUT),
    ("9pm ish", "21:00", ABOUT),
    ("9pm (approx.)", "21:00", ABOUT),
    ("just after 9pm", "21:00", ABOUT),
    ("from 9pm until late", "21:00", ABOUT),
    ("7pm?", "19:00", ABOUT),
]


@pytest.mark.parametrize(("text", "start", "precision"), POINTS, ids=str)
def test_a_written_time_is_read(text: str, start: str, precision: str) -> None:
    found = written_time(text)
    assert (found.start, found.end, found.precision, found.flags) == (clock(start), None, precision, ())


RANGES = [
    ("9pm-10pm", "21:00", "22:00"),
    ("9-10pm", "21:00", "22:00"),
    ("11-1pm", "11:00", "13:00"),
    ("11-2am", "23:00", "26:00"),
    ("11pm-1", "23:00", "25:00"),
    ("11pm to midnight", "23:00", "24:00"),
    ("midnight - 1am", "0:00", "1:00"),
    ("between 2 and 3pm", "14:00", "15:00"),
    ("between 2 and 3 in the afternoon", "14:00", "15:00"),
    ("22:00\u201302:00", "22:00", "26:00"),
    ("9.30 to 10.15 am", "9:30", "10:15"),
    ("evening", "17:00", "23:00"),
    ("early hours of the morning", "0:00", "6:00"),
    ("overnight", "21:00", "30:00"),
    ("morning and afternoon", "5:00", "18:00"),
]


@pytest.mark.parametrize(("text", "start", "end"), RANGES, ids=str)
def test_a_range_is_read(text: str, start: str, end: str) -> None:
    found = written_time(text)
    assert (found.start, found.end, found.flags) == (clock(start), clock(end), ())


@pytest.mark.parametrize("text", ["9 o'clock", "9", "between 2 and 3", "2-3", "half nine", "9ish", "11.30-1.15"])
def test_half_of_the_day_is_not_guessed(text: str) -> None:
    assert written_time(text) == (None, None, DAY, "", ("am or pm not given",))


@pytest.mark.parametrize(
    "text", ["", "all day", "throughout the day", "unknown", "?", "n/a", "various times", "don't know"]
)
def test_no_hour_is_the_day_without_a_flag(text: str) -> None:
    assert written_time(text) == (None, None, DAY, "", ())


@pytest.mark.parametrize(
    "text",
    ["after the school run", "9.5", "25:00", "13am", "9:75", "3 times", "x" * 5000, "9 " * 90, "\u0663pm", "()", "at"],
)
def test_what_is_not_understood_is_said(text: str) -> None:
    found = written_time(text)
    assert found.start is None
    assert found.flags


def test_several_times_and_midnight_are_flagged() -> None:
    several = written_time("9pm, 10pm and 11.30pm")
    assert (several.start, several.end) == (clock("21:00"), clock("23:30"))
    assert several.flags == ("more than one time is written: the first and the last are given",)
    assert written_time("midnight").flags == ("midnight: the one before this day or the one after it",)


@pytest.mark.parametrize(
    ("text", "which"),
    [("9:15", ""), ("09:15", "24"), ("21:15", "24"), ("9.15am", "12"), ("evening", "words"), ("9hrs", "24")],
)
def test_the_clock_of_the_writer_is_reported(text: str, which: str) -> None:
    assert written_time(text).clock == which


@given(st.integers(0, 23), st.integers(0, 59), st.sampled_from([":", "."]), st.booleans())
def test_every_minute_of_the_day_is_read_back(hour: int, minute: int, sep: str, twelve: bool) -> None:  # noqa: FBT001
    text = (
        f"{hour % 12 or 12}{sep}{minute:02d}{'pm' if hour > 11 else 'am'}" if twelve else f"{hour:02d}{sep}{minute:02d}"
    )
    assert written_time(text)[:3] == (timedelta(hours=hour, minutes=minute), None, MINUTE)
    assert written_time(f"about {text}")[:3] == (timedelta(hours=hour, minutes=minute), None, ABOUT)
    assert written_time(f"{hour:02d}{minute:02d}hrs").start == timedelta(hours=hour, minutes=minute)


@given(st.text(alphabet="0123456789:.-apm noubtwe&,/?~'", max_size=40) | st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    found = written_time(text)
    assert found.start is None or timedelta(0) <= found.start <= timedelta(days=1, hours=1)
    assert found.end is None or (found.start is not None and found.end >= found.start)
    assert (found.start is None) == (found.precision == DAY)


@pytest.mark.parametrize(
    ("text", "unit", "seconds"),
    [
        ("0001:02:03", "s", 3723),
        ("101:00:00", "s", 363600),
        ("02:03", "s", 123),
        ("1h 2m", "s", 3720),
        ("1h2m3s", "s", 3723),
        ("2 minutes and 3 seconds", "s", 123),
        ("1 hr, 5 mins", "s", 3900),
        ("192", "s", 192),
        ("3.5", "m", 210),
        ("0", "s", 0),
        ("", "s", None),
        ("-5", "s", None),
        ("soon", "s", None),
        ("5 apples", "s", None),
        ("1:2:3:4", "s", None),
    ],
)
def test_a_length_is_read(text: str, unit: str, seconds: float | None) -> None:
    assert written_length(text, unit) == seconds


@given(st.integers(0, 400_000))
def test_every_form_of_a_length_agrees(seconds: int) -> None:
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    assert written_length(f"{hours:04d}:{minutes:02d}:{rest:02d}") == seconds
    assert written_length(f"{seconds // 60}:{rest:02d}") == seconds
    assert written_length(f"{hours}h {minutes}m {rest}s") == seconds
    assert written_length(str(seconds)) == seconds


@given(st.text(max_size=80))
def test_no_text_breaks_a_length(text: str) -> None:
    found = written_length(text)
    assert found is None or found >= 0


def test_a_day_and_a_time_make_a_moment() -> None:
    twelfth = WrittenDate(date(1970, 1, 12))
    day = 86_400_000_000
    when, until = on_the_day(twelfth, written_time("11pm-1am"), "raw", MEMORY)
    assert when == (11 * day + 23 * 3_600_000_000, MEMORY, HOUR, "raw")
    assert until is not None
    assert until.micros == 12 * day + 3_600_000_000
    assert on_the_day(twelfth, written_time("21:15:30"), "", MEMORY)[0] == (
        11 * day + 76_530_000_000,
        MEMORY,
        SECOND,
        "",
    )
    assert on_the_day(WrittenDate(None), written_time("9pm"), "", MEMORY) == (None, None)


def test_a_night_over_two_written_days_ends_on_the_second() -> None:
    both = WrittenDate(date(1970, 1, 12), date(1970, 1, 13))
    _, until = on_the_day(both, written_time("22:00-02:00"), "", MEMORY)
    assert until is not None
    assert until.micros == 12 * 86_400_000_000 + 2 * 3_600_000_000
