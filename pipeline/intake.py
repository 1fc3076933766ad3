"""From evidence to the timeline: every file identified and read, the events made anew from what is held.

`bring_up_to_date` derives everything in timeline/ from the custody log, the evidence and case.toml. It reads only what has not been read yet, or was read by another
version or with other answers, and can be stopped at any moment.
"""

from __future__ import annotations

import gc
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from parsers.contract import Alike, Note, Problem, Question, Record, Source, Unreadable
from pipeline import custody, disk, evidence, pieces, processes, registry, reviewed, side_by_side, store, whose
from pipeline.case import Case
from pipeline.evidence import INCOMING, Held
from pipeline.processes import Tell, Workers
from pipeline.records import RecordWriter, Refused, batches
from pipeline.sources import opened
from pipeline.store import (
    ATTACHED,
    CONTAINER,
    READ,
    REPEATED,
    UNKNOWN,
    UNREADABLE,
    WAITING,
    ProblemRow,
    Progress,
    SourceInfo,
    Timeline,
)
from pipeline.timeline.review import Review

TIMELINE: Final = "timeline"
_SMALL: Final = 8 << 20
_SHARD: Final = 512
_ONLY_LOOKED_INTO: Final = frozenset({".avi", ".dav", ".heic", ".jpg", ".mkv", ".mov", ".mp4", ".mts", ".ts", ".webm"})
"""Names of what is quickly read however large it is: of films and photos the metadata alone. A name that lies costs time, no more."""
_NOTES: Final = "photo_sidecar"
_MEDIA: Final = frozenset({"photo", "video", _NOTES})
"""Parsers of what may have come with something else: a picture with a message, notes with their photo."""
_SCREENSHOT: Final = re.compile(r"screen[ _-]?shot[^/]*$", re.IGNORECASE)
"""How phones and computers name a picture of their screen."""


@dataclass(frozen=True)
class _Shard:
    """What is read and kept together: one large file or archive, or a run of small files of one `add`."""

    files: tuple[Held, ...]

    @property
    def size(self) -> int:
        """Bytes of its files together."""
        return sum(held.size for held in self.files)

    def key(self) -> str:
        digest = hashlib.sha256(registry.fingerprint().encode())
        for held in self.files:
            digest.update(
                f"{held.label}\0{held.file}\0{held.sha256}\0{held.day}\0{held.run}\0".encode("utf-8", "surrogatepass")
            )
        return digest.hexdigest()[:16]


@dataclass(frozen=True)
class _Reading:
    """The result of reading a shard: rows of the register (spans still empty) and problems; the records are in the Arrow file beside it."""

    sources: tuple[SourceInfo, ...]
    problems: tuple[ProblemRow, ...]
    asked: str
    """Hash of what the answers were when a question came up; "" if none did."""
    pieces: int = 0
    """How many files of records there are besides the first, from a source that was read in pieces."""
    hashes: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of each file of records, by name: what was changed since it was read is read again."""

    def files(self, stem: Path) -> list[Path]:
        """The files of records."""
        return [stem.with_suffix(".arrow"), *(stem.with_suffix(f".{n}.arrow") for n in range(self.pieces))]


def bring_up_to_date(case: Case, progress: Progress, workers: Workers | None = None) -> Timeline:
    """The timeline of all that was received, under the case.toml of now. Reads only what has not been read yet, much of it with `workers`.

    Raises:
        OSError: the case folder cannot be written.
    """
    folder = case.folder / TIMELINE
    held = evidence.held(case.folder)
    shards = _shards(held)
    review = reviewed.take_in(case)
    said = hashlib.sha256(
        json.dumps([asdict(case.client), [asdict(answer) for answer in case.answers]], sort_keys=True).encode(
            "utf-8", "surrogatepass"
        )
    ).hexdigest()
    key = hashlib.sha256(
        json.dumps(
            [registry.fourline_version(), _code(), case.text, review.digest, *(shard.key() for shard in shards)]
        ).encode("utf-8", "surrogatepass")
    ).hexdigest()
    if saved := store.load(folder, key):
        return saved
    (folder / "records").mkdir(parents=True, exist_ok=True)
    try:
        with workers or Workers() as ready:
            kept, readings = _readings(_Known(case, held, said), shards, progress, ready)
    finally:
        shutil.rmtree(case.folder / INCOMING, ignore_errors=True)
    timeline = _build(
        case,
        folder,
        key,
        readings,
        kept,
        max((held.day for shard in shards for held in shard.files), default=""),
        review.read(case),
    )
    needed = {path for files in kept for path in (*files, files[0].with_suffix(".json"))}
    for path in (folder / "records").iterdir():
        if path not in needed:
            path.unlink()
    return timeline


def _tell_beyond(progress: Progress, base: int, total: int, name: str, part: int) -> None:
    """Tells the progress of a shard as that of the whole."""
    progress(name, base + part, total)


class _Known(NamedTuple):
    """What the reading of every shard needs: the case, all that is held, a hash of the answers."""

    case: Case
    held: Sequence[Held]
    said: str


def _readings(
    known: _Known, shards: Sequence[_Shard], progress: Progress, workers: Workers
) -> tuple[list[list[Path]], list[_Reading]]:
    """The files of records and what each shard gave: from the disk if it has been read, by several processes if there is much to read, else here."""
    loaded = {shard: _loaded(known, shard) for shard in shards}
    total = sum(shard.size for shard in shards)
    done = sum(shard.size for shard, (_, reading) in loaded.items() if reading)
    many = _worth_reading_at_once([shard for shard, (_, reading) in loaded.items() if reading is None])
    if many:
        tasks = [(shard, loaded[shard][0]) for shard in many]
        side_by_side.work_off(_read_shard_alone, known, tasks, partial(_tell_beyond, progress, done, total), workers)
        loaded |= {shard: _loaded(known, shard) for shard in many}
        done += sum(shard.size for shard in many if loaded[shard][1])
    kept: list[list[Path]] = []
    readings: list[_Reading] = []
    for shard in shards:
        stem, reading = loaded[shard]
        if reading is None:
            reading = _read_shard(known, (shard, stem), partial(_tell_beyond, progress, done, total), workers)
            done += shard.size
        kept.append(reading.files(stem))
        readings.append(reading)
        progress(shard.files[-1].file, done, total)
    return kept, readings


def _loaded(known: _Known, shard: _Shard) -> tuple[Path, _Reading | None]:
    """Where the records of a shard are kept, or are to be, and what it gave if it has been read."""
    return _load_reading(known.case.folder / TIMELINE / "records" / shard.key(), known.said)


def _worth_reading_at_once(shards: Sequence[_Shard]) -> list[_Shard]:
    """The shards that several processes should read; none where that gains nothing. What one file fills is left out if it may be read in pieces, by several too."""
    many = [one for one in shards if len(one.files) > 1 or one.size < processes.LARGE or _zipped(one.files[0])]
    files = sum(len(shard.files) for shard in many)
    return many if len(many) > 1 and files >= side_by_side.WORTH_IT and processes.cores() > 1 else []


def _code() -> str:
    """A hash of the code that interprets records: what was built by other code is built again."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for path in sorted([here / "records.py", here / "whose.py", *here.glob("case/*.py"), *here.glob("timeline/*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _shards(files: Sequence[Held]) -> list[_Shard]:
    shards: list[_Shard] = []
    small: list[Held] = []

    def flush() -> None:
        if small:
            shards.append(_Shard(tuple(small)))
            small.clear()

    for held in files:
        looked_into = held.stored.suffix.lower() in _ONLY_LOOKED_INTO
        if (held.size > _SMALL and not looked_into) or _zipped(held):
            flush()
            shards.append(_Shard((held,)))
            continue
        if len(small) >= _SHARD or (small and small[0].run != held.run):
            flush()
        small.append(held)
    flush()
    return shards


def _zipped(held: Held) -> bool:
    return held.stored.suffix.lower() == ".zip"


def _load_reading(stem: Path, said: str) -> tuple[Path, _Reading | None]:
    """What was read before under these answers and where it lies; else None and where it is to be written: never over what the saved timeline was made from."""
    again = stem.with_name(f"{stem.name}-{said[:8]}")
    for place in (stem, again):
        if found := _saved_reading(place, said):
            return place, found
    return (again if stem.with_suffix(".json").exists() else stem), None


def _saved_reading(stem: Path, said: str) -> _Reading | None:
    try:
        data = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    reading = _Reading(
        tuple(store.source_info(row) for row in data["sources"]),
        tuple(ProblemRow(**row) for row in data["problems"]),
        data["asked"],
        data["pieces"],
        data.get("hashes", {}),
    )
    if reading.asked not in {"", said}:
        return None
    whole = all(
        path.exists() and custody.sha256_of(path) == reading.hashes.get(path.name) for path in reading.files(stem)
    )
    return reading if whole else None


def _read_shard_alone(known: _Known, task: tuple[_Shard, Path], tell: Tell) -> None:
    """The same in a process of its own. What it gave is on the disk."""
    _read_shard(known, task, lambda name, part: tell((name, part)), None)


def _read_shard(
    known: _Known, task: tuple[_Shard, Path], progress: Callable[[str, int], None], workers: Workers | None
) -> _Reading:
    """Reads a shard and keeps what it gave in the files of that stem; one large file in pieces, with the help of `workers`."""
    case, _, said = known
    shard, stem = task
    records = stem.with_suffix(".arrow.new")
    writer = RecordWriter(records)
    before = 0
    held = shard.files[0]
    beside = {one.file: one for one in known.held if one.run == held.run}

    def in_pieces(source: Source, parser: registry.Registered) -> pieces.Whole | None:
        if workers is None or source.size < processes.LARGE or source.sha256 != held.sha256:
            return None
        return pieces.read(case, held, parser, stem, partial(tell, held.file), workers)

    reader = _Reader(case, writer, in_pieces)

    def tell(name: str, part: int) -> None:
        progress(name, before + part)

    enabled = gc.isenabled()
    gc.disable()  # building a million tuples: the collector would walk them again and again and find nothing
    try:
        with ExitStack() as stack:
            work = case.folder / INCOMING / shard.key()
            work.mkdir(parents=True, exist_ok=True)
            stack.callback(shutil.rmtree, work, ignore_errors=True)
            for info, source in opened(shard.files, beside, case, stack, work, tell):
                reader.read(info, source)
                if "!" not in info.file:
                    before += info.size
                progress(info.file, before)
    finally:
        if enabled:
            gc.enable()
        writer.close()
    reader.take_back(writer.refused)
    sources = tuple(sorted(reader.sources, key=lambda info: _label_order(info.label)))
    reading = _Reading(sources, tuple(reader.problems), said if reader.asked else "", len(reader.pieces))
    for path, kept in zip((records, *reader.pieces), reading.files(stem), strict=True):
        path.replace(kept)
    reading = replace(reading, hashes={path.name: custody.sha256_of(path) for path in reading.files(stem)})
    data = {
        "hashes": reading.hashes,
        "asked": reading.asked,
        "pieces": reading.pieces,
        "sources": [vars(info) for info in reading.sources],
        "problems": [vars(row) for row in reading.problems],
    }
    store.replace_text(stem.with_suffix(".json"), json.dumps(data, ensure_ascii=False))
    return reading


def _label_order(label: str) -> tuple[int, ...]:
    return tuple(int(part) for part in label[1:].split("."))


class _Reader:
    """Reads sources into one file of records; keeps the rows of the register and the problems. What `in_pieces` has read is in the files `pieces`."""

    def __init__(
        self,
        case: Case,
        writer: RecordWriter,
        in_pieces: Callable[[Source, registry.Registered], pieces.Whole | None],
    ) -> None:
        self._case = case
        self._writer = writer
        self._in_pieces = in_pieces
        self.pieces: tuple[Path, ...] = ()
        self._seen: dict[str, str] = {}
        self.sources: list[SourceInfo] = []
        self.problems: list[ProblemRow] = []
        self.asked = False

    def read(self, info: SourceInfo, source: Source | None) -> None:
        """One file, to its end: whatever it holds, it has a row in the register afterwards."""
        self.sources.append(info if source is None else self._identified(info, source))

    def take_back(self, refused: Sequence[Refused]) -> None:
        """Counts as problems what was counted as events and could not be written."""
        for source, at, error in refused:
            self.problems.append(ProblemRow(source, at, f"this record cannot be kept: {error}", ""))
            number = next(n for n, info in enumerate(self.sources) if info.key == source and info.events)
            info = self.sources[number]
            self.sources[number] = replace(info, events=info.events - 1, problems=info.problems + 1)

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
        row = replace(
            info,
            parser=parser.name,
            title=parser.module.TITLE,
            version=parser.origin,
            cannot_show=tuple(parser.module.CANNOT_SHOW),
        )
        if whole := self._in_pieces(source, parser):
            self.pieces = whole.paths
            return self._read(row, source, whole.records, 0, whole.notes, ())
        return self._parsed(row, source, parser)

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
                answer = self._answer(question, source)
                if answer is None:
                    asked = {
                        "key": question.key,
                        "text": question.text,
                        "choices": [list(choice) for choice in question.choices],
                    }
                    return replace(row, state=WAITING, question=asked)
                source = replace(source, answers={**source.answers, question.key: answer})
                used.append((question.text, f"{answer} (as case.toml names the client)"))
                continue
            except Unreadable as error:
                problems = len(self.problems) - first
                return replace(
                    row,
                    state=UNREADABLE,
                    why=str(error),
                    records=self._count + problems,
                    events=self._count,
                    problems=problems,
                )
            except Exception as error:  # noqa: BLE001 -- the one boundary: whatever one file does to its parser, the others and its own rows before it are kept
                self.problems.append(
                    ProblemRow(
                        row.key,
                        f"after record {self._count}",
                        f"reading stopped here: {type(error).__name__}: {error}",
                        "",
                    )
                )
            return self._read(row, source, self._count, len(self.problems) - first, tuple(notes), tuple(used))

    _count: int = 0

    def _read(
        self,
        row: SourceInfo,
        source: Source,
        events: int,
        problems: int,
        notes: tuple[str, ...],
        used: tuple[tuple[str, str], ...],
    ) -> SourceInfo:
        """The row of a file that has been read."""
        given = {
            answer.key: (answer.question or answer.key, answer.value)
            for answer in self._case.answers
            if answer.file == source.sha256 and answer.key != whose.KEY
        }
        self.asked = self.asked or bool(given)
        return replace(
            row,
            state=READ,
            records=events + problems,
            events=events,
            problems=problems,
            notes=notes,
            answers=(*given.values(), *used),
        )

    def _batches(
        self, key: str, outputs: Iterator[Any], notes: list[str]
    ) -> Iterator[tuple[int, Sequence[Record] | Alike]]:
        """Batches of records with the number of the first; problems and notes are put aside on the way."""
        self._count = 0
        try:
            for records in batches(outputs, partial(self._put_aside, key, notes)):
                position = self._count
                self._count += len(records)
                yield position, records
        except Question as question:
            if not self._count:
                raise
            # What was read before it stays; it cannot be read again.
            raise ValueError(f"the parser asked after its first record: {question}") from question

    def _put_aside(self, key: str, notes: list[str], output: object) -> None:
        if isinstance(output, Problem):
            self.problems.append(ProblemRow(key, output.at, output.reason, output.raw[:500]))
        elif isinstance(output, Note):
            notes.append(output.text)

    def _answer(self, question: Question, source: Source) -> str | None:
        """The answer that case.toml holds by itself: the one author that is an identifier of the client, letter by letter."""
        if question.key != "owner" or question.key in source.answers:
            return None
        known = {name.casefold() for name in (self._case.client.name, *self._case.client.identifiers)}
        found = [value for value, _ in question.choices if value.casefold() in known]
        # A chat is named after the other side: one that bears the client's name comes from another phone, and whose it is must be asked.
        named = " ".join(re.split(r"[!/\\]", source.path)[-2:]).casefold()
        return found[0] if len(found) == 1 and not any(name and name in named for name in known) else None


# --- building ------------------------------------------------------------------------------------------------------------------------------------------


def _build(
    case: Case,
    folder: Path,
    key: str,
    readings: Sequence[_Reading],
    shards: Sequence[Sequence[Path]],
    day: str,
    review: Review,
) -> Timeline:
    from pipeline.timeline.build import Span, build
    from pipeline.timeline.corrections import Name
    from pipeline.timeline.whereabouts import Told

    sources = [info for reading in readings for info in reading.sources]
    labels = {info.key: info for info in reversed(sources) if info.state != CONTAINER}
    repeated: dict[str, str] = {}
    held: dict[str, str] = {}
    files: list[tuple[Path, frozenset[str]]] = []
    problems: list[ProblemRow] = []
    for paths, reading in zip(shards, readings, strict=True):
        mine = {
            info.key: info.label for info in reading.sources if info.key and info.state not in {CONTAINER, REPEATED}
        }
        again = frozenset(mine.keys() & held.keys())
        repeated |= {mine[key]: held[key] for key in again}
        files += [(path, again) for path in paths]
        held = mine | held
        problems += [row for row in reading.problems if row.source not in again]
    media = {info.sha256: info.key for info in sources if info.state == UNKNOWN or info.parser in _MEDIA}
    notes = frozenset(info.key for info in sources if info.parser == _NOTES)
    new = disk.beside(folder / "events.parquet")
    names: dict[str, list[Name]] = {}
    for info in sources:
        names.setdefault(info.key, []).append(Name(info.label, info.file, info.sha256))
    screens = frozenset(info.key for info in sources if info.parser == "photo" and _SCREENSHOT.search(info.file))
    told = Told({info.key: (info.file, info.parser) for info in reversed(sources)}, whose.persons(case))
    today = date.fromisoformat(day or "2100-01-01")
    built = build(case, files, media, notes, today, new, names, told, review.decisions, screens)
    final: list[SourceInfo] = []
    for info in sources:
        if info.label in repeated:
            final.append(
                replace(
                    info,
                    state=REPEATED,
                    records=0,
                    events=0,
                    problems=0,
                    why=f"the same file as {repeated[info.label]}",
                )
            )
        elif info.key in built.attached and info.state in {READ, UNKNOWN}:
            holder, at = built.attached[info.key]
            final.append(
                replace(info, state=ATTACHED, records=0, events=0, why=f"came with {labels[holder].label} {at}")
            )
        elif info.state == READ:
            span = built.spans.get(info.key, Span(0, "", ""))
            row = replace(info, first=span.first, last=span.last)
            final.append(whose.asked(case, row) if info.key in built.located else row)
        else:
            final.append(info)
    read = {f"records/{name}": sha256 for reading in readings for name, sha256 in reading.hashes.items()}
    remarks = (*review.remarks, *built.remarks)
    written = store.save(folder, key, tuple(final), tuple(problems), read, remarks)
    custody.append(case.folder, "read", _account(case, written))
    store.settle(folder)
    saved = store.load(folder, key)
    assert saved is not None
    return saved


def _account(case: Case, written: Mapping[str, str]) -> dict[str, Any]:
    """What the custody log says of a timeline: from what it was made, with what, and the hashes of its files."""
    held = evidence.held(case.folder)
    return {
        "inputs": {**custody.inputs(case.folder), "evidence": evidence.digest(held)},
        "evidence_files": len(held),
        "outputs": {f"{TIMELINE}/{name}": sha256 for name, sha256 in written.items()},
        "settings": {"zone": case.zone, "country": case.country},
        "versions": registry.versions(),
    }
