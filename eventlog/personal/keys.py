"""The keys of people as processes use them: kept in memory for a second, never for longer.

That second is how soon an erasure takes effect in every process, whatever else fails: nobody needs
to be told of it, and whoever lags behind reads nothing any more.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Protocol
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from eventlog.personal.master import (
    KEY_BYTES,
    MasterKeyMissing,
    MasterKeys,
    Wrapped,
    unwrap,
    wrap,
)
from eventlog.personal.pool import KeysUnavailable
from eventlog.personal.store import Kept

REMEMBERED = 1.0
"""Seconds for which a process may go on using a key that it has read."""

MOST_REMEMBERED = 20_000


class Erased(Exception):
    """The person is erased: nothing of theirs is read or written any more."""

    def __init__(self, person: UUID) -> None:
        super().__init__(f"{person} is erased")
        self.person = person


class Store(Protocol):
    """What of :class:`eventlog.personal.store.KeyStore` it takes to read and make keys."""

    def find(self, people: Sequence[UUID]) -> list[Kept]:
        """The rows of ``people``."""
        ...

    def make(self, person: UUID, wrapped: Wrapped) -> None:
        """Keep a new key, unless there is a row."""
        ...

    def erase(self, person: UUID) -> None:
        """There is no key any more, and never will be."""
        ...

    def close(self) -> None:
        """Give connections back."""
        ...


@dataclass(frozen=True)
class _Known:
    """A key ready for use, none for who is erased; known until ``until``."""

    cipher: AESGCM | None
    until: float


class PersonalKeys:
    """Everybody's keys; used from several threads at once."""

    def __init__(
        self, store: Store, masters: MasterKeys, *, remembered: float = REMEMBERED
    ) -> None:
        self._store = store
        self._masters = masters
        self._remembered = remembered
        self._lock = Lock()
        self._known: OrderedDict[UUID, _Known] = OrderedDict()

    def to_write(self, person: UUID) -> AESGCM:
        """The person's key, made if they have none; raises Erased or KeysUnavailable."""
        known = self._fresh(person) or self._find([person]).get(person)
        if known is None:
            try:
                made = wrap(AESGCM.generate_key(KEY_BYTES * 8), person, self._masters)
            except MasterKeyMissing as missing:
                raise KeysUnavailable(str(missing)) from missing
            self._store.make(person, made)
            # Somebody else may have made one, or erased the person: what is stored counts.
            known = self._find([person])[person]
        if known.cipher is None:
            raise Erased(person)
        return known.cipher

    def to_read(self, people: Collection[UUID]) -> dict[UUID, AESGCM]:
        """The keys of those of ``people`` who have one; raises KeysUnavailable."""
        fresh = {person: self._fresh(person) for person in people}
        unknown = [person for person, known in fresh.items() if known is None]
        found = self._find(unknown) if unknown else {}
        return {
            person: known.cipher
            for person, known in {**fresh, **found}.items()
            if known is not None and known.cipher is not None
        }

    def remembers(self, people: Collection[UUID]) -> bool:
        """Whether :meth:`to_read` would answer without asking the database."""
        return all(self._fresh(person) for person in people)

    def is_erased(self, person: UUID) -> bool:
        """Whether the person is erased; who never had a key is not. Raises KeysUnavailable."""
        known = self._fresh(person) or self._find([person]).get(person)
        return known is not None and known.cipher is None

    def erase(self, person: UUID) -> None:
        """Delete the person's key for good; other processes know within :data:`REMEMBERED`.

        Raises KeysUnavailable; to repeat it is harmless.
        """
        self._store.erase(person)
        with self._lock:
            self._known.pop(person, None)

    def close(self) -> None:
        """Give the store's connections back."""
        self._store.close()

    def _fresh(self, person: UUID) -> _Known | None:
        with self._lock:
            known = self._known.get(person)
        return known if known and known.until > monotonic() else None

    def _find(self, people: list[UUID]) -> dict[UUID, _Known]:
        # The clock is read first: what is erased while the answer travels is not known longer.
        until = monotonic() + self._remembered
        found: dict[UUID, _Known] = {}
        for kept in self._store.find(people):
            try:
                key = unwrap(kept.wrapped, kept.person, self._masters) if kept.wrapped else None
            except MasterKeyMissing as missing:
                raise KeysUnavailable(str(missing)) from missing
            found[kept.person] = _Known(AESGCM(key) if key else None, until)
        with self._lock:
            self._known.update(found)
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
        return found
