"""The category codes that a person has recorded for an event: in the diary's column for the type, or in case.toml. None is worked out from the words of a record."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
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


def recorded(ids: Any, kinds: Any, extra: Any, case: Case) -> Any:
    """For each event the codes recorded for it, in the order of `CATEGORIES`, separated by spaces; `extra` is JSON, as the diary's parser gives it."""
    found = np.full(len(ids), "", dtype=object)
    incidents = pc.fill_null(pc.equal(kinds.cast(pa.string()), INCIDENT), False)
    places = np.flatnonzero(incidents.to_numpy(zero_copy_only=False))
    for place, text in zip(places, extra.filter(incidents).to_pylist(), strict=True):
        if text:
            found[place] = _ordered(written(str(json.loads(text).get("type", ""))))
    if case.categorised:
        said: dict[str, set[str]] = {}
        for one in case.categorised:
            said.setdefault(one.event, set()).update(one.codes)
        for place in np.flatnonzero(pc.is_in(ids, pa.array(list(said))).to_numpy(zero_copy_only=False)):
            found[place] = _ordered({*found[place].split(), *said[ids[int(place)].as_py()]})
    return pa.array(found, pa.string())


def recorded_by(ids: Any, found: Any, case: Case) -> Any:
    """For each event who recorded the codes that `recorded` gave: "case.toml, A. Vocate: CALL; diary: GIFT"."""
    texts = np.full(len(ids), "", dtype=object)
    said: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for one in case.categorised:
        said.setdefault(one.event, []).append((one.by, one.codes))
    for place in np.flatnonzero(pc.not_equal(found, "").to_numpy(zero_copy_only=False)):
        entries = said.get(ids[int(place)].as_py(), [])
        told = {code for _, codes in entries for code in codes}
        parts = [f"case.toml, {by}: {_ordered(codes)}" for by, codes in entries]
        rest = [code for code in found[int(place)].as_py().split() if code not in told]
        texts[place] = "; ".join([*parts, *([f"diary: {' '.join(rest)}"] if rest else [])])
    return pa.array(texts, pa.string())


def written(text: str) -> set[str]:
    """The codes in a cell of a diary: "HOME; GIFT", "At the home". Only a code or its exact words count; anything else is left for a person."""
    return {_CODES[part] for part in (one.strip().casefold() for one in re.split(r"[;,|\n]", text)) if part in _CODES}


def _ordered(codes: Iterable[str]) -> str:
    chosen = set(codes)
    return " ".join(code for code in CATEGORIES if code in chosen)
