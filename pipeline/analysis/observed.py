"""For which time has somebody said that the records are complete, and what of that can be used for these figures?

What is said is taken as said: days without a record inside it count as days without contact. It is taken no further than the day on which the last file was
received, since nobody can know then what came later.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.analysis.contact import Scope
from pipeline.analysis.result import Cell, Fact, Result, Table
from pipeline.analysis.wording import day_words, joined, sentence
from pipeline.case import Observed

_DAY: Final = np.timedelta64(1, "D")
_DIGITS: Final = 8
"""Of a SHA-256 so many digits or more name a file."""


class Window(NamedTuple):
    """A time that is said to be complete (days, both included), of files (keys) and of channels (folded); of all, where these are empty. Who says so, and why."""

    start: date
    end: date
    sources: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    by: str = ""
    basis: str = ""

    @property
    def of_all(self) -> bool:
        """Whether it is said of every record."""
        return not self.sources and not self.channels

    @property
    def sentence(self) -> str:
        """Who says what, on what basis."""
        of = " of some files" if self.sources else ""
        by = f" by {joined(sorted(self.channels))}" if self.channels else ""
        span = f"from {day_words(self.start)} to {day_words(self.end)}"
        return f"That the records{of}{by} are complete {span} is said by {self.by}, on this basis: {self.basis.rstrip('.')}."


@dataclass(frozen=True, eq=False)
class ObservedTime:
    """The windows that hold for the figures, and what is said about them all."""

    windows: tuple[Window, ...]
    result: Result


def days_of(windows: Sequence[Window]) -> NDArray[np.datetime64]:
    """The days in any of the windows, in order."""
    spans = [np.arange(np.datetime64(one.start, "D"), np.datetime64(one.end, "D") + _DAY) for one in windows]
    return np.unique(np.concatenate([*spans, np.array([], dtype="datetime64[D]")]))


def observed_time(
    said: Sequence[Observed],
    prepared: pd.DataFrame,
    scope: Scope,
    labels: Mapping[str, str],
    received: date | None = None,
) -> ObservedTime:
    """What was said in case.toml, as far as it is about the persons of `scope`; `labels` of sources by key, `received` the day of the last file."""
    channels = {str(one).casefold() for one in prepared["channel"].unique()}
    windows: list[Window] = []
    facts: list[Fact] = []
    table: list[tuple[Cell, ...]] = []
    for one in said:
        span = f"{day_words(one.start)} to {day_words(one.end)}"
        used, why = _window(one, scope, labels, channels, received)
        windows += [used] if used else []
        if why:
            facts.append(sentence(f"What {one.by} says of {span} is {why}."))
        of = [joined(one.sources) or "all files", joined(one.channels) or "all channels", joined(one.persons)]
        table.append((span, "; ".join(filter(None, of)), one.by, one.basis, why or "used"))
    tables = (
        (
            Table(
                "For which time somebody says that the records are complete",
                ("Days", "Of", "Who says so", "On what basis", "Used in these figures"),
                tuple(table),
            ),
        )
        if table
        else ()
    )
    caveats = (
        (
            "Inside the time that is said to be complete, a day without a record counts as a day without contact. That rests on the word of the person named.",
        )
        if windows
        else ()
    )
    return ObservedTime(tuple(windows), Result(tuple(facts), tables, caveats))


def _window(
    one: Observed, scope: Scope, labels: Mapping[str, str], channels: Collection[str], received: date | None
) -> tuple[Window | None, str]:
    """What can be used of a statement, and in words why it is not used, or not all of it."""
    about = {key for key, name in scope.names.items() if name in one.persons}
    if one.persons and not (scope.persons and about.issuperset(scope.persons)):
        return None, f"not used: it is about contact with {joined(one.persons)} only"
    if received and one.start > received:
        return None, f"not used: the last file was received on {day_words(received)}"
    named = {word: _sources(word, labels) for word in one.sources}
    missing = [word for word, keys in named.items() if not keys]
    missing += [word for word in one.channels if word.casefold() not in channels]
    if missing:
        return None, f"not used: no record is from {joined(missing)}"
    sources = frozenset(key for keys in named.values() for key in keys)
    end = min(one.end, received) if received else one.end
    window = Window(one.start, end, sources, frozenset(word.casefold() for word in one.channels), one.by, one.basis)
    return window, "" if end == one.end else f"used up to {day_words(end)}, the day on which the last file was received"


def _sources(word: str, labels: Mapping[str, str]) -> set[str]:
    """The keys of the files that a label or the first digits of a SHA-256 name; a label of an archive names what is in it too."""
    wanted = word.casefold()
    keys = {
        key for key, label in labels.items() if label.casefold() == wanted or label.casefold().startswith(f"{wanted}.")
    }
    return keys or {
        key for key in labels if len(wanted) >= _DIGITS and (key.startswith(wanted) or wanted.startswith(key))
    }
