"""Texts read by the thousand and written column by column: in every cell what reading and writing them one by one gives."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import pyarrow as pa
import pytest
from conftest import REAL, SAMPLES, singly, source_from
from hypothesis import given, settings
from hypothesis import strategies as st
from test_sms_backup import BETWEEN, HEAD, MESSAGES, sms

from parsers import sms_backup, sms_backup_columns, xml_characters, xml_columns, xml_usual
from parsers.contract import EPOCH, SECOND, Alike, Moment, Output, Record
from pipeline import records
from pipeline.records import RecordWriter

BACKUPS = sorted((SAMPLES / "sms_backup").glob("*.xml")) + sorted(
    (REAL / "messages" / "sms_backup_restore").glob("*.xml") if REAL.exists() else []
)


def table(path: Path, outputs: Sequence[Output]) -> Any:
    """What is written of the records among the outputs."""
    writer = RecordWriter(path)
    position = 0
    for some in records.batches(iter(outputs), lambda _: None):
        writer.write("source", position, some)
        position += len(some)
    writer.close()
    return records.read(path)


def plainly(written: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = written.to_pylist()
    return rows


def read_both_ways(content: bytes, path: Path) -> int:
    """How many records were given together; all must be the same, as records and in the file, as those that expat gives."""
    with mock.patch.object(sms_backup, "_USUAL", frozenset()):
        singles = list(sms_backup.parse(source_from(content)))
    with mock.patch.multiple(xml_usual, _COLUMNS=1):
        outputs = list(sms_backup.parse(source_from(content)))
    assert not any(isinstance(output, Alike) for output in singles)
    assert singly(outputs) == singles
    assert [*map(repr, singly(outputs))] == [*map(repr, singles)]  # an extra with its keys in another order is equal
    assert plainly(table(path, outputs)) == plainly(table(path, singles))
    return sum(len(output) for output in outputs if isinstance(output, Alike))


@pytest.mark.parametrize("path", BACKUPS, ids=lambda path: path.name)
def test_backups(path: Path, tmp_path: Path) -> None:
    read_both_ways(path.read_bytes(), tmp_path / "x")


def test_some_backups_are_read_in_columns(tmp_path: Path) -> None:
    """Else the test above compares nothing."""
    assert sum(read_both_ways(path.read_bytes(), tmp_path / "x") for path in BACKUPS) > 50


@settings(max_examples=150, deadline=None)
@given(MESSAGES, st.lists(BETWEEN, min_size=8, max_size=8))
def test_any_texts(tmp_path_factory: pytest.TempPathFactory, messages: Sequence[str], between: Sequence[str]) -> None:
    content = "".join(message + gap for message, gap in zip(messages, between, strict=False))
    read_both_ways(f"{HEAD}<smses>\n{content}</smses>".encode(), tmp_path_factory.getbasetemp() / "x")


ALIKE = st.fixed_dictionaries(
    {
        "date": st.sampled_from(["1761438600000", "1761438600463", "1000000000000", "9999999999999"]),
        "type": st.sampled_from(["1", "2", "5", "9", "null"]),
        "address": st.sampled_from(["07700 900123", "null", "", "a@rcs.google.com", "&lt;x&gt;", "\u00a3"]),
        "body": st.sampled_from(
            ["", "null", "words", "&amp;&#10;&#55357;&#56832;", "\U0001f600 \\ &quot;", "nul", "\u00e9"]
        ),
        "read": st.sampled_from(["0", "1", ""]),
        "status": st.sampled_from(["-1", "0", "64"]),
        "date_sent": st.sampled_from(["0", "", "null", "1761438600000", "1761438599000"]),
        "readable_date": st.sampled_from(["", "null", "0", "1 Jan", "\\", "&quot;", "1 Feb &amp; \U0001f600"]),
        "contact_name": st.sampled_from(["Sam &amp; Co", "(Unknown)", "\U0001f600\\"]),
    }
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(ALIKE, min_size=1, max_size=12),
    st.sampled_from([(), ("sub_id",), ("date_sent",), ("readable_date", "locked")]),
)
def test_texts_of_one_shape_are_given_together(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]], missing: Sequence[str]
) -> None:
    content = "\n  ".join(sms(**{**row, **dict.fromkeys(missing)}) for row in rows)
    path = tmp_path_factory.getbasetemp() / "x"
    assert read_both_ways(f"{HEAD}<smses>\n{content}\n</smses>".encode(), path) == len(rows)


@pytest.mark.parametrize("date", ["0000000000000", "0761438600000", "176143860000", "-761438600000", "null", ""])
def test_odd_dates_are_read_one_by_one(date: str, tmp_path: Path) -> None:
    content = f"{HEAD}<smses>{sms(date=date) * 3}</smses>".encode()
    assert read_both_ways(content, tmp_path / "x") == 0


def test_lists_will_do_too(tmp_path: Path) -> None:
    """A third party's parser needs no Arrow."""
    when = Moment(0, EPOCH, SECOND, "")
    like = [
        Record("", "message", "Chat", when, extra={"a": "1", "b": ""}),
        Record("", "call", "Chat", when),
        Record("", "call", "Chat", when, extra={"b": "", "z": '"'}),
    ]
    alike = Alike(
        like,
        [0, 1, 2, 0],
        ["1", "2", "3", "4"],
        [5, 6, 7, 8],
        ["e", "f", "g", "h"],
        list("wxyz"),
        {"b": ["i", "j", "k", "l"]},
    )
    singles = list(alike.records())
    assert singles[0] == like[0]._replace(
        at="1", when=Moment(5, EPOCH, SECOND, "e"), text="w", extra={"a": "1", "b": "i"}
    )
    assert [record.extra for record in singles[1:]] == [None, {"b": "k", "z": '"'}, {"a": "1", "b": "l"}]
    assert plainly(table(tmp_path / "x", [singles[0], alike])) == plainly(table(tmp_path / "y", [singles[0], *singles]))
    assert table(tmp_path / "x", [alike]).schema == records.SCHEMA == pa.schema(records.SCHEMA)


@given(st.binary(max_size=60), st.sampled_from([4, 1 << 17]))
def test_controls_are_seen_in_large_blocks_as_in_small_ones(data: bytes, part: int) -> None:
    with mock.patch.object(xml_columns, "_PART", part):
        assert xml_columns.has_controls(data) == xml_characters._has_controls(data)


@given(st.lists(st.text("0123456789/:a", min_size=12, max_size=14) | st.just("1761438600000"), max_size=4))
def test_times_in_milliseconds_are_told_from_others(values: list[str]) -> None:
    column = pa.array(["x", *values, "y"], pa.string())[1:-1]
    assert sms_backup_columns._all_millis(column) == all(re.fullmatch("[1-9][0-9]{12}", value) for value in values)
