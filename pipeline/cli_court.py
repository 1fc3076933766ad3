"""What is said about reports that leave the house, and the commands that seal a pack and open it again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline import terminal

if TYPE_CHECKING:
    from pipeline.case import Case
    from pipeline.report.leak_search import Hit

PACK = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.command()
@PACK
@click.option(
    "--to", "recipients", multiple=True, metavar="age1...", help="Who may open it (an age key). Can be repeated."
)
@click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="For scripts: a file that holds the passphrase.",
)
def seal(file: Path, recipients: tuple[str, ...], passphrase_file: Path | None) -> None:
    """Encrypt a pack to a passphrase, or to age keys.

    Without options the passphrase is asked for, twice. Tell it to the person who may open the pack by another way than the one by which you send the pack.
    """
    from pipeline import seal as sealing

    phrase = "" if recipients else _passphrase(passphrase_file, twice=True)
    sealed = file.with_name(file.name + sealing.SUFFIX)
    try:
        written = sealing.seal(file, sealed, passphrase=phrase, recipients=recipients)
    except (sealing.SealError, OSError) as error:
        raise click.ClickException(str(error)) from None
    for path in written:
        terminal.say(f"Sealed: {path}")
    if len(written) > 1:
        terminal.say(
            f"{written[1].name} is the key to it, sealed to the passphrase: both files are needed, and of no use without the passphrase."
        )
    terminal.say(
        f"{file.name} itself is still here, unsealed. It opens with: fourline unseal {sealed.name}, or with any age program."
    )


@click.command()
@PACK
@click.option(
    "--key",
    "key_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with your age key (AGE-SECRET-KEY-1...).",
)
@click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="For scripts: a file that holds the passphrase.",
)
def unseal(file: Path, key_file: Path | None, passphrase_file: Path | None) -> None:
    """Open a sealed pack again, with its passphrase or your age key."""
    from pipeline import seal as sealing

    opened = file.with_suffix("") if file.suffix == sealing.SUFFIX else file.with_name(file.name + ".opened")
    keys: tuple[str, ...] = ()
    if key_file:
        lines = key_file.read_text(encoding="utf-8", errors="replace").splitlines()
        keys = tuple(line for line in lines if line.strip() and not line.startswith("#"))
    try:
        sealing.unseal(
            file, opened, passphrase="" if keys else _passphrase(passphrase_file, twice=False), identities=keys
        )
    except (sealing.SealError, OSError) as error:
        raise click.ClickException(str(error)) from None
    terminal.say(f"Opened: {opened}")


def _passphrase(file: Path | None, *, twice: bool) -> str:
    if file is not None:
        return file.read_text(encoding="utf-8").strip("\r\n")
    return str(
        click.prompt("Passphrase (12 characters or more; it is not shown)", hide_input=True, confirmation_prompt=twice)
    )


_HITS_SHOWN = 20


def stopped(hits: Sequence[Hit]) -> str:
    """Why nothing was issued: where something stands that the case keeps back, each thing once, and what can be done about it."""
    places: dict[str, list[Hit]] = {}
    for hit in hits:
        places.setdefault(hit.what, []).append(hit)
    lines = []
    for what, found in list(places.items())[:_HITS_SHOWN]:
        more = f", and {len(found) - 1:,} more" if len(found) > 1 else ""
        lines.append(f"  {terminal.plain(found[0].file)}, {terminal.plain(found[0].where)}: {what}{more}")
    if len(places) > _HITS_SHOWN:
        lines.append(f"  ... and {len(places) - _HITS_SHOWN} more")
    return "\n".join(
        [
            "Nothing was issued. The search of the finished files found what the case keeps back:",
            *lines,
            "On the first pages it comes from [report] or from an option; in the list, from key dates, orders, places or the evidence. What to do, in case.toml:",
            '- Words that must not be read there: change them where you wrote them; or, in the evidence, add [[decision]] text = "the words", decision = "withhold", by = "your name".',
            "- A part of an address that is no secret (the court's own town): write it into may_show of the [[confidential]] entry.",
            '- A single word of a name that is an ordinary word there: [[decision]] text = "the word", decision = "show". It is then shown everywhere; the full name is not.',
        ]
    )


def to_be_checked(case: Case, output: Path, written: Sequence[Path], looks: Sequence[Hit]) -> None:
    """Writes the list for the person who looks at every page, and says what comes next."""
    from pipeline.report import check_list
    from pipeline.report.written_forms import unsearchable

    pages = check_list.pages([path for path in written if path.suffix == ".pdf"])
    folder = case.folder / check_list.FOLDER
    folder.mkdir(exist_ok=True)
    path = folder / f"{output.name}.xlsx"
    path.unlink(missing_ok=True)
    check_list.write(path, output.name, pages, looks, unsearchable(case))
    terminal.say(
        f"This is a DRAFT of {len(pages)} pages. Before it may be served, look at every page. The list for that: {path}"
    )
    for hit in looks[:_HITS_SHOWN]:
        terminal.say(
            f"  Looks confidential, decide: {hit.what}: {terminal.plain(hit.words)} ({terminal.plain(hit.file)}, {hit.where})"
        )
    terminal.say(f'Then: fourline release "{case.folder}" --by "your name" --pages {len(pages)}')
