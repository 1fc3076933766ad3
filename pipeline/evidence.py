"""Files into the case: each copied byte for byte into evidence/, hashed, and written into the custody log. From then on it is in the case, and not before."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pipeline import custody, disk
from pipeline.store import Progress

FOLDER: Final = "evidence"
INCOMING: Final = ".incoming"
"""Where files lie while they are being taken in, and what is unpacked while it is read; emptied at the end of every command."""
_BLOCK: Final = 4 << 20
_TOGETHER: Final = 256
_TOGETHER_BYTES: Final = 64 << 20
"""So many files, or so many bytes of them, are confirmed together."""


@dataclass(frozen=True)
class Receipt:
    """What became of one file that was handed in: "received", "already held", or "refused" with `why`."""

    file: str
    state: str
    sha256: str = ""
    why: str = ""


@dataclass(frozen=True)
class Held:
    """A file of evidence: its label in the register ("S1"), its name as handed in, where it lies, the `add` it came with and the day of that."""

    label: str
    file: str
    sha256: str
    size: int
    stored: Path
    run: str
    day: str


class Stopped(Exception):  # noqa: N818 -- a full disk is no fault of the caller
    """The case folder cannot be written; what was received before is kept."""


def held(folder: Path) -> list[Held]:
    """All files of evidence of a case, in order of receipt."""
    return [
        Held(
            f"S{number}",
            entry["file"],
            entry["sha256"],
            entry["size"],
            folder / FOLDER / entry["stored"],
            entry["run"],
            entry["day"],
        )
        for number, entry in enumerate(custody.received(folder), 1)
    ]


def digest(files: Sequence[Held]) -> str:
    """One hash for all of these files: the SHA-256 of their SHA-256s in hex, each followed by a line feed, in order of receipt."""
    return hashlib.sha256("".join(f"{one.sha256}\n" for one in files).encode()).hexdigest()


def receive(folder: Path, paths: Sequence[Path], progress: Progress, now: datetime | None = None) -> list[Receipt]:
    """Copies files byte for byte into evidence/; each is in the case wholly or not at all.

    Small files are confirmed together: a file is in the case when its line of the custody log is on the disk, and the copy was there before.

    Raises:
        Stopped: the case folder cannot be written (full, read-only).
    """
    known = {one.sha256: one.file for one in held(folder)}
    stamp = now or datetime.now(UTC)
    receipts: list[Receipt] = []
    files = list(_walk(paths, folder))
    total = sum(size for _, _, size, _ in files)
    done = 0
    copied: list[dict[str, Any]] = []
    try:
        for path, name, size, refused in files:
            progress(name, done, total)
            receipts.append(
                Receipt(name, "refused", why=refused) if refused else _copy(folder, path, name, known, copied)
            )
            done += size
            if len(copied) >= _TOGETHER or sum(one["size"] for one in copied) >= _TOGETHER_BYTES:
                _confirm(folder, copied, stamp)
            progress(name, done, total)
    finally:
        try:
            _confirm(folder, copied, stamp)
        finally:
            clear(folder)
    return receipts


def clear(folder: Path) -> None:
    """Empties the place where files are copied to; what has its line in the log goes into evidence/ first."""
    if (folder / INCOMING).is_dir():
        settle(folder, custody.received(folder))
        shutil.rmtree(folder / INCOMING, ignore_errors=True)


def _confirm(folder: Path, copied: list[dict[str, Any]], stamp: datetime) -> None:
    """The copies onto the disk, then their lines into the log, then the copies into their place. Empties the list."""
    if not copied:
        return
    incoming = folder / INCOMING
    lines = [
        {**one, "run": stamp.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "day": stamp.astimezone().date().isoformat()}
        for one in copied
    ]
    copied.clear()
    disk.keep(incoming / one["stored"] for one in lines)
    disk.keep_folder(incoming)
    custody.append_all(folder, "received", lines, stamp)
    settle(folder, lines)


def settle(folder: Path, lines: Sequence[Mapping[str, Any]]) -> None:
    """Puts received files that still lie where they were copied to into evidence/, read-only."""
    waiting = {path.name for path in (folder / INCOMING).iterdir()} if (folder / INCOMING).is_dir() else set()
    names = [str(one["stored"]) for one in lines if one["stored"] in waiting]
    if not names:
        return
    if not (folder / FOLDER).is_dir():
        (folder / FOLDER).mkdir()
        disk.keep_folder(folder)
    for name in names:
        (folder / INCOMING / name).chmod(stat.S_IREAD)
        (folder / INCOMING / name).rename(folder / FOLDER / name)
    disk.keep_folder(folder / FOLDER)


def _walk(paths: Sequence[Path], folder: Path) -> Iterator[tuple[Path, str, int, str]]:
    """The files below the paths: (path, name as handed in, size, why it is refused or "")."""
    for path in paths:
        if path.resolve() == folder.resolve() or folder.resolve() in path.resolve().parents:
            yield path, path.name, 0, "it lies in the case folder itself"
        elif path.is_dir():
            yield from _walk_folder(path, path.resolve().name or "folder", folder)
        else:
            yield path, path.name, *_size(path)


def _walk_folder(top: Path, name: str, case: Path) -> Iterator[tuple[Path, str, int, str]]:
    try:
        inside = sorted(os.scandir(top), key=lambda entry: entry.name)
    except OSError as error:
        yield top, name, 0, f"the folder cannot be opened ({error.strerror})"
        return
    for entry in inside:
        path, inner = Path(entry.path), f"{name}/{entry.name}"
        if entry.is_symlink():
            yield path, inner, 0, "it is a link to another file; add that file itself"
        elif entry.is_dir():
            if path.resolve() != case.resolve():
                yield from _walk_folder(path, inner, case)
        else:
            yield path, inner, *_size(path)


def _size(path: Path) -> tuple[int, str]:
    try:
        found = path.stat()
    except OSError as error:
        return 0, f"it cannot be opened ({error.strerror})"
    return (found.st_size, "") if stat.S_ISREG(found.st_mode) else (0, "it is not an ordinary file")


def _copy(folder: Path, path: Path, name: str, known: dict[str, str], copied: list[dict[str, Any]]) -> Receipt:
    """One file to where it waits for its line in the log. The original is hashed after it was copied and must have the hash of the copy."""
    incoming = folder / INCOMING / "file"
    try:
        incoming.parent.mkdir(exist_ok=True)
        incoming.unlink(missing_ok=True)
    except OSError as error:
        raise Stopped(f"{folder} cannot be written: {error.strerror}") from None
    try:
        original = path.open("rb")
    except OSError as error:
        return Receipt(name, "refused", why=f"it cannot be opened ({error.strerror})")
    with original:
        try:
            with incoming.open("wb") as copy:
                shutil.copyfileobj(original, copy)  # blocks of some MB take five times as long: fresh memory for each
        except OSError as error:
            raise Stopped(
                f"{name} could not be copied into {folder}: {error.strerror}. It is not in the case; what was received before it is."
            ) from None
    size = incoming.stat().st_size
    try:
        if size < _BLOCK:
            before, after = custody.sha256_of(incoming), custody.sha256_of(path)
        else:
            with ThreadPoolExecutor(2) as pool:
                before, after = pool.map(custody.sha256_of, (incoming, path))
    except OSError as error:
        return Receipt(name, "refused", why=f"it cannot be read ({error.strerror})")
    if before != after:
        return Receipt(
            name,
            "refused",
            why="it changed while it was being copied; close the program that is writing it and add it again",
        )
    if before in known:
        return Receipt(name, "already held", before, f"as {known[before]}")
    stored = f"{before[:12]}-{_safe(path.name)}"
    incoming.rename(incoming.with_name(stored))
    copied.append({"file": name, "sha256": before, "size": size, "stored": stored})
    known[before] = name
    return Receipt(name, "received", before)


def _safe(name: str) -> str:
    """A file name that is harmless on every system; the name as it was stands in the log."""
    stem, dot, suffix = name.rpartition(".")
    if not dot:
        stem, suffix = name, ""
    clean = re.sub(r"[^A-Za-z0-9_-]+", "_", stem)[:60].strip("_") or "file"
    return clean + (f".{re.sub('[^A-Za-z0-9]', '', suffix)[:10]}" if dot else "")
