"""Rows of the events table that say something of places, for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd
from hypothesis import strategies as st
from tables import events_table

from pipeline.analysis.presence import Presence, Words, presence
from pipeline.case import parse
from pipeline.timeline.places import FITS, locate
from pipeline.timeline.schema import SCHEMA

CASE: Final = parse(
    """
reference = "x"
[client]
name = "Robin"
[[subject]]
name = "Sam"
[[subject]]
name = "Kit"
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
lon = -1.86
radius_m = 150
[[camera]]
name = "Doorbell"
place = "Home"
device = "Front Door"
""",
    Path(),
)
WORDS: Final = Words.of(CASE)
HOME, WORK = CASE.places
NORTH_M: Final = 111_194.9266
"""Metres in a degree of latitude."""


def row(kind: str, local: str, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "channel": "location", "direction": "", "local": local, **fields}


def fix(
    local: str, north_m: float = 0, who: str = "P1", *, accuracy_m: float | None = 10, **fields: Any
) -> dict[str, Any]:
    """A position of somebody's device, so many metres north of the middle of Home."""
    return row(
        fields.pop("kind", "location"),
        local,
        sender=who,
        lat=53.46 + north_m / NORTH_M,
        lon=-1.86,
        accuracy_m=accuracy_m,
        **fields,
    )


def clip(local: str, **fields: Any) -> dict[str, Any]:
    """What the doorbell recorded."""
    return row(
        "video",
        local,
        place="place-1",
        place_fit="at",
        place_basis="fixed camera",
        nearest="place-1",
        camera="camera-1",
        **fields,
    )


def table_of(rows: Sequence[Mapping[str, Any]], seen: Mapping[int, str] | None = None) -> pd.DataFrame:
    """The events table; positions get their places as the timeline would give them; `seen` is number of the row -> keys of persons."""
    events = events_table(rows)
    lat, lon, accuracy = (events[name].astype(float).to_numpy() for name in ("lat", "lon", "accuracy_m"))
    found = locate(lat, lon, accuracy, CASE.places)
    keys = ["", *(place.key for place in CASE.places)]
    there = found.place >= 0
    fits = [FITS[fit] if is_there else "" for fit, is_there in zip(found.fit, there, strict=True)]
    events["nearest"] = [
        key if is_there else old
        for key, is_there, old in zip([keys[one + 1] for one in found.place], there, events["nearest"], strict=True)
    ]
    events["place_fit"] = [
        fit if is_there else old for fit, is_there, old in zip(fits, there, events["place_fit"], strict=True)
    ]
    events["place"] = [
        (keys[one + 1] if fit != "away" else "") if is_there else old
        for one, fit, is_there, old in zip(found.place, fits, there, events["place"], strict=True)
    ]
    events["place_m"] = found.metres
    events["seen"] = [(seen or {}).get(int(position), "") for position in events["position"]]
    assert "seen" in events or "seen" in SCHEMA.names
    return events


def found_in(rows: Sequence[Mapping[str, Any]], seen: Mapping[int, str] | None = None) -> Presence:
    return presence(table_of(rows, seen))


def any_places(most: int = 25) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows of every kind that says something of a place, close in time and space, with the night on which the clocks go back."""
    moments = st.integers(0, 12 * 24 * 4).map(
        lambda quarter: str(pd.Timestamp("2026-10-18") + pd.Timedelta(minutes=15 * quarter))
    )
    one = st.fixed_dictionaries(
        {
            "utc": st.one_of(moments, moments, moments, st.none()),
            "precision": st.sampled_from(["second", "second", "minute", "day", "about"]),
            "kind": st.sampled_from(["location", "location", "photo", "video", "incident", "message"]),
            "sender": st.sampled_from(["P1", "P2", ""]),
            "lat": st.one_of(st.none(), st.floats(53.455, 53.485)),
            "lon": st.one_of(st.just(-1.86), st.floats(-1.87, -1.85)),
            "accuracy_m": st.sampled_from([None, 0.0, 5.0, 30.0, 400.0]),
            "camera": st.sampled_from(["", "", "camera-1"]),
            "place": st.sampled_from(["", "place-1", "place-2"]),
            "seconds": st.sampled_from([None, 20.0, 4000.0]),
            "categories": st.sampled_from(["", "", "HOME", "THREAT-V", "MSG LOITER"]),
            "flags": st.sampled_from(["", "", "a marked place: it does not say that anybody was there"]),
            "same_as": st.sampled_from(["", "", "", "0123456789ab"]),
            "included": st.sampled_from([True, True, True, False]),
        }
    )
    return st.lists(one, max_size=most)


def any_seen() -> st.SearchStrategy[dict[int, str]]:
    return st.dictionaries(st.integers(0, 24), st.sampled_from(["P2", "P3", "P2 P3", "P1"]), max_size=12)
