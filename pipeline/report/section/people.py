"""Who is in the case, and whose the identifiers are."""

from __future__ import annotations

from pipeline.analysis.parties import Parties
from pipeline.analysis.result import Cell, Result, Table
from pipeline.case import Case, basis_words
from pipeline.report.section import Section, Setting
from pipeline.timeline.people import IN_CASE, Directory


def people(setting: Setting, parties: Parties, to_look_at: Result) -> Section:
    """The section on persons and identifiers: the parties key (R8), then what the records hold beside them."""
    found = parties.result, to_look_at
    return Section(
        "people",
        "People and their identifiers",
        "",
        parties.result.facts,
        (),
        (),
        (_parties_key(setting.case), *(table for one in found for table in one.tables)),
        tuple(caveat for one in found for caveat in one.caveats),
    )


def _parties_key(case: Case) -> Table:
    """Every identifier with its person, the basis and who recorded it."""
    directory = Directory(case)
    table: list[tuple[Cell, ...]] = []
    for person in case.people:
        who = person.key, person.name, person.role
        said: dict[str, list[str]] = {one: [] for one in person.identifiers}
        for one in case.attributions:
            if one.identifier in said and one.person.casefold() == person.name.casefold():
                said[one.identifier].append(basis_words(one))
        for identifier, bases in said.items():
            table.append((*who, identifier, directory.form(identifier)[0], "; ".join(bases) or IN_CASE))
        if not said:
            table.append((*who, "none given", "-", "-"))
    return Table(
        "Parties key: who is who in the records, and on what basis",
        ("Key", "Person", "Role", "Identifier, as given in case.toml", "In its one form", "On what basis"),
        tuple(table),
    )
