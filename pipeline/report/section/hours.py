"""At what hours and on what days of the week contact came in."""

from __future__ import annotations

from pipeline.analysis.rhythm import Rhythm
from pipeline.analysis.wording import many
from pipeline.report import figures
from pipeline.report.section import Figure, Section, Setting, caption


def hours(setting: Setting, rhythm: Rhythm) -> Section:
    """The section on the clock and the week."""
    result, about = rhythm.result, setting.scope
    count = int(rhythm.items.sum())
    drawn: list[Figure] = []
    if count:
        drawn = [
            Figure(
                "by-hour",
                f"Items in from {about.words}, by day of the week and hour",
                caption(setting, f"{many(count, 'item')} in with a time of day", "hours of the clock"),
                f"A grid of 7 days by 24 hours with the number of items in each cell, {count:,} in all. The same numbers are in the table below.",
                figures.by_hour(rhythm, about),
            )
        ]
    return Section(
        "hours", "Hours and days of the week", "", result.facts, tuple(drawn), result.tables, (), result.caveats
    )
