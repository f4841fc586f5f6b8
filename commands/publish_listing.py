"""A host lets guests find and book a listing."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.account.decisions import grant
from domain.listing.decisions import publish
from domain.listing.state import Listing


@dataclass(frozen=True, kw_only=True)
class PublishListing:
    """Publish the listing."""

    listing_id: UUID


def publish_listing(message: PublishListing, work: Work) -> Versioned[Listing]:
    """The first published listing makes its owner a host."""
    listing = work.own_listing(message.listing_id, "publish this listing", "listing")
    host = work.account(listing.state.host_id)
    events = publish(listing.state)
    if events:
        work.record(host, grant(host.state, "host"))
    return work.record(listing, events)
