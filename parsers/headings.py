"""The headings of the tables people keep and companies send: which word means which field, and what kind of table a row of headings makes. Not a parser.

One function decides (`kind`), so that the parser of diaries and the parser of call logs can never both claim a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

DIARY_KIND: Final = "diary"
CALL_LOG_KIND: Final = "call log"
LOCATION_KIND: Final = "location table"
CAMERA_KIND: Final = "list of camera events"

_STORY = (
    "what happened|what happened and what was said|description of what happened|description of incident|incident description|details of incident"
    "|incident details|description of the incident|details of the incident|summary of incident|incident summary|description of behaviour"
    "|description of behavior|what was said or done|what did they do|what did he do|what did she do|what he did|what she did|what they did|what occurred"
    "|nature of incident|diary entry|journal entry|what was said|what he said|what she said|what they said|description of harassment|details of harassment|what took place|details of what happened"
)
_STORY_AFTER = (
    "incident|behaviour|behavior|harassment"  # words that tell, but give way to a column of descriptions beside them
)

DIARY: Final[Mapping[str, str]] = {
    "recorded_on": "date recorded|recorded on|written on|date written|written down on|date of entry|entry date|date of record|date logged|logged on"
    "|date entered|entry made on|date entry made|when recorded|when written|date record made|date completed|completed on|date written down",
    "date": "date of incident|incident date|date of event|date it happened|date occurred|date of occurrence|date|date and time|date time|date and time of incident"
    "|date time of incident|time and date|time date|dates|when|when did it happen|when it happened|day and date|date and day|day date|date of contact|date of call|start date|date started|date from",
    "end_date": "end date|date to|date ended|to date",
    "time": "time of incident|incident time|time|time started|start time|time start|time from|start|time of day|what time|time am pm|approx time|approximate time"
    "|time approx|times|time of event|time of contact|time of call",
    "end_time": "end time|time ended|time finished|time end|time to|finish time|finish|end|until",
    "weekday": "day|day of week|weekday|day of the week",
    "place": "location|location of incident|incident location|place|place of incident|where|where did it happen|where it happened|where did this happen|where this happened|address|venue",
    "story": f"{_STORY}|description|details|{_STORY_AFTER}|detail|summary|entry|account|description of event|event description|details of event|sighting|event"
    "|events|what|activity|diary|journal|log entry|notes|comments",
    "type": "type|category|method of contact|type of incident|incident type|type of contact|type of harassment|harassment type|contact method|method|type of behaviour|how contacted|how"
    "|contact type|means of contact|platform|app",
    "who": "who|who was involved|person involved|people involved|person responsible|by whom|who did it|who you think did it|perpetrator|name of perpetrator|alleged perpetrator"
    "|suspect|name of suspect|offender|harasser|stalker|abuser|respondent",
    "witnesses": "witness|witnesses|any witness|any witnesses|name of any witness|names of any witnesses|who saw|who saw it|who else saw|who saw this|witnessed by|name of witness|witness name|witness names"
    "|names of witnesses|witness details|witness name and contact|witness contact|who else was there|who was present|witness name contact",
    "evidence": "evidence|evidence saved|evidence kept|evidence held|evidence collected|any evidence|saved evidence|material saved|screenshot|screenshots"
    "|screenshot ref|evidence witness|evidence and witnesses|photo ref|photo|photos|photos screenshots|exhibit|exhibit ref|exhibit no|exhibit number|evidence ref|proof",
    "reported": "reported|reported to|reported to police|reported to the police|police informed|police called|police contacted|police contact|told police"
    "|reported to whom|who reported to|who i told|who did you tell|date reported|agency informed|reported yes no|police involved",
    "police_reference": "crime ref|crime reference|crime reference number|crime reference no|crime ref no|crime ref number|crime no|crime number|police ref"
    "|police ref no|police reference|police reference number|police reference no|police report no|police report number|police log|police log no|cad"
    "|cad no|cad number|cad ref|log number|log no|occurrence no|occurrence number|urn|crime log no|report no|report number|job number|101 ref"
    "|incident no|incident number|incident ref|incident reference|incident reference number",
    "officer": "officer|officer name|officers name|name of officer|police officer|officer in charge|officer in case|oic|officer name badge|officer name number"
    "|officer name and number|collar number|officer badge|badge number",
    "impact": "how i felt|how it made me feel|how did it make you feel|how did you feel|how you felt|how it affected me|feelings|impact|impact on me"
    "|impact on you|effect|effect on me|effect on you|emotional impact|emotional effect",
    "response": "action taken|actions taken|action|response|my response|your response|what i did|what did you do|how i responded|follow up|what happened next",
    "appearance": "clothing|description of clothing|appearance|what they were wearing|what he was wearing|what she was wearing|description of person"
    "|description of suspect",
    "vehicle": "vehicle|vehicles|vehicle details|vehicle description|vehicle reg|vehicle registration|car|car reg|car registration|reg|registration"
    "|number plate",
}
"""Field -> its headings, the surest first: where two columns would do, the one that stands earlier here is taken and the other keeps its own name."""

_NUMBER = (
    "called no|called number|dialled number|dialed number|dialled digits|number called|number dialled|number dialed|destination number|b number|b party"
    "|b party number|terminating number|callee|number|phone number|phone no|telephone number|telephone no|mobile number|tel no|tel|telephone|phone|contact number"
    "|other party|to number|to|called party|recipient number|recipient|caller id|caller number|calling number|caller"
)
CALL_LOG: Final[Mapping[str, str]] = {
    "date": "date|call date|date of call|date called|start date|date and time|date time|call date and time|call date time|date and time of call|call start|start time"
    "|started|when|timestamp|usage date",
    "time": "time|time of call|call time|start time|start|time called|usage time",
    "number": _NUMBER,
    "caller": "from number|caller number|calling number|calling no|calling party|a number|a party|a party number|originating number|caller|from",
    "name": "name|contact|contact name|caller name|called name|saved name",
    "direction": "direction|call direction|incoming outgoing|in out|in or out|sent received",
    "type": "call type|type|usage type|event type|description",
    "status": "status|call status|result|disposition|outcome",
    "duration": "duration|total call duration|call duration|length|call length|length of call|total duration|duration secs|duration seconds|duration sec"
    "|duration in seconds|duration s|duration mins|duration minutes|duration min|duration in minutes|mins|minutes|secs|seconds|talk time|duration volume",
    "cost": "cost|usage charge|charge|price|total cost|call cost|charge ex vat|cost ex vat|cost exc vat|charge inc vat|cost inc vat",
    "service": "service",
    "usage": "message type|service type|sms call|call sms|destination|call destination|usage",
    "volume": "total data volume|data volume",
}
LOCATION: Final[Mapping[str, str]] = {
    "lat": "latitude|lat|latitude degrees|lat degrees|gps latitude|gps lat|latitudee7|late7|position latitude|location latitude|latitude n s",
    "lon": "longitude|lon|lng|long|longitude degrees|lon degrees|gps longitude|gps lon|gps lng|longitudee7|lnge7|lone7|position longitude|location longitude|longitude e w",
    "north": "n s|n or s|north south|lat ref|latitude ref|gps latitude ref|lat dir|lat direction|latitude direction|lat hemisphere|latitude hemisphere|ns indicator",
    "east": "e w|e or w|east west|lon ref|lng ref|long ref|longitude ref|gps longitude ref|lon dir|lng dir|long dir|lon direction|longitude direction|lon hemisphere"
    "|longitude hemisphere|ew indicator",
    "end": "end time|end|until|end date|time end|end timestamp|departure|left",
    "date": "timestamp|date time|date and time|time stamp|datetime utc|timestamp utc|timestamp ms|timestampms|epoch|unix time|tst|recorded at|created at"
    "|date|start timestamp|arrival|arrived|when|local time|utc time|time utc|gps time|start time|start|time",
    "time": "time|time of day|clock|start time|start|utc time|time utc|gps time|local time",
    "accuracy": "accuracy|horizontal accuracy|accuracy m|accuracy meters|accuracy metres|accuracymeters|acc|hacc|radius|radius m|uncertainty|precision m",
    "label": "label|name|place name|place|location name|location|address|description|title|note|notes|comment",
}
CAMERA: Final[Mapping[str, str]] = {
    "camera": "camera|camera name|camera id|camera device|which camera|doorbell|doorbell name|device name|device|channel name|channel|source camera|recorder"
    "|cam|ch",
    "event": "event type|event|motion type|detection|detection type|detected|trigger|trigger type|alarm type|alarm|activity|activity type|kind|type"
    "|event kind|what|reason",
    "date": "event time|event date|event start|timestamp|date time|date and time|datetime|datetime utc|timestamp utc|time stamp|start time|started at|start"
    "|created at|created|occurred at|recorded at|recording time|date|time utc|utc time|local time|epoch|when|time",
    "time": "time|time of day|clock|start time",
    "end": "end time|end|ended at|event end|until|stop time",
    "duration": "duration|duration s|duration seconds|length|clip length|seconds|recording length",
    "who": "who|person|person name|face|face name|recognised person|recognized person|recognised face|recognized face|visitor|familiar face|plate"
    "|number plate|licence plate|license plate",
}
_SURE_CAMERA = frozenset(
    "camera|camera name|camera id|camera device|which camera|doorbell|doorbell name|source camera".replace(
        " ", ""
    ).split("|")
)
_SURE_EVENT = frozenset(
    "motion type|detection|detection type|trigger|trigger type|alarm type".replace(" ", "").split("|")
)
_SURE_NUMBER = frozenset(_NUMBER.replace(" ", "").split("|")) - {
    "number",
    "to",
    "caller",
    "otherparty",
    "tel",
    "telephone",
    "phone",
    "recipient",
}
_SURE_TYPE = frozenset({"calltype", "calldirection", "direction", "incomingoutgoing", "inout", "sentreceived"})
_DECISIVE = frozenset(
    {"witnesses", "evidence", "reported", "police_reference", "officer", "impact", "recorded_on", "appearance"}
)
_NOTES = frozenset({"notes", "comments", "entry", "account", "diary", "journal", "logentry"})
_VAGUE = frozenset({"event", "events", "what", "activity"})
"""Words that a list of alarms or appointments has as well: they tell beside who, a response, or a column that is a diary's own."""
_SURE_STORY = frozenset(f"{_STORY}|{_STORY_AFTER}".replace(" ", "").split("|"))
_MESSAGES = frozenset(
    "subject|message|text|body|content|message text|message date|sender|sender id|sender name|chat session|conversation|latitude|longitude|lat|lon|lng|email"
    "|balance|debit|credit|amount|is from me|url".replace(" ", "").split("|")
)
"""Headings of other exports: messages, mail, positions, bank accounts."""
_COORDINATES = frozenset("|".join((LOCATION["lat"], LOCATION["lon"])).replace(" ", "").split("|"))
_KNOWN = _MESSAGES.union(*(synonyms.replace(" ", "").split("|") for synonyms in (*DIARY.values(), *CALL_LOG.values())))
FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    DIARY_KIND: DIARY,
    CALL_LOG_KIND: CALL_LOG,
    LOCATION_KIND: LOCATION,
    CAMERA_KIND: CAMERA,
}
"""The fields of each kind of table."""

_HINT = re.compile(
    r"\(.*?\)|\[.*?\]|\b(?:dd?|mm?)[/.-](?:dd?|mm?)[/.-]yy(?:yy)?\b|\bh{2,4}:mm(?::ss)?\b|\b24 ?(?:hr|hour)s?(?: clock)?\b|\by(?:es)? ?/ ?no?\b|[£$€]"
)
_SYNONYMS = tuple(frozenset(synonyms.replace(" ", "").split("|")) for synonyms in DIARY.values())
_OPENINGS = (
    "what happened",
    "details of what happened",
    "description of what happened",
    "description of incident",
    "description of the incident",
    "details of incident",
    "date of incident",
    "time of incident",
)


def _keys(heading: str) -> list[str]:
    """The forms a heading is looked up in: whole, without brackets and format hints, its first line or sentence; of "Crime ref. / CAD no." the first."""
    plain = heading[:300].lower().replace("&", " and ")
    hinted = _HINT.sub(" ", plain)
    first = re.split(r"[\n\r?:;]", hinted.strip(), maxsplit=1)[0]
    forms = [re.sub(r"[^a-z0-9]", "", form) for form in (plain, hinted, first, first.partition(" - ")[0])]
    opening = next((name.replace(" ", "") for name in _OPENINGS if first.strip().startswith(name)), "")
    parts = [re.sub(r"[^a-z0-9]", "", part) for part in first.split("/")]
    same = len(parts) > 1 and any(words.issuperset(parts) for words in _SYNONYMS)
    return [form for form in (*forms, opening, parts[0] if same else "") if form]


def known(words: Sequence[str]) -> list[str]:
    """Those of the words that are a heading of any kind, once each: what a workbook that cannot be opened might be."""
    return list(dict.fromkeys(word for word in words if _KNOWN & set(_keys(word))))


def columns(headings: Sequence[str], fields: Mapping[str, str]) -> list[str]:
    """The field of each column, "" for a column that has none. No field is given twice."""
    taken = [""] * len(headings)
    keys = [_keys(heading) for heading in headings]
    for field, synonyms in fields.items():
        for synonym in synonyms.replace(" ", "").split("|"):
            column = next((i for i, forms in enumerate(keys) if not taken[i] and synonym in forms), None)
            if column is not None:
                taken[column] = field
                break
    return taken


def only_headings(words: Sequence[str], fields: Mapping[str, str]) -> bool:
    """Whether a row of words is nothing but headings, of which one is a date: under a table that is known, those of the next part of it."""
    named = [word for word in words if word.strip()]
    found = columns(named, fields) if len(named) > 2 else []
    return "date" in found and all(found)


def kind(headings: Sequence[str]) -> str:
    """DIARY_KIND, CALL_LOG_KIND, LOCATION_KIND, CAMERA_KIND or "": what table a row of headings makes.

    A diary has a date and a column that tells what happened. A column called no more than "Description" counts if another one is a diary's own (witness,
    evidence, crime reference ...), or if there is nothing else but the likes of time and place; "Date" and "Notes" alone are one too, and When, Where,
    What, Who. A call log has a number, a date, and how long or what kind.
    A location table has latitude, longitude and a time, and nothing of a message, a call or a diary. A list of camera events has a time and a camera, or a
    device and what it detected.
    """
    named = [heading for heading in headings if heading.strip()]
    if not 2 <= len(named) <= 200:
        return ""
    keys = {key for heading in named for key in _keys(heading)}
    diary, calls = columns(named, DIARY), columns(named, CALL_LOG)
    story = {"date", "story"} <= set(diary) and not (keys & _VAGUE and _is_camera(named, keys))
    if story and keys & _SURE_STORY:
        return DIARY_KIND
    code = any("{" in heading for heading in named)  # lines of JSON, whose names look like headings
    placed = not code and {"lat", "lon", "date"} <= set(columns(named, LOCATION))
    if placed and not (keys & (_MESSAGES - _COORDINATES | _SURE_NUMBER) or _DECISIVE & set(diary)):
        return LOCATION_KIND if not {"number", "duration"} <= set(calls) else ""
    if keys & _MESSAGES:
        return ""
    if story and _DECISIVE & set(diary) and not ("number" in calls and "duration" in calls):
        return DIARY_KIND
    if {"number", "date"} <= set(calls):
        sure = keys & _SURE_NUMBER and {"type", "direction", "duration", "time"} & set(calls)
        return CALL_LOG_KIND if sure or "duration" in calls or keys & _SURE_TYPE else ""
    own = all(field or _NOTES & set(_keys(name)) for field, name in zip(diary, named, strict=True))
    told = {"who", "response"} & set(diary) or (("time" in diary or keys & _NOTES) and not keys & _VAGUE)
    if story and own and told:
        return DIARY_KIND
    return CAMERA_KIND if not code and _is_camera(named, keys) else ""


def _is_camera(named: Sequence[str], keys: set[str]) -> bool:
    fields = set(columns(named, CAMERA))
    return "date" in fields and bool(keys & _SURE_CAMERA or (keys & _SURE_EVENT and "camera" in fields))
