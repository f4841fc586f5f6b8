"""What documents are made from: the events of some keys, and the fold of a stream's beginning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.recorded import Recorded
from eventlog.codec import Undecodable
from eventlog.record import LogRecord
from projections.parts import Missed, Part, PartKind


@dataclass(frozen=True)
class Sources:
    """The events of some keys, whole and by stream."""

    events: Sequence[Recorded]
    streams: Mapping[str, list[Recorded]] = field(default_factory=dict[str, list[Recorded]])

    @classmethod
    def of(cls, records: Iterable[LogRecord]) -> Sources:
        """The events of ``records`` that can be read; invariant 1 tells of the others."""
        events: list[Recorded] = []
        streams: dict[str, list[Recorded]] = {}
        for record in records:
            try:
                recorded = record.decoded()
            except Undecodable:
                continue
            events.append(recorded)
            streams.setdefault(recorded.stream, []).append(recorded)
        return cls(events, streams)

    def until(self, versions: Mapping[str, int]) -> list[Recorded]:
        """The events of the streams that ``versions`` names, in order, each up to its version."""
        wanted = [
            recorded
            for stream, version in versions.items()
            for recorded in self.streams.get(stream, ())
            if recorded.version <= version
        ]
        return sorted(wanted, key=lambda recorded: recorded.position)

    def version(self, stream: str) -> int:
        """How many events ``stream`` has."""
        found = self.streams.get(stream)
        return found[-1].version if found else 0

    def due(self, stream: str, applied: Mapping[int, int]) -> int:
        """The version that a document must have, when partitions are ``applied`` so far."""
        return max(
            (
                recorded.version
                for recorded in self.streams.get(stream, ())
                if recorded.position <= applied.get(recorded.partition, 0)
            ),
            default=0,
        )


class NotFoldable(Exception):
    """The log's events do not make a state: one is missing, or out of place."""


def folded(kind: PartKind[Any], events: Iterable[Recorded]) -> Part[Any] | None:
    """The part that ``events`` make; raises NotFoldable."""
    part: Part[Any] | None = None
    try:
        for recorded in events:
            part = kind.fold(part, recorded)
    except (Missed, AssertionError) as error:
        raise NotFoldable(str(error)) from error
    return part
