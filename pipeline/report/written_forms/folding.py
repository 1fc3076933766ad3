"""Text in its plainest form, so that one pattern finds every way of writing the same thing.

Compatibility forms, accents, styled and look-alike letters, digits of any script and invisible characters are folded; capitals are kept. `readings` go further and
take away what a link, markup or a program writes in the place of a character (%40, &#64;, =40, backslash u0040), and write digits that are spelled in words or with the
letter O ("oh seven seven double oh", "O77OO") as digits. For each character that is left, the place in the text
as it was written is known, so that what is found can be masked there and nowhere else.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]+")
_TWO_LETTERS: Final = {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th"}
_ALIKE: Final = dict(
    zip(
        "авеносрутхкіјѕԁһӏԛԝѵАВЕНОСРТУХКІЈЅМԌԚԜѴαικνορτυχγΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "abehocpytxkijsdhlqwvABEHOCPTYXKIJSMGQWVaikvoptuxyABEZHIKMNOPTYX",
        strict=True,
    )
)
"""Letters of other scripts that look like Latin ones."""
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters of Hangul that show nothing."""
_NAMED: Final = re.compile(
    r"(LATIN|REGIONAL|NEGATIVE|SQUARED|CROSSED|PARENTHESIZED|TORTOISE|TAG)\b.*\bLETTER (?:[A-Z]{2,} )*([A-Z])(?: WITH .+)?"
)
"""The name of a styled letter ends in the letter: LATIN SMALL LETTER L WITH STROKE, NEGATIVE SQUARED LATIN CAPITAL LETTER A."""


class Folded(NamedTuple):
    """Folded text. `places` has for each character, and for the end, the place in the text as it was written where it begins."""

    text: str
    places: Sequence[int]


@lru_cache(maxsize=8192)
def _plain(character: str) -> str:
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    if character in _FILLERS:
        return ""
    parts = unicodedata.normalize("NFKD", character)
    return "".join(map(_letter, parts))


def _letter(character: str) -> str:
    if character.isascii():
        return character
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return ""
    if plain := _TWO_LETTERS.get(character) or _ALIKE.get(character):
        return plain
    named = _NAMED.fullmatch(unicodedata.name(character, ""))
    if named is None:
        return character
    return (
        named[2]
        if "CAPITAL LETTER" in named[0] or "SYMBOL" in named[0] or not named[0].startswith("LATIN")
        else named[2].lower()
    )


def fold(text: str) -> Folded:
    """The text in its plainest form, with places."""
    if text.isascii():
        return Folded(text, range(len(text) + 1))
    folded: list[str] = []
    places: list[int] = []
    done = 0
    for run in _NOT_ASCII.finditer(text):
        folded.append(text[done : run.start()])
        places.extend(range(done, run.start()))
        for place in range(run.start(), run.end()):
            plain = _plain(text[place])
            folded.append(plain)
            places += [place] * len(plain)
        done = run.end()
    folded.append(text[done:])
    places.extend(range(done, len(text) + 1))
    return Folded("".join(folded), places)


def plain(text: str) -> str:
    """The same without places, faster."""
    return text if text.isascii() else _NOT_ASCII.sub(lambda run: "".join(map(_plain, run[0])), text)


_ESCAPES: Final = (
    re.compile(
        r"((?:%[0-9A-Fa-f]{2})+)|(&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});)|(?:\\u|_x)([0-9a-fA-F]{4})_?"
    ),
    re.compile(r"((?:=[0-9A-F]{2})+)"),
)
"""Those of links, markup, scripts and Excel; and those of mail, apart: in "?phone=07700%20900123" the sign = is none."""
_NESTED: Final = 3
"""Times that an escape may be escaped again: %2540 is an @."""


_SAID: Final = dict(
    zip("zero oh o nought one two three four five six seven eight nine".split(), "0000123456789", strict=True)
)
_TIMES: Final = {"double": 2, "treble": 3, "triple": 3}
_SAID_DIGIT: Final = rf"(?:{'|'.join([*_TIMES, *_SAID])}|(?=o*\d)[o\d]++)"
_DIGITS: Final = re.compile(
    rf"(?<![^\W_])(?:(?:{_SAID_DIGIT}[\s,.\-]{{1,3}}){{4,}}{_SAID_DIGIT}|(?=\d*o)(?=o*\d)[o\d]{{3,}})(?![^\W_])",
    re.IGNORECASE,
)
"""Five digits or more in a row of which some are words, and digits among which the letter O stands for a nought."""
_SIGN_OF_DIGITS: Final = re.compile(
    rf"(?:{'|'.join([*_TIMES, *_SAID])})[\s,.\-]{{1,3}}(?:{'|'.join([*_TIMES, *_SAID])})|\do|o\d"
)
"""Stands, in lower case, where such digits do, and is looked for ten times as fast."""


def readings(folded: Folded) -> Iterator[Folded]:
    """The text as it is, and with its escapes and spelled digits taken away. In "%07700" may be the beginning of a number, so each is to be searched."""
    yield folded
    for pattern, meant in _MEANT:
        if _may_occur(pattern, folded.text) and (without := _read(folded, pattern, meant)) is not None:
            yield without


_PRINTED: Final = re.compile(r"[\t\n\r -~]{6,}")
"""What an escape or spelled digits can stand in; in compressed data a hundredth of it looks so by chance."""


def plain_readings(text: str, *, binary: bool = False) -> Iterator[str]:
    """The same without places, faster; of `binary` data only what may be text is read in other ways than as it is."""
    folded = plain(text)
    yield folded
    if binary:
        folded = "\0".join(_PRINTED.findall(folded))
    for pattern, meant in _MEANT:
        reading = folded
        for _ in range(_NESTED if _may_occur(pattern, folded) and pattern.search(folded) else 0):
            before = reading
            reading = pattern.sub(
                lambda match, meant=meant: plain(match[0] if (shown := meant(match)) is None else shown),  # type: ignore[misc]
                before,
            )
            if reading == before:
                break
        if reading != folded:
            yield reading


def _may_occur(pattern: re.Pattern[str], text: str) -> bool:
    return pattern is not _DIGITS or bool(_SIGN_OF_DIGITS.search(text.lower()))


def _read(folded: Folded, pattern: re.Pattern[str], meant: Callable[[re.Match[str]], str | None]) -> Folded | None:
    result = folded
    for _ in range(_NESTED):
        text, places = result
        pieces: list[str] = []
        kept: list[int] = []
        done = 0
        for match in pattern.finditer(text):
            written = meant(match)
            if written is None:
                continue
            pieces.append(text[done : match.start()])
            kept.extend(places[done : match.start()])
            shown = plain(written)
            pieces.append(shown)
            kept += [places[match.start()]] * len(shown)
            done = match.end()
        if not done:
            break
        pieces.append(text[done:])
        kept.extend(places[done:])
        result = Folded("".join(pieces), kept)
    return None if result is folded else result


def _written(match: re.Match[str]) -> str | None:
    """What an escape stands for; None if it is none after all."""
    if encoded := match[1]:
        try:
            return bytes.fromhex(encoded.replace(encoded[0], "")).decode("utf-8")
        except UnicodeDecodeError:
            return None
    if match[2]:
        shown = html.unescape(match[2])
        return None if shown == match[2] else shown
    return chr(int(match[3], 16)) if not 0xD800 <= int(match[3], 16) < 0xE000 else ""


def _digits(match: re.Match[str]) -> str | None:
    """The digits that are spelled; None where all of them are digits already."""
    words = re.findall(r"[^\W_]+", match[0].lower())
    if all(word.isdigit() for word in words):
        return None
    digits, times = "", 1
    for word in words:
        if word in _TIMES:
            times = _TIMES[word]
            continue
        said = _SAID.get(word) or word.replace("o", "0")
        digits, times = digits + said[0] * (times - 1) + said, 1
    return digits


_MEANT: Final = (*((escape, _written) for escape in _ESCAPES), (_DIGITS, _digits))
"""What is written in the place of something else, and what is meant."""


_SQUEEZE: Final = re.compile(r"[\W_]+")
_KEPT: Final = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz")
_DROPPED: Final = bytes(byte for byte in range(256) if not (byte < 128 and chr(byte).isalnum()))


def squeezed(folded: str) -> str:
    """Letters and digits alone, in lower case: what is left of a folded text without its separators."""
    if folded.isascii():
        return folded.encode("ascii").translate(_KEPT, _DROPPED).decode("ascii")
    return _SQUEEZE.sub("", folded.lower())


def lower(folded: str) -> str:
    """In lower case, each character in its place."""
    low = folded.lower()
    if len(low) == len(folded):
        return low
    return "".join(one if len(one := character.lower()) == 1 else character for character in folded)


def span_end(folded: Folded, end: int) -> int:
    """Where in the text as it was written a match ends: accents and invisible characters belong to the letter before them, all of an escape to what it stands for."""
    last = folded.places[end - 1]
    while folded.places[end] == last:
        end += 1
    return folded.places[end]
