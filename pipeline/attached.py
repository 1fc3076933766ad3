"""The bytes of a file by its SHA-256, wherever in the evidence it lies: as a file of its own, in an archive, or within a backup or an email.

What is handed out has the hash that was asked for, so that it cannot be another file. Nothing is unpacked by its name, and what an archive in an archive needs
lies in the case folder for as long as it is read.
"""

from __future__ import annotations

import hashlib
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from parsers import zips
from parsers.contract import Holding, Source
from pipeline import archives, evidence, registry
from pipeline.evidence import Held
from pipeline.store import CONTAINER, SourceInfo

LARGEST: Final = 128 << 20
"""Bytes of one file that are read into memory."""
_HEAD: Final = 1 << 16


class Wanted(NamedTuple):
    """A file that is looked for: its SHA-256, and the keys of the sources that name it, in which it may lie."""

    sha256: str
    named_by: tuple[str, ...]


def contents(folder: Path, sources: Sequence[SourceInfo], wanted: Sequence[Wanted]) -> Iterator[tuple[str, bytes]]:
    """Of the files wanted those that are held and not too large, each once, one at a time, as (SHA-256, bytes); in the order in which they lie in the evidence.

    `folder` is that of the case, `sources` is its whole register.
    """
    missing = {one.sha256: one for one in wanted}
    work = folder / evidence.INCOMING / "attached"
    held = {one.label: one for one in evidence.held(folder)}
    alone = {info.sha256: info for info in reversed(sources) if info.state != CONTAINER and info.sha256 in missing}
    try:
        for top, infos in _by_file(alone.values()).items():
            for info, opener in _opened(held.get(top), infos, work):
                data = _read(opener)
                if info.sha256 in missing and hashlib.sha256(data).hexdigest() == info.sha256:
                    del missing[info.sha256]
                    yield info.sha256, data
        keys = {key for one in missing.values() for key in one.named_by}
        holding = [info for info in sources if info.key in keys and _parser(info)]
        for top, infos in _by_file(holding).items():
            for info, opener in _opened(held.get(top), infos, work):
                here = {sha256 for sha256, one in missing.items() if info.key in one.named_by}
                for data in _within(info, opener, here):
                    sha256 = hashlib.sha256(data).hexdigest()
                    if len(data) <= LARGEST and sha256 in missing:
                        del missing[sha256]
                        yield sha256, data
    finally:
        shutil.rmtree(work, ignore_errors=True)
        with suppress(OSError):
            work.parent.rmdir()


def _by_file(infos: Iterable[SourceInfo]) -> dict[str, list[SourceInfo]]:
    """Sources by the file of evidence that they are, or lie in."""
    found: dict[str, list[SourceInfo]] = defaultdict(list)
    for info in infos:
        found[info.label.partition(".")[0]].append(info)
    return found


def _opened(
    held: Held | None, infos: Sequence[SourceInfo], work: Path
) -> Iterator[tuple[SourceInfo, Callable[[], BinaryIO]]]:
    """Each of these sources of one file of evidence, and how it is opened."""
    if held is None or not held.stored.exists():
        return
    for info in infos:
        if info.file == held.file:
            yield info, _opener(held.stored)
    members = {info.file: info for info in infos if info.file != held.file}
    if not members:
        return
    work.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack, suppress(*zips.DAMAGED):
        for member in archives.members(held.stored, stack, work):
            found = members.get(f"{held.file}!{member.path}")
            if found and not member.refused:
                yield found, member.open


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def _read(opener: Callable[[], BinaryIO]) -> bytes:
    """The bytes of a file; b"" if it is too large or damaged."""
    with suppress(*zips.DAMAGED, OSError), closing(opener()) as file:
        data = file.read(LARGEST + 1)
        return data if len(data) <= LARGEST else b""
    return b""


def _parser(info: SourceInfo) -> Holding | None:
    parser = registry.named(info.parser) if info.parser else None
    module = parser.module if parser else None
    return module if isinstance(module, Holding) else None


def _within(info: SourceInfo, opener: Callable[[], BinaryIO], wanted: set[str]) -> Iterator[bytes]:
    """What a backup or an email holds of what is wanted."""
    parser = _parser(info)
    if parser is None or not wanted:
        return
    with suppress(*zips.DAMAGED, OSError):
        with closing(opener()) as file:
            head = file.read(_HEAD)
        name = info.file.replace("!", "/").rpartition("/")[2]
        yield from parser.attached(Source(name, info.file, info.size, info.sha256, head, opener), wanted)
