"""The figure of three strips on one time axis: sessions per week, recorded categories by day, and through what contact came by week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from parsers.contract import IN
from pipeline.analysis.contact import Scope
from pipeline.analysis.over_time import OverTime, weeks_of
from pipeline.analysis.recorded import INCIDENTS, Recorded, code_words, of_categories
from pipeline.analysis.repertoire import CHANNEL, IDENTIFIER, PERSON, Element, Repertoire
from pipeline.analysis.wording import day_words, many
from pipeline.case import CATEGORIES, KeyDate
from pipeline.report import drawing

BARS: Final = 190
"""Pixels of the strip of sessions."""
LANE: Final = 24
"""Pixels of a lane of the other two."""
BETWEEN: Final = 46
MOST_LANES: Final = 8
"""Of each sort so many are drawn, the first seen first; the tables hold the rest."""
MOST_ZEROS: Final = 80
"""Of more weeks than these the zeros are not written."""
MARKS: Final = ("square", "diamond", "triangle-up", "cross", "circle", "x", "star", "triangle-down")
_SORTS: Final = ((CHANNEL, 0), (IDENTIFIER, 1), (PERSON, 2))


def three_strips(
    weeks: OverTime, recorded: Recorded, repertoire: Repertoire, scope: Scope, dates: Sequence[KeyDate]
) -> go.Figure:
    """Frequency above, what a person recorded in the middle, range below; no strip is added to another, and no line joins anything."""
    codes = [code for code in INCIDENTS if code in set(recorded.categories["code"])]
    lanes = [one for sort, _ in _SORTS for one in repertoire.of(sort)[:MOST_LANES]]
    sizes = [BARS, LANE * max(1, len(codes)), LANE * max(1, len(lanes))]
    height = sum(sizes) + 2 * BETWEEN
    figure = drawing.blank(height=height + 90)
    frame = weeks.weeks
    start, end = frame["week"].min(), frame["week"].max() + pd.Timedelta(days=7)
    tops = [1 - sum(size + BETWEEN for size in sizes[:number]) / height for number in range(3)]
    domains = [[max(0.0, top - size / height), top] for top, size in zip(tops, sizes, strict=True)]
    _sessions(figure, frame, scope, domains[0])
    _categories(figure, recorded, codes, domains[1])
    _lanes(figure, lanes, frame, scope, domains[2])
    for words, (_, top) in zip(
        (
            "Frequency: sessions in per week",
            "Recorded by a person: categories, by day",
            "Range: what items came in by, by week",
        ),
        domains,
        strict=True,
    ):
        figure.add_annotation(
            x=0,
            xref="paper",
            xanchor="left",
            y=top,
            yref="paper",
            yanchor="bottom",
            showarrow=False,
            text=f"<b>{words}</b>",
            bgcolor="#ffffff",
        )
    figure.update_layout(
        barmode="overlay",
        bargap=0,
        margin={"l": 200, "r": 12, "b": 60},
        xaxis={"anchor": "y3"},
        legend={**drawing.LEGEND, "y": -44 / height},
    )
    drawing.time_axis(figure, start, end, dates, width=drawing.WIDTH - 150)
    return figure


def _sessions(figure: go.Figure, frame: pd.DataFrame, scope: Scope, domain: list[float]) -> None:
    there = frame[frame["held"]]
    top = drawing.ceiling(drawing.highest(there["sessions"]))
    fill, pattern, ink = drawing.SERIES[0]
    figure.add_bar(
        x=[drawing.iso(week + pd.Timedelta(days=3.5)) for week in there["week"]],
        y=there["sessions"].tolist(),
        width=6.1 * drawing.DAY_MS,
        name="sessions in",
        showlegend=False,
        marker=drawing.marker(fill, pattern, ink),
        customdata=[
            scope.sessions(IN, start=week.date(), end=week.date() + timedelta(days=6)).query() for week in there["week"]
        ],
        hovertemplate=[
            f"Week from {day_words(week)}: {many(count, 'session')}<extra></extra>"
            for week, count in zip(there["week"], there["sessions"], strict=True)
        ],
    )
    if len(frame) <= MOST_ZEROS:
        none = there.loc[there["sessions"] == 0, "week"]
        drawing.note_zeros(figure, [drawing.iso(week + pd.Timedelta(days=3.5)) for week in none], "y")
    drawing.hatch(figure, _not_held(frame), top, 0, ("y",))
    figure.update_layout(
        yaxis={
            "domain": domain,
            "range": [0, top],
            "fixedrange": True,
            "gridcolor": drawing.RULE,
            "zeroline": True,
            "zerolinecolor": drawing.QUIET,
            "dtick": drawing.step(top),
            "tickformat": ",d",
            "anchor": "x",
            **drawing.TICKS,
        }
    )


def _not_held(frame: pd.DataFrame) -> list[tuple[Any, Any]]:
    return [(week, week + pd.Timedelta(days=7)) for week in frame.loc[~frame["held"], "week"]]


def _categories(figure: go.Figure, recorded: Recorded, codes: list[str], domain: list[float]) -> None:
    for place, code in enumerate(codes):
        counts = recorded.rows({code})["day"].dropna().value_counts().sort_index()
        per_day = {pd.Timestamp(day): int(count) for day, count in zip(counts.index, counts, strict=True)}
        figure.add_scatter(
            x=[drawing.iso(day + pd.Timedelta(hours=12)) for day in per_day],
            y=[place] * len(per_day),
            yaxis="y2",
            mode="markers",
            marker={
                "symbol": MARKS[place % len(MARKS)],
                "size": 11,
                "color": drawing.INK,
                "line": {"width": 1, "color": "#ffffff"},
            },
            name=code,
            showlegend=False,
            customdata=[of_categories({code}, start=day.date(), end=day.date()).query() for day in per_day],
            hovertemplate=[
                f"{day_words(day)}, {code_words(code)}: {many(count, 'record')}<extra></extra>"
                for day, count in per_day.items()
            ],
            cliponaxis=False,
        )
    labels = [drawing.plain(drawing.short(CATEGORIES[code], 28)) for code in codes] or [""]
    if not codes:
        figure.add_annotation(
            x=0.5,
            xref="paper",
            y=sum(domain) / 2,
            yref="paper",
            showarrow=False,
            text="none recorded",
            bgcolor="#ffffff",
        )
    figure.update_layout(yaxis2=_lane_axis(labels, domain))


def _lanes(figure: go.Figure, lanes: list[Element], frame: pd.DataFrame, scope: Scope, domain: list[float]) -> None:
    for week, end in _not_held(frame):
        figure.add_bar(
            x=[drawing.iso(week + (end - week) / 2)],
            y=[max(1, len(lanes))],
            base=-0.5,
            width=7 * drawing.DAY_MS,
            yaxis="y3",
            marker=drawing.NOT_HELD,
            showlegend=False,
            hovertemplate="no data held<extra></extra>",
        )
    for sort, series in _SORTS:
        fill, pattern, ink = drawing.SERIES[series]
        uses = [(place, one, week) for place, one in enumerate(lanes) if one.sort == sort for week in weeks_of(one)]
        if uses:
            figure.add_bar(
                y=[place for place, _, _ in uses],
                base=[drawing.iso(week) for _, _, week in uses],
                x=[6.1 * drawing.DAY_MS] * len(uses),
                orientation="h",
                width=0.6,
                yaxis="y3",
                name={CHANNEL: "channel", IDENTIFIER: "identifier", PERSON: "other person sent the same item"}[sort],
                marker=drawing.marker(fill, pattern, ink),
                customdata=[_query(one, week, scope) for _, one, week in uses],
                hovertemplate=[
                    f"{drawing.plain(one.name)}, week from {day_words(week)}<extra></extra>" for _, one, week in uses
                ],
            )
    labels = [drawing.plain(drawing.short(one.name, 28)) for one in lanes] or ["nothing came in"]
    figure.update_layout(yaxis3=_lane_axis(labels, domain))


def _query(one: Element, week: np.datetime64, scope: Scope) -> str:
    if one.sort == PERSON:
        return one.rows.query() if one.rows else ""
    value = one.rows.identifiers if one.sort == IDENTIFIER and one.rows else ()
    channel = one.rows.channels if one.sort == CHANNEL and one.rows else ()
    start = pd.Timestamp(week).date()
    return scope.items(IN, identifiers=value, channels=channel, start=start, end=start + timedelta(days=6)).query()


def _lane_axis(labels: list[str], domain: list[float]) -> dict[str, Any]:
    return {
        "domain": domain,
        "tickvals": list(range(len(labels))),
        "ticktext": labels,
        "range": [len(labels) - 0.5, -0.5],
        "fixedrange": True,
        "gridcolor": drawing.RULE,
        "zeroline": False,
        "anchor": "x",
        **drawing.TICKS,
    }
