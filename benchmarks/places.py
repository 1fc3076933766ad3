"""What the analyses of place take for many positions: `python benchmarks/places.py [POINTS]`, 1,000,000 if not said.

Positions of a client's phone and, one in ten, of a subject's: two thirds at two places of the case, a third at sixty others and on roads, over three years. Wall and
processor seconds of each analysis, and the most memory held.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.analysis.clusters import clusters
from pipeline.analysis.distances import distances
from pipeline.analysis.nearness import nearness
from pipeline.analysis.presence import Words, presence
from pipeline.analysis.recurrence import recurrence
from pipeline.analysis.surroundings import surroundings
from pipeline.analysis.visits import visits
from pipeline.case import Case, parse
from pipeline.timeline.places import FITS, locate

T = TypeVar("T")
CASE = """
reference = "BENCHMARK"
[client]
name = "Robin"
[[subject]]
name = "Sam"
[[place]]
name = "Home"
type = "home"
lat = 53.46
lon = -1.86
radius_m = 60
[[place]]
name = "Work"
type = "work"
lat = 53.48
lon = -1.83
"""


def events(count: int, case: Case) -> pd.DataFrame:
    """Made-up positions, in the columns that the analyses of place read."""
    rng = np.random.default_rng(1)
    spots = np.vstack(
        [[[place.lat, place.lon] for place in case.places], rng.random((60, 2)) * 0.4 + np.array([53.3, -2.0])]
    )
    where = rng.choice(len(spots), count, p=[0.4, 0.25, *([0.35 / 60] * 60)])
    lat = spots[where, 0] + rng.normal(0, 15, count) / 111_195
    lon = spots[where, 1] + rng.normal(0, 15, count) / 66_000
    road = rng.random(count) < 0.1
    along = rng.random(int(road.sum()))
    lat[road], lon[road] = 53.3 + 0.4 * along, -2.0 + 0.1 * np.round(along * 3)
    located = locate(lat, lon, np.full(count, 20.0), case.places)
    keys = np.array([place.key for place in case.places], dtype=object)[located.place]
    utc = pd.Series(np.sort(rng.integers(1_672_531_200, 1_767_225_600, count)).astype("datetime64[s]"))
    utc = utc.dt.as_unit("us").dt.tz_localize("UTC")
    return pd.DataFrame(
        {
            "id": [f"{number:012x}" for number in range(count)],
            "utc": utc,
            "local": utc.dt.tz_convert("Europe/London").dt.tz_localize(None),
            "until": pd.NaT,
            "seconds": np.nan,
            "precision": pd.Categorical(["second"] * count),
            "kind": pd.Categorical(["location"] * count),
            "source": pd.Categorical(["aaaaaaaaaaaa"] * count),
            "sender": pd.Categorical(np.where(rng.random(count) < 0.1, "P2", "P1")),
            "lat": lat,
            "lon": lon,
            "accuracy_m": 20.0,
            "place": pd.Categorical(np.where(located.fit == FITS.index("away"), "", keys)),
            "place_fit": pd.Categorical(np.array(FITS, dtype=object)[located.fit]),
            "nearest": pd.Categorical(keys),
            "place_m": located.metres,
            "camera": pd.Categorical([""] * count),
            "same_as": "",
            "categories": "",
            "flags": "",
            "included": True,
        }
    )


def measured(name: str, job: Callable[[], T]) -> T:
    """The job's answer; prints what it took."""
    wall, processor = time.perf_counter(), time.process_time()
    answer = job()
    print(f"{name:14}{time.perf_counter() - wall:8.2f} s wall {time.process_time() - processor:8.2f} s processor")
    return answer


def main(count: int) -> None:
    """Runs each analysis once."""
    case = parse(CASE, Path())
    words = Words.of(case)
    table = events(count, case)
    print(f"{count:,} positions")
    found = measured("presence", lambda: presence(table))
    measured("visits", lambda: visits(found, words))
    measured("recurrence", lambda: recurrence(found, words))
    measured("distances", lambda: distances(found, case, words))
    measured("clusters", lambda: clusters(found, words))
    measured("nearness", lambda: nearness(found, case, words))
    measured("surroundings", lambda: [surroundings(found, place) for place in case.places])
    print(
        f"most memory   {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB, the table itself included"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
