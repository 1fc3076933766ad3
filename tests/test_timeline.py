"""Records to events: direction, persons, duplicates, places, flags."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import dates
from parsers.contract import DAY, DEVICE, EPOCH, FILE_NAME, LOCAL, MEMORY, MINUTE, Moment, Record
from pipeline.case import parse
from pipeline.records import RecordWriter
from pipeline.timeline.build import build
from pipeline.timeline.schema import COLUMNS, SCHEMA

CASE = parse(
    """
reference = "x"
[client]
name = "Robin"
identifiers = ["07700 900001", "robin@example.org"]
[[subject]]
name = "Sam"
identifiers = ["07700 900123", "sam@example.com"]
[[other]]
name = "Jo"
identifiers = ["07700 900456", "jo@example.org"]
[[place]]
name = "Home"
type = "home"
lat = 53.35
lon = -1.78
radius_m = 50
[[place]]
name = "Near home"
type = "other"
lat = 53.3502
lon = -1.78
radius_m = 100
""",
    Path(),
)


def at(text: str, basis: str = EPOCH, precision: str = "second") -> Moment:
    when = datetime.fromisoformat(text)
    return dates.moment(when.replace(tzinfo=UTC) if basis == EPOCH else when, text, precision, basis)


def events(tmp_path: Path, **sources: Sequence[Record]) -> list[dict[str, Any]]:
    writer = RecordWriter(tmp_path / "records.arrow")
    for name, records in sources.items():
        if records:
            writer.write(name, 0, records)
    writer.close()
    build(
        CASE,
        [(tmp_path / "records.arrow", frozenset())],
        {},
        frozenset(),
        date(2026, 6, 30),
        tmp_path / "events.parquet",
    )
    table = pq.read_table(tmp_path / "events.parquet")
    assert table.schema.equals(SCHEMA)
    return table.to_pylist()


def message(number: int, when: Moment | None = None, **fields: Any) -> Record:
    return Record(
        f"sms {number}",
        fields.pop("kind", "message"),
        fields.pop("channel", "SMS"),
        when or at("2026-01-01T10:00"),
        **fields,
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"direction": "in", "sender": "+447700900123"},
            {"sender": "P2", "recipients": "P1", "identifier": "+447700900123", "person": "P2"},
        ),
        (
            {"direction": "out", "sender": None, "recipients": ("07700900123",)},
            {"sender": "P1", "recipients": "P2", "identifier": "+447700900123", "person": "P2"},
        ),
        ({"direction": "in", "sender": "07700 900999"}, {"sender": "", "identifier": "+447700900999", "person": ""}),
        (
            {"direction": "in", "sender": "", "flags": ("withheld",)},
            {"sender": "", "identifier": "withheld", "person": ""},
        ),
        ({"direction": "in", "sender": "60777"}, {"identifier": "60777", "person": ""}),
        (
            {"direction": "in", "sender": "07700 900456", "recipients": ("07700 900123", "07700 900001")},
            {"sender": "A", "recipients": "P1 P2", "person": "A", "recipients_written": "07700 900123 | 07700 900001"},
        ),
        (
            {"direction": "out", "sender": None, "recipients": ("07700 900456", "07700 900123")},
            {"person": "P2", "recipients": "A P2"},
        ),
        ({"direction": "out", "sender": None}, {"person": "", "identifier": "", "sender": "P1"}),
        (
            {"kind": "email", "sender": "Robin@Example.org", "recipients": ("sam@example.com",)},
            {"direction": "out", "sender": "P1", "person": "P2"},
        ),
        (
            {"kind": "email", "sender": "SAM@example.com", "recipients": ("jo@example.org", "robin@example.org")},
            {"direction": "in", "person": "P2", "recipients": "P1 A"},
        ),
        (
            {"kind": "email", "sender": "sam@example.com", "recipients": ("jo@example.org",)},
            {
                "direction": "",
                "person": "P2",
                "flags": "neither sender nor recipient is an address of the client named in case.toml",
            },
        ),
        (
            {"kind": "call", "sender": "447700900001", "recipients": ("447700900123",)},
            {"direction": "out", "sender": "P1", "recipients": "P2", "person": "P2", "identifier": "+447700900123"},
        ),
        (
            {"kind": "call", "sender": "447700900123", "recipients": ("447700900001",)},
            {"direction": "in", "sender": "P2", "person": "P2", "identifier": "+447700900123", "flags": ""},
        ),
        (
            {"kind": "call", "sender": "447700900123", "recipients": ("447700900456",)},
            {
                "direction": "",
                "person": "P2",
                "flags": "neither sender nor recipient is a number of the client named in case.toml",
            },
        ),
        ({"kind": "call", "sender": "447700900123"}, {"direction": "", "person": "P2", "flags": ""}),
        ({"kind": "incident", "sender": "Sam"}, {"person": "P2", "direction": ""}),
    ],
)
def test_who_to_whom(tmp_path: Path, fields: dict[str, Any], expected: dict[str, str]) -> None:
    (event,) = events(tmp_path, a=[message(1, **fields)])
    assert {name: event[name] for name in expected} == expected


def test_drafts_and_failed_texts_stay_outgoing(tmp_path: Path) -> None:
    found = events(
        tmp_path,
        a=[
            message(number, direction="out", sender=None, recipients=("07700 900123",), status=status)
            for number, status in enumerate(("draft", "failed"))
        ],
    )
    assert [(event["direction"], event["status"], event["person"]) for event in found] == [
        ("out", "draft", "P2"),
        ("out", "failed", "P2"),
    ]


def test_two_overlapping_backups_hold_four_texts_not_eight(tmp_path: Path) -> None:
    texts = [
        message(number, at(f"2026-01-01T10:0{number}"), direction="in", sender="07700 900123", text=f"text {number}")
        for number in range(4)
    ]
    again = [record._replace(at=f"sms {number + 10}", sender="+447700900123") for number, record in enumerate(texts)]
    found = events(tmp_path, b=texts, a=again)
    assert len(found) == 8
    counted = [event for event in found if not event["same_as"]]
    assert [event["text"] for event in counted] == ["text 0", "text 1", "text 2", "text 3"]
    assert {event["source"] for event in counted} == {"a"}
    assert {event["same_as"] for event in found if event["same_as"]} == {event["id"] for event in counted}


def test_real_repeats_in_one_source_stay(tmp_path: Path) -> None:
    three = [message(number, direction="in", sender="07700 900123", text="pick up") for number in range(3)]
    assert [event["same_as"] for event in events(tmp_path, a=three)] == ["", "", ""]
    found = events(tmp_path, a=three, b=three[:2])
    assert sum(not event["same_as"] for event in found) == 3
    assert len({event["same_as"] for event in found if event["same_as"]}) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"text": "Pick up"},
        {"direction": "out", "sender": None, "recipients": ("07700 900123",)},
        {"sender": "07700 900456"},
        {"when": at("2026-01-01T10:00:01")},
        {"when": at("2026-01-01T10:00", LOCAL, MINUTE)},
        {"channel": "WhatsApp"},
    ],
)
def test_what_differs_is_not_a_duplicate(tmp_path: Path, other: dict[str, Any]) -> None:
    one = message(1, direction="in", sender="07700 900123", text="pick up")
    assert [event["same_as"] for event in events(tmp_path, a=[one], b=[one._replace(**other)])] == ["", ""]


def test_undated_records_are_kept_at_the_end_and_never_merged(tmp_path: Path) -> None:
    undated = message(1)._replace(when=None)
    found = events(tmp_path, a=[undated, message(2)], b=[undated])
    assert [event["utc"] is None for event in found] == [False, True, True]
    assert {event["same_as"] for event in found} == {""}
    assert (found[1]["local"], found[1]["basis"], found[1]["zone"]) == (None, "", "")


def test_the_clock_change_night_in_one_file(tmp_path: Path) -> None:
    whatsapp = [
        message(number, at(f"2025-10-26T{when}", LOCAL, MINUTE))
        for number, when in enumerate(("00:50", "01:30", "01:05", "02:10"))
    ]
    sms = [message(1, at("2025-10-26T00:30")), message(2, at("2025-10-26T01:30"))]
    found = events(tmp_path, a=whatsapp, b=sms)
    assert [(event["source"], event["local"].strftime("%H:%M"), event["zone"], event["basis"]) for event in found] == [
        ("a", "00:50", "BST", "assumed zone"),
        ("a", "01:30", "BST", "hour settled by file order"),
        ("b", "01:30", "BST", "given"),
        ("a", "01:05", "GMT", "hour settled by file order"),
        ("b", "01:30", "GMT", "given"),
        ("a", "02:10", "GMT", "assumed zone"),
    ]
    assert (
        found[1]["flags"]
        == "01:30 BST or 01:30 GMT: this hour happened twice; the order of the file shows it is the first (BST)"
    )
    assert (
        found[3]["flags"]
        == "01:05 BST or 01:05 GMT: this hour happened twice; the order of the file shows it is the second (GMT)"
    )
    others = [event["utc_other"] and event["utc_other"].strftime("%H:%M") for event in found]
    assert others == [None, "01:30", None, "00:05", None, None]


def test_an_hour_that_nothing_settles_keeps_both_candidates(tmp_path: Path) -> None:
    night = [at("2025-10-26T01:30", LOCAL, MINUTE), at("2025-10-26T01:40", LOCAL, MINUTE)]
    found = events(tmp_path, a=[message(number, when) for number, when in enumerate(night)])
    assert [(event["local"].strftime("%H:%M"), event["zone"], event["basis"]) for event in found] == [
        ("01:30", "BST or GMT", "ambiguous hour"),
        ("01:40", "BST or GMT", "ambiguous hour"),
    ]
    assert (found[0]["utc"].hour, found[0]["utc_other"].hour) == (0, 1)
    assert (
        found[0]["flags"] == "01:30 BST or 01:30 GMT: this hour happened twice (clocks went back); the first is assumed"
    )


def test_what_people_write_down_is_in_no_order(tmp_path: Path) -> None:
    night = [at(f"2025-10-26T{when}", MEMORY, MINUTE) for when in ("00:50", "01:30", "01:05", "02:10")]
    found = events(tmp_path, a=[message(number, when) for number, when in enumerate(night)])
    assert [event["zone"] for event in found] == ["BST", "BST or GMT", "BST or GMT", "GMT"]


def test_the_hour_that_does_not_exist_is_flagged(tmp_path: Path) -> None:
    (event,) = events(tmp_path, a=[message(1, at("2026-03-29T01:30", LOCAL, MINUTE))])
    assert (event["local"].strftime("%H:%M"), event["zone"], event["basis"]) == ("02:30", "BST", "skipped hour")
    assert (
        event["flags"] == "this hour did not exist (clocks went forward); read as if the clock had not been moved yet"
    )


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("1970-01-01T00:00", "exactly 01/01/1970 or 01/01/1904, from which clocks count: it was not set"),
        ("1904-01-01T00:00", "exactly 01/01/1970 or 01/01/1904, from which clocks count: it was not set"),
        ("1970-01-01T00:00:01", "before 1990"),
        ("1989-12-31T23:59:59", "before 1990"),
        ("2038-01-01T00:00", "after the file was received"),
        ("2026-07-03T00:00", "after the file was received"),
    ],
)
def test_implausible_times_are_flagged(tmp_path: Path, when: str, words: str) -> None:
    (event,) = events(tmp_path, a=[message(1, at(when), flags=("a remark",))])
    assert event["flags"] == f"a remark; implausible time, not used: {words}"
    assert (event["utc"], event["local"], event["basis"], event["written"]) == (None, None, "", when)


@pytest.mark.parametrize(
    ("basis", "precision", "used"),
    [
        (DEVICE, "second", False),
        (FILE_NAME, "second", False),
        (FILE_NAME, DAY, True),
        (LOCAL, MINUTE, True),
        (EPOCH, "second", True),
    ],
)
def test_new_year_to_the_second_is_an_unset_clock_for_devices_only(
    tmp_path: Path,
    basis: str,
    precision: str,
    used: bool,  # noqa: FBT001
) -> None:
    (event,) = events(tmp_path, a=[message(1, at("2020-01-01T00:00", basis, precision))])
    assert (event["utc"] is not None, "exactly 00:00:00 on 1 January" in event["flags"]) == (used, not used)
    (event,) = events(tmp_path, a=[message(1, at("2020-01-01T00:00:01", basis, precision))])
    assert event["utc"] is not None


def test_nearest_place_within_its_radius(tmp_path: Path) -> None:
    positions = [(53.35, -1.78), (53.35025, -1.78), (53.36, -1.78), (53.35, 1.78), (None, None)]
    found = events(
        tmp_path, a=[message(number, kind="photo", lat=lat, lon=lon) for number, (lat, lon) in enumerate(positions)]
    )
    assert [event["place"] for event in found] == ["place-1", "place-2", "", "", ""]


def test_ranges_and_precision_are_kept(tmp_path: Path) -> None:
    (event,) = events(
        tmp_path,
        a=[message(1, at("2026-07-01T21:00", LOCAL, DAY), until=at("2026-07-01T22:00", LOCAL, DAY), seconds=3.5)],
    )
    assert (event["precision"], event["until"].hour, event["seconds"]) == ("day", 22, 3.5)
    (event,) = events(tmp_path, a=[message(1, at("2026-07-01T21:00"), until=at("2026-07-01T22:00"))])
    assert event["until"].hour == 23


def test_ids_are_stable_and_distinct(tmp_path: Path) -> None:
    first = [
        event["id"]
        for event in events(
            tmp_path, a=[message(number) for number in range(50)], b=[message(number) for number in range(50)]
        )
    ]
    assert len(set(first)) == 100
    assert [
        event["id"]
        for event in events(
            tmp_path, b=[message(number) for number in range(50)], a=[message(number) for number in range(50)]
        )
    ] == first


def test_no_records_at_all(tmp_path: Path) -> None:
    assert events(tmp_path, a=[]) == []


def test_every_column_has_its_words() -> None:
    assert [column.name for column in COLUMNS] == SCHEMA.names
    assert all(column.words for column in COLUMNS)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.builds(
            Record,
            at=st.uuids().map(str),
            kind=st.sampled_from(["message", "call", "photo", "notice"]),
            channel=st.sampled_from(["SMS", "WhatsApp"]),
            status=st.just(""),
            seconds=st.none(),
            until=st.none(),
            lat=st.none(),
            lon=st.none(),
            accuracy_m=st.none(),
            attachments=st.just(()),
            when=st.none()
            | st.builds(
                Moment,
                st.integers(-(2**62), 2**62) | st.integers(0, 2**51),
                st.sampled_from(["epoch", "local", "memory"]),
                st.just("second"),
                st.text(max_size=5),
            ),
            direction=st.sampled_from(["in", "out", ""]),
            sender=st.none() | st.sampled_from(["", "07700 900123", "+447700900123", "Sam", "\u202e"]),
            recipients=st.lists(st.sampled_from(["07700 900456", "x", "a | b"]), max_size=2).map(tuple),
            text=st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
            flags=st.lists(st.sampled_from(["a", "b"]), max_size=2).map(tuple),
            extra=st.none()
            | st.dictionaries(
                st.text(st.characters(exclude_categories=["Cs"]), max_size=3),
                st.text(st.characters(exclude_categories=["Cs"]), max_size=3),
                max_size=2,
            ),
        ),
        max_size=12,
    )
)
def test_as_many_events_as_records_whatever_they_are(
    tmp_path_factory: pytest.TempPathFactory, records: list[Record]
) -> None:
    import json

    found = events(tmp_path_factory.mktemp("any"), a=records[::2], b=records[1::2])
    assert sorted(event["at"] for event in found) == sorted(record.at for record in records)
    by_at = {record.at: record for record in records}
    for event in found:
        record = by_at[event["at"]]
        assert event["text"] == record.text
        assert (json.loads(event["extra"]) if event["extra"] else {}) == dict(record.extra or {})
        assert (event["utc"] is None) == (
            record.when is None or "no possible date" in event["flags"] or "implausible" in event["flags"]
        )
