"""Where a file may end because the program that made it stops there: what is seen, and what it can mean. Never more than "may".

The limits are those that `parsers/*.py` print under "cannot show" and that makers and users report; a number near one proves nothing, and one far from it
neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple

import pandas as pd

from parsers.contract import CALL, NOTICE
from pipeline.analysis.result import Cell, Selection
from pipeline.analysis.wording import rows

NEAR: Final = 0.05
"""A number within so much of a limit is near it: the limits are known about, not to the record."""
ROUND: Final = frozenset({100, 200, 250, 500, 1_000, 2_000, 2_500, 5_000, 10_000, 20_000, 25_000, 50_000, 100_000})


class Limit(NamedTuple):
    """How many records of these kinds (all, if none is named) an export holds at most. `media`: only with media, only without, or either."""

    parser: str
    kinds: tuple[str, ...]
    most: int
    media: bool | None
    words: str


_KEEPS_CALLS: Final = "Many phones keep only their latest {most:,} calls or so; earlier ones may be missing."
LIMITS: Final = (
    Limit(
        "whatsapp",
        (),
        40_000,
        media=False,
        words="An export without media holds about {most:,} messages at most, the newest; earlier ones may be missing.",
    ),
    Limit(
        "whatsapp",
        (),
        10_000,
        media=True,
        words="An export with media holds about {most:,} messages at most, the newest; earlier ones may be missing.",
    ),
    *(
        Limit(parser, (CALL,), most, media=None, words=_KEEPS_CALLS)
        for parser in ("sms_backup", "call_log")
        for most in (500, 1_000)
    ),
)
CHANNELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Signal": "An export leaves out every message that was set to disappear, and every view-once picture, without a trace.",
        "Snapchat": "An export holds only what was saved or had not expired; what is not there may have been sent.",
        "Messenger": "An export splits a conversation into files of about 10,000 messages: each of them is needed. End-to-end encrypted chats are not in it.",
        "Instagram": "An export splits a conversation into files of about 10,000 messages: each of them is needed.",
    }
)
"""What exports of a channel leave out without a trace, whatever their number of records."""


@dataclass(frozen=True)
class Sized:
    """What the limits need to know of one file that was read: its key and label, its parser, and whether pictures came with it."""

    key: str
    label: str
    parser: str
    with_media: bool


def limits_met(prepared: pd.DataFrame, files: Sequence[Sized]) -> tuple[tuple[Cell, ...], ...]:
    """A row for each file near a limit, or of exactly a round number of records, and for each channel that leaves things out: source, what is seen, what it can mean."""
    found: list[tuple[Cell, ...]] = []
    kinds = prepared.groupby(["source", "kind"], observed=True).size()
    begins = prepared.drop_duplicates("source").set_index("source")["kind"].astype(str)
    counts = {key: part.droplevel("source") for key, part in kinds.groupby(level="source", observed=True)}
    for file in files:
        mine = counts.get(file.key)
        if mine is None:
            continue
        found += [row for row in (_of(file, mine, str(begins[file.key])),) if row]
    channels = prepared.loc[prepared["channel"].isin(list(CHANNELS)), "channel"].astype(str).value_counts()
    found += [
        (f"all, {channel}", rows(int(channels[channel]), Selection(channels=(channel,))), words)
        for channel, words in CHANNELS.items()
        if channel in channels.index
    ]
    return tuple(found)


def _of(file: Sized, kinds: pd.Series[int], begins: str) -> tuple[Cell, ...] | None:
    for limit in LIMITS:
        wanted = kinds[kinds.index.isin(limit.kinds)] if limit.kinds else kinds
        count = int(wanted.sum())
        if (
            limit.parser == file.parser
            and limit.media in {None, file.with_media}
            and abs(count - limit.most) <= NEAR * limit.most
        ):
            words = limit.words.format(most=limit.most)
            if file.parser == "whatsapp":
                words += (
                    " It begins with a notice of the program, as a whole chat does."
                    if begins == NOTICE
                    else " It begins with a message, without the notice that stands at the beginning of a whole chat."
                )
            return file.label, rows(count, Selection(sources=(file.key,), kinds=limit.kinds)), words
    total = int(kinds.sum())
    if total in ROUND:
        words = "A round number of records can be the limit of an export or of a search: ask how it was made."
        return file.label, rows(total, Selection(sources=(file.key,))), words
    return None
