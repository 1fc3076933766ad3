"""`fourline seal` and `unseal`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline import terminal

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
