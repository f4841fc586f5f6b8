"""What follows from an erasure: no sign-in is left, and no key; repeating it is harmless."""

from __future__ import annotations

from uuid import UUID

import psycopg

from eventlog.personal.exports import Exports
from eventlog.personal.keys import PersonalKeys

NO_SESSIONS = "DELETE FROM sessions WHERE account_id = %s"
NO_CREDENTIAL = "DELETE FROM credentials WHERE account_id = %s"


class Forgetting:
    """Deletes by the commands' role of the log, and the keys' own."""

    def __init__(self, commands_url: str, keys: PersonalKeys, exports: Exports) -> None:
        self._url = commands_url
        self._keys = keys
        self._exports = exports

    def forget(self, person: UUID) -> None:
        """Raises psycopg.OperationalError or KeysUnavailable; then it is to be repeated."""
        # The credential first: who has none can neither open nor go on with a session.
        with psycopg.connect(self._url, connect_timeout=5) as connection:
            connection.execute(NO_CREDENTIAL, [person])
            connection.execute(NO_SESSIONS, [person])
        self._keys.erase(person)
        self._exports.drop(person)
