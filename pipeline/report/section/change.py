"""Whether contact per week changed over time."""

from __future__ import annotations

import pandas as pd

from pipeline.analysis.division import Division
from pipeline.analysis.trend import Trend
from pipeline.analysis.wording import many
from pipeline.report import figures
from pipeline.report.section import Figure, Section, Setting, caption


def change(setting: Setting, trend: Trend, division: Division) -> Section:
    """The section with the four words."""
    result, weeks = trend.result, trend.weeks
    drawn: list[Figure] = []
    if len(weeks):
        compared, sessions = int(weeks["compared"].sum()), int(weeks["sessions"].sum())
        words = f"{many(sessions, 'session')} that came in{trend.whom}, in {many(compared, 'complete week')}"
        span = weeks["week"].iloc[0], weeks["week"].iloc[-1] + pd.Timedelta(days=6)
        named = {setting.labels.get(source, source) for source, _ in trend.series.files}
        drawn = [
            Figure(
                "by-complete-week",
                f"Sessions per week in{trend.whom}, in the weeks that every file of the series covers",
                caption(
                    setting,
                    words,
                    "weeks from Monday, weeks without any included, part-weeks left out",
                    span,
                    [label for label in setting.labels.values() if label in named],
                ),
                f"A bar chart over time: {words}. Weeks that are not covered by every file are hatched. The same numbers are in the table below.",
                figures.by_complete_week(trend, setting.case.key_dates),
            )
        ]
    return Section(
        "change",
        "Change over time",
        "",
        (*result.facts, *division.result.facts),
        tuple(drawn),
        result.tables[: len(drawn)],
        result.tables[len(drawn) :],
        (*result.caveats, *division.result.caveats),
    )
