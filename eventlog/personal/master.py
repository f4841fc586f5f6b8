"""The master keys: they wrap the keys of people, and are in no database."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12


class MasterKeyMissing(Exception):
    """No master key is given, or not the one that wrapped a key."""


@dataclass(frozen=True)
class Wrapped:
    """A person's key as it is stored, and the name of the master key that opens it."""

    data: bytes
    master: str


class MasterKeys(Protocol):
    """Where the master keys are, the newest first."""

    def read(self) -> list[bytes]:
        """All that are given now; raises MasterKeyMissing when there is none."""
        ...


class MasterKeyFile:
    """A file with a base64 key of 32 bytes a line: the first wraps, all unwrap.

    It is read again whenever a key is needed, so that a rotation needs no restart.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> list[bytes]:
        """See :class:`MasterKeys`."""
        try:
            lines = self._path.read_text(encoding="ascii").split()
            found = [base64.b64decode(line, validate=True) for line in lines]
        except (OSError, ValueError, binascii.Error) as error:
            raise MasterKeyMissing(f"{self._path} can't be read: {error}") from error
        if not found or any(len(key) != KEY_BYTES for key in found):
            raise MasterKeyMissing(f"{self._path} is not base64 of {KEY_BYTES} bytes a line")
        return found


def name_of(master: bytes) -> str:
    """What a master key is called beside what it wrapped; tells nothing of the key."""
    return hashlib.sha256(b"sojourn master key\0" + master).hexdigest()[:16]


def wrap(key: bytes, person: UUID, masters: MasterKeys) -> Wrapped:
    """``key`` under the newest master key, bound to ``person``."""
    newest = masters.read()[0]
    nonce = os.urandom(NONCE_BYTES)
    return Wrapped(nonce + AESGCM(newest).encrypt(nonce, key, person.bytes), name_of(newest))


def unwrap(wrapped: Wrapped, person: UUID, masters: MasterKeys) -> bytes:
    """The key of ``person``; raises MasterKeyMissing when no master key given opens it."""
    nonce, sealed = wrapped.data[:NONCE_BYTES], wrapped.data[NONCE_BYTES:]
    for master in masters.read():
        if name_of(master) == wrapped.master:
            try:
                return AESGCM(master).decrypt(nonce, sealed, person.bytes)
            except InvalidTag:
                raise MasterKeyMissing(f"the wrapped key of {person} was changed") from None
    raise MasterKeyMissing(f"the master key {wrapped.master} is not among those given")
