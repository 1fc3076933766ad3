"""Where do the weekly figures divide most sharply? An illustration of "when" for a change that the verdict has found, and no part of the verdict.

One division into two rates; how sharp it is, is compared with the sharpest division of the same weeks in other orders. No range is given for the week: none
holds for contact that comes in bursts (reference: analytics, section 1.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.analysis.result import Fact, Result
from pipeline.analysis.statistics import ChangePoint, Shuffle, change_point, change_point_shuffle
from pipeline.analysis.trend import Trend
from pipeline.analysis.wording import day_words, sentence

MIN_WEEKS: Final = 10
LEAST: Final = 2
"""Weeks on each side of the division."""


@dataclass(frozen=True)
class Division:
    """The division of sessions per week and how often other orders of the weeks divide as sharply; None where the verdict finds no change, or of few weeks."""

    point: ChangePoint | None
    shuffle: Shuffle | None
    result: Result


def division(trend: Trend) -> Division:
    """Divides the weeks that are compared, if there was at least some evidence of a change in sessions."""
    verdict, weeks = trend.judgement.sessions, trend.series.weeks
    if verdict is None or not verdict.changed or weeks.size < MIN_WEEKS:
        return Division(None, None, Result((), (), ()))
    counts = trend.weeks.loc[trend.weeks["compared"], "sessions"].to_numpy(dtype=np.int64)
    point = change_point(counts, LEAST)
    if point is None:
        return Division(None, None, Result((), (), ()))
    found = change_point_shuffle(counts, LEAST)
    caveats = (
        "The week of the sharpest division is an illustration of when, and no part of the four words. No range can be given for it: a gradual change divides somewhere too.",
    )
    return Division(point, found, Result((_fact(point, found, weeks[point.size]),), (), caveats))


def _fact(point: ChangePoint, found: Shuffle, week: np.datetime64) -> Fact:
    return sentence(
        f"The weekly figures divide most sharply before the week of {day_words(week)}: about {_rate(point.before)} sessions a week before, about {_rate(point.after)} from then on. "
        f"When the same weekly totals are put in random order, a division this sharp appears in {found.either:,} of {found.orders:,} orders."
    )


def _rate(rate: float) -> str:
    return f"{rate:.1f}" if rate < 10 else f"{rate:.0f}"
