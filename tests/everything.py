"""All that can be read in the files of a report, with other tools than the program's own: pdftotext, pdfinfo, pikepdf, zipfile."""

from __future__ import annotations

import html
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import poppler


def squeezed(text: str) -> str:
    """Letters and digits alone, in lower case, without accents."""
    return "".join(one for one in unicodedata.normalize("NFKD", text).casefold() if one.isalnum())


def everything(folder: Path) -> Iterator[tuple[str, str]]:
    """All texts in all files under a folder, and where: names; of a PDF the text as pdftotext has it, every string and every stream; the parts of Office files."""
    for path in sorted(folder.rglob("*")):
        yield f"name of {path.name}", path.relative_to(folder).as_posix()
        if path.suffix == ".pdf":
            yield f"{path.name}, pdftotext -layout", printed(path, "-layout")
            yield f"{path.name}, pdftotext -raw", printed(path, "-raw")
            yield from ((f"{path.name}, {where}", text) for where, text in _of_pdf(path))
            yield f"{path.name}, pdfinfo", poppler.asked("pdfinfo", "-meta", path).decode()
        elif path.suffix in {".xlsx", ".docx"}:
            with zipfile.ZipFile(path) as parts:
                for info in parts.infolist():
                    text = parts.read(info).decode("utf-8", "replace")
                    yield f"{path.name}, {info.filename}", f"{info.filename} {info.comment!r} {text}"
                    yield f"{path.name}, {info.filename} without tags", re.sub(r"<[^>]*>", "", text)
        elif path.is_file():
            yield path.name, path.read_text(encoding="utf-8")


def readable(folder: Path) -> Iterator[tuple[str, str]]:
    """What a person reads in the files under a folder, with the words behind figures and links, and where."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        yield path.name, path.name
        if path.suffix == ".pdf":
            yield path.name, printed(path, "-raw")
            yield path.name, poppler.asked("pdfinfo", path).decode()
            with pikepdf.open(path) as pdf:
                yield from ((path.name, text) for thing in pdf.objects for text in _strings(thing, names=False))
        elif path.suffix in {".xlsx", ".docx"}:
            with zipfile.ZipFile(path) as parts:
                yield from (
                    (f"{path.name}, {name}", _words(parts.read(name).decode()))
                    for name in parts.namelist()
                    if name.endswith((".xml", ".rels"))
                )
        elif path.suffix == ".html":
            yield (
                path.name,
                _words(re.sub(r"<(script|style)\b.*?</\1>", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)),
            )
        elif path.suffix in {".csv", ".txt"}:
            yield path.name, path.read_text(encoding="utf-8")


def _words(markup: str) -> str:
    """The words between the tags, and those that stand for what cannot be seen."""
    behind = re.findall(r"\b(?:alt|title|aria-label|descr|placeholder)=\"([^\"]*)\"", markup)
    return html.unescape(" ".join([re.sub(r"<[^>]*>", " ", markup), *behind]))


def printed(path: Path, order: str) -> str:
    """The text of a PDF as pdftotext gives it."""
    return poppler.asked("pdftotext", order, path, "-").decode()


def _of_pdf(path: Path) -> Iterator[tuple[str, str]]:
    with pikepdf.open(path) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream):
                data = thing.read_bytes()
                yield "a stream", data.decode("latin-1")
                yield "a stream", data.decode("utf-16-be", "ignore")
            yield "an object", " ".join(_strings(thing))


def _strings(thing: Any, *, names: bool = True) -> Iterator[str]:
    """All strings in an object, and names, as far as they are not objects of their own."""
    if isinstance(thing, pikepdf.String) or (names and isinstance(thing, pikepdf.Name)):
        yield str(thing)
    elif isinstance(thing, pikepdf.Stream | pikepdf.Dictionary):
        yield from thing.keys() if names else ()
        yield from (text for one in thing.values() if not _apart(one) for text in _strings(one, names=names))
    elif isinstance(thing, pikepdf.Array):
        yield from (text for one in thing if not _apart(one) for text in _strings(one, names=names))


def _apart(thing: Any) -> bool:
    return isinstance(thing, pikepdf.Object) and thing.is_indirect
