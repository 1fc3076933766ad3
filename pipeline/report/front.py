"""The front sheet: whose report it is, in which case, before which court, and how its pages are numbered."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

from pipeline.case import Case, CaseError

NOT_ISSUED: Final = "not yet issued"
CIVIL, FAMILY, EXHIBIT = "civil", "family", "exhibit"


@dataclass(frozen=True)
class Front:
    """What the front sheet says, empty where nothing is known; `profile` is civil (pages 1 to n), family (A1, B1 ...) or exhibit (ABC1-1 ...).

    A supplement goes on from what was issued: `first_page` and `first_row` are its first page, and the number of its first row; `first_picture` and
    `first_picture_page` the same of its pictures.
    """

    court: str = ""
    case_no: str = NOT_ISSUED
    parties: str = ""
    hearing: str = ""
    mark: str = "ABC1"
    maker: str = ""
    maker_role: str = ""
    organisation: str = ""
    statement_no: str = ""
    profile: str = CIVIL
    page_budget: int = 350
    first_page: int = 1
    first_row: int = 1
    first_picture: int = 1
    first_picture_page: int = 1


def front(case: Case, **said: Any) -> Front:
    """The front sheet from [report] of case.toml; what is `said` now (not None, not empty) counts before it.

    Raises:
        CaseError: a supplement is asked for with pages that are numbered by part.
    """
    known = {field.name for field in fields(Front)}
    if unknown := set(said) - known:
        raise TypeError(f"not on the front sheet: {', '.join(sorted(unknown))}")
    table = {key: value for key, value in case.report.items() if value and key in known}
    sheet = Front(**{**table, **{key: value for key, value in said.items() if value}})
    if sheet.profile == FAMILY and sheet.first_page > 1:
        raise CaseError(
            "pages numbered A1, B1 ... by part cannot go on from one number; make the supplement with --profile exhibit and a mark of its own"
        )
    return sheet


def file_name(front: Front, what: str, day: date) -> str:
    """A name for a court's bundle: the parties, what it is, the day, in plain letters: "A v B Exhibit ABC1 30-6-26", at most 75 characters."""
    words = f"{what} {front.mark}" if what else front.mark
    end = f" {words} {day.day}-{day.month}-{day:%y}"
    parties = re.sub(r"[^A-Za-z0-9 ._-]+", " ", front.parties)
    parties = re.sub(r"\s+", " ", parties).strip(" ._-")[: 75 - len(end)].strip()
    return re.sub(r"[^A-Za-z0-9 ._-]+", "-", f"{parties}{end}").strip()
