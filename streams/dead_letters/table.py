"""Dead letters in Postgres, one row an event or record and sink, through a role of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, LiteralString, Self

from psycopg.rows import TupleRow

from eventlog.connections import open_pool
from streams.dead_letters.letter import Letter

# One that was applied is not any more if it comes again; whoever discarded one has seen it.
_KEEP: Final[LiteralString] = (
    "INSERT INTO dead_letters (sink, kind, because, partition, record_offset, position, stream,"
    " version, key, type, data) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_AGAIN: Final[LiteralString] = (
    " DO UPDATE SET state = 'open', kind = excluded.kind, because = excluded.because,"
    " type = coalesce(excluded.type, dead_letters.type),"
    " data = coalesce(excluded.data, dead_letters.data), changed_at = now()"
    " WHERE dead_letters.state IN ('applied', 'retry')"
)
_KEEP_EVENT: Final[LiteralString] = (
    _KEEP + " ON CONFLICT (sink, position) WHERE kind <> 'unreadable'" + _AGAIN
)
_KEEP_RECORD: Final[LiteralString] = (
    _KEEP + " ON CONFLICT (sink, partition, record_offset) WHERE kind = 'unreadable' DO NOTHING"
)
# What is being tried again is not parked: if it fails it is kept again, and open again.
_PARKED: Final[LiteralString] = (
    "SELECT stream, min(version) FROM dead_letters WHERE sink = %s AND kind <> 'unreadable'"
    " AND state IN ('open', 'discarded') GROUP BY stream"
)
_TO_RETRY: Final[LiteralString] = (
    "SELECT DISTINCT stream, key FROM dead_letters"
    " WHERE sink = %s AND kind <> 'unreadable' AND state = 'retry'"
)
# A retry makes all that a key's events change anew, also what had to stop only for want of it.
_SO_ARE_THOSE_BESIDE: Final[LiteralString] = (
    "UPDATE dead_letters SET state = 'retry', changed_at = now()"
    " WHERE sink = %s AND kind <> 'unreadable' AND state = 'open' AND key = ANY(%s)"
)
_APPLIED: Final[LiteralString] = (
    "UPDATE dead_letters SET state = 'applied', changed_at = now()"
    " WHERE sink = %s AND stream = %s AND kind <> 'unreadable' AND state <> 'applied'"
    " AND (%s::bigint IS NULL OR version < %s)"
)


class DeadLetterTable:
    """See :class:`streams.dead_letters.letter.DeadLetters`; one sink's."""

    def __init__(self, url: str, sink: str) -> None:
        self._sink = sink
        self._pool = open_pool(url, most=2, least=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    async def keep(self, letters: Sequence[Letter]) -> None:
        """See :class:`streams.dead_letters.letter.DeadLetters`."""
        await asyncio.to_thread(self._keep, letters)

    async def parked(self) -> dict[str, int]:
        """See :class:`streams.dead_letters.letter.DeadLetters`."""
        rows = await asyncio.to_thread(self._rows, _PARKED, [self._sink])
        return dict(rows)

    async def to_retry(self) -> dict[str, str]:
        """See :class:`streams.dead_letters.letter.DeadLetters`."""
        return await asyncio.to_thread(self._to_retry)

    async def applied(self, stream: str, before: int | None) -> None:
        """See :class:`streams.dead_letters.letter.DeadLetters`."""
        await asyncio.to_thread(self._applied, stream, before)

    def _keep(self, letters: Sequence[Letter]) -> None:
        with self._pool.connection() as connection, connection.transaction():
            for letter in letters:
                statement = _KEEP_RECORD if letter.kind == "unreadable" else _KEEP_EVENT
                connection.execute(statement, self._row(letter))

    def _row(self, letter: Letter) -> list[object]:
        return [
            self._sink,
            letter.kind,
            letter.because,
            letter.partition,
            letter.record.offset if letter.record else None,
            letter.position,
            letter.stream,
            letter.version,
            letter.key,
            letter.type,
            letter.data,
        ]

    def _applied(self, stream: str, before: int | None) -> None:
        with self._pool.connection() as connection:
            connection.execute(_APPLIED, [self._sink, stream, before, before])

    def _to_retry(self) -> dict[str, str]:
        asked: dict[str, str] = dict(self._rows(_TO_RETRY, [self._sink]))
        if not asked:
            return {}
        with self._pool.connection() as connection:
            connection.execute(_SO_ARE_THOSE_BESIDE, [self._sink, list(set(asked.values()))])
        return dict(self._rows(_TO_RETRY, [self._sink]))

    def _rows(self, statement: LiteralString, values: Sequence[object]) -> list[TupleRow]:
        with self._pool.connection() as connection:
            return connection.execute(statement, values, prepare=True).fetchall()
