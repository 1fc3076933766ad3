"""What the figures share: a blank figure, the two panels, the time axis with the key dates, hatching for "no data held", and how words enter plotly.

Series differ in pattern and in lightness as well as in colour, so that they stay apart on grey paper and for every eye. Nothing is written smaller than 12
pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from pipeline.case import KeyDate
from pipeline.report.evidence_text import visible

INK: Final = "#1c2733"
QUIET: Final = "#56616d"
RULE: Final = "#e3e6ea"
NAVY: Final = "#16466b"
FONT: Final = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'

SERIES: Final = (
    (NAVY, "", ""),
    ("#e9b44c", "/", "#6b4a08"),
    ("#7fb3d3", "x", "#0d3a57"),
    ("#7d3c5f", "\\", "#f0d5e2"),
    ("#b9d1b4", ".", "#2c4a27"),
    ("#50555b", "-", "#e8e8e8"),
    ("#e2b7a6", "+", "#6b2f1a"),
    ("#2d7a6c", "|", "#d6ece7"),
)
"""Fill, pattern and colour of the pattern, by lightness as different as eight can be."""
TICKS: Final = {"ticks": "outside", "ticklen": 5, "tickcolor": "rgba(0,0,0,0)"}

WIDTH: Final = 600
"""Pixels of the narrowest time axis that is printed: labels are set so that they do not overlap on it."""
LANE: Final = 20
_LETTER: Final = 6.6
DAY_MS: Final = 86_400_000

LEGEND: Final = {
    "orientation": "h",
    "x": 0,
    "xanchor": "left",
    "yanchor": "top",
    "font": {"size": 13},
    "itemclick": False,
    "itemdoubleclick": False,
    "traceorder": "normal",
}
NOT_HELD: Final = {
    "color": "#ffffff",
    "line": {"width": 0},
    "pattern": {
        "shape": "/",
        "fillmode": "replace",
        "fgcolor": "#9aa3ad",
        "bgcolor": "#ffffff",
        "size": 8,
        "solidity": 0.2,
    },
}


def blank(height: int) -> go.Figure:
    """A figure without anything, in our type and on white; `height` in pixels, as wide as its place."""
    return go.Figure(
        layout={
            "template": {},
            "height": height,
            "autosize": True,
            "font": {"family": FONT, "size": 13, "color": INK},
            "paper_bgcolor": "#ffffff",
            "plot_bgcolor": "#ffffff",
            "dragmode": False,
            "hovermode": "closest",
            "hoverlabel": {
                "bgcolor": "#ffffff",
                "bordercolor": QUIET,
                "font": {"family": FONT, "size": 13, "color": INK},
            },
            "separators": ".,",
            "legend": LEGEND,
        }
    )


def two_ways(party: str, above: float, below: float) -> go.Figure:
    """Two panels above each other on one time axis: from 0 to `above`, and from 0 to `below` or a little more. One item is as high in both."""
    lowest = max(max(above, below) * 0.3, step(max(above, below)) * 1.1)
    above, below = max(above, lowest), max(below, lowest)
    panel = 300
    figure = blank(height=round(panel * (above + below) / max(above, below)) + 60)
    cut = 0.9 * below / (above + below)
    for axis, domain, reach, words in (
        ("yaxis", [cut + 0.1, 1], above, "came in from"),
        ("yaxis2", [0, cut], below, "went out to"),
    ):
        figure.update_layout(
            {
                axis: {
                    "domain": domain,
                    "range": [0, reach],
                    "fixedrange": True,
                    "gridcolor": RULE,
                    "zeroline": True,
                    "zerolinecolor": QUIET,
                    "anchor": "x",
                    "dtick": step(max(above, below)),
                    "tickformat": ",d",
                    **TICKS,
                }
            }
        )
        figure.add_annotation(
            x=0,
            xref="paper",
            xanchor="left",
            y=domain[1],
            yref="paper",
            yanchor="bottom",
            showarrow=False,
            text=f"<b>Items that {words} {plain(party)}</b>",
            bgcolor="#ffffff",
        )
    figure.update_layout(
        barmode="stack",
        bargap=0,
        margin={"l": 48, "r": 12, "b": 30},
        xaxis={"anchor": "y2"},
        legend={**LEGEND, "y": -0.1},
    )
    return figure


def hatch(
    figure: go.Figure,
    stretches: list[tuple[Any, Any]],
    above: float,
    below: float,
    axes: Sequence[str] = ("y", "y2"),
    words: str = "no data held",
) -> None:
    """Hatches, over the whole height of both panels, the time for which no data is held."""
    for axis in axes:
        if stretches:
            figure.add_bar(
                x=[iso(first + (last - first) / 2) for first, last in stretches],
                y=[2 * max(above, below)] * len(stretches),
                width=[(last - first) / pd.Timedelta(milliseconds=1) for first, last in stretches],
                yaxis=axis,
                name=words,
                legendgroup="not held",
                showlegend=axis == "y",
                marker=NOT_HELD,
                hovertemplate=f"{words}<extra></extra>",
            )


def note_zeros(figure: go.Figure, moments: list[str], axis: str) -> None:
    """Writes 0 where a count is none, so that no contact does not look like no data."""
    figure.add_scatter(
        x=moments,
        y=[0] * len(moments),
        yaxis=axis,
        mode="text",
        text=["0"] * len(moments),
        textposition="top center",
        textfont={"size": 12, "color": QUIET},
        showlegend=False,
        hoverinfo="skip",
        cliponaxis=False,
    )


def time_axis(figure: go.Figure, start: Any, end: Any, dates: Sequence[KeyDate], width: int = WIDTH) -> None:
    """The time axis, and the key dates on it: a dashed line each, labels in as many lanes as they need."""
    figure.update_xaxes(
        type="date",
        range=[iso(start), iso(end)],
        fixedrange=True,
        gridcolor=RULE,
        zeroline=False,
        tickformat="%d/%m/%Y",
        ticklabelmode="instant",
        **TICKS,
        **_date_ticks(start, end, width // 95),
    )
    shown = [entry for entry in dates if start.date() <= entry.day < end.date()]
    lanes: list[float] = []
    for entry in shown:
        label = short(f"{entry.day.day:02d}/{entry.day.month:02d} {entry.what or entry.type}", 34)
        middle = datetime.combine(entry.day, datetime.min.time()) + timedelta(hours=12)
        place = (middle - start.to_pydatetime()) / (end - start).to_pytimedelta() * width
        length = len(label) * _LETTER + 12
        leftward = place + length > width
        left = place - length if leftward else place
        lane = next((number for number, taken in enumerate(lanes) if taken <= left), len(lanes))
        if lane == len(lanes):
            lanes.append(0)
        lanes[lane] = left + length
        figure.add_shape(
            type="line",
            x0=iso(middle),
            x1=iso(middle),
            xref="x",
            y0=0,
            y1=1,
            yref="paper",
            line={"color": "#8a1c1c", "width": 1.5, "dash": "dash"},
        )
        figure.add_annotation(
            x=iso(middle),
            xref="x",
            y=1,
            yref="paper",
            yshift=22 + lane * LANE,
            yanchor="bottom",
            xanchor="right" if leftward else "left",
            text=plain(label),
            showarrow=False,
            xshift=-4 if leftward else 4,
            font={"size": 12, "color": "#8a1c1c"},
            bgcolor="#ffffff",
            borderpad=1,
        )
        figure.add_shape(
            type="line",
            x0=iso(middle),
            x1=iso(middle),
            xref="x",
            yref="paper",
            ysizemode="pixel",
            yanchor=1,
            y0=0,
            y1=24 + lane * LANE + 12,
            line={"color": "#8a1c1c", "width": 1},
        )
    room = 30 + LANE * len(lanes)
    figure.update_layout(
        margin={**figure.layout.margin.to_plotly_json(), "t": room}, height=figure.layout.height + room
    )


def title(text: str) -> dict[str, Any]:
    """The title of an axis."""
    return {"text": text, "font": {"size": 13}, "standoff": 8}


def marker(fill: str, pattern: str, ink: str, line: float = 0.5) -> dict[str, Any]:
    """How a bar is filled: an entry of `SERIES`."""
    marker: dict[str, Any] = {"color": fill, "line": {"color": "#ffffff", "width": line}}
    if pattern:
        marker["pattern"] = {"shape": pattern, "fillmode": "overlay", "fgcolor": ink, "size": 7, "solidity": 0.22}
    return marker


def runs(days: pd.Series[Any], wanted: Any) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """First moment and end (excluded) of each unbroken stretch of wanted days."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], wanted, [False]]).astype(np.int8)))
    return [
        (pd.Timestamp(days.iloc[first]), pd.Timestamp(days.iloc[last - 1]) + pd.Timedelta(days=1))
        for first, last in zip(edges[::2], edges[1::2], strict=True)
    ]


def highest(counts: pd.Series[Any]) -> int:
    """The highest count, 0 if there is none."""
    return int(counts.max()) if len(counts) else 0


def ceiling(highest: int) -> float:
    """Where an axis of counts ends: a little above the highest, and never so low that one item fills the panel."""
    return max(highest * 1.12, 4)


def step(top: float) -> int:
    """From tick to tick, in whole numbers, up to six ticks: a half item does not exist."""
    step = 1
    while top / step > 6:
        step = step * 2 if str(step)[0] in "15" else step * 5 // 2
    return step


def _date_ticks(start: Any, end: Any, most: int) -> dict[str, Any]:
    """Ticks on days that mean something, `most` or fewer, lying straight."""
    days = (end - start).days
    for step in (1, 2, 7, 14):
        if days / step <= most:
            return {"dtick": step * DAY_MS, "tick0": iso(start), "tickangle": 0}
    for step in (1, 2, 3, 6, 12, 24, 60, 120):
        if days / 30.4 / step <= most + 1:
            return {"dtick": f"M{step}", "tick0": date(start.year, 1, 1).isoformat(), "tickangle": 0}
    return {"nticks": most, "tickangle": 0}


def iso(moment: Any) -> str:
    """A moment as plotly reads it."""
    return pd.Timestamp(moment).isoformat()


def short(text: str, most: int) -> str:
    """A label cut to `most` characters, visibly."""
    return text if len(text) <= most else text[: most - 1] + "…"


def plain(text: str) -> str:
    """Words of a person as plotly may take them: it reads a little HTML in labels, and templates in braces."""
    return visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("%{", "% {")
