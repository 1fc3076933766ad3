"""What lies beside a photo or film and belongs to it: the notes of Google Photos (Takeout), an XMP sidecar. Not a parser.

    IMG_1.jpg  IMG_1.jpg.json                             Google, until 2024
               IMG_1.jpg.supplemental-metadata.json       since then; cut off anywhere, as the whole name may have 51 letters: IMG_1.jpg.supple.json
    IMG_1(1).jpg  IMG_1.jpg(1).json, IMG_1.jpg.supple(1).json
    IMG_1-edited.jpg                                      has that of IMG_1.jpg
    IMG_1.MP4  IMG_1.HEIC.json                            the moving half of a live photo
    IMG_1.jpg  IMG_1.xmp, IMG_1.jpg.xmp                   Lightroom, darktable, digiKam

    {"title": "IMG_1.jpg", "photoTakenTime": {"timestamp": "1777640712"}, "creationTime": {...},
     "geoData": {"latitude": 51.5, "longitude": -0.14, "altitude": 0.0}, "geoDataExif": {...}, "people": [{"name": "..."}]}

`photoTakenTime` counts seconds from 1970; `creationTime` is that of the upload. A position of 0, 0 is none; `geoDataExif` is what the file had, `geoData` may have been
added by hand or estimated. `title` is the whole name of the photo: notes that were cut to the name of another photo are not used.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from parsers.contract import EPOCH, SECOND, Attachment, Moment
from parsers.positions import degrees
from parsers.reading import encoding

if TYPE_CHECKING:
    from parsers.contract import Source

GOOGLE: Final = "Google Photos"
_LIMIT = 1 << 20
_METADATA: Final = ".supplemental-metadata"
_LONGEST: Final = 46
"""Letters of the name of a sidecar before `.json`, as UTF-16 counts them: an emoji is two."""
_COUNTED = re.compile(r"(.+)(\(\d{1,4}\))")
_EDITED = re.compile(
    r"-(?:edited|effects|bearbeitet|modifié|modificato|editado|editada|bewerkt|redigeret|redigerad|redigert|muokattu|edytowane|upraveno)(?=(?:\(\d{1,4}\))?$)",
    re.IGNORECASE,
)
_STILLS: Final = ("HEIC", "heic", "JPG", "jpg", "JPEG", "jpeg")
_FILMS: Final = frozenset({"mp4", "mov"})
_FIRST, _LAST = 0, 4_102_444_800  # 1970 to 2100


@dataclass
class Notes:
    """What Google Photos notes of a photo. `where` says which of its two positions it is."""

    title: str = ""
    taken: Moment | None = None
    lat: float | None = None
    lon: float | None = None
    where: str = ""
    flags: list[str] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)


def attachment(source: Source) -> Attachment:
    """A sidecar as something that came with the photo."""
    return Attachment(
        source.name, "application/json" if source.name.lower().endswith(".json") else "", source.size, source.sha256
    )


def find_notes(source: Source) -> tuple[Source, Notes] | None:
    """The notes of Google Photos that lie beside a photo or film and belong to it."""
    for name in _names(source.name):
        if (other := source.sibling(name)) and (notes := read_notes(other)):
            edited = _EDITED.sub("", source.name.rpartition(".")[0])
            mine, its = _letters(_COUNTED.sub(r"\1", edited)), _letters(notes.title.rpartition(".")[0] or notes.title)
            if its and not its.startswith(mine):
                continue
            if edited != source.name.rpartition(".")[0]:
                notes.flags.append(
                    "its name says that it was edited; the notes of Google Photos are those of the original"
                )
            return other, notes
    return None


def find_packet(source: Source) -> tuple[Source, bytes] | None:
    """The XMP sidecar beside a photo."""
    stem = source.name.rpartition(".")[0]
    for name in (f"{source.name}.xmp", f"{stem}.xmp", f"{source.name}.XMP", f"{stem}.XMP"):
        if stem and (other := source.sibling(name)):
            with other.open() as file:
                return other, file.read(_LIMIT)
    return None


def _letters(name: str) -> str:
    return re.sub(r"[^0-9a-z]", "", name.lower())


def _names(name: str) -> Iterator[str]:
    """The names that the notes on a photo may have, the likely ones first."""
    stem, _, ending = name.rpartition(".")
    original = _EDITED.sub("", stem)
    wholes = [(f"{one}.{ending}", "") for one in dict.fromkeys((stem, original))]
    if counted := _COUNTED.fullmatch(original):
        wholes.append((f"{counted[1]}.{ending}", counted[2]))
    if ending.lower() in _FILMS:
        wholes += [(f"{original}.{still}", "") for still in _STILLS]
    for whole, counter in wholes:
        room = _LONGEST - _length(whole)
        if room < 0:
            yield f"{_cut(whole)}{counter}.json"
            continue
        for length in (0, *range(min(len(_METADATA), room), 0, -1)):
            yield f"{whole}{_METADATA[:length]}{counter}.json"
    yield f"{_cut(f'{original}{_METADATA}')}.json"  # the title has no ending


def _length(name: str) -> int:
    return len(name.encode("utf-16-le")) // 2


def _cut(name: str) -> str:
    return name.encode("utf-16-le")[: 2 * _LONGEST].decode("utf-16-le", "ignore")


def read_notes(source: Source) -> Notes | None:
    """The notes in a file; None if it holds none."""
    if source.size > _LIMIT:
        return None
    with source.open() as file:
        data = file.read(_LIMIT)
    try:
        said = json.loads(data.decode(encoding(data), "replace"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or not isinstance(said.get("photoTakenTime"), dict):
        return None
    notes = Notes(title=_text(said.get("title")))
    notes.taken = _counted(said, "photoTakenTime", notes.flags)
    for key, words in (("geoDataExif", "as the file had it"), ("geoData", "may have been added by hand or estimated")):
        _place(said.get(key), words, notes)
    people = said.get("people")
    named = [_text(one.get("name")) for one in people if isinstance(one, dict)] if isinstance(people, list) else []
    notes.extra = {
        "google_title": notes.title,
        "google_description": _text(said.get("description")),
        "google_people": ", ".join(filter(None, named))[:500],
        "google_taken": _shown(notes.taken),
        "google_uploaded": _shown(_counted(said, "creationTime", [])),
    }
    return notes


def _text(value: Any) -> str:
    return value[:500].strip() if isinstance(value, str) else ""


def _counted(said: dict[str, Any], key: str, flags: list[str]) -> Moment | None:
    value = said.get(key)
    given = str(value.get("timestamp", ""))[:40] if isinstance(value, dict) else ""
    if re.fullmatch(r"-?\d{1,12}", given, re.ASCII) and _FIRST < int(given) < _LAST:
        return Moment(int(given) * 1_000_000, EPOCH, SECOND, f"{key} {given}")
    if given not in {"", "0"}:
        flags.append(f"the time in the notes of Google Photos is not plausible: {given}")
    return None


def _shown(moment: Moment | None) -> str:
    return f"{datetime.fromtimestamp(moment.micros // 1_000_000, UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else ""


def _place(value: Any, words: str, notes: Notes) -> None:
    """A position, if there is none yet; 0, 0 is how the notes say that there is none."""
    if notes.lat is not None or not isinstance(value, dict) or not (value.get("latitude") or value.get("longitude")):
        return
    notes.lat, notes.lon, flags = degrees(value.get("latitude"), value.get("longitude"))
    notes.flags += flags
    notes.where = words if notes.lat is not None else notes.where
