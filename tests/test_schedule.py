"""The court chronology: nothing is lost when rows are put together, and the words say what the rows say."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from report_case import case_in, events, timeline_in

from pipeline.analysis import contact
from pipeline.analysis.condensed import STEPS, Step, condensed
from pipeline.report import chronology, schedule
from pipeline.report.court_pages import name_only
from pipeline.report.transcripts import CONTEXT, NotThere, chosen, transcript
from pipeline.report.wording import clock_words


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("schedule")
    case, timeline = case_in(folder), timeline_in(folder, events(600))
    prepared = contact.prepare(pq.read_table(timeline.events, columns=list(contact.COLUMNS)).to_pandas())
    return {
        "prepared": prepared,
        "rows": schedule.Rows(timeline),
        "writer": schedule.Writer(case, schedule.Names.of(case, timeline)),
    }


@pytest.mark.parametrize(
    ("precision", "local", "until", "page", "handed_out"),
    [
        ("about", "2026-03-02T17:00", "2026-03-02T23:00", "about 17:00 to 23:00 GMT", "about 17:00"),  # evening
        ("about", "2026-03-02T00:00", "2026-03-02T12:00", "about 00:00 to 12:00 GMT", "about 00:00"),  # am
        ("hour", "2026-03-02T21:00", "2026-03-02T22:00", "about 21:00 to 22:00 GMT", "about 21:00"),
        ("about", "2026-03-02T21:00", None, "about 21:00 GMT", "about 21:00"),
        ("about", "2026-03-01T00:00", "2026-03-31T00:00", "some day until 31/03/2026", ""),  # March 2026
        ("day", "2026-03-02T00:00", "2026-03-04T00:00", "day only, until 04/03/2026", ""),
        ("day", "2026-03-02T00:00", None, "day only", ""),
        ("minute", "2026-03-02T21:15", None, "21:15 GMT", "21:15"),
    ],
)
def test_a_range_is_not_made_a_time(
    precision: str, local: str, until: str | None, page: str, handed_out: str, tmp_path: Path
) -> None:
    row = {
        **events(1)[0],
        "local": datetime.fromisoformat(local),
        "until": datetime.fromisoformat(until) if until else None,
        "precision": precision,
        "zone": "GMT",
    }
    assert clock_words(row) == page
    timeline = timeline_in(tmp_path, [row])
    names = schedule.Names.of(case_in(tmp_path), timeline)
    (batch,) = chronology.batches(timeline, names, np.ones(1, np.bool_))
    assert batch.column("Time").to_pylist() == [handed_out]


@pytest.mark.parametrize("step", STEPS)
def test_every_row_has_one_line_or_a_reason(told: dict[str, Any], step: Step) -> None:
    singled = [row["kind"] == "sighting" for row in told["rows"]]
    made = condensed(told["prepared"], singled, ("P2",), step)
    lines = [number for line in made.lines for number in line.rows]
    assert len(lines) == len(set(lines))
    assert len(lines) + sum(count for _, count in made.left_out) == len(told["rows"])
    assert all(line.rows == tuple(sorted(line.rows)) for line in made.lines)
    assert [line.rows[0] for line in made.lines] == sorted(line.rows[0] for line in made.lines)
    for line in made.lines:
        assert len(line.rows) == 1 or not any(singled[number] for number in line.rows)


def test_coarser_steps_make_fewer_lines(told: dict[str, Any]) -> None:
    singled = [False] * len(told["rows"])
    counts = [len(condensed(told["prepared"], singled, ("P2",), step).lines) for step in STEPS]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]


def test_the_numbers_in_an_entry_are_those_of_its_rows(told: dict[str, Any]) -> None:
    made = schedule.court_chronology(told["writer"], told["prepared"], told["rows"], ("P2",), room=100)
    for entry in made.rows:
        if entry["last"] > entry["first"] >= 0:
            said = sum(
                int(number.replace(",", ""))
                for number in re.findall(r"(?<![\d+])(\d[\d,]*) (?=[a-zA-Z])", entry["event"])
            )
            assert 1 < said <= entry["last"] - entry["first"] + 1, entry


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"kind": "call", "channel": "phone", "status": "missed"}, ("missed phone call", "14 missed phone calls")),
        ({"kind": "email", "channel": "email", "status": ""}, ("email", "14 emails")),
        ({"kind": "voicemail", "channel": "phone", "status": "voicemail"}, ("phone voicemail", "14 phone voicemails")),
        ({"kind": "message", "channel": "SMS", "status": ""}, ("SMS message", "14 SMS messages")),
    ],
)
def test_what_it_is_in_words(row: dict[str, Any], words: tuple[str, str]) -> None:
    assert (schedule.what_words(row), schedule.what_words(row, 14)) == words


def test_a_transcript_has_the_conversation_before_and_after(told: dict[str, Any]) -> None:
    rows = told["rows"]
    with_subject = [
        row for row in rows if row["person"] == "P2" and row["kind"] in {"message", "call", "email", "voicemail"}
    ]
    middle = with_subject[len(with_subject) // 2]
    blocks = transcript(told["writer"], rows, middle["id"], 1)
    shown = blocks[-1]["rows"]
    assert len(shown) == 2 * CONTEXT + 1
    assert [row["chosen"] for row in shown] == [False] * CONTEXT + [True] + [False] * CONTEXT
    first = transcript(told["writer"], rows, with_subject[0]["id"], 1)[-1]["rows"]
    assert [row["chosen"] for row in first] == [True] + [False] * CONTEXT
    with pytest.raises(NotThere):
        transcript(told["writer"], rows, "0" * 12, 1)
    with pytest.raises(NotThere, match="01/01/1999"):
        transcript(told["writer"], rows, chosen("1999-01-01"), 1)


def test_names_of_files_lose_their_folders() -> None:
    assert name_only("C:\\Users\\Amy\\Desktop\\mail\\Inbox.mbox") == "Inbox.mbox"
    assert name_only("/home/amy/x.zip!a/b/_chat.txt") == "x.zip, member _chat.txt"
    assert name_only("plain.csv") == "plain.csv"
