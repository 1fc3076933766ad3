"""Has contact per week changed over time? Weekly counts in, one of four words out.

The test puts whole weeks into other orders, so that bursts of messages count as what they are: one week with much contact. It is made of sessions and of
items, since either may change without the other; both p-values are raised after Holm, so that two tests err no more often than one. How often it errs
where nothing has changed, and what it finds where something has, is measured by `benchmarks/false_alarms.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.analysis.contact import GAP_MINUTES
from pipeline.analysis.statistics import LogLinear, Shuffle, holm, log_linear, week_shuffle

NOT_ENOUGH: Final = "not enough data"
NO_CLEAR_CHANGE: Final = "no clear change"
SOME_EVIDENCE: Final = "some evidence"
CLEAR: Final = "clear"

MIN_WEEKS: Final = 8
MIN_SESSIONS: Final = 20
MIN_DAYS: Final = 10
MANY_SESSIONS: Final = 50
"""Below so many sessions only a rise of roughly four to eight times is usually found."""
SOME_P: Final = 0.05
CLEAR_P: Final = 0.01
OTHER_GAPS: Final = (30, 120)
"""Minutes without an item that end a session, in the checks."""

Counts = NDArray[np.int64]


class Weekly(NamedTuple):
    """Contact in each of some complete weeks: `places` are the numbers of the weeks on the calendar, sessions are by the gap that ends one."""

    places: Counts
    sessions: Mapping[int, Counts]
    items: Counts
    days: Counts


class Verdict(NamedTuple):
    """What is said of one series: one of the four words, whether it rises (1) or falls (-1), the two-sided p after Holm, and the growth, if finite."""

    word: str
    direction: int
    p: float
    shuffle: Shuffle
    growth: LogLinear | None

    @property
    def changed(self) -> bool:
        """Whether there is at least some evidence of a change."""
        return self.word in {SOME_EVIDENCE, CLEAR}


class Check(NamedTuple):
    """The same test made of all weeks, without the last week, and with other gaps."""

    name: str
    weeks: int
    sessions: int
    session_shuffle: Shuffle
    item_shuffle: Shuffle
    session_p: float
    item_p: float


class Judgement(NamedTuple):
    """The verdicts on both series, and the checks; of too little data only that it is too little."""

    sessions: Verdict | None
    items: Verdict | None
    checks: tuple[Check, ...]
    established: bool

    @property
    def enough(self) -> bool:
        """Whether there was enough data for any word but `NOT_ENOUGH`."""
        return self.sessions is not None


def judge(weekly: Weekly, *, established: bool) -> Judgement:
    """The four words for sessions and items per week.

    `established`: a person has said for which time the records are complete. Without that nothing is called clear, since records that were kept less well in
    the beginning look like a rise.
    """
    base = weekly.sessions[GAP_MINUTES]
    if base.size < MIN_WEEKS or base.sum() < MIN_SESSIONS or weekly.days.sum() < MIN_DAYS:
        return Judgement(None, None, (), established)
    whole = week_shuffle(weekly.places, base, weekly.items, *(weekly.sessions[gap] for gap in OTHER_GAPS))
    without_last = week_shuffle(weekly.places[:-1], base[:-1], weekly.items[:-1])
    checks = (
        _check(f"all weeks, gap of {GAP_MINUTES} minutes", base, whole[0], whole[1]),
        _check("without the last week", base[:-1], *without_last),
        *(
            _check(f"gap of {gap} minutes", weekly.sessions[gap], shuffle, whole[1])
            for gap, shuffle in zip(OTHER_GAPS, whole[2:], strict=True)
        ),
    )
    return Judgement(
        _verdict(
            weekly.places,
            base,
            [(check.session_shuffle, check.session_p) for check in checks],
            established=established,
        ),
        _verdict(
            weekly.places,
            weekly.items,
            [(check.item_shuffle, check.item_p) for check in checks],
            established=established,
        ),
        checks,
        established,
    )


def _check(name: str, sessions: Counts, session_shuffle: Shuffle, item_shuffle: Shuffle) -> Check:
    adjusted = holm(session_shuffle.p, item_shuffle.p)
    return Check(name, sessions.size, int(sessions.sum()), session_shuffle, item_shuffle, *adjusted)


def _verdict(places: Counts, counts: Counts, found: list[tuple[Shuffle, float]], *, established: bool) -> Verdict:
    """`found` is the test of all weeks, then those of the checks. Each of them must hold at the same limit, and in the same direction, for the word "clear"."""
    directions = [int(np.sign(shuffle.as_low - shuffle.as_high)) for shuffle, _ in found]
    (shuffle, p), direction = found[0], directions[0]
    holds = all(one <= CLEAR_P and way == direction for (_, one), way in zip(found, directions, strict=True))
    word = CLEAR if holds and established else SOME_EVIDENCE
    if p > SOME_P or not direction:
        word = NO_CLEAR_CHANGE
    return Verdict(word, direction, p, shuffle, log_linear(places, counts))
