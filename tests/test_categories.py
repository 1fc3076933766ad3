"""Categories are what a person recorded, in the diary or in case.toml; and where they are counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tables import events_table

from pipeline import case as cases
from pipeline.analysis.bearing import TOPICS, bearing
from pipeline.analysis.contact import prepare
from pipeline.analysis.recorded import Recorded, recorded
from pipeline.case import CATEGORIES, Case, CaseError, Categorised, Person
from pipeline.case.categories import CONTEXT
from pipeline.timeline import categories

CLIENT = Person("P1", "client", "Kim Client")
HEAD = 'reference = "T"\n[client]\nname = "Kim"\nidentifiers = []\n'
ENTRY = '[[category]]\nevent = "0123456789AB"\ncodes = ["HOME", "GIFT"]\nby = "Robin"\n'


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("HOME", {"HOME"}),
        ("home; Gift", {"HOME", "GIFT"}),
        ("At the home, gift or delivery", {"HOME", "GIFT"}),
        ("THREAT-V | Threat to others or property\nSELF", {"THREAT-V", "THREAT-O", "SELF"}),
        ("he came to my home", set()),  # nothing is guessed from words
        ("not at the home", set()),
        ("", set()),
    ],
)
def test_only_a_code_or_its_exact_words_count(text: str, codes: set[str]) -> None:
    assert categories.written(text) == codes


def test_every_category_can_be_written_as_its_code_or_in_words() -> None:
    for code, words in CATEGORIES.items():
        assert categories.written(words) == categories.written(code.lower()) == {code}
    assert set(CATEGORIES) >= CONTEXT


def in_events(kinds: list[str], extras: list[str], *said: Categorised) -> list[tuple[str, str]]:
    case = Case(Path(), "T", CLIENT, categorised=said)
    ids = pa.array([f"{number:012x}" for number in range(len(kinds))])
    found, by = categories.recorded(ids, pa.array(kinds).dictionary_encode(), pa.array(extras, pa.string()), case)
    return list(zip(found.to_pylist(), by.to_pylist(), strict=True))


def test_diary_and_case_toml_are_put_together_in_the_order_of_the_codes() -> None:
    written = json.dumps({"type": "GIFT; WORK", "who": "Sam"})
    entry = Categorised("000000000000", ("HOME", "WORK"), "Robin")
    other = Categorised("000000000000", ("GIFT",), "Jo")
    assert in_events(["incident", "incident", "message"], [written, "", written], entry, other) == [
        ("HOME WORK GIFT", "diary: WORK GIFT; case.toml, Robin: HOME WORK; case.toml, Jo: GIFT"),
        ("", ""),
        ("", ""),
    ]
    assert in_events(["message"], [""], entry) == [("HOME WORK", "case.toml, Robin: HOME WORK")]
    assert in_events([], []) == []


def test_case_toml_names_event_codes_and_who_says_so(tmp_path: Path) -> None:
    (one,) = cases.parse(HEAD + ENTRY, tmp_path).categorised
    assert one == Categorised("0123456789ab", ("HOME", "GIFT"), "Robin")
    for old, new, message in (
        ('"GIFT"', '"GIFTS"', 'line 7: category.1.codes "GIFTS" is not one of: MSG, CALL'),
        ('codes = ["HOME", "GIFT"]\n', "", "codes is missing or empty"),
        ('by = "Robin"', "", "by is missing or empty"),
    ):
        with pytest.raises(CaseError, match=message):
            cases.parse(HEAD + ENTRY.replace(old, new), tmp_path)


def noted(rows: list[dict[str, Any]], *said: Categorised) -> Recorded:
    return recorded(prepare(events_table(rows)), Case(Path(), "T", CLIENT, categorised=said))


ROWS = [
    {"local": "2026-02-03 10:00", "kind": "incident", "direction": "", "categories": "HOME GIFT"},
    {"local": "2026-02-03 18:00", "kind": "incident", "direction": "", "categories": "HOME"},
    {"local": "2026-02-09 23:00", "kind": "message", "categories": "THREAT-V", "person": "P2"},
    {"kind": "incident", "direction": "", "categories": "IMPACT"},
    {"local": "2026-02-10 10:00", "categories": "HOME", "included": False},
    {"local": "2026-02-10 10:00", "categories": "HOME", "same_as": "0" * 12},
    {"local": "2026-02-11 10:00"},
]


def test_what_is_recorded_is_counted_by_category() -> None:
    answer = noted(ROWS, Categorised("abcdefabcdef", ("HOME",), "Robin"))
    assert answer.categories[["code", "records", "days"]].to_numpy().tolist() == [
        ["HOME", 2, 1],
        ["GIFT", 1, 1],
        ["THREAT-V", 1, 1],
        ["IMPACT", 1, 0],
    ]
    assert [fact.sentence for fact in answer.result.facts] == [
        "A person has recorded a category for 4 records, 3 different categories of incidents among them.",
        "Case.toml records categories for 1 event that the timeline does not hold: abcdefabcdef.",
        "1 record with a category repeats another one and is not counted here; record the category on the one that is repeated.",
    ]


def test_nothing_recorded_is_said_so() -> None:
    answer = noted(ROWS[-1:])
    assert [fact.sentence for fact in answer.result.facts] == ["Categories of incidents: none recorded."]
    assert answer.result.tables == ()
    assert {row[3] for row in bearing(answer).result.tables[0].rows} == {"none recorded"}


def test_topics_list_rows_and_answer_nothing() -> None:
    topics, *lists = bearing(noted(ROWS)).result.tables
    cells = {row[0]: [getattr(cell, "text", cell) for cell in row[1:]] for row in topics.rows}
    assert list(cells) == [str(topic.number) for topic in TOPICS] == ["3", "4", "5", "6", "7", "8"]
    assert cells["4"] == [
        "coming to places",
        "HOME, WORK, PLACE",
        "2",
        "03/02/2026",
        "03/02/2026",
        "at most 2 occasions within 7 days",
    ]
    assert cells["6"][2:] == ["1", "09/02/2026", "09/02/2026", "-"]
    assert [len(table.rows) for table in lists] == [2, 1]
    assert {code for topic in TOPICS for code in topic.codes} <= set(CATEGORIES)
