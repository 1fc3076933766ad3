"""What a person has decided about one event, and what of it cannot be."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Final

SEEN_BASES: Final = ("client says", "advocate's view", "police", "other")
"""On what it can rest that somebody is seen."""
BY_HAND: Final = "by hand"
"""How `same_rule` ends where a person has said that two rows are one event."""


@dataclass(frozen=True)
class Decision:
    """What was decided about the event `id`; a field that says nothing is None or empty.

    included, reason    whether it counts, and if not, why
    categories          codes of `case.categories`
    seen                keys of the persons whom `seen_by` sees in it, on the basis `seen_basis` (one of SEEN_BASES)
    pictures            which of its pictures may be shown: "yes", "no", or the numbers of attachments, "1 3"
    same_as, not_same   the event that it repeats; events that it does not repeat
    note                a remark
    decided_by, decided_on  who decided, on which day
    """

    id: str
    included: bool | None = None
    reason: str = ""
    categories: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    seen_basis: str = ""
    seen_by: str = ""
    pictures: str = ""
    same_as: str = ""
    not_same: tuple[str, ...] = ()
    note: str = ""
    decided_by: str = ""
    decided_on: date | None = None

    @property
    def decides(self) -> bool:
        """Whether anything is decided, beyond who and when."""
        return any(
            getattr(self, one.name) not in {None, "", ()}
            for one in fields(self)
            if one.name not in {"id", "decided_by", "decided_on"}
        )

    @property
    def fault(self) -> str:
        """What is wrong with it in itself; "" if nothing is."""
        if self.included is False and not self.reason:
            return "it is not included, and no reason is given"
        if self.seen and not self.seen_basis:
            return f"somebody is seen, and it is not said on what basis: {', '.join(SEEN_BASES)}"
        if self.same_as == self.id or self.id in self.not_same:
            return "an event cannot repeat itself"
        if self.same_as and self.same_as in self.not_same:
            return f"it cannot both repeat {self.same_as} and not repeat it"
        return ""

    @property
    def faulty(self) -> str:
        """The field that is to be mended where there is a `fault`."""
        if self.included is False and not self.reason:
            return "reason"
        return "seen_basis" if self.seen and not self.seen_basis else "same_as"

    @property
    def by(self) -> str:
        """'A. Advocate, 22/11/2026'."""
        return ", ".join(filter(None, [self.decided_by, f"{self.decided_on:%d/%m/%Y}" if self.decided_on else ""]))
