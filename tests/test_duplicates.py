"""The same event in two sources: each rule that marks, each that suggests, and what is neither."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_cli import run

from parsers import dates
from parsers.contract import EPOCH, LOCAL, MINUTE, SECOND, Attachment, Moment, Record
from pipeline.case import Case, parse
from pipeline.records import RecordWriter
from pipeline.timeline.build import build
from pipeline.timeline.duplicates import RULES

CASE = """
reference = "x"
[client]
name = "Robin Vale"
identifiers = ["07700 900001", "robin@example.org"]
[[subject]]
name = "Sam Marsh"
identifiers = ["07700 900123", "sam@example.com", "Sam"]
[[other]]
name = "Jo"
identifiers = ["07700 900456"]
"""
START = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)  # GMT: the wall clock of London is UTC
MINE, THEIRS = "a" * 12, "b" * 12


def owned_by(**owners: str) -> Case:
    """The case, in which these sources were exported from the phones of these persons."""
    answers = "".join(
        f'[[answer]]\nfile = "{source:0<64}"\nkey = "owner"\nvalue = "{name}"\n' for source, name in owners.items()
    )
    return parse(CASE + answers, Path())


def at(seconds: float = 0, precision: str = SECOND) -> Moment:
    when = START + timedelta(seconds=seconds)
    if precision == MINUTE:
        wall = when.replace(second=0, tzinfo=None)
        return dates.moment(wall, f"{wall:%d/%m/%Y %H:%M}", MINUTE, LOCAL)
    return dates.moment(when, str(when), precision, EPOCH)


def text(words: str, when: Moment | None = None, **more: Any) -> Record:
    fields = {"channel": "WhatsApp", "direction": "in", "sender": "Sam", "text": words, **more}
    return Record(f"line {words} {when} {more}"[:200], "message", when=when or at(), **fields)


def call(when: Moment, seconds: float | None, **more: Any) -> Record:
    fields = {"direction": "out", "sender": None, "recipients": ("07700 900123",), **more}
    return Record(f"call {when} {seconds}", "call", "phone", when, seconds=seconds, **fields)


def billed(when: Moment, seconds: float | None, **more: Any) -> Record:
    return call(when, seconds, extra={"Cost": "0.10", "list": "itemised bill"}, **more)._replace(
        at=f"row {when} {seconds}"
    )


def mail(number: int, words: str = "Words", when: Moment | None = None, **more: Any) -> Record:
    fields = {"sender": "sam@example.com", "recipients": ("robin@example.org",), "text": words, **more}
    return Record(
        f"message {number}", "email", "email", when or at(), extra={"message_id": "<1@example.com>"}, **fields
    )


def numbered(records: Sequence[Record]) -> list[Record]:
    return [record._replace(at=f"{number}") for number, record in enumerate(records, 1)]


def events(
    folder: Path, sources: dict[str, Sequence[Record]], case: Case | None = None, screens: str = ""
) -> list[dict[str, Any]]:
    writer = RecordWriter(folder / "records.arrow")
    for name, records in sources.items():
        if records:
            writer.write(name, 0, numbered(records))
    writer.close()
    shards = [(folder / "records.arrow", frozenset[str]())]
    build(
        case or owned_by(),
        shards,
        {},
        frozenset(),
        date(2026, 6, 30),
        folder / "events.parquet",
        screenshots=frozenset({screens}),
    )
    return pq.read_table(folder / "events.parquet").to_pylist()


def told(found: list[dict[str, Any]]) -> list[tuple[str, str, str, str, str]]:
    """For each row that repeats or may repeat: its source and place, those of the other, and the rule; a suggestion's rule ends with "?"."""
    by_id = {event["id"]: event for event in found}
    lines = []
    for event in found:
        for column, rule, mark in (("same_as", "same_rule", ""), ("maybe_same_as", "maybe_rule", "?")):
            if event[column]:
                other = by_id[event[column]]
                lines.append((event["source"], event["at"], other["source"], other["at"], event[rule] + mark))
    return sorted(lines)


def test_two_backups_of_one_phone_are_copies(tmp_path: Path) -> None:
    texts = [text(f"text {number}", at(number), channel="SMS", sender="07700 900123") for number in range(3)]
    found = events(tmp_path, {"b": texts, "a": texts})
    assert told(found) == [("b", str(number), "a", str(number), "copy") for number in (1, 2, 3)]
    assert not RULES["copy"].independent


@pytest.mark.parametrize(("first", "second", "repeats"), [(40, 0, 0), (40, 40, 40), (40, 3, 3), (3, 40, 3)])
def test_forty_real_ok_in_one_minute_stay_forty(tmp_path: Path, first: int, second: int, repeats: int) -> None:
    ok = text("ok", at(0, MINUTE))
    found = events(tmp_path, {"a": [ok] * first, "b": [ok] * second})
    assert sum(bool(event["same_as"]) for event in found) == repeats
    assert sum(not event["same_as"] for event in found) == max(first, second)


def test_both_phones_of_one_chat_corroborate(tmp_path: Path) -> None:
    mine = [
        text("where are you", at(0, MINUTE)),
        text("stop", at(60, MINUTE), direction="out", sender=None, recipients=("Sam",)),
    ]
    theirs = [
        text("where are you", at(0, MINUTE), direction="out", sender=None, recipients=("Robin Vale",)),
        text("stop", at(60, MINUTE), direction="in", sender="Robin Vale"),
    ]
    found = events(tmp_path, {THEIRS: theirs, MINE: mine}, owned_by(**{MINE: "Robin Vale", THEIRS: "Sam Marsh"}))
    assert told(found) == [(THEIRS, "1", MINE, "1", "both ends"), (THEIRS, "2", MINE, "2", "both ends")]
    assert {(event["text"], event["direction"], event["sender"], event["person"]) for event in found} == {
        ("where are you", "in", "P2", "P2"),
        ("stop", "out", "P1", "P2"),
    }
    assert RULES["both ends"].independent


def test_both_phones_from_the_files_to_the_report(tmp_path: Path) -> None:
    mine = "03/01/2026, 10:00 - Robin Vale: please stop\n25/01/2026, 11:00 - Sam: answer me\n"
    theirs = mine + "25/01/2026, 11:05 - Sam: I deleted this on hers\n"
    (tmp_path / "WhatsApp Chat with Sam.txt").write_text(mine)
    (tmp_path / "WhatsApp Chat with Robin Vale.txt").write_text(theirs)
    case = tmp_path / "case"
    run("new", case, "--no-input", "--client", "Robin Vale", "--subject", "Sam Marsh: Sam")
    output = run("add", case, *tmp_path.glob("*.txt"), "--no-input", code=1).output
    assert "Whose phone was this chat exported from?" in output  # it bears the client's name: not taken to be hers
    run("answer", case, "WhatsApp Chat with Robin Vale.txt", "owner=Sam")
    found = pq.read_table(case / "timeline" / "events.parquet").to_pylist()
    assert [(one["text"], one["direction"], one["sender"], one["same_rule"]) for one in found if one["same_as"]] == [
        ("please stop", "out", "P1", "both ends"),
        ("answer me", "in", "P2", "both ends"),
    ]
    assert [one["text"] for one in found if not one["same_as"]] == [
        "please stop",
        "answer me",
        "I deleted this on hers",
    ]
    run("report", case, "--output", tmp_path / "report")
    csv = (tmp_path / "report" / "chronology.csv").read_text(encoding="utf-8-sig")
    assert csv.count("(independent)") == 2
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "another keeper (independent)" in page


def test_whose_phone_it_was_can_be_put_right(tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text("03/01/2026, 10:00 - Robin: please stop\n25/01/2026, 11:00 - Sam: answer me\n")
    case = tmp_path / "case"
    run("new", case, "--no-input", "--client", "Robin", "--subject", "Sam")
    run("add", case, tmp_path / "chat.txt", "--no-input")  # the one author who is the client by name is the owner
    run("answer", case, "chat.txt", "owner=Sam")
    found = pq.read_table(case / "timeline" / "events.parquet").to_pylist()
    assert [(one["text"], one["direction"], one["sender"]) for one in found] == [
        ("please stop", "out", "P1"),
        ("answer me", "in", "P2"),
    ]


def test_both_phones_forty_ok_each_are_forty(tmp_path: Path) -> None:
    mine = [text("ok", at(0, MINUTE))] * 40
    theirs = [text("ok", at(0, MINUTE), direction="out", sender=None, recipients=("Robin Vale",))] * 40
    found = events(tmp_path, {THEIRS: theirs, MINE: mine}, owned_by(**{THEIRS: "Sam"}))
    assert len({event["same_as"] for event in found} - {""}) == 40
    assert sum(not event["same_as"] for event in found) == 40


def test_a_chat_of_two_others_has_no_direction(tmp_path: Path) -> None:
    theirs = [text("hello", direction="in", sender="Jo"), text("hi", direction="out", sender=None, recipients=("Jo",))]
    found = events(tmp_path, {THEIRS: theirs}, owned_by(**{THEIRS: "Sam"}))
    assert [(event["text"], event["direction"], event["sender"]) for event in found] == [
        ("hello", "", "A"),
        ("hi", "", "P2"),
    ]


def test_other_words_on_the_other_phone_are_another_event(tmp_path: Path) -> None:
    mine, theirs = (
        [text("I will come")],
        [text("I will not come", direction="out", sender=None, recipients=("Robin Vale",))],
    )
    assert told(events(tmp_path, {MINE: mine, THEIRS: theirs}, owned_by(**{THEIRS: "Sam"}))) == []


def test_a_few_seconds_apart_on_two_phones_is_suggested(tmp_path: Path) -> None:
    mine = [text("where are you", at(0))]
    theirs = [text("where are  you\u200e", at(2), direction="out", sender=None, recipients=("Robin Vale",))]
    found = events(tmp_path, {MINE: mine, THEIRS: theirs}, owned_by(**{THEIRS: "Sam"}))
    assert told(found) == [(THEIRS, "1", MINE, "1", "both ends, near?")]
    theirs = [theirs[0]._replace(when=at(61))]
    assert told(events(tmp_path, {MINE: mine, THEIRS: theirs}, owned_by(**{THEIRS: "Sam"}))) == []


def test_a_chat_with_and_without_media_is_one(tmp_path: Path) -> None:
    one, two = (Attachment(f"IMG-{n}.jpg", "image/jpeg", 5, str(n) * 64) for n in (1, 2))
    gone = Attachment("", "image", fault="left out of the export")
    whole = [text("", attachments=(one,)), text("", attachments=(two,)), text("words")]
    bare = [text("", attachments=(gone,)), text("", attachments=(gone,)), text("words")]
    found = events(tmp_path, {"a": bare, "b": whole})
    assert told(found) == [
        ("a", "1", "b", "1", "media left out"),
        ("a", "2", "b", "2", "media left out"),
        ("b", "3", "a", "3", "copy"),
    ]
    other = [text("", attachments=(two,)), text("", attachments=(one,))]
    assert told(events(tmp_path, {"a": [whole[0]], "c": [other[0]]})) == []  # two different pictures are two


def test_one_message_id_is_one_email_wherever_it_lies(tmp_path: Path) -> None:
    found = events(tmp_path, {"a": [mail(1), mail(2, "Words ")], "b": [mail(1)]})
    assert told(found) == [("a", "2", "a", "1", "message-id"), ("b", "1", "a", "1", "message-id")]


@pytest.mark.parametrize("other", [mail(1, "Other words"), mail(1, when=at(3600))])
def test_a_message_id_used_again_is_suggested(tmp_path: Path, other: Record) -> None:
    found = events(tmp_path, {"a": [mail(1)], "b": [other]})
    assert told(found) == [("b", "1", "a", "1", "message-id, differs?")]


@pytest.mark.parametrize(
    ("log", "bill", "expected"),
    [
        (call(at(0), 65), billed(at(4), 66), "log and bill"),
        (call(at(0, MINUTE), 65), billed(at(0, MINUTE), 65), "log and bill"),
        (call(at(0), 65), billed(at(0, MINUTE), 65), "log and bill, near?"),
        (call(at(0), 65), billed(at(6), 65), "log and bill, near?"),
        (call(at(0), 65), billed(at(1), 120), "log and bill, near?"),
        (call(at(0), 0), billed(at(1), 0), "log and bill, near?"),
        (call(at(0), 0), billed(at(1), 30), ""),
        (call(at(0), 65), billed(at(1), 200), ""),
        (call(at(0), 65), billed(at(91), 65), ""),
        (call(at(0), 65), billed(at(0), 65, recipients=("07700 900456",)), ""),
        (call(at(0), 65, direction="in", sender="07700 900123", recipients=()), billed(at(0), 65), ""),
    ],
)
def test_log_and_bill(tmp_path: Path, log: Record, bill: Record, expected: str) -> None:
    found = events(tmp_path, {"b": [log], "a": [bill]})
    assert told(found) == ([("a", "1", "b", "1", expected)] if expected else [])


def test_a_redial_that_could_be_meant_is_only_suggested(tmp_path: Path) -> None:
    found = events(tmp_path, {"log": [call(at(0), 3), call(at(4), 3)], "bill": [billed(at(2), 3)]})
    assert [line[4] for line in told(found)] == ["log and bill, near?"]


def test_a_text_on_the_bill_has_no_words_and_is_suggested(tmp_path: Path) -> None:
    sent = {"channel": "SMS", "direction": "out", "sender": None, "recipients": ("07700 900123",)}
    bill = text("", at(0, MINUTE), **sent, extra={"list": "itemised bill"})
    assert told(events(tmp_path, {"a": [text("Please stop", at(20), **sent)], "b": [bill]})) == [
        ("b", "1", "a", "1", "log and bill, near?")
    ]


def test_minute_and_second_are_suggested_in_turn(tmp_path: Path) -> None:
    fine = [text("ok", at(5)), text("ok", at(50)), text("no", at(55))]
    coarse = [text("ok", at(0, MINUTE))] * 3
    found = events(tmp_path, {"a": coarse, "b": fine})
    assert told(found) == [("a", "1", "b", "1", "minute and second?"), ("a", "2", "b", "2", "minute and second?")]
    assert not any(event["same_as"] for event in found)


def test_a_screenshot_is_suggested_for_the_item_before_it(tmp_path: Path) -> None:
    picture = Record("photo", "photo", "camera", at(300))
    items = [text("one", at(0)), text("two", at(200)), text("three", at(400))]
    found = events(tmp_path, {"a": items, "p": [picture]}, screens="p")
    assert told(found) == [("p", "1", "a", "2", "screenshot?")]
    assert told(events(tmp_path, {"a": items, "p": [picture]})) == []
    assert told(events(tmp_path, {"a": items, "p": [picture._replace(when=at(1001))]}, screens="p")) == []


def test_a_shared_hash_is_not_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np
    import pandas as pd

    monkeypatch.setattr(pd.util, "hash_array", lambda values: np.zeros(len(values), dtype=np.uint64))
    found = events(tmp_path, {"a": [text("one"), text("two", at(9000))], "b": [text("three"), text("two", at(9000))]})
    assert told(found) == [("b", "2", "a", "2", "copy")]


RECORDS = st.lists(
    st.one_of(
        st.builds(
            text,
            st.sampled_from(["ok", "no"]),
            st.builds(at, st.sampled_from([0, 20, 61]), st.sampled_from([SECOND, MINUTE])),
            direction=st.just("in"),
        ),
        st.builds(call, st.builds(at, st.sampled_from([0, 3, 6])), st.sampled_from([0, 60, 61])),
        st.builds(
            billed,
            st.builds(at, st.sampled_from([0, 4, 60]), st.sampled_from([SECOND, MINUTE])),
            st.sampled_from([0, 60]),
        ),
        st.builds(mail, st.just(1), st.sampled_from(["a", "b"])),
        st.builds(
            text,
            st.sampled_from(["ok", "no"]),
            st.builds(at, st.sampled_from([0, 20]), st.sampled_from([SECOND, MINUTE])),
            direction=st.just("out"),
            sender=st.none(),
            recipients=st.just(("Robin Vale",)),
        ),
    ),
    max_size=8,
)


@settings(max_examples=40)
@given(
    st.dictionaries(st.sampled_from([MINE, THEIRS, "c" * 12]), RECORDS, min_size=2, max_size=3),
    st.permutations([0, 1, 2]),
)
def test_the_order_of_import_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, sources: dict[str, list[Record]], order: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    case = owned_by(**{THEIRS: "Sam"})
    names = list(sources)
    again = {names[index]: sources[names[index]] for index in order if index < len(names)}
    found, other = events(folder, sources, case), events(folder, again, case)
    keys = ("id", "same_as", "same_rule", "maybe_same_as", "maybe_rule")
    assert [[event[key] for key in keys] for event in found] == [[event[key] for key in keys] for event in other]
    by_id = {event["id"]: event for event in found}
    for event in found:
        assert (event["same_as"] == "") == (event["same_rule"] == "")
        assert (event["maybe_same_as"] == "") == (event["maybe_rule"] == "")
        if event["same_as"]:
            counted = by_id[event["same_as"]]
            assert counted["same_as"] == ""
            assert not event["maybe_same_as"]
            assert counted["source"] != event["source"] or event["kind"] == "email"
    # no event is lost: each source has as many events that count as it has rows that are different events
    for name in sources:
        roots = [
            event["same_as"] or event["id"] for event in found if event["source"] == name and event["kind"] != "email"
        ]
        assert len(roots) == len(set(roots))
