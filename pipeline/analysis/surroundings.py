"""What lies around one place, how far and in which direction, and when? The numbers of the plan of a place.

Positions are put together where they lie close: each spot has the radius in which all its positions were, with their accuracy, so that none is drawn sharper than
it is known. A record that is at the place without a position (a fixed camera's, a diary's) has no spot: it stands in time only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.analysis.presence import RESTS_ON, Presence, Words, linked
from pipeline.analysis.result import Cell, Table, lines
from pipeline.analysis.wording import day_words
from pipeline.case import Place
from pipeline.timeline.places import metres
from pipeline.timeline.whereabouts import distance_words

LEAST_REACH_M: Final = 300.0
RADII: Final = 3.0
"""The plan reaches this many times the radius of the place, and at least `LEAST_REACH_M`."""
SPOTS: Final = 24
"""No more spots than these on one plan: positions are put together more coarsely until there are no more."""
MOMENTS: Final = 1_500
COMPASS: Final = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")

_EARTH_M: Final = 6_371_008.8


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What is around one place.

    reach_m   how far the plan reaches from the middle of the place
    spots     a row for each: what, who, east_m, north_m (of its middle), within_m (its radius: where all its positions were, with their accuracy), distance_m, records,
              days, first, last, assumed (an accuracy was assumed), ids
    moments   a row for each day (or, of very many, week from Monday, or month) and hour: what, who, day, hour (-1 not known), records, ids
    step      "days", "weeks" or "months"
    records   events that are on the plan or in the chart of times; one of which a person says who is seen has two marks
    unplaced  those of them that are at the place without a position
    """

    place: Place
    reach_m: float
    spots: pd.DataFrame
    moments: pd.DataFrame
    step: str
    records: int
    unplaced: int


def surroundings(found: Presence, place: Place) -> Surroundings:
    """The spots within the reach of the plan, and when the records that are there, or at the place, were made."""
    table = found.table
    reach = max(LEAST_REACH_M, RADII * place.radius_m)
    lat, lon = table["lat"].to_numpy(), table["lon"].to_numpy()
    far = metres(lat, lon, place.lat, place.lon)
    inside = np.nan_to_num(far, nan=np.inf) <= reach
    here = table[inside | (table["place"] == place.key).to_numpy(dtype=bool)]
    near = table[inside].assign(distance_m=far[inside])
    east, north = on_the_plan(near["lat"].to_numpy(), near["lon"].to_numpy(), place.lat, place.lon)
    near = near.assign(east_m=east, north_m=north)
    moments, step = _moments(here)
    placed = near["id"].nunique()
    records = here["id"].nunique()
    return Surroundings(place, reach, _spots(near, reach), moments, step, records, records - placed)


def on_the_plan(
    lat: NDArray[np.float64], lon: NDArray[np.float64], middle_lat: float, middle_lon: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Metres to the east and to the north of the middle, on flat ground: wrong by 0.05 m at 1 km and by 1.2 m at 5 km (reference: analytics, section 4.4)."""
    east: NDArray[np.float64] = np.radians(lon - middle_lon) * _EARTH_M * np.cos(np.radians(middle_lat))
    north: NDArray[np.float64] = np.radians(lat - middle_lat) * _EARTH_M
    return east, north


def _spots(near: pd.DataFrame, reach: float) -> pd.DataFrame:
    columns = [
        "what",
        "who",
        "east_m",
        "north_m",
        "within_m",
        "distance_m",
        "records",
        "days",
        "first",
        "last",
        "assumed",
        "ids",
    ]
    if near.empty:
        return pd.DataFrame(columns=columns)
    side = reach / 40
    while True:
        cell = near.assign(
            column=np.floor(near["east_m"] / side).astype(np.int64),
            row=np.floor(near["north_m"] / side).astype(np.int64),
        )
        grouped = cell.groupby(["what", "who", "column", "row"], observed=True, sort=True)
        number = grouped.ngroup().to_numpy()
        if number.max() < SPOTS or side > 2 * reach:
            break
        side *= 2
    made: list[dict[str, Any]] = []
    order = np.argsort(number, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(number[order])) + 1):
        part = near.iloc[rows]
        east, north = float(part["east_m"].mean()), float(part["north_m"].mean())
        off: NDArray[np.float64] = np.hypot(part["east_m"].to_numpy() - east, part["north_m"].to_numpy() - north)
        made.append(
            {
                "what": str(part["what"].iloc[0]),
                "who": part["who"].iloc[0],
                "east_m": east,
                "north_m": north,
                "within_m": float((off + part["within_m"].to_numpy()).max()),
                "distance_m": float(np.hypot(east, north)),
                "records": len(part),
                "days": part["day"].nunique(),
                "first": part["day"].min(),
                "last": part["day"].max(),
                "assumed": bool(part["assumed"].any()),
                "ids": part["id"].to_numpy(dtype=object),
            }
        )
    return pd.DataFrame(made, columns=columns)


def _moments(here: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Records by day and hour, or by week or month and hour where that makes too many marks."""
    for step in ("days", "weeks", "months"):
        day = here["day"]
        if step == "weeks":
            day = day - pd.to_timedelta(here["weekday"].astype(np.int64), unit="D")
        elif step == "months":
            day = pd.Series(day.to_numpy(dtype="datetime64[M]").astype("datetime64[us]"), index=here.index)
        by = [here["what"].astype(str), here["who"], day, here["hour"]]
        number = here.groupby(by, sort=True).ngroup().to_numpy()
        if not len(number) or number.max() < MOMENTS:
            break
    if not len(number):
        return pd.DataFrame(columns=["what", "who", "day", "hour", "records", "ids"]), "days"
    order = np.argsort(number, kind="stable")
    pieces = np.split(order, np.flatnonzero(np.diff(number[order])) + 1)
    first = [piece[0] for piece in pieces]
    ids = here["id"].to_numpy(dtype=object)
    return (
        pd.DataFrame(
            {
                "what": here["what"].astype(str).to_numpy()[first],
                "who": here["who"].to_numpy()[first],
                "day": day.to_numpy()[first],
                "hour": here["hour"].to_numpy()[first],
                "records": [len(piece) for piece in pieces],
                "ids": pd.Series([ids[piece] for piece in pieces], dtype=object),
            }
        ),
        step,
    )


def direction(east_m: float, north_m: float) -> str:
    """'NE': one of eight."""
    return COMPASS[round(np.degrees(np.arctan2(east_m, north_m)) / 45) % 8]


def spot_table(around: Surroundings, words: Words, *, directions: bool = True) -> Table:
    """The spots as a table. Without `directions` it tells distances only, from which no map can be drawn."""
    rows: list[tuple[Cell, ...]] = []
    for spot in lines(around.spots.sort_values(["distance_m", "what", "who"], kind="stable")):
        tens = distance_words(spot.distance_m)
        where = f"{tens} {direction(spot.east_m, spot.north_m)}" if directions and spot.distance_m >= 5 else tens
        rows.append(
            (
                where,
                f"± {distance_words(spot.within_m)}{', assumed' if spot.assumed else ''}",
                words.who(spot.what, spot.who),
                linked(spot.records, spot.ids),
                linked(spot.days, spot.ids, of_days=True),
                day_words(spot.first),
                day_words(spot.last),
            )
        )
    return Table(
        f"Positions around “{words.place(around.place.key)}”",
        ("From the middle", "Within", "Rests on", "Records", "Days", "First day", "Last day"),
        tuple(rows),
    )


def moment_table(around: Surroundings, words: Words) -> Table:
    """When the records around the place were made: records of each kind by month."""
    rows: list[tuple[Cell, ...]] = []
    moments = around.moments
    if len(moments):
        month = pd.to_datetime(moments["day"]).to_numpy(dtype="datetime64[M]")
        rank = moments["what"].map({what: place for place, what in enumerate(RESTS_ON)})
        for _, part in moments.groupby([month, rank, moments["who"]], sort=True):
            ids = np.concatenate(list(part["ids"]))
            rows.append(
                (
                    f"{pd.Timestamp(part['day'].iloc[0]):%m/%Y}",
                    words.who(str(part["what"].iloc[0]), str(part["who"].iloc[0])),
                    linked(int(part["records"].sum()), ids),
                )
            )
    return Table(
        f"Records at or around “{words.place(around.place.key)}”, by month"
        + (", each week in that of its Monday" if around.step == "weeks" else ""),
        ("Month", "Rests on", "Records"),
        tuple(rows),
    )
