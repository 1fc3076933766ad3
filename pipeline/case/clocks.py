"""[[clock]]: a clock that somebody has checked and found wrong, or found to run in another zone than that of the case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from pipeline.case.toml_file import Lines, needed

_DEVICE: Final = ("make", "model", "serial")
CLOCK_FORM: Final = {
    "files": [str],
    **dict.fromkeys(_DEVICE, str),
    "offset": str,
    "zone": str,
    "from": date,
    "until": date,
    "by": str,
    "how": str,
    "on": date,
}
_OFFSET: Final = re.compile(r"([+-])([0-9]{1,5}):([0-5][0-9])(?::([0-5][0-9]))?")


@dataclass(frozen=True)
class ClockCheck:
    """A correction of a clock.

    key           "clock-1" ..., in the order of case.toml: stands in the timeline's column `correction`
    files         labels (S3), the first 8 or more digits of a SHA-256, or patterns of file names (IMG_*.jpg): any of them; empty if only the device is named
    make, model, serial   of the device, as the file has them; all that are given must fit
    offset        is added to what the clock shows: plus where the clock is slow
    zone          in which the clock ran, an IANA name; "" for that of the case
    first, last   days on that clock, both included; None is open
    by, how, on   who checked it, how, and on which day
    """

    key: str
    files: tuple[str, ...]
    make: str
    model: str
    serial: str
    offset: timedelta
    zone: str
    first: date | None
    last: date | None
    by: str
    how: str
    on: date

    @property
    def device(self) -> dict[str, str]:
        """What is said of the device: name of the field -> value."""
        return {name: value for name in _DEVICE if (value := getattr(self, name))}

    @property
    def offset_words(self) -> str:
        """'+00:07:30'; "" if the clock was right and only its zone is given."""
        if not self.offset:
            return ""
        seconds = int(abs(self.offset).total_seconds())
        sign = "-" if self.offset < timedelta(0) else "+"
        return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"

    @property
    def words(self) -> str:
        """'+00:07:30 added', 'zone UTC', or both."""
        return ", ".join(
            filter(None, [f"{self.offset_words} added" if self.offset else "", self.zone and f"zone {self.zone}"])
        )


def clock(row: Mapping[str, Any], index: int, lines: Lines) -> ClockCheck:
    """A correction from its row, the `index`th; raises CaseError."""
    where = ("clock", index)
    files = tuple(one.strip() for one in row.get("files", ()))
    device = {name: row.get(name, "").strip() for name in _DEVICE}
    if "" in files:
        raise lines.error((*where, "files"), "has an empty entry")
    if not files and not any(device.values()):
        raise lines.error(where, 'does not say which clock it is: give "files", or "make", "model" or "serial"')
    zone = row.get("zone", "").strip()
    if zone:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            raise lines.error(
                (*where, "zone"), f'"{zone}" is not a time zone; write for example "UTC" or "Asia/Shanghai"'
            ) from None
    offset = timedelta(0)
    if "offset" in row:
        found = _OFFSET.fullmatch(row["offset"].strip())
        if not found:
            raise lines.error(
                (*where, "offset"),
                f'"{row["offset"]}" is not an offset such as "+00:07:30" (hours, minutes, seconds; plus where the clock is slow)',
            )
        offset = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
        offset = -offset if found[1] == "-" else offset
    if not offset and not zone:
        raise lines.error(where, 'corrects nothing: give "offset" or "zone"')
    first, last = (_day(row.get(name)) for name in ("from", "until"))
    if first and last and last < first:
        raise lines.error((*where, "until"), "is before the day in from")
    on = _day(row.get("on"))
    if on is None:
        raise lines.error((*where, "on"), "is missing: the day on which the clock was checked")
    by, how = (needed(row, name, where, lines) for name in ("by", "how"))
    return ClockCheck(f"clock-{index + 1}", files, **device, offset=offset, zone=zone, first=first, last=last, by=by, how=how, on=on)  # fmt: skip


def _day(value: date | datetime | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value
