"""Arrow columns of text taken apart: those of few different values (dictionaries) as codes and words, so that work is done once for each; others as bytes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


class Tags:
    """A dictionary column as codes and values, for work on each distinct value once; a null counts as the value ""."""

    def __init__(self, column: Any) -> None:
        column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        if isinstance(column, pa.ChunkedArray):  # an empty column has no chunk to combine
            column = pa.array([], column.type)
        self.words: list[str] = [value or "" for value in column.dictionary.to_pylist()]
        codes = column.indices.fill_null(len(self.words)).to_numpy(zero_copy_only=False)
        if len(codes) and codes.max() == len(self.words):
            self.words.append("")
        self.codes: NDArray[np.int32] = codes.astype(np.int32)

    def map(self, function: Any) -> Any:
        """The column with each distinct value replaced."""
        return pa.DictionaryArray.from_arrays(
            pa.array(self.codes, pa.int32()), pa.array([function(value) for value in self.words], pa.string())
        )

    def rank(self) -> NDArray[np.int32]:
        """For each code the place of its value in the order of the values."""
        rank = np.empty(len(self.words), dtype=np.int32)
        rank[np.argsort(np.array(self.words, dtype=object), kind="stable")] = np.arange(len(self.words), dtype=np.int32)
        return rank

    def is_in(self, wanted: frozenset[str]) -> NDArray[np.bool_]:
        """True where the value is one of these."""
        return (
            np.array([value in wanted for value in self.words], dtype=np.bool_)[self.codes]
            if self.words
            else np.zeros(0, dtype=np.bool_)
        )


def characters(column: Any) -> bytes:
    """All values of a column of text or bytes behind each other."""
    _validity, ends, data = column.buffers()
    first, last = np.frombuffer(ends, np.int32)[[column.offset, column.offset + len(column)]].tolist()
    return data[first:last].to_pybytes() if last > first else b""
