"""The event: one row of the timeline. This file is its only definition.

Analysis and report read this table and nothing else of the evidence. Order of rows: by instant (undated last), then source, then place in the file.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import pyarrow as pa

GIVEN: Final = "given"
ASSUMED: Final = "assumed zone"
AMBIGUOUS: Final = "ambiguous hour"
SETTLED: Final = "hour settled by file order"
SKIPPED: Final = "skipped hour"
CORRECTED: Final = "corrected clock"

AT: Final = "at"
MAY_BE: Final = "may be at"
AWAY: Final = "away"

BY_POSITION: Final = "position"
BY_CAMERA: Final = "fixed camera"
BY_WORDS: Final = "written"


class Column(NamedTuple):
    """A column of the events table, and what stands in it in words."""

    name: str
    type: pa.DataType
    words: str


_TAG = pa.dictionary(pa.int32(), pa.string())

COLUMNS: Final = (
    Column(
        "id", pa.string(), "12 hex digits of the SHA-256 of the file's hash and the place in it: stable and citable"
    ),
    Column("utc", pa.timestamp("us", tz="UTC"), "the instant; empty where the source gives no time"),
    Column("local", pa.timestamp("us"), "the same on the clock of the case's zone (Europe/London)"),
    Column(
        "utc_other",
        pa.timestamp("us", tz="UTC"),
        "the other instant that a time in the hour that happens twice can mean; empty everywhere else",
    ),
    Column(
        "zone",
        _TAG,
        "GMT or BST (the abbreviation in force at that instant); 'BST or GMT' where the hour happened twice and nothing settles which",
    ),
    Column(
        "basis",
        _TAG,
        "how the instant is known: given, assumed zone, ambiguous hour, hour settled by file order, skipped hour, corrected clock",
    ),
    Column("correction", _TAG, "key of the [[clock]] of case.toml that was applied: clock-1 ...; empty if none"),
    Column("clock", _TAG, "whose clock it was: epoch, offset, utc, gps, local, device clock, file name, memory"),
    Column("precision", _TAG, "subsecond, second, minute, hour, day, about"),
    Column("written", pa.string(), "the time as the file has it"),
    Column(
        "clocks",
        pa.string(),
        "other times that the file gives for the same thing, each with how far it is from the one used",
    ),
    Column("differing", _TAG, "names of those that differ by more than their tolerance, separated by '; '"),
    Column("until", pa.timestamp("us"), "end of a range, on the clock of the case's zone"),
    Column("seconds", pa.float64(), "length of a call or clip"),
    Column("kind", _TAG, "message, call, email, voicemail, photo, video, sighting, location, incident, notice"),
    Column("channel", _TAG, "what it went through: SMS, MMS, phone, WhatsApp, email, camera, diary"),
    Column("direction", _TAG, "in (to the client), out (from the client), or empty"),
    Column("status", _TAG, "missed, rejected, failed, draft, deleted, edited ..."),
    Column(
        "sender",
        _TAG,
        "key of the person who sent it, or, of a location, whose device it was as a person has said; empty where nobody is named",
    ),
    Column("recipients", pa.string(), "keys of the persons it was sent to, separated by spaces"),
    Column("sender_written", _TAG, "sender as the file has it; empty for the owner of the phone"),
    Column("recipients_written", _TAG, "recipients as the file has them, separated by ' | '"),
    Column(
        "identifier", _TAG, "the other party's identifier in its one form: +447700900123, name@example.org, 'withheld'"
    ),
    Column("person", _TAG, "key of the other party; empty where nobody is named for that identifier"),
    Column(
        "name_written",
        _TAG,
        "name the export shows beside the other party (a contact's name is typed by the phone's owner)",
    ),
    Column("thread", _TAG, "conversation, group or folder as written"),
    Column("text", pa.string(), "the words, verbatim"),
    Column("subject", pa.string(), "subject line"),
    Column("attachments", pa.string(), "JSON list of {name, type, size, sha256, fault}; empty if none"),
    Column("lat", pa.float64(), "degrees north"),
    Column("lon", pa.float64(), "degrees east"),
    Column("accuracy_m", pa.float64(), "radius in metres, if given"),
    Column("place", _TAG, "key of the place of the case where it was, or may have been (see place_fit)"),
    Column(
        "place_fit",
        _TAG,
        "at, or may be at (the accuracy straddles the radius); away: place is empty, and place_m tells the distance from nearest",
    ),
    Column(
        "place_basis",
        _TAG,
        "how the place is known: position, fixed camera (as case.toml says), written (words that stand for the place)",
    ),
    Column("nearest", _TAG, "key of the place of the case that place_m is measured from"),
    Column("place_m", pa.float64(), "metres from the position to the middle of that place"),
    Column("camera", _TAG, "key of the fixed camera of the case that recorded it"),
    Column("place_written", pa.string(), "the place in words, as written"),
    Column("source", _TAG, "key of the source: the first 12 hex digits of its SHA-256"),
    Column("at", pa.string(), "place in that file"),
    Column("position", pa.int64(), "number of the record in that file, from 0"),
    Column(
        "same_as", pa.string(), "id of the event this one repeats in another source; empty for the one that is counted"
    ),
    Column(
        "same_rule",
        _TAG,
        "key of the rule (timeline.duplicates) by which it does; ends with ', by hand' where a person said so",
    ),
    Column(
        "maybe_same_as", pa.string(), "id of the event that this one may repeat: a suggestion that nobody has decided"
    ),
    Column("maybe_rule", _TAG, "key of the rule that suggests it"),
    Column("categories", pa.string(), "category codes (case.categories) a person has recorded, separated by spaces"),
    Column(
        "categories_by",
        pa.string(),
        "who recorded them: 'diary: CALL; case.toml, A. Vocate: HOME; review, A. Vocate: THREAT-V'",
    ),
    Column("seen", _TAG, "keys of the persons whom somebody sees in it, separated by spaces (review)"),
    Column("seen_basis", _TAG, "on what that rests: client says, advocate's view, police, other"),
    Column("seen_by", _TAG, "who says so"),
    Column(
        "pictures",
        _TAG,
        "which of its pictures a person has decided to show (review): yes (all), no, or the numbers of attachments, from 1: '1 3'",
    ),
    Column("flags", pa.string(), "remarks, separated by '; '"),
    Column("included", pa.bool_(), "false where a person has excluded it in the review"),
    Column("reason", _TAG, "why it is excluded, in the reviewer's words"),
    Column("note", pa.string(), "the reviewer's remark"),
    Column("decided", _TAG, "who decided in the review, and on which day"),
    Column("extra", pa.string(), "JSON object of what has no column"),
)

SCHEMA: Final = pa.schema(
    [
        pa.field(column.name, column.type, pa.types.is_timestamp(column.type) or pa.types.is_floating(column.type))
        for column in COLUMNS
    ]
)
"""Only times and measures can be missing (null); a text that says nothing is empty."""
