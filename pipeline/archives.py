"""Members of a zip as sources: read in place, never written to the disk by their names, refused where they are not what they seem.

Limits: 100,000 members, 64 GiB in all, a member of over 16 MiB may be at most 200 times its compressed size, archives in archives three deep.
"""

from __future__ import annotations

import errno
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from parsers import zips

MEMBERS: Final = 100_000
TOTAL: Final = 64 << 30
DEPTH: Final = 3

_MADE_BY_PROGRAMS = ("[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF", "doc.kml")
"""A zip that holds one of these is a document (xlsx, docx, ods, jar, kmz), not a container of exports."""


@dataclass(frozen=True)
class Member:
    """A file in an archive: its path there, its size as unpacked, and how to open it. `refused` says why it is not read, if so."""

    path: str
    size: int
    archive: zipfile.ZipFile | None
    info: zipfile.ZipInfo | None
    refused: str = ""

    def open(self) -> BinaryIO:
        """The member's bytes, unpacked while they are read."""
        assert self.archive is not None
        assert self.info is not None
        return cast("BinaryIO", self.archive.open(self.info))


def is_container(path: Path) -> bool:
    """Whether a file is a zip of exports, judged by its contents."""
    with path.open("rb") as file:
        if file.read(4) not in {b"PK\x03\x04", b"PK\x05\x06"}:
            return False
    try:
        with zipfile.ZipFile(path) as archive:
            return not any(name in _MADE_BY_PROGRAMS for name in archive.namelist())
    except zips.DAMAGED:
        return True  # a damaged zip: say so, rather than "nobody knows this file"


def members(path: Path, stack: ExitStack, work: Path) -> Iterator[Member]:
    """The members of a zip, those of zips in it included, by path. `stack` closes what is opened; `work` takes unpacked inner zips for that time.

    Raises:
        zips.DAMAGED: the archive itself cannot be read.
    """
    yield from _members(stack.enter_context(zipfile.ZipFile(path)), "", stack, work, 1)


def _members(archive: zipfile.ZipFile, prefix: str, stack: ExitStack, work: Path, depth: int) -> Iterator[Member]:
    infos = sorted(archive.infolist(), key=lambda info: info.filename)
    total = 0
    for number, info in enumerate(infos, 1):
        if info.filename.endswith("/"):  # not is_dir(), which fails on a name that is empty
            continue
        total += info.file_size
        path = prefix + (info.filename or "(no name)")
        if reason := _refusal(info, number, total):
            yield Member(path, info.file_size, None, None, reason)
            continue
        member = Member(path, info.file_size, archive, info)
        if info.filename.lower().endswith(".zip"):
            yield from _inner(member, stack, work, depth)
        else:
            yield member


def _refusal(info: zipfile.ZipInfo, number: int, total: int) -> str:
    if not info.filename:
        return "it has no name: the archive is damaged"
    parts = info.filename.replace("\\", "/").split("/")
    if ".." in parts or info.filename.startswith(("/", "\\")) or ":" in parts[0]:
        return "its name points outside the archive"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "it is a link to another file, not a file"
    if info.flag_bits & 0x1:
        return "it is encrypted: unpack the archive with its password first, and add the files"
    if number > MEMBERS:
        return f"the archive holds more than {MEMBERS:,} files"
    if total > TOTAL:
        return f"the archive unpacks to more than {TOTAL >> 30} GiB"
    if too_far := zips.unpacks_too_far(info):
        return too_far
    return ""


def _inner(member: Member, stack: ExitStack, work: Path, depth: int) -> Iterator[Member]:
    if depth >= DEPTH:
        yield Member(member.path, member.size, None, None, f"it is an archive more than {DEPTH} deep in archives")
        return
    held = stack.enter_context(tempfile.TemporaryFile(dir=work))  # noqa: SIM115 -- the stack closes it, when its members have been read
    try:
        with member.open() as file:
            shutil.copyfileobj(file, held, 1 << 20)
        archive = stack.enter_context(zipfile.ZipFile(held))
    except (*zips.DAMAGED, OSError) as error:
        if isinstance(error, OSError) and error.errno not in {None, errno.EINVAL}:
            raise  # of the disk; bz2 gives no number, and a place before the beginning is an invalid argument
        yield Member(member.path, member.size, None, None, f"it is a damaged archive ({error})")
        return
    yield from _members(archive, f"{member.path}!", stack, work, depth + 1)
