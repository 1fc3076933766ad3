r"""The time and the camera in the name of a file. Not a parser: `parsers.video` and `parsers.photo` read with it.

Phones, doorbells, dashcams and recorders name files by the time. Each has its own order, and some say by their name which clock they mean:

    PXL_20231006_063000139.jpg                           Pixel phone: UTC, with thousandths
    VID_20210528_154038.mp4                              Android phone: its own clock
    IMG-20240226-WA0000.jpg                              WhatsApp: the day it was sent or saved, not taken
    photo_2026-01-03_21-14-05.jpg                        Telegram: when it was sent or saved; so with Signal, Viber, Threema and pictures in exported chats
    photo_1@03-01-2026_21-14-05.jpg                      Telegram, an exported chat: the day comes first
    Roof_Rear_Corner_2020-11-09T10_30_54-0800.mp4        Blink doorbell: with the distance from UTC
    NVR_ch1_main_20260330000000_20260330235960.dav       Dahua recorder: start and end; seconds can be 60
    RecM03_20260918_235930_000130_6D28808_1A468F9.mp4    Reolink camera: the end is past midnight
    2021-03-06/001/dav/10/10.27.32-10.28.00[M][0@0].dav  Dahua again: the date stands in the folder only
    201001_051213_001_FH.MP4                             Nextbase dashcam: 1 October 2020
    front-1606742747.272411-0lbwng.mp4                   Frigate: seconds since 1970, UTC

`RULES` has them, the specific before the general; the general one (year, month, day, hour, minute, second, in that order) never starts inside a longer number.
A name that no rule fits, or whose figures are no date, gives nothing: nothing is guessed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from parsers.contract import DAY, EPOCH, FILE_NAME, IN_NAME, MINUTE, NAME_OF_COPY, OFFSET, SECOND, SUBSECOND, Moment
from parsers.contract import UTC as STATED_UTC
from parsers.dates import micros

if TYPE_CHECKING:
    from parsers.contract import Source

PHONE: Final = "phone"
CAMERA: Final = "camera"
SAVED: Final = "saved"
"""The name tells when an app sent or saved the file, not when it was taken."""

FROM_NAME: Final = "time from the file name"
SENT_OR_SAVED: Final = "the file name tells when it was sent or saved, not when it was taken"

_LONGEST_NAME = 255
_FIRST_SECOND, _LAST_SECOND = 946_684_800, 4_102_444_800
"""2000 to 2100."""
_LONGEST_CLIP = 86_400_000_000
"""Microseconds: two counts that are further apart, such as telephone numbers, are not those of one clip."""
_FOLDERS = 6
"""How many folders above the file are looked at; none of the patterns needs more than four."""


class NamedTime(NamedTuple):
    """What a name says. `when` is None where the pattern is known and holds no time (`GRMN0001.MP4`), `camera` is the name given to the camera, if any."""

    maker: str
    kind: str
    when: Moment | None
    until: Moment | None = None
    camera: str = ""
    flags: tuple[str, ...] = ()


class _Rule(NamedTuple):
    maker: str
    kind: str
    pattern: re.Pattern[str]
    basis: str = FILE_NAME
    flag: str = ""


_START = r"(?<![0-9A-Za-z])"
_FILE = r"(?:^|/)"
_DATE = r"(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)"
_TIME = r"(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)"
_SHORT_DATE = r"(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d)"
_DASHED = r"(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)"
_END_DATE = r"(?P<year2>20\d\d)(?P<month2>\d\d)(?P<day2>\d\d)"
_END_TIME = r"(?P<hour2>\d\d)(?P<minute2>\d\d)(?P<second2>\d\d)"
_DOTTED = r"(?P<hour>\d{1,2})\.(?P<minute>\d\d)\.(?P<second>\d\d)(?:[ \u00a0\u202f]?(?P<half>[ap]m))?"


def _rule(maker: str, kind: str, pattern: str, basis: str = FILE_NAME, flag: str = "") -> _Rule:
    """A rule whose pattern ends in the last part of the path, not within a longer number."""
    return _Rule(maker, kind, re.compile(rf"{pattern}(?!\d)(?=[^/]*$)", re.IGNORECASE | re.ASCII), basis, flag)


_EPOCH_FLAG = "the file name tells when it was saved, not when it was taken"
_US_ORDER = "date in the file name read as month-day-year, as UniFi Protect writes it"

RULES: Final = (
    _rule("Pixel phone", PHONE, rf"{_START}PXL_{_DATE}_{_TIME}(?P<fraction>\d{{3}})", STATED_UTC),
    _rule("phone, screenshot", PHONE, rf"{_START}Screenshot_{_DATE}[_-]{_TIME}"),
    _rule(
        "phone, screenshot",
        PHONE,
        rf"{_START}Screenshot_{_DASHED}-(?P<hour>\d\d)-(?P<minute>\d\d)-(?P<second>\d\d)(?:-(?P<fraction>\d{{3}}))?",
    ),
    _rule("computer, screenshot", PHONE, rf"{_START}Screen ?(?:shot|Recording) {_DASHED} at {_DOTTED}"),
    _rule("WhatsApp", SAVED, rf"{_START}(?:IMG|VID|AUD|PTT|DOC|STK)-{_DATE}-WA\d+", flag=SENT_OR_SAVED),
    _rule("WhatsApp", SAVED, rf"{_START}WhatsApp[ -]\w+[ -]{_DASHED}[ -]at[ -]{_DOTTED}", flag=SENT_OR_SAVED),
    _rule(
        "WhatsApp, from a chat",
        SAVED,
        rf"{_START}(?:PHOTO|VIDEO|AUDIO|GIF|STICKER)-{_DASHED}-(?P<hour>\d\d)-(?P<minute>\d\d)-(?P<second>\d\d)",
        flag=SENT_OR_SAVED,
    ),
    _rule(
        "Signal",
        SAVED,
        rf"{_START}signal-(?:attachment-)?{_DASHED}-(?P<hour>\d\d)-?(?P<minute>\d\d)-?(?P<second>\d\d)(?:-(?P<fraction>\d{{3}}))?",
        flag=SENT_OR_SAVED,
    ),
    _rule(
        "Telegram",
        SAVED,
        rf"{_START}(?:photo|video|audio|doc|telegram)_{_DASHED}_(?P<hour>\d\d)-(?P<minute>\d\d)-(?P<second>\d\d)",
        flag=SENT_OR_SAVED,
    ),
    _rule(
        "Telegram, from a chat",
        SAVED,
        rf"{_START}(?:photo|video|audio|file)_\d{{1,7}}@(?P<day>\d\d)-(?P<month>\d\d)-(?P<year>20\d\d)_(?P<hour>\d\d)-(?P<minute>\d\d)-(?P<second>\d\d)",
        flag=SENT_OR_SAVED,
    ),
    _rule(
        "Viber",
        SAVED,
        rf"{_START}viber[_ ](?:image|video)[_ ]{_DASHED}[_ ](?P<hour>\d\d)-(?P<minute>\d\d)-(?P<second>\d\d)(?:-(?P<fraction>\d{{3}}))?",
        flag=SENT_OR_SAVED,
    ),
    _rule("Threema", SAVED, rf"{_START}threema-{_DATE}-{_TIME}(?P<fraction>\d{{3}})?", flag=SENT_OR_SAVED),
    _rule("Facebook app", SAVED, rf"{_START}FB_(?:IMG|VID)_(?P<epoch>\d{{13}})", EPOCH, _EPOCH_FLAG),
    _rule("iPhone, screen recording", PHONE, rf"{_START}RPReplay_Final(?P<epoch>\d{{10}})", EPOCH),
    _rule("Ring", CAMERA, rf"{_START}RingVideo_{_DATE}_{_TIME}"),
    _rule("Ring", CAMERA, rf"{_START}RingVideo_(?P<ring>\d{{19}})"),
    _rule("Ring", CAMERA, rf"{_START}Ring_(?P<camera>[^/]+)_{_DATE}_?(?P<hour>\d\d)(?P<minute>\d\d)"),
    _rule(
        "Blink",
        CAMERA,
        rf"{_FILE}(?:(?P<camera>[^/]+)_)?{_DASHED}T(?P<hour>\d\d)_(?P<minute>\d\d)_(?P<second>\d\d)(?P<zone>[+-]\d\d[_:]?\d\d)",
        OFFSET,
    ),
    _rule("Reolink", CAMERA, rf"{_START}Rec(?P<camera>[MS]\d\d)_(?:DST)?{_DATE}_{_TIME}_{_END_TIME}"),
    _rule(
        "Dahua recorder",
        CAMERA,
        rf"{_FILE}(?P<camera>[^/]+_ch\d+)_[a-z]+\d?_{_DATE}{_TIME}_{_END_DATE}{_END_TIME}",
    ),
    _rule(
        "Dahua camera",
        CAMERA,
        rf"{_FILE}{_DASHED}/\d{{3}}/dav/\d\d/(?P<hour>\d\d)\.(?P<minute>\d\d)\.(?P<second>\d\d)-(?P<hour2>\d\d)\.(?P<minute2>\d\d)\.(?P<second2>\d\d)",
    ),
    _rule(
        "Hikvision camera",
        CAMERA,
        rf"{_START}(?P<camera>\d{{1,3}}(?:\.\d{{1,3}}){{3}})_\d+_{_DATE}{_TIME}(?P<fraction>\d{{3}})",
    ),
    _rule("CCTV recorder", CAMERA, rf"{_START}(?P<camera>ch\d\d?)_{_DATE}{_TIME}"),
    _rule("Hikvision, raw block", CAMERA, rf"{_FILE}hiv\d{{5}}(?=\.)"),
    _rule("Tapo", CAMERA, rf"{_FILE}(?P<epoch>\d{{10}})-(?P<epoch2>\d{{10}})(?=\.)", EPOCH),
    _rule(
        "Xiaomi camera",
        CAMERA,
        rf"{_FILE}(?:{_DATE}(?P<hour>\d\d)/)?(?P<minute>\d\d)M(?P<second>\d\d)S_(?P<epoch>\d{{10}})",
        EPOCH,
    ),
    _rule(
        "Xiaomi camera",
        CAMERA,
        rf"{_START}(?P<camera>video_\d+_\d+_\d+)_{_DATE}{_TIME}_{_END_DATE}{_END_TIME}",
    ),
    _rule(
        "Yi camera",
        CAMERA,
        r"(?P<year>20\d\d)Y(?P<month>\d\d)M(?P<day>\d\d)D(?P<hour>\d\d)H/E\d(?P<minute>\d\d)M(?P<second>\d\d)S\d+",
        STATED_UTC,
    ),
    _rule("Wyze", CAMERA, rf"{_FILE}{_DATE}/(?P<hour>\d\d)/(?P<minute>\d\d)(?=\.mp4$)"),
    _rule(
        "UniFi Protect",
        CAMERA,
        rf"{_FILE}(?P<camera>[^/]+) - (?P<month>\d\d?)-(?P<day>\d\d?)-(?P<year>20\d\d), {_DOTTED}",
        flag=_US_ORDER,
    ),
    _rule(
        "Frigate",
        CAMERA,
        rf"{_FILE}{_DASHED}/(?P<hour>\d\d)/(?P<camera>[^/]+)/(?P<minute>\d\d)\.(?P<second>\d\d)(?=\.mp4$)",
        STATED_UTC,
    ),
    _rule("Frigate", CAMERA, rf"{_FILE}(?P<camera>[^/]+)-(?P<epoch>\d{{10}}\.\d{{1,7}})-\w+", EPOCH),
    _rule(
        "Tesla",
        CAMERA,
        rf"{_START}{_DASHED}_(?P<hour>\d\d)-(?P<minute>\d\d)-(?P<second>\d\d)-(?P<camera>front|back|(?:left|right)_(?:repeater|pillar))",
    ),
    _rule("Nextbase dashcam", CAMERA, rf"{_START}{_SHORT_DATE}_{_TIME}_\d{{3}}_[FRB][HL](?![a-z])"),
    _rule(
        "Viofo or Novatek dashcam",
        CAMERA,
        rf"{_START}(?P<year>20\d\d)_(?P<month>\d\d)(?P<day>\d\d)_{_TIME}_(?:\d{{3,4}}|[NPE]?[FRIT](?![a-z]))",
    ),
    _rule("Viofo or DDPai dashcam", CAMERA, rf"{_START}{_DATE}{_TIME}_\d{{6}}"),
    _rule("70mai dashcam", CAMERA, rf"{_START}(?:NO|EV|LA|PA){_DATE}-{_TIME}-\d{{6}}"),
    _rule("BlackVue dashcam", CAMERA, rf"{_START}{_DATE}_{_TIME}_[NEPM][FRI](?![a-z])"),
    _rule("Vantrue dashcam", CAMERA, rf"{_START}{_DATE}_{_TIME}_\d{{4}}_[NEP]_[ABC](?![a-z])"),
    _rule("Mio dashcam", CAMERA, rf"{_START}FILE{_SHORT_DATE}-{_TIME}"),
    _rule(
        "Thinkware dashcam",
        CAMERA,
        rf"{_START}(?:REC|EVT|PARK|MAN)_(?P<year>20\d\d)_(?P<month>\d\d)_(?P<day>\d\d)_(?P<hour>\d\d)_(?P<minute>\d\d)_(?P<second>\d\d)",
    ),
    _rule("Reolink", CAMERA, rf"{_FILE}(?P<camera>[^/]+)_\d\d_{_DATE}{_TIME}"),
    _rule("phone", PHONE, rf"{_START}(?:IMG|VID|MVIMG|PANO)_?{_DATE}_?{_TIME}(?P<fraction>\d{{3}})?"),
    _rule("phone, burst", PHONE, rf"{_START}BURST{_DATE}{_TIME}(?P<fraction>\d{{3}})?"),
    _rule("Garmin dashcam", CAMERA, rf"{_START}GRMN\d{{4}}"),
    _rule(
        "",
        "",
        r"(?<!\d)(?P<year>20\d\d)(?P<dash>[-_.]?)(?P<month>\d\d)(?P=dash)(?P<day>\d\d)(?:[T _.-]{1,3}| at )?"
        r"(?P<hour>\d\d)(?P<dot>[-_.:]?)(?P<minute>\d\d)(?P=dot)(?P<second>\d\d)(?P<zone>Z(?![a-z])|\+\d\d[_:]?\d\d)?",
    ),
)


def time_in_name(source: Source) -> NamedTime | None:
    """What the name of a file says, and the folders it lies in; None if no pattern fits."""
    if len(source.name) > _LONGEST_NAME:
        return None
    path = re.sub(r"[!\\]", "/", source.path)
    if not path.endswith(source.name):  # a name with one of these signs in it, or an attachment
        path = source.name
    return read_name("/".join(path.split("/")[-1 - _FOLDERS :]))


def read_name(path: str) -> NamedTime | None:
    """The same for a path with "/" between its parts."""
    for rule in RULES:
        found = rule.pattern.search(path)
        if found is None:
            continue
        parts = {name: text for name, text in found.groupdict().items() if text}
        try:
            return _read(rule, parts, found[0].lstrip("/"))
        except (ValueError, OverflowError):  # figures that are no date: another pattern may fit
            continue
    return None


def by_name(name: NamedTime) -> tuple[tuple[str, Moment], ...]:
    """The time in a name as one clock of several, for `Record.clocks`."""
    return ((NAME_OF_COPY if name.kind == SAVED else IN_NAME, name.when),) if name.when else ()


def _read(rule: _Rule, parts: dict[str, str], raw: str) -> NamedTime:
    """The time in the parts of a name.

    Raises:
        ValueError: the figures are no date.
    """
    flags = [rule.flag] if rule.flag else []
    when = until = None
    if "epoch" in parts:
        when = _counted(parts["epoch"], raw)
        if "epoch2" in parts:
            until = _counted(parts["epoch2"], raw)
            if not 0 <= until.micros - when.micros <= _LONGEST_CLIP:
                raise ValueError("two numbers that are not start and end")
        if "year" in parts:
            flags.append(f"the camera's own clock shows {_wall(parts):%Y-%m-%d %H:%M:%S}")
    elif "ring" in parts:
        hint = datetime.fromtimestamp(int(parts["ring"]) >> 32, UTC)
        flags.append(f"the number in the file name hints at {hint:%Y-%m-%d %H:%M:%S} UTC, which can be a day wrong")
    elif "year" in parts:
        when, until = _written(rule.basis, parts, raw)
        if until and until.micros < when.micros:
            until = None
            flags.append("the end in the file name is before the start")
        if rule.kind != SAVED and _is_default(parts):
            flags.append("may be the camera's default date")
    return NamedTime(rule.maker, rule.kind, when, until, parts.get("camera", ""), tuple(flags))


def _written(basis: str, parts: dict[str, str], raw: str) -> tuple[Moment, Moment | None]:
    """Start and end by the clock that `basis` names."""
    wall = _wall(parts)
    precision = SECOND if "second" in parts else MINUTE if "minute" in parts else DAY
    if "fraction" in parts:
        precision = SUBSECOND
    if zone := parts.get("zone", ""):
        basis = OFFSET
        if zone in "Zz":
            basis = STATED_UTC
        else:
            away = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
            if away > timedelta(hours=14) or int(zone[-2:]) % 15:
                raise ValueError("no such zone")
            wall -= -away if zone[0] == "-" else away
    when = Moment(micros(wall), basis, precision, raw)
    if "hour2" not in parts:
        return when, None
    end = _wall(
        {name: parts.get(f"{name}2", parts[name]) for name in ("year", "month", "day", "hour", "minute", "second")}
    )
    if "year2" not in parts and end < wall:
        end += timedelta(days=1)  # past midnight
    return when, Moment(micros(end), basis, precision, raw)


def _wall(parts: dict[str, str]) -> datetime:
    """The wall clock; the second may be 60, the last of a file that ends with its minute."""
    year = int(parts["year"])
    hour, second = int(parts.get("hour", 0)), int(parts.get("second", 0))
    if half := parts.get("half", "").lower():
        if not 1 <= hour <= 12:
            raise ValueError("no such hour")
        hour = hour % 12 + (12 if half == "pm" else 0)
    if second > 60:
        raise ValueError("no such second")
    year += 2000 if year < 100 else 0
    start = datetime(year, int(parts["month"]), int(parts["day"]), hour, int(parts.get("minute", 0)))  # noqa: DTZ001 -- a wall clock
    return start + timedelta(seconds=second, milliseconds=int(parts.get("fraction", 0)))


def _counted(text: str, raw: str) -> Moment:
    """Seconds since 1970, with a fraction; or thousandths, in 13 digits."""
    whole, _, fraction = text.partition(".")
    if len(whole) == 13:
        whole, fraction = whole[:10], whole[10:]
    if not _FIRST_SECOND <= int(whole) < _LAST_SECOND:
        raise ValueError("no such time")
    count = int(whole) * 1_000_000 + int((fraction + "000000")[:6])
    return Moment(count, EPOCH, SUBSECOND if fraction else SECOND, raw)


def _is_default(parts: dict[str, str]) -> bool:
    """The first hour of a year: a camera that lost its clock counts on from there."""
    return (int(parts["month"]), int(parts["day"]), parts.get("hour")) == (1, 1, "00")
