"""Which records bear on topics of a form that trained people fill in, the S-DASH, as far as a person has recorded categories?

Rows are listed by the number of the question, with a topic in our own words. The form itself is not here: it is neither filled in nor reworded nor counted.
Numbers 3 to 8 are those that a timeline can hold records for (reference: court and domain, section 6).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from pipeline.analysis.four import VISITS, visits_in_a_week
from pipeline.analysis.recorded import BY_ID, LISTED, Recorded, listed, of_categories
from pipeline.analysis.result import Cell, Result, Table
from pipeline.analysis.wording import day_words, many, rows


class Topic(NamedTuple):
    """The number of the question, our words for what it is about, and the categories whose records bear on it."""

    number: int
    words: str
    codes: tuple[str, ...]


TOPICS: Final = (
    Topic(3, "property", ("DAMAGE",)),
    Topic(4, "coming to places", VISITS),
    Topic(5, "waiting near places", ("LOITER", "WATCH")),
    Topic(6, "threats", ("THREAT-V", "THREAT-O")),
    Topic(7, "other people", ("THIRD",)),
    Topic(8, "violence", ("ASSAULT",)),
)


@dataclass(frozen=True)
class Bearing:
    """A table of the topics, then one of the records for each topic that has any."""

    result: Result


def bearing(recorded: Recorded) -> Bearing:
    """The records for each topic."""
    table: list[tuple[Cell, ...]] = []
    lists = []
    for topic in TOPICS:
        there = recorded.rows(topic.codes)
        dated = there["day"].dropna()
        span = (day_words(dated.min()), day_words(dated.max())) if len(dated) else ("-", "-")
        number: Cell = rows(len(there), of_categories(topic.codes)) if len(there) else "none recorded"
        most = len(visits_in_a_week(recorded)[0]) if topic.codes == VISITS else 0
        also = f"at most {many(most, 'occasion')} within 7 days" if most else "-"
        table.append((f"{topic.number}", topic.words, ", ".join(topic.codes), number, *span, also))
        if len(there):
            lists.append(
                Table(
                    f"Records that bear on number {topic.number}, {topic.words}",
                    BY_ID,
                    tuple(listed(there.head(LISTED))),
                )
            )
    topics = Table(
        "Records that bear on topics of the S-DASH, by the number of its question",
        ("Number", "Topic, in our words", "Categories", "Records", "First day", "Last day", "Also"),
        tuple(table),
    )
    caveats = (
        "Only records to which a person has given a category are here. “None recorded” is no answer to a question.",
        "The form itself is filled in by a trained person, as it is printed, with the client. Nothing here answers a question of it or adds anything up.",
    )
    return Bearing(Result((), (topics, *lists), caveats))
