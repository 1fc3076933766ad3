from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from tables import any_rows, events_table

from pipeline.analysis.contact import LEFT_OUT, in_turn, prepare, scope
from pipeline.case import Case, Person

CLIENT = Person("P1", "client", "Kim Client")
SAM = Person("P2", "subject", "Sam Example")
ALEX = Person("P3", "subject", "Alex Other")


def case_of(*subjects: Person) -> Case:
    return Case(Path(), "T-1", CLIENT, subjects)


def at(*times: str, **more: object) -> list[dict[str, object]]:
    return [{"local": time, "person": "P2", **more} for time in times]


def sessions_of(rows: list[dict[str, object]], gap_minutes: int = 60) -> list[int]:
    return prepare(events_table(rows), gap_minutes)["session"].tolist()


def left_out_of(**row: object) -> str:
    return str(prepare(events_table([{"local": "2026-01-05 10:00", **row}]))["left_out"].iloc[0])


@pytest.mark.parametrize("kind", ["message", "call", "email", "voicemail"])
@pytest.mark.parametrize("direction", ["in", "out"])
def test_what_counts_as_contact(kind: str, direction: str) -> None:
    assert left_out_of(kind=kind, direction=direction) == ""


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"kind": "notice", "direction": ""}, "notice"),
        ({"kind": "photo", "direction": ""}, "other record"),
        ({"kind": "incident", "direction": "in"}, "other record"),
        ({"direction": "out", "status": "draft"}, "draft"),
        ({"direction": "out", "status": "failed"}, "failed"),
        ({"direction": "", "status": "queued"}, "queued"),
        ({"direction": ""}, "no direction"),
        ({"local": None}, "undated"),
        ({"included": False}, "excluded"),
        ({"same_as": "0123456789ab"}, "duplicate"),
    ],
)
def test_why_a_row_is_left_out(row: dict[str, object], reason: str) -> None:
    assert left_out_of(**row) == reason


def test_a_draft_that_two_backups_hold_is_one_draft_and_one_duplicate() -> None:
    assert left_out_of(direction="out", status="draft", same_as="0123456789ab") == "duplicate"


def test_what_came_in_counts_whatever_became_of_it() -> None:
    assert [left_out_of(direction="in", status=status) for status in ("missed", "rejected", "blocked", "failed")] == [
        ""
    ] * 4


def test_nulls_are_read_as_empty() -> None:
    nulls = dict.fromkeys(("person", "identifier", "status", "same_as", "included", "name_written"))
    prepared = prepare(events_table([{"local": "2026-01-05 10:00", **nulls}]))
    assert prepared["item"].tolist() == [True]
    assert prepared["person"].tolist() == [""]


@settings(max_examples=60, deadline=None)
@given(any_rows())
def test_items_and_reasons_add_up_to_the_table(rows: list[dict[str, object]]) -> None:
    prepared = prepare(events_table(rows))
    counts = prepared["left_out"].value_counts()
    assert len(prepared) == len(rows)
    assert prepared["item"].sum() + sum(int(counts[reason]) for reason in LEFT_OUT) == len(rows)


def test_the_events_are_not_changed() -> None:
    events = events_table(at("2026-01-05 10:00"))
    before = events.copy(deep=True)
    prepare(events)
    pd.testing.assert_frame_equal(events, before)


def test_a_table_in_another_order_is_refused() -> None:
    events = events_table(at("2026-01-05 10:00", "2026-01-05 11:00"))
    with pytest.raises(ValueError, match="order of the timeline"):
        prepare(events.iloc[::-1])
    undated_first = pd.concat([events_table([{}]), events])
    with pytest.raises(ValueError, match="order of the timeline"):
        prepare(undated_first)


def test_day_week_hour_and_weekday_are_local() -> None:
    # 23:30 UTC on Sunday 5 July 2026 is 00:30 BST on Monday.
    prepared = prepare(events_table([{"utc": "2026-07-05 23:30"}]))
    row = prepared.iloc[0]
    assert (row["day"], row["week"]) == (pd.Timestamp("2026-07-06"), pd.Timestamp("2026-07-06"))
    assert (row["hour"], row["weekday"]) == (0, 0)


def test_the_week_begins_on_monday_also_before_1970() -> None:
    prepared = prepare(events_table([{"local": "1969-12-28 12:00"}, {"local": "2026-03-01 12:00"}]))
    assert prepared["week"].tolist() == [pd.Timestamp("1969-12-22"), pd.Timestamp("2026-02-23")]
    assert prepared["weekday"].tolist() == [6, 6]


@pytest.mark.parametrize("precision", ["day", "about"])
def test_a_time_known_to_the_day_has_no_hour(precision: str) -> None:
    row = prepare(events_table([{"local": "2026-01-05 00:00", "precision": precision}])).iloc[0]
    assert (row["hour"], row["weekday"], row["day"]) == (-1, -1, pd.Timestamp("2026-01-05"))


def test_an_undated_row_has_no_day() -> None:
    row = prepare(events_table([{}])).iloc[0]
    assert pd.isna(row["day"])
    assert pd.isna(row["week"])
    assert (row["hour"], row["weekday"], row["session"]) == (-1, -1, -1)


def test_a_session_ends_after_more_than_sixty_minutes() -> None:
    assert sessions_of(at("2026-01-05 10:00:00", "2026-01-05 11:00:00", "2026-01-05 12:00:01")) == [0, 0, 1]


def test_the_gap_of_a_session_can_be_chosen() -> None:
    assert sessions_of(at("2026-01-05 10:00", "2026-01-05 10:40"), 30) == [0, 1]


def test_each_person_and_direction_has_its_own_sessions() -> None:
    rows = [
        *at("2026-01-05 10:00"),
        *at("2026-01-05 10:10", direction="out"),
        *at("2026-01-05 10:20", person="P3"),
        *at("2026-01-05 10:50"),
        *at("2026-01-05 11:00", direction="out"),
    ]
    assert sessions_of(rows) == [0, 1, 2, 0, 1]


def test_a_session_goes_across_channels_and_midnight_and_is_counted_where_it_begins() -> None:
    prepared = prepare(events_table([*at("2026-01-05 23:50"), *at("2026-01-06 00:10", channel="phone", kind="call")]))
    assert prepared["session"].tolist() == [0, 0]
    assert prepared["opens_session"].tolist() == [True, False]


def test_the_numbers_of_one_person_are_one_party_and_unnamed_numbers_are_parties_of_their_own() -> None:
    rows = [
        {"local": "2026-01-05 10:00", "person": "P2", "identifier": "+447700900001"},
        {"local": "2026-01-05 10:01", "person": "P2", "identifier": "+447700900002"},
        {"local": "2026-01-05 10:02", "identifier": "+447700900003"},
        {"local": "2026-01-05 10:03", "identifier": "withheld"},
    ]
    assert sessions_of(rows) == [0, 0, 1, 2]


def test_what_is_no_item_does_not_keep_a_session_open() -> None:
    rows = [*at("2026-01-05 10:00"), *at("2026-01-05 10:40", included=False), *at("2026-01-05 11:10")]
    assert sessions_of(rows) == [0, -1, 1]


def test_items_known_to_the_day_make_a_session_a_day_of_their_own() -> None:
    rows = [*at("2026-01-05", "2026-01-05", "2026-01-06", precision="day"), *at("2026-01-05 00:10")]
    assert sorted(sessions_of(rows)) == [0, 0, 1, 2]


def test_the_hour_that_happens_twice_is_two_hours_long() -> None:
    # The clocks went back on 25 October 2026 at 02:00 BST: 01:30 BST is 00:30 UTC, 01:31 GMT is 01:31 UTC.
    prepared = prepare(
        events_table([{"utc": "2026-10-25 00:30", "person": "P2"}, {"utc": "2026-10-25 01:31", "person": "P2"}])
    )
    assert prepared["local"].tolist() == [pd.Timestamp("2026-10-25 01:30"), pd.Timestamp("2026-10-25 01:31")]
    assert prepared["zone"].tolist() == ["BST", "GMT"]
    assert prepared["hour"].tolist() == [1, 1]
    assert prepared["session"].tolist() == [0, 1]


def test_the_hour_that_is_left_out_does_not_part_a_session() -> None:
    # On 29 March 2026 the clocks went from 01:00 GMT to 02:00 BST: ten real minutes lie between 00:55 and 02:05.
    prepared = prepare(
        events_table([{"local": "2026-03-29 00:55", "person": "P2"}, {"local": "2026-03-29 02:05", "person": "P2"}])
    )
    assert prepared["session"].tolist() == [0, 0]
    assert prepared["hour"].tolist() == [0, 2]


@pytest.mark.parametrize(
    ("reply", "unanswered"),
    [
        ({"local": "2026-01-06 10:00:00"}, False),
        ({"local": "2026-01-06 10:00:01"}, True),
        ({"local": "2026-01-05 11:00", "person": "P3"}, True),
        ({"local": "2026-01-05 11:00", "status": "draft"}, True),
        ({"local": "2026-01-05 09:59"}, True),
        ({"local": "2026-01-05 11:00", "channel": "email", "kind": "email"}, False),
    ],
)
def test_a_reply_is_an_item_out_to_the_same_person_within_a_day(reply: dict[str, object], *, unanswered: bool) -> None:
    prepared = prepare(events_table([*at("2026-01-05 10:00"), {"person": "P2", "direction": "out", **reply}]))
    assert prepared.loc[prepared["direction"] == "in", "unanswered"].tolist() == [unanswered]
    assert not prepared.loc[prepared["direction"] == "out", "unanswered"].any()


def test_of_an_item_known_to_the_day_no_reply_is_told() -> None:
    assert prepare(events_table(at("2026-01-05", precision="day")))["unanswered"].tolist() == [False]


@settings(max_examples=60, deadline=None)
@given(any_rows())
def test_sessions_and_replies_are_those_of_a_plain_walk_through_the_table(rows: list[dict[str, object]]) -> None:
    prepared = prepare(events_table(rows))
    last: dict[object, tuple[datetime, int]] = {}
    count = 0
    events = list(prepared.itertuples(index=False))
    for number, event in enumerate(events):
        if not event.item:
            assert (event.session, event.opens_session, event.unanswered) == (-1, False, False)
            continue
        party = (event.person or "", "" if event.person else event.identifier)
        key = (party, event.direction, event.hour < 0)
        before = last.get(key)
        opens = before is None or event.utc - before[0] >= timedelta(minutes=60)
        if opens:
            session, count = count, count + 1
        else:
            assert before is not None
            session = before[1]
        last[key] = (event.utc, session)
        assert (event.session, event.opens_session) == (session, opens)
        replied = any(
            later.item
            and later.direction == "out"
            and (later.person or "", "" if later.person else later.identifier) == party
            and later.utc - event.utc <= timedelta(hours=24)
            for later in events[number + 1 :]
        )
        assert event.unanswered == (event.direction == "in" and event.hour >= 0 and not replied)


def test_in_turn_gives_each_party_s_items_in_order_of_time() -> None:
    rows = [
        {"local": f"2026-01-05 10:0{minute}", "person": person}
        for minute, person in enumerate(["P2", "P3", "P2", "P3"])
    ]
    prepared = prepare(events_table([*rows, {"kind": "photo", "local": "2026-01-05 10:02"}]))
    assert prepared["local"].dt.minute.iloc[in_turn(prepared)].tolist() == [0, 2, 1, 3]


def test_the_scope_is_the_subjects_that_have_events() -> None:
    prepared = prepare(events_table(at("2026-01-05 10:00")))
    both = scope(case_of(SAM, ALEX), prepared)
    assert both.persons == ("P2",)
    assert both.note == (
        "No identifier in these records has been attributed to Alex Other. The figures below count contact with Sam Example."
    )
    assert scope(case_of(SAM), prepared).note == "The figures below count contact with Sam Example."


def test_without_attribution_the_scope_is_everybody_and_says_so() -> None:
    prepared = prepare(events_table(at("2026-01-05 10:00", person="")))
    nobody = scope(case_of(SAM), prepared)
    assert nobody.persons == ()
    assert nobody.note.startswith(
        "No identifier in these records has been attributed to Sam Example yet, so the figures below count contact with everybody."
    )
    assert scope(case_of(), prepared).note.startswith("The case names no subject yet")
    assert (nobody.words, nobody.whom("from")) == ("everybody", "")


def test_a_report_may_pass_other_names() -> None:
    prepared = prepare(events_table(at("2026-01-05 10:00")))
    served = scope(case_of(SAM), prepared, {"P2": "the respondent"})
    assert served.whom("from") == " from the respondent"
    assert "Sam" not in served.note
