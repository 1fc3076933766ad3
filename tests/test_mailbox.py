"""Many mails in one file: where one ends and the next begins, and that the file is never held whole."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

import pytest
from conftest import REAL, problems_of, records_of, source_from, source_of
from hypothesis import given
from hypothesis import strategies as st

from parsers import mailbox
from parsers.contract import Problem, Record

REAL_MBOX = REAL / "media" / "email_mbox"


def mail(subject: str, body: str = "words\n") -> str:
    return f"Date: Wed, 10 Jul 2024 09:00:05 +0100\nFrom: jo@example.org\nSubject: {subject}\n\n{body}"


def subjects(data: bytes | str) -> list[str]:
    outputs = list(mailbox.parse(source_from(data.encode() if isinstance(data, str) else data, "x.mbox")))
    return [
        output.subject if isinstance(output, Record) else "(problem)"
        for output in outputs
        if isinstance(output, Record | Problem)
    ]


DATED = "From jo@example.org Mon Jun  3 10:00:00 2024\n"
GMAIL = "From 1790000000000000001@xxx Mon Jan 05 08:15:09 +0000 2026\n"


@pytest.mark.parametrize(
    "first",
    [
        DATED,
        GMAIL,
        "From 1844347792267117879@xxx\n",
        "From - \n",
        "From -\n",
        "From \n",
        "From - Wed Jun 05 12:00:00 2024\n",
        "From ???@??? Mon Jun 03 10:00:00 2024\n",
        '"From "'.strip('"') + '"Jo Doe" <jo@example.org> Mon Jun  3 10:00:00 2024\n',
        "From specht@kulturbox.example  Thu Jun 20 08:35:23 MET DST 1996\n",
        "From jo at example.org  Mon Jun  3 10:00:00 2024\n",
        "From jo@example.org Mon, 3 Jun 2024 10:00:00 +0100\n",
        "From jo@example.org\n",
    ],
)
@pytest.mark.parametrize("start", ["", "\ufeff", "\n\r\n", "   \n"])
def test_a_mailbox_and_its_two_mails(first: str, start: str) -> None:
    data = start + first + mail("one") + "\n" + first + mail("two")
    for text in (data, data.replace("\n", "\r\n")):
        assert mailbox.sniff(source_from(text.encode(), "x"))
        assert subjects(text) == ["one", "two"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"From ",
        b"From Monday on I wrote everything down.\nHe came at 9.\n",
        b"From here:\nTo: there\n",
        b"From Monday on I wrote:\nDate: 3 May\nNote: he came\n",
        b"From - to\n\nx",
        mail("x").encode(),
        b"From: jo@example.org\n",
        b"Fromage\n",
    ],
)
def test_not_a_mailbox(data: bytes) -> None:
    assert not mailbox.sniff(source_from(data, "x.mbox"))


def test_unmunged_from_lines_are_words() -> None:
    movie = "This is my favourite film:\n\nFrom Russia with love\nYear: 1963\n\nFrom - \n\nnot one\n\nFrom jo@example.org Mon Jun  3 10:00:00 2024\nno header follows\n"
    for first in ("From -\n", DATED):
        assert subjects(first + mail("one", movie) + "\n" + first + mail("two", movie)) == ["one", "two"]


@pytest.mark.parametrize("first", ["From - Wed Jun 05 12:00:00 2024\n", "From - \n", "From \n", DATED])
def test_a_folder_that_an_older_thunderbird_began_holds_both_kinds_of_separator(first: str) -> None:
    data = (
        first
        + mail("one", "From \nnow on\n\nFrom \nhere\n")
        + "\nFrom \n"
        + mail("two")
        + "\nFrom - \nDKIM-Signature: v=1\n"
        + mail("three")
        + "\n"
    )
    assert subjects(data) == subjects(data.replace("\n", "\r\n")) == ["one", "two", "three"]


def test_only_gmails_lines_separate_in_a_takeout() -> None:
    quoted = "\n" + DATED + "Subject: quoted\n\nwords\n"
    assert subjects(GMAIL + mail("one", quoted) + "\n" + GMAIL + mail("two")) == ["one", "two"]
    assert subjects(DATED + mail("one", quoted) + "\n" + DATED + mail("two")) == ["one", "quoted", "two"]


def test_without_an_empty_line_a_separator_needs_a_header_every_mail_has() -> None:
    assert subjects(DATED + mail("one") + DATED + mail("two")) == ["one", "two"]
    assert subjects(DATED + mail("one", "words\n" + DATED + "Note: these are words\n")) == ["one"]
    assert subjects(DATED + mail("one", "words\n\n" + DATED + "Strange-Header: y\n" + mail("two"))) == ["one", "two"]


def test_quoting_is_taken_back_once_and_only_here() -> None:
    (read,) = mailbox.parse(source_from((DATED + mail("x", ">From a\n>>From b\n> From c\n>Fromage\n")).encode()))
    assert isinstance(read, Record)
    assert read.text == "From a\n>From b\n> From c\n>Fromage"


def test_places_and_offsets() -> None:
    data = (
        "\ufeff" + DATED + mail("one") + "\n" + DATED + "X: no header of a mail\n\nwords\n\n" + DATED + mail("three")
    ).encode()
    outputs = list(mailbox.parse(source_from(data)))
    assert [output.at for output in outputs if isinstance(output, Record | Problem)] == [
        "message 1",
        "message 2",
        "message 3",
    ]
    for record in records_of(outputs):
        offset = int((record.extra or {})["byte_offset"])
        assert data[offset:].startswith(DATED.encode() + b"Date")
    assert len(problems_of(outputs)) == 1


def test_what_stands_before_the_first_mail_is_a_problem() -> None:
    outputs = list(mailbox.parse(source_from(("end of another mail\n\n" + DATED + mail("one")).encode())))
    assert [problem.at for problem in problems_of(outputs)] == ["before message 1"]
    assert [record.at for record in records_of(outputs)] == ["message 1"]


def test_an_empty_mailbox_is_a_problem_and_not_nothing() -> None:
    assert [problem.at for problem in problems_of(mailbox.parse(source_from(b"\n\n", "x.mbox")))] == ["file"]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_where_the_blocks_are_cut_makes_no_difference(line_end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = (
        "".join(DATED + mail(str(n), "From here\n" * (n % 5) + "x" * (n * 37 % 3000) + "\n") + "\n" for n in range(60))
        .replace("\n", line_end)
        .encode()
    )
    whole = list(mailbox.parse(source_from(data)))
    assert len(whole) == 60
    for block in (1, 50, 4001):
        monkeypatch.setattr(mailbox, "_BLOCK", block)
        assert list(mailbox.parse(source_from(data))) == whole


def test_a_message_over_the_limit_is_a_problem_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "LARGEST", 20_000)
    monkeypatch.setattr(mailbox, "_BLOCK", 1000)
    large = DATED + mail("large", "x" * 70 + "\n") + ("y" * 70 + "\n") * 1000 + "\n"
    data = (DATED + mail("one") + "\n" + large + DATED + mail("three") + "\n" + large).encode()
    outputs = list(mailbox.parse(source_from(data)))
    assert [output.at for output in outputs if isinstance(output, Record | Problem)] == [
        "message 1",
        "message 2",
        "message 3",
        "message 4",
    ]
    first, last = problems_of(outputs)
    assert f"({len(large)} bytes)" in first.reason
    assert f"({len(large)} bytes)" in last.reason
    assert f"at byte {data.find(large.encode())} " in first.reason
    assert int((records_of(outputs)[1].extra or {})["byte_offset"]) == data.find((DATED + mail("three")).encode())


def test_mails_come_before_the_file_is_read_to_its_end() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def readable(self) -> bool:
            return True

        def read(self, _size: int = -1, /) -> bytes:
            self.given += 1
            assert self.given < 10, "the whole file was asked for"
            return (DATED + mail(str(self.given), "x" * 5000) + "\n").encode()

    file = Endless()

    def opened() -> BinaryIO:
        return file  # type: ignore[return-value]

    source = source_from((DATED + mail("0")).encode())
    object.__setattr__(source, "open", opened)
    outputs: Iterator[object] = iter(mailbox.parse(source))
    for _ in range(3):
        next(outputs)


bodies = st.lists(
    st.sampled_from(["words", "", "From x", ">From x", "From: y", DATED.strip(), "--b", "From - "]), max_size=6
).map("\n".join)


@given(st.lists(bodies, min_size=1, max_size=5))
def test_what_an_mboxrd_writer_wrote_comes_back(texts: list[str]) -> None:
    def quoted(text: str) -> str:
        return "\n".join(f">{line}" if line.lstrip(">").startswith("From ") else line for line in text.split("\n"))

    data = "".join(DATED + mail(str(n), quoted(text) + "\n\n") for n, text in enumerate(texts))
    read = records_of(mailbox.parse(source_from(data.encode())))
    assert [record.text for record in read] == [text.rstrip("\n") for text in texts]


@given(st.binary(max_size=300))
def test_nothing_raises(data: bytes) -> None:
    assert list(mailbox.parse(source_from(b"From x Mon Jun  3 10:00:00 2024\n" + data)))


COUNTS = {
    "apache+tika__complex.mbox": (3, 0),
    "apache+tika__headers.mbox": (1, 0),
    "apache+tika__multiline.mbox": (0, 1),  # Received only
    "apache+tika__multiline2.mbox": (0, 1),  # Received only
    "apache+tika__quoted.mbox": (0, 1),  # no header at all
    "apache+tika__single_mail.mbox": (0, 1),  # Comments and Content-Type only
    "apache+tika__testMBOX_lengthy_x-headers.mbox": (1, 0),
    "jstedfast+MimeKit__issue1189-summary.txt": (4, 0),
    "jstedfast+MimeKit__issue1189.mbox.txt": (4, 0),  # stated
    "jstedfast+MimeKit__simple.mbox.txt": (3, 0),  # stated
}


@pytest.mark.skipif(not REAL_MBOX.exists(), reason="the real exports are not on this machine")
def test_real_mailboxes_hold_what_is_stated() -> None:
    found = {}
    for path in sorted(REAL_MBOX.iterdir()):
        source = source_of(path)
        assert mailbox.sniff(source), path.name
        outputs = list(mailbox.parse(source))
        found[path.name] = (len(records_of(outputs)), len(problems_of(outputs)))
    assert found == COUNTS
    numbered = records_of(mailbox.parse(source_of(REAL_MBOX / "jstedfast+MimeKit__issue1189.mbox.txt")))
    assert [record.subject for record in numbered] == ["Message 1", "Message 2", "Message 3", "Message 4"]
