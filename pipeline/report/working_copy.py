"""Makes the report for the advocate: the page, and the chronology as CSV and as a workbook."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.analysis import contact
from pipeline.analysis.corroboration import corroboration
from pipeline.case import Case
from pipeline.report import chronology, packed, page, provenance, sections, workbook
from pipeline.store import Timeline


def make(
    case: Case,
    timeline: Timeline,
    output: Path,
    day: date,
    version: str,
    packing: Callable[[], packed.Part | None] | None = None,
) -> tuple[Path, ...]:
    """Writes `report.html`, `chronology.csv` and `chronology.xlsx` into the folder `output`, which exists and is empty; gives their paths.

    The same case, timeline, `day` and `version` give the same bytes. `packing` waits for the rows that another process
    packs meanwhile, if one does.
    """
    program = f"fourline {version}"
    html, csv, xlsx = (output / name for name in ("report.html", "chronology.csv", "chronology.xlsx"))
    prepared = contact.prepare(pq.read_table(timeline.events, columns=list(contact.COLUMNS)).to_pandas())
    counted = prepared["item"].to_numpy()
    marks = {
        name: prepared[name].to_numpy(dtype=bool)
        for name in ("item", "opens_session", "unanswered", "repeated", "corroborated")
    }
    again = prepared.loc[(prepared["same_as"].fillna("") != "").to_numpy(dtype=bool), "source"].value_counts()
    labels = {source.key: source.label for source in timeline.sources}
    twice = corroboration(prepared, labels)
    also_in = pa.array(twice.also_in, pa.string())
    left_out = pa.array(prepared["left_out"])
    answers = sections.analysed(case, timeline, prepared, twice)
    after = answers.afterwards.column()
    del prepared

    def events() -> bytes:
        rows = (packing and packing()) or packed.of_events(timeline.events)
        return packed.pack(rows, marks, left_out, also_in.dictionary_encode())

    with html.open("wb") as out:
        page.write(
            out,
            case,
            timeline,
            answers,
            events,
            {str(key): int(count) for key, count in again.items() if count},
            day,
            program,
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
                program,
                register,
            ),
        ]
    for job in jobs:
        job.result()
    return html, csv, xlsx
