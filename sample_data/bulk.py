"""Large made-up files for measuring: the shapes real exports have, written as a stream, the same for the same seed.

    python sample_data/bulk.py sms big.xml 1000000

Imported by `benchmarks/run.py`. Numbers and addresses are from the ranges kept for drama and examples.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

# Run as a script, only this file's own folder is on the path.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sample_data import words
from sample_data.formats import MONTHS, attribute
from sample_data.jpeg import jpeg_with_exif
from sample_data.mail import DAYS
from sample_data.movie import mp4

SUBJECT: Final = ("+447700900461", "07700900461", "07700 900461", "00447700900461")
"""One number, as four phones write it."""
CONTACTS: Final = (
    (SUBJECT, "Sam Marsh"),
    (("+447700900205",), "Jo Vale"),
    (("+447700900520",), "Mum"),
    (("+447700900311",), "Chris Dale"),
    (("+447700900644",), "Lee Brook"),
)
_BEGIN: Final = datetime(2023, 1, 1, 7, tzinfo=UTC)
_BLOCK: Final = 5000
_PHRASES: Final = (
    *words.EARLY,
    *words.PRESSING,
    *words.AFTER_STOP,
    *words.NEW_NUMBER,
    *words.AFTER_REPORT,
    *words.EARLY_REPLIES,
)


def _below(random: Random, count: int) -> int:
    return int(random.random() * count)


def _bodies(random: Random) -> list[str]:
    """4,000 bodies; three in a hundred with an emoji beyond the first 65,536 characters."""
    plain = [phrase for phrase in _PHRASES if phrase.isascii()]
    bodies = []
    for number in range(4000):
        body = " ".join(plain[_below(random, len(plain))] for _ in range(1 + _below(random, 3)))
        bodies.append(f"{body} {chr(0x1F600 + number % 64)}" if number % 100 < 3 else body)
    return bodies


def _sms(random: Random, bodies: list[str], millis: int, number: int) -> str:
    """One text; a third are from the one subject, three in a hundred from a number that is in no address book."""
    share = random.random()
    if share < 0.03:
        address, name = f"+447700900{_below(random, 1000):03d}", "(Unknown)"
    else:
        forms, name = CONTACTS[0 if share < 0.35 else 1 + _below(random, 4)]
        address = forms[_below(random, len(forms))]
    clock = datetime.fromtimestamp(millis // 1000, UTC)
    readable = (
        f"{clock.day} {MONTHS[clock.month - 1]} {clock.year} {clock.hour:02d}:{clock.minute:02d}:{clock.second:02d}"
    )
    sent = number % 4 == 3
    return (
        f'  <sms protocol="0" address="{address}" date="{millis}" type="{2 if sent else 1}" subject="null" '
        f'body="{bodies[_below(random, 4000)]} {number}" toa="null" sc_toa="null" '
        f'service_center="{"null" if sent else "+447700900000"}" read="1" status="-1" locked="0" '
        f'date_sent="{0 if sent else millis - 1000}" sub_id="1" readable_date="{readable}" contact_name="{name}" />\n'
    )


def _times(random: Random, count: int) -> Iterator[int]:
    """Milliseconds, rising: three years however many there are."""
    step = 3 * 365 * 86_400_000 / max(count, 1)
    at = float((_BEGIN - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1))
    for _ in range(count):
        at += step * 2 * random.random()
        yield int(at)


def _backup_head(count: int) -> str:
    return (
        "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<!--File Created By SMS Backup &amp; Restore-->\n"
        f'<smses count="{count}" backup_set="5f0c1b7e-0000-4000-8000-00000000000b" backup_date="1780257600000" type="full">\n'
    )


def write_sms(path: Path, count: int, seed: int = 1, *, pairs: bool = True) -> None:
    """An SMS Backup & Restore file of `count` texts, about 365 bytes each. `pairs=False`: emoji as XML allows them, for programs that refuse the pairs."""
    write_mms(path, count, 0, 0, seed, pairs=pairs)


def write_mms(
    path: Path, messages: int, pictures: int, picture_bytes: int, seed: int = 1, *, pairs: bool = True
) -> None:
    """The same of which `pictures`, evenly spread, are MMS with one picture of about `picture_bytes` bytes; all pictures differ."""
    random = Random(seed)
    bodies = [attribute(body) if pairs or body.isascii() else body for body in _bodies(random)]
    noise = _noise(random)
    every = messages // pictures if pictures else 0
    made = 0
    with path.open("wb") as file:
        file.write(_backup_head(messages).encode())
        block: list[str] = []
        for number, millis in enumerate(_times(random, messages)):
            if every and number % every == 0 and made < pictures:
                block.append(_mms(_picture(noise, made, picture_bytes), millis, bodies[_below(random, 4000)]))
                made += 1
            else:
                block.append(_sms(random, bodies, millis, number))
            if len(block) >= _BLOCK or (every and len(block) >= every):
                file.write("".join(block).encode())
                block.clear()
        file.write("".join(block).encode() + b"</smses>\n")


def _mms(picture: bytes, millis: int, body: str) -> str:
    return (
        f'  <mms date="{millis}" ct_t="application/vnd.wap.multipart.related" msg_box="1" address="{SUBJECT[0]}" sub_cs="null" '
        f'date_sent="{millis // 1000}" read="1" m_cls="personal" m_type="132" sub="null" v="18" rr="129" seen="1" text_only="0" '
        'contact_name="Sam Marsh" readable_date="null">\n    <parts>\n'
        '      <part seq="0" ct="image/jpeg" name="picture.jpg" chset="null" cd="null" fn="null" cid="&lt;0&gt;" cl="picture.jpg" '
        f'ctt_s="null" ctt_t="null" text="null" data="{base64.b64encode(picture).decode()}" />\n'
        '      <part seq="0" ct="text/plain" name="null" chset="106" cd="null" fn="null" cid="&lt;1&gt;" cl="text_1.txt" ctt_s="null" '
        f'ctt_t="null" text="{body}" />\n    </parts>\n    <addrs>\n      <addr address="{SUBJECT[0]}" type="137" charset="106" />\n'
        '      <addr address="+447700900118" type="151" charset="106" />\n    </addrs>\n  </mms>\n'
    )


def _noise(random: Random) -> bytes:
    """1 MiB of what compressed pictures look like to a program: bytes without order, none of them a JPEG marker."""
    return bytes(random.getrandbits(8) for _ in range(1 << 20)).replace(b"\xff", b"\xfe")


def _picture(noise: bytes, number: int, size: int) -> bytes:
    """A JPEG with EXIF, filled up to about `size` bytes."""
    taken = datetime(2024, 1, 1) + timedelta(minutes=number)  # noqa: DTZ001 -- the clock of a camera
    whole = jpeg_with_exif(
        taken, offset="+00:00", lat=53.46, lon=-1.86, gps_time=taken, make="Example", model="Phone A5"
    )
    start = number * 7919 % len(noise)
    missing = max(size - len(whole), 0)
    filler = (noise[start:] + noise * (missing // len(noise) + 1))[:missing]
    return whole[:-2] + filler + whole[-2:]


def write_photos(folder: Path, count: int, size: int, seed: int = 1) -> None:
    """`count` JPEGs with EXIF and position, each of about `size` bytes and different from the others."""
    folder.mkdir(parents=True, exist_ok=True)
    noise = _noise(Random(seed))
    for number in range(count):
        (folder / f"IMG_{number:05d}.jpg").write_bytes(_picture(noise, number, size))


def write_clips(folder: Path, count: int, size: int, seed: int = 2) -> None:
    """`count` MP4 films with a header, a name and a position as Android phones write them, each of about `size` bytes and different from the others."""
    folder.mkdir(parents=True, exist_ok=True)
    noise = _noise(Random(seed))
    begun = datetime(2025, 1, 1)  # noqa: DTZ001 -- a wall clock
    for number in range(count):
        when = begun + timedelta(minutes=97 * number)
        start = number * 7919 % len(noise)
        film = number.to_bytes(8, "big") + noise[start:] + noise * (size // len(noise) + 1)
        data = mp4(
            created=when + timedelta(seconds=20),
            seconds=20,
            atoms={"\xa9xyz": f"+53.4{number % 1000:03d}-001.8600/"},
            keys={"com.android.version": "15"},
            film=film[:size],
        )
        (folder / f"VID_{when:%Y%m%d_%H%M%S}.mp4").write_bytes(data)


def write_whatsapp(path: Path, count: int, seed: int = 1) -> None:
    """A British Android chat of `count` messages between "Robin Vale" and "Sam Marsh"; every twentieth has a second line."""
    random = Random(seed)
    bodies = _bodies(random)
    with path.open("wb") as file:
        block: list[str] = []
        for number, millis in enumerate(_times(random, count)):
            at = datetime.fromtimestamp(millis // 1000, UTC)
            author = "Robin Vale" if number % 4 == 3 else "Sam Marsh"
            more = "\nand another thing" if number % 20 == 19 else ""
            clock = f"{at.day:02d}/{at.month:02d}/{at.year}, {at.hour:02d}:{at.minute:02d}"
            block.append(f"{clock} - {author}: {bodies[_below(random, 4000)]} {number}{more}\n")
            if len(block) >= _BLOCK:
                file.write("".join(block).encode())
                block.clear()
        file.write("".join(block).encode())


def write_mbox(path: Path, count: int, seed: int = 1) -> None:
    """A Google Takeout mailbox of `count` emails; a third in two forms (text and HTML), every twentieth with a picture of 20 kB."""
    random = Random(seed)
    bodies = [body.encode("ascii", "ignore").decode() for body in _bodies(random)]
    noise = _noise(random)
    with path.open("wb") as file:
        for number, millis in enumerate(_times(random, count)):
            file.write(_mail(random, bodies, noise, millis, number).encode("ascii"))


def _mail(random: Random, bodies: list[str], noise: bytes, millis: int, number: int) -> str:
    at = datetime.fromtimestamp(millis // 1000, UTC)
    month = MONTHS[at.month - 1]
    clock = f"{at.hour:02d}:{at.minute:02d}:{at.second:02d}"
    written = f"{DAYS[at.weekday()]}, {at.day} {month} {at.year} {clock} +0000"
    people = ["Sam Marsh <sam.marsh@example.com>", "Robin Vale <robin.vale@example.org>"]
    sender, to = people[:: -1 if number % 4 == 3 else 1]
    text = "\r\n".join(bodies[_below(random, 4000)] for _ in range(4 + _below(random, 12)))
    plain = f"Content-Type: text/plain; charset=us-ascii\r\n\r\n{text}\r\n"
    body = plain
    if number % 3 == 0:
        html = f"Content-Type: text/html; charset=us-ascii\r\n\r\n<html><body><p>{text.replace(chr(13), '<br>')}</p></body></html>\r\n"
        body = f'Content-Type: multipart/alternative; boundary="a{number}"\r\n\r\n--a{number}\r\n{plain}--a{number}\r\n{html}--a{number}--\r\n'
    if number % 20 == 0:
        encoded = base64.encodebytes(_picture(noise, number, 20_000)).decode().replace("\n", "\r\n")
        file = f'Content-Type: image/jpeg; name="p.jpg"\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}'
        body = f'Content-Type: multipart/mixed; boundary="m{number}"\r\n\r\n--m{number}\r\n{body}--m{number}\r\n{file}--m{number}--\r\n'
    gmail = 1850000000000000000 + number
    return (
        f"From {gmail}@xxx {DAYS[at.weekday()]} {month} {at.day:02d} {clock} +0000 {at.year}\r\n"
        f"X-GM-THRID: {gmail}\r\nX-Gmail-Labels: {'Sent' if number % 4 == 3 else 'Inbox,Important'}\r\n"
        f"Received: by mx.example.org with SMTP id {number};\r\n\t{written}\r\nFrom: {sender}\r\nTo: {to}\r\n"
        f"Subject: {bodies[number % 4000]}\r\nDate: {written}\r\nMessage-ID: <{number}.bulk@example.com>\r\nMIME-Version: 1.0\r\n{body}\r\n"
    )


if __name__ == "__main__":
    kind, target, how_many = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    {"sms": write_sms, "whatsapp": write_whatsapp, "mbox": write_mbox}[kind](target, how_many)
