"""Thousands of small files read by several processes: the same in every byte as by one, and nothing is read twice, whatever is stopped."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import pytest
from conftest import ROOT

from pipeline import case as cases
from pipeline import evidence, intake, processes, side_by_side
from pipeline.new_case import Beginning, make
from sample_data.bulk import _noise, _picture

NOISE = _noise(Random(1))
COUNT = 90
SHARD = 20


def quiet(_name: str, _done: int, _total: int) -> None:
    pass


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> cases.Case:
    """A case that holds photos, one of them damaged, a mail and a file nobody knows, and has read none of them."""
    folder = tmp_path_factory.mktemp("many")
    pictures = folder / "DCIM"
    pictures.mkdir()
    for number in range(COUNT):
        (pictures / f"IMG_{number:04d}.jpg").write_bytes(_picture(NOISE, number, 3_000))
    (pictures / "IMG_9000.jpg").write_bytes(b"\xff\xd8\xff\xe1nothing")
    (pictures / "IMG_9001.xyz").write_bytes(b"nobody knows this")
    case = make(folder / "case", Beginning("many", "Me Example", subjects=("Sam Example: 07700 900123",)))
    evidence.receive(case.folder, [pictures], quiet)
    return case


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "_SHARD", SHARD)


def built(case: cases.Case, to: Path) -> dict[str, bytes]:
    """The files of the timeline of a copy of the case."""
    shutil.copytree(case.folder, to)
    timeline = intake.bring_up_to_date(cases.load(to), quiet)
    assert len(timeline.sources) == COUNT + 2
    assert sum(source.events for source in timeline.sources) == COUNT
    assert len(timeline.problems) == 1
    assert not (to / evidence.INCOMING).exists()
    return {path.name: path.read_bytes() for path in (to / "timeline").iterdir() if path.is_file()}


def test_the_same_bytes_from_one_process_and_from_two(
    held: cases.Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = built(held, tmp_path / "alone")
    monkeypatch.setattr(side_by_side, "WORTH_IT", 2)
    monkeypatch.setattr(processes, "cores", lambda: 2)
    work_off, read = side_by_side.work_off, []

    def spied(*given: Any) -> None:
        work_off(*given)
        read.append(len(list((tmp_path / "together" / "timeline" / "records").glob("*.json"))))

    monkeypatch.setattr(side_by_side, "work_off", spied)
    together = built(held, tmp_path / "together")
    assert read == [-(-(COUNT + 2) // SHARD)]
    assert together == alone
    assert multiprocessing.active_children() == []


def dies(_shared: object, task: int, _tell: processes.Tell) -> None:
    if task == 2:
        os.kill(os.getpid(), signal.SIGKILL)


def writes(shared: Path, task: int, tell: processes.Tell) -> None:
    if task == 3:
        raise ValueError("the parser raised")
    tell((f"file {task}", 10))
    (shared / f"{task}").write_text(f"{os.getpid()}")


def kills_or_writes(shared: Path, task: int, tell: processes.Tell) -> None:
    dies(shared, task, tell)
    writes(shared, task, tell)


@pytest.mark.skipif(sys.platform == "win32", reason="a process is killed by a signal")
def test_a_process_that_dies_costs_only_its_task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "cores", lambda: 2)
    with processes.Workers() as workers:
        side_by_side.work_off(kills_or_writes, tmp_path, range(8), lambda _name, _part: None, workers)
    assert {path.name for path in tmp_path.iterdir()} == {"0", "1", "4", "5", "6", "7"}
    assert multiprocessing.active_children() == []


def test_what_is_done_adds_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "cores", lambda: 2)
    told: list[int] = []
    with processes.Workers() as workers:
        side_by_side.work_off(writes, tmp_path, range(6), lambda _name, part: told.append(part), workers)
    assert told == sorted(told)
    assert set(told) <= {10, 20, 30, 40, 50}
    assert len({path.read_text() for path in tmp_path.iterdir()}) in {1, 2}


def test_a_large_file_that_may_come_in_pieces_is_left_to_them(held: cases.Case) -> None:
    (one, *_), known = evidence.held(held.folder), intake._shards(evidence.held(held.folder))
    large = intake._Shard((intake.replace(one, size=1 << 30, stored=Path("backup.xml")),))
    zipped = intake._Shard((intake.replace(one, size=1 << 30, stored=Path("takeout.zip")),))
    with mock.patch.object(side_by_side, "WORTH_IT", 2), mock.patch.object(processes, "cores", return_value=2):
        assert intake._worth_reading_at_once([large, *known, zipped]) == [*known, zipped]
    assert intake._worth_reading_at_once(known) == []


def test_films_of_any_size_share_a_shard(held: cases.Case) -> None:
    one = evidence.held(held.folder)[0]
    films = [intake.replace(one, size=1 << 30, stored=Path(f"{n}.MP4")) for n in range(5)]
    assert len(intake._shards(films)) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="a process is killed by a signal")
def test_killed_and_run_again_reads_only_what_was_not_read(held: cases.Case, tmp_path: Path) -> None:
    folder = tmp_path / "killed"
    shutil.copytree(held.folder, folder)
    program = f"""
import os, signal
from unittest import mock
from pathlib import Path
from pipeline import case, intake, store
intake._SHARD = {SHARD}
done = []
def stop(name, at, total):
    if len(list(Path({str(folder)!r}, "timeline", "records").glob("*.json"))) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
intake.bring_up_to_date(case.load(Path({str(folder)!r})), stop)
"""
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert len(list((folder / "timeline" / "records").glob("*.json"))) == 3
    with mock.patch.object(intake, "_read_shard", wraps=intake._read_shard) as again:
        timeline = intake.bring_up_to_date(cases.load(folder), quiet)
    assert again.call_count == -(-(COUNT + 2) // SHARD) - 3
    assert sum(source.events for source in timeline.sources) == COUNT
