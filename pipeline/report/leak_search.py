"""Opens every file that is about to be served and searches all of it for what the case keeps back.

The reduced copy should hold nothing confidential; this search does not rely on that. It reads what a curious reader with tools could read (`file_texts`). A confidential
string stops the export. A string that only looks confidential needs a person's decision (C2, C3, P24).
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.report.each_file import each
from pipeline.report.file_texts import MOST, Part, texts
from pipeline.report.written_forms import Forms, Found

_BY_CHANCE: Final = 6
"""Letters or digits that are one certain string in less than one of a thousand files of megabytes."""


class Hit(NamedTuple):
    """Something found: in which file, where in it ("page 3", "docProps/core.xml"), what it is, and the words (empty where they are a secret of the case)."""

    file: str
    where: str
    what: str
    words: str = ""


class Searched(NamedTuple):
    """What a search found: `secrets` stop the export, `looks` need a decision."""

    secrets: tuple[Hit, ...]
    looks: tuple[Hit, ...]


def search(folder: Path, forms: Forms, words: Collection[Found] = ()) -> Searched:
    """Searches every file under `folder`, and its name.

    Some names are words as well (Will, Page), and half a postcode may read as a label of ours (S33). `words` are those of them that stand in what the files were made
    from (`Forms.words_in`); the others are the program's own wherever they stand.

    Raises:
        ValueError: a file cannot be opened as what it is; nothing can be said of it, so it must not be served.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    found = each(partial(_in_file, folder=folder, forms=forms, words=words), paths)
    secrets = {hit: None for hits, _ in found for hit in hits}
    looks = {hit: None for _, hits in found for hit in hits}
    return Searched(tuple(secrets), tuple(looks))


def _in_file(path: Path, folder: Path, forms: Forms, words: Collection[Found]) -> tuple[list[Hit], list[Hit]]:
    """What is in a file: what stops the export, and what needs a decision."""
    name = path.relative_to(folder).as_posix()
    if path.stat().st_size > MOST:
        raise ValueError(f"{name} is larger than can be searched")
    secrets: dict[Hit, None] = {}
    looks: dict[Hit, None] = {}
    for part in (Part("its name", name), *texts(path.name, path.read_bytes())):
        if part.never:
            secrets[Hit(name, part.where, part.never)] = None
        least = _BY_CHANCE if part.binary else 0
        for found in sorted(forms.found_in(part.text, least)):
            if not found.word or found in words:
                secrets[Hit(name, part.where, found.what)] = None
        if part.words:
            looks.update(
                (Hit(name, part.where, span.what, part.text[span.start : span.end]), None)
                for span in forms.looks_in(part.text, ids=True)
            )
    return list(secrets), list(looks)
