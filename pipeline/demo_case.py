"""The made-up sample case: where its files lie, and a case folder made from them."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipeline.case import FILE


def files() -> Path:
    """The folder of the sample: beside the program's own folder in a checkout, inside it when installed from a wheel."""
    here = Path(__file__).parent
    for folder in (here.parent / "sample_data" / "demo", here / "sample_files"):
        if (folder / FILE).exists():
            return folder
    raise FileNotFoundError(2, "the sample case is not installed", str(here / "sample_files"))


def make(folder: Path) -> list[Path]:
    """Makes a case folder with the sample's case.toml; gives the exports that belong in it, in a fixed order."""
    sample = files()
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(sample / FILE, folder / FILE)
    return sorted(
        (path for path in sample.iterdir() if path.name not in {FILE, "README.txt"}), key=lambda path: path.name
    )
