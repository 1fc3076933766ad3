"""The first reading of a WhatsApp export: what must be known of the whole file before its first record. Not a parser.

It settles the shape of the headers and who writes, and counts what `parsers.whatsapp_order` needs; what the file does not settle is raised as a `Question`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Final

from parsers import reading
from parsers.contract import NOTICE, Question, Unreadable
from parsers.whatsapp_lines import (
    DMY,
    MARKS,
    MDY,
    YMD,
    Shape,
    begun,
    fields,
    is_date_of,
    shape_of,
    spelling,
    splitter,
    whole_lines,
    whole_records,
    ymd,
)
from parsers.whatsapp_words import HEADS, begins_notice, of_group, own_deletion, plain, sense

if TYPE_CHECKING:
    from parsers.contract import Source

LEADS: Final = ("\u200e", "\u200f")
"""The hidden marks that iOS puts before WhatsApp's own words."""
_TOO_MANY: Final = 100_000
_MAJORITY, _ALL = "majority", "all"


@dataclass
class Survey:
    """What the first reading found. Authors are as cut from the line; `name_of` makes the name."""

    codec: str
    shapes: tuple[Shape, ...]
    names: tuple[str, ...] = ()  # authors that hold ": "
    usual: str = ""  # how most headers spell what follows the date, "" if two shapes are read
    rows: int = 0
    lost: int = 0  # characters that could not be decoded
    others: Counter[Shape] = field(default_factory=Counter)  # headers of other shapes inside messages
    example: dict[Shape, str] = field(default_factory=dict)
    begun: int = 0  # lines inside messages that begin with a date and a time, and are no header
    begun_so: str = ""
    days: Counter[str] = field(default_factory=Counter)
    back: Counter[tuple[Shape, str]] = field(default_factory=Counter)  # steps back of the date, read in this order
    authors: Counter[str] = field(default_factory=Counter)
    notices: Counter[str] = field(default_factory=Counter)  # of these, lines that are WhatsApp's own
    unspaced: Counter[str] = field(default_factory=Counter)  # "Sam:." before a colon without a space
    own_deletions: set[str] = field(default_factory=set)
    marked: set[str] = field(default_factory=set)  # WhatsApp's words that stood behind a hidden mark
    group: bool = False
    _last: dict[tuple[Shape, str], tuple[int, int, int]] = field(default_factory=dict)

    @property
    def pattern(self) -> re.Pattern[str]:
        """Cuts a piece of the text into records."""
        return splitter(self.shapes, self.names)

    def shape_of_day(self, day: str) -> Shape:
        """Which of the accepted shapes a date was written in."""
        return next((shape for shape in self.shapes[:-1] if is_date_of(shape, day)), self.shapes[-1])

    def read(self, pieces: list[str]) -> None:
        """Takes in one piece of the text, cut by `pattern`."""
        authors, bodies = pieces[3::4], pieces[4::4]
        days = pieces[2::4] if self.shapes[0].form == "web" else pieces[1::4]
        for day, _ in groupby(
            days if self.rows else days[1:]
        ):  # the first line may be later than the next: the notice on encryption
            shape, numbers = self.shape_of_day(day), fields(day)
            for order in (DMY, MDY, YMD):
                date = ymd(numbers, order)
                self.back[shape, order] += date < self._last.get((shape, order), date)
                self._last[shape, order] = date
        self.rows += len(days)
        self.days.update(days)
        self.authors.update(author for author in authors if author is not None)
        if len(self.days) > _TOO_MANY or len(self.authors) > _TOO_MANY:
            raise Unreadable(
                "This has the form of a WhatsApp chat, but over 100,000 different days or authors: it is not one."
            )
        for author, body in zip(authors, bodies, strict=True):
            if author is None or body[:10] in HEADS or "\u200e" in body or body[:1] == "\u200f":
                self._read_special(author, body)
            if "\n" in body:
                for line in body.split("\n")[1:]:
                    other = shape_of(line)
                    if other and other not in self.shapes:
                        self.others[other] += 1
                        self.example.setdefault(other, line[:40])
                    elif not other and begun(line):
                        self.begun += 1
                        self.begun_so = self.begun_so or line[:40]

    def _read_special(self, author: str | None, body: str) -> None:
        if author is None:
            left, _ = split_author(body)
            if left:
                self.authors[left] += 1
            elif ":" in body[:101]:
                self.unspaced[body[:101].partition(":")[0]] += 1
            self.group = self.group or of_group(body.partition("\n")[0])
            return
        text = body.lstrip("\u200e\u200f")
        found = sense(text, marked=text != body)
        if found.kind == NOTICE:
            self.notices[author] += 1
            self.group = self.group or of_group(text.partition("\n")[0])
        elif own_deletion(text):
            self.own_deletions.add(author)
        if found.program and text != body and found.kind != NOTICE and not found.held and not found.left_out[0]:
            self.marked.add(plain(text.partition("\n")[0]))

    def people(self) -> dict[str, str]:
        """Authors as cut -> names, without the labels that stand only before notices, and without what is no author at all."""
        for left, count in self.unspaced.items():
            if left in self.authors:
                self.authors[left] += count
        self.unspaced.clear()
        found = {
            author: name_of(author)
            for author, rows in self.authors.items()
            if rows > self.notices[author] and not (rows <= 3 and begins_notice(author))
        }
        return {author: name for author, name in found.items() if name}


def name_of(author: str) -> str:
    """The author without direction marks, with common spaces: "+44 7700 900123", "~ Sam"."""
    return " ".join("".join(character for character in author if character not in MARKS).split())


def split_author(body: str) -> tuple[str, str]:
    """Author and text of a line whose author the pattern does not find: one that holds a colon, or one with nothing after it. ("", body) for a notice."""
    line, _, rest = body.partition("\n")
    cut = line.find(": ", 0, 102)
    if cut > 0 and "://" not in line[:cut]:
        return line[:cut], body[cut + 2 :]
    stem = line.rstrip()
    if stem.endswith(":") and 1 < len(stem) <= 101:
        return stem[:-1], f"\n{rest}" if "\n" in body else ""
    return "", body


def survey(source: Source) -> Survey:
    """Reads the file once; a second time if its head misled about the encoding, the shape or names with a colon."""
    codec = reading.encoding(source.head)
    found = _survey(source, reading.whole_encoding(source) if codec == "cp1252" else codec)
    if found.lost and codec == "utf-8" and (whole := reading.whole_encoding(source)) != codec:
        found = _survey(source, whole)
    return found


def _survey(source: Source, codec: str) -> Survey:
    head = re.sub(r"\r\n?", "\n", source.head.decode(codec, "replace"))
    lines = head.split("\n")
    shapes = Counter(shape for line in lines if (shape := shape_of(line)))
    if not shapes:
        raise Unreadable(
            "No line of this file has the form of a WhatsApp message. Export the chat again, and do not open it in another program."
        )
    found = _read(source, codec, (shapes.most_common(1)[0][0],), head)
    if found.others and found.others.most_common(1)[0][1] > found.rows:
        found = _read(source, codec, (found.others.most_common(1)[0][0],), head)
    common = [
        shape
        for shape, count in found.others.most_common()
        if count == found.rows or count >= max(2, found.rows / 10) or count >= 100
    ]
    if common and source.answers.get("joined") == _ALL:
        return _read(source, codec, (found.shapes[0], *common), head)
    if common and source.answers.get("joined") != _MAJORITY:
        example = next((line for line in lines if shape_of(line) == found.shapes[0]), "")
        kinds = [
            f"{found.rows} like “{example[:40]}…”",
            *(f"{found.others[shape]} like “{found.example[shape]}…”" for shape in common),
        ]
        raise Question(
            "joined",
            f"Lines of more than one kind begin messages in this file: {', '.join(kinds)}. One export never mixes them: the file was put together from "
            "several exports, or somebody changed it, or many messages were pasted into it. How should it be read?",
            (
                (_MAJORITY, f"only the {found.rows} first named as messages; the others as words inside them, flagged"),
                (_ALL, "all of them as messages: the file was put together from several exports"),
            ),
        )
    return found


def _read(source: Source, codec: str, shapes: tuple[Shape, ...], head: str) -> Survey:
    cut = splitter(shapes).split("\n" + head)
    names = _names_with_colon(cut)
    times = Counter(spelling(part) for part in cut[1 if shapes[0].form == "web" else 2 :: 4])
    usual = times.most_common(1)[0][0] if times and len(shapes) == 1 else ""
    found = Survey(codec, shapes, names, usual)
    _read_all(found, source)
    if any(name.partition(": ")[0] in found.authors for name in names):  # it stands alone, too: so it is the whole name
        found = Survey(codec, shapes, (), usual)
        _read_all(found, source)
    return found


def _read_all(found: Survey, source: Source) -> None:
    pattern = found.pattern
    for text in whole_records(whole_lines(source, found.codec), pattern):
        found.lost += text.count("\ufffd")
        found.read(pattern.split(text))


def _names_with_colon(cut: list[str]) -> tuple[str, ...]:
    """Authors such as "Work: Sam": all lines of "Work" in the head, three at least, go on with the same few words and a colon."""
    after: dict[str, list[str | None]] = {}
    for author, body in zip(cut[3::4], cut[4::4], strict=True):
        if author is not None:
            match = re.match(r"([^:\n]{1,60}): ", body)
            after.setdefault(author, []).append(match[1] if match else None)
    return tuple(
        f"{author}: {more}"
        for author, seconds in after.items()
        if len(seconds) >= 3 and None not in seconds and len(set(seconds)) * 2 <= len(seconds)
        for more in sorted({second for second in seconds if second})
    )
