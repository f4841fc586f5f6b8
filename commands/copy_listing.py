"""A host begins a listing with what another of theirs says."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.listing.decisions import copy
from domain.listing.state import Listing, evolve
from domain.streams import listing_stream


@dataclass(frozen=True, kw_only=True)
class CopyListing:
    """Draft ``copy_id`` as ``listing_id`` stands."""

    listing_id: UUID
    copy_id: UUID


def copy_listing(message: CopyListing, work: Work) -> Versioned[Listing]:
    """The new draft; claims are not copied. Raises NoSuch and NotYours."""
    original = work.own_listing(message.listing_id, "copy this listing").state
    events = copy(original, message.copy_id, work.now)
    stream, key = listing_stream(message.copy_id), str(message.copy_id)
    return work.begin(stream, key, evolve, events)
