"""The report on paper: what is said, in which order, as data for the template; then set, finished and written.

It prints what it is given and nothing else: no path, no user's name. What an audience may see is decided before, by handing in a case and a timeline that
hold no more than that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any, Final

import pandas as pd

from pipeline.analysis.orders import related
from pipeline.analysis.result import Table
from pipeline.analysis.wording import many
from pipeline.case import Case
from pipeline.report import blocks, court_pages, finishing, fonts, provenance, schedule, sections, typesetting
from pipeline.report.blocks import Block
from pipeline.report.chronology import Names
from pipeline.report.front import CIVIL, EXHIBIT, FAMILY, Front
from pipeline.report.schedule import Writer
from pipeline.report.sections import Answers, Section
from pipeline.report.transcripts import transcript
from pipeline.report.typesetting import Told
from pipeline.store import Timeline

BODY: Final = 12
LARGE: Final = 16
CHRONOLOGY_PAGES: Final = 10
TABLE_ROWS: Final = 400
"""Rows of one table of a section; the day table of a year fits."""
VOLUME: Final = 2_400
"""Rows of the full list in one file: some 160 pages, and half a gigabyte while they are set. More of them go into volumes of their own, two at a time."""
_OF_THE_RECORDS: Final = frozenset({"people", "held", "completeness", "clocks", "custody", "doubles"})
"""Sections about the records, which stand before the chronology; all others say what the records show."""
NOTHING_WITHHELD: Final = ("Nothing is withheld in this copy.",)


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
    large       whether the type is large
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
    large: bool = False


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
) -> Written:
    """Writes the document, and, where the full list has more than `VOLUME` rows, its volumes beside it ("... volume 2.pdf").

    `path` must not exist. `case`, `timeline` and `answers` are what may be said, `prepared` is the table that `contact.prepare` made of that timeline, `body` are
    the sections between summary and chronology, and `issue` says what this issue adds.
    """
    writer = Writer(case, Names.of(case, timeline))
    rows = schedule.rows_of(timeline)
    chronology = schedule.court_chronology(writer, prepared, rows, answers.scope.persons)
    listed = list(schedule.full_list(writer, rows))
    volumes = (
        [(first, listed[first : first + VOLUME]) for first in range(0, len(listed), VOLUME)]
        if len(listed) > VOLUME
        else []
    )
    paths, pages, where = [path], [0], {}
    with ThreadPoolExecutor(2) as pool:  # each is set in a process of its own
        jobs = [pool.submit(_volume, part, [one for one in chronology.anchors if first <= one < first + len(part)], number, issue)
                for number, (first, part) in enumerate(volumes, 2)]  # fmt: skip
        for number, job in enumerate(jobs, 2):
            pdf, told = job.result()
            where.update({one.name: (number, _label(one, issue)) for one in told if one.kind == "row"})
            paths.append(path.with_stem(f"{path.stem} volume {number}"))
            pages.append(_count(pdf))
            _save(paths[-1], pdf, told, f"{_title(issue)}, volume {number}", {}, issue)
    linked = not volumes
    for entry in chronology.rows:
        if entry["first"] >= 0:
            entry["pages"] = "" if linked else _cited(where[str(entry["first"] + 1)], where[str(entry["last"] + 1)])
            entry["first"], entry["last"] = entry["first"] + 1, entry["last"] + 1
    parts, index = _parts(
        writer, timeline, answers, prepared, body, rows, chronology, listed if linked else [], len(volumes), issue
    )
    data = {
        **_frame(issue),
        "title": _title(issue),
        "front": court_pages.front_sheet(issue.front, issue.day),
        "index": index,
        "parts": parts,
    }
    pdf, told = typesetting.typeset(data, issue.day)
    pages[0] = _count(pdf)
    _save(path, pdf, told, _title(issue), {row["text"]: row["dated"] for row in index}, issue)
    return Written(tuple(paths), tuple(pages), _warnings(told, pages, issue))


def _volume(part: list[list[str]], anchors: Sequence[int], number: int, issue: Issue) -> tuple[bytes, tuple[Told, ...]]:
    """A part of the full list as a document of its own."""
    title = f"Full list, volume {number}: rows {part[0][0].splitlines()[0]} to {part[-1][0].splitlines()[0]}"
    listed = [blocks.heading(1, title, 1), _schedule(part, anchors)]
    data = {
        **_frame(issue),
        "title": f"{_title(issue)}, volume {number}",
        "front": None,
        "index": [],
        "parts": [{"letter": "A", "landscape": True, "blocks": listed}],
    }
    return typesetting.typeset(data, issue.day)


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
        "anchors": [one + 1 for one in anchors],
    }


def _frame(issue: Issue) -> dict[str, Any]:
    """What every file of an issue shares."""
    return {
        "profile": issue.front.profile,
        "mark": issue.front.mark,
        "draft": issue.draft,
        "of-all": issue.of_all and issue.front.profile == CIVIL,
        "fonts": list(fonts.FAMILIES),
        "body": LARGE if issue.large else BODY,
        "small": BODY if issue.large else blocks.SMALL,
    }


def _title(issue: Issue) -> str:
    return f"Exhibit {issue.front.mark}"


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
    made: list[tuple[str, bool, list[list[Block]]]] = []

    def about(key: str) -> list[Block]:
        return court_pages.attributions(case) if key == "people" else []

    made.append(("made", False, [
        court_pages.how_it_was_made(case, issue.front, issue.day, issue.version, next(number)),
        *([*_section(one, next(number)), *about(one.key)] for one in body if one.key == "people"),
        court_pages.register(provenance.register(case, timeline, answers.completeness.clocks), next(number)),
        court_pages.times(case, prepared, next(number)),
        court_pages.what_was_read(timeline, prepared, repeats, next(number), issue.selection),
        *(_section(one, next(number)) for one in body if one.key in _OF_THE_RECORDS - {"people"}),
        court_pages.withheld(issue.withheld, next(number)),
    ]))  # fmt: skip
    where = (
        f"The full list is issued with this document in {many(volumes, 'volume')} of its own."
        if volumes
        else "The full list is the annex of this document."
    )
    made.append(("chronology", False, [[
        blocks.heading(1, "Chronology", next(number)),
        blocks.words(" ".join((*chronology.lead, where))),
        {"kind": "chronology", "rows": chronology.rows, "linked": not volumes},
    ]]))  # fmt: skip
    shown = [sections.summary(answers), *(one for one in body if one.key not in _OF_THE_RECORDS)]
    made.append(("records", False, [_section(one, next(number)) for one in shown]))
    places = [row["place"] or _place_key(case, row["place_written"]) for row in rows]
    names = {**writer.names.persons, **writer.names.places}
    found = related(prepared, places, case.orders, [person.key for person in case.subjects], names)
    if case.orders:
        made.append(("orders", False, [court_pages.orders(writer, found, rows, next(number))]))
    if told := court_pages.impact(rows, next(number)):
        made.append(("impact", False, [told]))
    if issue.chosen:
        made.append(("messages", False, [transcript(writer, rows, chosen, next(number)) for chosen in issue.chosen]))
    if listed:
        annex = [
            blocks.heading(1, "Full list", next(number)),
            blocks.words(
                f"Every row of the timeline, {many(len(listed), 'row')}, in order of time; those without a date last."
            ),
            _schedule(listed, chronology.anchors),
        ]
        made.append(("full list", True, [annex]))
    made.append(("integrity", False, [court_pages.integrity(timeline, issue.outputs, issue.log_head, next(number))]))
    return _lettered(made, period)


def _lettered(
    made: Sequence[tuple[str, bool, list[list[Block]]]], period: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Letters and an index for the parts, and one row of numbers for all the numbered sentences."""
    parts, index = [], []
    sentences = 1
    for place, (name, landscape, held) in enumerate(made):
        letter = chr(ord("B") + place)
        flat = [block for one in held for block in one]
        for block in flat:
            if block["kind"] == "facts":
                block["first"] = sentences
                sentences += len(block["items"])
        parts.append({"letter": letter, "landscape": landscape, "blocks": flat})
        dated = period if name in {"chronology", "records", "full list"} else ""
        index += [
            {"letter": letter, "text": block["text"], "number": block["number"], "dated": dated}
            for block in flat
            if block["kind"] == "heading" and block["level"] == 1
        ]
    return parts, index


def _place_key(case: Case, written: str) -> str:
    return next((place.key for place in case.places if written and place.name.casefold() == written.casefold()), "")


def _section(section: Section, number: int) -> list[Block]:
    """A section as it stands on the page, whoever made it: sentences, tables, figures with their numbers beneath, caveats."""
    made = [blocks.heading(1, section.title, number)]
    if section.lead:
        made.append(blocks.words(section.lead))
    if section.facts:
        made.append(blocks.facts([one.sentence for one in section.facts]))
    made += [block for one in section.open_tables for block in _table(one)]
    made += [blocks.figure(one) for one in section.figures]
    made += [block for one in section.tables for block in _table(one)]
    if section.caveats:
        made.append(blocks.notes(section.caveats))
    return made


def _table(shown: Table) -> list[Block]:
    """A table; of a very long one the first rows, and in words how many there are: what it lists are rows of the full list."""
    if len(shown.rows) <= TABLE_ROWS:
        return [blocks.table(shown)]
    said = f"The first {TABLE_ROWS:,} of {len(shown.rows):,} rows of this table are printed. The records that it is made from are all in the full list."
    return [blocks.table(replace(shown, rows=shown.rows[:TABLE_ROWS])), blocks.notes([said])]


# --- pages ---------------------------------------------------------------------------------------------------------------------------------------------


def _count(pdf: bytes) -> int:
    import io

    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        return len(document.pages)


def _words(letter: str, number: int, issue: Issue) -> str:
    """A page number as it is printed; the template says the same."""
    return {FAMILY: f"{letter}{number}", EXHIBIT: f"{issue.front.mark}-{number}"}.get(issue.front.profile, f"{number}")


def _label(told: Told, issue: Issue) -> str:
    return _words(told.letter, told.number, issue)


def _page_labels(told: Sequence[Told], pages: int, issue: Issue) -> list[str]:
    """The printed number of every page, from where the parts begin."""
    begun = {one.page: one for one in told if one.kind == "part"}
    labels, letter, number = [], "A", 0
    for page in range(1, pages + 1):
        if page in begun:
            letter, number = begun[page].letter, begun[page].number - 1
        number += 1
        labels.append(
            _words(letter, number, issue) + (f" of {pages}" if issue.of_all and issue.front.profile == CIVIL else "")
        )
    return labels


def _save(path: Path, pdf: bytes, told: Sequence[Told], title: str, dates: Mapping[str, str], issue: Issue) -> None:
    labels = _page_labels(told, _count(pdf), issue)
    with path.open("xb") as out:
        out.write(finishing.finished(pdf, title, labels, dates, issue.day, issue.version))


def _cited(first: tuple[int, str], last: tuple[int, str]) -> str:
    """'volume 2, pp 14 to 15'."""
    if first[0] != last[0]:
        return f"volume {first[0]}, p {first[1]}, to volume {last[0]}, p {last[1]}"
    return f"volume {first[0]}, " + (f"p {first[1]}" if first[1] == last[1] else f"pp {first[1]} to {last[1]}")


def _warnings(told: Sequence[Told], pages: Sequence[int], issue: Issue) -> tuple[str, ...]:
    said = []
    if sum(pages) > issue.front.page_budget:
        said.append(
            f"The document has {many(sum(pages), 'page')}, more than the {issue.front.page_budget:,} that are allowed for."
        )
    starts = [one for one in told if one.kind == "part"]
    chronology = next(place for place, one in enumerate(starts) if one.letter == "C")
    length = starts[chronology + 1].page - starts[chronology].page
    if length > CHRONOLOGY_PAGES:
        said.append(f"The chronology has {many(length, 'page')}, more than {CHRONOLOGY_PAGES}.")
    return tuple(said)
