"""How one thing may be written: a number, an email address, a name, a postcode, a vehicle's registration, an address, a position. Rule C2 of the domain reference.

Every pattern is one for folded text in lower case (`folding`). Separators may stand between digits and between words, the letters of a word may be spaced out, and a
word may be broken over the end of a line or by the marks for bold type.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from math import floor
from typing import Final, NamedTuple

import phonenumbers

from pipeline.report.written_forms.folding import fold, squeezed
from pipeline.report.written_forms.ordinary import ALSO_WORDS, GENERIC_PLACES

BETWEEN_WORDS: Final = r"[\W_]{0,3}"
_BETWEEN_DIGITS: Final = r"(?:[\W_]{0,4}|\s{5,12})"
_AT: Final = r"\s{0,2}[\[({<]{0,2}\s?(?:@|\bat\b)\s?[\])}>]{0,2}\s{0,2}"
_DOT: Final = r"\s{0,2}(?:\.|[\[({<]{0,2}\s?(?:\bdot\b|\.)\s?[\])}>]{0,2})?\s{0,2}"
_INSIDE: Final = r"(?:[*~`|_]{1,2}|-[ \t]?\n[ \t]{0,3})?"
"""Inside a word: WhatsApp's marks for bold and crossed out, a hyphen at the end of a line."""
_SPACED: Final = r"[\W_]{1,3}"
_VARIED: Final = 4
"""Letters of a word from which on it is looked for with something between its letters as well."""
_HEX: Final = frozenset("abcdef")
_HEX_BY_CHANCE: Final = 5
_NUMBER: Final = 7
"""Digits of a telephone number that is anybody's own: 101, 999 and 60777 are everybody's."""
_WHOLE_NUMBER: Final = 9
"""Digits from which on a number is looked for within longer ones too."""
EMAIL: Final = re.compile(r"([^@\s]+)@([^@\s]+\.[^@\s]+)")
POSTCODE: Final = re.compile(r"([a-z]{1,2}\d[a-z\d]?)\s*(\d[a-z]{2})", re.IGNORECASE)
POSITION: Final = re.compile(r"\s*(-?\d{1,2}\.\d+)\s*[,; ]\s*(-?\d{1,3}\.\d+)\s*")
_UMLAUTS: Final = {
    "ä": "ae",
    "ö": "oe",
    "ü": "ue",
    "Ä": "Ae",
    "Ö": "Oe",
    "Ü": "Ue",
    "å": "aa",
    "Å": "Aa",
    "ø": "oe",
    "Ø": "Oe",
}
_STREETS: Final = {
    "road": "rd",
    "street": "st(?:r|reet)?",
    "avenue": "ave?",
    "close": "cl",
    "drive": "dr",
    "lane": "ln",
    "court": "ct",
    "crescent": "cres",
    "gardens": "gdns",
    "place": "pl",
    "square": "sq",
    "terrace": "terr?",
    "grove": "gr",
    "mount": "mt",
    "saint": "st",
}
_OTHER_STREETS: Final = frozenset(
    "way hill rise mews row walk view green park croft fold fields end yard parade wharf quay parkway bank drift vale meadow meadows orchard estate cottages buildings".split()
)
_SHORT_STREETS: Final = {
    "rd": "road", "st": "street", "str": "street", "ave": "avenue", "av": "avenue", "cl": "close", "dr": "drive", "ln": "lane", "ct": "court", "cres": "crescent",
    "gdns": "gardens", "pl": "place", "sq": "square", "terr": "terrace", "ter": "terrace", "gr": "grove", "mt": "mount",
}  # fmt: skip


class Secret(NamedTuple):
    """One way of writing one confidential string.

    what      what it is, without repeating it: "a number of the client"
    mask      what stands in its place: "[phone]"
    pattern   finds it in folded text in lower case
    key       occurs in the text without its separators wherever the pattern matches; "": always look
    alone     no letter may touch it where it begins or ends with a letter, no digit where with a digit
    capital   it is a word as well: it counts only where it begins with a capital
    apart     no digit may touch it either: a short name of the letters a to f stands in every tenth hash
    varied    only where the letters of `key` stand apart is it worth trying
    word      it may be a word of the program's own, and counts in a finished file only where the file was made from it: a name that is a word, half a postcode
    part      it is a part of what is confidential, which a person may decide to show
    """

    what: str
    mask: str
    pattern: re.Pattern[str]
    key: str = ""
    alone: bool = True
    capital: bool = False
    apart: bool = False
    varied: bool = False
    word: bool = False
    part: bool = False


def words_of(text: str) -> list[str]:
    """The words and numbers of a text, folded, in lower case."""
    return re.findall(r"[^\W_]+", fold(text).text.lower())


# --- names and other words -------------------------------------------------------------------------------------------------------------------------------


def phrase(text: str, what: str, mask: str, *, part: bool = False) -> Iterator[Secret]:
    """Words in this order, with anything short between them; a word alone also with its letters apart."""
    for spelling in dict.fromkeys((text, "".join(_UMLAUTS.get(letter, letter) for letter in text))):
        words = words_of(spelling)
        if words:
            key = "".join(words)
            capital = len(words) == 1 and key in ALSO_WORDS
            apart = any(len(word) < _HEX_BY_CHANCE and set(word) <= _HEX for word in (words[0], words[-1]))
            yield Secret(
                what,
                mask,
                re.compile(BETWEEN_WORDS.join(map(re.escape, words))),
                key,
                apart=apart,
                capital=capital,
                word=capital,
                part=part,
            )
            if len(words) == 1 and len(key) >= _VARIED and key.isalpha():
                spaced = f"{_INSIDE.join(key)}|{_SPACED.join(key)}"
                yield Secret(what, mask, re.compile(spaced), key, capital=capital, varied=True, word=capital, part=part)


def month(name: str, what: str, mask: str) -> Secret:
    """A person's name that is a month's: no date, and not "in May"."""
    before = "".join(
        rf"(?<!{words})"
        for words in (r"\d ", r"\dst ", r"\dnd ", r"\drd ", r"\dth ", r"\bin ", r"\bsince ", r"\buntil ", r"\bduring ")
    )
    pattern = rf"{before}{name}(?!,? ?\d)"
    return Secret(what, mask, re.compile(pattern), name, capital=True, word=True, part=True)


def first_letter(letter: str, surname: str, what: str, mask: str) -> Secret:
    """'J. Vale', 'J Vale'."""
    return Secret(what, mask, re.compile(rf"(?<![^\W_]){letter}(?:\. ?| ){re.escape(surname)}"), letter + surname)


# --- numbers and addresses -------------------------------------------------------------------------------------------------------------------------------


def national(written: str, country: str) -> str:
    """The digits of a telephone number without country code and leading zero; "" if it is none."""
    if not re.fullmatch(r"[+(]?[\d\s().\-/+]{5,}", fold(written).text.strip()):
        return ""
    try:
        number = phonenumbers.parse(fold(written).text, country)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.national_significant_number(number)


def number(digits: str, what: str, mask: str) -> Iterator[Secret]:
    """Any spacing, with or without +44, 0044 or 0 before it; nothing for a number of everybody's (101)."""
    if len(digits) < _NUMBER:
        return
    prefix = rf"(?:(?:(?:\+|00){BETWEEN_WORDS})?44{BETWEEN_WORDS}(?:\(0\){BETWEEN_WORDS})?|\(?0{BETWEEN_WORDS})?"
    yield Secret(
        what, mask, re.compile(prefix + _BETWEEN_DIGITS.join(digits)), digits, alone=len(digits) < _WHOLE_NUMBER
    )


def email(written: str, what: str, mask: str) -> Iterator[Secret]:
    """With + and a tag, with "at" and "dot", with and without the dots; a name with digits before the @ is a handle of its own, wherever the account is."""
    local, domain = (fold(part).text.lower() for part in written.strip().strip("<>").split("@", 1))
    base = local.split("+", 1)[0]
    pieces = [one for one in re.split(r"\.+", base) if one]
    spelled = _DOT.join(map(re.escape, pieces)) + r"(?:\+[\w.\-]+)?"
    dots = _DOT.join(re.escape(part) for part in domain.split("."))
    key = squeezed(max(pieces, key=lambda piece: len(squeezed(piece)), default=base))
    yield Secret(what, mask, re.compile(rf"{spelled}{_AT}{dots}"), key, alone=False)
    if len(base) > 5 and re.search(r"\d", base):
        yield from phrase(base, what, mask)


def hashes(forms: Iterable[str]) -> set[str]:
    """Hashes of the spellings, which eleven digits do not protect: MD5, SHA-1 and SHA-256 in hex."""
    return {
        hashlib.new(name, form.encode(), usedforsecurity=False).hexdigest()
        for form in forms
        for name in ("md5", "sha1", "sha256")
    }


def number_spellings(digits: str) -> list[str]:
    """The usual spellings of a number, of which somebody may have made a hash."""
    return [f"+44{digits}", f"44{digits}", f"0{digits}", f"0044{digits}", digits]


# --- places ----------------------------------------------------------------------------------------------------------------------------------------------


def postcode(text: str, what: str, *, outward: bool = True) -> Iterator[Secret]:
    """With and without its space, or with its characters apart; and its first half, the district, which tells the town."""
    match = POSTCODE.fullmatch(text.strip())
    if match is None:
        yield from phrase(text, what, "[postcode]")
        return
    first, second = match[1].lower(), match[2].lower()
    yield Secret(
        what,
        "[postcode]",
        re.compile(
            rf"(?<![^\W_])(?:{first}{BETWEEN_WORDS}{second}|{_SPACED.join(first)}{BETWEEN_WORDS}{_SPACED.join(second)})(?![^\W_])"
        ),
        first + second,
        alone=False,
    )
    if outward:
        yield Secret(
            what, "[postcode]", re.compile(rf"(?<![^\W_]){first}(?![^\W_])"), first, alone=False, word=True, part=True
        )


def address(text: str, may_show: Sequence[str], what: str) -> Iterator[Secret]:
    """The address as a whole, and each of its parts: number and street, the street alone, village, town, postcode."""
    shown = {tuple(words_of(one)) for one in may_show}
    for line in re.split(r"[,;\n]", text):
        rest = line
        for match in re.finditer(rf"\b{POSTCODE.pattern}\b", line, re.IGNORECASE):
            if tuple(words_of(match[0])) not in shown:
                yield from postcode(match[0], what)
            rest = rest.replace(match[0], " ")
        for words in filter(None, _parts(words_of(rest))):
            if tuple(words) in shown or (len(words) == 1 and (words[0].isdigit() or len(words[0]) < 3)):
                continue  # a house number alone is in every text
            ordinary = set(words) <= ALSO_WORDS | GENERIC_PLACES | _STREETS.keys() | _OTHER_STREETS
            yield Secret(
                what,
                "[address]",
                re.compile(BETWEEN_WORDS.join(map(_street_word, words))),
                _street_key(words),
                capital=ordinary and len(words) == 1,
                word=ordinary and len(words) == 1,
                part=ordinary or len(words) == 1,
            )


def _parts(words: list[str]) -> Iterator[list[str]]:
    """Of the words of one line: all of them, those without the number before, and what ends with a kind of street, with what stands behind it."""
    street = list(words)
    while len(street) > 1 and re.fullmatch(r"\d+[a-z]?|flat|apartment|unit|house|[a-z]|no|number", street[0]):
        street.pop(0)
    found = [words, street]
    ends = [
        place
        for place, word in enumerate(street)
        if place and (word in _STREETS or word in _SHORT_STREETS or word in _OTHER_STREETS)
    ]
    if ends and len(ends) == 1 and ends[0] + 1 < len(street):
        found += [street[: ends[0] + 1], street[ends[0] + 1 :]]
    number = words[: len(words) - len(street)][-1:]
    if ends and number and len("".join(street[: ends[-1]])) > 3:
        found.append(number + street[: ends[-1]])  # "12 Acacia"
    yield from map(list, dict.fromkeys(map(tuple, found)))


def _street_word(word: str) -> str:
    """Both spellings of a kind of street: "road" and "rd"."""
    long = _SHORT_STREETS.get(word, word)
    return f"(?:{long}|{_STREETS[long]})" if long in _STREETS else re.escape(word)


def _street_key(words: Sequence[str]) -> str:
    plain = [word for word in words if word not in _STREETS and word not in _SHORT_STREETS]
    return max(plain, key=len, default="")


def registration(text: str, what: str) -> Secret:
    """A vehicle's registration in any spacing; O and 0, I and 1 are taken for each other."""
    alike = {"o": "[o0]", "0": "[o0]", "i": "[i1l]", "1": "[i1l]"}
    characters = "".join(words_of(text))
    spelled = r"[\W_]{0,2}".join(alike.get(character, re.escape(character)) for character in characters)
    return Secret(what, "[registration]", re.compile(rf"(?<![^\W_]){spelled}(?![^\W_])"), alone=False)


def position(lat: float, lon: float, what: str, mask: str) -> Secret:
    """Latitude and longitude near each other, in either order and any form of at least about 100 m (or of both to a hundredth); or either alone as it stands in the case."""
    one, other = _of_degrees(abs(lat)), _of_degrees(abs(lon))
    pairs = [
        f"{first}[^\\d]{{1,40}}{second}"
        for first, second in [*zip(one, other, strict=True), *zip(other, one, strict=True)]
    ]
    roughly = [re.escape(f"{abs(value):.2f}") for value in (lat, lon)]
    pairs.append(rf"(?<![\d.]){roughly[0]}\s?°?\s?[ns]?\s?[,;/]\s{{0,2}}-?{roughly[1]}(?!\d)")
    alone = [_alone(abs(value)) for value in (lat, lon)]
    return Secret(what, mask, re.compile("|".join(filter(None, [*pairs, *alone]))), alone=False)


def _of_degrees(size: float) -> list[str]:
    """A coordinate in its forms: 53.3498, 53,3498, 53°20'59.3", 53°20.988', 533498100, 5320.988 (NMEA)."""
    near = sorted({f"{size:.3f}", f"{floor(size * 1000) / 1000:.3f}", f"{floor(size * 1000 + 1) / 1000:.3f}"})
    decimals = "|".join(one.replace(".", "[.,]") for one in near)
    whole = "|".join(sorted({one.replace(".", "").lstrip("0") for one in near}))
    degrees, minutes = int(size), (size - int(size)) * 60
    seconds = "|".join(
        sorted({f"{value:02d}" if value > 9 else f"0?{value}" for value in _around((minutes - int(minutes)) * 60)})
    )
    tenths = "|".join(sorted({f"{value:02d}" for value in _around((minutes - int(minutes)) * 100, 99)}))
    minute = f"{int(minutes):02d}" if minutes >= 10 else f"0?{int(minutes)}"
    return [
        rf"(?<![\d.])(?:{decimals})\d*",
        rf"(?<!\d)(?:{whole})\d{{4}}(?!\d)",
        rf"(?<!\d)0{{0,2}}{degrees}\W{{1,4}}{minute}\W{{1,4}}(?:{seconds})(?:[.,]\d+)?(?!\d)",
        rf"(?<!\d)0{{0,2}}{degrees}\W{{0,4}}{minute}[.,](?:{tenths})\d*",
    ]


def _around(value: float, most: int = 59) -> list[int]:
    return sorted({min(max(floor(value) + step, 0), most) for step in (-1, 0, 1)})


def _alone(size: float) -> str:
    written = f"{size:.10f}".rstrip("0")
    if len(written.partition(".")[2]) < 4:
        return ""  # fewer digits occur by chance
    return rf"(?<![\d.]){re.escape(written)}\d*"
