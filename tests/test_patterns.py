"""Regular expressions that Python 3.11.2 (Debian 12) reads wrongly are not used: a group under a possessive quantifier (bug gh-106052, mended in 3.11.5)."""

from __future__ import annotations

import re
import re._parser as sre  # type: ignore[import-not-found]
from importlib import import_module
from typing import Any

import pytest
from conftest import ROOT

MODULES = [f"parsers.{path.stem}" for path in sorted((ROOT / "parsers").glob("*.py")) if path.stem != "__init__"]


def possessive_groups(parsed: Any) -> bool:
    """Whether a possessive repeat (or an atomic group) holds anything but single characters."""
    for operation, value in parsed:
        name = str(operation)
        if name == "ATOMIC_GROUP":
            return True
        if name == "POSSESSIVE_REPEAT" and (
            len(value[2]) != 1 or str(value[2][0][0]) not in {"IN", "LITERAL", "NOT_LITERAL", "ANY"}
        ):
            return True
        for part in value if isinstance(value, (tuple, list)) else (value,):
            for inner in part if isinstance(part, list) else (part,):
                if isinstance(inner, sre.SubPattern) and possessive_groups(inner):
                    return True
    return False


@pytest.mark.parametrize("name", MODULES)
def test_patterns_hold_for_every_python_that_we_support(name: str) -> None:
    module = import_module(name)
    patterns = {word: value for word, value in vars(module).items() if isinstance(value, re.Pattern)}
    assert [
        word
        for word, pattern in patterns.items()
        if possessive_groups(sre.parse(pattern.pattern, pattern.flags & ~re.DEBUG))
    ] == []


def test_the_test_sees_what_it_looks_for() -> None:
    assert possessive_groups(sre.parse(r"a(?:b|cd)*+d"))
    assert possessive_groups(sre.parse(r"x(?P<n>(?:\"[^\"]*\"|[^<])*+)y"))
    assert not possessive_groups(sre.parse(r"[^x]*+(?:y[^x]*+)*"))
