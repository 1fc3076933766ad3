"""Made-up contact for the benchmarks: the moments of items over some days, in worlds in which nothing changes and in worlds in which contact rises.

They are those of the study behind the verdict (section 1.1 of its notes), written anew from its description. Where that leaves a number open (sizes of `heavy`,
spread of moods), it is chosen so that 200 items in 91 days look as they did there: weekly variance by mean 6.7 in `cluster` and 13.2 in `heavy`; sessions for
each item 0.25 in `cluster`, 0.28 in `heavy`, 0.32 in `lgcp` and 0.70 in `hawkes`. `tests/test_false_alarms.py` holds them to it.

Times are in days from the beginning, in order. Everything is drawn from a generator that the caller has seeded.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log, sqrt
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Times: TypeAlias = NDArray[np.float64]
"""Days from the beginning, in order."""
Generator: TypeAlias = np.random.Generator
World: TypeAlias = Callable[[Generator, int, float], Times]
"""From a generator, a number of days, and the items that are expected in them."""

WAIT_DAYS: Final = 6 / 1440
"""Between two items of a session, on average: six minutes."""
HEAVY_MEAN: Final = 1 + sum((0.9 / size) ** 1.3 for size in range(1, 80))
"""Items of a session of `heavy`."""


class Seen(NamedTuple):
    """What a method is given: the moments, and how many days they are from."""

    times: Times
    days: int

    def per_week(self, times: Times) -> NDArray[np.int64]:
        """How many of some moments lie in each complete week."""
        weeks = self.days // 7
        return np.bincount((times // 7).astype(np.int64), minlength=weeks)[:weeks]

    def per_day(self, times: Times) -> NDArray[np.int64]:
        """How many of some moments lie on each day."""
        return np.bincount(times.astype(np.int64), minlength=self.days)[: self.days]

    def openers(self, gap_minutes: int) -> Times:
        """The moments at which a session begins: after more than so many minutes without an item."""
        return self.times[np.diff(self.times, prepend=-np.inf) > gap_minutes / 1440]

    @property
    def contact_days(self) -> NDArray[np.int64]:
        """Days with contact in each week."""
        return self.per_week(np.unique(self.times.astype(np.int64)).astype(np.float64))


def poisson(chance: Generator, days: int, items: float) -> Times:
    """Every item for itself."""
    return np.sort(chance.uniform(0, days, chance.poisson(items)))


def _in_sessions(chance: Generator, starts: Times, sizes: NDArray[np.int64], days: int) -> Times:
    """Items some minutes apart from the beginning of their session."""
    first = np.cumsum(sizes) - sizes
    steps = chance.exponential(WAIT_DAYS, int(sizes.sum()))
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
    """Sessions of which a few are very long, up to 80 items."""
    starts = _starts(chance, np.ones(days), items / HEAVY_MEAN)
    sizes = np.ceil(0.9 * (1 + chance.pareto(1.3, starts.size)))
    return _in_sessions(chance, starts, np.minimum(80, sizes).astype(np.int64), days)


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


CONSTANT: Final[dict[str, World]] = {
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
    """As many sessions throughout, but each grows to four times as many items: four on average over the whole time."""
    starts = _starts(chance, np.ones(days), items / 4)
    size = 4 * log(4) / 3 * 4.0 ** (starts / days)
    return _in_sessions(chance, starts, chance.geometric(1 / size), days)


RISING: Final[dict[str, World]] = {"smooth 4x": smooth, "step 4x late": step, "items per session 4x": grows}
