"""Which records stand under a [[clock]] of case.toml: by file (label, SHA-256, pattern of the name), by device, by day on that clock.

A person's memory is no clock, so what somebody wrote down is never corrected; nor is a mere day. A zone says nothing about a time that names its own distance from UTC: only an
offset is applied to those.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from parsers.contract import ABOUT, DAY, MEMORY
from parsers.dates import micros
from pipeline.case import CaseError, ClockCheck

_DAY: Final = 86_400_000_000
_HASH: Final = 8
"""The fewest digits of a SHA-256 by which a file can be named."""


class Name(NamedTuple):
    """What a source can be called by: its label in the register, its path as handed in, its SHA-256."""

    label: str
    file: str
    sha256: str


def applied(
    rows: Any,
    wall: NDArray[np.int64],
    dated: NDArray[np.bool_],
    fixed: NDArray[np.bool_],
    checks: Sequence[ClockCheck],
    names: Mapping[str, Sequence[Name]],
) -> NDArray[np.int16]:
    """For each row of a table of records the number of the correction that is applied to it, from 1; 0 for none.

    `wall` is what the clock shows, in microseconds; `fixed` marks the times that name their distance from UTC. `names` by source key: one file can have several.

    Raises:
        CaseError: two corrections fit one record.
    """
    number = np.zeros(len(rows), dtype=np.int16)
    if not checks or not len(rows):
        return number
    memory = pc.equal(rows["clock"].cast(pa.string()), MEMORY).fill_null(False)
    days = pc.is_in(rows["precision"].cast(pa.string()), pa.array([DAY, ABOUT]))
    usable = dated & ~pc.or_(memory, days).to_numpy(zero_copy_only=False)
    sources = rows["source"].cast(pa.string())
    devices = _devices(rows) if any(check.device for check in checks) else {}
    for place, check in enumerate(checks, 1):
        fits = usable if check.offset else usable & ~fixed
        if check.files:
            keys = [key for key, those in names.items() if any(_named(one, check) for one in those)]
            fits = fits & pc.is_in(sources, pa.array(keys, pa.string())).to_numpy(zero_copy_only=False)
        if check.device:
            fits = fits & np.isin(np.arange(len(rows)), _of(devices, check.device))
        if check.first:
            fits = fits & (wall >= _midnight(check.first))
        if check.last:
            fits = fits & (wall < _midnight(check.last) + _DAY)
        if (twice := np.flatnonzero(fits & (number > 0))).size:
            row = rows.slice(int(twice[0]), 1).to_pylist()[0]
            label = next((one.label for one in names.get(row["source"], ())), row["source"])
            raise CaseError(
                f"case.toml: [[clock]] {number[twice[0]]} and [[clock]] {place} both fit {label}, {row['at']}; "
                'a record has one clock, so give them "from" and "until" that do not overlap'
            )
        number[fits] = place
    return number


def _named(one: Name, check: ClockCheck) -> bool:
    last = one.file.replace("!", "/").rpartition("/")[2].casefold()
    for said in check.files:
        if said in {one.label, one.file} or fnmatchcase(last, said.casefold()):
            return True
        if len(said) >= _HASH and one.sha256.startswith(said.lower()):
            return True
    return False


def _devices(rows: Any) -> dict[int, Mapping[str, str]]:
    """Row -> what the record says of the device that made it."""
    extra = rows["extra"]
    telling = pc.match_substring_regex(extra, '"(make|model|serial)":')
    places = np.flatnonzero(pc.fill_null(telling, False).to_numpy(zero_copy_only=False))
    return {int(row): json.loads(text) for row, text in zip(places, extra.take(places).to_pylist(), strict=True)}


def _of(devices: Mapping[int, Mapping[str, str]], wanted: Mapping[str, str]) -> list[int]:
    return [
        row
        for row, said in devices.items()
        if all(said.get(name, "").strip().casefold() == value.casefold() for name, value in wanted.items())
    ]


def _midnight(day: date) -> int:
    return micros(datetime.combine(day, time()))


def unused(events: Path, checks: Sequence[ClockCheck]) -> tuple[ClockCheck, ...]:
    """The corrections that were applied to no event of a timeline (Parquet): most likely a mistake in case.toml."""
    if not checks:
        return ()
    held = set(pq.read_table(events, columns=["correction"])["correction"].cast(pa.string()).unique().to_pylist())
    return tuple(check for check in checks if check.key not in held)


def shift(checks: Sequence[ClockCheck], number: NDArray[np.int16]) -> NDArray[np.int64]:
    """Microseconds to be added to each row."""
    return np.array([0, *(check.offset // timedelta(microseconds=1) for check in checks)], dtype=np.int64)[number]
