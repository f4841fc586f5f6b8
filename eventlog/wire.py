"""An event as a Kafka record: key, the stored bytes, and headers that say the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.recorded import Recorded
from eventlog.codec import Undecodable, decode
from eventlog.partitioner import partition_of
from eventlog.record import LogRecord

_TRACE_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Message:
    """What the relay sends: UTF-8 key, the event's stored bytes and UTF-8 headers."""

    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


@dataclass(frozen=True)
class Received:
    """A decoded record, and the position before it on the same partition (0 when none)."""

    recorded: Recorded
    previous: int


def to_message(record: LogRecord, previous: int) -> Message:
    """The Kafka record of ``record``, whose partition held ``previous`` before it."""
    headers = {
        "id": f"{record.stream}@{record.version}",
        "position": str(record.position),
        "prev": str(previous),
        "type": record.type,
        "stream": record.stream,
        "version": str(record.version),
        "recorded_at": record.recorded_at.isoformat(),
        "occurred_at": record.occurred_at.isoformat(),
        "actor": record.actor,
        "correlation": record.correlation_id,
        "causation": record.causation_id,
    }
    if _TRACE_ID.fullmatch(record.correlation_id):
        headers["traceparent"] = f"00-{record.correlation_id}-{record.position:016x}-01"
    return Message(
        key=record.key.encode(),
        value=record.data,
        headers=[(name, value.encode()) for name, value in headers.items()],
    )


def from_message(
    key: bytes | None, value: bytes | None, headers: Iterable[tuple[str, bytes]]
) -> Received:
    """The event that :func:`to_message` sent; :class:`Undecodable` when the record is not one."""
    given = {name: text.decode(errors="replace") for name, text in headers}
    name = given.get("type", "")
    try:
        text = (key or b"").decode()
        recorded = Recorded(
            position=int(given["position"]),
            stream=given["stream"],
            version=int(given["version"]),
            key=text,
            partition=partition_of(text),
            recorded_at=datetime.fromisoformat(given["recorded_at"]),
            occurred_at=datetime.fromisoformat(given["occurred_at"]),
            actor=given["actor"],
            correlation_id=given["correlation"],
            causation_id=given["causation"],
            event=decode(name, value or b""),
        )
        return Received(recorded, int(given["prev"]))
    except (KeyError, ValueError) as error:
        raise Undecodable(name, f"malformed record ({error!r})") from error
