from __future__ import annotations

import json
from collections import Counter

import pytest
from conftest import REAL, SAMPLES, problems_of, records_of, source_from, source_of

from parsers.camera_events import parse, sniff
from parsers.contract import NOTICE, VIDEO, Note, Record

FOLDER = REAL / "media" / "camera_events"
RING = {
    "id": 1,
    "created_at": "2024-03-03T21:14:05Z",
    "kind": "motion",
    "answered": False,
    "doorbot": {"description": "Front"},
}


@pytest.mark.skipif(not REAL.exists(), reason="the real exports are not here")
def test_the_real_unifi_list() -> None:
    source = source_of(FOLDER / "uilibs+uiprotect__sample_raw_events.json")
    assert sniff(source)
    records = [output for output in parse(source) if isinstance(output, Record)]
    assert len(records) == 1351
    assert records[0].when is not None
    assert records[0].when.micros == 1640293400462_000
    assert Counter(record.kind for record in records) == {VIDEO: 628 + 93 + 3, NOTICE: 1351 - 628 - 93 - 3}
    assert sum(record.until is None for record in records) == 15
    assert sum("person" in record.text for record in records) == 85


@pytest.mark.skipif(not REAL.exists(), reason="the real exports are not here")
def test_the_real_smart_track() -> None:
    source = source_of(FOLDER / "uilibs+uiprotect__sample_event_smart_track.json")
    assert sniff(source)
    outputs = list(parse(source))
    whole = json.loads((FOLDER / "uilibs+uiprotect__sample_event_smart_track.json").read_text())
    assert len(records_of(outputs)) == len(whole["payload"])
    assert {record.text for record in records_of(outputs)} == {one["objectType"] for one in whole["payload"]}


@pytest.mark.parametrize(
    "wrap", [lambda one: [one], lambda one: {"events": [one]}, lambda one: {"meta": {"count": 1}, "data": [one]}]
)
def test_the_list_may_stand_under_a_key(wrap: object) -> None:
    source = source_from(json.dumps(wrap(RING)).encode(), "x.json")  # type: ignore[operator]
    assert sniff(source)
    (record,) = records_of(parse(source))
    assert (record.at, record.kind, record.channel, record.text, record.place_text) == (
        "event 1",
        VIDEO,
        "camera",
        "motion",
        "Front",
    )
    assert record.sender == ""


def test_places_are_unique_with_two_lists() -> None:
    records = records_of(parse(source_from(json.dumps({"events": [RING], "older": [RING]}).encode())))
    assert [record.at for record in records] == ["event 1", '"older" 1']


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        [{"created_at": "2024", "kind": "a"}],
        [{"id": 1, "created_at": "2024-03-03", "text": "a tweet", "user": {"name": "x"}}],
        [{"type": "message", "start": 1}],
        {"title": "entity_id and last_changed"},
        "created_at kind doorbot",
    ],
)
def test_other_json_is_not_claimed(value: object) -> None:
    assert not sniff(source_from(json.dumps(value).encode(), "list.json"))


@pytest.mark.parametrize(
    ("entity", "state", "attributes", "kind"),
    [
        ("binary_sensor.hall", "on", {"device_class": "motion"}, VIDEO),
        ("binary_sensor.hall", "off", {"device_class": "motion"}, NOTICE),
        ("binary_sensor.hall", "on", {"device_class": "window"}, NOTICE),
        ("binary_sensor.drive_person", "on", {}, VIDEO),
        ("camera.drive", "recording", {}, VIDEO),
        ("camera.drive", "idle", {}, NOTICE),
        ("light.drive", "on", {}, NOTICE),
    ],
)
def test_what_is_a_recording_in_home_assistant(entity: str, state: str, attributes: dict[str, str], kind: str) -> None:
    one = {"entity_id": entity, "state": state, "attributes": attributes, "last_changed": "2024-03-03T21:14:05+00:00"}
    source = source_from(json.dumps([[one, {"state": state, "last_changed": "2024-03-03T21:15:05+00:00"}]]).encode())
    assert sniff(source)
    first, second = records_of(parse(source))
    assert (first.kind, second.kind) == (kind, kind)  # the second has its entity and class from the first
    assert second.extra == {"entity_id": entity}


@pytest.mark.parametrize("damage", [None, "x", 7, [], {}, [[]], {"a": []}])
def test_values_of_other_types_than_expected_are_no_crash(damage: object) -> None:
    for sample in set((SAMPLES / "camera_events").glob("*.json")) - {SAMPLES / "camera_events" / "clips.json"}:
        whole = json.loads(sample.read_text())
        read = source_of(sample)
        assert sniff(read)
        events = (
            whole if isinstance(whole, list) else next(value for value in whole.values() if isinstance(value, list))
        )
        first = events[0][0] if isinstance(events[0], list) else events[0]
        for key in list(first):
            kept, first[key] = first[key], damage
            source = source_from(json.dumps(whole).encode())
            if sniff(source):
                assert list(parse(source))
            first[key] = kept


def test_a_broken_file_keeps_what_came_before() -> None:
    data = (SAMPLES / "camera_events" / "ring.json").read_bytes()
    outputs = list(parse(source_from(data[: data.index(b"on_demand")])))
    assert len(records_of(outputs)) == 2
    assert problems_of(outputs)[0].at == "after event 2"


def test_what_stands_beside_the_events_is_a_note() -> None:
    outputs = list(parse(source_of(SAMPLES / "camera_events" / "blink.json")))
    assert Note("beside the events the file says: limit: 25; purge_id: 0") in outputs
