"""A dead letter: an event that a sink can't apply, or a record that nobody can read.

It holds stored bytes and never what they say, so that what is encrypted in the log stays so here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from domain.recorded import Recorded
from eventlog.record import LogRecord
from streams.received import Read, TopicRecord

Kind = Literal["unreadable", "poison", "refused", "behind"]
"""Why it is here.

``unreadable``: a record of the topic was mangled, and its event, if it is one, came from the log.
``poison``: the event can't be decoded, or a projector fails on it. ``refused``: the store refuses
the document that it makes. ``behind``: one before it in its stream is here.
"""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One of them; what an unreadable record does not tell is none. ``because`` is one line."""

    kind: Kind
    because: str
    partition: int
    position: int | None = None
    stream: str | None = None
    version: int | None = None
    key: str | None = None
    type: str | None = None
    data: bytes | None = None
    record: TopicRecord | None = None


class DeadLetters(Protocol):
    """One sink's dead letters. A stream with a letter that is not ``applied`` is parked."""

    async def keep(self, letters: Sequence[Letter]) -> None:
        """Keep them, once each; returns when they are safe."""
        ...

    async def parked(self) -> dict[str, int]:
        """The parked streams, and the first version of each that is not applied."""
        ...

    async def to_retry(self) -> dict[str, str]:
        """The streams that somebody wants to be tried again, and their keys.

        With a stream come those of its key that are parked, too, unless they were discarded.
        """
        ...

    async def applied(self, stream: str, before: int | None) -> None:
        """The letters of ``stream`` with versions below ``before``, all without it, are done."""
        ...


def unreadable(found: Read) -> Letter:
    """The letter about a record of the topic that can't be read."""
    return Letter(
        kind="unreadable",
        because=found.why,
        partition=found.record.partition,
        position=found.position,
        data=found.record.value,
        record=found.record,
    )


def undecodable(record: LogRecord, because: str) -> Letter:
    """The letter about an event of the log that can't be decoded."""
    return Letter(
        kind="poison",
        because=because,
        partition=record.partition,
        position=record.position,
        stream=record.stream,
        version=record.version,
        key=record.key,
        type=record.type,
        data=record.data,
    )


def inapplicable(kind: Kind, because: str, recorded: Recorded, record: LogRecord | None) -> Letter:
    """The letter about an event that a sink can't apply; ``record`` is its row, if it was read."""
    return Letter(
        kind=kind,
        because=because,
        partition=recorded.partition,
        position=recorded.position,
        stream=recorded.stream,
        version=recorded.version,
        key=recorded.key,
        type=record.type if record else None,
        data=record.data if record else None,
    )


def behind(recorded: Recorded, first: int) -> Letter:
    """The letter about an event that waits for version ``first`` of its stream."""
    because = f"version {first} of the stream is not applied"
    return inapplicable("behind", because, recorded, None)
