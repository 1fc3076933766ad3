#!/usr/bin/env python3
"""Sets Fourline up in this folder and runs it: needs Python 3.11 or newer and nothing else.

python3 start.py demo     makes the made-up sample case and its report (folder fourline-demo)
python3 start.py test     runs all the tests
python3 start.py ...      anything else is handed to fourline: python3 start.py new my-case

On Windows write `py` in place of `python3`. The first run makes the folder .venv and downloads what Fourline is built on; after that no network is needed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOME = HERE / ".venv"
PYTHON = HOME / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
EXTRAS = {"test": "[dev]"}


def main(words: list[str]) -> int:
    """Sets up what is needed and runs what was asked; gives the exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036 -- it is run by whatever Python there is, to say so
        print(f"Fourline needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
        return 2
    if not words or words[0] in {"-h", "--help"}:
        print(__doc__)
        return 0
    set_up(EXTRAS.get(words[0], ""))
    if words[0] == "test":
        return run([PYTHON, "-m", "pytest", *words[1:]])
    return run([PYTHON, "-m", "pipeline.cli", *words])


def set_up(extra: str) -> None:
    """Makes .venv with everything in it, once: again when pyproject.toml has changed or the tests need more than the program."""
    mark = HOME / f"set-up{extra}"
    wanted = (HERE / "pyproject.toml").read_bytes()
    if mark.exists() and mark.read_bytes() == wanted:
        return
    print("Setting Fourline up; this takes a minute or two.", flush=True)
    if not PYTHON.exists():
        make_environment()
    if (
        run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", f"{HERE}{extra}"])
        != 0
    ):
        raise SystemExit(
            "Fourline could not be set up: see the lines above. Is this computer on line? The first run needs it."
        )
    mark.write_bytes(wanted)


def make_environment() -> None:
    """A virtual environment, with the means of this Python."""
    try:
        venv.create(HOME, with_pip=True, clear=True)
    except (subprocess.CalledProcessError, SystemExit, OSError):
        shutil.rmtree(HOME, ignore_errors=True)
        make_environment_on_debian()


def make_environment_on_debian() -> None:
    """The same after the system's package for it was installed."""
    install = ["apt-get", "install", "--yes", f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"]
    as_root = [] if hasattr(os, "geteuid") and os.geteuid() == 0 else ["sudo"]
    if not shutil.which("apt-get") or (as_root and not shutil.which("sudo")):
        raise SystemExit(
            "This Python cannot make virtual environments. Install the part of it that can (on Debian: python3-venv) and try again."
        )
    print(
        "This Python lacks the package python3-venv; the system installs it now"
        + (" (it may ask for your password)." if as_root else "."),
        flush=True,
    )
    run([*as_root, "apt-get", "update", "--quiet"])
    if run([*as_root, *install]) != 0:
        raise SystemExit("The package python3-venv could not be installed; ask whoever looks after this computer.")
    venv.create(HOME, with_pip=True, clear=True)


def run(words: list[str | Path]) -> int:
    """Runs a program in this folder's environment, with the user's working folder."""
    return subprocess.call([str(word) for word in words])  # noqa: S603 -- fixed programs, and the user's own words as arguments


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
