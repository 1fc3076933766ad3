"""Timeline and report made again from what was received and said: the same bytes, or the names of what differs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from test_cli import CHAT, run, sms

from pipeline import custody
from pipeline.verify import verify


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case with texts, a chat and a folder with a file nobody knows, added in two goes, and a report."""
    folder = tmp_path_factory.mktemp("rebuild")
    case = folder / "case"
    run("new", case, "--no-input", "--client", "Robin: 07700 900001", "--subject", "Sam: 07700 900123")
    (folder / "in").mkdir()
    (folder / "in" / "a.xml").write_bytes(sms("one", "two"))
    (folder / "in" / "WhatsApp Chat with Sam.txt").write_text(CHAT, encoding="utf-8")
    (folder / "in" / "x.bin").write_bytes(b"nobody knows")
    (folder / "b.xml").write_bytes(sms("two", "three"))
    run("add", case, folder / "in", "--no-input", "--device", "old phone", code=1)
    run("add", case, folder / "b.xml", "--no-input")
    run("report", case, "--date", "2026-06-30", code=1)
    return case


@pytest.fixture
def case(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "case"))


def state(case: Path) -> dict[str, bytes]:
    kept = (path for path in case.rglob("*") if path.is_file() and "records" not in path.parts)
    return {path.relative_to(case).as_posix(): path.read_bytes() for path in kept}


def test_untouched_everything_is_equal_and_nothing_is_left_or_changed(case: Path) -> None:
    before = state(case)
    output = run("rebuild", case).output
    assert "DIFFERS" not in output
    for name in (
        "events.parquet",
        "problems.parquet",
        "source register",
        "report.html",
        "chronology.csv",
        "chronology.xlsx",
    ):
        assert name in output
    assert state(case) == before


def test_a_timeline_that_was_deleted_comes_back_with_the_same_bytes(case: Path) -> None:
    before = state(case)
    shutil.rmtree(case / "timeline")
    output = run("rebuild", case, code=1).output
    assert "events.parquet is missing. What comes out has the hash that the custody log names." in output
    assert not (case / "timeline").exists()
    assert "put in place" in run("rebuild", case, "--keep").output
    after = state(case)
    assert {name: after[name] for name in before if not name.startswith("custody")} == {
        name: data for name, data in before.items() if not name.startswith("custody")
    }
    assert [finding.words for finding in verify(case) if not finding.right] == []
    assert "DIFFERS" not in run("rebuild", case).output
    rebuilt = custody.last(case, "rebuilt")
    assert rebuilt is not None
    assert any("events.parquet is missing" in words for words in rebuilt["differed"])


def events(case: Path) -> None:
    (case / "timeline" / "events.parquet").write_bytes(b"x")


def register(case: Path) -> None:
    path = case / "timeline" / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"events": 2', '"events": 1', 1), encoding="utf-8")


def page(case: Path) -> None:
    (path,) = case.glob("reports/*/report.html")
    path.write_bytes(path.read_bytes().replace(b"Timeline of contact", b"Timeline of nothing"))


def report_removed(case: Path) -> None:
    (path,) = case.glob("reports/*")
    shutil.rmtree(path)


def said(case: Path) -> None:
    path = case / "case.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("07700 900123", "07700 900124"), encoding="utf-8")


def more(case: Path) -> None:
    (case.parent / "c.xml").write_bytes(sms("four"))
    run("add", case, case.parent / "c.xml", "--no-input")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (events, ["timeline/events.parquet is not what comes out"]),
        (register, ["The source register is not what comes out when it is made again: S"]),
        (page, ["report.html has been changed; what comes out has the hash with which it was issued"]),
        (report_removed, ["report.html is missing", "chronology.csv is missing"]),
        (said, ["events.parquet is not", "report.html is not what comes out", "was issued: case.toml"]),
        (more, ["chronology.csv is not what comes out", "was issued: 1 file received"]),
    ],
)
def test_what_differs_is_named(case: Path, change: Callable[[Path], None], named: list[str]) -> None:
    change(case)
    lines = [line for line in run("rebuild", case, code=1).output.splitlines() if line.startswith("DIFFERS")]
    for words in named:
        assert any(words in line for line in lines), lines


def test_changed_evidence_is_not_rebuilt_from(case: Path) -> None:
    path = max((case / "evidence").iterdir())
    path.chmod(0o600)
    path.write_bytes(b"another")
    before = state(case)
    output = run("rebuild", case, "--keep", code=1).output
    assert "has been changed: its hash is not the one" in output
    assert state(case) == before


def test_a_changed_cache_is_read_again_and_not_believed(case: Path) -> None:
    before = (case / "timeline" / "events.parquet").read_bytes()
    for path in (case / "timeline" / "records").glob("*.arrow"):
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert any("was read from the evidence, has been changed" in one.words for one in verify(case) if not one.right)
    with (case / "case.toml").open("a", encoding="utf-8") as file:
        file.write("# a remark\n")
    run("status", case, code=1)
    assert (case / "timeline" / "events.parquet").read_bytes() == before
    assert [finding.words for finding in verify(case) if not finding.right] == []


def test_the_demo_comes_out_again(tmp_path: Path) -> None:
    run("demo", "--output", tmp_path / "demo")
    assert "DIFFERS" not in run("rebuild", tmp_path / "demo" / "case").output
    assert "Everything is as it was." in run("verify", tmp_path / "demo" / "case").output
