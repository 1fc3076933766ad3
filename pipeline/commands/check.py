"""Whether everything is as it was: `fourline verify` and `rebuild`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline import terminal
from pipeline.commands import shared


@click.command()
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
            findings = list(pack.verify(folder, head.strip()))
        except pack.PackError as error:
            raise click.ClickException(str(error)) from None
    elif not (folder / custody.FILE).exists() and not (folder / "case.toml").exists():
        raise click.UsageError(f"{folder} is neither a case folder nor a pack")
    else:
        with shared.plain_errors():
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


@click.command()
@shared.CASE
@click.option(
    "--keep", is_flag=True, help="If the timeline of the case is not the one made again, put that in its place."
)
def rebuild(folder: Path, *, keep: bool) -> None:
    """Make timeline and latest report again from evidence and case.toml, and compare.

    Exit code 1 if anything differs; it is named.
    """
    from pipeline import rebuild as again

    with shared.at_work(folder) as case, terminal.progress("Reading") as progress:
        findings = again.rebuild(case, progress, keep=keep)
    for finding in findings:
        terminal.say(f"{'equal' if finding.right else 'DIFFERS'}   {terminal.plain(finding.words)}")
    raise SystemExit(int(any(not finding.right for finding in findings)))
