"""Times that cannot be right, given to the whole program: each is kept as a row, said, and stands at no edge of a chart."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from test_cli import SMS
from test_traps import read  # noqa: F401 -- a fixture

from sample_data.jpeg import jpeg_with_exif
from sample_data.movie import mp4

HEAD = '<?xml version="1.0"?>\n<gpx version="1.1"><trk><trkseg>\n'


def text(date: str) -> tuple[str, bytes]:
    row = f'<sms address="07700 900123" date="{date}" type="1" body="x" read="1" status="-1" />'
    return "sms.xml", SMS.format(count=1, rows=row).encode()


def mail(date: str) -> tuple[str, bytes]:
    return "m.eml", f"Date: {date}\nFrom: sam@example.org\nTo: robin@example.org\nSubject: x\n\nWords\n".encode()


def chat(year: int) -> tuple[str, bytes]:
    return "chat.txt", f"13/01/{year}, 10:00 - Sam: one\n14/01/{year}, 10:00 - Robin: two\n".encode()


def point(time: str) -> tuple[str, bytes]:
    return "a.gpx", f'{HEAD}<trkpt lat="53.4" lon="-1.8"><time>{time}</time></trkpt></trkseg></trk></gpx>'.encode()


def photo(*when: int) -> tuple[str, bytes]:
    return "photo.jpg", jpeg_with_exif(datetime(*when))  # type: ignore[arg-type]  # year, month, day and so on


NOT_SET = "implausible time, not used: exactly 01/01/1970 or 01/01/1904, from which clocks count: it was not set"
EARLY = "implausible time, not used: before 1990"
LATE = "implausible time, not used: after the file was received"
NEW_YEAR = "implausible time, not used: exactly 00:00:00 on 1 January, which a device shows whose clock was not set"


@pytest.mark.parametrize(
    ("file", "remark"),
    [
        (text("0"), "no time given"),
        (text("-1"), 'date "-1" is not a time'),
        (text("1"), EARLY),
        (text("599616000000"), EARLY),  # 1 January 1989
        (text("4102444800000"), LATE),  # 2100
        (text("99999999999999"), LATE),  # 5138
        (mail("Thu, 1 Jan 1970 00:00:00 +0000"), NOT_SET),
        (mail("Thu, 1 Jan 1970 01:00:00 +0100"), NOT_SET),
        (mail("Thu, 1 Jan 1970 00:00:01 +0000"), EARLY),
        (mail("Mon, 1 Jan 2096 00:00:00 +0000"), LATE),
        (mail("Fri, 1 Jan 1904 00:00:00 +0000"), "Date header unreadable: no time"),
        (chat(2085), LATE),
        (point("1970-01-01T00:00:00Z"), NOT_SET),
        (point("1904-01-01T00:00:00Z"), NOT_SET),
        (point("2094-01-01T00:00:00Z"), LATE),
        (photo(1904, 1, 1), "DateTimeOriginal is not plausible: 1904:01:01 00:00:00"),
        (photo(1970, 1, 1), "DateTimeOriginal is not plausible: 1970:01:01 00:00:00"),
        (photo(1989, 12, 31, 23, 59, 59), "DateTimeOriginal is not plausible: 1989:12:31 23:59:59"),
        (photo(2000, 1, 1), NEW_YEAR),
        (photo(2026, 1, 1), NEW_YEAR),
        (photo(2095, 6, 1), LATE),
        (("20160101_000000_NF.mp4", mp4(seconds=60)), NEW_YEAR),
        (("clip.mp4", mp4(created=datetime(1904, 1, 1))), "no date in the file"),
        (("clip.mp4", mp4(created=datetime(1970, 1, 1))), "no date in the file"),
        (("clip.mp4", mp4(created=datetime(2038, 1, 19, 3, 14, 7))), LATE),
    ],
)
def test_kept_and_said_and_not_used(read: Any, file: tuple[str, bytes], remark: str) -> None:  # noqa: F811 -- the fixture
    found = read(file)
    assert found
    for event in found:
        assert (event["utc"], event["local"], event["until"], event["basis"], event["zone"]) == (
            None,
            None,
            None,
            "",
            "",
        )
        assert remark in event["flags"]


def test_new_year_by_a_phone_is_a_time(read: Any) -> None:  # noqa: F811 -- the fixture
    chat_at_midnight = b"31/12/2025, 23:59 - Sam: one\n01/01/2026, 00:00 - Robin: two\n"
    recorder = "NVR_ch1_main_20260101000000_20260101235960.dav"  # one file a day: its name tells the end as well
    found = read(
        text("1767225600000"),
        ("chat.txt", chat_at_midnight),
        ("IMG-20260101-WA0001.jpg", jpeg_with_exif(None)),
        (recorder, b"DHAV" + b"\0" * 60),
    )
    assert [event["local"] is not None for event in found] == [True] * 5
