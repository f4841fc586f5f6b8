"""The timers as a table in Postgres: the fold of the log up to its checkpoint, and what was tried.

Any number of processes may share it. Whoever moves the checkpoint changes the timers in the same
transaction; whoever takes a due timer leases it, so that one that dies keeps no timer to itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, LiteralString, Self, cast, get_args

from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from domain.timers import Change, ClearTimer, Due, Kind, SetTimer, Timer, WakeTimer

NAME = "timers"

LEASE = timedelta(seconds=15)
"""After how long a timer is taken again from a process that took it and was never heard of again:
a little more than a command may take."""

POSITION: LiteralString = "SELECT position FROM timers_checkpoint WHERE name = %s"
BEGIN: LiteralString = (
    "INSERT INTO timers_checkpoint (name, position, updated_at) VALUES (%s, 0, now())"
    " ON CONFLICT (name) DO NOTHING"
)
RESTART: LiteralString = (
    "INSERT INTO timers_checkpoint (name, position, updated_at) VALUES (%s, 0, now())"
    " ON CONFLICT (name) DO UPDATE SET position = 0, updated_at = now()"
)
# First in its transaction: of two that followed the same events, the second changes nothing.
ADVANCE: LiteralString = (
    "UPDATE timers_checkpoint SET position = %s, updated_at = now()"
    " WHERE name = %s AND position = %s"
)
SET: LiteralString = (
    "INSERT INTO timers (kind, subject, due_at, position, key, try_at)"
    " SELECT k, s, d, p, y, d FROM"
    " unnest(%s::text[], %s::uuid[], %s::timestamptz[], %s::bigint[], %s::text[])"
    " AS rows (k, s, d, p, y)"
    " ON CONFLICT (kind, subject) DO UPDATE SET due_at = excluded.due_at,"
    " position = excluded.position, key = excluded.key, try_at = excluded.due_at, attempts = 0,"
    " problem = NULL"
)
WAKE: LiteralString = (
    "UPDATE timers SET due_at = d, position = p, key = y, try_at = d, attempts = 0, problem = NULL"
    " FROM unnest(%s::text[], %s::uuid[], %s::timestamptz[], %s::bigint[], %s::text[])"
    " AS rows (k, s, d, p, y) WHERE kind = k AND subject = s"
)
CLEAR: LiteralString = (
    "DELETE FROM timers USING unnest(%s::text[], %s::uuid[]) AS rows (k, s)"
    " WHERE kind = k AND subject = s"
)
# Conditions are on the statement's time, as only a time that stands still finds its place in an
# index.
TAKE: LiteralString = (
    "WITH due AS MATERIALIZED (SELECT kind, subject FROM timers"
    " WHERE try_at <= statement_timestamp() ORDER BY try_at LIMIT %s FOR UPDATE SKIP LOCKED)"
    " UPDATE timers AS t SET try_at = clock_timestamp() + %s, attempts = attempts + 1 FROM due"
    " WHERE t.kind = due.kind AND t.subject = due.subject"
    " RETURNING t.kind, t.subject, t.due_at, t.position, t.key, t.attempts"
)
# A timer that was set anew meanwhile has another position, and is left as it is.
SETTLE: LiteralString = (
    "UPDATE timers SET try_at = NULL, attempts = 0, problem = NULL"
    " WHERE kind = %s AND subject = %s AND position = %s"
)
POSTPONE: LiteralString = (
    "UPDATE timers SET try_at = greatest(%s, clock_timestamp() + %s), problem = %s"
    " WHERE kind = %s AND subject = %s AND position = %s"
)
LOOK: LiteralString = (
    "SELECT statement_timestamp(), (SELECT min(due_at) FROM timers WHERE try_at IS NOT NULL),"
    " (SELECT count(*) FROM timers WHERE try_at IS NOT NULL AND due_at <= statement_timestamp())"
)
UPCOMING: LiteralString = (
    "SELECT kind, subject, due_at, try_at, attempts, problem FROM timers"
    " WHERE try_at IS NOT NULL ORDER BY due_at LIMIT %s"
)


@dataclass(frozen=True)
class Taken:
    """A due timer that is ours for a while; ``attempts`` counts this one too."""

    timer: Timer
    due: Due
    attempts: int


@dataclass(frozen=True)
class Upcoming:
    """A timer to come, with what went wrong when it was last tried."""

    timer: Timer
    due_at: datetime
    try_at: datetime
    attempts: int
    problem: str | None


@dataclass(frozen=True)
class Glance:
    """The timers at Postgres's ``now``: when the next is due, and how many are overdue."""

    now: datetime
    next_due: datetime | None
    overdue: int


class TimerTable:
    """Reads and writes by the role that may change it, on a small pool of its own."""

    def __init__(self, url: str, *, pool_size: int = 4, timeout: float = 5.0) -> None:
        self._pool: ConnectionPool[Connection[TupleRow]] = ConnectionPool(
            url,
            min_size=1,
            max_size=pool_size,
            open=False,
            timeout=timeout,
            check=ConnectionPool.check_connection,
        )
        self._pool.open(wait=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._pool.close()

    def position(self) -> int:
        """How far the log is followed; without a checkpoint the table starts anew, and empty."""
        with self._pool.connection() as connection:
            if found := connection.execute(POSITION, [NAME]).fetchone():
                return found[0]
            if connection.execute(BEGIN, [NAME]).rowcount:
                connection.execute("DELETE FROM timers")
            return 0

    def restart(self) -> None:
        """Forget every timer; whoever follows the log builds the same table again."""
        with self._pool.connection() as connection:
            connection.execute(RESTART, [NAME])
            connection.execute("DELETE FROM timers")

    def apply(self, changes: Mapping[Timer, Change], *, after: int, upto: int) -> bool:
        """Make ``changes``, those of the events behind ``after`` up to ``upto``.

        False, and nothing is changed, when the checkpoint is not at ``after`` (any more).
        """
        with self._pool.connection() as connection:
            if not connection.execute(ADVANCE, [upto, NAME, after], prepare=True).rowcount:
                return False
            timers = changes.items()
            _run(connection, SET, [(t, c.due) for t, c in timers if isinstance(c, SetTimer)])
            _run(connection, WAKE, [(t, c.due) for t, c in timers if isinstance(c, WakeTimer)])
            cleared = [t for t, c in timers if isinstance(c, ClearTimer)]
            if cleared:
                columns = [[t.kind for t in cleared], [t.subject for t in cleared]]
                connection.execute(CLEAR, columns, prepare=True)
            return True

    def take(self, limit: int) -> list[Taken]:
        """Up to ``limit`` due timers that nobody else has, the longest due first."""
        rows = self._rows(TAKE, [limit, LEASE])
        taken = [
            Taken(Timer(_kind(kind), subject), Due(at, position, key), attempts)
            for kind, subject, at, position, key, attempts in rows
        ]
        return sorted(taken, key=lambda each: each.due.at)

    def settle(self, taken: Taken) -> None:
        """There is nothing more to do for this timer, unless the log sets it anew."""
        self._rows(SETTLE, [taken.timer.kind, taken.timer.subject, taken.due.position])

    def postpone(
        self,
        taken: Taken,
        wait: timedelta,
        problem: str | None = None,
        *,
        until: datetime | None = None,
    ) -> None:
        """Try again after ``wait``, and not before ``until``."""
        row = [taken.timer.kind, taken.timer.subject, taken.due.position]
        self._rows(POSTPONE, [until or taken.due.at, wait, problem, *row])

    def glance(self) -> Glance:
        """How the timers stand."""
        [(now, next_due, overdue)] = self._rows(LOOK, [])
        return Glance(now, next_due, overdue)

    def upcoming(self, limit: int) -> list[Upcoming]:
        """The timers to come, the most overdue first."""
        return [
            Upcoming(Timer(_kind(kind), subject), due_at, try_at, attempts, problem)
            for kind, subject, due_at, try_at, attempts, problem in self._rows(UPCOMING, [limit])
        ]

    def _rows(self, statement: LiteralString, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with self._pool.connection() as connection:
            found = connection.execute(statement, values, prepare=True)
            return found.fetchall() if found.description else []


def _run(
    connection: Connection[TupleRow], statement: LiteralString, dues: Sequence[tuple[Timer, Due]]
) -> None:
    if dues:
        rows = [(t.kind, t.subject, due.at, due.position, due.key) for t, due in dues]
        columns = [list(column) for column in zip(*rows, strict=True)]
        connection.execute(statement, columns, prepare=True)


def _kind(name: str) -> Kind:
    assert name in get_args(Kind), f"{name} is no kind of timer"
    return cast("Kind", name)
