r"""Where dashcams write places: in the film, and in logs on their cards. Not a parser: `parsers.video` reads with it.

    moov/gps                   of most: where in the file the `freeGPS` blocks stand, see `parsers.free_gps`. Where it is missing they are looked for in the `free`
                               boxes beside the film, and at its beginning at each 32768th byte, as one of them always stands
    nbmt                       of a Nextbase: lines of a receiver
    gdat                       of a Nextbase: Base64 of {"cameraModel": ..., "gpsData": [{"datetime": ..., "lat": 51.4, "lon": -0.08, "gpsStatus": ...}]}
    a track of text            of other Nextbases (322GW to 622GW), Thinkware and drones: lines of a receiver among other things, as in `parsers.receiver_lines`
    free, in it 'gps '         of a BlackVue: [1634217197123]$GPRMC,141317.00,A,5124.50,N,... ; the same in a file beside it, one for front and rear
    GPS                        of a 70mai Pro: records of 36 bytes, little-endian: 1 (4), fix (4), seconds from the start (4), metres an hour (4), N|S, degrees and
                               thousandths of minutes (4: 5124500), E|W, the same (4)
    GPSData000001.txt          of other 70mais, at the top of the card, for all its clips: 1779158456,A,51.409531,-0.080674,...,NO20260519-134050-000000B.MP4,0,0,0

RMC lines are in UTC. The count of a 70mai's log is eight hours behind UTC (its clock is kept in the maker's zone). What the other makers write there is UTC in some and
the camera's own clock in others, so it is only compared with, never taken for UTC; so is that of a 70mai, which rests on two cameras.
"""

from __future__ import annotations

import base64
import binascii
import itertools
import json
import math
import re
import struct
from typing import TYPE_CHECKING, Any, Final

from parsers import free_gps, subtitle_places
from parsers.clip_places import NO_FIX, UNREAD, Fix, checked
from parsers.clip_time import plausible, written_time
from parsers.contract import DEVICE, SECOND, Moment
from parsers.positions import number
from parsers.receiver_lines import first_fix

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from parsers.movie_boxes import Movie, Span

_MOST_ENTRIES = 120
"""How many records of a dashcam are looked at for one with a fix: two minutes."""
_STEP: Final = 0x8000
_SEARCHED: Final = 2 << 20
"""In the beginning of a film without a table, one block of so many bytes is looked at after another, up to so many."""
_REXING: Final = "3.01.054"
"""The version in the films of a Rexing V1-4K, whose figures look like those of all the others and are moved."""
_LONGEST_LINE = 512
_LIST_LIMIT = 4 << 20
_TEXT_LIMIT = 1 << 18
_MOST_PARTS = 32
_BEHIND: Final = 8 * 3600 * 1_000_000
_LOG_BLOCK = 1 << 20
_LOG_LIMIT = 256 << 20
_LOGGED = re.compile(rb"^(\d{1,12}),A,([+-]?\d{1,3}(?:\.\d{1,12})?),([+-]?\d{1,3}(?:\.\d{1,12})?),[^\r\n]{0,200}$")


def of_dashcam(movie: Movie, file: BinaryIO, size: int, *, search: bool = False) -> list[Fix]:
    """The first place that a dashcam wrote into a film; without one, why. `search`: also where no table leads to."""
    without: list[Fix] = []
    for read in (_blocks, _listed, _subtitles, _lines, _records):
        fixes = read(movie, file, size)
        if fixes and fixes[0].lat is not None:
            return fixes
        without = without or fixes
    if search and not without:
        return _first(file, range(_STEP, min(size, _SEARCHED), _STEP))
    return without


def _blocks(movie: Movie, file: BinaryIO, size: int) -> list[Fix]:
    """Of the `freeGPS` blocks in the table, and in the `free` boxes beside the film, the first with a fix."""
    places = _table(movie.gps_table, file, size) if movie.gps_table else []
    places += [place for box in movie.free if box.end - box.start >= 60 for place in (box.start - 8, box.start - 4)]
    fixes = _first(file, places)
    return [UNREAD] if fixes and movie.maker_version == _REXING else fixes


def _first(file: BinaryIO, places: Iterable[int]) -> list[Fix]:
    fixes: list[Fix] = []
    for place in itertools.islice(places, 2 * _MOST_ENTRIES):
        file.seek(place)
        head = file.read(12)
        if head[4:] == b"freeGPS ":
            fixes = free_gps.in_block(head + file.read(free_gps.LENGTH - 12))
            if fixes[0].lat is not None:
                return fixes
    return fixes


def _table(table: Span, file: BinaryIO, size: int) -> list[int]:
    """Where the records stand, from `moov/gps `: 8 bytes, then pairs of place and length."""
    file.seek(table.start)
    data = file.read(min(table.end - table.start, 8 + 8 * _MOST_ENTRIES))
    places = [int.from_bytes(data[at : at + 4], "big") for at in range(8, len(data) - 7, 8)]
    return sorted({place for place in places if 0 < place < size})


def _listed(movie: Movie, file: BinaryIO, _size: int) -> list[Fix]:
    """`gdat` of a Nextbase: the first of its places with a fix."""
    span = movie.gps_list
    if span is None:
        return []
    file.seek(span.start)
    try:
        said = json.loads(base64.b64decode(file.read(min(span.end - span.start, _LIST_LIMIT)).strip(b"\0 \r\n")))
        entries = said["gpsData"]
    except (ValueError, binascii.Error, RecursionError, TypeError, KeyError):
        return [UNREAD]
    places = (
        [_entry(one) for one in entries[:_MOST_ENTRIES] if isinstance(one, dict)] if isinstance(entries, list) else []
    )
    return [fix for fix in places if fix.lat is not None][:1] or places[:1]


def _entry(one: dict[str, Any]) -> Fix:
    lat, lon = (math.nan if (value := number(one.get(key))) is None else value for key in ("lat", "lon"))
    if str(one.get("gpsStatus")).strip().upper() != "A":
        return Fix("gdat", None, None, "", flags=(NO_FIX,))
    given = str(one.get("datetime", ""))[:40].strip()
    when = written_time("gdat", given)
    return checked("gdat", lat, lon, f"{lat} {lon}", when._replace(basis=DEVICE) if when else None)


def _subtitles(movie: Movie, file: BinaryIO, _size: int) -> list[Fix]:
    """The first samples of a track of text."""
    without: list[Fix] = []
    for sample in movie.subtitles:
        file.seek(sample.start)
        text = file.read(min(sample.end - sample.start, _TEXT_LIMIT)).decode("latin-1")
        fixes = first_fix("subtitles", text) or subtitle_places.in_cue("subtitles", text)
        if fixes and fixes[0].lat is not None:
            return fixes
        without = without or fixes
    return without


def _lines(movie: Movie, file: BinaryIO, _size: int) -> list[Fix]:
    """`free` of a BlackVue, in it `gps `: lines of RMC."""
    for box in movie.free:
        for kind, start, end in _parts(file, box):
            if kind == b"gps ":
                file.seek(start)
                return first_fix("gps", file.read(min(end - start, _TEXT_LIMIT)).decode("latin-1"))
    return []


def _records(movie: Movie, file: BinaryIO, _size: int) -> list[Fix]:
    """`GPS ` of a 70mai Pro. The seconds of a record count from the start of the film, so they tell no time."""
    if movie.gps_records is None:
        return []
    file.seek(movie.gps_records.start)
    data = file.read(min(movie.gps_records.end - movie.gps_records.start, 36 * _MOST_ENTRIES))
    fixes = [_record(data[at : at + 36]) for at in range(0, len(data) - 25, 36)]
    return [fix for fix in fixes if fix.lat is not None][:1] or fixes[:1]


def _record(record: bytes) -> Fix:
    _, fix, _, _, north, lat, east, lon = struct.unpack("<4IcIcI", record[:26])
    if fix != 1 or north not in {b"N", b"S"} or east not in {b"E", b"W"}:
        return Fix("dashcam GPS", None, None, "", flags=(NO_FIX,))
    one, two = (
        value // 100_000 + value % 100_000 / 60_000 if value % 100_000 < 60_000 else math.nan for value in (lat, lon)
    )
    raw = f"{lat} {north.decode()}, {lon} {east.decode()}"
    return checked("dashcam GPS", -one if north == b"S" else one, -two if east == b"W" else two, raw)


def _parts(file: BinaryIO, box: Span) -> Iterator[tuple[bytes, int, int]]:
    at = box.start
    for _ in range(_MOST_PARTS):
        file.seek(at)
        head = file.read(8) if at + 8 <= box.end else b""
        length = int.from_bytes(head[:4], "big")
        if length < 8 or at + length > box.end:
            return
        yield head[4:], at + 8, at + length
        at += length


def in_log(name: str, file: BinaryIO, clip: str) -> list[Fix]:
    """The first line with a fix that the log of a 70mai's card has for a clip, front or rear."""
    wanted, rest, read = clip.rpartition(".")[0][:-1].encode(), b"", 0
    while wanted and read < _LOG_LIMIT and (block := file.read(_LOG_BLOCK)):
        read += len(block)
        whole = rest + block
        at = whole.find(wanted)
        while at >= 0:
            start, end = whole.rfind(b"\n", 0, at) + 1, whole.find(b"\n", at)
            if end < 0:
                break
            if fixes := _logged(name, whole[start:end].rstrip(b"\r")):
                return fixes
            at = whole.find(wanted, end)
        rest = whole[whole.rfind(b"\n") + 1 :][-_LONGEST_LINE:]
    return _logged(name, rest) if wanted and wanted in rest else []


def _logged(name: str, line: bytes) -> list[Fix]:
    found = _LOGGED.match(line)
    if not found:
        return []
    count, lat, lon = found[1].decode(), found[2].decode(), found[3].decode()
    instant = int(count) * 1_000_000 + _BEHIND
    when = Moment(instant, DEVICE, SECOND, f"{name} {count}") if plausible(instant) else None
    fix = checked(name, float(lat), float(lon), f"{lat} {lon}", when)
    return [fix] if fix.lat is not None else []
