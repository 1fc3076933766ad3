from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import events_table

from pipeline.analysis.bursts import Bursts, bursts
from pipeline.analysis.contact import Scope, prepare

SAM = Scope(("P2",), {"P2": "Sam Example"}, "")
START = datetime(2026, 2, 3, 22, 4)


def at(*minutes: float, start: datetime = START, **more: Any) -> list[dict[str, Any]]:
    return [{"local": str(start + timedelta(minutes=minute)), "person": "P2", **more} for minute in minutes]


def bursts_of(rows: list[dict[str, Any]], scope: Scope = SAM) -> Bursts:
    return bursts(prepare(events_table(rows)), scope)


def facts(answer: Bursts) -> list[str]:
    return [fact.sentence for fact in answer.result.facts]


def sizes(answer: Bursts) -> list[int]:
    return answer.bursts["items"].tolist()


def texts(row: tuple[Any, ...]) -> list[str]:
    return [getattr(cell, "text", cell) for cell in row]


def test_many_missed_calls_in_the_words_of_the_reference() -> None:
    calls = at(*(58 * number / 46 for number in range(47)), kind="call", channel="phone", status="missed")
    answer = bursts_of(calls)
    assert facts(answer) == [
        "In the records supplied, there is 1 time, begun on 1 day, in which 5 or more items from Sam Example came in in less than 60 minutes.",
        "The most items in a short time: 47 missed calls in 58 minutes on 03/02/2026, 22:04 to 23:02 GMT.",
    ]


def test_the_mix_of_a_burst_and_what_went_out_in_it() -> None:
    rows = [
        *at(0, 1, 2, 3),
        *at(4, direction="out"),
        *at(5, 6, channel="WhatsApp"),
        *at(7, kind="call", channel="phone", status="missed"),
    ]
    answer = bursts_of(rows)
    assert facts(answer)[1] == (
        "The most items in a short time: 7 items (6 messages and 1 missed call) in 7 minutes on 03/02/2026, 22:04 to 22:11 GMT."
    )
    assert texts(answer.result.tables[0].rows[0]) == [
        "03/02/2026 22:04 GMT",
        "03/02/2026 22:11 GMT",
        "7",
        "Sam Example",
        "7",
        "6 messages and 1 missed call",
        "SMS 4, WhatsApp 2, phone 1",
        "4",
    ]


@pytest.mark.parametrize(
    ("minutes", "found"),
    [
        pytest.param((0, 1, 2, 3), [], id="four are none"),
        pytest.param((0, 1, 2, 3, 59), [5], id="five in 59 minutes"),
        pytest.param((0, 1, 2, 3, 60), [], id="an hour is not less than an hour"),
        pytest.param((0, 10, 20, 30, 40, 50, 60, 70, 80), [9], id="a chain goes on"),
        pytest.param((0, 1, 2, 3, 4, 63.5, 64, 65, 66, 67), [5, 5], id="no stretch holds both"),
        pytest.param((0, 1, 2, 3, 4, 58, 65, 66, 67, 68), [10], id="one stretch holds both"),
    ],
)
def test_the_rule(minutes: tuple[float, ...], found: list[int]) -> None:
    assert sizes(bursts_of(at(*minutes))) == found


def test_where_a_burst_lasts_longer_the_most_in_less_than_an_hour_is_told_too() -> None:
    calls = at(*(1.25 * number for number in range(47)), kind="call", channel="phone", status="missed")
    answer = bursts_of([*at(-14, -12, -10), *calls])
    assert facts(answer)[1:] == [
        "The most items in a short time: 50 items (47 missed calls and 3 messages) in 71 minutes on 03/02/2026, 21:50 to 23:01 GMT.",
        "The most items from one person in less than 60 minutes: 47 missed calls, on 03/02/2026, 22:04 to 23:01 GMT.",
    ]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 200), st.sampled_from(["P2", "P3"])), min_size=5, max_size=40))
def test_no_hour_holds_more_than_the_most(moments: list[tuple[int, str]]) -> None:
    rows = [row for minute, person in moments for row in at(minute, person=person)]
    answer = bursts_of(rows, Scope(("P2", "P3"), {}, ""))
    most = max(
        sum(other == person and start <= minute < start + 60 for minute, other in moments) for start, person in moments
    )
    numbers = [part for fact in answer.result.facts[1:] for part in fact.parts if not isinstance(part, str)]
    assert (numbers[-1].text if numbers else "none") == (str(most) if most >= 5 else "none")


def test_only_items_in_of_one_person_with_a_time_make_a_burst() -> None:
    rows = [
        *at(0, 1, 2, 3),
        *at(4, direction="out"),
        *at(4, person="P3"),
        *at(4, same_as="0" * 12),
        *at(4, precision="day"),
        *at(4, status="", kind="notice"),
    ]
    answer = bursts_of(rows)
    assert sizes(answer) == []
    assert facts(answer) == [
        "In the records supplied, there is no time in which 5 or more items from Sam Example came in in less than 60 minutes."
    ]
    assert bursts_of([*at(0, 1, 2), *at(3, 4, person="P3")], Scope(("P2", "P3"), {}, "")).bursts.empty


def test_a_burst_over_midnight_and_over_the_end_of_summer_time() -> None:
    begin = datetime(2026, 10, 24, 22, 30)
    answer = bursts_of([{"utc": str(begin + timedelta(minutes=9 * number)), "person": "P2"} for number in range(20)])
    assert facts(answer)[1] == (
        "The most items in a short time: 20 messages in 171 minutes on 24/10/2026, 23:30 BST to 25/10/2026 01:21 GMT."
    )
    assert texts(answer.result.tables[0].rows[0])[:2] == ["24/10/2026 23:30 BST", "25/10/2026 01:21 GMT"]


def test_where_nobody_is_named_the_identifiers_are_kept_apart() -> None:
    rows = [*at(0, 1, 2, person="", identifier="withheld"), *at(0, 1, 2, 3, 4, person="", identifier="+447700900001")]
    answer = bursts_of(rows, Scope((), {}, ""))
    assert sizes(answer) == [5]
    assert texts(answer.result.tables[0].rows[0])[3] == "+447700900001 (nobody is named for it)"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 300), max_size=25))
def test_the_bursts_are_those_of_the_rule_read_aloud(minutes: list[int]) -> None:
    """For each five that follow each other in less than an hour: they are in one burst; stretches that share an item are one."""
    minutes = sorted(minutes)
    chains: list[set[int]] = []
    for first in range(len(minutes) - 4):
        if minutes[first + 4] - minutes[first] < 60:
            stretch = set(range(first, first + 5))
            if chains and chains[-1] & stretch:
                chains[-1] |= stretch
            else:
                chains.append(stretch)
    assert sorted(sizes(bursts_of(at(*minutes)))) == sorted(len(chain) for chain in chains)
