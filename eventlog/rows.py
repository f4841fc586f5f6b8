"""The rows of a batch, a statement a table: events with their hashes, receipts, credentials."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg import Connection

from eventlog import binary
from eventlog.binary import (
    Bigints,
    Byteas,
    Instants,
    Integers,
    Jsonbs,
    Texts,
    Uuids,
    insert,
)
from eventlog.hashing import hash_of, microseconds
from eventlog.prepared import Prepared, PreparedEvent, positions_cell

EVENT_COLUMNS = (
    Bigints, Texts, Bigints, Texts, Texts, Instants, Instants, Texts, Texts, Texts, Byteas, Byteas
)  # fmt: skip
INSERT_EVENTS = (
    "INSERT INTO stored_events (notification_id, originator_id, originator_version, topic, key,"
    " recorded_at, occurred_at, actor, correlation_id, causation_id, state, hash)"
    " SELECT * FROM unnest(%b::bigint[], %b::text[], %b::bigint[], %b::text[], %b::text[],"
    " %b::timestamptz[], %b::timestamptz[], %b::text[], %b::text[], %b::text[], %b::bytea[],"
    " %b::bytea[])"
)
RECEIPT_COLUMNS = (
    Uuids, Texts, Byteas, Integers, Jsonbs, Byteas, Jsonbs, Texts, Integers, Instants
)  # fmt: skip
INSERT_RECEIPTS = (
    "INSERT INTO receipts (account_id, key, fingerprint, status, headers, body, positions,"
    " causation_id, events, recorded_at)"
    " SELECT * FROM unnest(%b::uuid[], %b::text[], %b::bytea[], %b::int[], %b::jsonb[],"
    " %b::bytea[], %b::jsonb[], %b::text[], %b::int[], %b::timestamptz[])"
)
CREDENTIAL_COLUMNS = (Uuids, Byteas, Texts)
INSERT_CREDENTIALS = (
    "INSERT INTO credentials (account_id, email_hash, password_hash)"
    " SELECT * FROM unnest(%b::uuid[], %b::bytea[], %b::text[])"
)


class Rows:
    """Gathers what the commands of a batch store; ``now`` is when it is recorded."""

    def __init__(self, now: datetime) -> None:
        self._recorded_at = binary.instant(now)
        self._hashed_now = binary.raw(b"%d" % microseconds(now))
        self._events: list[tuple[bytes, ...]] = []
        self._receipts: list[tuple[bytes, ...]] = []
        self._credentials: list[tuple[bytes, ...]] = []

    def event(self, of: Prepared, event: PreparedEvent, position: int, version: int) -> None:
        """One event of a command at its place in the log."""
        encoding = b"".join(
            (
                binary.raw(b"%d" % position),
                event.stream_cell,
                binary.raw(b"%d" % version),
                event.type,
                event.key,
                self._hashed_now,
                event.hashed_tail,
            )
        )
        self._events.append(
            (
                binary.bigint(position),
                event.stream_cell,
                binary.bigint(version),
                event.type,
                event.key,
                self._recorded_at,
                of.occurred_at,
                of.actor,
                of.correlation_id,
                of.causation_id,
                event.data,
                binary.raw(hash_of(encoding)),
            )
        )

    def answer(self, of: Prepared, positions: Mapping[int, int]) -> None:
        """The receipt and the credential that came with a command, if they did."""
        if of.receipt and of.append.receipt:
            at = positions_cell(positions or of.append.receipt.positions)
            events = binary.integer(len(of.events))
            self._receipts.append((*of.receipt, at, of.causation_id, events, self._recorded_at))
        if of.credential:
            self._credentials.append(of.credential)

    def insert(self, connection: Connection[Any]) -> None:
        """Send the statements; the caller's pipeline and transaction carry them."""
        insert(connection, INSERT_RECEIPTS, RECEIPT_COLUMNS, self._receipts)
        insert(connection, INSERT_CREDENTIALS, CREDENTIAL_COLUMNS, self._credentials)
        insert(connection, INSERT_EVENTS, EVENT_COLUMNS, self._events)
