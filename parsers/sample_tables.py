"""The tables of a track in a film that say where its samples stand (ISO 14496-12, 8.7). Not a parser: `parsers.movie_boxes` reads with it.

    stsd    what the samples are: version and flags (4), number (4), then size (4) and four letters
    stsz    their sizes: version and flags, the size of all or 0, number, then one for each
    stsc    how many stand together: version and flags, number, then from which piece on, how many, which description
    stco    where the pieces begin: version and flags, number, then one for each; co64 the same in 64 bits

Only the first of them are asked for. How many stand together is taken from the first entry of `stsc` for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MOST: Final = 120
"""Pieces of a track: two minutes of a camera that writes one a second."""
LONGEST_TABLE: Final = 64 + 8 * _MOST
"""Bytes of a table that are needed."""


def described(parts: Mapping[bytes, bytes]) -> bytes:
    """The four letters of what the samples are. `parts` are the tables by their names."""
    return parts.get(b"stsd", b"")[12:16]


def pieces(parts: Mapping[bytes, bytes], size: int, *, one: bool = False) -> Iterator[tuple[int, int]]:
    """Start and end of the first pieces in a file of `size` bytes; with `one`, of the first sample alone."""
    sizes, width = parts.get(b"stsz", b""), 8 if b"co64" in parts else 4
    each = int.from_bytes(sizes[4:8], "big")
    lengths = [int.from_bytes(sizes[at : at + 4], "big") for at in range(12, len(sizes) - 3, 4)]
    together = 1 if one else max(1, int.from_bytes(parts.get(b"stsc", b"")[12:16], "big"))
    table = parts.get(b"co64" if width == 8 else b"stco", b"")
    for number in range(1 if one else _MOST):
        start = int.from_bytes(table[8 + number * width : 8 + (number + 1) * width], "big")
        length = each * together if each else sum(lengths[number * together : (number + 1) * together])
        if 0 < start < size and length:
            yield start, min(start + length, size)
