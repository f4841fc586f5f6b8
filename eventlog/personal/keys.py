"""The keys of people as processes use them: an erasure takes effect within a second, everywhere.

That second holds whatever else fails: nobody needs to be told of an erasure, and whoever lags
behind, or hears nothing from the database, reads nothing any more. See
:mod:`eventlog.personal.remembering`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
from eventlog.personal.remembering import Memory, Remembered
from eventlog.personal.store import Found
from eventlog.personal.watching import Watch

REMEMBERED = 1.0
"""Seconds for which a process may go on using keys after it asked whether they still stand."""

ASKED_EVERY = 0.3
"""Seconds after which it asks again: often enough to know in time, even if an answer is slow."""

KEPT_IDLE = 60.0
"""Seconds after which a process that uses no keys asks no more, and has none in its memory."""


class Erased(Exception):
    """The person is erased: nothing of theirs is read or written any more."""

    def __init__(self, person: UUID) -> None:
        super().__init__(f"{person} is erased")
        self.person = person


class Store(Protocol):
    """What of :class:`eventlog.personal.store.KeyStore` it takes to read and make keys."""

    def find(self, people: Sequence[UUID]) -> Found:
        """The rows of ``people``, and how many erasures there had been at that instant."""
        ...

    def erasures(self) -> int:
        """How many erasures there have been."""
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


class PersonalKeys:
    """Everybody's keys; used from several threads at once."""

    def __init__(
        self, store: Store, masters: MasterKeys, *, remembered: float = REMEMBERED
    ) -> None:
        self._store = store
        self._masters = masters
        self._remembered = remembered
        self._memory = Memory()
        self._used = monotonic()
        self._watch = Watch(self._look, ASKED_EVERY)

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
        self._memory.forget(person)

    def close(self) -> None:
        """Give the store's connections back."""
        self._watch.close()
        self._store.close()

    def _fresh(self, person: UUID) -> Remembered | None:
        now = self._used = monotonic()
        return self._memory.find(person, now)

    def _find(self, people: list[UUID]) -> dict[UUID, Remembered]:
        # The clock is read first: what is erased while the answer travels is not known longer.
        until = monotonic() + self._remembered
        answer = self._store.find(people)
        found: dict[UUID, Remembered] = {}
        for kept in answer.kept:
            try:
                key = unwrap(kept.wrapped, kept.person, self._masters) if kept.wrapped else None
            except MasterKeyMissing as missing:
                raise KeysUnavailable(str(missing)) from missing
            cipher = AESGCM(key) if key else None
            found[kept.person] = Remembered(cipher, answer.erasures, until)
        self._memory.keep(found.items())
        self._watch.start()
        return found

    def _look(self) -> bool:
        """Ask whether what is remembered still stands; False when nobody has used it for long."""
        now = monotonic()
        until = now + self._remembered
        if now - self._used > KEPT_IDLE:
            self._memory.clear()
            return False
        try:
            self._memory.confirm(self._store.erasures(), until)
        except KeysUnavailable:
            # Who needs a key asks for it, and is told so.
            if monotonic() > until:
                self._memory.clear()
        return True
