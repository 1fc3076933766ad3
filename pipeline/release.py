"""Release of what is served (C12): a person has looked at every page of a draft, and what goes out is that draft without the word.

The files of the draft are hashed again, and so are the log and all that it was made from: only if neither has changed, nor the program, are the released files made; and
before they are issued they are compared with the draft, page by page, so that they hold what was looked at. Who looked, at how many pages, when, and the hashes of both
stand in the custody log. `verify` finds a released file that was changed since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline import custody, registry, settle
from pipeline import verify as check
from pipeline.case import Case

if TYPE_CHECKING:
    from pipeline.report.leak_search import Hit


class NotReleased(Exception):  # noqa: N818 -- it says what happened
    """The report is not released; the message says why and what to do."""


@dataclass(frozen=True)
class Checked:
    """A draft that may be released: its name, the hashes of its files, its day and settings, and the folder for what is released."""

    name: str
    files: Mapping[str, str]
    day: date
    settings: Mapping[str, Any]
    output: Path


def drafts(folder: Path) -> list[dict[str, Any]]:
    """The log's entries of court reports in the case that are drafts and have not been released, the newest last."""
    entries = custody.entries(folder)
    released = {str(entry.get("draft")) for entry in entries if entry.get("action") == "released"}
    return [
        entry
        for entry in entries
        if entry.get("action") == "reported"
        and entry.get("settings", {}).get("for") == "court"
        and not entry["settings"].get("released")
        and entry["output"] not in released
    ]


def _waiting(case: Case, name: str) -> dict[str, Any]:
    """The log's entry of the draft of that name, or the newest."""
    waiting = drafts(case.folder)
    known = [entry for entry in waiting if not name or entry["output"] == Path(name).name]
    if known:
        return known[-1]
    if waiting:
        there = ", ".join(entry["output"] for entry in waiting)
        raise NotReleased(f"no draft that waits for its release is called {name}; there is: {there}")
    raise NotReleased(
        "there is no draft for court that waits for its release; make one with fourline report CASE --for court"
    )


def checked(case: Case, name: str, pages: int) -> Checked:
    """The draft of that name (the newest if none is given), if it is still what was made and has that many pages.

    Raises:
        NotReleased: there is none, it or what it was made from was changed, or the number of pages is another.
    """
    from pipeline.report import check_list, issue_contents

    if wrong := check.for_a_release(case.folder):
        raise NotReleased(f"{wrong[0].words} What was checked is void.")
    entry = _waiting(case, name)
    place = case.folder / settle.REPORTS / entry["output"]
    if not place.is_dir():
        raise NotReleased(f"{entry['output']} was written outside the case; make the draft again without --output")
    for file, sha256 in entry["outputs"].items():
        path = place / file
        if not path.is_file() or custody.sha256_of(path) != sha256:
            raise NotReleased(
                f"{file} is not as it was made: what was checked is void. Make the draft again and look at every page again."
            )
    if entry["inputs"] != settle.inputs(case.folder) or entry["versions"] != registry.versions():
        raise NotReleased(
            "the case or the program has changed since the draft was made: what was checked is void. Make the draft again and look at every page again."
        )
    last = issue_contents.last(custody.entries(case.folder), "court")
    if entry["settings"].get("since") != (asdict(last) if last else None):
        raise NotReleased(
            "another issue was released since the draft was made, and its list of changes does not know that one. Make the draft again and look at every page again."
        )
    there = check_list.how_many([place / file for file in entry["outputs"] if file.endswith(".pdf")])
    if pages != there:
        raise NotReleased(f"the draft has {there} pages, and {pages} were looked at: look at every page")
    number = 1
    while (output := place.parent / f"{entry['day']} court released {number}").exists():
        number += 1
    return Checked(entry["output"], entry["outputs"], date.fromisoformat(entry["day"]), entry["settings"], output)


def compared(case: Case, draft: Checked, made: Sequence[Path], looks: Sequence[Hit]) -> None:
    """Whether what was made for release holds what was looked at, and nothing that waits for a decision.

    Raises:
        NotReleased: it does not; nothing must be issued.
    """
    from pipeline.report import check_list
    from pipeline.report.each_file import each

    if looks:
        raise NotReleased(
            f"{looks[0].what} ({looks[0].words}) looks confidential and nobody has decided about it ({len(looks)} in all, see the check list). Write a [[decision]] for each into "
            'case.toml: text = "...", decision = "show" or "withhold", by = "your name"; then make the draft again.'
        )
    there = case.folder / settle.REPORTS / draft.name
    if {path.name for path in made} != set(draft.files):
        raise NotReleased("other files come out than those that were looked at: what was checked is void.")
    was = {sha256: name for name, sha256 in draft.files.items()}
    now = {custody.sha256_of(path): path.name for path in made}
    documents = [path for path in made if path.suffix == ".pdf"]
    looked_at = each(partial(check_list.shown, files=was), [there / path.name for path in documents])
    comes_out = each(partial(check_list.shown, files=now), documents)
    differ = [path for path, before, after in zip(documents, looked_at, comes_out, strict=True) if before != after]
    differ += [path for path in made if path.suffix in _EQUAL and (there / path.name).read_bytes() != path.read_bytes()]
    if differ:
        raise NotReleased(
            f"{differ[0].name} comes out otherwise than it was when it was looked at: what was checked is void. Make the draft again and look at every page again."
        )


_EQUAL: Final = frozenset({".xlsx", ".docx", ".csv"})
"""Files in which nothing says that they are a draft."""


def record(case: Case, draft: Checked, written: Sequence[Path], by: str, pages: int) -> None:
    """Writes into the custody log who looked at how many pages of what, and what was released."""
    custody.append(
        case.folder,
        "released",
        {
            "draft": draft.name,
            "draft_files": dict(draft.files),
            "output": draft.output.name,
            "outputs": {path.name: custody.sha256_of(path) for path in written},
            "looked": by,
            "pages": pages,
        },
    )
