"""The review as the case takes it in: each state of review.xlsx is hashed, kept in the folder reviews, and written into the custody log, once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pipeline import custody, disk
from pipeline.case import Case
from pipeline.timeline import review
from pipeline.timeline.review import Review

FOLDER: Final = "reviews"
ACTION: Final = "reviewed"


@dataclass(frozen=True)
class Taken:
    """A review that has been taken in: `digest` of its decisions, for the key of what is built from them."""

    path: Path
    digest: str
    gone: str = ""

    def read(self, case: Case) -> Review:
        """The decisions themselves."""
        found = review.read(self.path, case)
        return replace(found, remarks=(*found.remarks, self.gone)) if self.gone else found


def take_in(case: Case) -> Taken:
    """Takes in review.xlsx if it is not the one that was taken in last.

    Raises:
        ReviewError: it cannot be read or understood; nothing is taken in then.
    """
    path = case.folder / review.FILE
    if not path.exists():
        missing = gone(case.folder)
        return Taken(path, missing, missing)
    try:
        sha256 = custody.sha256_of(path)
    except OSError:
        review.read(path, case)  # says that it is open elsewhere
        raise
    last = custody.last(case.folder, ACTION)
    if last and last["inputs"].get(review.FILE) == sha256:
        return Taken(path, last["digest"])
    found = review.read(path, case)
    enter(case, sha256, found)
    return Taken(path, found.digest())


def enter(case: Case, sha256: str, found: Review) -> None:
    """Keeps a copy of review.xlsx, which has this hash and says this, and writes it into the log."""
    kept = case.folder / FOLDER / f"{datetime.now(UTC):%Y-%m-%d} {sha256[:12]}.xlsx"
    kept.parent.mkdir(exist_ok=True)
    disk.write(kept, (case.folder / review.FILE).read_bytes())
    details = {
        "inputs": custody.inputs(case.folder),
        "outputs": {f"{FOLDER}/{kept.name}": sha256},
        "decisions": len(found.decisions),
        "digest": found.digest(),
    }
    custody.append(case.folder, ACTION, details)


def gone(folder: Path) -> str:
    """What is to be said where there is no review; "" if there never was one that decided anything."""
    last = custody.last(folder, ACTION)
    if not last or not last["decisions"]:
        return ""
    return (
        f"{review.FILE} is not in the case folder; {last['decisions']} decisions that were taken in before are not applied. "
        f"A copy is {', '.join(last['outputs'])}"
    )
