"""A made-up case for the tests of the report: some two thousand events over six months, every trap among them."""

from __future__ import annotations

import hashlib
import json
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.case import Answer, Case, KeyDate, Person, Place
from pipeline.store import ATTACHED, CONTAINER, READ, UNKNOWN, UNREADABLE, WAITING, ProblemRow, SourceInfo, Timeline
from pipeline.timeline.schema import SCHEMA

LONDON: Final = ZoneInfo("Europe/London")
HOSTILE: Final = (
    "</script><script>alert(1)</script>",
    '=HYPERLINK("http://example.org","click")',
    "\x1b[2Jscreen cleared",
    "abc \u202egnp.exe",
    "nul\x00inside",
    "<img src=x onerror=alert(1)>",
    "+1+1|cmd",
    "@SUM(A1)",
    "-2+3",
    "\tleading tab",
    "line one\r\nline two\nline three",
    "{{ 7 * 7 }} {% raw %}",
    "\u0645\u0631\u062d\u0628\u0627 hello \u05e9\u05dc\u05d5\u05dd",
    "]]> & &amp; \"quoted\" 'single'",
    "\U0001f600 zażółć gęślą jaźń",
    "javascript:alert(1)",
)
_SAID: Final = (
    "Can we talk",
    "Please just answer",
    "I know you've read this",
    "Why won't you pick up",
    "I saw your car was at your mum's again",
    "We need to sort this out properly, face to face, not like this. You owe me that much after everything.",
    "Who is he",
    "I only want five minutes",
    "Fine. Ignore me then.",
    "Sorry about last night, I didn't mean any of it. I was upset and I had been drinking. It won't happen again, I promise you that.",
    "ok",
    "??",
    "You looked nice today. Is that a new coat",
    "I'll be outside at six",
    "Answer your phone",
    "I've changed my number, save this one",
    "Everyone is asking about you and I don't know what to tell them.\n\nMy mum asked on Sunday.\nI said you were busy.",
)
_REPLIED: Final = (
    "Please stop messaging me",
    "I have asked you not to contact me",
    "No",
    "Leave me alone please",
    "I will see you at the handover on Friday",
)


def case_in(folder: Path) -> Case:
    return Case(
        folder=folder,
        reference="CD/2026/0147",
        client=Person("P1", "client", "Amy Fletcher", ("07700 900001", "amy.fletcher@example.org")),
        subjects=(Person("P2", "subject", "Daniel Marsh", ("07700 900123", "07700 900456", "dan.marsh@example.com")),),
        others=(
            Person("A", "mother of the client", "Ruth Fletcher", ("01632 960017",)),
            Person("B", "friend of the subject", "Kit Osborne", ("07700 900789",)),
        ),
        places=(
            Place("place-1", "Home", "home", 53.1234, -1.5678, 150.0),
            Place("place-2", "Work", "work", 53.2001, -1.4333, 200.0),
        ),
        key_dates=(
            KeyDate(date(2026, 3, 4), "asked to stop", "asked to stop"),
            KeyDate(date(2026, 3, 6), "blocked", "number blocked"),
            KeyDate(date(2026, 4, 20), "reported", "reported to police", "26*123456"),
            KeyDate(date(2026, 5, 18), "order made", "non-molestation order made", "ZE26P00147"),
            KeyDate(date(2026, 5, 21), "order served", "order served"),
        ),
        answers=(Answer("ab" * 32, "chat.txt", "day_first", "yes", "Is 03/04/2026 the 3rd of April?"),),
    )


def sources() -> tuple[SourceInfo, ...]:
    def one(label: str, file: str, state: str, **more: Any) -> SourceInfo:
        digest = hashlib.sha256(label.encode()).hexdigest()
        return SourceInfo(
            digest[:12], label, file, digest, 1_234_567 + len(file), "2026-06-30T09:15:00+00:00", state, **more
        )

    cannot = ("Messages deleted before the export are not in it.", "It does not say when a message was read.")
    return (
        one(
            "S1",
            "sms-20260629.xml",
            READ,
            parser="sms_backup",
            title="SMS Backup & Restore",
            version="fourline 0.1.0",
            cannot_show=cannot,
        ),
        one("S2", "WhatsApp Chat with Dan.zip", CONTAINER),
        one(
            "S2.1",
            "WhatsApp Chat with Dan.zip!_chat.txt",
            READ,
            parser="whatsapp",
            title="WhatsApp chat export",
            version="fourline 0.1.0",
            notes=("The file says it holds media that is not in the export: 3.",),
            cannot_show=("Deleted messages are absent.", "The export holds at most about 40,000 messages, the newest."),
            answers=(("Is 03/04/2026 the 3rd of April?", "yes, day first"),),
        ),
        one(
            "S2.2", "WhatsApp Chat with Dan.zip!IMG-20260214-WA0001.jpg", ATTACHED, why="attached to a message in S2.1"
        ),
        one("S3", "mail/Inbox.mbox", READ, parser="mailbox", title="Mailbox (mbox)", version="fourline 0.1.0"),
        one("S4", "diary.xlsx", READ, parser="diary", title="Diary", version="fourline 0.1.0"),
        one(
            "S5",
            "export <b>bold</b>.csv",
            WAITING,
            question={
                "key": "day_first",
                "text": "Is 03/04/2026 the 3rd of April or the 4th of March?",
                "choices": [["yes", "3rd of April"], ["no", "4th of March"]],
            },
        ),
        one("S6", "holiday.xyz", UNKNOWN),
        one("S7", "locked.zip", UNREADABLE, why="The archive needs a password. Unpack it and add the files."),
    )


def events(count: int = 2_000, seed: int = 7) -> list[dict[str, Any]]:  # noqa: C901 -- a story, told from beginning to end
    """Rows of `schema.SCHEMA` (those columns that say something), in the order of the timeline."""
    rng = random.Random(seed)
    keys = {source.label: source.key for source in sources()}
    rows: list[dict[str, Any]] = []
    start = datetime(2026, 1, 5, 8, tzinfo=LONDON)

    def add(when: datetime | None, **fields: Any) -> dict[str, Any]:
        source = fields.pop("source", "S1")
        position = len(rows)
        row = {
            "id": hashlib.sha256(f"{seed} {position}".encode()).hexdigest()[:12],
            "utc": None if when is None else when.astimezone(UTC),
            "local": None if when is None else when.astimezone(LONDON).replace(tzinfo=None),
            "zone": None if when is None else when.astimezone(LONDON).tzname(),
            "basis": "given",
            "clock": "epoch",
            "precision": "second",
            "written": "" if when is None else str(int(when.timestamp() * 1000)),
            "source": keys[source],
            "at": f"record {position}",
            "position": position,
            "included": True,
            "text": "",
            "flags": "",
            "same_as": "",
            "categories": "",
            "note": "",
            "extra": "",
            "subject": "",
            "attachments": "",
            **fields,
        }
        rows.append(row)
        return row

    def inward(when: datetime, **fields: Any) -> dict[str, Any]:
        number = "+447700900123" if when.date() < date(2026, 3, 6) or rng.random() < 0.15 else "+447700900456"
        return add(
            when,
            **{
                "kind": "message",
                "channel": "SMS",
                "direction": "in",
                "status": "",
                "sender": "P2",
                "recipients": "P1",
                "sender_written": number.replace("+44", "0"),
                "recipients_written": "",
                "identifier": number,
                "person": "P2",
                "name_written": "Dan",
                "text": rng.choice(_SAID),
                **fields,
            },
        )

    day = 0
    while len(rows) < count - 60:
        when = start + timedelta(
            days=day % 175,
            hours=rng.choice((0, 1, 4, 9, 10, 11, 12, 12, 13, 14, 14, 15, 15, 17)),
            minutes=rng.randrange(60),
            seconds=rng.randrange(60),
        )
        day += rng.choice((0, 0, 1, 1, 1, 2))
        if date(2026, 3, 8) <= when.date() <= date(2026, 3, 20) or (
            when.date() > date(2026, 5, 21) and rng.random() < 0.6
        ):
            continue
        burst = rng.choice((1, 1, 1, 2, 3, 4, 6, 9)) if when.date() > date(2026, 4, 1) else rng.choice((1, 1, 2, 3))
        for _ in range(burst):
            when += timedelta(seconds=rng.randrange(20, 700))
            kind = rng.random()
            if kind < 0.5:
                inward(when)
            elif kind < 0.7:
                inward(
                    when,
                    kind="call",
                    channel="phone",
                    status=rng.choice(("missed", "missed", "missed", "rejected", "answered")),
                    text="",
                    seconds=float(rng.choice((0, 0, 0, 34))),
                )
            elif kind < 0.85:
                inward(
                    when,
                    channel="WhatsApp",
                    source="S2.1",
                    clock="local",
                    basis="assumed zone",
                    precision="minute",
                    written=when.strftime("%d/%m/%Y, %H:%M"),
                )
            elif kind < 0.9:
                inward(
                    when,
                    channel="email",
                    kind="email",
                    source="S3",
                    identifier="dan.marsh@example.com",
                    sender_written="Dan <dan.marsh@example.com>",
                    subject="Please read",
                    clock="offset",
                )
            elif kind < 0.93:
                inward(
                    when,
                    kind="call",
                    channel="phone",
                    status="missed",
                    sender=None,
                    sender_written="",
                    identifier="withheld",
                    person=None,
                    name_written="",
                    text="",
                    flags="withheld",
                )
            else:
                add(
                    when,
                    kind="message",
                    channel="SMS",
                    direction="out",
                    sender="P1",
                    recipients="P2",
                    recipients_written="07700900123",
                    identifier="+447700900123",
                    person="P2",
                    text=rng.choice(_REPLIED),
                )
    base = datetime(2026, 4, 25, 19, tzinfo=LONDON)
    for number, text in enumerate(HOSTILE):
        inward(base + timedelta(minutes=number), text=text)
    inward(
        base,
        text="A long mail.\n"
        + "\n".join(f"{number}. And another thing that I wanted to tell you about." for number in range(60)),
        kind="email",
        channel="email",
        source="S3",
        subject="Everything",
    )
    inward(base, text="x" * 70_000 + " the end", source="S3", kind="email", channel="email")
    repeated = inward(base + timedelta(hours=1), text="The same in two exports")
    inward(
        base + timedelta(hours=1),
        text="The same in two exports",
        source="S2.1",
        same_as=repeated["id"],
        same_rule="copy",
        flags="repeats " + repeated["id"],
    )
    inward(base + timedelta(hours=2), text="Excluded by the reviewer", included=False, note="Meant for somebody else")
    photo = {"name": "IMG-20260214-WA0001.jpg", "type": "image/jpeg", "size": 345_678, "sha256": "cd" * 32, "fault": ""}
    inward(
        base + timedelta(hours=3),
        text="",
        channel="WhatsApp",
        source="S2.1",
        attachments=json.dumps([photo]),
        extra=json.dumps({"<b>key</b>": "<i>value</i>"}),
    )
    add(
        base,
        kind="notice",
        channel="WhatsApp",
        source="S2.1",
        text="Messages and calls are end-to-end encrypted.",
        person=None,
    )
    add(
        None,
        kind="incident",
        channel="diary",
        source="S4",
        text="He was outside the school. I am not sure which day.",
        direction="in",
        person="P2",
        sender="P2",
        clock="memory",
        precision="",
    )
    for days, text in (
        (30, "Stood at the end of the road for about twenty minutes."),
        (92, "Note through the letter box."),
        (120, "Followed me from work to the shop."),
    ):
        at = datetime(2026, 1, 5, 18, 0, tzinfo=LONDON) + timedelta(days=days)
        add(
            at,
            kind="sighting",
            channel="diary",
            source="S4",
            text=text,
            direction="in",
            person="P2",
            sender="P2",
            clock="memory",
            precision="about",
            until=at.replace(tzinfo=None) + timedelta(minutes=30),
            place="place-1",
            place_fit="at",
            place_basis="position",
            nearest="place-1",
            place_m=13.0,
            place_written="outside my house",
            lat=53.1235,
            lon=-1.5677,
            accuracy_m=20.0,
            categories="LOITER",
            basis="assumed zone",
        )
    add(
        datetime(2026, 4, 2, tzinfo=LONDON),
        kind="incident",
        channel="diary",
        source="S4",
        text="Flowers left on the car.",
        direction="in",
        person="P2",
        sender="P2",
        clock="memory",
        precision="day",
    )
    rows.sort(
        key=lambda row: (
            row["utc"] is None,
            row["utc"] or datetime.max.replace(tzinfo=UTC),
            row["source"],
            row["position"],
        )
    )
    return rows


def timeline_in(folder: Path, rows: list[dict[str, Any]] | None = None) -> Timeline:
    rows = events() if rows is None else rows
    path = folder / "events.parquet"
    nothing = {field.name: None if field.nullable else "" for field in SCHEMA}
    columns = {name: [row.get(name, said) for row in rows] for name, said in nothing.items()}
    columns |= {
        name: [nothing[name] if value is None else value for value in values] for name, values in columns.items()
    }
    table = pa.Table.from_arrays(
        [_array(values, SCHEMA.field(name).type) for name, values in columns.items()], schema=SCHEMA
    )
    pq.write_table(table, path, compression="zstd", row_group_size=700)
    problems = (
        ProblemRow(
            sources()[0].key,
            "sms 913",
            "The date “<i>tomorrow</i>” is not a number",
            '<sms date="tomorrow" body="\x1b[31m"/>',
        ),
    )
    told = []
    for source in sources():
        mine = [row for row in rows if row["source"] == source.key]
        dated = [row["local"] for row in mine if row["local"] is not None]
        broken = sum(problem.source == source.key for problem in problems)
        known = {"events": len(mine), "problems": broken, "records": len(mine) + broken}
        span = {"first": min(dated).isoformat(), "last": max(dated).isoformat()} if dated else {}
        told.append(SourceInfo(**{**source.__dict__, **known, **span}))
    return Timeline(path, tuple(told), problems)


def _array(values: list[Any], kind: Any) -> Any:
    return (
        pa.array(values, kind.value_type).dictionary_encode().cast(kind)
        if pa.types.is_dictionary(kind)
        else pa.array(values, kind)
    )
