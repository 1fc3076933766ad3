"""What the records say of places: nobody's place is inferred, nothing is counted twice, and every number leads to its rows."""

from __future__ import annotations

import re
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from place_rows import CASE, HOME, NORTH_M, WORDS, WORK, any_places, any_seen, clip, fix, found_in, row, table_of

from pipeline.analysis import contact
from pipeline.analysis.clusters import clusters, dbscan
from pipeline.analysis.distances import distances
from pipeline.analysis.nearness import nearness
from pipeline.analysis.presence import ACTIVITY, DEVICE, PICTURE, SEEN, WRITTEN, presence, without_client
from pipeline.analysis.recurrence import chance, needed, recurrence
from pipeline.analysis.result import Number, Result
from pipeline.analysis.surroundings import direction, moment_table, spot_table, surroundings
from pipeline.analysis.visits import occasions, stretches, visits, windows
from pipeline.timeline.places import metres, within

# --- what rests on what -----------------------------------------------------------------------------------------------


def kinds(found: Any) -> list[tuple[str, str, str]]:
    return [(str(one.what), one.who, one.place) for one in found.table.itertuples()]


def test_each_kind_of_record_says_what_it_can_and_no_more() -> None:
    found = found_in(
        [
            clip("2026-03-02 10:00"),
            fix("2026-03-02 11:00", who="P1"),
            fix("2026-03-02 12:00", who="P2"),
            fix("2026-03-02 13:00", who=""),
            fix("2026-03-02 14:00", kind="photo"),
            row("incident", "2026-03-02 15:00", place="place-1", place_fit="at", person="P2", sender="P2"),
            row("message", "2026-03-02 16:00", person="P2", sender="P2", text="I am at your house"),
        ]
    )
    assert kinds(found) == [
        (ACTIVITY, "camera-1", "place-1"),
        (DEVICE, "P1", "place-1"),
        (DEVICE, "P2", "place-1"),
        (DEVICE, "", "place-1"),
        (PICTURE, "", "place-1"),
        (WRITTEN, "", "place-1"),
    ]


def test_who_is_seen_is_what_a_person_says_and_stands_beside_the_record() -> None:
    found = found_in(
        [clip("2026-03-02 10:00"), fix("2026-03-02 11:00", kind="photo"), clip("2026-03-02 12:00")],
        {0: "P2 P3", 1: "P2"},
    )
    assert sorted(kinds(found)) == sorted(
        [
            (ACTIVITY, "camera-1", "place-1"),
            (SEEN, "P2", "place-1"),
            (SEEN, "P3", "place-1"),
            (PICTURE, "", "place-1"),
            (SEEN, "P2", "place-1"),
            (ACTIVITY, "camera-1", "place-1"),
        ]
    )


def test_a_category_of_turning_up_is_a_visit_of_nobody_named() -> None:
    found = found_in(
        [
            row("incident", "2026-03-02 10:00", categories="HOME THREAT-V"),
            row("incident", "2026-03-02 12:00", categories="THREAT-V"),
            row("incident", "2026-03-02 13:00", categories="LOITER"),
        ],
        {2: "P2"},
    )
    assert kinds(found) == [(SEEN, "", ""), (SEEN, "P2", "")]


def test_plans_marked_places_undated_and_excluded_records_are_left_out_and_counted() -> None:
    found = found_in(
        [
            fix("2026-03-02 10:00", flags="part of a planned route: it does not say that anybody was there"),
            {**fix("2026-03-02 10:00"), "local": None},
            fix("2026-03-02 10:00", included=False),
            fix("2026-03-02 10:00", same_as="0123456789ab"),
            fix("2026-03-02 10:00"),
        ]
    )
    assert (len(found.table), found.planned, found.undated, found.left_out) == (1, 1, 1, 2)
    said = " ".join(visits(found, WORDS).result.caveats)
    assert "1 record with a place has no date and is not counted here." in said
    assert "2 records with a place were excluded" in said


def test_a_table_without_the_columns_of_the_review_is_read_too() -> None:
    events = table_of([clip("2026-03-02 10:00")]).drop(columns=["seen"])
    assert kinds(presence(events)) == [(ACTIVITY, "camera-1", "place-1")]


# --- visits -----------------------------------------------------------------------------------------------------------


def numbers(
    rows: list[dict[str, Any]], seen: dict[int, str] | None = None
) -> list[tuple[str, str, str, int, int, int, int]]:
    totals = visits(found_in(rows, seen), WORDS).totals
    return [
        (one.what, one.who, one.place, one.records, one.occasions, one.days, one.may_be) for one in totals.itertuples()
    ]


@pytest.mark.parametrize(
    ("second", "occasions_"),
    [("2026-03-02 10:59", 1), ("2026-03-02 11:00", 1), ("2026-03-02 11:00:01", 2), ("2026-03-03 10:00", 2)],
)
def test_an_occasion_ends_after_more_than_an_hour(second: str, occasions_: int) -> None:
    assert numbers([clip("2026-03-02 10:00"), clip(second)])[0][4] == occasions_


def test_the_gap_is_measured_from_the_end_of_what_came_before() -> None:
    rows = [clip("2026-03-02 10:00", seconds=3600.0), clip("2026-03-02 10:10", seconds=5.0), clip("2026-03-02 11:59")]
    assert numbers(rows)[0][3:6] == (3, 1, 1)
    rows = [clip("2026-03-02 10:00", until="2026-03-02 11:00"), clip("2026-03-02 12:00")]
    assert numbers(rows)[0][4] == 1


def test_the_hour_that_happens_twice_is_two_hours_long() -> None:
    rows = [
        {**clip("x"), "local": None, "utc": "2026-10-25 00:30"},
        {**clip("x"), "local": None, "utc": "2026-10-25 01:31"},
    ]
    assert numbers(rows)[0][4] == 2


def test_a_visit_that_a_diary_and_a_doorbell_both_tell_is_one() -> None:
    rows = [
        clip("2026-03-02 21:04"),
        row("incident", "2026-03-02 21:00", precision="about", place="place-1", place_fit="at"),
        row("incident", "2026-03-03 00:00", precision="day", place="place-1", place_fit="at"),
        row("incident", "2026-03-03 00:00", precision="day", place="place-1", place_fit="at"),
    ]
    found = numbers(rows, dict.fromkeys(range(4), "P2"))
    assert (SEEN, "P2", "place-1", 4, 2, 2, 0) in found


def test_what_may_be_there_is_in_no_count_of_occasions() -> None:
    rows = [fix("2026-03-02 10:00", 55, accuracy_m=20, kind="photo"), fix("2026-03-02 18:00", kind="photo")]
    assert numbers(rows) == [(PICTURE, "", "place-1", 1, 1, 1, 1)]


def test_at_another_place_it_is_another_visit() -> None:
    rows = [fix("2026-03-02 10:00", kind="photo"), fix("2026-03-02 10:20", 2224, kind="photo")]
    assert [one[2:5] for one in numbers(rows)] == [("place-1", 1, 1), ("place-2", 1, 1)]


@given(st.lists(st.integers(0, 60), min_size=1, max_size=40))
def test_seven_days_are_counted_as_by_hand(offsets: list[int]) -> None:
    day = np.sort(np.datetime64("2026-01-01") + np.array(offsets))
    assert windows(day).tolist() == [sum(one <= other < one + np.timedelta64(7, "D") for other in day) for one in day]
    inside = {number for first, last, _ in stretches(day) for number in range(first, last + 1)}
    by_hand = {
        number
        for one in day
        for number, other in enumerate(day)
        if sum(one <= each < one + np.timedelta64(7, "D") for each in day) > 3
        and one <= other < one + np.timedelta64(7, "D")
    }
    assert inside == by_hand


def test_more_than_three_in_seven_days_is_told_with_its_days() -> None:
    days = ("02", "03", "05", "08", "20")  # the 2nd to the 8th are seven days
    found = visits(found_in([clip(f"2026-03-{day} 18:00") for day in days], dict.fromkeys(range(5), "P2")), WORDS)
    said = [fact.sentence for fact in found.result.facts]
    assert (
        said[0]
        == "As persons have recorded, Sam was seen at “Home” on 5 occasions, on 5 days: first on 02/03/2026, last on 20/03/2026."
    )
    assert said[1] == (
        "Of these occasions at “Home”, the most in any 7 days in a row is 4, from 02/03/2026 to 08/03/2026; more than 3 in 7 days: 02/03/2026 to 08/03/2026."
    )
    assert [fact.sentence for fact in found.result.headlines] == said[:1]


def test_three_in_a_week_and_one_a_day_later_are_not_more_than_three() -> None:
    days = ("02", "03", "05", "09")
    found = visits(found_in([clip(f"2026-03-{day} 18:00") for day in days], dict.fromkeys(range(4), "P2")), WORDS)
    assert found.result.facts[1].sentence.endswith("more than 3 in 7 days: not once.")


def test_a_camera_says_activity_and_never_who() -> None:
    found = visits(found_in([clip("2026-03-02 18:00")]), WORDS)
    assert [fact.sentence for fact in found.result.facts] == [
        "The camera “Doorbell” recorded activity at “Home” on 1 occasion, on 1 day: first on 02/03/2026."
    ]
    assert not found.result.headlines


def test_the_client_seen_makes_no_headline() -> None:
    assert not visits(found_in([clip("2026-03-02 18:00")], {0: "P1"}), WORDS).result.headlines


def test_the_occasion_is_told_by_its_first_record() -> None:
    part = found_in([clip("2026-03-02 10:00"), clip("2026-03-02 10:30"), clip("2026-03-02 15:00")]).table
    assert occasions(part)["records"].tolist() == [2, 1]


# --- weekdays ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "table"),
    [
        (28, "6:3 10:4 20:5 40:7"),
        (168, "4:2 6:3 20:3 30:4"),
    ],
)
def test_the_exact_table_of_the_reference(cells: int, table: str) -> None:
    for pair in table.split():
        number, least = map(int, pair.split(":"))
        assert needed(number, cells) == least


@pytest.mark.parametrize(("number", "cells"), [(1, 7), (3, 7), (5, 3), (6, 4)])
def test_the_chance_is_that_of_all_outcomes(number: int, cells: int) -> None:
    most = [max(outcome.count(cell) for cell in range(cells)) for outcome in product(range(cells), repeat=number)]
    for least in range(1, number + 1):
        assert chance(number, least, cells) == pytest.approx(sum(one >= least for one in most) / len(most), abs=1e-12)


def test_two_days_are_never_unusual_places_searched_count_and_many_days_never_fail() -> None:
    assert needed(2) is None
    assert needed(20, searched=10) == 10 > (needed(20) or 0)
    assert 900 < (needed(6000) or 0) < 1000


def test_weekdays_count_distinct_days_and_say_what_they_may_reflect() -> None:
    tuesdays = [clip(f"2026-03-{day:02d} {hour}:00") for day in (3, 10, 17, 24, 31) for hour in (9, 15)]
    others = [clip("2026-03-05 09:00")]
    own = [fix(f"2026-03-{day:02d} 10:00") for day in (3, 10)]
    found = recurrence(found_in([*tuesdays, *others, *own], dict.fromkeys(range(11), "P2")), WORDS)
    said = [fact.sentence for fact in found.result.facts]
    assert said[0].startswith(
        "Of the 6 days on which, as persons have recorded, Sam was seen at “Home”, 5 are Tuesdays. With 6 days, 4 or more on one weekday would be unusual. "
        "This may reflect when the client is there"
    )
    assert said[1].startswith("The device of Robin has positions at “Home” on 0 Mondays, 2 Tuesdays, 0 Wednesdays")
    by = {(one.what, one.who): one for one in found.groups}
    assert by[SEEN, "P2"].days == (0, 5, 0, 1, 0, 0, 0)
    assert by[ACTIVITY, "camera-1"].needed is None, "a postman has weekdays too"


def test_few_days_say_nothing_of_weekdays() -> None:
    found = recurrence(
        found_in([clip(f"2026-03-{day:02d} 18:00") for day in (3, 10, 17, 24)], dict.fromkeys(range(4), "P2")), WORDS
    )
    assert [fact.sentence for fact in found.result.facts] == [
        "Not enough data to say anything about days of the week, on fewer than 5 days each: Sam at “Home”."
    ]


# --- unnamed groups ---------------------------------------------------------------------------------------------------


def by_hand(lat: Any, lon: Any, eps: float, least: int) -> list[frozenset[int]]:
    """The sets of core points that DBSCAN's definition gives, the slow way."""
    far = np.array(
        [[float(metres(a, b, c, d)) for c, d in zip(lat, lon, strict=True)] for a, b in zip(lat, lon, strict=True)]
    )
    core = [number for number in range(len(lat)) if (far[number] <= eps).sum() >= least]
    group = {number: {number} for number in core}
    for one, other in combinations(core, 2):
        if far[one, other] <= eps and group[one] is not group[other]:
            joined = group[one] | group[other]
            for number in joined:
                group[number] = joined
    return sorted({frozenset(one) for one in group.values()}, key=min)


POINTS = st.lists(st.tuples(st.integers(-400, 400), st.integers(-400, 400)), max_size=45)


@settings(max_examples=80, deadline=None)
@given(POINTS, st.sampled_from([53.0, 0.0, -45.0, 89.9]), st.sampled_from([-1.8, 180.0, 0.0]))
def test_the_groups_are_those_of_the_definition(points: list[tuple[int, int]], lat0: float, lon0: float) -> None:
    lat = np.array([lat0 + north / NORTH_M for north, _ in points])
    lon = np.array([lon0 + east / NORTH_M / np.cos(np.radians(lat0)) for _, east in points])
    label = dbscan(lat, lon)
    groups = by_hand(lat, lon, 75, 3)
    core = set().union(*groups) if groups else set()
    found = sorted(
        (
            frozenset(n for n in np.flatnonzero(label == number).tolist() if n in core)
            for number in range(label.max(initial=-1) + 1)
        ),
        key=min,
    )
    assert found == groups
    for number in set(range(len(points))) - core:
        reach = [n for n in core if float(metres(lat[number], lon[number], lat[n], lon[n])) <= 75]
        assert (label[number] >= 0) == bool(reach)
        if reach:
            assert label[number] in {label[n] for n in reach}


@given(POINTS, st.randoms(use_true_random=False))
def test_the_order_of_the_points_changes_no_group(points: list[tuple[int, int]], random: Any) -> None:
    lat, lon = (np.array([53 + one[axis] / NORTH_M for one in points]) for axis in (0, 1))
    order = list(range(len(points)))
    random.shuffle(order)
    one, other = dbscan(lat, lon), dbscan(lat[order], lon[order])
    assert sorted(map(tuple, (np.flatnonzero(one == n) for n in range(one.max(initial=-1) + 1))), key=str) == sorted(
        (
            tuple(sorted(order[n] for n in np.flatnonzero(other == number)))
            for number in range(other.max(initial=-1) + 1)
        ),
        key=str,
    ) or any((one >= 0) & (one != -1))


def test_a_hundred_thousand_points_in_one_spot_need_no_memory_for_their_pairs() -> None:
    rng = np.random.default_rng(3)
    lat = 53.5 + rng.normal(0, 12, 100_000) / NORTH_M
    lon = -1.9 + rng.normal(0, 12, 100_000) / NORTH_M
    assert dbscan(lat, lon).max() == 0


def test_the_three_places_of_the_reference_are_found() -> None:
    rng = np.random.default_rng(5)
    middle = np.repeat([0.0, 300.0, 600.0], 40)
    lat = np.concatenate([53.5 + rng.normal(0, 15, 120) / NORTH_M, 53.4 + rng.random(15) * 0.05])
    lon = np.concatenate([(middle + rng.normal(0, 15, 120)) / NORTH_M, 0.2 + rng.random(15) * 0.05])
    label = dbscan(lat, lon)
    assert [set(label[start : start + 40].tolist()) - {-1} for start in (0, 40, 80)] == [{0}, {1}, {2}]


def test_only_positions_away_from_places_form_groups_each_kind_for_itself() -> None:
    choir = [fix(f"2026-03-{day:02d} 19:00", 800 + day) for day in (7, 14, 21)]
    home = [fix(f"2026-03-{day:02d} 08:00") for day in (7, 14, 21)]
    photos = [fix(f"2026-03-{day:02d} 19:05", 800, kind="photo") for day in (7, 14)]
    found = clusters(found_in([*choir, *home, *photos]), WORDS)
    assert found.clusters[["what", "who", "number", "records", "days"]].to_numpy().tolist() == [[DEVICE, "P1", 1, 3, 3]]
    [table] = found.result.tables
    assert [cell.text if isinstance(cell, Number) else cell for cell in table.rows[0]] == [
        "Unnamed 1", "own device of Robin, the client", "810 m from “Home”", "10 m around its middle", "3", "3", "07/03/2026", "21/03/2026",
    ]  # fmt: skip


# --- near each other --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("north_m", "minute", "accuracy", "sure"),
    [
        (179, 5, 10, [True]),  # 179 + 10 + 10
        (181, 5, 10, [False]),
        (219, 5, 10, [False]),
        (221, 5, 10, []),
        (100, 11, 10, []),
        (100, 10, 10, [True]),
        (0, 0, 300, [False]),
    ],
)
def test_near_is_said_only_as_surely_as_both_are_known(
    north_m: float, minute: int, accuracy: float, sure: list[bool]
) -> None:
    rows = [
        fix("2026-03-02 10:00", accuracy_m=10),
        fix(f"2026-03-02 10:{minute:02d}", north_m, "P2", accuracy_m=accuracy),
    ]
    found = nearness(found_in(rows), CASE, WORDS)
    assert (found.times["sure"].tolist() if len(found.times) else []) == sure


def test_nobody_is_near_by_a_picture_or_a_message() -> None:
    rows = [
        fix("2026-03-02 10:00"),
        fix("2026-03-02 10:01", who="P2", kind="photo", person="P2"),
        clip("2026-03-02 10:02"),
        row("message", "2026-03-02 10:03", sender="P2", person="P2", lat=53.46, lon=-1.86),
    ]
    found = nearness(found_in(rows), CASE, WORDS)
    assert found.compared == 0
    assert "no position of a subject is known" in found.result.facts[0].sentence


def test_who_is_seen_at_a_place_is_somewhere_in_its_radius() -> None:
    found = nearness(found_in([fix("2026-03-02 10:00", 100), clip("2026-03-02 10:05")], {1: "P2"}), CASE, WORDS)
    assert found.times[["who", "what", "sure", "theirs_m"]].to_numpy().tolist() == [["P2", SEEN, True, HOME.radius_m]]


def test_times_within_an_hour_are_one_occasion_told_by_the_nearest() -> None:
    rows = [fix(f"2026-03-02 10:{minute:02d}") for minute in (0, 20, 40)]
    rows += [fix(f"2026-03-02 10:{minute:02d}", far, "P2") for minute, far in ((1, 150), (21, 20), (41, 90))]
    found = nearness(found_in(rows), CASE, WORDS)
    assert found.times["distance_m"].round().tolist() == [20]
    assert found.result.facts[0].sentence == (
        "The positions of Robin's device and of Sam were within 200 metres of each other on 1 occasion, from 6 records."
    )


# --- distances and plans ----------------------------------------------------------------------------------------------


def test_the_least_distance_of_each_day_is_told_with_its_accuracy() -> None:
    rows = [
        fix("2026-03-02 10:00", 500, accuracy_m=None),
        fix("2026-03-02 12:00", 300, accuracy_m=8),
        fix("2026-03-03 12:00", 900, "P2"),
    ]
    days = distances(found_in(rows), CASE, WORDS).days
    home = days[days["place"] == "place-1"]
    assert home[["what", "who", "positions"]].to_numpy().tolist() == [[DEVICE, "P1", 2], [DEVICE, "P2", 1]]
    assert home["least_m"].round().tolist() == [300, 900]
    assert home["most_m"].round().tolist() == [500, 900]
    assert home["within_m"].tolist() == [8, 10]


@settings(max_examples=25, deadline=None)
@given(any_places(), any_seen())
def test_no_spot_of_a_plan_is_sharper_than_its_positions(rows: list[dict[str, Any]], seen: dict[int, str]) -> None:
    found = found_in(rows, seen)
    for place in CASE.places:
        around = surroundings(found, place)
        for spot in around.spots.itertuples():
            members = found.table[
                found.table["id"].isin(list(spot.ids)) & (found.table["what"] == spot.what) & found.table["lat"].notna()
            ]
            east = np.radians(members["lon"] - place.lon) * 6_371_008.8 * np.cos(np.radians(place.lat))
            north = (members["lat"] - place.lat) * NORTH_M
            reach = np.hypot(east - spot.east_m, north - spot.north_m) + within(members["within_m"].to_numpy())
            assert (reach <= spot.within_m + 0.01).all()
        assert around.records <= len(rows)
        assert int(around.spots["records"].sum()) <= len(found.table)


def test_many_positions_are_put_together_and_none_is_lost() -> None:
    rng = np.random.default_rng(1)
    rows = [
        fix(f"2026-03-{1 + n % 28:02d} {n % 24:02d}:{n % 60:02d}", float(rng.uniform(-250, 250))) for n in range(800)
    ]
    around = surroundings(found_in(rows), HOME)
    assert len(around.spots) <= 24
    assert int(around.spots["records"].sum()) == 800 == int(around.moments["records"].sum())


@pytest.mark.parametrize(
    ("east", "north", "said"), [(0, 1, "N"), (1, 1, "NE"), (1, 0, "E"), (0, -1, "S"), (-1, 0.1, "W"), (-1, 1, "NW")]
)
def test_directions(east: float, north: float, said: str) -> None:
    assert direction(east, north) == said


def test_a_table_without_directions_tells_none() -> None:
    around = surroundings(found_in([fix("2026-03-02 10:00", 120)]), HOME)
    assert spot_table(around, WORDS).rows[0][0] == "120 m N"
    assert spot_table(around, WORDS, directions=False).rows[0][0] == "120 m"


def test_what_is_served_has_no_position_of_the_client() -> None:
    rows = [*(fix("2026-03-02 10:00", who=who) for who in ("P1", "P2", "")), fix("2026-03-02 10:00", kind="photo")]
    found = without_client(found_in(rows), WORDS)
    assert kinds(found) == [(DEVICE, "P2", "place-1")]


# --- all of them ------------------------------------------------------------------------------------------------------


def results(events: pd.DataFrame) -> list[Result]:
    found = presence(events)
    plans = [surroundings(found, place) for place in (HOME, WORK)]
    tables = tuple(table for around in plans for table in (spot_table(around, WORDS), moment_table(around, WORDS)))
    return [
        visits(found, WORDS).result,
        recurrence(found, WORDS).result,
        distances(found, CASE, WORDS).result,
        clusters(found, WORDS).result,
        nearness(found, CASE, WORDS).result,
        Result((), tables, ()),
    ]


@settings(max_examples=25, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(any_places(12), any_seen())
def test_every_number_counts_its_rows_and_every_sentence_is_plain(
    rows: list[dict[str, Any]], seen: dict[int, str]
) -> None:
    events = table_of(rows, seen)
    prepared = contact.prepare(events)
    for result in results(events):
        cells = [part for fact in result.facts for part in fact.parts]
        cells += [cell for table in result.tables for line in table.rows for cell in line]
        for cell in cells:
            if isinstance(cell, Number):
                assert int(cell.text.replace(",", "")) == cell.count(prepared)
        for table in result.tables:
            assert all(len(line) == len(table.columns) for line in table.rows)
        for sentence in [*(fact.sentence for fact in result.facts), *result.caveats]:
            assert re.fullmatch(r"[A-Z0-9“].*\.", sentence), sentence
            assert not re.search(
                r"escalat|because|proves?\b|\brisk|score|stalk|obsess|\b1 (records|days|occasions|groups)\b|\bnan\b|NaT|  ",
                sentence,
            ), sentence


@settings(max_examples=15, deadline=None)
@given(any_places(), st.randoms(use_true_random=False))
def test_the_order_of_the_files_changes_nothing(rows: list[dict[str, Any]], random: Any) -> None:
    rows = [{**one, "id": f"{number:012x}"} for number, one in enumerate(rows)]
    shuffled = list(rows)
    random.shuffle(shuffled)

    def said(of: list[dict[str, Any]]) -> list[str]:
        return [fact.sentence for result in results(table_of(of)) for fact in result.facts]

    assert said(rows) == said(shuffled)
