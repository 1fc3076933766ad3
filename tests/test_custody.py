"""The custody log: a chain, and no half line."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from pipeline import custody


def test_every_line_holds_the_hash_of_the_one_before(tmp_path: Path) -> None:
    for number in range(3):
        custody.append(tmp_path, "received", {"file": f"{number} \u202e \n"})
    lines = (tmp_path / custody.FILE).read_bytes().splitlines()
    previous = "0" * 64
    for line in lines:
        assert json.loads(line)["previous"] == previous
        previous = hashlib.sha256(line).hexdigest()
    assert [entry["file"] for entry in custody.received(tmp_path)] == [f"{number} \u202e \n" for number in range(3)]


@pytest.mark.parametrize("torn", [b"{", b'{"action": "received", "file": "x"'])
def test_a_line_that_was_torn_off_does_not_count_and_the_chain_goes_on(tmp_path: Path, torn: bytes) -> None:
    custody.append(tmp_path, "received", {"file": "a"})
    whole = (tmp_path / custody.FILE).read_bytes()
    with (tmp_path / custody.FILE).open("ab") as file:
        file.write(torn)
    assert len(custody.entries(tmp_path)) == 1
    custody.append(tmp_path, "received", {"file": "b"})
    assert [entry["file"] for entry in custody.entries(tmp_path)] == ["a", "b"]
    assert custody.entries(tmp_path)[1]["previous"] == hashlib.sha256(whole.rstrip(b"\n")).hexdigest()


def test_a_damaged_line_is_said(tmp_path: Path) -> None:
    (tmp_path / custody.FILE).write_bytes(b"not json\n{}\n")
    with pytest.raises(custody.CustodyError, match="line 1"):
        custody.entries(tmp_path)
