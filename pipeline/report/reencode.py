"""A picture of the evidence as pixels, encoded anew: turned upright, parts blacked out, at most 300 dots an inch, in pieces if it is long; and nothing besides.

The file is hostile, and what decodes it are libraries in C. So it is decoded in a process of its own (`serve`) that can write no file, and that is stopped when it
takes too much memory or time; what comes back are bytes of our own encoding (`pipeline/report/redrawing.py` asks, and looks at them again). The originals never leave.

What is read: JPEG, PNG, GIF, WebP, TIFF, BMP, AVIF, and HEIC. Everything else is refused, above all formats that start another program (PostScript).
"""

from __future__ import annotations

import io
import json
import math
import time
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Final, NamedTuple

FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF", "HEIF")
DPI: Final = 300
"""The most dots of a picture on an inch of paper (P12)."""
LEAST_DPI: Final = 110
"""A small picture is printed smaller than the page rather than with fewer: it is never drawn larger than it is sharp."""
UPRIGHT: Final = (170.0, 170.0)
NARROW: Final = (95.0, 206.0)
ACROSS: Final = (257.0, 106.0)
"""Room for a picture on a page, in millimetres, between the margins: upright or across, with words above and below it; or upright and narrow, with the words below beside it."""
PIXELS: Final = 120_000_000
"""The most that are decoded; a file of some kilobytes can claim more than any memory holds."""
CLAIMED: Final = 400_000_000
"""The most that a file may claim, where no more than a part of them is decoded (a JPEG is reduced on the way)."""
READY: Final = b"ready"
SECONDS: Final = 60
"""Of the processor, not of the clock, for one picture: how busy a machine is must not decide what is shown. The largest take three."""
PIECES: Final = 60
"""The most pages for one picture."""
MEMORY: Final = 3 << 30
"""Bytes of address space of the process that decodes."""
_IN_PARTS: Final = 250.0
"""The least dots on an inch of what is printed in parts: larger letters would take more pages."""
_OVERLAP: Final = 0.04
_TALL: Final = 1.9
_LOSSLESS: Final = frozenset({"PNG", "GIF", "BMP"})
_LARGE_PNG: Final = 2_500_000
_MAKE, _MODEL, _ORIENTATION, _GPS = 0x010F, 0x0110, 0x0112, 0x8825
_TOO_MANY: Final = "it has more pixels than can be decoded safely"
_INCH: Final = 25.4


class Piece(NamedTuple):
    """A part of a picture as it is printed: its file (JPEG or PNG), and width and height on paper in millimetres."""

    data: bytes
    width_mm: float
    height_mm: float


class Redrawn(NamedTuple):
    """A picture as it is printed.

    width, height   of the original in pixels, once upright
    across          whether its pages lie across
    remarks         what was done to it, in words
    held            what the original held besides its pixels, of what is said inside the house only ("a position", "data of the camera")
    rows            the pieces lie in so many rows, from left to right and from the top down
    """

    pieces: tuple[Piece, ...]
    width: int
    height: int
    across: bool
    remarks: tuple[str, ...]
    held: tuple[str, ...]
    rows: int = 1


class Refused(Exception):  # noqa: N818 -- it says what happened
    """The picture cannot be shown; the message says why."""


def redrawn(data: bytes, hide: Sequence[Mapping[str, Any]] = ()) -> Redrawn:
    """The picture in these bytes; `hide` are parts to black out, as `case.pictures.Hidden` has them.

    Raises:
        Refused: it cannot be shown.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            opened = _decoded(data)
            image = _plain(opened)
    except Refused:
        raise
    except UnidentifiedImageError:
        raise Refused("it is not a picture of a kind that can be shown") from None
    except Image.DecompressionBombError:
        raise Refused(_TOO_MANY) from None
    except MemoryError:
        raise Refused("it needs more memory than a picture may take") from None
    except Exception:  # noqa: BLE001 -- decoders raise whatever a damaged file leads them to
        raise Refused("it is cut off or damaged") from None
    _black_out(image, hide)
    return _on_paper(image, opened)


@dataclass
class _Opened:
    """A picture as it was decoded. `screen`: it is taken for the picture of a screen, of which every pixel is printed; `lossless`: its file keeps every pixel."""

    image: Any
    width: int
    height: int
    screen: bool
    lossless: bool
    remarks: list[str]
    held: list[str]


def _decoded(data: bytes) -> _Opened:
    from PIL import Image, ImageOps

    image: Any = Image.open(io.BytesIO(data), formats=FORMATS)
    wide, high = image.size
    if wide * high > CLAIMED:
        raise Refused(_TOO_MANY)
    exif = image.getexif()
    camera = bool(exif.get(_MAKE) or exif.get(_MODEL))
    held = ["a position"] if exif.get_ifd(_GPS) else []
    held += ["data of the camera"] if camera else []
    lossless = image.format in _LOSSLESS
    screen = not camera and (lossless or max(wide, high) >= _TALL * min(wide, high))
    if image.format in {"JPEG", "MPO"} and not screen:  # no more is decoded than is printed
        scale = _dots(UPRIGHT[0]) / max(wide, high)
        image.draft("RGB", (math.ceil(wide * scale), math.ceil(high * scale)))
    if math.prod(image.size) > PIXELS:
        raise Refused(_TOO_MANY)
    image.load()
    turn = exif.get(_ORIENTATION, 1)
    remarks = ["Turned upright, as the device recorded."] if turn in range(2, 9) else []
    frames = int(getattr(image, "n_frames", 1))
    if frames > 1:
        remarks.append(f"The first of {frames:,} pictures in the file.")
    if turn in range(5, 9):
        wide, high = high, wide
    return _Opened(ImageOps.exif_transpose(image), wide, high, screen, lossless, remarks, held)


def _dots(millimetres: float, dpi: float = DPI) -> int:
    """So many dots go on that length."""
    return int(millimetres / _INCH * dpi)


def _plain(opened: _Opened) -> Any:
    """The pixels alone, as 8-bit grey or sRGB on white: an image of our own, to which nothing of the file is attached."""
    from PIL import Image, ImageCms

    image, remarks = opened.image, opened.remarks
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I;16") or image.mode in {"I", "F"}:
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
        remarks.append("Its 16 bits for each pixel became 8.")
    if profile and image.mode in {"RGB", "CMYK", "L"}:
        with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            there = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            changed = ImageCms.profileToProfile(image, there, ImageCms.createProfile("sRGB"), outputMode="RGB")
            image = changed or image
    if image.mode == "CMYK":
        remarks.append("Its printing colours (CMYK) became screen colours.")
    if "transparency" in image.info or image.mode in {"LA", "PA", "RGBA", "La", "RGBa"}:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image)
        if image.getextrema()[3][0] < 255:
            remarks.append("What is transparent in it is shown white.")
        image = paper
    image = image.convert("L" if image.mode in {"1", "L"} else "RGB")
    return Image.frombytes(image.mode, image.size, image.tobytes())


def _black_out(image: Any, hide: Sequence[Mapping[str, Any]]) -> None:
    """Pixels replaced by black, the edges outwards; what kind of thing is hidden stands in it where there is room."""
    from PIL import ImageDraw, ImageFont

    drawing = ImageDraw.Draw(image)
    wide, high = image.size
    black, white = (0, 255) if image.mode == "L" else ((0, 0, 0), (255, 255, 255))
    for part in hide:
        left, top = math.floor(part["left"] / 100 * wide), math.floor(part["top"] / 100 * high)
        right = math.ceil((part["left"] + part["width"]) / 100 * wide) - 1
        bottom = math.ceil((part["top"] + part["height"]) / 100 * high) - 1
        right, bottom = max(right, left), max(bottom, top)
        drawing.rectangle((left, top, right, bottom), fill=black)
        words, room = f"[{part['what']}]", (right - left, bottom - top)
        font = ImageFont.load_default(max(8.0, min(room[1] * 0.7, high * 0.03, room[0] / len(words) * 1.6)))
        x, y, end, foot = drawing.textbbox((0, 0), words, font=font)
        if end - x < room[0] and foot - y < room[1]:
            place = left + (room[0] - end - x) / 2, top + (room[1] - foot - y) / 2
            drawing.text(place, words, fill=white, font=font)


def _on_paper(image: Any, opened: _Opened) -> Redrawn:
    """The picture in the size in which it is printed. A photograph is reduced to what the paper holds; a picture of a screen keeps every pixel, over several pages if need be."""
    from PIL import Image

    wide, high = image.size
    across = opened.screen and wide > _dots(UPRIGHT[0]) and wide / high > 1.3
    room = ACROSS if across else max((UPRIGHT, NARROW), key=lambda room: min(room[0] / wide, room[1] / high))
    if opened.screen and high / wide > NARROW[1] / NARROW[0] and wide <= _dots(NARROW[0]):
        room = NARROW  # as wide as a phone or wider, over fewer pages
    if not opened.screen:
        scale = min(1.0, _dots(room[0]) / wide, _dots(room[1]) / high)
        if scale < 1:
            size = max(1, round(wide * scale)), max(1, round(high * scale))
            image = image.resize(size, Image.Resampling.LANCZOS)
            wide, high = image.size
    needed = max(wide / (room[0] / _INCH), high / (room[1] / _INCH))
    whole = needed <= DPI + 1
    # In parts it is as wide as the room, or, where that takes more dots, in as many columns.
    dpi = min(max(needed if whole else wide / (room[0] / _INCH), LEAST_DPI if whole else _IN_PARTS), DPI)
    columns, rows = [(0, wide)], [(0, high)]
    if not whole:
        columns, rows = _cuts(wide, _dots(room[0], dpi)), _cuts(high, _dots(room[1], dpi))
    if len(columns) * len(rows) > PIECES:
        raise Refused(f"it would take {len(columns) * len(rows):,} pages")
    pieces = []
    for top, bottom in rows:
        for left, right in columns:
            part = image if whole else image.crop((left, top, right, bottom))
            data = _encoded(part, screen=opened.screen, lossless=opened.screen and opened.lossless)
            pieces.append(Piece(data, (right - left) / dpi * _INCH, (bottom - top) / dpi * _INCH))
    remarks = tuple(opened.remarks)
    if len(pieces) > 1:
        remarks = (*remarks, "It is printed in parts that overlap a little, so that every pixel is on paper.")
    return Redrawn(tuple(pieces), opened.width, opened.height, across, remarks, tuple(opened.held), len(rows))


def _cuts(length: int, most: int) -> list[tuple[int, int]]:
    """From where to where the parts of a length go, each at most `most` long, all alike, with some overlap."""
    if length <= most:
        return [(0, length)]
    overlap = max(8, int(most * _OVERLAP))
    count = math.ceil((length - overlap) / (most - overlap))
    each = math.ceil((length + overlap * (count - 1)) / count)
    starts = [min(number * (each - overlap), length - each) for number in range(count)]
    return [(start, start + each) for start in starts]


def _encoded(image: Any, *, screen: bool, lossless: bool) -> bytes:
    """The pixels as PNG where the original lost none and that is not too large, else as JPEG."""
    out = io.BytesIO()
    if lossless:
        image.save(out, "PNG", compress_level=6)
        if out.tell() <= _LARGE_PNG:
            return out.getvalue()
        out = io.BytesIO()
    image.save(out, "JPEG", quality=92 if screen else 88, subsampling="4:4:4" if screen else "4:2:0")
    return out.getvalue()


# --- the process -----------------------------------------------------------------------------------------------------------------------------------------


def serve(pipe: Connection) -> None:
    """Answers one request after another until the other end closes: a line of JSON and the bytes of a file; back come a line of JSON and the bytes of the pieces."""
    import PIL.Image
    from pi_heif import options, register_heif_opener

    options.DECODE_THREADS = 1
    register_heif_opener(thumbnails=False)
    PIL.Image.init()
    _confine()
    pipe.send_bytes(READY)
    with suppress(EOFError, OSError):
        while True:
            asked = json.loads(pipe.recv_bytes())
            data = pipe.recv_bytes()
            _limit("RLIMIT_CPU", math.ceil(time.process_time()) + SECONDS)
            try:
                made = redrawn(data, asked["hide"])
            except Refused as refusal:
                pipe.send_bytes(json.dumps({"refused": str(refusal)}).encode())
                continue
            told = made._asdict() | {"pieces": [[one.width_mm, one.height_mm] for one in made.pieces]}
            pipe.send_bytes(json.dumps(told).encode())
            for one in made.pieces:
                pipe.send_bytes(one.data)


def _confine() -> None:
    """No more memory than `MEMORY`, no byte into any file, no memory image: on Linux and macOS; Windows has no such limits."""
    for name, limit in (("RLIMIT_AS", MEMORY), ("RLIMIT_FSIZE", 0), ("RLIMIT_CORE", 0)):
        _limit(name, limit)


def _limit(name: str, limit: int) -> None:
    """Sets a limit of this process; the system stops what passes it."""
    with suppress(ImportError, ValueError, OSError, AttributeError):
        import resource

        number = getattr(resource, name)
        resource.setrlimit(number, (limit, resource.getrlimit(number)[1]))
