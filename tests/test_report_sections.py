"""What the sections hold: FOUR's facts, the strips, whom a section is for, and that no figure stands without its caption and its numbers."""

from __future__ import annotations

import re
from datetime import date
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from report_case import case_in, events, timeline_in
from tables import events_table

from pipeline.analysis import contact
from pipeline.analysis.result import Number
from pipeline.case import CATEGORIES, Case, KeyDate, Observed, Person
from pipeline.report import drawing, sections
from pipeline.report.section import ADVOCATE, EVERYBODY, Section, label_runs
from pipeline.report.sections import Answers
from pipeline.report.strips import MOST_LANES, three_strips
from pipeline.store import READ, SourceInfo, Timeline
from pipeline.timeline.schema import SCHEMA

CASE = Case(
    Path(),
    "T-1",
    Person("P1", "client", "Kim Client"),
    (Person("P2", "subject", "Sam Example", ("07700 900123",)),),
    (Person("A", "sister", "Jo Example"),),
    key_dates=(KeyDate(date(2026, 1, 9), "asked to stop"),),
)
ROWS: list[dict[str, Any]] = [
    *({"local": f"2026-01-{day:02d} 10:00", "person": "P2", "identifier": "+447700900123"} for day in range(5, 12)),
    *({"local": f"2026-01-12 23:{minute}", "person": "P2", "kind": "call", "channel": "phone"} for minute in range(10, 16)),
    {"local": "2026-01-20 10:00", "person": "P2", "direction": "out"},
    {"local": "2026-02-10 10:00", "person": "P2"},
    *(
        {"local": f"2026-01-{day:02d} 18:00", "kind": "incident", "direction": "", "channel": "diary", "categories": codes}
        for day, codes in ((13, "HOME"), (14, "HOME GIFT"), (15, "WORK"), (16, "PLACE FOLLOW"), (17, "THREAT-V IMPACT"))
    ),
]  # fmt: skip


def answered(rows: list[dict[str, Any]], case: Case = CASE, *sources: SourceInfo) -> Answers:
    """What all analyses say of these rows, with a timeline on disk as the report has it."""
    table = events_table(rows)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "events.parquet"
        pq.write_table(pa.Table.from_pandas(table, SCHEMA, preserve_index=False), path)
        return sections.analysed(case, Timeline(path, sources, ()), contact.prepare(table))


@pytest.fixture(scope="module")
def body(tmp_path_factory: pytest.TempPathFactory) -> tuple[Section, ...]:
    folder = tmp_path_factory.mktemp("sections")
    case, timeline = case_in(folder), timeline_in(folder, events(700))
    prepared = contact.prepare(pq.read_table(timeline.events, columns=list(contact.COLUMNS)).to_pandas())
    return sections.body(case, timeline, sections.analysed(case, timeline, prepared))


def four(answers: Answers) -> dict[str, dict[str, list[str]]]:
    return {
        table.title: {str(row[0]): [getattr(cell, "text", cell) for cell in row[1:3]] for row in table.rows}
        for table in answers.four.letters
    }


def test_facts_lie_under_the_four_words_in_their_order() -> None:
    found = four(answered(ROWS))
    assert list(found) == ["Fixated", "Obsessive", "Unwanted", "Repeated"]
    assert found["Fixated"]["At the home, the place of work or another place"] == ["4", "13/01/2026 to 16/01/2026"]
    assert found["Fixated"]["Occasions of these, the most within 7 days"] == ["4", "13/01/2026 to 19/01/2026"]
    assert found["Fixated"]["Stretches of 7 days with more than 3 such occasions"][0] == "1"
    assert found["Fixated"]["Contact with other people"] == ["none recorded", "-"]
    assert found["Obsessive"]["Most items in on one day"] == ["6", "12/01/2026"]
    assert found["Obsessive"]["Most items in such a time"] == ["6", "12/01/2026, 23:10 to 23:15 GMT"]
    assert found["Obsessive"]["Sessions in that began between 23:00 and 06:59"] == ["1", "of 9 with a time of day"]
    assert found["Unwanted"]["Items in after 09/01/2026 (asked to stop)"] == [
        "9",
        "the first 10/01/2026 at 10:00 GMT, 1 day after it; the last 10/02/2026 at 10:00 GMT",
    ]
    assert found["Unwanted"]["Longest run of items in with none out between them"][0] == "13"
    assert found["Repeated"]["Items in"] == ["14", "05/01/2026 to 10/02/2026"]
    assert found["Repeated"]["Longest run of days with an item on each"] == ["8", "05/01/2026 to 12/01/2026"]
    assert found["Repeated"]["Breaks of 14 days or more without an item"][0] == "1"


def test_single_records_are_listed_without_weight() -> None:
    titles = [table.title for table in answered(ROWS).four.others]
    assert titles == [
        "Recorded as THREAT-V: threat to the client: 1 record, by date",
        "Recorded as IMPACT: effect on the client: 1 record, by date",
    ]


def test_a_time_that_is_vouched_for_is_drawn_and_without_a_record_nothing_is(tmp_path: Path) -> None:
    said = Observed(date(2026, 1, 1), date(2026, 3, 30), "Robin", "kept all")
    case = Case(Path(), "T", CASE.client, CASE.subjects, observed=(said,))
    for rows, count in ((ROWS, 1), ([], 0), ([{"person": "P2"}], 0)):
        answers = answered(rows, case)
        held = next(one for one in sections.body(case, Timeline(Path(), (), ()), answers) if one.key == "held")
        vouched = [
            trace
            for figure in held.figures
            for trace in figure.drawing.to_plotly_json()["data"]
            if trace.get("name") == "said to be complete"
        ]
        assert len(vouched) == count
        if count:
            assert vouched[0]["base"] == ["2026-01-01T00:00:00"]


@pytest.mark.parametrize("rows", [[], ROWS[:1], [{"kind": "incident", "direction": "", "categories": "HOME"}]])
def test_next_to_nothing_has_all_its_sections_too(rows: list[dict[str, Any]]) -> None:
    answers = answered(rows)
    made = sections.body(CASE, Timeline(Path(), (), ()), answers)
    assert {"four", "topics", "over-time", "recorded"} <= {section.key for section in made}
    assert "1 items" not in " ".join(figure.caption + figure.in_words for section in made for figure in section.figures)


def test_several_records_of_one_visit_are_one_occasion() -> None:
    """Four lines of a diary about one evening are no four visits in a week."""
    at = ("13 18:00", "13 18:50", "13 19:40", "13 20:41", "14 09:00")
    noted = {"kind": "incident", "direction": "", "channel": "diary", "categories": "HOME"}
    rows: list[dict[str, Any]] = [{**noted, "local": f"2026-01-{when}"} for when in at]
    rows.append({**noted, "local": "2026-01-14 00:00", "precision": "day"})
    found = four(answered([*rows, {**noted, "local": "2026-01-14 09:10", "categories": "WORK"}]))["Fixated"]
    assert found["At the home, the place of work or another place"][0] == "7"
    assert found["Occasions of these, the most within 7 days"] == ["4", "13/01/2026 to 19/01/2026"]
    assert found["Stretches of 7 days with more than 3 such occasions"][0] == "1"


def test_what_is_not_there_stands_as_0_under_the_four_words() -> None:
    found = four(answered([{"person": "P2", "direction": "out"}]))
    assert found["Obsessive"]["Times with 5 or more items in less than 60 minutes"] == ["0", "-"]
    assert found["Fixated"]["Identifiers attributed to Sam Example"] == ["0", "-"]


def test_what_is_for_the_advocate_says_so(body: tuple[Section, ...]) -> None:
    assert {section.key for section in body if section.audience == ADVOCATE} == {"four", "topics", "over-time"}
    served = [section for section in body if section.audience == EVERYBODY]
    words = " ".join(
        [section.title + section.lead for section in served]
        + [table.title for section in served for table in section.every_table]
    )
    assert not re.search("S-DASH|Fixated|Obsessive|severity|escalat", words, re.IGNORECASE)


def test_every_figure_has_a_whole_caption_and_its_numbers(body: tuple[Section, ...]) -> None:
    figures = [(section, figure) for section in body for figure in section.figures]
    assert len(figures) >= 8
    for section, figure in figures:
        for part in ("Counted: ", " Period: ", " Sources: ", " Clock: Europe/London. ", " Steps: "):
            assert part in figure.caption, (figure.key, part)
        assert re.search(r"Counted: .*\d", figure.caption) or figure.key == "key-dates"
        assert "Sources: none" not in figure.caption
        assert section.tables or figure.numbers, figure.key
        assert len(figure.in_words) > 40


def test_sources_that_follow_each_other_are_a_run() -> None:
    assert label_runs(["S1", "S2", "S3", "S5", "S6", "S6.2", "S7", "S8", "S9"]) == [
        "S1 to S3",
        "S5",
        "S6",
        "S6.2",
        "S7 to S9",
    ]
    assert label_runs([]) == []


def test_the_bars_of_weeks_are_in_a_table_too(body: tuple[Section, ...]) -> None:
    section = next(one for one in body if one.key == "volume")
    bars = section.figures[0].drawing.to_plotly_json()["data"]
    drawn = {
        direction: sum(
            sum(bar["y"])
            for bar in bars
            if bar["type"] == "bar"
            and bar["yaxis"] == axis
            and bar.get("showlegend") is not None
            and bar["name"] != "no data held"
        )
        for direction, axis in (("in", "y"), ("out", "y2"))
    }
    for direction, total in drawn.items():
        tables = [
            one
            for one in section.tables
            if one.title.startswith(f"Items {direction} ") and "by week and channel" in one.title
        ]
        assert (
            sum(int(cell.text) for table in tables for row in table.rows for cell in row if isinstance(cell, Number))
            == total
        )
        assert total > 0


def test_no_figure_can_be_sent_anywhere() -> None:
    """Plotly 7 puts a button on every chart that hands it to a server, unless it is told not to."""
    script = resources.files("pipeline.report").joinpath("templates", "figures.js").read_text("utf-8")
    (settings,) = re.findall(r"const CONFIG = \{(.*)\};", script)
    for said in ("displayModeBar: false", "showSendToCloud: false", 'plotlyServerURL: ""', 'topojsonURL: "./none/"'):
        assert said in settings
    assert re.findall(r"Plotly\.(?:newPlot|react)\(.*\)", script) == ["Plotly.newPlot(plot, data, layout, CONFIG)"]


def test_every_trace_is_one_that_asks_for_nothing(body: tuple[Section, ...]) -> None:
    for section in body:
        for figure in section.figures:
            specification = figure.drawing.to_plotly_json()
            assert {trace["type"] for trace in specification["data"]} <= {"bar", "scatter", "heatmap"}
            assert not {"geo", "map", "mapbox", "scene"} & set(specification["layout"])
            lines = [trace for trace in specification["data"] if "lines" in trace.get("mode", "")]
            assert all(isinstance(x, (float, int, type(None))) for trace in lines for x in trace["x"]), (
                "no line runs over time"
            )


def strips(answers: Answers) -> dict[str, Any]:
    drawn: dict[str, Any] = three_strips(
        answers.over_time, answers.recorded, answers.repertoire, answers.scope, CASE.key_dates
    ).to_plotly_json()
    return drawn


def test_three_strips_on_one_axis() -> None:
    figure = strips(answered(ROWS))
    layout = figure["layout"]
    assert layout["yaxis"]["domain"][0] > layout["yaxis2"]["domain"][1] > layout["yaxis2"]["domain"][0]
    assert layout["yaxis2"]["domain"][0] > layout["yaxis3"]["domain"][1]
    assert all(axis not in layout for axis in ("xaxis2", "xaxis3"))
    sessions = next(trace for trace in figure["data"] if trace.get("name") == "sessions in")
    assert sum(sessions["y"]) == 9
    marks = [trace for trace in figure["data"] if trace.get("mode") == "markers"]
    assert [trace["name"] for trace in marks] == ["HOME", "WORK", "PLACE", "FOLLOW", "GIFT", "THREAT-V"]  # no IMPACT
    assert len({trace["marker"]["symbol"] for trace in marks}) == len(marks)
    assert [shape["x0"][:10] for shape in layout["shapes"] if shape["line"].get("dash")] == ["2026-01-09"]


def test_no_recorded_category_says_so() -> None:
    figure = strips(answered([row for row in ROWS if "categories" not in row]))
    assert "none recorded" in {note["text"] for note in figure["layout"]["annotations"]}


def test_weeks_without_data_are_hatched_in_the_strips() -> None:
    rows = [row for row in ROWS if row["local"] < "2026-01-19"] + [
        {"local": "2026-02-10 10:00", "person": "P2", "source": "bbbbbbbbbbbb"}
    ]
    answers = answered(rows)
    weeks = answers.over_time.weeks
    assert weeks["held"].tolist() == [True, True, False, False, False, True]
    figure = strips(answers)
    assert [len(trace["x"]) for trace in figure["data"] if trace.get("name") == "no data held"] == [3]
    assert [getattr(row[1], "text", row[1]) for row in answers.over_time.result.tables[0].rows][2] == "no data held"


def test_many_identifiers_are_cut_in_the_strips_only() -> None:
    rows = [
        {"local": f"2026-01-{day:02d} 10:00", "person": "P2", "identifier": f"+4477009001{day:02d}"}
        for day in range(1, 21)
    ]
    answers = answered(rows)
    assert len(answers.repertoire.of("identifier")) == 20
    assert len(strips(answers)["layout"]["yaxis3"]["ticktext"]) == 1 + MOST_LANES


def test_series_stay_apart_on_grey_paper() -> None:
    """Those that stand beside each other most often: by pattern, and by lightness."""

    def grey(colour: str) -> float:
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    fills = [fill for fill, _, _ in drawing.SERIES[:3]]
    assert all(abs(grey(one) - grey(other)) > 15 for one in fills for other in fills if one != other)
    assert len({pattern for _, pattern, _ in drawing.SERIES}) == len(drawing.SERIES)


def test_the_time_observed_reaches_trend_and_coverage_and_is_shown() -> None:
    said = Observed(date(2026, 1, 5), date(2026, 6, 30), "Robin", "kept all")
    case = Case(Path(), "T", CASE.client, CASE.subjects, observed=(said,))
    received = SourceInfo("a" * 12, "S1", "sms.xml", "a" * 64, 1, "2026-03-01T09:00:00+00:00", READ)
    answers = answered(ROWS, case, received)
    assert answers.trend.series.established
    assert answers.coverage.held[-1].item() == date(2026, 3, 1)  # the day on which the file came
    held = next(
        section for section in sections.body(case, Timeline(Path(), (received,), ()), answers) if section.key == "held"
    )
    assert held.open_tables[0].title == "For which time somebody says that the records are complete"
    assert any("used up to 01/03/2026" in fact.sentence for fact in held.facts)


def test_every_category_has_words_that_fit_the_figure() -> None:
    assert all(len(words) <= 28 for words in CATEGORIES.values())
