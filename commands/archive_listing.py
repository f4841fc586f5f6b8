"""A host puts a listing away for good."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.listing.decisions import archive
from domain.listing.state import Listing


@dataclass(frozen=True, kw_only=True)
class ArchiveListing:
    """Put the listing away."""

    listing_id: UUID


def archive_listing(message: ArchiveListing, work: Work) -> Versioned[Listing]:
    """Raises NoSuch and NotYours."""
    listing = work.own_listing(message.listing_id, "archive this listing")
    return work.record(listing, archive(listing.state))
