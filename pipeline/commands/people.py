"""`fourline people`."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline import terminal
from pipeline.commands import shared

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from pipeline.analysis.candidates import Candidate
    from pipeline.case import Case
    from pipeline.timeline.people import Identity


@click.command()
@shared.CASE
@click.option(
    "--attribute",
    "said",
    multiple=True,
    metavar="'IDENTIFIER=NAME'",
    help="Record that an identifier is a person's of the case. Can be repeated.",
)
@click.option(
    "--basis",
    type=click.Choice(["client says", "saved contact", "content", "police", "other"]),
    help="On what that rests.",
)
@click.option("--by", default="", help="Who records it.")
@click.option("--why", default="", help="More words on it.")
@click.option("--json", "as_json", is_flag=True, help="For scripts: one JSON object.")
@shared.NO_INPUT
def people(
    folder: Path, said: tuple[str, ...], basis: str | None, by: str, why: str, *, as_json: bool, no_input: bool
) -> None:
    """List the numbers, addresses and names of the other side, and record whose they are.

    Those that nobody is named for come first. Fourline itself never says whose an identifier is: it asks, or takes --attribute.
    """
    import pandas as pd

    from pipeline import case as cases
    from pipeline.analysis import candidates, contact, parties
    from pipeline.new_case import add_attribution
    from pipeline.timeline.people import Directory

    if said and not basis:
        raise click.UsageError("--attribute needs --basis: on what does it rest?")
    with shared.at_work(folder) as opened:
        case = opened
        for one in said:
            identifier, equals, name = one.rpartition("=")
            if not equals:
                raise click.UsageError(f"{one!r} is not of the form IDENTIFIER=NAME")
            today = datetime.now().astimezone().date()
            case = add_attribution(case, cases.Attribution(identifier, name.strip(), basis or "", by, today, why))
        held = shared.up_to_date(case, quiet=as_json)
        prepared = contact.prepare(pd.read_parquet(held.events, columns=list(contact.COLUMNS)))
        names = {person.key: person.name for person in case.people}
        directory = Directory(case)
        found = parties.parties(prepared, names, directory.basis).identifiers
        new = candidates.candidates(prepared, case.key_dates)
        tagged = candidates.tagged(prepared, directory.untagged)
        if not as_json:
            _show_people(folder, found, names, new, tagged)
            if not said and shared.can_ask(no_input):
                _ask_whose(case)
    if as_json:
        rows = json.loads(
            found.assign(person=found["person"].map(names).fillna("")).to_json(orient="records", date_format="iso")
        )
        terminal.say(
            json.dumps(
                {
                    "identifiers": rows,
                    "candidates": [{"identifier": one.identifier, "first": one.first.isoformat()} for one in new],
                    "tagged": [{"identifier": one, "without_tag": base.form} for one, base in tagged],
                },
                indent=1,
            )
        )


def _ask_whose(case: Case) -> None:
    """Asks whose an identifier is, on what basis and who says so, until nothing is answered; each answer is recorded at once."""
    from pipeline.case import BASES, Attribution, CaseError
    from pipeline.new_case import add_attribution

    def chosen(title: str, choices: Sequence[str]) -> str:
        for number, words in enumerate(choices, 1):
            terminal.say(f"  {number}  {terminal.plain(words)}")
        return choices[click.prompt(title, type=click.IntRange(1, len(choices))) - 1]

    while identifier := str(
        click.prompt("\nIdentifier to record (Enter: done)", default="", show_default=False)
    ).strip():
        person = chosen("Whose it is", [one.name for one in case.people])
        basis = chosen("On what that rests", BASES)
        by = str(click.prompt("Who records it")).strip()
        why = str(click.prompt("More words on it", default="", show_default=False)).strip()
        today = datetime.now().astimezone().date()
        try:
            case = add_attribution(case, Attribution(identifier, person, basis, by, today, why))
        except CaseError as error:
            terminal.say(f"Not recorded: {terminal.plain(str(error))}")
        else:
            terminal.say(f"Recorded in case.toml: {terminal.plain(identifier)} is {terminal.plain(person)}.")


def _show_people(
    folder: Path,
    found: pd.DataFrame,
    names: Mapping[str, str],
    new: Sequence[Candidate],
    tagged: Sequence[tuple[str, Identity]],
) -> None:
    from pipeline.analysis.candidates import DAYS

    terminal.identifiers(found, names)
    for candidate in new:
        terminal.say(
            f"To look at: {terminal.plain(candidate.identifier)} begins on {candidate.first:%d/%m/%Y}, within {DAYS} days after {candidate.after.day:%d/%m/%Y} "
            f"({terminal.plain(candidate.after.label)}). Whose it is, only a person can say."
        )
    for identifier, base in tagged:
        terminal.say(
            f"To look at: {terminal.plain(identifier)} without its tag is {terminal.plain(base.form)}, which is {terminal.plain(names[base.person])}'s. "
            "Whose it is, only a person can say."
        )
    terminal.say(
        f'\nTo record whose an identifier is: fourline people {folder} --attribute "IDENTIFIER=NAME" --basis "client says" --by "YOUR NAME"'
    )
