"""Frequency, what a person recorded, and range, on one time axis: for the advocate."""

from __future__ import annotations

import pandas as pd

from pipeline.analysis.over_time import OverTime
from pipeline.analysis.recorded import INCIDENTS, Recorded
from pipeline.analysis.repertoire import Repertoire
from pipeline.analysis.wording import many
from pipeline.report.section import ADVOCATE, Figure, Section, Setting, caption
from pipeline.report.strips import MOST_LANES, three_strips


def strips(setting: Setting, weeks: OverTime, recorded: Recorded, repertoire: Repertoire) -> Section:
    """The section of the three strips; without a week there is nothing to draw."""
    about, result, drawn = setting.scope, weeks.result, []
    if len(weeks.weeks):
        sessions, noted = int(weeks.weeks["sessions"].sum()), len(recorded.rows(INCIDENTS))
        noting = set(recorded.rows(INCIDENTS)["source"])
        lanes = sum(one.sort != "category" for one in repertoire.elements)
        words = (
            f"{many(sessions, 'session')} in from {about.words}; {many(noted, 'record')} to which a person gave a category of an incident; "
            f"{many(lanes, 'channel, identifier or other person', 'channels, identifiers and other people')}"
        )
        drawn = [
            Figure(
                "three-strips",
                f"Frequency, recorded categories and range over time, contact from {about.words}",
                caption(
                    setting,
                    f"{words} (of each sort the first {MOST_LANES} are drawn)",
                    "weeks from Monday; recorded categories by day",
                    (weeks.weeks["week"].iloc[0], weeks.weeks["week"].iloc[-1] + pd.Timedelta(days=6)),
                    [label for key, label in setting.labels.items() if label in setting.counted or key in noting],
                ),
                f"Three strips on one time axis: bars of sessions per week, marks on the days with a recorded category, and bars for the weeks in which each channel "
                f"and identifier was in use. {words}. The numbers are in the table below.",
                three_strips(weeks, recorded, repertoire, about, setting.case.key_dates),
            )
        ]
    return Section(
        "over-time",
        "Frequency, recorded severity and range over time",
        "Three strips side by side. They are not added up, and no conclusion is drawn from them.",
        (),
        tuple(drawn),
        result.tables if drawn else (),
        (),
        result.caveats,
        ADVOCATE,
    )
