"""Were the client and a subject near each other, where both positions are known?

The position of a subject is known only from a device that a person says was the subject's, or where a person says that the subject was seen at a place. It is
never taken from a picture, a message or the client's position. Two positions are compared if no more than `MINUTES` lie between them; with d their distance and
u, v their accuracies they were within `NEAR_M` if d + u + v is no more than that, and may have been if only d - u - v is.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd

from pipeline.analysis.presence import DEVICE, SEEN, Presence, Words, linked
from pipeline.analysis.result import Cell, Fact, Result, Table
from pipeline.analysis.wording import SUPPLIED, many, sentence, time_words
from pipeline.case import Case
from pipeline.timeline.places import metres
from pipeline.timeline.schema import AT
from pipeline.timeline.whereabouts import distance_words

NEAR_M: Final = 200
MINUTES: Final = 10
GAP_MINUTES: Final = 60
TOLD: Final = 200

_MINUTE: Final = 60_000_000


@dataclass(frozen=True, eq=False)
class Nearness:
    """`times`: a row for each occasion on which they were near, or may have been: who, utc, local, what, distance_m (least), between_s, ours_m, theirs_m, sure, ids."""

    times: pd.DataFrame
    compared: int
    result: Result


def nearness(found: Presence, case: Case, words: Words) -> Nearness:
    """Compares each position of a subject with that of the client's devices nearest in time."""
    table = found.table
    ours = table[(table["what"] == DEVICE) & (table["who"] == case.client.key)]
    spots = pd.DataFrame(
        [(place.key, place.lat, place.lon, place.radius_m) for place in case.places],
        columns=["place", "place_lat", "place_lon", "radius_m"],
    )
    made: list[pd.DataFrame] = []
    compared = 0
    names = []
    for person in case.subjects:
        mine = table[(table["who"] == person.key) & table["what"].isin((DEVICE, SEEN)) & table["timed"]]
        theirs = mine.merge(spots, on="place", how="left")
        stated = (theirs["what"] == SEEN).to_numpy(dtype=bool)
        known = theirs["place_lat"].notna().to_numpy(dtype=bool) & (theirs["fit"] == AT).to_numpy(dtype=bool)
        # Who is seen at a place is somewhere in its radius: the picture's own position is the camera's.
        theirs["lat"] = np.where(stated, theirs["place_lat"], theirs["lat"])
        theirs["lon"] = np.where(stated, theirs["place_lon"], theirs["lon"])
        theirs["within_m"] = np.where(stated, theirs["radius_m"], theirs["within_m"])
        theirs = theirs[(~stated | known) & theirs["lat"].notna()]
        if theirs.empty:
            continue
        names.append(words.persons.get(person.key, person.name))
        if ours.empty:
            continue
        pairs = pd.merge_asof(
            theirs.sort_values("utc", kind="stable"),
            ours[["utc", "lat", "lon", "within_m", "id"]].assign(our_utc=ours["utc"]).sort_values("utc", kind="stable"),
            on="utc",
            direction="nearest",
            tolerance=MINUTES * _MINUTE,
            suffixes=("", "_ours"),
        ).dropna(subset=["lat_ours"])
        compared += len(pairs)
        pairs["distance_m"] = metres(pairs["lat"], pairs["lon"], pairs["lat_ours"], pairs["lon_ours"])
        blur = pairs["within_m"] + pairs["within_m_ours"]
        pairs["sure"] = pairs["distance_m"] + blur <= NEAR_M
        near = pairs[pairs["sure"] | (pairs["distance_m"] - blur <= NEAR_M)]
        made += _occasions(near, person.key)
    times = pd.concat(made, ignore_index=True) if made else pd.DataFrame()
    facts = _facts(times, names, compared, words, case)
    caveats = (
        f"Positions are compared where no more than {MINUTES} minutes lie between them.",
        f"They are said to be within {NEAR_M} metres where they are even if both are as wrong as their accuracy allows, and perhaps where only the best case is.",
        "The position of a device is not that of a person: a phone can be left at home or lent. Nobody's position is taken from a picture, a message or another person's position.",
    )
    return Nearness(
        times, compared, Result(facts, (_table(times, words),) if len(times) else (), caveats if names else ())
    )


def _occasions(near: pd.DataFrame, who: str) -> list[pd.DataFrame]:
    """Runs of near positions with no more than an hour between them, each told by its nearest pair: a pair that is sure before one that is not."""
    if near.empty:
        return []
    run = (near["utc"].diff() > GAP_MINUTES * _MINUTE).cumsum().to_numpy()
    best = np.lexsort((near["distance_m"], ~near["sure"].to_numpy(dtype=bool), run))
    bounds = np.flatnonzero(np.diff(run, prepend=-1, append=run[-1] + 1))
    times = near.iloc[best[bounds[:-1]]].reset_index(drop=True)
    mine, ours = near["id"].to_numpy(dtype=object), near["id_ours"].to_numpy(dtype=object)
    pairs = [np.concatenate([mine[first:last], ours[first:last]]) for first, last in pairwise(bounds.tolist())]
    return [
        times.assign(
            who=who,
            between_s=(times["utc"] - times["our_utc"]).abs() / 1e6,
            ours_m=times["within_m_ours"],
            theirs_m=times["within_m"],
            ids=pd.Series(pairs, dtype=object),
        )[["who", "utc", "local", "what", "place", "distance_m", "between_s", "ours_m", "theirs_m", "sure", "ids"]]
    ]


def _facts(
    times: pd.DataFrame,
    names: list[str],
    compared: int,
    words: Words,
    case: Case,
) -> tuple[Fact, ...]:
    client = words.persons.get(case.client.key, case.client.name)
    if not names:
        return (
            sentence(
                f"{SUPPLIED}no position of a subject is known, from a device or from what a person says: not enough data to say whether the client and a subject were near each other."
            ),
        )
    if not compared:
        return (
            sentence(
                f"{SUPPLIED}no position of a device of {client} lies within {MINUTES} minutes of one of a subject: not enough data to say whether they were near each other."
            ),
        )
    facts = []
    for who in sorted({str(one) for one in times["who"]} if len(times) else ()):
        mine = times[times["who"] == who]
        for sure, verb in ((True, "were"), (False, "may have been")):
            part = mine[mine["sure"] == sure]
            if len(part):
                facts.append(
                    sentence(
                        f"The positions of {client}'s device and of {words.persons.get(who, who)} {verb} within {NEAR_M} metres of each other on {many(len(part), 'occasion')}, "
                        "from ",
                        linked(len(set(np.concatenate(list(part["ids"])).tolist())), np.concatenate(list(part["ids"]))),
                        " records.",
                    )
                )
    if not facts:
        facts.append(
            sentence(
                f"No position of a subject is within {NEAR_M} metres of one of {client}'s device at the same time; {many(compared, 'position')} could be compared."
            )
        )
    return tuple(facts)


def _table(times: pd.DataFrame, words: Words) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for row in times.sort_values(["utc", "who"], kind="stable").head(TOLD).to_dict("records"):
        how = "device" if row["what"] == DEVICE else f"seen at “{words.place(row['place'])}”, as a person says"
        rows.append(
            (
                time_words(pd.Timestamp(row["local"]), ""),
                f"{words.persons.get(row['who'], row['who'])}: {how}",
                distance_words(row["distance_m"]),
                f"± {distance_words(row['ours_m'])} and ± {distance_words(row['theirs_m'])}",
                f"{row['between_s'] / 60:.0f} minutes",
                "within" if row["sure"] else "perhaps within",
                linked(len(set(row["ids"].tolist())), row["ids"]),
            )
        )
    left = f"; the first {TOLD} of {len(times):,}" if len(times) > TOLD else ""
    return Table(
        f"When both positions are known and within {NEAR_M} metres, or perhaps{left}",
        (
            "Nearest at",
            "Whose, and on what it rests",
            "Distance",
            "Accuracy, client and other",
            "Apart in time",
            f"{NEAR_M} metres",
            "Records",
        ),
        tuple(rows),
    )
