"""What a parser is given and what it gives: all that a parser, ours or a third party's, needs to import.

A parser is a *module* with these names (see `Parser`): `TITLE`, `HOW_TO_EXPORT`, `CANNOT_SHOW`, `sniff`, `parse`. It **transcribes**: numbers, names
and times as the file has them. Which person a number belongs to, what hour a clock without a zone meant and in what order things happened is the
timeline's work, for that depends on the case. (Two more names let a very large file be read by several processes at once: see `Divisible`.)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, BinaryIO, Final, NamedTuple, Protocol, TypeAlias, runtime_checkable

EPOCH: Final = "epoch"
"""A count from a fixed instant: UTC, whatever zone the device showed."""
OFFSET: Final = "offset"
"""Written with its distance from UTC."""
UTC: Final = "utc"
"""Stated, by the file or its specification, to be UTC."""
GPS: Final = "gps"
"""A wall clock whose zone was found by comparing it with the satellite time in the same file."""
LOCAL: Final = "local"
"""A wall clock without a zone, of the device that made the export."""
DEVICE: Final = "device clock"
"""A wall clock without a zone, of a camera, whose clock nobody has checked."""
FILE_NAME: Final = "file name"
"""A wall clock without a zone, read from the name of the file."""
MEMORY: Final = "memory"
"""What a person wrote down."""

INSTANTS: Final = frozenset({EPOCH, OFFSET, UTC, GPS})
"""The bases that fix an instant by themselves; every other one needs the zone of the case."""

SUBSECOND: Final = "subsecond"
SECOND: Final = "second"
MINUTE: Final = "minute"
HOUR: Final = "hour"
DAY: Final = "day"
ABOUT: Final = "about"
"""The writer said "about", or named a part of the day; `Record.until` may close the range."""

MESSAGE: Final = "message"
CALL: Final = "call"
EMAIL: Final = "email"
VOICEMAIL: Final = "voicemail"
PHOTO: Final = "photo"
VIDEO: Final = "video"
SIGHTING: Final = "sighting"
LOCATION: Final = "location"
INCIDENT: Final = "incident"
NOTICE: Final = "notice"
"""A line the program wrote by itself: encryption notice, blocked, number changed. Not contact by a person."""
KINDS: Final = (MESSAGE, CALL, EMAIL, VOICEMAIL, PHOTO, VIDEO, SIGHTING, LOCATION, INCIDENT, NOTICE)

IN: Final = "in"
OUT: Final = "out"

STATUSES: Final = frozenset(
    {
        "answered",
        "answered elsewhere",
        "blocked",
        "deleted",
        "draft",
        "edited",
        "empty",
        "failed",
        "missed",
        "not downloaded",
        "outbox",
        "queued",
        "rejected",
        "view once",
        "voicemail",
    }
)
"""What the export says became of the item; "" where it says nothing more than that it was sent or received."""

NETWORK: Final = "network (date_sent)"
FIRST_SERVER: Final = "first mail server"
LAST_SERVER: Final = "last mail server"
DIGITIZED: Final = "EXIF DateTimeDigitized"
SAVED: Final = "EXIF DateTime (last saved)"
XMP: Final = "XMP date"
SATELLITE: Final = "satellite time (GPS)"
HEADER: Final = "header of the film"
WRITTEN: Final = "date written in the film"
IN_NAME: Final = "file name"
NAME_OF_COPY: Final = "file name (sent or saved)"
RECORDER: Final = "recorder of the positions"
NOTES: Final = "notes of Google Photos"
"""Names of clocks for `Record.clocks` whose usual distance from the time used is known to the timeline. A parser may give others: those are held to a minute."""

UNSENT: Final = frozenset({"draft", "failed", "outbox", "queued"})
"""Statuses of an outgoing item that never left the phone."""


class Moment(NamedTuple):
    """A time as the file has it.

    `micros` counts microseconds from 1970-01-01 00:00:00 of the clock that `basis` names: UTC for the bases in `INSTANTS`, else the wall clock as
    written. An integer, because a million of them must be cheap; `parsers.dates` makes one from a `datetime`. `raw` is the text (or number) as written.
    """

    micros: int
    basis: str
    precision: str
    raw: str


class Attachment(NamedTuple):
    """A file that came with an item: its name as written, its media type as written, and, where the bytes are held, their size and SHA-256 (hex).

    `size` is None and `sha256` is "" where the export names the file but does not hold it (or it could not be decoded: then `fault` says why).
    """

    name: str
    type: str = ""
    size: int | None = None
    sha256: str = ""
    fault: str = ""


class Record(NamedTuple):
    """One thing the file says happened.

    at            place in the file, unique in it and citable: "line 120", "row 5", "sms 17", "message 3"
    kind          one of KINDS
    channel       what it went through, in the words of the report: "SMS", "MMS", "RCS", "phone", "WhatsApp", "email", "camera", "diary"
    when          None where the file gives no time
    direction     IN, OUT, or "" where the file does not say (emails: the timeline compares the sender with the client's addresses)
    status        one of STATUSES or ""
    sender        identifier as written; None is the owner of the phone or account the export came from; "" is not given (with flag "withheld" if so)
    recipients    identifiers as written, the owner left out
    name          the name the export shows beside the other party (a saved contact's name is typed by the owner)
    thread        the conversation, group or folder as written
    text          the words, verbatim
    subject       of an email or MMS
    seconds       length of a call or clip
    until         end of a range
    lat, lon      degrees north and east, WGS 84
    accuracy_m    radius in metres, if given
    place_text    the place in words, as written
    flags         short remarks on this record, in the words of the report: "withheld", "looks like a message header"
    extra         what has no column: name -> value as text, both as the file has them
    clocks        further times that the file gives for the same thing, by other clocks: (name, Moment). The timeline holds them against `when`
    """

    at: str
    kind: str
    channel: str
    when: Moment | None
    direction: str = ""
    status: str = ""
    sender: str | None = ""
    recipients: tuple[str, ...] = ()
    name: str = ""
    thread: str = ""
    text: str = ""
    subject: str = ""
    seconds: float | None = None
    until: Moment | None = None
    attachments: tuple[Attachment, ...] = ()
    lat: float | None = None
    lon: float | None = None
    accuracy_m: float | None = None
    place_text: str = ""
    flags: tuple[str, ...] = ()
    extra: Mapping[str, str] | None = None
    clocks: tuple[tuple[str, Moment], ...] = ()


@dataclass(frozen=True)
class Alike:
    """Many records that are each like one of a few: the same as all that `records` makes of it, for a format of which a file can hold a million.

    like       one record of each sort, with a time
    which      for each record the number of the one in `like` that it is like, in file order
    at         what is its own: the place, `micros` and `raw` of its time, its words, and, for each key here that the one it is like has in `extra`,
    ...        the value of that key. The keys stand here in the order in which they stand there.

    The columns are lists, or columns of Arrow.
    """

    like: Sequence[Record]
    which: Any
    at: Any
    micros: Any
    raw: Any
    text: Any
    extra: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.which)

    def records(self) -> Iterator[Record]:
        """The records one by one."""
        own = zip(*map(_listed, self.extra.values()), strict=True) if self.extra else repeat(())
        columns = map(_listed, (self.which, self.at, self.micros, self.raw, self.text))
        for which, at, micros, raw, text, values in zip(*columns, own, strict=False):
            record = self.like[which]
            assert record.when is not None
            extra = record.extra
            if extra:
                extra = {**extra, **{key: value for key, value in zip(self.extra, values, strict=True) if key in extra}}
            yield record._replace(at=at, when=record.when._replace(micros=micros, raw=raw), text=text, extra=extra)


def _listed(column: Any) -> Sequence[Any]:
    values: Sequence[Any] = column if isinstance(column, Sequence) else column.tolist()
    return values


class Problem(NamedTuple):
    """A record that is in the file and could not be read. Counts against the balance: records = events + problems."""

    at: str
    reason: str
    raw: str = ""


class Note(NamedTuple):
    """A remark on the file as a whole, outside the balance: "12 broken characters repaired", "the file says it holds 58, it holds 50"."""

    text: str


class Question(Exception):  # noqa: N818 -- it is not an error: the file waits until a person has answered
    """The file cannot be read rightly until a person says something that is not in it. Raised by `parse` before its first record.

    `key` names the answer ("day_first", "owner"); `choices` are pairs (value, words); the answer comes back in `Source.answers[key]`.
    """

    def __init__(self, key: str, text: str, choices: tuple[tuple[str, str], ...]) -> None:
        super().__init__(text)
        self.key = key
        self.text = text
        self.choices = choices

    def __reduce__(self) -> tuple[type[Question], tuple[str, str, tuple[tuple[str, str], ...]]]:
        return (Question, (self.key, self.text, self.choices))


class Unreadable(Exception):  # noqa: N818 -- reads as a statement about the file
    """The file is of this format and cannot be read at all (encrypted, DTD in XML): the message says so and what to do. For a whole file, not a row."""


def _no_sibling(_name: str) -> Source | None:
    return None


@dataclass(frozen=True)
class Source:
    """A file, or a member of an archive, to be read. Never written.

    `path` is where it stood in what was handed in ("backup.zip!WhatsApp Chat/_chat.txt"), `name` its last part; `head` the first 64 KiB; `answers` what a
    person has said about it (see `Question`); `sibling` finds a file that lay in the same folder, by name,
    or above it in what was handed in ("../log.txt").
    """

    name: str
    path: str
    size: int
    sha256: str
    head: bytes
    open: Callable[[], BinaryIO]
    answers: Mapping[str, str] = field(default_factory=dict)
    sibling: Callable[[str], Source | None] = _no_sibling


Output: TypeAlias = Record | Alike | Problem | Note


class Seam(NamedTuple):
    """A place where a file was cut into pieces (see `Divisible`).

    records   how many records stand in the file before it
    state     all else that a reader would know here: what it stands in, how far it has counted
    facts     at the end of a piece: what `notes` needs to know of it
    """

    records: int
    state: Any
    facts: Any = None


@runtime_checkable
class Parser(Protocol):
    """The five names of a parser module. Its docstring is the format's specification, with a sample."""

    __name__: str

    @property
    def TITLE(self) -> str:  # noqa: N802 -- a constant of the module; a property here only says that nobody sets it
        """The words the report uses: "WhatsApp chat export"."""

    @property
    def HOW_TO_EXPORT(self) -> str:  # noqa: N802 -- the same
        """How a person gets this export out of the phone or app, in plain words."""

    @property
    def CANNOT_SHOW(self) -> tuple[str, ...]:  # noqa: N802 -- the same
        """What such an export leaves out; printed with every import of it."""

    def sniff(self, source: Source) -> bool:
        """Whether this file is of this format, by its first bytes and its name. Two parsers that both say yes are an error."""

    def parse(self, source: Source) -> Iterator[Output]:
        """The records of the file, in file order; one bad row is one `Problem`, a file that breaks off keeps what came before it."""


@runtime_checkable
class Divisible(Parser, Protocol):
    """A parser whose files can be large enough to be read in pieces, each by a process of its own.

    The pieces stand for the file only if each is whole (no `Problem`) and ends in the `records` and `state` in which the next one begins; a piece may
    take its beginning for granted and need not prove it. In every other case the file is read again with `parse`: damaged files always are.
    """

    def parse_piece(self, source: Source, number: int, of: int) -> Iterator[Output | Seam]:
        """Piece `number`, from 0: the `Seam` it begins at, its records, the `Seam` it ends at. Ends early, without the last, where it cannot be read alone."""

    def notes(self, ends: Sequence[Seam]) -> Iterator[Note]:
        """The notes that `parse` would have given, from the seams where the pieces end."""


@runtime_checkable
class Holding(Parser, Protocol):
    """A parser whose files hold other files within them: pictures of an MMS, attachments of an email."""

    def attached(self, source: Source, wanted: Collection[str]) -> Iterator[bytes]:
        """The bytes of those files whose SHA-256 (hex) is wanted, in file order, one at a time. What `parse` gave no SHA-256 for is never wanted."""
