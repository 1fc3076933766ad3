"""How often the 95% ranges that the report prints hold the true value, beside ranges that are often used: `python benchmarks/ranges.py [--runs 200]`.

In the worlds of `benchmarks/worlds.py` in which nothing changes, so that the ratio of two rates is 1, the growth 0, and the share of the night a third. A range
that keeps what it promises holds the true value in 95 of 100. Those marked with * are in the report. Ranges that do not exist (nothing on one side) are left out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import methods
from benchmarks.worlds import CONSTANT, Seen, step
from pipeline.analysis.contact import GAP_MINUTES
from pipeline.analysis.rhythm import NIGHT
from pipeline.analysis.statistics import log_linear, rate_ratio, share_interval

WORLDS = ("poisson", "cluster", "heavy", "weekend", "hawkes", "lgcp")
Range = tuple[float, float] | None


class Design(NamedTuple):
    """Days before and after a day, and the items that are expected in all of them."""

    before: int
    after: int
    items: int


DESIGNS = (Design(56, 28, 30), Design(56, 28, 120), Design(28, 28, 40), Design(91, 91, 300))
STEPS = ((91, 200), (182, 200), (364, 400))
"""Days and items of records in which contact rises to four times what it was, at three quarters."""


class Record(NamedTuple):
    """What is seen, the design, and which moments are counted."""

    seen: Seen
    design: Design

    @property
    def sessions(self) -> NDArray[np.float64]:
        """The beginnings of sessions."""
        return self.seen.openers(GAP_MINUTES)

    def sides(self, moments: NDArray[np.float64]) -> tuple[int, int]:
        """How many of some moments lie after the day, and before it."""
        before = int((moments < self.design.before).sum())
        return moments.size - before, before


def _ratio(record: Record, moments: NDArray[np.float64]) -> Range:
    after, before = record.sides(moments)
    if not after + before:
        return None
    found = rate_ratio(after, record.design.after, before, record.design.before)
    return found.low, found.high


def _weekly_ratio(record: Record, moments: NDArray[np.float64]) -> Range:
    counts = record.seen.per_week(moments)
    fit = log_linear((np.arange(counts.size) >= record.design.before // 7).astype(int), counts)
    return (fit.low, fit.high) if fit else None


def _growth(record: Record, moments: NDArray[np.float64]) -> Range:
    counts = record.seen.per_week(moments)
    fit = log_linear(np.arange(counts.size), counts)
    return (fit.low, fit.high) if fit else None


def _regression(record: Record, fit: Callable[[NDArray[np.int64], NDArray[np.int64]], methods.Regression]) -> Range:
    counts = record.seen.per_week(record.seen.times)
    if log_linear(np.arange(counts.size), counts) is None:
        return None
    found = fit(np.arange(counts.size), counts)
    return found.slope - methods.Z * found.se, found.slope + methods.Z * found.se


def _shape(record: Record) -> Range:
    times = record.seen.times
    return methods.power_law(times, record.seen.days).shape_range if times.size else None


def _rate(record: Record) -> Range:
    return methods.rate_range(record.seen.times.size, record.seen.days)


def _at_night(moments: NDArray[np.float64]) -> int:
    return int(np.isin((moments % 1 * 24).astype(np.int64), NIGHT).sum())


def _night(moments: NDArray[np.float64], interval: Callable[[int, int], tuple[float, float]]) -> Range:
    return interval(_at_night(moments), moments.size) if moments.size else None


Method = tuple[str, Callable[[Record], Range], Callable[[Record], float]]
METHODS: tuple[Method, ...] = (
    ("* ratio: exact, days", lambda r: _ratio(r, np.unique(np.floor(r.seen.times))), lambda _: 1.0),
    ("* ratio: weeks, sessions", lambda r: _weekly_ratio(r, r.sessions), lambda _: 0.0),
    ("ratio: weeks, items", lambda r: _weekly_ratio(r, r.seen.times), lambda _: 0.0),
    ("ratio: exact, sessions", lambda r: _ratio(r, r.sessions), lambda _: 1.0),
    ("ratio: exact, items", lambda r: _ratio(r, r.seen.times), lambda _: 1.0),
    ("* growth: sessions", lambda r: _growth(r, r.sessions), lambda _: 0.0),
    ("* growth: items", lambda r: _growth(r, r.seen.times), lambda _: 0.0),
    ("growth: NB, items", lambda r: _regression(r, methods.negative_binomial_regression), lambda _: 0.0),
    ("growth: Poisson, items", lambda r: _regression(r, methods.poisson_regression), lambda _: 0.0),
    ("shape: Crow-AMSAA, items", _shape, lambda _: 1.0),
    ("rate: Poisson, items", _rate, lambda r: r.design.items / r.seen.days),
    ("* night: exact, sessions", lambda r: _night(r.sessions, share_interval), lambda _: len(NIGHT) / 24),
    ("night: exact, items", lambda r: _night(r.seen.times, share_interval), lambda _: len(NIGHT) / 24),
    ("night: Wilson, items", lambda r: _night(r.seen.times, methods.wilson), lambda _: len(NIGHT) / 24),
)


def held(world: str, runs: int, seed: int = 1) -> list[tuple[int, int]]:
    """For each method how many ranges hold the true value, and how many there are."""
    found = np.zeros((len(METHODS), 2), dtype=np.int64)
    for design in DESIGNS:
        days = design.before + design.after
        chance = np.random.default_rng([seed, *design])
        for _ in range(runs):
            record = Record(Seen(CONSTANT[world](chance, days, design.items), days), design)
            for row, (_, interval, truth) in zip(found, METHODS, strict=True):
                ends = interval(record)
                if ends is not None:
                    row += [ends[0] <= truth(record) <= ends[1], 1]
    return [(int(hits), int(tries)) for hits, tries in found]


def step_found(days: int, items: int, runs: int, seed: int = 1) -> tuple[int, int]:
    """How many 95% ranges of the week of a step (least squares, Bai) hold it, and in how many records a break is found."""
    chance = np.random.default_rng([seed, days, items])
    hits = tries = 0
    for _ in range(runs):
        seen = Seen(step(chance, days, items), days)
        found = methods.least_squares_break(seen.per_week(seen.times))
        if found.gain > 0 and found.size_range is not None:
            tries += 1
            hits += found.size_range[0] <= days * 0.75 / 7 <= found.size_range[1] + 1
    return hits, tries


def main() -> None:
    """Prints a table: ranges down, worlds across, how many of 100 hold the true value."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    options.add_argument("--runs", type=int, default=200, help="of each world and design")
    given = options.parse_args()
    print(f"95% ranges that hold the true value, in 100 ({given.runs} runs of each of {len(DESIGNS)} designs)")
    print(" " * 28 + "".join(f"{world:>10}" for world in WORLDS), flush=True)
    every = [held(world, given.runs) for world in WORLDS]
    for place, (name, *_) in enumerate(METHODS):
        shares = [f"{100 * one[place][0] / max(1, one[place][1]):.1f}" for one in every]
        print(f"{name:<28}" + "".join(f"{share:>10}" for share in shares))
    print("\nThe week of a step to four times as much (least squares, Bai's range), where a break is found")
    for days, items in STEPS:
        hits, tries = step_found(days, items, given.runs)
        print(f"{f'{days} days, {items} items':<28}{f'{100 * hits / max(1, tries):.1f} of {tries:,}':>20}")


if __name__ == "__main__":
    main()
