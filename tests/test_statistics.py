"""The methods give the known answers: made with R 4.2.2 unless another source is named, to the digits printed there."""

from __future__ import annotations

from math import factorial, inf, isnan, log, nan

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
    mann_kendall,
    rate_ratio,
    share_interval,
    theil_sen,
    week_shuffle,
)

# British coal-mining disasters 1851-1962, R boot::coal. (Tutorials often have another vector, which differs in five years and sums to 188.)
COAL = [
    int(digit)
    for digit in "4541043406334026335453144155342522342132211113001011003103220111010100021000110233112111123300014000100000100101"
]
# R datasets::Nile, 1871-1970
NILE = [
    *(1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140),
    *(1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969),
    *(831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759),
    *(781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890),
    *(744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740),
]
# The series of pyMannKendall's own tests, there compared with four packages of R; -1 stands where a value is missing.
ARBITRARY_WORDS = """
    32 20 25 189 240 193 379 278 301 0 0 82 0 4 -1 -1 121 234 360 262 120 30 11 1 7 3 31 31 355 102 248 274 308
    -1 5 26 11 16 6 48 388 539 431 272 404 186 0 2 0 4 1 54 272 459 235 164 365 135 2 -1 -1 4 0 128 210 163 446
    225 462 467 19 13 0 3 17 132 178 338 525 623 145 31 19 3 0 29 25 87 259 756 486 180 292 43 92 1 0 16 2 0 130
    253 594 111 273 30 0 4 0 27 24 41 292 378 499 265 320 227 4 0 4 14 8 48 416 240 404 207 733 105 0 112 0 14 0
    30 140 202 289 159 424 106 3 0 65 3 14 58 268 466 432 266 240 95 1 0 10 26 4 114 94 289 173 208 263 156 5 0
    16 16 14 0 111 475 534 432 471 117 70 1 3 28 7 401 184 283 338 171 335 176 0 0 10 11 9 140 102 208 298 245
    220 29 2 27 10 13 26 84 143 367 749 563 283 353 10 0 0 0 0 9 246 265 343 429 168 133 17 0 18 35 76 158 272
    250 190 289 466 84 0 0 0 0 0 22 217 299 185 115 344 203 8 -1 -1 0 5 284 123 254 476 496 326 27 20 0 4 53 72
    113 214 364 219 220 156 264 0 13 0 0 45 90 137 638 529 261 206 251 0 0 5 9 58 72 138 130 471 328 356 523 0 1
    0 0 12 143 193 184 192 138 174 69 1 0 0 18 25 28 92 732 320 256 302 131 15 0 27 0 22 20 213 393 474 374 109
    159 0 0 0 3 3 49 205 128 194 570 169 89 0 0 0 0 0 26 185 286 92 225 244 190 3 20
"""
ARBITRARY = [nan if word == "-1" else float(word) for word in ARBITRARY_WORDS.split()]
COUNTS = st.lists(st.integers(0, 30), min_size=3, max_size=12)


def digits(value: float) -> object:
    """Equal to the last of ten digits."""
    return pytest.approx(value, rel=6e-10, abs=1e-12)


@pytest.mark.parametrize(
    ("after", "after_time", "before", "before_time", "ratio", "low", "high", "p"),
    [
        pytest.param(
            11, 800, 21, 3011, 1.971488095, 0.8584264034, 4.277265944, 0.07966863303, id="R ?poisson.test, eba1977"
        ),
        pytest.param(40, 30, 10, 30, 4, 1.965747616, 8.969867325, 2.386133168e-05, id="R"),
        pytest.param(5, 30, 0, 30, inf, 0.9163558573, inf, 0.0625, id="R, nothing before"),
        pytest.param(0, 14, 7, 60, 0, 0, 2.973488486, 0.3603234042, id="R, nothing after"),
        pytest.param(12, 28, 12, 56, 2, 0.8218367605, 4.867146606, 0.08755884837, id="R, unequal times"),
    ],
)
def test_exact_conditional_rate_ratio(
    after: int, after_time: float, before: int, before_time: float, ratio: float, low: float, high: float, p: float
) -> None:
    assert rate_ratio(after, after_time, before, before_time) == (digits(ratio), digits(low), digits(high), digits(p))


def test_a_rate_ratio_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="something counted"):
        rate_ratio(0, 28, 0, 28)
    with pytest.raises(ValueError, match="time on both sides"):
        rate_ratio(3, 28, 3, 0)


def test_exact_share() -> None:
    assert share_interval(17, 40) == (digits(0.2704290313), digits(0.5910994196))
    assert share_interval(0, 10) == (0, digits(1 - 0.025**0.1))
    assert share_interval(10, 10) == (digits(0.025**0.1), 1)


@pytest.mark.parametrize(
    ("series", "excess", "z", "p", "tau"),
    [
        pytest.param(NILE, -1387, -4.128066523, 3.658262922e-05, -0.2807413347, id="R Nile"),
        pytest.param(COAL, 1263 - 3691, -6.275292587, 3.489774104e-10, -0.4375373966, id="R boot::coal, many ties"),
        pytest.param(
            [one for one in ARBITRARY if not isnan(one)],
            -1959,
            -0.8854562843,
            0.3759105874,
            None,
            id="pyMannKendall, printed",
        ),
    ],
)
def test_mann_kendall(series: list[float], excess: int, z: float, p: float, tau: float | None) -> None:
    found = mann_kendall(series)
    assert (found.more - found.fewer, found.z, found.p) == (excess, digits(z), digits(p))
    assert found.more + found.fewer + found.same == len(series) * (len(series) - 1) / 2
    assert tau is None or found.tau == digits(tau)


def test_theil_sen() -> None:
    years = range(1871, 1971)
    assert theil_sen(years, NILE) == (digits(-2.6), pytest.approx(-3.6279, abs=5e-5), pytest.approx(-1.4286, abs=5e-5))
    there = np.flatnonzero(~np.isnan(ARBITRARY))
    assert theil_sen(there, np.array(ARBITRARY)[there]).slope == digits(-0.006369426752)  # pyMannKendall, printed
    with pytest.raises(ValueError, match="two values"):
        theil_sen([1], [1])


def test_log_linear() -> None:
    found = log_linear(range(1, 113), COAL)
    assert found is not None
    assert sum(COAL) == 191
    assert found.slope == digits(-0.01837145657)
    # R stops its iteration at a change of 1e-8 and prints the error and phi of the step before: five digits are equal, the rest are not.
    assert found.se == pytest.approx(0.00247267496, rel=2e-5)
    assert found.phi == pytest.approx(1.110358068, rel=2e-5)
    assert found.se * found.phi**0.5 == pytest.approx(0.002605544874, rel=1e-6)
    t = 1.981765282  # qt(0.975, 110)
    assert (found.high - found.low) / 2 == pytest.approx(t * 0.002605544874, rel=1e-6)


# R datasets::discoveries, 1860-1959
DISCOVERIES = [
    *(5, 3, 0, 2, 0, 3, 2, 3, 6, 1, 2, 1, 2, 1, 3, 3, 3, 5, 2, 4, 4, 0, 2, 3, 7, 12, 3, 10, 9, 2, 3, 7, 7, 2, 3, 3, 6, 2, 4, 3),
    *(5, 2, 2, 4, 0, 4, 2, 5, 2, 3, 3, 6, 5, 8, 3, 6, 6, 0, 5, 2, 2, 2, 6, 3, 4, 4, 2, 2, 4, 7, 5, 3, 3, 0, 2, 2, 2, 1, 3, 4),
    *(2, 2, 1, 1, 1, 2, 1, 4, 4, 3, 2, 1, 4, 1, 1, 1, 0, 0, 2, 0),
]  # fmt: skip


def test_change_point() -> None:
    found = change_point(COAL)
    assert found is not None
    assert (found.size, found.before, found.after) == (41, digits(3.097560976), digits(0.9014084507))
    assert found.gain == digits(69.98834475)
    found = change_point(DISCOVERIES)
    assert found is not None
    assert (found.size, found.before, found.after) == (73, digits(3.602739726), digits(1.740740741))
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


def test_reversals_of_the_intervals_of_nist() -> None:
    """NIST/SEMATECH e-Handbook, reverse arrangements: 33 of 45."""
    assert mann_kendall([5, 35, 3, 132, 214, 323, 35, 48, 504, 179]).more == 33


def test_a_rate_alone() -> None:
    """The Welsh nickel workers of R's help page: 137 in 24.19893. The exact Poisson range by the same beta quantiles, in the limit of a very long other side."""
    found = rate_ratio(137, 24.19893, 10_000_000, 10_000_000)
    assert found.ratio == digits(5.661407343)
    assert (found.low, found.high) == (pytest.approx(4.753124805, rel=2e-4), pytest.approx(6.692709334, rel=2e-4))


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
