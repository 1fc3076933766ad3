"""Archives as they are attacked: names that point outside, links, bombs, damage."""

from __future__ import annotations

import contextlib
import io
import stat
import zipfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from parsers import zips
from pipeline import archives


def zipped(path: Path, files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def refusals(path: Path, tmp_path: Path) -> dict[str, str]:
    with ExitStack() as stack:
        return {member.path: member.refused for member in archives.members(path, stack, tmp_path)}


@pytest.mark.parametrize("name", ["../evil.txt", "a/../../evil.txt", "/etc/passwd", "C:/evil.txt", "..\\evil.txt"])
def test_names_that_point_outside_are_refused(tmp_path: Path, name: str) -> None:
    found = refusals(zipped(tmp_path / "a.zip", {name: b"x", "good.txt": b"y"}), tmp_path)
    assert found.pop("good.txt") == ""
    assert list(found.values()) == ["its name points outside the archive"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip"]


def test_links_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert refusals(tmp_path / "a.zip", tmp_path) == {"link": "it is a link to another file, not a file"}


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    found = refusals(zipped(tmp_path / "a.zip", {"bomb.txt": b"\0" * (20 << 20), "good.txt": b"y"}), tmp_path)
    assert "200 times its size" in found["bomb.txt"]
    assert found["good.txt"] == ""


def test_encrypted_members_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.txt": b"secret"}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    assert "encrypted" in refusals(path, tmp_path)["a.txt"]


def test_a_member_without_a_name_is_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    """A damaged list of members: the length of a name is 0, and the name counts as its remark."""
    path = zipped(tmp_path / "a.zip", {"a": b"first", "good.txt": b"y"})
    data = bytearray(path.read_bytes())
    entry = data.index(b"PK\x01\x02")
    data[entry + 28], data[entry + 32] = 0, 1
    path.write_bytes(bytes(data))
    assert refusals(path, tmp_path) == {"(no name)": "it has no name: the archive is damaged", "good.txt": ""}


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_in_an_archive_that_is_damaged_anywhere(tmp_path: Path, compression: int) -> None:
    inside = zipped(tmp_path / "in.zip", {"note.txt": b"hello" * 20}).read_bytes()
    data = zipped(tmp_path / "a.zip", {"in.zip": inside, "good.txt": b"y" * 50}, compression).read_bytes()
    for at in range(0, len(data), 3):
        (tmp_path / "b.zip").write_bytes(data[:at] + b"\xff\xff" + data[at + 2 :])
        with ExitStack() as stack, contextlib.suppress(*zips.DAMAGED):
            for member in archives.members(tmp_path / "b.zip", stack, tmp_path):
                if not member.refused:
                    with contextlib.suppress(*zips.DAMAGED, OSError), member.open() as file:
                        file.read()


def test_archives_in_archives_are_opened_three_deep(tmp_path: Path) -> None:
    data = b"inside"
    name = "a.txt"
    for _ in range(4):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            archive.writestr(name, data)
        data, name = held.getvalue(), "inner.zip"
    (tmp_path / "outer.zip").write_bytes(data)
    assert list(refusals(tmp_path / "outer.zip", tmp_path).items()) == [
        ("inner.zip!inner.zip!inner.zip", "it is an archive more than 3 deep in archives")
    ]


def test_members_are_read_where_they_are(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("deep/b.txt", b"deep")
    zipped(tmp_path / "a.zip", {"z.txt": b"last", "chat.zip": inner.getvalue()})
    with ExitStack() as stack:
        found = {member.path: member.open().read() for member in archives.members(tmp_path / "a.zip", stack, tmp_path)}
    assert found == {"chat.zip!deep/b.txt": b"deep", "z.txt": b"last"}
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_documents_are_not_containers(tmp_path: Path) -> None:
    assert not archives.is_container(zipped(tmp_path / "a.xlsx", {"[Content_Types].xml": b"", "xl/workbook.xml": b""}))
    assert archives.is_container(zipped(tmp_path / "a.zip", {"chat.txt": b""}))
    (tmp_path / "plain").write_bytes(b"PK is how this text begins")
    assert not archives.is_container(tmp_path / "plain")


@pytest.mark.parametrize("cut", [10, 40, 60])
def test_a_damaged_archive_is_a_container_that_cannot_be_read(tmp_path: Path, cut: int) -> None:
    path = zipped(tmp_path / "a.zip", {"chat.txt": b"hello" * 100}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes()[:-cut])
    assert archives.is_container(path)
    with pytest.raises(zips.DAMAGED):
        refusals(path, tmp_path)
