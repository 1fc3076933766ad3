"""The same event in two sources: marked, never dropped, counted once. What is only likely is suggested, and a person decides (see `review`).

Rows that repeat inside one source are different events: 40 times "ok" in one minute are 40. So the first of them in one source is matched with the first in
the other, the second with the second. (Only an email with one Message-ID is one email, wherever it lies.) The rules, by what the two rows are:

    key               rows                                      must agree                                                      tolerance of time
    copy              any two, one keeper                       kind, channel, direction, identifier, length, words, subject,   none, and the same
                                                                attachments                                                     precision
    media left out    two chats, one exported without media     all of that but the attachments, of which there are as many     none
    both ends         one keeper's and the other's phone        kind, channel, direction, person, words, as many attachments    none
    message-id        two emails                                Message-ID and words                                            none
    log and bill      a phone's call and the bill's             direction, identifier, lengths over 0 and at most 2 s apart;    5 s; none where both
                                                                no other pair is possible                                       are to the minute

    suggested: minute and second     one to the minute, one to the second; else as `both ends`         the same minute
    suggested: log and bill, near    as `log and bill`; lengths, if both are given, within 60 s        90 s; texts of a bill have no words
    suggested: both ends, near       as `both ends`                                                    60 s
    suggested: message-id, differs   one Message-ID, other words or another time
    suggested: screenshot            a picture named as one, and the last item before it               10 minutes

Why these: a copy of one store agrees in all that the store holds, so nothing is tolerated. A chat without media holds the same lines in the same order. Two
phones in one chat show the same words, but not always the same second. A bill is timed by the network and a log by the phone, which differ by seconds; a
redial within 5 s that lasts as long is not to be expected, and where one could be meant nothing is marked. A minute holds many events: what is known to the
minute is never merged with what is known to the second. A Message-ID is given once by the sender's system, but careless ones use it again, so the words must
agree too.

A repeat is *independent* where somebody else kept the record: the other party's phone, or the phone company. Two backups of one phone are two copies of one
record. Independence is said only where the files show it: by the owner that was named for a chat, or by a list with charges.

Two rows that share a hash of the compared columns are compared in the columns themselves.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from parsers.contract import CALL, EMAIL, MESSAGE, MINUTE, SECOND, SUBSECOND, VOICEMAIL

COPY: Final = "copy"
NO_MEDIA: Final = "media left out"
BOTH_ENDS: Final = "both ends"
MAIL: Final = "message-id"
BILL: Final = "log and bill"
MIXED: Final = "minute and second"
BILL_NEAR: Final = "log and bill, near"
ENDS_NEAR: Final = "both ends, near"
MAIL_OTHER: Final = "message-id, differs"
SCREEN: Final = "screenshot"


@dataclass(frozen=True)
class Rule:
    """How the report words a rule, and whether rows that it joins were kept by different keepers."""

    words: str
    independent: bool = False


RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        COPY: Rule("the same in time, party, direction, length, words and attachments: a second copy of one record"),
        NO_MEDIA: Rule("the same chat with and without its media: a second copy of one record"),
        BOTH_ENDS: Rule("the same words at the same time on the other party's phone", independent=True),
        MAIL: Rule("the same Message-ID and words: a second copy of one email"),
        BILL: Rule(
            "the phone's record and the phone company's, at most 5 seconds apart, of the same length", independent=True
        ),
        MIXED: Rule(
            "the same party, direction and words in the same minute; one of the two is known to the minute only"
        ),
        BILL_NEAR: Rule("the phone's record and the phone company's, at most 90 seconds apart", independent=True),
        ENDS_NEAR: Rule("the same words on both phones, at most 60 seconds apart", independent=True),
        MAIL_OTHER: Rule("the same Message-ID, but other words or another time"),
        SCREEN: Rule("a screenshot taken within 10 minutes after it"),
    }
)

SUGGESTIONS: Final = (MIXED, BILL_NEAR, ENDS_NEAR, MAIL_OTHER, SCREEN)
"""The rules that only suggest."""
_MINUTE: Final = 60_000_000
_BILLED: Final = '"list":"itemised bill"'
_MARKS: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_CONTACT: Final = (MESSAGE, CALL, EMAIL, VOICEMAIL)
_COLUMNS: Final = (
    "precision", "kind", "channel", "direction", "identifier", "person", "status", "text", "subject", "attachments",
)  # fmt: skip
_SAME: Final = (
    "utc", "precision", "kind", "channel", "direction", "identifier", "seconds", "text", "subject", "attachments",
)  # fmt: skip
"""The columns in which a copy must agree."""
_ALIKE: Final = ("kind", "channel", "direction", "party", "plain", "subject", "attached")
"""Those in which two records of different keepers must agree."""


def find(columns: Mapping[str, Any], holders: Mapping[str, str], screenshots: frozenset[str]) -> dict[str, Any]:
    """The columns same_as, same_rule, maybe_same_as and maybe_rule for event columns in file order.

    `holders` is source key -> key of the person whose phone it came from, where that is not the client; `screenshots` are keys of pictures of a screen. The
    event that is counted is chosen by what the rows hold and by source key, so that the order in which files were imported changes nothing.
    """
    count = len(columns["id"])
    rows = _candidates(columns, holders, screenshots)
    marked: tuple[Any, ...] = (np.full(count, "", dtype=object),) * 4
    if len(rows):
        marked = tuple(_spread(values, rows, count) for values in _marks(rows))
    same, rule, maybe, maybe_rule = (pa.array(values, pa.string()) for values in marked)
    return {
        "same_as": same,
        "same_rule": rule.dictionary_encode(),
        "maybe_same_as": maybe,
        "maybe_rule": maybe_rule.dictionary_encode(),
    }


def _spread(values: NDArray[np.object_], rows: pd.DataFrame, count: int) -> NDArray[np.object_]:
    whole = np.full(count, "", dtype=object)
    whole[rows["row"].to_numpy()] = values
    return whole


# --- which rows are looked at ----------------------------------------------------------------------------------------------------------------------------


def _candidates(columns: Mapping[str, Any], holders: Mapping[str, str], screenshots: frozenset[str]) -> pd.DataFrame:
    """The rows that share minute, kind, direction and party with a row of another source, and those that a rule with a wider tolerance needs."""
    source, sources = _codes(columns["source"])
    kind, kinds = _codes(columns["kind"])
    utc = columns["utc"].cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    contact = np.isin(kind, [kinds.index(one) for one in _CONTACT if one in kinds])
    dated = columns["utc"].is_valid().to_numpy(zero_copy_only=False) & contact
    pictures = np.isin(source, [sources.index(one) for one in screenshots if one in sources])
    if len(np.unique(source)) < 2 and not np.isin(kind, _at(kinds, EMAIL)).any():
        return pd.DataFrame()
    keep = np.zeros(len(source), dtype=np.bool_)
    party = _party(columns)
    direction = _codes(columns["direction"])[0]
    shared = np.flatnonzero(dated)
    if len(shared):
        key = pd.util.hash_array(utc[shared] // _MINUTE) * np.uint64(31)
        for part in (kind, direction, party):
            key = (key ^ part[shared].astype(np.uint64)) * np.uint64(1099511628211)
        order = np.argsort(key, kind="stable")
        starts = np.flatnonzero(np.r_[True, key[order][1:] != key[order][:-1]])
        held = source[shared][order]
        several = np.minimum.reduceat(held, starts) != np.maximum.reduceat(held, starts)
        keep[shared[order]] = np.repeat(several, np.diff(np.r_[starts, len(order)]))
    mails = np.flatnonzero(np.isin(kind, _at(kinds, EMAIL)))
    numbers = _message_ids(columns["extra"], mails)
    again = pd.Series(numbers).duplicated(keep=False).to_numpy() & (numbers != "")
    keep[mails[again]] = True
    billed = _billed(columns, kind, kinds) & dated
    for special, span in (
        (billed, 2),
        (np.isin(source, [sources.index(one) for one in holders if one in sources]) & dated, 1),
        (pictures & columns["utc"].is_valid().to_numpy(zero_copy_only=False), 10),
    ):
        if special.any():
            minutes = np.unique(utc[special] // _MINUTE)
            near = np.unique((minutes[:, None] + np.arange(-span, span + 1)).ravel())
            keep |= special | (dated & np.isin(utc // _MINUTE, near))
    rows = np.flatnonzero(keep)
    if not len(rows):
        return pd.DataFrame()
    taken = pa.array(rows)
    names = np.array(sources, dtype=object)
    mail = np.full(len(source), "", dtype=object)
    mail[mails] = numbers
    return pd.DataFrame({name: _values(columns[name].take(taken)) for name in ("id", *_COLUMNS)}).assign(
        mail=mail[rows],
        row=rows,
        utc=utc[rows],
        source=names[source[rows]],
        position=columns["position"].take(taken).to_numpy(zero_copy_only=False),
        seconds=columns["seconds"].take(taken).to_numpy(zero_copy_only=False),
        party=party[rows],
        billed=billed[rows],
        picture=pictures[rows],
        holder=np.array([holders.get(one, "") for one in sources], dtype=object)[source[rows]],
    )


def _at(values: list[str], one: str) -> list[int]:
    return [values.index(one)] if one in values else []


def _codes(column: Any) -> tuple[NDArray[np.int64], list[str]]:
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(column, pa.ChunkedArray):  # an empty column has no chunk to combine
        column = pa.array([], column.type)
    column = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    words = [value or "" for value in column.dictionary.to_pylist()]
    codes: NDArray[np.int64] = column.indices.fill_null(len(words)).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, [*words, ""]


def _party(columns: Mapping[str, Any]) -> NDArray[np.int64]:
    """A number for the other party: the person, or, where nobody is named for it, the identifier."""
    person, persons = _codes(columns["person"])
    identifier, _ = _codes(columns["identifier"])
    named = np.array([value != "" for value in persons], dtype=np.bool_)
    return np.where(named[person], person, len(persons) + identifier)


def _message_ids(extra: Any, mails: NDArray[np.int64]) -> NDArray[np.object_]:
    """The Message-IDs of these rows; "" where there is none."""
    extra = extra.combine_chunks() if isinstance(extra, pa.ChunkedArray) else extra
    if not len(mails):
        return np.zeros(0, dtype=object)
    found = pc.extract_regex(extra.take(pa.array(mails)), r'"message_id":"(?P<one>(?:[^"\\]|\\.)*)"')
    trimmed = pc.utf8_trim(pc.struct_field(found, [0]).fill_null(""), " <>")
    numbers: NDArray[np.object_] = trimmed.to_numpy(zero_copy_only=False)
    return numbers


def _billed(columns: Mapping[str, Any], kind: NDArray[np.int64], kinds: list[str]) -> NDArray[np.bool_]:
    """Which rows a phone company has kept."""
    found = pc.match_substring(columns["extra"], _BILLED).fill_null(False).to_numpy(zero_copy_only=False)
    billed: NDArray[np.bool_] = found & np.isin(kind, [*_at(kinds, CALL), *_at(kinds, MESSAGE)])
    return billed


def _values(column: Any) -> Any:
    """Texts for pandas: encoded ones stay so; a null is ""."""
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_dictionary(column.type):
        codes, words = _codes(column)
        known = {word: code for code, word in enumerate(dict.fromkeys(words))}
        placed: NDArray[np.int64] = np.array([known[word] for word in words], dtype=np.int64)[codes]
        return pa.DictionaryArray.from_arrays(placed, list(known)).to_pandas()
    return column.fill_null("").to_pandas()


# --- marks -----------------------------------------------------------------------------------------------------------------------------------------------


def _marks(rows: pd.DataFrame) -> tuple[NDArray[np.object_], ...]:
    """same_as, same_rule, maybe_same_as, maybe_rule for each candidate."""
    rows["seconds"] = rows["seconds"].astype(np.float64).fillna(-1.0)
    some = bool((rows["attachments"] != "").any())
    rows["attached"] = rows["attachments"].str.count('"sha256"') if some else 0
    rows["left"] = rows["attachments"].str.contains("left out of the export", regex=False) if some else False
    rows["plain"] = _plain(rows)
    rows = rows.sort_values(["source", "position"], kind="stable").reset_index()
    contact = (~rows["picture"]).to_numpy()
    exact = _in_turn(rows, contact, _SAME)
    links = [exact, _media(rows, contact), _both_ends(rows, contact), _mails(rows), _bills(rows)]
    root = _roots(rows, [link for link in links if len(link)], exact)
    same = np.where(root == np.arange(len(rows)), "", rows["id"].to_numpy()[root])
    rule = np.where(same == "", "", _rule(rows, root))
    maybe, maybe_rule = _suggestions(rows, same == "")
    order = np.argsort(rows["index"].to_numpy())
    return same[order], rule[order], maybe[order], maybe_rule[order]


def _plain(rows: pd.DataFrame) -> Any:
    """The words without hidden marks, in one form of Unicode, with single spaces: as two programs agree on them."""

    def plain(text: str) -> str:
        return " ".join(unicodedata.normalize("NFC", _MARKS.sub("", text)).split())

    if not (
        (rows["holder"] != "").any()
        or (rows["precision"] != rows["precision"].iloc[0]).any()
        or (rows["kind"] == EMAIL).any()
    ):
        return rows["text"]
    return rows["text"].map(plain)


Links = NDArray[np.int64]
"""Pairs of places in the table, one a row: the two are one event."""
_NONE: Final = np.zeros((0, 2), dtype=np.int64)


def _pairs(first: Any, second: Any, keep: Any = slice(None)) -> Links:
    """Two columns of places as links; `keep` says which."""
    pairs: Links = np.column_stack([np.asarray(first, dtype=np.int64), np.asarray(second, dtype=np.int64)])[keep]
    return pairs


def _in_turn(rows: pd.DataFrame, which: NDArray[np.bool_], columns: tuple[str, ...]) -> Links:
    """Links the first of the rows that agree in `columns` in one source with the first in the others, the second with the second."""
    chosen = np.flatnonzero(which)
    if not len(chosen):
        return _NONE
    key = _groups(rows.iloc[chosen], columns)
    pair = _joined(key, _turns(key, rows["source"].to_numpy()[chosen]))
    first = pd.Series(chosen).groupby(pair).transform("first").to_numpy()
    return _pairs(first, chosen, first != chosen)


def _groups(rows: pd.DataFrame, columns: tuple[str, ...]) -> NDArray[np.int64]:
    """A number for each distinct combination of values, by the values themselves."""
    key = np.zeros(len(rows), dtype=np.int64)
    for name in columns:
        key = _joined(key, pd.factorize(rows[name])[0])
    return key


def _joined(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    codes: NDArray[np.int64] = pd.factorize(first * (int(second.max(initial=0)) + 1) + second)[0]
    return codes


def _turns(key: NDArray[np.int64], source: NDArray[np.object_]) -> NDArray[np.int64]:
    """How many rows of the same key and source stand before each."""
    within = _joined(key, pd.factorize(source)[0])
    return pd.Series(within).groupby(within).cumcount().to_numpy().astype(np.int64)


def _media(rows: pd.DataFrame, contact: NDArray[np.bool_]) -> Links:
    """Chats with and without media: rows with as many attachments, where one side has left them out and the others hold the same."""
    if not rows["left"].any():
        return _NONE
    links = _in_turn(rows, contact & (rows["attached"] > 0).to_numpy(), (*_SAME[:-1], "attached"))
    return _not_differing(rows, links)


def _not_differing(rows: pd.DataFrame, links: Links) -> Links:
    """The links of those groups in which all attachments that are there are the same."""
    if not len(links):
        return links
    there = rows["attachments"].where(~rows["left"], "").to_numpy()
    table = pd.DataFrame(
        {"first": np.r_[links[:, 0], np.unique(links[:, 0])], "row": np.r_[links[:, 1], np.unique(links[:, 0])]}
    )
    table["there"] = there[table["row"].to_numpy()]
    kinds = table[table["there"] != ""].groupby("first")["there"].nunique()
    return links[~np.isin(links[:, 0], kinds.index[kinds > 1].to_numpy())]


def _both_ends(rows: pd.DataFrame, contact: NDArray[np.bool_]) -> Links:
    """The client's phone and another's: rows of different holders, in turn."""
    if rows["holder"].nunique() < 2:
        return _NONE
    links = _in_turn(rows, contact, ("utc", "precision", *_ALIKE))
    if not len(links):
        return links
    # The first of a group may be of the same holder as another one, which only `copy` may join: each is linked to a row of another holder instead.
    holder = rows["holder"].to_numpy()
    table = pd.DataFrame(
        {"first": np.r_[links[:, 0], np.unique(links[:, 0])], "row": np.r_[links[:, 1], np.unique(links[:, 0])]}
    )
    table["holder"] = holder[table["row"].to_numpy()]
    one_each = table.sort_values("row").drop_duplicates(["first", "holder"])
    lead = one_each.groupby("first")["row"].transform("first")
    return _pairs(lead, one_each["row"], (lead != one_each["row"]).to_numpy())


def _mails(rows: pd.DataFrame) -> Links:
    """One Message-ID, one time, the same words: one email, in whichever folders it lies."""
    mails = np.flatnonzero((rows["mail"] != "").to_numpy())
    if not len(mails):
        return _NONE
    key = _groups(rows.iloc[mails], ("mail", "utc", "plain"))
    first = pd.Series(mails).groupby(key).transform("first").to_numpy()
    return _pairs(first, mails, first != mails)


def _bills(rows: pd.DataFrame) -> Links:
    """Calls of a phone and of the phone company that can only be each other."""
    pairs = _near(rows, rows["billed"].to_numpy(), 5)
    if not len(pairs):
        return _NONE
    one, other = (rows.iloc[pairs[:, side]].reset_index(drop=True) for side in (0, 1))
    timed = one["precision"].isin([SECOND, SUBSECOND]) & other["precision"].isin([SECOND, SUBSECOND])
    minutes = (one["precision"] == MINUTE) & (other["precision"] == MINUTE) & (one["utc"] == other["utc"])
    lengths = (one["seconds"] > 0) & (other["seconds"] > 0) & ((one["seconds"] - other["seconds"]).abs() <= 2)
    fits = ((timed | minutes) & lengths & (one["kind"] == CALL)).to_numpy()
    pairs = pairs[fits]
    # A call that fits two of one source fits neither.
    source = pd.factorize(rows["source"])[0]
    table = pd.DataFrame({"bill": pairs[:, 0], "log": pairs[:, 1]})
    table["in_log"], table["in_bill"] = source[table["log"]], source[table["bill"]]
    alone = ~(table.duplicated(["bill", "in_log"], keep=False) | table.duplicated(["log", "in_bill"], keep=False))
    return pairs[alone.to_numpy()]


def _near(rows: pd.DataFrame, special: NDArray[np.bool_], seconds: int) -> Links:
    """All pairs of a special row and another source's row that is not special, of the same kind, direction and identifier, so near to each other."""
    if not special.any() or special.all():
        return _NONE
    key = _groups(rows, ("kind", "direction", "identifier"))
    utc = rows["utc"].to_numpy()
    clock = utc // 1_000_000
    at = key * (int(clock.max() - clock.min()) + 4 * seconds + 4) + clock - clock.min()
    others = np.flatnonzero(~special & ~rows["picture"].to_numpy())
    others = others[np.argsort(at[others], kind="stable")]
    wanted = np.flatnonzero(special)
    low = np.searchsorted(at[others], at[wanted] - seconds - 1, "left")
    counts = np.searchsorted(at[others], at[wanted] + seconds + 1, "right") - low
    first = np.repeat(wanted, counts)
    second = others[np.repeat(low - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())]
    source = pd.factorize(rows["source"])[0]
    fits = (source[first] != source[second]) & (key[first] == key[second])
    fits &= np.abs(utc[first] - utc[second]) <= seconds * 1_000_000
    return _pairs(first, second, fits)


def _roots(rows: pd.DataFrame, links: list[Links], exact: Links) -> NDArray[np.int64]:
    """For each row the place of the one that is counted for its event."""
    group = _components(len(rows), links)
    mail = (rows["mail"] != "").to_numpy()
    # Two rows of one source are two events. Where links by different rules have brought them together, only the exact ones hold.
    twice = pd.DataFrame({"group": group, "source": rows["source"]}).loc[~mail].duplicated(keep=False)
    torn = np.isin(group, group[twice.index[twice.to_numpy()].to_numpy()])
    if torn.any():
        links = [exact, *(link[~torn[link[:, 0]]] for link in links)]
        group = _components(len(rows), [link for link in links if len(link)])
    coarse = (~rows["precision"].isin([SECOND, SUBSECOND])).to_numpy()
    source = pd.factorize(rows["source"], sort=True)[0]
    order = np.lexsort((rows["position"], source, rows["holder"] != "", rows["left"], coarse, rows["billed"], group))
    first = np.r_[True, group[order][1:] != group[order][:-1]]
    root = np.empty(len(rows), dtype=np.int64)
    root[order] = np.repeat(order[first], np.diff(np.r_[np.flatnonzero(first), len(order)]))
    return root


def _components(count: int, links: list[Links]) -> NDArray[np.int64]:
    """A number for each set of rows that links hold together."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    pairs = np.concatenate(links) if links else _NONE
    graph = coo_matrix((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    group: NDArray[np.int64] = connected_components(graph, directed=False)[1].astype(np.int64)
    return group


def _rule(rows: pd.DataFrame, root: NDArray[np.int64]) -> NDArray[np.object_]:
    """By which rule each row repeats its root: what the two rows are decides it."""

    def other(name: str) -> NDArray[np.bool_]:
        values = rows[name].to_numpy()
        differs: NDArray[np.bool_] = values != values[root]
        return differs

    mail = (rows["mail"] != "").to_numpy() & ~other("mail")
    conditions = [mail, other("billed"), other("holder"), other("attachments")]
    rule: NDArray[np.object_] = np.select(conditions, [MAIL, BILL, BOTH_ENDS, NO_MEDIA], COPY).astype(object)
    return rule


# --- suggestions -----------------------------------------------------------------------------------------------------------------------------------------


def _suggestions(rows: pd.DataFrame, counted: NDArray[np.bool_]) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """maybe_same_as and maybe_rule: only rows that are counted are suggested, each once, for another that is counted."""
    maybe = np.full(len(rows), "", dtype=object)
    rule = np.full(len(rows), "", dtype=object)
    ids = rows["id"].to_numpy()
    for key, pairs in (
        (MAIL_OTHER, _mails_that_differ(rows, counted)),
        (MIXED, _mixed(rows, counted)),
        (BILL_NEAR, _nearest(rows, _bills_near(rows, counted))),
        (ENDS_NEAR, _nearest(rows, _ends_near(rows, counted))),
        (SCREEN, _screens(rows, counted)),
    ):
        for one, other in pairs.tolist():
            if not maybe[one] and maybe[other] != ids[one]:
                maybe[one], rule[one] = ids[other], key
    return maybe, rule


def _mails_that_differ(rows: pd.DataFrame, counted: NDArray[np.bool_]) -> Links:
    mails = np.flatnonzero((rows["mail"] != "").to_numpy() & counted)
    if not len(mails):
        return _NONE
    first = pd.Series(mails).groupby(rows["mail"].to_numpy()[mails]).transform("first").to_numpy()
    return _pairs(mails, first, first != mails)


def _mixed(rows: pd.DataFrame, counted: NDArray[np.bool_]) -> Links:
    """Rows to the minute with rows of another source to the second in that minute, the first with the first."""
    coarse = (
        (rows["precision"] == MINUTE).to_numpy() & counted & ~rows["picture"].to_numpy() & ~rows["billed"].to_numpy()
    )
    fine = (
        rows["precision"].isin([SECOND, SUBSECOND]).to_numpy()
        & counted
        & ~rows["picture"].to_numpy()
        & ~rows["billed"].to_numpy()
    )
    if not coarse.any() or not fine.any():
        return _NONE
    table = rows.assign(minute=rows["utc"] // _MINUTE).loc[coarse | fine]
    key = _groups(table, ("minute", *_ALIKE))
    table = table.assign(key=key, turn=_turns(key, table["source"].to_numpy()), place=table.index)
    known = table.index.isin(np.flatnonzero(fine))
    columns = ["key", "turn", "place", "source", "seconds", "status"]
    pairs = table.loc[~known, columns].merge(table.loc[known, columns], on=["key", "turn"], suffixes=("", "_fine"))
    lengths = (
        (pairs["seconds"] < 0) | (pairs["seconds_fine"] < 0) | ((pairs["seconds"] - pairs["seconds_fine"]).abs() <= 2)
    )
    agree = (pairs["status"] == pairs["status_fine"]) | (pairs["status"] == "") | (pairs["status_fine"] == "")
    pairs = pairs[lengths & agree & (pairs["source"] != pairs["source_fine"])]
    pairs = pairs.sort_values(["place", "source_fine"]).drop_duplicates("place")
    return _pairs(pairs["place"], pairs["place_fine"])


def _bills_near(rows: pd.DataFrame, counted: NDArray[np.bool_]) -> Links:
    pairs = _near(rows, rows["billed"].to_numpy(), 90)
    pairs = pairs[counted[pairs[:, 0]] & counted[pairs[:, 1]]]
    lengths = rows["seconds"].to_numpy()
    one, other = lengths[pairs[:, 0]], lengths[pairs[:, 1]]
    fits = (one < 0) | (other < 0) | (((one > 0) == (other > 0)) & (np.abs(one - other) <= 60))
    fits |= rows["kind"].to_numpy()[pairs[:, 0]] == MESSAGE
    return _pairs(pairs[:, 0], pairs[:, 1], fits)


def _ends_near(rows: pd.DataFrame, counted: NDArray[np.bool_]) -> Links:
    if rows["holder"].nunique() < 2:
        return _NONE
    alike = rows.assign(kind=_groups(rows, _ALIKE), direction="", identifier="")
    pairs = _near(alike, (rows["holder"] != "").to_numpy(), 60)
    return pairs[counted[pairs[:, 0]] & counted[pairs[:, 1]] & (rows["plain"] != "").to_numpy()[pairs[:, 0]]]


def _nearest(rows: pd.DataFrame, pairs: Links) -> Links:
    """Of the pairs those that are nearest in time, each row in one of them only."""
    if not len(pairs):
        return _NONE
    utc = rows["utc"].to_numpy()
    apart = np.abs(utc[pairs[:, 0]] - utc[pairs[:, 1]])
    taken: set[int] = set()
    kept: list[tuple[int, int]] = []
    for at in np.lexsort((pairs[:, 1], pairs[:, 0], apart)).tolist():
        one, other = int(pairs[at, 0]), int(pairs[at, 1])
        if one not in taken and other not in taken:
            taken |= {one, other}
            kept.append((one, other))
    return np.array(kept, dtype=np.int64)


def _screens(rows: pd.DataFrame, counted: NDArray[np.bool_]) -> Links:
    """Pictures of a screen, each with the last item before it."""
    picture = np.flatnonzero(rows["picture"].to_numpy() & rows["precision"].isin([SECOND, SUBSECOND]).to_numpy())
    items = np.flatnonzero(~rows["picture"].to_numpy() & counted)
    if not len(picture) or not len(items):
        return _NONE
    utc = rows["utc"].to_numpy()
    items = items[np.argsort(utc[items], kind="stable")]
    before = np.searchsorted(utc[items], utc[picture], "right") - 1
    near = (before >= 0) & (utc[picture] - utc[items[np.maximum(before, 0)]] <= 10 * _MINUTE)
    return _pairs(picture[near], items[before[near]])
