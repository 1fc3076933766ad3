"""One very large file read by several processes at once, each a piece of it; what they give is kept only if it is what one would have given.

The parser cuts the file and says where it does not come apart (`parsers.contract.Divisible`). Whatever goes wrong here, a process that was killed too, only
means that the file is read in one go, as any other.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from multiprocessing.connection import wait
from pathlib import Path
from typing import NamedTuple

from parsers.contract import Divisible, Seam
from pipeline import processes, registry
from pipeline.case import Case
from pipeline.evidence import Held
from pipeline.processes import Done, Tell, Workers
from pipeline.records import RecordWriter, batches
from pipeline.sources import opened


class _File(NamedTuple):
    """A file to be read in pieces. `parser` is a name: a module cannot be sent to another process."""

    case: Case
    held: Held
    parser: str
    of: int


class _Piece(NamedTuple):
    """A piece of it, and where its records go."""

    number: int
    path: Path


class Whole(NamedTuple):
    """A file that was read in pieces: its records, the notes on it, and the files the records are in, in order."""

    records: int
    notes: tuple[str, ...]
    paths: tuple[Path, ...]


def read(
    case: Case,
    held: Held,
    parser: registry.Registered,
    stem: Path,
    progress: Callable[[int], None],
    workers: Workers,
) -> Whole | None:
    """Reads `held` into the files `stem`.0.new, .1.new ...; None if it must be read in one go. `progress` is told the bytes read."""
    count = processes.cores()
    module = parser.module
    if count < 2 or not isinstance(module, Divisible):
        return None
    file = _File(case, held, parser.name, count)
    pieces = [_Piece(number, stem.with_name(f"{stem.name}.{number}.new")) for number in range(count)]
    try:
        pairs = _read_all(file, pieces, progress, workers)
    except Exception:  # noqa: BLE001 -- it is met again, and told, when the file is read in one go
        pairs = None
    if pairs is None:
        workers.stop()  # they may still be reading
        return None
    begun, ended = zip(*pairs, strict=True)
    if begun[0].records or any(one[:2] != other[:2] for one, other in zip(ended, begun[1:], strict=False)):
        return None
    notes = tuple(note.text for note in module.notes(ended))
    return Whole(ended[-1].records, notes, tuple(piece.path for piece in pieces))


def _read_all(
    file: _File, pieces: Sequence[_Piece], progress: Callable[[int], None], workers: Workers
) -> list[tuple[Seam, Seam]] | None:
    """The seams at both ends of each piece; None if one of them could not be read alone. The first is read by this process."""
    told = [0] * len(pieces)
    seams: dict[int, tuple[Seam, Seam]] = {}
    ends = dict(enumerate(workers.hired(len(pieces) - 1, _read_piece_alone, file), 1))
    for number, end in ends.items():
        end.send((pieces[number],))

    def hear(seconds: float | None) -> None:
        """What the other processes say: how far they have come, and at last their seams."""
        pending = {end: number for number, end in ends.items() if number not in seams}
        ready = wait(list(pending), seconds)
        for end in [one for one in pending if one in ready]:
            said = end.recv()
            if not isinstance(said, Done):
                told[pending[end]] = said.how_far
            elif said.result is None:
                raise EOFError("it is not to be read alone")
            else:
                seams[pending[end]] = said.result
        progress(min(sum(told), file.held.size))

    def tell(read: int) -> None:
        told[0] = read
        hear(0)

    if not (first := _read_piece(file, pieces[0], tell)):
        return None
    seams[0] = first
    while len(seams) < len(pieces):
        hear(None)
    return [seams[number] for number in range(len(pieces))]


def _read_piece(file: _File, piece: _Piece, tell: Tell) -> tuple[Seam, Seam] | None:
    """Reads a piece into its file: the seams at both ends, or None if it is not to be read alone."""
    parser = registry.named(file.parser)
    assert parser is not None
    assert isinstance(parser.module, Divisible)
    begin: object = None

    def told(_name: str, read: int) -> None:
        if begin:  # not while the parser only looks for where it begins
            tell(read)

    with ExitStack() as stack:
        ((_, source),) = opened((file.held,), {}, file.case, stack, piece.path.with_suffix(".work"), told)
        assert source is not None
        writer = RecordWriter(piece.path)
        stack.callback(writer.close)
        outputs = parser.module.parse_piece(source, piece.number, file.of)
        begin = next(outputs, None)
        if not isinstance(begin, Seam):
            return None
        position = begin.records
        others: list[object] = []
        for records in batches(outputs, others.append):
            if others and not isinstance(others[0], Seam):
                return None
            writer.write(file.held.sha256[:12], position, records)
            position += len(records)
        writer.close()
        if writer.refused:
            return None
        if len(others) == 1 and isinstance(end := others[0], Seam):
            return begin, end
    return None


def _read_piece_alone(file: _File, piece: _Piece, tell: Tell) -> tuple[Seam, Seam] | None:
    """The same in a process of its own."""
    gc.disable()  # a million values, of which none refers to itself
    return _read_piece(file, piece, tell)
