"""One RFC 822 message to one `Record`: what `email_file` and `mailbox` have in common. Not a parser of its own.

    Return-Path: <jo@example.org>                                     Record
    Received: from b by c; Wed, 10 Jul 2024 09:00:09 +0100   top:     extra.received        clock of the recipient's server
    Received: from a by b; Wed, 10 Jul 2024 09:00:07 +0100   bottom:  extra.received_first  clock of the first server
    Date: Wed, 10 Jul 2024 09:00:05 +0100                             when                  clock of the sender, who can set it to anything
    From: Jo Doe <jo@example.org>                                     sender, name
    To: Sam <sam@example.com>                                         recipients, with Cc and Bcc; each header whole in extra.from, .to, .cc, .bcc
    Subject: =?utf-8?Q?Caf=C3=A9?=                                    subject, decoded
    X-Gmail-Labels: Sent,Important                                    direction OUT; extra.x_gmail_labels
    Content-Type: multipart/mixed; boundary=b                         text, attachments

**Time.** `Date`; if it is missing or unreadable, that of the top `Received` (flagged); else none. The other stations that can be read are `clocks`.

**Text.** `mail_words`. A text part with a file name is text and attachment.

**Attachments.** Every other part, with size and SHA-256 of the decoded bytes; where the coding is damaged, only the fault. A message attached to a message
(`message/rfc822`) is an attachment named by its subject: neither its words nor its sender are those of this mail, and it is no event of its own, for that it
was sent, and when, is only the word of the one who attached it.

**SMS Backup+** keeps text messages as mails, with addresses it made up: flagged, and `X-smssync-address` and `-date` (ms since 1970) kept in extra.

**Headers twice.** The first counts; a second From or Date is flagged: programs show one or the other.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from parsers import mime
from parsers.contract import EMAIL, FIRST_SERVER, IN, LAST_SERVER, OUT, Attachment, Moment, Problem, Record
from parsers.mail_address import Mailbox, read_addresses
from parsers.mail_date import read_date
from parsers.mail_words import is_words, words_of
from parsers.mime_text import decode_words

LARGEST: Final = 512 << 20
"""Bytes of one message that are read into memory; providers refuse anything over 150 MB."""

SENT_LABELS: Final = frozenset(
    {
        "sent", "sent mail", "gesendet", "envoyé", "envoyés", "messages envoyés", "enviado", "enviados", "inviata", "inviati", "posta inviata", "verzonden",
        "wysłane", "skickat", "skickade", "sendt", "sendte", "sendt e-post", "sendte e-mails", "lähetetyt", "odeslaná pošta", "odeslané", "отправленные",
        "надіслані", "gönderilmiş postalar", "gönderilenler", "trimise", "mesaje trimise", "elküldött", "elküldött levelek", "απεσταλμένα", "已发送", "已发邮件",
        "送信済み", "送信済みメール", "보낸편지함",
    }
)  # fmt: skip
DRAFT_LABELS: Final = frozenset(
    {
        "draft", "drafts", "entwurf", "entwürfe", "brouillon", "brouillons", "borrador", "borradores", "bozza", "bozze", "concept", "concepten", "rascunho",
        "rascunhos", "wersje robocze", "utkast", "kladder", "kladde", "luonnokset", "koncepty", "черновики", "чернетки", "taslaklar", "piszkozatok", "πρόχειρα",
        "草稿", "下書き", "임시보관함",
    }
)  # fmt: skip
INBOX_LABELS: Final = frozenset(
    {
        "inbox", "posteingang", "boîte de réception", "recibidos", "bandeja de entrada", "posta in arrivo", "postvak in", "caixa de entrada", "odebrane",
        "inkorgen", "innboks", "indbakke", "saapuneet", "doručená pošta", "входящие", "вхідні", "gelen kutusu", "beérkező levelek", "εισερχόμενα", "收件箱",
        "受信トレイ", "받은편지함",
    }
)  # fmt: skip

_COMMON: Final = frozenset({b"from", b"to", b"cc", b"bcc", b"date", b"subject", b"sender"})
_TELLING: Final = frozenset(
    {
        b"message-id", b"mime-version", b"received", b"return-path", b"delivered-to", b"content-type", b"content-transfer-encoding", b"content-disposition",
        b"dkim-signature", b"authentication-results", b"in-reply-to", b"references", b"reply-to",
    }
)  # fmt: skip
_EMPTY_LINES: Final = re.compile(rb"(?:[ \t]*+\r?\n|\r)*")
_LABEL: Final = re.compile(r'\s*+(?:"([^"]*+)"|([^,]++))')
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_KEPT: Final = (
    "message-id", "in-reply-to", "x-originating-ip", "authentication-results", "delivered-to", "from", "to", "cc", "bcc",
    "x-smssync-type", "x-smssync-address", "x-smssync-date",
)  # fmt: skip


def first_header(data: bytes, at: int) -> int:
    """Where the first header may stand: after empty lines, and such as hold only spaces (Gmail's "Show original" once wrote one)."""
    blank = _EMPTY_LINES.match(data, at)
    return blank.end() if blank else at


def starts_mail(head: bytes, at: int) -> bool:
    """Whether the block has two fields of mail, one of which people do not write by hand, or is one Content-Type: a note with "Date:" is none."""
    if b"\n" not in head:
        head = head.replace(b"\r", b"\n")
    common: set[bytes] = set()
    telling: set[bytes] = set()
    fields = 0
    while fields < 300 and (match := mime.FIELD.match(head, at)):
        name = match[1].lower()
        if not name or name == b"snapshot-content-location" or (name == b"from" and match[2].startswith(b"<Saved by ")):
            return False
        if name in _COMMON:
            common.add(name)
            if b"@" in match[2] and name != b"subject":
                telling.add(name)
        elif name in _TELLING or name.startswith((b"x-", b"arc-", b"list-")):
            telling.add(name)
        at = match.end()
        fields += 1
    return bool(telling) and (len(common | telling) > 1 or telling == {b"content-type"})


def read_message(raw: bytes, at: str, more: Mapping[str, str] | None = None, *, status: str = "") -> Record | Problem:
    """One message. `more` goes into `extra`; `status` is what the file around the message says became of it."""
    data = _with_line_feeds(raw)
    if len(data) > LARGEST:
        return Problem(at, f"the message is larger than {LARGEST >> 20} MiB")
    root = mime.read(data)
    head = root.headers
    if not any(name in head for name in ("from", "to", "subject", "date")):
        return Problem(at, "no mail headers: neither From, To, Subject nor Date", data[:500].decode("utf-8", "replace"))
    doubts: list[str] = []
    extra = dict(more or {})
    when, clocks = _when(head, extra, doubts)
    senders = read_addresses(head.first("from"), doubts)
    sender = _sender(senders, head, doubts)
    to = [box for name in ("to", "cc", "bcc") for value in head.all(name) for box in read_addresses(value, doubts)]
    _other_headers(head, senders, extra, doubts)
    direction, status = _labels(head, extra, status)
    words, attachments = _words_and_attachments(data, root, doubts)
    subject = decode_words(head.first("subject"), doubts)
    if head.stray:
        doubts.append("a line among the headers is none: passed over")
    if head.read_as:
        doubts.append(f"headers hold characters of no stated charset: {head.read_as}")
    # Of a mail the owner sent, the other party is the one it went to, if it is one.
    other = to if direction == OUT and len(to) == 1 else [] if direction == OUT else senders
    return Record(
        at=at,
        kind=EMAIL,
        channel="email",
        when=when,
        direction=direction,
        status=status,
        sender=sender,
        recipients=tuple(dict.fromkeys(box.address for box in to if box.address)),
        name=other[0].name if other else "",
        thread=head.first("x-gm-thrid"),
        text=words,
        subject=subject,
        attachments=tuple(attachments),
        flags=tuple(dict.fromkeys(doubts)),
        extra=extra,
        clocks=clocks,
    )


def attached(raw: bytes, wanted: Collection[str]) -> Iterator[bytes]:
    """The bytes of those attachments of a message whose SHA-256 is wanted."""
    data = _with_line_feeds(raw)
    waiting = [mime.read(data)] if len(data) <= LARGEST else []
    while waiting:
        part = waiting.pop()
        waiting.extend(reversed(part.children))
        content = b"" if part.children else mime.content(data, part)[0]
        if content and hashlib.sha256(content).hexdigest() in wanted:
            yield content


def _with_line_feeds(raw: bytes) -> bytes:
    return raw.replace(b"\r", b"\n") if b"\n" not in raw else raw  # Macintosh line ends


def _when(
    head: mime.Headers, extra: dict[str, str], doubts: list[str]
) -> tuple[Moment | None, tuple[tuple[str, Moment], ...]]:
    """The time of the mail, and those of the servers at both ends of its way."""
    written = head.all("date")
    stations = [stamp for value in head.all("received") if (stamp := value.rpartition(";")[2].strip()) != value]
    if stations:
        extra["received"] = stations[0]
        if len(stations) > 1:
            extra["received_first"] = stations[-1]
    date, remark = read_date(written[0]) if written else (None, "")
    if not written and (shown := read_date(head.first("sent"))).when:  # saved as text by Outlook, as it shows the mail
        doubts.append("Date header missing: time is that of “Sent”, as Outlook shows it")
        date, remark = shown
    if remark:
        doubts.append(remark)
    if len(written) > 1:
        doubts.append(f"{len(written)} Date headers: the first is shown")
        extra["date_other"] = written[1]
    if date is None:
        state = "unreadable" if written else "missing"
        if written:
            extra["date"] = written[0]
        top, remark = read_date(stations[0]) if stations else (None, "")
        if top is None:
            doubts.append(f"Date header {state}: no time")
            return None, ()
        doubts.extend(filter(None, (f"Date header {state}: time is that of the receiving server", remark)))
        return top, _servers({FIRST_SERVER: stations[-1]} if len(stations) > 1 else {})
    ends = {FIRST_SERVER: stations[-1], LAST_SERVER: stations[0]} if stations else {}
    if len(stations) == 1:
        del ends[LAST_SERVER]
    return date, _servers(ends)


def _servers(stamps: Mapping[str, str]) -> tuple[tuple[str, Moment], ...]:
    return tuple((name, when) for name, stamp in stamps.items() if (when := read_date(stamp).when))


def _sender(senders: list[Mailbox], head: mime.Headers, doubts: list[str]) -> str:
    if not senders or not senders[0].address:
        doubts.append("no sender given")
        return ""
    name, address = senders[0]
    if "@" not in address:
        doubts.append("the sender is not an address")
    elif "@" in name and address.lower() not in name.lower():
        doubts.append("the sender's name shows another address")
    if len(senders) > 1:
        doubts.append(f"From names {len(senders)} addresses: the first is shown")
    if len(head.all("from")) > 1:
        doubts.append(f"{len(head.all('from'))} From headers: the first is shown")
    return address


def _other_headers(head: mime.Headers, senders: list[Mailbox], extra: dict[str, str], doubts: list[str]) -> None:
    if "x-smssync-address" in head:
        doubts.append("an SMS that SMS Backup+ kept as an email: its number and time are in X-smssync")
    sender = senders[0].address if senders else ""
    for name in _KEPT:
        if value := head.first(name):
            extra[name.replace("-", "_")] = decode_words(value, doubts)
    if len(head.all("from")) > 1:
        extra["from_other"] = decode_words(head.all("from")[1], doubts)
    for name in ("reply-to", "sender"):
        boxes = read_addresses(head.first(name), doubts) if name in head else []
        if any(box.address.lower() != sender.lower() for box in boxes):
            extra[name.replace("-", "_")] = decode_words(head.first(name), doubts)


def _labels(head: mime.Headers, extra: dict[str, str], status: str) -> tuple[str, str]:
    """Direction and status, as far as the program that kept the mail has written them down."""
    direction = ""
    if "x-gmail-labels" in head:
        text = decode_words(head.first("x-gmail-labels"), [])
        extra["x_gmail_labels"] = text
        labels = {(match[1] or match[2] or "").strip().lower() for match in _LABEL.finditer(text)}
        draft = bool(labels & DRAFT_LABELS)
        status = "draft" if draft else status
        direction = OUT if draft or labels & SENT_LABELS else IN if labels & INBOX_LABELS else ""
    if head.first("x-unsent") == "1" or status == "draft":  # Outlook's mark of a mail not yet sent
        return OUT, "draft"
    mozilla = head.first("x-mozilla-status")
    if (
        re.fullmatch(r"[0-9A-Fa-f]{4}", mozilla) and int(mozilla, 16) & 8
    ):  # deleted in Thunderbird, not yet removed from the file
        return direction, "deleted"
    return direction, status


def _words_and_attachments(data: bytes, root: mime.Part, doubts: list[str]) -> tuple[str, list[Attachment]]:
    if root.type == "multipart/encrypted" or (
        "pkcs7-mime" in root.type and root.parameters.get("smime-type") != "signed-data"
    ):
        doubts.append("encrypted: the words cannot be read")
    text = words_of(data, root, doubts)
    attachments: list[Attachment] = []
    waiting = [root]
    while waiting:
        part = waiting.pop()
        waiting.extend(reversed(part.children))
        if part.fault:
            doubts.append(part.fault)
        if not part.children and (not is_words(part) or part.name([])):
            attachments.append(_attachment(data, part, doubts))
    return text, attachments


def _attachment(data: bytes, part: mime.Part, doubts: list[str]) -> Attachment:
    raw, fault = mime.content(data, part)
    name = part.name(doubts)
    if not name and part.type == "message/rfc822":
        name = decode_words(mime.read_headers(raw, 0, len(raw))[0].first("subject"), doubts)
    name = _CONTROL.sub("\ufffd", name)
    if not raw.strip() and "x-apple-content-length" in part.headers:
        fault = "left out by Apple Mail (the attachment lies beside a .partial.emlx)"
    if part.fault or fault:
        return Attachment(name, part.type, fault=part.fault or fault)
    return Attachment(name, part.type, len(raw), hashlib.sha256(raw).hexdigest())
