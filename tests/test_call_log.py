"""Call logs and phone bills."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from conftest import REAL, problems_of, records_of, source_from, source_of
from conftest import written as shown
from hypothesis import given
from hypothesis import strategies as st
from test_tables import book_of, wall

from parsers.call_log import parse, sniff
from parsers.contract import EPOCH, LOCAL, MINUTE, OFFSET, SECOND, Note, Output, Problem, Question, Record
from parsers.dates import micros

APP = "Name,Number,Date,Time,Type,Duration"
BILL = "Date,Time,Called No,Duration,Cost"


def read(*rows: str, headings: str = APP, answers: dict[str, str] | None = None) -> list[Output]:
    source = source_from("\n".join([headings, *rows]).encode(), "calls.csv", answers)
    assert sniff(source)
    return list(parse(source))


def one(*rows: str, headings: str = APP) -> Record:
    return records_of(read(*rows, headings=headings))[0]


@pytest.mark.skipif(not REAL.exists(), reason="the real exports are not here")
def test_the_vodafone_layout() -> None:
    path = REAL / "messages" / "phone_bill_csv" / "synthetic_vodafone_uk_shape.csv"
    data, text, call = records_of(parse(source_of(path)))
    assert (data.kind, data.channel, data.direction) == ("notice", "mobile data", "")
    assert (text.kind, text.channel, text.direction, text.recipients) == ("message", "SMS", "out", ("447700900123",))
    assert (call.kind, call.seconds, call.direction, call.recipients) == ("call", 192, "out", ("07700 900 456",))


def test_the_layout_settles_day_and_month_only_where_it_is_known() -> None:
    vodafone = "Phone number,User name,Date,Time,Dialled number,Total call duration,Total data volume,Usage charge,Bundle indicator,More details"
    row = "07700 900 001,X,01/05/2016,07:49,447700900123,00:00:10,0 KB,0.00,I,"
    (record,) = records_of(read(row, headings=vodafone))
    assert record.when is not None
    assert record.when.micros == micros(datetime(2016, 5, 1, 7, 49))
    with pytest.raises(Question):
        read(row, headings=vodafone.replace("User name", "Who"))
    (month_first,) = records_of(read(row.replace("01/05/2016", "05/31/2016"), headings=vodafone))
    assert month_first.when is not None
    assert month_first.when.micros == micros(datetime(2016, 5, 31, 7, 49))


@pytest.mark.parametrize(
    ("word", "direction", "status"),
    [
        ("Incoming", "in", ""),
        ("INCOMING CALL", "in", ""),
        ("In", "in", ""),
        ("Received", "in", ""),
        ("Missed", "in", "missed"),
        ("Missed call", "in", "missed"),
        ("Rejected", "in", "rejected"),
        ("Declined", "in", "rejected"),
        ("Blocked", "in", "blocked"),
        ("Voicemail", "in", "voicemail"),
        ("Answered externally", "in", "answered elsewhere"),
        ("Outgoing", "out", ""),
        ("Out call", "out", ""),
        ("Dialled", "out", ""),
        ("Outgoing - no answer", "out", ""),
        ("Answered", "", "answered"),
        ("WiFi", "", ""),
        ("Calls in bundle", "", ""),
        ("Incoming and outgoing", "", ""),
        ("2", "", ""),
    ],
)
def test_direction_is_the_word_of_the_file(word: str, direction: str, status: str) -> None:
    record = one(f"Sam,07700 900123,2024-03-12,21:15,{word},5")
    assert (record.direction, record.status) == (direction, status)
    assert record.extra is not None
    assert record.extra["Type"] == word
    assert (f'direction not known: "{word}"' in record.flags) == (direction == "")
    assert record.sender == (None if direction == "out" else "07700 900123")
    assert record.recipients == (("07700 900123",) if direction == "out" else ())


def test_a_bill_lists_outgoing_calls() -> None:
    record = one("2024-03-12,21:15,07700900123,00:01:00,0.10", headings=BILL)
    assert (record.direction, record.sender, record.recipients, record.seconds) == ("out", None, ("07700900123",), 60)
    log = one("2024-03-12,21:15,07700900123,00:01:00", headings="Date,Time,Caller number,Duration")
    assert (log.direction, log.sender, log.flags) == ("", "07700900123", ("direction not given",))


def test_a_zone_behind_the_clock() -> None:
    """In summer GMT is not the clock on the wall."""
    for text, clock in (
        ("13/07/2024,21:15 GMT", "21:15:00Z [utc"),
        ("13/07/2024,9.15pm BST", "20:15:00Z [offset"),
        ("13/07/2024,21:15", "21:15:00 [local"),
    ):
        record = one(f"{text},07700900123,00:01:00,0.10", headings=BILL)
        assert shown(record.when).startswith(f"2024-07-13 {clock}")


def test_two_columns_of_numbers() -> None:
    headings = "From,To,Date,Duration,Direction"
    incoming = one("07700900123,01632960001,2024-03-12 21:15,5,in", headings=headings)
    assert (incoming.sender, incoming.recipients) == ("07700900123", ())
    outgoing = one("01632960001,07700900123,2024-03-12 21:15,5,out", headings=headings)
    assert (outgoing.sender, outgoing.recipients) == (None, ("07700900123",))
    neither = one("01632960001,07700900123,2024-03-12 21:15,5,x", headings=headings)
    assert (neither.sender, neither.recipients) == ("01632960001", ("07700900123",))


@pytest.mark.parametrize("words", ["", "Withheld", "PRIVATE", "Unknown", "Anonymous", "No Caller ID", "-1"])
def test_withheld_numbers(words: str) -> None:
    record = one(f",{words},2024-03-12,21:15,Incoming,5")
    assert (record.sender, record.flags) == ("", ("withheld",))
    assert (record.extra or {}).get("Number", "") == words


def test_an_outgoing_call_without_a_number_is_not_withheld() -> None:
    assert one(",,2024-03-12,21:15,Outgoing,5").flags == ("no number given",)


@pytest.mark.parametrize(
    ("written", "sender", "flag"),
    [
        ("4.47701E+11", "4.47701E+11", "number damaged by a spreadsheet"),
        ("7700900123", "7700900123", "the leading 0 of the number may be missing"),
        ("  07700 900123 ", "07700 900123", ""),
        ('"=""07700900123"""', "07700900123", ""),
        ("'07700900123", "07700900123", ""),
        ("60777", "60777", ""),
        ("e1f2@example.org", "e1f2@example.org", ""),
    ],
)
def test_numbers_stay_as_written(written: str, sender: str, flag: str) -> None:
    record = one(f"Sam,{written},2024-03-12,21:15,Incoming,5")
    assert (record.sender, record.flags) == (sender, (flag,) if flag else ())


@pytest.mark.parametrize(
    ("written", "micro", "basis", "precision"),
    [
        ("2024-03-12,21:15", micros(wall(2024, 3, 12, 21, 15)), LOCAL, MINUTE),
        ("13/03/2024,21:15:07", micros(wall(2024, 3, 13, 21, 15, 7)), LOCAL, SECOND),
        ("13 Mar 2024 9:15 PM,", micros(wall(2024, 3, 13, 21, 15)), LOCAL, MINUTE),
        ("1710278100,", 1710278100_000_000, EPOCH, SECOND),
        ("1710278100123,", 1710278100_123_000, EPOCH, "subsecond"),
        ("2024-03-12T21:15:00+01:00,", micros(datetime(2024, 3, 12, 20, 15, tzinfo=UTC)), OFFSET, SECOND),
        ("2024-03-12 21:15Z,", micros(datetime(2024, 3, 12, 21, 15, tzinfo=UTC)), OFFSET, MINUTE),
    ],
)
def test_times_as_written(written: str, micro: int, basis: str, precision: str) -> None:
    when = one(f"Sam,07700 900123,{written},Incoming,5").when
    assert when is not None
    assert when[:3] == (micro, basis, precision)


def test_a_row_without_a_date_is_a_problem() -> None:
    outputs = read(
        "Sam,07700 900123,2024-03-12,21:15,Incoming,5",
        "Total,,,,,5",
        "Sam,07700 900123,31/02/2024,21:15,Incoming,5",
        answers={"day_first": "yes"},
    )
    assert problems_of(outputs) == [
        Problem("line 3", "no date in this row", "Total | 5"),
        Problem("line 4", "the date cannot be read", "Sam | 07700 900123 | 31/02/2024 | 21:15 | Incoming | 5"),
    ]
    assert len(records_of(outputs)) == 1


def rows_of(*dates: str) -> list[str]:
    return [f"Sam,07700 900123,{day},21:15,Incoming,5" for day in dates]


def test_day_and_month() -> None:
    def days(*dates: str, answers: dict[str, str] | None = None) -> list[str]:
        return [
            str(datetime.fromtimestamp(r.when.micros / 1e6, UTC).date())
            for r in records_of(read(*rows_of(*dates), answers=answers))
            if r.when
        ]

    assert days("03/04/2024", "13/04/2024") == ["2024-04-03", "2024-04-13"]
    assert days("03/04/2024", "03/14/2024") == ["2024-03-04", "2024-03-14"]
    assert days("03/04/2024", "05/04/2024", "01/05/2024") == [
        "2024-04-03",
        "2024-04-05",
        "2024-05-01",
    ]  # only this reading is in order
    assert days("05/01/2024", "04/05/2024", "04/03/2024") == [
        "2024-05-01",
        "2024-04-05",
        "2024-04-03",
    ]  # newest first, month first
    assert days("03/04/2024", answers={"day_first": "no"}) == ["2024-03-04"]
    with pytest.raises(Question):
        days("03/04/2024", "05/04/2024")
    with pytest.raises(Question, match="joined"):
        days("13/04/2024", "03/14/2024")
    outputs = read(*rows_of("13/04/2024", "03/14/2024"), answers={"day_first": "yes"})
    assert [type(output).__name__ for output in outputs[:2]] == ["Record", "Problem"]


@pytest.mark.parametrize(
    ("heading", "written", "seconds", "note"),
    [
        ("Duration", "0001:02:03", 3723, ""),
        ("Duration", "02:03", 123, "1 length(s) with one colon, read as minutes:seconds"),
        ("Duration (mm:ss)", "02:03", 123, ""),
        ("Duration (hh:mm)", "02:03", 7380, ""),
        ("Duration", "192", 192, "1 length(s) written as a bare number, read as seconds"),
        ("Duration (secs)", "192", 192, ""),
        ("Mins", "3", 180, ""),
        ("Length", "1h 2m", 3720, ""),
    ],
)
def test_lengths(heading: str, written: str, seconds: float, note: str) -> None:
    outputs = read(f"07700 900123,2024-03-12,Incoming,{written}", headings=f"Number,Date,Call type,{heading}")
    assert records_of(outputs)[0].seconds == seconds
    assert [output.text for output in outputs if isinstance(output, Note)] == ([note] if note else [])


@given(st.integers(0, 99_999))
def test_a_length_is_the_same_in_every_layout(seconds: int) -> None:
    clock = f"{seconds // 3600:04d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    for written in (clock, f"{seconds // 60}:{seconds % 60:02d}", str(seconds)):
        assert one(f",07700 900123,2024-03-12,,Incoming,{written}").seconds == seconds


@pytest.mark.parametrize(
    ("word", "kind", "channel"),
    [
        ("SMS sent", "message", "SMS"),
        ("Text message", "message", "SMS"),
        ("Picture message", "message", "MMS"),
        ("Data", "notice", "mobile data"),
        ("Voice", "call", "phone"),
    ],
)
def test_what_a_bill_lists_besides_calls(word: str, kind: str, channel: str) -> None:
    record = one(
        f"2024-03-12,21:15,07700900123,{word},0,0.10", headings="Date,Time,Called number,Usage type,Duration,Cost"
    )
    assert (record.kind, record.channel) == (kind, channel)
    assert record.direction == ("" if kind == "notice" else "out")


def test_a_workbook_is_read_as_well() -> None:
    rows: list[list[object]] = [
        ["Date", "Time", "Called number", "Duration", "Cost"],
        [wall(2024, 3, 12), time(21, 15), 7700900123, time(0, 3, 12), 0.1],
        [wall(2024, 3, 12), time(21, 16), "07700 900123", time(3, 12), 0.1],
    ]
    source = source_from(book_of(rows, "Calls"), "bill.xlsx")
    assert sniff(source)
    first, second = records_of(parse(source))
    assert (first.at, first.recipients, first.seconds) == ("row 2", ("7700900123",), 192)
    assert first.flags == ("the leading 0 of the number may be missing",)
    assert second.flags == (
        "the length is kept as a clock time: its hours and minutes may have been minutes and seconds",
    )
    assert second.seconds == 3 * 3600 + 12 * 60
