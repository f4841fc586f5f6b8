"""All that the log has about one person, as one JSON document that they can read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec

from domain.account.state import evolve as evolve_account
from domain.booking.facts import BookingRequested
from domain.booking.state import evolve as evolve_booking
from domain.conversation.facts import MessageSent
from domain.conversation.state import evolve as evolve_conversation
from domain.events import Event
from domain.listing.facts import ListingDrafted
from domain.listing.state import evolve as evolve_listing
from domain.review.facts import GuestReviewed, HostReviewed, ReviewReplied
from domain.review.state import evolve as evolve_review
from domain.streams import account_stream, subject
from domain.waitlist.facts import WaitlistJoined
from domain.waitlist.state import evolve as evolve_waitlist
from eventlog.application import EventLog
from eventlog.names import EARLIER, NAMES
from eventlog.reader import Filter, LogReader

FORMAT: Final = "sojourn.export.v1"
PAGE: Final = 1_000

S = TypeVar("S")


def archive_of(person: UUID, log: EventLog, reader: LogReader) -> bytes:
    """The person's account and all that they booked, wrote, wished, paid, offer and did.

    What others wrote stays sealed, or is left out. Raises LogUnavailable or KeysUnavailable.
    """
    about = _About(person, log)
    booked = [state for _, state in about.states(evolve_booking, BookingRequested)]
    hosted = [state for _, state in about.states(evolve_listing, ListingDrafted)]
    received = log.streams_about([str(each.id) for each in hosted], NAMES[BookingRequested])
    account = about.load(account_stream(person), evolve_account)
    document = {
        "format": FORMAT,
        "person": person,
        "account": account,
        "bookings": booked,
        "payments": [
            {"booking_id": booking.id, "payments": booking.account.payments,
             "refunds": booking.account.refunds}
            for booking in booked
        ],
        "messages": list(_messages(about)),
        "reviews": list(_reviews(about)),
        "waitlist": list(_wishes(about)),
        "listings": hosted,
        "reservations": [about.load(stream, evolve_booking) for stream in received],
        "events": list(_events(person, log, reader)),
    }  # fmt: skip
    plain = msgspec.to_builtins(document, str_keys=True, order="deterministic")
    return msgspec.json.encode(plain)


class _About:
    """Loads what the person had a part in, with their own text opened."""

    def __init__(self, person: UUID, log: EventLog) -> None:
        self.person = person
        self._log = log

    def load(self, stream: str, evolve: Callable[[S | None, Any], S]) -> S:
        """The state of a stream that has events."""
        loaded = self._log.load(stream, evolve)
        assert loaded is not None, "it was found by its events"
        return self._log.sealing.readable(loaded.state, stream, of=self.person)

    def states(
        self, evolve: Callable[[S | None, Any], S], *facts: type[Event]
    ) -> Iterator[tuple[str, S]]:
        """Each stream in which the person recorded one of ``facts``, and its state."""
        names = [NAMES[fact] for fact in facts]
        names += [name for name, fact in EARLIER.items() if fact in facts]
        found = {stream for name in names for stream in self._log.streams_by(self.person, name)}
        for stream in sorted(found):
            yield stream, self.load(stream, evolve)


def _messages(about: _About) -> Iterator[dict[str, Any]]:
    for stream, state in about.states(evolve_conversation, MessageSent):
        for message in state.messages:
            if message.sender == about.person:
                yield {"about": subject(stream), "message": message}


def _reviews(about: _About) -> Iterator[dict[str, Any]]:
    facts = (GuestReviewed, HostReviewed, ReviewReplied)
    for stream, pair in about.states(evolve_review, *facts):
        for review in pair.reviews:
            if review.author_id == about.person:
                yield {"booking_id": subject(stream), "review": replace(review, reply=None)}
            if review.reply and review.reply.author_id == about.person:
                yield {"booking_id": subject(stream), "reply": review.reply}


def _wishes(about: _About) -> Iterator[dict[str, Any]]:
    for stream, waitlist in about.states(evolve_waitlist, WaitlistJoined):
        for entry in waitlist.entries.values():
            if entry.guest_id == about.person:
                yield {"listing_id": subject(stream), "entry": entry}


def _events(person: UUID, log: EventLog, reader: LogReader) -> Iterator[dict[str, Any]]:
    """Everything that the person did, in its order."""
    after = 0
    while page := reader.select(Filter(actor=str(person), after=after), PAGE):
        for record in page:
            event = record.decoded().event
            yield {
                "position": record.position,
                "stream": record.stream,
                "type": record.type,
                "recorded_at": record.recorded_at,
                "data": log.sealing.readable(event, record.stream, of=person),
            }
        after = page[-1].position
