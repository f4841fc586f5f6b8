"""A row of the log as stored, its data still bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.recorded import Recorded
from eventlog.codec import decode
from eventlog.partitioner import partition_of


@dataclass(frozen=True, kw_only=True)
class LogRecord:
    """One stored event; see :class:`domain.recorded.Recorded` for what the columns mean."""

    position: int
    stream: str
    version: int
    type: str
    key: str
    recorded_at: datetime
    occurred_at: datetime
    actor: str
    correlation_id: str
    causation_id: str
    data: bytes
    hash: bytes

    @property
    def partition(self) -> int:
        """The partition of the event topic that the record belongs to."""
        return partition_of(self.key)

    def decoded(self) -> Recorded:
        """The event; raises :class:`eventlog.codec.Undecodable`."""
        return Recorded(
            position=self.position,
            stream=self.stream,
            version=self.version,
            key=self.key,
            partition=self.partition,
            recorded_at=self.recorded_at,
            occurred_at=self.occurred_at,
            actor=self.actor,
            correlation_id=self.correlation_id,
            causation_id=self.causation_id,
            event=decode(self.type, self.data),
        )
