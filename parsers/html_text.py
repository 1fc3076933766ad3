"""HTML to the words a reader of it would see; nothing is fetched, nothing is run.

Block elements and `<br>` become line breaks, `<script>`, `<style>` and `<title>` are left out, a link keeps its target (`words <https://...>`), a picture its
alternative text (mail programs send emoji as pictures).

Why not `html.parser`: in Python 3.11 it takes quadratic time on unclosed comments and tags (CVE-2025-6069), and `html.unescape` raises on `&#` with
thousands of digits. A mail is hostile input. Here every step moves forward: a search that once failed to find an end is not made again.
"""

from __future__ import annotations

import html
import re
from typing import Final

_TAG: Final = re.compile(r"<(/?)([A-Za-z][^\s/><]*)")
_ATTRIBUTE: Final = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_BARE_TAG: Final = re.compile(r"<[^<>]*>")
_SPACE: Final = re.compile(r"[ \t\r\n\f\xa0]+")
_NUMBERS: Final = re.compile(r"&#[0-9]{9,};?")

_BLOCKS: Final = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
        "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead", "tr", "ul",
    }
)  # fmt: skip
_PARAGRAPHS: Final = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "table", "pre"})
_UNSEEN: Final = frozenset({"script", "style", "title"})


def text_of(source: str) -> str:
    """The words of an HTML document. Linear in its length; never raises; broken markup is shown rather than lost."""
    return _Reader(source).read()


def unescape(text: str) -> str:
    """`html.unescape` that cannot raise: a character number too long to be one is U+FFFD."""
    return html.unescape(_NUMBERS.sub("\ufffd", text)) if "&" in text else text


class _Reader:
    """One walk through one document."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines: list[str] = [""]
        self.line: list[str] = []
        self.gap = False
        self.preformatted = 0
        self.link = ""
        self.link_words: list[str] = []
        self.endless: set[str] = set()
        self.last = {mark: source.rfind(mark) for mark in ('"', "'", ">")}

    def read(self) -> str:
        source, at = self.source, 0
        while (start := source.find("<", at)) >= 0:
            self.words(source[at:start])
            at = self.markup(start)
        self.words(source[at:])
        self.end_link()
        self.end_line()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip("\n")

    def markup(self, start: int) -> int:
        """Reads what begins with the `<` at `start`; gives the place after it."""
        source = self.source
        if start > self.last[">"]:  # nothing from here on can be a tag
            self.words(source[start:])
            return len(source)
        if source.startswith("<!--", start):
            end = self.find("-->", start + 4)
            return end + 3 if end >= 0 else start + 4
        if source.startswith(("<!", "<?"), start):
            return source.find(">", start) + 1
        tag = _TAG.match(source, start)
        if tag is None:
            self.words("<")
            return start + 1
        end = self.end_of_tag(tag.end())
        if end < 0:  # a quote swallows the rest: show the rest without its tags
            self.words(_BARE_TAG.sub(" ", source[start:]))
            return len(source)
        name = tag[2].lower()
        if tag[1]:
            self.close(name)
            return end + 1
        if name in _UNSEEN:
            stop = self.find(f"</{name}", end + 1)
            return stop if stop >= 0 else end + 1
        self.open(name, source[tag.end() : end])
        return end + 1

    def find(self, mark: str, start: int) -> int:
        """`str.find` without regard to case that remembers that there is no more of `mark`."""
        if mark in self.endless:
            return -1
        found = self.source.find(mark, start) if mark == "-->" else -1
        if mark != "-->" and (match := re.compile(re.escape(mark), re.IGNORECASE).search(self.source, start)):
            found = match.start()
        if found < 0:
            self.endless.add(mark)
        return found

    def end_of_tag(self, at: int) -> int:
        """The place of the `>` that closes a tag, quotes respected; -1 if none does."""
        source, last = self.source, self.last
        while at <= last[">"]:
            mark = _NEXT_MARK.search(source, at)
            if mark is None:
                return -1
            at = mark.start()
            quote = source[at]
            if quote == ">":
                return at
            at = (
                source.find(quote, at + 1) + 1 if at < last[quote] else at + 1
            )  # an unpaired quote is an ordinary character
        return -1

    def open(self, name: str, attributes: str) -> None:
        if name == "br":
            self.end_line()
        elif name == "img":
            self.words(_attribute(attributes, "alt"))
        elif name == "a":
            self.end_link()
            self.link = _attribute(attributes, "href").strip()
        elif name in {"td", "th"}:
            self.gap = True
        elif name in _BLOCKS:
            self.block(name)
            self.preformatted += name == "pre"

    def close(self, name: str) -> None:
        if name == "a":
            self.end_link()
        elif name in _BLOCKS:
            self.preformatted = max(0, self.preformatted - (name == "pre"))
            self.block(name)

    def words(self, raw: str) -> None:
        if not raw:
            return
        text = unescape(raw).replace("\r\n", "\n")
        if self.preformatted:
            first, *rest = text.split("\n")
            self.put(first)
            for line in rest:
                self.end_line()
                self.put(line)
            return
        for number, word in enumerate(_SPACE.split(text)):
            self.gap = self.gap or number > 0
            self.put(word)

    def put(self, word: str) -> None:
        if not word:
            return
        if self.gap and self.line:
            self.line.append(" ")
        self.gap = False
        self.line.append(word)
        if self.link:
            self.link_words.append(word)

    def end_link(self) -> None:
        link, words = self.link, "".join(self.link_words)
        self.link, self.link_words = "", []
        if link and not link.startswith("#") and link.removeprefix("mailto:").rstrip("/") != words.rstrip("/"):
            self.gap = True
            self.put(f"<{link}>")

    def end_line(self) -> None:
        self.lines.append("".join(self.line))
        self.line, self.gap = [], False

    def block(self, name: str) -> None:
        if self.line:
            self.end_line()
        if name in _PARAGRAPHS and self.lines[-1]:
            self.lines.append("")


_NEXT_MARK: Final = re.compile(r"""["'>]""")


def _attribute(attributes: str, wanted: str) -> str:
    for match in _ATTRIBUTE.finditer(attributes):
        if match[1].lower() == wanted:
            return unescape(match[2] or match[3] or match[4] or "")
    return ""
