"""What `fourline review` does: chooses the rows, writes review.xlsx anew without losing a decision, records decisions that are given as options."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from parsers.contract import INCIDENT, SIGHTING, VIDEO
from pipeline import custody, reviewed
from pipeline.case import Case
from pipeline.report import chronology, export, review_book
from pipeline.store import Timeline
from pipeline.timeline import review
from pipeline.timeline.decisions import Decision
from pipeline.timeline.review import Review, ReviewError

NEEDED: Final = "needed"
ONLY: Final = (NEEDED, "suggested", "camera", "diary", "pictures", "all")
"""Which rows are listed; `NEEDED`: all that wait for a decision."""
_SUGGESTED: Final = "may repeat another event"
_CAMERA: Final = "camera event: who is seen?"
_NO_CATEGORY: Final = "incident without a category"
_MAY_BE_PICTURE: Final = '"type": ?"(image/|"|application/octet-stream)'
"""An attachment that is an image by what the export says of it, or of which it does not say what it is."""
_UNDATED: Final = "no date"
_DECIDED: Final = "decided"


@dataclass(frozen=True)
class Wanted:
    """Which events to list: one of `ONLY`, local days (both included), persons by key, name or identifier."""

    only: str = NEEDED
    start: date | None = None
    end: date | None = None
    persons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """What was written: the file, rows in it, those that carry a decision, decisions that stand for no event."""

    path: Path
    rows: int
    decided: int
    orphaned: int


def record(
    case: Case, held: Timeline, settings: Sequence[tuple[str, str]], by: str, on: date, *, anew: bool = False
) -> tuple[Review, dict[str, Decision]]:
    """The review as it stands, and its decisions with (event id, "key=value") added.

    `anew`: begin again without the decisions of a review that has been taken away.

    Raises:
        ReviewError: an event, key or value cannot be; or a review with decisions has been taken away.
    """
    path = case.folder / review.FILE
    if not anew and not path.exists() and (missing := reviewed.gone(case.folder)):
        raise ReviewError(f"{missing}. Put it back as {review.FILE}; or, to begin again without them, use --anew")
    before = review.read(path, case)
    decisions = dict(before.decisions)
    grouped: dict[str, list[str]] = {}
    for event, setting in settings:
        grouped.setdefault(event.lower(), []).append(setting)
    said = {
        event: review.said(event, told, case, decisions.get(event, Decision(event))) for event, told in grouped.items()
    }
    named = {other for one in said.values() for other in (one.id, one.same_as, *one.not_same) if other}
    if said and (unknown := sorted(named - _present(held, named) - before.decisions.keys())):
        raise ReviewError(f"no event of the timeline has the ID {', '.join(unknown)}")
    for event, decision in said.items():
        decisions[event] = replace(decision, decided_by=by or decision.decided_by, decided_on=on)
    return before, {event: one for event, one in decisions.items() if one.decides}


def write(
    case: Case, held: Timeline, before: Review, decisions: Mapping[str, Decision], wanted: Wanted | None
) -> Written:
    """Writes review.xlsx: the rows wanted (None: those that it lists now) and all that are decided.

    It is read back before it takes the old one's place, and does so only if it says the same.

    Raises:
        ReviewError: it is open in a spreadsheet program, cannot be replaced, or there are more rows than a sheet holds.
    """
    path = case.folder / review.FILE
    _refuse_if_open(path)
    events = pq.read_table(held.events)
    why = _why(events)
    keep = _listed_now(events, before) if wanted is None else _chosen(events, why, held, case, wanted)
    decided = _in(events["id"], decisions)
    chosen = np.flatnonzero(keep | decided)
    if len(chosen) > review_book.SHEET_ROWS:
        raise ReviewError(
            f"{len(chosen):,} rows are more than one sheet holds; choose fewer with --only, --person, --from or --to"
        )
    present = set(events["id"].filter(pa.array(decided)).to_pylist())
    orphans = sorted(decisions.keys() - present)
    names = chronology.Names.of(case, held)
    listed = review_book.Listed(
        _words(events, chosen, names),
        [
            ("; ".join(filter(None, [why[row], _DECIDED if decided[row] else ""])) or "chosen")
            for row in chosen.tolist()
        ],
        events["maybe_same_as"].take(pa.array(chosen)).to_pylist(),
        _others(events, chosen, decisions, names),
        orphans,
    )
    neighbour = path.with_name("review.new.xlsx")
    try:
        count = review_book.write(neighbour, listed, decisions, case)
        found = review.read(neighbour, case)
        if found.decisions != dict(decisions):
            raise ReviewError(
                "a decision cannot be written to a workbook as it is (a text of more than 32,000 characters, or with characters that Excel does not keep); nothing was changed"
            )
        sha256 = custody.sha256_of(neighbour)
        _replace(neighbour, path)
    finally:
        neighbour.unlink(missing_ok=True)
    if (custody.last(case.folder, reviewed.ACTION) or {}).get("inputs", {}).get(review.FILE) != sha256:
        reviewed.enter(case, sha256, found)
    return Written(path, count, len(present), len(orphans))


def _refuse_if_open(path: Path) -> None:
    """Excel and LibreOffice lay a file beside the one that they have open; what is saved there later would overwrite ours."""
    for name in (f"~${path.name}", f".~lock.{path.name}#"):
        if (path.parent / name).exists():
            raise ReviewError(
                f"{path} is open in a spreadsheet program. Save and close it there, then try again. (If it is not, delete the file {name} in the case folder.)"
            )


def _replace(neighbour: Path, path: Path) -> None:
    with neighbour.open("rb+") as file:
        os.fsync(file.fileno())
    try:
        neighbour.replace(path)
    except PermissionError:
        raise ReviewError(
            f"{path} cannot be replaced. If it is open in Excel, save and close it there, then try again."
        ) from None


def _present(held: Timeline, wanted: set[str]) -> set[str]:
    ids = pq.read_table(held.events, columns=["id"])["id"]
    return set(ids.filter(pc.is_in(ids, pa.array(sorted(wanted), pa.string()))).to_pylist())


def _in(ids: Any, wanted: Mapping[str, Any]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = pc.is_in(ids, pa.array(sorted(wanted), pa.string())).to_numpy()
    return found


def _why(events: Any) -> NDArray[np.object_]:
    """For each event what there is to decide about it; "" if nothing."""
    kind, channel = (events[name].cast(pa.string()) for name in ("kind", "channel"))
    waits = {
        _SUGGESTED: pc.not_equal(events["maybe_same_as"], ""),
        _CAMERA: pc.or_(pc.is_in(kind, pa.array([SIGHTING, VIDEO])), pc.equal(channel, "camera")),
        _NO_CATEGORY: pc.and_(pc.equal(kind, INCIDENT), pc.equal(events["categories"], "")),
        _UNDATED: pc.is_null(events["utc"]),
    }
    why = np.full(len(events), "", dtype=object)
    for words, which in waits.items():
        for row in np.flatnonzero(pc.fill_null(which, False).to_numpy()).tolist():
            why[row] = f"{why[row]}; {words}" if why[row] else words
    return why


def _chosen(events: Any, why: NDArray[np.object_], held: Timeline, case: Case, wanted: Wanted) -> NDArray[np.bool_]:
    if wanted.only == "all":
        keep = np.ones(len(events), dtype=np.bool_)
    elif wanted.only == "pictures":
        keep = pc.match_substring_regex(events["attachments"], _MAY_BE_PICTURE).to_numpy()
    elif wanted.only == "diary":
        keep = pc.equal(events["kind"].cast(pa.string()), INCIDENT).to_numpy()
    else:
        word = {"suggested": _SUGGESTED, "camera": _CAMERA}.get(wanted.only, "")
        keep = np.fromiter(((word in one) if word else bool(one) for one in why), np.bool_, len(why))
    if wanted.start or wanted.end or wanted.persons:
        fit = export.select(held, case, wanted.start, wanted.end, (), wanted.persons, None)["id"]
        keep = keep & pc.is_in(events["id"], value_set=fit.combine_chunks()).to_numpy()
    return keep


def _listed_now(events: Any, before: Review) -> NDArray[np.bool_]:
    return _in(events["id"], dict.fromkeys(before.listed))


def _words(events: Any, rows: NDArray[np.int64], names: chronology.Names) -> pa.RecordBatch:
    """The chronology's words of some rows."""
    table = events.take(pa.array(rows)).combine_chunks()
    nothing = pa.nulls(len(rows), pa.string()).fill_null("")
    return chronology.in_words(table, names, np.zeros(len(rows), dtype=np.bool_), nothing, nothing)


def _others(
    events: Any, chosen: NDArray[np.int64], decisions: Mapping[str, Decision], names: chronology.Names
) -> dict[str, str]:
    """What the events are that others may repeat, in a line each."""
    wanted = set(events["maybe_same_as"].take(pa.array(chosen)).to_pylist())
    wanted |= {other for one in decisions.values() for other in (one.same_as, *one.not_same)}
    rows = np.flatnonzero(_in(events["id"], dict.fromkeys(wanted - {""})))
    shown = _words(events, rows, names).select(["Event ID", "Date", "Time", "Source", "From", "Words"]).to_pylist()
    return {
        row[
            "Event ID"
        ]: f"{row['Date'] or 'no date'} {row['Time']}, {row['Source']}, from {row['From'] or 'not given'}: {row['Words'][:120] or '(no words)'}"
        for row in shown
    }
