"""Is everything still as it was received and issued? The log's chain, the files of evidence, and the reports, said in words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import custody, evidence

REPORTS = "reports"


@dataclass(frozen=True)
class Finding:
    """One thing that was checked: whether it is right, and what to say of it."""

    right: bool
    words: str


def verify(folder: Path) -> Iterator[Finding]:
    """Re-hashes everything the custody log names and checks the log itself, one finding after another."""
    lines, findings = _log(folder)
    yield from findings
    yield from _evidence(folder, lines)
    yield from _reports(folder, lines)


def _log(folder: Path) -> tuple[list[dict[str, Any]], list[Finding]]:
    """The lines of the log that can be read, and what is to be said of the chain."""
    path = folder / custody.FILE
    if not path.exists():
        return [], [
            Finding(
                right=not (folder / evidence.FOLDER).exists(),
                words="There is no custody log: nothing has been received yet.",
            )
        ]
    raw = path.read_bytes().split(b"\n")
    found: list[Finding] = []
    if raw.pop():
        found.append(Finding(right=False, words=f"{custody.FILE} ends with an unfinished line."))
    lines: list[dict[str, Any]] = []
    previous = custody.START
    for number, line in enumerate(raw, 1):
        try:
            entry = json.loads(line)
        except ValueError:
            entry = None
        if not isinstance(entry, dict):
            found.append(Finding(right=False, words=f"{custody.FILE}, line {number} cannot be read."))
        else:
            lines.append(entry)
            if entry.get("previous") != previous:
                words = f"{custody.FILE}, line {number} does not follow from the line before it: a line was altered, removed or put in there."
                found.append(Finding(right=False, words=words))
            if entry.get("own") != custody.own_hash(entry):
                found.append(Finding(right=False, words=f"{custody.FILE}, line {number} is not as it was written."))
        previous = hashlib.sha256(line).hexdigest()
    sealed = custody.seal(folder)
    if sealed not in {None, (len(raw), previous)} and not _one_ahead(raw, sealed):
        found.append(
            Finding(
                right=False,
                words=f"{custody.FILE} has {len(raw)} lines and ends otherwise than when it was last written: lines were removed or added at its end.",
            )
        )
    if not found:
        found.append(
            Finding(
                right=True,
                words=f"The custody log is whole: {len(raw)} line{'' if len(raw) == 1 else 's'}, each following from the one before.",
            )
        )
    return lines, found


def _one_ahead(raw: list[bytes], sealed: tuple[int, str] | None) -> bool:
    """Whether the program was stopped between the last line and its seal."""
    return (
        sealed is not None
        and len(raw) == sealed[0] + 1
        and (not sealed[0] or hashlib.sha256(raw[-2]).hexdigest() == sealed[1])
    )


def _evidence(folder: Path, lines: list[dict[str, Any]]) -> Iterator[Finding]:
    received = {str(entry.get("stored")): entry for entry in lines if entry.get("action") == "received"}
    wrong = 0
    for stored, entry in received.items():
        path = folder / evidence.FOLDER / stored
        name = f"{entry.get('file')} (evidence/{stored})"
        if not path.is_file():
            wrong += 1
            yield Finding(right=False, words=f"{name} is missing.")
        elif custody.sha256_of(path) != entry.get("sha256"):
            wrong += 1
            yield Finding(
                right=False, words=f"{name} has been changed: its hash is not the one it had when it was received."
            )
    if (folder / evidence.FOLDER).is_dir():
        for path in sorted((folder / evidence.FOLDER).iterdir()):
            if path.name not in received:
                wrong += 1
                yield Finding(
                    right=False,
                    words=f"evidence/{path.name} is not in the custody log: it was put there by other means, or its line was removed.",
                )
    if received and not wrong:
        yield Finding(
            right=True,
            words=f"{len(received)} file{'' if len(received) == 1 else 's'} of evidence: all here, each with the hash it was received with.",
        )


def _reports(folder: Path, lines: list[dict[str, Any]]) -> Iterator[Finding]:
    issued = {str(entry.get("output")): entry for entry in lines if entry.get("action") == "reported"}
    known = 0
    for name, entry in issued.items():
        place = folder / REPORTS / name
        if not place.is_dir():
            yield Finding(
                right=True,
                words=f"The report of {entry.get('day')} was written to another place ({name}); its files can be checked there by hand: their hashes stand in {custody.FILE}.",
            )
            continue
        known += 1
        for file, sha256 in dict(entry.get("files", {})).items():
            path = place / file
            if not path.is_file():
                yield Finding(right=False, words=f"reports/{name}/{file} is missing.")
            elif custody.sha256_of(path) != sha256:
                yield Finding(right=False, words=f"reports/{name}/{file} has been changed since it was issued.")
    if (folder / REPORTS).is_dir():
        for path in sorted((folder / REPORTS).iterdir()):
            if path.name not in issued:
                yield Finding(right=False, words=f"reports/{path.name} is not in the custody log.")
    if known:
        yield Finding(right=True, words=f"{known} issued report{'' if known == 1 else 's'} looked at.")
