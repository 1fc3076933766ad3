"""Pictures, films, positions and events that are cut off anywhere or changed anywhere: never an error, never more read than is there, and what is given is a position."""

from __future__ import annotations

import io

from conftest import SAMPLES, singly, source_from
from hypothesis import example, given, settings
from hypothesis import strategies as st

from parsers.contract import Problem, Question, Record, Unreadable
from pipeline import registry

NAMES = (
    "camera_events", "google_location", "gpx", "kml", "location_table", "owntracks", "photo", "photo_sidecar", "video"
)  # fmt: skip
FILES = {
    path: path.read_bytes() for name in NAMES for path in sorted((SAMPLES / name).iterdir()) if path.stat().st_size
}
MOST_READ = 8 << 20


class Counted(io.BytesIO):
    """How much has been read of it."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.count += len(data)
        return data


@settings(max_examples=400)
@given(
    st.sampled_from(sorted(FILES)),
    st.floats(0, 1, exclude_max=True),
    st.sampled_from(
        [b"", b"\0", b"\xff", b"\x7f", b"\xff\xff\xff\xff", b"\0\0\0\0", b"\0\0\0\1", b"9", b"-", b'"', b"<"]
    ),
)
@example(SAMPLES / "kml" / "day.kmz", 0.9375, b"\0\0\0\0")  # a member without a name
def test_damage_anywhere(path: object, where: float, change: bytes) -> None:
    """`change` takes the place of what stood there; b"" cuts the file off."""
    data = FILES[path]  # type: ignore[index]
    at = int(where * len(data))
    damaged = data[:at] + change + data[at + len(change) :] if change else data[:at]
    name = str(path).replace("\\", "/").rpartition("/")[2]
    opened: list[Counted] = []

    def again() -> Counted:
        opened.append(Counted(damaged))
        return opened[-1]

    source = source_from(damaged, name)
    source = source.__class__(**{**vars(source), "open": again})
    found = registry.identify(source)
    if found is None:
        return
    try:
        outputs = singly(found.module.parse(source))
    except (Question, Unreadable):
        return
    assert sum(file.count for file in opened) <= MOST_READ + 10 * len(damaged)
    records = [output for output in outputs if isinstance(output, Record)]
    places = [output.at for output in outputs if isinstance(output, Record | Problem)]
    assert len(places) == len(set(places))
    for record in records:
        assert (record.lat is None) == (record.lon is None)
        if record.lat is not None and record.lon is not None:
            assert -90 <= record.lat <= 90
            assert -180 <= record.lon <= 180
            assert (record.lat, record.lon) != (0, 0)
