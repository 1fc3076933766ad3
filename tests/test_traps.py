"""The traps that other tools fell into (reference/peers.md, section 3), each given to the whole program from file to timeline."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from test_cli import SMS, run, sms

Read = Callable[..., list[dict[str, Any]]]
LINES = 2_000


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Adds files (name, bytes) to a new case and gives its events; `code` is the exit code that `add` must have."""

    def add(*files: tuple[str, bytes], code: int = 0, answers: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        case = tmp_path / "case"
        run("new", case, "--no-input", "--client", "Robin: 07700 900001", "--subject", "Sam: 07700 900123, Sam")
        paths = []
        for name, data in files:
            (tmp_path / name).write_bytes(data)
            paths.append(tmp_path / name)
        run("add", case, *paths, "--no-input", code=code)
        for answer in answers:
            run("answer", case, "S1", answer, code=0)
        run("timeline", case, "--output", tmp_path / "events.parquet")
        events: list[dict[str, Any]] = pq.read_table(tmp_path / "events.parquet").to_pylist()
        rows = json.loads(run("status", case, "--json", code=code if not answers else 0).output)["sources"]
        assert sum(row["records"] for row in rows) == len(events) + sum(row["problems"] for row in rows)
        return events

    return add


def chat(header: Callable[[int], str], count: int = LINES) -> bytes:
    return "".join(
        f"{header(number)}{'Robin' if number % 3 == 0 else 'Sam'}: message {number}\n" for number in range(count)
    ).encode()


def day(number: int) -> tuple[int, int, int, int]:
    """(day, month, hour, minute) of message `number`: forwards, one every five hours, over the whole of 2025."""
    from datetime import datetime, timedelta

    when = datetime(2025, 1, 1) + timedelta(hours=4 * number + 4, minutes=number % 60)
    return when.day, when.month, when.hour, when.minute


def _uk(number: int) -> str:
    return "{:02d}/{:02d}/2025".format(*day(number)[:2])


def _clock_12(number: int, seconds: str = "") -> str:
    hour, minute = day(number)[2:]
    return f"{(hour + 11) % 12 + 1}:{minute:02d}{seconds}\u202f{'am' if hour < 12 else 'pm'}"


UK = {
    "Android": lambda n: f"{_uk(n)}, {day(n)[2]:02d}:{day(n)[3]:02d} - ",
    "iOS": lambda n: f"[{_uk(n)}, {day(n)[2]:02d}:{day(n)[3]:02d}:07] ",
    "iOS 12 h": lambda n: f"[{_uk(n)}, {_clock_12(n, ':07')}] ",
    "Android 12 h": lambda n: f"{_uk(n)}, {_clock_12(n)} - ",
}


@pytest.mark.parametrize("shape", UK)
def test_uk_layouts_whole_and_right(read: Read, shape: str) -> None:
    events = read(("chat.txt", chat(UK[shape])))
    assert len(events) == LINES
    by_text = {event["text"]: event for event in events}
    for number in range(LINES):
        local = by_text[f"message {number}"]["local"]
        assert (local.day, local.month, local.hour, local.minute) == day(number) or by_text[f"message {number}"][
            "basis"
        ] == "skipped hour"


def test_a_chat_whose_days_are_all_under_13_is_asked_about(read: Read) -> None:
    data = b"03/04/2025, 10:00 - Sam: one\n05/06/2025, 10:00 - Robin: two\n"
    assert read(("chat.txt", data), code=1, answers=("day_first=yes",))[0]["local"].month == 4


def test_a_header_quoted_in_a_message_does_not_cut_it(read: Read) -> None:
    data = b"13/11/2025, 09:00 - Sam: quoting 01/11/2025, 09:00 - you said no\n14/11/2025, 09:00 - Robin: yes\n"
    events = read(("chat.txt", data))
    assert [event["text"] for event in events] == ["quoting 01/11/2025, 09:00 - you said no", "yes"]


def test_notices_and_missed_calls_are_kept(read: Read) -> None:
    data = (
        b"13/11/2025, 09:00 - Sam: hello\n"
        b"13/11/2025, 09:01 - Sam changed their phone number to a new number. Tap to message or add the new number.\n"
        b"13/11/2025, 09:02 - You blocked this contact. Tap to unblock.\n"
        b"13/11/2025, 09:03 - Sam: Missed voice call\n"
        b"13/11/2025, 09:04 - Robin: North - South\nEast - West\n"
    )
    events = read(("chat.txt", data))
    assert [(event["kind"], event["status"]) for event in events] == [
        ("message", ""),
        ("notice", ""),
        ("notice", ""),
        ("call", "missed"),
        ("message", ""),
    ]
    assert events[4]["text"] == "North - South\nEast - West"


def test_the_hour_that_happens_twice_is_flagged(read: Read) -> None:
    data = b"28/10/2023, 12:00 - Sam: a\n29/10/2023, 01:30 - Sam: b\n29/10/2023, 01:30 - Sam: c\n29/10/2023, 12:00 - Robin: d\n"
    events = read(("chat.txt", data))
    assert [event["basis"] for event in events] == ["assumed zone", "ambiguous hour", "ambiguous hour", "assumed zone"]
    assert all("happened twice" in event["flags"] for event in events[1:3])


def test_one_emoji_in_two_halves_loses_nothing(read: Read) -> None:
    events = read(("sms.xml", sms("a", "&#55357;&#56838;", "c", "d")))
    assert [event["text"] for event in events] == ["a", "\U0001f606", "c", "d"]


def test_a_backup_cut_off_at_the_end_keeps_what_is_whole(read: Read) -> None:
    data = sms("a", "b", "c")
    events = read(("sms.xml", data[: data.rindex(b"<sms") + 30]), code=1)
    assert [event["text"] for event in events] == ["a", "b"]


def test_overlapping_backups_and_real_repeats(read: Read) -> None:
    whole = sms("one", "pick up", "two", "three")
    events = read(("full.xml", whole), ("again.xml", whole.replace(b'count="4"', b'count="04"')))
    assert len(events) == 8
    assert sorted(event["text"] for event in events if not event["same_as"]) == ["one", "pick up", "three", "two"]


def test_three_identical_texts_in_one_second_stay_three(read: Read) -> None:
    row = sms("pick up").decode().split("\n")[2]
    events = read(("sms.xml", SMS.format(count=3, rows="\n".join([row] * 3)).encode()))
    assert [event["same_as"] for event in events] == ["", "", ""]


def test_drafts_and_failed_texts_are_the_clients_and_never_received(read: Read) -> None:
    data = sms("draft", "failed").decode().split("\n")
    data[2] = data[2].replace('type="1"', 'type="3"')
    data[3] = data[3].replace('type="1"', 'type="5"')
    events = read(("sms.xml", "\n".join(data).encode()))
    assert [(event["direction"], event["status"], event["sender"], event["person"]) for event in events] == [
        ("out", "draft", "P1", "P2"),
        ("out", "failed", "P1", "P2"),
    ]


def test_four_spellings_of_one_number_are_one_person(read: Read) -> None:
    forms = ("07700 900123", "+447700900123", "00447700900123", "447700900123")
    rows = "\n".join(
        f'<call number="{forms[number % 4]}" duration="{number % 60}" date="{1767261600000 + number * 1000}" type="1" presentation="1" contact_name="(Unknown)" />'
        for number in range(LINES)
    )
    events = read(
        ("calls.xml", f"<?xml version='1.0' encoding='UTF-8'?>\n<calls count=\"{LINES}\">\n{rows}\n</calls>".encode())
    )
    assert len(events) == LINES
    assert {(event["person"], event["identifier"]) for event in events} == {("P2", "+447700900123")}


def test_the_quick_start_of_the_readme_finds_contact(read: Read) -> None:
    assert {event["person"] for event in read(("sms.xml", sms("a", "b")))} == {"P2"}


def test_a_photos_own_time_is_read_not_that_of_saving(read: Read) -> None:
    from datetime import datetime

    from sample_data.jpeg import jpeg_with_exif

    (event,) = read(("photo.jpg", jpeg_with_exif(datetime(2026, 1, 2, 3, 4, 5), offset="+00:00")))
    assert event["written"].startswith("DateTimeOriginal")
    assert event["local"] == datetime(2026, 1, 2, 3, 4, 5)
