"""One file copied byte for byte and hashed in one pass over it: the bytes that are hashed are the bytes that are written.

A file that changes meanwhile is refused: its copy may hold a bit of the old and a bit of the new. It changed if it is another file, or its length or the time of its
last change is another than before. Where that does not tell all, it is read and hashed once more: what was read twice alike stood still in between. It tells all on
Linux, for a file whose last change (of its entry too, which no program can put back) is ten minutes old (tar, rsync and Borg ask for less). The ten minutes are for
what times do not show: they count in steps (2 seconds on a USB stick), and a program that has a file mapped into its memory is noticed when its pages are written
back, within 35 seconds by default, within ten minutes where the disk is let sleep. So what is read twice are fresh files, and every file on Windows, which may note
a change only when the program closes the file, and on macOS, whose rule was not tried.

What one reading gives up: a program that has had an old file mapped whose file system lies in memory (tmpfs), which notes no such change at all. What two never gave:
a stick that gives other bytes now and then, and a disk that keeps others than it was given, for both are answered from memory when they are asked again at once.
`fourline verify` hashes the copies at any later time.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from io import FileIO
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.custody import sha256_of

LARGE: Final = 8 << 20
"""Bytes from which it is worth it to hash in a thread of its own."""
_SETTLED: Final = 600
"""Seconds since its last change from which on the times of a file tell all."""
_BLOCK: Final = 1 << 18
"""Bytes. Two blocks stay in the processor's cache from reading to writing; fresh memory for each would take five times as long."""


class Refused(Exception):  # noqa: N818 -- the file is at fault, not the caller
    """The original cannot be taken in; the message says why."""


class Unwritable(Exception):  # noqa: N818 -- a full disk is no fault of the caller
    """The copy cannot be written; the message is the system's."""


class Copied(NamedTuple):
    """SHA-256 in hex and number of bytes of a copy."""

    sha256: str
    size: int


def copy(path: Path, to: Path) -> Copied:
    """Copies a file; if this raises, there is none at `to`.

    Raises:
        Refused: the original cannot be read, or it changed.
        Unwritable: the copy cannot be written.
    """
    began = time.time()
    try:
        original = FileIO(path)
    except OSError as error:
        raise Refused(f"it cannot be opened ({error.strerror})") from None
    try:
        with original:
            before = os.fstat(original.fileno())
            copied = _in_one_pass(original, to, before.st_size)
        _refuse_changed(path, before, copied, began)
    except BaseException:
        to.unlink(missing_ok=True)
        raise
    return copied


def _in_one_pass(original: FileIO, to: Path, size: int) -> Copied:
    digest, written = hashlib.sha256(), 0
    with _target(to) as target:
        if size < LARGE:
            for block in _blocks(original, 1):
                digest.update(block)
                written += _write(target, block)
        else:
            with ThreadPoolExecutor(1) as pool:
                hashing: Future[None] = pool.submit(digest.update, b"")
                for block in _blocks(original, 2):
                    hashing.result()  # so the other buffer is free again when the next block is read
                    hashing = pool.submit(digest.update, block)
                    written += _write(target, block)
    return Copied(digest.hexdigest(), written)


def _target(to: Path) -> FileIO:
    try:
        return FileIO(to, "wb")
    except OSError as error:
        raise Unwritable(error.strerror) from None


def _blocks(original: FileIO, buffers: int) -> Iterator[memoryview]:
    """The bytes of a file, in as many buffers in turn: a block is overwritten when so many more have been read."""
    for buffer in itertools.cycle([memoryview(bytearray(_BLOCK)) for _ in range(buffers)]):
        try:
            count = original.readinto(buffer)
        except OSError as error:
            raise Refused(f"it cannot be read ({error.strerror})") from None
        if not count:
            return
        yield buffer[:count]


def _write(target: FileIO, block: memoryview) -> int:
    """Writes all of a block, which the system may take in parts."""
    left = block
    while left:
        try:
            left = left[target.write(left) :]
        except OSError as error:
            raise Unwritable(error.strerror) from None
    return len(block)


def _refuse_changed(path: Path, before: os.stat_result, copied: Copied, began: float) -> None:
    """Refuses a file that changed while it was copied. Where the system does not vouch that it did not, it is read again."""
    try:
        after = path.stat()
        same = _state(before) == _state(after)
        settled = sys.platform == "linux" and max(before.st_mtime, before.st_ctime) < began - _SETTLED
        vouched = settled and before.st_ctime_ns == after.st_ctime_ns and before.st_size == copied.size
        if same and (vouched or sha256_of(path) == copied.sha256):
            return
    except OSError as error:
        raise Refused(f"it cannot be read ({error.strerror})") from None
    raise Refused("it changed while it was being copied; close the program that is writing it and add it again")


def _state(found: os.stat_result) -> tuple[int, ...]:
    """Which file it is, how long, and when it was last written."""
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
