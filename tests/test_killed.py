"""Kill -9 while files are added and reports are made: the case opens, verifies, and holds every file that had been confirmed.

A run is killed at a random event (before the so-many-th opening, renaming, removing or making of a file in the case, so that every gap between two steps is
hit sooner or later) or after a random time. Both are drawn from a seed. FOURLINE_KILLS is the number of kills; 200 of them:

    FOURLINE_KILLS=200 python -m pytest tests/test_killed.py -n0 -s
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_cli import CHAT, sms

from pipeline import case as cases
from pipeline import custody, disk, evidence, lock, settle
from pipeline.cli import main
from pipeline.verify import verify

KILLS = int(os.environ.get("FOURLINE_KILLS", "12"))
SEED = int(os.environ.get("FOURLINE_SEED", "4"))

KILL_AT_EVENT = """
import os, signal, sys
left = int(sys.argv.pop(1))
case = sys.argv.pop(1)
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate", "shutil.rmtree"}

def count(event, args):
    global left
    if event == "open":
        path, mode, flags = args
        if not isinstance(path, (str, bytes, os.PathLike)) or not flags & (os.O_WRONLY | os.O_RDWR):
            return
    elif event in CHANGES:
        path = args[0]
    else:
        return
    if not os.fsdecode(path).startswith(case):
        return
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(count)
from pipeline.cli import main
try:
    main()
finally:
    print("EVENTS", -left, file=sys.stderr)
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="SIGKILL is not to be had on Windows")


def command(case: Path, words: list[str], at_event: int = 0) -> list[str]:
    return [sys.executable, "-c", KILL_AT_EVENT, str(at_event), str(case), *words]


def whole_run(case: Path, words: list[str]) -> tuple[int, float]:
    """How many events a run has when nothing stops it, and how long it takes."""
    before = time.monotonic()
    done = subprocess.run(command(case, words), capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return int(done.stderr.split("EVENTS ")[1]), time.monotonic() - before


class Exports:
    """New files to add, never the same twice: small ones in folders, a chat, and now and then a larger one."""

    def __init__(self, folder: Path, rng: random.Random) -> None:
        self.folder, self.rng, self.number = folder, rng, 0

    def more(self) -> Path:
        self.number += 1
        top = self.folder / f"export {self.number}"
        top.mkdir(parents=True)
        for one in range(self.rng.choice((1, 3, 3, 20))):
            (top / f"{one}.xml").write_bytes(
                sms(f"text {self.number} {one}", start=1767261600000 + self.number * 10**6)
            )
        (top / "WhatsApp Chat with Sam.txt").write_text(CHAT.replace("hello", f"hello {self.number}"), encoding="utf-8")
        if self.rng.random() < 0.3:
            (top / "clip.bin").write_bytes(self.rng.randbytes(3_000_000))
        return top


def hashes(top: Path) -> set[str]:
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in top.rglob("*") if path.is_file()}


def left_over(case: Path) -> list[Path]:
    """What a command leaves that was stopped half-way."""
    begun = {evidence.INCOMING, settle.UNFINISHED, settle.REBUILD}
    return [path for path in case.rglob("*") if path.name in begun or path.suffix == disk.BESIDE]


def confirmed(case: Path) -> set[str]:
    """The files that the log names, torn lines aside."""
    return {entry["sha256"] for entry in custody.received(case)}


def test_a_kill_at_any_moment_loses_nothing_that_was_confirmed(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    exports = Exports(tmp_path / "exports", rng)
    outcomes: Counter[str] = Counter()
    case, kept = tmp_path / "case", set[str]()
    spans: dict[str, tuple[int, float]] = {}
    for number in range(KILLS):
        if number % 20 == 0:  # a case of its own now and then, so that the log does not grow without end
            case, kept = tmp_path / f"case {number}", set()
            whole_run(case, ["new", str(case), "--no-input", "--client", "Robin: 07700 900001"])
            top = exports.more()
            spans["add"] = whole_run(case, ["add", str(case), str(top), "--no-input"])
            kept |= hashes(top)
            spans["report"] = whole_run(case, ["report", str(case), "--date", "2026-06-30"])
        what = "add" if number % 3 else "report"
        top = exports.more()
        words = ["add", str(case), str(top), "--no-input"] if what == "add" else ["report", str(case)]
        events, seconds = spans[what]
        by_event = rng.random() < 0.5
        running = subprocess.Popen(
            command(case, words, rng.randint(1, events) if by_event else 0),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            running.wait(None if by_event else rng.uniform(0.2, 1.0) * seconds)
        except subprocess.TimeoutExpired:
            running.kill()
        killed = running.wait() == -9

        # As it was left, before any other command has put it right:
        wrong = [finding.words for finding in verify(case) if not finding.right]
        assert not wrong, (number, what, wrong)
        now = confirmed(case)
        assert kept <= now
        if what == "add" and not killed:
            assert hashes(top) <= now
        kept = now
        outcomes[f"{what}, {'by event' if by_event else 'by time'}, {'killed' if killed else 'it had ended'}"] += 1
        outcomes["left for the next command"] += bool(left_over(case))

        # And it opens: the lock is free, the files are where they belong, the next command goes through.
        cases.load(case)
        with lock.held(case):
            pass
        shown = CliRunner().invoke(main, ["status", str(case), "--json"], catch_exceptions=False)
        assert {row["sha256"] for row in json.loads(shown.output)["sources"]} >= kept
        assert {hashlib.sha256(path.read_bytes()).hexdigest() for path in (case / "evidence").iterdir()} == kept
        assert not [finding.words for finding in verify(case) if not finding.right], number
        assert not left_over(case)
    sys.stdout.write(f"\n{KILLS} runs, seed {SEED}: {dict(sorted(outcomes.items()))}\n")
    assert any("killed" in words for words in outcomes)
