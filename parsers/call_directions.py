"""The words by which call logs and bills say that a call came in or went out, and what became of it. Not a parser; `parsers.call_log` reads with it."""

from __future__ import annotations

import re
from typing import Final

from parsers.contract import IN, OUT

_INTO: Final = frozenset({"incoming", "inbound", "received", "mt", "mtc", "terminating", "terminated"})
_OUT_OF: Final = frozenset(
    {"outgoing", "outbound", "dialled", "dialed", "made", "placed", "sent", "mo", "moc", "originating", "originated"}
)
_SHORT: Final = re.compile(
    r"(?:(?:call|sms|text) )?(in|out)(?: call)?(?: [-\u2013] .*)?"
)  # and not "in bundle", "out of allowance"
ANDROID: Final = {
    "1": "incoming", "2": "outgoing", "3": "missed", "4": "voicemail", "5": "rejected", "6": "blocked", "7": "answered elsewhere",
}  # fmt: skip
"""What the numbers of Android's list of calls mean (CallLog.Calls.TYPE)."""
_STATUSES: Final = (
    (re.compile(r"\bmissed\b|\bunanswered\b|\bno answer\b|\bnot answered\b"), "missed"),
    (re.compile(r"\brejected\b|\bdeclined\b|\brefused\b"), "rejected"),
    (re.compile(r"\bblocked\b"), "blocked"),
    (re.compile(r"\bvoice ?mail\b"), "voicemail"),
    (re.compile(r"\banswered elsewhere\b|\banswered externally\b"), "answered elsewhere"),
    (re.compile(r"\banswered\b"), "answered"),
)


def direction_of(said: str, words: str, *, bill: bool) -> tuple[str, str]:
    """Direction and status by the words of the type; `said`, if anything, stands in a column for the direction alone."""
    status = next((status for pattern, status in _STATUSES if pattern.search(words)), "")
    into, out = _ways(said)
    if into == out:
        into, out = _ways(words)
    if into != out:
        direction = IN if into else OUT
    elif into:
        direction = ""
    elif bill and status == "voicemail":  # the call to the line's own voicemail
        return OUT, ""
    elif status and status != "answered":
        direction = IN
    else:
        direction = OUT if bill else ""
    return direction, "" if status == "missed" and direction == OUT else status


def _ways(words: str) -> tuple[bool, bool]:
    """Whether words say that a call came in, and that it went out."""
    tokens = set(re.findall(r"[a-z]+", words))
    short = _SHORT.fullmatch(words)
    return bool(tokens & _INTO or (short and short[1] == "in")), bool(tokens & _OUT_OF or (short and short[1] == "out"))
