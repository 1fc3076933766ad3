"""Which events are in more than one source, by which rule, and whether another keeper held them; and what is only suggested.

The rules, their tolerances and reasons: `pipeline.timeline.duplicates`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.analysis.contact import independent
from pipeline.analysis.result import Cell, Fact, Number, Result, Selection, Table, lines
from pipeline.analysis.wording import SUPPLIED, joined, many, noun, rows, sentence, time_words
from pipeline.timeline.decisions import BY_HAND
from pipeline.timeline.duplicates import RULES

PRINTED: Final = 200
"""So many suggestions are listed."""


@dataclass(frozen=True)
class Corroboration:
    """Where events are held more than once.

    also_in     for each row that is counted, the sources that hold the event too, in words: "S3 (independent), S7"; "" if none
    repeats     a row for each source and rule: source, rule, others (labels of the sources of the counted rows), records, independent
    suggested   the rows that may repeat another: place and other (places in the table), rule
    """

    also_in: NDArray[np.object_]
    repeats: pd.DataFrame
    suggested: pd.DataFrame
    result: Result


def corroboration(prepared: pd.DataFrame, labels: Mapping[str, str]) -> Corroboration:
    """From a table made by `contact.prepare`, and the labels of sources by key."""
    ids = prepared["id"]
    source = prepared["source"].cat
    label = np.array([labels.get(key, key) for key in source.categories], dtype=object)[source.codes]
    repeats = _pairs(prepared, "same_as", "same_rule")
    also_in = _also_in(len(prepared), repeats, label)
    by_source = _by_source(prepared, repeats, label)
    suggested = _pairs(prepared, "maybe_same_as", "maybe_rule")
    facts = _facts(prepared, len(repeats), len(suggested))
    tables = (*_table(by_source, labels), *_suggestions(prepared, suggested, label, ids))
    caveats = [
        "A rule joins rows of different files only (emails of one Message-ID apart); what a file holds more than once is counted as often. The rules are in “How this was made”.",
        "Independent means that somebody else kept the record: the other party's phone, or the phone company (a list with charges is taken to be a bill).",
        "Two backups of one phone are two copies of one record.",
    ]
    if len(suggested):
        caveats.append("What is only suggested is counted as two events until a person has decided (fourline review).")
    return Corroboration(
        also_in, by_source, suggested, Result(facts, tables, tuple(caveats) if len(repeats) or len(suggested) else ())
    )


def _pairs(prepared: pd.DataFrame, column: str, rule: str) -> pd.DataFrame:
    """Places of the rows that name another one, and of that one; a name that no row has is left out."""
    said = prepared[column].fillna("").to_numpy(dtype=object)
    place = np.flatnonzero(said != "")
    ids = pd.Index(prepared["id"].to_numpy(dtype=object)) if len(place) else pd.Index([])
    other = ids.get_indexer(pd.Index(said[place])) if len(place) else place
    table = pd.DataFrame({"place": place, "other": other, "rule": prepared[rule].iloc[place].astype(str).to_numpy()})
    return table[table["other"] >= 0].reset_index(drop=True)


def _also_in(count: int, repeats: pd.DataFrame, label: NDArray[np.object_]) -> NDArray[np.object_]:
    words = np.full(count, "", dtype=object)
    if repeats.empty:
        return words
    kept = np.where(independent(repeats["rule"]), " (independent)", "")
    table = pd.DataFrame({"other": repeats["other"], "words": label[repeats["place"]] + kept})
    table = table.drop_duplicates().sort_values(
        ["other", "words"], key=lambda one: one.map(_in_order) if one.name == "words" else one
    )
    alone = ~table["other"].duplicated(keep=False)
    words[table.loc[alone, "other"]] = table.loc[alone, "words"]
    several = table[~alone].groupby("other")["words"].agg(", ".join)
    words[several.index.to_numpy()] = several.to_numpy()
    return words


def _in_order(words: str) -> tuple[Any, ...]:
    """'S10.2 (independent)' after 'S9'."""
    return tuple(int(part) if part.isdigit() else 0 for part in words.partition(" ")[0][1:].split("."))


def _by_source(prepared: pd.DataFrame, repeats: pd.DataFrame, label: NDArray[np.object_]) -> pd.DataFrame:
    source = prepared["source"].iloc[repeats["place"]].astype(str).to_numpy()
    table = repeats.assign(source=source, others=label[repeats["other"]])
    grouped = table.groupby(["source", "rule"], as_index=False).agg(
        others=("others", lambda one: joined(sorted(set(one), key=_in_order))), records=("place", "size")
    )
    grouped["independent"] = independent(grouped["rule"])
    return grouped


def _facts(prepared: pd.DataFrame, repeats: int, suggested: int) -> tuple[Fact, ...]:
    if not repeats and not suggested:
        return (sentence(SUPPLIED, "no event was found in more than one source."),)
    twice, apart = Selection(repeated=True), Selection(corroborated=True)
    held, kept = int(twice.mask(prepared).sum()), int(apart.mask(prepared).sum())
    facts = [
        sentence(
            SUPPLIED,
            rows(held, twice),
            noun(held, "event is", "events are"),
            " in more than one source, and counted once. For ",
            rows(kept, apart),
            " of them an independent source holds the event too.",
        )
    ]
    if suggested:
        waits = Selection(suggested=tuple(sorted(set(prepared["maybe_rule"]) - {""})))
        facts.append(
            sentence(
                rows(suggested, waits),
                noun(suggested, "record may repeat another one", "records may repeat another one"),
                "; nobody has decided yet, and each is counted.",
            )
        )
    return tuple(facts)


def _table(by_source: pd.DataFrame, labels: Mapping[str, str]) -> tuple[Table, ...]:
    if by_source.empty:
        return ()
    order = sorted(lines(by_source), key=lambda row: (_in_order(labels.get(row.source, "S0")), row.rule))
    shown: list[tuple[Cell, ...]] = [
        (
            labels.get(row.source, row.source),
            row.others,
            rows(row.records, Selection(sources=(row.source,), rules=(row.rule,))),
            rule_words(row.rule),
            "another keeper (independent)"
            if row.independent
            else "the same keeper (a copy)"
            if row.rule != BY_HAND
            else "not said",
        )
        for row in order
    ]
    columns = ("Source", "Repeats records of", "Records", "By which rule", "Kept by")
    return (Table("In more than one source", columns, tuple(shown)),)


def rule_words(rule: str) -> str:
    """A rule as the report words it: 'the same Message-ID and words ...; confirmed by a person'."""
    if rule == BY_HAND:
        return "a person has said that it is the same event"
    key = rule.removesuffix(f", {BY_HAND}")
    words = RULES[key].words if key in RULES else key
    return words if key == rule else f"{words}; confirmed by a person"


def _suggestions(
    prepared: pd.DataFrame, suggested: pd.DataFrame, label: NDArray[np.object_], ids: pd.Series[Any]
) -> tuple[Table, ...]:
    if suggested.empty:
        return ()

    def said(place: int) -> str:
        local, zone = prepared["local"].iloc[place], str(prepared["zone"].iloc[place])
        return f"{label[place]}, {'no date' if pd.isna(local) else time_words(local, zone)}"

    shown: list[tuple[Cell, ...]] = [
        (
            ids.iloc[row.place],
            said(row.place),
            said(row.other),
            Number("2", Selection(ids=(ids.iloc[row.place], ids.iloc[row.other]))),
            rule_words(row.rule),
        )
        for row in lines(suggested.head(PRINTED))
    ]
    more = f" (the first {PRINTED:,} of {many(len(suggested), 'suggestion')})" if len(suggested) > PRINTED else ""
    columns = ("Event", "This record", "May repeat", "Records", "Why it is suggested")
    return (Table(f"Suggestions that await a person's decision{more}", columns, tuple(shown)),)
