"""Identifiers as written to one form each, and to the persons the case names. Nobody is ever attributed by inference.

One number has many spellings (07700 900123, +447700900123, 00447700900123, 447700900123): all become E.164 through phonenumbers, with the case's country as
default. Short codes, alphanumeric senders, emails and names are kinds of their own.

An address with a tag (jo+shop@example.org) is not made jo@example.org: most providers deliver both to one mailbox, but not all, and anybody can write either into a
sender. It is a person's only where case.toml lists it as it is; `untagged` tells what it would be, for a person to look at.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

import phonenumbers

from pipeline.case import Case, CaseError, basis_words

NUMBER: Final = "number"
SHORT_CODE: Final = "short code"
EMAIL: Final = "email"
WITHHELD: Final = "withheld"
NAME: Final = "name"
NONE: Final = ""
IN_CASE: Final = "named in case.toml"
"""The basis of an identifier that stands with its person and has no [[attribution]]."""


class Identity(NamedTuple):
    """An identifier in its one form, what kind it is, and the key of the person the case gives it to ("" if none)."""

    form: str
    kind: str
    person: str


class Directory:
    """Who is behind an identifier, by case.toml alone.

    Raises:
        CaseError: the case gives one identifier to two persons.
    """

    def __init__(self, case: Case) -> None:
        self._country = case.country
        self._code = str(phonenumbers.country_code_for_region(case.country))
        self._known: dict[str, Identity] = {}
        self._persons: dict[str, str] = {}
        self._bases: dict[str, list[str]] = {}
        for one in case.attributions:
            self._bases.setdefault(self._key(self.form(one.identifier)[0]), []).append(basis_words(one))
        for person in case.people:
            for written in (*person.identifiers, person.name):
                key = self._key(self.form(written)[0])
                if key == WITHHELD:
                    raise CaseError(
                        f'{case.folder / "case.toml"}: "{written}" is given to {person.name}; withheld numbers need not be one caller, so they cannot be one person\'s'
                    )
                other = self._persons.setdefault(key, person.key)
                if other != person.key and written in person.identifiers:
                    names = [named.name for named in case.people if named.key in {other, person.key}]
                    raise CaseError(
                        f"{case.folder / 'case.toml'}: {written} is given to {' and to '.join(names)}; one identifier can be one person's only"
                    )

    def identify(self, written: str) -> Identity:
        """The identity behind an identifier as an export has it."""
        known = self._known.get(written)
        if known is None:
            form, kind = self.form(written)
            known = self._known[written] = Identity(form, kind, self._persons.get(self._key(form), ""))
        return known

    def basis(self, written: str) -> str:
        """On what it rests that an identifier is its person's: the attributions of case.toml, else `IN_CASE`; "" if it is nobody's."""
        if not self.identify(written).person:
            return ""
        return "; ".join(self._bases.get(self._key(self.form(written)[0]), [IN_CASE]))

    def untagged(self, written: str) -> Identity | None:
        """The address without its tag, where that is a person's and the address with it is nobody's."""
        form, kind = self.form(written)
        name, at, domain = form.rpartition("@")
        if kind != EMAIL or "+" not in name.lstrip("+") or self.identify(written).person:
            return None
        base = self.identify(f"{name.partition('+')[0]}{at}{domain}")
        return base if base.person else None

    @staticmethod
    def _key(form: str) -> str:
        return form.casefold()

    def form(self, written: str) -> tuple[str, str]:
        """The one form of an identifier, and its kind."""
        text = unicodedata.normalize("NFKC", written)
        text = "".join(char for char in text if unicodedata.category(char) != "Cf").strip()
        if not text:
            return "", NONE
        if "@" in text and re.fullmatch(r"(?:mailto:)?[^\s@]+@[^\s@]+", text):
            return text.removeprefix("mailto:").lower(), EMAIL
        dialled = re.sub(r"[\s().\-/]", "", text.removeprefix("tel:"))
        if re.fullmatch(r"\+?\d+", dialled):
            return self._number(dialled)
        return re.sub(r"\s+", " ", text), NAME

    def _number(self, dialled: str) -> tuple[str, str]:
        if len(dialled) <= 6:
            return dialled, SHORT_CODE
        if dialled.startswith(self._code) and len(dialled) == len(self._code) + 10:
            dialled = "+" + dialled  # 447700900123: some exports leave the plus out
        try:
            number = phonenumbers.parse(dialled, self._country)
        except phonenumbers.NumberParseException:
            return dialled, NUMBER
        if not phonenumbers.is_possible_number(number):
            return dialled, NUMBER
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), NUMBER
