"""`fourline review`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from pipeline import terminal
from pipeline.commands import shared


@click.command()
@shared.CASE
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
    with shared.at_work(folder) as case:
        held = shared.up_to_date(case)
        day = (on or datetime.now().astimezone()).date()
        before, decisions = reviewing.record(case, held, settings, by, day, anew=anew)
        filters = bool(only or persons or start or end) or not settings
        first, last = (one.date() if one else None for one in (start, end))
        wanted = reviewing.Wanted(only or reviewing.NEEDED, first, last, persons) if filters else None
        written = reviewing.write(case, held, before, decisions, wanted)
        held = shared.up_to_date(case)
    for remark in held.remarks:
        terminal.say(f"Remark: {terminal.plain(remark)}")
    terminal.say(
        f"Written: {written.path} ({written.rows:,} row{'' if written.rows == 1 else 's'}, {written.decided:,} with a decision"
        f"{f', {written.orphaned:,} decided and no event now' if written.orphaned else ''})"
    )
