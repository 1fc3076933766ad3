"""[[clock]] of case.toml: what is refused, what it is applied to, and how the report lists it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from test_cli import run
from test_timeline import CASE, at, message

from parsers.contract import DAY, DEVICE, EPOCH, LOCAL, MEMORY, MINUTE, OFFSET, SATELLITE, SAVED, Record
from pipeline.case import Case, CaseError, parse
from pipeline.new_case import Beginning, render
from pipeline.records import RecordWriter
from pipeline.timeline.build import build
from pipeline.timeline.corrections import Name
from sample_data.jpeg import jpeg_with_exif

CHECKED = 'by = "PC 0000"\nhow = "speaking clock"\non = 2026-05-02\n'
SOURCES = {
    "aaaaaaaaaaaa": [Name("S1", "card/IMG_0001.jpg", "aaaaaaaaaaaa" + "0" * 52)],
    "bbbbbbbbbbbb": [Name("S2", "zip!card/VID_0002.MP4", "bbbbbbbbbbbb" + "0" * 52)],
}


def case(*clocks: str) -> Case:
    blocks = "".join(f"[[clock]]\n{one}\n{CHECKED}" for one in clocks)
    return parse(f'reference = "x"\n[client]\nname = "Robin"\n{blocks}', Path())


def events(tmp_path: Path, clocks: Case, **sources: Record) -> dict[str, dict[str, Any]]:
    """One record a source; the events by source."""
    writer = RecordWriter(tmp_path / "records.arrow")
    for name, record in sources.items():
        writer.write(name * 12, 0, [record])
    writer.close()
    shards = [(tmp_path / "records.arrow", frozenset[str]())]
    build(clocks, shards, {}, frozenset(), date(2026, 6, 30), tmp_path / "events.parquet", SOURCES)
    return {event["source"][0]: event for event in pq.read_table(tmp_path / "events.parquet").to_pylist()}


@pytest.mark.parametrize(
    ("clock", "said"),
    [
        ('offset = "+00:07:30"', "line 4: clock.1 does not say which clock it is"),
        ('files = ["S1"]', "line 4: clock.1 corrects nothing"),
        ('files = ["S1"]\noffset = "+00:00:00"', "line 4: clock.1 corrects nothing"),
        ('files = ["S1"]\noffset = "7 min"', 'line 6: clock.1.offset "7 min" is not an offset such as'),
        ('files = ["S1"]\noffset = "+00:61"', "line 6: clock.1.offset"),
        ('files = ["S1"]\noffset = 7', "line 6: clock.1.offset must be text in quotes"),
        ('files = ["S1"]\nzone = "London"', 'line 6: clock.1.zone "London" is not a time zone'),
        ('files = ["S1"]\nzone = "UTC"\nfrom = 2026-02-01\nuntil = 2026-01-31', "line 8: clock.1.until is before"),
        ('files = ["S1"]\nzone = "UTC"\nfrom = "soon"', "line 7: clock.1.from must be a date"),
        ('files = [""]\nzone = "UTC"', "line 5: clock.1.files has an empty entry"),
        ('files = "S1"\nzone = "UTC"', "line 5: clock.1.files must be a list"),
        ('modell = "X"\nzone = "UTC"', "line 5: clock.1.modell is not a key that is known here"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(clock: str, said: str) -> None:
    with pytest.raises(CaseError, match=said.replace("[", r"\[")) as raised:
        case(clock)
    assert said in str(raised.value)


@pytest.mark.parametrize("missing", ["by", "how", "on"])
def test_who_checked_it_how_and_when_is_needed(missing: str) -> None:
    kept = "".join(line + "\n" for line in CHECKED.splitlines() if not line.startswith(f"{missing} "))
    with pytest.raises(CaseError, match=rf"clock.1.{missing} is missing"):
        parse(f'reference = "x"\n[client]\nname = "R"\n[[clock]]\nfiles = ["S1"]\nzone = "UTC"\n{kept}', Path())


@pytest.mark.parametrize(
    ("clock", "fits"),
    [
        ('files = ["S1"]', "a"),
        ('files = ["S2"]', "b"),
        ('files = ["img_*.jpg", "S9"]', "a"),
        ('files = ["VID_0002.mp4"]', "b"),
        ('files = ["zip!card/VID_0002.MP4"]', "b"),
        ('files = ["AAAAAAAA"]', "a"),
        ('files = ["aaaa"]', ""),  # too short to be a hash
        ('files = ["*"]', "ab"),
        ('make = "acme"', "ab"),
        ('make = "Acme"\nmodel = "Cam 2"', "b"),
        ('serial = "77"', "a"),
        ('serial = "77"\nfiles = ["S2"]', ""),
        ('make = "Acme"\nfrom = 2026-03-02', "b"),
        ('make = "Acme"\nuntil = 2026-03-01', "a"),
        ('make = "Acme"\nfrom = 2026-03-01\nuntil = 2026-03-02', "ab"),
    ],
)
def test_which_records_it_is_applied_to(tmp_path: Path, clock: str, fits: str) -> None:
    found = events(
        tmp_path,
        case(f'{clock}\noffset = "+00:07:30"'),
        a=message(1, at("2026-03-01T23:59:00", DEVICE), extra={"make": "Acme", "model": "Cam", "serial": "77"}),
        b=message(1, at("2026-03-02T00:00:00", DEVICE), extra={"make": "Acme", "model": "Cam 2"}),
    )
    assert "".join(source for source, event in found.items() if event["correction"] == "clock-1") == fits
    for event in found.values():
        moved = event["local"] - datetime.fromisoformat(event["written"])
        assert moved == (timedelta(minutes=7, seconds=30) if event["correction"] else timedelta(0))
        assert event["basis"] == ("corrected clock" if event["correction"] else "assumed zone")


@pytest.mark.parametrize(
    ("basis", "shift", "zone", "local"),
    [
        (DEVICE, "+00:07:30", "", "13:07:30"),
        (DEVICE, "-01:00:00", "", "12:00:00"),
        (DEVICE, "", "UTC", "14:00:00"),  # a camera that stays on winter time
        (DEVICE, "", "Asia/Shanghai", "06:00:00"),
        (DEVICE, "+00:07:30", "UTC", "14:07:30"),
        (LOCAL, "+00:00:10", "", "13:00:10"),
        (EPOCH, "+00:00:10", "", "14:00:10"),  # 13:00 UTC
        (OFFSET, "+00:00:10", "", "14:00:10"),
        (EPOCH, "", "Asia/Shanghai", ""),  # an instant has no zone to correct
        (MEMORY, "+00:00:10", "", ""),  # nobody's memory is a clock
    ],
)
def test_offset_and_zone(tmp_path: Path, basis: str, shift: str, zone: str, local: str) -> None:
    words = (f'offset = "{shift}"\n' if shift else "") + (f'zone = "{zone}"\n' if zone else "")
    when = at("2026-05-20T13:00:00", basis)
    if basis == OFFSET:
        when = at("2026-05-20T13:00:00", EPOCH)._replace(basis=OFFSET)
    event = events(tmp_path, case(f'files = ["*"]\n{words}'), a=message(1, when))["a"]
    if not local:
        assert (event["correction"], event["flags"]) == ("", "")
        return
    assert (event["local"].strftime("%H:%M:%S"), event["zone"], event["basis"]) == (local, "BST", "corrected clock")
    assert event["utc"] == event["local"].replace(tzinfo=UTC) - timedelta(hours=1)
    was = "14:00:00" if basis in {EPOCH, OFFSET} else "13:00:00"
    assert event["flags"].startswith("clock corrected as case.toml says (")
    assert event["flags"].endswith(f"without that it would be 20/05/2026 {was} BST")


def test_the_end_of_a_range_moves_too(tmp_path: Path) -> None:
    record = message(1, at("2026-05-20T13:00:00", DEVICE), until=at("2026-05-20T13:10:00", DEVICE))
    event = events(tmp_path, case('files = ["*"]\nzone = "UTC"\noffset = "+00:01:00"'), a=record)["a"]
    assert (event["local"].strftime("%H:%M"), event["until"].strftime("%H:%M")) == ("14:01", "14:11")


def test_a_corrected_clock_can_still_fall_into_the_doubled_hour(tmp_path: Path) -> None:
    """At 00:55 on a clock that is ten minutes slow it was 01:05, and that was twice."""
    record = message(1, at("2025-10-26T00:55:00", DEVICE))
    event = events(tmp_path, case('files = ["*"]\noffset = "+00:10:00"'), a=record)["a"]
    assert (event["basis"], event["zone"], event["correction"]) == ("ambiguous hour", "BST or GMT", "clock-1")
    record = message(1, at("2025-10-26T01:05:00", DEVICE))
    event = events(tmp_path, case('files = ["*"]\nzone = "UTC"'), a=record)["a"]  # that clock does not go back
    assert (event["basis"], event["zone"], event["utc_other"]) == ("corrected clock", "GMT", None)


def test_two_corrections_of_one_record_are_refused(tmp_path: Path) -> None:
    clocks = ('files = ["S1"]\nzone = "UTC"', 'make = "Acme"\noffset = "+00:01"')
    record = message(1, at("2026-05-20T13:00:00", DEVICE), extra={"make": "Acme"})
    with pytest.raises(CaseError, match=r"\[\[clock\]\] 1 and \[\[clock\]\] 2 both fit S1, sms 1"):
        events(tmp_path, case(*clocks), a=record)
    apart = (clocks[0] + "\nuntil = 2026-05-19", clocks[1] + "\nfrom = 2026-05-20")
    assert events(tmp_path, case(*apart), a=record)["a"]["correction"] == "clock-2"


def test_other_clocks_of_the_device_move_with_it_and_the_satellite_does_not(tmp_path: Path) -> None:
    record = message(
        1,
        at("2026-05-20T13:00:00", DEVICE),
        kind="photo",
        clocks=((SAVED, at("2026-05-20T13:00:00", DEVICE)), (SATELLITE, at("2026-05-20T12:20:00"))),
    )
    before = events(tmp_path, CASE, a=record)["a"]
    assert before["differing"] == SATELLITE
    after = events(tmp_path, case('files = ["*"]\noffset = "+00:20:00"'), a=record)["a"]
    assert after["differing"] == ""
    assert "13:20:00 BST (2026-05-20T13:00:00), the same" in after["clocks"]


def test_days_are_not_lost(tmp_path: Path) -> None:
    record = message(1, at("2026-05-20T00:00:00", LOCAL, DAY))
    event = events(tmp_path, case('files = ["*"]\noffset = "+00:00:10"'), a=record)["a"]
    assert event["local"] == datetime(2026, 5, 20)
    assert event["correction"] == ""


def test_minutes_stay_minutes(tmp_path: Path) -> None:
    event = events(
        tmp_path, case('files = ["*"]\noffset = "+00:05"'), a=message(1, at("2026-05-20T13:00", LOCAL, MINUTE))
    )["a"]
    assert (event["local"].strftime("%H:%M"), event["precision"]) == ("13:05", "minute")


def test_through_the_whole_program(tmp_path: Path) -> None:
    run("new", tmp_path / "case", "--no-input", "--client", "Robin")
    (tmp_path / "IMG_20260520_130000.jpg").write_bytes(
        jpeg_with_exif(datetime(2026, 5, 20, 13), make="Acme", model="Cam 2")
    )
    run("add", tmp_path / "case", tmp_path / "IMG_20260520_130000.jpg", "--no-input")
    toml = tmp_path / "case" / "case.toml"
    toml.write_text(
        toml.read_text("utf-8")
        + f'\n[[clock]]\nmodel = "Cam 2"\noffset = "+00:07:30"\n{CHECKED}\n[[clock]]\nfiles = ["S7"]\nzone = "UTC"\n{CHECKED}',
        "utf-8",
    )
    output = run("report", tmp_path / "case", "--output", tmp_path / "out").output
    assert "[[clock]] 2 fits no record" in output
    assert "[[clock]] 1" not in output
    html = (tmp_path / "out" / "report.html").read_text("utf-8")
    for words in ("Corrections of clocks, from case.toml", "model Cam 2", "+00:07:30 added", "speaking clock", "none: it fits no record"):  # fmt: skip
        assert words in html
    csv = (tmp_path / "out" / "chronology.csv").read_text("utf-8-sig")
    assert "13:07:30" in csv
    assert "without that it would be 20/05/2026 13:00:00 BST" in csv


def test_the_example_in_a_new_case_toml_is_right_when_its_marks_are_taken_away() -> None:
    text = render(Beginning("x", "Robin"))
    example = "".join(f"{line[2:]}\n" for line in text[text.index("# [[clock]]") :].split("\n\n")[0].splitlines())
    (check,) = parse(f"{text}\n{example}", Path()).clocks
    assert (check.files, check.offset_words, check.by) == (("IMG_*.jpg",), "+00:07:30", "Jo Example")
