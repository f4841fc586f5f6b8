"""One command's view of the log: what it has looked at, and what it has decided so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from commands.context import Context
from commands.versioned import Versioned
from domain.account.facts import Role
from domain.account.state import Account
from domain.account.state import evolve as evolve_account
from domain.booking.facts import Party
from domain.booking.state import Booking
from domain.booking.state import evolve as evolve_booking
from domain.calendar.state import EMPTY, Calendar
from domain.calendar.state import evolve as evolve_calendar
from domain.events import Event
from domain.listing.state import Listing
from domain.listing.state import evolve as evolve_listing
from domain.quote.state import Quote
from domain.quote.state import evolve as evolve_quote
from domain.refusals import NoSuch, NotYours
from domain.streams import (
    account_stream,
    booking_stream,
    calendar_stream,
    listing_stream,
    quote_stream,
)
from eventlog.append import Credential, StreamWrite
from eventlog.application import EventLog
from eventlog.recent import Known

S = TypeVar("S")


@dataclass
class Work:
    """Loads states, takes decided events, and remembers both for one append.

    ``now`` is Postgres's time, or the import's: the command's only clock. The first attempt decides
    on what this process knows, which the append checks; a ``careful`` one on what is stored.
    """

    log: EventLog
    context: Context
    now: datetime
    reads: dict[str, int] = field(default_factory=dict[str, int])
    writes: list[StreamWrite] = field(default_factory=list[StreamWrite])
    credential: Credential | None = None
    holds: dict[UUID, int] = field(default_factory=dict[UUID, int])
    careful: bool = False
    on: dict[str, Known[Any]] = field(default_factory=dict[str, Known[Any]])
    decided: dict[str, Known[Any]] = field(default_factory=dict[str, Known[Any]])
    take_turn: Callable[[str], None] = field(default=lambda _stream: None)

    def listing(self, listing_id: UUID) -> Versioned[Listing]:
        """A listing that the actor may know of; raises NoSuch."""
        found = self._load(listing_stream(listing_id), str(listing_id), evolve_listing)
        if found is None or not (
            found.state.seen_by(self.context.actor) or "support" in self.roles()
        ):
            raise NoSuch(what="listing", id=str(listing_id))
        return found

    def own_listing(self, listing_id: UUID, action: str) -> Versioned[Listing]:
        """A listing of the actor's; raises NoSuch, or NotYours for one that others see too."""
        found = self.listing(listing_id)
        if found.state.host_id != self.context.actor:
            raise NotYours(action=action)
        return found

    def calendar(self, listing_id: UUID) -> Versioned[Calendar]:
        """A listing's calendar, empty when nothing was ever claimed."""
        stream, key = calendar_stream(listing_id), str(listing_id)
        self.take_turn(stream)
        found = self._load(stream, key, evolve_calendar)
        return found or Versioned(EMPTY, 0, stream, key, evolve_calendar)

    def quote(self, quote_id: UUID) -> Versioned[Quote]:
        """A quote that the actor was given; raises NoSuch."""
        found = self._load(quote_stream(quote_id), "", evolve_quote)
        if found is None or found.state.guest_id != self.context.actor:
            raise NoSuch(what="quote", id=str(quote_id))
        return found

    def booking(self, booking_id: UUID) -> Versioned[Booking]:
        """A booking; raises NoSuch."""
        found = self._load(booking_stream(booking_id), "", evolve_booking)
        if found is None:
            raise NoSuch(what="booking", id=str(booking_id))
        key = str(found.state.listing_id)
        return Versioned(found.state, found.version, found.stream, key, found.evolve)

    def own_booking(self, booking_id: UUID) -> Versioned[Booking]:
        """A booking that the actor is a side of, or support; raises NoSuch."""
        found = self.booking(booking_id)
        self.party(found.state)
        return found

    def hosted_booking(self, booking_id: UUID, action: str) -> Versioned[Booking]:
        """A booking of the actor's listing; raises NoSuch, or NotYours for its guest."""
        found = self.own_booking(booking_id)
        if self.party(found.state) != "host":
            raise NotYours(action=action)
        return found

    def party(self, booking: Booking) -> Party:
        """For which side of ``booking`` the actor acts; raises NoSuch for none."""
        actor = self.context.actor
        party = booking.party(actor) or booking.party(actor, self.roles())
        if party is None:
            raise NoSuch(what="booking", id=str(booking.id))
        return party

    def roles(self) -> frozenset[Role]:
        """What the actor may do now; a role given or taken meanwhile is a conflict."""
        if (actor := self.context.actor) is None:
            return frozenset()
        account = self._load(account_stream(actor), str(actor), evolve_account)
        return account.state.roles if account else frozenset()

    def account(self, account_id: UUID) -> Versioned[Account]:
        """An account; raises NoSuch."""
        found = self._load(account_stream(account_id), str(account_id), evolve_account)
        if found is None:
            raise NoSuch(what="account", id=str(account_id))
        return found

    def has_holds(self, guest_id: UUID, most: int) -> bool:
        """Whether the guest has ``most`` open holds; opening one more than that is a conflict."""
        self.holds[guest_id] = most - 1
        return self.careful and self.log.open_holds(guest_id) >= most

    def begin(
        self,
        stream: str,
        key: str,
        evolve: Callable[[S | None, Any], S],
        events: Sequence[Event],
    ) -> Versioned[S]:
        """The first ``events`` of a new stream; the state they make."""
        state: S | None = None
        for event in events:
            state = evolve(state, event)
        assert state is not None, "a stream begins with an event"
        self.writes.append(StreamWrite(stream=stream, key=key, expected=0, events=tuple(events)))
        self._decide(stream, len(events), state)
        return Versioned(state, len(events), stream, key, evolve)

    def record(self, before: Versioned[S], events: Sequence[Event]) -> Versioned[S]:
        """The next ``events`` of a stream; the state after them."""
        if not events:
            return before
        state = before.state
        for event in events:
            state = before.evolve(state, event)
        self.writes.append(
            StreamWrite(
                stream=before.stream,
                key=before.key,
                expected=before.version,
                events=tuple(events),
            )
        )
        version = before.version + len(events)
        self._decide(before.stream, version, state)
        return Versioned(state, version, before.stream, before.key, before.evolve)

    def _load(
        self, stream: str, key: str, evolve: Callable[[S | None, Any], S]
    ) -> Versioned[S] | None:
        known = self.log.latest(stream, evolve, settled=self.careful)
        self.reads[stream] = known.version if known else 0
        if known is None:
            return None
        self.on[stream] = known
        return Versioned(known.state, known.version, stream, key, evolve)

    def _decide(self, stream: str, version: int, state: object) -> None:
        before = self.on.get(stream)
        self.decided[stream] = Known(version, state, before.root if before else object())
