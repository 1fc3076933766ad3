"""The small version of `benchmarks/false_alarms.py`: how often the verdict finds a rise where nothing changed, and where something has."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from scipy.special import bdtrc, gammainc
from test_statistics import COAL

from benchmarks.false_alarms import CONSTANT, RISING, Seen, alarms, laplace, power_law, segments, verdict

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


TIMES = {
    "NIST": (5, 40, 43, 175, 389, 712, 747, 795, 1299, 1478),
    "ReliaWiki": (2.7, 10.3, 12.5, 30.6, 57.0, 61.3, 80.0, 109.5, 125.0, 128.6, 143.8, 167.9, 229.2, 296.7, 320.6, 328.2, 366.2, 396.7, 421.1, 438.2, 501.2, 620.0),
    "MIL-HDBK-189": (2.6, 16.5, 16.5, 17.0, 21.4, 29.1, 33.3, 56.5, 63.1, 70.6, 73.0, 77.7, 93.9, 95.5, 98.1, 101.1, 132.0, 142.2, 147.7, 149.0, 167.2, 190.7, 193.0, 198.7, 251.9, 282.5, 286.1),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "length", "shape", "rate"),
    [
        pytest.param("NIST", 1500, 0.5372288660, None, id="R"),
        pytest.param("ReliaWiki", 620, 0.6142104, 0.4239422, id="ReliaWiki, ends with the last"),
        pytest.param("MIL-HDBK-189", 300, 0.7163392624, 0.4538418614, id="MIL-HDBK-189, appendix C"),
    ],
)
def test_the_power_law_gives_the_known_answers(name: str, length: float, shape: float, rate: float | None) -> None:
    times = np.array(TIMES[name], dtype=np.float64)
    found, total = power_law(times, length)
    assert found == pytest.approx(shape, rel=2e-8 if name == "ReliaWiki" else 1e-9)
    assert rate is None or times.size / length**found == pytest.approx(rate, rel=2e-7)
    if name == "NIST":
        assert total == pytest.approx(37.22808148, rel=1e-9)
        assert gammainc(times.size, total / 2) == pytest.approx(0.9890136, rel=1e-7)  # chi-square with 2n degrees
        modified = found * (times.size - 1) / times.size
        assert 1 - modified == pytest.approx(0.516494, abs=5e-7)  # printed by NIST
        assert length / (modified * times.size) == pytest.approx(310.234, abs=5e-4)


def test_segmentation_gives_the_known_answer() -> None:
    """British coal-mining disasters 1851-1962: rates change after 1891 and 1947."""
    assert [1850 + end for end in segments(np.array(COAL), 2 * log(112))] == [1891, 1947, 1962]


def test_a_method_that_finds_bursts_finds_them_in_steady_contact() -> None:
    (found,) = alarms(CONSTANT["cluster"], ("Kleinberg bursts, items",), ((91, 200),), 20)
    assert found >= 18


def test_the_verdict_of_a_simulated_record_is_that_of_the_program() -> None:
    found = verdict(Seen(np.array([]), 91))
    assert not found.enough
