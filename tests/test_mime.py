"""MIME: codings, parts, the limits, and a comparison with the `email` package on real mail."""

from __future__ import annotations

import base64
import binascii
import email
import email.header
import hashlib
from email.message import Message
from typing import Any

import pytest
from conftest import REAL
from hypothesis import given
from hypothesis import strategies as st

from parsers import mime
from parsers.mime_text import base64_bytes, decode_bytes, decode_words

REAL_MAIL = REAL / "media" / "email_eml"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("=?utf-8?Q?Caf=C3=A9?=", "Café"),
        ("=?UTF-8?b?Q2Fmw6k?=", "Café"),
        ("=?iso-8859-1*en?q?Caf=E9_noir?=", "Café noir"),
        ("a =?utf-8?q?b?= c", "a b c"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?b?w6?= =?utf-8?b?k=?=", "\ufffd"),  # no character: the damage shows
        ("=?utf-8?q?Caf=C3?= =?utf-8?q?=A9?=", "Café"),  # a character cut in two
        ("=?utf-8?q?Caf=C3=A9?= =?iso-8859-1?q?=E9?=", "Caféé"),
        ("=?utf-8?q?how?_are_you??=", "how? are you?"),
        ("=?utf-8?q?a b?=", "a b"),
        ("=?utf-7?Q?Fr+APY-sche?=", "Frösche"),
        ("=?utf-7?Q?+2AA-x?=", "\ufffdx"),
        ("=?utf-8?q?never ended", "=?utf-8?q?never ended"),
        ("=?utf-8?x?y?=", "=?utf-8?x?y?="),
        ("=?gb2312?B?1tDOxJRF?=", "中文擡"),  # the last is in GBK only
        ("=?iso-8859-1?q?=93quoted=94?=", "“quoted”"),
        ("=?utf-8?q?ä?=", "ä"),
        ("=?iso-8859-1?q?ä?=", "ä"),
    ],
)
def test_encoded_words(text: str, expected: str) -> None:
    assert decode_words(text, []) == expected


@pytest.mark.parametrize(
    "charset",
    [
        "x-no-such",
        "unicode_escape",
        "idna",
        "punycode",
        "zlib",
        "rot13",
        "undefined",
        "../x",
        "a" * 50,
        "é",
        "\x00",
        "utf-8\x00",
    ],
)
def test_a_charset_that_is_none_is_said_and_read_as_utf8_or_windows_1252(charset: str) -> None:
    doubts: list[str] = []
    assert decode_bytes("£ é".encode(), charset, doubts) == "£ é"
    assert decode_bytes("£ é".encode("cp1252"), charset, doubts) == "£ é"
    assert len(doubts) == 2
    assert all("is not known" in doubt for doubt in doubts)


@pytest.mark.parametrize(
    ("charset", "raw", "expected"),
    [
        ("utf-8mb4", "é".encode(), "é"),
        ("cp-850", b"\x82", "é"),
        ("iso-8859-8-i", b"\xf9", "ש"),
        ("ks_c_5601-1987", "한".encode("cp949"), "한"),
        ("unknown-8bit", "é".encode(), "é"),
        ("us-ascii", "é".encode(), "é"),
        ("", "é".encode(), "é"),
        ('"utf-8"', "é".encode(), "é"),
        ("iso-2022-jp", b"\x1b$B%F\x1b(B", "テ"),
        ("utf-16le", "é".encode("utf-16-le"), "é"),
    ],
)
def test_charsets_as_mail_names_them(charset: str, raw: bytes, expected: str) -> None:
    doubts: list[str] = []
    assert decode_bytes(raw, charset, doubts) == expected
    assert not doubts


def test_one_character_cut_in_two_does_not_make_a_name_windows_1252() -> None:
    head = mime.read("Subject: очень длинное имя".encode()[:-1] + b"\nFrom: a\n").headers
    assert (head.first("from"), head.read_as) == ("a", "")
    assert head.first("subject") == "очень длинное им\ufffd"
    assert head.read_as == "read as UTF-8, of which some characters are broken"
    doubts: list[str] = []
    assert decode_bytes("naïve café – “x”".encode()[:-1], "", doubts) == "naïve café – “x\ufffd"
    assert doubts == ["charset not stated: read as UTF-8, of which some characters are broken"]


def test_a_wrong_charset_is_said() -> None:
    doubts: list[str] = []
    assert decode_bytes(b"caf\xe9", "utf-8", doubts) == "caf\ufffd"
    assert decode_bytes(b"caf\xe9", "", doubts) == "café"
    assert doubts == [
        "some characters could not be read (they are not in utf-8, as stated)",
        "charset not stated: read as Windows-1252",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("text/plain", ("text/plain", {})),
        ('text/plain; charset="utf-8"; format=flowed', ("text/plain", {"charset": "utf-8", "format": "flowed"})),
        ('multipart/mixed;; boundary="a; b=c"', ("multipart/mixed", {"boundary": "a; b=c"})),
        ("multipart/mixed; boundary=1; comment (x)", ("multipart/mixed", {"boundary": "1"})),
        ("text/plain; charset=us-ascii (Plain text)", ("text/plain", {"charset": "us-ascii"})),
        ('a/b; name="a \\"b\\".txt"', ("a/b", {"name": 'a "b".txt'})),
        ("a/b; name=my file.txt", ("a/b", {"name": "my file.txt"})),
        ("a/b; name==?koi8-r?B?89DJ08/LLmRvYw==?=", ("a/b", {"name": "Список.doc"})),
        ("attachment; filename*=UTF-8''%e2%82%ac%20rates", ("attachment", {"filename": "€ rates"})),
        ("attachment; filename*1*=%A9.txt; filename*0*=utf-8''caf%C3", ("attachment", {"filename": "café.txt"})),
        ('attachment; filename*0="a%20"; filename*1*=%20b', ("attachment", {"filename": "a%20 b"})),
        ('attachment; filename="never closed', ("attachment", {"filename": '"never closed'})),
        ("attachment; filename=", ("attachment", {"filename": ""})),
        ("attachment; filename*99999=x; filename*x=y", ("attachment", {})),
        ("(a) text (b) / (c) plain (d); charset=utf-8 (e)", ("text/plain", {"charset": "utf-8"})),
        ("text /html", ("text/html", {})),
        ('multipart/mixed boundary="b"', ("multipart/mixed", {"boundary": "b"})),
        (
            'multipart/mixed; charset=us-ascii boundary="b"',
            ("multipart/mixed", {"charset": "us-ascii", "boundary": "b"}),
        ),
        ('image/png; name="a b.png" x=y', ("image/png", {"name": "a b.png", "x": "y"})),
        ("attachment filename=my file.txt", ("attachment", {"filename": "my file.txt"})),
    ],
)
def test_parameters(text: str, expected: tuple[str, dict[str, str]]) -> None:
    assert mime.value_and_parameters(text, []) == expected


def test_base64_as_it_comes() -> None:
    assert base64_bytes(b"aGVs\r\nbG8=\r\n") == (b"hello", True)
    assert base64_bytes(b"aGVsbG8") == (b"hello", True)
    assert base64_bytes(b"aGVs!!bG8=") == (b"hello", False)
    assert base64_bytes(b"aGVsbG8=\n-- \nfooter")[1] is False
    assert base64_bytes(b"a") == (b"", False)
    assert base64_bytes(b"") == (b"", True)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("text/html", "text/html"),
        ("TEXT/Plain (words)", "text/plain"),
        ("text", "text/plain"),
        ("text/", "text/plain"),
        ("/plain", "text/plain"),
        ("image / png; name=a", "image/png"),
    ],
)
def test_a_type_that_is_none_is_text(written: str, kind: str) -> None:
    assert mime.read(f"Content-Type: {written}\n\nwords\n".encode()).type == kind


UU = b"begin 644 cat.txt\n#0V%T\n`\nend\n"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (UU, (b"Cat", "")),
        (b"words before\r\n\r\n" + UU.replace(b"\n", b"\r\n") + b"words after", (b"Cat", "")),
        (UU.replace(b"#0V%T", b"#0V%T junk"), (b"Cat", "")),
        (UU.removesuffix(b"end\n"), (b"Cat", "uuencode is damaged")),
        (UU.replace(b"#0V%T", b"#0V\x7f\x80"), (b"", "uuencode is damaged")),
        (b"no begin", (b"no begin", "uuencode is damaged")),
    ],
)
def test_uuencode(raw: bytes, expected: tuple[bytes, str]) -> None:
    data = b"Content-Transfer-Encoding: x-uuencode\n\n" + raw
    assert mime.content(data, mime.read(data)) == expected


def test_every_length_of_uuencode() -> None:
    for length in range(100):
        content = bytes(range(length))
        lines = [binascii.b2a_uu(content[at : at + 45]).rstrip(b" \n") for at in range(0, length, 45)]
        data = b"Content-Transfer-Encoding: uuencode\n\nbegin 666 x\n" + b"\n".join([*lines, b"`", b"end"])
        assert mime.content(data, mime.read(data)) == (content, "")


def test_a_stray_line_among_the_headers_is_passed_over_until_the_sender_is_known() -> None:
    way = b"Received: by a.example\nquite another thing\nDate: Wed, 10 Jul 2024 09:00:05 +0100\n"
    head = mime.read(way + b"From: jo@example.org\nno header\nSubject: x\n\nwords\n").headers
    assert (head.first("date"), head.first("from"), head.first("subject"), head.stray) == (
        "Wed, 10 Jul 2024 09:00:05 +0100",
        "jo@example.org",
        "",
        1,
    )
    assert "date" not in mime.read(b"Received: by a.example\nwords\nand words\nDate: x\n").headers


def _leaves(part: mime.Part) -> list[mime.Part]:
    return [leaf for child in part.children for leaf in _leaves(child)] if part.children else [part]


def test_parts_are_cut_at_whole_boundary_lines_only() -> None:
    data = b'Content-Type: multipart/mixed; boundary="x"\r\n\r\npreamble\r\n--x\r\n\r\none --x\r\n--xy\r\n--x \t\r\nA: b\r\n\r\ntwo\r\n\r\n--x--\r\nepilogue'
    assert [mime.content(data, leaf)[0] for leaf in _leaves(mime.read(data))] == [b"one --x\r\n--xy", b"two\r\n"]


def test_a_part_after_the_closing_boundary_is_shown() -> None:
    data = b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\none\n--x--\n\n--x\n\ntwo\n--x--\n"
    assert [mime.content(data, leaf)[0] for leaf in _leaves(mime.read(data))] == [b"one", b"two"]


def test_an_attached_message_keeps_its_bytes() -> None:
    inner = b"From:  odd   spacing <a@example.org>\nX: y\r\n folded\n\nwords\r\nmore"
    data = (
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n"
        + inner
        + b"\r\n--x--\r\n"
    )
    (leaf,) = _leaves(mime.read(data))
    assert mime.content(data, leaf) == (inner, "")


def test_depth_and_number_are_limited_and_said() -> None:
    deep = (
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(10_000))
        + b"\nwords\n"
    )
    (leaf,) = _leaves(mime.read(deep))
    assert leaf.fault.startswith("nested deeper than 50")
    wide = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 30_000
    root = mime.read(wide)
    assert len(root.children) < 10_001
    assert root.fault == "more than 10000 parts: the rest is not opened"
    same = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" * 10_000
    assert len(_leaves(mime.read(same))) <= 10_001


@pytest.mark.parametrize(
    "data",
    [
        b"Subject: " + b"x" * (1 << 20),
        b"Subject:" + b"\n x" * 300000,
        b"a" * (1 << 20),
        b" " * (1 << 20),
        b"\n" * (1 << 20),
        b":" * (1 << 20),
        b"\r" * (1 << 20),
        b"A:\n" * 200000,
        b"Content-Type: multipart/mixed; boundary=-\n\n" + b"-" * (1 << 20),
        b"Content-Type: a/b" + b"; a*0=b" * 100000,
        b"Content-Type: a/b" + b'; a="\\' * 100000,
        b"Subject: " + b"=?a?q?" * 100000,
        b"Subject: " + b"\n \t\r" * 200000,
        b"\x00" * 1000,
    ],
    ids=range(14),
)
def test_long_nonsense_is_read_in_one_pass(data: bytes) -> None:
    root = mime.read(data)
    decode_words(root.headers.first("subject"), [])
    root.name([])


@given(st.text(max_size=30), st.sampled_from(["utf-8", "utf-16", "iso-2022-jp", "koi8-r", "gb18030", "utf-7"]))
def test_what_the_stdlib_writes_comes_back(text: str, charset: str) -> None:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return
    coded = f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="
    assert decode_words(coded, []) == text


@given(
    st.binary(max_size=200), st.sampled_from(["", "utf-8", "utf-7", "utf-16", "hz", "iso2022_kr", "cp932", "big5", "x"])
)
def test_nothing_raises_and_no_surrogate_comes_out(raw: bytes, charset: str) -> None:
    decode_bytes(raw, charset, []).encode()
    root = mime.read(b"Content-Type: multipart/mixed; boundary=a\n\n--a\n" + raw)
    for leaf in _leaves(root):
        mime.content(raw, leaf)
        leaf.name([]).encode()


def _theirs(message: Message) -> list[tuple[str, bytes]]:
    if message.is_multipart() and message.get_content_maintype() == "multipart":
        inner: Any = message.get_payload()
        return [leaf for child in inner for leaf in _theirs(child)]
    kind = message.get_content_type()
    payload: Any = b"" if kind.startswith("message/") else message.get_payload(decode=True) or b""
    return [(kind, payload.replace(b"\r\n", b"\n").strip())]


DIFFER = {
    "SpamScope+mail-parser__mail_malformed_1": "parts after the closing boundary (a zip): shown here, lost there",
    "python+cpython__msg_15.txt": "parts after the closing boundary (a picture): shown here, lost there",
    "python+cpython__msg_39.txt": "one boundary used at two levels: all six attachments here, two of them there",
    "SpamScope+mail-parser__mail_malformed_3": "no part begins with the stated boundary: text here, an unopened multipart there",
    "apache+james-mime4j__missing-inner-start-boundary.msg": "as above",
    "apache+james-mime4j__multipartnopart.msg": "as above",
    "python+cpython__msg_31.txt": "as above",
    "python+cpython__msg_41.txt": "as above",
    "stalwartlabs+mail-parser__malformed__004.eml": "as above",
    "apache+james-mime4j__multipartemptypart.msg": "an empty part: empty here, there it has the epilogue as its words",
    "apache+james-mime4j__very-long-boundary.msg": "a line that is the boundary but for a space: words here (as mime4j says), a boundary there",
    "stalwartlabs+mail-parser__thirdparty__002.eml": "base64 with words after it: flagged as damaged here, the words passed over there",
    "stalwartlabs+mail-parser__thirdparty__012.eml": "a boundary that ends in a space: kept here, the space cut off there",
}


@pytest.mark.skipif(not REAL_MAIL.exists(), reason="the real exports are not on this machine")
def test_parts_and_bytes_are_those_of_the_stdlib_but_where_said() -> None:
    differ = set()
    for path in sorted(REAL_MAIL.iterdir()):
        if path.suffix == ".json":
            continue
        data = path.read_bytes()
        ours = [
            (
                leaf.type,
                b""
                if leaf.type.startswith("message/")
                else mime.content(data, leaf)[0].replace(b"\r\n", b"\n").strip(),
            )
            for leaf in _leaves(mime.read(data))
        ]
        theirs = _theirs(email.message_from_bytes(data))
        # Parts without a byte are counted differently in broken mails; nothing hangs on them.
        if [part for part in ours if part[1]] != [part for part in theirs if part[1]]:
            differ.add(path.name)
    assert differ == set(DIFFER)


def test_hash_of_an_attachment_is_that_of_its_bytes() -> None:
    content = bytes(range(256)) * 10
    data = b"Content-Type: image/jpeg\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(content)
    raw, fault = mime.content(data, mime.read(data))
    assert (hashlib.sha256(raw).digest(), fault) == (hashlib.sha256(content).digest(), "")
