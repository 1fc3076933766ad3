"""Written dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.contract import Question
from parsers.dates import MONTHS, WEEKDAYS, day_first, numeric_fields, weekday, written_date

READ = [
    ("12/03/2024", "2024-03-12", ""),
    ("12.3.24", "2024-03-12", ""),
    ("12-03-2024", "2024-03-12", ""),
    ("12 / 3 / 2024", "2024-03-12", ""),
    ("2024-03-12", "2024-03-12", ""),
    ("2024/3/12", "2024-03-12", ""),
    ("20240312", "2024-03-12", ""),
    ("2024-03-12T21:15:00", "2024-03-12", "21:15:00"),
    ("12/03/2024 9.15pm", "2024-03-12", "9.15pm"),
    ("9.15pm 12 March 2024", "2024-03-12", "9.15pm"),
    ("12th March 2024", "2024-03-12", ""),
    ("1st of Apr. 2024, evening", "2024-04-01", "evening"),
    ("Tues 12th March 2024", "2024-03-12", ""),
    ("12/03/2024 (Tuesday)", "2024-03-12", ""),
    ("12-Mar-24", "2024-03-12", ""),
    ("12Mar2024", "2024-03-12", ""),
    ("12 March '24", "2024-03-12", ""),
    ("March 12, 2024", "2024-03-12", ""),
    ("Mar 12 2024 9:15 PM", "2024-03-12", "9:15 PM"),
    ("3rd Sept 2024", "2024-09-03", ""),
    ("early hours of 12/03/2024", "2024-03-12", "early hours of"),
]


@pytest.mark.parametrize(("text", "day", "rest"), READ, ids=str)
def test_a_written_date_is_read(text: str, day: str, rest: str) -> None:
    found = written_date(text, first_is_day=True)
    assert found == (date.fromisoformat(day), None, False, rest, ())


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("", "no date given"),
        ("12 March", "no year given"),
        ("12 March 21:15", "no year given"),
        ("12 March 10pm", "no year given"),
        ("12 March 2115hrs", "no year given"),
        ("12/03", "no year given"),
        ("31/02/2024", "no such date"),
        ("30 February 2024", "no such date"),
        ("3/13/2024", "no such date with the day first"),
        ("01/01/0024", "no such date"),
        ("yesterday", "date not understood"),
        ("2024", "date not understood"),
        ("45363", "date not understood"),
        ("x" * 9999, "date not understood"),
    ],
)
def test_what_has_no_single_reading_is_no_date(text: str, flag: str) -> None:
    found = written_date(text, first_is_day=True)
    assert found.first is None
    assert found.flags == (flag,)


def test_the_order_is_as_told_and_iso_is_always_iso() -> None:
    assert written_date("03/04/2024", first_is_day=True).first == date(2024, 4, 3)
    assert written_date("03/04/2024", first_is_day=False).first == date(2024, 3, 4)
    assert written_date("2024-09-10", first_is_day=True).first == date(2024, 9, 10)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("12-14 March 2024", "2024-03-12", "2024-03-14"),
        ("12th to 14th March 2024", "2024-03-12", "2024-03-14"),
        ("12/03/2024 - 14/03/2024", "2024-03-12", "2024-03-14"),
        ("28 Feb 2024 to 2 Mar 2024", "2024-02-28", "2024-03-02"),
    ],
)
def test_a_range_of_days_is_read(text: str, first: str, last: str) -> None:
    assert written_date(text, first_is_day=True) == (date.fromisoformat(first), date.fromisoformat(last), False, "", ())


def test_about_month_and_week() -> None:
    for words in ("12/03/2026 (approx)", "12 March 2026 approx.", "12/03/2026 about"):
        assert written_date(words, first_is_day=True)[:4] == (date(2026, 3, 12), None, True, "")
    assert written_date("approx 12/03/2024", first_is_day=True) == (date(2024, 3, 12), None, True, "", ())
    assert written_date("early March 2024", first_is_day=True) == (
        date(2024, 3, 1),
        date(2024, 3, 31),
        True,
        "",
        ("only the month is given",),
    )
    assert written_date("Dec 2024", first_is_day=True).last == date(2024, 12, 31)
    assert written_date("w/c 4 March 2024", first_is_day=True) == (date(2024, 3, 4), date(2024, 3, 10), True, "", ())


def test_a_wrong_weekday_and_a_misspelt_month_are_flagged() -> None:
    assert written_date("Monday 12/03/2024", first_is_day=True).flags == (
        "written as a Monday, but that date was a Tuesday",
    )
    assert written_date("12 Febuary 2024", first_is_day=True).flags == ('"febuary" read as February',)
    assert weekday("Thurs") == 3
    assert weekday("sunset") is None


def test_a_range_that_runs_backwards_is_not_believed() -> None:
    found = written_date("14/03/2024 - 12/03/2024", first_is_day=True)
    assert (found.first, found.last) == (date(2024, 3, 14), None)
    assert found.flags == ("the end of the range was not understood",)
    assert written_date("14-12 March 2024", first_is_day=True).first is None


DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))


@given(DAYS, st.sampled_from(["/", "-", "."]), st.booleans())
def test_numeric_dates_are_read_back(day: date, sep: str, first: bool) -> None:  # noqa: FBT001
    order = (day.day, day.month) if first else (day.month, day.day)
    text = f"{order[0]:02d}{sep}{order[1]}{sep}{day.year}"
    assert written_date(text, first_is_day=first).first == day
    assert numeric_fields(text) == [order]


@given(DAYS, st.integers(3, 9), st.booleans(), st.booleans())
def test_dates_in_words_are_read_back(day: date, letters: int, with_weekday: bool, month_first: bool) -> None:  # noqa: FBT001
    month = MONTHS[day.month - 1][:letters].capitalize()
    text = f"{month} {day.day}, {day.year}" if month_first else f"{day.day} {month} {day.year}"
    text = f"{WEEKDAYS[day.weekday()]} {text}" if with_weekday else text
    assert written_date(text, first_is_day=True) == (day, None, False, "", ())
    wrong = WEEKDAYS[(day + timedelta(days=1)).weekday()]
    assert written_date(f"{wrong} {day.day} {month} {day.year}", first_is_day=True).flags


@given(st.text(alphabet="0123456789/-. abcdefjmnopstuy'?~", max_size=60) | st.text(max_size=300), st.booleans())
def test_no_text_breaks_it(text: str, first: bool) -> None:  # noqa: FBT001
    found = written_date(text, first_is_day=first)
    assert found.first is not None or found.flags
    assert found.last is None or (found.first is not None and found.last >= found.first)


def test_the_order_of_a_file() -> None:
    assert day_first([(3, 4), (25, 3)], {}) is True
    assert day_first([(3, 4), (3, 25)], {}) is False
    assert day_first([(3, 4)], {"day_first": "no"}) is False
    with pytest.raises(Question):
        day_first([(3, 4)], {})
