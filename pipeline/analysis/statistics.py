"""The methods alone: numbers in, numbers out. What may be said with them, and from how much data on, is decided where they are used.

Every range is a 95% one. Each method gives the known answers of `tests/test_statistics.py` to the digits printed there.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import permutations
from math import erfc, exp, inf, sqrt
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, gammaln, ndtri, stdtrit, xlogy

Counts: TypeAlias = NDArray[Any]
"""Whole numbers, one a week."""

TAIL: Final = 0.025
ALL_ORDERS: Final = 8
"""Up to so many weeks, all orders are tried."""
SHUFFLES: Final = 9_999
SEED: Final = 20_260_101
_BLOCK: Final = 1 << 20


class Interval(NamedTuple):
    """The two ends of a 95% range."""

    low: float
    high: float


class RateRatio(NamedTuple):
    """How many times one rate is another, with its range; `p` two-sided, for comparison with other programs only: what is said rests on the range."""

    ratio: float
    low: float
    high: float
    p: float


class MannKendall(NamedTuple):
    """Of all pairs of values, in how many the later one is `more`, `fewer` or the `same`; `z` and `p` (two-sided) corrected for ties and continuity."""

    more: int
    fewer: int
    same: int
    z: float
    p: float
    tau: float


class Slope(NamedTuple):
    """The median of the slopes of all pairs (Theil-Sen), with its range."""

    slope: float
    low: float
    high: float


class ChangePoint(NamedTuple):
    """Counts as two rates: the first `size` places and the rest, so divided that both fit best; `gain` is twice the gain in log-likelihood over one rate."""

    size: int
    before: float
    after: float
    gain: float


class LogLinear(NamedTuple):
    """Counts that grow by a constant factor, ln(mean) = a + slope * place, as Poisson with a variance `phi` times as large.

    `low` and `high` are of the slope, by the t distribution, with `phi` never taken under 1; `se` is the standard error at `phi` = 1.
    """

    slope: float
    se: float
    phi: float
    low: float
    high: float

    def factor(self, steps: float) -> tuple[float, float, float]:
        """By what the counts are multiplied in so many steps, with its range."""
        factor, low, high = (
            inf if end * steps > 700 else exp(end * steps) for end in (self.slope, self.low, self.high)
        )
        return factor, low, high


class Shuffle(NamedTuple):
    """How strong the order of some weeks is among all their orders, or among `SHUFFLES` drawn ones and itself.

    The strength is the sum of place times count: in so many of the `orders` it is at least as high, at least as low, at least as far from its mean.
    """

    orders: int
    as_high: int
    as_low: int
    either: int

    @property
    def p(self) -> float:
        """Two-sided."""
        return self.either / self.orders


def share_interval(part: int, whole: int) -> Interval:
    """The exact range of a share (Clopper-Pearson)."""
    low = float(betaincinv(part, whole - part + 1, TAIL)) if part else 0.0
    high = float(betaincinv(part + 1, whole - part, 1 - TAIL)) if part < whole else 1.0
    return Interval(low, high)


def rate_ratio(after: int, after_time: float, before: int, before_time: float) -> RateRatio:
    """The exact conditional ratio of two rates: of all that was counted, which share came after?"""
    total = after + before
    if not total or min(after_time, before_time) <= 0:
        raise ValueError("a ratio of rates needs something counted, and time on both sides")

    def ratio(share: float) -> float:
        return inf if share == 1 else share / (1 - share) * before_time / after_time

    low, high = share_interval(after, total)
    return RateRatio(
        ratio(after / total), ratio(low), ratio(high), _two_sided(after, total, after_time / (after_time + before_time))
    )


def _two_sided(part: int, whole: int, share: float) -> float:
    """The probability of all outcomes that are no more probable than this one (as binom.test in R)."""
    outcome = np.arange(whole + 1)
    log = gammaln(whole + 1) - gammaln(outcome + 1) - gammaln(whole - outcome + 1)
    probability = np.exp(log + outcome * np.log(share) + (whole - outcome) * np.log1p(-share))
    return min(1.0, float(probability[probability <= probability[part] * (1 + 1e-7)].sum()))


def mann_kendall(values: Sequence[float] | Counts) -> MannKendall:
    """Compares every value with every later one."""
    series = np.asarray(values, dtype=np.float64)
    size = series.size
    more = sum(int((series[place + 1 :] > series[place]).sum()) for place in range(size))
    fewer = sum(int((series[place + 1 :] < series[place]).sum()) for place in range(size))
    pairs = size * (size - 1) // 2
    ties = np.unique(series, return_counts=True)[1]
    variance = (size * (size - 1) * (2 * size + 5) - int((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18
    excess = more - fewer
    z = (excess - np.sign(excess)) / sqrt(variance) if variance else 0.0
    untied = pairs - int((ties * (ties - 1) // 2).sum())
    tau = excess / sqrt(pairs * untied) if untied else 0.0
    return MannKendall(more, fewer, pairs - more - fewer, float(z), erfc(abs(z) / sqrt(2)), tau)


def theil_sen(places: Sequence[float] | Counts, values: Sequence[float] | Counts) -> Slope:
    """The slope of `values` over `places`, which increase."""
    x, y = np.asarray(places, dtype=np.float64), np.asarray(values, dtype=np.float64)
    first, second = np.triu_indices(x.size, 1)
    if not first.size:
        raise ValueError("a slope needs two values")
    slopes = np.sort((y[second] - y[first]) / (x[second] - x[first]))
    size, ties = x.size, np.unique(y, return_counts=True)[1]
    variance = (size * (size - 1) * (2 * size + 5) - int((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18
    reach = -float(ndtri(TAIL)) * sqrt(variance)
    last = max(round((slopes.size - reach) / 2) - 1, 0), min(round((slopes.size + reach) / 2), slopes.size - 1)
    return Slope(float(np.median(slopes)), float(slopes[last[0]]), float(slopes[last[1]]))


def log_linear(places: Sequence[float] | Counts, counts: Sequence[int] | Counts) -> LogLinear | None:
    """The quasi-Poisson fit; None where there is no finite one: fewer than three counts, or all that is counted at the first or at the last place."""
    x, y = np.asarray(places, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    if x.size < 3 or x.min() == x.max() or not x[y > 0].size or x[y > 0].max() == x.min() or x[y > 0].min() == x.max():
        return None
    scale = float(x.max() - x.min())
    z = (x - x.mean()) / scale
    slope, weight, curve = 0.0, np.ones(x.size), 1.0
    for _ in range(200):
        # The level follows from the slope (the fit has the total of the counts), so only the slope is sought.
        weight = np.exp(slope * z - (slope * z).max())
        weight /= weight.sum()
        middle = float((weight * z).sum())
        curve = float((weight * (z - middle) ** 2).sum())
        step = (float((y * z).sum() / y.sum()) - middle) / curve
        slope += max(-1.0, min(1.0, step))
        if abs(step) < 1e-13 * max(1.0, abs(slope)):
            break
    mean = y.sum() * weight
    with np.errstate(divide="ignore", invalid="ignore"):
        pearson = np.where(mean > 0, (y - mean) ** 2 / mean, 0.0)
    phi = float(pearson.sum()) / (x.size - 2)
    se = 1 / sqrt(float(y.sum()) * curve)
    reach = float(stdtrit(x.size - 2, 1 - TAIL)) * se * sqrt(max(phi, 1.0))
    return LogLinear(slope / scale, se / scale, phi, (slope - reach) / scale, (slope + reach) / scale)


def change_point(counts: Sequence[int] | Counts, least: int = 1) -> ChangePoint | None:
    """The best division of counts into two Poisson rates, with `least` places or more on each side; None of fewer. Of several that are equal, the first."""
    y = np.asarray(counts, dtype=np.float64)
    sizes = np.arange(least, y.size - least + 1)
    if not sizes.size:
        return None
    before = np.cumsum(y)[sizes - 1]
    fit = _fit(before, sizes) + _fit(y.sum() - before, y.size - sizes)
    best = int(fit.argmax())
    size = int(sizes[best])
    gain = 2 * float(fit[best] - _fit(y.sum(), np.float64(y.size)))
    return ChangePoint(size, float(before[best]) / size, float(y.sum() - before[best]) / (y.size - size), gain)


def _fit(total: Any, places: Any) -> Any:
    """The log-likelihood of so many counted at the rate that fits best, without what is the same for every division."""
    return xlogy(total, total / places) - total


def week_shuffle(places: Sequence[int] | Counts, *series: Sequence[int] | Counts) -> tuple[Shuffle, ...]:
    """For each of some series of weekly counts, how strong its rise or fall is when whole weeks are put in another order.

    `places` are the numbers of the weeks; weeks may be missing. All the sums are whole numbers, so equal ones are equal. The shuffles are the same for the
    same number of weeks, on every machine and in every version of numpy: it promises this for the bare stream of a bit generator, and for nothing above it.
    """
    number = np.asarray(places, dtype=np.int64)
    counts = np.array([np.asarray(one, dtype=np.float64) for one in series]).T
    if not number.size:
        return tuple(Shuffle(1, 1, 1, 1) for _ in series)
    # Whole numbers, as floating point for its fast product; exact, since all sums stay far under 2 ** 53.
    weights = (number * number.size - number.sum()).astype(np.float64)
    own = weights @ counts
    orders = _orders(number.size)
    found = np.zeros((3, counts.shape[1]), dtype=np.int64)
    length = max(1, _BLOCK // number.size)
    for start in range(0, len(orders), length):
        sums = weights[orders[start : start + length]] @ counts
        found += np.stack([(sums >= own).sum(0), (sums <= own).sum(0), (abs(sums) >= abs(own)).sum(0)])
    drawn = 0 if number.size <= ALL_ORDERS else 1  # the order as it is, which all orders hold already
    return tuple(Shuffle(len(orders) + drawn, *(int(hits) + drawn for hits in column)) for column in found.T)


def change_point_shuffle(counts: Sequence[int] | Counts, least: int = 1) -> Shuffle:
    """Of how many orders of the weeks the best division is at least as sharp as that of the order as it is; a division has no direction, so all three are equal."""
    y = np.asarray(counts, dtype=np.float64)
    sizes = np.arange(least, y.size - least + 1)
    own = change_point(counts, least)
    if own is None:
        return Shuffle(1, 1, 1, 1)
    orders, hits = _orders(y.size), 0
    length = max(1, _BLOCK // y.size)
    base = float(_fit(y.sum(), np.float64(y.size)))
    for start in range(0, len(orders), length):
        before = np.cumsum(y[orders[start : start + length]], axis=1)[:, sizes - 1]
        fit = _fit(before, sizes) + _fit(y.sum() - before, y.size - sizes)
        hits += int((2 * (fit.max(axis=1) - base) >= own.gain - 1e-9).sum())
    drawn = 0 if y.size <= ALL_ORDERS else 1
    return Shuffle(len(orders) + drawn, *[hits + drawn] * 3)


@lru_cache(maxsize=16)
def _orders(size: int) -> NDArray[np.int16]:
    """All orders of so many things, or `SHUFFLES` of them."""
    if size <= ALL_ORDERS:
        return np.array(list(permutations(range(size))), dtype=np.int16)
    stream = np.random.PCG64(SEED)
    orders = np.empty((SHUFFLES, size), dtype=np.int16)
    length = max(1, _BLOCK // size)
    for start in range(0, SHUFFLES, length):
        rows = min(length, SHUFFLES - start)
        orders[start : start + rows] = stream.random_raw(rows * size).reshape(rows, size).argsort(axis=1, kind="stable")
    return orders


def holm(*p: float) -> tuple[float, ...]:
    """p-values of tests made side by side, each raised so that together they err no more often than one."""
    adjusted, highest = [0.0] * len(p), 0.0
    for rank, place in enumerate(sorted(range(len(p)), key=lambda place: p[place])):
        highest = max(highest, min(1.0, p[place] * (len(p) - rank)))
        adjusted[place] = highest
    return tuple(adjusted)
