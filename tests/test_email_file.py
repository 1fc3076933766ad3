"""One mail in one file: which files are mail, .emlx, and real mail against what stalwart reads in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from conftest import REAL, problems_of, records_of, source_from, source_of

from parsers import email_file, mailbox
from parsers.contract import Problem, Record

REAL_MAIL = REAL / "media" / "email_eml"
PLAIN = b"From: jo@example.org\nTo: sam@example.com\nDate: Wed, 10 Jul 2024 09:00:05 +0100\nSubject: x\n\nwords\n"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (PLAIN, "x.eml"),
        (PLAIN, "x.msg"),
        (PLAIN, "x.txt"),
        (PLAIN, "x"),
        (PLAIN.replace(b"\n", b"\r\n"), "x"),
        (PLAIN.replace(b"\n", b"\r"), "x"),
        (b"\xef\xbb\xbf\r\n\r\n" + PLAIN, "x"),
        (PLAIN.decode().encode("utf-16"), "x.txt"),
        (b"97  \n" + PLAIN, "1.emlx"),
        (b"97\n" + PLAIN, "1.renamed"),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--b\n", "x.txt"),
        (b"Return-Path: <>\nX-Spam: no\n\n", "x.txt"),
        (b"no header at all\n", "x.EML"),
    ],
)
def test_mail(data: bytes, name: str) -> None:
    assert email_file.sniff(source_from(data, name))
    assert not mailbox.sniff(source_from(data, name))


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "x.eml"),
        (b"\r\n\r\n", "x.eml"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "x.eml"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "x.msg"),
        (b"\x89PNG\r\n\x1a\n", "x.eml"),
        (b"12/03/2024, 21:15 - Jo: hello\n", "chat.eml"),
        (b"[12/03/2024, 21:15:00] Jo: hello\n", "chat.eml"),
        (b"[12/03/2024, 21:15:00] Jo: hello\n", "_chat.txt"),
        (b'{"messages": []}', "x.eml"),
        (b"<?xml version='1.0'?><smses/>", "x.eml"),
        (b"Date,Time,What happened\n3/5/24,9pm,He came\n", "diary.csv"),
        (b"Date: 3 May 2024\nTime: 9pm\nSubject: he came\nLocation: home\n", "diary.txt"),
        (b"From: him\nTo: me\nDate: 3 May\n\nhe wrote\n", "note.txt"),
        (b"To: do\nSubject: list\n", "note.txt"),
        (b"BEGIN:VCARD\nVERSION:3.0\nFN:Jo\nEMAIL:jo@example.org\nEND:VCARD\n", "jo.vcf"),
        (b"BEGIN:VCALENDAR\nVERSION:2.0\n", "x.ics"),
        (b"HTTP/1.1 200 OK\nContent-Type: text/html\nDate: x\n\n", "x.txt"),
        (
            b"From: <Saved by Blink>\nSnapshot-Content-Location: https://example.org/\nSubject: x\nMIME-Version: 1.0\n\n",
            "page.mhtml",
        ),
        (b"From jo@example.org Mon Jun  3 10:00:00 2024\n" + PLAIN, "x.eml"),
    ],
)
def test_not_mail(data: bytes, name: str) -> None:
    assert not email_file.sniff(source_from(data, name))


def test_utf16_and_a_mark_at_the_start_read_as_the_same_mail() -> None:
    (plain,) = email_file.parse(source_from(PLAIN))
    for data in (b"\xef\xbb\xbf\r\n" + PLAIN, PLAIN.decode().encode("utf-16")):
        assert list(email_file.parse(source_from(data))) == [plain]


def test_emlx_that_is_cut_off() -> None:
    (read,) = email_file.parse(source_from(b"5000\n" + PLAIN, "1.emlx"))
    assert isinstance(read, Record)
    assert read.flags == (f"cut off: the file says 5000 bytes, it holds {len(PLAIN)}",)
    assert read.text == "words"


def test_emlx_property_list() -> None:
    def status(flags: int) -> str:
        data = b"%d\n%s<plist><dict><key>flags</key>\n<integer>%d</integer></dict></plist>" % (len(PLAIN), PLAIN, flags)
        (read,) = email_file.parse(source_from(data, "1.emlx"))
        assert isinstance(read, Record)
        assert read.text == "words"
        return read.status

    assert [status(flags) for flags in (1, 0b11, 0b1000001)] == ["", "deleted", "draft"]


def test_one_problem_for_a_file_with_no_mail_in_it() -> None:
    outputs = list(email_file.parse(source_from(b"nothing\n", "x.eml")))
    assert [problem.at for problem in problems_of(outputs)] == ["message"]
    assert not records_of(outputs)


def _real() -> list[Path]:
    return sorted(path for path in REAL_MAIL.iterdir() if path.suffix != ".json") if REAL_MAIL.exists() else []


real = pytest.mark.skipif(not REAL_MAIL.exists(), reason="the real exports are not on this machine")


@real
def test_every_real_mail_is_ours_or_a_mailbox_and_gives_one_output() -> None:
    nobodys = []
    for path in _real():
        source = source_of(path)
        ours, boxed = email_file.sniff(source), mailbox.sniff(source)
        assert not (ours and boxed), path.name
        if not (ours or boxed):
            nobodys.append(path.name)
            continue
        outputs = list((email_file if ours else mailbox).parse(source))
        assert len(outputs) == 1, path.name
        assert isinstance(outputs[0], Record | Problem)
        for text in (outputs[0].text, outputs[0].subject) if isinstance(outputs[0], Record) else ():
            text.encode()
    # An Outlook .msg (another format) and a text without a header, not named .eml.
    assert nobodys == ["SpamScope+mail-parser__mail_outlook_1", "apache+james-mime4j__malformedHeader-noheader.msg"]


@real
def test_real_mail_without_headers_is_a_problem_and_nothing_else_is() -> None:
    for path in _real():
        source = source_of(path)
        if not email_file.sniff(source):
            continue
        (output,) = email_file.parse(source)
        head = path.read_bytes().replace(b"\r\n", b"\n").partition(b"\n\n")[0].lower()
        has = any(line.startswith((b"from:", b"to:", b"subject:", b"date:")) for line in head.split(b"\n"))
        assert isinstance(output, Record if has else Problem), path.name


DIFFER = {
    ("027", "subject"): "raw byte F6 in a header: ö here (Windows-1252, flagged), U+FFFD there",
    ("rfc__004", "from"): "'From: Moderator-Address': the identifier as written here, a name without address there",
}


def _addresses(value: dict[str, Any]) -> list[tuple[str, str]]:
    boxes = value["Address"].get("List") or [box for group in value["Address"]["Group"] for box in group["addresses"]]
    return [(box.get("name") or "", box.get("address") or "") for box in boxes]


@real
def test_senders_recipients_subjects_and_dates_are_those_stalwart_reads_but_where_said() -> None:
    differ, compared = set(), 0
    for path in sorted(REAL_MAIL.glob("stalwart*.json")):
        mail = path.with_suffix(".eml")
        if not mail.exists():
            continue
        (read,) = email_file.parse(source_of(mail))
        stated: dict[str, list[Any]] = {}
        for header in json.loads(path.read_text())["parts"][0]["headers"]:
            if isinstance(header["name"], str):
                stated.setdefault(header["name"], []).append(header["value"])
        if isinstance(read, Problem):
            assert not stated.keys() & {"from", "to", "subject", "date"}, path.name
            continue
        assert isinstance(read, Record)
        same = {}
        if "subject" in stated:
            same["subject"] = read.subject == stated["subject"][0]["Text"]
        if "from" in stated:
            same["from"] = (read.name, read.sender) == _addresses(stated["from"][0])[0]
        boxes = [box for name in ("to", "cc", "bcc") for value in stated.get(name, ()) for box in _addresses(value)]
        same["to"] = list(read.recipients) == list(dict.fromkeys(address or name for name, address in boxes))
        if "date" in stated:
            date = stated["date"][0]["DateTime"]
            ahead = timedelta(hours=date["tz_hour"], minutes=date["tz_minute"]) * (-1 if date["tz_before_gmt"] else 1)
            there = datetime(
                *(date[part] for part in ("year", "month", "day", "hour", "minute", "second")), tzinfo=timezone(ahead)
            )
            same["date"] = read.when is not None and datetime.fromtimestamp(read.when.micros / 1_000_000, UTC) == there
        compared += len(same)
        differ |= {
            (path.stem.removeprefix("stalwartlabs+mail-parser__"), name) for name, agrees in same.items() if not agrees
        }
    assert differ == set(DIFFER)
    assert compared > 100
