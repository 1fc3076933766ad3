"""One email in one file: .eml, .emlx (Apple Mail), or RFC 822 text under any name.

    Return-Path: <jo@example.org>                      1174
    Received: from a.example by b.example; Wed, ...    Return-Path: <jo@example.org>
    Date: Wed, 10 Jul 2024 09:00:05 +0100              ...
    From: Jo Doe <jo@example.org>                      (1174 bytes of message)
    To: Sam <sam@example.com>                          <?xml version="1.0" encoding="UTF-8"?>
    Subject: Saturday                                  <!DOCTYPE plist PUBLIC ...>
                                                       <plist version="1.0"><dict><key>date-received</key><integer>1720598409</integer>
    I saw you.                                         <key>flags</key><integer>8590195713</integer></dict></plist>
                     .eml                                               .emlx

What the headers and parts become is in `mail_message`. A file without any of From, To, Subject and Date is one problem. An .emlx starts with the number of
bytes of the message; the property list after it gives `extra.date_received` (seconds since 1970, when Apple Mail fetched it) and `extra.flags`, whose bits 1
and 6 are "deleted" and "draft".

Not read here: a file that starts with a `From ` line is a mailbox (`mailbox`, even if it holds one mail); a web page saved as .mht; Outlook's .msg, which is
another format, unless it is RFC 822 text that is only named so.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterator
from typing import Final

from parsers import mail_message
from parsers.contract import Output, Problem, Source
from parsers.mail_message import LARGEST, read_message, starts_mail

TITLE: Final = "Email file"
HOW_TO_EXPORT: Final = (
    "Save the email as a file with its full headers; do not forward it and do not print it. "
    "Gmail on a computer: open the email, three dots, Download message (.eml). Outlook on the web: open it, three dots, Save as (.eml). "
    "Apple Mail: select it, File, Save As, Format: Raw Message Source. Thunderbird: select it, File, Save As, File (.eml)."
)
CANNOT_SHOW: Final = (
    "The time of an email is the one its sender's computer gave; the times of the servers stand beside it.",
    "The sender's name and address can be forged; only the provider's records can confirm them.",
    "Whether the email was opened or read, and by whom.",
    "Emails that were not saved as files, and words inside attachments, attached emails and winmail.dat.",
)

_EMLX: Final = re.compile(rb"[ \t]*(\d{1,10})[ \t]*\r?\n")
_MBOX: Final = re.compile(rb">?From [^\r\n]{0,998}\r?\n")
_NOT_TEXT: Final = (
    b"\xd0\xcf\x11\xe0",
    b"PK\x03\x04",
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\x1f\x8b",
    b"{\\rtf",
)
_FLAGS: Final = re.compile(rb"<key>flags</key>\s*<integer>(\d{1,19})</integer>")
_RECEIVED: Final = re.compile(rb"<key>date-received</key>\s*<(?:integer|real)>([\d.]{1,20})</")
_DELETED, _DRAFT = 1 << 1, 1 << 6


def sniff(source: Source) -> bool:
    """Whether the head is a mail's header block; anything that is text, under the name .eml or .emlx."""
    head = _plain(source.head)
    if not head or head.startswith(_NOT_TEXT) or _MBOX.match(head):
        return False
    named = source.name.lower().endswith((".eml", ".emlx"))
    count = _EMLX.match(head)
    if starts_mail(head, count.end() if count else 0):
        return True
    # Named .eml but damaged: ours to complain about, unless it starts as a chat, a table, JSON or XML does.
    return named and not head[:1].isdigit() and not head.startswith((b"[", b"{", b"<")) and b"\0" not in head[:512]


def parse(source: Source) -> Iterator[Output]:
    """The one record of the file, or one problem."""
    if source.size > LARGEST:
        yield Problem("message", f"the file is larger than {LARGEST >> 20} MiB: no email is")
        return
    with source.open() as file:
        data = _plain(file.read())
    count = _EMLX.match(data)
    if count is None:
        yield read_message(data, "message")
        return
    start = count.end()
    end = start + int(count[1])
    more: dict[str, str] = {}
    status = ""
    if found := _RECEIVED.search(data, end):
        more["date_received"] = found[1].decode()
    if found := _FLAGS.search(data, end):
        more["flags"] = found[1].decode()
        flags = int(found[1])
        status = "draft" if flags & _DRAFT else "deleted" if flags & _DELETED else ""
    read = read_message(data[start:end], "message", more, status=status)
    if end > len(data) and not isinstance(read, Problem):
        read = read._replace(
            flags=(*read.flags, f"cut off: the file says {count[1].decode()} bytes, it holds {len(data) - start}")
        )
    yield read


def attached(source: Source, wanted: Collection[str]) -> Iterator[bytes]:
    """See `parsers.contract.Holding`."""
    if source.size > LARGEST:
        return
    with source.open() as file:
        data = _plain(file.read())
    count = _EMLX.match(data)
    yield from mail_message.attached(data[count.end() : count.end() + int(count[1])] if count else data, wanted)


def _plain(data: bytes) -> bytes:
    """The bytes without a byte order mark and empty lines before the first header; UTF-16 (saved by a Windows editor) as UTF-8."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data.decode("utf-16", "replace").encode()
    return data.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n")
