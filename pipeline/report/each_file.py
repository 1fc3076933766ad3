"""One question asked of each of several files, two of them at once where they are large: reading a finished PDF again takes as long as making it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final, TypeVar

_WORTH_TWO: Final = 6_000_000
"""Bytes of files from which on the start of a second process costs less than it saves."""

Answer = TypeVar("Answer")


def each(ask: Callable[[Path], Answer], paths: Sequence[Path]) -> list[Answer]:
    """The answers in the order of `paths`. `ask` is a function of a module, or a `partial` of one: another process has to find it."""
    sizes = {path: path.stat().st_size for path in paths}
    if len(paths) < 2 or sum(sizes.values()) <= _WORTH_TWO:
        return [ask(path) for path in paths]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        # The largest first, so that neither waits for the other at the end.
        jobs = {path: pool.submit(ask, path) for path in sorted(sizes, key=lambda path: (-sizes[path], path))}
        return [jobs[path].result() for path in paths]
