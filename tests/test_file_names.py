"""Times in file names: every row of the reference's list, traps of order and length, what must give nothing."""

from __future__ import annotations

import csv
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import REAL, source_from, written
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.contract import DAY, EPOCH, FILE_NAME, INSTANTS, MINUTE, OFFSET, SECOND, SUBSECOND, Moment
from parsers.contract import UTC as STATED_UTC
from parsers.file_names import RULES, SAVED, read_name, time_in_name
from pipeline import evidence, intake
from pipeline.new_case import Beginning, make
from sample_data.movie import mp4

NAMES = REAL / "media" / "FILENAMES.tsv"
SHOWN_ONLY = {
    # the list gives the clock in the folder; the count in the name is the truth, as its note says
    "2025060107/46M14S_1748735174.mp4": "2025-05-31T23:46:14",
}


def rows() -> list[dict[str, str]]:
    if not NAMES.exists():
        return []
    with NAMES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def clock(moment: Moment | None, like: str) -> str:
    """A moment as the list writes it: as long as `like`, cut and not rounded."""
    if moment is None:
        return ""
    when = datetime(1970, 1, 1) + timedelta(microseconds=moment.micros)
    return when.isoformat(timespec="microseconds")[: len(like)]


@pytest.mark.skipif(not NAMES.exists(), reason="the list of names is not here")
@pytest.mark.parametrize("row", rows(), ids=lambda row: row["name"])
def test_every_name_of_the_list(row: dict[str, str]) -> None:
    found = read_name(row["name"])
    start = SHOWN_ONLY.get(row["name"], row["start"])
    if not start:
        assert found is None or found.when is None
        return
    assert found is not None
    assert found.when is not None
    if len(start) == 25 and start[-6] in "+-":
        stated = datetime.fromisoformat(start).astimezone(UTC)
        assert (clock(found.when, start[:19]), found.when.basis) == (stated.isoformat()[:19], OFFSET)
        return
    plain = start.removesuffix("Z")
    assert clock(found.when, plain) == plain
    assert clock(found.until, row["end"].removesuffix("Z")) == row["end"].removesuffix("Z")
    instant = (
        any(word in row["tz"] + row["note"] for word in ("UTC epoch", "GMT", "epoch in name")) or row["tz"] == "UTC"
    )
    assert (found.when.basis in INSTANTS) == instant
    assert found.when.precision == (DAY if len(plain) == 10 else MINUTE if len(plain) == 16 else found.when.precision)
    assert (found.kind == SAVED) == any(
        word in row["note"] for word in ("sent/received", "message time", "time saved")
    ) or "WA" in row["name"]


@pytest.mark.skipif(not NAMES.exists(), reason="the list of names is not here")
def test_the_list_was_read() -> None:
    assert len(rows()) >= 50
    assert set(SHOWN_ONLY) <= {row["name"] for row in rows()}


# name (with folders), moment, end, camera
MADE = [
    ("PXL_20260301_073015123.NIGHT.jpg", "2026-03-01 07:30:15.123000Z [utc, subsecond]", "", ""),
    ("Copy of PXL_20260301_073015123~2.jpg", "2026-03-01 07:30:15.123000Z [utc, subsecond]", "", ""),
    ("vid_20260301_073015 (1).MP4", "2026-03-01 07:30:15 [file name, second]", "", ""),
    ("WhatsApp Video 2026-03-01 at 9.05.10 PM.mp4", "2026-03-01 21:05:10 [file name, second]", "", ""),
    ("Screenshot 2026-03-01 at 12.05.10\u202fAM.png", "2026-03-01 00:05:10 [file name, second]", "", ""),
    ("Front Door - 12-31-2026, 12.00.00am.mp4", "2026-12-31 00:00:00 [file name, second]", "", "Front Door"),
    ("RecM03_20261231_235950_000010_6D28808_1.mp4", "2026-12-31 23:59:50 [file name, second]", "2027-01-01 00:00:10", "M03"),
    ("ch1_main_20260330000000_20260330000060.dav", "2026-03-30 00:00:00 [file name, second]", "", ""),
    ("IPC_ch1_main_20260330235900_20260330235960.dav", "2026-03-30 23:59:00 [file name, second]", "2026-03-31 00:00:00", "IPC_ch1"),
    ("cctv.zip!2026-03-06/001/dav/23/23.59.32-00.00.10[M][0@0][0].dav", "2026-03-06 23:59:32 [file name, second]", "2026-03-07 00:00:10", ""),
    ("usb\\record\\20260503\\14\\22.mp4", "2026-05-03 14:22:00 [file name, minute]", "", ""),
    ("a/recordings/2026-08-10/13/front/05.20.mp4", "2026-08-10 13:05:20Z [utc, second]", "", "front"),
    ("46M14S_1748735174.mp4", "2025-05-31 23:46:14Z [epoch, second]", "", ""),
    ("Side_Gate_2026-07-09T10_30_54+0100.mp4", "2026-07-09 09:30:54Z [offset, second]", "", "Side_Gate"),
    ("cam 2026-07-01T14-05-12+0100.mp4", "2026-07-01 13:05:12Z [offset, second]", "", ""),
    ("2026-07-01 14.05.12.mp4", "2026-07-01 14:05:12 [file name, second]", "", ""),
    ("doorbell-20260701T140512Z.mp4", "2026-07-01 14:05:12Z [utc, second]", "", ""),
    ("20260701140512.mp4", "2026-07-01 14:05:12 [file name, second]", "", ""),
    ("cam2_2026-07-01_14-05-12_clip.mp4", "2026-07-01 14:05:12 [file name, second]", "", ""),
    ("IMG_20260301_073015123_HDR.jpg", "2026-03-01 07:30:15.123000 [file name, subsecond]", "", ""),
    ("VID20260301073015.mp4", "2026-03-01 07:30:15 [file name, second]", "", ""),
    ("00100lrPORTRAIT_00100_BURST20260301073015123_COVER.jpg", "2026-03-01 07:30:15.123000 [file name, subsecond]", "", ""),
    ("00000012-PHOTO-2026-03-01-21-14-05.jpg", "2026-03-01 21:14:05 [file name, second]", "", ""),
    ("WhatsApp-Image-2026-03-01-at-21.14.05.jpeg", "2026-03-01 21:14:05 [file name, second]", "", ""),
    ("signal-2026-03-01-21-14-05-123-1.jpg", "2026-03-01 21:14:05.123000 [file name, subsecond]", "", ""),
    ("signal-attachment-2026-03-01-211405.jpeg", "2026-03-01 21:14:05 [file name, second]", "", ""),
    ("photo_2026-03-01_21-14-05 (2).jpg", "2026-03-01 21:14:05 [file name, second]", "", ""),
    ("video_12@01-03-2026_21-14-05.mp4", "2026-03-01 21:14:05 [file name, second]", "", ""),
    ("viber_image_2026-03-01_21-14-05-123.jpg", "2026-03-01 21:14:05.123000 [file name, subsecond]", "", ""),
    ("threema-20260301-211405123.jpg", "2026-03-01 21:14:05.123000 [file name, subsecond]", "", ""),
    ("Screenshot_2026-03-01-21-14-05-45_40deb401b9ffe8e1df2f1cc5ba480b12.jpg", "2026-03-01 21:14:05 [file name, second]", "", ""),
    ("Screenshot 2026-03-01 211405.png", "2026-03-01 21:14:05 [file name, second]", "", ""),
    ("2026_0301_211405_PR.MP4", "2026-03-01 21:14:05 [file name, second]", "", ""),
    ("1772399645-1772399700.mp4", "2026-03-01 21:14:05Z [epoch, second]", "2026-03-01 21:15:00Z", ""),
]  # fmt: skip


@pytest.mark.parametrize(("path", "moment", "until", "camera"), MADE)
def test_name(path: str, moment: str, until: str, camera: str) -> None:
    name = path.replace("\\", "/").rpartition("/")[2]
    source = source_from(b"", path)
    found = time_in_name(source.__class__(**{**vars(source), "name": name}))
    assert found is not None
    assert written(found.when).startswith(moment)
    assert written(found.until).startswith(until)
    assert until or path.startswith("ch1_main") or found.until is None
    assert camera in {found.camera, ""}


NOTHING = [
    "clip.mp4",
    "IMG_4021.MOV",
    "hiv00000.mp4",
    "GRMN0001.MP4",
    "DSC_0042.JPG",
    "07700900123.mp4",
    "1234567890123456789012.mp4",
    "92026070114051299.mp4",
    "20260230_101010.mp4",
    "20261301_101010.mp4",
    "20260701_251010.mp4",
    "20260701_106110.mp4",
    "20260701_101061.mp4",
    "201001_051213.MP4",
    "VID_20260230_154038.mp4",
    "Front Door - 13-9-2026, 11.21.12pm.mp4",
    "Front Door - 9-13-2026, 13.21.12pm.mp4",
    "0000000001-0000000002.mp4",
    "1772399645-1702399645.mp4",  # two numbers that are not start and end
    "1702399645-1772399645.mp4",
    "07700900461.jpg",
    "447700900461.jpg",
    "203-1234567-1234567.jpg",
    "order-20260511051234567.jpg",
    "AB20260511051234567CD.jpg",
    "20261105_1015051234567_n.jpg",
    "123456789_20261105101112134_n.jpg",
    "4f2a9c0b1e7d5a6b8c9d0e1f2a3b4c5d6e7f8091.jpg",
    "3f2504e0-4f89-11d3-9a0c-0305e82c3301.jpg",
    "4929123456781234.jpg",
    "1772399645123.jpg",
    "1772399645.mp4",
    "20260503/14/22.jpg",  # a folder of a day, a folder and a picture with numbers
    "2026-05-03/14/Holiday/05.20.jpg",
    "2026-01-03 21.45.12+0001.jpg",
    "photo_1@13-13-2026_21-14-05.jpg",
    "IMG_20260103_2145121234.jpg",
    "Side_Gate_2026-07-09T10_30_54+1900.mp4",
    "2026-07-01/clip.mp4",
    "20260701_101010/clip.mp4",
    "",
    "a" * 300 + "_20260701_101010.mp4",
]


@pytest.mark.parametrize("name", NOTHING)
def test_no_time_in_the_name(name: str) -> None:
    found = time_in_name(source_from(b"", name)) if name else read_name(name)
    assert found is None or found.when is None


def test_the_bases_differ() -> None:
    found = [read_name(path.replace("!", "/").replace("\\", "/")) for path, *_ in MADE]
    assert {one.when.basis for one in found if one and one.when} == {STATED_UTC, EPOCH, FILE_NAME, OFFSET}


def test_default_date_of_a_camera_is_flagged() -> None:
    found = read_name("20160101_000012_NF.mp4")
    assert found is not None
    assert found.flags == ("may be the camera's default date",)
    midnight = read_name("NVR_ch1_main_20260330000000_20260330235960.dav")
    assert midnight is not None
    assert midnight.flags == ()


def test_end_before_start_is_not_used() -> None:
    found = read_name("NVR_ch1_main_20241118083054_20231118083251.mp4")
    assert found is not None
    assert found.until is None
    assert found.flags == ("the end in the file name is before the start",)


def test_ids_of_ring_are_a_hint_only() -> None:
    found = read_name("RingVideo_6763648097558121116.mp4")
    assert found is not None
    assert found.when is None
    assert found.flags == ("the number in the file name hints at 2019-11-26 16:09:00 UTC, which can be a day wrong",)


@given(when=st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)))
@settings(max_examples=80)
def test_a_written_time_comes_back(when: datetime) -> None:
    when = when.replace(microsecond=0)
    for pattern in (
        "VID_%Y%m%d_%H%M%S.mp4",
        "NO%Y%m%d-%H%M%S-000037F.MP4",
        "%y%m%d_%H%M%S_001_FH.MP4",
        "%Y_%m%d_%H%M%S_042.MP4",
        "%Y-%m-%d %H.%M.%S.jpg",
    ):
        found = read_name(when.strftime(pattern))
        assert found is not None
        assert found.when is not None
        assert clock(found.when, "2026-01-01T00:00:00") == when.isoformat()
        assert found.when.precision in {SECOND, SUBSECOND}


@given(st.text(alphabet="0123456789_-./ TZampIMGVDchRec+", max_size=120))
@settings(max_examples=200)
def test_no_name_raises(name: str) -> None:
    read_name(name)
    time_in_name(source_from(b"", name or "x"))


def test_every_rule_is_used_by_some_name() -> None:
    used = {
        found.maker
        for path in [*(row["name"] for row in rows()), *(path for path, *_ in MADE)]
        if (found := read_name(path.replace("\\", "/")))
    }
    assert not NAMES.exists() or {rule.maker for rule in RULES} <= used


FOLDERS = {
    "2021-03-06/001/dav/10/10.27.32-10.28.00[M][0@0][0].dav": ("2021-03-06T10:27:32", "Dahua camera"),
    "record/20210503/14/22.mp4": ("2021-05-03T14:22:00", "Wyze"),
    "2025060107/46M14S_1748735174.mp4": ("2025-05-31T23:46:14", "Xiaomi camera"),
    "2026Y06M25D20H/E123M45S67.mp4": ("2026-06-25T20:23:45", "Yi camera"),
    "recordings/2023-08-10/13/front/05.20.mp4": ("2023-08-10T13:05:20", "Frigate"),
    "TeslaCam/SentryClips/2025-11-08_16-41-34/2025-11-08_16-31-34-front.mp4": ("2025-11-08T16:31:34", "Tesla"),
}
"""Cards and shares whose date stands in a folder, or in a folder too."""


@pytest.mark.parametrize("zipped", [False, True])
def test_folders_of_clips_are_read_from_end_to_end(tmp_path: Path, zipped: bool) -> None:  # noqa: FBT001
    card = tmp_path / "card"
    for number, name in enumerate(FOLDERS):
        path = card / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"DHAV" + bytes([number]) * 60 if name.endswith(".dav") else mp4(seconds=number + 1))
    given = card
    if zipped:
        given = tmp_path / "card.zip"
        with zipfile.ZipFile(given, "w") as archive:
            for path in sorted(card.rglob("*.*")):
                if path.is_file():
                    archive.write(path, path.relative_to(card).as_posix())
    case = make(tmp_path / "case", Beginning("card", "Me Example", subjects=("Sam Example: 07700 900123",)))
    evidence.receive(case.folder, [given], lambda *_: None)
    timeline = intake.bring_up_to_date(case, lambda *_: None)
    events = {row["source"]: row for row in pq.read_table(timeline.events).to_pylist()}
    rows = {
        row.file.partition("!" if zipped else "/")[2]: events.get(row.key) for row in timeline.sources if row.events
    }
    assert set(rows) == set(FOLDERS)
    for name, (clock, maker) in FOLDERS.items():
        event = rows[name]
        assert event is not None
        instant = event["clock"] in INSTANTS
        when = event["utc"] if instant else event["local"]
        assert (when.replace(tzinfo=None).isoformat()[:19], json.loads(event["extra"])["named_by"]) == (clock, maker)


@pytest.mark.parametrize(
    "name",
    [
        "IMG-20260301-WA0001.jpg",
        "00000012-PHOTO-2026-03-01-21-14-05.jpg",
        "WhatsApp Image 2026-03-01 at 21.14.05.jpeg",
        "signal-2026-03-01-211405.jpeg",
        "photo_2026-03-01_21-14-05.jpg",
        "photo_1@01-03-2026_21-14-05.jpg",
        "viber_image_2026-03-01_21-14-05-123.jpg",
        "threema-20260301-211405123.jpg",
    ],
)
def test_messengers_name_by_sending_or_saving(name: str) -> None:
    found = read_name(name)
    assert found is not None
    assert (found.kind, found.flags) == (
        SAVED,
        ("the file name tells when it was sent or saved, not when it was taken",),
    )


@given(st.text("0123456789", min_size=1, max_size=30))
def test_a_bare_number_is_a_time_only_with_all_figures_of_one(number: str) -> None:
    found = read_name(f"{number}.jpg")
    assert found is None or len(number) == 14
    for name in (f"IMG_{number}.jpg", f"+{number}.mp4", f"x{number}x.png"):
        found = read_name(name)
        assert found is None or len(number) in {14, 17}
