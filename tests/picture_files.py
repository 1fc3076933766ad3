"""Made-up pictures of every kind that a phone or an app keeps, and a case in which they stand: for the tests of pictures in what is issued."""

from __future__ import annotations

import base64
import io
import zlib
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageCms, ImageDraw, ImageFont

HEIC: Final = base64.b64decode(
    """
    AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAaFtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAAAAAERAAAIAAQAAAAABxQABAAAAAAAAAJoAAgAAAA
    ACXwABAAAAAAAAAEwAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA4GlwcnAAAADAaXBjbwAAAHhodmNDAQNwAAAA
    kAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoDCBBZbqSSmubgIaDAgAAAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABNjb2
    xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABgAAAAQAAAABBwaXhpAAAAAAMICAgAAAAJaXJvdAMAAAAYaXBtYQAAAAAAAAABAAEFgQIDBIUAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAO5t
    ZGF0AAAAligBrwY48Y0JblZv9K7jyVf7IFl//8FX9l+1QKNVv9BmW//qdjN/nuw3d5UW6q/INMh+hbB//RH+LGJnVnxPFtFI/2FFsSvhv6JL5BEq/idcflcWuELmBvNCCbBSKoC/aGqAo6MWZ0or/r
    gqmvkcuaVD5LYhN2Eg7asllolnDVijPdWp9rVwup3qrdrkI+vZfq/EoTHrzwAAAAZFeGlmAABNTQAqAAAACAADAQ8AAgAAAAYAAAAyARAAAgAAAAoAAAA4ARIAAwAAAAEABgAAAAAAAEFwcGxlAGlQ
    aG9uZSAxMgA=
    """
)
"""96 x 64 before it is turned upright (by its box, 90 degrees clockwise): red left, blue right, white in the corner top left; made once with pillow-heif."""
SECRET: Final = "Priya Onslow"


def photo(width: int = 640, height: int = 480, seed: int = 0) -> Image.Image:
    """Something like a photograph: soft colours with an edge or two."""
    base = Image.linear_gradient("L").resize((width, height))
    other = Image.radial_gradient("L").resize((width, height))
    image = Image.merge("RGB", (base, other, base.rotate(180)))
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 8, height // 4, width // 3, height * 3 // 4), fill=(40 + seed * 37 % 200, 90, 60))
    draw.text((width // 2, height // 2), f"photo {seed}", fill="white", font=ImageFont.load_default(height / 12))
    return image


def screen(width: int = 1080, height: int = 2400, lines: int = 24) -> Image.Image:
    """Something like the picture of a phone's screen: a bar above, messages below."""
    image = Image.new("RGB", (width, height), "white")
    draw, unit = ImageDraw.Draw(image), width / 27
    draw.rectangle((0, 0, width, unit * 2), fill=(18, 70, 60))
    draw.text(
        (unit, unit * 0.5), "21:04   EE   Wi-Fi: Hollins Cottage", fill="white", font=ImageFont.load_default(unit)
    )
    for line in range(lines):
        top = unit * 3 + line * (height - unit * 4) / lines
        right = line % 3 == 2
        left = width * 0.35 if right else unit
        draw.rounded_rectangle(
            (left, top, left + width * 0.6, top + unit * 2.4),
            unit / 2,
            fill=(210, 245, 205) if right else (232, 232, 236),
        )
        words = f"message {line + 1}: where are you"
        draw.text((left + unit * 0.6, top + unit * 0.6), words, fill=(20, 20, 20), font=ImageFont.load_default(unit))
    return image


def exif(turn: int = 1, *, camera: bool = True, words: str = "") -> Image.Exif:
    """EXIF with a camera, a position, and words wherever it takes them."""
    block = Image.Exif()
    block[0x0112] = turn
    if camera:
        block[0x010F], block[0x0110] = "Example", "Phone 1"
    block[0x8825] = {1: "N", 2: (53.0, 20.0, 59.3), 3: "W", 4: (1.0, 46.0, 48.4)}
    block[0x9003] = "2026:03:04 21:14:05"
    if words:
        block[0x010E] = block[0x8298] = words
        block[0x9C9B] = words.encode("utf-16-le")
    return block


def jpeg(image: Image.Image, **more: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85, **more)
    return out.getvalue()


def png(image: Image.Image, **more: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", **more)
    return out.getvalue()


def saved(image: Image.Image, kind: str, **more: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def with_blocks(picture: bytes, *blocks: tuple[int, bytes]) -> bytes:
    """A JPEG with further segments (marker, content) after its beginning."""
    more = b"".join(bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body for marker, body in blocks)
    return picture[:2] + more + picture[2:]


@cache
def kinds() -> dict[str, bytes]:
    """A picture of every kind that is shown, by a name for it."""
    small = photo(320, 240, 3)
    deep = Image.frombytes("I;16", (64, 48), b"".join((value * 20).to_bytes(2, "little") for value in range(3072)))
    clear = photo(200, 150, 4).convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(clear.size))
    frames = [photo(160, 120, seed) for seed in range(5)]
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    return {
        "jpeg": jpeg(small, exif=exif(), comment=b"a comment"),
        "turned jpeg": jpeg(small, exif=exif(6)),
        "grey jpeg": jpeg(small.convert("L")),
        "cmyk jpeg": jpeg(small.convert("CMYK")),
        "jpeg with a wrong profile": jpeg(small, icc_profile=profile),
        "png": png(screen(540, 1170)),
        "png with palette": png(small.quantize(16)),
        "16-bit png": png(deep),
        "transparent png": png(clear),
        "black and white png": png(small.convert("1")),
        "moving gif": saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100),
        "webp": saved(small, "WEBP", exif=exif()),
        "tiff": saved(small, "TIFF"),
        "bmp": saved(small, "BMP"),
        "avif": saved(small, "AVIF"),
        "heic": HEIC,
    }


def broken() -> dict[str, tuple[bytes, str]]:
    """What cannot be shown, with a word of the reason."""
    whole = jpeg(photo(800, 600))
    bomb = png(Image.new("1", (1, 1)))
    head = b"IHDR" + (60_000).to_bytes(4, "big") * 2 + bomb[24:29]
    bomb = bomb[:12] + head + zlib.crc32(head).to_bytes(4, "big") + bomb[33:]
    return {
        "cut off": (whole[: len(whole) // 2], "cut off or damaged"),
        "only the beginning": (b"\xff\xd8\xff\xe0", "not a picture"),
        "claims 3,600,000,000 pixels": (bomb, "more pixels"),
        "words": (b"no picture at all", "not a picture"),
        "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n", "not a picture"),
        "too long": (png(Image.new("1", (400, 200_000))), "pages"),
        "empty png": (b"\x89PNG\r\n\x1a\n", "not a picture"),
    }


# --- a case ------------------------------------------------------------------------------------------------------------------------------------------------

CASE: Final = """
reference = "CD/Onslow/17"
[client]
name = "Robin Vale"
identifiers = ["07700 900118", "robin@example.org"]
[[subject]]
name = "Sam Marsh"
identifiers = ["07700 900461", "sam@example.com"]
[[other]]
name = "Priya Onslow"
role = "friend"
identifiers = ["07700 900205"]
[[confidential]]
text = "Hollins Cottage, 12 Acacia Road, SK17 6XX"
kind = "address"
"""


def part(picture: bytes | None, kind: str, name: str) -> str:
    data = f' data="{base64.b64encode(picture).decode()}"' if picture is not None else ""
    return f'<part seq="0" ct="{kind}" name="{name}"{data} />'


def mms(number: int, *parts: str, sender: str = "+447700900461", text: str = "") -> str:
    """An MMS that came in, `number` hours after noon of 1 March 2026."""
    words = f'<part seq="0" ct="text/plain" text="{text}" />' if text else ""
    return (
        f'<mms date="{1_772_366_400_000 + number * 3_600_000}" msg_box="1" address="{sender}" m_type="132" sub="null" contact_name="(Unknown)">'
        f'<parts>{words}{"".join(parts)}</parts><addrs><addr address="{sender}" type="137" /></addrs></mms>'
    )


def backup(*messages: str) -> bytes:
    body = "".join(messages)
    return f'<?xml version="1.0" encoding="UTF-8"?><smses count="{len(messages)}">{body}</smses>'.encode()


def mail(picture: bytes, name: str = "IMG_1.jpg") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "sam@example.com", "robin@example.org", "look at this"
    message["Date"], message["Message-ID"] = "Thu, 05 Mar 2026 10:00:00 +0000", "<1@example.com>"
    message.set_content("see the picture")
    message.add_attachment(picture, "image", "jpeg", filename=name)
    return bytes(message)


def case_in(folder: Path) -> Path:
    """A case folder with its case.toml; nothing is received yet."""
    folder.mkdir()
    (folder / "case.toml").write_text(CASE, encoding="utf-8")
    return folder
