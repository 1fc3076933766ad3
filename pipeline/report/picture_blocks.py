"""Pictures as the pieces that the template prints: the list of them, what is not shown, and for each its pages with the words about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pipeline.analysis.result import Table
from pipeline.analysis.wording import day_words, joined, many
from pipeline.report import blocks, court_pages
from pipeline.report.blocks import Block, breakable
from pipeline.report.document import BODY, Issue
from pipeline.report.pictures import Gathered, Mention, NotShown, Shown
from pipeline.report.printable import printable
from pipeline.report.reencode import ACROSS, NARROW, UPRIGHT
from pipeline.report.schedule import Writer, extract, what_words
from pipeline.report.wording import clock_words

MENTIONS: Final = 8
"""Further rows that are named above a picture; the list names all."""
_EDGE: Final = (9.0, 4.0)
"""Millimetres left of and above a picture in which its per cent stand."""


# --- the list ----------------------------------------------------------------------------------------------------------------------------------------------


def listed(writer: Writer, rows: Sequence[Mapping[str, Any]], volume: Sequence[Shown], issue: Issue) -> Block:
    """A line for each row in which a picture of the volume stands, in order of the pictures."""
    head, widths = (["Picture", "When and what", "Page"], [20, 0, 26])
    if not issue.own:
        head, widths = (["Picture", "Row", "When and what", "Page"], [17, 16, 0, 26])
    lines = []
    for one in volume:
        for place, mention in enumerate(one.mentions, 1):
            row = rows[mention.row]
            cells = [str(one.number), *([] if issue.own else [str(mention.row + writer.first_row)])]
            cells.append(breakable(printable(f"{_when(row)}, {_what(writer, row)}{_which(mention)}"), 40))
            lines.append({"number": one.number, "mention": place, "cells": cells})
    return {"kind": "listed", "head": head, "widths": widths, "rows": lines}


def not_shown(writer: Writer, rows: Sequence[Mapping[str, Any]], gathered: Gathered, issue: Issue) -> list[Block]:
    """What is not shown: what was chosen and cannot be, one by one; and of how many others nobody has said that they may be."""
    made: list[Block] = []
    if gathered.not_shown:
        columns = ("When and what", "Why") if issue.own else ("Row", "When and what", "Why")
        lines = tuple(_refused(writer, rows, one)[-len(columns) :] for one in gathered.not_shown)
        shown = blocks.table(Table("", columns, lines))
        made += [
            blocks.heading(2, "Pictures that are not shown"),
            blocks.larger(shown, BODY) if issue.own else shown,
        ]
    if gathered.not_chosen:
        made.append(
            blocks.words(
                f"{many(gathered.not_chosen, 'further picture')} of these rows {'was' if gathered.not_chosen == 1 else 'were'} not chosen to be shown."
            )
        )
    return made


def _refused(writer: Writer, rows: Sequence[Mapping[str, Any]], one: NotShown) -> tuple[str, str, str]:
    row = rows[one.mention.row]
    words = f"{_when(row)}, {_what(writer, row)}{_which(one.mention)}"
    return str(one.mention.row + writer.first_row), words, one.why


# --- a picture -----------------------------------------------------------------------------------------------------------------------------------------------


def pages(writer: Writer, rows: Sequence[Mapping[str, Any]], one: Shown, issue: Issue) -> Iterator[Block]:
    """The pages of a picture: its parts, with the words about it on the first, and its words as typed on one of their own."""
    lines = [_line(writer, rows, one.mentions[0], issue), *_again(writer, one, issue)]
    for place, part in enumerate(one.parts, 1):
        of = f" Part {place} of {len(one.parts)}." if len(one.parts) > 1 else ""
        scale = _scale(one, place) if issue.working else None
        narrow = part.width_mm <= NARROW[0] + 0.5 and part.height_mm > UPRIGHT[1]
        wide, high = ACROSS if one.across else NARROW if narrow else UPRIGHT
        less = min(1.0, (wide - _EDGE[0]) / part.width_mm, (high - _EDGE[1]) / part.height_mm) if scale else 1.0
        yield {
            "kind": "picture",
            "number": one.number,
            "first": place == 1,
            "linked": place == 1,
            "heading": f"Picture {one.number}",
            "part": of.strip(),
            "lines": [breakable(printable(line)) for line in lines] if place == 1 else [],
            "notes": [breakable(printable(line)) for line in _notes(rows, one, issue)] if place == 1 else [],
            "file": part.file,
            "width": part.width_mm * less,
            "height": part.height_mm * less,
            "across": one.across,
            "narrow": narrow,
            "alt": printable(f"Picture {one.number}.{of} {lines[0]} What it shows is not described here.{_typed(one)}"),
            "scale": scale,
        }
    if one.transcript:
        by = "It was typed by a person from the picture; it is not the picture."
        yield {
            "kind": "typed",
            "heading": f"Typed copy of picture {one.number} (transcript)",
            "lead": by,
            "lines": [breakable(printable(line)) for line in one.transcript.splitlines() if line.strip()],
        }


def _scale(one: Shown, place: int) -> list[float] | None:
    """From how many per cent of the height to how many a part reaches; none for parts beside one another."""
    if one.rows != len(one.parts):
        return None
    heights = [part.height_mm for part in one.parts]
    whole = sum(heights) if one.rows == 1 else one.height / one.width * one.parts[0].width_mm
    step = (whole - heights[-1]) / (one.rows - 1) if one.rows > 1 else 0.0
    top = step * (place - 1)
    return [top / whole * 100, (top + heights[place - 1]) / whole * 100]


def _again(writer: Writer, one: Shown, issue: Issue) -> list[str]:
    """In which other rows the same file stands."""
    others = [str(mention.row + writer.first_row) for mention in one.mentions[1:]]
    if not others:
        return []
    if issue.own:
        return [f"The same file came {many(len(others), 'more time')}; the list says when."]
    named = joined([*others[:MENTIONS], *([f"{len(others) - MENTIONS} more"] if len(others) > MENTIONS else [])])
    return [f"The same file is in {'row' if len(others) == 1 else 'rows'} {named}, too."]


def _typed(one: Shown) -> str:
    return " Its words are typed on the following page." if one.transcript else ""


def _line(writer: Writer, rows: Sequence[Mapping[str, Any]], mention: Mention, issue: Issue) -> str:
    """Which row it is: "Row 128 (ID 0123456789ab), 04/03/2026 21:14:05 GMT, WhatsApp message from Sam Marsh, attachment 1 of 2. Source S3, line 120."."""
    row = rows[mention.row]
    said = f"{_when(row)}, {_what(writer, row)}{_which(mention)}."
    if issue.own:
        return said
    at = f", {row['at']}" if row["at"] else ""
    return f"Row {mention.row + writer.first_row} (ID {row['id']}), {said} Source {writer.source(row)}{at}."


def _notes(rows: Sequence[Mapping[str, Any]], one: Shown, issue: Issue) -> list[str]:
    said = [f"{one.width:,} x {one.height:,} pixels.", *one.remarks]
    if one.blacked_out:
        said.append(f"Blacked out in it: {joined([f'[{kind}]' for kind in one.blacked_out])}.")
    said.append(
        _typed(one).strip()
        or ("" if issue.own else "No text recognition was made: words in it cannot be searched for.")
    )
    lines = [" ".join(filter(None, said))]
    if not issue.own:
        lines.append(f"SHA-256 of the original: {court_pages.in_groups(one.sha256)}")
    if issue.working:
        row = rows[one.mentions[0].row]
        held = f"The original holds {joined(list(one.held))}; this copy does not. " if one.held else ""
        lines.append(
            f"{held}To show it where pictures must be marked: review.xlsx, event {row['id']}, “Show pictures?”: {one.mentions[0].attachment}. "
            f"To black out a part of it: [[picture]] with file = “{one.sha256[:12]}” in case.toml; its edges are marked in per cent."
        )
    return lines


def _when(row: Mapping[str, Any]) -> str:
    if row["local"] is None:
        return "no date"
    return f"{day_words(row['local'].date())} {clock_words(row)}".strip()


def day_of(row: Mapping[str, Any]) -> str:
    """The day of a row, for the bookmark of its picture."""
    return day_words(row["local"].date()) if row["local"] is not None else "no date"


def _what(writer: Writer, row: Mapping[str, Any]) -> str:
    """'WhatsApp message from Sam Marsh', 'camera photo'."""
    sender, receiver = writer.sender(row), writer.receiver(row)
    way = f" from {sender}" if sender else ""
    way += f" to {receiver}" if receiver else ""
    return extract(f"{what_words(row)}{way}")


def _which(mention: Mention) -> str:
    return f", attachment {mention.attachment} of {mention.of}" if mention.of > 1 else ""
