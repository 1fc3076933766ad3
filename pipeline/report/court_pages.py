"""The pages of the printed report that speak of the report itself: front sheet, how it was made, sources, times, completeness, impact, orders, integrity."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import pandas as pd

from pipeline.analysis.contact import DUPLICATE, EXCLUDED
from pipeline.analysis.orders import Related
from pipeline.analysis.result import Table
from pipeline.analysis.wording import day_words, joined, many
from pipeline.case import NOT_STATED, Case
from pipeline.report import blocks, provenance
from pipeline.report.blocks import Block
from pipeline.report.front import Front
from pipeline.report.printable import printable
from pipeline.report.schedule import Writer, extract, what_words
from pipeline.report.wording import BASES, clock_words, day_from_iso
from pipeline.store import Timeline

DECLARATION: Final = "Prepared from the records listed in it. No opinion is given."
_ON_PAPER: Final = (
    "On paper an emoji is printed by its name, as in [emoji: kitchen knife], and a character that the fonts of this report do not have by its number, "
    "as in [U+4F60]. The sheet of the chronology has the words as they were sent."
)
_SUPPLEMENT: Final = "This is a supplement. Its pages go on from page {page:,} and its rows from row {row:,}; pages and rows that were issued before keep their numbers."
ROWS_PRINTED: Final = 300
"""Rows printed under one term of an order; all of them are in the full list."""
TITLE: Final = "Schedule of contact and events"


def front_sheet(front: Front, day: date, since: str = "") -> dict[str, Any]:
    """Page 1 (R1): court, case number, parties, mark, whose statement it belongs to; `since` says which issue it is, after the first."""
    maker = front.maker or "[maker]"
    marks = [
        maker,
        front.statement_no and f"Statement {front.statement_no}",
        f"Exhibit {front.mark}",
        day_words(day),
        front.hearing and f"Hearing: {front.hearing}",
    ]
    who = ", ".join(part for part in (front.maker, front.maker_role, front.organisation) if part)
    return {
        "court": printable(front.court),
        "case-no": printable(front.case_no),
        "parties": printable(front.parties),
        "title": f"Exhibit {printable(front.mark)}",
        "marks": [printable(line) for line in marks if line],
        "is": printable(f"This is the exhibit marked {front.mark} referred to in the statement of {maker}."),
        "words": [
            printable(TITLE + "."),
            DECLARATION,
            *([printable(f"Made by {who}.")] if who else []),
            *([since] if since else []),
            *([_SUPPLEMENT.format(page=front.first_page, row=front.first_row)] if front.first_page > 1 else []),
        ],
    }


def cover(day: date, *, ends: bool) -> dict[str, Any]:
    """The title page of the client's own copy: a plain one, which tells nobody who sees it what it is about."""
    words = [
        "These notes list what is in the records that were handed in, with dates and times.",
        "Nothing in them is an opinion about you or about anybody.",
        "They need not be read in one go. The list on the next page says where each part begins.",
    ]
    return {
        "title": "Notes",
        "day": day_words(day),
        "words": words + (["The last page lists people who can help."] if ends else []),
    }


def how_it_was_made(case: Case, front: Front, day: date, version: str, number: int) -> list[Block]:
    """R4: who made it, with what, in which steps."""
    said = [
        ("Maker", front.maker),
        ("Role", front.maker_role),
        ("Organisation", front.organisation),
        ("Program", version),
        ("Date", day_words(day)),
    ]
    steps = [
        step.replace(
            "Every linked number opens the rows that it counts.", "The rows behind every number are in the full list."
        )
        .replace(" and from case.toml", " and from what was recorded of the case")
        .replace("in case.toml", "in the case")
        .replace(", case.toml", ", case record")
        for step in provenance.how_it_was_made(case, day, version)
    ]
    return [
        blocks.heading(1, "How this was made", number),
        blocks.words(DECLARATION),
        blocks.pairs([(name, value) for name, value in said if value]),
        blocks.facts(steps),
        blocks.notes([_ON_PAPER]),
    ]


def attributions(case: Case) -> list[Block]:
    """R8: on what basis an identifier is said to be somebody's."""
    listed = [
        (one.identifier, one.person, one.basis, one.why or "-", day_words(one.on) if one.on else "-")
        for one in case.attributions
    ]
    given = {one.identifier for one in case.attributions}
    listed += [
        (identifier, person.name, "recorded in the case, no basis given", "-", "-")
        for person in case.people
        for identifier in person.identifiers
        if identifier not in given
    ]
    return (
        [
            blocks.table(
                Table(
                    "Whose each identifier is, and on what basis",
                    ("Identifier", "Person", "Basis", "Why", "Recorded on"),
                    tuple(listed),
                )
            )
        ]
        if listed
        else []
    )


def register(received: Sequence[provenance.Received], number: int) -> list[Block]:
    """R5: every file that was handed in, and what is stated of where it comes from. A file has its name here, never its path."""
    rows, origins, silent = [], [], []
    for row in received:
        records = f"{row.records}, {row.period}" if row.period != "-" else row.records
        rows.append((row.label, name_only(row.file), row.kind, f"{row.size}, {row.received}", records))
        stated = (
            row.device,
            row.exported_by,
            row.exported_on,
            row.exported_with,
            row.received_from,
            row.original_held_by,
        )
        if not row.description and set(stated) <= {NOT_STATED, "-"}:
            silent.append(row.label)
            continue
        origins.append(
            (
                row.label,
                row.description or "-",
                row.device,
                f"{row.exported_by}, {row.exported_on}",
                row.exported_with,
                row.received_from,
                row.original_held_by,
            )
        )
    return [
        blocks.heading(1, "Source register", number),
        blocks.table(
            Table("", ("Source", "File", "What it is", "Size, day of receipt", "Records, first to last"), tuple(rows))
        ),
        *(
            [
                blocks.table(
                    Table(
                        "Where the sources come from, as far as it was stated",
                        (
                            "Source",
                            "Description",
                            "Device or account",
                            "Exported by, on",
                            "Exported with",
                            "Received from",
                            "Who holds the original",
                        ),
                        tuple(origins),
                    )
                ),
            ]
            if origins
            else []
        ),
        *([blocks.words(f"Where it comes from was not stated of {joined(silent)}.")] if silent else []),
        blocks.notes(["The SHA-256 of each file is on the integrity page."]),
    ]


def times(case: Case, prepared: pd.DataFrame, number: int) -> list[Block]:
    """R7: which clock, and how each time is known."""
    counts = Counter(zip(prepared["basis"].astype(str), prepared["clock"].astype(str), strict=True))
    rows = tuple(
        (BASES.get(basis, basis) or "no time given", clock or "-", f"{count:,}")
        for (basis, clock), count in counts.most_common()
    )
    text = (
        f"Times are those of {case.zone}, GMT or BST as was in force; each row says which. Clocks go forward on the last Sunday of March and back on the last Sunday "
        "of October; the hour from 01:00 to 01:59 then happens twice, and rows in it say so. Clock errors of a device are corrected only where one is recorded."
    )
    return [
        blocks.heading(1, "Times", number),
        blocks.words(text),
        blocks.table(Table("How the times of the rows are known", ("Basis", "Clock", "Rows"), rows)),
    ]


def what_was_read(
    timeline: Timeline, prepared: pd.DataFrame, repeats: Mapping[str, int], number: int, selection: str = ""
) -> list[Block]:
    """Part of R6: whether it adds up, and what the exports cannot show; the rest is in the section on completeness."""
    items = prepared["item"]
    outgoing, incoming = (int((items & (prepared["direction"] == way)).sum()) for way in ("out", "in"))
    why = Counter(prepared["left_out"].astype(str))
    said = [
        selection
        or f"The full list holds every row that was read: {many(len(prepared), 'row')}. Whole files were read; no selection was made among their rows.",
        f"The client’s own outgoing items are included: {outgoing:,} out, {incoming:,} in, with {'the respondent' if selection else 'all parties'}.",
        f"{many(why[DUPLICATE], 'row')} repeat a row of another source; each is marked and counted once. {many(why[EXCLUDED], 'row')} excluded in the review.",
        f"{many(len(timeline.problems), 'record')} could not be read.",
        provenance.other_files(timeline),
    ]
    made = [
        blocks.heading(1, "What was read", number),
        blocks.facts(said),
        blocks.table(provenance.balance(timeline, repeats)),
    ]
    if waiting := provenance.not_in_report(timeline):
        rows = tuple((one.source.label, name_only(one.source.file), one.why) for one in waiting)
        made.append(
            blocks.table(Table("Files received whose content is not included", ("Source", "File", "Why"), rows))
        )
    if timeline.problems:
        made.append(blocks.table(provenance.problems(timeline)))
    for title, labels, limits in provenance.cannot_show(timeline):
        shown = joined(labels) if len(labels) <= 12 else f"{joined(labels[:10])} and {len(labels) - 10} more"
        made += [blocks.heading(2, f"What “{title}” does not show ({shown})"), blocks.notes(limits)]
    return made


def withheld(words: Sequence[str], number: int) -> list[Block]:
    """R14: what is withheld, and how it is seen."""
    return [blocks.heading(1, "Details withheld", number), *map(blocks.words, words)]


def pictures(words: Sequence[str], number: int) -> list[Block]:
    """That pictures are issued in files of their own, which, and how they are cited here."""
    return [blocks.heading(1, "Pictures", number), *map(blocks.words, words)]


def impact(writer: Writer, rows: Sequence[Mapping[str, Any]], number: int, *, numbered: bool = True) -> list[Block]:
    """R12: the client's own words on what it did to her or him, dated, apart from the facts; `numbered` with their rows of the full list."""
    said = []
    for place, row in enumerate(rows, writer.first_row):
        extra = json.loads(row["extra"]) if row["extra"] and '"impact"' in row["extra"] else {}
        if extra.get("impact") and row["included"] is not False:
            day = day_words(row["local"].date()) if row["local"] is not None else "no date"
            said.append((day, str(extra["impact"]), day_from_iso(str(extra.get("recorded_on", ""))) or "-", f"{place}"))
    if not said:
        return []
    columns = ("Day", "In the client’s words", "Written down on", "Row")
    shown = len(columns) if numbered else len(columns) - 1
    return [
        blocks.heading(1, "Impact, in the client’s words", number),
        blocks.table(Table("", columns[:shown], tuple(line[:shown] for line in said))),
    ]


def orders(writer: Writer, related: Sequence[Related], rows: Sequence[Mapping[str, Any]], number: int) -> list[Block]:
    """For each recorded term of an order, the rows within its dates that the stated rule relates to it."""
    if not writer.case.orders:
        return []
    made = [
        blocks.heading(1, "Terms of orders, and rows within their dates", number),
        blocks.words(
            "A row stands under a term because a stated rule relates it to the term and its day lies between service and expiry, both included. "
            "Whether it is anything to the order is for a person to decide."
        ),
    ]
    for order in writer.case.orders:
        days = [
            f"{what} {day_words(day)}" if day else f"{what}: not recorded"
            for what, day in (("made", order.made), ("served", order.served), ("expires", order.expires))
        ]
        made += [blocks.heading(2, order.name), blocks.words(f"{joined(days).capitalize()}.")]
        for term, one in enumerate([one for one in related if one.order is order], 1):
            made += [blocks.heading(3, f"Term {term}"), blocks.words(one.term.text), blocks.words(f"Rule: {one.rule}.")]
            if one.why_none or not one.rows:
                made.append(blocks.words(f"No row: {one.why_none or 'none within the dates of the order'}."))
                continue
            made.append(blocks.words(f"{many(len(one.rows), 'row')} within dates of order; term {term}."))
            listed = tuple(
                (str(place + writer.first_row), *_order_row(writer, rows[place])) for place in one.rows[:ROWS_PRINTED]
            )
            more = f"; the first {ROWS_PRINTED} of {len(one.rows):,}" if len(one.rows) > ROWS_PRINTED else ""
            made.append(
                blocks.table(
                    Table(
                        f"Rows within dates of order; term {term}{more}",
                        ("Row", "Date", "Time", "What", "Words"),
                        listed,
                    )
                )
            )
    return made


def _order_row(writer: Writer, row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    who = writer.sender(row) or writer.place(row)
    return (
        day_words(row["local"].date()),
        clock_words(row),
        f"{what_words(row)}{f' from {who}' if writer.sender(row) else ''}",
        extract(row["text"]),
    )


def integrity(timeline: Timeline, outputs: Mapping[str, str], log_head: str, number: int) -> list[Block]:
    """R13: SHA-256 of each source and of each file issued with this one, and how to check them."""
    sources = tuple((source.label, in_groups(source.sha256)) for source in timeline.sources)
    made = [
        blocks.heading(1, "Integrity", number),
        blocks.words(
            "The SHA-256 of a file is a number of 64 digits computed from all of its bytes; a file with one byte changed has another. It was taken of each source when "
            "the source was received. A rendering in which details are withheld has its own SHA-256, never that of its source."
        ),
        blocks.words(
            "To check a file: on Windows, certutil -hashfile FILE SHA256; on a Mac, shasum -a 256 FILE; on Linux, sha256sum FILE. Compare all the digits, without the spaces. "
            "The SHA-256 of this document cannot stand in it: it is in SHA256SUMS.txt, issued with it."
        ),
        blocks.table(Table("Sources", ("Source", "SHA-256"), sources)),
    ]
    if outputs:
        made.append(
            blocks.table(
                Table(
                    "Files issued with this document",
                    ("File", "SHA-256"),
                    tuple((name, in_groups(digest)) for name, digest in outputs.items()),
                )
            )
        )
    if log_head:
        made.append(
            blocks.words(
                f"The last line of the log of the case, when this was made, has the SHA-256 {in_groups(log_head)}."
            )
        )
    return made


def in_groups(digest: str) -> str:
    """A SHA-256 in groups of eight digits, so that it can be compared and breaks over lines."""
    return " ".join(digest[place : place + 8] for place in range(0, len(digest), 8))


def name_only(file: str) -> str:
    """The name of a file without the folders it lay in; a member of an archive after its archive: "chat.zip, member chat.txt"."""
    return ", member ".join(part.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1] for part in file.split("!"))
