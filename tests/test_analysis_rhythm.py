from __future__ import annotations

from typing import Any

from tables import events_table

from pipeline.analysis.contact import Scope, prepare
from pipeline.analysis.rhythm import Rhythm, rhythm

SAM = Scope(("P2",), {"P2": "Sam Example"}, "")


def rhythm_of(rows: list[dict[str, Any]]) -> Rhythm:
    return rhythm(prepare(events_table(rows)), SAM)


def at(*times: str, **more: object) -> list[dict[str, Any]]:
    return [{"local": time, "person": "P2", **more} for time in times]


def facts(answer: Rhythm) -> list[str]:
    return [fact.sentence for fact in answer.result.facts]


def test_weekday_by_hour_of_items_and_of_session_starts() -> None:
    # Monday 5 January 2026: two items of one session at 22:10 and 22:50; Sunday the 11th: one at 03:00.
    answer = rhythm_of(at("2026-01-05 22:10", "2026-01-05 22:50", "2026-01-11 03:00"))
    assert answer.items.shape == answer.sessions.shape == (7, 24)
    assert (answer.items[0, 22], answer.items[6, 3], answer.items.sum()) == (2, 1, 3)
    assert (answer.sessions[0, 22], answer.sessions[6, 3], answer.sessions.sum()) == (1, 1, 2)


def test_only_what_came_in_from_the_scope_counts() -> None:
    rows = [
        *at("2026-01-05 22:10", direction="out"),
        *at("2026-01-05 22:10", person="P3"),
        *at("2026-01-05 22:10", same_as="0" * 12),
    ]
    assert rhythm_of(rows).items.sum() == 0
    assert facts(rhythm_of(rows)) == [
        "In the records supplied, no session in from Sam Example has a time of day: not enough data to say at what hours contact came."
    ]


def test_the_night_runs_from_23_00_to_06_59() -> None:
    answer = rhythm_of(
        at("2026-01-05 22:59", "2026-01-06 23:00", "2026-01-08 00:30", "2026-01-09 06:59", "2026-01-10 07:00")
    )
    assert answer.night_sessions == 3
    assert facts(answer) == [
        "In the records supplied, 3 of 5 sessions in from Sam Example began between 23:00 and 06:59."
    ]


def test_a_share_is_printed_from_ten_sessions() -> None:
    nine = at(*(f"2026-01-{day:02d} 23:30" for day in range(1, 10)))
    assert facts(rhythm_of(nine))[0].endswith("9 of 9 sessions in from Sam Example began between 23:00 and 06:59.")
    ten = [*nine, *at("2026-01-20 12:00")]
    assert facts(rhythm_of(ten))[0].endswith(
        "9 of 10 sessions in from Sam Example began between 23:00 and 06:59 (90%)."
    )
    assert rhythm_of(nine).night_range is None
    assert facts(rhythm_of(ten))[1] == "The 95% range of that percentage is 55% to 100%."


def test_times_known_to_the_day_are_left_out_and_said() -> None:
    answer = rhythm_of([*at("2026-01-05 22:10"), *at("2026-01-06", precision="day")])
    assert (answer.items.sum(), answer.untimed) == (1, 1)
    assert facts(answer)[1] == "1 item in, known to the day only, is not in the tables of hours."


def test_the_hours_are_those_of_the_clock_on_the_wall() -> None:
    # 22:30 UTC is 23:30 BST in July and 22:30 GMT in January.
    answer = rhythm_of([{"utc": "2026-07-06 22:30", "person": "P2"}, {"utc": "2026-01-05 22:30", "person": "P2"}])
    assert (answer.items[0, 23], answer.items[0, 22], answer.night_sessions) == (1, 1, 1)


def test_inferred_times_are_counted() -> None:
    rows = [
        *at("2026-01-05 10:00", "2026-01-06 10:00", basis="assumed zone"),
        *at("2026-10-25 01:30", basis="ambiguous hour"),
    ]
    assert facts(rhythm_of(rows))[1:] == [
        "2 items in were written without a zone; the zone of the case was assumed.",
        "1 item in falls in an hour that a clock change repeats or leaves out.",
    ]


def test_the_table_has_a_row_for_every_hour() -> None:
    table = rhythm_of(at("2026-01-05 22:10", "2026-01-06 22:10")).result.tables[0]
    assert [row[0] for row in table.rows] == [f"{hour:02d}:00-{hour:02d}:59" for hour in range(24)]
    assert [getattr(cell, "text", cell) for cell in table.rows[22]] == [
        "22:00-22:59",
        "1",
        "1",
        "0",
        "0",
        "0",
        "0",
        "0",
        "2",
    ]
