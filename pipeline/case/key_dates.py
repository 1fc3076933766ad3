"""[[key_date]]: days against which contact is compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from pipeline.case.toml_file import Lines, needed

KEY_DATE_TYPES: Final = (
    "asked to stop",
    "blocked",
    "reported",
    "moved",
    "number changed",
    "order made",
    "order served",
    "order varied",
    "order expired",
    "other",
)


KEY_DATE_FORM: Final = {"date": date, "type": str, "what": str, "reference": str}


@dataclass(frozen=True)
class KeyDate:
    """Something that happened on a day and against which contact is compared; `reference` is a crime, occurrence or case number, kept as text."""

    day: date
    type: str
    what: str = ""
    reference: str = ""

    @property
    def label(self) -> str:
        """Words for a chart or a table: "asked to stop", "reported 24*123456"."""
        return " ".join(filter(None, [self.what or self.type, self.reference]))


def key_date(row: Mapping[str, Any], index: int, lines: Lines) -> KeyDate:
    """A key date from its row, the `index`th; raises CaseError."""
    where = ("key_date", index)
    if "date" not in row:
        raise lines.error((*where, "date"), "is missing")
    kind = needed(row, "type", where, lines)
    if kind not in KEY_DATE_TYPES:
        raise lines.error((*where, "type"), f'"{kind}" is not one of: {", ".join(KEY_DATE_TYPES)}')
    day = row["date"].date() if isinstance(row["date"], datetime) else row["date"]
    return KeyDate(day, kind, row.get("what", ""), row.get("reference", ""))
