"""HTML to words: what is seen stays, what is not seen goes, nothing takes long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.html_text import text_of


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("plain &amp; simple", "plain & simple"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("<div>one</div><div><br></div><div>two</div>", "one\n\ntwo"),
        ("one<br/>two", "one\ntwo"),
        ("a\n  b&nbsp;\tc", "a b c"),
        ("<b>bo</b>ld", "bold"),
        ("<script>if (a<b) {'</p>'}</script>x<STYLE>y</Style>z", "xz"),
        ("<title>t</title>x", "x"),
        ("x<!-- no <p> -->y", "xy"),
        ("x<!-- never closed <p>words", "x never closed\n\nwords"),
        ("<script>never closed", "never closed"),
        ("<!DOCTYPE html><?xml version='1'?>x", "x"),
        ('<a href="https://example.org/?a=1&amp;b=2">words</a>', "words <https://example.org/?a=1&b=2>"),
        ("<a href=https://example.org>https://example.org/</a>", "https://example.org/"),
        ('<a href="mailto:jo@example.org">jo@example.org</a>', "jo@example.org"),
        ('<a href="#top">up</a><a name="x">y</a>', "upy"),
        ('<a href="https://example.org"><img src="x.gif" alt="pic"></a>', "pic <https://example.org>"),
        ('<img alt="&#10084;" src="cid:1"><img src="y">', "❤"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<pre>a\n  b</pre>c", "a\n  b\n\nc"),
        ("1 < 2 and 3 > 2 <3", "1 < 2 and 3 > 2 <3"),
        ("<p title='a > b'>x</p>", "x"),
        ("<p title='it\"s'>x</p>", "x"),
        ("<p title=it's>x</p>", "x"),
        ('<p title="never closed>words <b>and</b> more', "words and more"),
        ("&#x1F52A;&#0;&#xD800;&bogus;", "🔪\ufffd\ufffd&bogus;"),
        ("&#" + "9" * 5000 + ";x", "\ufffdx"),
        ("", ""),
    ],
)
def test_words(source: str, expected: str) -> None:
    assert text_of(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "<!--" * 200000,
        "<a" * 200000,
        "<a <" * 200000 + ">",
        "<script>" * 200000,
        "<![CDATA[" * 100000,
        "<div>" * 200000,
        '<a "' * 200001 + ">",
        "<a '\">" * 200001,
        "</" * 200000 + ">",
        "&#" * 200000,
        "&" * 200000,
        "<pre>" + "\n" * 200000,
        "<p " + "a= " * 200000 + ">",
        "<a href='x'>" * 100000,
        "<style></styl" * 100000,
    ],
)
def test_long_nonsense_is_read_in_one_pass(source: str) -> None:
    text_of(source)


@given(st.text(alphabet="<>/!-?abpscrite\"'= &;#0x\n\t", max_size=80))
def test_nothing_raises_and_no_surrogate_comes_out(source: str) -> None:
    text_of(source).encode()


@given(st.text(alphabet="abc déf\n", max_size=80))
def test_without_markup_every_word_stays(source: str) -> None:
    assert text_of(source).split() == source.split()
