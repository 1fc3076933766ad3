"""Several clocks in one record: all kept, and more than the tolerance is said."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_timeline import at, events, message
from test_traps import read  # noqa: F401 -- a fixture

from parsers.contract import (
    DEVICE,
    DIGITIZED,
    FILE_NAME,
    FIRST_SERVER,
    HEADER,
    IN_NAME,
    LAST_SERVER,
    LOCAL,
    MINUTE,
    NAME_OF_COPY,
    OFFSET,
    RECORDER,
    SATELLITE,
    SAVED,
    WRITTEN,
    XMP,
    Moment,
)
from pipeline.timeline.other_clocks import TOLERANCES, _sent, span_words
from sample_data.jpeg import jpeg_with_exif

NOON = Moment(1_781_956_800_000_000, OFFSET, "second", "2026-06-20T13:00:00+01:00")  # 12:00 UTC
NAMES = (DIGITIZED, FIRST_SERVER, HEADER, IN_NAME, LAST_SERVER, NAME_OF_COPY, RECORDER, SATELLITE, SAVED, WRITTEN, XMP)


def later(seconds: float, basis: str = "utc", precision: str = "second", raw: str = "raw") -> Moment:
    return NOON._replace(micros=NOON.micros + int(seconds * 1_000_000), basis=basis, precision=precision, raw=raw)


def one(tmp_path: Path, *clocks: tuple[str, Moment], when: Moment = NOON, **fields: Any) -> dict[str, Any]:
    (event,) = events(tmp_path, a=[message(1, when, kind="video", clocks=clocks, **fields)])
    return event


@pytest.mark.parametrize("name", [*NAMES, "a clock nobody knows"])
@pytest.mark.parametrize("length", [None, 100.0])
def test_a_clock_may_be_so_far_from_the_time_used(tmp_path: Path, name: str, length: float | None) -> None:
    tolerance = TOLERANCES.get(name)
    before, after, long = (tolerance.before, tolerance.after, tolerance.long) if tolerance else (60, 60, False)
    more = length if long and length else 0
    for limit, sign in ((before, -1), (after, 1)):
        for beyond, differs in ((0, False), (1, limit is not None)):
            seconds = sign * ((4e8 if limit is None else limit + more) + beyond)
            event = one(tmp_path, (name, later(seconds)), seconds=length)
            assert event["differing"] == (name if differs else ""), seconds
            assert event["clocks"].startswith(f"{name}: ")
            assert (f"clocks differ: {name}" in event["flags"]) == differs


def test_all_clocks_are_kept_with_their_distance(tmp_path: Path) -> None:
    event = one(
        tmp_path,
        (HEADER, later(0, raw="mvhd 3864801600")),
        (IN_NAME, Moment(NOON.micros + 3600 * 10**6, FILE_NAME, "second", "VID_20260620_130000")),
        (SATELLITE, later(-7200, raw="GPS 10:00")),
        ("odd", later(0)._replace(micros=2**62)),
    )
    assert event["clocks"] == (
        "odd: raw, no possible date; header of the film: 20/06/2026 13:00:00 BST (mvhd 3864801600), the same; "
        "file name: 20/06/2026 13:00:00 BST (VID_20260620_130000), the same; satellite time (GPS): 20/06/2026 11:00:00 BST (GPS 10:00), 2 h earlier"
    )
    assert (event["differing"], event["flags"]) == (SATELLITE, f"clocks differ: {SATELLITE} 2 h earlier")


@pytest.mark.parametrize(
    ("precision", "seconds", "differs"),
    [("day", 46_799, False), ("day", 46_860, True), (MINUTE, 90, False), (MINUTE, 121, True)],
)
def test_a_day_is_a_day_long_and_a_minute_a_minute(tmp_path: Path, precision: str, seconds: int, differs: bool) -> None:  # noqa: FBT001
    """The other clock tells 20 June, or a minute; the time used is so many seconds after its beginning."""
    start = Moment(NOON.micros - 11 * 3600 * 10**6 - 0, LOCAL, precision, "x")  # 01:00 on the clock
    start = start._replace(micros=start.micros - 3600 * 10**6)  # midnight, local
    used = Moment(start.micros + seconds * 10**6, LOCAL, "second", "y")
    if precision == "day":
        used = used._replace(micros=start.micros + (86_400 + seconds - 46_740) * 10**6)
    assert bool(one(tmp_path, ("a clock", start), when=used)["differing"]) == differs


def test_of_a_doubled_hour_the_nearer_passing_is_held(tmp_path: Path) -> None:
    night = at("2025-10-26T01:30:00")  # 01:30 GMT, the second passing
    event = one(tmp_path, (IN_NAME, at("2025-10-26T01:30:00", FILE_NAME)), when=night)
    assert (event["differing"], event["zone"]) == ("", "GMT")


def test_a_header_may_be_the_cameras_own_clock(tmp_path: Path) -> None:
    camera = at("2026-06-20T13:00:00", DEVICE)
    event = one(tmp_path, (HEADER, later(3600)), when=camera)
    assert event["differing"] == ""
    assert event["clocks"].endswith("read as the camera's own clock, the same")
    assert one(tmp_path, (HEADER, later(0)), when=camera)["differing"] == ""
    assert one(tmp_path, (HEADER, later(8 * 3600)), when=camera)["differing"] == HEADER
    assert one(tmp_path, (HEADER, later(3600)))["differing"] == HEADER  # beside an instant it is UTC


@pytest.mark.parametrize(
    ("channel", "sent", "differs"),
    [
        ("SMS", "1767261600000", False),
        ("SMS", "1767261000000", False),  # 10 minutes before
        ("SMS", "1767260999999", True),
        ("SMS", "1767261660000", False),  # a minute after
        ("SMS", "1767261660001", True),
        ("MMS", "1767261600", False),  # in seconds
        ("MMS", "1767258000", True),
        ("SMS", "17672616", False),  # no time at all
        ("WhatsApp", "1767258000000", False),
    ],
)
def test_the_networks_time_of_texts(tmp_path: Path, channel: str, sent: str, differs: bool) -> None:  # noqa: FBT001
    (event,) = events(
        tmp_path,
        a=[message(1, at("2026-01-01T10:00"), channel=channel, extra={"date_sent": sent, "readable_date": 'a "b"'})],
    )
    assert event["differing"] == ("network (date_sent)" if differs else "")
    assert bool(event["clocks"]) == differs


def test_words_are_not_the_networks_time(tmp_path: Path) -> None:
    (event,) = events(tmp_path, a=[message(1, extra={"note": '"date_sent":"1567258000000"'})])
    assert event["differing"] == ""


def test_undated_records_keep_their_clocks(tmp_path: Path) -> None:
    (event,) = events(tmp_path, a=[message(1)._replace(when=None, clocks=((SATELLITE, NOON),))])
    assert (event["clocks"], event["differing"]) == (
        "satellite time (GPS): 20/06/2026 13:00:00 BST (2026-06-20T13:00:00+01:00)",
        "",
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(4, "4 s"), (119, "119 s"), (120, "2 min"), (10_920, "3 h 2 min"), (7200, "2 h"), (172_800, "2 days")],
)
def test_spans_in_words(seconds: int, words: str) -> None:
    assert span_words(seconds) == words


def test_through_the_whole_program(read: Any) -> None:  # noqa: F811 -- the fixture
    mail = (
        b"Received: by b; Wed, 10 Jul 2024 12:02:00 +0100\nReceived: by a; Wed, 10 Jul 2024 12:01:00 +0100\n"
        b"Date: Wed, 10 Jul 2024 09:00:00 +0100\nFrom: sam@example.org\nTo: robin@example.org\nSubject: x\n\nWords\n"
    )
    text = (
        b"<?xml version='1.0' encoding='UTF-8'?>\n<smses count=\"2\">\n"
        b'<sms address="07700900123" date="1767261600000" type="1" body="late" read="1" status="-1" date_sent="1767225600000" />\n'
        b'<sms address="07700900123" date="1767261700000" type="1" body="at once" read="1" status="-1" date_sent="1767261697000" />\n</smses>'
    )
    photo = jpeg_with_exif(datetime(2026, 1, 2, 3, 4, 5), offset="+00:00")
    found = read(("m.eml", mail), ("sms.xml", text), ("IMG_20260102_040405.jpg", photo))
    by_kind = {event["text"].strip() or event["kind"]: event for event in found}
    assert by_kind["Words"]["differing"] == f"{FIRST_SERVER}"
    assert "first mail server: Wed, 10 Jul 2024 12:01:00 +0100, 3 h 1 min later" in by_kind["Words"]["clocks"].replace(
        "10/07/2024 12:01:00 BST (Wed, 10 Jul 2024 12:01:00 +0100)", "Wed, 10 Jul 2024 12:01:00 +0100"
    )
    assert by_kind["late"]["clocks"] == "network (date_sent): 01/01/2026 00:00:00 GMT, 10 h earlier"
    assert by_kind["at once"]["flags"] == ""
    assert by_kind["photo"]["differing"] == "file name"


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["a", "date_sent", "z"]), st.from_regex(r"([0-9]{9,14}|x)?", fullmatch=True), max_size=3
        ),
        max_size=5,
    )
)
def test_the_time_sent_is_found_wherever_it_stands(extras: list[dict[str, str]]) -> None:
    said = [one.get("date_sent", "") for one in extras]
    texts = pa.array([json.dumps(one, separators=(",", ":")) if one else "" for one in extras], pa.string())
    found = [int(one) if re.fullmatch("[0-9]{10}|[0-9]{13}", one) else -1 for one in said]
    assert _sent(texts).tolist() == found
