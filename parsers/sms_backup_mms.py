"""The picture messages, group messages and RCS chats of an "SMS Backup & Restore" file: one `mms` element to one record. Not a parser."""

from __future__ import annotations

import binascii
import re
from collections.abc import Collection, Iterator
from contextlib import closing
from functools import lru_cache

import pybase64

from parsers.base64_stream import Base64, Decoded
from parsers.contract import IN, MESSAGE, OUT, Attachment, Record, Source
from parsers.sms_backup_values import AMBIGUOUS, BOXES, NOTHING, RCS, moment, name_of, no_time, unknown, unread
from parsers.xml_stream import Element
from parsers.xml_text import XmlText

_THIS_PHONE = "insert-address-token"
_FROM = "137"
_TO = frozenset({"151", "130", "129"})
_LAYOUT = "application/smil"
_KINDS = {"128": (OUT, ""), "130": (IN, ""), "132": (IN, "")}
"""Direction by `m_type`, where there is no `msg_box`."""
_RCS_NUMBER = re.compile(rb"com\.google\.android\.apps\.messaging\.\x12[\x80-\xff]?[\x00-\x7f]\x12")
_DATA = re.compile(rb"""\bdata[ \t\r\n]{0,8}=[ \t\r\n]{0,8}(["'])""")
_EDGE = 32
"""Longest beginning of such a value, kept over the edge of a block."""
_BLOCK = 4 << 20
_MOST = 256 << 20
"""Bytes of one file in a message that are handed out; networks let no MMS of more than some megabytes pass."""
_USUAL = {"read": "1", "locked": "0", "sub_id": "-1", "sim_slot": "-1"}
"""Put into `extra` only where they differ from this."""


def mms(number: int, element: Element, decoded: dict[str, Decoded]) -> Record:
    """The record of an `mms`. `decoded` holds what stood in `part/@data` where a marker stands now."""
    get = element.attributes.get
    direction, status = BOXES.get(get("msg_box") or "", ("", ""))
    flags: list[str] = []
    if not direction and get("msg_box") in NOTHING:
        direction, status = _KINDS.get(get("m_type") or "", ("", ""))
    if not direction:
        flags.append(f"{unknown('msg_box', get('msg_box'))}: neither sent nor received")
    text, attachments = _parts(element, decoded, flags)
    subject = get("sub")
    subject = "" if subject is None or subject == "null" else subject
    if get("m_type") == "130":
        status = "not downloaded"
    elif not (text or attachments or subject):
        status = status or "empty"

    extra = {
        name: value
        for name in ("date_sent", "readable_date", "read", "locked", "sub_id", "sim_slot")
        if (value := get(name)) is not None
        if value not in NOTHING
        and value != _USUAL.get(name)
        and not (name == "date_sent" and value in {"0", get("date")})
    }
    address = "" if get("address") in NOTHING else get("address") or ""
    listed = list(dict.fromkeys(one for one in address.split("~") if one and RCS not in one))
    sender, recipients, own = _parties(element, direction, listed, flags)
    if own:
        extra["own_number"] = ", ".join(own)
    if not direction and address:
        extra["address"] = address

    others = sorted({one for one in (listed or [sender or "", *recipients]) if one})
    group = len(others) > 1
    name = name_of(get("contact_name"))
    if group and name:  # one name for each party, in no reliable order
        extra["contact_name"] = name
        name = ""
    when = moment(get("date"))
    if when is None:
        flags.append(no_time(get("date")))
    flags.extend(unread(element, frozenset({"parts", "addrs", "part", "addr"})))
    return Record(
        f"mms {number}",
        MESSAGE,
        "RCS" if _is_rcs(address, get("tr_id")) else "MMS",
        when,
        direction,
        status,
        sender,
        recipients,
        name,
        address if RCS in address else ", ".join(others) if group else "",
        text,
        subject,
        attachments=attachments,
        flags=tuple(flags),
        extra=extra,
    )


def attached(source: Source, wanted: Collection[str]) -> Iterator[bytes]:
    """The bytes of those files in the messages whose SHA-256 is wanted: whatever stands in a `data="..."` and is one of them (see `parsers.contract.Holding`).

    No XML is read for that: what has the hash is the file, wherever it stands.
    """
    with closing(XmlText(source, frozenset({"mms"})).open()) as file:
        buffer, ended = b"", False
        while not ended:
            block = file.read(_BLOCK)
            buffer, ended = buffer + block, not block
            place = 0
            while found := _DATA.search(buffer, place):
                sink = Base64(_MOST)
                place, end = found.end(), buffer.find(found[1], found.end())
                while end < 0 and (block := file.read(_BLOCK)):
                    sink.feed(buffer[place:])
                    buffer, place, end = block, 0, block.find(found[1])
                sink.feed(buffer[place:end] if end >= 0 else buffer[place:])
                place = end if end >= 0 else len(buffer)
                held = sink.end()
                if held.sha256 in wanted and held.size == len(sink.kept):
                    yield bytes(sink.kept)
            buffer = buffer[max(place, len(buffer) - _EDGE) :]


def _parties(
    element: Element, direction: str, listed: list[str], flags: list[str]
) -> tuple[str | None, tuple[str, ...], list[str]]:
    """Sender, recipients, and the phone's own number where the file shows it. `listed`: the other parties, from `address`."""
    written = [
        (one.attributes.get("type"), one.attributes.get("address") or "") for one in _within(element, "addrs", "addr")
    ]
    written = [(kind, one) for kind, one in written if one not in NOTHING and one != _THIS_PHONE]
    senders = list(dict.fromkeys(one for kind, one in written if kind == _FROM))
    to = list(dict.fromkeys(one for kind, one in written if kind in _TO and one not in senders))
    if direction == OUT:
        return None, tuple(to or listed), senders
    if not direction:
        return "", (), []
    if len(senders) > 1:
        flags.append(f"more than one sender given: {', '.join(senders)}")
    sender = senders[0] if senders else listed[0] if len(listed) == 1 else ""
    if not sender:
        flags.append("sender not given")
    to = [one for one in to if one != sender]
    own: list[str] = []
    if listed and set(listed) <= {sender, *to}:
        own = [one for one in to if one not in listed]
        to = [one for one in to if one in listed]
    return sender, tuple(to), own


def _parts(element: Element, decoded: dict[str, Decoded], flags: list[str]) -> tuple[str, tuple[Attachment, ...]]:
    """The words of a message, its text parts joined in their order, and what came with them. The layout is left out."""
    texts: list[str] = []
    attachments: list[Attachment] = []
    for part in sorted(_within(element, "parts", "part"), key=_place):
        get = part.attributes.get
        kind, text, data = get("ct") or "", get("text"), get("data")
        has_data = data not in NOTHING
        if kind == _LAYOUT and not has_data:
            continue
        if kind == "text/plain" and not has_data:
            if text == "null":
                flags.append(AMBIGUOUS)
            if text:
                texts.append(text)
            continue
        name = next(
            (value for key in ("cl", "name", "fn") if (value := get(key)) is not None and value not in NOTHING), ""
        )
        if has_data:
            held = decoded.pop(data or "", None) or _decode(data or "")
        elif text is not None and text not in NOTHING:  # a contact or page kept as its words
            texts.append(text)
            held = Decoded(None, "", "held as words, which stand in the text")
        else:
            held = Decoded(None, "", "not held in the backup")
        attachments.append(Attachment(name, "" if kind == "null" else kind, *held))
    return "\n".join(texts), tuple(attachments)


def _decode(data: str) -> Decoded:
    sink = Base64()
    sink.feed(data.encode())
    return sink.end()


def _within(element: Element, holder: str, name: str) -> list[Element]:
    """The elements of a name in an MMS, in their holder or beside it."""
    return [
        one
        for child in element.children
        for one in (child.children if child.name == holder else (child,))
        if one.name == name
    ]


def _place(part: Element) -> int:
    return _number(part.attributes.get("seq", ""))


@lru_cache(maxsize=256)
def _number(written: str) -> int:
    return int(written) if re.fullmatch(r"-?[0-9]{1,9}", written) else 0


def _is_rcs(address: str, identifier: str | None) -> bool:
    if RCS in address:
        return True
    if not identifier or not identifier.startswith("proto:"):
        return False
    try:
        return bool(_RCS_NUMBER.search(pybase64.b64decode(identifier[6:].encode(), validate=True)))
    except binascii.Error:
        return False
