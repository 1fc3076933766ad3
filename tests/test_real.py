"""Real exports of public projects, end to end: nothing raises, everything adds up, and what INDEX.tsv states agrees exactly.

Skipped where ../shared/real is absent. What each parser reads in them in detail is tested beside the parser (test_whatsapp.py, test_photo.py ...).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from conftest import REAL

from pipeline import custody, evidence, intake
from pipeline.case import Answer, Case
from pipeline.new_case import Beginning, add_answer, make
from pipeline.store import ATTACHED, CONTAINER, READ, REPEATED, UNKNOWN, UNREADABLE, WAITING, SourceInfo, Timeline

pytestmark = pytest.mark.skipif(not REAL.exists(), reason="../shared/real is not here")


def quiet(_file: str, _done: int, _total: int) -> None:
    pass


def answered(case: Case) -> tuple[Case, Timeline]:
    """Answers every question with its first choice (month first where the name of the file says so) until none is open."""
    timeline = intake.bring_up_to_date(case, quiet)
    while waiting := [row for row in timeline.sources if row.state == WAITING]:
        for row in waiting:
            assert row.question is not None
            us = row.question["key"] == "day_first" and ("mmdd" in row.file or "chat_3" in row.file)
            case = add_answer(
                case, Answer(row.sha256, row.file, row.question["key"], "no" if us else row.question["choices"][0][0])
            )
        timeline = intake.bring_up_to_date(case, quiet)
    return case, timeline


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> tuple[Timeline, list[dict[str, Any]]]:
    case = make(
        tmp_path_factory.mktemp("real") / "case",
        Beginning("real", "Me Example", subjects=("Sam Example: 07700 900123",)),
    )
    receipts = evidence.receive(case.folder, [REAL / "messages", REAL / "media"], quiet)
    assert {receipt.state for receipt in receipts} <= {"received", "already held"}
    _, timeline = answered(case)
    return timeline, pq.read_table(timeline.events).to_pylist()


@pytest.fixture(scope="module")
def rows(everything: tuple[Timeline, list[dict[str, Any]]]) -> dict[str, SourceInfo]:
    return {row.file: row for row in everything[0].sources}


def test_every_file_is_accounted_for(rows: dict[str, SourceInfo]) -> None:
    held = {
        str(path.relative_to(REAL))
        for folder in ("messages", "media")
        for path in (REAL / folder).rglob("*")
        if path.is_file()
    }
    seen = {row.file for row in rows.values()}
    missing = {file for file in held if file not in seen}
    hashes = {row.sha256 for row in rows.values()}
    assert {file for file in missing if custody.sha256_of(REAL / file) not in hashes} == set()
    assert {row.state for row in rows.values()} <= {READ, UNKNOWN, UNREADABLE, ATTACHED, REPEATED, CONTAINER}
    assert all(row.why for row in rows.values() if row.state == UNREADABLE)


def test_no_parser_stopped_in_the_middle(everything: tuple[Timeline, list[dict[str, Any]]]) -> None:
    assert [problem for problem in everything[0].problems if problem.reason.startswith("reading stopped here")] == []


def test_records_are_events_and_problems(everything: tuple[Timeline, list[dict[str, Any]]]) -> None:
    timeline, events = everything
    for row in timeline.sources:
        assert row.records == row.events + row.problems
        if row.state == READ:
            assert sum(event["source"] == row.key for event in events) == row.events, row.file
            assert sum(problem.source == row.key for problem in timeline.problems) == row.problems, row.file
    assert len(events) == sum(row.events for row in timeline.sources)
    assert len({event["id"] for event in events}) == len(events)


STATED = {
    # file: (records, problems), as INDEX.tsv states or observes; a truncated file ends with one problem
    "messages/sms_backup_restore/bitrealm-dev-message-vault__mv_sample.xml": (3, 0),
    "messages/sms_backup_restore/devadvance-sms-backup-reader-2__sample_mms.xml": (4, 0),
    "messages/sms_backup_restore/devadvance-sms-backup-reader-2__sms_and_mms.xml": (50, 1),
    "messages/sms_backup_restore/devadvance-sms-backup-reader-2__sms_small.xml": (12, 0),
    "messages/sms_backup_restore/shruggietech-sms-backup-restore-parser__edge_cases.xml": (4, 0),
    "messages/sms_backup_restore/shruggietech-sms-backup-restore-parser__minimal_mms.xml": (1, 0),
    "messages/sms_backup_restore/shruggietech-sms-backup-restore-parser__minimal_sms.xml": (1, 0),
    "messages/sms_backup_restore/synthetic_calls_all_types.xml": (9, 0),
    "messages/sms_backup_restore/synthetic_surrogates_rcs.xml": (9, 0),
    "messages/whatsapp_txt/Marcello2020-dev-whatsapp-export-tools__wet-exporter-placeholder.txt": (5, 0),
    "messages/whatsapp_txt/Marcello2020-dev-whatsapp-export-tools__wet-group-chat.txt": (
        8,
        1,
    ),  # 7 messages; a line above the first one belongs to none
    "messages/whatsapp_txt/Marcello2020-dev-whatsapp-export-tools__wet-two-party.txt": (3, 1),  # the same: a title
    "messages/whatsapp_txt/MasterScrat-Chatistics___chat.txt": (
        21,
        0,
    ),  # 20 messages and a notice; one of the 22 headers is pasted text
    "messages/whatsapp_txt/MasterScrat-Chatistics___chat_2.txt": (4, 0),  # one of the 5 headers is pasted text
    "messages/whatsapp_txt/MasterScrat-Chatistics___chat_3.txt": (11, 0),
    "messages/whatsapp_txt/MasterScrat-Chatistics___chat_4.txt": (3, 0),
    "messages/whatsapp_txt/joweich-chat-miner__test_br_mmddyy_24hrs.txt": (9, 0),
    "messages/whatsapp_txt/joweich-chat-miner__test_ddmmyy_24hrs.txt": (9, 0),
    "messages/whatsapp_txt/joweich-chat-miner__test_mmddyy_24hrs.txt": (9, 0),
    "messages/whatsapp_txt/joweich-chat-miner__test_mmddyyyy_12hrs.txt": (9, 0),
    "messages/whatsapp_txt/sodascience-port-whatsapp-datadonation___chat_file4.txt": (10, 0),
    "messages/whatsapp_txt/synthetic_uk_android_12h_u202f.txt": (14, 0),
    "messages/whatsapp_txt/synthetic_uk_ios_2024_author_system.txt": (10, 0),
    "messages/phone_bill_csv/synthetic_vodafone_uk_shape.csv": (3, 0),
    "media/email_mbox/jstedfast+MimeKit__issue1189.mbox.txt": (4, 0),
    "media/email_mbox/jstedfast+MimeKit__simple.mbox.txt": (3, 0),
}


@pytest.mark.parametrize("file", STATED)
def test_stated_counts_agree(rows: dict[str, SourceInfo], file: str) -> None:
    assert (rows[file].records, rows[file].problems) == STATED[file]


def test_the_two_texts_of_the_clock_change_night(everything: tuple[Timeline, list[dict[str, Any]]]) -> None:
    timeline, events = everything
    source = next(row.key for row in timeline.sources if "synthetic_surrogates_rcs" in row.file)
    texts = [event for event in events if event["source"] == source]
    assert [(event["local"].strftime("%H:%M"), event["zone"]) for event in texts[:2]] == [
        ("01:30", "BST"),
        ("01:30", "GMT"),
    ]
    assert (texts[1]["utc"] - texts[0]["utc"]).total_seconds() == 3600
    assert {event["person"] for event in texts[:2]} == {"P2"}
    assert "\U0001f600" in texts[0]["text"]
    assert [event["identifier"] for event in events if event["source"] == source and event["channel"] == "RCS"] == [
        "+447700900123"
    ]


def test_withheld_calls_are_nobodys(everything: tuple[Timeline, list[dict[str, Any]]]) -> None:
    timeline, events = everything
    source = next(row.key for row in timeline.sources if "synthetic_calls_all_types" in row.file)
    withheld = [event for event in events if event["source"] == source and event["identifier"] == "withheld"]
    assert len(withheld) == 3
    assert {event["person"] for event in withheld} == {""}


def test_index_holds_no_file_that_is_missing_here() -> None:
    for folder in ("messages", "media"):
        lines = (REAL / folder / "INDEX.tsv").read_text(encoding="utf-8").splitlines()
        for line in lines[1:]:
            assert (REAL / folder / Path(line.split("\t")[1])).exists()
    assert json.dumps(STATED)
