"""`fourline add`, and `answer` to what files ask."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline import terminal
from pipeline.commands import shared

if TYPE_CHECKING:
    from pipeline.case import Case
    from pipeline.store import SourceInfo, Timeline


_READING = ("pipeline.pieces", "parsers.sms_backup_columns")
_BUILDING = ("pipeline.intake", "pipeline.timeline.build")
"""What is imported to read a large file, and to make the timeline."""
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


@click.command()
@shared.CASE
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
@shared.NO_INPUT
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

    shared.say_who(context, by)
    if shared.can_ask(no_input):
        shared.ask_who()
    with processes.Workers() as workers, shared.at_work(folder) as opened:
        if any(path.is_file() and path.stat().st_size >= processes.LARGE for path in paths):
            # Python and its libraries take half a second to be there: meanwhile the file is copied.
            workers.start(processes.cores() - 1, *_READING)
            processes.import_ahead(*_READING, *_BUILDING)
        with terminal.progress("Copying") as progress:
            receipts = evidence.receive(folder, paths, progress)
        new = {receipt.sha256 for receipt in receipts if receipt.state == "received"}
        if new and shared.can_ask(no_input):
            said, not_held = _ask_origin(len(new), said, not_held)
        case = origins.record(opened, receipts, said)
        for channel in not_held:
            case = add_not_held(case, channel)
        timeline = shared.up_to_date(case, workers=workers)
        if shared.can_ask(no_input):
            timeline = _ask_questions(case, timeline)
    shown = _with_members(timeline, new)
    held = _with_members(timeline, {receipt.sha256 for receipt in receipts if receipt.state == "already held"})
    if shown:
        terminal.register(shown)
    terminal.receipts(receipts)
    if not receipts:
        terminal.say("There is no file in what was given.")
    terminal.what_waits(folder, shown + held)
    refused = any(receipt.state == "refused" for receipt in receipts)
    raise SystemExit(int(terminal.unfinished(shown + held) or refused or not receipts))


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
    return {**said, **asked}, not_held or shared.ask_lines(shared.NOT_HELD)


def _or_nothing(kind: Any) -> Any:
    """The value of a prompt that Enter passes over."""
    return lambda text: click.types.convert_type(kind)(text) if text else None


@click.command()
@shared.CASE
@click.argument("file", metavar="FILE")
@click.argument("answers", nargs=-1, required=True, metavar="KEY=VALUE...")
def answer(folder: Path, file: str, answers: tuple[str, ...]) -> None:
    """Answer the question of a file that waits.

    FILE is its label (S3), its name or the beginning of its SHA-256, as fourline status shows them; KEY=VALUE is given there too.
    """
    from pipeline import case as cases
    from pipeline.new_case import add_answer

    with shared.at_work(folder) as opened:
        case = opened
        timeline = shared.up_to_date(case)
        for said in answers:
            key, equals, value = said.partition("=")
            if not equals:
                raise click.UsageError(f"{said!r} is not of the form KEY=VALUE")
            source = _find(timeline, file)
            known = next((row.question for row in timeline.sources if row.key == source.key and row.question), None)
            if known and known["key"] == key:
                value = _by_number(value, [choice[0] for choice in known["choices"]])
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
            timeline = shared.up_to_date(case)
    shown = [row for row in timeline.sources if row.key == source.key]
    terminal.register(shown)
    terminal.what_waits(folder, shown)
    raise SystemExit(int(terminal.unfinished(shown)))


def _by_number(value: str, choices: Sequence[str]) -> str:
    """The choice that "#2" stands for; every other text as it is."""
    number = int(value[1:]) if re.fullmatch("#[0-9]{1,6}", value) and value not in choices else 0
    return choices[number - 1] if 0 < number <= len(choices) else value


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
        held = shared.up_to_date(case)
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
