"""A host's listings are listed in the order in which they were drafted."""

from __future__ import annotations

from domain.listing.facts import ListingDrafted
from domain.recorded import Recorded
from projections.parts import ListEntry

MODEL = "host_listings"


def entries(recorded: Recorded) -> list[ListEntry]:
    """What ``recorded`` adds to a host's listings."""
    match recorded.event:
        case ListingDrafted(host_id=host, listing_id=listing):
            return [ListEntry(MODEL, str(host), str(listing), recorded.position)]
        case _:
            return []
