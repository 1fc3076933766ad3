"""What Fourline takes for large files, beside the floor: `python benchmarks/run.py [--quick] [--work DIR] [--only sms,mms,...]`.

The floor of a job is what it cannot do without: the SHA-256 of the file and one pass of a parser in C over it (`xmllint --stream`), measured in the same run
on the same machine. Ratios can be compared between machines, seconds cannot. xmllint refuses the emoji pairs that Android writes, so it gets the same
messages with their emoji in UTF-8. The data is made with a fixed seed in the work folder and used again if it is there.

Needs Linux or macOS, and xmllint for the floors (Debian: libxml2-utils). `--quick` takes small files: its ratios mostly measure the start of the program.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.measure import ROOT, Taken, run
from sample_data import bulk

FOURLINE = (sys.executable, "-m", "pipeline.cli")
READ = (sys.executable, ROOT / "benchmarks" / "read.py")
FRESH = 700
"""Seconds: what is younger may be read twice while it is copied."""
SHA256 = "import hashlib, sys; print(hashlib.file_digest(open(sys.argv[1], 'rb'), 'sha256').hexdigest())"

CASE = """\
reference = "BENCHMARK"

[client]
name = "Robin Vale"
identifiers = ["+447700900118", "robin.vale@example.org"]

[[subject]]
name = "Sam Marsh"
identifiers = ["+447700900461", "sam.marsh@example.com"]

[[other]]
name = "Jo Vale"
role = "sister"
identifiers = ["+447700900205"]

[[key_date]]
date = 2024-06-03
type = "asked to stop"
"""


class Sizes(NamedTuple):
    """How large the files are."""

    sms: int = 1_000_000
    mms: int = 200_000
    pictures: int = 5_000
    picture_bytes: int = 300_000
    whatsapp: int = 1_000_000
    mbox: int = 100_000
    photos: int = 400
    photo_bytes: int = 5_000_000
    camera_photos: int = 10_000
    camera_clips: int = 2_000
    camera_photo_bytes: int = 300_000
    camera_clip_bytes: int = 1_000_000
    court: tuple[int, ...] = (50_000, 1_000_000)


QUICK = Sizes(50_000, 2_000, 50, 100_000, 50_000, 2_000, 20, 200_000, 700, 100, 300_000, 1_000_000, (3_000,))


class Benchmark:
    """The jobs, each of which makes its file, measures and prints its lines."""

    def __init__(self, work: Path, sizes: Sizes) -> None:
        self.work = work
        self.sizes = sizes
        self.failed = False

    def sms(self) -> None:
        """A million texts: `add`, then `report`."""
        path = self._made(f"sms-{self.sizes.sms}.xml", lambda to: bulk.write_sms(to, self.sizes.sms))
        self._title(f"{self.sizes.sms:,} SMS", path)
        floor = self._floor(path, lambda to: bulk.write_sms(to, self.sizes.sms, pairs=False))
        self._to_the_page("sms", path, floor, "at most 2.5 x, under 800 MB", "at most 4 x, under 1,500 MB")

    def mms(self) -> None:
        """2 GB of texts and pictures: `add`, then `report`."""
        sizes = self.sizes
        shape = (sizes.mms, sizes.pictures, sizes.picture_bytes)
        path = self._made("mms-{}-{}-{}.xml".format(*shape), lambda to: bulk.write_mms(to, *shape))
        self._title(f"{sizes.mms:,} messages, {sizes.pictures:,} of them with a picture", path)
        floor = self._floor(path, lambda to: bulk.write_mms(to, *shape, pairs=False), "--huge")
        self._to_the_page("mms", path, floor, "at most 2 x, under 500 MB")

    def _to_the_page(self, name: str, path: Path, floor: float | None, target: str, target_page: str = "") -> None:
        """From a file to the saved timeline, and on to the page."""
        case = self._case(name)
        added = self._line("fourline add", run([*FOURLINE, "add", case, path, "--no-input"]), floor, target)
        output = self.work / f"report-{name}"
        shutil.rmtree(output, ignore_errors=True)
        began = time.time()
        reported = self._line(
            "fourline report", run([*FOURLINE, "report", case, "--output", output, "--date", "2026-06-30"]), floor
        )
        page = output / "report.html"
        if not page.exists():
            print("  no report.html was made")
            return
        wall = added.wall + page.stat().st_mtime - began  # the tables are written after the page
        peak = max(added.peak_mb, reported.peak_mb)
        print(f"  {'add, and report to report.html':34}{wall:8.2f}{'':8}{peak:9.0f}{'':9}  {target_page}".rstrip())
        if floor:
            print(
                f"    by the clock, of the floor's CPU seconds: add {added.wall / floor:.2f} x, to report.html {wall / floor:.2f} x"
            )
        print(f"  {page.name}: {page.stat().st_size / 1e6:.1f} MB")

    def whatsapp(self) -> None:
        """A million WhatsApp messages to records."""
        path = self._made(
            f"whatsapp-{self.sizes.whatsapp}.txt", lambda to: bulk.write_whatsapp(to, self.sizes.whatsapp)
        )
        self._title(f"{self.sizes.whatsapp:,} WhatsApp messages", path)
        self._read("whatsapp", path, self.sizes.whatsapp, "at least 245,000 a second")

    def mbox(self) -> None:
        """A mailbox to records, and the stdlib's walk over it."""
        path = self._made(f"mail-{self.sizes.mbox}.mbox", lambda to: bulk.write_mbox(to, self.sizes.mbox))
        self._title(f"{self.sizes.mbox:,} emails", path)
        self._read("stdlib", path, self.sizes.mbox)
        self._read("mailbox", path, self.sizes.mbox, "faster than the stdlib alone")

    def photos(self) -> None:
        """Photographs to records, and their SHA-256 alone."""
        sizes = self.sizes
        folder = f"photos-{sizes.photos}-{sizes.photo_bytes}"
        path = self._made(folder, lambda to: bulk.write_photos(to, sizes.photos, sizes.photo_bytes))
        self._title(f"{sizes.photos:,} photographs of {sizes.photo_bytes:,} bytes", path)
        alone = "import hashlib, pathlib, sys; [hashlib.file_digest(p.open('rb'), 'sha256') for p in pathlib.Path(sys.argv[1]).iterdir()]"
        floor = self._line("sha256 (hashlib)", run([sys.executable, "-c", alone, path])).cpu
        self._line("hash and parse", run([*READ, "photo", path]), floor, "at most 1.3 x")

    def camera(self) -> None:
        """Thousands of photos and clips: hashed and read, and added to a case; beside sha256 and exiftool on the same folder.

        They are smaller than a phone's (some 3 MB and 20 MB), so that they fit on a disk twice: a file's fixed cost weighs ten times what it does there.
        """
        sizes = self.sizes
        shape = (sizes.camera_photos, sizes.camera_photo_bytes, sizes.camera_clips, sizes.camera_clip_bytes)
        path = self._made("camera-{}-{}-{}-{}".format(*shape), lambda to: _write_camera(to, *shape))
        count = sizes.camera_photos + sizes.camera_clips
        self._title(f"{sizes.camera_photos:,} photographs and {sizes.camera_clips:,} clips", path)
        cores = str(os.cpu_count() or 1)
        every = f"find {shlex.quote(str(path))} -type f -print0 | xargs -0 -n 200 -P"
        self._line("reading the folder once", run(["sh", "-c", f"{every} {cores} cat > /dev/null"]))
        floor = self._line(f"sha256sum, {cores} at once", run(["sh", "-c", f"{every} {cores} sha256sum > /dev/null"]))
        self._rate(count, floor)
        alone = "import hashlib, pathlib, sys; [hashlib.file_digest(p.open('rb'), 'sha256') for p in map(pathlib.Path, sys.argv[1:])]"
        quick = f"{every.replace('-n 200', '-n 3000')} {cores} {shlex.quote(sys.executable)} -c {shlex.quote(alone)}"
        self._line(f"sha256 (hashlib), {cores} at once", run(["sh", "-c", quick]), floor.cpu)
        if shutil.which("exiftool"):
            asked = run(["sh", "-c", f"exiftool -fast2 -q -r -json {shlex.quote(str(path))} > /dev/null"])
            self._rate(count, self._line("exiftool -fast2", asked, floor.cpu))
        taken = self._line("hash, identify and parse", run([*READ, "any", path]), floor.cpu, "at most 1.3 x")
        self._rate(count, taken)
        case = self._case("camera")
        if time.time() - max(one.stat().st_ctime for one in path.rglob("*")) < FRESH:
            print("  the files are fresh: each is hashed twice by add (see pipeline/copying.py)")
        added = self._line("fourline add", run([*FOURLINE, "add", case, path, "--no-input"]), floor.cpu)
        self._rate(count, added)
        again = self._line("fourline status: nothing new to read", run([*FOURLINE, "status", case]), floor.cpu)
        self._rate(count, again)

    def court(self) -> None:
        """Messages of the respondent alone, so that all of them are shown: `report --for court`, with the search of what it made."""
        for count in self.sizes.court:
            path = self._made(f"chat-{count}", partial(_write_chat, count))
            self._title(f"{count:,} rows for court", path)
            case = self._case(f"court-{count}")
            self._check(run([*FOURLINE, "add", case, path, "--no-input"]))
            output = self.work / f"served-{count}"
            shutil.rmtree(output, ignore_errors=True)
            front = ("--for", "court", "--parties", "A v B", "--date", "2026-06-30")
            made = run([*FOURLINE, "report", case, "--output", output, *front])
            self._line(
                "fourline report --for court",
                made,
                None,
                "under 60 s by the clock, 1,500 MB" if count == Sizes().court[0] else "",
            )
            files = sorted(output.glob("*"))
            print(f"    {len(files)} files, {sum(file.stat().st_size for file in files) / 1e6:.1f} MB")

    def _rate(self, count: int, taken: Taken) -> None:
        print(
            f"    {count / max(taken.wall, 1e-9):,.0f} files a second, {count / max(taken.cpu, 1e-9):,.0f} a CPU second"
        )

    def _made(self, name: str, make: Callable[[Path], None]) -> Path:
        """The file or folder of this name in the work folder, made if it is not there; one that was broken off is made again."""
        path = self.work / name
        if not path.exists():
            partial = self.work / f"{name}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            make(partial)
            partial.rename(path)
        return path

    def _case(self, name: str) -> Path:
        case = self.work / f"case-{name}"
        if case.exists():  # evidence is kept read-only
            for path in case.rglob("*"):
                path.chmod(0o700)
            shutil.rmtree(case)
        self._check(run([*FOURLINE, "new", case, "--no-input"]))
        (case / "case.toml").write_text(CASE, encoding="utf-8")
        return case

    def _floor(self, path: Path, plain: Callable[[Path], None], *options: str) -> float | None:
        """Processor seconds of sha256 and of xmllint; None if xmllint is not installed."""
        hashed = self._line("sha256 (hashlib)", run([sys.executable, "-c", SHA256, path]))
        if not shutil.which("xmllint"):
            print("  xmllint is not installed: no floor")
            return None
        twin = self.work / "plain.xml"
        plain(twin)
        parsed = self._line(
            " ".join(["xmllint --stream", *options]), run(["xmllint", "--stream", "--noout", *options, twin])
        )
        twin.unlink()
        return hashed.cpu + parsed.cpu

    def _read(self, reader: str, path: Path, expected: int, target: str = "") -> None:
        taken = run([*READ, reader, path])
        name = "stdlib mailbox" if reader == "stdlib" else f"parsers.{reader}"
        self._line(name, taken)
        if taken.code == 0:
            result = json.loads(taken.said.splitlines()[-1])
            rate = result["records"] / max(result["cpu"], 1e-9)
            counted = f"{result['records']:,} of {expected:,} records, {result['problems']} problems"
            print(f"    {counted}; {rate:,.0f} a CPU second{f' (target: {target})' if target else ''}")
            self.failed |= result["records"] != expected

    def _title(self, words: str, path: Path) -> None:
        size = sum(file.stat().st_size for file in path.rglob("*")) if path.is_dir() else path.stat().st_size
        print(f"\n{words}: {size / 1e6:,.0f} MB")
        print(f"  {'':34}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}{'x floor':>9}  target")

    def _line(self, name: str, taken: Taken, floor: float | None = None, target: str = "") -> Taken:
        ratio = f"{taken.cpu / floor:.2f}" if floor else ""
        print(f"  {name:34}{taken.wall:8.2f}{taken.cpu:8.2f}{taken.peak_mb:9.0f}{ratio:>9}  {target}", flush=True)
        self._check(taken)
        return taken

    def _check(self, taken: Taken) -> None:
        if taken.code:
            self.failed = True
            print(f"  FAILED with exit code {taken.code}:\n    " + "\n    ".join(taken.said.splitlines()[-12:]))


def _write_chat(count: int, to: Path) -> None:
    to.mkdir()
    bulk.write_whatsapp(to / "WhatsApp Chat with Sam Marsh.txt", count)


def _write_camera(to: Path, photos: int, photo_bytes: int, clips: int, clip_bytes: int) -> None:
    bulk.write_photos(to / "DCIM", photos, photo_bytes)
    bulk.write_clips(to / "Clips", clips, clip_bytes)


def main() -> int:
    """0 if every job ran and every record was counted; times are printed, never judged."""
    jobs = ("sms", "mms", "whatsapp", "mbox", "photos", "camera", "court")
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="small files, a minute in all")
    options.add_argument("--work", type=Path, help="folder for the data, kept; default: a temporary one, removed")
    options.add_argument("--only", default=",".join(jobs), help=f"some of: {','.join(jobs)}")
    given = options.parse_args()
    chosen = given.only.split(",")
    if unknown := set(chosen) - set(jobs):
        options.error(f"no such job: {', '.join(sorted(unknown))}")
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}; ratios are of CPU seconds")
    with tempfile.TemporaryDirectory(prefix="fourline-benchmark-") as temporary:
        work = given.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        benchmark = Benchmark(work, QUICK if given.quick else Sizes())
        for job in jobs:
            if job in chosen:
                getattr(benchmark, job)()
    return int(benchmark.failed)


if __name__ == "__main__":
    sys.exit(main())
