"""[report]: what stands on the front sheet of a report, and how it is paged; each can be overridden when a report is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pipeline.case.toml_file import Lines

PROFILES: Final = ("civil", "family", "exhibit")
"""civil: pages 1 to n. family: A1, A2, B1 ... by section. exhibit: ABC1-1 to ABC1-n, after the exhibit mark."""
IMAGES: Final = ("none", "marked", "all")
"""Which pictures are issued with a document: none, those that a person has marked in the review, or all (never for court)."""
REPORT_FORM: Final = {
    "court": str,
    "case_no": str,
    "parties": str,
    "hearing": str,
    "mark": str,
    "maker": str,
    "maker_role": str,
    "organisation": str,
    "statement_no": str,
    "profile": str,
    "page_budget": int,
    "images": str,
}


def report_table(row: Mapping[str, Any], lines: Lines) -> dict[str, Any]:
    """What the table says, as it is; raises CaseError for a profile, pictures or a number of pages that cannot be."""
    if row.get("profile", PROFILES[0]) not in PROFILES:
        raise lines.error(("report", "profile"), f'"{row["profile"]}" is not one of: {", ".join(PROFILES)}')
    if row.get("images", IMAGES[0]) not in IMAGES:
        raise lines.error(("report", "images"), f'"{row["images"]}" is not one of: {", ".join(IMAGES)}')
    if row.get("page_budget", 1) < 1 or isinstance(row.get("page_budget"), bool):
        raise lines.error(("report", "page_budget"), "must be a number of pages, 1 or more")
    return dict(row)
