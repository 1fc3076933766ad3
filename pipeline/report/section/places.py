"""The section of place: what the records say of each place, on what that rests, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline.analysis.clusters import Clusters, clusters
from pipeline.analysis.distances import Distances, distances
from pipeline.analysis.nearness import Nearness, nearness
from pipeline.analysis.presence import COLUMNS, Presence, Words, linked, presence, without_client
from pipeline.analysis.recurrence import Recurrence, recurrence
from pipeline.analysis.result import Fact
from pipeline.analysis.surroundings import Surroundings, moment_table, spot_table, surroundings
from pipeline.analysis.visits import Visits, visits
from pipeline.analysis.wording import day_words, many, noun, sentence
from pipeline.case import Case
from pipeline.report import place_figures
from pipeline.report.section import Figure, Section, Setting, caption
from pipeline.store import Timeline
from pipeline.timeline.tags import Tags

_LEAD: Final = "What the records say of places, and on what each rests. Only what is marked “as a person says” tells who was there; no kind of record is added to another."


@dataclass(frozen=True, eq=False)
class Places:
    """The answers of the analyses of place, and the words for persons, places and cameras."""

    words: Words
    presence: Presence
    visits: Visits
    recurrence: Recurrence
    distances: Distances
    clusters: Clusters
    nearness: Nearness
    around: tuple[Surroundings, ...]
    idle: tuple[str, ...]
    """Cameras of the case that recorded nothing."""


def places_found(case: Case, timeline: Timeline, words: Words | None = None, *, served: bool = False) -> Places:
    """Runs the analyses of place. `words` other than the names in the case are for a report that must not give them; what is `served` leaves the client's devices out."""
    words = words or Words.of(case)
    events, used = _events(timeline)
    found = presence(events)
    if served:
        found = without_client(found, words)
    return Places(
        words,
        found,
        visits(found, words),
        recurrence(found, words),
        distances(found, case, words),
        clusters(found, words),
        nearness(found, case, words),
        tuple(around for place in case.places if (around := surroundings(found, place)).records),
        tuple(camera.key for camera in case.cameras if camera.key not in used),
    )


def _events(timeline: Timeline) -> tuple[pd.DataFrame, set[str]]:
    """The rows of the timeline that say anything of a place, in the columns that are needed; and the cameras that any row names."""
    if not timeline.events.is_file():  # a table that was only made in memory
        return pd.DataFrame({name: [] for name in COLUMNS}), set()
    there = set(pq.read_schema(timeline.events).names)
    asked = [name for name in ("lat", "place", "camera", "seen", "categories") if name in there]
    pieces = []
    used: set[str] = set()
    with pq.ParquetFile(timeline.events) as file:
        for number in range(file.num_row_groups):
            group = file.read_row_group(number, columns=asked)
            said = np.logical_or.reduce([_says(group[name]) for name in asked])
            used |= {value for value in pc.unique(group["camera"].cast(pa.string())).to_pylist() if value}
            if said.any():
                rows = file.read_row_group(number, columns=[name for name in COLUMNS if name in there])
                pieces.append(rows.filter(pa.array(said)))
    return pa.concat_tables(pieces).unify_dictionaries().to_pandas() if pieces else pd.DataFrame(columns=COLUMNS), used


def _says(column: Any) -> NDArray[np.bool_]:
    """Whether each row has a value other than the empty text."""
    said: NDArray[np.bool_] = np.asarray(column.is_valid())
    if pa.types.is_dictionary(column.type):
        said &= ~Tags(column).is_in(frozenset({""}))
    elif not pa.types.is_floating(column.type):
        said &= np.asarray(pc.not_equal(column, "").fill_null(False))
    return said


def places(setting: Setting, found: Places, *, served: bool = False) -> list[Section]:
    """The section, or none where the case has no place and no record says anything of one.

    Where it is `served` (give `places_found` the same) the plans are scales of distance without direction, and what would tell where the client was is left out: her or his devices, where pictures were taken,
    groups of positions, distances over time, and when the client and a subject were near each other.
    """
    case, table = setting.case, found.presence.table
    if not case.places and table.empty:
        return []
    drawn = [_plan(setting, found, around, directions=not served) for around in found.around]
    if len(found.distances.days) and not served:
        drawn.append(_over_time(setting, found))
    facts = [
        *_whose(found),
        *found.visits.result.facts,
        *found.recurrence.result.facts,
        *(() if served else (*found.nearness.result.facts, *found.clusters.result.facts)),
        *(
            sentence(
                f"The camera “{found.words.cameras.get(key, key)}” of case.toml fits no record: its signs there may be wrong, or nothing of it was handed in."
            )
            for key in found.idle
        ),
    ]
    away = () if served else (found.nearness, found.clusters)
    parts = (found.visits, found.recurrence, *away, *(() if served else (found.distances,)))
    tables = (found.recurrence, *away)
    totals, *others = found.visits.result.tables or (None,)
    return [
        Section(
            "places",
            "Places",
            _LEAD + _how_plans_read(setting, found, directions=not served),
            tuple(facts),
            tuple(drawn),
            (*(one for part in tables for one in part.result.tables), *filter(None, others)),
            (totals,) if totals else (),
            tuple(dict.fromkeys(caveat for part in parts for caveat in part.result.caveats)),
        )
    ]


def _whose(found: Places) -> list[Fact]:
    """How many records of each kind say anything of a place: whose position each source gives."""
    table = found.presence.table
    facts = []
    for (what, who), part in table.groupby(["what", "who"], observed=True, sort=True):
        days = part["day"]
        facts.append(
            sentence(
                linked(len(part), part["id"].to_numpy(dtype=object)),
                noun(len(part), "record")
                + f": {found.words.who(str(what), str(who))}, {day_words(days.min())} to {day_words(days.max())}.",
            )
        )
    if not facts:
        facts.append(sentence("No record of the case says anything of a place."))
    return facts


def _sources(setting: Setting, parts: Sequence[pd.DataFrame]) -> list[str]:
    keys = {key for part in parts for key in part["source"].unique()}
    return sorted((setting.labels.get(key, key) for key in keys), key=lambda label: (len(label), label))


def _plan(setting: Setting, found: Places, around: Surroundings, *, directions: bool) -> Figure:
    name = found.words.place(around.place.key)
    placed = not around.spots.empty
    table = found.presence.table
    here = table[table["id"].isin(np.concatenate(list(around.moments["ids"])))]
    counted = f"{many(around.records, 'record')} at or around “{name}”"
    if around.unplaced:
        few = f"{around.unplaced:,} of them" if placed else "all of them" if around.records > 1 else "which is"
        counted += f", {few} without a position of {'its' if around.records == 1 else 'their'} own"
        counted += ": they are in the chart of times only" if placed else ""
    plan = (
        "a plan around the place with rings of distance, on which each group of positions is a circle as wide as its accuracy"
        if directions
        else "a scale of distances from the middle of the place, on which each group of positions is a bar as long as its accuracy"
    )
    where = f"where, {'in metres' if directions else 'by distance'}, and at what hour" if placed else "at what hour"
    drawn = f"Two charts. On the left {plan}; on the right" if placed else "A chart of"
    numbers = (spot_table(around, found.words, directions=directions), moment_table(around, found.words))
    return Figure(
        f"plan-{around.place.key}",
        f"Records at or around “{name}”: {where}",
        caption(
            setting,
            counted,
            f"hours of {around.step}",
            (here["day"].min(), here["day"].max()),
            _sources(setting, [here]),
        ),
        f"{drawn} the day and hour of each record. {counted}. The same numbers are in the tables below.",
        place_figures.plan(around, found.words, setting.case.key_dates, directions=directions),
        tuple(one for one in numbers if one.rows),
    )


def _how_plans_read(setting: Setting, found: Places, *, directions: bool) -> str:
    """What is the same for all plans, said once before them."""
    said = ""
    if any(not around.spots.empty for around in found.around):
        said += (
            " In a plan each position lies somewhere in its circle; the symbol in the middle of a circle tells only what it rests on. Rings are distances from the middle of"
            " the place; north is up; there is no street map."
            if directions
            else " On a scale of distances each position lies somewhere along its bar; directions are left out."
        )
    if found.around and setting.case.key_dates:
        said += " Dashed lines in a chart of hours are the key dates of the case."
    return said


def _over_time(setting: Setting, found: Places) -> Figure:
    days = found.distances.days
    table = found.presence.table
    positions = int(days.drop_duplicates(["day", "what", "who"])["positions"].sum())
    return Figure(
        "distances",
        "How far devices and cameras were from each place, nearest of each day",
        caption(
            setting,
            f"the least distance of each day, from {many(positions, 'position')} of devices, pictures and clips",
            "days",
            (days["day"].min(), days["day"].max()),
            _sources(setting, [table[table["lat"].notna()]]),
        )
        + " The bar is the accuracy. The scale goes in tenfold steps.",
        "For each place a chart over time: the least distance of each day from it, for each device and for pictures. The nearest of each month are in the table below.",
        place_figures.over_time(found.distances, setting.case.places, found.words, setting.case.key_dates),
        found.distances.result.tables,
    )
