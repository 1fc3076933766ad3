"""The events as a table for other programs: every column of `timeline.schema`, by suffix of the file.

Parquet and JSON hold the values as they are. In CSV and XLSX a text that a spreadsheet would run as a formula is made text: in CSV by an apostrophe before it (numbers
and telephone numbers, +447700900123, are left), in XLSX by its type.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from pipeline.case import Case
from pipeline.report.chronology import disarmed
from pipeline.report.evidence_text import visible
from pipeline.report.wording import clock_words
from pipeline.store import Timeline
from pipeline.timeline.people import Directory

SUFFIXES: Final = (".csv", ".json", ".xlsx", ".parquet")
_BATCH: Final = 50_000
_SHEET: Final = 1_048_575
_CELL: Final = 32_000
"""Characters put into one cell of a sheet; Excel takes 32,767 and counts in UTF-16."""


def select(
    held: Timeline,
    case: Case,
    start: date | None,
    end: date | None,
    channels: Sequence[str],
    persons: Sequence[str],
    text: str | None,
) -> Any:
    """The events (Arrow table) that fit: days are local and both included; a person is a key, a name of the case, or an identifier in any spelling."""
    events = pq.read_table(held.events)
    keep = pa.array([True] * len(events))
    if start:
        keep = pc.and_(keep, pc.fill_null(pc.greater_equal(events["local"], _midnight(start)), False))
    if end:
        keep = pc.and_(keep, pc.fill_null(pc.less(events["local"], _midnight(end + timedelta(days=1))), False))
    if channels:
        wanted = {channel.casefold() for channel in channels}
        held_channels = [channel for channel in _distinct(events, "channel") if channel.casefold() in wanted]
        keep = pc.and_(keep, pc.is_in(_strings(events["channel"]), pa.array(held_channels, pa.string())))
    if persons:
        keep = pc.and_(keep, _of_persons(events, case, persons))
    if text:
        words = [pc.match_substring(_strings(events[name]), text, ignore_case=True) for name in ("text", "subject")]
        keep = pc.and_(keep, pc.or_(*words))
    return events.filter(keep)


def unmatched(held: Timeline, case: Case, channels: Sequence[str], persons: Sequence[str]) -> Iterator[str]:
    """What to say of a channel or person that no event has, so that a mistyped one is not taken for silence."""
    if channels or persons:
        events = pq.read_table(held.events, columns=["channel", "identifier", "person", "sender"])
        there = _distinct(events, "channel")
        for said in channels:
            if said.casefold() not in {channel.casefold() for channel in there}:
                yield f"No event has the channel {visible(said)}. There are: {', '.join(there) or 'none'}."
        names = ", ".join(person.name for person in case.people)
        for said in persons:
            if not pc.any(_of_persons(events, case, [said]), min_count=0).as_py():
                yield f"No event is with {visible(said)}. The case names: {names}. A number, email or chat name is looked for as it stands in the records."


def _distinct(events: Any, name: str) -> list[str]:
    return sorted(pc.unique(_strings(events[name])).to_pylist())


def _midnight(day: date) -> Any:
    return pa.scalar(datetime.combine(day, time()), pa.timestamp("us"))


def _of_persons(events: Any, case: Case, persons: Sequence[str]) -> Any:
    directory = Directory(case)
    keys, forms = [], []
    for said in persons:
        named = [
            person.key for person in case.people if said.casefold() in {person.key.casefold(), person.name.casefold()}
        ]
        keys += named
        forms += [] if named else [directory.form(said)[0]]
    client = [key for key in keys if key == case.client.key]
    found = pc.or_(
        pc.is_in(_strings(events["person"]), pa.array(keys, pa.string())),
        pc.is_in(_strings(events["identifier"]), pa.array(forms, pa.string())),
    )
    return pc.or_(found, pc.is_in(_strings(events["sender"]), pa.array(client, pa.string())))


def _strings(column: Any) -> Any:
    return column.cast(pa.string())


def write(events: Any, output: Path) -> None:
    """Writes the table in the format of the suffix; whole or not at all."""
    neighbour = output.with_name(output.name + ".new")
    try:
        {".csv": _csv, ".json": _json, ".xlsx": _xlsx, ".parquet": _parquet}[output.suffix.lower()](events, neighbour)
        neighbour.replace(output)
    finally:
        neighbour.unlink(missing_ok=True)


def _parquet(events: Any, output: Path) -> None:
    pq.write_table(events, output, compression="zstd", row_group_size=100_000)


def _csv(events: Any, output: Path) -> None:
    with output.open("wb") as file:
        file.write(b"\xef\xbb\xbf")
        file.write((",".join(f'"{name}"' for name in events.column_names) + "\r\n").encode())
        options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="all_valid", eol="\r\n")
        for batch in _as_text(events).to_batches(max_chunksize=_BATCH):
            pyarrow.csv.write_csv(pa.Table.from_batches([batch]), file, options)


def _as_text(events: Any) -> Any:
    columns = {}
    for name in events.column_names:
        column = events[name]
        if pa.types.is_timestamp(column.type):
            text = pc.strftime(column.cast(pa.timestamp("us")), format="%Y-%m-%dT%H:%M:%S")
            columns[name] = pc.binary_join_element_wise(text, "Z", "") if column.type.tz else text
        else:
            columns[name] = column.cast(pa.string())
        columns[name] = pc.fill_null(columns[name], "")
        columns[name] = pa.chunked_array(
            [disarmed(chunk.cast(pa.large_string())) for chunk in columns[name].chunks], pa.large_string()
        )
    return pa.table(columns)


def _rows(events: Any) -> Iterator[dict[str, Any]]:
    for batch in events.to_batches(max_chunksize=_BATCH):
        for row in batch.to_pylist():
            for name, value in row.items():
                if isinstance(value, datetime):
                    row[name] = value.isoformat()
            for name in ("attachments", "extra"):
                row[name] = json.loads(row[name]) if row[name] else None
            yield row


def _json(events: Any, output: Path) -> None:
    with output.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        file.write("[")
        for number, row in enumerate(_rows(events)):
            file.write(("," if number else "") + "\n" + json.dumps(row, ensure_ascii=False))
        file.write("\n]\n")


def _xlsx(events: Any, output: Path) -> None:
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(output, options) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 -- a fixed time: the same bytes every time
        for first in range(0, max(len(events), 1), _SHEET):
            sheet = book.add_worksheet(f"Events {first // _SHEET + 1}")
            sheet.freeze_panes(1, 0)
            for column, name in enumerate(events.column_names):
                sheet.write_string(0, column, name)
            number = 0
            for batch in _as_text_plain(events.slice(first, _SHEET)).to_batches(max_chunksize=_BATCH):
                for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    number += 1
                    for column, cell in enumerate(cells):
                        if cell:
                            sheet.write_string(number, column, _fitting(visible(cell)))


def _fitting(text: str) -> str:
    """A text as far as a cell takes it; what does not fit is said, and stands whole in the other formats."""
    room = _CELL if text.isascii() or max(text) <= "\uffff" else _CELL // 2
    if len(text) <= room:
        return text
    return f"{text[:room]}\n[{len(text) - room:,} more characters: export to CSV, JSON or Parquet for all of them]"


def _as_text_plain(events: Any) -> Any:
    columns = {}
    for name in events.column_names:
        column = events[name]
        columns[name] = pc.fill_null(
            pc.strftime(column.cast(pa.timestamp("us")), format="%Y-%m-%dT%H:%M:%S")
            if pa.types.is_timestamp(column.type)
            else column.cast(pa.string()),
            "",
        )
    return pa.table(columns)


def lines(events: Any, case: Case) -> Iterator[str]:
    """Each event as one line for a terminal: date, time, who to whom, channel, words. What the evidence holds cannot steer the terminal."""
    names = {person.key: person.name for person in case.people}
    for row in events.to_pylist():
        when = f"{row['local']:%d/%m/%Y} {clock_words(row)}" if row["local"] else "no time given"
        party = names.get(row["person"], "") or row["identifier"] or row["name_written"] or "unknown"
        arrow = (
            {"in": "from", "out": "to"}.get(row["direction"], "with")
            if row["kind"] in {"message", "call", "email", "voicemail"}
            else "-"
        )
        what = " ".join(filter(None, [row["channel"], row["kind"], row["status"] and f"({row['status']})"]))
        words = f"{row['subject']}: {row['text']}" if row["subject"] else row["text"]
        yield one_line(f"{row['id']}  {when:24} {what:22} {arrow} {party}  {words}")


def one_line(text: str) -> str:
    """Text made harmless and put on one line."""
    return visible(text).replace("\n", " ⏎ ").replace("\t", " ").replace("\r", "␍")
