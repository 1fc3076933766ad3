"""Contact before and after the key dates."""

from __future__ import annotations

from pipeline.analysis.key_dates import KeyDates
from pipeline.analysis.result import Table
from pipeline.analysis.wording import day_words, many
from pipeline.report import figures
from pipeline.report.section import Figure, Section, Setting, caption


def around_key_dates(setting: Setting, key_dates: KeyDates) -> list[Section]:
    """The section on the key dates; none if the case has none."""
    if not setting.case.key_dates:
        return []
    result, about = key_dates.result, setting.scope
    listed = Table(
        "Key dates of the case",
        ("Date", "What", "Kind", "Reference"),
        tuple(
            (day_words(entry.day), entry.what or entry.type, entry.type, entry.reference or "-")
            for entry in setting.case.key_dates
        ),
    )
    drawn = Figure(
        "key-dates",
        f"Days with an item in from {about.words}, before and after each key date",
        caption(
            setting,
            f"days on which at least one item came in, of the days for which data is held, up to 28 days before and after each of {many(len(setting.case.key_dates), 'key date')}",
            "days",
        ),
        "For each key date two bars: days with an item in before it and after it. The same numbers are in the tables below.",
        figures.around_key_dates(key_dates, about),
    )
    return [
        Section(
            "key-dates",
            "Before and after the key dates",
            "",
            result.facts,
            (drawn,),
            result.tables,
            (listed,),
            result.caveats,
        )
    ]
