"""A command in an event loop is decided on the spot if nothing has to be read: no thread waits."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NoReturn, cast
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from eventlog.application import EventLog
from eventlog.personal.keys import PersonalKeys
from eventlog.personal.sealing import Sealing
from eventlog.recent import Known


class Unread(Exception):
    """Something would have to be read or waited for first: carry the command out in a thread."""


class KnownLog:
    """The log as far as this process knows it, in the shape that a command's work asks for."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    def latest(
        self, stream: str, _evolve: Callable[..., Any], *, settled: bool = False
    ) -> Known[Any]:
        """See :meth:`eventlog.application.EventLog.latest`; raises Unread when it is not known."""
        known = None if settled else self._log.known(stream)
        if known is None:
            raise Unread
        return known

    @property
    def sealing(self) -> Sealing:
        """What seals with keys that are remembered; its methods raise Unread for others."""
        sealing = self._log.sealing
        return Sealing(cast("PersonalKeys", _RememberedKeys(sealing.keys)))

    def is_erased(self, person: UUID) -> bool:
        """Whether the person is erased; raises Unread when that is not remembered."""
        if not self._log.sealing.keys.remembers([person]):
            raise Unread
        return self._log.is_erased(person)

    def __getattr__(self, name: str) -> NoReturn:
        raise Unread(name)


class _RememberedKeys:
    """Keys that need no database."""

    def __init__(self, keys: PersonalKeys) -> None:
        self._keys = keys

    def to_write(self, person: UUID) -> AESGCM:
        """See :meth:`eventlog.personal.keys.PersonalKeys.to_write`; raises Unread."""
        if not self._keys.remembers([person]):
            raise Unread
        return self._keys.to_write(person)

    def to_read(self, people: Collection[UUID]) -> dict[UUID, AESGCM]:
        """See :meth:`eventlog.personal.keys.PersonalKeys.to_read`; raises Unread."""
        if not self._keys.remembers(people):
            raise Unread
        return self._keys.to_read(people)
