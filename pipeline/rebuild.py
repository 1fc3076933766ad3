"""Everything made again from what was received and what was said, and compared with what is there: the same files must come out, byte for byte.

What is used is evidence/, the lines of receipt in the custody log (the names of the files as they were handed in, and their order), case.toml and
review.xlsx; nothing of timeline/ or reports/. It is done inside the case folder, so that no evidence lies elsewhere, and leaves nothing.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from pipeline import custody, evidence, intake, pack, registry, settle, store
from pipeline import verify as check
from pipeline.analysis.wording import many
from pipeline.case import Case
from pipeline.store import Progress, Timeline
from pipeline.verify import Finding


def rebuild(case: Case, progress: Progress, *, keep: bool) -> list[Finding]:
    """Makes timeline and latest report again and says of each file whether it is equal; `keep` puts the timeline in the place of one that differs."""
    if wrong := [one for one in check.for_a_report(case.folder) if one.part == check.EVIDENCE]:
        return wrong
    work = case.folder / settle.REBUILD
    shutil.rmtree(work, ignore_errors=True)
    try:
        again = _beginning(case, work)
        made = intake.bring_up_to_date(again, progress)
        findings = list(_timeline(case.folder, work))
        if keep and not all(finding.right for finding in findings):
            findings = [_put_in_place(case, work, progress, findings)]
        return [*findings, *_report(case, again, made)]
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _beginning(case: Case, work: Path) -> Case:
    """A case folder with what was received and what was said, and nothing that was made of it but what earlier issues held. The evidence is read where it lies."""
    (work / evidence.FOLDER).mkdir(parents=True)
    for name in custody.BY_HAND:
        if (case.folder / name).exists():
            shutil.copyfile(case.folder / name, work / name)
    if (case.folder / custody.CONTENTS).is_dir():
        shutil.copytree(case.folder / custody.CONTENTS, work / custody.CONTENTS)
    received = [
        {**entry, "stored": f"../../{evidence.FOLDER}/{entry['stored']}"} for entry in custody.received(case.folder)
    ]
    (work / custody.FILE).write_text("".join(json.dumps(entry) + "\n" for entry in received), encoding="utf-8")
    return replace(case, folder=work)


def _timeline(folder: Path, work: Path) -> Iterator[Finding]:
    there, here = folder / intake.TIMELINE, work / intake.TIMELINE
    logged = (custody.last(folder, "read") or {}).get("outputs", {})
    for name in ("events.parquet", "problems.parquet"):
        made = custody.sha256_of(here / name)
        found = custody.sha256_of(there / name) if (there / name).exists() else ""
        if made == found:
            yield Finding(right=True, words=f"timeline/{name}, made again, is the one that is there.")
            continue
        as_logged = made == logged.get(f"{intake.TIMELINE}/{name}")
        words = f"timeline/{name} {'is not what comes out when it is made again' if found else 'is missing'}."
        words += " What comes out has the hash that the custody log names." if as_logged else ""
        yield Finding(right=False, words=words)
    was, now = _register(there), _register(here)
    if was == now:
        yield Finding(right=True, words=f"The source register, made again, is the same: {many(len(now), 'source')}.")
    elif was:
        changed = [row["label"] for row in now if row not in was] + [row["label"] for row in was if row not in now]
        words = f"The source register is not what comes out when it is made again: {', '.join(dict.fromkeys(changed))}."
        yield Finding(right=False, words=words)
    else:
        yield Finding(right=False, words="The source register is missing.")


def _register(timeline: Path) -> list[dict[str, Any]]:
    try:
        return list(json.loads((timeline / store.MANIFEST).read_text(encoding="utf-8"))["sources"])
    except (OSError, ValueError, KeyError):
        return []


def _put_in_place(case: Case, work: Path, progress: Progress, differed: list[Finding]) -> Finding:
    """The timeline that was made again in the place of the one that is there; what was read for it is used, so that it is not read twice."""
    said = [finding.words for finding in differed if not finding.right]
    custody.append(case.folder, "rebuilt", {"differed": said})
    there = case.folder / intake.TIMELINE
    shutil.rmtree(there, ignore_errors=True)
    there.mkdir()
    (work / intake.TIMELINE / "records").rename(there / "records")
    intake.bring_up_to_date(case, progress)
    return Finding(right=True, words=f"The timeline was made again and put in place. Before: {' '.join(said)}")


def _report(case: Case, again: Case, made: Timeline) -> Iterator[Finding]:
    """The latest report against the hashes with which it was issued, and against its files if they are in the case."""
    from pipeline.report import issue, working_copy  # they load the libraries that draw

    entry = custody.last(case.folder, "reported")
    if entry is None:
        yield Finding(right=True, words="No report has been issued yet.")
        return
    output = again.folder / "report"
    output.mkdir()
    day, version = date.fromisoformat(entry["day"]), registry.fourline_version()
    if "for" in entry.get("settings", {}):
        issue.make_for(again, made, output, day, version, entry["settings"])
    else:
        working_copy.make(again, made, output, day, version)
    name, place = entry["output"], case.folder / settle.REPORTS / entry["output"]
    differs = False
    for file, sha256 in dict(entry["outputs"]).items():
        if file == pack.FILE:
            continue  # it holds the custody log as it was then; `fourline verify` checks it by its own manifests
        new = custody.sha256_of(output / file) if (output / file).exists() else ""
        issued = custody.sha256_of(place / file) if (place / file).exists() else ""
        inside = entry.get("place") != settle.ELSEWHERE
        if new == sha256 and (issued == sha256 or not inside):
            where = "" if inside else ", by the hash with which it was issued (it was written to another place)"
            yield Finding(right=True, words=f"{name}/{file}, made again, is the one that was issued{where}.")
        elif new == sha256:
            words = f"{name}/{file} {'has been changed' if issued else 'is missing'}; what comes out has the hash with which it was issued."
            yield Finding(right=False, words=words)
        else:
            differs = True
            yield Finding(right=False, words=f"{name}/{file} is not what comes out when it is made again.")
    if differs and (reasons := list(_since(case.folder, entry))):
        words = f"What has changed since {name} was issued: {'; '.join(reasons)}. A report of the case as it is now: fourline report."
        yield Finding(right=False, words=words)


def _since(folder: Path, entry: Mapping[str, Any]) -> Iterator[str]:
    """Why a report of now need not be the report of then."""
    now, then = custody.inputs(folder), entry.get("inputs", {})
    yield from (f"{name}" for name in custody.BY_HAND if now.get(name) != then.get(name))
    log = custody.entries(folder)
    at = next((number for number, one in enumerate(log) if one.get("own") == entry.get("own")), len(log))
    if more := sum(one.get("action") == "received" for one in log[at:]):
        yield f"{many(more, 'file')} received"
    yield from (
        f"{key.replace('_', ' ')}" for key, value in registry.versions().items() if value != entry["versions"].get(key)
    )
