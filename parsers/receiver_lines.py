r"""Lines of satellite receivers. Not a parser: films, boxes of dashcams and files beside films hold them.

    $GPRMC,141312.00,A,5124.50,N,00004.83,W,0.1,,130922,,      NMEA 0183: hour, minute, second; A or V; degrees and minutes; speed, course; day, month, year
    GNRMC,141312.00,A,...                                      the same without its sign, in the subtitles of some dashcams (Thinkware)
    A,130922,141312,5124.5000,N,00004.8300,W,0.10,0.1,0.0,1.5; of an Escort (.map) or Mini 0806 (subtitles): A or V, day, hour, degrees and minutes

Degrees may lack leading zeros. The clock is UTC. Lines with V had no fix. Sums at the end are not checked: several makers write wrong ones.
"""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import TYPE_CHECKING, Final

from parsers.clip_places import NO_FIX, Fix, checked
from parsers.contract import SECOND, UTC, Moment
from parsers.dates import micros

if TYPE_CHECKING:
    from collections.abc import Iterator

_LAT: Final = r"(?P<lat>\d{0,2})(?P<lat_minutes>\d{2}(?:\.\d{1,9})?),(?P<north>[NS])"
_LON: Final = r"(?P<lon>\d{0,3})(?P<lon_minutes>\d{2}(?:\.\d{1,9})?),(?P<east>[EW])"
_CLOCK: Final = r"(?P<clock>\d{6})(?:\.\d{0,9})?"
_LINE: Final = re.compile(
    rf"\$?\bG[A-Z]RMC,{_CLOCK},A,{_LAT},{_LON},[^,\r\n]{{0,12}},[^,\r\n]{{0,12}},(?P<day>\d{{6}})"
    rf"|A,(?P<day2>\d{{6}}),(?P<clock2>\d{{6}})(?:\.\d{{0,9}})?,{_LAT.replace('>', '2>')},{_LON.replace('>', '2>')},",
    re.ASCII,
)
_VOID: Final = re.compile(r"\bG[A-Z]RMC,[\d.]{0,20},V,|V,\d{6},\d{6}[.,]", re.ASCII)


def first_fix(name: str, text: str) -> list[Fix]:
    """The first line with a fix; where all are without, that; nothing if there is no such line. `name` is where the text stood."""
    without: list[Fix] = []
    for fix in _fixes(name, text):
        if fix.lat is not None:
            return [fix]
        without = without or [fix]
    return without or ([Fix(name, None, None, "", flags=(NO_FIX,))] if _VOID.search(text) else [])


def _fixes(name: str, text: str) -> Iterator[Fix]:
    for found in _LINE.finditer(text):
        parts = {key.rstrip("2"): value for key, value in found.groupdict().items() if value is not None}
        try:
            when = datetime.strptime(parts["day"] + parts["clock"], "%d%m%y%H%M%S")  # noqa: DTZ007 -- UTC, said by the basis
        except ValueError:
            continue
        lat = _degrees(parts["lat"], parts["lat_minutes"]) * (-1 if parts["north"] == "S" else 1)
        lon = _degrees(parts["lon"], parts["lon_minutes"]) * (-1 if parts["east"] == "W" else 1)
        raw = "{lat}{lat_minutes} {north}, {lon}{lon_minutes} {east}".format(**parts)
        yield checked(name, lat, lon, raw, Moment(micros(when), UTC, SECOND, f"{name} {parts['day']} {parts['clock']}"))


def _degrees(whole: str, minutes: str) -> float:
    return int(whole or 0) + float(minutes) / 60 if float(minutes) < 60 else math.nan
