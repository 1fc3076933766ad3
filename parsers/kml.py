"""KML and KMZ: places, lines and tracks, as Google's Timeline (one day), Google Earth, My Maps and tracking apps write them.

    <kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>
      <Placemark><name>Home</name><Point><coordinates>-1.86,53.46,0</coordinates></Point>
        <TimeSpan><begin>2024-03-03T08:00:00.000Z</begin><end>2024-03-03T09:00:00.000Z</end></TimeSpan></Placemark>
      <Placemark><name>Driving</name><LineString><coordinates>-1.86,53.46,0 -1.87,53.47,0</coordinates></LineString><TimeSpan>...</TimeSpan></Placemark>
      <Placemark><gx:Track><when>2024-03-03T12:00:00Z</when><gx:coord>-1.86 53.46 512</gx:coord> ...</gx:Track></Placemark>
    </Document></kml>

Coordinates are **longitude first**, then latitude, then perhaps height; of a `gx:coord` with spaces between. A placemark's time (`TimeStamp/when`, or `TimeSpan/begin`
and `end`) holds for all of its points, and may stand behind them; of a line, each corner is a record with that time, flagged. What has no time, and the
corners of an area, are marked places, which is flagged. In a `gx:Track` the times and
positions are two lists that belong together one by one, written in turn or one after the other; what is left over in the longer list is a `Problem` for each.
A track without any times (Google's Timeline writes such) is read as a line.
Elements are known by their names without prefix. A KMZ is a zip with `doc.kml` in it. Times may be a date, or have no zone (kept as local, flagged).
"""

from __future__ import annotations

import errno
import zipfile
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import BinaryIO, Final, NoReturn
from xml.parsers import expat

from parsers import zips
from parsers.contract import LOCATION, Moment, Note, Output, Problem, Record, Source, Unreadable
from parsers.positions import Place, degrees, iso, time_flags
from parsers.xml_characters import Repairs, Transcoded, codec_of
from parsers.xml_root import root

TITLE = "Places and tracks (KML, KMZ)"
HOW_TO_EXPORT = (
    "In the app that recorded the track choose Export or Share, then KML or KMZ. Google Earth: right-click the folder, Save Place As. Add the file as it is."
    " Only for the client's own device or account."
)
CANNOT_SHOW = (
    "Who carried the device, or whether it was a device at all: places and lines can be drawn by hand.",
    "When the corners of a line were passed, unless it is a track with a time for each point: the line has one time for all of it.",
    "How exact a position is.",
)

_BLOCK = 1 << 16
_ZIP = b"PK\x03\x04"
_DAMAGED: Final = (*zips.DAMAGED, OSError)
_DEEPEST = 64
_UNCUT = 1 << 20
_LONGEST_TAG = 1 << 22
"""expat reads an unfinished one again with every block."""
_LONGEST = 1 << 26
"""Characters, or times of a track that wait for their positions, that are kept of one placemark."""
_GEOMETRIES = frozenset({"Point", "LineString", "LinearRing", "Track", "Model"})
_EMPTY = "(empty)"
_LINE = "the time is that of the whole line, not of this point"
_MARKED = "a marked place: it does not say that anybody was there"
_VIEWS = frozenset({"LookAt", "Camera"})
"""From where a place is looked at in Google Earth: may hold a time of its own."""
_WORDS = frozenset({"name", "address", "description", "phoneNumber", "Snippet"})
_TIMES = frozenset({"when", "begin", "end"})
_KEPT = _WORDS | _TIMES | {"value", "SimpleData", "coordinates", "coord"}


def sniff(source: Source) -> bool:
    """By its root; a KMZ by the `doc.kml` in it, or a zip by its name."""
    if source.head.startswith(_ZIP):
        return b"doc.kml" in source.head or source.name.lower().endswith(".kmz")
    return root(source.head)[1] == "kml"


def parse(source: Source) -> Iterator[Output]:
    """The positions, in file order."""
    if source.head.startswith(_ZIP):
        yield from _zipped(source)
        return
    codec, remark = codec_of(source)
    yield from map(Note, filter(None, (remark,)))
    with source.open() as file:
        yield from _walk(file if codec == "utf-8" else Transcoded(file, codec))  # type: ignore[arg-type]  # only read is used


def _zipped(source: Source) -> Iterator[Output]:
    with source.open() as file:
        try:
            archive = zipfile.ZipFile(file)
            infos = [info for info in archive.infolist() if not info.filename.endswith("/")]
            inner = [info for info in infos if info.filename.lower().endswith(".kml")]
            main = next((info for info in inner if info.filename == "doc.kml"), inner[0] if inner else None)
            if main is None:
                raise Unreadable("there is no KML in this KMZ file: export it again")
            if main.flag_bits & 1:
                raise Unreadable("the KMZ file is encrypted: unpack it with its password and add the KML file in it")
            if too_far := zips.unpacks_too_far(main):
                raise Unreadable(too_far)
            text = archive.open(main)
        except _DAMAGED as error:
            _raise_if_of_the_disk(error)
            raise Unreadable(f"the KMZ file is damaged ({error}): export it again") from None
        with closing(archive), closing(text):
            yield from _walk(text)  # type: ignore[arg-type]  # only read is used
        if others := [info.filename for info in infos if info is not main]:
            names = ", ".join(others[:20]) + (" ..." if len(others) > 20 else "")
            yield Note(f"of this KMZ only {main.filename} was read, not: {names}")


def _raise_if_of_the_disk(error: Exception) -> None:
    """bz2 raises without a number; a place before the beginning of the file is an invalid argument."""
    if isinstance(error, OSError) and error.errno not in {None, errno.EINVAL}:
        raise error


def _walk(file: BinaryIO) -> Iterator[Output]:
    """Expat over the file in blocks; after each, what has become whole."""
    repairs, reader = Repairs(), _Reader()
    rest = b""
    while True:
        try:
            block = file.read(_BLOCK)
        except _DAMAGED as error:
            _raise_if_of_the_disk(error)
            yield from reader.taken()
            yield Problem(reader.here(), f"the KMZ file is damaged here ({error})")
            return
        data = rest + block
        cut = max(
            data.rfind(mark) for mark in (b"<", b" ", b"\n", b">")
        )  # no character or reference is cut in two there
        cut = len(data) if not block or (cut < 1 and len(data) > _UNCUT) else max(cut, 0)
        rest = data[cut:]
        fault = reader.feed(repairs.text(data[:cut]), final=not block)
        yield from reader.taken()
        if fault:
            yield Problem(reader.here(), f"the file cannot be read from here on: {fault}")
        if fault or not block:
            break
    nothing = "" if reader.count else "this file holds no places"
    yield from map(Note, filter(None, (repairs.words(), nothing)))


class _Fault(Exception):  # noqa: N818 -- caught in this file
    """More than we keep of one placemark, or nested too deeply."""


@dataclass(slots=True)
class _Placemark:
    """What is known so far of the placemark that is open."""

    number: int
    words: dict[str, str] = field(default_factory=dict)
    times: dict[str, str] = field(default_factory=dict)
    shapes: list[tuple[str, str]] = field(default_factory=list)
    """Each geometry's name and its coordinates as written."""
    size: int = 0
    points: int = 0
    timed: bool = False
    """Whether the open track has times of its own."""
    whens: deque[str] = field(default_factory=deque)
    coords: deque[str] = field(default_factory=deque)


class _Reader:
    """The state between two blocks: the open elements, the open placemark, the records that are ready."""

    def __init__(self) -> None:
        self._ready: list[Output] = []
        self._open: list[str] = []
        self._text: list[str] = []
        self._data_name = ""
        self.count = 0
        self._fed = 0
        self._mark: _Placemark | None = None
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        parser.ExternalEntityRefHandler = _refuse
        self._parser = parser

    def feed(self, text: str, *, final: bool) -> str:
        """Reads on; what is wrong, if anything is."""
        data = text.encode()
        self._fed += len(data)
        try:
            self._parser.Parse(data, final)
        except expat.ExpatError as error:
            if final and self._open:
                return "it was cut off"
            return f"it is not well-formed XML ({expat.ErrorString(error.code)})"
        except _Fault as fault:
            return str(fault)
        if self._fed - self._parser.CurrentByteIndex > _LONGEST_TAG:
            return f"a tag or comment goes on for more than {_LONGEST_TAG >> 20} MB"
        return ""

    def taken(self) -> list[Output]:
        """What is ready."""
        ready, self._ready = self._ready, []
        return ready

    def here(self) -> str:
        """The place reached."""
        mark = (
            f"placemark {self._mark.number}, "
            if self._mark
            else f"after placemark {self.count}, "
            if self.count
            else ""
        )
        return f"{mark}line {self._parser.CurrentLineNumber}"

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        plain = name.rpartition(":")[2]
        if len(self._open) >= _DEEPEST:
            raise _Fault(f"elements are nested more than {_DEEPEST} deep")
        self._open.append(plain)
        self._text.clear()
        if plain == "Placemark" and self._mark is None:
            self.count += 1
            self._mark = _Placemark(self.count)
        elif plain in {"Data", "SimpleData"}:
            self._data_name = attributes.get("name", plain)

    def _characters(self, data: str) -> None:
        if self._mark is not None and self._open[-1] in _KEPT:
            self._text.append(data)
            self._mark.size += len(data)
            if self._mark.size > _LONGEST:
                raise _Fault(f"a placemark holds more than {_LONGEST >> 20} million characters")

    def _end(self, _name: str) -> None:
        plain, mark = self._open.pop(), self._mark
        text = "".join(self._text).strip() if self._text else ""
        self._text.clear()
        if mark is None:
            return
        around = self._open[-1] if self._open else ""
        if plain == "Placemark" and "Placemark" not in self._open:
            self._ready += _records(mark)
            self._mark = None
        elif around == "Track" and plain in {"when", "coord"}:
            (mark.whens if plain == "when" else mark.coords).append(text)
            mark.timed = mark.timed or plain == "when"
            if mark.whens and mark.coords:
                when, coord = mark.whens.popleft(), mark.coords.popleft()
                mark.size -= len(when) + len(coord)
                mark.points += 1
                self._ready.append(_track_point(mark, when, coord))
        elif plain == "Track":
            self._ready += _end_of_track(mark)
        elif plain == "coordinates":
            mark.shapes.append((next((one for one in reversed(self._open) if one in _GEOMETRIES), around), text))
        elif plain in _TIMES and around in {"TimeStamp", "TimeSpan"} and not _VIEWS & set(self._open):
            mark.times.setdefault(plain, text)
        elif plain == "SimpleData" or (plain == "value" and around == "Data"):
            mark.words.setdefault(self._data_name, text)
        elif plain in _WORDS and text:
            mark.words.setdefault(plain, text)


def _refuse(*_: object) -> NoReturn:
    raise Unreadable(
        "This KML file declares its own document type or entities (DTD). No export does so, and it can be used to attack the program that reads it, so the file"
        " was not read. Export it again."
    )


def _track_point(mark: _Placemark, written: str, coord: str) -> Record:
    parts = coord.split()
    when = iso(written)
    return _record(f"placemark {mark.number} point {mark.points}", _place(parts), parts, when, mark, [(written, when)])


def _end_of_track(mark: _Placemark) -> Iterator[Problem]:
    """What is left over in the longer list; the positions of a track without any times are a line."""
    if not mark.timed:
        mark.shapes.append(("Track", " ".join(",".join(coord.split()) or _EMPTY for coord in mark.coords)))
        mark.coords.clear()
    mark.timed = False
    yield from _unmatched(mark)


def _unmatched(mark: _Placemark) -> Iterator[Problem]:
    """What is left over in the longer of the two lists of a track."""
    for queue, words in ((mark.whens, "a time without a position"), (mark.coords, "a position without a time")):
        while queue:
            mark.points += 1
            yield Problem(
                f"placemark {mark.number} point {mark.points}",
                f"{words}: the lists of this track are not of one length",
                queue.popleft(),
            )


def _records(mark: _Placemark) -> Iterator[Output]:
    """The positions of a placemark that has one time, or a span."""
    yield from _unmatched(mark)
    begin = mark.times.get("when") or mark.times.get("begin", "")
    end = mark.times.get("end", "")
    when, until = iso(begin), iso(end)
    written = [(begin, when), (end, until)]
    several = len(mark.shapes) > 1
    for shape, text in mark.shapes:
        corners = text.split()
        if shape == "Point" and len(corners) > 1:
            corners = ["".join(corners)]  # spaces behind the commas
        flags = (_LINE,) if len(corners) > 1 and begin else ()
        flags = (_MARKED,) if shape == "LinearRing" or not (begin or end) else flags
        for corner in corners:
            mark.points += 1
            alone = not several and len(corners) == 1
            at = f"placemark {mark.number}" if alone else f"placemark {mark.number} point {mark.points}"
            parts = corner.split(",")
            record = _record(at, _place(parts), parts, when, mark, written)
            extra = {**(record.extra or {}), "geometry": shape} if shape != "Point" else record.extra
            yield record._replace(until=until, flags=(*flags, *record.flags), extra=extra)
    if not mark.points:
        at = f"placemark {mark.number}"
        yield _record(at, (None, None, ("no position given",)), [], when, mark, written)._replace(until=until)


def _place(parts: list[str]) -> Place:
    """Longitude comes first."""
    return (
        degrees(parts[1], parts[0])
        if len(parts) > 1
        else (None, None, (f"position not used: {' '.join(parts)[:60]} is not one",))
    )


def _record(
    at: str,
    place: Place,
    parts: list[str],
    when: Moment | None,
    mark: _Placemark,
    written: list[tuple[str, Moment | None]],
) -> Record:
    first = mark.points < 2  # a description is not repeated for every point of a track
    extra = {name: words for name, words in mark.words.items() if words and first and name != "name"}
    if len(parts) > 2 and parts[2].strip() not in {"", "0", "0.0"}:
        extra["altitude"] = parts[2].strip()
    return Record(
        at,
        LOCATION,
        "location",
        when,
        sender=None,
        lat=place[0],
        lon=place[1],
        place_text=mark.words.get("name", ""),
        flags=(*place[2], *time_flags(written)),
        extra=extra or None,
    )
