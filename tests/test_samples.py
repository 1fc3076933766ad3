"""Every sample of every parser against its expected CSV: a new sample is a new test.

`sample_data/<parser>/<sample>` is read by `parsers.<parser>` and compared with `tests/expected/<parser>/<sample>.csv`. Answers that the sample needs stand
beside it in `tests/expected/<parser>/<sample>.answers.json`. Files that only lie beside a sample (chat media) stand in a folder `beside` of their own name.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import EXPECTED, SAMPLES, as_csv, parser_named, source_of

FOLDERS = sorted(
    folder for folder in SAMPLES.iterdir() if folder.is_dir() and folder.name not in {"demo", "__pycache__"}
)
CASES = [(folder.name, sample) for folder in FOLDERS for sample in sorted(folder.iterdir()) if sample.is_file()]


@pytest.mark.parametrize(("name", "sample"), CASES, ids=lambda value: value if isinstance(value, str) else value.name)
def test_sample_gives_what_was_read_by_eye(
    name: str, sample: Path, compare_with_expected: Callable[[str, Path], None]
) -> None:
    parser = parser_named(name)
    expected = EXPECTED / name / f"{sample.name}.csv"
    given = expected.with_name(f"{sample.name}.answers.json")
    source = source_of(sample, json.loads(given.read_text()) if given.exists() else None)
    assert parser.sniff(source)
    compare_with_expected(as_csv(parser.parse(source)), expected)


def test_no_expected_file_without_its_sample() -> None:
    wanted = {f"{name}/{sample.name}" for name, sample in CASES}
    found = {
        f"{path.parent.name}/{path.name.removesuffix('.csv').removesuffix('.answers.json')}"
        for path in EXPECTED.glob("*/*")
        if path.is_file()
    }
    assert found <= wanted
