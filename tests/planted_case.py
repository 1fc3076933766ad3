"""A case in whose files every kind of secret is hidden in every field of every format, for the tests of what is served (C1-C14).

`PLANTED` has for each parser a function that writes its files. What it hides in a field comes from `Plants.field`, which gives every kind of secret together with a
word that is that field's own: by it a test knows where something came from. A parser that is not in the table fails `test_planted.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from sample_data import formats, tables
from sample_data.jpeg import ASCII, BYTE, RATIONAL, UNDEFINED, degrees, jpeg, segment, tiff
from sample_data.mail import Mail, mail_file, mailbox_file
from sample_data.movie import mp4, place_atom

SECRETS: Final[Mapping[str, str]] = {
    "number": "07700 900118",
    "new number": "+44 7700 900870",
    "email": "robin.hides@example.org",
    "handle": "robin_hides_77",
    "other": "Priya Onslow",
    "other's number": "07700 900205",
    "other's email": "p.onslow@example.net",
    "child": "Tobias Quillfeather",
    "place": "Hollins Cottage",
    "position": "53.34981, -1.78012",
    "address": "12 Acacia Road, Buxworth",
    "postcode": "SK17 6XX",
    "registration": "AB12 CDE",
    "school": "Hilltop Primary",
    "workplace": "Thistledown Nurseries",
    "name": "Dana Everhart",
}
LAT, LON = 53.34981, -1.78012
SAM: Final = "07700 900461"
CASE: Final = """\
reference = "CD/Onslow/17"
[client]
name = "Robin Vale"
identifiers = ["07700 900118", "07700 900870", "robin.hides@example.org", "robin_hides_77"]
[[subject]]
name = "Sam Marsh"
identifiers = ["07700 900461", "sam@example.com"]
[[other]]
name = "Priya Onslow"
role = "friend"
identifiers = ["07700 900205", "p.onslow@example.net"]
[[other]]
name = "Tobias Quillfeather"
role = "son"
[[place]]
name = "Hollins Cottage"
type = "home"
lat = 53.34981
lon = -1.78012
written = ["the cottage at Hollins"]
[[camera]]
name = "Doorbell"
place = "Hollins Cottage"
device = "Front Door"
[[key_date]]
date = 2026-03-02
type = "asked to stop"
what = "by text, from {key_date}"
reference = "{reference}"
[[key_date]]
date = 2026-03-20
type = "moved"
what = "moved, {moved}"
[[order]]
name = "Order at {order}"
made = 2026-03-10
served = 2026-03-11
[[order.terms]]
text = "not to come near {term}"
rule = "contact"
[[not_held]]
channel = "Snapchat"
why = "lost at {not_held}"
by = "Dana Everhart"
[[observed]]
from = 2026-03-01
until = 2026-03-31
by = "Dana Everhart"
basis = "kept at {observed}"
[[confidential]]
text = "12 Acacia Road, Buxworth, SK17 6XX"
kind = "address"
[[confidential]]
text = "AB12 CDE"
kind = "registration"
[[confidential]]
text = "Hilltop Primary"
kind = "school"
[[confidential]]
text = "Thistledown Nurseries"
kind = "workplace"
[[confidential]]
text = "Dana Everhart"
kind = "name"
"""


class Plants:
    """Hands out what is hidden, and knows what was: the own word of each field, by the field's name."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}

    def word(self, field: str) -> str:
        """The field's own word: "Zebra017Plant"."""
        assert field not in self.words, f"{field} is planted twice"
        self.words[field] = f"Zebra{len(self.words):03}Plant"
        return self.words[field]

    def field(self, field: str) -> str:
        """Every kind of secret, and the field's own word."""
        return f"see {self.word(field)} and {' / '.join(SECRETS.values())} there"

    def name(self, field: str) -> str:
        """The same for a name of a file: no sign in it that a file system refuses."""
        return f"{self.word(field)} {SECRETS['other']} {SECRETS['number']} {SECRETS['postcode']}"

    def case(self) -> str:
        """The text of case.toml: the fields of the case hide something too, and each field's own word is confidential."""
        fields = dict.fromkeys(re.findall(r"\{(\w+)\}", CASE))
        filled = CASE
        for one in fields:
            filled = filled.replace(f"{{{one}}}", self.field(f"case.toml, {one}").replace('"', "'"))
        return filled + "".join(f'[[confidential]]\ntext = "{word}"\nkind = "other"\n' for word in self.words.values())


def at(day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute)


Files = dict[str, bytes]


def sms_backup(plants: Plants) -> Files:
    put, quoted = plants.field, formats.attribute
    text = (
        f'<sms protocol="0" address="{SAM}" date="{formats.millis(at(1))}" type="1" subject="{quoted(put("sms subject"))}" body="{quoted(put("sms body"))}" toa="null" '
        f'sc_toa="null" service_center="{quoted(put("sms service_center"))}" read="1" status="-1" locked="0" date_sent="0" '
        f'readable_date="{quoted(put("sms readable_date"))}" contact_name="{quoted(put("sms contact_name"))}" />'
    )
    picture = jpeg(tiff({0x010E: (ASCII, put("mms picture EXIF"))}))
    message = formats.Text(
        at(1, 11), "07700900461", put("mms contact_name"), 1, "",
        parts=(formats.Part("text/plain", quoted(put("mms text")).replace("&amp;", "&")), formats.Part("image/jpeg", name=plants.name("mms part name") + ".jpg", data=picture)),
        people=(("07700900461", 137), ("07700900118", 151), ("07700900205", 151)),
    )  # fmt: skip
    mine = formats.Text(at(1, 12), SAM, put("sms contact_name, out"), 2, put("sms body, out"))
    whole = formats.sms_backup([message, mine], at(28), "5f0c1b7e-0000-4000-8000-000000000001").decode()
    whole = whole.replace('count="2"', 'count="3"').replace("</smses>", f"  {text}\n</smses>")
    calls = formats.call_backup(
        [formats.Call(at(1, 13), "07700900461", put("call contact_name"), 3)],
        at(28),
        "5f0c1b7e-0000-4000-8000-000000000002",
    )
    return {"sms-20260328090000.xml": whole.encode(), "calls-20260328090000.xml": calls}


def whatsapp(plants: Plants) -> Files:
    lines = [
        (at(2), "", "Messages and calls are end-to-end encrypted. No one outside of this chat, not even WhatsApp, can read or listen to them."),
        (at(13), "Sam Marsh", plants.field("chat message")),
        (at(13, 11), "Robin Vale", plants.field("chat message, out")),
        (at(13, 12), "Sam Marsh", f"{plants.name('chat attachment')}.jpg (file attached)\n{plants.field('chat caption')}"),
        (at(13, 13), "", f'Sam Marsh changed the group name to "{plants.field("chat system line")}"'),
    ]  # fmt: skip
    chat = formats.android_chat(lines)
    picture = jpeg(tiff({0x010E: (ASCII, plants.field("chat picture EXIF"))}))
    inside = [("WhatsApp Chat with Sam Marsh.txt", chat), (f"{plants.words['chat attachment']} {SECRETS['other']} {SECRETS['number']} {SECRETS['postcode']}.jpg", picture)]  # fmt: skip
    return {f"WhatsApp Chat with {plants.name('chat file name')}.zip": tables.stored_zip(inside)}


def call_log(plants: Plants) -> Files:
    head = ("Call type", "Date", "Duration", "Number", "Contact", "Location", "Service", "Remarks")
    row = (
        "Missed",
        "2026-03-14 21:15:04",
        "00:00:00",
        "+447700900461",
        *(plants.field(f"bill {name}").replace(",", " ") for name in head[4:]),
    )
    return {f"calls {plants.name('bill file name')}.csv": tables.csv_file([head, row])}


def mails(plants: Plants, kind: str) -> list[Mail]:
    picture = jpeg(tiff({0x010E: (ASCII, plants.field(f"{kind} picture EXIF"))}))
    quoted = plants.field(f"{kind} To name").replace(",", " ").replace("@", " at ")
    sender = plants.field(f"{kind} From name").replace(",", " ").replace("@", " at ")
    subject, body = plants.field(f"{kind} subject"), plants.field(f"{kind} body")
    html = f'<p title="{plants.field(f"{kind} html title")}">{body}</p><!-- {plants.field(f"{kind} html remark")} -->'
    return [
        Mail(
            at(15), f'"{sender}" <sam@example.com>', f'"{quoted}" <robin.hides@example.org>', subject, body, f"{kind}.1",
            attachment=(plants.name(f"{kind} attachment") + ".jpg", "image/jpeg", picture), html=html,
        ),
        Mail(at(15, 12), "robin.hides@example.org", "sam@example.com, Priya Onslow <p.onslow@example.net>", "no", plants.field(f"{kind} body, out"), f"{kind}.2", labels=f"Sent,{plants.word(f'{kind} label')}"),
    ]  # fmt: skip


def _headed(data: bytes, plants: Plants, kind: str) -> bytes:
    more = "".join(
        f"{name}: {plants.field(f'{kind} {name}')}\r\n"
        for name in ("X-Originating-Place", "Comments", "Organization", "User-Agent")
    )
    cc = f"Cc: Priya Onslow <p.onslow@example.net>, {plants.word(f'{kind} Cc')} <07700900205@example.net>\r\nReply-To: {plants.word(f'{kind} Reply-To')} <robin_hides_77@example.org>\r\n"
    return data.replace(b"MIME-Version: 1.0\r\n", (more + cc).encode() + b"MIME-Version: 1.0\r\n", 1)


def email_file(plants: Plants) -> Files:
    received, sent = mails(plants, "eml")
    return {
        f"{plants.name('eml file name')}.eml": _headed(mail_file(received), plants, "eml"),
        "sent.eml": mail_file(sent),
    }


def mailbox(plants: Plants) -> Files:
    whole = mailbox_file(mails(plants, "mbox"))
    return {f"{plants.name('mbox file name')}.mbox": _headed(whole, plants, "mbox")}


def photo(plants: Plants) -> Files:
    """EXIF in all its texts, the remark, XMP, IPTC, a thumbnail with a thumbnail's EXIF, the position."""
    small = jpeg(tiff({0x010E: (ASCII, plants.field("photo thumbnail EXIF"))}))
    texts = {
        0x010E: "ImageDescription",
        0x010F: "Make",
        0x0110: "Model",
        0x0131: "Software",
        0x013B: "Artist",
        0x8298: "Copyright",
        0x013C: "HostComputer",
    }
    image: dict[int, Any] = {tag: (ASCII, plants.field(f"photo {name}")) for tag, name in texts.items()}
    image |= {0x9C9B: (BYTE, list((plants.field("photo XPTitle") + "\0").encode("utf-16-le")))}
    exif: dict[int, Any] = {
        0x9003: (ASCII, "2026:03:16 10:00:00"),
        0x9010: (ASCII, "+00:00"),
        0x9286: (UNDEFINED, b"ASCII\0\0\0" + plants.field("photo UserComment").encode()),
        0x927C: (UNDEFINED, plants.field("photo MakerNote").encode() + small),
        0xA430: (ASCII, plants.field("photo CameraOwnerName")),
        0xA431: (ASCII, plants.field("photo BodySerialNumber")),
    }
    gps: dict[int, Any] = {
        1: (ASCII, "N"), 2: (RATIONAL, degrees(LAT)), 3: (ASCII, "W"), 4: (RATIONAL, degrees(LON)),
        0x1B: (ASCII, plants.field("photo GPSProcessingMethod")), 0x1C: (ASCII, plants.field("photo GPSAreaInformation")),
    }  # fmt: skip
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        f'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:City="{plants.field("photo XMP City")}"><dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"{plants.field('photo XMP title')}</dc:title></rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    before = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet.encode())
    before += segment(0xED, b"Photoshop 3.0\0" + plants.field("photo IPTC").encode()) + segment(
        0xFE, plants.field("photo remark").encode()
    )
    return {f"IMG {plants.name('photo file name')}.jpg": jpeg(tiff(image, exif, gps), before=before)}


def photo_sidecar(plants: Plants) -> Files:
    said = {
        "title": f"{plants.name('Takeout title')}.jpg",
        "description": plants.field("Takeout description"),
        "photoTakenTime": {"timestamp": "1773655200", "formatted": "16 Mar 2026"},
        "geoData": {"latitude": LAT, "longitude": LON, "altitude": 210.0},
        "people": [{"name": plants.field("Takeout people")}],
        "url": f"https://photos.example.org/{plants.word('Takeout url')}",
    }
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        f'xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:DateTimeOriginal="2026-03-16T12:00:00+00:00" exif:GPSLatitude="53,20.9886N" exif:GPSLongitude="1,46.8072W" '
        f'exif:UserComment="{plants.field("sidecar UserComment")}"/></rdf:RDF></x:xmpmeta>'
    )
    return {
        f"{said['title']}.supplemental-metadata.json": json.dumps(said).encode(),
        f"{plants.name('sidecar file name')}.xmp": packet.encode(),
    }


def video(plants: Plants) -> Files:
    put = plants.field
    film = mp4(
        created=at(17),
        keys={
            f"com.apple.quicktime.{name}": put(f"video {name}")
            for name in ("make", "model", "title", "software", "location.name")
        },
        atoms={"\xa9nam": put("video name"), "\xa9cmt": put("video comment"), "\xa9xyz": f"+{LAT}{LON}/"},
        place=place_atom(LAT, LON, put("video place name")),
        encoder=put("video encoder"),
        xmp=f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{put('video XMP')}</x:xmpmeta>".encode(),
    )
    return {f"VID {plants.name('video file name')}.mp4": film}


def google_location(plants: Plants) -> Files:
    where = {
        "latitudeE7": 533498100,
        "longitudeE7": -17801200,
        "placeId": "ChIJexample1",
        "semanticType": "TYPE_HOME",
        "locationConfidence": 87.0,
    }
    where |= {"address": plants.field("Google address"), "name": plants.field("Google place name")}
    visit = {
        "location": where,
        "duration": {"startTimestamp": "2026-03-18T10:00:00Z", "endTimestamp": "2026-03-18T11:00:00Z"},
        "placeConfidence": "HIGH_CONFIDENCE",
    }
    return {"2026_MARCH.json": json.dumps({"timelineObjects": [{"placeVisit": visit}]}).encode()}


def gpx(plants: Plants) -> Files:
    point = f'lat="{LAT}" lon="{LON}"'
    told = "".join(f"<{name}>{plants.field(f'GPX {name}')}</{name}>" for name in ("name", "cmt", "desc", "src"))
    return {
        f"{plants.name('GPX file name')}.gpx": f'<?xml version="1.0"?><gpx version="1.1" creator="{plants.word("GPX creator")}" xmlns="http://www.topografix.com/GPX/1/1">'
        f"<wpt {point}><time>2026-03-18T12:00:00Z</time>{told}</wpt><trk><name>{plants.field('GPX track')}</name><trkseg><trkpt {point}>"
        f"<time>2026-03-18T12:10:00Z</time></trkpt></trkseg></trk></gpx>".encode()
    }


def kml(plants: Plants) -> Files:
    told = "".join(f"<{name}>{plants.field(f'KML {name}')}</{name}>" for name in ("name", "address", "description"))
    return {
        f"{plants.name('KML file name')}.kml": f'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>{plants.field("KML document")}</name>'
        f"<Placemark>{told}<Point><coordinates>{LON},{LAT},0</coordinates></Point><TimeStamp><when>2026-03-18T13:00:00Z</when></TimeStamp></Placemark></Document></kml>".encode()
    }


def owntracks(plants: Plants) -> Files:
    point = {
        "_type": "location",
        "tst": 1773842400,
        "lat": LAT,
        "lon": LON,
        "acc": 12,
        "poi": plants.field("OwnTracks poi"),
        "inregions": [plants.field("OwnTracks region")],
        "tag": plants.field("OwnTracks tag"),
    }
    left = {
        "_type": "transition",
        "tst": 1773846000,
        "lat": LAT,
        "lon": LON,
        "acc": 12,
        "event": "leave",
        "desc": plants.field("OwnTracks desc"),
    }
    return {
        "2026-03.rec": "".join(
            f"2026-03-18T14:00:00Z\t*                 \t{json.dumps(one)}\n" for one in (point, left)
        ).encode()
    }


def location_table(plants: Plants) -> Files:
    head = ("timestamp", "latitude", "longitude", "accuracy", "label", "address", "note")
    row = (
        "2026-03-18T15:00:00Z",
        str(LAT),
        str(LON),
        "12",
        *(plants.field(f"positions {name}").replace(",", " ") for name in head[4:]),
    )
    return {f"points {plants.name('positions file name')}.csv": tables.csv_file([head, row])}


def camera_events(plants: Plants) -> Files:
    rings = [
        {"id": 7300000000000000001, "created_at": "2026-03-19T21:14:05.000Z", "kind": "motion", "answered": False, "duration": 24.5, "cv_properties": {"description": plants.field("doorbell what was seen")},
         "doorbot": {"id": 101, "description": plants.field("doorbell device"), "address": plants.field("doorbell address")}},
    ]  # fmt: skip
    return {"ring events.json": json.dumps(rings).encode()}


def diary(plants: Plants) -> Files:
    head = (
        "No.", "Date of incident", "Time", "Where?", "What happened?", "Who", "Witness(es)", "Evidence saved", "Reported to police", "Crime reference", "Officer", "How I felt",
        "Action taken", "Date recorded", "Vehicle reg", "Anything else",
    )  # fmt: skip
    told = {
        name: plants.field(f"diary {name}")
        for name in head
        if name not in {"No.", "Date of incident", "Time", "Date recorded"}
    }
    row = {"No.": "1", "Date of incident": "20/03/2026", "Time": "9.15pm", "Date recorded": "21/03/2026", **told}
    return {
        "diary.csv": tables.csv_file([head, [row[name].replace('"', "'") for name in head]]),
        f"Diary {plants.name('diary file name')}.xlsx": tables.workbook(
            plants.word("diary sheet"),
            [
                ("Date of incident", "Time", "What happened?"),
                (date(2026, 3, 21), "9.15pm", plants.field("diary sheet, what happened")),
            ],
            [],
            {"A": 12},
        ),
    }


PLANTED: Final[Mapping[str, Callable[[Plants], Files]]] = {
    "sms_backup": sms_backup,
    "whatsapp": whatsapp,
    "call_log": call_log,
    "email_file": email_file,
    "mailbox": mailbox,
    "photo": photo,
    "photo_sidecar": photo_sidecar,
    "video": video,
    "google_location": google_location,
    "gpx": gpx,
    "kml": kml,
    "owntracks": owntracks,
    "location_table": location_table,
    "camera_events": camera_events,
    "diary": diary,
}


def write(folder: Path, plants: Plants) -> dict[str, list[Path]]:
    """Writes the files of every parser, each into a folder of its name; gives their paths."""
    made: dict[str, list[Path]] = {}
    for name, files in PLANTED.items():
        (folder / name).mkdir(parents=True)
        for file, data in files(plants).items():
            path = folder / name / file
            path.write_bytes(data)
            made.setdefault(name, []).append(path)
    return made
