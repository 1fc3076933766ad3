"""What the report says about the records themselves: what came in, what is missing, whether it adds up, and how the report was made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from pipeline.analysis.result import Cell, Number, Selection, Table
from pipeline.analysis.wording import day_words, joined, many
from pipeline.case import Case
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

PROBLEMS_PRINTED: Final = 500


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


@dataclass(frozen=True)
class Received:
    """A file as the source register prints it."""

    label: str
    file: str
    kind: str
    size: str
    received: str
    period: str
    sha256: str


def register(timeline: Timeline) -> tuple[Received, ...]:
    """The source register: every file that was handed in, in order of receipt, with its full hash."""
    return tuple(
        Received(
            source.label,
            source.file,
            _kind(source),
            many(source.size, "byte"),
            day_from_iso(source.received),
            f"{day_from_iso(source.first)} to {day_from_iso(source.last)}" if source.first else "-",
            source.sha256,
        )
        for source in timeline.sources
    )


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
        f"Times are shown on the clock of {case.zone}, GMT or BST as was in force. Where a file writes no zone, {case.zone} was assumed and the row says so; each row keeps the time as the file has it.",
        "A number or address belongs to a person only where somebody wrote so in case.toml. The program attributes none.",
        "A record that another file holds too is marked as a repeat and counted once. Nothing is deleted.",
        "Counts are explained under each section. Every linked number opens the rows that it counts.",
        "In the words of the evidence, characters that cannot be seen are shown by their number, such as [U+001B] or [U+202E]; in chronology.csv a cell that a spreadsheet would take for a formula has an apostrophe before it. Nothing else of the words is changed.",
        "The same files, case.toml, version and date give the same report, byte for byte.",
    )
