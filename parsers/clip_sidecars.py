r"""Files that cameras write beside their films. Not a parser: `parsers.video` reads with it.

    CLIP.srt      subtitles of a drone or dashcam, see `parsers.subtitle_places`
    CLIP.nmea     lines of a receiver, see `parsers.receiver_lines`
    CLIP.map      the same, of an Escort
    CLIP.gps      the same, of a BlackVue; one for front and rear, without the last letter; CLIP.3gf, its jolts, is only accounted for
    GPSData000001.txt at the top of the card of a 70mai, for all its clips
    CLIP.gpx      <trkpt lat="51.4" lon="-0.08"><time>2022-09-13T14:13:12Z</time>
    CLIP.mp4.json notes of Google Photos, see `parsers.photo_beside`
    event.json    Tesla: what made the car save its clips, where and when, by the car's clock

The first place with a fix, and the time with it, is taken. A subtitle file that is only subtitles gives nothing.
"""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from parsers.clip_places import Fix, checked
from parsers.clip_time import written_time
from parsers.contract import Moment
from parsers.dashcam_places import in_log
from parsers.photo_beside import GOOGLE, Notes, find_notes
from parsers.reading import encoding
from parsers.receiver_lines import first_fix
from parsers.subtitle_places import in_cues

if TYPE_CHECKING:
    from parsers.contract import Source
    from parsers.file_names import NamedTime

_CARD_LOG = "GPSData000001.txt"
_LIMIT = 1 << 20
_MOST_POINTS = 1_000
_POINT = 2_000
"""Characters of one point that are looked at."""
_NUMBER = r"([+-]?\d{1,3}(?:\.\d{1,15})?)"
_TRKPT = re.compile(r"<trkpt\b([^<>]{1,200})>")
_COORDINATE = re.compile(rf"""\b(lat|lon)\s{{0,9}}=\s{{0,9}}["']{_NUMBER}["']""", re.ASCII)
_GPX_TIME = re.compile(r"<time>\s{0,20}([^<>]{1,40}?)\s{0,20}</time>")
_TESLA_TIME = re.compile(r"(\d{4}-\d\d-\d\d)_(\d\d)-(\d\d)-(\d\d)", re.ASCII)


@dataclass
class Beside:
    """What the files beside a film say."""

    fixes: list[Fix] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    place: str = ""
    files: list[Source] = field(default_factory=list)
    noted: Moment | None = None
    """When Google Photos says it was taken."""


def read_sidecars(source: Source, name: NamedTime | None) -> Beside:
    """All that lies beside a film and belongs to it, by its name."""
    beside = Beside()
    stem = source.name.rpartition(".")[0] or source.name
    pair = stem[:-1] if name and name.maker == "BlackVue dashcam" else stem
    for ending, read in (
        *((one, first_fix) for one in (".nmea", ".gps", ".map")),
        (".gpx", _gpx),
        (".srt", in_cues),
        (".3gf", _nothing),
    ):
        for variant in dict.fromkeys(f"{one}{end}" for one in (stem, pair) for end in (ending, ending.upper())):
            if other := source.sibling(variant):
                beside.fixes += read(variant, _text(other))
                beside.files.append(other)
                break
    if name and name.maker == "70mai dashcam":
        _card_log(source, beside)
    if name and name.maker == "Tesla" and (event := source.sibling("event.json")):
        _tesla(_text(event), beside)
        beside.files.append(event)
    if found := find_notes(source):
        _noted(*found, beside)
    return beside


def _nothing(_name: str, _text: str) -> list[Fix]:
    return []


def _card_log(source: Source, beside: Beside) -> None:
    """The log at the top of the card: the clip lies in it, or one or two folders below."""
    for up in ("", "../", "../../"):
        if log := source.sibling(f"{up}{_CARD_LOG}"):
            with log.open() as file:
                beside.fixes += in_log(_CARD_LOG, file, source.name)
            beside.files.append(log)
            return


def _noted(file: Source, notes: Notes, beside: Beside) -> None:
    beside.files.append(file)
    beside.noted = notes.taken
    beside.flags += notes.flags
    beside.extra |= notes.extra
    if notes.lat is not None and notes.lon is not None:
        beside.fixes.append(Fix(GOOGLE, notes.lat, notes.lon, notes.where))


def _text(source: Source) -> str:
    with source.open() as file:
        data = file.read(_LIMIT)
    return data.decode(encoding(data), "replace")


def _gpx(name: str, text: str) -> list[Fix]:
    for point in itertools.islice(_TRKPT.finditer(text), _MOST_POINTS):
        place = dict(_COORDINATE.findall(point[1]))
        if len(place) == 2:
            time = _GPX_TIME.search(text[point.end() : point.end() + _POINT].partition("</trkpt>")[0])
            when = written_time(name, time[1]) if time else None
            fix = checked(name, float(place["lat"]), float(place["lon"]), f"{place['lat']} {place['lon']}", when)
            if fix.lat is not None:
                return [fix]
    return []


def _tesla(text: str, beside: Beside) -> None:
    try:
        event = json.loads(text)
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict):
        beside.flags.append("event.json beside it is not readable")
        return
    given = {key: value.strip() for key, value in event.items() if isinstance(key, str) and isinstance(value, str)}
    for key in ("timestamp", "reason", "camera"):
        if given.get(key):
            beside.extra[f"event_{key}"] = _TESLA_TIME.sub(r"\1 \2:\3:\4", given[key][:200])
    beside.place = ", ".join(given[key][:200] for key in ("street", "city") if given.get(key))
    numbers = [given.get(key, "") for key in ("est_lat", "est_lon")]
    if all(re.fullmatch(_NUMBER, number, re.ASCII) for number in numbers):
        fix = checked("event.json", float(numbers[0]), float(numbers[1]), " ".join(numbers))
        beside.fixes.append(fix)
        if fix.lat is not None:
            beside.flags.append("position is the car's at the event, not during each of its clips")
