"""What is said to be on the disk is on the disk, and evidence is never opened for writing."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from test_cli import run, sms

from pipeline import custody, disk, evidence, settle, store
from pipeline.cli import main
from pipeline.verify import verify

OPEN = Path("/proc/self/fd")
NAMES = pytest.mark.skipif(not OPEN.is_dir(), reason="names of open files are read from /proc")
WATCH = """
import os, sys
case = sys.argv.pop(1)

def watch(event, args):
    if event in {"open", "os.truncate"}:
        path, mode, flags = (*args, None, 0)[:3]
        if isinstance(path, (str, bytes, os.PathLike)):
            name = os.path.realpath(os.fsdecode(path))
            writes = event != "open" or (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC)
            if name.startswith(os.path.join(case, "evidence") + os.sep):
                print("WRITES" if writes else "READS", name, file=sys.stderr)

sys.addaudithook(watch)
from pipeline.cli import main
main()
"""


def test_no_command_opens_evidence_for_writing(tmp_path: Path) -> None:
    case = tmp_path / "case"
    (tmp_path / "a.xml").write_bytes(sms("one", "two"))
    (tmp_path / "b.xml").write_bytes(sms("three"))
    commands = [
        ["new", case, "--no-input", "--client", "Robin"],
        ["add", case, tmp_path / "a.xml", "--no-input"],
        ["add", case, tmp_path / "b.xml", tmp_path / "a.xml", "--no-input"],
        ["status", case],
        ["people", case],
        ["report", case],
        ["verify", case],
        ["rebuild", case],
    ]
    opened = ""
    for words in commands:
        line = [sys.executable, "-c", WATCH, str(case.resolve()), *map(str, words)]
        done = subprocess.run(line, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        opened += done.stderr
    assert "READS" in opened
    assert "WRITES" not in opened
    for path in (case / "evidence").iterdir():
        assert not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What was done to the disk, in order: ("sync", file or folder), ("rename", new name), ("append", the log)."""
    done: list[tuple[str, str]] = []
    fsync, rename, replace = os.fsync, Path.rename, Path.replace

    def sync(handle: int) -> None:
        done.append(("sync", str((OPEN / str(handle)).readlink())))
        fsync(handle)

    def moved(how: Any) -> Any:
        def move(self: Path, target: Path) -> Any:
            done.append(("rename", str(target)))
            return how(self, target)

        return move

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "rename", moved(rename))
    monkeypatch.setattr(Path, "replace", moved(replace))
    return done


@NAMES
def test_a_file_is_on_the_disk_before_its_line_and_its_name_after(tmp_path: Path, steps: list[tuple[str, str]]) -> None:
    case = tmp_path / "case"
    run("new", case, "--no-input")
    (tmp_path / "in").mkdir()
    for number in range(5):
        (tmp_path / "in" / f"{number}.xml").write_bytes(sms(f"text {number}"))
    steps.clear()
    evidence.receive(case, [tmp_path / "in"], lambda *_: None)
    log = steps.index(("sync", str(case / custody.FILE)))
    stored = [entry["stored"] for entry in custody.received(case)]
    assert len(stored) == 5
    for name in stored:
        assert steps.index(("sync", str(case / ".incoming" / name))) < log
        assert log < steps.index(("rename", str(case / "evidence" / name)))
    assert steps.index(("sync", str(case / ".incoming"))) < log
    last = max(place for place, step in enumerate(steps) if step[0] == "rename" and "evidence" in step[1])
    assert ("sync", str(case / "evidence")) in steps[last:]


@NAMES
def test_whole_files_are_synced_renamed_and_their_folder_synced(tmp_path: Path, steps: list[tuple[str, str]]) -> None:
    disk.write(tmp_path / "a.txt", b"one")
    store.replace_text(tmp_path / "a.txt", "two \ud800\n")
    name = str(tmp_path / "a.txt")
    assert steps == [("sync", name + ".new"), ("rename", name), ("sync", str(tmp_path))] * 2
    assert (tmp_path / "a.txt").read_bytes() == b"two \\ud800\n"


@NAMES
def test_timeline_and_report_are_on_the_disk_before_their_lines(tmp_path: Path, steps: list[tuple[str, str]]) -> None:
    case = tmp_path / "case"
    run("new", case, "--no-input")
    (tmp_path / "a.xml").write_bytes(sms("one"))
    steps.clear()
    run("add", case, tmp_path / "a.xml", "--no-input")
    run("report", case, "--date", "2026-06-30")
    logged = [place for place, step in enumerate(steps) if step == ("sync", str(case / custody.FILE))]
    assert len(logged) == 3  # received, read, reported
    for name in ("events.parquet", "problems.parquet", "manifest.json"):
        synced = steps.index(("sync", str(case / "timeline" / f"{name}.new")))
        assert synced < logged[1] < steps.index(("rename", str(case / "timeline" / name)))
    report = case / "reports" / "2026-06-30 report 1"
    for name in ("report.html", "chronology.csv", "chronology.xlsx"):
        synced = steps.index(("sync", str(report / ".unfinished" / name)))
        assert synced < logged[2] < steps.index(("rename", str(report / name)))
    assert steps[-1] == ("sync", str(report))


def test_a_full_disk_keeps_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_bytes(b"one")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        disk.write(tmp_path / "a.txt", b"two")
    assert (tmp_path / "a.txt").read_bytes() == b"one"


@pytest.mark.parametrize("at", ["append", "write", "rename"])
def test_a_report_that_is_stopped_is_whole_or_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    case = tmp_path / "case"
    run("new", case, "--no-input")
    (tmp_path / "a.xml").write_bytes(sms("one"))
    run("add", case, tmp_path / "a.xml", "--no-input")

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        owner: Any = {"append": custody, "write": disk, "rename": settle}[at]
        patch.setattr(owner, "_put_in_place" if at == "rename" else at, stop)
        with pytest.raises(click.Abort):
            main(["report", str(case), "--date", "2026-06-30"], standalone_mode=False)
    logged = [entry["action"] for entry in custody.entries(case)].count("reported")
    assert logged == (at != "append")
    assert all(finding.right for finding in verify(case))
    run("status", case)
    folders = list((case / "reports").glob("*"))
    assert [sorted(path.name for path in folder.iterdir()) for folder in folders] == logged * [
        ["chronology.csv", "chronology.xlsx", "report.html"]
    ]
    assert all(finding.right for finding in verify(case))
