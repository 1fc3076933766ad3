"""The small version of `benchmarks/false_alarms.py`: how often the verdict finds a rise where nothing changed, and where something has."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import bdtrc

from benchmarks.false_alarms import CONSTANT, RISING, Seen, alarms, laplace, verdict

STEADY = ("poisson", "cluster", "heavy", "weekend", "hawkes")
DESIGNS = ((91, 200), (182, 200))
RUNS = 30


def at_least(hits: int, tries: int, rate: float) -> float:
    """The probability of so many hits or more if each try hits at this rate."""
    return float(bdtrc(hits - 1, tries, rate)) if hits else 1.0


def test_steady_contact_is_called_rising_in_no_more_than_one_of_forty_cases() -> None:
    found = sum(alarms(CONSTANT[world], ("OUR VERDICT", "Poisson trend, items"), DESIGNS, RUNS) for world in STEADY)
    ours, naive = (int(hits) for hits in np.asarray(found))
    tries = len(STEADY) * len(DESIGNS) * RUNS
    assert at_least(ours, tries, 0.025) > 0.001, f"{ours} of {tries}"
    assert at_least(naive, tries, 0.025) < 0.001, "this check would not notice a method that errs"


def test_a_rise_to_four_times_is_found() -> None:
    """The study found it in 74 of 100 over its designs, and in 43 where only the items of each session grow."""
    for world, least in (("smooth 4x", 0.6), ("items per session 4x", 0.25)):
        (hits,) = alarms(RISING[world], ("OUR VERDICT",), ((182, 200), (364, 400)), RUNS)
        assert 1 - at_least(int(hits) + 1, 2 * RUNS, least) > 0.001, f"{world}: {hits} of {2 * RUNS}"


@pytest.mark.parametrize("world", [*CONSTANT, *RISING])
def test_the_worlds_are_seeded_and_of_the_size_that_is_asked_for(world: str) -> None:
    make = {**CONSTANT, **RISING}[world]
    first, again = (make(np.random.default_rng(3), 182, 600) for _ in range(2))
    assert np.array_equal(first, again)
    assert np.all(np.diff(first) >= 0)
    assert first.size == 0 or (first[0] >= 0 and first[-1] < 182)
    sizes = [make(np.random.default_rng(number), 182, 600).size for number in range(40)]
    assert 400 < np.mean(sizes) < 900


def test_laplace_gives_the_known_answer() -> None:
    """NIST/SEMATECH e-Handbook, case study 1: failures of a system that improves; computed with R."""
    times = np.array([5, 40, 43, 175, 389, 712, 747, 795, 1299, 1478], dtype=np.float64)
    assert laplace(times, 1500) == pytest.approx(-1.326949183, rel=1e-9)


def test_the_verdict_of_a_simulated_record_is_that_of_the_program() -> None:
    found = verdict(Seen(np.array([]), 91))
    assert not found.enough
