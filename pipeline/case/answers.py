"""[[answer]]: what a person said when a file could not be read without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ANSWER_FORM: Final = {"file": str, "name": str, "key": str, "value": str, "question": str}


@dataclass(frozen=True)
class Answer:
    """What a person said when a file could not be read without it. `file` is the file's SHA-256, `name` its name, for the reader."""

    file: str
    name: str
    key: str
    value: str
    question: str = ""
