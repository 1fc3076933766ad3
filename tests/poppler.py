"""poppler's tools, which read a PDF independently of what made and searched it: pdftotext, pdfinfo, pdftoppm (Debian: poppler-utils).

A test that asks them is skipped where they are not installed, but in CI, where they must be.
"""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest


def asked(tool: str, *words: object) -> bytes:
    """What the tool prints."""
    if shutil.which(tool) is None and not os.environ.get("CI"):
        pytest.skip(f"{tool} is not installed")
    done = subprocess.run([tool, *map(str, words)], capture_output=True, check=True)
    assert done.stderr == b""
    return done.stdout
