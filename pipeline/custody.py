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
_START: Final = "0" * 64


class CustodyError(Exception):
    """The log cannot be read; the message says which line."""


def append(folder: Path, action: str, details: Mapping[str, Any], now: datetime | None = None) -> None:
    """Adds one line and makes sure that it is on the disk before it returns. `now` is for cases that are made again, such as the sample."""
    path = folder / FILE
    entry = {
        "action": action,
        "utc": (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "by": _user(),
        **details,
        "previous": _last_hash(path),
    }
    line = (json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n").encode("utf-8", "backslashreplace")
    with path.open("ab") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


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


def _last_hash(path: Path) -> str:
    """The hash of the last whole line; a torn last line is cut off first, so that the chain goes on from what is whole."""
    if not path.exists():
        return _START
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) != len(data):
        with path.open("r+b") as file:
            file.truncate(len(whole))
    lines = whole.split(b"\n")
    return hashlib.sha256(lines[-2]).hexdigest() if len(lines) > 1 else _START


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
