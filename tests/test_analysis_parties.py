from __future__ import annotations

from typing import Any

import pytest
from tables import events_table

from pipeline.analysis.contact import prepare
from pipeline.analysis.parties import LISTED, Parties, form_of, parties

NAMES = {"P2": "Sam Example"}


def of(rows: list[dict[str, Any]]) -> Parties:
    return parties(prepare(events_table(rows)), NAMES)


def row(identifier: str, day: int = 5, **more: object) -> dict[str, Any]:
    return {"local": f"2026-01-{day:02d} 10:00", "identifier": identifier, **more}


def facts(answer: Parties) -> list[str]:
    return [fact.sentence for fact in answer.result.facts]


def cells(answer: Parties) -> list[list[str]]:
    return [[getattr(cell, "text", cell) for cell in line] for line in answer.result.tables[0].rows]


def test_each_identifier_with_its_counts_and_days() -> None:
    answer = of(
        [
            row("+447700900001", 5, person="P2", name_written="Sam"),
            row("+447700900001", 6, person="P2", name_written="Sam", direction="out"),
            row("+447700900001", 9, person="P2", name_written="DO NOT ANSWER", direction="out", status="draft"),
        ]
    )
    assert cells(answer) == [
        ["+447700900001", "number", "Sam Example", "-", "Sam; DO NOT ANSWER", "1", "1", "1", "05/01/2026", "09/01/2026"]
    ]


def test_those_nobody_is_named_for_come_first_and_the_largest_of_them_first() -> None:
    answer = of(
        [
            row("+447700900001", person="P2"),
            *[row("+447700900001", person="P2")] * 3,
            row("60777"),
            *[row("withheld", kind="call")] * 2,
        ]
    )
    assert answer.identifiers["identifier"].tolist() == ["withheld", "60777", "+447700900001"]
    assert facts(answer) == [
        "In the records supplied, there are 3 identifiers of other parties; nobody is named for 2 of them.",
        "3 items in and 0 items out are with parties for whom nobody is named; they count in no figure about a named person.",
        "2 items in came from a withheld number.",
    ]


@pytest.mark.parametrize(
    ("identifier", "form"),
    [
        ("+447700900001", "number"),
        ("07700 900001", "number"),
        ("60777", "short code"),
        ("NHSnoreply", "name in place of a number"),
        ("sam@example.org", "email address"),
        ("withheld", "withheld"),
        ("", "not given"),
    ],
)
def test_the_form_of_an_identifier(identifier: str, form: str) -> None:
    assert form_of(identifier) == form


def test_records_without_another_party_are_not_listed_and_items_without_identifier_are() -> None:
    assert of([row("", kind="photo", direction="")]).identifiers.empty
    assert cells(of([row("", kind="call")]))[0][:3] == ["(not given)", "not given", "nobody named"]


def test_an_identifier_without_a_date_is_undated() -> None:
    assert cells(of([{"identifier": "60777"}]))[0][-3:] == ["1", "undated", "undated"]


def test_more_names_than_fit_are_counted() -> None:
    rows = [row("+447700900001", name_written=f"name {number}") for number in range(7)]
    assert cells(of(rows))[0][4] == "name 0; name 1; name 2; name 3; name 4; and 2 others"


def test_what_the_table_leaves_out_is_said_and_the_named_are_never_left_out() -> None:
    answer = of([*(row(f"+44770090{number:04d}") for number in range(LISTED + 3)), row("+447700800001", person="P2")])
    assert len(answer.identifiers) == LISTED + 4
    assert len(answer.result.tables[0].rows) == LISTED + 1
    assert cells(answer)[-1][2] == "Sam Example"
    assert (
        answer.result.caveats[-1]
        == "3 further identifiers with nobody named, with at most 1 item each, are in the data and not in the table."
    )
