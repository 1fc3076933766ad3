"""Clips and pictures to the cameras of the case that do not move, by what the files themselves say of the camera."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from parsers.contract import PHOTO, VIDEO
from pipeline.case import Camera

_IN_EXTRA: Final = ("serial", "make", "model")


def recorded_by(
    rows: Any,
    local: NDArray[np.int64],
    dated: NDArray[np.bool_],
    cameras: Sequence[Camera],
    files: Mapping[str, tuple[str, str]],
) -> dict[int, list[int]]:
    """The photos and clips that fit a camera: row -> indices of the cameras.

    `rows` are records (`records.SCHEMA`), `local` their times in microseconds on the clock of the case, where `dated`; `files` tells of a source its path as
    handed in and its parser. A record without a date fits a camera that has neither start nor end.
    """
    found: dict[int, list[int]] = {}
    if not cameras:
        return found
    chosen = np.flatnonzero(
        pc.is_in(rows["kind"].cast("string"), value_set=pa.array([PHOTO, VIDEO])).to_numpy(zero_copy_only=False)
    )
    some = rows.select(["source", "place_written", "extra"]).take(chosen)
    for row, source, device, extra in zip(
        chosen.tolist(),
        some["source"].to_pylist(),
        some["place_written"].to_pylist(),
        some["extra"].to_pylist(),
        strict=True,
    ):
        path, parser = files.get(source or "", ("", ""))
        signs = dict(_signs(path, parser, device or "", json.loads(extra) if extra else {}))
        day = (
            (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(local[row]))).date() if dated[row] else None
        )
        fits = [index for index, camera in enumerate(cameras) if _hung(camera, day) and _fits(camera, signs)]
        if fits:
            found[row] = fits
    return found


def _signs(path: str, parser: str, device: str, extra: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a record is known by, in small letters: sign -> values, any of which may agree."""
    for sign in _IN_EXTRA:
        yield sign, (str(extra.get(sign, "")).strip().casefold(),)
    yield "device", tuple(name.strip().casefold() for name in (device, str(extra.get("camera", ""))))
    yield "file", (path.replace("\\", "/").replace("!", "/").casefold(),)
    yield "parser", (parser.casefold(),)


def _fits(camera: Camera, signs: Mapping[str, tuple[str, ...]]) -> bool:
    for sign, wanted in camera.signs:
        if sign == "file":
            path, pattern = (
                signs[sign][0],
                wanted.replace("[", "[[]"),
            )  # recorders write [M]: letters, not a choice of them
            if not fnmatchcase(path if "/" in wanted else path.rpartition("/")[2], pattern) and not (
                "/" in wanted and fnmatchcase(path, f"*/{pattern}")
            ):
                return False
        elif wanted not in signs[sign]:
            return False
    return True


def _hung(camera: Camera, day: date | None) -> bool:
    """Whether the camera hung at its place on that day."""
    if day is None:
        return camera.start is None and camera.end is None
    return (camera.start is None or camera.start <= day) and (camera.end is None or day <= camera.end)
