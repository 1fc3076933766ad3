"""What a report must never say (N1-N4, N9-N11 of the domain reference), as one table, and the search for it in all files of a report.

N5 (evidence is not changed) is tested in test_intake and test_verify, N6 (nothing is dropped, charts add up) in test_report_sections and test_paper, N7 (no attribution by
software) in test_people, N8 (no line across a time without data) in test_report_figures, N12 (nothing issued is overwritten) in test_document and test_cli.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow.parquet as pq
from everything import readable, squeezed


class Never(NamedTuple):
    """Words that must not be the program's own, whom the rule is for ("all" or "served"), and what of it may stand."""

    rule: str
    words: str
    copies: str = "all"
    but: str = r"(?!)"


TABLE: Final = (
    Never("N1 an offence, a finding", r"this is stalking|stalk\w*", but=r"National Stalking (?:Helpline|Advocacy Service)"),
    Never("N1 an offence, a finding", r"prov(?:es?|ed|ing|en)", but=r"proves nothing"),
    Never("N1 an offence, a finding", r"coerci\w*|controlling behaviour|harass\w*|abus\w*|perpetrat\w*|offenders?|victims?", but=r"Domestic Abuse Helpline|Victim Services"),
    Never("N1 an offence, a finding", r"offences?|guilty?|crimes? (?:was|were) committed|breach\w*|unlawful\w*|criminal\w*"),
    Never("N1 an offence, a finding", r"high risk|escalat\w*|alarming\w*|disturbing\w*|suspicious\w*|dangerous\w*|worrying\w*|sinister|aggressive\w*|relentless\w*|bombard\w*"),
    Never("N2 a score, a label, a prediction", r"risk scores?|scor(?:es?|ed|ing)|percentiles?|typolog\w*|motiv(?:e|es|ation)|diagnos\w*|predict\w*|homicid\w*|murder\w*|psycho\w*|narciss\w*|obsessed|delusion\w*"),
    Never("N2 a score, a label, a prediction", r"probab(?:le|ly|ility|ilities)|likelihood|likely to", but="the probability that is given"),
    Never("N3 a checklist", r"SASH|MARAC|very frightened|have they ever"),
    Never("N3 a checklist", r"S-?DASH|DASH|Fixated|Obsessive", "served"),
    Never("N4 what it is not", r"forensic\w*|experts?|authentic(?:ated|ity)?|tamper\w*|certif(?:y|ies|ied|icate|icates|ication)|guarantee\w*|verified"),
    Never("N9 support, safety, health, law", r"counsel(?:ling|lor|lors)|therap\w*|safety plans?|refuges?|solicitors? advised|legal advice|ISAC|IDVA|helplines?|Samaritans|support services?", "served", r"free ?phone helplines?|some helplines?"),
    Never("N9 paths and devices", r"/(?:home|root|Users|tmp|work|var)/\S+|[A-Z]:\\\S+|file://\S*|evidence/\w+|localhost|Phone A5|Example Phone", "served"),
    Never("N10 links out", r"https?://(?!schemas\.|purl\.org|www\.w3\.org|ns\.adobe\.com|www\.aiim\.org)\S+|mailto:\S+", "served"),
    Never("N11 what to do", r"(?:delete|block|confront|unfriend|reply to|do not reply|ignore) (?:him|her|them|it|the messages?)|you (?:should|must) (?:block|delete|confront|reply|move)"),
)  # fmt: skip


KINDS: Final[Mapping[str, str]] = {
    "an e-mail address": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    "a telephone number": r"(?<![\w.])(?=[\d +]{0,8}\d{3})(?:\+44 ?|0)[1-9](?: ?\d){8,9}(?!\w)",
    "a postcode": r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}\b",
    "a position": r"(?<![\d.])-?\d{1,2}\.\d{4,}°?,? ?-?\d{1,3}\.\d{4,}",
    "a place by words": r"///\w+\.\w+\.\w+|geo:|maps\.\w+",
}
"""Kinds of content that the served copy may hold of the other side alone (N9)."""


def unsayable(folder: Path, evidence: str, *, served: bool) -> list[str]:
    """Where the files of a report say what must not be said; `evidence` is all that the evidence and the case say, squeezed: people's own words may be any."""
    found = []
    for never in TABLE:
        if never.copies == "served" and not served:
            continue
        pattern = re.compile(rf"(?<!\w)(?:{never.words})(?!\w)", re.IGNORECASE)
        found += [
            f"{never.rule}: {where}: ...{near}..." for where, near in _found(folder, pattern, never.but, evidence)
        ]
    return found


def _found(folder: Path, pattern: re.Pattern[str], but: str, evidence: str) -> Iterator[tuple[str, str]]:
    for where, text in readable(folder):
        for match in pattern.finditer(text):
            near = " ".join(text[max(match.start() - 30, 0) : match.end() + 30].split())
            sides = (text[max(match.start() - 9, 0) : match.end()], text[match.start() : match.end() + 9])
            if not re.search(but, near, re.IGNORECASE) and not any(squeezed(side) in evidence for side in sides):
                yield where, near


def kinds(folder: Path) -> dict[str, set[str]]:
    """What of each kind of content stands anywhere in the files."""
    text = "\n".join(text for _, text in readable(folder))
    return {kind: {" ".join(one.split()) for one in re.findall(pattern, text)} for kind, pattern in KINDS.items()}


def evidence_of(events: Path, case_text: str) -> str:
    """All words of a timeline and of case.toml, squeezed, each apart from the next by a sign that no search spans."""
    columns: dict[str, list[Any]] = pq.read_table(events).to_pydict()
    texts = {value for values in columns.values() for value in values if isinstance(value, str) and len(value) > 3}
    return "|".join(map(squeezed, [case_text, *sorted(texts)]))
