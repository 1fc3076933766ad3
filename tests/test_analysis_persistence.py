from __future__ import annotations

from datetime import date
from typing import Any

from tables import events_table

from pipeline.analysis.contact import Scope, prepare
from pipeline.analysis.coverage import coverage
from pipeline.analysis.persistence import Persistence, persistence

SAM = Scope(("P2",), {"P2": "Sam Example"}, "")


def of(*rows: dict[str, Any]) -> Persistence:
    prepared = prepare(events_table(rows))
    return persistence(prepared, SAM, coverage(prepared))


def at(*times: str, **more: object) -> list[dict[str, Any]]:
    return [{"local": f"2026-{time}", "person": "P2", **more} for time in times]


def facts(answer: Persistence) -> list[str]:
    return [fact.sentence for fact in answer.result.facts]


def texts(row: tuple[Any, ...]) -> list[str]:
    return [getattr(cell, "text", cell) for cell in row]


def test_span_days_weeks_and_breaks() -> None:
    # Monday 5 January to Sunday 15 February are held; Sam on six of 36 days, with breaks of 13, 14 and 2 days.
    answer = of(
        *at("01-05 07:00", "02-15 07:00", person="P9"),
        *at("01-06 10:00", "01-06 12:00", "01-20 10:00", "02-04 10:00", "02-05 10:00", "02-06 10:00", "02-09 10:00"),
    )
    assert answer.span == (date(2026, 1, 6), date(2026, 2, 9), 35, 35, 6)
    assert answer.weeks == (4, 6)
    assert answer.breaks["days"].tolist() == [14]
    assert facts(answer) == [
        "In the records supplied, items came in from Sam Example on 6 of the 35 days, from 06/01/2026 to 09/02/2026.",
        "There is an item in 4 of 6 weeks that are held in full or have an item.",
        "Between the first and the last item there is 1 break of 14 days or more; the longest is 14 days, from 21/01/2026 to 03/02/2026; data is held for all of them.",
    ]


def test_a_break_without_data_says_so() -> None:
    answer = of(*at("01-05 10:00", "01-07 10:00", source="a" * 12), *at("03-02 10:00", "03-03 10:00", source="b" * 12))
    assert facts(answer)[0].endswith("on 4 of the 58 days, for 5 of which data is held, from 05/01/2026 to 03/03/2026.")
    assert facts(answer)[2].endswith(
        "the longest is 53 days, from 08/01/2026 to 01/03/2026; data is held for 0 of them."
    )
    assert texts(answer.result.tables[1].rows[0]) == ["08/01/2026", "01/03/2026", "53", "0"]


def test_the_median_of_the_times_between_sessions_by_month() -> None:
    answer = of(
        *at("01-30 10:00", "01-31 10:00"),
        *at(
            "02-01 10:00",
            "02-01 12:00",
            "02-01 12:59",
            "02-01 16:00",
            "02-01 22:00",
            "02-02 10:00",
            "02-05",
            precision="minute",
        ),
        *at("04-01 10:00"),
        *at("02-03", precision="day"),
    )
    assert [texts(row) for row in answer.result.tables[0].rows] == [
        ["01/2026", "2", "2", "1", "-"],
        ["02/2026", "7", "4", "6", "9 hours"],
        ["03/2026", "0", "0", "0", "-"],
        ["04/2026", "1", "1", "1", "-"],
    ]


def test_a_time_across_days_not_held_is_in_no_median() -> None:
    late = at(*(f"03-{day:02d} 10:00" for day in range(2, 8)), source="b" * 12)
    answer = of(*at("01-05 10:00", "01-06 10:00", source="a" * 12), *late)
    assert answer.months["steps"].tolist() == [1, 0, 5]
    assert texts(answer.result.tables[0].rows[2])[-1] == "24 hours"


def test_nothing_came_in() -> None:
    answer = of(*at("01-05 10:00", direction="out"))
    assert (answer.span, answer.weeks) == (None, (0, 0))
    assert facts(answer) == ["In the records supplied, no item came in from Sam Example."]
    assert answer.result.tables == answer.result.caveats == ()
