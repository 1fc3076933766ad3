"""The command line: the only file that talks to the user. Heavy libraries are imported inside the command that needs them."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline import cli_court, terminal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from pipeline.analysis.candidates import Candidate
    from pipeline.case import Case
    from pipeline.processes import Workers
    from pipeline.report.issue import Issued
    from pipeline.store import SourceInfo, Timeline
    from pipeline.timeline.people import Identity
    from pipeline.verify import Finding

CASE = click.argument("folder", metavar="CASE", type=click.Path(path_type=Path))
NO_INPUT = click.option("--no-input", is_flag=True, help="Never ask; what would be asked is listed instead.")
_LINES = 1000
_MANY = 8 << 20
"""Bytes of a timeline of some 200,000 events."""
_READING = ("pipeline.pieces", "parsers.sms_backup_columns")
_BUILDING = ("pipeline.intake", "pipeline.timeline.build")
"""What is imported to read a large file, and to make the timeline."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(package_name="fourline")
@click.option(
    "--who", metavar="NAME", help="Who is at work, for the custody log. Asked once on this computer if not given."
)
@click.pass_context
def main(context: click.Context, who: str | None) -> None:
    r"""One timeline, its patterns and a report from a phone, a mailbox, cameras and a diary. Nothing ever leaves this computer.

    \b
    fourline new my-case            make a case folder
    fourline add my-case FILES      put exports into it
    fourline report my-case         make the report
    """
    # Before Arrow is imported: its own allocators keep up to half as much again of what large columns have held.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    os.environ.setdefault(
        "OPENBLAS_NUM_THREADS", "1"
    )  # numpy's threads for matrices, of which there are none here, wait in a busy loop
    _say_who(context, who)


def _say_who(context: click.Context, name: str | None) -> None:
    """For this command and the processes it starts: the custody log asks `who.stated`."""
    from pipeline import who

    if name is None or not name.strip():
        return
    before = os.environ.get(who.ENVIRONMENT)
    os.environ[who.ENVIRONMENT] = name.strip()

    def restore() -> None:
        if before is None:
            os.environ.pop(who.ENVIRONMENT, None)
        else:
            os.environ[who.ENVIRONMENT] = before

    context.find_root().call_on_close(restore)


def _ask_who() -> None:
    """Once on a computer."""
    from pipeline import who

    if who.stated():
        return
    name = str(
        click.prompt(
            "Your name, for the custody log (who did what; it is asked once on this computer, Enter: not stated)",
            default="",
            show_default=False,
        )
    ).strip()
    if name:
        with _plain_errors():
            who.remember(name)


# --- new -----------------------------------------------------------------------------------------------------------------------------------------------


@main.command()
@CASE
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
    help="For example '2026-03-04 asked to stop'. Can be repeated.",
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
@NO_INPUT
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
    from pipeline.new_case import Beginning, make

    if _can_ask(no_input):
        _ask_who()
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
        key_dates = key_dates or _ask_lines("A key date, such as: 2026-03-04 asked to stop")
        places = places or _ask_lines("A place, such as: Home, home, 53.35, -1.78, 100, known to the subject")
        not_held = not_held or _ask_lines(_NOT_HELD)
    with _plain_errors():
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


def _ask_lines(words: str) -> tuple[str, ...]:
    found: list[str] = []
    while one := str(click.prompt(words, default="", show_default=False)).strip():
        found.append(one)
    return tuple(found)


# --- add, answer, status -------------------------------------------------------------------------------------------------------------------------------


_NOT_HELD = "A channel that is known to exist and whose records you do not have, such as: Snapchat: the phone is lost"
_ORIGIN = {
    "received_from": "From whom did you receive them",
    "exported_by": "Who exported or copied them",
    "exported_with": "With what app or tool",
    "exported_on": "On what day (YYYY-MM-DD or DD/MM/YYYY)",
    "device": "From which phone, computer or account",
    "original_held_by": "Who has the original now",
}
"""What is asked of the files of one `add`, and the options that say it."""
_DAY = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])


@main.command()
@CASE
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option("--received-from", metavar="NAME", help="From whom the files were received.")
@click.option("--exported-by", metavar="NAME", help="Who exported or copied them.")
@click.option("--exported-with", metavar="TOOL", help="The app or tool with which they were exported.")
@click.option("--exported-on", type=_DAY, help="The day on which they were exported.")
@click.option("--device", metavar="WORDS", help="The phone, computer or account they are from.")
@click.option("--original-held-by", metavar="NAME", help="Who has the original now.")
@click.option("--description", metavar="WORDS", help="What the files are, for the source register.")
@click.option(
    "--not-held",
    "not_held",
    multiple=True,
    metavar="'CHANNEL: WHY'",
    help="A channel that is known to exist and whose records you do not have. Can be repeated.",
)
@click.option("--by", metavar="NAME", help="Who adds them, for the custody log.")
@NO_INPUT
@click.pass_context
def add(
    context: click.Context,
    /,
    folder: Path,
    paths: tuple[Path, ...],
    not_held: tuple[str, ...],
    by: str | None,
    *,
    no_input: bool,
    **said: Any,
) -> None:
    """Put files, folders and zips into a case.

    Each file is copied byte for byte, hashed, recognised and read. A question that a file raises is asked here, or waits (see fourline answer). Where the
    files come from is asked once for all of them; Enter passes over a question.
    """
    from pipeline import evidence, origins, processes
    from pipeline.new_case import add_not_held

    _say_who(context, by)
    if _can_ask(no_input):
        _ask_who()
    with processes.Workers() as workers, _at_work(folder) as opened:
        if any(path.is_file() and path.stat().st_size >= processes.LARGE for path in paths):
            # Python and its libraries take half a second to be there: meanwhile the file is copied.
            workers.start(processes.cores() - 1, *_READING)
            processes.import_ahead(*_READING, *_BUILDING)
        with terminal.progress("Copying") as progress:
            receipts = evidence.receive(folder, paths, progress)
        new = {receipt.sha256 for receipt in receipts if receipt.state == "received"}
        if new and _can_ask(no_input):
            said, not_held = _ask_origin(len(new), said, not_held)
        case = origins.record(opened, receipts, said)
        for channel in not_held:
            case = add_not_held(case, channel)
        timeline = _up_to_date(case, workers=workers)
        if _can_ask(no_input):
            timeline = _ask_questions(case, timeline)
    shown = _with_members(timeline, new)
    terminal.register(shown)
    terminal.receipts(receipts)
    terminal.what_waits(folder, shown)
    raise SystemExit(int(terminal.unfinished(shown) or any(receipt.state == "refused" for receipt in receipts)))


def _ask_origin(count: int, said: dict[str, Any], not_held: tuple[str, ...]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """One round of questions on what was just received, those that an option has answered left out."""
    terminal.say(
        f"\n{count:,} new file{'' if count == 1 else 's'}. Where do they come from? Enter passes over a question."
    )
    asked: dict[str, Any] = {}
    for key, words in _ORIGIN.items():
        if said.get(key) is None:
            kind = _DAY if key == "exported_on" else str
            asked[key] = click.prompt(words, default="", show_default=False, type=_or_nothing(kind))
    return {**said, **asked}, not_held or _ask_lines(_NOT_HELD)


def _or_nothing(kind: Any) -> Any:
    """The value of a prompt that Enter passes over."""
    return lambda text: click.types.convert_type(kind)(text) if text else None


@main.command()
@CASE
@click.argument("file", metavar="FILE")
@click.argument("answers", nargs=-1, required=True, metavar="KEY=VALUE...")
def answer(folder: Path, file: str, answers: tuple[str, ...]) -> None:
    """Answer the question of a file that waits.

    FILE is its label (S3), its name or the beginning of its SHA-256, as fourline status shows them; KEY=VALUE is given there too.
    """
    from pipeline import case as cases
    from pipeline.new_case import add_answer

    with _at_work(folder) as opened:
        case = opened
        timeline = _up_to_date(case)
        for said in answers:
            key, equals, value = said.partition("=")
            if not equals:
                raise click.UsageError(f"{said!r} is not of the form KEY=VALUE")
            source = _find(timeline, file)
            known = next((row.question for row in timeline.sources if row.key == source.key and row.question), None)
            if known and known["key"] == key and value not in {choice[0] for choice in known["choices"]}:
                raise click.UsageError(
                    f"{key} must be one of: "
                    + ", ".join(f'"{terminal.plain(choice[0])}"' for choice in known["choices"])
                )
            answered = key in case.answers_for(source.sha256) or (key == "owner" and source.answers)
            if (not known or known["key"] != key) and not answered:
                raise click.UsageError(f"{terminal.plain(source.file)} has no open question {key!r}")
            words = (
                known["text"]
                if known
                else next((one.question for one in case.answers if one.file == source.sha256 and one.key == key), "")
                or next((question for question, _ in source.answers), "")
            )
            case = add_answer(case, cases.Answer(source.sha256, source.file, key, value, words))
            timeline = _up_to_date(case)
    shown = [row for row in timeline.sources if row.key == source.key]
    terminal.register(shown)
    terminal.what_waits(folder, shown)
    raise SystemExit(int(terminal.unfinished(shown)))


@main.command()
@CASE
@click.option("--json", "as_json", is_flag=True, help="For scripts: one JSON object.")
def status(folder: Path, *, as_json: bool) -> None:
    """Show what a case holds: every file, what was read from it, what waits."""
    from pipeline import origins

    with _at_work(folder) as case:
        timeline = _up_to_date(case, quiet=as_json)
    if as_json:
        said = origins.by_label(case, timeline.sources)
        rows = [_status_row(folder, row, origins.words(said[row.label])) for row in timeline.sources]
        shown = {
            "case": case.reference,
            "folder": str(folder),
            "sources": rows,
            "not_held": [asdict(one) for one in case.not_held],
        }
        terminal.say(json.dumps(shown, ensure_ascii=True, indent=1))
    else:
        terminal.register(timeline.sources)
        terminal.what_waits(folder, timeline.sources)
    raise SystemExit(int(terminal.unfinished(timeline.sources)))


def _status_row(folder: Path, row: SourceInfo, origin: dict[str, str]) -> dict[str, Any]:
    question = row.question
    return {
        "label": row.label,
        "file": row.file,
        "sha256": row.sha256,
        "size": row.size,
        "state": row.state,
        "parser": row.parser or None,
        "title": row.title,
        "version": row.version,
        "records": row.records,
        "events": row.events,
        "problems": row.problems,
        "first": row.first or None,
        "last": row.last or None,
        "received_on": row.received,
        **origin,
        "waiting_question": question["text"] if question else None,
        "waiting_key": question["key"] if question else None,
        "waiting_choices": question["choices"] if question else None,
        "answer_with": terminal.how_to_answer(folder, row) if question else None,
        "notes": list(row.notes),
        "cannot_show": list(row.cannot_show),
        "answers": [list(pair) for pair in row.answers],
        "why": row.why or None,
    }


# --- people --------------------------------------------------------------------------------------------------------------------------------------------


@main.command()
@CASE
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
@NO_INPUT
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
    with _at_work(folder) as opened:
        case = opened
        for one in said:
            identifier, equals, name = one.rpartition("=")
            if not equals:
                raise click.UsageError(f"{one!r} is not of the form IDENTIFIER=NAME")
            today = datetime.now().astimezone().date()
            case = add_attribution(case, cases.Attribution(identifier, name.strip(), basis or "", by, today, why))
        held = _up_to_date(case, quiet=as_json)
        prepared = contact.prepare(pd.read_parquet(held.events, columns=list(contact.COLUMNS)))
        names = {person.key: person.name for person in case.people}
        directory = Directory(case)
        found = parties.parties(prepared, names, directory.basis).identifiers
        new = candidates.candidates(prepared, case.key_dates)
        tagged = candidates.tagged(prepared, directory.untagged)
        if not as_json:
            _show_people(folder, found, names, new, tagged)
            if not said and _can_ask(no_input):
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


# --- review --------------------------------------------------------------------------------------------------------------------------------------------


@main.command()
@CASE
@click.option(
    "--only",
    type=click.Choice(["needed", "suggested", "camera", "diary", "pictures", "all"]),
    help="Which rows to list. Default: those that need a decision.",
)
@click.option(
    "--person", "persons", multiple=True, help="Only this person (key or name) or identifier. Can be repeated."
)
@click.option("--from", "start", type=click.DateTime(["%Y-%m-%d"]), help="First day (local).")
@click.option("--to", "end", type=click.DateTime(["%Y-%m-%d"]), help="Last day (local).")
@click.option(
    "--set",
    "settings",
    nargs=2,
    multiple=True,
    metavar="ID KEY=VALUE",
    help="Record a decision without Excel, such as: --set 0123456789ab categories=CALL,THREAT-V. Can be repeated.",
)
@click.option("--by", default="", help="Who decides what --set says.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="On which day. Default: today.")
@click.option("--anew", is_flag=True, help="Begin again without the decisions of a review.xlsx that was taken away.")
def review(
    folder: Path,
    only: str | None,
    persons: tuple[str, ...],
    start: datetime | None,
    end: datetime | None,
    settings: tuple[tuple[str, str], ...],
    by: str,
    on: datetime | None,
    *,
    anew: bool,
) -> None:
    """Write review.xlsx, in which decisions about events are recorded, and take in what stands in it.

    Decisions that are in it already are kept. Fill in its white columns in Excel, save, close: the next command counts with them.
    """
    from pipeline import review_command as reviewing

    if settings and not by:
        raise click.UsageError("--set needs --by: who decides?")
    with _at_work(folder) as case:
        held = _up_to_date(case)
        day = (on or datetime.now().astimezone()).date()
        before, decisions = reviewing.record(case, held, settings, by, day, anew=anew)
        filters = bool(only or persons or start or end) or not settings
        first, last = (one.date() if one else None for one in (start, end))
        wanted = reviewing.Wanted(only or reviewing.NEEDED, first, last, persons) if filters else None
        written = reviewing.write(case, held, before, decisions, wanted)
        held = _up_to_date(case)
    for remark in held.remarks:
        terminal.say(f"Remark: {terminal.plain(remark)}")
    terminal.say(
        f"Written: {written.path} ({written.rows:,} row{'' if written.rows == 1 else 's'}, {written.decided:,} with a decision"
        f"{f', {written.orphaned:,} decided and no event now' if written.orphaned else ''})"
    )


# --- timeline, report, formats, demo -------------------------------------------------------------------------------------------------------------------


@main.command()
@CASE
@click.option("--from", "start", type=click.DateTime(["%Y-%m-%d"]), help="First day (local).")
@click.option("--to", "end", type=click.DateTime(["%Y-%m-%d"]), help="Last day (local).")
@click.option("--channel", "channels", multiple=True, help="Only this channel. Can be repeated.")
@click.option(
    "--person", "persons", multiple=True, help="Only this person (key or name) or identifier. Can be repeated."
)
@click.option("--text", help="Only events whose words contain this (capitals or not).")
@click.option("--output", type=click.Path(path_type=Path), help="Write to this file: .csv, .json, .xlsx or .parquet.")
def timeline(
    folder: Path,
    start: datetime | None,
    end: datetime | None,
    channels: tuple[str, ...],
    persons: tuple[str, ...],
    text: str | None,
    output: Path | None,
) -> None:
    """Print the events of a case, or export them."""
    from pipeline.report import export

    if output is not None and output.suffix.lower() not in export.SUFFIXES:
        raise click.UsageError(f"--output must end with one of: {', '.join(export.SUFFIXES)}")
    with _at_work(folder) as case:
        held = _up_to_date(case, quiet=True)
        events = export.select(
            held, case, start.date() if start else None, end.date() if end else None, channels, persons, text
        )
        if output is not None:
            export.write(events, output)
            terminal.say(f"{len(events):,} event{'' if len(events) == 1 else 's'} written to {output}")
            return
    for line in export.lines(events.slice(0, _LINES), case):
        terminal.say(line)
    if len(events) > _LINES:
        terminal.say(
            f"... and {len(events) - _LINES:,} more. To have them all: fourline timeline {folder} --output events.csv"
        )


@main.command()
@CASE
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Folder to write to; must be new or empty. Default: a new folder in CASE/reports.",
)
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Date of the report. Default: today.")
@click.option(
    "--for",
    "audience",
    type=click.Choice(["court", "police", "client", "internal"]),
    help="Make the document (PDF) for one of these.",
)
@click.option(
    "--court",
    help="Name of the court, for the front sheet. Defaults of this and the next stand in case.toml, [report].",
)
@click.option("--case-no", help="Case number of the court.")
@click.option("--parties", help="The parties, such as 'A v B'.")
@click.option("--hearing", help="Date of the hearing.")
@click.option("--mark", help="Exhibit mark, such as ABC1.")
@click.option("--maker", help="Who makes the statement that the exhibit belongs to.")
@click.option(
    "--profile",
    type=click.Choice(["civil", "family", "exhibit"]),
    help="How pages are numbered: 1 to n, A1 B1 ..., or ABC1-1 ...",
)
@click.option("--page-budget", type=click.IntRange(1), help="Pages that are allowed; more of them are warned of.")
@click.option(
    "--continue-from",
    "first_page",
    type=click.IntRange(1),
    help="For a supplement: the number of its first page, so that pages issued before keep theirs.",
)
@click.option(
    "--continue-rows", "first_row", type=click.IntRange(1), help="For a supplement: the number of its first row."
)
@click.option(
    "--around",
    multiple=True,
    metavar="DAY|EVENT",
    help="Print the messages around this day (2026-03-04) or event ID in full. Can be repeated.",
)
@click.option(
    "--continue-pictures", "first_picture", type=click.IntRange(1), help="For a supplement: its first picture."
)
@click.option(
    "--continue-picture-pages",
    "first_picture_page",
    type=click.IntRange(1),
    help="For a supplement: the number of the first page of its pictures.",
)
@click.option(
    "--images",
    type=click.Choice(["none", "marked", "all"]),
    help="Pictures in files of their own: none, those marked in the review (usual for police and internal), or all (never for court).",
)
@click.option("--outgoing-by-day", "by_day", is_flag=True, help="Court: show the client's own contact to the day only.")
def report(
    folder: Path,
    output: Path | None,
    day: datetime | None,
    audience: str | None,
    around: tuple[str, ...],
    images: str | None,
    *,
    by_day: bool,
    **front: Any,
) -> None:
    """Make the report: report.html, chronology.csv and chronology.xlsx; with --for, a document for a bundle."""
    from pipeline import processes

    on = day.date() if day else datetime.now().astimezone().date()
    if not audience and (around or by_day or images or any(front.values())):
        raise click.UsageError("these options belong to a document; say for whom it is with --for")
    with processes.Workers() as workers, _at_work(folder) as case:
        large = not audience and _many_events(folder)
        if large:
            workers.start(1, "pipeline.report.packed")
        held = _up_to_date(case)
        packing = _packing(held, workers) if large else None
        wrong = _wrong_for_a_report(folder)
        if wrong:
            said = " ".join(terminal.plain(one.words) for one in wrong)
            raise click.ClickException(
                f"no report is made from this. {said} Evidence can only be put back as it was received, from a copy of the case folder."
            )
        into = output or _next_folder(folder / "reports", f"{on.isoformat()} {audience or 'report'}")
        settings: dict[str, Any] = {
            "for": audience,
            "front": {key: value for key, value in front.items() if value},
            "around": around,
        }
        settings |= {"outgoing_by_day": True} if by_day else {}
        if audience:
            from pipeline.report import pictures
            from pipeline.report.confidentiality import AUDIENCES

            settings |= {"images": pictures.which(AUDIENCES[audience], images or "", case.report)}
        written = _document(case, held, into, on, settings) if audience else _report(case, held, into, on, packing)
    terminal.what_waits(folder, held.sources)
    for path in written:
        terminal.say(f"Written: {path}")
    from pipeline import custody

    lines, head = custody.head(folder)
    terminal.say(
        f"The custody log has {lines:,} lines. Write down the hash of the last: with it, a later check shows whether the log was made anew "
        f"(fourline verify {folder} --head HASH).\n{head}"
    )
    raise SystemExit(int(terminal.unfinished(held.sources)))


def _document(
    case: Case,
    held: Timeline,
    output: Path,
    day: date,
    settings: dict[str, Any],
    compared: Callable[[Issued], None] = lambda _: None,
) -> tuple[Path, ...]:
    """Writes the document for an audience, and says what its maker must know; `compared` is asked before anything is issued."""
    from pipeline import custody, pack, registry
    from pipeline.report import issue, issue_contents
    from pipeline.report.transcripts import NotThere

    sealed = custody.seal(case.folder)
    since = issue_contents.last(custody.entries(case.folder), settings["for"])
    # What is released keeps these of its draft.
    settings = {"log_head": sealed[1] if sealed else "", "since": asdict(since) if since else None, **settings}
    made: list[issue.Issued] = []

    def make(into: Path) -> tuple[Path, ...]:
        try:
            made.append(issue.make_for(case, held, into, day, registry.fourline_version(), settings))
        except NotThere as error:
            raise click.UsageError(str(error)) from None
        except issue.Leaked as leaked:
            raise click.ClickException(cli_court.stopped(leaked.hits)) from None
        except issue_contents.NotKept as error:
            raise click.ClickException(terminal.plain(str(error))) from None
        compared(made[-1])
        if settings["for"] != "police":
            return made[-1].paths
        agent = f"fourline {registry.fourline_version()}"
        try:
            return (
                *made[-1].paths,
                pack.make(case.folder, case.reference, made[-1].paths, into / pack.FILE, day, agent),
            )
        except pack.PackError as error:
            raise click.ClickException(terminal.plain(str(error))) from None

    written = _issued(case, output, day, settings, make, lambda: issue_contents.keep(case.folder, made[-1].contents))
    for warning in made[-1].warnings:
        terminal.say(f"Note: {warning}")
    if settings["for"] == "court" and not settings.get("released"):
        cli_court.to_be_checked(case, output, written, made[-1].looks)
    return written


def _report(
    case: Case, held: Timeline, output: Path, day: date, packing: Callable[[], Any] | None = None
) -> tuple[Path, ...]:
    from pipeline import registry
    from pipeline.report import working_copy

    version = registry.fourline_version()
    return _issued(case, output, day, {}, lambda into: working_copy.make(case, held, into, day, version, packing))


def _many_events(folder: Path) -> bool:
    """Whether the timeline is so large that its rows are packed by another process."""
    events = folder / "timeline" / "events.parquet"
    return events.exists() and events.stat().st_size >= _MANY


def _issued(
    case: Case,
    output: Path,
    day: date,
    settings: dict[str, Any],
    make: Callable[[Path], tuple[Path, ...]],
    keep: Callable[[], str] = str,
) -> tuple[Path, ...]:
    """Writes a report into a folder that is new or empty: nothing that was issued is ever overwritten. `keep` keeps what it holds, and gives the hash of that."""
    from pipeline import settle

    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise click.UsageError(f"{output} is not an empty folder; a report that was issued is never overwritten")
    unfinished = output / settle.UNFINISHED
    unfinished.mkdir(parents=True)
    try:
        made = make(unfinished)
        settle.confirm_report(case, unfinished, made, day, settings, keep())
    finally:
        settle.finish_report(case.folder, unfinished)
    return tuple(output / path.name for path in made)


def _next_folder(reports: Path, name: str) -> Path:
    """The first of "2026-06-30 court 1", "2026-06-30 court 2" ... that is not there."""
    number = 1
    while (reports / f"{name} {number}").exists():
        number += 1
    return reports / f"{name} {number}"


def _packing(held: Timeline, workers: Workers) -> Callable[[], Any]:
    """Has another process pack the rows; gives what waits for them."""
    from pipeline.report import packed

    return workers.ask(packed.of_events_alone, None, held.events)


def _wrong_for_a_report(folder: Path) -> list[Finding]:
    """What forbids a report. While all is hashed, which leaves Python free, what draws is imported."""
    from concurrent.futures import ThreadPoolExecutor

    from pipeline import verify

    with ThreadPoolExecutor(1) as pool:
        checking = pool.submit(verify.for_a_report, folder)
        from pipeline.report import working_copy  # noqa: F401 -- only imported here

        return checking.result()


@main.command()
@click.argument("folder", metavar="CASE|PACK", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--head", default="", metavar="HASH", help="The hash of the log's last line as it was written down earlier."
)
def verify(folder: Path, head: str) -> None:
    """Check that evidence, custody log, timeline and issued reports are as they were; or that a pack (pack.zip) is.

    Hashes every file again. Exit code 1 if anything is not as it was written.
    """
    from pipeline import custody, pack
    from pipeline.verify import verify as look

    if folder.is_file() or pack.is_pack(folder):
        try:
            findings = list(pack.verify(folder))
        except pack.PackError as error:
            raise click.ClickException(str(error)) from None
    elif not (folder / custody.FILE).exists() and not (folder / "case.toml").exists():
        raise click.UsageError(f"{folder} is neither a case folder nor a pack")
    else:
        with _plain_errors():
            findings = list(look(folder, head.strip()))
    for finding in findings:
        terminal.say(f"{'right' if finding.right else 'WRONG'}   {terminal.plain(finding.words)}")
    wrong = sum(not finding.right for finding in findings)
    terminal.say(
        "Everything is as it was."
        if not wrong
        else f"{wrong} thing{'' if wrong == 1 else 's'} not as it was: see above."
    )
    raise SystemExit(int(wrong > 0))


@main.command()
@CASE
@click.option(
    "--keep", is_flag=True, help="If the timeline of the case is not the one made again, put that in its place."
)
def rebuild(folder: Path, *, keep: bool) -> None:
    """Make timeline and latest report again from evidence and case.toml, and compare.

    Exit code 1 if anything differs; it is named.
    """
    from pipeline import rebuild as again

    with _at_work(folder) as case, terminal.progress("Reading") as progress:
        findings = again.rebuild(case, progress, keep=keep)
    for finding in findings:
        terminal.say(f"{'equal' if finding.right else 'DIFFERS'}   {terminal.plain(finding.words)}")
    raise SystemExit(int(any(not finding.right for finding in findings)))


@main.command()
def formats() -> None:
    """List what can be read, and how a person gets each out of the phone or app."""
    from pipeline import registry

    for parser in registry.registered():
        terminal.say(f"{parser.module.TITLE}")
        terminal.say(terminal.wrapped(f"How to get it: {parser.module.HOW_TO_EXPORT}"))
        for line in parser.module.CANNOT_SHOW:
            terminal.say(terminal.wrapped(f"It cannot show: {line}"))
        terminal.say("")


@main.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("fourline-demo"),
    show_default=True,
    help="Folder to make; must be new or empty.",
)
@click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    default="2026-06-30",
    show_default=True,
    help="Date of the report.",
)
def demo(output: Path, day: datetime) -> None:
    """Build the made-up sample case and its report, and say where they are."""
    from pipeline import demo_case, evidence

    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise click.UsageError(f"{output} is not an empty folder")
    with _plain_errors():
        now = day.astimezone()
        paths = demo_case.make(output / "case")
        with _at_work(output / "case") as case:
            with terminal.progress("Copying") as progress:
                evidence.receive(case.folder, paths, progress, now)
            held = _up_to_date(case)
            written = _report(case, held, output / "report", day.date())
    terminal.register(held.sources)
    terminal.say(f"\nThe sample case: {(output / 'case').resolve()}")
    terminal.say(f"Its report:      {written[0].resolve()}\nOpen the report by a double click on it.")


# --- what the commands share ---------------------------------------------------------------------------------------------------------------------------


def _up_to_date(case: Case, *, quiet: bool = False, workers: Workers | None = None) -> Timeline:
    from pipeline import intake
    from pipeline.timeline import corrections

    with terminal.progress("Reading", quiet=quiet) as progress:
        held = intake.bring_up_to_date(case, progress, workers)
    for check in corrections.unused(held.events, case.clocks) if not quiet else ():
        terminal.say(f"case.toml: [[clock]] {check.key.partition('-')[2]} fits no record, so it changes nothing.")
    return held


def _ask_questions(case: Case, held: Timeline) -> Timeline:
    """Asks on the terminal until no file waits, or the user passes over those that do."""
    from pipeline.case import Answer
    from pipeline.new_case import add_answer

    passed: set[tuple[str, str]] = set()
    while waiting := [row for row in held.sources if row.question and (row.sha256, row.question["key"]) not in passed]:
        row = waiting[0]
        question = row.question
        assert question is not None
        terminal.say(f"\n{terminal.plain(row.file)}: {terminal.plain(question['text'])}")
        for number, (_, words) in enumerate(question["choices"], 1):
            terminal.say(f"  {number}  {terminal.plain(words)}")
        chosen = click.prompt("Number (0: answer later)", type=click.IntRange(0, len(question["choices"])))
        if chosen == 0:
            passed.add((row.sha256, question["key"]))
            continue
        case = add_answer(
            case, Answer(row.sha256, row.file, question["key"], question["choices"][chosen - 1][0], question["text"])
        )
        held = _up_to_date(case)
    return held


def _find(held: Timeline, said: str) -> SourceInfo:
    def fits(row: SourceInfo) -> bool:
        return said in {row.label, row.file, row.file.rpartition("/")[2], row.file.rpartition("!")[2]} or (
            len(said) >= 6 and row.sha256.startswith(said.lower())
        )

    found = [row for row in held.sources if row.sha256 and fits(row)]
    if len({row.sha256 for row in found}) != 1:
        raise click.UsageError(
            f"{said!r} is {'the name of more than one file' if found else 'no file of this case'}; see: fourline status CASE"
        )
    return next((row for row in found if row.question), found[0])


def _with_members(held: Timeline, new: set[str]) -> list[SourceInfo]:
    labels = {row.label for row in held.sources if row.sha256 in new and "." not in row.label}
    return [row for row in held.sources if row.label.partition(".")[0] in labels]


def _can_ask(no_input: bool) -> bool:  # noqa: FBT001 -- the one flag it is about
    return not no_input and sys.stdin.isatty() and sys.stdout.isatty()


@contextlib.contextmanager
def _at_work(folder: Path) -> Iterator[Case]:
    """The case, held so that no other command writes to it meanwhile; faults are said in plain words."""
    from pipeline import case as cases
    from pipeline import lock, settle

    with _plain_errors():
        case = cases.load(folder)
        with lock.held(folder):
            settle.settle(folder)
            yield case


@contextlib.contextmanager
def _plain_errors() -> Iterator[None]:
    """Faults that are the user's to mend, as one sentence; a bug of ours stays a traceback."""
    from pipeline.case import CaseError
    from pipeline.custody import CustodyError
    from pipeline.evidence import Stopped
    from pipeline.lock import Busy
    from pipeline.timeline.review import ReviewError

    try:
        yield
    except CaseError as error:
        raise click.UsageError(terminal.plain(str(error))) from None
    except (Busy, CustodyError, Stopped) as error:
        raise click.ClickException(terminal.plain(str(error))) from None
    except ReviewError as error:
        raise click.ClickException("\n".join(map(terminal.plain, str(error).splitlines()))) from None
    except OSError as error:
        raise click.ClickException(
            terminal.plain(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        ) from None


@main.command()
@CASE
@click.argument("issue_name", metavar="[ISSUE]", required=False, default="")
@click.option("--by", required=True, metavar="NAME", help="Who looked at every page.")
@click.option(
    "--pages",
    required=True,
    type=click.IntRange(1),
    metavar="N",
    help="How many pages were looked at, of all files together.",
)
def release(folder: Path, issue_name: str, by: str, pages: int) -> None:
    """Release a checked court report: make it again without the words "DRAFT - not checked".

    ISSUE is its folder in CASE/reports; the newest that is not released if it is not given. Released is only what is still, byte for byte, what was checked.
    """
    from pipeline import release as releasing

    with _at_work(folder) as case:
        held = _up_to_date(case)
        try:
            checked = releasing.checked(case, issue_name, pages)
            written = _document(
                case,
                held,
                checked.output,
                checked.day,
                {**checked.settings, "released": True},
                lambda made: releasing.compared(case, checked, made.paths, made.looks),
            )
            releasing.record(case, checked, written, by, pages)
        except releasing.NotReleased as error:
            raise click.ClickException(terminal.plain(str(error))) from None
    for path in written:
        terminal.say(f"Written: {path}")
    terminal.say(
        f"Released by {by}: {pages} pages looked at. Any change to these files makes the release void (fourline verify)."
    )


main.add_command(cli_court.seal)
main.add_command(cli_court.unseal)

if __name__ == "__main__":
    main()
