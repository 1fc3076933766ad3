"""The made-up case: who contacts whom and when, from 1 December 2025 to 31 May 2026. All of it is invented.

Robin Vale has ended a relationship with Sam Marsh. Robin asks Sam to stop, then blocks the number; calls and texts go on from withheld and new numbers. Robin
reports it, moves, and a court makes an order. What Sam sends comes in sessions of a few messages whose number a day changes with the phases of the story;
some weeks have none. Around it goes an ordinary life. Times are British wall clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final, NamedTuple, TypeVar

from sample_data import words
from sample_data.formats import SPRING, Call, Text

T = TypeVar("T")
_DAY: Final = timedelta(days=1)


class Contact(NamedTuple):
    """A number in the client's address book."""

    number: str
    name: str

    @property
    def dialled(self) -> str:
        """As the client typed it: 07700900461."""
        return "0" + self.number.removeprefix("+44")


CLIENT: Final = Contact("+447700900118", "Robin Vale")
CLIENT_NEW: Final = Contact("+447700900870", "Robin Vale")
SAM: Final = Contact("+447700900461", "Sam Marsh")
SAM_SECOND: Final = Contact("+447700900582", "(Unknown)")
SAM_THIRD: Final = Contact("+447700900739", "(Unknown)")
JO: Final = Contact("+447700900205", "Jo Vale")
ANN: Final = Contact("+447700900520", "Mum")
CHRIS: Final = Contact("+447700900311", "Chris Dale")
LEE: Final = Contact("+447700900644", "Lee Brook")
OFFICER: Final = Contact("+447700900990", "PC 0000")
NOTICE: Final = Contact("EXAMPLE", "null")
DESK: Final = "01632 960250"


def day(text: str, clock: str = "00:00:00") -> datetime:
    """`day("2026-03-09", "14:05:12")`."""
    return datetime.fromisoformat(f"{text} {clock}")


BEGIN: Final = day("2025-12-01")
END: Final = day("2026-05-31")
STOP: Final = day("2026-01-09", "19:42:10")
STOP_WORDS: Final = (
    "Sam, please stop contacting me. I do not want any more messages, calls or visits. I will not change my mind."
)
BURST: Final = day("2026-02-03", "22:04:05")
BLOCK: Final = day("2026-02-05", "18:20:00")
REPORT: Final = day("2026-03-09", "14:05:00")
NEW_PHONE: Final = day("2026-03-02", "18:00:00")
MOVE: Final = day("2026-03-28")
SERVED: Final = day("2026-04-17", "16:30:00")
LAST: Final = day("2026-05-24", "23:00:00")
CRIME: Final = "26*123456"
ORDER: Final = "ZZ26F00123"


class Dice:
    """Chance that is the same on every Python: only `random()` is used, whose numbers for a seed are promised to stay."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random

    def below(self, count: int) -> int:
        """0 ... count - 1."""
        return int(self._random() * count)

    def pick(self, choices: Sequence[T]) -> T:
        """One of them."""
        return choices[self.below(len(choices))]

    def chance(self, share: float) -> bool:
        """True in this share of throws."""
        return self._random() < share

    def times(self, rate: float) -> int:
        """How often something happens on a day: 0 to 4 times, on average `rate`."""
        return sum(self.chance(rate / 4) for _ in range(4))


class Phase(NamedTuple):
    """A stretch of the story: how often Sam writes, what, from which number, at which hours, and how often Robin answers."""

    first: str
    last: str
    sessions: float
    most: int
    words: Sequence[str]
    numbers: Sequence[Contact]
    whatsapp: float
    calls: float
    hours: Sequence[int]
    replies: Sequence[str] = ()
    answered: float = 0


_DAYTIME: Final = (8, 12, 13, 17, 18, 19, 20, 20, 21, 21, 22)
_LATE: Final = (7, 8, 13, 17, 18, 19, 20, 21, 21, 22, 22, 23, 23, 0, 1)
PHASES: Final = (
    Phase("2025-12-01", "2025-12-20", 0.9, 3, words.EARLY, [SAM], 0.6, 0.2, _DAYTIME, words.EARLY_REPLIES, 0.55),
    Phase("2025-12-21", "2026-01-09", 1.4, 4, words.PRESSING, [SAM], 0.6, 0.3, _DAYTIME, words.PRESSING_REPLIES, 0.2),
    Phase("2026-01-10", "2026-02-05", 2.2, 5, words.AFTER_STOP, [SAM], 0.5, 0.35, _LATE),
    Phase("2026-02-06", "2026-02-08", 1.2, 3, words.NEW_NUMBER, [SAM_SECOND], 0, 0.8, _LATE),
    Phase("2026-02-23", "2026-03-09", 1.4, 5, words.NEW_NUMBER, [SAM_SECOND], 0, 0.5, _LATE),
    Phase("2026-03-10", "2026-03-27", 2.2, 5, words.AFTER_REPORT, [SAM_SECOND], 0, 0.45, _LATE),
    Phase("2026-03-28", "2026-04-16", 2.2, 6, words.AFTER_REPORT + words.AFTER_MOVE, [SAM_SECOND], 0, 0.45, _LATE),
    Phase("2026-04-21", "2026-05-03", 0.5, 3, words.AFTER_ORDER, [SAM_SECOND, SAM_THIRD, SAM_THIRD], 0, 0.3, _LATE),
    Phase("2026-05-11", "2026-05-24", 0.9, 3, words.AFTER_ORDER, [SAM_THIRD], 0, 0.4, _LATE),
)

KEY_TEXTS: Final[tuple[tuple[str, str, Contact, int, str], ...]] = (
    (
        "2025-12-01",
        "18:04:11",
        SAM,
        2,
        "Hi Sam. Your books and the blue jacket are in a bag at Jo's. You can fetch them any evening this week.",
    ),
    ("2025-12-01", "18:09:40", SAM, 1, "Thanks. Can I see you when I come? Just for five minutes"),
    ("2025-12-01", "18:31:02", SAM, 2, "No, I won't be there. I think that is better for both of us."),
    ("2026-01-01", "00:03:21", SAM, 1, "Happy new year. It should have been us two"),
    ("2026-01-09", "19:42:10", SAM, 2, STOP_WORDS),
    ("2026-01-09", "19:43:55", SAM, 1, "You don't mean that"),
    ("2026-01-09", "19:44:20", SAM, 1, "Somebody told you to write that"),
    ("2026-01-09", "19:51:33", SAM, 1, "Ring me. Now please"),
    (
        "2026-01-14",
        "12:10:08",
        SAM,
        2,
        "Your post is at Jo's. I have asked you not to contact me, so please don't answer this.",
    ),
    ("2026-01-14", "12:11:00", SAM, 1, "So you DO still write to me \U0001f642"),
    ("2026-01-20", "18:25:40", JO, 1, "Did you ring the helpline?"),
    ("2026-01-20", "18:41:02", JO, 2, "Yes. They were kind. They said to write everything down"),
    ("2026-02-03", "21:50:12", SAM, 1, "I am going to ring until you pick up"),
    ("2026-02-03", "22:30:41", SAM, 1, "Pick up. I can see you are in"),
    ("2026-02-03", "23:03:15", SAM, 1, "I hope you feel good about this"),
    ("2026-02-03", "23:20:00", SAM, 3, "Sam please just"),
    ("2026-02-07", "10:12:30", SAM_SECOND, 1, "It's Sam. You can't just block me. This is my other phone"),
    ("2026-02-20", "12:15:31", CHRIS, 1, "Someone rang the desk for you again, wouldn't leave a name"),
    ("2026-02-20", "12:40:09", CHRIS, 2, "Thanks for telling me. Please write the time down"),
    ("2026-02-27", "08:31:00", CHRIS, 1, "Pat says you can use the staff entrance from now on"),
    ("2026-02-27", "08:33:47", CHRIS, 2, "Please thank Pat from me"),
    (
        "2026-03-09",
        "16:40:00",
        OFFICER,
        1,
        f"PC 0000 here. Your crime reference is {CRIME}. Please keep everything and ring 999 in an emergency.",
    ),
    ("2026-03-09", "16:52:12", OFFICER, 2, "Thank you. I have kept everything."),
    ("2026-03-29", "00:52:40", SAM_SECOND, 1, "Clocks go forward. One hour less to wait for you"),
    ("2026-03-29", "02:07:15", SAM_SECOND, 1, "Still awake? I am \U0001f634"),
    ("2026-04-17", "20:15:03", SAM_SECOND, 1, "A man came to my door with papers. You did that"),
    ("2026-04-19", "09:41:27", SAM_THIRD, 1, "This is Sam on a new number. The order does not say I can't say sorry"),
    ("2026-05-15", "22:02:19", SAM_THIRD, 1, "It is our anniversary on Sunday"),
    ("2026-05-24", "21:18:44", SAM_THIRD, 1, "I only wanted you to know I still think of you"),
)


class Story:
    """All that happens, as the apps of the client's phones will keep it. `texts`, `calls`, `chat` and `group` are in the order of time."""

    def __init__(self, seed: int) -> None:
        self._dice = Dice(seed)
        self._taken: set[datetime] = set()
        self._last_words = ""
        self.texts: list[Text] = []
        self.calls: list[Call] = []
        self.chat: list[tuple[datetime, str, str]] = []
        self.group: list[tuple[datetime, str, str]] = []
        for at, clock, other, box, body in KEY_TEXTS:
            self._text(day(at, clock), other, box, body)
        self._burst()
        for phase in PHASES:
            self._phase(phase)
        self._blocked_and_withheld()
        self._ordinary()
        self._family()
        for kept in (self.texts, self.calls, self.chat, self.group):
            kept.sort(key=lambda entry: entry[0])

    def _free(self, at: datetime) -> datetime:
        """The first second from `at` on that nothing else has, outside of the hour that does not exist."""
        if SPRING <= at < SPRING + timedelta(hours=1):
            at += timedelta(hours=1)
        while at in self._taken:
            at += timedelta(seconds=1)
        self._taken.add(at)
        return at

    def _text(self, at: datetime, other: Contact, box: int, body: str) -> None:
        address = other.number if box == 1 else other.dialled
        self.texts.append(Text(self._free(at), address, other.name, box, body))

    def _days(self, first: datetime, last: datetime) -> Iterator[datetime]:
        while first <= last:
            yield first
            first += _DAY

    def _clock(self, hours: Sequence[int]) -> timedelta:
        return timedelta(hours=self._dice.pick(hours), minutes=self._dice.below(60), seconds=self._dice.below(60))

    def _pause(self, least: int, spread: int) -> timedelta:
        return timedelta(seconds=least + self._dice.below(spread))

    def _fresh(self, choices: Sequence[str]) -> str:
        """Words that are not the ones written last."""
        chosen = self._dice.pick(choices)
        while chosen == self._last_words:
            chosen = self._dice.pick(choices)
        self._last_words = chosen
        return chosen

    def _said(self, choices: Sequence[str]) -> str:
        """What Sam writes: one thing, or two at once."""
        said = self._fresh(choices)
        if self._dice.chance(0.35):
            said = f"{said}{'' if said.endswith('?') else '.'} {self._fresh(choices)}"
        return f"Robin. {said}" if self._dice.chance(0.08) else said

    def _phase(self, phase: Phase) -> None:
        for date in self._days(day(phase.first), day(phase.last)):
            for _ in range(self._dice.times(phase.sessions)):
                at = date + self._clock(phase.hours)
                if date.date() == BLOCK.date() or (date.date() == STOP.date() and at > STOP):
                    continue
                self._session(phase, at)

    def _session(self, phase: Phase, at: datetime) -> None:
        dice, number = self._dice, self._dice.pick(phase.numbers)
        by_chat = dice.chance(phase.whatsapp)
        for _ in range(1 + dice.below(phase.most)):
            body = self._said(phase.words)
            if by_chat:
                self.chat.append((self._free(at), "Sam Marsh", body))
            else:
                self._text(at, number, 1, body)
            at += self._pause(20, 500)
        if dice.chance(phase.answered):
            at += self._pause(60, 1200)
            if by_chat:
                self.chat.append((self._free(at), "Robin Vale", self._fresh(phase.replies)))
            else:
                self._text(at, number, 2, self._fresh(phase.replies))
        elif dice.chance(phase.calls):
            for _ in range(1 + dice.below(4)):
                at += self._pause(25, 150)
                self._call(at, number, dice.pick((1, 3, 3, 5) if at < day("2025-12-21") else (3, 3, 3, 5, 4)))

    def _call(self, at: datetime, number: Contact, kind: int) -> None:
        seconds = {1: 60 + self._dice.below(400), 4: 8 + self._dice.below(50)}.get(kind, 0)
        self.calls.append(Call(self._free(at), number.number, number.name, kind, seconds))

    def _burst(self) -> None:
        """3 February 2026: 47 missed calls from 22:04 to 23:02."""
        for number in range(47):
            at = BURST + timedelta(seconds=number * 75 + (self._dice.below(40) if 0 < number < 46 else 0))
            self.calls.append(Call(self._free(at), SAM.number, SAM.name, 3))

    def _blocked_and_withheld(self) -> None:
        """After the block: refused calls from the old number, and calls without a number."""
        for date in self._days(day("2026-02-06"), day("2026-05-22")):
            quiet = day("2026-02-09") <= date <= day("2026-02-22") or day("2026-05-04") <= date <= day("2026-05-10")
            if not quiet and self._dice.chance(0.12):
                self._call(date + self._clock(_LATE), SAM, 6)
            if not quiet and self._dice.chance(0.3):
                at = date + self._clock(_LATE)
                for _ in range(1 + self._dice.below(3)):
                    self.calls.append(Call(self._free(at), self._dice.pick(("", "-2")), "(Unknown)", 3, 0, 2))
                    at += self._pause(30, 200)

    def _ordinary(self) -> None:
        """Sister, mother, colleague, friend; reminders; calls with them."""
        people = (
            (JO, words.SISTER, 0.8, 0.1),
            (ANN, words.MOTHER, 0.5, 0.05),
            (CHRIS, words.COLLEAGUE, 0.5, 0.5),
            (LEE, words.FRIEND, 0.5, 0.5),
        )
        for date in self._days(BEGIN, END):
            for person, talks, before, after in people:
                if self._dice.chance(before if date < NEW_PHONE else after):
                    self._talk(date + self._clock((9, 12, 13, 16, 17, 18, 19, 20)), person, self._dice.pick(talks))
                if self._dice.chance(0.08):
                    kind = self._dice.pick((1, 1, 2, 2, 3))
                    self._ordinary_call(date + self._clock((10, 12, 17, 18, 19)), person, kind)
            if self._dice.chance(0.06):
                body = self._dice.pick(words.NOTICES).format(day=f"{(date + 5 * _DAY):%d/%m}")
                self.texts.append(Text(self._free(date + self._clock((9, 10, 11))), "EXAMPLE", "(Unknown)", 1, body))
        failed = day("2026-01-22", "17:31:09")
        self.texts.append(
            Text(self._free(failed), JO.dialled, JO.name, 5, "Are you at home? I would rather not walk back alone")
        )

    def _ordinary_call(self, at: datetime, person: Contact, kind: int) -> None:
        seconds = 0 if kind == 3 else 30 + self._dice.below(900)
        self.calls.append(
            Call(self._free(at), person.dialled if kind == 2 else person.number, person.name, kind, seconds)
        )

    def _talk(self, at: datetime, person: Contact, lines: Sequence[str]) -> None:
        for line in lines:
            self._text(at, person, 1 if line.startswith("<") else 2, line[2:])
            at += self._pause(40, 600)

    def _family(self) -> None:
        """The group on the new phone, from the evening it was bought."""
        for date in self._days(NEW_PHONE.replace(hour=0) + _DAY, END):
            for _ in range(self._dice.times(1.7)):
                at = date + self._clock((8, 12, 13, 17, 18, 19, 20, 21))
                for line in self._dice.pick(words.FAMILY):
                    author, _, body = line.partition("|")
                    self.group.append((self._free(at), author, body))
                    at += self._pause(15, 400)
