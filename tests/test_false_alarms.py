"""The small version of `benchmarks/false_alarms.py`: how often the verdict finds a rise where nothing changed, and where something has."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import bdtrc

from benchmarks import methods
from benchmarks.false_alarms import METHODS, alarms, verdict
from benchmarks.worlds import CONSTANT, RISING, Seen

STEADY = ("poisson", "cluster", "heavy", "weekend", "hawkes")
DESIGNS = ((91, 200), (182, 200))
RUNS = 30


def at_least(hits: int, tries: int, rate: float) -> float:
    """The probability of so many hits or more if each try hits at this rate."""
    return float(bdtrc(hits - 1, tries, rate)) if hits else 1.0


def test_steady_contact_is_called_rising_in_no_more_than_one_of_forty_cases() -> None:
    names = ("OUR VERDICT", "Poisson regression, items")
    ours, naive = (int(hits) for hits in sum(alarms(CONSTANT[world], names, DESIGNS, RUNS).sum(0) for world in STEADY))
    tries = len(STEADY) * len(DESIGNS) * RUNS
    assert at_least(ours, tries, 0.025) > 0.001, f"{ours} of {tries}"
    assert at_least(naive, tries, 0.025) < 0.001, "this check would not notice a method that errs"


@pytest.mark.parametrize(("world", "least"), [("smooth 4x", 0.75), ("items per session 4x", 0.43)])
def test_a_rise_to_four_times_is_found(world: str, least: float) -> None:
    """In these two designs it is found in 81 and in 52 of 100."""
    hits = int(alarms(RISING[world], ("OUR VERDICT",), ((182, 200), (364, 400)), RUNS).sum())
    assert 1 - at_least(hits + 1, 2 * RUNS, least) > 0.001, f"{hits} of {2 * RUNS}"


@pytest.mark.parametrize("world", [*CONSTANT, *RISING])
def test_the_worlds_are_seeded_and_of_the_size_that_is_asked_for(world: str) -> None:
    make = {**CONSTANT, **RISING}[world]
    first, again = (make(np.random.default_rng(3), 182, 600) for _ in range(2))
    assert np.array_equal(first, again)
    assert np.all(np.diff(first) >= 0)
    assert first.size == 0 or (first[0] >= 0 and first[-1] < 182)
    sizes = [make(np.random.default_rng(number), 182, 600).size for number in range(60)]
    assert np.mean(sizes) == pytest.approx(600, abs=4 * np.std(sizes) / 60**0.5)


@pytest.mark.parametrize(
    ("world", "spread", "share"),
    [("cluster", 6.7, 0.25), ("heavy", 13.2, 0.28), ("lgcp", None, 0.32), ("hawkes", None, 0.70)],
)
def test_the_worlds_look_as_those_of_the_study(world: str, spread: float | None, share: float) -> None:
    """Weekly variance by mean, and sessions for each item, of 200 items in 91 days."""
    chance = np.random.default_rng(1)
    seen = [Seen(CONSTANT[world](chance, 91, 200), 91) for _ in range(300)]
    found = [one.openers(60).size / one.times.size for one in seen if one.times.size]
    assert np.mean(found) == pytest.approx(share, abs=0.02)
    if spread:
        ratios = [one.per_week(one.times).var(ddof=1) / one.per_week(one.times).mean() for one in seen]
        assert np.mean(ratios) == pytest.approx(spread, abs=4 * np.std(ratios) / 300**0.5)


def test_every_method_says_yes_or_no_even_of_nothing() -> None:
    late = np.array([90.9999999])
    for times in (np.array([]), np.array([3.25]), late, np.array([3.25, 3.25, 9.5]), np.linspace(0.1, 90.9, 40)):
        for name, method in METHODS.items():
            assert method(Seen(times, 91)) in {True, False}, name


def test_methods_for_bursts_find_them_in_steady_contact() -> None:
    names = ("Kleinberg bursts, items", "Bayesian blocks, items", "segmentation (PELT), items")
    kleinberg, blocks, segments = alarms(CONSTANT["cluster"], names, ((182, 200),), 20)[0]
    assert kleinberg >= 18
    assert blocks >= 3
    assert segments >= 3


def test_blocks_begin_where_the_rate_changes() -> None:
    times = np.concatenate([np.linspace(0, 50, 26), np.linspace(50.1, 60, 100)])
    edges = methods.bayesian_blocks(times)
    assert edges.tolist() == [0, pytest.approx(50, abs=0.2), 60]


def test_the_verdict_of_a_simulated_record_is_that_of_the_program() -> None:
    found = verdict(Seen(np.array([]), 91))
    assert not found.enough
