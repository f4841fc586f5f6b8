"""The seat of the one active relay: a lock of a database session, and the checkpoint behind it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, LiteralString, Self

import psycopg

from eventlog.connections import open_pool

# A holder that vanished without a word must lose the lock within seconds.
_SESSION: Final = (
    "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3"
    " -c client_connection_check_interval=1000 -c application_name=sojourn-relay"
)
EVENTS: Final = "events"
"""The relay that carries the log to the topic."""

_LOCK: Final[LiteralString] = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
_LOAD: Final[LiteralString] = "SELECT position, previous FROM relay_checkpoint WHERE relay = %s"
_SAVE: Final[LiteralString] = (
    "INSERT INTO relay_checkpoint (relay, position, previous, updated_at)"
    " VALUES (%s, %s, %s, now())"
    " ON CONFLICT (relay) DO UPDATE SET position = excluded.position,"
    " previous = excluded.previous, updated_at = excluded.updated_at"
)


@dataclass(frozen=True)
class Checkpoint:
    """Up to ``position`` the broker has every event; ``previous`` is the last of each partition."""

    position: int
    previous: Mapping[int, int]


class Published:
    """What the relay has proven to be in the topic: all up to its checkpoint.

    SELECT on ``relay_checkpoint`` is all that it needs.
    """

    def __init__(self, url: str) -> None:
        self._pool = open_pool(url, most=1, least=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def __call__(self) -> Mapping[int, int]:
        """The position of the last event of each partition that has any there."""
        with self._pool.connection() as connection:
            return _checkpoint(connection.execute(_LOAD, [EVENTS]).fetchone()).previous


class Seat:
    """Held by at most one relay of a name; what it saves proves that it is still held.

    The URL must lead to Postgres directly: through a pooler a session is not a session.
    """

    def __init__(self, url: str, relay: str) -> None:
        self._relay = relay
        self._connection = psycopg.connect(
            url, autocommit=True, options=_SESSION, connect_timeout=5
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def taken(self) -> bool:
        """Try to take the seat; false when another relay has it."""
        row = self._row(_LOCK, [f"relay {self._relay}"])
        return row is not None and bool(row[0])

    def load(self) -> Checkpoint:
        """The checkpoint, the log's beginning when there is none yet."""
        return _checkpoint(self._row(_LOAD, [self._relay]))

    def save(self, checkpoint: Checkpoint) -> None:
        """Store the checkpoint in the session that holds the lock; raises when that is gone."""
        previous = {str(key): value for key, value in checkpoint.previous.items()}
        values = [self._relay, checkpoint.position, json.dumps(previous)]
        self._connection.execute(_SAVE, values, prepare=True)

    def prove(self) -> None:
        """Raise ``psycopg.OperationalError`` when the session, and with it the lock, is gone."""
        self._connection.execute("SELECT 1")

    def _row(self, statement: LiteralString, values: list[str]) -> tuple[Any, ...] | None:
        return self._connection.execute(statement, values).fetchone()


def _checkpoint(row: tuple[Any, ...] | None) -> Checkpoint:
    if row is None:
        return Checkpoint(0, {})
    position, previous = row
    return Checkpoint(position, {int(key): value for key, value in previous.items()})
