"""One message to one record: the headers, the clocks, the words, the attachments."""

from __future__ import annotations

import hashlib

import pytest
from conftest import written
from hypothesis import given
from hypothesis import strategies as st

from parsers.contract import Problem, Record
from parsers.mail_message import read_message

USUAL = {
    "Date": "Wed, 10 Jul 2024 09:00:05 +0100",
    "From": "Jo <jo@example.org>",
    "To": "sam@example.com",
    "Subject": "x",
}


def message(body: str = "words\n", **headers: str | None) -> Record:
    """A message with the usual headers, some of them replaced (None: left out)."""
    given = {**USUAL, **{name.replace("_", "-"): value for name, value in headers.items()}}
    raw = "".join(f"{name}: {value}\n" for name, value in given.items() if value is not None) + "\n" + body
    read = read_message(raw.encode("utf-8", "surrogateescape"), "message")
    assert isinstance(read, Record)
    return read


def test_the_usual_message() -> None:
    read = message()
    assert (read.at, read.kind, read.channel, read.direction, read.status) == ("message", "email", "email", "", "")
    assert written(read.when) == "2024-07-10 08:00:05Z [offset, second] Wed, 10 Jul 2024 09:00:05 +0100"
    assert (read.sender, read.name, read.recipients, read.subject, read.text) == (
        "jo@example.org",
        "Jo",
        ("sam@example.com",),
        "x",
        "words",
    )
    assert read.flags == ()
    assert read.extra == {"from": "Jo <jo@example.org>", "to": "sam@example.com"}


@pytest.mark.parametrize(
    "raw", [b"", b"\n\nwords", b"words only", b"Content-Type: text/plain\n\nwords", b"\x00\x01\x02", b"Received: x\n\n"]
)
def test_without_any_header_of_a_mail_it_is_a_problem(raw: bytes) -> None:
    read = read_message(raw, "message 7")
    assert isinstance(read, Problem)
    assert read.at == "message 7"


RECEIVED = "from a by b; {}"


@pytest.mark.parametrize(
    ("date", "expected", "flag"),
    [
        (
            "Whenever",
            "2024-07-10 08:01:00Z [offset, second] Wed, 10 Jul 2024 09:01:00 +0100",
            "Date header unreadable: time is that of the receiving server",
        ),
        (
            None,
            "2024-07-10 08:01:00Z [offset, second] Wed, 10 Jul 2024 09:01:00 +0100",
            "Date header missing: time is that of the receiving server",
        ),
        (
            "",
            "2024-07-10 08:01:00Z [offset, second] Wed, 10 Jul 2024 09:01:00 +0100",
            "Date header unreadable: time is that of the receiving server",
        ),
        (
            "Wed, 10 Jul 2024 05:59:00 +0100",
            "2024-07-10 04:59:00Z [offset, second] Wed, 10 Jul 2024 05:59:00 +0100",
            None,
        ),
        (
            "Wed, 10 Jul 2024 08:46:01 +0100",
            "2024-07-10 07:46:01Z [offset, second] Wed, 10 Jul 2024 08:46:01 +0100",
            None,
        ),
        ("Wed, 10 Jul 2024 05:59:00", "2024-07-10 05:59:00 [local, second] Wed, 10 Jul 2024 05:59:00", None),
    ],
)
def test_whose_clock(date: str | None, expected: str, flag: str | None) -> None:
    read = message(Received=RECEIVED.format("Wed, 10 Jul 2024 09:01:00 +0100"), Date=date)
    assert written(read.when) == expected
    assert read.flags == ((flag,) if flag else ())
    assert (read.extra or {}).get("date") == (date if flag and "unreadable" in flag else None)


def test_the_top_server_gives_the_time_and_the_bottom_one_checks_the_clock() -> None:
    raw = (
        "Received: by top; Wed, 10 Jul 2024 11:00:00 +0100\nReceived: by middle\nReceived: by bottom; Wed, 10 Jul 2024 09:10:00 +0100\n"
        "Date: Wed, 10 Jul 2024 09:00:00 +0100\nFrom: jo@example.org\n\n"
    )
    read = read_message(raw.encode(), "message")
    assert isinstance(read, Record)
    assert read.extra == {
        "received": "Wed, 10 Jul 2024 11:00:00 +0100",
        "received_first": "Wed, 10 Jul 2024 09:10:00 +0100",
        "from": "jo@example.org",
    }
    assert read.flags == ()


@pytest.mark.parametrize("sent", ["05 March 2026 21:15", "Thursday, March 5, 2026 9:15 PM"])
def test_the_time_of_a_mail_that_outlook_saved_as_text(sent: str) -> None:
    read = message(Date=None, Sent=sent)
    assert written(read.when) == f"2026-03-05 21:15:00 [local, minute] {sent}"
    assert read.flags == ("Date header missing: time is that of “Sent”, as Outlook shows it",)
    assert message(Date="Wed, 10 Jul 2024 05:59:00", Sent=sent).flags == ()
    assert message(Date=None, Sent="yesterday").when is None


def test_no_clock_at_all() -> None:
    assert message(Date="Whenever").flags == ("Date header unreadable: no time",)
    assert message(Date=None).when is None


@pytest.mark.parametrize(
    ("sender", "expected", "flag"),
    [
        (None, "", "no sender given"),
        ("", "", "no sender given"),
        ("undisclosed:;", "", "no sender given"),
        ("<>", "", "no sender given"),
        ("Whomever", "Whomever", "the sender is not an address"),
        ("sam@example.com <jo@example.org>", "jo@example.org", "the sender's name shows another address"),
        ("a@example.org, b@example.org", "a@example.org", "From names 2 addresses: the first is shown"),
    ],
)
def test_senders_that_are_not_plain(sender: str | None, expected: str, flag: str) -> None:
    read = message(From=sender)
    assert (read.sender, read.flags) == (expected, (flag,))


def test_a_second_from_and_date_are_said_and_kept() -> None:
    raw = b"From: a@example.org\nFrom: b@example.org\nDate: 10 Jul 2024 09:00:00 +0000\nDate: 11 Jul 2024 09:00:00 +0000\n\n"
    read = read_message(raw, "message")
    assert isinstance(read, Record)
    assert read.flags == ("2 Date headers: the first is shown", "2 From headers: the first is shown")
    assert read.extra == {
        "date_other": "11 Jul 2024 09:00:00 +0000",
        "from": "a@example.org",
        "from_other": "b@example.org",
    }


def test_recipients_are_of_all_three_headers_each_once_in_order() -> None:
    read = message(
        To="b@example.org, a@example.org",
        Cc="A <a@example.org>, c@example.org",
        Bcc="undisclosed-recipients:;, d@example.org",
    )
    assert read.recipients == ("b@example.org", "a@example.org", "c@example.org", "d@example.org")


def test_reply_to_only_if_it_is_another() -> None:
    assert "reply_to" not in (message(Reply_To="JO@example.org").extra or {})
    assert (message(Reply_To="Jo <trap@example.net>").extra or {})["reply_to"] == "Jo <trap@example.net>"


@pytest.mark.parametrize(
    ("labels", "direction", "status"),
    [
        ("Inbox,Opened", "in", ""),
        ("Opened,Sent", "out", ""),
        ("Sent,Inbox", "out", ""),
        ("=?UTF-8?Q?Posteingang,Wichtig?=", "in", ""),
        ("=?UTF-8?Q?Archiv=C3=A9s,Envoy=C3=A9?=", "out", ""),
        ("=?UTF-8?Q?Bo=C3=AEte_de_r=C3=A9ception,Non_?=\n =?UTF-8?Q?lus?=", "in", ""),
        ("Drafts", "out", "draft"),
        ('"Sent, but not really",Archived', "", ""),
        ("Important", "", ""),
        ("", "", ""),
    ],
)
def test_labels_of_gmail(labels: str, direction: str, status: str) -> None:
    read = message(X_Gmail_Labels=labels)
    assert (read.direction, read.status, read.sender) == (direction, status, "jo@example.org")


def test_the_name_beside_a_mail_that_was_sent_is_that_of_its_one_recipient() -> None:
    assert message(X_Gmail_Labels="Sent", To="Sam <sam@example.com>").name == "Sam"
    assert not message(X_Gmail_Labels="Sent", To="Sam <sam@example.com>, Pat <pat@example.com>").name


def test_marks_of_other_programs() -> None:
    assert message(X_Unsent="1").status == "draft"
    assert message(X_Mozilla_Status="0009").status == "deleted"
    assert not message(X_Mozilla_Status="0001").status


def test_a_text_message_dressed_as_a_mail_is_said_to_be_one() -> None:
    read = message(X_smssync_address="07700900123", X_smssync_date="1609459200313", X_smssync_type="1")
    assert read.flags == ("an SMS that SMS Backup+ kept as an email: its number and time are in X-smssync",)
    assert (read.extra or {})["x_smssync_address"] == "07700900123"


def test_raw_bytes_in_headers() -> None:
    assert message(Subject="Café").flags == ()
    read = message(Subject="Caf\udce9", From="J\udcf6 <jo@example.org>")
    assert (read.subject, read.name) == ("Café", "Jö")
    assert read.flags == ("headers hold characters of no stated charset: read as Windows-1252",)


def multipart(*parts: str, kind: str = "mixed") -> str:
    return "".join(f"--b\n{part}\n" for part in parts) + "--b--\n"


def test_words_of_alternatives_and_of_parts_beside_them() -> None:
    plain, html = "Content-Type: text/plain\n\nplain", "Content-Type: text/html\n\n<p>seen</p>"
    blank = "Content-Type: text/plain\n\n \n"
    later = "Content-Type: text/html\n\n<p>later</p>"
    alternative = {"MIME_Version": "1.0", "Content_Type": "multipart/alternative; boundary=b"}
    assert message(multipart(plain, html), **alternative).text == "plain"
    assert message(multipart(html, plain), **alternative).text == "plain"
    assert message(multipart(blank, html), **alternative).text == "seen"
    assert message(multipart(plain, later), Content_Type="multipart/mixed; boundary=b").text == "plain\nlater"


def test_what_is_an_attachment() -> None:
    read = message(
        multipart(
            "Content-Type: text/plain\n\nwords",
            "Content-Type: text/plain; name=notes.txt\nContent-Disposition: inline\n\nnotes",
            "Content-Type: text/plain\nContent-Disposition: attachment; filename=log.txt\n\nlog",
            "Content-Type: text/calendar\n\nBEGIN:VCALENDAR",
            "Content-Type: message/rfc822\n\nFrom: third@example.net\nSubject: =?utf-8?Q?inn=C3=A9r?=\n\ninner words",
            'Content-Type: image/png; name="a\x07b.png"\nContent-Transfer-Encoding: base64\n\nc3Rh!',
            "Content-Type: image/jpeg\nX-Apple-Content-Length: 12345\nContent-Disposition: inline; filename=p.jpg\n\n",
        ),
        Content_Type="multipart/mixed; boundary=b",
    )
    assert read.text == "words\nnotes"
    assert [(a.name, a.type, a.size, bool(a.sha256), a.fault) for a in read.attachments] == [
        ("notes.txt", "text/plain", 5, True, ""),
        ("log.txt", "text/plain", 3, True, ""),
        ("", "text/calendar", 15, True, ""),
        ("innér", "message/rfc822", 68, True, ""),
        ("a\ufffdb.png", "image/png", None, False, "base64 is damaged"),
        ("p.jpg", "image/jpeg", None, False, "left out by Apple Mail (the attachment lies beside a .partial.emlx)"),
    ]
    assert read.attachments[1].sha256 == hashlib.sha256(b"log").hexdigest()
    assert read.sender == "jo@example.org"


def test_line_ends_of_every_kind_give_the_same_record() -> None:
    raw = b"From: jo@example.org\nSubject: a\n b\nDate: Wed, 10 Jul 2024 09:00:05 +0100\n\none\n\ntwo\n"
    assert len({repr(read_message(raw.replace(b"\n", end), "message")) for end in (b"\n", b"\r\n", b"\r")}) == 1


def test_depth_costs_words_but_not_the_record() -> None:
    deep = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(2_000))
    read = message("--b\n" + deep + "\nwords\n", Content_Type="multipart/mixed; boundary=b")
    assert "nested deeper than 50 levels: not opened" in read.flags
    assert read.attachments[0].fault == "nested deeper than 50 levels: not opened"


def test_encrypted_mail_is_said_to_be() -> None:
    read = message(
        multipart("Content-Type: application/pgp-encrypted\n\nVersion: 1"),
        Content_Type="multipart/encrypted; boundary=b",
    )
    assert read.flags == ("encrypted: the words cannot be read",)


HEADERS = [
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Received",
    "Content-Type",
    "Content-Disposition",
    "Content-Transfer-Encoding",
    "X-Gmail-Labels",
    "X-Mozilla-Status",
]
LINES = st.one_of(
    st.tuples(st.sampled_from(HEADERS), st.text(max_size=40)).map(
        lambda pair: f"{pair[0]}: {pair[1]}\n".encode("utf-8", "surrogatepass")
    ),
    st.sampled_from(
        [
            b"Content-Type: multipart/mixed; boundary=b\n",
            b"--b\n",
            b"--b--\n",
            b"\n",
            b"Content-Type: message/rfc822\n",
            b"Content-Type: text/html; charset=utf-7\n",
        ]
    ),
    st.binary(max_size=30),
)


@given(st.lists(LINES, max_size=20).map(b"".join))
def test_anything_gives_one_record_or_one_problem_in_valid_unicode(raw: bytes) -> None:
    repr(tuple(read_message(raw, "message"))).encode()
    read = read_message(raw, "message")
    texts = (
        [read.raw]
        if isinstance(read, Problem)
        else [read.text, read.subject, read.name, str(read.sender), *read.recipients, *(read.extra or {}).values()]
    )
    "".join(texts).encode()
