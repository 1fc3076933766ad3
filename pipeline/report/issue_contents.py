"""What an issue held, as far as the next one is compared with it (`report.change_list`), kept in the case under its hash.

Its rows by ID, in order, with a digest of each of their columns; the sentences with figures; what was said of the case; the settings; the pictures. It is made of what
the readers were shown and of nothing else, so that no comparison can tell of a row that is withheld.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from pipeline import custody, disk
from pipeline.analysis.wording import day_words, joined, many
from pipeline.case import Case
from pipeline.report.front import Front
from pipeline.report.sections import Section
from pipeline.store import Timeline

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "date and time": ("local", "zone", "precision", "clock", "until"),
    "from and to": ("sender", "recipients", "sender_written", "recipients_written", "identifier", "person"),
    "what": ("kind", "channel", "direction", "status", "seconds"),
    "words": ("subject", "text", "extra"),
    "attachments": ("attachments",),
    "place": ("place", "place_written"),
    "source": ("source", "at"),
    "what a person recorded": ("categories", "included", "note", "same_as", "pictures"),
}
"""The columns that a change is named by, and the fields of an event that they show."""
DIGITS: Final = 8
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
    rows       (id, digests of the columns, each of `DIGITS` hex digits, one after another), in order
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
    return hashlib.blake2b(said, digest_size=DIGITS // 2).hexdigest()


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
