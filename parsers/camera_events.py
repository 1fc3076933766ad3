"""Event lists of doorbells and cameras: the JSON of Ring, UniFi Protect, Blink, Home Assistant; others by their columns. What the device noted, not the clips.

    Ring             [{"id": 7300000000000000001, "created_at": "2024-03-03T21:14:05.000Z", "kind": "motion", "answered": false, "duration": 24.0,
                       "cv_properties": {"person_detected": true}, "doorbot": {"description": "Front Door"}}]
    UniFi Protect    [{"id": "...", "type": "smartDetectZone", "start": 1709500445123, "end": 1709500465000, "smartDetectTypes": ["person"], "camera": "..."}]
      a smart track  {"id": "...", "payload": [{"timestamp": 1709500445123, "objectType": "vehicle", "licensePlate": "...", "confidence": 86}]}
    Blink            {"media": [{"created_at": "2024-03-03T21:14:05+00:00", "device_name": "Drive", "network_name": "Home", "source": "pir", "media": "/api/....mp4"}]}
    Home Assistant   history [[{"entity_id": "binary_sensor.door_motion", "state": "on", "last_changed": "2024-03-03T21:14:05+00:00", "attributes": {...}}]]
                     logbook [{"when": "...", "entity_id": "...", "name": "Door motion", "state": "on"}]

Any other list of camera events, as CSV, workbook or JSON, is read by its columns: see `parsers.camera_columns`. The list may also stand under a key ("events", "data"). Ring's times are UTC, UniFi's milliseconds from 1970, Blink's and Home Assistant's have an offset. UniFi's `end`
may be null: not over. In a history the later states of an entity may leave its name out: it is that of the state before.

`text` is the kind of event as the device calls it ("motion", "ring", "smartDetectZone: person"), `place_text` the name of the camera. It says that the device
noted something at that time, not that anybody in particular was there. What is no recording (a device that lost its connection, a sensor that went back to
"off", a login) is a notice. The rest is in `extra` under its own names; UniFi's references to its thumbnails are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from parsers import camera_columns
from parsers.contract import NOTICE, VIDEO, Moment, Note, Output, Problem, Record, Source
from parsers.json_stream import Break, Json, JsonWalk, as_text
from parsers.positions import instant, number, time_flags
from parsers.reading import encoding, is_binary

TITLE = "Camera and doorbell events (Ring, UniFi Protect, Blink, Home Assistant, others by column)"
HOW_TO_EXPORT = (
    "Ring: Control Center > request a copy of your data (or a download of all events). UniFi Protect, Blink and Home Assistant: the event or history list as JSON, from the"
    " person who looks after the system. Any other camera: its event list as CSV, Excel or JSON, with the name of the maker or the word camera in the name of the file or its"
    " folder; which column is what is asked, where the headings do not say it. Download the clips as well, as they are: they are added like any other video."
)
CANNOT_SHOW = (
    "Who or what set the camera off, unless somebody looks at the clip: detection of persons and vehicles is the device's guess.",
    "What happened when no event was noted: cameras miss movement, lose their connection or are switched off.",
    "That a clip still exists: recordings are deleted after some days or months.",
)

_SURE: Final = (
    ("ring", ('"created_at"', '"kind"'), ('"doorbot"', '"cv_properties"', '"answered"')),
    ("unifi", ('"smartDetectTypes"', '"start"', '"type"'), ('"camera"', '"modelKey"')),
    ("track", ('"payload"', '"objectType"', '"timestamp"'), ('"licensePlate"', '"firstShownTimeMs"', '"coord"')),
    ("blink", ('"created_at"', '"device_name"'), ('"network_name"', '"network_id"')),
    ("home assistant", ('"entity_id"',), ('"last_changed"', '"when"', '"last_updated"')),
)
"""For each shape the names that all occur, and those of which one does."""
_LIST = re.compile(r'\ufeff?\s*(?:\[\s*[\[{]|\{\s*"[^"\\]{1,60}"\s*:\s*)')
_EARLY = 1 << 14
_UNIFI_RECORDED = re.compile(r"motion|ring|smart(?:Detect|AudioDetect)\w*", re.IGNORECASE)
_QUIET = frozenset({"off", "idle", "unavailable", "unknown", ""})
_SEES = frozenset({"motion", "occupancy", "presence", "sound", "vibration", "doorbell", "moving"})


class _Event(NamedTuple):
    """What the shapes have in common, before it is a record."""

    text: str
    start: Json
    end: Json = None
    seconds: float | None = None
    camera: str = ""
    recorded: bool = True
    taken: tuple[str, ...] = ()


def sniff(source: Source) -> bool:
    """By the names in its first events; any other list by its headings, or by the camera in the name of the file or its folder."""
    return bool(_shape(source)) or camera_columns.is_list(source)


def _shape(source: Source) -> str:
    if is_binary(source.head):
        return ""
    start = source.head.decode(encoding(source.head), "replace")[:_EARLY]
    if not _LIST.match(start):
        return ""
    return next(
        (
            name
            for name, all_of, one_of in _SURE
            if all(map(start.__contains__, all_of)) and any(map(start.__contains__, one_of))
        ),
        "",
    )


def parse(source: Source) -> Iterator[Output]:
    """The events, in file order."""
    if not (shape := _shape(source)):
        yield from camera_columns.read_list(source)
        return
    read = _READ[shape]
    walk = JsonWalk(source)
    others: dict[str, None] = {}
    main: str | None = None
    for item in walk:
        if isinstance(item, Break):
            place = f"after event {item.after}" if item.after else "at the start"
            yield Problem(place, f"the file cannot be read from here on: {item.reason}", item.raw)
        elif not item.number:
            others[f"{item.key}: {as_text(item.value)[:100]}"] = None
        else:
            main = item.key if main is None else main
            at = f"event {item.number}" if item.key == main else f'"{item.key}" {item.number}'
            yield from _outputs(at, item.value, read)
    if others:
        yield Note(f"beside the events the file says: {'; '.join(list(others)[:20])}")
    if walk.unreadable:
        yield Note(f"{walk.unreadable} unreadable character(s) replaced by \ufffd")


def _outputs(at: str, value: Json, read: Callable[[dict[str, Json]], _Event]) -> Iterator[Output]:
    """One event, or the states of one entity."""
    if isinstance(value, list):
        before: dict[str, Json] = {}
        for count, one in enumerate(value, 1):
            place = f"{at} state {count}"
            if isinstance(one, dict):
                before |= {name: one[name] for name in ("entity_id", "attributes") if name in one}
                yield _record(place, {"entity_id": before.get("entity_id"), **one}, read(before | one))
            else:
                yield Problem(place, "this is no event", as_text(one)[:200])
    elif isinstance(value, dict):
        yield _record(at, value, read(value))
    else:
        yield Problem(at, "this is no event", as_text(value)[:200])


def _record(at: str, item: dict[str, Json], event: _Event) -> Record | Problem:
    when, until = instant(event.start), instant(event.end)
    if when is None and not event.text:
        return Problem(at, "neither a time nor a kind of event", as_text(item)[:200])
    extra = {name: words for name, value in item.items() if name not in event.taken and (words := as_text(value))}
    return Record(
        at,
        VIDEO if event.recorded else NOTICE,
        "camera",
        when,
        text=event.text,
        until=until,
        seconds=event.seconds if event.seconds is not None else _length(when, until),
        place_text=event.camera,
        flags=time_flags([(event.start, when), (event.end, until)]),
        extra=extra or None,
    )


def _length(when: Moment | None, until: Moment | None) -> float | None:
    if when is None or until is None or until.micros < when.micros:
        return None
    return (until.micros - when.micros) / 1_000_000


def _ring(item: dict[str, Json]) -> _Event:
    device = item.get("doorbot", item.get("device"))
    name = as_text(device.get("description", device.get("name"))) if isinstance(device, dict) else ""
    return _Event(
        as_text(item.get("kind")),
        item.get("created_at"),
        None,
        number(item.get("duration")),
        name,
        taken=("kind", "created_at"),
    )


def _unifi(item: dict[str, Json]) -> _Event:
    kind, seen = as_text(item.get("type")), item.get("smartDetectTypes")
    words = ", ".join(map(as_text, seen)) if isinstance(seen, list) else ""
    return _Event(
        f"{kind}: {words}" if words else kind,
        item.get("start"),
        item.get("end"),
        recorded=bool(item.get("camera")) and bool(_UNIFI_RECORDED.fullmatch(kind)),
        taken=("type", "smartDetectTypes", "start", "end", "thumbnail", "heatmap", "modelKey"),
    )


def _track(item: dict[str, Json]) -> _Event:
    return _Event(as_text(item.get("objectType")), item.get("timestamp"), taken=("objectType", "timestamp"))


def _blink(item: dict[str, Json]) -> _Event:
    kind = as_text(item.get("source")) or as_text(item.get("type"))
    return _Event(
        kind,
        item.get("created_at"),
        camera=as_text(item.get("device_name")),
        taken=("source", "created_at", "device_name"),
    )


def _home_assistant(item: dict[str, Json]) -> _Event:
    entity, state = as_text(item.get("entity_id")), as_text(item.get("state", item.get("message")))
    attributes = item.get("attributes")
    given = attributes if isinstance(attributes, dict) else {}
    name = as_text(item.get("name")) or as_text(given.get("friendly_name")) or entity
    domain = entity.partition(".")[0]
    sees = domain in {"camera", "image", "event"} or (
        domain == "binary_sensor"
        and (
            as_text(given.get("device_class")) in _SEES or any(word in entity for word in (*_SEES, "person", "vehicle"))
        )
    )
    start = item.get("last_changed") or item.get("when") or item.get("last_updated")
    return _Event(
        state,
        start,
        camera=name,
        recorded=sees and state.lower() not in _QUIET,
        taken=("state", "last_changed" if item.get("last_changed") else "when", "name"),
    )


_READ: Final = {"ring": _ring, "unifi": _unifi, "track": _track, "blink": _blink, "home assistant": _home_assistant}
