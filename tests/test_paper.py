"""Figures on paper: every number of the plotly figure is in the drawing, and what cannot be drawn is refused."""

from __future__ import annotations

import re
from itertools import pairwise
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pyarrow.parquet as pq
import pytest
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Polygon, Rectangle
from matplotlib.text import Text
from place_rows import CASE, HOME, WORDS, fix, row, table_of
from report_case import case_in, timeline_in

from pipeline.analysis import contact
from pipeline.analysis.distances import distances
from pipeline.analysis.presence import presence
from pipeline.analysis.surroundings import surroundings
from pipeline.report import drawing, paper, paper_marks, place_figures, sections, strips
from pipeline.report.paper_axis import Axis, NotDrawn, plain_words

PLACE_ROWS = [
    *(fix(f"2026-03-{day:02d} 08:10", 20, accuracy_m=12) for day in range(1, 29)),
    *(fix(f"2026-03-{day:02d} 19:10", 800) for day in (7, 14, 21)),
    fix("2026-03-10 21:02", 110, "P2", accuracy_m=40),
    fix("2026-03-11 09:00", 40, kind="photo"),
    row("incident", "2026-03-12 20:00", precision="about", place="place-1", place_fit="at", place_basis="written"),
]


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("figures")
    case, timeline = case_in(folder), timeline_in(folder)
    prepared = contact.prepare(pq.read_table(timeline.events, columns=list(contact.COLUMNS)).to_pandas())
    answers = sections.analysed(case, timeline, prepared)
    drawings = {figure.key: figure.drawing for one in sections.body(case, timeline, answers) for figure in one.figures}
    found = presence(table_of(PLACE_ROWS, {len(PLACE_ROWS) - 1: "P2"}))
    around, dates = surroundings(found, HOME), CASE.key_dates
    return drawings | {
        "plan": place_figures.plan(around, WORDS, dates),
        "scale": place_figures.plan(around, WORDS, dates, directions=False),
        "far": place_figures.over_time(distances(found, CASE, WORDS), CASE.places, WORDS, dates),
    }


def listed(value: Any) -> list[Any]:
    return [] if value is None else list(value)


def axis_of(figure: Any, name: str) -> Axis:
    values = [
        value
        for trace in figure.data
        for value in listed(trace.x if name[0] == "x" else trace.y)
        if name in {trace.xaxis or "x", trace.yaxis or "y"}
    ]
    return Axis.of(figure.layout[f"{name[0]}axis{name[1:]}"], values)


def accuracy_of(sheet: Any, name: str) -> list[tuple[float, float]]:
    """From where to where each bar of accuracy runs."""
    return [
        (low, high)
        for line in sheet.findobj(Line2D)
        if line.get_gid() == name
        for low, high in zip(line.get_ydata()[::3], line.get_ydata()[1::3], strict=True)
    ]


def reach_of(trace: Any, y: Axis) -> list[tuple[float, float]]:
    if trace.error_y.array is None:
        return []
    sides = zip(trace.y, trace.error_y.arrayminus, trace.error_y.array, strict=True)
    return [(y.number(value - less), y.number(value + more)) for value, less, more in sides]


def test_every_bar_point_and_cell_is_in_the_drawing(figures: dict[str, Any]) -> None:
    seen = set()
    for key, figure in figures.items():
        sheet = paper.drawn(figure)
        for number, trace in enumerate(figure.data):
            seen.add(trace.type)
            artists = [artist for artist in sheet.findobj() if artist.get_gid() == f"trace {number}"]
            x, y = axis_of(figure, trace.xaxis or "x"), axis_of(figure, trace.yaxis or "y")
            if trace.type == "bar":
                lying = trace.orientation == "h"
                bars = [artist for artist in artists if isinstance(artist, Rectangle)]
                lengths = [bar.get_width() if lying else bar.get_height() for bar in bars]
                assert lengths == [float(value) for value in (trace.x if lying else trace.y)], key
                middles = [
                    bar.get_y() + bar.get_height() / 2 if lying else bar.get_x() + bar.get_width() / 2 for bar in bars
                ]
                places = [(y if lying else x).number(value) for value in (trace.y if lying else trace.x)]
                wide = max(abs(bar.get_height() if lying else bar.get_width()) for bar in bars) if bars else 0
                assert np.allclose(middles, places, atol=wide if figure.layout.barmode == "group" else 1e-6, rtol=0), (
                    key
                )
                if trace.base is not None:
                    assert [bar.get_x() for bar in bars] == [x.number(value) for value in trace.base], key
                words = [artist.get_text() for artist in artists if isinstance(artist, Text)]
                assert words == listed(trace.text), key
            elif trace.type == "scatter":
                words = [artist.get_text() for artist in artists if isinstance(artist, Text)]
                assert words == listed(trace.text), key
                if (trace.mode or "lines") == "text":
                    continue
                xs, ys = ([axis.number(one) for one in listed(ones)] for axis, ones in ((x, trace.x), (y, trace.y)))
                [line] = [artist for artist in artists if isinstance(artist, Line2D)]
                np.testing.assert_array_equal(line.get_xdata(), xs, key)
                np.testing.assert_array_equal(line.get_ydata(), ys, key)
                assert accuracy_of(sheet, f"trace {number} accuracy") == reach_of(trace, y), key
                areas = [one.get_xy() for one in sheet.findobj(Polygon) if one.get_gid() == f"trace {number} fill"]
                filled = [[a, b] for a, b in zip(xs, ys, strict=True) if trace.fill == "toself" and not isnan(a)]
                assert [corner for area in areas for corner in area.tolist()] == filled, key
                assert len(areas) == (sum(map(isnan, xs)) if filled else 0), key
            else:
                cells = {(bar.get_x() + 0.5, bar.get_y() + 0.5): bar.get_label() for bar in artists}
                wanted = {
                    (float(column), y.number(row)): str(value)
                    for row, line in zip(trace.y, trace.z, strict=True)
                    for column, value in zip(trace.x, line, strict=True)
                }
                assert cells == wanted, key
    assert seen == {"bar", "scatter", "heatmap"}


def test_stacked_bars_stand_on_each_other(figures: dict[str, Any]) -> None:
    figure = figures["by-week"]
    sheet = paper.drawn(figure)
    tops: dict[tuple[str, float], float] = {}
    for number, trace in enumerate(figure.data):
        for bar in (artist for artist in sheet.findobj(Rectangle) if artist.get_gid() == f"trace {number}"):
            place = (trace.yaxis, bar.get_x() + bar.get_width() / 2)
            assert bar.get_y() == tops.get(place, 0)
            tops[place] = bar.get_y() + bar.get_height()


def test_every_word_of_a_figure_is_in_its_drawing(figures: dict[str, Any]) -> None:
    for key, figure in figures.items():
        drawn = [text.get_text() for text in paper.drawn(figure).findobj(Text)]
        for note in figure.layout.annotations:
            assert plain_words(note.text) in drawn, key
        axes = {f"{one[0]}axis{one[1:]}" for trace in figure.data for one in (trace.xaxis or "x", trace.yaxis or "y")}
        for name in sorted(axes):
            layout = figure.layout[name]
            axis = axis_of(figure, name.replace("axis", ""))
            low, high = sorted((axis.low, axis.high))
            for value, words in zip(listed(layout.tickvals), listed(layout.ticktext), strict=False):
                assert not low <= axis.number(value) <= high or plain_words(words) in drawn, (key, words)
            if layout.title.text:
                assert layout.title.text in drawn, key
        shown = {
            trace.name for trace in figure.data if trace.showlegend is not False and trace.name and trace.type == "bar"
        } | {trace.name for trace in figure.data if trace.showlegend and trace.name}
        if len(shown) > 1:
            assert {plain_words(name) for name in shown} <= set(drawn), key


def test_p27_chart_type_is_nine_points_or_more_and_series_differ_without_colour(figures: dict[str, Any]) -> None:
    for key, figure in figures.items():
        for text in paper.drawn(figure).findobj(Text):
            assert text.get_fontsize() >= 9 or not text.get_text(), (key, text.get_text())
    fills = {
        (patch.get_hatch(), patch.get_facecolor())
        for patch in paper.drawn(figures["by-week"]).findobj(Rectangle)
        if patch.get_gid()
    }
    grey = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for _, (r, g, b, _) in fills)
    hatches = [hatch for hatch, _ in fills]
    assert len(hatches) == len(set(hatches)) or min(b - a for a, b in pairwise(grey)) > 0.05


def test_text_stays_text_and_the_bytes_stay_the_same(figures: dict[str, Any]) -> None:
    for figure in figures.values():
        svg = paper.svg(figure)
        assert b"<text" in svg
        assert b"<image" not in svg
        assert not re.search(rb"https?://(?!www\.w3\.org|creativecommons\.org|purl\.org|matplotlib\.org)", svg)
        assert svg == paper.svg(figure)


def test_dollars_and_markup_in_names_are_text() -> None:
    figure = drawing.two_ways("$x^2$ <b>Sam</b> \U0001f52a", 3, 2)
    figure.update_xaxes(type="linear", range=[0, 3], tickvals=[0, 1])
    figure.add_bar(x=[1], y=[2], yaxis="y")
    figure.add_bar(x=[1], y=[2], yaxis="y2")
    said = [text.get_text() for text in paper.drawn(figure).findobj(Text)]
    assert "Items that came in from $x^2$ <b>Sam</b> [emoji: kitchen knife]" in said
    assert b"$x^2$ &lt;b&gt;Sam&lt;/b&gt;" in paper.svg(figure)


@pytest.mark.parametrize(
    "figure",
    [
        go.Figure(go.Pie(values=[1]), layout={"height": 300}),
        go.Figure(go.Bar(x=[1], y=[1]), layout={"height": 300}),
        go.Figure(go.Bar(x=[1], y=[1], visible="legendonly"), layout={"xaxis": {"range": [0, 2], "tickvals": []}, "yaxis": {"range": [0, 2], "tickvals": []}, "height": 300}),
        go.Figure(go.Bar(x=[1], y=[1], marker={"pattern": {"shape": ["/", "x"]}}), layout={"xaxis": {"range": [0, 2], "tickvals": []}, "yaxis": {"range": [0, 2], "tickvals": []}, "height": 300}),
        go.Figure(go.Scatter(x=[1], y=[1], fill="tozeroy"), layout={"xaxis": {"range": [0, 2], "tickvals": []}, "yaxis": {"range": [0, 2], "tickvals": []}, "height": 300}),
    ],
    ids=["pie", "no range", "hidden", "patterns by bar", "filled"],
)  # fmt: skip
def test_what_is_not_known_is_refused(figure: Any) -> None:
    with pytest.raises(NotDrawn):
        paper.svg(figure)


def test_p06_a_drawing_fits_a_page_however_high_the_figure(figures: dict[str, Any]) -> None:
    for figure in [*figures.values(), go.Figure(figures["held"]).update_layout(height=3_000)]:
        wide, high = paper.drawn(figure).get_size_inches() * 72
        assert wide == pytest.approx(paper.WIDTH_PT)
        assert high <= paper.MOST_PT + 1


def test_every_mark_of_a_figure_has_its_form_on_paper() -> None:
    layout = {"xaxis": {"range": [0, 2], "tickvals": []}, "yaxis": {"range": [0, 2], "tickvals": []}, "height": 300}
    marks = [go.Scatter(x=[1], y=[1], mode="markers", marker={"symbol": mark}, name=mark) for mark in strips.MARKS]
    sheet = paper.drawn(go.Figure(marks, layout=layout))
    lines = [line for line in sheet.findobj(Line2D) if str(line.get_gid()).startswith("trace")]
    assert len({line.get_marker() for line in lines}) == len(strips.MARKS)
    assert all(list(line.get_xdata()) == [1] and list(line.get_ydata()) == [1] for line in lines)


@pytest.mark.parametrize("key", ["plan"])
def test_a_plan_has_equal_scales_rings_a_scale_bar_and_north(figures: dict[str, Any], key: str) -> None:
    figure = figures[key]
    sheet = paper.drawn(figure)
    wide, high = sheet.get_size_inches()
    plan = sheet.axes[0]
    box = plan.get_position()
    across, up = (abs(end - start) for start, end in (plan.get_xlim(), plan.get_ylim()))
    assert across / (box.width * wide) == pytest.approx(up / (box.height * high)), "a metre is as long east as north"
    whole = [(trace.xaxis, trace.yaxis) for trace in figure.data]
    assert len(sheet.axes) == len(set(whole)) == 2
    assert box.x1 < sheet.axes[1].get_position().x0
    [north] = sheet.findobj(FancyArrowPatch)
    tail, tip = north.get_transform().transform(north.get_path().vertices)[[0, 2]]
    assert tip[1] > tail[1]
    assert tip[0] == pytest.approx(tail[0])
    drawn = [text.get_text() for text in sheet.findobj(Text)]
    assert "North" in drawn
    rings = [words for words in drawn if words.endswith(" m")]
    assert len(rings) > 2
    assert len(set(rings)) == len(rings) - 1, "one of them is at the scale bar too"


def test_marks_of_places_stay_apart_in_grey(figures: dict[str, Any]) -> None:
    for key in ("plan", "scale", "far"):
        shown = [trace for trace in figures[key].data if trace.mode == "markers" and trace.name]
        forms: dict[str, Any] = {}
        for trace in shown:
            style = paper_marks.points(trace, {"markers"})
            red, green, blue = (int(style["markeredgecolor"][at : at + 2], 16) for at in (1, 3, 5))
            grey = 0.2126 * red + 0.7152 * green + 0.0722 * blue
            assert grey < 170, f"{trace.name} can hardly be seen in print"
            forms.setdefault(trace.name, (style["marker"], style["markerfacecolor"] == "#ffffff", round(grey / 40)))
        assert len(set(forms.values())) == len(forms), (key, forms)


def test_a_plan_is_no_higher_than_it_can_be_wide(figures: dict[str, Any]) -> None:
    """Else half a page above and below it would stay empty."""
    sheet = paper.drawn(figures["plan"])
    plan = sheet.axes[0].get_window_extent()
    assert plan.height == pytest.approx(0.92 * paper._Sheet(figures["plan"]).plot_height * sheet.dpi / 72, rel=0.01)
    assert paper._Sheet(figures["scale"]).plot_height > 250


def test_a_legend_stays_on_the_sheet_beside_long_labels() -> None:
    names = ["held", "held, carries no messages or calls", "said to be complete", "no record"]
    layout = {"height": 300, "margin": {"l": 150}, "xaxis": {"range": [0, 2], "dtick": 1}, "yaxis": {"range": [0, 2], "dtick": 1}}  # fmt: skip
    sheet = paper.drawn(go.Figure([go.Scatter(x=[1], y=[1], name=name) for name in names], layout=layout))
    sheet.canvas.draw()
    said = [text for text in sheet.findobj(Text) if text.get_gid() == "legend"]
    assert [text.get_text() for text in said] == names
    assert all(text.get_window_extent().x1 < sheet.bbox.x1 for text in said)


def test_the_last_date_at_the_edge_gives_way_to_the_one_before() -> None:
    figure = drawing.blank(height=200)
    days = [f"2026-01-{day:02d}T00:00:00" for day in (1, 15, 29)] + ["2026-02-12T00:00:00"]
    figure.add_scatter(x=days, y=[1, 2, 3, 4])
    figure.update_layout(
        xaxis={"type": "date", "range": ["2026-01-01", "2026-02-12"], "tickformat": "%d/%m/%y", "dtick": 14 * drawing.DAY_MS, "tick0": "2026-01-01", "domain": [0.6, 1]},
        yaxis={"range": [0, 5], "tickvals": []}, margin={"l": 8, "r": 2, "t": 8, "b": 34},
    )  # fmt: skip
    sheet = paper.drawn(figure)
    sheet.canvas.draw()
    spans = [
        label.get_window_extent()
        for label in sheet.axes[0].get_xticklabels()
        if label.get_visible() and label.get_text()
    ]
    assert len(spans) >= 2
    assert all(one.x1 < other.x0 for one, other in pairwise(spans))


def test_dates_that_would_touch_keep_their_lines_and_every_second_its_words() -> None:
    layout = {"xaxis": {"type": "date", "range": ["2026-01-01", "2026-06-01"], "tick0": "2026-01-01", "dtick": 7 * drawing.DAY_MS, "tickformat": "%d/%m/%y",
                        "gridcolor": "#cccccc"}, "yaxis": {"range": [0, 2], "tickvals": []}, "height": 300}  # fmt: skip
    [axes] = paper.drawn(go.Figure(go.Scatter(x=["2026-02-01"], y=[1]), layout=layout)).axes
    shown = [label for label in axes.get_xticklabels() if label.get_visible()]
    assert 3 < len(shown) < len(axes.get_xgridlines()) == 22


def test_nothing_is_written(tmp_path: Path, figures: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    paper.svg(figures["by-hour"])
    assert not list(tmp_path.iterdir())
