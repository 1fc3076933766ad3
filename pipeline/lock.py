"""One writer at a time: a lock on the case that the system gives up by itself when the program ends, however it ends."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

FILE: Final = ".lock"


class Busy(Exception):  # noqa: N818 -- says what the case is
    """Another command is at work on the case."""


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Holds the case for as long as the block runs.

    Raises:
        Busy: another command holds it.
        OSError: the folder cannot be written.
    """
    with (folder / FILE).open("a+b") as file:
        try:
            _take(file.fileno())
        except OSError:
            raise Busy(f"another command is at work on {folder}; wait until it has ended, then try again") from None
        try:
            yield
        finally:
            _give_up(file.fileno())


if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

    def _give_up(handle: int) -> None:
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _give_up(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)
