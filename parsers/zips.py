"""What every reader of a zip must expect: damage, and a member that unpacks to fill the disk."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from typing import Final

DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    struct.error,
    NotImplementedError,
    ValueError,
)
"""What zipfile raises on damaged archives and on compression it does not know, besides OSError."""
_RATIO: Final = 200
_RATIO_FROM: Final = 16 << 20


def unpacks_too_far(info: zipfile.ZipInfo) -> str:
    """Why a member is not unpacked, if it is not: over 16 MiB, and more than 200 times what it is packed to."""
    if info.file_size > _RATIO_FROM and info.file_size > _RATIO * max(info.compress_size, 1):
        return f"it unpacks to more than {_RATIO} times its size, as a damaging file would"
    return ""
