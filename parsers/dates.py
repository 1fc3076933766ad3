"""Written dates to `Moment`s, by explicit pattern; what is ambiguous becomes a question, never a guess.

The order of day and month is decided once for a whole file (`day_first`), from every date in it. `written_date` reads one date; times of day are read by
`parsers.times`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from parsers.contract import LOCAL, OFFSET, SECOND, Moment, Question

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 -- the origin of wall-clock counts
_EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

DAY_FIRST = "day_first"


def micros(when: datetime) -> int:
    """Microseconds from 1970-01-01 00:00: of UTC if `when` is aware, of its own wall clock if not."""
    return (when - (_EPOCH_UTC if when.tzinfo else _EPOCH)) // _MICROSECOND


def moment(when: datetime, raw: str, precision: str = SECOND, basis: str = "") -> Moment:
    """A `Moment` from a `datetime`; the basis, if not given, is OFFSET for an aware one and LOCAL for a naive one."""
    return Moment(micros(when), basis or (OFFSET if when.tzinfo else LOCAL), precision, raw)


def said_day_first(answers: Mapping[str, str]) -> bool | None:
    """What a person has said; None for nothing, and for what is no answer, such as "maybe": then it is asked again."""
    return {"yes": True, "no": False}.get(answers.get(DAY_FIRST, ""))


def day_first(fields: Iterable[tuple[int, int]], answers: Mapping[str, str], *, in_order: bool | None = None) -> bool:
    """Whether the first of two fields is the day, for a whole file.

    `fields` are all the distinct (first, second) pairs of the file. A first field over 12 proves day first, a second over 12 month first. `in_order`, where
    the caller has tried both readings, is the one that keeps the file in time order (None: both do, or neither). Else the answer stored for the file.

    Raises:
        Question: the file does not settle it and nobody has said.
        ValueError: the file holds both a first and a second field over 12: it was joined from two sources or edited.
    """
    first = second = False
    example = ""
    for one, two in fields:
        first = first or one > 12
        second = second or two > 12
        example = example or (f"{one:02d}/{two:02d}" if one != two else "")
    if first and second:
        raise ValueError(
            "dates in this file have the day first in some rows and the month first in others: it was joined or edited"
        )
    if first or second:
        return first
    if in_order is not None:
        return in_order
    if (said := said_day_first(answers)) is not None:
        return said
    if not example:  # every date is 01/01, 02/02 ...: both readings agree
        return True
    raise Question(
        DAY_FIRST,
        f"In this file, is the date {example} written with the day first (as in the UK) or the month first (as in the US)? Nothing in the file settles it.",
        (("yes", "day first"), ("no", "month first")),
    )


class WrittenDate(NamedTuple):
    """A date as a person or a bill wrote it.

    `first` is None where no single reading exists (then `flags` says why); `last` is the last day, inclusive, of a range; `about` where the writer said
    so, or gave only a month. `rest` is what stands beside the date: a time, perhaps.
    """

    first: date | None
    last: date | None = None
    about: bool = False
    rest: str = ""
    flags: tuple[str, ...] = ()


MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_LONGEST = 200  # a cell that says more than this is not a date; it also bounds every pattern below
_NOT_A_TIME = r"(?![0-9]|[:.][0-9]|\s?(?:am|pm|a\.m|p\.m|hrs|hours|h\b))"  # "12 March 21:15" has no year
_YEAR = rf"(?:\s|,|-|/|\.|of)*(?P<year>(?:19|20|21)[0-9]{{2}}{_NOT_A_TIME}|['\u2019]?[0-9]{{2}}{_NOT_A_TIME})?"
_TH = r"(?:st|nd|rd|th)?"
_WORD = r"(?P<month>[a-z]{3,10})(?![a-z])\.?"
_ISO = re.compile(
    r"(?<![0-9])(?P<year>(?:19|20|21)[0-9]{2})([-/.]?)(?P<number>[0-9]{2}|(?<=[-/.])[0-9])\2(?P<day>[0-9]{1,2})(?![0-9])"
)
_NUMERIC = re.compile(
    r"(?<![0-9])(?P<one>[0-9]{1,2})\s?[-/.\\]\s?(?P<two>[0-9]{1,2})\s?[-/.\\]\s?(?P<year>[0-9]{4}|[0-9]{2})(?![0-9])"
)
_DAYS_MONTH = re.compile(
    rf"(?<![0-9])(?P<day>[0-9]{{1,2}}){_TH}\s?(?:-|\u2013|/|&|to|and)\s?(?P<end>[0-9]{{1,2}}){_TH}\s?(?:of\s)?\s?{_WORD}{_YEAR}",
    re.IGNORECASE,
)
_DAY_MONTH = re.compile(rf"(?<![0-9])(?P<day>[0-9]{{1,2}}){_TH}(?:\s|-|/|\.|,|of\b)*{_WORD}{_YEAR}", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"\b{_WORD}\s?(?P<day>[0-9]{{1,2}}){_TH}(?![0-9]){_YEAR}", re.IGNORECASE)
_MONTH_YEAR = re.compile(
    r"\b(?P<month>[a-z]{3,10})(?![a-z])\.?(?:\s|,|-|/|of)*(?P<year>(?:19|20|21)[0-9]{2}|['\u2019][0-9]{2})(?![0-9])",
    re.IGNORECASE,
)
_NO_YEAR = re.compile(r"(?<![0-9])[0-9]{1,2}[/.-][0-9]{1,2}(?![0-9])")
_WEEKDAY = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)(?:s|r|rs|nes|ur)?(?:day)?\b[.,]?", re.IGNORECASE)
_ABOUT = re.compile(
    r"^\s*(?:on or about|approx(?:imately)?\b\.?|about|around|circa|ca?\.|c(?=\s?[0-9])|roughly|beginning of|end of|~"
    r"|(?:early|mid|late)(?!-?\s?(?:hours|morning|after|eve|night)))\s*-?\s*"
    r"|(?<=[0-9a-z])\s*(?:\?+|\(?(?:approx(?:imately|\.)?|about)\)?)\s*$",
    re.IGNORECASE,
)
_WEEK = re.compile(r"^\s*(?:w/c|w\.c\.|week (?:commencing|beginning|starting|of))[\s:]*", re.IGNORECASE)
_JOINS = re.compile(r"^\s*(?:-|\u2013|\u2014|to|until|till|and|&)\s*(?=\S)", re.IGNORECASE)


def numeric_fields(text: str) -> list[tuple[int, int]]:
    """The (first, second) fields of every date like 3/4/24 in the text: what `day_first` wants to see. ISO dates have no say."""
    if len(text) > _LONGEST:
        return []
    return [(int(found["one"]), int(found["two"])) for found in _NUMERIC.finditer(_ISO.sub(" ", text))]


def weekday(text: str) -> int | None:
    """The day of the week that the text names, Monday 0; None if it names none."""
    found = _WEEKDAY.search(text[:_LONGEST])
    return [name[:3].lower() for name in WEEKDAYS].index(found[1].lower()) if found else None


def _month(word: str) -> tuple[int, str] | None:
    """The month a word means, and a flag if it had to be taken for a misspelling."""
    word = word.lower()
    for number, name in enumerate(MONTHS, 1):
        if name.startswith(word) or (word == "sept" and number == 9):
            return number, ""
    near = difflib.get_close_matches(word, MONTHS, n=1, cutoff=0.8) if len(word) > 4 else []
    return (MONTHS.index(near[0]) + 1, f'"{word}" read as {near[0].capitalize()}') if near else None


def _year(text: str) -> int:
    text = text.lstrip("'\u2019")
    return int(text) + (2000 if len(text) == 2 else 0)


def _match(text: str, *, first_is_day: bool) -> tuple[re.Match[str], date | None, date | None, list[str]] | None:
    """The first pattern that fits, its days, and what must be said about them."""
    for pattern in (_ISO, _NUMERIC, _DAYS_MONTH, _DAY_MONTH, _MONTH_DAY, _MONTH_YEAR):
        for found in pattern.finditer(text):
            parts, flags = found.groupdict(), []
            if pattern is _NUMERIC:
                day, number = (parts["one"], parts["two"]) if first_is_day else (parts["two"], parts["one"])
                month = int(number)
            elif pattern is _ISO:
                day, month = parts["day"], int(parts["number"])
            else:
                named = _month(parts["month"])
                if named is None:
                    continue
                day, month = parts.get("day", "1"), named[0]
                flags += [named[1]] if named[1] else []
            if parts["year"] is None:
                return found, None, None, [*flags, "no year given"]
            year = _year(parts["year"])
            first = last = None
            try:
                first = date(year, month, int(day))
                last = first.replace(day=int(parts["end"])) if parts.get("end") else None
                if pattern is _MONTH_YEAR:
                    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
                    flags.append("only the month is given")
            except ValueError:
                other = pattern is _NUMERIC and month > 12 and int(day) <= 12
                order = f" with the {'day' if first_is_day else 'month'} first" if other else ""
                return found, None, None, [*flags, f"no such date{order}"]
            if not 1900 <= year < 2200 or (last and last < first):
                return found, None, None, [*flags, "no such date"]
            return found, first, last, flags
    return None


def written_date(text: str, *, first_is_day: bool) -> WrittenDate:
    """A date in a person's writing: ISO, 3/4/24, 3rd of April 2024, April 3, 2024, Apr 2024, with a weekday, "about", or a range of days.

    The year is never supplied, a two-digit one is of this century. A weekday that is not the date's own is flagged, not believed.
    """
    if not text.strip():
        return WrittenDate(None, flags=("no date given",))
    if len(text) > _LONGEST:
        return WrittenDate(None, flags=("date not understood",))
    plain, about = _ABOUT.subn("", _WEEKDAY.sub(" ", text))
    plain, week = _WEEK.subn("", plain)
    matched = _match(plain, first_is_day=first_is_day)
    if matched is None:
        return WrittenDate(None, flags=("no year given" if _NO_YEAR.search(plain) else "date not understood",))
    found, first, last, flags = matched
    rest = plain[found.end() :]
    joined = _JOINS.match(rest)
    other = _match(rest[joined.end() :], first_is_day=first_is_day) if joined and first and last is None else None
    if joined and other and other[0].start() == 0:
        last = other[1]
        if last is None or (first and last < first):
            flags.append("the end of the range was not understood")
            last = None
        rest = rest[joined.end() + other[0].end() :]
    elif first and week:
        last = first + timedelta(days=6)
    named = weekday(text)
    if first and named is not None and last is None and first.weekday() != named:
        flags.append(f"written as a {WEEKDAYS[named]}, but that date was a {WEEKDAYS[first.weekday()]}")
    rest = f"{plain[: found.start()]} {rest}".strip(" \t\r\n,;()@") if first else ""
    about = about or week or "only the month is given" in flags
    return WrittenDate(first, last, bool(about), rest.removeprefix("T"), tuple(flags))
