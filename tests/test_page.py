"""report.html in a real browser: no request, no error, every number opens exactly its rows, evidence stays text, and it can be used without a mouse.

Skipped where no Chromium is installed, unless CI is set: there it must be.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import poppler
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from report_case import HOSTILE, case_in, events, timeline_in

from pipeline.report.evidence_text import visible
from pipeline.report.working_copy import make

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="no Chromium is installed")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    (folder / "out").mkdir()
    return make(case_in(folder), timeline_in(folder, events(700)), folder / "out", date(2026, 7, 1), "0.1.0")[0]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "CI is set and there is no Chromium"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        yield running
        running.close()


class Opened:
    """The page, with all it asked for and complained of."""

    def __init__(self, browser: Browser, report: Path, **context: Any) -> None:
        self.page: Page = browser.new_page(**context)
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(report.as_uri())

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


@pytest.fixture(scope="module")
def opened(browser: Browser, report: Path) -> Iterator[Opened]:
    one = Opened(browser, report, viewport={"width": 1280, "height": 900})
    one.page.wait_for_selector("#rows-panel:not([hidden])")
    one.page.wait_for_function("() => document.querySelectorAll('.plot .main-svg').length >= 8")
    yield one
    one.page.close()


@pytest.fixture
def page(opened: Opened) -> Page:
    """The page as it was when it was opened."""
    opened.page.evaluate(
        "() => { location.hash = ''; fourline.origin = null; fourline.select(''); window.dispatchEvent(new Event('afterprint')); window.scrollTo(0, 0); }"
    )
    return opened.page


def shown_ids(page: Page) -> list[str]:
    ids: list[str] = page.evaluate("Array.from(fourline.shown, (row) => fourline.rows.id(row))")
    return ids


def test_nothing_is_asked_for_and_nothing_goes_wrong(browser: Browser, report: Path) -> None:
    one = Opened(browser, report)
    one.page.wait_for_selector("#rows-panel:not([hidden])")
    one.page.wait_for_function("() => document.querySelectorAll('.plot .main-svg').length >= 8")
    one.page.locator("a.n").first.click()
    one.page.locator("#grid").press("End")
    one.page.locator("#grid").press("Enter")
    with one.page.expect_download() as saved:  # from memory, not by a request
        one.page.locator(".save").first.click()
    assert saved.value.suggested_filename == "figure-1-by-week.png"
    one.page.pdf()
    assert [address for address in one.requests if not address.startswith(("data:", "blob:"))] == [report.as_uri()]
    assert one.complaints == []
    one.page.close()


def test_figures_offer_no_way_out(page: Page) -> None:
    settings = page.evaluate(
        "[...document.querySelectorAll('.plot')].map((plot) => [plot._context.plotlyServerURL, plot._context.showSendToCloud, plot._context.displaylogo])"
    )
    assert settings == [["", False, False]] * page.locator("figure").count() != []
    assert page.locator(".modebar-btn").count() == 0
    assert not re.search(r"share|cloud|plotly", page.locator("main").inner_text(), re.IGNORECASE)


def test_every_number_opens_exactly_its_rows(page: Page) -> None:
    wrong = page.evaluate(
        """[...document.querySelectorAll('a.n')].flatMap((link) => {
            fourline.select(link.getAttribute('href').slice(6));
            const different = {
                days: (row) => fourline.rows.columns.day[row],
                weeks: (row) => Math.floor((fourline.rows.columns.day[row] + 3) / 7),
                channels: (row) => fourline.rows.say('channel', row),
                identifiers: (row) => fourline.rows.say('identifier', row),
            }[link.dataset.counts];
            if (link.dataset.counts === 'event') {
                const only = fourline.shown.length === 1 && fourline.rows.id(fourline.shown[0]) === link.textContent;
                return only ? [] : [[link.getAttribute('href'), link.textContent]];
            }
            const count = different ? new Set(Array.from(fourline.shown, different)).size : fourline.shown.length;
            return count === Number(link.textContent.replaceAll(',', '')) ? [] : [[link.getAttribute('href'), link.textContent, count]];
        })"""
    )
    assert page.locator("a.n").count() > 300
    assert wrong == []


def test_a_number_leads_there_and_back(page: Page) -> None:
    link = page.locator("#summary a.n").nth(1)
    words = link.text_content()
    link.click()
    assert page.locator("#shown").text_content().startswith(f"{words} of ")  # type: ignore[union-attr]
    assert page.locator("#chips li").count() >= 2
    assert page.evaluate("document.activeElement.id") == "grid"
    page.locator("#back").click()
    assert page.evaluate("document.activeElement.textContent") == words
    assert page.locator("#back").is_hidden()
    link.click()  # the same address again
    assert page.locator("#back").is_visible()
    page.locator("#clear").click()
    assert page.locator("#shown").text_content().startswith("All ")  # type: ignore[union-attr]


def test_a_bar_leads_to_its_rows(page: Page) -> None:
    plot = page.locator("#figure-by-hour .plot")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    point = page.evaluate(
        "(() => { const plot = document.querySelector('#figure-by-hour .plot'), size = plot._fullLayout._size;"
        " return [size.l + size.w * 20.5 / 24, size.t + size.h * 0.5 / 7]; })()"
    )
    page.mouse.move(box["x"] + point[0], box["y"] + point[1])
    page.mouse.click(box["x"] + point[0], box["y"] + point[1])
    page.wait_for_function("() => location.hash.includes('hours=20') && location.hash.includes('weekdays=0')")
    rows = page.evaluate("Array.from(fourline.shown, (row) => [fourline.rows.hours[row], fourline.rows.weekday(row)])")
    assert rows
    assert {tuple(row) for row in rows} == {(20, 0)}


@pytest.mark.parametrize("paper", [False, True])
def test_labels_of_key_dates_keep_apart(page: Page, *, paper: bool) -> None:
    if paper:
        page.evaluate("() => { window.dispatchEvent(new Event('beforeprint')); }")
    boxes = page.evaluate(
        """() => ['by-week', 'by-complete-week', 'by-day', 'three-strips', 'held'].map((key) => [...document.querySelectorAll(`#figure-${key} .annotation-text`)]
            .map((text) => text.getBoundingClientRect()).map((box) => [box.left, box.top, box.right, box.bottom]))"""
    )
    for figure in boxes:
        assert len(figure) >= 5
        for number, one in enumerate(figure):
            for other in figure[number + 1 :]:
                apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
                assert apart, (one, other)


def test_unknown_filter_is_refused(page: Page) -> None:
    assert "unknown filter" in page.evaluate(
        "(() => { try { fourline.select('colour=blue'); return ''; } catch (error) { return error.message; } })()"
    )


@pytest.mark.parametrize(
    ("words", "column", "wanted"),
    [
        ("RINGS A BELL", "text", 0),
        ("face to FACE", "text", "face to face"),
        ("i know you\u2019ve", "text", "I know you've"),
        ("zażółć GĘŚLĄ", "text", "zażółć gęślą"),
        ("07700 900456", "identifier", "+447700900456"),
        ("everything", "subject", "Everything"),
        ("diary", "channel", "diary"),
    ],
)
def test_search(page: Page, words: str, column: str, wanted: str | int) -> None:
    page.fill("#f-words", words)
    page.wait_for_function("(words) => fourline.filter.words === words", arg=words)
    found = page.evaluate("(column) => Array.from(fourline.shown, (row) => fourline.rows.say(column, row))", column)
    everything = page.evaluate(
        "(column) => Array.from({length: fourline.rows.count}, (_, row) => fourline.rows.say(column, row))", column
    )
    if wanted == 0:
        assert found == []
        assert page.locator("#none").is_visible()
    else:
        assert len(found) >= sum(str(wanted) in text for text in everything) > 0
        assert any(str(wanted) in text for text in found)


def test_search_by_event_id(page: Page) -> None:
    wanted = page.evaluate("fourline.rows.id(17)")
    page.fill("#f-words", wanted)
    page.wait_for_function("() => fourline.shown.length === 1")
    assert shown_ids(page) == [wanted]


def test_filters_of_the_form(page: Page) -> None:
    page.select_option("#f-directions", "out")
    page.select_option("#f-persons", "P2")
    page.fill("#f-start", "1/2/2026")
    page.fill("#f-end", "28/02/2026")
    page.wait_for_function("() => fourline.filter.end === '2026-02-28' && fourline.filter.start === '2026-02-01'")
    rows = page.evaluate(
        "Array.from(fourline.shown, (row) => [fourline.rows.say('direction', row), fourline.rows.say('person', row), fourline.rows.date(row)])"
    )
    assert rows
    assert {(row[0], row[1], row[2][2:]) for row in rows} == {("out", "P2", "/02/2026")}
    page.fill("#f-end", "31/02/2026")
    page.wait_for_selector("#f-end[aria-invalid=true]")
    page.get_by_role("button", name="Remove the filter Direction").click()
    assert page.input_value("#f-directions") == ""
    page.locator("#clear").click()
    page.select_option("#f-show", "left_out duplicate")
    page.wait_for_function("() => fourline.shown.length === 1")
    page.select_option("#f-show", "having remarks")
    page.wait_for_function("() => fourline.shown.length > 1")


def test_evidence_stays_text(page: Page) -> None:
    for text in HOSTILE:
        wanted = visible(text)
        place = page.evaluate(
            "(text) => Array.from(fourline.shown).findIndex((row) => fourline.rows.say('text', row) === text)", wanted
        )
        assert place >= 0, text
        page.evaluate("(place) => { fourline.list.go(place); fourline.toggle(place); }", place)
        drawn = page.evaluate("(place) => fourline.list.drawn.get(place).querySelector('.text').textContent", place)
        assert drawn == wanted
        page.evaluate("(place) => fourline.toggle(place)", place)
    assert page.evaluate("document.querySelectorAll('#drawn img, #drawn script, #drawn b, #drawn i').length") == 0


def test_details_tell_everything(page: Page) -> None:
    place = page.evaluate("Array.from(fourline.shown).findIndex((row) => fourline.rows.attachments(row).length)")
    page.evaluate("(place) => { fourline.list.go(place); fourline.toggle(place); }", place)
    said = page.evaluate("(place) => fourline.list.drawn.get(place).innerText", place)
    for words in (
        "IMG-20260214-WA0001.jpg; image/jpeg; 345,678 bytes, SHA-256 " + "cd" * 32,
        "In the record: <b>key</b>",
        "<i>value</i>",
        "S2.1, WhatsApp Chat with Dan.zip!_chat.txt",
        "WhatsApp chat export, fourline 0.1.0",
    ):
        assert words in said
    assert page.locator("#grid [aria-expanded=true]").count() == 1


def test_times_show_how_well_they_are_known(page: Page) -> None:
    def time_of(precision: str) -> str:
        said: str = page.evaluate(
            "(precision) => fourline.rows.time(Array.from(fourline.shown).find((row) => fourline.rows.say('precision', row) === precision && fourline.rows.date(row)))",
            precision,
        )
        return said

    assert time_of("day") == "day only"
    assert time_of("about") == "~18:00 to 18:30"
    assert re.fullmatch(r"\d\d:\d\d", time_of("minute"))
    assert re.fullmatch(r"\d\d:\d\d:\d\d", time_of("second"))
    assert page.evaluate("fourline.rows.date(fourline.rows.count - 1)") == ""


def test_keyboard_reaches_every_row(page: Page) -> None:
    count = page.evaluate("fourline.rows.count")
    page.focus("#grid")
    page.keyboard.press("End")
    assert page.get_attribute("#grid", "aria-activedescendant") == f"row-{count - 1}"
    last = page.locator(".row.active")
    assert last.get_attribute("aria-rowindex") == str(count + 1)
    inside = page.evaluate(
        "(() => { const row = document.querySelector('.row.active').getBoundingClientRect(), grid = document.getElementById('grid').getBoundingClientRect(); return row.bottom <= grid.bottom + 1 && row.top >= grid.top; })()"
    )
    assert inside
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert page.locator(".row.active .more").count() == 1
    page.keyboard.press("Home")
    page.keyboard.press("PageDown")
    assert page.evaluate("fourline.list.active") > 3
    seen: set[int] = set()
    page.keyboard.press("Home")
    for _ in range(count):  # page after page, no row is jumped over
        seen |= set(page.evaluate("[...fourline.list.drawn.keys()]"))
        if page.evaluate("fourline.list.active") == count - 1:
            break
        page.keyboard.press("PageDown")
    assert seen == set(range(count))


def test_scrolling_draws_what_is_in_sight_only(page: Page) -> None:
    page.evaluate("document.getElementById('grid').scrollTop = 20000")
    page.wait_for_function("() => fourline.list.top > 10000")
    assert page.evaluate("fourline.list.drawn.size") < 80
    covered = page.evaluate(
        """(() => { const grid = document.getElementById('grid').getBoundingClientRect();
            const rows = [...document.querySelectorAll('#drawn > .row')].map((row) => row.getBoundingClientRect());
            return Math.min(...rows.map((row) => row.top)) <= grid.top + 60 && Math.max(...rows.map((row) => row.bottom)) >= grid.bottom; })()"""
    )
    assert covered


@pytest.mark.parametrize("width", [1280, 390])
def test_accessible(browser: Browser, report: Path, width: int) -> None:
    one = Opened(browser, report, viewport={"width": width, "height": 900})
    one.page.wait_for_selector("#rows-panel:not([hidden])")
    one.page.locator("#summary a.n").first.click()
    one.page.locator("#grid").press("ArrowDown")
    one.page.locator("#grid").press("Enter")
    one.page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    found = Axe().run(one.page)
    serious = [
        (violation["id"], violation["nodes"][0]["html"])
        for violation in found.response["violations"]
        if violation["impact"] in {"serious", "critical", "moderate"}
    ]
    assert serious == []
    assert one.page.evaluate("document.documentElement.scrollWidth") <= width
    one.page.close()


def test_readable_without_javascript(browser: Browser, report: Path) -> None:
    one = Opened(browser, report, java_script_enabled=False)
    assert one.page.get_by_text("need JavaScript, which does not run here").is_visible()
    assert one.page.locator("#rows-panel").is_hidden()
    assert one.page.locator("#summary li").count() > 5
    one.page.close()


def test_prints_on_a4(page: Page, tmp_path: Path) -> None:
    page.evaluate("location.hash = '#rows?persons=P2&directions=out'")
    page.wait_for_function("() => fourline.filter.persons.length === 1")
    page.pdf(path=tmp_path / "a.pdf", prefer_css_page_size=True, print_background=True)
    text = re.sub(r"\s+", " ", poppler.asked("pdftotext", "-layout", tmp_path / "a.pdf", "-").decode())
    assert b"(A4)" in poppler.asked("pdfinfo", tmp_path / "a.pdf")
    count = page.evaluate("fourline.shown.length")
    everything = page.evaluate("fourline.rows.count")
    assert (
        f"Rows chosen by: Other party: Daniel Marsh; Direction: from the client. {count} of {everything} rows are printed."
        in text
    )
    for words in (
        "Timeline of contact",
        "Numbers: Contact with Daniel Marsh, by week",
        "Please stop messaging me",
        "page 1 of",
        "Items that came in from Daniel Marsh",
    ):
        assert words in text
    assert "Words, name, number or event" not in text


def test_printing_says_what_is_left_out(page: Page) -> None:
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    count = page.evaluate("fourline.rows.count")
    printed = page.locator("#print-rows tr").count()
    assert printed == min(1000, count)
    page.evaluate(
        "(rows) => { fourline.shown = new Uint32Array(1234); window.dispatchEvent(new Event('beforeprint')); }", None
    )
    note = page.locator("#print-note").text_content()
    assert note is not None
    assert "234 more rows are chosen and not printed here; chronology.xlsx has all rows." in note
