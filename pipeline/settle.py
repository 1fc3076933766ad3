"""What a stopped command had written down in the custody log and not yet put in its place: put there. What it had not written down: thrown away."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pipeline import custody, disk, evidence, intake, store

REPORTS: Final = "reports"
ELSEWHERE: Final = "elsewhere"
"""What the log says of a report that was written outside the case."""
UNFINISHED: Final = ".unfinished"
"""A folder inside that of a report, until all of it is there: half a report must not look like one."""
REBUILD: Final = ".rebuild"


def settle(folder: Path) -> None:
    """Makes the case as the log says it is. To be called while the case is held (`pipeline/lock.py`).

    Raises:
        CustodyError: the log cannot be read.
        OSError: the folder cannot be written.
    """
    shutil.rmtree(folder / REBUILD, ignore_errors=True)
    custody.settle(folder)
    evidence.clear(folder)
    timeline = folder / intake.TIMELINE
    if new := sorted(timeline.glob(f"*{disk.BESIDE}")):
        written = (custody.last(folder, "read") or {}).get("outputs", {})
        for path in new:
            if custody.sha256_of(path) != written.get(f"{intake.TIMELINE}/{path.name.removesuffix(disk.BESIDE)}"):
                path.unlink()
        store.settle(timeline)
    for unfinished in _unfinished(folder):
        _settle_report(folder, unfinished)


def _unfinished(folder: Path) -> Iterator[Path]:
    if (folder / REPORTS).is_dir():
        yield from (path for path in (folder / REPORTS).glob(f"*/{UNFINISHED}") if path.is_dir())


def _settle_report(folder: Path, unfinished: Path) -> None:
    issued = [entry for entry in custody.entries(folder) if entry.get("action") == "reported"]
    known = any(entry.get("output") == unfinished.parent.name for entry in issued)
    if not known:
        shutil.rmtree(unfinished)
        if not any(unfinished.parent.iterdir()):
            unfinished.parent.rmdir()
        return
    put_in_place(unfinished)


def put_in_place(unfinished: Path) -> list[Path]:
    """The files of a report out of the folder in which they were made; gives where they are."""
    placed = [path.rename(unfinished.parent / path.name) for path in sorted(unfinished.iterdir())]
    unfinished.rmdir()
    disk.keep_folder(unfinished.parent)
    return placed
