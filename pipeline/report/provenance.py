"""What the report says about the records themselves: what came in, what is missing, whether it adds up, and how the report was made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq

from parsers.contract import NOTICE
from pipeline import store
from pipeline.analysis.completeness import File
from pipeline.analysis.result import Cell, Number, Selection, Table, lines
from pipeline.analysis.wording import day_words, joined, many
from pipeline.case import NOT_STATED, Case
from pipeline.report.wording import day_from_iso
from pipeline.store import (
    ASIDE,
    ATTACHED,
    CONTAINER,
    READ,
    REPEATED,
    UNKNOWN,
    UNREADABLE,
    WAITING,
    SourceInfo,
    Timeline,
)
from pipeline.timeline.duplicates import RULES, SUGGESTIONS
from pipeline.timeline.schema import GIVEN

PROBLEMS_PRINTED: Final = 500
_DISAPPEARING: Final = "(?i)disappearing message|selbstlöschende|mensajes temporales|messages éphémères|messaggi effimeri|mensagens temporárias|zelfverwijderende"


@dataclass(frozen=True)
class Waiting:
    """A file that is not in this report yet: why, and what to do."""

    source: SourceInfo
    why: str
    what_to_do: str


def not_in_report(timeline: Timeline) -> tuple[Waiting, ...]:
    """Files whose content is not in the timeline: waiting for an answer, unreadable, or of a format nobody here knows."""
    told = []
    for source in timeline.sources:
        if source.state == WAITING:
            question = source.question or {}
            choices = " or ".join(str(choice[1]) for choice in question.get("choices", ()))
            told.append(
                Waiting(
                    source,
                    f"It waits for an answer: {question.get('text', 'a question is open')}{f' ({choices})' if choices else ''}",
                    f'Answer it (fourline answer CASE {source.label} "{question.get("key", "")}=..."), then make the report again.',
                )
            )
        elif source.state == UNREADABLE:
            told.append(
                Waiting(
                    source,
                    source.why or "It cannot be read.",
                    "Export it again or ask for another copy, add that, then make the report again.",
                )
            )
        elif source.state == UNKNOWN:
            told.append(
                Waiting(
                    source,
                    "Nobody here knows this kind of file.",
                    "Open it by hand. If it holds contact, ask how to export it in a form that can be read.",
                )
            )
    return tuple(told)


def files(timeline: Timeline) -> tuple[File, ...]:
    """The source register as the completeness statement needs it."""
    missing = {one.source.label: one.why for one in not_in_report(timeline)}
    media = {one.label.partition(".")[0] for one in timeline.sources if one.state == ATTACHED and "." in one.label}
    return tuple(
        File(
            source.key,
            source.label,
            source.parser,
            source.title or source.parser,
            source.records,
            source.events,
            source.problems,
            source.state == READ or (source.state == UNREADABLE and bool(source.records)),
            missing.get(source.label, ""),
            source.label.partition(".")[0] in media,
        )
        for source in timeline.sources
    )


def disappearing(timeline: Timeline) -> tuple[str, ...]:
    """The ids of the notices in which a program says that messages were set to disappear."""
    notices = pq.read_table(timeline.events, columns=["id", "text"], filters=pc.field("kind") == NOTICE)
    return tuple(notices.filter(pc.match_substring_regex(notices["text"], _DISAPPEARING))["id"].to_pylist())


@dataclass(frozen=True)
class Received:
    """A file as the source register prints it: what it is, where it came from as people say ("not stated" where nobody did), and what was read from it."""

    label: str
    file: str
    sha256: str
    size: str
    kind: str
    description: str
    device: str
    exported_by: str
    exported_with: str
    exported_on: str
    received: str
    received_from: str
    records: str
    period: str
    clock: str
    original_held_by: str


def register(case: Case, timeline: Timeline, clocks: pd.DataFrame) -> tuple[Received, ...]:
    """The source register: every file that was handed in, in order of receipt, with its full hash. `clocks` as `analysis.completeness` gives them."""
    known: dict[str, list[str]] = {}
    for row in lines(clocks):
        known.setdefault(row.source, []).append(f"{_clock(row.clock, row.basis)} ({row.records:,})")
    hashes = store.hashes(timeline.sources)

    def one(source: SourceInfo) -> Received:
        origin = case.origin_of(hashes[source.label], source.run)
        return Received(
            source.label,
            source.file,
            source.sha256,
            many(source.size, "byte"),
            _kind(source),
            origin.description,
            origin.device or NOT_STATED,
            origin.exported_by or NOT_STATED,
            origin.exported_with or NOT_STATED,
            day_words(origin.exported_on) if origin.exported_on else NOT_STATED,
            day_from_iso(source.received),
            origin.received_from or NOT_STATED,
            many(source.records, "record") if source.records else "-",
            f"{day_from_iso(source.first)} to {day_from_iso(source.last)}" if source.first else "-",
            "; ".join(known.get(source.key, ())) if source.state == READ else "",
            origin.original_held_by or NOT_STATED,
        )

    return tuple(one(source) for source in timeline.sources)


def _clock(clock: str, basis: str) -> str:
    """How the times of a file are known, in a few words."""
    words = _CLOCKS.get(clock, clock or "not given")
    return words if basis == GIVEN else f"{words}, {basis}"


_CLOCKS: Final[Mapping[str, str]] = {
    "epoch": "count of UTC",
    "offset": "clock with its distance from UTC",
    "utc": "UTC",
    "gps": "satellite time",
    "local": "clock of the device, no zone written",
    "device clock": "clock of the camera, no zone written",
    "file name": "file name, no zone written",
    "memory": "a person's memory",
}


def _kind(source: SourceInfo) -> str:
    words: Mapping[str, Callable[[], str]] = {
        READ: lambda: f"{source.title or source.parser}, read by {source.version or source.parser}",
        WAITING: lambda: "waiting for an answer",
        UNKNOWN: lambda: "unknown kind",
        UNREADABLE: lambda: f"unreadable: {source.why}",
        ATTACHED: lambda: source.why or "attached to a message",
        CONTAINER: lambda: "archive; its members are listed below it",
        REPEATED: lambda: source.why,
        ASIDE: lambda: source.why,
    }
    return words[source.state]() if source.state in words else source.state


def balance(timeline: Timeline, repeats: Mapping[str, int]) -> Table:
    """Records = events + problems, for every file that was read; `repeats` counts the events that repeat another, by source key."""
    lines: list[tuple[Cell, ...]] = []
    read = [source for source in timeline.sources if source.state == READ]
    for source in read:
        adds_up = (
            "yes"
            if source.records == source.events + source.problems
            else f"NO: {source.records - source.events - source.problems:+,}"
        )
        again = repeats.get(source.key, 0)
        mine = Selection(sources=(source.key,))
        lines.append(
            (
                source.label,
                f"{source.records:,}",
                Number(f"{source.events:,}", mine),
                f"{source.problems:,}",
                Number(f"{again:,}", Selection(sources=(source.key,), left_out=("duplicate",))) if again else "0",
                adds_up,
            )
        )
    lines.append(
        (
            "All",
            f"{sum(source.records for source in read):,}",
            Number(f"{sum(source.events for source in read):,}", Selection()),
            f"{sum(source.problems for source in read):,}",
            f"{sum(repeats.values()):,}",
            "",
        )
    )
    return Table(
        "Balance of the records",
        (
            "Source",
            "Records in the file",
            "Rows of the chronology",
            "Problems",
            "Of the rows, repeats of another",
            "Adds up",
        ),
        tuple(lines),
    )


def other_files(timeline: Timeline) -> str:
    """'4 other files were received: 1 archive, 1 waiting ...' for the sentence under the balance."""
    words = {
        CONTAINER: ("archive, whose members are listed one by one", "archives, whose members are listed one by one"),
        ATTACHED: (
            "file that came with a message, photo or film and is listed there",
            "files that came with a message, photo or film and are listed there",
        ),
        WAITING: ("file that waits for an answer", "files that wait for an answer"),
        UNKNOWN: ("file of an unknown kind", "files of an unknown kind"),
        UNREADABLE: ("file that cannot be read", "files that cannot be read"),
    }
    counts = [
        many(number, *said)
        for state, said in words.items()
        if (number := sum(source.state == state for source in timeline.sources))
    ]
    read = sum(source.state == READ for source in timeline.sources)
    return f"{many(len(timeline.sources), 'file')} in all: {joined([many(read, 'file') + ' that was read' if read == 1 else many(read, 'file') + ' that were read', *counts])}."


def problems(timeline: Timeline) -> Table:
    """Records that could not be read, each with its place and reason."""
    labels = {source.key: source.label for source in timeline.sources}
    return Table(
        "Records that could not be read",
        ("Source", "Place in the file", "Why", "What stands there (beginning)"),
        tuple(
            (labels.get(row.source, row.source), row.at, row.reason, row.raw or "-")
            for row in timeline.problems[:PROBLEMS_PRINTED]
        ),
    )


def answers_given(timeline: Timeline) -> Table:
    """Questions that a person answered so that a file could be read."""
    return Table(
        "Questions answered",
        ("Source", "File", "Question", "Answer"),
        tuple(
            (source.label, source.file, question, answer)
            for source in timeline.sources
            for question, answer in source.answers
        ),
    )


def cannot_show(timeline: Timeline) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    """For each kind of export: its title, the labels of its files, and what such an export leaves out."""
    kinds: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for source in timeline.sources:
        if source.state == READ and source.cannot_show:
            kinds.setdefault((source.title or source.parser, source.cannot_show), []).append(source.label)
    return tuple((title, tuple(labels), limits) for (title, limits), labels in kinds.items())


def how_it_was_made(case: Case, day: date, version: str) -> tuple[str, ...]:
    """The process, in the order in which it was done."""
    return (
        f"Made on {day_words(day)} with {version}, without a network connection, from the files in the source register and from case.toml.",
        "Each file was copied byte for byte, its SHA-256 was taken at receipt, and the copy was read by the program named beside it. No file was changed.",
        "Each record became one row of the chronology or one line in the list of records that could not be read; the balance shows that none is missing.",
        f"Times are shown on the clock of {case.zone}, GMT or BST as was in force. Where a file writes no zone, {case.zone} was assumed and the row says so; each row keeps the time as the file has it. The section on times says by whose clock, and lists every correction.",
        "A number or address belongs to a person only where somebody wrote so in case.toml. The program attributes none.",
        "A record that another file holds too is marked as a repeat and counted once. Nothing is deleted. Rows repeat each other by these rules, and each file's first with the other's first: "
        + "; ".join(f"{name} ({rule.words})" for name, rule in RULES.items() if name not in SUGGESTIONS)
        + ". Only suggested, until a person decides: "
        + "; ".join(f"{name} ({RULES[name].words})" for name in SUGGESTIONS)
        + ".",
        "Counts are explained under each section. Every linked number opens the rows that it counts.",
        "In the words of the evidence, characters that cannot be seen are shown by their number, such as [U+001B] or [U+202E]; in chronology.csv a cell that a spreadsheet would take for a formula has an apostrophe before it. Nothing else of the words is changed.",
        "The same files, case.toml, version and date give the same report, byte for byte.",
        "Whoever has the case folder can check both: fourline verify takes every hash again, and fourline rebuild makes the report again and compares it.",
    )
