"""Android "SMS Backup & Restore" (SyncTech): texts and picture messages, or calls, as XML.

Files `sms-YYYYMMDDHHMMSS.xml` and `calls-YYYYMMDDHHMMSS.xml`. Every value is text; a missing one is written `null`, an unknown contact `(Unknown)`.

    <?xml version='1.0' encoding='UTF-8' standalone='yes' ?>
    <smses count="2" backup_set="..." backup_date="1761350400000" type="full">
      <sms protocol="0" address="+447700900123" date="1761438600000" type="1" subject="null" body="I know where you are" toa="null" sc_toa="null"
        service_center="null" read="1" status="-1" locked="0" date_sent="1761438599000" sub_id="1" readable_date="26 Oct 2025 01:30:00" contact_name="null" />
      <mms date="1761447000000" msg_box="1" address="+447700900123" m_type="132" sub="null" date_sent="1761446999" contact_name="(Unknown)">
        <parts><part seq="0" ct="text/plain" text="caption" /><part seq="0" ct="image/png" name="a.png" data="iVBORw0..." /></parts>
        <addrs><addr address="+447700900123" type="137" charset="106" /><addr address="+447700900999" type="151" charset="106" /></addrs>
      </mms>
    </smses>

    <calls count="1"> <call number="07700 900123" duration="65" date="1761438600000" type="1" presentation="1" ... contact_name="null" /> </calls>

- `date` counts milliseconds since 1970 UTC, `date_sent` too, but seconds in an MMS: decided by magnitude. `readable_date` is in the phone's zone and
  language: kept, not read. `count` is what the app expected, often not what it wrote.
- `sms/type`: 1 received, 2 sent, 3 draft, 4 outbox, 5 failed, 6 queued; `mms/msg_box`: 1 to 5 likewise; `m_type` 130: only the notice of an MMS came.
- `mms/address`: all other parties, joined by `~`. `addr/type`: 137 from, 151 to, 130 cc, 129 bcc; `insert-address-token` is this phone. The sender of a
  received MMS is the 137, not `address`. Where every number of `address` stands among the `addr`s, what is left over is the phone's own number.
- RCS chat comes as MMS: an address at `rcs.google.com`, or a `tr_id` (`proto:` and base64) whose message number stands in the field for RCS (2; MMS: 3).
- `call/type`: 1 incoming, 2 outgoing, 3 missed, 4 voicemail, 5 rejected, 6 blocked, 7 answered on another device. `presentation`: 1 shown, 2 withheld,
  3 unknown, 4 payphone; a number that is not shown is empty, -1 (unknown), -2 (private) or -3 (payphone).

Old files have the root `allsms` (its `sms` have `time` and `name`); Silence and TextSecure write nearly the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from parsers.contract import (
    CALL,
    IN,
    MESSAGE,
    OUT,
    VOICEMAIL,
    Alike,
    Note,
    Output,
    Problem,
    Record,
    Seam,
    Source,
)
from parsers.reading import encoding, is_binary
from parsers.sms_backup_mms import attached, mms
from parsers.sms_backup_values import AMBIGUOUS, BOXES, NOTHING, RCS, moment, more, name_of, no_time, unknown, unread
from parsers.xml_characters import Repairs
from parsers.xml_stream import Break, Element, Walk
from parsers.xml_usual import Attributes, Rows

__all__ = ["CANNOT_SHOW", "HOW_TO_EXPORT", "TITLE", "attached", "notes", "parse", "parse_piece", "sniff"]

TITLE = "Android backup of texts or calls (SMS Backup & Restore)"
HOW_TO_EXPORT = (
    'On the Android phone install "SMS Backup & Restore" (SyncTech) from the Play Store. Open it, choose "Set up a backup", switch on Messages and Phone'
    " calls, and under the advanced options include attachments (MMS media) and, where offered, RCS chats; keep encryption off. Back up to the phone's own"
    " storage and copy the files sms-....xml and calls-....xml to this computer as they are: do not open and save them in another program."
)
CANNOT_SHOW = (
    "Messages and calls that were deleted before the backup, and anything after it.",
    "Messages in other apps (WhatsApp, Signal, Messenger); RCS chats only as far as the phone's own message store held them at the time of the backup.",
    "Older calls: a phone keeps only its latest calls, often 500 to 1,000 of them or some weeks.",
    "The number behind a withheld call. The phone network may know it; the phone does not.",
    "Whether a sent text arrived or was read: it shows that the phone handed it to the network. A received text shows that it reached this phone.",
    "Who was holding the phone, or whether a sender's number was forged.",
    "Pictures and recordings, if the backup was made without attachments.",
)

_ROOT = re.compile(
    r"\ufeff?\s*(?:<\?(?:[^?]|\?(?!>)){0,4000}\?>\s*|<!--(?:[^-]|-(?!-)){0,4000}-->\s*)*"
    r"(?:<!DOCTYPE\s+(?:smses|allsms|calls)\b|<(?:smses|allsms)(?=[\s/>]|\Z)|<calls(?=\s[^<>]*\bcount\s*=|[^<>]*>\s*(?:<!--(?:[^-]|-(?!-)){0,4000}-->\s*)?<call\s[^<>]*\bnumber\s*=))"
)

_CALLS = {
    "1": (CALL, IN, "answered"),
    "2": (CALL, OUT, ""),
    "3": (CALL, IN, "missed"),
    "4": (VOICEMAIL, IN, "voicemail"),
    "5": (CALL, IN, "rejected"),
    "6": (CALL, IN, "blocked"),
    "7": (CALL, IN, "answered elsewhere"),
}
_DELIVERY = {"32": "delivery report: pending", "64": "delivery report: failed"}
_NO_NUMBER = frozenset({"", "null", "-1", "-2", "-3", "private", "unknown"})
_PRESENTATIONS = {"3": "unknown", "4": "payphone"}
_APPS = {
    "com.whatsapp": "WhatsApp",
    "com.whatsapp.w4b": "WhatsApp",
    "org.thoughtcrime.securesms": "Signal",
    "org.telegram.messenger": "Telegram",
    "com.viber.voip": "Viber",
    "com.skype.raider": "Skype",
    "com.facebook.orca": "Messenger",
    "com.google.android.apps.tachyon": "Google Meet",
    "com.microsoft.teams": "Teams",
}
_COLUMNS = (
    "address",
    "date",
    "type",
    "subject",
    "body",
    "service_center",
    "read",
    "status",
    "locked",
    "date_sent",
    "sub_id",
    "readable_date",
    "contact_name",
)
_USUAL = frozenset({*_COLUMNS, "protocol", "toa", "sc_toa"})
_SMS = _USUAL | {"name"}
_CALL = frozenset(
    {"number", "duration", "date", "type", "presentation", "subscription_component_name", "contact_name", "name"}
)
_RECORDS = ("sms", "mms", "call")
_NOT_SENT = NOTHING | {"0"}


class _Facts(NamedTuple):
    """What the walk over a file, or a piece of it, says of it: the attributes of the root, and remarks."""

    root: Mapping[str, str]
    remark: str
    repairs: Repairs
    goes_on: bool


def sniff(source: Source) -> bool:
    """Whether the root is `smses`, `allsms`, or `calls` with a count or a call in it."""
    if is_binary(source.head):
        return False
    head = source.head.decode(encoding(source.head), "replace")
    return bool(_ROOT.match(head))


def parse(source: Source) -> Iterator[Output]:
    """The messages or calls of a backup, in file order; then what is to be said of the file as a whole."""
    walk = _walk(source, 0, 1)
    numbers = dict.fromkeys(_RECORDS, 0)
    yield from _outputs(walk, numbers)
    yield from notes([_seam(walk, numbers)])


def parse_piece(source: Source, number: int, of: int) -> Iterator[Output | Seam]:
    """A piece of a large backup: see `parsers.contract.Divisible`."""
    walk = _walk(source, number, of)
    if not walk.divisible:
        return
    numbers = dict.fromkeys(_RECORDS, 0) | walk.text.before()
    yield _seam(walk, numbers)
    for output in _outputs(walk, numbers):
        if isinstance(output, Problem):
            return
        yield output
    yield _seam(walk, numbers)


def _walk(source: Source, number: int, of: int) -> Walk:
    return Walk(
        source, frozenset(_RECORDS), usual=Attributes("sms", _USUAL), excised="part", texts=False, piece=(number, of)
    )


def _seam(walk: Walk, numbers: Mapping[str, int]) -> Seam:
    state = (tuple(numbers.values()), walk.around)
    return Seam(
        sum(numbers.values()), state, _Facts(walk.attributes, walk.text.remark, walk.text.repairs, walk.goes_on)
    )


def _outputs(walk: Walk, numbers: dict[str, int]) -> Iterator[Output]:
    """The records, counted on in `numbers`, and the breaks."""
    for item in walk:
        if isinstance(item, Rows):
            yield from _texts(numbers["sms"] + 1, item)
            numbers["sms"] += item.count
            continue
        assert not isinstance(item, list)
        if item.name:
            numbers[item.name] += 1
        number = numbers.get(item.name, 0)
        if isinstance(item, Break):
            at = f"{item.name} {number}, {item.place}" if item.name else item.place
            yield Problem(at, f"Cannot be read: {item.reason}.", item.raw)
        elif item.name == "sms":
            yield _sms_element(number, item)
        elif item.name == "mms":
            yield mms(number, item, walk.text.decoded)
        else:
            yield _call(number, item)


def notes(ends: Sequence[Seam]) -> Iterator[Note]:
    """What is to be said of the file as a whole."""
    facts: list[_Facts] = [end.facts for end in ends]
    held = ends[-1].records
    count, made, kind = (facts[0].root.get(name) for name in ("count", "backup_date", "type"))
    if count not in NOTHING and count != str(held):
        yield Note(f"The file says that it holds {count} items; it holds {held}.")
    if made is not None and (when := moment(made)):
        clock = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=when.micros)
        what = f' ("{kind}")' if kind not in NOTHING else ""
        yield Note(
            f"The backup{what} states that it was made at {made} (milliseconds since 1970), which is {clock:%Y-%m-%d %H:%M:%S} UTC."
        )
    if facts[0].remark:
        yield Note(facts[0].remark)
    if words := sum((one.repairs for one in facts), Repairs()).words():
        yield Note(f"Characters that XML forbids: {words}.")
    if any(one.goes_on for one in facts):
        yield Note("The file goes on after its end: several backups were joined, or it was edited. All of it was read.")


def _texts(number: int, rows: Rows) -> Iterator[Record | Alike]:
    """The texts of the usual shape; the first of them is number `number`."""
    if rows.large:
        from parsers.sms_backup_columns import alike

        if records := alike(rows, number, _COLUMNS, _sms):
            yield records
            return
    columns: list[Sequence[str | None]] = [rows.listed(name) or [None] * rows.count for name in _COLUMNS]
    for values in zip(*columns, strict=True):
        yield _sms(number, values)
        number += 1


def _sms(number: int, values: Sequence[str | None]) -> Record:  # noqa: C901, PLR0912 -- one decision after another
    """The record of an `sms`, from the values of `_COLUMNS`."""
    address, date, box, subject, body, center, read, status, locked, sent, sub_id, readable, name = values
    when = moment(date)
    flags: tuple[str, ...] = () if when else (no_time(date),)
    extra = {}
    if sent and sent not in _NOT_SENT and sent != date:
        extra["date_sent"] = sent
    if readable and readable != "null":
        extra["readable_date"] = readable
    rare = (
        ("service_center", center, ""),
        ("sub_id", sub_id, "-1"),
        ("read", read, "1"),
        ("status", status, "-1"),
        ("locked", locked, "0"),
    )
    extra |= {key: value for key, value, usual in rare if value and value not in {usual, "null"}}

    if address is None or address == "null":
        address = ""
    sender: str | None = None
    recipients: tuple[str, ...] = ()
    direction, state = BOXES.get(box or "", ("", ""))
    if direction == IN:
        sender = address
        if not address:
            flags += ("no number given",)
    elif direction:
        if address:
            recipients = (address,)
        if status != "-1" and status in _DELIVERY:
            flags += (_DELIVERY[status],)
    else:
        sender = ""
        flags += (f"{unknown('type', box)}: neither sent nor received",)
        if address:
            extra["address"] = address
    if not body:
        body = ""
        state = state or "empty"
    elif body == "null":
        flags += (AMBIGUOUS,)
    if name is None or name == "(Unknown)" or name == "null":  # noqa: PLR1714 -- faster than a set: no hash
        name = ""
    if subject is None or subject == "null":
        subject = ""
    channel = "RCS" if "@" in address and RCS in address else "SMS"
    return Record(
        f"sms {number}",
        MESSAGE,
        channel,
        when,
        direction,
        state,
        sender,
        recipients,
        name,
        text=body,
        subject=subject,
        flags=flags,
        extra=extra,
    )


def _sms_element(number: int, element: Element) -> Record:
    attributes = element.attributes
    record = _sms(number, list(map(attributes.get, _COLUMNS)))
    if not record.name:
        record = record._replace(name=name_of(attributes.get("name")))
    rest, flags = more(attributes, _SMS), unread(element, frozenset())
    return (
        record._replace(extra={**(record.extra or {}), **rest}, flags=record.flags + flags) if rest or flags else record
    )


def _call(number: int, element: Element) -> Record:
    get = element.attributes.get
    extra = more(element.attributes, _CALL)
    flags: list[str] = []
    kind, direction, status = _CALLS.get(get("type") or "", (CALL, "", ""))
    if not direction:
        flags.append(f"{unknown('type', get('type'))}: neither made nor received")
    known = _shown(element, direction, flags, extra)
    component = get("subscription_component_name")
    app = _APPS.get((component or "").partition("/")[0], "phone")
    if component and component != "null" and not component.startswith("com.android.phone/"):
        extra["subscription_component_name"] = component

    seconds = _seconds(get("duration"))
    if seconds is None and get("duration") not in NOTHING:
        flags.append(f'duration "{get("duration")}" is not a number of seconds')
    elif seconds and status in {"missed", "rejected", "blocked"}:
        flags.append("ring time")
    elif seconds == 0 and status == "answered":
        flags.append("0 seconds: perhaps not answered")
    when = moment(get("date"))
    if when is None:
        flags.append(no_time(get("date")))
    flags.extend(unread(element, frozenset()))
    return Record(
        f"call {number}",
        kind,
        app,
        when,
        direction,
        status,
        None if direction == OUT else known if direction else "",
        (known,) if direction == OUT and known else (),
        name_of(get("contact_name", get("name"))),
        seconds=seconds,
        flags=tuple(flags),
        extra=extra,
    )


def _shown(element: Element, direction: str, flags: list[str], extra: dict[str, str]) -> str:
    """The number of a call as written; "" if it was withheld. What the file says instead goes into `extra`."""
    written, presentation = element.attributes.get("number") or "", element.attributes.get("presentation") or ""
    shown = written.strip().lower() not in _NO_NUMBER and presentation != "2"
    if shown and presentation in _PRESENTATIONS:
        flags.append(f"number given, though presented as {_PRESENTATIONS[presentation]}")
    elif not shown:
        flags.append("no number given" if direction == OUT else "withheld")
    if written and not (shown and direction):
        extra["number"] = written
    if presentation not in {"", "null", "1"}:
        extra["presentation"] = presentation
    return written if shown else ""


def _seconds(text: str | None) -> float | None:
    return float(text) if text and len(text) < 9 and text.isascii() and text.isdigit() else None
