"""Facts that many tests begin with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from domain.booking.facts import BookingRequested
from domain.booking.policy import FLEXIBLE
from domain.calendar.facts import NightsHeld, RangeBlocked
from domain.events import Event
from domain.listing.decisions import draft
from domain.listing.facts import ListingPublished, Location
from domain.listing.offer import Offer
from domain.listing.state import Listing, evolve
from domain.money import Money
from domain.quote.facts import QuoteLine
from domain.stay import Stay

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
LISTING, HOST, GUEST, OTHER = (UUID(int=n) for n in (1, 2, 3, 4))
BOOKING, QUOTE, CLAIM, BLOCK = (UUID(int=n) for n in (11, 12, 13, 14))
JUNE = date(2027, 6, 1)


def nights(first: int, last: int) -> Stay:
    """From the ``first`` of June to the ``last``, on which the guest leaves."""
    return Stay(JUNE + timedelta(days=first - 1), JUNE + timedelta(days=last - 1))


def offer(**changes: object) -> Offer:
    """A flat in Stockholm at 1,000 SEK a night."""
    plain: dict[str, object] = {
        "kind": "stay",
        "time_zone": "Europe/Stockholm",
        "title": "A flat by the water",
        "location": Location(latitude=59.33, longitude=18.06),
        "max_guests": 4,
        "price": Money(100_000, "SEK"),
    }
    return Offer(**(plain | changes))  # type: ignore[arg-type]


def published(**changes: object) -> Listing:
    """A published listing with this offer."""
    facts: list[Event] = [*draft(LISTING, HOST, offer(**changes))]
    facts.append(ListingPublished(listing_id=LISTING))
    state: Listing | None = None
    for fact in facts:
        state = evolve(state, fact)  # type: ignore[arg-type]
    assert state is not None
    return state


def held(
    stay: Stay, *, claim: UUID = CLAIM, until: datetime | None = None, unit: int = 0
) -> NightsHeld:
    """A hold on one unit, for a quarter of an hour unless said otherwise."""
    return NightsHeld(
        listing_id=LISTING,
        claim_id=claim,
        booking_id=claim,
        guest_id=GUEST,
        stay=stay,
        units=(unit,),
        until=until or NOW + timedelta(minutes=15),
    )


def blocked(stay: Stay, *, unit: int = 0) -> RangeBlocked:
    """A host's block on one unit."""
    return RangeBlocked(listing_id=LISTING, claim_id=BLOCK, stay=stay, units=(unit,), reason=None)


def requested(*, needs_approval: bool = False, nightly: int = 100_000) -> BookingRequested:
    """A guest's booking of the nights of 10 and 11 June."""
    line = QuoteLine(
        kind="night",
        description="2027-06-10",
        amount=Money(nightly, "SEK"),
        rule="base",
        rule_version=6,
    )
    return BookingRequested(
        booking_id=BOOKING,
        listing_id=LISTING,
        guest_id=GUEST,
        host_id=HOST,
        quote_id=QUOTE,
        kind="stay",
        stay=nights(10, 12),
        time_zone="Europe/Stockholm",
        guests=2,
        units=(0,),
        lines=(line, line),
        total=Money(2 * nightly, "SEK"),
        policy=FLEXIBLE,
        needs_approval=needs_approval,
        requested_at=NOW,
        hold_expires_at=NOW + timedelta(minutes=15),
    )
