"""What an analysis that needs nothing of the others is given (see `MORE` in `pipeline/report/sections.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol

import pandas as pd

from pipeline.analysis.contact import Scope
from pipeline.analysis.coverage import Coverage
from pipeline.analysis.observed import Window
from pipeline.analysis.result import Result
from pipeline.case import Case


class Material(NamedTuple):
    """What is given; `prepared` is made by `contact.prepare`, `observed` are the times for which somebody says that records are complete, `labels` those of sources."""

    prepared: pd.DataFrame
    case: Case
    scope: Scope
    coverage: Coverage
    observed: tuple[Window, ...] = ()
    labels: Mapping[str, str] = MappingProxyType({})


class Answer(Protocol):
    """What every analysis gives: a frozen answer with a result."""

    @property
    def result(self) -> Result:
        """Sentences, tables, caveats."""
