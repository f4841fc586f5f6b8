"""A guest is told what given dates cost."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.coupons import coupon_of
from commands.versioned import Versioned
from commands.work import Work
from domain.quote.decisions import quote
from domain.quote.state import Quote, evolve
from domain.stay import Stay
from domain.streams import quote_stream


@dataclass(frozen=True, kw_only=True)
class MakeQuote:
    """Quote a stay of ``guests`` guests in ``units`` units; of all their ages, or of none."""

    quote_id: UUID
    listing_id: UUID
    guest_id: UUID
    stay: Stay
    guests: int
    units: int = 1
    ages: tuple[int, ...] | None = None
    coupon: str | None = None


@dataclass(frozen=True, kw_only=True)
class QuoteMade:
    """A quote, and whether its nights were free when it was made."""

    quote: Versioned[Quote]
    available: bool


def make_quote(message: MakeQuote, work: Work) -> QuoteMade:
    """Raises NoSuch and why rules or coupon don't allow it; taken nights still quote."""
    listing = work.listing(message.listing_id)
    coupon = coupon_of(message.coupon, listing.state.host_id, work) if message.coupon else None
    events = quote(
        listing.state,
        listing.version,
        quote_id=message.quote_id,
        guest_id=message.guest_id,
        stay=message.stay,
        guests=message.guests,
        units=message.units,
        ages=message.ages,
        now=work.now,
        coupon=coupon,
    )
    calendar = work.calendar(message.listing_id)
    # A quote promises no nights, so it need not be decided again when the calendar moves.
    del work.reads[calendar.stream]
    # What is offered to this guest is free for them.
    offered = calendar.state.offered_to(message.guest_id, message.stay, work.now)
    full = calendar.state.without(offered).full_nights(
        message.stay, capacity=listing.state.units, wanted=message.units, now=work.now
    )
    stream, key = quote_stream(message.quote_id), str(message.listing_id)
    return QuoteMade(
        quote=work.begin(stream, key, evolve, events),
        available=not full,
    )
