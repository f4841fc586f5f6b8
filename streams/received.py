"""A record of the event topic as it came, and what can be read of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.recorded import Recorded
from eventlog.codec import Undecodable
from eventlog.wire import from_message


@dataclass(frozen=True, kw_only=True)
class TopicRecord:
    """A record of the event topic, its bytes as they came."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


@dataclass(frozen=True, kw_only=True)
class Read:
    """What could be read: the event, or ``why`` it could not be.

    ``position`` and ``previous`` are none when not even they can be read; ``buried`` says that an
    unreadable one has been put aside.
    """

    record: TopicRecord
    position: int | None
    previous: int | None = None
    event: Recorded | None = None
    why: str = ""
    buried: bool = False

    def as_buried(self) -> Read:
        """The same, put aside."""
        return replace(self, buried=True)


def read(record: TopicRecord) -> Read:
    """Decode ``record``; never raises."""
    try:
        received = from_message(record.key, record.value, record.headers)
    except Undecodable as error:
        return Read(record=record, position=_claimed_position(record), why=str(error))
    return Read(
        record=record,
        position=received.recorded.position,
        previous=received.previous,
        event=received.recorded,
    )


def _claimed_position(record: TopicRecord) -> int | None:
    for name, value in record.headers:
        if name == "position" and value.isdigit() and len(value) <= 18:
            return int(value)
    return None
