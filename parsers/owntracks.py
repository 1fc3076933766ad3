"""OwnTracks recorder files (`2024-03.rec`): what the phone app sent to its server, one line each.

    2024-03-03T12:22:25Z<tab>*                 <tab>{"_type":"location","tst":1709468544,"lat":53.46,"lon":-1.86,"acc":12,"alt":512,"batt":80,"tid":"ab"}

The first column is when the recorder got it, in UTC (`received`); `tst` is when the phone took the fix, in seconds from 1970, and counts. `acc` is metres. `transition`
(entering or leaving a region the owner set up) and `waypoint` have positions too. Other kinds (`lwt`: the phone lost its connection; `status`, `card` ...) are notices
without a position. What the app encrypted (`encrypted`) cannot be read, nor can a line that is not JSON: a `Problem` each. An editor may have made spaces of the tabs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from parsers.contract import LOCATION, NOTICE, RECORDER, Output, Problem, Record, Source
from parsers.json_stream import as_text, without_halves
from parsers.positions import degrees, epoch, iso, number, time_flags

TITLE = "OwnTracks recorder file"
HOW_TO_EXPORT = "Copy the .rec files from the recorder's storage (store/rec/<user>/<device>/YYYY-MM.rec) as they are. Only for the client's own device."
CANNOT_SHOW = (
    "Who carried the phone.",
    "Where the phone was while the app was off, or in a mode that reports only changes.",
    "That the list is complete: the owner of the server can delete or add lines.",
)

_LINE = re.compile(
    rb"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}(?:Z|[+-][0-9:]{4,6}))(?:\t| {2,20})[^\t\r\n{]{1,60}(?:\t| {2})[ ]*"
)
_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?" + _LINE.pattern + rb'\{[^\r\n]{0,400}?"_type"')
_LONGEST = 1 << 20
_TAKEN = frozenset({"_type", "lat", "lon", "acc", "tst"})
_PLACED = frozenset({"location", "transition", "waypoint"})


def sniff(source: Source) -> bool:
    """By its first line."""
    return _FIRST.match(source.head) is not None


def parse(source: Source) -> Iterator[Output]:
    """The lines, in file order."""
    count = 0
    with source.open() as file:
        while line := file.readline(_LONGEST):
            count += 1
            at = f"line {count}"
            if len(line) == _LONGEST and not line.endswith(b"\n"):
                while (more := file.readline(_LONGEST)) and not more.endswith(b"\n"):
                    pass
                yield Problem(at, "the line is too long to be one of OwnTracks", _shown(line))
            elif line.strip():
                yield _output(at, line.removeprefix(b"\xef\xbb\xbf") if count == 1 else line)


def _shown(line: bytes) -> str:
    return line[:200].decode("utf-8", "replace").strip()


def _output(at: str, line: bytes) -> Output:
    start = _LINE.match(line)
    if start is None:
        return Problem(at, "not a line of OwnTracks: time, tab, sort, tab, JSON", _shown(line))
    text = line[start.end() :].decode("utf-8", "replace")
    try:
        item, broken = without_halves(json.loads(text))
    except (ValueError, RecursionError):
        return Problem(at, "what stands behind the second tab is not JSON", _shown(line))
    if not isinstance(item, dict):
        return Problem(at, "what stands behind the second tab is not an object", _shown(line))
    sort = as_text(item.get("_type"))
    if sort == "encrypted":
        return Problem(at, "encrypted by the app: only its own key opens it", _shown(line))
    flags: tuple[str, ...] = ("a character could not be read",) if broken or "\ufffd" in text else ()
    received = start[1].decode("ascii")
    written = item.get("tst")
    when, got = epoch(written), iso(received)
    clocks = ((RECORDER, got),) if when and got else ()
    if when is None:
        when = got
        flags = (*flags, *time_flags([(written, None)]), "the time is when the recorder got it")
    lat, lon, doubts = degrees(item.get("lat"), item.get("lon"))
    placed = lat is not None or sort in _PLACED
    if placed and lat is None and not doubts:
        doubts = ("no position given",)
    regions = item.get("inregions")
    inside = ", ".join(map(as_text, regions)) if isinstance(regions, list) else ""
    extra = {name: as_text(value) for name, value in item.items() if name not in _TAKEN and value is not None}
    return Record(
        at,
        LOCATION if placed else NOTICE,
        "location",
        when,
        sender=None,
        text="" if sort == "location" else " ".join(filter(None, (sort, as_text(item.get("event"))))),
        lat=lat,
        lon=lon,
        accuracy_m=number(item.get("acc")),
        place_text=as_text(item.get("poi")) or as_text(item.get("desc")) or inside,
        flags=(*doubts, *flags),
        extra={"received": received, **extra},
        clocks=clocks,
    )
