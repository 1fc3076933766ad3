"""Confidential strings, found in every form in which a person or a program may write them.

A number is written +44 7700 900123, (07700) 900 123 or ０７７００９００１２３; a name with other accents, capitals, hyphens or an invisible character inside it; a
postcode with and without its space. So text is folded first (compatibility forms, accents, invisible characters), and the patterns let separators stand between
digits and words. What is found is given as a place in the text as it was written, so that it can be masked there and nowhere else.

Rules C2, C3 and C13 of the domain reference. `secrets` is what the case keeps back; `LOOKS_LIKE` is what might be confidential though nobody has said so.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import phonenumbers

from pipeline.case import Case, Confidential, Person, Place
from pipeline.case.confidential import SHOW, WITHHOLD

_GAP: Final = r"[\W_]{0,3}"
"""What may stand between the digits of a number or the words of a name."""
_EMAIL: Final = re.compile(r"([^@\s]+)@([^@\s]+\.[^@\s]+)")
_POSTCODE: Final = re.compile(r"([a-z]{1,2}\d[a-z\d]?)\s*(\d[a-z]{2})", re.IGNORECASE)
_LETTER: Final = r"[^\W\d_]"

_GENERIC_PLACES: Final = frozenset(
    [
        "home",
        "work",
        "school",
        "house",
        "flat",
        "office",
        "shop",
        "gym",
        "nursery",
        "college",
        "university",
        "church",
        "park",
        "station",
        "family",
        "other",
        "old",
        "new",
        "my",
        "his",
        "her",
        "the",
    ]
)
_TITLES: Final = frozenset(
    ["mr", "mrs", "ms", "miss", "mx", "dr", "prof", "rev", "sir", "pc", "dc", "ds", "di", "sgt", "insp", "the", "and"]
)
_MONTHS: Final = frozenset(["april", "may", "june", "august"])
_WORDS_TOO: Final = frozenset(
    [
        "will",
        "mark",
        "grace",
        "rose",
        "hope",
        "joy",
        "art",
        "bill",
        "rob",
        "sue",
        "pat",
        "frank",
        "dawn",
        "faith",
        "amber",
        "summer",
        "autumn",
        "ivy",
        "lily",
        "daisy",
        "holly",
        "heather",
        "iris",
        "jasmine",
        "olive",
        "violet",
        "ruby",
        "pearl",
        "jade",
        "jack",
        "guy",
        "ray",
        "dale",
        "brook",
        "rich",
        "nick",
        "drew",
        "chase",
        "hunter",
        "mason",
        "cliff",
        "glen",
        "heath",
        "lane",
        "moss",
        "wood",
        "woods",
        "young",
        "old",
        "king",
        "long",
        "short",
        "little",
        "best",
        "wise",
        "hill",
        "hall",
        "field",
        "ford",
        "rivers",
        "stone",
        "gray",
        "grey",
        "green",
        "brown",
        "black",
        "white",
        "wells",
        "west",
        "north",
        "banks",
        "bush",
        "price",
        "love",
        "day",
        "page",
        "major",
        "miles",
        "bell",
        "bird",
        "fox",
        "wolf",
        "lamb",
        "baker",
        "cook",
        "potter",
        "taylor",
        "marsh",
        "park",
        "parks",
        "reed",
        "rice",
        "rush",
        "sharp",
        "small",
        "storm",
        "street",
        "walker",
        "ward",
        "webb",
        "worth",
    ]
)
"""Names that are words as well: alone they are taken for the name only where they are written with a capital."""
_STREETS: Final = {
    "road": "rd",
    "street": "st",
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
_SHORT_STREETS: Final = {short.replace("?", ""): long for long, short in _STREETS.items() if long != "saint"}
_NOT_PERSONS: Final = frozenset(
    [
        "workplace",
        "employer",
        "work",
        "school",
        "nursery",
        "college",
        "organisation",
        "company",
        "shop",
        "surgery",
        "refuge",
        "charity",
        "club",
    ]
)
_CHILD_ROLES: Final = re.compile(r"\b(child|children|son|daughter|baby|stepson|stepdaughter)\b", re.IGNORECASE)


class Secret(NamedTuple):
    """One confidential string.

    what     what it is, without repeating it: "a number of the client"
    mask     what stands in its place: "[phone]"
    pattern  finds it in folded text in lower case
    keys     one of them occurs in the text without its separators wherever the pattern matches; none: always look
    capital  it counts only where it begins with a capital
    """

    what: str
    mask: str
    pattern: re.Pattern[str]
    keys: tuple[str, ...] = ()
    capital: bool = False


class Span(NamedTuple):
    """Where in a text something confidential stands, what it is, and its mask."""

    start: int
    end: int
    what: str
    mask: str


# --- folding ---------------------------------------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    parts = unicodedata.normalize("NFKD", character)
    return "".join(part for part in parts if unicodedata.category(part) not in {"Mn", "Cf"})


_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]+")


def fold(text: str) -> tuple[str, Sequence[int]]:
    """The text in its plainest form, capitals kept, and for each of its characters the place in `text` it comes from."""
    if text.isascii():
        return text, range(len(text))
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
    places.extend(range(done, len(text)))
    return "".join(folded), places


_SQUEEZE: Final = re.compile(r"[\W_]+")


def squeezed(folded: str) -> str:
    """Letters and digits alone, in lower case: what is left of a folded text without its separators."""
    return _SQUEEZE.sub("", folded.lower())


# --- what is confidential --------------------------------------------------------------------------------------------------------------------------------


def secrets(case: Case) -> tuple[Secret, ...]:
    """Everything the case keeps back from the other side, in every written form, longest first."""
    known = {word for person in (case.client, *case.subjects) for word in _words(person.name)}
    found: list[Secret] = []
    for identifier in case.client.identifiers:
        if not set(_words(identifier)) <= known:
            found += _identifier(identifier, "the client", "", case.country)
    for person in case.others:
        found += _person(person, code(case, person), known, case.country)
    for place in case.places:
        if place.confidential:
            found += _place(place)
    for number, entry in enumerate(case.confidential, 1):
        found += _entry(entry, f"confidential entry {number} ({entry.kind})", case.country)
    for number, decided in enumerate(case.decisions, 1):
        if decided.decision == WITHHOLD:
            found += _phrase(decided.text, f"decision {number} (withhold)", "[withheld]")
    public = {"".join(_words(place.name)) for place in case.places if not place.confidential}
    kept = [secret for secret in found if not set(secret.keys) & public or secret.what.startswith("confidential")]
    return tuple(sorted(kept, key=lambda secret: -len(secret.pattern.pattern)))


def _place(place: Place) -> list[Secret]:
    """Its name and what a diary calls it, unless that is a word such as "home"; and its position."""
    mask = f"[{place.type if place.type != 'other' else 'place'}]"
    what = f"the name of {place.key}"
    named = [re.sub(r"\(.*?\)", " ", words) for words in (place.name, *place.written)]
    found = [
        secret for words in named if not set(_words(words)) <= _GENERIC_PLACES for secret in _phrase(words, what, mask)
    ]
    return [*found, _coordinates(place.lat, place.lon, f"the position of {place.key}", mask)]


def code(case: Case, person: Person) -> str:
    """What stands for another person in what is served: "Child 1" for a child, "Person A" for the rest (C9), counted separately."""
    children = [other.key for other in case.others if _CHILD_ROLES.search(other.role)]
    if person.key in children:
        return f"Child {children.index(person.key) + 1}"
    return f"Person {person.key}"


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", fold(text)[0].lower())


def _edge(word: str, *, before: bool) -> str:
    """No letter may touch a word that begins (ends) with a letter, no digit one with a digit."""
    kind = r"\d" if (word[0] if before else word[-1]).isdigit() else _LETTER
    return rf"(?<!{kind})" if before else rf"(?!{kind})"


def _pattern(words: Sequence[str]) -> str:
    return _edge(words[0], before=True) + _GAP.join(re.escape(word) for word in words) + _edge(words[-1], before=False)


def _phrase(text: str, what: str, mask: str, *, capital: bool = False) -> list[Secret]:
    words = _words(text)
    if not words:
        return []
    return [Secret(what, mask, re.compile(_pattern(words)), ("".join(words),), capital)]


def _person(person: Person, shown: str, known: set[str], country: str) -> Iterator[Secret]:
    mask, what = f"[{shown}]", f"the name of {person.key}"
    yield from _phrase(person.name, what, mask)
    if not set(_words(person.role)) & _NOT_PERSONS:
        for word in _words(person.name):
            if len(word) > 1 and not word.isdigit() and word not in known | _TITLES | _MONTHS:
                yield from _phrase(word, what, mask, capital=word in _WORDS_TOO)
    for identifier in person.identifiers:
        if not set(_words(identifier)) <= known:
            yield from _identifier(identifier, person.key, mask, country)


def _identifier(written: str, whose: str, mask: str, country: str) -> Iterator[Secret]:
    digits = national(written, country)
    if digits:
        yield from _number(digits, f"a number of {whose}", mask or "[phone]")
    elif _EMAIL.fullmatch(written.strip()):
        yield from _email(written, f"an address of {whose}", mask or "[email]")
    else:
        yield from _phrase(
            written, f"a name of {whose}", mask or "[name]", capital=written.strip().lower() in _WORDS_TOO
        )


def national(written: str, country: str) -> str:
    """The digits of a telephone number without country code and leading zero; "" if it is none."""
    if not re.fullmatch(r"[+(]?[\d\s().\-/+]{5,}", fold(written)[0].strip()):
        return ""
    try:
        number = phonenumbers.parse(fold(written)[0], country)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.national_significant_number(number)


def _number(digits: str, what: str, mask: str) -> Iterator[Secret]:
    """Any spacing, with or without +44, 0044 or 0 before it; and hashes of it, which eleven digits do not protect."""
    prefix = rf"(?:(?:(?:\+|00){_GAP})?44{_GAP}(?:\(0\){_GAP})?|\(?0{_GAP})?"
    yield Secret(what, mask, re.compile(prefix + _GAP.join(digits)), (digits,))
    yield _hashes([f"+44{digits}", f"44{digits}", f"0{digits}", f"0044{digits}", digits], what, mask)


def _email(written: str, what: str, mask: str) -> Iterator[Secret]:
    local, domain = (fold(part)[0].lower() for part in written.strip().split("@", 1))
    base = local.split("+", 1)[0]
    spelled = re.escape(base) + r"(?:\+[\w.\-]+)?"
    dots = r"\s?(?:\.|[\[(]?\bdot\b[\])]?)\s?".join(re.escape(part) for part in domain.split("."))
    key = squeezed(base)
    yield Secret(what, mask, re.compile(rf"{spelled}\s?(?:@|%40|[\[(]?\bat\b[\])]?)\s?{dots}"), (key,))
    if len(base) > 5 and re.search(r"\d", base):  # a name and digits is a handle of its own, wherever the account is
        yield from _phrase(base, what, mask)
    yield _hashes([written.strip(), written.strip().lower()], what, mask)


def _hashes(forms: Iterable[str], what: str, mask: str) -> Secret:
    hexes = sorted(
        {
            hashlib.new(name, form.encode(), usedforsecurity=False).hexdigest()
            for form in forms
            for name in ("md5", "sha1", "sha256")
        }
    )
    return Secret(f"a hash of {what}", mask, re.compile("|".join(hexes)), tuple(hexes))


def _postcode(text: str, what: str, *, outward: bool = True) -> Iterator[Secret]:
    match = _POSTCODE.fullmatch(text.strip())
    if match is None:
        yield from _phrase(text, what, "[postcode]")
        return
    first, second = match[1].lower(), match[2].lower()
    yield Secret(what, "[postcode]", re.compile(rf"(?<![^\W_]){first}{_GAP}{second}(?![^\W_])"), (first + second,))
    if outward:  # the district alone tells the town
        yield Secret(what, "[postcode]", re.compile(rf"(?<![^\W_]){first}(?![^\W_])"), (first,))


def _file_names(paths: Iterable[str]) -> Iterator[Secret]:
    """Paths and names of the files that were handed in; names that the program or everybody might write ("messages.csv") are not searched for."""
    for path in dict.fromkeys(paths):
        name = path.replace("\\", "/").rpartition("/")[2]
        words = [word for word in _words(name.rpartition(".")[0]) if not word.isdigit()]
        if "." in name and len("".join(words)) > 9:
            yield from _phrase(name, "the name of a file that was handed in", "[file]")


def _street_word(word: str) -> str:
    """Both spellings of a kind of street: "road" and "rd"."""
    long = _SHORT_STREETS.get(word, word)
    return f"(?:{long}|{_STREETS[long]})" if long in _STREETS else re.escape(word)


def _address(text: str, may_show: Sequence[str], what: str) -> Iterator[Secret]:
    """The address as a whole, and each of its parts between commas: number and street, the street alone, village, town, postcode."""
    shown = {tuple(_words(part)) for part in may_show}
    for part in re.split(r"[,;\n]", text):
        rest = part
        for match in _POSTCODE.finditer(part):
            if tuple(_words(match[0])) not in shown:
                yield from _postcode(match[0], what)
            rest = rest.replace(match[0], " ")
        words = _words(rest)
        if not words or tuple(words) in shown:
            continue
        if len(words) == 1 and words[0].isdigit():
            continue  # a house number alone is in every text
        street = list(words)
        while street and re.fullmatch(r"\d+[a-z]?|flat|apartment|unit|house|[a-z]", street[0]):
            street.pop(0)
        for form in (words, street):
            if form and (len(form) > 1 or len(form[0]) > 2):
                spelled = (
                    _edge(form[0], before=True) + _GAP.join(map(_street_word, form)) + _edge(form[-1], before=False)
                )
                yield Secret(
                    what,
                    "[address]",
                    re.compile(spelled),
                    (next((w for w in form if w not in _STREETS and w not in _SHORT_STREETS), ""),),
                )


def _registration(text: str, what: str) -> Secret:
    """A vehicle's registration in any spacing; O and 0, I and 1 are taken for each other."""
    alike = {"o": "[o0]", "0": "[o0]", "i": "[i1l]", "1": "[i1l]"}
    characters = "".join(_words(text))
    spelled = r"[\W_]{0,2}".join(alike.get(character, re.escape(character)) for character in characters)
    return Secret(what, "[registration]", re.compile(rf"(?<![^\W_]){spelled}(?![^\W_])"))


def _coordinates(lat: float, lon: float, what: str, mask: str) -> Secret:
    """Latitude and longitude near each other, in either order, to three decimals (about 100 m) or more; or either alone as it stands in the case."""

    def near(value: float) -> str:
        size = abs(value)
        forms = sorted({f"{size:.3f}", f"{int(size * 1000) / 1000:.3f}", f"{int(size * 1000 + 1) / 1000:.3f}"})
        return rf"(?<![\d.])(?:{'|'.join(map(re.escape, forms))})\d*"

    def alone(value: float) -> str:
        written = f"{abs(value):.10f}".rstrip("0")
        return (
            rf"(?<![\d.]){re.escape(written)}\d*" if len(written.partition(".")[2]) > 3 else r"(?!)"
        )  # fewer digits occur by chance

    pair = rf"{near(lat)}[^\d]{{1,40}}{near(lon)}|{near(lon)}[^\d]{{1,40}}{near(lat)}"
    return Secret(what, mask, re.compile(rf"{pair}|{alone(lat)}|{alone(lon)}"))


def _entry(entry: Confidential, what: str, country: str) -> Iterator[Secret]:
    """What a person wrote under [[confidential]]."""
    kind, text = entry.kind, entry.text
    pair = re.fullmatch(r"\s*(-?\d+\.\d+)[\s,;]+(-?\d+\.\d+)\s*", text)
    if kind == "address":
        yield from _address(text, entry.may_show, what)
    elif kind == "postcode":
        yield from _postcode(text, what, outward=not any(_words(part) == _words(text)[:1] for part in entry.may_show))
    elif kind == "registration":
        yield _registration(text, what)
    elif kind == "coordinates" and pair:
        yield _coordinates(float(pair[1]), float(pair[2]), what, "[place]")
    elif kind in {"phone", "email"}:
        yield from _identifier(text, what, f"[{kind}]", country)
    elif kind in {"name", "child"}:
        mask = "[child]" if kind == "child" else "[name]"
        yield from _phrase(text, what, mask, capital=text.strip().lower() in _WORDS_TOO)
        words = [word for word in _words(text) if len(word) > 1 and word not in _TITLES | _MONTHS]
        shown = {word for part in entry.may_show for word in _words(part)}
        if len(words) > 1:
            for word in words:
                if word not in shown:
                    yield from _phrase(word, what, mask, capital=word in _WORDS_TOO)
    else:
        mask = {"handle": "[name]", "school": "[school]", "workplace": "[workplace]", "place": "[place]"}.get(
            kind, "[withheld]"
        )
        yield from _phrase(text, what, mask)


# --- what looks confidential -----------------------------------------------------------------------------------------------------------------------------


class Look(NamedTuple):
    """A kind of string that may be confidential (C3): its words, its mask, its pattern on folded text with its capitals."""

    what: str
    mask: str
    pattern: re.Pattern[str]


_AREA: Final = r"[A-Za-z]{1,2}\d[A-Za-z\d]?"
LOOKS_LIKE: Final = (
    Look("an e-mail address", "[email]", re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8}")),
    Look(
        "a link to a map",
        "[map link]",
        re.compile(
            r"(?:https?://)?(?:www\.)?(?:maps\.app\.goo\.gl|goo\.gl/maps|maps\.google\.|google\.[a-z.]{2,6}/maps|maps\.apple\.com|waze\.com|openstreetmap\.org|osm\.org|"
            r"bing\.com/maps|what3words\.com|w3w\.co)\S*",
            re.IGNORECASE,
        ),
    ),
    Look("a what3words address", "[place]", re.compile(r"/{3}[^\W\d_]{2,20}\.[^\W\d_]{2,20}\.[^\W\d_]{2,20}")),
    Look(
        "coordinates",
        "[place]",
        re.compile(
            r"(?<![\d.])-?\d{1,2}\.\d{4,}\s?°?\s?[NSns]?\s{0,2}[,;/ ]\s{0,2}-?\d{1,3}\.\d{4,}|\d{1,3}\s?°\s?\d{1,2}\s?['′’]\s?[\d.]{1,9}\s?[\"″”]?\s?[NSEWnsew]"
        ),
    ),
    Look(
        "a plus code",
        "[place]",
        re.compile(r"(?<![A-Z\d])[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}(?![A-Z\d])"),
    ),
    Look(
        "a telephone number",
        "[phone]",
        re.compile(
            # three digits in a row somewhere: the hours 05 06 07 08 09 over a table are none
            r"(?<![\w.+])(?=[\d ().+\-]{0,16}\d{3})(?:(?:\+|00) ?44[ ().\-]{0,3}(?:\(0\) ?)?|\(?0)(?:\d[ ().\-]{0,2}){8,9}\d(?!\w)"
        ),
    ),
    Look("a telephone number", "[phone]", re.compile(r"(?<![\w.])\+(?:\d[ ().\-]{0,2}){8,14}\d(?!\w)")),
    Look(
        "a postcode",
        "[postcode]",
        re.compile(rf"(?<![A-Za-z\d]){_AREA}\s{{0,2}}\d[ABD-HJLNP-UW-Zabd-hjlnp-uw-z]{{2}}(?![A-Za-z\d])"),
    ),
    Look("a vehicle registration", "[registration]", re.compile(r"(?<![A-Z\d])[A-Z]{2}\d{2}\s?[A-Z]{3}(?![A-Z\d])")),
    Look(
        "a National Insurance number",
        "[number]",
        re.compile(r"(?<![A-Za-z\d])[A-CEGHJ-PR-TW-Z]{2}\s?(?:\d{2}\s?){3}[A-D](?![A-Za-z\d])"),
    ),
    Look("an NHS number", "[number]", re.compile(r"(?<![\d+])\d{3}[ \-]\d{3}[ \-]\d{4}(?!\d)")),
    Look("a sort code", "[number]", re.compile(r"(?i:sort\s?code\D{0,12})\d{2}[ \-]?\d{2}[ \-]?\d{2}(?!\d)")),
)


_EVENT_ID: Final = re.compile(r"(?<!\w)[0-9a-f]{6}\s{0,2}[0-9a-f]{6}(?!\w)")
"""The id of an event, in one piece or in two over a line: half of it can read as a postcode."""
_WINDOW: Final = 4096
_OVERLAP: Final = 512  # more than any confidential string is long


class Forms:
    """Finds and masks what a case keeps back; `files` are the paths of what was handed in, which are confidential as well (N9).

    The other side's own identifiers may stand (C8), and so may what a person decided to show.
    """

    def __init__(self, case: Case, files: Iterable[str] = ()) -> None:
        self._secrets = (*secrets(case), *_file_names(files))
        self._country = case.country
        shown = [decided.text for decided in case.decisions if decided.decision == SHOW]
        shown += [identifier for person in case.subjects for identifier in person.identifiers]
        self._allowed = {self._canonical(text) for text in shown}
        self._addresses = {self._canonical(text) for text in shown if "@" in text}

    def secrets_in(self, text: str) -> list[Span]:
        """Every confidential string in the text, in order."""
        folded, places = fold(text)
        found: dict[Span, None] = {}
        for start in range(0, max(len(folded), 1), _WINDOW):
            # a whole file at once holds the letters of nearly every key somewhere: window by window, most patterns need not be tried
            window = slice(start, start + _WINDOW + _OVERLAP)
            plain = folded[window]
            among = self._possible(squeezed(plain))
            found.update(dict.fromkeys(self._secret_spans(plain, places[window], text, among)))
        return sorted(found)

    def looks_in(self, text: str) -> list[Span]:
        """What looks confidential in the text though the case does not name it, and nobody has decided to show, in order."""
        folded, places = fold(text)
        folded = _EVENT_ID.sub(lambda one: " " * len(one[0]), folded)
        found = [
            _span(match, places, text, look.what, look.mask)
            for look in LOOKS_LIKE
            for match in look.pattern.finditer(folded)
            if not self._may_stand(match[0])
        ]
        return sorted(found)

    def masked(self, text: str) -> str:
        """The text with a typed mask in the place of everything confidential, and of everything that looks so; all else is left as it was written."""
        return self.masked_all([text])[0]

    def masked_all(self, texts: Sequence[str]) -> list[str]:
        """The same for many texts; those that hold nothing are given back as they are."""
        folded = [fold(text) for text in texts]
        possible = self._possible(squeezed("\n".join(plain for plain, _ in folded)))
        result: list[str] = []
        for text, (plain, places) in zip(texts, folded, strict=True):
            spans: list[Span] = []
            if possible:
                squashed = squeezed(plain)
                among = [one for one in possible if not one.keys or any(key in squashed for key in one.keys)]
                spans = self._secret_spans(plain, places, text, among)
            if _MAY_LOOK.search(plain):
                spans += self.looks_in(text)
            result.append(_replaced(text, spans) if spans else text)
        return result

    def _possible(self, squashed: str) -> list[Secret]:
        return [secret for secret in self._secrets if not secret.keys or any(key in squashed for key in secret.keys)]

    def _secret_spans(self, folded: str, places: Sequence[int], text: str, among: Sequence[Secret]) -> list[Span]:
        if not among:
            return []
        lower = folded.lower()
        if len(lower) != len(
            folded
        ):  # no such character is known after folding; the search must not slip by one all the same
            lower = "".join(low if len(low := character.lower()) == 1 else character for character in folded)
        return sorted(
            _span(match, places, text, secret.what, secret.mask)
            for secret in among
            for match in secret.pattern.finditer(lower)
            if not secret.capital or folded[match.start()].isupper()
        )

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
        return national(text, self._country) or squeezed(fold(text)[0])


_MAY_LOOK: Final = re.compile(
    r"[@°]|///|(?i:map|waze|w3w|what3|sort)|\.\d{4}|(?:\d\W{0,3}){9}|\d[A-Za-z]{2}|[A-Z]{2}\s?\d{2}|[2-9CFGHJMPQRVWX]{4}\+"
)
"""A text without any of these looks like nothing confidential: most texts are passed by quickly."""


def _span(match: re.Match[str], places: Sequence[int], text: str, what: str, mask: str) -> Span:
    start, end = places[match.start()], places[match.end() - 1] + 1
    while end < len(text) and not text[end].isascii() and not _plain(text[end]):
        end += 1  # accents and invisible characters belong to the letter before them
    return Span(start, end, what, mask)


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
