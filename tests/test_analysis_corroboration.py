"""In more than one source: what is said of it, and that every number counts its rows."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import events_table

from pipeline.analysis.contact import prepare
from pipeline.analysis.corroboration import corroboration, rule_words
from pipeline.analysis.decided import decided
from pipeline.analysis.result import Number, Result
from pipeline.timeline.duplicates import RULES, SUGGESTIONS

LABELS = {"a" * 12: "S2", "b" * 12: "S10", "c" * 12: "S9.1", "d" * 12: "S11"}
A, B, C, D = LABELS


def table(*rows: dict[str, Any]) -> pd.DataFrame:
    return events_table(
        [
            {"utc": f"2026-01-01 10:{number:02d}", "id": f"{number:012x}", "person": "P2", **row}
            for number, row in enumerate(rows)
        ]
    )


def numbers(result: Result) -> list[Number]:
    cells = [cell for one in result.tables for row in one.rows for cell in row]
    return [
        cell for cell in (*cells, *(part for fact in result.facts for part in fact.parts)) if isinstance(cell, Number)
    ]


def test_copies_and_independent_records_are_told_apart() -> None:
    first = f"{0:012x}"
    prepared = prepare(
        table(
            {"source": A},
            {"source": B, "same_as": first, "same_rule": "both ends"},
            {"source": C, "same_as": first, "same_rule": "copy"},
            {"source": D, "same_as": first, "same_rule": "log and bill, near, by hand"},
            {"source": A},
            {"source": C, "same_as": f"{4:012x}", "same_rule": "copy"},
            {"source": B, "maybe_same_as": f"{4:012x}", "maybe_rule": "minute and second"},
        )
    )
    found = corroboration(prepared, LABELS)
    assert found.also_in.tolist() == ["S9.1, S10 (independent), S11 (independent)", "", "", "", "S9.1", "", ""]
    assert [fact.sentence for fact in found.result.facts] == [
        "In the records supplied, 2 events are in more than one source, and counted once. For 1 of them an independent source holds the event too.",
        "1 record may repeat another one; nobody has decided yet, and each is counted.",
    ]
    repeats, suggestions = found.result.tables
    shown = [tuple(cell.text if isinstance(cell, Number) else cell for cell in row) for row in repeats.rows]
    assert shown == [
        ("S9.1", "S2", "2", rule_words("copy"), "the same keeper (a copy)"),
        ("S10", "S2", "1", rule_words("both ends"), "another keeper (independent)"),
        ("S11", "S2", "1", rule_words("log and bill, near, by hand"), "another keeper (independent)"),
    ]
    assert suggestions.rows[0][1:3] == ("S10, 01/01/2026 at 10:06 GMT", "S2, 01/01/2026 at 10:04 GMT")
    for number in numbers(found.result):
        assert int(number.text) == number.count(prepared), number


def test_nothing_is_in_two_sources() -> None:
    found = corroboration(prepare(table({"source": A}, {"source": B})), LABELS)
    assert [fact.sentence for fact in found.result.facts] == [
        "In the records supplied, no event was found in more than one source."
    ]
    assert not found.result.tables


def test_no_rows_at_all() -> None:
    assert corroboration(prepare(table()), LABELS).also_in.tolist() == []


@given(
    st.lists(
        st.tuples(st.sampled_from([A, B, C]), st.integers(0, 6), st.sampled_from(sorted(RULES))),
        min_size=7,
        max_size=20,
    )
)
def test_every_number_counts_its_rows(said: list[tuple[str, int, str]]) -> None:
    rows = [
        {"source": source}
        if number < 7
        else {"source": source, "maybe_same_as": f"{other:012x}", "maybe_rule": rule}
        if rule in SUGGESTIONS
        else {"source": source, "same_as": f"{other:012x}", "same_rule": rule}
        for number, (source, other, rule) in enumerate(said)
    ]
    prepared = prepare(table(*rows))
    for number in numbers(corroboration(prepared, LABELS).result):
        assert int(number.text) == number.count(prepared), number


@pytest.mark.parametrize("rule", [*RULES, "by hand", "copy, by hand"])
def test_every_rule_has_words(rule: str) -> None:
    assert rule_words(rule) != rule


def test_what_a_person_left_out_is_listed_with_the_reason() -> None:
    rows = table(
        {"included": False, "reason": "meant for my sister", "decided": "A. Vocate, 01/02/2026"},
        {"included": False, "reason": "meant for my sister", "decided": "A. Vocate, 01/02/2026"},
        {"included": False, "reason": "a test", "decided": ""},
        {"seen": "P2 P3", "seen_basis": "police", "seen_by": "PC 1"},
        {},
    )
    prepared = prepare(rows)
    found = decided(prepared, {"P2": "Sam", "P3": "Jo"})
    assert [fact.sentence for fact in found.facts] == [
        "3 records were left out by a person, and not counted. The chronology holds them, marked."
    ]
    shown = [
        [tuple(cell.text if isinstance(cell, Number) else cell for cell in row) for row in one.rows]
        for one in found.tables
    ]
    assert shown == [
        [("meant for my sister", "A. Vocate, 01/02/2026", "2"), ("a test", "-", "1")],
        [("Sam and Jo", "police", "PC 1", "1")],
    ]
    assert prepared["left_out"].tolist() == ["excluded"] * 3 + [""] * 2
    for number in numbers(found):
        assert int(number.text) == number.count(prepared), number
