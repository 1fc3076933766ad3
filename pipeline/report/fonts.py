"""The type of the printed report, shipped with the program so that every machine prints the same: where the files lie and which characters they hold.

Noto Sans first (Latin, Greek, Cyrillic, Devanagari), then its Arabic; DejaVu Sans (it comes with matplotlib) holds Hebrew, Armenian, Georgian and many signs that it lacks.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

import matplotlib as mpl

_PACKAGES: Final = ("fontpkg_noto_sans", "fontpkg_noto_sans_arabic")
FAMILIES: Final = ("Noto Sans", "Noto Sans Arabic", "DejaVu Sans")


def _shipped() -> tuple[Path, ...]:
    folders = [Path(str(resources.files(package))) / "files" for package in _PACKAGES]
    upright = [path for folder in folders for path in sorted(folder.glob("*.ttf")) if "Italic" not in path.name]
    return (*upright, Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf")


FILES: Final = _shipped()
NOTO_SANS: Final = FILES[0]


@cache
def characters() -> frozenset[str]:
    """Every character that one of the fonts can draw."""
    from fontTools.ttLib import TTFont

    found: set[str] = set()
    for path in FILES:
        with TTFont(path, lazy=True) as font:
            found.update(map(chr, font.getBestCmap()))
    return frozenset(found)
