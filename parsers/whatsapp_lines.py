"""The header line of a WhatsApp export: its forms, the shape one export keeps to, its date and time. Not a parser; `parsers.whatsapp` reads with it.

One record starts at each header; every other line continues the one before. The header has four forms, and within a form WhatsApp writes what the phone's
region asks for; but **one export uses one shape** throughout (only leading zeros vary)::

    Android   26/10/2025, 13:31 - Sam Example: text
    iOS       [26/10/2025, 13:31:05] Sam Example: text        often with U+200E before the bracket
    old       26/10/2025 13:31:05: Sam Example: text
    web       [13:31, 26/10/2025] Sam Example: text           copied from WhatsApp Web; iOS in Vietnamese

So a line of another shape is text that somebody pasted into a message, and is read as text.
"""

from __future__ import annotations

import codecs
import io
import re
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from parsers import dates, reading
from parsers.whatsapp_halves import AFTERNOON, HALF, LATIN, NOON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parsers.contract import Source

MARKS: Final = "\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff"
"""Direction marks and the byte-order mark: they show nothing and may stand before a header, an author or a marker."""
LONGEST: Final = 1 << 22
"""Characters. A WhatsApp message holds at most 65,536."""
_BLOCK = 1 << 17

_SP = r"[^\S\n]"
_INV = f"[{MARKS}]*"
_NUMBER = re.compile(r"\d+")
_BETWEEN = r"[\u200e\u200f]*(?:\. |[./-])[\u200e\u200f]*"
_DATE = rf"(?P<a>\d{{1,4}}|[A-Z]\d{{1,2}})(?P<s1>{_BETWEEN})\d{{1,2}}(?P<s2>{_BETWEEN})(?P<c>\d{{1,4}}|[A-Z]\d{{1,2}})(?P<after>\.?(?:{_SP}?(?:г\.|BE|AH|هـ))?)(?!\d)"
_JOIN = rf"(?P<join>{_SP}*+[,،]?{_SP}*+(?:(?:kl\.?|klo|um|at|à|às|,){_SP})?{_SP}*+)"
_TIME = rf"(?P<before>(?:{HALF}){_SP}?)?\d{{1,2}}(?P<colon>:|\.|{_SP}?h{_SP}?)\d{{1,2}}(?P<seconds>[:.]\d{{1,2}})?(?P<half>{_SP}?(?:{HALF}))?(?P<tail>{_SP}?ч\.)?"
_SPACE = re.compile(_SP)
_BRACKET = re.compile(rf"\[{_INV}{_DATE}{_JOIN}{_TIME}{_INV}\]{_SP}?")
_WEB = re.compile(rf"\[{_INV}{_TIME}(?P<join>,{_SP}*+){_DATE}{_INV}\]{_SP}?")
_TIME_PART = re.compile(_JOIN + _TIME)
_BEGUN = re.compile(rf"{_INV}\[?{_INV}{_DATE}{_JOIN}\d{{1,2}}(?:[:.]|{_SP}?h{_SP}?)\d")
_PLAIN = re.compile(rf"{_DATE}{_JOIN}{_TIME}(?:(?P<dash>{_SP}*+[-–—]){_SP}|:{_SP})")


class Shape(NamedTuple):
    """What all headers of one export have in common; the seven separators as written, the rest as widths and choices."""

    form: str  # "android", "ios", "old" or "web"
    dash: str  # with the spaces before it, as common ones
    first: int  # digits of the first field: 4 a year, 3 a year of another calendar, 0 an era (R4), 2 one or two
    last: int
    between: tuple[str, str]
    after: str
    join: str  # its spaces as common ones
    colon: str
    seconds: bool
    half: str  # where the half of the day stands: "before", "after", or "" in a 24-hour clock
    tail: bool  # the Bulgarian "ч." after the time
    ascii: bool  # digits 0-9

    @property
    def other_calendar(self) -> bool:
        """Whether its years are not Gregorian by their form alone: an era, three digits, or a calendar's letters."""
        return not {self.first, self.last} <= {2, 4} or bool(self.after.strip(".г \xa0\u202f"))


def shape_of(line: str) -> Shape | None:
    """The shape of the header that `line` starts with; None if it starts with none."""
    line = line[:200].lstrip(MARKS)
    if line[:1] == "[":
        form, match = "ios", _BRACKET.match(line)
        if not match:
            form, match = "web", _WEB.match(line)
    else:
        form, match = "android", _PLAIN.match(line)
    if not match:
        return None
    part = match.groupdict()
    if form == "android" and not part["dash"]:
        form = "old"
    return Shape(
        form=form,
        dash=_SPACE.sub(" ", part.get("dash") or ""),
        first=_width(part["a"]),
        last=_width(part["c"]),
        between=(part["s1"], part["s2"]),
        after=part["after"],
        join=_SPACE.sub(" ", part["join"]),
        colon="h" if "h" in part["colon"] else part["colon"],
        seconds=part["seconds"] is not None,
        half="before" if part["before"] else "after" if part["half"] else "",
        tail=part["tail"] is not None,
        ascii=all(character < "\x80" for character in match[0] if character.isdigit()),
    )


def begun(line: str) -> bool:
    """Whether a line begins with a date and a time, as headers of most shapes do."""
    return _BEGUN.match(line[:200]) is not None


def _width(field: str) -> int:
    return (2 if len(field) < 3 else len(field)) if field.isdigit() else 0


def _date_pattern(shape: Shape) -> str:
    digit = "[0-9]" if shape.ascii else r"\d"
    width = {0: r"[A-Z]\d{1,2}", 2: f"{digit}{{1,2}}", 3: f"{digit}{{3}}", 4: f"{digit}{{4}}"}
    one, two = (re.escape(text) for text in shape.between)
    return f"{width[shape.first]}{one}{digit}{{1,2}}{two}{width[shape.last]}{re.escape(shape.after)}"


def _time_pattern(shape: Shape) -> str:
    digit = "[0-9]" if shape.ascii else r"\d"
    colon = rf"{_SP}?h{_SP}?" if shape.colon == "h" else re.escape(shape.colon)
    half = f"(?:{HALF})"
    return (
        (f"{half}{_SP}?" if shape.half == "before" else "")
        + f"{digit}{{1,2}}{colon}{digit}{{1,2}}"
        + (rf"[:.]{digit}{{1,2}}" if shape.seconds else "")
        + (f"{_SP}?{half}" if shape.half == "after" else "")
        + (rf"{_SP}?ч\." if shape.tail else "")
    )


def _spaced(text: str) -> str:
    """A pattern for a separator, any kind of space for each space: quantifiers here would cost a third of the whole reading."""
    return "".join(_SP if character == " " else re.escape(character) for character in text)


def _parts(shape: Shape) -> tuple[str, str, str]:
    """Patterns of the two parts of a header (the second with what joins them) and of what closes it."""
    date, time, join = _date_pattern(shape), _time_pattern(shape), _spaced(shape.join)
    if shape.form == "web":
        return time, join + date, rf"{_INV}\]{_SP}?"
    close = {"ios": rf"{_INV}\]{_SP}?", "android": f"{_spaced(shape.dash)}{_SP}", "old": f":{_SP}"}[shape.form]
    return date, join + time, close


def splitter(shapes: tuple[Shape, ...], names: tuple[str, ...] = ()) -> re.Pattern[str]:
    r"""A pattern whose `split` cuts a text that begins with "\n" into (text before), then four strings a record: both parts of the header, author, body.

    `names` are authors that hold ": " themselves. The author is None where there is none, or no space follows its colon.
    """
    parts = [_parts(shape) for shape in shapes]
    if len(shapes) == 1:
        first, second, close = parts[0]
    else:
        first = "|".join(f"(?:{one})" for one, _, _ in parts)
        second = "|".join(f"(?:{two})(?={end})" for _, two, end in parts)
        close = "(?:" + "|".join(end for _, _, end in parts) + ")"
    brackets = {shape.form in {"ios", "web"} for shape in shapes}
    opening = "" if brackets == {False} else rf"\[{_INV}" if brackets == {True} else rf"(?:\[{_INV})?"
    author = r"[^:\n]{1,100}+"
    if names:
        author = f"(?:{'|'.join(re.escape(name) for name in names)}|{author})"
    return re.compile(rf"\n{_INV}{opening}({first})({second}){close}(?:({author}): )?")


DMY, MDY, YMD = "day, month, year", "month, day, year", "year, month, day"


class Clock(dict[str, int | None]):
    """Microseconds of each part of a header: of a date from 1970, of a time from midnight, None if there is no such; each distinct part is read once.

    `orders` gives the order of the fields for each accepted shape; `odd` collects the times that are not spelt as `usual`.
    """

    def __init__(self, orders: dict[Shape, str], usual: str) -> None:
        super().__init__()
        self._dates = [(_dates_of(shape), shape.form == "web", order) for shape, order in orders.items()]
        self._halves = any(shape.half for shape in orders)
        self._usual = re.compile(re.escape(usual).replace("9", r"\d+").replace("X", "[AP]").replace("x", "[ap]"))
        self._spelt = usual
        self.odd: set[str] = set()

    def __missing__(self, part: str) -> int | None:
        # "10.11.12" is a date or a time. What stands between the two belongs to the second of them: in the form "web" that is the date.
        second = part[:1].isspace() or part[:1] in {",", "،"}
        for pattern, second_is_date, order in self._dates:
            if second == second_is_date and pattern.fullmatch(part):
                value = day_micros(fields(part), order)
                break
        else:
            value = _time_micros(part, _half(part) if self._halves else "")
            if self._spelt and not self._usual.fullmatch(part) and spelling(part) != self._spelt:
                self.odd.add(part)
        self[part] = value
        return value


def _dates_of(shape: Shape) -> re.Pattern[str]:
    return re.compile(rf"{_SP}*[,،]?{_SP}*{_date_pattern(shape)}")


def is_date_of(shape: Shape, part: str) -> bool:
    """Whether a part of a header is the date, written as in this shape."""
    return _dates_of(shape).fullmatch(part) is not None


def spelling(part: str) -> str:
    """How a time and what joins it are written, whatever the time is: kinds of spaces, "pm" or "PM" or "p.m."."""
    half = _half(part)
    if LATIN.fullmatch(half):
        part = part.replace(half, ("X" if half[0].isupper() else "x") + half[1:])
    elif half:
        part = part.replace(half, "")
    return _NUMBER.sub("9", part)


def _half(part: str) -> str:
    """The word for the half of the day beside a time; "" if there is none."""
    match = _TIME_PART.fullmatch(part)
    return (match["before"] or match["half"] or "").strip() if match else ""


def fields(text: str) -> tuple[int, int, int]:
    """The three numbers of a date."""
    one, two, three = map(int, _NUMBER.findall(text))
    return one, two, three


def ymd(numbers: tuple[int, int, int], order: str) -> tuple[int, int, int]:
    """Year, month and day; two-digit years are of this century, for WhatsApp is."""
    one, two, three = numbers
    year, month, day = {DMY: (three, two, one), MDY: (three, one, two), YMD: (one, two, three)}[order]
    return (year + 2000 if year < 100 else year), month, day


def day_micros(numbers: tuple[int, int, int], order: str) -> int | None:
    """Microseconds from 1970 to the start of a date; None if there is no such date."""
    try:
        return dates.micros(datetime(*ymd(numbers, order)))  # noqa: DTZ001 -- a wall clock
    except (ValueError, OverflowError):
        return None


def _time_micros(part: str, half: str) -> int | None:
    numbers = _NUMBER.findall(part)
    hour, minute, second = int(numbers[0]), int(numbers[1]), int(numbers[2]) if len(numbers) == 3 else 0
    if half and hour <= 12:  # 13 and more beside "PM" is seen; it can only mean what it says
        if half == NOON:
            hour += 12 if hour < 11 else 0
        else:
            hour = hour % 12 + (12 if AFTERNOON.fullmatch(half) else 0)
    elif half and not AFTERNOON.fullmatch(half):
        return None
    if hour > 23 or minute > 59 or second > 59:
        return None
    return ((hour * 60 + minute) * 60 + second) * 1_000_000


def head_text(source: Source) -> str:
    """The head as text, with common line ends."""
    name = reading.encoding(source.head)
    if name == "cp1252" and reading.utf8_score(source.head.decode("utf-8", "replace")) > 0:
        name = "utf-8"
    return re.sub(r"\r\n?", "\n", source.head.decode(name, "replace"))


def whole_lines(source: Source, codec: str) -> Iterator[str]:
    r"""The text in pieces of whole lines, each line led by "\n", not followed by one; every kind of line end is read as "\n"."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(codec)("replace"), translate=True)
    with source.open() as file:
        held = ["\n"]
        more = True
        while more:
            block = file.read(_BLOCK)
            more = bool(block)
            text = decoder.decode(block, final=not more)
            cut = text.rfind("\n")
            if cut >= 0:
                yield "".join(held) + text[:cut]
                held = [text[cut:]]
            else:
                held.append(text)
                if (
                    sum(map(len, held)) > LONGEST
                ):  # not a line of a chat; the rest of it follows without a line end before it
                    yield "".join(held)
                    held = []
    yield "".join(held)


def whole_records(lines: Iterator[str], pattern: re.Pattern[str]) -> Iterator[str]:
    """The same text cut before a header, so that no record straddles two pieces; one that is longer than any message can be is cut all the same."""
    held: list[str] = []
    size = 0
    for text in lines:
        start = len(text)
        while (start := text.rfind("\n", 0, start)) >= 0 and not pattern.match(text, start):
            pass
        if start >= 0:
            yield "".join(held) + text[:start]
            held, size = [text[start:]], len(text) - start
        else:
            held.append(text)
            size += len(text)
            if size > LONGEST:
                yield "".join(held)
                held, size = [], 0
    yield "".join(held)
