"""GPX 1.0 and 1.1: tracks, routes and waypoints of phones, watches, satnavs and sports apps, as XML.

    <gpx version="1.1" creator="..." xmlns="http://www.topografix.com/GPX/1/1">
      <wpt lat="53.46" lon="-1.86"><ele>512</ele><time>2024-03-03T12:00:00Z</time><name>Gate</name></wpt>
      <trk><name>Walk</name><trkseg>
        <trkpt lat="53.46" lon="-1.86"><ele>512.0</ele><time>2024-03-03T12:22:24Z</time><extensions><speed>1.2</speed></extensions></trkpt>
      </trkseg></trk>
      <rte><rtept lat="53.46" lon="-1.86"/></rte>
    </gpx>

Each `trkpt` is where the device was, and when; a `wpt` is a marked place, an `rtept` one of a plan: neither says that anybody was there, which is flagged. Times
must be UTC by the specification (`Z`); offsets occur, and times without a zone, which are kept as local and flagged; many points have none. Elements may have
a prefix (`<gpx:trkpt>`). What stands in a point beside its time goes to `extra`, by the names of the innermost elements. The names of tracks and routes, the metadata
and comments are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsers.contract import LOCATION, Note, Output, Problem, Record, Source
from parsers.positions import degrees, iso, time_flags
from parsers.xml_root import root
from parsers.xml_stream import Break, Element, Walk
from parsers.xml_usual import Pattern

TITLE = "GPS track (GPX)"
HOW_TO_EXPORT = (
    "In the app or on the website of the watch, satnav or sports app open the activity and choose Export or Export GPX. Apple Watch workouts: Health app > profile picture"
    " > Export All Health Data; the tracks are in the folder workout-routes of the zip. Only for the client's own device."
)
CANNOT_SHOW = (
    "Who carried the device.",
    "Where the device was before the recording was started and after it was stopped, or while it was paused.",
    "That the track is unchanged: it is plain text, and programs write such files from a drawn line as well as from a recording.",
    "How exact a position is, as a rule; under trees and between houses it can be off by tens of metres.",
)

_PLACES = {"trkpt": "track point", "wpt": "waypoint", "rtept": "route point"}
_PLANNED = {
    "wpt": "a marked place: it does not say that anybody was there",
    "rtept": "part of a planned route: it does not say that anybody was there",
}
_NUMBER = r"-?[0-9]{1,3}(?:\.[0-9]{1,20})?"
_SPACE = r"[ \t\r\n]*+"
_LONGEST, _MOST = 2000, 100
"""Characters of a value, and values, that are kept of one point."""


def sniff(source: Source) -> bool:
    """By its root."""
    return root(source.head)[1] == "gpx"


def _usual(prefix: str) -> re.Pattern[str]:
    """A track point with no more in it than its height and its time."""
    return re.compile(
        rf'<{prefix}trkpt lat="({_NUMBER})" lon="({_NUMBER})" ?>{_SPACE}(?:<{prefix}ele>(-?[0-9.]{{1,20}})</{prefix}ele>{_SPACE})?'
        rf"(?:<{prefix}time>([0-9TZ:.+-]{{10,40}})</{prefix}time>{_SPACE})?</{prefix}trkpt>{_SPACE}"
    )


def parse(source: Source) -> Iterator[Output]:
    """The points, in file order."""
    prefix = root(source.head)[0]
    names = {f"{prefix}{name}": name for name in _PLACES}
    walk = Walk(source, frozenset(names), usual=Pattern(_usual(re.escape(prefix))), others=True)
    counts = dict.fromkeys(_PLACES, 0)
    for item in walk:
        if isinstance(item, list):
            for lat, lon, ele, time, *_ in item:
                counts["trkpt"] += 1
                extra = {"ele": ele} if ele else {}
                yield _record("trkpt", counts["trkpt"], lat or "", lon or "", time or "", extra)
        elif isinstance(item, Break):
            name = names.get(item.name, "")
            if name:
                counts[name] += 1
            at = f"{_PLACES[name]} {counts[name]}, {item.place}" if name else item.place
            yield Problem(at, f"cannot be read: {item.reason}", item.raw)
        elif isinstance(item, Element):
            name = names[item.name]
            counts[name] += 1
            yield _element(name, counts[name], item)
    nothing = "" if any(counts.values()) else "this file holds no points"
    yield from map(Note, filter(None, (walk.text.remark, walk.text.repairs.words(), nothing)))


def _element(name: str, count: int, element: Element) -> Record:
    extra: dict[str, str] = {}
    time = ""
    for child in element.children:
        if child.name.rpartition(":")[2] == "time" and not time:
            time = child.text.strip()
        else:
            _leaves(child, extra)
    lat, lon = element.attributes.get("lat", ""), element.attributes.get("lon", "")
    extra |= {key: words for key, words in element.attributes.items() if key not in {"lat", "lon"}}
    return _record(name, count, lat, lon, time, extra)


def _leaves(element: Element, extra: dict[str, str]) -> None:
    """The words of an element and of what is in it, under their names; a name that occurs again is numbered."""
    if len(extra) >= _MOST:
        extra["left out"] = f"further values; only the first {_MOST} are kept"
        return
    words = " ".join(piece for piece in (element.text.strip(), *element.attributes.values()) if piece)
    if words:
        plain = element.name.rpartition(":")[2]
        key, again = plain, 1
        while key in extra:
            again += 1
            key = f"{plain} {again}"
        extra[key] = (
            words if len(words) <= _LONGEST else f"{words[:_LONGEST]} [... {len(words) - _LONGEST} more characters]"
        )
    for child in element.children:
        _leaves(child, extra)


def _record(name: str, count: int, lat: str, lon: str, time: str, extra: dict[str, str]) -> Record:
    north, east, flags = degrees(lat, lon)
    if north is None and not flags:
        flags = ("no position given",)
    when = iso(time) if time else None
    planned = _PLANNED.get(name)
    return Record(
        f"{_PLACES[name]} {count}",
        LOCATION,
        "location",
        when,
        sender=None,
        lat=north,
        lon=east,
        place_text=extra.pop("name", ""),
        flags=(*((planned,) if planned else ()), *flags, *(time_flags([(time, when)]) if time else ())),
        extra=extra or None,
    )
