"""The pictures on paper: files of their own beside the document, each with a front sheet, a list of what is in it, and a page or more for every picture.

They are kept apart because a family bundle may hold photographs and pictures of screens only where the court directs it or they are exhibited to a statement
(FPR PD27A): whoever files the schedule decides about them. So no link leads from one file into another, which would lead nowhere once the pages are in a bundle: the
schedule cites their pages (P4, ABC1-P4), each picture names its row, and list and pictures are linked both ways.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from pipeline.analysis.wording import day_words, joined, many
from pipeline.report import blocks, court_pages, picture_blocks, pictures, typesetting
from pipeline.report.document import Issue, frame
from pipeline.report.front import EXHIBIT
from pipeline.report.pictures import NONE, Gathered, Originals, Shown
from pipeline.report.printable import printable
from pipeline.report.schedule import Writer

FOLDER: Final = ".pictures"
"""Where pictures encoded anew lie until they are printed."""
LETTER: Final = "P"
"""Before the number of every page, so that none of them can be taken for a page of the document."""
VOLUME_BYTES: Final = 16_000_000
"""Of pictures in one file: with its other pages it stays below what an e-mail to a court may hold (P13)."""
TOLD: Final = 10
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
        "screen every pixel was kept, over several pages where one does not hold them. Nothing was cropped, sharpened or corrected. What is blacked out is said beside the picture."
    ),
    "Data that a camera or a program wrote into the original (time, position, device, a small copy of the picture) is not in this file.",
    "The originals are held, unchanged. The SHA-256 beside a picture is that of its original; the picture printed here is another file.",
    "No text recognition was made, so that words in a picture cannot be searched for. Where a person has typed them, the copy follows the picture.",
)
_OWN: Final = ("Here are the pictures that were chosen from the records. Each says when and with what it came.",)


class Written(NamedTuple):
    """The files written, their pages; by id of an event the pages on which its pictures are, and by SHA-256 where each is, in words."""

    paths: tuple[Path, ...]
    count_of_pages: int
    cited: Mapping[str, tuple[str, ...]]
    pages: Mapping[str, str]


class Printed(NamedTuple):
    """What was written (`Written`), what the document says of it, and what the maker must be told."""

    paths: tuple[Path, ...] = ()
    count_of_pages: int = 0
    cited: Mapping[str, tuple[str, ...]] = {}
    pages: Mapping[str, str] = {}
    words: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def issued(
    path: Path, writer: Writer, rows: Sequence[Mapping[str, Any]], originals: Originals, issue: Issue, how: str
) -> Printed:
    """The files with the pictures of the rows, as far as `how` (see `pictures`) chooses any."""
    if how == NONE:
        return Printed()
    folder = path.parent / FOLDER
    folder.mkdir()
    try:
        gathered = pictures.gathered(
            originals, rows, writer.case.pictures, how, folder, first=issue.front.first_picture
        )
        written = write(path, writer, rows, gathered, folder, issue)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Printed(*written, in_the_document(gathered, written), warnings(gathered))


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
        dates = {f"Picture {one.number}": picture_blocks.day_of(rows[one.mentions[0].row]) for one in volume}
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
        *([picture_blocks.listed(writer, rows, volume, issue)] if volume else []),
        *(picture_blocks.not_shown(writer, rows, gathered, issue) if last else []),
        *([] if issue.own else [blocks.heading(1, "How the pictures were made", 2), *map(blocks.words, HOW)]),
    ]
    pages = [block for one in volume for block in picture_blocks.pages(writer, rows, one, issue)]
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
        "words": [named, *_supplement(issue), REMINDER, court_pages.DECLARATION],
    }


def _supplement(issue: Issue) -> list[str]:
    if issue.front.first_picture == 1:
        return []
    first, page = issue.front.first_picture, issue.front.first_picture_page
    return [
        f"This is a supplement. Its pictures go on from picture {first:,} and its pages from page {LETTER}{page:,}; what was issued before keeps its numbers."
    ]


def _cover(issue: Issue, named: str) -> dict[str, Any]:
    return {"title": "Pictures", "day": day_words(issue.day), "words": [*_OWN, named]}
