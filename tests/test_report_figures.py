"""What the figures draw: zero is not "no data held", key dates stand on every time axis, series stay apart on grey paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from report_case import case_in, events, sources, timeline_in

from pipeline.analysis import contact
from pipeline.report import drawing, figures, sections
from pipeline.report.sections import Answers

KEYS = {source.label: source.key for source in sources()}
UNTIL, SINCE = date(2026, 2, 20), date(2026, 4, 3)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """A case of which nothing is held from the end of February to the beginning of April."""
    folder = tmp_path_factory.mktemp("figures")
    rows = [
        row
        for row in events(1500)
        if row["local"]
        and (
            (row["source"] == KEYS["S1"] and row["local"].date() < UNTIL)
            or (row["source"] != KEYS["S1"] and row["local"].date() > SINCE)
        )
    ]
    timeline = timeline_in(folder, rows)
    prepared = contact.prepare(pq.read_table(timeline.events, columns=list(contact.COLUMNS)).to_pandas())
    return sections.analysed(case_in(folder), timeline, prepared)


def drawn(answers: Answers) -> dict[str, Any]:
    dates = case_in(Path()).key_dates
    made = {
        "week": figures.by_week(answers.volume, answers.scope, dates),
        "complete week": figures.by_complete_week(answers.trend, dates),
        "day": figures.by_day(answers.volume, answers.scope, dates),
        "hour": figures.by_hour(answers.rhythm, answers.scope),
        "key dates": figures.around_key_dates(answers.key_dates, answers.scope),
        "ways": figures.both_ways(answers.reciprocity, answers.scope),
        "held": figures.held(answers.coverage, answers.labels, dates),
    }
    return {name: figure.to_plotly_json() for name, figure in made.items()}


def traces(figure: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [trace for trace in figure["data"] if trace.get("name") == name]


def test_weeks_without_data_are_hatched_and_weeks_without_contact_say_zero(answers: Answers) -> None:
    figure = drawn(answers)["week"]
    weeks = answers.volume.weeks
    none_held = weeks["state"] == "none"
    assert none_held.any()
    hatched = traces(figure, "no data held")
    assert [trace["yaxis"] for trace in hatched] == ["y", "y2"]
    assert [len(trace["x"]) for trace in hatched] == [none_held.sum()] * 2
    zeros = [trace for trace in figure["data"] if trace.get("mode") == "text"]
    assert [len(trace["x"]) for trace in zeros] == [
        ((weeks[column] == 0) & ~none_held).sum() for column in ("in_items", "out_items")
    ]


def test_bars_add_up_to_the_counts(answers: Answers) -> None:
    made = drawn(answers)
    for name in ("week", "day"):
        for axis, column in (("y", "in_items"), ("y2", "out_items")):
            bars = [
                trace
                for trace in made[name]["data"]
                if trace["type"] == "bar" and trace.get("yaxis", "y") == axis and trace["name"] != "no data held"
            ]
            assert sum(sum(trace["y"]) for trace in bars) == answers.volume.weeks[column].sum()


def test_weeks_that_are_not_compared_have_no_bar_and_no_line_runs_through_them(answers: Answers) -> None:
    figure, weeks = drawn(answers)["complete week"], answers.trend.weeks
    bars, *hatched = (trace for trace in figure["data"] if trace["type"] == "bar")
    assert len(bars["x"]) == weeks["compared"].sum() > 0
    assert sum(bars["y"]) == weeks["sessions"].sum() > 0
    assert [len(trace["x"]) for trace in hatched] == (
        [(~weeks["compared"]).sum()] if not weeks["compared"].all() else []
    )
    assert {trace["mode"] for trace in figure["data"] if trace["type"] == "scatter"} <= {"text"}


def test_one_item_is_as_high_in_both_panels(answers: Answers) -> None:
    layout = drawn(answers)["week"]["layout"]
    scale = [(axis["domain"][1] - axis["domain"][0]) / axis["range"][1] for axis in (layout["yaxis"], layout["yaxis2"])]
    assert scale[0] == pytest.approx(scale[1])


def test_key_dates_stand_on_every_time_axis(answers: Answers) -> None:
    dates = case_in(Path()).key_dates
    for name in ("week", "day", "held"):
        layout = drawn(answers)[name]["layout"]
        dashed = [shape for shape in layout["shapes"] if shape["line"].get("dash") == "dash"]
        labels = [note for note in layout["annotations"] if "yshift" in note]
        assert [shape["x0"][:10] for shape in dashed] == [entry.day.isoformat() for entry in dates]
        assert len(labels) == len(dates)


def everything(value: Any, key: str) -> Iterator[Any]:
    """Every value under this key, however deep."""
    if isinstance(value, dict):
        yield from ([value[key]] if key in value else [])
        for inner in value.values():
            yield from everything(inner, key)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from everything(inner, key)


def test_nothing_is_written_smaller_than_12_pixels_and_nothing_is_fetched(answers: Answers) -> None:
    for figure in drawn(answers).values():
        sizes = [font["size"] for key in ("font", "textfont") for font in everything(figure, key)]
        assert min(sizes) >= 12
        assert {trace["type"] for trace in figure["data"]} <= {"bar", "scatter", "heatmap"}


def test_series_differ_in_pattern_and_in_lightness() -> None:
    patterns = [pattern for _, pattern, _ in drawing.SERIES]
    assert len(set(patterns)) == len(patterns)


def lightness(colour: str) -> float:
    """Relative luminance, WCAG 2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_numbers_in_cells_can_be_read() -> None:
    for fill, ink in figures.SHADES:
        light, dark = sorted((lightness(fill), lightness(ink)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_hostile_label_is_shown_as_words() -> None:
    assert drawing.plain("<b>x</b> %{y} \x1b") == "&lt;b&gt;x&lt;/b&gt; % {y} [U+001B]"
