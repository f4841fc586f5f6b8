"""A timer publishes what was written of a stay when the time for reviewing it is over."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.work import Work
from domain.review.decisions import publish


@dataclass(frozen=True, kw_only=True)
class PublishReviews:
    """Publish the booking's reviews, if it is time."""

    booking_id: UUID


def publish_reviews(message: PublishReviews, work: Work) -> None:
    """Nothing happens too early, a second time, or when nobody wrote; raises NoSuch."""
    pair = work.review_pair(work.booking(message.booking_id).state)
    work.record(pair, publish(pair.state, work.now))
