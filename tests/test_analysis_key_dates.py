from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from tables import events_table

from pipeline.analysis.contact import Scope, prepare
from pipeline.analysis.coverage import coverage
from pipeline.analysis.key_dates import KeyDates, key_dates
from pipeline.case import KEY_DATE_TYPES, KeyDate

SAM = Scope(("P2",), {"P2": "Sam Example"}, "")
STOP = KeyDate(date(2026, 3, 4), "asked to stop")


def around(rows: list[dict[str, Any]], *dates: KeyDate) -> KeyDates:
    prepared = prepare(events_table(rows))
    return key_dates(prepared, SAM, coverage(prepared), dates)


def on(*days: date, hour: int = 12, **more: object) -> list[dict[str, Any]]:
    return [{"local": f"{day} {hour}:00", "person": "P2", **more} for day in days]


def shifted(*steps: int) -> list[date]:
    return [STOP.day + timedelta(days=step) for step in steps]


def facts(answer: KeyDates) -> list[str]:
    return [fact.sentence for fact in answer.result.facts]


# Held without a break for 70 days on either side (another person's messages); Sam on days -57, -56, -29, -28 (twice), -1, 0, 1, 28, 29, 56, 57.
HELD = on(*shifted(-70, 70), person="P9")
SAMS = [*on(*shifted(-57, -56, -29, -28, -1, 0, 1, 28, 29, 56, 57)), *on(*shifted(-28), hour=18)]


def test_windows_are_symmetric_and_leave_out_the_day_itself() -> None:
    short, long = around([*HELD, *SAMS], STOP).pairs
    assert short.before == (date(2026, 2, 4), date(2026, 3, 3), 28, 28, 3, 3, 2, 0)
    assert short.after == (date(2026, 3, 5), date(2026, 4, 1), 28, 28, 2, 2, 2, 0)
    assert long.before == (date(2026, 1, 7), date(2026, 3, 3), 56, 56, 5, 5, 4, 0)
    assert long.after == (date(2026, 3, 5), date(2026, 4, 29), 56, 56, 4, 4, 4, 0)
    assert (short.counts_only, long.counts_only) == (True, False)


def test_the_short_window_ends_at_the_neighbouring_key_dates_and_the_long_one_does_not() -> None:
    dates = [KeyDate(shifted(-10)[0], "reported"), STOP, KeyDate(shifted(5)[0], "order served")]
    answer = around([*HELD, *SAMS], *dates)
    short, long = answer.pairs[2], answer.pairs[3]
    assert (short.before.start, short.before.days, short.before.in_items) == (shifted(-9)[0], 9, 1)
    assert (short.after.end, short.after.days, short.after.in_items) == (shifted(4)[0], 4, 1)
    assert (long.before.days, long.after.days) == (56, 56)
    assert facts(answer)[2] == (
        "In the 9 days before 04/03/2026 (asked to stop), as far as the previous key date, there was 1 item in on 1 day; "
        "in the 4 days after it, as far as the next key date, there was 1 item in on 1 day. Not enough data to say more than these counts."
    )


def test_key_dates_on_one_day_do_not_cut_each_other_and_on_the_next_day_leave_no_window() -> None:
    answer = around([*HELD, *SAMS], STOP, KeyDate(STOP.day, "reported"), KeyDate(shifted(1)[0], "moved"))
    assert [pair.before.days for pair in answer.pairs] == [28, 56, 28, 56, 0, 56]
    assert [pair.after.days for pair in answer.pairs] == [0, 56, 0, 56, 28, 56]
    assert "in the time after it there is no day between it and the next key date" in facts(answer)[0]


@pytest.mark.parametrize(("held", "counts_only"), [(14, False), (13, True)])
def test_fewer_than_fourteen_days_held_on_a_side_give_counts_only(held: int, *, counts_only: bool) -> None:
    rows = [*on(*shifted(-held, 40), person="P9"), *on(*shifted(-3, -2, -1, 1, 2))]
    assert around(rows, STOP).pairs[0].counts_only == counts_only


@pytest.mark.parametrize(("days", "counts_only"), [((-2, -1, 1, 2, 3), False), ((-2, -1, 1, 2), True)])
def test_fewer_than_five_contact_days_give_counts_only(days: tuple[int, ...], *, counts_only: bool) -> None:
    assert around([*HELD, *on(*shifted(*days))], STOP).pairs[0].counts_only == counts_only


def test_the_sentence_of_a_pair_of_windows() -> None:
    rows = [*HELD, *on(*shifted(-2, -1, 1, 2, 3)), *on(*shifted(1), hour=18)]
    assert facts(around(rows, STOP))[0] == (
        "In the 28 days before 04/03/2026 (asked to stop) there were 2 items in on 2 days; in the 28 days after it there were 4 items in on 3 days."
    )


def test_what_is_not_held_is_said() -> None:
    rows = on(*shifted(-2, 10))
    assert facts(around(rows, STOP))[0] == (
        "In the 28 days before 04/03/2026 (asked to stop) there was 1 item in on 1 day (data is held for 2 of these 28 days); "
        "in the 28 days after it there was 1 item in on 1 day (data is held for 10 of these 28 days). Not enough data to say more than these counts."
    )
    answer = around(on(*shifted(-2)), STOP)
    assert "in the 28 days after it no data is held" in facts(answer)[0]
    assert [getattr(cell, "text", cell) for cell in answer.result.tables[0].rows[1]][2:] == [
        "28",
        "no data held",
        "-",
        "-",
        "-",
        "-",
    ]


@pytest.mark.parametrize("kind", KEY_DATE_TYPES)
def test_everything_after_a_stop_is_counted_with_what_went_out_and_the_day_itself(kind: str) -> None:
    rows = [*HELD, *on(*shifted(-1, 0, 1, 60)), *on(*shifted(60), hour=18), *on(*shifted(2), direction="out")]
    said = facts(around(rows, KeyDate(STOP.day, kind)))[1:-1]
    if kind not in {"asked to stop", "blocked", "order served"}:
        assert said == []
    else:
        assert said == [
            f"In the records supplied, 3 items came in from Sam Example after 04/03/2026 ({kind}), in 3 sessions on 2 days. In the same time 1 item went out.",
            f"1 item came in on 04/03/2026 itself ({kind}); it is in none of the counts before and after.",
        ]


def test_days_without_data_before_the_next_contact_are_said() -> None:
    """One export ends three days after the key date and the next begins 24 days after it: nobody knows that there was no contact between."""
    first = [{"local": f"{day} 12:00", "person": "P2", "source": "a"} for day in ("2026-02-01", "2026-03-04")]
    mine = [{"local": "2026-03-07 12:00", "person": "P2", "direction": "out", "source": "a"}]
    later = [{"local": f"{day} 12:00", "person": "P2", "source": "b"} for day in ("2026-03-28", "2026-04-20")]
    assert facts(around([*first, *mine, *later], STOP))[-1].endswith(
        "is dated 28/03/2026 at 12:00 GMT, 24 days later; data is held for 3 of the 23 days between."
    )


def test_the_next_contact_after_a_key_date() -> None:
    answer = around(
        [*on(*shifted(-1, 0)), *on(*shifted(3), direction="out"), {"local": "2026-04-04 07:12", "person": "P2"}], STOP
    )
    assert answer.next_contacts[0].days == 31
    assert (
        facts(answer)[-1]
        == "The first item in from Sam Example after 04/03/2026 (asked to stop) is dated 04/04/2026 at 07:12 BST, 31 days later."
    )


def test_no_contact_after_a_key_date_is_said_for_the_records_only() -> None:
    assert facts(around([*HELD, *on(*shifted(-1))], STOP))[-1] == (
        "In the records supplied, there is no item in from Sam Example after 04/03/2026 (asked to stop); data is held up to 13/05/2026."
    )
    assert facts(around(on(*shifted(-1)), STOP))[-1].endswith("; no data is held after that day.")


def test_without_key_dates_there_is_nothing_to_say() -> None:
    answer = around(SAMS)
    assert (answer.pairs, answer.next_contacts) == ((), ())
    assert answer.result.facts == answer.result.tables == answer.result.caveats == ()


def test_days_with_contact_are_compared_for_each_day_held() -> None:
    # 9 of 28 days before, 19 of 28 after: the example of the reference
    rows = [*HELD, *on(*shifted(*range(-18, 0, 2))), *on(*shifted(*range(1, 20)))]
    answer = around(rows, STOP)
    ratio = answer.pairs[0].ratio
    assert ratio is not None
    assert [round(end, 1) for end in ratio[:3]] == [2.1, 0.9, 5.3]
    assert answer.pairs[0].sessions_ratio is None
    assert facts(answer)[1] == (
        "Days with contact, for each day held: 2.1 times as many after it as before it (95% range 0.91 to 5.3)."
    )
    assert [getattr(cell, "text", cell) for cell in answer.result.tables[-1].rows[0]] == [
        "04/03/2026: asked to stop",
        "28 days",
        "2.1",
        "0.91 to 5.3",
        "-",
        "-",
    ]


def test_where_the_gate_is_shut_no_ratio_is_given() -> None:
    answer = around([*HELD, *on(*shifted(-2, -1, 1, 2))], STOP)
    assert answer.pairs[0].ratio is None
    assert answer.result.tables[-1].rows[0][2] == "not enough data"


def test_no_contact_before_or_after() -> None:
    after_only = facts(around([*HELD, *on(*shifted(1, 2, 3, 4, 5))], STOP))[1]
    assert after_only.startswith(
        "Days with contact, for each day held: all are after it, none before it (95% range 0.9"
    )
    before_only = facts(around([*HELD, *on(*shifted(-1, -2, -3, -4, -5))], STOP))[1]
    assert before_only.startswith(
        "Days with contact, for each day held: 0.00 times as many after it as before it (95% range 0.00 to 1."
    )


def test_where_almost_every_day_has_contact_sessions_per_week_lead() -> None:
    rows = [*HELD, *on(*shifted(*range(-28, 0)))]
    for hour in (9, 12, 15):
        rows += on(*shifted(*range(1, 29)), hour=hour)
    answer = around(rows, STOP)
    sessions = answer.pairs[0].sessions_ratio
    assert sessions is not None
    assert sessions.factor(1)[0] == pytest.approx(3)
    assert facts(answer)[1].startswith(
        "Contact came on more than 60% of the days held, where days can hardly show a rise. Sessions per week: 3.0 times as many after it"
    )
    assert facts(answer)[2].startswith("Days with contact, for each day held: 1.0 times as many")
