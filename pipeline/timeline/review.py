"""review.xlsx: the advocate's decisions, keyed by event id. Read here; `pipeline.report.review_book` writes it.

One row an event. What cannot be read is refused, all of it at once, with row and column: half a review would count what she has excluded. A row that decides
nothing is no decision. A row whose event is not in the timeline (its file was taken out, or is read otherwise now) stays in the review.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

from pipeline.case import Case
from pipeline.case.categories import UnknownCategory, codes
from pipeline.timeline.decisions import SEEN_BASES, Decision

FILE: Final = "review.xlsx"
SHEET: Final = "Review"
ID: Final = "Event ID"
SUGGESTED: Final = "May repeat event"
SAME: Final = "Is it the same event?"
HEADINGS: Final = {
    "same": SAME,
    "same_as": "Repeats event (ID)",
    "not_same": "Does not repeat (ID)",
    "included": "Include?",
    "reason": "If not included: why",
    "category_1": "Category",
    "category_2": "Category 2",
    "category_3": "Category 3",
    "seen": "Who is seen",
    "seen_basis": "Seen: on what basis",
    "seen_by": "Seen: who says so",
    "pictures": "Show pictures?",
    "note": "Note",
    "decided_by": "Decided by",
    "decided_on": "Decided on",
}
"""The columns that are hers to fill in."""
KEYS: Final = (
    "included", "reason", "categories", "seen", "seen_basis", "seen_by", "pictures", "same_as", "not_same", "note",
)  # fmt: skip
"""What can be set on the command line."""
_FAULTS: Final = 10
_CATEGORY_COLUMNS: Final = ("category_1", "category_2", "category_3")
_EVENT: Final = re.compile("[0-9a-f]{12}")
_BROKEN: Final = (  # what zipfile, expat and openpyxl are known to raise on damaged workbooks; openpyxl documents none of it
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    SyntaxError,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    ArithmeticError,
    AttributeError,
    NotImplementedError,
    RuntimeError,
)


class ReviewError(Exception):
    """The review cannot be used as it is; the message names row and column, and what to do."""


@dataclass(frozen=True)
class Review:
    """What review.xlsx holds: the decisions by event id, the ids of all its rows, and what is to be said of the file."""

    decisions: Mapping[str, Decision] = field(default_factory=dict)
    listed: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def digest(self) -> str:
        """A hash of the decisions: that of another file that decides the same is the same. "" if nothing is decided."""
        if not self.decisions:
            return ""
        rows = [asdict(self.decisions[one]) for one in sorted(self.decisions)]
        return hashlib.sha256(json.dumps(rows, default=str).encode("utf-8", "surrogatepass")).hexdigest()


def read(path: Path, case: Case) -> Review:
    """The review in the file `path`; an empty one if there is no such file.

    Raises:
        ReviewError: it is damaged or locked, lacks a sheet or column, or a cell cannot be understood.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return Review()
    except OSError as error:
        raise ReviewError(
            f"{path} cannot be read ({error.strerror or error}). If it is open in Excel, save and close it there, then try again."
        ) from None
    import openpyxl

    with file:
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            sheet = book[SHEET] if SHEET in book.sheetnames else None
            rows = [] if sheet is None else list(_filled(sheet.iter_rows(values_only=True)))
        except _BROKEN as error:
            raise ReviewError(
                f"{path} is damaged and cannot be read ({type(error).__name__}: {error}). Open it in Excel, let Excel repair it and save it; or put back an earlier "
                "copy from the folder reviews."
            ) from None
    if sheet is None:
        raise ReviewError(
            f'{path} has no sheet "{SHEET}". Give the sheet with the decisions this name again, or put back an earlier copy from the folder reviews.'
        )
    return _Sheet(path, case).read(rows)


def _filled(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The rows that hold anything, with their numbers in the sheet."""
    for number, row in enumerate(rows, 1):
        if any(value not in {None, ""} for value in row):
            yield number, row


class _Sheet:
    """Reads the rows, and keeps what is wrong with them."""

    def __init__(self, path: Path, case: Case) -> None:
        self._path = path
        self._case = case
        self._faults: list[str] = []
        self._columns: dict[str, int] = {}

    def read(self, rows: Sequence[tuple[int, tuple[Any, ...]]]) -> Review:
        unread = self._find_columns(rows[0][1] if rows else ())
        decisions: dict[str, Decision] = {}
        first: dict[str, int] = {}
        listed: dict[str, None] = {}
        for number, row in rows[1:]:
            event = self._event(number, ID, self._value(row, ID))
            decision = self._decision(number, row, event)
            if not event:
                if decision.decides or any(self._text(row, heading) for heading in HEADINGS.values()):
                    self._fault(number, ID, "there is a decision in this row and no event ID")
                continue
            listed[event] = None
            if decision.decides and decision != decisions.setdefault(event, decision):
                self._fault(
                    number, ID, f"{event} is decided about in row {first[event]} too, and otherwise; clear one of them"
                )
            if decision.decides:
                first.setdefault(event, number)
        if self._faults:
            more = f"\n  ... and {len(self._faults) - _FAULTS} more" if len(self._faults) > _FAULTS else ""
            told = "".join(f"\n  {fault}" for fault in self._faults[:_FAULTS])
            raise ReviewError(f"{self._path} was not taken in; mend this in Excel, save it, and try again:{told}{more}")
        nameless = sum(not one.decided_by for one in decisions.values())
        remarks = [f"{FILE}: the column “{name}” is not one of Fourline's and is not read" for name in unread]
        if nameless:
            remarks.append(f"{FILE}: {nameless} of {len(decisions)} decisions do not say who decided")
        return Review(decisions, tuple(listed), tuple(remarks))

    def _find_columns(self, headings: Sequence[Any]) -> list[str]:
        """Notes where each column stands; gives the headings that are not ours."""
        known = {ID, SUGGESTED, *HEADINGS.values()}
        names = [str(value).strip() if value is not None else "" for value in headings]
        missing = [name for name in (ID, SUGGESTED, *HEADINGS.values()) if names.count(name) != 1]
        if missing:
            said = ", ".join(f"“{name}” {'is missing' if name not in names else 'stands twice'}" for name in missing)
            raise ReviewError(
                f"{self._path}, row 1 of the sheet “{SHEET}”: the column {said}. The headings must be as they were written; put them right, or put back an "
                "earlier copy from the folder reviews."
            )
        self._columns = {name: place for place, name in enumerate(names) if name in known}
        return [name for name in names if name and name not in known and name not in SHOWN]

    def _fault(self, number: int, heading: str, words: str) -> None:
        self._faults.append(f"row {number}, column “{heading}”: {words}")

    def _value(self, row: tuple[Any, ...], heading: str) -> Any:
        place = self._columns[heading]
        return row[place] if place < len(row) else None

    def _text(self, row: tuple[Any, ...], heading: str) -> str:
        value = self._value(row, heading)
        if value is None:
            return ""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return str(value).strip()

    def _event(self, number: int, heading: str, value: Any) -> str:
        """An event id; twelve digits that Excel has taken for a number are one too."""
        if (
            isinstance(value, (int, float))
            and not isinstance(value, bool)
            and 0 <= value < 10**12
            and value == int(value)
        ):
            return f"{int(value):012d}"
        text = str(value or "").strip().lower()
        if text and not _EVENT.fullmatch(text):
            self._fault(number, heading, f'"{text[:40]}" is no event ID: 12 signs, 0-9 and a-f, as in the first column')
            return ""
        return text

    def _decision(self, number: int, row: tuple[Any, ...], event: str) -> Decision:
        said = {key: self._text(row, heading) for key, heading in HEADINGS.items()}
        for key, text in said.items():
            if re.fullmatch(r"#[A-Z0-9/]+[!?]?", text):
                words = f"Excel shows an error here ({text}): a formula was typed, or words that begin with ="
                self._fault(number, HEADINGS[key], words)
        if said["seen_basis"] and said["seen_basis"].casefold() not in SEEN_BASES:
            words = f'"{said["seen_basis"]}" is not one of: {", ".join(SEEN_BASES)}'
            self._fault(number, HEADINGS["seen_basis"], words)
        same_as, not_same = self._repeats(number, row, said)
        decision = Decision(
            event,
            self._yes_or_no(number, "included", said["included"]),
            said["reason"],
            self._categories(number, said),
            self._seen(number, said["seen"]),
            said["seen_basis"].casefold(),
            said["seen_by"],
            self._pictures(number, said["pictures"]),
            same_as,
            not_same,
            said["note"],
            said["decided_by"],
            self._day(number, self._value(row, HEADINGS["decided_on"])),
        )
        if event and decision.fault:
            self._fault(number, HEADINGS[decision.faulty], decision.fault)
        return decision

    def _repeats(self, number: int, row: tuple[Any, ...], said: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
        """same_as and not_same, from the answer for the suggested event and from the ids that are written."""
        same_as = self._event(number, HEADINGS["same_as"], self._value(row, HEADINGS["same_as"]))
        not_same = [self._event(number, HEADINGS["not_same"], one) for one in re.split(r"[\s,;]+", said["not_same"])]
        answer = self._yes_or_no(number, "same", said["same"])
        if answer is not None:
            suggested = self._event(number, SUGGESTED, self._value(row, SUGGESTED))
            if not suggested:
                words = f"there is no event in the column “{SUGGESTED}” to answer for; write its ID into “{HEADINGS['same_as']}”"
                self._fault(number, SAME, words)
            elif not answer:
                not_same.append(suggested)
            elif same_as and same_as != suggested:
                self._fault(number, HEADINGS["same_as"], f"it cannot repeat {same_as} and {suggested}")
            else:
                same_as = suggested
        return same_as, tuple(sorted({one for one in not_same if one}))

    def _categories(self, number: int, said: Mapping[str, str]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for key in _CATEGORY_COLUMNS:
            try:
                found |= dict.fromkeys(codes(said[key]))
            except UnknownCategory as error:
                self._fault(number, HEADINGS[key], str(error))
        return tuple(found)

    def _seen(self, number: int, text: str) -> tuple[str, ...]:
        try:
            return persons(text, self._case)
        except ReviewError as error:
            self._fault(number, HEADINGS["seen"], str(error))
            return ()

    def _pictures(self, number: int, text: str) -> str:
        try:
            return pictures(text)
        except ReviewError as error:
            self._fault(number, HEADINGS["pictures"], str(error))
            return ""

    def _yes_or_no(self, number: int, key: str, text: str) -> bool | None:
        if text.lower() not in {"", "yes", "no", "y", "n"}:
            self._fault(number, HEADINGS[key], f'"{text[:40]}" is neither yes nor no')
        return None if not text else text.lower() in {"yes", "y"}

    def _day(self, number: int, value: Any) -> date | None:
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date) or value is None:
            return value
        try:
            return day(str(value))
        except ValueError:
            self._fault(number, HEADINGS["decided_on"], f'"{str(value)[:40]}" is no date; write it as 22/11/2026')
            return None


SHOWN: Final = (
    "Why it is listed", "Date", "Time", "Channel", "Kind", "From", "To", "Words", "Place", "Remarks", "Source", "What that event is",
)  # fmt: skip
"""The columns that are only shown; what stands in them is not read back."""


def day(text: str) -> date | None:
    """A day as 22/11/2026 or 2026-11-22; None for "". Raises ValueError."""
    text = text.strip()
    if not text:
        return None
    found = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    return date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text)


def persons(said: str, case: Case) -> tuple[str, ...]:
    """'Sam Marsh; Jo Vale', or their keys, to keys.

    Raises:
        ReviewError: somebody is not a person of the case.
    """
    found: dict[str, None] = {}
    for part in filter(None, (part.strip() for part in said.split(";"))):
        keys = [one.key for one in case.people if part.casefold() in {one.key.casefold(), one.name.casefold()}]
        if len(keys) != 1:
            names = "; ".join(one.name for one in case.people)
            raise ReviewError(
                f'"{part[:60]}" is not one person of the case. They are: {names}. Several are written with ; between them'
            )
        found[keys[0]] = None
    return tuple(found)


def pictures(said: str) -> str:
    """'yes', 'no' or '1, 3' to how a decision has it: "yes", "no", "1 3".

    Raises:
        ReviewError: it is none of these.
    """
    text = said.strip().lower()
    if text in {"", "yes", "no", "y", "n"}:
        return {"y": "yes", "n": "no"}.get(text, text)
    numbers = [part for part in re.split(r"[\s,;]+", text) if part]
    if not all(re.fullmatch(r"[1-9][0-9]{0,3}", part) for part in numbers):
        raise ReviewError(f'"{said[:40]}" is neither yes, no, nor numbers of attachments, such as 1, 3')
    return " ".join(map(str, sorted({int(part) for part in numbers})))


def said(event: str, settings: Sequence[str], case: Case, before: Decision) -> Decision:
    """The decision `before` with what "key=value" says; an empty value takes back what was said.

    Raises:
        ReviewError: a key or value cannot be.
    """
    values: dict[str, Any] = {}
    for setting in settings:
        key, equals, value = (part.strip() for part in setting.partition("="))
        if not equals or key not in KEYS:
            raise ReviewError(f'"{setting}" is not of the form KEY=VALUE, with KEY one of: {", ".join(KEYS)}')
        values[key] = _parsed(key, value, case)
    decision = Decision(**{**asdict(before), **values, "id": event})
    if decision.fault:
        raise ReviewError(f"{event}: {decision.fault}")
    return decision


def _parsed(key: str, value: str, case: Case) -> Any:
    if key == "included":
        if value.lower() not in {"", "yes", "no"}:
            raise ReviewError(f"included={value}: write yes or no")
        return None if not value else value.lower() == "yes"
    if key == "categories":
        try:
            return codes(value)
        except UnknownCategory as error:
            raise ReviewError(str(error)) from None
    if key == "seen":
        return persons(value, case)
    if key == "pictures":
        return pictures(value)
    if key in {"same_as", "not_same"}:
        return _events(key, value)
    if key == "seen_basis" and value and value.casefold() not in SEEN_BASES:
        raise ReviewError(f"seen_basis={value}: it must be one of {', '.join(SEEN_BASES)}")
    return value.casefold() if key == "seen_basis" else value


def _events(key: str, value: str) -> str | tuple[str, ...]:
    events = [one for one in re.split(r"[\s,;]+", value.lower()) if one]
    if wrong := [one for one in events if not _EVENT.fullmatch(one)]:
        raise ReviewError(f'"{wrong[0]}" is no event ID: 12 signs, 0-9 and a-f')
    if key == "not_same":
        return tuple(sorted(set(events)))
    if len(events) > 1:
        raise ReviewError(f"{key}={value}: an event can repeat one event only")
    return events[0] if events else ""
