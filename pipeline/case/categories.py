"""[[category]]: what a person says that a record is about. The codes, in the order in which they are listed everywhere.

A person records them: in the column "Type" or "Category" of the diary, as a code or in exactly these words, here for any event, or in the review. Software
puts none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pipeline.case.toml_file import Lines, needed

CATEGORY_FORM: Final = {"event": str, "codes": [str], "by": str}

CATEGORIES: Final[Mapping[str, str]] = {
    "MSG": "message",
    "CALL": "call",
    "EML": "email",
    "SOC": "social media",
    "NEWID": "new number or account",
    "HOME": "at the home",
    "WORK": "at the place of work",
    "PLACE": "at another known place",
    "FOLLOW": "following",
    "LOITER": "waiting or driving past",
    "WATCH": "watching or filming",
    "MONIT": "knows private facts",
    "GIFT": "gift or delivery",
    "THIRD": "contact with other people",
    "DAMAGE": "damage to property",
    "THEFT": "taking of property",
    "THREAT-V": "threat to the client",
    "THREAT-O": "threat to others or property",
    "SELF": "speaks of self-harm",
    "COERCE": "pressure",
    "PUBLISH": "publishes or poses as others",
    "LEGAL": "complaints or proceedings",
    "ASSAULT": "physical violence",
    "BREACH": "said to be against an order",
    "OTHER": "other",
    "OUT": "the client's own contact",
    "STOP": "told to stop",
    "BLOCK": "blocked",
    "REPORT": "reported to the police",
    "ORDER": "an order",
    "IMPACT": "effect on the client",
    "PROFESSIONAL": "doctor or employer",
    "DEVICE": "change of device",
}
CONTEXT: Final = frozenset({"OUT", "STOP", "BLOCK", "REPORT", "ORDER", "IMPACT", "PROFESSIONAL", "DEVICE"})
"""Codes of what surrounds the incidents, and is none itself."""


class UnknownCategory(ValueError):  # noqa: N818 -- says what it is
    """A code that is not in `CATEGORIES`; the message names it."""


def codes(said: str) -> tuple[str, ...]:
    """'call, THREAT-V', or 'CALL: call' as `offered` writes it, to ('CALL', 'THREAT-V'), each once.

    Raises:
        UnknownCategory: one of them is not known.
    """
    code, colon, words = (part.strip() for part in said.partition(":"))
    if colon and CATEGORIES.get(code.upper()) == words:
        return (code.upper(),)
    found = dict.fromkeys(part.upper() for part in re.split(r"[\s,;]+", said) if part)
    if unknown := [part for part in found if part not in CATEGORIES]:
        raise UnknownCategory(f'"{unknown[0]}" is no category; the codes are: {", ".join(CATEGORIES)}')
    return tuple(found)


def offered(code: str) -> str:
    """A code with its words, as a drop-down list shows it."""
    return f"{code}: {CATEGORIES[code]}"


@dataclass(frozen=True)
class Categorised:
    """`by` says that an event (its id) is about these `codes`."""

    event: str
    codes: tuple[str, ...]
    by: str


def categorised(row: Mapping[str, Any], index: int, lines: Lines) -> Categorised:
    """An entry from its row, the `index`th; raises CaseError."""
    where = ("category", index)
    codes = tuple(row.get("codes", ()))
    if not codes:
        raise lines.error((*where, "codes"), "is missing or empty")
    for code in codes:
        if code not in CATEGORIES:
            raise lines.error((*where, "codes"), f'"{code}" is not one of: {", ".join(CATEGORIES)}')
    return Categorised(needed(row, "event", where, lines).casefold(), codes, needed(row, "by", where, lines))
