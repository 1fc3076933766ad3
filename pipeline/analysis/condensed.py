"""A chronology short enough to be read: rows of contact put together, by run, day, week or month.

What is not contact (an incident, a photo) stays a line of its own, as does every row that a person has put into a category. Positions, which come by the
thousand, are put together by day. Nothing is left out without its number: `Condensed` says what is, and the full list has it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import pandas as pd

from parsers.contract import LOCATION, NOTICE
from pipeline.analysis.contact import DUPLICATE, EXCLUDED

Step: TypeAlias = Literal["run", "day", "week", "month"]
STEPS: Final[tuple[Step, ...]] = ("run", "day", "week", "month")
_RUN_GAP: Final = 60 * 60 * 1_000_000
"""Microseconds."""
OTHERS: Final = "contact with other people"
UNDATED: Final = "without a date"
_KEY: Final = {"run": "day", "day": "day", "week": "week", "month": "month"}


@dataclass(frozen=True)
class Line:
    """One line: the row numbers that it stands for, in order."""

    rows: tuple[int, ...]


@dataclass(frozen=True)
class Condensed:
    """The lines in order of time, the step by which contact was put together, and how many rows have no line, by reason."""

    lines: tuple[Line, ...]
    step: Step
    left_out: tuple[tuple[str, int], ...]


def condensed(prepared: pd.DataFrame, singled: Sequence[bool], persons: Sequence[str], step: Step) -> Condensed:
    """The lines of a chronology by this step.

    Args:
        prepared: made by `contact.prepare`.
        singled: for each row, whether it must have a line of its own.
        persons: keys of the persons whom the chronology is about; contact with a named person who is not among them has no line. Empty: with everybody.
        step: "run": items alike with no more than an hour between one and the next; else all items of a day, a week (from Monday) or a month.
    """
    table = prepared.reset_index(drop=True)
    table["month"] = table["day"].dt.to_period("M").dt.start_time
    rows, left_out = _wanted(table, singled, persons)
    return Condensed(tuple(_lines(table, rows, singled, step)), step, tuple(sorted(left_out.items())))


def _wanted(table: pd.DataFrame, singled: Sequence[bool], persons: Sequence[str]) -> tuple[list[int], Counter[str]]:
    rows: list[int] = []
    left_out: Counter[str] = Counter()
    columns = [table[name].tolist() for name in ("left_out", "item", "person")]
    undated = table["local"].isna().tolist()
    for number, (why, item, person, no_date) in enumerate(zip(*columns, undated, strict=True)):
        if why in {EXCLUDED, DUPLICATE, NOTICE}:
            left_out[str(why)] += 1
        elif no_date:
            left_out[UNDATED] += 1
        elif item and persons and person and person not in persons and not singled[number]:
            left_out[OTHERS] += 1
        else:
            rows.append(number)
    return rows, left_out


def _lines(table: pd.DataFrame, rows: Sequence[int], singled: Sequence[bool], step: Step) -> list[Line]:
    """The rows put together by this step, in order of their first row."""
    groups: dict[Any, list[int]] = {}
    runs: dict[Any, int] = {}
    last: dict[Any, Any] = {}
    names = ("item", "kind", "person", "channel", "direction", "status", "identifier")
    columns = {name: table[name].tolist() for name in names}
    # as whole numbers: a moment of pandas for each of thousands of rows takes longer than all the rest
    columns |= {
        name: table[name].to_numpy("datetime64[us]").astype("int64").tolist() for name in {"utc", _KEY[step], "day"}
    }
    for number in rows:
        kind = columns["kind"][number]
        if singled[number] or not (columns["item"][number] or kind == LOCATION):
            groups["single", number] = [number]
            continue
        when = columns[_KEY[step]][number]
        if kind == LOCATION:
            groups.setdefault((LOCATION, columns["day"][number] if step == "run" else when), []).append(number)
        elif step == "run":
            same = (
                *(columns[name][number] for name in ("kind", "person", "channel", "direction", "status", "identifier")),
                when,
            )
            if same in last and columns["utc"][number] - last[same] > _RUN_GAP:
                runs[same] = runs.get(same, 0) + 1
            last[same] = columns["utc"][number]
            groups.setdefault((*same, runs.get(same, 0)), []).append(number)
        else:
            groups.setdefault(when, []).append(number)
    return [Line(tuple(group)) for group in groups.values()]
