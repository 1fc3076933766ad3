"""The WhatsApp reader: every record of every layout, and no guess in silence."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import pytest
from conftest import REAL, problems_of, records_of, source_from, source_of, written
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import whatsapp
from parsers.contract import (
    CALL,
    IN,
    MESSAGE,
    MINUTE,
    NOTICE,
    OUT,
    SECOND,
    Note,
    Output,
    Problem,
    Question,
    Record,
    Unreadable,
)

FOLDER = REAL / "messages" / "whatsapp_txt"
JO = {"owner": "Jo"}


def read(
    text: str | bytes, answers: dict[str, str] | None = None, name: str = "_chat.txt", **siblings: bytes
) -> list[Output]:
    data = text if isinstance(text, bytes) else text.encode()
    beside = {key.replace("__", "."): value for key, value in siblings.items()}
    return list(whatsapp.parse(source_from(data, name, JO if answers is None else answers, beside)))


def records(text: str | bytes, answers: dict[str, str] | None = None, name: str = "_chat.txt") -> list[Record]:
    return records_of(read(text, answers, name))


def one(body: str, author: str = "Sam") -> Record:
    """The record of a body, in an Android chat of Sam and Jo."""
    chat = f"26/10/2025, 12:00 - Jo: hello\n26/10/2025, 12:01 - {author}: {body}\n26/10/2025, 12:02 - Sam: bye\n"
    return records(chat)[1]


def ios(body: str, author: str = "Sam") -> Record:
    return records(
        f"[26/10/2025, 12:00:00] Jo: hello\n[26/10/2025, 12:01:00] {author}: {body}\n[26/10/2025, 12:02:00] Sam: bye\n"
    )[1]


def clock(record: Record) -> str:
    return written(record.when).partition(" [")[0]


# ---------------------------------------------------------------------------------------------------------- real exports


@pytest.mark.skipif(not FOLDER.exists(), reason="real exports are not here")
@pytest.mark.parametrize(
    ("name", "owner", "headers", "authored", "outside"),
    [
        ("Marcello2020-dev-whatsapp-export-tools__wet-exporter-placeholder.txt", "Du", 5, 5, 0),
        ("Marcello2020-dev-whatsapp-export-tools__wet-group-chat.txt", "Person A", 7, 7, 1),
        ("Marcello2020-dev-whatsapp-export-tools__wet-two-party.txt", "Person A", 2, 2, 1),
        (
            "MasterScrat-Chatistics___chat.txt",
            "John Doe",
            21,
            20,
            0,
        ),  # 22 and 21 header-like lines; the one of another shape is text
        ("MasterScrat-Chatistics___chat_2.txt", "John Doe", 4, 4, 0),
        ("MasterScrat-Chatistics___chat_3.txt", "John Doe", 11, 9, 0),
        ("MasterScrat-Chatistics___chat_4.txt", "John Doe", 3, 3, 0),
        ("joweich-chat-miner__test_br_mmddyy_24hrs.txt", "John Doe", 9, 7, 0),
        ("joweich-chat-miner__test_ddmmyy_24hrs.txt", "John Doe", 9, 7, 0),
        ("joweich-chat-miner__test_mmddyy_24hrs.txt", "John Doe", 9, 7, 0),
        ("joweich-chat-miner__test_mmddyyyy_12hrs.txt", "John Doe", 9, 7, 0),
        ("sodascience-port-whatsapp-datadonation___chat_file4.txt", "person1", 10, 9, 0),
        (
            "synthetic_uk_android_12h_u202f.txt",
            "Me Example",
            14,
            12,
            0,
        ),  # 11 authors and the missed call, which is a call without one
        (
            "synthetic_uk_ios_2024_author_system.txt",
            "Me Example",
            10,
            8,
            0,
        ),  # two of the ten are notices that bear an author
    ],
)
def test_counts_of_real_exports(name: str, owner: str, headers: int, authored: int, outside: int) -> None:
    source = source_of(FOLDER / name, {"owner": owner, "day_first": "no"})
    assert whatsapp.sniff(source)
    outputs = list(whatsapp.parse(source))
    found = records_of(outputs)
    assert (len(found), sum(record.kind != NOTICE for record in found), len(problems_of(outputs))) == (
        headers,
        authored,
        outside,
    )


@pytest.mark.skipif(not FOLDER.exists(), reason="real exports are not here")
def test_stated_times_of_real_exports() -> None:
    def times(name: str) -> list[str]:
        return [
            clock(r)
            for r in records_of(whatsapp.parse(source_of(FOLDER / name, {"owner": "John Doe", "day_first": "no"})))
            if r.kind != NOTICE
        ]

    assert times("MasterScrat-Chatistics___chat_2.txt") == [
        f"2019-09-17 {t}" for t in ("16:37:47", "16:38:06", "16:38:59", "16:39:52")
    ]
    assert times("MasterScrat-Chatistics___chat_4.txt") == [
        "2019-09-17 08:30:52",
        "2019-09-17 16:30:10",
        "2019-09-18 16:50:32",
    ]
    american = times("MasterScrat-Chatistics___chat_3.txt")
    assert (american[0], american[5], american[-1]) == (
        "2019-02-11 14:18:00",
        "2019-10-11 14:25:00",
        "2019-02-11 14:51:00",
    )
    for layout in ("br_mmddyy_24hrs", "ddmmyy_24hrs", "mmddyy_24hrs", "mmddyyyy_12hrs"):
        found = times(f"joweich-chat-miner__test_{layout}.txt")
        del found[1]  # "John Doe:.", which the stated result leaves out
        assert found == [
            f"{t}:00"
            for t in (
                "2019-01-01 11:25",
                "2019-01-30 20:49",
                "2020-06-10 15:55",
                "2021-12-10 10:10",
                "2021-12-20 12:10",
                "2021-12-30 22:01",
            )
        ]


@pytest.mark.skipif(not FOLDER.exists(), reason="real exports are not here")
def test_the_pasted_lines_of_chatistics_stay_in_their_messages() -> None:
    found = records_of(whatsapp.parse(source_of(FOLDER / "MasterScrat-Chatistics___chat.txt", {"owner": "John Doe"})))
    assert [r.text.partition("\n")[2] for r in found if "\n" in r.text] == [
        "[1.2.2019, 00:00:00] John Doe: this line is not a message on its own",
        "2/11/19, 14:48 Alice Placeholder: this is a message from another chat!",
    ]
    assert [r.at for r in found if "looks like a message header" in r.flags] == [
        "line 18",  # it follows on line 19
        "line 21",  # with another date, and no mark of a header behind the time
    ]


# ---------------------------------------------------------------------------------------------------------- layouts

LAYOUTS = {
    "uk android": "26/10/2025, 13:05 - {}",
    "uk android, a narrow space": "26/10/2025, 1:05\u202fpm - {}",
    "uk android, a no-break space": "26/10/2025, 1:05\u00a0p.m. - {}",
    "uk android, a thin space": "26/10/2025, 1:05\u2009PM - {}",
    "uk ios": "\u200e[26/10/2025, 13:05:00] {}",
    "uk ios, 12 hours": "[26/10/2025, 1:05:00\u202fpm] {}",
    "old": "26/10/2025 13:05:00: {}",
    "web": "[13:05, 26/10/2025] {}",
    "vietnamese ios": "[13:05:00, 26/10/25] {}",
    "us": "10/26/25, 1:05 PM - {}",
    "german": "26.10.25, 13:05 - {}",
    "german, with um": "26.10.25 um 13:05 - {}",
    "spanish": "26/10/25 1:05 p. m. - {}",
    "brazilian": "26/10/2025 13:05 - {}",
    "french": "26/10/2025 à 13:05 - {}",
    "finnish": "26.10.2025 klo 13.05 - {}",
    "danish": "26/10/2025 kl. 13.05 - {}",
    "dutch": "26-10-2025 13:05 - {}",
    "czech": "26. 10. 2025 13:05 - {}",
    "indonesian ios": "[26/10/25 13.05.00] {}",
    "swedish": "2025-10-26 13:05 - {}",
    "south african": "2025/10/26, 13:05 - {}",
    "an en dash": "10/26/25, 1:05:00 PM – {}",
    "hungarian": "2025. 10. 26. 13:05 - {}",
    "korean": "2025. 10. 26. 오후 1:05 - {}",
    "welsh": "26/10/2025, 1:05 yh - {}",
    "gaelic": "26/10/2025, 1:05 f - {}",
    "irish": "26/10/2025, 1:05 i.n. - {}",
    "afrikaans": "2025-10-26, 1:05 nm. - {}",
    "swedish, 12 hours": "2025-10-26 1:05 em - {}",
    "albanian": "26.10.2025, 1:05 m.d. - {}",
    "persian": "\u06f2\u06f0\u06f2\u06f5/\u06f1\u06f0/\u06f2\u06f6, \u06f1:\u06f0\u06f5 ب.ظ. - {}",
    "sorani": "٢٠٢٥-١٠-٢٦, ١:٠٥ د.ن - {}",
    "pashto": "2025/10/26, 1:05 غ.و. - {}",
    "amharic": "26/10/2025, 1:05 ከሰዓት - {}",
    "somali": "26/10/2025, 1:05 GD - {}",
    "punjabi, older": "26/10/2025, 1:05 ਬਾ.ਦੁ. - {}",
    "malay": "26/10/25, 1:05\u202fPTG - {}",
    "vietnamese": "26/10/25, 1:05 CH - {}",
    "yoruba": "26/10/2025, 13:5 - {}",
    "italian, dots": "26.10.25 13.05.00: {}",
    "danish ios, dots": "[26.10.25, 13.05.00] {}",
    "korean, short year": "25. 10. 26. 오후 1:05 - {}",
    "chinese": "2025/10/26 下午1:05 - {}",
    "greek": "26/10/25, 1:05 μ.μ. - {}",
    "old german": "26.10.25, 1:05 nachm. - {}",
    "bulgarian": "26.10.25 г., 13:05 ч. - {}",
    "canadian french": "2025-10-26 13 h 05 - {}",
    "arabic": "[\u200f26\u200f/10\u200f/2025\u060c 13:05:00] {}",
    "arabic digits": "[٢٦\u200f/١٠\u200f/٢٠٢٥\u060c ١:٠٥:٠٠ م] {}",
    "marks inside the bracket": "\ufeff\ufeff[\ufeff26.10.25, 13:05:00] {}",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_of_the_header(layout: str) -> None:
    header = LAYOUTS[layout]
    text = (
        "\n".join(
            (header.format("Jo: one"), header.format("Sam: two"), "and a second line", header.format("Sam: three"))
        )
        + "\n"
    )
    source = source_from(text.encode(), "WhatsApp.txt", JO)
    assert whatsapp.sniff(source)
    found = records_of(whatsapp.parse(source))
    assert [(r.at, clock(r), r.text) for r in found] == [
        (f"line {n}", "2025-10-26 13:05:00", words)
        for n, words in ((1, "one"), (2, "two\nand a second line"), (4, "three"))
    ]
    assert found[0].when is not None
    assert found[0].when.precision == (
        SECOND if header.count("05:00") or "05.00" in header or "٠٥:٠٠" in header else MINUTE
    )
    assert all(not r.flags for r in found)


@pytest.mark.parametrize(
    ("dates", "read_as"),
    [
        (("25-10-15", "25-10-16", "25-11-02"), "2025-10-15"),  # the last is below 9
        (("15-10-25", "16-10-25", "02-11-25"), "2025-10-15"),
        (("25-10-14", "25-10-15", "25-09-16"), "2014-10-25"),  # with the year last, time runs forward
        (("15-10-25", "16-10-25"), "2025-10-15"),  # two days, or two years
        (("26/10/25",), "2025-10-26"),
        (("10/26/25",), "2025-10-26"),
        (("30/1/25 上午", "16/2/25 上午", "5/3/25 上午"), "2025-01-30"),
        (("25/1/30 上午", "25/2/16 上午", "25/3/5 上午"), "2025-01-30"),
    ],
)
def test_a_short_year_may_stand_first(dates: tuple[str, ...], read_as: str) -> None:
    text = "".join(f"{day}{'' if '上' in day else ', '}9:05 - Jo: x\n" for day in dates)
    assert clock(records(text)[0]) == f"{read_as} 09:05:00"


@pytest.mark.parametrize(
    "dates", [("25-10-15",), ("25-10-15", "25-10-17"), ("14/02/21", "14/02/22"), ("26/10/25 上午",)]
)
def test_a_short_year_that_nothing_settles_is_asked_for(dates: tuple[str, ...]) -> None:
    text = "".join(f"{day}{'' if '上' in day else ', '}9:05 - Jo: x\n" for day in dates)
    with pytest.raises(Question) as asked:
        read(text)
    assert (asked.value.key, [value for value, _ in asked.value.choices]) == ("day_first", ["yes", "no", "year"])
    one, two, three = (int(field) for field in dates[0].split()[0].replace("/", "-").split("-"))
    for answer, date in (("yes", (three, two, one)), ("year", (one, two, three))):
        found = records_of(whatsapp.parse(source_from(text.encode(), "WhatsApp.txt", JO | {"day_first": answer})))
        assert clock(found[0]) == "20{:02d}-{:02d}-{:02d} 09:05:00".format(*date)


def test_a_time_with_full_stops_is_no_date() -> None:
    assert [clock(r) for r in records("13.10.25 10.11.12: Jo: x\n13.10.25 21.25.15: Jo: x\n")] == [
        "2025-10-13 10:11:12",
        "2025-10-13 21:25:15",
    ]


def test_lines_that_only_begin_as_headers_do_are_flagged_and_counted() -> None:
    text = "26/10/2025, 9:05 am - Jo: one\n26/10/2025, 2:18 qq. - Sam: two\n26/10/2025, 10:00 am - Jo: three\n"
    outputs = read(text)
    assert [(r.text, r.flags) for r in records_of(outputs)] == [
        ("one\n26/10/2025, 2:18 qq. - Sam: two", ("looks like a message header",)),
        ("three", ()),
    ]
    assert any(isinstance(o, Note) and o.text.startswith("1 line(s) inside messages begin with") for o in outputs)


def test_the_raw_time_is_as_written() -> None:
    assert [r.when.raw for r in records("26/10/2025, 1:05\u202fpm - Jo: x\n") if r.when] == ["26/10/2025, 1:05\u202fpm"]


@pytest.mark.parametrize(
    ("time", "hour"),
    [
        ("12:05 am", "00:05"),
        ("12:05 pm", "12:05"),
        ("00:08 a. m.", "00:08"),
        ("0:30 pm", "12:30"),
        ("23:59 PM", "23:59"),
        ("1:05 AM", "01:05"),
    ],
)
def test_hours_of_the_12_hour_clock(time: str, hour: str) -> None:
    assert clock(records(f"26/10/2025, {time} - Jo: x\n")[0]) == f"2025-10-26 {hour}:00"


@pytest.mark.parametrize(
    "line",
    [
        "30/02/2025, 12:00 - Sam: x",
        "26/10/2025, 24:01 - Sam: x",
        "26/13/2025, 12:00 - Sam: x",
        "26/10/2025, 12:61 - Sam: x",
    ],
)
def test_an_impossible_time_is_a_problem_that_keeps_the_line(line: str) -> None:
    outputs = read(f"26/10/2025, 12:00 - Jo: one\n{line}\nmore\n26/10/2025, 12:01 - Jo: two\n")
    assert [(p.at, p.raw) for p in problems_of(outputs)] == [("line 2", f"{line}\nmore")]
    assert [r.at for r in records_of(outputs)] == ["line 1", "line 4"]


# ---------------------------------------------------------------------------------------------------------- day and month


def test_one_day_over_12_settles_the_whole_file_wherever_it_stands() -> None:
    chat = "".join(f"0{n}/0{n + 1}/2025, 10:00 - Jo: x\n" for n in range(1, 8))
    assert clock(records(chat + "13/09/2025, 10:00 - Jo: x\n")[0]) == "2025-02-01 10:00:00"
    assert clock(records(chat + "09/13/2025, 10:00 - Jo: x\n")[0]) == "2025-01-02 10:00:00"


def test_the_only_reading_that_runs_forward_settles_it() -> None:
    outputs = read("01/11/2025, 10:00 - Jo: x\n02/11/2025, 10:00 - Jo: x\n01/12/2025, 10:00 - Jo: x\n")
    assert [clock(r) for r in records_of(outputs)] == [
        "2025-11-01 10:00:00",
        "2025-11-02 10:00:00",
        "2025-12-01 10:00:00",
    ]
    assert Note("Dates are read as day, month, year: only so do the dates run forward.") in outputs


@pytest.mark.parametrize(
    "dates",
    [
        ("05/06/2025", "07/08/2025"),
        ("05/06/2025",),
        ("02/11/2019", "10/11/2019", "02/11/2019", "02/12/2019", "01/12/2019", "11/11/2019"),
    ],
)
def test_an_open_order_is_a_question(dates: tuple[str, ...]) -> None:
    chat = "".join(f"{date}, 10:00 - Jo: x\n" for date in dates)
    with pytest.raises(Question) as asked:
        read(chat)
    assert asked.value.key == "day_first"
    day, month = dates[0][:2], dates[0][3:5]
    assert clock(records(chat, JO | {"day_first": "yes"})[0])[5:10] == f"{month}-{day}"
    assert clock(records(chat, JO | {"day_first": "no"})[0])[5:10] == f"{day}-{month}"


def test_a_single_date_of_the_other_order_does_not_turn_the_file() -> None:
    chat = "".join(f"{n}/10/2025, 10:00 - Jo: x\n" for n in range(1, 29)) + "10/29/2025, 10:00 - Sam: pasted\n"
    outputs = read(chat)
    assert (len(records_of(outputs)), [p.at for p in problems_of(outputs)]) == (28, ["line 29"])


def test_two_orders_in_equal_parts_are_refused() -> None:
    with pytest.raises(Unreadable, match="put together"):
        read("26/10/2025, 10:00 - Jo: x\n10/27/2025, 10:00 - Jo: x\n")


@pytest.mark.parametrize(
    "line",
    [
        "[3/18/2565 BE, 14:56:01] Jo: x",
        "[18/3/2565, 14:56:01] Jo: x",
        "18/3/65, 14:56 - Jo: x",
        "[3/18/R4, 14:56:01] Jo: x",
        "[18/8/1443, 14:56:01] Jo: x",
        "111/3/18, 14:56 - Jo: x",
    ],
)
def test_other_calendars_are_recognised_and_refused(line: str) -> None:
    source = source_from(f"{line}\n{line}\n".encode(), "_chat.txt", JO)
    assert whatsapp.sniff(source)
    with pytest.raises(Unreadable, match="Gregorian"):
        list(whatsapp.parse(source))


# ---------------------------------------------------------------------------------------------------------- shape lock


def test_a_line_of_another_shape_is_text_and_flagged() -> None:
    for pasted in (
        "[26/10/2025, 13:31:05] Jo: no",
        "26/10/25, 12:02 - Jo: no",
        "26.10.2025, 12:02 - Jo: no",
        "26/10/2025, 12:02 pm - Jo: no",
        "[12:02, 26/10/2025] Jo: no",
    ):
        chat = "".join(f"26/10/2025, 12:0{n} - Sam: x\n" for n in range(3)) + f"{pasted}\n26/10/2025, 12:04 - Jo: y\n"
        found = records(chat)
        assert [r.text for r in found] == ["x", "x", f"x\n{pasted}", "y"]
        assert [r.flags for r in found] == [(), (), ("looks like a message header",), ()]


def test_two_common_shapes_are_a_question_with_two_readings() -> None:
    chat = "".join(f"2{n}/10/2025, 12:00 - Sam: a{n}\n" for n in range(6)) + "".join(
        f"[10/2{n}/25, 12:00:05] Jo: b{n}\n" for n in range(3)
    )
    with pytest.raises(Question) as asked:
        read(chat)
    assert (asked.value.key, [value for value, _ in asked.value.choices]) == ("joined", ["majority", "all"])
    assert len(records(chat, {"joined": "majority", "owner": "(nobody)"})) == 6
    both = records(chat, JO | {"joined": "all"})
    assert [clock(r) for r in both[5:7]] == ["2025-10-25 12:00:00", "2025-10-20 12:00:05"]
    assert [r.when.precision for r in both if r.when] == [MINUTE] * 6 + [SECOND] * 3


def test_the_shape_is_that_of_most_of_the_file_not_of_its_beginning() -> None:
    chat = "26/10/25, 12:00 - Sam: pasted\n26/10/25, 12:00 - Sam: pasted\n" + "[26/10/2025, 12:00:00] Jo: x\n" * 90
    outputs = read(chat)
    assert len(records_of(outputs)) == 90
    assert [p.raw for p in problems_of(outputs)] == ["26/10/25, 12:00 - Sam: pasted\n26/10/25, 12:00 - Sam: pasted"]
    late = "26/10/25, 12:00 - Sam: x\n" * 3000 + "[26/10/2025, 12:00:00] Jo: x\n" * 40_000
    assert len(records(late, JO | {"joined": "majority"})) == 40_000  # the head holds the other shape only


# ---------------------------------------------------------------------------------------------------------- who


def test_the_owner_is_asked_for_and_gives_the_direction() -> None:
    chat = (
        "26/10/2025, 12:00 - Sam: one\n26/10/2025, 12:01 - Jo: two\n26/10/2025, 12:02 - Sam: You deleted this message\n"
    )
    with pytest.raises(Question) as asked:
        read(chat, {})
    assert asked.value.key == "owner"
    assert [value for value, _ in asked.value.choices] == ["Sam", "Jo", "(nobody)"]
    assert "stands under: Sam" in asked.value.text
    assert [(r.direction, r.sender, r.recipients) for r in records(chat, {"owner": "Sam"})] == [
        (OUT, None, ("Jo",)),
        (IN, "Jo", ()),
        (OUT, None, ("Jo",)),
    ]
    assert {(r.direction, r.recipients) for r in records(chat, {"owner": "(nobody)"})} == {(IN, ())}
    with pytest.raises(Question):
        read(chat, {"owner": "somebody else"})


def test_a_name_that_says_you_deleted_and_is_not_the_owner_is_flagged() -> None:
    assert one("You deleted this message").flags == ("says “You deleted” under a name that is not the owner's",)
    assert one("You deleted this message", "Jo").flags == ()


def test_a_chat_of_notices_asks_nothing() -> None:
    chat = "26/10/2025, 12:00 - Messages and calls are end-to-end encrypted.\n26/10/2025, 12:01 - You blocked this contact\n"
    assert [(r.kind, r.sender, r.direction) for r in records(chat, {})] == [(NOTICE, "", "")] * 2


def test_recipients_are_given_only_between_two() -> None:
    two = "26/10/2025, 12:00 - Jo: a\n26/10/2025, 12:01 - Sam: b\n"
    assert records(two)[0].recipients == ("Sam",)
    assert records(two + "26/10/2025, 12:02 - Kim: c\n")[0].recipients == ()
    assert records('26/10/2025, 12:00 - Sam created group "Us"\n' + two)[1].recipients == ()
    alone = "26/10/2025, 12:00 - Jo: a\n26/10/2025, 12:00 - Jo: b\n"
    assert (records(alone)[0].recipients, records(alone)[0].thread) == ((), "")
    named = records(alone, JO, "x.zip!WhatsApp Chat - Sam Example.zip!_chat.txt")[0]
    assert (named.recipients, named.thread) == (("Sam Example",), "Sam Example")
    assert records(two + "26/10/2025, 12:02 - Kin: c\n", JO, "WhatsApp Chat with Sam (1).txt")[0].recipients == ("Sam",)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("WhatsApp Chat with Sam Example.txt", "Sam Example"),
        ("WhatsApp Chat with Sam Example (2).txt", "Sam Example"),
        ("backup.zip!WhatsApp Chat - Sam Example/_chat.txt", "Sam Example"),
        ("WhatsApp-Chat mit Ämi.txt", "Ämi"),
        ("_chat.txt", ""),
        ("notes.txt", ""),
    ],
)
def test_the_chat_is_named_by_its_file(path: str, name: str) -> None:
    assert records("26/10/2025, 12:00 - Jo: a\n", JO, path)[0].thread == name


@pytest.mark.parametrize(
    ("written_author", "sender"),
    [
        ("\u202a+44\u00a07700\u00a0900123\u202c", "+44 7700 900123"),
        ("~\u202fSam", "~ Sam"),
        ("~Sam", "~Sam"),
        ("\u200eSam 🎈", "Sam 🎈"),
        ("Sam 12:30", "Sam 12:30"),
    ],
)
def test_authors_lose_marks_and_nothing_else(written_author: str, sender: str) -> None:
    assert (one("hi", written_author).sender, one("hi", written_author).text) == (sender, "hi")


def test_an_author_that_always_goes_on_with_a_colon_holds_it() -> None:
    chat = (
        "".join(f"26/10/2025, 12:0{n} - Work: Dave: words {n}\n" for n in range(4))
        + "26/10/2025, 12:05 - Jo: note: one\n"
    )
    outputs = read(chat)
    assert [(r.sender, r.text) for r in records_of(outputs)][3:] == [("Work: Dave", "words 3"), (None, "note: one")]
    assert any("Work: Dave" in output.text for output in outputs if isinstance(output, Note))
    assert [r.sender for r in records(chat + "26/10/2025, 12:06 - Work: hello\n")][:2] == ["Work", "Work"]


def test_colons_without_a_space_and_bodies_without_words() -> None:
    found = records(
        "26/10/2025, 12:00 - Jo: a\n26/10/2025, 12:01 - Jo:.\n26/10/2025, 12:02 - Amazon EG:\n26/10/2025, 12:03 - Jo:\n\n\nlate\n"
    )
    assert [(r.sender, r.text, r.status) for r in found] == [
        (None, "a", ""),
        (None, ".", ""),
        ("Amazon EG", "", "empty"),
        (None, "\n\n\nlate", ""),
    ]


@pytest.mark.parametrize(
    "line",
    [
        'Sam created group "Us: all of us"',
        'You changed the group name from "A: b" to "C: d"',
        "Sam changed the subject to “Us: all”",
        "You added Dave: plumber",
        "Your security code with Dave: plumber changed. Tap to learn more.",
        'Du hast die Gruppe "Haus: Flur" erstellt.',
        "+44 7700 900123 changed to +44 7700 900456",
        "Sam changed their phone number to a new number. Tap to message or add the new number.",
        "You blocked this contact. Tap to unblock.",
        "You unblocked this contact.",
        "a line in a language that nobody knows",
    ],
)
def test_android_notices_have_no_author_even_with_a_colon(line: str) -> None:
    found = records(f"26/10/2025, 12:00 - Jo: a\n26/10/2025, 12:01 - {line}\n")[1]
    assert (found.kind, found.sender, found.direction, found.text) == (NOTICE, "", "", line)


def test_ios_notices_bear_an_author_and_are_told_by_the_hidden_mark() -> None:
    found = ios("\u200eYou blocked this contact")
    assert (found.kind, found.sender, found.name, found.text) == (NOTICE, "", "Sam", "You blocked this contact")
    typed = ios("You blocked this contact, ha ha")
    assert (typed.kind, typed.sender) == (MESSAGE, "Sam")
    unknown = ios("\u200eκάτι άλλο")
    assert (unknown.kind, unknown.sender, unknown.flags) == (
        MESSAGE,
        "Sam",
        ("begins with WhatsApp's hidden mark: may be a line of the program",),
    )


def test_a_label_that_stands_only_before_notices_is_nobody() -> None:
    chat = (
        "[26/10/2025, 12:00:00] Us: \u200eMessages and calls are end-to-end encrypted.\n[26/10/2025, 12:00:01] Jo: a\n"
    )
    with pytest.raises(Question) as asked:
        read(chat, {})
    assert [value for value, _ in asked.value.choices] == ["Jo", "(nobody)"]


# ---------------------------------------------------------------------------------------------------------- WhatsApp's own words


@pytest.mark.parametrize(
    ("body", "status", "kind", "seconds"),
    [
        ("This message was deleted", "deleted", MESSAGE, None),
        ("This message was deleted by admin Kim", "deleted", MESSAGE, None),
        ("Se eliminó este mensaje.", "deleted", MESSAGE, None),
        ("Dit bericht is verwijderd", "deleted", MESSAGE, None),
        ("This message was deleted, was it?", "", MESSAGE, None),
        ("null", "empty", MESSAGE, None),
        ("null and void", "", MESSAGE, None),
        ("Missed voice call", "missed", CALL, None),
        ("Missed video call", "missed", CALL, None),
        ("Appel vocal manqué", "missed", CALL, None),
        ("Missed call", "", MESSAGE, None),
        ("Missed voice calls from you all night", "", MESSAGE, None),
        ("Voice call. 5 min", "answered", CALL, 300),
        ("Video call, 1 hr 2 min", "answered", CALL, 3720),
        ("Voice call. No answer", "missed", CALL, None),
        ("Voice call. Answered on other device", "answered elsewhere", CALL, None),
        ("Voice call. Now!", "", MESSAGE, None),
        ("Voice call", "", MESSAGE, None),
        ("<View once voice message omitted>", "view once", MESSAGE, None),
        (
            "You received a view once message. For added privacy, you can only open it on your phone.",
            "view once",
            MESSAGE,
            None,
        ),
        ("Waiting for this message. This may take a while.", "not downloaded", MESSAGE, None),
        ("live location shared", "", MESSAGE, None),
    ],
)
def test_markers_on_android(body: str, status: str, kind: str, seconds: float | None) -> None:
    found = one(body)
    assert (found.text, found.status, found.kind, found.seconds) == (body, status, kind, seconds)


@pytest.mark.parametrize(
    ("body", "name", "kind"),
    [
        ("\u200eimage omitted", "", "image"),
        ("\u200eaudio omitted", "", "audio"),
        ("\u200eGIF omitted", "", "GIF"),
        ("\u200eContact card omitted", "", "contact card"),
        ("\u200evideo note omitted", "", "video note"),
        ("\u200eBild weggelassen", "", "image"),
        ("\u200efigurinha omitida", "", "sticker"),
        ("plan.pdf • \u200e2 pages \u200edocument omitted", "plan.pdf", "document"),
        ("<Media omitted>", "", "media"),
        ("<media omitted>", "", "media"),
        ("<Médias omis>", "", "media"),
        ("<Video message omitted>", "", "video note"),
        ("<attached: 00000035-PHOTO-2022-03-27-21-41-55.jpg>", "00000035-PHOTO-2022-03-27-21-41-55.jpg", ""),
        ("\u200e<Anhang: 0001.opus>", "0001.opus", ""),
        ("\u200e< pièce jointe : 0001.jpg >", "0001.jpg", ""),
        ("plan.pdf • 2 pages \u200e<attached: 0047-plan.pdf>", "0047-plan.pdf", ""),
        ("IMG-20251026-WA0002.jpg (file attached)", "IMG-20251026-WA0002.jpg", ""),
        ("\u200eIMG-20251026-WA0002.jpg (Datei angehängt)", "IMG-20251026-WA0002.jpg", ""),
        ("PTT-20251026-WA0002.opus (in another language)", "PTT-20251026-WA0002.opus", ""),
        ("a plan (file attached)", "a plan", ""),
        ("3.jpg <attached>", "3.jpg", ""),
        ("2015-08-04-PHOTO-00004762.jpg <\u200eattached>", "2015-08-04-PHOTO-00004762.jpg", ""),
        ("2015-08-04-AUDIO-00004763.opus <\u200eem outra língua>", "2015-08-04-AUDIO-00004763.opus", ""),
        ("my plan.pdf <\u200eadjunto>", "my plan.pdf", ""),
    ],
)
def test_media(body: str, name: str, kind: str) -> None:
    found = ios(body)
    assert found.text == body.lstrip("\u200e")
    assert [(a.name, a.type, bool(a.fault), a.size) for a in found.attachments] == [(name, kind, bool(kind), None)]
    assert not found.flags


def test_a_caption_stands_below_its_picture() -> None:
    found = one("IMG-1-WA0002.jpg (file attached)\nlook")
    assert ([a.name for a in found.attachments], found.text) == (
        ["IMG-1-WA0002.jpg"],
        "IMG-1-WA0002.jpg (file attached)\nlook",
    )
    assert one("This message was deleted\nno it was not").status == ""


def test_media_beside_the_chat_are_hashed() -> None:
    found = records_of(read("26/10/2025, 12:00 - Jo: a.jpg (file attached)\n", a__jpg=b"picture"))[0].attachments
    assert [(a.name, a.size, a.sha256) for a in found] == [("a.jpg", 7, hashlib.sha256(b"picture").hexdigest())]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("stop <This message was edited>", "stop"),
        ("stop \u200e<This message was edited>", "stop"),
        ("one\ntwo <This message was edited>", "one\ntwo"),
        ("halt <Diese Nachricht wurde bearbeitet.>", "halt"),
        ("para <Se editó este mensaje.>", "para"),
    ],
)
def test_edited(body: str, text: str) -> None:
    assert (one(body).status, one(body).text) == ("edited", text)


def test_other_angle_brackets_stay() -> None:
    assert (one("a <b>").status, one("a <b>").text) == ("", "a <b>")
    for words in ("see 3.jpg <pasted>", "plan.pdf <draft>", "3.jpg <attached> ok"):
        assert (one(words).text, one(words).attachments) == (words, ())


@pytest.mark.parametrize(
    "body",
    [
        "location: https://maps.google.com/?q=53.3811,-1.4701",
        "\u200eLocation: https://maps.google.com/?q=53.3811,-1.4701",
        "位置：https://maps.google.com/?q=53.3811,-1.4701",
    ],
)
def test_places(body: str) -> None:
    assert (one(body).lat, one(body).lon) == (53.3811, -1.4701)


def test_a_link_in_a_sentence_and_a_place_off_the_map_are_words() -> None:
    assert one("location: https://maps.google.com/?q=93.3811,-1.4701").lat is None
    assert one("I am at https://maps.google.com/?q=53.3811,-1.4701 now").lat is None


def test_a_missed_call_without_a_caller_came_in() -> None:
    chat = "26/10/2025, 12:00 - Jo: a\n26/10/2025, 12:01 - Sam: b\n26/10/2025, 12:02 - Missed voice call\n"
    found = records(chat)[2]
    assert (found.kind, found.status, found.direction, found.sender) == (CALL, "missed", IN, "Sam")
    assert found.flags == ("caller not written: taken to be the other person of the chat",)
    assert records(chat + "26/10/2025, 12:03 - Kim: c\n")[2].sender == ""


# ---------------------------------------------------------------------------------------------------------- forged and out of order


def test_a_line_that_goes_back_in_time_is_flagged_and_stays_in_its_place() -> None:
    found = records(
        "26/10/2025, 12:00 - Jo: a\n26/10/2025, 11:59 - Sam: b\n26/10/2025, 12:01 - Sam: c\n26/10/2025, 12:01 - Jo: d\n"
    )
    assert [r.flags for r in found] == [(), ("earlier than the line before",), (), ()]
    assert [r.text for r in found] == ["a", "b", "c", "d"]


def test_the_notice_at_the_top_and_the_night_of_the_clocks_are_in_order() -> None:
    chat = (
        "28/10/2023, 13:00 - Messages and calls are end-to-end encrypted.\n"
        '28/10/2023, 12:00 - Sam created group "Us"\n'
        "28/10/2023, 11:00 - Jo: a\n"
        "29/10/2023, 01:30 - Sam: b\n"
        "29/10/2023, 01:05 - Sam: first hour again\n"
        "29/10/2023, 01:30 - Sam: d\n"
    )
    assert [r.flags for r in records(chat)] == [()] * 6
    assert records(chat.replace("29/10", "30/10"))[4].flags == ("earlier than the line before",)


def test_what_speaks_for_a_pasted_line() -> None:
    chat = "26/10/2025, 12:00 - Sam: a\n26/10/2025, 12:01 - Sam: you wrote:\n{}\n26/10/2025, 12:03 - Jo: no\n26/10/2025, 12:04 - Jo: no\n"
    back = records(chat.format("25/10/2025, 12:00 - Jo: I hate you"))[2]
    assert back.flags == ("earlier than the line before", "possible pasted line")
    stranger = records(chat.format("26/10/2025, 12:02 - Jo Exemple: I hate you"))[2]
    assert stranger.flags == ("possible pasted line",)
    answer = records(chat.format("26/10/2025, 12:02 - Jo: what?"))[2]
    assert answer.flags == ()  # a colon alone says nothing


def test_other_spelling_and_a_missing_mark_are_flagged() -> None:
    spelt = records(
        "26/10/2025, 1:00\u202fpm - Jo: a\n26/10/2025, 1:01\u202fpm - Jo: b\n26/10/2025, 1:02 pm - Jo: c\n26/10/2025, 11:03\u202fam - Jo: d\n"
    )
    assert ["date spelt unlike the rest of the file" in r.flags for r in spelt] == [False, False, True, False]
    marks = records(
        "[26/10/2025, 12:00:00] Jo: \u200eThis message was deleted.\n[26/10/2025, 12:00:01] Sam: This message was deleted.\n"
    )
    assert [(r.status, r.flags) for r in marks] == [
        ("deleted", ()),
        ("", ("worded like WhatsApp's own line, without its hidden mark",)),
    ]


def test_a_header_quoted_inside_a_line_is_text() -> None:
    assert one("quoting 01/11/2023, 09:00 - Jo: hello").text == "quoting 01/11/2023, 09:00 - Jo: hello"


# ---------------------------------------------------------------------------------------------------------- bytes and lines

CHAT = "25/10/2025, 1:00\u202fpm - Jo: £5 – “so”\nmore\u2028of it\n25/10/2025, 1:01\u202fpm - Sam: é\n"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(codec: str, end: str) -> None:
    for text in (CHAT, CHAT.rstrip("\n"), CHAT + "\n\n"):
        found = records(text.replace("\n", end).encode(codec))
        assert [(r.at, r.text) for r in found] == [("line 1", "£5 – “so”\nmore\u2028of it"), ("line 3", "é")]


def test_the_encoding_of_a_windows_editor() -> None:
    assert [r.text for r in records("25/10/2025, 13:00 - Jo: £5\n".encode("cp1252"))] == ["£5"]


def test_a_cut_or_broken_character_does_not_change_the_encoding() -> None:
    outputs = read(CHAT.rstrip("\n").encode()[:-1])
    assert [r.text for r in records_of(outputs)] == ["£5 – “so”\nmore\u2028of it", "\ufffd"]
    assert any("could not be read" in output.text for output in outputs if isinstance(output, Note))
    broken = CHAT.encode().replace("é".encode(), b"\xff")
    assert whatsapp.sniff(source_from(broken, "x.txt"))
    assert records(broken)[1].text.startswith("\ufffd")


def test_a_pound_sign_of_an_editor_late_in_a_long_file() -> None:
    chat = "25/10/2025, 13:00 - Jo: plain\n" * 5000 + "25/10/2025, 13:00 - Jo: £5\n"
    assert records(chat.encode("cp1252"))[-1].text == "£5"


def test_lines_before_the_first_message_are_problems() -> None:
    outputs = read("\nWhatsApp Chat - Sam\nsecond\n\nthird\n26/10/2025, 12:00 - Jo: a\n")
    assert [(p.at, p.raw) for p in problems_of(outputs)] == [
        ("line 2", "WhatsApp Chat - Sam\nsecond"),
        ("line 5", "third"),
    ]
    assert [r.at for r in records_of(outputs)] == ["line 6"]


def test_a_file_without_a_message_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        read("nothing here\n")


def test_a_message_beyond_all_length_is_kept_in_parts() -> None:
    chat = "26/10/2025, 12:00 - Jo: a\n" + "long " * 2_000_000 + "\nlast\n26/10/2025, 12:01 - Jo: b\n"
    outputs = read(chat)
    kept = records_of(outputs)[0].text + "".join(p.raw for p in problems_of(outputs))
    assert kept == "a\n" + "long " * 2_000_000 + "\nlast"
    places = [output.at for output in outputs if isinstance(output, Record | Problem)]
    assert (len(set(places)), places[-1]) == (len(places), "line 4")


# ---------------------------------------------------------------------------------------------------------- recognising


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "date,time,number\n26/10/2025,13:05,07700 900123\n27/10/2025,13:05,07700 900123\n"),
        ("a.csv", '"26/10/2025, 13:31 - ","x"\n'),
        ("diary.txt", "26/10/2025 14:30 - He was outside the house again\n27/10/2025 15:00 - Silent call\n"),
        ("diary.txt", "26/10/2025, 14:30 - He was outside the house again\n27/10/2025, 15:00 - Silent call\n"),
        ("diary.txt", "26/10/2025\nHe came at 14:30: I did not open.\n"),
        ("app.log", "2025-10-26 14:30:00 - INFO: started\n2025-10-26 14:30:01 - INFO: stopped\n"),
        ("app.log", "[2025-10-26 14:30:00] local.ERROR: broken\n[2025-10-26 14:30:01] local.INFO: mended\n"),
        ("app.log", "[2025-10-26 14:30:00] nginx: broken\n[2025-10-26 14:30:01] nginx: mended\n"),
        (
            "a.eml",
            "From: Sam <sam@example.org>\nDate: Sun, 26 Oct 2025 13:05:00 +0000\n\nOn 26/10/2025, 13:31, Jo wrote:\n> hello\n",
        ),
        ("signal.txt", "[2019-05-29, 15:04] Me: hello\n[2019-05-29, 15:05] Sam: hi\nyou\n"),
        ("chat.md", "[2019-05-29, 15:04] Me: hello\n[2019-05-29, 15:05] Sam: hi\n"),
        ("a.srt", "1\n00:00:00,000 --> 00:00:01,000\n2025.10.26 13:05:00\n"),
        ("letter.txt", "Dear Jo,\n\n26/10/2025, 13:05\n\nSam\n"),
        ("empty.txt", ""),
        ("picture.jpg", "\x00\x01\x02\x03"),
    ],
)
def test_what_is_not_a_chat(name: str, text: str) -> None:
    assert not whatsapp.sniff(source_from(text.encode(), name))


def test_a_renamed_chat_is_known_by_its_content() -> None:
    assert whatsapp.sniff(source_from(b"26/10/2025, 13:31 - Sam: hi\n26/10/2025, 13:32 - Jo: hi\n", "evidence 1.txt"))
    assert whatsapp.sniff(
        source_from("Chat of Sam\n\n\u200e[26/10/2025, 13:31:00] Sam: \u200eimage omitted\n".encode("utf-16"), "x")
    )


# ---------------------------------------------------------------------------------------------------------- any chat at all

WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\ufffd\u200e\u200f\u200b"),
    min_size=1,
    max_size=60,
)
LINES = WORDS.map(lambda text: f"w {text} w")  # neither a header nor a marker, nor blank at its ends
SHAPES = {
    "%d/%m/%Y, %H:%M - ": 60,
    "%d/%m/%Y, %I:%M\u202f%p - ": 60,
    "[%d/%m/%Y, %H:%M:%S] ": 1,
    "%m/%d/%y, %I:%M %p - ": 60,
    "%d.%m.%y, %H:%M - ": 60,
    "%Y-%m-%d %H:%M - ": 60,
    "[%H:%M:%S, %d/%m/%Y] ": 1,
    "%d/%m/%Y %H:%M:%S: ": 1,
}


@settings(max_examples=150, deadline=None)
@given(
    shape=st.sampled_from(sorted(SHAPES)),
    end=st.sampled_from(["\n", "\r\n"]),
    messages=st.lists(
        st.tuples(
            st.sampled_from(["Sam", "Jo Example", "+44 7700 900123", "~ Kim 🎈"]),
            st.lists(LINES, min_size=1, max_size=3),
            st.integers(0, 200_000),
        ),
        min_size=1,
        max_size=30,
    ),
)
def test_every_message_comes_back(shape: str, end: str, messages: list[tuple[str, list[str], int]]) -> None:
    when = datetime(2024, 1, 25, 9, 30)
    wanted, lines, line = [], [], 1
    for author, words, seconds in messages:
        when += timedelta(seconds=seconds)
        at = when - timedelta(seconds=when.second if SHAPES[shape] == 60 else 0)
        lines += [when.strftime(shape) + f"{author}: {words[0]}", *words[1:]]
        wanted.append((f"line {line}", at.strftime("%Y-%m-%d %H:%M:%S"), author, "\n".join(words)))
        line += len(words)
    outputs = read((end.join(lines) + end).encode(), {"owner": "(nobody)"})
    assert [(r.at, clock(r), r.sender, r.text) for r in records_of(outputs)] == wanted
    assert not problems_of(outputs)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_no_text_is_lost_and_none_breaks_the_reader(text: str) -> None:
    data = f"26/10/2025, 12:00 - Jo: a\n{text}\n26/10/2025, 12:01 - Jo: b\n".encode("utf-8", "surrogatepass")
    source = source_from(data, "_chat.txt", JO | {"joined": "majority", "day_first": "yes"})
    whatsapp.sniff(source)
    outputs = list(whatsapp.parse(source))
    kept = "\n".join(r.text if isinstance(r, Record) else r.raw for r in outputs if isinstance(r, Record | Problem))
    for piece in data.decode("utf-8", "replace").split():
        if piece.isalnum():
            assert piece in kept or piece in "26/10/2025, 12:00 Jo:"
    assert records_of(outputs)[0].at == "line 1"


def test_pieces_of_the_file_join_without_a_seam() -> None:
    """Blocks end inside characters, lines and messages; the answer does not change."""
    wanted = [f"message {n} " + "é😀" * (n % 50) + ("\nsecond" if n % 7 == 0 else "") for n in range(9000)]
    chat = "".join(f"[{n % 28 + 1:02d}/10/2025, 12:00:{n % 60:02d}] Sam: {text}\r\n" for n, text in enumerate(wanted))
    found = records(chat, {"owner": "(nobody)"})
    assert [r.text for r in found] == wanted
    assert found[-1].at == f"line {chat.replace(chr(13), '').rstrip().count(chr(10)) + 1}"
