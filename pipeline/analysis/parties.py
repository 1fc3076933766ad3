"""Which numbers, addresses and names stand on the other side, and which of them has nobody been named for?

A person of the case is named for an identifier by a human being, in case.toml. Nothing here attributes one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from parsers.contract import IN, OUT
from pipeline.analysis.contact import LEFT_OUT
from pipeline.analysis.result import Cell, Fact, Result, Selection, Table, lines
from pipeline.analysis.wording import NOT_GIVEN, SUPPLIED, day_words, many, noun, rows, sentence

LISTED: Final = 200
"""Rows of the table for identifiers that nobody is named for; the frame holds them all."""
NAMES_SHOWN: Final = 5
WITHHELD: Final = "withheld"


@dataclass(frozen=True, eq=False)
class Parties:
    """A row for each identifier of another party; those that nobody is named for come first, each group from the most items to the fewest.

    identifiers  identifier ('' if the export gives none), form (words: "number", "short code", "withheld" ...), person (key or ''), basis (on what it rests that
                 it is the person's, '' if nobody's), names_written (names the
                 exports show beside it, the most frequent first), in_items, out_items, other (records that are not items), first, last (local days)
    """

    identifiers: pd.DataFrame
    result: Result


def parties(
    prepared: pd.DataFrame, names: Mapping[str, str], basis: Callable[[str], str] = lambda _identifier: ""
) -> Parties:
    """The identifiers in a table made by `contact.prepare`; `names` are the words for the keys of persons, `basis` tells on what an attribution rests."""
    identifiers = _identifiers(prepared)
    identifiers.insert(3, "basis", [basis(one) for one in identifiers["identifier"]])
    unnamed = identifiers["person"] == ""
    listed = pd.concat([identifiers[unnamed].head(LISTED), identifiers[~unnamed]])
    caveats = [
        "Which person uses an identifier was said by a person, in case.toml; the software attributes none.",
        "Names are as the exports show them: a contact's name is typed by the owner of the phone.",
        "Withheld numbers stand in one row; they need not be one caller.",
    ]
    rest = identifiers[unnamed].iloc[LISTED:]
    if len(rest):
        most = int((rest["in_items"] + rest["out_items"]).max())
        caveats.append(
            f"{many(len(rest), 'further identifier')} with nobody named, with at most {many(most, 'item')} each, are in the data and not in the table."
        )
    table = Table(
        "Numbers, addresses and names on the other side",
        (
            "Identifier",
            "Form",
            "Person",
            "On what basis",
            "Names in the exports",
            "Items in",
            "Items out",
            "Other records",
            "First day",
            "Last day",
        ),
        tuple(_line(row, names) for row in lines(listed)),
    )
    shared = _shared_names(prepared, identifiers, names)
    return Parties(
        identifiers, Result(tuple(_facts(identifiers)), (table, *([shared] if shared.rows else [])), tuple(caveats))
    )


def _shared_names(prepared: pd.DataFrame, identifiers: pd.DataFrame, names: Mapping[str, str]) -> Table:
    """Names that stand beside more than one identifier: they may be one person or several, and nothing is merged for it."""
    both = ["name_written", "identifier"]
    named = prepared[both][((prepared["name_written"] != "") & (prepared["identifier"] != "")).to_numpy(dtype=bool)]
    pairs = named.groupby(both, observed=True).size().reset_index(name="records")
    pairs = pairs.astype({"name_written": str, "identifier": str}).sort_values(["name_written", "identifier"])
    persons = dict(zip(identifiers["identifier"], identifiers["person"], strict=True))
    table: list[tuple[Cell, ...]] = []
    for name, of_one in pairs.groupby("name_written", sort=True):
        if len(of_one) > 1:
            table += [
                (
                    str(name),
                    row.identifier,
                    names.get(key, key) if (key := persons.get(row.identifier, "")) else "nobody named",
                    f"{row.records:,}",
                )
                for row in lines(of_one)
            ]
    return Table(
        "Names that stand beside more than one identifier; nothing is merged for it",
        ("Name in the exports", "Identifier", "Person", "Records with this name"),
        tuple(table[:LISTED]),
    )


def form_of(identifier: str) -> str:
    """In words, what kind of identifier it is."""
    if not identifier:
        return "not given"
    if identifier == WITHHELD:
        return "withheld"
    if "@" in identifier:
        return "email address"
    digits = re.sub(r"[\s()./-]", "", identifier)
    if re.fullmatch(r"[0-9]{3,6}", digits):
        return "short code"
    if re.fullmatch(r"\+?[0-9]{7,}", digits):
        return "number"
    return "name in place of a number"


def _identifiers(prepared: pd.DataFrame) -> pd.DataFrame:
    key = ["identifier", "person"]
    inbound = (prepared["direction"] == IN).to_numpy(dtype=bool)
    item = prepared["item"].to_numpy()
    table = (
        prepared[[*key, "day"]]
        .assign(in_items=item & inbound, out_items=item & ~inbound, other=~item)
        .groupby(key, observed=True)
        .agg(
            in_items=("in_items", "sum"),
            out_items=("out_items", "sum"),
            other=("other", "sum"),
            first=("day", "min"),
            last=("day", "max"),
        )
        .reset_index()
        .astype({"identifier": str, "person": str})
    )
    # Where no identifier is given and nothing is an item (photographs, diary entries), there is no other party.
    table = table[(table["identifier"] != "") | (table["in_items"] + table["out_items"] > 0)].reset_index(drop=True)
    names = _names_written(prepared)
    table.insert(1, "form", [form_of(identifier) for identifier in table["identifier"]])
    table.insert(3, "names_written", [names.get(identifier, "") for identifier in table["identifier"]])
    order = table.assign(named=table["person"] != "", items=table["in_items"] + table["out_items"])
    order = order.sort_values(
        ["named", "items", "other", "identifier"], ascending=[True, False, False, True], ignore_index=True
    )
    return order.drop(columns=["named", "items"])


def _names_written(table: pd.DataFrame) -> dict[str, str]:
    named = table[["identifier", "name_written"]][(table["name_written"] != "").to_numpy(dtype=bool)]
    counts = named.groupby(["identifier", "name_written"], observed=True).size().reset_index(name="records")
    counts = counts.astype({"identifier": str, "name_written": str}).sort_values(
        ["records", "name_written"], ascending=[False, True]
    )
    names: dict[str, list[str]] = {}
    for identifier, name in zip(counts["identifier"], counts["name_written"], strict=True):
        names.setdefault(identifier, []).append(name)
    return {
        identifier: "; ".join(
            those
            if len(those) <= NAMES_SHOWN
            else [*those[:NAMES_SHOWN], f"and {many(len(those) - NAMES_SHOWN, 'other')}"]
        )
        for identifier, those in names.items()
    }


def _line(row: Any, names: Mapping[str, str]) -> tuple[Cell, ...]:
    one: dict[str, Any] = {"persons": (row.person,), "identifiers": (row.identifier,)}
    dated = not pd.isna(row.first)
    return (
        row.identifier or NOT_GIVEN,
        row.form,
        names.get(row.person, row.person) if row.person else "nobody named",
        row.basis or "-",
        row.names_written,
        rows(row.in_items, Selection(**one, directions=(IN,), items=True)),
        rows(row.out_items, Selection(**one, directions=(OUT,), items=True)),
        rows(row.other, Selection(**one, left_out=LEFT_OUT)),
        day_words(row.first) if dated else "undated",
        day_words(row.last) if dated else "undated",
    )


def _facts(identifiers: pd.DataFrame) -> list[Fact]:
    given = identifiers[identifiers["identifier"] != ""]
    unnamed = int((given["person"] == "").sum())
    first = f"{SUPPLIED}there {'is' if len(given) == 1 else 'are'} {many(len(given), 'identifier')} of other parties"
    facts = [sentence(f"{first}; nobody is named for {unnamed:,} of them." if unnamed else f"{first}.")]
    nobody = identifiers[identifiers["person"] == ""]
    came, went = int(nobody["in_items"].sum()), int(nobody["out_items"].sum())
    if came or went:
        facts.append(
            sentence(
                rows(came, Selection(persons=("",), directions=(IN,), items=True)),
                noun(came, "item") + " in and ",
                rows(went, Selection(persons=("",), directions=(OUT,), items=True)),
                noun(went, "item")
                + " out are with parties for whom nobody is named; they count in no figure about a named person.",
            )
        )
    withheld = int(identifiers.loc[identifiers["identifier"] == WITHHELD, "in_items"].sum())
    if withheld:
        facts.append(
            sentence(
                rows(withheld, Selection(identifiers=(WITHHELD,), directions=(IN,), items=True)),
                noun(withheld, "item") + " in came from a withheld number.",
            )
        )
    return facts
