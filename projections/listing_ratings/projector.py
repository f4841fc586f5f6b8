"""A listing's ratings are gathered from the reviews of all its bookings.

Each booking has a stream of its own, so that the part remembers how far it has come in each: what
comes again changes nothing, and what comes too early is missed, stream by stream.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from domain.events import Event
from domain.recorded import Recorded
from domain.review.facts import GuestReviewed, ReviewsPublished
from domain.review.rating import NONE, Counts, Rating
from domain.streams import category, subject
from projections.listing_ratings.rated import Rated, Waiting
from projections.parts import Missed, Part, PartKind


@dataclass(frozen=True, kw_only=True)
class Ratings:
    """The ratings that were published, those that wait, and each booking's stream's version."""

    counts: Counts = NONE
    waiting: dict[UUID, Waiting] = field(default_factory=dict[UUID, Waiting])
    versions: dict[UUID, int] = field(default_factory=dict[UUID, int])

    def at(self, now: datetime) -> Rating:
        """What everybody may know at ``now``, whoever tidies up when."""
        return Rated(self.counts, tuple(self.waiting.values())).at(now)


EMPTY = Ratings()


class RatingsKind(PartKind[Ratings]):
    """A part whose document is the listing, and whose sources are its bookings' reviews.

    Its version is the number of events that were folded in.
    """

    def document(self, recorded: Recorded) -> str | None:
        """The listing whose ratings ``recorded`` may change."""
        return recorded.key if category(recorded.stream) == self.stream else None

    def fold(self, part: Part[Ratings] | None, recorded: Recorded) -> Part[Ratings]:
        """See :meth:`projections.parts.PartKind.fold`, for each booking's stream by itself."""
        before = part.state if part else EMPTY
        booking = subject(recorded.stream)
        known = before.versions.get(booking, 0)
        if part and recorded.version <= known:
            return part
        if recorded.version > known + 1:
            raise Missed(recorded, known)
        after = replace(
            evolve(before, booking, recorded.event),
            versions={**before.versions, booking: recorded.version},
        )
        position = max(recorded.position, part.position if part else 0)
        return Part(position, part.version + 1 if part else 1, after)


def evolve(ratings: Ratings, booking: UUID, event: Event) -> Ratings:
    """``ratings`` after ``event`` of the reviews of ``booking``."""
    match event:
        case GuestReviewed(rating=rating, closes_at=since):
            return replace(ratings, waiting={**ratings.waiting, booking: Waiting(rating, since)})
        case ReviewsPublished():
            waiting = dict(ratings.waiting)
            published = waiting.pop(booking, None)
            if published is None:
                return ratings
            counts = Rating(ratings.counts).and_one(published.rating).counts
            return replace(ratings, counts=counts, waiting=waiting)
        case _:
            return ratings


RATINGS = RatingsKind(
    model="listing_ratings",
    stream="review",
    state=Ratings,
    evolve=lambda ratings, _event: ratings or EMPTY,
    named_by="listing",
)
