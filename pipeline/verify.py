"""Is everything still as it was received and issued? The log's chain, the files of evidence, the timeline and the reports, said in words.

Looks and changes nothing. A command that was stopped leaves what it had confirmed where the next command finds it: that is said, and is no fault.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pipeline import custody, disk, evidence, intake, reviewed, store
from pipeline.analysis.wording import many
from pipeline.settle import ELSEWHERE, REPORTS, UNFINISHED

LOG: Final = "log"
EVIDENCE: Final = "evidence"
TIMELINE: Final = "timeline"
ISSUED: Final = "reports"
RECORDS: Final = "records"
_AGAIN: Final = "It can be made again: fourline rebuild CASE --keep."
_AT_ONCE: Final = 2


@dataclass(frozen=True)
class Finding:
    """One thing that was checked: whether it is right, what to say of it, and which part of the case it is about."""

    right: bool
    words: str
    part: str = LOG


def verify(folder: Path, head: str = "") -> Iterator[Finding]:
    """Re-hashes everything the custody log names and checks the log itself, one finding after another.

    `head` is the hash of a last line of the log that somebody wrote down earlier: a log that was made anew does not have it.
    """
    lines, findings = _log(folder, head)
    yield from findings
    yield from _evidence(folder, lines)
    yield from _timeline(folder, lines)
    yield from _reports(folder, lines)
    yield from _by_hand(folder, lines)
    yield from _reviews(folder, lines)


def for_a_report(folder: Path) -> list[Finding]:
    """What forbids a report: evidence or a timeline that is not as it was."""
    lines, _ = _log(folder, "")
    return [one for one in (*_evidence(folder, lines), *_timeline(folder, lines)) if not one.right]


def for_a_release(folder: Path) -> list[Finding]:
    """What forbids a release: the same, and a log that is not as it was written, for it says what was looked at."""
    _, found = _log(folder, "")
    return [one for one in (*found, *for_a_report(folder)) if not one.right]


# --- the log -------------------------------------------------------------------------------------------------------------------------------------------


def _log(folder: Path, head: str) -> tuple[list[dict[str, Any]], list[Finding]]:
    """The lines of the log that can be read, and what is to be said of the chain."""
    path = folder / custody.FILE
    if not path.exists():
        left = [name for name in (evidence.FOLDER, custody.SEAL, intake.TIMELINE) if (folder / name).exists()]
        words = "There is no custody log" + (
            f", although there is {left[0]}: it was removed." if left else ": nothing has been received yet."
        )
        return [], [Finding(right=not left, words=words)]
    raw = path.read_bytes().split(b"\n")
    torn = raw.pop()
    lines, found = chain(raw)
    found += _end(folder, raw, torn=bool(torn))
    if head and head.lower() not in {hashlib.sha256(line).hexdigest() for line in raw}:
        words = f"No line of {custody.FILE} has the hash {head}: the log is not the one from which that hash was taken."
        found.append(Finding(right=False, words=words))
    if all(finding.right for finding in found):
        last = hashlib.sha256(raw[-1]).hexdigest() if raw else custody.START
        words = f"The custody log is whole: {many(len(raw), 'line')}, each following from the one before; the hash of the last is {last}."
        found.insert(0, Finding(right=True, words=words))
    return lines, found


def chain(raw: Sequence[bytes]) -> tuple[list[dict[str, Any]], list[Finding]]:
    """The lines of a custody log that can be read, and what is wrong with them or with how one follows from another."""
    lines: list[dict[str, Any]] = []
    found: list[Finding] = []
    previous = custody.START

    def wrong(number: int, what: str) -> None:
        found.append(Finding(right=False, words=f"{custody.FILE}, line {number} {what}"))

    for number, line in enumerate(raw, 1):
        try:
            entry = json.loads(line)
        except ValueError:
            entry = None
        if not isinstance(entry, dict):
            wrong(number, "cannot be read.")
        else:
            lines.append(entry)
            if entry.get("previous") != previous:
                wrong(
                    number,
                    "does not follow from the line before it: a line was altered, removed or put in there.",
                )
            if entry.get("own") != custody.own_hash(entry):
                wrong(number, "is not as it was written.")
            if before := entry.get("seal_before"):
                wrong(number, f"was written when the log was not as its seal said: {before}.")
        previous = hashlib.sha256(line).hexdigest()
    return lines, found


def _end(folder: Path, raw: Sequence[bytes], *, torn: bool) -> Iterator[Finding]:
    """Whether the log ends as the seal says, or as a stopped command leaves it."""
    sealed = custody.seal(folder)
    if sealed is None and (folder / custody.SEAL).exists():
        yield Finding(right=False, words=f"{custody.SEAL} cannot be read: it has been changed.")
        return
    here = len(raw), hashlib.sha256(raw[-1]).hexdigest() if raw else custody.START
    ahead = custody.stopped_in_between(raw, sealed)
    if sealed == here and torn:
        words = f"{custody.FILE} ends with an unfinished line: a command was stopped while it wrote it. What it was about is not in the case; the next command takes the line away."
        yield Finding(right=True, words=words)
    elif ahead:
        more = len(raw) - (sealed[0] if sealed else 0)
        words = f"The last {many(more, 'line')} of {custody.FILE} {'is' if more == 1 else 'are'} not sealed yet: a command was stopped just after writing; the next one seals the log."
        yield Finding(right=True, words=words)
    elif sealed is None:
        yield Finding(right=False, words=f"{custody.SEAL} is missing: it was removed.")
    elif sealed != here:
        words = f"{custody.FILE} has {many(len(raw), 'line')} and ends otherwise than when it was last written (then {many(sealed[0], 'line')}): lines were removed, altered or added at its end."
        yield Finding(right=False, words=words)


# --- what it names -------------------------------------------------------------------------------------------------------------------------------------


def _hashes(paths: Sequence[Path]) -> list[str]:
    """The SHA-256 of each file, "" where there is none."""

    def of(path: Path) -> str:
        return custody.sha256_of(path) if path.is_file() else ""

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(of, paths))


def _evidence(folder: Path, lines: list[dict[str, Any]]) -> Iterator[Finding]:
    place, incoming = folder / evidence.FOLDER, folder / evidence.INCOMING
    received = {str(entry.get("stored")): entry for entry in lines if entry.get("action") == "received"}
    wrong = waiting = 0
    for (stored, entry), sha256 in zip(received.items(), _hashes([place / name for name in received]), strict=True):
        name = f"{entry.get('file')} (evidence/{stored})"
        if sha256 == entry.get("sha256"):
            continue
        if not sha256 and _hashes([incoming / stored])[0] == entry.get("sha256"):
            waiting += 1
            continue
        wrong += 1
        words = (
            f"{name} has been changed: its hash is not the one it had when it was received."
            if sha256
            else f"{name} is missing."
        )
        yield Finding(right=False, words=words, part=EVIDENCE)
    for path in sorted(place.rglob("*")) if place.is_dir() else ():
        name = path.relative_to(place).as_posix()
        if name not in received:
            wrong += 1
            words = (
                f"evidence/{name} is not in the custody log: it was put there by other means, or its line was removed."
            )
            yield Finding(right=False, words=words, part=EVIDENCE)
    if waiting:
        words = f"{many(waiting, 'file')} of evidence {'lies' if waiting == 1 else 'lie'} in {evidence.INCOMING}, unchanged: a command was stopped after writing {'it' if waiting == 1 else 'them'} down; the next one puts {'it' if waiting == 1 else 'them'} into evidence/."
        yield Finding(right=True, words=words, part=EVIDENCE)
    if received and not wrong:
        words = f"{many(len(received), 'file')} of evidence: all here, each with the hash it was received with."
        yield Finding(right=True, words=words, part=EVIDENCE)


def _timeline(folder: Path, lines: list[dict[str, Any]]) -> Iterator[Finding]:
    """The timeline is made from the evidence and can be made again; whoever changed it changed what the next report says."""
    place = folder / intake.TIMELINE
    written = next((dict(entry.get("outputs", {})) for entry in reversed(lines) if entry.get("action") == "read"), None)
    if written is None:
        if (place / store.MANIFEST).exists():
            words = f"There is a timeline of which the custody log says nothing. {_AGAIN}"
            yield Finding(right=False, words=words, part=TIMELINE)
        return
    wrong = False
    for name, sha256 in written.items():
        here, new = _hashes([folder / name, disk.beside(folder / name)])
        if sha256 not in {here, new}:
            wrong = True
            words = f"{name} {'has been changed since it was made' if here else 'is missing'}. {_AGAIN}"
            yield Finding(right=False, words=words, part=TIMELINE)
    for path in sorted(place.iterdir()) if place.is_dir() else ():
        name = f"{intake.TIMELINE}/{path.name.removesuffix(disk.BESIDE)}"
        if name not in written and path.name != RECORDS:
            wrong = True
            yield Finding(right=False, words=f"{name} is no part of the timeline that was made.", part=TIMELINE)
    if not wrong:
        yield from _records(place, written[f"{intake.TIMELINE}/{store.MANIFEST}"])


def _records(place: Path, logged: str) -> Iterator[Finding]:
    """What was read from the evidence, from which the timeline was made; `logged` is the hash of the manifest that names it."""
    manifest = place / store.MANIFEST
    text = manifest if _hashes([manifest])[0] == logged else disk.beside(manifest)
    records = {
        name: sha256
        for name, sha256 in json.loads(text.read_text(encoding="utf-8")).get("files", {}).items()
        if name.startswith(f"{RECORDS}/")
    }
    changed = [
        name
        for (name, sha256), now in zip(records.items(), _hashes([place / name for name in records]), strict=True)
        if now != sha256
    ]
    for name in changed:
        words = f"timeline/{name}, which was read from the evidence, has been changed or removed. {_AGAIN}"
        yield Finding(right=False, words=words, part=TIMELINE)
    known = {name.rpartition("/")[2].partition(".")[0] for name in records}
    more = {path.name.partition(".")[0] for path in (place / RECORDS).glob("*")} - known
    if more:
        words = f"timeline/{RECORDS} holds what a command read that was stopped, and that is not in the timeline yet: {', '.join(sorted(more))}."
        yield Finding(right=True, words=words, part=TIMELINE)
    if not changed:
        yield Finding(right=True, words="The timeline is as it was made.", part=TIMELINE)


def _reports(folder: Path, lines: list[dict[str, Any]]) -> Iterator[Finding]:
    issued = {str(entry.get("output")): entry for entry in lines if entry.get("action") == "reported"}
    known = wrong = 0
    for name, entry in issued.items():
        place = folder / REPORTS / name
        if entry.get("place") == ELSEWHERE:
            words = f"The report of {entry.get('day')} was written to another place ({name}); its files can be checked there by hand: their hashes stand in {custody.FILE}."
            yield Finding(right=True, words=words, part=ISSUED)
            continue
        known += 1
        for words in _report(place, dict(entry.get("outputs", {}))):
            wrong += 1
            yield Finding(right=False, words=f"reports/{name}/{words}", part=ISSUED)
    for path in sorted((folder / REPORTS).iterdir()) if (folder / REPORTS).is_dir() else ():
        if path.name in issued:
            continue
        if _only_begun(path):
            words = f"reports/{path.name} holds nothing that was issued: a command was stopped while it made a report."
            yield Finding(right=True, words=words, part=ISSUED)
        else:
            wrong += 1
            yield Finding(right=False, words=f"reports/{path.name} is not in the custody log.", part=ISSUED)
    for name, entry in issued.items():
        held = f"{custody.CONTENTS}/{entry['contents']}.json" if entry.get("contents") else ""
        if held and _hashes([folder / held])[0] != entry["contents"]:
            wrong += 1
            words = (
                f"{held}, what {name} held, for the list of changes of the next issue, is missing or has been changed."
            )
            yield Finding(right=False, words=words, part=ISSUED)
    if known and not wrong:
        words = f"{many(known, 'issued report')}: every file as it was issued."
        yield Finding(right=True, words=words, part=ISSUED)


def _report(place: Path, files: Mapping[str, str]) -> Iterator[str]:
    """What is not right with the files of one report."""
    for file, sha256 in files.items():
        here, unfinished = _hashes([place / file, place / UNFINISHED / file])
        if not here and unfinished == sha256:
            continue  # stopped between the log and the place: the next command puts it there
        if here != sha256:
            yield f"{file} has been changed since it was issued." if here else f"{file} is missing."
    for path in sorted(place.iterdir()) if place.is_dir() else ():
        if path.name not in files and path.name != UNFINISHED:
            yield f"{path.name} is no part of the report that was issued."


def _only_begun(path: Path) -> bool:
    """Whether a folder is that of a report that was stopped before it was written down."""
    return path.is_dir() and all(one.name == UNFINISHED for one in path.iterdir())


def _by_hand(folder: Path, lines: list[dict[str, Any]]) -> Iterator[Finding]:
    """What a person may edit: said, and no fault."""
    for name in custody.BY_HAND:
        known = [
            entry[side][name] for entry in lines for side in ("inputs", "outputs") if name in (entry.get(side) or {})
        ]
        if not known:
            continue
        (now,) = _hashes([folder / name])
        if not now:
            yield Finding(right=False, words=f"{name} is missing: the log says that there was one.")
        elif now != known[-1]:
            words = f"{name} has been changed since the last command. It may be edited by hand, so that is no fault; the next command works with what it says now."
            yield Finding(right=True, words=words)


def _reviews(folder: Path, lines: list[dict[str, Any]]) -> Iterator[Finding]:
    """The kept copies of every review that was taken in."""
    taken = [dict(entry.get("outputs") or {}) for entry in lines if entry.get("action") == reviewed.ACTION]
    kept = {name: sha256 for outputs in taken for name, sha256 in outputs.items()}
    wrong = False
    for (name, sha256), now in zip(kept.items(), _hashes([folder / name for name in kept]), strict=True):
        if now != sha256:
            wrong = True
            state = "has been changed since it was taken in" if now else "is missing"
            yield Finding(right=False, words=f"{name}, a review that was taken in, {state}.")
    if kept and not wrong:
        yield Finding(right=True, words=f"{many(len(kept), 'state')} of the review: each as it was taken in.")
