"""Words of the report for what the timeline holds as keys, and how times and sizes are written. Days and numbers: `pipeline.analysis.wording`."""

from __future__ import annotations

from datetime import datetime
from typing import Final

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
