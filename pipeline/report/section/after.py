"""What came after contact was said to be unwelcome: every item, and what it came by."""

from __future__ import annotations

from pipeline.analysis.afterwards import Afterwards
from pipeline.analysis.displacement import Displacement
from pipeline.report.section import Section


def after_stops(afterwards: Afterwards) -> list[Section]:
    """Every contact after each date, in lists that are folded away; none if the case has no such date."""
    if not afterwards.lists:
        return []
    result = afterwards.result
    return [
        Section(
            "after",
            "Every contact after it was said to be unwelcome",
            "Each item is listed with its event; the event leads to its words.",
            result.facts,
            tables=result.tables,
            caveats=result.caveats,
        )
    ]


def moved_elsewhere(displacement: Displacement) -> list[Section]:
    """Numbers, addresses and channels that appear after a key date; none if the case has no key date of such a type."""
    result = displacement.result
    if not result.caveats:
        return []
    return [
        Section(
            "elsewhere",
            "Other numbers, addresses and channels after the key dates",
            "",
            result.facts,
            tables=displacement.shares,
            open_tables=displacement.listed,
            caveats=result.caveats,
        )
    ]
