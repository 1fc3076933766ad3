"""A copy has the bytes and the hash of a state that the original really had; what may have changed meanwhile is read again, all else once."""

from __future__ import annotations

import hashlib
import mmap
import os
import sys
from collections.abc import Callable
from io import FileIO
from pathlib import Path

import pytest

from pipeline import copying, evidence
from pipeline.case import Case
from pipeline.new_case import Beginning, make

SIZES = (0, 1, copying._BLOCK - 1, copying._BLOCK, 3 * copying._BLOCK + 7, copying.LARGE, copying.LARGE + 5)
MIDDLING = 3 * copying._BLOCK

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every file is read twice")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "original.bin"
    path.write_bytes(os.urandom(MIDDLING))
    return path


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if what was made just now had been made long ago: the time of the last change of a file cannot be set."""
    monkeypatch.setattr(copying, "_SETTLED", -3600)


@pytest.fixture
def read_again(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were read a second time."""
    again: list[Path] = []
    sha256_of = copying.sha256_of
    monkeypatch.setattr(copying, "sha256_of", lambda path: (again.append(path), sha256_of(path))[1])
    return again


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Does something after the first block was copied."""

    def do(what: Callable[[], object]) -> None:
        write = copying._write
        left = [what]

        def write_and_do(target: FileIO, block: memoryview) -> int:
            count = write(target, block)
            while left:
                left.pop()()
            return count

        monkeypatch.setattr(copying, "_write", write_and_do)

    return do


def changed(path: Path, at: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


@pytest.mark.parametrize("size", SIZES)
def test_the_copy_has_the_bytes_and_the_hash(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    (tmp_path / "a").write_bytes(data)
    copied = copying.copy(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == data
    assert copied == (hashlib.sha256(data).hexdigest(), size)


@on_linux
@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("size", SIZES)
def test_a_file_that_stands_still_is_read_once(
    tmp_path: Path, size: int, read_again: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(os.urandom(size))
    counted = [0]

    class Counted(FileIO):
        def readinto(self, buffer: memoryview, /) -> int | None:  # type: ignore[override]
            count = super().readinto(buffer)
            counted[0] += count or 0
            return count

    monkeypatch.setattr(copying, "FileIO", Counted)
    copying.copy(tmp_path / "a", tmp_path / "b")
    assert read_again == []
    assert counted == [size]


def test_a_fresh_file_is_read_again(path: Path, tmp_path: Path, read_again: list[Path]) -> None:
    copying.copy(path, tmp_path / "copy")
    assert read_again == [path]


def test_a_file_from_the_future_is_read_again(path: Path, tmp_path: Path, read_again: list[Path]) -> None:
    os.utime(path, (4_000_000_000, 4_000_000_000))
    copying.copy(path, tmp_path / "copy")
    assert read_again == [path]


@pytest.mark.parametrize("system", ["win32", "darwin"])
@pytest.mark.usefixtures("settled")
def test_other_systems_are_not_believed(
    path: Path, tmp_path: Path, system: str, read_again: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying.sys, "platform", system)
    copying.copy(path, tmp_path / "copy")
    assert read_again == [path]


CHANGES: dict[str, Callable[[Path], object]] = {
    "what was copied already": lambda path: changed(path, 5, b"another"),
    "what was not copied yet": lambda path: changed(path, MIDDLING - 9, b"another"),
    "longer": lambda path: path.open("ab").write(b"more"),
    "shorter": lambda path: os.truncate(path, MIDDLING - 9),
    "emptied": lambda path: path.write_bytes(b""),
    "another in its place": lambda path: path.with_name("new").rename(path),
    "its time put back": lambda path: (
        changed(path, 5, b"another"),
        os.utime(path, ns=(path.stat().st_atime_ns, 1_700_000_000_000_000_000)),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("age", [-3600, 600])
def test_a_file_that_changes_is_refused(
    path: Path,
    tmp_path: Path,
    change: str,
    age: int,
    meanwhile: Callable[[Callable[[], object]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(copying, "_SETTLED", age)
    path.with_name("new").write_bytes(os.urandom(MIDDLING))
    os.utime(path, ns=(1_700_000_000_000_000_000, 1_700_000_000_000_000_000))
    meanwhile(lambda: CHANGES[change](path))
    with pytest.raises(copying.Refused, match="it changed while it was being copied"):
        copying.copy(path, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


@pytest.mark.usefixtures("settled")
def test_a_file_of_which_the_entry_alone_changes_is_read_again(
    path: Path, tmp_path: Path, meanwhile: Callable[[Callable[[], object]], None], read_again: list[Path]
) -> None:
    meanwhile(lambda: path.chmod(0o400))
    assert copying.copy(path, tmp_path / "copy").size == MIDDLING
    assert read_again == [path]


def test_what_a_program_writes_through_its_memory_is_noticed(
    path: Path, tmp_path: Path, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    """The page is dirty before the copying begins: the second writing leaves size and times as they were."""
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
        memory[5:9] = b"dirt"
        before = path.stat()
        meanwhile(lambda: memory.__setitem__(slice(5, 9), b"more"))
        with pytest.raises(copying.Refused, match="it changed"):
            copying.copy(path, tmp_path / "copy")
        after = path.stat()
    if sys.platform == "linux":
        assert copying._state(before) == copying._state(after)  # so the times alone would not have told


def test_an_original_that_breaks_off_is_refused_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: Path
) -> None:
    """A card with a bad block: that file is refused by name, the others are in the case."""
    other = tmp_path / "other.bin"
    other.write_bytes(b"toy")

    class Bad(FileIO):
        def readinto(self, buffer: memoryview, /) -> int | None:  # type: ignore[override]
            if self.name == path:
                raise OSError(5, "Input/output error")
            return super().readinto(buffer)

    monkeypatch.setattr(copying, "FileIO", Bad)
    case = case_in(tmp_path)
    receipts = evidence.receive(case.folder, [path, other], lambda *_: None)
    assert [(one.state, one.why) for one in receipts] == [
        ("refused", "it cannot be read (Input/output error)"),
        ("received", ""),
    ]


def test_what_the_system_takes_in_parts_is_written_whole(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(FileIO):
        def write(self, block: memoryview, /) -> int:  # type: ignore[override]
            return super().write(block[:1000])

    monkeypatch.setattr(copying, "FileIO", Slow)
    copying.copy(path, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == path.read_bytes()


def test_files_keep_their_order_whatever_their_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "LARGE", 1000)
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(60):
        (folder / f"{number:02}.bin").write_bytes(f"{number}".encode() * (1 + 997 * (number % 7 == 3)))
    (folder / "05 again.bin").write_bytes(b"4")
    case = case_in(tmp_path)
    receipts = evidence.receive(case.folder, [folder], lambda *_: None)
    assert [one.file for one in receipts] == sorted(f"in/{path.name}" for path in folder.iterdir())
    assert [(one.file, one.why) for one in receipts if one.state != "received"] == [("in/05 again.bin", "as in/04.bin")]
    held = evidence.held(case.folder)
    assert [one.file for one in held] == [one.file for one in receipts if one.state == "received"]
    for one in held:
        assert hashlib.sha256(one.stored.read_bytes()).hexdigest() == one.sha256
    assert not (case.folder / evidence.INCOMING).exists()


def test_a_stop_in_the_middle_leaves_whole_files_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(30):
        (folder / f"{number:02}.bin").write_bytes(f"{number}".encode() * 1000)
    case = case_in(tmp_path)

    def stop(name: str, _done: int, _total: int) -> None:
        if name == "in/17.bin":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evidence.receive(case.folder, [folder], stop)
    assert [one.file for one in evidence.held(case.folder)] == [f"in/{number:02}.bin" for number in range(17)]
    assert not (case.folder / evidence.INCOMING).exists()
    assert {path.name for path in (case.folder / evidence.FOLDER).iterdir()} == {
        one.stored.name for one in evidence.held(case.folder)
    }


def case_in(folder: Path) -> Case:
    return make(folder / "case", Beginning("ref", "Robin Vale"))
