from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from tables import any_rows, events_table

from pipeline.analysis.contact import Scope, prepare
from pipeline.analysis.reciprocity import Reciprocity, reciprocity

SAM = Scope(("P2",), {"P2": "Sam Example", "P3": "Alex Other"}, "")
BOTH = Scope(("P2", "P3"), SAM.names, "")
EVERYBODY = Scope((), SAM.names, "")


def of(rows: list[dict[str, Any]], scope: Scope = SAM) -> Reciprocity:
    return reciprocity(prepare(events_table(rows)), scope)


def at(*minutes: int, **more: object) -> list[dict[str, Any]]:
    return [{"local": f"2026-01-05 10:{minute:02d}", "person": "P2", **more} for minute in minutes]


def facts(answer: Reciprocity) -> list[str]:
    return [fact.sentence for fact in answer.result.facts]


def cells(answer: Reciprocity, table: int) -> list[list[str]]:
    return [[getattr(cell, "text", cell) for cell in row] for row in answer.result.tables[table].rows]


def test_in_and_out_by_channel() -> None:
    answer = of(
        [
            *at(0, 1, 2),
            *at(3, direction="out"),
            *at(4, 5, channel="phone", kind="call"),
            *at(6, person="P3"),
            *at(7, direction="out", status="draft"),
        ]
    )
    assert (answer.in_items, answer.out_items) == (5, 1)
    assert answer.channels.to_dict("list") == {"channel": ["SMS", "phone"], "in_items": [3, 2], "out_items": [1, 0]}
    assert cells(answer, 0) == [
        ["SMS", "3", "1", "3.0"],
        ["phone", "2", "0", "none out"],
        ["All channels", "5", "1", "5.0"],
    ]
    assert facts(answer)[0] == "In the records supplied, 5 items came in from Sam Example and 1 item went out."


def test_nothing_is_divided_by_zero() -> None:
    assert facts(of(at(0, 1)))[0] == "In the records supplied, 2 items came in from Sam Example and 0 items went out."


def test_items_without_a_reply_within_a_day() -> None:
    rows = [
        *at(0),
        {"local": "2026-01-06 09:00", "person": "P2", "direction": "out"},
        {"local": "2026-01-06 10:30", "person": "P2"},
    ]
    answer = of(rows)
    assert (answer.timed_in, answer.unanswered) == (2, 1)
    assert facts(answer)[1] == "Of 2 items in with a time of day, 1 had no item out to the same person within 24 hours."


def test_items_known_to_the_day_are_not_in_the_share() -> None:
    answer = of([*at(0), {"local": "2026-01-06", "person": "P2", "precision": "day"}])
    assert (answer.in_items, answer.timed_in, answer.unanswered) == (2, 1, 1)
    assert any("known to the day only" in caveat for caveat in answer.result.caveats)


def test_answered_calls_are_said() -> None:
    answer = of([*at(0, 1, kind="call", status="answered"), *at(2, kind="call", status="missed")])
    assert "2 calls in were answered." in facts(answer)


def test_a_run_ends_where_something_goes_out_to_the_same_person() -> None:
    answer = of(
        [
            *at(0, 1, 2),
            *at(3, direction="out", person="P3"),
            *at(4, channel="phone", kind="call"),
            *at(5, direction="out"),
            *at(6, 7),
        ]
    )
    assert answer.runs[["person", "items", "channels", "first", "last"]].to_numpy().tolist() == [
        ["P2", 4, "SMS and phone", "05/01/2026 at 10:00 GMT", "05/01/2026 at 10:04 GMT"],
        ["P2", 2, "SMS", "05/01/2026 at 10:06 GMT", "05/01/2026 at 10:07 GMT"],
    ]
    assert facts(answer)[-1] == (
        "The longest run of items in with no item out to the same person between them: 4 items from Sam Example, "
        "from 05/01/2026 at 10:00 GMT to 05/01/2026 at 10:04 GMT, by SMS and phone."
    )


def test_a_draft_does_not_end_a_run() -> None:
    assert of([*at(0), *at(1, direction="out", status="draft"), *at(2)]).runs["items"].tolist() == [2]


def test_runs_of_two_persons_are_told_apart() -> None:
    answer = of([*at(0, 2, 4), *at(1, 3, person="P3")], BOTH)
    assert answer.runs[["person", "items"]].to_numpy().tolist() == [["P2", 3], ["P3", 2]]


def test_items_of_one_minute_stay_in_their_order() -> None:
    # A chat export gives minutes: in, out, in, all at 10:00.
    answer = of([*at(0), *at(0, direction="out"), *at(0, 0)])
    assert answer.runs["items"].tolist() == [2]
    number = next(cell for cell in answer.result.tables[1].rows[0] if not isinstance(cell, str))
    assert number.count(prepare(events_table([*at(0), *at(0, direction="out"), *at(0, 0)]))) == 2


def test_one_item_is_no_run() -> None:
    answer = of([*at(0), *at(1, direction="out"), *at(2)])
    assert answer.runs.empty
    assert len(answer.result.tables) == 1


def test_the_five_longest_are_kept_the_earlier_first_where_equal() -> None:
    rows = []
    for run, length in enumerate([2, 3, 2, 2, 2, 2, 4]):
        rows += [*at(*[run * 6 + step for step in range(length)]), *at(run * 6 + 5, direction="out")]
    answer = of(rows)
    assert answer.runs["items"].tolist() == [4, 3, 2, 2, 2]
    assert answer.runs["first"].tolist()[2:] == [f"05/01/2026 at 10:{minute} GMT" for minute in ("00", "12", "18")]


def test_a_party_nobody_is_named_for_is_shown_as_such() -> None:
    answer = of(at(0, 1, person="", identifier="+447700900123"), EVERYBODY)
    assert cells(answer, 1)[0][0] == "+447700900123 (nobody is named for it)"


@settings(max_examples=60, deadline=None)
@given(any_rows())
def test_the_longest_run_is_that_of_a_plain_walk_through_the_table(rows: list[dict[str, Any]]) -> None:
    prepared = prepare(events_table(rows))
    running: dict[int, int] = {}
    longest = 0
    for event in prepared[prepared["item"]].itertuples(index=False):
        running[event.party] = running.get(event.party, 0) + 1 if event.direction == "in" else 0
        longest = max(longest, running[event.party])
    runs = reciprocity(prepared, EVERYBODY).runs
    assert (runs["items"].iloc[0] if len(runs) else 0) == (longest if longest > 1 else 0)
