"""A plotly figure as a drawing for paper: SVG, drawn by matplotlib from the traces of the same figure, so that page and paper show the same numbers.

Everything in the figure that can be seen is drawn, in points where plotly has pixels; what this module does not know is an error (`NotDrawn`), never left
out. What shows only under a mouse is not drawn. Texts stay text (searchable), in type of 9 points or more, and series differ by hatching and lightness.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from pipeline.report.fonts import NOTO_SANS
from pipeline.report.paper_axis import Axis, NotDrawn, plain_words
from pipeline.report.printable import printable

WIDTH_PT: Final = 482.0
"""What an A4 page with margins of 20 mm has room for."""
MOST_PT: Final = 600.0
"""How high a drawing may be, so that it stands on one page with its title and caption; a higher one is drawn lower, its type as large."""
_PIXEL: Final = 0.73
"""Points for a pixel: the narrowest time axis for which the figures set their labels, 600 pixels, then fits the page."""
_SMALLEST: Final = 9.0
_LEGEND_LINE: Final = 15.0
_LETTER: Final = 5.3
"""Points that a letter of 9.5 points takes, a little generously."""
_HATCHES: Final = {"": "", "/": "////", "\\": "\\\\\\\\", "x": "xxx", ".": "...", "-": "----", "+": "+++", "|": "||||"}
_DASHES: Final = {
    None: "solid",
    "solid": "solid",
    "dash": (0, (5, 3)),
    "dot": (0, (1, 2)),
    "dashdot": (0, (5, 2, 1, 2)),
}
_SYMBOLS: Final = {
    None: "o", "circle": "o", "square": "s", "diamond": "D", "cross": "P", "x": "X", "star": "*", "triangle-up": "^", "triangle-down": "v",
    "circle-open": "o", "square-open": "s", "diamond-open": "D",
}  # fmt: skip
_LEFT: Final = {"left": "left", "center": "center", "right": "right"}
_UP: Final = {"top": "top", "middle": "center", "bottom": "bottom"}
_FONT: Final = FontProperties(family="Noto Sans", fname=str(NOTO_SANS))
_SETTINGS: Final = {
    "svg.fonttype": "none",
    "svg.hashsalt": "fourline",
    "hatch.linewidth": 0.7,
    "text.parse_math": False,
    "path.simplify": False,
}


def svg(figure: Any) -> bytes:
    """The figure as SVG, `WIDTH_PT` wide; the same bytes for the same figure.

    Raises:
        NotDrawn: it holds a kind of trace, axis or shape that is not known here.
    """
    out = io.BytesIO()
    with mpl.rc_context(_SETTINGS):
        drawn(figure).savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()


def drawn(figure: Any) -> Figure:
    """The figure as matplotlib artists; each has the `gid` of what it draws: "trace 0", "shape 2", "annotation 1"."""
    return _Sheet(figure).draw()


@dataclass(frozen=True)
class _Panel:
    """A pair of axes on the sheet, and the two as numbers."""

    axes: Axes
    x: Axis
    y: Axis


class _Sheet:
    """One figure at work: its panels, by the name of their y axis ("y", "y2")."""

    def __init__(self, figure: Any) -> None:
        self.figure = figure
        self.layout = figure.layout
        self.entries = _legend(figure)
        self.rows = _legend_rows(self.entries)
        if self.layout.height is None:
            raise NotDrawn("a figure without a height")
        margin = self.layout.margin
        self.left, self.right, top, bottom = (
            (80 if side is None else side) * _PIXEL for side in (margin.l, margin.r, margin.t, margin.b)
        )
        self.top = top + 4
        self.bottom = max(bottom, 18) + (14 if self.layout.xaxis.title.text else 0)
        self.below = 8 + _LEGEND_LINE * len(self.rows) if self.rows else 2
        room = MOST_PT - self.top - self.bottom - self.below
        self.plot_height = min(self.layout.height * _PIXEL - top - bottom, room)
        self.sheet = Figure(figsize=(WIDTH_PT / 72, (self.top + self.plot_height + self.bottom + self.below) / 72))
        self.sheet.set_facecolor("#ffffff")
        self.panels: dict[str, _Panel] = {}
        self.heights: dict[str, dict[float, float]] = {}

    def draw(self) -> Figure:
        """Draws everything, each kind of thing in turn."""
        if unknown := {trace.type for trace in self.figure.data} - {"bar", "scatter", "heatmap"}:
            raise NotDrawn(f"traces of type {', '.join(sorted(unknown))}")
        values: dict[str, list[Any]] = {}
        for trace in self.figure.data:
            x, y = trace.xaxis or "x", trace.yaxis or "y"
            values.setdefault(x, []).extend(_list(trace.x))
            values.setdefault(y, []).extend(_list(trace.y))
        names = sorted({trace.yaxis or "y" for trace in self.figure.data})
        if {trace.xaxis or "x" for trace in self.figure.data} - {"x"}:
            raise NotDrawn("more than one x axis")
        x = Axis.of(self.layout.xaxis, values.get("x", []))
        for name in names:
            layout = self.layout["yaxis" + name.removeprefix("y")]
            self.panels[name] = self._panel(x, Axis.of(layout, values[name]), last=name == names[-1])
        for number, trace in enumerate(self.figure.data):
            self._trace(number, trace)
        for number, shape in enumerate(self.layout.shapes):
            self._shape(number, shape)
        for number, note in enumerate(self.layout.annotations):
            self._annotation(number, note)
        self._draw_legend()
        return self.sheet

    # --- places -----------------------------------------------------------------------------------------------------------------------------------------

    def _place(self, across: float, up: float) -> tuple[float, float]:
        """A place in the paper coordinates of plotly (0 to 1 over the plotting area) as a part of the sheet."""
        wide, high = self.sheet.get_size_inches() * 72
        foot = self.bottom + self.below
        return (
            (self.left + across * (wide - self.left - self.right)) / wide,
            (foot + up * self.plot_height) / high,
        )

    def _panel(self, x: Axis, y: Axis, *, last: bool) -> _Panel:
        domain = y.layout.domain or (0, 1)
        (left, foot), (right, head) = self._place(0, domain[0]), self._place(1, domain[1])
        axes = self.sheet.add_axes((left, foot, right - left, head - foot))
        axes.set_xlim(x.low, x.high)
        axes.set_ylim(y.low, y.high)
        axes.set_axisbelow(True)
        for spine in axes.spines.values():
            spine.set_visible(False)
        for axis, drawn_axis, visible in ((x, axes.xaxis, last), (y, axes.yaxis, True)):
            ticks = axis.ticks()
            low, high = sorted((axis.low, axis.high))
            inside = [(place, words) for place, words in ticks if low <= place <= high]
            drawn_axis.set_ticks([place for place, _ in inside], [printable(words) for _, words in inside])
            drawn_axis.set_tick_params(length=0, pad=4, labelbottom=visible, labelleft=True)
            for label in drawn_axis.get_ticklabels():
                self._type(label, 12)
            if visible and drawn_axis is axes.xaxis:
                for (place, _), label in zip(inside, drawn_axis.get_ticklabels(), strict=True):
                    room = self.right + (axis.high - place) / (axis.high - axis.low) * (
                        WIDTH_PT - self.left - self.right
                    )
                    if room < len(label.get_text()) * _LETTER / 2:  # it would stand out over the edge of the sheet
                        label.set_horizontalalignment("right")
            if axis.layout.showgrid is not False and axis.layout.gridcolor:
                drawn_axis.grid(visible=True, color=axis.layout.gridcolor, linewidth=0.6)
            if visible and axis.layout.title.text:
                label = drawn_axis.set_label_text(printable(plain_words(axis.layout.title.text)))
                self._type(label or drawn_axis.label, axis.layout.title.font.size or 13)
        if y.layout.zeroline:
            axes.axhline(0, color=y.layout.zerolinecolor or "#56616d", linewidth=0.9, zorder=3)
        return _Panel(axes, x, y)

    def _type(self, text: Any, pixels: float | None, colour: str | None = None, *, bold: bool = False) -> None:
        font = _FONT.copy()
        font.set_size(max(_SMALLEST, (pixels or 13) * _PIXEL))
        text.set_fontproperties(font)
        text.set_parse_math(False)
        text.set_color(colour or self.layout.font.color or "#000000")
        if bold:
            text.set_fontweight("bold")

    # --- traces -----------------------------------------------------------------------------------------------------------------------------------------

    def _trace(self, number: int, trace: Any) -> None:
        known = {"bar": self._bar, "scatter": self._scatter, "heatmap": self._heatmap}
        if trace.visible not in {None, True}:
            raise NotDrawn("a trace that is not visible")
        known[trace.type](f"trace {number}", trace, self.panels[trace.yaxis or "y"])

    def _bar(self, name: str, trace: Any, panel: _Panel) -> None:
        lying = trace.orientation == "h"
        along, across = (panel.x, panel.y) if lying else (panel.y, panel.x)
        places = [across.number(value) for value in _list(trace.y if lying else trace.x)]
        lengths = [float(value) for value in _list(trace.x if lying else trace.y)]
        widths, shifts = self._widths(trace, len(places))
        starts = (
            [along.number(value) for value in _each(trace.base, len(places))]
            if trace.base is not None
            else self._stacked(trace, places, lengths)
        )
        marker = trace.marker
        style = _fill(marker)
        for place, length, width, shift, start in zip(places, lengths, widths, shifts, starts, strict=True):
            corner = (start, place + shift - width / 2) if lying else (place + shift - width / 2, start)
            size = (length, width) if lying else (width, length)
            patch = Rectangle(corner, *size, gid=name, zorder=2, **style)
            panel.axes.add_patch(patch)
        if trace.text is not None:
            if trace.textposition != "outside" or not lying:
                raise NotDrawn(f"words of bars at {trace.textposition}")
            for words, place, length, shift, start in zip(
                _list(trace.text), places, lengths, shifts, starts, strict=True
            ):
                said = panel.axes.annotate(
                    printable(plain_words(str(words))), (start + length, place + shift), (3, 0), textcoords="offset points", ha="left", va="center", gid=name,
                )  # fmt: skip
                self._type(said, trace.textfont.size, trace.textfont.color)

    def _widths(self, trace: Any, length: int) -> tuple[list[float], list[float]]:
        """How wide each bar is and how far it stands from its place."""
        if trace.width is not None:
            return [float(width) for width in _each(trace.width, length)], [0.0] * length
        gap = self.layout.bargap if self.layout.bargap is not None else 0.2
        if self.layout.barmode == "group":
            bars = [one for one in self.figure.data if one.type == "bar" and (one.yaxis or "y") == (trace.yaxis or "y")]
            each = (1 - gap) / len(bars)
            place = next(index for index, one in enumerate(bars) if one is trace)
            return [each] * length, [each * (place - (len(bars) - 1) / 2)] * length
        return [1 - gap] * length, [0.0] * length

    def _stacked(self, trace: Any, places: Sequence[float], lengths: Sequence[float]) -> list[float]:
        """Where each bar begins: on top of those before it at the same place, where the figure stacks."""
        if self.layout.barmode != "stack":
            return [0.0] * len(places)
        if any(length < 0 for length in lengths):
            raise NotDrawn("stacked bars below zero")
        starts = []
        heights = self.heights.setdefault(trace.yaxis or "y", {})
        for place, length in zip(places, lengths, strict=True):
            starts.append(heights.get(place, 0.0))
            heights[place] = starts[-1] + length
        return starts

    def _scatter(self, name: str, trace: Any, panel: _Panel) -> None:
        modes = set((trace.mode or "lines+markers").split("+"))
        if modes - {"text", "lines", "markers"} or trace.fill not in {None, "none"}:
            raise NotDrawn(f"points drawn as {trace.mode}")
        xs = [panel.x.number(value) for value in _list(trace.x)]
        ys = [panel.y.number(value) for value in _list(trace.y)]
        if modes & {"lines", "markers"}:
            open_marker = str(trace.marker.symbol or "").endswith("-open")
            if trace.marker.symbol not in _SYMBOLS:
                raise NotDrawn(f"points of the form {trace.marker.symbol}")
            colour = trace.marker.color or trace.line.color or "#16466b"
            (line,) = panel.axes.plot(
                xs, ys, gid=name, zorder=4, color=trace.line.color or colour, linewidth=(trace.line.width or 2) * _PIXEL if "lines" in modes else 0,
                linestyle=_DASHES[trace.line.dash], marker=_SYMBOLS[trace.marker.symbol] if "markers" in modes else "",
                markersize=(trace.marker.size or 6) * _PIXEL, markerfacecolor="#ffffff" if open_marker else colour, markeredgecolor=colour,
                clip_on=trace.cliponaxis is not False,
            )  # fmt: skip
            line.set_drawstyle(
                {None: "default", "linear": "default", "hv": "steps-post", "vh": "steps-pre"}[trace.line.shape]
            )
        if "text" in modes:
            up, *across = (trace.textposition or "middle center").split()
            beside = {"top": (0, 2), "middle": (0, 0), "bottom": (0, -2)}[up]
            for x, y, words, colour in zip(
                xs, ys, _list(trace.text), _each(trace.textfont.color, len(xs)), strict=True
            ):
                said = panel.axes.annotate(
                    printable(plain_words(str(words))), (x, y), beside, textcoords="offset points", gid=name, zorder=5,
                    ha={"left": "right", "center": "center", "right": "left"}[across[0] if across else "center"],
                    va={"top": "bottom", "middle": "center_baseline", "bottom": "top"}[up],
                )  # fmt: skip
                self._type(said, trace.textfont.size, colour)

    def _heatmap(self, name: str, trace: Any, panel: _Panel) -> None:
        if trace.showscale is not False or trace.texttemplate:
            raise NotDrawn("a heatmap with a scale beside it or words in its cells")
        shades = LinearSegmentedColormap.from_list(
            "shades", [(float(place), colour) for place, colour in trace.colorscale]
        )
        for row, line in zip(_list(trace.y), trace.z, strict=True):
            for column, value in zip(_list(trace.x), line, strict=True):
                x, y = panel.x.number(column), panel.y.number(row)
                shade = shades((float(value) - trace.zmin) / (trace.zmax - trace.zmin))
                cell = Rectangle(
                    (x - 0.5, y - 0.5), 1, 1, gid=name, facecolor=shade, edgecolor="#ffffff", linewidth=1.2, zorder=2
                )
                cell.set_label(f"{value}")
                panel.axes.add_patch(cell)

    # --- what stands on the traces ----------------------------------------------------------------------------------------------------------------------

    def _where(self, ref: str | None, value: Any, *, across: bool) -> tuple[_Panel | None, float]:
        """The panel on whose axis a place is given, and the number; no panel for a part of the plotting area."""
        if ref == "paper":
            return None, float(value)
        panel = self.panels["y" if across else ref or "y"]
        return panel, (panel.x if across else panel.y).number(value)

    def _on_sheet(self, xref: str | None, x: Any, yref: str | None, y: Any) -> tuple[float, float]:
        """A place given in any way as a part of the sheet."""
        x_panel, x_number = self._where(xref, x, across=True)
        y_panel, y_number = self._where(yref, y, across=False)
        if x_panel is not None:
            x_number = (x_number - x_panel.x.low) / (x_panel.x.high - x_panel.x.low)
        if y_panel is not None:
            low, high = y_panel.y.layout.domain or (0, 1)
            y_number = low + (high - low) * (y_number - y_panel.y.low) / (y_panel.y.high - y_panel.y.low)
        return self._place(x_number, y_number)

    def _shape(self, number: int, shape: Any) -> None:
        if shape.type not in {"line", "rect"}:
            raise NotDrawn(f"a shape of type {shape.type}")
        if shape.xsizemode == "pixel":
            raise NotDrawn("a shape measured in pixels across")
        (x0, y0), (x1, y1) = (self._corner(shape, x, y) for x, y in ((shape.x0, shape.y0), (shape.x1, shape.y1)))
        colour, width = shape.line.color or "#444444", (2 if shape.line.width is None else shape.line.width) * _PIXEL
        if shape.type == "line":
            artist: Any = Line2D([x0, x1], [y0, y1], color=colour, linewidth=width, linestyle=_DASHES[shape.line.dash])
        else:
            artist = Rectangle((x0, y0), x1 - x0, y1 - y0, facecolor=shape.fillcolor or "none", edgecolor=colour if width else "none", linewidth=width,
                               alpha=shape.opacity)  # fmt: skip
        artist.set(gid=f"shape {number}", transform=self.sheet.transFigure, zorder=0 if shape.layer == "below" else 6)
        self.sheet.add_artist(artist)

    def _corner(self, shape: Any, x: Any, y: Any) -> tuple[float, float]:
        if shape.ysizemode != "pixel":
            return self._on_sheet(shape.xref, x, shape.yref, y)
        across, up = self._on_sheet(shape.xref, x, shape.yref, shape.yanchor)
        return across, up + y * _PIXEL / (self.sheet.get_size_inches()[1] * 72)

    def _annotation(self, number: int, note: Any) -> None:
        if note.showarrow is not False or note.textangle not in {None, 0}:
            raise NotDrawn("an annotation with an arrow or at an angle")
        said = self.sheet.text(
            *self._on_sheet(note.xref or "x", note.x, note.yref or "y", note.y), printable(plain_words(note.text)), gid=f"annotation {number}", zorder=7,
            ha=_LEFT[note.xanchor if note.xanchor in _LEFT else "center"], va=_UP[note.yanchor if note.yanchor in _UP else "middle"],
        )  # fmt: skip
        self._type(said, note.font.size, note.font.color, bold=note.text.startswith("<b>"))
        wide, high = self.sheet.get_size_inches() * 72
        x, y = said.get_position()
        said.set_position((x + (note.xshift or 0) * _PIXEL / wide, y + (note.yshift or 0) * _PIXEL / high))
        if note.bgcolor:
            said.set_bbox({"facecolor": note.bgcolor, "edgecolor": "none", "pad": 0.8})

    def _draw_legend(self) -> None:
        wide, high = self.sheet.get_size_inches() * 72
        for line, row in enumerate(self.rows):
            at = self.left
            y = self.below - 8 - _LEGEND_LINE * line - 4
            for trace in row:
                if trace.type == "bar":
                    key: Any = Rectangle(
                        (at / wide, y / high),
                        16 / wide,
                        9 / high,
                        transform=self.sheet.transFigure,
                        **_fill(trace.marker),
                    )
                    if key.get_edgecolor()[:3] == (1, 1, 1):
                        key.set_edgecolor("#56616d")
                        key.set_linewidth(0.5)
                else:
                    colour = trace.marker.color or trace.line.color or "#16466b"
                    key = Line2D(
                        [at / wide, (at + 16) / wide], [(y + 4.5) / high] * 2, transform=self.sheet.transFigure, color=colour,
                        linewidth=1.5 if "lines" in (trace.mode or "lines") else 0, marker=_SYMBOLS[trace.marker.symbol] if "markers" in (trace.mode or "") else "",
                        linestyle=_DASHES[trace.line.dash],
                    )  # fmt: skip
                self.sheet.add_artist(key)
                said = self.sheet.text(
                    (at + 21) / wide,
                    (y + 4.2) / high,
                    printable(plain_words(trace.name)),
                    va="center_baseline",
                    gid="legend",
                )
                self._type(said, 13)
                at += _entry_width(trace)


def _legend(figure: Any) -> list[Any]:
    """The traces that have a line in the legend."""
    shown = [
        trace
        for trace in figure.data
        if trace.showlegend is not False and trace.name and trace.type in {"bar", "scatter"}
    ]
    return shown if len(shown) > 1 or any(trace.showlegend for trace in shown) else []


def _entry_width(trace: Any) -> float:
    return 21 + len(printable(plain_words(trace.name))) * _LETTER + 14


def _legend_rows(entries: Iterable[Any]) -> list[list[Any]]:
    """The legend in lines that fit the width."""
    rows: list[list[Any]] = []
    room = 0.0
    for trace in entries:
        width = _entry_width(trace)
        if not rows or room < width:
            rows.append([])
            room = WIDTH_PT - 60
        rows[-1].append(trace)
        room -= width
    return rows


def _fill(marker: Any) -> dict[str, Any]:
    """How a bar is filled: its colour, and hatching in a second one."""
    pattern = marker.pattern.shape or ""
    if pattern not in _HATCHES:
        raise NotDrawn(f"bars filled with {pattern}")
    width = (marker.line.width or 0) * _PIXEL
    style = {
        "facecolor": marker.color or "#16466b",
        "edgecolor": marker.line.color if width and marker.line.color else "none",
        "linewidth": width,
    }
    if pattern:
        style |= {"hatch": _HATCHES[pattern], "hatchcolor": marker.pattern.fgcolor or "#444444"}
        if marker.pattern.fillmode == "replace":
            style["facecolor"] = marker.pattern.bgcolor or "#ffffff"
    return style


def _list(values: Any) -> list[Any]:
    return [] if values is None else list(values)


def _each(value: Any, length: int) -> list[Any]:
    """One value for each of `length`, given as one for all or as a list."""
    if value is None or isinstance(value, str | int | float):
        return [value] * length
    return list(value)
