"""Who may review a stay, who reads it when, and who may answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.booking.facts import Side
from domain.booking.state import Booking
from domain.refusals import NoSuch, NotYours, PolicyForbids
from domain.review.facts import (
    GuestReviewed,
    HostReviewed,
    ReviewEvent,
    ReviewReplied,
    ReviewsPublished,
    Stars,
)
from domain.review.refusals import AlreadyReplied, AlreadyReviewed, ReviewsClosed
from domain.review.state import ReviewPair

REVIEW_WITHIN = timedelta(days=14)
"""For how long after completion a stay may be reviewed; then what was written is published."""

LONGEST_REVIEW = 5_000
"""Characters of a review, a private note or a reply."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """What somebody says of a stay; the private note is for the other side alone."""

    rating: Stars
    text: str
    private_note: str | None = None


def review(
    pair: ReviewPair,
    booking: Booking,
    side: Side,
    written: Written,
    *,
    review_id: UUID,
    author_id: UUID,
    now: datetime,
) -> list[ReviewEvent]:
    """One side says how the stay was; the second to do so publishes both.

    Raises PolicyForbids before completion, AlreadyReviewed, and ReviewsClosed from 14 days after
    completion on.
    """
    status = booking.status_at(now)
    if status != "completed" or booking.completed_at is None:
        ahead = status in ("held", "awaiting_approval", "confirmed", "checked_in")
        raise PolicyForbids(
            action="review the stay",
            status=status,
            because=f"the status is {status}",
            instead="Review it once the stay is over." if ahead else "There was no stay to review.",
        )
    if pair.of(side):
        raise AlreadyReviewed(booking_id=booking.id)
    closes_at = booking.completed_at + REVIEW_WITHIN
    if now >= closes_at:
        raise ReviewsClosed(closed_at=closes_at)
    fact = GuestReviewed if side == "guest" else HostReviewed
    said = fact(
        review_id=review_id,
        booking_id=booking.id,
        listing_id=booking.listing_id,
        author_id=author_id,
        rating=written.rating,
        text=written.text,
        private_note=written.private_note,
        at=now,
        closes_at=closes_at,
    )
    both = pair.of("host" if side == "guest" else "guest") is not None
    return [said, ReviewsPublished(booking_id=booking.id, at=now)] if both else [said]


def may_review(pair: ReviewPair, booking: Booking, side: Side, now: datetime) -> bool:
    """Whether ``side`` may review the stay at ``now``."""
    if booking.status_at(now) != "completed" or booking.completed_at is None:
        return False
    return pair.of(side) is None and now < booking.completed_at + REVIEW_WITHIN


def publish(pair: ReviewPair, now: datetime) -> list[ReviewEvent]:
    """Tidy up when the time is over: what was written is published as of then.

    Nothing was written, it is too early, or it was published already: nothing happens.
    """
    if pair.booking_id is None or pair.published_at or pair.closes_at is None:
        return []
    if now < pair.closes_at:
        return []
    return [ReviewsPublished(booking_id=pair.booking_id, at=pair.closes_at)]


def reply(
    pair: ReviewPair,
    review_id: UUID,
    side: Side,
    text: str,
    *,
    author_id: UUID,
    now: datetime,
) -> list[ReviewEvent]:
    """The reviewed side answers what it may read.

    Raises NoSuch for a review that ``side`` may not read, NotYours for its own, AlreadyReplied.
    """
    found = next((each for each in pair.seen_by(side, now) if each.id == review_id), None)
    if found is None:
        raise NoSuch(what="review", id=str(review_id))
    if found.by == side:
        raise NotYours(action="reply to a review that your own side wrote")
    if found.reply:
        raise AlreadyReplied(review_id=review_id)
    replied = ReviewReplied(review_id=review_id, author_id=author_id, text=text, at=now)
    return [*publish(pair, now), replied]
