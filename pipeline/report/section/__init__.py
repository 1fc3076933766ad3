"""One section a file: its sentences, figures and tables, made from the answer of an analysis.

A section is a function that takes the setting and the answers it needs, and gives a `Section`. `pipeline/report/sections.py` runs the analyses and puts the
sections in order: a new one is a file here and a line there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import pandas as pd

from pipeline.analysis.contact import Scope
from pipeline.analysis.coverage import Coverage
from pipeline.analysis.result import Fact, Result, Table
from pipeline.analysis.wording import day_words, joined
from pipeline.case import Case
from pipeline.store import READ, Timeline

Audience: TypeAlias = Literal["everybody", "advocate"]
EVERYBODY: Final = "everybody"
ADVOCATE: Final = "advocate"
"""Of working copies only: what is served leaves such a section out."""


@dataclass(frozen=True)
class Figure:
    """A drawing with what must stand beside it: what is counted, how many, from which sources, for what time, by which clock, in what steps.

    `numbers` are tables of this figure alone; those of a whole section are in `Section.tables`.
    """

    key: str
    title: str
    caption: str
    in_words: str
    drawing: Any
    numbers: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Section:
    """One part of the report. `tables` under a figure are its numbers, and are folded away; `open_tables` are always shown."""

    key: str
    title: str
    lead: str = ""
    facts: tuple[Fact, ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    open_tables: tuple[Table, ...] = ()
    caveats: tuple[str, ...] = ()
    audience: Audience = EVERYBODY

    @property
    def every_table(self) -> tuple[Table, ...]:
        """All its tables, wherever they stand."""
        return (*self.open_tables, *(one for figure in self.figures for one in figure.numbers), *self.tables)


@dataclass(frozen=True)
class Setting:
    """What all sections need to know; `labels` are those of sources, by key, `counted` those of the sources that hold the items that the figures count."""

    case: Case
    timeline: Timeline
    scope: Scope
    coverage: Coverage
    labels: Mapping[str, str]
    counted: tuple[str, ...] = ()


def listed(key: str, title: str, result: Result) -> Section:
    """A section of sentences and tables, without a figure."""
    return Section(key, title, "", result.facts, (), (), result.tables, result.caveats)


def caption(
    setting: Setting,
    counted: str,
    steps: str,
    span: tuple[pd.Timestamp, pd.Timestamp] | None = None,
    sources: Sequence[str] = (),
) -> str:
    """What R11 asks of a figure: what is counted and how many, period, sources, zone, steps.

    `span` is given where it is not that of all that is held, `sources` (labels) where they are not those of the items counted.
    """
    held = setting.coverage.held
    first, last = span or (held[0], held[-1]) if span or held.size else (None, None)
    period = f" Period: {day_words(first)} to {day_words(last)}." if first is not None and last is not None else ""
    named = joined(label_runs(sources or setting.counted))
    return f"Counted: {counted}.{period} Sources: {named or 'none'}. Clock: {setting.case.zone}. Steps: {steps}."


def read_sources(setting: Setting) -> list[str]:
    """The labels of all sources that were read and hold a record."""
    return [source.label for source in setting.timeline.sources if source.state == READ and source.events]


def label_runs(labels: Sequence[str]) -> list[str]:
    """Labels in their order, three or more that follow each other as a run: S1, S2, S3, S5, S5.2 as 'S1 to S3', 'S5', 'S5.2'."""
    runs: list[list[str]] = []
    for label in labels:
        follows = runs and re.fullmatch(r"S\d+", label) and runs[-1][-1] == f"S{int(label[1:]) - 1}"
        if follows:
            runs[-1].append(label)
        else:
            runs.append([label])
    return [word for run in runs for word in ([f"{run[0]} to {run[-1]}"] if len(run) > 2 else run)]
