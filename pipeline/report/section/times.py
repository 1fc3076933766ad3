"""By whose clocks the times are known."""

from __future__ import annotations

from pipeline.analysis.clocks import Clocks
from pipeline.report.section import Section


def times(clocks: Clocks) -> Section:
    """The time statement (R7). The sources one by one, and how far clocks may be apart, are folded away."""
    result = clocks.result
    title = "Times, and the clocks behind them"
    return Section("times", title, "", result.facts, (), result.tables[-2:], result.tables[:-2], result.caveats)
