"""Which pictures of the evidence are shown, and why others are not; each shown one encoded anew and numbered.

It works on the rows that an audience sees: for court those of the reduced copy, and of them only the pictures that a person has marked in the review (C5). The same
picture in several rows is one picture (P21). None is left out in silence: what was chosen and cannot be shown is listed with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from pipeline import attached
from pipeline.attached import Wanted
from pipeline.case import CaseError, Picture
from pipeline.report.confidentiality import Audience
from pipeline.report.redrawing import Redrawer
from pipeline.report.reencode import Refused
from pipeline.store import SourceInfo

NONE, MARKED, ALL = "none", "marked", "all"
_PNG: Final = b"\x89PNG"
_NOT_SAID: Final = frozenset({"", "application/octet-stream"})
"""What an export writes where it does not say what an attachment is: its bytes tell."""
_NO_PICTURE: Final = "it is not a picture of a kind that can be shown"


def which(audience: Audience, asked: str, table: Mapping[str, Any]) -> str:
    """Which pictures are issued for an audience: as `asked` now, else as [report] of case.toml (`table`) says, else as is usual for it.

    For court none without being asked, and never more than those that a person has marked one by one. The client's own copy has none unasked: a picture is seen at a
    glance by whoever looks over her shoulder, and she need not meet it again unprepared.

    Raises:
        CaseError: all pictures are asked for, for court.
    """
    how = asked or str(table.get("images", "")) or audience.images
    if audience.served and how == ALL:
        raise CaseError(
            "for court only pictures are issued that a person has marked: look at each, mark it in review.xlsx (fourline review CASE --only pictures), and use --images marked"
        )
    return how


class Originals(NamedTuple):
    """Where the evidence lies, and its whole register: from there the pictures come."""

    folder: Path
    sources: Sequence[SourceInfo]


class Mention(NamedTuple):
    """Where a picture stands: the place of the row among those shown, from 0; which of its attachments, from 1, of how many."""

    row: int
    attachment: int
    of: int


class NotShown(NamedTuple):
    """A picture that was chosen and is not shown, and why."""

    mention: Mention
    why: str


class OnPaper(NamedTuple):
    """A part of a picture: its file in the folder for them, and width and height in millimetres."""

    file: str
    width_mm: float
    height_mm: float
    size: int


@dataclass(frozen=True)
class Shown:
    """A picture that is shown: its number, where it stands in the rows, and how it is printed.

    width, height  of the original, in pixels, upright
    rows           the parts lie in so many rows
    remarks        what was done to it, in words
    held           what the original holds besides its pixels; for copies inside the house only
    blacked_out    kinds of what is blacked out in it
    transcript     its words as a person typed them
    """

    number: int
    sha256: str
    mentions: tuple[Mention, ...]
    parts: tuple[OnPaper, ...]
    width: int
    height: int
    across: bool
    rows: int
    remarks: tuple[str, ...]
    held: tuple[str, ...]
    blacked_out: tuple[str, ...]
    transcript: str

    @property
    def size(self) -> int:
        """Bytes of its parts together."""
        return sum(part.size for part in self.parts)


@dataclass(frozen=True)
class Gathered:
    """The pictures shown, in the order of their rows; those that were chosen and are not; and of how many others nobody has said that they may be shown."""

    shown: tuple[Shown, ...] = ()
    not_shown: tuple[NotShown, ...] = ()
    not_chosen: int = 0


class _Attachment(NamedTuple):
    """An attachment of a row, and what is decided about it."""

    mention: Mention
    source: str
    sha256: str
    fault: str
    image: bool
    not_said: bool
    decided: str

    def chosen(self, how: str) -> bool:
        """Whether its picture is to be shown."""
        return self.named or self.decided == "yes" or (how == ALL and self.decided == "")

    @property
    def named(self) -> bool:
        """Whether a person named it by its number."""
        return str(self.mention.attachment) in self.decided.split()


@dataclass
class _Choice:
    """What the rows ask for: mentions by hash, in order, and who names them; what cannot be; pictures that nobody chose, and those that a person denied."""

    mentions: dict[str, list[_Attachment]] = field(default_factory=dict)
    not_shown: list[NotShown] = field(default_factory=list)
    others: set[str] = field(default_factory=set)
    denied: dict[str, str] = field(default_factory=dict)

    def take(self, one: _Attachment, how: str) -> None:
        """Counts with one attachment."""
        if one.decided == "no":
            self.denied[one.sha256] = "withheld in the review"
        if not (one.image or one.not_said):
            if one.named:
                self.not_shown.append(NotShown(one.mention, _NO_PICTURE))
        elif not one.chosen(how):
            self.others.update({one.sha256} if one.image and one.sha256 else ())
        elif one.sha256:
            self.mentions.setdefault(one.sha256, []).append(one)
        else:
            self.not_shown.append(NotShown(one.mention, one.fault or "the export does not hold it"))

    def deny(self) -> None:
        """Takes out what is not to be shown: one no is enough, for it is the same picture in every row."""
        for sha256 in self.denied.keys() & self.mentions.keys():
            why = self.denied[sha256]
            self.not_shown += [NotShown(one.mention, why) for one in self.mentions.pop(sha256)]
        self.others -= self.mentions.keys() | self.denied.keys()


def gathered(
    originals: Originals,
    rows: Sequence[Mapping[str, Any]],
    said: Sequence[Picture],
    how: str,
    into: Path,
    first: int = 1,
) -> Gathered:
    """Encodes anew what `how` (MARKED or ALL) chooses of the pictures in these rows, into the folder `into`; the first gets the number `first`.

    `said` is what case.toml says of single pictures.
    """
    choice = _Choice()
    for one in _attachments(rows):
        choice.take(one, how)
    for sha256 in choice.mentions:
        if (about := _said_of(sha256, said)) and about.withhold:
            choice.denied[sha256] = f"[{about.withhold}] withheld"
    choice.deny()
    wanted = [
        Wanted(sha256, tuple(dict.fromkeys(one.source for one in named))) for sha256, named in choice.mentions.items()
    ]
    made: dict[str, Shown] = {}
    refused: dict[str, str] = {}
    with Redrawer() as redrawer:
        for sha256, data in attached.contents(*originals, wanted):
            try:
                made[sha256] = _shown(redrawer, sha256, data, _said_of(sha256, said), into)
            except Refused as refusal:
                refused[sha256] = str(refusal)
    shown: list[Shown] = []
    not_shown = choice.not_shown
    for sha256, named in choice.mentions.items():
        if sha256 in made:
            mentions = tuple(one.mention for one in named)
            shown.append(replace(made[sha256], number=first + len(shown), mentions=mentions))
        elif refused.get(sha256) != _NO_PICTURE or any(one.image or one.named for one in named):
            why = refused.get(sha256, "its bytes cannot be found in the evidence, or are more than can be opened")
            not_shown += [NotShown(one.mention, why) for one in named]
    return Gathered(tuple(shown), tuple(sorted(not_shown)), len(choice.others))


def _attachments(rows: Sequence[Mapping[str, Any]]) -> Iterator[_Attachment]:
    for place, row in enumerate(rows):
        listed = json.loads(row["attachments"]) if row["attachments"] else []
        for number, one in enumerate(listed, 1):
            kind, sha256, fault = (str(one.get(name) or "") for name in ("type", "sha256", "fault"))
            yield _Attachment(
                Mention(place, number, len(listed)),
                str(row["source"]),
                sha256,
                fault,
                kind.startswith("image/"),
                kind in _NOT_SAID,
                str(row["pictures"] or ""),
            )


def _said_of(sha256: str, said: Sequence[Picture]) -> Picture | None:
    return next((one for one in said if sha256.startswith(one.file)), None)


def _shown(redrawer: Redrawer, sha256: str, data: bytes, said: Picture | None, into: Path) -> Shown:
    """The picture encoded anew and written into the folder; its number and mentions are still to come."""
    made = redrawer.redrawn(data, said.hide if said else ())
    parts = []
    for number, piece in enumerate(made.pieces, 1):
        name = f"{sha256[:24]}-{number}.{'png' if piece.data.startswith(_PNG) else 'jpg'}"
        (into / name).write_bytes(piece.data)
        parts.append(OnPaper(name, round(piece.width_mm, 2), round(piece.height_mm, 2), len(piece.data)))
    return Shown(
        0,
        sha256,
        (),
        tuple(parts),
        made.width,
        made.height,
        made.across,
        made.rows,
        made.remarks,
        made.held,
        tuple(dict.fromkeys(one.what for one in said.hide)) if said else (),
        said.transcript.strip() if said else "",
    )
