"""Methods that are often used for counts and moments, beside which the benchmarks set ours: numbers in, numbers out.

Fourline itself uses none of them; the methods that it does use are in `pipeline.analysis.statistics`. All of both give the known answers of
`tests/test_known_answers.py`, to the last digit printed there.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, exp, floor, inf, log, pi, sqrt
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import chdtri, gammaincinv, gammaln, log_ndtr, ndtri, polygamma, psi, xlogy

Numbers: TypeAlias = Sequence[float] | NDArray[Any]

TAIL = 0.025
Z = float(ndtri(1 - TAIL))
R_EPSILON = 1e-8
"""At a relative change of the deviance below this, R's `glm` takes its last step."""
R_STEPS = 25


class Regression(NamedTuple):
    """Counts of which the logarithm of the mean is a line over the places.

    `se` is the standard error of the slope, without `phi` (variance by mean, Pearson); `theta` is the size of the negative binomial, inf for Poisson.
    """

    slope: float
    se: float
    phi: float
    theta: float

    @property
    def z(self) -> float:
        """Wald's statistic of the slope."""
        return self.slope / self.se


class _Fit(NamedTuple):
    means: NDArray[np.float64]
    regression: Regression


def poisson_regression(places: Numbers, counts: Numbers) -> Regression:
    """A Poisson regression as R's `glm` fits it; it takes every item for itself."""
    x, y = np.asarray(places, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    return _reweighted(x, y, y + 0.1, inf).regression


def negative_binomial_regression(places: Numbers, counts: Numbers) -> Regression:
    """A negative binomial regression as `glm.nb` of R's package MASS fits it (Venables and Ripley): slope and theta by turns, until the likelihood stands."""
    x, y = np.asarray(places, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    means, fit = _reweighted(x, y, y + 0.1, inf)
    theta = _size(y, means)
    scale = sqrt(2 * max(1, y.size - 2))
    likelihood, before, change = _likelihood(y, means, theta), inf, 1.0
    for _ in range(R_STEPS):
        if not 0 < theta < 1e7:  # no more spread than Poisson: the size has no finite value
            return fit
        if abs(before - likelihood) / scale + abs(change) <= R_EPSILON:
            break
        means, fit = _reweighted(x, y, means, theta)
        before, old = likelihood, theta
        theta = _size(y, means)
        change, likelihood = theta - old, _likelihood(y, means, theta) if theta > 0 else inf
    return fit._replace(theta=theta)


def _reweighted(x: NDArray[np.float64], y: NDArray[np.float64], means: NDArray[np.float64], theta: float) -> _Fit:
    """Iteratively reweighted least squares with R's beginning and end; its standard error and phi are those of the weights before the last step."""
    line, deviance = np.log(means), _deviance(y, means, theta)
    slope = se = 0.0
    weights = means
    for _ in range(R_STEPS):
        weights = means / (1 + means / theta)
        working = line + (y - means) / means
        total = weights.sum()
        middle_x, middle_y = (weights * x).sum() / total, (weights * working).sum() / total
        curve = (weights * (x - middle_x) ** 2).sum()
        slope = float((weights * (x - middle_x) * (working - middle_y)).sum() / curve)
        se = 1 / sqrt(float(curve))
        line = middle_y + slope * (x - middle_x)
        means = np.exp(np.clip(line, -50, 50))  # steps that run away from no finite fit
        before, deviance = deviance, _deviance(y, means, theta)
        if abs(deviance - before) / (abs(deviance) + 0.1) < R_EPSILON:
            break
    pearson = float((weights * ((y - means) / means) ** 2).sum())
    return _Fit(means, Regression(slope, se, pearson / (y.size - 2), theta))


def _deviance(y: NDArray[np.float64], means: NDArray[np.float64], theta: float) -> float:
    spread = y - means if theta == inf else (y + theta) * np.log((y + theta) / (means + theta))
    return 2 * float((xlogy(y, y / means) - spread).sum())


def _likelihood(y: NDArray[np.float64], means: NDArray[np.float64], theta: float) -> float:
    parts = gammaln(theta + y) - gammaln(theta) - gammaln(y + 1) + theta * log(theta) + xlogy(y, means)
    return float((parts - (theta + y) * np.log(theta + means)).sum())


def _size(y: NDArray[np.float64], means: NDArray[np.float64]) -> float:
    """The size of the negative binomial for these means by Newton's steps (`theta.ml` of MASS)."""
    theta, step = y.size / float(((y / means - 1) ** 2).sum()), 1.0
    for _ in range(R_STEPS):
        if abs(step) <= np.finfo(float).eps ** 0.25:
            break
        theta = abs(theta)
        score = psi(theta + y) - psi(theta) + log(theta) + 1 - np.log(theta + means) - (y + theta) / (means + theta)
        curve = polygamma(1, theta) - polygamma(1, theta + y) - 1 / theta + 2 / (means + theta)
        curve = curve - (y + theta) / (means + theta) ** 2
        step = float(score.sum() / curve.sum())
        theta += step
    return theta


def laplace(times: Numbers, length: float) -> float:
    """Laplace's statistic of moments in a time of this length: above 0 where more comes later."""
    moments = np.asarray(times, dtype=np.float64)
    return float((moments.mean() - length / 2) / (length * sqrt(1 / (12 * moments.size)))) if moments.size else 0.0


def lewis_robinson(times: Numbers, length: float) -> float:
    """Laplace's statistic, divided by the variation of the gaps: for gaps that vary more than those of a Poisson process."""
    gaps = np.diff(np.asarray(times, dtype=np.float64))
    return laplace(times, length) * float(gaps.mean() / gaps.std(ddof=1)) if gaps.size > 1 else 0.0


class PowerLaw(NamedTuple):
    """A power law of moments over a time that ends at `length` (Crow-AMSAA): `shape` above 1 where more comes later; `total` is twice the sum of ln(length / moment)."""

    shape: float
    scale: float
    total: float
    count: int
    length: float

    @property
    def shape_range(self) -> tuple[float, float]:
        """The 95% range of the shape: `total` is chi-square with twice as many degrees of freedom as there are moments."""
        low, high = (float(chdtri(2 * self.count, tail)) / self.total for tail in (1 - TAIL, TAIL))
        return low, high

    @property
    def modified_shape(self) -> float:
        """The shape without its bias."""
        return self.shape * (self.count - 1) / self.count

    @property
    def mean_time(self) -> float:
        """From one moment to the next at the end of the time, on average (MTBF)."""
        return self.length / (self.count * self.modified_shape)

    def mean_time_range(self, confidence: float) -> tuple[float, float]:
        """The approximate range of `mean_time` as the listing of the NIST/SEMATECH handbook computes it."""
        z, count = float(ndtri((1 + confidence) / 2)), self.count
        both = self.mean_time * count * (count - 1)
        upper = count - sqrt(count / 2) * z
        return both / (
            count + z**2 / 4 + sqrt(count * z**2 / 2 + z**4 / 16)
        ) ** 2, both / upper**2 if upper > 0 else inf


def power_law(times: Numbers, length: float) -> PowerLaw:
    """The power law that fits best; a moment at the very end adds nothing to `total`."""
    moments = np.asarray(times, dtype=np.float64)
    total = 2 * float(np.log(length / np.maximum(moments, 1e-9)).sum())
    shape = 2 * moments.size / total if total else inf
    return PowerLaw(shape, moments.size * exp(-shape * log(length)), total, moments.size, length)


def rate_range(count: int, time: float) -> tuple[float, float]:
    """The exact 95% range of one Poisson rate (Garwood, as `poisson.test` of R)."""
    return float(gammaincinv(count, TAIL)) / time if count else 0.0, float(gammaincinv(count + 1, 1 - TAIL)) / time


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Wilson's 95% range of a share (`prop.test` of R without correction)."""
    share, weight = part / whole, Z**2 / whole
    middle, reach = share + weight / 2, Z * sqrt(share * (1 - share) / whole + weight / (4 * whole))
    return (middle - reach) / (1 + weight), (middle + reach) / (1 + weight)


def segments(counts: Numbers, penalty: float) -> list[int]:
    """The ends of the stretches of one Poisson rate that fit best, each at a price: exactly what PELT looks for."""
    sums = np.concatenate([[0.0], np.cumsum(np.asarray(counts, dtype=np.float64))])
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


def bayesian_blocks(times: Numbers) -> NDArray[np.float64]:
    """The edges of blocks of one rate among moments (Scargle and others 2013, false alarms 0.05)."""
    moments = np.unique(np.asarray(times, dtype=np.float64))
    edges = np.concatenate([moments[:1], (moments[1:] + moments[:-1]) / 2, moments[-1:]])
    left = moments[-1] - edges
    prior = 4 - log(73.53 * 0.05 * moments.size**-0.478)
    best, last = np.zeros(moments.size), np.zeros(moments.size, dtype=np.int64)
    for place in range(moments.size):
        width = left[: place + 1] - left[place + 1]
        count = np.arange(place + 1, 0, -1)
        fit = count * np.log(count / np.maximum(width, 1e-12)) - prior
        fit[1:] += best[:place]
        last[place] = fit.argmax()
        best[place] = fit[last[place]]
    cuts = [moments.size]
    while cuts[-1]:
        cuts.append(int(last[cuts[-1] - 1]))
    return edges[cuts[::-1]]


def kleinberg(times: Numbers) -> int:
    """The highest level of Kleinberg's bursts (rate doubled from level to level, gamma 1)."""
    gaps = np.diff(np.asarray(times, dtype=np.float64))
    gaps = gaps[gaps > 0]
    if gaps.size < 2:
        return 0
    levels = int(np.ceil(1 + np.log2(gaps.sum()) + np.log2(1 / gaps.min())))
    rate = gaps.size / gaps.sum() * 2.0 ** np.arange(levels)
    up = log(gaps.size) * np.maximum(0, np.arange(levels)[None, :] - np.arange(levels)[:, None])
    cost = np.where(np.arange(levels) == 0, 0.0, np.inf)
    back = np.zeros((gaps.size, levels), dtype=np.int64)
    for number, gap in enumerate(gaps):
        step = cost[:, None] + up
        back[number] = step.argmin(axis=0)
        cost = step.min(axis=0) - np.log(rate) + rate * gap
    level = highest = int(cost.argmin())
    for number in range(gaps.size - 1, 0, -1):
        level = int(back[number][level])
        highest = max(highest, level)
    return highest


class Break(NamedTuple):
    """Values whose mean changes once, after the first `size` of them; `gain` is that of one break over none by the criterion BIC, above 0 if one is better."""

    size: int
    before: float
    after: float
    gain: float
    spreads: tuple[float, float]

    @property
    def size_range(self) -> tuple[int, int] | None:
        """The 95% range of the size (Bai 1997), the variances of the sides as they are; None where it cannot be computed."""
        first, second = self.spreads
        if not (first and second and self.after != self.before):
            return None
        ratio, unit = second / first, first / (self.after - self.before) ** 2
        if not TAIL < _place_of_break(1e-9, ratio) < 1 - TAIL:
            return None
        later = brentq(lambda place: _place_of_break(place, ratio) - (1 - TAIL), 1e-9, 1e4)
        earlier = brentq(lambda place: _place_of_break(place, ratio) - TAIL, -1e4, -1e-9)
        return self.size - ceil(later * unit), self.size - floor(earlier * unit)


def least_squares_break(values: Numbers, least: float = 0.15) -> Break:
    """The division into two means that leaves the smallest squares, as strucchange of R finds it; `least` is the smallest part of the values on either side."""
    y = np.asarray(values, dtype=np.float64)
    margin = max(2, floor(least * y.size))

    def squares(size: int) -> float:
        return float(y[:size].var() * size + y[size:].var() * (y.size - size))

    size = min(range(margin, y.size - margin + 1), key=squares)
    left, whole = squares(size), float(y.var() * y.size)
    gain = (y.size * log(whole / left) if left else inf if whole else 0.0) - 2 * log(y.size)
    spreads = float(y[:size].var()), float(y[size:].var())
    return Break(size, float(y[:size].mean()), float(y[size:].mean()), gain, spreads)


def _place_of_break(place: float, spread: float) -> float:
    """The distribution of the place of the greatest of a Brownian motion with drift on both sides, whose variances have the ratio `spread` (Bai 1997, appendix B)."""
    away, part = abs(place), 1 / spread
    if place < 0:
        return (
            -exp(log(away) / 2 - away / 8 - log(2 * pi) / 2)
            - spread
            * (spread + 2)
            / (spread + 1)
            * exp(part * (1 + part) * away / 2 + float(log_ndtr(-(0.5 + part) * sqrt(away))))
            + exp(log(away / 2 - 2 + (spread + 2) ** 2 / (spread + 1)) + float(log_ndtr(-sqrt(away) / 2)))
        )
    return (
        1
        + sqrt(part) * exp(log(away) / 2 - part * away / 8 - log(2 * pi) / 2)
        + part
        * (2 * spread + 1)
        / (spread + 1)
        * exp((spread + 1) * away / 2 + float(log_ndtr(-(spread + 0.5) / sqrt(spread) * sqrt(away))))
        - exp(
            log((2 * spread + 1) ** 2 / ((spread + 1) * spread) - 2 + part * away / 2)
            + float(log_ndtr(-sqrt(part) * sqrt(away) / 2))
        )
    )
