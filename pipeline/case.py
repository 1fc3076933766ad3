"""case.toml: who, where, when and what a person has answered. Read strictly, written with its comments kept.

An unknown key or a value of the wrong type is refused with file, line and key: a mistyped `identifers` that is quietly ignored would leave a whole number
out of the report.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

FILE: Final = "case.toml"

PLACE_TYPES: Final = ("home", "work", "school", "family", "other")
KEY_DATE_TYPES: Final = (
    "asked to stop",
    "blocked",
    "reported",
    "moved",
    "number changed",
    "order made",
    "order served",
    "order varied",
    "order expired",
    "other",
)


class CaseError(Exception):
    """case.toml cannot be used; the message names file, line and key, in words for the person who edits it."""


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


@dataclass(frozen=True)
class Place:
    """A named place: degrees north and east, radius in metres; `known_to` says who knows of it already."""

    key: str
    name: str
    type: str
    lat: float
    lon: float
    radius_m: float
    known_to: str = ""


@dataclass(frozen=True)
class KeyDate:
    """Something that happened on a day and against which contact is compared; `reference` is a crime, occurrence or case number, kept as text."""

    day: date
    type: str
    what: str = ""
    reference: str = ""

    @property
    def label(self) -> str:
        """Words for a chart or a table: "asked to stop", "reported 24*123456"."""
        return " ".join(filter(None, [self.what or self.type, self.reference]))


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


@dataclass(frozen=True)
class Answer:
    """What a person said when a file could not be read without it. `file` is the file's SHA-256, `name` its name, for the reader."""

    file: str
    name: str
    key: str
    value: str
    question: str = ""


@dataclass(frozen=True)
class Case:
    """All that case.toml says."""

    folder: Path
    reference: str
    client: Person
    subjects: tuple[Person, ...] = ()
    others: tuple[Person, ...] = ()
    places: tuple[Place, ...] = ()
    key_dates: tuple[KeyDate, ...] = ()
    answers: tuple[Answer, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    zone: str = "Europe/London"
    country: str = "GB"
    text: str = field(default="", repr=False, compare=False)

    @property
    def people(self) -> tuple[Person, ...]:
        """Client, subjects, others, in this order."""
        return (self.client, *self.subjects, *self.others)

    def person(self, key: str) -> Person | None:
        """The person with this key, if any."""
        return next((person for person in self.people if person.key == key), None)

    def answers_for(self, sha256: str) -> dict[str, str]:
        """The answers given for one file."""
        return {answer.key: answer.value for answer in self.answers if answer.file == sha256}


_PERSON = {"name": str, "identifiers": [str]}
_FORM: Final[dict[str, Any]] = {
    "reference": str,
    "zone": str,
    "country": str,
    "client": _PERSON,
    "subject": [_PERSON],
    "other": [{**_PERSON, "role": str}],
    "place": [{"name": str, "type": str, "lat": float, "lon": float, "radius_m": float, "known_to": str}],
    "key_date": [{"date": date, "type": str, "what": str, "reference": str}],
    "attribution": [{"identifier": str, "person": str, "basis": str, "by": str, "on": date, "why": str}],
    "answer": [{"file": str, "name": str, "key": str, "value": str, "question": str}],
}
_NAMES = {str: "text in quotes", float: "a number", date: "a date such as 2026-03-04"}


def load(folder: Path) -> Case:
    """The case in `folder`.

    Raises:
        CaseError: there is no case.toml, it is not TOML, has an unknown key, a wrong type, or a value that cannot be.
    """
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CaseError(
            f"{folder} is not a case folder: it has no {FILE}. Make one with: fourline new {folder}"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{path} cannot be read: {error}") from None
    return parse(text, folder)


def parse(text: str, folder: Path) -> Case:
    """A case from the text of its case.toml; `folder` is where it lies. Raises CaseError as `load` does."""
    path = folder / FILE
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CaseError(f"{path}: {error}") from None
    lines = _Lines(path, text)
    _check(data, _FORM, (), lines)

    def people(table: str, keys: list[str], role: str) -> tuple[Person, ...]:
        return tuple(
            Person(
                key,
                str(row.get("role", role)),
                _needed(row, "name", (table, index), lines),
                tuple(row.get("identifiers", ())),
            )
            for index, (key, row) in enumerate(zip(keys, data.get(table, ()), strict=False))
        )

    client = data.get("client", {})
    attributions = tuple(_attribution(row, index, lines) for index, row in enumerate(data.get("attribution", ())))
    case = Case(
        folder=folder,
        reference=_needed(data, "reference", (), lines),
        client=Person(
            "P1", "client", _needed(client, "name", ("client",), lines), tuple(client.get("identifiers", ()))
        ),
        subjects=people("subject", [f"P{number}" for number in range(2, len(data.get("subject", ())) + 2)], "subject"),
        others=people("other", [_letters(number) for number in range(len(data.get("other", ())))], "other person"),
        places=tuple(_place(row, index, lines) for index, row in enumerate(data.get("place", ()))),
        key_dates=tuple(
            sorted(
                (_key_date(row, index, lines) for index, row in enumerate(data.get("key_date", ()))),
                key=lambda entry: (entry.day, entry.label),
            )
        ),
        answers=tuple(
            Answer(*(str(row.get(key, "")) for key in ("file", "name", "key", "value", "question")))
            for row in data.get("answer", ())
        ),
        attributions=attributions,
        zone=data.get("zone", "Europe/London"),
        country=data.get("country", "GB"),
        text=text,
    )
    case = _attributed(case, lines)
    try:
        ZoneInfo(case.zone)
    except (KeyError, ValueError, OSError):
        raise lines.error(
            ("zone",), f'"{case.zone}" is not a time zone; for the United Kingdom write "Europe/London"'
        ) from None
    if not re.fullmatch("[A-Z]{2}", case.country):
        raise lines.error(("country",), f'"{case.country}" is not a country code of two capital letters, such as "GB"')
    return case


def _letters(number: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    return (_letters(number // 26 - 1) if number >= 26 else "") + chr(ord("A") + number % 26)


def _place(row: Mapping[str, Any], index: int, lines: _Lines) -> Place:
    where = ("place", index)
    kind = _needed(row, "type", where, lines)
    if kind not in PLACE_TYPES:
        raise lines.error((*where, "type"), f'"{kind}" is not one of: {", ".join(PLACE_TYPES)}')
    for key, limit in (("lat", 90), ("lon", 180)):
        if key not in row:
            raise lines.error((*where, key), "is missing")
        if not -limit <= row[key] <= limit:
            raise lines.error((*where, key), f"{row[key]} is not between -{limit} and {limit} degrees")
    radius = float(row.get("radius_m", 100))
    if not 0 < radius <= 100_000:
        raise lines.error((*where, "radius_m"), f"{radius} is not a radius in metres between 0 and 100000")
    return Place(
        f"place-{index + 1}",
        _needed(row, "name", where, lines),
        kind,
        float(row["lat"]),
        float(row["lon"]),
        radius,
        row.get("known_to", ""),
    )


def _key_date(row: Mapping[str, Any], index: int, lines: _Lines) -> KeyDate:
    where = ("key_date", index)
    if "date" not in row:
        raise lines.error((*where, "date"), "is missing")
    kind = _needed(row, "type", where, lines)
    if kind not in KEY_DATE_TYPES:
        raise lines.error((*where, "type"), f'"{kind}" is not one of: {", ".join(KEY_DATE_TYPES)}')
    day = row["date"].date() if isinstance(row["date"], datetime) else row["date"]
    return KeyDate(day, kind, row.get("what", ""), row.get("reference", ""))


def _attribution(row: Mapping[str, Any], index: int, lines: _Lines) -> Attribution:
    where = ("attribution", index)
    basis = _needed(row, "basis", where, lines)
    if basis not in BASES:
        raise lines.error((*where, "basis"), f'"{basis}" is not one of: {", ".join(BASES)}')
    identifier, person = _needed(row, "identifier", where, lines), _needed(row, "person", where, lines)
    on = row.get("on")
    return Attribution(
        identifier, person, basis, row.get("by", ""), on.date() if isinstance(on, datetime) else on, row.get("why", "")
    )


def _attributed(case: Case, lines: _Lines) -> Case:
    """The case with each attributed identifier among those of its person."""
    more: dict[str, list[str]] = {}
    for index, one in enumerate(case.attributions):
        named = [person.key for person in case.people if person.name.casefold() == one.person.casefold()]
        if len(named) != 1:
            raise lines.error(
                ("attribution", index, "person"), f'"{one.person}" is not the name of one person of the case'
            )
        more.setdefault(named[0], []).append(one.identifier)

    def extended(person: Person) -> Person:
        return replace(person, identifiers=tuple(dict.fromkeys((*person.identifiers, *more.get(person.key, ())))))

    return replace(
        case,
        client=extended(case.client),
        subjects=tuple(extended(person) for person in case.subjects),
        others=tuple(extended(person) for person in case.others),
    )


def _needed(row: Mapping[str, Any], key: str, where: tuple[str | int, ...], lines: _Lines) -> str:
    value = str(row.get(key, "")).strip()
    if not value:
        raise lines.error((*where, key), "is missing or empty")
    return value


def _check(value: Any, form: Any, where: tuple[str | int, ...], lines: _Lines) -> None:
    """Holds a value against its form: a type, a table of forms, or a list of one form."""
    if isinstance(form, dict):
        _check_table(value, form, where, lines)
    elif isinstance(form, list):
        if not isinstance(value, list):
            raise lines.error(
                where,
                "must be a table in double brackets, [[...]]"
                if isinstance(form[0], dict)
                else "must be a list in brackets, [...]",
            )
        for index, inner in enumerate(value):
            _check(inner, form[0], (*where, index), lines)
    elif form is float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise lines.error(where, f"must be {_NAMES[form]}")
    elif not isinstance(value, form):
        raise lines.error(where, f"must be {_NAMES[form]}")


def _check_table(value: Any, form: Mapping[str, Any], where: tuple[str | int, ...], lines: _Lines) -> None:
    if not isinstance(value, dict):
        raise lines.error(where, "must be a table")
    for key, inner in value.items():
        if key not in form:
            raise lines.error((*where, key), f"is not a key that is known here; known are: {', '.join(form)}")
        _check(inner, form[key], (*where, key), lines)


class _Lines:
    """Finds the line of a key in the text of a TOML file, for messages: tables by their headers, then the key."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._found: dict[tuple[str | int, ...], int] = {}
        table: tuple[str | int, ...] = ()
        counts: dict[str, int] = {}
        for number, line in enumerate(text.splitlines(), 1):
            if header := re.match(r"\s*(\[\[?)\s*([A-Za-z0-9_.\"-]+)\s*\]\]?", line):
                name = header[2].strip('"')
                if header[1] == "[[":
                    table = (name, counts.get(name, 0))
                    counts[name] = counts.get(name, 0) + 1
                    self._found.setdefault((name,), number)
                else:
                    table = (name,)
                self._found.setdefault(table, number)
            elif key := re.match(r"\s*\"?([A-Za-z0-9_-]+)\"?\s*(=|\.)", line):
                self._found.setdefault((*table, key[1]), number)

    def error(self, where: tuple[str | int, ...], message: str) -> CaseError:
        words = ".".join(str(part + 1) if isinstance(part, int) else part for part in where)
        place: tuple[str | int, ...] = where
        while place and place not in self._found:
            place = place[:-1]
        line = f", line {self._found[place]}" if place else ""
        return CaseError(f"{self._path}{line}: {words} {message}")
