"""The command line: `fourline`, and the list of its commands."""

from __future__ import annotations

import os

import click

from pipeline.commands import add, check, demo, look, new, people, report, review, seal, shared


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(package_name="fourline")
@click.option(
    "--who", metavar="NAME", help="Who is at work, for the custody log. Asked once on this computer if not given."
)
@click.pass_context
def main(context: click.Context, who: str | None) -> None:
    """One timeline, its patterns and a report from a phone, a mailbox, cameras and a diary. Nothing ever leaves this computer.

    \b
    fourline new my-case            make a case folder
    fourline add my-case FILES      put exports into it
    fourline report my-case         make the report
    """  # noqa: D301 -- to click the control character itself, not its letters, says that lines stay as they are
    # Before Arrow is imported: its own allocators keep up to half as much again of what large columns have held.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    # numpy's threads for matrices, of which there are none here, wait in a busy loop
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    shared.say_who(context, who)


for command in (
    new.new,
    add.add,
    add.answer,
    look.status,
    people.people,
    review.review,
    look.timeline,
    report.report,
    check.verify,
    check.rebuild,
    look.formats,
    demo.demo,
    report.release,
    seal.seal,
    seal.unseal,
):
    main.add_command(command)

if __name__ == "__main__":
    main()
