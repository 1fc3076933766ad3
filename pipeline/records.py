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
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from parsers.contract import Alike, Attachment, Moment, Record

BATCH: Final = 50_000
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


class RecordWriter:
    """Takes batches of records of one source after another and writes them to one file."""

    def __init__(self, path: Path) -> None:
        self._writer = pa.ipc.new_stream(path, SCHEMA, options=pa.ipc.IpcWriteOptions(compression="lz4"))

    def write(self, source: str, position: int, records: Sequence[Record] | Alike) -> None:
        """Writes records of `source`, the first of which is number `position` of it (from 0)."""
        columns = (
            _alike(source, position, records) if isinstance(records, Alike) else _columns(source, position, records)
        )
        columns["id"] = _ids(source, columns["at"])
        self._writer.write_batch(pa.RecordBatch.from_arrays([columns[name] for name in SCHEMA.names], schema=SCHEMA))

    def close(self) -> None:
        """Ends the file; it is complete only then."""
        self._writer.close()


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


def _columns(source: str, position: int, records: Sequence[Record]) -> dict[str, Any]:
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
        "source": pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), pa.array([source])),
        "position": pa.array(range(position, position + count), pa.int64()),
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


def _alike(source: str, position: int, alike: Alike) -> dict[str, Any]:
    """The columns of the few, each row taken from the one it is like, and what is its own put over them."""
    own = {
        "position": pa.array(np.arange(position, position + len(alike)), pa.int64()),
        "at": pa.array(alike.at, pa.string()),
        "micros": pa.array(alike.micros, pa.int64()),
        "written": pa.array(alike.raw, pa.string()),
        "text": pa.array(alike.text, pa.string()),
    }
    which = pa.array(alike.which, pa.int32())
    few = _columns(source, 0, alike.like)
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


def _ids(source: str, at: Any) -> Any:
    """The first 12 hex digits of SHA-256 over the key of the source and the place in it, with a NUL between."""
    base, sha256 = source.encode() + b"\0", hashlib.sha256
    digests = b"".join([sha256(base + place).digest()[: ID // 2] for place in at.cast(pa.binary()).to_pylist()])
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
