"""What was altered, removed or put in is found: by doing it."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
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


def cut_off(number: int) -> Callable[[Path], None]:
    def change(case: Path) -> None:
        (case / custody.FILE).write_bytes(b"".join(lines(case)[:-number]))

    return change


def chained(entries: list[dict[str, object]]) -> bytes:
    """Lines of a log in which each follows from the one before, as somebody who knows how could write them."""
    written, previous = b"", custody.START
    for entry in entries:
        whole = {**entry, "previous": previous}
        line = custody._line({**whole, "own": custody.own_hash(whole)})
        previous = hashlib.sha256(line).hexdigest()
        written += line + b"\n"
    return written


def write_the_log_anew(case: Path) -> None:
    """All lines kept, the day of one of them another, and every hash made to fit."""
    entries = [json.loads(line) for line in lines(case)]
    entries[1]["day"] = "2020-01-01"
    (case / custody.FILE).write_bytes(chained(entries))


def append_a_line_that_follows(case: Path) -> None:
    entries = [json.loads(line) for line in lines(case)]
    more = {"action": "noted", "by": "x", "utc": "2026-01-01T00:00:00Z"}
    (case / custody.FILE).write_bytes(chained([*entries, more, more]))


def same_size(case: Path) -> None:
    path = evidence(case)
    data = path.read_bytes()
    before = path.stat()
    path.write_bytes(data.replace(b"text", b"hext"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


def swap_lines(case: Path) -> None:
    kept = lines(case)
    (case / custody.FILE).write_bytes(b"".join([kept[1], kept[0], *kept[2:]]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        *((remove_line(number), "does not follow|ends otherwise|not in the custody log") for number in range(6)),
        *((alter_line(number), "is not as it was written") for number in range(6)),
        *((cut_off(number), "ends otherwise") for number in range(1, 6)),
        (lambda case: (case / custody.FILE).unlink(), "There is no custody log, although there is evidence"),
        (lambda case: (case / custody.SEAL).unlink(), "custody.seal is missing"),
        (lambda case: (case / custody.SEAL).write_text("x"), "custody.seal cannot be read"),
        (write_the_log_anew, "ends otherwise"),
        (append_a_line_that_follows, "ends otherwise"),
        (insert_line, "does not follow"),
        (add_line, "does not follow"),
        (swap_lines, "does not follow"),
        (lambda case: (case / custody.FILE).write_bytes((case / custody.FILE).read_bytes()[:-5]), "ends otherwise"),
        (lambda case: evidence(case).write_bytes(b"another"), "has been changed"),
        (same_size, "has been changed"),
        (lambda case: evidence(case).unlink(), "is missing"),
        (lambda case: (case / "evidence" / "more.txt").write_text("x"), "more.txt is not in the custody log"),
        (lambda case: next(case.glob("reports/*/report.html")).write_text("x"), "has been changed since it was issued"),
        (lambda case: next(case.glob("reports/*/chronology.csv")).unlink(), "chronology.csv is missing"),
        (lambda case: shutil.rmtree(next(case.glob("reports/*"))), "report.html is missing"),
        (
            lambda case: (next(case.glob("reports/*")) / "more.html").write_text("x"),
            "more.html is no part of the report",
        ),
        (lambda case: (case / "reports" / "other.pdf").write_text("x"), "other.pdf is not in the custody log"),
        (
            lambda case: (case / "timeline" / "events.parquet").write_bytes(b"x"),
            "events.parquet has been changed since",
        ),
        (lambda case: (case / "timeline" / "problems.parquet").unlink(), "problems.parquet is missing"),
        (lambda case: (case / "timeline" / "manifest.json").write_text("{}"), "manifest.json has been changed"),
        (
            lambda case: (case / "timeline" / "more.parquet").write_bytes(b"x"),
            "more.parquet is no part of the timeline",
        ),
        (lambda case: next(case.glob("timeline/records/*.arrow")).unlink(), "records/.* has been changed or removed"),
        (lambda case: next(case.glob("timeline/records/*.arrow")).write_bytes(b"x"), "records/.* has been changed"),
        (lambda case: (case / "case.toml").unlink(), "case.toml is missing"),
    ],
)
def test_every_change_is_found(case: Path, change: Callable[[Path], object], said: str) -> None:
    import re

    change(case)
    assert any(re.search(said, words) for words in wrong(case))
    assert "WRONG" in run("verify", case, code=1).output


def test_a_log_written_anew_with_its_seal_lacks_the_hash_that_was_written_down(case: Path) -> None:
    number, head = custody.head(case)
    assert f"{number} lines" in run("verify", case).output
    assert head in run("verify", case, "--head", head).output
    write_the_log_anew(case)
    (case / custody.SEAL).write_text("{} {}\n".format(*custody.head(case)))
    assert wrong(case) == []  # from inside it is a whole log
    assert any(head in finding.words for finding in verify(case, head) if not finding.right)
    assert "is not the one from which that hash was taken" in run("verify", case, "--head", head, code=1).output


def test_what_was_cut_off_stays_found_when_the_log_goes_on(case: Path) -> None:
    cut_off(2)(case)
    custody.append(case, "noted", {"words": "x"})
    assert [words for words in wrong(case) if "was written when the log was not as its seal said" in words]


@pytest.mark.parametrize("name", ["evidence", "timeline"])
def test_no_report_is_made_of_evidence_that_was_changed(case: Path, name: str) -> None:
    if name == "timeline":
        (case / "timeline" / "events.parquet").write_bytes(b"x")
    else:
        same_size(case)
    before = sorted((case / "reports").iterdir())
    assert "no report is made from this" in run("report", case, code=1).output
    assert sorted((case / "reports").iterdir()) == before


def test_an_edited_case_file_is_said_and_is_no_fault(case: Path) -> None:
    with (case / "case.toml").open("a", encoding="utf-8") as file:
        file.write("# a remark\n")
    assert wrong(case) == []
    assert "case.toml has been changed since the last command" in run("verify", case).output
    run("status", case)
    assert "case.toml has been changed" not in run("verify", case).output


def test_verify_itself_changes_nothing(case: Path) -> None:
    def state() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in case.rglob("*") if path.is_file()}

    before = state()
    run("verify", case)
    assert state() == before


def test_what_a_stopped_command_read_is_said(case: Path) -> None:
    (case / "timeline" / "records" / "0123456789abcdef.json").write_text("{}")
    assert wrong(case) == []
    assert "read that was stopped, and that is not in the timeline yet: 0123456789abcdef" in run("verify", case).output


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
