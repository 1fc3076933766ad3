"""Wall clocks to instants and back: the zone's own rules, both clock-change nights, nothing chosen in silence.

In Europe/London the clocks go forward on the last Sunday of March (01:00 GMT becomes 02:00 BST: the wall times 01:00-01:59 do not exist) and back on the last
Sunday of October (02:00 BST becomes 01:00 GMT: 01:00-01:59 happens twice). All times here are int64 microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from pipeline.timeline.schema import AMBIGUOUS, ASSUMED, CORRECTED, GIVEN, SETTLED, SKIPPED

Micros = NDArray[np.int64]

_SECOND: Final = 1_000_000
YEAR_1, YEAR_9999 = -62_135_596_800_000_000 + 86_400 * _SECOND, 253_402_300_799_999_999 - 86_400 * _SECOND
"""What a date can be at all, a day in from both ends for the zone."""
LEAST_STEP: Final = 2 * 60 * _SECOND
"""The smallest step back that tells the two passings of an hour apart."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_YEAR, _LAST_YEAR = 1900, 2100

BASES: Final = (GIVEN, ASSUMED, AMBIGUOUS, SETTLED, SKIPPED, CORRECTED)
"""What the codes in `Clock.basis` stand for."""


@dataclass(frozen=True)
class Clock:
    """Instants as read: UTC and local wall clock in microseconds, code of the basis (index into BASES), code of the abbreviation (into `names`).

    `other` is the other instant that a wall time of a doubled hour can mean, whether the order of the file settled which or not; equal to `utc` everywhere else.
    """

    utc: Micros
    local: Micros
    basis: NDArray[np.int8]
    name: NDArray[np.int8]
    names: tuple[str, ...]
    other: Micros


@dataclass(frozen=True)
class _Rules:
    """The periods of a zone: period i runs from `starts[i]` (UTC) and adds `offsets[i]`; `names[i]` is its abbreviation."""

    starts: Micros
    offsets: Micros
    names: tuple[str, ...]


@lru_cache
def _rules(zone: str) -> _Rules:
    """All changes of a zone from 1900 to 2100, found by bisection between days: zoneinfo does not give its table away."""
    tz = ZoneInfo(zone)

    def state(moment: int) -> tuple[int, str]:
        local = (_EPOCH + timedelta(seconds=moment)).astimezone(tz)
        offset = local.utcoffset()
        assert offset is not None
        return int(offset.total_seconds()), local.tzname() or ""

    day = 86_400
    low = int((datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds())
    high = int((datetime(_LAST_YEAR, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds())
    starts, states = [low], [state(low)]
    for at in range(low + 7 * day, high, 7 * day):  # no zone changes twice within a week
        if state(at) == states[-1]:
            continue
        before, after = at - 7 * day, at
        while after - before > 1:
            middle = (before + after) // 2
            before, after = (middle, after) if state(middle) == states[-1] else (before, middle)
        starts.append(after)
        states.append(state(after))
    return _Rules(
        np.array(starts, dtype=np.int64) * _SECOND,
        np.array([offset for offset, _ in states], dtype=np.int64) * _SECOND,
        tuple(name for _, name in states),
    )


def from_instants(utc: Micros, zone: str) -> Clock:
    """Clocks for instants that the source gives."""
    rules = _rules(zone)
    period = _period(rules, utc)
    return Clock(utc, utc + rules.offsets[period], np.zeros(len(utc), dtype=np.int8), *_named(rules, period), utc)


def from_wall(wall: Micros, zone: str, group: NDArray[np.int32]) -> Clock:
    """Clocks for wall times without a zone, assumed to be of `zone`; rows in the order of their files, `group` numbers the file of each (-1: of no order).

    In the hour that happens twice, a step back inside one unbroken run of such rows (forward, where the file runs from newest to oldest) settles which is which,
    if it is one step of `LEAST_STEP` or more: rows that stand a little out of order step back by seconds. Else the first passing is taken and the basis stays
    AMBIGUOUS. An hour that did not happen is read as if the clock had not been moved yet.
    """
    rules = _rules(zone)
    early = wall - rules.offsets[_period(rules, wall - 86_400 * _SECOND)]
    # An instant fits if the offset in force at it leads back to the wall time: one does in ordinary hours, two in a doubled one, none in a skipped one.
    period = _period(rules, wall)
    candidates = np.stack(
        [wall - rules.offsets[np.clip(period + shift, 0, len(rules.starts) - 1)] for shift in (-1, 0, 1)]
    )
    right = np.stack([candidate + rules.offsets[_period(rules, candidate)] == wall for candidate in candidates])
    first = np.where(right, candidates, np.iinfo(np.int64).max).min(axis=0)
    last = np.where(right, candidates, np.iinfo(np.int64).min).max(axis=0)
    skipped = ~right.any(axis=0)
    twice = ~skipped & (first != last)
    settled, second = _settle(wall, twice, group)
    utc = np.where(skipped, early, np.where(second, last, first))
    basis = np.full(len(wall), BASES.index(ASSUMED), dtype=np.int8)
    basis[twice] = BASES.index(AMBIGUOUS)
    basis[settled] = BASES.index(SETTLED)
    basis[skipped] = BASES.index(SKIPPED)
    period = _period(rules, utc)
    other = np.where(twice, np.where(second, first, last), utc)
    return Clock(utc, utc + rules.offsets[period], basis, *_named(rules, period), other)


def in_words(utc: int, zone: str, pattern: str) -> str:
    """An instant on the clock of a zone, with its abbreviation: "01:30 BST"."""
    local = (_EPOCH + timedelta(microseconds=utc)).astimezone(ZoneInfo(zone))
    return f"{local.strftime(pattern)} {local.tzname()}".strip()


def _period(rules: _Rules, utc: Micros) -> NDArray[np.intp]:
    return np.clip(np.searchsorted(rules.starts, utc, side="right") - 1, 0, None)


def _named(rules: _Rules, period: NDArray[np.intp]) -> tuple[NDArray[np.int8], tuple[str, ...]]:
    names = tuple(dict.fromkeys(rules.names))
    codes = np.array([names.index(name) for name in rules.names], dtype=np.int8)
    return codes[period], names


def _settle(
    wall: Micros, twice: NDArray[np.bool_], group: NDArray[np.int32]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """For rows of the doubled hour: whether the order of the file settles the passing, and whether it is the second."""
    settled = np.zeros(len(wall), dtype=np.bool_)
    second = np.zeros(len(wall), dtype=np.bool_)
    rows = np.flatnonzero(twice)
    if not len(rows):
        return settled, second
    for run in np.split(rows, np.flatnonzero((np.diff(rows) > 1) | (np.diff(group[rows]) != 0)) + 1):
        if group[run[0]] < 0:
            continue
        of_file = wall[group == group[run[0]]]
        forward = of_file[-1] >= of_file[0]
        steps = np.diff(wall[run] if forward else -wall[run])
        back = np.flatnonzero(steps < 0)
        if len(back) == 1 and steps[back[0]] <= -LEAST_STEP:
            settled[run] = True
            later = run[back[0] + 1 :] if forward else run[: back[0] + 1]
            second[later] = True
    return settled, second
