"""Data into pages: the template `document.typ` set by typst and finished, in a process of its own (typst keeps what it once laid out until its process ends).

Everything goes in as data and comes back as bytes: no file is written on the way, and nothing is read but the template, the fonts and the pictures, if there are any. That process loads no
more than it needs: a document of twenty volumes starts it twenty times.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from importlib import resources
from multiprocessing import get_context
from pathlib import Path
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


@dataclass(frozen=True)
class Pages:
    """A finished PDF, the number of its pages, and where its parts, headings and cited rows stand."""

    pdf: bytes
    count: int
    told: tuple[Told, ...]


def typeset(
    data: Mapping[str, Any],
    day: date,
    maker: str,
    bookmarks: Mapping[str, str] | None = None,
    pictures: Path | None = None,
) -> Pages:
    """The document that the template makes of this data, dated with this day; `maker` and `bookmarks` as `finishing.finished` takes them; `pictures` is the folder of those that it prints.

    Raises:
        typst.TypstError: the template cannot be set with this data; a fault of ours.
    """
    from pipeline.report.fonts import FILES

    folders = sorted(
        {str(path.parent) for path in FILES}
    )  # where they lie is known here: matplotlib is not loaded there for that
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_typeset, json.dumps(data), folders, day, maker, dict(bookmarks or {}), pictures).result()


def number_words(profile: str, mark: str, letter: str, number: int) -> str:
    """A page number as it is printed; the template says the same."""
    return {"family": f"{letter}{number}", "exhibit": f"{mark}-{number}"}.get(profile, f"{number}")


def _labels(data: Mapping[str, Any], told: Sequence[Told], pages: int) -> list[str]:
    """The printed number of every page, from where the parts begin."""
    begun = {one.page: one for one in told if one.kind == "part"}
    labels, letter, number = [], "A", 0
    for page in range(1, pages + 1):
        if page in begun:
            letter, number = begun[page].letter, begun[page].number - 1
        number += 1
        labels.append(number_words(data["profile"], data["mark"], letter, number))
    return [f"{label} of {labels[-1]}" for label in labels] if data["of-all"] else labels


def _typeset(
    written: str, folders: list[str], day: date, maker: str, bookmarks: dict[str, str], pictures: Path | None
) -> Pages:
    import pikepdf
    import typst

    from pipeline.report import finishing

    stamp = int(datetime.combine(day, time(), UTC).timestamp())
    with resources.as_file(resources.files("pipeline.report") / "templates" / "document.typ") as template:
        main = template
        if pictures:  # typst reads nothing outside one folder
            main = pictures / template.name
            main.write_bytes(template.read_bytes())
        compiler = typst.Compiler(
            main,
            root=main.parent,
            font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders),
            sys_inputs={"data": written},
        )
        pdf = compiler.compile(format="pdf", pdf_standards=list(STANDARDS), timestamp=stamp)
        assert isinstance(pdf, bytes)
        told = tuple(Told(**one) for one in json.loads(compiler.query("<told>", field="value")))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        count = len(document.pages)
    data = json.loads(written)
    labels = _labels(data, told, count)
    return Pages(finishing.finished(pdf, data["title"], labels, bookmarks, day, maker), count, told)
