"""Makes the document for an audience, and what goes with it. The page for the advocate is made by `working_copy`."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.analysis import contact
from pipeline.case import Case
from pipeline.report import (
    change_list,
    chronology,
    issue_contents,
    leak_search,
    pictures,
    provenance,
    sections,
    support,
    workbook,
    working_copy,
)
from pipeline.report.check_list import DRAFT
from pipeline.report.confidentiality import AUDIENCES, Audience, Reducer
from pipeline.report.section import EVERYBODY
from pipeline.store import Timeline

if TYPE_CHECKING:
    from pipeline.report import schedule

POLICE: Final = "police"
INTERNAL: Final = "internal"
REDUCED: Final = ".reduced"
"""Where the reduced copy lies while something is made from it."""
MAIL_WARNS, MAIL_REFUSES = 25, 36
"""Megabytes that an e-mail to a court holds safely, and at most."""
SUMS: Final = "SHA256SUMS.txt"


@dataclass(frozen=True)
class Issued:
    """The files of an issue, the pages of its document, what its maker must be told, and what in it looks confidential though nothing in the case says so.

    `contents` is what it held, for the change list of the next one (`issue_contents.Contents`).
    """

    paths: tuple[Path, ...]
    pages: int
    warnings: tuple[str, ...]
    looks: tuple[leak_search.Hit, ...] = ()
    contents: bytes = b""


class Leaked(Exception):  # noqa: N818 -- it says what happened
    """Something that the case keeps back stands in what was about to be served: nothing of it may be issued."""

    def __init__(self, hits: tuple[leak_search.Hit, ...]) -> None:
        super().__init__(f"{len(hits)} places hold what the case keeps back")
        self.hits = hits


def make_for(
    case: Case, timeline: Timeline, output: Path, day: date, version: str, settings: Mapping[str, Any]
) -> Issued:
    """Writes the document for an audience into the folder `output`, with the chronology as a sheet and as a Word file, and the SHA-256 of them all.

    Prints what `case` and `timeline` hold: they must be those for the audience. For INTERNAL, the page and the CSV file are made too. `settings` stand in the
    log, so that it can be made again: "for" (one of AUDIENCES), and, where wanted, "front" (see `front.front`), "around" (days and ids of events whose messages
    are printed in full), "images" (which pictures are issued, see `pictures`), "since" (the issue that this one is compared with, see `issue_contents.Since`) and
    "log_head".

    Raises:
        transcripts.NotThere: nothing in the timeline is what "around" asks for.
        Leaked: something that the case keeps back stands in what was made for court.
        issue_contents.NotKept: what the issue before held is no longer in the case as it was kept.
    """
    audience = AUDIENCES[settings["for"]]
    originals = pictures.Originals(case.folder, timeline.sources)
    if not audience.served:
        return _document(audience, case, timeline, timeline, originals, output, day, version, settings)
    copy = output / REDUCED
    copy.mkdir()
    try:
        reducer = Reducer(case, timeline)
        reduced = reducer.write(copy, outgoing_by_day=bool(settings.get("outgoing_by_day")))
        told = {**settings, "withheld": reduced.words}
        issued = _document(
            audience, reduced.case, reduced.timeline, reduced.shown, originals, output, day, version, told
        )
        words = reducer.forms.words_in(chain(map(str, settings.get("front", {}).values()), reduced.texts()))
    finally:
        shutil.rmtree(copy, ignore_errors=True)
    found = leak_search.search(output, reducer.forms, words)
    if found.secrets:
        raise Leaked(found.secrets)
    return replace(issued, looks=found.looks)


def _document(
    audience: Audience,
    case: Case,
    timeline: Timeline,
    shown: Timeline,
    originals: pictures.Originals,
    output: Path,
    day: date,
    version: str,
    settings: Mapping[str, Any],
) -> Issued:
    """The files of an issue. What is counted is counted in `timeline`; the rows that are listed are those of `shown`."""
    from pipeline.report import document, picture_pages, schedule
    from pipeline.report.front import file_name, front
    from pipeline.report.transcripts import chosen

    sheet = front(case, **settings.get("front", {}))
    prepared = contact.prepare(pq.read_table(timeline.events, columns=list(contact.COLUMNS)).to_pandas())
    answers = sections.analysed(case, timeline, prepared, served=audience.served)
    after = answers.afterwards.column()
    if audience.served:
        keep = (prepared["status"] != contact.NOT_SHOWN).to_numpy(dtype=bool)
        prepared, after = prepared.loc[keep].reset_index(drop=True), after.filter(pa.array(keep))
    body = [
        one
        for one in sections.body(case, timeline, answers, served=audience.served)
        if audience.key == INTERNAL or one.audience == EVERYBODY
    ]
    since = issue_contents.Since(**settings["since"]) if settings.get("since") else None
    timeline = shown
    names = chronology.Names.of(case, timeline)
    issue = document.Issue(
        sheet,
        day,
        f"fourline {version}",
        draft=DRAFT if audience.served and not settings.get("released") else "",
        **({"withheld": settings["withheld"], "selection": settings["withheld"][0]} if audience.served else {}),
        log_head=settings.get("log_head", ""),
        chosen=tuple(chosen(one) for one in settings.get("around", ())),
        of_all=audience.key == POLICE,
        own=audience.support,
        working=audience.key == INTERNAL,
        since=change_list.which_issue(since) if since else "",
        last=(support.section(support.contacts(support.text_of(originals.folder)), day),) if audience.support else (),
    )
    rows = schedule.Rows(timeline)
    writer = schedule.Writer(case, names, sheet.first_row)
    name = "Notes pictures" if audience.support else file_name(sheet, "Pictures", day)
    how = settings.get("images", pictures.NONE)
    printed = picture_pages.issued(output / f"{name}.pdf", writer, rows, originals, issue, how)
    writer = replace(writer, pictures=printed.cited)
    issue = replace(issue, pictures=printed.words, cited=printed.cited)
    short = schedule.court_chronology(writer, prepared, rows, answers.scope.persons)
    made = list(working_copy.make(case, timeline, output, day, version)) if audience.key == INTERNAL else []
    if not made and not audience.support:
        made = [output / "chronology.xlsx"]
        register = provenance.register(case, timeline, answers.completeness.clocks)
        listed = chronology.batches(timeline, names, prepared["item"].to_numpy(), after)
        workbook.write(
            made[0],
            listed,
            len(prepared),
            case,
            day,
            f"fourline {version}",
            register,
            workbook.of_document(issue.selection),
        )
    if not audience.support:
        made.append(output / "chronology.docx")
        _word_file(made[-1], short)
    told = body  # a summary says again what its sections say
    if audience.support:
        told = [sections.summary(answers), *(one for one in body if one.key in document.PLAIN)]
    held = issue_contents.contents(case, timeline, rows, told, sheet, settings, version, printed.pages)
    before = issue_contents.kept(originals.folder, since) if since else None
    made.append(output / (f"Notes {change_list.FILE}" if audience.support else change_list.FILE))
    said = change_list.in_words(held, before, since, own=audience.support)
    made[-1].write_text(said, encoding="utf-8", newline="\r\n", errors="backslashreplace")
    made = [*printed.paths, *made]
    issue = replace(issue, outputs={path.name: _sha256(path) for path in made})
    name = "Notes" if audience.support else file_name(sheet, "Exhibit", day)
    written = document.write(output / f"{name}.pdf", case, timeline, answers, prepared, body, issue, (rows, short))
    made = [*written.paths, *made]
    (output / SUMS).write_text(
        "".join(f"{_sha256(path)}  {path.name}\n" for path in made), encoding="utf-8", newline="\n"
    )
    made.append(output / SUMS)
    count = sum(written.pages)
    warnings = (
        *printed.warnings,
        *written.warnings,
        *_together(count, printed.count_of_pages, sheet.page_budget),
        *_size_warnings(made),
    )
    return Issued(tuple(made), count, warnings, contents=held.to_bytes())


def _word_file(path: Path, short: schedule.Chronology) -> None:
    """The chronology for a word processor."""
    from pipeline.report import wordfile

    cells = [
        [*(entry[key].replace("\u200b", "") for key in ("no", "date", "time", "event")), _of_rows(entry)]
        for entry in short.rows
    ]
    wordfile.write(path, "Chronology", short.lead, ("No.", "Date", "Time", "Event", "Source"), cells)


def _together(document: int, printed: int, budget: int) -> Iterator[str]:
    """That it is the pictures which bring it over the pages that are allowed for (P18)."""
    if document <= budget < document + printed:
        yield f"Document and pictures have {document + printed:,} pages together, more than the {budget:,} that are allowed for."


def _size_warnings(paths: Sequence[Path]) -> Iterator[str]:
    """What a court's e-mail may refuse (P13)."""
    for path in paths:
        size = path.stat().st_size / 1_000_000
        if size > MAIL_WARNS:
            limit = MAIL_REFUSES if size > MAIL_REFUSES else MAIL_WARNS
            yield f"{path.name} has {size:.0f} MB, more than {limit} MB: it may be too large to be sent by e-mail."
    together = sum(path.stat().st_size for path in paths) / 1_000_000
    if together > MAIL_REFUSES:
        yield f"All files together have {together:.0f} MB; one e-mail to a court holds at most {MAIL_REFUSES} MB."


def _of_rows(entry: Mapping[str, Any]) -> str:
    """'S1, rows 12 to 15', by the numbers of the full list."""
    if not entry["first"]:
        return str(entry["sources"])
    first, last = entry["first"], entry["last"]
    return f"{entry['sources']}, {f'row {first}' if first == last else f'rows {first} to {last}'}".replace("\u200b", "")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
