"""A guest or a host says how a stay was."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.work import Work
from domain.review.decisions import Written, review
from domain.review.state import Review


@dataclass(frozen=True, kw_only=True)
class ReviewStay:
    """Review, for whichever side the actor is on."""

    booking_id: UUID
    review_id: UUID
    written: Written


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """A review, and whether everybody may read it now."""

    booking_id: UUID
    review: Review
    published: bool


def review_stay(message: ReviewStay, work: Work) -> Reviewed:
    """Takes the permission for bookings of a co-host.

    Raises NoSuch, NotYours, PolicyForbids, AlreadyReviewed and ReviewsClosed.
    """
    booking = work.own_booking(message.booking_id).state
    side = work.side(booking)
    assert work.context.actor is not None, "own_booking lets nobody through unnamed"
    pair = work.review_pair(booking)
    events = review(
        pair.state,
        booking,
        side,
        message.written,
        review_id=message.review_id,
        author_id=work.context.actor,
        now=work.now,
    )
    after = work.record(pair, events).state
    written = work.readable(after.of(side), pair.stream)
    assert written is not None, "the decision wrote it"
    return Reviewed(booking_id=booking.id, review=written, published=after.published(work.now))
