"""Many shards of small files read by several processes at once: thousands of photos and clips, on all cores.

Each process is given one shard after another. What it reads it keeps in timeline/records/, exactly as the process that started it would: so the order of the work
decides nothing, what was read is not read again when all is stopped and started anew, and a process that dies (a file that crashes a library, memory that ran out)
only means that its shard is read once more, by the one that started it.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

WORTH_IT: Final = 600
"""Number of files from which it is done: below it the start of the processes costs more than they gain."""
_MOST: Final = 4
_TELL_EVERY: Final = 0.1
"""Seconds: a word for each of thousands of files would keep the one that listens busy."""


def cores() -> int:
    """How many processes are started."""
    return min(os.cpu_count() or 1, _MOST)


Tell: TypeAlias = Callable[[str, int], None]
"""Is told a name and how much of a task is done."""
Work: TypeAlias = Callable[[Any, Any, Tell], object]
"""A function of a module, for another process has to find it: what all tasks share, a task, and where to tell how far it is."""


def work_off(work: Work, shared: Any, tasks: Sequence[Any], progress: Tell) -> None:
    """Runs `work` on each task, in `cores()` processes; `progress` is told how much is done of all tasks together. Says nothing of failures."""
    with _running(work, min(cores(), len(tasks))) as ends:
        for end in ends:
            with suppress(OSError):  # it has died already: what it would have done is left
                end.send(shared)
        left = list(enumerate(tasks))[::-1]
        at: dict[Connection, int] = {}
        parts = [0] * len(tasks)

        def next_task(end: Connection) -> None:
            at.pop(end, None)
            with suppress(OSError):  # it has died: the others go on
                if left:
                    number, task = left.pop()
                    at[end] = number
                    end.send(task)

        for end in ends:
            next_task(end)
        while at:
            ready = wait(list(at))
            for end in (one for one in ends if one in ready):
                try:
                    said = end.recv()
                except (EOFError, OSError):
                    del at[end]
                    continue
                if said is None:
                    next_task(end)
                else:
                    name, parts[at[end]] = said
                    progress(name, sum(parts))


@contextmanager
def _running(work: Work, count: int) -> Iterator[list[Connection]]:
    """The ends of the pipes of `count` processes; none of them is left when this is left."""
    context = get_context("spawn")  # the same on every system, and no copy of what this process holds
    processes: list[SpawnProcess] = []
    ends: list[Connection] = []
    try:
        for _ in range(count):
            ours, theirs = context.Pipe()
            ends.append(ours)
            process = context.Process(target=_serve, args=(work, theirs), daemon=True)
            process.start()
            processes.append(process)
            theirs.close()
        yield ends
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()
        for end in ends:
            end.close()


def _serve(work: Work, pipe: Connection) -> None:
    """What one process does. If the one that started it is gone, the pipe is broken, and it ends."""
    told = 0.0

    def tell(name: str, part: int) -> None:
        nonlocal told
        if (now := time.monotonic()) - told > _TELL_EVERY:
            told = now
            pipe.send((name, part))

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the first one ends the others
    with suppress(EOFError, OSError):
        shared = pipe.recv()
        while True:
            task = pipe.recv()
            with suppress(Exception):  # it is met again, and told, when the shard is read by the one that started this
                work(shared, task, tell)
            pipe.send(None)
