"""Where each event was, on what basis, and whose device told it: the columns of place of the events table.

A position in the record comes first; then the fixed camera that recorded it, if case.toml has one; then, of a diary, words that case.toml gives for a place.
Nothing here says who was there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from parsers.contract import INCIDENT, LOCATION, SIGHTING
from pipeline.case import Case
from pipeline.case.places import folded
from pipeline.timeline import cameras, places
from pipeline.timeline.schema import AT, AWAY, BY_CAMERA, BY_POSITION, BY_WORDS, MAY_BE

_BASES: Final = ("", BY_POSITION, BY_CAMERA, BY_WORDS)
_FITS: Final = ("", *places.FITS)
ELSEWHERE: Final = (
    "position may be stale",
    "position is the car's at the event",
    "may have been added by hand or estimated",
    "the time is that of the whole line",
)
"""What a reader remarks on a position that need not be that of the device at the time: it is nowhere more than perhaps (reference: analytics, section 4)."""


@dataclass(frozen=True)
class Told:
    """What is known of the sources beside their records: `files` source key -> (path as handed in, name of the parser); `whose` source key -> key of the person."""

    files: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    whose: Mapping[str, str] = field(default_factory=dict)


NOTHING: Final = Told()


@dataclass(frozen=True, eq=False)
class Whereabouts:
    """Columns for the table, and what must be remarked on some rows: row -> words."""

    columns: Mapping[str, Any]
    doubts: Mapping[int, str]


def histories(rows: Any) -> frozenset[str]:
    """The sources that hold positions of a device."""
    held = rows.filter(pc.equal(rows["kind"].cast(pa.string()), LOCATION))["source"]
    return frozenset(pc.unique(held.cast(pa.string())).to_pylist())


def whose(rows: Any, sender: Any, told: Told) -> Any:
    """The column `sender`, in which a position of a device has the person whose a person has said the device is, and nobody where nobody has said so."""
    positions = pc.equal(rows["kind"].cast(pa.string()), LOCATION)
    if not pc.any(positions, min_count=0).as_py():
        return sender
    source = rows["source"].cast(pa.string()).dictionary_encode().combine_chunks()
    persons = pa.array([told.whose.get(key, "") for key in source.dictionary.to_pylist()], pa.string())
    owner = persons.take(source.indices)
    return pc.if_else(positions.combine_chunks(), owner, sender.cast(pa.string())).dictionary_encode()


def remarked(flags: Any, doubts: Mapping[int, str]) -> Any:
    """The column of remarks with those on places."""
    if not doubts:
        return flags
    texts = flags.to_pylist()
    for row, words in doubts.items():
        texts[row] = f"{texts[row]}; {words}" if texts[row] else words
    return pa.array(texts, flags.type)


def of(rows: Any, local: Any, case: Case, told: Told) -> Whereabouts:
    """The columns place, place_fit, place_basis, nearest, place_m and camera of records (`records.SCHEMA`); `local` is their time on the clock of the case."""
    lat, lon, accuracy = (
        rows[name].to_numpy(zero_copy_only=False).astype(np.float64) for name in ("lat", "lon", "accuracy_m")
    )
    located = places.locate(lat, lon, accuracy, case.places)
    nearest, metres = located.place, located.metres
    there = nearest >= 0
    fit = np.where(there, located.fit + 1, 0).astype(np.int8)
    fit[(fit == _FITS.index(AT)) & _elsewhere(rows["flags"])] = _FITS.index(MAY_BE)
    basis = np.where(there, _BASES.index(BY_POSITION), 0).astype(np.int8)
    camera = np.full(len(lat), -1, dtype=np.int32)
    doubts: dict[int, str] = {}
    key_of = {place.key: index for index, place in enumerate(case.places)}
    dated = local.is_valid().to_numpy(zero_copy_only=False)
    micros = local.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    for row, fits in cameras.recorded_by(rows, micros, dated, case.cameras, told.files).items():
        if len(fits) > 1:
            names = ", ".join(f"“{case.cameras[one].name}”" for one in fits)
            doubts[row] = f"more than one camera of case.toml fits this record ({names}): none is taken"
            continue
        camera[row] = fits[0]
        mine = case.cameras[fits[0]]
        index = key_of[mine.place]
        if there[row]:
            home = case.places[index]
            far = float(places.metres(lat[row], lon[row], home.lat, home.lon))
            if far - float(places.within(accuracy[row : row + 1])[0]) > home.radius_m:
                doubts[row] = (
                    f"its position is {distance_words(far)} from the place that case.toml gives for the camera “{mine.name}”: the position is taken"
                )
            continue
        nearest[row], fit[row], basis[row] = index, _FITS.index(AT), _BASES.index(BY_CAMERA)
    for row, index in _written(rows, case, nearest):
        nearest[row], fit[row], basis[row] = index, _FITS.index(AT), _BASES.index(BY_WORDS)
    place = np.where(fit == _FITS.index(AWAY), -1, nearest)
    columns = {
        "place": _tags(place + 1, ["", *(one.key for one in case.places)]),
        "place_fit": _tags(fit, _FITS),
        "place_basis": _tags(basis, _BASES),
        "nearest": _tags(nearest + 1, ["", *(one.key for one in case.places)]),
        "place_m": pa.array(metres, mask=np.isnan(metres)),
        "camera": _tags(camera + 1, ["", *(one.key for one in case.cameras)]),
    }
    return Whereabouts(columns, doubts)


def _elsewhere(flags: Any) -> NDArray[np.bool_]:
    """Which rows carry a remark of `ELSEWHERE`."""
    pattern = "|".join(re.escape(words) for words in ELSEWHERE)
    found: NDArray[np.bool_] = (
        pc.match_substring_regex(flags.cast(pa.string()), pattern).fill_null(False).to_numpy(zero_copy_only=False)
    )
    return found


def distance_words(metres: float) -> str:
    """'40 m', '1.2 km', '35 km': to 10 m up to a kilometre (reference: analytics, section 4), then to two figures."""
    tens = round(metres / 10) * 10
    if tens < 1000:
        return f"{tens} m" if tens else "under 10 m"
    return f"{metres / 1000:.1f} km" if metres < 9_950 else f"{metres / 1000:,.0f} km"


def distance_said(metres: float, within_m: float, *, assumed: bool) -> str:
    """'40 m ± 12 m': never sharper than its accuracy, which is given to the metre below 100 m."""
    blur = f"{within_m:.0f} m" if within_m < 100 else distance_words(within_m)
    return f"{distance_words(metres)} ± {blur}{' (assumed)' if assumed else ''}"


def _written(rows: Any, case: Case, nearest: NDArray[np.int32]) -> list[tuple[int, int]]:
    """Rows of a diary without a position whose words for the place are those of a place of the case, with its index."""
    words = {word: index for index, place in enumerate(case.places) for word in place.words}
    kinds = pc.is_in(rows["kind"].cast(pa.string()), value_set=pa.array([INCIDENT, SIGHTING]))
    chosen = np.flatnonzero(kinds.to_numpy(zero_copy_only=False) & (nearest < 0))
    if not words or not len(chosen):
        return []
    said = rows["place_written"].take(pa.array(chosen)).to_pylist()
    return [
        (row, words[folded(text)])
        for row, text in zip(chosen.tolist(), said, strict=True)
        if folded(text or "") in words
    ]


def _tags(codes: NDArray[Any], words: Any) -> Any:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(list(words), pa.string()))
