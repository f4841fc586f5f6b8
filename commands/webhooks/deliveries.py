"""The queue of what integrators are sent, in Postgres, which is also the log of what was sent.

Of one event an endpoint has one row, for as long as the row is kept; whoever sends leases it first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, LiteralString, Self, TypedDict
from uuid import UUID

from psycopg.rows import class_row

from eventlog.connections import open_pool

Status = Literal["pending", "delivered", "failed", "cancelled"]

REACTOR: Final = "webhooks"

LEASE = timedelta(seconds=45)
"""After how long a row is taken again from a sender that was never heard of again."""

KEPT: Final = 20
"""How many attempts of a delivery are kept, the last ones: more than its schedule has."""

_INSERT: Final[LiteralString] = (
    "INSERT INTO webhook_deliveries (id, endpoint_id, position, event, body)"
    " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
)
# Who is told of an event is decided once: a receipt outlives the rows.
_RECEIPT: Final[LiteralString] = (
    "INSERT INTO reactions (reactor, position, stream, outcome, detail)"
    " VALUES (%s, %s, %s, 'done', '') ON CONFLICT DO NOTHING"
)
# For each endpoint as many as it may be sent at once, those that have waited longest first.
_LEASE: Final[LiteralString] = (
    "WITH due AS MATERIALIZED (SELECT d.id FROM unnest(%s::uuid[], %s::int[]) AS free (id, room)"
    " CROSS JOIN LATERAL (SELECT id FROM webhook_deliveries"
    " WHERE endpoint_id = free.id AND next_at <= statement_timestamp()"
    " ORDER BY next_at, number LIMIT free.room FOR UPDATE SKIP LOCKED) AS d)"
    " UPDATE webhook_deliveries AS w SET next_at = clock_timestamp() + %s,"
    " last_at = clock_timestamp(), attempts = attempts + 1, tries = tries + 1"
    " FROM due WHERE w.id = due.id"
    " RETURNING w.id, w.number, w.endpoint_id, w.event, w.body, w.attempts, w.tries, w.created_at"
)
# Whoever was given the row later, after a lease that ran out, has made another attempt.
_SETTLE: Final[LiteralString] = (
    "UPDATE webhook_deliveries SET status = %(status)s,"
    " next_at = clock_timestamp() + %(wait)s::interval, response_status = %(response_status)s,"
    " response_body = %(response_body)s, problem = %(problem)s, history = CASE WHEN %(sent)s"
    " THEN jsonb_path_query_array(history || jsonb_build_object('number', attempts, 'at', last_at,"
    " 'response_status', %(response_status)s::int, 'problem', %(problem)s::text),"
    " '$[last - $before to last]', jsonb_build_object('before', %(before)s::int)) ELSE history END"
    " WHERE id = %(id)s AND attempts = %(attempts)s"
)
_CANCEL: Final[LiteralString] = (
    "UPDATE webhook_deliveries SET status = 'cancelled', next_at = NULL"
    " WHERE endpoint_id = ANY(%s) AND next_at IS NOT NULL"
)
_SUCCEEDED: Final[LiteralString] = (
    "SELECT EXISTS (SELECT FROM webhook_deliveries WHERE endpoint_id = %s"
    " AND status = 'delivered' AND last_at >= %s)"
)
_AGAIN: Final[LiteralString] = (
    "UPDATE webhook_deliveries SET status = 'pending', next_at = now(), tries = 0"
    " WHERE id = %s AND endpoint_id = %s"
)
_FORGET: Final[LiteralString] = (
    "DELETE FROM webhook_deliveries WHERE id = ANY(ARRAY(SELECT id FROM webhook_deliveries"
    " WHERE next_at IS NULL AND last_at < now() - %s LIMIT 1000))"
)
_WAITING: Final[LiteralString] = (
    "SELECT endpoint_id, count(*) FROM webhook_deliveries WHERE next_at IS NOT NULL GROUP BY 1"
)
_BACKLOG: Final[LiteralString] = (
    "SELECT count(*) AS waiting, count(*) FILTER (WHERE next_at <= now()) AS due,"
    " greatest(extract(epoch FROM now() - min(next_at)), 0)::float AS late"
    " FROM webhook_deliveries WHERE next_at IS NOT NULL"
)
_OF: Final[LiteralString] = (
    "SELECT id, number, endpoint_id, position, event, status, created_at, next_at, attempts,"
    " last_at, response_status, response_body, problem, history FROM webhook_deliveries"
    " WHERE endpoint_id = %s AND number < %s AND (%s::text IS NULL OR status = %s)"
    " ORDER BY number DESC LIMIT %s"
)


@dataclass(frozen=True, kw_only=True)
class NewDelivery:
    """What an endpoint is to be sent; ``position`` is the event's, none for a trial."""

    id: UUID
    endpoint_id: UUID
    position: int | None
    event: str
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Leased:
    """What is to be sent now: the attempt is counted already, also among those since it was asked
    for again (``tries``).
    """

    id: UUID
    number: int
    endpoint_id: UUID
    event: str
    body: bytes
    attempts: int
    tries: int
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What came of sending; ``wait`` is how long to wait before it is sent again, if it is.

    ``sent`` is false for what was not even tried.
    """

    status: Status
    wait: timedelta | None = None
    response_status: int | None = None
    response_body: str = ""
    problem: str = ""
    sent: bool = True


class Attempt(TypedDict):
    """One attempt that came to an end, at an ISO time; a number that lacks was cut off."""

    number: int
    at: str
    response_status: int | None
    problem: str


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """What waits to be sent: how much, how much of it is due, and for how many seconds it has been.

    What is being sent is not due.
    """

    waiting: int
    due: int
    late: float


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A row of the log of deliveries, but for its body; ``history`` has its last attempts."""

    id: UUID
    number: int
    endpoint_id: UUID
    position: int | None
    event: str
    status: Status
    created_at: datetime
    next_at: datetime | None
    attempts: int
    last_at: datetime | None
    response_status: int | None
    response_body: str
    problem: str
    history: Sequence[Attempt] = ()


class Deliveries:
    """The table, through a pool of its own; calls block."""

    def __init__(self, url: str, *, pool_size: int = 4) -> None:
        self._pool = open_pool(url, most=pool_size, least=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._pool.close()

    def add(self, new: Iterable[NewDelivery], receipts: Mapping[int, str]) -> None:
        """Queue what is not there yet, and keep a receipt of each event: position and stream."""
        rows = [(each.id, each.endpoint_id, each.position, each.event, each.body) for each in new]
        kept = [(REACTOR, position, stream) for position, stream in receipts.items()]
        with (
            self._pool.connection() as connection,
            connection.transaction(),
            connection.cursor() as cursor,
        ):
            cursor.executemany(_INSERT, rows)
            cursor.executemany(_RECEIPT, kept)

    def lease(self, room: Mapping[UUID, int]) -> list[Leased]:
        """What is due, as many for each endpoint as it has ``room``; in the order of queueing."""
        values = [list(room), list(room.values()), LEASE]
        with (
            self._pool.connection() as connection,
            connection.cursor(row_factory=class_row(Leased)) as cursor,
        ):
            found = cursor.execute(_LEASE, values, prepare=True).fetchall()
        return sorted(found, key=lambda each: each.number)

    def settle(self, leased: Leased, settled: Settled) -> bool:
        """Keep what came of sending; false when somebody else has sent it since."""
        values: dict[str, Any] = {
            **vars(settled),
            "id": leased.id,
            "attempts": leased.attempts,
            "before": KEPT - 1,
        }
        with self._pool.connection() as connection:
            return connection.execute(_SETTLE, values, prepare=True).rowcount == 1

    def cancel(self, endpoints: Sequence[UUID]) -> int:
        """Send nothing more to ``endpoints`` of what waits; how many that were."""
        with self._pool.connection() as connection:
            return connection.execute(_CANCEL, [list(endpoints)]).rowcount

    def succeeded_since(self, endpoint_id: UUID, moment: datetime) -> bool:
        """Whether an endpoint took anything since ``moment``."""
        with self._pool.connection() as connection:
            row = connection.execute(_SUCCEEDED, [endpoint_id, moment]).fetchone()
        return bool(row and row[0])

    def send_again(self, delivery_id: UUID, endpoint_id: UUID) -> bool:
        """Send it again, from now on, whatever came of it; false when there is no such row."""
        with self._pool.connection() as connection:
            return connection.execute(_AGAIN, [delivery_id, endpoint_id]).rowcount == 1

    def forget(self, older_than: timedelta) -> int:
        """Delete some rows that were done with so long ago; how many."""
        with self._pool.connection() as connection:
            return connection.execute(_FORGET, [older_than]).rowcount

    def waiting(self) -> dict[UUID, int]:
        """How many wait to be sent, by endpoint."""
        with self._pool.connection() as connection:
            return dict(connection.execute(_WAITING).fetchall())

    def backlog(self) -> Backlog:
        """What waits to be sent, to all endpoints."""
        with (
            self._pool.connection() as connection,
            connection.cursor(row_factory=class_row(Backlog)) as cursor,
        ):
            [found] = cursor.execute(_BACKLOG).fetchall()
        return found

    def of(
        self,
        endpoint_id: UUID,
        *,
        limit: int,
        before: int | None = None,
        status: Status | None = None,
    ) -> list[Delivery]:
        """The latest deliveries to an endpoint, of one status or all, numbered below ``before``."""
        values = [endpoint_id, before or 2**63 - 1, status, status, limit]
        with (
            self._pool.connection() as connection,
            connection.cursor(row_factory=class_row(Delivery)) as cursor,
        ):
            return cursor.execute(_OF, values).fetchall()
