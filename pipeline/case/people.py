"""Who the case names, and who says that an identifier is whose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from pipeline.case.toml_file import Lines, needed

PERSON_FORM: Final = {"name": str, "identifiers": [str]}
ATTRIBUTION_FORM: Final = {"identifier": str, "person": str, "basis": str, "by": str, "on": date, "why": str}


@dataclass(frozen=True)
class Person:
    """Somebody the case names.

    `key` stands for the person in the timeline: "P1" the client, "P2", "P3" ... the subjects, "A", "B" ... the others, in the order of case.toml. `identifiers`
    are numbers, emails, handles and names as the exports show them, as written by the advocate.
    """

    key: str
    role: str
    name: str
    identifiers: tuple[str, ...] = ()


BASES: Final = ("client says", "saved contact", "content", "police", "other")
"""On what an attribution can rest."""


@dataclass(frozen=True)
class Attribution:
    """A person says that an identifier is somebody's: on what basis (one of BASES), who recorded it, on which day, and why."""

    identifier: str
    person: str
    basis: str
    by: str = ""
    on: date | None = None
    why: str = ""


def basis_words(one: Attribution) -> str:
    """'content, recorded by A. Advocate on 04/03/2026: signed with his name'."""
    who = f"recorded by {one.by}" if one.by else "recorded"
    when = f" on {one.on:%d/%m/%Y}" if one.on else ""
    return f"{one.basis}{f', {who}{when}' if one.by or one.on else ''}{f': {one.why}' if one.why else ''}"


def letters(number: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    return (letters(number // 26 - 1) if number >= 26 else "") + chr(ord("A") + number % 26)


def attribution(row: Mapping[str, Any], index: int, lines: Lines) -> Attribution:
    """An attribution from its row, the `index`th; raises CaseError."""
    where = ("attribution", index)
    basis = needed(row, "basis", where, lines)
    if basis not in BASES:
        raise lines.error((*where, "basis"), f'"{basis}" is not one of: {", ".join(BASES)}')
    identifier, person = needed(row, "identifier", where, lines), needed(row, "person", where, lines)
    on = row.get("on")
    return Attribution(
        identifier, person, basis, row.get("by", ""), on.date() if isinstance(on, datetime) else on, row.get("why", "")
    )
