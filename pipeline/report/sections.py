"""What the report says, in order: sections made from the answers of the analyses, and what must be told about the records themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from parsers.contract import IN, OUT
from pipeline.analysis.bursts import Bursts, bursts
from pipeline.analysis.contact import Scope, scope
from pipeline.analysis.coverage import Coverage, coverage
from pipeline.analysis.key_dates import KeyDates, key_dates
from pipeline.analysis.parties import Parties, parties
from pipeline.analysis.persistence import Persistence, persistence
from pipeline.analysis.reciprocity import Reciprocity, reciprocity
from pipeline.analysis.result import Cell, Fact, Result, Table
from pipeline.analysis.rhythm import Rhythm, rhythm
from pipeline.analysis.trend import Trend, trend
from pipeline.analysis.volume import Volume, volume
from pipeline.analysis.wording import day_words, joined, many, rows
from pipeline.case import Case
from pipeline.report import figures
from pipeline.store import READ, Timeline

PROBLEMS_PRINTED: Final = 500


@dataclass(frozen=True)
class Figure:
    """A drawing with what must stand beside it: what is counted, how many, from which sources, for what time, by which clock, in what steps."""

    key: str
    title: str
    caption: str
    in_words: str
    drawing: Any


@dataclass(frozen=True)
class Section:
    """One part of the report. `tables` under a figure are its numbers, and are folded away; `open_tables` are always shown."""

    key: str
    title: str
    lead: str = ""
    facts: tuple[Fact, ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    open_tables: tuple[Table, ...] = ()
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answers:
    """What all the analyses gave for one timeline. `labels` of sources by key."""

    scope: Scope
    coverage: Coverage
    volume: Volume
    rhythm: Rhythm
    key_dates: KeyDates
    reciprocity: Reciprocity
    parties: Parties
    trend: Trend
    bursts: Bursts
    persistence: Persistence
    labels: Mapping[str, str]


def analysed(case: Case, timeline: Timeline, prepared: pd.DataFrame) -> Answers:
    """Runs every analysis on a table made by `contact.prepare`."""
    labels = {source.key: source.label for source in timeline.sources}
    about = scope(case, prepared)
    held = coverage(prepared, labels)
    return Answers(
        scope=about,
        coverage=held,
        volume=volume(prepared, about, held),
        rhythm=rhythm(prepared, about),
        key_dates=key_dates(prepared, about, held, case.key_dates),
        reciprocity=reciprocity(prepared, about),
        parties=parties(prepared, about.names),
        trend=trend(prepared, about, held),
        bursts=bursts(prepared, about),
        persistence=persistence(prepared, about, held),
        labels=labels,
    )


def period(answers: Answers) -> str:
    """First and last day for which anything is held."""
    windows = answers.coverage.windows
    first, last = windows["first"].min(), windows["last"].max()
    return "no dated record" if pd.isna(first) else f"{day_words(first)} to {day_words(last)}"


def summary(answers: Answers) -> Section:
    """The sentences that a reader with two minutes reads: what is held, how much there was, and what came after contact was unwelcome."""
    parts = (
        answers.coverage,
        answers.volume,
        answers.trend,
        answers.bursts,
        answers.rhythm,
        answers.reciprocity,
        answers.key_dates,
    )
    facts = tuple(fact for part in parts for fact in part.result.headlines)
    return Section("summary", "Summary", answers.scope.note, facts)


def body(case: Case, timeline: Timeline, answers: Answers) -> tuple[Section, ...]:
    """The sections between the summary and the chronology."""
    return (
        _volume(case, timeline, answers),
        _change(case, timeline, answers),
        _rhythm(case, timeline, answers),
        _listed("bursts", "Much contact in a short time", answers.bursts.result),
        _listed("persistence", "How long it went on, and the breaks", answers.persistence.result),
        *_key_dates(case, timeline, answers),
        _both_ways(case, timeline, answers),
        _held(case, timeline, answers),
        _people(case, answers),
    )


def _volume(case: Case, timeline: Timeline, answers: Answers) -> Section:
    result, about = answers.volume.result, answers.scope
    channel_table, *week_tables = result.tables
    drawn: list[Figure] = []
    if len(answers.volume.weeks):
        total = int(answers.volume.weeks["in_items"].sum()), int(answers.volume.weeks["out_items"].sum())
        words = f"{total[0]:,} items came in from {about.words} and {total[1]:,} went out"
        drawn = [
            Figure(
                "by-week",
                f"Items per week with {about.words}, by channel and direction",
                _caption(
                    case,
                    timeline,
                    answers,
                    f"Messages, calls, emails and voicemails; {words}",
                    "weeks from Monday, weeks without any included",
                ),
                f"Two bar charts on one time axis, on the same scale: items per week that came in and that went out. {words}. The weeks are in the table below.",
                figures.by_week(answers.volume, about, case.key_dates),
            ),
            Figure(
                "by-day",
                f"Items per day with {about.words}, by direction",
                _caption(
                    case, timeline, answers, f"Messages, calls, emails and voicemails; {words}", "days from midnight"
                ),
                f"Two bar charts on one time axis, on the same scale: items per day that came in and that went out. {words}.",
                figures.by_day(answers.volume, about, case.key_dates),
            ),
        ]
    return Section(
        "volume",
        "How much contact, and when",
        "",
        result.facts,
        tuple(drawn),
        tuple(week_tables),
        (channel_table,),
        result.caveats,
    )


def _change(case: Case, timeline: Timeline, answers: Answers) -> Section:
    found, about = answers.trend, answers.scope
    result, weeks = found.result, found.weeks
    drawn: list[Figure] = []
    if len(weeks):
        compared, sessions = int(weeks["compared"].sum()), int(weeks["sessions"].sum())
        words = f"{many(sessions, 'session')} that came in from {about.words}, in {many(compared, 'complete week')}"
        span = weeks["week"].iloc[0], weeks["week"].iloc[-1] + pd.Timedelta(days=6)
        named = {answers.labels.get(source, source) for source, _ in found.series.files}
        drawn = [
            Figure(
                "by-complete-week",
                f"Sessions per week in from {about.words}, in the weeks that every file of the series covers",
                _caption(
                    case,
                    timeline,
                    answers,
                    words,
                    "weeks from Monday, weeks without any included, part-weeks left out",
                    span,
                    sorted(named),
                ),
                f"A bar chart over time: {words}. Weeks that are not covered by every file are hatched. The same numbers are in the table below.",
                figures.by_complete_week(found, case.key_dates),
            )
        ]
    return Section(
        "change",
        "Change over time",
        "",
        result.facts,
        tuple(drawn),
        result.tables[: len(drawn)],
        result.tables[len(drawn) :],
        result.caveats,
    )


def _listed(key: str, title: str, result: Result) -> Section:
    """A section of sentences and tables, without a figure."""
    return Section(key, title, "", result.facts, (), (), result.tables, result.caveats)


def _day_table(answers: Answers) -> Table:
    """The numbers of the figure of days."""
    about, days = answers.scope, answers.volume.days
    there = days[(days["in_items"] > 0) | (days["out_items"] > 0)]
    lines: list[tuple[Cell, ...]] = []
    for when, came_in, went_out in zip(there["day"], there["in_items"], there["out_items"], strict=True):
        day = when.date()
        counts = ((came_in, IN), (went_out, OUT))
        lines.append(
            (
                day_words(day),
                *(rows(int(count), about.items(direction, start=day, end=day)) for count, direction in counts),
            )
        )
    return Table(
        f"Contact with {about.words}, by day; days without an item are left out",
        ("Day", "Items in", "Items out"),
        tuple(lines),
    )


def _rhythm(case: Case, timeline: Timeline, answers: Answers) -> Section:
    result, about = answers.rhythm.result, answers.scope
    count = int(answers.rhythm.items.sum())
    drawn: list[Figure] = []
    if count:
        drawn = [
            Figure(
                "by-hour",
                f"Items in from {about.words}, by day of the week and hour",
                _caption(case, timeline, answers, f"{many(count, 'item')} in with a time of day", "hours of the clock"),
                f"A grid of 7 days by 24 hours with the number of items in each cell, {count:,} in all. The same numbers are in the table below.",
                figures.by_hour(answers.rhythm, about),
            )
        ]
    return Section(
        "hours", "Hours and days of the week", "", result.facts, tuple(drawn), result.tables, (), result.caveats
    )


def _key_dates(case: Case, timeline: Timeline, answers: Answers) -> list[Section]:
    if not case.key_dates:
        return []
    result, about = answers.key_dates.result, answers.scope
    listed = Table(
        "Key dates of the case",
        ("Date", "What", "Kind", "Reference"),
        tuple(
            (day_words(entry.day), entry.what or entry.type, entry.type, entry.reference or "-")
            for entry in case.key_dates
        ),
    )
    drawn = Figure(
        "key-dates",
        f"Days with an item in from {about.words}, before and after each key date",
        _caption(
            case,
            timeline,
            answers,
            "Days on which at least one item came in, of the days for which data is held; up to 28 days each way",
            "days",
        ),
        "For each key date two bars: days with an item in before it and after it. The same numbers are in the tables below.",
        figures.around_key_dates(answers.key_dates, about),
    )
    return [
        Section(
            "key-dates",
            "Before and after the key dates",
            "",
            result.facts,
            (drawn,),
            result.tables,
            (listed,),
            result.caveats,
        )
    ]


def _both_ways(case: Case, timeline: Timeline, answers: Answers) -> Section:
    result, about = answers.reciprocity.result, answers.scope
    channel_table, *runs = result.tables
    drawn: list[Figure] = []
    if len(answers.reciprocity.channels):
        total = f"{answers.reciprocity.in_items:,} items in and {answers.reciprocity.out_items:,} out"
        drawn = [
            Figure(
                "both-ways",
                f"Items in from and out to {about.words}, by channel",
                _caption(case, timeline, answers, f"Messages, calls, emails and voicemails; {total}", "the whole time"),
                f"For each channel two bars, items in and items out: {total}. The same numbers are in the table below.",
                figures.both_ways(answers.reciprocity, about),
            )
        ]
    return Section(
        "both-ways",
        "Both sides, and what had no reply",
        "",
        result.facts,
        tuple(drawn),
        (channel_table,),
        tuple(runs),
        result.caveats,
    )


def _held(case: Case, timeline: Timeline, answers: Answers) -> Section:
    result = answers.coverage.result
    drawn: list[Figure] = []
    if answers.coverage.held.size:
        drawn = [
            Figure(
                "held",
                "What each file holds, from its first to its last record",
                _caption(
                    case,
                    timeline,
                    answers,
                    f"{many(len(answers.coverage.windows), 'file and channel', 'files and channels')}",
                    "days",
                ),
                "One strip for each file and channel over time: filled where the file holds records, hatched where it holds none. The same days are in the tables below.",
                figures.held(answers.coverage, answers.labels, case.key_dates),
            )
        ]
    return Section(
        "held",
        "What is held, and what is not",
        "“No data held” is not “no contact”.",
        result.facts,
        tuple(drawn),
        result.tables,
        (),
        result.caveats,
    )


def _people(case: Case, answers: Answers) -> Section:
    result = answers.parties.result
    named = Table(
        "People of the case",
        ("Key", "Name", "Role", "Identifiers, as given in case.toml"),
        tuple(
            (person.key, person.name, person.role, "; ".join(person.identifiers) or "none given")
            for person in case.people
        ),
    )
    return Section(
        "people", "People and their identifiers", "", result.facts, (), (), (named, *result.tables), result.caveats
    )


def _caption(
    case: Case,
    timeline: Timeline,
    answers: Answers,
    counted: str,
    steps: str,
    span: tuple[pd.Timestamp, pd.Timestamp] | None = None,
    sources: Sequence[str] = (),
) -> str:
    """What R11 asks of a figure: what is counted and how many, period, sources, zone, steps. `span` and `sources` where they are not those of all that is held."""
    held = answers.coverage.held
    first, last = span or (held[0], held[-1]) if span or held.size else (None, None)
    period = f" Period: {day_words(first)} to {day_words(last)}." if first is not None and last is not None else ""
    read = sources or [source.label for source in timeline.sources if source.state == READ and source.events]
    named = (
        joined(read)
        if len(read) <= 12
        else f"{joined(read[:10])} and {len(read) - 10} more, listed in the source register"
    )
    return f"Counted: {counted}.{period} Sources: {named or 'none'}. Clock: {case.zone}. Steps: {steps}."
