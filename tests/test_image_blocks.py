"""Where images keep their metadata: every container, whole, cut and hostile."""

from __future__ import annotations

import io
import json
import shutil
import struct
import subprocess
import zlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from conftest import source_from, written
from hypothesis import given
from hypothesis import strategies as st

from parsers import photo
from parsers.contract import Problem, Record
from parsers.image_blocks import find_blocks, kind_of
from sample_data.jpeg import ASCII, LONG, RATIONAL, SHORT, jpeg, jpeg_with_exif, segment, tiff

TAKEN = "2024:07:01 14:05:12"
XMP = b"http://ns.adobe.com/xap/1.0/\0"
LONDON = {
    1: (ASCII, "N"),
    2: (RATIONAL, [(51, 1), (30, 1), (0, 1)]),
    3: (ASCII, "W"),
    4: (RATIONAL, [(0, 1), (7, 1), (0, 1)]),
    7: (RATIONAL, [(13, 1), (5, 1), (0, 1)]),
    0x1D: (ASCII, "2024:07:01"),
}


def read(data: bytes, name: str = "photo.jpg") -> Record:
    (output,) = photo.parse(source_from(data, name))
    assert isinstance(output, Record), output
    return output


BLOCK = tiff({0x110: (ASCII, "Camera")}, {0x9003: (ASCII, TAKEN)}, LONDON)
WHEN = f"2024-07-01 13:05:12Z [gps, second] DateTimeOriginal {TAKEN}"


@pytest.mark.parametrize(
    "before",
    [
        segment(0xE1, XMP + b" " * 60_000) * 2,  # Google Photos writes 104 kB of XMP first
        segment(0xE6, b"MMIMETA\0" + bytes(20_000)),  # MediaTek
        b"\xff" * 9,
        segment(0xE0, b"JFIF") + b"stray",
        segment(0xE1, b"Exif\0\0"),
        segment(0xE1, b"Exif\0\0" + bytes(100)),
        b"\xff\x01\xff\xd0",
    ],
)
def test_exif_behind_other_segments(before: bytes) -> None:
    assert written(read(jpeg(BLOCK, before=before)).when) == WHEN


@pytest.mark.parametrize("order", ["<", ">"])
def test_both_byte_orders(order: str) -> None:
    record = read(jpeg(tiff({0x110: (ASCII, "Camera")}, {0x9003: (ASCII, TAKEN)}, LONDON, order=order)))
    assert written(record.when) == WHEN
    assert (record.lat, dict(record.extra or {})["model"]) == (51.5, "Camera")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks: bytes) -> bytes:
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 6, 8, 0, 0, 0, 0))
        + b"".join(chunks)
        + chunk(b"IEND", b"")
    )


def webp(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for kind, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


VP8X = (b"VP8X", b"\x08\0\0\0" + b"\x07\0\0" + b"\x05\0\0")


def box(kind: bytes, *parts: bytes) -> bytes:
    data = b"".join(parts)
    return struct.pack(">I", len(data) + 8) + kind + data


def heic(
    exif: bytes, *, brand: bytes = b"heic", method: int = 0, version: int = 1, xmp: bytes = b"", to_end: bool = False
) -> bytes:
    """An image of no picture: its EXIF item in `mdat`, or in `idat` (method 1)."""
    wide = version == 2
    number = ">I" if wide else ">H"
    items = [(1, b"Exif", b"", exif), *([(2, b"mime", b"application/rdf+xml\0", xmp)] if xmp else [])]
    infe = [
        box(b"infe", bytes([3 if wide else 2, 0, 0, 0]), struct.pack(number, item), b"\0\0", kind, b"\0", rest)
        for item, kind, rest, _ in items
    ]
    iinf = box(b"iinf", bytes(4) + struct.pack(">H", len(items)), *infe)
    iprp = box(
        b"iprp",
        box(b"ipco", box(b"ispe", struct.pack(">III", 0, 512, 512)), box(b"ispe", struct.pack(">III", 0, 40, 30))),
    )
    payload = b"".join(data for *_, data in items)

    def meta(at: int) -> bytes:
        rows, offset = b"", at
        for item, _, _, data in items:
            length = 0 if to_end else len(data)
            rows += (
                struct.pack(number, item)
                + (struct.pack(">H", method) if version else b"")
                + struct.pack(">HHII", 0, 1, offset, length)
            )
            offset += len(data)
        iloc = box(b"iloc", bytes([version, 0, 0, 0, 0x44, 0]), struct.pack(number, len(items)), rows)
        idat = box(b"idat", payload) if method else b""
        return box(b"meta", bytes(4), iprp, iinf, iloc, idat)

    ftyp = box(b"ftyp", brand + bytes(4) + b"mif1")
    if method:
        return ftyp + meta(0)
    return ftyp + meta(len(ftyp) + len(meta(0)) + 8) + box(b"mdat", payload)


PLAIN_ITEM = struct.pack(">I", 0) + BLOCK
CONTAINERS = {
    "png": png(chunk(b"eXIf", BLOCK), chunk(b"IDAT", b"")),
    "png, exif last": png(chunk(b"IDAT", bytes(70_000)), chunk(b"eXIf", BLOCK)),
    "png, prefixed": png(chunk(b"eXIf", b"Exif\0\0" + BLOCK)),
    "png, odd chunk": png(chunk(b"\xff\xfe\xfd\xfc", b"x"), chunk(b"eXIf", BLOCK)),
    "webp": webp(VP8X, (b"ALPH", b"odd"), (b"EXIF", BLOCK)),
    "webp, prefixed": webp(VP8X, (b"EXIF", b"Exif\0\0" + BLOCK)),
    "tiff": BLOCK,
    "heic": heic(PLAIN_ITEM),
    "heic, exif prefix": heic(struct.pack(">I", 6) + b"Exif\0\0" + BLOCK),
    "heic, wrong offset": heic(struct.pack(">I", 99_999) + b"Exif\0\0" + BLOCK),
    "heic, idat": heic(PLAIN_ITEM, method=1),
    "heic, iloc 0": heic(PLAIN_ITEM, version=0),
    "heic, iloc 2": heic(PLAIN_ITEM, version=2),
    "heic, to the end": heic(PLAIN_ITEM, to_end=True),
    "heix": heic(PLAIN_ITEM, brand=b"heix"),
    "mif1": heic(PLAIN_ITEM, brand=b"mif1"),
    "avif": heic(PLAIN_ITEM, brand=b"avif"),
}
TYPES = {"png": "image/png", "webp": "image/webp", "tiff": "image/tiff", "avif": "image/avif"}


@pytest.mark.parametrize("name", CONTAINERS)
def test_container(name: str) -> None:
    data = CONTAINERS[name]
    assert photo.sniff(source_from(data, "IMG_0001.jpg"))  # whatever it is called
    record = read(data)
    assert written(record.when) == WHEN
    assert record.lat == 51.5
    assert record.flags == ()
    (attachment,) = record.attachments
    assert attachment.type == TYPES.get(name.split(",", maxsplit=1)[0], "image/heic")
    assert (attachment.size, attachment.sha256) == (len(data), source_from(data).sha256)


def test_size_in_pixels() -> None:
    sizes = {
        name: (dict(read(data).extra or {}).get("width"), dict(read(data).extra or {}).get("height"))
        for name, data in CONTAINERS.items()
    }
    assert sizes["png"] == ("8", "6")
    assert sizes["webp"] == ("8", "6")
    assert sizes["heic"] == ("512", "512")
    assert dict(read(jpeg(width=70, height=9)).extra or {}) == {"width": "70", "height": "9"}
    assert dict(read(tiff({0x100: (SHORT, [30]), 0x101: (LONG, [20])})).extra or {}) == {"width": "30", "height": "20"}
    vp8l = webp((b"VP8L", b"\x2f" + struct.pack("<I", 79 | 59 << 14) + bytes(10)))
    assert dict(read(vp8l).extra or {}) == {"width": "80", "height": "60"}
    vp8 = webp((b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 80, 60) + bytes(10)))
    assert dict(read(vp8).extra or {}) == {"width": "80", "height": "60"}


@pytest.mark.parametrize("name", ["png", "png deflated", "webp", "heic"])
def test_xmp_in_a_container(name: str) -> None:
    packet = b"<x><xmp:CreateDate>2024-07-01T14:05:12+01:00</xmp:CreateDate></x>"
    keyword = b"XML:com.adobe.xmp\0"
    data = {
        "png": png(chunk(b"iTXt", keyword + b"\0\0\0\0" + packet)),
        "png deflated": png(chunk(b"iTXt", keyword + b"\1\0en\0\0" + zlib.compress(packet))),
        "webp": webp(VP8X, (b"XMP ", packet)),
        "heic": heic(PLAIN_ITEM, xmp=packet),
    }[name]
    assert written(read(data).when).startswith("2024-07-01 13:05:12Z [offset, second]")


def test_second_exif_block_is_told() -> None:
    record = read(jpeg(BLOCK, before=segment(0xE1, b"Exif\0\0" + tiff({}, {0x9003: (ASCII, "2020:01:01 10:00:00")}))))
    assert record.when is not None
    assert record.when.raw == "DateTimeOriginal 2020:01:01 10:00:00"
    assert record.flags == ("a second EXIF block was not read",)


@pytest.mark.parametrize("brand", [b"isom", b"mp42", b"qt  ", b"M4V ", b"3gp5", b"avc1", b"MSNV", b"crx "])
def test_films_are_not_ours(brand: bytes) -> None:
    assert not photo.sniff(source_from(box(b"ftyp", brand + bytes(4) + b"isommif1heic"), "IMG_0001.HEIC"))


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xd8", b"\x89PNG", b"RIFF1234AVI LIST", b"II*", b"IIII", b"GIF89a", b"%PDF-1.7", b"<html>", b"II+\0"],
)
def test_not_ours(data: bytes) -> None:
    assert not photo.sniff(source_from(data, "photo.jpg"))
    assert isinstance(next(iter(photo.parse(source_from(data)))), Problem)


class Counted(io.BytesIO):
    """Counts what is read of it."""

    total = 0
    calls = 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self.total += len(data)
        self.calls += 1
        return data


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "heic", "tiff"])
def test_only_the_head_is_read(name: str) -> None:
    picture = bytes(20_000_000)
    data = {
        "jpeg": jpeg(BLOCK) + picture,
        "png": png(chunk(b"eXIf", BLOCK), chunk(b"IDAT", picture)),
        "webp": webp(VP8X, (b"VP8 ", picture), (b"EXIF", BLOCK)),
        "heic": heic(PLAIN_ITEM) + box(b"mdat", picture),
        "tiff": BLOCK + picture,
    }[name]
    file = Counted(data)
    record = next(iter(photo.parse(replace(source_from(data), open=lambda: file))))
    assert isinstance(record, Record)
    assert written(record.when) == WHEN
    assert file.total < 10_000


def test_kinds_have_a_media_type() -> None:
    assert {kind_of(data) for data in CONTAINERS.values()} == {"PNG", "WebP", "TIFF", "HEIC", "AVIF"}


@pytest.mark.parametrize(
    "data",
    [
        jpeg_with_exif(
            datetime.fromisoformat("2024-07-01"),
            lat=51.5,
            lon=-0.1,
            gps_time=datetime.fromisoformat("2024-07-01"),
            make="A",
            model="B",
        ),
        *CONTAINERS.values(),
    ],
)
def test_cut_anywhere_gives_one_answer(data: bytes) -> None:
    whole = read(data)
    step = max(1, len(data) // 700)
    for length in range(12, len(data), step):
        (output,) = photo.parse(source_from(data[:length]))
        if isinstance(output, Record) and output.when is not None:
            assert written(output.when)[-19:] == written(whole.when)[-19:]


def test_png_that_inflates_for_ever() -> None:
    bomb = b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(bytes(50_000_000))
    found = find_blocks("PNG", io.BytesIO(png(chunk(b"iTXt", bomb))), 0)
    assert len(found.xmp) <= 1 << 22


def test_endless_segments_and_chunks() -> None:
    file = Counted(b"\xff\xd8" + b"\xff\xe0\0\2" * 300_000)
    assert "too many segments" in find_blocks("JPEG", file, 0).faults[0]
    file = Counted(png(*[chunk(b"tEXt", b"")] * 150_000))
    assert "too many chunks" in find_blocks("PNG", file, 0).faults[0]


@pytest.mark.parametrize("order", ["<", ">"])
def test_xmp_of_a_tiff(order: str) -> None:
    packet = b'<x:xmpmeta><rdf:Description exif:DateTimeOriginal="2026-05-01T14:05:12+01:00"/></x:xmpmeta>'
    for kind, length in ((1, len(packet)), (7, len(packet)), (1, 1 << 31)):
        mark = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
        entries = struct.pack(f"{order}HHHIIHHII", 2, 0x0100, 4, 1, 640, 700, kind, length, 38) + bytes(4)
        data = mark + entries + packet
        (record,) = photo.parse(source_from(data, "a.tif"))
        assert isinstance(record, Record)
        assert record.when is not None
        assert record.when.raw == "XMP exif:DateTimeOriginal 2026-05-01T14:05:12+01:00"
    for broken in (data[:9], data[:20], mark + b"\xff\xff", mark[:4] + b"\xff" * 8):
        assert len(list(photo.parse(source_from(broken, "a.tif")))) == 1


# --- JPEG XL -------------------------------------------------------------------------------------------------------------------------------------------


def jxl_picture(width: int, height: int) -> bytes:
    """The beginning of a picture: its size in bits, the lowest first."""
    bits = at = 0
    for value, count in ((0, 1), (1, 2), (height - 1, 13), (0, 3), (1, 2), (width - 1, 13)):
        bits |= value << at
        at += count
    return b"\xff\x0a" + bits.to_bytes(12, "little")


def jxl(*boxes: bytes) -> bytes:
    return box(b"JXL ", b"\r\n\x87\n") + box(b"ftyp", b"jxl ", bytes(4), b"jxl ") + b"".join(boxes)


PICTURE = box(b"jxlc", jxl_picture(4032, 3024))


@pytest.mark.parametrize("exif", [bytes(4) + BLOCK, struct.pack(">I", 6) + b"Exif\0\0" + BLOCK])
@pytest.mark.parametrize("picture", [PICTURE, box(b"jxlp", bytes(4), jxl_picture(4032, 3024))])
def test_jpeg_xl(exif: bytes, picture: bytes) -> None:
    for data in (jxl(box(b"Exif", exif), picture), jxl(picture, box(b"Exif", exif))):
        assert kind_of(data) == "JPEG XL"
        record = read(data, "photo.jxl")
        assert written(record.when) == WHEN
        assert (record.lat, record.lon) == (51.5, -0.1166667)
        assert (record.extra or {})["width"] == "4032"
        assert (record.extra or {})["height"] == "3024"
        assert record.attachments[0].type == "image/jxl"


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_exiftool_reads_the_same_of_a_jpeg_xl(tmp_path: Path) -> None:
    path = tmp_path / "a.jxl"
    path.write_bytes(jxl(box(b"Exif", bytes(4), BLOCK), PICTURE))
    asked = ["exiftool", "-json", "-n", "-DateTimeOriginal", "-ImageSize", "-Composite:GPSLongitude", str(path)]
    (row,) = json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)
    assert (row["DateTimeOriginal"], row["ImageSize"]) == (TAKEN, "4032 3024")
    assert row["GPSLongitude"] == pytest.approx(-0.1166667)


def test_a_jpeg_xl_without_metadata_or_with_packed_or_broken_ones() -> None:
    assert read(jxl(PICTURE), "IMG_20260503_141415.jxl").flags[-1] == "time from the file name"
    assert "a packed block of metadata was not read" in read(jxl(box(b"brob", b"Exif", b"..."), PICTURE)).flags
    assert "the file breaks off" in read(jxl(PICTURE, struct.pack(">I4s", 1 << 30, b"Exif"))).flags
    (output,) = photo.parse(source_from(jxl(), "a.jxl"))
    assert isinstance(output, Problem)


@given(st.binary(max_size=200), st.sampled_from([b"Exif", b"xml ", b"jxlc", b"jxlp", b"brob"]))
def test_no_jpeg_xl_raises(data: bytes, kind: bytes) -> None:
    for hostile in (jxl(box(kind, data)), jxl() + data, jxl(struct.pack(">I4sQ", 1, kind, len(data)) + data)):
        assert len(list(photo.parse(source_from(hostile, "a.jxl")))) == 1
