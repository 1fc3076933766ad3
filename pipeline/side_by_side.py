"""Many shards of small files read by several processes at once: thousands of photos and clips, on all cores.

Each process is given one shard after another. What it reads it keeps in timeline/records/, exactly as the process that started it would: so the order of the work
decides nothing, what was read is not read again when all is stopped and started anew, and a process that dies (a file that crashes a library, memory that ran out)
only means that its shard is read once more, by the one that started it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any, Final

from pipeline import processes
from pipeline.processes import Done, Work, Workers

WORTH_IT: Final = 600
"""Number of files from which it is done: below it the start of the processes costs more than they gain."""


def work_off(
    work: Work, shared: Any, tasks: Sequence[Any], progress: Callable[[str, int], None], workers: Workers
) -> None:
    """Runs `work` on each task, in as many processes as there are cores; `progress` is told how much is done of all tasks together. Says nothing of failures.

    `work` tells pairs: a name, and how much of its task is done.
    """
    ends = workers.hired(min(processes.cores(), len(tasks)), work, shared)
    left = list(enumerate(tasks))[::-1]
    at: dict[Connection, int] = {}
    parts = [0] * len(tasks)

    def next_task(end: Connection) -> None:
        at.pop(end, None)
        with suppress(OSError):  # it has died: the others go on
            if left:
                number, task = left.pop()
                at[end] = number
                end.send((task,))

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
            if isinstance(said, Done):
                next_task(end)
            else:
                name, parts[at[end]] = said.how_far
                progress(name, sum(parts))
