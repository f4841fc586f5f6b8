"""Histories for projectors: facts of several streams, numbered as the log would number them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from uuid import UUID

from domain.events import Event
from domain.recorded import Recorded
from domain.streams import (
    account_stream,
    booking_stream,
    calendar_stream,
    conversation_stream,
    listing_stream,
    review_stream,
)
from eventlog.partitioner import partition_of
from tests.domain.facts import BOOKING, GUEST, LISTING, NOW


class History:
    """A log in memory; positions leave holes, as those of a real one do."""

    def __init__(self, *, first_position: int = 10, now: datetime = NOW) -> None:
        self.events: list[Recorded] = []
        self._position = first_position
        self._versions: Counter[str] = Counter()
        self._now = now

    def add(self, stream: str, *events: Event, key: UUID = LISTING) -> list[Recorded]:
        """Append ``events`` to ``stream``."""
        added: list[Recorded] = []
        for event in events:
            self._versions[stream] += 1
            self._position += 3
            added.append(
                Recorded(
                    position=self._position,
                    stream=stream,
                    version=self._versions[stream],
                    key=str(key),
                    partition=partition_of(str(key)),
                    recorded_at=self._now,
                    occurred_at=self._now,
                    actor="tester",
                    correlation_id="test",
                    causation_id="test",
                    event=event,
                )
            )
        self.events += added
        return added

    def listing(self, *events: Event, of: UUID = LISTING) -> list[Recorded]:
        """Append to a listing's stream."""
        return self.add(listing_stream(of), *events, key=of)

    def calendar(self, *events: Event, of: UUID = LISTING) -> list[Recorded]:
        """Append to a listing's calendar."""
        return self.add(calendar_stream(of), *events, key=of)

    def booking(self, *events: Event, of: UUID = BOOKING, at: UUID = LISTING) -> list[Recorded]:
        """Append to the stream of a booking of the listing ``at``."""
        return self.add(booking_stream(of), *events, key=at)

    def review(self, *events: Event, of: UUID = BOOKING, at: UUID = LISTING) -> list[Recorded]:
        """Append to the reviews of a booking of the listing ``at``."""
        return self.add(review_stream(of), *events, key=at)

    def conversation(
        self, *events: Event, about: UUID = BOOKING, at: UUID = LISTING
    ) -> list[Recorded]:
        """Append to what is written about a booking, or an inquiry, of the listing ``at``."""
        return self.add(conversation_stream(about), *events, key=at)

    def account(self, *events: Event, of: UUID = GUEST) -> list[Recorded]:
        """Append to an account's stream."""
        return self.add(account_stream(of), *events, key=of)
