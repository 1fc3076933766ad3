"""For which time data is held."""

from __future__ import annotations

from pipeline.analysis.observed import ObservedTime
from pipeline.analysis.wording import many
from pipeline.report import figures
from pipeline.report.section import Figure, Section, Setting, caption, read_sources


def held(setting: Setting, observed: ObservedTime) -> Section:
    """The section on coverage."""
    result, said = setting.coverage.result, observed.result
    drawn: list[Figure] = []
    if setting.coverage.windows["first"].notna().any():
        drawn = [
            Figure(
                "held",
                "What each file holds, from its first to its last record",
                caption(
                    setting,
                    f"{many(len(setting.coverage.windows), 'file and channel', 'files and channels')}",
                    "days",
                    sources=read_sources(setting),
                ),
                "One strip for each file and channel over time: filled where the file holds records, hatched where it holds none. The same days are in the tables below.",
                figures.held(setting.coverage, setting.labels, setting.case.key_dates, observed.windows),
            )
        ]
    return Section(
        "held",
        "What is held, and what is not",
        "“No data held” is not “no contact”.",
        (*result.facts, *said.facts),
        tuple(drawn),
        result.tables,
        said.tables,
        (*result.caveats, *said.caveats),
    )
