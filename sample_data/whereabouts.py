"""What cameras recorded and where Robin's new phone was, in the made-up case. All of it is invented.

A doorbell hangs at the old home and one at the new; both record whoever comes: Sam, the post, Jo. Robin's phone keeps its own history from the day after it was
bought: home, work on weekdays, the choir on Saturdays, Jo's on Sundays, with the blur of a phone.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from math import cos, pi, radians, sin
from typing import Final

from sample_data.formats import utc
from sample_data.movie import mp4
from sample_data.papers import HOME, NEW_HOME, SISTER, WORK
from sample_data.story import END, MOVE, NEW_PHONE, Dice, day

FRONT_DOOR: Final = "Front Door"
DRIVE: Final = "Drive"
CHOIR: Final = (53.4561, -1.8391)
"""The upper hall: no place of the case."""
_DOORBELL_MOMENTS: Final = (
    ("2025-12-13", "20:57:41", "ding"),
    ("2025-12-24", "16:19:12", "motion"),
    ("2026-01-06", "17:48:20", "motion"),
    ("2026-01-08", "18:02:55", "ding"),
    ("2026-01-14", "07:52:09", "motion"),
    ("2026-01-20", "17:55:31", "motion"),
    ("2026-01-22", "18:11:07", "motion"),
    ("2026-02-01", "13:30:44", "ding"),
    ("2026-02-03", "23:13:36", "motion"),
    ("2026-02-03", "23:17:02", "motion"),
    ("2026-02-10", "18:20:18", "motion"),
    ("2026-02-24", "12:03:50", "ding"),
    ("2026-03-03", "18:04:29", "motion"),
    ("2026-03-10", "18:09:13", "motion"),
    ("2026-03-12", "20:41:27", "motion"),
    ("2026-03-12", "21:14:48", "motion"),
)
"""When Sam, or somebody whom nobody has named, came to the old home."""
_CLIPS: Final = ("2025-12-13", "2026-01-14", "2026-02-03", "2026-03-12")
"""Of these days Robin saved the clips."""
_DRIVE_CLIPS: Final = (
    ("2026-04-01", "10:21:40"),
    ("2026-04-04", "21:29:50"),
    ("2026-04-25", "06:58:02"),
    ("2026-05-06", "11:12:15"),
)


def _moments(seed: int) -> list[tuple[datetime, str]]:
    """All that the doorbell of the old home noted: the post on most weekdays, Jo on some Sundays, and what stands above."""
    dice = Dice(seed)
    found = [(day(date, clock), kind) for date, clock, kind in _DOORBELL_MOMENTS]
    date = day("2025-12-08")
    while date < MOVE:
        if date.weekday() < 5 and dice.chance(0.3):
            found.append((date + timedelta(hours=10, minutes=dice.below(90), seconds=dice.below(60)), "motion"))
        if date.weekday() == 6 and dice.chance(0.5):
            found.append((date + timedelta(hours=14, minutes=dice.below(90), seconds=dice.below(60)), "ding"))
        date += timedelta(days=1)
    return sorted(found)


def doorbell_events(seed: int) -> bytes:
    """The list of events as the maker of the doorbell gives it out on request."""
    events = [
        {
            "id": 7_300_000_000_000_000_001 + number,
            "created_at": f"{utc(at):%Y-%m-%dT%H:%M:%S}.000Z",
            "kind": kind,
            "answered": False,
            "duration": float(18 + number % 5 * 4),
            "cv_properties": {"person_detected": True},
            "doorbot": {"description": FRONT_DOOR},
        }
        for number, (at, kind) in enumerate(_moments(seed))
    ]
    return json.dumps(events, indent=1).encode() + b"\n"


def clips(seed: int) -> dict[str, bytes]:
    """The clips that were saved, by file name: of the doorbell with its clock in the name, of the camera at the new home with its distance from UTC."""
    saved = {
        f"Ring_{FRONT_DOOR}_{at:%Y%m%d_%H%M}.mp4": mp4(created=utc(at), seconds=20, atoms={})
        for at, _ in _moments(seed)
        if f"{at:%Y-%m-%d}" in _CLIPS and not 10 <= at.hour < 12
    }
    for date, clock in _DRIVE_CLIPS:
        at = day(date, clock)
        saved[f"{DRIVE}_{at:%Y-%m-%dT%H_%M_%S}+0100.mp4"] = mp4(created=utc(at), seconds=15, atoms={})
    return saved


def phone_history(seed: int) -> dict[str, bytes]:
    """What Robin's new phone sent to its own recorder: a file a month."""
    dice = Dice(seed)
    months: dict[str, list[str]] = {}
    date = NEW_PHONE.replace(hour=0) + timedelta(days=1)
    while date <= END:
        home = HOME if date < MOVE else NEW_HOME
        noon = WORK if date.weekday() < 5 else CHOIR if date.weekday() == 5 else SISTER
        for hour, place in ((2, home), (7, home), (10, noon), (13, noon), (16, noon), (19, home), (22, home)):
            at = utc(date + timedelta(hours=hour, minutes=dice.below(50), seconds=dice.below(60)))
            turn, far = 2 * pi * dice.below(360) / 360, dice.below(18)
            item = {
                "_type": "location",
                "tst": int((at - datetime(1970, 1, 1)).total_seconds()),  # noqa: DTZ001 -- both stand for UTC
                "lat": round(place[0] + far * cos(turn) / 111_195, 6),
                "lon": round(place[1] + far * sin(turn) / (111_195 * cos(radians(place[0]))), 6),
                "acc": dice.pick((8, 12, 12, 15, 20, 48)),
                "batt": 20 + dice.below(80),
                "tid": "rv",
            }
            months.setdefault(f"{at:%Y-%m}", []).append(
                f"{at:%Y-%m-%dT%H:%M:%S}Z\t*                 \t{json.dumps(item, separators=(',', ':'))}\n"
            )
        date += timedelta(days=1)
    return {f"{month}.rec": "".join(lines).encode() for month, lines in months.items()}
