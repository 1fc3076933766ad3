"""What came after contact was said to be unwelcome, by what, and what was new: each item is there, and nobody is named by the program."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import any_rows, events_table, stated

from pipeline.analysis.afterwards import LISTED, afterwards
from pipeline.analysis.contact import Scope, prepare
from pipeline.analysis.coverage import coverage
from pipeline.analysis.displacement import Displacement, displacement
from pipeline.analysis.gaps import gaps
from pipeline.analysis.periods import periods
from pipeline.analysis.recorded import recorded
from pipeline.analysis.repertoire import CATEGORY, CHANNEL, IDENTIFIER, PERSON, Repertoire, repertoire
from pipeline.analysis.result import Number, Table
from pipeline.analysis.volume import volume
from pipeline.case import Attribution, Case, KeyDate, Person

SAM = Scope(("P2",), {"P2": "Sam Example", "A": "Jo Example"}, "")
STOP = KeyDate(date(2026, 3, 4), "asked to stop", "text message")
BLOCK = KeyDate(date(2026, 3, 10), "blocked")
SERVED = KeyDate(date(2026, 3, 20), "order served", "", "ZE26")
EXPIRED = KeyDate(date(2026, 3, 25), "order expired", "", "ZE26")
OLD, NEW = "+447700900123", "+447700900456"


def at(*moments: str, **more: Any) -> list[dict[str, Any]]:
    return [{"local": moment, "person": "P2", "identifier": OLD, **more} for moment in moments]


def texts(table: Table) -> list[list[str]]:
    return [[getattr(cell, "text", cell) for cell in row] for row in table.rows]


def after(rows: list[dict[str, Any]], *dates: KeyDate) -> Any:
    return afterwards(prepare(events_table(rows)), SAM, dates)


def test_voicemail_of_a_call_list_is_named_once() -> None:
    rows = [
        *at("2026-03-05 09:00", kind="voicemail", status="voicemail"),
        *at("2026-03-05 10:00", kind="call", status="missed"),
    ]
    assert [row[5] for row in texts(after(rows, STOP).result.tables[0])] == ["voicemail", "missed call"]


def test_every_item_after_the_day_is_listed_with_its_event_and_what_went_out_too() -> None:
    rows = [
        *at("2026-03-03 10:00", "2026-03-04 10:00", "2026-03-06 22:04"),
        *at("2026-03-07 09:00", direction="out"),
        *at("2026-03-08 09:00", kind="call", channel="phone", status="missed"),
        *at("2026-03-09 09:00", person="P9"),
        *at("2026-03-09 10:00", direction="out", status="draft"),
    ]
    answer = after(rows, STOP)
    prepared = prepare(events_table(rows))
    assert [fact.sentence for fact in answer.result.facts] == [
        (
            "In the records supplied, after 04/03/2026 (text message) 2 items came in from Sam Example on 2 days, the first 2 days after it (06/03/2026 at 22:04 GMT); "
            "1 item went out."
        )
    ]
    (table,) = answer.result.tables
    assert table.title == "Every contact after 04/03/2026 (asked to stop): 3"
    assert [row[2:] for row in texts(table)] == [
        ["06/03/2026 at 22:04 GMT", "in", "SMS", "message", OLD],
        ["07/03/2026 at 09:00 GMT", "out", "SMS", "message", OLD],
        ["08/03/2026 at 09:00 GMT", "in", "phone", "missed call", OLD],
    ]
    assert [row[1] for row in texts(table)] == prepared["id"].iloc[[2, 3, 4]].tolist()
    assert answer.column().to_pylist() == ["", "", *["04/03/2026 asked to stop"] * 3, "", ""]


def test_nothing_after_it_is_said_so() -> None:
    answer = after(at("2026-03-04 10:00"), STOP)
    assert [fact.sentence for fact in answer.result.facts] == [
        "In the records supplied, no item came in from Sam Example after 04/03/2026 (text message)."
    ]
    assert answer.result.tables == ()


def test_an_order_that_ended_ends_its_list() -> None:
    rows = at("2026-03-21 10:00", "2026-03-25 10:00", "2026-03-26 10:00")
    answer = after(rows, SERVED, EXPIRED)
    assert len(answer.result.tables[0].rows) == 2
    assert "after 20/03/2026 (ZE26) and up to 25/03/2026, when it ended, 2 items came in" in answer.result.facts[
        0
    ].sentence.replace("order served ", "")
    other = KeyDate(date(2026, 3, 22), "order expired", "", "another order")
    assert len(after(rows, SERVED, other).result.tables[0].rows) == 3, "the end of another order ends nothing"
    unnamed = KeyDate(date(2026, 3, 24), "order expired")
    assert len(after(rows, SERVED, unnamed).result.tables[0].rows) == 1
    assert len(after(rows, SERVED, other, EXPIRED).result.tables[0].rows) == 2
    assert len(after(rows, SERVED).result.tables[0].rows) == 3


def test_an_item_is_after_each_of_the_dates() -> None:
    answer = after(at("2026-03-05 10:00", "2026-03-15 10:00"), BLOCK, STOP, KeyDate(date(2026, 3, 1), "reported"))
    assert answer.column().to_pylist() == [
        "04/03/2026 asked to stop",
        "04/03/2026 asked to stop; 10/03/2026 blocked",
    ]


def test_a_long_list_is_cut_with_a_word_and_the_column_is_not() -> None:
    start = pd.Timestamp("2026-03-05 08:00")
    rows = at(*(str(start + pd.Timedelta(minutes=number)) for number in range(LISTED + 7)))
    answer = after(rows, STOP)
    assert len(answer.result.tables[0].rows) == LISTED
    assert "the first 1,000 of 1,007" in answer.result.tables[0].title
    assert "After key dates" in answer.result.caveats[-1]
    assert len(set(answer.column().to_pylist())) == 1


@settings(max_examples=40, deadline=None)
@given(any_rows(), st.lists(st.sampled_from([STOP, BLOCK, SERVED, EXPIRED]), max_size=4))
def test_the_lists_and_the_column_hold_the_same_items(rows: list[dict[str, Any]], dates: list[KeyDate]) -> None:
    moved = [KeyDate(one.day + timedelta(days=220), one.type, one.what, one.reference) for one in dates]
    answer = after(rows, *moved)
    named = answer.column().to_pylist()
    for one, table in zip([one for one in answer.lists if one.rows.size], answer.result.tables, strict=True):
        label = f"{one.key_date.day:%d/%m/%Y} {one.key_date.type}"
        assert [place for place, words in enumerate(named) if label in words.split("; ")] == one.rows.tolist()
        assert len(table.rows) == one.rows.size


def moved(rows: list[dict[str, Any]], *dates: KeyDate, **more: Any) -> Displacement:
    case = Case(Path(), "T", Person("P1", "client", "Kim"), key_dates=dates, **more)
    return displacement(prepare(events_table(rows)), SAM, case)


ELSEWHERE = [
    *at("2026-02-20 10:00", "2026-03-09 10:00"),
    *at("2026-03-13 10:00", "2026-03-20 10:00", identifier=NEW, channel="phone", kind="call"),
    *at("2026-03-14 10:00", person="", identifier="+447700900789"),
    *at("2026-03-14 10:00", person="", identifier="withheld", kind="call", channel="phone"),
]


def test_what_began_soon_after_a_block_is_told_with_the_gap_before_it() -> None:
    answer = moved(ELSEWHERE, BLOCK)
    assert [(one.sort, one.name, one.gap) for one in answer.began] == [("channel", "phone", 4), ("identifier", NEW, 4)]
    assert answer.result.facts[0].sentence == (
        "Within 14 days after 10/03/2026 (blocked) items from Sam Example came in for the first time in the records by the channel phone, first on 13/03/2026 "
        f"(4 days after the last item before it) and the identifier {NEW}, first on 13/03/2026 (4 days after the last item before it)."
    )


def test_a_number_that_nobody_is_named_for_is_a_candidate_and_counts_for_nobody() -> None:
    answer = moved(ELSEWHERE, BLOCK)
    assert [one.identifier for one in answer.candidates] == ["+447700900789"]
    assert answer.identifiers["identifier"].tolist() == [OLD, NEW]
    assert answer.result.facts[-1].sentence == (
        "The candidates sent 1 item in. Without them, as in all other figures, 4 items came in from Sam Example; with them it would be 5."
    )
    tables = {table.title: texts(table) for table in answer.result.tables}
    (candidates,) = (rows for title, rows in tables.items() if title.startswith("Candidates"))
    assert candidates == [["+447700900789", "14/03/2026", "10/03/2026: blocked", "1", "nobody named"]]


def test_the_basis_of_an_attribution_stands_beside_the_identifier() -> None:
    said = Attribution("07700 900456", "Sam Example", "content", "Robin")
    table = moved(ELSEWHERE, BLOCK, attributions=(said,)).listed[0]
    assert [row[-1] for row in texts(table)] == ["named in case.toml", "content by Robin"]


def test_items_by_channel_before_and_after() -> None:
    (table,) = moved([*ELSEWHERE, *at(*(f"2026-03-{day} 12:00" for day in range(21, 30)))], BLOCK).shares
    assert texts(table) == [["SMS", "2", "-", "9", "82%"], ["phone", "0", "-", "2", "18%"]]


def test_nothing_new_is_said_so() -> None:
    answer = moved(at("2026-02-20 10:00", "2026-03-13 10:00"), BLOCK)
    assert answer.result.facts[0].sentence == (
        "Within 14 days after 10/03/2026 (blocked) nothing came in from Sam Example by an identifier or channel that is new in the records."
    )
    assert moved(ELSEWHERE).result.caveats == ()


def through(rows: list[dict[str, Any]]) -> Repertoire:
    prepared = prepare(events_table(rows))
    case = Case(Path(), "T", Person("P1", "client", "Kim"), others=(Person("A", "sister", "Jo Example"),))
    return repertoire(prepared, SAM, coverage(prepared), recorded(prepared, case), case)


def test_what_is_new_in_each_month() -> None:
    rows = [
        *at("2026-01-05 10:00", "2026-02-05 10:00"),
        *at("2026-03-09 10:00", channel="email", kind="email", identifier="sam@example.org", recipients="P1 A"),
        *at("2026-03-10 10:00", person="", identifier="+447700900789", channel="WhatsApp"),
        *at("2026-03-01 10:00", person="", kind="incident", direction="", categories="HOME IMPACT"),
    ]
    answer = through(rows)
    assert [one.name for one in answer.of(CHANNEL)] == ["SMS", "email"]
    assert [one.name for one in answer.of(IDENTIFIER)] == [OLD, "sam@example.org"]
    assert [one.name for one in answer.of(CATEGORY)] == ["HOME: at the home"], "what surrounds an incident is none"
    assert [one.name for one in answer.of(PERSON)] == ["Jo Example"]
    channels = answer.months[answer.months["sort"] == CHANNEL]
    assert channels[["in_use", "new", "so_far"]].to_numpy().tolist() == [[1, 1, 1], [1, 0, 1], [1, 1, 2]]


def test_what_a_late_export_makes_look_new_stands_beside_the_day_from_which_it_is_held() -> None:
    rows = [
        *at("2026-01-05 10:00"),
        *at("2026-02-01 10:00", person="P9", channel="WhatsApp"),
        *at("2026-03-09 10:00", channel="WhatsApp"),
    ]
    table = through(rows).result.tables[-1]
    assert texts(table)[:2] == [
        ["SMS", "channel", "1", "05/01/2026", "05/01/2026", "05/01/2026"],
        ["WhatsApp", "channel", "1", "09/03/2026", "09/03/2026", "01/02/2026"],
    ]


def test_months_and_equal_spans_add_up_to_the_whole() -> None:
    rows = at("2026-01-30 10:00", "2026-02-01 10:00", "2026-02-01 12:00", "2026-03-30 10:00")
    prepared = prepare(events_table(rows))
    held = coverage(prepared)
    answer = periods(volume(prepared, SAM, held), SAM, held)
    assert answer.months[["days", "in_items", "in_sessions", "in_days"]].to_numpy().tolist() == [
        [2, 1, 1, 1],
        [28, 2, 2, 1],
        [30, 1, 1, 1],
    ]
    assert answer.spans["days"].tolist() == [28, 28, 4]
    assert answer.spans["in_items"].tolist() == [3, 0, 1]
    for table in answer.result.tables:
        cells = [cell for row in table.rows for cell in row if isinstance(cell, Number)]
        assert [stated(cell) for cell in cells] == [cell.count(prepared) for cell in cells]


def test_a_month_for_which_nothing_is_held_has_no_zero() -> None:
    rows = [*at("2026-01-30 10:00", "2026-01-31 10:00"), *at("2026-03-02 10:00", source="bbbbbbbbbbbb")]
    prepared = prepare(events_table(rows))
    held = coverage(prepared)
    months, _ = periods(volume(prepared, SAM, held), SAM, held).result.tables
    assert texts(months)[1] == ["01/02/2026 to 28/02/2026", "no data held (28)", "-", "-", "-", "-"]


@pytest.mark.parametrize(("minutes", "sessions"), [(30, (1, 1, 1)), (45, (2, 1, 1)), (90, (2, 2, 1)), (121, (2, 2, 2))])
def test_other_gaps_stand_beside_the_hour(minutes: int, sessions: tuple[int, int, int]) -> None:
    start = pd.Timestamp("2026-01-05 10:00")
    answer = gaps(prepare(events_table(at(str(start), str(start + pd.Timedelta(minutes=minutes))))), SAM)
    assert tuple(answer.sessions[gap] for gap in (30, 60, 120)) == sessions
    assert [row[0] for row in texts(answer.result.tables[0])] == [f"more than {gap} minutes" for gap in (30, 60, 120)]
