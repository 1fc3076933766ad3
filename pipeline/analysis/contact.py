"""What counts as contact, and with whom: the table that every other analysis reads.

An *item* is one message, call, email or voicemail that came in or went out. A *session* is a run of items of one party in one direction with no more than
an hour between one and the next. Every row that is not an item has the reason in `left_out`, so that items and reasons add up to the whole table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from parsers.contract import ABOUT, CALL, DAY, EMAIL, IN, MESSAGE, NOTICE, OUT, UNSENT, VOICEMAIL
from pipeline.analysis.result import Selection
from pipeline.analysis.wording import joined
from pipeline.case import Case
from pipeline.timeline.decisions import BY_HAND
from pipeline.timeline.duplicates import RULES

TAGS: Final = (
    "zone",
    "basis",
    "clock",
    "precision",
    "correction",
    "differing",
    "kind",
    "channel",
    "direction",
    "status",
    "identifier",
    "person",
    "name_written",
    "source",
    "recipients",
    "categories",
    "same_rule",
    "maybe_rule",
    "seen",
    "seen_basis",
    "seen_by",
    "reason",
    "decided",
)
COLUMNS: Final = ("id", "utc", "local", *TAGS, "same_as", "maybe_same_as", "included")
"""The columns of the events table that the analyses read."""

GAP_MINUTES: Final = 60
REPLY_HOURS: Final = 24

EXCLUDED: Final = "excluded"
NOT_SHOWN: Final = "not shown"
"""Status of a row of a reduced copy of which only the file and the day are kept (`report.confidentiality`)."""
DUPLICATE: Final = "duplicate"
OTHER_RECORD: Final = "other record"
NO_DIRECTION: Final = "no direction"
UNDATED: Final = "undated"
LEFT_OUT: Final = (EXCLUDED, NOT_SHOWN, DUPLICATE, NOTICE, OTHER_RECORD, *sorted(UNSENT), NO_DIRECTION, UNDATED)
"""Why a row is not an item. Where several hold, the first of this order is given: a draft that two backups hold is one draft and one duplicate."""

CONTACT: Final = (MESSAGE, CALL, EMAIL, VOICEMAIL)
UNTIMED: Final = (DAY, ABOUT)
"""Precisions that do not give the hour."""
CLOCK_HOURS: Final = tuple(range(24))

_MICROSECOND: Final = "datetime64[us]"


def prepare(events: pd.DataFrame, gap_minutes: int = GAP_MINUTES) -> pd.DataFrame:
    """The events table, cut to `COLUMNS`, with what the analyses share.

    Added are:

    left_out       why the row does not count as contact, one of `LEFT_OUT`; empty for an item
    item           whether it counts: a message, call, email or voicemail, in or out, dated, that left the phone, repeats no other and is not excluded
    day, week      local midnight, and that of the Monday before; empty where undated
    hour, weekday  0-23 and 0 = Monday, on the local clock; both -1 where the time is known to the day only, or not at all
    party          a number for the other party: the person, or, where nobody is named for it, the identifier
    session        number of its session, from 0 in order of time; -1 if not an item. A new one begins after more than `gap_minutes` without an item of the same
                   party and direction. Items known to the day only make one session a day, apart from those with a time
    opens_session  whether it is the first item of its session
    unanswered     whether it is an item that came in, with a time of day, and no item went out to the same party within `REPLY_HOURS` after it
    repeated       whether another source holds the event too, and this is the row that is counted
    corroborated   whether one of those sources is an independent one

    Sessions and replies are measured in UTC, so the hour that happens twice when the clocks go back is two hours long. The rows keep their order, which must
    be that of the timeline: by instant, undated last.

    Raises:
        ValueError: the rows are not in that order.
    """
    table = events[list(COLUMNS)].reset_index(drop=True)
    for column in TAGS:
        table[column] = _tags(table[column])
    utc = table["utc"].dt.tz_convert(None).to_numpy(dtype=_MICROSECOND)
    local = table["local"].to_numpy(dtype=_MICROSECOND)
    undated = np.isnat(utc) | np.isnat(local)
    if not _in_order(utc):
        raise ValueError("the events are not in the order of the timeline: by instant, undated last")

    day = local.astype("datetime64[D]")
    weekday = (day.astype(np.int64) + 3) % 7  # 1 January 1970 was a Thursday
    timed = ~(undated | table["precision"].isin(UNTIMED).to_numpy(dtype=bool))
    table["day"] = day.astype(_MICROSECOND)
    table["week"] = (day - weekday.astype("timedelta64[D]")).astype(_MICROSECOND)
    table["hour"] = np.where(timed, (local - day).astype("timedelta64[h]").astype(np.int64), -1).astype(np.int8)
    table["weekday"] = np.where(timed, weekday, -1).astype(np.int8)

    table["left_out"] = _left_out(table, undated)
    table["item"] = (table["left_out"] == "").to_numpy(dtype=bool)
    table["party"] = _parties(table)
    table["session"], table["opens_session"] = _sessions(table, utc, timed, np.timedelta64(gap_minutes, "m"))
    table["unanswered"] = _unanswered(table, utc, timed)
    again = table.loc[(table["same_as"].fillna("") != "").to_numpy(dtype=bool), ["same_as", "same_rule"]]
    table["repeated"] = table["id"].isin(again["same_as"]).to_numpy(dtype=bool)
    apart = again.loc[independent(again["same_rule"]), "same_as"]
    table["corroborated"] = table["id"].isin(apart).to_numpy(dtype=bool)
    table.attrs["gap_minutes"] = gap_minutes
    return table


def independent(rules: pd.Series[Any]) -> NDArray[np.bool_]:
    """Which of these rules (`same_rule`) join records of different keepers, whether a person has confirmed it or not."""
    apart = [name for name, rule in RULES.items() if rule.independent]
    found: NDArray[np.bool_] = (
        rules.astype(str).isin([*apart, *(f"{name}, {BY_HAND}" for name in apart)]).to_numpy(dtype=bool)
    )
    return found


def in_turn(prepared: pd.DataFrame) -> NDArray[np.intp]:
    """The row numbers of the items, one party after another, each in order of time."""
    rows = np.flatnonzero(prepared["item"].to_numpy())
    return rows[np.argsort(prepared["party"].to_numpy()[rows], kind="stable")]


def openers(prepared: pd.DataFrame, item_rows: NDArray[np.intp], gap_minutes: int) -> NDArray[np.intp]:
    """The items that open a session if only these are looked at: the rule of `contact.prepare`, with any gap."""
    timed = prepared["hour"].to_numpy()[item_rows] >= 0
    of_one = prepared["party"].to_numpy()[item_rows] * 2 + timed
    order = np.argsort(of_one, kind="stable")
    utc = prepared["utc"].dt.tz_convert(None).to_numpy(dtype="datetime64[us]")[item_rows][order]
    begins = np.ones(order.size, dtype=bool)
    begins[1:] = (np.diff(of_one[order]) != 0) | (np.diff(utc) > np.timedelta64(gap_minutes, "m"))
    return np.sort(item_rows[order[begins]])


def _tags(column: pd.Series[Any]) -> pd.Series[Any]:
    """A column of few words as a categorical in which nothing is null: what is not given is ''."""
    tags = column.astype("category")
    if "" not in tags.cat.categories:
        tags = tags.cat.add_categories([""])
    return tags.fillna("")


def _in_order(utc: NDArray[np.datetime64]) -> bool:
    dated = ~np.isnat(utc)
    count = int(dated.sum())
    return bool(dated[:count].all() and (utc[1:count] >= utc[: max(count - 1, 0)]).all())


def _left_out(table: pd.DataFrame, undated: NDArray[np.bool_]) -> pd.Series[Any]:
    def among(column: str, *words: str) -> NDArray[np.bool_]:
        return table[column].isin(words).to_numpy(dtype=bool)

    why: dict[str, NDArray[np.bool_]] = {
        EXCLUDED: ~table["included"].astype("boolean").fillna(True).to_numpy(dtype=bool),
        NOT_SHOWN: among("status", NOT_SHOWN),
        DUPLICATE: (table["same_as"].fillna("") != "").to_numpy(dtype=bool),
        NOTICE: among("kind", NOTICE),
        OTHER_RECORD: ~among("kind", *CONTACT),
        # A status such as "failed" says of an outgoing item that it never left the phone; what came in, came in.
        **{status: among("status", status) & ~among("direction", IN) for status in sorted(UNSENT)},
        NO_DIRECTION: ~among("direction", IN, OUT),
        UNDATED: undated,
    }
    codes = np.select([why[reason] for reason in LEFT_OUT], list(range(1, len(LEFT_OUT) + 1)), 0)
    return pd.Series(pd.Categorical.from_codes(codes, categories=pd.Index(["", *LEFT_OUT])))


def _parties(table: pd.DataFrame) -> NDArray[np.int64]:
    persons, identifiers = table["person"].cat, table["identifier"].cat
    named = (table["person"] != "").to_numpy(dtype=bool)
    return np.where(
        named, persons.codes.to_numpy(np.int64), len(persons.categories) + identifiers.codes.to_numpy(np.int64)
    )


def _sessions(
    table: pd.DataFrame, utc: NDArray[np.datetime64], timed: NDArray[np.bool_], gap: np.timedelta64
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The number of each item's session, and whether the item opens it."""
    rows = np.flatnonzero(table["item"].to_numpy())
    inbound = (table["direction"] == IN).to_numpy(dtype=bool)
    of_one = (table["party"].to_numpy() * 2 + inbound) * 2 + timed
    order = rows[np.argsort(of_one[rows], kind="stable")]
    begins = np.ones(order.size, dtype=bool)
    begins[1:] = (np.diff(of_one[order]) != 0) | (np.diff(utc[order]) > gap)

    openers = order[begins]
    number = np.empty(openers.size, dtype=np.int64)
    number[np.argsort(openers)] = np.arange(openers.size)
    session = np.full(len(table), -1, dtype=np.int64)
    session[order] = number[np.cumsum(begins) - 1]
    opens = np.zeros(len(table), dtype=bool)
    opens[openers] = True
    return session, opens


def _unanswered(table: pd.DataFrame, utc: NDArray[np.datetime64], timed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    order = in_turn(table)
    result = np.zeros(len(table), dtype=bool)
    if not order.size:
        return result
    party = table["party"].to_numpy()[order]
    inbound = (table["direction"] == IN).to_numpy(dtype=bool)[order]
    # For every place in turn, the next item that went out, whoever it went to; the last place stands for "none".
    following = np.where(inbound, order.size - 1, np.arange(order.size))
    following = np.minimum.accumulate(following[::-1])[::-1]
    reply = (
        ~inbound[following]
        & (party[following] == party)
        & (utc[order][following] - utc[order] <= np.timedelta64(REPLY_HOURS, "h"))
    )
    result[order] = inbound & ~reply & timed[order]
    return result


@dataclass(frozen=True)
class Scope:
    """Whom the figures are about: the keys of these persons, or, if empty, everybody; `names` of all persons of the case, `note` for the reader."""

    persons: tuple[str, ...]
    names: Mapping[str, str]
    note: str

    @property
    def words(self) -> str:
        """'Sam Example', or 'everybody'."""
        return joined([self.names.get(person, person) for person in self.persons]) or "everybody"

    def whom(self, preposition: str) -> str:
        """' from Sam Example', or nothing where everybody is meant: "12 items came in from Sam Example", "12 items came in"."""
        return f" {preposition} {self.words}" if self.persons else ""

    def items(self, direction: str = "", **where: Any) -> Selection:
        """The items with these persons, restricted further by the fields of `Selection`."""
        return Selection(persons=self.persons, directions=(direction,) if direction else (), items=True, **where)

    def sessions(self, direction: str = "", **where: Any) -> Selection:
        """The items that open a session with these persons."""
        return Selection(persons=self.persons, directions=(direction,) if direction else (), sessions=True, **where)


def scope(case: Case, prepared: pd.DataFrame, names: Mapping[str, str] | None = None) -> Scope:
    """The subjects of the case that have at least one event; if none has, everybody, with a note that says so.

    `names` are the words for the keys of persons; if not given, the names in the case. A report that must not name somebody passes what it prints instead.
    """
    names = {person.key: person.name for person in case.people} if names is None else names
    seen = set(prepared["person"].unique())
    present = tuple(person.key for person in case.subjects if person.key in seen)
    absent = [names.get(person.key, person.key) for person in case.subjects if person.key not in seen]
    if not case.subjects:
        note = "The case names no subject yet, so the figures below count contact with everybody. Add the subject in case.toml and build the timeline again."
    elif not present:
        note = (
            f"No identifier in these records has been attributed to {joined(absent)} yet, so the figures below count contact with everybody. "
            "Add the identifier in case.toml and build the timeline again."
        )
    elif absent:
        there = joined([names.get(key, key) for key in present])
        note = f"No identifier in these records has been attributed to {joined(absent)}. The figures below count contact with {there}."
    else:
        note = f"The figures below count contact with {joined([names.get(key, key) for key in present])}."
    return Scope(present, names, note)
