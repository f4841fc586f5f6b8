"""A pair of reviews is the fold of its stream; a listing lists its guests' as they were written."""

from __future__ import annotations

from domain.recorded import Recorded
from domain.review.facts import GuestReviewed
from domain.review.state import ReviewPair, evolve
from projections.parts import ListEntry, PartKind

MODEL = "listing_reviews"

REVIEWS = PartKind(model="reviews", stream="review", state=ReviewPair, evolve=evolve)


def entries(recorded: Recorded) -> list[ListEntry]:
    """What ``recorded`` adds to a listing's reviews."""
    match recorded.event:
        case GuestReviewed(listing_id=listing, booking_id=booking):
            return [ListEntry(MODEL, str(listing), str(booking), recorded.position)]
        case _:
            return []
