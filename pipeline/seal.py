"""A pack made unreadable to everybody without the passphrase or key, in the form of age (age-encryption.org/v1), and opened again.

age is small, has no options to get wrong, and any age program opens what this writes: nobody depends on Fourline to read it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pyrage

SUFFIX: Final = ".age"
SHORTEST: Final = 12
"""Characters of a passphrase. Three or four words are best."""
_IN_MEMORY: Final = 1 << 30


class SealError(Exception):
    """It cannot be sealed or opened; the message says why."""


def seal(path: Path, output: Path, *, passphrase: str = "", recipients: tuple[str, ...] = ()) -> None:
    """Encrypts `path` into `output`, which must not exist, to a passphrase or to age recipients ("age1...").

    Raises:
        SealError: neither or both are given, the passphrase is too short, a recipient is none, or the file is too large for a passphrase.
    """
    if bool(passphrase) == bool(recipients):
        raise SealError("Give a passphrase, or one or more recipients (age1...).")
    if output.exists():
        raise SealError(f"{output} is there already and is not overwritten.")
    part = output.with_name(output.name + ".part")
    try:
        if passphrase:
            if len(passphrase) < SHORTEST:
                raise SealError(f"The passphrase needs at least {SHORTEST} characters; three or four words are best.")
            if path.stat().st_size > _IN_MEMORY:
                raise SealError(
                    "A file of more than 1 GB can be sealed to a recipient (age1...) only, not to a passphrase."
                )
            part.write_bytes(pyrage.passphrase.encrypt(path.read_bytes(), passphrase))
        else:
            keys = [_recipient(text) for text in recipients]
            with path.open("rb") as source, part.open("wb") as target:
                pyrage.encrypt_io(source, target, keys)
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)


def unseal(path: Path, output: Path, *, passphrase: str = "", identities: tuple[str, ...] = ()) -> None:
    """Decrypts `path` into `output`, which must not exist, with the passphrase or age identities ("AGE-SECRET-KEY-1...").

    Raises:
        SealError: it does not open with that, or is no sealed file.
    """
    if output.exists():
        raise SealError(f"{output} is there already and is not overwritten.")
    part = output.with_name(output.name + ".part")
    try:
        if passphrase:
            part.write_bytes(pyrage.passphrase.decrypt(path.read_bytes(), passphrase))
        else:
            keys = [pyrage.x25519.Identity.from_str(text.strip()) for text in identities]
            with path.open("rb") as source, part.open("wb") as target:
                pyrage.decrypt_io(source, target, keys)
        part.replace(output)
    except (pyrage.DecryptError, pyrage.IdentityError) as error:
        raise SealError(
            f"{path} does not open: the passphrase or key is another one, or the file is damaged ({error})."
        ) from None
    finally:
        part.unlink(missing_ok=True)


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise SealError(f'"{text}" is no age recipient; one begins with age1 and has 62 characters.') from None
