"""Lists of camera events that are no known export: CSV, a sheet of a workbook, a list in JSON. Not a parser: `parsers.camera_events` reads with it.

    Date,Time,Camera,Event,Duration                 [{"cameraName": "Drive", "startedAt": "2026-05-03T21:14:05Z", "trigger": "person"}, ...]
    03/05/2026,21:14:05,Drive,Person detected,24    {"clips": [{...}, ...]}; what is nested has both names: "device.name"

Where the headings (or the names in JSON) say what is what (`parsers.headings`), it is read at once; where they would do for other lists too ("Device", "Event type"), if the
file or its folder is named after a camera. Where they do not, and the file or its folder is named after a camera,
it waits, and a person is asked for each of these: the column of the time, of the camera, of the event, of who was recognised; or that it is no such list. A column
that nobody was named for keeps its own name. Who was recognised is what the device or its owner typed; it stands beside the event and is nobody in the case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from parsers.contract import NOTICE, VIDEO, Moment, Note, Output, Problem, Question, Record, Source, Unreadable
from parsers.headings import CAMERA, CAMERA_KIND, columns, kind
from parsers.json_stream import Break, Item, Json, JsonWalk, as_text
from parsers.positions import time_flags
from parsers.reading import encoding, is_binary
from parsers.table_times import basis, day_comes_first, time_of
from parsers.tables import Headed, Row, Table, headed_tables, names_of, tables
from parsers.tables import kind as kind_of_table
from parsers.times import written_length
from parsers.workbook import ZIP, Cell

NONE: Final = "(none)"
NO_LIST: Final = "(not a camera list)"
QUESTIONS: Final = (
    ("date", "time_column", "Which column says when it happened?"),
    ("camera", "camera_column", "Which column names the camera or doorbell?"),
    ("event", "event_column", "Which column says what was noted (motion, person, ring)?"),
    ("who", "who_column", "Which column names who or what was recognised (a person, a number plate)?"),
)
"""Field, key of the answer, words of the question."""

_NAMED: Final = re.compile(
    r"(?<![a-z])(?:ring|doorbells?|cameras?|cams?|cctv|nvr|dvr|unifi|protect|blink|arlo|eufy|nest|reolink|hikvision|hik|dahua|lorex|tapo|wyze|ezviz|swann|frigate"
    r"|dashcams?|blackvue|viofo|nextbase|thinkware|70mai|motion)(?![a-z])",
    re.IGNORECASE,
)
_TABLES: Final = (".csv", ".tsv", ".xlsx", ".xlsm")
_JSON: Final = re.compile(r'\ufeff?\s*(?:\[\s*\{|\{\s*"[^"\\]{1,60}"\s*:)')
_OTHERS: Final = re.compile(
    r'"(?:latitudeE7|latLng|placeLocation|timelinePath|semanticSegments|timelineObjects|photoTakenTime|objectType|entity_id)"'
)
"""Names in JSON that other parsers, and the known shapes of this one, go by."""
_QUIET: Final = re.compile(
    r"^(?:off|idle|clear(?:ed)?|closed|normal|unavailable|unknown|none|false|0)$|\b(?:no motion|ended|stopped|cleared)\b"
    r"|\b(?:off ?line|on ?line|disconnect\w*|connect\w*|reconnect\w*|battery|charg\w+|log ?(?:in|out)|armed|disarmed|firmware|updated?|restart\w*|reboot\w*|storage|settings)\b",
    re.IGNORECASE,
)
"""Words of what a device says of itself, and of a sensor that went back to rest: no recording."""
_LOOKED_AT: Final = 50
_EXAMPLE: Final = 40
_DEEPEST: Final = 3


def is_list(source: Source) -> bool:
    """A table or list whose headings are those of camera events; or any with a column of times, if it is named after a camera and nobody else's."""
    zipped = source.head.startswith(ZIP)
    if not zipped and is_binary(source.head):
        return False
    named = bool(_NAMED.search(source.path.replace("_", " ")))
    if not zipped and _JSON.match(text := source.head.decode(encoding(source.head), "replace")):
        listed = _json_list(source)
        known = listed is not None and kind(listed.headings) == CAMERA_KIND
        return known or (named and listed is not None and not _OTHERS.search(text) and _has_times(listed))
    found = kind_of_table(source)
    if found or not named or not source.name.lower().endswith(_TABLES):
        return found == CAMERA_KIND
    return any(map(_has_times, _unknown(source)))


def _has_times(table: Headed) -> bool:
    return len(table.headings) > 1 and any(_may_be_time(table, name) for name in table.names)


def read_list(source: Source) -> Iterator[Output]:
    """The events, in file order.

    Raises:
        Question: a column has not been named yet, or day and month are not settled.
        Unreadable: somebody has said that it is no such list.
    """
    found, notes = _lists(source)
    first_is_day = day_comes_first(found, source)
    yield from map(Note, notes)
    for table in found:
        for row in table.rows():
            yield row if isinstance(row, Problem) else _record(table, row, first_is_day=first_is_day)


def _lists(source: Source) -> tuple[list[Headed], list[str]]:
    known = _json_list(source)
    if known is None and kind_of_table(source) == CAMERA_KIND:
        return headed_tables(source, CAMERA_KIND)
    if known is not None and kind(known.headings) == CAMERA_KIND:
        return [replace(known, fields=tuple(columns(known.headings, CAMERA)))], _said_beside(source)
    unknown = [known] if known else _unknown(source)
    if not unknown:
        raise Unreadable("no list of camera events was found: its headings should be in the first row")
    notes = [f"sheet '{one.table.name}' was not read: only the first sheet is" for one in unknown[1:]]
    return [_asked(unknown[0], source)], notes + (_said_beside(source) if known else [])


# --- Lists whose columns are not known ---------------------------------------------------------------------------------------------------------------


def _unknown(source: Source) -> list[Headed]:
    """The tables of a file, each with its first row of two cells or more as headings."""
    found: list[Headed] = []
    for table in tables(source)[0]:
        for above, row in enumerate(islice(table.rows, _LOOKED_AT)):
            words = () if isinstance(row, Problem) else tuple(cell.text for cell in row.cells)
            if sum(bool(word.strip()) for word in words) > 1:
                one = Headed(table, words, ("",) * len(words), names_of(words), above)
                found += [one] if next(one.rows(), None) is not None else []
                break
    return found


def _asked(table: Headed, source: Source) -> Headed:
    """The table with the fields that a person has named.

    Raises:
        Question: one of them has not been.
        Unreadable: it is no list of camera events.
    """
    known = columns(table.headings, CAMERA)
    if "date" in known and {"camera", "event"} & set(known):
        return replace(table, fields=tuple(known))
    examples = _examples(table)
    fields = [""] * len(table.headings)
    for field, key, words in QUESTIONS:
        left = [name for column, name in enumerate(table.names) if not fields[column] and examples[column]]
        answer = source.answers.get(key, "")
        if field == "date" and answer == NO_LIST:
            raise Unreadable("it is no list of camera events, as somebody has answered, and nobody else knows it")
        if answer in left:
            fields[table.names.index(answer)] = field
        elif answer != NONE or field == "date":
            choices = [(name, f"{name} (for example: {examples[table.names.index(name)]})") for name in left]
            if field == "date":
                choices.sort(key=lambda choice: not _may_be_time(table, choice[0]))
                choices.append((NO_LIST, "this is not a list of camera events"))
            else:
                choices.append((NONE, "no column does"))
            raise Question(
                key,
                f"This looks like the list of a camera or doorbell, of a kind that is not known. {words}",
                tuple(choices),
            )
    return replace(table, fields=tuple(_with_clock(table, fields)))


def _examples(table: Headed) -> list[str]:
    """Of each column the first words in it."""
    found = [""] * len(table.headings)
    for row in islice(table.rows(), _LOOKED_AT):
        if isinstance(row, Row):
            for column, cell in enumerate(row.cells[: len(found)]):
                found[column] = found[column] or " ".join(cell.text.split())[:_EXAMPLE]
    return found


def _values(table: Headed, column: int) -> list[str]:
    rows = [row for row in islice(table.rows(), _LOOKED_AT) if isinstance(row, Row) and column < len(row.cells)]
    return [text for row in rows if (text := row.cells[column].text.strip())]


def _may_be_time(table: Headed, name: str) -> bool:
    values = _values(table, table.names.index(name))
    read = sum(time_of(text, "", "", first_is_day=True) is not None for text in values)
    return read * 2 > len(values)


def _with_clock(table: Headed, fields: list[str]) -> list[str]:
    """The fields, and the column that holds the time of day where that of the date holds none; none is taken where two could be meant."""
    values = _values(table, fields.index("date"))
    if any((when := time_of(text, "", "", first_is_day=True)) and when.precision != "day" for text in values):
        return fields
    clocks = [
        column
        for column, field in enumerate(fields)
        if not field and (texts := _values(table, column)) and all(re.fullmatch(r"\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?: ?[ap]m)?", text, re.IGNORECASE | re.ASCII) for text in texts)
    ]  # fmt: skip
    if len(clocks) == 1:
        fields[clocks[0]] = "time"
    return fields


# --- JSON ----------------------------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _JsonRows:
    """The elements of the longest lists of a JSON file as rows under `names`, which is the first row."""

    source: Source
    names: tuple[str, ...]

    def __iter__(self) -> Iterator[Row | Problem]:
        yield Row("names", tuple(map(Cell, self.names)))
        for item in JsonWalk(self.source):
            if isinstance(item, Break):
                yield Problem(
                    f"after event {item.after}", f"the file cannot be read from here on: {item.reason}", item.raw
                )
            elif item.number and isinstance(item.value, dict):
                flat = _flat(item.value)
                yield Row(_place(item), tuple(Cell(flat.get(name, "")) for name in self.names))
            elif item.number:
                yield Problem(_place(item), "this is no event", as_text(item.value)[:200])


def _place(item: Item) -> str:
    return f'"{item.key}" {item.number}' if item.key else f"event {item.number}"


def _flat(value: dict[str, Json], before: str = "", depth: int = 1) -> dict[str, str]:
    words: dict[str, str] = {}
    for name, inner in value.items():
        if isinstance(inner, dict) and depth < _DEEPEST:
            words |= _flat(inner, f"{before}{name}.", depth + 1)
        else:
            words[f"{before}{name}"] = as_text(inner)
    return words


def _keys(source: Source) -> tuple[str, ...]:
    """The names in the first elements, () if it is not a list of objects."""
    names: dict[str, None] = {}
    for item in islice(JsonWalk(source), _LOOKED_AT):
        if isinstance(item, Item) and item.number and isinstance(item.value, dict):
            names |= dict.fromkeys(_flat(item.value))
    return tuple(names)[:200]


def _said_beside(source: Source) -> list[str]:
    """Remarks on a JSON file: what stands in it beside the events, and what could not be decoded."""
    walk = JsonWalk(source)
    others = dict.fromkeys(
        f"{item.key}: {as_text(item.value)[:100]}" for item in walk if isinstance(item, Item) and not item.number
    )
    notes = [f"beside the events the file says: {'; '.join(list(others)[:20])}"] if others else []
    return notes + ([f"{walk.unreadable} unreadable character(s) replaced by \ufffd"] if walk.unreadable else [])


def _json_list(source: Source) -> Headed | None:
    """The list of objects in a JSON file."""
    if source.head.startswith(ZIP) or not _JSON.match(source.head.decode(encoding(source.head), "replace")):
        return None
    if not (names := _keys(source)):
        return None
    return Headed(Table("", _JsonRows(source, names)), names, ("",) * len(names), names, 0)


# --- Rows ----------------------------------------------------------------------------------------------------------------------------------------------


def _record(table: Headed, row: Row, *, first_is_day: bool) -> Record | Problem:
    cells = {name: cell.text.strip() for name, cell in table.cells(row).items()}
    date, clock, end, event = (cells.get(name, "") for name in ("date", "time", "end", "event"))
    if not any((date, clock, event)):
        return Problem(
            row.at, "neither a time nor an event in this row", " | ".join(cell.text for cell in row.cells if cell.text)
        )
    when = time_of(date, clock, basis(table, ("date", "time")), first_is_day=first_is_day)
    until = time_of(end, "", basis(table, ("end",)), first_is_day=first_is_day)
    if until is None and end and clock:
        until = time_of(date, end, basis(table, ("date", "end")), first_is_day=first_is_day)
    length = cells.get("duration", "")
    seconds = written_length(length) if length else _between(when, until)
    written = f"{date} {clock}".strip()
    doubts = time_flags([(written, when), (end, until)]) if written else ("no time given",)
    extra = table.others(row)
    if length and seconds is None:
        extra[table.name(table.fields.index("duration"))] = length
    if cells.get("who"):
        extra["recognised (as the list has it)"] = cells["who"]
    return Record(
        row.at,
        NOTICE if _QUIET.search(event.strip()) else VIDEO,
        "camera",
        when,
        text=event,
        until=until,
        seconds=seconds,
        place_text=cells.get("camera", ""),
        flags=(*row.flags, *doubts),
        extra=extra or None,
    )


def _between(when: Moment | None, until: Moment | None) -> float | None:
    if when is None or until is None or until.micros < when.micros:
        return None
    return (until.micros - when.micros) / 1_000_000
