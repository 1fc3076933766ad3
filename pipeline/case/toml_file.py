"""Reading case.toml strictly: every table and key has a form, and a mistake is named with file, line and key.

An unknown key or a value of the wrong type is refused: a mistyped `identifers` that is quietly ignored would leave a whole number out of the report.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeAlias

Where: TypeAlias = tuple[str | int, ...]
"""A place in the file: ("place", 0, "lat") is the latitude of the first [[place]]."""

_NAMES: Final = {
    bool: "true or false",
    str: "text in quotes",
    float: "a number",
    int: "a whole number",
    date: "a date such as 2026-03-04",
}


class CaseError(Exception):
    """case.toml cannot be used; the message names file, line and key, in words for the person who edits it."""


class Lines:
    """Finds the line of a key in the text of a TOML file, for messages: tables by their headers, then the key."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._found: dict[Where, int] = {}
        table: Where = ()
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

    def error(self, where: Where, message: str) -> CaseError:
        """The error to raise: what is wrong with the value at `where`, with file and line."""
        words = ".".join(str(part + 1) if isinstance(part, int) else part for part in where)
        place: Where = where
        while place and place not in self._found:
            place = place[:-1]
        line = f", line {self._found[place]}" if place else ""
        return CaseError(f"{self._path}{line}: {words} {message}")


def needed(row: Mapping[str, Any], key: str, where: Where, lines: Lines) -> str:
    """The text at this key; raises CaseError if it is missing or empty."""
    value = str(row.get(key, "")).strip()
    if not value:
        raise lines.error((*where, key), "is missing or empty")
    return value


def check(value: Any, form: Any, where: Where, lines: Lines) -> None:
    """Holds a value against its form: a type, a table of forms, or a list of one form."""
    if isinstance(form, dict):
        _table(value, form, where, lines)
    elif isinstance(form, list):
        if not isinstance(value, list):
            raise lines.error(
                where,
                "must be a table in double brackets, [[...]]"
                if isinstance(form[0], dict)
                else "must be a list in brackets, [...]",
            )
        for index, inner in enumerate(value):
            check(inner, form[0], (*where, index), lines)
    elif form is float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise lines.error(where, f"must be {_NAMES[form]}")
    elif not isinstance(value, form):
        raise lines.error(where, f"must be {_NAMES[form]}")


def _table(value: Any, form: Mapping[str, Any], where: Where, lines: Lines) -> None:
    if not isinstance(value, dict):
        raise lines.error(where, "must be a table")
    for key, inner in value.items():
        if key not in form:
            raise lines.error((*where, key), f"is not a key that is known here; known are: {', '.join(form)}")
        check(inner, form[key], (*where, key), lines)
