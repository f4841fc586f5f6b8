"""A guest takes a quote, and its nights are held for them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.coupons import redeem_coupon
from commands.lapsed import expire_lapsed
from commands.versioned import Versioned
from commands.work import Work
from domain.account.decisions import check_verified
from domain.booking.decisions import hold_until, request
from domain.booking.state import Booking, evolve
from domain.calendar.decisions import hold, release
from domain.local_time import local_date
from domain.quote.decisions import check_still_bookable
from domain.refusals import NoSuch, TooManyHolds
from domain.streams import booking_stream
from domain.waitlist.decisions import take

MOST_OPEN_HOLDS = 10
"""How many holds one account may keep open: enough to compare, too few to empty a market."""


@dataclass(frozen=True, kw_only=True)
class Book:
    """Book what the quote says; perhaps only for who has verified their e-mail address."""

    booking_id: UUID
    quote_id: UUID
    verified_only: bool = False


def book(message: Book, work: Work) -> Versioned[Booking]:
    """Under the price and the rules of the quote.

    Raises NoSuch, QuoteExpired, TooManyHolds, NightsTaken, and the refusal of what the listing no
    longer takes: ListingNotPublished, DatesPast, TooManyUnits or DateClosed; CouponUsedUp and
    CouponWithdrawn; EmailUnverified where that counts.
    """
    quote = work.quote(message.quote_id).state
    if quote.booking_id is not None:
        # It is for a change of another booking, and none to book.
        raise NoSuch(what="quote", id=str(message.quote_id))
    if message.verified_only:
        check_verified(work.account(quote.guest_id).state)
    listing = work.listing(quote.listing_id).state
    calendar = work.calendar(quote.listing_id)
    check_still_bookable(listing, quote.stay, quote.units, work.now, quote.slot)
    # Who books what the waitlist offered them takes the offer over, in the same step.
    offered = calendar.state.offered_to(quote.guest_id, quote.stay, work.now, quote.slot)
    given_up = release(calendar.state, offered.id) if offered else []
    held = hold(
        calendar.state.without(offered),
        listing_id=listing.id,
        capacity=listing.units,
        claim_id=message.booking_id,
        booking_id=message.booking_id,
        guest_id=quote.guest_id,
        stay=quote.stay,
        units=quote.units,
        until=hold_until(listing, quote, work.now),
        today=local_date(work.now, listing.time_zone),
        now=work.now,
        slot=quote.slot,
        buffers=listing.buffers,
    )
    if work.has_holds(quote.guest_id, MOST_OPEN_HOLDS):
        raise TooManyHolds(maximum=MOST_OPEN_HOLDS)
    expire_lapsed(calendar.state, work)
    if offered:
        waitlist = work.waitlist(quote.listing_id)
        work.record(waitlist, take(offered.id, message.booking_id))
    units = work.record(calendar, [*given_up, *held]).state.claims[message.booking_id].units
    booking = work.begin(
        booking_stream(message.booking_id),
        str(listing.id),
        evolve,
        request(message.booking_id, quote, listing, units, work.now),
    )
    redeem_coupon(booking.state, work)
    return booking
