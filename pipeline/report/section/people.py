"""Who is in the case, and whose the identifiers are."""

from __future__ import annotations

from pipeline.analysis.parties import Parties
from pipeline.analysis.result import Table
from pipeline.report.section import Section, Setting


def people(setting: Setting, parties: Parties) -> Section:
    """The section on persons and identifiers."""
    result = parties.result
    named = Table(
        "People of the case",
        ("Key", "Name", "Role", "Identifiers, as given in case.toml"),
        tuple(
            (person.key, person.name, person.role, "; ".join(person.identifiers) or "none given")
            for person in setting.case.people
        ),
    )
    return Section(
        "people", "People and their identifiers", "", result.facts, (), (), (named, *result.tables), result.caveats
    )
