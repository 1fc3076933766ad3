"""What looks confidential though nobody has said so: postcodes, numbers, addresses, positions (C3). Each needs a person's decision."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple


class Look(NamedTuple):
    """A kind of string that may be confidential: what it is, its mask, its pattern on folded text with its capitals, and signs without one of which it is nowhere.

    A pattern begins with what it looks for, and says only then what may not stand before it: so the search leaps from one such place to the next.
    """

    what: str
    mask: str
    pattern: re.Pattern[str]
    signs: tuple[str, ...] = ()


_AREAS: Final = (
    "A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE|K[ATWY]|L[ADELNSU]?|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|"
    "T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE"
)
_MAP_SITES: Final = (
    "maps.app.goo.gl", "goo.gl/maps", "g.co/maps", "maps.google.", "maps.apple.com", "waze.com", "openstreetmap.org", "osm.org", "bing.com/maps", "what3words.com", "w3w.co",
    "plus.codes", "here.com", "glympse.com", "citymapper.com", "strava.com", "strava.app.link",
)  # fmt: skip
_SITES: Final = "|".join(map(re.escape, _MAP_SITES))
_THREE_WORDS: Final = r"[^\W\d_]{2,20}\.[^\W\d_]{2,20}\.[^\W\d_]{2,20}"
_NO_NUMBER: Final = r"(?!(?<=0)[1-9][ .\-][01]\d[ .\-](?:19|20)\d\d(?!\d))(?!(?<=\d,0)\d\d(?!\d))"
"""Behind a nought: a day before a time, "09.03.2026 16.30", and the end of a count in a table, "1,023 250 31 338"."""
LOOKS_LIKE: Final = (
    Look(
        "an e-mail address",
        "[email]",
        re.compile(r"(?<![\w.+\-])[\w.+\-]+@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8}"),
        ("@",),
    ),
    Look(
        "a link to a map",
        "[map link]",
        re.compile(
            rf"(?i:https?://)?(?i:www\.|share\.|wego\.)?(?i:{_SITES}|google\.[a-z.]{{2,6}}/(?:maps|local))\S*|(?i:geo):-?\d[\d.,\-]*"
        ),
        (*_MAP_SITES, "google.", "geo:"),
    ),
    Look("a what3words address", "[place]", re.compile(rf"/{{3}}{_THREE_WORDS}"), ("///",)),
    Look(
        "a what3words address",
        "[place]",
        re.compile(rf"(?i:what3words|w3w|three words)[^\w\n]{{1,3}}(?:is |are )?{_THREE_WORDS}"),
        ("what3words", "w3w", "three words"),
    ),
    Look(
        "coordinates",
        "[place]",
        re.compile(r"\d(?<![\d.]\d)\d?\.\d{4,}\s?°?\s?[NSns]?\s{0,2}[,;/ ]\s{0,2}-?\d{1,3}\.\d{4,}"),
    ),
    Look(
        "coordinates",
        "[place]",
        re.compile(r"\d{1,3}\s?°\s?\d{1,2}\s?['′’]\s?[\d.]{1,9}\s?[\"″”]?\s?[NSEWnsew]"),
        ("°",),
    ),
    Look(
        "a grid reference",
        "[place]",
        re.compile(r"[HNOST](?<![A-Za-z\d][A-Z])[A-HJ-Z] (?:\d{3} \d{3}|\d{4} \d{4}|\d{5} \d{5})(?!\d)"),
    ),
    Look(
        "a plus code",
        "[place]",
        re.compile(r"(?<![A-Z\d])[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}(?![A-Z\d])"),
        ("+",),
    ),
    Look(
        "a telephone number",
        "[phone]",
        re.compile(
            # three digits in a row somewhere: the hours 05 06 07 08 09 over a table are none
            rf"[+0](?<![\w.+][+0]){_NO_NUMBER}"
            r"(?:(?<=\+) ?44[ ().\-]{0,3}(?:\(0\) ?)?|(?:0 ?44[ ().\-]{0,3}(?:\(0\) ?)?)?)(?=[\d ().+\-]{0,16}\d{3})(?:\d[ ().\-]{0,2}){8,9}\d(?!\w)"
        ),
    ),
    Look(
        "a telephone number",
        "[phone]",
        re.compile(
            rf"[+0](?<![\w.][+0]){_NO_NUMBER}" + r"(?:(?<=\+)|0(?=[1-9]))(?!44)(?:\d[ ().\-]{0,2}){8,14}\d(?!\w)"
        ),
    ),
    Look(
        "a telephone number",
        "[phone]",
        re.compile(r"44(?<![\w.+\-]44)(?: ?7\d{3} ?\d{3} ?\d{3}|[123]\d{8,9})(?!\w)"),
    ),
    Look("a telephone number", "[phone]", re.compile(r"7(?<![\w.+\-/]7)\d{3} ?\d{3} ?\d{3}(?![\w\-/])")),
    Look(
        "a postcode",
        "[postcode]",
        re.compile(
            rf"(?<![A-Za-z\d])(?:{_AREAS}|{_AREAS.lower()})\d[A-Za-z\d]?[\s.\-]{{0,2}}\d[ABD-HJLNP-UW-Zabd-hjlnp-uw-z]{{2}}(?![A-Za-z\d])"
        ),
    ),
    Look(
        "a vehicle registration",
        "[registration]",
        re.compile(
            r"[A-Za-z](?<![A-Za-z\d][A-Za-z])(?:(?<=[A-Z])[A-Z]\d{2}\s?[A-Z]{3}|(?<=[a-z])[a-z]\d{2}[a-z]{3})(?![A-Za-z\d])"
        ),
    ),
    Look(
        "a National Insurance number",
        "[number]",
        re.compile(r"[A-CEGHJ-PR-TW-Z](?<![A-Za-z\d][A-Z])[A-CEGHJ-PR-TW-Z]\s?(?:\d{2}\s?){3}[A-D](?![A-Za-z\d])"),
    ),
    Look("an NHS number", "[number]", re.compile(r"\d{3}(?<![\d+]\d{3})[ \-]\d{3}[ \-]\d{4}(?!\d)")),
    Look(
        "a sort code",
        "[number]",
        re.compile(r"(?i:sort\s?code\D{0,12})\d{2}[ \-]?\d{2}[ \-]?\d{2}(?!\d)"),
        ("sort code", "sortcode"),
    ),
)
_EVENT_ID: Final = re.compile(r"[0-9a-f](?<![\w+][0-9a-f])(?!(?<=4)47)[0-9a-f]{5}\s{0,2}[0-9a-f]{6}(?!\w)")
"""The id of an event, in one piece or in two over a line: half of it can read as a postcode. What begins with a plus, or with 447, is more likely a telephone number."""


def looks(folded: str, *, ids: bool = False) -> Iterator[tuple[Look, re.Match[str]]]:
    """All in the folded text that looks confidential; `ids`: ids of events may stand in it and are none of that."""
    text, low = _EVENT_ID.sub(lambda one: " " * len(one[0]), folded) if ids else folded, folded.lower()
    for look in LOOKS_LIKE:
        if not look.signs or any(sign in low for sign in look.signs):
            for match in look.pattern.finditer(text):
                yield look, match
