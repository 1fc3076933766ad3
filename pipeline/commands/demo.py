"""`fourline demo`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from pipeline import terminal
from pipeline.commands import shared
from pipeline.commands.report import make_report


@click.command()
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
    with shared.plain_errors():
        now = day.astimezone()
        paths = demo_case.make(output / "case")
        with shared.at_work(output / "case") as case:
            with terminal.progress("Copying") as progress:
                evidence.receive(case.folder, paths, progress, now)
            held = shared.up_to_date(case)
            written = make_report(case, held, output / "report", day.date())
    terminal.register(held.sources)
    terminal.say(f"\nThe sample case: {(output / 'case').resolve()}")
    terminal.say(f"Its report:      {written[0].resolve()}\nOpen the report by a double click on it.")
