"""A file read in pieces, by several processes: the same in every word as in one, or read in one."""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import pyarrow.parquet as pq
import pytest
from conftest import REAL, SAMPLES, singly, source_from, source_of
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import sms_backup, xml_stream, xml_text, xml_usual
from parsers.contract import Divisible, Output, Seam, Source
from pipeline import case as cases
from pipeline import evidence, intake, pieces, processes
from pipeline.new_case import Beginning, make

BACKUPS = sorted((SAMPLES / "sms_backup").glob("*.xml")) + sorted(
    (REAL / "messages" / "sms_backup_restore").glob("*.xml") if REAL.exists() else []
)


def joined(source: Source, of: int) -> list[Output] | None:
    """What the pieces of a file give together; None where they are not the file."""
    outputs: list[Output] = []
    ends: list[Seam] = []
    for number in range(of):
        begin, *piece = [*sms_backup.parse_piece(source, number, of)] or [None]
        if not piece or not isinstance(begin, Seam) or not isinstance(end := piece.pop(), Seam):
            return None
        if ends and ends[-1][:2] != begin[:2]:
            return None
        ends.append(end)
        outputs += [output for output in piece if not isinstance(output, Seam)]
    return singly([*outputs, *sms_backup.notes(ends)])


def same_in_pieces(source: Source) -> list[int]:
    """Into how many pieces a file can be cut, of 2 to 6; each time it must be the same."""
    whole = singly(sms_backup.parse(source))
    found = {of: joined(source, of) for of in range(2, 7)}
    for of, outputs in found.items():
        assert outputs is None or outputs == whole, of
    return [of for of, outputs in found.items() if outputs is not None]


def test_the_parser_is_divisible() -> None:
    assert isinstance(sms_backup, Divisible)


@pytest.mark.parametrize("path", BACKUPS, ids=lambda path: path.name)
@pytest.mark.parametrize("block", [300, 1 << 22])
def test_backups_in_pieces(path: Path, block: int) -> None:
    source = source_of(path)
    with (
        mock.patch.multiple(xml_text, _BLOCK=block, _NAME=16),
        mock.patch.multiple(xml_stream, _SMALL=8, _LARGE=block),
        mock.patch.multiple(xml_usual, _FEW=1, _COLUMNS=700),
    ):
        same_in_pieces(source)


SMS = (
    '<sms protocol="0" address="+447700900123" date="1761438600000" type="1" subject="null" body="{}" toa="null" sc_toa="null" service_center="null" read="1"'
    ' status="-1" locked="0" date_sent="0" sub_id="-1" readable_date="x" contact_name="(Unknown)" />'
)
WHOLE = [
    SMS.format("one"),
    SMS.format("&#55357;&#56832; &lt;sms "),
    '<sms body="out of order" type="2" address="07700 900123" date="1761438600000" />',
    '<mms date="1761447000000" msg_box="1" address="+447700900123" m_type="132"><parts><part seq="0" ct="image/png" data="iVBORw0KGgo=" /></parts></mms>',
    '<call number="07700 900123" duration="65" date="1761438600000" type="1" presentation="1" />',
]
DOUBTFUL = [
    "<!-- <sms > -->",
    "<!-- words -->",
    "<?p <sms ?>",
    "<sms body='&nope;' />",
    '<sms body="1',
    "<new>",
    "</smses><smses>",
    "</smses>",
    "<![CDATA[ <sms ]]>",
    "\x00",
]
HEAD = b"<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<smses count=\"9\">\n  "


def backup(items: Sequence[str], end: bytes = b"</smses>\n") -> Source:
    return source_from(HEAD + "\n  ".join(items).encode() + b"\n" + end)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(WHOLE), min_size=8, max_size=16))
def test_whole_files_come_apart(items: list[str]) -> None:
    with mock.patch.multiple(xml_text, _BLOCK=100, _LONG=8, _NAME=16):
        assert 2 in same_in_pieces(backup(items))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(WHOLE + DOUBTFUL), min_size=2, max_size=12),
    st.sampled_from([b"</smses>", b"", b"<sms"]),
    st.sampled_from([100, 1 << 22]),
)
def test_what_does_not_come_apart_is_never_taken_for_whole(items: list[str], end: bytes, block: int) -> None:
    with mock.patch.multiple(xml_text, _BLOCK=block, _LONG=8, _NAME=16):
        same_in_pieces(backup(items, end))


def test_other_encodings_and_damaged_files_do_not_come_apart() -> None:
    text = (HEAD.decode() + SMS.format("é") * 9 + "</smses>").replace("UTF-8", "UTF-16")
    assert same_in_pieces(source_from(text.encode("utf-16"))) == []
    assert same_in_pieces(backup([SMS.format("a & b"), *WHOLE])) == []
    assert same_in_pieces(backup([f"<!-- {WHOLE[0]} -->", *WHOLE * 3])) == []
    assert same_in_pieces(backup(WHOLE * 3, b"")) == []


@pytest.fixture
def added(tmp_path: Path) -> Path:
    """A case with one backup in it, not read yet."""
    case = make(tmp_path / "case", Beginning("ref", "Robin Vale: 07700 900001", subjects=("Sam: 07700 900123",)))
    path = tmp_path / "sms.xml"
    path.write_bytes(HEAD + "\n".join(WHOLE * 8).encode() + b"</smses>")
    evidence.receive(case.folder, [path], lambda *_: None)
    return case.folder


def timeline(folder: Path, cores: int) -> tuple[Any, Any, list[str]]:
    """The events, the register and the files of records of a case read on so many cores."""
    shutil.rmtree(folder / "timeline", ignore_errors=True)
    done: list[int] = []
    with mock.patch.multiple(processes, LARGE=0), mock.patch.object(os, "cpu_count", return_value=cores):
        found = intake.bring_up_to_date(cases.load(folder), lambda _file, part, _total: done.append(part))
    assert done[-1] == max(done)
    assert multiprocessing.active_children() == []
    names = {path.name.partition(".")[2] for path in (folder / "timeline" / "records").iterdir()}
    return pq.read_table(found.events).to_pydict(), (found.sources, found.problems), sorted(names)


def test_two_processes_give_the_same_as_one(added: Path) -> None:
    events, register, files = timeline(added, 2)
    assert files == ["0.arrow", "1.arrow", "arrow", "json"]
    assert (events, register) == timeline(added, 1)[:2]
    assert len(events["id"]) == len(WHOLE) * 8
    with mock.patch.object(intake, "_read_shard", side_effect=AssertionError("read again")):
        saved = intake.bring_up_to_date(cases.load(added), lambda *_: None)
    assert saved.sources == register[0]


def test_a_damaged_file_is_read_in_one_go(added: Path) -> None:
    stored = next((added / "evidence").iterdir())
    stored.chmod(0o600)
    stored.write_bytes(stored.read_bytes().replace(b"</smses>", b""))
    events, register, files = timeline(added, 2)
    assert files == ["arrow", "json"]
    assert len(register[1]) == 1
    assert (events, register) == timeline(added, 1)[:2]


def test_stopping_leaves_no_process(added: Path) -> None:
    with mock.patch.object(pieces, "wait", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        timeline(added, 2)
    assert multiprocessing.active_children() == []
    assert timeline(added, 1)[2] == ["arrow", "json"]
