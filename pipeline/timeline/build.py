"""Records of all sources to the one table of events: clocks, people, places and duplicates, column by column.

Nothing is left out: every record becomes an event, except an undated picture that came with a message of the case, which is listed with that message.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from parsers.contract import EMAIL, IN, OUT
from pipeline.case import Case
from pipeline.records import BETWEEN, ID, read
from pipeline.records import SCHEMA as RECORDS
from pipeline.timeline import categories, corrections, other_clocks, times, whereabouts
from pipeline.timeline.decided import put_into
from pipeline.timeline.decisions import Decision
from pipeline.timeline.people import WITHHELD, Directory
from pipeline.timeline.schema import SCHEMA
from pipeline.timeline.tags import Tags, characters

_ROWS: Final = 100_000
_BATCH: Final = 8192
"""Values that are encoded at a time: of columns with few different values the default, 1024, leaves too many rounds."""
_INT64: Final = 2**63 - 1
_ORDER: Final = ("utc", "source_rank", "position")
_DIFFERENT: Final = frozenset({"id", "utc", "local", "written", "text", "at", "position", "extra"})
"""Columns in which nearly every value is another one: no dictionary is tried for them."""
_ORDERED: Final = ("utc", "local", "position", "kind", "channel", "person", "source")
"""Columns of which the file tells the least and the greatest value of each part: what is looked for by them need not be read whole. For all columns it would
take a quarter of the time of writing."""


@dataclass(frozen=True)
class Span:
    """What the timeline says of one source: its events and its first and last local time, ISO 8601, "" if undated."""

    events: int
    first: str
    last: str


@dataclass(frozen=True)
class Built:
    """`spans` by source key; `attached`: sources that are not events of their own, with the (source, place) of the message they came with.

    `located` are the sources that hold positions of a device, of which a person can say whose it was; `remarks` are on decisions.
    """

    spans: Mapping[str, Span]
    attached: Mapping[str, tuple[str, str]]
    located: frozenset[str] = frozenset()
    remarks: tuple[str, ...] = ()


def build(
    case: Case,
    shards: Sequence[tuple[Path, frozenset[str]]],
    media: Mapping[str, str],
    notes: frozenset[str],
    today: date,
    output: Path,
    names: Mapping[str, Sequence[corrections.Name]] = MappingProxyType({}),
    told: whereabouts.Told = whereabouts.NOTHING,
    decisions: Mapping[str, Decision] = MappingProxyType({}),
    screenshots: frozenset[str] = frozenset(),
) -> Built:
    """Makes `output` (Parquet, `schema.SCHEMA`) from files of records (`records.SCHEMA`).

    Of each file the sources named beside it are left out: they were read from an earlier one. `media` is SHA-256 -> source key of the sources that may be attachments of a message; `notes` are the keys of those that are notes on a photo; `today` is the day after which a time is implausible; `names` of the sources by key, to find
    those whose clock case.toml corrects; `told` what else is known of the sources beside their records;
    `decisions` are those of the review, by event id; `screenshots` keys of the sources that are pictures of a screen.

    Raises:
        CaseError: case.toml gives one identifier to two persons, or one record two corrections of its clock.
    """
    with ThreadPoolExecutor(2) as pool:
        held = pool.map(lambda shard: _without(read(shard[0]), shard[1]), shards)
        rows, attached = _without_attached(
            pa.concat_tables([RECORDS.empty_table(), *held]).unify_dictionaries(), media, notes
        )
    events, remarks = _events(rows, case, today, names, told, decisions, screenshots)
    located = whereabouts.histories(rows)
    del rows
    spans = _spans(events)
    in_order = _are_in_order(events)
    if not in_order:
        order = pc.sort_indices(events, sort_keys=[(name, "ascending") for name in _ORDER]).to_numpy()
    events = events.select(SCHEMA.names)
    if not in_order:
        events = _in_one_piece(events)
    with (
        pq.ParquetWriter(
            output,
            SCHEMA,
            compression="zstd",
            compression_level=1,
            use_dictionary=[name for name in SCHEMA.names if name not in _DIFFERENT],
            write_statistics=list(_ORDERED),
            write_batch_size=_BATCH,
        ) as writer,
        ThreadPoolExecutor(1) as pool,  # writes one part while the next is put together
    ):
        writing: Future[None] = pool.submit(lambda: None)
        for start in range(0, max(len(events), 1), _ROWS):
            part = events.slice(start, _ROWS) if in_order else events.take(order[start : start + _ROWS])
            part = pa.table([_as_read(column) for column in part.combine_chunks().columns], SCHEMA)
            writing.result()
            writing = pool.submit(writer.write_table, part)
        writing.result()
    return Built(spans, attached, located, remarks)


def _are_in_order(events: Any) -> bool:
    """Whether the rows stand in their order already, as those of one backup do. Undated ones come last."""
    undated = ~events["utc"].is_valid().to_numpy(zero_copy_only=False).astype(np.bool_)
    keys = chain((undated,), (_whole(events[name].cast(pa.int64()).fill_null(0)) for name in _ORDER))
    after, same = np.zeros(max(len(undated) - 1, 0), np.bool_), np.ones(max(len(undated) - 1, 0), np.bool_)
    for key in keys:
        after |= same & (key[1:] > key[:-1])
        same &= key[1:] == key[:-1]
    return bool(after.all())


def _whole(column: Any) -> NDArray[np.int64]:
    return column.to_numpy(zero_copy_only=False).astype(np.int64, copy=False)  # type: ignore[no-any-return]  # Arrow is not typed


def _as_read(column: Any) -> Any:
    """A column whose dictionary holds the values of these rows, in the order in which they come: the same rows give the same bytes, however they were read."""
    if not pa.types.is_dictionary(column.type) or not len(column):
        return column
    (piece,) = column.chunks
    if piece.null_count:
        return piece.cast(pa.string()).dictionary_encode()
    used = pc.unique(piece.indices)
    values = piece.dictionary.take(used).dictionary_encode()  # a dictionary may hold a value twice
    new = np.zeros(len(piece.dictionary), np.int32)
    new[used.to_numpy()] = values.indices.to_numpy()
    return pa.DictionaryArray.from_arrays(pa.array(new[piece.indices.to_numpy()]), values.dictionary)


def _in_one_piece(pieces: Any) -> Any:
    """The table with each column in one piece, which is given up as it is joined, so that the whole never stands in memory twice."""
    columns = {}
    for name in pieces.column_names:
        columns[name] = pieces[name].combine_chunks()
        pieces = pieces.drop_columns([name])
    return pa.table(columns)


def _without(rows: Any, sources: frozenset[str]) -> Any:
    """The rows of other sources than these."""
    if not sources:
        return rows
    return rows.filter(pc.invert(pc.is_in(rows["source"].cast(pa.string()), pa.array(sorted(sources), pa.string()))))


def _without_attached(
    rows: Any, media: Mapping[str, str], notes: frozenset[str]
) -> tuple[Any, dict[str, tuple[str, str]]]:
    """Takes out the undated pictures that a message names as its attachment, by SHA-256, and the notes that were read with their photo, dated or not."""
    attached: dict[str, tuple[str, str]] = {}
    several = pc.match_substring(rows["attachments"], "}, {")  # a photo or film names itself first
    held = pc.or_(several, pc.invert(pc.is_in(rows["kind"], pa.array(["photo", "video"]))))
    holding = rows.filter(pc.and_(pc.not_equal(rows["attachments"], ""), held))
    for source, at, text in zip(
        holding["source"].to_pylist(), holding["at"].to_pylist(), holding["attachments"].to_pylist(), strict=True
    ):
        for sha256 in re.findall(r'"sha256": "([0-9a-f]{64})"', text):
            if (key := media.get(sha256)) and key != source:
                attached.setdefault(key, (source, at))
    if not attached:
        return rows, attached
    candidate = pc.is_in(rows["source"].cast(pa.string()), pa.array(list(attached)))
    dated = set(rows.filter(pc.and_(candidate, pc.is_valid(rows["micros"])))["source"].to_pylist())
    attached = {key: where for key, where in attached.items() if key in notes or key not in dated}
    return _without(rows, frozenset(attached)), attached


def _events(
    rows: Any,
    case: Case,
    today: date,
    names: Mapping[str, Sequence[corrections.Name]],
    told: whereabouts.Told,
    decisions: Mapping[str, Decision],
    screenshots: frozenset[str],
) -> tuple[Any, tuple[str, ...]]:
    """The event columns, in file order, with the rank of the source for sorting; and remarks on decisions that stand for no event."""
    count = len(rows)
    source = Tags(rows["source"])
    read = times.read(rows, case, source, names)
    used = other_clocks.Times(read.utc, read.dated, read.shift)
    with ThreadPoolExecutor(1) as pool:  # Arrow does the work, without holding Python up
        comparing = pool.submit(other_clocks.compared, rows, used, case.zone)
        implausible = times.implausible(rows, read, today)
        known = _identities(rows, case)
        ids = _distinct(rows["id"])
        where = whereabouts.of(rows, read.columns["local"], case, told)
        beside = comparing.result()
    unclear = known.pop("unclear")
    codes, recorded_by = categories.recorded(ids, rows["kind"], rows["extra"], case)
    nothing = pa.nulls(count, pa.string()).fill_null("")
    columns: dict[str, Any] = {
        "id": ids,
        **read.columns,
        "written": rows["written"],
        "precision": rows["precision"],
        "clock": rows["clock"],
        "clocks": beside.clocks,
        "differing": beside.differing,
        "seconds": rows["seconds"],
        "kind": rows["kind"],
        "channel": rows["channel"],
        "status": rows["status"],
        **known,
        "sender": whereabouts.whose(rows, known["sender"], told),
        "sender_written": Tags(rows["sender"]).map(lambda text: text),
        "recipients_written": Tags(rows["recipients"]).map(lambda text: text.replace(BETWEEN, " | ")),
        "name_written": _names(rows, known["direction"]),
        "thread": rows["thread"],
        "text": rows["text"],
        "subject": rows["subject"],
        "attachments": rows["attachments"],
        "lat": rows["lat"],
        "lon": rows["lon"],
        "accuracy_m": rows["accuracy_m"],
        **where.columns,
        "place_written": rows["place_written"],
        "source": rows["source"],
        "at": rows["at"],
        "position": rows["position"],
        "categories": codes,
        "categories_by": recorded_by,
        "flags": whereabouts.remarked(times.flags(rows, read, unclear, beside, case, implausible), where.doubts),
        "included": pa.array(np.ones(count, dtype=np.bool_)),
        "note": nothing,
        **dict.fromkeys(
            ("seen", "seen_basis", "seen_by", "pictures", "reason", "decided"), nothing.dictionary_encode()
        ),
        "extra": rows["extra"],
        "source_rank": pa.array(source.rank()[source.codes], pa.int32()),
    }
    # An instant that cannot be right would stand at the edge of every chart: the event is kept without one, the time as written beside it.
    wrong = np.logical_or.reduce([which for which, _ in implausible])
    if wrong.any():
        usable = pa.array(~wrong)
        for name in ("utc", "utc_other", "local", "until"):
            columns[name] = pc.if_else(usable, columns[name], pa.scalar(None, columns[name].type))
        for name in ("zone", "basis"):
            columns[name] = pc.if_else(usable, columns[name].cast(pa.string()), "").dictionary_encode()
    columns |= _repeats(columns, case, screenshots)
    remarks = put_into(columns, decisions)
    return pa.table(columns), remarks


def _repeats(columns: Mapping[str, Any], case: Case, screenshots: frozenset[str]) -> dict[str, Any]:
    """The columns that mark duplicates, and suggest them; pandas is needed only where there is something to compare."""
    source = columns["source"]
    source = source.combine_chunks() if isinstance(source, pa.ChunkedArray) else source
    if len(source) == 0 or (pc.count_distinct(source.indices).as_py() < 2 and not _any(columns["kind"], EMAIL)):
        nothing = pa.nulls(len(source), pa.string()).fill_null("")
        same_as = {"same_as": nothing, "maybe_same_as": nothing}
        return same_as | {name: nothing.dictionary_encode() for name in ("same_rule", "maybe_rule")}
    from pipeline.timeline import duplicates

    return duplicates.find(columns, owners(case), screenshots)


def _any(column: Any, word: str) -> bool:
    return bool(pc.any(pc.equal(column.cast(pa.string()), word), min_count=0).as_py())


def _names(rows: Any, direction: Any) -> Any:
    """The names beside the other party. An email that only case.toml shows to be the client's own stands under its sender's name, which is the client's."""
    own = pc.and_(pc.equal(rows["direction"].cast(pa.string()), ""), pc.equal(direction.cast(pa.string()), "out"))
    if not pc.any(own, min_count=0).as_py():
        return rows["name"]
    return pc.if_else(own, "", rows["name"].cast(pa.string())).dictionary_encode()


def _identities(rows: Any, case: Case) -> dict[str, Any]:
    """Sender, recipients, other party and direction, worked out once for each distinct combination of what was written."""
    directory = Directory(case)
    client = case.client.key
    others = owners(case)
    source = Tags(rows["source"])
    whose = np.array([others.get(key, "") for key in source.words] or [""], dtype=object)
    names_of = {one.key: one.name for one in case.people}
    persons = ["", *sorted(set(others.values()))]
    holder = np.array([persons.index(one) for one in whose], dtype=np.int64)[source.codes]
    subjects = frozenset(person.key for person in case.subjects)
    parts = {name: Tags(rows[name]) for name in ("kind", "direction", "sender", "recipients", "flags")}
    owner = rows["sender"].is_null().to_numpy(zero_copy_only=False).astype(np.int64)
    combination, size = owner + 2 * holder, 2 * len(persons)
    for tags in parts.values():
        size *= len(tags.words) + 1
        if size > _INT64:
            _, combination = np.unique(combination, return_inverse=True)
            size = len(combination) * (len(tags.words) + 1)
        combination = combination * (len(tags.words) + 1) + tags.codes
    _, firsts, combination = np.unique(combination, return_index=True, return_inverse=True)
    table = [
        _identity(
            {name: tags.words[tags.codes[row]] for name, tags in parts.items()},
            directory,
            client,
            subjects,
            owner=bool(owner[row]),
            holder=names_of.get(persons[holder[row]], ""),
        )
        for row in firsts.tolist()
    ]
    names = ("sender", "recipients", "identifier", "person", "direction", "unclear")
    found: dict[str, Any] = {}
    for name, values in zip(names, zip(*table, strict=True) if table else [()] * len(names), strict=True):
        distinct = {value: code for code, value in enumerate(dict.fromkeys(values))}
        codes = np.array([distinct[value] for value in values], dtype=np.int32)[combination]
        found[name] = pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(list(distinct), pa.string()))
    found["recipients"] = found["recipients"].cast(pa.string())
    return found


def owners(case: Case) -> dict[str, str]:
    """Source key -> key of the person whose phone the file was exported from, where the answer to "owner" names a person of the case who is not the client."""
    directory = Directory(case)
    found = {one.file[:12]: directory.identify(one.value).person for one in case.answers if one.key == "owner"}
    return {source: person for source, person in found.items() if person not in {"", case.client.key}}


def _identity(
    written: Mapping[str, str],
    directory: Directory,
    client: str,
    subjects: frozenset[str],
    *,
    owner: bool,
    holder: str,
) -> tuple[str, str, str, str, str, str]:
    """(sender, recipients, identifier, person, direction, remark) of one combination of written values.

    `owner`: the owner of the phone wrote it; `holder`: the name of the person whose phone it is, where that is not the client. What went out there may have come
    in here.
    """
    direction = written["direction"]
    sender = directory.identify(holder if holder and owner and direction == OUT else written["sender"])
    recipients = (
        [directory.identify(one) for one in written["recipients"].split(BETWEEN)] if written["recipients"] else []
    )
    remark = ""
    if holder and direction in {IN, OUT}:
        recipients += [directory.identify(holder)] if direction == IN else []
        came_in = any(one.person == client for one in recipients)
        direction = OUT if sender.person == client else IN if came_in else ""
        remark = "" if direction else f"from the phone of {holder}: it is not written that the client took part"
    sender_key = client if owner and direction != "in" and not holder else sender.person
    if written["kind"] == "email" and not direction:
        if sender.person == client:
            direction = "out"
        elif any(one.person == client for one in recipients):
            direction = "in"
        else:
            remark = "neither sender nor recipient is an address of the client named in case.toml"
    others = [one for one in recipients if one.person != client]
    if direction == "out":
        party = next(
            (one for one in others if one.person in subjects),
            next((one for one in others if one.person), others[0] if others else None),
        )
    else:
        party = sender
    keys = [client] if direction == "in" else []
    keys += [one.person for one in recipients if one.person and one.person not in keys]
    form = party.form if party else ""
    if not form and re.search(r"\bwithheld\b", written["flags"]):
        form = WITHHELD
    return sender_key, " ".join(keys), form, party.person if party else "", direction, remark


def _distinct(ids: Any) -> Any:
    """The ids of the records; the rare second use of one gets a longer place."""
    data = b"".join(characters(chunk) for chunk in ids.chunks)
    numbers = np.zeros((len(ids), 8), np.uint8)
    numbers[:, : ID // 2] = np.frombuffer(bytes.fromhex(data.decode()), np.uint8).reshape(-1, ID // 2)
    in_order = np.sort(numbers.view(np.uint64).ravel())
    if not (in_order[1:] == in_order[:-1]).any():
        return ids
    seen: dict[str, int] = {}
    distinct: list[str] = []
    for one in ids.to_pylist():
        seen[one] = again = seen.get(one, 0) + 1
        distinct.append(one if again == 1 else hashlib.sha256(f"{one} {again}".encode()).hexdigest()[:ID])
    return pa.array(distinct, pa.string())


def _spans(events: Any) -> dict[str, Span]:
    table = pa.table({"source": events["source"].cast(pa.string()), "local": events["local"]})
    grouped = table.group_by("source").aggregate([("local", "min"), ("local", "max"), ("source", "count")])
    return {
        row["source"]: Span(
            row["source_count"],
            *(
                "" if row[name] is None else row[name].isoformat(timespec="seconds")
                for name in ("local_min", "local_max")
            ),
        )
        for row in grouped.to_pylist()
    }
