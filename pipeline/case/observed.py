"""[[observed]]: for which time somebody says that records are complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from pipeline.case.toml_file import Lines, needed

OBSERVED_FORM: Final = {
    "from": date,
    "until": date,
    "sources": [str],
    "channels": [str],
    "persons": [str],
    "by": str,
    "basis": str,
}


@dataclass(frozen=True)
class Observed:
    """A person (`by`) says, on a basis, that from `start` to `end` (days, both included) the records hold all contact there was.

    It is said of the files in `sources` (their labels in the source register, or the first digits of their SHA-256), of `channels`, and of contact with
    `persons` (names as in case.toml); of all, where these are empty.
    """

    start: date
    end: date
    by: str
    basis: str
    sources: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()


def observed(row: Mapping[str, Any], index: int, names: frozenset[str], lines: Lines) -> Observed:
    """A statement from its row, the `index`th; `names` are those of the people of the case. Raises CaseError."""
    where = ("observed", index)
    for key in ("from", "until"):
        if key not in row:
            raise lines.error((*where, key), "is missing: write the day, such as 2026-03-04")
    start, end = (row[key].date() if isinstance(row[key], datetime) else row[key] for key in ("from", "until"))
    if end < start:
        raise lines.error((*where, "until"), f"{end} is before {start}, the day in “from”")
    for person in row.get("persons", ()):
        if person not in names:
            raise lines.error((*where, "persons"), f'"{person}" is not the name of a person of the case')
    return Observed(
        start,
        end,
        needed(row, "by", where, lines),
        needed(row, "basis", where, lines),
        *(tuple(row.get(key, ())) for key in ("sources", "channels", "persons")),
    )
