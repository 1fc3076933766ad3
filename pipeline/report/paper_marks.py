"""How a plotly trace looks on paper: its fill and hatching, its line, its symbol, as matplotlib takes them. What has no form here is an error, never left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from pipeline.report.paper_axis import NotDrawn

PIXEL: Final = 0.73
"""Points for a pixel: the narrowest time axis for which the figures set their labels, 600 pixels, then fits the page."""
INK: Final = "#16466b"
_HATCHES: Final = {"": "", "/": "////", "\\": "\\\\\\\\", "x": "xxx", ".": "...", "-": "----", "+": "+++", "|": "||||"}
_DASHES: Final = {
    None: "solid", "solid": "solid", "dash": (0, (5, 3)), "dot": (0, (1, 2)), "dashdot": (0, (5, 2, 1, 2)), "longdash": (0, (9, 4)),
}  # fmt: skip
_SYMBOLS: Final = {
    None: "o", "circle": "o", "square": "s", "diamond": "D", "cross": "P", "x": "X", "star": "*", "triangle-up": "^", "triangle-down": "v",
    "circle-open": "o", "square-open": "s", "diamond-open": "D", "cross-thin": "+", "x-thin": "x",
}  # fmt: skip
_RGBA: Final = re.compile(r"rgba\((\d+), ?(\d+), ?(\d+), ?([\d.]+)\)")


def dash(name: str | None) -> Any:
    """The dashes of a line."""
    if name not in _DASHES:
        raise NotDrawn(f"a line with dashes {name}")
    return _DASHES[name]


def bar(marker: Any) -> dict[str, Any]:
    """How a bar is filled: its colour, and hatching in a second one."""
    pattern = marker.pattern.shape or ""
    if pattern not in _HATCHES:
        raise NotDrawn(f"bars filled with {pattern}")
    width = (marker.line.width or 0) * PIXEL
    style = {
        "facecolor": marker.color or INK,
        "edgecolor": marker.line.color if width and marker.line.color else "none",
        "linewidth": width,
    }
    if pattern:
        style |= {"hatch": _HATCHES[pattern], "hatchcolor": marker.pattern.fgcolor or "#444444"}
        if marker.pattern.fillmode == "replace":
            style["facecolor"] = marker.pattern.bgcolor or "#ffffff"
    return style


def points(trace: Any, modes: set[str]) -> dict[str, Any]:
    """The line and the symbol of a scatter trace drawn in these modes ("lines", "markers")."""
    marker, colour = trace.marker, trace.marker.color or trace.line.color or INK
    if marker.symbol not in _SYMBOLS:
        raise NotDrawn(f"points of the form {marker.symbol}")
    style = {
        "color": trace.line.color or colour,
        "linewidth": (trace.line.width or 2) * PIXEL if "lines" in modes else 0,
        "linestyle": dash(trace.line.dash),
        "marker": _SYMBOLS[marker.symbol] if "markers" in modes else "",
        "markersize": (marker.size or 6) * PIXEL,
        "markerfacecolor": "#ffffff" if str(marker.symbol or "").endswith("-open") else colour,
        "markeredgecolor": marker.line.color or colour,
        "alpha": trace.opacity,
    }
    return style | ({"markeredgewidth": marker.line.width * PIXEL} if marker.line.width else {})


def tint(colour: str) -> Any:
    """A colour of a fill, which may let what is beneath shine through: "rgba(86,97,109,0.08)"."""
    if found := _RGBA.fullmatch(colour):
        red, green, blue = (int(part) / 255 for part in found.groups()[:3])
        return (red, green, blue, float(found[4]))
    return colour


def stretches(xs: Sequence[float], ys: Sequence[float]) -> list[list[tuple[float, float]]]:
    """The corners of the areas that a line encloses; where it breaks off (not a number), another begins."""
    found: list[list[tuple[float, float]]] = [[]]
    for x, y in zip(xs, ys, strict=True):
        if x == x and y == y:  # noqa: PLR0124 -- not a number is not equal to itself
            found[-1].append((x, y))
        else:
            found.append([])
    return [corners for corners in found if corners]
