"""Opens PDF files in pdf.js, the viewer of Firefox, and scrolls through them: `python benchmarks/pdfjs.py FILE.pdf ...`.

The viewer is Debian's (package libjs-pdf: the page that Firefox shows), run in Chromium; nothing is fetched from anywhere, what the page asks for is answered from the
disk. What it finds is checked by `tests/test_pdfjs.py`; here it is timed.
"""

from __future__ import annotations

import mimetypes
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

VIEWER: Final = Path("/usr/share/javascript/pdf")
MORE: Final = Path("/usr/share/pdf.js")
CHROMIUM: Final = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_SITE: Final = "http://viewer.invalid"
_READY: Final = "() => window.PDFViewerApplication?.pdfViewer?.getPageView(0)?.renderingState === 3"
_TOLD: Final = """async () => {
    const app = PDFViewerApplication, file = app.pdfDocument;
    const page = async dest => 1 + await file.getPageIndex((typeof dest === 'string' ? await file.getDestination(dest) : dest)[0]);
    const walk = async items => (await Promise.all((items ?? []).map(async one =>
        [{title: one.title, page: await page(one.dest)}, ...await walk(one.items)]))).flat();
    const links = [];
    for (let number = 1; number <= Math.min(file.numPages, 3); number++)
        for (const one of await (await file.getPage(number)).getAnnotations())
            if (one.subtype === 'Link') links.push({on: number, to: await page(one.dest), url: one.url ?? ''});
    const opening = (await file.getOpenAction())?.dest;  // the viewer itself looks at it only if set to ("viewOnLoad": -1)
    await app.pdfLinkService.goToDestination(opening);
    return {
        opening: opening.slice(1), pages: file.numPages, labels: await file.getPageLabels(), outline: await walk(await file.getOutline()), links, scale: app.pdfViewer.currentScale,
        title: document.title, at: app.pdfViewer.currentPageNumber, mode: await file.getPageMode(), tagged: (await file.getMarkInfo())?.Marked ?? false,
        attachments: await file.getAttachments(), scripts: await file.getJavaScript(),
    };
}"""
_SCROLLED: Final = """async every => {
    const app = PDFViewerApplication, viewer = app.pdfViewer, seen = [];
    for (let number = 1; number <= viewer.pagesCount; number += every) {
        const begun = performance.now();
        viewer.currentPageNumber = number;
        const view = viewer.getPageView(number - 1);
        while (!(view.renderingState === 3 && view.textLayer?.renderingDone)) await new Promise(requestAnimationFrame);
        const canvas = view.canvas.getContext('2d').getImageData(0, 0, view.canvas.width, view.canvas.height).data;
        let ink = 0;
        for (let place = 0; place < canvas.length; place += 4 * 97) ink += canvas[place] < 128;
        seen.push({number, words: view.div.querySelector('.textLayer').textContent, ink, wait: performance.now() - begun});
    }
    return seen;
}"""


@dataclass(frozen=True)
class Seen:
    """What pdf.js makes of a file: `told` of the whole, `pages` as they were scrolled by, seconds to the first page, and what the browser complained of."""

    told: dict[str, Any]
    pages: list[dict[str, Any]]
    first_page: float
    complaints: list[str]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a screen."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        try:
            yield browser
        finally:
            browser.close()


def look(browser: Browser, pdf: Path, every: int = 1) -> Seen:
    """Opens the file and scrolls to every page, or to every so many."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.route("**/*", lambda route: _answer(route, pdf))
    try:
        page.goto(f"{_SITE}/web/viewer.html?file=/document.pdf", wait_until="domcontentloaded")
        page.wait_for_function(_READY, timeout=120_000)
        first: float = page.evaluate("() => performance.now() / 1000")
        return Seen(page.evaluate(_TOLD), _scrolled(page, every), first, complaints)
    finally:
        page.close()


def _scrolled(page: Page, every: int) -> list[dict[str, Any]]:
    page.set_default_timeout(600_000)
    seen: list[dict[str, Any]] = page.evaluate(_SCROLLED, every)
    return seen


def _answer(route: Route, pdf: Path) -> None:
    """A file of the viewer, or the PDF; its pictures and translations are in another folder. Nothing else is there, as for a reader off line."""
    asked = route.request.url.removeprefix(_SITE).partition("?")[0]
    places = [pdf] if asked == "/document.pdf" else [VIEWER / asked.lstrip("/"), MORE / asked.removeprefix("/web/")]
    path = next((place for place in places if place.is_file()), None)
    if not route.request.url.startswith(_SITE):
        route.abort()
    elif path is None:
        route.fulfill(body="", content_type="image/svg+xml")  # a picture of a button that is not installed
    else:
        route.fulfill(
            body=path.read_bytes(), content_type=mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        )


def main() -> None:
    """Prints for each file the seconds to its first page and, page by page, how long a reader waits."""
    print(f"{'pages':>6}{'MB':>7}{'first page s':>14}{'median s':>10}{'longest s':>11}{'bookmarks':>11}  file")
    with chromium() as browser:
        for path in map(Path, sys.argv[1:]):
            seen = look(browser, path)
            waits = sorted(one["wait"] / 1000 for one in seen.pages)
            print(
                f"{seen.told['pages']:>6}{path.stat().st_size / 1e6:>7.1f}{seen.first_page:>14.2f}{waits[len(waits) // 2]:>10.2f}{waits[-1]:>11.2f}"
                f"{len(seen.told['outline']):>11}  {path.name}{' COMPLAINTS: ' + '; '.join(seen.complaints) if seen.complaints else ''}",
                flush=True,
            )


if __name__ == "__main__":
    main()
