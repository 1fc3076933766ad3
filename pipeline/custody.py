"""custody.jsonl: what was done to the case, by whom, when and with what. Append-only; every line holds the hash of the line before.

A line is written when what it names is on the disk, and before that takes its place: so a line is the moment from which a file, a timeline or a report is
in the case. What a stopped command had written down and not yet put in place, the next one does (`pipeline/settle.py`).

Every line has: action, utc, by (who, as stated, never the account name), program, previous (the hash of the line before), own (that of the line itself).
Further, as the action needs them: inputs, outputs (name -> SHA-256), settings, versions. The lines with action "received" are the register of evidence:
everything in timeline/ is derived from them, the files they name, and case.toml. The log is for the file: it names people and is no part of any report.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pipeline import disk, registry, who

FILE: Final = "custody.jsonl"
SEAL: Final = "custody.seal"
"""Holds the number of lines and the hash of the last one, so that a line taken off the end is missed too."""
CONTENTS: Final = "issued"
"""The folder of a case in which is kept what each report held that was issued, for the list of changes of the next."""
START: Final = "0" * 64
BY_HAND: Final = ("case.toml", "review.xlsx")


class CustodyError(Exception):
    """The log cannot be read; the message says which line."""


def append(folder: Path, action: str, details: Mapping[str, Any], now: datetime | None = None) -> None:
    """Adds one line and makes sure that it is on the disk before it returns. `now` is for cases that are made again, such as the sample."""
    append_all(folder, action, (details,), now)


def append_all(folder: Path, action: str, details: Iterable[Mapping[str, Any]], now: datetime | None = None) -> None:
    """Adds a line for each of `details`, all of them on the disk when it returns."""
    path = folder / FILE
    number, previous, unlike = _end(path, folder)
    shared = {
        "action": action,
        "utc": (now or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "by": who.stated() or who.NOT_STATED,
        "program": f"fourline {registry.fourline_version()}",
    }
    lines = []
    for one in details:
        entry = {**shared, **unlike, **one, "previous": previous}
        line = _line({**entry, "own": own_hash(entry)})
        previous = hashlib.sha256(line).hexdigest()
        lines.append(line + b"\n")
    first = not path.exists()
    with path.open("ab") as file:
        file.write(b"".join(lines))
        file.flush()
        os.fsync(file.fileno())
    if first:
        disk.keep_folder(folder)
    disk.write(folder / SEAL, f"{number + len(lines)} {previous}\n".encode("ascii"))


def head(folder: Path) -> tuple[int, str]:
    """How many lines the log has, and the hash of the last: whoever has written it down can tell later whether the log was made anew."""
    try:
        lines = (folder / FILE).read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return 0, START
    return len(lines), hashlib.sha256(lines[-1]).hexdigest() if lines else START


def last(folder: Path, *actions: str) -> dict[str, Any] | None:
    """The latest line of one of these actions, if there is any."""
    return next((entry for entry in reversed(entries(folder)) if entry.get("action") in actions), None)


def inputs(folder: Path) -> dict[str, str]:
    """What a person has written for the case, with its hash: it may be edited by hand, and every line says under which wording it was done."""
    return {name: sha256_of(folder / name) for name in BY_HAND if (folder / name).exists()}


def own_hash(entry: Mapping[str, Any]) -> str:
    """The hash of a line's content, the hash itself left out."""
    return hashlib.sha256(_line({key: value for key, value in entry.items() if key != "own"})).hexdigest()


def seal(folder: Path) -> tuple[int, str] | None:
    """Number of lines and hash of the last, as they were when the log was last written; None if there is no seal or it is no seal."""
    try:
        number, _, head = (folder / SEAL).read_text(encoding="ascii").strip().partition(" ")
        return int(number), head
    except (OSError, ValueError):
        return None


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _line(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=False, sort_keys=True).encode("utf-8", "backslashreplace")


def entries(folder: Path) -> list[dict[str, Any]]:
    """All lines, first to last; an unfinished last line (the power failed while it was written) does not count.

    Raises:
        CustodyError: a line in the middle cannot be read.
    """
    path = folder / FILE
    if not path.exists():
        return []
    found: list[dict[str, Any]] = []
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], 1):
        try:
            found.append(json.loads(line))
        except ValueError:
            raise CustodyError(f"{path}, line {number} cannot be read: the log has been altered or damaged") from None
    return found


def received(folder: Path) -> list[dict[str, Any]]:
    """The entries of the files that were received, in order."""
    return [entry for entry in entries(folder) if entry.get("action") == "received"]


def stopped_in_between(lines: Sequence[bytes], sealed: tuple[int, str] | None) -> bool:
    """Whether the log is as a command leaves it that was stopped after its lines were written and before they were sealed.

    One command writes one line at a time, or the lines of files that were received together.
    """
    number, last = sealed or (0, START)
    more = lines[number:]
    if not more or (hashlib.sha256(lines[number - 1]).hexdigest() if number else START) != last:
        return False
    if len(more) == 1:
        return True
    try:
        runs = {(entry["action"], entry["run"]) for entry in map(json.loads, more)}
    except (ValueError, TypeError, KeyError):
        return False
    return len(runs) == 1 and next(iter(runs))[0] == "received"


def settle(folder: Path) -> None:
    """Seals the log if a command was stopped after writing and before sealing, and takes away what it left beside. What was altered stays to be found."""
    for name in (SEAL, *BY_HAND):
        disk.beside(folder / name).unlink(missing_ok=True)
    if not (folder / FILE).exists():
        return
    number, last, unlike = _end(folder / FILE, folder)
    if not unlike and seal(folder) != (number, last):
        disk.write(folder / SEAL, f"{number} {last}\n".encode("ascii"))


def _end(path: Path, folder: Path) -> tuple[int, str, dict[str, str]]:
    """How many whole lines the log has, the hash of the last, and what the next line must say if this is not as the seal has it.

    A line that was torn off is cut away, so that the chain goes on from what is whole. Lines that somebody took off the end must not be forgotten when the
    next line is sealed: so that line says what the seal said.
    """
    raw = path.read_bytes() if path.exists() else b""
    whole = raw[: raw.rfind(b"\n") + 1]
    if len(whole) != len(raw):
        with path.open("r+b") as file:
            file.truncate(len(whole))
    lines = whole.split(b"\n")[:-1]
    end = len(lines), hashlib.sha256(lines[-1]).hexdigest() if lines else START
    sealed = seal(folder)
    if sealed == end or (sealed is None and not lines) or stopped_in_between(lines, sealed):
        return *end, {}
    said = f"{sealed[0]} lines, the last {sealed[1]}" if sealed else "nothing that can be read"
    return *end, {"seal_before": f"the seal said {said}; the log had {end[0]}"}
