"""The two schedules of the report: the court chronology (one neutral line an entry, with the pages) and the full list (every row of the timeline)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Final, overload

import pandas as pd
import pyarrow.parquet as pq

from parsers.contract import (
    ABOUT,
    CALL,
    DAY,
    EMAIL,
    HOUR,
    IN,
    INCIDENT,
    LOCATION,
    MEMORY,
    MESSAGE,
    NOTICE,
    OUT,
    PHOTO,
    SIGHTING,
    VIDEO,
    VOICEMAIL,
)
from pipeline.analysis.condensed import OTHERS, STEPS, UNDATED, Condensed, Line, condensed
from pipeline.analysis.contact import DUPLICATE, EXCLUDED
from pipeline.analysis.wording import day_words, joined, many
from pipeline.case import Case, Order
from pipeline.report.blocks import breakable
from pipeline.report.chronology import Names
from pipeline.report.printable import printable
from pipeline.report.wording import clock_words
from pipeline.store import Timeline

EXTRACT: Final = 160
"""Characters of a message in one line of the chronology; the full list has all of them."""
ROOM: Final = 555
"""Lines of type that ten pages of the chronology have room for."""
_LINE: Final = 52
"""Letters of an event in one line of type."""
_SPACE: Final = 0.6
"""Lines of type that stay empty around an entry."""
_LEAST: Final = 2 + _SPACE
"""Lines that every entry takes at least: its date has two."""
_DETAILS: Final = {
    "witnesses": "Witnesses",
    "evidence": "Evidence kept",
    "reported": "Reported",
    "police_reference": "Police reference",
    "officer": "Officer",
    "impact": "Impact",
    "recorded_on": "Recorded on",
}
_COLUMNS: Final = (
    "id", "local", "zone", "precision", "clock", "until", "seconds", "kind", "channel", "direction", "status", "sender", "recipients", "sender_written",
    "recipients_written", "identifier", "person", "thread", "text", "subject", "attachments", "place", "place_written", "source", "at", "same_as", "categories",
    "included", "note", "extra", "pictures",
)  # fmt: skip
_BLOCK: Final = 4_096
_BLOCKS: Final = 24
"""Blocks of rows that are kept: nearly a hundred thousand rows, some 250 MB."""
_STEP_WORDS: Final = {
    "run": "Items of one kind with no more than an hour between one and the next are put together in one line.",
    "day": "Messages, calls, emails and voicemails of one day are put together in one line.",
    "week": "Messages, calls, emails and voicemails of one week, from Monday, are put together in one line.",
    "month": "Messages, calls, emails and voicemails of one month are put together in one line.",
}
_LEFT_OUT: Final = {
    EXCLUDED: "excluded in the review",
    DUPLICATE: "repeats of another row",
    NOTICE: "notices that an app wrote",
    UNDATED: "without a date",
    OTHERS: "with other people whom the case names",
}


class Rows(Sequence[dict[str, Any]]):
    """The events as rows of plain values, in the order of the timeline; nulls are "" but in times and numbers. Decoded block by block: a million at once take gigabytes."""

    def __init__(self, timeline: Timeline) -> None:
        self._table = pq.read_table(timeline.events, columns=list(_COLUMNS))
        self._block = lru_cache(maxsize=_BLOCKS)(self._decoded)

    def __len__(self) -> int:
        return len(self._table)

    @overload
    def __getitem__(self, place: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, place: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        number, rest = divmod(place % len(self), _BLOCK)
        return self._block(number)[rest]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for number in range(-(-len(self) // _BLOCK)):
            yield from self._block(number)

    def _decoded(self, number: int) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._table.slice(number * _BLOCK, _BLOCK).to_pylist()
        for row in rows:
            for name, value in row.items():
                if value is None and name not in {"local", "until", "seconds", "included"}:
                    row[name] = ""
        return rows


@dataclass(frozen=True)
class Writer:
    """Words for rows: what stands for persons, places and sources, and which number the first row has (a supplement goes on counting).

    `pictures` gives, by id of the event, the pages on which its pictures are issued.
    """

    case: Case
    names: Names
    first_row: int = 1
    pictures: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def party(self, row: Mapping[str, Any]) -> str:
        """The other party: the person's name, or the identifier with what must be said of it."""
        if row["person"]:
            return self.names.persons.get(row["person"], row["person"])
        return f"{row['identifier']} (nobody is named for it)" if row["identifier"] else "a party that is not given"

    def sender(self, row: Mapping[str, Any]) -> str:
        """Who sent it, or, for a row that is no contact, nothing."""
        if row["kind"] not in {MESSAGE, CALL, EMAIL, VOICEMAIL}:
            return ""
        client = self.names.persons.get(self.case.client.key, "")
        named = self.names.persons.get(row["sender"], "") or (client if row["direction"] == OUT else "")
        return named or row["identifier"] or row["sender_written"]

    def receiver(self, row: Mapping[str, Any]) -> str:
        """To whom it went."""
        if row["kind"] not in {MESSAGE, CALL, EMAIL, VOICEMAIL}:
            return ""
        client = self.names.persons.get(self.case.client.key, "")
        named = ", ".join(self.names.persons.get(key, key) for key in row["recipients"].split())
        return named or (client if row["direction"] == IN else row["identifier"] or row["recipients_written"])

    def source(self, row: Mapping[str, Any]) -> str:
        """'S3'."""
        return self.names.sources[row["source"]].label if row["source"] in self.names.sources else row["source"]

    def place(self, row: Mapping[str, Any]) -> str:
        """The name of the place, as the case that was handed in has it, else as it is written."""
        return self.names.places.get(row["place"], row["place"]) or row["place_written"]


def what_words(row: Mapping[str, Any], number: int = 1) -> str:
    """'missed phone call', '14 missed phone calls', 'SMS message', '3 emails'."""
    nouns = {MESSAGE: "message", CALL: "call", EMAIL: "email", VOICEMAIL: "voicemail", LOCATION: "location record"}
    noun = nouns.get(row["kind"], row["kind"])
    channel = "" if row["channel"].casefold() in {noun, ""} else f"{row['channel']} "
    status = f"{row['status']} " if row["status"] and row["status"] != noun else ""
    return f"{status}{channel}{noun}" if number == 1 else f"{number:,} {status}{channel}{noun}s"


def extract(text: str, most: int = EXTRACT) -> str:
    """The words in one line, cut visibly."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most].rstrip()} [...]"


# --- the court chronology ------------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chronology:
    """`rows` as the template takes them; `anchors` are the numbers of the rows of the full list whose pages it cites; `lead` says how it was put together."""

    rows: list[dict[str, Any]]
    anchors: tuple[int, ...]
    lead: tuple[str, ...]


def court_chronology(
    writer: Writer,
    prepared: pd.DataFrame,
    rows: Sequence[Mapping[str, Any]],
    persons: Sequence[str],
    room: float = ROOM,
) -> Chronology:
    """Entries in order of time; those of the key dates of the case stand among them and cite no page."""
    singled = [bool(row["categories"]) or row["kind"] in {INCIDENT, SIGHTING} for row in rows]
    entries: list[tuple[Any, int, dict[str, Any]]] = []
    for step in STEPS:
        made = condensed(prepared, singled, persons, step)
        if step != STEPS[-1] and len(made.lines) * _LEAST > room:
            continue
        entries = [(rows[line.rows[0]]["local"], 1, _entry(writer, rows, line)) for line in made.lines]
        if sum(_type_lines(entry) for _, _, entry in entries) <= room:
            break
    for entry_date in writer.case.key_dates:
        event = f"{(entry_date.what or entry_date.type).rstrip('.')}{f' (reference {entry_date.reference})' if entry_date.reference else ''}."
        shown = {
            "date": day_words(entry_date.day),
            "time": "",
            "event": f"Recorded in the case: {event}",
            "sources": "case record",
            "first": 0,
            "last": 0,
            "pages": "",
        }
        entries.append((pd.Timestamp(entry_date.day), 0, shown))
    entries.sort(key=lambda entry: (entry[0], entry[1]))
    listed = [{"no": str(number), **_shown(entry)} for number, (_, _, entry) in enumerate(entries, 1)]
    anchors = sorted({entry[end] for _, _, entry in entries for end in ("first", "last") if entry[end]})
    return Chronology(listed, tuple(anchors), _lead(made, len(rows)))


def _shown(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry with its words made printable, and breakable where their column is narrow."""
    room = {"sources": 12}
    return {
        key: breakable(printable(value), room.get(key, 40)) if isinstance(value, str) else value
        for key, value in entry.items()
    }


def _entry(writer: Writer, rows: Sequence[Mapping[str, Any]], line: Line) -> dict[str, Any]:
    first, last = rows[line.rows[0]], rows[line.rows[-1]]
    said = _single(writer, first) if len(line.rows) == 1 else _several(writer, [rows[number] for number in line.rows])
    shown = [page for number in line.rows for page in writer.pictures.get(rows[number]["id"], ())]
    return said | {
        "event": f"{said['event']} [{picture_words(shown)}]" if shown else said["event"],
        "date": _days(first, last),
        "first": line.rows[0] + writer.first_row,
        "last": line.rows[-1] + writer.first_row,
        "pages": "",
        "sources": _sources(writer, rows, line.rows),
    }


def picture_words(pages: Sequence[str]) -> str:
    """'picture: page P4', 'pictures: pages P4, P6', or, of many, from which to which page they are."""
    listed = list(dict.fromkeys(pages))
    if len(listed) == 1:
        return f"picture: page {listed[0]}"
    return (
        f"pictures: pages {', '.join(listed)}" if len(listed) <= 3 else f"pictures: pages {listed[0]} to {listed[-1]}"
    )


def _type_lines(entry: Mapping[str, Any]) -> float:
    """How many lines of type an entry takes, with the space around it."""
    return max(-(-len(entry["event"]) // _LINE), 2 if len(entry["date"]) <= 10 else 3) + _SPACE


def _lead(made: Condensed, rows: int) -> tuple[str, ...]:
    left = [f"{count:,} {_LEFT_OUT.get(why, why)}" for why, count in made.left_out]
    return (
        f"Made from {many(rows, 'row')} of the full list. {_STEP_WORDS[made.step]}",
        f"In the full list only: {joined(left)}." if left else "Every row of the full list is in one of these lines.",
    )


def _single(writer: Writer, row: Mapping[str, Any]) -> dict[str, Any]:
    """One row as an entry: who, what, the words in quotation marks; what a person wrote down is P1's account."""
    words = extract(" - ".join(filter(None, [row["subject"], row["text"]])))
    said = f": “{words}”" if words else "."
    if row["kind"] in {MESSAGE, CALL, EMAIL, VOICEMAIL}:
        way = {IN: f"from {writer.party(row)}", OUT: f"to {writer.party(row)}"}.get(
            row["direction"], f"with {writer.party(row)}"
        )
        what = what_words(row)
        event = f"{what[0].upper()}{what[1:]} {way}{length_words(row)}{said}"
    elif row["clock"] == MEMORY or row["kind"] in {INCIDENT, SIGHTING}:
        place = f", {writer.place(row)}" if writer.place(row) else ""
        event = (
            f"{writer.names.persons.get(writer.case.client.key, 'P1')}’s account{place}{said}"
            if row["kind"] == INCIDENT
            else f"Sighting{place}{said}"
        )
    else:
        place = f" at {writer.place(row)}" if writer.place(row) else ""
        event = f"{what_words(row)[0].upper()}{what_words(row)[1:]}{place}{said}"
    return {"time": clock_words(row), "event": event}


def length_words(row: Mapping[str, Any]) -> str:
    """', 75 seconds', or nothing."""
    return f", {row['seconds']:,.0f} seconds" if row["seconds"] else ""


def _several(writer: Writer, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Several rows as one entry: numbers by kind, each way."""
    parts = []
    for (word, party), there in _by_party(writer, rows).items():
        kinds = Counter((row["kind"], row["channel"], row["status"]) for row in there)
        examples = {(row["kind"], row["channel"], row["status"]): row for row in there}
        counted = joined(
            [
                what_words(examples[key], count) if count > 1 else f"1 {what_words(examples[key])}"
                for key, count in kinds.most_common()
            ]
        )
        parts.append(f"{counted} {word} {party}" if party else counted)
    untimed = any(row["precision"] in {DAY, ABOUT, HOUR} for row in rows)
    same_day = rows[0]["local"].date() == rows[-1]["local"].date()
    first, last = f"{rows[0]['local']:%H:%M}", f"{rows[-1]['local']:%H:%M}"
    zones = {row["zone"] for row in rows}
    zone = f" {rows[0]['zone']}" if len(zones) == 1 else ""
    time = "" if untimed or not same_day else f"{first}{zone}" if first == last else f"{first} to {last}{zone}"
    return {"time": time, "event": f"{'; '.join(parts)}."}


def _by_party(writer: Writer, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    """The rows by way and other party, those that came in first, named persons first; parties that nobody is named for stand together."""
    unnamed = {row["identifier"] for row in rows if not row["person"] and row["kind"] != LOCATION}
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for wanted, word in ((IN, "from"), (OUT, "to"), ("", "with")):
        there = [row for row in rows if (row["direction"] if row["direction"] in {IN, OUT} else "") == wanted]
        for row in sorted(there, key=lambda row: not row["person"]):
            party = "" if row["kind"] == LOCATION else writer.party(row)
            if party and not row["person"] and len(unnamed) > 1:
                party = "others, whom nobody is named for"
            groups.setdefault((word, party), []).append(row)
    return groups


def _days(first: Mapping[str, Any], last: Mapping[str, Any]) -> str:
    start, end = first["local"].date(), last["local"].date()
    unsure = first["precision"] == ABOUT and first["local"].hour == 0 and first["until"] is None
    about = "about " if unsure and start == end else ""
    return f"{about}{day_words(start)}" if start == end else f"{day_words(start)} to {day_words(end)}"


def _sources(writer: Writer, rows: Sequence[Mapping[str, Any]], numbers: Sequence[int]) -> str:
    labels = list(dict.fromkeys(writer.source(rows[number]) for number in numbers))
    return ", ".join(labels[:4]) + (f" and {len(labels) - 4} more" if len(labels) > 4 else "")


# --- the full list -------------------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """A column of the full list: its width in mm (0: what is left), and the letters without a space that fit one of its lines."""

    head: str
    width: int
    letters: int


FULL_LIST: Final = (
    Column("No. and ID", 29, 14),
    Column("Date and time", 27, 13),
    Column("From and to", 34, 16),
    Column("What", 26, 12),
    Column("Words, or what is described", 0, 40),
    Column("Place", 24, 11),
    Column("Source, place in it, basis", 36, 17),
    Column("Order in force", 24, 11),
)


def full_list(writer: Writer, rows: Sequence[Mapping[str, Any]]) -> Iterator[list[str]]:
    """Every row of the timeline, in its order, in the columns `FULL_LIST`; every word of it."""
    for number, row in enumerate(rows, writer.first_row):
        day = day_words(row["local"].date()) if row["local"] is not None else "no date"
        sender, receiver = writer.sender(row), writer.receiver(row)
        cells = (
            f"{number}\n{row['id']}",
            f"{day}\n{clock_words(row)}",
            f"{sender} to {receiver}" if sender or receiver else "",
            f"{what_words(row)}{length_words(row)}",
            _words(row, writer.pictures.get(row["id"], ())),
            writer.place(row),
            f"{writer.source(row)}, {row['at']}\n{_basis(row)}",
            _in_force(writer.case.orders, row["local"].date()) if row["local"] is not None else "",
        )
        yield [
            breakable(printable(cell), most)
            for cell, most in zip(cells, (column.letters for column in FULL_LIST), strict=True)
        ]


def _words(row: Mapping[str, Any], pictures: Sequence[str]) -> str:
    parts = [row["subject"], row["text"]]
    if row["attachments"]:
        names = [one.get("name") or one.get("type") or "without a name" for one in json.loads(row["attachments"])]
        parts.append(f"[attached: {', '.join(names)}]")
    parts += [f"[{picture_words(pictures)}]"] if pictures else []
    details = json.loads(row["extra"]) if row["extra"] and row["kind"] in {INCIDENT, SIGHTING} else {}
    parts += [f"{label}: {details[key]}" for key, label in _DETAILS.items() if details.get(key)]
    if row["categories"]:
        parts.append(f"[categories recorded: {row['categories']}]")
    if row["same_as"]:
        parts.append(f"[repeats {row['same_as']}; counted once]")
    if row["included"] is False:
        parts.append("[excluded in the review]")
    return "\n".join(filter(None, parts))


def _basis(row: Mapping[str, Any]) -> str:
    if row["clock"] == MEMORY or row["kind"] == INCIDENT:
        return "written account"
    return {PHOTO: "image file", VIDEO: "video file", EMAIL: "saved email"}.get(row["kind"], "device record")


def _in_force(orders: Sequence[Order], day: date) -> str:
    """The orders that had been served and had not expired on the day."""
    return ", ".join(
        order.name
        for order in orders
        if order.served and order.served <= day and (order.expires is None or day <= order.expires)
    )
