"""What a case keeps back from the other side, and what stands in its place.

The client's numbers and addresses, other people by name, number and address, places that are confidential, [[confidential]] and [[decision]] "withhold" of case.toml,
and the names of the files that were handed in (N9).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from pipeline.case import Case, Confidential, Person, Place
from pipeline.case.confidential import SHOW, WITHHOLD
from pipeline.report.written_forms import spelled
from pipeline.report.written_forms.ordinary import ALSO_WORDS, GENERIC_PLACES, MONTHS, TITLES
from pipeline.report.written_forms.spelled import Secret, national, phrase, words_of

_NOT_PERSONS: Final = frozenset(
    "workplace employer work school nursery college university organisation company shop surgery hospital refuge charity club police council court bank solicitors solicitor's "
    "church library team unit service services association ltd limited plc llp".split()
)
"""Of an organisation only the whole name is looked for: "police" alone tells nothing of Derbyshire Police."""
_TAILS: Final = frozenset(
    "ltd limited plc llp primary junior infant infants nursery high secondary grammar academy school college preschool university surgery practice dental medical veterinary clinic hospital centre c of e ce rc & and the".split()
)
"""What people leave out of the name of a school or firm."""
_CHILD_ROLES: Final = re.compile(r"\b(child|children|son|daughter|baby|stepson|stepdaughter)\b", re.IGNORECASE)
_MASKS: Final = {
    "phone": "[phone]", "email": "[email]", "handle": "[name]", "name": "[name]", "child": "[child]", "school": "[school]", "workplace": "[workplace]", "place": "[place]",
    "coordinates": "[place]", "postcode": "[postcode]",
}  # fmt: skip
_BRACKETS: Final = re.compile(r"[(\[].*?[)\]]")
_LONG_FILE_NAME: Final = 10
"""Letters of a file's name from which on it is looked for: "messages.csv" might be anybody's."""
_OUR_FILE: Final = re.compile(r"chronology\.\w+|SHA256SUMS\.txt|.*\b(?:Exhibit|Pictures) .*\.pdf", re.IGNORECASE)
"""Names that files of an issue have as well: a person may hand in what was issued before."""


class KeptBack(NamedTuple):
    """All that is kept back: in every way of writing it, and by the hash of what might have been hashed."""

    secrets: tuple[Secret, ...]
    hashes: dict[str, tuple[str, str]]


def kept_back(case: Case, files: Iterable[str] = ()) -> KeptBack:
    """What the case keeps back, the longest patterns first; `files` are the paths of what was handed in."""
    found = [*_of_the_case(case), *_file_names(files)]
    public = {"".join(words_of(place.name)) for place in case.places if not place.confidential}
    shown = {"".join(words_of(decided.text)) for decided in case.decisions if decided.decision == SHOW}
    kept = [
        secret
        for secret in found
        if not (secret.key in public and not secret.what.startswith("confidential"))
        and not (secret.part and secret.key in shown)
    ]
    return KeptBack(tuple(sorted(dict.fromkeys(kept), key=lambda secret: -len(secret.pattern.pattern))), _hashes(case))


def code(case: Case, person: Person) -> str:
    """What stands for another person in what is served: "Child 1" for a child, "Person A" for the rest (C9), counted separately."""
    children = [other.key for other in case.others if _CHILD_ROLES.search(other.role)]
    if person.key in children:
        return f"Child {children.index(person.key) + 1}"
    return f"Person {person.key}"


def unsearchable(case: Case) -> list[str]:
    """Names that the search cannot find, or only where they are written with a capital, for the person who looks at every page."""
    names = [(person, token) for person in case.others for token in person.name.split()]
    known = _known(case)
    found = [token for _, token in names if "".join(words_of(token)) in (ALSO_WORDS | MONTHS) - known]
    found += [token for _, token in names if len("".join(words_of(token))) == 1]
    return list(dict.fromkeys(found))


def _known(case: Case) -> set[str]:
    """The parties know each other's names; what stands in brackets behind one, "(mother of Alfie)", is no part of it."""
    names = [_BRACKETS.sub(" ", person.name) for person in (case.client, *case.subjects)]
    return {word for name in names for word in words_of(name)}


def _of_the_case(case: Case) -> Iterator[Secret]:
    known = _known(case)
    yield from _of_people(case, known)
    yield from _of_things(case)
    for number, entry in enumerate(case.confidential, 1):
        yield from _entry(entry, f"confidential entry {number} ({entry.kind})", known, case.country)
    for number, decided in enumerate(case.decisions, 1):
        if decided.decision == WITHHOLD:
            yield from _by_shape(decided.text, f"decision {number} (withhold)", "[withheld]", case.country)


def _of_people(case: Case, known: set[str]) -> Iterator[Secret]:
    for identifier in case.client.identifiers:
        if not set(words_of(identifier)) <= known:
            yield from _identifier(identifier, "the client", "", case.country)
    for person in case.others:
        yield from _person(case, person, known)


def _of_things(case: Case) -> Iterator[Secret]:
    for place in case.places:
        if place.confidential:
            yield from _place(place)
    for camera in case.cameras:
        serial = dict(camera.signs).get("serial", "")
        if len("".join(words_of(serial))) > 5:
            yield from phrase(serial, "the serial number of a camera", "[number]")
    if case.folder.is_absolute() and len(words_of(str(case.folder))) > 2:
        yield from phrase(str(case.folder), "the path of the case", "[file]")


def _person(case: Case, person: Person, known: set[str]) -> Iterator[Secret]:
    mask, what = f"[{code(case, person)}]", f"the name of {person.key}"
    words = words_of(person.name)
    if len("".join(words)) > 1 and not (len(words) == 1 and words[0] in MONTHS):
        yield from phrase(person.name, what, mask)
    if not set(words) & _NOT_PERSONS and not set(words_of(person.role)) & _NOT_PERSONS:
        yield from _tokens(person.name, what, mask, known)
        yield from _turned_round(case, person, what, mask, known)
    for identifier in person.identifiers:
        if not set(words_of(identifier)) <= known:
            yield from _identifier(identifier, person.key, mask, case.country)


def _tokens(name: str, what: str, mask: str, leave: set[str] | frozenset[str]) -> Iterator[Secret]:
    """Each part of a name alone: "O'Neil", also as "Oneil", and both parts of a double name."""
    for number, token in enumerate(name.split(), 1):
        words = [word for word in words_of(token) if word not in leave]
        for said in dict.fromkeys(("".join(words_of(token)), *words)):
            if said in MONTHS and said not in leave:
                yield spelled.month(said, f"{what}, its word {number}", mask)
            elif words and len(said) > 1 and not said.isdigit() and said not in TITLES and said not in leave:
                text = token if said == "".join(words_of(token)) else said
                if len(words_of(token)) > 1 and len(said) < 3:
                    continue  # the O of O'Neil
                yield from phrase(text, f"{what}, its word {number}", mask, part=True)


def _turned_round(case: Case, person: Person, what: str, mask: str, known: set[str]) -> Iterator[Secret]:
    """'Vale, Jo' and 'J. Vale', where the surname is a party's and does not count alone."""
    tokens = [token for token in person.name.split() if words_of(token) and words_of(token)[0] not in TITLES]
    if len(tokens) < 2:
        return
    yield from phrase(f"{tokens[-1]} {' '.join(tokens[:-1])}", what, mask)
    first, last = words_of(tokens[0])[0][0], "".join(words_of(tokens[-1]))
    theirs = {words_of(one.name)[0][0] for one in (case.client, *case.subjects) if last in words_of(one.name)}
    if last in known and first not in theirs:
        yield spelled.first_letter(first, last, what, mask)


def _identifier(written: str, whose: str, mask: str, country: str) -> Iterator[Secret]:
    digits = national(written, country)
    if digits or re.fullmatch(r"[\d\s]+", written):
        yield from spelled.number(digits, f"a number of {whose}", mask or "[phone]")
    elif spelled.EMAIL.fullmatch(written.strip().strip("<>")):
        yield from spelled.email(written, f"an address of {whose}", mask or "[email]")
    elif not set(words_of(written)) <= GENERIC_PLACES and len("".join(words_of(written))) > 1:
        yield from phrase(written, f"a name of {whose}", mask or "[name]", part=True)


def _place(place: Place) -> Iterator[Secret]:
    """Its name and what a diary calls it, unless that is a word such as "home"; and its position."""
    mask = f"[{place.type if place.type != 'other' else 'place'}]"
    for words in (re.sub(r"\(.*?\)", " ", words) for words in (place.name, *place.written)):
        if not set(words_of(words)) <= GENERIC_PLACES:
            yield from phrase(words, f"the name of {place.key}", mask, part=True)
    yield spelled.position(place.lat, place.lon, f"the position of {place.key}", mask)


def _entry(entry: Confidential, what: str, known: set[str], country: str) -> Iterator[Secret]:
    """What a person wrote under [[confidential]]."""
    kind, text, mask = entry.kind, entry.text, _MASKS.get(entry.kind, "[withheld]")
    shown = {word for part in entry.may_show for word in words_of(part)}
    if kind == "address":
        yield from spelled.address(text, entry.may_show, what)
    elif kind == "registration":
        yield spelled.registration(text, what)
    elif kind == "postcode":
        outward = not any(words_of(part) == words_of(text)[:1] for part in entry.may_show)
        yield from spelled.postcode(text, what, outward=outward)
    elif kind in {"name", "child"}:
        yield from phrase(text, what, mask)
        if len(text.split()) > 1:
            yield from _tokens(text, what, mask, known | shown)
    elif kind in {"school", "workplace"}:
        yield from phrase(text, what, mask)
        yield from _shortened(text, what, mask, shown)
    else:
        yield from _by_shape(text, what, mask, country)


def _shortened(text: str, what: str, mask: str, shown: set[str]) -> Iterator[Secret]:
    """The name of a school or firm without what people leave out: "Hilltop" of Hilltop Primary School."""
    words = text.split()
    while words and set(words_of(words[-1])) <= _TAILS:
        words.pop()
    core = words_of(" ".join(words))
    if (
        len(words) < len(text.split())
        and not set(core) <= GENERIC_PLACES | TITLES | _TAILS | shown
        and len("".join(core)) > 3
    ):
        yield from phrase(" ".join(words), what, mask, part=True)


def _by_shape(text: str, what: str, mask: str, country: str) -> Iterator[Secret]:
    """A number, an email address, a postcode or a position in all their ways of writing; anything else as its words."""
    pair = spelled.POSITION.fullmatch(text)
    if pair:
        yield spelled.position(float(pair[1]), float(pair[2]), what, mask)
    elif digits := national(text, country):
        yield from spelled.number(digits, what, mask)
    elif spelled.EMAIL.fullmatch(text.strip().strip("<>")):
        yield from spelled.email(text, what, mask)
    elif spelled.POSTCODE.fullmatch(text.strip()):
        yield from spelled.postcode(text, what, outward=False)
    else:
        yield from phrase(text, what, mask)


def _file_names(paths: Iterable[str]) -> Iterator[Secret]:
    """Names of the files that were handed in; those that the program or everybody might write ("messages.csv") are not looked for."""
    for path in dict.fromkeys(paths):
        name = path.replace("\\", "/").rpartition("/")[2]
        words = [word for word in words_of(name.rpartition(".")[0]) if not word.isdigit()]
        if "." in name and len("".join(words)) >= _LONG_FILE_NAME:
            ours = bool(_OUR_FILE.fullmatch(name))
            for secret in phrase(name, "the name of a file that was handed in", "[file]"):
                yield secret._replace(word=secret.word or ours)


def _hashes(case: Case) -> dict[str, tuple[str, str]]:
    """Of each hash that somebody may have made of a number or address: what it is, and the mask."""
    found: dict[str, tuple[str, str]] = {}

    def add(written: Sequence[str], whose: str, mask: str) -> None:
        for one in written:
            digits = national(one, case.country)
            forms = spelled.number_spellings(digits) if digits else [one.strip(), one.strip().lower()]
            if digits or spelled.EMAIL.fullmatch(one.strip()):
                found.update(dict.fromkeys(spelled.hashes(forms), (f"a hash of what is {whose}", mask)))

    add(case.client.identifiers, "the client's", "[withheld]")
    for person in case.others:
        add(person.identifiers, f"{person.key}'s", f"[{code(case, person)}]")
    for entry in case.confidential:
        add([entry.text], "confidential", "[withheld]")
    return found
