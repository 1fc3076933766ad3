"""The front sheet: whose report it is, in which case, before which court, and how its pages are numbered."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Final

from pipeline.analysis.wording import day_words
from pipeline.case import Case, CaseError

NOT_ISSUED: Final = "not yet issued"
CIVIL, FAMILY, EXHIBIT = "civil", "family", "exhibit"
LONGEST_MARK: Final = 20
_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DAY: Final = re.compile(
    r"(?<!\w)(?:(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)|(?P<d2>\d{1,2})[/.](?P<m2>\d{1,2})[/.](?P<y2>(?:20)?\d\d)|"
    rf"(?P<d3>\d{{1,2}})(?:st|nd|rd|th)? (?P<m3>(?:{'|'.join(_MONTHS)})[a-z]*),? (?P<y3>20\d\d))(?!\w)",
    re.IGNORECASE,
)
"""A day as people write it in Britain: 2026-04-01, 1/4/26, 01.04.2026, 1st April 2026."""


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
        CaseError: a supplement is asked for with pages that are numbered by part, or the exhibit mark is too long to stand on every page.
    """
    known = {field.name for field in fields(Front)}
    if unknown := set(said) - known:
        raise TypeError(f"not on the front sheet: {', '.join(sorted(unknown))}")
    table = {key: value for key, value in case.report.items() if value and key in known}
    sheet = Front(**{**table, **{key: value for key, value in said.items() if value}})
    if len(sheet.mark) > LONGEST_MARK:
        raise CaseError(
            f"the exhibit mark has more than {LONGEST_MARK} characters; it is the initials of the maker and a number, such as ABC1"
        )
    if (day := hearing_day(sheet)) is not None:
        sheet = replace(sheet, hearing=_DAY.sub(day_words(day), sheet.hearing, count=1))
    if sheet.profile == FAMILY and sheet.first_page > 1:
        raise CaseError(
            "pages numbered A1, B1 ... by part cannot go on from one number; make the supplement with --profile exhibit and a mark of its own"
        )
    return sheet


def hearing_day(front: Front) -> date | None:
    """The day of the hearing, if the words for it name one."""
    match = _DAY.search(front.hearing)
    if match is None:
        return None
    year, month, day = (match[key] or match[f"{key}2"] or match[f"{key}3"] for key in "ymd")
    if not month.isdigit():
        month = _MONTHS.index(month.lower()[:3]) + 1
    try:
        return date(int(year) + (2000 if len(year) < 3 else 0), int(month), int(day))
    except ValueError:
        return None


def file_name(front: Front, what: str, day: date) -> str:
    """A name for a court's bundle: the parties, what it is, the day of the hearing (where none is known, of the issue), in plain letters: "A v B Exhibit ABC1 30-6-26", at most 75 characters."""
    day = hearing_day(front) or day
    words = f"{what} {front.mark}" if what else front.mark
    end = f" {words} {day.day}-{day.month}-{day:%y}"
    parties = re.sub(r"[^A-Za-z0-9 ._-]+", " ", front.parties)
    parties = re.sub(r"\s+", " ", parties).strip(" ._-")[: 75 - len(end)].strip()
    return re.sub(r"[^A-Za-z0-9 ._-]+", "-", f"{parties}{end}").strip()
