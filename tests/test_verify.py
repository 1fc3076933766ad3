"""What was altered, removed or put in is found: by doing it."""

from __future__ import annotations

import json
import multiprocessing
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from test_cli import run, sms

from pipeline import custody, lock
from pipeline.verify import verify


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case with three files and one report."""
    folder = tmp_path_factory.mktemp("verify")
    case = folder / "case"
    run("new", case, "--no-input", "--client", "Robin")
    for name in ("a", "b", "c"):
        (folder / f"{name}.xml").write_bytes(sms(f"text {name}"))
    run("add", case, *sorted(folder.glob("*.xml")), "--no-input")
    run("report", case, "--date", "2026-06-30")
    return case


@pytest.fixture
def case(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "case"))


def wrong(case: Path) -> list[str]:
    return [finding.words for finding in verify(case) if not finding.right]


def lines(case: Path) -> list[bytes]:
    return (case / custody.FILE).read_bytes().splitlines(keepends=True)


def evidence(case: Path) -> Path:
    path = min((case / "evidence").iterdir())
    path.chmod(0o600)
    return path


def test_a_case_that_nobody_touched_is_right(case: Path) -> None:
    assert wrong(case) == []
    assert "Everything is as it was." in run("verify", case).output


def remove_line(number: int) -> Callable[[Path], None]:
    def change(case: Path) -> None:
        kept = lines(case)
        del kept[number]
        (case / custody.FILE).write_bytes(b"".join(kept))

    return change


def alter_line(number: int) -> Callable[[Path], None]:
    def change(case: Path) -> None:
        kept = lines(case)
        kept[number] = kept[number].replace(b'"by": "', b'"by": "x')
        (case / custody.FILE).write_bytes(b"".join(kept))

    return change


def insert_line(case: Path) -> None:
    kept = lines(case)
    (case / custody.FILE).write_bytes(b"".join([*kept[:2], kept[0], *kept[2:]]))


def add_line(case: Path) -> None:
    kept = lines(case)
    entry = {**json.loads(kept[-1]), "day": "2026-01-01"}
    (case / custody.FILE).write_bytes(b"".join([*kept, json.dumps(entry).encode() + b"\n"]))


def swap_lines(case: Path) -> None:
    kept = lines(case)
    (case / custody.FILE).write_bytes(b"".join([kept[1], kept[0], *kept[2:]]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        *((remove_line(number), "does not follow|ends otherwise|not in the custody log") for number in range(4)),
        *((alter_line(number), "is not as it was written") for number in range(4)),
        (insert_line, "does not follow"),
        (add_line, "does not follow"),
        (swap_lines, "does not follow"),
        (lambda case: (case / custody.FILE).write_bytes((case / custody.FILE).read_bytes()[:-5]), "unfinished line"),
        (lambda case: evidence(case).write_bytes(b"another"), "has been changed"),
        (lambda case: evidence(case).unlink(), "is missing"),
        (lambda case: (case / "evidence" / "more.txt").write_text("x"), "more.txt is not in the custody log"),
        (lambda case: next(case.glob("reports/*/report.html")).write_text("x"), "has been changed since it was issued"),
        (lambda case: next(case.glob("reports/*/chronology.csv")).unlink(), "chronology.csv is missing"),
        (lambda case: (case / "reports" / "2026 other").mkdir(), "2026 other is not in the custody log"),
    ],
)
def test_every_change_is_found(case: Path, change: Callable[[Path], object], said: str) -> None:
    import re

    change(case)
    assert any(re.search(said, words) for words in wrong(case))
    assert "WRONG" in run("verify", case, code=1).output


def test_a_stop_between_line_and_seal_is_no_fault_and_mends_itself(case: Path) -> None:
    seal = (case / custody.SEAL).read_bytes()
    custody.append(case, "noted", {"words": "x"})
    (case / custody.SEAL).write_bytes(seal)
    assert wrong(case) == []
    custody.append(case, "noted", {"words": "y"})
    assert wrong(case) == []


def hold(folder: Path, ready: object, end: object) -> None:
    with lock.held(folder):
        ready.set()  # type: ignore[attr-defined]
        end.wait(20)  # type: ignore[attr-defined]


def test_one_writer_at_a_time_and_a_crash_gives_the_case_free(case: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, end = context.Event(), context.Event()
    other = context.Process(target=hold, args=(case, ready, end))
    other.start()
    assert ready.wait(20)
    assert "another command is at work" in run("status", case, code=1).output
    other.kill()
    other.join()
    run("status", case)
