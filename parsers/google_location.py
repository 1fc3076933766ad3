"""Google location history (Timeline) of the owner's own phone: the JSON files of Takeout, and what the Maps app exports on the phone.

Six shapes, told apart by what is in them, for their names are in the language of the account:

    {"locations": [{"latitudeE7": 534600000, "longitudeE7": -18600000, "accuracy": 20, "timestamp": "2024-03-03T12:22:24.190Z", "source": "WIFI"}]}
    {"timelineObjects": [{"placeVisit": {"location": {"latitudeE7": ..., "name": "Home"}, "duration": {"startTimestamp": ..., "endTimestamp": ...}}},
        {"activitySegment": {"startLocation": {...}, "endLocation": {...}, "duration": {...}, "activityType": "WALKING", "simplifiedRawPath": {"points": [...]}}}]}
    {"semanticSegments": [{"startTime": "2024-03-03T12:22:24.000+00:00", "endTime": ..., "visit": {"hierarchyLevel": 0, "probability": 0.8,
        "topCandidate": {"placeId": ..., "semanticType": "HOME", "placeLocation": {"latLng": "53.46°, -1.86°"}}}},
        {..., "timelinePath": [{"point": "53.46°, -1.86°", "time": ...}]}], "rawSignals": [{"position": {"LatLng": ..., "timestamp": ...}}]}
    [{"startTime": ..., "endTime": ..., "visit": {"probability": "0.8", "topCandidate": {"placeID": ..., "placeLocation": "geo:53.46,-1.86"}}}]
        from an iPhone: every number is text; path points have "durationMinutesOffsetFromStartTime", counted from the start of the segment
    {"timelineEdits": [{"rawSignal": {"signal": {"position": {"point": {"latE7": ..., "lngE7": ...}, "accuracyMm": 100000, "timestamp": ...}}}}]}
    {"deviceSettings": [{"deviceTag": 123, "devicePrettyName": "Phone A5"}]}      no positions; which `deviceTag` is which phone

E7 is ten millionths of a degree; old exports wrote negative values as unsigned 32-bit numbers (put right, flagged). Times are ISO 8601 with `Z` or an offset
(that of the phone then), or counts of milliseconds, sometimes seconds, as text.

Points (what the phone measured) and path points are records; so are visits and journeys, with their end in `until`, flagged as what they are: inferred by
Google, with its probability. A visit to a shop in a centre may be listed twice, once for each (`hierarchyLevel`). Signals without a position (Wi-Fi scans, movement)
are records without one. Points of a route without times stay with their journey, in `extra`. Of Wi-Fi scans the stations are counted, not listed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from parsers.contract import LOCATION, Moment, Note, Output, Problem, Record, Source, Unreadable
from parsers.google_segments import edit, frequent_place, segment, signal, timeline_object
from parsers.json_stream import Break, Item, Json, JsonWalk, as_text
from parsers.positions import degrees, e7, epoch, instant, iso, number, time_flags
from parsers.reading import encoding, is_binary

TITLE = "Google location history (Timeline)"
HOW_TO_EXPORT = (
    "Since 2024 Google keeps the timeline on the phone. Android: Settings > Location > Location services > Timeline > Export Timeline data. iPhone: Google Maps > your"
    ' picture > Your timeline > ... > Location and privacy settings > Export Timeline data. Older data: takeout.google.com, choose only "Location History (Timeline)",'
    " format JSON. Add the files (or the zip) as they are. Only for the client's own phone or account."
)
CANNOT_SHOW = (
    "Where anybody else was. It is the history of one account: the phone may have been left behind, or lent, and another device may have reported to the account.",
    "That a named place was visited. Visits, place names and means of travel are inferred by Google from the positions, with the probability that is given.",
    "Exact positions. A fix has the stated accuracy, by Wi-Fi or mobile mast often hundreds of metres; a path between fixes is a guess.",
    "What was deleted: timelines delete themselves after 3 to 36 months unless that is switched off, and can be edited; raw signals go back about a month.",
)

_BEGINS = re.compile(r"\ufeff?\s*([\[{])")
_LISTS: Final = (
    re.compile(r'"locations"\s*:\s*\[\s*(?:\]|\{)'),
    re.compile(r'"timelineObjects"\s*:\s*\[\s*(?:\]|\{)'),
    re.compile(r'"(?:semanticSegments|rawSignals)"\s*:\s*\[\s*(?:\]|\{)'),
    re.compile(r'"timelineEdits"\s*:\s*\[\s*(?:\]|\{)'),
    re.compile(r'"deviceSettings"\s*:\s*\[\s*\{[^{}]*"deviceTag"'),
)
_RECORDS = re.compile(r'"(?:latitudeE7|longitudeE7|timestampMs)"|"locations"\s*:\s*\[\s*\]')
_SEGMENT = re.compile(r'"(?:startTime|endTime)"\s*:\s*"')
_SEGMENT_KIND = re.compile(r'"(?:visit|activity|timelineMemory)"\s*:\s*\{|"timelinePath"\s*:\s*\[')
_ENCRYPTED = re.compile(r"encrypted\s+(?:Google\s+Maps\s+)?Timeline\s+(?:backups|data)", re.IGNORECASE)

_ITEMS: Final[dict[str, tuple[str, Callable[[str, dict[str, Json]], Iterable[Record]]]]] = {
    "timelineObjects": ("timeline object", timeline_object),
    "semanticSegments": ("segment", segment),
    "": ("segment", segment),
    "rawSignals": ("signal", signal),
    "timelineEdits": ("edit", edit),
}
_POINT_TAKEN = frozenset({"latitudeE7", "longitudeE7", "accuracy", "timestamp", "timestampMs", "activeWifiScan"})


def sniff(source: Source) -> bool:
    """By the lists it holds. The text that stands in for a timeline that is only on the phone counts too: it says what to do."""
    if is_binary(source.head):
        return False
    text = source.head.decode(encoding(source.head), "replace")
    begins = _BEGINS.match(text)
    if begins is None:
        return bool(_ENCRYPTED.search(text[:2000])) and "<" not in text[:200]
    if begins[1] == "[":
        start = text[:16384]
        return bool(re.match(r"\s*\{", text[begins.end() :]) and _SEGMENT.search(start) and _SEGMENT_KIND.search(start))
    found = [bool(pattern.search(text)) for pattern in _LISTS]
    return any(found[1:]) or (found[0] and bool(_RECORDS.search(text)))


def parse(source: Source) -> Iterator[Output]:
    """The positions, visits and journeys, in file order."""
    text = source.head.decode(encoding(source.head), "replace")
    if _BEGINS.match(text) is None:
        raise Unreadable(
            "Google did not give the timeline: it is encrypted, and only the phone can read it. Export it on the phone (Android: Settings > Location > Location"
            " services > Timeline > Export Timeline data; iPhone: in Google Maps, Your timeline > Location and privacy settings) and add that file."
        )
    walk = JsonWalk(source)
    unread: dict[str, None] = {}
    item: Item | Break | None = None
    for item in walk:
        if isinstance(item, Break):
            after = f"after {_named(item.key)} {item.after}" if item.after else "at the start"
            yield Problem(after, f"the file cannot be read from here on: {item.reason}", item.raw)
        elif item.key == "locations" and item.number:
            yield point(f"location {item.number}", item.value)
        elif item.key in _ITEMS and item.number:
            yield from _read(item.key, item.number, item.value)
        elif item.key == "deviceSettings" and item.number:
            yield Note(f"device settings: {as_text(item.value)[:500]}")
        elif item.key == "userLocationProfile" and isinstance(item.value, dict):
            yield from _profile(item.value)
            unread |= {f"userLocationProfile {name}": None for name in item.value if name != "frequentPlaces"}
        else:
            unread[item.key[:60]] = None
    yield from map(Note, _remarks(walk, list(unread), nothing=item is None))


def _remarks(walk: JsonWalk, unread: list[str], *, nothing: bool) -> Iterator[str]:
    if nothing:
        yield "this file holds no positions"
    if unread:
        yield f"not read, for they hold no positions: {', '.join(unread[:20])}{' ...' if len(unread) > 20 else ''}"
    if walk.unreadable:
        yield f"{walk.unreadable} unreadable character(s) replaced by \ufffd"


def _profile(profile: dict[str, Json]) -> Iterator[Record]:
    places = profile.get("frequentPlaces")
    for count, place in enumerate(places if isinstance(places, list) else [], 1):
        yield frequent_place(f"frequent place {count}", place)


def _named(key: str) -> str:
    return _ITEMS[key][0] if key in _ITEMS else "location" if key == "locations" else f'"{key}"'


def _read(key: str, count: int, value: Json) -> Iterator[Output]:
    name, read = _ITEMS[key]
    records = list(read(f"{name} {count}", value)) if isinstance(value, dict) else []
    if not records:
        yield Problem(f"{name} {count}", "nothing in it is known here", as_text(value)[:200])
    yield from records


def point(at: str, item: Json) -> Output:
    """A point of Records.json. There may be millions."""
    if not isinstance(item, dict):
        return Problem(at, "this is no location", as_text(item)[:200])
    given: object = item.get("timestamp")
    when: Moment | None = iso(given) if isinstance(given, str) else None
    if when is None:
        given = given or item.get("timestampMs")
        when = instant(given) or epoch(item.get("timestampMs"))
    lat, lon, flags = e7(item.get("latitudeE7"), item.get("longitudeE7"))
    if lat is None and not flags:
        lat, lon, flags = degrees(item.get("latitude"), item.get("longitude"))
        flags = flags if flags or lat is not None else ("no position given",)
    extra = {
        name: value if isinstance(value, str) else as_text(value)
        for name, value in item.items()
        if name not in _POINT_TAKEN and value is not None
    }
    scan = item.get("activeWifiScan")
    if isinstance(scan, dict) and isinstance(scan.get("accessPoints"), list):
        extra["Wi-Fi stations"] = str(len(scan["accessPoints"]))
    return Record(
        at,
        LOCATION,
        "location",
        when,
        sender=None,
        lat=lat,
        lon=lon,
        accuracy_m=number(item.get("accuracy")),
        flags=flags if when is not None and when.basis != "local" else (*flags, *time_flags([(given, when)])),
        extra=extra or None,
    )
