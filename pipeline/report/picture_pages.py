"""The pictures on paper: files of their own beside the document, each with a front sheet, a list of what is in it, and a page or more for every picture.

They are kept apart because a family bundle may hold photographs and pictures of screens only where the court directs it or they are exhibited to a statement
(FPR PD27A): whoever files the schedule decides about them. So no link leads from one file into another, which would lead nowhere once the pages are in a bundle: the
schedule cites their pages (P4, ABC1-P4), each picture names its row, and list and pictures are linked both ways.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from pipeline.analysis.result import Table
from pipeline.analysis.wording import day_words, joined, many
from pipeline.report import blocks, court_pages, typesetting
from pipeline.report.blocks import Block, breakable
from pipeline.report.document import BODY, Issue, frame
from pipeline.report.front import EXHIBIT
from pipeline.report.pictures import Gathered, Mention, NotShown, Shown
from pipeline.report.printable import printable
from pipeline.report.reencode import ACROSS, NARROW, UPRIGHT
from pipeline.report.schedule import Writer, clock_words, extract, what_words

LETTER: Final = "P"
"""Before the number of every page, so that none of them can be taken for a page of the document."""
VOLUME_BYTES: Final = 16_000_000
"""Of pictures in one file: with its other pages it stays below what an e-mail to a court may hold (P13)."""
MENTIONS: Final = 8
"""Further rows that are named above a picture; the list names all."""
TOLD: Final = 10
_EDGE: Final = (9.0, 4.0)
"""Millimetres left of and above a picture in which its per cent stand."""
REMINDER: Final = (
    "Photographs and pictures of screens may be put into a family bundle only where the court directs it or the rules otherwise allow it (FPR Practice Direction 27A). "
    "They are therefore kept apart from the schedule, in files of their own. A direction may be needed, or the file exhibited to a statement, before it is filed or served."
)
REMINDED: Final = (
    "Photographs and pictures of screens may be put into a family bundle only where the court directs it or the rules otherwise allow it (FPR Practice Direction 27A): get a "
    "direction, or exhibit the file with the pictures to a statement, before it is filed or served."
)
HOW: Final = (
    (
        "Each picture was decoded and encoded anew from its pixels. It was turned as the device recorded; a photograph was reduced to at most 300 dots an inch, of a picture of a "
        "screen every pixel was kept, over several pages where one does not hold them. Nothing was cropped, sharpened or corrected. What is blacked out is said under the picture."
    ),
    "Data that a camera or a program wrote into the original (time, position, device, a small copy of the picture) is not in this file.",
    "The originals are held, unchanged. The SHA-256 under a picture is that of its original; the picture printed here is another file.",
    "No text recognition was made, so that words in a picture cannot be searched for. Where a person has typed them, the copy follows the picture.",
)
_OWN: Final = ("Here are the pictures that were chosen from the records. Each says when and with what it came.",)


@dataclass(frozen=True)
class Written:
    """The files written, their pages; by id of an event the pages on which its pictures are, and by SHA-256 where each is, in words."""

    paths: tuple[Path, ...]
    count: int
    cited: Mapping[str, tuple[str, ...]]
    pages: Mapping[str, str]


def write(
    path: Path, writer: Writer, rows: Sequence[Mapping[str, Any]], gathered: Gathered, folder: Path, issue: Issue
) -> Written:
    """Writes the pictures that lie in `folder` as `path`, in volumes if they are many ("... volume 2.pdf"); none of the files may exist."""
    volumes = list(_volumes(gathered.shown)) or ([[]] if gathered.not_shown else [])
    cited: dict[str, list[str]] = {}
    where: dict[str, str] = {}
    paths: list[Path] = []
    page = issue.front.first_picture_page
    for number, volume in enumerate(volumes, 1):
        data = _data(writer, rows, gathered, volume, number, len(volumes), page, issue)
        dates = {f"Picture {one.number}": _day(rows[one.mentions[0].row]) for one in volume}
        made = typesetting.typeset(data, issue.day, issue.version, dates, folder)
        place = path if number == 1 else path.with_stem(f"{path.stem} volume {number}")
        with place.open("xb") as out:
            out.write(made.pdf)
        paths.append(place)
        labels = {int(one.name): f"{one.letter}{one.number}" for one in made.told if one.kind == "picture"}
        for one in volume:
            where[one.sha256] = f"picture {one.number}, page {labels[one.number]}"
            for mention in one.mentions:
                cited.setdefault(rows[mention.row]["id"], []).append(labels[one.number])
        page += made.count
    count = page - issue.front.first_picture_page
    return Written(tuple(paths), count, {key: tuple(said) for key, said in cited.items()}, where)


def in_the_document(gathered: Gathered, written: Written) -> tuple[str, ...]:
    """What the document says of the pictures that are issued beside it."""
    if not gathered.shown:
        return ()
    files = joined([f"“{path.name}”" for path in written.paths])
    are = "is" if len(gathered.shown) == 1 else "are"
    said = (
        f"{many(len(gathered.shown), 'picture')} of the rows listed here {are} issued apart from this document: {files}. "
        "Chronology and full list name the page on which each is; every picture names its row."
    )
    return (said, REMINDER)


def warnings(gathered: Gathered) -> tuple[str, ...]:
    """What the maker must be told."""
    said = (
        [REMINDED]
        if gathered.shown
        else ["No picture is issued: none of these rows has one that is marked to be shown."]
    )
    said += [f"A picture is not shown: {one.why}." for one in gathered.not_shown[:TOLD]]
    if len(gathered.not_shown) > TOLD:
        said.append(
            f"{len(gathered.not_shown) - TOLD} more pictures are not shown; the last file with pictures lists them."
        )
    return tuple(said)


def _volumes(shown: Sequence[Shown]) -> Iterator[list[Shown]]:
    volume: list[Shown] = []
    for one in shown:
        if volume and sum(other.size for other in volume) + one.size > VOLUME_BYTES:
            yield volume
            volume = []
        volume.append(one)
    if volume:
        yield volume


def _data(
    writer: Writer,
    rows: Sequence[Mapping[str, Any]],
    gathered: Gathered,
    volume: Sequence[Shown],
    number: int,
    of: int,
    page: int,
    issue: Issue,
) -> dict[str, Any]:
    """A volume as the template takes it."""
    letter = f"{issue.front.mark}-{LETTER}" if issue.front.profile == EXHIBIT and not issue.own else LETTER
    title = "Pictures" if issue.own else f"Exhibit {issue.front.mark}: pictures"
    numbers = [f"{one.number}" for one in volume]
    which = f"Pictures {numbers[0]} to {numbers[-1]}" if len(numbers) > 1 else f"Picture {''.join(numbers) or 'none'}"
    named = f"Volume {number} of {of}: {which.lower()}." if of > 1 else f"{which}."
    last = number == of
    first = [
        blocks.heading(1, "List of pictures", 1),
        *([_listed(writer, rows, volume, issue)] if volume else []),
        *(_beside(writer, rows, gathered, issue) if last else []),
        *([] if issue.own else [blocks.heading(1, "How the pictures were made", 2), *map(blocks.words, HOW)]),
    ]
    pages = [block for one in volume for block in _pages(writer, rows, one, issue)]
    return {
        **frame(issue),
        "profile": "family",
        "of-all": False,
        "letter": letter,
        "first-page": page,
        "title": title if of == 1 else f"{title}, volume {number}",
        "front": None if issue.own else _front(issue, title, named),
        "cover": _cover(issue, named) if issue.own else None,
        "index": [],
        "parts": [
            {"letter": letter, "first": None, "landscape": False, "blocks": first},
            *([{"letter": letter, "first": None, "landscape": False, "blocks": pages}] if pages else []),
        ],
    }


def _front(issue: Issue, title: str, named: str) -> dict[str, Any]:
    sheet = court_pages.front_sheet(replace(issue.front, first_page=1), issue.day)
    mark, maker = printable(issue.front.mark), printable(issue.front.maker or "[maker]")
    return {
        **sheet,
        "title": printable(title),
        "is": f"These are the pictures of the exhibit marked {mark} referred to in the statement of {maker}.",
        "words": [named, REMINDER, court_pages.DECLARATION],
    }


def _cover(issue: Issue, named: str) -> dict[str, Any]:
    return {"title": "Pictures", "day": day_words(issue.day), "words": [*_OWN, named]}


# --- the list ----------------------------------------------------------------------------------------------------------------------------------------------


def _listed(writer: Writer, rows: Sequence[Mapping[str, Any]], volume: Sequence[Shown], issue: Issue) -> Block:
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


def _beside(writer: Writer, rows: Sequence[Mapping[str, Any]], gathered: Gathered, issue: Issue) -> list[Block]:
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


def _pages(writer: Writer, rows: Sequence[Mapping[str, Any]], one: Shown, issue: Issue) -> Iterator[Block]:
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


def _day(row: Mapping[str, Any]) -> str:
    return day_words(row["local"].date()) if row["local"] is not None else "no date"


def _what(writer: Writer, row: Mapping[str, Any]) -> str:
    """'WhatsApp message from Sam Marsh', 'camera photo'."""
    sender, receiver = writer.sender(row), writer.receiver(row)
    way = f" from {sender}" if sender else ""
    way += f" to {receiver}" if receiver else ""
    return extract(f"{what_words(row)}{way}")


def _which(mention: Mention) -> str:
    return f", attachment {mention.attachment} of {mention.of}" if mention.of > 1 else ""
