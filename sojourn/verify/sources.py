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
