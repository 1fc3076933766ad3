"""Emails of the sample case as files: `.eml` and the `.mbox` of a Google Takeout."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sample_data.formats import MONTHS, SPRING, utc

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Mail(NamedTuple):
    """An email. `late` is how far its sender's clock is behind the time the client's server received it."""

    at: datetime
    sender: str
    to: str
    subject: str
    body: str
    key: str
    labels: str = "Inbox"
    attachment: tuple[str, str, bytes] | None = None
    html: str = ""
    late: timedelta = timedelta(0)


def mail_file(mail: Mail) -> bytes:
    """`.eml`, with the line of the receiving server on top if it was received."""
    head = ""
    if "Sent" not in mail.labels:
        head += f"Received: from out.example.com (out.example.com [192.0.2.25])\r\n\tby mx.example.org with ESMTPS id {mail.key};\r\n"
        head += f"\t{mail_date(mail.at + timedelta(seconds=3))}\r\n"
    head += f"From: {mail.sender}\r\nTo: {mail.to}\r\nSubject: {_word(mail.subject)}\r\n"
    head += f"Date: {mail_date(mail.at - mail.late)}\r\nMessage-ID: <{mail.key}@example.com>\r\nMIME-Version: 1.0\r\n"
    plain = _part("text/plain", mail.body)
    inner, boundary = plain, f"=_{mail.key}"
    if mail.html:
        inner = _multipart("alternative", f"{boundary}_a", [plain, _part("text/html", mail.html)])
    if mail.attachment:
        name, kind, data = mail.attachment
        file = f'Content-Type: {kind}; name="{name}"\r\nContent-Disposition: attachment; filename="{name}"\r\n'
        file += f"Content-Transfer-Encoding: base64\r\n\r\n{_wrapped(data)}"
        inner = _multipart("mixed", boundary, [inner, file])
    return (head + inner).encode("ascii")


def mailbox_file(mails: Sequence[Mail]) -> bytes:
    """The `.mbox` of a Google Takeout: a separator with the message's number, labels as a header, "From " at the start of a line quoted."""
    out = []
    for number, mail in enumerate(mails, 1850000000000000001):
        clock = utc(mail.at)
        day = f"{DAYS[clock.weekday()]} {MONTHS[clock.month - 1]} {clock.day:02d}"
        lines = mail_file(mail).decode("ascii").split("\r\n")
        lines = [">" + line if line.lstrip(">").startswith("From ") else line for line in lines]
        out.append(f"From {number}@xxx {day} {clock:%H:%M:%S} +0000 {clock.year}\r\n")
        out.append(f"X-GM-THRID: {number}\r\nX-Gmail-Labels: {_word(mail.labels)}\r\n")
        out.append("\r\n".join(lines) + "\r\n\r\n")
    return "".join(out).encode("ascii")


def _word(text: str) -> str:
    """A header's text; what is not ASCII as one encoded word."""
    return text if text.isascii() else f"=?UTF-8?B?{base64.b64encode(text.encode()).decode()}?="


def _part(kind: str, text: str) -> str:
    text = text.replace("\n", "\r\n")
    if text.isascii():
        return f"Content-Type: {kind}; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\n{text}\r\n"
    return f"Content-Type: {kind}; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{_wrapped(text.encode())}"


def _multipart(kind: str, boundary: str, parts: Sequence[str]) -> str:
    body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n{body}--{boundary}--\r\n'


def _wrapped(data: bytes) -> str:
    text = base64.b64encode(data).decode()
    return "".join(text[at : at + 76] + "\r\n" for at in range(0, len(text), 76))


def zone(local: datetime) -> str:
    """+0000 in winter, +0100 in summer."""
    return "+0000" if local < SPRING else "+0100"


def mail_date(local: datetime) -> str:
    """Mon, 2 Mar 2026 18:04:11 +0000."""
    words = f"{DAYS[local.weekday()]}, {local.day} {MONTHS[local.month - 1]} {local.year}"
    return f"{words} {local:%H:%M:%S} {zone(local)}"
