from __future__ import annotations

import pytest
from conftest import REAL, problems_of, records_of, source_from, source_of

from parsers.contract import LOCAL, OFFSET, UTC, Unreadable
from parsers.gpx import parse, sniff
from parsers.xml_root import root

HEAD = b'<?xml version="1.0"?>\n<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>\n'
TAIL = b"</trkseg></trk></gpx>\n"


def track(*points: str) -> bytes:
    return HEAD + "\n".join(points).encode() + TAIL


REAL_COUNTS = {
    "Mojstrovka": (184, 0),
    "around-visnjan-with-car": (104, 0),
    "cerknicko-jezero-no-creator": (303, 6),
    "cerknicko-jezero-without-elevations": (303, 8),
    "custom_schema_locations": (0, 0),
    "default_schema_locations": (0, 0),
    "gpx-with-node-with-comments": (1, 0),
    "gpx1.1_with_all_fields": (8, 5),
    "gpx1.1_with_extensions_without_namespaces": (1, 1),
    "route": (55, 55),
    "track-with-extremes": (25, 25),
    "track-with-small-floats": (3, 3),
    "unicode_with_bom_noencoding": (1, 1),
}
"""Points and points without a time, counted with `grep` and by eye."""


@pytest.mark.skipif(not REAL.exists(), reason="the real exports are not here")
@pytest.mark.parametrize("name", REAL_COUNTS)
def test_every_point_of_the_real_files_is_a_record(name: str) -> None:
    source = source_of(REAL / "media" / "gpx_kml" / f"tkrajina+gpxpy__{name}.gpx")
    assert sniff(source)
    outputs = list(parse(source))
    assert not problems_of(outputs)
    records = records_of(outputs)
    data = source.open().read()
    assert len(records) == sum(data.count(b"<" + tag) for tag in (b"trkpt ", b"wpt ", b"rtept "))
    assert (len(records), sum(record.when is None for record in records)) == REAL_COUNTS[name]
    assert len({record.at for record in records}) == len(records)
    assert all(record.lat is not None for record in records)


@pytest.mark.parametrize(
    ("written", "micros", "basis"),
    [
        ("2024-03-03T12:22:24Z", 1709468544_000000, UTC),
        ("2024-03-03T19:22:24+07:00", 1709468544_000000, OFFSET),
        ("2024-03-03T12:22:24", 1709468544_000000, LOCAL),
        ("2024-03-03T12:22:24.5Z", 1709468544_500000, UTC),
    ],
)
def test_times(written: str, micros: int, basis: str) -> None:
    (record,) = records_of(parse(source_from(track(f'<trkpt lat="53.46" lon="-1.86"><time>{written}</time></trkpt>'))))
    assert record.when is not None
    assert (record.when.micros, record.when.basis, record.when.raw) == (micros, basis, written)
    assert record.flags == (("time without a zone",) if basis == LOCAL else ())


def test_the_usual_shape_and_expat_read_the_same() -> None:
    time = "2024-03-03T12:22:24Z"
    usual = f'<trkpt lat="53.46" lon="-1.86"><ele>5</ele><time>{time}</time></trkpt>'
    other = f'<trkpt lon="-1.86" lat="53.46"><ele>5</ele><time>{time}</time></trkpt>'
    one, two, three = records_of(parse(source_from(track(usual, other, usual))))
    assert one._replace(at="") == two._replace(at="") == three._replace(at="")
    assert [one.at, two.at, three.at] == ["track point 1", "track point 2", "track point 3"]


def test_points_in_comments_are_none() -> None:
    data = track(
        '<trkpt lat="1" lon="2"/>', '<!-- <trkpt lat="3" lon="4"></trkpt> -->', '<trkpt lat="5" lon="6"></trkpt>'
    )
    assert [record.lat for record in records_of(parse(source_from(data)))] == [1, 5]


def test_what_is_broken_is_one_problem_and_the_rest_is_read() -> None:
    points = [f'<trkpt lat="53.46" lon="-1.{count}"></trkpt>' for count in range(10, 40)]
    points[7] = '<trkpt lat="53.46" lon="-1.17"><cmt>a & b</cmt></trkpt>'
    outputs = list(parse(source_from(track(*points))))
    assert len(records_of(outputs)) == 29
    (problem,) = problems_of(outputs)
    assert problem.at.startswith("track point 8, line ")


def test_a_file_cut_off_anywhere_loses_no_whole_point() -> None:
    points = ['<trkpt lat="53.46" lon="-1.86"><time>2024-03-03T12:22:24Z</time></trkpt>'] * 3
    data = track(*points)
    for end in range(len(HEAD), len(data) - 2):
        outputs = list(parse(source_from(data[:end])))
        assert len(records_of(outputs)) == data[:end].count(b"</trkpt>")
        assert len(problems_of(outputs)) == 1, end


def test_a_dtd_is_refused() -> None:
    source = source_from(b'<!DOCTYPE gpx [<!ENTITY a "bbbbbbb">]>' + track("&a;"))
    assert sniff(source)
    with pytest.raises(Unreadable, match="DTD"):
        list(parse(source))


def test_extensions_of_one_name_are_all_kept() -> None:
    point = '<trkpt lat="1" lon="2"><extensions><a>1</a><b><a>2</a></b><c d="3"/></extensions></trkpt>'
    (record,) = records_of(parse(source_from(track(point))))
    assert record.extra == {"a": "1", "a 2": "2", "c": "3"}


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"<gpx>", ("", "gpx")),
        (b'\xef\xbb\xbf<?xml version="1.0"?><!-- <kml> --><g:gpx a="1">', ("g:", "gpx")),
        (b"<!DOCTYPE gpx SYSTEM 'x'><gpx/>", ("", "gpx")),
        ("<gpx>".encode("utf-16"), ("", "gpx")),
        (b"text before <?xml?><kml >", ("", "kml")),
        (b"<html><gpx>", ("", "html")),
        (b"1 < 2 <gpx>", ("", "")),
        (b"what this is: " * 35 + b"<gpx>", ("", "gpx")),
        (b"how to write GPX files: " * 50 + b"<gpx>", ("", "")),
        (b"<!-- " + b"remarks " * 200 + b"--><gpx>", ("", "gpx")),
        (b"<!-- " * 10_000, ("", "")),
        (b"<?" * 30_000, ("", "")),
        (b"<!DOCTYPE" * 7000, ("", "")),
        (b"<" * 60_000, ("", "")),
        (b"", ("", "")),
    ],
)
def test_root(head: bytes, expected: tuple[str, str]) -> None:
    assert root(head) == expected
