"""What do the records say of where somebody or something was? The table that every analysis of place reads.

A record says less than it seems to. A picture is where its camera was, whoever held it; a fixed camera records activity, whoever caused it; a track is where a
device was, whoever carried it; a diary says where its writer says that something happened. That somebody was there is what a person says (`seen`, in the
review). So every row has beside its place what it rests on, and rows that rest on different things are never added up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from parsers.contract import INCIDENT, LOCATION, PHOTO, SIGHTING, VIDEO
from pipeline.analysis.contact import UNTIMED
from pipeline.analysis.result import Cell, Selection
from pipeline.analysis.wording import days, rows
from pipeline.case import Case
from pipeline.timeline.places import within
from pipeline.timeline.schema import AT, MAY_BE

SEEN: Final = "seen"
ACTIVITY: Final = "activity"
DEVICE: Final = "device"
PICTURE: Final = "picture"
WRITTEN: Final = "written"
RESTS_ON: Final = (SEEN, ACTIVITY, DEVICE, PICTURE, WRITTEN)

APPROACHES: Final = frozenset({"HOME", "WORK", "PLACE", "FOLLOW", "LOITER", "WATCH"})
"""Categories by which a person has recorded an approach: that somebody turned up, or came near (reference: court and domain, section 4)."""
COLUMNS: Final = (
    "id",
    "utc",
    "local",
    "until",
    "seconds",
    "precision",
    "kind",
    "source",
    "sender",
    "lat",
    "lon",
    "accuracy_m",
    "place",
    "place_fit",
    "nearest",
    "place_m",
    "camera",
    "same_as",
    "categories",
    "flags",
    "included",
    "seen",
    "seen_basis",
)
"""The columns of the events table that are read, as far as it has them."""
LISTED: Final = 2_000
"""Up to so many events are named one by one behind a number that no filter gives."""
PLANNED: Final = "does not say that anybody was there"
"""What a reader remarks on a marked place or a planned route."""

_MICROSECOND: Final = "datetime64[us]"


@dataclass(frozen=True)
class Words:
    """The words for keys: of persons, places and cameras. A report that must not name a place or a camera passes what it prints instead."""

    persons: Mapping[str, str]
    places: Mapping[str, str]
    cameras: Mapping[str, str]
    client: str = "P1"
    subjects: tuple[str, ...] = ()

    @classmethod
    def of(cls, case: Case) -> Words:
        """The names in the case."""
        return cls(
            {person.key: person.name for person in case.people},
            {place.key: place.name for place in case.places},
            {camera.key: camera.name for camera in case.cameras},
            case.client.key,
            tuple(person.key for person in case.subjects),
        )

    def place(self, key: str) -> str:
        """The words for a place."""
        return self.places.get(key, key) or "no place of the case"

    def seen(self, who: str) -> str:
        """What persons have recorded: 'Sam was seen'."""
        return (
            f"{self.persons.get(who, who)} was seen"
            if who
            else "an approach (by its category; nobody is named) was noted"
        )

    def who(self, what: str, who: str) -> str:
        """Whose position it is, and on what that rests."""
        if what == SEEN:
            name = self.persons.get(who, who)
            return (
                f"{name}, seen there as a person says"
                if who
                else "an approach, as a person says by its category, nobody named"
            )
        if what == ACTIVITY:
            return f"activity recorded by the camera “{self.cameras.get(who, who)}”"
        if what == DEVICE:
            name = self.persons.get(who, who)
            return (
                f"own device of {name}, the client"
                if who == self.client
                else f"device of {name}"
                if who
                else "device, not stated whose"
            )
        return "pictures and clips taken there, whoever held the camera" if what == PICTURE else "entries of a diary"


@dataclass(frozen=True, eq=False)
class Presence:
    """The rows that say where something was.

    table     a row for each of them, in order of time: id, source, utc, end (microseconds from 1970), local, day (local midnight), hour, weekday (-1 where the time of
              day is not known), what (one of `RESTS_ON`), who (key of a person, of a camera, or ""), place (key or ""), fit (at, may be at, away, ""), lat, lon,
              within_m (accuracy, assumed where not given), assumed, nearest, place_m. An event has two rows where a person says who is seen in a picture
    undated   events with a place or position and no date
    planned   points of planned routes and marked places: nobody was there by them
    left_out  events with a place or position that were excluded in the review, or repeat another
    """

    table: pd.DataFrame
    undated: int
    planned: int
    left_out: int


def presence(events: pd.DataFrame) -> Presence:
    """What an events table says of places. Columns of `COLUMNS` that it does not have count as empty."""
    table = pd.DataFrame({name: events.get(name, "") for name in COLUMNS}).reset_index(drop=True)
    text = {
        name: _text(table[name]) for name in ("place", "camera", "seen", "categories", "kind", "sender", "place_fit")
    }
    placed = table["lat"].notna().to_numpy(dtype=bool) & table["lon"].notna().to_numpy(dtype=bool)
    approach = _approaches(table["categories"])
    says = placed | (text["place"] != "") | (text["seen"] != "") | approach
    planned = table["flags"].astype("string").str.contains(PLANNED, regex=False).fillna(False).to_numpy(dtype=bool)
    kept = table["included"].astype("boolean").fillna(True).to_numpy(dtype=bool) & (_text(table["same_as"]) == "")
    dated = table["utc"].notna().to_numpy(dtype=bool) & table["local"].notna().to_numpy(dtype=bool)
    counts = {
        "undated": int((says & kept & ~planned & ~dated).sum()),
        "planned": int((says & kept & planned).sum()),
        "left_out": int((says & ~kept).sum()),
    }
    good = says & kept & dated & ~planned
    kind = text["kind"]
    picture = np.isin(kind, [PHOTO, VIDEO])
    pieces = [
        _rows(table, text, good & (text["camera"] != ""), ACTIVITY, text["camera"]),
        _rows(table, text, good & placed & (kind == LOCATION), DEVICE, text["sender"]),
        _rows(table, text, good & placed & picture & (text["camera"] == ""), PICTURE, None),
        _rows(table, text, good & np.isin(kind, [INCIDENT, SIGHTING]) & (text["place"] != ""), WRITTEN, None),
        *_seen(table, text, good, approach),
    ]
    found = pd.concat(pieces, ignore_index=True)
    found = found.iloc[np.lexsort((found["row"].to_numpy(), found["utc"].to_numpy()))].reset_index(drop=True)
    return Presence(found.drop(columns="row"), **counts)


def _text(column: pd.Series[Any]) -> NDArray[np.object_]:
    """A column of words; what is not given is ""."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        words = np.array([*column.cat.categories.fillna("").astype(str), ""], dtype=object)
        return np.asarray(words[column.cat.codes.to_numpy()], dtype=object)
    return column.astype(object).where(column.notna(), "").to_numpy(dtype=object)


def _approaches(categories: pd.Series[Any]) -> NDArray[np.bool_]:
    """Where a category says that somebody turned up."""
    codes, words = pd.factorize(categories)
    mine = np.array([bool(APPROACHES & set(str(word).upper().split())) for word in words] + [False], dtype=bool)
    return mine[codes]


def _seen(
    table: pd.DataFrame, text: Mapping[str, NDArray[np.object_]], good: NDArray[np.bool_], approach: NDArray[np.bool_]
) -> Iterator[pd.DataFrame]:
    """Rows for whom a person has seen in a record; an approach without a name is nobody's."""
    said = text["seen"]
    for who in sorted({key for words in set(said[good].tolist()) for key in words.split()}):
        mine = np.array([who in words.split() for words in said.tolist()], dtype=bool) & good
        yield _rows(table, text, mine, SEEN, np.full(len(table), who, dtype=object))
    yield _rows(table, text, good & approach & (said == ""), SEEN, None)


def _rows(
    table: pd.DataFrame,
    text: Mapping[str, NDArray[np.object_]],
    mask: NDArray[np.bool_],
    what: str,
    who: NDArray[np.object_] | None,
) -> pd.DataFrame:
    at = np.flatnonzero(mask)
    part = table.iloc[at]
    utc = (
        part["utc"].dt.tz_convert(None).to_numpy(dtype=_MICROSECOND) if len(part) else np.array([], dtype=_MICROSECOND)
    )
    local = part["local"].to_numpy(dtype=_MICROSECOND)
    until = pd.to_datetime(part["until"]).to_numpy(dtype=_MICROSECOND)
    day = local.astype("datetime64[D]")
    timed = ~part["precision"].isin(UNTIMED).to_numpy(dtype=bool)
    length = np.nan_to_num(pd.to_numeric(part["seconds"], errors="coerce").to_numpy(dtype=np.float64)) * 1e6
    ranged = np.where(np.isnat(until), 0, (until - local).astype(np.int64))
    instant = utc.astype(np.int64)
    accuracy = pd.to_numeric(part["accuracy_m"], errors="coerce").to_numpy(dtype=np.float64)
    number = {
        name: pd.to_numeric(part[name], errors="coerce").to_numpy(dtype=np.float64)
        for name in ("lat", "lon", "place_m")
    }
    return pd.DataFrame(
        {
            "row": at,
            "id": pd.Series(part["id"].to_numpy(dtype=object), dtype=object),
            "source": pd.Series(_text(part["source"]), dtype=object),
            "utc": instant,
            "end": instant + np.maximum(np.maximum(length.astype(np.int64), ranged), 0),
            "local": local,
            "day": day.astype(_MICROSECOND),
            "hour": np.where(timed, (local - day).astype("timedelta64[h]").astype(np.int64), -1),
            "weekday": (day.astype(np.int64) + 3) % 7,
            "timed": timed,
            "what": pd.Categorical([what] * len(at), categories=list(RESTS_ON)),
            "who": pd.Series(np.full(len(at), "", dtype=object) if who is None else who[at], dtype=object),
            "place": pd.Series(text["place"][at], dtype=object),
            "fit": pd.Series(
                np.where((text["place_fit"][at] == "") & (text["place"][at] != ""), AT, text["place_fit"][at]),
                dtype=object,
            ),
            "lat": number["lat"],
            "lon": number["lon"],
            "within_m": within(accuracy),
            "assumed": ~(np.isfinite(accuracy) & (accuracy > 0)),
            "nearest": pd.Series(_text(part["nearest"]), dtype=object),
            "place_m": number["place_m"],
        }
    )


def without_client(found: Presence, words: Words) -> Presence:
    """The same without what tells where the client was: her or his devices, those of which nobody has said whose they are, and where pictures were taken."""
    table = found.table
    own = (table["what"] == DEVICE) & table["who"].isin((words.client, "")) | (table["what"] == PICTURE)
    return replace(found, table=table[~own].reset_index(drop=True))


def groups(table: pd.DataFrame, *what: str) -> Iterator[tuple[str, str, str, pd.DataFrame]]:
    """The rows of each (what, who, place) that rest on one of these: at the place or perhaps there. In the order of `RESTS_ON`, then by who and place."""
    there = table[table["what"].isin(what) & (table["fit"].isin((AT, MAY_BE)) | (table["what"] == SEEN))]
    for (rests_on, who, place), part in there.groupby(["what", "who", "place"], observed=True, sort=True):
        yield str(rests_on), str(who), str(place), part


def linked(number: int, ids: NDArray[np.object_], *, of_days: bool = False) -> Cell:
    """A number with the events behind it, where they are few enough to be named one by one."""
    if not 0 < len(ids) <= LISTED:
        return f"{number:,}"
    chosen = Selection(ids=tuple(dict.fromkeys(ids.tolist())))
    return (days if of_days else rows)(number, chosen)
