"""Times of day and lengths of time in a person's writing: "9.15pm", "2115hrs", "between 2 and 3pm", "evening", "1h 2m". Not a parser.

A time is cut into words, and every word must be known: what is not understood is said to be so, and the event keeps its day. Nothing is supplied: "9
o'clock" is morning or evening, so it is the day, flagged. "9.15" without am or pm is read on the 24-hour clock and reported as `clock` "", so that a
parser can flag it unless the rest of the file is written on that clock.
"""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple

from parsers.contract import ABOUT, DAY, HOUR, MINUTE, SECOND, Moment
from parsers.dates import WrittenDate, moment

PARTS_OF_DAY: Final = {
    "early hours": (0, 6),
    "small hours": (0, 6),
    "morning": (5, 12),
    "breakfast": (6, 10),
    "daytime": (6, 18),
    "lunch": (12, 14),
    "afternoon": (12, 18),
    "teatime": (16, 19),
    "evening": (17, 23),
    "night": (21, 30),
}
"""What the named parts of a day are taken to span, in hours from its midnight: wide, so that the words stay true. The written words are in `Moment.raw`."""

_ANY_TIME = re.compile(
    r"(?:all|whole|the whole|throughout the|during the|most of the|sometime in the) ?day|various(?: times)?|several times|many times|all times|on and off"
    r"|unknown|not known|unsure|not sure|do ?n['\u2019]?t know|can['\u2019]?t remember|n/?a|tb[ac]|[-\u2013\u2014?.\s]*",
    re.IGNORECASE,
)
_LONGEST = 200
_NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_NUMBER_WORDS)})\b")
_HALF_NINE = re.compile(r"\bhalf (?=[0-9])")
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<offset>(?P<by>half|quarter|[0-9]{1,2})\s*(?:min(?:ute)?s?\s*)?past\s*(?=[0-9]) | (?P<to>quarter\s+to\s*(?=[0-9])) )
    | (?P<fixed>(?:12\s)?(?:noon|midnight|midday))\b
    | (?P<clock>(?P<hour>[0-9]{1,2})(?:\s?[:.;h]\s?(?P<minute>[0-5][0-9])(?:[:.](?P<second>[0-5][0-9])(?:[.,][0-9]{1,6})?)?)?)
        (?![0-9]|[:.][0-9])
    | (?P<four>[0-2][0-9][0-5][0-9])(?![0-9])
    | (?P<half>[ap]\.?\s?m\b\.?)
    | (?P<hours>(?:hrs|hours|hour|hr|h)\b\.?)
    | (?P<part>(?:(?:early|mid|late)(?:\s(?:at|in\sthe))?[\s-]*)?(?:(?:early|small)\shours(?:\sof\sthe\smorning)?|morning|breakfast(?:\s?time)?
        |day\s?time|lunch(?:\s?time)?|afternoon|tea\s?time|evening|eve|over\s?night|to\s?night|night(?:\s?time)?))\b
    | (?P<about>approx(?:imately|\.)?|about|around|circa|ca?\.|c(?=\s?[0-9])|roughly|~|(?:just\s|shortly\s|soon\s)?(?:after|before)\b|past|by
        |onwards|[-\s]?ish|late|\?)
    | (?P<between>between)
    | (?P<range>-|\u2013|\u2014|to|until|till|til)
    | (?P<and>and|&|,|/|then|\+|;)
    | (?P<filler>(?:o['\u2019]?clock|at|the|in|on|of|from|during|time|gmt|bst|exactly|same|all|z)(?![a-z0-9])|[().:])
    )\s*""",
    re.VERBOSE,
)


class WrittenTime(NamedTuple):
    """A time of day, or a range of it, counted from the midnight its date begins with.

    `start` is None where no hour is given (the precision is DAY); `end` may be past 24 hours. `clock` tells which clock the writer used: "12" (am, pm),
    "24" (hours from 13, or a leading 0), "words" (evening), "" where it could be either and the 24-hour clock was taken.
    """

    start: timedelta | None
    end: timedelta | None = None
    precision: str = DAY
    clock: str = ""
    flags: tuple[str, ...] = ()


class _Clock(NamedTuple):
    """One clock reading on the way: `half` is "am", "pm", "24" (settled) or "" (either half of the day)."""

    hour: int
    minute: int = 0
    half: str = ""
    precision: str = HOUR
    second: int = 0
    shift: int = 0

    def reading(self, half: str = "") -> timedelta | None:
        half = self.half or half
        hour = self.hour
        if half == "am":
            hour = 0 if hour == 12 else hour
        elif half == "pm":
            hour = hour + 12 if hour < 12 else hour
        valid = hour < 24 or (hour, self.minute, self.second) == (24, 0, 0)
        if not valid or (half == "am" and hour > 12):
            return None
        return timedelta(hours=hour, minutes=self.minute + self.shift, seconds=self.second)


class _Words(NamedTuple):
    """What the words of a time come to."""

    clocks: list[_Clock]
    parts: list[str]
    joins: set[str]


_UNKNOWN = "time not understood"
_NO_HALF = "am or pm not given"


def _reading(found: re.Match[str], shift: int) -> _Clock:
    """A clock from a token that is one."""
    if found["fixed"]:
        return _Clock(12, half="midnight" if "midnight" in found["fixed"] else "pm")
    if found["four"]:
        return _Clock(int(found["four"][:2]), int(found["four"][2:]), "24", MINUTE)
    hour, minute, second = found["hour"], found["minute"], found["second"]
    settled = "24" if int(hour) > 12 or hour[0] == "0" else ""
    precision = SECOND if second else MINUTE if minute or shift else HOUR
    return _Clock(int(hour), int(minute or 0), settled, precision, int(second or 0), shift)


def _words(text: str) -> _Words | None:
    """The text in words, or None if one of them is not known."""
    words = _Words([], [], set())
    clocks = words.clocks
    at = shift = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            return None
        at, kind = found.end(), str(found.lastgroup)
        if kind in {"clock", "four", "fixed"}:
            clocks.append(_reading(found, shift))
            shift = 0
        elif kind == "offset":
            shift = -15 if found["to"] else {"half": 30, "quarter": 15}.get(found["by"]) or int(found["by"])
        elif kind in {"half", "hours"}:
            half = "24" if kind == "hours" else f"{found['half'][0]}m"
            if clocks and clocks[-1].half in {"", "24"}:
                clocks[-1] = clocks[-1]._replace(half="24" if clocks[-1].hour > 12 and half == "pm" else half)
            elif half == "24":
                return None
            else:
                words.parts.append(half)
        elif kind == "part":
            words.parts.append(found["part"])
        elif kind != "filler":
            words.joins.add(kind)
    return None if shift else words


def _span(part: str) -> tuple[timedelta, timedelta]:
    hours = {"am": (0, 12), "pm": (12, 24)}.get(part)
    if hours is None:
        plain = re.sub(r"[\s-]+", " ", part).replace("tea time", "teatime").replace("day time", "daytime")
        hours = next(
            span for name, span in PARTS_OF_DAY.items() if name in plain or (name == "evening" and "eve" in plain)
        )
    return timedelta(hours=hours[0]), timedelta(hours=hours[1])


def _half_of(part: str, hour: int) -> str:
    """The half of the day that "9 in the evening" or "3 in the morning" puts a clock in."""
    if "morning" in part or "hours" in part or part == "am":
        return "am"
    if "night" in part and hour == 12:
        return "midnight"
    return "am" if "night" in part and hour < 6 else "pm"


def written_time(text: str) -> WrittenTime:
    """A time of day, or a range, in a person's writing. Never raises: what is not understood is the day, flagged."""
    plain = _NUMBER_WORD.sub(lambda found: str(_NUMBER_WORDS.index(found[0]) + 1), text[:_LONGEST].strip().lower())
    if len(text) > _LONGEST:
        return WrittenTime(None, flags=(_UNKNOWN,))
    if _ANY_TIME.fullmatch(plain):
        return WrittenTime(None)
    words = _words(_HALF_NINE.sub("half past ", plain))  # "half nine" is half past nine in Britain
    if words is None or not (words.clocks or words.parts):
        return WrittenTime(None, flags=(_UNKNOWN,))
    clocks, parts, joins = words
    if not clocks:
        spans = [_span(part) for part in parts]
        return WrittenTime(min(s for s, _ in spans), max(e for _, e in spans), ABOUT, "words")
    if len(set(parts)) == 1:
        clocks = [c if c.half else c._replace(half=_half_of(parts[0], c.hour)) for c in clocks]
    elif parts:
        return WrittenTime(None, flags=(_UNKNOWN,))
    if len(clocks) == 1:
        return _one(clocks[0], about="about" in joins or "range" in joins)
    return _two(clocks, joins)


def _one(clock: _Clock, *, about: bool) -> WrittenTime:
    flags: tuple[str, ...] = ()
    if clock.half == "midnight":
        clock, flags = clock._replace(half="am"), ("midnight: the one before this day or the one after it",)
    if not clock.half and (clock.precision == HOUR or clock.shift):
        return WrittenTime(None, flags=(_NO_HALF,))
    start = clock.reading()
    if start is None or start < timedelta(0):
        return WrittenTime(None, flags=(_UNKNOWN,))
    return WrittenTime(
        start, None, ABOUT if about else clock.precision, clock.half.replace("am", "12").replace("pm", "12"), flags
    )


def _two(clocks: list[_Clock], joins: set[str]) -> WrittenTime:
    """A range, or several times: the first and the last of them, each lending the other its half of the day."""
    first, last = clocks[0], clocks[-1]
    flags: tuple[str, ...] = ()
    if len(clocks) > 2 or not joins & {"range", "between"}:
        flags = ("more than one time is written: the first and the last are given",)
    last = last._replace(hour=24, half="24") if last.half == "midnight" else last
    first = first._replace(half="am") if first.half == "midnight" else first
    if not first.half and not last.half and HOUR in {first.precision, last.precision}:
        return WrittenTime(None, flags=(*flags, _NO_HALF))
    day = timedelta(days=1)
    start, end = first.reading(last.half), last.reading(first.half)
    if start is None or end is None or start < timedelta(0):
        return WrittenTime(None, flags=(*flags, _UNKNOWN))
    if (
        not first.half and last.half in {"am", "pm"} and start > end
    ):  # "11-1pm" begins in the morning, "11-2am" the night before
        start = first.reading("am" if last.half == "pm" else "pm") or start
    elif not last.half and first.half in {"am", "pm"} and end < start:  # "11pm-1"
        end = last.reading("am" if first.half == "pm" else "pm") or end
    if end < start and not (first.half or last.half):  # "11.30-1.15": one of them is in the afternoon
        return WrittenTime(None, flags=(*flags, _NO_HALF))
    end = end + day if end < start else end
    precision = ABOUT if "about" in joins else first.precision
    clock = "12" if {first.half, last.half} & {"am", "pm"} else first.half or last.half
    return WrittenTime(start, end, precision, clock, flags)


def on_the_day(day: WrittenDate, hour: WrittenTime, raw: str, basis: str) -> tuple[Moment | None, Moment | None]:
    """A written date and a written time as a moment and, for a range, its end."""
    if day.first is None:
        return None, None

    def at(when: datetime, precision: str) -> Moment:
        return moment(when, raw, precision, basis)

    begin = datetime.combine(day.first, time())
    if hour.start is None:
        last = datetime.combine(day.last, time()) if day.last else None
        return at(begin, ABOUT if day.about else DAY), at(last, DAY) if last else None
    end = hour.end if hour.end is not None else hour.start if day.last else None
    if day.last and end is not None and end > timedelta(days=1):
        end -= timedelta(days=1)  # "22:00-02:00" from the 12th to the 13th: the last day is given already
    final = datetime.combine(day.last or day.first, time())
    precision = ABOUT if day.about else hour.precision
    return at(begin + hour.start, precision), at(final + end, precision) if end is not None else None


_UNIT = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_LENGTH = re.compile(r"(?:([0-9]{1,6}):)?([0-9]{1,6}):([0-5]?[0-9])(?:\.[0-9]+)?")
_LENGTH_WORD = re.compile(
    r"\s*([0-9]{1,7}(?:\.[0-9]{1,6})?)\s*(d|h|m|s)(?:ays?|ours?|rs?|in(?:ute)?s?|ec(?:ond)?s?)?(?![a-z])[.,]?(?:\s*and\b)?",
    re.IGNORECASE,
)


def written_length(text: str, unit: str = "s") -> float | None:
    """Seconds in `1:02:03` (any number of hours), `02:03` (minutes and seconds), `1h 2m 3s`, `62 mins` or a bare number of `unit` ("s", "m", "h")."""
    text = text.strip()
    if len(text) > 60:
        return None
    if found := _LENGTH.fullmatch(text):
        return int(found[1] or 0) * 3600 + int(found[2]) * 60 + float(text.rpartition(":")[2])
    if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,6})?", text):
        return float(text) * _UNIT[unit]
    seconds, at = 0.0, 0
    while found := _LENGTH_WORD.match(text, at):
        seconds, at = seconds + float(found[1]) * _UNIT[found[2].lower()], found.end()
    return seconds if at and at == len(text) else None
