"""Files into the case: each copied byte for byte into evidence/, hashed, and written into the custody log. From then on it is in the case, and not before."""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pipeline import custody
from pipeline.store import Progress

FOLDER: Final = "evidence"
INCOMING: Final = ".incoming"
"""Where files lie while they are being taken in, and what is unpacked while it is read; emptied at the end of every command."""
_BLOCK: Final = 4 << 20


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


def receive(folder: Path, paths: Sequence[Path], progress: Progress, now: datetime | None = None) -> list[Receipt]:
    """Copies files byte for byte into evidence/, one after another; each is in the case wholly or not at all.

    Raises:
        Stopped: the case folder cannot be written (full, read-only).
    """
    known = {one.sha256: one.file for one in held(folder)}
    stamp = now or datetime.now(UTC)
    incoming = folder / INCOMING
    receipts: list[Receipt] = []
    files = list(_walk(paths, folder))
    total = sum(size for _, _, size, _ in files)
    done = 0
    try:
        for path, name, size, refused in files:
            progress(name, done, total)
            receipts.append(
                Receipt(name, "refused", why=refused) if refused else _take(folder, path, name, known, stamp)
            )
            done += size
            progress(name, done, total)
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
    return receipts


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


def _take(folder: Path, path: Path, name: str, known: dict[str, str], stamp: datetime) -> Receipt:
    """One file into evidence/. The original is hashed after it was copied and must have the hash of the copy."""
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
                shutil.copyfileobj(original, copy, _BLOCK)
                copy.flush()
                os.fsync(copy.fileno())
        except OSError as error:
            raise Stopped(
                f"{name} could not be copied into {folder}: {error.strerror}. It is not in the case; what was received before it is."
            ) from None
    try:
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
    size = incoming.stat().st_size
    stored = f"{before[:12]}-{_safe(path.name)}"
    target = folder / FOLDER / stored
    target.parent.mkdir(exist_ok=True)
    if target.exists():  # left by a run that was stopped between the renaming and the log
        target.chmod(stat.S_IREAD | stat.S_IWRITE)
        target.unlink()
    incoming.rename(target)
    target.chmod(stat.S_IREAD)
    custody.append(
        folder,
        "received",
        {
            "file": name,
            "sha256": before,
            "size": size,
            "stored": stored,
            "run": stamp.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "day": stamp.astimezone().date().isoformat(),
        },
        stamp,
    )
    known[before] = name
    return Receipt(name, "received", before)


def _safe(name: str) -> str:
    """A file name that is harmless on every system; the name as it was stands in the log."""
    stem, dot, suffix = name.rpartition(".")
    if not dot:
        stem, suffix = name, ""
    clean = re.sub(r"[^A-Za-z0-9_-]+", "_", stem)[:60].strip("_") or "file"
    return clean + (f".{re.sub('[^A-Za-z0-9]', '', suffix)[:10]}" if dot else "")
