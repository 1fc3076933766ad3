"""Whose device recorded the positions of a file? Asked of every file that holds any, whatever its format; the file is read all the same.

A track does not say who carried the device, and a wrong guess would put the client where the subject was. So the question stays open until a person answers it:
it holds nothing up, and until then the positions are nobody's, which the source register says in a note.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Final

from pipeline.case import Case
from pipeline.store import SourceInfo

KEY: Final = "whose"
UNKNOWN: Final = "unknown"
QUESTION: Final = "Whose phone or device recorded the positions in this file?"
NOT_STATED: Final = "Whose device recorded these positions has not been stated: they are shown as nobody's."
NOT_KNOWN: Final = "Whose device recorded these positions is not known, as has been said: they are shown as nobody's."


def persons(case: Case) -> dict[str, str]:
    """Source key -> key of the person whose device it was, of the files for which that has been said."""
    keys = {name: key for name, key in _named(case).items() if key}
    said = {answer.file: answer.value for answer in case.answers if answer.key == KEY}
    return {sha256[:12]: keys[value.casefold()] for sha256, value in said.items() if value.casefold() in keys}


def _named(case: Case) -> dict[str, str]:
    """Name in small letters -> key; "" where two persons have it."""
    often = Counter(person.name.casefold() for person in case.people)
    return {person.name.casefold(): person.key if often[person.name.casefold()] == 1 else "" for person in case.people}


def asked(case: Case, info: SourceInfo) -> SourceInfo:
    """The row of a file that holds positions: with what was said of it, or with the question and a note that nobody has."""
    said = case.answers_for(info.sha256).get(KEY, "")
    if said.casefold() == UNKNOWN:
        return replace(info, notes=(*info.notes, NOT_KNOWN), answers=(*info.answers, (QUESTION, "not known")))
    if info.key in persons(case):
        return replace(info, answers=(*info.answers, (QUESTION, said)))
    known = _named(case)
    choices = [
        [person.name, f"{person.name}, {'the client' if person is case.client else person.role}"]
        for person in case.people
        if known[person.name.casefold()]
    ]
    choices.append([UNKNOWN, "not known, or nobody of these"])
    wrong = f" The answer “{said}” names no one person of the case." if said else ""
    return replace(
        info,
        notes=(*info.notes, NOT_STATED + wrong),
        question={"key": KEY, "text": QUESTION, "choices": choices},
    )
