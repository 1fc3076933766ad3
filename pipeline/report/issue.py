"""Makes the report of a case: the page, and the chronology as CSV and as a workbook; and, for an audience, the document and what goes with it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.analysis import contact
from pipeline.analysis.corroboration import corroboration
from pipeline.case import Case
from pipeline.report import chronology, leak_search, packed, page, provenance, sections, support, workbook
from pipeline.report.check_list import DRAFT
from pipeline.report.confidentiality import AUDIENCES, Audience, Reducer
from pipeline.report.section import EVERYBODY
from pipeline.store import Timeline

POLICE: Final = "police"
INTERNAL: Final = "internal"
REDUCED: Final = ".reduced"
"""Where the reduced copy lies while something is made from it."""
SUMS: Final = "SHA256SUMS.txt"


def make(case: Case, timeline: Timeline, output: Path, day: date, version: str) -> tuple[Path, ...]:
    """Writes `report.html`, `chronology.csv` and `chronology.xlsx` into the folder `output`, which exists and is empty; gives their paths.

    The same case, timeline, `day` and `version` give the same bytes.
    """
    html, csv, xlsx = (output / name for name in ("report.html", "chronology.csv", "chronology.xlsx"))
    prepared = contact.prepare(pq.read_table(timeline.events, columns=list(contact.COLUMNS)).to_pandas())
    counted = prepared["item"].to_numpy()
    marks = {
        name: prepared[name].to_numpy(dtype=bool)
        for name in ("item", "opens_session", "unanswered", "repeated", "corroborated")
    }
    again = prepared.loc[(prepared["same_as"].fillna("") != "").to_numpy(dtype=bool), "source"].value_counts()
    with ThreadPoolExecutor(1) as pool:  # compressing the rows does not hold Python up
        labels = {source.key: source.label for source in timeline.sources}
        twice = corroboration(prepared, labels)
        also_in = pa.array(twice.also_in, pa.string())
        left_out = pa.array(prepared["left_out"])
        rows = pool.submit(packed.pack, timeline.events, marks, left_out, also_in.dictionary_encode())
        answers = sections.analysed(case, timeline, prepared, twice)
    after = answers.afterwards.column()
    del prepared
    with html.open("wb") as out:
        page.write(
            out,
            case,
            timeline,
            answers,
            rows.result(),
            {str(key): int(count) for key, count in again.items() if count},
            day,
            version,
        )
    register = provenance.register(case, timeline, answers.completeness.clocks)
    names = chronology.Names.of(case, timeline)
    with ThreadPoolExecutor(2) as pool:  # Arrow and zlib do the work, both without holding Python up
        jobs = [
            pool.submit(chronology.write_csv, csv, chronology.batches(timeline, names, counted, after, also_in)),
            pool.submit(
                workbook.write,
                xlsx,
                chronology.batches(timeline, names, counted, after, also_in),
                len(counted),
                case,
                day,
                version,
                register,
            ),
        ]
    for job in jobs:
        job.result()
    return html, csv, xlsx


@dataclass(frozen=True)
class Issued:
    """The files of an issue, the pages of its document, what its maker must be told, and what in it looks confidential though nothing in the case says so."""

    paths: tuple[Path, ...]
    pages: int
    warnings: tuple[str, ...]
    looks: tuple[leak_search.Hit, ...] = ()


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
    are printed in full) and "log_head".

    Raises:
        transcripts.NotThere: nothing in the timeline is what "around" asks for.
    """
    audience = AUDIENCES[settings["for"]]
    if not audience.served:
        return _document(audience, case, timeline, timeline, output, day, version, settings)
    copy = output / REDUCED
    copy.mkdir()
    try:
        reducer = Reducer(case, timeline)
        reduced = reducer.write(copy, outgoing_by_day=bool(settings.get("outgoing_by_day")))
        told = {**settings, "withheld": reduced.words}
        issued = _document(audience, reduced.case, reduced.timeline, reduced.shown, output, day, version, told)
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
    output: Path,
    day: date,
    version: str,
    settings: Mapping[str, Any],
) -> Issued:
    """The files of an issue. What is counted is counted in `timeline`; the rows that are listed are those of `shown`."""
    from pipeline.report import document, schedule, wordfile
    from pipeline.report.front import file_name, front
    from pipeline.report.transcripts import chosen

    sheet = front(case, **settings.get("front", {}))
    prepared = contact.prepare(pq.read_table(timeline.events, columns=list(contact.COLUMNS)).to_pandas())
    answers = sections.analysed(case, timeline, prepared, served=audience.served)
    after = answers.afterwards.column()
    if audience.served:
        keep = (prepared["status"] != contact.NOT_SHOWN).to_numpy(dtype=bool)
        prepared, after = prepared.loc[keep].reset_index(drop=True), after.filter(pa.array(keep))
    timeline = shown
    names = chronology.Names.of(case, timeline)
    made = list(make(case, timeline, output, day, version)) if audience.key == INTERNAL else []
    if not made and not audience.support:
        made = [output / "chronology.xlsx"]
        counted = prepared["item"].to_numpy()
        register = provenance.register(case, timeline, answers.completeness.clocks)
        listed = chronology.batches(timeline, names, counted, after)
        workbook.write(made[0], listed, len(counted), case, day, version, register)
    writer = schedule.Writer(case, names, sheet.first_row)
    rows = schedule.Rows(timeline)
    short = schedule.court_chronology(writer, prepared, rows, answers.scope.persons)
    if not audience.support:
        made.append(output / "chronology.docx")
        cells = [
            [*(entry[key].replace("\u200b", "") for key in ("no", "date", "time", "event")), _of_rows(entry)]
            for entry in short.rows
        ]
        wordfile.write(made[-1], "Chronology", short.lead, ("No.", "Date", "Time", "Event", "Source"), cells)
    issue = document.Issue(
        sheet,
        day,
        f"fourline {version}",
        draft=DRAFT if audience.served and not settings.get("released") else "",
        **({"withheld": settings["withheld"], "selection": settings["withheld"][0]} if audience.served else {}),
        outputs={path.name: _sha256(path) for path in made},
        log_head=settings.get("log_head", ""),
        chosen=tuple(chosen(one) for one in settings.get("around", ())),
        of_all=audience.key == POLICE,
        own=audience.support,
        working=audience.key == INTERNAL,
        last=(support.section(support.contacts(support.text_of(case.folder)), day),) if audience.support else (),
    )
    name = "Notes" if audience.support else file_name(sheet, "Exhibit", day)
    body = [
        one
        for one in sections.body(case, timeline, answers, served=audience.served)
        if audience.key == INTERNAL or one.audience == EVERYBODY
    ]
    written = document.write(output / f"{name}.pdf", case, timeline, answers, prepared, body, issue, (rows, short))
    made = [*written.paths, *made]
    (output / SUMS).write_text(
        "".join(f"{_sha256(path)}  {path.name}\n" for path in made), encoding="utf-8", newline="\n"
    )
    return Issued((*made, output / SUMS), sum(written.pages), written.warnings)


def _of_rows(entry: Mapping[str, Any]) -> str:
    """'S1, rows 12 to 15', by the numbers of the full list."""
    if not entry["first"]:
        return str(entry["sources"])
    first, last = entry["first"], entry["last"]
    return f"{entry['sources']}, {f'row {first}' if first == last else f'rows {first} to {last}'}".replace("\u200b", "")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
