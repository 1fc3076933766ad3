"""Words of the report for what the timeline holds as keys, and how times and sizes are written. Days and numbers: `pipeline.analysis.wording`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Final

from parsers.contract import ABOUT, DAY, HOUR
from pipeline.analysis.wording import day_words
from pipeline.timeline.schema import AMBIGUOUS, ASSUMED, CORRECTED, GIVEN, SETTLED, SKIPPED

PRECISIONS: Final = {
    "subsecond": "to the second",
    "second": "to the second",
    "minute": "to the minute",
    "hour": "to the hour",
    "day": "day only",
    "about": "about",
}
DIRECTIONS: Final = {"in": "to the client", "out": "from the client"}
BASES: Final = {
    GIVEN: "given by the source",
    ASSUMED: "written without a zone; the zone of the case assumed",
    AMBIGUOUS: "in the hour that happens twice when the clocks go back; nothing settles which, the first is assumed",
    SETTLED: "in the hour that happens twice when the clocks go back; settled by the order of the file",
    SKIPPED: "in the hour that does not exist when the clocks go forward",
    CORRECTED: "by a clock that was checked and is corrected as case.toml says",
}


def day_from_iso(text: str) -> str:
    """'2026-03-04T10:11:12' -> '04/03/2026'; what is no date stays as it is."""
    try:
        return day_words(datetime.fromisoformat(text).date())
    except ValueError:
        return text


def clock_words(row: Mapping[str, Any]) -> str:
    """'21:04:33 GMT', '21:04 GMT', 'about 21:00 GMT', 'about 17:00 to 23:00 GMT' ("evening"), 'day only', or, without a date, nothing."""
    if row["local"] is None:
        return ""
    if days := days_of(row):
        return f"{'some day' if row['precision'] == ABOUT else 'day only,'} until {day_words(days)}"
    if row["precision"] == DAY:
        return "day only"
    zone = f" {row['zone']}" if row["zone"] else ""
    end = f" to {row['until']:%H:%M}" if row["until"] is not None else ""
    if row["precision"] in {HOUR, ABOUT}:
        return f"about {row['local']:%H:%M}{end}{zone}"
    seconds = row["precision"] in {"second", "subsecond"}
    return f"{row['local']:%H:%M:%S}{end}{zone}" if seconds else f"{row['local']:%H:%M}{end}{zone}"


def days_of(row: Mapping[str, Any]) -> date | None:
    """The last day of a row whose time is no more than some days, such as "March 2026"."""
    start, end = row["local"], row["until"]
    whole = row["precision"] in {DAY, ABOUT} and end is not None and end.date() > start.date()
    return end.date() if whole and start.time() == end.time() == time() else None
