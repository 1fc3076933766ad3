"""Processes that work for this one, and end with it however it ends: started anew ("spawn"), the same on every system and with no copy of what this one holds.

Each takes one task after another and answers each with what came of it. What goes wrong in one, its own death too, only means that a task has no result: whoever gave
it does it himself, and meets and tells the fault there.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from threading import Thread
from types import TracebackType
from typing import Any, Final, NamedTuple, Self, TypeAlias

LARGE: Final = 64 << 20
"""Size from which a file is worth another process (bytes): below it the start of one costs more than it gains."""
_MOST: Final = 4
_TELL_EVERY: Final = 0.1
"""Seconds: a word for each of thousands of files would keep the one that listens busy."""

Tell: TypeAlias = Callable[[Any], None]
Work: TypeAlias = Callable[[Any, Any, Tell], object]
"""A function of a module, for another process has to find it: what all tasks share, a task, and where to tell how far it is."""


class Told(NamedTuple):
    """Said by a process at work: how far it is."""

    how_far: Any


class Done(NamedTuple):
    """Said by a process that waits for its next task: what came of the last; None also if it failed."""

    result: Any = None


def import_ahead(*modules: str) -> None:
    """Imports modules while this thread goes on with what leaves Python free, as copying does. A fault is met again when they are needed."""

    def imported() -> None:
        with suppress(Exception):
            for module in modules:
                import_module(module)

    Thread(target=imported, daemon=True).start()


def cores() -> int:
    """How many processes, this one among them, share the work."""
    return min(os.cpu_count() or 1, _MOST)


class Workers:
    """The processes. To be used in a `with`: none of them is left behind it."""

    def __init__(self) -> None:
        self._processes: list[SpawnProcess] = []
        self._ends: list[Connection] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, count: int, *modules: str) -> None:
        """So many processes, if there are not as many yet. They import the modules, which takes as long as a thousand photos, while this one goes on."""
        context = get_context("spawn")
        while len(self._processes) < count:
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, modules), daemon=True)
            process.start()
            self._processes.append(process)
            self._ends.append(ours)
            theirs.close()

    def hired(self, count: int, work: Work, shared: Any) -> list[Connection]:
        """The ends of the pipes of so many processes, which wait for tasks of that work: send `(task,)`, receive `Told` and at last `Done`."""
        self.start(count)
        for end in self._ends[:count]:
            with suppress(OSError):  # it has died already: what it would have done is left
                end.send((work, shared))
        return self._ends[:count]

    def ask(self, work: Work, shared: Any, task: Any) -> Callable[[], Any]:
        """Gives one of them a task; what is returned waits for the result, None if there is none."""
        (end,) = self.hired(1, work, shared)

        def answer() -> Any:
            with suppress(EOFError, OSError):
                while not isinstance(said := end.recv(), Done):
                    pass
                return said.result
            return None

        with suppress(OSError):  # it has died already
            end.send((task,))
        return answer

    def stop(self) -> None:
        """Ends them, whatever they are at."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()
        for end in self._ends:
            end.close()
        self._processes.clear()
        self._ends.clear()


def _serve(pipe: Connection, modules: Sequence[str]) -> None:
    """What one process does. If the one that started it is gone, the pipe is broken, and it ends."""
    told = 0.0

    def tell(how_far: Any) -> None:
        nonlocal told
        if (now := time.monotonic()) - told > _TELL_EVERY:
            told = now
            pipe.send(Told(how_far))

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the first one ends the others
    for module in modules:
        import_module(module)
    work: Work | None = None
    shared: Any = None
    with suppress(EOFError, OSError):
        while True:
            said = pipe.recv()
            if len(said) > 1:
                work, shared = said
                continue
            assert work is not None
            result = None
            with suppress(Exception):  # it is met again, and told, by the one that gave the task
                result = work(shared, said[0], tell)
            pipe.send(Done(result))
