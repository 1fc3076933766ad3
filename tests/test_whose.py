"""Whose device recorded the positions of a file: asked of every format, holds nothing up, and nothing is guessed."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from conftest import SAMPLES

from pipeline import whose
from pipeline.case import load
from pipeline.cli import main
from pipeline.new_case import Beginning, make
from pipeline.store import READ


def run(*args: object) -> str:
    result = CliRunner().invoke(main, [str(arg) for arg in args])
    assert result.exit_code in {0, 1}, result.output
    return result.output


def sources(folder: Path) -> list[dict[str, object]]:
    return json.loads(run("status", folder, "--json"))["sources"]  # type: ignore[no-any-return]


def senders(folder: Path) -> set[str]:
    table = pq.read_table(folder / "timeline" / "events.parquet", columns=["kind", "sender"]).to_pylist()
    return {row["sender"] for row in table if row["kind"] == "location"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make(tmp_path / "case", Beginning("x", "Robin", subjects=("Sam",), others=("Jo",)))
    return tmp_path / "case"


def sample(parser: str) -> Path:
    return next(path for path in sorted((SAMPLES / parser).iterdir()) if path.is_file())


@pytest.mark.parametrize("parser", ["gpx", "kml", "google_location", "owntracks", "location_table"])
def test_every_file_of_positions_is_asked_about_and_read_all_the_same(folder: Path, parser: str) -> None:
    said = run("add", folder, sample(parser), "--no-input")
    [row] = [row for row in sources(folder) if row["state"] == READ]
    assert row["waiting_key"] == "whose"
    assert row["waiting_choices"] == [
        ["Robin", "Robin, the client"],
        ["Sam", "Sam, subject"],
        ["Jo", "Jo, other person"],
        ["unknown", "not known, or nobody of these"],
    ]
    assert whose.NOT_STATED in row["notes"]  # type: ignore[operator]
    assert row["events"]
    assert "Read, with a question that is open" in said
    assert senders(folder) == {""}


def test_an_answer_is_kept_and_can_be_changed(folder: Path) -> None:
    run("add", folder, sample("gpx"), "--no-input")
    for value, key in (("Sam", "P2"), ("Robin", "P1"), ("unknown", "")):
        run("answer", folder, "S1", f"whose={value}")
        assert senders(folder) == {key}
        [row] = sources(folder)
        assert row["waiting_key"] is None
        assert row["answers"] == [[whose.QUESTION, "not known" if value == "unknown" else value]]
    assert load(folder).answers_for(str(row["sha256"])) == {"whose": "unknown"}


def test_a_name_that_is_in_the_case_no_more_asks_again(folder: Path) -> None:
    run("add", folder, sample("gpx"), "--no-input")
    run("answer", folder, "S1", "whose=Sam")
    text = (folder / "case.toml").read_text(encoding="utf-8").replace('name = "Sam"', 'name = "Kit"')
    (folder / "case.toml").write_text(text, encoding="utf-8")
    [row] = sources(folder)
    assert row["waiting_key"] == "whose"
    assert f"{whose.NOT_STATED} The answer “Sam” names no one person of the case." in row["notes"]  # type: ignore[operator]
    assert senders(folder) == {""}


def test_an_answer_that_names_nobody_is_refused(folder: Path) -> None:
    run("add", folder, sample("gpx"), "--no-input")
    result = CliRunner().invoke(main, ["answer", str(folder), "S1", "whose=Kim"])
    assert result.exit_code == 2
    assert "whose must be one of" in result.output
