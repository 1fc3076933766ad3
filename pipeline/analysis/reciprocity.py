"""How much went each way, and how much of what came in had no reply?

The items that went out are shown too: a court will ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from parsers.contract import CALL, IN, OUT
from pipeline.analysis.contact import CLOCK_HOURS, REPLY_HOURS, Scope, in_turn
from pipeline.analysis.result import Cell, Fact, Result, Selection, Table, lines
from pipeline.analysis.wording import (
    NOT_GIVEN,
    SUPPLIED,
    day_words,
    joined,
    noun,
    party_words,
    rows,
    sentence,
    share,
    time_words,
)

RUNS: Final = 5


@dataclass(frozen=True, eq=False)
class Reciprocity:
    """Contact in both directions with the persons of a scope.

    channels    a row for each channel: channel, in_items, out_items; the one with the most in first
    in_items, out_items  in total
    timed_in    items in with a time of day: those of which a reply within `REPLY_HOURS` can be told
    unanswered  those of them without an item out to the same person within `REPLY_HOURS`
    runs        the `RUNS` longest runs of two or more items in from one party with no item out to it between them, the longest first: person (key or ''),
                identifier (where no person is named), first, last (their words), items, channels (words), first_id, last_id
    """

    channels: pd.DataFrame
    in_items: int
    out_items: int
    timed_in: int
    unanswered: int
    runs: pd.DataFrame
    result: Result


def reciprocity(prepared: pd.DataFrame, scope: Scope) -> Reciprocity:
    """Compares what came in from the persons of `scope` with what went out to them."""
    inbound = prepared["direction"] == IN
    channels = (
        prepared[["channel"]]
        .assign(in_items=inbound, out_items=~inbound)[scope.items().mask(prepared)]
        .groupby("channel", observed=True, as_index=False)
        .sum()
        .astype({"channel": str})
        .sort_values(["in_items", "out_items", "channel"], ascending=[False, False, True], ignore_index=True)
    )
    in_items, out_items = int(channels["in_items"].sum()), int(channels["out_items"].sum())
    timed_in = int(scope.items(IN, hours=CLOCK_HOURS).mask(prepared).sum())
    unanswered = int(scope.items(IN, unanswered=True).mask(prepared).sum())
    runs = _runs(prepared, scope)
    headlines = tuple(_unanswered(unanswered, timed_in, scope))
    facts = (
        _both_ways(in_items, out_items, scope),
        *headlines,
        *_answered_calls(prepared, scope),
        *_longest(runs, scope),
    )
    tables = (_channel_table(channels, in_items, out_items, scope), *_run_table(runs, scope))
    untimed = in_items - timed_in
    caveats = (
        "No reply in these records is not proof of no reply: another channel may hold one, or it may have come after they end.",
        "An answered call is an item in, not an item out.",
        *(
            (
                "Items known to the day only stand at the start of that day in the runs, and are not in the share without a reply.",
            )
            if untimed
            else ()
        ),
    )
    return Reciprocity(
        channels, in_items, out_items, timed_in, unanswered, runs, Result(facts, tables, caveats, headlines)
    )


def _runs(prepared: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    order = in_turn(prepared)
    order = order[scope.items().mask(prepared)[order]]
    party = prepared["party"].to_numpy()[order]
    inbound = (prepared["direction"] == IN).to_numpy(dtype=bool)[order]
    follows = np.zeros(order.size, dtype=bool)
    follows[1:] = inbound[1:] & inbound[:-1] & (party[1:] == party[:-1])
    begins = np.flatnonzero(inbound & ~follows)
    run = np.cumsum(inbound & ~follows) - 1
    lengths = np.bincount(run[inbound], minlength=begins.size)
    largest = np.lexsort((order[begins], -lengths))[:RUNS]
    found: list[dict[str, Any]] = []
    for begin, length in zip(begins[largest], lengths[largest], strict=True):
        if length < 2:
            break
        rows_of_run = order[begin : begin + length]
        first, last = prepared.iloc[rows_of_run[0]], prepared.iloc[rows_of_run[-1]]
        found.append(
            {
                "person": first["person"],
                "identifier": "" if first["person"] else first["identifier"],
                "first": _when(first),
                "last": _when(last),
                "items": int(length),
                "channels": joined(sorted(prepared["channel"].iloc[rows_of_run].astype(str).unique())),
                "first_id": first["id"],
                "last_id": last["id"],
            }
        )
    return pd.DataFrame(
        found, columns=["person", "identifier", "first", "last", "items", "channels", "first_id", "last_id"]
    )


def _when(event: pd.Series[Any]) -> str:
    return time_words(event["local"], event["zone"]) if event["hour"] >= 0 else day_words(event["local"])


def _both_ways(in_items: int, out_items: int, scope: Scope) -> Fact:
    return sentence(
        SUPPLIED,
        rows(in_items, scope.items(IN)),
        noun(in_items, "item") + f" came in{scope.whom('from')} and ",
        rows(out_items, scope.items(OUT)),
        noun(out_items, "item") + " went out.",
    )


def _unanswered(unanswered: int, timed_in: int, scope: Scope) -> list[Fact]:
    if not timed_in:
        return []
    return [
        sentence(
            "Of ",
            rows(timed_in, scope.items(IN, hours=CLOCK_HOURS)),
            noun(timed_in, "item") + " in with a time of day, ",
            rows(unanswered, scope.items(IN, unanswered=True)),
            f" had no item out to the same person within {REPLY_HOURS} hours{share(unanswered, timed_in)}.",
        )
    ]


def _answered_calls(prepared: pd.DataFrame, scope: Scope) -> list[Fact]:
    selection = scope.items(IN, kinds=(CALL,), statuses=("answered",))
    count = int(selection.mask(prepared).sum())
    return (
        [sentence(rows(count, selection), noun(count, "call") + f" in {'was' if count == 1 else 'were'} answered.")]
        if count
        else []
    )


def _selection(run: Any) -> Selection:
    one_party: dict[str, Any] = (
        {"persons": (run.person,)} if run.person else {"persons": ("",), "identifiers": (run.identifier,)}
    )
    return Selection(**one_party, directions=(IN,), items=True, first_id=run.first_id, last_id=run.last_id)


def _longest(runs: pd.DataFrame, scope: Scope) -> list[Fact]:
    if runs.empty:
        return []
    run = next(lines(runs))
    who = party_words(run.person, run.identifier, scope.names)
    return [
        sentence(
            "The longest run of items in with no item out to the same person between them: ",
            rows(run.items, _selection(run)),
            f" items from {who}, from {run.first} to {run.last}, by {run.channels}.",
        )
    ]


def _channel_table(channels: pd.DataFrame, in_items: int, out_items: int, scope: Scope) -> Table:
    table: list[tuple[Cell, ...]] = [
        (
            row.channel or NOT_GIVEN,
            rows(row.in_items, scope.items(IN, channels=(row.channel,))),
            rows(row.out_items, scope.items(OUT, channels=(row.channel,))),
            _ratio(row.in_items, row.out_items),
        )
        for row in lines(channels)
    ]
    table.append(
        (
            "All channels",
            rows(in_items, scope.items(IN)),
            rows(out_items, scope.items(OUT)),
            _ratio(in_items, out_items),
        )
    )
    return Table(
        f"Items in from and out to {scope.words}, by channel",
        ("Channel", "Items in", "Items out", "In for each one out"),
        tuple(table),
    )


def _ratio(in_items: int, out_items: int) -> str:
    return f"{in_items / out_items:,.1f}" if out_items else "none out"


def _run_table(runs: pd.DataFrame, scope: Scope) -> list[Table]:
    if runs.empty:
        return []
    return [
        Table(
            f"The {len(runs)} longest runs of items in with no item out to the same person between them"
            if len(runs) > 1
            else "The only run of items in with no item out to the same person between them",
            ("From", "First item", "Last item", "Items", "Channels"),
            tuple(
                (
                    party_words(run.person, run.identifier, scope.names),
                    run.first,
                    run.last,
                    rows(run.items, _selection(run)),
                    run.channels,
                )
                for run in lines(runs)
            ),
        )
    ]
