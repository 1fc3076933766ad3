"""[[picture]]: what a person decided about one picture, or knows of it: what of it is hidden, that it is withheld, and its words as typed.

A picture is named by the beginning of its SHA-256, for the same picture can stand in several messages. Whether a picture is shown at all is said in the review, event
by event.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from pipeline.case.confidential import CONFIDENTIAL_KINDS
from pipeline.case.toml_file import Lines, needed

HIDE_FORM: Final = {"left": float, "top": float, "width": float, "height": float, "what": str}
PICTURE_FORM: Final = {
    "file": str,
    "hide": [HIDE_FORM],
    "withhold": str,
    "transcript": str,
    "by": str,
    "on": date,
    "why": str,
}


@dataclass(frozen=True)
class Hidden:
    """A part of a picture that is blacked out: per cent of its width and height, as it is printed, from the top left corner; `what` it hides (a kind of [[confidential]])."""

    left: float
    top: float
    width: float
    height: float
    what: str


@dataclass(frozen=True)
class Picture:
    """What is said of the picture whose SHA-256 begins with `file`.

    hide        parts that are blacked out wherever it is printed
    withhold    the kind of what it shows, if it is withheld as a whole
    transcript  its words, typed by a person
    """

    file: str
    hide: tuple[Hidden, ...] = ()
    withhold: str = ""
    transcript: str = ""
    by: str = ""
    on: date | None = None
    why: str = ""


def picture(row: Mapping[str, Any], index: int, lines: Lines) -> Picture:
    """What is said of a picture from its row, the `index`th; raises CaseError."""
    where = ("picture", index)
    file = needed(row, "file", where, lines).lower()
    if not re.fullmatch("[0-9a-f]{12,64}", file):
        raise lines.error(
            (*where, "file"), f'"{file[:70]}" is not the beginning of a SHA-256: 12 to 64 signs, 0-9 and a-f'
        )
    kind = row.get("withhold", "")
    if kind and kind not in CONFIDENTIAL_KINDS:
        raise lines.error((*where, "withhold"), f'"{kind}" is not one of: {", ".join(CONFIDENTIAL_KINDS)}')
    hidden = tuple(_hidden(part, (*where, "hide", number), lines) for number, part in enumerate(row.get("hide", ())))
    if not (hidden or kind or row.get("transcript", "").strip()):
        raise lines.error(where, "says nothing: it needs hide, withhold or transcript")
    on = row.get("on")
    return Picture(
        file,
        hidden,
        kind,
        row.get("transcript", ""),
        needed(row, "by", where, lines),
        on.date() if isinstance(on, datetime) else on,
        row.get("why", ""),
    )


def _hidden(row: Mapping[str, Any], where: tuple[str | int, ...], lines: Lines) -> Hidden:
    missing = [key for key in HIDE_FORM if key not in row]
    if missing:
        raise lines.error((*where, missing[0]), "is missing")
    if row["what"] not in CONFIDENTIAL_KINDS:
        raise lines.error((*where, "what"), f'"{row["what"]}" is not one of: {", ".join(CONFIDENTIAL_KINDS)}')
    left, top, width, height = (float(row[key]) for key in ("left", "top", "width", "height"))
    hidden = Hidden(left, top, width, height, row["what"])
    for start, length, side in ((hidden.left, hidden.width, "left"), (hidden.top, hidden.height, "top")):
        if not (start >= 0 and length > 0 and start + length <= 100):
            raise lines.error(
                (*where, side), "and the width or height with it must lie between 0 and 100 (per cent of the picture)"
            )
    return hidden


def check_pictures(pictures: tuple[Picture, ...], lines: Lines) -> None:
    """Two blocks about one picture are a mistake: which of them counts cannot be told. Raises CaseError."""
    for index, one in enumerate(pictures):
        if any(one.file.startswith(other.file) or other.file.startswith(one.file) for other in pictures[:index]):
            raise lines.error(("picture", index, "file"), f'"{one.file}" has a [[picture]] already; put both into one')
