"""Positions as a table: CSV, or a sheet of a workbook, with a row for each, as tracking apps and converters write them and people make them.

    timestamp,latitude,longitude,accuracy,label          Latitude;Longitude;Date;Time
    2024-03-03T12:22:24Z,53.46,-1.86,12,Gate             53,4600N;1,8600W;03/03/2024;12:22

Known by its headings (`parsers.headings`): latitude, longitude and a time must be there; an end, an accuracy in metres and a label may be. A position is in degrees, with
a point or a comma, perhaps with N, S, E, W, which may have columns of their own; or in ten millionths of a degree (E7), by the heading, or where a smaller part (E6)
would lie off the globe. A time is ISO 8601, a count of seconds or milliseconds from
1970, or written as people do; without a zone it is local, unless its heading says UTC. Whether day or month comes first is settled for the whole file, or asked. A row
without a time stays as a record without one. Other columns go to `extra`, under their headings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from parsers.contract import DAY, LOCATION, Note, Output, Problem, Record, Source
from parsers.headings import LOCATION_KIND
from parsers.positions import Place, degrees, e7, number, time_flags
from parsers.table_times import basis, day_comes_first, time_of
from parsers.tables import DAMAGED_NUMBER, Headed, Row, headed_tables, kind

TITLE = "Location table (CSV)"
HOW_TO_EXPORT = (
    "In the app that recorded the positions choose Export, then CSV. A list of your own: one row for each position, with at least the headings Latitude, Longitude and"
    " Date and Time. Add the file as it came: opening and saving it in Excel can damage dates and long numbers. Only for the client's own device."
)
CANNOT_SHOW = (
    "Who carried the device, or that the rows are a recording at all: a table can be typed.",
    "How exact a position is, unless a column gives it.",
    "Which zone the times are in, unless the file says so.",
)

_LARGEST_E6: Final = 90_000_000
_SIDES: Final = {"n": 1, "north": 1, "s": -1, "south": -1, "e": 1, "east": 1, "w": -1, "west": -1}
_COMMA: Final = re.compile(r"([+-]?[0-9]{1,3}),([0-9]{1,20})")
_LETTER: Final = re.compile(r"([+-]?[0-9.,]{1,30})\s?°?\s?([NSEW])", re.IGNORECASE)
_METRES: Final = re.compile(r"([0-9]{1,9}(?:[.,][0-9]{1,9})?)\s?(?:m|metres|meters)?", re.IGNORECASE)
_CODE: Final = re.compile(rb"[^\x20-\x7e]{0,4}\s*[\[{<]")
"""JSON and XML: their commas and names can look like headings."""


def sniff(source: Source) -> bool:
    """A table with latitude, longitude and a time, and nothing of a message, a call or a diary."""
    return kind(source) == LOCATION_KIND and not _CODE.match(source.head[:200].replace(b"\0", b""))


def parse(source: Source) -> Iterator[Output]:
    """The rows of every table that has the headings, in file order."""
    found, notes = headed_tables(source, LOCATION_KIND)
    day_first = day_comes_first(found, source)
    yield from map(Note, notes)
    for table in found:
        for row in table.rows():
            yield row if isinstance(row, Problem) else _record(table, row, first_is_day=day_first)


def _record(table: Headed, row: Row, *, first_is_day: bool) -> Record | Problem:
    cells = {name: cell.text.strip() for name, cell in table.cells(row).items()}
    date, clock, end = cells.get("date", ""), cells.get("time", ""), cells.get("end", "")
    if not any((date, clock, cells.get("lat"), cells.get("lon"))):
        return Problem(
            row.at,
            "neither a position nor a time in this row",
            " | ".join(cell.text for cell in row.cells if cell.text),
        )
    lat, lon, flags = _position(table, cells)
    if lat is None and not flags:
        flags = ("no position given",)
    when = time_of(date, clock, basis(table, ("date", "time")), first_is_day=first_is_day)
    until = time_of(end, "", basis(table, ("end",)), first_is_day=first_is_day)
    if until is None and end and clock:  # the end may be a time of the same day
        until = time_of(date, end, basis(table, ("date", "end")), first_is_day=first_is_day)
        until = None if until is not None and until.precision == DAY else until
    extra = table.others(row)
    if clock and when is not None and clock not in when.raw:
        extra[table.name(table.fields.index("time"))] = clock
    accuracy = _METRES.fullmatch(cells.get("accuracy", ""))
    if cells.get("accuracy") and not accuracy:
        extra[table.name(table.fields.index("accuracy"))] = cells["accuracy"]
    written = f"{date} {clock}".strip()
    doubts = time_flags([(written, when), (end, until)]) if written else ("no time given",)
    if any(DAMAGED_NUMBER.fullmatch(text) for text in (date, cells.get("lat", ""), cells.get("lon", ""))):
        doubts = (*doubts, "number damaged by a spreadsheet")
    if clock and when is not None and when.precision == DAY:
        doubts = (*doubts, f"time not understood: {clock[:60]}")
    for column, words in row.comments:
        extra[f"comment on {table.name(column)}"] = words
    return Record(
        row.at,
        LOCATION,
        "location",
        when,
        sender=None,
        until=until,
        lat=lat,
        lon=lon,
        accuracy_m=number(accuracy[1].replace(",", ".")) if accuracy else None,
        place_text=cells.get("label", ""),
        flags=(*row.flags, *flags, *doubts),
        extra=extra or None,
    )


def _position(table: Headed, cells: Mapping[str, str]) -> Place:
    """Degrees, or E7: where the heading says so, or where the latitude is a whole number too large for millionths."""
    headings = [table.headings[table.fields.index(field)].lower() for field in ("lat", "lon")]
    north, east = _plain(cells.get("lat", ""), "S"), _plain(cells.get("lon", ""), "W")
    wholes = all(re.fullmatch(r"-?[0-9]{1,10}", text) for text in (north, east))
    if wholes and (any("e7" in heading for heading in headings) or abs(int(north)) > _LARGEST_E6):
        lat, lon, flags = e7(int(north), int(east))
    else:
        lat, lon, flags = degrees(north, east)
    sides = _SIDES.get(cells.get("north", "").lower()), _SIDES.get(cells.get("east", "").lower())
    for written, side, value in ((cells.get("north"), sides[0], lat), (cells.get("east"), sides[1], lon)):
        if value is not None and written and (side is None or (value < 0 < side)):
            return None, None, (f"position not used: {value:g} and {written[:20]} do not go together",)
    if lat is None or lon is None:
        return None, None, flags
    return abs(lat) * -1 if sides[0] == -1 else lat, abs(lon) * -1 if sides[1] == -1 else lon, flags


def _plain(text: str, negative: str) -> str:
    """A coordinate with a decimal point and a sign."""
    text = text.removesuffix("°").strip()
    sign = ""
    if letter := _LETTER.fullmatch(text):
        text = letter[1]
        sign = "-" if letter[2].upper() == negative and not text.startswith("-") else ""
    return sign + _COMMA.sub(r"\1.\2", text.lstrip("+") if sign else text)
