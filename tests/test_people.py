"""Identifiers to one form and to persons."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.case import CaseError, parse
from pipeline.timeline.people import EMAIL, NAME, NONE, NUMBER, SHORT_CODE, Directory

CASE = """
reference = "x"
[client]
name = "Robin Vale"
identifiers = ["07700 900001", "robin@example.org"]
[[subject]]
name = "Sam Marsh"
identifiers = ["07700 900123", "Sam@Example.com", "Sam M"]
[[other]]
name = "Jo"
identifiers = ["+44 7700 900456"]
"""


@pytest.fixture
def directory() -> Directory:
    return Directory(parse(CASE, Path()))


@pytest.mark.parametrize(
    "written",
    [
        "07700 900123",
        "+447700900123",
        "00447700900123",
        "447700900123",
        "+44 (0)7700 900123",
        "0044 7700-900-123",
        "07700900123",
        "07700.900.123",
        "\u202a+44\u00a07700\u00a0900123\u202c",
        "tel:+447700900123",
    ],
)
def test_one_number_however_it_is_written(directory: Directory, written: str) -> None:
    assert directory.identify(written) == ("+447700900123", NUMBER, "P2")


@pytest.mark.parametrize(
    ("written", "form", "kind", "person"),
    [
        ("", "", NONE, ""),
        ("60777", "60777", SHORT_CODE, ""),
        ("999", "999", SHORT_CODE, ""),
        ("VODAFONE", "VODAFONE", NAME, ""),
        ("SAM@example.COM", "sam@example.com", EMAIL, "P2"),
        ("sam m", "sam m", NAME, "P2"),
        ("Sam  M", "Sam M", NAME, "P2"),
        ("Sam Marsh", "Sam Marsh", NAME, "P2"),
        ("~ Sam M", "~ Sam M", NAME, ""),
        ("Sam", "Sam", NAME, ""),
        ("+15551234567", "+15551234567", NUMBER, ""),
        ("4.47701E+11", "4.47701E+11", NAME, ""),
        ("123456789012345678", "123456789012345678", NUMBER, ""),
    ],
)
def test_other_kinds(directory: Directory, written: str, form: str, kind: str, person: str) -> None:
    assert directory.identify(written) == (form, kind, person)


def test_one_identifier_cannot_be_two_persons() -> None:
    with pytest.raises(CaseError, match="Sam Marsh and to Jo"):
        Directory(parse(CASE.replace("+44 7700 900456", "+447700900123"), Path()))


def test_default_region_comes_from_the_case() -> None:
    french = Directory(parse('reference = "x"\ncountry = "FR"\n[client]\nname = "A"\n', Path()))
    assert french.identify("06 12 34 56 78").form == "+33612345678"
