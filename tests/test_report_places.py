"""The section of place: plans without a map, nothing that tells where the client is in what is served, and cameras that fit nothing are said."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import SAMPLES
from place_rows import CASE, HOME, WORDS, clip, fix, row, table_of

from pipeline import case as cases
from pipeline import intake
from pipeline.analysis import contact
from pipeline.analysis.contact import scope
from pipeline.analysis.coverage import coverage
from pipeline.analysis.presence import Words, presence
from pipeline.analysis.result import Number
from pipeline.analysis.surroundings import surroundings
from pipeline.case import Case
from pipeline.evidence import receive
from pipeline.report import place_figures
from pipeline.report.section import Section, Setting
from pipeline.report.section.places import Places, places, places_found
from pipeline.store import Timeline

ROWS = [
    *(fix(f"2026-03-{day:02d} 08:10", 20, accuracy_m=12) for day in range(1, 29)),
    *(fix(f"2026-03-{day:02d} 19:10", 800) for day in (7, 14, 21)),
    fix("2026-03-10 21:02", 110, "P2", accuracy_m=None),
    fix("2026-03-11 09:00", 40, kind="photo"),
    *(clip(f"2026-03-{day:02d} 21:0{day % 10}") for day in (3, 5, 6, 8, 20)),
    row("incident", "2026-03-12 20:00", precision="about", place="place-1", place_fit="at", place_basis="written"),
]
SEEN = dict.fromkeys(range(33, 37), "P2")


def timeline_of(folder: Path, rows: list[dict[str, Any]], seen: dict[int, str] | None = None) -> Timeline:
    table = table_of(rows, seen)
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), folder / "events.parquet", row_group_size=7)
    return Timeline(folder / "events.parquet", (), ())


def made(
    folder: Path, rows: list[dict[str, Any]], case: Case = CASE, *, served: bool = False
) -> tuple[Places, list[Section]]:
    timeline = timeline_of(folder, rows, SEEN)
    prepared = contact.prepare(pq.read_table(timeline.events, columns=list(contact.COLUMNS)).to_pandas())
    setting = Setting(case, timeline, scope(case, prepared), coverage(prepared, {}), {})
    words = Words(
        {"P1": "P1", "P2": "Sam", "P3": "Kit"},
        {"place-1": "home", "place-2": "work"},
        {"camera-1": "a camera"},
        "P1",
        ("P2", "P3"),
    )
    found = places_found(case, timeline, words if served else None, served=served)
    return found, places(setting, found, served=served)


def drawings(section: Section) -> list[dict[str, Any]]:
    return [json.loads(figure.drawing.to_json(engine="json")) for figure in section.figures]


def every(value: Any, key: str) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from ([value[key]] if key in value else [])
        for inner in value.values():
            yield from every(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from every(inner, key)


def words_of(section: Section) -> str:
    cells = [
        cell.text if isinstance(cell, Number) else cell
        for table in section.every_table
        for line in table.rows
        for cell in line
    ]
    titles = [table.title for table in section.every_table]
    told = [fact.sentence for fact in section.facts] + [
        part for one in section.figures for part in (one.title, one.caption, one.in_words)
    ]
    return "\n".join([section.title, section.lead, *cells, *titles, *told, *section.caveats])


def test_a_plan_is_a_scatter_in_metres_and_asks_for_nothing(tmp_path: Path) -> None:
    _, [section] = made(tmp_path, ROWS)
    assert [figure.key for figure in section.figures] == ["plan-place-1", "distances"]
    for figure in drawings(section):
        assert {trace["type"] for trace in figure["data"]} == {"scatter"}
        assert not {"geo", "mapbox", "map"} & set(figure["layout"])
        text = json.dumps(figure)
        assert "53.46" not in text
        assert "-1.86" not in text
        assert "http" not in text
        assert min(font["size"] for font in every(figure, "font") if "size" in font) >= 12
    plan = drawings(section)[0]["layout"]
    assert plan["xaxis"]["scaleanchor"] == "y", "a metre is as long east as north"
    notes = [note["text"] for note in plan["annotations"]]
    assert {"<b>North</b>", "50 m", "100 m"} <= set(notes)


def test_the_plan_reaches_as_far_as_its_circles_and_no_further_than_was_looked() -> None:
    for rows, least, most in (
        (ROWS, 140, 300),
        (ROWS[:5], 60, 80),
        ([fix("2026-03-01 08:10", 290, accuracy_m=400)], 300, 300),
    ):
        around = surroundings(presence(table_of(rows, {})), HOME)
        plan = json.loads(place_figures.plan(around, WORDS, ()).to_json(engine="json"))["layout"]
        assert least <= plan["xaxis"]["range"][1] / 1.04 / 1.08 <= most
        assert around.reach_m == 300


def test_a_place_at_which_nothing_has_a_position_has_its_hours_alone(tmp_path: Path) -> None:
    """An empty plan would look as if nobody had been there."""
    rows = [clip(f"2026-03-{day:02d} 21:05") for day in (3, 5, 6)]
    _, [section] = made(tmp_path, rows)
    (figure,) = section.figures
    drawn = json.loads(figure.drawing.to_json(engine="json"))
    assert {trace.get("xaxis") for trace in drawn["data"]} == {"x2"}
    assert not drawn["layout"]["xaxis"]["visible"]
    assert figure.title == "Records at or around “Home”: at what hour"
    assert "3 records at or around “Home”, all of them without a position of their own." in figure.caption
    assert not any(
        words in figure.caption + figure.in_words + section.lead for words in ("ring", "circle", "plan", "left")
    )
    assert [table.title for table in figure.numbers] == ["Records at or around “Home”, by month"]


def test_every_circle_is_as_wide_as_its_accuracy() -> None:
    around = surroundings(presence(table_of(ROWS, SEEN)), HOME)
    figure = json.loads(place_figures.plan(around, WORDS, ()).to_json(engine="json"))
    circles = [trace for trace in figure["data"] if trace.get("fill") == "toself"]
    drawn = sum(len([one for one in trace["x"] if one is None]) for trace in circles)
    assert drawn == len(around.spots) > 2
    widths = sorted((max(x) - min(x)) / 2 for trace in circles for x in _closed(trace["x"]))
    assert widths == pytest.approx(sorted(around.spots["within_m"]), abs=0.2)
    assert max(widths) >= 30, "where no accuracy is given, 30 m are assumed"


def _closed(values: list[float | None]) -> list[list[float]]:
    pieces: list[list[float]] = [[]]
    for value in values:
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append(value)
    return [piece for piece in pieces if piece]


def test_marks_differ_in_shape_as_well_as_in_colour(tmp_path: Path) -> None:
    _, [section] = made(tmp_path, ROWS)
    shown = {
        trace["name"]: trace["marker"]["symbol"]
        for trace in drawings(section)[0]["data"]
        if trace.get("mode") == "markers" and trace.get("name") and not trace["name"].startswith("own device")
    }
    assert len(set(shown.values())) == len(shown) == 5


def test_captions_say_what_is_counted(tmp_path: Path) -> None:
    found, [section] = made(tmp_path, ROWS)
    caption = section.figures[0].caption
    assert found.around[0].records == 36
    for part in (
        "Counted: 36 records at or around “Home”, 6 of them without a position",
        "Period: 01/03/2026 to 28/03/2026",
        "Clock: Europe/London",
        "Steps: hours of days",
    ):
        assert part in caption
    assert all(len(figure.in_words) > 100 for figure in section.figures)


def test_what_is_served_tells_no_direction_no_name_and_nothing_of_the_clients_devices(tmp_path: Path) -> None:
    _, [section] = made(tmp_path, ROWS, served=True)
    assert [figure.key for figure in section.figures] == ["plan-place-1"]
    whole = words_of(section) + json.dumps(drawings(section))
    for secret in ("Home", "Work", "Robin", "Doorbell", "53.4", "North", "own device", "Unnamed", "near each other"):
        assert secret not in whole, secret
    assert not re.search(r"\d m (N|NE|E|SE|S|SW|W|NW)\b", whole)
    assert "seen at “home”" in whole


def test_a_camera_that_fits_nothing_is_said(tmp_path: Path) -> None:
    idle = replace(CASE, cameras=(*CASE.cameras, replace(CASE.cameras[0], key="camera-2", name="Yard")))
    _, [section] = made(tmp_path, ROWS, idle)
    said = [fact.sentence for fact in section.facts if "fits no record" in fact.sentence]
    assert said == [
        "The camera “Yard” of case.toml fits no record: its signs there may be wrong, or nothing of it was handed in."
    ]


def test_without_places_and_positions_there_is_no_section(tmp_path: Path) -> None:
    assert made(tmp_path, [row("message", "2026-03-02 10:00")], replace(CASE, places=(), cameras=()))[1] == []


def test_with_places_and_nothing_of_them_the_section_says_so(tmp_path: Path) -> None:
    _, [section] = made(tmp_path, [row("message", "2026-03-02 10:00")])
    assert section.facts[0].sentence == "No record of the case says anything of a place."
    assert not section.figures


def test_positions_without_any_place_of_the_case_are_read_too(tmp_path: Path) -> None:
    found, [section] = made(tmp_path, ROWS[:31], replace(CASE, places=(), cameras=()))
    assert section.facts
    assert not section.figures
    assert len(found.clusters.clusters) == 1


def test_the_sample_case_has_plans_and_cameras(tmp_path: Path) -> None:
    shutil.copyfile(SAMPLES / "demo" / "case.toml", tmp_path / "case.toml")
    case = cases.load(tmp_path)
    exports = SAMPLES / "demo" / "exports"
    files = [exports / "cameras", exports / "photos", exports / "diary", *sorted(exports.glob("new phone/*.rec"))]
    receive(tmp_path, files, lambda *_: None)
    timeline = intake.bring_up_to_date(case, lambda *_: None)
    found = places_found(case, timeline)
    assert [around.place.name for around in found.around] == [place.name for place in case.places]
    assert found.idle == ()
    assert {one.what for one in found.visits.totals.itertuples()} >= {"activity", "device", "picture", "written"}
    assert found.clusters.clusters["records"].tolist() == [39]
    rows = pq.read_table(timeline.events, columns=["camera", "place_basis"]).to_pylist()
    assert {one["place_basis"] for one in rows if one["camera"]} == {"fixed camera"}
