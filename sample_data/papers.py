"""What lies beside the texts in the made-up case: picture messages, photographs, the diary, the desk telephone's log. All of it is invented.

The places are points on open moorland in the Peak District; nobody lives there.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from sample_data.formats import Part, Text, uk_date, utc
from sample_data.jpeg import jpeg_with_exif
from sample_data.story import ANN, CLIENT, CRIME, JO, LAST, ORDER, SAM, SAM_SECOND, SAM_THIRD, Dice, day
from sample_data.tables import Cell, grey_png

HOME: Final = (53.4620, -1.8580)
WORK: Final = (53.4712, -1.8305)
SISTER: Final = (53.4448, -1.8496)
NEW_HOME: Final = (53.4523, -1.8807)
NEW_ADDRESS: Final = "3 Example Cottages, ZZ99 9ZZ"


def flowers() -> bytes:
    """The photograph that Robin's manager sent and Robin kept."""
    return _photo(day("2026-02-26", "17:35:11"), WORK, b"\xd0\x50\x90")


def _photo(at: datetime, place: tuple[float, float] | None, bands: bytes, model: str = "Phone A5") -> bytes:
    offset = "+00:00" if utc(at) == at else "+01:00"
    if place is None:
        return jpeg_with_exif(at, make="Example", model=model, fill=bands)
    fix = utc(at) - timedelta(seconds=4)
    return jpeg_with_exif(
        at,
        offset=offset,
        lat=place[0],
        lon=place[1],
        gps_time=fix,
        accuracy_m=6.5,
        make="Example",
        model=model,
        fill=bands,
    )


def picture_messages() -> list[Text]:
    """The MMS of the old phone: two pictures, a small group, one that was never downloaded."""
    own_address = "insert-address-token"  # how the app writes the phone's own number
    own, group = (CLIENT.number, 151), f"{ANN.number}~{JO.number}"
    tree, cup = (jpeg_with_exif(None, width=48, height=32, fill=fill) for fill in (b"\x30\x60\x30", b"\x80\xa0\xe0"))
    body = "The tree is up!"
    coffee = "Nice spot for a coffee this morning"
    visit, answer = "Who can take me to the eye clinic on Thursday?", "I can, I am off"

    def words(text: str) -> Part:
        return Part("text/plain", text)

    return [
        Text(
            day("2025-12-21", "16:05:30"),
            JO.number,
            JO.name,
            1,
            body,
            (Part("image/jpeg", "", "tree.jpg", tree), words(body)),
            ((JO.number, 137), own),
        ),
        Text(
            day("2026-02-15", "14:02:11"),
            group,
            "Mum, Jo Vale",
            1,
            visit,
            (words(visit),),
            ((ANN.number, 137), (JO.number, 151), own),
        ),
        Text(
            day("2026-02-15", "14:10:45"),
            group,
            "Mum, Jo Vale",
            2,
            answer,
            (words(answer),),
            ((own_address, 137), (ANN.number, 151), (JO.number, 151)),
        ),
        Text(
            day("2026-03-19", "10:24:16"),
            SAM_SECOND.number,
            SAM_SECOND.name,
            1,
            coffee,
            (Part("image/jpeg", "", "cafe.jpg", cup), words(coffee)),
            ((SAM_SECOND.number, 137), own),
        ),
        Text(
            day("2026-04-22", "23:58:02"),
            SAM_THIRD.number,
            SAM_THIRD.name,
            1,
            "",
            (),
            ((SAM_THIRD.number, 137), own),
            waiting=True,
        ),
    ]


def photos() -> dict[str, bytes]:
    """File name to bytes."""
    return {
        "IMG_20260114_081233.jpg": _photo(day("2026-01-14", "08:12:33"), HOME, b"\xe0\xf0\x40"),
        "IMG_20260203_231540.jpg": _photo(day("2026-02-03", "23:15:40"), HOME, b"\x10\x30\x10"),
        "IMG_20260226_173511.jpg": flowers(),
        # The camera app's location was switched off: a time, no position and no distance from UTC.
        "IMG_20260321_124502.jpg": _photo(day("2026-03-21", "12:45:02"), None, b"\x90\xb0\xd0"),
        "IMG_20260404_213012.jpg": _photo(day("2026-04-04", "21:30:12"), NEW_HOME, b"\x20\x28\x60", "Phone 16"),
        "IMG_20260425_070248.jpg": _photo(day("2026-04-25", "07:02:48"), NEW_HOME, b"\xf0\xa0\x50", "Phone 16"),
        # WhatsApp takes everything out of a picture that says when and where.
        "IMG-20260419-WA0003.jpg": jpeg_with_exif(None, fill=b"\x70\x80"),
        "Screenshot_20260310-221544.png": grey_png(48, 96, 0xF0),
    }


DIARY_HEADER: Final = (
    "Date",
    "Time",
    "Place",
    "What happened",
    "Witnesses",
    "Evidence",
    "Police ref",
    "Date recorded",
    "How it affected me",
    "Type",
)


def diary() -> tuple[list[list[Cell]], list[str]]:
    """The rows of Robin's diary, title and header first, and the merged cells: a day with several rows has its date once. Times as people write them.

    The last column holds the codes that the helpline gave her for what a row is about (`pipeline.case.categories`).
    """
    at = date.fromisoformat
    rows: list[tuple[Cell, ...]] = [
        (at("2025-12-13"), "approx 9pm", "home", "Sam rang the bell and asked to come in. I said no through the door.", "", "", "", at("2025-12-13"), "A bit shaken", "HOME"),
        (at("2025-12-24"), time(16, 20), "home", "Parcel on the step with a card from Sam.", "Jo", "kept the card", "", at("2025-12-24"), "I did not open it", "GIFT"),
        (at("2026-01-09"), "7.42pm", "home", "Asked Sam by text to stop contacting me.", "", "text", "", at("2026-01-09"), "Relieved, then the phone went on and on", "STOP"),
        (at("2026-01-12"), "6.10pm", "bus stop by work", "Sam stood on the other side of the road and watched me get on the bus.", "", "", "", at("2026-01-12"), "Took a taxi home the next day", "WATCH"),
        (at("2026-01-14"), "8.10am", "home", "Note under the windscreen wiper: I AM NOT GOING AWAY.", "Jo", "photo", "", at("2026-01-14"), "Scared to go to the car", "HOME"),
        (None, "between 5 and 6pm", "work", "Sam sat in the parked car opposite the entrance until we closed.", "Chris Dale", "", "", at("2026-01-14"), "Chris walked me to the bus", "WORK; LOITER"),
        (at("2026-01-24"), "evening", "choir, upper hall", "Sam waited outside the choir and walked behind me to the corner.", "Lee Brook", "", "", at("2026-01-25"), "I have not been back to the choir alone", "PLACE; FOLLOW"),
        (at("2026-02-03"), "22:04 to 23:02", "home", "47 missed calls. Pulled the plug of the landline as well.", "", "photo of the phone", "", at("2026-02-03"), "No sleep. Could not stop shaking", "CALL"),
        (None, "11.15pm", "home", "Knock at the door. Did not open. Footsteps on the gravel.", "", "", "", at("2026-02-04"), "Slept at Jo's for three nights", "HOME"),
        (at("2026-02-05"), "6.20pm", "Jo's", "Blocked Sam's number and Sam on WhatsApp. Jo helped.", "Jo", "", "", at("2026-02-05"), "", "BLOCK"),
        ("Sat 7 Feb 2026", "10.12am", "Jo's", "Text from a number I do not know: 'It's Sam'.", "Jo", "text", "", at("2026-02-07"), "Thought it was over and it was not", "NEWID"),
        (at("2026-02-24"), "noon", "home", "Two men came with a garden bench that I never ordered.", "", "order email", "", at("2026-02-24"), "Embarrassed", "GIFT"),
        (at("2026-02-26"), "approx 5.30pm", "work", "Sam left flowers at the desk and asked when I finish.", "Pat Moss", "photo", "", at("2026-02-26"), "Use the staff entrance now", "WORK; GIFT"),
        (at("2026-03-03"), time(7, 5), "on the way to work", "Same car behind me from the bridge to the car park.", "", "", "", at("2026-03-03"), "I change my route every day", "FOLLOW"),
        (at("2026-03-09"), "2.05pm", "police station", "Reported everything so far to PC 0000. Showed the messages.", "Jo", "", CRIME, at("2026-03-09"), "Glad I went", "REPORT"),
        (at("2026-03-12"), "2115hrs", "home", "Car parked opposite with the lights off for about forty minutes.", "", "", CRIME, at("2026-03-12"), "Sat on the stairs in the dark", "LOITER"),
        (at("2026-03-21"), "11.30am", "market", "Sam two stalls away. Walked when we walked.", "Jo", "", CRIME, at("2026-03-22"), "We left without shopping", "PLACE; FOLLOW"),
        (None, "12.45pm", "market car park", "Sam's car next to ours.", "Jo", "photo", CRIME, at("2026-03-22"), "", "PLACE"),
        (None, "late evening", "home", "Silent calls, no number shown, six or seven.", "", "call log", CRIME, at("2026-03-22"), "Turned the phone off", "CALL"),
        (at("2026-03-28"), "all day", "new home", "Moved. Told only family, Lee and work.", "Jo, Mum", "", "", at("2026-03-28"), "First quiet day", ""),
        (at("2026-03-29"), "1.30am", "new home", "Woke from knocking, nobody there. The clocks changed this night, time from the oven.", "", "", CRIME, at("2026-03-29"), "Cannot be sure of the hour", "HOME"),
        (at("2026-04-04"), "9.30pm", "new home", "Sam's car across the road for ten minutes.", "Lee Brook", "photo", CRIME, at("2026-04-04"), "So the new address is known. Rang 101", "LOITER"),
        (at("2026-04-17"), "4.30pm", "", "Kim Shaw rang: the order has been served on Sam.", "", "", ORDER, at("2026-04-17"), "Cried from relief", "ORDER"),
        (at("2026-04-25"), "7am", "new home", "Card through the door, no stamp. Sam's writing.", "", "photo, card in a bag", CRIME, at("2026-04-25"), "Rang the police straight away", "HOME"),
        (at("2026-05-16"), "between 2 and 3pm", "park", "Sam on a bench by the gate. Did not speak. I went the other way.", "Lee Brook", "", CRIME, at("2026-05-18"), "I do not go there any more", "PLACE"),
    ]  # fmt: skip
    sheet: list[list[Cell]] = [
        ["Incident diary, kept by Robin Vale on the advice of the helpline"],
        list(DIARY_HEADER),
        *map(list, rows),
    ]
    merged, start = ["A1:J1"], 3
    for number in range(4, len(sheet) + 2):
        if number > len(sheet) or sheet[number - 1][0] is not None:
            if number - 1 > start:
                merged.append(f"A{start}:A{number - 1}")
            start = number
    return sheet, merged


def desk_log(seed: int) -> list[list[str]]:
    """The log of the telephone on the desk at work, as its web page exports it: it begins on 16 March 2026, when it was put in."""
    dice = Dice(seed)
    rows: list[tuple[datetime, str, str, int]] = []
    outside = ("01632 960301", "01632 960302", "01632 960415", "07700 900803", "07700 900804")
    first = day("2026-03-16")
    for number in range(75):
        date_ = first + timedelta(days=number)
        if date_.weekday() == 6:
            continue
        for _ in range(dice.below(3)):
            at = date_ + timedelta(hours=9 + dice.below(8), minutes=dice.below(60))
            kind = dice.pick(("Incoming", "Incoming", "Outgoing", "Missed"))
            rows.append((at, kind, dice.pick(outside), 0 if kind == "Missed" else 20 + dice.below(300)))
        quiet = (
            day("2026-05-04") <= date_ <= day("2026-05-10")
            or date_ > LAST
            or day("2026-04-17") <= date_ <= day("2026-04-20")
        )
        if not quiet and dice.chance(0.28):
            caller = dice.pick((SAM, SAM_SECOND) if date_ < day("2026-04-17") else (SAM_THIRD,)).dialled
            for _ in range(1 + dice.below(2)):
                at = date_ + timedelta(hours=9 + dice.below(8), minutes=dice.below(60))
                shown = "Withheld" if dice.chance(0.5) else f"{caller[:5]} {caller[5:]}"
                kind = dice.pick(("Missed", "Incoming"))
                rows.append((at, kind, shown, 0 if kind == "Missed" else 4 + dice.below(30)))
    rows.sort()
    header = ["Date", "Time", "Call type", "Phone number", "Duration"]
    lines = [
        [uk_date(at), f"{at:%H:%M}", kind, number, f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"]
        for at, kind, number, seconds in rows
    ]
    return [header, *lines]
