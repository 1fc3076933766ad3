"""The command line: the only file that talks to the user. Heavy libraries are imported inside the command that needs them."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pipeline.case import Case
    from pipeline.evidence import Receipt
    from pipeline.store import SourceInfo, Timeline

CASE = click.argument("folder", metavar="CASE", type=click.Path(path_type=Path))
NO_INPUT = click.option("--no-input", is_flag=True, help="Never ask; what would be asked is listed instead.")
_LINES = 1000
_ALIKE = 20


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(package_name="fourline")
def main() -> None:
    r"""One timeline, its patterns and a report from a phone, a mailbox, cameras and a diary. Nothing ever leaves this computer.

    \b
    fourline new my-case            make a case folder
    fourline add my-case FILES      put exports into it
    fourline report my-case         make the report
    """


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
        say("An empty answer skips a question. Everything can be changed later in case.toml.\n")
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
            ),
        )
    say(f"Made {case.folder / 'case.toml'}. Next: fourline add {folder} FILES")


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


@main.command()
@CASE
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@NO_INPUT
def add(folder: Path, paths: tuple[Path, ...], *, no_input: bool) -> None:
    """Put files, folders and zips into a case.

    Each file is copied byte for byte, hashed, recognised and read. A question that a file raises is asked here, or waits (see fourline answer).
    """
    from pipeline import case as cases
    from pipeline import evidence

    with _plain_errors():
        case = cases.load(folder)
        with _progress("Copying") as progress:
            receipts = evidence.receive(folder, paths, progress)
        case, timeline = _up_to_date(case)
        if _can_ask(no_input):
            case, timeline = _ask_questions(case, timeline)
    new = {receipt.sha256 for receipt in receipts if receipt.state == "received"}
    shown = _with_members(timeline, new)
    _table(shown)
    _receipts(receipts)
    _what_waits(folder, shown)
    raise SystemExit(int(_unfinished(shown) or any(receipt.state == "refused" for receipt in receipts)))


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

    with _plain_errors():
        case = cases.load(folder)
        case, timeline = _up_to_date(case)
        for said in answers:
            key, equals, value = said.partition("=")
            if not equals:
                raise click.UsageError(f"{said!r} is not of the form KEY=VALUE")
            source = _find(timeline, file)
            known = next((row.question for row in timeline.sources if row.key == source.key and row.question), None)
            if known and known["key"] == key and value not in {choice[0] for choice in known["choices"]}:
                raise click.UsageError(
                    f"{key} must be one of: " + ", ".join(f'"{_visible(choice[0])}"' for choice in known["choices"])
                )
            if (not known or known["key"] != key) and key not in case.answers_for(source.sha256):
                raise click.UsageError(f"{_visible(source.file)} has no open question {key!r}")
            words = (
                known["text"]
                if known
                else next((one.question for one in case.answers if one.file == source.sha256 and one.key == key), "")
            )
            case = add_answer(case, cases.Answer(source.sha256, source.file, key, value, words))
            case, timeline = _up_to_date(case)
    shown = [row for row in timeline.sources if row.key == source.key]
    _table(shown)
    _what_waits(folder, shown)
    raise SystemExit(int(_unfinished(shown)))


@main.command()
@CASE
@click.option("--json", "as_json", is_flag=True, help="For scripts: one JSON object.")
def status(folder: Path, *, as_json: bool) -> None:
    """Show what a case holds: every file, what was read from it, what waits."""
    from pipeline import case as cases

    with _plain_errors():
        case, timeline = _up_to_date(cases.load(folder), quiet=as_json)
    if as_json:
        rows = [_status_row(folder, row) for row in timeline.sources]
        say(json.dumps({"case": case.reference, "folder": str(folder), "sources": rows}, ensure_ascii=True, indent=1))
    else:
        _table(timeline.sources)
        _what_waits(folder, timeline.sources)
    raise SystemExit(int(_unfinished(timeline.sources)))


def _status_row(folder: Path, row: SourceInfo) -> dict[str, Any]:
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
        "waiting_question": question["text"] if question else None,
        "waiting_key": question["key"] if question else None,
        "waiting_choices": question["choices"] if question else None,
        "answer_with": _how_to_answer(folder, row) if question else None,
        "notes": list(row.notes),
        "cannot_show": list(row.cannot_show),
        "answers": [list(pair) for pair in row.answers],
        "why": row.why or None,
    }


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
    from pipeline import case as cases
    from pipeline.report import export

    if output is not None and output.suffix.lower() not in export.SUFFIXES:
        raise click.UsageError(f"--output must end with one of: {', '.join(export.SUFFIXES)}")
    with _plain_errors():
        case, held = _up_to_date(cases.load(folder), quiet=True)
        events = export.select(
            held, case, start.date() if start else None, end.date() if end else None, channels, persons, text
        )
        if output is not None:
            export.write(events, output)
            say(f"{len(events):,} event{'' if len(events) == 1 else 's'} written to {output}")
            return
    for line in export.lines(events.slice(0, _LINES), case):
        say(line)
    if len(events) > _LINES:
        say(f"... and {len(events) - _LINES:,} more. To have them all: fourline timeline {folder} --output events.csv")


@main.command()
@CASE
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Folder to write to; must be new or empty. Default: a new folder in CASE/reports.",
)
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Date of the report. Default: today.")
def report(folder: Path, output: Path | None, day: datetime | None) -> None:
    """Make the report: report.html, chronology.csv and chronology.xlsx."""
    from pipeline import case as cases

    on = day.date() if day else datetime.now().astimezone().date()
    with _plain_errors():
        case, held = _up_to_date(cases.load(folder))
        written = _report(case, held, output or _next_folder(folder / "reports", on), on)
    _what_waits(folder, held.sources)
    for path in written:
        say(f"Written: {path}")
    raise SystemExit(int(_unfinished(held.sources)))


def _report(case: Case, held: Timeline, output: Path, day: date) -> tuple[Path, ...]:
    """Writes a report into a folder that is new or empty: nothing that was issued is ever overwritten."""
    from pipeline import custody, registry
    from pipeline.report import issue

    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise click.UsageError(f"{output} is not an empty folder; a report that was issued is never overwritten")
    output.mkdir(parents=True, exist_ok=True)
    written = issue.make(case, held, output, day, registry.fourline_version())
    custody.append(
        case.folder,
        "reported",
        {"output": output.name, "day": day.isoformat(), "files": {path.name: _sha256(path) for path in written}},
    )
    return written


def _sha256(path: Path) -> str:
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _next_folder(reports: Path, day: date) -> Path:
    number = 1
    while (reports / f"{day.isoformat()} report {number}").exists():
        number += 1
    return reports / f"{day.isoformat()} report {number}"


@main.command()
def formats() -> None:
    """List what can be read, and how a person gets each out of the phone or app."""
    from pipeline import registry

    for parser in registry.registered():
        say(f"{parser.module.TITLE}")
        say(_wrapped(f"How to get it: {parser.module.HOW_TO_EXPORT}"))
        for line in parser.module.CANNOT_SHOW:
            say(_wrapped(f"It cannot show: {line}"))
        say("")


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
    from pipeline import case as cases
    from pipeline import demo_case, evidence

    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise click.UsageError(f"{output} is not an empty folder")
    with _plain_errors():
        now = day.astimezone()
        paths = demo_case.make(output / "case")
        case = cases.load(output / "case")
        with _progress("Copying") as progress:
            evidence.receive(case.folder, paths, progress, now)
        case, held = _up_to_date(case)
        written = _report(case, held, output / "report", day.date())
    _table(held.sources)
    say(f"\nThe sample case: {(output / 'case').resolve()}")
    say(f"Its report:      {written[0].resolve()}\nOpen the report by a double click on it.")


# --- what the commands share ---------------------------------------------------------------------------------------------------------------------------


def _up_to_date(case: Case, *, quiet: bool = False) -> tuple[Case, Timeline]:
    from pipeline import intake

    with _progress("Reading", quiet=quiet) as progress:
        return case, intake.bring_up_to_date(case, progress)


def _ask_questions(case: Case, held: Timeline) -> tuple[Case, Timeline]:
    """Asks on the terminal until no file waits, or the user passes over those that do."""
    from pipeline.case import Answer
    from pipeline.new_case import add_answer

    passed: set[tuple[str, str]] = set()
    while waiting := [row for row in held.sources if row.question and (row.sha256, row.question["key"]) not in passed]:
        row = waiting[0]
        question = row.question
        assert question is not None
        say(f"\n{_visible(row.file)}: {_visible(question['text'])}")
        for number, (_, words) in enumerate(question["choices"], 1):
            say(f"  {number}  {_visible(words)}")
        chosen = click.prompt("Number (0: answer later)", type=click.IntRange(0, len(question["choices"])))
        if chosen == 0:
            passed.add((row.sha256, question["key"]))
            continue
        case = add_answer(
            case, Answer(row.sha256, row.file, question["key"], question["choices"][chosen - 1][0], question["text"])
        )
        case, held = _up_to_date(case)
    return case, held


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


def _unfinished(rows: Any) -> bool:
    from pipeline.store import UNKNOWN, UNREADABLE, WAITING

    return any(row.problems or row.state in {WAITING, UNKNOWN, UNREADABLE} for row in rows)


def _recognised(row: SourceInfo) -> str:
    from pipeline.store import ATTACHED, REPEATED, UNKNOWN, UNREADABLE, WAITING

    return {
        UNKNOWN: "nothing that Fourline knows",
        UNREADABLE: f"{row.title + ', ' if row.title else ''}not read: {row.why}",
        WAITING: f"{row.title}, waits for an answer",
        ATTACHED: f"attachment: {row.why}",
        REPEATED: row.why,
    }.get(row.state, row.title)


def _table(rows: Any) -> None:
    """The table that ends an import."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=None, show_lines=False, expand=False)
    for heading in ("", "File", "Recognised as"):
        table.add_column(heading, overflow="fold")
    for heading in ("Records", "Events", "Problems"):
        table.add_column(heading, justify="right")
    for heading in ("First", "Last"):
        table.add_column(heading)
    for row, more in _collapsed(rows):
        numbers = (
            [f"{row.records:,}", f"{row.events:,}", f"{row.problems:,}"]
            if row.title and row.state == "read"
            else ["", "", ""]
        )
        dates = [
            datetime.fromisoformat(value).strftime("%d/%m/%Y %H:%M") if value else "" for value in (row.first, row.last)
        ]
        table.add_row(*(Text(_visible(cell)) for cell in (row.label, row.file, _recognised(row), *numbers, *dates)))
        if more:
            records, events = sum(one.records for one in more), sum(one.events for one in more)
            table.add_row(
                "",
                Text(f"and {len(more):,} more files of this kind"),
                Text(row.title),
                f"{records:,}",
                f"{events:,}",
                "0",
                "",
                "",
            )
    width = None if sys.stdout.isatty() else 160
    Console(width=width, highlight=False, markup=False, emoji=False).print(table)
    shown: dict[str, tuple[str, ...]] = {row.title: row.cannot_show for row in rows if row.cannot_show}
    for title, lines in shown.items():
        say(f"\n{title}. This kind of export cannot show:")
        for line in lines:
            say(_wrapped(f"- {line}"))
    for row in rows:
        for note in row.notes if row.state == "read" else ():
            say(_wrapped(f"{row.label}: {_visible(note)}"))


def _collapsed(rows: Any) -> Iterator[tuple[SourceInfo, list[SourceInfo]]]:
    """Each row with the rows that it stands for: of many files of one kind, all read without a problem, only the first few are shown."""
    plain: dict[str, list[SourceInfo]] = {}
    for row in rows:
        if row.state == "read" and not row.problems and not row.notes:
            plain.setdefault(row.title, []).append(row)
    for row in rows:
        alike = plain.get(row.title, [])
        place = next((index for index, one in enumerate(alike) if one is row), None) if len(alike) > _ALIKE else None
        if place is None or place < _ALIKE // 2:
            yield row, []
        elif place == _ALIKE // 2:
            yield row, alike[place + 1 :]


def _receipts(receipts: list[Receipt]) -> None:
    for receipt in receipts:
        if receipt.state == "already held":
            say(f"Already in the case, not taken again: {_visible(receipt.file)} ({_visible(receipt.why)})")
        elif receipt.state == "refused":
            say(f"Not taken: {_visible(receipt.file)}: {_visible(receipt.why)}")


def _what_waits(folder: Path, rows: Any) -> None:
    for row in rows:
        if row.question:
            say(
                f"\nWaiting for an answer: {row.label} {_visible(row.file)}\n  {_visible(row.question['text'])}\n  To answer: {_how_to_answer(folder, row)}"
            )
        elif row.problems:
            say(
                f"{row.label} {_visible(row.file)}: {row.problems:,} problem{'' if row.problems == 1 else 's'}; they are listed in the report"
            )


def _how_to_answer(folder: Path, row: SourceInfo) -> str:
    assert row.question is not None
    one_of = " or ".join(f'"{row.question["key"]}={_visible(value)}"' for value, _ in row.question["choices"])
    return f'fourline answer "{folder}" {row.label} {one_of}'


def _can_ask(no_input: bool) -> bool:  # noqa: FBT001 -- the one flag it is about
    return not no_input and sys.stdin.isatty() and sys.stdout.isatty()


@contextlib.contextmanager
def _progress(what: str, *, quiet: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """A bar on a terminal; elsewhere silence."""
    if quiet or not sys.stderr.isatty():
        yield lambda _file, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True, markup=False, emoji=False), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda file, done, total: bar.update(
            task, description=f"{what} {_visible(file)[-40:]}", completed=done, total=max(total, 1)
        )


@contextlib.contextmanager
def _plain_errors() -> Iterator[None]:
    """Faults that are the user's to mend, as one sentence; a bug of ours stays a traceback."""
    from pipeline.case import CaseError
    from pipeline.custody import CustodyError
    from pipeline.evidence import Stopped

    try:
        yield
    except CaseError as error:
        raise click.UsageError(_visible(str(error))) from None
    except (CustodyError, Stopped) as error:
        raise click.ClickException(_visible(str(error))) from None
    except OSError as error:
        raise click.ClickException(
            _visible(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        ) from None


def say(text: str) -> None:
    """One line to the user; characters the terminal has no way to show are replaced."""
    try:
        click.echo(text)
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        click.echo(text.encode(encoding, "replace").decode(encoding))


def _visible(text: str) -> str:
    """Text from evidence or file names made harmless for a terminal."""
    from pipeline.report.export import one_line

    return one_line(text)


def _wrapped(text: str) -> str:
    import textwrap

    return textwrap.fill(text, 110, initial_indent="  ", subsequent_indent="    ")


if __name__ == "__main__":
    main()
