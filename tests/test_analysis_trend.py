"""Which weeks are compared, which word is said, and that neither the order, the splitting nor the doubling of files changes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import events_table

from pipeline.analysis.contact import Scope, prepare
from pipeline.analysis.coverage import coverage
from pipeline.analysis.division import division
from pipeline.analysis.observed import Window
from pipeline.analysis.result import Number
from pipeline.analysis.trend import Trend, trend

SAM = Scope(("P2",), {"P2": "Sam Example"}, "")
MONDAY = date(2026, 1, 5)
A, B, C = "a" * 12, "b" * 12, "c" * 12
RISING = (0, 1, 1, 2, 2, 4, 4, 6, 6, 8)
STEADY = (3, 2, 4, 3, 3, 2, 4, 3, 2, 4)


def sessions(
    weeks: Sequence[int], items: int = 1, apart: int = 3, start: date = MONDAY, **more: Any
) -> list[dict[str, Any]]:
    """So many sessions from Sam in each week, 19 hours from one to the next, each of so many items, some minutes apart."""
    moments = (
        datetime.combine(start, datetime.min.time())
        + timedelta(days=7 * week, hours=8 + 19 * number, minutes=apart * item)
        for week, count in enumerate(weeks)
        for number in range(count)
        for item in range(items)
    )
    return [{"local": str(moment), "person": "P2", **more} for moment in moments]


def daily(days: int, start: date = MONDAY, **more: Any) -> list[dict[str, Any]]:
    """A message from somebody else on each day: for all of them the file is known to hold something."""
    return [{"local": f"{start + timedelta(days=day)} 07:30", "person": "P9", **more} for day in range(days)]


def trend_of(rows: Iterable[dict[str, Any]], *observed: Window) -> Trend:
    prepared = prepare(events_table(list(rows)))
    return trend(prepared, SAM, coverage(prepared), observed)


def said(first: int, last: int, **of: frozenset[str]) -> Window:
    """Somebody says that the records are complete between these days after the first Monday."""
    return Window(MONDAY + timedelta(days=first), MONDAY + timedelta(days=last), by="Robin", basis="kept all", **of)


def words(answer: Trend) -> tuple[str, str]:
    verdicts = answer.judgement.sessions, answer.judgement.items
    return tuple(f"{verdict.word} {verdict.direction:+d}" if verdict else "not enough" for verdict in verdicts)  # type: ignore[return-value]


def facts(answer: Trend) -> list[str]:
    return [fact.sentence for fact in answer.result.facts]


def texts(row: tuple[Any, ...]) -> list[str]:
    return [getattr(cell, "text", cell) for cell in row]


def test_a_rise_in_plain_words() -> None:
    answer = trend_of([*sessions(RISING), *daily(70)])
    assert words(answer) == ("some evidence +1", "some evidence +1")
    said = facts(answer)
    assert said[0].startswith(
        "In the records supplied, there is some evidence of a possible rise in sessions in from Sam Example per week, in 10 weeks from 05/01/2026 to 15/03/2026: "
        "4 in the first 4 weeks, 24 in the last 4, multiplied by 3.1 every four weeks (95% range 1.6 to 5.9). "
    )
    assert (
        "When the same weekly totals are put in random order, a rise this strong appears in 1 of 10,000 orders"
        in said[0]
    )
    assert said[2].startswith("With fewer than 50 sessions only a rise of roughly four to eight times")
    assert said[3].startswith(
        "Without the last week, a change this strong in either direction appears, for sessions, in "
    )
    assert said[4].startswith(
        "Of the 45 pairs of weeks, the later week had more days with contact in 41, fewer in 0, the same in 4."
    )


def test_a_steady_series_has_no_clear_change_and_says_its_range() -> None:
    answer = trend_of([*sessions(STEADY), *daily(70)])
    assert words(answer)[0].startswith("no clear change")
    assert "there is no clear change in sessions in from Sam Example per week" in facts(answer)[0]
    assert "every four weeks (95% range 0." in facts(answer)[0]


def test_where_the_weeks_divide_is_told_only_of_a_change() -> None:
    late = (2, 3, 2, 3, 2, 3, 2, 9, 8, 9, 9, 8)
    found = division(trend_of([*sessions(late), *daily(84)]))
    assert found.result.facts[0].sentence.startswith(
        "The weekly figures divide most sharply before the week of 23/02/2026: about 2.4 sessions a week before, about 8.6 from then on. "
        "When the same weekly totals are put in random order, a division this sharp appears in "
    )
    assert division(trend_of([*sessions(STEADY), *daily(70)])).result.facts == ()
    assert division(trend_of([*sessions(late[3:]), *daily(63)])).point is None, "nine weeks"


def test_the_same_words_for_a_fall() -> None:
    answer = trend_of([*sessions(RISING[::-1]), *daily(70)])
    assert words(answer) == ("some evidence -1", "some evidence -1")
    assert "some evidence of a possible fall" in facts(answer)[0]


def test_clear_needs_that_somebody_has_said_what_the_records_cover() -> None:
    rows = [*sessions(RISING), *daily(70)]
    answer = trend_of(rows, said(0, 69))
    assert words(answer) == ("clear +1", "clear +1")
    assert facts(answer)[0].startswith("There is a clear rise in sessions in from Sam Example per week")
    assert not any("Nobody has said" in caveat for caveat in answer.result.caveats)
    assert any("Nobody has said" in caveat for caveat in trend_of(rows).result.caveats)


def test_the_time_observed_keeps_the_weeks_without_any_record() -> None:
    answer = trend_of(sessions(RISING), said(-15, 80))
    assert answer.weeks["sessions"].tolist() == [0, 0, *RISING, 0]


def test_what_is_said_of_one_channel_does_not_make_a_change_in_two_clear() -> None:
    rows = [
        *sessions(RISING, source=A),
        *daily(70, source=A),
        *sessions(RISING, source=B, channel="WhatsApp", start=MONDAY + timedelta(days=1)),
        *daily(70, source=B, channel="WhatsApp"),
    ]
    sms, whatsapp = said(0, 69, channels=frozenset({"sms"})), said(0, 69, sources=frozenset({B}))
    assert words(trend_of(rows, sms)) == words(trend_of(rows, whatsapp)) == ("some evidence +1",) * 2
    assert words(trend_of(rows, sms, whatsapp)) == words(trend_of(rows, said(0, 69))) == ("clear +1",) * 2
    assert (
        "That the records by sms are complete from 05/01/2026 to 15/03/2026 is said by Robin, on this basis: kept all."
        in trend_of(rows, sms).result.caveats
    )


def test_what_is_said_of_a_file_counts_in_place_of_its_first_and_last_record() -> None:
    rows = [*sessions(RISING, source=A), *daily(70, source=A)]
    answer = trend_of(rows, said(7, 76, channels=frozenset({"sms"})))
    assert answer.weeks["sessions"].tolist() == [*RISING[1:], 0]
    assert answer.series.established
    # What is said of a channel comes before what is said of all.
    assert trend_of(rows, said(0, 69), said(7, 76, channels=frozenset({"sms"}))).judgement == answer.judgement


def test_a_text_message_window_counts_for_pictures_in_messages_too() -> None:
    rows = [*sessions(RISING, source=A), *daily(70, source=A)]
    assert trend_of(rows, said(0, 69, channels=frozenset({"mms"}))).series.established


def test_a_rise_that_rests_on_the_last_week_is_not_clear() -> None:
    rows = sessions((2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 3, 7))
    answer = trend_of(rows, said(0, 83))
    assert answer.judgement.checks[1].session_p > 0.05
    assert "clear" not in {word.rsplit(" ", 1)[0] for word in words(answer)}


def test_a_rise_that_rests_on_the_gap_is_not_clear() -> None:
    # Three sessions a week throughout; later their items lie 45 minutes apart, so that a gap of 30 minutes makes more of them.
    rows = [*sessions((3,) * 6, 4), *sessions((3,) * 6, 4, 45, MONDAY + timedelta(days=42))]
    answer = trend_of(rows, said(0, 83))
    assert words(answer)[0].startswith("no clear change")
    assert [check.sessions for check in answer.judgement.checks] == [36, 33, 90, 36]


def test_more_in_each_session_is_seen_in_the_items_and_said() -> None:
    rows = [row for week in range(12) for row in sessions((3,), 1 + week, 3, MONDAY + timedelta(days=7 * week))]
    answer = trend_of([*rows, *daily(84)])
    assert words(answer)[0].startswith("no clear change")
    assert words(answer)[1] == "some evidence +1"
    assert facts(answer)[2] == (
        "There was no clear change in how often contact was made, but there were more items each time: "
        "30 items in 12 sessions in the first 4 weeks compared, 126 items in 12 sessions in the last 4."
    )


@pytest.mark.parametrize(
    ("weeks", "enough"),
    [
        pytest.param((2, 2, 2, 2, 3, 3, 3, 3), True, id="8 weeks, 20 sessions"),
        pytest.param((3, 3, 3, 3, 3, 3, 3), False, id="7 weeks"),
        pytest.param((2, 2, 2, 2, 3, 3, 3, 2), False, id="19 sessions"),
    ],
)
def test_the_gate(weeks: tuple[int, ...], *, enough: bool) -> None:
    answer = trend_of([*sessions(weeks), *daily(7 * len(weeks))])
    assert answer.judgement.enough == enough
    if not enough:
        (said,) = facts(answer)
        days = answer.weeks["days"].sum()
        assert said.startswith(
            "In the records supplied, there is not enough data to say whether contact from Sam Example changed over time: "
        )
        assert said.endswith(
            f"{len(weeks)} complete weeks that every file covers (needed: 8), in them {sum(weeks)} sessions (20) on {days} days (10)."
        )


def test_ten_days_are_needed() -> None:
    rows = [
        {"local": f"{MONDAY + timedelta(days=7 * week)} {hour:02d}:00", "person": "P2"}
        for week in range(9)
        for hour in (8, 12, 16)
    ]
    assert not trend_of([*rows, *daily(63)]).judgement.enough
    assert trend_of([*rows, *daily(63), *sessions((0, 1), start=MONDAY + timedelta(days=1))]).judgement.enough


def test_part_weeks_are_dropped_and_weeks_without_contact_kept() -> None:
    answer = trend_of([*sessions((3, 0, 3, 0, 3, 3, 3, 3, 3, 3)), *daily(72, MONDAY - timedelta(days=3))])
    assert answer.weeks["sessions"].tolist() == [3, 0, 3, 0, 3, 3, 3, 3, 3]  # the last week is held for six days


def test_a_week_that_one_file_does_not_cover_is_not_compared() -> None:
    late = MONDAY + timedelta(days=21)
    rows = [
        *sessions((3,) * 12, source=A),
        *daily(84, source=A),
        *sessions((0, 0, 0, *(2,) * 9), source=B, channel="WhatsApp"),
        *daily(63, late, source=B, channel="WhatsApp"),
    ]
    answer = trend_of(rows)
    assert answer.weeks["week"].iloc[0].date() == late
    assert len(answer.weeks) == 9
    assert (
        "3 other weeks that some file covers are not compared, since not every file of the series covers them."
        in facts(answer)
    )


def test_weeks_outside_the_time_somebody_speaks_of_are_said_to_be_so() -> None:
    answer = trend_of([*sessions((3,) * 16), *daily(112)], said(0, 69))
    assert len(answer.weeks) == 10
    assert (
        "6 other weeks that some file covers are not compared, since not every file of the series covers them, or nobody says that the records are complete in them."
        in facts(answer)
    )


def test_where_nothing_came_in_no_weeks_are_said_to_lack_a_file() -> None:
    """One file covers all ten weeks: that no series is made is because nobody's item came in, not because a file is missing."""
    assert facts(trend_of(daily(70))) == [
        "In the records supplied, there is not enough data to say whether contact from Sam Example changed over time: no item came in."
    ]


def test_two_phones_of_one_channel_count_where_both_are_held() -> None:
    """A second phone handed in for the last weeks would make steady contact look like a rise."""
    late = MONDAY + timedelta(days=14)
    rows = [
        *sessions((3,) * 12, source=A),
        *daily(84, source=A),
        *sessions((3,) * 10, start=late + timedelta(hours=0, days=1), source=B),
        *daily(70, late, source=B),
    ]
    answer = trend_of(rows)
    assert len(answer.weeks) == 10
    assert words(answer)[0].startswith("no clear change")


def test_a_phone_and_its_successor_are_one_record() -> None:
    half = MONDAY + timedelta(days=35)
    rows = [
        *sessions((3,) * 5, source=A),
        *daily(35, source=A),
        *sessions((3,) * 5, start=half, source=B),
        *daily(35, half, source=B),
    ]
    assert len(trend_of(rows).weeks) == 10


def test_weeks_between_that_are_not_covered_are_shown_as_such() -> None:
    later = MONDAY + timedelta(days=49)
    rows = [
        *sessions((3,) * 6, source=A),
        *daily(42, source=A),
        *sessions((3,) * 6, start=later, source=B),
        *daily(42, later, source=B),
    ]
    answer = trend_of(rows)
    assert answer.weeks["compared"].tolist() == [True] * 6 + [False] + [True] * 6
    assert texts(answer.result.tables[0].rows[6]) == ["16/02/2026", "-", "-", "-", "not covered by every file"]


def test_a_short_file_is_left_out_and_said() -> None:
    rows = [
        *sessions(STEADY, source=A),
        *daily(70, source=A),
        *sessions((0,) * 5 + (3,) * 5, start=MONDAY + timedelta(days=1), source=B, channel="WhatsApp"),
    ]
    answer = trend_of(rows)
    assert answer.weeks["items"].tolist() == list(STEADY)
    assert "15 items in from Sam Example are not in this comparison, since no file of the series holds them." in facts(
        answer
    )


def test_an_item_in_a_short_file_counts_if_a_file_of_the_series_holds_it_too() -> None:
    rows = [*sessions(STEADY, source=A), *daily(70, source=A)]
    ids = [f"{number:012x}" for number in range(3)]
    doubled = [{**row, "id": key} for row, key in zip(rows[-73:-70], ids, strict=True)]
    repeats = [{**row, "source": B, "channel": "phone"} for row in doubled]
    rows[-73:-70] = [{**row, "id": f"f{key[1:]}", "same_as": key} for row, key in zip(doubled, ids, strict=True)]
    answer = trend_of([*rows, *repeats])
    assert answer.weeks["items"].tolist() == list(STEADY)


def test_files_of_one_record_and_diaries_do_not_end_the_comparison() -> None:
    rows = [
        *sessions(STEADY),
        *daily(70),
        {"local": "2026-02-03 12:00", "person": "P2", "kind": "email", "channel": "email", "source": B},
        {
            "local": "2026-02-04 12:00",
            "person": "P2",
            "kind": "call",
            "channel": "diary",
            "clock": "memory",
            "source": C,
        },
        {
            "local": "2026-02-09 12:00",
            "person": "P2",
            "kind": "call",
            "channel": "diary",
            "clock": "memory",
            "source": C,
        },
    ]
    answer = trend_of(rows)
    assert len(answer.weeks) == 10
    assert answer.series.left_out == 3


WEEKS = st.lists(st.integers(0, 6), min_size=7, max_size=14)


def story(weeks: Sequence[int], items: int) -> list[dict[str, Any]]:
    rows = [*sessions(weeks, items, source=A), *daily(7 * len(weeks), source=A)]
    return [{**row, "id": f"{number:012x}"} for number, row in enumerate(rows)]


@settings(max_examples=5, deadline=None)
@given(WEEKS, st.integers(1, 3), st.randoms(use_true_random=False), st.integers(1, 3), st.data())
def test_what_does_not_change_the_verdict(
    weeks: list[int], items: int, chance: Any, later: int, data: st.DataObject
) -> None:
    rows = story(weeks, items)
    whole = 7 * len(weeks) - 1
    vouched = data.draw(st.sampled_from([(), (said(0, whole),), (said(7, whole, channels=frozenset({"sms"})),)]))
    verdict = trend_of(rows, *vouched).judgement
    mixed = [{**row, "position": number} for number, row in enumerate(rows)]
    chance.shuffle(mixed)
    assert trend_of(mixed, *vouched).judgement == verdict, "another order of the rows"

    cut = str(MONDAY + timedelta(days=data.draw(st.integers(1, 7 * len(weeks) - 1))))
    parts = [{**row, "source": B if row["local"] >= cut else A} for row in rows]
    assert trend_of(parts, *vouched).judgement == verdict, "the file in two parts"

    again = [{**row, "id": f"f{row['id'][1:]}", "same_as": row["id"], "source": B} for row in rows]
    assert trend_of([*rows, *again], *vouched).judgement == verdict, "the file twice"

    part = [row for row in again if row["local"] < cut]
    assert trend_of([*rows, *part], *vouched).judgement == verdict, "an older copy of the file beside it"

    moved = [{**row, "local": str(datetime.fromisoformat(row["local"]) - timedelta(weeks=later))} for row in rows]
    away = timedelta(weeks=later)
    earlier = [one._replace(start=one.start - away, end=one.end - away) for one in vouched]
    assert trend_of(moved, *earlier).judgement == verdict, "everything some weeks earlier"


@settings(max_examples=5, deadline=None)
@given(WEEKS, st.lists(st.integers(0, 6), min_size=1, max_size=7), st.sampled_from(["SMS", "WhatsApp"]), st.booleans())
def test_a_file_too_short_for_a_trend_gives_none_by_itself(
    weeks: list[int],
    short: list[int],
    channel: str,
    late: bool,  # noqa: FBT001 -- drawn by hypothesis
) -> None:
    rows = story(weeks, 1)
    before = trend_of(rows).judgement
    start = MONDAY + timedelta(days=7 * max(0, len(weeks) - len(short) if late else 0), hours=0)
    added = [
        *sessions(short, 2, start=start, source=B, channel=channel),
        *daily(7 * len(short), start, source=B, channel=channel),
    ]
    inside = [row for row in added if row["local"] < str(MONDAY + timedelta(days=7 * len(weeks)))]
    after = trend_of([*rows, *inside]).judgement
    assert after.enough <= before.enough
    if before.enough:
        assert after == before


@settings(max_examples=5, deadline=None)
@given(WEEKS, WEEKS)
def test_a_longer_addition_is_compared_only_where_both_are_held(weeks: list[int], other: list[int]) -> None:
    """However the weeks before look: the answer is that of both files cut to the time that both cover."""
    short, long = sorted((weeks, other), key=len)
    start = MONDAY + timedelta(days=7 * (len(long) - len(short)))
    first = [*sessions(long, source=A), *daily(7 * len(long), source=A)]
    second = [
        *sessions(short, start=start, source=B, channel="WhatsApp"),
        *daily(7 * len(short), start, source=B, channel="WhatsApp"),
    ]
    both = trend_of([*first, *second])
    if len(short) >= 8 and any(short) and any(long):
        cut = trend_of([*(row for row in first if row["local"] >= str(start)), *second])
        if any(long[len(long) - len(short) :]):
            assert both.judgement == cut.judgement
        assert len(both.weeks) == len(short)


def test_pictures_in_messages_are_kept_with_the_texts() -> None:
    rows = [*sessions(STEADY, source=A), *daily(70, source=A)]
    pictures = [{"local": f"2026-02-{day:02d} 21:00", "person": "P2", "channel": "MMS", "source": A} for day in (3, 10)]
    answer = trend_of([*rows, *pictures])
    assert len(answer.weeks) == 10
    assert answer.series.left_out == 0


def test_files_with_too_few_weeks_in_common_leave_the_longest_record() -> None:
    start = MONDAY + timedelta(days=56)
    rows = [
        *sessions((3,) * 12, source=A),
        *daily(84, source=A),
        *sessions((2,) * 9, start=start, source=B, channel="WhatsApp"),
        *daily(63, start, source=B, channel="WhatsApp"),
    ]
    answer = trend_of(rows)
    assert answer.weeks["sessions"].tolist() == [3] * 12
    assert "there is no clear change in sessions in from Sam Example by SMS alone per week" in facts(answer)[0]
    assert answer.result.headlines[-3:] == answer.result.facts[-3:]
    assert facts(answer)[-3:] == [
        "5 other weeks that some file covers are not compared, since not every file of the series covers them.",
        "All files together have fewer than 8 complete weeks in common, so only the longest record is compared: SMS. A change in it may be a move to or from another channel.",
        "18 items in from Sam Example are not in this comparison, since no file of the series holds them.",
    ]


def test_one_message_with_a_wrong_year_adds_no_years_without_contact() -> None:
    rows = [*sessions(STEADY), *daily(70)]
    wrong = {"local": "2001-01-01 00:10", "person": "P9"}
    assert trend_of([*rows, wrong]).judgement == trend_of(rows).judgement


def test_numbers_lead_to_their_rows_where_no_filter_fits_too() -> None:
    """A file left out whose items open sessions of the series, and a week in the middle that is not covered."""
    later = MONDAY + timedelta(days=49)
    rows = [
        *sessions((3,) * 6, source=A),
        *daily(42, source=A),
        *sessions((3,) * 6, 2, start=later, source=B),
        *daily(42, later, source=B),
        *(
            {"local": f"{later + timedelta(days=day)} 07:50", "person": "P2", "source": C, "channel": "email"}
            for day in (0, 7)
        ),
    ]
    prepared = prepare(events_table(rows))
    answer = trend(prepared, SAM, coverage(prepared))
    assert answer.series.left_out == 2
    assert answer.weeks["sessions"].tolist() == [3] * 6 + [0] + [3] * 6
    cells = [cell for row in answer.result.tables[0].rows for cell in row] + [
        part for fact in answer.result.facts for part in fact.parts
    ]
    numbers = [cell for cell in cells if isinstance(cell, Number)]
    assert len(numbers) == 3 * 12 + 8  # the table, and the first and last weeks in three sentences
    assert any(number.rows.ids for number in numbers)
    assert [number.text for number in numbers] == [str(number.count(prepared)) for number in numbers]


def test_a_chat_with_somebody_else_does_not_cover_the_chat() -> None:
    """WhatsApp is exported one conversation at a time: a chat of the family that begins later says nothing of Sam, whose chat ends before."""
    chat = [*sessions((3,) * 8, source=A, channel="WhatsApp"), *daily(56, source=A, channel="WhatsApp")]
    chat = [{**row, "person": "P2"} for row in chat]
    family = daily(84, MONDAY + timedelta(days=56), source=B, channel="WhatsApp")
    answer = trend_of([*chat, *family])
    assert answer.weeks["compared"].tolist() == [True] * 8
    assert words(answer)[0].startswith("no clear change")
    # A backup of all texts does say something of those who do not occur in it.
    texts = [{**row, "channel": "SMS"} for row in [*chat, *family]]
    assert len(trend_of(texts).weeks) == 20


def test_the_silence_between_two_parts_is_that_inside_one() -> None:
    """A file with a text every third day, in two parts: the two days between the parts are no more without data than those inside them."""
    rows = [*daily(70, source=A)][::3] + sessions((2,) * 10, source=A)
    rows = [{**row, "source": A if row["local"] < "2026-02-10" else B} for row in rows]
    whole = [{**row, "source": A} for row in rows]
    assert trend_of(rows).judgement == trend_of(whole).judgement
    assert trend_of(rows).judgement.enough
    # Of a longer silence than any inside a part nobody knows whether it is one.
    apart = [row for row in rows if not "2026-02-02" <= row["local"] < "2026-02-16"]
    assert trend_of(apart).weeks["compared"].tolist().count(False) == 2


def test_a_file_of_one_record_covers_its_day() -> None:
    rows = [*sessions((3,) * 8, source=A), *daily(56, source=A)]
    first, *rest = sorted(rows, key=lambda row: str(row["local"]))
    assert trend_of([{**first, "source": B}, *rest]).judgement == trend_of(rows).judgement
