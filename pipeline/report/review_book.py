"""review.xlsx as it is written: the rows that wait for a decision and those that have one, with drop-down lists where there is something to choose.

What is only to be read is locked and grey; what is hers is white. There is no password: it is against slips, for a table that is sorted in part would put a
decision beside another event. Every word of the evidence is a text cell, never a formula or a link.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import xlsxwriter

from pipeline.case import Case
from pipeline.case.categories import CATEGORIES, offered
from pipeline.timeline.decisions import SEEN_BASES, Decision
from pipeline.timeline.review import HEADINGS, ID, KEYS, SHEET, SHOWN, SUGGESTED

SHEET_ROWS: Final = 1_000_000
WORDS: Final = 2_000
"""So many characters of a text are shown; the chronology has all."""
_MADE: Final = datetime(2000, 1, 1)  # noqa: DTZ001 -- Excel's dates have no zone; the same rows give the same bytes
_WIDTHS: Final = {
    ID: 14,
    "Why it is listed": 24,
    "Date": 11,
    "Time": 9,
    "Words": 60,
    "Remarks": 26,
    "What that event is": 40,
    SUGGESTED: 14,
    HEADINGS["reason"]: 26,
    HEADINGS["note"]: 30,
    **{HEADINGS[key]: 28 for key in ("category_1", "category_2", "category_3")},
}
_WIDTH: Final = 16
COLUMNS: Final = (ID, *SHOWN[:-1], SUGGESTED, SHOWN[-1], *HEADINGS.values())
_HELP: Final = (
    "One row is one event. Fill in the white columns; the grey ones are only shown. Save the file and close it; the next Fourline command takes it in.",
    f"{HEADINGS['same']}: answers for the event in the column “{SUGGESTED}”. yes: it is one event, counted once. no: these are two events, and both count.",
    f"{HEADINGS['same_as']}: the ID of another event that this row repeats. {HEADINGS['not_same']}: the ID of an event that it does not repeat, though it is marked so.",
    f"{HEADINGS['included']}: no leaves the event out of all counts. It stays in the chronology, marked, with your reason.",
    "Category: choose from the list, up to one in each of the three columns. Further codes can be typed into the third, with spaces between them.",
    f"{HEADINGS['seen']}: for a camera event, who is seen in it. Several persons: names with ; between them. Say on what basis and who says so.",
    (
        f"{HEADINGS['pictures']}: yes shows all pictures of the event where pictures are printed (fourline report --images marked), no shows none; numbers, such as 1, 3, show those "
        "attachments. For court nothing else is shown: look at each for the bar of the screen, names, faces, reflections, street signs and maps."
    ),
    f"{HEADINGS['decided_by']}, {HEADINGS['decided_on']}: your name and the day, as 22/11/2026.",
    "Rows cannot be sorted, so that no decision comes to stand beside another event; use the arrows in the headings to show only some of them.",
    "To have other rows listed: fourline review CASE --only all, --person, --from, --to. What is decided is always kept.",
)


@dataclass(frozen=True)
class Listed:
    """Rows for the review: the chronology's words of the events (`chronology.in_words`), and why each is listed; beside them the words for suggested events."""

    rows: pa.RecordBatch
    why: Sequence[str]
    suggested: Sequence[str]
    others: Mapping[str, str]
    orphans: Sequence[str] = ()


def write(path: Path, listed: Listed, decisions: Mapping[str, Decision], case: Case) -> int:
    """Writes the workbook; gives the number of rows."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": f"Review {case.reference}", "created": _MADE})
        top = {"valign": "top"}
        grey = book.add_format({**top, "text_wrap": True, "bg_color": "#F2F2F2", "font_color": "#404040"})
        white = book.add_format({**top, "text_wrap": True, "locked": False, "num_format": "@"})
        date = book.add_format({**top, "locked": False, "num_format": "dd/mm/yyyy", "align": "left"})
        sheet = book.add_worksheet(SHEET)
        choices = book.add_worksheet("Lists")
        for place, name in enumerate(COLUMNS):
            hers = name in HEADINGS.values()
            style = date if name == HEADINGS["decided_on"] else white if hers else grey
            sheet.set_column(place, place, _WIDTHS.get(name, _WIDTH), style)
            colour = "#FFE699" if hers else "#D9D9D9"
            heading = book.add_format({**top, "bold": True, "text_wrap": True, "bg_color": colour, "bottom": 1})
            sheet.write_string(0, place, name, heading)
        sheet.freeze_panes(1, 1)
        count = 0
        for count, (shown, decision) in enumerate(_rows(listed, decisions), 1):
            for place, words in enumerate(shown):
                if words:
                    sheet.write_string(count, place, words, grey)
            for place, value in enumerate(_written(decision, case) if decision else (), len(shown)):
                if isinstance(value, datetime):
                    sheet.write_datetime(count, place, value, date)
                elif value:
                    sheet.write_string(count, place, value, white)
        _choices(choices, case)
        _validate(sheet, max(count, 1), len(case.people))
        sheet.autofilter(0, 0, max(count, 1), len(COLUMNS) - 1)
        allowed = ("autofilter", "format_cells", "format_columns", "format_rows")
        sheet.protect("", dict.fromkeys(allowed, True))
        _help(book)
    return count


def _rows(listed: Listed, decisions: Mapping[str, Decision]) -> Iterator[tuple[list[str], Decision | None]]:
    """What is shown of each event, in the order of COLUMNS, with its decision; at the end the decisions that stand for no event."""
    names = [name for name in COLUMNS if name in listed.rows.schema.names]
    shown = [listed.rows.column(listed.rows.schema.get_field_index(name)).to_pylist() for name in names]
    for cells, why, suggested in zip(zip(*shown, strict=True), listed.why, listed.suggested, strict=True):
        known = dict(zip(names, cells, strict=True))
        decision = decisions.get(known[ID])
        other = (_answered(decision) if decision else "") or suggested
        known |= {"Why it is listed": why, SUGGESTED: other, "What that event is": listed.others.get(other, "")}
        yield [_cut(known.get(name, "")) for name in (ID, *SHOWN[:-1], SUGGESTED, SHOWN[-1])], decision
    for event in listed.orphans:
        known = {
            ID: event,
            "Why it is listed": "decided; no event has this ID now",
            SUGGESTED: _answered(decisions[event]),
        }
        yield [known.get(name, "") for name in (ID, *SHOWN[:-1], SUGGESTED, SHOWN[-1])], decisions[event]


def _answered(decision: Decision) -> str:
    """The event for which "yes" or "no" is written."""
    return decision.same_as or (decision.not_same[0] if decision.not_same else "")


def _written(decision: Decision, case: Case) -> list[str | datetime]:
    """The cells of a decision, in the order of HEADINGS."""
    names = {person.key: person.name for person in case.people}
    first, second = (*decision.categories[:2], "", "")[:2]
    rest = decision.categories[2:]
    day = decision.decided_on
    cells: dict[str, str | datetime] = {
        "same": "yes" if decision.same_as else "no" if decision.not_same else "",
        "same_as": "",
        "not_same": " ".join(decision.not_same if decision.same_as else decision.not_same[1:]),
        "included": {None: "", True: "yes", False: "no"}[decision.included],
        "reason": decision.reason,
        "category_1": offered(first) if first else "",
        "category_2": offered(second) if second else "",
        "category_3": offered(rest[0]) if len(rest) == 1 else " ".join(rest),
        "seen": "; ".join(names[key] for key in decision.seen),
        "seen_basis": decision.seen_basis,
        "seen_by": decision.seen_by,
        "pictures": decision.pictures.replace(" ", ", "),
        "note": decision.note,
        "decided_by": decision.decided_by,
        "decided_on": datetime(day.year, day.month, day.day) if day else "",  # noqa: DTZ001 -- Excel's dates have no zone
    }
    return [cells[key] for key in HEADINGS]


def _cut(words: str) -> str:
    return words if len(words) <= WORDS else f"{words[:WORDS]} [... cut here; the whole stands in the chronology]"


def _choices(sheet: Any, case: Case) -> None:
    sheet.set_column(0, 2, 60)
    columns = (
        ("Categories", *(offered(code) for code in CATEGORIES)),
        ("Persons of the case", *(person.name for person in case.people)),
        ("On what basis", *SEEN_BASES),
    )
    for row, values in enumerate(zip_longest(*columns, fillvalue="")):
        for column, words in enumerate(values):
            sheet.write_string(row, column, words)


def _validate(sheet: Any, last: int, people: int) -> None:
    """Drop-down lists; the two that may hold more than one value only warn."""

    def listed(key: str, source: Any, title: str = "", words: str = "") -> None:
        place = COLUMNS.index(HEADINGS[key])
        rule = {"validate": "list", "source": source, "error_title": title, "error_message": words}
        sheet.data_validation(1, place, last, place, rule | ({"error_type": "warning"} if words else {}))

    for key in ("same", "included"):
        listed(key, ["yes", "no"])
    for key in ("category_1", "category_2"):
        listed(key, f"=Lists!$A$2:$A${len(CATEGORIES) + 1}")
    several = "This is not in the list. Keep it only if it is several of the list"
    listed("category_3", f"=Lists!$A$2:$A${len(CATEGORIES) + 1}", "Several codes?", f"{several}, by their codes.")
    listed("seen", f"=Lists!$B$2:$B${people + 1}", "Several persons?", f"{several}, with ; between them.")
    listed("seen_basis", f"=Lists!$C$2:$C${len(SEEN_BASES) + 1}")


def _help(book: Any) -> None:
    sheet = book.add_worksheet("How to")
    sheet.set_column(0, 0, 120, book.add_format({"text_wrap": True, "valign": "top"}))
    scripts = f"The same without Excel: fourline review CASE --set ID KEY=VALUE --by NAME, with KEY one of: {', '.join(KEYS)}."
    for row, words in enumerate((*_HELP, scripts)):
        sheet.write_string(row, 0, words)
