"""A plotly figure as a drawing for paper: SVG, drawn by matplotlib from the traces of the same figure, so that page and paper show the same numbers.

Everything in the figure that can be seen is drawn, in points where plotly has pixels; what this module does not know is an error (`NotDrawn`), never left
out. What shows only under a mouse is not drawn. Texts stay text (searchable), in type of 9 points or more, and series differ by hatching and lightness.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import nan
from typing import Any, Final, NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Polygon, Rectangle

from pipeline.report import paper_marks
from pipeline.report.fonts import NOTO_SANS
from pipeline.report.paper_axis import Axis, NotDrawn, plain_words
from pipeline.report.paper_marks import PIXEL
from pipeline.report.printable import printable

WIDTH_PT: Final = 482.0
"""What an A4 page with margins of 20 mm has room for."""
MOST_PT: Final = 560.0
"""How high a drawing may be, so that it stands on one page with the heading of its section, its title and its caption; a higher one is drawn lower, its type as large."""
_SMALLEST: Final = 9.0
_LEGEND_LINE: Final = 15.0
_LEGEND_INDENT: Final = 60
_LETTER: Final = 5.3
"""Points that a letter of 9.5 points takes, a little generously."""
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


class _Box(NamedTuple):
    """Where a panel lies, in the paper coordinates of plotly: 0 to 1 over the plotting area."""

    left: float
    foot: float
    right: float
    head: float


@dataclass(frozen=True)
class _Panel:
    """A pair of axes on the sheet, the two as numbers, and where it lies."""

    axes: Axes
    x: Axis
    y: Axis
    box: _Box

    def part(self, x: float | None, y: float | None) -> tuple[float, float]:
        """Numbers on the two axes as parts of the plotting area of the whole figure."""
        across = 0.0 if x is None else (x - self.x.low) / (self.x.high - self.x.low)
        up = 0.0 if y is None else (y - self.y.low) / (self.y.high - self.y.low)
        return (
            self.box.left + across * (self.box.right - self.box.left),
            self.box.foot + up * (self.box.head - self.box.foot),
        )


class _Sheet:
    """One figure at work: its panels, by the name of their y axis ("y", "y2"), and the first of each x axis ("x", "x2")."""

    def __init__(self, figure: Any) -> None:
        self.figure = figure
        self.layout = figure.layout
        self.entries = _legend(figure)
        if self.layout.height is None:
            raise NotDrawn("a figure without a height")
        margin = self.layout.margin
        self.left, self.right, top, bottom = (
            (80 if side is None else side) * PIXEL for side in (margin.l, margin.r, margin.t, margin.b)
        )
        self.rows = _legend_rows(self.entries, WIDTH_PT - max(self.left, _LEGEND_INDENT))
        self.top = top + 4
        self.bottom = max(bottom, 18) + (14 if self.layout.xaxis.title.text else 0)
        self.below = 8 + _LEGEND_LINE * len(self.rows) if self.rows else 2
        room = MOST_PT - self.top - self.bottom - self.below
        self.plot_height = min(self.layout.height * PIXEL - top - bottom, room, self._square())
        self.sheet = Figure(figsize=(WIDTH_PT / 72, (self.top + self.plot_height + self.bottom + self.below) / 72))
        self.sheet.set_facecolor("#ffffff")
        self.panels: dict[str, _Panel] = {}
        self.beneath: dict[str, _Panel] = {}
        self.heights: dict[str, dict[float, float]] = {}

    def _square(self) -> float:
        """How high the plotting area may be, so that a panel of equal scales is as high as its width allows: all above would stay empty."""
        x, y = self.layout.xaxis, self.layout.yaxis
        if x.scaleanchor is None or not (x.range and y.range):
            return MOST_PT
        (left, right), (foot, head) = x.domain or (0, 1), y.domain or (0, 1)
        across = (right - left) * (WIDTH_PT - self.left - self.right)
        return float(across * abs((y.range[1] - y.range[0]) / (x.range[1] - x.range[0])) / (head - foot))

    def draw(self) -> Figure:
        """Draws everything, each kind of thing in turn."""
        if unknown := {trace.type for trace in self.figure.data} - {"bar", "scatter", "heatmap"}:
            raise NotDrawn(f"traces of type {', '.join(sorted(unknown))}")
        values: dict[str, list[Any]] = {}
        across: dict[str, str] = {}
        for trace in self.figure.data:
            x, y = trace.xaxis or "x", trace.yaxis or "y"
            values.setdefault(x, []).extend(_list(trace.x))
            values.setdefault(y, []).extend(_list(trace.y))
            if across.setdefault(y, x) != x:
                raise NotDrawn("a panel with two x axes")
        names = sorted(across, key=lambda name: int(name[1:] or 1))
        lowest = {across[name]: name for name in names}
        for name in names:
            x, y = (Axis.of(self.layout[f"{one[0]}axis{one[1:]}"], values[one]) for one in (across[name], name))
            self.panels[name] = self._panel(x, y, last=lowest[across[name]] == name)
            self.beneath.setdefault(across[name], self.panels[name])
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
        box = self._box(x, y)
        (left, foot), (right, head) = self._place(box.left, box.foot), self._place(box.right, box.head)
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
                self._fit(
                    drawn_axis.get_ticklabels(),
                    [left + self._along(axis, place) * (right - left) for place, _ in inside],
                    dated=axis.kind == "date",
                )
            if axis.layout.showgrid is not False and axis.layout.gridcolor:
                drawn_axis.grid(visible=True, color=axis.layout.gridcolor, linewidth=0.6)
            if visible and axis.layout.title.text:
                label = drawn_axis.set_label_text(printable(plain_words(axis.layout.title.text)))
                self._type(label or drawn_axis.label, axis.layout.title.font.size or 13)
        if y.layout.zeroline:
            axes.axhline(0, color=y.layout.zerolinecolor or "#56616d", linewidth=0.9, zorder=3)
        return _Panel(axes, x, y, box)

    def _box(self, x: Axis, y: Axis) -> _Box:
        """Where the panel lies; one on which a unit across is as long as a unit up gives way on the side that has too much."""
        (left, right), (foot, head) = x.layout.domain or (0, 1), y.layout.domain or (0, 1)
        if x.layout.scaleanchor is None:
            return _Box(left, foot, right, head)
        if x.layout.constrain != "domain" or y.layout.constrain != "domain":
            raise NotDrawn("equal scales by a longer axis")
        wide, high = WIDTH_PT - self.left - self.right, self.plot_height
        across, up = abs(x.high - x.low) / wide, abs(y.high - y.low) / high
        unit = max(across / (right - left), up / (head - foot))
        wide_half, high_half = across / unit / 2, up / unit / 2
        middle, level = (left + right) / 2, (foot + head) / 2
        return _Box(middle - wide_half, level - high_half, middle + wide_half, level + high_half)

    @staticmethod
    def _along(axis: Axis, place: float) -> float:
        return (place - axis.low) / (axis.high - axis.low)

    def _fit(self, labels: Sequence[Any], parts: Sequence[float], *, dated: bool) -> None:
        """No words beyond the edge of the sheet; of dates that would touch each other every second, third ... keeps its words, and all keep their line."""
        middles = [part * WIDTH_PT for part in parts]
        widths = [max(map(len, label.get_text().split("\n"))) * _LETTER for label in labels]
        if dated and len(labels) > 1:
            room = min(abs(after - before) for before, after in pairwise(middles))
            every = -(-(max(widths) + 4) // room)
            for number, label in enumerate(labels):
                label.set_visible(number % every == 0)
        end = -WIDTH_PT
        for label, middle, width in zip(labels, middles, widths, strict=True):
            over = WIDTH_PT - middle < width / 2
            if over:
                label.set_horizontalalignment("right")
            if dated and label.get_visible():
                label.set_visible(middle - (width if over else width / 2) > end)
                end = middle + width / 2

    def _type(self, text: Any, pixels: float | None, colour: str | None = None, *, bold: bool = False) -> None:
        font = _FONT.copy()
        font.set_size(max(_SMALLEST, (pixels or 13) * PIXEL))
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
        style = paper_marks.bar(marker)
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
        if modes - {"text", "lines", "markers"} or trace.fill not in {None, "none", "toself"}:
            raise NotDrawn(f"points drawn as {trace.mode}, filled {trace.fill}")
        xs = [panel.x.number(value) for value in _list(trace.x)]
        ys = [panel.y.number(value) for value in _list(trace.y)]
        if trace.fill == "toself":
            for corners in paper_marks.stretches(xs, ys):
                colour = paper_marks.tint(trace.fillcolor)
                panel.axes.add_patch(Polygon(corners, gid=f"{name} fill", facecolor=colour, edgecolor="none", zorder=2))
        if modes & {"lines", "markers"}:
            (line,) = panel.axes.plot(
                xs, ys, gid=name, zorder=4, clip_on=trace.cliponaxis is not False, **paper_marks.points(trace, modes)
            )
            line.set_drawstyle(
                {None: "default", "linear": "default", "hv": "steps-post", "vh": "steps-pre"}[trace.line.shape]
            )
        if trace.error_x.array is not None:
            raise NotDrawn("bars of accuracy across")
        if trace.error_y.array is not None:
            self._accuracy(f"{name} accuracy", trace, panel, xs)
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

    def _accuracy(self, name: str, trace: Any, panel: _Panel, xs: Sequence[float]) -> None:
        """A bar up and down from each point, as far as the place of the point is uncertain."""
        error = trace.error_y
        if error.type != "data" or error.symmetric is not False:
            raise NotDrawn("bars of accuracy that are not given for each point")
        across, up = [], []
        for x, y, more, less in zip(xs, _list(trace.y), error.array, error.arrayminus, strict=True):
            across += [x, x, nan]
            up += [panel.y.number(y - less), panel.y.number(y + more), nan]
        panel.axes.plot(
            across,
            up,
            gid=name,
            zorder=3,
            color=error.color,
            linewidth=(error.thickness or 2) * PIXEL,
            marker="_",
            markersize=3,
        )

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

    def _on_sheet(self, xref: str | None, x: Any, yref: str | None, y: Any) -> tuple[float, float]:
        """A place given in any way, on an axis ("x2") or as a part of the plotting area ("paper"), as a part of the sheet."""
        across, up = (x, y)
        if xref != "paper":
            panel = self.beneath[xref or "x"]
            across, _ = panel.part(panel.x.number(x), None)
        if yref != "paper":
            panel = self.panels[yref or "y"]
            _, up = panel.part(None, panel.y.number(y))
        return self._place(float(across), float(up))

    def _shape(self, number: int, shape: Any) -> None:
        if shape.type not in {"line", "rect"}:
            raise NotDrawn(f"a shape of type {shape.type}")
        if shape.xsizemode == "pixel":
            raise NotDrawn("a shape measured in pixels across")
        (x0, y0), (x1, y1) = (self._corner(shape, x, y) for x, y in ((shape.x0, shape.y0), (shape.x1, shape.y1)))
        colour, width = shape.line.color or "#444444", (2 if shape.line.width is None else shape.line.width) * PIXEL
        if shape.type == "line":
            artist: Any = Line2D(
                [x0, x1], [y0, y1], color=colour, linewidth=width, linestyle=paper_marks.dash(shape.line.dash)
            )
        else:
            artist = Rectangle((x0, y0), x1 - x0, y1 - y0, facecolor=shape.fillcolor or "none", edgecolor=colour if width else "none", linewidth=width,
                               alpha=shape.opacity)  # fmt: skip
        artist.set(gid=f"shape {number}", transform=self.sheet.transFigure, zorder=0 if shape.layer == "below" else 6)
        self.sheet.add_artist(artist)

    def _corner(self, shape: Any, x: Any, y: Any) -> tuple[float, float]:
        if shape.ysizemode != "pixel":
            return self._on_sheet(shape.xref, x, shape.yref, y)
        across, up = self._on_sheet(shape.xref, x, shape.yref, shape.yanchor)
        return across, up + y * PIXEL / (self.sheet.get_size_inches()[1] * 72)

    def _annotation(self, number: int, note: Any) -> None:
        if note.textangle not in {None, 0} or (note.showarrow is not False and (note.text or note.axref != note.xref)):
            raise NotDrawn("an annotation at an angle, or with words at an arrow")
        if note.showarrow is not False:
            self._arrow(f"annotation {number}", note)
            return
        said = self.sheet.text(
            *self._on_sheet(note.xref or "x", note.x, note.yref or "y", note.y), printable(plain_words(note.text)), gid=f"annotation {number}", zorder=7,
            ha=_LEFT[note.xanchor if note.xanchor in _LEFT else "center"], va=_UP[note.yanchor if note.yanchor in _UP else "middle"],
        )  # fmt: skip
        self._type(said, note.font.size, note.font.color, bold=note.text.startswith("<b>"))
        wide, high = self.sheet.get_size_inches() * 72
        x, y = said.get_position()
        said.set_position((x + (note.xshift or 0) * PIXEL / wide, y + (note.yshift or 0) * PIXEL / high))
        if note.bgcolor:
            said.set_bbox({"facecolor": note.bgcolor, "edgecolor": "none", "pad": 0.8})

    def _arrow(self, name: str, note: Any) -> None:
        tail, tip = (self._on_sheet(note.xref, x, note.yref, y) for x, y in ((note.ax, note.ay), (note.x, note.y)))
        colour = note.arrowcolor or "#444444"
        arrow = FancyArrowPatch(tail, tip, transform=self.sheet.transFigure, gid=name, arrowstyle="-|>", mutation_scale=11, color=colour,
                                linewidth=(note.arrowwidth or 2) * PIXEL, shrinkA=0, shrinkB=0)  # fmt: skip
        self.sheet.add_artist(arrow)

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
                        **paper_marks.bar(trace.marker),
                    )
                    if key.get_edgecolor()[:3] == (1, 1, 1):
                        key.set_edgecolor("#56616d")
                        key.set_linewidth(0.5)
                else:
                    modes = set((trace.mode or "lines").split("+"))
                    across = [at / wide, (at + 8) / wide, (at + 16) / wide]
                    style = paper_marks.points(trace, modes)
                    key = Line2D(
                        across, [(y + 4.5) / high] * 3, transform=self.sheet.transFigure, markevery=[1], **style
                    )
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


def _legend_rows(entries: Iterable[Any], most: float) -> list[list[Any]]:
    """The legend in lines of at most so many points."""
    rows: list[list[Any]] = []
    room = 0.0
    for trace in entries:
        width = _entry_width(trace)
        if not rows or room < width:
            rows.append([])
            room = most
        rows[-1].append(trace)
        room -= width
    return rows


def _list(values: Any) -> list[Any]:
    return [] if values is None else list(values)


def _each(value: Any, length: int) -> list[Any]:
    """One value for each of `length`, given as one for all or as a list."""
    if value is None or isinstance(value, str | int | float):
        return [value] * length
    return list(value)
