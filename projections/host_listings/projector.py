"""A host's listings are listed as they were drafted, those of others as one began to co-host."""

from __future__ import annotations

from domain.listing.facts import CoHostAdded, ListingDrafted
from domain.recorded import Recorded
from projections.parts import ListEntry

MODEL = "host_listings"
CO_HOSTED = "co_hosted_listings"


def entries(recorded: Recorded) -> list[ListEntry]:
    """What ``recorded`` adds to a host's listings, or to those that somebody co-hosts."""
    match recorded.event:
        case ListingDrafted(host_id=host, listing_id=listing):
            return [ListEntry(MODEL, str(host), str(listing), recorded.position)]
        case CoHostAdded(account_id=co_host):
            return [ListEntry(CO_HOSTED, str(co_host), recorded.key, recorded.position)]
        case _:
            return []
