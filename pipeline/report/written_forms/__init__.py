"""Confidential strings, found in every form in which a person or a program may write them, and masked there and nowhere else (C2, C3, C13).

A number is written +44 7700 900123, (07700) 900 123 or in full-width digits; a name with other accents, capitals, hyphens or an invisible character inside it; a postcode
with and without its space. So text is folded first (`folding`), and the patterns (`spelled`) let separators stand between digits and words. `kept_back` says what of a
case is confidential; `looks` knows what might be, though nobody has said so.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from pipeline.case import Case
from pipeline.case.confidential import SHOW
from pipeline.report.written_forms.folding import (
    Folded,
    fold,
    lower,
    plain,
    plain_readings,
    readings,
    span_end,
    squeezed,
)
from pipeline.report.written_forms.kept_back import code, kept_back, unsearchable
from pipeline.report.written_forms.looks import looks
from pipeline.report.written_forms.spelled import Secret, national

__all__ = ["Forms", "Found", "Span", "code", "fold", "unsearchable"]

_WINDOW: Final = 16_384
_OVERLAP: Final = 512  # more than any confidential string is long
_NOT: Final = re.compile(r"['\u2019`]t\b")
_NEAR_DIGITS: Final = re.compile(r"\d")
_HEX: Final = re.compile(r"[0-9a-f]{32,64}")
_ENCODED: Final = re.compile(r"[A-Za-z0-9+/_-]{11,}={0,2}")
_LONGEST_ENCODED: Final = 4096


class Span(NamedTuple):
    """Where in a text something confidential stands, what it is, and its mask."""

    start: int
    end: int
    what: str
    mask: str


class Found(NamedTuple):
    """A confidential string: what it is, and, where it may be a word of the program's own as well, that word; else ""."""

    what: str
    word: str = ""


class Forms:
    """Finds and masks what a case keeps back; `files` are the paths of what was handed in, which are confidential as well (N9).

    The other side's own identifiers may stand (C8), and so may what a person decided to show.
    """

    def __init__(self, case: Case, files: Iterable[str] = ()) -> None:
        self._secrets, self._hashes = kept_back(case, files)
        self._country = case.country
        shown = [decided.text for decided in case.decisions if decided.decision == SHOW]
        shown += [identifier for person in case.subjects for identifier in person.identifiers]
        self._allowed = {self._canonical(text) for text in shown}
        self._addresses = {self._canonical(text) for text in shown if "@" in text}

    def secrets_in(self, text: str) -> list[Span]:
        """Every confidential string in the text, in order."""
        return sorted(set(self._spans(text, fold(text))))

    def found_in(self, text: str, least: int = 0) -> set[Found]:
        """Which confidential strings stand in a text of any length, without their places; `least`, of binary data: letters and digits of the shortest that counts."""
        found = _found(self._secrets, text, least)
        found.update(Found(what) for _, what, _ in self._hidden(text))
        return found

    def words_in(self, texts: Iterable[str]) -> frozenset[Found]:
        """Which of the names and half postcodes that may be words of the program's own as well stand in the texts."""
        secrets = [secret for secret in self._secrets if secret.word]
        return frozenset(one for text in (texts if secrets else ()) for one in _found(secrets, text))

    def looks_in(self, text: str, *, ids: bool = False) -> list[Span]:
        """What looks confidential in the text though the case does not name it, and nobody has decided to show, in order; `ids`: ids of events may stand in it."""
        folded = fold(text)
        return sorted(
            _span(folded, match.start(), match.end(), look.what, look.mask)
            for look, match in looks(folded.text, ids=ids)
            if not self._may_stand(match[0])
        )

    def masked(self, text: str) -> str:
        """The text with a typed mask in the place of everything confidential, and of everything that looks so; all else is left as it was written."""
        return self.masked_all([text])[0]

    def masked_all(self, texts: Sequence[str]) -> list[str]:
        """The same for many texts; those that hold nothing are given back as they are."""
        result: list[str] = []
        for text in texts:
            folded = fold(text)
            spans = [*self._spans(text, folded), *self.looks_in(text)]
            result.append(_replaced(text, spans) if spans else text)
        return result

    def _spans(self, text: str, folded: Folded) -> Iterator[Span]:
        for reading in readings(folded):
            for secret, match in _matches(self._secrets, reading.text):
                yield _span(reading, match.start(), match.end(), secret.what, secret.mask)
        for match, what, mask in self._hidden(text):
            yield Span(match.start(), match.end(), what, mask)

    def _hidden(self, text: str) -> Iterator[tuple[re.Match[str], str, str]]:
        """Hashes of what is confidential, and what stands in base64."""
        for match in _ENCODED.finditer(text):
            written = match[0]
            if known := next(filter(None, map(self._hashes.get, _HEX.findall(written.lower()))), None):
                yield match, *known
            elif len(written) <= _LONGEST_ENCODED and (inside := _decoded(written)):
                for secret, _ in _matches(self._secrets, plain(inside)):
                    yield match, secret.what, secret.mask
                    break

    def _may_stand(self, text: str) -> bool:
        """Whether it is one that may: whole, an address with the next word of a table run into it, a number of which a line of a table holds the beginning."""
        canonical = self._canonical(text)
        if canonical in self._allowed:
            return True
        if "@" in text:
            return any(canonical.startswith(one) for one in self._addresses)
        digits = canonical.removeprefix("44").lstrip("0")
        return digits.isdigit() and len(digits) > 7 and any(one.startswith(digits) for one in self._allowed)

    def _canonical(self, text: str) -> str:
        return national(text, self._country) or squeezed(plain(text))


def _matches(secrets: Sequence[Secret], folded: str) -> Iterator[tuple[Secret, re.Match[str]]]:
    """Each secret of which something stands in the folded text, with where."""
    squashed, low = squeezed(folded), ""
    for secret in secrets:
        if secret.key not in squashed:
            continue
        low = low or lower(folded)
        if secret.varied and squashed.count(secret.key) == low.count(secret.key):
            continue  # no letters of it stand apart
        for match in secret.pattern.finditer(low):
            if secret.capital and (not folded[match.start()].isupper() or _is_a_verb(folded, match)):
                continue
            if secret.apart and _NEAR_DIGITS.search(folded[max(match.start() - 1, 0) : match.end() + 1]):
                continue
            if not secret.alone or _alone(folded, match.start(), match.end()):
                yield secret, match


def _found(secrets: Sequence[Secret], text: str, least: int = 0) -> set[Found]:
    long = [secret for secret in secrets if not secret.key or len(secret.key) >= least]
    return {
        Found(secret.what, secret.key if secret.word else "")
        for reading in plain_readings(text, binary=least > 0)
        for start in range(0, len(reading), _WINDOW)
        for secret, _ in _matches(long, reading[start : start + _WINDOW + _OVERLAP])
    }


def _is_a_verb(folded: str, match: re.Match[str]) -> bool:
    """'Will you', 'May I', 'Hope that' at the beginning of a sentence; 'I WILL', 'WILL NOT' where all is written in capitals."""
    before = folded[: match.start()]
    if _VERB.match(folded, match.start()) and before.rstrip(" \t\"'*(")[-1:] in _SENTENCE_ENDS:
        return True
    return match[0] in _VERBS and (
        bool(_LOUD_BEFORE.search(before[-10:]) or (match[0] != "hope" and _LOUD_BEHIND.match(folded, match.start())))
        and folded[match.start() : match.end()].isupper()
    )


_VERBS: Final = frozenset(["will", "may", "hope"])
_LOUD_BEFORE: Final = re.compile(r"(?<![^\W_])(?:I|YOU|U|WE|HE|SHE|IT|THEY|THAT|THIS|THERE|WHO|GOD)\s+$")
_LOUD_BEHIND: Final = re.compile(r"(?:WILL|MAY) (?:NOT|NEVER|BE|HAVE|ALWAYS)\b")
_VERB: Final = re.compile(
    r"(?:Will|May|WILL|MAY)\s+(?:you|u|i|we|he|she|they|it|that|this|there)\b|(?:Hope|HOPE)\s+(?:you|u|ur|it|that|this|to|all)\b|(?:Mark|MARK)\s+my\b",
    re.IGNORECASE,
)
_SENTENCE_ENDS: Final = ("", ".", "!", "?", "\n", ":", ";")


def _alone(folded: str, start: int, end: int) -> bool:
    """Whether no letter touches a letter, and no digit a digit; a capital begins a word, and an s may end a name: "lovePriyaNow", "Priyas"."""
    first, last = folded[start], folded[end - 1]
    if start:
        before = folded[start - 1]
        if first.isdigit() and before.isdigit():
            return False
        if first.isalpha() and before.isalpha() and not (before.islower() and first.isupper()):
            return False
    if _NOT.match(folded, end):
        return False  # Don is not in "don't"
    if end < len(folded):
        after = folded[end]
        if last.isdigit() and after.isdigit():
            return False
        if last.isalpha() and after.isalpha() and not (last.islower() and after.isupper()):
            rest = folded[end + 1 : end + 2]
            return after in "sS" and end - start > 2 and not rest.isalpha()
    return True


def _decoded(written: str) -> str:
    """What stands in base64, of either alphabet, if it is text; else ""."""
    digits = written.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        data = base64.b64decode(digits + "=" * (-len(digits) % 4), validate=True)
    except (binascii.Error, ValueError):
        return ""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() or text.replace("\n", "").replace("\r", "").isprintable() else ""


def _span(folded: Folded, start: int, end: int, what: str, mask: str) -> Span:
    return Span(folded.places[start], span_end(folded, end), what, mask)


def _replaced(text: str, spans: Iterable[Span]) -> str:
    """The text with the spans masked; where they overlap, the whole stretch is masked once, by the longest of them."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        if merged and span.start < merged[-1].end:
            last = merged[-1]
            longest = max(last, span, key=lambda one: one.end - one.start)
            merged[-1] = Span(last.start, max(last.end, span.end), longest.what, longest.mask)
        else:
            merged.append(span)
    parts, done = [], 0
    for span in merged:
        parts += [text[done : span.start], span.mask]
        done = span.end
    return "".join([*parts, text[done:]])
