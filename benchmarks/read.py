"""Reads files with one parser and prints what it took, as JSON: `python benchmarks/read.py whatsapp chat.txt`. Started by `run.py` in a process of its own.

With the word `any` the parser is found for each file, as `fourline add` does. With the word `stdlib` instead of a parser's name, an `.mbox` is walked with Python's own `mailbox`, for comparison.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import mailbox
import sys
import time
from pathlib import Path

from parsers.contract import Alike, Problem, Record, Source
from pipeline import registry

OWNER = {"owner": "Robin Vale", "day_first": "yes"}
"""What the bulk files' questions would be answered with."""


def _source(path: Path) -> Source:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        head = file.read(1 << 16)
    return Source(path.name, path.name, path.stat().st_size, sha256, head, lambda: path.open("rb"), OWNER)


def main(reader: str, paths: list[Path]) -> dict[str, float]:
    """Records, problems and processor seconds; hashing the file is part of reading it."""
    counts = {"records": 0, "problems": 0}
    if reader == "stdlib":
        started = time.process_time()
        counts["records"] = sum(1 for _ in mailbox.mbox(paths[0]))
        return {**counts, "cpu": time.process_time() - started}
    module = importlib.import_module(f"parsers.{reader}") if reader != "any" else None
    assert all(one.module for one in registry.registered())  # imported before the clock runs
    started = time.process_time()
    for path in paths:
        source = _source(path)
        found = registry.identify(source) if module is None else None
        for output in (found.module if found else module).parse(source):
            counts["records"] += len(output) if isinstance(output, Alike) else isinstance(output, Record)
            counts["problems"] += isinstance(output, Problem)
    return {**counts, "cpu": time.process_time() - started}


if __name__ == "__main__":
    given = [Path(name) for name in sys.argv[2:]]
    files = [
        file
        for path in given
        for file in (sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path])
    ]
    print(json.dumps(main(sys.argv[1], files)))
