"""Every issue says what has changed since the last one for the same readers, in words that they may read (N12, P20)."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import poppler
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from picture_files import backup, case_in

from pipeline import case as cases
from pipeline import custody, store
from pipeline.cli import main
from pipeline.report import change_list, issue
from pipeline.report.change_list import in_words
from pipeline.report.confidentiality import Reducer
from pipeline.report.issue_contents import COLUMNS, Contents, NotKept, Since, keep, kept, last
from pipeline.report.leak_search import search

ON: Final = "2026-06-30"
SINCE: Final = Since("ab" * 32, "2026-06-30", 1)


def row(number: int, *changed: str) -> tuple[str, str]:
    """A row whose columns hold 0, but those that were changed."""
    return f"{number:012x}", "".join("1" * 8 if name in changed else "0" * 8 for name in COLUMNS)


def held(rows: Sequence[tuple[str, str]] = (), **more: Any) -> Contents:
    return Contents(
        more.pop("first", 1), tuple(rows), **({"facts": (), "settings": {}, "lists": {}, "pictures": {}} | more)
    )


def said(now: Contents, before: Contents, *, own: bool = False) -> str:
    return in_words(now, before, SINCE, own=own)


def test_the_first_issue_says_that_it_is_the_first() -> None:
    assert in_words(held([row(1)]), None, None) == (
        "Changes\n\nThis is the first issue for these readers. There is none before it with which it could be compared.\n"
    )


def test_where_nothing_has_changed_it_says_so() -> None:
    words = said(held([row(1), row(2)]), held([row(1), row(2)]))
    assert "This is issue 2 for these readers. It is compared with issue 1, of 30/06/2026." in words
    assert words.endswith("\n\nNothing has changed.\n")


def test_rows_added_gone_and_changed_are_named_by_id_and_by_the_numbers_of_both_issues() -> None:
    before = held([row(1), row(2), row(3), row(4), row(5)])
    now = held([row(9), row(1), row(3, "words", "place"), row(4), row(5)])
    words = said(now, before)
    assert "1 row added:\n  row 1  000000000009\n" in words
    assert "1 row of the issue before no longer in it:\n  row 2 of the issue before  000000000002\n" in words
    assert "1 row changed; the columns in which:\n  row 3  000000000003  words, place\n" in words
    assert "1 row with another number than in the issue before:\n  row 1 before: row 2 now\n" in words


def test_rows_that_have_moved_are_given_as_ranges() -> None:
    before, now = held([row(n) for n in range(1, 101)]), held([row(0), *(row(n) for n in range(1, 101) if n != 50)])
    words = said(now, before)
    assert "98 rows" not in words  # from 51 on they have their number again
    assert "49 rows with another number than in the issue before:\n  rows 1 to 49 before: rows 2 to 50 now\n" in words


def test_a_supplement_counts_from_its_first_row() -> None:
    assert "row 301  000000000009" in said(held([row(9)], first=301), held([row(1)], first=1))


def test_figures_stand_side_by_side_with_their_old_numbers() -> None:
    before = held(
        facts=(
            ("Amount", "Items per week rose from 3 to 17."),
            ("Amount", "47 missed calls on 03/02/2026."),
            ("Hours", "gone"),
        )
    )
    now = held(
        facts=(
            ("Amount", "Items per week rose from 3 to 19."),
            ("Amount", "48 missed calls on 04/02/2026."),
            ("Hours", "new"),
        )
    )
    words = said(now, before)
    assert (
        "  Amount\n    before: Items per week rose from 3 to 17.\n    now:    Items per week rose from 3 to 19.\n"
        in words
    )
    plural = said(held(facts=(("A", "2 rows are left out."),)), held(facts=(("A", "1 row is left out."),)))
    assert "    before: 1 row is left out.\n    now:    2 rows are left out.\n" in plural
    assert "    before: 47 missed calls on 03/02/2026.\n    now:    48 missed calls on 04/02/2026.\n" in words
    assert "  Hours\n    new:    new\n" in words
    assert "  Hours\n    no longer: gone\n" in words


def test_settings_the_case_and_pictures_are_compared_too() -> None:
    before = held(
        settings={"mark": "A1", "hearing": "x"},
        lists={"people": ("P2: Sam",)},
        pictures={"a" * 64: "picture 1, page P3", "b" * 64: "picture 2, page P4"},
    )
    now = held(
        settings={"mark": "A1", "hearing": ""},
        lists={"people": ("P2: Sam M",)},
        pictures={"b" * 64: "picture 1, page P3", "c" * 64: "picture 2, page P4"},
    )
    words = said(now, before)
    assert "  hearing: none (before: x)\n" in words
    assert "mark" not in words
    assert "  people, added: P2: Sam M\n" in words
    assert "  people, no longer: P2: Sam\n" in words
    assert "  added: picture 2, page P4, original cccccccccccc\n" in words
    assert "  picture 1, page P3, before: picture 2, page P4\n" in words
    assert "  no longer in it: picture 1, page P3 of the issue before, original aaaaaaaaaaaa\n" in words


def test_the_clients_own_copy_counts_and_names_no_rows() -> None:
    before, now = (
        held([row(1), row(2)], settings={"mark": "A"}),
        held([row(2, "words"), row(3)], settings={"mark": "B"}),
    )
    words = said(now, before, own=True)
    assert "1 record added." in words
    assert "1 record no longer in it." in words
    assert "1 record changed." in words
    assert not re.search(r"\brow\b|00000000|mark", words.replace("pages and rows of it", ""))


def test_a_long_list_says_how_much_of_it_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change_list, "LISTED", 10)
    words = said(held([row(n) for n in range(100)]), held())
    assert "100 rows added:" in words
    assert words.count("\n  row ") == 10
    assert "  ... and 90 more lines" in words


@given(
    st.lists(st.integers(0, 30), unique=True), st.lists(st.integers(0, 30), unique=True),
    st.sets(st.integers(0, 30)), st.integers(1, 50),
)  # fmt: skip
def test_the_numbers_add_up(old: list[int], new: list[int], touched: set[int], first: int) -> None:
    """Every row of both issues is added, gone, changed or as it was; and every number that is named is that row's number."""
    before = held([row(n) for n in old])
    now = held([row(n, *(["words"] if n in touched else [])) for n in new], first=first)
    words = said(now, before)
    here, there = {n: first + k for k, n in enumerate(new)}, {n: 1 + k for k, n in enumerate(old)}
    added = re.findall(r"^  row (\d+)  ([0-9a-f]{12})$", words, re.MULTILINE)
    gone = re.findall(r"^  row (\d+) of the issue before  ([0-9a-f]{12})$", words, re.MULTILINE)
    changed = re.findall(r"^  row (\d+)(?: \(was row \d+\))?  ([0-9a-f]{12})  words$", words, re.MULTILINE)
    assert {int(one, 16): int(number) for number, one in added} == {n: here[n] for n in new if n not in old}
    assert {int(one, 16): int(number) for number, one in gone} == {n: there[n] for n in old if n not in new}
    assert {int(one, 16): int(number) for number, one in changed} == {
        n: here[n] for n in new if n in old and n in touched
    }
    moved = {n for n in new if n in old and here[n] != there[n]}
    told = set()
    for a, b, c, d in re.findall(
        r"^  rows? (\d+)(?: to (\d+))? before: rows? (\d+)(?: to (\d+))? now$", words, re.MULTILINE
    ):
        for place in range(int(b or a) - int(a) + 1):
            told.add((int(a) + place, int(c) + place))
        assert int(b or a) - int(a) == int(d or c) - int(c)
    assert told == {(there[n], here[n]) for n in moved}


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    one = held(
        [row(1), row(2, "words")],
        facts=(("A", "b"),),
        settings={"x": "y"},
        lists={"people": ("P1: ñ \ud800",)},
        pictures={"c" * 64: "P1"},
    )
    sha256 = keep(tmp_path, one.to_bytes())
    assert keep(tmp_path, one.to_bytes()) == sha256
    since = Since(sha256, ON, 1)
    found = kept(tmp_path, since)
    assert found.rows == one.rows
    assert replace(found, lists={}) == replace(one, lists={})
    path = tmp_path / custody.CONTENTS / f"{sha256}.json"
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(NotKept, match="missing or has been changed"):
        kept(tmp_path, since)
    path.unlink()
    with pytest.raises(NotKept):
        kept(tmp_path, since)


def test_a_courts_issue_is_compared_with_what_was_released(tmp_path: Path) -> None:
    def entry(audience: str, sha256: str, **settings: Any) -> dict[str, Any]:
        return {"action": "reported", "day": ON, "contents": sha256, "settings": {"for": audience, **settings}}

    log = [
        entry("court", "a"),
        entry("police", "b"),
        entry("court", "a", released=True),
        entry("court", "c"),
        {"action": "reported", "settings": {}},
    ]
    assert last(log, "court") == Since("a", ON, 1)
    assert last(log, "police") == Since("b", ON, 1)
    assert last(log, "client") is None
    assert last([entry("court", "a")], "court") is None


# --- from the command ------------------------------------------------------------------------------------------------------------------------------------------


def run(*words: str | Path, code: int = 0) -> str:
    result = CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


def text(number: int, words: str, sender: str = "+447700900461") -> str:
    return f'<sms address="{sender}" date="{1_772_366_400_000 + number * 3_600_000}" type="1" body="{words}" />'


def court(case: Path, *options: str) -> Path:
    run("report", case, "--for", "court", "--date", ON, *options)
    return max((case / "reports").glob("*court *"), key=lambda path: path.stat().st_mtime_ns)


def release(case: Path, code: int = 0) -> str:
    from pipeline.report.check_list import pages

    folder = max((case / "reports").glob("*court [0-9]*"), key=lambda path: path.stat().st_mtime_ns)
    count = len(pages(sorted(folder.glob("*.pdf"))))
    return run("release", case, folder.name, "--by", "Dana", "--pages", count, code=code)


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case of which a first issue was released to the court."""
    folder = tmp_path_factory.mktemp("released")
    case = case_in(folder / "case")
    (folder / "sms.xml").write_bytes(backup(*(text(number, f"message {number}") for number in range(5))))
    run("add", case, folder / "sms.xml", "--no-input")
    first = court(case, "--mark", "RV1")
    assert "first issue" in (first / "changes.txt").read_text(encoding="utf-8")
    release(case)
    return case


@pytest.fixture
def case(released: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(released, tmp_path / "case"))


def test_a_second_issue_says_what_is_new_and_nothing_of_what_is_withheld(case: Path, tmp_path: Path) -> None:
    more = (
        text(-2, "earlier"),
        text(9, "later, at 12 Acacia Road"),
        text(10, "a secret of hers", "+447700900205"),
        *(text(n, f"message {n}") for n in (1, 2)),
    )
    (tmp_path / "sms-2.xml").write_bytes(backup(*more))
    run("add", case, tmp_path / "sms-2.xml", "--no-input")
    folder = court(case, "--mark", "RV2")
    words = (folder / "changes.txt").read_bytes().decode()
    assert "\r\n" in words
    words = words.replace("\r\n", "\n")
    front = poppler.asked("pdftotext", "-l", "1", *folder.glob("*Exhibit*.pdf"), "-")
    assert "This is issue 2. What has changed since issue 1, of 30/06/2026, is listed in changes.txt." in " ".join(
        front.decode().split()
    )
    assert "This is issue 2 for these readers. It is compared with issue 1, of 30/06/2026." in words
    assert "4 rows added:\n" in words  # two, and two that repeat rows that are there
    assert "files received, added: S2: Android backup" in words
    assert "exhibit mark: RV2 (before: RV1)" in words
    assert "before: rows" in words or "before: row" in words
    assert re.search(r"before: .*\b5\b.*\n +now: .*\b7\b", words)  # 5 items, then 7
    timeline = store.load(case / "timeline")
    assert timeline is not None
    ids = {one["id"]: one for one in _events(case, tmp_path)}
    secret = next(one for one, event in ids.items() if event["text"] == "a secret of hers")
    assert secret not in words
    assert search(folder, Reducer(cases.load(case), timeline).forms).secrets == ()
    assert "Acacia" not in words
    named = set(re.findall(r"\b[0-9a-f]{12}\b", words))
    assert named <= set(ids)
    entry = custody.last(case, "reported")
    assert entry is not None
    assert entry["outputs"]["changes.txt"] == hashlib.sha256((folder / "changes.txt").read_bytes()).hexdigest()
    assert "DIFFERS" not in run("rebuild", case)
    release(case)
    both = [path / "changes.txt" for path in sorted((case / "reports").iterdir()) if path != folder]
    assert (folder / "changes.txt").read_bytes() in {
        path.read_bytes() for path in both
    }  # that of the release is that of its draft
    run("verify", case)


def _events(case: Path, to: Path) -> list[dict[str, Any]]:
    import json

    run("timeline", case, "--output", to / "events.json")
    found: list[dict[str, Any]] = json.loads((to / "events.json").read_text(encoding="utf-8"))
    return found


def test_a_draft_that_knows_nothing_of_a_later_release_is_not_released(released: Path, tmp_path: Path) -> None:
    folder = tmp_path / "two"
    case = case_in(folder)
    (tmp_path / "sms.xml").write_bytes(backup(text(0, "one")))
    run("add", case, tmp_path / "sms.xml", "--no-input")
    court(case)
    first = "2026-06-30 court 1"
    court(case)
    release(case)
    from pipeline.report.check_list import pages

    count = len(pages(sorted((case / "reports" / first).glob("*.pdf"))))
    assert "another issue was released since" in run("release", case, first, "--by", "D", "--pages", count, code=1)


def test_verify_looks_at_what_was_kept_and_no_issue_is_made_without_it(case: Path) -> None:
    (path,) = (case / custody.CONTENTS).iterdir()
    before = path.read_bytes()
    path.write_bytes(before.replace(b"RV1", b"RV9"))
    assert "for the list of changes of the next issue" in run("verify", case, code=1)
    output = run("report", case, "--for", "court", "--date", ON, code=1)
    assert "so that nobody can say what has changed since" in output
    assert "Traceback" not in output
    path.write_bytes(before)
    run("verify", case)


def test_other_readers_have_lists_of_their_own(case: Path) -> None:
    run("report", case, "--for", "police", "--date", ON)
    folder = next((case / "reports").glob("*police 1"))
    assert "first issue" in (folder / "changes.txt").read_text(encoding="utf-8")
    entry = custody.last(case, "reported")
    assert entry is not None
    assert last(custody.entries(case), "police") == Since(entry["contents"], ON, 1)
    assert last(custody.entries(case), "court") != last(custody.entries(case), "police")


def test_the_same_issue_holds_the_same(case: Path, tmp_path: Path) -> None:
    loaded, timeline = cases.load(case), store.load(case / "timeline")
    assert timeline is not None
    since = last(custody.entries(case), "court")
    assert since is not None
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        settings = {"for": "court", "front": {"mark": "RV1"}, "since": asdict(since)}
        made.append(issue.make_for(loaded, timeline, tmp_path / name, date(2026, 7, 1), "0.1.0", settings))
    assert made[0].contents == made[1].contents
    one, other = ((tmp_path / name / "changes.txt").read_bytes() for name in ("one", "two"))
    assert one == other
    assert b"Nothing has changed" in one
