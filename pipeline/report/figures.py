"""The figures, as plotly specifications: what is drawn, never what is said. One function a figure.

All are drawn from counts that the analyses have made, so no figure holds more than some thousand points. A bar or cell leads to its rows (`customdata`, see
`templates/figures.js`). No map traces: plotly would ask a server for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from parsers.contract import IN, OUT
from pipeline.analysis.contact import CLOCK_HOURS, Scope
from pipeline.analysis.coverage import NONE, Coverage
from pipeline.analysis.key_dates import SHORT, KeyDates
from pipeline.analysis.observed import Window
from pipeline.analysis.reciprocity import Reciprocity
from pipeline.analysis.result import Number, Selection
from pipeline.analysis.rhythm import WEEKDAYS, Rhythm
from pipeline.analysis.trend import Trend
from pipeline.analysis.volume import Volume
from pipeline.analysis.wording import day_words, many
from pipeline.case import KeyDate
from pipeline.report import drawing

SHADES: Final = (
    ("#f4f6f8", "#56616d"),
    ("#dbe7f0", drawing.INK),
    ("#b4cde0", drawing.INK),
    ("#86aecd", drawing.INK),
    ("#2f6690", "#ffffff"),
    ("#123b5b", "#ffffff"),
)
"""Fill and ink of a cell, from none to most: the middle greys, on which no ink reads well, are left out."""
MOST_STRIPS: Final = 30
"""More files and channels than these are drawn as one strip for each channel."""


@dataclass(frozen=True)
class Strip:
    """One line of the figure of coverage: the days that are held, as first moments and ends (excluded)."""

    name: str
    carries_contact: bool
    rows: Selection
    held: tuple[tuple[pd.Timestamp, pd.Timestamp], ...]


def by_week(volume: Volume, scope: Scope, dates: Sequence[KeyDate]) -> go.Figure:
    """Items per week by channel: above those that came in, below those that went out, on the same scale."""
    weeks = volume.weeks
    top = drawing.ceiling(drawing.highest(weeks["in_items"]))
    figure = drawing.two_ways(scope.words, top, below := drawing.ceiling(drawing.highest(weeks["out_items"])))
    _channel_bars(figure, volume, scope)
    middles = [drawing.iso(week + pd.Timedelta(days=3.5)) for week in weeks["week"]]
    for axis, column in (("y", "in_items"), ("y2", "out_items")):
        zeros = [
            middle
            for middle, count, state in zip(middles, weeks[column], weeks["state"], strict=True)
            if not count and state != NONE
        ]
        if len(weeks) <= 80:
            drawing.note_zeros(figure, zeros, axis)
    not_held = [
        (week, week + pd.Timedelta(days=7))
        for week, state in zip(weeks["week"], weeks["state"], strict=True)
        if state == NONE
    ]
    drawing.hatch(figure, not_held, top, below)
    drawing.time_axis(figure, weeks["week"].min(), weeks["week"].max() + pd.Timedelta(days=7), dates)
    return figure


def by_day(volume: Volume, scope: Scope, dates: Sequence[KeyDate]) -> go.Figure:
    """Items per day: above those that came in, below those that went out, on the same scale."""
    days = volume.days
    top = drawing.ceiling(drawing.highest(days["in_items"]))
    figure = drawing.two_ways(scope.words, top, below := drawing.ceiling(drawing.highest(days["out_items"])))
    for direction, axis, (fill, pattern, ink) in ((IN, "y", drawing.SERIES[0]), (OUT, "y2", drawing.SERIES[1])):
        there = days[days[f"{direction}_items"] > 0]
        figure.add_bar(
            x=[drawing.iso(day + pd.Timedelta(hours=12)) for day in there["day"]],
            y=there[f"{direction}_items"].tolist(),
            width=drawing.DAY_MS * 0.9,
            yaxis=axis,
            name="came in" if direction == IN else "went out",
            marker=drawing.marker(fill, pattern, ink, line=0),
            customdata=[scope.items(direction, start=day.date(), end=day.date()).query() for day in there["day"]],
            hovertemplate=[
                f"{day_words(day)}: {many(count, 'item')}<extra></extra>"
                for day, count in zip(there["day"], there[f"{direction}_items"], strict=True)
            ],
        )
    drawing.hatch(figure, drawing.runs(days["day"], ~days["held"].to_numpy(dtype=bool)), top, below)
    drawing.time_axis(figure, days["day"].min(), days["day"].max() + pd.Timedelta(days=1), dates)
    return figure


def by_complete_week(trend: Trend, dates: Sequence[KeyDate]) -> go.Figure:
    """Sessions in per week, in the weeks that are compared; the others are hatched. No line joins them: it would run through weeks of which nothing is known."""
    weeks = trend.weeks
    there = weeks[weeks["compared"]]
    cells = [row[1] for row, compared in zip(trend.result.tables[0].rows, weeks["compared"], strict=True) if compared]
    top = drawing.ceiling(drawing.highest(there["sessions"]))
    figure = drawing.blank(height=300)
    fill, pattern, ink = drawing.SERIES[0]
    middles = [drawing.iso(week + pd.Timedelta(days=3.5)) for week in there["week"]]
    figure.add_bar(
        x=middles,
        y=there["sessions"].tolist(),
        width=6.1 * drawing.DAY_MS,
        name="sessions that came in",
        marker=drawing.marker(fill, pattern, ink),
        customdata=[cell.rows.query() if isinstance(cell, Number) else "" for cell in cells],
        hovertemplate=[
            f"Week from {day_words(week)}: {many(count, 'session')}<extra></extra>"
            for week, count in zip(there["week"], there["sessions"], strict=True)
        ],
    )
    if len(weeks) <= 80:
        drawing.note_zeros(
            figure, [moment for moment, count in zip(middles, there["sessions"], strict=True) if not count], "y"
        )
    others = [(week, week + pd.Timedelta(days=7)) for week in weeks.loc[~weeks["compared"], "week"]]
    drawing.hatch(figure, others, top, 0, ("y",), "not covered by every file")
    figure.update_yaxes(
        range=[0, top],
        fixedrange=True,
        gridcolor=drawing.RULE,
        zeroline=True,
        zerolinecolor=drawing.QUIET,
        dtick=drawing.step(top),
        tickformat=",d",
        title=drawing.title("sessions in"),
        **drawing.TICKS,
    )
    figure.update_layout(
        barmode="stack", bargap=0, margin={"l": 56, "r": 12, "b": 30}, legend={**drawing.LEGEND, "y": -0.14}
    )
    drawing.time_axis(figure, weeks["week"].min(), weeks["week"].max() + pd.Timedelta(days=7), dates)
    return figure


def by_hour(rhythm: Rhythm, scope: Scope) -> go.Figure:
    """Items in by weekday and hour, the numbers printed in the cells."""
    figure = drawing.blank(height=380)
    most = max(1, int(rhythm.items.max()))
    shade = [
        0 if not count else 1 + min(len(SHADES) - 2, int(count * (len(SHADES) - 1) / (most + 1)))
        for count in rhythm.items.ravel()
    ]
    levels = len(SHADES) - 1
    figure.add_heatmap(
        z=np.reshape(shade, (7, 24)).tolist(),
        x=list(CLOCK_HOURS),
        y=list(WEEKDAYS),
        xgap=2,
        ygap=2,
        zmin=0,
        zmax=levels,
        colorscale=[[level / levels, fill] for level, (fill, _) in enumerate(SHADES)],
        showscale=False,
        customdata=[
            [scope.items(IN, hours=(hour,), weekdays=(day,)).query() for hour in CLOCK_HOURS] for day in range(7)
        ],
        hovertemplate="%{text}<extra></extra>",
        text=[
            [
                f"{WEEKDAYS[day]}, {hour:02d}:00 to {hour:02d}:59: {many(int(rhythm.items[day, hour]), 'item')}"
                for hour in CLOCK_HOURS
            ]
            for day in range(7)
        ],
    )
    figure.add_scatter(
        x=list(CLOCK_HOURS) * 7,
        y=[name for name in WEEKDAYS for _ in CLOCK_HOURS],
        mode="text",
        text=[f"{count:,}" for count in rhythm.items.ravel().tolist()],
        textfont={"size": 12, "color": [SHADES[level][1] for level in shade]},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.update_xaxes(
        fixedrange=True,
        showgrid=False,
        zeroline=False,
        range=[-0.5, 23.5],
        tickvals=list(CLOCK_HOURS),
        ticktext=[f"{hour:02d}" for hour in CLOCK_HOURS],
        title=drawing.title("hour of the day"),
        **drawing.TICKS,
    )
    figure.update_yaxes(range=[6.5, -0.5], fixedrange=True, showgrid=False, zeroline=False, **drawing.TICKS)
    figure.update_layout(margin={"l": 92, "r": 8, "t": 8, "b": 52})
    return figure


def around_key_dates(key_dates: KeyDates, scope: Scope) -> go.Figure:
    """For each key date, days with contact in before and after it, within the days for which data is held."""
    pairs = [pair for pair in key_dates.pairs if pair.length == SHORT]
    figure = drawing.blank(height=90 + 74 * len(pairs))
    labels: list[str] = []
    for number, pair in enumerate(pairs):
        for offset, name, window in ((-0.19, "before", pair.before), (0.19, "after", pair.after)):
            fill, pattern, ink = drawing.SERIES[1] if name == "before" else drawing.SERIES[0]
            said = (
                f"{window.in_days} of {many(window.days_held, 'day')}"
                if window.days_held
                else "no data held"
                if window.days
                else "no day in between"
            )
            place = number + offset
            figure.add_bar(
                y=[place],
                x=[window.days_held],
                width=0.32,
                orientation="h",
                marker={"color": "#ffffff", "line": {"color": drawing.QUIET, "width": 1}},
                name="days held",
                legendgroup="held",
                showlegend=number == 0 and name == "before",
                hoverinfo="skip",
            )
            figure.add_bar(
                y=[place],
                x=[window.in_days],
                width=0.32,
                orientation="h",
                marker=drawing.marker(fill, pattern, ink),
                name=f"{name}: days with an item in",
                legendgroup=name,
                showlegend=number == 0,
                customdata=[scope.items(IN, start=window.start, end=window.end).query()],
                hovertemplate=f"{name}: {said}<extra></extra>",
            )
            figure.add_annotation(
                x=window.days_held,
                y=place,
                text=f"{name}: {said}",
                xanchor="left",
                xshift=6,
                showarrow=False,
                font={"size": 12, "color": drawing.INK},
            )
        labels.append(
            f"{day_words(pair.key_date.day)}<br>{drawing.plain(drawing.short(pair.key_date.what or pair.key_date.type, 24))}"
        )
    figure.update_xaxes(
        range=[0, SHORT * 1.45],
        tickvals=list(range(0, SHORT + 1, 7)),
        title=drawing.title("days"),
        fixedrange=True,
        gridcolor=drawing.RULE,
        zeroline=False,
        **drawing.TICKS,
    )
    figure.update_yaxes(
        **drawing.TICKS,
        tickvals=list(range(len(pairs))),
        ticktext=labels,
        range=[len(pairs) - 0.5, -0.5],
        fixedrange=True,
        showgrid=False,
    )
    figure.update_layout(
        barmode="overlay",
        margin={"l": 196, "r": 8, "t": 8, "b": 40},
        legend={**drawing.LEGEND, "y": -70 / (74 * len(pairs) + 42)},
    )
    return figure


def both_ways(reciprocity: Reciprocity, scope: Scope) -> go.Figure:
    """Items in and out by channel."""
    channels = reciprocity.channels
    figure = drawing.blank(height=120 + 52 * len(channels))
    for direction, name, (fill, pattern, ink) in (
        (IN, "came in", drawing.SERIES[0]),
        (OUT, "went out", drawing.SERIES[1]),
    ):
        counts = channels[f"{direction}_items"].tolist()
        figure.add_bar(
            y=[drawing.plain(channel) or "(not given)" for channel in channels["channel"]],
            x=counts,
            orientation="h",
            name=name,
            marker=drawing.marker(fill, pattern, ink),
            text=[f"{count:,}" for count in counts],
            textposition="outside",
            textfont={"size": 12, "color": drawing.INK},
            cliponaxis=False,
            customdata=[scope.items(direction, channels=(channel,)).query() for channel in channels["channel"]],
            hovertemplate=f"%{{y}}: %{{x}} {name}<extra></extra>",
        )
    most = max([1, *channels["in_items"], *channels["out_items"]])
    figure.update_xaxes(
        range=[0, most * 1.12],
        fixedrange=True,
        gridcolor=drawing.RULE,
        zeroline=False,
        title=drawing.title("items"),
        tickformat=",d",
        dtick=drawing.step(most),
        **drawing.TICKS,
    )
    figure.update_yaxes(autorange="reversed", fixedrange=True, showgrid=False, **drawing.TICKS)
    figure.update_layout(
        barmode="group",
        bargap=0.3,
        margin={"l": 96, "r": 24, "t": 8, "b": 40},
        legend={**drawing.LEGEND, "y": -70 / (52 * len(channels) + 72)},
    )
    return figure


def _strips_of_files(coverage: Coverage, windows: pd.DataFrame, labels: Mapping[str, str]) -> list[Strip]:
    """A strip for each file and channel; files of one record (saved mails, photos) share one for each channel, and so do all where there are very many."""
    alike = windows.groupby("channel")["records"].transform(lambda records: (records == 1).sum() > 1)
    shared = alike & (windows["records"] == 1)
    if (~shared).sum() > MOST_STRIPS:
        shared[:] = True
    empty: dict[tuple[str, str], list[tuple[pd.Timestamp, pd.Timestamp]]] = {}
    for gap in coverage.gaps.to_dict("records"):
        empty.setdefault((gap["source"], gap["channel"]), []).append((gap["first"], gap["last"] + _DAY))
    strips = []
    for row in windows[~shared].to_dict("records"):
        source, channel = row["source"], row["channel"]
        held = _without((row["first"], row["last"] + _DAY), empty.get((source, channel), []))
        name = f"{labels.get(source, source)} {channel}"
        strips.append(Strip(name, row["carries_contact"], Selection(sources=(source,), channels=(channel,)), held))
    for channel, part in windows[shared].groupby("channel"):
        pieces = [
            piece
            for row in part.to_dict("records")
            for piece in _without((row["first"], row["last"] + _DAY), empty.get((row["source"], row["channel"]), []))
        ]
        rows = Selection(sources=tuple(part["source"]) if len(part) <= MOST_STRIPS else (), channels=(str(channel),))
        strips.append(
            Strip(f"{len(part)} files, {channel!s}", bool(part["carries_contact"].any()), rows, _merged(pieces))
        )
    return strips


_DAY: Final = pd.Timedelta(days=1)


def _without(
    window: tuple[pd.Timestamp, pd.Timestamp], gaps: list[tuple[pd.Timestamp, pd.Timestamp]]
) -> tuple[tuple[pd.Timestamp, pd.Timestamp], ...]:
    """A window without the gaps in it, as pieces in order."""
    pieces, start = [], window[0]
    for first, end in sorted(gaps):
        pieces.append((start, first))
        start = end
    return tuple(piece for piece in (*pieces, (start, window[1])) if piece[0] < piece[1])


def _merged(pieces: list[tuple[pd.Timestamp, pd.Timestamp]]) -> tuple[tuple[pd.Timestamp, pd.Timestamp], ...]:
    """Pieces that touch or overlap as one."""
    merged: list[tuple[pd.Timestamp, pd.Timestamp]] = []
    for first, end in sorted(pieces):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((first, end))
    return tuple(merged)


def held(
    coverage: Coverage, labels: Mapping[str, str], dates: Sequence[KeyDate], said: Sequence[Window] = ()
) -> go.Figure:
    """What each file holds, from when to when; where nothing is held, the strip is hatched. Below, the times that somebody says are complete."""
    windows = coverage.windows[coverage.windows["first"].notna()]
    lines = _strips_of_files(coverage, windows, labels)
    start, end = windows["first"].min(), windows["last"].max() + pd.Timedelta(days=1)
    start = min([start, *(pd.Timestamp(one.start) for one in said)])
    end = max([end, *(pd.Timestamp(one.end) + pd.Timedelta(days=1) for one in said)])
    names = ["any message, call or email", *(drawing.plain(drawing.short(line.name, 30)) for line in lines)]
    names += [drawing.plain(drawing.short(f"complete, says {one.by}", 30)) for one in said]
    figure = drawing.blank(height=110 + 34 * len(names))
    days = np.arange(start.to_datetime64().astype("datetime64[D]"), end.to_datetime64().astype("datetime64[D]"))
    is_held = np.isin(days, coverage.held)
    stretches = [(0, stretch, Selection()) for stretch in drawing.runs(pd.Series(days), is_held)]
    empty = [(0, stretch) for stretch in drawing.runs(pd.Series(days), ~is_held)]
    other: list[tuple[int, tuple[Any, Any], Selection]] = []
    for place, line in enumerate(lines, 1):
        (stretches if line.carries_contact else other).extend((place, piece, line.rows) for piece in line.held)
        empty += [(place, piece) for piece in _without((start, end), list(line.held))]
    _strips(figure, "held", stretches, drawing.marker(drawing.NAVY, "", ""))
    _strips(figure, "held, carries no messages or calls", other, drawing.marker("#b9d1b4", ".", "#2c4a27"))
    spans = [(pd.Timestamp(one.start), pd.Timestamp(one.end) + pd.Timedelta(days=1)) for one in said]
    vouched = [(place, span, Selection()) for place, span in enumerate(spans, len(lines) + 1)]
    _strips(figure, "said to be complete", vouched, drawing.marker("#e2b7a6", "+", "#6b2f1a"), clickable=False)
    _strips(
        figure,
        "no record",
        [(place, stretch, Selection()) for place, stretch in empty if stretch[0] < stretch[1]],
        drawing.NOT_HELD,
        clickable=False,
    )
    figure.update_yaxes(
        tickvals=list(range(len(names))),
        ticktext=names,
        range=[len(names) - 0.4, -0.6],
        fixedrange=True,
        showgrid=False,
        zeroline=False,
        **drawing.TICKS,
    )
    figure.update_layout(
        barmode="overlay", margin={"l": 186, "b": 36}, legend={**drawing.LEGEND, "y": -64 / (34 * len(names) + 40)}
    )
    drawing.time_axis(figure, start, end, dates, width=drawing.WIDTH - 140)
    return figure


def _channel_bars(figure: go.Figure, volume: Volume, scope: Scope) -> None:
    counts = volume.week_channels.astype({"channel": str, "direction": str})
    largest = counts.groupby("channel")["items"].sum().sort_values(ascending=False, kind="stable").index
    for number, channel in enumerate(largest):
        fill, pattern, ink = drawing.SERIES[number % len(drawing.SERIES)]
        shown = False
        for direction, axis in ((IN, "y"), (OUT, "y2")):
            part = counts[(counts["channel"] == channel) & (counts["direction"] == direction)]
            if part.empty:
                continue
            figure.add_bar(
                x=[drawing.iso(week + pd.Timedelta(days=3.5)) for week in part["week"]],
                y=part["items"].tolist(),
                width=6.1 * drawing.DAY_MS,
                yaxis=axis,
                name=drawing.plain(channel) or "(not given)",
                legendgroup=channel,
                showlegend=not shown,
                marker=drawing.marker(fill, pattern, ink),
                customdata=[
                    scope.items(
                        direction, channels=(channel,), start=week.date(), end=week.date() + timedelta(days=6)
                    ).query()
                    for week in part["week"]
                ],
                hovertemplate=[
                    f"Week from {day_words(week)}<br>{drawing.plain(channel)}: {many(count, 'item')}<extra></extra>"
                    for week, count in zip(part["week"], part["items"], strict=True)
                ],
            )
            shown = True


def _strips(
    figure: go.Figure,
    name: str,
    stretches: list[tuple[int, tuple[Any, Any], Selection]],
    marker: dict[str, Any],
    *,
    clickable: bool = True,
) -> None:
    if not stretches:
        return
    spans = [f"{day_words(first)} to {day_words(last - pd.Timedelta(days=1))}" for _, (first, last), _ in stretches]
    figure.add_bar(
        y=[place for place, _, _ in stretches],
        base=[drawing.iso(first) for _, (first, _), _ in stretches],
        x=[(last - first) / pd.Timedelta(milliseconds=1) for _, (first, last), _ in stretches],
        orientation="h",
        width=0.56,
        name=name,
        marker=marker,
        customdata=[rows.query() if clickable else "" for _, _, rows in stretches],
        hovertemplate=[f"{name}: {span}<extra></extra>" for span in spans],
    )
