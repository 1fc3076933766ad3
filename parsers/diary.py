"""An incident diary: the log of what happened that a person keeps, as an Excel workbook (.xlsx) or a CSV file.

There is no one format. Charities and the police hand out templates, people make their own; what they have in common is a row of headings and a row for
each incident:

    Incident diary of ...
    Date       | Time        | Where | What happened            | Witnesses | Crime reference | Date recorded
    12/03/2024 | 9.15pm      | Home  | He was parked opposite.  | Neighbour | 24000123456     | 12/03/2024
    13/03/2024 | approx noon | Work  | Flowers were delivered.  |           | CAD 1234 13MAR24| 25/03/2024

The headings are looked for in the first 30 rows, in any order, by their words (`parsers.headings`). A sheet without them is named and not read. Where the
place of a row is cited, the number is the one the spreadsheet shows; in a CSV file, the line.

When. Real dates of a workbook need no question. Dates that are text are read day first, as in Britain, if any of them has a day over 12; if any can only
be read month first, or nothing settles it, the user is asked. A year is never supplied: a date without one, a date that does not exist and a row without a
date stay in the diary with no time and a flag, and the words are kept in `extra`. A date cell merged over several rows counts for all of them; a date that
is just left blank does not, for nobody can know that the same day was meant. The time goes by `parsers.times`: its words become a moment, perhaps a
range, of the precision the writer gave. Everything is "memory": it is what a person wrote down, and when it was written down stands beside it.

What. `text` holds the words of the incident, `place_text` the place; `extra` the rest under fixed names (type, who, witnesses, evidence, reported,
police_reference, officer, impact, response, recorded_on, appearance, vehicle) and columns we have no name for under their own headings. References stay as
written: 24000123456 is text. `sender` is who did it, as the writer says; whether that is a person of the case is for the timeline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from parsers.contract import ABOUT, INCIDENT, MEMORY, Moment, Note, Output, Problem, Question, Record, Source
from parsers.dates import (
    DAY_FIRST,
    WEEKDAYS,
    WrittenDate,
    day_first,
    numeric_fields,
    said_day_first,
    weekday,
    written_date,
)
from parsers.headings import DIARY_KIND
from parsers.tables import DAMAGED_NUMBER, Headed, Row, headed_tables, kind
from parsers.times import WrittenTime, on_the_day, written_time
from parsers.workbook import Cell

TITLE = "Incident diary"
HOW_TO_EXPORT = (
    "Use the Excel file as it is, or save it as a CSV file (File > Save As > CSV UTF-8). A diary in Word or on paper can be typed into a sheet with one row "
    "for each incident and at least the headings Date, Time and What happened. Write dates with the year."
)
CANNOT_SHOW = (
    "A diary shows what its writer remembered and wrote down, and when, if that was noted; it is not a recording of a machine.",
    "A spreadsheet does not show when a row was typed, or whether it was changed later.",
    "Pictures pasted into a workbook are not read; they must be added as files.",
)

_EXTRA = (
    "type",
    "who",
    "witnesses",
    "evidence",
    "reported",
    "police_reference",
    "officer",
    "impact",
    "response",
    "recorded_on",
    "appearance",
    "vehicle",
)
_NONE = Cell("")
_PART_OF_DAY = re.compile(r"0\.[0-9]{3,}")
_SHORTEST_REFERENCE = 5  # "Incident no. 3" counts the rows of the diary; the police's numbers are longer


class _Manner(NamedTuple):
    """How this diary writes: the day first? always on the 24-hour clock? times under a heading that says "approx"?"""

    day_first: bool
    clock_24: bool
    about: bool = False


def sniff(source: Source) -> bool:
    """A table with a date and a column that tells what happened."""
    return kind(source) == DIARY_KIND


def parse(source: Source) -> Iterator[Output]:
    """The incidents of every sheet that has the headings, in file order."""
    found, notes = headed_tables(source, DIARY_KIND)
    manner = _manner(found, source)
    yield from map(Note, notes)
    yield from _flipped(found)
    for table in found:
        heading = table.headings[table.fields.index("time")].lower() if "time" in table.fields else ""
        own = manner._replace(about="approx" in heading or "about" in heading)
        prepared: list[str] = []
        for row in table.rows():
            if isinstance(row, Problem):
                yield row
            elif _prepared(table, row, own):
                prepared.append(row.at)
            else:
                yield _record(table, row, own)
        if prepared:
            places = f"{', '.join(prepared[:20])}{' ...' if len(prepared) > 20 else ''}"
            yield Note(
                f"{len(prepared)} row(s) prepared for an incident and not used, with a date or a number and nothing else: {places}"
            )


def _prepared(table: Headed, row: Row, manner: _Manner) -> bool:
    """Whether the row is one of a form, with no more than its date or its number filled in."""
    if row.comments:
        return False
    for column, cell in enumerate(row.cells):
        field = table.fields[column] if column < len(table.fields) else ""
        words = cell.text.strip()
        if cell.above or not (words or cell.stored == "formula"):
            continue
        number = not field and words.isdigit()
        if not (number or field == "weekday" or (field == "date" and _date(cell, manner).first)):
            return False
    return True


def _raw(row: Row) -> str:
    comments = [f"comment: {words}" for _, words in row.comments]
    return " | ".join([*(cell.text.strip() for cell in row.cells if cell.text.strip()), *comments])


def _manner(found: list[Headed], source: Source) -> _Manner:
    """How the dates and times of the whole file are written.

    Raises:
        Question: the order of day and month is not settled.
    """
    pairs: set[tuple[int, int]] = set()
    clocks: set[str] = set()
    for table in found:
        for row in table.rows():
            if isinstance(row, Row):
                cells = table.cells(row)
                for field in ("date", "end_date", "recorded_on"):
                    pairs.update(pair for pair in numeric_fields(cells.get(field, _NONE).text) if min(pair) <= 12)
                clocks.add(written_time(_time_text(cells.get("time", _NONE))[0]).clock)
    month_first = next((f"{one}/{two}" for one, two in sorted(pairs) if two > 12 >= one), "")
    said = said_day_first(source.answers)
    if month_first and said is None:
        raise Question(
            DAY_FIRST,
            f"This diary has a date ({month_first}/...) that can only be read with the month first, as in the US. Are the dates in it written with the "
            "day first or the month first? If it was opened on a computer with American settings, some may have been changed: see the original.",
            (("yes", "day first"), ("no", "month first")),
        )
    return _Manner(
        said if month_first and said is not None else day_first(pairs, source.answers),
        "24" in clocks and "12" not in clocks,
    )


def _flipped(found: list[Headed]) -> Iterator[Note]:
    """The trace of a British file opened with American settings: 03/04 becomes 4 March, 13/04 stays text."""
    real: set[int] = set()
    written: set[int] = set()
    for table in found:
        for row in table.rows():
            cell = table.cells(row).get("date", _NONE) if isinstance(row, Row) else _NONE
            if cell.stored == "date":
                real.add(int(cell.text[8:10]))
            else:
                written.update(one for one, _ in numeric_fields(cell.text))
    if written and len(real) > 2 and min(written) > 12 >= max(real):
        yield Note(
            "every date that is kept as text has a day over 12 and every real date a day up to 12: a British file opened with American settings looks like "
            "this, and then day and month of the real dates are exchanged; compare them with the original"
        )


def _record(table: Headed, row: Row, manner: _Manner) -> Record | Problem:
    cells = table.cells(row)
    story = cells.get("story", _NONE).text
    day = _day(cells, manner)
    unsaved = [table.name(column) for column, cell in enumerate(row.cells) if cell.stored == "formula"]
    lost = f"a formula without a saved value: {', '.join(unsaved)}" if unsaved else ""
    if day.first is None and not story.strip():
        why = "neither a date that can be read nor what happened"
        return Problem(row.at, f"{why}; {lost}" if lost else why, _raw(row))
    flags = [*row.flags, *table.doubts(row), *day.flags]
    extra = {name: cells[name].text for name in _EXTRA if name in cells and cells[name].text.strip()}
    for name, words in table.others(row).items():
        _keep(extra, name, words)
    _reference(table, cells, extra, flags)
    when, until = _when(cells, day, extra, flags, manner)
    if cells.get("weekday", _NONE).text.strip():
        extra[table.name(table.fields.index("weekday"))] = cells["weekday"].text
    _written_down(cells.get("recorded_on", _NONE), day, flags, manner)
    for column, words in row.comments:
        extra[f"comment on {table.name(column)}"] = words
        flags.append("has a comment")
    flags += [lost] if lost else []
    if not story.strip():
        flags.append("nothing is written about what happened")
    if any("\ufffd" in cell.text for cell in row.cells):
        flags.append("a character could not be read")
    return Record(
        at=row.at,
        kind=INCIDENT,
        channel="diary",
        when=when,
        until=until,
        sender=cells.get("who", _NONE).text.strip(),
        text=story,
        place_text=cells.get("place", _NONE).text,
        flags=tuple(dict.fromkeys(flags)),
        extra=extra or None,
    )


def _keep(extra: dict[str, str], name: str, words: str) -> None:
    """Puts words under a name, which a column of the diary may have as well."""
    if words.strip():
        extra[name if name not in extra else f"{name} (as written)"] = words


def _date(cell: Cell, manner: _Manner) -> WrittenDate:
    if cell.stored == "number" and cell.text:
        return WrittenDate(None, flags=("the date is stored as a number",))
    return written_date(cell.text, first_is_day=manner.day_first)


def _time_text(cell: Cell) -> tuple[str, str]:
    """The words of a time cell, and the date that a workbook may hold in the same cell (1900 and 1904 are its way to hold none).

    A time whose cell has lost its format is kept, and shown, as a part of the day: 0.885416667 is 21:15. "0.3" may be a half past midnight that was typed.
    """
    if cell.stored == "number" and _PART_OF_DAY.fullmatch(cell.text):
        return str(timedelta(seconds=round(float(cell.text) * 86_400))).zfill(8).removesuffix(":00"), ""
    if cell.stored != "date":
        return cell.text.strip(), ""
    day, _, clock = cell.text.partition(" ")
    return clock or "00:00", "" if day[:4] in {"1899", "1900", "1904"} else day


def _day(cells: dict[str, Cell], manner: _Manner) -> WrittenDate:
    """The day of a row, or its days, with what must be said about them."""
    day = _date(cells.get("date", _NONE), manner)
    flags = [*day.flags]
    if day.first and not cells["date"].year_shown:
        flags.append(f"the cell shows no year: {day.first.year} is what Excel put in when the date was typed")
    named = weekday(cells.get("weekday", _NONE).text)
    if day.first and named is not None and day.first.weekday() != named:
        flags.append(
            f"the day of the week is given as {WEEKDAYS[named]}, but that date was a {WEEKDAYS[day.first.weekday()]}"
        )
    if cells.get("end_date", _NONE).text.strip():
        last = _date(cells["end_date"], manner).first
        good = last is not None and day.first is not None and last >= day.first
        flags += [] if good else ["the end of the range was not understood"]
        day = day._replace(last=last if good else day.last)
    return day._replace(flags=tuple(flags))


def _when(
    cells: dict[str, Cell], day: WrittenDate, extra: dict[str, str], flags: list[str], manner: _Manner
) -> tuple[Moment | None, Moment | None]:
    """The moment, and its end for a range; what could not be read goes to `flags`, its words to `extra`."""
    (clock, beside), (end, _) = _time_text(cells.get("time", _NONE)), _time_text(cells.get("end_time", _NONE))
    if clock and day.rest:
        flags.append(f'the date cell also says "{day.rest}"')
    if beside and day.first and beside != day.first.isoformat():
        flags.append(f"the time cell holds another date, {beside}")
    written = [cells.get(field, _NONE).text for field in ("date", "end_date", "time", "end_time")]
    hour = written_time(clock or day.rest)
    if end:
        closed = written_time(f"{clock or day.rest} - {end}")
        if closed.end is None or closed.flags:
            flags.append(f'the end of the time was not understood: "{end}"')
        else:
            hour = closed
    flags += _doubts(hour, clock or day.rest, manner)
    if manner.about and hour.start is not None:
        hour = hour._replace(precision=ABOUT)
    raw = " ".join(words.strip() for words in written if words.strip())
    when, until = on_the_day(day, hour, raw, MEMORY)
    if when is None:
        for name, words in zip(("date", "end date", "time", "end time"), written, strict=True):
            _keep(extra, name, words)
    return when, until


def _doubts(hour: WrittenTime, words: str, manner: _Manner) -> list[str]:
    """The flags of a time; "9:15" is in doubt unless the diary is written on the 24-hour clock."""
    doubts = [f'{flag}: "{words}"' for flag in hour.flags]
    if hour.start is not None and not hour.clock and not manner.clock_24:
        doubts.append(f'am or pm not given: "{words}", read on the 24-hour clock')
    return doubts


def _reference(table: Headed, cells: dict[str, Cell], extra: dict[str, str], flags: list[str]) -> None:
    """The police's reference, as text; under a heading like "Incident no" a short number is the diary's own count."""
    cell = cells.get("police_reference", _NONE)
    words = cell.text.strip()
    if not words:
        return
    if words.isdigit() and len(words) < _SHORTEST_REFERENCE:
        extra[table.name(table.fields.index("police_reference"))] = extra.pop("police_reference")
    elif cell.stored == "number":
        flags.append("the police reference is stored as a number: leading zeros may be missing")
    elif cell.stored == "date":
        flags.append("the police reference is stored as a date: a spreadsheet made one of what was typed")
    elif DAMAGED_NUMBER.fullmatch(words):
        flags.append("the police reference was damaged by a spreadsheet")


def _written_down(cell: Cell, day: WrittenDate, flags: list[str], manner: _Manner) -> None:
    """How long after the incident it was written down, where both days are given."""
    if not cell.text.strip():
        return
    recorded = _date(cell, manner)
    if recorded.first is None:
        flags += [f"date recorded: {flag}" for flag in recorded.flags]
    elif day.first is not None and not day.about:
        days = (recorded.first - (day.last or day.first)).days
        if days > 0:
            flags.append(f"written down {days} day{'s' if days > 1 else ''} later")
        elif days < 0:
            flags.append(f"the date recorded is {-days} day{'s' if days < -1 else ''} before the incident")
