"""What it takes to receive many small files, beside copying them: `python benchmarks/many_files.py [--files 10000] [--work DIR]`.

Every file is on the disk before it is confirmed. A disk that is asked for one file at a time takes long; asked for many together it takes little more.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline import evidence
from pipeline.new_case import Beginning, make


def main() -> None:
    """Makes the files, copies them, receives them, and prints the times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--work", type=Path, help="on the disk that is to be measured; default: that of this checkout")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.work or Path(__file__).resolve().parent) as folder:
        top = Path(folder)
        (top / "in").mkdir()
        for number in range(options.files):
            (top / "in" / f"{number:06}.eml").write_bytes(f"Subject: {number}\n\n".encode() + b"words " * 500)
        before = time.perf_counter()
        shutil.copytree(top / "in", top / "copy")
        copied = time.perf_counter() - before
        case = make(top / "case", Beginning("BENCHMARK", "Robin Vale"))
        before = time.perf_counter()
        receipts = evidence.receive(case.folder, [top / "in"], lambda *_: None)
        received = time.perf_counter() - before
    assert {one.state for one in receipts} == {"received"}
    print(
        f"{options.files:,} files: copied in {copied:.1f} s, received in {received:.1f} s ({received / copied:.1f} times as long)"
    )


if __name__ == "__main__":
    main()
