"""Asks a process of its own for pictures encoded anew (`pipeline/report/reencode.py`), and believes nothing of what comes back but pixels."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Final, Self

from pipeline.case import Hidden
from pipeline.report import reencode
from pipeline.report.picture_metadata import beside_the_pixels
from pipeline.report.reencode import Piece, Redrawn, Refused

PATIENCE: Final = 900.0
"""Seconds of the clock for one picture; before that the limit for its time of the processor holds (`reencode.SECONDS`), but on Windows."""


class NotStarted(RuntimeError):  # noqa: N818 -- it says what happened
    """The process that decodes cannot be had at all: that is no fault of a picture."""


class Redrawer:
    """The process that decodes, while it is needed. A picture that brings it down costs itself and nothing else: the next gets a new one."""

    def __init__(self) -> None:
        self._process: Any = None
        self._pipe: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def redrawn(self, data: bytes, hide: Sequence[Hidden] = ()) -> Redrawn:
        """The picture in these bytes, encoded anew.

        Raises:
            Refused: it cannot be shown; the message says why.
        """
        pipe = self._started()
        try:
            pipe.send_bytes(json.dumps({"hide": [asdict(one) for one in hide]}).encode())
            pipe.send_bytes(data)
            told = json.loads(self._received(pipe))
            if "refused" in told:
                raise Refused(str(told["refused"]))
            sizes = [(float(wide), float(high)) for wide, high in told["pieces"]]
            pieces = tuple(Piece(_plain(self._received(pipe)), *size) for size in sizes)
        except TimeoutError:
            self._stop()
            raise Refused(f"it could not be decoded within {PATIENCE / 60:.0f} minutes") from None
        except (EOFError, OSError):
            self._stop()
            raise Refused("it brought the program that decodes pictures down") from None
        return Redrawn(
            pieces,
            int(told["width"]),
            int(told["height"]),
            bool(told["across"]),
            tuple(map(str, told["remarks"])),
            tuple(map(str, told["held"])),
            int(told["rows"]),
        )

    def _started(self) -> Connection:
        """The pipe to the process, which is there and waits."""
        if self._pipe is None:
            context = get_context("spawn")
            self._pipe, other = context.Pipe()
            self._process = context.Process(target=reencode.serve, args=(other,), daemon=True)
            self._process.start()
            other.close()
            if not (self._pipe.poll(PATIENCE) and self._pipe.recv_bytes() == reencode.READY):
                raise NotStarted("the process that decodes pictures does not start")
        return self._pipe

    def _received(self, pipe: Connection) -> bytes:
        if not pipe.poll(PATIENCE):
            raise TimeoutError
        return pipe.recv_bytes(1 << 28)

    def _stop(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._process.kill()
            self._process.join()
            self._process.close()
        self._pipe = self._process = None


def _plain(data: bytes) -> bytes:
    """The bytes of a piece, if there is nothing in them but a picture."""
    if beside := beside_the_pixels(data):
        raise ValueError(f"a picture encoded anew holds {', '.join(beside)}")
    return data
