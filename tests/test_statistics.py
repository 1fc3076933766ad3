"""The methods beside their known answers (`test_known_answers.py`): edges, all orders, and what must not matter."""

from __future__ import annotations

from math import factorial, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.analysis.statistics import (
    SHUFFLES,
    change_point,
    change_point_shuffle,
    holm,
    log_linear,
    rate_ratio,
    share_interval,
    theil_sen,
    week_shuffle,
)

COUNTS = st.lists(st.integers(0, 30), min_size=3, max_size=12)


def digits(value: float) -> object:
    """Equal to the last of ten digits."""
    return pytest.approx(value, rel=6e-10, abs=1e-12)


def test_a_rate_ratio_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="something counted"):
        rate_ratio(0, 28, 0, 28)
    with pytest.raises(ValueError, match="time on both sides"):
        rate_ratio(3, 28, 3, 0)


def test_a_share_of_nothing_or_all() -> None:
    assert share_interval(0, 10) == (0, digits(1 - 0.025**0.1))
    assert share_interval(10, 10) == (digits(0.025**0.1), 1)


def test_a_slope_needs_two_values() -> None:
    with pytest.raises(ValueError, match="two values"):
        theil_sen([1], [1])


def test_change_point() -> None:
    assert change_point([1, 2, 3], least=2) is None
    flat = change_point([2, 2, 2, 2])
    assert flat is not None
    assert flat.gain == pytest.approx(0)


def test_a_division_among_all_orders() -> None:
    # Of the six orders of 0, 0, 9, 9 two put both nines on one side.
    found = change_point_shuffle([0, 0, 9, 9])
    assert found.orders == factorial(4)
    assert found.either == factorial(4) * 2 / 6
    assert change_point_shuffle([3] * 12).p == 1
    assert change_point_shuffle([1] * 6 + [9] * 6).either < 40  # 2 of 924 orders are as sharp
    assert change_point_shuffle([1, 2], least=2) == (1, 1, 1, 1)


@pytest.mark.parametrize(
    "counts", [[1, 2], [0, 0, 0, 0], [0, 0, 0, 5], [5, 0, 0, 0]], ids=["two", "none", "only last", "only first"]
)
def test_where_there_is_no_finite_growth_none_is_given(counts: list[int]) -> None:
    assert log_linear(range(len(counts)), counts) is None


def test_variance_below_that_of_poisson_does_not_narrow_the_range() -> None:
    found = log_linear(range(10), [4] * 10)
    assert found is not None
    assert (found.slope, found.phi) == (digits(0), digits(0))
    assert found.high == pytest.approx(
        2.306004135 / (40 * 8.25) ** 0.5
    )  # qt(0.975, 8) times the error of a Poisson fit


@settings(max_examples=50, deadline=None)
@given(COUNTS)
def test_the_fit_is_the_maximum(counts: list[int]) -> None:
    found = log_linear(range(len(counts)), counts)
    if found is None:
        return

    def likelihood(slope: float) -> float:
        place = np.arange(len(counts)) - (len(counts) - 1) / 2
        return float((np.array(counts) * place).sum() * slope - sum(counts) * log(np.exp(slope * place).sum()))

    best = likelihood(found.slope)
    assert all(likelihood(found.slope + step) < best + 1e-9 for step in (-0.01, 0.01))
    assert found.low < found.slope < found.high


def test_a_factor_for_several_steps() -> None:
    found = log_linear(range(5), [1, 2, 4, 8, 16])
    assert found is not None
    assert found.factor(1)[0] == pytest.approx(2)
    assert found.factor(4)[0] == pytest.approx(16)


def test_all_orders_of_few_weeks() -> None:
    (found,) = week_shuffle(range(8), [1, 2, 3, 4, 5, 6, 7, 8])
    assert found == (factorial(8), 1, factorial(8), 2)
    (found,) = week_shuffle(range(3), [0, 0, 1])  # each week is the one with the contact in two of six orders
    assert found == (6, 2, 6, 4)
    assert found.p == pytest.approx(4 / 6)


def test_shuffles_of_many_weeks_count_the_order_as_it_is() -> None:
    rise, fall, flat = week_shuffle(range(20), list(range(20)), list(range(20, 0, -1)), [3] * 20)
    assert rise == (SHUFFLES + 1, 1, SHUFFLES + 1, 1)
    assert fall == (SHUFFLES + 1, SHUFFLES + 1, 1, 1)
    assert flat == (SHUFFLES + 1,) * 4
    assert flat.p == 1


def test_shuffles_are_fixed() -> None:
    (found,) = week_shuffle(range(13), [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9])
    assert found == week_shuffle(range(13), [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9])[0]
    assert found == (10_000, 148, 9_863, 308)


def test_a_drawn_sample_of_orders_comes_near_to_all_orders() -> None:
    # Nine weeks with contact in one of them only, the last: the exact answers are 1/9 and 2/9.
    (found,) = week_shuffle(range(9), [0] * 8 + [4])
    assert found.as_high / found.orders == pytest.approx(1 / 9, abs=0.01)
    assert found.p == pytest.approx(2 / 9, abs=0.015)


@settings(max_examples=30, deadline=None)
@given(COUNTS, st.integers(-500, 500))
def test_the_number_of_the_first_week_does_not_matter(counts: list[int], start: int) -> None:
    assert week_shuffle(range(len(counts)), counts) == week_shuffle(range(start, start + len(counts)), counts)


def test_missing_weeks_keep_their_distance() -> None:
    # Of three weeks, 0, 1 and 10, the last is far away: contact in the last one only is the strongest rise, in the middle one hardly any.
    last, middle = week_shuffle([0, 1, 10], [0, 0, 1], [0, 1, 0])
    assert last.as_high == 2
    assert middle.as_high == 4
    assert last.either == 2


def test_no_weeks() -> None:
    assert week_shuffle([], [], []) == ((1, 1, 1, 1),) * 2


def test_holm() -> None:
    assert holm(0.01, 0.04) == (0.02, 0.04)
    assert holm(0.04, 0.03) == (0.06, 0.06)
    assert holm(0.9, 0.8) == (1.0, 1.0)
    assert holm() == ()
