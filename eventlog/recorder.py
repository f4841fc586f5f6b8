"""Stores whole commands: events, claims and receipts in one transaction, under one lock.

The table lock of the library makes a position final the moment it is visible. Under it positions
are counted on without holes, times are Postgres's own, and every event gets its hash. A batch
shares one lock and one commit; if it breaks a constraint, each of its commands is tried under a
savepoint of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from eventsourcing.persistence import IntegrityError, OperationalError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder

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
from eventlog.binary import Type, array, text, to_instant, to_integer, uuid
from eventlog.claims import STATEMENTS as CLAIM_STATEMENTS
from eventlog.claims import ClaimChanges
from eventlog.connections import died
from eventlog.exchange import Exchange, Statement, exchanging
from eventlog.prepared import Prepared
from eventlog.rows import STATEMENTS as ROW_STATEMENTS
from eventlog.rows import Rows

BEGIN, COMMIT = Statement("begin", "BEGIN"), Statement("commit", "COMMIT")
LOCK_TIMEOUT = Statement("lock_timeout", "SET LOCAL lock_timeout = '5s'")
LOCK = Statement("lock_log", "LOCK TABLE stored_events IN EXCLUSIVE MODE")
SAVEPOINT = Statement("savepoint", "SAVEPOINT alone")
ROLL_BACK = Statement("roll_back", "ROLLBACK TO SAVEPOINT alone")
HEADS = Statement(
    "heads",
    "SELECT s, (SELECT originator_version FROM stored_events WHERE originator_id = s"
    " ORDER BY originator_version DESC LIMIT 1) FROM unnest($1::text[]) AS s",
)
HOLDS = Statement(
    "holds",
    "SELECT g, (SELECT count(DISTINCT claim_id) FROM claims WHERE guest_id = g"
    " AND expires_at > clock_timestamp()) FROM unnest($1::uuid[]) AS g",
)
RECEIPTS = Statement(
    "receipts",
    "SELECT account_id, key FROM receipts WHERE (account_id, key) IN"
    " (SELECT * FROM unnest($1::uuid[], $2::text[]))",
)
CLOCK = Statement(
    "clock", "SELECT coalesce(max(notification_id), 0), clock_timestamp() FROM stored_events"
)
STATEMENTS = (
    BEGIN, COMMIT, LOCK_TIMEOUT, LOCK, SAVEPOINT, ROLL_BACK, HEADS, HOLDS, RECEIPTS, CLOCK,
    *lost.STATEMENTS, *ROW_STATEMENTS, *CLAIM_STATEMENTS,
)  # fmt: skip
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
    position: int
    now: datetime

    def copy(self) -> _Seen:
        """What it becomes if one more command is stored."""
        return replace(
            self, heads=dict(self.heads), holds=dict(self.holds), answered=set(self.answered)
        )


_Attempt = Callable[[Exchange, Sequence[Prepared], _Progress], list[Appended | AppendFailed]]


class Recorder(PostgresApplicationRecorder):
    """The library's recorder, with everything that one command stores in one transaction."""

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Not this way: events come with their claims, receipt and metadata."""
        raise TypeError("use store(): an event without its metadata is not ours")

    def store(self, batch: Sequence[Prepared]) -> list[Appended | AppendFailed]:
        """Store each command of ``batch`` whole or not at all, and say which.

        When the connection is lost, another one finds out what was stored: :mod:`eventlog.lost`.
        Raises the library's OperationalError when none is to be had, and the outcome is unknown:
        read the receipts then.
        """
        try:
            return self._store(batch, self._together)
        except IntegrityError as error:
            if len(batch) == 1:
                batch[0].append.not_stored()
                return [_failure(error)]
            return self._store(batch, self._each_under_a_savepoint)

    def _store(self, batch: Sequence[Prepared], attempt: _Attempt) -> list[Appended | AppendFailed]:
        progress = _Progress()
        broken: OperationalError | None = None
        for _ in range(self.datastore.pool.max_size):
            try:
                with (
                    self.datastore.get_connection() as connection,
                    exchanging(connection, STATEMENTS) as exchange,
                ):
                    return attempt(exchange, batch, progress)
            except OperationalError as error:
                # Another connection can start afresh: what this one stored will be found.
                if not died(error):
                    raise
                broken = error
        raise OperationalError("every connection of the pool had died") from broken

    def _together(
        self, exchange: Exchange, batch: Sequence[Prepared], progress: _Progress
    ) -> list[Appended | AppendFailed]:
        seen = _look(exchange, batch, progress)
        rows, claims = Rows(seen.now), ClaimChanges()
        outcomes = [self._take_in(each, seen, rows, claims) for each in batch]
        claims.apply(exchange)
        rows.insert(exchange)
        exchange.send(COMMIT)
        progress.writing = True
        exchange.answers()
        return outcomes

    def _each_under_a_savepoint(
        self, exchange: Exchange, batch: Sequence[Prepared], progress: _Progress
    ) -> list[Appended | AppendFailed]:
        """One lock and one commit still, but whoever breaks a constraint is left out alone."""
        outcomes: list[Appended | AppendFailed] = []
        seen = _look(exchange, batch, progress)
        progress.writing = True
        for each in batch:
            trial = seen.copy()
            rows, claims = Rows(seen.now), ClaimChanges()
            outcome = self._take_in(each, trial, rows, claims)
            exchange.send(SAVEPOINT)
            claims.apply(exchange)
            rows.insert(exchange)
            try:
                exchange.answers()
            except psycopg.IntegrityError as error:
                exchange.send(ROLL_BACK)
                each.append.not_stored()
                outcomes.append(_failure(error))
            else:
                outcomes.append(outcome)
                seen = trial
        exchange.send(COMMIT)
        exchange.answers()
        return outcomes

    def _take_in(
        self, each: Prepared, seen: _Seen, rows: Rows, claims: ClaimChanges
    ) -> Appended | AppendFailed:
        append = each.append
        if before := seen.stored.get(append.causation_id):
            return before
        if refused := self._refused(each, seen):
            append.not_stored()
            return refused
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

    def _refused(self, each: Prepared, seen: _Seen) -> AppendFailed | None:
        append = each.append
        if append.key in seen.answered:
            return ReceiptExists()
        # The version alone is not enough: another process may have written in the place of what
        # this decision was built upon.
        as_seen = append.founded and self.as_expected(each.streams, seen.heads)
        return None if as_seen and _as_counted(append, seen.holds) else VersionConflict()

    def as_expected(self, streams: Mapping[str, int], heads: dict[str, int]) -> bool:
        """Whether ``streams``, on which a decision rests, are as the decision saw them."""
        for stream, version in streams.items():  # noqa: SIM110 - twice as fast, under the lock
            if heads[stream] != version:
                return False
        return True


def _look(exchange: Exchange, batch: Sequence[Prepared], progress: _Progress) -> _Seen:
    """Take the lock, and see what nobody can change from now on."""
    exchange.send(BEGIN)
    exchange.send(LOCK_TIMEOUT)
    exchange.send(LOCK)
    streams = {stream for each in batch for stream in each.streams}
    exchange.send(HEADS, array(Type.TEXT, [text(stream) for stream in streams]))
    guests = {guest for each in batch for guest in each.append.holds}
    exchange.send(HOLDS, array(Type.UUID, [uuid(guest) for guest in guests]))
    keys = {each.append.key for each in batch if each.append.key}
    accounts = [uuid(account) for account, _ in keys]
    names = [text(name) for _, name in keys]
    exchange.send(RECEIPTS, array(Type.UUID, accounts), array(Type.TEXT, names))
    exchange.send(CLOCK)
    # Only an attempt that was lost while it wrote can have stored any of this.
    if progress.writing:
        lost.ask(exchange, [each.append for each in batch])
    _begin, _timeout, _lock, heads, holds, receipts, [(head, now)], *found = exchange.answers()
    return _Seen(
        {bytes(stream or b"").decode(): to_integer(version) or 0 for stream, version in heads},
        {UUID(bytes=guest): to_integer(open_now) or 0 for guest, open_now in holds},
        {(UUID(bytes=account), bytes(key or b"").decode()) for account, key in receipts},
        lost.stored(*found) if found else {},
        to_integer(head) or 0,
        to_instant(now),
    )


def _as_counted(append: Append, holds: dict[UUID, int]) -> bool:
    return all(holds[guest] <= counted for guest, counted in append.holds.items())


def _failure(error: IntegrityError | psycopg.IntegrityError) -> AppendFailed:
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    name = cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None
    if name not in FAILURES:
        raise error
    return FAILURES[name]()
