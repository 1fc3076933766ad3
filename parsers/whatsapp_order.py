"""In which order the dates of a WhatsApp export have day, month and year: settled once for the file, by what is in it or by an answer. Not a parser."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from parsers import dates
from parsers.contract import Question, Unreadable
from parsers.whatsapp_lines import DMY, MDY, YMD, Shape, day_micros, fields, ymd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from parsers.whatsapp_survey import Survey

_OLDEST: Final = 9
"""WhatsApp is of 2009."""
_DAYS: Final = 31
_DAY: Final = 86_400_000_000
_YEAR: Final = "year"


def order_of(found: Survey, shape: Shape, answers: Mapping[str, str]) -> tuple[str, str]:
    """The order of the fields of a shape's dates, and why. Raises `Question` if neither the file nor an answer settles it."""
    rows: Counter[tuple[int, int, int]] = Counter()
    written: dict[tuple[int, int, int], str] = {}
    for day, count in found.days.items():
        if found.shape_of_day(day) == shape:
            rows[fields(day)] += count
            written.setdefault(fields(day), day.strip(" ,،"))
    order, why = _order(found, shape, rows, written, answers)
    plausible = sum(
        count
        for numbers, count in rows.items()
        if 2009 <= ymd(numbers, order)[0] <= (2100 if 4 in {shape.first, shape.last} else 2050)
    )
    if shape.other_calendar or plausible * 2 < rows.total():
        raise Unreadable(
            f"The dates of this chat ({next(iter(written.values()))}) are not of the Gregorian calendar. Set the phone's calendar to Gregorian "
            "(iPhone: Settings, General, Language & Region, Calendar) and export the chat again."
        )
    return order, why


def _year_first(
    found: Survey,
    shape: Shape,
    rows: Counter[tuple[int, int, int]],
    written: dict[tuple[int, int, int], str],
    answers: Mapping[str, str],
) -> str:
    """Why a year of two digits stands first, as in 25-10-26 (Lithuania, Canada in French, China); "" if it stands last.

    Raises:
        Question: the file does not settle it; its separators, or the half of the day before the time, are of countries that write so, or the chat would be much
            shorter. Not decided by that: somebody may write on the same day every year.
    """
    if any(two > 12 for _, two, _ in rows) or any(one < _OLDEST for one, _, _ in rows):
        return ""
    if any(three < _OLDEST for _, _, three in rows):
        return "the last field is below 9, and there was no WhatsApp before 2009"
    if any(three > _DAYS for _, _, three in rows):
        return ""
    forward = {order: not found.back[shape, order] for order in (DMY, MDY, YMD)}
    if forward[YMD] != (forward[DMY] or forward[MDY]):
        return "only so do the dates run forward" if forward[YMD] else ""
    first, last = (_span(rows, order) for order in (YMD, DMY if any(one > 12 for one, _, _ in rows) else MDY))
    if shape.half == "before" and shape.between[0] == ". ":
        return "so it is in Korean"
    usual_there = shape.between[0] == "-" or shape.half == "before"
    if last * 3 + _DAYS < first or not (usual_there or first * 3 + _DAYS < last):
        return ""
    example = next(iter(written.values()))
    if answers.get(dates.DAY_FIRST) not in {"yes", "no", _YEAR}:
        raise Question(
            dates.DAY_FIRST,
            f"In this file, is {example} written with the day first (as in the UK), the month first (as in the US) or the year first? Nothing in the file "
            "settles it.",
            (("yes", "day first"), ("no", "month first"), (_YEAR, "year first")),
        )
    return "as answered" if answers[dates.DAY_FIRST] == _YEAR else ""


def _span(rows: Iterable[tuple[int, int, int]], order: str) -> int:
    """Days from the first to the last of the dates, read in an order."""
    days = [micros // _DAY for numbers in rows if (micros := day_micros(numbers, order)) is not None]
    return max(days, default=0) - min(days, default=0)


def _order(
    found: Survey,
    shape: Shape,
    rows: Counter[tuple[int, int, int]],
    written: dict[tuple[int, int, int], str],
    answers: Mapping[str, str],
) -> tuple[str, str]:
    if shape.first == 4:
        return YMD, "the year stands first"
    if shape.last != 4 and (why := _year_first(found, shape, rows, written, answers)):
        return YMD, why
    first = sum(count for (one, _, _), count in rows.items() if one > 12)
    second = sum(count for (_, two, _), count in rows.items() if two > 12)
    few, many = sorted((first, second))
    if few > max(1, many // 10) or few == many != 0:
        raise Unreadable(
            f"{first} lines of this file have a day over 12 in the first place of the date, {second} in the second: it was put together from two exports, "
            "or changed. Ask for a fresh export from the phone."
        )
    pairs: Iterable[tuple[int, int]] = (
        (one, two) for one, two, _ in rows if not (one > 12 and first < second) and not (two > 12 and second < first)
    )
    forward = {order: not found.back[shape, order] for order in (DMY, MDY)}
    in_order = None if forward[DMY] == forward[MDY] else forward[DMY]
    order = DMY if dates.day_first(pairs, answers, in_order=in_order) else MDY
    place = 0 if order == DMY else 1
    proof = next((text for numbers, text in written.items() if numbers[place] > 12), "")
    if proof:
        return order, f"the file holds {proof}"
    if in_order is not None:
        return order, "only so do the dates run forward"
    return order, "as answered" if dates.said_day_first(answers) is not None else "both readings agree"
