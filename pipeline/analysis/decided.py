"""What a person has decided in the review: what is left out and why, and who is seen in what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from pipeline.analysis.contact import EXCLUDED
from pipeline.analysis.result import Cell, Fact, Result, Selection, Table
from pipeline.analysis.weekly import LISTED
from pipeline.analysis.wording import joined, noun, rows, sentence

_COLUMNS: Final = ("id", "seen", "seen_basis", "seen_by", "reason", "decided")


def decided(prepared: pd.DataFrame, names: Mapping[str, str]) -> Result:
    """From a table made by `contact.prepare`; `names` are those of persons, by key."""
    out = prepared.loc[(prepared["left_out"] == EXCLUDED).to_numpy(dtype=bool), list(_COLUMNS)].astype(str)
    seen = prepared.loc[(prepared["seen"] != "").to_numpy(dtype=bool), list(_COLUMNS)].astype(str)
    facts: list[Fact] = []
    tables: list[Table] = []
    if len(out):
        number = rows(len(out), Selection(left_out=(EXCLUDED,)))
        facts.append(
            sentence(
                number,
                noun(len(out), "record was", "records were"),
                " left out by a person, and not counted. The chronology holds them, marked.",
            )
        )
        lines = _grouped(out, ["reason", "decided"])
        tables.append(Table("Left out by a person", ("Why, in that person's words", "Decided by", "Records"), lines))
    if len(seen):
        who = seen.assign(seen=[joined([names.get(key, key) for key in keys.split()]) for keys in seen["seen"]])
        lines = _grouped(who, ["seen", "seen_basis", "seen_by"])
        tables.append(
            Table("Who is seen, as somebody says", ("Seen", "On what basis", "Who says so", "Records"), lines)
        )
    return Result(tuple(facts), tuple(tables), ())


def _grouped(table: pd.DataFrame, columns: list[str]) -> tuple[tuple[Cell, ...], ...]:
    """A line for each combination, with the number of its rows; the largest first."""
    lines: list[tuple[int, tuple[Cell, ...]]] = []
    for values, group in table.groupby(columns, sort=True):
        count = len(group)
        cell: Cell = rows(count, Selection(ids=tuple(group["id"]))) if count <= LISTED else f"{count:,}"
        lines.append((-count, (*(str(value) or "-" for value in values), cell)))
    return tuple(line for _, line in sorted(lines, key=lambda one: one[0]))
