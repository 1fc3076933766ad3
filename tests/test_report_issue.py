"""The report as files: the same bytes from the same input, and what the page says without a browser."""

from __future__ import annotations

import itertools
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from report_case import case_in, events, sources, timeline_in
from tables import stated

from pipeline.analysis import contact
from pipeline.analysis.result import Number
from pipeline.report import provenance, sections
from pipeline.report.working_copy import make
from pipeline.store import ProblemRow, Timeline

DAY = date(2026, 7, 1)
FORBIDDEN = re.compile(r"escalat|forensic|\bproves?\b|\brisk\b|\bscore\b|tamper|certified|\bexpert\b", re.IGNORECASE)


class Page(HTMLParser):
    """The page as a parser sees it: its elements, and its text apart from scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self._raw = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._raw += tag in {"script", "style"}

    def handle_endtag(self, tag: str) -> None:
        self._raw -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self._raw:
            self.said.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.said))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    (folder / "out").mkdir()
    make(case_in(folder), timeline_in(folder), folder / "out", DAY, "0.1.0")
    return folder / "out"


@pytest.fixture(scope="module")
def page(report: Path) -> Page:
    return Page((report / "report.html").read_text("utf-8"))


def test_the_program_is_named(report: Path) -> None:
    html = (report / "report.html").read_text("utf-8")
    assert "<dt>Made with</dt><dd>fourline 0.1.0</dd>" in html
    assert "Made on 01/07/2026 with fourline 0.1.0, without a network connection" in html


def test_same_input_same_bytes(report: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    paths = make(case_in(tmp_path), timeline_in(tmp_path), tmp_path / "out", DAY, "0.1.0")
    assert [path.name for path in paths] == ["report.html", "chronology.csv", "chronology.xlsx"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(path.name for path in paths)
    for path in paths:
        assert path.read_bytes() == (report / path.name).read_bytes(), path.name


def test_policy_allows_no_request_and_no_other_script(page: Page) -> None:
    policy = next(
        attributes["content"]
        for tag, attributes in page.tags
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert re.fullmatch(r"('sha256-[A-Za-z0-9+/]{43}=' ?){2}", rules["script-src"])
    assert set(rules) == {"default-src", "script-src", "style-src", "img-src", "form-action", "base-uri"}


def test_page_points_to_nothing_outside_itself(page: Page) -> None:
    for tag, attributes in page.tags:
        assert not {
            "src",
            "srcset",
            "action",
            "formaction",
            "background",
            "poster",
            "data",
            "onclick",
            "onload",
            "onerror",
        } & set(attributes), (tag, attributes)
        assert (attributes.get("href") or "#").startswith("#"), (tag, attributes)
    assert not {"link", "iframe", "object", "embed", "img", "base"} & {tag for tag, _ in page.tags}


def test_hostile_words_are_words(page: Page) -> None:
    assert "export <b>bold</b>.csv" in page.text
    assert "The date “<i>tomorrow</i>” is not a number" in page.text
    assert '<sms date="tomorrow" body="[U+001B][31m"/>' in page.text
    assert [tag for tag, _ in page.tags].count("script") == 2 + 1 + 1 + sum(
        attributes.get("class") == "plot" for _, attributes in page.tags
    )


def test_files_that_are_missing_stand_at_the_top(page: Page) -> None:
    top = page.text.index("Not in this report yet")
    assert top < page.text.index("Every number that is underlined")
    for words in (
        "Is 03/04/2026 the 3rd of April or the 4th of March?",
        "holiday.xyz",
        "The archive needs a password.",
    ):
        assert top < page.text.index(words) < page.text.index("Every number that is underlined")


def test_register_has_every_file_with_its_hash(page: Page) -> None:
    for source in sources():
        assert source.sha256 in page.text


def test_words_are_neutral(page: Page) -> None:
    assert not FORBIDDEN.findall(page.text)


def test_headings_are_in_order(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_figures_have_caption_description_and_numbers(page: Page) -> None:
    plots = [attributes for _, attributes in page.tags if attributes.get("class") == "plot"]
    assert len(plots) == sum(tag == "figure" for tag, _ in page.tags) >= 8
    assert all(len(attributes["aria-label"] or "") > 40 for attributes in plots)
    for part in (
        "Counted:",
        "Period: 05/01/2026 to",
        "Sources: S1, S2.1, S3 and S4",
        "Clock: Europe/London",
        "Steps: weeks from Monday",
    ):
        assert part in page.text


def test_numbers_count_their_rows(tmp_path: Path) -> None:
    case, timeline = case_in(tmp_path), timeline_in(tmp_path)
    prepared = contact.prepare(pq.read_table(timeline.events, columns=list(contact.COLUMNS)).to_pandas())
    answers = sections.analysed(case, timeline, prepared)
    all_sections = (sections.summary(answers), *sections.body(case, timeline, answers))
    again = {
        str(key): int(count)
        for key, count in prepared.loc[prepared["same_as"] != "", "source"].value_counts().items()
        if count
    }
    tables = [
        *(table for section in all_sections for table in section.every_table),
        provenance.balance(timeline, again),
    ]
    cells = [cell for table in tables for row in table.rows for cell in row] + [
        part for section in all_sections for fact in section.facts for part in fact.parts
    ]
    numbers = [cell for cell in cells if isinstance(cell, Number)]
    assert len(numbers) > 300
    for number in numbers:
        assert stated(number) == number.count(prepared), number


def test_balance_says_so_when_it_does_not_add_up(tmp_path: Path) -> None:
    timeline = timeline_in(tmp_path, events(100))
    assert {row[-1] for row in provenance.balance(timeline, {}).rows[:-1]} == {"yes"}
    short = tuple(
        type(source)(**{**source.__dict__, "records": source.records + 3}) if source.label == "S1" else source
        for source in timeline.sources
    )
    assert provenance.balance(Timeline(timeline.events, short, ()), {}).rows[0][-1] == "NO: +3"


def test_many_problems_are_cut_with_a_word(tmp_path: Path) -> None:
    timeline = timeline_in(tmp_path, events(100))
    many = tuple(
        ProblemRow(sources()[0].key, f"sms {number}", "no date", "")
        for number in range(provenance.PROBLEMS_PRINTED + 7)
    )
    (tmp_path / "out").mkdir()
    html, *_ = make(
        case_in(tmp_path), Timeline(timeline.events, timeline.sources, many), tmp_path / "out", DAY, "0.1.0"
    )
    assert "7 more are in the timeline folder of the case." in html.read_text("utf-8")


@pytest.mark.parametrize("count", [0, 1])
def test_a_case_with_next_to_nothing_still_has_a_report(tmp_path: Path, count: int) -> None:
    (tmp_path / "out").mkdir()
    html, *_ = make(case_in(tmp_path), timeline_in(tmp_path, events(100)[:count]), tmp_path / "out", DAY, "0.1.0")
    assert "How this was made" in html.read_text("utf-8")
