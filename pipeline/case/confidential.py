"""[[confidential]]: strings that must not reach the other side; [[decision]]: what a person decided about a string that looks as if it might be one.

A confidential string is withheld in every form in which it may be written (`report.written_forms`). The client's numbers and addresses, the names and numbers of the
other people, and the places that are not known to the other side need no entry: they are confidential as they stand in the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from pipeline.case.toml_file import Lines, needed

CONFIDENTIAL_KINDS: Final = (
    "address",
    "postcode",
    "phone",
    "email",
    "handle",
    "name",
    "child",
    "registration",
    "school",
    "workplace",
    "place",
    "coordinates",
    "other",
)
CONFIDENTIAL_FORM: Final = {"text": str, "kind": str, "may_show": [str], "why": str}

SHOW, WITHHOLD = "show", "withhold"
DECISION_FORM: Final = {"text": str, "decision": str, "by": str, "on": date, "why": str}


@dataclass(frozen=True)
class Confidential:
    """A string that is withheld; `may_show` are parts of it that are no secret ("Buxton" of an address); `why` is for the file only."""

    text: str
    kind: str
    may_show: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Decision:
    """A person looked at a string that the search found (a postcode, a number) and decided to SHOW or to WITHHOLD it: who, on which day, why."""

    text: str
    decision: str
    by: str
    on: date | None = None
    why: str = ""


def confidential(row: Mapping[str, Any], index: int, lines: Lines) -> Confidential:
    """A confidential string from its row, the `index`th; raises CaseError."""
    where = ("confidential", index)
    text, kind = needed(row, "text", where, lines), needed(row, "kind", where, lines)
    if kind not in CONFIDENTIAL_KINDS:
        raise lines.error((*where, "kind"), f'"{kind}" is not one of: {", ".join(CONFIDENTIAL_KINDS)}')
    if sum(character.isalnum() for character in text) < 2:
        raise lines.error((*where, "text"), f'"{text}" is too short to be searched for')
    return Confidential(text, kind, tuple(row.get("may_show", ())), row.get("why", ""))


def decision(row: Mapping[str, Any], index: int, lines: Lines) -> Decision:
    """A decision from its row, the `index`th; raises CaseError."""
    where = ("decision", index)
    decided = needed(row, "decision", where, lines)
    if decided not in (SHOW, WITHHOLD):
        raise lines.error((*where, "decision"), f'"{decided}" is not one of: {SHOW}, {WITHHOLD}')
    on = row.get("on")
    return Decision(
        needed(row, "text", where, lines),
        decided,
        needed(row, "by", where, lines),
        on.date() if isinstance(on, datetime) else on,
        row.get("why", ""),
    )
