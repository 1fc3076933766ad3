"""The report on paper: what is said, in which order, as data for the template; then set, finished and written.

It prints what it is given and nothing else: no path, no user's name. What an audience may see is decided before, by handing in a case and a timeline that
hold no more than that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count, islice
from pathlib import Path
from typing import Any, Final, TypeAlias

import pandas as pd

from pipeline.analysis.orders import related
from pipeline.analysis.result import Number, Table
from pipeline.analysis.wording import many
from pipeline.case import Case
from pipeline.report import blocks, court_pages, fonts, provenance, schedule, sections, typesetting
from pipeline.report.blocks import Block
from pipeline.report.chronology import Names
from pipeline.report.front import CIVIL, FAMILY, Front
from pipeline.report.schedule import Writer
from pipeline.report.section import EVERYBODY
from pipeline.report.sections import Answers, Section
from pipeline.report.transcripts import transcript
from pipeline.report.typesetting import Pages, Told
from pipeline.store import Timeline

BODY: Final = 12
LARGE: Final = 16
CHRONOLOGY_PAGES: Final = 10
TABLE_ROWS: Final = 400
"""Rows of one table of a section; the day table of a year fits."""
LISTED: Final = 30
"""Rows of a table that lists events one by one: the full list has them, with their words."""
VOLUME: Final = 2_000
"""Rows of the full list in one file: some 130 pages, and some 400 MB while they are set. More of them go into volumes of their own, two at a time."""
PRINTED: Final = 100_000
"""Rows up to which the full list is printed: some 6,500 pages. A longer one is the sheet alone."""
_OF_THE_RECORDS: Final = frozenset({"people", "held", "completeness", "clocks", "custody", "doubles"})
"""Sections about the records, which stand before the chronology; all others say what the records show."""
PLAIN: Final = frozenset({"volume", "persistence", "after", "recorded"})
"""Sections that the client's own copy has: what happened, without the statistics."""
NOTHING_WITHHELD: Final = ("Nothing is withheld in this copy.",)


Part: TypeAlias = tuple[str, bool, list[list[Block]]]
"""What it is, whether it lies across, and its sections in blocks."""


@dataclass(frozen=True)
class Issue:
    """What an issue adds to case and timeline: the front sheet, the day, the program, and for whom.

    draft       printed at the foot of every page, if not empty
    withheld    what the reader must know of details withheld
    selection   which rows are shown, where not all of them are
    outputs     SHA-256 of the files issued with the document, by name
    log_head    SHA-256 of the last line of the custody log, if it may be said
    chosen      days, or ids of events, around which the messages are printed in full
    of_all      whether a page is numbered "3 of 41"
    own         whether it is the client's own copy: large type and a plain title page, without front sheet, full list, tables that are folded away on the page,
                and whatever is about files and hashes
    working     whether it is a working copy: sections for the advocate alone are in no other
    last        sections printed at the very end
    pictures    what the reader must know of pictures that are issued in files of their own
    since       which issue it is and where its changes are listed, after the first
    cited       by id of an event the pages on which its pictures are
    """

    front: Front
    day: date
    version: str
    draft: str = ""
    withheld: tuple[str, ...] = NOTHING_WITHHELD
    selection: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    log_head: str = ""
    chosen: tuple[str | date, ...] = ()
    of_all: bool = False
    own: bool = False
    working: bool = False
    last: tuple[Section, ...] = ()
    pictures: tuple[str, ...] = ()
    cited: Mapping[str, Sequence[str]] = field(default_factory=dict)
    since: str = ""


@dataclass(frozen=True)
class Written:
    """The files written, the pages of each, those of the chronology, and what the maker must be told."""

    paths: tuple[Path, ...]
    pages: tuple[int, ...]
    warnings: tuple[str, ...]


def write(
    path: Path,
    case: Case,
    timeline: Timeline,
    answers: Answers,
    prepared: pd.DataFrame,
    body: Sequence[Section],
    issue: Issue,
    listed: tuple[schedule.Rows, schedule.Chronology] | None = None,
) -> Written:
    """Writes the document, and, where the full list has more than `VOLUME` rows, its volumes beside it ("... volume 2.pdf").

    `path` must not exist. `case`, `timeline` and `answers` are what may be said, `prepared` is the table that `contact.prepare` made of that timeline, `body` are
    the sections between summary and chronology, and `issue` says what this issue adds. `listed` are its rows and the chronology of them, where they are made already.
    """
    body = [one for one in body if issue.working or one.audience == EVERYBODY]
    writer = Writer(case, Names.of(case, timeline), issue.front.first_row, issue.cited)
    if listed is None:
        made_now = schedule.Rows(timeline)
        listed = made_now, schedule.court_chronology(writer, prepared, made_now, answers.scope.persons)
    rows, chronology = listed
    printed = len(rows) <= PRINTED and not issue.own
    annex = list(schedule.full_list(writer, rows)) if printed and len(rows) <= VOLUME else []
    in_volumes = schedule.full_list(writer, rows) if printed and not annex else iter(())
    volumes_wanted = -(-len(rows) // VOLUME) if printed and not annex else 0

    def in_parts() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        return _parts(writer, timeline, answers, prepared, body, rows, chronology, annex, volumes_wanted, issue)

    # where pages are numbered by part, the letters of the volumes go on from those of the parts
    early = in_parts() if volumes_wanted and issue.front.profile == FAMILY else None
    letter = ord("B") + len(early[0]) if early else ord("A")
    with ThreadPoolExecutor(
        2
    ) as pool:  # a volume is set in a process of its own, and the rows of the next are written meanwhile
        jobs = [
            pool.submit(_volume, part, chronology.anchors, number, issue, _letter(letter + number - 2))
            for number, part in enumerate(_in_volumes(in_volumes), 2)
        ]
        parts, index = early or in_parts()
        volumes = [job.result() for job in jobs]
    where = {
        one.name: (number, _label(one, _of_volume(issue, number)))
        for number, volume in enumerate(volumes, 2)
        for one in volume.told
        if one.kind == "row"
    }
    for entry in chronology.rows:
        if where and entry["first"]:
            entry["pages"] = _cited(where[str(entry["first"])], where[str(entry["last"])])
        elif entry["first"] and not printed and not issue.own:
            entry["pages"] = _row_words(entry["first"], entry["last"])
    data = {
        **frame(issue),
        "title": _title(issue),
        "front": None if issue.own else court_pages.front_sheet(issue.front, issue.day, issue.since),
        "cover": court_pages.cover(issue.day, ends=bool(issue.last)) if issue.own else None,
        "index": index,
        "parts": parts,
    }
    main = typesetting.typeset(data, issue.day, issue.version, {row["text"]: row["dated"] for row in index})
    made = [main, *volumes]
    paths = [path, *(path.with_stem(f"{path.stem} volume {number}") for number in range(2, len(made) + 1))]
    for place, one in zip(paths, made, strict=True):
        with place.open("xb") as out:
            out.write(one.pdf)
    counts = tuple(one.count for one in made)
    warnings = _warnings(main.told, index, counts, issue)
    if len(rows) > PRINTED and not issue.own:
        warnings = (
            *warnings,
            f"The full list has {len(rows):,} rows, more than {PRINTED:,}: it is not printed, and is in chronology.xlsx alone.",
        )
    return Written(tuple(paths), counts, warnings)


def _in_volumes(listed: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    while part := list(islice(listed, VOLUME)):
        yield part


def _of_volume(issue: Issue, number: int) -> Issue:
    """The issue with the mark that the pages of a volume bear: no number is printed on two pages of one exhibit ("ABC1-V2-14")."""
    return replace(issue, front=replace(issue.front, mark=f"{issue.front.mark}-V{number}"))


def _letter(place: int) -> str:
    """'B', 'Z', 'AA', 'AB'."""
    beyond, rest = divmod(place - ord("A"), 26)
    return (chr(ord("A") + beyond - 1) if beyond else "") + chr(ord("A") + rest)


def _volume(part: list[list[str]], anchors: Sequence[int], number: int, issue: Issue, letter: str) -> Pages:
    """A part of the full list as a document of its own."""
    first, last = (int(row[0].splitlines()[0]) for row in (part[0], part[-1]))
    title = f"Full list, volume {number}: rows {first} to {last}"
    cited = [row for row in anchors if first <= row <= last]
    data = {
        **frame(_of_volume(issue, number)),
        "title": f"{_title(issue)}, volume {number}",
        "front": None,
        "cover": None,
        "index": [],
        "parts": [
            {
                "letter": letter,
                "first": 1,
                "landscape": True,
                "blocks": [blocks.heading(1, title, 1), _schedule(part, cited)],
            }
        ],
    }
    return typesetting.typeset(data, issue.day, issue.version)


def _schedule(rows: list[list[str]], anchors: Sequence[int]) -> Block:
    """The full list as a block, without columns in which no row says anything."""
    said = [
        number
        for number, column in enumerate(schedule.FULL_LIST)
        if column.width == 0 or any(row[number] for row in rows)
    ]
    return {
        "kind": "schedule",
        "head": [schedule.FULL_LIST[number].head for number in said],
        "widths": [schedule.FULL_LIST[number].width for number in said],
        "rows": [[row[number] for number in said] for row in rows],
        "anchors": list(anchors),
    }


def frame(issue: Issue) -> dict[str, Any]:
    """What every file of an issue shares, as the template takes it."""
    return {
        "profile": issue.front.profile,
        "mark": issue.front.mark,
        "letter": "A",
        "first-page": issue.front.first_page,
        "draft": issue.draft,
        "of-all": issue.of_all and issue.front.profile == CIVIL,
        "fonts": list(fonts.FAMILIES),
        "body": LARGE if issue.own else BODY,
        "small": BODY if issue.own else blocks.SMALL,
    }


def _title(issue: Issue) -> str:
    return "Notes" if issue.own else f"Exhibit {issue.front.mark}"


def _parts(
    writer: Writer,
    timeline: Timeline,
    answers: Answers,
    prepared: pd.DataFrame,
    body: Sequence[Section],
    rows: Sequence[Mapping[str, Any]],
    chronology: schedule.Chronology,
    listed: list[list[str]],
    volumes: int,
    issue: Issue,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The parts in order, lettered, and the index over them."""
    case, number = writer.case, count(1)
    period = sections.period(answers)
    again = prepared.loc[(prepared["same_as"].fillna("") != "").to_numpy(dtype=bool), "source"].value_counts()
    repeats = {str(key): int(value) for key, value in again.items() if value}
    made: list[Part] = []

    numbers = None if issue.own else {row["id"]: place for place, row in enumerate(rows, writer.first_row)}

    def section(one: Section) -> list[Block]:
        return _section(_without_numbers(one) if issue.own else one, next(number), numbers)

    shown = [sections.summary(answers), *(one for one in body if one.key not in _OF_THE_RECORDS)]
    if issue.own:
        made.append(("records", False, [section(one) for one in shown if one.key in PLAIN]))
    else:
        before = court_pages.how_it_was_made(case, issue.front, issue.day, issue.version, next(number))
        people = [[*section(one), *court_pages.attributions(case)] for one in body if one.key == "people"]
        made.append(("made", False, [
            before,
            *people,
            court_pages.register(provenance.register(case, timeline, answers.completeness.clocks), next(number)),
            court_pages.times(case, prepared, next(number)),
            court_pages.what_was_read(timeline, prepared, repeats, next(number), issue.selection),
            *(section(one) for one in body if one.key in _OF_THE_RECORDS - {"people"}),
            court_pages.withheld(issue.withheld, next(number)),
            *([court_pages.pictures(issue.pictures, next(number))] if issue.pictures else []),
        ]))  # fmt: skip
    made.append(("chronology", False, [[
        blocks.heading(1, "Chronology", next(number)),
        blocks.words(_lead(chronology, volumes, issue, printed=len(rows) <= PRINTED)),
        {"kind": "chronology", "rows": chronology.rows, "linked": bool(listed), "pictures": bool(issue.cited)},
    ]]))  # fmt: skip
    if not issue.own:
        made.append(("records", False, [section(one) for one in shown]))
    made += _told(writer, prepared, rows, number, issue)
    if listed:
        made.append(("full list", True, [_annex(listed, chronology.anchors, next(number))]))
    if not issue.own:
        page = court_pages.integrity(timeline, issue.outputs, issue.log_head, next(number))
        made.append(("integrity", False, [page]))
    if issue.last:
        made.append(("last", False, [_section(one, next(number), numbers) for one in issue.last]))
    if issue.own:
        made = [
            (name, across, [[blocks.larger(one, BODY) for one in held] for held in all_held])
            for name, across, all_held in made
        ]
    return _lettered(made, period, apart=issue.front.profile == FAMILY)


def _told(
    writer: Writer, prepared: pd.DataFrame, rows: Sequence[Mapping[str, Any]], number: Iterator[int], issue: Issue
) -> list[Part]:
    """The parts about orders, about what it did to the client, and with messages in full, as far as there are any."""
    case, made = writer.case, []
    if case.orders:
        places = [row["place"] or _place_key(case, row["place_written"]) for row in rows]
        names = {**writer.names.persons, **writer.names.places}
        found = related(prepared, places, case.orders, [person.key for person in case.subjects], names)
        made.append(("orders", False, [court_pages.orders(writer, found, rows, next(number))]))
    if told := court_pages.impact(writer, rows, next(number), numbered=not issue.own):
        made.append(("impact", False, [told]))
    if issue.chosen:
        made.append(("messages", False, [transcript(writer, rows, chosen, next(number)) for chosen in issue.chosen]))
    return made


def _annex(listed: list[list[str]], anchors: Sequence[int], number: int) -> list[Block]:
    said = f"Every row of the timeline, {many(len(listed), 'row')}, in order of time; those without a date last."
    return [blocks.heading(1, "Full list", number), blocks.words(said), _schedule(listed, anchors)]


def _lead(chronology: schedule.Chronology, volumes: int, issue: Issue, *, printed: bool) -> str:
    """How the chronology was put together, and where the full list is."""
    made = " ".join(chronology.lead)
    if issue.own:  # there is no full list beside the client's own copy
        said = made.replace("In the full list only:", "Not in one of these lines:")
        said += " The pictures are in a file of their own." if issue.cited else ""
        return said.replace("rows of the full list", "rows of the records").replace(
            "row of the full list", "row of the records"
        )
    if volumes:
        return f"{made} The full list is issued with this document in {many(volumes, 'volume')} of its own."
    if not printed:
        return (
            f"{made} The full list is not printed: it is the sheet chronology.xlsx, issued with this document, and the rows are cited by their number in it, "
            "the head not counted."
        )
    return f"{made} The full list is the annex of this document."


def _lettered(made: Sequence[Part], period: str, *, apart: bool) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Letters and an index for the parts, and one row of numbers for all the numbered sentences; `apart` if the pages of each part are counted from 1."""
    parts, index = [], []
    sentences = 1
    for place, (name, landscape, held) in enumerate(made):
        letter = chr(ord("B") + place)
        flat = [block for one in held for block in one]
        for block in flat:
            if block["kind"] == "facts":
                block["first"] = sentences
                sentences += len(block["items"])
        parts.append({"letter": letter, "first": 1 if apart else None, "landscape": landscape, "blocks": flat})
        dated = period if name in {"chronology", "records", "full list"} else ""
        index += [
            {"letter": letter, "text": block["text"], "number": block["number"], "dated": dated}
            for block in flat
            if block["kind"] == "heading" and block["level"] == 1
        ]
    return parts, index


def _place_key(case: Case, written: str) -> str:
    return next((place.key for place in case.places if written and place.name.casefold() == written.casefold()), "")


def _without_numbers(section: Section) -> Section:
    """A section as the client's own copy has it."""
    return replace(
        section, lead="", tables=(), figures=tuple(replace(figure, numbers=()) for figure in section.figures)
    )


def _section(section: Section, number: int, rows: Mapping[str, int] | None) -> list[Block]:
    """A section as it stands on the page, whoever made it: sentences, tables, figures with their numbers beneath, caveats. `rows` are the numbers of events in the full list, by id, if there is one."""
    made = [blocks.heading(1, section.title, number)]
    if section.lead:
        made.append(blocks.words(section.lead))
    if section.facts:
        made.append(blocks.facts([one.sentence for one in section.facts]))
    made += [block for one in section.open_tables for block in _table(one, rows)]
    for one in section.figures:
        made.append(blocks.figure(one))
        made += [block for table in one.numbers for block in _table(table, rows)]
    made += [block for one in section.tables for block in _table(one, rows)]
    if section.caveats:
        made.append(blocks.notes(section.caveats))
    return made


def _table(shown: Table, rows: Mapping[str, int] | None) -> list[Block]:
    """A table; of a long one the first rows, and in words how many there are and where the rest is to be found."""
    listed = [
        rows.get(cell.text, 0) if rows else 0
        for row in shown.rows
        for cell in row
        if isinstance(cell, Number) and cell.counts == "event"
    ]
    most = LISTED if len(listed) >= len(shown.rows) else TABLE_ROWS
    if len(shown.rows) <= most:
        return [blocks.table(shown)]
    said = f"The first {most:,} of {len(shown.rows):,} rows of this table are printed."
    if rows is not None:
        where = f", from row {min(listed):,} to row {max(listed):,}" if all(listed) and listed else ""
        said += f" The records {'' if where else 'that it is made from '}are all in the full list{where}."
    return [blocks.table(replace(shown, rows=shown.rows[:most])), blocks.notes([said])]


# --- pages ---------------------------------------------------------------------------------------------------------------------------------------------


def _cited(first: tuple[int, str], last: tuple[int, str]) -> str:
    """'volume 2, pp 14 to 15'."""
    if first[0] != last[0]:
        return f"volume {first[0]}, p {first[1]}, to volume {last[0]}, p {last[1]}"
    return f"volume {first[0]}, " + (f"p {first[1]}" if first[1] == last[1] else f"pp {first[1]} to {last[1]}")


def _row_words(first: int, last: int) -> str:
    return f"row {first:,}" if first == last else f"rows {first:,} to {last:,}"


def _label(told: Told, issue: Issue) -> str:
    return typesetting.number_words(issue.front.profile, issue.front.mark, told.letter, told.number)


def _warnings(
    told: Sequence[Told], index: Sequence[Mapping[str, Any]], pages: Sequence[int], issue: Issue
) -> tuple[str, ...]:
    said = []
    if sum(pages) > issue.front.page_budget:
        said.append(
            f"The document has {many(sum(pages), 'page')}, more than the {issue.front.page_budget:,} that are allowed for."
        )
    letter = next(row["letter"] for row in index if row["text"] == "Chronology")
    starts = {one.letter: one.page for one in told if one.kind == "part"}
    length = starts.get(chr(ord(letter) + 1), pages[0] + 1) - starts[letter]
    if length > CHRONOLOGY_PAGES and not issue.own:
        said.append(f"The chronology has {many(length, 'page')}, more than {CHRONOLOGY_PAGES}.")
    return tuple(said)
