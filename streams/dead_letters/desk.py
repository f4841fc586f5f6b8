"""What operators do with dead letters: see them, ask for another try, or put them aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, LiteralString, Self

import psycopg
from psycopg.rows import class_row

_COLUMNS: Final[LiteralString] = (
    "SELECT id, sink, kind, state, because, partition, record_offset, position, stream, version,"
    " key, type, data, found_at, changed_at FROM dead_letters"
)
_LIST: Final[LiteralString] = (
    _COLUMNS + " WHERE (%s::text IS NULL OR sink = %s) AND (%s OR state IN ('open', 'retry'))"
    " AND (%s OR kind <> 'behind') AND id > %s ORDER BY id LIMIT %s"
)
_SHOW: Final[LiteralString] = _COLUMNS + " WHERE id = ANY(%s) ORDER BY id"
_COUNT: Final[LiteralString] = (
    "SELECT sink, stream, count(*) FROM dead_letters"
    " WHERE kind = 'behind' AND state <> 'applied' GROUP BY sink, stream"
)
_RETRY: Final[LiteralString] = (
    "UPDATE dead_letters SET state = 'retry', changed_at = now() WHERE sink = %s AND stream = %s"
    " AND kind <> 'unreadable' AND state IN ('open', 'discarded')"
)
_WAITING: Final[LiteralString] = (
    "SELECT count(*) FROM dead_letters WHERE sink = %s AND stream = %s AND state = 'retry'"
)
_STILL: Final[LiteralString] = (
    _COLUMNS + " WHERE sink = %s AND stream = %s AND kind <> 'unreadable' AND state = 'open'"
    " ORDER BY version LIMIT 1"
)
_DISCARD: Final[LiteralString] = (
    "UPDATE dead_letters SET state = 'discarded', changed_at = now()"
    " WHERE state IN ('open', 'retry') AND (id = ANY(%s) OR (sink, stream) IN ("
    "SELECT sink, stream FROM dead_letters WHERE id = ANY(%s) AND kind <> 'unreadable'))"
)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A dead letter as it is kept; see the letter for what the columns mean."""

    id: int
    sink: str
    kind: str
    state: str
    because: str
    partition: int
    record_offset: int | None
    position: int | None
    stream: str | None
    version: int | None
    key: str | None
    type: str | None
    data: bytes | None
    found_at: datetime
    changed_at: datetime

    @property
    def parked(self) -> tuple[str, str] | None:
        """The sink and the stream that it parks; none for an unreadable record."""
        if self.stream is None or self.kind == "unreadable":
            return None
        return self.sink, self.stream

    @property
    def told(self) -> dict[str, Any]:
        """Everything but the bytes, as JSON takes it."""
        return {
            name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
            for name, value in vars(self).items()
            if name != "data"
        }


class Desk:
    """All sinks' dead letters; calls block."""

    def __init__(self, url: str) -> None:
        self._connection: psycopg.Connection[Any] = psycopg.connect(
            url, autocommit=True, connect_timeout=5
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def find(
        self, *, sink: str | None, closed: bool, behind: bool, after: int, limit: int
    ) -> list[Kept]:
        """Up to ``limit`` of them behind the id ``after``, oldest first.

        Without ``closed`` those that were applied or discarded are left out, and without
        ``behind`` those that only wait for another.
        """
        return self._kept(_LIST, [sink, sink, closed, behind, after, limit])

    def show(self, ids: Sequence[int]) -> list[Kept]:
        """Those of ``ids`` that there are."""
        return self._kept(_SHOW, [list(ids)])

    def behind(self) -> dict[tuple[str, str], int]:
        """How many events wait, by sink and stream."""
        rows = self._connection.execute(_COUNT).fetchall()
        return {(sink, stream): number for sink, stream, number in rows}

    def retry(self, sink: str, stream: str) -> None:
        """Ask the worker to make the documents of ``stream`` anew from the log."""
        self._connection.execute(_RETRY, [sink, stream])

    def tried(self, sink: str, stream: str) -> bool:
        """Whether the worker has done so, with whatever outcome."""
        [[left]] = self._connection.execute(_WAITING, [sink, stream]).fetchall()
        return left == 0

    def still(self, sink: str, stream: str) -> Kept | None:
        """What stands in the way of ``stream``, if anything does."""
        return next(iter(self._kept(_STILL, [sink, stream])), None)

    def discard(self, ids: Sequence[int]) -> int:
        """Put them, and what waits behind them, aside; how many that were."""
        return self._connection.execute(_DISCARD, [list(ids), list(ids)]).rowcount

    def _kept(self, statement: LiteralString, values: Sequence[object]) -> list[Kept]:
        with self._connection.cursor(row_factory=class_row(Kept)) as cursor:
            return cursor.execute(statement, values).fetchall()
