"""A new case folder with its commented case.toml, filled with what is known so far."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeAlias

from pipeline import case as cases
from pipeline import custody, disk, who
from pipeline.case import CATEGORIES, Answer, Attribution, Case, CaseError, Origin
from pipeline.timeline.people import Directory

_HEAD = """\
# The case, for Fourline. Edit this file with any text editor (Notepad will do); lines that begin with # are remarks.
# After a change, run the command you need again (fourline status, fourline report): everything is worked out anew from the evidence.

reference = {reference}
zone = {zone}        # the time zone in which times are shown
country = {country}               # the country of numbers written without +44
# gap_days = 14              # stretches of so many days without any record are listed in the report

# The person the case is about protecting. Identifiers are her or his numbers, emails and handles, and the name as it stands in chats.
[client]
name = {client}
identifiers = {identifiers}
"""

_SUBJECT = """
# The person whose contact is unwanted: one [[subject]] block each. Write every number, email, handle and chat name that is known to be theirs. Spaces, 0 or +44 do
# not matter. A number that you are not sure of belongs nowhere: the report shows it as not attributed.
"""
_OTHER = """
# Other people who appear in the records (family, colleagues, officers): one [[other]] block each, so that their contact is not mixed with the subject's.
"""
_PLACE = """
# Places that matter, to tell which photos were taken there. type is one of: home, work, school, family, other. lat and lon are degrees (west is minus),
# radius_m metres. known_to says who already knows the place. A place is confidential, and left out of what is served, unless you write: confidential = false
# written are the words a diary uses for it.
"""
_CAMERA = """
# Cameras that stay at one place (doorbell, CCTV), so that a clip without a position is known to be from there: one [[camera]] block each. place is the name of a place
# above. Which clips are its own is said by one or more of: device (its name in the app), file (such as "Ring_Front*"), serial, make, model, parser;
# of several, all must fit. If it was moved, write two blocks, with end = and start = days.
"""
_KEY_DATE = """
# Days before and after which contact is counted. type is one of: asked to stop, blocked, reported, moved, number changed, order made, order served, order varied,
# order expired, other. reference is a crime, occurrence or case number, kept as text.
"""
_OBSERVED = """
# For which time somebody can say that the records are complete: nothing deleted, nothing missing. Without it no change over time is called clear. sources are labels
# of the source register (S1), channels such as "WhatsApp", persons names from this file; leave out what does not restrict. by and basis are printed in the report.
# [[observed]]
# from = 2026-01-01
# until = 2026-06-30
# sources = ["S1"]
# channels = ["SMS", "phone"]
# persons = ["Sam Example"]
# by = "Robin Example"
# basis = "used this phone all the time and deleted nothing"
"""
_CATEGORY = f"""
# What a record is about, in codes, as a person says: the diary in its column "Type", the review (fourline review) for any event. It can be said here too, by the ID
# of the event. What the three say of one event is put together, and the report shows who said what. The codes are in the review's list: {", ".join(list(CATEGORIES)[:8])} ...
# [[category]]
# event = "0123456789ab"
# codes = ["HOME", "GIFT"]
# by = "A. Advocate"
"""
_ORDER = """
# Orders of a court: one [[order]] block each. No row relates to an order before the day on which it was served, or after the day on which it expires. The rule says which
# rows relate to a term: contact, third parties, or a place (its name above).
"""
_NOT_HELD = """
# Channels that are known to exist and whose records are not here: one [[not_held]] block each. The report says so: what is missing must not look like silence.
"""
_SOURCE = """
# Where files came from: one [[source]] block for some files (by SHA-256, as fourline status --json shows them) or for all of one fourline add. The command writes
# them when it has asked; correct them here. What nobody says is printed as "not stated".
"""
_CLOCK = """
# Clocks that somebody has checked, of a camera, a recorder or a telephone: one [[clock]] block each. files are labels (S3), file names with * for any letters, or the
# beginning of a SHA-256; or give make, model, serial as the report shows them. offset (hours:minutes:seconds) is added to what the clock shows: plus where it is slow.
# zone is the zone it ran in, if not the one above ("UTC" is winter time all year). from and until are days on that clock.
"""
_CONFIDENTIAL = """
# What must not reach the other side, beside the client's own numbers, other people and places: one [[confidential]] block each. kind is one of: address, postcode,
# phone, email, handle, name, child, registration, school, workplace, place, coordinates, other. may_show are parts that are no secret.
"""
_DECISION = """
# What somebody decided about words that the search of a court copy asks about (a number, a postcode, a single word of a name that is an ordinary word too), or that are to
# be withheld wherever they stand: decision is show or withhold.
"""
_REPORT = """
# What stands on the front sheet of a document (fourline report CASE --for court), and how its pages are numbered: civil (1 to n), family (A1, B1 ...) or exhibit (ABC1-1 ...).
# An option of the command counts before what stands here.
"""
_PICTURE = """
# What is said of one picture, named by the first 12 or more digits of its SHA-256 (fourline report CASE --for internal --images all prints it under each picture, with
# a scale in per cent at its edges): parts to black out, in per cent from the top left corner; that it is withheld as a whole (withhold = "address"); its words, typed.
# Which pictures are shown at all is said in review.xlsx, column "Show pictures?".
"""
_EXAMPLES = {
    "picture": '# [[picture]]\n# file = "0123456789ab"\n# hide = [{ left = 0, top = 0, width = 100, height = 4.5, what = "other" }]\n'
    '# transcript = """\n# Sam: where are you\n# """\n# by = "A. Advocate"\n',
    "confidential": '# [[confidential]]\n# text = "12 Example Road, Exampleton, ZZ1 1ZZ"\n# kind = "address"\n# may_show = ["Exampleton"]\n',
    "subject": '# [[subject]]\n# name = "Sam Example"\n# identifiers = ["07700 900123", "sam@example.com", "Sam E"]\n',
    "other": '# [[other]]\n# name = "Jo Example"\n# role = "sister"\n# identifiers = ["07700 900456"]\n',
    "place": '# [[place]]\n# name = "Home"\n# type = "home"\n# lat = 53.3498\n# lon = -1.7800\n# radius_m = 100\n# confidential = true\n# known_to = "subject, since 2024"\n# written = ["home", "my house"]\n',
    "camera": '# [[camera]]\n# name = "Doorbell"\n# place = "Home"\n# device = "Front Door"\n',
    "order": '# [[order]]\n# name = "Non-molestation order"\n# made = 2026-04-14\n# served = 2026-04-17\n# expires = 2027-04-14\n# terms = [\n'
    '#     { text = "must not contact the applicant by any means", rule = "contact" },\n#     { text = "must not send anybody to her", rule = "third parties" },\n# ]\n',
    "decision": '# [[decision]]\n# text = "01632 960999"\n# decision = "show"\n# by = "A. Advocate"\n# on = 2026-03-04\n# why = "the court office"\n',
    "report": '# [report]\n# court = "The Family Court at Exampleton"\n# case_no = "ZZ26F00123"\n# parties = "A v B"\n# hearing = "01/04/2026"\n# mark = "ABC1"\n# maker = "A. Example"\n'
    '# organisation = "Example Advocacy"\n# profile = "civil"\n# page_budget = 350\n',
    "not_held": '# [[not_held]]\n# channel = "Snapchat"\n# why = "the old phone is lost"\n# by = "the client"\n',
    "source": '# [[source]]\n# files = ["64 letters and digits"]\n# description = "texts of the old phone"\n# device = "Samsung A12, 07700 900001"\n# exported_by = "the client"\n'
    '# exported_with = "SMS Backup & Restore"\n# exported_on = 2026-03-04\n# received_from = "the client"\n# original_held_by = "the client"\n',
    "clock": '# [[clock]]\n# files = ["IMG_*.jpg"]\n# offset = "+00:07:30"\n# from = 2026-01-01\n# by = "Jo Example"\n# how = "the camera\'s display beside the speaking clock"\n# on = 2026-03-04\n',
    "key_date": '# [[key_date]]\n# date = 2026-03-04\n# type = "asked to stop"\n# what = "text message"\n# reference = ""\n',
}


@dataclass(frozen=True)
class Beginning:
    """What is said at the start.

    People as "NAME: identifier, identifier", places as "NAME, type, lat, lon, radius, known to", key dates as "DAY type: words",
    channels that are not held as "CHANNEL: WHY".
    """

    reference: str
    client: str
    subjects: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    key_dates: tuple[str, ...] = ()
    zone: str = "Europe/London"
    country: str = "GB"
    not_held: tuple[str, ...] = ()


def make(folder: Path, beginning: Beginning) -> Case:
    """Makes the folder and its case.toml.

    Raises:
        CaseError: there is a case in the folder already, or something that was said cannot be.
        OSError: the folder cannot be made.
    """
    if (folder / cases.FILE).exists():
        raise CaseError(f"{folder} is a case already")
    text = render(beginning)
    case = cases.parse(text, folder)  # before anything is written: a wrong date or place is said now
    Directory(case)  # and an identifier that is given to two persons
    folder.mkdir(parents=True, exist_ok=True)
    disk.write(folder / cases.FILE, text.encode())
    custody.append(folder, "made", {"outputs": custody.inputs(folder)})
    return cases.load(case.folder)


def check(*, places: tuple[str, ...] = (), key_dates: tuple[str, ...] = ()) -> None:
    """Whether these can stand in a case.toml.

    Raises:
        CaseError: it cannot; the message says why, without the place in a file that is not there yet.
    """
    try:
        cases.parse(render(Beginning("-", "Client", places=places, key_dates=key_dates)), Path())
    except CaseError as error:
        words = re.sub(rf"^{re.escape(cases.FILE)}, line [0-9]+: ", "", str(error))
        raise CaseError(words) from None


def render(beginning: Beginning) -> str:
    """The text of case.toml."""
    name, identifiers = _person(beginning.client)
    return "".join(
        (
            _HEAD.format(
                reference=quoted(beginning.reference),
                zone=quoted(beginning.zone),
                country=quoted(beginning.country),
                client=quoted(name),
                identifiers=_list(identifiers),
            ),
            _SUBJECT,
            *([_person_block("subject", one) for one in beginning.subjects] or [_EXAMPLES["subject"]]),
            _OTHER,
            *([_person_block("other", one) for one in beginning.others] or [_EXAMPLES["other"]]),
            _PLACE,
            *([_place_block(one) for one in beginning.places] or [_EXAMPLES["place"]]),
            _CAMERA,
            _EXAMPLES["camera"],
            _KEY_DATE,
            *([_key_date_block(one) for one in beginning.key_dates] or [_EXAMPLES["key_date"]]),
            _ORDER,
            _EXAMPLES["order"],
            _OBSERVED,
            _CATEGORY,
            _NOT_HELD,
            *([_not_held_block(one) for one in beginning.not_held] or [_EXAMPLES["not_held"]]),
            _SOURCE,
            _EXAMPLES["source"],
            _CLOCK,
            _EXAMPLES["clock"],
            _CONFIDENTIAL,
            _EXAMPLES["confidential"],
            _DECISION,
            _EXAMPLES["decision"],
            _REPORT,
            _EXAMPLES["report"],
            _PICTURE,
            _EXAMPLES["picture"],
        )
    )


def add_answer(case: Case, answer: Answer) -> Case:
    """Writes an answer at the end of case.toml; a later answer to the same question counts, the earlier one stays to be seen."""
    return _append(case, "answer", {key: getattr(answer, key) for key in ("file", "name", "question", "key", "value")})


def add_attribution(case: Case, attribution: Attribution) -> Case:
    """Writes at the end of case.toml that an identifier is a person's, on what basis, and who says so.

    Raises:
        CaseError: the person is not in the case, the basis is not known, or the identifier is another person's.
    """
    row: dict[str, _Value] = {key: getattr(attribution, key) for key in ("identifier", "person", "basis", "by", "why")}
    if attribution.on is not None:
        row["on"] = attribution.on
    return _append(case, "attribution", row)


def add_origin(case: Case, said: Origin) -> Case:
    """Writes at the end of case.toml where files came from; what is said later of the same file counts, the earlier stays to be seen."""
    return _append(case, "source", {key: value for key, value in asdict(said).items() if value})


def add_not_held(case: Case, said: str) -> Case:
    """Writes at the end of case.toml that a channel, "CHANNEL: WHY", exists and is not held.

    Raises:
        CaseError: no channel is named.
    """
    channel, _, why = said.partition(":")
    return _append(case, "not_held", {"channel": channel.strip(), "why": why.strip(), "by": who.stated()})


_Value: TypeAlias = str | date | tuple[str, ...]


def _append(case: Case, table: str, row: Mapping[str, _Value]) -> Case:
    """A table at the end of case.toml, written whole or not at all, and only if the case can be read with it."""
    block = f"\n[[{table}]]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in row.items())
    path = case.folder / cases.FILE
    text = path.read_text(encoding="utf-8-sig").rstrip("\n") + "\n" + block
    Directory(cases.parse(text, case.folder))  # refuses an identifier that is somebody else's already
    disk.write(path, text.encode())
    said = {key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()}
    custody.append(case.folder, "answered", {"table": table, "said": said, "outputs": custody.inputs(case.folder)})
    return cases.load(case.folder)


def _toml(value: _Value) -> str:
    if isinstance(value, tuple):
        return "[\n" + "".join(f"    {quoted(one)},\n" for one in value) + "]"
    return value.isoformat() if isinstance(value, date) else quoted(value)


def quoted(text: str) -> str:
    """A TOML basic string. JSON's escapes are TOML's, save for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(values: list[str]) -> str:
    return "[" + ", ".join(quoted(value) for value in values) + "]"


def _person(said: str) -> tuple[str, list[str]]:
    name, _, identifiers = said.partition(":")
    return name.strip(), [one.strip() for one in identifiers.split(",") if one.strip()]


def _person_block(table: str, said: str) -> str:
    name, identifiers = _person(said)
    return f"[[{table}]]\nname = {quoted(name)}\nidentifiers = {_list(identifiers)}\n\n"


def _place_block(said: str) -> str:
    parts = [part.strip() for part in said.split(",", 5)]
    if len(parts) < 4:
        raise CaseError(f'place "{said}": write it as NAME, type, latitude, longitude, radius in metres, known to')
    name, kind, lat, lon, *rest = parts
    try:
        lat_value, lon_value, radius = float(lat), float(lon), float(rest[0]) if rest and rest[0] else 100.0
    except ValueError:
        raise CaseError(f'place "{said}": latitude, longitude and radius must be numbers') from None
    known_to = rest[1] if len(rest) > 1 else ""
    return f"[[place]]\nname = {quoted(name)}\ntype = {quoted(kind)}\nlat = {lat_value!r}\nlon = {lon_value!r}\nradius_m = {radius!r}\nknown_to = {quoted(known_to)}\n\n"


def _key_date_block(said: str) -> str:
    day, _, rest = said.strip().partition(" ")
    try:
        when = datetime.strptime(day, "%d/%m/%Y" if "/" in day else "%Y-%m-%d").date()  # noqa: DTZ007 -- a day, of no zone
    except ValueError:
        raise CaseError(
            f'key date "{said}": write it as a day, such as 2026-03-04 or 04/03/2026, and what it is, such as: asked to stop'
        ) from None
    words, _, reference = rest.partition("#")
    kind, _, what = words.partition(":")
    return f"[[key_date]]\ndate = {when.isoformat()}\ntype = {quoted(kind.strip())}\nwhat = {quoted(what.strip())}\nreference = {quoted(reference.strip())}\n\n"


def _not_held_block(said: str) -> str:
    channel, _, why = said.partition(":")
    return f"[[not_held]]\nchannel = {quoted(channel.strip())}\nwhy = {quoted(why.strip())}\nby = {quoted(who.stated())}\n\n"
