"""report.html: one file that opens from disk, asks for nothing and sends nothing.

Words go through Jinja with autoescape on and through `visible`; the events go in as compressed data and reach the page as text only. The content security
policy allows no request and no script but ours, by hash.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import date
from importlib import resources
from typing import Any, BinaryIO, Final

import jinja2
import pybase64
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from pipeline.analysis.result import Cell, Number, Selection
from pipeline.analysis.wording import day_words
from pipeline.case import Case
from pipeline.report import provenance, sections
from pipeline.report.chronology import Names
from pipeline.report.evidence_text import visible
from pipeline.report.sections import Answers, Section
from pipeline.store import Timeline

SCRIPTS: Final = ("rows.js", "filter.js", "list.js", "chronology.js", "figures.js", "page.js")
_EVENTS: Final = "[the events go here]"


def write(
    out: BinaryIO,
    case: Case,
    timeline: Timeline,
    answers: Answers,
    events: Callable[[], bytes],
    repeats: dict[str, int],
    day: date,
    version: str,
) -> None:
    """Writes the page; `events` gives them as `packed.pack` does, when all else is there, `repeats` by source key (see `provenance.balance`)."""
    plotly = get_plotlyjs()
    script = '"use strict";\n(() => {\n' + "\n".join(_template(name) for name in SCRIPTS) + "})();\n"
    summary = sections.summary(answers)
    body = sections.body(case, timeline, answers)
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_template),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(seen=visible, dmy=day_words, cell=_cell)
    html = environment.get_template("report.html.j2").render(
        case=case,
        day=day,
        version=version,
        period=sections.period(answers),
        numbers={figure.key: number for number, figure in enumerate(_figures(body), 1)},
        policy=_policy(plotly, script),
        page_words=re.sub(r"[^\w /.,-]", " ", f"{case.reference}, {day_words(day)}, prepared from the records listed"),
        style=Markup(_template("report.css")),  # noqa: S704 -- our own file
        plotly=Markup(plotly),  # noqa: S704 -- the library's own file
        script=Markup(script),  # noqa: S704 -- our own files
        names=_json(_names(case, timeline)),
        drawings=[(figure.key, _json(json.loads(figure.drawing.to_json(engine="json")))) for figure in _figures(body)],
        summary=summary,
        body=body,
        waiting=provenance.not_in_report(timeline),
        waiting_words="These files were handed in, and nothing of what they hold is counted or shown below.",
        register=provenance.register(case, timeline, answers.completeness.clocks),
        balance=provenance.balance(timeline, repeats),
        other_files=provenance.other_files(timeline),
        problems=provenance.problems(timeline),
        problem_count=len(timeline.problems),
        problems_printed=provenance.PROBLEMS_PRINTED,
        answered=provenance.answers_given(timeline),
        notes=[(source, source.notes) for source in timeline.sources if source.notes],
        cannot_show=provenance.cannot_show(timeline),
        how=provenance.how_it_was_made(case, day, version),
        events=_EVENTS,
    )
    before, after = html.split(_EVENTS)
    out.write(before.encode())
    out.write(pybase64.b64encode(events()))
    out.write(after.encode())


def _template(name: str) -> str:
    return resources.files("pipeline.report").joinpath("templates", name).read_text("utf-8")


def _policy(*scripts: str) -> str:
    """No request of any kind; scripts only these, by hash. Styles may stand in the page because plotly sets them on what it draws."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts
    )
    return f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; form-action 'none'; base-uri 'none'"


def _json(value: Any) -> Markup:
    """JSON that may stand in a <script> block: no "<", so that no evidence can end the block."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 -- the only character with a meaning there is gone


def _figures(body: Sequence[Section]) -> list[sections.Figure]:
    return [figure for section in body for figure in section.figures]


def _names(case: Case, timeline: Timeline) -> dict[str, Any]:
    names = Names.of(case, timeline)
    return {
        "persons": {key: visible(name) for key, name in names.persons.items()},
        "places": {key: visible(name) for key, name in names.places.items()},
        "cameras": {key: visible(name) for key, name in names.cameras.items()},
        "sources": {
            key: {
                "label": source.label,
                "file": visible(source.file),
                "sha256": source.sha256,
                "title": source.title,
                "version": source.version,
            }
            for key, source in names.sources.items()
        },
    }


def _cell(cell: Cell) -> str | Markup:
    """Words, a day (which is not broken over lines), or a number that leads to its rows."""
    if isinstance(cell, Number):
        counts = Markup(' data-counts="{}"').format(cell.counts) if cell.counts != "rows" else ""
        return Markup('<a class="n" href="#rows?{}"{}>{}</a>').format(_shown(cell.rows).query(), counts, cell.text)
    if re.fullmatch(r"\d\d/\d\d/\d{4}", cell):
        return Markup('<span class="day">{}</span>').format(cell)
    return visible(cell)


def _shown(rows: Selection) -> Selection:
    """The selection in the words of the page, where unseen characters have been made visible."""
    said: dict[str, Any] = {}
    for field in fields(rows):
        value = getattr(rows, field.name)
        if isinstance(value, tuple):
            said[field.name] = tuple(visible(one) if isinstance(one, str) else one for one in value)
    return replace(rows, **said)
