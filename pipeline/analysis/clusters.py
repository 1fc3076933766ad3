"""Where do positions lie together that are at no place of the case?

DBSCAN (Ester, Kriegel, Sander and Xu, KDD 1996) on great-circle distance with `EPS_M` 75 metres, a distance one can say aloud, and `MIN_POINTS` 3: it finds the places
of made-up cases 300 m apart with an adjusted Rand index of 0.99 or more (reference: analytics, section 4). Written here and not taken from scikit-learn: that would
be a large dependency for one function, and its neighbourhoods need memory with the square of the points of a phone that lay at one place for months.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.analysis.presence import DEVICE, PICTURE, SEEN, Presence, Words, linked
from pipeline.analysis.result import Result, Table
from pipeline.analysis.wording import day_words, many, sentence
from pipeline.timeline.schema import AWAY
from pipeline.timeline.whereabouts import distance_words

EPS_M: Final = 75.0
MIN_POINTS: Final = 3
TOLD: Final = 20
"""So many groups, those with the most days, are listed."""

_EARTH_M: Final = 6_371_008.8
_EXACT: Final = 4_000_000
"""Up to so many pairs of points of two cells are compared at once."""

Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Clusters:
    """`clusters`: a row for each: what, who, number (in order of the first record), records, days, first, last, lat, lon (middle), spread_m, within_m (the worst accuracy)."""

    clusters: pd.DataFrame
    result: Result


def dbscan(lat: Points, lon: Points, eps_m: float = EPS_M, min_points: int = MIN_POINTS) -> NDArray[np.int64]:
    """The cluster of each position (degrees), numbered in order of their first point; -1 for noise.

    A point with `min_points` or more within `eps_m`, itself among them, is a core point; core points within `eps_m` of each other are one cluster; another point
    belongs to the cluster of its nearest core point within `eps_m`. Exact, and the same for every order of the points but for the numbers. Memory grows with the
    points, not with their pairs: core points are put into cells so small that each lies within one cluster, and cells are compared by their points only where
    that is not settled yet.
    """
    points = _on_sphere(lat, lon)
    chord = 2 * _EARTH_M * np.sin(eps_m / (2 * _EARTH_M))
    label = np.full(len(points), -1, dtype=np.int64)
    if len(points) < min_points:
        return label
    tree = _tree(points)
    core = tree.query(points, k=[min_points], distance_upper_bound=np.nextafter(chord, np.inf))[0][:, 0] <= chord
    cores = np.flatnonzero(core)
    if not cores.size:
        return label
    label[cores] = _joined(points[cores], chord)
    rest = np.flatnonzero(~core)
    if rest.size:
        distance, near = _tree(points[cores]).query(points[rest], distance_upper_bound=np.nextafter(chord, np.inf))
        reached = distance <= chord
        label[rest[reached]] = label[cores[near[reached]]]
    return _renumbered(label)


def _tree(points: Points) -> Any:
    from scipy.spatial import KDTree  # only where there is a position: its import takes longer than most analyses

    return KDTree(points)


def _on_sphere(lat: Points, lon: Points) -> Points:
    """Metres from the middle of the earth: there the straight distance grows with the great-circle distance."""
    north, east = np.radians(lat), np.radians(lon)
    return _EARTH_M * np.column_stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])


def _joined(points: Points, reach: float) -> NDArray[np.int64]:
    """The number of the cluster of each core point."""
    side = reach / np.sqrt(3) * (1 - 1e-9)  # no two points of a cell are further apart than `reach`
    corners, cell = np.unique(np.floor(points / side).astype(np.int64), axis=0, return_inverse=True)
    cell = cell.reshape(-1)
    order = np.argsort(cell, kind="stable")
    bounds = np.searchsorted(cell[order], np.arange(len(corners) + 1))
    pairs = _tree((corners + 0.5) * side).query_pairs(2 * reach, output_type="ndarray")
    sample = points[order[bounds[:-1]]]
    close = np.linalg.norm(sample[pairs[:, 0]] - sample[pairs[:, 1]], axis=1) <= reach
    group = _components(len(corners), pairs[close])
    open_pairs = pairs[group[pairs[:, 0]] != group[pairs[:, 1]]]
    parent = np.arange(group.max() + 1)

    def root(of: int) -> int:
        while parent[of] != of:
            parent[of] = of = parent[parent[of]]
        return of

    for one, other in open_pairs[np.lexsort(open_pairs.T)].tolist():
        mine, theirs = root(int(group[one])), root(int(group[other]))
        if mine != theirs and _touch(
            points[order[bounds[one] : bounds[one + 1]]], points[order[bounds[other] : bounds[other + 1]]], reach
        ):
            parent[max(mine, theirs)] = min(mine, theirs)
    roots = np.array([root(int(of)) for of in range(len(parent))], dtype=np.int64)
    found: NDArray[np.int64] = roots[group[cell]]
    return found


def _touch(one: Points, other: Points, reach: float) -> bool:
    if len(one) * len(other) <= _EXACT // 100:
        return bool((np.linalg.norm(one[:, None] - other[None], axis=2) <= reach).any())
    return bool((_tree(one).query(other, distance_upper_bound=np.nextafter(reach, np.inf))[0] <= reach).any())


def _components(count: int, pairs: NDArray[Any]) -> NDArray[np.int64]:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    number: NDArray[np.int64] = connected_components(graph, directed=False)[1].astype(np.int64)
    return number


def _renumbered(label: NDArray[np.int64]) -> NDArray[np.int64]:
    """The labels as 0, 1, 2 ... in order of their first point."""
    inside = label >= 0
    _, first, code = np.unique(label[inside], return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    label[inside] = rank[code]
    return label


def clusters(found: Presence, words: Words) -> Clusters:
    """Groups of positions at no place of the case: those of each device, of pictures, and those where a person says who was seen, each for itself."""
    table = found.table
    loose = table[table["what"].isin((DEVICE, PICTURE, SEEN)) & table["lat"].notna() & table["fit"].isin(("", AWAY))]
    made = []
    for (what, who), part in loose.groupby(["what", "who"], observed=True, sort=True):
        lat, lon = part["lat"].to_numpy(), part["lon"].to_numpy()
        label = dbscan(lat, lon)
        order = np.argsort(label, kind="stable")
        bounds = np.searchsorted(label[order], np.arange(label.max(initial=-1) + 2))
        points, ids, day = _on_sphere(lat, lon), part["id"].to_numpy(dtype=object), part["day"].to_numpy()
        within, near, far = (part[name].to_numpy() for name in ("within_m", "nearest", "place_m"))
        for number, (first, last) in enumerate(pairwise(bounds.tolist()), 1):
            rows = order[first:last]
            middle = float(np.median(lat[rows])), float(np.median(lon[rows]))
            away = np.linalg.norm(points[rows] - _on_sphere(np.array(middle[:1]), np.array(middle[1:])), axis=1)
            days = np.unique(day[rows])
            made.append(
                {
                    "what": str(what),
                    "who": str(who),
                    "number": number,
                    "records": len(rows),
                    "days": len(days),
                    "first": days[0],
                    "last": days[-1],
                    "lat": middle[0],
                    "lon": middle[1],
                    "spread_m": float(away.max()),
                    "within_m": float(within[rows].max()),
                    "nearest": near[rows[0]],
                    "place_m": float(np.median(far[rows])),
                    "ids": ids[rows],
                }
            )
    every = pd.DataFrame(made)
    caveats = (
        f"Positions belong to one group if each has at least two others within {EPS_M:.0f} metres, or lies within {EPS_M:.0f} metres of one that has. Which address lies there is not looked up.",
        "A group that reaches far around its middle is a route rather than a place.",
        f"The groups are numbered in order of their first record; the {TOLD} with the most days are listed.",
    )
    if every.empty:
        nothing = sentence("No group of three or more positions lies away from the places of the case.")
        return Clusters(every, Result((nothing,) if len(table) else (), (), caveats[:2] if len(table) else ()))
    counted = sentence(
        f"{many(len(every), 'group')} of three or more positions {'lies' if len(every) == 1 else 'lie'} away from the places of the case; what is there, the records do not say."
    )
    return Clusters(every, Result((counted,), (_table(every, words),), caveats))


def _table(every: pd.DataFrame, words: Words) -> Table:
    shown = every.sort_values(["days", "records", "number"], ascending=[False, False, True], kind="stable").head(TOLD)
    shown = shown.sort_values(["what", "who", "number"], kind="stable")
    return Table(
        "Groups of positions away from the places of the case",
        ("Group", "Rests on", "From the nearest place", "Reaches", "Records", "Days", "First day", "Last day"),
        tuple(
            (
                f"Unnamed {row['number']}",
                words.who(row["what"], row["who"]),
                f"{distance_words(row['place_m'])} from “{words.place(row['nearest'])}”" if row["nearest"] else "-",
                f"{distance_words(row['spread_m'])} around its middle",
                linked(row["records"], row["ids"]),
                linked(row["days"], row["ids"], of_days=True),
                day_words(row["first"]),
                day_words(row["last"]),
            )
            for row in shown.to_dict("records")
        ),
    )
