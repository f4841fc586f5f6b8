"""The library's mapper, for events that know nothing of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eventsourcing.persistence import Mapper, StoredEvent

from domain.events import Event
from eventlog.codec import decode, encode


@dataclass(frozen=True)
class StreamEvent:
    """An event at its place in a stream: the shape that the library's protocols ask for."""

    originator_id: str
    originator_version: int
    event: Event


class EventMapper(Mapper[str]):
    """Turns :class:`StreamEvent` into the library's stored events and back, by our own codec."""

    def __init__(self) -> None:
        super().__init__(transcoder=None)  # type: ignore[arg-type]  # the codec takes its place

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """The stored form; raises KeyError for an event without a name."""
        name, data = encode(domain_event.event)
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=name,
            state=data,
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """The event; raises :class:`eventlog.codec.Undecodable`."""
        return StreamEvent(
            str(stored_event.originator_id),
            stored_event.originator_version,
            decode(stored_event.topic, stored_event.state),
        )
