"""A host takes a listing off the market."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.listing.decisions import unpublish
from domain.listing.state import Listing


@dataclass(frozen=True, kw_only=True)
class UnpublishListing:
    """Take no new bookings."""

    listing_id: UUID


def unpublish_listing(message: UnpublishListing, work: Work) -> Versioned[Listing]:
    """Raises NoSuch, NotYours and PolicyForbids."""
    listing = work.own_listing(message.listing_id, "unpublish this listing", "listing")
    return work.record(listing, unpublish(listing.state))
