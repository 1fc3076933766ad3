"""The words of a mail, out of its parts. Not a parser; `mail_message` reads with it.

Every text part that is not an attachment, in order; of alternatives the first that has plain words, else the HTML as text. A mail program shows the HTML
version, and nothing makes a sender write the same into both: where most words of the HTML version are not in the plain one, both are given, and it is said.

Line ends are given as line feeds, those at the end are left out. In `format=flowed` (RFC 3676: Apple Mail, Thunderbird) a line that ends with a space goes on in
the next one; it is given as one line, for a name or an address may stand across the end.
"""

from __future__ import annotations

import re
from typing import Final

from parsers import mime
from parsers.html_text import text_of
from parsers.mime_text import decode_bytes

_WRITTEN_AS_TEXT: Final = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext"})
_TAG: Final = re.compile(r"<[^<>]*>")
_WORD: Final = re.compile(r"\w{3,}")
_FEW: Final = 10
BOTH: Final = "the HTML version of this mail has other words than the plain one: both are given"


def is_words(part: mime.Part) -> bool:
    """Whether a part is written to be read in the mail itself."""
    return part.type in _WRITTEN_AS_TEXT and part.disposition != "attachment"


def words_of(data: bytes, root: mime.Part, doubts: list[str]) -> str:
    """The words of the mail whose tree is `root`."""
    return "\n".join(filter(None, (_words(data, part, doubts) for part in _body(data, root, doubts))))


def _body(data: bytes, part: mime.Part, doubts: list[str]) -> list[mime.Part]:
    """The parts that hold the words of the mail (RFC 8621 section 4.1.4). Recursion ends at `mime.DEEPEST`."""
    if not part.children:
        return [part] if is_words(part) else []
    choices = [_body(data, child, doubts) for child in part.children]
    if part.type != "multipart/alternative":
        return [leaf for choice in choices for leaf in choice]
    plain = next((choice for choice in choices if any(_says(data, leaf) for leaf in choice)), [])
    rich = next(filter(None, reversed(choices)), [])
    if plain and rich is not plain and _differ(data, plain, rich):
        doubts.append(BOTH)
        return [*plain, *rich]
    return plain or rich


def _says(data: bytes, leaf: mime.Part) -> bool:
    return leaf.type == "text/plain" and not leaf.name([]) and bool(mime.content(data, leaf)[0].strip())


def _differ(data: bytes, plain: list[mime.Part], rich: list[mime.Part]) -> bool:
    """Whether most words of the rich version are not in the plain one, and more than a few of them: labels of pictures and lines at the foot are a few."""
    said = {word for leaf in plain for word in _WORD.findall(_decoded(data, leaf, []))}
    # First by a look at the tags' surroundings, which may take rules of style for words; only what differs so far is read in earnest.
    for read in (lambda html: _TAG.sub(" ", html), text_of):
        shown = {word for leaf in rich for word in _WORD.findall(read(_decoded(data, leaf, [])))}
        new = len(shown - said)
        if new <= _FEW or new * 2 <= len(shown):
            return False
    return True


def _decoded(data: bytes, part: mime.Part, doubts: list[str]) -> str:
    raw, fault = mime.content(data, part)
    if fault:
        doubts.append(f"text: {fault}")
    return decode_bytes(raw, part.parameters.get("charset", ""), doubts)


def _words(data: bytes, part: mime.Part, doubts: list[str]) -> str:
    text = _decoded(data, part, doubts)
    if part.type != "text/plain":
        return text_of(text)
    text = text.replace("\r\n", "\n").rstrip("\r\n")
    if part.parameters.get("format", "").lower() == "flowed":
        # A program that puts in spaces of its own ends most lines with two. One that only says so must not have its words run into one another.
        return unflowed(text, delete_space=part.parameters.get("delsp", "").lower() == "yes" and "  \n" in text)
    return text


def unflowed(text: str, *, delete_space: bool) -> str:
    """The paragraphs of a text in `format=flowed`, each in one line. Quotation marks stay before each; "-- " above a signature is no paragraph that goes on."""
    paragraphs: list[list[str]] = []
    depth, goes_on = 0, False
    for line in text.split("\n"):
        words = line.lstrip(">")
        quotes = line[: len(line) - len(words)]
        words = words[1:] if words[:1] == " " else words  # stuffed, so that it does not look like a quotation
        signature = words == "-- "
        if not goes_on or len(quotes) != depth or signature:
            paragraphs.append([f"{quotes} " if quotes else ""])
        depth, goes_on = len(quotes), words[-1:] == " " and not signature
        paragraphs[-1].append(words[:-1] if goes_on and delete_space else words)
    return "\n".join(map("".join, paragraphs))
