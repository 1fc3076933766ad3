"""What a stopped command had written down in the custody log and not yet put in its place: put there. What it had not written down: thrown away."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from pipeline import custody, disk, evidence, intake, registry, store
from pipeline.case import Case

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
    if (folder / REPORTS).is_dir():
        for unfinished in sorted((folder / REPORTS).glob(f"*/{UNFINISHED}")):
            finish_report(folder, unfinished)


def finish_report(folder: Path, unfinished: Path) -> None:
    """What is left of making a report: put in its place if the log has it, else thrown away."""
    if not unfinished.is_dir():
        return
    last = custody.last(folder, "reported") or {}
    made = {path.name: custody.sha256_of(path) for path in unfinished.iterdir() if path.is_file()}
    if last.get("output") == unfinished.parent.name and made.items() <= last["outputs"].items():
        _put_in_place(unfinished)
    else:
        shutil.rmtree(unfinished)
    if not any(unfinished.parent.iterdir()):
        unfinished.parent.rmdir()


def confirm_report(
    case: Case, unfinished: Path, made: Sequence[Path], day: date, settings: Mapping[str, Any], contents: str = ""
) -> None:
    """The files of a report, made in the folder `unfinished`, onto the disk, then into the log, then into their place.

    `contents` is the hash under which the case keeps what the report held (`custody.CONTENTS`).
    """
    output = unfinished.parent
    disk.keep(made)
    for folder in (unfinished, output, output.parent):
        disk.keep_folder(folder)
    inside = output.resolve().parent == (case.folder / REPORTS).resolve()
    account = {
        "output": output.name,
        "place": REPORTS if inside else ELSEWHERE,
        "day": day.isoformat(),
        "inputs": inputs(case.folder),
        "outputs": {path.name: custody.sha256_of(path) for path in made},
        "settings": {"zone": case.zone, "country": case.country, "day": day.isoformat(), **settings},
        "versions": registry.versions(),
    }
    if contents:
        account["contents"] = contents
    custody.append(case.folder, "reported", account)
    _put_in_place(unfinished)


def inputs(folder: Path) -> dict[str, str]:
    """What a report is made from, with hashes: what was said by hand, and the timeline as it was last read."""
    return {**custody.inputs(folder), **(custody.last(folder, "read") or {}).get("outputs", {})}


def _put_in_place(unfinished: Path) -> None:
    """The files of a report out of the folder in which they were made."""
    for path in sorted(unfinished.iterdir()):
        path.rename(unfinished.parent / path.name)
    unfinished.rmdir()
    disk.keep_folder(unfinished.parent)
