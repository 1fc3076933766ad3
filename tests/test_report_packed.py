"""The packed columns say what the table says."""

from __future__ import annotations

import json
import math
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from report_case import events, timeline_in

from pipeline.report import packed
from pipeline.report.evidence_text import visible


def unpacked(data: bytes) -> tuple[int, dict[str, Any]]:
    """The reading of templates/rows.js, in Python."""
    raw = zlib.decompress(data, wbits=-zlib.MAX_WBITS)
    length = int.from_bytes(raw[-4:], "little")
    header = json.loads(raw[-4 - length : -4])
    columns = {}
    for column in header["columns"]:
        piece = raw[column["at"] : column["at"] + column["bytes"]]
        assert column["at"] % 8 == 0
        match column["form"]:
            case "text":
                columns[column["name"]] = piece.decode().split("\0")[:-1]
            case "id":
                columns[column["name"]] = [piece[at : at + 6].hex() for at in range(0, len(piece), 6)]
            case "u8" | "u16" | "u32" as form:
                codes = np.frombuffer(piece, {"u8": "u1", "u16": "<u2", "u32": "<u4"}[form])
                columns[column["name"]] = [column["values"][code] for code in codes]
            case form:
                columns[column["name"]] = np.frombuffer(piece, {"i32": "<i4", "f64": "<f8", "bit": "u1"}[form]).tolist()
    return header["rows"], columns


def pack(path: Path, rows: list[dict[str, Any]]) -> bytes:
    timeline = timeline_in(path, rows)
    left_out = pa.array(["", *["duplicate"] * (len(rows) - 1)][: len(rows)], pa.string()).dictionary_encode()
    also_in = pa.array(["S3"] * min(len(rows), 1) + [""] * (len(rows) - 1), pa.string()).dictionary_encode()
    marks = {"item": np.array([row.get("direction") == "in" for row in rows], dtype=bool)}
    return packed.pack(packed.of_events(timeline.events), marks, left_out, also_in)


def test_every_column_comes_back(tmp_path: Path) -> None:
    rows = [{**row, "direction": row.get("direction") or ""} for row in events(400)]
    count, columns = unpacked(pack(tmp_path, rows))
    assert count == len(rows)
    assert columns["id"] == [row["id"] for row in rows]
    for name in (*packed.CODES, *packed.TEXTS):
        if name in columns and name != "until":
            assert columns[name] == [visible(row.get(name) or "") for row in rows], name
    assert columns["item"] == [row["direction"] == "in" for row in rows]
    assert columns["left_out"] == ["", *["duplicate"] * (len(rows) - 1)]
    assert columns["also_in"] == ["S3", *[""] * (len(rows) - 1)]
    assert columns["excluded"] == [not row["included"] for row in rows]
    for row, day, second in zip(rows, columns["day"], columns["second"], strict=True):
        if row["local"] is None:
            assert day == packed.NO_DAY
        else:
            assert (np.datetime64("1970-01-01") + np.timedelta64(day, "D")).item() == row["local"].date()
            assert second == row["local"].hour * 3600 + row["local"].minute * 60 + row["local"].second
    same = next(place for place, row in enumerate(rows) if row["same_as"])
    assert columns["id"][columns["same_as"][same]] == rows[same]["same_as"]
    assert [place for place, lat in enumerate(columns["lat"]) if not math.isnan(lat)] == [
        place for place, row in enumerate(rows) if row.get("lat")
    ]


def test_more_than_256_values_take_a_wider_code(tmp_path: Path) -> None:
    rows = events(400)
    for number, row in enumerate(rows):
        row["thread"] = f"thread {number}"
    _, columns = unpacked(pack(tmp_path, rows))
    assert columns["thread"] == [row["thread"] for row in rows]


def test_same_rows_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    assert pack(tmp_path, events(200)) == pack(tmp_path / "again", events(200))


def test_no_events(tmp_path: Path) -> None:
    count, columns = unpacked(pack(tmp_path, []))
    assert count == 0
    assert columns["id"] == []
