"""Files written whole or not at all, and made to outlast a power cut: write beside, fsync, rename, fsync the folder."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

BESIDE: Final = ".new"
"""What the name of a file ends with until it takes the place of the old one."""
_NO_SUCH_CALL: Final = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}
"""What a shared folder answers that cannot wait for a folder."""
_AT_ONCE: Final = 16
"""Files that are waited for together: a disk writes many in little more time than one."""


def write(path: Path, data: bytes) -> None:
    """The file has these bytes when this returns, and had the old ones until then, whatever happens in between."""
    new = beside(path)
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    replace(new, path)


def beside(path: Path) -> Path:
    """Where a file is written before it takes its place."""
    return path.with_name(path.name + BESIDE)


def replace(new: Path, path: Path) -> None:
    """Puts a file that is on the disk already in the place of another."""
    new.replace(path)
    keep_folder(path.parent)


def keep(paths: Iterable[Path]) -> None:
    """Waits until files that were written are on the disk; Windows does that only for a file that is open for writing."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(_keep, paths):
            pass


def _keep(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def keep_folder(folder: Path) -> None:
    """Waits until the names in a folder are on the disk. Windows has no such call, and writes them by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_SUCH_CALL:
            raise
    finally:
        os.close(handle)
