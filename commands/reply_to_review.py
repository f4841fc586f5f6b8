"""The side that a review is about answers it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.review_stay import Reviewed
from commands.work import Work
from domain.review.decisions import reply


@dataclass(frozen=True, kw_only=True)
class ReplyToReview:
    """Answer the review with ``text``."""

    booking_id: UUID
    review_id: UUID
    text: str


def reply_to_review(message: ReplyToReview, work: Work) -> Reviewed:
    """Takes the permission for bookings of a co-host.

    Raises NoSuch, NotYours for one's own review, and AlreadyReplied.
    """
    booking = work.own_booking(message.booking_id).state
    assert work.context.actor is not None, "own_booking lets nobody through unnamed"
    pair = work.review_pair(booking)
    events = reply(
        pair.state,
        message.review_id,
        work.side(booking),
        message.text,
        author_id=work.context.actor,
        now=work.now,
    )
    after = work.record(pair, events).state
    [answered] = [review for review in after.reviews if review.id == message.review_id]
    answered = work.readable(answered, pair.stream)
    return Reviewed(booking_id=booking.id, review=answered, published=after.published(work.now))
