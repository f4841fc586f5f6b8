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

from eventlog import lost
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
from eventlog.connections import died
from eventlog.partitioner import partition_of
from eventlog.rows import Rows

HEADS = (
    "SELECT s, (SELECT originator_version FROM stored_events WHERE originator_id = s"
    " ORDER BY originator_version DESC LIMIT 1) AS v FROM unnest(%b::text[]) AS s"
)
HOLDS = (
    "SELECT g, (SELECT count(DISTINCT claim_id) FROM claims WHERE guest_id = g"
    " AND expires_at > clock_timestamp()) AS holds FROM unnest(%b::uuid[]) AS g"
)
RECEIPTS = (
    "SELECT account_id, key FROM receipts WHERE (account_id, key) IN"
    " (SELECT * FROM unnest(%b::uuid[], %b::text[]))"
)
CLOCK = (
    "SELECT coalesce(max(notification_id), 0) AS head, clock_timestamp() AS now FROM stored_events"
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


@dataclass
class _Seen:
    """What a batch found under the lock, kept up to date as its commands are taken in.

    ``stored`` are those of its commands that an attempt whose answer was lost had stored.
    """

    heads: dict[str, int]
    holds: dict[UUID, int]
    answered: set[tuple[UUID, str] | None]
    stored: dict[str, Appended]


class Recorder(PostgresApplicationRecorder):
    """The library's recorder, with everything that one command stores in one transaction."""

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Not this way: events come with their claims, receipt and metadata."""
        raise TypeError("use append(): an event without its metadata is not ours")

    def append(self, batch: Sequence[Append]) -> list[Appended | AppendFailed]:
        """Store each command of ``batch`` whole or not at all, and say which.

        When the connection is lost, another one finds out what was stored: :mod:`eventlog.lost`.
        Raises the library's OperationalError when none is to be had, and the outcome is unknown:
        read the receipts then.
        """
        try:
            return self._append(batch)
        except IntegrityError as error:
            if len(batch) > 1:
                return [self.append([alone])[0] for alone in batch]
            batch[0].not_stored()
            return [_failure(error)]

    def _append(self, batch: Sequence[Append]) -> list[Appended | AppendFailed]:
        progress = _Progress()
        broken: OperationalError | None = None
        for _ in range(self.datastore.pool.max_size):
            try:
                with self.datastore.get_connection() as connection:
                    return self._attempt(connection, batch, progress)
            except OperationalError as error:
                # Another connection can start afresh: what this one stored will be found.
                if not died(error):
                    raise
                broken = error
        raise OperationalError("every connection of the pool had died") from broken

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
            keys = list({append.key for append in batch if append.key})
            accounts, names = [account for account, _ in keys], [name for _, name in keys]
            answered = connection.execute(RECEIPTS, [accounts, names], prepare=True)
            # Only an attempt that was lost while it wrote can have stored any of this.
            asked = lost.ask(connection, batch) if progress.writing else []
            clock = connection.execute(CLOCK, prepare=True)
            pipeline.sync()
            heads = {row["s"]: row["v"] or 0 for row in found}
            holds = {row["g"]: row["holds"] for row in held}
            receipts = {(row["account_id"], row["key"]) for row in answered}
            seen = _Seen(heads, holds, {*receipts}, lost.stored(asked))
            [now] = clock.fetchall()
            progress.writing = True
            outcomes = self._store(connection, batch, seen, now["head"], now["now"].astimezone(UTC))
            # Here, so that a violation is raised as itself and not by the commit.
            pipeline.sync()
        return outcomes

    def _store(
        self,
        connection: Connection[Any],
        batch: Sequence[Append],
        seen: _Seen,
        head: int,
        now: datetime,
    ) -> list[Appended | AppendFailed]:
        outcomes: list[Appended | AppendFailed] = []
        rows = Rows()
        claims = ClaimChanges()
        for append in batch:
            if before := seen.stored.get(append.causation_id):
                outcomes.append(before)
                continue
            if refused := self._refused(append, seen):
                append.not_stored()
                outcomes.append(refused)
                continue
            if append.receipt and append.key:
                seen.answered.add(append.key)
            for guest in append.holds:
                seen.holds[guest] += 1
            positions: dict[int, int] = {}
            for write in append.writes:
                partition = partition_of(write.key)
                for event in write.events:
                    head += 1
                    seen.heads[write.stream] += 1
                    version = seen.heads[write.stream]
                    rows.event(append, write, head, version, event, now)
                    positions[partition] = head
                    claims.note(event)
            outcomes.append(Appended(positions=positions, recorded_at=now))
            rows.answer(append, positions, now)
        claims.apply(connection)
        rows.insert(connection)
        return outcomes

    def _refused(self, append: Append, seen: _Seen) -> AppendFailed | None:
        if append.key in seen.answered:
            return ReceiptExists()
        # The version alone is not enough: another process may have written in the place of what
        # this decision was built upon.
        as_seen = append.founded and self.as_expected(append, seen.heads)
        return None if as_seen and _as_counted(append, seen.holds) else VersionConflict()

    def as_expected(self, append: Append, heads: dict[str, int]) -> bool:
        """Whether every stream that the decision rests on is as the decision saw it."""
        return all(heads[stream] == version for stream, version in append.streams.items())


def _as_counted(append: Append, holds: dict[UUID, int]) -> bool:
    return all(holds[guest] <= counted for guest, counted in append.holds.items())


def _failure(error: IntegrityError) -> AppendFailed:
    cause = error.__cause__
    name = cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None
    if name not in FAILURES:
        raise error
    return FAILURES[name]()
