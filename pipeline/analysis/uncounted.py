"""What is in the records and is not counted as contact, and why? Items and these add up to the whole table."""

from __future__ import annotations

from typing import Final

import pandas as pd

from parsers.contract import NOTICE, UNSENT
from pipeline.analysis.contact import DUPLICATE, EXCLUDED, LEFT_OUT, NO_DIRECTION, NOT_SHOWN, OTHER_RECORD, UNDATED
from pipeline.analysis.result import Cell, Fact, Number, Selection
from pipeline.analysis.wording import noun, rows, sentence

_UNSENT_WORDS: Final = {
    "draft": ("draft", "drafts"),
    "failed": ("failed item", "failed items"),
    "outbox": ("item left in the outbox", "items left in the outbox"),
    "queued": ("queued item", "queued items"),
}
_WORDS: Final = {
    DUPLICATE: (
        " record repeats another one and is not counted again.",
        " records repeat another one and are not counted again.",
    ),
    NOTICE: (
        " notice written by a program is not counted as contact.",
        " notices written by a program are not counted as contact.",
    ),
    UNDATED: (" item has no date and is not counted.", " items have no date and are not counted."),
    NO_DIRECTION: (
        " item is not counted: the records do not say whether it came in or went out.",
        " items are not counted: the records do not say whether they came in or went out.",
    ),
    EXCLUDED: (
        " record was excluded in the review and is not counted.",
        " records were excluded in the review and are not counted.",
    ),
    NOT_SHOWN: (
        " record is not shown in this copy and is not counted.",
        " records are not shown in this copy and are not counted.",
    ),
    OTHER_RECORD: (
        " record is not an item of contact (a photograph, position, sighting or diary entry) and is not counted here.",
        " records are not items of contact (photographs, positions, sightings, diary entries) and are not counted here.",
    ),
}


def uncounted(prepared: pd.DataFrame) -> pd.DataFrame:
    """A row for each reason of `contact.LEFT_OUT`: reason, records; of the whole table, whoever they concern."""
    counts = prepared["left_out"].value_counts()
    return pd.DataFrame({"reason": LEFT_OUT, "records": [int(counts[reason]) for reason in LEFT_OUT]})


def uncounted_facts(reasons: pd.DataFrame) -> tuple[Fact, ...]:
    """The sentences for what `uncounted` gives; none for a reason that no row has."""
    counts = dict(zip(reasons["reason"], reasons["records"].tolist(), strict=True))

    def number(reason: str) -> Number:
        return rows(counts[reason], Selection(left_out=(reason,)))

    facts = []
    unsent = [reason for reason in sorted(UNSENT) if counts[reason]]
    if unsent:
        parts: list[Cell] = []
        for reason in unsent:
            before = "" if reason == unsent[0] else " and " if reason == unsent[-1] else ", "
            parts += [before, number(reason), noun(counts[reason], *_UNSENT_WORDS[reason])]
        only_one = sum(counts[reason] for reason in unsent) == 1
        facts.append(
            sentence(
                *parts, f" {'is' if only_one else 'are'} in the records and {'is' if only_one else 'are'} not counted."
            )
        )
    facts += [
        sentence(number(reason), one if counts[reason] == 1 else more)
        for reason, (one, more) in _WORDS.items()
        if counts[reason]
    ]
    return tuple(facts)
