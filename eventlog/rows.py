"""The rows of a batch, a statement a table: events with their hashes, receipts, credentials."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from eventlog import binary
from eventlog.binary import Type, arrays
from eventlog.exchange import Exchange, Statement
from eventlog.hashing import hash_of, microseconds
from eventlog.prepared import Prepared, PreparedEvent, positions_cell

EVENT_COLUMNS = (
    Type.BIGINT, Type.TEXT, Type.BIGINT, Type.TEXT, Type.TEXT, Type.TIMESTAMPTZ, Type.TIMESTAMPTZ,
    Type.TEXT, Type.TEXT, Type.TEXT, Type.BYTEA, Type.BYTEA,
)  # fmt: skip
INSERT_EVENTS = Statement(
    "insert_events",
    "INSERT INTO stored_events (notification_id, originator_id, originator_version, topic, key,"
    " recorded_at, occurred_at, actor, correlation_id, causation_id, state, hash)"
    " SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[],"
    " $6::timestamptz[], $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::bytea[],"
    " $12::bytea[])",
)
RECEIPT_COLUMNS = (
    Type.UUID, Type.TEXT, Type.BYTEA, Type.INTEGER, Type.JSONB, Type.BYTEA, Type.JSONB, Type.TEXT,
    Type.INTEGER, Type.TIMESTAMPTZ,
)  # fmt: skip
INSERT_RECEIPTS = Statement(
    "insert_receipts",
    "INSERT INTO receipts (account_id, key, fingerprint, status, headers, body, positions,"
    " causation_id, events, recorded_at)"
    " SELECT * FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::int[], $5::jsonb[],"
    " $6::bytea[], $7::jsonb[], $8::text[], $9::int[], $10::timestamptz[])",
)
CREDENTIAL_COLUMNS = (Type.UUID, Type.BYTEA, Type.TEXT)
INSERT_CREDENTIALS = Statement(
    "insert_credentials",
    "INSERT INTO credentials (account_id, email_hash, password_hash)"
    " SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::text[])",
)
STATEMENTS = (INSERT_EVENTS, INSERT_RECEIPTS, INSERT_CREDENTIALS)


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

    def insert(self, exchange: Exchange) -> None:
        """Send the statements; the caller's transaction carries them."""
        if self._receipts:
            exchange.send(INSERT_RECEIPTS, *arrays(RECEIPT_COLUMNS, self._receipts))
        if self._credentials:
            exchange.send(INSERT_CREDENTIALS, *arrays(CREDENTIAL_COLUMNS, self._credentials))
        if self._events:
            exchange.send(INSERT_EVENTS, *arrays(EVENT_COLUMNS, self._events))
