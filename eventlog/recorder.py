"""Stores whole commands: events, claims and receipts in one transaction, under one lock.

The table lock of the library makes a position final the moment it is visible. Under it positions
are counted on without holes, times are Postgres's own, and every event gets its hash. A batch
shares one lock and one commit; if it breaks a constraint, each of its commands is tried under a
savepoint of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from eventsourcing.persistence import IntegrityError, OperationalError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder
from psycopg import Connection, Pipeline

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
from eventlog.prepared import Prepared
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
    """What a batch found under the lock, kept up to date as its commands are taken in."""

    heads: dict[str, int]
    holds: dict[UUID, int]
    answered: set[tuple[UUID, str] | None]
    position: int
    now: datetime

    def copy(self) -> _Seen:
        """What it becomes if one more command is stored."""
        return replace(
            self, heads=dict(self.heads), holds=dict(self.holds), answered=set(self.answered)
        )


_Attempt = Callable[[Connection[Any], Sequence[Prepared], _Progress], list[Appended | AppendFailed]]


class Recorder(PostgresApplicationRecorder):
    """The library's recorder, with everything that one command stores in one transaction."""

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Not this way: events come with their claims, receipt and metadata."""
        raise TypeError("use store(): an event without its metadata is not ours")

    def store(self, batch: Sequence[Prepared]) -> list[Appended | AppendFailed]:
        """Store each command of ``batch`` whole or not at all, and say which.

        Raises the library's OperationalError when the outcome is unknown: read the receipts then.
        """
        try:
            return self._store(batch, self._together)
        except IntegrityError as error:
            if len(batch) == 1:
                return [_failure(error)]
            return self._store(batch, self._each_under_a_savepoint)

    def _store(self, batch: Sequence[Prepared], attempt: _Attempt) -> list[Appended | AppendFailed]:
        for _ in range(self.datastore.pool.max_size):
            progress = _Progress()
            try:
                with self.datastore.get_connection() as connection:
                    return attempt(connection, batch, progress)
            except OperationalError as error:
                # Before anything is written another connection can start afresh.
                if progress.writing or not died(error):
                    raise
        raise OperationalError("every connection of the pool had died")

    def _together(
        self, connection: Connection[Any], batch: Sequence[Prepared], progress: _Progress
    ) -> list[Appended | AppendFailed]:
        with connection.pipeline() as pipeline, connection.transaction():
            seen = self._look(connection, pipeline, batch)
            progress.writing = True
            rows, claims = Rows(seen.now), ClaimChanges()
            outcomes = [self._take_in(each, seen, rows, claims) for each in batch]
            claims.apply(connection)
            rows.insert(connection)
            # Here, so that a violation is raised as itself and not by the commit.
            pipeline.sync()
        return outcomes

    def _each_under_a_savepoint(
        self, connection: Connection[Any], batch: Sequence[Prepared], progress: _Progress
    ) -> list[Appended | AppendFailed]:
        """One lock and one commit still, but whoever breaks a constraint is left out alone."""
        outcomes: list[Appended | AppendFailed] = []
        with connection.transaction():
            with connection.pipeline() as pipeline:
                seen = self._look(connection, pipeline, batch)
            progress.writing = True
            for each in batch:
                trial = seen.copy()
                rows, claims = Rows(seen.now), ClaimChanges()
                outcome = self._take_in(each, trial, rows, claims)
                try:
                    with connection.transaction():
                        claims.apply(connection)
                        rows.insert(connection)
                except psycopg.IntegrityError as error:
                    outcomes.append(_failure(error))
                else:
                    outcomes.append(outcome)
                    seen = trial
        return outcomes

    def _look(
        self, connection: Connection[Any], pipeline: Pipeline, batch: Sequence[Prepared]
    ) -> _Seen:
        """Take the lock, and see what nobody can change from now on."""
        for statement in self.lock_table_statements:
            connection.execute(statement)
        streams = list({stream for each in batch for stream in each.streams})
        found = connection.execute(HEADS, [streams], prepare=True)
        guests = list({guest for each in batch for guest in each.append.holds})
        held = connection.execute(HOLDS, [guests], prepare=True)
        keys = list({each.append.key for each in batch if each.append.key})
        accounts, names = [account for account, _ in keys], [name for _, name in keys]
        answered = connection.execute(RECEIPTS, [accounts, names], prepare=True)
        clock = connection.execute(CLOCK, prepare=True)
        pipeline.sync()
        [now] = clock.fetchall()
        return _Seen(
            {row["s"]: row["v"] or 0 for row in found},
            {row["g"]: row["holds"] for row in held},
            {(row["account_id"], row["key"]) for row in answered},
            now["head"],
            now["now"].astimezone(UTC),
        )

    def _take_in(
        self, each: Prepared, seen: _Seen, rows: Rows, claims: ClaimChanges
    ) -> Appended | AppendFailed:
        append = each.append
        if append.key in seen.answered:
            return ReceiptExists()
        if not self.as_expected(each.streams, seen.heads) or not _as_counted(append, seen.holds):
            return VersionConflict()
        if append.receipt and append.key:
            seen.answered.add(append.key)
        for guest in append.holds:
            seen.holds[guest] += 1
        positions: dict[int, int] = {}
        for event in each.events:
            seen.position += 1
            version = seen.heads[event.stream] + 1
            seen.heads[event.stream] = version
            rows.event(each, event, seen.position, version)
            positions[event.partition] = seen.position
            if event.claiming is not None:
                claims.note(event.claiming)
        rows.answer(each, positions)
        return Appended(positions=positions, recorded_at=seen.now)

    def as_expected(self, streams: Mapping[str, int], heads: dict[str, int]) -> bool:
        """Whether ``streams``, on which a decision rests, are as the decision saw them."""
        return all(heads[stream] == version for stream, version in streams.items())


def _as_counted(append: Append, holds: dict[UUID, int]) -> bool:
    return all(holds[guest] <= counted for guest, counted in append.holds.items())


def _failure(error: IntegrityError | psycopg.IntegrityError) -> AppendFailed:
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    name = cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None
    if name not in FAILURES:
        raise error
    return FAILURES[name]()
