"""Which weeks may be compared with each other? Those that every file of the series covers on all seven days.

Files of one channel that hold the same contact wherever they overlap are one record: a phone saved twice, a file handed in twice, a file in two parts. The days
between two parts are covered if they are no more than the longest time without a record inside a part: where one goes silent so long, the silence between two
tells nothing else. A chat with somebody else covers nothing, where chats are exported one by one.

Files that overlap and differ are two records (two phones, a log and a bill), and a week counts only where both cover it; without this, a phone that was handed
in for the last weeks only would look like a rise. A record that covers less than `MIN_WEEKS` complete weeks can say nothing about change, and is left out. Where
the rest have less than `MIN_WEEKS` weeks in common, the longest record is taken alone.

For which time a file is complete may have been said by a person (`observed`): then that time counts in place of the time from its first to its last record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from parsers.contract import IN
from pipeline.analysis.contact import CONTACT, DUPLICATE, Scope
from pipeline.analysis.coverage import SILENCE_DAYS, Coverage
from pipeline.analysis.observed import Window, days_of
from pipeline.analysis.verdict import MIN_WEEKS

TEXTS: Final = ("SMS", "MMS", "RCS")
"""Channels that a phone keeps in one place: a file of them covers them all."""
ONE_CHAT: Final = ("WhatsApp",)
"""Channels that are exported one conversation at a time: a file of them says nothing of persons who do not occur in it."""
ALIKE: Final = 0.9
"""Files hold the same contact if so large a share of what either holds is in both: a few messages may have been deleted between two backups."""
MOST_FILES: Final = 60
"""Of each channel the files with the most records are looked at, up to so many; each is compared with each."""

Days = NDArray[np.datetime64]
_DAY: Final = np.timedelta64(1, "D")
_NO_WEEKS: Final = np.array([], dtype="datetime64[D]")


@dataclass(frozen=True, eq=False)
class Series:
    """What is compared: contact that came in from the persons of a scope, in complete weeks.

    weeks        the Mondays of the complete weeks, in order; weeks without contact among them
    rows         row numbers of the items in, in the order of the timeline, in those weeks and outside them
    files        source and channel of each file of the series; empty if it is of all records and no item is left out
    alone        whether it is the longest record alone, since the records have too few weeks in common
    left_out     items in that no file of the series holds
    established  whether a person has said of every record of the series that it is complete in the weeks compared
    said         what was said of them, as far as it is used
    """

    weeks: Days
    rows: NDArray[np.intp]
    files: tuple[tuple[str, str], ...]
    left_out: int
    alone: bool
    established: bool
    said: tuple[Window, ...] = ()


class _File(NamedTuple):
    """One channel of a file: the days it covers, and the events in it as numbers, in order of time; an event that two files hold has one number.

    `said` is what a person says of it; `days` are those it is said of, or, if nobody says anything, those from its first to its last record; `silence` is the
    most days in a row between these without a record.
    """

    source: str
    channel: str
    days: Days
    said: tuple[Window, ...]
    silence: int
    moments: NDArray[np.int64]
    events: NDArray[np.int64]


def series(prepared: pd.DataFrame, scope: Scope, coverage: Coverage, observed: Sequence[Window] = ()) -> Series:
    """The series of the persons of `scope`; `observed` are the times for which a person has said that records are complete."""
    mine = scope.items(IN).mask(prepared)
    if observed and all(window.of_all for window in observed):
        return Series(
            _complete(days_of(observed)),
            np.flatnonzero(mine),
            (),
            0,
            alone=False,
            established=True,
            said=tuple(observed),
        )
    covered = _covered_by_each(prepared, scope, coverage, observed)
    longest: tuple[Days, list[_File]] = max(covered, key=lambda one: one[0].size, default=(_NO_WEEKS, []))
    long = [one for one in covered if one[0].size >= MIN_WEEKS] or [longest]
    weeks = _common([there for there, _ in long])
    alone = weeks.size < MIN_WEEKS and len(long) > 1
    if alone:
        weeks, long = longest[0], [longest]
    return _of(prepared, mine, weeks, [record for _, record in long], alone=alone)


def each_series(
    prepared: pd.DataFrame, scope: Scope, coverage: Coverage, observed: Sequence[Window] = ()
) -> tuple[Series, ...]:
    """The series of each record by itself, over all the complete weeks that it covers: of those that cover `MIN_WEEKS` or more, the longest first."""
    mine = scope.items(IN).mask(prepared)
    covered = _covered_by_each(prepared, scope, coverage, observed)
    long = sorted((one for one in covered if one[0].size >= MIN_WEEKS), key=lambda one: -one[0].size)
    return tuple(_of(prepared, mine, weeks, [record], alone=True) for weeks, record in long)


def _covered_by_each(
    prepared: pd.DataFrame, scope: Scope, coverage: Coverage, observed: Sequence[Window]
) -> list[tuple[Days, list[_File]]]:
    """The records that hold an item in from the persons of the scope, each with the complete weeks that it covers."""
    known = _known(coverage)
    if scope.persons:
        with_them = prepared.loc[prepared["person"].isin(scope.persons), "source"].unique()
        known = known[~known["channel"].isin(ONE_CHAT) | known["source"].isin(with_them)]
    touched = _touched(prepared, scope)
    records = [
        record
        for channel in sorted(set(known["channel"]) & {channel for _, channel in touched})
        for record in _records(prepared, known[known["channel"] == channel], observed)
    ]
    return [(_covered(record), record) for record in records if touched & _names(record)]


def _of(
    prepared: pd.DataFrame, mine: NDArray[np.bool_], weeks: Days, records: list[list[_File]], *, alone: bool
) -> Series:
    """The series of some records over some weeks; `mine` are the items in from the persons of the scope."""
    files = sorted((source, one) for record in records for source, channel in _names(record) for one in _kept(channel))
    held = _held_by(prepared, mine, files)
    left_out = int(mine.sum() - held.sum())
    return Series(
        weeks,
        np.flatnonzero(held),
        tuple(files) if left_out or alone else (),
        left_out,
        alone,
        established=bool(weeks.size) and all(np.isin(weeks, _said_weeks(record)).all() for record in records),
        said=tuple(dict.fromkeys(window for record in records for file in record for window in file.said)),
    )


def _said_weeks(record: list[_File]) -> Days:
    """The complete weeks of which a person says that the record is complete."""
    return _complete(days_of([window for file in record for window in file.said]))


def _saying(source: str, channel: str, observed: Sequence[Window]) -> tuple[Window, ...]:
    """What is said of one channel of a file; what is said of it by name comes before what is said of everything."""
    about = [
        window
        for window in observed
        if (not window.sources or source in window.sources)
        and (not window.channels or window.channels & {kept.casefold() for kept in _kept(channel)})
    ]
    return tuple([window for window in about if not window.of_all] or about)


def _kept(channel: str) -> tuple[str, ...]:
    """The channels that are kept together with this one."""
    return TEXTS if channel in TEXTS else (channel,)


def _common(covered: list[Days]) -> Days:
    weeks = covered[0]
    for there in covered[1:]:
        weeks = np.intersect1d(weeks, there)
    return weeks


def _names(record: list[_File]) -> set[tuple[str, str]]:
    return {(file.source, file.channel) for file in record}


def _covered(record: list[_File]) -> Days:
    """The complete weeks of a record."""
    days = np.unique(np.concatenate([file.days for file in record]))
    if any(file.said for file in record):
        return _complete(days)
    silence = max(file.silence for file in record)
    steps = np.diff(days)
    short = np.flatnonzero((steps > _DAY) & (steps <= (silence + 1) * _DAY))
    return _complete(
        np.union1d(days, np.concatenate([_NO_WEEKS, *(_days(days[place], days[place + 1]) for place in short)]))
    )


def _days(first: np.datetime64, last: np.datetime64) -> Days:
    return np.arange(first, last + _DAY)


def _complete(days: Days) -> Days:
    """The Mondays of the weeks of which all seven days are among some ordered days."""
    mondays, number = np.unique(days - ((days.astype(np.int64) + 3) % 7).astype("timedelta64[D]"), return_counts=True)
    complete: Days = mondays[number == 7]
    return complete


def _known(coverage: Coverage) -> pd.DataFrame:
    """The windows of what carries contact."""
    windows = coverage.windows
    windows = windows[windows["carries_contact"] & windows["first"].notna()]
    windows = windows.assign(channel=[_kept(channel)[0] for channel in windows["channel"]])
    windows = windows.groupby(["source", "channel"], as_index=False).agg(
        first=("first", "min"), last=("last", "max"), records=("records", "sum")
    )
    windows = windows.sort_values(["records", "source"], ascending=[False, True]).groupby("channel").head(MOST_FILES)
    return windows.sort_values(["channel", "first", "last", "source"])


def _inward(prepared: pd.DataFrame, scope: Scope) -> NDArray[np.bool_]:
    """Items in from the persons of the scope and what repeats one in another file."""
    keep = prepared["left_out"].isin(("", DUPLICATE)) & prepared["kind"].isin(CONTACT) & (prepared["direction"] == IN)
    if scope.persons:
        keep &= prepared["person"].isin(scope.persons)
    return (keep & prepared["day"].notna()).to_numpy(dtype=bool)


def _touched(prepared: pd.DataFrame, scope: Scope) -> set[tuple[str, str]]:
    there = prepared.loc[_inward(prepared, scope), ["source", "channel"]].drop_duplicates().astype(str)
    return {(source, _kept(channel)[0]) for source, channel in zip(there["source"], there["channel"], strict=True)}


def _records(prepared: pd.DataFrame, windows: pd.DataFrame, observed: Sequence[Window]) -> list[list[_File]]:
    """The files of one channel, those together that hold the same contact wherever they overlap."""
    records: list[list[_File]] = []
    for file in _files(prepared, windows, observed):
        same = next((record for record in records if all(_alike(file, other) for other in record)), None)
        if same is None:
            records.append([file])
        else:
            same.append(file)
    return records


def _files(prepared: pd.DataFrame, windows: pd.DataFrame, observed: Sequence[Window]) -> Iterator[_File]:
    channel = windows["channel"].iloc[0]
    there = prepared["channel"].isin(_kept(channel)) & prepared["day"].notna()
    there &= prepared["source"].isin(windows["source"])
    days = prepared.loc[there, ["source", "day"]].drop_duplicates()
    contact = prepared.loc[there & prepared["kind"].isin(CONTACT), ["source", "utc", "id", "same_as"]]
    moments = contact["utc"].dt.tz_convert(None).to_numpy(dtype="datetime64[us]").astype(np.int64)
    events = np.zeros(len(contact), dtype=np.int64)
    if len(windows) > 1:
        events = pd.factorize(contact["same_as"].fillna("").mask(lambda same: same == "", contact["id"]))[0]
    for source in windows["source"]:
        mine = np.flatnonzero(contact["source"] == source)
        of_file = days.loc[days["source"] == source, "day"].to_numpy(dtype="datetime64[D]")
        said = _saying(source, channel, observed)
        covers = days_of(said) if said else _covering(of_file)
        yield _File(source, channel, covers, said, _silence(of_file), moments[mine], events[mine])


def _covering(day: Days) -> Days:
    """Every day from the first to the last of some ordered days, without the long silences."""
    parts = np.split(day, np.flatnonzero(np.diff(day) > SILENCE_DAYS * _DAY) + 1)
    return np.concatenate([_days(part[0], part[-1]) for part in parts])


def _silence(day: Days) -> int:
    """The most days in a row without a record between some ordered days, of those that a file covers nevertheless."""
    steps = np.diff(day)
    covered = steps[steps <= SILENCE_DAYS * _DAY]
    return int(covered.max() / _DAY) - 1 if covered.size else 0


def _alike(one: _File, other: _File) -> bool:
    """Whether two files hold the same events between the later of their first and the earlier of their last moments; nothing is the same as nothing."""
    if not one.moments.size or not other.moments.size:
        return True
    start, end = max(one.moments[0], other.moments[0]), min(one.moments[-1], other.moments[-1])
    ours, theirs = (
        np.unique(file.events[slice(*np.searchsorted(file.moments, [start, end], side="left"))])
        for file in (one, other)
    )
    both = np.intersect1d(ours, theirs, assume_unique=True).size
    return both >= ALIKE * (ours.size + theirs.size - both)


def _held_by(prepared: pd.DataFrame, mine: NDArray[np.bool_], files: list[tuple[str, str]]) -> NDArray[np.bool_]:
    """Which of some items the files hold: the row that counts, or one that repeats it."""
    inside = np.zeros(len(prepared), dtype=bool)
    for channel in {channel for _, channel in files}:
        sources = [source for source, of in files if of == channel]
        inside |= ((prepared["channel"] == channel) & prepared["source"].isin(sources)).to_numpy(dtype=bool)
    held = mine & inside
    if (mine & ~inside).any():
        repeated = prepared.loc[inside & (prepared["left_out"] == DUPLICATE).to_numpy(dtype=bool), "same_as"]
        held |= mine & prepared["id"].isin(repeated).to_numpy(dtype=bool)
    return held
