"""Invariant 1: versions are contiguous, positions have no holes, and every hash is right."""

from __future__ import annotations

from eventlog.codec import Undecodable, decode
from eventlog.hashing import canonical, hash_of
from eventlog.record import LogRecord
from sojourn.verify.findings import Findings


class Order:
    """Looks at every event in turn; remembers one number a stream and one a partition."""

    def __init__(self) -> None:
        self.findings = Findings(1, "versions, positions and hashes")
        self.versions: dict[str, int] = {}
        self.partitions: dict[int, int] = {}
        self.position = 0

    def look(self, record: LogRecord) -> None:
        """Check ``record``, which follows all that was looked at before."""
        found, at = self.findings.found, f"position {record.position}"
        self.findings.count("events")
        if record.position != self.position + 1:
            found(f"{at}: the event before it is at {self.position}, not {record.position - 1}")
        expected = self.versions.get(record.stream, 0) + 1
        if record.version != expected:
            found(f"{at}: {record.stream} has version {record.version} where {expected} is due")
        if _hash(record) != record.hash:
            found(f"{at}: the hash of {record.stream} version {record.version} is not its own")
        try:
            decode(record.type, record.data)
        except Undecodable as error:
            found(f"{at}: {error}")
        self.position = record.position
        self.versions[record.stream] = record.version
        self.partitions[record.partition] = record.position

    def end(self, head: int) -> None:
        """Check that everything up to ``head`` was there."""
        self.findings.count("streams", len(self.versions))
        if self.position != head:
            self.findings.found(f"the log ends at position {self.position}, not {head}")


def _hash(record: LogRecord) -> bytes:
    return hash_of(
        canonical(
            position=record.position,
            stream=record.stream,
            version=record.version,
            type=record.type,
            key=record.key,
            recorded_at=record.recorded_at,
            occurred_at=record.occurred_at,
            actor=record.actor,
            correlation_id=record.correlation_id,
            causation_id=record.causation_id,
            data=record.data,
        )
    )
