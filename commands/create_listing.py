"""A host begins a listing."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.listing.decisions import draft
from domain.listing.facts import ListingImported
from domain.listing.offer import Offer
from domain.listing.state import Listing, evolve
from domain.streams import listing_stream


@dataclass(frozen=True, kw_only=True)
class CreateListing:
    """Draft a listing that offers this."""

    listing_id: UUID
    host_id: UUID
    offer: Offer
    imported: ListingImported | None = None


def create_listing(message: CreateListing, work: Work) -> Versioned[Listing]:
    """The draft, with the host's default rules; raises NoSuch for an unknown host."""
    rules = work.account(message.host_id).state.default_rules
    events = draft(message.listing_id, message.host_id, message.offer, message.imported, rules)
    stream, key = listing_stream(message.listing_id), str(message.listing_id)
    return work.begin(stream, key, evolve, events)
