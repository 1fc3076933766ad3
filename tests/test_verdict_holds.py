"""Files to verdict, through parser, timeline and analysis: how the same contact was saved, and in what order it is read, changes no verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
from conftest import records_of, singly, source_from
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import sms_backup
from pipeline.analysis.contact import prepare, scope
from pipeline.analysis.coverage import coverage
from pipeline.analysis.trend import trend
from pipeline.analysis.verdict import Judgement
from pipeline.case import Case, parse
from pipeline.records import RecordWriter
from pipeline.timeline.build import build

LONDON = ZoneInfo("Europe/London")
MONDAY = datetime(2026, 1, 5, tzinfo=LONDON)
CASE = parse(
    'reference = "x"\n[client]\nname = "Robin"\n[[subject]]\nname = "Sam"\nidentifiers = ["07700 900123"]\n', Path()
)
SAM, JO = "07700 900123", "07700 900456"


class Text(NamedTuple):
    """One text: when it came (clock of London), and from whom."""

    when: datetime
    number: str


def story(weeks: Sequence[int], items: int, start: datetime = MONDAY) -> list[Text]:
    """So many sessions from Sam in each week, 19 hours apart, each of so many items three minutes apart; and a text from Jo every morning."""
    sam = [
        Text(start + timedelta(days=7 * week, hours=8 + 19 * number, minutes=3 * item), SAM)
        for week, count in enumerate(weeks)
        for number in range(count)
        for item in range(items)
    ]
    jo = [Text(start + timedelta(days=day, hours=7, minutes=30), JO) for day in range(7 * len(weeks))]
    return sorted(sam + jo)


def backup(texts: Sequence[Text]) -> bytes:
    """An SMS backup."""
    rows = "".join(
        f'<sms protocol="0" address="{one.number}" date="{int(one.when.timestamp() * 1000)}" type="1" body="at {one.when:%d/%m %H:%M}" read="1" status="-1" />\n'
        for one in texts
    )
    return f"<?xml version='1.0' encoding='UTF-8'?>\n<smses count=\"{len(texts)}\">\n{rows}</smses>".encode()


def judged(files: Mapping[str, Sequence[Text]], case: Case = CASE) -> Judgement:
    """The verdict on some files (by the first letter of their hash), read in this order."""
    with TemporaryDirectory() as folder:
        shards = []
        for number, (letter, texts) in enumerate(files.items()):
            path = Path(folder) / f"{number}.arrow"
            records = records_of(singly(sms_backup.parse(source_from(backup(texts), "sms.xml"))))
            assert len(records) == len(texts)
            writer = RecordWriter(path)
            if records:
                writer.write(letter * 12, 0, records)
            writer.close()
            shards.append((path, frozenset[str]()))
        output = Path(folder) / "events.parquet"
        build(case, shards, {}, frozenset(), date(2026, 12, 31), output)
        prepared = prepare(pq.read_table(output).to_pandas())
    return trend(prepared, scope(case, prepared), coverage(prepared)).judgement


def cuts(texts: Sequence[Text]) -> list[int]:
    """Where to cut a file in two: where days without a text lie between the parts, if anywhere, but no more than inside a part: of more nobody knows whether they are held."""
    days = [one.when.date() for one in texts]
    steps = [(after - before).days for before, after in pairwise(days)]
    known = [cut for cut in range(1, len(texts)) if steps[cut - 1] <= max([1, *steps[: cut - 1], *steps[cut:]])]
    return [cut for cut in known if steps[cut - 1] > 1] or known


WEEKS = st.lists(st.integers(0, 6), min_size=8, max_size=13)
RISE = [0, 1, 1, 2, 2, 4, 4, 6, 6, 8]


def test_a_rise_is_found_so_that_these_tests_compare_something() -> None:
    found = judged({"a": story(RISE, 2)})
    assert found.sessions is not None
    assert (found.sessions.word, found.sessions.direction) == ("some evidence", 1)


@settings(max_examples=5, deadline=None)
@given(WEEKS, st.integers(1, 3), st.randoms(use_true_random=False), st.integers(1, 20), st.data())
def test_how_it_was_saved_changes_no_verdict(
    weeks: list[int], items: int, chance: Any, later: int, data: st.DataObject
) -> None:
    texts = story(weeks, items)
    verdict = judged({"a": texts})
    mixed = list(texts)
    chance.shuffle(mixed)
    assert judged({"a": mixed}) == verdict, "another order of the texts in the file"

    if data.draw(st.booleans()):  # a file that is silent for days at a time
        texts = [one for one in texts if one.number == SAM or one.when.day % 4 == 0]
        verdict = judged({"a": texts})
    cut = data.draw(st.sampled_from(cuts(texts)))
    assert judged({"a": texts[:cut], "b": texts[cut:]}) == verdict, "the file in two parts"
    assert judged({"b": texts[cut:], "a": texts[:cut]}) == verdict, "the later part read first"
    assert judged({"a": texts, "b": texts}) == verdict, "the file twice"
    older = data.draw(st.integers(len(texts) - 8, len(texts) - 1))
    assert judged({"b": texts[:older], "a": texts}) == verdict, "an older backup beside it"
    moved = [Text(one.when - timedelta(weeks=later), one.number) for one in texts]
    assert judged({"a": moved}) == verdict, "everything some weeks earlier"


@settings(max_examples=8, deadline=None)
@given(
    st.lists(st.integers(0, 6), min_size=7, max_size=9), st.lists(st.integers(0, 9), min_size=1, max_size=7), st.data()
)
def test_a_shorter_file_gives_no_trend_by_itself(weeks: list[int], short: list[int], data: st.DataObject) -> None:
    """Another phone, of which some of these weeks are held: what there was too little of before, there is too little of with it."""
    before = judged({"a": story(weeks, 1)})
    begins = data.draw(st.integers(0, len(weeks) - len(short)))
    other = story(short, 2, MONDAY + timedelta(weeks=begins, hours=1, minutes=7))
    after = judged({"a": story(weeks, 1), "b": other})
    assert before.enough or not after.enough
