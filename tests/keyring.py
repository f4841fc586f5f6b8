"""Personal keys for tests without their database: kept by the test itself, as the real store is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import count
from uuid import UUID

from eventlog.personal.keys import PersonalKeys
from eventlog.personal.master import Wrapped, wrap
from eventlog.personal.sealing import Sealing
from eventlog.personal.store import Kept

MASTER = b"m" * 32


class Masters:
    """One master key."""

    def read(self) -> list[bytes]:
        """See :class:`eventlog.personal.master.MasterKeys`."""
        return [MASTER]


class Shelf:
    """See :class:`eventlog.personal.keys.Store`."""

    def __init__(self) -> None:
        self.kept: dict[UUID, Kept] = {}
        self.asked = 0

    def find(self, people: Sequence[UUID]) -> list[Kept]:
        self.asked += 1
        return [self.kept[person] for person in people if person in self.kept]

    def make(self, person: UUID, wrapped: Wrapped) -> None:
        self.kept.setdefault(person, Kept(person, wrapped))

    def erase(self, person: UUID) -> None:
        self.kept[person] = Kept(person, None)

    def close(self) -> None:
        pass


EVERYBODY = Shelf()
"""What the processes of a test share, as they share the database of keys."""


def sealing(shelf: Shelf = EVERYBODY, *, remembered: float = 1.0) -> Sealing:
    """What seals and opens by the keys on ``shelf``, which each process remembers for itself."""
    return Sealing(PersonalKeys(shelf, Masters(), remembered=remembered))


class Foreseen(Shelf):
    """Everybody has the key that follows from their id, so that bytes are foreseen, too."""

    def find(self, people: Sequence[UUID]) -> list[Kept]:
        keys = {person: hashlib.sha256(b"test key" + person.bytes).digest() for person in people}
        return [Kept(person, wrap(key, person, Masters())) for person, key in keys.items()]


def foreseen() -> Sealing:
    """What seals the same text to the same bytes in every run: for golden bytes alone."""
    numbers = count(1)

    def nonce(size: int) -> bytes:
        return next(numbers).to_bytes(size, "big")

    return Sealing(PersonalKeys(Foreseen(), Masters()), nonce)
