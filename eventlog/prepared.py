"""What one command stores, encoded as far as it can be before anybody holds the lock.

Only positions, versions, the time of recording and the hashes are left to whoever stores it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from domain.calendar.facts import CalendarEvent
from eventlog import binary
from eventlog.append import Append, Credential, Receipt
from eventlog.claims import changes_claims
from eventlog.codec import encode
from eventlog.hashing import microseconds
from eventlog.partitioner import partition_of


@dataclass(frozen=True, slots=True)
class PreparedEvent:
    """One event: the cells of its columns, and what it does to claims."""

    stream: str
    stream_cell: bytes
    partition: int
    type: bytes
    key: bytes
    data: bytes
    hashed_tail: bytes
    """The last fields of the hash's encoding, from ``occurred_at`` on."""
    claiming: CalendarEvent | None
    """The event itself, when rows of claims follow from it."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """``append`` and the cells of its rows; ``streams`` are those its decision rests on."""

    append: Append
    streams: Mapping[str, int]
    events: tuple[PreparedEvent, ...]
    occurred_at: bytes
    actor: bytes
    correlation_id: bytes
    causation_id: bytes
    receipt: tuple[bytes, ...] | None
    credential: tuple[bytes, ...] | None

    @classmethod
    def of(cls, append: Append) -> Prepared:
        """Encode ``append``; raises KeyError for an event without a name."""
        actor, correlation_id = binary.text(append.actor), binary.text(append.correlation_id)
        causation_id = binary.text(append.causation_id)
        occurred = binary.raw(b"%d" % microseconds(append.occurred_at))
        who_and_why = b"".join((occurred, actor, correlation_id, causation_id))
        events: list[PreparedEvent] = []
        for write in append.writes:
            stream, key = binary.text(write.stream), binary.text(write.key)
            partition = partition_of(write.key)
            for event in write.events:
                name, encoded = encode(event)
                data = binary.raw(encoded)
                events.append(
                    PreparedEvent(
                        write.stream,
                        stream,
                        partition,
                        binary.text(name),
                        key,
                        data,
                        who_and_why + data,
                        event if changes_claims(event) else None,
                    )
                )
        return cls(
            append,
            append.streams,
            tuple(events),
            binary.instant(append.occurred_at),
            actor,
            correlation_id,
            causation_id,
            _receipt(append.receipt) if append.receipt else None,
            _credential(append.credential) if append.credential else None,
        )


def positions_cell(positions: Mapping[int, int]) -> bytes:
    """A receipt's positions as JSON, by partition."""
    inside = b",".join(b'"%d":%d' % each for each in positions.items())
    return binary.jsonb(b"{%b}" % inside)


def _receipt(receipt: Receipt) -> tuple[bytes, ...]:
    return (
        binary.uuid(receipt.account_id),
        binary.text(receipt.key),
        binary.raw(receipt.fingerprint),
        binary.integer(receipt.status),
        binary.jsonb(msgspec.json.encode(receipt.headers)),
        binary.raw(receipt.body),
    )


def _credential(credential: Credential) -> tuple[bytes, ...]:
    return (
        binary.uuid(credential.account_id),
        binary.raw(credential.email_hash),
        binary.text(credential.password_hash),
    )
