"""The facts under the words of FOUR, and the records that bear on topics of the S-DASH: for the advocate."""

from __future__ import annotations

from pipeline.analysis.bearing import Bearing
from pipeline.analysis.four import Four
from pipeline.report.section import ADVOCATE, Section


def four(found: Four) -> Section:
    """One table for each word; what stands under none is folded away below."""
    return Section(
        "four",
        "Fixated, Obsessive, Unwanted, Repeated: the facts under each word",
        "Facts and dates only. Every number leads to its rows; whether a word fits is for the reader.",
        tables=found.others,
        open_tables=found.letters,
        caveats=found.result.caveats,
        audience=ADVOCATE,
    )


def bearing(found: Bearing) -> Section:
    """The topics, and their records folded away."""
    topics, *lists = found.result.tables
    return Section(
        "topics",
        "Records that bear on topics of the S-DASH",
        "A list of records to have at hand. The form itself is not here.",
        tables=tuple(lists),
        open_tables=(topics,),
        caveats=found.result.caveats,
        audience=ADVOCATE,
    )
