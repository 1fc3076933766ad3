"""What cannot be seen is shown; what does no harm is left alone; nothing is dropped."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.evidence_text import visible, visible_column


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "[U+001B][2J"),
        ("a\x00b", "a[U+0000]b"),
        ("abc \u202egnp.exe", "abc [U+202E]gnp.exe"),
        ("\u202eabc\u202c", "[U+202E]abc[U+202C]"),
        ("stray \u202c", "stray [U+202C]"),
        ("unclosed \u2066 rest", "unclosed [U+2066] rest"),
        ("one\r\ntwo\nthree\tfour", "one\ntwo\nthree\tfour"),
        ("lone\rreturn", "lone[U+000D]return"),
        ("\x85 \ufffe", "[U+0085] [U+FFFE]"),
        ("\u202a+44\u00a07700\u00a0900123\u202c", "\u202a+44\u00a07700\u00a0900123\u202c"),
        ("@\u2068Amy\u2069", "@\u2068Amy\u2069"),
        ("don\u2019t \u00e9 \U0001f600", "don\u2019t \u00e9 \U0001f600"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(
    st.lists(
        st.one_of(st.none(), st.text(), st.text("a\x00\x1b\r\n\u202a\u202c\u202e\u2066\u2069\u2019\ufffe")), max_size=20
    )
)
def test_a_column_shows_what_its_texts_show(texts: list[str | None]) -> None:
    shown = [visible(text or "") for text in texts]
    assert visible_column(pa.array(texts, pa.string())).to_pylist() == shown
    assert visible_column(pa.array(texts, pa.string()).dictionary_encode()).to_pylist() == shown
    if texts:
        assert visible_column(pa.array(["", *texts], pa.string()).slice(1)).to_pylist() == shown


@given(st.text())
def test_nothing_unseen_is_left_and_nothing_is_lost(text: str) -> None:
    shown = visible(text)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202b\u202d\u202e\u2067\ufffe\uffff]", shown)
    named = re.sub(r"\[U\+([0-9A-F]{4})\]", lambda match: chr(int(match[1], 16)), shown)
    assert named == text.replace("\r\n", "\n") or "[U+" in text
