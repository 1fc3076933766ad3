"""What a case holds: `fourline status`, `timeline` and `formats`."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline import terminal
from pipeline.commands import shared

if TYPE_CHECKING:
    from pipeline.store import SourceInfo


_LINES = 1000
_DAY = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])


@click.command()
@shared.CASE
@click.option("--json", "as_json", is_flag=True, help="For scripts: one JSON object.")
def status(folder: Path, *, as_json: bool) -> None:
    """Show what a case holds: every file, what was read from it, what waits."""
    from pipeline import origins

    with shared.at_work(folder) as case:
        timeline = shared.up_to_date(case, quiet=as_json)
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


@click.command()
@shared.CASE
@click.option("--from", "start", type=_DAY, help="First day (local).")
@click.option("--to", "end", type=_DAY, help="Last day (local).")
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
    if start and end and end < start:
        raise click.UsageError("--to is a day before --from")
    with shared.at_work(folder) as case:
        held = shared.up_to_date(case, quiet=True)
        events = export.select(
            held, case, start.date() if start else None, end.date() if end else None, channels, persons, text
        )
        for remark in export.unmatched(held, case, channels, persons):
            click.echo(remark, err=True)
        if output is not None:
            export.write(events, output)
            terminal.say(f"{len(events):,} event{'' if len(events) == 1 else 's'} written to {output}")
            return
    if not len(events):
        click.echo("No event fits.", err=True)
    for line in export.lines(events.slice(0, _LINES), case):
        terminal.say(line)
    if len(events) > _LINES:
        terminal.say(
            f"... and {len(events) - _LINES:,} more. To have them all: fourline timeline {folder} --output events.csv"
        )


@click.command()
def formats() -> None:
    """List what can be read, and how a person gets each out of the phone or app."""
    from pipeline import registry

    for parser in registry.registered():
        terminal.say(f"{parser.module.TITLE}")
        terminal.say(terminal.wrapped(f"How to get it: {parser.module.HOW_TO_EXPORT}"))
        for line in parser.module.CANNOT_SHOW:
            terminal.say(terminal.wrapped(f"It cannot show: {line}"))
        terminal.say("")
