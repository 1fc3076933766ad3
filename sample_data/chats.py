"""The lines of the made-up WhatsApp chats that are not ordinary talk: what the app writes itself, pictures, deleted and edited messages, the block."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sample_data.jpeg import jpeg_with_exif
from sample_data.papers import NEW_ADDRESS
from sample_data.story import BLOCK, NEW_PHONE, STOP, Story, day

Line = tuple[datetime, str, str]

_ENCRYPTED: Final = (
    "Messages and calls are end-to-end encrypted. Only people in this chat can read, listen to, or share them."
)
_MARK: Final = "\u200e"
_PICTURES: Final = ("00000041-PHOTO-2026-03-14-10-22-31.jpg", "00000163-PHOTO-2026-04-25-07-10-05.jpg")


def sam_chat(story: Story) -> list[Line]:
    """With Sam, from the old Android phone, exported without media: ends with the block."""
    robin, sam = "Robin Vale", "Sam Marsh"
    lines = [
        (day("2025-12-01", "07:55:00"), "", f"{_ENCRYPTED} Learn more."),
        (day("2025-12-06", "19:20:00"), sam, "Look who I found in the garden\n<Media omitted>"),
        (day("2025-12-18", "21:14:00"), sam, "<Media omitted>"),
        (day("2025-12-29", "23:31:00"), sam, "This message was deleted"),
        (day("2026-01-02", "08:40:00"), robin, "You deleted this message"),
        (STOP.replace(second=50), robin, "I have also sent this as a text. Please stop contacting me."),
        (day("2026-01-09", "20:05:00"), "", "Missed voice call"),
        (day("2026-01-09", "20:06:00"), "", "Missed voice call"),
        (day("2026-01-17", "22:48:00"), sam, "I never meant it like that <This message was edited>"),
        (day("2026-01-21", "00:12:00"), sam, "null"),
        (day("2026-01-28", "18:03:00"), sam, "Three things:\n1. the letter\n2. the mug\n3. you"),
        (
            day("2026-01-31", "23:40:00"),
            sam,
            "Look what you once wrote to me:\n[01/11/2025, 20:01:05] Robin Vale: you will always be my friend",
        ),
        (day("2026-02-03", "22:12:00"), "", "Missed voice call"),
        (day("2026-02-03", "22:13:00"), "", "Missed video call"),
        (BLOCK, "", "You blocked this contact"),
    ]
    return sorted([*story.chat, *lines], key=lambda line: line[0])


def second_chat() -> list[Line]:
    """With Sam's second number, which is in nobody's address book; also from the old phone."""
    robin, sam = "Robin Vale", "+44 7700 900582"
    return [
        (day("2026-02-24", "07:31:00"), "", f"{_ENCRYPTED} Learn more."),
        (day("2026-02-24", "07:31:00"), sam, "Good morning. New number, same me"),
        (day("2026-02-24", "07:33:00"), sam, "I hope the bench fits on the terrace"),
        (day("2026-02-24", "08:02:00"), robin, "Who is this?"),
        (day("2026-02-24", "08:02:00"), sam, "You know who this is \U0001f609"),
        (day("2026-02-25", "23:47:00"), "", "Missed voice call"),
        (day("2026-02-26", "17:50:00"), sam, "Did you like the flowers?"),
        (day("2026-02-26", "17:58:00"), sam, "<Media omitted>"),
        (day("2026-02-26", "18:30:00"), "", "You blocked this contact"),
    ]


def family_chat(story: Story) -> list[Line]:
    """The family's group on the new iPhone. A line of the app itself carries the group's name as author and U+200E before its words."""
    group, robin, jo, ann = "Vale family", "Robin Vale", "Jo Vale", "Ann Vale"
    lines = [
        (NEW_PHONE, group, f"{_MARK}{_ENCRYPTED}"),
        (NEW_PHONE, group, f"{_MARK}{jo} created this group"),
        (NEW_PHONE.replace(second=9), jo, "Only the three of us know this number, Robin"),
        (NEW_PHONE.replace(minute=2), robin, "Thank you both. The old phone stays in the drawer for the police"),
        (day("2026-03-14", "10:22:31"), jo, f"{_MARK}<attached: {_PICTURES[0]}>"),
        (day("2026-03-14", "10:22:58"), jo, "The hall is painted!"),
        (day("2026-03-20", "19:15:40"), ann, f"{_MARK}This message was deleted."),
        (
            day("2026-03-21", "13:02:17"),
            robin,
            "Sam was at the market, Jo is with me, we are in the car \u200e<This message was edited>",
        ),
        (day("2026-03-22", "20:44:03"), ann, f"{_MARK}Missed voice call. {_MARK}Tap to call back"),
        (day("2026-03-27", "18:20:12"), robin, f"For your address books, please not for anybody else: {NEW_ADDRESS}"),
        (day("2026-03-29", "00:41:55"), robin, "Boxes everywhere, still awake"),
        (day("2026-03-29", "02:05:20"), jo, "Same. The clock just jumped"),
        (day("2026-04-02", "17:03:09"), robin, f"{_MARK}You deleted this message."),
        (day("2026-04-11", "12:30:00"), jo, f"{_MARK}sticker omitted"),
        (day("2026-04-25", "07:10:05"), robin, f"{_MARK}<attached: {_PICTURES[1]}>"),
        (day("2026-04-25", "07:10:31"), robin, "This was on the mat. It has no stamp"),
        (day("2026-05-12", "21:00:10"), group, f"{_MARK}{ann} changed the group name to \u201cVales\u201d"),
    ]
    return sorted([*story.group, *lines], key=lambda line: line[0])


def family_pictures() -> list[tuple[str, bytes]]:
    """The pictures in the group's export: without EXIF, as WhatsApp sends them."""
    return [
        (name, jpeg_with_exif(None, fill=fill))
        for name, fill in zip(_PICTURES, (b"\xe0\xe8", b"\xf0\xa0\x50"), strict=True)
    ]
