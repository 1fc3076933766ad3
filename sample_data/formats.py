"""How the phones of the sample case write their files: SMS Backup & Restore and WhatsApp; text in, bytes out.

Nothing in this module or in `mail` and `tables` depends on the platform, the Python version or a library's version: no compressor, no email generator, no
spreadsheet library.
"""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SPRING: Final = datetime(2026, 3, 29, 1)  # noqa: DTZ001 -- a wall clock: the hour from here does not exist in Britain
_HOUR: Final = timedelta(hours=1)
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 -- the origin of counts in UTC


def utc(local: datetime) -> datetime:
    """British wall clock to UTC, for the months of the sample case. A time in the hour that does not exist is an error of the story."""
    if SPRING <= local < SPRING + _HOUR:
        raise ValueError(f"{local} does not exist in Britain")
    return local if local < SPRING else local - _HOUR


def millis(local: datetime) -> int:
    """British wall clock to milliseconds since 1970, UTC."""
    return (utc(local) - _EPOCH) // timedelta(milliseconds=1)


def uk_date(day: date) -> str:
    """02/03/2026."""
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


# --- SMS Backup & Restore ---------------------------------------------------------------------------------------------


def attribute(text: str) -> str:
    """Text as the Android app writes it into an XML attribute: emoji as two references, which XML does not allow."""
    text = (
        text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("\n", "&#10;")
    )
    if text.isascii():
        return text
    out = []
    for char in text:
        if ord(char) > 0xFFFF:
            high, low = struct.unpack(">HH", char.encode("utf-16-be"))
            out.append(f"&#{high};&#{low};")
        else:
            out.append(char)
    return "".join(out)


class Part(NamedTuple):
    """A part of an MMS: a text, or a file with its name and bytes."""

    type: str
    text: str = ""
    name: str = ""
    data: bytes = b""


class Text(NamedTuple):
    """A text or, if it has parts, an MMS on the client's phone, as the backup app sees it.

    `box` is 1 received, 2 sent, 3 draft, 5 failed. `people` are the addresses of an MMS with their part in it: 137 from, 151 to.
    """

    at: datetime
    address: str
    name: str
    box: int
    body: str
    parts: tuple[Part, ...] = ()
    people: tuple[tuple[str, int], ...] = ()
    waiting: bool = False


class Call(NamedTuple):
    """A line of the call log: type 1 in, 2 out, 3 missed, 4 voicemail, 5 rejected, 6 blocked; presentation 2 is withheld."""

    at: datetime
    number: str
    name: str
    type: int
    seconds: int = 0
    presentation: int = 1


def sms_backup(texts: Sequence[Text], made: datetime, backup_set: str) -> bytes:
    """`sms-*.xml`."""
    lines = [_mms(text) if text.parts or text.waiting else _sms(text) for text in texts]
    return _backup("smses", lines, made, backup_set)


def call_backup(calls: Sequence[Call], made: datetime, backup_set: str) -> bytes:
    """`calls-*.xml`."""
    component = "com.android.phone/com.android.services.telephony.TelephonyConnectionService"
    lines = [
        f'  <call number="{call.number}" duration="{call.seconds}" date="{millis(call.at)}" type="{call.type}" presentation="{call.presentation}" '
        f'subscription_id="1" post_dial_digits="" subscription_component_name="{component}" '
        f'readable_date="{_readable(call.at)}" contact_name="{attribute(call.name)}" />'
        for call in calls
    ]
    return _backup("calls", lines, made, backup_set)


def _backup(root: str, lines: Sequence[str], made: datetime, backup_set: str) -> bytes:
    head = (
        "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n"
        "<!--File Created By SMS Backup &amp; Restore-->\n"
        f'<?xml-stylesheet type="text/xsl" href="{root[:-2] if root == "smses" else root}.xsl"?>\n'
        f'<{root} count="{len(lines)}" backup_set="{backup_set}" backup_date="{millis(made)}" type="full">\n'
    )
    return (head + "\n".join(lines) + f"\n</{root}>\n").encode()


def _readable(local: datetime) -> str:
    return f"{local.day} {MONTHS[local.month - 1]} {local.year} {local:%H:%M:%S}"


def _sms(text: Text) -> str:
    received = text.box == 1
    sent = millis(text.at) - 1000 if received else 0
    return (
        f'  <sms protocol="0" address="{text.address}" date="{millis(text.at)}" type="{text.box}" subject="null" body="{attribute(text.body)}" '
        f'toa="null" sc_toa="null" service_center="{"+447700900000" if received else "null"}" read="1" '
        f'status="{64 if text.box == 5 else -1}" locked="0" date_sent="{sent}" sub_id="1" '
        f'readable_date="{_readable(text.at)}" contact_name="{attribute(text.name)}" />'
    )


def _mms(text: Text) -> str:
    received = text.box == 1
    kind = 130 if text.waiting else 132 if received else 128
    head = (
        f'  <mms date="{millis(text.at)}" ct_t="application/vnd.wap.multipart.related" msg_box="{text.box}" address="{text.address}" sub_cs="null" '
        f'retr_st="null" date_sent="{millis(text.at) // 1000}" read="1" m_cls="personal" m_type="{kind}" sub="null" v="18" st="null" rr="129" seen="1" '
        f'text_only="{0 if any(part.data for part in text.parts) else 1}" '
        f'contact_name="{attribute(text.name)}" readable_date="{_readable(text.at)}">'
    )
    layout = (
        '      <part seq="-1" ct="application/smil" name="null" chset="null" cd="null" fn="null" cid="&lt;smil&gt;" cl="smil.xml" ctt_s="null" '
        'ctt_t="null" text="&lt;smil&gt;&lt;body/&gt;&lt;/smil&gt;" />'
    )
    parts = [layout] if text.parts else []
    for part in text.parts:
        held = (
            f'text="null" data="{base64.b64encode(part.data).decode()}"'
            if part.data
            else f'text="{attribute(part.text)}"'
        )
        name = part.name or "null"
        parts.append(
            f'      <part seq="0" ct="{part.type}" name="{name}" chset="{"null" if part.data else 106}" cd="null" fn="null" cid="&lt;0&gt;" '
            f'cl="{part.name or "text_0.txt"}" ctt_s="null" ctt_t="null" {held} />'
        )
    people = [f'      <addr address="{address}" type="{role}" charset="106" />' for address, role in text.people]
    return "\n".join([head, "    <parts>", *parts, "    </parts>", "    <addrs>", *people, "    </addrs>", "  </mms>"])


# --- WhatsApp ---------------------------------------------------------------------------------------------------------


def android_chat(lines: Iterable[tuple[datetime, str, str]]) -> bytes:
    """A chat from a British Android phone with a 12-hour clock; (time, author or "", words). Minutes only, narrow space before am and pm."""
    out = []
    for at, author, words in lines:
        clock = f"{(at.hour + 11) % 12 + 1}:{at.minute:02d}\u202f{'am' if at.hour < 12 else 'pm'}"
        out.append(f"{uk_date(at)}, {clock} - {author + ': ' if author else ''}{words}\n")
    return "".join(out).encode()


def ios_chat(lines: Iterable[tuple[datetime, str, str]]) -> bytes:
    """`_chat.txt` of a British iPhone. A line the app wrote itself has U+200E in front of its words, a media line also before the bracket."""
    out = []
    for at, author, words in lines:
        mark = "\u200e" if re.match("\u200e(<attached|.* omitted|.*deleted|Missed)", words) else ""
        out.append(f"{mark}[{uk_date(at)}, {at:%H:%M:%S}] {author}: {words}\r\n")
    return "".join(out).encode()
