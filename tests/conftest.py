"""What the tests share: a `Source` from a file, records as CSV, and --accept."""

from __future__ import annotations

import csv
import hashlib
import importlib
import io
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from parsers.contract import INSTANTS, Alike, Moment, Note, Output, Parser, Problem, Record, Source

# No test is measured by the clock (machines are busy), and where a change is judged the same examples are tried every time.
settings.register_profile(
    "fourline",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("fourline")

os.environ["FOURLINE_WHO"] = "A. Tester"  # nobody is asked who is at work; tests of the asking take it away

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "sample_data"
EXPECTED = ROOT / "tests" / "expected"
REAL = ROOT.parent / "shared" / "real"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept",
        action="store_true",
        help="write what the parsers give now as the expected CSVs; then read the diff line by line",
    )


def parser_named(name: str) -> Parser:
    module = importlib.import_module(f"parsers.{name}")
    assert isinstance(module, Parser), f"parsers.{name} lacks one of the five names"
    return module


def source_of(path: Path, answers: Mapping[str, str] | None = None) -> Source:
    """A file on disk as a `Source`, with the files beside it as siblings."""

    def sibling(name: str) -> Source | None:
        beside = path.parent / name
        return source_of(beside) if name and "/" not in name and "\\" not in name and beside.is_file() else None

    return Source(
        name=path.name,
        path=path.name,
        size=path.stat().st_size,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        head=path.read_bytes()[: 1 << 16],
        open=lambda: path.open("rb"),
        answers=dict(answers or {}),
        sibling=sibling,
    )


def source_from(
    data: bytes,
    name: str = "file",
    answers: Mapping[str, str] | None = None,
    siblings: Mapping[str, bytes] | None = None,
) -> Source:
    """Bytes as a `Source`."""
    beside = dict(siblings or {})
    return Source(
        name=name.rsplit("/", 1)[-1],
        path=name,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        head=data[: 1 << 16],
        open=lambda: io.BytesIO(data),
        answers=dict(answers or {}),
        sibling=lambda other: source_from(beside[other], other) if other in beside else None,
    )


def singly(outputs: Iterable[Output]) -> list[Output]:
    """What a parser gave, with records that it gave together one by one."""
    return [one for output in outputs for one in (output.records() if isinstance(output, Alike) else [output])]


def records_of(outputs: Iterable[Output]) -> list[Record]:
    return [output for output in outputs if isinstance(output, Record)]


def problems_of(outputs: Iterable[Output]) -> list[Problem]:
    return [output for output in outputs if isinstance(output, Problem)]


def written(when: Moment | None) -> str:
    """A moment as one cell: the clock it was written in, its basis and precision, and the raw text."""
    if when is None:
        return ""
    clock = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=when.micros)
    text = clock.strftime("%Y-%m-%d %H:%M:%S") + (f".{clock.microsecond:06d}" if clock.microsecond else "")
    return f"{text}{'Z' if when.basis in INSTANTS else ''} [{when.basis}, {when.precision}] {when.raw}"


def as_csv(outputs: Iterable[Output]) -> str:
    """What a parser gave, as CSV: one line an output, one column a field; columns that are empty throughout are left out."""
    rows: list[dict[str, str]] = []
    for output in singly(outputs):
        if isinstance(output, Record):
            row: dict[str, Any] = {"output": "record", **output._asdict()}
            row["when"], row["until"] = written(output.when), written(output.until)
            row["sender"] = "(owner)" if output.sender is None else output.sender
            row["recipients"] = " | ".join(output.recipients)
            row["flags"] = " | ".join(output.flags)
            row["clocks"] = " | ".join(f"{name}: {written(when)}" for name, when in output.clocks)
            row["attachments"] = " | ".join(
                ",".join(
                    filter(None, [a.name, a.type, "" if a.size is None else f"{a.size} bytes", a.sha256[:12], a.fault])
                )
                for a in output.attachments
            )
            row["extra"] = "; ".join(f"{key}={value}" for key, value in (output.extra or {}).items())
        elif isinstance(output, Problem):
            row = {"output": "problem", "at": output.at, "text": output.reason, "extra": output.raw}
        else:
            assert isinstance(output, Note)
            row = {"output": "note", "text": output.text}
        rows.append({key: "" if value is None else str(value) for key, value in row.items()})
    columns = [name for name in ("output", *Record._fields) if any(row.get(name) for row in rows)]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.fixture
def compare_with_expected(request: pytest.FixtureRequest) -> Callable[[str, Path], None]:
    """Compares a text with a file under tests/expected; with --accept writes the file."""

    def compare(text: str, path: Path) -> None:
        if request.config.getoption("--accept"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8", "surrogatepass"))
        assert path.exists(), f"{path} is missing: run with --accept, then read it against the sample"
        assert text.encode("utf-8", "surrogatepass") == path.read_bytes()

    return compare
