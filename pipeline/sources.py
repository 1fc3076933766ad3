"""Evidence as `Source`s: files as they lie, archives opened into their members, each with its row of the register begun."""

from __future__ import annotations

import contextlib
import hashlib
import io
import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, Final

from parsers import zips
from parsers.contract import Source
from pipeline import archives
from pipeline.case import Case
from pipeline.evidence import Held
from pipeline.store import ASIDE, CONTAINER, UNKNOWN, UNREADABLE, SourceInfo

_HEAD: Final = 1 << 16
_OWN: Final = "a file that a computer makes for itself; not read"
_OWN_NAMES: Final = frozenset({".ds_store", "thumbs.db", "desktop.ini", ".localized", "icon\r"})


def opened(
    files: Sequence[Held],
    beside: Mapping[str, Held],
    case: Case,
    stack: ExitStack,
    work: Path,
    progress: Callable[[str, int], None],
) -> Iterator[tuple[SourceInfo, Source | None]]:
    """Register row and `Source` of each file; archives are rows without a `Source`, followed by their members. `beside` finds by name what came with them."""
    for held in files:
        info = SourceInfo(
            held.sha256[:12], held.label, held.file, held.sha256, held.size, held.day, UNKNOWN, run=held.run
        )
        if not held.stored.exists():
            yield replace(info, state=UNREADABLE, why="it is no longer in the evidence folder"), None
        elif _computers_own(held.file):
            yield replace(info, state=ASIDE, why=_OWN), None
        elif archives.is_container(held.stored):
            yield from _members(held, info, case, stack, work)
        else:
            yield info, _file_source(held, case, beside, progress)


def _computers_own(path: str) -> bool:
    """Whether a file is one that macOS or Windows puts beside others: folder settings, thumbnails, `._` twins in zips made on a Mac."""
    parts = path.replace("!", "/").split("/")
    return parts[-1].lower() in _OWN_NAMES or parts[-1].startswith("._") or "__MACOSX" in parts[:-1]


def _file_source(
    held: Held, case: Case, beside: Mapping[str, Held], progress: Callable[[str, int], None] | None = None
) -> Source:
    parent = held.file.rpartition("/")[0]

    def sibling(name: str) -> Source | None:
        other = beside.get(_beside(parent, name))
        return _file_source(other, case, beside) if other else None

    def opened() -> BinaryIO:
        return (
            _Counted.reader(held.stored, lambda part: progress(held.file, part)) if progress else held.stored.open("rb")
        )

    with held.stored.open("rb") as file:
        head = file.read(_HEAD)
    return Source(
        held.file.rpartition("/")[2],
        held.file,
        held.size,
        held.sha256,
        head,
        opened,
        case.answers_for(held.sha256),
        sibling,
    )


def _beside(parent: str, name: str) -> str:
    """The path of a file in the same folder, or above it."""
    path = f"{parent}/{name}" if parent else name
    return posixpath.normpath(path) if name.startswith("../") else path


class _Counted(io.FileIO):
    """A file that tells how much of it has been read."""

    _tell: Callable[[int], None]
    _read: int = 0

    @classmethod
    def reader(cls, path: Path, tell: Callable[[int], None]) -> BinaryIO:
        raw = cls(path, "rb")
        raw._tell = tell
        return io.BufferedReader(raw, 1 << 18)

    def readinto(self, buffer: Any, /) -> int | None:
        count = super().readinto(buffer)
        self._read += count or 0
        self._tell(min(self._read, 1 << 62))
        return count


def _members(
    held: Held, info: SourceInfo, case: Case, stack: ExitStack, work: Path
) -> Iterator[tuple[SourceInfo, Source | None]]:
    container = replace(info, state=CONTAINER, title="Archive (zip)")
    try:
        members = list(archives.members(held.stored, stack, work))
    except zips.DAMAGED as error:
        yield replace(container, state=UNREADABLE, why=f"it is a damaged archive ({error})"), None
        return
    yield replace(container, notes=(f"{len(members)} file{'' if len(members) == 1 else 's'} in it",)), None
    beside = {member.path: member for member in members if not member.refused}
    for number, member in enumerate(members, 1):
        row = SourceInfo(
            "", f"{held.label}.{number}", f"{held.file}!{member.path}", "", member.size, held.day, UNKNOWN, run=held.run
        )
        if member.refused:
            yield replace(row, state=UNREADABLE, why=member.refused), None
            continue
        if _computers_own(member.path):
            yield replace(row, state=ASIDE, why=_OWN), None
            continue
        try:
            source = _member_source(held, member, case, beside)
        except (*zips.DAMAGED, OSError) as error:
            yield replace(row, state=UNREADABLE, why=f"it is damaged in the archive ({error})"), None
            continue
        yield replace(row, key=source.sha256[:12], sha256=source.sha256, size=source.size), source


def _member_source(held: Held, member: archives.Member, case: Case, beside: Mapping[str, archives.Member]) -> Source:
    parent = member.path.rpartition("/")[0]

    def sibling(name: str) -> Source | None:
        other = beside.get(_beside(parent, name))
        with contextlib.suppress(*zips.DAMAGED, OSError):
            return _member_source(held, other, case, beside) if other else None
        return None

    digest, size, head = hashlib.sha256(), 0, b""
    with member.open() as file:
        while block := file.read(1 << 20):
            digest.update(block)
            size += len(block)
            head = head or block[:_HEAD]
    sha256 = digest.hexdigest()
    name = member.path.replace("!", "/").rpartition("/")[2]
    return Source(
        name, f"{held.file}!{member.path}", size, sha256, head, member.open, case.answers_for(sha256), sibling
    )
