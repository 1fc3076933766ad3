"""The review: written, filled in as in Excel, taken in; never lost, never half understood."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_cli import run, sms

from pipeline import custody
from pipeline.case import parse
from pipeline.case.categories import CATEGORIES, offered
from pipeline.report import chronology, review_book
from pipeline.timeline import review
from pipeline.timeline.decisions import SEEN_BASES, Decision
from pipeline.timeline.review import HEADINGS, ReviewError

CASE = parse(
    'reference = "x"\n[client]\nname = "Robin"\n[[subject]]\nname = "Sam Marsh"\n[[other]]\nname = "Jo"\n', Path()
)
DIARY = (
    "Date,Time,Type,Where,What happened\n"
    "12/03/2026,21:15,,Home,He was parked opposite.\n"
    "13/03/2026,08:10,THEFT,Home,=HYPERLINK(1)\n"
    ",,,Home,On another day.\n"
)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """Two texts in one backup, one of them in another too, and a diary of three rows."""
    run("new", tmp_path / "case", "--no-input", "--client", "Robin", "--subject", "Sam Marsh: 07700 900123")
    (tmp_path / "a.xml").write_bytes(sms("one", "two"))
    (tmp_path / "b.xml").write_bytes(sms("one", "three"))
    (tmp_path / "diary.csv").write_text(DIARY)
    run("add", tmp_path / "case", *(tmp_path / name for name in ("a.xml", "b.xml", "diary.csv")), "--no-input")
    return tmp_path / "case"


def events(case: Path) -> dict[str, dict[str, Any]]:
    """The events by their words; of a repeat the one that is counted."""
    rows = pq.read_table(case / "timeline" / "events.parquet").to_pylist()
    return {row["text"]: row for row in rows if not row["same_as"]} | {
        f"{row['text']} again": row for row in rows if row["same_as"]
    }


def rows_of(case: Path) -> list[dict[str, Any]]:
    book = openpyxl.load_workbook(case / "review.xlsx")
    names, *rows = book["Review"].iter_rows(values_only=True)
    book.close()
    return [dict(zip(names, row, strict=True)) for row in rows]


def fill(case: Path, event: str, **cells: Any) -> None:
    """Writes into cells of an event's row, as she does in Excel."""
    book = openpyxl.load_workbook(case / "review.xlsx")
    sheet = book["Review"]
    names = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        if row[0].value == event:
            for key, value in cells.items():
                row[names.index(HEADINGS[key])].value = value
    book.save(case / "review.xlsx")


def reviewed(case: Path) -> list[dict[str, Any]]:
    return [entry for entry in custody.entries(case) if entry["action"] == "reviewed"]


def test_it_lists_what_needs_a_decision_and_nothing_else(case: Path) -> None:
    output = run("review", case).output
    assert "(2 rows, 0 with a decision)" in output
    assert {(row["Words"], row["Why it is listed"]) for row in rows_of(case)} == {
        ("He was parked opposite.", "incident without a category"),
        ("On another day.", "incident without a category; no date"),
    }
    assert events(case)["=HYPERLINK(1)"]["categories"] == "THEFT"
    assert events(case)["=HYPERLINK(1)"]["categories_by"] == "diary: THEFT"


def test_what_diary_case_and_review_say_of_one_event_is_put_together(case: Path) -> None:
    """One list of codes, three places to write them; none takes away what another says, and each says who."""
    event = events(case)["=HYPERLINK(1)"]["id"]
    with (case / "case.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[[category]]\nevent = "{event}"\ncodes = ["HOME"]\nby = "Robin"\n')
    run("review", case, "--set", event, "categories=DAMAGE,HOME", "--by", "A. Vocate")
    found = events(case)["=HYPERLINK(1)"]
    assert found["categories"] == "HOME DAMAGE THEFT"
    assert found["categories_by"] == "diary: THEFT; case.toml, Robin: HOME; review, A. Vocate: HOME DAMAGE"


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--only", "all"], 7),
        (["--only", "diary"], 3),
        (["--only", "camera"], 0),
        (["--only", "suggested"], 0),
        (["--only", "all", "--person", "Sam Marsh"], 4),
        (["--only", "all", "--from", "2026-03-13"], 1),
        (["--only", "all", "--to", "2026-03-12"], 5),
    ],
)
def test_filters(case: Path, options: list[str], count: int) -> None:
    assert f"({count} row{'' if count == 1 else 's'}," in run("review", case, *options).output


def test_words_of_the_evidence_stay_words_and_what_is_not_hers_is_locked(case: Path) -> None:
    run("review", case, "--only", "all")
    book = openpyxl.load_workbook(case / "review.xlsx")
    sheet = book["Review"]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert all(cell.data_type == "s" for cell in cells)
    assert any(cell.value == "=HYPERLINK(1)" for cell in cells)
    assert sheet.protection.sheet
    names = [cell.value for cell in sheet[1]]
    for name, cell in zip(names, sheet[2], strict=True):
        column = next(one for one in sheet.column_dimensions.values() if one.min <= cell.column <= one.max)
        locked = cell.protection.locked if cell.has_style else column.protection.locked
        assert locked == (name not in HEADINGS.values()), name
    lists = {str(rule.sqref).split(":")[0][:-1]: rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert len(lists) == 7


def test_decisions_filled_in_reach_the_timeline_the_report_and_the_log(case: Path, tmp_path: Path) -> None:
    run("review", case, "--only", "all")
    before = events(case)
    fill(
        case,
        before["two"]["id"],
        included="no",
        reason="meant for somebody else",
        category_1=offered("CALL"),
        category_3="THREAT-V, msg",
        note="<b>look</b>",
        decided_by="A. Vocate",
        decided_on=datetime(2026, 4, 1),
    )
    fill(
        case,
        before["He was parked opposite."]["id"],
        seen="sam marsh",
        seen_basis="Police",
        seen_by="PC 1",
        decided_on="02/04/2026",
    )
    run("status", case)
    found = events(case)
    two, parked = found["two"], found["He was parked opposite."]
    assert (two["included"], two["reason"], two["note"]) == (False, "meant for somebody else", "<b>look</b>")
    assert (two["categories"], two["categories_by"]) == ("MSG CALL THREAT-V", "review, A. Vocate: MSG CALL THREAT-V")
    assert two["decided"] == "A. Vocate, 01/04/2026"
    assert (parked["seen"], parked["seen_basis"], parked["seen_by"], parked["decided"]) == (
        "P2",
        "police",
        "PC 1",
        "02/04/2026",
    )
    assert len(found) == len(before)  # nothing is dropped

    last = reviewed(case)[-1]
    (kept,) = last["outputs"]
    assert last["inputs"]["review.xlsx"] == custody.sha256_of(case / "review.xlsx") == custody.sha256_of(case / kept)
    assert last["decisions"] == 2

    run("report", case, "--output", tmp_path / "report", "--date", "2026-05-01")
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "Left out by a person" in page
    assert "meant for somebody else" in page
    assert "1 of 2 decisions do not say who decided" in page
    with (tmp_path / "report" / "chronology.csv").open(encoding="utf-8-sig", newline="") as file:
        row = next(row for row in csv.DictReader(file) if row["Event ID"] == two["id"])
    assert (row["In the review"], row["Why left out"], row["Counted as contact"]) == (
        "excluded",
        "meant for somebody else",
        "",
    )


def test_verify_looks_at_every_review_that_was_taken_in(case: Path) -> None:
    event = events(case)["two"]["id"]
    run("review", case, "--set", event, "note=x", "--by", "A")
    run("review", case, "--set", event, "note=y", "--by", "A")
    assert "2 states of the review: each as it was taken in" in run("verify", case).output
    kept = case / next(iter(reviewed(case)[0]["outputs"]))
    kept.write_bytes(kept.read_bytes() + b"x")
    assert "has been changed since it was taken in" in run("verify", case, code=1).output
    kept.unlink()
    assert f"reviews/{kept.name}, a review that was taken in, is missing" in run("verify", case, code=1).output


def test_the_timeline_is_made_again_when_a_decision_changes_and_only_then(case: Path) -> None:
    run("review", case, "--only", "all")
    event = events(case)["two"]["id"]
    stamp = (case / "timeline" / "manifest.json").stat().st_mtime_ns
    fill(case, event, decided_by="A. Vocate")  # nothing is decided by that
    run("status", case)
    assert (case / "timeline" / "manifest.json").stat().st_mtime_ns == stamp
    assert len(reviewed(case)) == 2
    fill(case, event, note="new")
    run("status", case)
    assert (case / "timeline" / "manifest.json").stat().st_mtime_ns != stamp
    run("status", case)
    assert len(reviewed(case)) == 3  # once each


def test_written_anew_it_keeps_every_decision(case: Path) -> None:
    run("review", case, "--only", "all")
    event = events(case)["two"]["id"]
    fill(
        case,
        event,
        note="keep me",
        category_1="CALL",
        category_2="MSG",
        category_3="EML GIFT",
        decided_by="A",
        decided_on="01/04/2026",
    )
    before = review.read(case / "review.xlsx", CASE)
    assert "1 with a decision" in run("review", case, "--only", "diary").output
    assert "1 with a decision" in run("review", case).output
    assert review.read(case / "review.xlsx", CASE).decisions == before.decisions
    assert [row["Why it is listed"] for row in rows_of(case) if row["Event ID"] == event] == ["decided"]


def test_a_decision_on_an_event_that_is_gone_is_kept_and_named(case: Path) -> None:
    run("review", case, "--only", "all")
    gone = "0123456789ab"
    book = openpyxl.load_workbook(case / "review.xlsx")
    sheet = book["Review"]
    names = [cell.value for cell in sheet[1]]
    sheet.cell(sheet.max_row, 1).value = gone
    sheet.cell(sheet.max_row, names.index(HEADINGS["note"]) + 1).value = "about a file that was taken out"
    book.save(case / "review.xlsx")
    output = run("review", case).output
    assert "1 decided and no event now" in output
    assert f"{gone} is no event now" in output
    assert review.read(case / "review.xlsx", CASE).decisions[gone].note == "about a file that was taken out"
    assert [row["Why it is listed"] for row in rows_of(case) if row["Event ID"] == gone] == [
        "decided; no event has this ID now"
    ]


def test_set_works_without_excel(case: Path) -> None:
    found = events(case)
    one, two = found["two"]["id"], found["three"]["id"]
    run("review", case, "--set", one, "categories=call,THREAT-V", "--set", one, "seen=Sam Marsh", "--set", one, "seen_basis=client says",
        "--set", two, "included=no", "--set", two, "reason=a test", "--by", "A. Vocate", "--on", "2026-04-01")  # fmt: skip
    found = events(case)
    assert (found["two"]["categories"], found["two"]["seen"], found["two"]["decided"]) == (
        "CALL THREAT-V",
        "P2",
        "A. Vocate, 01/04/2026",
    )
    assert found["three"]["included"] is False
    run("review", case, "--set", two, "included=", "--set", two, "reason=", "--by", "A. Vocate")
    assert events(case)["three"]["included"] is True
    assert len(review.read(case / "review.xlsx", CASE).decisions) == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (["ffffffffffff", "note=x"], "no event of the timeline has the ID ffffffffffff"),
        (["{}", "notes=x"], "KEY=VALUE"),
        (["{}", "note"], "KEY=VALUE"),
        (["{}", "categories=CALL,RUDE"], '"RUDE" is no category'),
        (["{}", "seen=Nobody"], '"Nobody" is not one person of the case'),
        (["{}", "seen=Sam Marsh"], "on what basis"),
        (["{}", "seen_basis=gut"], "must be one of"),
        (["{}", "included=perhaps"], "write yes or no"),
        (["{}", "included=no"], "no reason is given"),
        (["{}", "same_as={}"], "cannot repeat itself"),
        (["{}", "same_as=zzz"], "is no event ID"),
        (["{}", "same_as=ffffffffffff"], "no event of the timeline has the ID ffffffffffff"),
        (["{}", "note=" + "x" * 33_000], "cannot be written to a workbook as it is"),
    ],
)
def test_what_set_cannot_say_is_refused_and_changes_nothing(case: Path, said: list[str], words: str) -> None:
    event = events(case)["two"]["id"]
    output = run("review", case, "--set", *(part.replace("{}", event) for part in said), "--by", "A", code=1).output
    assert words in " ".join(output.split())
    assert not list(case.glob("review*.xlsx"))
    run("review", case, "--set", event, "note=x", code=2)  # who says so?


def test_a_repeat_taken_apart_and_put_together_by_hand(case: Path) -> None:
    found = events(case)
    again, one, three = found["one again"], found["one"], found["three"]
    assert (again["same_as"], again["same_rule"]) == (one["id"], "copy")
    run(
        "review",
        case,
        "--set",
        again["id"],
        f"not_same={one['id']}",
        "--set",
        three["id"],
        f"same_as={found['two']['id']}",
        "--by",
        "A",
    )
    rows = {row["id"]: row for row in pq.read_table(case / "timeline" / "events.parquet").to_pylist()}
    assert (rows[again["id"]]["same_as"], rows[again["id"]]["same_rule"]) == ("", "")
    assert (rows[three["id"]]["same_as"], rows[three["id"]]["same_rule"]) == (found["two"]["id"], "by hand")


def test_leaving_out_a_repeat_leaves_out_the_event(case: Path) -> None:
    found = events(case)
    again = found["one again"]["id"]
    run(
        "review",
        case,
        "--set",
        again,
        "included=no",
        "--set",
        again,
        "reason=private",
        "--set",
        again,
        "categories=MSG",
        "--by",
        "A",
    )
    one = events(case)["one"]
    assert (one["included"], one["reason"], one["categories"]) == (False, f"private (decided at {again})", "MSG")


def test_a_suggestion_is_answered_with_yes_or_no(case: Path, tmp_path: Path) -> None:
    log = "Name,Number,Date,Time,Type,Duration\nSam,07700 900123,13/04/2026,{},Incoming,60\n"
    (tmp_path / "coarse.csv").write_text(log.format("21:15"))
    (tmp_path / "fine.csv").write_text(log.format("21:15:20"))
    run("add", case, tmp_path / "coarse.csv", tmp_path / "fine.csv", "--no-input")
    run("review", case)
    (row,) = [row for row in rows_of(case) if row["May repeat event"]]
    assert row["Why it is listed"] == "may repeat another event"
    assert "21:15:20" in row["What that event is"]
    fill(case, row["Event ID"], same="yes")
    run("review", case)
    calls = {
        one["id"]: one
        for one in pq.read_table(case / "timeline" / "events.parquet").to_pylist()
        if one["kind"] == "call"
    }
    mine = calls[row["Event ID"]]
    assert (mine["same_as"], mine["same_rule"], mine["maybe_same_as"]) == (
        row["May repeat event"],
        "minute and second, by hand",
        "",
    )
    (again,) = [one for one in rows_of(case) if one["Event ID"] == row["Event ID"]]
    assert (again["May repeat event"], again[HEADINGS["same"]]) == (row["May repeat event"], "yes")
    fill(case, row["Event ID"], same="no")
    run("status", case)
    mine = next(
        one for one in pq.read_table(case / "timeline" / "events.parquet").to_pylist() if one["id"] == row["Event ID"]
    )
    assert (mine["same_as"], mine["maybe_same_as"]) == ("", "")


# --- what cannot be understood -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"category_2": "RUDE"}, "Category 2", '"RUDE" is no category'),
        ({"included": "maybe"}, "Include?", "neither yes nor no"),
        ({"included": "no"}, "If not included: why", "no reason is given"),
        ({"same": "yes"}, "Is it the same event?", "there is no event in the column"),
        ({"same_as": "the other one"}, "Repeats event (ID)", "is no event ID"),
        ({"not_same": "12345"}, "Does not repeat (ID)", "is no event ID"),
        ({"seen": "Somebody"}, "Who is seen", "is not one person of the case"),
        ({"seen": "Sam Marsh"}, "Seen: on what basis", "it is not said on what basis"),
        ({"seen_basis": "gut"}, "Seen: on what basis", "is not one of"),
        ({"decided_on": "31/02/2026"}, "Decided on", "is no date"),
        ({"note": "#NAME?"}, "Note", "Excel shows an error"),
    ],
)
def test_a_cell_that_cannot_be_understood_is_named(case: Path, cells: dict[str, Any], column: str, words: str) -> None:
    run("review", case)
    fill(case, rows_of(case)[0]["Event ID"], **cells)
    for command in (["status", case], ["review", case], ["report", case]):
        output = " ".join(run(*command, code=1).output.split())
        assert f"row 2, column “{column}”: " in output
        assert words in output
    assert [entry["decisions"] for entry in reviewed(case)] == [0]


def change(path: Path, what: Callable[[Any], None]) -> None:
    book = openpyxl.load_workbook(path)
    what(book)
    book.save(path)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (lambda book: book["Review"].delete_cols(list(_headings(book)).index("Include?") + 1), "“Include?” is missing"),
        (lambda book: setattr(book["Review"]["B1"], "value", "Include?"), "“Include?” stands twice"),
        (lambda book: setattr(book["Review"], "title", "Sheet1"), 'no sheet "Review"'),
        (lambda book: setattr(book["Review"]["A2"], "value", "zz"), 'row 2, column “Event ID”: "zz" is no event ID'),
        (lambda book: (setattr(book["Review"]["A2"], "value", None), setattr(book["Review"].cell(2, 26), "value", "x")), "there is a decision in this row and no event ID"),
    ],
)  # fmt: skip
def test_a_sheet_that_is_not_as_it_was_written(case: Path, what: Callable[[Any], None], words: str) -> None:
    run("review", case)
    change(case / "review.xlsx", what)
    assert words in " ".join(run("status", case, code=1).output.split())


def _headings(book: Any) -> list[str]:
    return [cell.value for cell in book["Review"][1]]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 and then nothing", b"a,b,c\n"])
def test_a_damaged_file_is_refused_and_left_as_it_is(case: Path, data: bytes) -> None:
    (case / "review.xlsx").write_bytes(data)
    assert "is damaged and cannot be read" in " ".join(run("review", case, code=1).output.split())
    assert (case / "review.xlsx").read_bytes() == data


def test_a_cut_file_is_refused(case: Path) -> None:
    run("review", case)
    whole = (case / "review.xlsx").read_bytes()
    for length in range(1, len(whole), len(whole) // 40):
        (case / "review.xlsx").write_bytes(whole[:length])
        with pytest.raises(ReviewError, match="damaged"):
            review.read(case / "review.xlsx", CASE)


@pytest.mark.parametrize("lock", ["~$review.xlsx", ".~lock.review.xlsx#"])
def test_it_is_not_written_over_while_a_spreadsheet_program_has_it_open(case: Path, lock: str) -> None:
    run("review", case)
    before = (case / "review.xlsx").read_bytes()
    (case / lock).touch()
    assert "is open in a spreadsheet program" in " ".join(run("review", case, "--only", "all", code=1).output.split())
    assert (case / "review.xlsx").read_bytes() == before


def test_a_file_that_windows_holds_is_said_to_be_open(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("review", case)
    real = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if Path(target).name == "review.xlsx":
            raise PermissionError(13, "Permission denied")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    assert "cannot be replaced. If it is open in Excel" in " ".join(
        run("review", case, "--only", "all", code=1).output.split()
    )
    assert not (case / "review.new.xlsx").exists()


def test_a_review_that_has_been_taken_away_is_named(case: Path) -> None:
    event = events(case)["two"]["id"]
    run("review", case, "--set", event, "note=x", "--by", "A")
    (case / "review.xlsx").unlink()
    words = "1 decisions that were taken in before are not applied"
    output = " ".join(run("review", case, code=1).output.split())
    assert words in output
    assert "reviews/" in output
    assert "--anew" in output
    run("report", case, "--output", case / "reports" / "r")
    assert words in (case / "reports" / "r" / "report.html").read_text(encoding="utf-8")
    assert "0 with a decision" in run("review", case, "--anew").output


def test_an_id_that_excel_took_for_a_number_and_a_column_of_her_own(case: Path) -> None:
    run("review", case)

    def edit(book: Any) -> None:
        sheet = book["Review"]
        sheet["A2"].value = 12345678901  # "012345678901"
        sheet.cell(2, _headings(book).index(HEADINGS["note"]) + 1).value = 5
        sheet.cell(1, sheet.max_column + 1).value = "My column"

    change(case / "review.xlsx", edit)
    found = review.read(case / "review.xlsx", CASE)
    assert found.decisions["012345678901"].note == "5"
    assert "“My column” is not one of Fourline's and is not read" in found.remarks[0]


def test_two_rows_that_decide_differently_about_one_event(case: Path) -> None:
    run("review", case)

    def edit(book: Any) -> None:
        sheet = book["Review"]
        sheet["A3"].value = sheet["A2"].value
        for row, note in ((2, "a"), (3, "b")):
            sheet.cell(row, _headings(book).index(HEADINGS["note"]) + 1).value = note

    change(case / "review.xlsx", edit)
    with pytest.raises(ReviewError, match="is decided about in row 2 too"):
        review.read(case / "review.xlsx", CASE)


# --- round trip ----------------------------------------------------------------------------------------------------------------------------------------

ids = st.integers(0, 2**48 - 1).map(lambda number: f"{number:012x}")
words = st.text(
    st.characters(
        min_codepoint=32, max_codepoint=0x1FFFF, exclude_categories=["Cs", "Cn"], exclude_characters="\x7f\x85"
    ),
    max_size=20,
).map(str.strip)
decisions = st.builds(
    Decision,
    ids,
    included=st.none() | st.booleans(),
    reason=words,
    categories=st.lists(st.sampled_from(sorted(CATEGORIES)), unique=True, max_size=5).map(tuple),
    seen=st.lists(st.sampled_from(["P1", "P2", "A"]), unique=True, max_size=2).map(tuple),
    seen_basis=st.sampled_from(["", *SEEN_BASES]),
    seen_by=words,
    same_as=st.just("") | ids,
    not_same=st.lists(ids, max_size=3, unique=True).map(lambda some: tuple(sorted(some))),
    note=words,
    decided_by=words,
    decided_on=st.none() | st.dates(date(1950, 1, 1), date(2100, 1, 1)),
).filter(
    lambda one: (
        one.decides
        and not one.fault
        and not any(text.startswith("#") for text in (one.note, one.reason, one.seen_by, one.decided_by))
    )
)


@settings(max_examples=60)
@given(st.lists(decisions, max_size=6, unique_by=lambda one: one.id))
def test_what_is_written_is_what_is_read(tmp_path_factory: pytest.TempPathFactory, some: list[Decision]) -> None:
    path = tmp_path_factory.mktemp("any") / "review.xlsx"
    held = {one.id: one for one in some}
    empty = chronology.in_words(pq_empty(), chronology.Names({}, {}, {}), [], *[pa.array([], pa.string())] * 2)
    listed = review_book.Listed(empty, [], [], {}, sorted(held))
    assert review_book.write(path, listed, held, CASE) == len(held)
    assert review.read(path, CASE).decisions == held
    assert {replace(one) for one in review.read(path, CASE).decisions.values()} == set(some)


def pq_empty() -> Any:
    from pipeline.timeline.schema import SCHEMA

    return SCHEMA.empty_table()
