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
from domain.booking.facts import Party, Side
from domain.booking.state import Booking
from domain.booking.state import evolve as evolve_booking
from domain.calendar.state import EMPTY, Calendar
from domain.calendar.state import evolve as evolve_calendar
from domain.conversation.state import Conversation
from domain.conversation.state import evolve as evolve_conversation
from domain.events import Event
from domain.listing.facts import Permission
from domain.listing.state import KNOWING_OF_BOOKINGS, Listing
from domain.listing.state import evolve as evolve_listing
from domain.promotion.state import Promotion
from domain.promotion.state import evolve as evolve_promotion
from domain.quote.state import Quote
from domain.quote.state import evolve as evolve_quote
from domain.refusals import NoSuch, NotYours
from domain.review.state import EMPTY as NO_REVIEWS
from domain.review.state import ReviewPair
from domain.review.state import evolve as evolve_review
from domain.streams import (
    account_stream,
    booking_stream,
    calendar_stream,
    conversation_stream,
    listing_stream,
    promotion_stream,
    quote_stream,
    review_stream,
    waitlist_stream,
    webhook_stream,
)
from domain.waitlist.state import NOBODY, Entry, Waitlist
from domain.waitlist.state import evolve as evolve_waitlist
from domain.webhook.state import Endpoint
from domain.webhook.state import evolve as evolve_webhook
from eventlog.append import Credential, StreamWrite
from eventlog.application import EventLog
from eventlog.personal.marks import personal_fields
from eventlog.recent import Known, Root

S = TypeVar("S")


@dataclass
class Work:
    """Loads states, takes decided events, and remembers both for one append.

    ``now`` is Postgres's time, or the import's: the command's only clock. The first attempt decides
    on what this process knows, which the append checks; a ``careful`` one on what is stored.
    ``person`` is whose answer it will be, if not the actor's.
    """

    log: EventLog
    context: Context
    now: datetime
    reads: dict[str, int] = field(default_factory=dict[str, int])
    writes: list[StreamWrite] = field(default_factory=list[StreamWrite])
    credential: Credential | None = None
    person: UUID | None = None
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

    def any_listing(self, listing_id: UUID) -> Versioned[Listing]:
        """A listing, whoever may know of it; raises NoSuch."""
        found = self._load(listing_stream(listing_id), str(listing_id), evolve_listing)
        if found is None:
            raise NoSuch(what="listing", id=str(listing_id))
        return found

    def own_listing(
        self, listing_id: UUID, action: str, permission: Permission | None = None
    ) -> Versioned[Listing]:
        """A listing of the actor's, or one they co-host with ``permission``, if one is enough.

        Raises NoSuch, or NotYours for one that others see too.
        """
        found = self.listing(listing_id)
        mine = found.state.host_id == self.context.actor
        if not mine and permission not in found.state.permissions_of(self.context.actor):
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

    def own_booking(
        self, booking_id: UUID, permission: Permission = "bookings"
    ) -> Versioned[Booking]:
        """A booking that the actor is a side of, or co-hosts with ``permission``.

        Raises NoSuch, or NotYours for a co-host who may know of it but lacks the permission.
        """
        found = self.booking(booking_id)
        if found.state.party(self.context.actor) is None:
            self._co_host(found.state, permission)
        return found

    def hosted_booking(self, booking_id: UUID, action: str) -> Versioned[Booking]:
        """A booking of a listing that the actor hosts, or co-hosts with its bookings.

        Raises NoSuch, or NotYours for its guest.
        """
        found, party = self.acting_on(booking_id)
        if party != "host":
            raise NotYours(action=action)
        return found

    def booked_by_actor(self, booking_id: UUID, action: str) -> Versioned[Booking]:
        """A booking that the actor made; raises NoSuch, or NotYours for others who may see it."""
        found, party = self.acting_on(booking_id)
        if party != "guest":
            raise NotYours(action=action)
        return found

    def acting_on(self, booking_id: UUID) -> tuple[Versioned[Booking], Party]:
        """A booking, and the side for which the actor acts on it.

        That is the platform for support, unless it takes part itself. Raises as
        :meth:`own_booking`.
        """
        found = self.booking(booking_id)
        if found.state.party(self.context.actor) is None and "support" in self.roles():
            may = self.listing(found.state.listing_id).state.permissions_of(self.context.actor)
            if "bookings" not in may:
                return found, "platform"
        found = self.own_booking(booking_id)
        return found, self.side(found.state)

    def roles(self) -> frozenset[Role]:
        """What the actor may do now; a role given or taken meanwhile is a conflict."""
        if (actor := self.context.actor) is None:
            return frozenset()
        account = self._load(account_stream(actor), str(actor), evolve_account)
        return account.state.roles if account else frozenset()

    def side(self, booking: Booking) -> Side:
        """The side of ``booking`` for which the actor acts, once :meth:`own_booking` let them."""
        assert self.context.actor is not None, "own_booking lets nobody through unnamed"
        return booking.acts_as(self.context.actor)

    def review_pair(self, booking: Booking) -> Versioned[ReviewPair]:
        """Both sides' reviews of ``booking``, empty when nothing was ever written."""
        stream, key = review_stream(booking.id), str(booking.listing_id)
        found = self._load(stream, key, evolve_review)
        return found or Versioned(NO_REVIEWS, 0, stream, key, evolve_review)

    def conversation(self, about: UUID) -> Versioned[Conversation] | None:
        """What was written about a booking or an inquiry, none when nothing ever was."""
        return self._load(conversation_stream(about), "", evolve_conversation)

    def waitlist(self, listing_id: UUID) -> Versioned[Waitlist]:
        """A listing's waitlist, empty when nobody ever joined."""
        stream, key = waitlist_stream(listing_id), str(listing_id)
        found = self._load(stream, key, evolve_waitlist)
        return found or Versioned(NOBODY, 0, stream, key, evolve_waitlist)

    def wish(self, listing_id: UUID, entry_id: UUID) -> tuple[Entry, Versioned[Waitlist]]:
        """An entry of the actor's on a listing's waitlist, and the list; raises NoSuch."""
        waitlist = self.waitlist(listing_id)
        entry = waitlist.state.entries.get(entry_id)
        if entry is None or entry.guest_id != self.context.actor:
            raise NoSuch(what="waitlist entry", id=str(entry_id))
        return entry, waitlist

    def wishes(self, guest_id: UUID) -> int:
        """How many wishes the guest has open on any listing's waitlist, as far as is known now."""
        lists = (self.log.load(s, evolve_waitlist) for s in self.log.waitlists_of(guest_id))
        return sum(
            entry.guest_id == guest_id and entry.open_at(self.now)
            for found in lists
            if found
            for entry in found.state.entries.values()
        )

    def account(self, account_id: UUID) -> Versioned[Account]:
        """An account; raises NoSuch."""
        found = self._load(account_stream(account_id), str(account_id), evolve_account)
        if found is None:
            raise NoSuch(what="account", id=str(account_id))
        return found

    def promotion(self, promotion_id: UUID) -> Versioned[Promotion] | None:
        """A promotion, whoever asks; none when nobody made it."""
        stream, key = promotion_stream(promotion_id), str(promotion_id)
        return self._load(stream, key, evolve_promotion)

    def webhook(self, endpoint_id: UUID) -> Versioned[Endpoint]:
        """A webhook endpoint, whoever asks, removed or not; raises NoSuch."""
        found = self._load(webhook_stream(endpoint_id), "", evolve_webhook)
        if found is None:
            raise NoSuch(what="webhook endpoint", id=str(endpoint_id))
        key = str(found.state.owner_id)
        return Versioned(found.state, found.version, found.stream, key, found.evolve)

    def own_webhook(self, endpoint_id: UUID) -> Versioned[Endpoint]:
        """A webhook endpoint that the actor has; raises NoSuch."""
        found = self.webhook(endpoint_id)
        if found.state.owner_id != self.context.actor or found.state.status == "removed":
            raise NoSuch(what="webhook endpoint", id=str(endpoint_id))
        return found

    def webhooks_of(self, account_id: UUID) -> int:
        """How many webhook endpoints the account has, as far as is known now."""
        found = (self.log.load(s, evolve_webhook) for s in self.log.webhooks_of(account_id))
        return sum(each is not None and each.state.status != "removed" for each in found)

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
        sealed = self._sealed(events, stream)
        for event in sealed:
            state = evolve(state, event)
        assert state is not None, "a stream begins with an event"
        self.writes.append(StreamWrite(stream=stream, key=key, expected=0, events=sealed))
        self._decide(stream, len(events), state)
        return Versioned(state, len(events), stream, key, evolve)

    def record(self, before: Versioned[S], events: Sequence[Event]) -> Versioned[S]:
        """The next ``events`` of a stream; the state after them."""
        if not events:
            return before
        state = before.state
        sealed = self._sealed(events, before.stream)
        for event in sealed:
            state = before.evolve(state, event)
        self._write(before, sealed)
        version = before.version + len(events)
        self._decide(before.stream, version, state)
        return Versioned(state, version, before.stream, before.key, before.evolve)

    def readable(self, found: S, stream: str) -> S:
        """``found``, of ``stream``, with its personal text opened: to decide on, or to answer.

        What is recorded goes on from the state as it was. Raises KeysUnavailable.
        """
        return self.log.sealing.readable(found, stream)

    def _sealed(self, events: Sequence[Event], stream: str) -> tuple[Event, ...]:
        """``events`` as they may be stored; most say nothing personal, and are as they were."""
        return tuple(
            self.log.sealing.sealed(event, stream, self.context.actor)
            if personal_fields(type(event))
            else event
            for event in events
        )

    def _write(self, before: Versioned[Any], events: tuple[Event, ...]) -> None:
        expected = before.version
        for earlier in self.writes:
            # One write a stream: what is decided twice in a step is stored together.
            if earlier.stream == before.stream:
                self.writes.remove(earlier)
                expected, events = earlier.expected, earlier.events + events
                break
        self.writes.append(
            StreamWrite(stream=before.stream, key=before.key, expected=expected, events=events)
        )

    def _co_host(self, booking: Booking, permission: Permission) -> None:
        may = self.listing(booking.listing_id).state.permissions_of(self.context.actor)
        if not may & KNOWING_OF_BOOKINGS:
            raise NoSuch(what="booking", id=str(booking.id))
        if permission not in may:
            raise NotYours(action=f"do this: it takes the permission {permission}")

    def _load(
        self, stream: str, key: str, evolve: Callable[[S | None, Any], S]
    ) -> Versioned[S] | None:
        if decided := self.decided.get(stream):
            return Versioned(decided.state, decided.version, stream, key, evolve)
        known = self.log.latest(stream, evolve, settled=self.careful)
        self.reads[stream] = known.version if known else 0
        if known is None:
            return None
        self.on[stream] = known
        return Versioned(known.state, known.version, stream, key, evolve)

    def _decide(self, stream: str, version: int, state: object) -> None:
        before = self.on.get(stream)
        self.decided[stream] = Known(version, state, before.root if before else Root())
