"""Lists of camera events by their columns: read where the headings say what is what, asked where they do not, and nobody else's file is taken."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner
from conftest import problems_of, records_of, source_from, written
from hypothesis import given
from hypothesis import strategies as st

from parsers import camera_events
from parsers.camera_columns import NO_LIST, NONE, QUESTIONS
from parsers.contract import NOTICE, VIDEO, Note, Output, Question, Record, Unreadable
from parsers.headings import CALL_LOG_KIND, CAMERA_KIND, DIARY_KIND, LOCATION_KIND, kind
from pipeline import registry
from pipeline.cli import main

FOREIGN = b"Wann,Wo,Was,Wer\n2026-05-03T21:14:05Z,Tor,Bewegung,\n2026-05-03T22:00:00Z,Tor,Person,Robin\n"
ANSWERS = {"time_column": "Wann", "camera_column": "Wo", "event_column": "Was", "who_column": "Wer"}


def read(data: bytes, name: str, answers: dict[str, str] | None = None) -> list[Output]:
    source = source_from(data, name, answers)
    assert camera_events.sniff(source)
    found = registry.identify(source)
    assert found is not None
    assert found.name == "camera_events"
    return list(camera_events.parse(source))


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        ("Date,Time,Camera,Event", CAMERA_KIND),
        ("timestamp,camera_name,event_type,duration", CAMERA_KIND),
        ("Device name,Event type,Time,IP address", ""),  # a list of logins
        ("Device,Detection type,Start time,End time", CAMERA_KIND),
        ("Doorbell,When", CAMERA_KIND),
        ("Camera,Price,Stock", ""),
        ("Device,Date,Note", ""),
        ("Date,Time,What happened,Camera", DIARY_KIND),
        ("Date,Time,Number,Duration,Device", CALL_LOG_KIND),
        ("Time,Latitude,Longitude,Device", LOCATION_KIND),
        ("Date,Sender,Message,Camera", ""),
    ],
)
def test_the_kind_of_a_row_of_headings(headings: str, expected: str) -> None:
    assert kind(headings.split(",")) == expected


@pytest.mark.parametrize(
    ("event", "kind_of_it"),
    [
        ("motion", VIDEO),
        ("on", VIDEO),
        ("Person detected", VIDEO),
        ("off", NOTICE),
        ("Clear", NOTICE),
        ("idle", NOTICE),
        ("Motion ended", NOTICE),
        ("motion stopped", NOTICE),
        ("unavailable", NOTICE),
        ("Camera offline", NOTICE),
    ],
)
def test_a_sensor_that_goes_back_to_rest_recorded_nothing(event: str, kind_of_it: str) -> None:
    data = f"Date,Time,Camera,Event\n13/05/2026,21:14:05,Drive,{event}\n".encode()
    (record,) = records_of(read(data, "a.csv"))
    assert record.kind == kind_of_it


def test_the_times_of_rings_own_lists() -> None:
    """ "2026-05-03 21:14:05 UTC", as its program writes it."""
    data = b"created_at,kind,device\n2026-05-03 21:14:05 UTC,motion,Front Door\n"
    (record,) = records_of(read(data, "ring/events.csv"))
    assert written(record.when).startswith("2026-05-03 21:14:05Z [utc, second]")


def test_headings_that_other_lists_have_too_do_for_a_file_named_after_a_camera() -> None:
    data = b"Device name,Event type,Time\nDrive,Person,2026-05-03 21:14:05\n"
    assert not camera_events.sniff(source_from(data, "logins.csv"))
    (record,) = records_of(read(data, "Arlo/events.csv"))
    assert (record.place_text, record.text) == ("Drive", "Person")


def asked(data: bytes, name: str, answers: dict[str, str]) -> Question:
    with pytest.raises(Question) as caught:
        list(camera_events.parse(source_from(data, name, answers)))
    return caught.value


def test_each_column_is_asked_for_in_turn() -> None:
    said: dict[str, str] = {}
    for (_, key, words), value in zip(QUESTIONS, ANSWERS.values(), strict=True):
        question = asked(FOREIGN, "ring/liste.csv", said)
        assert question.key == key
        assert question.text.endswith(words)
        assert value in [choice for choice, _ in question.choices]
        said[key] = value
    first, second = records_of(read(FOREIGN, "ring/liste.csv", said))
    assert written(first.when).startswith("2026-05-03 21:14:05Z")
    assert (first.text, first.place_text, first.extra) == ("Bewegung", "Tor", None)
    assert second.extra == {"recognised (as the list has it)": "Robin"}
    assert second.sender == ""


def test_what_was_used_is_not_offered_again_and_none_is() -> None:
    question = asked(FOREIGN, "cctv.csv", {"time_column": "Wann", "camera_column": "Wo"})
    assert [value for value, _ in question.choices] == ["Was", "Wer", NONE]
    assert question.choices[0][1] == "Was (for example: Bewegung)"
    none = {"time_column": "Wann", "camera_column": NONE, "event_column": NONE, "who_column": NONE}
    (first, _) = records_of(read(FOREIGN, "cctv.csv", none))
    assert (first.place_text, first.extra) == ("", {"Wo": "Tor", "Was": "Bewegung"})


def test_columns_of_times_come_first_and_it_may_be_no_list() -> None:
    question = asked(b"Was,Wann,Wo\nx,2026-05-03 21:14,y\n", "nest.csv", {})
    assert [value for value, _ in question.choices] == ["Wann", "Was", "Wo", NO_LIST]
    with pytest.raises(Unreadable, match="no list of camera events"):
        list(camera_events.parse(source_from(FOREIGN, "nest.csv", {"time_column": NO_LIST})))


def test_an_answer_that_names_no_column_is_asked_again() -> None:
    assert asked(FOREIGN, "ring.csv", {"time_column": "Wenn"}).key == "time_column"


def test_a_time_of_day_in_a_column_of_its_own_is_found() -> None:
    data = b"Tag;Uhr;Wo\n03/05/2026;21:14;Tor\n14/05/2026;06:30:05;Tor\n"
    said = {"time_column": "Tag", "camera_column": "Wo", "event_column": NONE, "who_column": NONE}
    first, second = records_of(read(data, "kamera/camera list.csv", said))
    assert written(first.when) == "2026-05-03 21:14:00 [local, minute] 03/05/2026 21:14"
    assert written(second.when) == "2026-05-14 06:30:05 [local, second] 14/05/2026 06:30:05"
    two = b"Tag;Uhr;Ende;Wo\n13/05/2026;21:14;21:15;Tor\n"
    (record,) = records_of(read(two, "camera list.csv", said))
    assert written(record.when) == "2026-05-13 00:00:00 [local, day] 13/05/2026"
    assert record.extra == {"Uhr": "21:14", "Ende": "21:15"}


def test_day_or_month_first_is_asked_last() -> None:
    data = b"Tag;Wo\n03/05/2026 21:14;Tor\n"
    said = {"time_column": "Tag", "camera_column": "Wo", "event_column": NONE, "who_column": NONE}
    question = asked(data, "camera.csv", said)
    assert question.key == "day_first"
    (record,) = records_of(read(data, "camera.csv", said | {"day_first": "no"}))
    assert written(record.when).startswith("2026-03-05 21:14")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (FOREIGN, "liste.csv"),  # not named after a camera
        (FOREIGN, "ring.txt"),
        (b"Wo,Was\nTor,Bewegung\n", "ring.csv"),  # nothing in it is a time
        (b"Wann,Wo,Was\n", "ring.csv"),  # headings alone
        (b"string,spring\n2026-05-03T21:14:05Z,x\n", "spring.csv"),
        (b'{"a": "2026-05-03T21:14:05Z"}', "ring.json"),
        (b'[{"latitudeE7": 1, "timestamp": "2026-05-03T21:14:05Z"}]', "camera.json"),
        (b'{"title": "x", "photoTakenTime": {"timestamp": "1"}, "people": [{"a": "2026-05-03T21:14:05Z", "b": 1}]}', "camera/a.json"),
        (b"[", "ring.json"),
        (b"\xff\xd8\xff\xe1" + b"\1" * 500, "ring.csv"),
    ],
)  # fmt: skip
def test_what_is_not_taken(data: bytes, name: str) -> None:
    assert not camera_events.sniff(source_from(data, name))


def workbook(rows: list[list[str]], *more: list[list[str]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for sheet in (rows, *more):
            page = book.add_worksheet()
            for number, row in enumerate(sheet):
                page.write_row(number, 0, row)
    return file.getvalue()


def test_workbooks_are_read_too() -> None:
    known = workbook([["Camera", "Event time", "Event"], ["Drive", "2026-05-03 21:14:05", "Motion"]])
    (record,) = records_of(read(known, "list.xlsx"))
    assert (record.place_text, record.text, record.at) == ("Drive", "Motion", "row 2")
    unknown = workbook([["Wann", "Wo"], ["2026-05-03T21:14:05Z", "Tor"]], [["a", "b"], ["2026-05-03", "d"]])
    said = {"time_column": "Wann", "camera_column": "Wo", "event_column": NONE, "who_column": NONE}
    outputs = read(unknown, "reolink.xlsx", said)
    assert len(records_of(outputs)) == 1
    assert [output.text for output in outputs if isinstance(output, Note)] == [
        "sheet 'Sheet2' was not read: only the first sheet is"
    ]


def test_json_lists() -> None:
    data = json.dumps(
        {"v": 2, "log": [{"t": "2026-05-03T21:14:05Z", "cam": {"id": 7, "name": "Drive"}, "x": None}, 5]}
    ).encode()
    said = {"time_column": "t", "camera_column": "cam.name", "event_column": NONE, "who_column": NONE}
    outputs = read(data, "my nvr.json", said)
    (record,) = records_of(outputs)
    assert (record.at, record.place_text, record.extra) == ('"log" 1', "Drive", {"cam.id": "7"})
    assert [problem.at for problem in problems_of(outputs)] == ['"log" 2']
    assert [output.text for output in outputs if isinstance(output, Note)] == ["beside the events the file says: v: 2"]
    cut = read(data[:-4], "my nvr.json", said)
    assert len(records_of(cut)) == 1
    assert len(problems_of(cut)) == 1


@pytest.mark.parametrize(
    ("event", "expected"),
    [("Motion", VIDEO), ("Person detected", VIDEO), ("Camera offline", NOTICE), ("Battery low", NOTICE), ("Login", NOTICE), ("", VIDEO)],
)  # fmt: skip
def test_what_a_device_says_of_itself_is_a_notice(event: str, expected: str) -> None:
    (record,) = records_of(read(f"Date,Camera,Event\n2026-05-03 10:00,Drive,{event}\n".encode(), "a.csv"))
    assert record.kind == expected


@given(st.lists(st.lists(st.text(max_size=12), min_size=3, max_size=3), max_size=6))
def test_records_and_problems_are_all_rows(rows: list[list[str]]) -> None:
    data = json.dumps(
        [{"camera": "Drive", "timestamp": "2026-05-03T21:14:05Z", "event": "motion"}]
        + [dict(zip(("camera", "timestamp", "event"), row, strict=True)) for row in rows]
    ).encode()
    outputs = [output for output in read(data, "a.json") if not isinstance(output, Note)]
    assert len(outputs) == 1 + len(rows)
    assert len({output.at for output in outputs if isinstance(output, Record)}) == len(records_of(outputs))


def test_answered_on_the_command_line(tmp_path: Path) -> None:
    run: Callable[..., str] = lambda *words: CliRunner().invoke(main, list(words)).output  # noqa: E731
    case = str(tmp_path / "case")
    (tmp_path / "my camera.csv").write_bytes(FOREIGN)
    run("new", case, "--no-input")
    assert "time_column" in run("add", case, str(tmp_path / "my camera.csv"), "--no-input")
    for key, value in ANSWERS.items():
        said = run("answer", case, "S1", f"{key}={value}")
    assert "2 events" in said.replace("\n", " ") or " 2 " in said
    assert 'value = "Wann"' in Path(case, "case.toml").read_text(encoding="utf-8")
