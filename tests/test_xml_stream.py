"""The walk: as ElementTree on what is whole, and nothing whole lost of what is broken."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock
from xml.etree import ElementTree as ET

import pytest
from conftest import source_from
from hypothesis import example, given, settings
from hypothesis import strategies as st

from parsers import xml_stream, xml_text, xml_usual
from parsers.contract import Unreadable
from parsers.xml_stream import Break, Element, Walk
from parsers.xml_usual import Pattern

NAMES = frozenset({"a", "b"})
USUAL = re.compile(r'<a x="([^"<&\x00-\x1f]*)"/>[ \t\r\n]*+')


@contextmanager
def small_blocks(block: int = 64) -> Iterator[None]:
    """Everything that is done in blocks of megabytes, in blocks of some bytes."""
    with (
        mock.patch.multiple(xml_text, _BLOCK=block, _LONG=8),
        mock.patch.multiple(xml_stream, _SMALL=8, _LARGE=block, _RENEWED=500),
        mock.patch.multiple(xml_usual, _RUN=40),
    ):
        yield


def walked(data: bytes, **options: object) -> list[Element | Break]:
    """What a walk gives, with matches made elements."""
    out: list[Element | Break] = []
    for item in Walk(source_from(data), NAMES, **options):  # type: ignore[arg-type]
        if isinstance(item, list):
            out.extend(Element("a", {"x": groups[0] or ""}) for groups in item)
        else:
            out.append(item)
    return out


def shown(items: list[Element | Break]) -> list[str]:
    """Elements as one word each, breaks by their name and place."""
    return [
        f"{item.name} {item.attributes.get('x', '')}" if isinstance(item, Element) else f"! {item.name} {item.place}"
        for item in items
    ]


def tree(element: ET.Element) -> tuple[object, ...]:
    return (element.tag, element.attrib, [tree(child) for child in element])


def same(element: Element | Break) -> tuple[object, ...]:
    assert isinstance(element, Element), element
    return (element.name, element.attributes, [same(child) for child in element.children])


VALUE = st.sampled_from(
    [
        "1",
        "two words",
        "&amp;",
        "&lt;",
        "&#10;",
        "&#x1F600;",
        "\n",
        "\t\r\n",
        ">",
        "/>",
        "'",
        "é\u20ac\U0001f600",
        "&quot;",
        "",
    ]
)
VALUES = st.lists(VALUE, max_size=4).map("".join)
USUAL_A = VALUES.map(lambda value: f'<a x="{value}"/>')
OTHER = st.one_of(
    VALUES.map(lambda value: f"<a\n x = '{value.replace(chr(39), '')}' y=\"2\"></a>"),
    VALUES.map(lambda value: f'<b z="1"><c x="{value}"/><d>words<![CDATA[<a x="no"/>]]></d></b>'),
    st.sampled_from(
        [
            '<!-- <a x="commented"/> <b> -->',
            '<?pi <a x="no"/>?>',
            "<!---->",
            "\n  ",
            " \r\n",
            "<a x='1'/>",
            '<b x="<?"/>'.replace("<?", "?"),
        ]
    ),
)
CONTENT = st.lists(st.one_of(USUAL_A, USUAL_A, OTHER), max_size=25).map("\n".join)


@settings(max_examples=300, deadline=None)
@given(
    CONTENT,
    st.integers(1, 200),
    st.sampled_from(["", "<?xml version='1.0' encoding='UTF-8'?>\n<!-- <a x=\"no\"/> -->\n", "\ufeff"]),
)
def test_whole_files_read_as_elementtree_reads_them(content: str, block: int, head: str) -> None:
    data = f"{head}<root n='1'>{content}</root>\n<!-- end -->".encode()
    expected = [tree(child) for child in ET.fromstring(data)]
    with small_blocks(block):
        assert [same(item) for item in walked(data, usual=Pattern(USUAL))] == expected
        assert [same(item) for item in walked(data)] == expected
    assert [same(item) for item in walked(data, usual=Pattern(USUAL))] == expected


PIECES = [
    '<a x="0"/>',
    '<b x="1"><c y="2"/></b>',
    "<a y='2' x='2'/>",
    '<a x="3"/>',
    '<b x="4"></b>',
    '<a x="5"/>',
]
WHOLE = "<?xml version='1.0'?>\n<root>\n  " + "\n  ".join(PIECES) + "\n</root>\n"


@pytest.mark.parametrize("block", [16, 50, 1 << 22])
def test_cut_at_every_byte_nothing_whole_is_lost(block: int) -> None:
    ends = [WHOLE.index(piece) + len(piece) for piece in PIECES]
    for cut in range(len(WHOLE)):
        with small_blocks(block):
            items = walked(WHOLE[:cut].encode(), usual=Pattern(USUAL))
        elements = [item for item in items if isinstance(item, Element)]
        assert len(elements) == sum(end <= cut for end in ends), cut
        breaks = [item for item in items if isinstance(item, Break)]
        assert len(breaks) == (0 if cut >= WHOLE.index("</root>") + 7 else 1), (cut, breaks)
        assert all(item is items[-1] for item in breaks)


BROKEN = [
    '<a x="1',
    '<a x="1 & 2"/>',
    '<a x="&nope;"/>',
    '<a x="1" x="2"/>',
    "<a x=1/>",
    '<b x="1"><c>',
    '<b x="1"><c></b>',
    "<a",
    '<a x="1"/',
    '<a x="<i>"/>',
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from(BROKEN)), max_size=20), st.integers(1, 100))
def test_each_broken_record_is_one_break_and_no_other_is_lost(pieces: list[str], block: int) -> None:
    pieces.append(PIECES[0])  # what is broken and last would take the end tag with it
    data = ("<root>" + "\n".join(pieces) + "</root>").encode()
    with small_blocks(block):
        items = walked(data, usual=Pattern(USUAL))
    assert [isinstance(item, Element) for item in items] == [piece in PIECES for piece in pieces]
    for item, piece in zip(items, pieces, strict=True):
        assert isinstance(item, Element) or item.raw == piece.rstrip()


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.binary(max_size=6), st.integers(0, 30))
@example(33, b"\xb9", 0)
def test_damage_in_one_place_costs_only_what_it_touches(at: int, junk: bytes, lost: int) -> None:
    data = WHOLE.encode()
    damaged = data[:at] + junk + data[at + lost :]
    with small_blocks():
        items = walked(damaged, usual=Pattern(USUAL))
    found = {item.attributes.get("x") for item in items if isinstance(item, Element)}
    for number, piece in enumerate(PIECES):
        start = WHOLE.index(piece)
        if (
            (start + len(piece) <= at or start >= at + lost)
            and b"<" not in junk
            and b">" not in junk
            and at > WHOLE.index("<root>") + 5
        ):
            assert str(number) in found, (number, items)


def test_a_first_record_with_a_broken_name_is_not_taken_for_what_is_around_it() -> None:
    data = b"<?xml version='1.0'?>\n<root>\n<a\xb9 x='0'/>\n<b x=\"1\"><c y='2'/></b>\n<a x='2'/>\n</root>\n"
    assert [one.split(",")[0] for one in shown(walked(data))] == ["!  line 1", "b 1", "a 2"]
    data = b"<r><D n='1'><name>words</name>\n<a\xb9 x='0'/>\n<a x='2'/></D><D><a x='3'/></D></r>"
    assert [one.split(",")[0] for one in shown(walked(data, others=True))] == ["!  line 1", "a 2", "a 3"]


def test_a_break_says_line_and_byte_and_shows_the_file_as_it_is() -> None:
    picture = base64.b64encode(bytes(range(256)) * 40)
    data = (
        b'<?xml version="1.0" encoding="utf-8"?><root>\n<a x="&#55357;&#56832;"/>\n<b><p data="'
        + picture
        + b'"/></b>\n<b y="\x00\xff"><p data="'
        + picture
        + b'"/>\n<a x="2"/></root>'
    )
    for block in (50, 1 << 22):
        with small_blocks(block):
            items = walked(data, usual=Pattern(USUAL), excised="p")
        assert shown(items) == ["a \U0001f600", "b ", f"! b line 4, byte {data.index(b'<b y')}", "a 2"]
        assert isinstance(items[2], Break)
        assert items[2].raw.encode() == data[data.index(b"<b y") :][:1000].decode("utf-8", "replace").encode()


def test_what_is_no_record_is_a_break_of_its_own() -> None:
    data = b'<root><a x="1"/>stray<a x="2"/><new><a x="3"/></new><a x="4"/></root>'
    assert [name for name in shown(walked(data)) if not name.startswith("!")] == ["a 1", "a 2", "a 3", "a 4"]
    assert [item.raw for item in walked(data) if isinstance(item, Break)] == ['<a x="1"/>stray', "<new>", "</new>"]


def test_other_elements_may_stand_around_records() -> None:
    data = b'<root><group n="1"><name>words</name><a x="1"/></group><group><a x="1 & 2"/><a x="3"/></group></root>'
    assert [item.split(",")[0] for item in shown(walked(data, others=True))] == ["a 1", "! a line 1", "a 3"]


def test_files_joined_end_to_end_are_read_to_the_end() -> None:
    walk = Walk(source_from(b'<root><a x="1"/></root><a x="2"/><a x="3"/>'), NAMES)
    items = list(walk)
    assert [item.attributes["x"] for item in items if isinstance(item, Element)] == ["1", "2", "3"]
    assert walk.goes_on
    twice = b'<?xml version="1.0"?><root><a x="1"/></root>\n' * 2
    items = walked(twice)
    assert shown(items)[0] == shown(items)[2] == "a 1"
    assert len(items) == 3


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE root [<!ENTITY e "x">]>',
        '<!DOCTYPE root SYSTEM "http://example.org/x.dtd">',
        '<!DOCTYPE root [<!ENTITY e0 "ha"><!ENTITY e1 "&e0;&e0;&e0;">]>',
        '<!DOCTYPE root [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
        "<!DOCTYPE root>",
    ],
)
def test_a_dtd_is_refused(prolog: str) -> None:
    with pytest.raises(Unreadable, match="document type"):
        walked(f'<?xml version="1.0"?>{prolog}<root><a x="&e1;"/></root>'.encode())


def test_depth_is_limited_and_costs_one_break() -> None:
    data = b"<root><a>" + b"<c>" * 5000 + b"</c>" * 5000 + b'</a><b x="2"/></root>'
    items = walked(data)
    assert [type(item) for item in items] == [Break, Element]
    assert "deep" in items[0].reason  # type: ignore[union-attr]


def test_hostile_files_end_soon() -> None:
    """None of these may be quadratic: each is some megabytes, and took minutes where it was."""
    for unit, count in [
        ("<a ", 8_000),
        ('<a x="', 8_000),
        ("<b><a>", 8_000),
        ("<a><![CDATA[", 8_000),
        ("<a><!--", 8_000),
        ("<?p <a ", 8_000),
    ]:
        items = walked(("<root>" + unit * count).encode())
        assert any(isinstance(item, Break) for item in items)
    assert walked(b"<root>" + b" " * 5_000_000 + b"</root>") == []
    assert len(walked(b"<root><a x='" + b"y>" * 500_000 + b"'/></root>")) == 1


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings(codec: str) -> None:
    text = "<?xml version='1.0' encoding='UTF-16'?><root><a x='é€😀'/><a x='1 & 2'/></root>"
    items = walked((text if codec != "utf-8-sig" else text.replace("UTF-16", "UTF-8")).encode(codec))
    assert shown(items)[0] == "a é€😀"
    assert isinstance(items[1], Break)
    assert ("as UTF-8" in items[1].place) == (codec != "utf-8-sig")


def test_declared_and_undeclared_windows_1252() -> None:
    for declaration, remark in [(b"<?xml version='1.0' encoding='windows-1252'?>", ""), (b"", "Windows-1252")]:
        walk = Walk(source_from(declaration + "<root><a x='£5 café’s'/></root>".encode("cp1252")), NAMES)
        assert [item.attributes["x"] for item in walk if isinstance(item, Element)] == ["£5 café’s"]
        assert remark in walk.text.remark
    mixed = Walk(source_from("<root><a x='£5 café €'/></root>".encode() + b"\xff"), NAMES)
    assert [item.attributes["x"] for item in mixed if isinstance(item, Element)] == ["£5 café €"]


def repaired(data: bytes) -> tuple[str, str]:
    walk = Walk(source_from(b"<?xml version='1.0' encoding='utf-8'?><root><a x='" + data + b"'/></root>"), NAMES)
    items = list(walk)
    assert isinstance(items[0], Element), items
    return items[0].attributes["x"], walk.text.repairs.words()


@pytest.mark.parametrize(
    ("written", "text", "words"),
    [
        (b"&#55357;&#56832;", "😀", "1 emoji written in two halves joined"),
        (b"&#xD83D;&#xDE00;&#55357;&#xDE00;", "😀😀", "2 emoji written in two halves joined"),
        (
            b"&#55357;&#55357;&#56832;",
            "\ufffd😀",
            "1 emoji written in two halves joined, 1 broken half replaced by \ufffd",
        ),
        (b"&#56832;&#55357;", "\ufffd\ufffd", "2 broken halves replaced by \ufffd"),
        (b"&#55357; &#56832;", "\ufffd \ufffd", "2 broken halves replaced by \ufffd"),
        (b"&#0;&#x1b;&#65535;&#1114112;", "\ufffd" * 4, "4 control characters replaced by \ufffd"),
        (b"&#10;&#128512;&amp;#0;", "\n😀&#0;", ""),
        (b"a\x00b\x1bc", "a\ufffdb\ufffdc", "2 control characters replaced by \ufffd"),
        (b"caf\xe9 \xc3\xa9", "caf\ufffd é", "1 unreadable character replaced by \ufffd"),
        (b"\xed\xa0\xbd\xed\xb8\x80", "😀", "1 emoji written in two halves joined"),
        ("\uffff\ufffd".encode(), "\ufffd\ufffd", "1 control character replaced by \ufffd"),
    ],
)
def test_characters_that_xml_forbids(written: bytes, text: str, words: str) -> None:
    assert repaired(written) == (text, words)


@settings(max_examples=100, deadline=None)
@given(
    st.binary(min_size=20, max_size=3000),
    st.integers(1, 400),
    st.sampled_from([b"", b"\n", b"&#10;", b"\r\n", b"&#xA;"]),
    st.integers(1, 80),
)
def test_base64_is_decoded_the_same_in_any_blocks(content: bytes, block: int, space: bytes, width: int) -> None:
    text = base64.b64encode(content)
    text = space.join(text[i : i + width] for i in range(0, len(text), width))
    data = b'<root><b x="1"><p ct="a" data="' + text + b'" z="1"/></b><a x="2"/></root>'
    with small_blocks(block):
        walk = Walk(source_from(data), NAMES, excised="p")
        items = list(walk)
    assert isinstance(items[0], Element)
    marker = items[0].children[0].attributes["data"]
    assert walk.text.decoded[marker] == (len(content), hashlib.sha256(content).hexdigest(), "")
    assert items[0].children[0].attributes["z"] == "1"
    assert isinstance(items[1], Element)


@pytest.mark.parametrize(
    "text",
    [
        b"A" * 4001,
        b"AAAA" * 1000 + b"=AAA",
        b"AAA=" + b"AAAA" * 1000,
        b"AA*A" * 1000,
        b"AAAA" * 1000 + b"&amp;",
        b"A-_A" * 1000,
    ],
)
@pytest.mark.parametrize("block", [300, 1 << 22])
def test_broken_base64_is_a_fault_of_its_own(text: bytes, block: int) -> None:
    with small_blocks(block):
        walk = Walk(source_from(b'<root><b><p data="' + text + b'"/></b></root>'), NAMES, excised="p")
        items = list(walk)
    assert isinstance(items[0], Element)
    assert walk.text.decoded[items[0].children[0].attributes["data"]] == (None, "", "its base64 is broken")


def test_only_the_data_of_the_named_element_is_taken_out() -> None:
    value = "A" * 8000
    for written in [
        f'<b data="{value}"/>',
        f'<b><q data="{value}"/></b>',
        f"<b><p data='{value}'/></b>",
        f"<b><p x='y' data=\"{value}\"/></b>",
    ]:
        walk = Walk(source_from(f"<root>{written}</root>".encode()), NAMES, excised="p")
        (item,) = list(walk)
        assert isinstance(item, Element)
        assert value in {one.attributes.get("data") for one in [item, *item.children]}
    walk = Walk(
        source_from(f'<root><!-- <p data="{value}"/> --><b><d><![CDATA[<p data="{value}"/>]]></d></b></root>'.encode()),
        NAMES,
        excised="p",
    )
    (item,) = list(walk)
    assert isinstance(item, Element)


def test_base64_that_is_never_closed_breaks_the_record_only() -> None:
    data = b'<root><b><p data="' + b"QUJD" * 5000 + b'\n<a x="2"/></root>'
    with small_blocks(500):
        assert [item.split(",")[0] for item in shown(walked(data, excised="p"))] == ["! b line 1", "a 2"]
    assert [type(item) for item in walked(data[:9000], excised="p")] == [Break]
