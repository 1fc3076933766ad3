"""The values that texts, picture messages and calls of an "SMS Backup & Restore" file share: dates, names, boxes, what has no column. Not a parser."""

from __future__ import annotations

from collections.abc import Mapping

from parsers.contract import EPOCH, IN, OUT, SECOND, SUBSECOND, Moment
from parsers.xml_stream import Element

NOTHING = frozenset({None, "", "null"})
BOXES = {
    "1": (IN, ""),
    "2": (OUT, ""),
    "3": (OUT, "draft"),
    "4": (OUT, "outbox"),
    "5": (OUT, "failed"),
    "6": (OUT, "queued"),
}
"""What the number of a box means: direction and status. 3 to 6 never left the phone."""
AMBIGUOUS = 'text "null": empty, or the word null'
RCS = "@rcs.google.com"

_SECONDS = 100_000_000_000
"""Below it a date counts seconds (until the year 5138), else milliseconds (from 1973)."""
_LATEST = 253_402_300_800_000
"""The end of the year 9999, in milliseconds."""


def moment(text: str | None) -> Moment | None:
    """Milliseconds or seconds since 1970 UTC, told apart by magnitude; None for none, 0, and what cannot be a date."""
    if not text or len(text) > 15 or not text.isascii() or not text.isdigit():
        return None
    count = int(text)
    if count < _SECONDS:
        return Moment(count * 1_000_000, EPOCH, SECOND, text) if count else None
    if count >= _LATEST:
        return None
    return Moment(count * 1000, EPOCH, SUBSECOND if count % 1000 else SECOND, text)


def no_time(text: str | None) -> str:
    """The flag of a record without a time."""
    return "no time given" if text in NOTHING or text == "0" else f'date "{text}" is not a time'


def unknown(name: str, value: str | None) -> str:
    """'type 9 is not known', 'no type given'."""
    return f"no {name} given" if value in NOTHING else f"{name} {value} is not known"


def name_of(text: str | None) -> str:
    """A contact's name, unless it says that there is none."""
    return "" if text is None or text in {"null", "(Unknown)"} else text


def more(attributes: Mapping[str, str], known: frozenset[str]) -> dict[str, str]:
    """The attributes that say something and have no column."""
    return {name: value for name, value in attributes.items() if name not in known and value not in NOTHING}


def unread(element: Element, expected: frozenset[str]) -> tuple[str, ...]:
    """A flag if an element holds others that are not known here."""
    names = sorted({child.name for child in element.children} - expected)
    return (f"holds what this program does not read: {', '.join(names)}",) if names else ()
