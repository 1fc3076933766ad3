"""`fourline report`, and `release` of what was checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline import terminal
from pipeline.commands import shared

if TYPE_CHECKING:
    from pipeline.case import Case
    from pipeline.processes import Workers
    from pipeline.report.issue import Issued
    from pipeline.report.leak_search import Hit
    from pipeline.store import Timeline
    from pipeline.verify import Finding


_MANY = 8 << 20
"""Bytes of a timeline of some 200,000 events."""
_HITS_SHOWN = 20


@click.command()
@shared.CASE
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Folder to write to; must be new or empty. Default: a new folder in CASE/reports.",
)
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Date of the report. Default: today.")
@click.option(
    "--for",
    "audience",
    type=click.Choice(["court", "police", "client", "internal"]),
    help="Make the document (PDF) for one of these.",
)
@click.option(
    "--court",
    help="Name of the court, for the front sheet. Defaults of this and the next stand in case.toml, [report].",
)
@click.option("--case-no", help="Case number of the court.")
@click.option("--parties", help="The parties, such as 'A v B'.")
@click.option("--hearing", help="Date of the hearing.")
@click.option("--mark", help="Exhibit mark, such as ABC1.")
@click.option("--maker", help="Who makes the statement that the exhibit belongs to.")
@click.option(
    "--profile",
    type=click.Choice(["civil", "family", "exhibit"]),
    help="How pages are numbered: 1 to n, A1 B1 ..., or ABC1-1 ...",
)
@click.option("--page-budget", type=click.IntRange(1), help="Pages that are allowed; more of them are warned of.")
@click.option(
    "--continue-from",
    "first_page",
    type=click.IntRange(1),
    help="For a supplement: the number of its first page, so that pages issued before keep theirs.",
)
@click.option(
    "--continue-rows", "first_row", type=click.IntRange(1), help="For a supplement: the number of its first row."
)
@click.option(
    "--around",
    multiple=True,
    metavar="DAY|EVENT",
    help="Print the messages around this day (2026-03-04) or event ID in full. Can be repeated.",
)
@click.option(
    "--continue-pictures", "first_picture", type=click.IntRange(1), help="For a supplement: its first picture."
)
@click.option(
    "--continue-picture-pages",
    "first_picture_page",
    type=click.IntRange(1),
    help="For a supplement: the number of the first page of its pictures.",
)
@click.option(
    "--images",
    type=click.Choice(["none", "marked", "all"]),
    help="Pictures in files of their own: none, those marked in the review (usual for police and internal), or all (never for court).",
)
@click.option("--outgoing-by-day", "by_day", is_flag=True, help="Court: show the client's own contact to the day only.")
def report(
    folder: Path,
    output: Path | None,
    day: datetime | None,
    audience: str | None,
    around: tuple[str, ...],
    images: str | None,
    *,
    by_day: bool,
    **front: Any,
) -> None:
    """Make the report: report.html, chronology.csv and chronology.xlsx; with --for, a document for a bundle."""
    from pipeline import processes

    on = day.date() if day else datetime.now().astimezone().date()
    if not audience and (around or by_day or images or any(front.values())):
        raise click.UsageError("these options belong to a document; say for whom it is with --for")
    with processes.Workers() as workers, shared.at_work(folder) as case:
        large = not audience and _many_events(folder)
        if large:
            workers.start(1, "pipeline.report.packed")
        held = shared.up_to_date(case)
        packing = _packing(held, workers) if large else None
        wrong = _wrong_for_a_report(folder)
        if wrong:
            said = " ".join(terminal.plain(one.words) for one in wrong)
            raise click.ClickException(
                f"no report is made from this. {said} Evidence can only be put back as it was received, from a copy of the case folder."
            )
        into = output or _next_folder(folder / "reports", f"{on.isoformat()} {audience or 'report'}")
        settings: dict[str, Any] = {
            "for": audience,
            "front": {key: value for key, value in front.items() if value},
            "around": around,
        }
        settings |= {"outgoing_by_day": True} if by_day else {}
        if audience:
            from pipeline.report import pictures
            from pipeline.report.confidentiality import AUDIENCES

            settings |= {"images": pictures.which(AUDIENCES[audience], images or "", case.report)}
        if audience == "client":
            _contacts(folder)
        written = _document(case, held, into, on, settings) if audience else make_report(case, held, into, on, packing)
    terminal.what_waits(folder, held.sources)
    for path in written:
        terminal.say(f"Written: {path}")
    from pipeline import custody

    lines, head = custody.head(folder)
    terminal.say(
        f"The custody log has {lines:,} lines. Write down the hash of the last: with it, a later check shows whether the log was made anew "
        f"(fourline verify {folder} --head HASH).\n{head}"
    )
    raise SystemExit(int(terminal.unfinished(held.sources)))


def _contacts(folder: Path) -> None:
    """Says where the numbers on the last page of the client's copy stand, while nobody has checked them."""
    from pipeline.report import support

    if path := support.put(folder):
        terminal.say(
            f"Note: the numbers on its last page stand in {path}. Some have not been checked: ring or look them up, correct them there, and write the day as checked_on."
        )


def _document(
    case: Case,
    held: Timeline,
    output: Path,
    day: date,
    settings: dict[str, Any],
    compared: Callable[[Issued], None] = lambda _: None,
) -> tuple[Path, ...]:
    """Writes the document for an audience, and says what its maker must know; `compared` is asked before anything is issued."""
    from pipeline import custody, pack, registry
    from pipeline.report import issue, issue_contents
    from pipeline.report.transcripts import NotThere

    sealed = custody.seal(case.folder)
    since = issue_contents.last(custody.entries(case.folder), settings["for"])
    # What is released keeps these of its draft.
    settings = {"log_head": sealed[1] if sealed else "", "since": asdict(since) if since else None, **settings}
    made: list[issue.Issued] = []

    def make(into: Path) -> tuple[Path, ...]:
        try:
            made.append(issue.make_for(case, held, into, day, registry.fourline_version(), settings))
        except NotThere as error:
            raise click.UsageError(str(error)) from None
        except issue.Leaked as leaked:
            raise click.ClickException(stopped(leaked.hits)) from None
        except issue_contents.NotKept as error:
            raise click.ClickException(terminal.plain(str(error))) from None
        compared(made[-1])
        if settings["for"] != "police":
            return made[-1].paths
        agent = f"fourline {registry.fourline_version()}"
        try:
            return (
                *made[-1].paths,
                pack.make(case.folder, case.reference, made[-1].paths, into / pack.FILE, day, agent),
            )
        except pack.PackError as error:
            raise click.ClickException(terminal.plain(str(error))) from None

    written = _issued(case, output, day, settings, make, lambda: issue_contents.keep(case.folder, made[-1].contents))
    for warning in made[-1].warnings:
        terminal.say(f"Note: {warning}")
    if settings["for"] == "court" and not settings.get("released"):
        to_be_checked(case, output, written, made[-1].looks)
    return written


def make_report(
    case: Case, held: Timeline, output: Path, day: date, packing: Callable[[], Any] | None = None
) -> tuple[Path, ...]:
    """Writes the working copy into the folder `output`; gives its paths. `packing` waits for the rows that another process packs."""
    from pipeline import registry
    from pipeline.report import working_copy

    version = registry.fourline_version()
    return _issued(case, output, day, {}, lambda into: working_copy.make(case, held, into, day, version, packing))


def _many_events(folder: Path) -> bool:
    """Whether the timeline is so large that its rows are packed by another process."""
    events = folder / "timeline" / "events.parquet"
    return events.exists() and events.stat().st_size >= _MANY


def _issued(
    case: Case,
    output: Path,
    day: date,
    settings: dict[str, Any],
    make: Callable[[Path], tuple[Path, ...]],
    keep: Callable[[], str] = str,
) -> tuple[Path, ...]:
    """Writes a report into a folder that is new or empty: nothing that was issued is ever overwritten. `keep` keeps what it holds, and gives the hash of that."""
    from pipeline import settle

    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise click.UsageError(f"{output} is not an empty folder; a report that was issued is never overwritten")
    unfinished = output / settle.UNFINISHED
    unfinished.mkdir(parents=True)
    try:
        made = make(unfinished)
        settle.confirm_report(case, unfinished, made, day, settings, keep())
    finally:
        settle.finish_report(case.folder, unfinished)
    return tuple(output / path.name for path in made)


def _next_folder(reports: Path, name: str) -> Path:
    """The first of "2026-06-30 court 1", "2026-06-30 court 2" ... that is not there."""
    number = 1
    while (reports / f"{name} {number}").exists():
        number += 1
    return reports / f"{name} {number}"


def _packing(held: Timeline, workers: Workers) -> Callable[[], Any]:
    """Has another process pack the rows; gives what waits for them."""
    from pipeline.report import packed

    return workers.ask(packed.of_events_alone, None, held.events)


def _wrong_for_a_report(folder: Path) -> list[Finding]:
    """What forbids a report. While all is hashed, which leaves Python free, what draws is imported."""
    from concurrent.futures import ThreadPoolExecutor

    from pipeline import verify

    with ThreadPoolExecutor(1) as pool:
        checking = pool.submit(verify.for_a_report, folder)
        from pipeline.report import working_copy  # noqa: F401 -- only imported here

        return checking.result()


@click.command()
@shared.CASE
@click.argument("issue_name", metavar="[ISSUE]", required=False, default="")
@click.option("--by", required=True, metavar="NAME", help="Who looked at every page.")
@click.option(
    "--pages",
    required=True,
    type=click.IntRange(1),
    metavar="N",
    help="How many pages were looked at, of all files together.",
)
def release(folder: Path, issue_name: str, by: str, pages: int) -> None:
    """Release a checked court report: make it again without the words "DRAFT - not checked".

    ISSUE is its folder in CASE/reports; the newest that is not released if it is not given. Released is only what is still, byte for byte, what was checked.
    """
    from pipeline import release as releasing

    if not any(map(str.isalpha, by)):
        raise click.UsageError("--by NAME must say who looked at every page")
    with shared.at_work(folder) as case:
        held = shared.up_to_date(case)
        try:
            checked = releasing.checked(case, issue_name, pages)
            written = _document(
                case,
                held,
                checked.output,
                checked.day,
                {**checked.settings, "released": True},
                lambda made: releasing.compared(case, checked, made.paths, made.looks),
            )
            releasing.record(case, checked, written, by, pages)
        except releasing.NotReleased as error:
            raise click.ClickException(terminal.plain(str(error))) from None
    for path in written:
        terminal.say(f"Written: {path}")
    terminal.say(
        f"Released by {by}: {pages} pages looked at. Any change to these files makes the release void (fourline verify)."
    )


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
