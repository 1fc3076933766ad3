"""SMS Backup & Restore: real files as their index says, the traps other readers fell into, and the short way equal to the long one."""

from __future__ import annotations

import base64
import csv
import hashlib
import re
import xml.sax.saxutils
from collections import Counter
from collections.abc import Sequence
from unittest import mock

import pytest
from conftest import REAL, problems_of, records_of, singly, source_from, source_of
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import sms_backup, xml_stream, xml_text, xml_usual
from parsers.contract import (
    EPOCH,
    IN,
    MESSAGE,
    OUT,
    SECOND,
    STATUSES,
    SUBSECOND,
    UNSENT,
    Note,
    Output,
    Problem,
    Record,
    Unreadable,
)
from parsers.xml_usual import Attributes

FOLDER = REAL / "messages" / "sms_backup_restore"
real = pytest.mark.skipif(not REAL.exists(), reason="the real exports are not here")
HEAD = "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n"


def read(content: str | bytes, root: str = "smses", count: int | None = None) -> list[Output]:
    if isinstance(content, str):
        content = content.encode()
    given_count = f' count="{count}"' if count is not None else ""
    return singly(
        sms_backup.parse(source_from(f"{HEAD}<{root}{given_count}>\n".encode() + content + f"\n</{root}>".encode()))
    )


def one(content: str | bytes, root: str = "smses") -> Record:
    (record,) = read(content, root)
    assert isinstance(record, Record), record
    return record


def sms(**values: str | None) -> str:
    """An `sms` in the usual order; None leaves an attribute out. `_` at the end of a name is dropped."""
    usual: dict[str, str | None] = {
        "protocol": "0", "address": "+447700900123", "date": "1761438600000", "type": "1", "subject": "null", "body": "words", "toa": "null",
        "sc_toa": "null", "service_center": "null", "read": "1", "status": "-1", "locked": "0", "date_sent": "0", "sub_id": "-1",
        "readable_date": "26 Oct 2025 01:30:00", "contact_name": "(Unknown)",
    }  # fmt: skip
    usual.update({name.rstrip("_"): value for name, value in values.items()})
    return "<sms " + " ".join(f'{name}="{value}"' for name, value in usual.items() if value is not None) + " />"


def mms(parts: str = "", addrs: str = "", **values: str) -> str:
    usual = {
        "date": "1761447000000",
        "msg_box": "1",
        "address": "+447700900123",
        "m_type": "132",
        "sub": "null",
        "contact_name": "(Unknown)",
        **values,
    }
    return (
        "<mms "
        + " ".join(f'{name}="{value}"' for name, value in usual.items())
        + f"><parts>{parts}</parts><addrs>{addrs}</addrs></mms>"
    )


def addr(*pairs: tuple[str, str]) -> str:
    return "".join(f'<addr address="{address}" type="{kind}" charset="106" />' for kind, address in pairs)


def call(**values: str) -> str:
    usual = {
        "number": "+447700900123",
        "duration": "5",
        "date": "1761438600000",
        "type": "1",
        "presentation": "1",
        "contact_name": "null",
        **values,
    }
    return "<call " + " ".join(f'{name}="{value}"' for name, value in usual.items()) + " />"


TEXT = '<part seq="0" ct="text/plain" text="words" />'


# the real files


def index() -> list[tuple[str, dict[str, int]]]:
    if not REAL.exists():
        return []
    with (REAL / "messages" / "INDEX.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["format"] == "sms_backup_restore"]
    found = [(row["local_file"], dict(re.findall(r"'(sms|mms|call)': (\d+)", row["observed"]))) for row in rows]
    return [(name, {kind: int(count) for kind, count in counts.items()}) for name, counts in found]


@real
@pytest.mark.parametrize(("name", "counts"), index(), ids=lambda value: value if isinstance(value, str) else "")
def test_real_files_hold_what_their_index_says(name: str, counts: dict[str, int]) -> None:
    source = source_of(REAL / "messages" / name)
    assert sms_backup.sniff(source)
    outputs = list(sms_backup.parse(source))
    whole = "sms_and_mms" not in name
    assert len(problems_of(outputs)) == (0 if whole else 1)
    found = Counter(output.at.split()[0] for output in outputs if not isinstance(output, Note))
    assert found == counts
    assert len({output.at for output in outputs if not isinstance(output, Note)}) == sum(counts.values())
    assert all(record.status in STATUSES | {""} and record.when for record in records_of(outputs))


@real
def test_the_real_file_that_breaks_off_keeps_all_before_the_break() -> None:
    outputs = list(sms_backup.parse(source_of(FOLDER / "devadvance-sms-backup-reader-2__sms_and_mms.xml")))
    records, (problem,) = records_of(outputs), problems_of(outputs)
    assert Counter(record.at.split()[0] for record in records) == {"sms": 41, "mms": 8}
    assert re.fullmatch(r"mms 9, line 13\d, byte \d+", problem.at)
    assert problem.raw.startswith('<mms date="1721334048000"')
    assert Note("The file says that it holds 58 items; it holds 50.") in outputs
    chats = [record for record in records if record.channel == "RCS"]
    assert [record.at for record in chats] == [f"mms {number}" for number in range(1, 7)]
    assert [record.sender for record in chats] == [
        "+15550000006",
        None,
        "+15550000009",
        None,
        "+15550000010",
        "+15550000006",
    ]
    assert chats[0].recipients == chats[5].recipients == ()
    assert {record.thread for record in chats} == {"", "group_8@rcs.google.com"}
    assert chats[3].recipients == ("+15550000009", "+15550000006", "+15550000010")
    assert {record.attachments[0].sha256[:12] for record in records if record.attachments} == {"6b7fa434f92a"}


@real
def test_the_real_clock_change_and_rcs_file() -> None:
    outputs = list(sms_backup.parse(source_of(FOLDER / "synthetic_surrogates_rcs.xml")))
    records = records_of(outputs)
    assert [record.when.micros for record in records[:2] if record.when] == [1761438600000000, 1761442200000000]
    assert len({(record.extra or {})["readable_date"] for record in records[:2]}) == 1
    assert records[0].text.endswith("\U0001f600")
    assert records[1].text == "hex pair \U0001f600 lone \ufffd nul \ufffd esc \ufffd ok\nline two"
    (chat,) = [record for record in records if record.channel == "RCS"]
    assert chat.sender == "+447700900123"
    assert chat.recipients == ("+447700900456",)
    assert records[-1].sender is None
    words = "Characters that XML forbids: 2 emoji written in two halves joined, 1 broken half and 2 control characters replaced by \ufffd."
    assert Note(words) in outputs


@real
def test_the_real_withheld_calls() -> None:
    records = records_of(sms_backup.parse(source_of(FOLDER / "synthetic_calls_all_types.xml")))
    assert [record.at for record in records if "withheld" in record.flags] == ["call 4", "call 5", "call 6"]
    assert all(record.sender == "" for record in records if "withheld" in record.flags)
    assert Counter(record.status for record in records) == {
        "answered": 2, "": 1, "missed": 2, "rejected": 1, "voicemail": 1, "blocked": 1, "answered elsewhere": 1,
    }  # fmt: skip
    assert [record.channel for record in records].count("WhatsApp") == 1
    assert "ring time" in records[2].flags
    assert records[2].seconds == 27


# the traps


def test_one_emoji_in_two_halves_loses_nothing() -> None:
    outputs = read("\n".join(sms(body=body) for body in ("one", "two &#55357;&#56838;", "three", "four")))
    assert [record.text for record in records_of(outputs)] == ["one", "two \U0001f606", "three", "four"]
    assert outputs[-1] == Note("Characters that XML forbids: 1 emoji written in two halves joined.")


def test_cut_off_at_the_end_keeps_the_three_before() -> None:
    content = (
        HEAD + "<smses count='4'>" + "\n".join(sms(body=str(n)) for n in range(3)) + '<sms protocol="0" address="+4477'
    )
    outputs = list(sms_backup.parse(source_from(content.encode())))
    assert [record.text for record in records_of(outputs)] == ["0", "1", "2"]
    assert [problem.at for problem in problems_of(outputs)] == [f"sms 4, line 4, byte {content.rindex('<sms')}"]


def test_identical_messages_in_one_second_stay_three() -> None:
    records = records_of(read(sms(body="pick up") * 3))
    assert [record.at for record in records] == ["sms 1", "sms 2", "sms 3"]
    assert len({record[1:-2] for record in records}) == 1


@pytest.mark.parametrize(
    ("kind", "status"), [("2", ""), ("3", "draft"), ("4", "outbox"), ("5", "failed"), ("6", "queued")]
)
def test_a_draft_or_failed_text_is_never_received(kind: str, status: str) -> None:
    for content in (sms(type=kind), sms(type=kind, protocol=None)):
        record = one(content)
        assert (record.direction, record.status, record.sender, record.recipients) == (
            OUT,
            status,
            None,
            ("+447700900123",),
        )
        assert (status in UNSENT) == bool(status)
    if kind < "6":
        assert one(mms(TEXT, msg_box=kind)).status == status


@pytest.mark.parametrize(
    "number", ["07700 900123", "+447700900123", "00447700900123", "447700900123", "60777", "EXAMPLE-CO"]
)
def test_numbers_stay_as_written(number: str) -> None:
    assert one(sms(address=number)).sender == number
    assert one(call(number=number), "calls").sender == number


# times


@pytest.mark.parametrize(
    ("date", "micros", "precision"),
    [
        ("1761438600000", 1761438600_000000, SECOND),
        ("1761438600463", 1761438600_463000, SUBSECOND),
        ("1761438600", 1761438600_000000, SECOND),
        ("99999999999", 99999999999_000000, SECOND),
        ("100000000000", 100000000_000000, SECOND),
        ("631152000000", 631152000_000000, SECOND),
    ],
)
def test_dates_by_magnitude(date: str, micros: int, precision: str) -> None:
    for record in (one(sms(date=date)), one(mms(TEXT, date=date)), one(call(date=date), "calls")):
        assert record.when == (micros, EPOCH, precision, date)


@pytest.mark.parametrize(
    "date",
    ["0", "", "null", "soon", "-1761438600000", "9" * 15, "9" * 40, "17614386e5", "1_761_438_600_000", "\u0661" * 13],
)
def test_no_date_is_no_time_and_never_1970(date: str) -> None:
    for record in (one(sms(date=date)), one(mms(TEXT, date=date)), one(call(date=date), "calls")):
        assert record.when is None
        assert record.flags == (("no time given" if date in {"0", "", "null"} else f'date "{date}" is not a time'),)


# texts


def test_what_goes_into_extra_is_what_says_something() -> None:
    assert one(sms()).extra == {"readable_date": "26 Oct 2025 01:30:00"}
    record = one(
        sms(
            date_sent="1761438599000",
            service_center="+447700900000",
            sub_id="1",
            read="0",
            locked="1",
            status="64",
            type="2",
            colour="red",
            toa="145",
        )
    )
    assert record.extra == {
        "date_sent": "1761438599000", "readable_date": "26 Oct 2025 01:30:00", "service_center": "+447700900000", "sub_id": "1", "read": "0",
        "status": "64", "locked": "1", "colour": "red",
    }  # fmt: skip
    assert record.flags == ("delivery report: failed",)
    assert one(sms(date_sent="1761438600000", readable_date="null")).extra == {}


def test_words_that_may_be_missing() -> None:
    assert (one(sms(body="null")).text, one(sms(body="null")).flags) == (
        "null",
        ('text "null": empty, or the word null',),
    )
    assert one(mms('<part ct="text/plain" text="null"/>')).flags == ('text "null": empty, or the word null',)
    for content in (sms(body=""), sms(body=None)):
        assert (one(content).text, one(content).status) == ("", "empty")
    assert one(sms(body="", type="3")).status == "draft"
    assert [one(sms(contact_name=name)).name for name in ("null", "(Unknown)", "", "Null", "Sam &amp; Co")] == [
        "",
        "",
        "",
        "Null",
        "Sam & Co",
    ]
    assert one(sms(subject="Re: you")).subject == "Re: you"


def test_no_number_and_no_known_type() -> None:
    for content in (sms(address="null"), sms(address=""), sms(address=None)):
        assert (one(content).sender, one(content).flags) == ("", ("no number given",))
    assert one(sms(address="null", type="3")).recipients == ()
    for content in (sms(type="7"), sms(type="null"), sms(type=None)):
        record = one(content)
        assert (record.direction, record.sender, record.recipients, (record.extra or {})["address"]) == (
            "",
            "",
            (),
            "+447700900123",
        )
        assert record.flags[0].endswith(": neither sent nor received")


def test_an_rcs_address_in_a_text_and_the_old_root() -> None:
    assert one(sms(address="group_1@rcs.google.com")).channel == "RCS"
    assert one(sms(address="someone@example.org")).channel == "SMS"
    old = '<sms address="07700900123" time="26 Oct 2025 01:30:00" date="1761438600000" type="1" body="words" read="1" service_center="" name="Friend" />'
    record = one(old, "allsms")
    assert (record.name, record.extra) == ("Friend", {"time": "26 Oct 2025 01:30:00"})


def test_elements_where_none_belong_are_flagged() -> None:
    assert one('<sms address="07700900123" date="1761438600000" type="1" body="w"><reaction/></sms>').flags == (
        "holds what this program does not read: reaction",
    )
    assert one(mms(TEXT).replace("<parts>", "<reactions/><parts>")).flags == (
        "holds what this program does not read: reactions",
    )


# picture messages


def test_the_sender_of_a_group_message_is_its_137() -> None:
    people = addr(
        ("137", "+447700900456"),
        ("151", "+447700900123"),
        ("151", "+447700900123"),
        ("130", "+447700900789"),
        ("151", "+447700900999"),
    )
    record = one(mms(TEXT, people, address="+447700900789~+447700900123~+447700900456", contact_name="A, B, (Unknown)"))
    assert (record.sender, record.recipients) == ("+447700900456", ("+447700900123", "+447700900789"))
    assert record.thread == "+447700900123, +447700900456, +447700900789"
    assert (record.name, record.extra) == ("", {"contact_name": "A, B, (Unknown)", "own_number": "+447700900999"})


def test_who_when_the_addresses_are_missing_or_this_phones() -> None:
    assert one(mms(TEXT)).sender == "+447700900123"
    group = one(mms(TEXT, address="+447700900123~+447700900456"))
    assert (group.sender, group.recipients, group.flags, group.thread) == (
        "",
        (),
        ("sender not given",),
        "+447700900123, +447700900456",
    )
    assert one(mms(TEXT, msg_box="2", address="+447700900123~+447700900456")).recipients == (
        "+447700900123",
        "+447700900456",
    )
    sent = one(mms(TEXT, addr(("137", "insert-address-token"), ("151", "+447700900123")), msg_box="2"))
    assert (sent.sender, sent.recipients, sent.extra) == (None, ("+447700900123",), {})
    got = one(mms(TEXT, addr(("137", "insert-address-token"), ("151", "insert-address-token"))))
    assert (got.sender, got.recipients) == ("+447700900123", ())
    assert one(mms(TEXT, addr(("137", "null")), address="null")).flags == ("sender not given",)
    unlike = one(
        mms(TEXT, addr(("137", "07700900123"), ("151", "07700900999")))
    )  # another spelling: whose is the second cannot be told
    assert (unlike.sender, unlike.recipients) == ("07700900123", ("07700900999",))


def test_box_and_kind_of_a_picture_message() -> None:
    assert one(mms(m_type="130")).status == "not downloaded"
    assert one(mms()).status == "empty"
    assert one(mms(sub="only a subject")).status == ""
    assert one(mms(TEXT, msg_box="null", m_type="128")).direction == OUT
    assert one(mms(TEXT, msg_box="null", m_type="132")).direction == IN
    unknown = one(mms(TEXT, msg_box="8"))
    assert (unknown.direction, unknown.sender, unknown.flags) == (
        "",
        "",
        ("msg_box 8 is not known: neither sent nor received",),
    )
    assert (unknown.extra or {})["address"] == "+447700900123"
    assert one(mms(TEXT, msg_box="null", m_type="null")).flags == ("no msg_box given: neither sent nor received",)


def proto(field: bytes) -> str:
    inner = b"com.google.android.apps.messaging."
    return (
        "proto:"
        + base64.b64encode(b"\nB\n" + bytes([len(inner)]) + inner + b"\x12\x1c" + field + b"\x1aMxnT5VC08").decode()
    )


def test_rcs_by_its_message_number() -> None:
    assert one(mms(TEXT, tr_id=proto(b"\x12"))).channel == "RCS"
    assert one(mms(TEXT, tr_id=proto(b"\x1a"))).channel == "MMS"
    assert one(mms(TEXT, tr_id="proto:!!")).channel == one(mms(TEXT, tr_id="T190c78129b5")).channel == "MMS"


def test_parts() -> None:
    picture = b"\x89PNG" * 9
    written = base64.b64encode(picture).decode()
    parts = (
        '<part seq="-1" ct="application/smil" cl="smil.xml" text="&lt;smil/&gt;" /><part seq="2" ct="text/plain" text="two" />'
        f'<part seq="1" ct="image/png" cl="null" name="null" fn="door.png" data="{written[:20]}&#10;{written[20:]}" /><part seq="0" ct="text/plain" text="one" />'
        '<part seq="3" ct="image/jpeg" cl="lost.jpg" data="null" /><part seq="4" ct="image/jpeg" name="gone.jpg" />'
        f'<part seq="5" ct="audio/amr" name="bad.amr" data="{written}A" /><part seq="6" ct="text/x-vCard" name="v.vcf" text="null" data="{written}" />'
    )
    record = one(mms(parts))
    assert record.text == "one\ntwo"
    digest = hashlib.sha256(picture).hexdigest()
    assert record.attachments == (
        ("door.png", "image/png", 36, digest, ""),
        ("lost.jpg", "image/jpeg", None, "", "not held in the backup"),
        ("gone.jpg", "image/jpeg", None, "", "not held in the backup"),
        ("bad.amr", "audio/amr", None, "", "its base64 is broken"),
        ("v.vcf", "text/x-vCard", 36, digest, ""),
    )


@pytest.mark.parametrize("block", [500, 1 << 22])
def test_a_big_picture_is_hashed_on_the_way(block: int) -> None:
    picture = bytes(range(256)) * 100
    content = (
        mms(f'<part ct="image/png" name="a.png" text="null" data="{base64.encodebytes(picture).decode()}" />' + TEXT)
        + sms()
    )
    with mock.patch.object(xml_text, "_BLOCK", block):
        outputs = read(content)
    assert records_of(outputs)[0].attachments == (
        ("a.png", "image/png", len(picture), hashlib.sha256(picture).hexdigest(), ""),
    )
    assert [output.at for output in records_of(outputs)] == ["mms 1", "sms 1"]


# calls


@pytest.mark.parametrize(
    ("number", "presentation", "withheld"),
    [
        ("", "1", True), ("-1", "1", True), ("-2", "1", True), ("-3", "1", True), ("Private", "1", True), ("Unknown", "3", True), ("null", "4", True),
        ("07700900123", "2", True), ("07700900123", "3", False), ("07700900123", "1", False), ("07700900123", "null", False),
    ],
)  # fmt: skip
def test_withheld_numbers(number: str, presentation: str, *, withheld: bool) -> None:
    record = one(call(number=number, presentation=presentation, type="7"), "calls")
    assert ("withheld" in record.flags) == withheld
    assert record.sender == ("" if withheld else number)
    expected = {"number": number} if withheld and number else {}
    assert record.extra == (expected | ({"presentation": presentation} if presentation not in {"1", "null"} else {}))


def test_ring_time_and_odd_durations() -> None:
    for kind in "356":
        assert (
            one(call(type=kind, duration="27"), "calls").seconds,
            one(call(type=kind, duration="27"), "calls").flags,
        ) == (27, ("ring time",))
    assert one(call(type="2", duration="65"), "calls").flags == ()
    assert one(call(type="1", duration="0"), "calls").flags == ("0 seconds: perhaps not answered",)
    for duration in ("-1", "1.5", "null", "9" * 30):
        assert one(call(type="2", duration=duration), "calls").seconds is None
    assert one(call(type="8", number="07700900123"), "calls").extra == {"number": "07700900123"}


# the file as a whole


def test_one_broken_record_is_one_problem() -> None:
    outputs = read(
        "\n".join(
            [
                sms(body="1"),
                sms(body="a & b"),
                sms(body="3"),
                mms("<part/>").replace("</parts>", ""),
                sms(body="5"),
                mms(TEXT),
            ]
        ),
        count=6,
    )
    assert [output.at.split(",")[0] for output in outputs] == ["sms 1", "sms 2", "sms 3", "mms 1", "sms 4", "mms 2"]
    assert [output.at.split(",")[0] for output in outputs if isinstance(output, Problem)] == ["sms 2", "mms 1"]


def test_an_element_nobody_knows_is_a_problem() -> None:
    outputs = read(sms() + '<rcs address="+447700900123"/>' + sms())
    assert [type(output) for output in outputs] == [Record, Problem, Record]
    assert '<rcs address="+447700900123"/>' in outputs[1].raw  # type: ignore[union-attr]


def test_notes_on_count_and_date_of_the_backup() -> None:
    content = HEAD + f'<smses count="2444" backup_set="x" backup_date="1761350400000" type="full">{sms()}</smses>'
    notes = [output.text for output in sms_backup.parse(source_from(content.encode())) if isinstance(output, Note)]
    assert notes == [
        "The file says that it holds 2444 items; it holds 1.",
        'The backup ("full") states that it was made at 1761350400000 (milliseconds since 1970), which is 2025-10-25 00:00:00 UTC.',
    ]
    assert read(sms(), count=1)[1:] == []


def test_entities_are_refused() -> None:
    bomb = '<!DOCTYPE smses [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    source = source_from(f"<?xml version='1.0'?>{bomb}<smses>{sms(body='&b;')}</smses>".encode())
    assert sms_backup.sniff(source)
    with pytest.raises(Unreadable, match="Export it again"):
        list(sms_backup.parse(source))


def test_cut_at_every_byte() -> None:
    pieces = [
        sms(body="1"),
        mms(TEXT, addr(("137", "+447700900123"))),
        sms(body="2", protocol=None),
        call(),
        sms(body="&#55357;&#56832;"),
    ]
    content = (HEAD + "<smses count='5'>\n  " + "\n  ".join(pieces) + "\n</smses>\n").encode()
    ends = [content.index(piece.encode()) + len(piece) for piece in pieces]
    for cut in range(len(content)):
        outputs = list(sms_backup.parse(source_from(content[:cut])))
        assert len(records_of(outputs)) == sum(end <= cut for end in ends), cut
        assert len(problems_of(outputs)) == (cut < content.index(b"</smses>") + 8), cut


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_raises_anything(data: st.DataObject) -> None:
    content = bytearray(
        (
            HEAD
            + "<smses count='5'>\n"
            + sms()
            + mms(TEXT, addr(("137", "+447700900123")))
            + sms(body="&amp;")
            + "</smses>"
        ).encode()
    )
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 9))] = data.draw(
            st.binary(max_size=4) | st.sampled_from([b"<sms ", b"<!--", b"]]>", b"&#0;", b"\xff\xfe"])
        )
    try:
        outputs = list(sms_backup.parse(source_from(bytes(content))))
    except Unreadable:
        return
    assert len({output.at for output in outputs if not isinstance(output, Note)}) == sum(
        not isinstance(output, Note) for output in outputs
    )
    for record in records_of(outputs):
        str(record).encode()


# the short way


VALUE = st.text(st.sampled_from("ab \u00e9\u20ac\U0001f600<>&\"'\n\t\r;#x10null@-"), max_size=12)
REFERENCES = st.sampled_from(
    [
        "&#10;",
        "&#13;",
        "&#x41;",
        "&#55357;&#56832;",
        "&#55357;",
        "&#0;",
        "&amp;#10;",
        "&apos;",
        "&#38;lt;",
        "&#x26;amp;",
        ">",
        "\n",
        "&#128512;",
    ]
)
WRITTEN = st.lists(
    st.one_of(VALUE.map(lambda value: xml.sax.saxutils.escape(value, {'"': "&quot;"})), REFERENCES), max_size=4
).map("".join)
CHOICES = {
    "protocol": st.sampled_from(["0", "null", ""]),
    "date": st.sampled_from(["1761438600000", "1761438600463", "1761438600", "0", "null", "", "\u0661" * 13]),
    "type": st.sampled_from(["1", "2", "3", "4", "5", "6", "7", "", "null"]),
    "address": st.one_of(st.sampled_from(["07700 900123", "null", "", "group_1@rcs.google.com"]), WRITTEN),
    "read": st.sampled_from(["0", "1", "null", ""]),
    "status": st.sampled_from(["-1", "0", "32", "64", "null", ""]),
    "locked": st.sampled_from(["0", "1", None]),
    "date_sent": st.sampled_from(["0", "1761438600000", "1761438599000", None]),
    "sub_id": st.sampled_from(["-1", "1", "null", None]),
    "readable_date": st.one_of(WRITTEN, st.none()),
    "contact_name": st.one_of(WRITTEN, st.sampled_from(["(Unknown)", "null"]), st.none()),
    "subject": st.one_of(WRITTEN, st.just("null")),
    "body": st.one_of(WRITTEN, st.just("null")),
    "service_center": st.sampled_from(["null", "", "+447700900000"]),
}
MESSAGES = st.lists(
    st.fixed_dictionaries({}, optional=CHOICES).map(lambda values: sms(**values)), min_size=1, max_size=8
)
BETWEEN = st.sampled_from(
    [
        "\n  ",
        "",
        "\r\n",
        "<!-- <sms /> -->",
        "\n<!-- " + sms() + " -->\n",
        mms(TEXT),
        "<sms body='odd'/>",
        "\u00a0",
        "<sms & />",
    ]
)


@settings(max_examples=200, deadline=None)
@given(MESSAGES, st.lists(BETWEEN, min_size=8, max_size=8), st.sampled_from([40, 300, 1 << 22]))
def test_the_short_way_gives_what_expat_gives(messages: Sequence[str], between: Sequence[str], block: int) -> None:
    content = "".join(message + gap for message, gap in zip(messages, between, strict=False))
    with mock.patch.multiple(xml_text, _BLOCK=block), mock.patch.multiple(xml_stream, _SMALL=16, _LARGE=block):
        with mock.patch.object(sms_backup, "_USUAL", frozenset()):
            by_expat = read(content)
        assert read(content) == by_expat
        with mock.patch.multiple(xml_usual, _FEW=1, _COLUMNS=1):
            assert read(content) == by_expat


def taken(content: str) -> int:
    """How many of the elements of a text are read the short way."""
    rows, end = Attributes("sms", sms_backup._USUAL).take(content, 0)
    assert (rows is None) == (end == 0)
    return rows.count if rows else 0


@pytest.mark.parametrize("columns", [1, 1 << 20])
def test_the_short_way_is_taken(columns: int) -> None:
    """Else the test above compares expat with itself."""
    usual = (
        sms(), sms(body="&amp;&#10;&#128512;", contact_name="Sam &amp; Co"), sms(sub_id=None), sms(locked=None, sub_id=None, contact_name=None),
        sms(body="a > b"), sms(address="&amp;"), sms(protocol=None), sms(body=""), '<sms body="1"/>',
    )  # fmt: skip
    with mock.patch.object(xml_usual, "_COLUMNS", columns):
        assert all(taken(text) == 1 and taken(f"{text}\n{text}\n{text}\n") == 3 for text in usual)
        unusual = (
            sms(body="a\nb"),
            sms(body="a\tb"),
            sms(body="a < b"),
            sms(body="a & b"),
            sms(body="&nope;"),
            sms().replace('"', "'"),
            sms(extra="1"),
            sms() + "words",
            sms().replace(" type=", " type ="),
            sms().replace(" type=", "type="),
            sms().replace(" type=", " body="),
            sms().replace(" />", "></sms>"),
            sms().replace("<sms", "<smsx"),
        )
        assert not any(taken(text) for text in unusual)
        assert [taken(f"{sms()}\n{text}") for text in unusual] == [1] * len(unusual)
        assert taken(sms(body="&am") + sms(body="p;")) == 0


# what is and is not of this format


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (HEAD + '<smses count="1">', True),
        ("<smses>", True),
        (
            "\ufeff"
            + HEAD
            + "<!--File Created By SMS Backup &amp; Restore-->\n<?xml-stylesheet type='text/xsl' href='sms.xsl'?>\n<allsms count='1'>",
            True,
        ),
        ('<calls count="0">', True),
        ('<calls><call number="1"/>', True),
        ("<calls><phone/>", False),
        ("<callsign count='1'>", False),
        ("<smsesx>", False),
        ("<gpx><smses>", False),
        ("<!-- <smses> --><gpx>", False),
        ("text <smses>", False),
        ("", False),
        ("<html>", False),
        ("PK\x03\x04", False),
    ],
)
def test_sniff(head: str, *, expected: bool) -> None:
    for codec in ("utf-8", "utf-16"):
        if head or codec == "utf-8":
            assert sms_backup.sniff(source_from(head.encode(codec), "renamed.txt")) == expected, codec


def test_utf_16_is_read() -> None:
    content = (
        HEAD.replace("UTF-8", "UTF-16") + f"<smses>{sms(body='£ 😀 &#55357;&#56832;')}{mms(TEXT)}</smses>"
    ).encode("utf-16")
    assert [record.text for record in records_of(sms_backup.parse(source_from(content)))] == ["£ 😀 😀", "words"]


def test_kinds() -> None:
    assert {record.kind for record in records_of(read(sms() + mms(TEXT)))} == {MESSAGE}
    assert [one(call(type=kind), "calls").kind for kind in "14"] == ["call", "voicemail"]
