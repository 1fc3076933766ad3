"""What has changed since the last issue for the same readers (N12): in plain words, beside every new issue.

What readers outside the house have is what was released to them: a court's issue is compared with the last that was released, never with a draft.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pipeline.analysis.wording import many
from pipeline.report.evidence_text import visible
from pipeline.report.issue_contents import COLUMNS, DIGITS, Contents, Since

FILE: Final = "changes.txt"
LISTED: Final = 2_000
"""Rows named one by one under one heading."""
_NUMBER: Final = re.compile(r"\d[\d,.:/%]*")
_PLURAL: Final = re.compile(r"\b(?:is|are|was|were|has|have)\b|(?<=\w)s\b")


def which_issue(since: Since) -> str:
    """What the front sheet says of it."""
    return f"This is issue {since.number + 1}. What has changed since issue {since.number}, of {_day(since)}, is listed in {FILE}."


def _day(since: Since) -> str:
    return "/".join(reversed(since.day.split("-")))


def in_words(now: Contents, before: Contents | None, since: Since | None, *, own: bool = False) -> str:
    """The change list as a text file; that of the client's own copy, which numbers no rows, counts them only."""
    return visible("\n".join(_lines(now, before, since, own=own))) + "\n"


def _lines(now: Contents, before: Contents | None, since: Since | None, *, own: bool) -> Iterator[str]:
    yield from ("Changes", "")
    if before is None or since is None:
        yield "This is the first issue for these readers. There is none before it with which it could be compared."
        return
    yield (
        f"This is issue {since.number + 1} for these readers. It is compared with issue {since.number}, of {_day(since)}. Issue {since.number} is kept as it was; pages and rows of it keep their numbers in it."
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
        part = slice(place * DIGITS, (place + 1) * DIGITS)
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
        waiting.setdefault((title, _but_numbers(sentence)), []).append(sentence)
    alone = []
    for title, sentence in right:
        if pair := waiting.get((title, _but_numbers(sentence))):
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


def _but_numbers(sentence: str) -> str:
    """The sentence as it is with any numbers: "1 row is" and "2 rows are" are the same."""
    return _PLURAL.sub("", _NUMBER.sub("#", sentence))


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
