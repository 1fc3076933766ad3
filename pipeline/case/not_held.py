"""[[not_held]]: a channel that is known to exist and whose records are not in the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pipeline.case.toml_file import Lines, needed

NOT_HELD_FORM: Final = {"channel": str, "why": str, "by": str}


@dataclass(frozen=True)
class NotHeld:
    """A channel that is known to exist and is not held: why not, and who says so."""

    channel: str
    why: str = ""
    by: str = ""


def not_held(row: Mapping[str, Any], index: int, lines: Lines) -> NotHeld:
    """A channel that is not held from its row, the `index`th; raises CaseError."""
    return NotHeld(needed(row, "channel", ("not_held", index), lines), row.get("why", ""), row.get("by", ""))
