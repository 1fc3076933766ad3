"""One very large file read by several processes at once, each a piece of it; what they give is kept only if it is what one would have given.

The parser cuts the file and says where it does not come apart (`parsers.contract.Divisible`). Whatever goes wrong here, a process that was killed too, only
means that the file is read in one go, as any other.
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Final, NamedTuple

from parsers.contract import Divisible, Seam
from pipeline import registry
from pipeline.case import Case
from pipeline.evidence import Held
from pipeline.records import RecordWriter, batches
from pipeline.sources import opened

WORTH_IT: Final = 64 << 20
"""Size from which a file is read in pieces (bytes): below it the start of the processes costs more than they gain."""
_MOST: Final = 4


class _Task(NamedTuple):
    """A piece to be read. `parser` is a name: a module cannot be sent to another process."""

    case: Case
    held: Held
    parser: str
    number: int
    of: int
    path: Path


class Whole(NamedTuple):
    """A file that was read in pieces: its records, the notes on it, and the files the records are in, in order."""

    records: int
    notes: tuple[str, ...]
    paths: tuple[Path, ...]


def read(
    case: Case, held: Held, parser: registry.Registered, stem: Path, progress: Callable[[int], None]
) -> Whole | None:
    """Reads `held` into the files `stem`.0.new, .1.new ...; None if it must be read in one go. `progress` is told the bytes read."""
    count = min(os.cpu_count() or 1, _MOST)
    module = parser.module
    if count < 2 or not isinstance(module, Divisible):
        return None
    tasks = [
        _Task(case, held, parser.name, number, count, stem.with_name(f"{stem.name}.{number}.new"))
        for number in range(count)
    ]
    pairs = _read_all(tasks, held.size, progress)
    if pairs is None:
        return None
    begun, ended = zip(*pairs, strict=True)
    if begun[0].records or any(one[:2] != other[:2] for one, other in zip(ended, begun[1:], strict=False)):
        return None
    notes = tuple(note.text for note in module.notes(ended))
    return Whole(ended[-1].records, notes, tuple(task.path for task in tasks))


def _read_all(tasks: Sequence[_Task], size: int, progress: Callable[[int], None]) -> list[tuple[Seam, Seam]] | None:
    """The seams at both ends of each piece; None if one of them could not be read alone. The first is read by this process, while the others are starting."""
    told = [0] * len(tasks)
    seams: dict[int, tuple[Seam, Seam]] = {}
    with _running(tasks[1:]) as ends:

        def hear(seconds: float | None) -> None:
            """What the other processes say: how far they have come, and at last their seams."""
            pending = {end: number for number, end in enumerate(ends, 1) if number not in seams}
            ready = wait(list(pending), seconds)
            for end in [one for one in pending if one in ready]:
                said = end.recv()
                if said is None:
                    raise EOFError("it is not to be read alone")
                if isinstance(said, int):
                    told[pending[end]] = said
                else:
                    seams[pending[end]] = said
            progress(min(sum(told), size))

        def tell(read: int) -> None:
            told[0] = read
            hear(0)

        try:
            if not (first := _read_piece(tasks[0], tell)):
                return None
            seams[0] = first
            while len(seams) < len(tasks):
                hear(None)
        except Exception:  # noqa: BLE001 -- it is met again, and told, when the file is read in one go
            return None
    return [seams[number] for number in range(len(tasks))]


@contextmanager
def _running(tasks: Sequence[_Task]) -> Iterator[list[Connection]]:
    """A process for each task, and the ends of their pipes; none of them is left when this is left."""
    context = get_context("spawn")  # the same on every system, and no copy of what this process holds
    processes: list[SpawnProcess] = []
    ends: list[Connection] = []
    try:
        for task in tasks:
            ours, theirs = context.Pipe(duplex=False)
            ends.append(ours)
            process = context.Process(target=_work, args=(task, theirs), daemon=True)
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


def _work(task: _Task, pipe: Connection) -> None:
    """What one process does. If the one that started it is gone, the pipe is broken, and it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the first one ends the others
    gc.disable()
    with suppress(OSError):
        try:
            said = _read_piece(task, pipe.send)
        except Exception:  # noqa: BLE001 -- it is met again, and told, when the file is read in one go
            said = None
        pipe.send(said)


def _read_piece(task: _Task, tell: Callable[[int], None]) -> tuple[Seam, Seam] | None:
    """Reads a piece into its file: the seams at both ends, or None if it is not to be read alone."""
    parser = registry.named(task.parser)
    assert parser is not None
    assert isinstance(parser.module, Divisible)
    begin: object = None

    def told(_name: str, read: int) -> None:
        if begin:  # not while the parser only looks for where it begins
            tell(read)

    with ExitStack() as stack:
        ((_, source),) = opened((task.held,), {}, task.case, stack, task.path.with_suffix(".work"), told)
        assert source is not None
        writer = RecordWriter(task.path)
        stack.callback(writer.close)
        outputs = parser.module.parse_piece(source, task.number, task.of)
        begin = next(outputs, None)
        if not isinstance(begin, Seam):
            return None
        position = begin.records
        others: list[object] = []
        for records in batches(outputs, others.append):
            if others and not isinstance(others[0], Seam):
                return None
            writer.write(task.held.sha256[:12], position, records)
            position += len(records)
        writer.close()
        if writer.refused:
            return None
        if len(others) == 1 and isinstance(end := others[0], Seam):
            return begin, end
    return None
