"""Who is at work: asked once on a machine, kept outside every case, and written into each line of the custody log.

The account name of the computer is never taken for it: a shared machine would put one person's acts under another's name.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from pipeline import disk

ENVIRONMENT: Final = "FOURLINE_WHO"
NOT_STATED: Final = "not stated"


def stated() -> str:
    """The name that was given, by the environment or once on this machine; "" if none was."""
    said = os.environ.get(ENVIRONMENT, "").strip()
    if said:
        return said
    try:
        return config_file().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def remember(name: str) -> None:
    """Keeps the name for this user of this machine.

    Raises:
        OSError: the folder for settings cannot be written.
    """
    path = config_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    disk.write(path, f"{name.strip()}\n".encode())


def config_file() -> Path:
    """Where the name is kept: in the folder of the system for a user's settings."""
    if sys.platform == "win32":
        folder = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    elif sys.platform == "darwin":
        folder = Path.home() / "Library" / "Application Support"
    else:
        folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return folder / "fourline" / "who.txt"
