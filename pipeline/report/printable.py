"""Words of the evidence as the fonts of the printed report can show them: an emoji by its name, a character that no font has by its number, never a box.

"[emoji: kitchen knife]", "[U+4F60 U+597D]". The words as they were sent stand in the sheets and the page; the paper says that it does this.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from pipeline.report.evidence_text import visible
from pipeline.report.fonts import characters

_PLAIN: Final = re.compile("[\n\x20-\x7e\xa1-\xac\xae-\u024f\u2013\u2014\u2018-\u201d\u2026\u20ac]*")
"""What every font has, and most messages are made of."""
_UNSEEN: Final = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\u2066\u2068\u2069\u202a\u202c\ufe0e\ufe0f\ufeff")
"""Marks without a shape of their own; those that reorder words have been shown by number before."""


@lru_cache(maxsize=4096)
def printable(text: str) -> str:
    """The text in characters that the fonts have; line breaks stay, a tab becomes four spaces."""
    text = visible(text).replace("\t", "    ")
    if _PLAIN.fullmatch(text):
        return text
    import emoji

    text = str(emoji.replace_emoji(text, replace=_named))
    return _missing().sub(_numbered, text)


def _named(sign: str, data: dict[str, str]) -> str:
    """'[emoji: kitchen knife]'; a sign such as (c), which the fonts have, stays."""
    if len(sign) == 1 and sign < "\u2e80" and sign in characters():
        return sign
    return f"[emoji: {data['en'].strip(':').replace('_', ' ')}]"


@cache
def _missing() -> re.Pattern[str]:
    held = characters() | _UNSEEN | {"\n"}
    places = sorted(map(ord, held))
    ranges: list[list[int]] = []
    for place in places:
        if ranges and ranges[-1][1] == place - 1:
            ranges[-1][1] = place
        else:
            ranges.append([place, place])
    inside = "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
    return re.compile(f"[^{inside}]+")


def _numbered(match: re.Match[str]) -> str:
    return f"[{' '.join(f'U+{ord(sign):04X}' for sign in match[0])}]"
