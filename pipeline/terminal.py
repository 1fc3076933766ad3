"""What the user sees: the register as a table, progress bars, and text from the evidence made harmless for a terminal."""

from __future__ import annotations

import contextlib
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from pipeline.store import ASIDE, ATTACHED, READ, REPEATED, UNKNOWN, UNREADABLE, WAITING

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.evidence import Receipt
    from pipeline.store import SourceInfo

_ALIKE: Final = 20
"""So many files of one kind are shown one by one; of more, the first half of that."""


def say(text: str) -> None:
    """One line to the user; characters the terminal has no way to show are replaced."""
    try:
        click.echo(text)
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        click.echo(text.encode(encoding, "replace").decode(encoding))


def plain(text: str) -> str:
    """Text from evidence or file names made harmless for a terminal."""
    from pipeline.report.export import one_line

    return one_line(text)


def wrapped(text: str) -> str:
    """Words on several lines, indented."""
    return textwrap.fill(text, 110, initial_indent="  ", subsequent_indent="    ")


@contextlib.contextmanager
def progress(what: str, *, quiet: bool = False) -> Iterator[Callable[[str, int, int], None]]:
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
            task, description=f"{what} {plain(file)[-40:]}", completed=done, total=max(total, 1)
        )


def register(rows: Sequence[SourceInfo]) -> None:
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
            if row.title and row.state == READ
            else ["", "", ""]
        )
        dates = [
            datetime.fromisoformat(value).strftime("%d/%m/%Y %H:%M") if value else "" for value in (row.first, row.last)
        ]
        table.add_row(*(Text(plain(cell)) for cell in (row.label, row.file, _recognised(row), *numbers, *dates)))
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
            say(wrapped(f"- {line}"))
    for row in rows:
        for note in row.notes if row.state == READ else ():
            say(wrapped(f"{row.label}: {plain(note)}"))


def identifiers(found: pd.DataFrame, names: Mapping[str, str]) -> None:
    """The identifiers of the other parties as a table; a frame of `analysis.parties`."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for heading in ("Identifier", "Kind", "Person", "On what basis", "Names beside it"):
        table.add_column(heading, overflow="fold")
    for heading in ("In", "Out", "Other"):
        table.add_column(heading, justify="right")
    for heading in ("First", "Last"):
        table.add_column(heading)
    for row in found.to_dict("records"):
        words = [
            row["identifier"] or "(not given)",
            row["form"],
            names.get(row["person"], "") or "nobody named",
            row["basis"],
            row["names_written"],
        ]
        counts = [f"{row[name]:,}" for name in ("in_items", "out_items", "other")]
        days = ["" if row[name] != row[name] else f"{row[name]:%d/%m/%Y}" for name in ("first", "last")]
        table.add_row(*(Text(plain(cell)) for cell in (*words, *counts, *days)))
    Console(width=None if sys.stdout.isatty() else 160, highlight=False, markup=False, emoji=False).print(table)


def _collapsed(rows: Sequence[SourceInfo]) -> Iterator[tuple[SourceInfo, list[SourceInfo]]]:
    """Each row with the rows that it stands for: of many files of one kind, all read without a problem, only the first few are shown."""
    plain: dict[str, list[SourceInfo]] = {}
    for row in rows:
        if row.state == READ and not row.problems and not row.notes:
            plain.setdefault(row.title, []).append(row)
    for row in rows:
        alike = plain.get(row.title, [])
        place = next((index for index, one in enumerate(alike) if one is row), None) if len(alike) > _ALIKE else None
        if place is None or place < _ALIKE // 2:
            yield row, []
        elif place == _ALIKE // 2:
            yield row, alike[place + 1 :]


def _recognised(row: SourceInfo) -> str:
    return {
        UNKNOWN: "nothing that Fourline knows",
        UNREADABLE: f"{row.title + ', ' if row.title else ''}not read: {row.why}",
        WAITING: f"{row.title}, waits for an answer",
        ATTACHED: f"attachment: {row.why}",
        REPEATED: row.why,
        ASIDE: row.why,
    }.get(row.state, row.title)


def receipts(done: Sequence[Receipt]) -> None:
    """What was not taken in, and why."""
    for receipt in done:
        if receipt.state == "already held":
            say(f"Already in the case, not taken again: {plain(receipt.file)} ({plain(receipt.why)})")
        elif receipt.state == "refused":
            say(f"Not taken: {plain(receipt.file)}: {plain(receipt.why)}")


def what_waits(folder: Path, rows: Sequence[SourceInfo]) -> None:
    """The questions that are open, and the files that have problems."""
    for row in rows:
        if row.question:
            say(
                f"\n{'Waiting for an answer' if row.state == WAITING else 'Read, with a question that is open'}: {row.label} {plain(row.file)}\n  {plain(row.question['text'])}\n  To answer: {how_to_answer(folder, row)}"
            )
        elif row.problems:
            say(
                f"{row.label} {plain(row.file)}: {row.problems:,} problem{'' if row.problems == 1 else 's'}; they are listed in the report"
            )


def how_to_answer(folder: Path, row: SourceInfo) -> str:
    """The command that answers the question of a file. An answer that a shell could take for something else than words stands in it by its number."""
    assert row.question is not None
    key, choices = row.question["key"], row.question["choices"]
    one_of = " or ".join(
        f'"{key}={value}"' if _plain_in_a_shell(value) else f'"{key}=#{number}" (for {plain(value)})'
        for number, (value, _) in enumerate(choices, 1)
    )
    return f'fourline answer "{folder}" {row.label} {one_of}'


def _plain_in_a_shell(value: str) -> bool:
    """Whether a text within quotation marks is no more than that, to the shells of Linux and of Windows: names in a chat are anybody's to choose."""
    return (
        value == plain(value) and not set(value) & set('"$`\\!%^&|<>\u201c\u201d\u201e') and not value.startswith("#")
    )


def unfinished(rows: Sequence[SourceInfo]) -> bool:
    """Whether anything waits, is unknown, could not be read or has problems: then the exit code is 1."""
    return any(row.problems or row.state in {WAITING, UNKNOWN, UNREADABLE} for row in rows)
