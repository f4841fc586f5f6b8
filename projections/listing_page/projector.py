"""A listing's page is the fold of its stream."""

from __future__ import annotations

from domain.listing.state import Listing, evolve
from projections.parts import PartKind

LISTING = PartKind(model="listing_page", stream="listing", state=Listing, evolve=evolve)
