"""What is served holds nothing confidential, wherever in the evidence it stood; and the search would have found it (C1-C13, N9)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tables import events_table

from pipeline import case as cases
from pipeline.case import Case
from pipeline.report import chronology, confidentiality, workbook
from pipeline.report.confidentiality import EVENTS, PLAIN, Reducer, Treatment, as_it_is
from pipeline.report.leak_search import search
from pipeline.report.written_forms import Forms
from pipeline.store import READ, ProblemRow, SourceInfo, Timeline
from pipeline.timeline.schema import COLUMNS, SCHEMA

CASE_TEXT: Final = """
reference = "CD/Onslow/17"
[client]
name = "Robin Vale"
identifiers = ["07700 900118", "07700 900870", "robin.new@example.org", "robin_hides"]
[[subject]]
name = "Sam Marsh"
identifiers = ["07700 900461", "sam@example.com"]
[[other]]
name = "Priya Onslow"
role = "friend"
identifiers = ["07700 900205", "priya@example.net"]
[[other]]
name = "Toby Vale"
role = "son"
[[place]]
name = "Hollins Cottage"
type = "home"
lat = 53.34981
lon = -1.78012
[[key_date]]
date = 2026-01-09
type = "asked to stop"
what = "by text, at Priya's house"
[[key_date]]
date = 2026-02-01
type = "moved"
what = "moved house"
[[attribution]]
identifier = "07700 900461"
person = "Sam Marsh"
basis = "client says"
by = "Dana Advocate"
why = "Priya Onslow told me"
[[confidential]]
text = "12 Acacia Road, Buxton, SK17 6XX"
kind = "address"
[[confidential]]
text = "AB12 CDE"
kind = "registration"
[[confidential]]
text = "Hilltop Primary"
kind = "school"
[[confidential]]
text = "Garden Centre Ltd"
kind = "workplace"
[[confidential]]
text = "Dana Advocate"
kind = "name"
"""
SECRETS: Final = (
    "07700 900118",
    "+447700900870",
    "robin.new@example.org",
    "robin_hides",
    "Priya Onslow",
    "07700900205",
    "priya@example.net",
    "Toby",
    "Hollins Cottage",
    "53.34981, -1.78012",
    "12 Acacia Road",
    "SK17 6XX",
    "AB12 CDE",
    "Hilltop Primary",
    "Garden Centre Ltd",
    "Dana Advocate",
    "robin-vale-new-phone.xml",
)
WRAPPED: Final = {
    "attachments": lambda s: json.dumps([{"name": f"{s}.jpg", "type": "image/jpeg", "size": 3, "sha256": "ab" * 32}]),
    "extra": lambda s: json.dumps({"impact": f"afraid near {s}", "witnesses": s, "gps": s, "service_center": s}),
    "flags": lambda s: f"this hour did not exist; time near {s}",
    "at": lambda s: f"line 7 of {s}",
}
PLANTED: Final = (
    "sender_written", "recipients_written", "identifier", "name_written", "thread", "text", "subject", "attachments", "place_written", "at", "flags", "note", "extra",
    "written",
)  # fmt: skip


def case() -> Case:
    return cases.parse(CASE_TEXT, Path("/home/dana/cases/onslow"))


def timeline(folder: Path, rows: list[dict[str, Any]]) -> Timeline:
    path = folder / "full.parquet"
    pq.write_table(pa.Table.from_pandas(events_table(rows), schema=SCHEMA, preserve_index=False), path)
    source = SourceInfo(
        "aaaaaaaaaaaa", "S1", "exports/robin-vale-new-phone.xml", "aa" * 32, 10, "2026-06-30", READ,
        parser="sms_backup", title="SMS Backup & Restore", version="fourline 0.1.0", records=len(rows), events=len(rows),
        notes=("kept by Priya Onslow",), answers=(("Whose phone?", "Priya Onslow"),), why="from Hollins Cottage",
    )  # fmt: skip
    return Timeline(
        path, (source,), (ProblemRow("aaaaaaaaaaaa", "line 9", "no time, near 12 Acacia Road", "<sms body='Toby'>"),)
    )


def planted(column: str) -> list[dict[str, Any]]:
    """A row for each secret, in one column; the rows are shown, being contact with the respondent or incidents."""
    wrap = WRAPPED.get(
        column, lambda s: s if column.endswith("written") or column == "identifier" else f"see {s} there"
    )
    return [
        {
            "local": f"2026-03-{number + 1:02} 10:00",
            "person": "P2",
            "sender": "P2",
            **({"identifier": "+447700900461", "sender_written": "07700900461"} if number % 2 else {}),
            **({"kind": "incident", "channel": "diary", "direction": ""} if number % 3 == 2 else {}),
            column: wrap(secret),
        }
        for number, secret in enumerate(SECRETS)
    ]


def served(
    folder: Path, rows: list[dict[str, Any]], events: Mapping[str, Treatment] = EVENTS, plain: frozenset[str] = PLAIN
) -> Path:
    """Everything the renderers make of the reduced copy, in a folder."""
    whole, kept, made = case(), folder / "kept", folder / "made"
    kept.mkdir()
    made.mkdir()
    full = timeline(folder, rows)
    reduced = Reducer(whole, full, events, plain).write(kept)
    names = chronology.Names.of(reduced.case, reduced.timeline)
    counted = np.ones(len(rows), dtype=bool)
    chronology.write_csv(made / "chronology.csv", chronology.batches(reduced.timeline, names, counted))
    book = chronology.batches(reduced.timeline, names, counted)
    workbook.write(made / "chronology.xlsx", book, len(rows), reduced.case, date(2026, 6, 30), "fourline 0.1.0")
    (made / "all.txt").write_text(
        f"{pq.read_table(reduced.timeline.events).to_pylist()}\n{reduced.timeline.sources}\n{reduced.timeline.problems}\n{reduced.case!r}",
        encoding="utf-8",
    )
    return made


@pytest.mark.parametrize("column", PLANTED)
def test_nothing_confidential_is_served_and_the_search_would_find_it(tmp_path: Path, column: str) -> None:
    whole = case()
    forms = Reducer(whole, timeline(tmp_path, [])).forms
    clean, leaking = tmp_path / "clean", tmp_path / "leaking"
    clean.mkdir()
    leaking.mkdir()
    assert search(served(clean, planted(column)), forms).secrets == ()
    # with the treatment of this one field switched off, every single secret is found
    made = served(leaking, planted(column), {**EVENTS, column: as_it_is})
    found = search(made, forms).secrets
    assert {hit.what for hit in found} >= {span.what for secret in SECRETS for span in forms.secrets_in(secret)}
    printed = {"chronology.csv", "chronology.xlsx"} if column not in {"name_written", "thread"} else set()
    assert {hit.file for hit in found} >= {"all.txt"} | printed


def test_positions_are_gone_and_would_be_found(tmp_path: Path) -> None:
    rows = [
        {
            "local": "2026-03-01 10:00",
            "person": "P2",
            "lat": 53.34981,
            "lon": -1.78012,
            "accuracy_m": 5.0,
            "place": "place-1",
        }
    ]
    forms = Reducer(case(), timeline(tmp_path, [])).forms
    clean, leaking = tmp_path / "clean", tmp_path / "leaking"
    clean.mkdir()
    leaking.mkdir()
    made = served(clean, rows)
    assert search(made, forms).secrets == ()
    assert "Home [withheld]" in (made / "chronology.csv").read_text(encoding="utf-8-sig")
    leaked = served(leaking, rows, plain=PLAIN | {"lat", "lon", "accuracy_m"})
    assert {hit.file for hit in search(leaked, forms).secrets} >= {"chronology.csv", "chronology.xlsx"}


def test_every_column_of_the_events_is_named_or_withheld() -> None:
    """A new column says nothing until somebody decides what may be served of it (C1)."""
    withheld = {"written", "name_written", "lat", "lon", "accuracy_m", "place_written", "note"}
    names = {column.name for column in COLUMNS}
    assert names - set(EVENTS) - PLAIN >= withheld
    assert not withheld & (set(EVENTS) | PLAIN)


def test_a_column_without_a_treatment_is_empty(tmp_path: Path) -> None:
    full = timeline(tmp_path, planted("text"))
    less = {name: treatment for name, treatment in EVENTS.items() if name != "text"}
    reduced = Reducer(case(), full, less).write(tmp_path)
    assert set(pq.read_table(reduced.timeline.events)["text"].to_pylist()) == {""}


def test_what_is_shown_and_what_is_counted(tmp_path: Path) -> None:
    rows = [
        {"local": "2026-03-01 10:00", "person": "P2", "identifier": "+447700900461", "text": "mine"},
        {"local": "2026-03-01 10:01", "person": "A", "identifier": "+447700900205", "text": "private"},
        {"local": "2026-03-01 10:02", "identifier": "withheld", "kind": "call"},
        {"local": "2026-03-01 10:03", "kind": "location", "direction": "", "lat": 53.1, "lon": -1.2},
        {"local": "2026-03-01 10:04", "kind": "photo", "direction": ""},
        {"local": "2026-03-01 10:05", "kind": "photo", "direction": "", "categories": "HOME"},
        {"local": "2026-03-01 10:06", "kind": "incident", "direction": "", "text": "at the door"},
        {"local": "2026-03-01 10:07", "person": "P2", "identifier": "+447700900461", "included": False, "text": "left out"},
        {"local": "2026-03-01 10:08", "recipients": "A P2", "direction": "out", "text": "to both"},
    ]  # fmt: skip
    reduced = Reducer(case(), timeline(tmp_path, rows)).write(tmp_path)
    assert reduced.kept.shown == 4
    assert list(reduced.kept.why.values()) == [2, 1, 1, 1]
    table = pq.read_table(reduced.timeline.events).to_pandas()
    shown = table[table["status"] != "not shown"]
    assert list(shown["text"]) == ["mine", "", "at the door", "to both"]
    rest = table[table["status"] == "not shown"]
    assert set(rest["text"]) | set(rest["identifier"]) | set(rest["direction"]) | set(rest["person"]) == {""}


def test_the_case_tells_nothing_either() -> None:
    whole = case()
    reducer = Reducer(whole, Timeline(Path(), (), ()))
    served_case = reducer.case()
    assert served_case.folder == Path()
    assert served_case.reference == ""
    assert [one.type for one in served_case.key_dates] == ["asked to stop"]  # that she moved is not told
    assert served_case.key_dates[0].what == "by text, at [Person A]'s house"
    assert [person.name for person in served_case.others] == ["Person A", "Child 1"]
    assert served_case.client.identifiers == ("P1, number withheld", "P1, address withheld", "P1, name withheld")
    assert served_case.subjects[0].identifiers == whole.subjects[0].identifiers
    assert (served_case.attributions[0].by, served_case.attributions[0].why) == ("", "")
    assert served_case.confidential == served_case.decisions == served_case.answers == ()
    assert served_case.text == ""
    assert not reducer.forms.secrets_in(repr(served_case))


def test_outgoing_rows_to_the_day_on_request(tmp_path: Path) -> None:
    rows = [
        {"local": "2026-03-01 10:00", "person": "P2", "direction": "out", "text": "stop"},
        {"local": "2026-03-01 11:00", "person": "P2", "direction": "in", "text": "no"},
    ]
    reduced = Reducer(case(), timeline(tmp_path, rows)).write(tmp_path, outgoing_by_day=True)
    table = pq.read_table(reduced.timeline.events).to_pandas()
    assert [str(one) for one in table["local"]] == ["2026-03-01 00:00:00", "2026-03-01 11:00:00"]
    assert list(table["precision"]) == ["day", "second"]


def test_codes_are_the_same_throughout_and_in_order_of_appearance(tmp_path: Path) -> None:
    reducer = Reducer(case(), timeline(tmp_path, []))
    assert reducer.party("07700 900555") == "Unattributed number 1"
    assert reducer.party("stranger@example.org") == "Unattributed address 1"
    assert reducer.party("+447700900555") == "Unattributed number 1"
    assert reducer.party("07700900205") == "Person A, number 1"
    assert reducer.party("07700 900461") == "07700 900461"
    assert reducer.party("07700 900118") == reducer.party("07700 900870") == "P1, number withheld"
    assert reducer.party("withheld") == "withheld"


def test_only_the_copy_for_court_is_reduced() -> None:
    assert [one.key for one in confidentiality.AUDIENCES.values() if one.served] == ["court"]


def test_a_file_handed_in_may_have_the_name_of_one_that_is_issued(tmp_path: Path) -> None:
    """Named by a person or a program before us: it must not stop every export, and is masked in the words of the evidence all the same."""
    forms = Forms(case(), ("out/chronology.xlsx", "notes/My secret diary.docx"))
    (tmp_path / "SHA256SUMS.txt").write_text("0  chronology.xlsx\n", encoding="utf-8")
    assert search(tmp_path, forms).secrets == ()
    assert forms.masked("see chronology.xlsx") == "see [file]"
    (tmp_path / "SHA256SUMS.txt").write_text("0  My secret diary.docx\n", encoding="utf-8")
    assert [hit.what for hit in search(tmp_path, forms).secrets] == ["the name of a file that was handed in"]


def test_a_remark_behind_the_name_of_a_party_makes_nothing_public() -> None:
    whole = case()
    told = replace(whole, client=replace(whole.client, name="Robin Vale (mother of Toby)"))
    assert Forms(told).masked("how is Toby?") == "how is [Child 1]?"
    assert Forms(told).secrets_in(told.client.name)  # and so the export stops until it is taken out of the name
