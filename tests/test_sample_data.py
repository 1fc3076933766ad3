"""The made-up sample case: made again byte for byte, read by our own parsers without a problem, and free of anything that could be somebody's."""

from __future__ import annotations

import base64
import dataclasses
import email.header
import hashlib
import io
import mailbox
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import ROOT, Problem, Record, Source, parser_named, problems_of, records_of, source_from, source_of

import parsers

sys.path.insert(0, str(ROOT))

from pipeline import case as cases
from pipeline.timeline.people import Directory
from sample_data import bulk, generate
from sample_data.generate import (
    CALLS,
    CHAT_FAMILY,
    CHAT_SAM,
    CHAT_SECOND,
    DEMO,
    DESK_LOG,
    DIARY,
    MAILBOX,
    SMS_FIRST,
    SMS_SECOND,
    VOICE_NOTE,
    demo_files,
)
from sample_data.story import day

READERS = {
    SMS_FIRST: "sms_backup",
    SMS_SECOND: "sms_backup",
    CALLS: "sms_backup",
    CHAT_SAM: "whatsapp",
    CHAT_SECOND: "whatsapp",
    f"{CHAT_FAMILY}!_chat.txt": "whatsapp",
    MAILBOX: "mailbox",
    DIARY: "diary",
    DESK_LOG: "call_log",
    VOICE_NOTE: "",
}
"""Which parser reads a file; .eml files, clips, lists of positions and pictures go by their names."""


def _reader(path: str) -> str:
    if path in READERS:
        return READERS[path]
    return {".eml": "email_file", ".mp4": "video", ".rec": "owntracks", ".json": "camera_events"}.get(
        Path(path).suffix, "photo"
    )


def _sources() -> dict[str, Source]:
    """Every file that is handed in, members of the zip instead of the zip, with the answers of case.toml."""
    case = cases.load(DEMO)
    found: dict[str, Source] = {}
    for path in sorted((DEMO / "exports").rglob("*")):
        name = path.relative_to(DEMO).as_posix()
        if path.suffix == ".zip":
            members = {member: zipfile.ZipFile(path).read(member) for member in zipfile.ZipFile(path).namelist()}
            found |= {
                f"{name}!{member}": source_from(data, member, siblings=members) for member, data in members.items()
            }
        elif path.is_file():
            found[name] = source_of(path)
    return {
        name: dataclasses.replace(source, answers=case.answers_for(source.sha256)) for name, source in found.items()
    }


SOURCES = _sources()


def _xml(name: str) -> list[str]:
    """The elements of a backup, as text."""
    return re.findall(r"<(?:sms|mms|call) .*?>", (DEMO / name).read_text(encoding="utf-8"))


def _value(element: str, name: str) -> str:
    found = re.search(rf' {name}="(.*?)"', element)
    assert found
    return found[1]


# --- made again -------------------------------------------------------------------------------------------------------


def test_generator_writes_the_same_bytes_again(tmp_path: Path) -> None:
    generate.write_demo(tmp_path / "demo")
    written = {
        path.relative_to(tmp_path / "demo").as_posix(): path.read_bytes()
        for path in (tmp_path / "demo").rglob("*")
        if path.is_file()
    }
    held = {path.relative_to(DEMO).as_posix(): path.read_bytes() for path in DEMO.rglob("*") if path.is_file()}
    assert written.keys() == held.keys()
    assert [name for name in written if written[name] != held[name]] == []


def test_generator_does_not_depend_on_the_order_of_calls() -> None:
    assert demo_files() == demo_files()


def test_readme_names_every_file_or_its_folder() -> None:
    text = (DEMO / "README.txt").read_text(encoding="utf-8")
    for name in demo_files():
        folder, _, file = name.removeprefix("exports/").rpartition("/")
        assert file in text or f"{folder}/  " in text or file.endswith(".eml"), name


# --- the case ---------------------------------------------------------------------------------------------------------


def test_case_is_complete_and_gives_no_identifier_to_two_people() -> None:
    case = cases.load(DEMO)
    directory = Directory(case)
    assert [(person.key, person.name) for person in case.people[:3]] == [
        ("P1", "Robin Vale"),
        ("P2", "Sam Marsh"),
        ("A", "Jo Vale"),
    ]
    assert {
        directory.identify(written).person
        for written in ("07700 900461", "00447700900582", "+447700900739", "sam.marsh@example.com")
    } == {"P2"}
    assert [date.type for date in case.key_dates] == [
        "asked to stop",
        "blocked",
        "number changed",
        "reported",
        "moved",
        "order made",
        "order served",
    ]
    assert {place.type for place in case.places} == {"home", "work", "family"}


def test_case_has_an_answer_for_each_chat_by_its_hash() -> None:
    case = cases.load(DEMO)
    chats = {name: source for name, source in SOURCES.items() if _reader(name) == "whatsapp"}
    owners = {answer.file for answer in case.answers if answer.key == "owner"}
    assert owners == {source.sha256 for source in chats.values()}
    assert all(source.answers == {"owner": "Robin Vale"} for source in chats.values())


def test_case_says_whose_phone_the_positions_are_of() -> None:
    case = cases.load(DEMO)
    histories = {source.sha256 for name, source in SOURCES.items() if _reader(name) == "owntracks"}
    assert {answer.file for answer in case.answers if answer.key == "whose"} == histories
    assert len(histories) == 3


def test_cameras_hang_where_the_clips_were_made_and_nowhere_twice() -> None:
    case = cases.load(DEMO)
    homes = [place.key for place in case.places if place.type == "home"]
    assert [camera.place for camera in case.cameras] == homes
    assert [place.confidential for place in case.places] == [False, False, False, True]


# --- what our own parsers make of it ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_each_file_is_read_by_one_parser_without_a_problem(name: str) -> None:
    source, reader = SOURCES[name], _reader(name)
    ours = {*map(_reader, SOURCES), *parsers.BUILTIN} - {""}
    claimed = [parser for parser in sorted(ours) if parser_named(parser).sniff(source)]
    assert claimed == ([reader] if reader else [])
    outputs = list(parser_named(reader).parse(source)) if reader else []
    assert problems_of(outputs) == []
    assert bool(records_of(outputs)) == bool(reader)
    assert len({record.at for record in records_of(outputs)}) == len(records_of(outputs))
    if expected := _expected(name):
        assert len(records_of(outputs)) == expected


def _expected(name: str) -> int:
    """How many records a file holds, counted without a parser."""
    data = DEMO / name
    if name.endswith(".xml"):
        return len(_xml(name))
    if name == CHAT_FAMILY + "!_chat.txt":
        return len(
            re.findall(
                rb"(?m)^(?:\xe2\x80\x8e)?\[\d\d/\d\d/2026, ", zipfile.ZipFile(DEMO / CHAT_FAMILY).read("_chat.txt")
            )
        )
    if name in {CHAT_SAM, CHAT_SECOND}:
        return len(re.findall(r"(?m)^\d\d/\d\d/202\d, \d{1,2}:\d\d\u202f[ap]m - ", data.read_text(encoding="utf-8")))
    if _reader(name) == "owntracks":
        return len(data.read_text().splitlines())
    if _reader(name) == "camera_events":
        return data.read_text().count('"created_at"')
    return {DIARY: 25, MAILBOX: 20, DESK_LOG: len((DEMO / DESK_LOG).read_text().splitlines()) - 1}.get(
        name, 1 if _reader(name) else 0
    )


# --- what the story needs ---------------------------------------------------------------------------------------------


def test_the_size_is_that_of_a_real_case() -> None:
    texts = {(_value(one, "date"), _value(one, "address")) for name in (SMS_FIRST, SMS_SECOND) for one in _xml(name)}
    messages = len(texts) + sum(
        _expected(name) for name in SOURCES if _reader(name) in {"whatsapp", "mailbox", "email_file"}
    )
    assert 1500 <= messages <= 2500
    assert 300 <= len(_xml(CALLS)) <= 600


def test_the_second_backup_repeats_the_end_of_the_first() -> None:
    first, second = _xml(SMS_FIRST), _xml(SMS_SECOND)
    assert len(first) == len(set(first))
    again = [one for one in first if one in second]
    assert len(again) > 50
    assert first[-len(again) :] == second[: len(again)] == again


def test_the_evening_of_47_missed_calls() -> None:
    evening = [one for one in _xml(CALLS) if _value(one, "readable_date").startswith("3 Feb 2026 2")]
    missed = [one for one in evening if _value(one, "type") == "3" and _value(one, "number") == "+447700900461"]
    assert len(missed) == 47
    clocks = [_value(one, "readable_date")[11:16] for one in missed]
    assert (clocks[0], clocks[-1]) == ("22:04", "23:01")


def test_calls_of_every_kind() -> None:
    kinds = Counter((_value(one, "type"), _value(one, "presentation")) for one in _xml(CALLS))
    assert {kind for kind, _ in kinds} == {"1", "2", "3", "4", "5", "6"}
    assert {_value(one, "number") for one in _xml(CALLS) if _value(one, "presentation") == "2"} == {"", "-2"}
    blocked = [int(_value(one, "date")) for one in _xml(CALLS) if _value(one, "type") == "6"]
    assert min(blocked) > datetime(2026, 2, 5, 18, 20, tzinfo=UTC).timestamp() * 1000


def test_texts_of_every_kind() -> None:
    texts = _xml(SMS_FIRST) + _xml(SMS_SECOND)
    assert {_value(one, "type") for one in texts if one.startswith("<sms")} == {"1", "2", "3", "5"}
    assert {_value(one, "m_type") for one in texts if one.startswith("<mms")} == {"128", "130", "132"}
    assert any("~" in _value(one, "address") for one in texts)
    assert any(re.search(r"&#55357;&#\d{5};", one) for one in texts)
    assert not re.search("[\U00010000-\U0010ffff]", "".join(texts))


def test_some_weeks_are_empty_and_contact_goes_on_after_the_order() -> None:
    sam = re.compile(r"(\+44|0)7700900(461|582|739)")
    texts = {one for name in (SMS_FIRST, SMS_SECOND) for one in _xml(name) if sam.fullmatch(_value(one, "address"))}
    calls = {one for one in _xml(CALLS) if sam.fullmatch(_value(one, "number")) or _value(one, "presentation") == "2"}
    moments = [datetime.strptime(_value(one, "readable_date"), "%d %b %Y %H:%M:%S") for one in texts | calls]  # noqa: DTZ007 -- wall clock
    weeks = Counter((moment - day("2025-12-01")).days // 7 for moment in moments)
    assert [week for week in range(26) if not weeks[week]] == [10, 11, 22, 25]
    assert sum(weeks[week] for week in range(20, 26)) > 30
    assert sum(weeks[week] for week in range(13, 19)) > 3 * sum(weeks[week] for week in range(6))


def test_the_night_of_the_clock_change_is_there_in_both_clocks() -> None:
    night = [one for one in _xml(SMS_SECOND) if "29 Mar 2026 0" in _value(one, "readable_date")]
    stamps = [(int(_value(one, "date")) // 1000, _value(one, "readable_date")[12:]) for one in night]
    assert [(datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S"), shown) for at, shown in stamps] == [
        ("00:52:40", "00:52:40"),
        ("01:07:15", "02:07:15"),
    ]


def test_one_source_begins_months_after_the_others() -> None:
    text = zipfile.ZipFile(DEMO / CHAT_FAMILY).read("_chat.txt").decode()
    assert text.startswith("[02/03/2026, 18:00:00] Vale family: \u200eMessages and calls are end-to-end encrypted.")
    for words in (
        "<attached: ",
        "\u200eThis message was deleted.",
        "<This message was edited>",
        "\u200eMissed voice call.",
    ):
        assert words in text
    chat = (DEMO / CHAT_SAM).read_text(encoding="utf-8")
    for words in (
        "<Media omitted>",
        "This message was deleted",
        "<This message was edited>",
        "Missed voice call",
        "You blocked this contact",
    ):
        assert words in chat


# --- nothing in it is anybody's ---------------------------------------------------------------------------------------


def _layers(data: bytes) -> Iterator[str]:
    """Everything a file holds as text: itself, the members of a zip, what stands in base64, encoded headers."""
    if data.startswith(b"PK\x03\x04"):
        archive = zipfile.ZipFile(io.BytesIO(data))
        for member in archive.namelist():
            yield member
            yield from _layers(archive.read(member))
        return
    text = data.decode("utf-8", "replace")
    yield re.sub(r' data="[^"]*"', "", text)
    coded = [found[1] for found in re.finditer(r' data="([^"]*)"', text)]
    coded += re.findall(r"base64\r\n\r\n((?:[A-Za-z0-9+/=]+\r\n)+)", text)
    coded += re.findall(r"=\?UTF-8\?B\?(.*?)\?=", text)
    for block in coded:
        yield from _layers(base64.b64decode(block))


def _whole_demo() -> Iterator[tuple[str, str]]:
    for path in sorted(DEMO.rglob("*")):
        if path.is_file():
            for text in (path.relative_to(DEMO).as_posix(), *_layers(path.read_bytes())):
                yield path.name, text


_NUMBER = re.compile(r"(?<![\w.+*-])(?:\+44|0044|44|\(?0)(?:[\s()-]{0,2}\d){9,10}(?!\w)")


def _national(written: str) -> str:
    return re.sub(r"^(?:0044|44|0)", "", re.sub(r"\D", "", written))


def test_every_number_is_from_the_ranges_kept_for_drama() -> None:
    found = [(name, number[0]) for name, text in _whole_demo() for number in _NUMBER.finditer(text)]
    assert len(found) > 1000
    assert {entry for entry in found if not re.fullmatch(r"7700900\d{3}|1632960\d{3}", _national(entry[1]))} == set()
    assert [(name, found[0]) for name, text in _whole_demo() for found in re.finditer(r"\+(?!44)\d{6,}", text)] == []


@pytest.mark.parametrize(
    "written", ["07712 345678", "+447712345678", "020 7946 0018", "(01629) 580000", "0044 7712 345678"]
)
def test_the_search_for_numbers_finds_real_ones(written: str) -> None:
    found = _NUMBER.search(f"ring {written} now")
    assert found
    assert not re.fullmatch(r"7700900\d{3}|1632960\d{3}", _national(found[0]))


def test_every_mail_address_and_host_is_an_example() -> None:
    domains = Counter(
        found[1] for _, text in _whole_demo() for found in re.finditer(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", text)
    )
    assert set(domains) == {"example.org", "example.com"}
    assert domains["example.org"] > 20
    hosts = {found[1] for _, text in _whole_demo() for found in re.finditer(r"https?://([^/\s\"']+)", text)}
    assert hosts <= {"schemas.openxmlformats.org"}


def test_places_are_on_open_moorland() -> None:
    for place in cases.load(DEMO).places:
        assert 53.44 < place.lat < 53.48
        assert -1.89 < place.lon < -1.82


def test_the_layers_reach_into_base64_and_zip() -> None:
    texts = [text for _, text in _whole_demo()]
    assert any(text.startswith("%PDF-1.4") for text in texts)
    assert any("eleven pages" in text and "\u2013" in text for text in texts)
    assert any("3 Example Cottages" in text for text in texts)
    assert "Inbox,Choir \u2013 Thursdays" in texts
    assert any("Exif" in text for text in texts)


# --- the large files for measuring ------------------------------------------------------------------------------------


def test_bulk_sms_holds_what_it_says(tmp_path: Path) -> None:
    path, again = tmp_path / "a.xml", tmp_path / "b.xml"
    bulk.write_sms(path, 3000, seed=5)
    bulk.write_sms(again, 3000, seed=5)
    assert path.read_bytes() == again.read_bytes()
    text = path.read_text(encoding="utf-8")
    elements = re.findall(r"<sms .*?/>", text)
    assert len(elements) == 3000 == int(re.search(r'count="(\d+)"', text)[1])  # type: ignore[index]
    assert set(bulk.SUBJECT) <= {_value(one, "address") for one in elements}
    assert 0.015 < sum("&#55357;" in one for one in elements) / 3000 < 0.045
    dates = [int(_value(one, "date")) for one in elements]
    assert dates == sorted(dates)
    assert 330 < len(text) / 3000 < 400
    numbers = {_value(one, "address") for one in elements}
    assert all(re.fullmatch(r"7700900\d{3}", _national(number)) for number in numbers)


def test_bulk_sms_without_pairs_is_xml_for_any_parser(tmp_path: Path) -> None:
    from xml.etree import ElementTree as ET

    bulk.write_sms(tmp_path / "plain.xml", 500, pairs=False)
    bulk.write_sms(tmp_path / "pairs.xml", 500)
    root = ET.parse(tmp_path / "plain.xml").getroot()
    assert len(root) == 500
    with pytest.raises(ET.ParseError):
        ET.parse(tmp_path / "pairs.xml")


def test_bulk_mms_holds_different_pictures(tmp_path: Path) -> None:
    path = tmp_path / "m.xml"
    bulk.write_mms(path, 400, 20, 5000)
    text = path.read_text(encoding="utf-8")
    assert len(re.findall("<(?:sms|mms) ", text)) == 400
    pictures = [base64.b64decode(found) for found in re.findall(r' data="([^"]+)"', text)]
    assert len(pictures) == len({hashlib.sha256(picture).digest() for picture in pictures}) == 20
    assert all(
        picture.startswith(b"\xff\xd8") and picture.endswith(b"\xff\xd9") and len(picture) == 5000
        for picture in pictures
    )


def test_bulk_chat_mailbox_and_photos_hold_what_they_say(tmp_path: Path) -> None:
    bulk.write_whatsapp(tmp_path / "chat.txt", 1000)
    assert (
        len(re.findall(r"(?m)^\d\d/\d\d/\d{4}, \d\d:\d\d - ", (tmp_path / "chat.txt").read_text(encoding="utf-8")))
        == 1000
    )
    bulk.write_mbox(tmp_path / "mail.mbox", 120)
    mails = list(mailbox.mbox(tmp_path / "mail.mbox"))
    assert len(mails) == 120
    assert {str(email.header.make_header([(mail["From"], None)])) for mail in mails} == {
        "Sam Marsh <sam.marsh@example.com>",
        "Robin Vale <robin.vale@example.org>",
    }
    assert [
        sum(mail.get_content_type() == kind for mail in mails)
        for kind in ("text/plain", "multipart/alternative", "multipart/mixed")
    ] == [76, 38, 6]
    bulk.write_photos(tmp_path / "photos", 3, 4000)
    sizes = [path.stat().st_size for path in sorted((tmp_path / "photos").iterdir())]
    assert sizes == [4000, 4000, 4000]
    outputs = [
        output for path in (tmp_path / "photos").iterdir() for output in parser_named("photo").parse(source_of(path))
    ]
    assert [type(output) for output in outputs] == [Record, Record, Record]
    assert not any(isinstance(output, Problem) for output in outputs)
