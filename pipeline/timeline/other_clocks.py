"""The other clocks of a record, held against the time that is used: each kind may lie so far before and after it; more is a remark, never settled in silence.

`TOLERANCES` is the one list of how far, with the reason. A time known to the minute or the day is a minute or a day long; what lies between two of them is the
distance. A clock without a zone is read in the zone of the case (of an hour that happens twice, the passing that is nearer). The
header of a film is UTC by its format, but many cameras write their own clock there: beside a time without a zone it is read both ways, and the nearer one is held. Where a [[clock]] of case.toml corrects
a device, the other times of the same device are corrected alike; satellite, network and server are not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from parsers.contract import (
    DAY,
    DIGITIZED,
    FIRST_SERVER,
    HEADER,
    HOUR,
    IN_NAME,
    INSTANTS,
    LAST_SERVER,
    MESSAGE,
    MINUTE,
    NAME_OF_COPY,
    NETWORK,
    NOTES,
    RECORDER,
    SATELLITE,
    SAVED,
    SECOND,
    WRITTEN,
    XMP,
)
from pipeline.timeline import clock
from pipeline.timeline.tags import Tags, characters

_SECOND: Final = 1_000_000
_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86_400
_ROWS: Final = 100_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Tolerance(NamedTuple):
    """How many seconds a clock may be before and after the time used (None: any), whether the length of the film comes on top, whether it is the same device's."""

    before: int | None
    after: int | None
    why: str
    long: bool = False
    own: bool = False


TOLERANCES: Final[dict[str, Tolerance]] = {
    NETWORK: Tolerance(10 * _MINUTE, _MINUTE, "a text is stamped by the phone when it arrives, moments after the network"),
    FIRST_SERVER: Tolerance(15 * _MINUTE, 15 * _MINUTE, "the sender's server takes a mail within minutes"),
    LAST_SERVER: Tolerance(15 * _MINUTE, 5 * _DAY, "a mail may wait on its way for up to five days (RFC 5321, 4.5.4.1)"),
    DIGITIZED: Tolerance(_MINUTE, _MINUTE, "a digital camera takes and digitises at once", own=True),
    SAVED: Tolerance(_DAY, None, "a photo may be saved again at any later time", own=True),
    XMP: Tolerance(_MINUTE, _MINUTE, "a copy of the camera's own date", own=True),
    SATELLITE: Tolerance(10 * _MINUTE, 10 * _MINUTE, "a position may be some minutes older than the picture", long=True),
    HEADER: Tolerance(_MINUTE, _MINUTE, "written at the start or, by phones, at the end of the film", long=True, own=True),
    WRITTEN: Tolerance(_MINUTE, _MINUTE, "written at the start or at the end of the film", long=True, own=True),
    NOTES: Tolerance(_MINUTE, _MINUTE, "made from the start or the end of the film", long=True),
    IN_NAME: Tolerance(_MINUTE, _MINUTE, "the file is named when the recording begins or ends", long=True, own=True),
    NAME_OF_COPY: Tolerance(2 * _DAY, None, "a copy may be sent or saved at any later time"),
    RECORDER: Tolerance(5 * _MINUTE, _DAY, "a phone sends its positions when it has a connection"),
}  # fmt: skip
USUAL: Final = Tolerance(_MINUTE, _MINUTE, "no reason is known why they should differ")
_WIDTHS: Final = {DAY: _DAY, HOUR: _HOUR, MINUTE: _MINUTE, SECOND: 1}
_PATTERN: Final = "%d/%m/%Y %H:%M:%S"
_SENT: Final = '"date_sent":"'
_TEXTS: Final = frozenset({"SMS", "MMS", "RCS"})


class Compared(NamedTuple):
    """Text columns: all the other clocks in words; the names of those that differ by more than their tolerance; these with how far they do."""

    clocks: Any
    differing: Any
    remarks: Any


class _Told(NamedTuple):
    """The columns of `Compared` while they are filled: by row, where anything is told."""

    words: dict[int, str]
    names: dict[int, str]
    remarks: dict[int, str]

    def add(self, row: int, words: str) -> None:
        self.words[row] = f"{self.words[row]}; {words}" if row in self.words else words

    def differs(self, row: int, name: str, span: str) -> None:
        for column, said in ((self.names, name), (self.remarks, f"{name} {span}")):
            column[row] = f"{column[row]}; {said}" if row in column else said


class Times(NamedTuple):
    """The times used: instants in microseconds, whether there is one, and what [[clock]] added to them."""

    utc: NDArray[np.int64]
    dated: NDArray[np.bool_]
    shift: NDArray[np.int64]


def compared(rows: Any, times: Times, zone: str) -> Compared:
    """The other clocks of a table of records (`pipeline.records.SCHEMA`), held against `times`."""
    count = len(rows)
    told = _Told({}, {}, {})
    of_texts = Tags(rows["channel"]).is_in(_TEXTS) & Tags(rows["kind"]).is_in(frozenset({MESSAGE})) & times.dated
    for start in range(0, count, _ROWS):  # some at a time: it makes columns of text
        places = np.flatnonzero(of_texts[start : start + _ROWS])
        extra = rows["extra"].slice(start, _ROWS)
        if places.size:
            _network(extra if places.size == len(extra) else extra.take(places), start + places, times, zone, told)
    holding = np.flatnonzero(pc.not_equal(rows["clocks"], "").to_numpy(zero_copy_only=False))
    part = rows.select(["clocks", "precision", "seconds", "clock"]).take(holding)
    owner: list[int] = []
    given: list[tuple[str, int, str, str, str]] = []
    for row, text in zip(holding.tolist(), part["clocks"].to_pylist(), strict=True):
        for name, (micros, basis, precision, raw) in json.loads(text):
            if clock.YEAR_1 < micros < clock.YEAR_9999:
                owner.append(row)
                given.append((name, micros, basis, precision, raw))
            else:
                told.add(row, f"{name}: {raw}, no possible date")
    if given:
        known = dict(zip(holding.tolist(), part.select(["precision", "seconds", "clock"]).to_pylist(), strict=True))
        _hold(given, owner, known, times, zone, told)
    words, *others = (_column(said, count) for said in told)
    return Compared(words, *(column.dictionary_encode() for column in others))


def _column(said: Mapping[int, str], count: int) -> Any:
    """What is said of some rows as a column of text."""
    if not said:
        return pa.repeat(pa.scalar(""), count)
    words = np.full(count, "", dtype=object)
    words[list(said)] = list(said.values())
    return pa.array(words, pa.string())


def _hold(
    given: list[tuple[str, int, str, str, str]],
    owner: list[int],
    known: dict[int, dict[str, Any]],
    times: Times,
    zone: str,
    told: _Told,
) -> None:
    """Each clock of `given` against the time of its row `owner`."""
    own = np.array([TOLERANCES.get(name, USUAL).own for name, *_ in given], dtype=np.bool_)
    micros = np.array([one[1] for one in given], dtype=np.int64) + np.where(own, times.shift[owner], 0)
    fixed = [basis in INSTANTS for _, _, basis, *_ in given]
    first, second = _instants(micros, fixed, zone)
    own_clock = np.array(
        [name == HEADER and known[row]["clock"] not in INSTANTS for row, (name, *_) in zip(owner, given, strict=True)]
    )
    second = np.where(own_clock, clock.from_wall(micros, zone, np.full(len(micros), -1, dtype=np.int32)).utc, second)
    local = clock.from_instants(first, zone)
    for place, (row, (name, _, _basis, precision, raw)) in enumerate(zip(owner, given, strict=True)):
        tolerance = TOLERANCES.get(name, USUAL)
        shown = _shown(int(local.local[place]), local.names[local.name[place]], precision)
        words = f"{name}: {shown} ({raw})" if shown not in raw else f"{name}: {raw}"
        if times.dated[row]:
            width = _WIDTHS.get(precision, 0), _WIDTHS.get(known[row]["precision"], 0)
            late, again = (_late(int(times.utc[row]), int(one[place]), width) for one in (first, second))
            if abs(again) < abs(late):
                late = again
                words += ", read as the camera's own clock" if own_clock[place] else ""
            words += f", {_span(late)}" if late else ", the same"
            if _differs(late, tolerance, float(known[row]["seconds"] or 0)):
                told.differs(row, name, _span(late))
        told.add(row, words)


def _instants(micros: NDArray[np.int64], fixed: list[bool], zone: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Both instants that each time can mean: the same twice but for a wall clock in the doubled hour."""
    walls = np.flatnonzero(~np.array(fixed, dtype=np.bool_))
    first, second = micros.copy(), micros.copy()
    if walls.size:
        read = clock.from_wall(micros[walls], zone, np.full(walls.size, -1, dtype=np.int32))
        first[walls], second[walls] = read.utc, read.other
    return first, second


def _late(used: int, other: int, width: tuple[int, int]) -> float:
    """Seconds from the time used to the other one, negative if that is earlier, 0 where they overlap; `width` of the other and of the one used, in seconds."""
    gap_after = (other - used) / _SECOND - width[1]
    gap_before = (used - other) / _SECOND - width[0]
    if gap_after >= 0:
        return gap_after + (width[1] if width[1] <= 1 else 0)
    if gap_before >= 0:
        return -(gap_before + (width[0] if width[0] <= 1 else 0))
    return 0.0


def _differs(late: float, tolerance: Tolerance, length: float) -> bool:
    length = length if tolerance.long else 0
    if late < 0:
        return tolerance.before is not None and -late > tolerance.before + length
    return tolerance.after is not None and late > tolerance.after + length


def _network(extra: Any, places: NDArray[np.int64], times: Times, zone: str, told: _Told) -> None:
    """The network's time of texts (`date_sent`, in milliseconds or, of MMS, in seconds), in whole columns: only the rows that differ get words.

    `extra` are the JSON objects of texts, `places` their rows.
    """
    number = _sent(extra.combine_chunks() if isinstance(extra, pa.ChunkedArray) else extra)
    instant = np.where(number < 10**11, number * _SECOND, number * 1000)
    tolerance = TOLERANCES[NETWORK]
    late = np.where(number >= 0, instant - times.utc[places], 0)
    assert tolerance.before is not None
    assert tolerance.after is not None
    differing = np.flatnonzero((late < -tolerance.before * _SECOND) | (late > tolerance.after * _SECOND))
    if not differing.size:
        return
    there = clock.from_instants(instant[differing], zone)
    shown = pc.strftime(pa.array(there.local, pa.timestamp("us")).cast(pa.timestamp("s"), safe=False), _PATTERN)
    spans, which = np.unique(np.round(late[differing] / _SECOND).astype(np.int64), return_inverse=True)
    said = pa.array([_span(float(span)) for span in spans], pa.string()).take(pa.array(which))
    words = pc.binary_join_element_wise(
        f"{NETWORK}: ", shown, " ", pa.array(there.names).take(pa.array(there.name)), ", ", said, ""
    )
    rows = places[differing].tolist()
    told.words.update(zip(rows, words.to_pylist(), strict=True))
    told.names.update(dict.fromkeys(rows, NETWORK))
    told.remarks.update(zip(rows, pc.binary_join_element_wise(NETWORK, said, " ").to_pylist(), strict=True))


def _sent(extra: Any) -> NDArray[np.int64]:
    """The number that stands as `date_sent` in each JSON object; -1 where there is none of 10 or 13 digits."""
    number = np.full(len(extra), -1, np.int64)
    # In nearly every text it is the first key and has 13 digits: cut out there, not searched for.
    first = b"{" + _SENT.encode()
    width = len(first) + 14
    head = pc.binary_slice(extra.cast(pa.binary()), 0, width)
    long_enough = pc.equal(pc.binary_length(head), width)
    whole = np.flatnonzero(long_enough.to_numpy(zero_copy_only=False))
    cells = np.frombuffer(characters(head.filter(long_enough)), np.uint8).reshape(-1, width)
    digits = cells[:, len(first) : -1] - ord("0")
    usual = (cells[:, : len(first)] == np.frombuffer(first, np.uint8)).all(axis=1) & (cells[:, -1] == ord('"'))
    usual &= (digits < 10).all(axis=1)  # unsigned: what is less than "0" becomes large
    number[whole[usual]] = digits[usual] @ 10 ** np.arange(12, -1, -1, dtype=np.int64)
    rest = np.flatnonzero(number < 0)
    rest = rest[pc.match_substring(extra.take(pa.array(rest)), _SENT).to_numpy(zero_copy_only=False)]
    if rest.size:
        found = pc.extract_regex(extra.take(pa.array(rest)), _SENT + r'(?P<sent>[0-9]{10}|[0-9]{13})"')
        number[rest] = pc.fill_null(pc.struct_field(found, "sent"), "-1").cast(pa.int64()).to_numpy()
    return number


def _shown(local: int, zone: str, precision: str) -> str:
    when = _EPOCH + timedelta(microseconds=local)
    if precision == DAY:
        return f"{when:%d/%m/%Y}"
    return f"{when:%d/%m/%Y %H:%M}{'' if precision in {MINUTE, HOUR} else f':{when:%S}'} {zone}"


def _span(late: float) -> str:
    """'3 h 2 min earlier', '6 days later', '4 s later'."""
    return f"{span_words(abs(late))} {'earlier' if late < 0 else 'later'}"


def span_words(length: float) -> str:
    """'3 h 2 min', '6 days', '4 s': seconds in words, from two minutes on without seconds, from two days on in days."""
    seconds = round(length)
    if seconds >= 2 * _DAY:
        return f"{round(seconds / _DAY):,} days"
    if seconds < 2 * _MINUTE:
        return f"{seconds} s"
    hours, minutes = seconds // _HOUR, seconds % _HOUR // _MINUTE
    return " ".join(filter(None, (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "")))
