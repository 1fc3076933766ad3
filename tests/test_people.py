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
[[attribution]]
identifier = "0044 7700 900124"
person = "Sam Marsh"
basis = "content"
by = "A. Advocate"
on = 2026-03-04
why = "signed with his name"
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


@pytest.mark.parametrize(
    ("written", "basis"),
    [
        ("+447700900123", "named in case.toml"),
        ("sam marsh", "named in case.toml"),
        ("07700 900124", "content, recorded by A. Advocate on 04/03/2026: signed with his name"),
        ("07700 900999", ""),
        ("", ""),
    ],
)
def test_the_basis_of_an_attribution(directory: Directory, written: str, basis: str) -> None:
    assert directory.basis(written) == basis


@pytest.mark.parametrize(
    ("written", "base"),
    [
        ("sam+shop@example.com", "sam@example.com"),
        ("SAM+a+b@Example.com", "sam@example.com"),
        ("sam@example.com", ""),
        ("jo+x@example.com", ""),  # jo@example.com is nobody's
        ("+x@example.com", ""),
        ("+447700900123", ""),
    ],
)
def test_an_address_with_a_tag_is_nobodys_and_is_told(directory: Directory, written: str, base: str) -> None:
    found = directory.untagged(written)
    assert (found.form if found else "") == base
    assert directory.identify(written).form == directory.form(written)[0]
    if base:
        assert directory.identify(written).person == ""


def test_an_address_with_a_tag_is_a_persons_where_the_case_says_so() -> None:
    named = Directory(parse(CASE.replace('"Sam M"]', '"Sam M", "sam+shop@example.com"]'), Path()))
    assert named.identify("SAM+Shop@example.com") == ("sam+shop@example.com", EMAIL, "P2")
    assert named.untagged("sam+shop@example.com") is None
    assert named.untagged("sam+else@example.com") is not None


@pytest.mark.parametrize("written", ["withheld", "Withheld"])
def test_withheld_numbers_are_nobodys(written: str) -> None:
    with pytest.raises(CaseError, match="withheld numbers need not be one caller"):
        Directory(parse(CASE.replace('"Sam M"]', f'"Sam M", "{written}"]'), Path()))
