"""timeline/ of a case: the events, the problems and what is known of every source. Derived, can always be rebuilt."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, TypeAlias

from pipeline import disk

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told the name of the file, bytes done and bytes in all."""

READ = "read"
WAITING = "waiting"
UNKNOWN = "unknown"
UNREADABLE = "unreadable"
ATTACHED = "attached"
CONTAINER = "container"
REPEATED = "repeated"
ASIDE = "set aside"


@dataclass(frozen=True)
class SourceInfo:
    """One row of the source register: a file that was handed in, or a member of an archive.

    key             first 12 hex digits of its SHA-256; `events.source` points here
    label           "S1", "S2" ... in order of receipt; members of an archive "S3.1", "S3.2" ...
    file            its path as it was handed in
    sha256, size    of its bytes
    received        day of receipt, ISO 8601
    state           READ, WAITING (a question is open), UNKNOWN (nobody knows the format), UNREADABLE (with why), ATTACHED (it came with a message of
                    the case and is listed there), REPEATED (the same file stands elsewhere in the register), CONTAINER (an archive: its members are
                    sources of their own), ASIDE (a file that a computer makes for itself, such as .DS_Store: known, and on purpose not read)
    parser, title   name and words of the parser; version "fourline 0.1.0"
    records         events + problems
    first, last     local times of its first and last event, ISO 8601, or ""
    notes           remarks on the file ("12 broken characters repaired")
    cannot_show     what this kind of export leaves out
    question        the open question as {"key", "text", "choices": [[value, words], ...]}, or None
    answers         (question, answer) pairs that were used to read it
    why             why it is UNREADABLE, or what it is ATTACHED to
    run             the `add` it came with, as the custody log has it
    """

    key: str
    label: str
    file: str
    sha256: str
    size: int
    received: str
    state: str
    parser: str = ""
    title: str = ""
    version: str = ""
    records: int = 0
    events: int = 0
    problems: int = 0
    first: str = ""
    last: str = ""
    notes: tuple[str, ...] = ()
    cannot_show: tuple[str, ...] = ()
    question: dict[str, Any] | None = None
    answers: tuple[tuple[str, str], ...] = ()
    why: str = ""
    run: str = ""


@dataclass(frozen=True)
class ProblemRow:
    """A record that could not be read: the source's key, the place in it, the reason in words, and the beginning of what stands there."""

    source: str
    at: str
    reason: str
    raw: str


@dataclass(frozen=True)
class Timeline:
    """What is saved in timeline/: `events` is the Parquet file of `timeline.schema.SCHEMA`; read from it only the columns that are needed."""

    events: Path
    sources: tuple[SourceInfo, ...]
    problems: tuple[ProblemRow, ...]
    remarks: tuple[str, ...] = ()
    """On the review: decisions that stand for no event, columns that are not read."""


MANIFEST: Final = "manifest.json"
_WHOLE: Final = ("events.parquet", "problems.parquet", MANIFEST)
"""The files of timeline/, in the order in which they take their places: the manifest last, for it makes the whole valid."""


def hashes(sources: Sequence[SourceInfo]) -> Mapping[str, tuple[str, ...]]:
    """For each source, by label, its SHA-256 and that of the archive it is in: what is said of an archive is said of what is in it."""
    archives = {source.label: source.sha256 for source in sources if "." not in source.label}
    return {
        source.label: tuple(dict.fromkeys((source.sha256, archives.get(source.label.partition(".")[0], ""))))
        for source in sources
    }


def save(
    folder: Path,
    key: str,
    sources: tuple[SourceInfo, ...],
    problems: tuple[ProblemRow, ...],
    read: Mapping[str, str],
    remarks: tuple[str, ...] = (),
) -> dict[str, str]:
    """Writes the problems and the register beside the events, all of them on the disk but not in their places yet: `settle` puts them there.

    `read` are the files of records with their hashes. Gives the SHA-256 of each file of the timeline, by name.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    new = {name: disk.beside(folder / name) for name in _WHOLE}
    names = [field.name for field in fields(ProblemRow)]
    table = {name: [getattr(row, name) for row in problems] for name in names}
    pq.write_table(pa.table(table, schema=pa.schema([(name, pa.string()) for name in names])), new["problems.parquet"])
    files = {name: _sha256_of(new[name]) for name in _WHOLE[:-1]}
    manifest = {
        "key": key,
        "sources": [vars(source) for source in sources],
        "remarks": remarks,
        "files": {**files, **dict(sorted(read.items()))},
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    new[MANIFEST].write_bytes(text.encode("utf-8", "backslashreplace"))
    disk.keep(new.values())
    return {**files, MANIFEST: _sha256_of(new[MANIFEST])}


def settle(folder: Path) -> None:
    """Puts the files that `save` wrote into their places."""
    for name in _WHOLE:
        if disk.beside(folder / name).exists():
            disk.replace(disk.beside(folder / name), folder / name)


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load(folder: Path, key: str = "") -> Timeline | None:
    """What is saved in `folder`, or None if nothing is, or if it was made under another key."""
    import pyarrow.parquet as pq

    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        rows = pq.read_table(folder / "problems.parquet").to_pylist()
    except (OSError, ValueError):
        return None
    if (key and manifest.get("key") != key) or not (folder / "events.parquet").exists():
        return None
    return Timeline(
        folder / "events.parquet",
        tuple(source_info(row) for row in manifest["sources"]),
        tuple(ProblemRow(**row) for row in rows),
        tuple(manifest.get("remarks", ())),
    )


def source_info(row: dict[str, Any]) -> SourceInfo:
    """A row of the register from its JSON form."""
    for name in ("notes", "cannot_show"):
        row[name] = tuple(row[name])
    row["answers"] = tuple((question, answer) for question, answer in row["answers"])
    return SourceInfo(**row)


def replace_text(path: Path, text: str) -> None:
    """Writes a file whole or not at all."""
    disk.write(path, text.encode("utf-8", "backslashreplace"))
