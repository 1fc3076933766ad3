"""An axis of a plotly figure as numbers: where a value lies, from where to where it runs, and its ticks with their words.

What plotly would choose by itself and no figure of ours leaves to it (a range, the steps of a time axis) is an error here, so that the page and the paper
cannot come apart in silence.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count, takewhile
from math import log10, nan
from typing import Any, Final

import pandas as pd

_TAG: Final = re.compile(r"</?(?:b|i)>")


class NotDrawn(Exception):  # noqa: N818 -- it says what is the matter
    """The figure holds something that this drawing does not know: never left out in silence."""


@dataclass(frozen=True)
class Axis:
    """`kind` is "date" (milliseconds since 1970), "category" (place in `names`), "log" (powers of ten) or "linear". `low` and `high` are its ends; high < low where it is reversed."""

    layout: Any
    kind: str
    names: tuple[str, ...]
    low: float
    high: float

    @classmethod
    def of(cls, layout: Any, values: Sequence[Any]) -> Axis:
        """The axis of this plotly layout, with all the values that its traces put on it."""
        names: tuple[str, ...] = ()
        if layout.type == "date":
            kind = "date"
        elif layout.type == "log":
            kind = "log"
        elif layout.type in {None, "linear"} and not any(isinstance(value, str) for value in values):
            kind = "linear"
        elif layout.type in {None, "category"}:
            kind, names = "category", tuple(dict.fromkeys(map(str, values)))
        else:
            raise NotDrawn(f"an axis of type {layout.type}")
        if layout.range is not None:
            low, high = (float(end) if kind == "log" else _number(end, kind, names) for end in layout.range)
        elif kind == "category":
            low, high = -0.5, len(names) - 0.5
        else:
            raise NotDrawn("an axis without a range")
        if layout.autorange == "reversed" and low < high:
            low, high = high, low
        return cls(layout, kind, names, low, high)

    def number(self, value: Any) -> float:
        """Where the value lies on the axis; not a number for a gap."""
        return _number(value, self.kind, self.names)

    def ticks(self) -> list[tuple[float, str]]:
        """Places and words of the ticks, in order."""
        layout = self.layout
        if layout.showticklabels is False and layout.showgrid is False:
            return []
        if layout.tickvals is not None:
            words = (
                layout.ticktext if layout.ticktext is not None else [self._words(value) for value in layout.tickvals]
            )
            return [
                (self.number(value), plain_words(str(word))) for value, word in zip(layout.tickvals, words, strict=True)
            ]
        if self.kind == "category":
            return [(float(place), plain_words(name)) for place, name in enumerate(self.names)]
        if self.kind == "date":
            return [(place, self._words(place)) for place in self._dates()]
        low, high = sorted((self.low, self.high))
        step = layout.dtick
        if not isinstance(step, int | float):
            raise NotDrawn(f"ticks of a step {step!r}")
        first = -(-low // step) * step
        return [(place, self._words(place)) for place in takewhile(lambda place: place <= high, count(first, step))]

    def _dates(self) -> list[float]:
        layout = self.layout
        if layout.dtick is None:
            most = int(layout.nticks or 6)
            step = (self.high - self.low) / most
            return [self.low + number * step for number in range(most + 1)]
        first, step = pd.Timestamp(layout.tick0), layout.dtick

        def moment(number: int) -> float:
            if isinstance(step, str):
                return _milliseconds(first + pd.DateOffset(months=number * int(step.removeprefix("M"))))
            return _milliseconds(first) + number * float(step)

        places = takewhile(lambda place: place <= self.high, (moment(number) for number in count()))
        return [place for place in places if place >= self.low]

    def _words(self, value: Any) -> str:
        form = self.layout.tickformat
        if self.kind == "date":
            return pd.Timestamp(self.number(value), unit="ms").strftime(form or "%d/%m/%Y")
        if form not in {None, ",d"}:
            raise NotDrawn(f"ticks written as {form}")
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,g}"


def plain_words(text: str) -> str:
    """The text of a plotly label without its HTML: a line break for <br>, and & < > for their names. Bold and slanted are read by the caller."""
    return html.unescape(_TAG.sub("", re.sub(r"<br ?/?>", "\n", text)))


def _number(value: Any, kind: str, names: tuple[str, ...]) -> float:
    if value is None:
        return nan
    if kind == "category" and isinstance(value, str):
        return float(names.index(value))
    if kind == "date" and not isinstance(value, int | float):
        return _milliseconds(pd.Timestamp(value))
    return log10(value) if kind == "log" else float(value)


def _milliseconds(moment: pd.Timestamp) -> float:
    return (moment - pd.Timestamp(0)) / pd.Timedelta(milliseconds=1)
