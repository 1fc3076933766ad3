"""Every number of every analysis leads to the rows that it counts, and every sentence keeps to what may be said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import any_rows, events_table, stated

from pipeline.analysis.afterwards import afterwards
from pipeline.analysis.bearing import bearing
from pipeline.analysis.bursts import bursts
from pipeline.analysis.clocks import clocks
from pipeline.analysis.contact import Scope, prepare, scope
from pipeline.analysis.coverage import coverage
from pipeline.analysis.displacement import displacement
from pipeline.analysis.division import division
from pipeline.analysis.four import Findings, four
from pipeline.analysis.gaps import gaps
from pipeline.analysis.key_dates import key_dates
from pipeline.analysis.material import Material
from pipeline.analysis.observed import Window
from pipeline.analysis.over_time import over_time
from pipeline.analysis.parties import parties
from pipeline.analysis.periods import periods
from pipeline.analysis.persistence import persistence
from pipeline.analysis.reciprocity import reciprocity
from pipeline.analysis.recorded import recorded
from pipeline.analysis.repertoire import repertoire
from pipeline.analysis.result import Number, Result, Selection
from pipeline.analysis.rhythm import rhythm
from pipeline.analysis.trend import trend
from pipeline.analysis.volume import volume
from pipeline.case import KEY_DATE_TYPES, Case, ClockCheck, KeyDate, Person
from pipeline.report.sections import MORE

CLIENT = Person("P1", "client", "Kim Client")
CASES = (
    Case(Path(), "T-1", CLIENT, (Person("P2", "subject", "Sam Example"),)),
    Case(Path(), "T-2", CLIENT, (Person("P2", "subject", "Sam Example"), Person("P3", "subject", "Alex Other"))),
    Case(Path(), "T-3", CLIENT),
)
KEY_DATES = st.lists(
    st.builds(
        KeyDate,
        st.integers(0, 120).map(lambda day: date(2026, 8, 15) + timedelta(days=day)),
        st.sampled_from(KEY_DATE_TYPES),
    ),
    max_size=4,
)
CHECKS = (
    ClockCheck("clock-1", ("IMG*",), "", "", "", timedelta(minutes=7), "", None, None, "A. Advocate", "by phone", date(2026, 9, 1)),
    ClockCheck("clock-2", (), "Acme", "", "", timedelta(0), "UTC", date(2026, 9, 1), None, "A. Advocate", "seen", date(2026, 9, 1)),
)  # fmt: skip


def everything(prepared: pd.DataFrame, who: Scope, dates: Sequence[KeyDate]) -> dict[str, Any]:
    held = coverage(prepared)
    case = replace(CASES[0], others=(Person("A", "sister", "Jo Other"),), key_dates=tuple(dates))
    amount, noted = volume(prepared, who, held), recorded(prepared, case)
    through = repertoire(prepared, who, held, noted, case)
    findings = Findings(
        coverage=held,
        volume=amount,
        rhythm=rhythm(prepared, who),
        reciprocity=reciprocity(prepared, who),
        bursts=bursts(prepared, who),
        persistence=persistence(prepared, who, held),
        recorded=noted,
        repertoire=through,
        displacement=displacement(prepared, who, case),
        afterwards=afterwards(prepared, who, dates),
    )
    return {
        **findings._asdict(),
        "key_dates": key_dates(prepared, who, held, dates),
        "parties": parties(prepared, who.names),
        "trend": trend(prepared, who, held),
        "observed": trend(prepared, who, held, [Window(date(2026, 9, 1), date(2026, 11, 29))]),
        "periods": periods(amount, who, held),
        "division": division(trend(prepared, who, held)),
        "gaps": gaps(prepared, who),
        "over_time": over_time(amount, noted, through, who),
        "four": four(prepared, who, findings),
        "bearing": bearing(noted),
        **{anchor: ask(Material(prepared, case, who, held)) for anchor, _, ask in MORE},
        "clocks": clocks(prepared, {"aaaaaaaaaaaa": "S1"}, {"aaaaaaaaaaaa": "Texts"}, CHECKS, "Europe/London"),
    }


def numbers_of(result: Result) -> Iterator[tuple[str, Number]]:
    for fact in result.facts:
        yield from ((fact.sentence, part) for part in fact.parts if isinstance(part, Number))
    for table in result.tables:
        yield from (
            (f"{table.title}: {row[0]}", cell) for row in table.rows for cell in row if isinstance(cell, Number)
        )


@settings(max_examples=15, deadline=None)
@given(any_rows(), st.sampled_from(CASES), KEY_DATES)
def test_every_number_is_the_count_of_its_rows(rows: list[dict[str, Any]], case: Case, dates: list[KeyDate]) -> None:
    prepared = prepare(events_table(rows))
    for name, answer in everything(prepared, scope(case, prepared), dates).items():
        for number, where in {number: where for where, number in numbers_of(answer.result)}.items():
            assert stated(number) == number.count(prepared), f"{name}: {where}"


@settings(max_examples=40, deadline=None)
@given(any_rows(), st.sampled_from(CASES), KEY_DATES)
def test_the_answers_agree_with_each_other(rows: list[dict[str, Any]], case: Case, dates: list[KeyDate]) -> None:
    prepared = prepare(events_table(rows))
    answers = everything(prepared, scope(case, prepared), dates)
    amount, hours, both, held = answers["volume"], answers["rhythm"], answers["reciprocity"], answers["coverage"]
    assert (
        amount.days["in_items"].sum()
        == amount.weeks["in_items"].sum()
        == both.in_items
        == hours.items.sum() + hours.untimed
    )
    assert amount.days["out_items"].sum() == amount.weeks["out_items"].sum() == both.out_items
    assert amount.week_channels["items"].sum() == amount.channels["items"].sum() == both.in_items + both.out_items
    assert amount.channels["sessions"].sum() == amount.weeks["in_sessions"].sum() + amount.weeks["out_sessions"].sum()
    assert hours.items.sum() == both.timed_in
    assert amount.left_out["records"].sum() + prepared["item"].sum() == len(prepared) == held.windows["records"].sum()
    assert amount.days.loc[~amount.days["held"], "in_items"].sum() == 0, "an item came on a day that is not held"
    lasting, change = answers["persistence"], answers["observed"]
    assert lasting.months["sessions"].sum() == amount.weeks["in_sessions"].sum()
    assert (
        lasting.months["days"].sum()
        == (amount.days["in_items"] > 0).sum()
        == (lasting.span.with_item if lasting.span else 0)
    )
    assert change.weeks["items"].sum() <= both.in_items
    assert answers["bursts"].bursts["items"].sum() <= both.timed_in
    assert held.weeks["days_held"].sum() == held.held.size == amount.days["held"].sum()


@settings(max_examples=30, deadline=None)
@given(any_rows(), st.sampled_from(CASES), KEY_DATES)
def test_sentences_and_tables_are_well_formed(rows: list[dict[str, Any]], case: Case, dates: list[KeyDate]) -> None:
    prepared = prepare(events_table(rows))
    for answer in everything(prepared, scope(case, prepared), dates).values():
        words = [fact.sentence for fact in answer.result.facts] + list(answer.result.caveats)
        for sentence in words:
            assert re.fullmatch(r"[A-Z0-9].*\.", sentence), sentence
            assert not re.search(
                r"escalat|because|proves?\b|risk|score|threat|stalk|obsess|\b1 (items|sessions|days|records|weeks|files)\b|\bnan\b|NaT|  ",
                sentence,
            ), sentence
        for table in answer.result.tables:
            assert all(len(row) == len(table.columns) for row in table.rows), table.title


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="empty"),
        pytest.param([{"local": "2026-01-05 10:00", "person": "P2"}], id="one event"),
        pytest.param([{"person": "P2"}, {"direction": "out"}], id="all undated"),
        pytest.param([{"kind": "photo", "direction": "", "local": "2026-01-05 10:00"}], id="no contact"),
        pytest.param([{"local": "1969-12-01 10:00"}, {"local": "1970-02-01 10:00"}], id="before 1970"),
    ],
)
@pytest.mark.parametrize("case", CASES, ids=["one subject", "two subjects", "no subject"])
def test_poor_tables_give_answers_too(rows: list[dict[str, Any]], case: Case) -> None:
    prepared = prepare(events_table(rows))
    dates = [
        KeyDate(date(2026, 1, 5), "asked to stop"),
        KeyDate(date(2026, 1, 5), "reported"),
        KeyDate(date(2026, 1, 6), "other", "moved house"),
    ]
    for answer in everything(prepared, scope(case, prepared), dates).values():
        for number, where in {number: where for where, number in numbers_of(answer.result)}.items():
            assert stated(number) == number.count(prepared), where


def test_a_selection_as_the_fragment_of_a_link() -> None:
    selection = Selection(
        persons=("P2", ""),
        channels=("a & b",),
        start=date(2026, 1, 2),
        hours=(23, 0),
        items=True,
        first_id="0123456789ab",
    )
    assert (
        selection.query()
        == "persons=P2&persons=&channels=a%20%26%20b&start=2026-01-02&hours=23&hours=0&items=1&first_id=0123456789ab"
    )
    assert Selection().query() == ""


def test_a_selection_from_one_event_to_another_keeps_rows_of_the_same_instant_apart() -> None:
    prepared = prepare(events_table([{"local": "2026-01-05 10:00"}] * 4))
    first, last = prepared["id"].iloc[1], prepared["id"].iloc[2]
    assert Selection(first_id=first, last_id=last).mask(prepared).tolist() == [False, True, True, False]
    assert not Selection(first_id="ffffffffffff").mask(prepared).any()


def test_an_empty_text_in_a_selection_asks_for_empty_rows() -> None:
    prepared = prepare(events_table([{"local": "2026-01-05 10:00", "person": "P2"}, {"local": "2026-01-05 10:01"}]))
    assert Selection(persons=("",)).mask(prepared).tolist() == [False, True]
