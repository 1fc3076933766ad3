"""[[source]]: where a file came from, as a person says: who exported it, with what and when, from which phone or account, who handed it in, who has the original."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final

from pipeline.case.toml_file import Lines

ORIGIN_FORM: Final = {
    "files": [str],
    "add": str,
    "name": str,
    "description": str,
    "device": str,
    "exported_by": str,
    "exported_with": str,
    "exported_on": date,
    "received_from": str,
    "original_held_by": str,
    "by": str,
}
NOT_STATED: Final = "not stated"


@dataclass(frozen=True)
class Origin:
    """What is said of some files; "" or None where nobody said.

    It is about the files whose SHA-256 stands in `files`, and about all that came with one `fourline add` (`add` is its time, the "run" of the custody log).
    `name` names the files for the reader of case.toml; `by` is who recorded it.
    """

    files: tuple[str, ...] = ()
    add: str = ""
    name: str = ""
    description: str = ""
    device: str = ""
    exported_by: str = ""
    exported_with: str = ""
    exported_on: date | None = None
    received_from: str = ""
    original_held_by: str = ""
    by: str = ""

    def is_about(self, sha256s: Collection[str], run: str) -> bool:
        """Whether this is said of a file with one of these hashes (its own, that of the archive it is in), or of all files of this `add`."""
        return bool(run and run == self.add) or any(one in self.files for one in sha256s)


def origin(row: Mapping[str, Any], index: int, lines: Lines) -> Origin:
    """What is said, from its row, the `index`th; raises CaseError."""
    files = tuple(one.strip().lower() for one in row.get("files", ()))
    if not files and not row.get("add"):
        raise lines.error(("source", index), "must name files by their SHA-256: see fourline status CASE --json")
    for one in files:
        if not re.fullmatch("[0-9a-f]{64}", one):
            raise lines.error(("source", index, "files"), f'"{one}" is not a SHA-256 of 64 letters and digits')
    said = {key: value for key, value in row.items() if key != "files"}
    if isinstance(said.get("exported_on"), datetime):
        said["exported_on"] = said["exported_on"].date()
    return Origin(files, **said)


def together(said: Collection[Origin]) -> Origin:
    """What several say of one file: of each thing the last that says anything."""
    found: dict[str, Any] = {}
    for one in said:
        found |= {field.name: value for field in fields(Origin) if (value := getattr(one, field.name))}
    return Origin(**found)
