"""Mail dates: what is read, as what, and what is not."""

from __future__ import annotations

import email.utils
from datetime import datetime, timedelta, timezone

import pytest
from conftest import written
from hypothesis import given
from hypothesis import strategies as st

from parsers.mail_date import read_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wed, 10 Jul 2024 09:00:05 +0100", "2024-07-10 08:00:05Z [offset, second]"),
        ("Wed, 10 Jul 2024 09:00:05 +0100 (BST)", "2024-07-10 08:00:05Z [offset, second]"),
        ("10 Jul 2024 09:00 BST", "2024-07-10 08:00:00Z [offset, minute]"),
        ("Wed, 10 Jul 2024 09:00:05 bst", "2024-07-10 08:00:05Z [offset, second]"),
        ("Wed, 10 Jul 2024 09:00:05 GMT", "2024-07-10 09:00:05Z [utc, second]"),
        ("Wed, 10 Jul 2024 09:00:05 UT", "2024-07-10 09:00:05Z [utc, second]"),
        ("Wed, 10 Jul 2024 09:00:05 Z", "2024-07-10 09:00:05Z [utc, second]"),
        ("Wed, 10 Jul 2024 09:00:05 -0000", "2024-07-10 09:00:05Z [utc, second]"),
        ("Wed, 10 Jul 2024 09:00:05 +0000", "2024-07-10 09:00:05Z [offset, second]"),
        ("Wed, 10 Jul 2024 09:00:05 EDT", "2024-07-10 13:00:05Z [offset, second]"),
        ("Wed, 10 Jul 2024 09:00:05 GMT+0100", "2024-07-10 08:00:05Z [offset, second]"),
        ("Wed, 10 Jul 2024 09:00:05 +05:30", "2024-07-10 03:30:05Z [offset, second]"),
        ("Wed, 20 Sep 1995 00:19:00 (EDT) -0400", "1995-09-20 04:19:00Z [offset, second]"),
        ("Wed, 11 Feb 98 11:51 CST", "1998-02-11 17:51:00Z [offset, minute]"),
        ("Fri, 23 Aug 2002 2:32:53 -0400", "2002-08-23 06:32:53Z [offset, second]"),
        ("Wed, 10 Jul 2024 09.00.05 +0100", "2024-07-10 08:00:05Z [offset, second]"),
        ("Wed, 10 Jul 2024 09:00:05", "2024-07-10 09:00:05 [local, second]"),
        ("Wed Jul 10 09:00:05 2024", "2024-07-10 09:00:05 [local, second]"),
        ("Wed Jul 10 09:00:05 BST 2024", "2024-07-10 08:00:05Z [offset, second]"),
        ("Mon Apr 07 14:31:02 +0000 2025", "2025-04-07 14:31:02Z [offset, second]"),
        ("Jul 10, 2024 9:00:05 PM +0100", "2024-07-10 20:00:05Z [offset, second]"),
        ("2024-07-10T09:00:05.250+01:00", "2024-07-10 08:00:05.250000Z [offset, subsecond]"),
        ("10 July 2024 at\xa009:00:05  GMT+1", "2024-07-10 08:00:05Z [offset, second]"),
        ("July 10, 2024 at 9:00:05 PM GMT+1", "2024-07-10 20:00:05Z [offset, second]"),
        ("Wed, 10 Jul 2024 ((tricky) comment) 09:00:05 +0100", "2024-07-10 08:00:05Z [offset, second]"),
        ("Wed, 10 Jul 2024 09(comment):   00  :  05 +0100", "2024-07-10 08:00:05Z [offset, second]"),
        ("Wed, 10 Jul 2024 09:00:05 +1400", "2024-07-09 19:00:05Z [offset, second]"),
        ("Sat, 31 Dec 2016 23:59:60 +0000", "2017-01-01 00:00:00Z [offset, second]"),
    ],
)
def test_read(text: str, expected: str) -> None:
    when, remark = read_date(text)
    assert written(when) == f"{expected} {text}"
    assert not remark


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Whenever",
        "10/07/2024 09:00",
        "Wed, 10 Jul 2024 25:00:00 +0100",
        "Wed, 31 Feb 2024 09:00:00 +0100",
        "Wed, 10 Okt 2024 09:00:00 +0100",
        "Mon, 01 Jan 1601 00:00:00 +0000",
        "Wed, 10 Jul 12024 09:00:00 +0100",
        "Wed, 10 Jul 2024",
        "Wed, 10 Jul 2024 13:00 PM",
        "(" * 10000,
        " " * 100000,
    ],
)
def test_not_read(text: str) -> None:
    assert read_date(text).when is None


@pytest.mark.parametrize("zone", ["IST", "Malaysia", "+9900", "-0160", "-2200", "+1500", "0200", "H0500"])
def test_a_zone_that_stands_for_nothing_certain_leaves_a_wall_clock_and_says_so(zone: str) -> None:
    when, remark = read_date(f"Wed, 10 Jul 2024 09:00:05 {zone}")
    assert written(when).startswith("2024-07-10 09:00:05 [local, second]")
    assert remark.startswith("time zone ")


@given(
    st.integers(31_536_000, 4_039_372_800),
    st.integers(-12 * 60, 14 * 60).filter(bool),
)
def test_whatever_the_stdlib_writes_is_read_as_that_instant(seconds: int, minutes: int) -> None:
    when = datetime.fromtimestamp(seconds, timezone(timedelta(minutes=minutes)))
    read = read_date(email.utils.format_datetime(when)).when
    assert read is not None
    assert read.micros == seconds * 1_000_000


@given(st.text(alphabet="Wed,Jul 0123456789:+-()TZGMT\n\t\x00é.", max_size=80))
def test_nothing_raises(text: str) -> None:
    read_date(text)
