"""By whose clock is each time known, which clocks disagree, which were corrected, and which hours are in doubt?

This is the time statement of a report (reference: court and domain, R7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from parsers.contract import DEVICE, EPOCH, FILE_NAME, GPS, LOCAL, MEMORY, OFFSET, UTC
from pipeline.analysis.result import Cell, Fact, Result, Selection, Table, lines
from pipeline.analysis.wording import day_words, joined, noun, rows, sentence
from pipeline.case import ClockCheck
from pipeline.timeline.other_clocks import TOLERANCES, USUAL, Tolerance, span_words
from pipeline.timeline.schema import AMBIGUOUS, ASSUMED, CORRECTED, GIVEN, SETTLED, SKIPPED

CLOCKS: Final = {
    EPOCH: "Counted from a fixed instant (UTC)",
    UTC: "Stated to be UTC",
    OFFSET: "Written with its distance from UTC",
    GPS: "Zone found from satellite time",
    LOCAL: "Device that made the export, no zone",
    DEVICE: "Camera or recorder, no zone",
    FILE_NAME: "Name of the file, no zone",
    MEMORY: "Written down by a person",
}
_IN_DOUBT: Final = {
    AMBIGUOUS: (
        " record is in the hour that happened twice when the clocks went back, and nothing settles which: both times are given with it, and the first is assumed.",
        " records are in the hour that happened twice when the clocks went back, and nothing settles which: both times are given with them, and the first is assumed.",
    ),
    SETTLED: (
        " record is in the hour that happened twice; the order of its file shows which.",
        " records are in the hour that happened twice; the order of their files shows which.",
    ),
    SKIPPED: (
        " record names an hour that did not exist when the clocks went forward; it is read as if the clock had not been moved yet.",
        " records name an hour that did not exist when the clocks went forward; they are read as if the clock had not been moved yet.",
    ),
}
_RULE: Final = (
    "On the last Sunday of March the clocks of the United Kingdom go from 01:00 GMT to 02:00 BST, so 01:00 to 01:59 does not exist that night; on the last Sunday of "
    "October they go from 02:00 BST to 01:00 GMT, so 01:00 to 01:59 happens twice."
)


@dataclass(frozen=True, eq=False)
class Clocks:
    """`disagreeing`: a row for each source and clock (source, clock, records)."""

    disagreeing: pd.DataFrame
    result: Result


def clocks(
    prepared: pd.DataFrame,
    labels: Mapping[str, str],
    titles: Mapping[str, str],
    checks: Sequence[ClockCheck],
    zone: str,
) -> Clocks:
    """The clocks behind a table made by `contact.prepare`.

    `labels` and `titles` (the kind of export) of the sources by key, in the order of the register; `checks` from case.toml. The last two tables are background:
    the first one again source by source, and how far clocks may be apart.
    """
    disagreeing = _disagreeing(prepared, labels)
    facts = [
        sentence(f"Times are shown on the clock of {zone}, and every row names the abbreviation in force."),
        *_how_known(prepared, zone),
        *_in_doubt(prepared),
        *_differences(prepared),
        *_unusable(prepared),
    ]
    sources = prepared["source"].value_counts()
    held = [key for key in [*labels, *sorted(set(sources.index) - set(labels))] if sources.get(key, 0)]
    kinds: dict[str, tuple[str, ...]] = {}
    for key in held:
        title = titles.get(key) or labels.get(key, key)
        kinds[title] = (*kinds.get(title, ()), key)
    tables = [_table("By whose clock the times are known, for each kind of file", "Kind of file", prepared, kinds)]
    if len(disagreeing):
        tables.append(
            Table(
                "Clocks that disagree",
                ("Source", "Other clock", "Records", "Remarked if", "Why so far"),
                tuple(
                    (
                        labels.get(row.source, row.source),
                        row.clock,
                        rows(int(row.records), _naming(prepared, row.clock, row.source)),
                        _further(TOLERANCES.get(row.clock, USUAL)),
                        TOLERANCES.get(row.clock, USUAL).why,
                    )
                    for row in lines(disagreeing)
                ),
            )
        )
    if checks:
        tables.append(_corrections(prepared, checks))
    each = {labels.get(key, key): (key,) for key in held}
    tables.append(_table("By whose clock the times are known, source by source", "Source", prepared, each))
    tables.append(
        Table(
            "How far another clock of the same record may be from the time used before it is remarked",
            ("Other clock", "Remarked if", "Why so far"),
            tuple((name, _further(limit), limit.why) for name, limit in [*TOLERANCES.items(), ("any other", USUAL)]),
        )
    )
    caveats = [_RULE] if zone == "Europe/London" else []
    caveats.append(
        "A clock that nobody has checked can be wrong by any amount; a correction stands here only where case.toml names who checked it, how and when."
    )
    caveats.append(
        "Where a file holds several clocks, the choice of the one that is used follows a fixed order for each kind of file, and the others are kept with the record."
    )
    return Clocks(disagreeing, Result(tuple(facts), tuple(tables), tuple(caveats)))


def _how_known(prepared: pd.DataFrame, zone: str) -> list[Fact]:
    facts = []
    for basis, one, more in (
        (GIVEN, " record gives its instant itself.", " records give their instant themselves."),
        (
            ASSUMED,
            f" record is written without a zone; {zone} is assumed.",
            f" records are written without a zone; {zone} is assumed.",
        ),
        (
            CORRECTED,
            " record is by a clock that was checked and is corrected.",
            " records are by a clock that was checked and is corrected.",
        ),
    ):
        selection = Selection(bases=(basis,))
        if count := int(selection.mask(prepared).sum()):
            facts.append(sentence(rows(count, selection), one if count == 1 else more))
    return facts


def _in_doubt(prepared: pd.DataFrame) -> list[Fact]:
    facts = []
    for basis, (one, more) in _IN_DOUBT.items():
        selection = Selection(bases=(basis,))
        if count := int(selection.mask(prepared).sum()):
            facts.append(sentence(rows(count, selection), one if count == 1 else more))
    return facts


def _differences(prepared: pd.DataFrame) -> list[Fact]:
    held = tuple(one for one in prepared["differing"].cat.categories if one)
    selection = Selection(differing=held)
    count = int(selection.mask(prepared).sum()) if held else 0
    if not count:
        return [sentence("No file holds two clocks that disagree by more than their usual distance.")]
    return [
        sentence(
            rows(count, selection),
            noun(count, "record")
            + (" has" if count == 1 else " have")
            + " another clock in the same file that disagrees with the time used.",
        )
    ]


def _unusable(prepared: pd.DataFrame) -> list[Fact]:
    written = tuple(one for one in prepared["clock"].cat.categories if one)
    facts = []
    for selection, one, more in (
        (
            Selection(bases=("",), clocks=("",)),
            " record has no time in the file.",
            " records have no time in the file.",
        ),
        (
            Selection(bases=("",), clocks=written),
            " record has a time that cannot be right (before 1990, after it was received, or a clock that was never set): it is shown as written and not used.",
            " records have a time that cannot be right (before 1990, after they were received, or a clock that was never set): it is shown as written and not used.",
        ),
    ):
        if (selection.clocks or written) and (count := int(selection.mask(prepared).sum())):
            facts.append(sentence(rows(count, selection), one if count == 1 else more))
    return facts


def _table(title: str, first: str, prepared: pd.DataFrame, groups: Mapping[str, tuple[str, ...]]) -> Table:
    """A row for each group of sources, a column for each kind of clock that occurs."""
    counts = prepared.groupby(["source", "clock"], observed=True).size().unstack(fill_value=0)  # noqa: PD010 -- pivot_table goes over the rows in Python
    counts.columns = counts.columns.astype(str)
    counts["records"] = counts.sum(axis=1)
    unusable = prepared["source"][(prepared["basis"] == "").to_numpy(dtype=bool)].value_counts()
    counts["unusable"] = [int(unusable.get(key, 0)) for key in counts.index]
    columns = [("Records", "records", Selection())]
    columns += [(words, one, Selection(clocks=(one,))) for one, words in CLOCKS.items() if one in counts]
    columns += [("No time that can be used", "unusable", Selection(bases=("",)))] if counts["unusable"].any() else []
    table: list[tuple[Cell, ...]] = []
    for words, keys in groups.items():
        found = counts.loc[list(keys)].sum()
        cells = [
            rows(int(found[name]), replace(where, sources=keys)) if found[name] else "-" for _, name, where in columns
        ]
        table.append((words, *cells))
    return Table(title, (first, *(heading for heading, _, _ in columns)), tuple(table))


def _disagreeing(prepared: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    counts = prepared.loc[(prepared["differing"] != "").to_numpy(dtype=bool), ["source", "differing"]].astype(str)
    counts = counts.value_counts().reset_index(name="records")
    each = counts.assign(clock=counts["differing"].str.split("; ")).explode("clock")
    grouped = each.groupby(["source", "clock"], as_index=False)["records"].sum()
    place = {key: number for number, key in enumerate(labels)}
    order = grouped.assign(place=grouped["source"].map(place)).sort_values(["place", "source", "clock"])
    return pd.DataFrame(order[["source", "clock", "records"]].reset_index(drop=True))


def _naming(prepared: pd.DataFrame, clock: str, source: str) -> Selection:
    """The records of a source that disagree with this clock, alone or beside others."""
    wanted = tuple(one for one in prepared["differing"].cat.categories if clock in one.split("; "))
    return Selection(sources=(source,), differing=wanted)


def _further(tolerance: Tolerance) -> str:
    """'more than 15 min before, 5 days after'."""
    sides = [(tolerance.before, "before"), (tolerance.after, "after")]
    told = [f"{span_words(limit)} {side}" for limit, side in sides if limit is not None]
    if tolerance.before == tolerance.after and tolerance.before is not None:
        told = [f"{span_words(tolerance.before)} apart"]
    return f"more than {joined(told)}{', beyond the length of the film' if tolerance.long else ''}"


def _corrections(prepared: pd.DataFrame, checks: Sequence[ClockCheck]) -> Table:
    table: list[tuple[Cell, ...]] = []
    for check in checks:
        device = [f"{name} {value}" for name, value in check.device.items()]
        days = [day_words(one) if one else "" for one in (check.first, check.last)]
        span = f"from {days[0]}" if days[0] else ""
        span = " ".join(filter(None, [span, f"until {days[1]}" if days[1] else ""])) or "all days"
        selection = Selection(corrections=(check.key,))
        count = int(selection.mask(prepared).sum())
        table.append(
            (
                check.key.replace("-", " "),
                joined([*check.files, *device]),
                check.words,
                span,
                check.by,
                day_words(check.on),
                check.how,
                rows(count, selection) if count else "none: it fits no record",
            )
        )
    return Table(
        "Corrections of clocks, from case.toml",
        ("Correction", "Clock", "What is changed", "Days", "Checked by", "Checked on", "How", "Records"),
        tuple(table),
    )
