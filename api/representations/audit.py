"""Events of the log as auditors read them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, Field

from eventlog.record import LogRecord


class AuditEvent(BaseModel):
    """One event with all of its columns."""

    position: int
    stream: str
    version: int
    type: str
    recorded_at: datetime
    occurred_at: datetime
    actor: str
    correlation_id: str
    causation_id: str
    data: dict[str, Any]
    hash: str = Field(description="SHA-256 over all columns, in hex.")

    @classmethod
    def of(cls, record: LogRecord) -> Self:
        """As stored."""
        return cls(
            position=record.position,
            stream=record.stream,
            version=record.version,
            type=record.type,
            recorded_at=record.recorded_at,
            occurred_at=record.occurred_at,
            actor=record.actor,
            correlation_id=record.correlation_id,
            causation_id=record.causation_id,
            data=json.loads(record.data),
            hash=record.hash.hex(),
        )


class AuditEvents(BaseModel):
    """A page of the log, in its order."""

    items: list[AuditEvent]
    next: str | None
