r"""WhatsApp "Export chat": one text file a chat, `WhatsApp Chat with NAME.txt` (Android) or `_chat.txt` (iOS), alone or in a .zip with its media.

A record starts at a header line (`parsers.whatsapp_lines` holds the grammar of its four forms); all lines up to the next header belong to it::

    26/10/2025, 13:31 - Messages and calls are end-to-end encrypted. ...            Android: a notice has no author
    26/10/2025, 13:32 - Sam Example: I can see your light is on
    and this is its second line
    26/10/2025, 13:40 - Sam Example: IMG-20251026-WA0002.jpg (file attached)
    [26/10/2025, 13:31:05] Sam Example: <U+200E>You blocked this contact            iOS since 2024: a notice has the contact as author, and a hidden mark

The file says neither its time zone, nor which author is the phone's owner, nor a saved contact's number. So:

- **One shape.** The shape that most headers have is the file's. A line of another shape, or one that only begins with a date and a time, is text, and its record
  is flagged "looks like a message header"; the latter are counted in a note, for if there are many, the file writes its times in a way that is not known here.
  Where two shapes are both common the file was joined or edited: a question ("joined").
- **Day, month and year** are decided once for the file from all its dates (`parsers.whatsapp_order`: a day over 12; which reading runs forward in time), else a
  question ("day_first").
- **The owner** is always a question ("owner"): with it rows are outgoing (sender None) or incoming.
- Times are the wall clock of the phone that exported, to the minute (Android) or second (iOS), in the order of the file, which is not always that of time.
- The text is as written, save: the hidden mark before WhatsApp's own words, the suffix "<This message was edited>" (kept as the status) and empty
  lines at the end are left away; line ends become "\\n". Authors lose hidden direction marks, and no-break spaces in them become spaces.
- Media left out are an attachment without a name. A file that is named is looked for beside the chat, and hashed.
- A pasted line of the file's own shape cannot be told from a real header. What speaks for it is flagged: "earlier than the line before",
  "possible pasted line", "date spelt unlike the rest of the file", "worded like WhatsApp's own line, without its hidden mark".
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from parsers.contract import (
    CALL,
    IN,
    LOCAL,
    MESSAGE,
    MINUTE,
    NOTICE,
    OUT,
    SECOND,
    Attachment,
    Moment,
    Note,
    Output,
    Problem,
    Question,
    Record,
    Source,
)
from parsers.reading import is_binary
from parsers.whatsapp_lines import MARKS, Clock, Shape, begun, head_text, shape_of, splitter, whole_lines, whole_records
from parsers.whatsapp_order import order_of
from parsers.whatsapp_survey import LEADS, Survey, name_of, split_author, survey
from parsers.whatsapp_words import HEADS, MAP, TAILS, Sense, own_deletion, plain, sense

if TYPE_CHECKING:
    from collections.abc import Iterator

TITLE = "WhatsApp chat export"
HOW_TO_EXPORT = (
    "On the phone, open the chat in WhatsApp. Android: three dots, More, Export chat. iPhone: tap the name at the top, Export Chat (at the bottom). "
    "Choose 'Include media' if the pictures matter. Save or send the file as it is; do not open and save it in another program."
)
CANNOT_SHOW = (
    "Messages that were deleted on this phone, that disappeared, or the earlier words of an edited one are not in an export.",
    "It is the exporter's own copy: a text file that anybody can change. Where it is disputed, the phone's own database is better evidence.",
    "It gives no time zone, no phone number for saved contacts, no read receipts and no reactions.",
    "WhatsApp keeps only the newest messages of a long chat: about 40,000 without media, 10,000 with media.",
)

NOBODY: Final = "(nobody)"
"""The answer to "owner" for a chat in which the owner wrote nothing."""
_HOUR: Final = 3_600_000_000
_DAY: Final = 24 * _HOUR
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_LOG_LEVEL: Final = re.compile(
    r"(?:[\w.]+\.)?(?:INFO|DEBUG|ERROR|WARN|WARNING|TRACE|FATAL|NOTICE|CRITICAL|SEVERE|FINE)\b.*", re.IGNORECASE
)
_CHAT_WITH: Final = re.compile(
    r"(?:WhatsApp (?:Chat|Conversation) (?:with|-|mit)|WhatsApp-Chat mit|Chat de WhatsApp con|Discussion WhatsApp avec|Conversa do WhatsApp com|Conversa no WhatsApp com"
    r"|Chat WhatsApp con|WhatsApp-chat met|Czat WhatsApp z|Conversație WhatsApp cu|Чат WhatsApp с(?: контактом)?|Chat WhatsApp s(?: uživatelem)?) (.+)",
    re.IGNORECASE,
)


def sniff(source: Source) -> bool:
    """Headers of a chat among the first lines, and authors, WhatsApp's own words or its file name: a log or a diary with dates has none of them."""
    if is_binary(source.head) or source.name.lower().endswith(".md"):  # signal-export writes chats in nearly this shape
        return False
    lines = [line for line in head_text(source).split("\n") if line.strip()][:200]
    shapes = [shape_of(line) for line in lines]
    if not any(shapes[:10]):
        return False
    shape = Counter(filter(None, shapes)).most_common(1)[0][0]
    pieces = splitter((shape,)).split("\n" + "\n".join(lines))
    rows = [
        (author, body) if author else split_author(body)
        for author, body in zip(pieces[3::4], pieces[4::4], strict=True)
    ]
    named = source.name.lower() in {"_chat.txt", "chat.txt"} or "whatsapp" in source.path.lower()
    if named or any(sense(body.lstrip(MARKS), marked=body[:1] in LEADS).program for _, body in rows):
        return True
    authors = Counter(author for author, _ in rows if 0 < len(author) <= 40)
    if not authors or all(_LOG_LEVEL.fullmatch(author) for author in authors):
        return False
    comma = bool(shape.join.strip())
    iso = shape.first == 4 and shape.between == ("-", "-")
    if (
        iso and shape.form == "ios" and comma != shape.seconds
    ):  # "[2019-05-29, 15:04] Me: ", "[2019-05-29 15:04:22] Me: ": a chat of Signal, or a log
        return False
    # The comma of "26/10/2025, 13:31 - " is not what people and programs write.
    if comma or shape.form == "web" or shape.half:
        return authors.total() * 2 >= len(rows)
    return authors.total() * 3 >= len(rows) * 2 and authors.most_common(1)[0][1] > 1 and not (iso and shape.seconds)


def parse(source: Source) -> Iterator[Output]:
    """The records of a chat, in the order of the file; `at` is the line of the header."""
    found = survey(source)
    orders = {shape: order_of(found, shape, source.answers) for shape in found.shapes}
    chat = _Chat.of(source, found)
    for order, why in dict.fromkeys(orders.values()):
        yield Note(f"Dates are read as {order}: {why}.")
    for name in found.names:
        yield Note(f"“{name}” is read as one name: every line of “{name.partition(': ')[0]}” goes on so.")
    if found.begun:
        yield Note(
            f"{found.begun} line(s) inside messages begin with a date and a time, but not as the messages of this file do (“{found.begun_so}…”): read as "
            "words, and flagged. If there are many, this file writes its times in a way that is not known here."
        )
    if found.lost:
        yield Note(f"{found.lost} characters of this file could not be read and stand as U+FFFD.")
    if 39_500 <= found.rows <= 40_500 or 9_900 <= found.rows <= 10_100:
        yield Note(
            f"The chat holds {found.rows} messages, about as many as WhatsApp exports at most. Older ones may have been cut off."
        )
    yield from _records(source, found, chat, Clock({shape: order for shape, (order, _) in orders.items()}, found.usual))


@dataclass(frozen=True)
class _Chat:
    """Who speaks in the chat, and what is the same for all its rows."""

    source: Source
    found: Survey
    thread: str
    partner: str  # of a chat between two: the only other author, or the one that the file is named after
    roles: dict[str, tuple[str | None, tuple[str, ...], str]]  # author as cut -> sender, recipients, direction
    once: frozenset[str]  # authors of a single line

    @classmethod
    def of(cls, source: Source, found: Survey) -> _Chat:
        people = found.people()
        rows: Counter[str] = Counter()
        for author, name in people.items():
            rows[name] += found.authors[author]
        owner = source.answers.get("owner", "")
        if rows and owner != NOBODY and owner not in rows:
            deleted = sorted({people[author] for author in found.own_deletions if author in people})
            hint = f" “You deleted this message” stands under: {', '.join(deleted)}." if deleted else ""
            choices = [(name, name) for name, _ in rows.most_common()]
            raise Question(
                "owner",
                f"Whose phone was this chat exported from?{hint}",
                (*choices, (NOBODY, "none of these: the owner wrote nothing in this chat")),
            )
        others = [name for name in rows if name != owner]
        thread = _chat_name(source.path)
        partner = others[0] if len(others) == 1 else thread if not others or thread in others else ""
        partner = "" if found.group else partner
        roles: dict[str, tuple[str | None, tuple[str, ...], str]] = {
            author: (None, (partner,) if partner else (), OUT) if name == owner else (name, (), IN)
            for author, name in people.items()
        }
        once = frozenset(author for author, name in people.items() if rows[name] == 1)
        return cls(source, found, thread, partner, roles, once)


def _chat_name(path: str) -> str:
    """NAME of "WhatsApp Chat with NAME.txt" or "WhatsApp Chat - NAME.zip", in the languages whose wording is known."""
    for part in reversed(re.split(r"[!/\\]", path)):
        match = _CHAT_WITH.fullmatch(re.sub(r"\.(?:txt|zip)$", "", name_of(part), flags=re.IGNORECASE))
        if match:
            return re.sub(r" ?\(\d{1,2}\)$", "", match[1])
    return ""


def _records(source: Source, found: Survey, chat: _Chat, clock: Clock) -> Iterator[Output]:
    pattern, odd, thread = found.pattern, clock.odd, chat.thread
    roles = {author: role for author, role in chat.roles.items() if author not in chat.once}
    precision = (SECOND if found.shapes[0].seconds else MINUTE) if len(found.shapes) == 1 else ""
    new = tuple.__new__  # a third of the price of a call of the class, for a million rows
    line = part = 0
    previous = sys.maxsize  # so the first record is looked at twice
    before: Record | None = None
    opening = True  # the notices that a chat begins with are not in time order
    for text in whole_records(whole_lines(source, found.codec), pattern):
        pieces = iter(pattern.split(text))
        outside = next(pieces)
        if outside:
            part += 1
            yield from _outside(outside, line, part, first=before is None)
            line += outside.count("\n")
        for first, second, author, body in zip(pieces, pieces, pieces, pieces, strict=True):
            line += 1
            day, time = clock[first], clock[second]
            role = roles.get(author)
            if day is None or time is None:
                yield Problem(
                    f"line {line}",
                    f"{first}{second} is not a date and time, as the dates of this file are read",
                    _as_written(found.shapes[0], first, second, author, body),
                )
                line += body.count("\n")
                continue
            micros = day + time
            when = new(Moment, (micros, LOCAL, precision or _precision(first + second), first + second))
            if (
                role is None
                or micros < previous
                or body[:10] in HEADS
                or body[-1:] in TAILS
                or MAP in body
                or "\n" in body
                or "\u200e" in body
                or body[0] == "\u200f"
                or (odd and (first in odd or second in odd))
            ):
                record = _record(
                    f"line {line}", when, author, body, chat, before, opening=opening, odd=first in odd or second in odd
                )
                opening = opening and record.kind == NOTICE
                line += body.count("\n")
            else:
                sender, recipients, direction = role
                record = new(
                    Record,
                    (f"line {line}", MESSAGE, "WhatsApp", when, direction, "", sender, recipients, "", thread, body, "",
                     None, None, (), None, None, None, "", (), None, ()),
                )  # fmt: skip
                opening = False
            before, previous = record, micros
            yield record


def _precision(stamp: str) -> str:
    return SECOND if len(re.findall(r"\d+", stamp)) == 6 else MINUTE


def _outside(text: str, line: int, part: int, *, first: bool) -> Iterator[Problem]:
    """Lines that belong to no message: before the first, or beyond the length that any message can have."""
    if not first or not text.startswith("\n"):
        reason = "a line or message goes on here beyond 4 million characters, which WhatsApp never writes"
        yield Problem(f"line {line + text.startswith(chr(10))}, part {part}", reason, text)
        return
    block: list[str] = []
    start = line
    for words in [*text[1:].split("\n"), ""]:
        line += 1
        if words.strip(MARKS + " \t"):
            start = start if block else line
            block.append(words)
        elif block:
            yield Problem(f"line {start}", "stands before the first message, and is none", "\n".join(block))
            block = []


def _as_written(shape: Shape, first: str, second: str, author: str | None, body: str) -> str:
    close = {"ios": "] ", "web": "] ", "old": ": "}.get(shape.form, f"{shape.dash} ")
    return f"{'[' if close == '] ' else ''}{first}{second}{close}{'' if author is None else author + ': '}{body}"


def _record(
    at: str,
    when: Moment,
    author: str | None,
    body: str,
    chat: _Chat,
    before: Record | None,
    *,
    opening: bool,
    odd: bool,
) -> Record:
    """A record that needs a second look: WhatsApp's own words, several lines, an unusual author, a step back in time."""
    author, body = _author(author, body, chat)
    flags = _order_flags(when, author, chat, before, opening=opening)
    if odd:
        flags.append("date spelt unlike the rest of the file")
    text = body.rstrip("\n")
    if "\n" in text and any(shape_of(line) or begun(line) for line in text.split("\n")[1:]):
        flags.append("looks like a message header")
    bare = text.lstrip("\u200e\u200f")
    said = sense(bare, marked=bare != text)
    if author is None:
        return _unauthored(at, when, chat, said if said.kind == CALL else Sense(bare, NOTICE), flags)
    said = _checked(said, text, bare, chat, flags)
    if said.kind == NOTICE:
        return Record(
            at, NOTICE, "WhatsApp", when, name=name_of(author), thread=chat.thread, text=said.text, flags=tuple(flags)
        )
    sender, recipients, direction = chat.roles.get(author, ("", (), ""))
    status = said.status
    if not said.text.strip() or said.text == "null":
        status = status or "empty"
        flags.append("no words in the export: a view-once item, a call or an empty message")
    if (
        said.status == "deleted"
        and direction == IN
        and own_deletion(bare)
        and chat.source.answers.get("owner") != NOBODY
    ):
        flags.append("says “You deleted” under a name that is not the owner's")
    return Record(
        at,
        said.kind,
        "WhatsApp",
        when,
        direction,
        status,
        sender,
        recipients,
        thread=chat.thread,
        text=said.text,
        seconds=said.seconds,
        attachments=_attachments(said, chat.source),
        lat=said.lat,
        lon=said.lon,
        flags=tuple(flags),
    )


def _author(author: str | None, body: str, chat: _Chat) -> tuple[str | None, str]:
    """The author, where the pattern found none or found the beginning of a notice ("Sam created group "Us: all of us""), and the text that is left."""
    known = author in chat.roles or bool(author and chat.found.notices[author])
    if author is not None:
        return (author, body) if known else (None, f"{author}: {body}")
    left, rest = split_author(body)
    if not left:
        left, _, rest = body.partition(":")
    return (left, rest) if left in chat.roles or chat.found.notices[left] else (None, body)


def _checked(said: Sense, text: str, bare: str, chat: _Chat, flags: list[str]) -> Sense:
    """What was read, set against the hidden marks of this file; what they leave in doubt is flagged."""
    if said.program and bare == text and plain(bare.partition("\n")[0]) in chat.found.marked:
        flags.append("worded like WhatsApp's own line, without its hidden mark")
        return Sense(text)
    if bare != text and not said.program:
        if chat.found.shapes[0].form == "ios":
            flags.append("begins with WhatsApp's hidden mark: may be a line of the program")
        return said if said.status == "edited" else Sense(text)
    return said


def _unauthored(at: str, when: Moment, chat: _Chat, said: Sense, flags: list[str]) -> Record:
    """A line without an author is a notice; a missed call was missed by the owner, so it came in."""
    if said.kind != CALL:
        return Record(at, NOTICE, "WhatsApp", when, thread=chat.thread, text=said.text, flags=tuple(flags))
    if chat.partner:
        flags.append("caller not written: taken to be the other person of the chat")
    return Record(
        at,
        CALL,
        "WhatsApp",
        when,
        IN,
        said.status,
        chat.partner,
        thread=chat.thread,
        text=said.text,
        seconds=said.seconds,
        flags=tuple(flags),
    )


def _order_flags(when: Moment, author: str | None, chat: _Chat, before: Record | None, *, opening: bool) -> list[str]:
    if before is None or before.when is None:
        return []
    back = when.micros < before.when.micros and not opening and not _clock_change(before.when.micros, when.micros)
    colon = before.text.endswith(":")
    alone = author in chat.once
    flags = ["earlier than the line before"] if back else []
    if back + colon + alone >= 2:
        flags.append("possible pasted line")
    return flags


def _clock_change(before: int, now: int) -> bool:
    """Whether a step back is that of the night the clocks go back: from 01:00-01:59 to the same hour in the UK, 02:00-02:59 on the Continent."""
    day = date.fromordinal(_EPOCH_DAY + now // _DAY)
    return (
        before // _HOUR == now // _HOUR
        and now % _DAY // _HOUR in {1, 2}
        and day.month == 10
        and day.weekday() == 6
        and day.day >= 25
    )


def _attachments(said: Sense, source: Source) -> tuple[Attachment, ...]:
    if said.held:
        file = source.sibling(said.held)
        if file is None:
            return (Attachment(said.held),)
        digest = hashlib.sha256()
        with file.open() as content:
            while block := content.read(1 << 20):
                digest.update(block)
        return (Attachment(said.held, size=file.size, sha256=digest.hexdigest()),)
    name, kind = said.left_out
    return (Attachment(name, kind, fault="left out of the export"),) if kind else ()
