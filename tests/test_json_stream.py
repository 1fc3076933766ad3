from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest
from conftest import source_from
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import json_stream
from parsers.json_stream import Break, Item, JsonWalk, as_text


def walked(data: bytes) -> list[Item | Break]:
    return list(JsonWalk(source_from(data)))


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "_BLOCK", 5)
    monkeypatch.setattr(json_stream, "_RUN", 2)


def test_a_list_gives_its_elements() -> None:
    assert walked(b' [1, {"a": [2]}, "x" ] \n') == [Item("", 1, 1), Item("", 2, {"a": [2]}), Item("", 3, "x")]


def test_an_object_gives_the_elements_of_its_lists_and_its_other_values_whole() -> None:
    data = b'{"a": [1, 2], "b": {"c": [3]}, "d": null, "e": []}'
    assert walked(data) == [Item("a", 1, 1), Item("a", 2, 2), Item("b", 0, {"c": [3]}), Item("d", 0, None)]


def test_a_key_that_comes_twice_is_counted_on() -> None:
    assert [one.number for one in walked(b'{"a": [1, 2], "a": [3]}') if isinstance(one, Item)] == [1, 2, 3]


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(VALUES, max_size=6),
    st.sampled_from([None, 1]),
    st.integers(0, 1),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_it_gives_what_json_gives_wherever_the_blocks_end(
    values: list[Any], indent: int | None, escapes: int, codec: str
) -> None:
    patch = pytest.MonkeyPatch()
    with patch.context() as context:
        context.setattr(json_stream, "_BLOCK", 5)
        context.setattr(json_stream, "_RUN", 2)
        data = json.dumps({"list": values, "more": values}, indent=indent, ensure_ascii=bool(escapes))
        given_back: dict[str, list[Any]] = {"list": [], "more": []}
        for one in walked(data.encode(codec)):
            assert isinstance(one, Item)
            given_back[one.key].append(one.value)
    assert given_back == {"list": values, "more": values}


@pytest.mark.usefixtures("small_blocks")
def test_a_file_cut_off_anywhere_keeps_what_is_whole() -> None:
    data = b'{"a": [{"n": 1, "t": "x"}, {"n": 2}, 33], "b": {"c": 1}}'
    whole = walked(data)
    for end in range(1, len(data)):
        found = walked(data[:end])
        assert isinstance(found[-1], Break), end
        assert found[:-1] == whole[: len(found) - 1] or (
            found[-2].key == "a" and found[-2].number == 3
        )  # 3 may be all that is left of 33
        assert "cut off" in found[-1].reason


@pytest.mark.parametrize(
    ("data", "count", "reason"),
    [
        (b"[1, 2, oops, 4, 5, 6, 7, 8, 9, 10, 11]", 2, "not JSON"),
        (b'[{"a": 1} {"b": 2}]', 1, "neither"),
        (b'{"a" 1}', 0, 'no ":"'),
        (b"{1: 2}", 0, "name"),
        (b"[1] [2]", 1, "follows"),
        (b"hello", 0, "does not begin"),
        (b"", 0, "does not begin"),
        (b"[" * 200_000, 0, "nested too deeply"),
        (b"[1, " + b"9" * 6000 + b"]", 1, "too long"),
        (b'["' + b"x" * 3_000_000, 0, "cut off"),
    ],
)
def test_what_is_broken_is_one_break_after_what_is_whole(data: bytes, count: int, reason: str) -> None:
    found = walked(data)
    assert len(found) == count + 1
    assert isinstance(found[-1], Break)
    assert found[-1].after == count
    assert reason in found[-1].reason


def test_an_element_without_end_is_not_read_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "_LONGEST", 1 << 21)
    found = walked(b'[1, "' + b"x" * 6_000_000 + b'"]')
    assert [type(one) for one in found] == [Item, Break]
    assert "million characters" in found[-1].reason  # type: ignore[union-attr]


def test_halves_of_emoji_and_bytes_that_are_not_utf8_are_replaced_and_counted() -> None:
    walk = JsonWalk(source_from(b'[{"\\ud83d": ["\\ud83d\\ude00", "\\udc00x"]}, "\xff"]'))
    assert [one.value for one in walk if isinstance(one, Item)] == [{"\ufffd": ["\U0001f600", "\ufffdx"]}, "\ufffd"]
    assert walk.unreadable == 3


def test_a_large_file_is_not_held() -> None:
    one = b'{"latitudeE7": 534600000, "longitudeE7": -18600000, "timestamp": "2024-03-03T12:22:24.190Z"},\n'
    source = source_from(b'{"locations": [' + one * 120_000 + b"{}]}")
    tracemalloc.start()
    try:
        count = sum(1 for _ in JsonWalk(source))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 120_001
    assert peak < 6 << 20  # the file has 11 MiB


def test_values_as_text() -> None:
    assert [as_text(value) for value in ("a", None, 1, 1.5, True, [1, {"b": None}])] == [
        "a",
        "",
        "1",
        "1.5",
        "true",
        '[1, {"b": null}]',
    ]
