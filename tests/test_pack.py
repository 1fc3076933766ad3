"""The pack for the police: everything in it, checked by Fourline and by sha256sum alike, and any change to it found; sealed and opened again."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyrage
import pytest
from click.testing import CliRunner

from pipeline import custody, pack, seal
from pipeline.cli import main
from pipeline.pack import PackError

ROOT = Path(__file__).parent.parent
SMS = ROOT / "sample_data" / "sms_backup"


def run(*words: str | Path, code: int = 0) -> str:
    result = CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pack")
    case = folder / "case"
    run("new", case, "--no-input", "--reference", "X/1", "--client", "Robin Vale: 07700 900118")
    (folder / "odd %0A name.txt").write_text("=not a formula")
    files = sorted(SMS.glob("*.xml"))[:3]
    CliRunner().invoke(main, ["add", str(case), *map(str, files), str(folder / "odd %0A name.txt"), "--no-input"])
    return case


def made(case: Path, folder: Path) -> Path:
    report = folder / "Exhibit.pdf"
    report.write_bytes(b"%PDF-1.7 made up")
    return pack.make(case, "X/1", [report], folder / "pack.zip", date(2026, 6, 30), "fourline 0.1.0")


def all_right(path: Path) -> bool:
    return all(finding.right for finding in pack.verify(path))


def test_a_pack_holds_everything_and_verifies(case: Path, tmp_path: Path) -> None:
    path = made(case, tmp_path)
    findings = list(pack.verify(path))
    assert all(one.right for one in findings)
    assert findings, "a check that says nothing is none"
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        assert {
            f"pack/data/{name}"
            for name in ("custody.jsonl", "custody.seal", "case.toml", "originals.csv", "report/Exhibit.pdf")
        } <= names
        stored = {f"pack/data/originals/{one.name}": one.read_bytes() for one in (case / "evidence").iterdir()}
        assert {name: archive.read(name) for name in stored} == stored
        table = list(csv.reader(io.StringIO(archive.read("pack/data/originals.csv").decode("utf-8-sig"))))
        assert len(table) == len(stored) + 1
        assert archive.read("pack/bagit.txt") == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
        total = sum(info.file_size for info in archive.infolist() if info.filename.startswith("pack/data/"))
        count = sum(info.filename.startswith("pack/data/") for info in archive.infolist())
        assert f"Payload-Oxum: {total}.{count}\n" in archive.read("pack/bag-info.txt").decode()


def test_same_case_same_bytes(case: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    first.mkdir()
    second.mkdir()
    assert made(case, first).read_bytes() == made(case, second).read_bytes()


def test_sha256sum_agrees(case: Path, tmp_path: Path) -> None:
    if shutil.which("sha256sum") is None:
        pytest.skip("no sha256sum on this machine")
    with zipfile.ZipFile(made(case, tmp_path)) as archive:
        archive.extractall(tmp_path / "out")
    top = tmp_path / "out" / "pack"
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        done = subprocess.run(
            ["sha256sum", "-c", "--strict", manifest], cwd=top, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert all_right(top)


def _changed(name: str, change: Callable[[bytes], bytes]) -> Callable[[dict[str, bytes]], None]:
    def apply(files: dict[str, bytes]) -> None:
        files[name] = change(files[name])

    return apply


@pytest.mark.parametrize(
    "harm",
    [
        _changed("pack/data/case.toml", lambda data: data + b"\n"),
        _changed("pack/data/report/Exhibit.pdf", lambda data: data.replace(b"made", b"fade")),
        _changed("pack/bag-info.txt", lambda data: data.replace(b"fourline", b"otherline")),
        _changed("pack/manifest-sha256.txt", lambda data: data.split(b"\n", 1)[1]),
        lambda files: files.pop("pack/data/custody.jsonl"),
        lambda files: files.pop("pack/manifest-sha256.txt"),
        lambda files: files.pop("pack/tagmanifest-sha256.txt"),
        lambda files: files.update({"pack/data/originals/extra.xml": b"<x/>"}),
        lambda files: files.update({"pack/extra.txt": b"x"}),
        lambda files: files.update({"beside.txt": b"x"}),
        lambda files: files.pop(next(name for name in files if name.startswith("pack/data/originals/"))),
    ],
)
def test_every_change_is_found(case: Path, tmp_path: Path, harm: Callable[[dict[str, bytes]], None]) -> None:
    with zipfile.ZipFile(made(case, tmp_path)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    harm(files)
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(changed, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    assert not all_right(changed)
    assert "WRONG" in run("verify", changed, code=1)


def test_a_custody_log_made_anew_is_found_even_with_new_manifests(case: Path, tmp_path: Path) -> None:
    """A line taken out of the log, and every manifest computed again: the chain still shows it."""
    copy = tmp_path / "case"
    shutil.copytree(case, copy)
    log = copy / "custody.jsonl"
    lines = log.read_bytes().split(b"\n")
    log.write_bytes(b"\n".join(lines[:1] + lines[2:]))
    assert any("does not follow" in finding.words for finding in pack.verify(made(copy, tmp_path)))


def test_a_log_that_was_shortened_is_found_even_with_new_manifests(case: Path, tmp_path: Path) -> None:
    """The last line taken off: the chain is whole, and the seal beside it says that there was another."""
    copy = tmp_path / "case"
    shutil.copytree(case, copy)
    log = copy / "custody.jsonl"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-1]))
    assert any("does not end as custody.seal says" in finding.words for finding in pack.verify(made(copy, tmp_path)))


def test_the_hash_that_was_written_down_is_looked_for_in_a_pack(case: Path, tmp_path: Path) -> None:
    path, (_, last) = made(case, tmp_path), custody.head(case)
    assert last in run("verify", path, "--head", last.upper())
    assert "No line of data/custody.jsonl has the hash" in run("verify", path, "--head", "0" * 64, code=1)


def test_a_changed_original_makes_no_pack(case: Path, tmp_path: Path) -> None:
    copy = tmp_path / "case"
    shutil.copytree(case, copy)
    original = next((copy / "evidence").iterdir())
    original.chmod(0o644)
    original.write_bytes(original.read_bytes() + b" ")
    with pytest.raises(PackError, match="not as it was received"):
        made(copy, tmp_path)
    original.unlink()
    with pytest.raises(PackError, match="missing"):
        pack.make(copy, "X", [], tmp_path / "second.zip", date(2026, 6, 30), "fourline")


def test_what_is_no_pack(tmp_path: Path) -> None:
    sealed = tmp_path / "pack.zip.age"
    sealed.write_bytes(b"age-encryption.org/v1\n-> scrypt\n")
    assert "fourline unseal" in run("verify", sealed, code=1)
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(PackError, match=r"no bagit\.txt"):
        list(pack.verify(other))
    assert "no pack" in run("verify", other, code=1)


def test_sealed_to_a_passphrase_and_opened_again(case: Path, tmp_path: Path) -> None:
    path = made(case, tmp_path)
    sealed, opened = tmp_path / "pack.zip.age", tmp_path / "opened.zip"
    seal.seal(path, sealed, passphrase="correct horse battery staple")
    assert sealed.read_bytes().startswith(b"age-encryption.org/v1")
    assert b"Exhibit" not in sealed.read_bytes()
    with pytest.raises(seal.SealError, match="does not open"):
        seal.unseal(sealed, opened, passphrase="another passphrase")
    assert not opened.exists()
    seal.unseal(sealed, opened, passphrase="correct horse battery staple")
    assert opened.read_bytes() == path.read_bytes()
    with pytest.raises(seal.SealError, match="not overwritten"):
        seal.unseal(sealed, opened, passphrase="correct horse battery staple")


def test_sealed_to_a_recipient_and_opened_again(case: Path, tmp_path: Path) -> None:
    path = made(case, tmp_path)
    key = pyrage.x25519.Identity.generate()
    sealed, opened = tmp_path / "pack.zip.age", tmp_path / "opened.zip"
    seal.seal(path, sealed, recipients=(str(key.to_public()),))
    damaged = tmp_path / "damaged.zip.age"
    damaged.write_bytes(sealed.read_bytes()[:-1] + b"?")
    with pytest.raises(seal.SealError, match="or the file is damaged"):
        seal.unseal(damaged, opened, identities=(str(key),))
    assert not opened.exists()
    seal.unseal(sealed, opened, identities=(str(key),))
    assert opened.read_bytes() == path.read_bytes()
    other = pyrage.x25519.Identity.generate()
    with pytest.raises(seal.SealError, match="does not open"):
        seal.unseal(sealed, tmp_path / "no.zip", identities=(str(other),))


def test_a_large_file_is_sealed_in_blocks_and_its_key_to_the_passphrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seal, "_IN_MEMORY", 1000)
    path = tmp_path / "pack.zip"
    path.write_bytes(bytes(range(256)) * 400)
    sealed = tmp_path / "pack.zip.age"
    assert seal.seal(path, sealed, passphrase="correct horse battery staple") == (sealed, tmp_path / "pack.zip.age.key")
    with pytest.raises(seal.SealError, match="does not open"):
        seal.unseal(sealed, tmp_path / "opened", passphrase="another passphrase")
    seal.unseal(sealed, tmp_path / "opened", passphrase="correct horse battery staple")
    assert (tmp_path / "opened").read_bytes() == path.read_bytes()
    key = pyrage.passphrase.decrypt((tmp_path / "pack.zip.age.key").read_bytes(), "correct horse battery staple")
    assert key.startswith(b"AGE-SECRET-KEY-1")  # what age -d -i expects
    (tmp_path / "pack.zip.age.key").unlink()
    with pytest.raises(seal.SealError, match=r"needs its key, pack\.zip\.age\.key"):
        seal.unseal(sealed, tmp_path / "again", passphrase="correct horse battery staple")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["opened", "pack.zip", "pack.zip.age"]


def test_a_seal_overwrites_nothing_and_leaves_no_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal, "_IN_MEMORY", 1000)
    path = tmp_path / "pack.zip"
    path.write_bytes(b"x" * 5000)
    (tmp_path / "pack.zip.age").write_bytes(b"sealed before")
    with pytest.raises(seal.SealError, match="not overwritten"):
        seal.seal(path, tmp_path / "pack.zip.age", passphrase="correct horse battery staple")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["pack.zip", "pack.zip.age"]
    assert (tmp_path / "pack.zip.age").read_bytes() == b"sealed before"


@pytest.mark.parametrize(
    ("passphrase", "recipients", "why"),
    [("", (), "Give a passphrase"), ("short", (), "12 characters"), ("", ("age1nonsense",), "no age recipient")],
)
def test_a_bad_seal_is_refused(tmp_path: Path, passphrase: str, recipients: tuple[str, ...], why: str) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(b"x")
    with pytest.raises(seal.SealError, match=why):
        seal.seal(path, tmp_path / "x.age", passphrase=passphrase, recipients=recipients)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["x.zip"]
