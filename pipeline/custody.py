"""custody.jsonl: what was done to the case, when and with what. Append-only; every line holds the hash of the line before.

The lines with action "received" are the register of evidence: everything in timeline/ is derived from them, the files they name, and case.toml.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

FILE: Final = "custody.jsonl"
SEAL: Final = "custody.seal"
"""Holds the number of lines and the hash of the last one, so that a line taken off the end is missed too."""
START: Final = "0" * 64
_TAIL: Final = 1 << 16


class CustodyError(Exception):
    """The log cannot be read; the message says which line."""


def append(folder: Path, action: str, details: Mapping[str, Any], now: datetime | None = None) -> None:
    """Adds one line and makes sure that it is on the disk before it returns. `now` is for cases that are made again, such as the sample."""
    path = folder / FILE
    number, previous = _end(path, seal(folder))
    entry = {
        "action": action,
        "utc": (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "by": _user(),
        **details,
        "previous": previous,
    }
    line = _line({**entry, "own": own_hash(entry)})
    with path.open("ab") as file:
        file.write(line + b"\n")
        file.flush()
        os.fsync(file.fileno())
    neighbour = folder / (SEAL + ".new")
    neighbour.write_text(f"{number + 1} {hashlib.sha256(line).hexdigest()}\n", encoding="ascii")
    neighbour.replace(folder / SEAL)


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


def _end(path: Path, sealed: tuple[int, str] | None) -> tuple[int, str]:
    """How many whole lines the log has and the hash of the last; a line that was torn off is cut away, so that the chain goes on from what is whole."""
    if not path.exists():
        return 0, START
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL))
        tail = file.read()
        whole = tail[: tail.rfind(b"\n") + 1]
        if len(whole) != len(tail):
            file.truncate(size - len(tail) + len(whole))
        last = hashlib.sha256(whole[:-1].rpartition(b"\n")[2]).hexdigest() if whole else START
        if sealed is not None and sealed[1] == last:
            return sealed[0], last
        file.seek(0)
        return file.read().count(b"\n"), last


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
