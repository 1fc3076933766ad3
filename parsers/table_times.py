"""The times in the columns of a table that a machine or a person wrote: one reading for a whole file. Not a parser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from parsers.contract import DAY, LOCAL, OFFSET, UTC, Moment, Question, Source
from parsers.dates import DAY_FIRST, day_first, numeric_fields, said_day_first, written_date
from parsers.positions import epoch, iso
from parsers.tables import DAMAGED_NUMBER, Headed, Row
from parsers.times import on_the_day, written_time
from parsers.workbook import Cell

_NONE: Final = Cell("")
_ZONED: Final = re.compile(
    r"(?P<clock>.{0,60}?\d{1,2}[:.]\d\d(?:[:.]\d\d(?:[.,]\d{1,9})?)?\s{0,3}(?:[ap]\.?m\.?)?)\s{0,3}\(?"
    r"(?:(?P<word>UTC|GMT|BST|Z)|(?:UTC|GMT)\s?(?P<sign>[+-])(?P<hours>0\d|1[0-4]):?(?P<minutes>[0-5]\d)(?:\s?\([^()]{0,60}\))?)\)?",
    re.IGNORECASE | re.ASCII,
)
_SAYS_UTC: Final = re.compile(r"\b(?:utc|gmt)\b|utc$", re.IGNORECASE)


def day_comes_first(found: Sequence[Headed], source: Source, fields: tuple[str, ...] = ("date", "end")) -> bool:
    """The order of day and month in the whole file.

    Raises:
        Question: nothing in the file settles it, or it holds both.
    """
    pairs: set[tuple[int, int]] = set()
    for table in found:
        for row in table.rows():
            cells = table.cells(row) if isinstance(row, Row) else {}
            for name in fields:
                pairs.update(pair for pair in numeric_fields(cells.get(name, _NONE).text) if min(pair) <= 12)
    try:
        return day_first(sorted(pairs), source.answers)
    except ValueError as both:
        if (said := said_day_first(source.answers)) is not None:
            return said
        raise Question(
            DAY_FIRST,
            "This file has dates with the day first and dates with the month first: it was joined from two sources, or edited. Which is right for the "
            "dates that could be either? Rows that do not fit the answer are kept without a time.",
            (("yes", "day first"), ("no", "month first")),
        ) from both


def basis(table: Headed, fields: tuple[str, ...]) -> str:
    """What a time without a zone is: UTC, if the heading says so."""
    said = any(_SAYS_UTC.search(table.headings[table.fields.index(field)]) for field in fields if field in table.fields)
    return UTC if said else LOCAL


def time_of(date: str, clock: str, naive: str, *, first_is_day: bool) -> Moment | None:
    """A time in one column, or in one for the day and one for the clock: ISO 8601, a count from 1970, or as people write it."""
    if not date or DAMAGED_NUMBER.fullmatch(date):
        return None
    when = iso(date, naive) or epoch(date)
    if when is not None and (when.precision != DAY or not clock):
        return when
    date_alone, clock_alone, zone = without_zone(date, clock)
    day = written_date(date_alone, first_is_day=first_is_day)
    hour = written_time(clock_alone or day.rest)
    if hour.start is None and day.rest and not clock:
        return None
    when = on_the_day(day, hour, f"{date} {clock}".strip(), naive)[0]
    return in_zone(when, zone)


def without_zone(date: str, clock: str) -> tuple[str, str, timedelta | None]:
    """Day and clock without the zone that stands behind the clock, and the zone."""
    if clock:
        clock, zone = _zone_stated(clock)
        return date, clock, zone
    date, zone = _zone_stated(date)
    return date, "", zone


def _zone_stated(text: str) -> tuple[str, timedelta | None]:
    """A time as people and programs write it without the zone behind it, and the zone: "21:14 GMT", "9.14pm BST", "21:14:05 GMT+0100 (British Summer Time)"."""
    found = _ZONED.fullmatch(text)
    if not found:
        return text, None
    if found["word"]:
        return found["clock"], timedelta(hours=found["word"].upper() == "BST")
    zone = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
    return found["clock"], -zone if found["sign"] == "-" else zone


def in_zone(when: Moment | None, zone: timedelta | None) -> Moment | None:
    """The instant of a clock in a zone that was stated."""
    if when is None or zone is None:
        return when
    return when._replace(micros=when.micros - zone // timedelta(microseconds=1), basis=OFFSET if zone else UTC)
