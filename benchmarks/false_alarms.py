"""How often our verdict calls contact rising although nothing has changed, and what it finds where something has, beside methods that are often used.

    python benchmarks/false_alarms.py [--runs 200] [--power] [--ours]

A method that keeps what it promises finds a rise in 2.5 of 100 of the worlds in which nothing changes (`benchmarks/worlds.py`), over 56 to 182 days.
`retention` is the exception: contact is steady, but older messages are kept less completely, so that what is left does rise: no method can tell, and the
report says so.

Everything is drawn with a fixed seed. 200 runs of each world and design take some minutes; the standard error of the rates is printed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from math import log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtr, ndtr

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import methods
from benchmarks.worlds import CONSTANT, RISING, Seen, World
from pipeline.analysis.contact import GAP_MINUTES
from pipeline.analysis.statistics import (
    change_point,
    change_point_shuffle,
    log_linear,
    mann_kendall,
    rate_ratio,
    week_shuffle,
)
from pipeline.analysis.verdict import OTHER_GAPS, Judgement, Weekly, judge

Counts = NDArray[np.int64]
Method = Callable[[Seen], bool]

ONE_SIDED = 0.025
DESIGNS = ((56, 20), (56, 60), (91, 60), (91, 200), (182, 60), (182, 200), (182, 600))
"""Days, and items that are expected in them."""
POWER_DESIGNS = ((91, 200), (182, 200), (364, 400))
STUDY = {"smooth 4x": 74, "step 4x late": 84, "items per session 4x": 43}
"""What the study found for our rule where contact rises, in 100; from 250 runs of each design, so with a standard error of 1 to 2."""


def verdict(seen: Seen) -> Judgement:
    """Our own."""
    sessions = {gap: seen.per_week(seen.openers(gap)) for gap in (GAP_MINUTES, *OTHER_GAPS)}
    weekly = Weekly(np.arange(seen.days // 7), sessions, seen.per_week(seen.times), seen.contact_days)
    return judge(weekly, established=True)


def ours(seen: Seen) -> bool:
    """Whether the verdict is at least some evidence of a rise, in sessions or in items."""
    found = verdict(seen)
    return any(one is not None and one.changed and one.direction > 0 for one in (found.sessions, found.items))


def _items(seen: Seen) -> Counts:
    return seen.per_week(seen.times)


def _sessions(seen: Seen) -> Counts:
    return seen.per_week(seen.openers(GAP_MINUTES))


def shuffled(counts: Counts) -> bool:
    """The week shuffle alone, without gate and Holm."""
    (found,) = week_shuffle(np.arange(counts.size), counts)
    return found.as_high / found.orders <= ONE_SIDED


def divided(counts: Counts) -> bool:
    """One change point, among all orders of the weeks."""
    found = change_point(counts, 2)
    return found is not None and found.after > found.before and change_point_shuffle(counts, 2).p <= 2 * ONE_SIDED


def ranked(counts: Counts) -> bool:
    """Mann-Kendall."""
    found = mann_kendall(counts)
    return found.z > 0 and found.p / 2 < ONE_SIDED


def quasi_poisson(counts: Counts) -> bool:
    """Growth, with the variance that the counts have."""
    fit = log_linear(np.arange(counts.size), counts)
    return fit is not None and fit.low > 0


def poisson_trend(counts: Counts) -> bool:
    """A Poisson regression, which takes every message for itself."""
    return _fits(counts) and methods.poisson_regression(np.arange(counts.size), counts).z > methods.Z


def negative_binomial(counts: Counts) -> bool:
    """A negative binomial regression, which takes every week for itself, by Wald's test."""
    return _fits(counts) and methods.negative_binomial_regression(np.arange(counts.size), counts).z > methods.Z


def _fits(counts: Counts) -> bool:
    """Whether a regression has a finite slope."""
    there = np.flatnonzero(counts)
    return bool(there.size) and there[-1] > 0 and there[0] < counts.size - 1


def laplace(times: NDArray[np.float64], days: int) -> bool:
    """Laplace's test."""
    return 1 - float(ndtr(methods.laplace(times, days))) < ONE_SIDED


def lewis_robinson(times: NDArray[np.float64], days: int) -> bool:
    """Laplace's test by the variation of the gaps."""
    return 1 - float(ndtr(methods.lewis_robinson(times, days))) < ONE_SIDED


def crow_amsaa(times: NDArray[np.float64], days: int) -> bool:
    """The shape of a power law (MIL-HDBK-189)."""
    return bool(times.size) and float(chdtr(2 * times.size, methods.power_law(times, days).total)) < ONE_SIDED


def halves(seen: Seen) -> bool:
    """Items in the second half against the first, as if every message stood for itself."""
    later = int((seen.times >= seen.days / 2).sum())
    return bool(seen.times.size) and rate_ratio(later, 1, seen.times.size - later, 1).low > 1


def segmentation(counts: Counts) -> bool:
    """Change points of counts per day (BIC): the last stretch has more than the first."""
    ends = methods.segments(counts, 2 * log(counts.size))
    first, last = counts[: ends[0]], counts[ends[-2] if len(ends) > 1 else 0 :]
    return len(ends) > 1 and bool(last.mean() > first.mean())


def blocks(times: NDArray[np.float64]) -> bool:
    """Bayesian blocks: the last has a higher rate than the first."""
    if times.size < 3:
        return False
    edges = methods.bayesian_blocks(times)
    rates = np.histogram(times, edges)[0] / np.maximum(np.diff(edges), 1e-12)
    return rates.size > 1 and bool(rates[-1] > rates[0])


def one_break(counts: Counts) -> bool:
    """A break of the mean by least squares (strucchange), where BIC prefers one to none: the mean after it is higher."""
    found = methods.least_squares_break(counts)
    return found.gain > 0 and found.after > found.before


OURS, ENOUGH = "OUR VERDICT", "enough data for it"
METHODS: dict[str, Method] = {
    OURS: ours,
    ENOUGH: lambda seen: verdict(seen).enough,
    "week shuffle, sessions": lambda seen: shuffled(_sessions(seen)),
    "week shuffle, items": lambda seen: shuffled(_items(seen)),
    "change point, sessions": lambda seen: divided(_sessions(seen)),
    "Mann-Kendall, contact days": lambda seen: ranked(seen.contact_days),
    "quasi-Poisson, sessions": lambda seen: quasi_poisson(_sessions(seen)),
    "quasi-Poisson, items": lambda seen: quasi_poisson(_items(seen)),
    "Mann-Kendall, items": lambda seen: ranked(_items(seen)),
    "NB regression, items": lambda seen: negative_binomial(_items(seen)),
    "Poisson regression, items": lambda seen: poisson_trend(_items(seen)),
    "Laplace, items": lambda seen: laplace(seen.times, seen.days),
    "Crow-AMSAA, items": lambda seen: crow_amsaa(seen.times, seen.days),
    "two halves, items": halves,
    "segmentation (PELT), items": lambda seen: segmentation(seen.per_day(seen.times)),
    "Bayesian blocks, items": lambda seen: blocks(seen.times),
    "Kleinberg bursts, items": lambda seen: methods.kleinberg(seen.times) >= 2,
    "break by squares, items": lambda seen: one_break(_items(seen)),
    "Laplace, sessions": lambda seen: laplace(seen.openers(GAP_MINUTES), seen.days),
    "Lewis-Robinson, sessions": lambda seen: lewis_robinson(seen.openers(GAP_MINUTES), seen.days),
    "segmentation, sessions": lambda seen: segmentation(seen.per_day(seen.openers(GAP_MINUTES))),
    "Bayesian blocks, sessions": lambda seen: blocks(seen.openers(GAP_MINUTES)),
}
"""Kleinberg's method asks "were there bursts", not "is there more"; it is here since it is taken for the other."""


def alarms(
    world: World, method_names: tuple[str, ...], designs: tuple[tuple[int, int], ...], runs: int, seed: int = 1
) -> NDArray[np.int64]:
    """In how many runs each of the methods finds a rise: a row for each design, a column for each method."""
    found = np.zeros((len(designs), len(method_names)), dtype=np.int64)
    for row, (days, items) in zip(found, designs, strict=True):
        chance = np.random.default_rng([seed, days, items])
        for _ in range(runs):
            seen = Seen(world(chance, days, items), days)
            row += [METHODS[name](seen) for name in method_names]
    return found


def error(share: NDArray[np.float64], runs: int) -> NDArray[np.float64]:
    """The standard error of rates over all designs, from the share of each design (rows), in points of 100."""
    spread: NDArray[np.float64] = 100 * np.sqrt((share * (1 - share) / runs).sum(axis=0)) / share.shape[0]
    return spread


def main() -> None:
    """Prints tables: methods down, worlds across, rises found in 100 runs."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    options.add_argument("--runs", type=int, default=200, help="of each world and design")
    options.add_argument("--power", action="store_true", help="only the worlds in which contact rises")
    options.add_argument("--ours", action="store_true", help="our verdict alone")
    given = options.parse_args()
    names = (OURS, ENOUGH) if given.ours else tuple(METHODS)
    for title, worlds, designs in (
        ("Rises found where nothing changed, in 100", CONSTANT, DESIGNS),
        ("Rises found where contact rises, in 100", RISING, POWER_DESIGNS),
    ):
        if given.power and worlds is CONSTANT:
            continue
        print(f"{title} ({given.runs} runs of each of {len(designs)} designs; in brackets the standard error)")
        width = max(13, *map(len, worlds)) + 1
        print(" " * 28 + "".join(f"{name:>{width}}" for name in worlds), flush=True)
        shares = [alarms(made, names, designs, given.runs) / given.runs for made in worlds.values()]
        for place, method in enumerate(names):
            cells = [f"{100 * one.mean(0)[place]:.1f} ({error(one, given.runs)[place]:.1f})" for one in shares]
            print(f"{method:<28}" + "".join(f"{cell:>{width}}" for cell in cells))
        if worlds is RISING:
            print(f"{'our rule in the study':<28}" + "".join(f"{STUDY[name]:>{width - 6}}{'':6}" for name in worlds))
        of_enough = [f"{100 * one[:, 0].sum() / one[:, 1].sum():.1f}" for one in shares]
        print(f"{'ours, where enough':<28}" + "".join(f"{cell:>{width - 6}}{'':6}" for cell in of_enough))
        for (days, items), *share in zip(designs, *shares, strict=True):
            cells = [f"{100 * one[0] / one[1]:.1f}" if one[1] else "-" for one in share]
            print(f"  {days} days, {items} items".ljust(28) + "".join(f"{cell:>{width - 6}}{'':6}" for cell in cells))
        print()


if __name__ == "__main__":
    main()
