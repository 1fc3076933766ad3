"""The completeness statement: every record of every file is somewhere, and what is missing is said."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from conftest import EXPECTED, SAMPLES
from hypothesis import given, settings
from tables import any_rows, events_table

from pipeline import case as cases
from pipeline import demo_case, evidence, intake
from pipeline.analysis import completeness as about
from pipeline.analysis.completeness import Completeness, File, completeness
from pipeline.analysis.contact import COLUMNS, LEFT_OUT, prepare
from pipeline.analysis.coverage import coverage
from pipeline.analysis.export_limits import LIMITS, ROUND, Sized, limits_met
from pipeline.analysis.result import Number, Table
from pipeline.case import Answer, NotHeld
from pipeline.new_case import Beginning, add_answer, make
from pipeline.report import provenance
from pipeline.store import READ, Timeline

A, B = "aaaaaaaaaaaa", "bbbbbbbbbbbb"


def file(key: str, events: int, **more: Any) -> File:
    said = {
        "label": f"S-{key[:1]}",
        "parser": "whatsapp",
        "title": "Chat",
        "records": events,
        "problems": 0,
        "read": True,
    }
    return File(**{"key": key, "events": events, **said, **more})


def stated(
    rows: list[dict[str, Any]], *files: File, not_held: tuple[NotHeld, ...] = (), gap_days: int = 14
) -> Completeness:
    prepared = prepare(events_table(rows))
    counts = prepared["source"].astype(str).value_counts()
    known = files or tuple(file(str(key), int(count)) for key, count in counts.items())
    return completeness(prepared, coverage(prepared, gap_days=gap_days), known, not_held)


def sentences(answer: Completeness, beginning: str) -> str:
    (found,) = [fact.sentence for fact in answer.result.facts if fact.sentence.startswith(beginning)]
    return found


def plain(table: Table) -> list[list[str]]:
    return [[cell.text if isinstance(cell, Number) else cell for cell in row] for row in table.rows]


def adds_up(table: Table) -> None:
    """Records = problems + rows and rows = contact + reasons in every line; every column adds up to the last line."""
    assert table.columns[:5] == ("Source", "Records", "Problems", "Rows", "Counted as contact")
    numbers = [[int(cell.replace(",", "")) for cell in row[1:-1]] for row in plain(table)]
    for records, problems, events, *parts in numbers:
        assert records == problems + events
        assert events == sum(parts)
    *lines, total = numbers
    assert [sum(column) for column in zip(*lines, strict=True)] == total if lines else not any(total)
    assert {row[-1] for row in plain(table)} == {"yes"}


def every_number_counts_its_rows(answer: Completeness, prepared: pd.DataFrame) -> None:
    cells = [cell for table in answer.result.tables for row in table.rows for cell in row]
    cells += [part for fact in answer.result.facts for part in fact.parts]
    numbers = [cell for cell in cells if isinstance(cell, Number)]
    assert numbers
    for number in numbers:
        assert int(number.text.replace(",", "")) == number.count(prepared), number


# --- the balance ---------------------------------------------------------------------------------------------------------------------------------------


def checked(timeline: Timeline, held: list[evidence.Held]) -> Table:
    """The balance of a timeline, which adds up; every file is in it or has another place in the register."""
    prepared = prepare(pq.read_table(timeline.events, columns=list(COLUMNS)).to_pandas())
    answer = completeness(prepared, coverage(prepared), provenance.files(timeline))
    table = answer.result.tables[0]
    adds_up(table)
    every_number_counts_its_rows(answer, prepared)
    assert len(answer.balance) == sum(source.state == READ or bool(source.records) for source in timeline.sources)
    assert answer.balance["events"].sum() == len(prepared) == pq.read_metadata(timeline.events).num_rows
    assert answer.balance["problems"].sum() == len(timeline.problems)
    assert {one.sha256 for one in held} <= {source.sha256 for source in timeline.sources}
    by_key = prepared["source"].astype(str).value_counts()
    for row in answer.balance.itertuples():
        assert by_key.get(row.key, 0) == row.events
    repeats = {str(key): int(n) for key, n in prepared.loc[prepared["same_as"] != "", "source"].value_counts().items()}
    old = [[int(cell.replace(",", "")) for cell in row[1:-1]] for row in plain(provenance.balance(timeline, repeats))]
    assert [sum(column) for column in zip(*old[:-1], strict=True)] == old[-1]
    return table


def test_every_column_of_the_balance_adds_up_for_every_sample(tmp_path: Path) -> None:
    folders = sorted(path for path in SAMPLES.iterdir() if path.is_dir() and path.name not in {"demo", "__pycache__"})
    case = make(tmp_path / "case", Beginning("samples", "Robin Vale: 07700 900118"))
    evidence.receive(case.folder, folders, lambda *_: None)
    held = evidence.held(case.folder)
    by_name = {one.file: one.sha256 for one in held}
    for folder in folders:
        for given_ in sorted((EXPECTED / folder.name).glob("*.answers.json")):
            name = f"{folder.name}/{given_.name.removesuffix('.answers.json')}"
            for key, value in json.loads(given_.read_text(encoding="utf-8")).items():
                case = add_answer(case, Answer(by_name[name], name, key, value))
    timeline = intake.bring_up_to_date(case, lambda *_: None)
    samples = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert len(held) + len(samples) - len(set(map(Path.read_bytes, samples))) == len(samples)
    table = checked(timeline, held)
    assert [row[0] for row in plain(table)][-1] == "All"
    read = {source.file: source for source in timeline.sources if source.state == READ}
    compared = 0
    for name, source in read.items():
        expected = EXPECTED / f"{name}.csv"
        if expected.exists():  # what was read by eye: as many records and problems
            with expected.open(encoding="utf-8", errors="surrogateescape", newline="") as lines:
                kinds = [row["output"] for row in csv.DictReader(lines)]
            assert (source.events, source.problems) == (kinds.count("record"), kinds.count("problem")), name
            compared += 1
    assert compared > 50


def test_every_column_of_the_balance_adds_up_for_every_source_of_the_demo(tmp_path: Path) -> None:
    paths = demo_case.make(tmp_path / "case")
    evidence.receive(tmp_path / "case", paths, lambda *_: None)
    case = cases.load(tmp_path / "case")
    table = checked(intake.bring_up_to_date(case, lambda *_: None), evidence.held(case.folder))
    assert {row[0] for row in plain(table)} >= {"S11", "S29.3", "10 files of one record each (Photo)", "All"}


@settings(max_examples=40)
@given(any_rows(40))
def test_the_balance_adds_up_whatever_the_rows_are(rows: list[dict[str, Any]]) -> None:
    answer = stated(rows)
    adds_up(answer.result.tables[0])
    if rows:
        every_number_counts_its_rows(answer, prepare(events_table(rows)))


def test_each_reason_stands_in_one_column() -> None:
    assert sorted(reason for reasons in about._WHY.values() for reason in reasons) == sorted(LEFT_OUT)


def test_a_balance_that_does_not_add_up_says_so() -> None:
    answer = stated([{"utc": "2026-01-01 10:00", "source": A}], file(A, 1, records=4, problems=1))
    assert plain(answer.result.tables[0])[0][-1] == "NO: +2"
    answer = stated([{"utc": "2026-01-01 10:00", "source": A}], file(A, 2))
    assert plain(answer.result.tables[0])[0][-1] == "NO: +1"


def test_rows_left_out_in_the_review_are_counted_by_source() -> None:
    rows = [{"utc": f"2026-01-0{day} 10:00", "source": A, "included": day > 2} for day in range(1, 6)]
    answer = stated(rows)
    header = answer.result.tables[0].columns
    assert plain(answer.result.tables[0])[0][header.index("Excluded in the review, or not shown in this copy")] == "2"
    said = sentences(answer, "Left out in the review")
    assert said.startswith("Left out in the review: 2 rows were excluded by a person; they stay in the chronology")
    assert "Counted as contact: 3 rows" in said


def test_many_files_of_one_record_stand_together() -> None:
    keys = [f"{number:012x}" for number in range(30)]
    rows = [
        {"utc": f"2026-01-{number + 1:02} 10:00", "source": key, "kind": "email"} for number, key in enumerate(keys)
    ]
    answer = stated(rows, *(file(key, 1, title="Email file", label=key) for key in keys))
    assert [row[0] for row in plain(answer.result.tables[0])] == ["30 files of one record each (Email file)", "All"]
    adds_up(answer.result.tables[0])


# --- the sentences -------------------------------------------------------------------------------------------------------------------------------------


def test_channels_that_are_known_and_not_held_are_named_with_who_says_so() -> None:
    rows = [{"utc": "2026-01-01 10:00", "source": A}]
    assert "names no channel" in sentences(stated(rows), "Known and not held")
    answer = stated(rows, not_held=(NotHeld("Snapchat", "phone lost", "the client"), NotHeld("Signal")))
    assert sentences(answer, "Known and not held") == "Known and not held: Snapchat (phone lost) and Signal."
    (table,) = [table for table in answer.result.tables if table.title.startswith("Channels known")]
    assert plain(table) == [["Snapchat", "phone lost", "the client"], ["Signal", "not stated", "not stated"]]


def test_period_channels_own_contact_repeats_and_deletions() -> None:
    rows = [
        {"utc": "2026-01-01 10:00", "source": A, "channel": "SMS"},
        {"utc": "2026-01-02 10:00", "source": A, "channel": "SMS", "direction": "out"},
        {"utc": "2026-01-03 10:00", "source": A, "channel": "WhatsApp", "status": "deleted"},
        {"utc": "2026-01-04 10:00", "source": B, "channel": "WhatsApp", "same_as": "0123456789ab"},
        {"utc": "2026-01-05 10:00", "source": B, "channel": "WhatsApp", "basis": "assumed zone"},
        {"source": B, "channel": "diary", "kind": "message"},
    ]
    answer = stated(rows)
    assert sentences(answer, "Period") == (
        "Period and channels: 01/01/2026 to 05/01/2026; diary (1 record), SMS (2 records) and WhatsApp (3 records)."
    )
    assert sentences(answer, "The client's own contact") == (
        "The client's own contact is included: 1 item from the client, to whomever."
    )
    assert sentences(answer, "Repeats").startswith("Repeats: 1 row repeats a record that another file holds too; it is")
    assert "1 row marked as deleted" in sentences(answer, "Deleted")
    assert "1 row with a time that names no zone" in sentences(answer, "Uncertain")
    assert "1 of contact without a date" in sentences(answer, "Uncertain")
    without = stated([row for row in rows if row.get("direction") != "out"])
    assert "no item from the client" in sentences(without, "The client's own contact")


def test_notices_of_disappearing_messages_lead_to_their_rows() -> None:
    prepared = prepare(events_table([{"utc": "2026-01-01 10:00", "source": A, "kind": "notice"}]))
    answer = completeness(prepared, coverage(prepared), [file(A, 1)], (), (str(prepared["id"].iloc[0]),))
    assert sentences(answer, "Deleted").endswith("and 1 notice of disappearing messages.")
    every_number_counts_its_rows(answer, prepared)


def test_gaps_are_told_from_the_length_that_the_case_states() -> None:
    rows = [{"utc": f"2026-01-{day:02} 10:00", "source": A} for day in (1, 9, 25)]
    assert "1 stretch of 14 days or more" in sentences(stated(rows), "Gaps")
    assert "2 stretches of 7 days or more" in sentences(stated(rows, gap_days=7), "Gaps")
    assert "there is no stretch of 30 days" in sentences(stated(rows, gap_days=30), "Gaps")


def test_files_that_were_not_read_are_named() -> None:
    rows = [{"utc": "2026-01-01 10:00", "source": A}]
    others = (
        file("", 0, label="S3", read=False, why="It waits for an answer: which?"),
        file("", 0, label="S4", read=False),
    )
    said = sentences(stated(rows, file(A, 1), *others), "Files not read")
    assert said == "Files not read: S3 (It waits for an answer: which?)."
    assert sentences(stated(rows), "Files not read") == "Files not read: none."


def limits(kinds: list[str], parser: str, *, with_media: bool = False) -> list[str]:
    """What is said of one file with records of these kinds, in order."""
    rows = pd.DataFrame({"source": A, "kind": kinds, "channel": "SMS"}).astype("category")
    return [str(row[2]) for row in limits_met(rows, [Sized(A, "S1", parser, with_media)])]


@pytest.mark.parametrize(
    ("count", "with_media", "begins", "said"),
    [
        (39_998, False, "message", "about 40,000 messages at most.*It begins with a message"),
        (39_998, False, "notice", "about 40,000 messages at most.*It begins with a notice"),
        (38_100, False, "message", "about 40,000"),
        (10_003, True, "message", "about 10,000 messages at most"),
        (10_003, False, "message", ""),
        (30_001, False, "message", ""),
        (39_998, True, "message", ""),
    ],
)
def test_a_chat_near_the_limit_of_whatsapp_is_said(count: int, with_media: bool, begins: str, said: str) -> None:  # noqa: FBT001 -- a column of the table
    found = limits([begins] + ["message"] * (count - 1), "whatsapp", with_media=with_media)
    assert [bool(re.search(said, words)) for words in found] == ([True] if said else [])


@pytest.mark.parametrize(
    ("count", "near"), [(474, False), (476, True), (500, True), (525, True), (530, False), (960, True)]
)
def test_a_call_log_near_what_phones_keep_is_said(count: int, near: bool) -> None:  # noqa: FBT001 -- a column of the table
    found = limits(["call"] * count + ["message"] * 41, "sms_backup")
    assert any("keep only their latest" in words for words in found) == near


def test_a_round_number_and_a_channel_that_leaves_things_out_are_said() -> None:
    rows = [{"utc": "2026-01-01 09:00", "source": A, "channel": "Signal"}] * 200
    answer = stated(rows, file(A, 200, parser="other_app"))
    (table,) = [table for table in answer.result.tables if table.title.startswith("Limits")]
    assert [row[0] for row in plain(table)] == ["S-a", "all, Signal"]
    assert "round number" in plain(table)[0][2]
    assert "2 places where one may have been met" in sentences(answer, "Limits")
    assert "no file has a number" in sentences(stated([{"utc": "2026-01-01 09:00", "source": A}]), "Limits")
    assert "set to disappear" in plain(table)[1][2]
    assert 199 not in ROUND
    assert all(limit.words for limit in LIMITS)


def test_nothing_at_all_has_a_statement_too() -> None:
    answer = stated([])
    assert sentences(answer, "Period") == "Period and channels: nothing is held."
    adds_up(answer.result.tables[0])


def test_words_stay_facts() -> None:
    answer = stated([{"utc": "2026-01-01 10:00", "source": A}], not_held=(NotHeld("Signal"),))
    words = " ".join([*(fact.sentence for fact in answer.result.facts), *answer.result.caveats])
    assert not re.search("(?i)suspicious|tamper|hid|conceal|forensic|verified|certif|expert", words)
