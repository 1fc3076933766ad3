"""Records on their way to disk: drained in batches into Arrow columns, so that a million of them never stand in memory as objects.

The file (Arrow's own stream format, LZ4) is an intermediate one in timeline/records/: what the parsers transcribed, before the case is known. `timeline.build`
reads it and writes the events as Parquet.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from parsers.contract import Alike, Attachment, Moment, Record

BATCH: Final = 50_000
_FEW: Final = 5_000
"""Records; fewer of one source are written together with those of the next, for a batch costs the same whether it holds one or a thousand."""
BETWEEN: Final = "\x1f"
"""Unit separator: stands between the recipients of one record."""

_TAG = pa.dictionary(pa.int32(), pa.string())

SCHEMA: Final = pa.schema(
    [
        ("source", _TAG),
        ("position", pa.int64()),
        ("at", pa.string()),
        ("id", pa.string()),
        ("kind", _TAG),
        ("channel", _TAG),
        ("micros", pa.int64()),
        ("clock", _TAG),
        ("precision", _TAG),
        ("written", pa.string()),
        ("until", pa.int64()),
        ("direction", _TAG),
        ("status", _TAG),
        ("sender", _TAG),  # null: the owner
        ("recipients", _TAG),
        ("name", _TAG),
        ("thread", _TAG),
        ("text", pa.string()),
        ("subject", pa.string()),
        ("seconds", pa.float64()),
        ("attachments", pa.string()),
        ("lat", pa.float64()),
        ("lon", pa.float64()),
        ("accuracy_m", pa.float64()),
        ("place_written", pa.string()),
        ("flags", _TAG),
        ("extra", pa.string()),
        ("clocks", pa.string()),
    ]
)


ID: Final = 12
"""Hex digits of an id."""


class _Run(NamedTuple):
    """Records of one source: its key, the number of the first in it, how many there are."""

    source: str
    position: int
    records: int


class Refused(NamedTuple):
    """A record that no column can hold (half a character, a text for a number): the key of its source, its place there, the error."""

    source: str
    at: str
    error: str


class RecordWriter:
    """Takes records of one source after another and writes them to one file, those of many small sources together.

    What no column can hold is in `refused` when the file is closed, all else is in the file.
    """

    def __init__(self, path: Path) -> None:
        self._writer = pa.ipc.new_stream(path, SCHEMA, options=pa.ipc.IpcWriteOptions(compression="lz4"))
        self._few: list[Record] = []
        self._runs: list[_Run] = []
        self.refused: list[Refused] = []

    def write(self, source: str, position: int, records: Sequence[Record] | Alike) -> None:
        """Writes records of `source`, the first of which is number `position` of it (from 0)."""
        run = _Run(source, position, len(records))
        if isinstance(records, Alike):
            self._write_few()
            self._put([run], _alike(records))
        elif run.records >= _FEW:
            self._write_few()
            self._write([run], records)
        else:
            self._few += records
            self._runs.append(run)
            if len(self._few) >= _FEW:
                self._write_few()

    def close(self) -> None:
        """Ends the file; it is complete only then."""
        try:
            self._write_few()
        finally:
            self._writer.close()

    def _write_few(self) -> None:
        few, runs = self._few, self._runs
        self._few, self._runs = [], []
        if few:
            self._write(runs, few)

    def _write(self, runs: Sequence[_Run], records: Sequence[Record]) -> None:
        try:
            columns = _columns(records)
        except (ArithmeticError, AttributeError, TypeError, ValueError) as error:
            if len(records) == 1:
                self.refused.append(Refused(runs[0].source, str(records[0].at), f"{type(error).__name__}: {error}"))
                return
            half = len(records) // 2
            first, second = _divided(runs, half)
            self._write(first, records[:half])
            self._write(second, records[half:])
        else:
            self._put(runs, columns)

    def _put(self, runs: Sequence[_Run], columns: dict[str, Any]) -> None:
        columns |= _places(runs) | {"id": _ids(runs, columns["at"])}
        self._writer.write_batch(pa.RecordBatch.from_arrays([columns[name] for name in SCHEMA.names], schema=SCHEMA))


def _divided(runs: Sequence[_Run], count: int) -> tuple[list[_Run], list[_Run]]:
    """The runs of the first so many records, and those of the others."""
    first: list[_Run] = []
    second: list[_Run] = []
    for source, position, records in runs:
        fit = min(count, records)
        count -= fit
        if fit:
            first.append(_Run(source, position, fit))
        if fit < records:
            second.append(_Run(source, position + fit, records - fit))
    return first, second


def batches(outputs: Iterable[Any], aside: Callable[[Any], None]) -> Iterator[Sequence[Record] | Alike]:
    """The records among what a parser gives, in order and many at a time; all else is put `aside`. If it raises, what came before is given first."""
    batch: list[Record] = []
    try:
        for output in outputs:
            if type(output) is Record:
                batch.append(output)
                if len(batch) < BATCH:
                    continue
            elif not isinstance(output, Alike):
                aside(output)
                continue
            if batch:
                yield batch
                batch = []
            if isinstance(output, Alike):
                yield output
    except Exception:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def read(path: Path) -> Any:
    """The table that a `RecordWriter` wrote."""
    with pa.memory_map(str(path)) as file:
        return pa.ipc.open_stream(file).read_all()


def _places(runs: Sequence[_Run]) -> dict[str, Any]:
    """The columns that say of which source a record is and which one of it."""
    sources = list(dict.fromkeys(run.source for run in runs))
    codes = {source: code for code, source in enumerate(sources)}
    counts = [run.records for run in runs]
    which = pa.array(np.repeat([codes[run.source] for run in runs], counts), pa.int32())
    position = np.concatenate([np.arange(run.position, run.position + run.records) for run in runs])
    return {
        "source": pa.DictionaryArray.from_arrays(which, pa.array(sources)),
        "position": pa.array(position, pa.int64()),
    }


def _columns(records: Sequence[Record]) -> dict[str, Any]:
    """The columns of what records say, for all but source, position and id."""
    count = len(records)
    (
        at,
        kind,
        channel,
        when,
        direction,
        status,
        sender,
        recipients,
        name,
        thread,
        text,
        subject,
        seconds,
        until,
        attachments,
        lat,
        lon,
        accuracy,
        place,
        flags,
        extra,
        clocks,
    ) = zip(*records, strict=True)
    moments = [moment or _NO_MOMENT for moment in when]
    micros, clock, precision, written = zip(*moments, strict=True)
    return {
        "at": _text(at),
        "kind": _tag(kind),
        "channel": _tag(channel),
        "micros": pa.array(micros, pa.int64()),
        "clock": _tag(clock),
        "precision": _tag(precision),
        "written": _text(written),
        "until": pa.array([moment.micros if moment else None for moment in until], pa.int64())
        if any(until)
        else pa.nulls(count, pa.int64()),
        "direction": _tag(direction),
        "status": _tag(status),
        "sender": _tag(sender),
        "recipients": _tag([BETWEEN.join(one) if one else "" for one in recipients]),
        "name": _tag(name),
        "thread": _tag(thread),
        "text": _text(text),
        "subject": _text(subject),
        "seconds": pa.array(seconds, pa.float64()),
        "attachments": _text(_attached(attachments)),
        "lat": pa.array(lat, pa.float64()),
        "lon": pa.array(lon, pa.float64()),
        "accuracy_m": pa.array(accuracy, pa.float64()),
        "place_written": _text(place),
        "flags": _tag(["; ".join(one) if one else "" for one in flags] if any(flags) else [""] * count),
        "extra": _text(_json_each(extra)),
        "clocks": _text([json.dumps(one, ensure_ascii=False) if one else "" for one in clocks]),
    }


def _alike(alike: Alike) -> dict[str, Any]:
    """The columns of the few, each row taken from the one it is like, and what is its own put over them."""
    own = {
        "at": pa.array(alike.at, pa.string()),
        "micros": pa.array(alike.micros, pa.int64()),
        "written": pa.array(alike.raw, pa.string()),
        "text": pa.array(alike.text, pa.string()),
    }
    which = pa.array(alike.which, pa.int32())
    few = _columns(alike.like)
    return (
        {name: _spread(column, which) for name, column in few.items() if name not in own and name != "extra"}
        | own
        | {"extra": _extra(alike, which)}
    )


def _spread(column: Any, which: Any) -> Any:
    """The value of each row, by its number in the column. Most columns have but one value, which need not be looked up for each row."""
    count = len(which)
    if len(pc.unique(column)) > 1:
        return column.take(which)
    if column.null_count:
        return pa.nulls(count, column.type)
    if pa.types.is_dictionary(column.type):
        return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), column.dictionary)
    return pa.repeat(column[0], count)


def _ids(runs: Sequence[_Run], at: Any) -> Any:
    """The first 12 hex digits of SHA-256 over the key of the source and the place in it, with a NUL between."""
    sha256, places = hashlib.sha256, iter(at.cast(pa.binary()).to_pylist())
    parts = [(run.source.encode() + b"\0", islice(places, run.records)) for run in runs]
    digests = b"".join([sha256(base + place).digest()[: ID // 2] for base, part in parts for place in part])
    ends = np.arange(len(at) + 1, dtype=np.int32) * ID
    return pa.StringArray.from_buffers(len(at), pa.py_buffer(ends), pa.py_buffer(digests.hex().encode()))


def _extra(alike: Alike, which: Any) -> Any:
    """The `extra` of each row as a JSON object: that of the one it is like, with its own values in it."""
    own = {key: pa.array(values, pa.string()) for key, values in alike.extra.items()}
    if any(_escapes(values) for values in own.values()):
        return _text(_json_each([record.extra for record in alike.records()]))
    keys = tuple(own)
    shapes = [
        tuple((key, "" if key in own else value) for key, value in (record.extra or {}).items())
        for record in alike.like
    ]
    cut = [_cut(shape, keys) for shape in shapes]
    parts = []
    for number, (key, values) in enumerate(own.items()):
        parts.append(pa.array([texts[number] for texts in cut], pa.string()).take(which))
        given = pa.array([key in (record.extra or {}) for record in alike.like], pa.bool_()).take(which)
        parts.append(pc.if_else(given, values, ""))
    parts.append(pa.array([texts[-1] for texts in cut], pa.string()).take(which))
    return pc.binary_join_element_wise(*parts, "")


def _escapes(values: Any) -> bool:
    """Whether a column of text holds a character that JSON escapes."""
    data = np.frombuffer(values.buffers()[2] or b"", np.uint8)
    return bool(((data < 0x20) | (data == ord('"')) | (data == ord("\\"))).any())


@lru_cache(maxsize=1 << 12)
def _cut(extra: tuple[tuple[str, str], ...], own: tuple[str, ...]) -> list[str]:
    """A JSON object cut where the values of the `own` keys belong; one more piece than there are keys."""
    pieces = [""] * (len(own) + 1)
    place = 0
    for number, (key, value) in enumerate(extra):
        pieces[place] += f"{',' if number else '{'}{_json(key)}:"
        if key in own:
            assert own.index(key) >= place, "the keys of `Alike.extra` stand in another order in a record"
            pieces[place] += '"'
            place = own.index(key) + 1
            pieces[place] = '"'
        else:
            pieces[place] += _json(value)
    if extra:
        pieces[place] += "}"
    return pieces


_NO_MOMENT: Final = Moment(None, "", "", "")  # type: ignore[arg-type]  # a row without a time: null in the column


def _text(values: Sequence[str]) -> Any:
    """A column of text; one that is empty throughout is made without looking at each value twice."""
    if not any(values):
        return pa.repeat(pa.scalar(""), len(values))
    return pa.array(values, pa.string())


def _tag(values: Sequence[str | None]) -> Any:
    """A column of few different values; one that has but one value in a batch, as most have, is made from that."""
    first = values[0]
    if first is not None and values.count(first) == len(values):
        return pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), len(values)), pa.array([first]))
    return pa.array(values, pa.string()).dictionary_encode()


def _attached(column: Iterable[tuple[Attachment, ...]]) -> list[str]:
    return [json.dumps([one._asdict() for one in row], ensure_ascii=False) if row else "" for row in column]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _json_each(column: Sequence[Mapping[str, str] | None]) -> list[str]:
    """Each row's mapping as a JSON object, "" where there is none.

    A format fills the same few keys in nearly every row. Where no value of a batch needs an escape, which one search over all of them tells, the objects are
    made from one pattern for each set of keys: three times as fast as encoding each.
    """
    if not any(column):
        return [""] * len(column)
    if _ESCAPED.search("\x7f".join(chain.from_iterable(row.values() for row in column if row))):
        return [_json(dict(row)) if row else "" for row in column]
    patterns: dict[tuple[str, ...], str] = {}
    objects: list[str] = []
    for row in column:
        if not row:
            objects.append("")
            continue
        keys = tuple(row)
        pattern = patterns.get(keys)
        if pattern is None:
            named = ",".join(_json(key).replace("%", "%%") + ':"%s"' for key in keys)
            pattern = patterns[keys] = "{" + named + "}"
        objects.append(pattern % tuple(row.values()))
    return objects


_ESCAPED: Final = re.compile(r'["\\\x00-\x1f]')
