"""The name of the root of an XML file, by its first bytes: what a parser of an XML format asks in `sniff`. Not a parser."""

from __future__ import annotations

import re

from parsers.reading import encoding, is_binary

_MOST_BEFORE = 500
_TAG = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)(?=[\s/>])")


def root(head: bytes) -> tuple[str, str]:
    """The prefix (with its colon) and the name of the first element; "" twice if there is none.

    A few lines of text before it are let pass: the file is broken, but of its kind. After more than that it is a text about such files, or a program.
    """
    if is_binary(head):
        return "", ""
    text = head.decode(encoding(head), "replace")
    at, before = 0, 0
    while (at := text.find("<", start := at)) >= 0:
        before += len(text[start:at].strip())
        if before > _MOST_BEFORE:
            break
        if text.startswith("<!--", at):
            end = text.find("-->", at)
        elif text.startswith("<?", at):
            end = text.find("?>", at)
        elif text.startswith("<!", at):
            end = text.find("<", at + 1) - 1  # a DTD is refused later on
        else:
            found = _TAG.match(text, at)
            return (found[1] or "", found[2]) if found else ("", "")
        if end < at:
            break
        at = end + 1
    return "", ""
