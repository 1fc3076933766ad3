from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from tables import events_table

from pipeline.analysis.contact import prepare
from pipeline.analysis.coverage import Coverage, coverage

A, B, C = "aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"


def covered(rows: list[dict[str, Any]]) -> Coverage:
    return coverage(prepare(events_table(rows)))


def on(*days: str, **more: object) -> list[dict[str, Any]]:
    return [{"local": f"{day} 12:00", **more} for day in days]


def days(first: str, last: str) -> list[np.datetime64]:
    return list(np.arange(first, np.datetime64(last) + np.timedelta64(1, "D"), dtype="datetime64[D]"))


def facts(answer: Coverage) -> list[str]:
    return [fact.sentence for fact in answer.result.facts]


def test_a_window_runs_from_the_first_to_the_last_record_of_a_file_and_channel() -> None:
    answer = covered(
        [*on("2026-01-05", "2026-01-09"), *on("2026-01-07", channel="phone", kind="call"), *on("2026-01-20", source=B)]
    )
    assert answer.windows.to_dict("records") == [
        {
            "source": A,
            "channel": "SMS",
            "first": pd.Timestamp("2026-01-05"),
            "last": pd.Timestamp("2026-01-09"),
            "records": 2,
            "carries_contact": True,
        },
        {
            "source": A,
            "channel": "phone",
            "first": pd.Timestamp("2026-01-07"),
            "last": pd.Timestamp("2026-01-07"),
            "records": 1,
            "carries_contact": True,
        },
        {
            "source": B,
            "channel": "SMS",
            "first": pd.Timestamp("2026-01-20"),
            "last": pd.Timestamp("2026-01-20"),
            "records": 1,
            "carries_contact": True,
        },
    ]
    assert list(answer.held) == [*days("2026-01-05", "2026-01-09"), *days("2026-01-20", "2026-01-20")]


def test_overlapping_windows_are_held_once() -> None:
    answer = covered([*on("2026-01-05", "2026-01-09"), *on("2026-01-08", "2026-01-12", source=B)])
    assert list(answer.held) == days("2026-01-05", "2026-01-12")


def test_drafts_duplicates_and_notices_show_that_a_file_was_there() -> None:
    answer = covered(
        [
            *on("2026-01-05", kind="notice", direction=""),
            *on("2026-01-07", direction="out", status="draft"),
            *on("2026-01-09", same_as="0" * 12),
        ]
    )
    assert list(answer.held) == days("2026-01-05", "2026-01-09")


def test_diary_and_camera_hold_no_day() -> None:
    answer = covered(
        [
            *on("2026-01-05", "2026-02-05", kind="photo", channel="camera", direction=""),
            *on("2026-01-06", "2026-02-06", kind="incident", channel="diary", direction=""),
        ]
    )
    assert answer.held.size == 0
    assert answer.weeks.empty
    assert not answer.windows["carries_contact"].any()
    assert facts(answer) == [
        "The timeline holds 4 records from 1 file.",
        "In the records supplied, no message, call or email has a date.",
    ]


def test_a_call_noted_in_a_diary_holds_its_own_day_only() -> None:
    answer = covered(on("2026-01-05", "2026-01-20", kind="call", channel="diary", clock="memory"))
    assert list(answer.held) == [*days("2026-01-05", "2026-01-05"), *days("2026-01-20", "2026-01-20")]


def test_weeks_are_held_in_full_in_part_or_not() -> None:
    # 5 January 2026 is a Monday.
    answer = covered([*on("2026-01-07", "2026-01-18"), *on("2026-02-04", source=B)])
    assert answer.weeks.to_dict("list") == {
        "week": [pd.Timestamp(day) for day in ("2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26", "2026-02-02")],
        "days_held": [5, 7, 0, 0, 1],
        "state": ["part", "full", "none", "none", "part"],
    }
    assert facts(answer) == [
        "The timeline holds 3 records from 2 files.",
        "Messages, calls or emails are held for 13 of the 29 days from 07/01/2026 to 04/02/2026. Of 5 weeks, 1 is held in full, 2 in part and 2 not at all.",
        "No message, call or email is held from 19/01/2026 to 03/02/2026 (16 days).",
    ]


def test_gaps_of_fourteen_days_inside_a_window_are_listed_the_longest_first() -> None:
    # 13 empty days from 6 to 18 January are none; 14 from 20 January to 2 February are; 20 from 4 to 23 February are.
    answer = covered(on("2026-01-05", "2026-01-19", "2026-02-03", "2026-02-24"))
    assert [(gap["first"], gap["last"], gap["days"]) for gap in answer.gaps.to_dict("records")] == [
        (pd.Timestamp("2026-02-04"), pd.Timestamp("2026-02-23"), 20),
        (pd.Timestamp("2026-01-20"), pd.Timestamp("2026-02-02"), 14),
    ]
    assert facts(answer)[-1] == (
        "Between the first and the last record of a file, there are 2 stretches of 14 days or more without any record; the longest is 20 days, from 04/02/2026 to 23/02/2026."
    )


def test_half_a_year_without_a_record_is_not_held() -> None:
    """One message with a wrong year must not say of years that nobody wrote in them."""
    answer = covered(on("2024-01-05", "2026-01-05", "2026-01-19"))
    assert list(answer.held) == [*days("2024-01-05", "2024-01-05"), *days("2026-01-05", "2026-01-19")]
    assert "No message, call or email is held from 06/01/2024 to 04/01/2026 (730 days)." in facts(answer)
    short = covered(on("2026-01-01", "2026-07-01", "2026-12-31"))  # 180 and 182 days between them
    assert list(short.held) == [*days("2026-01-01", "2026-07-01"), *days("2026-12-31", "2026-12-31")]


def test_a_gap_of_one_channel_is_seen_while_another_goes_on() -> None:
    answer = covered(
        [
            *on("2026-01-01", "2026-02-01", channel="WhatsApp"),
            *on("2026-01-01", "2026-01-12", "2026-01-23", "2026-02-01"),
        ]
    )
    assert answer.gaps["channel"].tolist() == ["WhatsApp"]


def test_days_held_in_a_span() -> None:
    answer = covered([*on("2026-01-05", "2026-01-09"), *on("2026-01-20", source=B)])
    assert answer.days_held(date(2026, 1, 8), date(2026, 1, 31)) == 3
    assert answer.days_held(date(2026, 1, 10), date(2026, 1, 19)) == 0
    assert answer.days_held(date(2026, 1, 9), date(2026, 1, 8)) == 0


def test_the_days_of_a_file_are_local_days() -> None:
    assert list(covered([{"utc": "2026-07-05 23:30"}]).held) == days("2026-07-06", "2026-07-06")


def test_an_undated_file_is_listed_and_holds_nothing() -> None:
    answer = covered([{"source": B}, *on("2026-01-05")])
    assert answer.windows["records"].tolist() == [1, 1]
    assert answer.windows["first"].isna().tolist() == [False, True]
    assert list(answer.held) == days("2026-01-05", "2026-01-05")


def test_files_of_one_record_stand_in_one_row() -> None:
    answer = covered(
        [
            *on("2026-01-05", kind="email", channel="email", source=B),
            *on("2026-03-05", kind="email", channel="email", source=C),
            *on("2026-01-05", "2026-01-06"),
        ]
    )
    table = answer.result.tables[1]
    assert [[getattr(cell, "text", cell) for cell in row] for row in table.rows] == [
        [A, "SMS", "2", "05/01/2026", "06/01/2026", "yes"],
        ["2 files of one record each", "email", "2", "05/01/2026", "05/03/2026", "own day"],
    ]


def test_labels_stand_for_sources() -> None:
    prepared = prepare(events_table(on("2026-01-05", "2026-01-06")))
    assert coverage(prepared, {A: "S1"}).result.tables[1].rows[0][0] == "S1"
