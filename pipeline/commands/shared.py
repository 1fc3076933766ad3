"""What the commands share: the case at work, plain words for faults, who is at work, what is asked."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline import terminal

if TYPE_CHECKING:
    from pipeline.case import Case
    from pipeline.processes import Workers
    from pipeline.store import Timeline


CASE = click.argument("folder", metavar="CASE", type=click.Path(path_type=Path))
NO_INPUT = click.option("--no-input", is_flag=True, help="Never ask; what would be asked is listed instead.")
NOT_HELD = "A channel that is known to exist and whose records you do not have, such as: Snapchat: the phone is lost"
"""The question of `new` and `add`."""


@contextlib.contextmanager
def at_work(folder: Path) -> Iterator[Case]:
    """The case, held so that no other command writes to it meanwhile; faults are said in plain words."""
    from pipeline import case as cases
    from pipeline import lock, settle

    with plain_errors():
        case = cases.load(folder)
        with lock.held(folder):
            settle.settle(folder)
            yield case


@contextlib.contextmanager
def plain_errors() -> Iterator[None]:
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


def up_to_date(case: Case, *, quiet: bool = False, workers: Workers | None = None) -> Timeline:
    """The timeline of what the case holds now; what is not read yet is read, with a bar on the terminal unless `quiet`."""
    from pipeline import intake
    from pipeline.timeline import corrections

    with terminal.progress("Reading", quiet=quiet) as progress:
        held = intake.bring_up_to_date(case, progress, workers)
    for check in corrections.unused(held.events, case.clocks) if not quiet else ():
        terminal.say(f"case.toml: [[clock]] {check.key.partition('-')[2]} fits no record, so it changes nothing.")
    return held


def can_ask(no_input: bool) -> bool:  # noqa: FBT001 -- the one flag it is about
    """Whether a person sits at a terminal who may be asked."""
    return not no_input and sys.stdin.isatty() and sys.stdout.isatty()


def say_who(context: click.Context, name: str | None) -> None:
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


def ask_who() -> None:
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
        with plain_errors():
            who.remember(name)


def ask_lines(words: str, check: Callable[[str], None] = lambda _: None) -> tuple[str, ...]:
    """Asks the same again until the answer is empty. An answer that `check` refuses, with a CaseError, is told why and not taken."""
    from pipeline.case import CaseError

    found: list[str] = []
    while one := str(click.prompt(words, default="", show_default=False)).strip():
        try:
            check(one)
        except CaseError as error:
            terminal.say(terminal.plain(str(error)))
        else:
            found.append(one)
    return tuple(found)
