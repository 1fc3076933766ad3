from __future__ import annotations

import json

import pytest
from conftest import REAL, SAMPLES, problems_of, records_of, source_from, source_of

from parsers import google_location
from parsers.contract import LOCATION, Note, Record, Unreadable
from parsers.google_location import parse, sniff


def read(value: object, name: str = "x.json") -> list[object]:
    source = source_from(json.dumps(value, indent=1).encode(), name)
    assert sniff(source)
    return list(parse(source))


def test_the_shape_is_known_by_its_structure_whatever_the_file_is_called() -> None:
    for sample in (SAMPLES / "google_location").iterdir():
        assert sniff(source_from(sample.read_bytes(), "renamed.txt")), sample.name


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        {"locations": ["Leeds", "York"]},
        {"locations": [{"name": "Leeds"}]},
        [{"startTime": "a", "endTime": "b"}],
        [{"visit": {}}],
        {"title": "a photo", "geoData": {"latitude": 1}},
        {"messages": [{"text": "the locations"}]},
    ],
)
def test_other_json_is_not_claimed(value: object) -> None:
    assert not sniff(source_from(json.dumps(value).encode(), "Records.json"))


@pytest.mark.skipif(not REAL.exists(), reason="the real exports are not here")
def test_the_published_schemas_are_not_claimed_and_their_examples_are_read() -> None:
    folder = REAL / "media" / "location_google"
    for path in folder.glob("*.json"):
        assert not sniff(source_of(path))
    schema = json.loads((folder / "CarlosBergillos+LocationHistoryFormat__Records.schema.json").read_text())
    examples = schema["$defs"]["locationRecord"]["examples"]
    records = records_of(read({"locations": examples}))  # type: ignore[arg-type]
    assert (records[0].lat, records[0].lon, records[0].accuracy_m) == (41.4216106, 2.1684775, 20.0)


@pytest.mark.skipif(not REAL.exists(), reason="the real exports are not here")
@pytest.mark.parametrize(("name", "key"), [("Semantic", "timelineObjects"), ("TimelineEdits", "timelineEdits")])
def test_every_example_of_a_schema_gives_records_and_no_problem(name: str, key: str) -> None:
    path = REAL / "media" / "location_google" / f"CarlosBergillos+LocationHistoryFormat__{name}.schema.json"
    found: list[object] = []

    wanted = {"activitySegment", "placeVisit", "placeAggregates", "rawSignal"}

    def search(value: object) -> None:
        if isinstance(value, dict):
            examples = value.get("examples")
            if isinstance(examples, list):
                found.extend(one for one in examples if isinstance(one, dict) and wanted & set(one))
            for one in value.values():
                search(one)
        elif isinstance(value, list):
            for one in value:
                search(one)

    search(json.loads(path.read_text()))
    assert found
    outputs = read({key: found})
    assert not problems_of(outputs)  # type: ignore[arg-type]
    assert len(records_of(outputs)) >= len(found)  # type: ignore[arg-type]
    assert all(record.lat is not None for record in records_of(outputs))  # type: ignore[arg-type]


def test_every_record_is_of_the_owner_and_says_where_it_stands() -> None:
    for sample in (SAMPLES / "google_location").iterdir():
        records = records_of(parse(source_of(sample)))
        assert len({record.at for record in records}) == len(records)
        assert {(record.kind, record.channel, record.direction, record.sender) for record in records} <= {
            (LOCATION, "location", "", None)
        }


def test_records_and_problems_make_up_every_location() -> None:
    outputs = read(
        {
            "locations": [
                {"latitudeE7": 534600000, "longitudeE7": -18600000},
                None,
                "x",
                3,
                [],
                {"timestampMs": "1380000000123"},
            ]
        }
    )
    assert len(records_of(outputs)) == 2  # type: ignore[arg-type]
    assert [problem.at for problem in problems_of(outputs)] == ["location 2", "location 3", "location 4", "location 5"]  # type: ignore[arg-type]


def test_visits_are_flagged_as_inferred_and_measured_points_are_not() -> None:
    records = records_of(parse(source_of(SAMPLES / "google_location" / "Timeline.json")))
    flagged = {record.at for record in records if "inferred by Google" in record.flags}
    assert flagged == {"segment 2", "segment 3", "segment 3 parking", "segment 4", "frequent place 1"}


def test_the_minutes_of_an_iphone_count_from_the_start_of_its_segment() -> None:
    item = {"startTime": "2024-07-07T11:00:30+01:00", "endTime": "2024-07-07T12:00:00+01:00", "timelinePath": [
        {"point": "geo:53.46,-1.86", "durationMinutesOffsetFromStartTime": "90"},
        {"point": "geo:53.46,-1.86", "durationMinutesOffsetFromStartTime": "soon"},
        {"point": "geo:53.46,-1.86", "time": "not one"},
    ]}  # fmt: skip
    first, second, third = records_of(read([item]))  # type: ignore[arg-type]
    assert first.when is not None
    assert first.when.micros == 1720346430_000000 + 90 * 60_000_000
    assert (first.when.basis, first.when.precision) == ("offset", "minute")
    assert (second.when, second.lat) == (None, 53.46)
    assert third.flags == ("time not understood: not one",)


def test_a_segment_of_an_unknown_kind_is_kept_and_an_empty_one_is_a_problem() -> None:
    record, problem = read(
        {
            "semanticSegments": [
                {"startTime": "2024-07-07T10:00:00Z", "endTime": "2024-07-07T11:00:00Z", "newThing": {"a": 1}},
                {"newThing": 1},
            ]
        }
    )
    assert isinstance(record, Record)
    assert record.extra == {"newThing": '{"a": 1}'}
    assert problems_of([problem])[0].at == "segment 2"  # type: ignore[list-item]


@pytest.mark.parametrize("damage", [None, "x", 7, [], {}, [[]], {"a": []}])
def test_values_of_other_types_than_expected_are_no_crash(damage: object) -> None:
    whole = json.loads((SAMPLES / "google_location" / "2024_MARCH.json").read_text("utf-8-sig"))
    timeline = json.loads((SAMPLES / "google_location" / "Timeline.json").read_text())
    edits = json.loads((SAMPLES / "google_location" / "Timeline Edits.json").read_text())
    records = json.loads((SAMPLES / "google_location" / "Records.json").read_text())

    def paths(value: object, at: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return [at, *(path for key, one in pairs for path in paths(one, (*at, key)))]

    for document in (whole, timeline, edits, records):
        for path in paths(document):
            if len(path) < 2:
                continue
            copy = json.loads(json.dumps(document))
            place = copy
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = damage
            data = json.dumps(copy).encode()
            for output in parse(source_from(data)):
                assert not isinstance(output, Record) or (output.lat is None) == (output.lon is None)


@pytest.mark.parametrize("start", ["", "\ufeff", "\n"])
def test_the_text_about_encrypted_backups_says_to_export_on_the_phone(start: str) -> None:
    source = source_from(
        f"{start}You have encrypted Timeline backups stored on Google servers. They are ...".encode(), "Timeline.txt"
    )
    assert sniff(source)
    with pytest.raises(Unreadable, match="Export it on the phone"):
        list(parse(source))


def test_a_page_about_encrypted_timelines_is_not_claimed() -> None:
    assert not sniff(source_from(b"<html><body>You have encrypted Timeline backups</body></html>", "a.html"))


def test_utf16_is_read() -> None:
    data = (SAMPLES / "google_location" / "Records.json").read_text().encode("utf-16")
    source = source_from(data)
    assert sniff(source)
    assert len(records_of(parse(source))) == 6


def test_a_broken_file_keeps_what_came_before() -> None:
    data = b'{"locations": [{"latitudeE7": 534600000, "longitudeE7": -18600000}, {"latitudeE7": 5346' + b"\0" * 4000
    outputs = list(parse(source_from(data)))
    assert [type(output).__name__ for output in outputs] == ["Record", "Problem"]
    assert problems_of(outputs)[0].at == "after location 1"


def test_devices_are_a_note() -> None:
    outputs = list(parse(source_of(SAMPLES / "google_location" / "Settings.json")))
    assert all(isinstance(output, Note) for output in outputs)
    assert "Example Phone A5" in str(outputs[0])
    assert google_location.TITLE


def test_what_has_no_position_says_so() -> None:
    times = {"startTimestamp": "2024-03-03T12:00:00Z", "endTimestamp": "2024-03-03T13:00:00Z"}
    visit: dict[str, object] = {
        "placeVisit": {"duration": times, "otherCandidateLocations": [{"latitudeE7": 534600000}]}
    }
    journey: dict[str, object] = {"activitySegment": {"duration": times, "activityType": "WALKING"}}
    for record in records_of(read({"timelineObjects": [visit, journey]})):  # type: ignore[arg-type]
        assert (record.lat, record.flags) == (None, ("inferred by Google", "no position given"))
