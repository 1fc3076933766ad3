r"""Films: phone video, doorbell, dashcam and CCTV clips. One record for each file, with what the camera wrote beside the picture.

How the parts are found, and what is made of them, stands in the modules that do it:

    film_kinds      what is a film, by its first bytes
    movie_boxes     the boxes of MP4 and MOV
    avi_chunks      the header of AVI
    matroska_elements, asf_objects, transport_packets     of MKV and WebM, of WMV and ASF, of TS, M2TS and MTS
    file_names      time and camera in the name and the folders
    clip_places     positions in the film: ISO 6709, GoPro
    dashcam_places  of dashcams, in the film and on the card; free_gps, receiver_lines and subtitle_places are what it meets there
    clip_sidecars   files beside it: .srt, .nmea, .gpx, Tesla's event.json
    clip_time       which of all these times is believed

Of a film by an iPhone, in a summer three hours ahead of UTC, the file holds

    moov/mvhd                                      created 3646801557 (2019-07-24 08:25:57, UTC by the format's rule), 4 s long
    com.apple.quicktime.creationdate               2019-07-24T11:25:40+0300
    com.apple.quicktime.location.ISO6709           +32.0929+034.8620+028.516/
    com.apple.quicktime.make, .model, .software    Apple   iPhone 6   12.3

and the record says

    at video   kind video   channel camera   when 2019-07-24 08:25:40 UTC, basis offset   seconds 4.0   lat 32.0929   lon 34.862
    flags: header time is the end of the recording: 2019-07-24 08:25:57 UTC
    extra: make, model, software, header_time, altitude_m, position ...; every time that was found is there, the one believed in `when`

Only metadata is read, never the film. Of MPEG-PS, FLV and the raw formats of recorders (.dav, .264) nothing is read but the name: the record says so. Audio (M4A) and HEIC, which are made of the same boxes, are not films.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from parsers.asf_objects import read_asf
from parsers.avi_chunks import read_avi
from parsers.clip_places import Fix, iso_6709, of_movie
from parsers.clip_sidecars import read_sidecars
from parsers.clip_time import Times, choose, header_time, shown
from parsers.contract import VIDEO, Attachment, Moment, Problem, Record, Unreadable
from parsers.dashcam_places import of_dashcam
from parsers.file_names import PHONE, time_in_name
from parsers.film_kinds import AUDIO_NAMES, kind_of, media_type
from parsers.matroska_elements import read_matroska
from parsers.movie_boxes import Movie, read_movie
from parsers.photo_beside import GOOGLE, attachment
from parsers.transport_packets import read_transport

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parsers.contract import Output, Source
    from parsers.file_names import NamedTime

TITLE = "Video"
HOW_TO_EXPORT = (
    "Phone: copy the original file by cable, or with iCloud Photos or Google Photos and 'download original'. Doorbell or cloud camera: download each clip in the app or on "
    "the website before the provider deletes it (Ring in the UK: 30 days), and leave its name as it is. Dashcam or recorder: copy the whole memory card with its folders, "
    "or export the clips with the recorder's own player as MP4. Do not film the screen, do not send it through WhatsApp, do not trim it. Keep the original where it is."
)
CANNOT_SHOW = (
    "Who or what is in the film. A clip of a doorbell or camera shows that something moved or was recorded, no more; who is seen, a person has to say.",
    "That the time is right. It is the clock of the camera, and nobody has checked that clock: many run on winter time all year, on a factory zone, or from a reset date.",
    "Whether the time in the header is UTC or the camera's own, and the start or the end of the recording, where nothing else in the file says so.",
    "That nothing is missing. Cameras record on motion only, overwrite old clips, and miss what happens while they are busy, asleep or without power.",
    "Where it was taken, if the file does not say so: doorbells and fixed cameras write no position.",
    "Whether the file was edited or converted. Programs and messaging apps remove or replace all of these fields.",
)

_CONVERTERS = re.compile(r"lav[fc]\d|handbrake|ffmpeg|mkvmerge|makemkv", re.IGNORECASE)
_XMP_DATE = re.compile(
    r"""\b(xmp:CreateDate|exif:DateTimeOriginal|photoshop:DateCreated)(?:\s{0,9}=\s{0,9}["']([^<>"']{1,64})["']|>([^<>]{1,64})<)"""
)
_APPLE = "com.apple.quicktime."
_WRITTEN: Final = (f"{_APPLE}creationdate", "date", "\xa9day", "date_recorded", "MDPM", "IDIT", "ICRD")
_EXTRA: Final = (
    ("make", (f"{_APPLE}make", "com.android.manufacturer", "\xa9mak", "make")),
    ("model", (f"{_APPLE}model", "com.android.model", "\xa9mod", "model")),
    ("software", (f"{_APPLE}software", "\xa9swr", "ISFT")),
    ("android", ("com.android.version",)),
    ("encoder", ("\xa9too", "\xa9enc", "WritingApp", "MuxingApp")),
    ("title", (f"{_APPLE}title", "\xa9nam", "title")),
    ("comment", (f"{_APPLE}comment", f"{_APPLE}description", "\xa9cmt", "\xa9des", "comment", "description")),
    ("settings", ("infi",)),
    ("content_id", (f"{_APPLE}content.identifier",)),
)
_LOCATIONS = ("location", "com.apple.quicktime.location.iso6709")
_LONGEST = 31 * 86_400
_APART = 0.02
"""Degrees, some 2 km: two positions in one file that are further apart disagree."""


@dataclass
class _Film:
    """What was read of a file, whatever its format."""

    texts: dict[str, str] = field(default_factory=dict)
    packet: list[tuple[str, str]] = field(default_factory=list)
    fixes: list[Fix] = field(default_factory=list)
    seconds: float | None = None
    width: int = 0
    height: int = 0
    created: Moment | None = None
    modified: Moment | None = None
    zone: str = ""
    """As the camera wrote it, where what it means is not settled."""
    brand: str = ""
    flags: list[str] = field(default_factory=list)


def sniff(source: Source) -> bool:
    """By the first bytes; the name only says that what could be either is audio, or what a raw recording is."""
    return bool(kind_of(source)) and not source.name.lower().endswith(AUDIO_NAMES)


def parse(source: Source) -> Iterator[Output]:
    """One record, or one problem if nothing of a film is left in the file."""
    kind = kind_of(source)
    if not kind:
        yield Problem("video", "this is not a film of a known kind")
        return
    name = time_in_name(source)
    if kind == "MPEG-PS" and name and name.maker.startswith("Hikvision, raw"):
        raise Unreadable(
            "this is a raw block of a Hikvision camera's memory, not a clip: it holds parts of many recordings. Put the card into the camera or recorder, or open it "
            "with the maker's player (VSPlayer, iVMS-4200), and export the clips that matter as MP4"
        )
    film = _Film()
    if kind == "MP4":
        movie = _read_mp4(source, film, name)
        if not movie.indexed and not movie.filmed:
            reasons = "; ".join(movie.faults) or "it holds neither a film nor anything about one"
            yield Problem("video", f"not readable as a film (MP4): {reasons}")
            return
    elif kind in _READERS:
        _READERS[kind](source, film)
    else:
        film.flags.append(f"only the file name was read: times inside {kind} files are not")
    yield _record(source, kind, film, name)


def _read_mp4(source: Source, film: _Film, name: NamedTime | None) -> Movie:
    dashcam = name is not None and (not name.maker or name.maker.endswith("dashcam"))
    with source.open() as file:
        movie = read_movie(file, source.size)
        film.fixes = of_movie(movie, file) + of_dashcam(movie, file, source.size, search=dashcam)
    film.texts, film.brand = movie.texts, movie.brand
    film.created, remark = header_time(movie.created, movie.unset, "mvhd")
    film.modified, _ = header_time(movie.modified, movie.unset, "mvhd")
    film.width, film.height = movie.width, movie.height
    if movie.timescale and movie.duration:
        film.seconds = movie.duration / movie.timescale
    for match in _XMP_DATE.finditer(movie.xmp.decode("utf-8", "replace")):
        film.packet.append((match[1], (match[2] or match[3]).strip()))
    if not movie.indexed:
        film.flags.append("unfinalised: the index (moov) is missing, so the recording broke off or the file is cut off")
    elif not movie.filmed:
        film.flags.append("the file holds no film, only its description")
    if movie.indexed and movie.handlers and not {"vide", "pict", ""} & set(movie.handlers) and "soun" in movie.handlers:
        film.flags.append("sound only, no picture")
    film.flags += [*(f"damaged: {fault}" for fault in movie.faults), *filter(None, (remark,))]
    return movie


def _read_avi(source: Source, film: _Film) -> None:
    with source.open() as file:
        avi = read_avi(file, source.size)
    film.texts, film.seconds, film.width, film.height = avi.texts, avi.seconds, avi.width, avi.height
    film.flags += [f"damaged: {fault}" for fault in avi.faults[:3]]


def _read_matroska(source: Source, film: _Film) -> None:
    with source.open() as file:
        found = read_matroska(file, source.size)
    film.texts, film.created = found.texts, found.created
    film.seconds, film.width, film.height = found.seconds, found.width, found.height
    film.fixes = [iso_6709(name, text) for name, text in found.texts.items() if name.startswith(_LOCATIONS)]
    if not found.filmed:
        film.flags.append("the file holds no film, only its description")
    film.flags += [f"damaged: {fault}" for fault in found.faults[:3]]


def _read_asf(source: Source, film: _Film) -> None:
    with source.open() as file:
        found = read_asf(file, source.size)
    film.texts, film.created = found.texts, found.created
    film.seconds, film.width, film.height = found.seconds, found.width, found.height
    film.flags += [f"damaged: {fault}" for fault in found.faults[:3]]


def _read_transport(source: Source, film: _Film) -> None:
    with source.open() as file:
        found = read_transport(file, source.size)
    film.seconds, film.zone = found.seconds, found.zone
    film.texts = {"MDPM": found.clock} if found.clock else {}
    film.fixes = found.places
    film.flags += [f"damaged: {fault}" for fault in found.faults]


_READERS: Final[dict[str, Callable[[Source, _Film], None]]] = {
    "AVI": _read_avi,
    "MKV": _read_matroska,
    "ASF": _read_asf,
    "MPEG-TS": _read_transport,
}


def _record(source: Source, kind: str, film: _Film, name: NamedTime | None) -> Record:
    texts = film.texts
    if film.seconds is not None and film.seconds > _LONGEST:
        film.flags.append(f"length is not plausible: {film.seconds:.0f} s")
        film.seconds = None
    extra = {title: next((texts[key] for key in keys if key in texts), "") for title, keys in _EXTRA}
    wrote = f"{extra['encoder']} {extra['software']}".strip()
    converted = wrote if _CONVERTERS.search(wrote) else ""
    beside = read_sidecars(source, name)
    fixes = film.fixes + beside.fixes
    fix = next((one for one in fixes if one.lat is not None), None)
    times = Times(
        written=[(key.removeprefix(_APPLE), texts[key]) for key in _WRITTEN if key in texts],
        name=name,
        gps=next((one for one in fixes if one.when), None),
        header=film.created,
        packet=film.packet,
        noted=beside.noted,
        seconds=film.seconds,
        phone=_is_phone(texts, extra["make"], name),
        converted=converted,
    )
    chosen = choose(times)
    flags = [*film.flags, *chosen.flags]
    if converted:
        flags.append(f"exported or converted by a program: {converted}")
    flags += _placed(fixes, fix) + beside.flags
    extra |= {
        "camera": name.camera if name else "",
        "named_by": name.maker if name else "",
        "width": str(film.width or ""),
        "height": str(film.height or ""),
        "zone": chosen.zone,
        "zone_written": film.zone,
        "header_time": f"{shown(film.created)} ({film.created.raw})" if film.created else "",
        "header_modified": shown(film.modified) if film.modified != film.created else "",
        "name_time": shown(name.when) if name else "",
        "gps_time": shown(times.gps.when) if times.gps else "",
    }
    extra |= {key: text for key, text in times.written if not (chosen.when and chosen.when.raw == f"{key} {text}")}
    extra |= dict(film.packet)
    extra |= {
        "position": f"{fix.source} {fix.raw}"
        if fix
        else "; ".join(f"{one.source} {one.raw}" for one in fixes if one.raw)
    }
    extra |= {"altitude_m": fix.altitude if fix else ""} | beside.extra
    return Record(
        "video",
        VIDEO,
        "camera",
        chosen.when,
        seconds=None if film.seconds is None else round(film.seconds, 3),
        until=chosen.until,
        attachments=(
            Attachment(source.name, media_type(kind, film.brand, source.name), source.size, source.sha256),
            *map(attachment, beside.files),
        ),
        lat=fix.lat if fix else None,
        lon=fix.lon if fix else None,
        accuracy_m=_accuracy(texts) if fix and fix.source.startswith(_APPLE) else None,
        place_text=beside.place,
        flags=tuple(dict.fromkeys(flag for flag in flags if flag)),
        clocks=chosen.others,
        extra={key: text for key, text in extra.items() if text} or None,
    )


def _is_phone(texts: dict[str, str], make: str, name: NamedTime | None) -> bool:
    """Whether a phone made it: phones write UTC into the header."""
    by_name = name is not None and name.kind == PHONE and name.when is not None
    return by_name or make == "Apple" or any(key.startswith("com.android.") for key in texts)


def _placed(fixes: list[Fix], used: Fix | None) -> list[str]:
    """What must be said about the positions."""
    if used is None or used.lat is None or used.lon is None:
        return [flag for fix in fixes for flag in fix.flags]
    if used.source == GOOGLE:
        return [f"position from the notes of Google Photos: {used.raw}"]
    for fix in fixes:
        if fix.lat is not None and fix.lon is not None and abs(fix.lat - used.lat) + abs(fix.lon - used.lon) > _APART:
            return [*used.flags, f"positions disagree: {fix.source} says {fix.lat:.5f}, {fix.lon:.5f}"]
    return list(used.flags)


def _accuracy(texts: dict[str, str]) -> float | None:
    text = texts.get(f"{_APPLE}location.accuracy.horizontal", "")
    return float(text) or None if re.fullmatch(r"\d{1,6}(\.\d{1,9})?", text, re.ASCII) else None
