"""Where the files of a case came from, for the source register: what was said with `fourline add`, and what is held of each file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final

from pipeline import evidence, store, who
from pipeline.case import NOT_STATED, Case, Origin
from pipeline.evidence import Receipt
from pipeline.new_case import add_origin
from pipeline.store import SourceInfo

_NAMED: Final = 20
"""Up to so many files are named one by one in case.toml; more are named as what came with one `add`."""
_OWN: Final = frozenset({"files", "add", "name", "by"})
"""What names the files and the person, and says nothing of where they came from."""


def record(case: Case, receipts: Sequence[Receipt], said: Mapping[str, Any]) -> Case:
    """Writes into case.toml what was said of the files of one `add`, those among them that the case already held too. Nothing said, nothing written."""
    words: dict[str, Any] = {
        key: value.date() if isinstance(value, datetime) else value if isinstance(value, date) else value.strip()
        for key, value in said.items()
        if value
    }
    files = [one for one in receipts if one.sha256]
    if not words or not files:
        return case
    many = sum(one.state == "received" for one in files) > _NAMED
    latest = evidence.held(case.folder)[-1].run
    named = {one.sha256: None for one in files if not many or one.state != "received"}
    name = files[0].file + (f" and {len(files) - 1} more" if len(files) > 1 else "")
    return add_origin(case, Origin(tuple(named), latest if many else "", name, by=who.stated(), **words))


def by_label(case: Case, sources: Sequence[SourceInfo]) -> dict[str, Origin]:
    """What is said of each source, by label; a member of an archive comes from where the archive comes from."""
    known = store.hashes(sources)
    return {row.label: case.origin_of(known[row.label], row.run) for row in sources}


def words(origin: Origin) -> dict[str, str]:
    """What is said, field by field, in words; NOT_STATED where nobody said."""
    return {field.name: _words(getattr(origin, field.name)) for field in fields(Origin) if field.name not in _OWN}


def _words(value: str | date | None) -> str:
    if isinstance(value, date):
        return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"
    return value or NOT_STATED
