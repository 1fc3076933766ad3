"""What all the analyses of a case take together: `python benchmarks/analyses.py CASE`. Target for 1,000,000 events on two cores: under 10 s, under 1 GB.

From the timeline on the disk to the answers that the report words: reading the columns, `prepare`, every analysis. Nothing is drawn or written. `run.py` starts
it on its million texts.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline import case as cases
from pipeline import store
from pipeline.analysis import contact
from pipeline.analysis.corroboration import corroboration
from pipeline.report import sections

T = TypeVar("T")


def measured(name: str, job: Callable[[], T]) -> T:
    """The job's answer; prints what it took, and the most memory held until then."""
    wall, processor = time.perf_counter(), time.process_time()
    answer = job()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{name:22}{time.perf_counter() - wall:8.2f} s wall {time.process_time() - processor:8.2f} s processor {peak:8.0f} MB"
    )
    return answer


def main(folder: Path) -> None:
    """Runs each once."""
    case = cases.load(folder)
    timeline = store.load(folder / "timeline")
    if timeline is None:
        sys.exit(f"{folder} has no timeline; run fourline status {folder}")
    columns = list(contact.COLUMNS)
    wall, processor = time.perf_counter(), time.process_time()
    prepared = measured(
        "columns, prepare", lambda: contact.prepare(pq.read_table(timeline.events, columns=columns).to_pandas())
    )
    print(f"{len(prepared):,} events")
    labels = {source.key: source.label for source in timeline.sources}
    twice = measured("corroboration", lambda: corroboration(prepared, labels))
    measured("all other analyses", lambda: sections.analysed(case, timeline, prepared, twice))
    print(f"{'together':22}{time.perf_counter() - wall:8.2f} s wall {time.process_time() - processor:8.2f} s processor")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
