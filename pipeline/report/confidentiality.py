"""Who a report is for, and what of the evidence may reach the other side: an allow-list of fields, applied before anything is drawn.

What is served is made from a *reduced copy* of case and timeline. Every column of the events, every field of the case and of the source register has its treatment
here; a field without one is withheld (C1). The renderers are given the copy and nothing else, so that they cannot print what they do not have. After that,
`leak_search` opens what they made and searches it again.

The rules are sections 2 (N9) and 8 (C1-C13) of the domain reference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from parsers.contract import INCIDENT, LOCATION, OUT
from pipeline.analysis.contact import NOT_SHOWN
from pipeline.analysis.wording import many
from pipeline.case import Case, Person, Place
from pipeline.report.written_forms import Forms, code
from pipeline.store import ATTACHED, SourceInfo, Timeline
from pipeline.timeline.people import EMAIL, NUMBER, WITHHELD, Directory
from pipeline.timeline.schema import SCHEMA

BATCH: Final = 50_000


@dataclass(frozen=True)
class Audience:
    """Who a report is for.

    served   it reaches the other side: made from the reduced copy, searched, and released only after a person has looked at every page
    support  it ends with the page of people who can help, and its file names tell nothing (the client's own copy)
    images   which pictures are issued with it where nobody says otherwise (`case.report_table.IMAGES`)
    """

    key: str
    title: str
    served: bool = False
    support: bool = False
    images: str = "none"


COURT: Final = Audience("court", "Court and the other party", served=True)
POLICE: Final = Audience("police", "Police", images="marked")
CLIENT: Final = Audience("client", "The client", support=True)
INTERNAL: Final = Audience("internal", "Internal", images="marked")
AUDIENCES: Final = {audience.key: audience for audience in (COURT, POLICE, CLIENT, INTERNAL)}


@dataclass(frozen=True)
class Kept:
    """Which rows the reduced copy shows, for the statement of what is in and what is out (R6 c). `why` gives the rows of each reason, in order of the rules."""

    shown: int
    why: Mapping[str, int]


@dataclass(frozen=True)
class Reduced:
    """The reduced copy, and what was kept out of it.

    `timeline` has every row, those that are not shown without what they say: from it is known for which days anything is held. `shown` has the others alone.
    """

    case: Case
    timeline: Timeline
    shown: Timeline
    kept: Kept

    @property
    def words(self) -> tuple[str, ...]:
        """What the reader is told of it (R6 c, R14)."""
        out = sum(self.kept.why.values())
        counts = "; ".join(f"{many(count, 'row')}: {reason}" for reason, count in self.kept.why.items())
        return (
            f"{SELECTION_RULE} Of {many(self.kept.shown + out, 'row')} that were read, {self.kept.shown:,} are shown and {out:,} are not"
            + (f" ({counts})." if out else "."),
            _WITHHELD_WORDS,
            "The unredacted originals are held and can be given to the court on its direction. This document has its own SHA-256, which is never that of a source.",
        )

    def texts(self) -> Iterator[str]:
        """All words of the copy that are not the program's own: what the renderers can print of case and evidence."""
        yield from _texts_of(self.case)
        yield from (
            text for source in self.timeline.sources for text in _texts_of((source.notes, source.answers, source.why))
        )
        yield from (text for problem in self.timeline.problems for text in _texts_of(problem))
        columns = [name for name, treatment in EVENTS.items() if treatment is not as_it_is]
        with pq.ParquetFile(self.timeline.events) as file:
            for batch in file.iter_batches(BATCH, columns=columns):
                for column in batch.columns:
                    yield from filter(None, pc.unique(column.cast(pa.string())).to_pylist())


SELECTION_RULE: Final = (
    "Shown are contact from and to the persons named as respondent, the incidents of the diary, and records in which a person has recorded who is seen, a category, or that their picture may be shown. "
    "Contact with other people, and the client's own positions, are counted and not shown."
)


_WITHHELD_WORDS: Final = (
    "Details are withheld: addresses and places (given by type only), positions, telephone numbers and e-mail addresses other than the respondent's own, names of "
    "other people (Person A, Child 1 and so on), names of files and devices. Each is marked in its place, such as [phone], [address] or [Person A]; the words around "
    "it are unchanged."
)

# --- treatments: what a field becomes ---------------------------------------------------------------------------------------------------------------------

Treatment: TypeAlias = Callable[["Reducer", str], str]
"""What stands in the place of a value; it is asked once for each different value."""


def as_it_is(_: Reducer, value: str) -> str:
    """The value itself: it can hold nothing confidential, being a word of the program, a number or a time."""
    return value


def masked(reducer: Reducer, value: str) -> str:
    """The words with typed masks inside them (C13)."""
    return reducer.forms.masked(value)


def party(reducer: Reducer, value: str) -> str:
    """Identifiers: the other side's own in full, everybody else's by code (C8, C9)."""
    return " | ".join(reducer.party(one) for one in value.split(" | "))


def conversation(reducer: Reducer, value: str) -> str:
    """Threads and groups by number: their names are typed by people."""
    return reducer.number("Conversation", value)


def attachments(_: Reducer, value: str) -> str:
    """Type, size and hash; never the name."""
    kept = [
        {"name": f"attachment {number}", **{key: one.get(key) for key in ("type", "size", "sha256")}}
        for number, one in enumerate(json.loads(value), 1)
    ]
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def place_in_file(_: Reducer, value: str) -> str:
    """A place such as "line 120"; a place that a person's words are part of ("sheet Diary of ...") is withheld."""
    return value if _PLACE_IN_FILE.fullmatch(value) else ""


def remarks(reducer: Reducer, value: str) -> str:
    """The program's own remarks that say something of the time or state of a record; those that quote the file are withheld."""
    kept = [part for part in value.split("; ") if _REMARK.match(part) and not _QUOTES.search(part)]
    return masked(reducer, "; ".join(kept))


def further(reducer: Reducer, value: str) -> str:
    """Of what has no column: the client's words on impact, what was reported and to whom, when it was written down; each masked."""
    said = {key: str(words) for key, words in json.loads(value).items()}
    kept = {key: masked(reducer, words) for key, words in said.items() if key in _FURTHER}
    kept |= {key: _codes(masked(reducer, words)) for key, words in said.items() if key in _NAMES}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")) if kept else ""


def _codes(words: str) -> str:
    """Of a list of names what stands for persons of the case; a name that nobody has entered cannot be told from another word and is withheld."""
    return ", ".join(dict.fromkeys(re.findall(r"\[(?:Person|Child) \w+\]", words))) or "[withheld]"


_PLACE_IN_FILE: Final = re.compile(
    r"(?:(?:line|row|message|record|part|item|entry|event|sms|mms|call|photo|video|clip|point|rows|lines)[ :-]?)+[\d ,.:\-–]*"
)
_REMARK: Final = re.compile(
    r"this hour|the hour|written down|the date recorded|time |date |zone|no date|withheld|no number|edited|deleted|delivery|ring time|0 seconds|"
    r"the police reference|position may|may be|header time|GPS time|looks like|no words"
)
_QUOTES: Final = re.compile(r"[\"“”‘’:]|\bname says\b")
_FURTHER: Final = frozenset({"impact", "reported", "police_reference", "recorded_on", "response", "evidence"})
_NAMES: Final = frozenset({"witnesses", "officer"})

EVENTS: Final[Mapping[str, Treatment]] = {
    **dict.fromkeys(
        (
            "id", "zone", "basis", "clock", "precision", "direction", "sender", "recipients", "person", "place", "source",
            "same_as", "same_rule", "categories", "seen", "seen_basis", "pictures", "place_fit", "correction",
        ),
        as_it_is,
    ),
    **dict.fromkeys(("kind", "channel", "status"), masked),  # a list of calls may have a channel in its own words
    "sender_written": party,
    "recipients_written": party,
    "identifier": party,
    "thread": conversation,
    "text": masked,
    "subject": masked,
    "attachments": attachments,
    "at": place_in_file,
    "flags": remarks,
    "extra": further,
}  # fmt: skip
"""The allow-list of the text columns of an event. `utc`, `local`, `until`, `seconds`, `position` and `included` pass as they are; everything else is withheld."""

PLAIN: Final = frozenset({"utc", "utc_other", "local", "until", "seconds", "position", "included"})
ROW_ONLY: Final = frozenset({"id", "zone", "basis", "clock", "precision", "kind", "channel", "source", "same_as"})
"""What is left of a row that is not shown: enough to know for which days a file holds anything."""


class Reducer:
    """Makes the reduced copy of one case. `events` and `plain` may be replaced in tests, to prove that the search finds what a missing treatment lets through."""

    def __init__(
        self,
        case: Case,
        timeline: Timeline,
        events: Mapping[str, Treatment] = EVENTS,
        plain: frozenset[str] = PLAIN,
    ) -> None:
        self.forms = Forms(case, tuple(source.file for source in timeline.sources))
        self._case = case
        self._timeline = timeline
        self._events = events
        self._plain = plain
        self._directory = Directory(case)
        self._numbers: dict[str, dict[str, int]] = {}

    def party(self, written: str) -> str:
        """What stands for an identifier as a file has it."""
        if not written:
            return ""
        identity = self._directory.identify(written)
        if WITHHELD in {identity.kind, written}:
            return WITHHELD
        person = self._case.person(identity.person) if identity.person else None
        words = {NUMBER: "number", EMAIL: "address"}.get(identity.kind, "name")
        if person is None:
            return self.number(f"Unattributed {words}", identity.form)
        if person.key == self._case.client.key:
            return f"P1, {words} withheld"  # without a count: a second number tells that there is a new one (C7)
        if any(person.key == subject.key for subject in self._case.subjects):
            return written if identity.kind in {NUMBER, EMAIL} else self.name(person)
        return self.number(f"{self.name(person)}, {words}", identity.form)

    def name(self, person: Person) -> str:
        """What a person is called: the parties by name, everybody else by code."""
        if person.key == self._case.client.key:
            return "P1"
        return code(self._case, person) if person in self._case.others else person.name

    def number(self, kind: str, value: str) -> str:
        """The same number for the same value, in order of first appearance: "Conversation 3"."""
        known = self._numbers.setdefault(kind, {})
        return f"{kind} {known.setdefault(value, len(known) + 1)}" if value else ""

    def case(self) -> Case:
        """The case as it may be served."""
        case, said = self._case, self.forms.masked

        def person(one: Person) -> Person:
            return Person(
                one.key,
                self.forms.masked(one.role),
                one.name if one not in case.others else self.name(one),
                tuple(dict.fromkeys(map(self.party, one.identifiers))),
            )

        kinds: dict[str, int] = {}

        def place(one: Place) -> Place:
            kinds[one.type] = kinds.get(one.type, 0) + 1
            again = f" {kinds[one.type]}" if sum(other.type == one.type for other in case.places) > 1 else ""
            name = (
                f"{one.type.capitalize()}{again} [withheld]"
                if one.confidential
                else said(_PARENTHESES.sub("", one.name))
            )
            return Place(one.key, name, one.type, 0.0, 0.0, one.radius_m, "")

        return Case(
            folder=Path(),
            reference="",
            client=person(case.client),
            subjects=tuple(map(person, case.subjects)),
            others=tuple(map(person, case.others)),
            places=tuple(map(place, case.places)),
            key_dates=tuple(
                replace(one, what=self.forms.masked(one.what), reference=self.forms.masked(one.reference))
                for one in case.key_dates
                if one.type not in _TELLING
            ),
            attributions=tuple(
                replace(one, identifier=self.party(one.identifier), person=self._named(one.person), by="", why="")
                for one in case.attributions
            ),
            observed=tuple(
                replace(one, by=said(one.by), basis=said(one.basis), persons=tuple(map(self._named, one.persons)))
                for one in case.observed
            ),
            categorised=tuple(replace(one, by="") for one in case.categorised),
            origins=tuple(
                replace(
                    one,
                    name="",
                    description=said(one.description),
                    device="",
                    exported_by=said(one.exported_by),
                    exported_with=said(one.exported_with),
                    received_from=said(one.received_from),
                    original_held_by=said(one.original_held_by),
                    by="",
                )
                for one in case.origins
            ),
            not_held=tuple(replace(one, channel=said(one.channel), why=said(one.why), by="") for one in case.not_held),
            clocks=tuple(
                replace(one, files=(), make="", model="", serial="", by=said(one.by), how=said(one.how))
                for one in case.clocks
            ),
            orders=tuple(
                replace(
                    one,
                    name=said(one.name),
                    terms=tuple(replace(term, text=said(term.text)) for term in one.terms),
                )
                for one in case.orders
            ),
            pictures=tuple(
                replace(one, transcript=said(one.transcript), by="", on=None, why="") for one in case.pictures
            ),
            report=case.report,
            zone=case.zone,
            country=case.country,
            gap_days=case.gap_days,
        )

    def _named(self, name: str) -> str:
        return next((self.name(one) for one in self._case.people if one.name.casefold() == name.casefold()), "")

    def source(self, source: SourceInfo) -> SourceInfo:
        """A row of the source register as it may be served: no file name, no path, nothing that a person typed."""
        return SourceInfo(
            **{name: getattr(source, name) for name in _SOURCE},
            file="[name withheld]",
            notes=tuple(map(self.forms.masked, source.notes)),
            answers=tuple((self.forms.masked(question), _short(answer)) for question, answer in source.answers),
            why="attached to a message" if source.state == ATTACHED else self.forms.masked(source.why),
        )

    def write(self, folder: Path, *, outgoing_by_day: bool = False) -> Reduced:
        """Writes the reduced events into `folder`, which exists, and gives the copy. With `outgoing_by_day` the client's own contact is shown to the day only (C7)."""
        path, shown_path, why = (
            folder / "events.parquet",
            folder / "shown.parquet",
            {"shown": 0, _OTHERS: 0, _POSITIONS: 0, _EXCLUDED: 0, _ELSE: 0},
        )
        with (
            pq.ParquetFile(self._timeline.events) as file,
            pq.ParquetWriter(path, SCHEMA, compression="zstd") as out,
            pq.ParquetWriter(shown_path, SCHEMA, compression="zstd") as shown_out,
        ):
            for batch in file.iter_batches(BATCH):
                events = pa.Table.from_batches([batch])
                reasons = self._reasons(events)
                for reason in why:
                    why[reason] += int(pc.sum(pc.equal(reasons, reason)).as_py() or 0)
                keep = pc.equal(reasons, "shown")
                reduced = self._reduced(events, keep, outgoing_by_day=outgoing_by_day)
                out.write_table(reduced)
                shown_out.write_table(reduced.filter(keep))
        shown = why.pop("shown")
        timeline = Timeline(
            path,
            tuple(map(self.source, self._timeline.sources)),
            tuple(
                replace(row, at=place_in_file(self, row.at), reason=masked(self, row.reason), raw="")
                for row in self._timeline.problems
            ),
        )
        return Reduced(
            self.case(),
            timeline,
            replace(timeline, events=shown_path),
            Kept(shown, {words: count for words, count in why.items() if count}),
        )

    def _reasons(self, events: pa.Table) -> Any:
        """For each row "shown", or why it is not."""
        keys = [subject.key for subject in self._case.subjects]
        named = pc.is_in(_text(events, "person"), pa.array(keys, pa.string()))
        for key in keys:
            named = pc.or_(named, pc.equal(_text(events, "sender"), key))
            named = pc.or_(named, pc.match_substring_regex(_text(events, "recipients"), rf"(^| ){key}( |$)"))
        recorded = pc.not_equal(_text(events, "categories"), "")
        for name in {"seen", "pictures"} & set(events.column_names):
            recorded = pc.or_(recorded, pc.invert(pc.is_in(_text(events, name), pa.array(["", "no"]))))
        incident = pc.equal(_text(events, "kind"), INCIDENT)
        position = pc.equal(_text(events, "kind"), LOCATION)
        included = pc.fill_null(events["included"], True)
        of_others = pc.or_(pc.not_equal(_text(events, "identifier"), ""), pc.not_equal(_text(events, "person"), ""))
        chosen = pc.and_(pc.or_(pc.or_(named, recorded), incident), pc.invert(position))
        return pc.case_when(
            pc.make_struct(pc.invert(included), chosen, position, of_others),
            *(pa.scalar(words) for words in (_EXCLUDED, "shown", _POSITIONS, _OTHERS, _ELSE)),
        )

    def _reduced(self, events: pa.Table, shown: Any, *, outgoing_by_day: bool) -> pa.Table:
        columns: dict[str, Any] = {}
        for column in SCHEMA:
            name = column.name
            if name in self._plain:
                columns[name] = events[name]
            elif name in self._events and pa.types.is_string(_value_type(column.type)):
                values = _text(events, name)
                if name not in ROW_ONLY:
                    values = pc.if_else(shown, values, "")
                columns[name] = self._treated(name, values)
            else:
                columns[name] = _nothing(column.type, len(events))
        columns["status"] = pc.if_else(shown, columns["status"], NOT_SHOWN)
        columns["seconds"] = pc.if_else(shown, columns["seconds"], None)
        columns["until"] = pc.if_else(shown, columns["until"], None)
        if outgoing_by_day:
            _to_the_day(columns, pc.equal(columns["direction"], OUT))
        return pa.table({column.name: columns[column.name].cast(column.type) for column in SCHEMA}, schema=SCHEMA)

    def _treated(self, name: str, values: Any) -> Any:
        treatment = self._events[name]
        if treatment is as_it_is:
            return values
        coded = values.dictionary_encode()
        coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
        coded = coded.chunk(0) if isinstance(coded, pa.ChunkedArray) else coded
        words = coded.dictionary.to_pylist()
        if treatment is masked:
            new = self.forms.masked_all(words)
        else:
            new = [treatment(self, word) if word else "" for word in words]
        return pa.array(new, pa.string()).take(coded.indices)


_PARENTHESES: Final = re.compile(r"\s*\([^)]*\)")
"""What stands in brackets behind a place that may be named, such as "(until 28 March)", tells of the next one."""
_TELLING: Final = frozenset({"moved", "number changed"})
"""Key dates that tell of a new address or number (C6, C7)."""
_OTHERS: Final = "contact with people other than the respondent, or whose number is withheld or not attributed"
_POSITIONS: Final = "the client's own positions"
_EXCLUDED: Final = "left out by a person in the review"
_ELSE: Final = "other records (photos, clips and notices) for which nobody has recorded who is seen, a category or that they may be shown"

_SOURCE: Final = (
    "key", "label", "sha256", "size", "received", "state", "parser", "title", "version", "records", "events", "problems", "first", "last", "cannot_show", "run",
)  # fmt: skip


def _short(answer: str) -> str:
    """An answer that is one of the program's own words; names are withheld."""
    return answer if answer.lower() in {"yes", "no", "day first", "month first", "utc", "local"} else "[withheld]"


def _texts_of(thing: Any) -> Iterator[str]:
    """Every text in a case or a part of it; the words for kinds of things are the program's."""
    if isinstance(thing, str):
        yield thing
    elif is_dataclass(thing):
        for one in fields(thing):
            if one.name not in {"type", "kind", "key", "basis", "decision"}:
                yield from _texts_of(getattr(thing, one.name))
    elif isinstance(thing, Mapping):
        yield from (text for one in thing.values() for text in _texts_of(one))
    elif isinstance(thing, (tuple, list)):
        yield from (text for one in thing for text in _texts_of(one))


def _value_type(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _text(events: pa.Table, name: str) -> Any:
    """A column of text as plain strings, nulls as ""."""
    return pc.fill_null(events[name].cast(pa.string()), "").combine_chunks()


def _nothing(kind: pa.DataType, count: int) -> Any:
    """A column in which nothing stands: "" for text, null for the rest."""
    return pa.array([""] * count, pa.string()) if pa.types.is_string(_value_type(kind)) else pa.nulls(count, kind)


def _to_the_day(columns: dict[str, Any], outgoing: Any) -> None:
    """Shows the rows to the day only. Their instants stay in order among the others: only what is printed, the local time and the precision, loses its hours."""
    columns["local"] = pc.if_else(outgoing, pc.floor_temporal(columns["local"], unit="day"), columns["local"])
    columns["precision"] = pc.if_else(outgoing, "day", columns["precision"])
    columns["until"] = pc.if_else(outgoing, None, columns["until"])
