"""A guest is told what given dates cost."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.coupons import coupon_of
from commands.versioned import Versioned
from commands.work import Work
from domain.calendar.extent import extent_of
from domain.calendar.room import units_free
from domain.quote.decisions import quote
from domain.quote.state import Quote, evolve
from domain.slot import Times, asked_for
from domain.stay import Stay
from domain.streams import quote_stream


@dataclass(frozen=True, kw_only=True)
class MakeQuote:
    """Quote a stay of ``guests`` guests in ``units`` units; of all their ages, or of none.

    ``stay`` is the days of a stay or a rental; ``times`` are those of a slot, local ones where the
    listing is, unless they carry an offset. It is one or the other.
    """

    quote_id: UUID
    listing_id: UUID
    guest_id: UUID
    guests: int
    units: int = 1
    ages: tuple[int, ...] | None = None
    coupon: str | None = None
    stay: Stay | None = None
    times: Times | None = None


@dataclass(frozen=True, kw_only=True)
class QuoteMade:
    """A quote, and whether its nights were free when it was made."""

    quote: Versioned[Quote]
    available: bool


def make_quote(message: MakeQuote, work: Work) -> QuoteMade:
    """Raises NoSuch and why rules or coupon don't allow it; taken nights still quote."""
    listing = work.listing(message.listing_id)
    stay, slot = asked_for(message.stay, message.times, listing.state.time_zone)
    coupon = coupon_of(message.coupon, listing.state.host_id, work) if message.coupon else None
    events = quote(
        listing.state,
        listing.version,
        quote_id=message.quote_id,
        guest_id=message.guest_id,
        stay=stay,
        slot=slot,
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
    offered = calendar.state.offered_to(message.guest_id, stay, work.now, slot)
    buffers = listing.state.buffers
    taken = calendar.state.without(offered).taken(stay, buffers, work.now)
    free = units_free(taken, extent_of(stay, slot, buffers), listing.state.units)
    stream, key = quote_stream(message.quote_id), str(message.listing_id)
    return QuoteMade(
        quote=work.begin(stream, key, evolve, events),
        available=free >= message.units,
    )
