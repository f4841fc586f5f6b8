"""Laws of every event: it comes back equal from its bytes, and no state breaks on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.account import facts as account_facts
from domain.account.state import evolve as evolve_account
from domain.booking import facts as booking_facts
from domain.booking.state import evolve as evolve_booking
from domain.calendar import facts as calendar_facts
from domain.calendar.state import evolve as evolve_calendar
from domain.calendar.state import evolve_without_past
from domain.conversation import facts as conversation_facts
from domain.conversation.state import evolve as evolve_conversation
from domain.events import Event
from domain.listing import facts as listing_facts
from domain.listing.state import evolve as evolve_listing
from domain.promotion import facts as promotion_facts
from domain.promotion.state import evolve as evolve_promotion
from domain.quote import facts as quote_facts
from domain.quote.state import evolve as evolve_quote
from domain.review import facts as review_facts
from domain.review.state import evolve as evolve_review
from domain.waitlist import facts as waitlist_facts
from domain.waitlist.state import evolve as evolve_waitlist
from domain.webhook import facts as webhook_facts
from domain.webhook.state import evolve as evolve_webhook
from eventlog.codec import decode, encode
from eventlog.names import NAMES, TYPES
from tests.eventlog.made_up import made

MONEY = "domain.booking.payment_facts"

SLOW = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("name", sorted(TYPES))
def test_whatever_it_says_an_event_comes_back_equal_from_its_bytes(name: str) -> None:
    event = TYPES[name]

    @SLOW
    @given(made(event))
    def comes_back(happened: Event) -> None:
        stored_as, data = encode(happened)
        assert stored_as == name
        again = decode(name, data)
        assert again == happened
        assert type(again) is event
        assert encode(again) == (name, data)

    comes_back()


def union(of: Any) -> tuple[type[Any], ...]:
    """The event types of a stream: those of its union, or the one that it has."""
    return get_args(of) or (of,)


STREAMS: dict[str, tuple[Any, type[Any] | None, Callable[[Any, Any], Any]]] = {
    "listing": (listing_facts.ListingEvent, listing_facts.ListingDrafted, evolve_listing),
    "calendar": (calendar_facts.CalendarEvent, None, evolve_calendar),
    "calendar of documents": (calendar_facts.CalendarEvent, None, evolve_without_past),
    "quote": (quote_facts.QuoteEvent, quote_facts.Quoted, evolve_quote),
    "booking": (booking_facts.BookingEvent, booking_facts.BookingRequested, evolve_booking),
    "waitlist": (waitlist_facts.WaitlistEvent, None, evolve_waitlist),
    "review": (review_facts.ReviewEvent, None, evolve_review),
    "conversation": (conversation_facts.ConversationEvent, None, evolve_conversation),
    "account": (account_facts.AccountEvent, account_facts.AccountRegistered, evolve_account),
    "promotion": (
        promotion_facts.PromotionEvent,
        promotion_facts.PromotionCreated,
        evolve_promotion,
    ),
    "webhook": (webhook_facts.WebhookEvent, webhook_facts.EndpointRegistered, evolve_webhook),
}
"""Each stream's events, the one that begins it where only one does, and its fold."""


def test_every_event_belongs_to_a_stream_here() -> None:
    known = {each for events, _, _ in STREAMS.values() for each in union(events)}
    assert known == set(NAMES)


@pytest.mark.parametrize("stream", STREAMS)
def test_evolve_never_fails_whatever_follows_whatever(stream: str) -> None:
    of, first, evolve = STREAMS[stream]
    # Money moves in an order that folding it takes for granted; test_money_machine makes it up.
    free = [each for each in union(of) if each is not first and each.__module__ != MONEY]
    later = st.lists(st.one_of([made(each) for each in free]), max_size=8)

    @SLOW
    @given(made(first) if first else st.none(), later if free else st.just([]))
    def evolves(begun: Any, following: list[Any]) -> None:
        state = evolve(None, begun) if first else None
        for event in following:
            state = evolve(state, event)
            assert state is not None

    evolves()
