"""The time statement: by whose clock, what disagrees, what was corrected, what is in doubt."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tables import events_table

from pipeline.analysis.clocks import Clocks, clocks
from pipeline.analysis.contact import prepare
from pipeline.analysis.result import Number
from pipeline.case import ClockCheck

LABELS = {"aaaaaaaaaaaa": "S1", "bbbbbbbbbbbb": "S2", "cccccccccccc": "S3"}
TITLES = {"aaaaaaaaaaaa": "Photo", "bbbbbbbbbbbb": "Photo", "cccccccccccc": "Email"}
CHECKED: dict[str, Any] = {"by": "PC 0000", "how": "speaking clock", "on": date(2026, 5, 2)}
DEVICE: dict[str, Any] = {"make": "", "model": "Cam 2", "serial": ""}


def of(rows: list[dict[str, Any]], *checks: ClockCheck, zone: str = "Europe/London") -> Clocks:
    return clocks(prepare(events_table(rows)), LABELS, TITLES, checks, zone)


def row(source: str = "a", **fields: Any) -> dict[str, Any]:
    return {"utc": "2026-05-01 10:00", "source": source * 12, **fields}


def facts(found: Clocks) -> list[str]:
    return [fact.sentence for fact in found.result.facts]


def cells(found: Clocks, title: str) -> list[list[str]]:
    table = next(table for table in found.result.tables if table.title.startswith(title))
    return [[cell.text if isinstance(cell, Number) else cell for cell in line] for line in table.rows]


def test_every_basis_has_its_sentence() -> None:
    found = of(
        [
            *[row()] * 2,
            row(basis="assumed zone", clock="local"),
            row(basis="corrected clock", clock="device clock", correction="clock-1"),
            *[row(utc="2025-10-26 00:30", basis="ambiguous hour", clock="local")] * 2,
            row(utc="2025-10-26 01:30", basis="hour settled by file order", clock="local"),
            row(utc="2026-03-29 01:30", basis="skipped hour", clock="memory"),
            row(utc=None, basis="", clock=""),
            *[row(utc=None, basis="", clock="device clock")] * 2,
        ]
    )
    assert facts(found) == [
        "Times are shown on the clock of Europe/London, and every row names the abbreviation in force.",
        "2 records give their instant themselves.",
        "1 record is written without a zone; Europe/London is assumed.",
        "1 record is by a clock that was checked and is corrected.",
        "2 records are in the hour that happened twice when the clocks went back, and nothing settles which: both times are given with them, and the first is assumed.",
        "1 record is in the hour that happened twice; the order of its file shows which.",
        "1 record names an hour that did not exist when the clocks went forward; it is read as if the clock had not been moved yet.",
        "No file holds two clocks that disagree by more than their usual distance.",
        "1 record has no time in the file.",
        "2 records have a time that cannot be right (before 1990, after they were received, or a clock that was never set): it is shown as written and not used.",
    ]


def test_each_kind_of_file_and_each_source() -> None:
    found = of(
        [
            row("a", clock="device clock"),
            *[row("b", clock="offset")] * 2,
            row("c", clock="offset"),
            row("c", clock="epoch"),
        ]
    )
    assert cells(found, "By whose clock the times are known, for each kind") == [
        ["Photo", "3", "-", "2", "1"],
        ["Email", "2", "1", "1", "-"],
    ]
    assert cells(found, "By whose clock the times are known, source by source") == [
        ["S1", "1", "-", "-", "1"],
        ["S2", "2", "-", "2", "-"],
        ["S3", "2", "1", "1", "-"],
    ]


def test_clocks_that_disagree_are_listed_by_source_and_clock() -> None:
    found = of(
        [
            row("a", differing="file name"),
            row("a", differing="header of the film; file name"),
            row("c", differing="a new clock"),
            row("c"),
        ]
    )
    assert cells(found, "Clocks that disagree") == [
        ["S1", "file name", "2", "more than 60 s apart, beyond the length of the film", "the file is named when the recording begins or ends"],
        ["S1", "header of the film", "1", "more than 60 s apart, beyond the length of the film", "written at the start or, by phones, at the end of the film"],
        ["S3", "a new clock", "1", "more than 60 s apart", "no reason is known why they should differ"],
    ]  # fmt: skip
    assert facts(found)[-1] == "3 records have another clock in the same file that disagrees with the time used."


def test_the_tolerances_are_stated() -> None:
    limits = {line[0]: line[1] for line in cells(of([row()]), "How far another clock")}
    assert limits["network (date_sent)"] == "more than 10 min before and 60 s after"
    assert limits["EXIF DateTime (last saved)"] == "more than 24 h before"
    assert limits["last mail server"] == "more than 15 min before and 5 days after"
    assert limits["any other"] == "more than 60 s apart"


def test_corrections_are_listed_with_who_checked_them() -> None:
    seven = timedelta(minutes=7, seconds=30)
    found = of(
        [*[row(basis="corrected clock", correction="clock-1")] * 3, row()],
        ClockCheck("clock-1", (), **DEVICE, offset=seven, zone="", first=date(2026, 1, 1), last=None, **CHECKED),
        ClockCheck("clock-2", ("S9", "IMG*"), "", "", "", -seven, "UTC", None, None, **CHECKED),
    )
    assert cells(found, "Corrections of clocks") == [
        ["clock 1", "model Cam 2", "+00:07:30 added", "from 01/01/2026", "PC 0000", "02/05/2026", "speaking clock", "3"],
        ["clock 2", "S9 and IMG*", "-00:07:30 added, zone UTC", "all days", "PC 0000", "02/05/2026", "speaking clock", "none: it fits no record"],
    ]  # fmt: skip


def test_the_rule_of_the_united_kingdom_is_told_only_there() -> None:
    assert any("last Sunday of March" in caveat for caveat in of([row()]).result.caveats)
    assert not any("last Sunday of March" in caveat for caveat in of([row()], zone="Europe/Paris").result.caveats)
