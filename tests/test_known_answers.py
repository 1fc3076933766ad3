"""Every known answer, to the last digit that is printed: of the methods that Fourline uses, and of those that the benchmarks set beside them.

The answers were collected in `shared/real/analytics/known_answers.md`, made with R 4.2.2 unless another source is named there. They are not copied: each stands
here once, with its input, as the program must give it; where that file is at hand, the last test looks for any number in it that is not checked.
"""

from __future__ import annotations

import ast
import re
from decimal import Decimal
from math import inf, isnan, log, nan
from pathlib import Path

import numpy as np
import pytest
from scipy.special import chdtr, pdtrc
from scipy.stats import poisson_means_test

from benchmarks import methods
from pipeline.analysis.recurrence import needed
from pipeline.analysis.statistics import change_point, log_linear, mann_kendall, rate_ratio, share_interval, theil_sen
from pipeline.analysis.surroundings import on_the_plan
from pipeline.timeline.places import metres

# British coal-mining disasters 1851-1962, R boot::coal. (Tutorials often have another vector, which differs in five years and sums to 188.)
COAL = [
    int(digit)
    for digit in "4541043406334026335453144155342522342132211113001011003103220111010100021000110233112111123300014000100000100101"
]
CARLIN = {1891: (2, 1), 1931: (3, 2), 1941: (3, 4), 1942: (3, 2), 1962: (1, 0)}
"""The years in which that other vector differs: our value, and its."""
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
# R datasets::discoveries, 1860-1959
DISCOVERIES = [
    *(5, 3, 0, 2, 0, 3, 2, 3, 6, 1, 2, 1, 2, 1, 3, 3, 3, 5, 2, 4, 4, 0, 2, 3, 7, 12, 3, 10, 9, 2, 3, 7, 7, 2, 3, 3, 6, 2, 4, 3),
    *(5, 2, 2, 4, 0, 4, 2, 5, 2, 3, 3, 6, 5, 8, 3, 6, 6, 0, 5, 2, 2, 2, 6, 3, 4, 4, 2, 2, 4, 7, 5, 3, 3, 0, 2, 2, 2, 1, 3, 4),
    *(2, 2, 1, 1, 1, 2, 1, 4, 4, 3, 2, 1, 4, 1, 1, 1, 0, 0, 2, 0),
]  # fmt: skip
# NIST/SEMATECH e-Handbook, case study 1: failures of a system that improves; observed for 1500 hours
NIST = [5, 40, 43, 175, 389, 712, 747, 795, 1299, 1478]
RELIAWIKI = [
    *(2.7, 10.3, 12.5, 30.6, 57.0, 61.3, 80.0, 109.5, 125.0, 128.6, 143.8, 167.9, 229.2, 296.7, 320.6, 328.2, 366.2, 396.7, 421.1, 438.2),
    *(501.2, 620.0),
]  # fmt: skip
# MIL-HDBK-189 (1981), appendix C; observed until 300
HANDBOOK = [
    *(2.6, 16.5, 16.5, 17.0, 21.4, 29.1, 33.3, 56.5, 63.1, 70.6, 73.0, 77.7, 93.9, 95.5, 98.1, 101.1, 132.0, 142.2, 147.7, 149.0, 167.2),
    *(190.7, 193.0, 198.7, 251.9, 282.5, 286.1),
]  # fmt: skip


class Printed:
    """A number as it is printed in a section of the collection: equal to what rounds to it."""

    def __init__(self, _section: int, text: str) -> None:
        self.text = text

    def __eq__(self, other: object) -> bool:
        assert isinstance(other, (int, float))
        if self.text == "Inf":
            return other == inf
        exact = Decimal(self.text)
        digit = Decimal(1).scaleb(int(exact.as_tuple().exponent))
        return abs(Decimal(other) - exact) <= digit * Decimal("0.501")

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return self.text


def section(number: int, *rows: str) -> list[tuple[Printed, ...]]:
    """Rows of printed numbers."""
    return [tuple(Printed(number, text) for text in row.split()) for row in rows]


def test_a_printed_number_is_what_rounds_to_it() -> None:
    assert Printed(0, "0.1235") == 0.12345678
    assert Printed(0, "0.1235") != 0.1234
    assert Printed(0, "2.386e-05") == 2.3861e-5
    assert Printed(0, "2.386e-05") != 2.387e-5
    assert Printed(0, "41") == 41
    assert Printed(0, "Inf") == inf
    assert Printed(0, "Inf") != 1e300


RATIOS = section(
    1,
    "1.971488095 0.8584264034 4.277265944 0.07966863303",
    "4 1.965747616 8.969867325 2.386133168e-05",
    "Inf 0.9163558573 Inf 0.0625",
    "0 0 2.973488486 0.3603234042",
    "2 0.8218367605 4.867146606 0.08755884837",
)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        pytest.param((11, 800, 21, 3011), RATIOS[0], id="R ?poisson.test, eba1977"),
        pytest.param((40, 30, 10, 30), RATIOS[1], id="R"),
        pytest.param((5, 30, 0, 30), RATIOS[2], id="R, nothing before"),
        pytest.param((0, 14, 7, 60), RATIOS[3], id="R, nothing after"),
        pytest.param((12, 28, 12, 56), RATIOS[4], id="R, unequal times"),
    ],
)
def test_exact_conditional_rate_ratio(counts: tuple[int, int, int, int], expected: tuple[Printed, ...]) -> None:
    assert expected == tuple(rate_ratio(*counts))


def test_another_test_of_scipy_gives_another_answer() -> None:
    """`poisson_means_test` is the E-test, which is not the conditional one."""
    assert Printed(1, "0.13862") == poisson_means_test(11, 800, 21, 3011).pvalue


def test_one_rate() -> None:
    """The Welsh nickel workers of R's help page, against a rate of 1."""
    rate, low, high = section(1, "5.661407343 4.753124805 6.692709334")[0]
    assert rate == 137 / 24.19893
    assert (low, high) == methods.rate_range(137, 24.19893)
    assert 2 * pdtrc(136, 24.19893) < float(Printed(1, "2.2e-16").text)


def test_share() -> None:
    low, high, wilson_low, wilson_high = section(2, "0.2704290313 0.5910994196 0.2850939256 0.5780493146")[0]
    assert (low, high) == tuple(share_interval(17, 40))
    assert (wilson_low, wilson_high) == methods.wilson(17, 40)


def test_power_law_of_nist() -> None:
    found = methods.power_law(NIST, 1500)
    # Printed by NIST's own listing:
    assert Printed(3, "0.516494") == 1 - found.modified_shape
    assert Printed(3, "0.483506") == found.modified_shape
    assert Printed(3, "0.2913003") == 10 / 1500**found.modified_shape
    assert Printed(3, "310.234") == found.mean_time
    assert section(3, "157.7138 548.5566")[0] == found.mean_time_range(0.8)
    # Computed in Python, and with R:
    assert Printed(3, "0.48350598") == found.modified_shape
    assert Printed(3, "310.2340") == found.mean_time
    assert Printed(3, "0.5372288660") == found.shape
    assert Printed(3, "37.22808148") == found.total
    assert Printed(3, "0.9890136") == chdtr(20, found.total)
    assert section(3, "0.2576 0.9178")[0] == found.shape_range
    assert Printed(3, "-1.326949183") == methods.laplace(NIST, 1500)


def test_reversals_of_the_intervals_of_nist() -> None:
    reversals, pairs = section(3, "33 45")[0]
    found = mann_kendall(np.diff(NIST, prepend=0))
    assert reversals == found.more
    assert pairs == found.more + found.fewer + found.same


def test_power_law_of_reliawiki() -> None:
    """It ends with the last failure. `reliability` prints the same to five digits."""
    found = methods.power_law(RELIAWIKI, RELIAWIKI[-1])
    assert section(3, "0.6142104 0.4239422")[0] == (found.shape, found.scale)
    assert section(3, "0.61421 0.42394 0.38579")[0] == (found.shape, found.scale, 1 - found.shape)


def test_power_law_of_the_handbook() -> None:
    found = methods.power_law(HANDBOOK, 300)
    assert section(3, "0.7163392624 0.4538418614")[0] == (found.shape, found.scale)


def test_which_coal_mining_disasters() -> None:
    assert section(4, "191 112")[0] == (sum(COAL), len(COAL))
    assert {year: COAL[year - 1851] for year in CARLIN} == {year: ours for year, (ours, _) in CARLIN.items()}
    assert Printed(4, "188") == sum(COAL) + sum(theirs - ours for ours, theirs in CARLIN.values())


def test_change_point_of_coal() -> None:
    size, last, before, after, gain = section(4, "41 1891 3.097560976 0.9014084507 69.98834475")[0]
    found = change_point(COAL)
    assert found is not None
    assert (size, last, before, after, gain) == (found.size, 1850 + found.size, *found[1:])


def test_segments_of_coal() -> None:
    first, second = section(4, "1891 1947")[0]
    assert [first, second, 1962] == [1850 + end for end in methods.segments(COAL, 2 * log(112))]


def test_regressions_of_coal() -> None:
    """R stops at a relative change of the deviance of 1e-8, and its error and phi are those of the weights before the last step: done alike, every digit is the same."""
    slope, se, phi, quasi_se = section(4, "-0.01837145657 0.00247267496 1.110358068 0.002605544874")[0]
    years = range(1, 113)
    found = methods.poisson_regression(years, COAL)
    assert (slope, se, phi) == (found.slope, found.se, found.phi)
    assert quasi_se == found.se * found.phi**0.5
    slope, theta = section(4, "-0.01837823972 122.1567")[0]
    found = methods.negative_binomial_regression(years, COAL)
    assert (slope, theta) == (found.slope, found.theta)


def test_our_growth_is_that_of_r_carried_to_its_end() -> None:
    years = np.arange(1, 113)
    found = log_linear(years, COAL)
    assert found is not None
    assert Printed(4, "-0.01837145657") == found.slope
    # Five digits of R's error and phi are those of the fit; the rest depends on where it stops. The fit itself has no slope left to go:
    means = np.exp(found.slope * years) * sum(COAL) / np.exp(found.slope * years).sum()
    assert (years * (COAL - means)).sum() == pytest.approx(0, abs=1e-6)
    assert found.se == pytest.approx(0.00247267496, rel=2e-5)
    assert found.phi == pytest.approx(1.110358068, rel=2e-5)
    t = 1.981765282  # qt(0.975, 110)
    assert (found.high - found.low) / 2 == pytest.approx(t * 0.002605544874, rel=1e-6)


def test_mann_kendall_of_the_nile() -> None:
    excess, z, p, tau, without_ties = section(5, "-1387 -4.128066523 3.658262922e-05 -0.2807413347 -0.2802020202")[0]
    found = mann_kendall(NILE)
    assert (excess, z, p, tau) == (found.more - found.fewer, found.z, found.p, found.tau)
    assert without_ties == (found.more - found.fewer) / (found.more + found.fewer + found.same)


def test_theil_sen_of_the_nile() -> None:
    assert section(5, "-2.6 -3.6279 -1.4286")[0] == tuple(theil_sen(range(1871, 1971), NILE))


def test_mann_kendall_of_coal() -> None:
    z, p, tau = section(5, "-6.275292587 3.489774104e-10 -0.4375373966")[0]
    found = mann_kendall(COAL)
    assert (z, p, tau) == (found.z, found.p, found.tau)


def test_mann_kendall_of_an_arbitrary_series() -> None:
    size, excess, variance, z, p, slope = section(5, "360 -1959 4889800.3333 -0.8854562843 0.3759105874 -0.0063694268")[
        0
    ]
    assert size == len(ARBITRARY)
    there = np.flatnonzero([not isnan(one) for one in ARBITRARY])
    values = np.array(ARBITRARY)[there]
    found = mann_kendall(values)
    assert (excess, z, p) == (found.more - found.fewer, found.z, found.p)
    assert variance == ((found.more - found.fewer + 1) / found.z) ** 2
    assert slope == theil_sen(there, values).slope


def test_break_of_the_nile() -> None:
    size, year, low, high = section(6, "28 1898 1895 1902")[0]
    found = methods.least_squares_break(NILE)
    assert found.size_range is not None
    assert (size, year) == (found.size, 1870 + found.size)
    assert (low, high) == tuple(1870 + end for end in found.size_range)


def test_change_point_of_discoveries() -> None:
    size, year, before, after = section(8, "73 1932 3.602739726 1.740740741")[0]
    found = change_point(DISCOVERIES)
    assert found is not None
    assert (size, year, before, after) == (found.size, 1859 + found.size, found.before, found.after)


@pytest.mark.parametrize(
    ("number", "least"),
    section(9, "4 4", "5 4", "6 4", "8 5", "10 6", "12 6", "15 7", "20 8", "25 9", "30 10", "40 13", "60 17"),
)
def test_days_on_one_weekday(number: Printed, least: Printed) -> None:
    assert least == needed(int(number.text))


@pytest.mark.parametrize(("far", "error"), section(10, "1 0.05", "5 1.2", "20 20", "50 124"))
def test_flat_ground(far: Printed, error: Printed) -> None:
    """The largest error of a distance of so many kilometres, between Cornwall and Caithness."""
    reach, turn = float(far.text) * 1000, np.radians(np.arange(0, 360, 0.5))
    worst = 0.0
    for middle in np.linspace(50.1, 58.6, 18):
        north = np.array([middle + 1.0])
        _, unit = on_the_plan(north, np.array([0.0]), middle, 0.0)
        east_unit, _ = on_the_plan(north, np.array([1.0]), middle, 0.0)
        lat, lon = middle + reach * np.cos(turn) / unit, reach * np.sin(turn) / east_unit
        east, up = on_the_plan(lat, lon, middle, 0.0)
        worst = max(worst, float(abs(np.hypot(east, up) - metres(lat, lon, middle, 0.0)).max()))
    assert error == worst


# --- nothing of the collection is forgotten -------------------------------------------------------------------------------

COLLECTION = Path(__file__).resolve().parent.parent.parent / "shared" / "real" / "analytics" / "known_answers.md"
GIVEN = {
    1: "11 21 800 3011 1977 137 24.19893 40 10 30 5 0 7 14 60 12 28 56 95 1 2010 2 53 58",
    2: "17 40",
    3: "1 2 80 95 20 189 1981 300 1500 35 3 132 214 323 48 504 179 223 234 452 8 0",
    4: "1851 1962 1992 5 2 1931 1941 1942 1 3 4 0",
    5: "1871 1970 0.95 1.4.3 1.4",
    6: "1 95",
    8: "1860 1959",
    9: "5 7",
    10: "50.1 58.6 6371008.8",
}
"""Numbers that are input, or belong to a name, a year or a source."""


def checked() -> dict[int, set[str]]:
    """The printed numbers that stand in the tests above, by section."""
    found: dict[int, set[str]] = {}
    for call in ast.walk(ast.parse(Path(__file__).read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in {"Printed", "section"}:
            number, *rows = [one.value for one in call.args if isinstance(one, ast.Constant)] or [0]
            for row in rows:
                found.setdefault(int(number), set()).update(str(row).split())
    return found


def test_no_number_of_the_collection_is_left_unchecked() -> None:
    if not COLLECTION.exists():
        pytest.skip("the collection of known answers is not here")
    inputs = {3: {*map(str, NIST), *map(str, RELIAWIKI), *map(str, HANDBOOK)}, 4: set(map(str, COAL))}
    left: dict[int, set[str]] = {}
    number = 0
    for line in COLLECTION.read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"## (\d+)\.", line):
            number = int(heading[1])
        elif number:
            left.setdefault(number, set()).update(
                re.findall(r"(?<![\w.])-?\d*\.?\d+(?:e-?\d+)?", line.replace("->", " "))
            )
    known = checked()
    unchecked = {
        place: numbers - known.get(place, set()) - set(GIVEN.get(place, "").split()) - inputs.get(place, set())
        for place, numbers in left.items()
    }
    assert {place: numbers for place, numbers in unchecked.items() if numbers} == {}
