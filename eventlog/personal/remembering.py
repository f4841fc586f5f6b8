"""Which keys a process may still use: those of which nobody has been erased since they were read.

A key is read together with the number of erasures so far, as of one instant. While the number is
the same, no key has gone, so that one question a process and moment stands for all its people.
What the last answer said holds for a second from when it was asked, and no longer: who hears
nothing from the database remembers nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MOST_REMEMBERED = 20_000


@dataclass(frozen=True)
class Remembered:
    """A key ready for use, none for who is erased; as of when there had been ``erasures``."""

    cipher: AESGCM | None
    erasures: int
    until: float


class Memory:
    """Keys by person; used from several threads at once. Times are the monotonic clock's."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._keys: OrderedDict[UUID, Remembered] = OrderedDict()
        self._confirmed: tuple[int, float] = (-1, 0.0)

    def find(self, person: UUID, now: float) -> Remembered | None:
        """The person's key, if it may still be used."""
        key = self._keys.get(person)
        if key is None or key.until > now:
            return key
        erasures, until = self._confirmed
        return key if key.erasures == erasures and until > now else None

    def keep(self, found: Iterable[tuple[UUID, Remembered]]) -> None:
        """Remember ``found`` from now on."""
        with self._lock:
            self._keys.update(found)
            while len(self._keys) > MOST_REMEMBERED:
                self._keys.popitem(last=False)

    def confirm(self, erasures: int, until: float) -> None:
        """There have been so many ``erasures``; what was read at another number is forgotten."""
        with self._lock:
            gone = [person for person, key in self._keys.items() if key.erasures != erasures]
            for person in gone:
                del self._keys[person]
            self._confirmed = (erasures, until)

    def forget(self, person: UUID) -> None:
        """Remember nothing of the person."""
        with self._lock:
            self._keys.pop(person, None)

    def clear(self) -> None:
        """Remember nothing."""
        with self._lock:
            self._keys.clear()
