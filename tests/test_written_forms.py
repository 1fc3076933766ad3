"""Confidential strings are found in every form in which they may be written, and masked there and nowhere else."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import case as cases
from pipeline.report.written_forms import Forms, fold

CASE = cases.parse(
    """
reference = "X"
[client]
name = "Robin Vale"
identifiers = ["+44 7700 900118", "robin.vale77@example.org", "Robin"]
[[subject]]
name = "Sam Marsh"
identifiers = ["07700 900461", "sam@example.com"]
[[other]]
name = "Priya O'Neil"
role = "friend"
identifiers = ["07700 900205", "Pri 🌸"]
[[other]]
name = "Will Vale"
role = "son"
[[other]]
name = "Jo Vale"
role = "sister"
[[other]]
name = "Zoë Müller Straßer"
[[other]]
name = "June Smith-Jones"
[[other]]
name = "Derbyshire Police"
role = "police"
identifiers = ["101"]
[[other]]
name = "Don Vale"
[[place]]
name = "Home (new)"
type = "home"
lat = 53.34981
lon = -1.78012
[[place]]
name = "Example Garden Centre"
type = "work"
lat = 53.47120
lon = -1.88340
[[confidential]]
text = "Flat 2, 12a Acacia Road, Buxton, SK17 6XX"
kind = "address"
may_show = ["Buxton"]
[[confidential]]
text = "AB12 CDE"
kind = "registration"
[[confidential]]
text = "St Hilda's Primary School"
kind = "school"
[[confidential]]
text = "@moor_edge"
kind = "handle"
[[decision]]
text = "SK1 1AA"
decision = "show"
by = "an advocate"
[[decision]]
text = "the blue door"
decision = "withhold"
by = "an advocate"
""",
    Path(),
)
FORMS = Forms(CASE, ("/home/advocate/exports/robin-new-phone.xml",))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("ring 07700 900 118 now", "ring [phone] now"),
        ("+447700900118", "[phone]"),
        ("+44 (0)7700-900118", "[phone]"),
        ("0044 7700 900 118", "[phone]"),
        ("0-7-7-0-0-9-0-0-1-1-8", "[phone]"),
        ("０７７００９００１１８", "[phone]"),
        ("٠٧٧٠٠٩٠٠١١٨", "[phone]"),
        ("077\u200b00 900\u00ad118", "[phone]"),
        ("x07700900118x", "x[phone]x"),
        ("Robin.Vale77@Example.org", "[email]"),
        ("robin.vale77+news@example.org", "[email]"),
        ("robin.vale77 at example dot org", "[email]"),
        ("robin.vale77%40example.org", "[email]"),
        ("see PRIYA'S car", "see [Person A]'S car"),
        ("Prı́ya", "[Person A]"),  # an i without its dot, with an accent in its place
        ("Priyá and Pri\u0301ya and Pri\u200bya", "[Person A] and [Person A] and [Person A]"),
        ("PriyaONeil", "[Person A]"),
        ("#priya_oneil_", "#[Person A]_"),
        ("will you come, Will?", "will you come, [Child 1]?"),
        ("tell Jo, tell jo, JO!", "tell [Person C], tell [Person C], [Person C]!"),
        ("john and joanna", "john and joanna"),
        ("Robin, Vale Road", "Robin, Vale Road"),  # the parties know each other's names
        ("at 12a Acacia Rd in Buxton", "at [address] in Buxton"),
        ("acacia   ROAD", "[address]"),
        ("#AcaciaRoad", "#[address]"),
        ("sk176xx and SK17", "[postcode] and [postcode]"),
        ("A B 1 2 C D E", "[registration]"),
        ("ABI2CDE", "[registration]"),
        ("st hildas primary-school", "[school]"),
        ("St. Hilda's Primary School", "[school]"),
        ("moor_edge / MOOREDGE", "[name] / [name]"),
        ("example garden centre", "[work]"),
        ("53.3498, -1.7801", "[home]"),
        ('{"lon":-1.78012,"lat":53.34981}', '{"lon":-[home]}'),
        ("the Blue  Door", "[withheld]"),
        ("robin-new-phone.xml", "[file]"),
        ("new number 07700 900999", "new number [phone]"),
        ("M1 1AA but SK1 1AA", "[postcode] but SK1 1AA"),
        ("https://maps.app.goo.gl/xyz?q=1 x", "[map link] x"),
        ("///filled.count.soap", "[place]"),
        ("XY34 ZAB", "[registration]"),
        ("my number 07700900461, sam@example.com", "my number 07700900461, sam@example.com"),
    ],
)  # fmt: skip
def test_masks(written: str, shown: str) -> None:
    assert FORMS.masked(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        # numbers
        ("(07700) 900.118", "[phone]"),
        ("07700 -- 900118", "[phone]"),
        ("07700        900118", "[phone]"),
        ("07700\u00a0900\u2011118", "[phone]"),
        ("0\ufe0f\u20e37\ufe0f\u20e37\ufe0f\u20e30\ufe0f\u20e30\ufe0f\u20e3 900118", "[phone]"),
        ("\u24ea\u2466\u2466\u24ea\u24ea900118", "[phone]"),
        ("07700\n900\n118", "[phone]"),
        ("https://wa.me/447700900118", "https://wa.me/[phone]"),
        ("tel:07700%20900%20118", "tel:[phone]"),
        ("tel:%2B447700900118", "tel:[phone]"),
        ("&#48;7700 900118", "[phone]"),
        ("\\u00307700900118", "[phone]"),
        ("\u202d07700 900118\u202c", "\u202d[phone]"),
        ("O7700 9OO118 or 07700 9001180", "[phone] or [phone]0"),
        ("077OO 9OO118, 12oz, 30 o 5", "[phone], 12oz, 30 o 5"),
        ("it is oh seven seven double oh, nine double oh double one eight ok", "it is [phone] ok"),
        ("zero seven seven 00 nine 0 0 one one EIGHT", "[phone]"),
        ("one two three four five of them", "one two three four five of them"),
        ("MDc3MDA5MDAxMTg=", "[phone]"),
        # addresses of mail
        ("<robin.vale77@example.org>", "<[email]>"),
        ("mailto:robin.vale77@example.org?subject=x", "mailto:[email]?subject=x"),
        ("robin%2Evale77%40example%2Eorg", "[email]"),
        ("robin%252Evale77%2540example.org", "[email]"),
        ("robin.vale77&commat;example.org", "[email]"),
        ("robin.vale77 [at] example [dot] org", "[email]"),
        ("robin dot vale77 (at) example (dot) org", "[email]"),
        ("robinvale77@example.org", "[email]"),
        ("robin.vale77 @ example . org", "[email]"),
        ("ROBIN.VALE77＠EXAMPLE．ORG", "[email]"),
        ("robin=2Evale77=40example.org", "[email]"),
        ("vale77 on another site", "vale77 on another site"),
        ("robin.vale77 on another site", "[email] on another site"),
        ("e=cm9iaW4udmFsZTc3QGV4YW1wbGUub3Jn&x", "e=[email]&x"),
        # names
        ("O'Neil, Priya", "[Person A]"),
        ("ONeil's, O’Neils, o neil", "[Person A]'s, [Person A]s, [Person A]"),
        ("P. O'Neil", "P. [Person A]"),
        ("Priyas house, PRIYAS", "[Person A]s house, [Person A]S"),
        ("lovePriyaAlways", "love[Person A]Always"),
        ("P r i y a / P.R.I.Y.A / p-r-i-y-a", "[Person A] / [Person A] / [Person A]"),
        ("*Pri*ya and Pri_ya_", "*[Person A] and [Person A]_"),
        ("Pri-\nya", "[Person A]"),
        ("Рrіуа", "[Person A]"),  # Cyrillic
        ("ᴘʀɪʏᴀ 𝓟𝓻𝓲𝔂𝓪 ⓅⓇⒾⓎⒶ 🅟🅡🅘🅨🅐 🇵🇷🇮🇾🇦", "[Person A] [Person A] [Person A] [Person A] [Person A]"),
        ("Ｐｒｉｙａ", "[Person A]"),
        ("P\u2060r\u00adi\ufeffy\u200fa\u200d", "[Person A]"),
        ("\u2067Priya\u2069", "\u2067[Person A]"),
        ("P\u3164riya", "[Person A]"),
        ("%50riya", "[Person A]"),
        ("&#80;riya &#x50;riya", "[Person A] [Person A]"),
        ("Vale, Jo and J. Vale but R. Vale", "[Person C] and [Person C] but R. Vale"),
        ("Müller, Mueller and muller", "[Person D], [Person D] and [Person D]"),
        ("Straßer, STRASSER", "[Person D], [Person D]"),
        ("tell June; in June, 4 June, June 2026", "tell [Person E]; in June, 4 June, June 2026"),
        ("Smith-Jones, Smith, JONES, SmithJones", "[Person E], [Person E], [Person E]"),
        ("the Derbyshire police; Derbyshire Police", "the [Person F]; [Person F]"),
        ("police in Derbyshire rang 101", "police in Derbyshire rang 101"),
        ("I don't, Don't, Don does", "I don't, Don't, [Person G] does"),
        ("pri 🌸 and #Pri", "[Person A] 🌸 and #[Person A]"),
        # places
        ("SK17-6XX sk17.6xx S K 1 7 6 X X", "[postcode] [postcode] [postcode]"),
        ("12a Acacia", "[address]"),
        ("acacia rd., Acacia Road's", "[address]., [address]'s"),
        ("@moor.edge moor-edge Moor Edge", "@[name] [name] [name]"),
        ("St Hilda's and st hildas", "[school] and [school]"),
        ("53°20'59.3\"N 1°46'48.4\"W", "[home]"),
        ("53 20.988 N, 1 46.807 W", "[home] W"),
        ("533498100, -17801200", "[home]"),
        ("$GPRMC,5320.9886,N,00146.8072,W", "$GPRMC,[home],W"),
        ("53,3498; 1,7801", "[home]"),
        ("53.35, -1.78", "[home]"),
        ("geo:53.3498,-1.7801", "[map link]"),
        ("https://www.google.co.uk/maps/place/@1,2 x", "[map link] x"),
        ("w3w: filled.count.soap", "[place]"),
        ("at SK 1470 7340", "at [place]"),
        ("plate xy34zab", "plate [registration]"),
        ("ring 7700 900999 or 0033 6 12 34 56 78", "ring [phone] or [phone]"),
        # a number that nobody has entered is twelve signs of hex as well, as the id of an event is
        ("+447700900999 tel:+441632960999 447700900999", "[phone] tel:[phone] [phone]"),
        ("https://wa.me/447700900999?text=hi", "https://wa.me/[phone]?text=hi"),
        ("https://wa.me/447700900461, +447700900461 05/01/2026", "https://wa.me/447700900461, +447700900461 05/01/2026"),
        # a name that is a verb as well
        ("I saw WILL. WILL IS HERE", "I saw [Child 1]. [Child 1] IS HERE"),
    ],
)  # fmt: skip
def test_masks_of_what_was_written_to_get_through(written: str, shown: str) -> None:
    assert FORMS.masked(written) == shown


def test_hashes_of_a_number_are_found() -> None:
    for form in ("07700900118", "+447700900118", "447700900118"):
        for kind in ("md5", "sha1", "sha256"):
            digest = hashlib.new(kind, form.encode()).hexdigest()
            assert FORMS.secrets_in(f"id={digest}"), (form, kind)


@pytest.mark.parametrize(
    "plain",
    [
        "04/10/2026 at 16:30 GMT, 47 missed calls in 1 hour; items per week rose from 3 to 17",
        "order ZZ26F00123, crime reference 26*123456, page 12 of 140, 12.5 per cent",
        "Section 2A of the Act, 1997 c. 40; 4 May 2026; April showers",
        "I will not mark it, may I? Go on up to us",
        "I WILL FIND YOU. YOU WILL SEE. WILL NOT STOP",
        "on 09.03.2026 16.30 and 01-12-2026 0900",
        "31 of 31 1,023 250 31 338",
        "4e5f0712a3 is an event",
    ],
)
def test_plain_words_stay(plain: str) -> None:
    assert FORMS.masked(plain) == plain
    assert not FORMS.looks_in(plain)


def test_ids_of_events_are_no_look_and_numbers_beside_them_are() -> None:
    text = "b12cd3405e77 e17aa1a9f0aa 447700900999 +447700900998"
    assert [text[span.start : span.end] for span in FORMS.looks_in(text, ids=True)] == ["447700900999", "+447700900998"]


_SEPARATORS = st.text(alphabet=" -.()/\u00a0\u2011\u200b", max_size=2)


@given(
    before=st.text(max_size=10),
    after=st.text(max_size=10),
    prefix=st.sampled_from(["", "0", "+44", "0044", "44", "+44 (0)", "(0"]),
    separators=st.lists(_SEPARATORS, min_size=10, max_size=10),
)
def test_no_way_of_writing_a_number_gets_through(before: str, after: str, prefix: str, separators: list[str]) -> None:
    number = prefix + "".join(digit + gap for digit, gap in zip("7700900118", separators, strict=True))
    text = FORMS.masked(before + number + after)
    assert "7700900118" not in "".join(character for character in fold(text).text if character.isdigit()) or any(
        character.isdigit() for character in fold(before + after).text
    )
    assert not FORMS.secrets_in(text)


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=60))
def test_masking_changes_only_what_it_finds(text: str) -> None:
    masked = FORMS.masked(text)
    if not FORMS.secrets_in(text) and not FORMS.looks_in(text):
        assert masked == text
    assert not FORMS.secrets_in(masked)


@given(
    st.lists(
        st.sampled_from(["hi", "07700 900118", "Priya", "x @ y.zz", "SK17 6XX", "é", "M1 1AA 53.34981 -1.78012"]),
        max_size=8,
    )
)
def test_many_at_once_is_each_alone(texts: list[str]) -> None:
    assert FORMS.masked_all(texts) == [FORMS.masked(text) for text in texts]
