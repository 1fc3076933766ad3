r"""Places in subtitles, in a film or beside it, as drones and some dashcams write them. Not a parser: `parsers.video` reads with it.

GPS(-0.0800,51.4169,12)                     longitude, latitude, altitude (DJI Mavic, Phantom)
GPS(51.4169,-0.0800,12.0M)                  latitude first, by one maker (Matrice 300): known by the M after the altitude
[latitude: 51.4169] [longitude: -0.0800]    also misspelt, longtitude
2018.08.19 08:00:36                         by the camera's clock; 2017.8.5, 2019-09-27 10:28:08,438,904
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from parsers.clip_places import Fix, checked
from parsers.clip_time import written_time

if TYPE_CHECKING:
    from parsers.contract import Moment

_NUMBER = r"([+-]?\d{1,3}(?:\.\d{1,15})?)"
_SRT_PLACE = re.compile(rf"\bGPS ?\({_NUMBER}, ?{_NUMBER}(?:, ?([+-]?\d{{1,6}}(?:\.\d{{1,9}})?)(M?))?\)", re.ASCII)
_SRT_NAMED = re.compile(rf"\[latitude ?: ?{_NUMBER}\] ?\[longt?itude ?: ?{_NUMBER}\]", re.ASCII)
_CUES = re.compile(r"\n[ \t\r]*\n")
_SRT_DATE = re.compile(r"(?<!\d)(20\d\d)([-.])(\d{1,2})\2(\d{1,2}) (\d{1,2}):(\d\d):(\d\d)", re.ASCII)


def in_cues(name: str, text: str) -> list[Fix]:
    """The first position that is one, with the date of the same subtitle; without any, the first date."""
    fixes: list[Fix] = []
    for cue in _CUES.split(text):
        found = in_cue(name, cue)
        if found and found[0].lat is not None:
            return found
        if found and (not fixes or (found[0].when and not fixes[0].when)):
            fixes = found
    return fixes


def in_cue(name: str, cue: str) -> list[Fix]:
    """Position and date of one subtitle."""
    when = _date(name, cue)
    fix = _place(name, cue, when) or (Fix(name, None, None, "", when) if when else None)
    return [fix] if fix else []


def _date(name: str, cue: str) -> Moment | None:
    date = _SRT_DATE.search(cue)
    if date is None:
        return None
    year, _, month, day, hour, minute, second = date.groups()
    stated = written_time(name, f"{year}-{month:0>2}-{day:0>2} {hour:0>2}:{minute}:{second}")
    return stated._replace(raw=f"{name} {date[0]}") if stated else None


def _place(name: str, cue: str, when: Moment | None) -> Fix | None:
    if found := _SRT_PLACE.search(cue):
        one, two = float(found[1]), float(found[2])
        lat, lon = (one, two) if found[4] else (two, one)
        return checked(name, lat, lon, found[0], when, found[3] or "")
    if found := _SRT_NAMED.search(cue):
        return checked(name, float(found[1]), float(found[2]), found[0], when)
    return None
