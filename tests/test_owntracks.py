from __future__ import annotations

import pytest
from conftest import problems_of, records_of, source_from

from parsers.contract import EPOCH, LOCATION, NOTICE, UTC
from parsers.owntracks import parse, sniff

LINE = (
    '2024-03-03T12:22:25Z\t*                 \t{"_type":"location","tst":1709468544,"lat":53.46,"lon":-1.86,"acc":12}\n'
)


def test_the_first_line_tells() -> None:
    assert sniff(source_from(LINE.encode(), "x.txt"))
    assert sniff(source_from(b"\xef\xbb\xbf" + LINE.encode()))
    for text in ("", "2024-03-03T12:22:25Z\thello\tworld", "2024-03-03 12:22:25,53.46,-1.86", '{"_type":"location"}'):
        assert not sniff(source_from(text.encode(), "2024-03.rec"))


def test_the_time_of_the_phone_counts() -> None:
    (record,) = records_of(parse(source_from(b"\xef\xbb\xbf" + LINE.encode())))
    assert record.when is not None
    assert (record.when.micros, record.when.basis) == (1709468544_000000, EPOCH)
    assert (record.kind, record.lat, record.lon, record.accuracy_m, record.sender) == (LOCATION, 53.46, -1.86, 12, None)
    assert record.extra == {"received": "2024-03-03T12:22:25Z"}


def test_without_it_the_time_of_the_recorder_is_flagged() -> None:
    (record,) = records_of(parse(source_from(LINE.replace("1709468544", '"soon"').encode())))
    assert record.when is not None
    assert record.when.basis == UTC
    assert record.flags == ("time not understood: soon", "the time is when the recorder got it")


def test_what_is_no_position_is_a_notice() -> None:
    (record,) = records_of(
        parse(source_from(LINE.replace('"location"', '"status"').replace('"lat":53.46,', "").encode()))
    )
    assert (record.kind, record.text) == (NOTICE, "status")


@pytest.mark.parametrize(
    "bad",
    [
        b"hello",
        b"2024-03-03T12:22:25Z\t*\t[1]",
        b"2024-03-03T12:22:25Z\t*\t" + b"[" * 100_000,
        b'2024-03-03T12:22:25Z\t*\t{"_type":"encrypted"}',
        b"x" * 3_000_000,
    ],
)
def test_a_bad_line_is_a_problem_and_the_rest_is_read(bad: bytes) -> None:
    outputs = list(parse(source_from(LINE.encode() + bad + b"\r\n\n" + LINE.encode())))
    assert [record.at for record in records_of(outputs)] == ["line 1", "line 4"]
    assert [problem.at for problem in problems_of(outputs)] == ["line 2"]


@pytest.mark.parametrize(
    ("escaped", "words"),
    [("\\ud83d\\ude00", "\U0001f600"), ("\\ud83d", "\ufffd"), ("\\ude00x", "\ufffdx"), ("\\\\ud83d", "\\ud83d")],
)
def test_halves_of_emoji(escaped: str, words: str) -> None:
    (record,) = records_of(parse(source_from(LINE.replace('"acc":12', f'"poi":"{escaped}"').encode())))
    assert record.place_text == words


def test_tabs_that_an_editor_made_spaces_of() -> None:
    line = LINE.replace("\t*                 \t", "  *                   ")
    assert sniff(source_from(line.encode()))
    (record,) = records_of(parse(source_from(line.encode())))
    assert (record.lat, record.extra) == (53.46, {"received": "2024-03-03T12:22:25Z"})
