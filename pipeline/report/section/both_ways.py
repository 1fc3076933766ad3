"""How much went each way."""

from __future__ import annotations

from pipeline.analysis.reciprocity import Reciprocity
from pipeline.analysis.wording import many
from pipeline.report import figures
from pipeline.report.section import Figure, Section, Setting, caption


def both_ways(setting: Setting, reciprocity: Reciprocity) -> Section:
    """The section on what went each way."""
    result, about = reciprocity.result, setting.scope
    channel_table, *runs = result.tables
    drawn: list[Figure] = []
    if len(reciprocity.channels):
        total = f"{many(reciprocity.in_items, 'item')} in and {reciprocity.out_items:,} out"
        drawn = [
            Figure(
                "both-ways",
                f"Items in from and out to {about.words}, by channel",
                caption(setting, f"Messages, calls, emails and voicemails; {total}", "the whole time"),
                f"For each channel two bars, items in and items out: {total}. The same numbers are in the table below.",
                figures.both_ways(reciprocity, about),
            )
        ]
    return Section(
        "both-ways",
        "Both sides, and what had no reply",
        "",
        result.facts,
        tuple(drawn),
        (channel_table,),
        tuple(runs),
        result.caveats,
    )
