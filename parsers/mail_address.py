"""Address lists of mail headers (RFC 5322 section 3.4), as they occur: names and addresses as written.

    "Doe, Jo" <jo@example.org>, sam@example.com (Sam), Friends: a@example.org, b@example.org;, undisclosed-recipients:;

Why not `email.utils.getaddresses`: it recurses on nested comments, takes quadratic time, and differs between patch releases of Python. Split first, RFC 2047
decoded after: a decoded name may hold commas and angle brackets (and is used so, to show another sender). One pass, linear, never raises.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from parsers.mime_text import decode_words

_QUOTED: Final = r'"(?P<quoted>[^"\\]*(?:\\.[^"\\]*)*)"|'
_REST: Final = (
    r"(?P<coded>=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*+\?=)|(?P<pair>\\.)|<(?P<angle>(?:\"[^\"<>]*\"|[^<>\"])*)>|(?P<literal>\[[^\[\]\s]*+\])"
    r"|(?P<mark>[(),;:])|(?P<space>\s++)|(?P<atom>[^\s\"(),;:<>=\[\\]++|.)"
)
_TOKEN: Final = re.compile(_QUOTED + _REST, re.DOTALL)
_TOKEN_UNQUOTED: Final = re.compile(_REST, re.DOTALL)
_INNER_COMMENT: Final = re.compile(r"\((?:[^()\\]|\\.)*\)")
_APART: Final = re.compile(r"(?<!\s)\s*+([.@])\s*+")
_APART_AFTER_AT: Final = re.compile(r"(@[^\s@]++)((?:\s++\.\s*+[^\s@.,]++)+)")
_DEEPEST_COMMENT: Final = 9
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


class Mailbox(NamedTuple):
    """One entry of an address list. `address` is what was written in its place, even if it is no address."""

    name: str
    address: str


def read_addresses(text: str, doubts: list[str]) -> list[Mailbox]:
    """The entries of an address header, in order; groups are opened, their names left out."""
    tokens = _tokens(text)
    comments = _comments(tokens)
    groups = any(kind == "mark" and value == ";" for kind, value, _ in tokens)
    found: list[Mailbox] = []
    entry = _Entry()
    at = 0
    while at < len(tokens):
        kind, value, written = tokens[at]
        if at in comments:
            end = comments[at]
            entry.comment = entry.comment or _ESCAPED.sub(r"\1", "".join(token[2] for token in tokens[at + 1 : end]))
            at = end
        elif kind == "mark" and value in ",;":
            found.extend(entry.done(doubts))
            entry = _Entry()
        elif kind == "mark" and value == ":" and groups and not entry.angle:
            entry = _Entry()
        elif kind == "angle":
            entry.angle = _tight(value) or entry.angle
            entry.bracketed = True
        else:
            entry.bare.append(written)
            entry.phrase.append(_ESCAPED.sub(r"\1", value) if kind == "quoted" else " " if kind == "space" else written)
        at += 1
    found.extend(entry.done(doubts))
    return found


class _Entry:
    """What has been read of one entry."""

    def __init__(self) -> None:
        self.phrase: list[str] = []
        self.bare: list[str] = []
        self.angle = ""
        self.bracketed = False
        self.comment = ""

    def done(self, doubts: list[str]) -> list[Mailbox]:
        bare = "".join(self.bare).strip()
        if self.bracketed:
            address = (
                self.angle.rpartition(":")[2] if self.angle.startswith("@") else self.angle
            )  # a route: <@relay:jo@example.org>
            return (
                [
                    Mailbox(
                        decode_words("".join(self.phrase).strip(), doubts) or self.named(doubts),
                        decode_words(address, doubts),
                    )
                ]
                if address or bare
                else []
            )
        bare = _APART_AFTER_AT.sub(lambda found: found[1] + "".join(found[2].split()), bare)
        words = bare.split()
        if len(words) > 1 and "@" in bare and not bare.startswith('"'):
            return _without_marks(words, doubts)
        return [Mailbox(self.named(doubts), decode_words(bare, doubts))] if bare else []

    def named(self, doubts: list[str]) -> str:
        return decode_words(self.comment.strip(), doubts)


def _without_marks(words: list[str], doubts: list[str]) -> list[Mailbox]:
    """Jo Doe jo@example.org; and several of these without a comma between them. A name may also stand behind the only address."""
    found: list[Mailbox] = []
    name: list[str] = []
    for word in words:
        if "@" in word:
            found.append(Mailbox(decode_words(" ".join(name), doubts), decode_words(word, doubts)))
            name = []
        else:
            name.append(word)
    if name:
        last = found.pop()
        found.append(last._replace(name=" ".join(filter(None, (last.name, decode_words(" ".join(name), doubts))))))
    return found


def _tight(address: str) -> str:
    """An address without the comments and spaces that may stand in it: pete(his account)@silly.test(his host)."""
    address = address.strip()
    if '"' in address or ("(" not in address and len(address.split()) < 2):
        return address
    for _ in range(_DEEPEST_COMMENT):
        address = _INNER_COMMENT.sub("", address)
    return _APART.sub(r"\1", address).strip()


def _tokens(text: str) -> list[tuple[str, str, str]]:
    """(kind, value, as written) of every token. After one unclosed quotation mark, quotation marks are ordinary characters."""
    tokens: list[tuple[str, str, str]] = []
    pattern, at = _TOKEN, 0
    while match := pattern.match(text, at):
        kind = match.lastgroup or "atom"
        tokens.append((kind, match[kind], match[0]))
        if match[0] == '"':
            pattern = _TOKEN_UNQUOTED
        at = match.end()
    return tokens


def _comments(tokens: list[tuple[str, str, str]]) -> dict[int, int]:
    """Where each outermost comment begins and ends; brackets without a partner are not comments."""
    open_: list[int] = []
    pairs: dict[int, int] = {}
    for at, (kind, value, _) in enumerate(tokens):
        if kind != "mark":
            continue
        if value == "(":
            open_.append(at)
        elif value == ")" and open_:
            pairs[open_.pop()] = at
    return pairs
