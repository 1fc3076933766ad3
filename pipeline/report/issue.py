"""Makes the report of a case: the page, and the chronology as CSV and as a workbook; and, for an audience, the document and what goes with it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.analysis import contact
from pipeline.analysis.corroboration import corroboration
from pipeline.case import Case
from pipeline.report import chronology, packed, page, provenance, sections, workbook
from pipeline.store import Timeline

COURT, POLICE, CLIENT, INTERNAL = "court", "police", "client", "internal"
AUDIENCES: Final = (COURT, POLICE, CLIENT, INTERNAL)
SUMS: Final = "SHA256SUMS.txt"
DRAFT: Final = "DRAFT - not checked"


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
    """The files of an issue, the pages of its document, and what its maker must be told."""

    paths: tuple[Path, ...]
    pages: int
    warnings: tuple[str, ...]


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
    from pipeline.report import document, schedule, wordfile
    from pipeline.report.front import file_name, front
    from pipeline.report.transcripts import chosen

    audience, sheet = settings["for"], front(case, **settings.get("front", {}))
    prepared = contact.prepare(pq.read_table(timeline.events, columns=list(contact.COLUMNS)).to_pandas())
    answers = sections.analysed(case, timeline, prepared)
    names = chronology.Names.of(case, timeline)
    made = list(make(case, timeline, output, day, version)) if audience == INTERNAL else []
    if not made:
        made = [output / "chronology.xlsx"]
        counted = prepared["item"].to_numpy()
        after = answers.afterwards.column()
        register = provenance.register(case, timeline, answers.completeness.clocks)
        listed = chronology.batches(timeline, names, counted, after)
        workbook.write(made[0], listed, len(counted), case, day, version, register)
    writer = schedule.Writer(case, names, sheet.first_row)
    rows = schedule.rows_of(timeline)
    short = schedule.court_chronology(writer, prepared, rows, answers.scope.persons)
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
        draft=DRAFT if audience == COURT else "",
        outputs={path.name: _sha256(path) for path in made},
        log_head=settings.get("log_head", ""),
        chosen=tuple(chosen(one) for one in settings.get("around", ())),
        of_all=audience == POLICE,
        own=audience == CLIENT,
        working=audience == INTERNAL,
    )
    name = "Notes" if audience == CLIENT else file_name(sheet, "Exhibit", day)
    body = sections.body(case, timeline, answers)
    written = document.write(output / f"{name}.pdf", case, timeline, answers, prepared, body, issue)
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
