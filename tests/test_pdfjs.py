"""The document in pdf.js, the viewer of Firefox: it opens, every page comes with its words, labels, bookmarks and links lead where they say, and nothing is fetched.

Skipped where pdf.js (Debian: libjs-pdf) or Chromium is not installed, unless CI is set. The document of 50,000 events is opened by `benchmarks/pdfjs.py`.
"""

from __future__ import annotations

import os
import re
from datetime import date

import pytest
from report_case import case_in, timeline_in
from test_document import SHEET, hard_events, issued

from benchmarks.pdfjs import CHROMIUM, VIEWER, Seen, chromium, look

THERE = CHROMIUM is not None and (VIEWER / "web" / "viewer.html").is_file()
pytestmark = pytest.mark.skipif(not THERE and not os.environ.get("CI"), reason="no pdf.js or no Chromium is installed")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    folder = tmp_path_factory.mktemp("pdfjs")
    events = [event for event in hard_events() if len(event["text"]) < 1000]
    issued(
        folder,
        case_in(folder),
        timeline_in(folder, events),
        SHEET,
        draft="DRAFT - not checked",
        chosen=(date(2026, 3, 1),),
    )
    with chromium() as browser:
        return look(browser, folder / "document.pdf")


def test_it_opens_without_a_complaint(seen: Seen) -> None:
    assert seen.complaints == []
    assert seen.told["title"].startswith("Exhibit ABC1")
    assert seen.told["tagged"]
    assert (seen.told["attachments"], seen.told["scripts"]) == (None, None)


def test_p04_labels_are_the_printed_numbers(seen: Seen) -> None:
    labels = seen.told["labels"]
    assert labels == [f"ABC1-{number}" for number in range(1, seen.told["pages"] + 1)]
    assert [re.search(r"ABC1-\d+$", page["words"])[0] for page in seen.pages] == labels  # type: ignore[index]


def test_p08_p09_bookmarks_and_links_lead_where_they_say(seen: Seen) -> None:
    outline, labels = seen.told["outline"], seen.told["labels"]
    assert len(outline) > 15
    for mark in outline:
        assert mark["title"].endswith(f", page {labels[mark['page'] - 1]}")
        assert mark["title"].split(",")[0][:12] in seen.pages[mark["page"] - 1]["words"]
    assert seen.told["mode"] == "UseOutlines"
    links = seen.told["links"]
    assert len(links) > 10
    assert all(link["on"] == 2 and link["to"] > 2 and not link["url"] for link in links)


def test_p10_it_asks_to_be_opened_at_full_size(seen: Seen) -> None:
    assert seen.told["opening"] == [{"name": "XYZ"}, None, None, 1]
    assert (seen.told["scale"], seen.told["at"]) == (1, 1)


def test_p11_every_page_is_drawn_and_has_its_words(seen: Seen) -> None:
    assert len(seen.pages) == seen.told["pages"] > 15
    assert all(page["ink"] > 20 for page in seen.pages)
    assert all("DRAFT - not checked" in page["words"] and len(page["words"]) > 60 for page in seen.pages)
    whole = re.sub(r"\s+", "", "".join(page["words"] for page in seen.pages))
    assert "</script><script>alert(1)</script>" in whole
    assert "[emoji:kitchenknife]" in whole
