"""How often our verdict calls contact rising although nothing has changed, and what it finds where something has, beside methods that are often used.

    python benchmarks/false_alarms.py [--runs 200] [--power]

The worlds are those of the study behind the verdict: contact as people make it (in bursts, at weekends, in moods) at a rate that does not change, for 56 to
182 days. A method that keeps what it promises finds a rise in 2.5 of 100. `retention` is the exception: contact is steady, but older messages are kept
less completely, so that what is left does rise: no method can tell, and the report says so.

Everything is drawn with a fixed seed. 200 runs of each world and design take some minutes; the error of a rate over all designs is then about 0.4 points.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from math import log, sqrt
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, xlogy

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.analysis.contact import GAP_MINUTES
from pipeline.analysis.statistics import log_linear, mann_kendall, rate_ratio, week_shuffle
from pipeline.analysis.verdict import OTHER_GAPS, Judgement, Weekly, judge

Times = NDArray[np.float64]
"""Days from the beginning, in order."""
Generator = np.random.Generator

ONE_SIDED = 0.025
DESIGNS = ((56, 20), (56, 60), (91, 60), (91, 200), (182, 60), (182, 200), (182, 600))
"""Days, and items that are expected in them."""
POWER_DESIGNS = ((91, 200), (182, 200), (364, 400))


def poisson(chance: Generator, days: int, items: float) -> Times:
    """Every item for itself."""
    return np.sort(chance.uniform(0, days, chance.poisson(items)))


def _in_sessions(chance: Generator, starts: Times, sizes: NDArray[np.int64], days: int) -> Times:
    """Items some minutes apart from the beginning of their session."""
    first = np.cumsum(sizes) - sizes
    steps = chance.exponential(6 / 1440, int(sizes.sum()))
    steps[first] = 0
    run = np.cumsum(steps)
    moments = np.repeat(starts - run[first], sizes) + run
    return np.sort(moments[moments < days])


def _starts(chance: Generator, rate_of_days: NDArray[np.float64], sessions: float) -> Times:
    """Beginnings of sessions, from a rate for each day; `sessions` are expected."""
    counts = chance.poisson(rate_of_days / rate_of_days.sum() * sessions)
    return np.sort(np.repeat(np.arange(rate_of_days.size), counts) + chance.uniform(0, 1, int(counts.sum())))


def cluster(chance: Generator, days: int, items: float) -> Times:
    """Sessions of four items on average."""
    starts = _starts(chance, np.ones(days), items / 4)
    return _in_sessions(chance, starts, chance.geometric(1 / 4, starts.size), days)


def heavy(chance: Generator, days: int, items: float) -> Times:
    """Sessions of which a few are very long."""
    starts = _starts(chance, np.ones(days), items / 3.9)
    sizes = np.minimum(80, np.ceil(chance.pareto(1.3, starts.size) + 0.4)).astype(np.int64)
    return _in_sessions(chance, starts, np.maximum(1, sizes), days)


def weekend(chance: Generator, days: int, items: float) -> Times:
    """More than twice as much on Saturdays and Sundays."""
    starts = _starts(chance, np.where(np.arange(days) % 7 >= 5, 2.25, 1.0), items / 2)
    return _in_sessions(chance, starts, chance.geometric(1 / 2, starts.size), days)


def _moods(chance: Generator, days: int, memory: float, spread: float) -> NDArray[np.float64]:
    mood = np.empty(days)
    mood[0] = chance.normal(0, spread)
    for day in range(1, days):
        mood[day] = memory * mood[day - 1] + chance.normal(0, spread * sqrt(1 - memory**2))
    return np.exp(mood)


def _moody(chance: Generator, days: int, items: float, memory: float) -> Times:
    # Divided by the mean that is expected, not by the one that was drawn: a stretch of high mood is allowed to be one.
    rate = _moods(chance, days, memory, 0.8) / np.exp(0.8**2 / 2) / days
    counts = chance.poisson(rate * items / 3)
    starts = np.sort(np.repeat(np.arange(days), counts) + chance.uniform(0, 1, int(counts.sum())))
    return _in_sessions(chance, starts, chance.geometric(1 / 3, starts.size), days)


def lgcp(chance: Generator, days: int, items: float) -> Times:
    """Moods that last for a day or three."""
    return _moody(chance, days, items, 0.6)


def lgcp_slow(chance: Generator, days: int, items: float) -> Times:
    """Moods that last for weeks: what our test cannot tell from a change."""
    return _moody(chance, days, items, 0.9)


def hawkes(chance: Generator, days: int, items: float) -> Times:
    """Every item brings others: 0.6 on average, some three hours later."""
    born = chance.uniform(-3, days, chance.poisson(items * 0.4 * (days + 3) / days))
    everything = [born]
    while born.size:
        born = np.repeat(born, chance.poisson(0.6, born.size))
        born = born + chance.exponential(3 / 24, born.size)
        everything.append(born)
    moments = np.concatenate(everything)
    return np.sort(moments[(moments >= 0) & (moments < days)])


def retention(chance: Generator, days: int, items: float) -> Times:
    """Steady contact, of which 40% is kept at the beginning and all at the end."""
    made = cluster(chance, days, items / 0.7)
    return made[chance.uniform(0, 1, made.size) < 0.4 + 0.6 * made / days]


World = Callable[[Generator, int, float], Times]
CONSTANT: dict[str, World] = {
    "poisson": poisson,
    "cluster": cluster,
    "heavy": heavy,
    "weekend": weekend,
    "hawkes": hawkes,
    "lgcp": lgcp,
    "lgcp_slow": lgcp_slow,
    "retention": retention,
}


def smooth(chance: Generator, days: int, items: float) -> Times:
    """`cluster`, its rate rising to four times what it was."""
    starts = _starts(chance, 4.0 ** (np.arange(days) / days), items / 4)
    return _in_sessions(chance, starts, chance.geometric(1 / 4, starts.size), days)


def step(chance: Generator, days: int, items: float) -> Times:
    """`cluster`, four times as much in the last quarter."""
    starts = _starts(chance, np.where(np.arange(days) < days * 0.75, 1.0, 4.0), items / 4)
    return _in_sessions(chance, starts, chance.geometric(1 / 4, starts.size), days)


def grows(chance: Generator, days: int, items: float) -> Times:
    """As many sessions throughout, but each grows to four times as many items."""
    starts = _starts(chance, np.ones(days), items / 4)
    size = 1.6 * 4.0 ** (starts / days)
    return _in_sessions(chance, starts, chance.geometric(1 / np.maximum(1, size)), days)


RISING: dict[str, World] = {"smooth 4x": smooth, "step 4x late": step, "items per session 4x": grows}


class Seen(NamedTuple):
    """What a method is given: the moments, and how many days they are from."""

    times: Times
    days: int

    @property
    def items(self) -> NDArray[np.int64]:
        """Items in each week."""
        return np.bincount((self.times // 7).astype(np.int64), minlength=self.days // 7)[: self.days // 7]

    def openers(self, gap_minutes: int) -> Times:
        """The moments at which a session begins."""
        return self.times[np.diff(self.times, prepend=-np.inf) >= gap_minutes / 1440]

    @property
    def contact_days(self) -> NDArray[np.int64]:
        """Days with contact in each week."""
        there = np.unique(self.times.astype(np.int64))
        return np.bincount(there // 7, minlength=self.days // 7)[: self.days // 7]


def verdict(seen: Seen) -> Judgement:
    """Our own."""
    weeks = seen.days // 7
    sessions = {
        gap: np.bincount((seen.openers(gap) // 7).astype(np.int64), minlength=weeks)[:weeks]
        for gap in (GAP_MINUTES, *OTHER_GAPS)
    }
    return judge(Weekly(np.arange(weeks), sessions, seen.items, seen.contact_days), established=True)


def ours(seen: Seen) -> bool:
    """Whether the verdict is at least some evidence of a rise, in sessions or in items."""
    found = verdict(seen)
    return any(one is not None and one.changed and one.direction > 0 for one in (found.sessions, found.items))


def poisson_trend(seen: Seen) -> bool:
    """A Poisson regression of items per week, which takes every message for itself."""
    fit = log_linear(np.arange(seen.days // 7), seen.items)
    return fit is not None and fit.slope / fit.se > 1.959964


def laplace(times: Times, length: float) -> float:
    """Laplace's statistic: above 0 where more comes later."""
    return float((times.mean() - length / 2) / (length * sqrt(1 / (12 * times.size)))) if times.size else 0.0


def laplace_items(seen: Seen) -> bool:
    """Laplace's test of the moments of the items."""
    return 1 - float(ndtr(laplace(seen.times, seen.days))) < ONE_SIDED


def power_law(times: Times, length: float) -> tuple[float, float]:
    """The shape of a power law over a time that ends at `length` (Crow-AMSAA), above 1 where more comes later; and twice the sum of the logarithms behind it."""
    total = 2 * sum(log(length / max(moment, 1e-9)) for moment in times)
    return 2 * times.size / total, total


def crow_amsaa(seen: Seen) -> bool:
    """The shape of a power law: 2 * n / shape is chi-square with 2 n degrees of freedom, here by the normal distribution (Wilson and Hilferty)."""
    if not seen.times.size:
        return False
    freedom = 2 * seen.times.size
    _, total = power_law(seen.times, seen.days)
    z = ((total / freedom) ** (1 / 3) - (1 - 2 / (9 * freedom))) / sqrt(2 / (9 * freedom))
    return float(ndtr(z)) < ONE_SIDED


def halves(seen: Seen) -> bool:
    """Items in the second half against the first, as if every message stood for itself."""
    later = int((seen.times >= seen.days / 2).sum())
    return bool(seen.times.size) and rate_ratio(later, 1, seen.times.size - later, 1).low > 1


def quasi_poisson(seen: Seen) -> bool:
    """Items per week, with the variance they have."""
    fit = log_linear(np.arange(seen.days // 7), seen.items)
    return fit is not None and fit.low > 0


def mann_kendall_items(seen: Seen) -> bool:
    """Mann-Kendall on items per week."""
    found = mann_kendall(seen.items)
    return found.z > 0 and found.p / 2 < ONE_SIDED


def mann_kendall_days(seen: Seen) -> bool:
    """Mann-Kendall on days with contact per week, our cross-check."""
    found = mann_kendall(seen.contact_days)
    return found.z > 0 and found.p / 2 < ONE_SIDED


def shuffled_sessions(seen: Seen) -> bool:
    """The week shuffle on sessions alone, without gate and Holm."""
    weeks = seen.days // 7
    counts = np.bincount((seen.openers(GAP_MINUTES) // 7).astype(np.int64), minlength=weeks)[:weeks]
    (found,) = week_shuffle(np.arange(weeks), counts)
    return found.as_high / found.orders <= ONE_SIDED


def segments(counts: NDArray[np.int64], penalty: float) -> list[int]:
    """The ends of the stretches of one Poisson rate that fit best, each at a price: exactly what PELT looks for."""
    sums = np.concatenate([[0], np.cumsum(counts)])
    best, cut = np.zeros(sums.size), np.zeros(sums.size, dtype=np.int64)
    best[0] = -penalty
    for end in range(1, sums.size):
        total, places = sums[end] - sums[:end], end - np.arange(end)
        cost = best[:end] + 2 * (total - xlogy(total, total / places)) + penalty
        cut[end] = cost.argmin()
        best[end] = cost[cut[end]]
    ends = [sums.size - 1]
    while cut[ends[-1]]:
        ends.append(int(cut[ends[-1]]))
    return ends[::-1]


def segmentation(seen: Seen) -> bool:
    """Change points of items per day (BIC): the last stretch has more than the first."""
    counts = np.bincount(seen.times.astype(np.int64), minlength=seen.days)[: seen.days]
    ends = segments(counts, 2 * log(seen.days))
    first, last = counts[: ends[0]], counts[ends[-2] if len(ends) > 1 else 0 :]
    return len(ends) > 1 and bool(last.mean() > first.mean())


def bursts_of_kleinberg(seen: Seen) -> bool:
    """Kleinberg's bursts (rate doubled from level to level, gamma 1): whether any level of 2 or more occurs. It asks "were there bursts", not "is there more"."""
    gaps = np.diff(seen.times)
    gaps = gaps[gaps > 0]
    if gaps.size < 2:
        return False
    levels = int(np.ceil(1 + np.log2(gaps.sum()) + np.log2(1 / gaps.min())))
    rate = gaps.size / gaps.sum() * 2.0 ** np.arange(levels)
    up = log(gaps.size) * np.maximum(0, np.arange(levels)[None, :] - np.arange(levels)[:, None])
    cost = np.where(np.arange(levels) == 0, 0.0, np.inf)
    back = np.zeros((gaps.size, levels), dtype=np.int64)
    for number, gap in enumerate(gaps):
        step = cost[:, None] + up
        back[number] = step.argmin(axis=0)
        cost = step.min(axis=0) - np.log(rate) + rate * gap
    level = int(cost.argmin())
    for number in range(gaps.size - 1, -1, -1):
        if level >= 2:
            return True
        level = int(back[number][level])
    return False


METHODS: dict[str, Callable[[Seen], bool]] = {
    "OUR VERDICT": ours,
    "week shuffle, sessions": shuffled_sessions,
    "Mann-Kendall, contact days": mann_kendall_days,
    "quasi-Poisson, items": quasi_poisson,
    "Mann-Kendall, items": mann_kendall_items,
    "Poisson trend, items": poisson_trend,
    "Laplace, items": laplace_items,
    "Crow-AMSAA, items": crow_amsaa,
    "two halves, items": halves,
    "segmentation (PELT), days": segmentation,
    "Kleinberg bursts, items": bursts_of_kleinberg,
}


def alarms(
    world: World, method_names: tuple[str, ...], designs: tuple[tuple[int, int], ...], runs: int, seed: int = 1
) -> NDArray[np.int64]:
    """In how many runs, over all designs, each of the methods finds a rise."""
    found = np.zeros(len(method_names), dtype=np.int64)
    for days, items in designs:
        chance = np.random.default_rng([seed, days, items])
        for _ in range(runs):
            seen = Seen(world(chance, days, items), days)
            found += [METHODS[name](seen) for name in method_names]
    return found


def main() -> None:
    """Prints a table: methods down, worlds across, rises found in 100 runs."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    options.add_argument("--runs", type=int, default=200, help="of each world and design")
    options.add_argument("--power", action="store_true", help="only the worlds in which contact rises")
    given = options.parse_args()
    names = tuple(METHODS)
    for title, worlds, designs in (
        ("Rises found where nothing changed, in 100", CONSTANT, DESIGNS),
        ("Rises found where contact rises, in 100", RISING, POWER_DESIGNS),
    ):
        if given.power and worlds is CONSTANT:
            continue
        rates = {
            name: 100 * alarms(made, names, designs, given.runs) / given.runs / len(designs)
            for name, made in worlds.items()
        }
        width = max(12, *map(len, worlds))
        print(f"{title} ({given.runs} runs of each of {len(designs)} designs)")
        print(" " * 28 + "".join(f"{name:>{width + 1}}" for name in worlds))
        for place, method in enumerate(names):
            print(f"{method:<28}" + "".join(f"{rate[place]:>{width + 1}.1f}" for rate in rates.values()))
        print()


if __name__ == "__main__":
    main()
