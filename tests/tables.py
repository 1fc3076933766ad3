"""Events tables for tests, with the columns and types that the real one has when it is read back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
from hypothesis import strategies as st

from pipeline.analysis.result import Number
from pipeline.timeline.schema import COLUMNS, SCHEMA

ZONE = "Europe/London"
USUAL: dict[str, Any] = {
    "basis": "given",
    "clock": "epoch",
    "precision": "second",
    "kind": "message",
    "channel": "SMS",
    "direction": "in",
    "source": "aaaaaaaaaaaa",
    "included": True,
}
"""What a row has if it does not say otherwise; every other text is empty, every other number is null."""


def events_table(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The events table of some rows; a row names only the columns that matter to the test.

    A time is given as `utc` or as `local` (UK clock; of an hour that happens twice, the first), as text: "2026-03-04 22:15"; the other, and `zone`, follow
    from it. A row without either is undated. `id`, `position` and `at` are made from the row's number. Rows come out in the order of the timeline.
    """
    filled = [_filled(row, number) for number, row in enumerate(rows)]
    filled.sort(
        key=lambda row: (row["utc"] is None, row["utc"] or pd.Timestamp(0, tz="UTC"), row["source"], row["position"])
    )
    columns = {
        column.name: pa.array([row[column.name] for row in filled], type=_plain(column.type)).cast(column.type)
        for column in COLUMNS
    }
    return pa.table(columns, schema=SCHEMA).to_pandas()


def stated(number: Number) -> int:
    """What a number says that it counts; a text that names an event stands for that one row."""
    if number.counts == "event":
        assert number.rows.ids == (number.text,)
        return 1
    return int(number.text.replace(",", ""))


def _filled(row: Mapping[str, Any], number: int) -> dict[str, Any]:
    unknown = set(row) - {column.name for column in COLUMNS}
    assert not unknown, f"no such column: {unknown}"
    texts = {column.name: "" for column in COLUMNS if _plain(column.type) == pa.string()}
    usual = {
        **dict.fromkeys(SCHEMA.names),
        **texts,
        **USUAL,
        "id": hashlib.sha256(b"%d" % number).hexdigest()[:12],
        "position": number,
        "at": f"row {number + 1}",
    }
    filled = {**usual, **row}
    utc = pd.Timestamp(row["utc"], tz="UTC") if row.get("utc") else None
    if utc is None and row.get("local"):
        utc = (
            pd.Timestamp(row["local"]).tz_localize(ZONE, ambiguous=True, nonexistent="shift_forward").tz_convert("UTC")
        )
    if utc is not None:
        there = utc.tz_convert(ZONE)
        filled |= {"utc": utc, "local": there.tz_localize(None), "zone": row.get("zone") or there.tzname()}
    if row.get("until"):
        filled["until"] = pd.Timestamp(row["until"])
    return filled


def _plain(type_: pa.DataType) -> pa.DataType:
    return type_.value_type if pa.types.is_dictionary(type_) else type_


def any_rows(most: int = 25) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows with every trap of the analyses: few parties, times close together, a night on which the clocks go back, drafts, duplicates, days, no date."""
    moments = st.integers(0, 5 * 24 * 4).map(
        lambda quarter: str(pd.Timestamp("2026-10-23") + pd.Timedelta(minutes=15 * quarter))
    )
    far = st.integers(0, 90).map(lambda day: str(pd.Timestamp("2026-09-01 13:00") + pd.Timedelta(days=day)))
    row = st.fixed_dictionaries(
        {
            "utc": st.one_of(moments, moments, far, st.none()),
            "precision": st.sampled_from(["second", "second", "minute", "day", "about"]),
            "basis": st.sampled_from(["given", "given", "assumed zone", "ambiguous hour"]),
            "clock": st.sampled_from(["epoch", "local", "memory"]),
            "correction": st.sampled_from(["", "", "clock-1"]),
            "differing": st.sampled_from(["", "", "file name", "header of the film; file name"]),
            "kind": st.sampled_from(["message", "message", "call", "email", "photo", "notice", "incident"]),
            "channel": st.sampled_from(["SMS", "phone", "WhatsApp", ""]),
            "direction": st.sampled_from(["in", "in", "out", ""]),
            "status": st.sampled_from(["", "", "missed", "answered", "draft", "failed"]),
            "person": st.sampled_from(["P2", "P2", "P3", "", None]),
            "identifier": st.sampled_from(["+447700900001", "withheld", "60777", "", None]),
            "name_written": st.sampled_from(["Sam", "S", ""]),
            "categories": st.sampled_from(["", "", "", "HOME", "THREAT-V THIRD", "IMPACT"]),
            "recipients": st.sampled_from(["", "P1", "P1 A", None]),
            "source": st.sampled_from(["aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"]),
            "same_as": st.sampled_from(["", "", "", "0123456789ab", None]),
            "included": st.sampled_from([True, True, True, False, None]),
        }
    )
    return st.lists(row, max_size=most)
