"""Stores whole commands: events, claims and receipts in one transaction, under one lock.

The table lock of the library makes a position final the moment it is visible. Under it positions
are counted on without holes, times are Postgres's own, and every event gets its hash. A batch
shares one lock and one commit; if it breaks a constraint, each of its commands is tried alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from eventsourcing.persistence import IntegrityError, OperationalError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder
from psycopg import Connection
from psycopg.types.json import Jsonb

from eventlog.append import (
    Append,
    Appended,
    AppendFailed,
    ClaimsOverlap,
    CredentialExists,
    ReceiptExists,
    VersionConflict,
)
from eventlog.claims import ClaimChanges
from eventlog.codec import encode
from eventlog.connections import died
from eventlog.hashing import canonical, hash_of
from eventlog.partitioner import partition_of

HEADS = (
    "SELECT s, (SELECT originator_version FROM stored_events WHERE originator_id = s"
    " ORDER BY originator_version DESC LIMIT 1) AS v FROM unnest(%s::text[]) AS s"
)
HOLDS = (
    "SELECT g, (SELECT count(DISTINCT claim_id) FROM claims WHERE guest_id = g"
    " AND expires_at > clock_timestamp()) AS holds FROM unnest(%s::uuid[]) AS g"
)
CLOCK = (
    "SELECT coalesce(max(notification_id), 0) AS head, clock_timestamp() AS now FROM stored_events"
)
INSERT_EVENTS = (
    "INSERT INTO stored_events (notification_id, originator_id, originator_version, topic, key,"
    " recorded_at, occurred_at, actor, correlation_id, causation_id, state, hash)"
    " SELECT * FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::text[],"
    " %s::timestamptz[], %s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::bytea[],"
    " %s::bytea[])"
)
INSERT_RECEIPT = (
    "INSERT INTO receipts (account_id, key, fingerprint, status, headers, body, positions,"
    " causation_id, events, recorded_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
INSERT_CREDENTIAL = (
    "INSERT INTO credentials (account_id, email_hash, password_hash) VALUES (%s, %s, %s)"
)
FAILURES: dict[str | None, type[AppendFailed]] = {
    "stored_events_pkey": VersionConflict,
    "stored_events_position": VersionConflict,
    "receipts_pkey": ReceiptExists,
    "claims_no_overlap": ClaimsOverlap,
    "claims_no_buffer_before": ClaimsOverlap,
    "claims_no_buffer_after": ClaimsOverlap,
    "claims_pkey": ClaimsOverlap,
    "credentials_email_hash": CredentialExists,
}


@dataclass
class _Progress:
    """Whether an attempt has come to its writes: from then on its outcome may be unknown."""

    writing: bool = False


class Recorder(PostgresApplicationRecorder):
    """The library's recorder, with everything that one command stores in one transaction."""

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Not this way: events come with their claims, receipt and metadata."""
        raise TypeError("use append(): an event without its metadata is not ours")

    def append(self, batch: Sequence[Append]) -> list[Appended | AppendFailed]:
        """Store each command of ``batch`` whole or not at all, and say which.

        Raises the library's OperationalError when the outcome is unknown: read the receipts then.
        """
        try:
            return self._append(batch)
        except IntegrityError as error:
            if len(batch) > 1:
                return [self.append([alone])[0] for alone in batch]
            return [_failure(error)]

    def _append(self, batch: Sequence[Append]) -> list[Appended | AppendFailed]:
        for _ in range(self.datastore.pool.max_size):
            progress = _Progress()
            try:
                with self.datastore.get_connection() as connection:
                    return self._attempt(connection, batch, progress)
            except OperationalError as error:
                # Before anything is written another connection can start afresh.
                if progress.writing or not died(error):
                    raise
        raise OperationalError("every connection of the pool had died")

    def _attempt(
        self, connection: Connection[Any], batch: Sequence[Append], progress: _Progress
    ) -> list[Appended | AppendFailed]:
        with connection.pipeline() as pipeline, connection.transaction():
            for statement in self.lock_table_statements:
                connection.execute(statement)
            streams = list({stream for append in batch for stream in append.streams})
            found = connection.execute(HEADS, [streams], prepare=True)
            guests = list({guest for append in batch for guest in append.holds})
            held = connection.execute(HOLDS, [guests], prepare=True)
            clock = connection.execute(CLOCK, prepare=True)
            pipeline.sync()
            heads = {row["s"]: row["v"] or 0 for row in found}
            holds = {row["g"]: row["holds"] for row in held}
            [now] = clock.fetchall()
            progress.writing = True
            outcomes = self._store(
                connection, batch, heads, holds, now["head"], now["now"].astimezone(UTC)
            )
            # Here, so that a violation is raised as itself and not by the commit.
            pipeline.sync()
        return outcomes

    def _store(
        self,
        connection: Connection[Any],
        batch: Sequence[Append],
        heads: dict[str, int],
        holds: dict[UUID, int],
        head: int,
        now: datetime,
    ) -> list[Appended | AppendFailed]:
        outcomes: list[Appended | AppendFailed] = []
        rows: list[tuple[object, ...]] = []
        claims = ClaimChanges()
        kept: list[tuple[Append, Appended]] = []
        for append in batch:
            if not self.as_expected(append, heads) or not _as_counted(append, holds):
                outcomes.append(VersionConflict())
                continue
            for guest in append.holds:
                holds[guest] += 1
            positions: dict[int, int] = {}
            for write in append.writes:
                partition = partition_of(write.key)
                for event in write.events:
                    head += 1
                    heads[write.stream] += 1
                    rows.append(
                        _row(append, write.stream, write.key, head, heads[write.stream], event, now)
                    )
                    positions[partition] = head
                    claims.note(event)
            outcomes.append(Appended(positions=positions, recorded_at=now))
            kept.append((append, Appended(positions=positions, recorded_at=now)))
        claims.apply(connection)
        _insert_answers(connection, kept)
        if rows:
            columns = [list(column) for column in zip(*rows, strict=True)]
            connection.execute(INSERT_EVENTS, columns, prepare=True)
        return outcomes

    def as_expected(self, append: Append, heads: dict[str, int]) -> bool:
        """Whether every stream that the decision rests on is as the decision saw it."""
        return all(heads[stream] == version for stream, version in append.streams.items())


def _as_counted(append: Append, holds: dict[UUID, int]) -> bool:
    return all(holds[guest] <= counted for guest, counted in append.holds.items())


def _row(
    append: Append, stream: str, key: str, position: int, version: int, event: Any, now: datetime
) -> tuple[object, ...]:
    name, data = encode(event)
    encoding = canonical(
        position=position,
        stream=stream,
        version=version,
        type=name,
        key=key,
        recorded_at=now,
        occurred_at=append.occurred_at,
        actor=append.actor,
        correlation_id=append.correlation_id,
        causation_id=append.causation_id,
        data=data,
    )
    return (
        position,
        stream,
        version,
        name,
        key,
        now,
        append.occurred_at,
        append.actor,
        append.correlation_id,
        append.causation_id,
        data,
        hash_of(encoding),
    )


def _insert_answers(connection: Connection[Any], kept: list[tuple[Append, Appended]]) -> None:
    for append, appended in kept:
        if receipt := append.receipt:
            positions = appended.positions or receipt.positions
            connection.execute(
                INSERT_RECEIPT,
                [
                    receipt.account_id,
                    receipt.key,
                    receipt.fingerprint,
                    receipt.status,
                    Jsonb(dict(receipt.headers)),
                    receipt.body,
                    Jsonb({str(partition): at for partition, at in positions.items()}),
                    append.causation_id,
                    sum(len(write.events) for write in append.writes),
                    appended.recorded_at,
                ],
                prepare=True,
            )
        if credential := append.credential:
            connection.execute(
                INSERT_CREDENTIAL,
                [credential.account_id, credential.email_hash, credential.password_hash],
                prepare=True,
            )


def _failure(error: IntegrityError) -> AppendFailed:
    cause = error.__cause__
    name = cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None
    if name not in FAILURES:
        raise error
    return FAILURES[name]()
