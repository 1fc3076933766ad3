"""Address headers: the entries as written, and hostile ones."""

from __future__ import annotations

import email.utils

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.mail_address import read_addresses


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jo@example.org", [("", "jo@example.org")]),
        ("Jo Doe <Jo@Example.org>", [("Jo Doe", "Jo@Example.org")]),
        ('"Doe, Jo" <jo@example.org>, sam@example.com', [("Doe, Jo", "jo@example.org"), ("", "sam@example.com")]),
        ('"Jo \\"J\\" Doe" <jo@example.org>', [('Jo "J" Doe', "jo@example.org")]),
        ("jo@example.org (Jo (the (other)) Doe)", [("Jo (the (other)) Doe", "jo@example.org")]),
        ("Jo Doe (work) <jo@example.org>", [("Jo Doe", "jo@example.org")]),
        ("<@relay.example.net:jo@example.org>", [("", "jo@example.org")]),
        ("undisclosed-recipients:;", []),
        (
            "Friends: a@example.org, B <b@example.org>; , c@example.org",
            [("", "a@example.org"), ("B", "b@example.org"), ("", "c@example.org")],
        ),
        ("a@example.org; b@example.org", [("", "a@example.org"), ("", "b@example.org")]),
        (
            "=?utf-8?Q?Jo_D=C3=B6e=2C_Sam_=3Cx=40example.net=3E?= <jo@example.org>",
            [("Jo Döe, Sam <x@example.net>", "jo@example.org")],
        ),
        ("=?utf-8?Q?Doe,_Jo?= <jo@example.org>", [("Doe, Jo", "jo@example.org")]),
        ('"=?utf-8?B?SsO2?=" <jo@example.org>', [("Jö", "jo@example.org")]),
        ("=?utf-8?Q?jo=40example.org?=", [("", "jo@example.org")]),
        ("sam@example.com <jo@example.org>", [("sam@example.com", "jo@example.org")]),
        ("Jo Doe jo@example.org", [("Jo Doe", "jo@example.org")]),
        ('"jo doe"@example.org', [("", '"jo doe"@example.org')]),
        ('<"jo doe, x"@example.org>', [("", '"jo doe, x"@example.org')]),
        ("jo@[IPv6:2001:db8::1]", [("", "jo@[IPv6:2001:db8::1]")]),
        ("Whomever", [("", "Whomever")]),
        ("Jo(a nice \\) (old) friend) <jo(his account)@silly.example(his (own) host)>", [("Jo", "jo@silly.example")]),
        ("John <jdoe@machine(comment).  example>", [("John", "jdoe@machine.example")]),
        ("< jo@example.org >, jo@sub  . example.org", [("", "jo@example.org"), ("", "jo@sub.example.org")]),
        ("jo@example.org sam@example.com", [("", "jo@example.org"), ("", "sam@example.com")]),
        ("Jo Doe jo@example.org Sam sam@example.com S.", [("Jo Doe", "jo@example.org"), ("Sam S.", "sam@example.com")]),
        ("MAILER-DAEMON <>", [("MAILER-DAEMON", "")]),
        ("<>", []),
        (", ,; ,", []),
        ("Jo (work <jo@example.org>, sam@example.com", [("Jo (work", "jo@example.org"), ("", "sam@example.com")]),
        ('Jo "the <jo@example.org>, sam@example.com', [('Jo "the', "jo@example.org"), ("", "sam@example.com")]),
    ],
)
def test_entries(text: str, expected: list[tuple[str, str]]) -> None:
    assert read_addresses(text, []) == expected


@pytest.mark.parametrize(
    "text",
    [
        "(" * 200_000,
        '"' * 200_000,
        '"\\' * 200_000,
        "<" * 200_000,
        "a:" * 200_000,
        "=?" * 200_000,
        "=?a?q?" * 100_000,
        "(a)" * 100_000,
        "<" + "(" * 100_000 + ")" * 100_000 + ">",
        "<" + " " * 200_000 + ">",
        "<" + "\\" * 200_000 + ">",
        "a@b" + " " * 200_000 + "c",
        "a@b" + " . c" * 100_000,
        "a@b " * 100_000,
    ],
)
def test_long_nonsense_is_read_in_one_pass(text: str) -> None:
    read_addresses(f"{text},jo@example.org", [])


name = (
    st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters='"\\'), min_size=1, max_size=20)
    .map(str.strip)
    .filter(bool)
)
address = st.from_regex(r"[a-z][a-z0-9.+-]{0,8}@[a-z]{1,8}\.example", fullmatch=True)


@given(st.lists(st.tuples(name, address), min_size=1, max_size=5))
def test_what_the_stdlib_writes_comes_back(boxes: list[tuple[str, str]]) -> None:
    assert read_addresses(", ".join(email.utils.formataddr(box) for box in boxes), []) == boxes


@given(st.text(alphabet='ab@.<>()",;:\\=?qQ \t[]é\x00', max_size=60))
def test_nothing_raises(text: str) -> None:
    read_addresses(text, [])
