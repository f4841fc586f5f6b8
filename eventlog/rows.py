"""The rows of a batch, a statement a table: events with their hashes, receipts, credentials."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, LiteralString

from psycopg import Connection

from domain.events import Event
from eventlog.append import Append, StreamWrite
from eventlog.codec import encode
from eventlog.hashing import canonical, hash_of

# Arrays travel in binary where their type allows it: as text they take a regular expression an
# element. An array of numbers has no one binary type, as psycopg sends the smallest that will do.
INSERT_EVENTS = (
    "INSERT INTO stored_events (notification_id, originator_id, originator_version, topic, key,"
    " recorded_at, occurred_at, actor, correlation_id, causation_id, state, hash)"
    " SELECT * FROM unnest(%s::bigint[], %b::text[], %s::bigint[], %b::text[], %b::text[],"
    " %b::timestamptz[], %b::timestamptz[], %b::text[], %b::text[], %b::text[], %b::bytea[],"
    " %b::bytea[])"
)
INSERT_RECEIPTS = (
    "INSERT INTO receipts (account_id, key, fingerprint, status, headers, body, positions,"
    " causation_id, events, recorded_at) SELECT a, k, f, s, h::jsonb, b, p::jsonb, c, e, r"
    " FROM unnest(%b::uuid[], %b::text[], %b::bytea[], %s::int[], %b::text[], %b::bytea[],"
    " %b::text[], %b::text[], %s::int[], %b::timestamptz[]) AS rows (a, k, f, s, h, b, p, c, e, r)"
)
INSERT_CREDENTIALS = (
    "INSERT INTO credentials (account_id, email_hash, password_hash)"
    " SELECT * FROM unnest(%b::uuid[], %b::bytea[], %b::text[])"
)


class Rows:
    """Gathers what the commands of a batch store."""

    def __init__(self) -> None:
        self._events: list[tuple[object, ...]] = []
        self._receipts: list[tuple[object, ...]] = []
        self._credentials: list[tuple[object, ...]] = []

    def event(
        self,
        append: Append,
        write: StreamWrite,
        position: int,
        version: int,
        event: Event,
        now: datetime,
    ) -> None:
        """One event of ``write`` at its place in the log."""
        name, data = encode(event)
        encoding = canonical(
            position=position,
            stream=write.stream,
            version=version,
            type=name,
            key=write.key,
            recorded_at=now,
            occurred_at=append.occurred_at,
            actor=append.actor,
            correlation_id=append.correlation_id,
            causation_id=append.causation_id,
            data=data,
        )
        self._events.append(
            (
                position,
                write.stream,
                version,
                name,
                write.key,
                now,
                append.occurred_at,
                append.actor,
                append.correlation_id,
                append.causation_id,
                data,
                hash_of(encoding),
            )
        )

    def answer(self, append: Append, positions: Mapping[int, int], now: datetime) -> None:
        """The receipt and the credential that came with a command, if they did."""
        if receipt := append.receipt:
            at = positions or receipt.positions
            self._receipts.append(
                (
                    receipt.account_id,
                    receipt.key,
                    receipt.fingerprint,
                    receipt.status,
                    json.dumps(dict(receipt.headers)),
                    receipt.body,
                    json.dumps({str(partition): position for partition, position in at.items()}),
                    append.causation_id,
                    sum(len(write.events) for write in append.writes),
                    now,
                )
            )
        if credential := append.credential:
            self._credentials.append(
                (credential.account_id, credential.email_hash, credential.password_hash)
            )

    def insert(self, connection: Connection[Any]) -> None:
        """Send the statements; the caller's pipeline and transaction carry them."""
        statements: tuple[tuple[LiteralString, list[tuple[object, ...]]], ...] = (
            (INSERT_RECEIPTS, self._receipts),
            (INSERT_CREDENTIALS, self._credentials),
            (INSERT_EVENTS, self._events),
        )
        for statement, rows in statements:
            if rows:
                columns = [list(column) for column in zip(*rows, strict=True)]
                connection.execute(statement, columns, prepare=True)
