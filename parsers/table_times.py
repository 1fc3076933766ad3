"""The times in the columns of a table that a machine or a person wrote: one reading for a whole file. Not a parser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from parsers.contract import DAY, LOCAL, UTC, Moment, Question, Source
from parsers.dates import DAY_FIRST, day_first, numeric_fields, written_date
from parsers.positions import epoch, iso
from parsers.tables import DAMAGED_NUMBER, Headed, Row
from parsers.times import on_the_day, written_time
from parsers.workbook import Cell

_NONE: Final = Cell("")
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
        if DAY_FIRST in source.answers:
            return source.answers[DAY_FIRST] == "yes"
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
    day = written_date(date, first_is_day=first_is_day)
    hour = written_time(clock or day.rest)
    if hour.start is None and day.rest and not clock:
        return None
    return on_the_day(day, hour, f"{date} {clock}".strip(), naive)[0]
