"""The page of people who can help: in the client's own copy, and in no other (R16).

Numbers come from contacts.toml, which anybody can edit: the case's own if there is one, else the one that comes with Fourline. Every entry says when it was checked.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Final

from pipeline import disk
from pipeline.analysis.result import Table
from pipeline.analysis.wording import day_words
from pipeline.case.toml_file import CaseError, Lines, check, needed
from pipeline.report.section import Section

FILE: Final = "contacts.toml"
_FRESH: Final = timedelta(days=183)
_FORM: Final = {"contact": [{"name": str, "number": str, "words": str, "checked_on": date}]}
_LEAD: Final = "You do not have to deal with this alone. If you are in danger now, ring 999. This page is in your copy only. Keep this copy where the person it is about cannot see it."


@dataclass(frozen=True)
class Contact:
    """Somebody who can help, and the day on which the number was last checked."""

    name: str
    number: str
    words: str = ""
    checked_on: date | None = None


def text_of(folder: Path) -> str:
    """The text of the case's contacts.toml, or of the one that comes with Fourline."""
    own = folder / FILE
    if own.is_file():
        return own.read_text(encoding="utf-8-sig")
    return resources.files("pipeline.report").joinpath("templates", FILE).read_text(encoding="utf-8")


def put(folder: Path) -> Path | None:
    """Puts the file that comes with Fourline into a case that has none, to be checked and edited there; gives its path if any number in it waits for that."""
    own = folder / FILE
    if not own.exists():
        disk.write(own, text_of(folder).encode())
    waiting = any(one.checked_on is None for one in contacts(text_of(folder), own))
    return own if waiting else None


def contacts(text: str, path: Path = Path(FILE)) -> tuple[Contact, ...]:
    """The contacts of a contacts.toml.

    Raises:
        CaseError: it is not TOML, or has an unknown key, a wrong type or an entry without name or number.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CaseError(f"{path}: {error}") from None
    lines = Lines(path, text)
    check(data, _FORM, (), lines)
    found = []
    for index, row in enumerate(data.get("contact", ())):
        where = ("contact", index)
        on = row.get("checked_on")
        found.append(
            Contact(
                needed(row, "name", where, lines),
                needed(row, "number", where, lines),
                row.get("words", ""),
                on.date() if isinstance(on, datetime) else on,
            )
        )
    return tuple(found)


def section(listed: tuple[Contact, ...], day: date) -> Section:
    """The page, for a copy made on `day`."""
    return Section(
        "support",
        "People who can help",
        _LEAD,
        open_tables=(
            Table(
                "Who to ring",
                ("Who", "Number", "What for", "Checked on"),
                tuple((one.name, one.number, one.words or "-", _checked(one, day)) for one in listed),
            ),
        ),
    )


def _checked(contact: Contact, day: date) -> str:
    if contact.checked_on is None:
        return "not checked lately"
    fresh = timedelta() <= day - contact.checked_on <= _FRESH
    return day_words(contact.checked_on) + ("" if fresh else ", not checked lately")
