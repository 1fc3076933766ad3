"""The chronology as the page holds it: columns, not rows; dictionary-encoded, compressed once.

What `templates/rows.js` reads, after base64 and raw deflate:

    the columns one after the other, each padded to 8 bytes | header: JSON, UTF-8 | u32 length of the header

The header is {"rows": n, "columns": [{"name", "form", "at", "bytes", "values"}, ...]}. Forms: "u8", "u16", "u32" (index into `values`), "text" (UTF-8, a NUL
after each row; evidence never holds a NUL here, for `visible` has named it), "i32", "f64" (NaN is none), "bit" (one byte), "id" (6 bytes each). All numbers
are little-endian. A column that is empty throughout is left out.

It is packed in two parts, for the events need no analysis and take longest. Raw deflate can be joined, and names no operating system as gzip does: the same input
must give the same bytes.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline.processes import Tell
from pipeline.report.evidence_text import visible_column

NO_DAY: Final = -(2**31)
CODES: Final = (
    "zone",
    "basis",
    "clock",
    "precision",
    "correction",
    "differing",
    "kind",
    "channel",
    "direction",
    "status",
    "sender",
    "recipients",
    "sender_written",
    "recipients_written",
    "identifier",
    "person",
    "name_written",
    "thread",
    "place",
    "place_fit",
    "place_basis",
    "nearest",
    "camera",
    "source",
    "flags",
    "categories",
    "categories_by",
    "seen",
    "seen_basis",
    "seen_by",
    "reason",
    "same_rule",
    "maybe_rule",
    "decided",
)
TEXTS: Final = (
    "text", "subject", "attachments", "place_written", "note", "at", "written", "clocks", "until", "extra", "maybe_same_as",
)  # fmt: skip
FLOATS: Final = ("seconds", "lat", "lon", "accuracy_m", "place_m")


class _Column(NamedTuple):
    name: str
    form: str
    data: Any
    values: list[str]


@dataclass(frozen=True)
class Part:
    """Columns, compressed: a beginning to which others can be joined. `at` is their length before that."""

    rows: int
    columns: tuple[dict[str, Any], ...]
    data: bytes
    at: int


def of_events(events: Path) -> Part:
    """The columns of the timeline in the Parquet file `events`."""
    return _joined(Part(pq.read_metadata(events).num_rows, (), b"", 0), _columns(events))


def of_events_alone(_shared: None, events: Path, _tell: Tell) -> Part:
    """The same in a process of its own."""
    return of_events(events)


def pack(events: Part, marks: Mapping[str, NDArray[np.bool_]], left_out: Any, also_in: Any) -> bytes:
    """The whole: with the events what `analysis.contact` says of each of them.

    `marks` are further yes/no columns, `left_out` is an Arrow dictionary array: why the event does not count as contact; so is
    `also_in`: the other sources of the event.
    """
    said = (_Column(name, "bit", values.astype("u1"), []) for name, values in marks.items())
    part = _joined(events, chain(said, _codes("left_out", left_out), _codes("also_in", also_in)))
    header = json.dumps(
        {"rows": part.rows, "columns": part.columns}, ensure_ascii=False, separators=(",", ":")
    ).encode()
    compress = _compressor()
    end = compress.compress(header + len(header).to_bytes(4, "little"))
    return b"".join((part.data, end, compress.flush()))


def _joined(part: Part, columns: Iterable[_Column]) -> Part:
    compress, pieces, listed, at = _compressor(), [part.data], list(part.columns), part.at
    for name, form, data, values in columns:
        view = memoryview(data).cast("B") if len(data) else memoryview(b"")
        listed.append(
            {"name": name, "form": form, "at": at, "bytes": view.nbytes, **({"values": values} if values else {})}
        )
        padding = b"\0" * (-view.nbytes % 8)
        pieces += [compress.compress(view), compress.compress(padding)]
        at += view.nbytes + len(padding)
    pieces.append(compress.flush(zlib.Z_FULL_FLUSH))  # ends at a whole byte, and nothing after it refers back
    return Part(part.rows, tuple(listed), b"".join(pieces), at)


def _compressor() -> Any:
    return zlib.compressobj(level=1, wbits=-zlib.MAX_WBITS)


def _columns(events: Path) -> Iterator[_Column]:
    """One column at a time, so that no more than one lies in memory uncompressed."""
    file = pq.ParquetFile(events)

    def read(name: str) -> Any:
        return file.read(columns=[name]).column(0).combine_chunks()

    ids = read("id")
    yield _Column("id", "id", bytes.fromhex("".join(ids.to_pylist())), [])
    same_as = read("same_as")
    if _says(same_as):
        row = pc.fill_null(pc.index_in(same_as, value_set=ids), -1).to_numpy(zero_copy_only=False)
        yield _Column("same_as", "i32", row.astype("<i4"), [])
    del ids, same_as
    clock = read("local").to_numpy(zero_copy_only=False).astype("datetime64[s]")
    local, dated = clock.astype("i8"), ~np.isnat(clock)
    yield _Column("day", "i32", np.where(dated, local // 86_400, NO_DAY).astype("<i4"), [])
    yield _Column("second", "i32", np.where(dated, local % 86_400, 0).astype("<i4"), [])
    yield _Column(
        "excluded", "bit", (~pc.fill_null(read("included"), True).to_numpy(zero_copy_only=False)).astype("u1"), []
    )
    for name in CODES:
        yield from _codes(name, read(name))
    for name in FLOATS:
        column = read(name)
        if column.null_count < len(column):
            yield _Column(name, "f64", column.to_numpy(zero_copy_only=False).astype("<f8"), [])
    for name in TEXTS:
        column = read(name)
        if name == "until":
            column = pc.strftime(column.cast(pa.timestamp("s"), safe=False), "%d/%m/%Y %H:%M")
        if _says(column):
            yield _Column(name, "text", _blob(visible_column(column)), [])


def _says(column: Any) -> bool:
    """Whether any row has a text."""
    return bool(pc.any(pc.not_equal(column, ""), min_count=0).as_py())


def _codes(name: str, column: Any) -> Iterator[_Column]:
    """A column of few distinct texts; value 0 is the empty one."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    distinct = pc.fill_null(column.dictionary, "").to_pylist()
    used = pc.unique(column.indices).drop_null()
    values = ["", *sorted({distinct[code] for code in used.to_pylist()} - {""})]
    if len(values) == 1:
        return
    place = {value: number for number, value in enumerate(values)}
    width = "u1" if len(values) <= 1 << 8 else "<u2" if len(values) <= 1 << 16 else "<u4"
    form = {"u1": "u8", "<u2": "u16", "<u4": "u32"}[width]
    meaning = np.array([*(place.get(value, 0) for value in distinct), 0], width)  # the last is for a null
    codes = meaning[pc.fill_null(column.indices, len(distinct)).to_numpy(zero_copy_only=False)]
    yield _Column(name, form, codes, visible_column(pa.array(values, pa.large_string())).to_pylist())


def _blob(column: Any) -> Any:
    """All rows of a text column behind each other, a NUL after each."""
    ended = pc.binary_join_element_wise(column, pa.scalar("", pa.large_string()), pa.scalar("\0", pa.large_string()))
    _validity, offsets, data = ended.buffers()
    first, last = np.frombuffer(offsets, dtype="<i8", count=len(ended) + 1, offset=ended.offset * 8)[[0, -1]]
    return data[int(first) : int(last)] if last > first else b""
