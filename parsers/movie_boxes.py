r"""The boxes of an MP4 or MOV film (ISO 14496-12, Apple's QuickTime File Format). Not a parser: `parsers.video` reads with it.

    size32 type ...            size 1: a 64-bit size follows the type; size 0: to the end of the file

    ftyp                       the brand: mp42, isom, qt, 3gp4 ...
    mdat                       the film itself. Never read: it is stepped over
    moov                       the index; at the end in most phones, missing where the power was cut
        mvhd                   created, modified (seconds since 1904), timescale, duration
        trak/mdia/hdlr         what a track is: vide, soun, meta
        trak/tkhd              its width and height
        trak/mdia/mdhd         its length
        meta/keys + meta/ilst  Apple's and Android's named values: com.apple.quicktime.creationdate ...
        udta                   \xa9xyz, \xa9day, \xa9too ..., date, loci; also meta/ilst with \xa9 names
        gps                    a dashcam's table of places
        trak/mdia/minf/stbl    of a track of text or measurements: where its first samples stand
        IDIT                   a date in words
        gdat, infi             a Nextbase dashcam's places, its settings; also in udta, and beside moov
    GPS                        a 70mai's places
    frea/ver                   the program of a camera with Kodak's boxes
    moof                       a piece of a film that is written piece by piece
    uuid                       with the right 16 bytes: an XMP packet

Only these are read, each up to a limit, and only so many boxes are looked at: a file of any size and any damage is read in milliseconds. What cannot be followed
becomes a remark in `Movie.faults`; nothing raises.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from parsers.sample_tables import LONGEST_TABLE, described, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

XMP_UUID: Final = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC")

_MOST_BOXES = 4_000
"""In the whole file. A phone's clip has some 200; what is written piece by piece has two for each piece."""
_AFTER_INDEX = 64
"""Boxes at the top level that are looked at after the index: an XMP packet, a dashcam's places."""
_LEAF_LIMIT = 1 << 18
_XMP_LIMIT = 1 << 22
_MOST_KEYS = 1_000
_ANYWHERE: Final = frozenset({b"uuid", b"gdat", b"infi"})
"""Boxes that writers put beside the index, into it, or among its texts."""
_TEXT_TYPES = frozenset({1, 2, 4, 5})
_SETTINGS: Final = frozenset(
    {"Model", "Firmware", "Serial No", "Country", "Time Zone / DST", "Time & Date", "Dual Files"}
)
_TEXTS: Final = frozenset({"text", "sbtl", "subt"})
_MEASURED: Final = _TEXTS | {"meta"}
"""Kinds of tracks that may hold places: of text, of measurements."""


class Span(NamedTuple):
    """A box, or a sample: its type, where its body starts, where it ends."""

    kind: bytes
    start: int
    end: int


@dataclass
class Movie:
    """What the index says, as it stands there. Texts by the name they have in the file."""

    brand: str = ""
    indexed: bool = False
    filmed: bool = False
    pieces: bool = False
    created: int | None = None
    modified: int | None = None
    unset: int = 0
    """All ones, in the width of the file's time fields."""
    timescale: int = 0
    duration: int = 0
    longest: float = 0.0
    """Seconds of the longest track, by its own header: some cameras leave that of the film at 0."""
    handlers: list[str] = field(default_factory=list)
    width: int = 0
    height: int = 0
    texts: dict[str, str] = field(default_factory=dict)
    loci: tuple[float, float, str] | None = None
    xmp: bytes = b""
    gps_table: Span | None = None
    gps_records: Span | None = None
    """A 70mai's `GPS `."""
    subtitles: list[Span] = field(default_factory=list)
    """The first samples of a track of text, and a Nextbase's `nbmt`."""
    maker_version: str = ""
    """`frea/ver `: the program in a camera that uses Kodak's boxes."""
    gps_list: Span | None = None
    """A Nextbase dashcam's `gdat`."""
    telemetry: Span | None = None
    """The first sample of a GoPro's `gpmd` track."""
    free: list[Span] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def read_movie(file: BinaryIO, size: int) -> Movie:
    """The index of a film of `size` bytes."""
    return _Reader(file, size).movie


class _Reader:
    def __init__(self, file: BinaryIO, size: int) -> None:
        self.file = file
        self.size = size
        self.movie = Movie()
        self._left = _MOST_BOXES
        self._cut = False
        self._top()

    def _top(self) -> None:
        movie, after = self.movie, _AFTER_INDEX
        for box in self._boxes(0, self.size):
            if box.kind == b"ftyp":
                movie.brand = _latin(self._read(box, 4))
            elif box.kind == b"mdat":
                movie.filmed = True
            elif box.kind == b"moof":
                movie.filmed = movie.pieces = True
            elif box.kind == b"moov" and not movie.indexed:
                movie.indexed = True
                self._index(box)
            else:
                self._beside(box)
            if movie.indexed:
                after -= 1
                if after < 0:
                    return

    def _boxes(self, at: int, end: int) -> Iterator[Span]:
        """The boxes between two places; one that is longer than what holds it is cut there, and is the last."""
        while end - at >= 8:
            if self._left <= 0:
                self._fault(f"it has more than {_MOST_BOXES:,} boxes; the rest was not looked at")
                return
            self._left -= 1
            self.file.seek(at)
            head = self.file.read(16)
            if len(head) < 8:
                self._fault(f"the file breaks off at byte {at:,}")
                return
            length, kind, lead = int.from_bytes(head[:4], "big"), head[4:8], 8
            if length == 1 and len(head) == 16:
                length, lead = int.from_bytes(head[8:], "big"), 16
            elif length == 0:
                if end < self.size:  # the zero that ends a QuickTime list
                    return
                length = end - at
            if length < lead:
                self._fault(f"the box at byte {at:,} says it is {length} bytes long")
                return
            if at + length > end and not self._cut:
                self._cut = True  # what is inside of it is cut off too: said once
                self._fault(
                    f"the box {_latin(kind)} at byte {at:,} should have {length:,} bytes, and {end - at:,} are there"
                )
            yield Span(kind, at + lead, min(at + length, end))
            at += length

    def _read(self, box: Span, limit: int = _LEAF_LIMIT) -> bytes:
        self.file.seek(box.start)
        return self.file.read(max(0, min(box.end - box.start, limit)))

    def _fault(self, words: str) -> None:
        if words not in self.movie.faults and len(self.movie.faults) < 8:
            self.movie.faults.append(words)

    def _beside(self, box: Span) -> None:
        """What makers put beside film and index."""
        if box.kind in _ANYWHERE:
            self._anywhere(box)
        elif box.kind in {b"free", b"skip"} and len(self.movie.free) < _AFTER_INDEX:
            self.movie.free.append(box)
        elif box.kind == b"nbmt":
            self.movie.subtitles.append(box)
        elif box.kind == b"GPS ":
            self.movie.gps_records = self.movie.gps_records or box
        elif box.kind == b"frea":
            self._version(box)

    def _version(self, frea: Span) -> None:
        for box in self._boxes(frea.start, frea.end):
            if box.kind == b"ver ":
                self.movie.maker_version = _latin(self._read(box, 64)).strip("\0 ")

    def _index(self, moov: Span) -> None:
        for box in self._boxes(moov.start, moov.end):
            if box.kind == b"mvhd":
                self._header(self._read(box, 64))
            elif box.kind == b"trak":
                self._track(box)
            elif box.kind == b"udta":
                self._user_data(box)
            elif box.kind == b"meta":
                self._meta(box)
            elif box.kind in _ANYWHERE:
                self._anywhere(box)
            elif box.kind == b"gps ":
                self.movie.gps_table = box
            elif box.kind == b"IDIT":
                self._text("IDIT", self._read(box))

    def _header(self, data: bytes) -> None:
        """`mvhd`: 32-bit times and duration in version 0, 64-bit in version 1."""
        wide = 8 if data[:1] == b"\1" else 4
        if len(data) < 4 + 3 * wide + 4:
            self._fault("the header of the film (mvhd) is cut off")
            return
        movie = self.movie
        unset = (1 << 8 * wide) - 1
        numbers = [int.from_bytes(data[4 + wide * i : 4 + wide * (i + 1)], "big") for i in range(2)]
        movie.created, movie.modified = numbers
        at = 4 + 2 * wide
        movie.timescale = int.from_bytes(data[at : at + 4], "big")
        duration = int.from_bytes(data[at + 4 : at + 4 + wide], "big")
        movie.duration = 0 if duration == unset or len(data) < at + 4 + wide else duration
        movie.unset = unset

    def _track(self, trak: Span) -> None:
        kind, width, height, table = "", 0, 0, None
        for box in self._boxes(trak.start, trak.end):
            if box.kind == b"tkhd":
                data = self._read(box, 128)
                if len(data) >= 84:
                    width, height = (int.from_bytes(data[at : at + 2], "big") for at in (len(data) - 8, len(data) - 4))
            elif box.kind == b"mdia":
                self._length(box)
                for inner in self._boxes(box.start, box.end):
                    if inner.kind == b"hdlr":
                        kind = _latin(self._read(inner, 16)[8:12])
                    elif inner.kind == b"minf" and kind in _MEASURED:
                        table = next((one for one in self._boxes(inner.start, inner.end) if one.kind == b"stbl"), None)
        self.movie.handlers.append(kind)
        if kind == "vide" and width * height > self.movie.width * self.movie.height:
            self.movie.width, self.movie.height = width, height
        if table:
            self._measured(kind, table)

    def _measured(self, kind: str, stbl: Span) -> None:
        """Where the first samples of a track of measurements or of text stand."""
        parts = {box.kind: self._read(box, LONGEST_TABLE) for box in self._boxes(stbl.start, stbl.end)}
        if kind == "meta" and self.movie.telemetry is None and described(parts) == b"gpmd":
            self.movie.telemetry = next((Span(b"gpmd", *piece) for piece in pieces(parts, self.size, one=True)), None)
        elif kind in _TEXTS and not self.movie.subtitles:
            self.movie.subtitles += [Span(b"text", *piece) for piece in pieces(parts, self.size)]

    def _length(self, mdia: Span) -> None:
        """`mdhd` of a track, as `mvhd`: asked only where that has no length."""
        if self.movie.duration:
            return
        data = next((self._read(box, 40) for box in self._boxes(mdia.start, mdia.end) if box.kind == b"mdhd"), b"")
        wide = 8 if data[:1] == b"\1" else 4
        at = 4 + 2 * wide
        scale, duration = (
            int.from_bytes(data[at : at + 4], "big"),
            int.from_bytes(data[at + 4 : at + 4 + wide], "big"),
        )
        if scale and duration != (1 << 8 * wide) - 1 and len(data) >= at + 4 + wide:
            self.movie.longest = max(self.movie.longest, duration / scale)

    def _user_data(self, udta: Span) -> None:
        for box in self._boxes(udta.start, udta.end):
            if box.kind[:1] == b"\xa9":
                data = self._read(box)
                self._text(_latin(box.kind), data[4 : 4 + int.from_bytes(data[:2], "big")])
            elif box.kind == b"loci":
                self._place(self._read(box))
            elif box.kind == b"date":
                self._text("date", self._read(box))
            elif box.kind == b"meta":
                self._meta(box)
            elif box.kind in _ANYWHERE:
                self._anywhere(box)
            elif box.kind == b"XMP_" and not self.movie.xmp:
                self.movie.xmp = self._read(box, _XMP_LIMIT)

    def _anywhere(self, box: Span) -> None:
        if box.kind == b"uuid":
            self._uuid(box)
        elif box.kind == b"gdat":
            self.movie.gps_list = self.movie.gps_list or box
        else:
            self._settings(_latin(self._read(box)))

    def _settings(self, text: str) -> None:
        """`infi`: lines of a Nextbase. Also the name and password of its network, and of the phone it is paired with, stand there: only what is wanted is kept."""
        lines = [line.strip() for line in text.splitlines()]
        kept = [line for line in lines if line.partition(":")[0].strip() in _SETTINGS]
        self._text("infi", "\r\n".join(kept).encode())

    def _place(self, data: bytes) -> None:
        r"""`loci`: version and flags (4), language (2), name\0, role (1), longitude, latitude, altitude (16.16 each), body\0."""
        end = data.find(b"\0", 6)
        if data[6:8] in {b"\xfe\xff", b"\xff\xfe"}:  # UTF-16: two NULs, at an even distance
            end = next((at + 1 for at in range(8, len(data) - 1, 2) if data[at : at + 2] == b"\0\0"), -1)
        numbers = data[end + 2 : end + 14]
        if end < 0 or len(numbers) < 12:
            self._fault("the place of the film (loci) is cut off")
            return
        lon, lat, altitude = (int.from_bytes(numbers[at : at + 4], "big", signed=True) / 65536 for at in (0, 4, 8))
        self.movie.loci = (round(lat, 6), round(lon, 6), f"{lat:.5f} {lon:.5f} {altitude:.2f}")

    def _meta(self, meta: Span) -> None:
        """`meta` has a version in ISO files and none in QuickTime's; `keys` names what `ilst` counts."""
        lead = 0 if self._read(meta, 8)[4:8] in {b"hdlr", b"keys", b"ilst"} else 4
        names: list[str] = []
        for box in self._boxes(meta.start + lead, meta.end):
            if box.kind == b"keys":
                names = _key_names(self._read(box))
            elif box.kind == b"ilst":
                for item in self._boxes(box.start, box.end):
                    number = int.from_bytes(item.kind, "big")
                    name = names[number - 1] if 0 < number <= len(names) else _latin(item.kind)
                    if item.kind == b"----":
                        continue  # a program's own values, named in inner boxes
                    value = next((one for one in self._boxes(item.start, item.end) if one.kind == b"data"), None)
                    data = self._read(value) if value else b""
                    if int.from_bytes(data[:4], "big") & 0xFFFFFF in _TEXT_TYPES:
                        self._text(name, data[8:])

    def _uuid(self, box: Span) -> None:
        if not self.movie.xmp and box.end - box.start > 16 and self._read(box, 16) == XMP_UUID:
            self.movie.xmp = self._read(box._replace(start=box.start + 16), _XMP_LIMIT)

    def _text(self, name: str, data: bytes) -> None:
        """Keeps a text under its name; the first of each."""
        codec = "utf-16" if data[:2] in {b"\xfe\xff", b"\xff\xfe"} else "utf-8"
        text = data.decode(codec, "replace").strip(" \t\r\n\0")
        if text and len(self.movie.texts) < _MOST_KEYS:
            self.movie.texts.setdefault(name, text[:2000])


def _key_names(data: bytes) -> list[str]:
    """`keys`: version and flags (4), number (4), then for each its size (4), its space (4) and its name."""
    names: list[str] = []
    at = 8
    while at + 8 <= len(data) and len(names) < _MOST_KEYS:
        size = int.from_bytes(data[at : at + 4], "big")
        if size < 8:
            break
        names.append(data[at + 8 : at + size].decode("utf-8", "replace"))
        at += size
    return names


def _latin(data: bytes) -> str:
    return data.decode("latin-1")
