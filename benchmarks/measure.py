"""Runs a program and says what it took: the operating system's own account, not a clock inside the program."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent


class Taken(NamedTuple):
    """What a program took: seconds by the clock, seconds of processor (its own and its children's), memory in MB, and what it said.

    The memory is the most that one process held at once; a second process of the same program is not added to it. Linux counts in what the process that
    started it held until then, so that nothing under some 30 MB is shown.
    """

    wall: float
    cpu: float
    peak_mb: float
    code: int
    said: str


def run(command: Sequence[str | Path]) -> Taken:
    """Runs a program to its end. Needs `os.wait4`: Linux or macOS."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryFile() as out:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)  # so that subprocess does not wait for it a second time
        out.seek(0)
        said = out.read().decode(errors="replace")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10  # macOS counts bytes, Linux kilobytes
    return Taken(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit, process.returncode, said)
