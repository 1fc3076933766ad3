"""What holds for every parser: found by walking them, so that a new one is held to it too."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from conftest import EXPECTED, ROOT, SAMPLES, source_from, source_of
from test_samples import CASES, FOLDERS

import parsers
from parsers.contract import CALL, IN, KINDS, OUT, STATUSES, Note, Parser, Problem, Question, Record, Unreadable
from pipeline import registry

ALL = {one.name: one.module for one in registry.registered() if one.name in parsers.BUILTIN}
DEMO = sorted(path for path in (SAMPLES / "demo" / "exports").rglob("*") if path.is_file())


@pytest.mark.parametrize("name", ALL)
def test_a_parser_has_its_five_names_and_says_what_it_is(name: str) -> None:
    module = ALL[name]
    assert isinstance(module, Parser)
    assert module.TITLE
    assert len(module.HOW_TO_EXPORT) > 40
    assert module.CANNOT_SHOW
    assert len(module.__doc__ or "") > 300, "the docstring is the format's specification, with a sample"


@pytest.mark.parametrize("name", ALL)
def test_a_parser_has_samples(name: str) -> None:
    assert name in {folder.name for folder in FOLDERS}
    assert list((EXPECTED / name).glob("*.csv"))


def test_every_module_with_a_parse_is_in_builtin() -> None:
    held = set()
    for path in (ROOT / "parsers").glob("*.py"):
        names = {
            node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)
        }
        if {"sniff", "parse"} <= names:
            held.add(path.stem)
    assert held == set(ALL)


@pytest.mark.parametrize(("name", "sample"), CASES, ids=lambda value: value if isinstance(value, str) else value.name)
def test_each_sample_is_one_parsers_and_no_other(name: str, sample: Path) -> None:
    found = registry.identify(source_of(sample))
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(("name", "sample"), CASES, ids=lambda value: value if isinstance(value, str) else value.name)
def test_records_keep_to_the_contract(name: str, sample: Path) -> None:
    import json

    answers = EXPECTED / name / f"{sample.name}.answers.json"
    places = set()
    for output in ALL[name].parse(source_of(sample, json.loads(answers.read_text()) if answers.exists() else None)):
        if isinstance(output, Record):
            assert output.kind in KINDS
            assert output.direction in {IN, OUT, ""}
            assert output.status in STATUSES | {""}
            assert output.sender is not None or output.direction != IN
            assert output.seconds is None or output.seconds >= 0
            assert (output.lat is None) == (output.lon is None)
            assert output.at not in places, "the place in the file names one record"
            assert output.kind != CALL or output.channel
            places.add(output.at)
        else:
            assert isinstance(output, Problem | Note)


NOTHING = {
    "one byte": b"x",
    "NULs": b"\0" * 5000,
    "random": bytes(range(256)) * 40,
    "text": b"Dear Robin,\r\nthis is a letter.\r\n" * 20,
    "html": b"<!DOCTYPE html><html><body>hello</body></html>",
    "json": b'{"messages": [{"date": "2026-01-01", "from": "x"}]}',
    "csv of something else": b"Product,Price\nBread,1.20\nMilk,0.90\n",
    "contacts": b"Name,Phone number,Email\nJo,07700 900456,jo@example.org\n",
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
    "m4a": b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42" + b"\0" * 100,
    "log": b"2026-01-01 10:00:00 INFO started\n2026-01-01 10:00:01 INFO stopped\n" * 10,
    "signal chat.md": b"[2026-01-01, 15:04] Me: hello\n",
    "bom only": b"\xef\xbb\xbf",
    "xml of something else": b"<?xml version='1.0'?><rss><channel/></rss>",
    "zip": b"PK\x03\x04" + b"\0" * 40,
    "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
}


@pytest.mark.parametrize("words", NOTHING)
def test_nobody_takes_what_is_nobodys(words: str) -> None:
    suffix = {"signal chat.md": "chat.md", "contacts": "contacts.csv", "csv of something else": "a.csv"}.get(
        words, "file"
    )
    found = registry.identify(source_from(NOTHING[words], suffix))
    # A password-protected or old workbook is recognised as such, so that it can be said what to do.
    assert found is None or (words == "ole" and found.name == "diary")


@pytest.mark.parametrize("path", [sample for _, sample in CASES] + DEMO, ids=lambda path: path.name)
@pytest.mark.parametrize("damage", ["cut in half", "cut at the end", "NULs in the middle", "a byte changed"])
def test_damage_never_raises_and_never_hides(path: Path, damage: str) -> None:
    """A damaged file gives records, problems, a question or a plain refusal: no exception, and not silence."""
    data = bytearray(path.read_bytes())
    half = len(data) // 2
    if damage == "cut in half":
        data = data[:half]
    elif damage == "cut at the end":
        data = data[:-7]
    elif damage == "NULs in the middle":
        data[half : half + 8] = b"\0" * 8
    else:
        data[half] ^= 0x5A
    source = source_from(bytes(data), path.name)
    found = registry.identify(source)
    if found is None:
        return
    for answers in ({}, {"owner": "(nobody)"}, {"owner": "(nobody)", "day_first": "yes"}, {"day_first": "yes"}):
        said: object = None
        try:
            said = list(found.module.parse(source_from(bytes(data), path.name, answers)))
        except Question:
            continue
        except Unreadable as error:
            said = str(error)
        assert said
        return
