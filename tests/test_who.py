"""Who did it: stated, asked once, never the account name, and never in a report."""

from __future__ import annotations

import getpass
import json
import os
import zipfile
from pathlib import Path

import pytest
from test_cli import run, sms, typed

from pipeline import custody, registry, who

NAMELESS = pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are not to be had on Windows")


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine on which nobody has said a name yet; gives the folder of its settings."""
    monkeypatch.delenv(who.ENVIRONMENT)
    for name in ("XDG_CONFIG_HOME", "APPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "settings"))
    return tmp_path / "settings"


def by(case: Path) -> list[str]:
    return [entry["by"] for entry in custody.entries(case)]


def test_nothing_said_is_not_stated_and_never_the_account(nobody: Path, tmp_path: Path) -> None:
    case = tmp_path / "case"
    run("new", case, "--no-input")
    (tmp_path / "a.xml").write_bytes(sms("one"))
    run("add", case, tmp_path / "a.xml", "--no-input")
    assert set(by(case)) == {"not stated"}
    assert getpass.getuser() not in by(case)
    assert not nobody.exists()


def test_a_name_is_kept_outside_the_case_and_used(nobody: Path, tmp_path: Path) -> None:
    who.remember("  A. Advocate ")
    assert who.stated() == "A. Advocate"
    assert nobody in who.config_file().parents
    run("new", tmp_path / "case", "--no-input")
    assert by(tmp_path / "case") == ["A. Advocate"]


def test_options_count_for_their_command_only(nobody: Path, tmp_path: Path) -> None:
    who.remember("A. Advocate")
    case = tmp_path / "case"
    (tmp_path / "a.xml").write_bytes(sms("one"))
    (tmp_path / "b.xml").write_bytes(sms("two"))
    run("--who", "B. Lead", "new", case, "--no-input")
    run("add", case, tmp_path / "a.xml", "--no-input", "--by", "C. Colleague")
    run("add", case, tmp_path / "b.xml", "--no-input")
    assert by(case) == ["B. Lead", "C. Colleague", "C. Colleague", "A. Advocate", "A. Advocate"]
    assert who.ENVIRONMENT not in os.environ


@NAMELESS
def test_it_is_asked_once(nobody: Path, tmp_path: Path) -> None:
    answers = [
        ("Your reference", "x"),
        ("client", ""),
        ("unwanted", ""),
        ("Somebody", ""),
        ("key date", ""),
        ("place", ""),
        ("channel", ""),
    ]
    code, shown = typed(["new", tmp_path / "one"], [("Your name", "A. Advocate"), *answers])
    assert code == 0, shown
    code, shown = typed(["new", tmp_path / "two"], answers)
    assert code == 0, shown
    assert "Your name" not in shown
    assert by(tmp_path / "one") == by(tmp_path / "two") == ["A. Advocate"]


def test_no_report_names_who_made_it_nor_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(who.ENVIRONMENT, "Zebedee Quill")
    case = tmp_path / "folder-of-the-case" / "case"
    run("new", case, "--no-input", "--client", "Robin: 07700 900001")
    (tmp_path / "a.xml").write_bytes(sms("one"))
    run("add", case, tmp_path / "a.xml", "--no-input")
    run("report", case, "--date", "2026-06-30")
    assert "Zebedee Quill" in (case / custody.FILE).read_text(encoding="utf-8")
    (report,) = (case / "reports").iterdir()
    texts = [path.read_bytes() for path in report.iterdir()]
    with zipfile.ZipFile(report / "chronology.xlsx") as book:
        texts += [book.read(name) for name in book.namelist()]
    for text in texts:
        for secret in ("Zebedee", "folder-of-the-case", str(tmp_path)):
            assert secret.encode() not in text


def test_every_line_says_who_when_and_with_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = registry.registered()
    theirs = registry.Registered("other_app", "fourline-other-app 2.1", lambda: ours[0].module)
    monkeypatch.setattr(registry, "registered", lambda: (*ours[1:], theirs))
    case = tmp_path / "case"
    run("new", case, "--no-input", "--client", "Robin: 07700 900001", "--not-held", "Snapchat: lost phone")
    (tmp_path / "a.xml").write_bytes(sms("one"))
    run("add", case, tmp_path / "a.xml", "--no-input", "--device", "phone")
    run("report", case, "--date", "2026-06-30")
    lines = custody.entries(case)
    assert [line["action"] for line in lines] == ["made", "received", "answered", "read", "reported"]
    program = f"fourline {registry.fourline_version()}"
    assert all(line["by"] == "A. Tester" and line["utc"].endswith("Z") and line["program"] == program for line in lines)
    made, received, answered, read, reported = lines
    toml = custody.sha256_of(case / "case.toml")
    assert made["outputs"].keys() == answered["outputs"].keys() == {"case.toml"}
    assert answered["said"]["device"] == "phone"
    assert answered["outputs"]["case.toml"] == read["inputs"]["case.toml"] == reported["inputs"]["case.toml"] == toml
    assert received["sha256"] == custody.sha256_of(tmp_path / "a.xml")
    for name, sha256 in read["outputs"].items():
        assert custody.sha256_of(case / name) == sha256
    assert read["outputs"].keys() <= reported["inputs"].keys()
    (report,) = (case / "reports").iterdir()
    assert reported["outputs"] == {path.name: custody.sha256_of(path) for path in report.iterdir()}
    assert read["settings"] == {"zone": "Europe/London", "country": "GB"}
    assert reported["settings"]["day"] == "2026-06-30"
    for line in (read, reported):
        assert line["versions"]["plugins"] == {"other_app": "fourline-other-app 2.1"}
        assert line["versions"]["parsers"]["whatsapp"] == program
        assert line["versions"]["libraries"]["pyarrow"]
    assert json.dumps(lines)
