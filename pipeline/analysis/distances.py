"""How far from each place were devices and cameras over time? For each day the least distance, with the accuracy of that position."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.analysis.presence import DEVICE, PICTURE, Presence, Words, linked
from pipeline.analysis.result import Cell, Result, Table
from pipeline.analysis.wording import day_words
from pipeline.case import Case
from pipeline.timeline.places import metres
from pipeline.timeline.whereabouts import distance_words


@dataclass(frozen=True, eq=False)
class Distances:
    """`days`: a row for each day, place, what and who with a position: day, place, what, who, least_m, within_m (of that position), most_m, positions, id (of the nearest)."""

    days: pd.DataFrame
    result: Result


def distances(found: Presence, case: Case, words: Words) -> Distances:
    """The distances of positions from each place of the case, day by day. Where a person was seen, the position is that of the camera: it is left out."""
    table = found.table
    placed = table[table["what"].isin((DEVICE, PICTURE)) & table["lat"].notna()].reset_index(drop=True)
    lat, lon = placed["lat"].to_numpy(), placed["lon"].to_numpy()
    group = placed.groupby(["day", "what", "who"], observed=True, sort=True).ngroup().to_numpy()
    made = []
    for place in case.places:
        far = metres(lat, lon, place.lat, place.lon)
        order = np.lexsort((far, group))
        begins = np.flatnonzero(np.diff(group[order], prepend=-1))
        nearest = order[begins]
        ends = np.append(begins[1:], len(order)) - 1 if len(begins) else begins
        part = placed.loc[nearest, ["day", "what", "who", "within_m", "assumed", "id"]].reset_index(drop=True)
        part["place"], part["least_m"], part["most_m"] = place.key, far[nearest], far[order[ends]] if len(ends) else []
        part["positions"] = np.diff(np.append(begins, len(order)))
        made.append(part)
    days = pd.concat(made, ignore_index=True) if made else pd.DataFrame()
    caveats = (
        "The distance is from the position of a device or camera to the middle of the place; the accuracy of the position is given with it. It is nobody's distance but that of the device or camera.",
    )
    if days.empty:
        return Distances(days, Result((), (), ()))
    return Distances(days, Result((), (_table(days, words),), caveats))


def _table(days: pd.DataFrame, words: Words) -> Table:
    rows: list[tuple[Cell, ...]] = []
    month = days["day"].to_numpy(dtype="datetime64[M]")
    by = [days["place"].to_numpy(), days["what"].astype(str).to_numpy(), days["who"].to_numpy(), month]
    for keys, part in days.groupby(by, sort=True):
        place, what, who, _ = keys
        best = part.iloc[int(np.argmin(part["least_m"].to_numpy()))]
        assumed = ", assumed" if best["assumed"] else ""
        rows.append(
            (
                words.place(str(place)),
                words.who(str(what), str(who)),
                f"{pd.Timestamp(part['day'].iloc[0]):%m/%Y}",
                f"{distance_words(best['least_m'])} ± {distance_words(best['within_m'])}{assumed}",
                linked(1, np.array([best["id"]], dtype=object)),
                day_words(best["day"]),
                distance_words(part["least_m"].median()),
                f"{len(part):,}",
            )
        )
    return Table(
        "Distance from each place, by month",
        (
            "Place",
            "Whose position",
            "Month",
            "Nearest",
            "Record",
            "On",
            "Middle of the nearest of each day",
            "Days with a position",
        ),
        tuple(rows),
    )
