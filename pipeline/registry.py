"""Which parsers there are and which one reads a file: one, none, or an error that names both."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from importlib import import_module
from importlib.metadata import PackageNotFoundError, entry_points, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import parsers

if TYPE_CHECKING:
    from parsers.contract import Parser, Source

GROUP: Final = "fourline.parsers"


class Ambiguous(Exception):  # noqa: N818 -- says what the file is
    """Two parsers say that the file is theirs; the message names both."""


@dataclass(frozen=True)
class Registered:
    """A parser with its name and where it came from ("fourline 0.1.0", or a third party's distribution and version)."""

    name: str
    origin: str
    load: Callable[[], object] = field(repr=False, compare=False)

    @cached_property
    def module(self) -> Parser:
        """The module itself, imported when it is first asked for.

        Raises:
            TypeError: it lacks one of the five names.
        """
        from parsers.contract import Parser

        module = self.load()
        if not isinstance(module, Parser):
            raise TypeError(
                f"the parser {self.name} of {self.origin} lacks one of: TITLE, HOW_TO_EXPORT, CANNOT_SHOW, sniff, parse"
            )
        return module


def fourline_version() -> str:
    """The version of this program."""
    try:
        return version("fourline")
    except PackageNotFoundError:
        return "0 (not installed)"


@cache
def registered() -> tuple[Registered, ...]:
    """All parsers in reading order: the built-in ones, then third parties' by name."""
    origin = f"fourline {fourline_version()}"
    ours = tuple(Registered(name, origin, partial(import_module, f"parsers.{name}")) for name in parsers.BUILTIN)
    points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    theirs = [
        Registered(point.name, f"{point.dist.name} {point.dist.version}" if point.dist else point.value, point.load)
        for point in points
    ]
    return (*ours, *theirs)


_LIBRARIES: Final = (
    "fontpkg-noto-sans", "fontpkg-noto-sans-arabic", "jinja2", "matplotlib", "pandas", "pi-heif", "pikepdf", "pillow", "plotly", "pyarrow", "typst", "xlsxwriter",
)  # fmt: skip
"""What the bytes of a timeline or a report depend on besides our own code."""


def versions() -> dict[str, Any]:
    """All that decides what comes out, for the custody log: program, Python, libraries, our parsers, and plugins with their distribution and version."""
    ours = f"fourline {fourline_version()}"
    return {
        "program": ours,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
        "parsers": {parser.name: parser.origin for parser in registered() if parser.origin == ours},
        "plugins": {parser.name: parser.origin for parser in registered() if parser.origin != ours},
        "parsers_code": fingerprint(),
        "code": _code(),
    }


@cache
def _code() -> str:
    """A hash over the program as it is installed: its modules and the templates of its reports."""
    digest = hashlib.sha256()
    top = Path(__file__).parent
    for path in sorted(top.rglob("*")):
        if path.suffix in _OURS:
            digest.update(path.relative_to(top).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


_OURS: Final = frozenset({".py", ".typ", ".j2", ".js", ".css", ".toml"})


def named(name: str) -> Registered | None:
    """The parser with this name."""
    return next((parser for parser in registered() if parser.name == name), None)


def identify(source: Source, among: Sequence[Registered] | None = None) -> Registered | None:
    """The parser of a file, or None if nobody knows it.

    Raises:
        Ambiguous: two say yes. That is a fault of a parser; which one is right is not for the program to guess.
    """
    found = [parser for parser in (registered() if among is None else among) if parser.module.sniff(source)]
    if len(found) > 1:
        raise Ambiguous(
            "two readers both claim this file: "
            + " and ".join(f"{parser.module.TITLE} ({parser.name}, {parser.origin})" for parser in found)
        )
    return found[0] if found else None


@cache
def fingerprint() -> str:
    """A hash over all that decides how a file is read: our parsers' code and third parties' versions. What was read under another one is read again."""
    digest = hashlib.sha256()
    for path in sorted(Path(parsers.__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for parser in registered():
        digest.update(f"{parser.name} {parser.origin}\0".encode())
    return digest.hexdigest()
