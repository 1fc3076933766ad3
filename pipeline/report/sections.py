"""What the report says, in order: sections made from the answers of the analyses, and what must be told about the records themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import pandas as pd

from pipeline.analysis import candidates
from pipeline.analysis.afterwards import Afterwards, afterwards
from pipeline.analysis.bearing import Bearing, bearing
from pipeline.analysis.bursts import Bursts, bursts
from pipeline.analysis.clocks import Clocks, clocks
from pipeline.analysis.completeness import Completeness, completeness
from pipeline.analysis.contact import Scope, scope
from pipeline.analysis.corroboration import Corroboration, corroboration
from pipeline.analysis.coverage import Coverage, coverage
from pipeline.analysis.decided import decided
from pipeline.analysis.displacement import Displacement, displacement
from pipeline.analysis.division import Division, division
from pipeline.analysis.each_record import each_record
from pipeline.analysis.four import Findings, Four, four
from pipeline.analysis.gaps import Gaps, gaps
from pipeline.analysis.key_dates import KeyDates, key_dates
from pipeline.analysis.material import Answer, Material
from pipeline.analysis.observed import ObservedTime, observed_time
from pipeline.analysis.over_time import OverTime, over_time
from pipeline.analysis.parties import Parties, parties
from pipeline.analysis.periods import Periods, periods
from pipeline.analysis.persistence import Persistence, persistence
from pipeline.analysis.reciprocity import Reciprocity, reciprocity
from pipeline.analysis.recorded import Recorded, recorded
from pipeline.analysis.repertoire import Repertoire, repertoire
from pipeline.analysis.result import Result
from pipeline.analysis.rhythm import Rhythm, rhythm
from pipeline.analysis.trend import Trend, trend
from pipeline.analysis.volume import Volume, volume
from pipeline.analysis.wording import day_words
from pipeline.case import Case
from pipeline.report import provenance
from pipeline.report.section import Figure, Section, Setting, listed
from pipeline.report.section.after import after_stops, moved_elsewhere
from pipeline.report.section.amount import amount
from pipeline.report.section.both_ways import both_ways
from pipeline.report.section.change import change
from pipeline.report.section.decisions import decisions
from pipeline.report.section.four import bearing as topics
from pipeline.report.section.four import four as four_letters
from pipeline.report.section.held import held
from pipeline.report.section.hours import hours
from pipeline.report.section.key_dates import around_key_dates
from pipeline.report.section.people import people
from pipeline.report.section.places import Places, places, places_found
from pipeline.report.section.strips import strips
from pipeline.report.section.times import times
from pipeline.store import Timeline
from pipeline.timeline.people import Directory

MORE: Final[tuple[tuple[str, str, Callable[[Material], Answer]], ...]] = (
    ("each-record", "Change over time, one record at a time", each_record),
)
"""Analyses that need nothing of the others, each with the anchor and the heading of its section: a new one is a file in `pipeline/analysis` and a line here."""

__all__ = ["Answers", "Figure", "Section", "analysed", "body", "period", "summary"]


@dataclass(frozen=True)
class Answers:
    """What all the analyses gave for one timeline. `labels` of sources by key."""

    scope: Scope
    observed: ObservedTime
    coverage: Coverage
    volume: Volume
    rhythm: Rhythm
    key_dates: KeyDates
    reciprocity: Reciprocity
    parties: Parties
    trend: Trend
    division: Division
    bursts: Bursts
    persistence: Persistence
    clocks: Clocks
    to_look_at: Result
    periods: Periods
    gaps: Gaps
    afterwards: Afterwards
    displacement: Displacement
    recorded: Recorded
    repertoire: Repertoire
    over_time: OverTime
    four: Four
    bearing: Bearing
    completeness: Completeness
    places: Places
    corroboration: Corroboration
    decided: Result
    more: tuple[Section, ...]
    labels: Mapping[str, str]


def analysed(
    case: Case,
    timeline: Timeline,
    prepared: pd.DataFrame,
    twice: Corroboration | None = None,
    *,
    served: bool = False,
) -> Answers:
    """Runs every analysis on a table made by `contact.prepare`; `twice` if that one has been run already; `served` if the answers are for the other side too."""
    labels = {source.key: source.label for source in timeline.sources}
    about = scope(case, prepared)
    directory = Directory(case)
    said = observed_time(case.observed, prepared, about, labels, _last_received(timeline))
    covered = coverage(prepared, labels, said.windows, case.gap_days)
    changed = trend(prepared, about, covered, said.windows)
    counted = volume(prepared, about, covered)
    noted = recorded(prepared, case)
    through = repertoire(prepared, about, covered, noted, case)
    findings = Findings(
        coverage=covered,
        volume=counted,
        rhythm=rhythm(prepared, about),
        reciprocity=reciprocity(prepared, about),
        bursts=bursts(prepared, about),
        persistence=persistence(prepared, about, covered),
        recorded=noted,
        repertoire=through,
        displacement=displacement(prepared, about, case),
        afterwards=afterwards(prepared, about, case.key_dates),
    )
    return Answers(
        scope=about,
        observed=said,
        **findings._asdict(),
        key_dates=key_dates(prepared, about, covered, case.key_dates),
        parties=parties(prepared, about.names, directory.basis),
        trend=changed,
        division=division(changed),
        periods=periods(counted, about, covered),
        gaps=gaps(prepared, about),
        over_time=over_time(counted, noted, through, about),
        four=four(prepared, about, findings),
        bearing=bearing(noted),
        completeness=completeness(
            prepared, covered, provenance.files(timeline), case.not_held, provenance.disappearing(timeline)
        ),
        clocks=clocks(
            prepared, labels, {source.key: source.title for source in timeline.sources}, case.clocks, case.zone
        ),
        to_look_at=candidates.to_look_at(prepared, directory.untagged, about.names),
        places=places_found(case, timeline, served=served),
        corroboration=twice or corroboration(prepared, labels),
        decided=decided(prepared, about.names),
        more=tuple(
            listed(anchor, heading, ask(Material(prepared, case, about, covered, said.windows, labels)).result)
            for anchor, heading, ask in MORE
        ),
        labels=labels,
    )


def _last_received(timeline: Timeline) -> date | None:
    days = [datetime.fromisoformat(source.received).date() for source in timeline.sources if source.received]
    return max(days, default=None)


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
        answers.places.visits,
    )
    facts = tuple(fact for part in parts for fact in part.result.headlines)
    return Section("summary", "Summary", answers.scope.note, facts)


def body(case: Case, timeline: Timeline, answers: Answers, *, served: bool = False) -> tuple[Section, ...]:
    """The sections between the summary and the chronology; `served` if they are for the other side too."""
    counted = tuple(label for key, label in answers.labels.items() if key in answers.volume.sources)
    setting = Setting(case, timeline, answers.scope, answers.coverage, answers.labels, counted)
    return (
        amount(setting, answers.volume, answers.periods, answers.gaps),
        change(setting, answers.trend, answers.division),
        *(section for section in answers.more if section.facts or section.open_tables),
        hours(setting, answers.rhythm),
        listed("bursts", "Much contact in a short time", answers.bursts.result),
        listed("persistence", "How long it went on, and the breaks", answers.persistence.result),
        *around_key_dates(setting, answers.key_dates),
        *after_stops(answers.afterwards),
        *moved_elsewhere(answers.displacement),
        both_ways(setting, answers.reciprocity),
        listed("repertoire", "Channels, identifiers and people over time", answers.repertoire.result),
        *places(setting, answers.places, served=served),
        listed("recorded", "What a person recorded", answers.recorded.result),
        strips(setting, answers.over_time, answers.recorded, answers.repertoire),
        four_letters(answers.four),
        topics(answers.bearing),
        held(setting, answers.observed),
        listed("completeness", "Completeness of the records", answers.completeness.result),
        listed("several-sources", "In more than one source", answers.corroboration.result),
        *decisions(answers.decided, timeline.remarks),
        people(setting, answers.parties, answers.to_look_at),
        times(answers.clocks),
    )
