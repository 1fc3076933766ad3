"""What is served, from the command to the files: reduced, searched, a draft until somebody has looked at every page; the police's pack beside it."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pikepdf
import pyarrow as pa
import pyarrow.parquet as pq
import pypdfium2
import pytest
from click.testing import CliRunner
from everything import squeezed
from never_said import evidence_of, kinds, unsayable

from pipeline import case as cases
from pipeline import custody, pack, registry, store
from pipeline.cli import main
from pipeline.report import schedule
from pipeline.report.confidentiality import Reducer
from pipeline.report.leak_search import search

DRAFT = "DRAFT - not checked"


def run(*words: str | Path, code: int = 0) -> str:
    result = CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo case with a draft for court, made once; tests that change something work on a copy."""
    folder = tmp_path_factory.mktemp("serving")
    run("demo", "--output", folder / "demo", "--date", "2026-06-30")
    case = folder / "demo" / "case"
    run("report", case, "--for", "court", "--parties", "Vale v Marsh", "--mark", "RV1", "--date", "2026-06-30", code=1)
    return case


@pytest.fixture(scope="module")
def all_made(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a report for everybody else too."""
    case = Path(shutil.copytree(made, tmp_path_factory.mktemp("all") / "case"))
    for audience in ("police", "client", "internal"):
        run("report", case, "--for", audience, "--date", "2026-06-30", code=1)
    return case


def words_of_the_evidence(case: Path) -> str:
    return evidence_of(case / "timeline" / "events.parquet", (case / "case.toml").read_text(encoding="utf-8"))


def test_n1_to_n11_no_report_says_what_must_never_be_said(all_made: Path, tmp_path: Path) -> None:
    """The words of the program, in every file for everybody; what people wrote may be any."""
    evidence = words_of_the_evidence(all_made)
    for folder in sorted((all_made / "reports").iterdir()):
        files = tmp_path / folder.name
        shutil.copytree(folder, files, ignore=shutil.ignore_patterns("pack.zip"))
        assert unsayable(files, evidence, served=" court " in folder.name) == []
    for name, words in (("formats.txt", run("formats")), ("help.txt", run("report", "--help"))):
        (tmp_path / name).write_text(words, encoding="utf-8")
    assert [
        one for one in unsayable(tmp_path, evidence, served=False) if "formats.txt" in one or "help.txt" in one
    ] == []


def test_n9_the_served_copy_holds_no_kind_of_content_but_the_respondents_own(made: Path) -> None:
    own = cases.load(made).subjects[0].identifiers
    found = kinds(draft(made))
    assert {squeezed(one)[-10:] for one in found.pop("a telephone number")} <= {squeezed(one)[-10:] for one in own}
    assert all(one.startswith(own) for one in found.pop("an e-mail address"))
    assert set().union(*found.values()) == set()


def test_the_search_for_what_is_never_said_finds_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "This pattern is escalating: high risk, forensic. She wrote that they can't prove this is me. A. 53.34981, -1.78012",
        encoding="utf-8",
    )
    assert [one[:2] for one in unsayable(tmp_path, squeezed("They can't prove this is me"), served=True)] == [
        "N1",
        "N1",
        "N4",
    ]
    assert kinds(tmp_path)["a position"] == {"53.34981, -1.78012"}


@pytest.fixture
def case(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "case"))


def draft(case: Path) -> Path:
    return next((case / "reports").glob("*court 1"))


def words_of(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    try:
        return [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
    finally:
        document.close()


def pages_of(folder: Path) -> int:
    return sum(len(words_of(path)) for path in folder.glob("*.pdf"))


def test_what_is_served_holds_nothing_of_what_the_case_keeps_back(made: Path) -> None:
    whole = cases.load(made)
    timeline = store.load(made / "timeline")
    assert timeline is not None
    found = search(draft(made), Reducer(whole, timeline).forms)
    assert found.secrets == ()
    everything = "\n".join(words_of(next(draft(made).glob("*.pdf"))))
    for kept in (
        "07700 900118",
        "+447700900118",
        "7700900870",
        "robin.vale@example.org",
        "Jo Vale",
        "Ann Vale",
        "53.462",
        "Kim Shaw",
        str(made),
    ):
        assert kept not in everything
    assert "+447700900461" in everything  # the respondent's own numbers in full (C8)
    assert "Person A" in everything
    assert "until 28 March" not in everything  # the name of the old home must not tell of the new one (C6)


def test_a_draft_says_so_on_every_page_and_a_list_for_the_check_is_written(made: Path) -> None:
    pages = words_of(next(draft(made).glob("*.pdf")))
    assert all(DRAFT in page for page in pages)
    listed = openpyxl.load_workbook(made / "checks" / f"{draft(made).name}.xlsx")["Pages"]
    numbers = [row[1] for row in listed.iter_rows(values_only=True) if row[0] and str(row[0]).endswith(".pdf")]
    assert numbers == [str(number) for number in range(1, len(pages) + 1)]


def test_a_release_records_who_looked_and_lifts_the_draft(case: Path) -> None:
    pages = pages_of(draft(case))
    assert "look at every page" in run("release", case, "--by", "Dana Advocate", "--pages", pages - 1, code=1)
    assert "--by NAME" in run("release", case, "--by", " - ", "--pages", pages, code=2)
    said = run("release", case, "yesterday's", "--by", "Dana Advocate", "--pages", pages, code=1)
    assert f"is called yesterday's; there is: {draft(case).name}" in said
    run("release", case, "--by", "Dana Advocate", "--pages", pages)
    released = next((case / "reports").glob("*court released 1"))
    text = words_of(next(released.glob("*.pdf")))
    assert not any(DRAFT in page for page in text)
    for before, after in zip(words_of(next(draft(case).glob("*.pdf"))), text, strict=True):
        assert Counter(before.split()) - Counter(after.split()) == Counter(DRAFT.split())
        assert not Counter(after.split()) - Counter(before.split())
    entry = [one for one in custody.entries(case) if one["action"] == "released"][-1]
    assert (entry["looked"], entry["pages"]) == ("Dana Advocate", pages)
    assert entry["outputs"] == {path.name: custody.sha256_of(path) for path in sorted(released.iterdir())}
    assert "Dana Advocate" not in "".join(text)
    assert "waits for its release" in run("release", case, "--by", "Dana Advocate", "--pages", pages, code=1)
    run("verify", case)
    path = next(released.glob("*.xlsx"))
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"\0")
    assert "chronology.xlsx" in run("verify", case, code=1)


def test_a_changed_draft_is_not_released(case: Path) -> None:
    pages = pages_of(draft(case))
    path = next(draft(case).glob("*.pdf"))
    path.write_bytes(path.read_bytes() + b"\n")
    assert "void" in run("release", case, "--by", "Dana", "--pages", pages, code=1)


def test_a_case_that_was_changed_after_the_look_is_not_released(case: Path) -> None:
    """What is released would else not be what was looked at."""
    toml = case / "case.toml"
    toml.write_text(
        toml.read_text(encoding="utf-8").replace("number and WhatsApp blocked", "blocked"), encoding="utf-8"
    )
    assert "void" in run("release", case, "--by", "Dana", "--pages", pages_of(draft(case)), code=1)


def _timeline_edited(case: Path) -> None:
    """The words of a message, where the report takes them from."""
    path = case / "timeline" / "events.parquet"
    table = pq.read_table(path).to_pandas()
    table["text"] = table["text"].str.replace("outside", "inside")
    path.chmod(0o644)
    pq.write_table(pa.Table.from_pandas(table, schema=pq.read_schema(path), preserve_index=False), path)


def _evidence_edited(case: Path) -> None:
    path = next(iter(sorted((case / "evidence").iterdir())))
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b" ")


def _log_edited(case: Path) -> None:
    """A draft changed by hand, and the log made to say that it is so."""
    path = next(draft(case).glob("*.xlsx"))
    before = custody.sha256_of(path)
    path.write_bytes(path.read_bytes() + b"\0")
    log = case / "custody.jsonl"
    log.write_text(log.read_text(encoding="utf-8").replace(before, custody.sha256_of(path)), encoding="utf-8")


def _log_cut(case: Path) -> None:
    """The last line taken off, as if nothing had been done since."""
    log = case / "custody.jsonl"
    log.write_bytes(b"\n".join(log.read_bytes().split(b"\n")[:-2]) + b"\n")


@pytest.mark.parametrize("attack", [_timeline_edited, _evidence_edited, _log_edited, _log_cut])
def test_no_release_of_what_was_tampered_with(case: Path, attack: Callable[[Path], None]) -> None:
    pages = pages_of(draft(case))
    attack(case)
    output = run("release", case, "--by", "Dana", "--pages", pages, code=1)
    assert "void" in output or "no draft" in output
    assert not list((case / "reports").glob("*released*"))


def test_no_release_by_another_program_than_that_of_the_draft(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = pages_of(draft(case))
    monkeypatch.setattr(registry, "_code", lambda: "another")
    assert "void" in run("release", case, "--by", "Dana", "--pages", pages, code=1)


def test_no_release_of_what_comes_out_otherwise(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the reason: what is released is compared with what was looked at, page by page."""
    pages = pages_of(draft(case))
    what_words = schedule.what_words
    monkeypatch.setattr(schedule, "what_words", lambda *of: what_words(*of).replace("message", "massage"))
    output = run("release", case, "--by", "Dana", "--pages", pages, code=1)
    assert "comes out otherwise" in output
    assert not list((case / "reports").glob("*released*"))
    assert custody.entries(case)[-1]["action"] == "reported"
    monkeypatch.undo()
    run("release", case, "--by", "Dana", "--pages", pages)


@pytest.mark.parametrize("option", ["--maker", "--court"])
def test_a_secret_on_the_front_sheet_stops_the_export(case: Path, option: str) -> None:
    before = sorted(path.name for path in (case / "reports").iterdir())
    output = run("report", case, "--for", "court", option, "care of Jo Vale", "--date", "2026-06-30", code=1)
    assert "Nothing was issued" in output
    assert ".pdf, page 1: the name of A" in output
    assert "Jo Vale" not in output
    assert sorted(path.name for path in (case / "reports").iterdir()) == before


def test_what_looks_confidential_needs_a_decision(case: Path) -> None:
    output = run("report", case, "--for", "court", "--court", "Court at M1 1AE", "--date", "2026-06-30", code=1)
    assert "a postcode: M1 1AE" in output
    newest = max((case / "reports").glob("*court *"))
    pages = pages_of(newest)
    (
        case / "checks" / f"{newest.name}.xlsx"
    ).unlink()  # the list is for the person; what is decided does not hang on it
    assert "nobody has decided" in run("release", case, newest.name, "--by", "Dana", "--pages", pages, code=1)
    toml = case / "case.toml"
    toml.write_text(
        toml.read_text(encoding="utf-8") + '\n[[decision]]\ntext = "M1 1AE"\ndecision = "show"\nby = "Dana"\n',
        encoding="utf-8",
    )
    run("report", case, "--for", "court", "--court", "Court at M1 1AE", "--date", "2026-06-30", code=1)
    run("release", case, "--by", "Dana", "--pages", pages)


def test_a_court_copy_comes_out_again_byte_for_byte(case: Path) -> None:
    output = run("rebuild", case)
    assert "DIFFERS" not in output
    assert "Exhibit" in output


def test_police_get_a_pack_with_everything_that_checks(all_made: Path) -> None:
    case = all_made
    folder = next((case / "reports").glob("*police 1"))
    assert all(one.right for one in pack.verify(folder / "pack.zip"))
    assert "as they were" in run("verify", folder / "pack.zip")
    with zipfile.ZipFile(folder / "pack.zip") as archive:
        names = archive.namelist()
    assert sum(name.startswith("pack/data/originals/") for name in names) == len(list((case / "evidence").iterdir()))
    text = "\n".join(words_of(next(path for path in folder.glob("*.pdf"))))
    assert "Jo Vale" in text
    assert DRAFT not in text
    run("verify", case)


def test_the_clients_copy_has_the_page_of_help_and_a_neutral_name(all_made: Path) -> None:
    folder = next((all_made / "reports").glob("*client 1"))
    assert all(
        re.fullmatch(r"Notes( volume \d)?\.pdf|Notes changes\.txt|SHA256SUMS\.txt", path.name)
        for path in folder.iterdir()
    )
    last = " ".join(words_of(folder / "Notes.pdf")[-2:])
    assert "0808 802 0300" in last
    assert "999" in last
    with pikepdf.open(folder / "Notes.pdf") as pdf:
        title = str(pdf.docinfo.get("/Title", ""))
    assert not re.search(r"stalk|harass|vale|marsh", title, re.IGNORECASE)


def test_the_numbers_of_the_page_of_help_are_put_into_the_case_to_be_checked(all_made: Path, tmp_path: Path) -> None:
    case = Path(shutil.copytree(all_made, tmp_path / "case"))
    numbers = case / "contacts.toml"
    assert "0808 802 0300" in numbers.read_text(encoding="utf-8")
    own = '[[contact]]\nname = "Example Line"\nnumber = "01632 960111"\n'
    numbers.write_text(own, encoding="utf-8")
    assert "contacts.toml" in run("report", case, "--for", "client", "--date", "2026-06-30", code=1)
    numbers.write_text(own + "checked_on = 2026-06-29\n", encoding="utf-8")
    assert "contacts.toml" not in run("report", case, "--for", "client", "--date", "2026-06-30", code=1)
    last = words_of(next((case / "reports").glob("*client 3")) / "Notes.pdf")[-1]
    assert "01632 960111" in last
    assert "0808" not in last


def test_the_log_keeps_who_looked_out_of_what_is_served(made: Path) -> None:
    assert json.loads((made / "custody.jsonl").read_text(encoding="utf-8").splitlines()[-1])["action"] == "reported"
