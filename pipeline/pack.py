"""pack.zip: the originals of a case with its report and custody log, as a BagIt bag (RFC 8493) that anybody can check, with Fourline or with sha256sum.

    pack/bagit.txt               the form of the bag
    pack/bag-info.txt            what it is, who made it, how much is in it
    pack/manifest-sha256.txt     the SHA-256 of every file under data/
    pack/tagmanifest-sha256.txt  that of the files above
    pack/how-to-check.txt        how to check it without Fourline
    pack/data/originals/...      the files as they were received, byte for byte, under the names that custody.jsonl gives them
    pack/data/originals.csv      which name that is, and what the file was called when it was received
    pack/data/custody.jsonl      what was done to the case; custody.seal beside it
    pack/data/case.toml          what was said of the case
    pack/data/report/...         the report

The same case and report give the same bytes. Large files pass through in blocks.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Final, NamedTuple, Protocol

from pipeline import custody, evidence
from pipeline.case import FILE as CASE_FILE
from pipeline.verify import Finding, chain

FILE: Final = "pack.zip"
TOP: Final = "pack"
_BLOCK: Final = 4 << 20
_FORM: Final = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold: the same for every file and every making
_SEALED: Final = b"age-encryption.org/v1"
_HOW: Final = """\
How to check this pack

With Fourline:  fourline verify pack.zip
Without it:     unpack pack.zip, open a terminal in the folder "pack", and run  sha256sum -c manifest-sha256.txt
                (on a Mac: shasum -a 256 -c manifest-sha256.txt). Every line must end in OK.

data/originals holds the files as they were received, unchanged; data/originals.csv says what each was called. Each line of data/custody.jsonl holds the hash of
the line before it, so that a line that was changed, removed or put in shows.
The pack is not redacted. It is for the police and is not to be served.
"""


class PackError(Exception):
    """The pack cannot be made or is none; the message says why."""


class Content(NamedTuple):
    """A file of the bag: its path below pack/, and where its bytes are (a path, or the bytes themselves)."""

    name: str
    data: Path | bytes


def make(case_folder: Path, reference: str, report: Iterable[Path], output: Path, day: date, agent: str) -> Path:
    """Writes the pack to `output`, which must not exist; `report` are the files of the report, `agent` the program with its version.

    Raises:
        PackError: an original is missing or is not as it was received.
        OSError: the disk is full or cannot be written.
    """
    payload = [*_originals(case_folder), *_papers(case_folder)]
    payload += [Content(f"data/report/{path.name}", path) for path in sorted(report)]
    with zipfile.ZipFile(output, "x", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        manifest: dict[str, str] = {}
        size = 0
        for content in payload:
            manifest[content.name], written = _add(archive, content)
            size += written
        received = {
            f"data/originals/{entry['stored']}": str(entry["sha256"]) for entry in custody.received(case_folder)
        }
        wrong = sorted(name for name, sha256 in received.items() if manifest.get(name) != sha256)
        if wrong:
            raise PackError(f"{wrong[0]} is not as it was received; fourline verify says more. No pack was made.")
        tags = {
            "bagit.txt": _FORM,
            "bag-info.txt": _info(reference, day, agent, size, len(manifest)),
            "how-to-check.txt": _HOW,
            "manifest-sha256.txt": _lines(manifest),
        }
        hashes = {name: _add(archive, Content(name, text.encode()))[0] for name, text in tags.items()}
        _add(archive, Content("tagmanifest-sha256.txt", _lines(hashes).encode()))
    return output


def _originals(folder: Path) -> Iterator[Content]:
    table = io.StringIO(newline="")
    rows = csv.writer(table, lineterminator="\r\n")
    rows.writerow(["Label", "File in this pack", "Name as received", "Bytes", "SHA-256", "Received"])
    for one in evidence.held(folder):
        if not one.stored.is_file():
            raise PackError(f"{one.file} ({one.stored.name}) is missing from evidence/; no pack was made.")
        name = f"'{one.file}" if one.file[:1] in "=+-@\t\r" else one.file
        rows.writerow([one.label, f"originals/{one.stored.name}", name, one.size, one.sha256, one.day])
        yield Content(f"data/originals/{one.stored.name}", one.stored)
    yield Content("data/originals.csv", b"\xef\xbb\xbf" + table.getvalue().encode("utf-8", "backslashreplace"))


def _papers(folder: Path) -> Iterator[Content]:
    for name in (CASE_FILE, custody.FILE, custody.SEAL, "review.xlsx"):
        if (folder / name).is_file():
            yield Content(f"data/{name}", folder / name)


def _add(archive: zipfile.ZipFile, content: Content) -> tuple[str, int]:
    """Writes one file into the archive; gives its SHA-256 and size."""
    info = zipfile.ZipInfo(f"{TOP}/{content.name}", _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o100444 << 16
    digest, size = hashlib.sha256(), 0
    source: IO[bytes] = io.BytesIO(content.data) if isinstance(content.data, bytes) else content.data.open("rb")
    with source, archive.open(info, "w", force_zip64=True) as target:
        while block := source.read(_BLOCK):
            digest.update(block)
            size += len(block)
            target.write(block)
    return digest.hexdigest(), size


def _info(reference: str, day: date, agent: str, size: int, count: int) -> str:
    fields = {
        "Bag-Software-Agent": agent,
        "Bagging-Date": day.isoformat(),
        "External-Identifier": " ".join(reference.split()),
        "External-Description": "Originals, custody log and report of a case; not redacted; not to be served",
        "Payload-Oxum": f"{size}.{count}",
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items() if value)


def _lines(manifest: Mapping[str, str]) -> str:
    """The manifest as RFC 8493 and sha256sum both read it; line ends and per cents in a name are written as %0A, %0D and %25."""
    return "".join(f"{sha256}  {_encoded(name)}\n" for name, sha256 in sorted(manifest.items()))


def _encoded(name: str) -> str:
    return name.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def _decoded(name: str) -> str:
    return name.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")


# --- checking --------------------------------------------------------------------------------------------------------------------------------------------


class _Bag(Protocol):
    """The files of a bag, in an archive or in a folder."""

    def names(self) -> set[str]: ...
    def open(self, name: str) -> IO[bytes]: ...


@dataclass(frozen=True)
class _InFolder:
    top: Path

    def names(self) -> set[str]:
        return {path.relative_to(self.top).as_posix() for path in self.top.rglob("*") if path.is_file()}

    def open(self, name: str) -> IO[bytes]:
        return (self.top / name).open("rb")


@dataclass(frozen=True)
class _InArchive:
    archive: zipfile.ZipFile
    top: str

    def names(self) -> set[str]:
        inside = [name for name in self.archive.namelist() if not name.endswith("/")]
        return {name.removeprefix(self.top) for name in inside if name.startswith(self.top)}

    def open(self, name: str) -> IO[bytes]:
        return self.archive.open(self.top + name)


def is_pack(path: Path) -> bool:
    """Whether the path is a pack: a zip file, or a folder in which one was unpacked."""
    return zipfile.is_zipfile(path) if path.is_file() else (path / "bagit.txt").is_file()


def verify(path: Path, head: str = "") -> Iterator[Finding]:
    """Checks a pack against its manifests and its custody log, one finding after another.

    `head` is the hash of a last line of the log that somebody wrote down earlier, as for a case (`pipeline.verify`).

    Raises:
        PackError: it is no pack.
    """
    if path.is_dir():
        yield from _check(_InFolder(path), head)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            forms = [
                name for name in archive.namelist() if name.rpartition("/")[2] == "bagit.txt" and name.count("/") < 2
            ]
            if len(forms) != 1:
                raise PackError(f"{path} is no pack: it has no bagit.txt")
            doubled = len(archive.namelist()) - len(set(archive.namelist()))
            if doubled:
                yield Finding(right=False, words=f"{doubled} file(s) stand in the archive twice.")
            bag = _InArchive(archive, forms[0].removesuffix("bagit.txt"))
            yield from (
                Finding(right=False, words=f"{name} is no part of the pack: it was put into the archive later.")
                for name in archive.namelist()
                if not name.startswith(bag.top)
            )
            yield from _check(bag, head)
    except zipfile.BadZipFile as error:
        with path.open("rb") as file:
            sealed = file.read(len(_SEALED)) == _SEALED
        raise PackError(
            f"{path} is sealed: open it first with fourline unseal." if sealed else f"{path} cannot be opened: {error}"
        ) from None


def _check(bag: _Bag, head: str) -> Iterator[Finding]:
    names = bag.names()
    wrong: list[Finding] = []
    for manifest, about in (("tagmanifest-sha256.txt", False), ("manifest-sha256.txt", True)):
        if manifest not in names:
            wrong.append(Finding(right=False, words=f"{manifest} is missing."))
            continue
        listed = dict(_read_manifest(bag, manifest))
        there = {name for name in names if name.startswith("data/") == about}
        for name, sha256 in sorted(listed.items()):
            if name not in names:
                wrong.append(Finding(right=False, words=f"{name} is missing."))
            elif _sha256(bag, name) != sha256:
                wrong.append(Finding(right=False, words=f"{name} has been changed since the pack was made."))
        wrong += [
            Finding(right=False, words=f"{name} is not in {manifest}: it was put there later.")
            for name in sorted(there - set(listed) - {"tagmanifest-sha256.txt"})
        ]
        if about and not wrong:
            yield Finding(right=True, words=f"{len(listed)} files, each with the hash it had when the pack was made.")
    yield from wrong
    yield from _custody(bag, names, head.lower())


def _read_manifest(bag: _Bag, name: str) -> Iterator[tuple[str, str]]:
    for line in re.split(r"\r\n|\n|\r", _text(bag, name)):
        if match := re.fullmatch(r"([0-9a-fA-F]{64})\s+\*?(.+)", line):
            yield _decoded(match[2]), match[1].lower()


def _text(bag: _Bag, name: str) -> str:
    with bag.open(name) as file:
        return file.read().decode("utf-8", "replace")


def _sha256(bag: _Bag, name: str) -> str:
    digest = hashlib.sha256()
    try:
        with bag.open(name) as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except (zipfile.BadZipFile, OSError):
        return "damaged"
    return digest.hexdigest()


def _custody(bag: _Bag, names: set[str], head: str) -> Iterator[Finding]:
    """The chain of the log, its end as the seal says, and that each file it says was received is here with the hash of that day."""
    log = f"data/{custody.FILE}"
    if log not in names:
        yield Finding(right=False, words=f"{log} is missing.")
        return
    with bag.open(log) as file:
        lines = file.read().split(b"\n")[:-1]
    entries, faults = chain(lines)
    hashes = [hashlib.sha256(line).hexdigest() for line in lines]
    sealed = f"data/{custody.SEAL}"
    end = f"{len(lines)} {hashes[-1] if hashes else custody.START}"
    if sealed not in names:
        faults.append(Finding(right=False, words=f"{sealed} is missing."))
    elif _text(bag, sealed).strip() != end:
        words = f"{log} does not end as {custody.SEAL} says: lines were removed, altered or added at its end."
        faults.append(Finding(right=False, words=words))
    if head and head not in hashes:
        words = f"No line of {log} has the hash {head}: the log is not the one from which that hash was taken."
        faults.append(Finding(right=False, words=words))
    yield from faults
    listed = dict(_read_manifest(bag, "manifest-sha256.txt")) if "manifest-sha256.txt" in names else {}
    received = [entry for entry in entries if entry.get("action") == "received"]
    missing = [
        entry for entry in received if listed.get(f"data/originals/{entry.get('stored')}") != entry.get("sha256")
    ]
    yield from (
        Finding(right=False, words=f"{entry.get('file')} is in the custody log and is not here as it was received.")
        for entry in missing
    )
    if not faults and not missing:
        words = f"The custody log is whole ({len(lines)} lines, the hash of the last is {hashes[-1] if hashes else custody.START}), and all {len(received)} files that it says were received are here as they were."
        yield Finding(right=True, words=words)
