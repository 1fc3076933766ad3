from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from tables import events_table

from pipeline.analysis.contact import Scope, prepare
from pipeline.analysis.coverage import coverage
from pipeline.analysis.volume import Volume, volume

SAM = Scope(("P2",), {"P2": "Sam Example"}, "")


def counted(rows: list[dict[str, Any]], scope: Scope = SAM) -> Volume:
    prepared = prepare(events_table(rows))
    return volume(prepared, scope, coverage(prepared))


def at(*times: str, **more: object) -> list[dict[str, Any]]:
    return [{"local": time, "person": "P2", **more} for time in times]


def facts(answer: Volume) -> list[str]:
    return [fact.sentence for fact in answer.result.facts]


# Monday 5 January 2026: three texts and a call in two sessions; a reply on Tuesday; nothing in the second week; two texts in the third.
KNOWN = [
    *at("2026-01-05 22:00", "2026-01-05 22:30", "2026-01-05 23:45"),
    *at("2026-01-05 23:50", channel="phone", kind="call", status="missed"),
    *at("2026-01-06 09:00", direction="out"),
    *at("2026-01-20 09:00", "2026-01-21 09:00"),
    {"local": "2026-01-12 10:00", "person": "P3"},
]


def test_what_may_be_counted_twice_stands_beside_the_totals() -> None:
    again = at("2026-01-05 23:50", kind="call", channel="phone", maybe_same_as="0" * 12, maybe_rule="minute and second")
    answer = counted([*KNOWN, *again, {**again[0], "person": "P3"}])
    said = "1 of these items may repeat another one (listed under “In more than one source”); nobody has decided yet, and each is counted."
    assert said in facts(answer)
    assert said in [fact.sentence for fact in answer.result.headlines]
    assert not any("may repeat" in fact for fact in facts(counted(KNOWN)))


def test_items_sessions_and_days_are_three_counts() -> None:
    assert facts(counted(KNOWN))[:2] == [
        "In the records supplied, 6 items came in from Sam Example, in 4 sessions on 3 days, from 05/01/2026 to 21/01/2026.",
        "In the records supplied, 1 item went out to Sam Example, in 1 session on 1 day, 06/01/2026.",
    ]


def test_weeks_without_contact_stay_as_zeros() -> None:
    assert counted(KNOWN).weeks.to_dict("list") == {
        "week": [pd.Timestamp("2026-01-05"), pd.Timestamp("2026-01-12"), pd.Timestamp("2026-01-19")],
        "in_items": [4, 0, 2],
        "in_sessions": [2, 0, 2],
        "in_days": [1, 0, 2],
        "out_items": [1, 0, 0],
        "out_sessions": [1, 0, 0],
        "out_days": [1, 0, 0],
        "days_held": [7, 7, 3],
        "state": ["full", "full", "part"],
    }


def test_a_week_without_data_is_not_a_week_without_contact() -> None:
    answer = counted([*at("2026-01-05 10:00", "2026-01-11 10:00"), *at("2026-01-20 10:00", source="bbbbbbbbbbbb")])
    cells = [[getattr(cell, "text", cell) for cell in row] for row in answer.result.tables[1].rows]
    assert cells == [
        ["05/01/2026", "2", "2", "2", "0", "0", "0", "whole week"],
        ["12/01/2026", "-", "-", "-", "-", "-", "-", "no data held"],
        ["19/01/2026", "1", "1", "1", "0", "0", "0", "1 of 7 days"],
    ]


def test_days_cover_whole_weeks_and_say_whether_data_is_held() -> None:
    days = counted(KNOWN).days
    assert len(days) == 21
    assert days.loc[days["in_items"] > 0, ["day", "in_items", "in_sessions"]].to_dict("list") == {
        "day": [pd.Timestamp("2026-01-05"), pd.Timestamp("2026-01-20"), pd.Timestamp("2026-01-21")],
        "in_items": [4, 1, 1],
        "in_sessions": [2, 1, 1],
    }
    assert days["held"].tolist() == [True] * 17 + [False] * 4


def test_a_session_is_counted_in_the_channel_in_which_it_begins() -> None:
    channels = counted(KNOWN).channels
    assert channels[["channel", "direction", "items", "sessions", "days"]].to_numpy().tolist() == [
        ["SMS", "in", 5, 4, 3],
        ["SMS", "out", 1, 1, 1],
        ["phone", "in", 1, 0, 1],
    ]


def test_the_items_of_each_week_by_channel() -> None:
    assert counted(KNOWN).week_channels.astype({"channel": str, "direction": str}).to_numpy().tolist() == [
        [pd.Timestamp("2026-01-05"), "SMS", "in", 3],
        [pd.Timestamp("2026-01-05"), "SMS", "out", 1],
        [pd.Timestamp("2026-01-05"), "phone", "in", 1],
        [pd.Timestamp("2026-01-19"), "SMS", "in", 2],
    ]


def test_the_largest_day_and_week_and_the_longest_time_without() -> None:
    assert facts(counted(KNOWN))[2:6] == [
        "The day with the most items in was 05/01/2026: 4 items.",
        "The week with the most items in began on 05/01/2026: 4 items.",
        "Items came in on 3 of the 17 days for which messages, calls or emails are held.",
        "The longest time without an item in was 14 days, from 06/01/2026 to 19/01/2026; data is held for all of them.",
    ]


def test_equal_days_are_said() -> None:
    assert facts(counted(at("2026-01-05 10:00", "2026-01-06 10:00", "2026-01-07 10:00")))[2:] == [
        "The day with the most items in was 05/01/2026: 1 item; 2 other days had as many.",
        "The week with the most items in began on 05/01/2026: 3 items.",
        "Items came in on 3 of the 3 days for which messages, calls or emails are held.",
    ]


def test_a_time_without_items_says_how_much_of_it_is_held() -> None:
    answer = counted([*at("2026-01-05 10:00"), *at("2026-01-20 10:00", source="bbbbbbbbbbbb")])
    assert (
        facts(answer)[-1]
        == "The longest time without an item in was 14 days, from 06/01/2026 to 19/01/2026; data is held for 0 of them."
    )


def test_days_are_local() -> None:
    answer = counted([{"utc": "2026-07-05 23:30", "person": "P2"}])
    assert answer.days.loc[answer.days["in_items"] > 0, "day"].tolist() == [pd.Timestamp("2026-07-06")]


def test_with_nobody_named_everybody_counts() -> None:
    assert (
        facts(counted(KNOWN, Scope((), {}, "")))[0]
        == "In the records supplied, 7 items came in, in 5 sessions on 4 days, from 05/01/2026 to 21/01/2026."
    )


def test_no_contact_is_said_for_the_records_only() -> None:
    assert (
        facts(counted(at("2026-01-05 10:00", direction="out")))[0]
        == "In the records supplied, no item came in from Sam Example."
    )


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            [
                *at(*["2026-01-05 10:00"] * 2, direction="out", status="draft"),
                *at(*["2026-01-05 10:00"] * 3, direction="out", status="failed"),
            ],
            "2 drafts and 3 failed items are in the records and are not counted.",
        ),
        (at("2026-01-05 10:00", direction="out", status="draft"), "1 draft is in the records and is not counted."),
        (
            [
                *at("2026-01-05 10:00", direction="out", status="draft"),
                *at("2026-01-05 10:00", direction="out", status="outbox"),
                *at("2026-01-05 10:00", direction="out", status="queued"),
            ],
            "1 draft, 1 item left in the outbox and 1 queued item are in the records and are not counted.",
        ),
        (at("2026-01-05 10:00", same_as="0" * 12), "1 record repeats another one and is not counted again."),
        (
            at("2026-01-05 10:00", kind="notice", direction=""),
            "1 notice written by a program is not counted as contact.",
        ),
        ([{"person": "P2"}] * 2, "2 items have no date and are not counted."),
        (at("2026-01-05 10:00", included=False), "1 record was excluded in the review and is not counted."),
        (
            at("2026-01-05 10:00", direction=""),
            "1 item is not counted: the records do not say whether it came in or went out.",
        ),
    ],
)
def test_what_is_not_counted_is_said(rows: list[dict[str, Any]], words: str) -> None:
    assert facts(counted(rows))[-1] == words


def test_the_gap_of_a_session_is_printed() -> None:
    prepared = prepare(events_table(KNOWN), gap_minutes=30)
    caveats = volume(prepared, SAM, coverage(prepared)).result.caveats
    assert any("with no more than 30 minutes between one and the next" in caveat for caveat in caveats)
