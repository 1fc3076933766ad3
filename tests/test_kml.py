from __future__ import annotations

import io
import zipfile

import pytest
from conftest import SAMPLES, problems_of, records_of, source_from, source_of

from parsers import kml
from parsers.contract import Note, Unreadable
from parsers.kml import parse, sniff


def document(*marks: str) -> bytes:
    text = "".join(f"<Placemark>{mark}</Placemark>" for mark in marks)
    return f'<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>{text}</Document></kml>'.encode()


def kmz(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_longitude_comes_first() -> None:
    (record,) = records_of(parse(source_from(document("<Point><coordinates>-1.86,53.46,512</coordinates></Point>"))))
    assert (record.lat, record.lon, record.extra) == (53.46, -1.86, {"altitude": "512"})


@pytest.mark.parametrize(
    "track",
    [
        "<when>2024-03-03T12:00:00Z</when><gx:coord>-1.86 53.46 0</gx:coord><when>2024-03-03T12:01:00Z</when><gx:coord>-1.87 53.47 0</gx:coord>",
        "<when>2024-03-03T12:00:00Z</when><when>2024-03-03T12:01:00Z</when><gx:coord>-1.86 53.46 0</gx:coord><gx:coord>-1.87 53.47 0</gx:coord>",
    ],
)
def test_a_track_pairs_times_and_positions_in_turn_or_in_two_lists(track: str) -> None:
    records = records_of(parse(source_from(document(f"<gx:Track>{track}</gx:Track>"))))
    assert [(record.when.raw[14:16], record.lat) for record in records if record.when] == [("00", 53.46), ("01", 53.47)]


@pytest.mark.parametrize(
    ("whens", "coords", "word"), [(3, 1, "a time without a position"), (1, 3, "a position without a time")]
)
def test_what_is_left_over_in_a_track_is_a_problem_each(whens: int, coords: int, word: str) -> None:
    track = "<when>2024-03-03T12:00:00Z</when>" * whens + "<gx:coord>-1.86 53.46 0</gx:coord>" * coords
    outputs = list(
        parse(
            source_from(
                document(f"<gx:MultiTrack><gx:Track>{track}</gx:Track><gx:Track>{track}</gx:Track></gx:MultiTrack>")
            )
        )
    )
    assert len(records_of(outputs)) == 2
    assert [problem.reason.startswith(word) for problem in problems_of(outputs)] == [True] * 4
    places = [output.at for output in outputs if not isinstance(output, Note)]
    assert len(set(places)) == len(places) == 6


def test_a_time_behind_the_points_is_theirs_and_one_of_a_view_is_not() -> None:
    view = "<LookAt><gx:TimeStamp><when>2020-01-01T00:00:00Z</when></gx:TimeStamp></LookAt>"
    line = "<LineString><coordinates>-1.86,53.46 -1.87,53.47</coordinates></LineString>"
    span = "<TimeSpan><begin>2024-03-03T12:00:00Z</begin><end>2024-03-03T13:00:00Z</end></TimeSpan>"
    records = records_of(parse(source_from(document(view + line + span))))
    assert [record.at for record in records] == ["placemark 1 point 1", "placemark 1 point 2"]
    for record in records:
        assert record.when is not None
        assert record.until is not None
        assert (record.when.raw, record.until.raw) == ("2024-03-03T12:00:00Z", "2024-03-03T13:00:00Z")
        assert record.flags == ("the time is that of the whole line, not of this point",)


def test_what_has_no_time_and_the_corners_of_an_area_are_marked_places() -> None:
    marked = "a marked place: it does not say that anybody was there"
    span = "<TimeSpan><begin>2024-03-03T12:00:00Z</begin><end>2024-03-03T13:00:00Z</end></TimeSpan>"
    ring = "<Polygon><outerBoundaryIs><LinearRing><coordinates>-1.86,53.46 -1.87,53.47</coordinates></LinearRing></outerBoundaryIs></Polygon>"
    point = "<Point><coordinates>-1.86,53.46</coordinates></Point>"
    for inside, flagged in ((ring + span, True), (ring, True), (point, True), (point + span, False)):
        for record in records_of(parse(source_from(document(inside)))):
            assert (marked in record.flags) == flagged


def test_a_long_line_is_read_over_many_blocks() -> None:
    points = " ".join(f"-1.{count:06d},53.46,0" for count in range(30_000))
    records = records_of(parse(source_from(document(f"<LineString><coordinates>{points}</coordinates></LineString>"))))
    assert [record.lon for record in records] == [float(f"-1.{count:06d}") for count in range(30_000)]


def test_words_in_every_alphabet_survive_the_ends_of_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kml, "_BLOCK", 3)
    (record,) = records_of(
        parse(
            source_from(
                document(
                    "<name>Gate &amp; stile Ötzi \U0001f3e1</name><Point><coordinates>-1.86,53.46</coordinates></Point>"
                )
            )
        )
    )
    assert record.place_text == "Gate & stile Ötzi \U0001f3e1"


def test_a_broken_file_keeps_what_came_before() -> None:
    data = (SAMPLES / "kml" / "places_and_tracks.kml").read_bytes()
    for end in range(200, len(data) - 8, 13):
        outputs = list(parse(source_from(data[:end])))
        assert len(problems_of(outputs)) >= 1
        last = problems_of(outputs)[-1]
        assert "cut off" in last.reason
        assert len(records_of(outputs)) >= data[:end].count(b"</Placemark>")
    outputs = list(parse(source_from(document("<Point><coordinates>1,2</coordinates></Point>", "a & b"))))
    assert len(records_of(outputs)) == 1
    assert "not well-formed" in problems_of(outputs)[0].reason


def test_a_placemark_without_end_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kml, "_LONGEST", 1000)
    outputs = list(
        parse(
            source_from(
                document("<Point><coordinates>1,2</coordinates></Point>", f"<description>{'x' * 2000}</description>")
            )
        )
    )
    assert len(records_of(outputs)) == 1
    assert "more than" in problems_of(outputs)[0].reason
    assert "nested" in problems_of(parse(source_from(b"<kml>" + b"<a>" * 500)))[0].reason


@pytest.mark.parametrize(
    "data", [b'<!DOCTYPE kml [<!ENTITY a "b">]><kml/>', b'<!DOCTYPE kml SYSTEM "http://example.org/x.dtd"><kml/>']
)
def test_a_dtd_is_refused(data: bytes) -> None:
    assert sniff(source_from(data))
    with pytest.raises(Unreadable, match="DTD"):
        list(parse(source_from(data)))


def test_a_kmz_is_read_through_its_main_document() -> None:
    main = document("<Point><coordinates>1,2</coordinates></Point>")
    source = source_from(kmz({"other.kml": document(""), "doc.kml": main}), "x.zip")
    assert sniff(source)
    outputs = list(parse(source))
    assert [record.lat for record in records_of(outputs)] == [2]
    assert outputs[-1] == Note("of this KMZ only doc.kml was read, not: other.kml")


def test_kmz_that_cannot_be_read_says_so() -> None:
    whole = kmz({"doc.kml": document("<Point><coordinates>1,2</coordinates></Point>")})
    for data, word in (
        (whole[:-30], "damaged"),
        (kmz({"a.txt": b"x"}), "no KML"),
        (kmz({"doc.kml": b"<kml>" + b" " * (20 << 20)}), "200 times"),
    ):
        with pytest.raises(Unreadable, match=word):
            list(parse(source_from(data, "x.kmz")))


def test_a_kmz_damaged_in_the_middle_is_a_problem() -> None:
    marks = [
        f"<name>{count * 7919}</name><Point><coordinates>-1.{count},53.46</coordinates></Point>"
        for count in range(5000)
    ]
    data = bytearray(kmz({"doc.kml": document(*marks)}))
    data[len(data) // 2] ^= 0xFF
    outputs = list(parse(source_from(bytes(data), "x.kmz")))
    assert records_of(outputs)
    assert len(problems_of(outputs)) == 1


def test_other_zips_and_xml_are_not_claimed() -> None:
    assert not sniff(source_from(kmz({"a.txt": b"x"}), "a.zip"))
    assert not sniff(source_from(b"<gpx/>", "a.kml"))
    assert sniff(source_of(SAMPLES / "kml" / "day.kmz"))
