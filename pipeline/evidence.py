"""Files into the case: each copied byte for byte into evidence/, hashed, and written into the custody log. From then on it is in the case, and not before."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from pipeline import copying, custody, disk
from pipeline.store import Progress

FOLDER: Final = "evidence"
INCOMING: Final = ".incoming"
"""Where files lie while they are being taken in, and what is unpacked while it is read; emptied at the end of every command."""
_TOGETHER: Final = 256
_TOGETHER_BYTES: Final = 64 << 20
"""So many files, or so many bytes of them, are confirmed together."""
_AT_ONCE: Final = 2
_AHEAD: Final = 8
"""So many small files are copied at once, and so many wait for those before them. More at once only wait for the disk, and for each other."""


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


class _Found(NamedTuple):
    """A file that was handed in: its name as the log has it, its size, and why it is refused unread, or ""."""

    path: Path
    name: str
    size: int = 0
    refused: str = ""


class _Copy(NamedTuple):
    """The copy of a file, not yet in the case; or `why` there is none."""

    at: Path
    sha256: str = ""
    size: int = 0
    why: str = ""


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
    total = sum(one.size for one in files)
    done = waiting = 0
    lines: list[dict[str, Any]] = []
    try:
        with closing(_copies(folder, files)) as copies:
            for one, copied in copies:
                progress(one.name, done, total)
                receipts.append(_receipt(one, copied, known, lines))
                done += one.size
                waiting += one.size if receipts[-1].state == "received" else 0
                if len(lines) >= _TOGETHER or waiting >= _TOGETHER_BYTES:
                    _confirm(folder, lines, stamp)
                    waiting = 0
                progress(one.name, done, total)
    finally:
        try:
            _confirm(folder, lines, stamp)
        finally:
            clear(folder)
    return receipts


def _copies(folder: Path, files: Sequence[_Found]) -> Generator[tuple[_Found, Callable[[], _Copy]]]:
    """Each file, in order, with what gives its copy: small ones are copied some at a time and ahead, a large one when it is asked for."""
    ahead: deque[tuple[_Found, Callable[[], _Copy]]] = deque()
    try:
        (folder / INCOMING).mkdir(exist_ok=True)
    except OSError as error:
        raise Stopped(f"{folder} cannot be written: {error.strerror}") from None
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for number, one in enumerate(files):
            job = partial(_copy, folder, one, folder / INCOMING / f"{number}.part")
            ahead.append((one, job if one.size >= copying.LARGE else pool.submit(job).result))
            while len(ahead) > _AHEAD or (ahead and one.size >= copying.LARGE):
                yield ahead.popleft()
        yield from ahead


def _copy(folder: Path, one: _Found, to: Path) -> _Copy:
    """One file to where it waits for its line in the log."""
    if one.refused:
        return _Copy(to, why=one.refused)
    try:
        return _Copy(to, *copying.copy(one.path, to))
    except copying.Refused as error:
        return _Copy(to, why=str(error))
    except copying.Unwritable as error:
        raise Stopped(
            f"{one.name} could not be copied into {folder}: {error}. It is not in the case; what was received before it is."
        ) from None


def _receipt(one: _Found, copied: Callable[[], _Copy], known: dict[str, str], lines: list[dict[str, Any]]) -> Receipt:
    """What became of a file; if it is new, its copy gets its name and what the log is to say of it goes to `lines`."""
    copy = copied()
    if copy.why:
        return Receipt(one.name, "refused", why=copy.why)
    if copy.sha256 in known:
        copy.at.unlink()
        return Receipt(one.name, "already held", copy.sha256, f"as {known[copy.sha256]}")
    stored = f"{copy.sha256[:12]}-{_safe(one.path.name)}"
    copy.at.rename(copy.at.with_name(stored))
    lines.append({"file": one.name, "sha256": copy.sha256, "size": copy.size, "stored": stored})
    known[copy.sha256] = one.name
    return Receipt(one.name, "received", copy.sha256)


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


def _walk(paths: Sequence[Path], folder: Path) -> Iterator[_Found]:
    """The files below the paths."""
    for path in paths:
        if path.resolve() == folder.resolve() or folder.resolve() in path.resolve().parents:
            yield _Found(path, path.name, refused="it lies in the case folder itself")
        elif path.is_dir():
            yield from _walk_folder(path, path.resolve().name or "folder", folder)
        else:
            yield _found(path, path.name)


def _walk_folder(top: Path, name: str, case: Path) -> Iterator[_Found]:
    try:
        inside = sorted(os.scandir(top), key=lambda entry: entry.name)
    except OSError as error:
        yield _Found(top, name, refused=f"the folder cannot be opened ({error.strerror})")
        return
    for entry in inside:
        path, inner = Path(entry.path), f"{name}/{entry.name}"
        if entry.is_symlink():
            yield _Found(path, inner, refused="it is a link to another file; add that file itself")
        elif entry.is_dir():
            if path.resolve() != case.resolve():
                yield from _walk_folder(path, inner, case)
        else:
            yield _found(path, inner)


def _found(path: Path, name: str) -> _Found:
    try:
        found = path.stat()
    except OSError as error:
        return _Found(path, name, refused=f"it cannot be opened ({error.strerror})")
    if not stat.S_ISREG(found.st_mode):
        return _Found(path, name, refused="it is not an ordinary file")
    return _Found(path, name, found.st_size)


def _safe(name: str) -> str:
    """A file name that is harmless on every system; the name as it was stands in the log."""
    stem, dot, suffix = name.rpartition(".")
    if not dot:
        stem, suffix = name, ""
    clean = re.sub(r"[^A-Za-z0-9_-]+", "_", stem)[:60].strip("_") or "file"
    suffix = re.sub("[^A-Za-z0-9]", "", suffix)[:10] if dot else ""
    return clean + (f".{suffix}" if suffix else "")  # Windows takes a full stop at the end off
