"""What has changed since the last issue for the same readers (N12): in plain words, beside every new issue.

Of every issue is kept what a comparison needs (`Contents`): its rows by ID, in order, with a digest of each of their columns; the sentences with figures; what was said of
the case; the pictures. It is made of what the readers were shown and of nothing else, so that the list cannot tell of a row that is withheld. What readers outside
the house have is what was released to them: a court's issue is compared with the last that was released, never with a draft.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from pipeline import custody, disk
from pipeline.analysis.wording import day_words, joined, many
from pipeline.case import Case
from pipeline.report.evidence_text import visible
from pipeline.report.front import Front
from pipeline.report.sections import Section
from pipeline.store import Timeline

FILE: Final = "changes.txt"
LISTED: Final = 2_000
"""Rows named one by one under one heading."""
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "date and time": ("local", "zone", "precision", "clock", "until"),
    "from and to": ("sender", "recipients", "sender_written", "recipients_written", "identifier", "person"),
    "what": ("kind", "channel", "direction", "status", "seconds", "thread"),
    "words": ("subject", "text", "extra"),
    "attachments": ("attachments",),
    "place": ("place", "place_written"),
    "source": ("source", "at"),
    "what a person recorded": ("categories", "included", "note", "same_as", "pictures"),
}
"""The columns that a change is named by, and the fields of an event that they show."""
_DIGITS: Final = 8
_NUMBER: Final = re.compile(r"\d[\d,.:/%]*")
_FRONT: Final = {
    "court": "court",
    "case_no": "case number",
    "parties": "parties",
    "hearing": "hearing",
    "mark": "exhibit mark",
    "maker": "maker",
    "maker_role": "role of the maker",
    "organisation": "organisation",
    "statement_no": "number of the statement",
    "profile": "numbering of the pages",
    "first_page": "first page",
    "first_picture": "first picture",
}


class NotKept(Exception):  # noqa: N818 -- it says what happened
    """What the issue before held is not in the case as it was kept; the message says which and what to do."""


@dataclass(frozen=True)
class Contents:
    """What an issue held.

    first      number of its first row
    rows       (id, digests of the columns, each of `_DIGITS` hex digits, one after another), in order
    facts      (section, sentence)
    settings   what was chosen for it, in words
    lists      what was said of the case, in words: people, places, key dates, orders, files
    pictures   first and last page of each, by its SHA-256
    """

    first: int
    rows: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    settings: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    pictures: Mapping[str, str]

    def to_bytes(self) -> bytes:
        """As JSON; the same contents give the same bytes."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode(
            "utf-8", "backslashreplace"
        )


@dataclass(frozen=True)
class Since:
    """The issue that this one is compared with: the hash of what it held, its day, and how many issues there were with it."""

    sha256: str
    day: str
    number: int


def contents(
    case: Case,
    timeline: Timeline,
    rows: Sequence[Mapping[str, Any]],
    body: Sequence[Section],
    front: Front,
    settings: Mapping[str, Any],
    version: str,
    pictures: Mapping[str, str],
) -> Contents:
    """What an issue with these rows and sections holds. All of it is what its readers are shown."""
    chosen = {words: str(getattr(front, name)) for name, words in _FRONT.items()}
    chosen["messages in full around"] = ", ".join(settings.get("around", ()))
    chosen["the client's own contact"] = "to the day" if settings.get("outgoing_by_day") else "with its time"
    chosen["pictures"] = settings.get("images", "none")
    chosen["clock"] = case.zone
    chosen["program"] = f"fourline {version}"
    lists = {
        "people": tuple(f"{one.key}: {one.name}" for one in case.people),
        "places": tuple(f"{one.name} ({one.type})" for one in case.places),
        "key dates": tuple(
            f"{day_words(one.day)}: {one.what or one.type}{f' ({one.reference})' if one.reference else ''}"
            for one in case.key_dates
        ),
        "orders": tuple(
            f"{one.name}: {joined([*filter(None, (f'served {day_words(one.served)}' if one.served else '', f'expires {day_words(one.expires)}' if one.expires else '')), many(len(one.terms), 'term')])}"
            for one in case.orders
        ),
        "files received": tuple(
            f"{one.label}: {one.title or one.state}, SHA-256 {one.sha256}" for one in timeline.sources
        ),
    }
    return Contents(
        front.first_row,
        tuple((str(row["id"]), "".join(_digest(row, fields) for fields in COLUMNS.values())) for row in rows),
        tuple((one.title, fact.sentence) for one in body for fact in one.facts),
        chosen,
        lists,
        pictures,
    )


def _digest(row: Mapping[str, Any], fields: Sequence[str]) -> str:
    said = repr([row[field] for field in fields]).encode("utf-8", "backslashreplace")
    return hashlib.blake2b(said, digest_size=_DIGITS // 2).hexdigest()


def keep(folder: Path, held: bytes) -> str:
    """Puts what an issue held into the case folder, under its hash, which it gives. What is there already is the same."""
    sha256 = hashlib.sha256(held).hexdigest()
    path = folder / custody.CONTENTS / f"{sha256}.json"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        disk.write(path, held)
    return sha256


def kept(folder: Path, since: Since) -> Contents:
    """What the issue before held.

    Raises:
        NotKept: it is no longer in the case folder, or is not what was kept.
    """
    path = folder / custody.CONTENTS / f"{since.sha256}.json"
    raw = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(raw).hexdigest() != since.sha256:
        raise NotKept(
            f"what issue {since.number}, of {since.day}, held ({custody.CONTENTS}/{path.name} in the case folder) is missing or has been changed, so that nobody can say what has "
            "changed since. Put it back from a copy of the case folder."
        )
    told = json.loads(raw)
    return Contents(
        told["first"],
        tuple((one, digests) for one, digests in told["rows"]),
        tuple((title, sentence) for title, sentence in told["facts"]),
        told["settings"],
        {name: tuple(listed) for name, listed in told["lists"].items()},
        told["pictures"],
    )


def last(entries: Sequence[Mapping[str, Any]], audience: str) -> Since | None:
    """The last issue for an audience of which the custody log tells; for court, of those that were released."""
    issued = [
        entry
        for entry in entries
        if entry.get("action") == "reported"
        and entry.get("settings", {}).get("for") == audience
        and entry.get("contents")
        and (audience != "court" or entry["settings"].get("released"))
    ]
    return Since(issued[-1]["contents"], issued[-1]["day"], len(issued)) if issued else None


# --- in words ----------------------------------------------------------------------------------------------------------------------------------------------


def in_words(now: Contents, before: Contents | None, since: Since | None, *, own: bool = False) -> str:
    """The change list as a text file; that of the client's own copy, which numbers no rows, counts them only."""
    return visible("\n".join(_lines(now, before, since, own=own))) + "\n"


def _lines(now: Contents, before: Contents | None, since: Since | None, *, own: bool) -> Iterator[str]:
    yield from ("Changes", "")
    if before is None or since is None:
        yield "This is the first issue for these readers. There is none before it with which it could be compared."
        return
    day = "/".join(reversed(since.day.split("-")))
    yield (
        f"This is issue {since.number + 1} for these readers. It is compared with issue {since.number}, of {day}. Issue {since.number} is kept as it was; pages and rows of it keep their numbers in it."
    )
    sections: tuple[tuple[str, Iterator[str]], ...] = (
        ("Records", _counts(now, before)),
        ("Sentences", _figures(now, before)),
    )
    if not own:
        yield "A row is the same row if it has the same ID of 12 signs. Its number can be another in each issue."
        sections = (
            ("Rows", _rows(now, before)),
            ("Figures", _figures(now, before)),
            ("Pictures", _pictures(now, before)),
            ("The case", _lists(now, before)),
            ("Settings", _settings(now, before)),
        )
    same = True
    for title, lines in sections:
        found = list(lines)
        same = same and not found
        if found:
            yield from ("", title, "-" * len(title), *found)
    if same:
        yield from ("", "Nothing has changed.")


def _rows(now: Contents, before: Contents) -> Iterator[str]:
    here = {one: number for number, (one, _) in enumerate(now.rows, now.first)}
    there = {one: number for number, (one, _) in enumerate(before.rows, before.first)}
    added = [one for one in here if one not in there]
    gone = [one for one in there if one not in here]
    was, are = dict(before.rows), dict(now.rows)
    changed = [one for one in here if one in there and was[one] != are[one]]
    if added:
        yield f"{many(len(added), 'row')} added:"
        yield from _cut([f"  row {here[one]:,}  {one}" for one in added])
    if gone:
        yield f"{many(len(gone), 'row')} of the issue before no longer in it:"
        yield from _cut([f"  row {there[one]:,} of the issue before  {one}" for one in gone])
    if changed:
        yield f"{many(len(changed), 'row')} changed; the columns in which:"
        yield from _cut(
            [
                f"  row {here[one]:,}{_was(here[one], there[one])}  {one}  {', '.join(_changed(was[one], are[one]))}"
                for one in changed
            ]
        )
    yield from _moved(here, there)


def _counts(now: Contents, before: Contents) -> Iterator[str]:
    was, are = dict(before.rows), dict(now.rows)
    counts = (
        (len(are.keys() - was.keys()), "added"),
        (len(was.keys() - are.keys()), "no longer in it"),
        (sum(was[one] != are[one] for one in was.keys() & are.keys()), "changed"),
    )
    yield from (f"  {many(count, 'record')} {words}." for count, words in counts if count)


def _was(here: int, there: int) -> str:
    return f" (was row {there:,})" if here != there else ""


def _changed(was: str, now: str) -> Iterator[str]:
    for place, name in enumerate(COLUMNS):
        part = slice(place * _DIGITS, (place + 1) * _DIGITS)
        if was[part] != now[part]:
            yield name


def _moved(here: Mapping[str, int], there: Mapping[str, int]) -> Iterator[str]:
    """Rows that have another number now, as ranges: "rows 12 to 40 are now rows 15 to 43"."""
    runs: list[list[int]] = []
    for one, was in there.items():
        if one not in here or here[one] == was:
            continue
        if runs and runs[-1][1] == was - 1 and runs[-1][3] == here[one] - 1:
            runs[-1][1], runs[-1][3] = was, here[one]
        else:
            runs.append([was, was, here[one], here[one]])
    if runs:
        count = sum(last - first + 1 for first, last, _, _ in runs)
        yield f"{many(count, 'row')} with another number than in the issue before:"
        yield from _cut([f"  {_span(first, last)} before: {_span(start, end)} now" for first, last, start, end in runs])


def _span(first: int, last: int) -> str:
    return f"row {first:,}" if first == last else f"rows {first:,} to {last:,}"


def _cut(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:LISTED]
    if len(lines) > LISTED:
        yield f"  ... and {len(lines) - LISTED:,} more lines"


def _figures(now: Contents, before: Contents) -> Iterator[str]:
    """Sentences in which only the numbers are others, side by side; then those that are new, and those that are gone."""
    old = Counter(before.facts)
    new = Counter(now.facts)
    left, right = list((old - new).elements()), list((new - old).elements())
    waiting: dict[tuple[str, str], list[str]] = {}
    for title, sentence in left:
        waiting.setdefault((title, _NUMBER.sub("#", sentence)), []).append(sentence)
    alone = []
    for title, sentence in right:
        if pair := waiting.get((title, _NUMBER.sub("#", sentence))):
            yield f"  {title}"
            yield f"    before: {_one_line(pair.pop(0))}"
            yield f"    now:    {_one_line(sentence)}"
        else:
            alone.append((title, sentence))
    for title, sentence in alone:
        yield f"  {title}"
        yield f"    new:    {_one_line(sentence)}"
    for (title, _), sentences in waiting.items():
        for sentence in sentences:
            yield f"  {title}"
            yield f"    no longer: {_one_line(sentence)}"


def _pictures(now: Contents, before: Contents) -> Iterator[str]:
    for sha256, page in now.pictures.items():
        if sha256 not in before.pictures:
            yield f"  added: {page}, original {sha256[:12]}"
        elif before.pictures[sha256] != page:
            yield f"  {page}, before: {before.pictures[sha256]}"
    for sha256, page in before.pictures.items():
        if sha256 not in now.pictures:
            yield f"  no longer in it: {page} of the issue before, original {sha256[:12]}"


def _lists(now: Contents, before: Contents) -> Iterator[str]:
    for name in now.lists:
        was, are = before.lists.get(name, ()), now.lists[name]
        yield from (f"  {name}, added: {_one_line(one)}" for one in are if one not in was)
        yield from (f"  {name}, no longer: {_one_line(one)}" for one in was if one not in are)


def _settings(now: Contents, before: Contents) -> Iterator[str]:
    for name, value in now.settings.items():
        was = before.settings.get(name, "")
        if was != value:
            yield f"  {name}: {_one_line(value) or 'none'} (before: {_one_line(was) or 'none'})"


def _one_line(text: str) -> str:
    return " ".join(text.split())
