"""The fields of a TIFF block: what is left out, what is told, and that ExifRead never sees a hostile value."""

from __future__ import annotations

import io
import struct

import pytest
from conftest import source_from

from parsers import exif_fields, photo
from parsers.contract import Record
from sample_data.jpeg import ASCII, RATIONAL, UNDEFINED, Entries, jpeg, tiff

TAKEN = "2024:07:01 14:05:12"


def read(data: bytes) -> Record:
    (output,) = photo.parse(source_from(data))
    assert isinstance(output, Record), output
    return output


def shot(exif: Entries | None = None, image: Entries | None = None) -> Record:
    return read(jpeg(tiff(image or {}, {0x9003: (ASCII, TAKEN), **(exif or {})})))


class Counted(io.BytesIO):
    """Counts what is read of it."""

    total = 0
    calls = 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self.total += len(data)
        self.calls += 1
        return data


def entry(tag: int, kind: int, count: int, slot: int) -> bytes:
    return struct.pack(">HHII", tag, kind, count, slot)


def block_of(*entries: bytes, tail: bytes = b"") -> bytes:
    return b"MM\0*\0\0\0\x08" + struct.pack(">H", len(entries)) + b"".join(entries) + bytes(4) + tail


@pytest.mark.parametrize("count", [30_000_000, 2**32 - 1])
@pytest.mark.parametrize("tag", [0x010F, 0x0132, 0x927C, 0x9286, 0x9003, 0x0002])
@pytest.mark.parametrize("kind", [1, 2, 5, 7, 12])
def test_huge_counts_are_left_out(count: int, tag: int, kind: int) -> None:
    """ExifRead would read 30 million values one by one; what it is given stays small."""
    model = entry(0x0110, 2, 4, int.from_bytes(b"Cam\0", "big"))
    block = Counted(block_of(model, entry(tag, kind, count, 0)))
    assert len(exif_fields._excerpt(block, {})) < 200
    assert block.calls < 10
    assert dict(read(jpeg(block.getvalue())).extra or {})["model"] == "Cam"


@pytest.mark.parametrize("kind", [1, 3, 4, 5, 7, 9, 10, 11, 12])
def test_wrong_type_of_a_wanted_field_is_told_or_read(kind: int) -> None:
    block = block_of(entry(0x0110, 2, 4, int.from_bytes(b"Cam\0", "big")), entry(0x0132, kind, 9999, 8))
    record = read(jpeg(block))
    assert "DateTime is damaged or too long and was not read" in record.flags
    assert dict(record.extra or {})["model"] == "Cam"


def test_a_field_of_megabytes_is_not_read() -> None:
    """A TIFF file is its own block: its size is no bound."""
    file = Counted(
        block_of(
            entry(0x0110, 2, 4, int.from_bytes(b"Cam\0", "big")), entry(0x010E, 2, 5_000_000, 40), tail=b"x" * 6_000_000
        )
    )
    fields = exif_fields.read_fields(file)
    assert fields.text("Image Model") == "Cam"
    assert fields.faults == ("ImageDescription is damaged or too long and was not read",)
    assert file.total < 1000


def test_directories_that_point_at_each_other() -> None:
    """Each of 5,000 pointers leads to the same directory of 5,000 pointers: only the first of each is followed."""
    block = Counted(block_of(*[entry(0x8769, 4, 1, 8), entry(0x8825, 4, 1, 8)] * 2500))
    exif_fields.read_fields(block)
    assert block.calls < 20


def test_a_damaged_field_costs_only_itself() -> None:
    good = tiff({0x010F: (ASCII, "Maker"), 0x0110: (ASCII, "Camera")}, {0x9003: (ASCII, TAKEN)})
    at = good.index(struct.pack(">HH", 0x010F, ASCII))
    bad = good[: at + 8] + b"\x7f\xff\xff\xff" + good[at + 12 :]  # its value lies behind the end
    record = read(jpeg(bad))
    assert "Make is damaged or too long and was not read" in record.flags
    assert record.when is not None
    assert dict(record.extra or {})["model"] == "Camera"


def test_text_under_the_wrong_type_is_read() -> None:
    record = shot({0x9003: (UNDEFINED, TAKEN.encode())})
    assert record.when is not None
    assert record.when.raw == f"DateTimeOriginal {TAKEN}"


def test_texts_that_are_not_utf8() -> None:
    entries = {
        0x010F: (ASCII, "Caméra".encode("latin-1") + b"\0"),
        0x0110: (ASCII, b"\x81\x8d\0"),
        0x0131: (ASCII, "Tĕst"),
    }
    record = shot(image=entries)
    extra = dict(record.extra or {})
    assert (extra["make"], extra["model"], extra["software"]) == ("Caméra", "\ufffd\ufffd", "Tĕst")
    assert record.flags == ("Model holds broken characters",)


def test_a_field_that_occurs_twice() -> None:
    first, second = (entry(0x0110, 2, 4, int.from_bytes(name, "big")) for name in (b"One\0", b"Two\0"))
    record = read(jpeg(block_of(first, second)))
    assert dict(record.extra or {})["model"] == "One"
    assert "Model occurs twice: the first was read" in record.flags


def test_exifread_failing_is_a_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("exifread.process_file", fail)
    record = read(jpeg(tiff({0x0110: (ASCII, "Camera")}, {0x9003: (ASCII, TAKEN)})))
    assert record.flags == ("the EXIF block could not be read (MemoryError)", "no date in the file")


@pytest.mark.parametrize("kind", [4, 9, 13])
def test_a_pointer_may_be_of_any_type_of_32_bits(kind: int) -> None:
    """Signed in some edited Canon pictures, type 13 (IFD) in TIFF/EP."""
    whole = tiff({}, {0x9003: (ASCII, TAKEN)}, {1: (ASCII, "N"), 2: (RATIONAL, [(51, 1), (30, 1), (0, 1)]), 3: (ASCII, "W"), 4: (RATIONAL, [(0, 1), (8, 1), (24, 1)])})  # fmt: skip
    for tag in (0x8769, 0x8825):
        whole = whole.replace(struct.pack("<HHI", tag, 4, 1), struct.pack("<HHI", tag, kind, 1))
    record = read(jpeg(whole))
    assert (record.lat, record.lon, record.flags) == (51.5, -0.14, ())
    assert record.when is not None
