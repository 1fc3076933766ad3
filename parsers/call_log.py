"""Call logs and itemised phone bills as CSV (or as a sheet of a workbook): one row a call.

Three kinds of layout, told apart by their headings (`parsers.headings`), which may stand below titles and blank lines:

    Name,Number,Date,Time,Type,Duration                                  a phone app; type is Incoming, Outgoing, Missed, Rejected ...
    Call type,Date,Duration,Number,Contact,Location,Service              iMazing, from an iPhone
    ChargeCode,...,Date,Time,Destination,CalledNo,Duration,...,Cost      a bill (BT, O2); all calls are outgoing
    Phone number,User name,Date,Time,Dialled number,Total call duration,Total data volume,Usage charge,Bundle indicator,More details   Vodafone UK

    01/05/2016,07:49,447700900123,00:00:00    a text, in Vodafone's bill: a number, and no duration
    02/05/2016,19:05,07700 900 456,00:03:12   a call of 192 seconds, outgoing

Vodafone's bundle indicator `I` and `O` means inside and outside the bundle, not in and out. Where a file has a column of directions, it counts; where it
is a bill (a column of *dialled* or *called* numbers, or of charges), `extra.list` says "itemised bill" and a row is outgoing unless it says otherwise; else the direction is "" and flagged.
Times are local, to the minute or second as written, unless they are counts from 1970 or carry an offset. Day and month are settled for the whole file:
by a day over 12, else by the reading that keeps the rows in order, else by the layout (BT and Vodafone UK write the day first), else by the user. `1:02:03`, `02:03` (minutes and seconds), `1h 2m` and bare numbers of
the unit in the heading are lengths. Data sessions are notices, not contact. Numbers stay as written; what a spreadsheet has done to them is flagged.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date
from typing import Final

from dateutil.parser import isoparse

from parsers.call_directions import ANDROID, direction_of
from parsers.contract import (
    CALL,
    EPOCH,
    LOCAL,
    MESSAGE,
    MINUTE,
    NOTICE,
    OUT,
    SECOND,
    SUBSECOND,
    Moment,
    Note,
    Output,
    Problem,
    Question,
    Record,
    Source,
)
from parsers.dates import DAY_FIRST, day_first, moment, numeric_fields, said_day_first, written_date
from parsers.headings import CALL_LOG_KIND
from parsers.table_times import in_zone, without_zone
from parsers.tables import DAMAGED_NUMBER, Headed, Row, headed_tables, kind
from parsers.times import on_the_day, written_length, written_time
from parsers.workbook import Cell

TITLE = "Call log or phone bill (CSV)"
HOW_TO_EXPORT = (
    "A bill: sign in to the phone company's website, open the bill and choose the itemised list as CSV or Excel. A call log: use a call-log backup app on an "
    "Android phone, or iMazing for an iPhone (Calls > Export to CSV). Add the file as it came: opening and saving it in Excel can damage numbers and dates."
)
CANNOT_SHOW = (
    "A phone bill lists the calls made from the line, not the calls received; those only the phone company can give (data subject access request, or police).",
    "An itemised bill may leave out free calls, short numbers and some helplines: that a call is not on it does not show that it was not made.",
    "Times are those of the clock of the phone or network, usually to the minute, without a zone.",
    "A call log holds what was left on the phone: entries can have been deleted, and older ones are dropped by the phone.",
)

_NONE = Cell("")
_WITHHELD: Final = frozenset({
    "", "withheld", "number withheld", "withheld number", "caller withheld", "private", "private number", "unknown", "unknown number", "unknown caller",
    "anonymous", "no caller id", "restricted", "unavailable", "hidden", "-1", "-2",
})  # fmt: skip
_DATA = re.compile(r"\b(?:data|mobile internet|internet|gprs|wap|web|broadband)\b", re.IGNORECASE)
_PICTURE = re.compile(r"\b(?:mms|picture messag\w*|photo messag\w*|multimedia)\b", re.IGNORECASE)
_TEXT = re.compile(r"\b(?:sms|texts?|text messag\w*)\b", re.IGNORECASE)
_ZONED = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?\s?(?:Z|[+-][0-9]{2}:?[0-9]{2})"
)
_BILL_HEADING = re.compile(r"called|dial|destination", re.IGNORECASE)


_DAY_FIRST_LAYOUTS: Final = (
    frozenset({"user name", "dialled number", "total call duration", "total data volume"}),  # Vodafone UK
    frozenset({"chargecode", "installationno", "lineno", "calledno"}),  # BT
)


def sniff(source: Source) -> bool:
    """A table with a number, a date, and a duration, a type or a time; no column that tells what happened."""
    return kind(source) == CALL_LOG_KIND


def parse(source: Source) -> Iterator[Output]:
    """The rows of every table that has the headings, in file order."""
    found, notes = headed_tables(source, CALL_LOG_KIND)
    first_is_day = _first_is_day(found, source)
    yield from map(Note, notes)
    for table in found:
        readings: Counter[str] = Counter()
        bill = _is_bill(table)
        for row in table.rows():
            yield row if isinstance(row, Problem) else _record(table, row, readings, first_is_day, bill=bill)
        yield from (Note(f"{count} length(s) {reading}") for reading, count in sorted(readings.items()))


def _first_is_day(found: list[Headed], source: Source) -> bool:
    """The order of day and month in the whole file.

    Raises:
        Question: nothing in the file settles it, or it holds both.
    """
    pairs: set[tuple[int, int]] = set()
    orders = (_Order(), _Order())
    for table in found:
        for row in table.rows():
            text = table.cells(row).get("date", _NONE).text if isinstance(row, Row) else ""
            if fields := [pair for pair in numeric_fields(text) if min(pair) <= 12]:
                pairs.update(fields)
                for order, reading in zip(orders, (True, False), strict=True):
                    order.see(written_date(text, first_is_day=reading).first)
    kept = [order.kept() for order in orders]
    in_order = kept[0] if kept[0] != kept[1] else None
    if in_order is None and all(_writes_day_first(table) for table in found):
        in_order = True
    try:
        return day_first(sorted(pairs), source.answers, in_order=in_order)
    except ValueError as both:
        if (said := said_day_first(source.answers)) is not None:
            return said
        raise Question(
            DAY_FIRST,
            "This file has dates with the day first and dates with the month first: it was joined from two sources, or edited. Which is right for the "
            "dates that could be either? Rows that do not fit the answer are listed as problems.",
            (("yes", "day first"), ("no", "month first")),
        ) from both


def _writes_day_first(table: Headed) -> bool:
    """Whether this is the bill of a British company whose layout is known to write the day first."""
    headings = {heading.strip().lower() for heading in table.headings}
    return any(layout <= headings for layout in _DAY_FIRST_LAYOUTS)


class _Order:
    """Whether the dates seen run one way, up or down; three different ones at least, for any two do."""

    def __init__(self) -> None:
        self.last: date | None = None
        self.steps: set[bool] = set()
        self.changes = 0

    def see(self, day: date | None) -> None:
        if day is None:
            self.steps = {True, False}
        elif self.last is not None and day != self.last:
            self.steps.add(day > self.last)
            self.changes += 1
        self.last = day or self.last

    def kept(self) -> bool:
        return len(self.steps) < 2 and self.changes > 1


def _record(table: Headed, row: Row, readings: Counter[str], first_is_day: bool, *, bill: bool) -> Record | Problem:  # noqa: FBT001 -- settled for the file
    cells = table.cells(row)
    flags = [*row.flags, *table.doubts(row)]
    when = _when(cells, flags, first_is_day=first_is_day)
    if when is None:
        reason = "no date in this row" if not cells.get("date", _NONE).text.strip() else "the date cannot be read"
        return Problem(row.at, reason, " | ".join(cell.text.strip() for cell in row.cells if cell.text.strip()))
    extra = _extra(table, cells, row, flags)
    seconds = _seconds(table, cells.get("duration", _NONE), flags, readings)
    number = _number(cells.get("number", _NONE), flags)
    what, channel = _what(cells, number, seconds, flags)
    words = " ".join(cells.get(field, _NONE).text for field in ("direction", "type", "status")).strip()
    if when.basis == EPOCH:  # a dump of Android's own list (CallLog.Calls): times in milliseconds, types as numbers
        words = ANDROID.get(words, words)
    if what == NOTICE:
        return Record(
            row.at, NOTICE, channel, when, text=number or words, seconds=seconds, flags=tuple(flags), extra=extra
        )
    direction, status = direction_of(cells.get("direction", _NONE).text.lower(), words.lower(), bill=bill)
    if bill:
        extra["list"] = "itemised bill"
    caller = _number(cells["caller"], flags) if "caller" in cells else number
    if not direction and not (
        caller and number and caller != number
    ):  # between two numbers, the timeline sees which is the client's
        flags.append(f'direction not known: "{words}"' if words else "direction not given")
    sender, recipients = _parties(number, caller, direction)
    if (number if direction == OUT else sender) == "":
        flags.append("no number given" if direction == OUT else "withheld")
        if written := cells.get("number", _NONE).text.strip():
            extra[table.name(table.fields.index("number"))] = written
    return Record(
        at=row.at,
        kind=what,
        channel=channel,
        when=when,
        direction=direction,
        status=status,
        sender=sender,
        recipients=recipients,
        name=cells.get("name", _NONE).text.strip(),
        seconds=seconds if what == CALL else None,
        flags=tuple(dict.fromkeys(flags)),
        extra=extra,
    )


def _when(cells: dict[str, Cell], flags: list[str], *, first_is_day: bool) -> Moment | None:
    text, clock = (cells.get(field, _NONE).text.strip() for field in ("date", "time"))
    if re.fullmatch(r"1[0-9]{9}(?:[0-9]{3})?", text):
        scale = 1_000_000 if len(text) == 10 else 1000
        return Moment(int(text) * scale, EPOCH, SECOND if len(text) == 10 else SUBSECOND, text)
    if _ZONED.fullmatch(text):
        try:
            return moment(
                isoparse(re.sub(r"\s(?=[Z+-][0-9:]*$)", "", text)).astimezone(UTC),
                text,
                SECOND if text[16:17] == ":" else MINUTE,
            )
        except ValueError:
            return None
    written = f"{text} {clock}".strip()
    text, clock, zone = without_zone(text, clock)
    day = written_date(text, first_is_day=first_is_day)
    hour = written_time(clock or day.rest)
    if hour.start is None and (clock or day.rest):
        flags.append(f'time not understood: "{clock or day.rest}"')
    flags += day.flags if day.first else ()
    return in_zone(on_the_day(day._replace(last=None), hour._replace(end=None), written, LOCAL)[0], zone)


def _seconds(table: Headed, cell: Cell, flags: list[str], readings: Counter[str]) -> float | None:
    """The length in seconds; how an unclear way of writing was read is counted in `readings`."""
    text = cell.text.strip()
    if not text:
        return None
    heading = table.headings[table.fields.index("duration")].lower()
    unit = "m" if "min" in heading else "h" if "hour" in heading else "s"
    seconds = written_length(text, unit)
    if seconds is None:
        flags.append(f'length not understood: "{text}"')
    elif (
        cell.stored == "time"
    ):  # a workbook has made a clock of it: its cells of hours and minutes may have been minutes and seconds
        if text.count(":") == 1:
            seconds *= 60
            flags.append("the length is kept as a clock time: its hours and minutes may have been minutes and seconds")
    elif text.count(":") == 1 and re.search(r"h:mm(?!:)", heading):
        seconds *= 60
    elif text.count(":") == 1 and "mm:ss" not in heading:
        readings["with one colon, read as minutes:seconds"] += 1
    elif re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text) and unit == "s" and not re.search(r"sec|\(s\)", heading):
        readings["written as a bare number, read as seconds"] += 1
    return seconds


def _number(cell: Cell, flags: list[str]) -> str:
    """A number as written, "" if the words mean that it was withheld. `="07700..."` is how a CSV keeps a spreadsheet from damaging it."""
    text = cell.text.strip().removeprefix("'")
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    if text.lower() in _WITHHELD:
        return ""
    if DAMAGED_NUMBER.fullmatch(text):
        flags.append("number damaged by a spreadsheet")
    elif re.fullmatch(r"[127][0-9]{9}", text):
        flags.append("the leading 0 of the number may be missing")
    return text


def _what(cells: dict[str, Cell], number: str, seconds: float | None, flags: list[str]) -> tuple[str, str]:
    """Kind and channel: a data session, a text, or a call."""
    words = " ".join(cells.get(field, _NONE).text for field in ("type", "direction", "status", "service", "usage"))
    digits = any(letter.isdigit() for letter in number)
    if (_DATA.search(words) and "call" not in words.lower()) or (not digits and _DATA.search(number)):
        return NOTICE, "mobile data"
    if _PICTURE.search(words):
        return MESSAGE, "MMS"
    if _TEXT.search(words):
        return MESSAGE, "SMS"
    if "volume" in cells and "type" not in cells and digits and seconds == 0:
        flags.append("taken as a text: a number, and no duration")
        return MESSAGE, "SMS"
    service = cells.get("service", _NONE).text.strip()
    return CALL, service if service and service.lower() not in {"phone", "voice", "cellular", "telephony"} else "phone"


def _is_bill(table: Headed) -> bool:
    """Whether a table lists what was called from one line: it has charges or a column of numbers called, and not several callers, as a network's own list has."""
    if "cost" not in table.fields and not _BILL_HEADING.search(table.headings[table.fields.index("number")]):
        return False
    if "caller" not in table.fields:
        return True
    texts = (table.cells(row).get("caller", _NONE).text for row in table.rows() if isinstance(row, Row))
    return len({text.strip() for text in texts if sum(map(str.isdigit, text)) > 4}) < 2


def _parties(number: str, caller: str, direction: str) -> tuple[str | None, tuple[str, ...]]:
    """Sender and recipients; `caller` is the number itself where the table has one column of numbers."""
    if direction == OUT:
        return None, (number,) if number else ()
    both = not direction and caller != number and number
    return caller, (number,) if both else ()


def _extra(table: Headed, cells: dict[str, Cell], row: Row, flags: list[str]) -> dict[str, str]:
    """What has no column in a record, under its own heading."""
    extra = table.others(row)
    for field in ("caller", "direction", "type", "usage", "status", "service", "duration", "volume", "cost"):
        if cells.get(field, _NONE).text.strip():
            extra[table.name(table.fields.index(field))] = cells[field].text.strip()
    for column, words in row.comments:
        extra[f"comment on {table.name(column)}"] = words
        flags.append("has a comment")
    if any("\ufffd" in cell.text for cell in row.cells):
        flags.append("a character could not be read")
    return extra
