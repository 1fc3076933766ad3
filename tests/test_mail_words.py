"""The words of a mail: versions that do not say the same, and lines that go on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.contract import Record
from parsers.mail_message import read_message
from parsers.mail_words import BOTH, unflowed

STUB = "Your program cannot show this message. It is written in HTML."
THREAT = "You think that you are safe there. I know every street that you walk along, and who walks beside you when you think nobody is looking."


def read(kind: str, text: str, more: str = "") -> Record:
    record = read_message(f"From: jo@example.org\nDate: x\nContent-Type: {kind}{more}\n\n{text}".encode(), "message")
    assert isinstance(record, Record)
    return record


def in_two_versions(plain: str, html: str) -> Record:
    return read(
        "multipart/alternative; boundary=b",
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{plain}\n--b\nContent-Type: text/html; charset=utf-8\n\n{html}\n--b--\n",
    )


def test_a_version_that_says_something_else_is_given_too_and_said() -> None:
    record = in_two_versions(STUB, f"<html><style>p {{ color: red }}</style><p>{THREAT}</p></html>")
    assert record.text == f"{STUB}\n{THREAT}"
    assert BOTH in record.flags


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        (THREAT, f"<p>{THREAT}</p>"),
        (THREAT, f"<style>{' '.join(f'rule{n}' for n in range(99))}</style><p>{THREAT.replace(' ', '&nbsp;')}</p>"),
        (f"{THREAT}\n<https://example.org/where>", f'<p><a href="https://example.org/where">{THREAT}</a></p>'),
        ("Hi", "<p>Hi</p><p>Sent from my phone, please excuse my brevity</p>"),
        ("Hallo Jörg, " + THREAT, f"<p>Hallo J&ouml;rg, {THREAT}</p>"),
    ],
)
def test_versions_that_say_the_same_are_one(plain: str, html: str) -> None:
    record = in_two_versions(plain, html)
    assert record.text == plain
    assert BOTH not in record.flags


def test_html_counts_where_the_plain_version_says_nothing() -> None:
    assert in_two_versions(" ", f"<p>{THREAT}</p>").text == THREAT


FLOWED = "I will be at 12 \nExample Road \nat nine.\n\n> You said \n> no.\n>> I \n> did\n not stuffed\n From here\nends \n-- \nSam \n"


def test_lines_that_go_on_are_one() -> None:
    assert read("text/plain; format=flowed", FLOWED).text == (
        "I will be at 12 Example Road at nine.\n\n> You said no.\n>> I \n> did\nnot stuffed\nFrom here\nends \n-- \nSam "
    )
    assert read("text/plain", FLOWED).text == FLOWED.rstrip("\n")


def test_spaces_that_were_put_in_are_taken_out() -> None:
    link = "https://example.org/a/very/ \nlong/way\r\nok  \nthen"
    assert read("text/plain; format=flowed; delsp=yes", link).text == "https://example.org/a/very/long/way\nok then"
    assert read("text/plain; format=flowed; delsp=yes", "there is \na street").text == "there is a street"
    assert read('text/plain; Format="Flowed"; DelSp=no', link).text == "https://example.org/a/very/ long/way\nok  then"


def test_a_paragraph_of_a_million_lines_is_read_in_one_pass() -> None:
    assert len(unflowed("words \n" * 1_000_000, delete_space=False)) == 6_000_000


@given(st.text(alphabet="ab >-\n", max_size=60), st.booleans())
def test_no_letter_is_lost(text: str, delete_space: bool) -> None:  # noqa: FBT001
    assert unflowed(text, delete_space=delete_space).replace(" ", "").replace("\n", "").replace(">", "") == (
        text.replace(" ", "").replace("\n", "").replace(">", "")
    )
