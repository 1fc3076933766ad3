"""The time columns of the events: instants, what they rest on, what cannot be right, and the remarks that go with them.

`clock` knows the zones, `corrections` what case.toml corrects, `other_clocks` what else the records tell; here they come together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from parsers.contract import DEVICE, FILE_NAME, INSTANTS, MEMORY, SECOND, SUBSECOND
from parsers.dates import micros
from pipeline.case import Case
from pipeline.timeline import clock, corrections, other_clocks
from pipeline.timeline.schema import AMBIGUOUS, ASSUMED, CORRECTED, GIVEN, SETTLED, SKIPPED
from pipeline.timeline.tags import Tags

_DAY: Final = 86_400_000_000
_EARLIEST: Final = micros(datetime(1990, 1, 1))  # noqa: DTZ001 -- a wall clock that stands for UTC
_1904: Final = micros(datetime(1904, 1, 1))  # noqa: DTZ001 -- the same


@dataclass(frozen=True)
class Read:
    """Clock columns for the table, and what the flags and the other clocks need. `written` counts as the file has it; `number` is that of the correction, 0 for none; `before` the instant without it."""

    columns: Mapping[str, Any]
    written: NDArray[np.int64]
    utc: NDArray[np.int64]
    other: NDArray[np.int64]
    dated: NDArray[np.bool_]
    impossible: NDArray[np.bool_]
    basis: NDArray[np.int8]
    number: NDArray[np.int16]
    shift: NDArray[np.int64]
    before: NDArray[np.int64]


def read(rows: Any, case: Case, source: Tags, sources: Mapping[str, Sequence[corrections.Name]]) -> Read:
    """The times of a table of records (`pipeline.records.SCHEMA`); `sources` are what each key can be called by in a [[clock]]."""
    written, dated, impossible = _possible(rows["micros"])
    kinds = Tags(rows["clock"])
    fixed = kinds.is_in(INSTANTS)
    shown = written  # what the clock shows: of a time that names its distance from UTC, the clock of the case's zone
    if case.clocks and (instants := np.flatnonzero(dated & fixed)).size:
        shown = written.copy()
        shown[instants] = clock.from_instants(written[instants], case.zone).local
    number = corrections.applied(rows, shown, dated, fixed, case.clocks, sources)
    shift = corrections.shift(case.clocks, number)
    # What people wrote down and what files are named need not stand in the order in which it happened.
    order = np.where(kinds.is_in(frozenset({MEMORY, FILE_NAME})), np.int32(-1), source.codes)
    utc, other, basis = _instants(written + shift, dated, fixed, number, order, case)
    before = _instants(written, dated, fixed, np.zeros_like(number), order, case)[0] if number.any() else utc
    basis[(number > 0) & np.isin(basis, [clock.BASES.index(one) for one in (GIVEN, ASSUMED)])] = clock.BASES.index(
        CORRECTED
    )
    doubled = np.flatnonzero(other != utc)
    here, there = clock.from_instants(utc, case.zone), clock.from_instants(other[doubled], case.zone)
    names = [*here.names, "", *(f"{one} or {two}" for one in here.names for two in here.names)]
    zone = np.where(dated, here.name, len(here.names)).astype(np.int32)
    unsettled = (basis[doubled] == clock.BASES.index(AMBIGUOUS)) & (here.name[doubled] != there.name)
    both = len(here.names) + 1 + here.name[doubled].astype(np.int32) * len(here.names) + there.name
    zone[doubled[unsettled]] = both[unsettled]
    until, ranged, _ = _possible(rows["until"])
    if (instants := np.flatnonzero(ranged & fixed)).size:
        until[instants] = clock.from_instants(until[instants], case.zone).local
    if (moved := np.flatnonzero(ranged & (number > 0))).size:
        until[moved] += here.local[moved] - clock.from_instants(before[moved], case.zone).local
    columns = {
        "utc": pa.array(utc, pa.timestamp("us", tz="UTC"), mask=~dated),
        "utc_other": pa.array(other, pa.timestamp("us", tz="UTC"), mask=~dated | (other == utc)),
        "local": pa.array(here.local, pa.timestamp("us"), mask=~dated),
        "zone": pa.DictionaryArray.from_arrays(pa.array(zone), pa.array(names)),
        "basis": pa.DictionaryArray.from_arrays(
            pa.array(np.where(dated, basis, len(clock.BASES)).astype(np.int32)), pa.array([*clock.BASES, ""])
        ),
        "correction": pa.DictionaryArray.from_arrays(
            pa.array(number.astype(np.int32)), pa.array(["", *(check.key for check in case.clocks)])
        ),
        "until": pa.array(until, pa.timestamp("us"), mask=~ranged),
    }
    return Read(columns, written, utc, other, dated, impossible, basis, number, shift, before)


def _instants(
    written: NDArray[np.int64],
    dated: NDArray[np.bool_],
    fixed: NDArray[np.bool_],
    number: NDArray[np.int16],
    order: NDArray[np.int32],
    case: Case,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int8]]:
    """Instants, the other ones they can mean, and codes of the basis; a wall clock is one of the case's zone, or of that which its correction (by `number`) names."""
    utc, basis = np.where(dated, written, 0), np.zeros(len(written), dtype=np.int8)
    other = utc.copy()
    zones = np.array([case.zone, *(check.zone or case.zone for check in case.clocks)], dtype=object)
    walls = dated & ~fixed
    for zone in dict.fromkeys(zones.tolist()):
        chosen = np.flatnonzero(walls & (zones == zone)[number])
        if len(chosen):
            found = clock.from_wall(written[chosen], zone, order[chosen])
            utc[chosen], other[chosen], basis[chosen] = found.utc, found.other, found.basis
    return utc, other, basis


def implausible(rows: Any, times: Read, today: date) -> list[tuple[NDArray[np.bool_], str]]:
    """Which instants cannot be right, and why: clocks that were never set, or set wrong. No row twice.

    Before 1990; after the files were received (a day is left for zones); and 1 January 00:00:00 to the second by a device whose zone is not known, which is what
    such a clock shows when it has lost its power. A message may well be written then, so no other clock is held to that.
    """
    latest = micros(datetime.combine(today, time())) + 2 * _DAY
    zero = times.dated & ((times.written == 0) | (times.written == _1904))
    early = times.dated & (times.utc < _EARLIEST) & ~zero
    late = times.dated & (times.utc > latest)
    unset = np.zeros(len(times.utc), dtype=np.bool_)
    of_device = Tags(rows["clock"]).is_in(frozenset({DEVICE, FILE_NAME})) & Tags(rows["precision"]).is_in(
        frozenset({SECOND, SUBSECOND})
    )
    of_device &= rows["until"].is_null().to_numpy(zero_copy_only=False)  # one that names its end as well was running
    if (places := np.flatnonzero(of_device & times.dated & ~(zero | early | late) & (times.number == 0))).size:
        moments = times.written[places].astype("datetime64[us]")
        unset[places] = moments == moments.astype("datetime64[Y]").astype("datetime64[us]")
    return [
        (zero, "exactly 01/01/1970 or 01/01/1904, from which clocks count: it was not set"),
        (early, "before 1990"),
        (late, "after the file was received"),
        (unset, "exactly 00:00:00 on 1 January, which a device shows whose clock was not set"),
    ]


def _possible(column: Any) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """A column of microseconds with 0 where there is none; where there is one; where there is one that no calendar has."""
    counted = column.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    held = column.is_valid().to_numpy(zero_copy_only=False).astype(np.bool_)
    possible = (counted > clock.YEAR_1) & (counted < clock.YEAR_9999)
    return np.where(possible, counted, 0), held & possible, held & ~possible


def flags(
    rows: Any,
    times: Read,
    unclear: Any,
    beside: other_clocks.Compared,
    case: Case,
    wrong: Sequence[tuple[NDArray[np.bool_], str]],
) -> Any:
    """The records' own remarks and those of the clock, joined by "; "."""
    written = Tags(rows["flags"])
    texts = np.array(written.words or [""], dtype=object)[written.codes] if len(rows) else np.zeros(0, dtype=object)

    def remark(which: NDArray[np.bool_], words: Callable[[int], str] | str) -> None:
        for index in np.flatnonzero(which).tolist():
            said = words if isinstance(words, str) else words(index)
            texts[index] = f"{texts[index]}; {said}" if texts[index] else said

    def local(instants: NDArray[np.int64], index: int, pattern: str) -> str:
        return clock.in_words(int(instants[index]), case.zone, pattern)

    def both(index: int) -> str:
        early, late = sorted((int(times.utc[index]), int(times.other[index])))
        return " or ".join(clock.in_words(one, case.zone, "%H:%M") for one in (early, late))

    remark(times.impossible, "the time as written is no possible date")
    twice, settled, skipped = (
        times.dated & (times.basis == clock.BASES.index(name)) for name in (AMBIGUOUS, SETTLED, SKIPPED)
    )
    remark(twice, lambda row: f"{both(row)}: this hour happened twice (clocks went back); the first is assumed")
    remark(
        settled,
        lambda row: (
            f"{both(row)}: this hour happened twice; the order of the file shows it is "
            f"the {'first' if times.utc[row] < times.other[row] else 'second'} ({local(times.utc, row, '')})"
        ),
    )
    remark(skipped, "this hour did not exist (clocks went forward); read as if the clock had not been moved yet")
    remark(
        times.number > 0,
        lambda row: (
            f"clock corrected as case.toml says ({case.clocks[times.number[row] - 1].words}); "
            f"without that it would be {local(times.before, row, '%d/%m/%Y %H:%M:%S')}"
        ),
    )
    for which, why in wrong:
        remark(which, f"implausible time, not used: {why}")
    for column, form in ((beside.remarks, "clocks differ: {}"), (unclear, "{}")):
        held = column.to_pylist() if column.dictionary.to_pylist() not in ([], [""]) else []
        for index, words in enumerate(held):
            if words:
                said = form.format(words)
                texts[index] = f"{texts[index]}; {said}" if texts[index] else said
    return pa.array(texts, pa.string())
