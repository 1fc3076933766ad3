"""`fourline new`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline import terminal
from pipeline.commands import shared


@click.command()
@shared.CASE
@click.option("--reference", help="Your reference for the case.")
@click.option(
    "--client",
    metavar="'NAME: IDENTIFIER, ...'",
    help="The person the case is about protecting, with own numbers, emails, chat names.",
)
@click.option(
    "--subject",
    "subjects",
    multiple=True,
    metavar="'NAME: IDENTIFIER, ...'",
    help="The person whose contact is unwanted. Can be repeated.",
)
@click.option(
    "--other",
    "others",
    multiple=True,
    metavar="'NAME: IDENTIFIER, ...'",
    help="Somebody else who appears in the records. Can be repeated.",
)
@click.option(
    "--place",
    "places",
    multiple=True,
    metavar="'NAME, TYPE, LAT, LON, RADIUS, KNOWN TO'",
    help="A place that matters. Can be repeated.",
)
@click.option(
    "--key-date",
    "key_dates",
    multiple=True,
    metavar="'YYYY-MM-DD TYPE: WORDS #REFERENCE'",
    help="For example '2026-03-04 asked to stop'; 04/03/2026 is the same day. Can be repeated.",
)
@click.option(
    "--not-held",
    "not_held",
    multiple=True,
    metavar="'CHANNEL: WHY'",
    help="A channel that is known to exist and whose records you do not have. Can be repeated.",
)
@click.option("--zone", default="Europe/London", show_default=True, help="Time zone in which times are shown.")
@click.option("--country", default="GB", show_default=True, help="Country of numbers written without +44.")
@shared.NO_INPUT
def new(
    folder: Path,
    reference: str | None,
    client: str | None,
    subjects: tuple[str, ...],
    others: tuple[str, ...],
    places: tuple[str, ...],
    key_dates: tuple[str, ...],
    not_held: tuple[str, ...],
    zone: str,
    country: str,
    *,
    no_input: bool,
) -> None:
    """Make a case folder with a commented case.toml.

    Asks for what is not given as an option; everything can be changed in case.toml later.
    """
    from pipeline.new_case import Beginning, check, make

    if shared.can_ask(no_input):
        shared.ask_who()
        terminal.say("An empty answer skips a question. Everything can be changed later in case.toml.\n")
        reference = reference or click.prompt("Your reference for the case", default=folder.name)
        client = (
            client
            or _ask_person(
                "Name of the client (the person who receives the contact)",
                "their own numbers, emails and chat names, with commas",
            )
            or "Client"
        )
        subjects = subjects or _ask_several(
            "Name of the person whose contact is unwanted", "their numbers, emails and chat names, with commas"
        )
        others = others or _ask_several(
            "Somebody else in the records, such as family", "their numbers, emails and chat names, with commas"
        )
        key_dates = key_dates or shared.ask_lines(
            "A key date, such as: 04/03/2026 asked to stop", lambda said: check(key_dates=(said,))
        )
        places = places or shared.ask_lines(
            "A place, such as: Home, home, 53.35, -1.78, 100, known to the subject",
            lambda said: check(places=(said,)),
        )
        not_held = not_held or shared.ask_lines(shared.NOT_HELD)
    with shared.plain_errors():
        case = make(
            folder,
            Beginning(
                reference or folder.resolve().name,
                client or "Client",
                subjects,
                others,
                places,
                key_dates,
                zone,
                country,
                not_held,
            ),
        )
    terminal.say(f"Made {case.folder / 'case.toml'}. Next: fourline add {folder} FILES")


def _ask_person(words: str, more: str) -> str:
    name = str(click.prompt(words, default="", show_default=False)).strip()
    if not name:
        return ""
    identifiers = str(click.prompt(f"  {more}", default="", show_default=False)).strip()
    return f"{name}: {identifiers}"


def _ask_several(words: str, more: str) -> tuple[str, ...]:
    found: list[str] = []
    while one := _ask_person(words + (" (another one)" if found else ""), more):
        found.append(one)
    return tuple(found)
