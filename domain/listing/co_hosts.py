"""Who may act for a host, and in what."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from domain.listing.facts import (
    CoHostAdded,
    CoHostPermissionsSet,
    CoHostRemoved,
    ListingEvent,
    Permission,
)
from domain.listing.state import Listing
from domain.refusals import InvalidOffer, ListingArchived, NoSuch


def add_co_host(
    listing: Listing, account_id: UUID, permissions: Iterable[Permission]
) -> list[ListingEvent]:
    """A person may act for the host in ``permissions``, and in nothing else.

    They may do exactly so already: nothing happens. Raises ListingArchived, and InvalidOffer for
    the host's own account or no permission at all.
    """
    if listing.status == "archived":
        raise ListingArchived(listing_id=listing.id)
    if account_id == listing.host_id:
        raise InvalidOffer(field="email", why="is the host's own")
    wanted = frozenset(permissions)
    if not wanted:
        raise InvalidOffer(field="permissions", why="must name at least one")
    if listing.permissions_of(account_id) == wanted:
        return []
    known = account_id in listing.co_hosts
    fact = CoHostPermissionsSet if known else CoHostAdded
    return [fact(account_id=account_id, permissions=tuple(sorted(wanted)))]


def remove_co_host(listing: Listing, account_id: UUID) -> list[ListingEvent]:
    """A person no longer acts for the host; raises NoSuch for one who does not anyway."""
    if account_id == listing.host_id or not listing.permissions_of(account_id):
        raise NoSuch(what="co-host", id=str(account_id))
    return [CoHostRemoved(account_id=account_id)]
