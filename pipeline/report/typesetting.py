"""Data into pages: the template `document.typ` set by typst, in a process of its own (typst keeps what it once laid out until its process ends).

Everything goes in as data and comes back as bytes: no file is written on the way, and nothing is read but the template and the fonts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from importlib import resources
from multiprocessing import get_context
from typing import Any, Final

STANDARDS: Final = ("ua-1", "a-2a")
"""PDF/UA-1 (readable by assistive programs) and PDF/A-2a (complete in itself, for keeping)."""


@dataclass(frozen=True)
class Told:
    """Where something stands: `kind` is "part", "heading" or "row"; `page` counts from 1, `number` and `letter` are those that are printed."""

    kind: str
    name: str
    page: int
    number: int
    letter: str


def typeset(data: Mapping[str, Any], day: date) -> tuple[bytes, tuple[Told, ...]]:
    """The pages as PDF, dated with this day, and where its parts, headings and cited rows stand.

    Raises:
        typst.TypstError: the template cannot be set with this data; a fault of ours.
    """
    stamp = int(datetime.combine(day, time(), UTC).timestamp())
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pdf, told = pool.submit(_typeset, json.dumps(data), stamp).result()
    return pdf, tuple(Told(**one) for one in json.loads(told))


def _typeset(data: str, stamp: int) -> tuple[bytes, str]:
    import typst

    from pipeline.report.fonts import FILES

    folders = sorted({str(path.parent) for path in FILES})
    with resources.as_file(resources.files("pipeline.report") / "templates" / "document.typ") as template:
        compiler = typst.Compiler(
            template,
            root=template.parent,
            font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders),
            sys_inputs={"data": data},
        )
        pdf = compiler.compile(format="pdf", pdf_standards=list(STANDARDS), timestamp=stamp)
        assert isinstance(pdf, bytes)
        return pdf, compiler.query("<told>", field="value")
