"""Many emails in one file: mbox, as Gmail Takeout, Thunderbird and Apple Mail give it. Not the `mailbox` of the stdlib.

    From 1790000000000000001@xxx Mon Jan 05 08:15:09 +0000 2026       a line "From " begins each mail
    X-GM-THRID: 1790000000000000001
    X-Gmail-Labels: Sent,Important
    From: Sam <sam@example.com>
    ...
    >From then on ...                                                 in the body, "From " is written ">From ", ">From " as ">>From "
                                                                      an empty line ends each mail
    From jo@example.org Mon Jun  1 10:00:00 2009                      the usual separator: sender and date
    From -                                                            Netscape and Thunderbird: a hyphen, with or without date
    From jo@example.org                                               a separator without date, seen at the start of single mails

Nothing marks a line "From ..." of the body for certain where a program did not write ">From ". So: if the first separator is Gmail's, only lines like it
separate. Else a separator is a line with a date as above (or without one, if the first has none) that is followed by a header line, and stands after an empty
line or before a header every mail has. "From Russia with love" is text. Of the ">" before "From " one is taken away in every mail (mboxrd).

`at` is "message N", counted from 1, problems included; `extra.byte_offset` is where its separator begins. What the headers and parts become: `mail_message`.
The file is read in blocks; one message at a time is in memory.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Collection, Iterator
from typing import Final, NamedTuple

from parsers import mail_message
from parsers.contract import Output, Problem, Source
from parsers.mail_message import LARGEST, read_message, starts_mail

TITLE: Final = "Mailbox (mbox)"
HOW_TO_EXPORT: Final = (
    "Gmail: on a computer open takeout.google.com, choose Deselect all, then Mail only, and create the export; it holds one file, "
    '"All mail Including Spam and Trash.mbox". Apple Mail: select the mailbox, then Mailbox, Export Mailbox. '
    "Thunderbird: the folder's file in the profile folder, which has no ending."
)
CANNOT_SHOW: Final = (
    "The time of an email is the one its sender's computer gave; the times of the servers stand beside it.",
    "The sender's name and address can be forged; only the provider's records can confirm them.",
    "Whether an email was opened or read, and by whom.",
    "Emails deleted for good before the export, and words inside attachments, attached emails and winmail.dat.",
)

_BLOCK: Final = 4 << 20
_LINE: Final = 2000
"""Longest separator and header line looked at, in bytes."""
_GMAIL: Final = re.compile(rb"From \d+@xxx[ \r\n]")
_DATED: Final = re.compile(
    rb"From [^\n]{0,500}?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +"
    rb"(?:[A-Z][a-z]{2} +\d{1,2}|\d{1,2} +[A-Z][a-z]{2} +\d{4})[ ,]+\d{1,2}:\d\d(?::\d\d)?(?: [^\n]{0,60})?\r?\n"
)
_HYPHEN: Final = re.compile(rb"From -[ \t]*\r?\n")
_BARE: Final = re.compile(rb"From [^\s@]{1,300}@\S{1,300}[ \t]*\r?\n")
_HEADER: Final = re.compile(rb"[!-9;-~]{1,100}[ \t]*:|>?From ")
_KNOWN_HEADER: Final = re.compile(
    rb"(?:Return-Path|Received|Delivered-To|From|To|Date|Subject|Message-ID|MIME-Version|Content-[A-Za-z-]+|X-[A-Za-z0-9-]+):|>?From ",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(rb"^>(>*From )", re.MULTILINE)


def sniff(source: Source) -> bool:
    """Whether the file starts with the separator of a mailbox."""
    head = source.head[_blank_start(source.head) :]
    if _GMAIL.match(head) or _DATED.match(head):
        return True
    return head.startswith(b"From ") and starts_mail(head, head.find(b"\n") + 1)


def parse(source: Source) -> Iterator[Output]:
    """The mails in file order. One that cannot be read is one problem."""
    number = 0
    for piece in _pieces(source):
        if not piece.is_mail:
            yield Problem(
                "before message 1", "text before the first mail", (piece.raw or b"")[:500].decode("utf-8", "replace")
            )
            continue
        number += 1
        if piece.raw is None:
            reason = f"the message at byte {piece.offset} is larger than {LARGEST >> 20} MiB ({piece.size} bytes)"
            yield Problem(f"message {number}", reason)
            continue
        yield read_message(_message(piece.raw), f"message {number}", {"byte_offset": str(piece.offset)})
    if not number:
        yield Problem("file", "no mail was found in this mailbox")


def attached(source: Source, wanted: Collection[str]) -> Iterator[bytes]:
    """See `parsers.contract.Holding`."""
    for piece in _pieces(source):
        if piece.is_mail and piece.raw is not None:
            yield from mail_message.attached(_message(piece.raw), wanted)


def _message(piece: bytes) -> bytes:
    """The mail without its separator, and with "From " where ">From " stands for it."""
    raw = piece[piece.find(b"\n") + 1 :]
    return _QUOTED.sub(rb"\1", raw) if b">From " in raw else raw


class _Piece(NamedTuple):
    """From one separator to the next: where it begins in the file, its bytes (None if they are more than `LARGEST`), how many."""

    offset: int
    raw: bytes | None
    size: int
    is_mail: bool


def _pieces(source: Source) -> Iterator[_Piece]:
    """The file cut at its separators."""
    offset = _blank_start(source.head)
    is_mail = source.head.startswith(b"From ", offset)
    is_separator = _separators(source.head[offset : offset + _LINE])
    buffer = bytearray()  # begins where the current piece does, unless some of it was let go
    let_go = 0
    judged = 0
    with source.open() as file:
        file.read(offset)
        ended = False
        while not ended:
            block = file.read(_BLOCK)
            buffer += block
            ended = not block
            while (at := _next(buffer, judged, is_separator, ended=ended)) >= 0:
                yield _Piece(offset, None if let_go or at > LARGEST else bytes(buffer[:at]), let_go + at, is_mail)
                del buffer[:at]
                offset, let_go, judged, is_mail = offset + let_go + at, 0, 0, True
            judged = max(0, len(buffer) - 2 * _LINE)
            if len(buffer) > LARGEST:
                del buffer[:judged]
                let_go, judged = let_go + judged, 0
    if buffer.strip() or let_go:
        yield _Piece(offset, None if let_go else bytes(buffer), let_go + len(buffer), is_mail)


def _next(buffer: bytearray, start: int, is_separator: Callable[[bytearray, int], bool], *, ended: bool) -> int:
    """Where the next separator line begins; -1 if there is none, or none whose two lines are known to be all there."""
    limit = len(buffer) if ended else len(buffer) - 2 * _LINE
    at = buffer.find(b"\nFrom ", start)
    while 0 <= at < limit:
        if is_separator(buffer, at + 1):
            return at + 1
        at = buffer.find(b"\nFrom ", at + 1)
    return -1


def _separators(first: bytes) -> Callable[[bytearray, int], bool]:
    """The test for a separator line of the file that has `first` at its start."""
    if _GMAIL.match(first):
        return lambda buffer, at: bool(_GMAIL.match(buffer, at))
    looks_so = (_DATED, *(pattern for pattern in (_HYPHEN, _BARE) if pattern.match(first)))

    def is_separator(buffer: bytearray, at: int) -> bool:
        line = next(filter(None, (pattern.match(buffer, at) for pattern in looks_so)), None)
        if line is None:
            return False
        after_empty_line = buffer[max(0, at - 3) : at].endswith((b"\n\n", b"\n\r\n"))
        header = _HEADER if after_empty_line else _KNOWN_HEADER
        return bool(header.match(buffer, line.end()))

    return is_separator


def _blank_start(head: bytes) -> int:
    """The length of the byte order mark and the empty lines at the start."""
    return len(head) - len(head.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n"))
