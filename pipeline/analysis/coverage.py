"""For which days do the records say anything? "No data held" is not "no contact".

A file is taken to cover, for each channel in it, every day from its first to its last record: its window; but no silence of half a year or more, for one
message with a wrong year must not make years look as if nobody had written. Diaries, cameras and positions have windows too, but only what carries contact (messages, calls, emails) makes a day *held*. So does the word of a person who says that the records are complete (`observed`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from parsers.contract import MEMORY, NOTICE
from pipeline.analysis.contact import CONTACT
from pipeline.analysis.observed import Window, days_of
from pipeline.analysis.result import Cell, Fact, Result, Selection, Table, lines
from pipeline.analysis.wording import NOT_GIVEN, SUPPLIED, day_words, many, noun, rows, sentence

GAP_DAYS: Final = 14
SILENCE_DAYS: Final = 182
"""A stretch of so many days or more without any record is not covered by a file."""
GAPS_SHOWN: Final = 50
"""Rows of the table of gaps; the frame holds them all."""

FULL: Final = "full"
PART: Final = "part"
NONE: Final = "none"

_DAY: Final = np.timedelta64(1, "D")


@dataclass(frozen=True, eq=False)
class Coverage:
    """Which days and weeks are held.

    windows  a row for each file and channel: source, channel, first, last (local days, empty if nothing in it is dated), records, carries_contact
    gaps     a row for each stretch of `gap_days` or more without any record inside a window that carries contact: source, channel, first, last, days
    held     the days held, in order
    weeks    a row for each week from the first to the last day held: week (its Monday), days_held (0-7), state (FULL, PART or NONE)
    """

    windows: pd.DataFrame
    gaps: pd.DataFrame
    held: NDArray[np.datetime64]
    weeks: pd.DataFrame
    result: Result
    gap_days: int = GAP_DAYS

    def days_held(self, start: date, end: date) -> int:
        """How many days from `start` to `end`, both included, are held."""
        return between(self.held, start, end)


def between(days: NDArray[np.datetime64], start: date, end: date) -> int:
    """How many of some ordered days lie from `start` to `end`, both included; none if `end` is before `start`."""
    first, last = np.datetime64(start, "D"), np.datetime64(end, "D")
    return max(0, int(np.searchsorted(days, last, side="right") - np.searchsorted(days, first, side="left")))


def coverage(
    prepared: pd.DataFrame,
    labels: Mapping[str, str] = MappingProxyType({}),
    observed: Sequence[Window] = (),
    gap_days: int = GAP_DAYS,
) -> Coverage:
    """The windows of the files in a table made by `contact.prepare`; `labels` are the words for the keys of sources ("S1").

    `observed` are the times for which a person has said that records are complete. Stretches without any record are told from `gap_days` on, which is the
    case's to state.
    """
    windows = _windows(prepared)
    gaps = _gaps(prepared, windows, gap_days)
    by_records = _held(prepared, windows)
    held = np.union1d(by_records, days_of(observed))
    weeks = _weeks(held)
    facts = _facts(prepared, windows, gaps, held, weeks, gap_days)
    if held.size > by_records.size:
        facts.insert(2, _on_word(held.size - by_records.size))
    result = Result(
        tuple(facts),
        tuple(_tables(windows, gaps, labels, gap_days)),
        tuple(_caveats(windows)),
        headlines=tuple(facts[:2]),
    )
    return Coverage(windows, gaps, held, weeks, result, gap_days)


def _windows(prepared: pd.DataFrame) -> pd.DataFrame:
    # What a person wrote down from memory (a call noted in a diary) says nothing of the days between two entries.
    kinds = prepared["kind"].isin((*CONTACT, NOTICE)) & (prepared["clock"] != MEMORY)
    windows = (
        prepared[["source", "channel", "day"]]
        .assign(carries_contact=kinds)
        .groupby(["source", "channel"], observed=True, as_index=False)
        .agg(
            first=("day", "min"),
            last=("day", "max"),
            records=("day", "size"),
            carries_contact=("carries_contact", "any"),
        )
    )
    return windows.astype({"source": str, "channel": str}).sort_values(
        ["first", "source", "channel"], ignore_index=True
    )


def _gaps(prepared: pd.DataFrame, windows: pd.DataFrame, gap_days: int) -> pd.DataFrame:
    """Stretches of `gap_days` days or more without any record, inside the windows that carry contact, the longest first."""
    days = prepared.loc[prepared["day"].notna(), ["source", "channel", "day"]].drop_duplicates()
    days = days.astype({"source": str, "channel": str}).merge(
        windows.loc[windows["carries_contact"], ["source", "channel"]]
    )
    days = days.sort_values(["source", "channel", "day"])
    before = days.groupby(["source", "channel"])["day"].shift()
    empty = (days["day"] - before).dt.days - 1
    gaps = pd.DataFrame(
        {
            "source": days["source"],
            "channel": days["channel"],
            "first": before + pd.Timedelta(days=1),
            "last": days["day"] - pd.Timedelta(days=1),
            "days": empty,
        }
    )[empty >= gap_days]
    return gaps.astype({"days": int}).sort_values(["days", "first"], ascending=[False, True], ignore_index=True)


def _held(prepared: pd.DataFrame, windows: pd.DataFrame) -> NDArray[np.datetime64]:
    covering = windows[windows["carries_contact"] & windows["first"].notna()]
    silences = _gaps(prepared, windows, SILENCE_DAYS)
    contact_days = np.unique(prepared.loc[prepared["item"], "day"].to_numpy(dtype="datetime64[D]"))
    firsts = np.concatenate([covering["first"].to_numpy(dtype="datetime64[D]"), contact_days])
    lasts = np.concatenate([covering["last"].to_numpy(dtype="datetime64[D]"), contact_days])
    if not firsts.size:
        return firsts
    start = firsts.min()
    # +1 where a window opens, -1 the day after it closes: the running sum is the number of windows open on a day.
    changes = np.zeros(int((lasts.max() - start) / _DAY) + 2, dtype=np.int64)
    np.add.at(changes, (firsts - start).astype(np.int64), 1)
    np.add.at(changes, (lasts - start).astype(np.int64) + 1, -1)
    np.add.at(changes, (silences["first"].to_numpy(dtype="datetime64[D]") - start).astype(np.int64), -1)
    np.add.at(changes, (silences["last"].to_numpy(dtype="datetime64[D]") - start).astype(np.int64) + 1, 1)
    held: NDArray[np.datetime64] = start + np.flatnonzero(np.cumsum(changes)).astype("timedelta64[D]")
    return held


def _weeks(held: NDArray[np.datetime64]) -> pd.DataFrame:
    monday = held - ((held.astype(np.int64) + 3) % 7).astype("timedelta64[D]")
    every = np.arange(monday[0], monday[-1] + _DAY, 7 * _DAY) if held.size else monday
    days_held = np.bincount(np.searchsorted(every, monday), minlength=every.size)
    state = np.select([days_held == 7, days_held > 0], [FULL, PART], NONE)
    return pd.DataFrame({"week": every.astype("datetime64[us]"), "days_held": days_held, "state": state})


def _facts(
    prepared: pd.DataFrame,
    windows: pd.DataFrame,
    gaps: pd.DataFrame,
    held: NDArray[np.datetime64],
    weeks: pd.DataFrame,
    gap_days: int,
) -> list[Fact]:
    total, files = len(prepared), int(windows["source"].nunique())
    facts = [
        sentence(
            "The timeline holds ", rows(total, Selection()), noun(total, "record") + f" from {many(files, 'file')}."
        )
    ]
    if not held.size:
        return [*facts, sentence(f"{SUPPLIED}no message, call or email has a date.")]
    first, last = day_words(held[0]), day_words(held[-1])
    span = int((held[-1] - held[0]) / _DAY) + 1
    days = f"{held.size:,} of the {span:,} days" if held.size < span else f"all {span:,} days" if span > 1 else "1 day"
    full, part, none = (int((weeks["state"] == state).sum()) for state in (FULL, PART, NONE))
    facts.append(
        sentence(
            f"Messages, calls or emails are held for {days} from {first} to {last}. "
            f"Of {many(len(weeks), 'week')}, {full:,} {'is' if full == 1 else 'are'} held in full, {part:,} in part and {none:,} not at all."
        )
    )
    for start, end in _not_held(held, gap_days):
        length = many(int((end - start) / _DAY) + 1, "day")
        facts.append(
            sentence(f"No message, call or email is held from {day_words(start)} to {day_words(end)} ({length}).")
        )
    if len(gaps):
        longest = next(lines(gaps))
        there = f"there {'is' if len(gaps) == 1 else 'are'} {many(len(gaps), 'stretch', 'stretches')}"
        length = f"{many(longest.days, 'day')}, from {day_words(longest.first)} to {day_words(longest.last)}"
        facts.append(
            sentence(
                f"Between the first and the last record of a file, {there} of {gap_days} days or more without any record; the longest is {length}."
            )
        )
    return facts


def _on_word(count: int) -> Fact:
    are = "is in no file's time and counts" if count == 1 else "are in no file's time and count"
    return sentence(
        f"Of these days, {count:,} {are} as held only since somebody says that the records are complete on {'it' if count == 1 else 'them'}."
    )


def _caveats(windows: pd.DataFrame) -> list[str]:
    caveats = [
        "A file is taken to cover every day from its first to its last record, for each channel in it, but no half year without one.",
        "What was deleted before a file was made leaves no trace in it.",
        "A day counts as held if at least one file covers it; other channels may be missing on that day.",
        "Where no data is held, nothing is said about contact.",
    ]
    if not windows["carries_contact"].all():
        caveats.append(
            "Diaries, photographs, videos and positions do not make a day count as held: they do not show whether there were messages or calls."
        )
    return caveats


def _not_held(held: NDArray[np.datetime64], gap_days: int) -> list[tuple[np.datetime64, np.datetime64]]:
    """First and last day of each stretch of `gap_days` or more between held days on which nothing is held."""
    breaks = np.flatnonzero(np.diff(held) > gap_days * _DAY)
    return [(held[place] + _DAY, held[place + 1] - _DAY) for place in breaks]


def _tables(windows: pd.DataFrame, gaps: pd.DataFrame, labels: Mapping[str, str], gap_days: int) -> list[Table]:
    def span(first: pd.Timestamp, last: pd.Timestamp) -> tuple[str, str]:
        return ("undated", "undated") if pd.isna(first) else (day_words(first), day_words(last))

    channels = windows.groupby("channel", as_index=False).agg(
        files=("source", "nunique"), records=("records", "sum"), first=("first", "min"), last=("last", "max")
    )
    held: list[tuple[Cell, ...]] = [
        (
            row.channel or NOT_GIVEN,
            f"{row.files:,}",
            rows(row.records, Selection(channels=(row.channel,))),
            *span(row.first, row.last),
        )
        for row in lines(channels)
    ]
    # A mail saved by itself is a file of one record: ten thousand of them would bury the table, and they cover no day but their own.
    single = windows["records"] == 1
    files: list[tuple[Cell, ...]] = [
        (
            labels.get(row.source, row.source),
            row.channel or NOT_GIVEN,
            rows(row.records, Selection(sources=(row.source,), channels=(row.channel,))),
            *span(row.first, row.last),
            "yes" if row.carries_contact else "no",
        )
        for row in lines(windows[~single])
    ]
    files += [
        (
            "1 file of one record" if row.files == 1 else f"{row.files:,} files of one record each",
            row.channel or NOT_GIVEN,
            f"{row.files:,}",
            *span(row.first, row.last),
            "own day" if row.carries_contact else "no",
        )
        for row in lines(
            windows[single]
            .groupby(["channel", "carries_contact"], as_index=False)
            .agg(files=("source", "size"), first=("first", "min"), last=("last", "max"))
        )
    ]
    tables = [
        Table("What is held, by channel", ("Channel", "Files", "Records", "First day", "Last day"), tuple(held)),
        Table(
            "The time each file covers, by channel",
            ("File", "Channel", "Records", "First day", "Last day", "Counts as held"),
            tuple(files),
        ),
    ]
    if len(gaps):
        which = f"the {GAPS_SHOWN} longest of {len(gaps):,}" if len(gaps) > GAPS_SHOWN else "the longest first"
        tables.append(
            Table(
                f"Stretches of {gap_days} days or more without any record, between the first and the last of a file ({which})",
                ("File", "Channel", "First day", "Last day", "Days"),
                tuple(
                    (
                        labels.get(row.source, row.source),
                        row.channel or NOT_GIVEN,
                        day_words(row.first),
                        day_words(row.last),
                        f"{row.days:,}",
                    )
                    for row in lines(gaps.head(GAPS_SHOWN))
                ),
            )
        )
    return tables
