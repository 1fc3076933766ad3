"""The category codes that a person has recorded for an event: in the diary's column for the type, or in case.toml (or in the review: `decided`). None is worked out from the words of a record."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from parsers.contract import INCIDENT
from pipeline.case import Case
from pipeline.case.categories import CATEGORIES

_CODES: Final[Mapping[str, str]] = {
    **{words.casefold(): code for code, words in CATEGORIES.items()},
    **{code.casefold(): code for code in CATEGORIES},
}


def recorded(ids: Any, kinds: Any, extra: Any, case: Case) -> tuple[Any, Any]:
    """For each event the codes recorded for it, in the order of `CATEGORIES`, separated by spaces; and by whom: "diary: GIFT; case.toml, A. Vocate: CALL".

    Codes from several places are put together. `extra` is JSON, as the diary's parser gives it. What the review adds
    comes later (`decided`), in the same way: nothing that one place says takes away what another says.
    """
    said: dict[int, list[tuple[str, Collection[str]]]] = {}
    incidents = pc.fill_null(pc.equal(kinds.cast(pa.string()), INCIDENT), False)
    places = np.flatnonzero(incidents.to_numpy(zero_copy_only=False))
    for place, text in zip(places.tolist(), extra.filter(incidents).to_pylist(), strict=True):
        if text and (codes := written(str(json.loads(text).get("type", "")))):
            said.setdefault(place, []).append(("diary", codes))
    if case.categorised:
        events = pa.array([one.event for one in case.categorised])
        for place in np.flatnonzero(pc.is_in(ids, events).to_numpy(zero_copy_only=False)).tolist():
            event = ids[place].as_py()
            for one in case.categorised:
                if one.event == event:
                    said.setdefault(place, []).append((f"case.toml, {one.by}", one.codes))
    found, by = np.full(len(ids), "", dtype=object), np.full(len(ids), "", dtype=object)
    for place, entries in said.items():
        found[place] = in_order(code for _, codes in entries for code in codes)
        by[place] = "; ".join(f"{who}: {in_order(codes)}" for who, codes in entries)
    return pa.array(found, pa.string()), pa.array(by, pa.string())


def written(text: str) -> set[str]:
    """The codes in a cell of a diary: "HOME; GIFT", "At the home". Only a code or its exact words count; anything else is left for a person."""
    return {_CODES[part] for part in (one.strip().casefold() for one in re.split(r"[;,|\n]", text)) if part in _CODES}


def in_order(codes: Iterable[str]) -> str:
    """The codes, each once, in the order of `CATEGORIES`, separated by spaces."""
    chosen = set(codes)
    return " ".join(code for code in CATEGORIES if code in chosen)
