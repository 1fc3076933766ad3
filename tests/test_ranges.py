"""The small version of `benchmarks/ranges.py`: how often the ranges that the report prints hold the true value."""

from __future__ import annotations

import pytest
from scipy.special import bdtr

from benchmarks.ranges import METHODS, held, step_found


@pytest.mark.parametrize("world", ["cluster", "lgcp"])
def test_the_ranges_of_the_report_hold_the_true_value(world: str) -> None:
    found = dict(zip((name for name, *_ in METHODS), held(world, 12), strict=True))
    for name, (hits, tries) in found.items():
        if name.startswith("*"):
            assert tries >= 40
            assert bdtr(hits, tries, 0.95) > 0.001, f"{name}: {hits} of {tries}"
    hits, tries = found["ratio: exact, items"]
    assert bdtr(hits, tries, 0.95) < 0.001, "this check would not notice a range that is too narrow"


def test_the_week_of_a_large_step_is_in_its_range() -> None:
    hits, tries = step_found(364, 400, 12)
    assert tries >= 10
    assert hits >= tries - 3
