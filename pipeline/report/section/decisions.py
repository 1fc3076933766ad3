"""What a person has decided in the review."""

from __future__ import annotations

from pipeline.analysis.result import Result
from pipeline.report.section import Section


def decisions(decided: Result, remarks: tuple[str, ...]) -> tuple[Section, ...]:
    """No section where nothing is decided; `remarks` are those on the review."""
    if not decided.tables and not remarks:
        return ()
    return (Section("decided", "What a person has decided", "", decided.facts, (), (), decided.tables, remarks),)
