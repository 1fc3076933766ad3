"""The chronology as it is handed out: one row an event, in the columns of a court schedule, as text; and the CSV file of it.

Worked through in batches of Arrow columns: a million events pass without a million Python objects.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline.case import Case
from pipeline.report.evidence_text import visible, visible_column
from pipeline.report.wording import BASES, DIRECTIONS, PRECISIONS
from pipeline.store import SourceInfo, Timeline
from pipeline.timeline.places import within
from pipeline.timeline.schema import BY_CAMERA, MAY_BE, SCHEMA
from pipeline.timeline.whereabouts import distance_said

BATCH: Final = 50_000
COLUMNS: Final = (
    "Event ID",
    "Date",
    "Time",
    "Zone",
    "Precision",
    "How the time is known",
    "Until",
    "Time as written",
    "Other clocks",
    "From",
    "From, as written",
    "To",
    "To, as written",
    "Other party",
    "Other party's identifier",
    "Channel",
    "Kind",
    "Direction",
    "Status",
    "Length in seconds",
    "Subject",
    "Words",
    "Attachments",
    "Place",
    "Position",
    "Distance",
    "Remarks",
    "Categories",
    "Categories recorded by",
    "Who is seen",
    "Source",
    "File",
    "Place in file",
    "Repeats event",
    "Repeats by the rule",
    "Also in",
    "May repeat event",
    "Counted as contact",
    "After key dates",
    "In the review",
    "Why left out",
    "Reviewer's note",
    "Decided by",
    "Other data of the record",
)
_FORMULA: Final = "^[=@\t\r\n\uff1d\uff0b\uff0d\uff20]|^[+\\-]$|^[+\\-][^0-9]|^[+\\-][0-9].*[^0-9 ().\\-]"
"""What makes a spreadsheet program read a cell of a CSV file as a formula (OWASP, CSV injection); +447700900123 and -1.5 are numbers and stay as they are."""


@dataclass(frozen=True)
class Names:
    """What the keys in the timeline stand for."""

    persons: Mapping[str, str]
    places: Mapping[str, str]
    sources: Mapping[str, SourceInfo]
    cameras: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, case: Case, timeline: Timeline) -> Names:
        """The names of a case and its sources."""
        return cls(
            {person.key: person.name for person in case.people},
            {place.key: place.name for place in case.places},
            {source.key: source for source in timeline.sources},
            {camera.key: camera.name for camera in case.cameras},
        )


def batches(
    timeline: Timeline, names: Names, counted: NDArray[np.bool_], after: Any = None, also_in: Any = None
) -> Iterator[pa.RecordBatch]:
    """The chronology in order, in batches: the text columns `COLUMNS`, and `when`, the local time without a zone (null if none).

    `counted` says for each event whether it counts as an item of contact (`analysis.contact`); `after`, an Arrow column, in words after which of
    the key dates it came that call for a list (`analysis.afterwards`); `also_in`, another, which other sources hold it.
    """
    nothing = pa.nulls(len(counted), pa.string()).fill_null("")
    after, also_in = (nothing if column is None else column for column in (after, also_in))
    done = 0
    with pq.ParquetFile(timeline.events) as file:
        for batch in file.iter_batches(BATCH):
            yield in_words(
                pa.Table.from_batches([batch], SCHEMA).combine_chunks(),
                names,
                counted[done : done + batch.num_rows],
                after.slice(done, batch.num_rows),
                also_in.slice(done, batch.num_rows),
            )
            done += batch.num_rows


def write_csv(path: Path, rows: Iterator[pa.RecordBatch]) -> None:
    """The rows as CSV that Excel opens rightly: UTF-8 with its mark, lines ended by CR LF.

    A cell that a spreadsheet would read as a formula has an apostrophe before it; nothing else is changed.
    """
    schema = pa.schema([(name, pa.large_string()) for name in COLUMNS])
    options = pa.csv.WriteOptions(eol="\r\n", quoting_style="needed", batch_size=BATCH)
    with path.open("wb") as out:
        out.write(b"\xef\xbb\xbf")
        with pa.csv.CSVWriter(out, schema, write_options=options) as writer:
            for batch in rows:
                writer.write_batch(
                    pa.RecordBatch.from_arrays([disarmed(batch.column(name)) for name in COLUMNS], schema=schema)
                )


def disarmed(column: Any) -> Any:
    """A text column (large strings) of a CSV file with an apostrophe before what a spreadsheet would read as a formula."""
    armed = pc.match_substring_regex(column, _FORMULA)
    if not pc.any(armed, min_count=0).as_py():
        return column
    return pc.if_else(
        armed,
        pc.binary_join_element_wise(pa.scalar("'", pa.large_string()), column, pa.scalar("", pa.large_string())),
        column,
    )


def in_words(events: Any, names: Names, counted: NDArray[np.bool_], after: Any, also_in: Any) -> pa.RecordBatch:
    """One batch of the timeline (an Arrow table of one chunk) as rows of the chronology."""

    def column(name: str) -> Any:
        return _array(events[name])

    def words(name: str) -> Any:
        return visible_column(column(name))

    def mapped(name: str, meaning: Callable[[str], str]) -> Any:
        return _mapped(column(name), meaning)

    when = column("local")
    precision = column("precision").cast(pa.string())
    sender_written, recipients_written = words("sender_written"), words("recipients_written")
    columns = {
        "Event ID": words("id"),
        "Date": _clock(when, "%d/%m/%Y"),
        "Time": _time(when, precision, column("until")),
        "Zone": words("zone"),
        "Precision": mapped("precision", lambda key: PRECISIONS.get(key, key)),
        "How the time is known": _either(
            pc.binary_join_element_wise(
                mapped("basis", lambda key: BASES.get(key, key)),
                mapped("clock", _clock_words),
                pa.scalar("", pa.large_string()),
            )
        ),
        "Until": _clock(column("until"), "%d/%m/%Y %H:%M"),
        "Time as written": words("written"),
        "Other clocks": words("clocks"),
        "From": _either(mapped("sender", lambda key: names.persons.get(key, key)), sender_written),
        "From, as written": sender_written,
        "To": _either(mapped("recipients", lambda keys: persons_named(keys, names)), recipients_written),
        "To, as written": recipients_written,
        "Other party": mapped("person", lambda key: names.persons.get(key, key)),
        "Other party's identifier": words("identifier"),
        "Channel": words("channel"),
        "Kind": words("kind"),
        "Direction": mapped("direction", lambda key: DIRECTIONS.get(key, key)),
        "Status": words("status"),
        "Length in seconds": pc.fill_null(column("seconds").cast(pa.large_string()), ""),
        "Subject": words("subject"),
        "Words": words("text"),
        "Attachments": mapped("attachments", attachments_in_words),
        "Place": _place(column, names, words("place_written")),
        "Position": _position(column("lat"), column("lon"), column("accuracy_m")),
        "Distance": _distance(column, names),
        "Remarks": words("flags"),
        "Categories": words("categories"),
        "Categories recorded by": words("categories_by"),
        "Who is seen": _seen(
            mapped("seen", lambda keys: persons_named(keys, names)), words("seen_basis"), words("seen_by")
        ),
        "Source": mapped("source", lambda key: names.sources[key].label if key in names.sources else key),
        "File": mapped("source", lambda key: names.sources[key].file if key in names.sources else ""),
        "Place in file": words("at"),
        "Repeats event": words("same_as"),
        "Repeats by the rule": words("same_rule"),
        "Also in": visible_column(also_in),
        "May repeat event": words("maybe_same_as"),
        "Counted as contact": pc.if_else(pa.array(counted), "yes", "").cast(pa.large_string()),
        "After key dates": after.cast(pa.large_string()),
        "In the review": pc.if_else(pc.fill_null(column("included"), True), "", "excluded").cast(pa.large_string()),
        "Why left out": words("reason"),
        "Reviewer's note": words("note"),
        "Decided by": words("decided"),
        "Other data of the record": words("extra"),
    }
    assert tuple(columns) == COLUMNS
    return pa.RecordBatch.from_arrays([*columns.values(), when], names=[*columns, "when"])


def persons_named(keys: str, names: Names) -> str:
    """'P2 A' -> 'Jordan Reed, Alex Reed'."""
    return ", ".join(names.persons.get(key, key) for key in keys.split())


def attachments_in_words(listed: str) -> str:
    """The JSON of the attachments as a person reads it: name, type, size and the SHA-256 of the bytes, where held."""
    if not listed:
        return ""
    parts = []
    for one in json.loads(listed):
        held = f"{one['size']} bytes, SHA-256 {one['sha256']}" if one.get("sha256") else "bytes not held"
        parts.append(
            f"{one.get('name') or 'without a name'} ({', '.join(filter(None, [one.get('type'), held, one.get('fault')]))})"
        )
    return "; ".join(parts)


def _seen(who: Any, basis: Any, by: Any) -> Any:
    """'Sam Marsh (police; PC 1234)'; empty where nobody is said to be seen."""
    opened, apart, closed, nothing = (pa.scalar(part, pa.large_string()) for part in (" (", "; ", ")", ""))
    said = pc.binary_join_element_wise(
        who, opened, basis, pc.if_else(pc.equal(by, ""), nothing, apart), by, closed, nothing
    )
    return pc.if_else(pc.equal(who, ""), nothing, said)


def _clock_words(clock: str) -> str:
    return f" ({clock})" if clock else ""


def _array(column: Any) -> Any:
    """A column of one chunk, or of none, as an array."""
    return column.chunk(0) if column.num_chunks else pa.array([], column.type)


def _mapped(column: Any, meaning: Callable[[str], str]) -> Any:
    """Each value put through `meaning`, computed once for each distinct one; nulls as ""."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    values = pa.array([visible(meaning(value or "")) for value in column.dictionary.to_pylist()], pa.large_string())
    return pc.fill_null(values.take(column.indices), meaning(""))


def _either(first: Any, second: Any = None) -> Any:
    """The first where it says something, else the second."""
    return first if second is None else pc.if_else(pc.equal(first, ""), second, first)


def _clock(moments: Any, pattern: str) -> Any:
    return pc.fill_null(pc.strftime(moments.cast(pa.timestamp("s"), safe=False), pattern).cast(pa.large_string()), "")


def _time(when: Any, precision: Any, until: Any) -> Any:
    """The time of day as far as it is known: 21:04:33, 21:04, "about 21:00", or nothing for "day only" and for a range of days ("March 2026")."""
    minute = _clock(when, "%H:%M")
    known = pc.fill_null(precision, "")
    about = pc.binary_join_element_wise(
        pa.scalar("about ", pa.large_string()), minute, pa.scalar("", pa.large_string())
    )
    text = pc.if_else(pc.is_in(known, pa.array(["hour", "about"])), about, _clock(when, "%H:%M:%S"))
    text = pc.if_else(pc.equal(known, "minute"), minute, text)
    days = pc.and_(pc.equal(known, "about"), pc.and_(_at_midnight(when), _at_midnight(until)))
    days = pc.and_(days, pc.fill_null(pc.not_equal(when, until), False))
    untimed = pc.or_(pc.or_(pc.equal(known, "day"), pc.is_null(when)), days)
    return pc.if_else(untimed, pa.scalar("", pa.large_string()), text)


def _at_midnight(moments: Any) -> Any:
    return pc.equal(_clock(moments, "%H:%M:%S"), "00:00:00")


def _place(column: Callable[[str], Any], names: Names, written: Any) -> Any:
    """'Home', 'may be Home', 'Home (by the camera “Doorbell”)'; else the place in words, as written."""
    name = _mapped(column("place"), lambda key: names.places.get(key, key))
    said = pc.not_equal(name, "")
    if not pc.any(said, min_count=0).as_py():
        return written
    before = _mapped(column("place_fit"), lambda fit: "may be " if fit == MAY_BE else "")
    by_camera = pc.equal(_mapped(column("place_basis"), str), BY_CAMERA)
    camera = _mapped(column("camera"), lambda key: f" (by the camera “{names.cameras.get(key, key)}”)" if key else "")
    after = pc.if_else(by_camera, camera, pa.scalar("", pa.large_string()))
    joined = pc.binary_join_element_wise(before, name, after, pa.scalar("", pa.large_string()))
    return pc.if_else(said, joined, written)


def _distance(column: Callable[[str], Any], names: Names) -> Any:
    """'40 m ± 12 m from Home'; "assumed" where the file gives no accuracy; empty where there is no position or no place."""
    metres, accuracy = column("place_m"), column("accuracy_m")
    known = pc.is_valid(metres)
    text = pa.array([""] * len(metres), pa.large_string())
    if not pc.any(known, min_count=0).as_py():
        return text
    given = accuracy.filter(known).to_numpy(zero_copy_only=False).astype(np.float64)
    name = _mapped(column("nearest").filter(known), lambda key: names.places.get(key, key)).to_pylist()
    said = [
        distance_said(far, blur, assumed=not one > 0) + f" from {place}"
        for far, blur, one, place in zip(
            metres.filter(known).to_pylist(), within(given).tolist(), given.tolist(), name, strict=True
        )
    ]
    return pc.replace_with_mask(text, known, pa.array(said, pa.large_string()))


def _position(lat: Any, lon: Any, accuracy: Any) -> Any:
    """'53.123400, -1.234500 (within 20 m)'; empty where no position is given."""
    known = pc.and_(pc.is_valid(lat), pc.is_valid(lon))
    text = pa.array([""] * len(lat), pa.large_string())
    if not pc.any(known, min_count=0).as_py():
        return text
    places = zip(
        lat.filter(known).to_pylist(), lon.filter(known).to_pylist(), accuracy.filter(known).to_pylist(), strict=True
    )
    said = [
        f"{north:.6f}, {east:.6f}" + ("" if metres is None else f" (within {metres:g} m)")
        for north, east, metres in places
    ]
    return pc.replace_with_mask(text, known, pa.array(said, pa.large_string()))
