"""Messages around a chosen event or day as a transcript: the same conversation before and after, both sides, every word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from parsers.contract import CALL, EMAIL, MESSAGE, VOICEMAIL
from pipeline.analysis.wording import day_words
from pipeline.report import blocks
from pipeline.report.blocks import Block
from pipeline.report.printable import printable
from pipeline.report.schedule import Writer, length_words, what_words
from pipeline.report.wording import clock_words

CONTEXT: Final = 15
"""Rows of the conversation before and after what was chosen."""
_CONTACT: Final = (MESSAGE, CALL, EMAIL, VOICEMAIL)


class NotThere(ValueError):  # noqa: N818 -- it says what is the matter
    """What was chosen is not in the timeline, or is no contact; the message is for the user."""


def chosen(said: str) -> str | date:
    """A day, written 2026-03-04 or 04/03/2026, or else the id of an event."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(said, form).date()  # noqa: DTZ007 -- a day has no zone
        except ValueError:
            continue
    return said


def transcript(writer: Writer, rows: Sequence[Mapping[str, Any]], around: str | date, number: int) -> list[Block]:
    """The conversations of a day, or that of the event with this id, with `CONTEXT` rows before and after.

    Raises:
        NotThere: no row of contact has this id or this day.
    """
    hits = [
        place
        for place, row in enumerate(rows)
        if row["kind"] in _CONTACT
        and (
            row["local"] is not None and row["local"].date() == around
            if isinstance(around, date)
            else row["id"] == around
        )
    ]
    if not hits:
        raise NotThere(
            f"there is no message, call, email or voicemail {f'on {day_words(around)}' if isinstance(around, date) else f'with the ID {around}'}"
        )
    what = (
        day_words(around)
        if isinstance(around, date)
        else f"{day_words(rows[hits[0]]['local'])}, event {around}"
        if rows[hits[0]]["local"] is not None
        else around
    )
    made = [blocks.heading(1, f"Messages in full around {what}", number)]
    for party in dict.fromkeys(_party(rows[place]) for place in hits):
        mine = [place for place, row in enumerate(rows) if row["kind"] in _CONTACT and _party(row) == party]
        inside = [order for order, place in enumerate(mine) if place in set(hits)]
        first, last = max(inside[0] - CONTEXT, 0), min(inside[-1] + CONTEXT + 1, len(mine))
        shown = mine[first:last]
        made += [
            blocks.heading(2, f"With {writer.party(rows[shown[0]])}"),
            blocks.words(f"Rows {shown[0] + writer.first_row} to {shown[-1] + writer.first_row} of the full list, as far as they are with this party: {inside[0] - first} before what was chosen, "
                         f"{last - inside[-1] - 1} after it. What was chosen is shaded and bold."),
            {"kind": "transcript", "rows": [_row(writer, rows[place], chosen=place in set(hits)) for place in shown]},
        ]  # fmt: skip
    return made


def _party(row: Mapping[str, Any]) -> str:
    return str(row["person"] or row["identifier"])


def _row(writer: Writer, row: Mapping[str, Any], *, chosen: bool) -> dict[str, Any]:
    day = day_words(row["local"].date()) if row["local"] is not None else "no date"
    said = "\n".join(filter(None, [row["subject"], row["text"]]))
    plain = row["kind"] == MESSAGE and not row["status"]
    words = said if plain and said else "\n".join(filter(None, [f"[{what_words(row)}{length_words(row)}]", said]))
    return {
        "when": printable(f"{day}\n{clock_words(row)}"),
        "from": blocks.breakable(printable(writer.sender(row)), 16),
        "words": blocks.breakable(printable(words), 50),
        "chosen": chosen,
    }
