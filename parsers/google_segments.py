"""What Google made of the positions of a phone: visits, journeys and their paths, in all their shapes. Not a parser; `parsers.google_location` is.

Each function reads one element of a list (a dict) and gives its records: first the visit or journey itself, then the points in it that have a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from parsers.contract import LOCATION, Moment, Record
from parsers.json_stream import Json, as_text
from parsers.positions import INFERRED, Place, degrees, e7, instant, number, pair, time_flags

_NOTHING: dict[str, Json] = {}
_NO_PLACE = ("no position given",)


def timeline_object(at: str, item: dict[str, Json]) -> Iterator[Record]:
    """An element of a month of Semantic Location History."""
    if visit := _dict(item, "placeVisit"):
        yield from place_visit(at, visit)
    if activity := _dict(item, "activitySegment"):
        yield from activity_segment(at, activity)


def place_visit(at: str, visit: dict[str, Json]) -> Iterator[Record]:
    """A `placeVisit`, and the visits and path points in it."""
    location, duration = _dict(visit, "location"), _dict(visit, "duration")
    extra = _rest(visit, "location", "duration", "childVisits", "simplifiedRawPath")
    extra |= _rest(location, *_E7_NAMES, "name", "accuracyMetres")
    place = _e7(location)
    if place[0] is None and not place[2]:
        place = _e7({"latitudeE7": visit.get("centerLatE7"), "longitudeE7": visit.get("centerLngE7")})
    words = as_text(location.get("name")) or as_text(location.get("semanticType")) or as_text(location.get("address"))
    yield _range(at, _times(duration), place, words, extra, accuracy=location.get("accuracyMetres"))
    for count, child in enumerate(_dicts(visit, "childVisits"), 1):
        yield from place_visit(f"{at} child {count}", child)
    yield from _raw_path(at, visit)


def activity_segment(at: str, activity: dict[str, Json]) -> Iterator[Record]:
    """An `activitySegment`: a journey from its start, the points of its path that have a time, where the car was parked."""
    path = _dict(activity, "waypointPath")
    extra = _rest(
        activity,
        "startLocation",
        "endLocation",
        "duration",
        "activityType",
        "simplifiedRawPath",
        "parkingEvent",
        "waypointPath",
    )
    end = _e7(_dict(activity, "endLocation"))
    extra |= {"end": _words(end)} if end[0] is not None else {}
    points = [_words(_e7(one)) for one in _dicts(path, "waypoints")]
    extra |= {"waypoints": "; ".join(points)} if points else {}
    extra |= {f"waypointPath {name}": words for name, words in _rest(path, "waypoints").items()}
    start = _e7(_dict(activity, "startLocation"))
    yield _range(at, _times(_dict(activity, "duration")), start, "", extra, text=as_text(activity.get("activityType")))
    yield from _raw_path(at, activity)
    parking = _dict(activity, "parkingEvent")
    if parking:
        spot = _dict(parking, "location")
        extra = _rest(parking, "location", "timestamp", "timestampMs")
        written = parking.get("timestamp") or parking.get("timestampMs")
        yield _point(
            f"{at} parking", written, _e7(spot), spot.get("accuracyMetres"), extra, text="parking", flags=(INFERRED,)
        )


def _raw_path(at: str, item: dict[str, Json]) -> Iterator[Record]:
    for count, one in enumerate(_dicts(_dict(item, "simplifiedRawPath"), "points"), 1):
        extra = _rest(one, *_E7_NAMES, "timestamp", "timestampMs", "accuracyMeters")
        written = one.get("timestamp") or one.get("timestampMs")
        yield _point(f"{at} point {count}", written, _e7(one), one.get("accuracyMeters"), extra)


def segment(at: str, item: dict[str, Json]) -> Iterator[Record]:
    """An element of the export made on a phone, Android or iPhone."""
    times = (item.get("startTime"), item.get("endTime"))
    known = {"startTime", "endTime", "visit", "activity", "timelinePath", "timelineMemory"}
    beside = _rest(item, *known)
    found = False
    if visit := _dict(item, "visit"):
        best = _dict(visit, "topCandidate")
        extra = beside | _rest(visit, "topCandidate")
        extra |= {
            ("placeId" if name == "placeID" else name): words
            for name, words in _rest(best, "placeLocation", "probability").items()
        }
        extra |= {"topCandidate probability": as_text(best["probability"])} if "probability" in best else {}
        yield _range(at, times, _where(best.get("placeLocation")), as_text(best.get("semanticType")), extra)
        found = True
    if activity := _dict(item, "activity"):
        best, parking = _dict(activity, "topCandidate"), _dict(activity, "parking")
        extra = beside | _rest(activity, "start", "end", "topCandidate", "parking")
        extra |= {"topCandidate probability": as_text(best["probability"])} if "probability" in best else {}
        end = _where(activity.get("end"))
        extra |= {"end": _words(end)} if end[0] is not None else {}
        place = f"{at} activity" if found else at
        yield _range(place, times, _where(activity.get("start")), "", extra, text=as_text(best.get("type")))
        if parking:
            extra = _rest(parking, "location", "startTime")
            spot = _where(parking.get("location"))
            yield _point(
                f"{at} parking", parking.get("startTime"), spot, None, extra, text="parking", flags=(INFERRED,)
            )
        found = True
    path = item.get("timelinePath")
    if isinstance(path, list):
        yield from _timeline_path(at, item.get("startTime"), path)
        found = found or bool(path)
    if not found and (_dict(item, "timelineMemory") or any(times)):
        extra = beside | {"timelineMemory": as_text(item["timelineMemory"])} if "timelineMemory" in item else beside
        yield _range(at, times, (None, None, _NO_PLACE), "", extra)


def _timeline_path(at: str, start: Json, path: list[Json]) -> Iterator[Record]:
    begin = instant(start)
    for count, one in enumerate(path, 1):
        step = one if isinstance(one, dict) else {"point": one}
        extra = _rest(step, "point", "time", "durationMinutesOffsetFromStartTime")
        minutes = number(step.get("durationMinutesOffsetFromStartTime"))
        place = f"{at} point {count}"
        if step.get("time") is None and minutes is not None and begin is not None and abs(minutes) < 1e6:
            raw = f"{begin.raw} + {step['durationMinutesOffsetFromStartTime']} minutes"
            when = begin._replace(micros=begin.micros + round(minutes * 60_000_000), precision="minute", raw=raw)
            yield _record(place, when, None, _where(step.get("point")), extra, time_flags([(raw, when)]))
        else:
            yield _point(place, step.get("time"), _where(step.get("point")), None, extra)


def signal(at: str, item: dict[str, Json]) -> Iterator[Record]:
    """A raw signal: a position, or what the phone noted without one."""
    for name, value in item.items():
        one = value if isinstance(value, dict) else {}
        if name == "position":
            extra = _rest(one, "LatLng", "latLng", "point", "accuracyMeters", "accuracyMm", "timestamp")
            place = _e7(_dict(one, "point")) if "point" in one else _where(one.get("LatLng", one.get("latLng")))
            accuracy = one.get("accuracyMeters")
            if accuracy is None and (millimetres := number(one.get("accuracyMm"))) is not None:
                accuracy = millimetres / 1000
            yield _point(at, one.get("timestamp"), place, accuracy, extra)
        elif name in {"wifiScan", "activityRecord"}:
            written = one.get("deliveryTime") or one.get("timestamp")
            devices = one.get("devicesRecords", one.get("accessPoints"))
            extra = _rest(one, "deliveryTime", "timestamp", "devicesRecords", "accessPoints")
            extra |= {"Wi-Fi stations": str(len(devices))} if isinstance(devices, list) else {}
            yield _point(at, written, (None, None, _NO_PLACE), None, extra, text=name)
        elif name not in {"additionalTimestamp", "metadata"}:
            yield _point(at, one.get("timestamp"), (None, None, _NO_PLACE), None, {name: as_text(value)})


def edit(at: str, item: dict[str, Json]) -> Iterator[Record]:
    """An element of Timeline Edits: a raw signal, or the places where the phone was most."""
    raw = _dict(item, "rawSignal")
    if signal_ := _dict(raw, "signal"):
        for record in signal(at, signal_):
            extra = _rest(item, "rawSignal") | _rest(raw, "signal")
            yield record._replace(extra={**(record.extra or {}), **extra})
    places = _dict(item, "placeAggregates")
    window = _dict(places, "processWindow")
    for count, one in enumerate(_dicts(places, "placeAggregateInfo"), 1):
        extra = _rest(one, "point", "placePoint")
        nearby = _e7(_dict(one, "placePoint"))
        extra |= {"placePoint": _words(nearby)} if nearby[0] is not None else {}
        times = (window.get("startTime"), window.get("endTime"))
        yield _range(
            f"{at} place {count}", times, _e7(_dict(one, "point")), "", extra, text="place where the phone often was"
        )


def frequent_place(at: str, item: Json) -> Record:
    """A place of the profile: without a time."""
    place = item if isinstance(item, dict) else {"placeLocation": item}
    extra = _rest(place, "placeLocation", "label")
    return _record(at, None, None, _where(place.get("placeLocation")), extra, (INFERRED,))._replace(
        place_text=as_text(place.get("label"))
    )


_E7_NAMES = ("latitudeE7", "longitudeE7", "latE7", "lngE7")


def _e7(item: Mapping[str, Json]) -> Place:
    return e7(item.get("latitudeE7", item.get("latE7")), item.get("longitudeE7", item.get("lngE7")))


def _where(value: Json) -> Place:
    """A position in any of the shapes the phones write: text, or an object around it."""
    if isinstance(value, dict):
        if "latLng" in value:
            return pair(value["latLng"])
        return _e7(value) if "latE7" in value or "latitudeE7" in value else degrees(value.get("lat"), value.get("lng"))
    return pair(value)


def _words(place: Place) -> str:
    return f"{place[0]}, {place[1]}" if place[0] is not None else "no position"


def _times(duration: Mapping[str, Json]) -> tuple[Json, Json]:
    start = duration.get("startTimestamp") or duration.get("startTimestampMs")
    return start, duration.get("endTimestamp") or duration.get("endTimestampMs")


def _range(
    at: str,
    times: tuple[Json, Json],
    place: Place,
    words: str,
    extra: dict[str, str],
    *,
    accuracy: Json = None,
    text: str = "",
) -> Record:
    """A visit or a journey: from when to when, inferred."""
    when, until = instant(times[0]), instant(times[1])
    flags = (INFERRED, *place[2], *time_flags(((times[0], when), (times[1], until))))
    return _record(at, when, accuracy, place, extra, flags)._replace(until=until, place_text=words, text=text)


def _point(
    at: str,
    written: Json,
    place: Place,
    accuracy: Json,
    extra: dict[str, str],
    *,
    text: str = "",
    flags: tuple[str, ...] = (),
) -> Record:
    when = instant(written)
    return _record(at, when, accuracy, place, extra, (*flags, *place[2], *time_flags([(written, when)])))._replace(
        text=text
    )


def _record(
    at: str, when: Moment | None, accuracy: Json, place: Place, extra: dict[str, str], flags: tuple[str, ...]
) -> Record:
    return Record(
        at,
        LOCATION,
        "location",
        when,
        sender=None,
        lat=place[0],
        lon=place[1],
        accuracy_m=number(accuracy),
        flags=tuple(dict.fromkeys((*flags, *(place[2] or (() if place[0] is not None else _NO_PLACE))))),
        extra=extra or None,
    )


def _dict(item: Mapping[str, Json], name: str) -> dict[str, Json]:
    value = item.get(name)
    return value if isinstance(value, dict) else _NOTHING


def _dicts(item: Mapping[str, Json], name: str) -> list[dict[str, Json]]:
    value = item.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _rest(item: Mapping[str, Json], *taken: str) -> dict[str, str]:
    """The other values, under their own names, as text."""
    return {name: words for name, value in item.items() if name not in taken and (words := as_text(value))}
