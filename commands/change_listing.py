"""A host changes what a listing says or offers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.listing.decisions import change
from domain.listing.offer import Offer
from domain.listing.state import Listing
from domain.refusals import StaleVersion


@dataclass(frozen=True, kw_only=True)
class ChangeListing:
    """Make the listing offer what ``revise`` makes of it, if it still has version ``expected``."""

    listing_id: UUID
    expected: int
    revise: Callable[[Listing], Offer]


def change_listing(message: ChangeListing, work: Work) -> Versioned[Listing]:
    """Raises NoSuch, NotYours, StaleVersion and what the decision raises."""
    listing = work.own_listing(message.listing_id, "change this listing", "listing")
    if listing.version != message.expected:
        raise StaleVersion(expected=message.expected, actual=listing.version)
    calendar = work.calendar(message.listing_id)
    offer = message.revise(listing.state)
    return work.record(listing, change(listing.state, calendar.state, offer, work.now))
