"""A guest is told what the nights that are offered to them cost."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.make_quote import MakeQuote, QuoteMade, make_quote
from commands.work import Work
from domain.waitlist.decisions import check_offered


@dataclass(frozen=True, kw_only=True)
class AcceptOffer:
    """Quote what is offered; whoever books the quote takes over the offer's nights."""

    quote_id: UUID
    listing_id: UUID
    entry_id: UUID


def accept_offer(message: AcceptOffer, work: Work) -> QuoteMade:
    """Raises NoSuch, OfferHasLapsed, PolicyForbids without an offer, and as a quote does."""
    entry, _ = work.wish(message.listing_id, message.entry_id)
    check_offered(entry, work.now)
    quoting = MakeQuote(
        quote_id=message.quote_id,
        listing_id=message.listing_id,
        guest_id=entry.guest_id,
        stay=None if entry.slot else entry.stay,
        times=(entry.slot.starts_at, entry.slot.ends_at) if entry.slot else None,
        guests=entry.guests,
        units=entry.units,
    )
    return make_quote(quoting, work)
