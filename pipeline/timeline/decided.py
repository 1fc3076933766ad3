"""Decisions put into the columns of the events: included or not, categories, who is seen, which pictures may be shown, repeats, a note.

A decision about a row that repeats another is one about the event: that it is not included, and its categories, go to the row that is counted too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.timeline.categories import in_order
from pipeline.timeline.decisions import BY_HAND, Decision


def put_into(columns: MutableMapping[str, Any], decisions: Mapping[str, Decision]) -> tuple[str, ...]:
    """Puts decisions into the columns of the events (Arrow arrays by the names of `timeline.schema`); gives remarks on those that stand for no event."""
    if not decisions:
        return ()
    table = _Table.of(columns, decisions)
    remarks = [
        f"{one.id} is no event now; what was decided about it stands in the review and changes nothing"
        for one in decisions.values()
        if one.id not in table.row
    ]
    present = [one for _, one in sorted(decisions.items()) if one.id in table.row]
    for one in present:
        for other in one.not_same:
            table.part(one.id, other)
    for one in present:
        if one.same_as and one.same_as not in table.row:
            remarks.append(f"{one.id} is said to repeat {one.same_as}, which is no event now; it is counted")
        elif one.same_as:
            table.join(one.id, one.same_as)
    table.write_repeats(columns)
    _write_the_rest(columns, present, table)
    return tuple(remarks)


@dataclass
class _Table:
    """Which row repeats which, for all events: `row` by id (of those that are decided about or repeat), `children` by the id of the counted one."""

    ids: NDArray[np.object_]
    row: dict[str, int]
    same: NDArray[np.object_]
    rule: NDArray[np.object_]
    maybe: NDArray[np.object_]
    maybe_rule: NDArray[np.object_]
    children: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, columns: Mapping[str, Any], decisions: Mapping[str, Decision]) -> _Table:
        ids, same, rule, maybe, maybe_rule = (
            _objects(columns[name]) for name in ("id", "same_as", "same_rule", "maybe_same_as", "maybe_rule")
        )
        repeating = np.flatnonzero(same != "")
        needed = {name for one in decisions.values() for name in (one.id, one.same_as, *one.not_same)}
        needed.update(ids[repeating], same[repeating])
        row = {one: index for index, one in enumerate(ids.tolist()) if one in needed}
        table = cls(ids, row, same, rule, maybe, maybe_rule)
        for index in repeating.tolist():
            table.children[same[index]].add(ids[index])
        return table

    def counted(self, event: str) -> str:
        """The id of the row that is counted for this one."""
        return self.same[self.row[event]] or event

    def part(self, one: str, other: str) -> None:
        """Makes two rows two events."""
        if other not in self.row:
            return
        for first, second in ((one, other), (other, one)):
            if self.maybe[self.row[first]] == second:
                self.maybe[self.row[first]] = self.maybe_rule[self.row[first]] = ""
        root = self.counted(one)
        if root == self.counted(other):
            self._mark(other if one == root else one, "", "")

    def join(self, one: str, other: str) -> None:
        """Makes `one` a repeat of the event of which `other` is a row."""
        at, root = self.row[one], self.counted(other)
        suggested = self.maybe_rule[at] if self.maybe[at] == other else ""
        if self.maybe[self.row[other]] == one:
            suggested = self.maybe_rule[self.row[other]]
            self.maybe[self.row[other]] = self.maybe_rule[self.row[other]] = ""
        self.maybe[at] = self.maybe_rule[at] = ""
        if root in {one, self.counted(one)}:
            return
        for child in sorted(self.children.pop(one, ())):
            self._mark(child, root, self.rule[self.row[child]])
        self._mark(one, root, f"{suggested}, {BY_HAND}" if suggested else BY_HAND)

    def _mark(self, one: str, root: str, rule: str) -> None:
        at = self.row[one]
        self.children[self.same[at]].discard(one)
        self.same[at], self.rule[at] = root, rule
        if root:
            self.children[root].add(one)

    def write_repeats(self, columns: MutableMapping[str, Any]) -> None:
        """Puts what has become of the repeats back into the columns."""
        for name, values in (("same_as", self.same), ("maybe_same_as", self.maybe)):
            columns[name] = pa.array(values, pa.string())
        for name, values in (("same_rule", self.rule), ("maybe_rule", self.maybe_rule)):
            columns[name] = pa.array(values, pa.string()).dictionary_encode()


def _write_the_rest(columns: MutableMapping[str, Any], present: Iterable[Decision], table: _Table) -> None:
    own = {one.id: one for one in present}
    cells = _Cells(columns)
    for one in own.values():
        root = table.counted(one.id)
        at, counted = table.row[one.id], table.row[root]
        for place in {at: None, counted: None}:
            if one.categories:
                cells.categorise(place, one)
        if one.included is False:
            cells.exclude(at, one.reason)
            if counted != at and (root not in own or own[root].included is None):
                cells.exclude(counted, f"{one.reason} (decided at {one.id})")
        for name in ("seen_basis", "seen_by", "pictures", "note"):
            cells.say(name, at, getattr(one, name))
        cells.say("seen", at, " ".join(one.seen))
        cells.say("decided", at, one.by)
    cells.write(columns)


class _Cells:
    """What is to be written into the columns, by column and row."""

    def __init__(self, columns: Mapping[str, Any]) -> None:
        self._before = {name: columns[name] for name in ("categories", "categories_by")}
        self._included = columns["included"].to_numpy(zero_copy_only=False).copy()
        self._said: dict[str, dict[int, str]] = defaultdict(dict)

    def say(self, name: str, at: int, words: str) -> None:
        if words:
            self._said[name][at] = words

    def exclude(self, at: int, reason: str) -> None:
        self._included[at] = False
        self.say("reason", at, reason)

    def categorise(self, at: int, one: Decision) -> None:
        self.say("categories", at, in_order([*self._now("categories", at).split(), *one.categories]))
        who = ", ".join(filter(None, ["review", one.decided_by]))
        by = filter(None, [self._now("categories_by", at), f"{who}: {in_order(one.categories)}"])
        self.say("categories_by", at, "; ".join(by))

    def _now(self, name: str, at: int) -> str:
        return self._said[name].get(at, self._before[name][at].as_py() or "")

    def write(self, columns: MutableMapping[str, Any]) -> None:
        columns["included"] = pa.array(self._included)
        for name, said in self._said.items():
            columns[name] = _with(columns[name], said)


def _objects(column: Any) -> NDArray[np.object_]:
    """A column of text, plain or encoded, as Python strings; nulls as ""."""
    plain = column.cast(pa.string()).fill_null("")
    values: NDArray[np.object_] = plain.to_numpy(zero_copy_only=False).copy()
    return values


def _with(column: Any, said: Mapping[int, str]) -> Any:
    values = _objects(column)
    for at, text in said.items():
        values[at] = text
    changed = pa.array(values, pa.string())
    return changed.dictionary_encode() if pa.types.is_dictionary(column.type) else changed
