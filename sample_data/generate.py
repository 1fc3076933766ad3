"""Makes the sample case in `demo/`, the same bytes on every machine: `python sample_data/generate.py`.

Everybody in it is made up. Numbers come from the ranges that Ofcom keeps for drama, mail goes to example.org and example.com, places are on open moorland.
`bulk` beside this makes large files for measuring.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path
from typing import Final

# Run as a script, only this file's own folder is on the path.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sample_data import letters, papers, whereabouts
from sample_data.chats import family_chat, family_pictures, sam_chat, second_chat
from sample_data.formats import android_chat, call_backup, ios_chat, sms_backup
from sample_data.mail import mail_file, mailbox_file
from sample_data.story import (
    ANN,
    BLOCK,
    CHRIS,
    CLIENT,
    CLIENT_NEW,
    CRIME,
    DESK,
    JO,
    LEE,
    MOVE,
    NEW_PHONE,
    OFFICER,
    ORDER,
    REPORT,
    SAM,
    SAM_SECOND,
    SAM_THIRD,
    SERVED,
    STOP,
    STOP_WORDS,
    Story,
    day,
)
from sample_data.tables import csv_file, stored_zip, workbook

DEMO: Final = Path(__file__).resolve().parent / "demo"
SEED: Final = 20260531

FIRST_BACKUP: Final = day("2026-03-15", "20:30:00")
SECOND_BACKUP: Final = day("2026-05-31", "21:00:00")
SECOND_BEGINS: Final = day("2026-03-01")
_SETS: Final = (
    "5f0c1b7e-0000-4000-8000-000000000001",
    "5f0c1b7e-0000-4000-8000-000000000002",
    "5f0c1b7e-0000-4000-8000-000000000003",
)

SMS_FIRST: Final = "exports/old phone/sms-20260315203000.xml"
SMS_SECOND: Final = "exports/old phone/sms-20260531210000.xml"
CALLS: Final = "exports/old phone/calls-20260531210500.xml"
CHAT_SAM: Final = "exports/old phone/WhatsApp Chat with Sam Marsh.txt"
CHAT_SECOND: Final = "exports/old phone/WhatsApp Chat with +44 7700 900582.txt"
CHAT_FAMILY: Final = "exports/new phone/WhatsApp Chat - Vale family.zip"
MAILBOX: Final = "exports/mail/All mail Including Spam and Trash.mbox"
DIARY: Final = "exports/diary/Incident diary.xlsx"
DESK_LOG: Final = "exports/diary/desk phone at work.csv"
DOORBELL: Final = "exports/cameras/doorbell events.json"
VOICE_NOTE: Final = "exports/old phone/voice-note.m4a"


def demo_files() -> dict[str, bytes]:
    """All files of the sample case: path with forward slashes -> bytes."""
    story = Story(SEED)
    texts = sorted([*story.texts, *papers.picture_messages()], key=lambda text: text.at)
    group = ios_chat(family_chat(story))
    rows, merged = papers.diary()
    files = {
        SMS_FIRST: sms_backup([text for text in texts if text.at <= FIRST_BACKUP], FIRST_BACKUP, _SETS[0]),
        SMS_SECOND: sms_backup(
            [text for text in texts if SECOND_BEGINS <= text.at <= SECOND_BACKUP], SECOND_BACKUP, _SETS[1]
        ),
        CALLS: call_backup(story.calls, SECOND_BACKUP.replace(minute=5), _SETS[2]),
        CHAT_SAM: android_chat(sam_chat(story)),
        CHAT_SECOND: android_chat(second_chat()),
        VOICE_NOTE: b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42\0\0\0\x08free",
        CHAT_FAMILY: stored_zip([("_chat.txt", group), *family_pictures()]),
        MAILBOX: mailbox_file(letters.takeout()),
        DIARY: workbook(
            "Diary", rows, merged, {"A": 12, "B": 18, "C": 20, "D": 70, "E": 16, "F": 20, "G": 14, "H": 14, "I": 40}
        ),
        DESK_LOG: csv_file(papers.desk_log(SEED + 1)),
    }
    files |= {f"exports/mail/{name}": mail_file(mail) for name, mail in letters.emails().items()}
    files |= {f"exports/photos/{name}": data for name, data in papers.photos().items()}
    files |= {f"exports/cameras/{name}": data for name, data in whereabouts.clips(SEED + 2).items()}
    files[DOORBELL] = whereabouts.doorbell_events(SEED + 2)
    history = {f"exports/new phone/{name}": data for name, data in whereabouts.phone_history(SEED + 3).items()}
    files |= history
    answers = [
        (files[CHAT_SAM], CHAT_SAM.rpartition("/")[2]),
        (files[CHAT_SECOND], CHAT_SECOND.rpartition("/")[2]),
        (group, CHAT_FAMILY.rpartition("/")[2] + "!_chat.txt"),
    ]
    said = [(hashlib.sha256(data).hexdigest(), name) for data, name in answers]
    phones = [(hashlib.sha256(data).hexdigest(), name.rpartition("/")[2]) for name, data in history.items()]
    files["case.toml"] = (_case(said, phones) + _origins(files)).encode()
    files["README.txt"] = _readme().encode()
    return files


def write_demo(folder: Path) -> None:
    """Writes the sample case into `folder`, which is emptied first."""
    if folder.exists():
        shutil.rmtree(folder)
    for name, data in demo_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _case(answers: list[tuple[str, str]], history: list[tuple[str, str]]) -> str:
    def places() -> str:
        named = (
            ("Home (until 28 March)", "home", papers.HOME, 60, "Sam Marsh", ["home"]),
            ("Example Garden Centre", "work", papers.WORK, 150, "Sam Marsh", ["work"]),
            ("Jo's", "family", papers.SISTER, 60, "Sam Marsh", []),
            # Confidential: the photographs of April were taken there.
            ("New home", "home", papers.NEW_HOME, 60, "", []),
        )
        return "\n".join(
            f'[[place]]\nname = "{name}"\ntype = "{kind}"\nlat = {lat:.4f}\nlon = {lon:.4f}\nradius_m = {radius}\n'
            f'confidential = {"false" if known else "true"}\nknown_to = "{known}"\nwritten = {json.dumps(words)}\n'
            for name, kind, (lat, lon), radius, known, words in named
        )

    key_dates = "\n".join(
        f'[[key_date]]\ndate = {at:%Y-%m-%d}\ntype = "{kind}"\nwhat = "{what}"\nreference = "{reference}"\n'
        for at, kind, what, reference in (
            (STOP, "asked to stop", f"text message: {STOP_WORDS}", ""),
            (BLOCK, "blocked", "number and WhatsApp blocked", ""),
            (NEW_PHONE, "number changed", "new phone with a new number; the old one is kept for the police", ""),
            (REPORT, "reported", "reported to Derbyshire police, PC 0000", CRIME),
            (MOVE, "moved", "moved house", ""),
            (day("2026-04-14"), "order made", "non-molestation order made", ORDER),
            (SERVED, "order served", "order served in person at 4.30pm", ORDER),
        )
    )
    others = "\n".join(
        f'[[other]]\nname = "{name}"\nrole = "{role}"\nidentifiers = {json.dumps(known)}\n'
        for name, role, known in (
            ("Jo Vale", "sister", (JO.number,)),
            ("Ann Vale", "mother", (ANN.number, ANN.name)),
            ("Chris Dale", "colleague", (CHRIS.number,)),
            ("Lee Brook", "friend", (LEE.number,)),
            ("Pat Moss", "manager", ("pat.moss@example.org",)),
            ("PC 0000", "police officer", (OFFICER.number, "pc0000@example.org")),
            ("Kim Shaw", "solicitor", ("kim.shaw@example.org",)),
            ("Example Garden Centre", "workplace", (DESK,)),
        )
    )
    attributions = "\n".join(
        f'[[attribution]]\nidentifier = "{identifier}"\nperson = "Sam Marsh"\nbasis = "{basis}"\nby = "A. Adviser"\non = {on:%Y-%m-%d}\nwhy = {json.dumps(why)}\n'
        for identifier, basis, on, why in (
            (SAM.number, "saved contact", day("2026-03-16"), "saved in Robin's phone since 2023"),
            (SAM_SECOND.number, "content", day("2026-03-16"), 'signed "It\'s Sam" on 7 February 2026'),
            (SAM_THIRD.number, "content", day("2026-04-20"), 'signed "This is Sam" on 19 April 2026'),
            (
                "marsh.s.2@example.com",
                "content",
                day("2026-03-16"),
                'writes "The other address is blocked as well" on 1 March 2026',
            ),
        )
    )
    given = "\n".join(
        f'[[answer]]\nfile = "{sha256}"\nname = "{name}"\nkey = "owner"\nvalue = "Robin Vale"\n'
        f'question = "Which of the people in this chat is the owner of the phone?"\n'
        for sha256, name in answers
    )
    given += "\n" + "\n".join(
        f'[[answer]]\nfile = "{sha256}"\nname = "{name}"\nkey = "whose"\nvalue = "Robin Vale"\n'
        f'question = "Whose phone or device recorded the positions in this file?"\n'
        for sha256, name in history
    )
    return f"""\
# The sample case: everybody and everything in it is made up. sample_data/generate.py writes this file; a case of your own has the same form.

reference = "SAMPLE-0001"   # the number the support service gives the case
zone = "Europe/London"      # for clocks that do not name their zone
country = "GB"              # for telephone numbers without +44

# The person who is being contacted: all her or his numbers, addresses and names, as the exports show them.
[client]
name = "Robin Vale"
identifiers = [
    "{CLIENT.number}",  # the old phone
    "{CLIENT_NEW.number}",  # the new phone; confidential
    "robin.vale@example.org",
]

# The person whose contact is recorded. Other numbers and addresses that are theirs stand below as [[attribution]], with the basis.
[[subject]]
name = "Sam Marsh"
identifiers = [
    "{SAM.number}",
    "sam.marsh@example.com",
]

# Others who occur. In what is served they become Person A, Person B ... in this order.
{others}
# Places that matter, with a radius in metres. known_to says who knows of the place already; a confidential one must not be given away. written are the
# words that the diary has for it.
{places()}
# Cameras that stay where they are, and how their clips are known.
[[camera]]
name = "Doorbell"
place = "Home (until 28 March)"
device = "{whereabouts.FRONT_DOOR}"
end = 2026-03-28

[[camera]]
name = "Camera at the new home"
place = "New home"
file = "{whereabouts.DRIVE}_*.mp4"
start = 2026-03-28

# What contact is compared with. type is one of: asked to stop, blocked, reported, moved, number changed, order made, order served, order varied, order expired,
# other.
{key_dates}
# Who says that a number or address is whose, and on what basis (client says, saved contact, content, police, other): fourline people writes these.
{attributions}
# Clocks that somebody has checked. offset is added to what the clock shows: minus where it is fast.
[[clock]]
files = ["{DESK_LOG.rpartition("/")[2]}"]
offset = "-00:04:00"
by = "Pat Moss"
how = "the display of the telephone beside the speaking clock: 4 minutes fast"
on = 2026-05-28

# What was asked about single files, and what Robin said. file is the SHA-256 of the file; of one inside a zip, its own.
{given}"""


def _origins(files: dict[str, bytes]) -> str:
    """What is said of where the files come from, and what is known and not there. Of the photographs nobody says anything."""
    old = {
        "device": "old phone, Android",
        "exported_by": "Robin Vale",
        "received_from": "Robin Vale",
        "original_held_by": "the police, since 9 March 2026 a copy",
    }
    own = {"exported_by": "Robin Vale", "received_from": "Robin Vale", "original_held_by": "Robin Vale"}
    texts = {"description": "texts", "exported_with": "SMS Backup & Restore"}
    chats = {"description": "chats of the old phone", "exported_with": "WhatsApp, Export chat"}
    said = (
        ((SMS_FIRST,), {**old, **texts, "exported_on": "2026-03-15"}),
        ((SMS_SECOND,), {**old, **texts, "exported_on": "2026-05-31"}),
        (
            (CALLS,),
            {**old, "description": "calls", "exported_with": "SMS Backup & Restore", "exported_on": "2026-05-31"},
        ),
        ((CHAT_SAM, CHAT_SECOND), {**old, **chats}),
        ((CHAT_FAMILY,), {**own, "device": "new phone, iPhone", "exported_with": "WhatsApp, Export chat"}),
        ((MAILBOX,), {**own, "device": "robin.vale@example.org", "exported_with": "Google Takeout"}),
        ((DIARY,), {**own, "description": "incident diary", "device": "kept by hand"}),
        (
            (DESK_LOG,),
            {
                "description": "calls to the desk phone at work",
                "device": "Example Garden Centre",
                "received_from": "Pat Moss",
            },
        ),
    )
    lines = ["\n# Where the files come from, as people say. What nobody says is printed as not stated.\n"]
    for names, words in said:
        hashes = "".join(f'    "{hashlib.sha256(files[name]).hexdigest()}",\n' for name in names)
        lines.append(f"[[source]]\nfiles = [\n{hashes}]\n")
        lines += [f"{key} = {value if key == 'exported_on' else json.dumps(value)}\n" for key, value in words.items()]
        lines.append("\n")
    lines.append("# Channels that are known to exist and whose records are not here.\n")
    lines.append('[[not_held]]\nchannel = "Instagram"\nwhy = "Robin closed the account in December 2025"\n')
    lines.append('by = "Robin Vale"\n')
    return "".join(lines)


def _readme() -> str:
    return f"""\
A MADE-UP CASE

Nobody in these files exists. The numbers are from the ranges Ofcom keeps for drama (07700 900000 to 900999, 01632 960000 to 960999), the mail addresses end in
example.org or example.com, the places are points on open moorland in the Peak District.

Robin Vale has ended a relationship with Sam Marsh. On 9 January 2026 Robin asks Sam to stop; on 3 February there are 47 missed calls in an hour; on
5 February Robin blocks the number; calls go on without a number and texts from a new one. Robin reports it on 9 March ({CRIME}), moves on 28 March, and a
court makes an order that is served on 17 April ({ORDER}). Contact goes on until 24 May. Some weeks have no contact at all.

case.toml   who, where, when, and the answers that the WhatsApp files need
exports/    what Robin handed over:

old phone/sms-20260315203000.xml         Android texts, 1 December to 15 March (SMS Backup & Restore)
old phone/sms-20260531210000.xml         the same phone, 1 March to 31 May: its first two weeks repeat the file above
old phone/calls-20260531210500.xml       the same phone's calls
old phone/WhatsApp Chat with Sam Marsh.txt
                                         WhatsApp from the same phone: 12-hour clock, no seconds
old phone/WhatsApp Chat with +44 7700 900582.txt
                                         the same, with Sam's second number
old phone/voice-note.m4a                 a file that the program does not read: it must be listed as such
new phone/WhatsApp Chat - Vale family.zip
                                         the family's group from the iPhone bought on 2 March, with two pictures
mail/01 ... 11 .eml                      emails saved one by one; number 09 was sent by a computer whose clock is three hours slow
mail/All mail Including Spam and Trash.mbox
                                         Google Takeout of the mailbox; holds four of the saved emails again
new phone/2026-03.rec, 2026-04.rec, 2026-05.rec
                                         where that phone was, as it sent it to its own OwnTracks recorder
cameras/                                 the doorbell's list of events (Ring) and the clips that Robin saved; four of the camera at the new home
photos/                                  eight pictures: with and without position, one without any date, one screenshot
diary/Incident diary.xlsx                Robin's diary, 25 rows
diary/desk phone at work.csv             log of the telephone at work, from 16 March, when it was put in

To write all this again, byte for byte: python sample_data/generate.py
"""


if __name__ == "__main__":
    write_demo(DEMO)
    print(f"{len(list(DEMO.rglob('*.*')))} files in {DEMO}")
