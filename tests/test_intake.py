"""Every file accounted for, whatever it is and whatever its parser does."""

from __future__ import annotations

import os
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow.parquet as pq
import pytest

from parsers import dates
from parsers.contract import Attachment, Note, Output, Problem, Question, Record, Source, Unreadable
from pipeline import case as cases
from pipeline import copying, custody, evidence, intake, records, registry, store
from pipeline.case import Answer, Case
from pipeline.new_case import Beginning, add_answer, make
from pipeline.registry import Registered
from pipeline.store import ProblemRow, SourceInfo, Timeline


def quiet(_file: str, _done: int, _total: int) -> None:
    pass


WRONG: dict[str, dict[str, Any]] = {"half": {"text": "\ud83d"}, "many": {"seconds": "many"}}
"""What a parser of somebody else's might give, and no column can hold."""


def toy_parse(source: Source) -> Iterator[Output]:
    """Lines: "2026-01-01T10:00 words", or a word that does something."""
    with source.open() as file:
        lines = file.read().decode().split("\n")[1:]
    if "ask" in lines and "owner" not in source.answers:
        raise Question("owner", "Which of these is you?", (("Robin", "Robin"), ("Sam", "Sam")))
    for number, line in enumerate(lines, 2):
        if line in WRONG:
            when = dates.moment(datetime(2026, 1, 1), "x")
            yield Record(f"line {number}", "message", "toy", when, "in", **WRONG[line])
        elif line == "bad":
            yield Problem(f"line {number}", "it is bad", line)
        elif line == "boom":
            raise ValueError("the parser broke")
        elif line == "locked":
            raise Unreadable("it is encrypted: export it again without a password")
        elif line == "note":
            yield Note("a remark")
        elif line.startswith("file "):
            other = source.sibling(line[5:])
            held = (Attachment(line[5:], "", other.size, other.sha256),) if other else ()
            yield Record(
                f"line {number}", "message", "toy", dates.moment(datetime(2026, 1, 1), "x"), "in", attachments=held
            )
        elif line and line != "ask":
            when, _, words = line.partition(" ")
            yield Record(
                f"line {number}",
                "message",
                "toy",
                dates.moment(datetime.fromisoformat(when), when),
                "in",
                sender="07700 900123",
                text=words,
            )


TOY: Any = SimpleNamespace(
    TITLE="Toy",
    HOW_TO_EXPORT="",
    CANNOT_SHOW=("anything else",),
    parse=toy_parse,
    sniff=lambda source: source.head.startswith(b"toy\n"),
    __name__="parsers.toy",
)


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    monkeypatch.setattr(registry, "registered", lambda: (Registered("toy", "toy 1", lambda: TOY),))
    monkeypatch.setattr(registry, "fingerprint", lambda: "toy")
    return make(tmp_path / "case", Beginning("ref", "Robin Vale: 07700 900001, Robin", subjects=("Sam: 07700 900123",)))


@pytest.fixture
def give(tmp_path: Path) -> Callable[..., list[Path]]:
    def write(**files: str | bytes) -> list[Path]:
        paths = []
        for name, data in files.items():
            path = tmp_path / name.replace("__", ".")
            path.write_bytes(data.encode() if isinstance(data, str) else data)
            paths.append(path)
        return paths

    return write


def add(case: Case, *paths: Path) -> tuple[list[evidence.Receipt], Timeline]:
    receipts = evidence.receive(case.folder, paths, quiet)
    return receipts, intake.bring_up_to_date(cases.load(case.folder), quiet)


def texts(timeline: Timeline) -> list[str]:
    return pq.read_table(timeline.events)["text"].to_pylist()


def row(timeline: Timeline, name: str) -> SourceInfo:
    return next(info for info in timeline.sources if info.file == name)


def test_a_file_is_copied_byte_for_byte_hashed_and_read_only(case: Case, give: Callable[..., list[Path]]) -> None:
    (path,) = give(a__txt="toy\n2026-01-01T10:00 one\nbad\nnote\n2026-01-01T11:00 two")
    receipts, timeline = add(case, path)
    assert receipts[0].state == "received"
    (held,) = (case.folder / "evidence").iterdir()
    assert held.read_bytes() == path.read_bytes()
    assert not held.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    info = row(timeline, "a.txt")
    assert (info.state, info.records, info.events, info.problems) == ("read", 3, 2, 1)
    assert (info.first, info.last) == ("2026-01-01T10:00:00", "2026-01-01T11:00:00")
    assert info.notes == ("a remark",)
    assert timeline.problems == (ProblemRow(info.key, "line 3", "it is bad", "bad"),)
    assert custody.received(case.folder)[0]["sha256"] == info.sha256


def test_the_same_file_twice_is_noticed(case: Case, give: Callable[..., list[Path]]) -> None:
    first, second = give(a__txt="toy\n2026-01-01T10:00 one", b__txt="toy\n2026-01-01T10:00 one")
    add(case, first)
    receipts, timeline = add(case, second, first)
    assert [receipt.state for receipt in receipts] == ["already held", "already held"]
    assert texts(timeline) == ["one"]
    assert len(list((case.folder / "evidence").iterdir())) == 1


@pytest.mark.parametrize("few", [1, 4, 5_000])
def test_a_record_that_no_column_can_hold_is_a_problem_and_takes_nothing_with_it(
    case: Case, give: Callable[..., list[Path]], monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(records, "_FEW", few)
    lines = [f"2026-01-01T10:0{minute} {minute}" for minute in range(5)]
    paths = give(
        a__txt="\n".join(["toy", *lines[:2]]),
        b__txt="\n".join(["toy", "half", *lines[2:4], "many", "bad"]),
        c__txt="\n".join(["toy", lines[4]]),
    )
    _, timeline = add(case, *paths)
    assert texts(timeline) == ["0", "1", "2", "3", "4"]
    info = row(timeline, "b.txt")
    assert (info.records, info.events, info.problems) == (5, 2, 3)
    assert [row(timeline, name).problems for name in ("a.txt", "c.txt")] == [0, 0]
    assert [(one.source, one.at) for one in timeline.problems] == [
        (info.key, "line 6"),
        (info.key, "line 2"),
        (info.key, "line 5"),
    ]
    assert "cannot be kept: UnicodeEncodeError" in timeline.problems[1].reason


def test_rows_before_a_break_are_kept(case: Case, give: Callable[..., list[Path]]) -> None:
    (path,) = give(a__txt="toy\n2026-01-01T10:00 one\n2026-01-01T10:01 two\nboom\n2026-01-01T10:02 three")
    _, timeline = add(case, path)
    info = row(timeline, "a.txt")
    assert texts(timeline) == ["one", "two"]
    assert (info.state, info.records, info.events, info.problems) == ("read", 3, 2, 1)
    assert timeline.problems[0].reason == "reading stopped here: ValueError: the parser broke"


def test_rows_before_a_break_are_kept_over_many_batches(
    case: Case, give: Callable[..., list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "BATCH", 3)
    lines = [f"2026-01-01T10:{minute:02d} {minute}" for minute in range(10)]
    (path,) = give(a__txt="\n".join(["toy", *lines, "boom"]))
    _, timeline = add(case, path)
    assert texts(timeline) == [str(number) for number in range(10)]
    assert row(timeline, "a.txt").records == 11


def test_a_file_that_cannot_be_read_says_why(case: Case, give: Callable[..., list[Path]]) -> None:
    _, timeline = add(case, *give(a__txt="toy\nlocked", empty__txt="", other__bin=b"\0\1\2"))
    assert (row(timeline, "a.txt").state, row(timeline, "a.txt").why) == (
        "unreadable",
        "it is encrypted: export it again without a password",
    )
    assert (row(timeline, "empty.txt").state, row(timeline, "empty.txt").why) == ("unreadable", "it is empty")
    assert row(timeline, "other.bin").state == "unknown"


def test_two_readers_for_one_file_are_named(
    case: Case, give: Callable[..., list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        registry,
        "registered",
        lambda: (Registered("toy", "toy 1", lambda: TOY), Registered("other", "other 2", lambda: TOY)),
    )
    _, timeline = add(case, *give(a__txt="toy\n"))
    assert "toy, toy 1" in row(timeline, "a.txt").why
    assert "other, other 2" in row(timeline, "a.txt").why


def test_a_question_waits_until_it_is_answered(
    case: Case, give: Callable[..., list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake._Reader, "_answer", lambda *_: None)
    _, timeline = add(case, *give(a__txt="toy\nask\n2026-01-01T10:00 one", b__txt="toy\n2026-01-01T09:00 zero"))
    info = row(timeline, "a.txt")
    assert info.state == "waiting"
    assert info.question == {
        "key": "owner",
        "text": "Which of these is you?",
        "choices": [["Robin", "Robin"], ["Sam", "Sam"]],
    }
    assert texts(timeline) == ["zero"]
    answered = add_answer(
        cases.load(case.folder), Answer(info.sha256, "a.txt", "owner", "Sam", "Which of these is you?")
    )
    timeline = intake.bring_up_to_date(answered, quiet)
    assert texts(timeline) == ["zero", "one"]
    assert row(timeline, "a.txt").answers == (("Which of these is you?", "Sam"),)


def test_a_question_that_comes_too_late_costs_no_row(
    case: Case, give: Callable[..., list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(source: Source) -> Iterator[Output]:
        yield from toy_parse(source)
        raise Question("owner", "Which of these is you?", (("Robin", "Robin"),))

    monkeypatch.setattr(TOY, "parse", late)
    _, timeline = add(case, *give(a__txt="toy\n2026-01-01T10:00 one"))
    assert texts(timeline) == ["one"]
    assert "asked after its first record" in timeline.problems[0].reason


def test_a_question_that_case_toml_answers_is_not_asked_but_shown(case: Case, give: Callable[..., list[Path]]) -> None:
    _, timeline = add(case, *give(a__txt="toy\nask\n2026-01-01T10:00 one"))
    info = row(timeline, "a.txt")
    assert info.state == "read"
    assert info.answers == (("Which of these is you?", "Robin (as case.toml names the client)"),)


def test_members_of_a_zip_are_sources_of_their_own(case: Case, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("chat/a.txt", "toy\n2026-01-01T10:00 one\nfile pic.bin\nfile gone.bin")
        archive.writestr("chat/pic.bin", b"\xff\xd8picture")
        archive.writestr("chat/else.bin", b"nobody knows")
        archive.writestr("../evil.txt", "toy\n")
    _, timeline = add(case, tmp_path / "a.zip")
    states = {info.file: (info.label, info.state, info.why) for info in timeline.sources}
    assert states == {
        "a.zip": ("S1", "container", ""),
        "a.zip!../evil.txt": ("S1.1", "unreadable", "its name points outside the archive"),
        "a.zip!chat/a.txt": ("S1.2", "read", ""),
        "a.zip!chat/else.bin": ("S1.3", "unknown", ""),
        "a.zip!chat/pic.bin": ("S1.4", "attached", "came with S1.2 line 3"),
    }
    assert not (tmp_path / "evil.txt").exists()


def test_a_file_finds_what_lay_beside_it_in_the_same_add(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_SHARD", 1)  # as for a large chat: it is read apart from its pictures
    folder = tmp_path / "chat"
    folder.mkdir()
    (folder / "a.txt").write_text("toy\n2026-01-01T10:00 one\nfile b.bin")
    (folder / "b.bin").write_bytes(b"picture")
    _, timeline = add(case, folder)
    assert row(timeline, "chat/b.bin").state == "attached"


def test_files_that_a_computer_makes_for_itself_are_set_aside(
    case: Case, tmp_path: Path, give: Callable[..., list[Path]]
) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("__MACOSX/._a.txt", b"\0\5\x16\7")
        archive.writestr("a.txt", "toy\n2026-01-01T10:00 one")
    (tmp_path / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    _, timeline = add(case, tmp_path / "a.zip", tmp_path / ".DS_Store")
    assert [(info.file, info.state) for info in timeline.sources] == [
        ("a.zip", "container"),
        ("a.zip!__MACOSX/._a.txt", "set aside"),
        ("a.zip!a.txt", "read"),
        (".DS_Store", "set aside"),
    ]


def test_a_file_that_is_also_in_a_zip_counts_once(case: Case, tmp_path: Path, give: Callable[..., list[Path]]) -> None:
    (path,) = give(a__txt="toy\n2026-01-01T10:00 one\nbad")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(path, "a.txt")
    _, timeline = add(case, tmp_path / "a.zip", path)
    assert texts(timeline) == ["one"]
    assert [(info.label, info.state, info.events, info.problems) for info in timeline.sources] == [
        ("S1", "container", 0, 0),
        ("S1.1", "read", 1, 1),
        ("S2", "repeated", 0, 0),
    ]
    assert len(timeline.problems) == 1


def test_folders_are_walked_and_links_are_not_followed(case: Case, tmp_path: Path) -> None:
    folder = tmp_path / "phone"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "a.txt").write_text("toy\n2026-01-01T10:00 one\nfile b.bin")
    (folder / "sub" / "b.bin").write_bytes(b"beside")
    (folder / "link.txt").symlink_to(folder / "sub" / "a.txt")
    os.mkfifo(folder / "pipe")
    receipts, timeline = add(case, folder)
    assert {receipt.file: receipt.why for receipt in receipts if receipt.state == "refused"} == {
        "phone/link.txt": "it is a link to another file; add that file itself",
        "phone/pipe": "it is not an ordinary file",
    }
    assert row(timeline, "phone/sub/b.bin").state == "attached"


def test_the_case_folder_is_not_put_into_itself(case: Case, tmp_path: Path) -> None:
    receipts, _ = add(case, case.folder / "case.toml", tmp_path)
    assert all(receipt.state == "refused" for receipt in receipts)
    assert custody.received(case.folder) == []


def test_what_cannot_be_opened_is_refused_by_name(case: Case, tmp_path: Path) -> None:
    receipts = evidence.receive(case.folder, [tmp_path / "missing.txt"], quiet)
    assert receipts[0].state == "refused"
    assert "No such file" in receipts[0].why


def test_a_full_disk_stops_with_words_and_leaves_nothing_half(
    case: Case, give: Callable[..., list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = give(a__txt="toy\n2026-01-01T10:00 one", b__txt="toy\n2026-01-01T10:00 two")
    add(case, first)

    def full(*_: Any) -> None:
        raise copying.Unwritable("No space left on device")

    monkeypatch.setattr(copying, "_write", full)
    with pytest.raises(evidence.Stopped, match=r"b\.txt could not be copied .*No space left on device"):
        evidence.receive(case.folder, [second], quiet)
    assert not (case.folder / ".incoming").exists()
    assert texts(intake.bring_up_to_date(case, quiet)) == ["one"]


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (copying, "_write"),
        (copying, "sha256_of"),
        (custody, "sha256_of"),
        (custody, "append"),
        (intake.RecordWriter, "write"),
        (store, "replace_text"),
        (store, "save"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_stopping_at_any_step_leaves_the_file_out_or_in(
    case: Case, give: Callable[..., list[Path]], monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    (before, path) = give(b__txt="toy\n2026-01-01T09:00 zero", a__txt="toy\n2026-01-01T10:00 one")
    add(case, before)
    with monkeypatch.context() as patch:

        def stop(*_: Any, **__: Any) -> None:
            raise KeyboardInterrupt

        patch.setattr(owner, name, stop)
        with pytest.raises(KeyboardInterrupt):
            add(case, path)
    assert not (case.folder / ".incoming").exists()
    assert texts(intake.bring_up_to_date(case, quiet)) in (["zero"], ["zero", "one"])
    assert texts(add(case, path)[1]) == ["zero", "one"]
    assert len(list((case.folder / "evidence").iterdir())) == 2


def test_order_of_import_does_not_change_the_events(
    case: Case, tmp_path: Path, give: Callable[..., list[Path]]
) -> None:
    files = give(
        a__txt="toy\n2026-01-01T10:00 one\n2026-01-01T10:00 two",
        b__txt="toy\n2026-01-01T10:00 two",
        c__txt="toy\n2026-01-01T09:00 zero",
    )
    other = make(
        tmp_path / "other", Beginning("ref", "Robin Vale: 07700 900001, Robin", subjects=("Sam: 07700 900123",))
    )
    for path in reversed(files):
        add(other, path)
    one, two = add(case, *files)[1], intake.bring_up_to_date(other, quiet)
    assert pq.read_table(one.events).to_pylist() == pq.read_table(two.events).to_pylist()


def test_reading_again_uses_what_was_read(
    case: Case, give: Callable[..., list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    add(case, *give(a__txt="toy\n2026-01-01T10:00 one"))
    monkeypatch.setattr(intake._Reader, "read", lambda *_: pytest.fail("read again"))
    with (case.folder / "case.toml").open("a") as file:
        file.write('\n[[other]]\nname = "Jo"\nidentifiers = ["07700 900456"]\n')
    assert texts(intake.bring_up_to_date(cases.load(case.folder), quiet)) == ["one"]


def test_threads_of_progress_are_told_the_bytes(case: Case, give: Callable[..., list[Path]]) -> None:
    told: list[tuple[str, int, int]] = []
    lock = threading.Lock()

    def tell(file: str, done: int, total: int) -> None:
        with lock:
            told.append((file, done, total))

    paths = give(a__txt="toy\n2026-01-01T10:00 one", b__txt="toy\n")
    evidence.receive(case.folder, paths, tell)
    intake.bring_up_to_date(case, tell)
    total = sum(path.stat().st_size for path in paths)
    assert told[-1] == ("b.txt", total, total)
    assert all(0 <= done <= total for _, done, _ in told)
