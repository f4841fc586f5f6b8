"""Archives that people asked for, sealed with their own key, in the database that has it."""

from __future__ import annotations

from datetime import datetime
from typing import LiteralString, Self
from uuid import UUID

from eventlog.personal.pool import outages, small_pool
from eventlog.personal.sealing import Sealing

KEEP: LiteralString = (
    "INSERT INTO exports (export_id, person, archive, expires_at) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT (export_id) DO NOTHING"
)
FIND: LiteralString = (
    "SELECT archive FROM exports WHERE export_id = %s AND expires_at > clock_timestamp()"
)
DROP_LATE: LiteralString = "DELETE FROM exports WHERE expires_at <= clock_timestamp()"
DROP: LiteralString = "DELETE FROM exports WHERE person = %s"


class Exports:
    """Calls block; each raises KeysUnavailable when the database does not answer."""

    def __init__(self, url: str) -> None:
        self._pool = small_pool(url, 2)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._pool.close()

    def keep(
        self, export_id: UUID, person: UUID, archive: bytes, expires_at: datetime, sealing: Sealing
    ) -> None:
        """Keep the ``archive``, once; those whose time is over go. Raises Erased."""
        sealed = sealing.seal_bytes(archive, person, _stream(export_id), "archive")
        with outages(), self._pool.connection() as connection:
            connection.execute(KEEP, [export_id, person, sealed, expires_at])
            connection.execute(DROP_LATE)

    def find(self, export_id: UUID, sealing: Sealing) -> bytes | None:
        """The archive, none when it is not there yet, or any more."""
        with outages(), self._pool.connection() as connection:
            row = connection.execute(FIND, [export_id]).fetchone()
        return sealing.open_bytes(bytes(row[0]), _stream(export_id), "archive") if row else None

    def drop(self, person: UUID) -> None:
        """Delete what there is of the person."""
        with outages(), self._pool.connection() as connection:
            connection.execute(DROP, [person])


def _stream(export_id: UUID) -> str:
    return f"export-{export_id}"
