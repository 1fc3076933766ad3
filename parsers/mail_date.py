"""The dates of mail headers (RFC 5322 section 3.3, and what is met in its place) to `Moment`s.

    Wed, 10 Jul 2024 09:00:00 +0100 (BST)    offset        Wed Jul 10 09:00:00 2024             asctime, no zone
    Wed, 10 Jul 2024 09:00 BST               +0100         Jul 10, 2024 9:00:00 AM              month named first, no zone
    Wed, 10 Jul 2024 08:00:00 -0000          UTC           2024-07-10T09:00:00+01:00            ISO

`-0000` says that the instant is in UTC and that the zone of the writer is not given. A clock without a zone, or with one whose letters stand for several
(IST), stays a wall clock. Nothing else is guessed: a month that is not an English name, hour 25, 10/07/2024 are not read.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final, NamedTuple

from parsers.contract import LOCAL, MINUTE, OFFSET, SECOND, SUBSECOND, UTC, Moment
from parsers.dates import micros

_CLOCK: Final = r"(?P<hour>\d{1,2})\s*+[:.]\s*+(?P<minute>\d\d)(?:\s*+[:.]\s*+(?P<second>\d\d)(?:[.,](?P<part>\d{1,9}))?)?(?!\d)\s*(?P<half>[AaPp][Mm]\b)?"
_WEEKDAY: Final = r"\s*(?:[^\W\d_]{2,10}\.?\s*,?\s*)?"
_FORMS: Final = (
    re.compile(
        _WEEKDAY
        + r"(?P<day>\d{1,2})[\s-]+(?P<month>[A-Za-z]{3})[a-z]{0,6}[.,]?[\s-]+(?P<year>\d{4}|\d\d\d?)[\s,]+(?:at\s+)?"
        + _CLOCK
        + r"\s*(?P<zone>.*)",
        re.DOTALL,
    ),
    re.compile(
        r"\s*(?:[^\W\d_]{2,10}\.?\s*,?\s+)??(?P<month>[A-Za-z]{3})[a-z]{0,6}\.?\s+(?P<day>\d{1,2})\s+"
        + _CLOCK
        + r"\s+(?P<zone>[A-Za-z+:\d\s-]{0,12}?)\s*(?P<year>\d{4})\s*\Z"
    ),
    re.compile(
        r"\s*(?:[^\W\d_]{2,10}\.?\s*,?\s+)??(?P<month>[A-Za-z]{3})[a-z]{0,6}\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})[\s,]+(?:at\s+)?"
        + _CLOCK
        + r"\s*(?P<zone>.*)",
        re.DOTALL,
    ),
    re.compile(r"\s*(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)[T\s]+" + _CLOCK + r"\s*(?P<zone>.*)", re.DOTALL),
)
_MONTHS: Final = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_ZONE: Final = re.compile(r"(?:(?:GMT|UTC?|Z)\s*)?([+-])(\d{1,2}):?(\d\d)?(?!\d)", re.IGNORECASE)
_ZONE_NAME: Final = re.compile(r"[A-Za-z]+")
_COMMENT: Final = re.compile(r"\([^()]*\)")
_HOURS: Final = {  # RFC 5322 section 4.3, Britain, and the European names that stand for one offset only
    "GMT": 0, "UT": 0, "UTC": 0, "Z": 0, "BST": 1,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2, "EEST": 3,
}  # fmt: skip
_LONGEST: Final = 300
"""Characters looked at: a date is 40, and the patterns above may go back and forth over white space."""
_DEEPEST_COMMENT: Final = 5
_AHEAD, _BEHIND = 14, 12
"""Hours that a clock on earth is ahead of UTC or behind it at most."""
_HOUR: Final = 3_600_000_000
_MINUTE: Final = 60_000_000


class MailDate(NamedTuple):
    """What a date header says: `when` is None if it cannot be read; `remark` is for the reader of the record."""

    when: Moment | None
    remark: str = ""


def read_date(text: str) -> MailDate:
    """A written mail date. Years outside of 1970 to 2099 are taken for unreadable: no mail is older."""
    plain = text.strip()[:_LONGEST]
    for _ in range(_DEEPEST_COMMENT if "(" in plain else 0):
        plain = _COMMENT.sub(" ", plain)
    match = next((found for form in _FORMS if (found := form.match(plain))), None)
    if match is None:
        return MailDate(None)
    year, month = int(match["year"]), match["month"]
    if len(match["year"]) < 4:  # RFC 5322 section 4.3
        year += 2000 if year < 50 else 1900
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            return MailDate(None)
        hour = hour % 12 + (12 if match["half"].lower() == "pm" else 0)
    number = int(month) if month.isdecimal() else _MONTHS.get(month.lower(), 0)
    if not (1970 <= year <= 2099 and second <= 60):
        return MailDate(None)
    try:
        clock = micros(datetime(year, number, int(match["day"]), hour, minute))  # noqa: DTZ001 -- a wall clock; its zone is applied below
    except ValueError:  # no such day, month or hour
        return MailDate(None)
    clock += second * 1_000_000 + int((match["part"] or "0").ljust(6, "0")[:6])
    precision = SUBSECOND if match["part"] else SECOND if match["second"] else MINUTE
    basis, offset, remark = _zone(match["zone"].strip())
    return MailDate(Moment(clock - offset, basis, precision, text.strip()), remark)


def _zone(text: str) -> tuple[str, int, str]:
    """(basis, offset from UTC in microseconds, remark) of what stands after the clock."""
    if match := _ZONE.match(text):
        sign, hours, minutes = match[1], int(match[2]), int(match[3] or 0)
        if hours > (_BEHIND if sign == "-" else _AHEAD) or minutes > 59:
            return LOCAL, 0, f"time zone {match[0]} does not exist: read as a clock without zone"
        if sign == "-" and not hours and not minutes:
            return UTC, 0, ""
        return OFFSET, (hours * _HOUR + minutes * _MINUTE) * (-1 if sign == "-" else 1), ""
    if match := _ZONE_NAME.match(text):
        name = match[0].upper()
        if name not in _HOURS:
            return LOCAL, 0, f"time zone {match[0]} is not known: read as a clock without zone"
        return (OFFSET, _HOURS[name] * _HOUR, "") if name not in {"GMT", "UT", "UTC", "Z"} else (UTC, 0, "")
    return LOCAL, 0, f"time zone {text[:20]} is not understood: read as a clock without zone" if text else ""
