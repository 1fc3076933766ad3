"""Every kind of secret, hidden in every field of every format, taken in and exported for court: none of it is there (C1-C14).

What is searched here is read with other tools than the program's own search, and compared by letters and digits alone. And for every field that reaches the
timeline: with its treatment switched off, the program's own search finds what was hidden in it, and stops the export.
"""

from __future__ import annotations

import re
import shutil
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from everything import everything, squeezed
from never_said import evidence_of, kinds, unsayable
from planted_case import PLANTED, SAM, SECRETS, Plants, write

from pipeline import case as cases
from pipeline import registry, store
from pipeline.case import Case
from pipeline.cli import main
from pipeline.report import chronology, issue, leak_search, workbook
from pipeline.report.confidentiality import EVENTS, PLAIN, Reducer, Treatment, as_it_is
from pipeline.store import SourceInfo, Timeline
from pipeline.timeline.schema import COLUMNS

NOT_READ: Final = frozenset(
    """
    mms picture EXIF|chat picture EXIF|eml picture EXIF|eml html title|eml html remark|eml label|eml X-Originating-Place|eml Comments|eml Organization|eml User-Agent|
    mbox picture EXIF|mbox html title|mbox html remark|mbox X-Originating-Place|mbox Comments|mbox Organization|mbox User-Agent|photo thumbnail EXIF|photo Artist|
    photo Copyright|photo HostComputer|photo XPTitle|photo UserComment|photo MakerNote|photo CameraOwnerName|photo GPSProcessingMethod|photo GPSAreaInformation|
    photo XMP City|photo XMP title|photo IPTC|photo remark|Takeout url|sidecar UserComment|video location.name|video name|video place name|video XMP|GPX creator|GPX track|
    KML document|diary sheet
    """.replace("\n", "")
    .replace("    ", "")
    .split("|")
)
"""Fields that no parser transcribes: what stands in them never leaves the evidence."""


def run(*words: str | Path, code: int = 0) -> str:
    result = CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


class Planted:
    """The case, what was planted, and what was made of it for court."""

    def __init__(self, folder: Path) -> None:
        self.plants = Plants()
        files = folder / "Priya Onslow's files"
        write(files, self.plants)
        self.folder = folder / "case of Priya Onslow"
        self.folder.mkdir()
        (self.folder / "case.toml").write_text(self.plants.case(), encoding="utf-8")
        run("add", self.folder, files, "--no-input", code=1)
        run("answer", self.folder, "S19.1", "owner=Robin Vale")
        events = pq.read_table(self.timeline.events, columns=["id", "kind"]).to_pydict()
        marked = [
            one for one, kind in zip(events["id"], events["kind"], strict=True) if kind in {"photo", "video", "notice"}
        ]
        run(
            "review",
            self.folder,
            *(word for one in marked for word in ("--set", one, "categories=OTHER")),
            "--by",
            "Dana Everhart",
        )
        run(
            "report", self.folder, "--for", "court", "--parties", "Vale v Marsh", "--around", "2026-03-13", "--date", "2026-06-30", "--maker", "A. Advocate"
        )  # fmt: skip
        self.output = next((self.folder / "reports").iterdir())

    @property
    def timeline(self) -> Timeline:
        held = store.load(self.folder / "timeline")
        assert held is not None
        return held

    @property
    def case(self) -> Case:
        return cases.load(self.folder)

    @cached_property
    def shown(self) -> frozenset[str]:
        """The ids of the rows that are shown."""
        folder = self.folder.parent / "shown"
        folder.mkdir()
        reduced = Reducer(self.case, self.timeline).write(folder)
        return frozenset(pq.read_table(reduced.shown.events, columns=["id"])["id"].to_pylist())


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    return Planted(tmp_path_factory.mktemp("planted"))


# --- an independent search --------------------------------------------------------------------------------------------------------------------------------


def needles(plants: Plants) -> dict[str, str]:
    """What must be nowhere: each secret and each field's own word, by letters and digits; numbers without what may stand before them."""
    found = {name: squeezed(secret) for name, secret in SECRETS.items()} | {
        field: squeezed(word) for field, word in plants.words.items()
    }
    for name in ("number", "new number", "other's number"):
        found[name] = re.sub(r"^(?:44|0)", "", found[name])
    lat, lon = SECRETS["position"].split(", ")
    found |= {
        "latitude": squeezed(lat)[:6],
        "E7": "5334981",
        "longitude": squeezed(lon),
        "house and street": "12acacia",
        "street": "acaciaroad",
        "town": "buxworth",
    }
    found |= {
        "first name": "priya",
        "surname": "onslow",
        "child's name": "quillfeather",
        "district and space": "SK17 "[:4].lower(),
        "Everhart": "everhart",
    }
    return found


def hits(folder: Path, wanted: dict[str, str]) -> set[tuple[str, str]]:
    one_of = re.compile("|".join(map(re.escape, sorted(wanted.values(), key=len, reverse=True))))
    named = {needle: name for name, needle in wanted.items()}
    return {(where, named[match[0]]) for where, text in everything(folder) for match in one_of.finditer(squeezed(text))}


def test_every_parser_has_its_plants() -> None:
    """A new parser comes with files in which something is hidden in each of its fields."""
    assert set(PLANTED) == {one.name for one in registry.registered()}


def test_every_plant_was_taken_in(planted: Planted) -> None:
    """What a parser transcribes is in the timeline, so that it could have been served; what none transcribes is listed here."""
    register = repr((planted.timeline.sources, planted.timeline.problems))
    rows = repr(pq.read_table(planted.timeline.events).to_pydict())
    text = planted.case.text
    missing = {
        field
        for field, word in planted.plants.words.items()
        if word not in register and word not in rows and not field.startswith("case.toml")
    }
    assert missing == NOT_READ
    assert all(word in text for word in planted.plants.words.values())
    by_parser = {source.parser for source in planted.timeline.sources if source.events}
    assert by_parser == set(PLANTED)


def test_nothing_planted_is_served(planted: Planted) -> None:
    assert {path.suffix for path in planted.output.iterdir()} == {".pdf", ".xlsx", ".docx", ".txt"}
    assert hits(planted.output, needles(planted.plants)) == set()
    shown = "\n".join(text for where, text in everything(planted.output) if "pdftotext -raw" in where)
    assert squeezed(SAM)[1:] in squeezed(shown)  # what he knows is there: it is no empty page
    assert shown.count("[phone]") > 10


# --- the program's own search ------------------------------------------------------------------------------------------------------------------------------


class Careless(Reducer):
    """A reducer that lets the register pass as it is."""

    def source(self, source: SourceInfo) -> SourceInfo:
        return source


def drawn(
    planted: Planted,
    folder: Path,
    events: dict[str, Treatment] | None = None,
    plain: frozenset[str] = PLAIN,
    make: type[Reducer] = Reducer,
) -> tuple[Path, Reducer]:
    """The sheets made of the reduced copy, and all of its words."""
    kept, made = folder / "kept", folder / "made"
    kept.mkdir(parents=True)
    made.mkdir()
    reducer = make(planted.case, planted.timeline, {**EVENTS, **(events or {})}, plain)
    reduced = reducer.write(kept)
    names = chronology.Names.of(reduced.case, reduced.shown)
    rows = pq.read_table(reduced.shown.events)
    batches = chronology.batches(reduced.shown, names, np.ones(len(rows), dtype=bool))
    workbook.write(made / "chronology.xlsx", batches, len(rows), reduced.case, date(2026, 6, 30), "fourline 0.1.0")
    (made / "all.txt").write_text(
        f"{rows.to_pylist()}\n{reduced.shown.sources}\n{reduced.shown.problems}\n{reduced.case!r}", encoding="utf-8"
    )
    return made, reducer


def own_words(planted: Planted, column: str) -> set[str]:
    """The fields whose own words stand in this column, of the rows that are shown."""
    table = pq.read_table(planted.timeline.events, columns=["id", column]).to_pandas()
    shown = table[table["id"].isin(planted.shown)][column].astype(str)
    return {field for field, word in planted.plants.words.items() if shown.str.contains(word, regex=False).any()}


def found_fields(planted: Planted, made: Path, reducer: Reducer) -> set[str]:
    """The fields whose own words the search has found."""
    numbers = {
        int(number)
        for hit in leak_search.search(made, reducer.forms).secrets
        for number in re.findall(r"confidential entry (\d+) \(other\)", hit.what)
    }
    first = sum(entry.kind != "other" for entry in planted.case.confidential) + 1
    return {field for number, field in enumerate(planted.plants.words, first) if number in numbers}


TEXTS: Final = tuple(
    column.name for column in COLUMNS if EVENTS.get(column.name) is not as_it_is and column.name not in PLAIN
)


@pytest.mark.parametrize("column", TEXTS)
def test_with_the_redaction_of_a_column_off_each_of_its_plants_stops_the_export(
    planted: Planted, column: str, tmp_path: Path
) -> None:
    if column in {"lat", "lon", "accuracy_m"}:
        made, reducer = drawn(planted, tmp_path, plain=PLAIN | {"lat", "lon"})
        assert any("position of place-1" in hit.what for hit in leak_search.search(made, reducer.forms).secrets)
        return
    made, reducer = drawn(planted, tmp_path, {column: as_it_is})
    assert found_fields(planted, made, reducer) == own_words(planted, column)


def test_n1_to_n11_nothing_that_must_never_be_said_is_served(planted: Planted) -> None:
    evidence = evidence_of(planted.timeline.events, planted.case.text)
    assert unsayable(planted.output, evidence, served=True) == []
    found = kinds(planted.output)
    assert {squeezed(one)[-10:] for one in found.pop("a telephone number")} == {squeezed(SAM)[-10:]}
    assert all(one.startswith("sam@example.com") for one in found.pop("an e-mail address"))
    assert set().union(*found.values()) == set()


def test_with_all_redaction_on_nothing_is_found(planted: Planted, tmp_path: Path) -> None:
    made, reducer = drawn(planted, tmp_path)
    assert leak_search.search(made, reducer.forms).secrets == ()
    assert hits(made, needles(planted.plants)) == set()


def test_all_that_reaches_the_timeline_is_proven(planted: Planted) -> None:
    """Every plant that a parser transcribes is in a column tried above, in the register, or in a row that is not shown."""
    tried = {
        field for column in TEXTS for field in own_words(planted, column) if column not in {"lat", "lon", "accuracy_m"}
    }
    register = repr((planted.timeline.sources, planted.timeline.problems))
    named = {field for field, word in planted.plants.words.items() if word in register}
    rows = pq.read_table(planted.timeline.events).to_pandas()
    kept_out = repr(rows[~rows["id"].isin(planted.shown)].to_dict())
    hidden = {field for field, word in planted.plants.words.items() if word in kept_out}
    assert tried | named | hidden | NOT_READ == {
        field for field in planted.plants.words if not field.startswith("case.toml")
    }


def test_with_the_register_unredacted_the_names_of_files_stop_the_export(planted: Planted, tmp_path: Path) -> None:
    made, reducer = drawn(planted, tmp_path, make=Careless)
    named = {field for field, word in planted.plants.words.items() if word in repr(planted.timeline.sources)}
    assert len(named) > 10
    assert found_fields(planted, made, reducer) == named


@pytest.mark.parametrize("field", ["key_dates", "orders", "not_held", "observed", "places", "others", "reference"])
def test_with_a_part_of_the_case_unredacted_it_stops_the_export(
    planted: Planted, field: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    whole, reduced = planted.case, Reducer.case
    monkeypatch.setattr(Reducer, "case", lambda self: replace(reduced(self), **{field: getattr(whole, field)}))
    made, reducer = drawn(planted, tmp_path)
    assert leak_search.search(made, reducer.forms).secrets


def test_the_command_itself_stops_and_leaves_nothing(
    planted: Planted, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With the words of messages unredacted; and the independent search finds them in every file, so that its silence above says something."""
    monkeypatch.setattr(Reducer.__init__, "__defaults__", ({**EVENTS, "text": as_it_is}, PLAIN))
    found: set[tuple[str, str]] = set()
    search = leak_search.search

    def watched(folder: Path, *more: Any) -> leak_search.Searched:
        found.update(hits(folder, needles(planted.plants)))
        return search(folder, *more)

    monkeypatch.setattr(leak_search, "search", watched)
    case = Path(shutil.copytree(planted.folder, tmp_path / "case"))
    before = sorted(path.name for path in (case / "reports").iterdir())
    output = run("report", case, "--for", "court", "--date", "2026-06-30", code=1)
    assert "Nothing was issued" in output
    assert not any(squeezed(secret) in squeezed(output) for secret in SECRETS.values())
    assert sorted(path.name for path in (case / "reports").iterdir()) == before
    assert not list(case.rglob(issue.REDUCED))
    for file in (".pdf, pdftotext -layout", ".pdf, pdftotext -raw", "chronology.xlsx, ", "chronology.docx, "):
        there = {what for where, what in found if file in where}
        assert there >= {"number", "email", "handle", "other"}, file  # the lines of the chronology are cut there
        assert file == "chronology.docx, " or there >= {"child", "place", "address", "school", "sms body"}, file
