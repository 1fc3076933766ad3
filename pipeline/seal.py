"""A pack made unreadable to everybody without the passphrase or key, in the form of age (age-encryption.org/v1), and opened again.

age is small, has no options to get wrong, and any age program opens what this writes: nobody depends on Fourline to read it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pyrage

SUFFIX: Final = ".age"
KEY: Final = ".key"
"""Behind the name of a large sealed file: its key, itself sealed to the passphrase."""
SHORTEST: Final = 12
"""Characters of a passphrase. Three or four words are best."""
_IN_MEMORY: Final = 512 << 20
"""Bytes up to which a file is sealed to a passphrase as it is: the library holds all of it twice."""


class SealError(Exception):
    """It cannot be sealed or opened; the message says why."""


def seal(path: Path, output: Path, *, passphrase: str = "", recipients: tuple[str, ...] = ()) -> tuple[Path, ...]:
    """Encrypts `path` into `output`, which must not exist, to a passphrase or to age recipients ("age1..."); gives the files written.

    A large file is sealed to a key made for it, and the key, in a file of its own beside it, to the passphrase. Any age program opens that too:
    age -d -i pack.zip.age.key pack.zip.age.

    Raises:
        SealError: neither or both are given, the passphrase is too short, or a recipient is none.
    """
    if bool(passphrase) == bool(recipients):
        raise SealError("Give a passphrase, or one or more recipients (age1...).")
    if passphrase and len(passphrase) < SHORTEST:
        raise SealError(f"The passphrase needs at least {SHORTEST} characters; three or four words are best.")
    if passphrase and path.stat().st_size <= _IN_MEMORY:
        _write(output, pyrage.passphrase.encrypt(path.read_bytes(), passphrase))
        return (output,)
    if not passphrase:
        _stream(path, output, [_recipient(text) for text in recipients])
        return (output,)
    identity = pyrage.x25519.Identity.generate()
    key = output.with_name(output.name + KEY)
    _write(key, pyrage.passphrase.encrypt(f"{identity}\n".encode(), passphrase))
    try:
        _stream(path, output, [identity.to_public()])
    except BaseException:
        key.unlink()
        raise
    return output, key


def unseal(path: Path, output: Path, *, passphrase: str = "", identities: tuple[str, ...] = ()) -> None:
    """Decrypts `path` into `output`, which must not exist, with the passphrase or age identities ("AGE-SECRET-KEY-1...").

    Raises:
        SealError: it does not open with that, or is no sealed file.
    """
    _refuse(output)
    part = output.with_name(output.name + ".part")
    key = path.with_name(path.name + KEY)
    try:
        if passphrase and key.is_file():
            identities = (pyrage.passphrase.decrypt(key.read_bytes(), passphrase).decode().strip(),)
        if identities:
            keys = [pyrage.x25519.Identity.from_str(text.strip()) for text in identities]
            with path.open("rb") as source, part.open("wb") as target:
                pyrage.decrypt_io(source, target, keys)
        else:
            part.write_bytes(pyrage.passphrase.decrypt(path.read_bytes(), passphrase))
        part.replace(output)
    except (pyrage.DecryptError, pyrage.IdentityError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk, and not what stands on it
        also = (
            f" A file of more than {_IN_MEMORY >> 20} MB needs its key, {key.name}, beside it."
            if passphrase and not key.is_file()
            else ""
        )
        raise SealError(
            f"{path} does not open: the passphrase or key is another one, or the file is damaged ({error}).{also}"
        ) from None
    finally:
        part.unlink(missing_ok=True)


def _refuse(output: Path) -> None:
    if output.exists():
        raise SealError(f"{output} is there already and is not overwritten.")


def _write(output: Path, data: bytes) -> None:
    """Whole or not at all."""
    _refuse(output)
    part = output.with_name(output.name + ".part")
    try:
        part.write_bytes(data)
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)


def _stream(path: Path, output: Path, recipients: list[pyrage.x25519.Recipient]) -> None:
    """Block by block, so that a file may be larger than the memory."""
    _refuse(output)
    part = output.with_name(output.name + ".part")
    try:
        with path.open("rb") as source, part.open("wb") as target:
            pyrage.encrypt_io(source, target, recipients)
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise SealError(f'"{text}" is no age recipient; one begins with age1 and has 62 characters.') from None
