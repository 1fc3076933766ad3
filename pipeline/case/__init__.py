"""case.toml: who, where, when and what a person has answered.

Each kind of table has a file of its own beside this one, with its form (keys and types), its frozen class and the function that makes one from a row.
A new table is such a file, a line in `_FORM` and a field of `Case`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import phonenumbers

from pipeline.case.answers import ANSWER_FORM, Answer
from pipeline.case.cameras import CAMERA_FORM, Camera, camera, check_apart
from pipeline.case.categories import CATEGORIES, CATEGORY_FORM, Categorised, categorised
from pipeline.case.clocks import CLOCK_FORM, ClockCheck, clock
from pipeline.case.confidential import (
    CONFIDENTIAL_FORM,
    CONFIDENTIAL_KINDS,
    DECISION_FORM,
    Confidential,
    Decision,
    confidential,
    decision,
)
from pipeline.case.key_dates import KEY_DATE_FORM, KEY_DATE_TYPES, KeyDate, key_date
from pipeline.case.not_held import NOT_HELD_FORM, NotHeld, not_held
from pipeline.case.observed import OBSERVED_FORM, Observed, observed
from pipeline.case.orders import ORDER_FORM, Order, Term, order
from pipeline.case.origins import NOT_STATED, ORIGIN_FORM, Origin, origin, together
from pipeline.case.people import (
    ATTRIBUTION_FORM,
    BASES,
    PERSON_FORM,
    Attribution,
    Person,
    attribution,
    basis_words,
    letters,
)
from pipeline.case.pictures import PICTURE_FORM, Hidden, Picture, check_pictures, picture
from pipeline.case.places import PLACE_FORM, PLACE_TYPES, Place, check_words, place
from pipeline.case.report_table import REPORT_FORM, report_table
from pipeline.case.toml_file import CaseError, Lines, check, needed

__all__ = [
    "BASES",
    "CATEGORIES",
    "CONFIDENTIAL_KINDS",
    "FILE",
    "KEY_DATE_TYPES",
    "NOT_STATED",
    "PLACE_TYPES",
    "Answer",
    "Attribution",
    "Camera",
    "Case",
    "CaseError",
    "Categorised",
    "ClockCheck",
    "Confidential",
    "Decision",
    "Hidden",
    "KeyDate",
    "NotHeld",
    "Observed",
    "Order",
    "Origin",
    "Person",
    "Picture",
    "Place",
    "Term",
    "basis_words",
    "load",
    "parse",
]

FILE: Final = "case.toml"


@dataclass(frozen=True)
class Case:
    """All that case.toml says."""

    folder: Path
    reference: str
    client: Person
    subjects: tuple[Person, ...] = ()
    others: tuple[Person, ...] = ()
    places: tuple[Place, ...] = ()
    cameras: tuple[Camera, ...] = ()
    key_dates: tuple[KeyDate, ...] = ()
    answers: tuple[Answer, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    observed: tuple[Observed, ...] = ()
    categorised: tuple[Categorised, ...] = ()
    origins: tuple[Origin, ...] = ()
    not_held: tuple[NotHeld, ...] = ()
    clocks: tuple[ClockCheck, ...] = ()
    confidential: tuple[Confidential, ...] = ()
    decisions: tuple[Decision, ...] = ()
    pictures: tuple[Picture, ...] = ()
    orders: tuple[Order, ...] = ()
    report: Mapping[str, Any] = field(default_factory=dict)
    zone: str = "Europe/London"
    country: str = "GB"
    gap_days: int = 14
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

    def origin_of(self, sha256s: Collection[str], run: str) -> Origin:
        """What is said of the origin of a file, by its hash or that of the archive it is in, or of the `add` it came with."""
        return together([one for one in self.origins if one.is_about(sha256s, run)])


_FORM: Final[dict[str, Any]] = {
    "reference": str,
    "zone": str,
    "country": str,
    "gap_days": int,
    "client": PERSON_FORM,
    "subject": [PERSON_FORM],
    "other": [{**PERSON_FORM, "role": str}],
    "place": [PLACE_FORM],
    "camera": [CAMERA_FORM],
    "key_date": [KEY_DATE_FORM],
    "observed": [OBSERVED_FORM],
    "category": [CATEGORY_FORM],
    "attribution": [ATTRIBUTION_FORM],
    "clock": [CLOCK_FORM],
    "answer": [ANSWER_FORM],
    "source": [ORIGIN_FORM],
    "not_held": [NOT_HELD_FORM],
    "confidential": [CONFIDENTIAL_FORM],
    "decision": [DECISION_FORM],
    "picture": [PICTURE_FORM],
    "order": [ORDER_FORM],
    "report": REPORT_FORM,
}


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
    lines = Lines(path, text)
    check(data, _FORM, (), lines)

    def people(table: str, keys: list[str], role: str) -> tuple[Person, ...]:
        return tuple(
            Person(
                key,
                str(row.get("role", role)),
                needed(row, "name", (table, index), lines),
                tuple(row.get("identifiers", ())),
            )
            for index, (key, row) in enumerate(zip(keys, data.get(table, ()), strict=False))
        )

    client = data.get("client", {})
    places = tuple(place(row, index, lines) for index, row in enumerate(data.get("place", ())))
    check_words(places, lines)
    cameras = tuple(camera(row, index, places, lines) for index, row in enumerate(data.get("camera", ())))
    check_apart(cameras, lines)
    pictures = tuple(picture(row, index, lines) for index, row in enumerate(data.get("picture", ())))
    check_pictures(pictures, lines)
    attributions = tuple(attribution(row, index, lines) for index, row in enumerate(data.get("attribution", ())))
    case = Case(
        folder=folder,
        reference=needed(data, "reference", (), lines),
        client=Person("P1", "client", needed(client, "name", ("client",), lines), tuple(client.get("identifiers", ()))),
        subjects=people("subject", [f"P{number}" for number in range(2, len(data.get("subject", ())) + 2)], "subject"),
        others=people("other", [letters(number) for number in range(len(data.get("other", ())))], "other person"),
        places=places,
        cameras=cameras,
        key_dates=tuple(
            sorted(
                (key_date(row, index, lines) for index, row in enumerate(data.get("key_date", ()))),
                key=lambda entry: (entry.day, entry.label),
            )
        ),
        answers=tuple(
            Answer(*(str(row.get(key, "")) for key in ("file", "name", "key", "value", "question")))
            for row in data.get("answer", ())
        ),
        attributions=attributions,
        categorised=tuple(categorised(row, index, lines) for index, row in enumerate(data.get("category", ()))),
        origins=tuple(origin(row, index, lines) for index, row in enumerate(data.get("source", ()))),
        not_held=tuple(not_held(row, index, lines) for index, row in enumerate(data.get("not_held", ()))),
        clocks=tuple(clock(row, index, lines) for index, row in enumerate(data.get("clock", ()))),
        confidential=tuple(confidential(row, index, lines) for index, row in enumerate(data.get("confidential", ()))),
        decisions=tuple(decision(row, index, lines) for index, row in enumerate(data.get("decision", ()))),
        pictures=pictures,
        report=report_table(data.get("report", {}), lines),
        zone=data.get("zone", "Europe/London"),
        country=data.get("country", "GB"),
        gap_days=data.get("gap_days", 14),
        text=text,
    )
    case = _attributed(case, lines)
    names = frozenset(person.name for person in case.people)
    case = replace(
        case, observed=tuple(observed(row, index, names, lines) for index, row in enumerate(data.get("observed", ())))
    )
    by_name = {one.name: one.key for one in case.places}
    orders = tuple(order(row, index, by_name, lines) for index, row in enumerate(data.get("order", ())))
    case = replace(case, orders=orders)
    try:
        ZoneInfo(case.zone)
    except (KeyError, ValueError, OSError):
        raise lines.error(
            ("zone",), f'"{case.zone}" is not a time zone; for the United Kingdom write "Europe/London"'
        ) from None
    if case.gap_days < 2:
        raise lines.error(("gap_days",), f"{case.gap_days} is not a number of days from 2 upwards")
    if case.country not in phonenumbers.SUPPORTED_REGIONS:  # "UK" is not one: numbers without +44 would be nobody's
        raise lines.error(
            ("country",),
            f'"{case.country}" is not a country code of two capital letters; for the United Kingdom write "GB"',
        )
    return case


def _attributed(case: Case, lines: Lines) -> Case:
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
