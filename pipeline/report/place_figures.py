"""The figures of place: the plan around a place beside its chart of times, and distances over time. Plotly scatter on ordinary axes only.

There is no base map: streets would have to be fetched, and whoever serves them would learn where the client lives. A plan is in metres around the middle of the
place; nothing in it tells where that is. Circles and rings are drawn as lines, so that paper shows the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from pipeline.analysis.distances import Distances
from pipeline.analysis.presence import ACTIVITY, DEVICE, PICTURE, SEEN, WRITTEN, Words
from pipeline.analysis.result import Selection, lines
from pipeline.analysis.surroundings import Surroundings
from pipeline.analysis.wording import day_words, many
from pipeline.case import KeyDate, Place
from pipeline.report import drawing
from pipeline.timeline.whereabouts import distance_words


class Mark(NamedTuple):
    """How a kind of record is drawn: symbol, colour and the dash of its circle, so that grey paper keeps them apart."""

    symbol: str
    colour: str
    dash: str


MARKS: Final[Mapping[str, tuple[Mark, ...]]] = {
    SEEN: (Mark("diamond", "#8a1c1c", "solid"), Mark("diamond-open", "#8a1c1c", "solid")),
    ACTIVITY: (Mark("square", "#16466b", "solid"), Mark("square-open", "#16466b", "solid")),
    DEVICE: (Mark("circle", "#56616d", "dot"), Mark("circle-open", "#56616d", "dot")),
    PICTURE: (Mark("triangle-up", "#7a5a10", "dash"),),
    WRITTEN: (Mark("x-thin", "#1c2733", "solid"), Mark("x", "#1c2733", "solid")),
}
_OWN: Final = Mark("circle", "#8f98a2", "dot")
"""The client's own devices: quiet, and beneath all else, for they are there most of the time."""
_LISTED: Final = 200
"""A mark leads to its rows if it stands for no more than so many."""
_LENGTH: Final = {"days": 1, "weeks": 7, "months": 30}
_ALONG: Final = np.linspace(0, 2 * np.pi, 73)
_LEAST_M: Final = 10.0
_NOT_KNOWN: Final = -2.2
"""Where on the scale of hours stands what has none: clear of the words of midnight."""


def plan(around: Surroundings, words: Words, dates: Sequence[KeyDate], *, directions: bool = True) -> go.Figure:
    """What lies around a place, and beside it when. Without `directions` the plan is a scale of distances: for a version that must not show where things lie.

    Where no record has a position there is the chart of times alone: an empty plan would look as if nobody had been there.
    """
    groups = _groups(around, words.client)
    alone = around.spots.empty
    figure = drawing.blank(height=280 if alone else 430)
    if alone:
        pass
    elif directions:
        _rings(figure, around)
    else:
        _scale(figure, around, groups)
    for number, (what, who) in enumerate(groups):
        mark = _mark(groups, what, who, words.client)
        name = drawing.plain(_short_name(words, what, who))
        spots = around.spots[(around.spots["what"] == what) & (around.spots["who"] == who)]
        if directions:
            _circles(figure, spots, mark, name, number)
        else:
            _bars(figure, spots, mark, name, number, groups.index((what, who)))
        _times(figure, around, what, who, mark, name, number, shown=spots.empty)
    if directions and not alone:
        _compass(figure, around)
    where = "" if alone else "Where, in metres" if directions else "How far from the place"
    _axes(figure, around, dates, where)
    return figure


def over_time(found: Distances, places: Sequence[Place], words: Words, dates: Sequence[KeyDate]) -> go.Figure:
    """For each place a panel: the least distance of each day from it, on a scale of tenfold steps, with the accuracy as a bar."""
    days = found.days
    shown = [place for place in places if (days["place"] == place.key).any()]
    panel, gap = 150, 0.26 / max(len(shown), 1)
    figure = drawing.blank(height=70 + (panel + 40) * len(shown))
    top_of_scale = max(3.2, float(np.ceil(np.log10(days["least_m"].max()) + 0.2)))
    groups = sorted({(str(what), str(who)) for what, who in zip(days["what"], days["who"], strict=True)})
    for number, place in enumerate(shown):
        axis = "y" if number == 0 else f"y{number + 1}"
        top = 1 - number / len(shown)
        figure.update_layout(
            {
                f"yaxis{'' if number == 0 else number + 1}": {
                    "domain": [top - 1 / len(shown) + gap / 2, top - gap / 2],
                    "type": "log",
                    "range": [0.8, top_of_scale],
                    "tickvals": [10, 100, 1_000, 10_000, 100_000, 1_000_000],
                    "ticktext": ["10 m or less", "100 m", "1 km", "10 km", "100 km", "1000 km"],
                    "fixedrange": True,
                    "gridcolor": drawing.RULE,
                    "zeroline": False,
                    "anchor": "x",
                    **drawing.TICKS,
                }
            }
        )
        figure.add_annotation(
            x=0, xref="paper", xanchor="left", y=top - gap / 2, yref="paper", yanchor="bottom", showarrow=False,
            text=f"<b>From “{drawing.plain(words.place(place.key))}”</b>", bgcolor="#ffffff",
        )  # fmt: skip
        for what, who in groups:
            mark = _mark(groups, what, who, words.client)
            part = days[(days["place"] == place.key) & (days["what"] == what) & (days["who"] == who)]
            if part.empty:
                continue
            least = np.maximum(part["least_m"].to_numpy(), _LEAST_M)
            blur = part["within_m"].to_numpy()
            figure.add_scatter(
                x=[drawing.iso(day + pd.Timedelta(hours=12)) for day in part["day"]],
                y=least.tolist(),
                error_y={
                    "type": "data",
                    "symmetric": False,
                    "array": blur.tolist(),
                    "arrayminus": np.minimum(blur, least - _LEAST_M).tolist(),
                    "color": mark.colour,
                    "thickness": 1,
                    "width": 2,
                },
                yaxis=axis,
                mode="markers",
                marker={
                    "symbol": mark.symbol,
                    "size": 7,
                    "color": mark.colour,
                    "line": {"width": 1.2, "color": mark.colour},
                },
                name=drawing.plain(_short_name(words, what, who)),
                legendgroup=f"{what} {who}",
                showlegend=number == 0,
                customdata=[Selection(ids=(one,)).query() for one in part["id"]],
                hovertemplate=[
                    f"{day_words(day)}: nearest {distance_words(metres)} ± {distance_words(within)}<extra></extra>"
                    for day, metres, within in zip(part["day"], part["least_m"], part["within_m"], strict=True)
                ],
            )
    figure.update_layout(
        margin={"l": 88, "r": 12, "b": 30}, xaxis={"anchor": "y" if len(shown) == 1 else f"y{len(shown)}"},
        legend={**drawing.LEGEND, "y": -40 / ((panel + 40) * max(len(shown), 1))},
    )  # fmt: skip
    margin = pd.Timedelta(days=max(1, round((days["day"].max() - days["day"].min()).days / 60)))
    drawing.time_axis(
        figure,
        days["day"].min() - margin,
        days["day"].max() + margin + pd.Timedelta(days=1),
        dates,
        width=drawing.WIDTH - 80,
    )
    return figure


def _groups(around: Surroundings, client: str) -> list[tuple[str, str]]:
    """The kinds of record on the figure, in the order in which they are drawn: what a person says last, on top of all."""
    pairs = {
        (str(what), str(who))
        for frame in (around.spots, around.moments)
        for what, who in zip(frame["what"], frame["who"], strict=True)
    }
    order = list(MARKS)
    return sorted(pairs, key=lambda pair: (pair != (DEVICE, client), -order.index(pair[0]), pair[1]))


def _mark(groups: Sequence[tuple[str, str]], what: str, who: str, client: str) -> Mark:
    """The mark of a kind; of several of one kind, the later ones are open."""
    if (what, who) == (DEVICE, client):
        return _OWN
    among = [one for kind, one in groups if kind == what]
    marks = MARKS[what]
    return marks[min(among.index(who), len(marks) - 1)]


def _short_name(words: Words, what: str, who: str) -> str:
    if what == SEEN:
        return f"{words.persons.get(who, who)}, as a person says" if who else "an approach, nobody named"
    if what == ACTIVITY:
        return f"camera “{words.cameras.get(who, who)}”: activity"
    if what == DEVICE:
        return words.who(what, who)
    return "picture or clip taken" if what == PICTURE else "diary"


def _reach(around: Surroundings) -> float:
    """How far the drawing goes from the middle: as far as its circles and the radius of the place, and a little more; not all that was looked at, most of which may be empty."""
    spots = around.spots
    furthest = float((spots["distance_m"] + spots["within_m"]).max()) if len(spots) else 0.0
    return min(around.reach_m, max(furthest * 1.05, around.place.radius_m * 1.2))


def _ring_steps(around: Surroundings) -> list[float]:
    reach = _reach(around)
    step = next(
        size
        for size in (5, 10, 20, 50, 100, 200, 250, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
        if reach / size <= 4.01
    )
    return [step * number for number in range(1, int(reach // step) + 1)]


def _rings(figure: go.Figure, around: Surroundings) -> None:
    for metres in _ring_steps(around):
        _line(figure, metres * np.sin(_ALONG), metres * np.cos(_ALONG), "#c3c9d0", 1, "solid")
        figure.add_annotation(
            x=0, y=-metres, text=distance_words(metres), showarrow=False, font={"size": 12, "color": drawing.QUIET}, bgcolor="#ffffff", borderpad=1
        )  # fmt: skip
    radius = around.place.radius_m
    _line(
        figure,
        radius * np.sin(_ALONG),
        radius * np.cos(_ALONG),
        drawing.INK,
        1.5,
        "longdash",
        f"radius of the place, {distance_words(radius)}",
    )
    figure.add_scatter(
        x=[0], y=[0], mode="markers", marker={"symbol": "cross-thin", "size": 12, "line": {"width": 1.5, "color": drawing.INK}},
        hovertemplate="middle of the place<extra></extra>", showlegend=False,
    )  # fmt: skip


def _line(figure: go.Figure, x: Any, y: Any, colour: str, width: float, dash: str, name: str = "") -> None:
    figure.add_scatter(
        x=np.round(x, 1).tolist(), y=np.round(y, 1).tolist(), mode="lines", line={"color": colour, "width": width, "dash": dash},
        hoverinfo="skip", name=name, showlegend=bool(name),
    )  # fmt: skip


def _query(ids: Any) -> str:
    return Selection(ids=tuple(dict.fromkeys(ids.tolist()))).query() if 0 < len(ids) <= _LISTED else ""


def _said(spot: Any, name: str) -> str:
    return f"{name}: {many(int(spot.records), 'record')}, {distance_words(spot.distance_m)} ± {distance_words(spot.within_m)} from the middle<extra></extra>"


def _circles(figure: go.Figure, spots: pd.DataFrame, mark: Mark, name: str, number: int) -> None:
    """The circle within which each spot's positions were; the symbol in its middle tells the kind."""
    x: list[float | None] = []
    y: list[float | None] = []
    for spot in lines(spots):
        x += [*np.round(spot.east_m + spot.within_m * np.sin(_ALONG), 1).tolist(), None]
        y += [*np.round(spot.north_m + spot.within_m * np.cos(_ALONG), 1).tolist(), None]
    if not x:
        return
    figure.add_scatter(
        x=x, y=y, mode="lines", line={"color": mark.colour, "width": 1.4, "dash": mark.dash}, fill="toself", fillcolor=_light(mark.colour),
        hoverinfo="skip", showlegend=False, legendgroup=str(number),
    )  # fmt: skip
    figure.add_scatter(
        x=spots["east_m"].round(1).tolist(),
        y=spots["north_m"].round(1).tolist(),
        mode="markers",
        marker=_marker(mark),
        name=name,
        legendgroup=str(number),
        customdata=[_query(ids) for ids in spots["ids"]],
        hovertemplate=[_said(spot, name) for spot in lines(spots)],
    )


def _bars(figure: go.Figure, spots: pd.DataFrame, mark: Mark, name: str, number: int, row: int) -> None:
    """Without directions: from the least to the most distance, on a line for each kind."""
    x: list[float | None] = []
    y: list[float | None] = []
    for spot in lines(spots):
        x += [max(0.0, float(spot.distance_m - spot.within_m)), float(spot.distance_m + spot.within_m), None]
        y += [row, row, None]
    if not x:
        return
    figure.add_scatter(
        x=x, y=y, mode="lines", line={"color": mark.colour, "width": 5}, opacity=0.35, hoverinfo="skip", showlegend=False, legendgroup=str(number),
    )  # fmt: skip
    figure.add_scatter(
        x=spots["distance_m"].round(-1).tolist(), y=[row] * len(spots), mode="markers", marker=_marker(mark), name=name, legendgroup=str(number),
        customdata=[_query(ids) for ids in spots["ids"]], hovertemplate=[_said(spot, name) for spot in lines(spots)],
    )  # fmt: skip


def _marker(mark: Mark) -> dict[str, Any]:
    return {"symbol": mark.symbol, "size": 8, "color": mark.colour, "line": {"width": 1.4, "color": mark.colour}}


def _light(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.08)"


def _times(
    figure: go.Figure, around: Surroundings, what: str, who: str, mark: Mark, name: str, number: int, *, shown: bool
) -> None:
    part = around.moments[(around.moments["what"] == what) & (around.moments["who"] == who)]
    if part.empty:
        return
    middle = pd.Timedelta(days=_LENGTH[around.step] / 2)
    of = "" if around.step == "days" else f"{around.step[:-1]} from "
    figure.add_scatter(
        x=[drawing.iso(pd.Timestamp(day) + middle) for day in part["day"]],
        y=[_NOT_KNOWN if hour < 0 else float(hour) + 0.5 for hour in part["hour"]],
        xaxis="x2",
        yaxis="y2",
        mode="markers",
        marker=_marker(mark),
        name=name,
        legendgroup=str(number),
        showlegend=shown,
        customdata=[_query(ids) for ids in part["ids"]],
        hovertemplate=[
            f"{name}: {many(int(records), 'record')}, {of}{day_words(day)}, {f'{hour:02d}:00-{hour:02d}:59' if hour >= 0 else 'hour not known'}<extra></extra>"
            for day, hour, records in zip(part["day"], part["hour"], part["records"], strict=True)
        ],
    )


def _compass(figure: go.Figure, around: Surroundings) -> None:
    """North, and how long a hundred metres (or so) are."""
    reach = _reach(around) * 1.08
    length = _ring_steps(around)[0]
    _line(figure, [-reach, -reach + length], [-reach * 1.02] * 2, drawing.INK, 3, "solid")
    figure.add_annotation(
        x=-reach + length, y=-reach * 1.02, xanchor="left", xshift=4, text=distance_words(length), showarrow=False, font={"size": 12}, bgcolor="#ffffff"
    )  # fmt: skip
    figure.add_annotation(
        x=-reach * 0.96, y=reach, ax=-reach * 0.96, ay=reach * 0.76, axref="x", ayref="y", xref="x", yref="y", text="", showarrow=True, arrowhead=2,
        arrowwidth=1.5, arrowcolor=drawing.INK,
    )  # fmt: skip
    figure.add_annotation(
        x=-reach * 0.96, y=reach * 0.76, yanchor="top", text="<b>North</b>", showarrow=False, font={"size": 12}, xanchor="left", xshift=-8
    )  # fmt: skip
    figure.update_xaxes(
        range=[-reach * 1.04, reach * 1.04], scaleanchor="y", constrain="domain", showgrid=False, zeroline=False, showticklabels=False, fixedrange=True
    )  # fmt: skip
    figure.update_yaxes(
        range=[-reach * 1.1, reach * 1.1], constrain="domain", showgrid=False, zeroline=False, showticklabels=False, fixedrange=True
    )  # fmt: skip


def _scale(figure: go.Figure, around: Surroundings, groups: Sequence[tuple[str, str]]) -> None:
    """The axis of distances, with the radius of the place."""
    radius = around.place.radius_m
    _line(
        figure,
        [radius, radius],
        [-0.7, len(groups) - 0.3],
        drawing.INK,
        1.5,
        "longdash",
        f"radius of the place, {distance_words(radius)}",
    )
    figure.update_xaxes(
        range=[0, _reach(around) * 1.1], tickvals=[0, *_ring_steps(around)], ticktext=["0", *map(distance_words, _ring_steps(around))],
        gridcolor=drawing.RULE, zeroline=False, fixedrange=True, title=drawing.title("from the middle of the place"), **drawing.TICKS,
    )  # fmt: skip
    figure.update_yaxes(
        range=[len(groups) - 0.3, -0.7], showgrid=False, zeroline=False, showticklabels=False, fixedrange=True
    )


def _axes(figure: go.Figure, around: Surroundings, dates: Sequence[KeyDate], where: str) -> None:
    """The chart of times, to the right of what is shown of `where`; alone if that is nothing."""
    left, top = (0.6, 0.92) if where else (0.11, 0.86)
    day = around.moments["day"]
    start, end = pd.Timestamp(day.min()), pd.Timestamp(day.max()) + pd.Timedelta(days=_LENGTH[around.step])
    if (end - start).days < 14:
        start, end = start - pd.Timedelta(days=7), end + pd.Timedelta(days=7)
    margin = pd.Timedelta(days=max(1, round((end - start).days / 30)))
    start, end = start - margin, end + margin
    hours = [0, 6, 12, 18, 24]
    unknown = bool((around.moments["hour"] < 0).any())
    ticks: dict[str, Any] = {"tickvals": hours, "ticktext": [f"{hour:02d}:00" for hour in hours]}
    if unknown:
        ticks = {"tickvals": [_NOT_KNOWN, *hours], "ticktext": ["not known", *ticks["ticktext"]]}
    months = max(1, round((end - start).days / 30.4 / 3))
    figure.update_layout(
        xaxis={"domain": [0, 0.47], "anchor": "y", "visible": bool(where)},
        yaxis={"domain": [0, top], "anchor": "x", "visible": bool(where)},
        xaxis2={
            "domain": [left, 1], "anchor": "y2", "type": "date", "range": [drawing.iso(start), drawing.iso(end)], "fixedrange": True, "gridcolor": drawing.RULE,
            "zeroline": False, "tickformat": "%d/%m/%y", "dtick": f"M{months}" if (end - start).days > 60 else 14 * drawing.DAY_MS,
            "tick0": f"{start.year}-01-01", "tickangle": 0, **drawing.TICKS,
        },
        yaxis2={
            "domain": [0, top], "anchor": "x2", "range": [24, 2 * _NOT_KNOWN if unknown else 0], "fixedrange": True, "gridcolor": drawing.RULE, "zeroline": False,
            **ticks, **drawing.TICKS,
        },
        margin={"l": 8, "r": 12, "t": 8, "b": 34},
        legend={**drawing.LEGEND, "y": -0.12 if where else -0.2},
    )  # fmt: skip
    for at, title in ((0, where), (left if where else 0, "When: hour of the day")):
        if not title:
            continue
        figure.add_annotation(
            x=at, xref="paper", xanchor="left", y=1, yref="paper", yanchor="top", text=f"<b>{title}</b>", showarrow=False, bgcolor="#ffffff"
        )  # fmt: skip
    for entry in dates:
        moment = pd.Timestamp(entry.day) + pd.Timedelta(hours=12)
        if start <= moment < end:
            figure.add_shape(
                type="line",
                x0=drawing.iso(moment),
                x1=drawing.iso(moment),
                xref="x2",
                y0=24,
                y1=2 * _NOT_KNOWN if unknown else 0,
                yref="y2",
                line={"color": "#8a1c1c", "width": 1.2, "dash": "dash"},
            )
