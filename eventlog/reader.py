"""Reads the log in its one order: whole, by key, or filtered as auditors ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, LiteralString, Self

from eventlog.connections import open_pool
from eventlog.record import LogRecord

SELECT: LiteralString = (
    "SELECT notification_id, originator_id, originator_version, topic, key, recorded_at,"
    " occurred_at, actor, correlation_id, causation_id, state, hash FROM stored_events"
)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which events an auditor asks for; none of a field means any. Times are of recording."""

    stream: str | None = None
    type: str | None = None
    actor: str | None = None
    correlation_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: int = 0

    def where(self) -> tuple[LiteralString, list[object]]:
        """The condition and its parameters."""
        conditions: list[tuple[LiteralString, object | None]] = [
            ("notification_id > %s", self.after),
            ("originator_id = %s", self.stream),
            ("topic = %s", self.type),
            ("actor = %s", self.actor),
            ("correlation_id = %s", self.correlation_id),
            ("recorded_at >= %s", self.since),
            ("recorded_at < %s", self.until),
        ]
        where: LiteralString = "TRUE"
        values: list[object] = []
        for text, value in conditions:
            if value is not None:
                where += " AND " + text
                values.append(value)
        return where, values


class LogReader:
    """Reads through its own small pool; SELECT is all that it needs."""

    def __init__(self, url: str, *, pool_size: int = 4, timeout: float = 5.0) -> None:
        self._pool = open_pool(url, most=pool_size, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._pool.close()

    def head(self) -> int:
        """The position of the last event, 0 when there is none."""
        [[head]] = self._rows("SELECT coalesce(max(notification_id), 0) FROM stored_events", [])
        return head

    def read(self, after: int, limit: int) -> list[LogRecord]:
        """Up to ``limit`` events behind position ``after``, in order."""
        return self.select(Filter(after=after), limit)

    def read_key(self, key: str, after: int = 0) -> list[LogRecord]:
        """All events of ``key`` behind position ``after``, in order."""
        rows = self._rows(
            SELECT + " WHERE key = %s AND notification_id > %s ORDER BY notification_id",
            [key, after],
        )
        return [record_of(row) for row in rows]

    def read_stream(self, stream: str) -> list[LogRecord]:
        """All events of ``stream``, in order."""
        rows = self._rows(
            SELECT + " WHERE originator_id = %s ORDER BY originator_version", [stream]
        )
        return [record_of(row) for row in rows]

    def read_types(self, types: Sequence[str], after: int, limit: int) -> list[LogRecord]:
        """Up to ``limit`` events of ``types`` behind position ``after``, in order."""
        rows = self._rows(
            SELECT + " WHERE topic = ANY(%s) AND notification_id > %s"
            " ORDER BY notification_id LIMIT %s",
            [list(types), after, limit],
        )
        return [record_of(row) for row in rows]

    def select(self, asked: Filter, limit: int) -> list[LogRecord]:
        """Up to ``limit`` events that ``asked`` describes, in order."""
        condition, values = asked.where()
        rows = self._rows(
            SELECT + " WHERE " + condition + " ORDER BY notification_id LIMIT %s",
            [*values, limit],
        )
        return [record_of(row) for row in rows]

    def scan(
        self, after: int = 0, until: int | None = None, page: int = 2_000
    ) -> Iterator[LogRecord]:
        """Every event behind ``after`` up to position ``until``, in order, a page at a time."""
        while records := self.read(after, page):
            for record in records:
                if until is not None and record.position > until:
                    return
                yield record
            after = records[-1].position

    def _rows(self, statement: LiteralString, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with self._pool.connection() as connection:
            return connection.execute(statement, values, prepare=True).fetchall()


def record_of(row: tuple[Any, ...]) -> LogRecord:
    """The record in a row of :data:`SELECT`."""
    return LogRecord(
        position=row[0],
        stream=row[1],
        version=row[2],
        type=row[3],
        key=row[4],
        recorded_at=row[5].astimezone(UTC),
        occurred_at=row[6].astimezone(UTC),
        actor=row[7],
        correlation_id=row[8],
        causation_id=row[9],
        data=bytes(row[10]),
        hash=bytes(row[11]),
    )
