"""Every file accounted for: copied, hashed, identified, read; the timeline made anew from what is held.

`receive` takes files into evidence/ and writes them into the custody log: from then on they are in the case. `bring_up_to_date` derives the rest: it reads what has
not been read yet (or was read by another version, or with other answers), and builds the timeline. Both can be stopped at any moment.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import io
import json
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias

from parsers.contract import Note, Problem, Question, Record, Source, Unreadable
from pipeline import archives, custody, registry, store
from pipeline.case import Case
from pipeline.records import BATCH, RecordWriter
from pipeline.store import ATTACHED, CONTAINER, READ, REPEATED, UNKNOWN, UNREADABLE, WAITING, ProblemRow, SourceInfo, Timeline

EVIDENCE: Final = "evidence"
TIMELINE: Final = "timeline"
_INCOMING: Final = ".incoming"
_BLOCK: Final = 4 << 20
_HEAD: Final = 1 << 16
_SMALL: Final = 8 << 20
_SHARD: Final = 512

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told the name of the file, bytes done and bytes in all."""


@dataclass(frozen=True)
class Receipt:
    """What became of one file that was handed in: "received", "already held", or "refused" with `why`."""

    file: str
    state: str
    sha256: str = ""
    why: str = ""


class Stopped(Exception):  # noqa: N818 -- a full disk is no fault of the caller
    """The case folder cannot be written; what was received before is kept."""


# --- receiving -----------------------------------------------------------------------------------------------------------------------------------------


def receive(folder: Path, paths: Sequence[Path], progress: Progress, now: datetime | None = None) -> list[Receipt]:
    """Copies files byte for byte into evidence/, one after another; each is in the case wholly or not at all.

    Raises:
        Stopped: the case folder cannot be written (full, read-only).
    """
    held = {entry["sha256"]: entry["file"] for entry in custody.received(folder)}
    stamp = now or datetime.now(UTC)
    incoming = folder / _INCOMING
    receipts: list[Receipt] = []
    files = list(_walk(paths, folder))
    total = sum(size for _, _, size, _ in files)
    done = 0
    try:
        for path, name, size, refused in files:
            progress(name, done, total)
            receipts.append(Receipt(name, "refused", why=refused) if refused else _take(folder, path, name, held, stamp))
            done += size
            progress(name, done, total)
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
    return receipts


def _walk(paths: Sequence[Path], folder: Path) -> Iterator[tuple[Path, str, int, str]]:
    """The files below the paths: (path, name as handed in, size, why it is refused or "")."""
    for path in paths:
        if path.resolve() == folder.resolve() or folder.resolve() in path.resolve().parents:
            yield path, path.name, 0, "it lies in the case folder itself"
        elif path.is_dir():
            yield from _walk_folder(path, path.resolve().name or "folder", folder)
        else:
            yield path, path.name, *_size(path)


def _walk_folder(top: Path, name: str, case: Path) -> Iterator[tuple[Path, str, int, str]]:
    try:
        inside = sorted(os.scandir(top), key=lambda entry: entry.name)
    except OSError as error:
        yield top, name, 0, f"the folder cannot be opened ({error.strerror})"
        return
    for entry in inside:
        path, inner = Path(entry.path), f"{name}/{entry.name}"
        if entry.is_symlink():
            yield path, inner, 0, "it is a link to another file; add that file itself"
        elif entry.is_dir():
            if path.resolve() != case.resolve():
                yield from _walk_folder(path, inner, case)
        else:
            yield path, inner, *_size(path)


def _size(path: Path) -> tuple[int, str]:
    try:
        found = path.stat()
    except OSError as error:
        return 0, f"it cannot be opened ({error.strerror})"
    return (found.st_size, "") if stat.S_ISREG(found.st_mode) else (0, "it is not an ordinary file")


def _take(folder: Path, path: Path, name: str, held: dict[str, str], stamp: datetime) -> Receipt:
    """One file into evidence/. The original is hashed after it was copied and must have the hash of the copy."""
    incoming = folder / _INCOMING / "file"
    try:
        incoming.parent.mkdir(exist_ok=True)
        incoming.unlink(missing_ok=True)
    except OSError as error:
        raise Stopped(f"{folder} cannot be written: {error.strerror}") from None
    try:
        original = path.open("rb")
    except OSError as error:
        return Receipt(name, "refused", why=f"it cannot be opened ({error.strerror})")
    with original:
        try:
            with incoming.open("wb") as copy:
                shutil.copyfileobj(original, copy, _BLOCK)
                copy.flush()
                os.fsync(copy.fileno())
        except OSError as error:
            raise Stopped(f"{name} could not be copied into {folder}: {error.strerror}. It is not in the case; what was received before it is.") from None
    try:
        with ThreadPoolExecutor(2) as pool:
            before, after = pool.map(_sha256, (incoming, path))
    except OSError as error:
        return Receipt(name, "refused", why=f"it cannot be read ({error.strerror})")
    if before != after:
        return Receipt(name, "refused", why="it changed while it was being copied; close the program that is writing it and add it again")
    if before in held:
        return Receipt(name, "already held", before, f"as {held[before]}")
    size = incoming.stat().st_size
    stored = f"{before[:12]}-{_safe(path.name)}"
    target = folder / EVIDENCE / stored
    target.parent.mkdir(exist_ok=True)
    if target.exists():  # left by a run that was stopped between the renaming and the log
        target.chmod(stat.S_IREAD | stat.S_IWRITE)
        target.unlink()
    incoming.rename(target)
    target.chmod(stat.S_IREAD)
    custody.append(
        folder,
        "received",
        {"file": name, "sha256": before, "size": size, "stored": stored, "run": stamp.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "day": stamp.astimezone().date().isoformat()},
        stamp,
    )
    held[before] = name
    return Receipt(name, "received", before)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _safe(name: str) -> str:
    """A file name that is harmless on every system; the name as it was stands in the log."""
    stem, dot, suffix = name.rpartition(".")
    if not dot:
        stem, suffix = name, ""
    clean = re.sub(r"[^A-Za-z0-9_-]+", "_", stem)[:60].strip("_") or "file"
    return clean + (f".{re.sub('[^A-Za-z0-9]', '', suffix)[:10]}" if dot else "")


# --- reading -------------------------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Held:
    """A file of evidence: its entry in the custody log, its label in the register."""

    label: str
    file: str
    sha256: str
    size: int
    stored: Path
    run: str
    day: str


@dataclass(frozen=True)
class _Shard:
    """What is read and kept together: one large file or archive, or a run of small files of one `add`."""

    files: tuple[_Held, ...]

    def key(self) -> str:
        digest = hashlib.sha256(registry.fingerprint().encode())
        for held in self.files:
            digest.update(f"{held.label}\0{held.file}\0{held.sha256}\0{held.day}\0".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()[:16]


@dataclass(frozen=True)
class _Reading:
    """The result of reading a shard: rows of the register (spans still empty) and problems; the records are in the Parquet file beside it."""

    sources: tuple[SourceInfo, ...]
    problems: tuple[ProblemRow, ...]
    asked: str
    """Hash of what the answers were when a question came up; "" if none did."""


def bring_up_to_date(case: Case, progress: Progress) -> Timeline:
    """The timeline of all that was received, under the case.toml of now. Reads only what has not been read yet.

    Raises:
        OSError: the case folder cannot be written.
    """
    folder = case.folder / TIMELINE
    shards = _shards(case.folder)
    said = hashlib.sha256(json.dumps([asdict(case.client), [asdict(answer) for answer in case.answers]], sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()
    key = hashlib.sha256(
        json.dumps([registry.fourline_version(), _code(), case.text, *(shard.key() for shard in shards)]).encode("utf-8", "surrogatepass")
    ).hexdigest()
    if saved := store.load(folder, key):
        return saved
    (folder / "records").mkdir(parents=True, exist_ok=True)
    total = sum(held.size for shard in shards for held in shard.files)
    done = 0
    readings: list[_Reading] = []
    kept: list[Path] = []
    for shard in shards:
        stem = folder / "records" / shard.key()
        reading = _load_reading(stem, said)
        if reading is None:
            reading = _read_shard(shard, stem, case, said, lambda name, part, base=done: progress(name, base + part, total))  # type: ignore[misc]
        readings.append(reading)
        kept.append(stem.with_suffix(".parquet"))
        done += sum(held.size for held in shard.files)
        progress(shard.files[-1].file, done, total)
    timeline = _build(case, folder, key, readings, kept, max((held.day for shard in shards for held in shard.files), default=""))
    for path in (folder / "records").iterdir():
        if path.with_suffix(".parquet") not in kept:
            path.unlink()
    return timeline


def _code() -> str:
    """A hash of the code that interprets records: what was built by other code is built again."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for path in sorted([here / "records.py", here / "case.py", *here.glob("timeline/*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _shards(folder: Path) -> list[_Shard]:
    shards: list[_Shard] = []
    small: list[_Held] = []

    def flush() -> None:
        if small:
            shards.append(_Shard(tuple(small)))
            small.clear()

    for number, entry in enumerate(custody.received(folder), 1):
        held = _Held(f"S{number}", entry["file"], entry["sha256"], entry["size"], folder / EVIDENCE / entry["stored"], entry["run"], entry["day"])
        if held.size > _SMALL or held.stored.suffix.lower() == ".zip":
            flush()
            shards.append(_Shard((held,)))
            continue
        if len(small) >= _SHARD or (small and small[0].run != held.run):
            flush()
        small.append(held)
    flush()
    return shards


def _load_reading(stem: Path, said: str) -> _Reading | None:
    try:
        data = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if data["asked"] not in {"", said} or not stem.with_suffix(".parquet").exists():
        return None
    return _Reading(tuple(store.source_info(row) for row in data["sources"]), tuple(ProblemRow(**row) for row in data["problems"]), data["asked"])


def _read_shard(shard: _Shard, stem: Path, case: Case, said: str, progress: Callable[[str, int], None]) -> _Reading:
    records = stem.with_suffix(".parquet.new")
    writer = RecordWriter(records)
    reader = _Reader(case, writer)
    done = 0
    try:
        with ExitStack() as stack:
            work = case.folder / _INCOMING
            work.mkdir(exist_ok=True)
            stack.callback(shutil.rmtree, work, ignore_errors=True)
            for info, source in _sources(shard, case, stack, work, lambda name, part: progress(name, done + part)):
                reader.read(info, source)
                if "!" not in info.file:
                    done += info.size
                progress(info.file, done)
    finally:
        writer.close()
    sources = tuple(sorted(reader.sources, key=lambda info: _label_order(info.label)))
    reading = _Reading(sources, tuple(reader.problems), said if reader.asked else "")
    records.replace(stem.with_suffix(".parquet"))
    data = {"asked": reading.asked, "sources": [asdict(info) for info in reading.sources], "problems": [asdict(row) for row in reading.problems]}
    store.replace_text(stem.with_suffix(".json"), json.dumps(data, ensure_ascii=False))
    return reading


def _label_order(label: str) -> tuple[int, ...]:
    return tuple(int(part) for part in label[1:].split("."))


def _sources(shard: _Shard, case: Case, stack: ExitStack, work: Path, progress: Callable[[str, int], None]) -> Iterator[tuple[SourceInfo, Source | None]]:
    """Register row and `Source` of each file; archives are rows without a `Source`, followed by their members."""
    beside = {held.file: held for held in shard.files}
    for held in shard.files:
        info = SourceInfo(held.sha256[:12], held.label, held.file, held.sha256, held.size, held.day, UNKNOWN)
        if not held.stored.exists():
            yield replace(info, state=UNREADABLE, why="it is no longer in the evidence folder"), None
        elif archives.is_container(held.stored):
            yield from _members(held, info, case, stack, work)
        else:
            yield info, _file_source(held, case, beside, progress)


def _file_source(held: _Held, case: Case, beside: Mapping[str, _Held], progress: Callable[[str, int], None] | None = None) -> Source:
    parent = held.file.rpartition("/")[0]

    def sibling(name: str) -> Source | None:
        other = beside.get(f"{parent}/{name}" if parent else name)
        return _file_source(other, case, beside) if other else None

    def opened() -> BinaryIO:
        return _Counted.reader(held.stored, lambda part: progress(held.file, part)) if progress else held.stored.open("rb")

    with held.stored.open("rb") as file:
        head = file.read(_HEAD)
    return Source(held.file.rpartition("/")[2], held.file, held.size, held.sha256, head, opened, case.answers_for(held.sha256), sibling)


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


def _members(held: _Held, info: SourceInfo, case: Case, stack: ExitStack, work: Path) -> Iterator[tuple[SourceInfo, Source | None]]:
    container = replace(info, state=CONTAINER, title="Archive (zip)")
    try:
        members = list(archives.members(held.stored, stack, work))
    except archives.BROKEN as error:
        yield replace(container, state=UNREADABLE, why=f"it is a damaged archive ({error})"), None
        return
    yield replace(container, notes=(f"{len(members)} file{'' if len(members) == 1 else 's'} in it",)), None
    beside = {member.path: member for member in members if not member.refused}
    for number, member in enumerate(members, 1):
        row = SourceInfo("", f"{held.label}.{number}", f"{held.file}!{member.path}", "", member.size, held.day, UNKNOWN)
        if member.refused:
            yield replace(row, state=UNREADABLE, why=member.refused), None
            continue
        try:
            source = _member_source(held, member, case, beside)
        except (*archives.BROKEN, OSError) as error:
            yield replace(row, state=UNREADABLE, why=f"it is damaged in the archive ({error})"), None
            continue
        yield replace(row, key=source.sha256[:12], sha256=source.sha256, size=source.size), source


def _member_source(held: _Held, member: archives.Member, case: Case, beside: Mapping[str, archives.Member]) -> Source:
    parent = member.path.rpartition("/")[0]

    def sibling(name: str) -> Source | None:
        other = beside.get(f"{parent}/{name}" if parent else name)
        with contextlib.suppress(*archives.BROKEN, OSError):
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
    return Source(name, f"{held.file}!{member.path}", size, sha256, head, member.open, case.answers_for(sha256), sibling)


class _Reader:
    """Reads sources into one file of records; keeps the rows of the register and the problems."""

    def __init__(self, case: Case, writer: RecordWriter) -> None:
        self._case = case
        self._writer = writer
        self._seen: dict[str, str] = {}
        self.sources: list[SourceInfo] = []
        self.problems: list[ProblemRow] = []
        self.asked = False

    def read(self, info: SourceInfo, source: Source | None) -> None:
        """One file, to its end: whatever it holds, it has a row in the register afterwards."""
        self.sources.append(info if source is None else self._identified(info, source))

    def _identified(self, info: SourceInfo, source: Source) -> SourceInfo:
        if source.sha256 in self._seen:
            return replace(info, state=REPEATED, why=f"the same file as {self._seen[source.sha256]}")
        self._seen[source.sha256] = info.label
        if source.size == 0:
            return replace(info, state=UNREADABLE, why="it is empty")
        try:
            parser = registry.identify(source)
        except registry.Ambiguous as error:
            return replace(info, state=UNREADABLE, why=str(error))
        if parser is None:
            return info
        row = replace(info, parser=parser.name, title=parser.module.TITLE, version=parser.origin, cannot_show=tuple(parser.module.CANNOT_SHOW))
        enabled = gc.isenabled()
        gc.disable()  # building a million tuples: the collector would walk them again and again and find nothing
        try:
            return self._parsed(row, source, parser)
        finally:
            if enabled:
                gc.enable()

    def _parsed(self, row: SourceInfo, source: Source, parser: registry.Registered) -> SourceInfo:
        used: list[tuple[str, str]] = []
        while True:
            first = len(self.problems)
            notes: list[str] = []
            try:
                for position, records in self._batches(row.key, parser.module.parse(source), notes):
                    self._writer.write(row.key, position, records)
            except Question as question:
                self.asked = True
                del self.problems[first:]
                assert self._count == 0, f"{parser.name} asked a question after its first record"
                answer = self._answer(question, source)
                if answer is None:
                    asked = {"key": question.key, "text": question.text, "choices": [list(choice) for choice in question.choices]}
                    return replace(row, state=WAITING, question=asked)
                source = replace(source, answers={**source.answers, question.key: answer})
                used.append((question.text, f"{answer} (as case.toml names the client)"))
                continue
            except Unreadable as error:
                problems = len(self.problems) - first
                return replace(row, state=UNREADABLE, why=str(error), records=self._count + problems, events=self._count, problems=problems)
            except Exception as error:  # noqa: BLE001 -- the one boundary: whatever one file does to its parser, the others and its own rows before it are kept
                self.problems.append(ProblemRow(row.key, f"after record {self._count}", f"reading stopped here: {type(error).__name__}: {error}", ""))
            problems = len(self.problems) - first
            given = list({answer.key: (answer.question or answer.key, answer.value) for answer in self._case.answers if answer.file == source.sha256}.values())
            self.asked = self.asked or bool(given)
            return replace(
                row, state=READ, records=self._count + problems, events=self._count, problems=problems, notes=tuple(notes), answers=(*given, *used)
            )

    _count: int = 0

    def _batches(self, key: str, outputs: Iterator[Any], notes: list[str]) -> Iterator[tuple[int, list[Record]]]:
        """Batches of records with the number of the first; problems and notes are put aside on the way."""
        self._count = 0
        going = True
        failure: Exception | None = None
        while going:
            batch: list[Any] = []
            try:
                batch.extend(islice(outputs, BATCH))  # what was appended before an exception stays in the list
            except Exception as error:
                if not batch and self._count == 0:
                    raise
                failure = error
            going = failure is None and len(batch) == BATCH
            records = [output for output in batch if type(output) is Record]
            if len(records) != len(batch):
                for output in batch:
                    if isinstance(output, Problem):
                        self.problems.append(ProblemRow(key, output.at, output.reason, output.raw[:500]))
                    elif isinstance(output, Note):
                        notes.append(output.text)
            position = self._count
            self._count += len(records)
            if records:
                yield position, records
        if failure is not None:
            raise failure

    def _answer(self, question: Question, source: Source) -> str | None:
        """The answer that case.toml holds by itself: the one author that is an identifier of the client, letter by letter."""
        if question.key != "owner" or question.key in source.answers:
            return None
        known = {name.casefold() for name in (self._case.client.name, *self._case.client.identifiers)}
        found = [value for value, _ in question.choices if value.casefold() in known]
        return found[0] if len(found) == 1 else None


# --- building ------------------------------------------------------------------------------------------------------------------------------------------


def _build(case: Case, folder: Path, key: str, readings: Sequence[_Reading], shards: Sequence[Path], day: str) -> Timeline:
    from pipeline.timeline.build import Span, build

    sources = [info for reading in readings for info in reading.sources]
    labels = {info.key: info for info in reversed(sources) if info.state != CONTAINER}
    repeated: dict[str, str] = {}
    held: dict[str, str] = {}
    files: list[tuple[Path, frozenset[str]]] = []
    problems: list[ProblemRow] = []
    for path, reading in zip(shards, readings, strict=True):
        mine = {info.key: info.label for info in reading.sources if info.key and info.state not in {CONTAINER, REPEATED}}
        again = frozenset(mine.keys() & held.keys())
        repeated |= {mine[key]: held[key] for key in again}
        files.append((path, again))
        held = mine | held
        problems += [row for row in reading.problems if row.source not in again]
    media = {info.sha256: info.key for info in sources if info.state == UNKNOWN or info.parser in {"photo", "video"}}
    new = folder / "events.parquet.new"
    built = build(case, files, media, date.fromisoformat(day or "2100-01-01"), new)
    final: list[SourceInfo] = []
    for info in sources:
        if info.label in repeated:
            final.append(replace(info, state=REPEATED, records=0, events=0, problems=0, why=f"the same file as {repeated[info.label]}"))
        elif info.key in built.attached and info.state in {READ, UNKNOWN}:
            holder, at = built.attached[info.key]
            final.append(replace(info, state=ATTACHED, records=0, events=0, why=f"came with {labels[holder].label} {at}"))
        elif info.state == READ:
            span = built.spans.get(info.key, Span(0, "", ""))
            final.append(replace(info, first=span.first, last=span.last))
        else:
            final.append(info)
    (folder / "manifest.json").unlink(missing_ok=True)
    new.replace(folder / "events.parquet")
    store.save(folder, key, tuple(final), tuple(problems))
    saved = store.load(folder, key)
    assert saved is not None
    return saved
