"""What is in the records and what is not: the statement that a reader needs before any count means something.

In the order of the questions that are asked: what is held; what is known and not held; whether anything was chosen; gaps; limits of exports; what was deleted;
whether the client's own contact is there; what was counted once; what could not be read or is uncertain. Nothing here says what the missing would show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import pandas as pd

from parsers.contract import NOTICE, OUT, UNSENT
from pipeline.analysis.contact import DUPLICATE, EXCLUDED, NO_DIRECTION, NOT_SHOWN, OTHER_RECORD, UNDATED
from pipeline.analysis.coverage import Coverage
from pipeline.analysis.export_limits import Sized, limits_met
from pipeline.analysis.result import Cell, Fact, Result, Selection, Table
from pipeline.analysis.wording import NOT_GIVEN, day_words, joined, many, noun, rows, sentence
from pipeline.case import NOT_STATED, NotHeld
from pipeline.timeline.schema import AMBIGUOUS, ASSUMED, SKIPPED

DELETED: Final = ("deleted",)
VIEW_ONCE: Final = ("view once",)
_UNCERTAIN: Final = (*sorted(UNSENT), NO_DIRECTION, UNDATED)
_WHY: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "Excluded in the review, or not shown in this copy": (EXCLUDED, NOT_SHOWN),
        "Repeats of another": (DUPLICATE,),
        "Notices of a program": (NOTICE,),
        "Not messages or calls": (OTHER_RECORD,),
        "Not sent, no direction or no date": _UNCERTAIN,
    }
)
"""The columns of the balance for rows that do not count as contact, with the reasons of `contact.LEFT_OUT` in each: every reason stands in one."""


@dataclass(frozen=True)
class File:
    """One file as the source register has it, as far as it matters here.

    `read` is whether its records are in the timeline; if not, `why` says why, or is "" where nothing is missing (an archive, a picture listed with its
    message). records = events + problems.
    """

    key: str
    label: str
    parser: str
    title: str
    records: int
    events: int
    problems: int
    read: bool
    why: str = ""
    with_media: bool = False


@dataclass(frozen=True, eq=False)
class Completeness:
    """The statement, and its balance.

    balance  a row for each file that was read: label, key, records, problems, events, contact, a column for each of the reasons of `_WHY`; numbers of records
    clocks   a row for each file and way in which its times are known: source, clock, basis (as in `timeline.schema`), records
    """

    balance: pd.DataFrame
    clocks: pd.DataFrame
    result: Result


def completeness(
    prepared: pd.DataFrame,
    held: Coverage,
    files: Sequence[File],
    not_held: Sequence[NotHeld] = (),
    disappearing: Sequence[str] = (),
) -> Completeness:
    """The statement for a table made by `contact.prepare`; `disappearing` are the ids of notices that speak of disappearing messages."""
    balance = _balance(prepared, files)
    read = [file for file in files if file.read]
    limits = limits_met(prepared, [Sized(file.key, file.label, file.parser, file.with_media) for file in read])
    facts = (
        _period(prepared, held),
        _known(not_held),
        *_chosen(prepared, balance),
        _gaps(held),
        _limits(len(limits)),
        _deleted(prepared, disappearing),
        _outgoing(prepared),
        _repeats(prepared),
        _unreadable(balance),
        _uncertain(prepared),
        *_unread(files),
    )
    tables = [_balance_table(balance)]
    if not_held:
        said = [(one.channel, one.why or NOT_STATED, one.by or NOT_STATED) for one in not_held]
        tables.append(Table("Channels known to exist and not held", ("Channel", "Why", "Who says so"), tuple(said)))
    if limits:
        tables.append(
            Table("Limits of exports that may have been met", ("Source", "Records", "What that can mean"), limits)
        )
    return Completeness(balance, _clocks(prepared), Result(facts, tuple(tables), _CAVEATS))


_CAVEATS: Final = (
    "Whether an export holds a whole conversation, the file itself does not show: only that it holds what it holds.",
    "“Known to exist” is what people have said and is written in case.toml; there may be channels that nobody has named.",
    "What was deleted before an export was made leaves a mark in some programs and none in others.",
)


def _balance(prepared: pd.DataFrame, files: Sequence[File]) -> pd.DataFrame:
    table = prepared.groupby(["source", "left_out"], observed=True).size().unstack(fill_value=0)  # noqa: PD010 -- pivot_table goes over the rows in Python
    read = [file for file in files if file.read]
    table = table.reindex([file.key for file in read], fill_value=0)

    def of(reasons: Sequence[str]) -> list[int]:
        return [int(number) for number in table[[reason for reason in reasons if reason in table]].sum(axis=1)]

    columns: dict[str, Sequence[str | int]] = {
        "label": [file.label for file in read],
        "key": [file.key for file in read],
        "title": [file.title for file in read],
        "records": [file.records for file in read],
        "problems": [file.problems for file in read],
        "events": [file.events for file in read],
        "contact": of([""]),
        **{words: of(reasons) for words, reasons in _WHY.items()},
    }
    return pd.DataFrame(columns)


def _clocks(prepared: pd.DataFrame) -> pd.DataFrame:
    dated = prepared.loc[prepared["day"].notna(), ["source", "clock", "basis"]]
    counts = dated.groupby(["source", "clock", "basis"], observed=True).size().rename("records").reset_index()
    return counts.astype({"source": str, "clock": str, "basis": str}).sort_values(
        ["source", "records", "clock"], ascending=[True, False, True], ignore_index=True
    )


def _balance_table(balance: pd.DataFrame) -> Table:
    """Records = problems + rows; rows = contact + the reasons. Files of one record each, all read, stand together: ten thousand mails would bury the table."""
    single = (balance["records"] == 1) & (balance["problems"] == 0)
    together = balance[single].groupby("title", sort=True) if single.sum() > _SINGLE else ()
    alone = balance[~single] if single.sum() > _SINGLE else balance
    lines = [_line(row["label"], row, (row["key"],)) for _, row in alone.iterrows()]
    for title, part in together:
        keys = tuple(part["key"]) if len(part) <= _NAMED else None
        lines.append(
            _line(f"{many(len(part), 'file')} of one record each ({title})", part.sum(numeric_only=True), keys)
        )
    lines.append(_line("All", balance.sum(numeric_only=True), ()))
    return Table(
        "What became of every record, by source",
        ("Source", "Records", "Problems", "Rows", "Counted as contact", *_WHY, "Adds up"),
        tuple(lines),
    )


_SINGLE: Final = 20
_NAMED: Final = 100
"""Up to so many files a link names one by one."""


def _line(name: str, row: pd.Series[int], sources: tuple[str, ...] | None) -> tuple[Cell, ...]:
    """A line of the balance; numbers lead to their rows unless they stand for too many files (`sources` is None)."""

    def number(count: int, selection: Selection) -> Cell:
        return f"{count:,}" if sources is None or not count else rows(count, selection)

    named = sources or ()
    records, problems, events, contact = (int(row[key]) for key in ("records", "problems", "events", "contact"))
    why = {words: int(row[words]) for words in _WHY}
    unlike = records - problems - events or events - contact - sum(why.values())
    return (
        name,
        f"{records:,}",
        f"{problems:,}",
        number(events, Selection(sources=named)),
        number(contact, Selection(sources=named, items=True)),
        *(number(count, Selection(sources=named, left_out=_WHY[words])) for words, count in why.items()),
        "yes" if not unlike else f"NO: {unlike:+,}",
    )


# --- the sentences, in the order of the questions ------------------------------------------------------------------------------------------------------


def _period(prepared: pd.DataFrame, held: Coverage) -> Fact:
    windows = held.windows
    if not len(windows):
        return sentence("Period and channels: nothing is held.")
    first, last = windows["first"].min(), windows["last"].max()
    counts = prepared["channel"].astype(str).value_counts()
    parts: list[Cell | tuple[Cell, ...]] = []
    for place, channel in enumerate(sorted(counts.index, key=str.casefold)):
        count = int(counts[channel])
        before = "" if not place else " and " if place == len(counts) - 1 else ", "
        parts.append(f"{before}{channel or NOT_GIVEN} (")
        parts.append((rows(count, Selection(channels=(channel,))), noun(count, "record") + ")"))
    span = "no dated record" if pd.isna(first) else f"{day_words(first)} to {day_words(last)}"
    return sentence(f"Period and channels: {span}; ", *parts, ".")


def _known(not_held: Sequence[NotHeld]) -> Fact:
    if not not_held:
        return sentence("Known and not held: case.toml names no channel that is known to exist and is not held.")
    named = [one.channel + (f" ({one.why})" if one.why else "") for one in not_held]
    return sentence(f"Known and not held: {joined(named)}.")


def _chosen(prepared: pd.DataFrame, balance: pd.DataFrame) -> tuple[Fact, ...]:
    total, problems = int(balance["records"].sum()), int(balance["problems"].sum())
    left = int((prepared["left_out"] == EXCLUDED).sum())
    counted = int(prepared["item"].sum())
    hidden = int((prepared["left_out"] == NOT_SHOWN).sum())
    chosen = (
        f"of the rows of the files, {len(prepared) - hidden:,} are shown in this copy and {hidden:,} are not"
        if hidden
        else "nothing was chosen by the program"
    )
    whole = sentence(
        f"Whole or chosen: {chosen}. The {many(len(balance), 'file')} that {'was' if len(balance) == 1 else 'were'} read hold{'s' if len(balance) == 1 else ''} {many(total, 'record')}: ",
        rows(len(prepared), Selection()),
        noun(len(prepared), "row") + f" of the chronology and {many(problems, 'record')} that could not be read.",
    )
    review = sentence(
        "Left out in the review: ",
        rows(left, Selection(left_out=(EXCLUDED,))),
        noun(left, "row")
        + (
            " was excluded by a person; it stays in the chronology, with the remark. "
            if left == 1
            else " were excluded by a person; they stay in the chronology, each with its remark. "
            if left
            else ". "
        ),
        "Counted as contact: ",
        rows(counted, Selection(items=True)),
        noun(counted, "row") + ". The table below gives both by source.",
    )
    return whole, review


def _gaps(held: Coverage) -> Fact:
    length = f"of {held.gap_days} days or more without any record, between the first and the last of a file"
    if not len(held.gaps):
        return sentence(f"Gaps: there is no stretch {length}.")
    longest = held.gaps.iloc[0]
    return sentence(
        f"Gaps: {many(len(held.gaps), 'stretch', 'stretches')} {length}; the longest is {many(int(longest['days']), 'day')}, "
        f"from {day_words(longest['first'])} to {day_words(longest['last'])}. They are listed under “What is held, and what is not”."
    )


def _limits(count: int) -> Fact:
    if not count:
        return sentence("Limits of exports: no file has a number of records near a limit that is known.")
    return sentence(f"Limits of exports: {many(count, 'place')} where one may have been met, in the table below.")


def _deleted(prepared: pd.DataFrame, disappearing: Sequence[str]) -> Fact:
    def part(statuses: tuple[str, ...], words: str) -> tuple[Cell, ...]:
        count = int(prepared["status"].isin(statuses).sum())
        return rows(count, Selection(statuses=statuses)), noun(count, "row") + f" {words}"

    notices: Cell = (
        rows(len(disappearing), Selection(ids=tuple(disappearing))) if disappearing else f"{len(disappearing):,}"
    )
    return sentence(
        "Deleted and disappearing: ",
        part(DELETED, "marked as deleted, "),
        part(VIEW_ONCE, "that could be seen once only, and "),
        notices,
        noun(len(disappearing), "notice") + " of disappearing messages.",
    )


def _outgoing(prepared: pd.DataFrame) -> Fact:
    count = int((prepared["item"] & (prepared["direction"] == OUT)).sum())
    if not count:
        return sentence("The client's own contact: no item from the client is in the records.")
    return sentence(
        "The client's own contact is included: ",
        rows(count, Selection(directions=(OUT,), items=True)),
        noun(count, "item") + " from the client, to whomever.",
    )


def _repeats(prepared: pd.DataFrame) -> Fact:
    count = int((prepared["left_out"] == DUPLICATE).sum())
    return sentence(
        "Repeats: ",
        rows(count, Selection(left_out=(DUPLICATE,))),
        noun(count, "row")
        + f" {'repeats' if count == 1 else 'repeat'} a record that another file holds too; {'it is' if count == 1 else 'they are'} marked and not counted again, and nothing is deleted. The rule stands under “How this was made”.",
    )


def _unreadable(balance: pd.DataFrame) -> Fact:
    count = int(balance["problems"].sum())
    listed = f", {'it is' if count == 1 else 'they are'} listed with the balance" if count else ""
    return sentence(f"Not readable: {many(count, 'record')} of files that were read{listed}.")


def _uncertain(prepared: pd.DataFrame) -> Fact:
    parts: list[Cell | tuple[Cell, ...]] = []
    for place, (basis, words) in enumerate(
        (
            (ASSUMED, " with a time that names no zone, "),
            (AMBIGUOUS, " in the hour that happens twice, "),
            (SKIPPED, " in the hour that does not exist, "),
        )
    ):
        count = int((prepared["basis"] == basis).sum())
        parts.append((rows(count, Selection(bases=(basis,))), noun(count, "row") * (place == 0) + words))
    undated = int((prepared["left_out"] == UNDATED).sum())
    lost = int((prepared["left_out"] == NO_DIRECTION).sum())
    return sentence(
        "Uncertain: ",
        *parts,
        rows(undated, Selection(left_out=(UNDATED,))),
        " of contact without a date, ",
        rows(lost, Selection(left_out=(NO_DIRECTION,))),
        " of which the records do not say whether it came in or went out.",
    )


def _unread(files: Sequence[File]) -> tuple[Fact, ...]:
    missing = [file for file in files if not file.read and file.why]
    if not missing:
        return (sentence("Files not read: none."),)
    named = [f"{file.label} ({file.why.rstrip('.')})" for file in missing[:_SINGLE]]
    more = [f"{len(missing) - _SINGLE:,} more in the source register"] if len(missing) > _SINGLE else []
    return (sentence(f"Files not read: {joined([*named, *more])}."),)
